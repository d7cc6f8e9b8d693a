//! Facts of every kind, which may or may not be allowed.

use remit_domain::{
    Act, Area, BodyCode, BodyDissolved, BodyFact, BodyFactKind, BodyNamed, BodyRole, ClusterFormed,
    CommitteeFact, CommitteeFactKind, ConditionAttached, ConditionLifted, Confidence, ContractHeld,
    ContractId, ContractType, DecisionTaken, DisputeFactKind, EndReason, EventDisputed,
    ExpectationStated, FactKind, FieldRedacted, Forum, ForumKind, FunctionEnded, FundOpened,
    Handling, Instrument, InstrumentAdvanced, InstrumentEnded, InstrumentFact, InstrumentFactKind,
    InstrumentInForce, InstrumentKind, InstrumentSighted, InstrumentVaried, InterestDeclared,
    Known, LawFact, LawFactKind, LegalBasis, LevelNotHeld, LiableRule, Member, Membership,
    MembershipEnded, MoneyFact, MoneyFactKind, PaymentDirectionMade, Period, PersonalField,
    Position, Relation, RuleCommenced, RuleContent, RuleEnded, Sighting, Stage, Start, Succession,
    SuccessionKind, SupportPaid, TransferScheme, Word, WorkPerformed,
};
use remit_register::Register;

use super::world::{body, catalogued, enacted};
use super::{CCGS, CONDITIONS, CONTRACTS, Chance, FUNCTIONS, HUB, ICBS, PRACTICES, first, of};

/// A text of an instrument that may or may not be lawful.
fn text(chance: &mut Chance, id: &str) -> Instrument {
    use InstrumentKind as K;
    use LegalBasis as B;
    let (kind, basis, giver) = chance.of(&[
        (K::Delegation, B::S13zBy, "X24"),
        (K::Delegation, B::S13zBy, "X24"),
        (K::JointArrangement, B::S13zJointly, "X24"),
        (K::Delegation, B::S65z5, "X24"),
        (K::Delegation, B::S65z5, "X24"),
        (K::JointArrangement, B::S65z5Jointly, "X24"),
        (K::GreaterInvolvement, B::NoArrangement, "X24"),
        (K::Direction, B::S98a, "X24"),
        (K::Intervention, B::S14z21, "X24"),
        (K::Section7a, B::S7a, "SOFS"),
        (K::Section7a, B::S7a, "X24"),
        (K::Delegation, B::S65z5, "QAA"),
        (K::Delegation, B::S14z3, "00A"),
    ]);
    let receiver = match (giver, basis) {
        ("SOFS", _) => "X24",
        (_, B::S14z21) => chance.of(&["X24", "00B"]),
        (_, B::S65z5 | B::S65z5Jointly) => chance.of(&ICBS),
        (_, B::S98a | B::S7a) => chance.commissioner(),
        _ => chance.of(&CCGS),
    };
    let area = match receiver {
        "X24" if giver == "SOFS" => Area::England,
        "X24" => Area::Of(vec![of(chance.commissioner())]),
        _ if giver == "00A" || giver == "QAA" => Area::Of(vec![of(giver)]),
        _ if chance.once_in(8) => Area::Of(vec![of(receiver), of(chance.commissioner())]),
        _ => Area::Of(vec![of(receiver)]),
    };
    let function = match basis {
        B::S7a => "vaccination",
        B::S98a => "out-of-hours",
        B::S14z3 => "own-services",
        B::NoArrangement
        | B::S13zBy
        | B::S13zJointly
        | B::S14z9
        | B::S65z5
        | B::S65z5Jointly
        | B::S13yb
        | B::S14z21
        | B::S14z61
        | B::S7b
        | B::S6c
        | B::S75 => {
            if chance.once_in(20) {
                "performers-list"
            } else {
                "qof"
            }
        }
    };
    let one = matches!(&area, Area::Of(bodies) if bodies.len() == 1);
    Instrument {
        id: of(id),
        kind,
        basis,
        title: of("t"),
        given_by: vec![of(giver)],
        given_to: vec![of(receiver)],
        functions: vec![of(function)],
        area,
        contracts: if one && chance.once_in(5) { listed(chance) } else { Vec::new() },
        forum: chance.once_in(4).then(|| forum(chance)),
        conditions: if chance.once_in(4) { vec![of(CONDITIONS[0])] } else { Vec::new() },
        loss_exceptions: if chance.once_in(6) { vec![of("fraud")] } else { Vec::new() },
        onward_barred: chance.once_in(6),
    }
}

/// Contracts that an instrument lists as all that it reaches.
fn listed(chance: &mut Chance) -> Vec<ContractId> {
    if chance.once_in(2) { CONTRACTS.map(of).to_vec() } else { vec![of(chance.of(&CONTRACTS))] }
}

fn forum(chance: &mut Chance) -> Forum {
    let name = chance.of(&["committee", "another committee"]);
    Forum { kind: chance.of(ForumKind::ALL), name: of(name) }
}

/// Something of a kind that may or may not be allowed.
pub(super) fn act(chance: &mut Chance, kind: FactKind, register: &Register) -> Act {
    Act::State(match kind {
        FactKind::Bodies(kind) => bodies(chance, kind, register).into(),
        FactKind::Law(kind) => law(chance, kind).into(),
        FactKind::Instruments(InstrumentFactKind::NoticeGiven) | FactKind::Corrected => {
            return notice(chance, register);
        }
        FactKind::Instruments(kind) => instruments(chance, kind, register).into(),
        FactKind::Money(kind) => money(chance, kind).into(),
        FactKind::Committees(kind) => committees(chance, kind).into(),
        FactKind::Disputes(DisputeFactKind::EventDisputed) => EventDisputed {
            about: Position::new(1 + chance.below(register.tail().get() + 1)),
            by: of(chance.commissioner()),
            reason: of("not so"),
        }
        .into(),
        FactKind::Redacted => redacted(chance, register).into(),
    })
}

/// A member, and the sense in which it is one.
fn member(chance: &mut Chance) -> (Member, Relation) {
    match chance.below(4) {
        0 => (Member::Contract(of(chance.of(&CONTRACTS))), Relation::PracticeOfCommissioner),
        1 => (Member::Body(of(chance.of(&CCGS))), Relation::SubIcbOfIcb),
        _ => (Member::Body(of(chance.of(&PRACTICES))), Relation::PracticeOfCommissioner),
    }
}

fn scheme(chance: &mut Chance) -> TransferScheme {
    TransferScheme {
        from: of(chance.of(&["00A", "00B", "00C", "00D", "QAA", "QBB", "X24"])),
        to: of(chance.commissioner()),
        power: of("power"),
        effective_on: chance.day(),
        functions: if chance.once_in(2) { vec![of("qof")] } else { Vec::new() },
        described: chance.once_in(4).then(|| of("some of it")),
        excepted: chance.once_in(4).then(|| of("some of it")),
    }
}

fn bodies(chance: &mut Chance, kind: BodyFactKind, register: &Register) -> BodyFact {
    use BodyFactKind as K;
    let commissioner = of(chance.commissioner());
    match kind {
        K::BodyEstablished => {
            let (codes, role): (&[&str], _) = chance.of(&[
                (CCGS.as_slice(), BodyRole::Ccg),
                (CCGS.as_slice(), BodyRole::Ccg),
                (CCGS.as_slice(), BodyRole::SubIcbLocation),
                (ICBS.as_slice(), BodyRole::Icb),
                (&[HUB], BodyRole::CommissioningHub),
                (PRACTICES.as_slice(), BodyRole::Practice),
            ]);
            let code = chance.of(codes);
            BodyFact::BodyEstablished(body(code, role, chance.period()))
        }
        K::BodyDissolved => BodyFact::BodyDissolved(BodyDissolved {
            code: commissioner,
            role: chance.of(&[BodyRole::Ccg, BodyRole::Icb, BodyRole::SubIcbLocation]),
            effective_until: chance.day(),
        }),
        K::BodyNamed => BodyFact::BodyNamed(BodyNamed {
            code: commissioner,
            name: of(&format!("name {}", chance.below(5))),
            effective: chance.period(),
        }),
        K::SuccessionRecorded => BodyFact::SuccessionRecorded(Succession {
            predecessor: commissioner,
            successor: of(chance.commissioner()),
            effective_on: chance.day(),
            kind: chance.of(&[SuccessionKind::Merger, SuccessionKind::Split]),
            by_area: (!chance.once_in(4)).then_some(Confidence::Confirmed),
            by_liability: chance.once_in(2).then_some(Confidence::Unconfirmed),
            share_millionths: None,
        }),
        K::TransferSchemeMade => BodyFact::TransferSchemeMade(scheme(chance)),
        K::MembershipStarted => {
            let (member, relation) = member(chance);
            let of_icb = relation == Relation::SubIcbOfIcb;
            let other = if chance.once_in(6) { of(HUB) } else { commissioner };
            let group = if of_icb { of(chance.of(&ICBS)) } else { other };
            let effective = chance.period();
            BodyFact::MembershipStarted(Membership { member, group, relation, effective })
        }
        K::MembershipEnded => {
            let (member, relation) = member(chance);
            let (group, effective_from) = match register.groups(&member, relation).first() {
                Some(held) => (held.group, held.effective.from()),
                None => (commissioner, chance.day()),
            };
            BodyFact::MembershipEnded(MembershipEnded {
                member,
                group,
                relation,
                effective_from,
                effective_until: chance.day(),
            })
        }
        K::ContractHeld => BodyFact::ContractHeld(ContractHeld {
            contract: of(chance.of(&CONTRACTS)),
            holder: of(chance.of(&PRACTICES)),
            contract_type: ContractType::Apms,
            effective: chance.period(),
        }),
        K::ClusterFormed => BodyFact::ClusterFormed(ClusterFormed {
            name: of("a cluster"),
            bodies: vec![commissioner, of(chance.commissioner())],
            effective: chance.period(),
        }),
    }
}

fn law(chance: &mut Chance, kind: LawFactKind) -> LawFact {
    use LawFactKind as K;
    match kind {
        K::FunctionCatalogued => {
            let code = chance.of(&FUNCTIONS);
            let bases = [LegalBasis::S13zBy, LegalBasis::S65z5];
            LawFact::FunctionCatalogued(catalogued(code, chance.period(), &bases))
        }
        K::FunctionEnded => LawFact::FunctionEnded(FunctionEnded {
            function: of(chance.of(&FUNCTIONS)),
            effective_until: chance.day(),
        }),
        // The same ids again and again, so that one can be corrected into another's way.
        K::RuleEnacted => {
            let effective = chance.period();
            let basis = chance.of(&[LegalBasis::S13zBy, LegalBasis::S65z5, LegalBasis::S98a]);
            let liable = chance.of(&[LiableRule::Holder, LiableRule::Exerciser]);
            let content = RuleContent::Liability { bases: vec![basis], liable };
            let id = format!("L{}", chance.below(3) + 10);
            LawFact::RuleEnacted(enacted(&id, Some(effective), content))
        }
        K::RuleCommenced => LawFact::RuleCommenced(RuleCommenced {
            rule: of(chance.of(&["vest", "L8", "decides"])),
            effective: chance.period(),
        }),
        K::RuleEnded => LawFact::RuleEnded(RuleEnded {
            rule: of(chance.of(&[
                "vest",
                "L7",
                "L8",
                "goes-on",
                "across",
                "L10",
                "joined",
                "concurrent",
            ])),
            effective_until: chance.day(),
        }),
    }
}

/// The id of an instrument: of one that there is, or of the next.
fn id(chance: &mut Chance, register: &Register) -> String {
    let instruments = 3 + register.tail().get() / 20;
    format!("i{}", chance.below(instruments + 1))
}

fn notice(chance: &mut Chance, register: &Register) -> Act {
    let instrument = of(&id(chance, register));
    let known = register.instrument(&instrument);
    let receiver = known.and_then(|known| known.instrument.given_to.first().copied());
    let given_by = receiver.unwrap_or_else(|| of(chance.commissioner()));
    Act::GiveNotice { instrument, given_by, given_on: chance.day() }
}

fn instruments(
    chance: &mut Chance,
    kind: InstrumentFactKind,
    register: &Register,
) -> InstrumentFact {
    use InstrumentFactKind as K;
    let id = id(chance, register);
    let instrument = of(&id);
    let commissioner = of(chance.commissioner());
    let by = Vec::new();
    match kind {
        K::InstrumentDrawn => InstrumentFact::InstrumentDrawn(text(chance, &id)),
        K::InstrumentVaried => {
            let drawn = register.instrument(&instrument).map(|known| known.instrument.clone());
            let mut varied = drawn.unwrap_or_else(|| text(chance, &id));
            match chance.below(6) {
                5 if varied.contracts.is_empty() => varied.contracts = listed(chance),
                5 => varied.contracts.clear(),
                3 => varied.forum = Some(forum(chance)),
                4 => varied.loss_exceptions = vec![of("losses")],
                0 => varied.area = Area::Of(vec![commissioner]),
                1 => varied.functions.extend([of(FUNCTIONS[0]), of(FUNCTIONS[2])]),
                _ => varied.conditions.push(of(chance.of(&CONDITIONS))),
            }
            let (instrument, effective_from) = (varied, chance.day());
            InstrumentFact::InstrumentVaried(InstrumentVaried { instrument, effective_from, by })
        }
        K::ConditionAttached => InstrumentFact::ConditionAttached(ConditionAttached {
            instrument,
            condition: of(chance.of(&CONDITIONS)),
            effective_from: chance.day(),
            by,
        }),
        K::ConditionLifted => InstrumentFact::ConditionLifted(ConditionLifted {
            instrument,
            condition: of(chance.of(&CONDITIONS)),
            effective_until: chance.day(),
            by,
        }),
        K::InstrumentAdvanced => InstrumentFact::InstrumentAdvanced(InstrumentAdvanced {
            instrument,
            stage: chance.of(Stage::ALL),
            by,
        }),
        K::InstrumentInForce => InstrumentFact::InstrumentInForce(InstrumentInForce {
            instrument,
            effective: chance.period(),
            start: chance.of(Start::ALL),
        }),
        K::InstrumentEnded | K::NoticeGiven => InstrumentFact::InstrumentEnded(InstrumentEnded {
            instrument,
            effective_until: chance.day(),
            reason: chance.of(&[EndReason::Terminated, EndReason::Revoked, EndReason::Expired]),
            by,
        }),
        K::WorkPerformed => InstrumentFact::WorkPerformed(WorkPerformed {
            instrument,
            performer: of(chance.of(&["X24", "00A"])),
            functions: if chance.once_in(2) { vec![of("qof")] } else { Vec::new() },
            effective: chance.period(),
        }),
        K::InstrumentSighted => InstrumentFact::InstrumentSighted(InstrumentSighted {
            instrument,
            seen: chance.seen(),
            sighting: chance.of(Sighting::ALL),
        }),
        K::LevelNotHeld => InstrumentFact::LevelNotHeld(not_held(chance, commissioner)),
        K::ExpectationStated => InstrumentFact::ExpectationStated(ExpectationStated {
            function: of("qof"),
            area: commissioner,
            expected: of(chance.commissioner()),
            effective_from: chance.day(),
            nature: of("policy statement"),
        }),
    }
}

fn not_held(chance: &mut Chance, body: BodyCode) -> LevelNotHeld {
    LevelNotHeld {
        body,
        bases: if chance.once_in(2) {
            vec![LegalBasis::S13zBy, LegalBasis::S13zJointly]
        } else {
            vec![chance.of(&[LegalBasis::S13zBy, LegalBasis::S65z5, LegalBasis::S65z5Jointly])]
        },
        functions: if chance.once_in(2) { vec![of("qof")] } else { Vec::new() },
        effective: if chance.once_in(2) { chance.seen() } else { chance.period() },
    }
}

fn money(chance: &mut Chance, kind: MoneyFactKind) -> MoneyFact {
    match kind {
        MoneyFactKind::FundOpened => MoneyFact::FundOpened(FundOpened {
            fund: of("f1"),
            funders: vec![of(CCGS[0])],
            amount_pence: 1_000,
            per_patient_pence: 10,
            effective: Period::open(first()),
        }),
        MoneyFactKind::SupportPaid => MoneyFact::SupportPaid(SupportPaid {
            fund: of("f1"),
            payment: of(&format!("p{}", chance.below(3))),
            payer: of(CCGS[0]),
            recipient: of(chance.of(&PRACTICES)),
            paid_on: chance.day(),
            patients: 5,
            amount_pence: 50,
            power: None,
        }),
        MoneyFactKind::PaymentDirectionMade => {
            let made_on = chance.day();
            let other = chance.day();
            MoneyFact::PaymentDirectionMade(PaymentDirectionMade {
                made_by: of(chance.of(&["SOFS", "X24"])),
                given_to: vec![of("X24"), of(chance.commissioner())],
                power: of("2006 Act s.87"),
                made_on,
                effective_from: if chance.once_in(2) { made_on } else { other },
                supersedes: chance.once_in(2).then(|| of("earlier directions")),
                functions: vec![of(chance.of(&["qof", "vaccination"]))],
                text: of("directions"),
            })
        }
    }
}

fn committees(chance: &mut Chance, kind: CommitteeFactKind) -> CommitteeFact {
    let commissioner = of(chance.commissioner());
    match kind {
        CommitteeFactKind::InterestDeclared => {
            let aware_on = chance.day();
            CommitteeFact::InterestDeclared(InterestDeclared {
                office: of("GP member"),
                body: commissioner,
                interest: of("financial"),
                concerns: of(chance.of(&PRACTICES)),
                aware_on,
                declared_on: aware_on,
                note: None,
            })
        }
        CommitteeFactKind::DecisionTaken => CommitteeFact::DecisionTaken(DecisionTaken {
            body: commissioner,
            forum: Forum { kind: ForumKind::Committee, name: of("committee") },
            fund: of("f1"),
            payment: of(&format!("p{}", chance.below(3))),
            decided_on: chance.day(),
            quorate: true,
            handled: vec![Handling { office: of("GP member"), way: of("noted") }],
            note: None,
        }),
    }
}

/// Mostly of a field that is there.
fn redacted(chance: &mut Chance, register: &Register) -> FieldRedacted {
    let holds = |at: &Position| !register.personal(*at).is_empty();
    let held: Vec<Position> = Position::ZERO.up_to(register.tail()).filter(holds).collect();
    let any = |chance: &mut Chance| Position::new(chance.below(register.tail().get() + 2));
    let about = match held.as_slice() {
        [] => any(chance),
        _ if chance.once_in(8) => any(chance),
        some => chance.of(some),
    };
    let fields: Vec<_> = register.personal(about).iter().map(|each| each.0).collect();
    let field = match fields.as_slice() {
        [] => PersonalField::Note,
        _ if chance.once_in(8) => PersonalField::Handled(7),
        some => chance.of(some),
    };
    FieldRedacted { about, field, reason: of("reason"), authority: of("authority") }
}
