//! The law and the bodies of the small world.

use remit_domain::{
    Area, Body, BodyDissolved, BodyRole, Capacity, Confidence, ContractHeld, ContractType,
    DayOfYear, Fact, Function, FunctionCode, HolderRule, Instrument, InstrumentInForce,
    InstrumentKind, LegalBasis, LiableRule, Member, Membership, Part, Party, Period, Relation,
    RoleInAnswer, Route, Rule, RuleContent, Start, State, Step, Succession, SuccessionKind, Word,
};

use super::{CCGS, CONTRACTS, Chance, HUB, ICBS, PRACTICES, first, of, turn};

pub(super) fn enacted(id: &str, effective: Option<Period>, content: RuleContent) -> Rule {
    Rule {
        id: of(id),
        effective,
        content,
        text: of("text"),
        counter_argument: None,
        citation: of("citation"),
        confidence: Confidence::Confirmed,
    }
}

pub(super) fn body(code: &str, role: BodyRole, effective: Period) -> Body {
    let (name, legal_form) = (of(code), None);
    Body { code: of(code), role, name, legal_form, effective }
}

pub(super) fn catalogued(code: &str, effective: Period, bases: &[LegalBasis]) -> Function {
    let holder = match code {
        "vaccination" => HolderRule::Body(of("SOFS")),
        "own-services" => HolderRule::Commissioner,
        "council-services" => HolderRule::OutsideRecords(of("the council")),
        _ => HolderRule::Body(of("X24")),
    };
    let route = |basis: &LegalBasis| Route { basis: *basis, confidence: Confidence::Derived };
    Function {
        code: of(code),
        name: of(code),
        effective,
        holder,
        basis: of("s.83"),
        reserved: code == "performers-list",
        routes: bases.iter().map(route).collect(),
        part: Part::Whole,
        confidence: Confidence::Confirmed,
        citation: of("citation"),
        note: None,
    }
}

/// The law, the national bodies and the catalogue: every step allowed from every state, so that
/// histories go far. Who may do what is tested elsewhere.
#[must_use]
pub fn law() -> Vec<Fact> {
    use BodyRole::{Ccg, Icb, NhsEngland, SecretaryOfState};
    use LegalBasis as B;
    let before = Period::new(first(), Some(turn())).expect("a period");
    let after = Period::open(turn());
    let always = Period::open(first());
    let liable = |bases: &[B], liable| RuleContent::Liability { bases: bases.to_vec(), liable };
    let receiving = |bases: &[B], roles: &[BodyRole]| RuleContent::Receiving {
        bases: bases.to_vec(),
        roles: roles.to_vec(),
    };
    let (last, ends) = (DayOfYear { month: 9, day: 30 }, DayOfYear { month: 4, day: 1 });
    let rules = [
        enacted("L0", Some(always), liable(&[B::NoArrangement], LiableRule::Holder)),
        enacted(
            "L1",
            Some(before),
            liable(&[B::S13zBy, B::S13zJointly, B::S14z3], LiableRule::Holder),
        ),
        enacted("L5", Some(always), liable(&[B::S98a, B::S14z21], LiableRule::NotStated)),
        enacted("L13", Some(always), liable(&[B::S14z9, B::S75], LiableRule::Holder)),
        enacted("L6", Some(always), liable(&[B::S7a], LiableRule::Exerciser)),
        enacted("L7", Some(after), liable(&[B::S65z5], LiableRule::Exerciser)),
        enacted("L8", None, liable(&[B::S65z5Jointly], LiableRule::EachExerciser)),
        enacted("r1", Some(before), receiving(&[B::S13zBy, B::S13zJointly, B::S14z3], &[Ccg])),
        enacted(
            "r2",
            Some(always),
            receiving(&[B::S98a, B::S7a, B::S14z21], &[Ccg, Icb, NhsEngland]),
        ),
        enacted("r3", Some(after), receiving(&[B::S65z5, B::S65z5Jointly], &[Icb, NhsEngland])),
        enacted("onward", Some(always), RuleContent::Onward { bases: vec![B::S7a, B::S65z5] }),
        enacted("notice", Some(before), RuleContent::Notice { bases: vec![B::S13zBy], last, ends }),
        enacted(
            "goes-on",
            Some(always),
            RuleContent::Continuity { basis: B::S98a, from: Ccg, to: Icb },
        ),
        enacted("across", Some(always), RuleContent::ReadAcross { from: Ccg, to: Icb }),
    ];
    let national = [body("SOFS", SecretaryOfState, always), body("X24", NhsEngland, always)];
    let mut facts: Vec<Fact> = national.map(Fact::from).into();
    facts.extend(rules.map(Fact::from));
    for step in Step::ALL {
        let (bases, from) = (B::ALL.to_vec(), State::ALL.to_vec());
        let by = if *step == Step::GiveNotice { vec![Party::Receiver] } else { Vec::new() };
        let content = RuleContent::Transition { bases, step: *step, from, by };
        facts.push(enacted(&format!("step-{step}"), Some(always), content).into());
    }
    let functions = [
        catalogued("qof", before, &[B::S13zBy, B::S13zJointly]),
        catalogued("qof", after, &[B::S65z5, B::S65z5Jointly]),
        catalogued("performers-list", always, &[]),
        catalogued("vaccination", always, &[B::S7a, B::S6c]),
        catalogued("out-of-hours", always, &[B::S98a, B::S13zBy]),
        catalogued("own-services", before, &[B::S14z3, B::S14z9, B::S75]),
        catalogued("own-services", after, &[B::S65z5, B::S65z5Jointly]),
        catalogued("council-services", always, &[]),
    ];
    facts.extend(functions.map(Fact::from));
    let vesting = RuleContent::Vesting {
        functions: vec![of("qof"), of("performers-list")],
        role: Icb,
        ends: vec![B::S65z5],
    };
    facts.push(enacted("vest", None, vesting).into());
    facts.extend(capacities(always, before).map(Fact::from));
    facts
}

/// Rules on who stands beside those that an answer names and on how it is exercised, some of them
/// without a day.
fn capacities(always: Period, before: Period) -> [Rule; 5] {
    use LegalBasis as B;
    let capacity = |bases: &[B], capacity| RuleContent::Capacity {
        bases: bases.to_vec(),
        functions: Vec::new(),
        capacity,
        bodies: RoleInAnswer::ALL.to_vec(),
    };
    let regime = |functions: &[FunctionCode]| RuleContent::Regime {
        bases: B::ALL.to_vec(),
        functions: functions.to_vec(),
    };
    [
        enacted(
            "joined",
            Some(before),
            capacity(&[B::S13zBy, B::S13zJointly], Capacity::SuableToo),
        ),
        enacted("decides", None, capacity(B::ALL, Capacity::DecisionMaker)),
        enacted("concurrent", Some(always), capacity(&[B::S98a, B::S7a], Capacity::EntitledToo)),
        enacted("tender", Some(before), regime(&[of("qof")])),
        enacted("tell", None, regime(&[])),
    ]
}

/// The end of a CCG whose code lives on as that of a sub-ICB location, as England records it.
fn lives_on_as_location(code: &str) -> [Fact; 2] {
    let ended = BodyDissolved { code: of(code), role: BodyRole::Ccg, effective_until: turn() };
    [ended.into(), body(code, BodyRole::SubIcbLocation, Period::open(turn())).into()]
}

/// Most of the bodies there will be, and who belongs to whom: so that most questions lead
/// somewhere.
pub(super) fn opening(chance: &mut Chance) -> Vec<Fact> {
    let before = Period::new(first(), Some(turn())).expect("a period");
    let mut facts: Vec<Fact> = Vec::new();
    for code in CCGS {
        if !chance.once_in(4) {
            let effective = if chance.once_in(2) { before } else { Period::open(first()) };
            facts.push(body(code, BodyRole::Ccg, effective).into());
            if effective != before && chance.once_in(2) {
                facts.extend(lives_on_as_location(code));
            }
        }
    }
    for code in ICBS {
        if !chance.once_in(5) {
            facts.push(body(code, BodyRole::Icb, Period::open(turn())).into());
        }
    }
    facts.push(body(HUB, BodyRole::CommissioningHub, Period::open(first())).into());
    for code in PRACTICES {
        facts.push(body(code, BodyRole::Practice, Period::open(first())).into());
        let membership = Membership {
            member: Member::Body(of(code)),
            group: if chance.once_in(6) { of(HUB) } else { of(chance.of(&CCGS)) },
            relation: Relation::PracticeOfCommissioner,
            effective: if chance.once_in(2) { before } else { Period::open(first()) },
        };
        facts.push(membership.into());
    }
    for contract in CONTRACTS {
        if chance.once_in(2) {
            let held = ContractHeld {
                contract: of(contract),
                holder: of(PRACTICES[0]),
                contract_type: chance.of(ContractType::ALL),
                effective: Period::open(first()),
            };
            facts.push(held.into());
        }
    }
    if chance.once_in(2) {
        let ccg = chance.of(&CCGS);
        if chance.once_in(2) {
            facts.extend(given(ccg, "direction", InstrumentKind::Direction, LegalBasis::S98a));
        }
        if chance.once_in(4) {
            // By direction and by delegation at once: a conflict about the basis.
            facts.extend(given(ccg, "both", InstrumentKind::Delegation, LegalBasis::S13zBy));
        }
        let succession = Succession {
            predecessor: of(ccg),
            successor: of(chance.of(&ICBS)),
            effective_on: turn(),
            kind: SuccessionKind::CcgToIcb,
            by_area: Some(Confidence::Confirmed),
            by_liability: Some(Confidence::Confirmed),
            share_millionths: None,
        };
        facts.push(succession.into());
    }
    facts
}

/// An instrument by which NHS England gives a CCG one function. A direction by law goes on against
/// whoever succeeds the CCG.
fn given(ccg: &str, id: &str, kind: InstrumentKind, basis: LegalBasis) -> [Fact; 2] {
    let instrument = Instrument {
        id: of(id),
        kind,
        basis,
        title: of("t"),
        given_by: vec![of("X24")],
        given_to: vec![of(ccg)],
        functions: vec![of("out-of-hours")],
        area: Area::Of(vec![of(ccg)]),
        contracts: Vec::new(),
        forum: None,
        conditions: Vec::new(),
        loss_exceptions: Vec::new(),
        onward_barred: false,
    };
    let start = Start::Evidenced;
    let id = instrument.id.clone();
    let force = InstrumentInForce { instrument: id, effective: Period::open(first()), start };
    [instrument.into(), force.into()]
}
