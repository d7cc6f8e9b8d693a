//! Sample facts for the golden files, by topic. Every kind of fact appears with its optional parts
//! and, if leaving these parts out changes the stored form, also without them.

mod bodies;
mod committees;
mod corrections;
mod disputes;
mod instruments;
mod law;
mod money;

use std::str::FromStr;

use remit_domain::*;

pub fn of<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well-formed")
}

pub fn day(text: &str) -> Day {
    of(text)
}

fn period() -> Period {
    Period::new(day("2015-04-01"), Some(day("2022-07-01"))).expect("a period")
}

fn forum() -> Forum {
    Forum { kind: ForumKind::JointCommittee, name: of("Joint committee") }
}

/// All sample facts, each with the name of its golden file.
pub fn facts() -> Vec<(&'static str, Fact)> {
    let topics = [
        bodies::facts(),
        law::facts(),
        instruments::facts(),
        money::facts(),
        committees::facts(),
        disputes::facts(),
        corrections::facts(),
    ];
    topics.into_iter().flatten().collect()
}
