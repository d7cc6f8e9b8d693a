//! What the register says, in the model's shape.

use remit_domain::Word;
use remit_register::{Answer, LiableState, Register, ResultKind, UnappliedKind, Unknown};

use crate::said::{Place, Question, Said};

/// The place of a question, as the register names it.
#[must_use]
pub fn place(place: &Place) -> remit_register::Place {
    match place {
        Place::Body(code) => remit_register::Place::Body(*code),
        Place::Contract(id) => remit_register::Place::Contract(id.clone()),
    }
}

/// The register's answer to a question.
#[must_use]
pub fn answer<'r>(register: &'r Register, question: &Question) -> Answer<'r> {
    let Question { function, on, known_at, .. } = question;
    register.who_holds(function, &place(&question.place), *on, *known_at)
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    sorted(items.into_iter().map(|item| item.to_string()))
}

/// What an answer says, in plain values.
#[must_use]
pub fn said(answer: &Answer<'_>) -> Said {
    let (unknown, ask_instead) = match &answer.unknown {
        None => ("", Vec::new()),
        Some(Unknown::FunctionNotRecorded) => ("function-not-recorded", Vec::new()),
        Some(Unknown::FunctionOutsideRecords) => ("function-outside-records", Vec::new()),
        Some(Unknown::PlaceNotRecorded) => ("place-not-recorded", Vec::new()),
        Some(Unknown::PlaceNotYetInBeing) => ("place-not-yet-in-being", Vec::new()),
        Some(Unknown::PlaceCeased) => ("place-ceased", Vec::new()),
        Some(Unknown::NotAPlace) => ("not-a-place", Vec::new()),
        Some(Unknown::NoCommissioner) => ("no-commissioner", Vec::new()),
        Some(Unknown::NoEvidence) => ("no-evidence", Vec::new()),
        Some(Unknown::AreaDivided(codes)) => ("area-divided", texts(codes)),
        Some(Unknown::ContractsDiffer(ids)) => ("contracts-differ", texts(ids)),
    };
    let unapplied = answer.known_unapplied.iter().map(|each| {
        let kind = match each.kind {
            UnappliedKind::ApprovedNotExecuted => "approved-not-executed",
            UnappliedKind::ExecutedNotInForce => "executed-not-in-force",
            UnappliedKind::NoticePending => "notice-pending",
            UnappliedKind::ConflictOpen => "conflict-open",
            UnappliedKind::RuleNotCommenced => "rule-not-commenced",
        };
        (kind, each.position)
    });
    let now = answer.answering_now.iter().map(|now| {
        (now.body.to_string(), texts(&now.successors), now.read_across.map(ToString::to_string))
    });
    let accountable = answer.accountable.iter();
    let expectations = answer.expectations.iter();
    Said {
        kind: match answer.kind {
            ResultKind::Held => "held",
            ResultKind::JointlyHeld => "jointly-held",
            ResultKind::NotDelegated => "not-delegated",
            ResultKind::Gap => "gap",
            ResultKind::Conflict => "conflict",
            ResultKind::Unsettled => "unsettled",
            ResultKind::Unknown => "unknown",
        },
        unknown,
        ask_instead,
        area: answer.area.map(|area| area.to_string()),
        holder: answer.holder.map(|holder| holder.to_string()),
        exercisers: texts(&answer.exercisers),
        basis: answer.basis.map(Word::word),
        reserved: answer.reserved,
        liable_state: match answer.liable.state {
            LiableState::Settled => "settled",
            LiableState::Unsettled => "unsettled",
            LiableState::Unknown => "unknown",
        },
        liable: texts(&answer.liable.bodies),
        rules: texts(&answer.liable.rules),
        instruments: texts(&answer.instruments),
        links: texts(&answer.links),
        predecessors: texts(&answer.predecessor_instruments),
        conditions: texts(&answer.conditions),
        accountable: sorted(accountable.map(|(who, to)| (who.to_string(), to.to_string()))),
        performed_by: texts(answer.performed_by.iter().map(|each| each.body)),
        expectations: sorted(expectations.map(|each| (each.position, each.without_instrument))),
        unapplied: sorted(unapplied),
        answering_now: now.collect(),
    }
}
