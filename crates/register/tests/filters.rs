//! Tests that a filter passes the same events whenever it is applied, because only what was known
//! at an event's own position decides what the event concerns.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use cases::{Case, said};
use remit_domain::Event;
use remit_register::{Filter, Register};

/// The end of a rule concerns only the function that the rule named until then, even if the rule is
/// enacted again for other functions later.
#[test]
fn a_rule_that_is_enacted_again_changes_nothing_that_passed() {
    let case = Case::default();
    let mut register = Register::new();
    for line in [
        "body X24 nhs-england 2013-04-01..",
        "function qof X24 2013-04-01.. s65z5",
        "function premises X24 2013-04-01.. s65z5",
        "rule V 2013-04-01.. vests qof icb s65z5",
    ] {
        case.record(&mut register, line);
    }
    let end = register.admit(said("rule-ended V 2015-04-01")).expect("recorded");
    let position = register.tail();
    let passes = |register: &Register, end: &Event| {
        ["function=qof", "function=premises"].map(|text| {
            let filter: Filter = text.parse().expect("a filter");
            filter.passes(register, position, end)
        })
    };
    assert_eq!(passes(&register, &end), [true, false]);
    // A rule that names no function concerns every function.
    case.record(&mut register, "rule V 2016-04-01.. liable s65z5 exerciser");
    assert_eq!(passes(&register, &end), [true, false]);
}
