//! Values that may name a person. Events name offices, not people, but some fields may still name a
//! person. The definition of each kind of fact says which of its fields may do so
//! ([`crate::fact`]).

use std::fmt;
use std::str::FromStr;

use crate::position::Position;
use crate::text::{InvalidText, Text};

/// The commitment to a value: the hash of a salt followed by the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; 32]);

/// The value of a field that may name a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Personal {
    /// The value is known. It is stored beside the event, and the event holds a commitment to the
    /// value.
    Told(Text),
    /// The value is in the event's stored bytes and stays there, because the event was recorded
    /// before commitments were introduced.
    InTheClear(Text),
    /// Only the commitment is known: the event's stored bytes hold nothing else of the value.
    Committed(Commitment),
    /// The value was redacted by the event at this position, and is gone.
    Redacted(Position),
}

impl Personal {
    /// The placeholder for a value that is kept apart from the fact to which the value belongs.
    pub const KEPT_APART: Self = Self::Committed(Commitment([0; 32]));

    /// The value, if it is known.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::Told(text) | Self::InTheClear(text) => Some(text),
            Self::Committed(_) | Self::Redacted(_) => None,
        }
    }
}

impl FromStr for Personal {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        text.parse().map(Self::Told)
    }
}

/// The name of a field of an event that may name a person.
///
/// The name is written `office`, `handled[0].office` or `note`, as on the wire. For a correction,
/// the field belongs to the fact that the correction states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonalField {
    /// The office of the person who has an interest.
    Office,
    /// The office in one item of the field `handled` of a decision. The number is the index of the
    /// item, from 0.
    Handled(u32),
    /// The note of the evidence.
    Note,
}

impl fmt::Display for PersonalField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Office => f.write_str("office"),
            Self::Handled(index) => write!(f, "handled[{index}].office"),
            Self::Note => f.write_str("note"),
        }
    }
}

impl FromStr for PersonalField {
    type Err = InvalidPersonalField;

    fn from_str(text: &str) -> Result<Self, InvalidPersonalField> {
        let index = text.strip_prefix("handled[").and_then(|rest| rest.strip_suffix("].office"));
        let handled = index.and_then(|index| index.parse().ok()).map(Self::Handled);
        let found = [Some(Self::Office), handled, Some(Self::Note)];
        let found = found.into_iter().flatten().find(|field| field.to_string() == text);
        found.ok_or(InvalidPersonalField)
    }
}

/// Error: the text is not the name of a field that may name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a field that may name a person: office, note, or the office of an item such as \
     handled[0].office"
)]
pub struct InvalidPersonalField;
