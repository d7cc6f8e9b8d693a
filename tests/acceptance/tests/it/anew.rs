//! England's rows of law against a second reading of the statutes, `anew/law.py`, whose writer had
//! not seen the rows: what every row says on its first day, on its last and on each eve. Where the
//! two differ, `WHY` says which is taken and why; a reason that nothing needs any more fails too.
//! Prints the counts.
//!
//! `make anew`; needs `python3`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use acceptance::{code, law, on};
use remit_domain::{
    Act, BodyRole, Capacity, Day, Fact, Function, FunctionCode, HolderRule, LawFact, LegalBasis,
    LiableRule, Rule, RuleContent, Word,
};
use serde_json::{Value, json};

/// The roles that can be a party of something.
const PARTIES: [BodyRole; 10] = [
    BodyRole::SecretaryOfState,
    BodyRole::NhsEngland,
    BodyRole::Ccg,
    BodyRole::Icb,
    BodyRole::Trust,
    BodyRole::LocalAuthority,
    BodyRole::PrimaryCareTrust,
    BodyRole::Federation,
    BodyRole::Pcn,
    BodyRole::Practice,
];

/// Successions by role.
const SUCCESSIONS: [(BodyRole, BodyRole); 5] = [
    (BodyRole::Ccg, BodyRole::Icb),
    (BodyRole::Ccg, BodyRole::Ccg),
    (BodyRole::Icb, BodyRole::Icb),
    (BodyRole::PrimaryCareTrust, BodyRole::Ccg),
    (BodyRole::PrimaryCareTrust, BodyRole::NhsEngland),
];

/// A kind of difference that is meant: what is asked, of which of these, and why.
struct Why {
    asked: &'static str,
    of: &'static [&'static str],
    /// Whether it is about days before April 2013. `None` for all days.
    before_2013: Option<bool>,
    reason: &'static str,
}

/// The routes differ by joint exercise under section 65Z5 and by nothing else.
const JOINT: &str = "routes, joint exercise alone";

const WHY: [Why; 12] = [
    Why {
        asked: "continues",
        of: &["s13z-by", "s13z-jointly", "s7a"],
        before_2013: Some(false),
        reason: "whether a delegated function falls to the ICB is not stated (W6): a gap is \
                 answered, which names the instrument, and nothing is inferred",
    },
    Why {
        asked: "continues",
        of: &["s14z3", "s14z21"],
        before_2013: Some(false),
        reason: "the power ended on the same day: a gap is answered",
    },
    Why {
        asked: "continues",
        of: &["s75"],
        before_2013: Some(false),
        reason: "a CCG's own commissioning and an ICB's are two functions of the catalogue: no \
                 question about the one reaches an instrument about the other",
    },
    Why {
        asked: "onward",
        of: &["s75"],
        before_2013: Some(false),
        reason: "only if the regulations prescribe the function, whose list was not seen",
    },
    Why {
        asked: "read-across",
        of: &["primary-care-trust"],
        before_2013: Some(false),
        reason: "for primary medical contracts only; a row of law reads across all that was done",
    },
    Why {
        asked: "contract-party",
        of: &["s75"],
        before_2013: Some(true),
        reason: "as made, the regulations leave primary medical contracts out of partnerships",
    },
    Why {
        asked: "entitled-too",
        of: &["s98a", "s7a", "s14z9", "s14z3", "s75"],
        before_2013: None,
        reason: "that the giver stays entitled is said of sections 13Z and 65Z5 (D3); the second \
                 reading extends it by the same argument",
    },
    Why {
        asked: "routes",
        of: &["complaints-primary-care"],
        before_2013: Some(false),
        reason: "the delegation may date from 1 April 2023 (W7); no direction is told of",
    },
    Why {
        asked: "routes",
        of: &["armed-forces-health"],
        before_2013: Some(false),
        reason: "lawful, and none was seen: a route would leave every answer unknown",
    },
    Why {
        asked: JOINT,
        of: &[],
        before_2013: Some(false),
        reason: "between ICBs, joint exercise passes on by a rule of law; with NHS England it was \
                 no part of the programme, by section 3.1",
    },
    Why {
        asked: "routes",
        of: &["ccg-own-commissioning"],
        before_2013: Some(true),
        reason: "what trusts commissioned themselves is outside the records",
    },
    Why {
        asked: "holder",
        of: &[],
        before_2013: Some(true),
        reason: "a function without a row before April 2013 is outside the records, never NHS \
                 England's",
    },
];

struct Book {
    rules: Vec<Rule>,
    functions: Vec<Function>,
}

fn book() -> Book {
    let (mut rules, mut functions) = (Vec::new(), Vec::new());
    for command in law() {
        if let Act::State(Fact::Law(LawFact::RuleEnacted(rule))) = command.act {
            rules.push(rule);
        } else if let Act::State(Fact::Law(LawFact::FunctionCatalogued(row))) = command.act {
            functions.push(row);
        }
    }
    Book { rules, functions }
}

impl Book {
    fn days(&self) -> BTreeSet<Day> {
        let rules = self.rules.iter().filter_map(|rule| rule.effective);
        let periods = rules.chain(self.functions.iter().map(|row| row.effective));
        let edges = periods.flat_map(|period| [Some(period.from()), period.until()]);
        let named = ["2005-06-01", "2014-10-01", "2026-11-30"].map(|day| Some(on(day)));
        let edges: BTreeSet<Day> = edges.chain(named).flatten().collect();
        edges.iter().filter_map(|day| day.eve()).chain(edges.iter().copied()).collect()
    }

    fn rules(&self, day: Day) -> impl Iterator<Item = &RuleContent> {
        self.rules.iter().filter(move |rule| rule.in_force(day)).map(|rule| &rule.content)
    }

    fn liable(&self, basis: LegalBasis, day: Day) -> Value {
        let found = self.rules(day).find_map(|content| {
            let RuleContent::Liability { bases, liable } = content else { return None };
            bases.contains(&basis).then_some(*liable)
        });
        match found {
            None => json!({"state": "no-law", "liable": null}),
            Some(LiableRule::NotStated) => json!({"state": "unsettled", "liable": null}),
            Some(liable) => json!({"state": "settled", "liable": liable.word()}),
        }
    }

    fn capacity(&self, of: Capacity, basis: LegalBasis, on: &FunctionCode, day: Day) -> Value {
        let mut found = BTreeSet::new();
        for content in self.rules(day) {
            if let RuleContent::Capacity { bases, functions, capacity, bodies } = content
                && bases.contains(&basis)
                && *capacity == of
                && (functions.is_empty() || functions.contains(on))
            {
                found.extend(bodies.iter().map(|role| role.word()));
            }
        }
        json!({"bodies": found})
    }

    /// A question, and what the rows say.
    fn ask(&self, day: Day, asked: &mut Vec<(Value, Value)>) {
        let on = day.to_string();
        for basis in LegalBasis::ALL.iter().copied() {
            let of = basis.word();
            let liable = self.liable(basis, day);
            let lawful = liable["state"] != "no-law";
            asked.push((json!({"ask": "liable", "basis": of, "day": on}), liable));
            // Beside whom a power leaves nobody, nobody stands.
            for capacity in Capacity::ALL.iter().copied().filter(|_| lawful) {
                for function in ["gms-contracts", "qof", "vaccination-services"] {
                    let question = json!({
                        "ask": "capacity", "basis": of, "day": on,
                        "capacity": capacity.word(), "function": function,
                    });
                    let says = self.capacity(capacity, basis, &code(function), day);
                    asked.push((question, says));
                }
            }
            for role in PARTIES.into_iter().filter(|_| basis != LegalBasis::NoArrangement) {
                let gives = self.rules(day).any(|content| {
                    matches!(content, RuleContent::Giving { bases, roles }
                        if bases.contains(&basis) && roles.contains(&role))
                });
                let receives = self.rules(day).any(|content| {
                    matches!(content, RuleContent::Receiving { bases, roles }
                        if bases.contains(&basis) && roles.contains(&role))
                });
                for (ask, may) in [("give", gives), ("receive", receives)] {
                    let role = role.word();
                    let question = json!({"ask": ask, "basis": of, "day": on, "role": role});
                    asked.push((question, json!({"may": may})));
                }
            }
            let onward = self.rules(day).any(|content| {
                matches!(content, RuleContent::Onward { bases } if bases.contains(&basis))
            });
            let question = json!({"ask": "onward", "basis": of, "day": on});
            asked.push((question, json!({"may": onward})));
            for (from, to) in SUCCESSIONS {
                let goes_on = RuleContent::Continuity { basis, from, to };
                let continues = self.rules(day).any(|content| *content == goes_on);
                let (from, to) = (from.word(), to.word());
                let question =
                    json!({"ask": "continues", "basis": of, "day": on, "from": from, "to": to});
                asked.push((question, json!({"continues": continues})));
            }
        }
        for (from, to) in SUCCESSIONS {
            let across = RuleContent::ReadAcross { from, to };
            let holds = self.rules(day).any(|content| *content == across);
            let (from, to) = (from.word(), to.word());
            let question = json!({"ask": "read-across", "day": on, "from": from, "to": to});
            asked.push((question, json!({"holds": holds})));
        }
        self.ask_functions(day, asked);
    }

    fn ask_functions(&self, day: Day, asked: &mut Vec<(Value, Value)>) {
        let on = day.to_string();
        let codes: BTreeSet<_> = self.functions.iter().map(|row| &row.code).collect();
        for function in codes {
            let rows = self.functions.iter().filter(|row| row.code == *function);
            let row = rows.into_iter().find(|row| row.effective.contains(day));
            let holder = row.map(|row| holder(row, day));
            let mut routes: Vec<_> = row.map_or_else(Vec::new, |row| {
                row.routes.iter().map(|route| route.basis.word()).collect()
            });
            routes.sort_unstable();
            let function = function.as_str();
            let question = json!({"ask": "holder", "day": on, "function": function});
            asked.push((question, json!({"role": holder})));
            let question = json!({"ask": "routes", "day": on, "function": function});
            asked.push((question, json!({"bases": routes})));
        }
    }
}

/// The role of the body that a row of the catalogue places its function on.
fn holder(row: &Function, day: Day) -> &'static str {
    let role = match &row.holder {
        HolderRule::Body(body) if *body == code("SOFS") => BodyRole::SecretaryOfState,
        HolderRule::Body(_) => BodyRole::NhsEngland,
        HolderRule::Commissioner if day < on("2013-04-01") => BodyRole::PrimaryCareTrust,
        HolderRule::Commissioner if day < on("2022-07-01") => BodyRole::Ccg,
        HolderRule::Commissioner => BodyRole::Icb,
        // Councils, alone or by a committee: they are not in the records.
        HolderRule::OutsideRecords(_) => BodyRole::LocalAuthority,
    };
    role.word()
}

/// The place in `WHY` of the reason for a difference.
fn reason(question: &Value, says: &Value, other: &Value) -> Option<usize> {
    let mut with = says["bases"].as_array().cloned().unwrap_or_default();
    with.push(json!("s65z5-jointly"));
    with.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    let joint = other["bases"].as_array().is_some_and(|bases| *bases == with);
    let text = |field: &str| question[field].as_str().unwrap_or_default();
    let about = ["basis", "function", "from"].map(text).into_iter().find(|word| !word.is_empty());
    let before = text("day") < "2013-04-01";
    // Of a capacity, which.
    let asked = match text("ask") {
        _ if joint => JOINT,
        "capacity" => text("capacity"),
        other => other,
    };
    WHY.iter().position(|why| {
        why.asked == asked
            && why.before_2013.is_none_or(|only| only == before)
            && (why.of.is_empty() || about.is_some_and(|about| why.of.contains(&about)))
    })
}

fn read_anew(asked: &[(Value, Value)]) -> Option<Vec<Value>> {
    let mut reader = Command::new(tools::python3()?)
        .current_dir(tools::root())
        .arg("tests/acceptance/anew/law.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut to = reader.stdin.take().expect("piped");
    let lines: String = asked.iter().map(|(question, _)| format!("{question}\n")).collect();
    let writing = std::thread::spawn(move || to.write_all(lines.as_bytes()));
    let out = reader.wait_with_output().expect("ended");
    writing.join().expect("joined").expect("written");
    let out = String::from_utf8(out.stdout).expect("text");
    Some(out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

#[test]
fn the_rows_say_what_a_second_reading_of_the_law_says() {
    let book = book();
    let mut asked = Vec::new();
    for day in book.days() {
        book.ask(day, &mut asked);
    }
    let Some(anew) = read_anew(&asked) else { return };
    assert_eq!(anew.len(), asked.len());
    let (mut meant, mut unmeant) = (BTreeMap::<usize, usize>::new(), Vec::new());
    for ((question, says), mut other) in asked.iter().zip(anew) {
        let open = other.as_object_mut().expect("an object").remove("open");
        if *says == other {
            continue;
        }
        match reason(question, says, &other) {
            Some(why) => *meant.entry(why).or_default() += 1,
            None => unmeant.push(format!("{question}: {says}, anew {other} {open:?}")),
        }
    }
    println!("{} questions; {} answered otherwise", asked.len(), meant.values().sum::<usize>());
    for (why, count) in WHY.iter().enumerate() {
        let count_of = meant.get(&why).copied().unwrap_or_default();
        println!("  {count_of} on {}: {}", count.asked, count.reason);
        assert!(count_of > 0, "no difference needs this reason: {}", count.reason);
    }
    assert!(unmeant.is_empty(), "{} differences: {:#?}", unmeant.len(), &unmeant[..]);
}
