//! Coverage at the scale of England: a thousand gaps and overlaps put in are found, none invented.

use std::collections::BTreeSet;
use std::sync::Arc;

use acceptance::{code, on};
use remit_domain::{
    Area, BodyCode, BodyRole, Confidence, Day, Event, Evidence, Fact, Function, FunctionCode,
    HolderRule, Instrument, InstrumentInForce, InstrumentKind, LegalBasis, Part, Period, Route,
    Start,
};
use remit_reference::{Plan, Source, tables};
use remit_register::{Register, ResultKind};

const FUNCTIONS: usize = 10;
const FAULTS: usize = 1_000;

/// Everything that is put in is put in past the rules: what they would refuse is what is looked
/// for.
fn put(register: &mut Register, fact: impl Into<Fact>) {
    let evidence = Evidence {
        source: code("fixture"),
        url: None,
        made_on: None,
        confidence: Confidence::Confirmed,
        note: None,
    };
    register.apply(&Event { fact: fact.into(), evidence: Arc::new(evidence) });
}

fn function(number: usize) -> FunctionCode {
    code(&format!("function-{number}"))
}

fn span(from: Day, until: Day) -> Period {
    Period::new(from, Some(until)).expect("a period")
}

fn after(day: Day, days: usize) -> Day {
    std::iter::successors(Some(day), |day: &Day| day.next()).nth(days).expect("a day")
}

/// An instrument that gives one function for one area to a body, over some spans.
fn given(
    register: &mut Register,
    id: &str,
    (number, area, to): (usize, BodyCode, BodyCode),
    spans: &[Period],
) {
    put(
        register,
        Instrument {
            id: code(id),
            kind: InstrumentKind::Delegation,
            basis: LegalBasis::S13zBy,
            title: code(id),
            given_by: vec![code("X24")],
            given_to: vec![to],
            functions: vec![function(number)],
            area: Area::Of(vec![area]),
            contracts: Vec::new(),
            forum: None,
            conditions: Vec::new(),
            loss_exceptions: Vec::new(),
            onward_barred: false,
        },
    );
    for effective in spans {
        let (instrument, start) = (code(id), Start::Evidenced);
        let effective = *effective;
        put(register, InstrumentInForce { instrument, effective, start });
    }
}

/// What coverage is compared by.
type Found = BTreeSet<(FunctionCode, BodyCode, Day, Option<Day>, ResultKind)>;

fn coverage(register: &Register, codes: &[FunctionCode], over: Period) -> Found {
    let at = register.tail();
    let found = codes.iter().flat_map(|code| register.coverage(code, over, at));
    found
        .map(|each| {
            let (from, until) = (each.effective.from(), each.effective.until());
            (each.function.clone(), each.area, from, until, each.answer.kind())
        })
        .collect()
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one register at the scale of England, and what must be found in it"
)]
fn a_thousand_faults_are_found_and_none_invented() {
    let mut plan = Plan::new(Register::new());
    tables::plan(&mut plan, &Source::England).expect("readable");
    let mut register = Register::new();
    for command in plan.commands() {
        register.admit(command.clone()).expect("recorded");
        register.settle(register.tail());
    }
    let (opens, closes) = (on("2015-04-01"), on("2022-07-01"));
    let over = span(opens, closes);
    let england = register.function_codes(register.tail());
    let before = coverage(&register, &england, span(on("2013-04-01"), on("2026-04-01")));
    assert!(!before.is_empty(), "what is not evidenced is unknown");
    // Ten functions that every CCG has over all of its life: held exactly once, everywhere.
    for number in 0..FUNCTIONS {
        let route = Route { basis: LegalBasis::S13zBy, confidence: Confidence::Confirmed };
        put(
            &mut register,
            Function {
                code: function(number),
                name: code("a function"),
                effective: over,
                holder: HolderRule::Body(code("X24")),
                basis: code("s.83"),
                reserved: false,
                routes: vec![route],
                part: Part::Whole,
                confidence: Confidence::Confirmed,
                citation: code("fixture"),
                note: None,
            },
        );
    }
    let lives: Vec<(BodyCode, Day, Day)> = register
        .bodies_of(BodyRole::Ccg, None, register.tail())
        .iter()
        .filter_map(|view| {
            let until = view.effective.until().unwrap_or(closes).min(closes);
            let from = view.effective.from().max(opens);
            (from < until).then_some((view.code, from, until))
        })
        .collect();
    assert!(lives.len() > 200);
    let mut faults = Vec::new();
    let mut put_in = 0;
    for number in 0..FUNCTIONS {
        for (at, (area, from, until)) in lives.iter().copied().enumerate() {
            let id = format!("{}/{area}", function(number));
            // Every second pair has a fault, at a day of its own, of 30 days.
            let begins = after(from, 10 + (at * 7 + number * 3) % 200);
            let ends = after(begins, 30);
            let fault = (at + number) % 2 == 0 && ends < until && put_in < FAULTS;
            if !fault {
                given(&mut register, &id, (number, area, area), &[span(from, until)]);
                continue;
            }
            put_in += 1;
            let kind = if put_in % 2 == 0 {
                let spans = [span(from, begins), span(ends, until)];
                given(&mut register, &id, (number, area, area), &spans);
                // Nothing says who has it: unknown; or a gap, where a predecessor had it.
                None
            } else {
                given(&mut register, &id, (number, area, area), &[span(from, until)]);
                let other = lives[(at + 1) % lives.len()];
                let other = if other.1 <= begins && ends <= other.2 { other.0 } else { area };
                let other = if other == area { code("X24") } else { other };
                let again = format!("{id}/again");
                given(&mut register, &again, (number, area, other), &[span(begins, ends)]);
                Some(ResultKind::Conflict)
            };
            faults.push((function(number), area, begins, ends, kind));
        }
    }
    let faulty: Found = faults
        .into_iter()
        .map(|(function, area, from, until, kind)| {
            let kind = kind.unwrap_or_else(|| {
                let place = remit_register::Place::Body(area);
                let answer = register.who_holds(&function, &place, from, register.tail());
                assert!(
                    matches!(answer.kind(), ResultKind::Unknown | ResultKind::Gap),
                    "{answer:?}"
                );
                answer.kind()
            });
            (function, area, from, Some(until), kind)
        })
        .collect();
    assert_eq!((put_in, faulty.len()), (FAULTS, FAULTS));
    let ours: Vec<_> = (0..FUNCTIONS).map(function).collect();
    let found = coverage(&register, &ours, over);
    // Some CCGs end in the data and nothing is recorded to succeed them: that is found as well.
    let (ended, found): (Found, Found) = found.into_iter().partition(|(_, area, from, ..)| {
        lives.iter().any(|(code, _, until)| code == area && until == from)
    });
    let successors = |code: &BodyCode| {
        let path = register.succession_path(*code, register.tail());
        path.iter().any(|step| step.predecessor == *code && step.by_area.is_some())
    };
    assert!(ended.iter().all(|(_, area, ..)| !successors(area)), "{ended:?}");
    let missed: Vec<_> = faulty.difference(&found).take(3).collect();
    let invented: Vec<_> = found.difference(&faulty).take(3).collect();
    assert_eq!((missed, invented), (Vec::new(), Vec::new()));
    // And what was so before is so still.
    let again = coverage(&register, &england, span(on("2013-04-01"), on("2026-04-01")));
    assert!(again == before, "the other functions are as they were");
    println!(
        "{} faults found, none invented; {} areas of England end and nothing succeeds them",
        found.len(),
        ended.len() / FUNCTIONS
    );
}
