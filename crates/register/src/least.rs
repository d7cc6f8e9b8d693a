//! The least of the events that an answer rests on: it needs every one of them, and no other.
//!
//! The grounds of an answer are sufficient, and found on the way to it; where two events tell the
//! same, both can be among them. What can be left out is found by leaving it out: a register told
//! of fewer events gives the same answer, or it does not.

use remit_domain::{Day, Event, FunctionCode, Position};

use crate::answer::{Answer, Ground, Place};
use crate::register::{KnownAt, Register};

/// The events that one answer rests on.
pub struct Cited<'e> {
    /// What was asked.
    pub function: &'e FunctionCode,
    /// What was asked.
    pub place: &'e Place,
    /// What was asked.
    pub effective_on: Day,
    /// The point of the known axis it was asked at, as the answer names it.
    pub known_at: KnownAt,
    /// The events, in log order.
    pub events: Vec<(Position, &'e Event)>,
}

impl Cited<'_> {
    /// The grounds that remain when every event is left out without which the answer stays as it
    /// is.
    #[must_use]
    pub fn least_grounds(&self) -> Vec<Ground> {
        let mut told = self.events.clone();
        let register = self.told(&told);
        let expected = self.ask(&register);
        // An event that was needed may not be when others are left out: until nothing changes.
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
        register.who_holds(self.function, self.place, self.effective_on, self.known_at.position)
    }

    /// A register that knows some events only, each at its own position.
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
