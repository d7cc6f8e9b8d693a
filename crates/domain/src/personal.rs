//! Values that may name a person. Events hold offices, not people; some fields may name a person
//! all the same. Each kind of fact says which of its fields do ([`crate::fact`]).

use std::fmt;
use std::str::FromStr;

use crate::position::Position;
use crate::text::{InvalidText, Text};

/// The commitment to a value: a hash of a salt and the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; 32]);

/// The value of a field that may name a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Personal {
    /// Told. It lies beside the event, which holds a commitment to it.
    Told(Text),
    /// Told in the event's own bytes, as it was before there were commitments: it stays there.
    InTheClear(Text),
    /// The commitment alone: all that the event's own bytes say.
    Committed(Commitment),
    /// Redacted by the event at this position: the value is gone.
    Redacted(Position),
}

impl Personal {
    /// Stands in a fact whose value is kept apart.
    pub const KEPT_APART: Self = Self::Committed(Commitment([0; 32]));

    /// The value, where it is told.
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

/// One of the fields of an event that may name a person.
///
/// Shape: `office`, `handled[0].office` or `note`, in the names of the wire. Of a correction: the
/// field of what it says instead or besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonalField {
    /// The office of who has an interest.
    Office,
    /// The office of an entry of how interests were handled, counted from 0.
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

/// Not a field that may name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is none of the fields that may name a person: office, handled[0].office, note")]
pub struct InvalidPersonalField;
