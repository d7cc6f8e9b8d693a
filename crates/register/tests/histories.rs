//! Random histories: no append changes an answer for an earlier position, a retraction leaves
//! nothing behind, two folds are equal, and timelines tile.
//!
//! `REMIT_HISTORIES` histories (default 60) from `REMIT_HISTORIES_SEED`; the seed is printed.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::Arc;

use remit_domain::{
    Act, Area, Body, BodyRole, Command, Confidence, ContractType, Day, EndReason, Event, Evidence,
    Fact, Function, HolderRule, Instrument, InstrumentKind, LegalBasis, LiableRule, Member,
    Membership, Part, Period, Relation, Route, Rule, RuleContent, Start, Succession,
    SuccessionKind,
};
use remit_register::{Place, Register};

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// A sequence of numbers that looks like chance and is not (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).expect("small")].clone()
    }

    fn day(&mut self) -> Day {
        let year = 2013 + i32::try_from(self.below(14)).expect("small");
        Day::from_ymd_opt(year, self.of(&[4, 7]), 1).expect("a day")
    }

    fn period(&mut self) -> Period {
        let from = self.day();
        let until = (self.below(2) == 0).then(|| self.day()).filter(|until| *until > from);
        Period::new(from, until).expect("a period")
    }
}

fn of<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well-formed")
}

const COMMISSIONERS: [&str; 4] = ["00A", "00B", "00C", "QAA"];
const PRACTICES: [&str; 3] = ["A00001", "A00002", "A00003"];
const FUNCTIONS: [&str; 2] = ["qof", "gms-contracts"];
const CONTRACTS: [&str; 2] = ["A00001/GMS-1", "A00002/APMS-1"];

/// The law of a small world.
fn law() -> Vec<Fact> {
    use LegalBasis::{NoArrangement, S13zBy, S13zJointly, S65z5};
    let start = Day::from_ymd_opt(2013, 4, 1).expect("a day");
    let turn = Day::from_ymd_opt(2022, 7, 1).expect("a day");
    let before = Period::new(start, Some(turn)).expect("a period");
    let rule = |id: &str, effective, content| {
        let (text, citation) = (of("t"), of("c"));
        let confidence = Confidence::Confirmed;
        Fact::RuleEnacted(Rule {
            id: of(id),
            effective: Some(effective),
            content,
            text,
            citation,
            confidence,
        })
    };
    let liable = |bases, liable| RuleContent::Liability { bases, liable };
    let receiving = |bases, roles| RuleContent::Receiving { bases, roles };
    let mut facts = vec![
        Fact::BodyEstablished(Body {
            code: of("X24"),
            role: BodyRole::NhsEngland,
            name: of("NHS England"),
            legal_form: None,
            effective: Period::open(start),
        }),
        rule("L0", Period::open(start), liable(vec![NoArrangement], LiableRule::Holder)),
        rule("L1", before, liable(vec![S13zBy, S13zJointly], LiableRule::Holder)),
        rule("L7", Period::open(turn), liable(vec![S65z5], LiableRule::Exerciser)),
        rule("r1", before, receiving(vec![S13zBy, S13zJointly], vec![BodyRole::Ccg])),
        rule("r2", Period::open(turn), receiving(vec![S65z5], vec![BodyRole::Icb])),
    ];
    for code in FUNCTIONS {
        for (effective, bases) in
            [(before, vec![S13zBy, S13zJointly]), (Period::open(turn), vec![S65z5])]
        {
            let route = |basis| Route { basis, confidence: Confidence::Derived };
            facts.push(Fact::FunctionCatalogued(Function {
                code: of(code),
                name: of(code),
                effective,
                holder: HolderRule::Body(of("X24")),
                basis: of("s.83"),
                reserved: false,
                routes: bases.into_iter().map(route).collect(),
                part: Part::Whole,
                confidence: Confidence::Confirmed,
                citation: of("c"),
                note: None,
            }));
        }
    }
    facts
}

/// Something that may or may not be allowed.
fn anything(chance: &mut Chance, step: u64) -> Fact {
    let commissioner = of(chance.of(&COMMISSIONERS));
    let instrument = of(&format!("i{}", chance.below(step / 4 + 2)));
    match chance.below(11) {
        0 | 1 => Fact::BodyEstablished(Body {
            code: of(chance.of(&[COMMISSIONERS.as_slice(), &PRACTICES].concat())),
            role: chance.of(&[BodyRole::Ccg, BodyRole::Ccg, BodyRole::Icb, BodyRole::Practice]),
            name: of(&format!("name {}", chance.below(5))),
            legal_form: None,
            effective: chance.period(),
        }),
        2 => Fact::BodyDissolved {
            code: commissioner,
            role: chance.of(&[BodyRole::Ccg, BodyRole::Icb]),
            effective_until: chance.day(),
        },
        3 => Fact::SuccessionRecorded(Succession {
            predecessor: commissioner,
            successor: of(chance.of(&COMMISSIONERS)),
            effective_on: chance.day(),
            kind: SuccessionKind::Merger,
            by_area: Some(Confidence::Confirmed),
            by_liability: None,
            share_millionths: None,
        }),
        4 => Fact::MembershipStarted(Membership {
            member: match chance.below(3) {
                0 => Member::Contract(of(chance.of(&CONTRACTS))),
                _ => Member::Body(of(chance.of(&PRACTICES))),
            },
            group: commissioner,
            relation: Relation::PracticeOfCommissioner,
            effective: chance.period(),
        }),
        5 => Fact::MembershipEnded {
            member: Member::Body(of(chance.of(&PRACTICES))),
            group: commissioner,
            relation: Relation::PracticeOfCommissioner,
            effective_from: chance.day(),
            effective_until: chance.day(),
        },
        6 => Fact::ContractHeld {
            contract: of(chance.of(&CONTRACTS)),
            holder: of(chance.of(&PRACTICES)),
            contract_type: ContractType::Apms,
            effective: chance.period(),
        },
        7 => {
            use InstrumentKind::{Delegation, GreaterInvolvement, JointArrangement};
            let (kind, basis) = chance.of(&[
                (Delegation, LegalBasis::S13zBy),
                (Delegation, LegalBasis::S65z5),
                (JointArrangement, LegalBasis::S13zJointly),
                (GreaterInvolvement, LegalBasis::NoArrangement),
            ]);
            Fact::InstrumentDrawn(Instrument {
                id: instrument,
                kind,
                basis,
                title: of("t"),
                given_by: vec![of("X24")],
                given_to: vec![commissioner],
                functions: vec![of(chance.of(&FUNCTIONS))],
                area: Area::Of(vec![commissioner]),
                forum: None,
                conditions: Vec::new(),
                loss_exceptions: Vec::new(),
                onward_barred: false,
            })
        }
        8 => Fact::InstrumentInForce {
            instrument,
            effective: chance.period(),
            start: chance.of(&[Start::Evidenced, Start::NotEvidenced, Start::ApprovalOnly]),
        },
        9 => Fact::InstrumentEnded {
            instrument,
            effective_until: chance.day(),
            reason: EndReason::Terminated,
            by: vec![of("X24"), commissioner],
        },
        _ => Fact::LevelNotHeld {
            body: commissioner,
            bases: vec![LegalBasis::S13zBy],
            functions: Vec::new(),
            effective: chance.period(),
        },
    }
}

fn evidence(chance: &mut Chance) -> Arc<Evidence> {
    let confidence =
        chance.of(&[Confidence::Confirmed, Confidence::Derived, Confidence::Unconfirmed]);
    let source = of(&format!("source {}", chance.below(4)));
    Arc::new(Evidence { source, url: None, made_on: None, confidence, note: None })
}

fn places() -> Vec<Place> {
    let bodies = COMMISSIONERS.iter().chain(&PRACTICES).map(|code| Place::Body(of(code)));
    bodies.chain(CONTRACTS.iter().map(|id| Place::Contract(of(id)))).collect()
}

/// Every answer of the small world on a few days, as known at a position, in words.
fn answers(register: &Register, position: u64) -> Vec<String> {
    let mut found = Vec::new();
    for place in places() {
        for function in FUNCTIONS {
            for (year, month) in [(2012, 1), (2014, 5), (2016, 8), (2019, 4), (2022, 7), (2027, 1)]
            {
                let on = Day::from_ymd_opt(year, month, 1).expect("a day");
                let answer = register.who_holds(&of(function), &place, on, position);
                found.push(format!("{answer:?}"));
            }
        }
    }
    found
}

#[test]
fn histories_keep_their_promises() {
    let (histories, seed) =
        (variable("REMIT_HISTORIES", 60), variable("REMIT_HISTORIES_SEED", 20_150_401));
    println!("{histories} histories, REMIT_HISTORIES_SEED={seed}");
    let (mut accepted, mut refused, mut retracted) = (0, 0, 0);
    for history in 0..histories {
        let mut chance = Chance(seed.wrapping_add(history));
        let mut register = Register::new();
        let mut events: Vec<Event> = Vec::new();
        let mut remembered: Vec<(u64, Vec<String>)> = Vec::new();
        let first: Vec<_> = law().into_iter().map(|fact| (fact, evidence(&mut chance))).collect();
        for step in 0..500_u64 {
            let (fact, evidence) = match first.get(usize::try_from(step).expect("small")) {
                Some(of_law) => of_law.clone(),
                None => (anything(&mut chance, step), evidence(&mut chance)),
            };
            let command = Command { act: Act::State(fact), evidence };
            let before = register.tail();
            let Ok(event) = register.admit(command) else {
                refused += 1;
                continue;
            };
            if step >= first.len() as u64 && chance.below(4) == 0 {
                // Decided, and never durable: taken back, with all that was decided on top of it.
                let more = Command {
                    act: Act::State(anything(&mut chance, step)),
                    evidence: self::evidence(&mut chance),
                };
                let _ = register.admit(more);
                register.retract_after(before);
                retracted += 1;
                continue;
            }
            events.push(event);
            register.stamp(before + 1, i64::try_from(step).expect("small") * 1_000_000);
            register.settle(register.tail());
            accepted += 1;
            if chance.below(8) == 0 {
                remembered.push((register.tail(), answers(&register, register.tail())));
            }
        }
        for (position, answered) in remembered {
            assert_eq!(answers(&register, position), answered, "history {history} at {position}");
        }
        let mut afresh = Register::new();
        for (position, event) in (1..).zip(&events) {
            afresh.apply(event);
            afresh.stamp(position, register.known_at(position).recorded_at.expect("stamped"));
        }
        assert_eq!(register.fingerprint(), afresh.fingerprint(), "history {history}");
        tile(&register, history);
    }
    println!("{accepted} accepted, {refused} refused, {retracted} retracted");
    assert!(accepted > histories * 20 && refused > 0 && retracted > 0);
}

/// Every day and position lies in one rectangle, which says what asking there says.
fn tile(register: &Register, history: u64) {
    let head = register.tail();
    for place in
        [Place::Body(of("A00001")), Place::Body(of("00A")), Place::Contract(of(CONTRACTS[0]))]
    {
        let function = of("qof");
        let rectangles = register.timeline(&function, &place, head);
        for position in 0..=head {
            for year in 2012..2029 {
                for month in [3, 4, 6, 7] {
                    let on = Day::from_ymd_opt(year, month, 1).expect("a day");
                    let inside: Vec<_> = rectangles
                        .iter()
                        .filter(|r| {
                            r.effective_from.is_none_or(|from| from <= on)
                                && r.effective_until.is_none_or(|until| on < until)
                                && r.known_from <= position
                                && r.known_until.is_none_or(|until| position < until)
                        })
                        .collect();
                    let at = format!("history {history}, {place} on {on} at {position}");
                    assert_eq!(inside.len(), 1, "{at}");
                    let asked = register.who_holds(&function, &place, on, position);
                    assert!(inside[0].answer.says_the_same(&asked), "{at}");
                }
            }
        }
    }
}
