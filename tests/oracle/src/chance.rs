//! Random histories of a small world, in which anything that can be said is said.
//!
//! What is asked for is random; what is recorded is what the register admits. So a history holds
//! nothing that could not be recorded, and the model and the register see the same events.

use std::sync::Arc;

use remit_domain::{
    Act, Area, Body, BodyRole, Command, Confidence, ContractType, Correction, CorrectionKind, Day,
    EndReason, Event, Evidence, Fact, FactKind, Forum, ForumKind, Function, Handling, HolderRule,
    Instrument, InstrumentKind, Known, LegalBasis, LiableRule, Member, Membership, Part, Party,
    Period, PersonalField, Relation, Route, Rule, RuleContent, Stage, Start, State, Step,
    Succession, SuccessionKind, Word,
};
use remit_register::{Register, london_day};

use crate::said::{Place, Question};

/// A number from the environment, or a default.
#[must_use]
pub fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// A sequence of numbers that looks like chance and is not (splitmix64).
pub struct Chance(pub u64);

/// A code, id or text.
///
/// # Panics
/// Where it is not well-formed.
#[must_use]
pub fn of<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well-formed")
}

const CCGS: [&str; 4] = ["00A", "00B", "00C", "00D"];
const ICBS: [&str; 2] = ["QAA", "QBB"];
const PRACTICES: [&str; 2] = ["A00001", "A00002"];
const CONTRACTS: [&str; 2] = ["A00001/GMS-1", "A00001/APMS-2"];
/// NHS England's, delegable; its own reserved; the Secretary of State's; a commissioner's own; NHS
/// England's, which goes by direction.
const FUNCTIONS: [&str; 5] =
    ["qof", "performers-list", "vaccination", "own-services", "out-of-hours"];
const CONDITIONS: [&str; 2] = ["segment 3", "segment 4"];

fn first() -> Day {
    Day::from_ymd_opt(2013, 4, 1).expect("a day")
}

/// The day on which the law of the small world turns.
fn turn() -> Day {
    Day::from_ymd_opt(2022, 7, 1).expect("a day")
}

impl Chance {
    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    /// Whether a thing that happens once in so many times happens.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).expect("small")].clone()
    }

    /// The first of April, July or October of a year from 2013 to 2027.
    pub fn day(&mut self) -> Day {
        let year = 2013 + i32::try_from(self.below(15)).expect("small");
        Day::from_ymd_opt(year, self.of(&[4, 4, 7, 10]), 1).expect("a day")
    }

    fn period(&mut self) -> Period {
        let from = self.day();
        let until = self.once_in(3).then(|| self.day()).filter(|until| *until > from);
        Period::new(from, until).expect("a period")
    }

    /// A CCG or an ICB.
    pub fn commissioner(&mut self) -> &'static str {
        if self.once_in(3) { self.of(&ICBS) } else { self.of(&CCGS) }
    }

    fn evidence(&mut self) -> Arc<Evidence> {
        let confidence =
            self.of(&[Confidence::Confirmed, Confidence::Derived, Confidence::Unconfirmed]);
        let made_on = (!self.once_in(3)).then(|| self.day());
        let source = of(&format!("source {}", self.below(4)));
        let note = self.once_in(4).then(|| of("note"));
        Arc::new(Evidence { source, url: None, made_on, confidence, note })
    }

    /// A place of the small world.
    pub fn place(&mut self) -> Place {
        match self.below(20) {
            0 => Place::Contract(of(self.of(&CONTRACTS))),
            1..4 => Place::Body(of(self.of(&PRACTICES))),
            4 => Place::Body(of(self.of(&["X24", "SOFS", "00Z"]))),
            _ => Place::Body(of(self.commissioner())),
        }
    }

    /// A function's code, once in many times one that does not exist.
    pub fn function(&mut self) -> remit_domain::FunctionCode {
        match self.below(40) {
            0 => of("no-such-function"),
            1..28 => of(FUNCTIONS[0]),
            _ => of(self.of(&FUNCTIONS)),
        }
    }
}

fn enacted(id: &str, effective: Option<Period>, content: RuleContent) -> Fact {
    Fact::RuleEnacted(Rule {
        id: of(id),
        effective,
        content,
        text: of("text"),
        citation: of("citation"),
        confidence: Confidence::Confirmed,
    })
}

fn body(code: &str, role: BodyRole, effective: Period) -> Fact {
    let (name, legal_form) = (of(code), None);
    Fact::BodyEstablished(Body { code: of(code), role, name, legal_form, effective })
}

fn catalogued(code: &str, effective: Period, bases: &[LegalBasis]) -> Fact {
    let holder = match code {
        "vaccination" => HolderRule::Body(of("SOFS")),
        "own-services" => HolderRule::Commissioner,
        _ => HolderRule::Body(of("X24")),
    };
    let route = |basis: &LegalBasis| Route { basis: *basis, confidence: Confidence::Derived };
    Fact::FunctionCatalogued(Function {
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
    })
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
    let mut facts = vec![
        body("SOFS", SecretaryOfState, always),
        body("X24", NhsEngland, always),
        enacted("L0", Some(always), liable(&[B::NoArrangement], LiableRule::Holder)),
        enacted(
            "L1",
            Some(before),
            liable(&[B::S13zBy, B::S13zJointly, B::S14z3], LiableRule::Holder),
        ),
        enacted("L5", Some(always), liable(&[B::S98a, B::S14z21], LiableRule::NotStated)),
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
        enacted(
            "notice",
            Some(before),
            RuleContent::Notice { bases: vec![B::S13zBy], last: (9, 30), ends: (4, 1) },
        ),
        enacted(
            "goes-on",
            Some(always),
            RuleContent::Continuity { basis: B::S98a, from: Ccg, to: Icb },
        ),
        enacted("across", Some(always), RuleContent::ReadAcross { from: Ccg, to: Icb }),
    ];
    for step in Step::ALL {
        let (bases, from) = (B::ALL.to_vec(), State::ALL.to_vec());
        let by = if *step == Step::GiveNotice { vec![Party::Receiver] } else { Vec::new() };
        let content = RuleContent::Transition { bases, step: *step, from, by };
        facts.push(enacted(&format!("step-{step}"), Some(always), content));
    }
    facts.push(catalogued("qof", before, &[B::S13zBy, B::S13zJointly]));
    facts.push(catalogued("qof", after, &[B::S65z5, B::S65z5Jointly]));
    facts.push(catalogued("performers-list", always, &[]));
    facts.push(catalogued("vaccination", always, &[B::S7a]));
    facts.push(catalogued("out-of-hours", always, &[B::S98a]));
    facts.push(catalogued("own-services", before, &[]));
    facts.push(enacted(
        "vest",
        None,
        RuleContent::Vesting {
            functions: vec![of("qof"), of("performers-list")],
            role: Icb,
            ends: vec![B::S65z5],
        },
    ));
    facts
}

/// Most of the bodies there will be, and who belongs to whom: so that most questions lead somewhere.
fn opening(chance: &mut Chance) -> Vec<Fact> {
    let before = Period::new(first(), Some(turn())).expect("a period");
    let mut facts = Vec::new();
    for code in CCGS {
        if !chance.once_in(4) {
            let effective = if chance.once_in(2) { before } else { Period::open(first()) };
            facts.push(body(code, BodyRole::Ccg, effective));
        }
    }
    for code in ICBS {
        if !chance.once_in(5) {
            facts.push(body(code, BodyRole::Icb, Period::open(turn())));
        }
    }
    for code in PRACTICES {
        facts.push(body(code, BodyRole::Practice, Period::open(first())));
        facts.push(Fact::MembershipStarted(Membership {
            member: Member::Body(of(code)),
            group: of(chance.of(&CCGS)),
            relation: Relation::PracticeOfCommissioner,
            effective: if chance.once_in(2) { before } else { Period::open(first()) },
        }));
    }
    if chance.once_in(2) {
        let ccg = chance.of(&CCGS);
        if chance.once_in(2) {
            facts.extend(directed(ccg));
        }
        facts.push(Fact::SuccessionRecorded(Succession {
            predecessor: of(ccg),
            successor: of(chance.of(&ICBS)),
            effective_on: turn(),
            kind: SuccessionKind::CcgToIcb,
            by_area: Some(Confidence::Confirmed),
            by_liability: Some(Confidence::Confirmed),
            share_millionths: None,
        }));
    }
    facts
}

/// A direction to a CCG, which by law goes on against whoever succeeds it.
fn directed(ccg: &str) -> [Fact; 2] {
    let direction = Instrument {
        id: of("direction"),
        kind: InstrumentKind::Direction,
        basis: LegalBasis::S98a,
        title: of("t"),
        given_by: vec![of("X24")],
        given_to: vec![of(ccg)],
        functions: vec![of("out-of-hours")],
        area: Area::Of(vec![of(ccg)]),
        forum: None,
        conditions: Vec::new(),
        loss_exceptions: Vec::new(),
        onward_barred: false,
    };
    let (instrument, effective) = (direction.id.clone(), Period::open(first()));
    let start = Start::Evidenced;
    [Fact::InstrumentDrawn(direction), Fact::InstrumentInForce { instrument, effective, start }]
}

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
        _ if chance.once_in(20) => "performers-list",
        _ => "qof",
    };
    Instrument {
        id: of(id),
        kind,
        basis,
        title: of("t"),
        given_by: vec![of(giver)],
        given_to: vec![of(receiver)],
        functions: vec![of(function)],
        area,
        forum: None,
        conditions: if chance.once_in(4) { vec![of(CONDITIONS[0])] } else { Vec::new() },
        loss_exceptions: Vec::new(),
        onward_barred: chance.once_in(6),
    }
}

/// Something of a kind that may or may not be allowed.
fn fact(chance: &mut Chance, kind: FactKind, register: &Register) -> Act {
    let instruments = 3 + register.tail() / 20;
    use FactKind as K;
    let id = format!("i{}", chance.below(instruments + 1));
    let instrument = of(&id);
    let commissioner = of(chance.commissioner());
    let by = Vec::new();
    Act::State(match kind {
        K::BodyEstablished => {
            let (codes, role): (&[&str], _) = chance.of(&[
                (CCGS.as_slice(), BodyRole::Ccg),
                (CCGS.as_slice(), BodyRole::Ccg),
                (CCGS.as_slice(), BodyRole::SubIcbLocation),
                (ICBS.as_slice(), BodyRole::Icb),
                (PRACTICES.as_slice(), BodyRole::Practice),
            ]);
            let code = chance.of(codes);
            body(code, role, chance.period())
        }
        K::BodyDissolved => Fact::BodyDissolved {
            code: commissioner,
            role: chance.of(&[BodyRole::Ccg, BodyRole::Icb, BodyRole::SubIcbLocation]),
            effective_until: chance.day(),
        },
        K::BodyNamed => Fact::BodyNamed {
            code: commissioner,
            name: of(&format!("name {}", chance.below(5))),
            effective: chance.period(),
        },
        K::SuccessionRecorded => Fact::SuccessionRecorded(Succession {
            predecessor: commissioner,
            successor: of(chance.commissioner()),
            effective_on: chance.day(),
            kind: chance.of(&[SuccessionKind::Merger, SuccessionKind::Split]),
            by_area: (!chance.once_in(4)).then_some(Confidence::Confirmed),
            by_liability: chance.once_in(2).then_some(Confidence::Unconfirmed),
            share_millionths: None,
        }),
        K::MembershipStarted => {
            let (member, relation) = match chance.below(4) {
                0 => {
                    (Member::Contract(of(chance.of(&CONTRACTS))), Relation::PracticeOfCommissioner)
                }
                1 => (Member::Body(of(chance.of(&CCGS))), Relation::SubIcbOfIcb),
                _ => (Member::Body(of(chance.of(&PRACTICES))), Relation::PracticeOfCommissioner),
            };
            let group = match relation {
                Relation::SubIcbOfIcb => of(chance.of(&ICBS)),
                _ => commissioner,
            };
            Fact::MembershipStarted(Membership {
                member,
                group,
                relation,
                effective: chance.period(),
            })
        }
        K::MembershipEnded => {
            let (member, relation) = match chance.below(4) {
                0 => {
                    (Member::Contract(of(chance.of(&CONTRACTS))), Relation::PracticeOfCommissioner)
                }
                1 => (Member::Body(of(chance.of(&CCGS))), Relation::SubIcbOfIcb),
                _ => (Member::Body(of(chance.of(&PRACTICES))), Relation::PracticeOfCommissioner),
            };
            let held = register.groups(&member, relation);
            let (group, from) = match held.first() {
                Some(held) => (held.value.0, held.value.1.from()),
                None => (commissioner, chance.day()),
            };
            let effective_until = chance.day();
            Fact::MembershipEnded { member, group, relation, effective_from: from, effective_until }
        }
        K::ContractHeld => Fact::ContractHeld {
            contract: of(chance.of(&CONTRACTS)),
            holder: of(chance.of(&PRACTICES)),
            contract_type: ContractType::Apms,
            effective: chance.period(),
        },
        K::FunctionCatalogued => {
            let code = chance.of(&FUNCTIONS);
            catalogued(code, chance.period(), &[LegalBasis::S13zBy, LegalBasis::S65z5])
        }
        K::FunctionEnded => Fact::FunctionEnded {
            function: of(chance.of(&FUNCTIONS)),
            effective_until: chance.day(),
        },
        // The same ids again and again, so that one can be corrected into another's way.
        K::RuleEnacted => {
            let effective = chance.period();
            let basis = chance.of(&[LegalBasis::S13zBy, LegalBasis::S65z5, LegalBasis::S98a]);
            let liable = chance.of(&[LiableRule::Holder, LiableRule::Exerciser]);
            let content = RuleContent::Liability { bases: vec![basis], liable };
            enacted(&format!("L{}", chance.below(3) + 10), Some(effective), content)
        }
        K::RuleCommenced => {
            Fact::RuleCommenced { rule: of(chance.of(&["vest", "L8"])), effective: chance.period() }
        }
        K::RuleEnded => Fact::RuleEnded {
            rule: of(chance.of(&["vest", "L7", "L8", "goes-on", "across", "L10"])),
            effective_until: chance.day(),
        },
        K::InstrumentDrawn => Fact::InstrumentDrawn(text(chance, &id)),
        K::InstrumentVaried => {
            let drawn = register.instrument(&instrument).map(|known| known.instrument.clone());
            let mut varied = drawn.unwrap_or_else(|| text(chance, &id));
            match chance.below(3) {
                0 => varied.area = Area::Of(vec![commissioner]),
                1 => varied.functions.extend([of(FUNCTIONS[0]), of(FUNCTIONS[2])]),
                _ => varied.conditions.push(of(chance.of(&CONDITIONS))),
            }
            Fact::InstrumentVaried { instrument: varied, effective_from: chance.day(), by }
        }
        K::ConditionAttached => Fact::ConditionAttached {
            instrument,
            condition: of(chance.of(&CONDITIONS)),
            effective_from: chance.day(),
            by,
        },
        K::ConditionLifted => Fact::ConditionLifted {
            instrument,
            condition: of(chance.of(&CONDITIONS)),
            effective_until: chance.day(),
            by,
        },
        K::InstrumentAdvanced => {
            Fact::InstrumentAdvanced { instrument, stage: chance.of(Stage::ALL), by }
        }
        K::InstrumentInForce => Fact::InstrumentInForce {
            instrument,
            effective: chance.period(),
            start: chance.of(Start::ALL),
        },
        K::InstrumentEnded => Fact::InstrumentEnded {
            instrument,
            effective_until: chance.day(),
            reason: chance.of(&[EndReason::Terminated, EndReason::Revoked, EndReason::Expired]),
            by,
        },
        K::NoticeGiven | K::Corrected => {
            let known = register.instrument(&instrument);
            let receiver = known.and_then(|known| known.instrument.given_to.first().copied());
            return Act::GiveNotice {
                instrument,
                given_by: receiver.unwrap_or(commissioner),
                given_on: chance.day(),
            };
        }
        K::WorkPerformed => Fact::WorkPerformed {
            instrument,
            performer: of(chance.of(&["X24", "00A"])),
            functions: if chance.once_in(2) { vec![of("qof")] } else { Vec::new() },
            effective: chance.period(),
        },
        K::LevelNotHeld => Fact::LevelNotHeld {
            body: commissioner,
            bases: if chance.once_in(2) {
                vec![LegalBasis::S13zBy, LegalBasis::S13zJointly]
            } else {
                vec![chance.of(&[LegalBasis::S13zBy, LegalBasis::S65z5, LegalBasis::S65z5Jointly])]
            },
            functions: if chance.once_in(2) { vec![of("qof")] } else { Vec::new() },
            effective: chance.period(),
        },
        K::ExpectationStated => Fact::ExpectationStated {
            function: of("qof"),
            area: commissioner,
            expected: of(chance.commissioner()),
            effective_from: chance.day(),
            nature: of("policy statement"),
        },
        K::ClusterFormed => Fact::ClusterFormed {
            name: of("a cluster"),
            bodies: vec![commissioner, of(chance.commissioner())],
            effective: chance.period(),
        },
        K::FundOpened => Fact::FundOpened {
            fund: of("f1"),
            funders: vec![of(CCGS[0])],
            amount_pence: 1_000,
            per_patient_pence: 10,
            effective: Period::open(first()),
        },
        K::SupportPaid => Fact::SupportPaid {
            fund: of("f1"),
            payment: of(&format!("p{}", chance.below(3))),
            payer: of(CCGS[0]),
            recipient: of(chance.of(&PRACTICES)),
            paid_on: chance.day(),
            patients: 5,
            amount_pence: 50,
            power: None,
        },
        K::InterestDeclared => {
            let aware_on = chance.day();
            Fact::InterestDeclared {
                office: of("GP member"),
                body: commissioner,
                interest: of("financial"),
                concerns: of(chance.of(&PRACTICES)),
                aware_on,
                declared_on: aware_on,
                note: None,
            }
        }
        K::FieldRedacted => {
            let holds = |at: &u64| !register.personal(*at).is_empty();
            let held: Vec<u64> = (1..=register.tail()).filter(holds).collect();
            let about = match held.as_slice() {
                [] => chance.below(register.tail() + 2),
                _ if chance.once_in(8) => chance.below(register.tail() + 2),
                some => chance.of(some),
            };
            let fields: Vec<_> = register.personal(about).iter().map(|each| each.0).collect();
            let field = match fields.as_slice() {
                [] => PersonalField::Note,
                _ if chance.once_in(8) => PersonalField::Handled(7),
                some => chance.of(some),
            };
            let (reason, authority) = (of("reason"), of("authority"));
            Fact::FieldRedacted { about, field, reason, authority }
        }
        K::DecisionTaken => Fact::DecisionTaken {
            body: commissioner,
            forum: Forum { kind: ForumKind::Committee, name: of("committee") },
            fund: of("f1"),
            payment: of(&format!("p{}", chance.below(3))),
            decided_on: chance.day(),
            quorate: true,
            handled: vec![Handling { office: of("GP member"), way: of("noted") }],
            note: None,
        },
    })
}

/// Kinds by how often they are tried: what moves answers most often.
const OFTEN: [FactKind; 24] = [
    FactKind::InterestDeclared,
    FactKind::FieldRedacted,
    FactKind::FundOpened,
    FactKind::SupportPaid,
    FactKind::DecisionTaken,
    FactKind::BodyEstablished,
    FactKind::SuccessionRecorded,
    FactKind::MembershipStarted,
    FactKind::MembershipEnded,
    FactKind::WorkPerformed,
    FactKind::ConditionAttached,
    FactKind::ExpectationStated,
    FactKind::InstrumentDrawn,
    FactKind::InstrumentDrawn,
    FactKind::InstrumentInForce,
    FactKind::InstrumentInForce,
    FactKind::InstrumentInForce,
    FactKind::InstrumentInForce,
    FactKind::InstrumentAdvanced,
    FactKind::InstrumentEnded,
    FactKind::InstrumentVaried,
    FactKind::LevelNotHeld,
    FactKind::BodyDissolved,
    FactKind::NoticeGiven,
];

/// A command that may or may not be allowed.
pub fn command(chance: &mut Chance, register: &Register) -> Command {
    // Mostly about what was said of this world, now and then about the law itself.
    let law = law().len() as u64;
    let first = if chance.once_in(12) || register.tail() <= law { 0 } else { law };
    let about = first + chance.below(register.tail() - first) + 1;
    let act = if chance.once_in(5)
        && let Some(event) = register.event(about)
    {
        let kind = chance.of(CorrectionKind::ALL);
        let instead = !chance.once_in(3) || kind != CorrectionKind::ErrorCorrected;
        let other = chance.once_in(4) && kind != CorrectionKind::ErrorCorrected;
        let of_kind = if other { chance.of(&OFTEN) } else { event.kind };
        Act::Correct {
            correction: Correction {
                kind,
                about: (kind != CorrectionKind::RecordedLate || chance.once_in(2)).then_some(about),
                authority: of("authority"),
                reason: of("reason"),
                fact: None,
            },
            instead: instead.then(|| Box::new(fact(chance, of_kind, register))),
        }
    } else if chance.once_in(4) {
        let kind = chance.of(FactKind::ALL);
        fact(chance, kind, register)
    } else {
        let kind = chance.of(&OFTEN);
        fact(chance, kind, register)
    };
    Command { act, evidence: chance.evidence() }
}

/// A question: half the time one about the area and near the days of an instrument in force.
#[must_use]
pub fn question(chance: &mut Chance, history: &History, known_at: u64) -> Question {
    let recorded_at = history.register.known_at(known_at).recorded_at;
    let today = recorded_at.and_then(london_day);
    let (mut function, mut place, mut on) = (chance.function(), chance.place(), chance.day());
    let in_force: Vec<_> = history
        .events
        .iter()
        .filter_map(|(_, event)| match &event.fact {
            Fact::InstrumentInForce { instrument, effective, .. } => Some((instrument, *effective)),
            _ => None,
        })
        .collect();
    if !in_force.is_empty() && chance.once_in(2) {
        let (id, effective) = chance.of(&in_force);
        if let Some(known) = history.register.instrument(id) {
            if let Area::Of(areas) = &known.instrument.area {
                place = Place::Body(chance.of(areas));
            }
            function = chance.of(&known.instrument.functions);
        }
        on = chance.of(&[effective.from(), effective.until().unwrap_or(on), on]);
    }
    Question { function, place, on, known_at, today }
}

/// A register and the events it was folded from.
pub struct History {
    /// The fold.
    pub register: Register,
    /// The events, in log order.
    pub events: Vec<(u64, Event)>,
    /// When each was recorded, in microseconds since 1970 UTC.
    pub instants: Vec<i64>,
    /// How many commands were refused on the way.
    pub refused: u64,
}

/// A history of so many events after the law.
#[must_use]
pub fn history(chance: &mut Chance, events: usize) -> History {
    let mut history =
        History { register: Register::new(), events: Vec::new(), instants: Vec::new(), refused: 0 };
    for fact in law() {
        let evidence = chance.evidence();
        history.record(Command { act: Act::State(fact), evidence }, first());
    }
    for fact in opening(chance) {
        let evidence = chance.evidence();
        history.record(Command { act: Act::State(fact), evidence }, first());
    }
    let begun = law().len();
    let mut today = first();
    for _ in 0..events * 60 {
        if history.events.len() >= begun + events {
            break;
        }
        let command = command(chance, &history.register);
        history.record(command, today);
        if chance.once_in(4) {
            for _ in 0..chance.below(60) {
                today = today.succ_opt().expect("a day");
            }
        }
    }
    history
}

impl History {
    /// Records a command at noon of a day, if it is admitted.
    pub fn record(&mut self, command: Command, today: Day) {
        match self.register.admit(command) {
            Ok(event) => {
                let position = self.register.tail();
                let noon = today.and_hms_opt(12, 0, 0).expect("noon").and_utc();
                self.register.stamp(position, noon.timestamp_micros());
                self.register.settle(position);
                self.events.push((position, event));
                self.instants.push(noon.timestamp_micros());
            }
            Err(_) => self.refused += 1,
        }
    }
}
