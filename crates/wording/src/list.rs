//! Lists and periods in words.

use std::fmt::Display;

use remit_domain::Period;

/// Joins items into a text such as `A, B and C`.
pub fn and<T: Display>(items: &[T]) -> String {
    joined(items, "and")
}

/// Joins items into a text such as `A, B or C`.
pub fn or<T: Display>(items: &[T]) -> String {
    joined(items, "or")
}

fn joined<T: Display>(items: &[T], last: &str) -> String {
    let words: Vec<String> = items.iter().map(ToString::to_string).collect();
    match words.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// A period in words, by its first and last day: `from 2015-04-01 to 2022-06-30`. A period without
/// an end is written `from 2015-04-01 on`.
#[must_use]
pub fn period(period: &Period) -> String {
    match period.until().and_then(remit_domain::Day::eve) {
        Some(last) if last == period.from() => format!("on {last}"),
        Some(last) => format!("from {} to {last}", period.from()),
        None => format!("from {} on", period.from()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_periods_read_as_people_write_them() {
        assert_eq!(and::<&str>(&[]), "nobody");
        assert_eq!(and(&["A"]), "A");
        assert_eq!(and(&["A", "B"]), "A and B");
        assert_eq!(or(&["A", "B", "C"]), "A, B or C");
        for (from, until, words) in [
            ("2015-04-01", Some("2022-07-01"), "from 2015-04-01 to 2022-06-30"),
            ("2015-04-01", Some("2015-04-02"), "on 2015-04-01"),
            ("2015-04-01", None, "from 2015-04-01 on"),
        ] {
            let until = until.and_then(|until| until.parse().ok());
            let of = from.parse().ok().and_then(|from| Period::new(from, until).ok());
            assert_eq!(of.as_ref().map(period).as_deref(), Some(words));
        }
    }
}
