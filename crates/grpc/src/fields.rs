//! Turns the fields of request messages into checked values, and collects every bad field. Every
//! request is read through this module.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use remit_domain::{Day, Period, Position, UtcInstant, Word};
use remit_register::{Filter, InvalidFilter, Place};
use tonic::Status;

use crate::pb;
use crate::status::{Violation, invalid};
use crate::value::Value;

/// The maximum number of items in one list of a command.
const ITEMS_MAX: usize = 1_000;
/// The maximum length of a filter, in bytes.
const FILTER_BYTES_MAX: usize = 4_096;
/// The maximum number of violations in one reply.
const VIOLATIONS_MAX: usize = 30;

/// Reads the fields of one message, and collects a violation for each bad field.
#[derive(Default)]
pub struct Fields {
    path: String,
    violations: Vec<Violation>,
}

impl Fields {
    /// Adds a violation: `description` states what is wrong with `field`. Once there is the maximum
    /// number of violations, further violations are dropped.
    pub fn bad(&mut self, field: &str, description: impl Display) {
        if self.violations.len() < VIOLATIONS_MAX {
            let field = format!("{}{field}", self.path);
            self.violations.push(Violation { field, description: description.to_string() });
        }
    }

    /// Returns the result of `value` if no field was bad.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, with the collected violations.
    pub fn finish<T>(self, value: impl FnOnce() -> Option<T>) -> Result<T, Status> {
        match value() {
            Some(value) if self.violations.is_empty() => Ok(value),
            _ => Err(self.refused()),
        }
    }

    /// Returns the status `INVALID_ARGUMENT` with the collected violations.
    #[must_use]
    pub fn refused(self) -> Status {
        invalid(self.violations)
    }

    /// Calls `read`. `field` is added as a prefix to the path of every violation that `read` adds.
    pub fn within<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(field);
        self.path.push('.');
        let value = read(self);
        self.path.truncate(length);
        value
    }

    /// Parses a required code, id or text. Empty text is a violation.
    pub fn parse<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<T> {
        if text.is_empty() {
            self.bad(field, "is required");
            return None;
        }
        text.parse().map_err(|error: T::Err| self.bad(field, error)).ok()
    }

    /// Reads each item of a list. A violation names the item with its index, such as `codes[2]`.
    /// Returns `None` if any item is bad or there are too many items.
    pub(crate) fn items<S, T>(
        &mut self,
        field: &str,
        items: &[S],
        mut read: impl FnMut(&mut Self, &str, &S) -> Option<T>,
    ) -> Option<Vec<T>> {
        if items.len() > ITEMS_MAX {
            self.bad(field, format_args!("must have at most {ITEMS_MAX} items"));
            return None;
        }
        let mut found = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            found.extend(read(self, &format!("{field}[{index}]"), item));
        }
        (found.len() == items.len()).then_some(found)
    }

    /// Adds a violation if a required list has no items.
    pub(crate) fn not_empty<T>(&mut self, field: &str, items: &[T]) {
        if items.is_empty() {
            self.bad(field, "is required: name at least one");
        }
    }

    /// Reads a field as a value of type `T`.
    pub(crate) fn value<T: Value>(&mut self, field: &str, wire: &T::Wire) -> Option<T> {
        T::read(self, field, wire)
    }

    /// Reads a required word of the closed vocabulary `W`. The wire number of a word is its index
    /// in `W::ALL` plus 1.
    pub fn word<W: Word>(&mut self, field: &str, number: i32) -> Option<W> {
        let found = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        match found.and_then(|index| W::ALL.get(index)) {
            Some(word) => Some(*word),
            None if number == 0 => {
                self.bad(field, format_args!("is required: {}", W::WHAT));
                None
            }
            None => {
                self.bad(
                    field,
                    format_args!(
                        "{number} is not a number that this release knows for the {}",
                        W::WHAT
                    ),
                );
                None
            }
        }
    }

    /// Reads a field that must hold a day.
    pub fn day(&mut self, field: &str, date: Option<pb::Date>) -> Option<Day> {
        let Some(date) = date else {
            self.bad(field, "is required");
            return None;
        };
        let part = |number: i32| u32::try_from(number).unwrap_or(u32::MAX);
        let day = Day::new(date.year, part(date.month), part(date.day));
        day.map_err(|error| self.bad(field, error)).ok()
    }

    /// Reads a field that may hold a day. Returns `Some(None)` if the field holds none.
    pub fn optional_day(&mut self, field: &str, date: Option<pb::Date>) -> Option<Option<Day>> {
        if date.is_none() { Some(None) } else { self.day(field, date).map(Some) }
    }

    /// Reads a field that must hold a period.
    pub fn period(&mut self, field: &str, period: Option<pb::Period>) -> Option<Period> {
        let Some(period) = period else {
            self.bad(field, "is required");
            return None;
        };
        let from = self.day(&format!("{field}.effective_from"), period.effective_from);
        let until = self.optional_day(&format!("{field}.effective_until"), period.effective_until);
        Period::new(from?, until?)
            .map_err(|error| self.bad(&format!("{field}.effective_until"), error))
            .ok()
    }

    /// Reads the heartbeat interval: the maximum number of seconds without a message before a
    /// heartbeat is sent, 1 to 10. 0 means 10.
    pub fn silence(&mut self, field: &str, seconds: u32) -> Option<Duration> {
        match seconds {
            0 => Some(Duration::from_secs(10)),
            1..=10 => Some(Duration::from_secs(seconds.into())),
            _ => {
                self.bad(field, "must be 1 to 10, or 0 for 10");
                None
            }
        }
    }

    /// Reads a place: the code of a body, or the id of a contract, which contains a slash.
    pub fn place(&mut self, field: &str, text: &str) -> Option<Place> {
        self.parse(field, text)
    }
}

/// The `known_at` of a request, which asks what the register knew by a position or an instant. The
/// instant is not yet resolved to a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedKnown {
    /// The request asks what is known at the head.
    Head,
    /// The request asks what was known at an instant: everything recorded at or before that
    /// instant.
    Instant(UtcInstant),
    /// The request asks what was known at a position: everything recorded up to and including that
    /// position.
    Position(Position),
}

impl Fields {
    /// Reads the `known_at` of a request. If `known_at` is absent, the request asks what is known
    /// at the head.
    pub fn known(&mut self, known: Option<&pb::KnownAt>) -> Option<AskedKnown> {
        match known.map(|known| &known.point) {
            None => Some(AskedKnown::Head),
            Some(None) => {
                self.bad("known_at", "must have an instant or a position");
                None
            }
            Some(Some(pb::known_at::Point::Position(position))) => {
                Some(AskedKnown::Position(Position::new(*position)))
            }
            Some(Some(pb::known_at::Point::Instant(instant))) => {
                self.instant("known_at.instant", instant).map(AskedKnown::Instant)
            }
        }
    }

    /// Reads an instant in the years 1900 to 2199, and truncates it to microseconds.
    pub fn instant(&mut self, field: &str, instant: &prost_types::Timestamp) -> Option<UtcInstant> {
        let nanos = i64::from(instant.nanos);
        let years = -2_208_988_800..=7_258_118_399;
        if !(0..1_000_000_000).contains(&nanos) || !years.contains(&instant.seconds) {
            self.bad(field, "is not an instant of the years 1900 to 2199");
            return None;
        }
        Some(UtcInstant::from_micros(instant.seconds * 1_000_000 + nanos / 1_000))
    }

    /// Reads a consistency token (the field `at_least`), and returns its position. An empty token
    /// means position 0.
    pub fn token(&mut self, token: &str, log_id: &str) -> Option<Position> {
        if token.is_empty() {
            return Some(Position::ZERO);
        }
        let position = position_of(token, log_id);
        if position.is_none() {
            self.bad("at_least", "is not a token of this register; give one that Record returned");
        }
        position
    }

    /// Reads a stream cursor, and returns its position.
    pub fn cursor(&mut self, field: &str, cursor: &str, log_id: &str) -> Option<Position> {
        let position = position_of(cursor, log_id);
        if position.is_none() {
            self.bad(field, "is not a cursor of this register; give one that a stream sent");
        }
        position
    }

    /// Reads an event filter. An empty filter lets every event pass.
    pub fn filter(&mut self, text: &str) -> Option<Filter> {
        if text.len() > FILTER_BYTES_MAX {
            self.bad("filter", format_args!("is longer than {FILTER_BYTES_MAX} bytes"));
            return None;
        }
        text.parse().map_err(|error: InvalidFilter| self.bad("filter", error)).ok()
    }
}

fn position_of(token: &str, log_id: &str) -> Option<Position> {
    let (position, id) = token.rsplit_once('@')?;
    let canonical = position.bytes().all(|b| b.is_ascii_digit()) && id == log_id;
    position.parse().ok().filter(|_| canonical)
}

/// Returns `position@log_id`, the text of both the consistency token and the stream cursor for a
/// position.
#[must_use]
pub fn token(position: Position, log_id: &str) -> String {
    format!("{position}@{log_id}")
}
