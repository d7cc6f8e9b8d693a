//! Tests of the resolution procedure. Each case says in plain words what is given, what is asked
//! and what the answer must say. The facts are written in the language of the crate `cases`. A
//! question is written `qof at 00A on 2016-04-01`, followed by `known at 7` if it asks what was
//! known at position 7, by `answered on 2023-04-01` if it asks who answers on that day, and by `in
//! version 1` if it asks for what a statement of version 1 states.
//!
//! The domain reference, section 4, defines the steps of the procedure.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use cases::{Case, Words, read};
use remit_domain::{Day, FunctionCode, Position, Word};
use remit_register::{Answer, Place, Register};

/// The contents of an answer, one line for each part. Parts that the answer does not have are left
/// out.
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
    if answer.liable.in_every_case {
        say("liable in every case", answer.liable.confidence.word().to_owned());
    }
    let instruments: Vec<_> = answer.instruments().iter().map(ToString::to_string).collect();
    say("instrument", list(&instruments));
    let unapplied: Vec<_> =
        answer.known_unapplied.iter().map(|one| one.kind.word().to_owned()).collect();
    say("not applied", list(&unapplied));
    let before: Vec<_> = answer.predecessor_instruments().iter().map(ToString::to_string).collect();
    say("before", list(&before));
    say("confidence", answer.confidence.word().to_owned());
    for condition in answer.conditions() {
        say("condition", format!("{} {}", condition.text, condition.confidence));
    }
    say("link", list(&answer.links().iter().map(ToString::to_string).collect::<Vec<_>>()));
    for case in answer.cases() {
        let (by, liable) = (codes(&case.exercisers), codes(&case.liable));
        say("if", format!("{} by {by} liable {liable}", case.basis));
    }
    for beside in &answer.capacities {
        let (capacity, bodies) = (beside.capacity, codes(&beside.bodies));
        say(&format!("{capacity}"), format!("{bodies} by {} {}", beside.rule, beside.confidence));
    }
    for now in &answer.answering_now {
        let (whom, state, sure) = (codes(&now.successors), now.state, now.confidence);
        let whom = if whom.is_empty() { "nobody".to_owned() } else { whom };
        say(&format!("for {}", now.body), format!("{whom} {state} {sure}"));
        let step = |step: &remit_register::AnsweringStep<'_>| {
            let mut by = if step.power.is_some() { "scheme" } else { "succession" }.to_owned();
            by.extend(step.described.map(|words| format!(" of {words}")));
            by.extend(step.excepted.map(|words| format!(" but {words}")));
            let rule = step.rule.map(|rule| format!(" {rule}")).unwrap_or_default();
            format!("{} {}-{} {by}{rule}", step.on, step.from, step.to)
        };
        say("by", now.steps.iter().map(step).collect::<Vec<_>>().join(", "));
    }
    lines
}

/// Reads a question in words, and returns its answer as lines. The facts of the register are those
/// of `recorded`, each up to its position: a line tells each fact that the answer rests on.
fn asked(register: &Register, recorded: &[(Position, &str)], line: &str) -> Vec<String> {
    let mut words = Words::of(line);
    let function = words.code();
    assert_eq!(words.text(), "at", "{line}");
    let place: Place = words.code();
    assert_eq!(words.text(), "on", "{line}");
    let on = words.code();
    let (mut known_at, mut answers_on, mut in_version_1) = (register.tail(), None, false);
    while let Some(word) = words.next_if_any() {
        match (word, words.text()) {
            ("known", "at") => known_at = Position::new(words.code()),
            ("answered", "on") => answers_on = Some(words.code()),
            ("in", "version") if words.text() == "1" => in_version_1 = true,
            _ => panic!("{line}"),
        }
    }
    if in_version_1 {
        return told_in_version_1(register, &function, &place, on);
    }
    let answer = register.who_holds_answering(&function, &place, (on, answers_on), known_at);
    let mut lines = told(&answer);
    for ground in &answer.grounds {
        let fact = recorded.iter().find(|(up_to, _)| ground.position <= *up_to);
        lines.push(format!("rests on {}", fact.expect("a recorded fact").1));
    }
    lines
}

/// The contents of an answer as a statement of version 1 states it.
fn told_in_version_1(
    register: &Register,
    function: &FunctionCode,
    place: &Place,
    on: Day,
) -> Vec<String> {
    let answer = register.who_holds_in_version_1(function, place, on, register.tail());
    let mut lines = told(&answer);
    for (body, found, rule) in register.answering_in_version_1(&answer) {
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        let whom = if found.is_empty() { "nobody".to_owned() } else { found.join(",") };
        let rule = rule.map(|rule| format!(" {rule}")).unwrap_or_default();
        lines.push(format!("for {body} {whom}{rule}"));
    }
    lines
}

fn check(file: &str) {
    let cases = read(file);
    let mut wrong = Vec::new();
    for case in &cases {
        let Case { shows, when, then, .. } = case;
        let [when] = when.as_slice() else { panic!("{shows}: one `when`") };
        assert!(!then.is_empty(), "{shows}: no `then`");
        let mut register = Register::new();
        let given = case.given.iter().map(|line| (case.record(&mut register, line), line.as_str()));
        let recorded: Vec<_> = given.collect();
        let found = asked(&register, &recorded, when);
        // Compare only the lines that the case states, because a case need not state the whole
        // answer.
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

#[test]
fn what_was_sighted() {
    check(include_str!("sightings.txt"));
}

#[test]
fn conditions() {
    check(include_str!("conditions.txt"));
}

#[test]
fn what_is_reached() {
    check(include_str!("reach.txt"));
}

#[test]
fn statements_of_version_1() {
    check(include_str!("version_1.txt"));
}

#[test]
fn predecessors() {
    check(include_str!("predecessors.txt"));
}

#[test]
fn who_answers() {
    check(include_str!("answering.txt"));
}
