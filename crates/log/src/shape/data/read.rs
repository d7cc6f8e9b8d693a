//! The way back: what a stored shape says, of every version that was ever released.

use super::*;

/// Implements the way back for shapes: fallible only where a period may be empty.
macro_rules! into_event {
    ($($shape:ident($data:ident) $fact:expr;)+) => {
        $(impl $shape {
            pub(super) fn into_event(self) -> Result<Event, String> {
                let $data = self;
                let fact = $fact;
                Ok(Event { fact, evidence: $data.evidence.0 })
            }
        })+
    };
}

into_event! {
    BodyEstablishedV1(data) Fact::BodyEstablished(Body {
        code: data.code.0,
        role: data.role.0,
        name: data.name.0,
        legal_form: data.legal_form.map(|form| form.0),
        effective: period(data.effective_from, data.effective_until)?,
    });
    BodyDissolvedV1(data) Fact::BodyDissolved {
        code: data.code.0,
        role: data.role.0,
        effective_until: data.effective_until.0,
    };
    BodyNamedV1(data) Fact::BodyNamed {
        code: data.code.0,
        name: data.name.0,
        effective: period(data.effective_from, data.effective_until)?,
    };
    SuccessionRecordedV1(data) Fact::SuccessionRecorded(Succession {
        predecessor: data.predecessor.0,
        successor: data.successor.0,
        effective_on: data.effective_on.0,
        kind: data.kind.0,
        by_area: data.by_area.map(|confidence| confidence.0),
        by_liability: data.by_liability.map(|confidence| confidence.0),
        share_millionths: data.share_millionths,
    });
    MembershipStartedV1(data) Fact::MembershipStarted(Membership {
        member: data.member.into_member(),
        group: data.group.0,
        relation: data.relation.0,
        effective: period(data.effective_from, data.effective_until)?,
    });
    MembershipEndedV1(data) Fact::MembershipEnded {
        member: data.member.into_member(),
        group: data.group.0,
        relation: data.relation.0,
        effective_from: data.effective_from.0,
        effective_until: data.effective_until.0,
    };
    ContractHeldV1(data) Fact::ContractHeld {
        contract: data.contract.0,
        holder: data.holder.0,
        contract_type: data.contract_type.0,
        effective: period(data.effective_from, data.effective_until)?,
    };
    FunctionCataloguedV1(data) Fact::FunctionCatalogued(Function {
        code: data.code.0,
        name: data.name.0,
        effective: period(data.effective_from, data.effective_until)?,
        holder: match data.holder {
            HolderV1::Body(code) => HolderRule::Body(code.0),
            HolderV1::Commissioner => HolderRule::Commissioner,
        },
        basis: data.basis.0,
        reserved: data.reserved,
        routes: data
            .routes
            .into_iter()
            .map(|route| Route { basis: route.basis.0, confidence: route.confidence.0 })
            .collect(),
        part: data.part.0,
        confidence: data.confidence.0,
        citation: data.citation.0,
        note: data.note.map(|note| note.0),
    });
    RuleEnactedV1(data) Fact::RuleEnacted(Rule {
        id: data.id.0,
        effective: match data.effective_from {
            None => None,
            Some(from) => Some(period(from, data.effective_until)?),
        },
        content: RuleV2::from(data.says).into_content(),
        text: data.text.0,
        citation: data.citation.0,
        confidence: data.confidence.0,
    });
    RuleEnactedV2(data) Fact::RuleEnacted(Rule {
        id: data.id.0,
        effective: match data.effective_from {
            None => None,
            Some(from) => Some(period(from, data.effective_until)?),
        },
        content: data.says.into_content(),
        text: data.text.0,
        citation: data.citation.0,
        confidence: data.confidence.0,
    });
    InstrumentDrawnV1(data) Fact::InstrumentDrawn(instrument_parts!(into data, onward_barred: false));
    InstrumentDrawnV2(data) Fact::InstrumentDrawn(
        instrument_parts!(into data, onward_barred: data.onward_barred)
    );
    InstrumentVariedV1(data) Fact::InstrumentVaried {
        instrument: {
            let text = data.instrument;
            instrument_parts!(into text, onward_barred: text.onward_barred)
        },
        effective_from: data.effective_from.0,
        by: plain(data.by),
    };
    ConditionAttachedV1(data) Fact::ConditionAttached {
        instrument: data.instrument.0,
        condition: data.condition.0,
        effective_from: data.effective_from.0,
        by: plain(data.by),
    };
    ConditionLiftedV1(data) Fact::ConditionLifted {
        instrument: data.instrument.0,
        condition: data.condition.0,
        effective_until: data.effective_until.0,
        by: plain(data.by),
    };
    RuleCommencedV1(data) Fact::RuleCommenced {
        rule: data.rule.0,
        effective: period(data.effective_from, data.effective_until)?,
    };
    RuleEndedV1(data) Fact::RuleEnded {
        rule: data.rule.0,
        effective_until: data.effective_until.0,
    };
    FunctionEndedV1(data) Fact::FunctionEnded {
        function: data.function.0,
        effective_until: data.effective_until.0,
    };
    ClusterFormedV1(data) Fact::ClusterFormed {
        name: data.name.0,
        bodies: plain(data.bodies),
        effective: period(data.effective_from, data.effective_until)?,
    };
    RecordedLateV1(data) Fact::Corrected(Correction {
        kind: CorrectionKind::RecordedLate,
        about: data.about,
        authority: data.authority.0,
        reason: data.reason.0,
        fact: Some(Box::new(data.fact.0.fact)),
    });
    ErrorCorrectedV1(data) Fact::Corrected(Correction {
        kind: CorrectionKind::ErrorCorrected,
        about: Some(data.about),
        authority: data.authority.0,
        reason: data.reason.0,
        fact: data.instead.map(|instead| Box::new(instead.0.fact)),
    });
    EffectBackdatedV1(data) Fact::Corrected(Correction {
        kind: CorrectionKind::EffectBackdated,
        about: Some(data.about),
        authority: data.authority.0,
        reason: data.reason.0,
        fact: Some(Box::new(data.fact.0.fact)),
    });
    InstrumentAdvancedV1(data) Fact::InstrumentAdvanced {
        instrument: data.instrument.0,
        stage: data.stage.0,
        by: Vec::new(),
    };
    InstrumentAdvancedV2(data) Fact::InstrumentAdvanced {
        instrument: data.instrument.0,
        stage: data.stage.0,
        by: plain(data.by),
    };
    InstrumentInForceV1(data) Fact::InstrumentInForce {
        instrument: data.instrument.0,
        effective: period(data.effective_from, data.effective_until)?,
        start: data.start.0,
    };
    InstrumentEndedV1(data) Fact::InstrumentEnded {
        instrument: data.instrument.0,
        effective_until: data.effective_until.0,
        reason: data.reason.0,
        by: Vec::new(),
    };
    InstrumentEndedV2(data) Fact::InstrumentEnded {
        instrument: data.instrument.0,
        effective_until: data.effective_until.0,
        reason: data.reason.0,
        by: plain(data.by),
    };
    NoticeGivenV1(data) Fact::NoticeGiven {
        instrument: data.instrument.0,
        given_by: data.given_by.0,
        given_on: data.given_on.0,
        ends_on: data.ends_on.0,
        rule: data.rule.0,
    };
    WorkPerformedV1(data) Fact::WorkPerformed {
        instrument: data.instrument.0,
        performer: data.performer.0,
        functions: plain(data.functions),
        effective: period(data.effective_from, data.effective_until)?,
    };
    LevelNotHeldV1(data) Fact::LevelNotHeld {
        body: data.body.0,
        bases: values(data.bases),
        functions: plain(data.functions),
        effective: period(data.effective_from, data.effective_until)?,
    };
    ExpectationStatedV1(data) Fact::ExpectationStated {
        function: data.function.0,
        area: data.area.0,
        expected: data.expected.0,
        effective_from: data.effective_from.0,
        nature: data.nature.0,
    };
    FundOpenedV1(data) Fact::FundOpened {
        fund: data.fund.0,
        funders: plain(data.funders),
        amount_pence: data.amount_pence,
        per_patient_pence: data.per_patient_pence,
        effective: period(data.effective_from, data.effective_until)?,
    };
    SupportPaidV1(data) Fact::SupportPaid {
        fund: data.fund.0,
        payment: data.payment.0,
        payer: data.payer.0,
        recipient: data.recipient.0,
        paid_on: data.paid_on.0,
        patients: data.patients,
        amount_pence: data.amount_pence,
        power: data.power.map(|power| power.0),
    };
    InterestDeclaredV1(data) Fact::InterestDeclared {
        office: Personal::InTheClear(data.office.0),
        body: data.body.0,
        interest: data.interest.0,
        concerns: data.concerns.0,
        aware_on: data.aware_on.0,
        declared_on: data.declared_on.0,
        note: in_the_clear(data.evidence.0.note.as_ref()),
    };
    InterestDeclaredV2(data) Fact::InterestDeclared {
        office: data.office.into_personal()?,
        body: data.body.0,
        interest: data.interest.0,
        concerns: data.concerns.0,
        aware_on: data.aware_on.0,
        declared_on: data.declared_on.0,
        note: data.note.map(CommittedV1::into_personal).transpose()?,
    };
    DecisionTakenV1(data) Fact::DecisionTaken {
        body: data.body.0,
        forum: data.forum.into_forum(),
        fund: data.fund.0,
        payment: data.payment.0,
        decided_on: data.decided_on.0,
        quorate: data.quorate,
        handled: data
            .handled
            .into_iter()
            .map(|handling| Handling {
                office: Personal::InTheClear(handling.office.0),
                way: handling.way.0,
            })
            .collect(),
        note: in_the_clear(data.evidence.0.note.as_ref()),
    };
    FieldRedactedV1(data) Fact::FieldRedacted {
        about: data.about,
        field: data.field.0,
        reason: data.reason.0,
        authority: data.authority.0,
    };
    DecisionTakenV2(data) Fact::DecisionTaken {
        body: data.body.0,
        forum: data.forum.into_forum(),
        fund: data.fund.0,
        payment: data.payment.0,
        decided_on: data.decided_on.0,
        quorate: data.quorate,
        handled: data
            .handled
            .into_iter()
            .map(|each| {
                Ok(Handling { office: each.office.into_personal()?, way: each.way.0 })
            })
            .collect::<Result<_, String>>()?,
        note: data.note.map(CommittedV1::into_personal).transpose()?,
    };
}
