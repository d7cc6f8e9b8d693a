//! Facts, as the commands that say the same.

use super::*;

fn member(member: &Member) -> pb::Member {
    let member = match member {
        Member::Body(code) => pb::member::Member::Body(own(&code)),
        Member::Contract(id) => pb::member::Member::Contract(own(&id)),
    };
    pb::Member { member: Some(member) }
}

pub(super) fn succession_recorded(succession: &Succession) -> pb::SuccessionRecorded {
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

pub(super) fn membership_started(membership: &Membership) -> pb::MembershipStarted {
    pb::MembershipStarted {
        member: Some(member(&membership.member)),
        group: own(&membership.group),
        relation: word(membership.relation),
        effective: Some(period(membership.effective)),
    }
}

pub(super) fn function_catalogued(function: &Function) -> pb::FunctionCatalogued {
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

pub(super) fn rule_enacted(rule: &Rule) -> pb::RuleEnacted {
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

pub(super) fn instrument_drawn(instrument: &Instrument) -> pb::InstrumentDrawn {
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
