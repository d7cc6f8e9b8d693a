//! Effective days: calendar days in England, and periods of such days.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// One calendar day in England. A legal day starts at local midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// The years in which a valid day may lie: from well before the NHS to beyond any plan for the NHS.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

impl Day {
    /// A day earlier than every valid day. A period that begins on this day has no known beginning.
    pub const MIN: Self = Self(NaiveDate::MIN);
    /// A day later than every valid day.
    pub const MAX: Self = Self(NaiveDate::MAX);

    /// The day with this year, month (1 to 12) and day of the month.
    ///
    /// # Errors
    /// [`InvalidDay`] if the calendar has no such day, or the year is outside 1900 to 2199.
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, InvalidDay> {
        let date = NaiveDate::from_ymd_opt(year, month, day);
        date.filter(|date| YEARS.contains(&date.year()))
            .map(Self)
            .ok_or_else(|| InvalidDay(format!("{year:04}-{month:02}-{day:02}")))
    }

    /// The day with this calendar date. The year is not checked.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The calendar date of this day.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// The day before this day. `None` if the calendar has no earlier day.
    #[must_use]
    pub fn eve(self) -> Option<Self> {
        self.0.pred_opt().map(Self)
    }

    /// The day after this day. `None` if the calendar has no later day.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.succ_opt().map(Self)
    }

    /// The year of this day.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month of this day, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// The number of this day within its month, from 1.
    #[must_use]
    pub fn day_of_month(self) -> u32 {
        self.0.day()
    }

    /// The first day of the financial year after the one in which this day lies: the next 1 April.
    #[must_use]
    pub fn next_financial_year(self) -> Self {
        let begins = |year| NaiveDate::from_ymd_opt(year, 4, 1).map(Self);
        let next = [self.year(), self.year() + 1].into_iter().filter_map(begins);
        { next }.find(|day| *day > self).unwrap_or(Self::MAX)
    }

    /// The number of days from `earlier` to this day. The number is negative if `earlier` is after
    /// this day.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_days()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    /// Parses `YYYY-MM-DD` and accepts no other spelling.
    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let wrong = || InvalidDay(text.chars().take(40).collect());
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, b)| match at {
                4 | 7 => b == b'-',
                _ => b.is_ascii_digit(),
            });
        if !shaped {
            return Err(wrong());
        }
        let number = |from: usize, to: usize| text[from..to].parse::<u32>().map_err(|_| wrong());
        let year = i32::try_from(number(0, 4)?).map_err(|_| wrong())?;
        Self::new(year, number(5, 7)?, number(8, 10)?)
    }
}

/// Error: a text or a date is not a valid day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a calendar day of the years 1900 to 2199, written YYYY-MM-DD, not {0:?}")]
pub struct InvalidDay(String);

/// A day that recurs each year, such as 1 April.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayOfYear {
    /// The month, 1 to 12.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
}

impl DayOfYear {
    /// The day of the year on which `day` falls.
    #[must_use]
    pub fn of(day: Day) -> Self {
        Self { month: day.month(), day: day.day_of_month() }
    }

    /// This day in `year`. `None` if `year` has no such day, or is outside 1900 to 2199.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<Day> {
        Day::new(year, self.month, self.day).ok()
    }
}

impl fmt::Display for DayOfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// A half-open period of days: `from` is its first day, and `until` is the first day after it.
///
/// A period is never empty. `until` is `None` if the period has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: Day,
    until: Option<Day>,
}

impl Period {
    /// The period from `from` up to, but not including, `until`.
    ///
    /// # Errors
    /// [`EmptyPeriod`] if `until` is not after `from`.
    pub fn new(from: Day, until: Option<Day>) -> Result<Self, EmptyPeriod> {
        match until {
            Some(until) if until <= from => Err(EmptyPeriod { from, until }),
            _ => Ok(Self { from, until }),
        }
    }

    /// The period that begins on `from` and has no end.
    #[must_use]
    pub fn open(from: Day) -> Self {
        Self { from, until: None }
    }

    /// The period that consists of the one day `day`.
    #[must_use]
    pub fn one_day(day: Day) -> Self {
        Self { from: day, until: day.next() }
    }

    /// The first day of the period.
    #[must_use]
    pub fn from(&self) -> Day {
        self.from
    }

    /// The first day after the period. `None` if the period has no end.
    #[must_use]
    pub fn until(&self) -> Option<Day> {
        self.until
    }

    /// The day in the middle of the period: of a month, its 15th day or one beside it. The first
    /// day if the period has no end.
    #[must_use]
    pub fn middle(&self) -> Day {
        let Some(until) = self.until else { return self.from };
        let half = u64::try_from((until.days_since(self.from) - 1) / 2).unwrap_or_default();
        self.from.0.checked_add_days(chrono::Days::new(half)).map_or(self.from, Day)
    }

    /// Whether `day` lies in this period.
    #[must_use]
    pub fn contains(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether this period and `other` share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.until.is_none_or(|until| other.from < until)
            && other.until.is_none_or(|until| self.from < until)
    }

    /// Whether every day of `other` lies in this period.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.from <= other.from
            && match (self.until, other.until) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(mine), Some(theirs)) => theirs <= mine,
            }
    }

    /// The part of this period before `until`, if any.
    #[must_use]
    pub fn cut(&self, until: Day) -> Option<Self> {
        let until = self.until.map_or(until, |own| own.min(until));
        Self::new(self.from, Some(until)).ok()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(f, "{} until {until}", self.from),
            None => write!(f, "{} on", self.from),
        }
    }
}

/// Error: the period would contain no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("effective_until {until} is not after effective_from {from}")]
pub struct EmptyPeriod {
    from: Day,
    until: Day,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_strictly() {
        for (text, good) in [
            ("2015-04-01", true),
            ("2016-02-29", true),
            ("2015-02-29", false),
            ("2015-4-1", false),
            ("+12015-04-01", false),
            ("2015-04-01 ", false),
            ("20150401", false),
            ("1899-12-31", false),
            ("2200-01-01", false),
            ("२०१५-०४-०१", false),
        ] {
            assert_eq!(text.parse::<Day>().is_ok(), good, "{text:?}");
        }
    }

    #[test]
    fn periods_are_half_open() {
        let of = |from: u32, until: Option<u32>| {
            let at = |d| Day::new(2020, 1, d).ok();
            Period::new(at(from)?, until.and_then(at)).ok()
        };
        let (a, b, open) = (of(1, Some(5)), of(5, Some(9)), of(3, None));
        let overlaps = |x: Option<Period>, y: Option<Period>| Some(x?.overlaps(&y?));
        assert_eq!(overlaps(a, b), Some(false), "meeting is not overlapping");
        assert_eq!(overlaps(a, open), Some(true));
        assert_eq!(overlaps(b, open), Some(true));
        assert_eq!(of(5, Some(5)), None, "no day lies in it");
        assert_eq!(open.zip(b).map(|(o, b)| o.covers(&b)), Some(true));
        assert_eq!(open.zip(b).map(|(o, b)| b.covers(&o)), Some(false));
    }
}
