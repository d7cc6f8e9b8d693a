//! The register says what the independent model says.
//!
//! `REMIT_ORACLE_CASES` pairs of a history and a question (default 10,000) from `REMIT_ORACLE_SEED`;
//! the seed is printed. `make oracle CASES=1000000` for more.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::collections::BTreeMap;

use oracle::chance::{Chance, history, question, variable};
use oracle::{model, told};
use remit_domain::{Fact, FactKind, Word};

const EVENTS: usize = 90;
const QUESTIONS: u64 = 50;

#[test]
fn the_register_says_what_the_model_says() {
    let cases = variable("REMIT_ORACLE_CASES", 10_000);
    let seed = variable("REMIT_ORACLE_SEED", 20_150_401);
    println!("{cases} cases, REMIT_ORACLE_SEED={seed}");
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let mut recorded: BTreeMap<FactKind, u64> = BTreeMap::new();
    let (mut corrections_of_corrections, mut backdated) = (0, 0);
    let mut asked = 0;
    for number in 0.. {
        if asked >= cases {
            break;
        }
        let mut chance = Chance(seed.wrapping_add(number));
        let history = history(&mut chance, EVENTS);
        for (_, event) in &history.events {
            *recorded.entry(event.fact.kind()).or_default() += 1;
            if let Fact::Corrected(correction) = &event.fact {
                let about = correction.about.and_then(|at| usize::try_from(at - 1).ok());
                let about = about.map(|index| &history.events[index].1.fact);
                corrections_of_corrections += u64::from(matches!(about, Some(Fact::Corrected(_))));
                let kind = correction.kind == remit_domain::CorrectionKind::EffectBackdated;
                backdated += u64::from(kind);
            }
        }
        for _ in 0..QUESTIONS.min(cases - asked) {
            // Mostly as known after something has happened, and at the end.
            let (law, tail) = (oracle::chance::law().len() as u64, history.register.tail());
            let known_at = match chance.below(8) {
                0 => chance.below(tail + 1),
                1..4 => tail,
                _ => law + chance.below(tail - law + 1),
            };
            let question = question(&mut chance, &history, known_at);
            let answer = told::answer(&history.register, &question);
            let (told, modelled) = (told::said(&answer), model::answer(&history.events, &question));
            let kind = if told.unknown.is_empty() { told.kind } else { told.unknown };
            *kinds.entry(kind).or_default() += 1;
            assert!(
                told == modelled,
                "history {number}, {question:?}, seed {seed}\nregister {told:?}\nmodel    \
                 {modelled:?}\n{}",
                listing(&history.events)
            );
            asked += 1;
        }
    }
    println!("0 differences; answers by kind: {kinds:?}");
    println!("events by kind: {recorded:?}");
    println!("{corrections_of_corrections} corrections of corrections, {backdated} backdated");
    let never: Vec<_> = FactKind::ALL.iter().filter(|kind| !recorded.contains_key(kind)).collect();
    assert!(never.is_empty(), "histories hold every kind of event, but {never:?}");
    for kind in ["held", "jointly-held", "not-delegated", "gap", "conflict", "unsettled"] {
        assert!(kinds.contains_key(kind), "no answer is {kind}: {kinds:?}");
    }
    assert!(corrections_of_corrections > 0 && backdated > 0);
}

fn listing(events: &[(u64, remit_domain::Event)]) -> String {
    let skip = oracle::chance::law().len();
    events
        .iter()
        .skip(skip)
        .map(|(position, event)| {
            format!("{position}: {:?} {:?}", event.fact, event.evidence.made_on)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_model_stays_small_and_shares_nothing() {
    for model in [
        include_str!("../src/model.rs"),
        include_str!("../src/model/facts.rs"),
        include_str!("../src/model/place.rs"),
        include_str!("../src/model/beside.rs"),
    ] {
        assert!(model.lines().count() <= 300, "{} lines", model.lines().count());
        for foreign in ["remit_register", "decide", "exercisers(&", "known::", "takes_back"] {
            assert!(!model.contains(foreign), "the model uses {foreign}");
        }
    }
}
