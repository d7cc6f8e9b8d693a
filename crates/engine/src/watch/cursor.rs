//! Where a watch is.

use remit_domain::Position;
use remit_register::{Point, Step};

/// Where a watch is: everything up to a point was told, and so many notices of the step after it.
/// It never expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    at: Point,
    told: usize,
    /// Whether that step is the beginning of the next day, and not the next event.
    day: bool,
    /// The number of what the watch is about; `None`: of anything, as a snapshot gives it.
    of: Option<u64>,
}

impl Cursor {
    /// At a point, of a watch of what has this number.
    #[must_use]
    pub fn at(at: Point, of: Option<u64>) -> Self {
        Self { at, told: 0, day: false, of }
    }

    /// The text that clients keep, for a log of this id.
    #[must_use]
    pub fn write(self, log_id: &str) -> String {
        let Point { effective_on, known_at } = self.at;
        let step = if self.day { "d" } else { "" };
        let of = self.of.map_or("any".to_owned(), |of| format!("{of:016x}"));
        format!("{known_at}.{effective_on}.{}{step}.{of}@{log_id}", self.told)
    }

    /// Reads what [`Self::write`] wrote for a log of this id, and no other spelling of the same.
    #[must_use]
    pub fn read(text: &str, log_id: &str) -> Option<Self> {
        let (cursor, id) = Self::of_any_log(text)?;
        (id == log_id && cursor.write(log_id) == text).then_some(cursor)
    }

    /// Reads a cursor and the id of its log.
    pub(crate) fn of_any_log(text: &str) -> Option<(Self, &str)> {
        let (place, id) = text.rsplit_once('@')?;
        let mut parts = place.split('.');
        let known_at = parts.next()?.parse().ok()?;
        let effective_on = parts.next()?.parse().ok()?;
        let told = parts.next()?;
        let day = told.ends_with('d');
        let told = told.trim_end_matches('d').parse().ok()?;
        let of = match parts.next()? {
            "any" => None,
            of => Some(u64::from_str_radix(of, 16).ok()?),
        };
        Some((Self { at: Point { effective_on, known_at }, told, day, of }, id))
    }

    /// Everything up to this point was told.
    #[must_use]
    pub fn point(self) -> Point {
        self.at
    }

    /// The last event of which anything was told.
    #[must_use]
    pub fn reached(self) -> Position {
        match self.begun() {
            Some(Step::Recorded(position)) => position,
            Some(Step::Began(_)) | None => self.at.known_at,
        }
    }

    /// Whether both are of watches of the same things.
    #[must_use]
    pub fn is_of_the_same(self, other: Self) -> bool {
        self.of == other.of
    }

    /// Whether this one is further along the way of the same watch.
    #[must_use]
    pub fn is_after(self, other: Self) -> bool {
        let order = |of: Self| (of.at.known_at, of.at.effective_on, of.told);
        order(self) > order(other)
    }

    /// The notices of the step after the point that were told.
    pub(super) fn told(self) -> usize {
        self.told
    }

    /// The step of which some notices were told and others not.
    pub(super) fn begun(self) -> Option<Step> {
        match self {
            Self { told: 0, .. } => None,
            Self { at, day: true, .. } => at.effective_on.next().map(Step::Began),
            Self { at, day: false, .. } => Some(Step::Recorded(at.known_at.next())),
        }
    }

    /// The same, of a watch of what has this number.
    pub(super) fn of(self, of: u64) -> Self {
        Self { of: Some(of), ..self }
    }

    /// Whether it may go on a watch of what has this number.
    pub(crate) fn may_be_of(self, of: u64) -> bool {
        self.of.is_none_or(|own| own == of)
    }

    /// The same watch at another point.
    pub(super) fn moved(self, at: Point) -> Self {
        Self::at(at, self.of)
    }

    /// The same watch after so many notices of a step.
    pub(super) fn within(self, before: Point, step: Step, told: usize) -> Self {
        let day = matches!(step, Step::Began(_));
        Self { at: before, told, day, of: self.of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_has_one_spelling_and_belongs_to_one_log() {
        for (text, reads) in [
            ("7.2016-04-01.0.any@log", true),
            ("7.2016-04-01.3.00000000000000ff@log", true),
            ("7.2016-04-01.3d.00000000000000ff@log", true),
            ("7.2016-04-01.0.any@other", false),
            ("07.2016-04-01.0.any@log", false),
            ("7.2016-4-1.0.any@log", false),
            ("7.2016-04-01.0.ff@log", false),
            ("7.2016-04-01.3dd.any@log", false),
            ("7.2016-04-01.0.any.more@log", false),
            ("7.2016-04-01@log", false),
            ("", false),
        ] {
            let read = Cursor::read(text, "log");
            assert_eq!(read.map(|cursor| cursor.write("log")), reads.then(|| text.to_owned()));
        }
    }
}
