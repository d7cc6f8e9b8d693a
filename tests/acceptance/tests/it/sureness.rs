//! No answer about a level of co-commissioning is surer than the source rows allow: every CCG,
//! every function and every first of a month from April 2013 to June 2022, against a script that
//! reads the rows and nothing else. Also how much of QOF is known, by kind of answer and by
//! confidence.
//!
//! `make sureness`; needs `python3`. With `DATA=`, a directory in the layout of the reference data,
//! what is known by that data is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use acceptance::{code, on};
use remit_domain::{BodyRole, Day, LegalBasis, Position};
use remit_reference::{Plan, Source, tables};
use remit_register::{Place, Register};

const DATA: &str = "crates/reference/data";

fn england(source: &Source) -> Register {
    let mut plan = Plan::new(Register::new());
    tables::plan(&mut plan, source).expect("readable");
    let mut register = Register::new();
    for command in plan.commands() {
        register.admit(command.clone()).expect("as planned");
    }
    register
}

fn firsts_of_months() -> impl Iterator<Item = Day> {
    let all = (2013..=2022).flat_map(|year| (1..=12).map(move |month| Day::new(year, month, 1)));
    all.flatten().filter(|day| (on("2013-04-01")..on("2022-07-01")).contains(day))
}

#[test]
fn no_answer_is_surer_than_the_rows_allow() {
    let Some(python) = tools::python3() else { return };
    let register = england(&Source::England);
    let head = register.tail();
    let mut script = Command::new(python)
        .current_dir(tools::root())
        .arg("tests/acceptance/sureness.py")
        .arg(format!("{DATA}/co_commissioning.csv"))
        .arg(format!("{DATA}/co_commissioning_negative.csv"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut asked = 0;
    let mut lines = String::new();
    for day in firsts_of_months() {
        for ccg in register.bodies_of(BodyRole::Ccg, Some(day), head) {
            let answers = levels(&register, &Place::Body(ccg.code), day, head);
            asked += 1;
            let line = serde_json::json!({
                "ccg": ccg.code.to_string(), "day": day.to_string(), "answers": answers,
            });
            lines.push_str(&format!("{line}\n"));
        }
    }
    let mut to = script.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || to.write_all(lines.as_bytes()).expect("read"));
    let output = script.wait_with_output().expect("ended");
    writer.join().expect("written");
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).expect("text");
    let (surer, counted) = said.trim_end().rsplit_once('\n').unwrap_or(("", said.trim_end()));
    println!("{asked} CCGs and months; answers by confidence, given of allowed: {counted}");
    assert_eq!(surer, "", "surer than the rows allow");
    assert!(counted.contains("derived of derived") && counted.contains("confirmed of confirmed"));
}

/// The levels that the answers for all functions at a place rest on, each with its confidence.
fn levels(
    register: &Register,
    place: &Place,
    day: Day,
    head: Position,
) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    for view in register.functions_view(Some(day), head) {
        let answer = register.who_holds(&view.function.code, place, day, head);
        let level = match answer.basis() {
            Some(LegalBasis::S13zBy) => "3",
            Some(LegalBasis::S13zJointly) => "2",
            _ => continue,
        };
        found.insert((level, answer.confidence.to_string()));
    }
    found
}

/// Not a check but a count, to be compared with that of other data: `make sureness DATA=`.
#[test]
fn how_much_of_qof_is_known() {
    let register = england(&match std::env::var("REMIT_SURENESS_DATA") {
        Ok(directory) => Source::Directory(directory.into()),
        Err(_) => Source::England,
    });
    let head = register.tail();
    let mut counted: BTreeMap<(String, String), u64> = BTreeMap::new();
    for day in firsts_of_months() {
        for ccg in register.bodies_of(BodyRole::Ccg, Some(day), head) {
            let answer = register.who_holds(&code("qof"), &Place::Body(ccg.code), day, head);
            let kind = (answer.kind().to_string(), answer.confidence.to_string());
            *counted.entry(kind).or_default() += 1;
        }
    }
    println!("CCGs x firsts of months, April 2013 to June 2022, QOF:");
    for ((kind, confidence), times) in &counted {
        println!("{kind}, {confidence}: {times}");
    }
    let total: u64 = counted.values().sum();
    let known: u64 = counted.iter().filter(|(key, _)| key.0 != "unknown").map(|each| each.1).sum();
    println!("{known} of {total} known");
    assert!(known > 0 && known < total);
}
