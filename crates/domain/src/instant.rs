//! Instants in UTC, such as the moment at which an event was recorded.

use std::fmt;
use std::str::FromStr;

use chrono::DateTime;

/// An instant in UTC, to the microsecond.
///
/// An instant is written as RFC 3339 with six decimals and `Z`, such as
/// `2022-07-01T00:00:00.000000Z`. Any other spelling is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcInstant(i64);

impl UtcInstant {
    /// An instant earlier than every instant that can be recorded.
    pub const MIN: Self = Self(i64::MIN);

    /// The instant `micros` microseconds after the start of 1970 in UTC.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The number of microseconds since the start of 1970 in UTC.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }
}

impl fmt::Display for UtcInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        instant.format("%Y-%m-%dT%H:%M:%S%.6fZ").fmt(f)
    }
}

/// Error: the text is not an instant in the one spelling that Remit accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an RFC 3339 instant in UTC with six decimals, such as 2022-07-01T00:00:00.000000Z"
)]
pub struct InvalidInstant;

impl FromStr for UtcInstant {
    type Err = InvalidInstant;

    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidInstant)?;
        let instant = Self(instant.timestamp_micros());
        if instant.to_string() == text { Ok(instant) } else { Err(InvalidInstant) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_one_spelling() {
        let text = "2015-04-01T00:00:00.123456Z";
        assert_eq!(text.parse(), Ok(UtcInstant::from_micros(1_427_846_400_123_456)));
        assert_eq!(UtcInstant::from_micros(1_427_846_400_123_456).to_string(), text);
        for other in [
            "2015-04-01T00:00:00Z",
            "2015-04-01T00:00:00.123456+00:00",
            "2015-04-01T01:00:00.123456+01:00",
            "2015-04-01t00:00:00.123456z",
            "2015-04-31T00:00:00.123456Z",
            "2015-04-01",
            "",
        ] {
            assert_eq!(other.parse::<UtcInstant>(), Err(InvalidInstant), "{other:?}");
        }
    }
}
