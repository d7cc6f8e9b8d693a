//! An import is a function of its rows: England's evidence shuffled and cut into up to ten imports
//! gives the same answers, with the same confidence, as in one import and in file order.
//!
//! What other rows rest on comes whole and first: bodies, practices, networks, the law, and names,
//! which are read from all sightings at once. `make imports CASES=200`; `REMIT_IMPORTS_SEED` sets
//! the seed, which is printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use oracle::chance::{Chance, variable};
use remit_domain::{BodyCode, BodyRole, Day, FunctionCode};
use remit_reference::{Plan, Source, tables};
use remit_register::{Place, Register};

/// Tables whose rows may come in any order, in any import.
const CUT: [&str; 13] = [
    "organisation_successions.csv",
    "organisation_parents.csv",
    "practice_commissioner.csv",
    "practice_pcn.csv",
    "instruments.csv",
    "co_commissioning.csv",
    "co_commissioning_negative.csv",
    "co_commissioning_applications.csv",
    "icb_delegations.csv",
    "icb_delegations_2023.csv",
    "icb_delegations_2025.csv",
    "specialised_delegation_status.csv",
    "expectations.csv",
];
/// The work of the staff of a region rests on the delegations, so it comes with the last import.
const LAST: &str = "staff_transfers.csv";

type Table = (csv::StringRecord, Vec<csv::StringRecord>);

fn table(name: &str) -> Table {
    let text = Source::England.read(name).expect("readable").expect("there").text;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    (header, reader.into_records().map(|row| row.expect("a row")).collect())
}

fn write(dir: &Path, name: &str, header: &csv::StringRecord, rows: &[&csv::StringRecord]) {
    let mut writer = csv::Writer::from_path(dir.join(name)).expect("a file");
    writer.write_record(header).expect("written");
    rows.iter().for_each(|row| writer.write_record(*row).expect("written"));
    writer.flush().expect("written");
}

/// The register after one more import, and how many facts the import recorded.
fn imported(register: Register, source: &Source) -> (Register, usize) {
    let mut plan = Plan::new(register);
    tables::plan(&mut plan, source).expect("readable");
    let recorded = plan.commands().len();
    (plan.into_register(), recorded)
}

/// What an answer says, without the positions at which things were recorded.
fn told(register: &Register, asked: &(FunctionCode, Place, Day)) -> String {
    let (function, place, day) = asked;
    let answer = register.who_holds(function, place, *day, register.tail());
    let liable = &answer.liable;
    let mut instruments: Vec<_> = answer.instruments().iter().map(ToString::to_string).collect();
    instruments.sort();
    let cases: Vec<_> = answer.cases().iter().map(|case| (case.basis, &case.liable)).collect();
    let now = &answer.answering_now;
    let now: Vec<_> = now.iter().map(|now| (now.body, &now.successors, now.confidence)).collect();
    let capacities: Vec<_> =
        answer.capacities.iter().map(|each| (each.rule, &each.bodies, each.confidence)).collect();
    format!(
        "{} {} {:?} {:?} {instruments:?} {:?} {} {cases:?} {now:?} {capacities:?} {}",
        answer.kind(),
        answer.confidence,
        answer.area,
        answer.exercisers,
        liable.bodies,
        liable.confidence,
        answer.known_unapplied.len(),
    )
}

fn questions(
    register: &Register,
    chance: &mut Chance,
    many: u64,
) -> Vec<(FunctionCode, Place, Day)> {
    let head = register.tail();
    let functions = register.function_codes(head);
    let bodies = |role| {
        let views = register.bodies_of(role, None, head);
        views.iter().map(|view| view.code).collect::<Vec<BodyCode>>()
    };
    let ccgs = bodies(BodyRole::Ccg);
    let others = [bodies(BodyRole::Icb), bodies(BodyRole::Practice)].concat();
    let one = |chance: &mut Chance| {
        let place = if chance.once_in(3) { chance.of(&others) } else { chance.of(&ccgs) };
        let year = 2013 + i32::try_from(chance.below(14)).expect("small");
        let month = 1 + u32::try_from(chance.below(12)).expect("small");
        let day = 1 + u32::try_from(chance.below(28)).expect("small");
        let day = Day::new(year, month, day).expect("a day");
        (chance.of(&functions), Place::Body(place), day)
    };
    (0..many).map(|_| one(chance)).collect()
}

#[test]
fn the_order_of_rows_and_imports_does_not_matter() {
    let cases = variable("REMIT_IMPORTS", 5);
    let seed = variable("REMIT_IMPORTS_SEED", 20_150_401);
    println!("{cases} orders, REMIT_IMPORTS_SEED={seed}");
    let (whole, facts) = imported(Register::new(), &Source::England);
    let cut: BTreeMap<&str, Table> = CUT.iter().map(|name| (*name, table(name))).collect();
    let names = Source::England.names().expect("readable");
    let dir = std::env::temp_dir().join(format!("remit-imports-{}", std::process::id()));
    for case in 0..cases {
        let mut chance = Chance::seeded(seed, case);
        let imports = 1 + chance.below(10);
        let mut parts: BTreeMap<(u64, &str), Vec<&csv::StringRecord>> = BTreeMap::new();
        for (name, (_, rows)) in &cut {
            let mut left: Vec<_> = rows.iter().collect();
            while !left.is_empty() {
                let row = usize::try_from(chance.below(left.len() as u64)).expect("small");
                let import = chance.below(imports);
                parts.entry((import, *name)).or_default().push(left.swap_remove(row));
            }
        }
        let (mut register, mut recorded) = (Register::new(), 0);
        for import in 0..imports {
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(&dir).expect("a directory");
            for name in &names {
                let whole = import == 0 && !CUT.contains(&name.as_str()) && name != LAST;
                if whole || (name == LAST && import + 1 == imports) {
                    let text = Source::England.read(name).expect("readable").expect("there").text;
                    fs::write(dir.join(name), text).expect("written");
                }
            }
            for name in CUT {
                if let Some(rows) = parts.get(&(import, name)) {
                    write(&dir, name, &cut[name].0, rows);
                }
            }
            let more;
            (register, more) = imported(register, &Source::Directory(dir.clone()));
            recorded += more;
        }
        let _ = fs::remove_dir_all(&dir);
        let asked = questions(&whole, &mut chance, 20_000);
        for question in &asked {
            let (once, again) = (told(&whole, question), told(&register, question));
            assert_eq!(once, again, "{question:?}, order {case} of seed {seed}, {imports} imports");
        }
        println!("{imports} imports: {recorded} facts of {facts}; 20000 questions, no difference");
        assert_eq!(recorded, facts, "order {case} of seed {seed}");
    }
}
