//! Positions of events in the log.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// The position of an event in the log: 1, 2, 3 and so on, without gaps. Position 0 is before the
/// first event.
///
/// Arithmetic saturates at 0 and at the maximum, because a client can send any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// The position before the first event.
    pub const ZERO: Self = Self(0);

    /// The position with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The position of the last event in a log of `events` events.
    #[must_use]
    pub fn after(events: usize) -> Self {
        Self(events as u64)
    }

    /// The position as a number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The position as an index or a length of a list, or `usize::MAX` if the number is too large.
    #[must_use]
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        self.plus(1)
    }

    /// The position before this one. For position 0, the result is position 0.
    #[must_use]
    pub const fn prev(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The position that is `events` events after this one.
    #[must_use]
    pub const fn plus(self, events: u64) -> Self {
        Self(self.0.saturating_add(events))
    }

    /// The number of events after `earlier`, up to and including this position. The number is 0 if
    /// `earlier` is not before this position.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The positions after this one, up to and including `last`, in order.
    pub fn up_to(self, last: Self) -> impl DoubleEndedIterator<Item = Self> {
        (self.next().0..=last.0).map(Self)
    }
}

impl From<u32> for Position {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Position {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}
