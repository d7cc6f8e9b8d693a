//! The resolution procedure, case by case: given, when and then in plain words. The language of
//! facts is that of the crate `cases`; a question is `qof at 00A on 2016-04-01`, with `known at 7`
//! after it for an earlier position.
//!
//! The steps are those of the domain reference, section 4.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use cases::{Case, Words, read};
use remit_domain::{Position, Word};
use remit_register::{Answer, Place, Register};

/// What an answer says, a line a part; what it does not say is left out.
fn told(answer: &Answer<'_>) -> Vec<String> {
    let list = |all: &[String]| all.join(",");
    let codes = |all: &[remit_domain::BodyCode]| {
        let mut all: Vec<_> = all.iter().map(ToString::to_string).collect();
        all.sort();
        list(&all)
    };
    let mut kind = answer.kind().word().to_owned();
    if let Some(unknown) = answer.unknown() {
        kind = format!("{kind} {}", unknown.reason().word());
        let instead = unknown.ask_instead();
        if !instead.is_empty() {
            kind = format!("{kind} {}", list(&instead));
        }
    }
    let mut lines = vec![kind];
    let mut say = |what: &str, said: String| {
        if !said.is_empty() {
            lines.push(format!("{what} {said}"));
        }
    };
    say("holder", answer.holder.map(|code| code.to_string()).unwrap_or_default());
    say("exerciser", codes(&answer.exercisers));
    let rules: Vec<_> = answer.liable.rules.iter().map(ToString::to_string).collect();
    let liable = codes(&answer.liable.bodies);
    if !liable.is_empty() {
        say("liable", format!("{liable} by {}", list(&rules)));
    }
    let instruments: Vec<_> = answer.instruments().iter().map(ToString::to_string).collect();
    say("instrument", list(&instruments));
    let unapplied: Vec<_> =
        answer.known_unapplied.iter().map(|one| one.kind.word().to_owned()).collect();
    say("not applied", list(&unapplied));
    say("confidence", answer.confidence.word().to_owned());
    lines
}

/// The answer to a question in words.
fn asked(register: &Register, line: &str) -> Vec<String> {
    let mut words = Words::of(line);
    let function = words.code();
    assert_eq!(words.text(), "at", "{line}");
    let place: Place = words.code();
    assert_eq!(words.text(), "on", "{line}");
    let on = words.code();
    let known_at = match words.next_if_any() {
        None => register.tail(),
        Some(_) => {
            assert_eq!(words.text(), "at", "{line}");
            Position::new(words.code())
        }
    };
    told(&register.who_holds(&function, &place, on, known_at))
}

fn check(file: &str) {
    let cases = read(file);
    let mut wrong = Vec::new();
    for case in &cases {
        let Case { shows, when, then, .. } = case;
        let [when] = when.as_slice() else { panic!("{shows}: one `when`") };
        assert!(!then.is_empty(), "{shows}: no `then`");
        let found = asked(&case.register(), when);
        // Only what a case says is compared: a case shows one thing.
        for line in then {
            if let Some(nothing) = line.strip_prefix("no ") {
                let there = found.iter().any(|line| line.starts_with(nothing));
                if there {
                    wrong.push(format!("{shows}: {found:?}, not {line:?}"));
                }
            } else if !found.contains(line) {
                wrong.push(format!("{shows}: {found:?}, not {line:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    println!("{} cases", cases.len());
}

#[test]
fn places() {
    check(include_str!("places.txt"));
}

#[test]
fn instruments() {
    check(include_str!("instruments.txt"));
}

#[test]
fn corrections() {
    check(include_str!("corrections.txt"));
}
