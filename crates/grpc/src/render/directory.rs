//! Converts the rows of the directory to messages: bodies, successions, memberships, functions,
//! rules and instruments.

use remit_domain::{Membership, Succession};

use super::*;
use crate::facts::Message;

/// Converts a body in one role to a message.
#[must_use]
pub fn body(view: &BodyView<'_>) -> pb::Body {
    pb::Body {
        code: own(&view.code),
        role: word(view.role),
        name: own(&view.name),
        legal_form: optional_word(view.legal_form),
        effective: Some(period(view.effective)),
        position: view.position.get(),
        evidence: Some(evidence(view.evidence)),
    }
}

/// Converts a name of a body to a message, with the period in which the body had that name.
#[must_use]
pub fn body_name(view: &NameView<'_>) -> pb::BodyName {
    pb::BodyName {
        name: own(&view.name),
        effective: Some(period(view.effective)),
        position: view.position.get(),
    }
}

/// Converts a succession to a message.
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
        position: view.position.get(),
        succession: Some(succession.write()),
        evidence: Some(evidence(view.evidence)),
    }
}

/// Converts a membership to a message.
#[must_use]
pub fn membership(view: &MembershipView<'_>) -> pb::Membership {
    let membership = Membership {
        member: view.member.clone(),
        group: view.group,
        relation: view.relation,
        effective: view.effective,
    };
    pb::Membership {
        position: view.position.get(),
        membership: Some(membership.write()),
        evidence: Some(evidence(view.evidence)),
    }
}

/// Converts a segment of a function to a message, with the period that the segment covers.
#[must_use]
pub fn function(view: &FunctionView<'_>) -> pb::Function {
    let catalogued =
        pb::FunctionCatalogued { effective: Some(period(view.effective)), ..view.function.write() };
    pb::Function {
        position: view.position.get(),
        function: Some(catalogued),
        evidence: Some(evidence(view.evidence)),
    }
}

/// Converts a rule of law to a message, with the period in which the rule is in force.
#[must_use]
pub fn rule(view: &RuleView<'_>) -> pb::Rule {
    let enacted = pb::RuleEnacted { effective: view.effective.map(period), ..view.rule.write() };
    pb::Rule {
        position: view.position.get(),
        rule: Some(enacted),
        evidence: Some(evidence(view.evidence)),
    }
}

/// Converts an instrument and its life so far to a message.
#[must_use]
pub fn instrument(view: &InstrumentView<'_>) -> pb::Instrument {
    pb::Instrument {
        position: view.position.get(),
        instrument: Some(view.instrument.write()),
        evidence: Some(evidence(view.evidence)),
        stages: view.stages.iter().map(stage).collect(),
        in_force: view.in_force.iter().map(in_force).collect(),
        sightings: view.sightings.iter().map(sighted).collect(),
        notice: view.notice.as_ref().map(|notice| pb::Notice {
            position: notice.position.get(),
            given_by: own(&notice.given_by),
            given_on: Some(date(notice.given_on)),
            ends_on: Some(date(notice.ends_on)),
        }),
        ended: view.ended.as_ref().map(|end| pb::Ended {
            position: end.position.get(),
            effective_until: Some(date(end.effective_until)),
            reason: word(end.reason),
        }),
        varied: view.varied.iter().map(variation).collect(),
        conditions: view.conditions.iter().map(condition).collect(),
    }
}

fn stage(view: &StageView) -> pb::StageReached {
    pb::StageReached {
        position: view.position.get(),
        stage: word(view.stage),
        made_on: view.made_on.map(date),
    }
}

fn in_force(view: &ForceView<'_>) -> pb::InForce {
    pb::InForce {
        position: view.position.get(),
        effective: Some(period(view.effective)),
        start: word(view.start),
        evidence: Some(evidence(view.evidence)),
    }
}

fn sighted(view: &SightingView<'_>) -> pb::Sighted {
    pb::Sighted {
        position: view.position.get(),
        seen: Some(period(view.seen)),
        sighting: word(view.sighting),
        evidence: Some(evidence(view.evidence)),
    }
}

fn variation(view: &VariationView<'_>) -> pb::Variation {
    pb::Variation {
        position: view.position.get(),
        effective_from: Some(date(view.effective_from)),
        instrument: Some(view.instrument.write()),
    }
}

fn condition(view: &ConditionView<'_>) -> pb::Condition {
    pb::Condition {
        position: view.position.get(),
        condition: own(&view.condition),
        effective_from: Some(date(view.day)),
        lifted: view.lifted,
    }
}
