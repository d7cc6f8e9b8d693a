//! Pins: answers that somebody relied on, kept so that a later difference is noticed.

use std::collections::BTreeSet;

use remit_domain::{Day, FunctionCode, Position, Text};
use remit_register::{Place, Point, Register, Watched};
use remit_shape::{DeskAct, DeskName};

use super::{Desk, DeskError, NAMES_MAX, NamedThing};

/// A pin: an answer that somebody relied on, kept so that a later difference is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The name of the pin.
    pub name: DeskName,
    /// Who pinned the answer.
    pub actor: Text,
    /// The function that the pinned answer is about.
    pub function: FunctionCode,
    /// The place that the pinned answer is about.
    pub place: Place,
    /// The day that the pinned answer is about.
    pub effective_on: Day,
    /// The position of the last event that the pinned answer takes into account.
    pub known_at: Position,
    /// What somebody relied on the answer for, if stated.
    pub note: Option<Text>,
}

impl Pin {
    pub(crate) fn watched(&self) -> Watched {
        Watched::Pinned(self.function.clone(), self.place.clone(), self.effective_on)
    }

    /// Whether the register, as known at `at`, gives the pinned answer, and names the bodies as
    /// those that would answer on the day of `at` that it named when the answer was pinned.
    #[must_use]
    pub fn is_still_said(&self, register: &Register, at: Point) -> bool {
        let ask = |later, known_at| {
            let days = (self.effective_on, later);
            register.who_holds_answering(&self.function, &self.place, days, known_at)
        };
        ask(None, self.known_at).reads_the_same(&ask(Some(at.effective_on), at.known_at))
    }

    /// The positions of the events that changed the answer between the point at which it was pinned
    /// and the point `to`, because they were recorded then, or because their day came.
    #[must_use]
    pub fn changed_at(&self, register: &Register, to: Point) -> Vec<Position> {
        let watched = self.watched();
        let pinned_on = register.recorded_on(self.known_at).unwrap_or(to.effective_on);
        let from = Point { effective_on: pinned_on, known_at: self.known_at };
        let moments = register.moments(std::slice::from_ref(&watched), from, to, usize::MAX);
        let changed: BTreeSet<_> = moments
            .into_iter()
            .flat_map(|(before, at)| register.noticed(&watched, &self.place, before, at))
            .flat_map(|change| change.causes)
            .collect();
        changed.into_iter().collect()
    }
}

impl Desk {
    /// Adds a pin. If a pin with the same name and the same content already exists, nothing
    /// changes.
    ///
    /// # Errors
    /// [`DeskError`] if the pin cannot be added.
    pub async fn pin(&self, pin: Pin) -> Result<(), DeskError> {
        let decide = |state: &super::State| match state.pins.get(&pin.name) {
            Some(there) if *there == pin => Ok(None),
            Some(_) => Err(DeskError::Taken(pin.name.clone())),
            None if state.pins.len() >= NAMES_MAX => Err(DeskError::TooMany(NAMES_MAX)),
            None => Ok(Some(
                DeskAct::AnswerPinned {
                    pin: pin.name.clone(),
                    function: pin.function.clone(),
                    place: pin.place.to_string(),
                    effective_on: pin.effective_on,
                    known_at: pin.known_at,
                    note: pin.note.clone(),
                }
                .into(),
            )),
        };
        self.act(&pin.actor, decide).await.map(drop)
    }

    /// Removes the pin `name`.
    ///
    /// # Errors
    /// [`DeskError`] if the pin does not exist or cannot be removed.
    pub async fn unpin(&self, name: DeskName, actor: Text) -> Result<(), DeskError> {
        let decide = |state: &super::State| match state.pins.contains_key(&name) {
            true => Ok(Some(DeskAct::AnswerUnpinned { pin: name.clone() }.into())),
            false => Err(DeskError::Unknown(NamedThing::Pin, name.clone())),
        };
        self.act(&actor, decide).await.map(drop)
    }

    /// The pin `name`, if there is one.
    #[must_use]
    pub fn pinned(&self, name: &DeskName) -> Option<Pin> {
        self.state().pins.get(name).cloned()
    }

    /// All pins, in order of name.
    #[must_use]
    pub fn pins(&self) -> Vec<Pin> {
        self.state().pins.values().cloned().collect()
    }
}
