//! Questions over histories that are made to burden them: layers of bodies, each of which succeeds
//! to every body of the layer before. A walk that visits a body once for each way to it would not
//! end within a lifetime.
//!
//! What an answer rests on is at most what is recorded, whatever the number of ways. The times are
//! printed.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::sync::Arc;
use std::time::Instant;

use oracle::chance::{law, of};
use remit_domain::{
    Act, Area, Body, BodyRole, Command, Confidence, Correction, CorrectionKind, Day, Evidence,
    Fact, Instrument, InstrumentInForce, InstrumentKind, LegalBasis, Period, Position, Reason,
    Start, Succession, SuccessionKind,
};
use remit_register::{Place, Register, ResultKind};

/// Bodies in a layer.
const WIDTH: usize = 12;

/// The code of a body of a layer.
fn code(layer: usize, number: usize) -> String {
    format!("{}{:02}", char::from(b'A' + u8::try_from(number).expect("few")), layer)
}

/// The first day of a layer.
fn day(layer: usize) -> Day {
    (0..layer).fold(of("2019-04-01"), |day: Day, _| day.next().expect("a day"))
}

fn record(register: &mut Register, fact: impl Into<Fact>) {
    let (source, confidence) = (of("burden"), Confidence::Confirmed);
    let evidence = Evidence { source, url: None, made_on: None, confidence, note: None };
    let command = Command { act: Act::State(fact.into()), evidence: Arc::new(evidence) };
    register.admit(command).expect("admitted");
    register.settle(register.tail());
}

/// Layers of CCGs, each of one day; the bodies of the first have delegations.
fn layers(count: usize) -> Register {
    let mut register = Register::new();
    law().into_iter().for_each(|fact| record(&mut register, fact));
    let all = || (0..count).flat_map(|layer| (0..WIDTH).map(move |number| (layer, number)));
    for (layer, number) in all() {
        let code = code(layer, number);
        record(
            &mut register,
            Body {
                code: of(&code),
                role: BodyRole::Ccg,
                name: of(&code),
                legal_form: None,
                effective: Period::new(day(layer), Some(day(layer + 1))).expect("a day"),
            },
        );
    }
    for number in 0..WIDTH {
        let (id, body) = (of(&format!("i{number}")), of(&code(0, number)));
        record(
            &mut register,
            Instrument {
                id,
                kind: InstrumentKind::Delegation,
                basis: LegalBasis::S13zBy,
                title: of("t"),
                given_by: vec![of("X24")],
                given_to: vec![body],
                functions: vec![of("qof")],
                area: Area::Of(vec![body]),
                contracts: Vec::new(),
                forum: None,
                conditions: Vec::new(),
                loss_exceptions: Vec::new(),
                onward_barred: false,
            },
        );
        record(
            &mut register,
            InstrumentInForce {
                instrument: of(&format!("i{number}")),
                effective: Period::open(day(0)),
                start: Start::Evidenced,
            },
        );
    }
    for (layer, number) in all().filter(|(layer, _)| *layer > 0) {
        for before in 0..WIDTH {
            record(
                &mut register,
                Succession {
                    predecessor: of(&code(layer - 1, before)),
                    successor: of(&code(layer, number)),
                    effective_on: day(layer),
                    kind: SuccessionKind::Split,
                    by_area: Some(Confidence::Confirmed),
                    by_liability: Some(Confidence::Confirmed),
                    share_millionths: None,
                },
            );
        }
    }
    register
}

#[test]
fn a_question_over_layers_ends() {
    for count in [4, 8, 16] {
        let register = layers(count);
        let head = register.tail();
        let events = usize::try_from(head.get()).expect("few");
        let last = Place::Body(of(&code(count - 1, 0)));
        let begun = Instant::now();
        let answer = register.who_holds(&of("qof"), &last, day(count - 1), head);
        let found = answer.predecessor_instruments().len();
        println!("{count} layers, {events} events: {:?} for {found} before", begun.elapsed());
        assert_eq!(answer.kind(), ResultKind::Gap);
        assert_eq!(found, WIDTH);
        assert!(answer.grounds.len() <= events, "{} grounds", answer.grounds.len());

        let begun = Instant::now();
        let first = Place::Body(of(&code(0, 0)));
        let days = (day(0), Some(day(count - 1)));
        let answer = register.who_holds_answering(&of("own-services"), &first, days, head);
        let [now] = answer.answering_now.as_slice() else { panic!("{answer:?}") };
        println!("{count} layers: {:?} for {} steps", begun.elapsed(), now.steps.len());
        assert_eq!((now.successors.len(), now.body), (WIDTH, of(&code(0, 0))));
        // From the first body to each of the second layer, and from each layer to the next.
        assert_eq!(now.steps.len(), WIDTH + (count - 2) * WIDTH * WIDTH);
        assert!(answer.grounds.len() <= events * 3, "{} grounds", answer.grounds.len());
    }
}

/// A correction of the event at `about`: it says nothing instead, so the event no longer holds, and
/// what that event retracted holds again.
fn corrected(about: Position) -> Command {
    let (source, confidence) = (of("burden"), Confidence::Confirmed);
    let evidence = Evidence { source, url: None, made_on: None, confidence, note: None };
    let correction = Correction {
        kind: CorrectionKind::ErrorCorrected,
        about: Some(about),
        authority: of("an authority"),
        reason: of("a reason"),
        fact: None,
    };
    Command { act: Act::Correct { correction, instead: None }, evidence: Arc::new(evidence) }
}

/// Corrections of corrections, each of the last; and corrections of one event, each taken back by
/// the next. Both end at a limit, and a register of many such takes a time in proportion to them.
#[test]
fn corrections_of_corrections_end() {
    let chained = |last: Position, _first: Position, _number: usize| last;
    let in_turn = |last: Position, first: Position, number: usize| match number % 2 {
        0 => first,
        _ => last,
    };
    for (what, next) in [
        ("each of the last", chained as fn(Position, Position, usize) -> Position),
        ("each taken back by the next", in_turn),
    ] {
        let mut times = Vec::new();
        for bodies in [10, 40] {
            let mut register = Register::new();
            law().into_iter().for_each(|fact| record(&mut register, fact));
            let begun = Instant::now();
            let mut accepted = 0;
            for number in 0..bodies {
                let effective = Period::open(day(0));
                let code = of(&code(number, 0));
                let (role, name, legal_form) = (BodyRole::Ccg, of("a CCG"), None);
                record(&mut register, Body { code, role, name, legal_form, effective });
                let first = register.tail();
                let mut last = first;
                for number in 0.. {
                    let about = next(last, first, number);
                    let Err(refusals) = register.admit(corrected(about)) else {
                        register.settle(register.tail());
                        last = register.tail();
                        accepted += 1;
                        continue;
                    };
                    let reasons: Vec<_> = refusals.iter().map(|each| each.reason()).collect();
                    assert_eq!(reasons, [Reason::CorrectedTooOften], "after {number}");
                    assert!((100..=200).contains(&number), "after {number}");
                    break;
                }
            }
            println!("{what}, {bodies} bodies, {accepted} corrections: {:?}", begun.elapsed());
            times.push(begun.elapsed());
        }
        println!("  4 times as many take {:.1} times as long", ratio(&times));
    }
}

fn ratio(times: &[std::time::Duration]) -> f64 {
    times[1].as_secs_f64() / times[0].as_secs_f64()
}
