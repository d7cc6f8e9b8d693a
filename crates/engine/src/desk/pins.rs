//! Pins: answers that somebody relied on.

use remit_domain::{Day, FunctionCode, Position, Text};
use remit_shape::{DeskAct, DeskName};

use super::{Desk, DeskError, NAMES_MAX, NamedThing};

/// An answer that somebody relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its name.
    pub name: DeskName,
    /// Who pinned it.
    pub actor: Text,
    /// The question: the function.
    pub function: FunctionCode,
    /// The question: the place, as text.
    pub place: String,
    /// The question: the day.
    pub effective_on: Day,
    /// As known at.
    pub known_at: Position,
    /// What for.
    pub note: Option<Text>,
}

impl Desk {
    /// Pins an answer. The same pin again changes nothing.
    ///
    /// # Errors
    /// [`DeskError`]; nothing is then pinned.
    pub async fn pin(&self, pin: Pin) -> Result<(), DeskError> {
        let decide = |state: &super::State| match state.pins.get(&pin.name) {
            Some(there) if *there == pin => Ok(None),
            Some(_) => Err(DeskError::Taken(pin.name.clone())),
            None if state.pins.len() >= NAMES_MAX => Err(DeskError::TooMany(NAMES_MAX)),
            None => Ok(Some(
                DeskAct::AnswerPinned {
                    pin: pin.name.clone(),
                    function: pin.function.clone(),
                    place: pin.place.clone(),
                    effective_on: pin.effective_on,
                    known_at: pin.known_at,
                    note: pin.note.clone(),
                }
                .into(),
            )),
        };
        self.act(&pin.actor, decide).await.map(drop)
    }

    /// Removes a pin.
    ///
    /// # Errors
    /// [`DeskError`]; nothing is then removed.
    pub async fn unpin(&self, name: DeskName, actor: Text) -> Result<(), DeskError> {
        let decide = |state: &super::State| match state.pins.contains_key(&name) {
            true => Ok(Some(DeskAct::AnswerUnpinned { pin: name.clone() }.into())),
            false => Err(DeskError::Unknown(NamedThing::Pin, name.clone())),
        };
        self.act(&actor, decide).await.map(drop)
    }

    /// A pin.
    #[must_use]
    pub fn pinned(&self, name: &DeskName) -> Option<Pin> {
        self.state().pins.get(name).cloned()
    }

    /// All pins, by name.
    #[must_use]
    pub fn pins(&self) -> Vec<Pin> {
        self.state().pins.values().cloned().collect()
    }
}
