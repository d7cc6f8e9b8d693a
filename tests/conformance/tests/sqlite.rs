//! The store in one SQLite file: the suite, what it remembers when it is opened again, and what it
//! finds when other hands changed the file.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use conformance::names::{self, NAME, interest, redaction};
use conformance::{Scratch, at, disclosures, entry, entry_of, events, id, suite};
use remit_domain::PersonalField;
use remit_ledger::{Frontier, tree};
use remit_log::{
    AppendError, Content, Desk as _, Events as _, Keep, LogError, Mark, Store, StoredAct,
    Tree as _, TreeHead,
};
use remit_shape::{DeskAct, DeskEvent, Draft, encode_act};
use remit_stores::SqliteStore;
use remit_stores::sqlite::{self, Copyist, OpenError};

fn open(path: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(path)
}

/// What is found damaged in a file, when it is opened or checked.
async fn damage(path: &Path) -> String {
    let found = match open(path) {
        Ok(store) => store.check().await.map(drop),
        Err(OpenError::Log(error)) => Err(error),
        Err(error) => panic!("not opened: {error}"),
    };
    match found {
        Err(LogError::Damaged(damage)) => damage.to_string(),
        other => panic!("not damaged: {other:?}"),
    }
}

fn changed(path: &Path, change: &str) {
    let db = rusqlite::Connection::open(path).expect("opened");
    db.execute_batch(change).expect(change);
}

#[tokio::test]
async fn sqlite_conforms_and_remembers() {
    let scratch = Scratch::new("conforms");
    let store = open(&scratch.file()).expect("opened");
    let name = store.id().to_owned();
    suite::conforms(&store).await;
    let before = (events(&store, 100).await, store.tree());
    let desk = (store.acts(0, 10).await.expect("read"), store.marks("").await.expect("read"));
    drop(store);
    // Closed and opened again: the same log, the same bytes, the same memory.
    let store = open(&scratch.file()).expect("opened again");
    assert_eq!(store.id(), name);
    assert_eq!((events(&store, 100).await, store.tree()), before);
    assert_eq!((*store.head().borrow(), *store.last_act().borrow()), (at(12), 2));
    let after = (store.acts(0, 10).await.expect("read"), store.marks("").await.expect("read"));
    assert_eq!(after, desk);
    assert_eq!(store.recent(at(11), 1), None, "nothing was appended since");
    let again = store.append(entry(&store, 12, "first", 3_000, 3).await).await;
    assert!(matches!(again, Err(AppendError::AlreadyRecorded(_))));
    let earlier = store.append(entry(&store, 12, "earlier", 500, 1).await).await;
    assert!(earlier.is_err(), "stamped before what was recorded");
    let next = store.append(entry(&store, 12, "after", 3_000, 1).await).await.expect("appended");
    assert_eq!(next.first, at(13));
}

#[tokio::test]
async fn sqlite_keeps_names_and_remembers() {
    let scratch = Scratch::new("beside");
    let store = open(&scratch.file()).expect("opened");
    names::keeps_names(&store).await;
    let before = (disclosures(&store).await, store.request(&id("named")).await.expect("read"));
    drop(store);
    let store = open(&scratch.file()).expect("opened again");
    let after = (disclosures(&store).await, store.request(&id("named")).await.expect("read"));
    assert_eq!(after, before);
    assert_eq!(store.check().await.expect("whole"), store.tree());
}

#[tokio::test]
async fn sqlite_redacts_and_remembers() {
    let scratch = Scratch::new("redacts");
    let store = open(&scratch.file()).expect("opened");
    names::keeps_names(&store).await;
    names::redacts(&store).await;
    let left = disclosures(&store).await;
    drop(store);
    let store = open(&scratch.file()).expect("opened again");
    assert_eq!(disclosures(&store).await, left);
    assert_eq!(store.check().await.expect("whole"), store.tree());
    drop(store);
    // What was redacted and put back by other hands is named.
    changed(
        &scratch.file(),
        "INSERT INTO disclosures SELECT 3, 'office', salt, value FROM disclosures
         WHERE position = 4 AND field = 'office'",
    );
    let what = damage(&scratch.file()).await;
    assert!(what.contains("the office stored beside event 3"), "{what}");
}

fn files_of(dir: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(dir).expect("read").map(|file| file.expect("a file").path());
    files.flat_map(|file| std::fs::read(file).expect("read")).collect()
}

/// The numbers of the names that stand anywhere in the files of a directory.
fn named_in(dir: &Path) -> BTreeSet<usize> {
    let bytes = files_of(dir);
    let text = String::from_utf8_lossy(&bytes);
    let numbers = text.split("Holder-").skip(1).filter_map(|rest| rest.get(..3)?.parse().ok());
    numbers.collect()
}

/// Rows move from page to page as others go; no page may keep what was redacted.
#[tokio::test]
async fn what_is_redacted_leaves_the_disk() {
    const NAMES: usize = 200;
    for seed in 1..=6_u64 {
        let scratch = Scratch::new("leaves");
        let mut random = seed;
        let mut below = |bound: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(seed | 1);
            usize::try_from(random >> 33).expect("64 bits") % bound
        };
        let name = |n: usize| format!("Holder-{n:03}-");
        let store = open(&scratch.file()).expect("opened");
        let drafts = (1..=NAMES).map(|n| interest(&(name(n) + &"x".repeat(below(300)))));
        let drafts: Vec<Draft> = drafts.collect();
        let named = entry_of(&store, 0, "named", 0, &drafts).await;
        store.append(named).await.expect("appended");
        let mut order: Vec<usize> = (1..=NAMES).collect();
        (0..NAMES).for_each(|at| order.swap(at, below(NAMES)));
        let (gone, left) = order.split_at(150);
        for some in gone.chunks(50) {
            let both = [PersonalField::Office, PersonalField::Note];
            let drafts = some.iter().flat_map(|at| both.map(|field| redaction(*at as u64, field)));
            let (drafts, head) = (drafts.collect::<Vec<_>>(), store.head().borrow().get());
            let redact = entry_of(&store, head, &format!("r-{head}"), 0, &drafts).await;
            store.append(redact).await.expect("appended");
        }
        // While it is open, once the WAL is truncated; and when it is closed.
        let left: BTreeSet<usize> = left.iter().copied().collect();
        for tried in 0.. {
            let found = named_in(scratch.dir());
            if found == left {
                break;
            }
            assert!(tried < 100, "after 10 s there are {found:?}, and not {left:?}; seed {seed}");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        drop(store);
        assert_eq!(named_in(scratch.dir()), left, "seed {seed}");
        let store = open(&scratch.file()).expect("opened again");
        assert_eq!(store.check().await.expect("whole"), store.tree());
    }
}

#[tokio::test]
async fn what_lies_beside_and_was_changed_by_other_hands_is_named() {
    let scratch = Scratch::new("beside-damage");
    let store = open(&scratch.file()).expect("opened");
    names::keeps_names(&store).await;
    drop(store);
    let whole = std::fs::read(scratch.file()).expect("read");
    for (change, named) in [
        (
            "UPDATE disclosures SET value = 'somebody else' WHERE rowid = 1",
            "the office stored beside event 3",
        ),
        (
            "UPDATE disclosures SET salt = zeroblob(32) WHERE position = 4 AND field = 'note'",
            "the note stored beside event 4",
        ),
        ("UPDATE disclosures SET salt = zeroblob(3) WHERE position = 4", "event 4 cannot be read"),
        (
            "UPDATE disclosures SET value = '' WHERE position = 3 AND field = 'note'",
            "event 3 cannot be read",
        ),
        (
            "UPDATE disclosures SET field = 'handled[0].office' WHERE position = 3 AND field = \
             'note'",
            "stored beside event 3 for the field handled[0].office",
        ),
        (
            "UPDATE disclosures SET position = 2 WHERE position = 3 AND field = 'note'",
            "stored beside event 2 for the field note",
        ),
        (
            "UPDATE disclosures SET position = 9 WHERE position = 4 AND field = 'note'",
            "stored beside event 9 for the field note",
        ),
        (
            "DELETE FROM disclosures WHERE position = 4 AND field = 'office'",
            "the office of event 4 is missing",
        ),
    ] {
        let db = rusqlite::Connection::open(scratch.file()).expect("opened");
        db.execute_batch("DROP TRIGGER disclosures_keep").expect("done");
        assert!(db.execute(change, []).expect("changed") > 0, "{change}");
        drop(db);
        let what = damage(&scratch.file()).await;
        assert!(what.contains(named), "{change}: {what}");
        std::fs::write(scratch.file(), &whole).expect("restored");
    }
}

#[tokio::test]
async fn a_second_writer_is_refused() {
    let scratch = Scratch::new("second-writer");
    let first = open(&scratch.file()).expect("opened");
    let second = open(&scratch.file()).map(|_| ()).expect_err("open in two places");
    assert!(matches!(second, OpenError::InUse(_)));
    assert!(second.to_string().contains("stop that process first"), "{second}");
    drop(first);
    open(&scratch.file()).expect("opened once the first is closed");
}

#[tokio::test]
async fn what_is_not_a_log_is_refused_and_left_alone() {
    let scratch = Scratch::new("not-a-log");
    let path = scratch.file();
    std::fs::write(&path, "this is a text file, not a database, and long enough to be read")
        .expect("written");
    let before = std::fs::read(&path).expect("read");
    assert!(matches!(open(&path).map(|_| ()), Err(OpenError::NotADatabase { .. })));
    assert_eq!(std::fs::read(&path).expect("read"), before);

    let nothing = scratch.dir().join("nothing.db");
    std::fs::write(&nothing, "").expect("written");
    let refused = open(&nothing).map(|_| ()).expect_err("cut off to nothing");
    assert!(refused.to_string().contains("is empty"), "{refused}");
    assert_eq!(std::fs::read(&nothing).expect("read"), b"");

    let other = scratch.dir().join("other.db");
    let db = rusqlite::Connection::open(&other).expect("opened");
    db.execute_batch("CREATE TABLE somebody_elses (x)").expect("made");
    drop(db);
    let refused = open(&other).map(|_| ()).expect_err("somebody else's");
    assert!(refused.to_string().contains("not a Remit event log"), "{refused}");

    let newer = scratch.dir().join("newer.db");
    drop(open(&newer).expect("made"));
    let db = rusqlite::Connection::open(&newer).expect("opened");
    db.pragma_update(None, "user_version", 99).expect("set");
    drop(db);
    let refused = open(&newer).map(|_| ()).expect_err("newer than this program");
    assert!(refused.to_string().contains("version 99"), "{refused}");
}

#[tokio::test]
async fn the_file_itself_refuses_changes() {
    let scratch = Scratch::new("append-only");
    let store = open(&scratch.file()).expect("opened");
    store.append(entry(&store, 0, "first", 0, 2).await).await.expect("appended");
    store.append(entry_of(&store, 2, "named", 0, &[interest(NAME)]).await).await.expect("appended");
    let db = rusqlite::Connection::open(scratch.file()).expect("opened beside");
    for change in [
        "UPDATE events SET event = '{}' WHERE position = 1",
        "DELETE FROM events WHERE position = 2",
        "UPDATE requests SET first = 7",
        "DELETE FROM requests",
        "UPDATE disclosures SET value = 'another'",
    ] {
        assert!(db.execute(change, []).is_err(), "{change}");
    }
}

#[tokio::test]
async fn a_file_of_the_version_before_is_brought_up_and_keeps_its_events() {
    let scratch = Scratch::new("version-1");
    let store = open(&scratch.file()).expect("opened");
    store.append(entry(&store, 0, "first", 0, 600).await).await.expect("appended");
    let before = events(&store, 1_000).await;
    let tree_before = store.tree();
    drop(store);
    // As version 3 left it, and as release 0.1 did.
    for earlier in [
        "DROP TABLE disclosures; ALTER TABLE requests DROP COLUMN salted; PRAGMA user_version = 3",
        "DROP TABLE acts; DROP TABLE marks; DROP TABLE subtrees; DROP TABLE disclosures;
         ALTER TABLE requests DROP COLUMN salted;
         ALTER TABLE events DROP COLUMN leaf; PRAGMA user_version = 1",
    ] {
        let db = rusqlite::Connection::open(scratch.file()).expect("opened");
        db.execute_batch(earlier).expect("done");
        drop(db);
        let store = open(&scratch.file()).expect("brought up");
        assert_eq!(events(&store, 1_000).await, before);
        assert_eq!(store.tree(), tree_before);
        assert_eq!(store.check().await.expect("whole"), tree_before);
        assert_eq!(store.acts(0, 10).await.expect("read"), []);
        assert_eq!(store.marks("").await.expect("read"), []);
        assert_eq!(disclosures(&store).await, []);
        let first = store.request(&id("first")).await.expect("read").expect("remembered");
        assert_eq!(first.content, Content::Digest([0; 32]));
    }
}

/// A statement that changes a stored thing by hand, and what must then be named.
#[tokio::test]
async fn what_was_changed_by_other_hands_is_found_and_named() {
    let scratch = Scratch::new("damage");
    let store = open(&scratch.file()).expect("opened");
    store.append(entry(&store, 0, "first", 0, 700).await).await.expect("appended");
    let whole = store.tree();
    drop(store);
    let flip = |table: &str, column: &str, at: &str, byte: usize, bit: u8| {
        // One bit of one stored value.
        let db = rusqlite::Connection::open(scratch.file()).expect("opened");
        db.execute_batch(
            "DROP TRIGGER IF EXISTS events_keep; DROP TRIGGER IF EXISTS subtrees_keep;",
        )
        .expect("done");
        let select = format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE {at}");
        let mut bytes: Vec<u8> = db.query_row(&select, [], |row| row.get(0)).expect("there");
        let at_byte = byte % bytes.len();
        bytes[at_byte] ^= 1 << bit;
        let value = if column == "event" { "CAST(?1 AS TEXT)" } else { "?1" };
        let update = format!("UPDATE {table} SET {column} = {value} WHERE {at}");
        db.execute(&update, [&bytes]).expect("changed");
    };
    for (number, (table, column, at, named)) in [
        ("events", "event", "position = 1", "event 1 "),
        ("events", "event", "position = 417", "event 417 "),
        ("events", "event", "position = 700", "event 700 "),
        ("events", "leaf", "position = 3", "event 3 "),
        ("events", "leaf", "position = 700", "event 700 "),
        ("subtrees", "root", "level = 8 AND number = 0", "subtree 0 at level 8"),
        ("subtrees", "root", "level = 8 AND number = 1", "subtree 1 at level 8"),
    ]
    .into_iter()
    .enumerate()
    {
        for (byte, bit) in [(0, 0), (7 + number, 3), (31, 7), (200 + 13 * number, 5)] {
            flip(table, column, at, byte, bit);
            let what = damage(&scratch.file()).await;
            assert!(what.contains(named), "{table}.{column} {at}: {what}");
            flip(table, column, at, byte, bit);
        }
    }
    let store = open(&scratch.file()).expect("as it was");
    assert_eq!(store.check().await.expect("whole"), whole);
}

/// The list of requests follows from the events: without it one could be recorded twice.
#[tokio::test]
async fn a_list_of_requests_that_was_changed_is_found() {
    for (change, named) in [
        ("DELETE FROM requests WHERE request_id = 'request-1'", "list of requests covers 400"),
        ("DELETE FROM requests WHERE request_id = 'request-2'", "event 401 is missing"),
        ("UPDATE requests SET first = 2 WHERE first = 1", "list of requests covers 599"),
        (
            "UPDATE requests SET request_id = 'x' WHERE first = 201",
            "has \"x\" with events 201 to 400",
        ),
        (
            "UPDATE requests SET last = 199 WHERE first = 1;
             UPDATE requests SET first = 200 WHERE first = 201",
            "the events show \"request-0\" with events 1 to 200",
        ),
        (
            "INSERT INTO requests (request_id, digest, first, last) VALUES ('y', x'00', 5, 4)",
            "has \"y\" with events 5 to 4",
        ),
        ("UPDATE log SET id = 'another'", "event 1 belongs to log urn:remit:"),
        ("INSERT INTO log (id) VALUES ('another')", "event 1 belongs to log urn:remit:"),
    ] {
        let scratch = Scratch::new("requests");
        drop(of_three_requests(&scratch.file()).await);
        let db = rusqlite::Connection::open(scratch.file()).expect("opened");
        db.execute_batch("DROP TRIGGER requests_keep; DROP TRIGGER requests_stay").expect("done");
        db.execute_batch(change).expect("changed");
        drop(db);
        let what = damage(&scratch.file()).await;
        assert!(what.contains(named), "{change}: {what}");
    }
}

/// A log of 600 events in requests of 200, two acts and a mark; the second act came after event
/// 500.
async fn of_three_requests(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path).expect("opened");
    for number in 0..3_u8 {
        let instant = 1_000 * (1 + i64::from(number));
        let request = format!("request-{number}");
        let entry = entry(&store, 200 * u64::from(number), &request, instant, 200).await;
        store.append(entry).await.expect("appended");
        if number > 0 {
            let sequence = u64::from(number);
            let act = DeskEvent {
                sequence,
                recorded_at: conformance::instant(instant + 10),
                actor: "the desk".parse().expect("an office"),
                act: DeskAct::GroupDeleted {
                    group: format!("after-{number}").parse().expect("a name"),
                },
            };
            let text = encode_act(store.id(), &act);
            let set = vec![Mark { name: "mark".to_owned(), value: number.to_string() }];
            let keep = Keep { act: Some(StoredAct { sequence, text }), set, remove: Vec::new() };
            store.keep(keep).await.expect("kept");
        }
    }
    store
}

/// Everything in a store.
async fn whole(store: &SqliteStore) -> impl PartialEq + std::fmt::Debug + use<> {
    let acts = store.acts(0, 100).await.expect("read");
    let marks = store.marks("").await.expect("read");
    (store.tree(), events(store, 1_000).await, acts, marks)
}

#[tokio::test]
async fn a_log_is_read_and_copied_beside_its_writer() {
    let scratch = Scratch::new("beside-writer");
    let store = of_three_requests(&scratch.file()).await;
    let then = whole(&store).await;
    let tree_then = store.tree();
    let reader = SqliteStore::open_read_only(&scratch.file()).expect("opened beside");
    let refused = reader.append(entry(&reader, 600, "no", 9_000, 1).await).await;
    assert!(matches!(refused, Err(AppendError::Log(LogError::ReadOnly))), "{refused:?}");
    let later = store.append(entry(&store, 600, "later", 9_000, 1).await).await;
    later.expect("the reader holds nobody up");
    assert_eq!(whole(&reader).await, then, "one moment");
    assert_eq!(reader.check().await.expect("whole"), tree_then);

    let copied = scratch.dir().join("copy.db");
    sqlite::copy(&scratch.file(), &copied).expect("copied beside the writer");
    let copy = SqliteStore::open(&copied).expect("a log");
    assert_eq!(copy.id(), store.id());
    assert_eq!(copy.check().await.expect("whole"), store.tree());
    assert_eq!(whole(&copy).await, whole(&store).await);
    let later = store.request(&id("later")).await.expect("read");
    assert_eq!(copy.request(&id("later")).await.expect("read"), later);
    // While a place is reserved nobody opens a log there.
    let empty = scratch.dir().join("reserved.db");
    let held = sqlite::reserve(&empty).expect("free");
    assert!(matches!(open(&empty).map(|_| ()), Err(OpenError::InUse(_))));
    drop(held);
    assert!(matches!(sqlite::reserve(&scratch.file()), Err(OpenError::InUse(_))));
}

#[tokio::test]
async fn a_log_is_followed_beside_its_writer() {
    let scratch = Scratch::new("followed");
    let store = of_three_requests(&scratch.file()).await;
    let follower = SqliteStore::follow(&scratch.file()).expect("opened beside");
    assert_eq!(whole(&follower).await, whole(&store).await);
    let (mut head, mut last_act) = (follower.head(), follower.last_act());
    store.append(entry(&store, 600, "later", 9_000, 300).await).await.expect("appended");
    head.wait_for(|head| *head == at(900)).await.expect("told");
    let act = StoredAct { sequence: 3, text: store.acts(1, 1).await.expect("read").remove(0).text };
    store.keep(Keep { act: Some(act), ..Keep::default() }).await.expect("kept");
    last_act.wait_for(|last| *last == 3).await.expect("told");
    assert_eq!(whole(&follower).await, whole(&store).await);
    assert_eq!(follower.check().await.expect("whole"), store.tree());
    let refused = follower.append(entry(&follower, 900, "no", 9_000, 1).await).await;
    assert!(matches!(refused, Err(AppendError::Log(LogError::ReadOnly))), "{refused:?}");
}

#[tokio::test]
async fn a_cut_log_is_what_it_was_at_that_position() {
    let scratch = Scratch::new("cut");
    let whole = of_three_requests(&scratch.file()).await;
    let all = events(&whole, 1_000).await;
    let acts = whole.acts(0, 10).await.expect("read");
    let marks = whole.marks("").await.expect("read");
    for (until, left) in [(600, 2), (400, 1), (200, 0), (0, 0)] {
        let path = scratch.dir().join(format!("{until}.db"));
        sqlite::copy(&scratch.file(), &path).expect("copied");
        sqlite::cut(&path, at(until), |kept| Ok(kept.marks.clone())).expect("cut");
        let store = open(&path).expect("a log");
        let mut tree_then = Frontier::default();
        let then = &all[..usize::try_from(until).expect("small")];
        then.iter().for_each(|event| tree_then.push(tree::leaf(&event.bytes), |_, _, _| ()));
        let tree_then = TreeHead { size: at(until), root: tree_then.root() };
        assert_eq!(store.check().await.expect("whole"), tree_then, "{until}");
        assert_eq!(events(&store, 1_000).await, then, "{until}");
        assert_eq!(store.acts(0, 10).await.expect("read"), acts[..left], "{until}");
        assert_eq!(store.marks("").await.expect("read"), marks, "{until}");
        for (number, known) in [(0, until >= 200), (1, until >= 400), (2, until >= 600)] {
            let request = store.request(&id(&format!("request-{number}"))).await.expect("read");
            assert_eq!(request.is_some(), known, "{until}: request {number}");
        }
        // It goes on from there, and still refuses changes by hand.
        store.append(entry(&store, until, "next", 9_000, 1).await).await.expect("appended");
        let db = rusqlite::Connection::open(&path).expect("opened");
        assert!(db.execute("DELETE FROM events WHERE position = 1", []).is_err());
        assert!(db.execute("DELETE FROM acts", []).is_err() || left == 0);
    }
    let path = scratch.dir().join("refused.db");
    sqlite::copy(&scratch.file(), &path).expect("copied");
    for (until, says) in [(300, "choose position 200 or 400"), (601, "there is no event 601")] {
        let refused = sqlite::cut(&path, at(until), |kept| Ok(kept.marks.clone()));
        let refused = refused.expect_err("refused").to_string();
        assert!(refused.contains(says), "{refused}");
    }
}

#[tokio::test]
async fn a_log_made_from_stored_bytes_is_the_same_log() {
    let scratch = Scratch::new("copyist");
    let whole = of_three_requests(&scratch.file()).await;
    let all = events(&whole, 1_000).await;
    for until in [None, Some(at(400)), Some(at(0))] {
        let path = scratch.dir().join(format!("{until:?}.db"));
        let mut copyist = Copyist::begin(&path, until).expect("begun");
        all.iter().for_each(|event| copyist.write(&event.bytes).expect("the next"));
        let copied = copyist.finish().expect("made");
        assert_eq!(copied.given, whole.tree());
        let store = open(&path).expect("a log");
        let size = until.unwrap_or(at(600));
        assert_eq!(copied.kept.size, size);
        assert_eq!(store.check().await.expect("whole"), copied.kept);
        assert_eq!(store.id(), whole.id());
        assert_eq!(events(&store, 1_000).await, all[..size.as_usize()]);
        let request = store.request(&id("request-1")).await.expect("read");
        let there = whole.request(&id("request-1")).await.expect("read");
        let there = there.map(|there| there.appended).filter(|_| size >= at(400));
        assert_eq!(request.map(|request| request.appended), there);
        assert!(
            request.is_none_or(|request| request.content == Content::Digest([0; 32])),
            "nobody knows"
        );
    }
    let bytes = |position: usize| all[position - 1].bytes.to_vec();
    let text = |position: usize| String::from_utf8(bytes(position)).expect("text");
    let instant = |text: String, to: &str| text.replace("1970-01-01T00:00:00.001000Z", to);
    for (case, events, says) in [
        ("not the first", vec![bytes(2)], "its bytes give it the position 2"),
        ("one twice", vec![bytes(1), bytes(1)], "event 2 cannot be read: its bytes give it"),
        ("no event", vec![b"{}".to_vec()], "event 1 cannot be read: missing field"),
        (
            "another register's",
            vec![bytes(1), text(2).replace("urn:remit:", "urn:remit:x").into_bytes()],
            "event 2 cannot stand in this log: the event belongs to another register",
        ),
        (
            "a request at two instants",
            vec![bytes(1), instant(text(2), "1970-01-01T00:00:00.002000Z").into_bytes()],
            "the event was recorded at another instant",
        ),
        (
            "an earlier instant",
            vec![
                bytes(1),
                instant(text(2), "1970-01-01T00:00:00.000000Z")
                    .replace("request-0", "request-1")
                    .into_bytes(),
            ],
            "the event was recorded at an earlier instant",
        ),
        (
            "a request in two places",
            vec![bytes(1), text(2).replace("request-0", "x").into_bytes(), bytes(3), bytes(4)],
            "the event has the request id \"request-0\", which an earlier request",
        ),
    ] {
        let mut copyist = Copyist::begin(&scratch.dir().join(case), None).expect("begun");
        let written = events.iter().try_for_each(|event| copyist.write(event));
        let refused = written.and_then(|()| copyist.finish().map(drop)).expect_err(case);
        assert!(refused.to_string().contains(says), "{case}: {refused}");
    }
    let mut inside =
        Copyist::begin(&scratch.dir().join("inside.db"), Some(at(300))).expect("begun");
    let refused = all.iter().try_for_each(|event| inside.write(&event.bytes)).expect_err("split");
    assert!(
        refused.to_string().contains("in the middle of the events of one request"),
        "{refused}"
    );
}
