//! One thing that holds over a period of days and a span of positions: a cell of the two-axis
//! index.

use remit_domain::{Day, Period, Position};

use crate::handle::EvidenceHandle;

/// A position as rows keep it. A register holds at most 4,294,967,294 events.
pub(crate) type At = u32;

/// `known_until` of a row that nothing has replaced.
pub(crate) const OPEN: At = At::MAX;

/// A position as rows keep it; beyond the last that there can be, that one.
pub(crate) fn at(position: Position) -> At {
    At::try_from(position.get()).unwrap_or(OPEN - 1)
}

/// A thing that holds over `effective`, as known from `known_from` until `known_until`.
///
/// Rows are never changed but for `known_until`, once: a later event that says otherwise closes the
/// row and adds another. So an answer at an earlier position reads what it read then.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Row<T> {
    pub effective: Period,
    /// The event that first said so.
    pub origin: At,
    /// The event that said so in this form.
    pub known_from: At,
    pub known_until: At,
    /// The document that the row rests on.
    pub evidence: EvidenceHandle,
    pub value: T,
}

impl<T> Row<T> {
    /// The event that first said so.
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

/// What every row of one event shares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The event.
    pub at: At,
    /// The document that it rests on.
    pub evidence: EvidenceHandle,
    /// The day on which the act was done, where that is known.
    pub made_on: Option<Day>,
}

impl Origin {
    /// A row that says something over a period.
    pub fn row<T>(self, effective: Period, value: T) -> Row<T> {
        let Self { at, evidence, .. } = self;
        Row { effective, origin: at, known_from: at, known_until: OPEN, evidence, value }
    }

    /// A row that says something from a day on.
    pub fn row_from<T>(self, day: Day, value: T) -> Row<T> {
        self.row(Period::open(day), value)
    }
}

/// Adds to a list that seldom grows, without the spare room that a million of them would waste.
pub(crate) fn push<T>(rows: &mut Vec<T>, row: T) {
    if rows.len() == rows.capacity() && rows.len() < 8 {
        rows.reserve_exact(1);
    }
    rows.push(row);
}

/// A period cut at an end. An end on or before its first day is of something earlier.
pub(crate) fn cut(period: Period, until: Day) -> Period {
    if until > period.from() { period.cut(until).unwrap_or(period) } else { period }
}

/// A period cut at all ends that are known.
pub(crate) fn cut_all<'r, T: 'r>(period: Period, ends: impl Iterator<Item = &'r Row<T>>) -> Period {
    ends.fold(period, |period, end| cut(period, end.effective.from()))
}
