//! What the register says, in the model's shape.

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

fn sorted<T: Ord + Clone>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort();
    items
}

fn owned<T: Ord + Clone>(items: &[&T]) -> Vec<T> {
    let mut items: Vec<T> = items.iter().copied().cloned().collect();
    items.sort();
    items
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
        Some(Unknown::AreaDivided(codes)) => {
            ("area-divided", codes.iter().map(ToString::to_string).collect())
        }
        Some(Unknown::ContractsDiffer(ids)) => {
            ("contracts-differ", ids.iter().map(ToString::to_string).collect())
        }
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
    let now = answer.answering_now.iter();
    let mut ask_instead: Vec<String> = ask_instead;
    ask_instead.sort();
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
        area: answer.area,
        holder: answer.holder,
        exercisers: sorted(&answer.exercisers),
        basis: answer.basis,
        reserved: answer.reserved,
        liable_state: match answer.liable.state {
            LiableState::Settled => "settled",
            LiableState::Unsettled => "unsettled",
            LiableState::Unknown => "unknown",
        },
        liable: sorted(&answer.liable.bodies),
        rules: owned(&answer.liable.rules),
        instruments: owned(&answer.instruments),
        links: owned(&answer.links),
        predecessors: owned(&answer.predecessor_instruments),
        conditions: owned(&answer.conditions),
        accountable: sorted(&answer.accountable),
        performed_by: sorted(&answer.performed_by.iter().map(|p| p.body).collect::<Vec<_>>()),
        expectations: sorted(
            &answer
                .expectations
                .iter()
                .map(|e| (e.position, e.without_instrument))
                .collect::<Vec<_>>(),
        ),
        unapplied: sorted(&unapplied.collect::<Vec<_>>()),
        answering_now: now
            .map(|now| (now.body, sorted(&now.successors), now.read_across.cloned()))
            .collect(),
    }
}
