//! Tests of which commands are recorded and which are refused, by topic. The cases are written as
//! given, when and then in plain words, in the language of the crate `cases`. No test here runs a
//! server, a store or a clock.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use cases::{Case, read, said};
use remit_domain::Word;

/// The outcome of a case, in the words of the case files: `recorded`, or one line for each refusal.
fn outcome(case: &Case) -> Vec<String> {
    let mut register = case.register();
    let [when] = case.when.as_slice() else { panic!("{}: one `when`", case.shows) };
    match register.admit(said(when)) {
        Ok(_) => vec!["recorded".to_owned()],
        Err(refusals) => {
            let line = |refusal: &remit_domain::Refusal| {
                format!("refused {} {}", refusal.field, refusal.reason().word())
            };
            refusals.iter().map(line).collect()
        }
    }
}

fn check(file: &str) {
    let cases = read(file);
    let mut wrong = Vec::new();
    for case in &cases {
        let found = outcome(case);
        if found != case.then {
            wrong.push(format!("{}: {:?}, not {:?}", case.shows, found, case.then));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!("{} cases", cases.len());
}

#[test]
fn bodies() {
    check(include_str!("bodies.txt"));
}

#[test]
fn law() {
    check(include_str!("law.txt"));
}

#[test]
fn texts_and_parties() {
    check(include_str!("texts_and_parties.txt"));
}

#[test]
fn lives() {
    check(include_str!("lives.txt"));
}

#[test]
fn two_holders() {
    check(include_str!("two_holders.txt"));
}

#[test]
fn money_and_committees() {
    check(include_str!("money_and_committees.txt"));
}

#[test]
fn corrections() {
    check(include_str!("corrections.txt"));
}
