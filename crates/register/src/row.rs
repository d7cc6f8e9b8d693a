//! A row of the two-axis index: one value that holds over a period of days and a span of positions.

use remit_domain::{Day, Period, Position};

use crate::handle::EvidenceHandle;

/// A position as rows store it, in 32 bits. A register holds at most 4,294,967,294 events.
pub(crate) type At = u32;

/// The `known_until` of an open row: one that no later event has closed.
pub(crate) const OPEN: At = At::MAX;

/// Converts a position to the form in which rows store it. Positions too large become the largest
/// possible one.
pub(crate) fn at(position: Position) -> At {
    At::try_from(position.get()).unwrap_or(OPEN - 1)
}

/// A value that holds over `effective`, as known from `known_from` until before `known_until`.
///
/// Only `known_until` ever changes, and only once: a later event that says otherwise closes the row
/// and adds another. So an answer at an earlier position reads the same rows as it did then.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Row<T> {
    pub effective: Period,
    /// The event that first stated the value.
    pub origin: At,
    /// The event that opened this row: `origin`, or the correction that brought its event back.
    pub known_from: At,
    pub known_until: At,
    /// The document that the row rests on.
    pub evidence: EvidenceHandle,
    pub value: T,
}

impl<T> Row<T> {
    /// The event that first stated the value.
    pub fn event(&self) -> Position {
        Position::from(self.origin)
    }

    pub fn known(&self, at: At) -> bool {
        self.known_from <= at && at < self.known_until
    }

    pub fn holds(&self, on: Day, at: At) -> bool {
        self.known(at) && self.effective.contains(on)
    }

    /// Whether the row is known at the head.
    pub fn is_open(&self) -> bool {
        self.known_until == OPEN
    }
}

/// What all rows of one event have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The position of the event.
    pub at: At,
    /// The document that the event rests on.
    pub evidence: EvidenceHandle,
    /// The day on which the act was done, if known.
    pub made_on: Option<Day>,
}

impl Origin {
    /// A row with `value` that holds over a period.
    pub fn row<T>(self, effective: Period, value: T) -> Row<T> {
        let Self { at, evidence, .. } = self;
        Row { effective, origin: at, known_from: at, known_until: OPEN, evidence, value }
    }

    /// A row with `value` that holds from `day` on.
    pub fn row_from<T>(self, day: Day, value: T) -> Row<T> {
        self.row(Period::open(day), value)
    }
}

/// Adds a row to a list that seldom grows. A short list gets no spare capacity, because a register
/// has about a million of them.
pub(crate) fn push<T>(rows: &mut Vec<T>, row: T) {
    if rows.len() == rows.capacity() && rows.len() < 8 {
        rows.reserve_exact(1);
    }
    rows.push(row);
}

/// `period` cut at `until`. An end on or before the first day of `period` ends something earlier
/// and is ignored.
pub(crate) fn cut(period: Period, until: Day) -> Period {
    if until > period.from() { period.cut(until).unwrap_or(period) } else { period }
}

/// `period` cut at each of `ends`.
pub(crate) fn cut_all<'r, T: 'r>(period: Period, ends: impl Iterator<Item = &'r Row<T>>) -> Period {
    ends.fold(period, |period, end| cut(period, end.effective.from()))
}
