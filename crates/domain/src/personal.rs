//! What may name a person. Events hold offices, not people; the fields below are those in which a
//! name is written all the same. The list stands here and nowhere else.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::evidence::Evidence;
use crate::fact::{Fact, Handling, Position};
use crate::text::{InvalidText, Text};

/// The value of a field that may name a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Personal {
    /// Told. It lies beside the event, which holds a commitment to it.
    Told(Text),
    /// Told in the event's own bytes, as it was before there were commitments: it stays there.
    InTheClear(Text),
    /// The commitment alone: all that the event's own bytes say.
    Committed([u8; 32]),
    /// Redacted by the event at this position: the value is gone.
    Redacted(Position),
}

impl Personal {
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

/// The list, once to read and once to change.
macro_rules! personal {
    ($($(#[$meta:meta])* $name:ident, $iter:ident, $fact:ty => $personal:ty;)+) => {
        $($(#[$meta])*
        #[must_use]
        pub fn $name(self: $fact) -> Vec<(PersonalField, $personal)> {
            let noted = |note| (PersonalField::Note, note);
            match self {
                Self::InterestDeclared { office, note, .. } => {
                    let office = std::iter::once((PersonalField::Office, office));
                    office.chain(note.$iter().map(noted)).collect()
                }
                Self::DecisionTaken { handled, note, .. } => {
                    let offices = (0..).zip(handled.$iter());
                    let offices = offices.map(|(index, Handling { office, .. })| {
                        (PersonalField::Handled(index), office)
                    });
                    offices.chain(note.$iter().map(noted)).collect()
                }
                Self::Corrected(correction) => {
                    correction.fact.$iter().flat_map(|fact| fact.$name()).collect()
                }
                _ => Vec::new(),
            }
        })+
    };
}

impl Fact {
    personal! {
        /// The fields that may name a person; of a correction, those of what it says.
        personal, iter, &Self => &Personal;
        /// The same, to be changed.
        personal_mut, iter_mut, &mut Self => &mut Personal;
    }

    /// The note that lies with the fact because it may name a person.
    #[must_use]
    pub fn note(&self) -> Option<&Personal> {
        self.personal().into_iter().find(|(field, _)| *field == PersonalField::Note).map(|(_, n)| n)
    }

    /// Takes over the note of what it rests on, if that may name a person; returns what is left of
    /// the evidence.
    pub(crate) fn take_note(&mut self, evidence: Arc<Evidence>) -> Arc<Evidence> {
        match self {
            Self::InterestDeclared { note, .. } | Self::DecisionTaken { note, .. } => {
                let Some(text) = &evidence.note else { return evidence };
                *note = Some(Personal::Told(text.clone()));
                Arc::new(Evidence { note: None, ..Evidence::clone(&evidence) })
            }
            Self::Corrected(correction) => match &mut correction.fact {
                Some(fact) => fact.take_note(evidence),
                None => evidence,
            },
            _ => evidence,
        }
    }
}
