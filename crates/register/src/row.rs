//! A row of the register's index: one value that holds over a period of days and is known over a
//! span of log positions.

use remit_domain::{Day, Period, Position};

use crate::handle::EvidenceHandle;

/// A log position as rows store it, in 32 bits. A register holds at most 4,294,967,294 events.
pub(crate) type At = u32;

/// The `known_until` of an open row, that is, a row that no later event has closed.
pub(crate) const OPEN: At = At::MAX;

/// Converts a log position to the 32-bit form in which rows store it. A position too large for 32
/// bits becomes the largest possible value.
pub(crate) fn at(position: Position) -> At {
    At::try_from(position.get()).unwrap_or(OPEN - 1)
}

/// A value that holds on the days of `effective`. The value is known from the position `known_from`
/// until, not including, the position `known_until`.
///
/// Only `known_until` ever changes, and only once: a later event that contradicts the value closes
/// the row and adds another row. So an answer at an earlier position always reads the same rows.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Row<T> {
    pub effective: Period,
    /// The position of the event that first stated the row's value.
    pub origin: At,
    /// The position of the event that opened this row. This is `origin` or, if the event at
    /// `origin` was retracted and brought back, the correction that brought it back.
    pub known_from: At,
    pub known_until: At,
    /// The handle of the document on which the row's value rests.
    pub evidence: EvidenceHandle,
    pub value: T,
}

impl<T> Row<T> {
    /// The position of the event that first stated the row's value.
    pub fn event(&self) -> Position {
        Position::from(self.origin)
    }

    pub fn known(&self, at: At) -> bool {
        self.known_from <= at && at < self.known_until
    }

    pub fn holds(&self, on: Day, at: At) -> bool {
        self.known(at) && self.effective.contains(on)
    }

    /// Whether the row is open, that is, known at the head of the log.
    pub fn is_open(&self) -> bool {
        self.known_until == OPEN
    }
}

/// The values that all rows of one event have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The position of the event from which the rows are made.
    pub at: At,
    /// The handle of the document on which the event at position `at` rests.
    pub evidence: EvidenceHandle,
    /// The day on which the act that the event records was done, if known.
    pub made_on: Option<Day>,
}

impl Origin {
    /// Creates a row that says that `value` holds over the period `effective`, according to the
    /// event that this `Origin` describes.
    pub fn row<T>(self, effective: Period, value: T) -> Row<T> {
        let Self { at, evidence, .. } = self;
        Row { effective, origin: at, known_from: at, known_until: OPEN, evidence, value }
    }

    /// Creates a row that says that `value` holds from `day` on, without an end, according to the
    /// event that this `Origin` describes.
    pub fn row_from<T>(self, day: Day, value: T) -> Row<T> {
        self.row(Period::open(day), value)
    }
}

/// Adds `row` to a list that seldom grows. A list of fewer than eight rows gets no spare capacity,
/// because a register has about a million such lists.
pub(crate) fn push<T>(rows: &mut Vec<T>, row: T) {
    if rows.len() == rows.capacity() && rows.len() < 8 {
        rows.reserve_exact(1);
    }
    rows.push(row);
}

/// Shortens `period` so that `until` is the first day after it. If `until` is on or before the
/// first day of `period`, then `until` ends something earlier, and `period` stays unchanged.
pub(crate) fn cut(period: Period, until: Day) -> Period {
    if until > period.from() { period.cut(until).unwrap_or(period) } else { period }
}

/// Shortens `period` so that it stops before the first day of each row in `ends`, as `cut` does.
pub(crate) fn cut_all<'r, T: 'r>(period: Period, ends: impl Iterator<Item = &'r Row<T>>) -> Period {
    ends.fold(period, |period, end| cut(period, end.effective.from()))
}
