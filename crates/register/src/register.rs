//! The register itself: the known axis, the rows of each topic, and the way back from what is not
//! final.

use std::hash::{DefaultHasher, Hash, Hasher};

use remit_domain::{Event, Position, UtcInstant};

use crate::personal::PersonalFields;
use crate::rows::Locus;
use crate::rows::bodies::Bodies;
use crate::rows::corrections::Corrections;
use crate::rows::evidence::EvidencePool;
use crate::rows::instruments::Instruments;
use crate::rows::law::Law;
use crate::rows::records::Records;

/// A point of the known axis: a position, and the instant at which it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KnownAt {
    /// The last position that is known.
    pub position: Position,
    /// When it was recorded. `None` before the first event.
    pub recorded_at: Option<UtcInstant>,
}

/// Takes one change back.
pub(crate) type Undo = Box<dyn FnOnce(&mut Register) + Send + Sync>;

/// A run of positions that were recorded at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
struct Run {
    first: Position,
    recorded_at: UtcInstant,
}

/// The fold of the log, in memory: it answers at any effective day and any position of the past.
#[derive(Default)]
pub struct Register {
    pub(crate) tail: Position,
    /// The known axis.
    runs: Vec<Run>,
    pub(crate) evidence: EvidencePool,
    pub(crate) bodies: Bodies,
    pub(crate) law: Law,
    pub(crate) instruments: Instruments,
    pub(crate) records: Records,
    pub(crate) personal: PersonalFields,
    pub(crate) corrections: Corrections,
    /// Where the rows of each event lie, by position.
    pub(crate) loci: Vec<Locus>,
    /// The changes that are not final, each with its way back.
    pub(crate) journal: Vec<(Position, Undo)>,
    pub(crate) journalling: bool,
}

impl Register {
    /// A register that knows nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The last event folded in; 0 before the first.
    #[must_use]
    pub fn tail(&self) -> Position {
        self.tail
    }

    /// The point of the known axis at a position.
    #[must_use]
    pub fn known_at(&self, position: Position) -> KnownAt {
        let after = self.runs.partition_point(|run| run.first <= position);
        let run = after.checked_sub(1).and_then(|index| self.runs.get(index));
        KnownAt { position, recorded_at: run.map(|run| run.recorded_at) }
    }

    /// The last position recorded at or before an instant, not beyond `head`.
    #[must_use]
    pub fn position_at(&self, instant: UtcInstant, head: Position) -> Position {
        let after = self.runs.partition_point(|run| run.recorded_at <= instant);
        self.runs.get(after).map_or(head, |run| run.first.prev().min(head))
    }

    /// Says when the events from `first` on were recorded, up to the next such call.
    pub fn stamp(&mut self, first: Position, recorded_at: UtcInstant) {
        if self.runs.last().is_none_or(|last| last.recorded_at != recorded_at) {
            self.runs.push(Run { first, recorded_at });
        }
    }

    /// Folds in the next event, which is durable.
    pub fn apply(&mut self, event: &Event) {
        self.journalling = false;
        self.fold(event);
    }

    /// Folds in an event that is decided but not yet durable, so that it can be taken back.
    pub fn apply_provisionally(&mut self, event: &Event) {
        self.journalling = true;
        self.fold(event);
    }

    /// Passes over the events up to a position, as if they had never been: to see what an answer
    /// owes to them.
    pub fn skip_to(&mut self, position: Position) {
        if self.tail < position {
            self.tail = position;
            self.loci.resize(position.as_usize(), Locus::Nowhere);
        }
    }

    /// Makes the events up to a position final.
    pub fn settle(&mut self, position: Position) {
        let settled = self.journal.partition_point(|(at, _)| *at <= position);
        self.journal.drain(..settled);
        self.forget_until(position);
    }

    /// Takes back every provisional event after a position.
    pub fn retract_after(&mut self, position: Position) {
        while self.journal.last().is_some_and(|(at, _)| *at > position) {
            if let Some((_, undo)) = self.journal.pop() {
                undo(self);
            }
        }
        self.tail = self.tail.min(position);
        self.runs.truncate(self.runs.partition_point(|run| run.first <= position));
        self.loci.truncate(self.tail.as_usize());
    }

    /// A number that two folds of the same events share, and folds of others do not.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.tail, &self.runs, self.evidence.len()).hash(&mut hasher);
        (&self.bodies, &self.law, &self.instruments, &self.records).hash(&mut hasher);
        (&self.personal, &self.corrections).hash(&mut hasher);
        hasher.finish()
    }
}
