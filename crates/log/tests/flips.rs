//! Every single bit of a store of 1,000 events: bytes, hashes and roots.
//!
//! 3.6 million flips. Each bit of each event and of its hash is held against the comparison that the
//! whole check makes of a row; and the whole check finds, and names, one flip in the bytes and one in the
//! hash of every event, and every bit of every root that is kept.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use remit_domain::{BodyRole, Confidence, Event, Evidence, Fact, Period, parse_day};
use remit_ledger::tree::{self, Hash};
use remit_log::{Batch, Draft, EventLog, LogError, SqliteLog};

const EVENTS: u64 = 1_000;

fn draft(number: u64) -> Draft {
    let fact = Fact::BodyEstablished(remit_domain::Body {
        code: format!("P{number:05}").parse().expect("a code"),
        role: BodyRole::Practice,
        name: format!("Practice {number}").parse().expect("a name"),
        legal_form: None,
        effective: Period::open(parse_day("2015-04-01").expect("a day")),
    });
    let (source, confidence) = ("flips".parse().expect("a source"), Confidence::Confirmed);
    let evidence = Arc::new(Evidence { source, url: None, made_on: None, confidence, note: None });
    let (actor, acting_for) = ("flips".parse().expect("text"), "X24".parse().expect("a code"));
    Draft { event: Event { fact, evidence }, actor, acting_for }
}

#[tokio::test]
async fn every_flipped_bit_is_found_and_named() {
    let dir = std::env::temp_dir().join(format!("remit-flips-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a directory");
    let file = dir.join("register.db");
    let clock = Arc::new(AtomicI64::new(1_767_225_600_000_000));
    let log = SqliteLog::open(&file, Arc::new(move || clock.fetch_add(1, Ordering::SeqCst)));
    let log = log.expect("opened");
    for number in 0..EVENTS / 100 {
        let batch = Batch {
            expected_head: number * 100,
            request_id: format!("batch-{number}").parse().expect("an id"),
            digest: [0; 32],
            drafts: (0..100).map(|one| draft(number * 100 + one)).collect(),
        };
        log.append(batch).await.expect("appended");
    }
    assert_eq!(log.check().expect("whole").0, EVENTS);
    let db = rusqlite::Connection::open(&file).expect("opened");
    db.execute_batch("DROP TRIGGER events_keep; DROP TRIGGER subtrees_keep;").expect("done");
    let mut flips = 0_u64;

    let mut select = db
        .prepare("SELECT CAST(event AS BLOB), leaf FROM events ORDER BY position")
        .expect("prepared");
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("read");
    let rows: Vec<(Vec<u8>, Hash)> = rows.collect::<Result<_, _>>().expect("read");
    assert_eq!(rows.len() as u64, EVENTS);
    for (mut bytes, mut leaf) in rows {
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(tree::leaf(&bytes), leaf, "bit {bit} of the bytes");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        let right = tree::leaf(&bytes);
        for bit in 0..256 {
            leaf[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(right, leaf, "bit {bit} of the hash");
            leaf[bit / 8] ^= 1 << (bit % 8);
        }
        flips += bytes.len() as u64 * 8 + 256;
    }

    let flip = |table: &str, column: &str, at: &str, bit: usize| {
        let select = format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE {at}");
        let mut bytes: Vec<u8> = db.query_row(&select, [], |row| row.get(0)).expect("there");
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let value = if column == "event" { "CAST(?1 AS TEXT)" } else { "?1" };
        let update = format!("UPDATE {table} SET {column} = {value} WHERE {at}");
        db.execute(&update, [&bytes]).expect("changed");
    };
    let mut found = |table: &str, column: &str, at: &str, bit: usize, named: &str| {
        flip(table, column, at, bit);
        match log.check() {
            Err(LogError::Damaged(what)) => assert!(what.contains(named), "{named}: {what}"),
            other => panic!("bit {bit} of {column} where {at} passed: {other:?}"),
        }
        flip(table, column, at, bit);
        flips += 1;
    };
    for position in 1..=EVENTS {
        let (at, named) = (format!("position = {position}"), format!("event {position} "));
        let chance = usize::try_from(position * 2_654_435_761 % 65_521).expect("small");
        found("events", "event", &at, chance, &named);
        found("events", "leaf", &at, chance, &named);
    }
    for number in 0..EVENTS / 256 {
        let (at, named) =
            (format!("level = 8 AND number = {number}"), format!("subtree {number} "));
        for bit in 0..256 {
            found("subtrees", "root", &at, bit, &named);
        }
    }
    assert_eq!(log.check().expect("whole again").0, EVENTS);
    println!("{flips} flips, all found");
    let _ = std::fs::remove_dir_all(dir);
}
