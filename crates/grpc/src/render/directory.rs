//! What the directory lists: bodies, successions, memberships, functions, rules, instruments.

use super::facts::{
    function_catalogued, instrument_drawn, membership_started, rule_enacted, succession_recorded,
};
use super::*;

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
