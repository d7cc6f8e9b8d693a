//! Converts between instants and calendar days in England, where a day begins at local midnight.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use remit_domain::{Day, UtcInstant};

/// The calendar day in England at `instant`.
#[must_use]
pub fn london_day(instant: UtcInstant) -> Option<Day> {
    let instant: DateTime<Utc> = DateTime::from_timestamp_micros(instant.micros())?;
    Some(Day::of(instant.with_timezone(&London).date_naive()))
}

/// The last microsecond of `day` in England.
///
/// In England, every midnight since 1948 has occurred only once. If a midnight before 1948 occurred
/// twice, the first occurrence is taken.
#[must_use]
pub fn end_of_day(day: Day) -> Option<UtcInstant> {
    let midnight = day.next()?.date().and_hms_opt(0, 0, 0)?;
    let instant = London.from_local_datetime(&midnight).earliest()?;
    Some(UtcInstant::from_micros(instant.timestamp_micros() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_local_midnight() {
        for (day, utc) in [
            ("2024-03-31", "2024-03-31T22:59:59.999999Z"),
            ("2024-01-15", "2024-01-15T23:59:59.999999Z"),
            ("2024-10-27", "2024-10-27T23:59:59.999999Z"),
        ] {
            let day: Day = day.parse().expect("a day");
            let end = end_of_day(day).expect("an end");
            let expected = DateTime::parse_from_rfc3339(utc).expect("an instant");
            assert_eq!(end.micros(), expected.timestamp_micros(), "{day}");
            assert_eq!(london_day(end), Some(day));
            assert_eq!(london_day(UtcInstant::from_micros(end.micros() + 1)), day.next());
        }
    }
}
