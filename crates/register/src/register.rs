//! The register itself: the known axis, the rows of each topic, and an undo for each change that is
//! not final.

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

/// A point of the known axis: a position, and the instant at which its event was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KnownAt {
    /// The position up to which events are known.
    pub position: Position,
    /// When the event at `position` was recorded. `None` before the first event.
    pub recorded_at: Option<UtcInstant>,
}

/// Undoes one change.
pub(crate) type Undo = Box<dyn FnOnce(&mut Register) + Send + Sync>;

/// A run of consecutive positions recorded at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
struct Run {
    first: Position,
    recorded_at: UtcInstant,
}

/// The fold of the log, in memory. It answers for any effective day, as known at any position.
#[derive(Default)]
pub struct Register {
    pub(crate) tail: Position,
    /// The known axis: runs in the order of their positions.
    runs: Vec<Run>,
    pub(crate) evidence: EvidencePool,
    pub(crate) bodies: Bodies,
    pub(crate) law: Law,
    pub(crate) instruments: Instruments,
    pub(crate) records: Records,
    pub(crate) personal: PersonalFields,
    pub(crate) corrections: Corrections,
    /// Where the rows of each event lie. The event at position `n` has index `n - 1`.
    pub(crate) loci: Vec<Locus>,
    /// The changes that are not final, each with its position and its undo.
    pub(crate) journal: Vec<(Position, Undo)>,
    pub(crate) journalling: bool,
}

impl Register {
    /// An empty register.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The position of the last event folded in; 0 before the first.
    #[must_use]
    pub fn tail(&self) -> Position {
        self.tail
    }

    /// The point of the known axis at `position`.
    #[must_use]
    pub fn known_at(&self, position: Position) -> KnownAt {
        let after = self.runs.partition_point(|run| run.first <= position);
        let run = after.checked_sub(1).and_then(|index| self.runs.get(index));
        KnownAt { position, recorded_at: run.map(|run| run.recorded_at) }
    }

    /// The last position recorded at or before `instant`, but not beyond `head`.
    #[must_use]
    pub fn position_at(&self, instant: UtcInstant, head: Position) -> Position {
        let after = self.runs.partition_point(|run| run.recorded_at <= instant);
        self.runs.get(after).map_or(head, |run| run.first.prev().min(head))
    }

    /// Sets when the events from `first` on were recorded, until the next call says otherwise.
    pub fn stamp(&mut self, first: Position, recorded_at: UtcInstant) {
        if self.runs.last().is_none_or(|last| last.recorded_at != recorded_at) {
            self.runs.push(Run { first, recorded_at });
        }
    }

    /// Folds in the next event, which is already durable.
    pub fn apply(&mut self, event: &Event) {
        self.journalling = false;
        self.fold(event);
    }

    /// Folds in an event that is decided but not yet durable; `retract_after` can undo it.
    pub fn apply_provisionally(&mut self, event: &Event) {
        self.journalling = true;
        self.fold(event);
    }

    /// Skips the events up to `position`, as if they had never been recorded. This shows whether an
    /// answer needs them.
    pub fn skip_to(&mut self, position: Position) {
        if self.tail < position {
            self.tail = position;
            self.loci.resize(position.as_usize(), Locus::Nowhere);
        }
    }

    /// Makes the events up to `position` final: they can no longer be undone.
    pub fn settle(&mut self, position: Position) {
        let settled = self.journal.partition_point(|(at, _)| *at <= position);
        self.journal.drain(..settled);
        self.forget_until(position);
    }

    /// Undoes every provisional event after `position`.
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

    /// A hash of the whole fold: equal for two folds of the same events, different for folds of
    /// other events.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.tail, &self.runs, self.evidence.len()).hash(&mut hasher);
        (&self.bodies, &self.law, &self.instruments, &self.records).hash(&mut hasher);
        (&self.personal, &self.corrections).hash(&mut hasher);
        hasher.finish()
    }
}
