//! Where instants meet days: local midnight in England.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use remit_domain::Day;

/// The calendar day in England at an instant, in microseconds since 1970 UTC.
#[must_use]
pub fn london_day(micros: i64) -> Option<Day> {
    let instant: DateTime<Utc> = DateTime::from_timestamp_micros(micros)?;
    Some(instant.with_timezone(&London).date_naive())
}

/// The last microsecond of a day in England.
///
/// Every midnight there since 1948 is unique; an ambiguous one is read as the earlier.
#[must_use]
pub fn end_of_day_micros(day: Day) -> Option<i64> {
    let midnight = day.succ_opt()?.and_hms_opt(0, 0, 0)?;
    let instant = London.from_local_datetime(&midnight).earliest()?;
    Some(instant.timestamp_micros() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use remit_domain::parse_day;

    #[test]
    fn a_day_ends_at_local_midnight() {
        for (day, utc) in [
            ("2024-03-31", "2024-03-31T22:59:59.999999Z"),
            ("2024-01-15", "2024-01-15T23:59:59.999999Z"),
            ("2024-10-27", "2024-10-27T23:59:59.999999Z"),
        ] {
            let micros = parse_day(day).ok().and_then(end_of_day_micros);
            let expected =
                DateTime::parse_from_rfc3339(utc).ok().map(|instant| instant.timestamp_micros());
            assert_eq!(micros, expected, "{day}");
            assert_eq!(micros.and_then(london_day), parse_day(day).ok());
            assert_eq!(
                micros.and_then(|m| london_day(m + 1)),
                parse_day(day).ok().and_then(|d| d.succ_opt())
            );
        }
    }
}
