//! The cursor of a watch: the place from which the watch continues.

use remit_domain::Position;
use remit_register::{Moment, Point};

/// The place from which a watch continues. Everything up to the point `at` was reported, and so
/// were the first `told` notices of the next moment, which is an event or the beginning of a day. A
/// cursor never expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    at: Point,
    told: usize,
    /// Whether the moment after `at` is the beginning of a day rather than an event.
    day: bool,
    /// The number that identifies the watch's targets (`Targets::number`). `None`, in a cursor from
    /// a snapshot, fits any targets.
    of: Option<u64>,
}

impl Cursor {
    /// Makes a cursor at the point `at`. `of` identifies the targets of the watch; `None` fits any
    /// targets.
    #[must_use]
    pub fn at(at: Point, of: Option<u64>) -> Self {
        Self { at, told: 0, day: false, of }
    }

    /// Writes the cursor as the text that clients keep. `log_id` is the id of the watched log.
    #[must_use]
    pub fn write(self, log_id: &str) -> String {
        let Point { effective_on, known_at } = self.at;
        let moment = if self.day { "d" } else { "" };
        let of = self.of.map_or("any".to_owned(), |of| format!("{of:016x}"));
        format!("{known_at}.{effective_on}.{}{moment}.{of}@{log_id}", self.told)
    }

    /// Parses the text that [`Self::write`] makes for the log `log_id`. Returns `None` for any
    /// other text.
    #[must_use]
    pub fn read(text: &str, log_id: &str) -> Option<Self> {
        let (cursor, id) = Self::of_any_log(text)?;
        (id == log_id && cursor.write(log_id) == text).then_some(cursor)
    }

    /// Parses the text of a cursor of any log. Returns the cursor and the id of its log.
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

    /// The point (a day and a position) up to which all changes were reported.
    #[must_use]
    pub fn point(self) -> Point {
        self.at
    }

    /// The position of the last event that the watch reported, in full or in part.
    #[must_use]
    pub fn reached(self) -> Position {
        match self.begun() {
            Some(Moment::Recorded(position)) => position,
            Some(Moment::Began(_)) | None => self.at.known_at,
        }
    }

    /// Whether this cursor and `other` belong to watches with the same targets.
    #[must_use]
    pub fn is_of_the_same(self, other: Self) -> bool {
        self.of == other.of
    }

    /// Whether this cursor is further along than `other`. Both must be cursors of the same watch.
    #[must_use]
    pub fn is_after(self, other: Self) -> bool {
        let order = |of: Self| (of.at.known_at, of.at.effective_on, of.told);
        order(self) > order(other)
    }

    /// How many notices of the next event or day were already reported.
    pub(super) fn told(self) -> usize {
        self.told
    }

    /// The next event or day to report, if some of its notices were already reported.
    pub(super) fn begun(self) -> Option<Moment> {
        match self {
            Self { told: 0, .. } => None,
            Self { at, day: true, .. } => at.effective_on.next().map(Moment::Began),
            Self { at, day: false, .. } => Some(Moment::Recorded(at.known_at.next())),
        }
    }

    /// A copy of this cursor for a watch of the targets that the number `of` identifies.
    pub(super) fn of(self, of: u64) -> Self {
        Self { of: Some(of), ..self }
    }

    /// Whether a watch of the targets that `of` identifies may continue from this cursor.
    pub(crate) fn may_be_of(self, of: u64) -> bool {
        self.of.is_none_or(|own| own == of)
    }

    /// A cursor at the point `at`, for the same watch as this cursor.
    pub(super) fn moved(self, at: Point) -> Self {
        Self::at(at, self.of)
    }

    /// A cursor after the first `told` notices of `moment`, for the same watch as this cursor.
    /// `before` is the point before `moment`.
    pub(super) fn within(self, before: Point, moment: Moment, told: usize) -> Self {
        let day = matches!(moment, Moment::Began(_));
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
