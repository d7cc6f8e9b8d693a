//! The story of a body or an instrument: the events that concern it, and what each event changed.

use remit_domain::{BodyCode, Event, InstrumentId, Position};

use crate::answer::{Answer, Place};
use crate::change::Change;
use crate::filter::Filter;
use crate::register::Register;

/// What a story is about: a body or an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoryAbout {
    /// The story is about this body.
    Body(BodyCode),
    /// The story is about this instrument.
    Instrument(InstrumentId),
}

impl StoryAbout {
    /// The filter that passes the events of the story.
    #[must_use]
    pub fn filter(&self) -> Filter {
        match self {
            Self::Body(code) => Filter::of_body(*code),
            Self::Instrument(id) => Filter::of_instrument(id.clone()),
        }
    }

    /// Whether `change` is part of the story.
    fn has(&self, change: &Change<'_>) -> bool {
        let sides = [&change.before, &change.after];
        let mut sides = sides.into_iter().flatten();
        match self {
            Self::Body(code) => {
                let asked_there = match &change.place {
                    Place::Body(place) => place == code,
                    Place::Contract(contract) => contract.practice() == Some(*code),
                };
                asked_there || sides.any(|answer| names_body(answer, *code))
            }
            Self::Instrument(id) => sides.any(|answer| names_instrument(answer, id)),
        }
    }
}

fn names_body(answer: &Answer<'_>, code: BodyCode) -> bool {
    answer.holder == Some(code)
        || answer.exercisers.contains(&code)
        || answer.liable.bodies.contains(&code)
        || answer.answering_now.iter().any(|now| now.successors.contains(&code))
}

fn names_instrument(answer: &Answer<'_>, id: &InstrumentId) -> bool {
    let named = answer.instruments().iter().chain(answer.links());
    let mut named = named.chain(answer.predecessor_instruments());
    named.any(|named| *named == id)
        || answer.known_unapplied.iter().any(|unapplied| unapplied.instrument == Some(id))
}

impl Register {
    /// The changes made by the event at `position` that belong to the story of `about`. `None` if
    /// the event is not part of the story.
    #[must_use]
    pub fn story_of(
        &self,
        about: &StoryAbout,
        position: Position,
        event: &Event,
    ) -> Option<Vec<Change<'_>>> {
        if !about.filter().passes(self, position, event) {
            return None;
        }
        let mut changes = self.changes((position.prev(), position), (None, None), None);
        changes.retain(|change| about.has(change));
        Some(changes)
    }
}
