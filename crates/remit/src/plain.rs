//! Turns answers received from a server into plain values, from which `remit_wording` makes
//! sentences.

use remit_domain::Word;
use remit_grpc::pb;
use remit_register::{LiableState, ResultKind, UnappliedKind};
use remit_wording::{
    Names, PlainAnswer, PlainAnsweringNow, PlainAnsweringStep, PlainCase, PlainCondition,
    PlainDispute, PlainExpectation, PlainInCapacity, PlainLiability, PlainPerformer, PlainScheme,
    PlainUnapplied,
};

use crate::print;

/// Returns the word for the wire number of an enum value, where 1 is the first word. Returns `None`
/// for 0, and for a number that only a newer server knows.
pub fn word<W: Word>(number: i32) -> Option<W> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    W::ALL.get(index).copied()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Converts a server's answer to plain values.
pub fn answer(answer: &pb::Answer) -> PlainAnswer {
    let liable = answer.liable.clone().unwrap_or_default();
    let names = answer.names.iter().map(|named| (named.code.clone(), named.name.clone()));
    let names = Names(names.collect());
    PlainAnswer {
        function: answer.function.clone(),
        place: answer.place.clone(),
        effective_on: print::date(answer.effective_on),
        kind: word(answer.kind).unwrap_or(ResultKind::Unknown),
        unknown: word(answer.unknown),
        ask_instead: answer.ask_instead.clone(),
        area: some(&answer.area),
        holder: some(&answer.holder),
        reserved: answer.reserved,
        exercisers: answer.exercisers.clone(),
        forum: answer.forum.as_ref().map(|forum| forum.name.clone()),
        basis: word(answer.basis),
        liable: PlainLiability {
            state: word(liable.state).unwrap_or(LiableState::Unknown),
            bodies: liable.bodies,
            rules: liable.rules,
            confidence: word(liable.confidence),
            in_every_case: liable.in_every_case,
        },
        accountable: answer
            .accountable
            .iter()
            .map(|each| (each.from.clone(), each.to.clone()))
            .collect(),
        performed_by: answer.performed_by.iter().map(performer).collect(),
        capacities: answer.capacities.iter().map(in_capacity).collect(),
        regimes: answer.regimes.clone(),
        instruments: answer.instruments.clone(),
        links: answer.links.clone(),
        predecessor_instruments: answer.predecessor_instruments.clone(),
        conditions: conditions(answer),
        loss_exceptions: answer.loss_exceptions.clone(),
        cases: answer.cases.iter().map(case).collect(),
        expectations: answer.expectations.iter().map(expectation).collect(),
        unapplied: answer.known_unapplied.iter().filter_map(unapplied).collect(),
        disputes: answer.disputes.iter().map(dispute).collect(),
        answering_now: answer.answering_now.iter().map(answering_now).collect(),
        answers_on: None,
        confidence: word(answer.confidence),
        names_later: names.clone(),
        names,
    }
}

/// An older server does not say how certain each condition is.
fn conditions(answer: &pb::Answer) -> Vec<PlainCondition> {
    let sure = answer.condition_confidences.iter().map(|sure| word(*sure));
    let texts = answer.conditions.iter().zip(sure.chain(std::iter::repeat(None)));
    texts.map(|(text, confidence)| PlainCondition { text: text.clone(), confidence }).collect()
}

fn performer(performer: &pb::Performer) -> PlainPerformer {
    let confidence = word(performer.confidence);
    PlainPerformer { body: performer.body.clone(), is_assumed: confidence.is_none(), confidence }
}

fn in_capacity(each: &pb::InCapacity) -> PlainInCapacity {
    PlainInCapacity {
        capacity: word(each.capacity),
        bodies: each.bodies.clone(),
        rule: each.rule.clone(),
        confidence: word(each.confidence),
    }
}

fn case(case: &pb::Case) -> PlainCase {
    PlainCase {
        basis: word(case.basis),
        instrument: case.instrument.clone(),
        exercisers: case.exercisers.clone(),
        liable: case.liable.clone(),
        rule: case.rule.clone(),
    }
}

fn dispute(dispute: &pb::Dispute) -> PlainDispute {
    let (by, reason) = (dispute.by.clone(), dispute.reason.clone());
    PlainDispute { about: dispute.about, by, reason }
}

fn expectation(expectation: &pb::Expectation) -> PlainExpectation {
    PlainExpectation {
        expected: expectation.expected.clone(),
        nature: expectation.nature.clone(),
        without_instrument: expectation.without_instrument,
    }
}

fn unapplied(unapplied: &pb::Unapplied) -> Option<PlainUnapplied> {
    let kind: UnappliedKind = word(unapplied.kind)?;
    let about = unapplied.instrument.clone() + &unapplied.rule;
    let effective_on = unapplied.effective_on.map(|day| print::date(Some(day)));
    Some(PlainUnapplied { kind, about, effective_on })
}

fn answering_now(now: &pb::AnsweringNow) -> PlainAnsweringNow {
    PlainAnsweringNow {
        body: now.body.clone(),
        successors: now.successors.clone(),
        steps: now.steps.iter().map(answering_step).collect(),
        state: word(now.state),
        confidence: word(now.confidence),
        read_across: some(&now.read_across),
    }
}

fn answering_step(step: &pb::AnsweringStep) -> PlainAnsweringStep {
    let (from, to) = (step.from.clone(), step.to.clone());
    let (described, excepted) = (some(&step.described), some(&step.excepted));
    let scheme = some(&step.power).map(|power| PlainScheme { power, described, excepted });
    PlainAnsweringStep { from, to, on: print::date(step.on), rule: some(&step.rule), scheme }
}

/// Describes an answer in a few words.
pub fn short(answer: Option<&pb::Answer>) -> String {
    match answer {
        Some(answer) => remit_wording::answer::short(&self::answer(answer)),
        None => "not there to be asked about".to_owned(),
    }
}

/// Describes the answers before and after a change, in a few words. Adds what only one of them says
/// if the two descriptions would be equal.
pub fn sides(change: &pb::Change) -> (String, String) {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            let told = |side: &pb::Answer| {
                let answers_on = side.answers_on.map(|day| print::date(Some(day)));
                PlainAnswer { answers_on, ..answer(side) }
            };
            remit_wording::answer::apart(&told(before), &told(after))
        }
        (before, after) => (short(before.as_ref()), short(after.as_ref())),
    }
}

/// Describes a period in words. `until` is the first day after the period.
pub fn span(from: Option<pb::Date>, until: Option<pb::Date>) -> String {
    let day = |day: Option<pb::Date>| day.map(|day| print::date(Some(day)));
    remit_wording::answer::span(day(from).as_deref(), day(until).as_deref())
}
