//! Finds a minimal set of events that gives an answer: the answer needs every event in the set, and
//! no other event.
//!
//! The grounds of an answer are sufficient, but if two events say the same, both can be among the
//! grounds. To find out whether an event is needed, this module leaves it out: it folds the other
//! events into a new register, and compares the answers.

use remit_domain::{Day, Event, FunctionCode, Position};

use crate::answer::{Answer, Ground, Place};
use crate::register::{KnownAt, Register};

/// A question, and the events that its answer rests on.
pub struct Cited<'e> {
    /// The function that the question asks about.
    pub function: &'e FunctionCode,
    /// The place that the question asks about.
    pub place: &'e Place,
    /// The effective day that the question asks about.
    pub effective_on: Day,
    /// The day on which it is asked who answers for bodies that have ceased. `None` if the question
    /// names no such day.
    pub answers_on: Option<Day>,
    /// The position that the question asks about, and the instant at which the event at that
    /// position was recorded.
    pub known_at: KnownAt,
    /// The events that the answer rests on, in log order.
    pub events: Vec<(Position, &'e Event)>,
}

impl Cited<'_> {
    /// The grounds of the answer that remain after leaving out every event that the answer does not
    /// need.
    #[must_use]
    pub fn least_grounds(&self) -> Vec<Ground> {
        let mut told = self.events.clone();
        let register = self.told(&told);
        let expected = self.ask(&register);
        // Leaving out one event can make another event unnecessary, so repeat until no more events
        // can be left out.
        loop {
            let before = told.len();
            let mut index = 0;
            while index < told.len() {
                let left_out = told.remove(index);
                let fewer = self.told(&told);
                if !self.ask(&fewer).is_the_same(&expected) {
                    told.insert(index, left_out);
                    index += 1;
                }
            }
            if told.len() == before {
                return self.ask(&self.told(&told)).all_grounds();
            }
        }
    }

    fn ask<'r>(&self, register: &'r Register) -> Answer<'r> {
        let days = (self.effective_on, self.answers_on);
        register.who_holds_answering(self.function, self.place, days, self.known_at.position)
    }

    /// Builds a register that knows only `events`, each at its own position.
    fn told(&self, events: &[(Position, &Event)]) -> Register {
        let mut register = Register::new();
        for (position, event) in events {
            register.skip_to(position.prev());
            register.apply(event);
        }
        register.skip_to(self.known_at.position);
        if let Some(recorded_at) = self.known_at.recorded_at {
            register.stamp(self.known_at.position, recorded_at);
        }
        register
    }
}
