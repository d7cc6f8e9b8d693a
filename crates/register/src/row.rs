//! One thing that is so over a period of days and a span of positions: a cell of the two-axis index.

use remit_domain::{Day, Period};

/// A position as rows keep it. A register holds at most 4,294,967,294 events.
pub(crate) type At = u32;

/// `known_until` of a row that nothing has replaced.
pub(crate) const OPEN: At = At::MAX;

/// Something that is so over `effective`, as known from `known_from` until `known_until`.
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
    /// Index of what it rests on.
    pub evidence: u32,
    pub value: T,
}

impl<T> Row<T> {
    pub fn new(effective: Period, at: At, evidence: u32, value: T) -> Self {
        Self { effective, origin: at, known_from: at, known_until: OPEN, evidence, value }
    }

    pub fn known(&self, at: At) -> bool {
        self.known_from <= at && at < self.known_until
    }

    pub fn holds(&self, on: Day, at: At) -> bool {
        self.known(at) && self.effective.contains(on)
    }
}

/// Adds to a list that seldom grows, without the spare room that a million of them would waste.
pub(crate) fn push<T>(rows: &mut Vec<T>, row: T) {
    if rows.len() == rows.capacity() && rows.len() < 8 {
        rows.reserve_exact(1);
    }
    rows.push(row);
}
