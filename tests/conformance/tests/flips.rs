//! Every single bit of a store of 1,000 events: bytes, hashes and roots.
//!
//! 3.6 million flips. Each bit of each event and of its hash is held against the comparison that
//! the whole check makes of a row; and the whole check finds, and names, one flip in the bytes and
//! one in the hash of every event, and every bit of every root that is kept.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use conformance::{Scratch, at, entry};
use remit_ledger::tree::{self, Hash};
use remit_log::{Events as _, LogError, Tree as _};
use remit_stores::SqliteStore;

const EVENTS: u64 = 1_000;

#[tokio::test]
async fn every_flipped_bit_is_found_and_named() {
    let scratch = Scratch::new("flips");
    let file = scratch.file();
    let store = SqliteStore::open(&file).expect("opened");
    for number in 0..EVENTS / 100 {
        let entry = entry(&store, number * 100, &format!("batch-{number}"), 0, 100).await;
        store.append(entry).await.expect("appended");
    }
    assert_eq!(store.check().await.expect("whole").size, at(EVENTS));
    let db = rusqlite::Connection::open(&file).expect("opened");
    db.execute_batch("DROP TRIGGER events_keep; DROP TRIGGER subtrees_keep;").expect("done");
    let mut flips = 0_u64;

    let mut select = db
        .prepare("SELECT CAST(event AS BLOB), leaf FROM events ORDER BY position")
        .expect("prepared");
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1).map(Hash)?))).expect("read");
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
            leaf.0[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(right, leaf, "bit {bit} of the hash");
            leaf.0[bit / 8] ^= 1 << (bit % 8);
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
    let mut found = async |table: &str, column: &str, at: &str, bit: usize, named: &str| {
        flip(table, column, at, bit);
        match store.check().await {
            Err(LogError::Damaged(what)) => {
                let what = what.to_string();
                assert!(what.contains(named), "{named}: {what}");
            }
            other => panic!("bit {bit} of {column} where {at} passed: {other:?}"),
        }
        flip(table, column, at, bit);
        flips += 1;
    };
    for position in 1..=EVENTS {
        let (at, named) = (format!("position = {position}"), format!("event {position} "));
        let chance = usize::try_from(position * 2_654_435_761 % 65_521).expect("small");
        found("events", "event", &at, chance, &named).await;
        found("events", "leaf", &at, chance, &named).await;
    }
    for number in 0..EVENTS / 256 {
        let (at, named) =
            (format!("level = 8 AND number = {number}"), format!("subtree {number} "));
        for bit in 0..256 {
            found("subtrees", "root", &at, bit, &named).await;
        }
    }
    assert_eq!(store.check().await.expect("whole again").size, at(EVENTS));
    println!("{flips} flips, all found");
}
