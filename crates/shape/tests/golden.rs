//! Tests that no released shape ever changes: every stored shape is compared with a golden file,
//! byte for byte.
//!
//! A golden file in `tests/golden/` holds the bytes that a release wrote. Every release must be
//! able to read the file, and must write the same bytes while the shape is current. Running the
//! tests with `REMIT_BLESS=1` writes a golden file for each shape that has none.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

mod facts;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use remit_domain::{
    Confidence, Event, Evidence, Fact, FactKind, InstrumentFact, Personal, Position, UtcInstant,
    Word,
};
use remit_shape::{
    Again, Beside, DeskAct, DeskEvent, Draft, Encoded, Encoder, GroupMark, Parked, Place, Recorded,
    Salt, ShapeError, Stamp, decode, decode_act, decode_mark, encode_act, encode_mark, event_type,
    event_types,
};

use facts::{facts, of};

const AT: Position = Position::new(4_711);

fn recorded(fact: Fact) -> Recorded {
    let evidence = Evidence {
        source: of("A source"),
        url: Some(of("https://www.legislation.gov.uk/ukpga/2006/41")),
        made_on: Some(of("2015-03-25")),
        confidence: Confidence::Confirmed,
        // A note that may name a person is stored with the fact, and the evidence then has no note.
        note: fact.note().is_none().then(|| of("A note")),
    };
    Recorded {
        position: AT,
        recorded_at: UtcInstant::from_micros(1_427_846_400_123_456),
        request_id: of("golden"),
        actor: of("contracts desk"),
        acting_for: of("X24"),
        principal: None,
        trace: None,
        event: Event { fact, evidence: Arc::new(evidence) },
    }
}

fn written(recorded: &Recorded) -> Encoded {
    let Recorded { position, recorded_at, request_id, actor, acting_for, principal, trace, event } =
        recorded.clone();
    let stamp = Stamp { position, recorded_at, request_id: &request_id };
    let draft = Draft { event, actor, acting_for, principal, trace };
    let salt = || Ok::<_, Infallible>(Salt([7; 32]));
    Encoder::new("golden-log").encode(&stamp, &draft, salt).expect("salts")
}

/// Returns the decoded event with its personal fields filled from the values stored beside the
/// event.
fn told(mut recorded: Recorded, encoded: Encoded) -> Recorded {
    let mut beside = Beside::default();
    beside.lay(encoded.beside);
    beside.meet(recorded.position, &mut recorded.event.fact).expect("what was committed to");
    beside.finish().expect("all of it");
    recorded
}

fn path(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    dir.join("tests/golden").join(format!("{name}.json"))
}

/// Reads the golden file `name`. If the file does not exist and `REMIT_BLESS` is set, writes it
/// first.
fn golden(name: &str, text: &str) -> String {
    let path = path(name);
    if std::env::var_os("REMIT_BLESS").is_some() && !path.exists() {
        std::fs::write(&path, text).expect("written");
    }
    std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no golden file for {name}"))
}

#[test]
fn every_kind_of_fact_has_a_golden_file() {
    let kinds: BTreeSet<FactKind> = facts().iter().map(|(_, fact)| fact.kind()).collect();
    let all: BTreeSet<FactKind> = FactKind::ALL.iter().copied().collect();
    assert_eq!(kinds, all);
}

#[test]
fn every_shape_is_written_and_read_as_it_was_released() {
    let mut types: Vec<String> = Vec::new();
    for (name, fact) in facts() {
        let recorded = recorded(fact);
        types.push(event_type(&recorded.event));
        let encoded = written(&recorded);
        if !recorded.event.fact.personal().is_empty() {
            assert!(!encoded.text.contains("GP member"), "{name}: {}", encoded.text);
            assert!(!encoded.text.contains("A note"), "{name}: {}", encoded.text);
        }
        let golden = golden(name, &encoded.text);
        assert_eq!(encoded.text, golden, "{name}");
        let read = decode(AT, golden.as_bytes()).map(|read| told(read, encoded));
        assert_eq!(read, Ok(recorded), "{name}");
    }
    // Every golden file of an earlier shape can still be read. In the event that is read, a field
    // that the earlier shape lacked is empty.
    for (name, fact) in facts() {
        let Some(earlier) = name.strip_suffix("-v2") else { continue };
        let Ok(golden) = std::fs::read(path(earlier)) else { continue };
        let mut recorded = recorded(fact);
        let fact = &mut recorded.event.fact;
        if let Fact::Instruments(InstrumentFact::InstrumentAdvanced(advanced)) = fact {
            advanced.by.clear();
        } else if let Fact::Instruments(InstrumentFact::InstrumentEnded(ended)) = fact {
            ended.by.clear();
        }
        recorded.event.fact.each_personal_mut(|_, personal| {
            *personal = Personal::InTheClear(personal.text().expect("told").clone());
        });
        assert_eq!(decode(AT, &golden), Ok(recorded.clone()), "{earlier}");
        types.push(event_type(&recorded.event).replace(".v2", ".v1"));
    }
    types.sort();
    types.dedup();
    let mut known = event_types();
    known.sort();
    assert_eq!(types, known, "every shape this release knows has a golden file");
}

#[test]
fn the_envelope_has_optional_places_for_the_principal_and_the_trace() {
    let (_, fact) = facts().swap_remove(0);
    let recorded = Recorded {
        principal: Some(of("spiffe://example.nhs.uk/contracts-desk")),
        trace: Some(of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
        ..recorded(fact)
    };
    let encoded = written(&recorded);
    let golden = golden("envelope-with-principal-and-trace", &encoded.text);
    assert_eq!(encoded.text, golden);
    assert_eq!(decode(AT, golden.as_bytes()), Ok(recorded));
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    let golden = std::fs::read_to_string(path("body-named")).expect("a golden file");
    let newer = golden.replace("body-named.v1", "body-named.v2");
    let refused = decode(AT, newer.as_bytes()).expect_err("a newer shape");
    let (place, type_name) = (Place::Event(AT), "uk.nhs.remit.body-named.v2".to_owned());
    assert_eq!(refused, ShapeError::Unknown { place, type_name });
    assert!(refused.to_string().contains("use the release that wrote it"), "{refused}");
    for (what, text) in [
        ("a field more", golden.replace("\"name\":", "\"nickname\":\"x\",\"name\":")),
        ("a field less", golden.replace("\"name\":\"NHS England\",", "")),
        ("a field twice", golden.replace("\"name\":", "\"name\":\"x\",\"name\":")),
        ("an attribute more", golden.replace("\"actor\":", "\"auditor\":\"x\",\"actor\":")),
        ("no trace", golden.replace("\"data\":", "\"traceparent\":\"00-0-0-0\",\"data\":")),
        ("an empty period", golden.replace("2022-07-01", "2015-04-01")),
        ("a word of no vocabulary", golden.replace("confirmed", "certain")),
        ("another position", golden.replace("\"position\":4711", "\"position\":4712")),
        ("a code of no shape", golden.replace("\"code\":\"X24\"", "\"code\":\"x24\"")),
        ("half of it", golden[..golden.len() / 2].to_owned()),
        ("more than it", format!("{golden}{{}}")),
        ("nothing", String::new()),
    ] {
        assert_ne!(text, golden, "{what}: the case changes something");
        let refused = decode(AT, text.as_bytes()).expect_err(what);
        assert!(matches!(refused, ShapeError::Malformed { place: Place::Event(AT), .. }), "{what}");
    }
}

#[test]
fn a_correction_that_states_a_correction_is_refused() {
    let golden = std::fs::read_to_string(path("recorded-late")).expect("a golden file");
    let data = golden.find("\"data\":").expect("data");
    let nested = format!("{{\"type\":\"recorded-late.v1\",{}", &golden[data..]);
    let at = golden.find("{\"type\":\"rule-commenced.v1\"").expect("the fact");
    let end = golden[at..].find("}}").expect("its end") + at + 2;
    let text = format!("{}{}{}", &golden[..at], &nested[..nested.len() - 1], &golden[end..]);
    let refused = decode(AT, text.as_bytes()).expect_err("refused");
    assert!(refused.to_string().contains("states a correction"), "{refused}");
}

/// One act of the desk of every kind, each with the name of its golden file.
fn acts() -> Vec<(&'static str, DeskAct)> {
    let (group, pin) = (of("finance"), of("claim-17"));
    vec![
        (
            "group-created",
            DeskAct::GroupCreated {
                group: of("finance"),
                filter: "type=instrument-* area=QSL".to_owned(),
                after: Position::new(36_586),
            },
        ),
        ("group-deleted", DeskAct::GroupDeleted { group: of("finance") }),
        ("event-replayed", DeskAct::EventReplayed { group: of("finance"), position: AT }),
        (
            "event-discarded",
            DeskAct::EventDiscarded { group, position: AT, reason: of("entered by hand") },
        ),
        (
            "answer-pinned",
            DeskAct::AnswerPinned {
                pin: of("claim-17"),
                function: of("qof"),
                place: "A81001".to_owned(),
                effective_on: of("2019-04-01"),
                known_at: Position::new(36_586),
                note: Some(of("letter of claim")),
            },
        ),
        ("answer-unpinned", DeskAct::AnswerUnpinned { pin }),
        ("load-begun", DeskAct::LoadBegun { load: of("england") }),
        ("load-ended", DeskAct::LoadEnded { load: of("england") }),
    ]
}

#[test]
fn every_act_is_written_and_read_as_it_was_released() {
    for (name, act) in acts() {
        let recorded_at = UtcInstant::from_micros(1_795_305_600_123_456);
        let event = DeskEvent { sequence: 17, recorded_at, actor: of("finance system"), act };
        let text = encode_act("golden", &event);
        let golden = golden(name, &text);
        assert_eq!(text, golden, "{name}");
        assert_eq!(decode_act(17, &golden), Ok(event), "{name}");
        let refused = decode_act(17, &golden.replace(".v1", ".v9")).expect_err("a newer shape");
        assert!(matches!(refused, ShapeError::Unknown { place: Place::Act(17), .. }), "{refused}");
        for broken in
            [golden.replace("\"data\":{", "\"data\":{\"x\":1,"), golden.replace("17,", "18,")]
        {
            let refused = decode_act(17, &broken).expect_err("broken");
            let malformed = ShapeError::Malformed {
                place: Place::Act(17),
                reason: refused.to_string().split_once(": ").expect("a reason").1.to_owned(),
            };
            assert_eq!(refused, malformed);
        }
    }
}

#[test]
fn the_mark_of_a_group_is_written_and_read_as_it_was_released() {
    let at = Position::new;
    let mark = GroupMark {
        floor: at(36_586),
        done: vec![at(36_590), at(36_593)],
        parked: vec![Parked {
            position: at(36_588),
            subject: "delegation/QSL/dental".to_owned(),
            reason: "no such cost centre".to_owned(),
            member: "desk-1".to_owned(),
            attempts: 5,
        }],
        again: vec![Again { subject: "11X".to_owned(), after: at(4_711), until: at(36_586) }],
    };
    let text = encode_mark(&mark);
    let golden = golden("group-mark", &text);
    assert_eq!(text, golden);
    assert_eq!(decode_mark(&golden), Ok(mark));
    for broken in [golden.replace("floor", "flour"), golden[..20].to_owned(), String::new()] {
        let refused = decode_mark(&broken).expect_err("broken");
        assert!(matches!(refused, ShapeError::Malformed { place: Place::Mark, .. }), "{refused}");
    }
}
