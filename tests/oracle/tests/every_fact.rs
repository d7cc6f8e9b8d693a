//! Every kind of fact has its place in every layer. Each test goes over `FactKind::ALL`, or over
//! random histories that hold every kind; so a kind that a layer lacks fails here. That each has a
//! golden file is checked in `shape/tests/golden.rs`; that both verifiers file it alike, in
//! `statements.rs`.
//!
//! `REMIT_HISTORIES_SEED` sets the seed; it is printed.

use std::collections::BTreeSet;

use oracle::chance::{Chance, History, command, history, of};
use remit_domain::{Act, Concerns, Event, FactKind, Position, Word};
use remit_grpc::json::to_json;
use remit_grpc::pb;
use remit_register::{Filter, Register};

fn histories() -> impl Iterator<Item = History> {
    let seed = std::env::var("REMIT_HISTORIES_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(20_130_401_u64);
    println!("REMIT_HISTORIES_SEED={seed}");
    (0..60).map(move |number| history(&mut Chance::seeded(seed, number), 120))
}

/// Goes over the events of random histories, and over every kind of fact.
fn each_kind(mut check: impl FnMut(&History, Position, &Event)) {
    let mut met = BTreeSet::new();
    for history in histories() {
        for (position, event) in &history.events {
            met.insert(event.fact.kind());
            check(&history, *position, event);
        }
    }
    let never: Vec<_> = FactKind::ALL.iter().filter(|kind| !met.contains(kind)).collect();
    assert!(never.is_empty(), "histories hold every kind of fact, but {never:?}");
}

#[test]
fn a_fact_concerns_nothing_that_its_kind_cannot() {
    each_kind(|_, position, event| {
        let (about, kind) = (event.fact.about(), event.fact.kind());
        let concerned = [
            (Concerns::Bodies, !about.bodies.is_empty()),
            (Concerns::Areas, !about.areas.is_empty() || about.england),
            (Concerns::Functions, !about.functions.is_empty() || about.every_function),
            (Concerns::Instruments, !about.texts.is_empty() || about.instrument.is_some()),
        ];
        for (concerns, found) in concerned {
            assert!(
                !found || kind.concerns().contains(&concerns),
                "{position}: {kind}, {concerns}"
            );
        }
    });
}

#[test]
fn a_fact_passes_the_filters_for_all_that_it_is_about() {
    each_kind(|history, position, event| {
        let (about, kind) = (event.fact.about(), event.fact.kind());
        let mut terms = vec![String::new()];
        terms.extend(about.bodies.iter().map(|code| format!(" body={code}")));
        terms.extend(about.areas.iter().map(|code| format!(" area={code}")));
        terms.extend(about.functions.iter().map(|code| format!(" function={code}")));
        terms.extend(about.texts.iter().map(|id| format!(" instrument={id}")));
        for term in terms {
            let text = format!("type={kind}{term}");
            let filter: Filter = text.parse().expect("a filter");
            assert!(filter.passes(&history.register, position, event), "{position}: {text}");
        }
        let other = "type=body-named body=ZZZZZZZZZ".parse::<Filter>().expect("a filter");
        assert!(!other.passes(&history.register, position, event), "{position}");
    });
}

/// A stream that is read later passes the same events as one that was followed.
#[test]
fn a_filter_passes_the_same_events_whenever_it_is_asked() {
    let mut filters: Vec<Filter> = Vec::new();
    for code in ["X24", "SOFS", "00A", "00B", "QAA", "QBB", "A00001"] {
        filters.extend([format!("body={code}"), format!("area={code}")].map(|text| of(&text)));
    }
    for code in ["qof", "performers-list", "vaccination", "own-services", "out-of-hours"] {
        filters.push(of(&format!("function={code}")));
    }
    filters.extend((0..6).map(|number| of::<Filter>(&format!("instrument=i{number}"))));
    let mut asked = 0;
    for history in histories() {
        let mut register = Register::new();
        let mut then = Vec::new();
        for (position, event) in &history.events {
            register.apply(event);
            let passes = filters.iter().map(|filter| filter.passes(&register, *position, event));
            then.push(passes.collect::<Vec<_>>());
        }
        for ((position, event), then) in history.events.iter().zip(then) {
            for (filter, then) in filters.iter().zip(then) {
                let now = filter.passes(&history.register, *position, event);
                assert_eq!(now, then, "event {position}, {}: {filter}", event.fact.kind());
                asked += 1;
            }
        }
    }
    println!("{asked} times the same");
}

#[test]
fn a_fact_is_filed() {
    each_kind(|_, position, event| {
        let about = event.fact.about();
        // A correction that only takes back, and a redaction, are filed where the event is that
        // they are about.
        let another = event.fact.stated().is_none_or(|fact| fact.kind() == FactKind::Redacted);
        assert!(another || !about.filed.is_empty(), "{position}: {}", event.fact.kind());
    });
}

/// What a caller says is what the register reads, and what it tells of a fact is what was said.
#[test]
fn a_fact_is_said_and_told_on_the_wire() {
    let mut met = BTreeSet::new();
    let mut chance = Chance(20_150_401);
    for _ in 0..40 {
        let register = history(&mut chance, 60).register;
        for _ in 0..200 {
            let command = command(&mut chance, &register);
            let wire = remit_grpc::command::write(&command);
            let said = to_json("Command", &wire).expect("JSON");
            let request = pb::RecordRequest {
                request_id: "every-fact".to_owned(),
                actor: "oracle".to_owned(),
                acting_for: "X24".to_owned(),
                commands: vec![wire],
                ..Default::default()
            };
            // Some of them are refused by their fields alone.
            let Ok(read) = remit_grpc::command::record(request) else { continue };
            let read = read.commands.first().map(|read| &read.act);
            assert_eq!(read, Some(&command.act), "{said}");
            met.insert(command.act.kind());
            if let Act::State(fact) = &command.act {
                let told = to_json("Fact", &remit_grpc::render::fact(fact)).expect("JSON");
                let told = told.as_object().expect("an object");
                assert_eq!(told.len(), 1, "{told:?}");
                assert!(told.iter().all(|(kind, of)| said.get(kind) == Some(of)), "{told:?}");
            }
        }
    }
    let never: Vec<_> = FactKind::ALL.iter().filter(|kind| !met.contains(kind)).collect();
    assert!(never.is_empty(), "commands are of every kind, but {never:?}");
}

/// The row of each kind in the format that anyone can write a verifier from.
#[test]
fn the_ledgers_page_says_how_each_kind_is_filed() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ledger.md");
    let page = std::fs::read_to_string(page).expect("read");
    let (_, rows) = page.split_once("| event | filed under |").expect("the table");
    let rows = rows.split("\n\n").next().expect("its rows");
    // A row names its first kind whole, and others by what follows the common beginning.
    let named: BTreeSet<String> = rows
        .lines()
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| {
            let mut begin = String::new();
            let names = cell.trim().split(", ").map(str::to_owned).collect::<Vec<_>>();
            names.into_iter().map(move |name| match name.strip_prefix('-') {
                Some(end) => format!("{begin}-{end}"),
                None => {
                    begin = name.split('-').next().unwrap_or_default().to_owned();
                    name
                }
            })
        })
        .collect();
    let corrections = ["recorded-late", "error-corrected", "effect-backdated"];
    for kind in FactKind::ALL {
        let word = kind.word();
        let listed = match kind {
            FactKind::Corrected => corrections.iter().all(|word| named.contains(*word)),
            FactKind::Bodies(_)
            | FactKind::Law(_)
            | FactKind::Instruments(_)
            | FactKind::Money(_)
            | FactKind::Committees(_)
            | FactKind::Disputes(_)
            | FactKind::Redacted => named.contains(word),
        };
        assert!(listed, "docs/ledger.md does not say how {word} is filed");
    }
}
