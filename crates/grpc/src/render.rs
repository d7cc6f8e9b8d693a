//! The one way out: from answers and facts to the wire. Cannot fail.

use chrono::Datelike;
use remit_domain::{
    Act, Area, BodyCode, Command, ContractId, Correction, Day, Event, Evidence, Fact, Forum,
    Function, FunctionCode, HolderRule, Instrument, InstrumentId, Member, Membership, Period,
    Personal, Position, RecordId, Rule, RuleContent, RuleId, Succession, Text, Word,
};
use remit_register::{
    Answer, BodyView, Change, Ground, GroundKind, Handled, Holding, InstrumentView, KnownAt,
    Liability, LiableState, MembershipView, NoticeDue, PersonalView, Redaction, Register,
    ResultKind, SuccessionView, SupportView, Unapplied, UnappliedKind, Uncovered, Unknown,
};

use crate::pb;

/// The wire number of a word: the wire numbers a vocabulary from 1 in the order of the domain.
#[must_use]
pub fn word<W: Word + PartialEq>(word: W) -> i32 {
    let index = W::ALL.iter().position(|other| *other == word).unwrap_or_default();
    i32::try_from(index + 1).unwrap_or_default()
}

fn words<W: Word + PartialEq>(words: &[W]) -> Vec<i32> {
    words.iter().map(|each| word(*each)).collect()
}

fn optional_word<W: Word + PartialEq>(value: Option<W>) -> i32 {
    value.map(word).unwrap_or_default()
}

/// A day.
#[must_use]
pub fn date(day: Day) -> pb::Date {
    let part = |number: u32| i32::try_from(number).unwrap_or_default();
    pb::Date { year: day.year(), month: part(day.month()), day: part(day.day()) }
}

/// An instant, from microseconds since 1970 UTC.
#[must_use]
pub fn timestamp(micros: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default();
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// A point of the known axis.
#[must_use]
pub fn known(known: KnownAt) -> pb::Known {
    pb::Known { position: known.position, recorded_at: known.recorded_at.map(timestamp) }
}

fn period(period: Period) -> pb::Period {
    pb::Period {
        effective_from: Some(date(period.from())),
        effective_until: period.until().map(date),
    }
}

/// What is kept as text goes out as it is, without the formatting machinery: answers hold dozens.
trait Kept {
    fn kept(&self) -> &str;
}

macro_rules! kept {
    ($($type:ty),+) => {
        $(impl Kept for $type {
            fn kept(&self) -> &str {
                self.as_str()
            }
        })+
    };
}

kept!(BodyCode, ContractId, FunctionCode, InstrumentId, RecordId, RuleId, Text);

impl<T: Kept> Kept for &T {
    fn kept(&self) -> &str {
        (*self).kept()
    }
}

fn own(value: &impl Kept) -> String {
    value.kept().to_owned()
}

fn texts<T: Kept>(values: &[T]) -> Vec<String> {
    values.iter().map(own).collect()
}

fn optional<T: Kept>(value: Option<T>) -> String {
    value.as_ref().map(own).unwrap_or_default()
}

/// What a field that may name a person says, as far as that is told.
fn personal(personal: &Personal) -> String {
    match personal {
        Personal::Told(text) | Personal::InTheClear(text) => own(text),
        Personal::Committed(_) => "not told".to_owned(),
        Personal::Redacted(_) => "redacted".to_owned(),
    }
}

fn redaction(redaction: &Redaction<'_>) -> pb::Redaction {
    pb::Redaction {
        position: redaction.position,
        reason: own(&redaction.reason),
        authority: own(&redaction.authority),
        redacted_on: redaction.redacted_on.map(date),
    }
}

/// The fields of an event that may name a person, as they are told now.
#[must_use]
pub fn personal_fields(fields: &[PersonalView<'_>]) -> Vec<pb::PersonalField> {
    let each = |view: &PersonalView<'_>| pb::PersonalField {
        field: view.field.to_string(),
        value: personal(view.value),
        redaction: view.redaction.as_ref().map(redaction),
    };
    fields.iter().map(each).collect()
}

/// What a fact rests on.
#[must_use]
pub fn evidence(evidence: &Evidence) -> pb::Evidence {
    pb::Evidence {
        source: own(&evidence.source),
        url: optional(evidence.url.as_ref()),
        made_on: evidence.made_on.map(date),
        confidence: word(evidence.confidence),
        note: optional(evidence.note.as_ref()),
    }
}

fn forum(forum: &Forum) -> pb::Forum {
    pb::Forum { kind: word(forum.kind), name: own(&forum.name) }
}

// --- answers ------------------------------------------------------------------------------------

fn kind(kind: ResultKind) -> pb::ResultKind {
    match kind {
        ResultKind::Held => pb::ResultKind::Held,
        ResultKind::JointlyHeld => pb::ResultKind::JointlyHeld,
        ResultKind::NotDelegated => pb::ResultKind::NotDelegated,
        ResultKind::Gap => pb::ResultKind::Gap,
        ResultKind::Conflict => pb::ResultKind::Conflict,
        ResultKind::Unsettled => pb::ResultKind::Unsettled,
        ResultKind::Unknown => pb::ResultKind::Unknown,
    }
}

fn unknown(unknown: Option<&Unknown>) -> (pb::UnknownReason, Vec<String>) {
    use pb::UnknownReason as R;
    let reason = match unknown {
        None => R::Unspecified,
        Some(Unknown::FunctionNotRecorded) => R::FunctionNotRecorded,
        Some(Unknown::FunctionOutsideRecords) => R::FunctionOutsideRecords,
        Some(Unknown::PlaceNotRecorded) => R::PlaceNotRecorded,
        Some(Unknown::PlaceNotYetInBeing) => R::PlaceNotYetInBeing,
        Some(Unknown::PlaceCeased) => R::PlaceCeased,
        Some(Unknown::NotAPlace) => R::NotAPlace,
        Some(Unknown::NoCommissioner) => R::NoCommissioner,
        Some(Unknown::AreaDivided(codes)) => return (R::AreaDivided, texts(codes)),
        Some(Unknown::ContractsDiffer(ids)) => return (R::ContractsDiffer, texts(ids)),
        Some(Unknown::NoEvidence) => R::NoEvidence,
    };
    (reason, Vec::new())
}

fn liable(liable: &Liability<'_>) -> pb::Liable {
    let state = match liable.state {
        LiableState::Settled => pb::LiableState::Settled,
        LiableState::Unsettled => pb::LiableState::Unsettled,
        LiableState::Unknown => pb::LiableState::Unknown,
    };
    pb::Liable {
        state: state.into(),
        bodies: texts(&liable.bodies),
        rules: texts(&liable.rules),
        confidence: word(liable.confidence),
        in_every_case: liable.in_every_case,
    }
}

pub(crate) fn ground(ground: &Ground) -> pb::Ground {
    let kind = match ground.kind {
        GroundKind::Body => pb::GroundKind::Body,
        GroundKind::Membership => pb::GroundKind::Membership,
        GroundKind::Succession => pb::GroundKind::Succession,
        GroundKind::Function => pb::GroundKind::Function,
        GroundKind::Rule => pb::GroundKind::Rule,
        GroundKind::Instrument => pb::GroundKind::Instrument,
        GroundKind::InForce => pb::GroundKind::InForce,
        GroundKind::NotHeld => pb::GroundKind::NotHeld,
        GroundKind::Work => pb::GroundKind::Work,
        GroundKind::Expectation => pb::GroundKind::Expectation,
        GroundKind::Contract => pb::GroundKind::Contract,
        GroundKind::End => pb::GroundKind::End,
        GroundKind::Variation => pb::GroundKind::Variation,
        GroundKind::Stage => pb::GroundKind::Stage,
        GroundKind::Notice => pb::GroundKind::Notice,
        GroundKind::Party => pb::GroundKind::Party,
    };
    pb::Ground { position: ground.position, kind: kind.into(), confidence: word(ground.confidence) }
}

fn unapplied(unapplied: &Unapplied<'_>) -> pb::Unapplied {
    let kind = match unapplied.kind {
        UnappliedKind::ApprovedNotExecuted => pb::UnappliedKind::ApprovedNotExecuted,
        UnappliedKind::ExecutedNotInForce => pb::UnappliedKind::ExecutedNotInForce,
        UnappliedKind::NoticePending => pb::UnappliedKind::NoticePending,
        UnappliedKind::ConflictOpen => pb::UnappliedKind::ConflictOpen,
        UnappliedKind::RuleNotCommenced => pb::UnappliedKind::RuleNotCommenced,
    };
    pb::Unapplied {
        kind: kind.into(),
        position: unapplied.position,
        instrument: optional(unapplied.instrument),
        rule: optional(unapplied.rule),
        effective_on: unapplied.effective_on.map(date),
    }
}

/// An answer to a question about a function at a place. `brief` leaves out names and grounds.
#[must_use]
pub fn answer(
    register: &Register,
    function: String,
    place: String,
    answer: &Answer<'_>,
    brief: bool,
) -> pb::Answer {
    let (unknown, ask_instead) = unknown(answer.unknown.as_ref());
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
        kind: kind(answer.kind).into(),
        unknown: unknown.into(),
        ask_instead,
        area: answer.area.map(|area| own(&area)).unwrap_or_default(),
        holder: answer.holder.map(|holder| own(&holder)).unwrap_or_default(),
        exercisers: texts(&answer.exercisers),
        forum: answer.forum.map(forum),
        liable: Some(liable(&answer.liable)),
        accountable: answer
            .accountable
            .iter()
            .map(|(from, to)| pb::Accountability { from: own(&from), to: own(&to) })
            .collect(),
        performed_by: answer
            .performed_by
            .iter()
            .map(|performer| pb::Performer {
                body: own(&performer.body),
                confidence: optional_word(performer.confidence),
            })
            .collect(),
        basis: optional_word(answer.basis),
        reserved: answer.reserved,
        instruments: texts(&answer.instruments),
        predecessor_instruments: texts(&answer.predecessor_instruments),
        conditions: texts(&answer.conditions),
        loss_exceptions: texts(&answer.loss_exceptions),
        cases: answer.cases.iter().map(case).collect(),
        expectations: answer
            .expectations
            .iter()
            .map(|expectation| pb::Expectation {
                position: expectation.position,
                expected: own(&expectation.expected),
                nature: own(&expectation.nature),
                without_instrument: expectation.without_instrument,
            })
            .collect(),
        answering_now: answer
            .answering_now
            .iter()
            .map(|now| pb::AnsweringNow {
                body: own(&now.body),
                successors: texts(&now.successors),
                read_across: optional(now.read_across),
            })
            .collect(),
        confidence: word(answer.confidence),
        grounds: if brief { Vec::new() } else { answer.all_grounds().iter().map(ground).collect() },
        names: if brief { Vec::new() } else { names(register, answer) },
        known_unapplied: answer.known_unapplied.iter().map(unapplied).collect(),
        links: texts(&answer.links),
    }
}

/// The names of the bodies of an answer, each once.
fn names(register: &Register, answer: &Answer<'_>) -> Vec<pb::Named> {
    let mut codes: Vec<BodyCode> = Vec::with_capacity(4);
    let mut add = |code: &BodyCode| {
        if !codes.contains(code) {
            codes.push(*code);
        }
    };
    answer.area.iter().chain(&answer.holder).for_each(&mut add);
    answer.exercisers.iter().chain(&answer.liable.bodies).for_each(&mut add);
    for (from, to) in &answer.accountable {
        add(from);
        add(to);
    }
    answer.performed_by.iter().map(|performer| &performer.body).for_each(&mut add);
    answer.expectations.iter().map(|expectation| &expectation.expected).for_each(&mut add);
    for case in &answer.cases {
        case.exercisers.iter().chain(&case.liable).for_each(&mut add);
    }
    answer.answering_now.iter().map(|now| &now.body).for_each(&mut add);
    if let Some(Unknown::AreaDivided(codes)) = &answer.unknown {
        codes.iter().for_each(&mut add);
    }
    let (on, at) = (answer.effective_on, answer.known_at.position);
    let named = |code: &BodyCode, on: Day| {
        let name = register.name_of(*code, on, at)?;
        Some(pb::Named { code: own(&code), name: own(&name) })
    };
    let mut names: Vec<_> = codes.iter().filter_map(|code| named(code, on)).collect();
    // Who answers now goes by today's name: the code may have been something else on the day.
    let now = answer.known_at.recorded_at.and_then(remit_register::london_day).unwrap_or(on);
    for successor in answer.answering_now.iter().flat_map(|now| &now.successors) {
        if !codes.contains(successor) {
            names.extend(named(successor, now));
        }
    }
    names
}

/// A difference.
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
        causes: change.causes.clone(),
        function,
        place,
    }
}

/// An area in which a function is not held exactly once.
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

/// By when notice must be given.
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

/// A holding.
#[must_use]
pub fn holding(holding: &Holding<'_>) -> pb::Holding {
    pb::Holding {
        function: own(&holding.function),
        area: own(&holding.area),
        holds: holding.holds,
        exercises: holding.exercises,
        liable: holding.liable,
        kind: kind(holding.answer.kind).into(),
        basis: optional_word(holding.answer.basis),
        instruments: texts(&holding.answer.instruments),
        confidence: word(holding.answer.confidence),
    }
}

/// A payment to a federation.
#[must_use]
pub fn support(
    register: &Register,
    support: &SupportView<'_>,
    at: KnownAt,
) -> pb::GetSupportResponse {
    let decision = |decision: &remit_register::DecisionView<'_>| pb::SupportDecision {
        position: decision.position,
        body: own(&decision.body),
        forum: Some(pb::Forum { kind: word(decision.forum_kind), name: own(&decision.forum) }),
        decided_on: Some(date(decision.decided_on)),
        quorate: decision.quorate,
        interests: decision
            .interests
            .iter()
            .map(|interest| pb::BearingInterest {
                position: interest.position,
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
    // Reference section 7.3: where the power is not recorded, liability is unsettled.
    let unsettled = pb::Liable {
        state: pb::LiableState::Unsettled.into(),
        confidence: pb::Confidence::Unconfirmed.into(),
        ..pb::Liable::default()
    };
    let place = own(&support.payer);
    pb::GetSupportResponse {
        position: support.position,
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

// --- the directory ------------------------------------------------------------------------------

/// A body.
#[must_use]
pub fn body(view: &BodyView<'_>) -> pb::Body {
    pb::Body {
        code: own(&view.code),
        role: word(view.role),
        name: own(&view.name),
        legal_form: optional_word(view.legal_form),
        effective: Some(period(view.effective)),
        position: view.position,
        evidence: Some(evidence(view.evidence)),
    }
}

/// A name over a period.
#[must_use]
pub fn body_name(name: &Text, effective: Period, position: Position) -> pb::BodyName {
    pb::BodyName { name: own(&name), effective: Some(period(effective)), position }
}

/// A succession.
#[must_use]
pub fn succession(view: &SuccessionView<'_>) -> pb::Succession {
    let succession = Succession {
        predecessor: view.predecessor,
        successor: view.successor,
        effective_on: view.effective_on,
        kind: view.kind,
        by_area: view.by_area,
        by_liability: view.by_liability,
        share_millionths: view.share_millionths,
    };
    pb::Succession {
        position: view.position,
        succession: Some(succession_recorded(&succession)),
        evidence: Some(evidence(view.evidence)),
    }
}

/// A membership.
#[must_use]
pub fn membership(view: &MembershipView<'_>) -> pb::Membership {
    let membership = Membership {
        member: view.member.clone(),
        group: view.group,
        relation: view.relation,
        effective: view.effective,
    };
    pb::Membership {
        position: view.position,
        membership: Some(membership_started(&membership)),
        evidence: Some(evidence(view.evidence)),
    }
}

/// A segment of a function's history, and when it holds.
#[must_use]
pub fn function(
    function: &Function,
    effective: Period,
    position: Position,
    rests_on: &Evidence,
) -> pb::Function {
    let catalogued = pb::FunctionCatalogued {
        effective: Some(period(effective)),
        ..function_catalogued(function)
    };
    pb::Function { position, function: Some(catalogued), evidence: Some(evidence(rests_on)) }
}

/// A row of law, and when it is law.
#[must_use]
pub fn rule(
    rule: &Rule,
    effective: Option<Period>,
    position: Position,
    rests_on: &Evidence,
) -> pb::Rule {
    let enacted = pb::RuleEnacted { effective: effective.map(period), ..rule_enacted(rule) };
    pb::Rule { position, rule: Some(enacted), evidence: Some(evidence(rests_on)) }
}

/// An instrument and its life so far.
#[must_use]
pub fn instrument(view: &InstrumentView<'_>) -> pb::Instrument {
    let stages = view.stages.iter().map(|(position, stage, made_on)| pb::StageReached {
        position: *position,
        stage: word(*stage),
        made_on: made_on.map(date),
    });
    let in_force = view.in_force.iter().map(|(position, effective, start, rests_on)| pb::InForce {
        position: *position,
        effective: Some(period(*effective)),
        start: word(*start),
        evidence: Some(evidence(rests_on)),
    });
    pb::Instrument {
        position: view.position,
        instrument: Some(instrument_drawn(view.instrument)),
        evidence: Some(evidence(view.evidence)),
        stages: stages.collect(),
        in_force: in_force.collect(),
        notice: view.notice.map(|(position, given_by, given_on, ends_on)| pb::Notice {
            position,
            given_by: own(&given_by),
            given_on: Some(date(given_on)),
            ends_on: Some(date(ends_on)),
        }),
        ended: view.ended.map(|(position, day, reason)| pb::Ended {
            position,
            effective_until: Some(date(day)),
            reason: word(reason),
        }),
        varied: view
            .varied
            .iter()
            .map(|(position, day, text)| pb::Variation {
                position: *position,
                effective_from: Some(date(*day)),
                instrument: Some(instrument_drawn(text)),
            })
            .collect(),
        conditions: view
            .conditions
            .iter()
            .map(|(position, condition, day, lifted)| pb::Condition {
                position: *position,
                condition: own(condition),
                effective_from: Some(date(*day)),
                lifted: *lifted,
            })
            .collect(),
    }
}

// --- facts --------------------------------------------------------------------------------------

fn member(member: &Member) -> pb::Member {
    let member = match member {
        Member::Body(code) => pb::member::Member::Body(own(&code)),
        Member::Contract(id) => pb::member::Member::Contract(own(&id)),
    };
    pb::Member { member: Some(member) }
}

fn succession_recorded(succession: &Succession) -> pb::SuccessionRecorded {
    pb::SuccessionRecorded {
        predecessor: own(&succession.predecessor),
        successor: own(&succession.successor),
        effective_on: Some(date(succession.effective_on)),
        kind: word(succession.kind),
        by_area: optional_word(succession.by_area),
        by_liability: optional_word(succession.by_liability),
        share_millionths: succession.share_millionths,
    }
}

fn membership_started(membership: &Membership) -> pb::MembershipStarted {
    pb::MembershipStarted {
        member: Some(member(&membership.member)),
        group: own(&membership.group),
        relation: word(membership.relation),
        effective: Some(period(membership.effective)),
    }
}

fn function_catalogued(function: &Function) -> pb::FunctionCatalogued {
    let holder = match function.holder {
        HolderRule::Body(code) => pb::holder_rule::Holder::Body(own(&code)),
        HolderRule::Commissioner => pb::holder_rule::Holder::Commissioner(true),
    };
    let routes = function
        .routes
        .iter()
        .map(|route| pb::Route { basis: word(route.basis), confidence: word(route.confidence) });
    pb::FunctionCatalogued {
        code: own(&function.code),
        name: own(&function.name),
        effective: Some(period(function.effective)),
        holder: Some(pb::HolderRule { holder: Some(holder) }),
        basis: own(&function.basis),
        reserved: function.reserved,
        routes: routes.collect(),
        part: word(function.part),
        confidence: word(function.confidence),
        citation: own(&function.citation),
        note: optional(function.note.as_ref()),
    }
}

fn day_of_year((month, day): (u32, u32)) -> pb::DayOfYear {
    pb::DayOfYear { month, day }
}

fn rule_enacted(rule: &Rule) -> pb::RuleEnacted {
    use pb::rule_enacted::Says;
    let says = match &rule.content {
        RuleContent::Liability { bases, liable } => {
            Says::Liability(pb::LiabilityRule { bases: words(bases), liable: word(*liable) })
        }
        RuleContent::Receiving { bases, roles } => {
            Says::Receiving(pb::ReceivingRule { bases: words(bases), roles: words(roles) })
        }
        RuleContent::Notice { bases, last, ends } => Says::Notice(pb::NoticeRule {
            bases: words(bases),
            last: Some(day_of_year(*last)),
            ends: Some(day_of_year(*ends)),
        }),
        RuleContent::Continuity { basis, from, to } => Says::Continuity(pb::ContinuityRule {
            basis: word(*basis),
            from: word(*from),
            to: word(*to),
        }),
        RuleContent::Giving { bases, roles } => {
            Says::Giving(pb::GivingRule { bases: words(bases), roles: words(roles) })
        }
        RuleContent::Onward { bases } => Says::Onward(pb::OnwardRule { bases: words(bases) }),
        RuleContent::Transition { bases, step, from, by } => Says::Transition(pb::TransitionRule {
            bases: words(bases),
            step: word(*step),
            from: words(from),
            by: words(by),
        }),
        RuleContent::Window { bases, step, last } => Says::Window(pb::WindowRule {
            bases: words(bases),
            step: word(*step),
            last: Some(date(*last)),
        }),
        RuleContent::Commencement { bases, giver, days } => {
            Says::Commencement(pb::CommencementRule {
                bases: words(bases),
                giver: word(*giver),
                days: days.iter().copied().map(day_of_year).collect(),
            })
        }
        RuleContent::Vesting { functions, role, ends } => Says::Vesting(pb::VestingRule {
            functions: texts(functions),
            role: word(*role),
            ends: words(ends),
        }),
        RuleContent::ReadAcross { from, to } => {
            Says::ReadAcross(pb::ReadAcrossRule { from: word(*from), to: word(*to) })
        }
    };
    pb::RuleEnacted {
        id: own(&rule.id),
        effective: rule.effective.map(period),
        says: Some(says),
        text: own(&rule.text),
        citation: own(&rule.citation),
        confidence: word(rule.confidence),
    }
}

fn instrument_drawn(instrument: &Instrument) -> pb::InstrumentDrawn {
    let area = match &instrument.area {
        Area::England => pb::area::Area::England(true),
        Area::Of(bodies) => pb::area::Area::Commissioners(pb::Bodies { codes: texts(bodies) }),
    };
    pb::InstrumentDrawn {
        id: own(&instrument.id),
        kind: word(instrument.kind),
        basis: word(instrument.basis),
        title: own(&instrument.title),
        given_by: texts(&instrument.given_by),
        given_to: texts(&instrument.given_to),
        functions: texts(&instrument.functions),
        area: Some(pb::Area { area: Some(area) }),
        forum: instrument.forum.as_ref().map(forum),
        conditions: texts(&instrument.conditions),
        loss_exceptions: texts(&instrument.loss_exceptions),
        onward_barred: instrument.onward_barred,
    }
}

/// A command, for a client that has made it as a domain value.
#[must_use]
pub fn command(command: &Command) -> pb::Command {
    pb::Command { act: asked(&command.act), evidence: Some(evidence(&command.evidence)) }
}

/// What an event says, as the command that says the same.
#[must_use]
pub fn fact(event: &Event) -> pb::Command {
    use pb::command::Act as A;
    let act = match &event.fact {
        Fact::NoticeGiven { instrument, given_by, given_on, .. } => {
            Some(A::GiveNotice(pb::GiveNotice {
                instrument: own(&instrument),
                given_by: own(&given_by),
                given_on: Some(date(*given_on)),
            }))
        }
        Fact::Corrected(correction) => {
            let instead = correction.fact.as_ref().and_then(|fact| stated(fact));
            Some(A::Correct(Box::new(correct(correction, instead))))
        }
        fact => stated(fact),
    };
    let mut evidence = evidence(&event.evidence);
    if let Some(note) = event.fact.note() {
        evidence.note = personal(note);
    }
    pb::Command { act, evidence: Some(evidence) }
}

fn asked(act: &Act) -> Option<pb::command::Act> {
    use pb::command::Act as A;
    match act {
        Act::GiveNotice { instrument, given_by, given_on } => Some(A::GiveNotice(pb::GiveNotice {
            instrument: own(&instrument),
            given_by: own(&given_by),
            given_on: Some(date(*given_on)),
        })),
        Act::Correct { correction, instead } => {
            let instead = instead.as_ref().and_then(|act| asked(act));
            Some(A::Correct(Box::new(correct(correction, instead))))
        }
        Act::State(fact) => stated(fact),
    }
}

fn correct(correction: &Correction, instead: Option<pb::command::Act>) -> pb::Correct {
    pb::Correct {
        kind: word(correction.kind),
        about: correction.about.unwrap_or_default(),
        authority: own(&correction.authority),
        reason: own(&correction.reason),
        instead: instead.map(|act| Box::new(pb::Command { act: Some(act), evidence: None })),
    }
}

/// A fact as a command. `None` for one that only a decision makes.
fn stated(fact: &Fact) -> Option<pb::command::Act> {
    use pb::command::Act as A;
    Some(match fact {
        Fact::BodyEstablished(body) => A::BodyEstablished(pb::BodyEstablished {
            code: own(&body.code),
            role: word(body.role),
            name: own(&body.name),
            legal_form: optional_word(body.legal_form),
            effective: Some(period(body.effective)),
        }),
        Fact::BodyDissolved { code, role, effective_until } => {
            A::BodyDissolved(pb::BodyDissolved {
                code: own(&code),
                role: word(*role),
                effective_until: Some(date(*effective_until)),
            })
        }
        Fact::BodyNamed { code, name, effective } => A::BodyNamed(pb::BodyNamed {
            code: own(&code),
            name: own(&name),
            effective: Some(period(*effective)),
        }),
        Fact::SuccessionRecorded(succession) => {
            A::SuccessionRecorded(succession_recorded(succession))
        }
        Fact::MembershipStarted(membership) => A::MembershipStarted(membership_started(membership)),
        Fact::MembershipEnded { member: who, group, relation, effective_from, effective_until } => {
            A::MembershipEnded(pb::MembershipEnded {
                member: Some(member(who)),
                group: own(&group),
                relation: word(*relation),
                effective_from: Some(date(*effective_from)),
                effective_until: Some(date(*effective_until)),
            })
        }
        Fact::ContractHeld { contract, holder, contract_type, effective } => {
            A::ContractHeld(pb::ContractHeld {
                contract: own(&contract),
                holder: own(&holder),
                contract_type: word(*contract_type),
                effective: Some(period(*effective)),
            })
        }
        Fact::FunctionCatalogued(function) => A::FunctionCatalogued(function_catalogued(function)),
        Fact::RuleEnacted(rule) => A::RuleEnacted(rule_enacted(rule)),
        Fact::InstrumentDrawn(instrument) => A::InstrumentDrawn(instrument_drawn(instrument)),
        Fact::InstrumentAdvanced { instrument, stage, by } => {
            A::InstrumentAdvanced(pb::InstrumentAdvanced {
                instrument: own(&instrument),
                stage: word(*stage),
                by: texts(by),
            })
        }
        Fact::InstrumentVaried { instrument, effective_from, by } => {
            A::InstrumentVaried(pb::InstrumentVaried {
                instrument: Some(instrument_drawn(instrument)),
                effective_from: Some(date(*effective_from)),
                by: texts(by),
            })
        }
        Fact::ConditionAttached { instrument, condition, effective_from, by } => {
            A::ConditionAttached(pb::ConditionAttached {
                instrument: own(&instrument),
                condition: own(&condition),
                effective_from: Some(date(*effective_from)),
                by: texts(by),
            })
        }
        Fact::ConditionLifted { instrument, condition, effective_until, by } => {
            A::ConditionLifted(pb::ConditionLifted {
                instrument: own(&instrument),
                condition: own(&condition),
                effective_until: Some(date(*effective_until)),
                by: texts(by),
            })
        }
        Fact::RuleCommenced { rule, effective } => A::RuleCommenced(pb::RuleCommenced {
            rule: own(&rule),
            effective: Some(period(*effective)),
        }),
        Fact::RuleEnded { rule, effective_until } => A::RuleEnded(pb::RuleEnded {
            rule: own(&rule),
            effective_until: Some(date(*effective_until)),
        }),
        Fact::FunctionEnded { function, effective_until } => A::FunctionEnded(pb::FunctionEnded {
            function: own(&function),
            effective_until: Some(date(*effective_until)),
        }),
        Fact::ClusterFormed { name, bodies, effective } => A::ClusterFormed(pb::ClusterFormed {
            name: own(&name),
            bodies: texts(bodies),
            effective: Some(period(*effective)),
        }),
        Fact::Corrected(correction) => {
            let instead = correction.fact.as_ref().and_then(|fact| stated(fact));
            A::Correct(Box::new(correct(correction, instead)))
        }
        Fact::FieldRedacted { about, field, reason, authority } => {
            A::FieldRedacted(pb::FieldRedacted {
                about: *about,
                field: field.to_string(),
                reason: own(&reason),
                authority: own(&authority),
            })
        }
        Fact::InstrumentInForce { instrument, effective, start } => {
            A::InstrumentInForce(pb::InstrumentInForce {
                instrument: own(&instrument),
                effective: Some(period(*effective)),
                start: word(*start),
            })
        }
        Fact::InstrumentEnded { instrument, effective_until, reason, by } => {
            A::InstrumentEnded(pb::InstrumentEnded {
                by: texts(by),
                instrument: own(&instrument),
                effective_until: Some(date(*effective_until)),
                reason: word(*reason),
            })
        }
        Fact::NoticeGiven { .. } => return None,
        Fact::WorkPerformed { instrument, performer, functions, effective } => {
            A::WorkPerformed(pb::WorkPerformed {
                instrument: own(&instrument),
                performer: own(&performer),
                functions: texts(functions),
                effective: Some(period(*effective)),
            })
        }
        Fact::LevelNotHeld { body, bases, functions, effective } => {
            A::LevelNotHeld(pb::LevelNotHeld {
                body: own(&body),
                bases: words(bases),
                functions: texts(functions),
                effective: Some(period(*effective)),
            })
        }
        Fact::ExpectationStated { function, area, expected, effective_from, nature } => {
            A::ExpectationStated(pb::ExpectationStated {
                function: own(&function),
                area: own(&area),
                expected: own(&expected),
                effective_from: Some(date(*effective_from)),
                nature: own(&nature),
            })
        }
        Fact::FundOpened { fund, funders, amount_pence, per_patient_pence, effective } => {
            A::FundOpened(pb::FundOpened {
                fund: own(&fund),
                funders: texts(funders),
                amount_pence: *amount_pence,
                per_patient_pence: *per_patient_pence,
                effective: Some(period(*effective)),
            })
        }
        Fact::SupportPaid {
            fund,
            payment,
            payer,
            recipient,
            paid_on,
            patients,
            amount_pence,
            power,
        } => A::SupportPaid(pb::SupportPaid {
            fund: own(&fund),
            payment: own(&payment),
            payer: own(&payer),
            recipient: own(&recipient),
            paid_on: Some(date(*paid_on)),
            patients: *patients,
            amount_pence: *amount_pence,
            power: power.as_ref().as_ref().map(own).unwrap_or_default(),
        }),
        Fact::InterestDeclared {
            office, body, interest, concerns, aware_on, declared_on, ..
        } => A::InterestDeclared(pb::InterestDeclared {
            office: personal(office),
            body: own(&body),
            interest: own(&interest),
            concerns: own(&concerns),
            aware_on: Some(date(*aware_on)),
            declared_on: Some(date(*declared_on)),
        }),
        Fact::DecisionTaken {
            body,
            forum: committee,
            fund,
            payment,
            decided_on,
            quorate,
            handled,
            ..
        } => A::DecisionTaken(pb::DecisionTaken {
            body: own(&body),
            forum: Some(forum(committee)),
            fund: own(&fund),
            payment: own(&payment),
            decided_on: Some(date(*decided_on)),
            quorate: *quorate,
            handled: handled
                .iter()
                .map(|handling| pb::Handling {
                    office: personal(&handling.office),
                    way: own(&handling.way),
                })
                .collect(),
        }),
    })
}
