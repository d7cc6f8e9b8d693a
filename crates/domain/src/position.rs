//! The known axis: positions in the log.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// The position of an event in the log: 1, 2, 3 and so on, without gaps. 0 is before the first
/// event.
///
/// Arithmetic saturates at 0 and at the maximum, because a client can send any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// Before the first event.
    pub const ZERO: Self = Self(0);

    /// The position with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The position of the last of `events` events.
    #[must_use]
    pub fn after(events: usize) -> Self {
        Self(events as u64)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Its number as an index or a length, or `usize::MAX` if it is too large.
    #[must_use]
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The next position.
    #[must_use]
    pub const fn next(self) -> Self {
        self.plus(1)
    }

    /// The previous position. That of 0 is 0.
    #[must_use]
    pub const fn prev(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The position `events` further on.
    #[must_use]
    pub const fn plus(self, events: u64) -> Self {
        Self(self.0.saturating_add(events))
    }

    /// The number of events after `earlier`, up to and including this position. 0 if `earlier` is
    /// not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The positions after this one, up to and including `last`.
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
