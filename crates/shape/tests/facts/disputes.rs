//! Sample facts about disputes, each with the name of its golden file.

use super::*;

pub fn facts() -> Vec<(&'static str, Fact)> {
    let disputed = EventDisputed {
        about: Position::new(17),
        by: of("11X"),
        reason: of("the agreement was signed in May, not in April"),
    };
    vec![("event-disputed", Fact::from(disputed))]
}
