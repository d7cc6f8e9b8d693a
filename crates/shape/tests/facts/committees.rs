//! Sample facts about committees, each with the name of its golden file.

use super::*;

pub fn interest() -> Fact {
    Fact::from(InterestDeclared {
        office: of("GP member, north"),
        body: of("05G"),
        interest: of("financial"),
        concerns: of("M83001"),
        aware_on: day("2016-04-01"),
        declared_on: day("2016-04-20"),
        note: Some(of("A note")),
    })
}

pub fn facts() -> Vec<(&'static str, Fact)> {
    vec![
        ("interest-declared-v2", interest()),
        (
            "decision-taken-v2",
            Fact::from(DecisionTaken {
                body: of("05G"),
                forum: forum(),
                fund: of("federating"),
                payment: of("1"),
                decided_on: day("2016-05-20"),
                quorate: true,
                handled: vec![Handling { office: of("GP member, north"), way: of("leaves") }],
                note: Some(of("A note")),
            }),
        ),
    ]
}
