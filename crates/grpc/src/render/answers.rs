//! Converts answers, and other results about responsibility, to messages.

use super::*;

fn liable(liable: &Liability<'_>) -> pb::Liable {
    pb::Liable {
        state: word(liable.state),
        bodies: texts(&liable.bodies),
        rules: texts(&liable.rules),
        confidence: word(liable.confidence),
        in_every_case: liable.in_every_case,
    }
}

pub(crate) fn ground(ground: &Ground) -> pb::Ground {
    pb::Ground {
        position: ground.position.get(),
        kind: word(ground.kind),
        confidence: word(ground.confidence),
    }
}

fn unapplied(unapplied: &Unapplied<'_>) -> pb::Unapplied {
    pb::Unapplied {
        kind: word(unapplied.kind),
        position: unapplied.position.get(),
        instrument: optional(unapplied.instrument),
        rule: optional(unapplied.rule),
        effective_on: unapplied.effective_on.map(date),
    }
}

/// Converts the answer for a function at a place to a message. `brief` leaves out names and
/// grounds.
#[must_use]
pub fn answer(
    register: &Register,
    function: String,
    place: String,
    answer: &Answer<'_>,
    brief: bool,
) -> pb::Answer {
    let case = |case: &remit_register::Case<'_>| pb::Case {
        basis: word(case.basis),
        instrument: case.instrument.as_ref().map(own).unwrap_or_default(),
        exercisers: texts(&case.exercisers),
        liable: texts(&case.liable),
        rule: case.rule.as_ref().map(own).unwrap_or_default(),
    };
    pb::Answer {
        function,
        place,
        effective_on: Some(date(answer.effective_on)),
        known_at: Some(known(answer.known_at)),
        kind: word(answer.kind()),
        unknown: optional_word(answer.unknown().map(Unknown::reason)),
        ask_instead: answer.unknown().map(Unknown::ask_instead).unwrap_or_default(),
        area: answer.area.map(|area| own(&area)).unwrap_or_default(),
        holder: answer.holder.map(|holder| own(&holder)).unwrap_or_default(),
        exercisers: texts(&answer.exercisers),
        forum: answer.arrangement().and_then(|arrangement| arrangement.forum).map(forum),
        liable: Some(liable(&answer.liable)),
        accountable: answer
            .accountable
            .iter()
            .map(|each| pb::Accountability { from: own(&each.from), to: own(&each.to) })
            .collect(),
        performed_by: answer.performed_by.iter().map(performer).collect(),
        capacities: answer.capacities.iter().map(in_capacity).collect(),
        basis: optional_word(answer.basis()),
        reserved: answer.reserved,
        instruments: texts(answer.instruments()),
        predecessor_instruments: texts(answer.predecessor_instruments()),
        conditions: answer.conditions().iter().map(|each| own(&each.text)).collect(),
        condition_confidences: answer.conditions().iter().map(|c| word(c.confidence)).collect(),
        loss_exceptions: texts(answer.loss_exceptions()),
        cases: answer.cases().iter().map(case).collect(),
        expectations: answer
            .expectations
            .iter()
            .map(|expectation| pb::Expectation {
                position: expectation.position.get(),
                expected: own(&expectation.expected),
                nature: own(&expectation.nature),
                without_instrument: expectation.without_instrument,
            })
            .collect(),
        answers_on: answer.answers_on.map(date),
        answering_now: answer
            .answering_now
            .iter()
            .map(|now| pb::AnsweringNow {
                body: own(&now.body),
                successors: texts(&now.successors),
                read_across: optional(now.read_across),
                steps: now.steps.iter().map(answering_step).collect(),
                state: word(now.state),
                confidence: word(now.confidence),
            })
            .collect(),
        confidence: word(answer.confidence),
        grounds: if brief { Vec::new() } else { answer.all_grounds().iter().map(ground).collect() },
        names: if brief { Vec::new() } else { names(register, answer) },
        known_unapplied: answer.known_unapplied.iter().map(unapplied).collect(),
        links: texts(answer.links()),
        disputes: disputes(register, answer),
        regimes: texts(&answer.regimes),
        loads_under_way: Vec::new(),
    }
}

/// The disputes of the events that an answer rests on, as known at the answer's position.
fn disputes(register: &Register, answer: &Answer<'_>) -> Vec<pb::Dispute> {
    let mut events: Vec<_> = answer.all_grounds().iter().map(|ground| ground.position).collect();
    events.dedup();
    let found = register.disputes(&events, answer.known_at.position).into_iter();
    let dispute = |dispute: remit_register::Dispute<'_>| pb::Dispute {
        position: dispute.position.get(),
        about: dispute.about.get(),
        by: own(&dispute.by),
        reason: own(&dispute.reason),
    };
    found.map(dispute).collect()
}

fn performer(performer: &Performer) -> pb::Performer {
    let confidence = optional_word(performer.confidence);
    pb::Performer { body: own(&performer.body), confidence }
}

fn answering_step(step: &AnsweringStep<'_>) -> pb::AnsweringStep {
    pb::AnsweringStep {
        from: own(&step.from),
        to: own(&step.to),
        on: Some(date(step.on)),
        position: step.position.get(),
        rule: optional(step.rule),
        power: optional(step.power),
        described: optional(step.described),
        excepted: optional(step.excepted),
        confidence: word(step.confidence),
    }
}

fn in_capacity(each: &InCapacity<'_>) -> pb::InCapacity {
    pb::InCapacity {
        capacity: word(each.capacity),
        bodies: texts(&each.bodies),
        rule: own(&each.rule),
        confidence: word(each.confidence),
    }
}

/// Returns the name of every body in an answer, each body once.
fn names(register: &Register, answer: &Answer<'_>) -> Vec<pb::Named> {
    let mut codes: Vec<BodyCode> = Vec::with_capacity(4);
    let mut add = |code: &BodyCode| {
        if !codes.contains(code) {
            codes.push(*code);
        }
    };
    answer.area.iter().chain(&answer.holder).for_each(&mut add);
    answer.exercisers.iter().chain(&answer.liable.bodies).for_each(&mut add);
    for each in &answer.accountable {
        add(&each.from);
        add(&each.to);
    }
    answer.performed_by.iter().map(|performer| &performer.body).for_each(&mut add);
    answer.capacities.iter().flat_map(|each| &each.bodies).for_each(&mut add);
    answer.expectations.iter().map(|expectation| &expectation.expected).for_each(&mut add);
    for case in answer.cases() {
        case.exercisers.iter().chain(&case.liable).for_each(&mut add);
    }
    answer.answering_now.iter().map(|now| &now.body).for_each(&mut add);
    if let Some(Unknown::AreaDivided(codes)) = answer.unknown() {
        codes.iter().for_each(&mut add);
    }
    let (on, at) = (answer.effective_on, answer.known_at.position);
    let named = |code: &BodyCode, on: Day| {
        let name = register.name_of(*code, on, at)?;
        Some(pb::Named { code: own(&code), name: own(&name) })
    };
    let mut names: Vec<_> = codes.iter().filter_map(|code| named(code, on)).collect();
    // Give each successor the name that it had on the day of `known_at`: on the day that the
    // question is about, the code of the successor may have belonged to another body.
    let now = answer.known_at.recorded_at.and_then(remit_register::london_day).unwrap_or(on);
    for successor in answer.answering_now.iter().flat_map(|now| &now.successors) {
        if !codes.contains(successor) {
            names.extend(named(successor, now));
        }
    }
    // A body between has the name of the day on which it came to answer.
    for step in answer.answering_now.iter().flat_map(|now| &now.steps) {
        if !names.iter().any(|named| named.code == step.to.to_string()) {
            names.extend(named(&step.to, step.on));
        }
    }
    names
}

/// Converts the change of one answer to a message.
#[must_use]
pub fn change(register: &Register, change: &Change<'_>) -> pb::Change {
    let (function, place) = (own(&change.function), change.place.to_string());
    let side = |side: Option<&Answer<'_>>| {
        side.map(|found| answer(register, function.clone(), place.clone(), found, true))
    };
    let kind = match (&change.before, &change.after) {
        (None, _) => pb::ChangeKind::Added,
        (_, None) => pb::ChangeKind::Removed,
        _ => pb::ChangeKind::Changed,
    };
    pb::Change {
        kind: kind.into(),
        before: side(change.before.as_ref()),
        after: side(change.after.as_ref()),
        effective_from: change.effective_from.map(date),
        effective_until: change.effective_until.map(date),
        causes: change.causes.iter().map(|cause| cause.get()).collect(),
        function,
        place,
    }
}

/// Converts one result of a coverage check to a message: a function, an area, and a period in which
/// the function is not held by exactly one body in the area.
#[must_use]
pub fn uncovered(register: &Register, uncovered: &Uncovered<'_>) -> pb::Uncovered {
    let (function, area) = (own(&uncovered.function), own(&uncovered.area));
    pb::Uncovered {
        effective: Some(period(uncovered.effective)),
        answer: Some(answer(register, function.clone(), area.clone(), &uncovered.answer, true)),
        function,
        area,
    }
}

/// Converts the last day for giving notice to end an instrument to a message. `command` is the
/// index of the command that ends the instrument.
#[must_use]
pub fn notice_due(command: usize, due: NoticeDue<'_>) -> pb::NoticeDue {
    pb::NoticeDue {
        command: u32::try_from(command).unwrap_or(u32::MAX),
        instrument: own(due.instrument),
        rule: own(due.rule),
        last: Some(date(due.last)),
        ends_on: Some(date(due.ends_on)),
    }
}

/// Converts a holding to a message. A holding is one function in one area that a body holds,
/// exercises or is liable for.
#[must_use]
pub fn holding(holding: &Holding<'_>) -> pb::Holding {
    pb::Holding {
        function: own(&holding.function),
        area: own(&holding.area),
        holds: holding.holds,
        exercises: holding.exercises,
        liable: holding.liable,
        kind: word(holding.answer.kind()),
        basis: optional_word(holding.answer.basis()),
        instruments: texts(holding.answer.instruments()),
        confidence: word(holding.answer.confidence),
    }
}

/// Converts a payment to a federation, and the decisions on the payment, to a message. `at` is the
/// last position that the reply takes into account.
#[must_use]
pub fn support(
    register: &Register,
    support: &SupportView<'_>,
    at: KnownAt,
) -> pb::GetSupportResponse {
    let decision = |decision: &remit_register::DecisionView<'_>| pb::SupportDecision {
        position: decision.position.get(),
        body: own(&decision.body),
        forum: Some(pb::Forum { kind: word(decision.forum_kind), name: own(&decision.forum) }),
        decided_on: Some(date(decision.decided_on)),
        quorate: decision.quorate,
        interests: decision
            .interests
            .iter()
            .map(|interest| pb::BearingInterest {
                position: interest.position.get(),
                office: personal(interest.office),
                interest: own(&interest.interest),
                declared_on: Some(date(interest.declared_on)),
                within_28_days: interest.within_28_days,
                before_decision: interest.before_decision,
                handled: match interest.handled {
                    Handled::So(way) => own(&way),
                    Handled::Not | Handled::Untold => String::new(),
                },
                redaction: interest.redaction.as_ref().map(redaction),
                handled_untold: interest.handled == Handled::Untold,
            })
            .collect(),
    };
    // If the power under which the payment was made is not recorded, liability is unsettled (domain
    // reference, section 7.3).
    let unsettled = pb::Liable {
        state: pb::LiableState::Unsettled.into(),
        confidence: pb::Confidence::Unconfirmed.into(),
        ..pb::Liable::default()
    };
    let place = own(&support.payer);
    pb::GetSupportResponse {
        position: support.position.get(),
        payer: own(&support.payer),
        recipient: own(&support.recipient),
        paid_on: Some(date(support.paid_on)),
        patients: support.patients,
        amount_pence: support.amount_pence,
        left_pence: support.left_pence,
        power: support.power.as_ref().map(|(code, _)| own(&code)).unwrap_or_default(),
        liable: Some(match &support.power {
            Some((_, answer)) => liable(&answer.liable),
            None => unsettled,
        }),
        answer: support
            .power
            .as_ref()
            .map(|(code, found)| answer(register, own(&code), place, found, false)),
        decisions: support.decisions.iter().map(decision).collect(),
        known_at: Some(known(at)),
    }
}
