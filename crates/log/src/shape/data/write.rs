//! The way there: what an event says, in its stored shape.

use super::*;

impl Data {
    /// The stored shape of an event.
    pub(in crate::shape) fn of(event: &Event) -> Self {
        let evidence = EvidenceV1(Arc::clone(&event.evidence));
        match &event.fact {
            Fact::BodyEstablished(Body { code, role, name, legal_form, effective }) => {
                Self::BodyEstablishedV1(BodyEstablishedV1 {
                    code: Said(*code),
                    role: As(*role),
                    name: said(name),
                    legal_form: legal_form.map(As),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::BodyDissolved { code, role, effective_until } => {
                Self::BodyDissolvedV1(BodyDissolvedV1 {
                    code: Said(*code),
                    role: As(*role),
                    effective_until: On(*effective_until),
                    evidence,
                })
            }
            Fact::BodyNamed { code, name, effective } => Self::BodyNamedV1(BodyNamedV1 {
                code: Said(*code),
                name: said(name),
                effective_from: On(effective.from()),
                effective_until: effective.until().map(On),
                evidence,
            }),
            Fact::SuccessionRecorded(succession) => {
                Self::SuccessionRecordedV1(SuccessionRecordedV1 {
                    predecessor: Said(succession.predecessor),
                    successor: Said(succession.successor),
                    effective_on: On(succession.effective_on),
                    kind: As(succession.kind),
                    by_area: succession.by_area.map(As),
                    by_liability: succession.by_liability.map(As),
                    share_millionths: succession.share_millionths,
                    evidence,
                })
            }
            Fact::MembershipStarted(Membership { member, group, relation, effective }) => {
                Self::MembershipStartedV1(MembershipStartedV1 {
                    member: MemberV1::of(member),
                    group: Said(*group),
                    relation: As(*relation),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::MembershipEnded { member, group, relation, effective_from, effective_until } => {
                Self::MembershipEndedV1(MembershipEndedV1 {
                    member: MemberV1::of(member),
                    group: Said(*group),
                    relation: As(*relation),
                    effective_from: On(*effective_from),
                    effective_until: On(*effective_until),
                    evidence,
                })
            }
            Fact::ContractHeld { contract, holder, contract_type, effective } => {
                Self::ContractHeldV1(ContractHeldV1 {
                    contract: said(contract),
                    holder: Said(*holder),
                    contract_type: As(*contract_type),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::FunctionCatalogued(function) => Self::function(function, evidence),
            Fact::RuleEnacted(rule) => Self::rule(rule, evidence),
            Fact::InstrumentDrawn(instrument) => Self::InstrumentDrawnV2(
                instrument_parts!(InstrumentDrawnV2 from instrument, evidence),
            ),
            Fact::InstrumentVaried { instrument, effective_from, by } => {
                Self::InstrumentVariedV1(InstrumentVariedV1 {
                    instrument: instrument_parts!(InstrumentV1 from instrument),
                    effective_from: On(*effective_from),
                    by: all(by),
                    evidence,
                })
            }
            Fact::ConditionAttached { instrument, condition, effective_from, by } => {
                Self::ConditionAttachedV1(ConditionAttachedV1 {
                    instrument: said(instrument),
                    condition: said(condition),
                    effective_from: On(*effective_from),
                    by: all(by),
                    evidence,
                })
            }
            Fact::ConditionLifted { instrument, condition, effective_until, by } => {
                Self::ConditionLiftedV1(ConditionLiftedV1 {
                    instrument: said(instrument),
                    condition: said(condition),
                    effective_until: On(*effective_until),
                    by: all(by),
                    evidence,
                })
            }
            Fact::RuleCommenced { rule, effective } => Self::RuleCommencedV1(RuleCommencedV1 {
                rule: said(rule),
                effective_from: On(effective.from()),
                effective_until: effective.until().map(On),
                evidence,
            }),
            Fact::RuleEnded { rule, effective_until } => Self::RuleEndedV1(RuleEndedV1 {
                rule: said(rule),
                effective_until: On(*effective_until),
                evidence,
            }),
            Fact::FunctionEnded { function, effective_until } => {
                Self::FunctionEndedV1(FunctionEndedV1 {
                    function: said(function),
                    effective_until: On(*effective_until),
                    evidence,
                })
            }
            Fact::ClusterFormed { name, bodies, effective } => {
                Self::ClusterFormedV1(ClusterFormedV1 {
                    name: said(name),
                    bodies: all(bodies),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::Corrected(correction) => Self::correction(correction, event, evidence),
            Fact::FieldRedacted { about, field, reason, authority } => {
                Self::FieldRedactedV1(FieldRedactedV1 {
                    about: *about,
                    field: Said(*field),
                    reason: said(reason),
                    authority: said(authority),
                    evidence,
                })
            }
            Fact::InstrumentAdvanced { instrument, stage, by } => {
                Self::InstrumentAdvancedV2(InstrumentAdvancedV2 {
                    instrument: said(instrument),
                    stage: As(*stage),
                    by: all(by),
                    evidence,
                })
            }
            Fact::InstrumentInForce { instrument, effective, start } => {
                Self::InstrumentInForceV1(InstrumentInForceV1 {
                    instrument: said(instrument),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    start: As(*start),
                    evidence,
                })
            }
            Fact::InstrumentEnded { instrument, effective_until, reason, by } => {
                Self::InstrumentEndedV2(InstrumentEndedV2 {
                    instrument: said(instrument),
                    effective_until: On(*effective_until),
                    reason: As(*reason),
                    by: all(by),
                    evidence,
                })
            }
            Fact::NoticeGiven { instrument, given_by, given_on, ends_on, rule } => {
                Self::NoticeGivenV1(NoticeGivenV1 {
                    instrument: said(instrument),
                    given_by: Said(*given_by),
                    given_on: On(*given_on),
                    ends_on: On(*ends_on),
                    rule: said(rule),
                    evidence,
                })
            }
            Fact::WorkPerformed { instrument, performer, functions, effective } => {
                Self::WorkPerformedV1(WorkPerformedV1 {
                    instrument: said(instrument),
                    performer: Said(*performer),
                    functions: all(functions),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::LevelNotHeld { body, bases, functions, effective } => {
                Self::LevelNotHeldV1(LevelNotHeldV1 {
                    body: Said(*body),
                    bases: words(bases),
                    functions: all(functions),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::ExpectationStated { function, area, expected, effective_from, nature } => {
                Self::ExpectationStatedV1(ExpectationStatedV1 {
                    function: said(function),
                    area: Said(*area),
                    expected: Said(*expected),
                    effective_from: On(*effective_from),
                    nature: said(nature),
                    evidence,
                })
            }
            Fact::FundOpened { fund, funders, amount_pence, per_patient_pence, effective } => {
                Self::FundOpenedV1(FundOpenedV1 {
                    fund: said(fund),
                    funders: all(funders),
                    amount_pence: *amount_pence,
                    per_patient_pence: *per_patient_pence,
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
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
            } => Self::SupportPaidV1(SupportPaidV1 {
                fund: said(fund),
                payment: said(payment),
                payer: Said(*payer),
                recipient: Said(*recipient),
                paid_on: On(*paid_on),
                patients: *patients,
                amount_pence: *amount_pence,
                power: power.as_ref().map(said),
                evidence,
            }),
            Fact::InterestDeclared {
                office,
                body,
                interest,
                concerns,
                aware_on,
                declared_on,
                note,
            } => Self::InterestDeclaredV2(InterestDeclaredV2 {
                office: CommittedV1::of(office),
                body: Said(*body),
                interest: said(interest),
                concerns: Said(*concerns),
                aware_on: On(*aware_on),
                declared_on: On(*declared_on),
                note: note.as_ref().map(CommittedV1::of),
                evidence,
            }),
            Fact::DecisionTaken {
                body,
                forum,
                fund,
                payment,
                decided_on,
                quorate,
                handled,
                note,
            } => {
                let handled = handled
                    .iter()
                    .map(|Handling { office, way }| HandlingV2 {
                        office: CommittedV1::of(office),
                        way: said(way),
                    })
                    .collect();
                Self::DecisionTakenV2(DecisionTakenV2 {
                    body: Said(*body),
                    forum: ForumV1::of(forum),
                    fund: said(fund),
                    payment: said(payment),
                    decided_on: On(*decided_on),
                    quorate: *quorate,
                    handled,
                    note: note.as_ref().map(CommittedV1::of),
                    evidence,
                })
            }
        }
    }

    fn function(function: &Function, evidence: EvidenceV1) -> Self {
        Self::FunctionCataloguedV1(FunctionCataloguedV1 {
            code: said(&function.code),
            name: said(&function.name),
            effective_from: On(function.effective.from()),
            effective_until: function.effective.until().map(On),
            holder: match function.holder {
                HolderRule::Body(code) => HolderV1::Body(Said(code)),
                HolderRule::Commissioner => HolderV1::Commissioner,
            },
            basis: said(&function.basis),
            reserved: function.reserved,
            routes: function
                .routes
                .iter()
                .map(|route| RouteV1 { basis: As(route.basis), confidence: As(route.confidence) })
                .collect(),
            part: As(function.part),
            confidence: As(function.confidence),
            citation: said(&function.citation),
            note: function.note.as_ref().map(said),
            evidence,
        })
    }

    fn rule(rule: &Rule, evidence: EvidenceV1) -> Self {
        Self::RuleEnactedV2(RuleEnactedV2 {
            id: said(&rule.id),
            effective_from: rule.effective.map(|effective| On(effective.from())),
            effective_until: rule.effective.and_then(|effective| effective.until()).map(On),
            says: match &rule.content {
                RuleContent::Liability { bases, liable } => {
                    RuleV2::Liability { bases: words(bases), liable: As(*liable) }
                }
                RuleContent::Receiving { bases, roles } => {
                    RuleV2::Receiving { bases: words(bases), roles: words(roles) }
                }
                RuleContent::Notice { bases, last, ends } => RuleV2::Notice {
                    bases: words(bases),
                    last: [last.0, last.1],
                    ends: [ends.0, ends.1],
                },
                RuleContent::Continuity { basis, from, to } => {
                    RuleV2::Continuity { basis: As(*basis), from: As(*from), to: As(*to) }
                }
                RuleContent::Giving { bases, roles } => {
                    RuleV2::Giving { bases: words(bases), roles: words(roles) }
                }
                RuleContent::Onward { bases } => RuleV2::Onward { bases: words(bases) },
                RuleContent::Transition { bases, step, from, by } => RuleV2::Transition {
                    bases: words(bases),
                    step: As(*step),
                    from: words(from),
                    by: words(by),
                },
                RuleContent::Window { bases, step, last } => {
                    RuleV2::Window { bases: words(bases), step: As(*step), last: On(*last) }
                }
                RuleContent::Commencement { bases, giver, days } => RuleV2::Commencement {
                    bases: words(bases),
                    giver: As(*giver),
                    days: days.iter().map(|(month, day)| [*month, *day]).collect(),
                },
                RuleContent::Vesting { functions, role, ends } => RuleV2::Vesting {
                    functions: all(functions),
                    role: As(*role),
                    ends: words(ends),
                },
                RuleContent::ReadAcross { from, to } => {
                    RuleV2::ReadAcross { from: As(*from), to: As(*to) }
                }
            },
            text: said(&rule.text),
            citation: said(&rule.citation),
            confidence: As(rule.confidence),
            evidence,
        })
    }

    fn correction(correction: &Correction, event: &Event, evidence: EvidenceV1) -> Self {
        let Correction { kind, about, authority, reason, fact } = correction;
        let (authority, reason) = (said(authority), said(reason));
        let fact = fact.as_ref().map(|fact| {
            let evidence = Arc::clone(&event.evidence);
            Box::new(FactV1(Event { fact: Fact::clone(fact), evidence }))
        });
        // `decide` lets no late or backdated record through that says nothing.
        match (kind, fact) {
            (CorrectionKind::RecordedLate, Some(fact)) => Self::RecordedLateV1(RecordedLateV1 {
                about: *about,
                authority,
                reason,
                fact,
                evidence,
            }),
            (CorrectionKind::EffectBackdated, Some(fact)) => {
                let about = about.unwrap_or_default();
                Self::EffectBackdatedV1(EffectBackdatedV1 {
                    about,
                    authority,
                    reason,
                    fact,
                    evidence,
                })
            }
            (_, instead) => {
                let about = about.unwrap_or_default();
                Self::ErrorCorrectedV1(ErrorCorrectedV1 {
                    about,
                    authority,
                    reason,
                    instead,
                    evidence,
                })
            }
        }
    }
}
