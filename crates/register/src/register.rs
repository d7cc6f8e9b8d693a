//! Defines the register. It stores when each event was recorded, the rows of each topic, and an
//! undo function for each change that is not final yet.

use std::hash::{DefaultHasher, Hash, Hasher};

use remit_domain::{Event, Position, UtcInstant};

use crate::personal::PersonalFields;
use crate::repeats::Repeats;
use crate::rows::Locus;
use crate::rows::bodies::Bodies;
use crate::rows::corrections::Corrections;
use crate::rows::evidence::EvidencePool;
use crate::rows::instruments::Instruments;
use crate::rows::law::Law;
use crate::rows::records::Records;

/// A position in the log, and the instant at which the event at that position was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KnownAt {
    /// The position of the last event that is known; later events are left out of account.
    pub position: Position,
    /// The instant at which the event at `position` was recorded. `None` before the first event.
    pub recorded_at: Option<UtcInstant>,
}

/// A function that undoes one change to the register.
pub(crate) type Undo = Box<dyn FnOnce(&mut Register) + Send + Sync>;

/// A run of consecutive events that were recorded at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
struct Run {
    first: Position,
    recorded_at: UtcInstant,
}

/// The register: an index of all events, built in memory by reading the log. It answers questions
/// about any effective day, as known at any position.
#[derive(Default)]
pub struct Register {
    pub(crate) tail: Position,
    /// The instants at which the events were recorded, in log order. Consecutive events that were
    /// recorded at the same instant form one run.
    runs: Vec<Run>,
    pub(crate) evidence: EvidencePool,
    pub(crate) bodies: Bodies,
    pub(crate) law: Law,
    pub(crate) instruments: Instruments,
    pub(crate) records: Records,
    pub(crate) personal: PersonalFields,
    pub(crate) corrections: Corrections,
    pub(crate) repeats: Repeats,
    /// Where the rows of each event are stored. The item for the event at position `n` has index
    /// `n - 1`.
    pub(crate) loci: Vec<Locus>,
    /// The undo function of each change that is not final yet, with the position of the event that
    /// made the change.
    pub(crate) journal: Vec<(Position, Undo)>,
    pub(crate) journalling: bool,
}

impl Register {
    /// Creates an empty register.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The position of the last event that the register has folded in, or 0 if there is none.
    #[must_use]
    pub fn tail(&self) -> Position {
        self.tail
    }

    /// Returns `position` together with the instant at which its event was recorded.
    #[must_use]
    pub fn known_at(&self, position: Position) -> KnownAt {
        let after = self.runs.partition_point(|run| run.first <= position);
        let run = after.checked_sub(1).and_then(|index| self.runs.get(index));
        KnownAt { position, recorded_at: run.map(|run| run.recorded_at) }
    }

    /// The last position whose event was recorded at or before `instant`, but never beyond `head`.
    #[must_use]
    pub fn position_at(&self, instant: UtcInstant, head: Position) -> Position {
        let after = self.runs.partition_point(|run| run.recorded_at <= instant);
        self.runs.get(after).map_or(head, |run| run.first.prev().min(head))
    }

    /// Sets `recorded_at` as the instant at which the event at `first` and all later events were
    /// recorded, until the next call sets another instant.
    pub fn stamp(&mut self, first: Position, recorded_at: UtcInstant) {
        if self.runs.last().is_none_or(|last| last.recorded_at != recorded_at) {
            self.runs.push(Run { first, recorded_at });
        }
    }

    /// Folds in the next event, which is already durable and so can no longer be undone.
    pub fn apply(&mut self, event: &Event) {
        self.journalling = false;
        self.fold(event);
    }

    /// Folds in an event that is decided but not yet durable. `retract_after` can undo the event.
    pub fn apply_provisionally(&mut self, event: &Event) {
        self.journalling = true;
        self.fold(event);
    }

    /// Skips the events up to `position`, as if they had never been recorded. Comparing answers
    /// with and without these events then shows whether an answer needs them.
    pub fn skip_to(&mut self, position: Position) {
        if self.tail < position {
            self.tail = position;
            self.loci.resize(position.as_usize(), Locus::Nowhere);
        }
    }

    /// Makes the events up to `position` final, so that `retract_after` can no longer undo them.
    pub fn settle(&mut self, position: Position) {
        let settled = self.journal.partition_point(|(at, _)| *at <= position);
        self.journal.drain(..settled);
        self.forget_until(position);
    }

    /// Undoes every event after `position` that was folded in provisionally.
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

    /// A hash of the state of the register. Two registers built from the same events have the same
    /// hash.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.tail, &self.runs, self.evidence.len()).hash(&mut hasher);
        (&self.bodies, &self.law, &self.instruments, &self.records).hash(&mut hasher);
        (&self.personal, &self.corrections).hash(&mut hasher);
        hasher.finish()
    }
}
