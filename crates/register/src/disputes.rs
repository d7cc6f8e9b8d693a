//! Finds the disputes that are shown with an answer: bodies that contest an event on which the
//! answer rests. A dispute moves nothing.

use remit_domain::{BodyCode, DisputeFact, Fact, FiledUnder, Key, Position, Text};

use crate::register::Register;
use crate::row::at;

/// A body that contests an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispute<'r> {
    /// The position of the event that recorded the dispute.
    pub position: Position,
    /// The position of the event that the body contests.
    pub about: Position,
    /// The body that contests the event.
    pub by: BodyCode,
    /// Why the body contests the event.
    pub reason: &'r Text,
}

impl Register {
    /// The disputes of `events`, as known at `known_at`, in log order.
    #[must_use]
    pub fn disputes(&self, events: &[Position], known_at: Position) -> Vec<Dispute<'_>> {
        let mut found = Vec::new();
        if !self.records.has_disputes() {
            return found;
        }
        for event in events {
            let key = Key { word: FiledUnder::Dispute, code: event.to_string() };
            for (fact, row) in self.records_known(&key, at(known_at)) {
                if let Fact::Disputes(DisputeFact::EventDisputed(disputed)) = fact {
                    let (position, about) = (row.event(), disputed.about);
                    let (by, reason) = (disputed.by, &disputed.reason);
                    found.push(Dispute { position, about, by, reason });
                }
            }
        }
        found.sort_unstable_by_key(|dispute| dispute.position);
        found.dedup();
        found
    }
}
