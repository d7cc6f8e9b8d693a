//! What every log must do, held against each adapter by the same suite.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use remit_domain::{
    BodyRole, Confidence, Event, Evidence, Fact, Period, Personal, PersonalField, parse_day,
};
use remit_ledger::{Frontier, tree};
use remit_log::{
    AppendError, Batch, Clock, Content, DeskAct, Draft, EventLog, Keep, Kept, LogError, MemoryLog,
    RequestId, SqliteLog, shape, sqlite, sqlite::Copyist,
};

/// A directory of one test, removed when it ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("remit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("a directory");
        Self(dir)
    }

    fn file(&self) -> PathBuf {
        self.0.join("register.db")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn clock_at(instant: &Arc<AtomicI64>) -> Clock {
    let instant = Arc::clone(instant);
    Arc::new(move || instant.load(Ordering::SeqCst))
}

fn draft(number: u64) -> Draft {
    let from = parse_day("2015-04-01").expect("a day");
    let fact = Fact::BodyEstablished(remit_domain::Body {
        code: format!("P{number:05}").parse().expect("a code"),
        role: BodyRole::Practice,
        name: format!("Practice {number}, \"quoted\" and ünïcode").parse().expect("a name"),
        legal_form: None,
        effective: Period::open(from),
    });
    let evidence = Evidence {
        source: "conformance".parse().expect("a source"),
        url: None,
        made_on: None,
        confidence: Confidence::Confirmed,
        note: None,
    };
    Draft {
        event: Event { fact, evidence: Arc::new(evidence) },
        actor: "suite".parse().expect("an actor"),
        acting_for: "X24".parse().expect("a code"),
    }
}

fn id(text: &str) -> RequestId {
    text.parse().expect("a request id")
}

fn batch(expected_head: u64, request: &str, events: u64) -> Batch {
    Batch {
        expected_head,
        request_id: id(request),
        digest: [u8::try_from(events).unwrap_or(0); 32],
        drafts: (1..=events).map(|n| draft(expected_head + n)).collect(),
    }
}

/// The suite.
async fn conforms(log: Arc<dyn EventLog>, instant: Arc<AtomicI64>) {
    // Empty.
    assert_eq!(*log.head().borrow(), 0);
    assert_eq!(log.read(0, 10), Ok(vec![]));
    assert_eq!(log.request(&id("nothing")), Ok(None));

    // Dense positions, atomic batches, wake-up on new events.
    let mut head = log.head();
    instant.store(1_000, Ordering::SeqCst);
    let first = log.append(batch(0, "first", 3)).await.expect("appended");
    assert_eq!((first.first, first.last, first.recorded_at), (1, 3, 1_000));
    assert!(head.has_changed().expect("open"));
    assert_eq!(*head.borrow_and_update(), 3);

    // Conditional at a head: nothing is written where it has moved.
    let moved = log.append(batch(2, "moved", 1)).await;
    assert_eq!(moved, Err(AppendError::HeadMoved { expected: 2, head: 3 }));
    let ahead = log.append(batch(9, "ahead", 1)).await;
    assert_eq!(ahead, Err(AppendError::HeadMoved { expected: 9, head: 3 }));
    assert_eq!(log.request(&id("moved")), Ok(None), "a refused request is not remembered");

    // `recorded_at` never decreases, whatever the clock does.
    instant.store(500, Ordering::SeqCst);
    let second = log.append(batch(3, "second", 1)).await.expect("appended");
    assert_eq!((second.first, second.recorded_at), (4, 1_000));
    instant.store(2_000, Ordering::SeqCst);
    let third = log.append(batch(4, "third", 1)).await.expect("appended");
    assert_eq!(third.recorded_at, 2_000);

    // A request id is remembered for ever, with the digest of its content.
    let again = log.append(batch(5, "first", 3)).await;
    let Err(AppendError::AlreadyRecorded(record)) = again else { panic!("recorded twice") };
    assert_eq!((record.appended, record.content), (first, Content::Digest([3; 32])));
    assert_eq!(log.request(&id("first")), Ok(Some(record)));
    assert_eq!(*log.head().borrow(), 5, "nothing was written");

    // Calls are taken in order: a caller may expect the head its own unfinished call will produce.
    let a = log.append(batch(5, "a", 2));
    let b = log.append(batch(7, "b", 2));
    let c = log.append(batch(9, "c", 1));
    assert_eq!(c.await.map(|done| done.last), Ok(10));
    assert_eq!(b.await.map(|done| done.last), Ok(9));
    drop(a); // Its caller went away; its events are there all the same.
    assert_eq!(*log.head().borrow(), 10);

    // Reading from a position: in order, up to the limit, what was written, whole.
    let all = log.read(0, 100).expect("read");
    let positions: Vec<_> = all.iter().map(|stored| stored.position).collect();
    assert_eq!(positions, (1..=10).collect::<Vec<_>>());
    assert!(all.is_sorted_by_key(|stored| stored.recorded_at));
    assert_eq!(log.read(7, 2).expect("read"), all[7..9]);
    assert_eq!(log.read(10, 5), Ok(vec![]));
    assert_eq!(log.read(u64::MAX, 5), Ok(vec![]));
    for stored in &all {
        let recorded = shape::decode(stored.position, &stored.bytes).expect("decoded");
        assert_eq!(recorded.event, draft(stored.position).event);
        assert_eq!(recorded.recorded_at, stored.recorded_at);
    }

    // Many at once, conditional on the same head: one wins, the rest are told.
    let racers: Vec<_> = (0..50).map(|n| log.append(batch(10, &format!("race-{n}"), 1))).collect();
    let mut won = 0;
    for racer in racers {
        match racer.await {
            Ok(done) => {
                won += 1;
                assert_eq!(done.first, 11);
            }
            Err(error) => {
                assert_eq!(error, AppendError::HeadMoved { expected: 10, head: 11 });
            }
        }
    }
    assert_eq!(won, 1);

    // What was just appended is still in memory: the same, or not there at all, never a hole.
    for after in [0, 7, 10] {
        let recent = log.recent(after, 2).expect("appended a moment ago");
        assert_eq!(recent, log.read(after, 2).expect("read"));
    }
    assert_eq!(log.recent(11, 5), Some(vec![]));

    // The tree over the stored bytes, its subtrees, and proofs from them.
    let all = log.read(0, 100).expect("read");
    let mut frontier = Frontier::default();
    let mut complete = Vec::new();
    for stored in &all {
        frontier.push(tree::leaf(&stored.bytes), |level, number, hash| {
            complete.push((level, number, *hash));
        });
    }
    let (size, root) = log.tree();
    assert_eq!((size, root), (11, frontier.root()));
    assert_eq!(log.check(), Ok((size, root)));
    for (level, number, hash) in complete {
        assert_eq!(log.subtree(level, number), Ok(hash), "subtree {number} at level {level}");
    }
    assert!(log.subtree(0, 11).is_err() && log.subtree(4, 0).is_err(), "not complete");

    // Acts in order, and marks that take each other's place: all of one call or nothing.
    assert_eq!(log.kept(), Ok(Kept::default()));
    let act = |group: &str| DeskAct::GroupDeleted { group: group.parse().expect("a name") };
    let office = || "the desk".parse::<remit_domain::Text>().expect("an office");
    let mark = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
    let keep = |act: Option<DeskAct>, marks| Keep { act: act.map(|act| (act, office())), marks };
    instant.store(3_000, Ordering::SeqCst);
    let first = log.keep(keep(Some(act("a")), vec![mark("x", Some("1")), mark("y", Some("2"))]));
    let second = log.keep(keep(None, vec![mark("x", Some("3")), mark("y", None)]));
    drop(first); // Its caller went away; it is kept all the same.
    second.await.expect("kept");
    log.keep(keep(Some(act("b")), vec![])).await.expect("kept");
    let kept = log.kept().expect("read");
    assert_eq!(kept.marks, [("x".to_owned(), "3".to_owned())]);
    let acts: Vec<_> = kept.acts.iter().map(|each| (each.sequence, each.act.clone())).collect();
    assert_eq!(acts, [(1, act("a")), (2, act("b"))]);
    assert!(kept.acts.iter().all(|each| each.recorded_at == 3_000 && each.actor == office()));
    assert_eq!(*log.head().borrow(), 11, "they are no events of the log");
}

const NAME: &str = "Ms Nobody-Of-That-Name, north";

/// An interest whose office and note name a person.
fn interest(name: &str) -> Draft {
    let Draft { event, .. } = draft(1);
    let day = parse_day("2016-04-01").expect("a day");
    let fact = Fact::InterestDeclared {
        office: name.parse().expect("an office"),
        body: "05G".parse().expect("a code"),
        interest: "financial".parse().expect("a text"),
        concerns: "M83001".parse().expect("a code"),
        aware_on: day,
        declared_on: day,
        note: Some(format!("as {name} told us").parse().expect("a note")),
    };
    Draft { event: Event { fact, ..event }, ..draft(1) }
}

fn of_one(expected_head: u64, request: &str, draft: Draft) -> Batch {
    Batch { drafts: vec![draft], ..batch(expected_head, request, 1) }
}

/// What may name a person lies beside its event.
async fn keeps_names_beside(log: &dyn EventLog) {
    log.append(batch(0, "before", 2)).await.expect("appended");
    log.append(of_one(2, "named", interest(NAME))).await.expect("appended");
    log.append(of_one(3, "named-again", interest(NAME))).await.expect("appended");
    for stored in log.read(2, 2).expect("read").iter().chain(&log.recent(2, 2).expect("recent")) {
        let text = String::from_utf8_lossy(&stored.bytes);
        assert!(!text.contains(NAME) && text.contains("committed"), "{text}");
    }
    let beside = log.disclosures(0, 100).expect("read");
    let at: Vec<_> = beside.iter().map(|each| (each.position, each.field)).collect();
    use PersonalField::{Note, Office};
    assert_eq!(at, [(3, Office), (3, Note), (4, Office), (4, Note)]);
    assert_eq!(log.disclosures(2, 3).expect("read"), beside[..2]);
    assert_eq!(log.disclosures(3, 3).expect("read"), []);
    for (stored, beside) in log.read(2, 2).expect("read").iter().zip(beside.chunks(2)) {
        let recorded = shape::decode(stored.position, &stored.bytes).expect("decoded");
        let committed = recorded.event.fact.personal();
        let told = beside.iter().map(|each| (each.field, Personal::Committed(each.commitment())));
        assert_eq!(
            committed,
            told.collect::<Vec<_>>().iter().map(|(f, p)| (*f, p)).collect::<Vec<_>>()
        );
        assert_eq!(beside[0].value.as_str(), NAME);
    }
    assert_ne!(beside[0].commitment(), beside[2].commitment(), "each has a salt of its own");
    // Nor would what is remembered of the request confirm a guess: it is a commitment too.
    let record = log.request(&id("named")).expect("read").expect("remembered");
    let Content::Committed { commitment, .. } = record.content else { panic!("{record:?}") };
    assert_ne!(commitment, [1; 32]);
    assert!(record.content.is(&[1; 32]) && !record.content.is(&[2; 32]));
    assert_eq!(log.check(), Ok(log.tree()));
}

fn redaction(about: u64, field: PersonalField) -> Draft {
    let Draft { event, .. } = draft(1);
    let fact = Fact::FieldRedacted {
        about,
        field,
        reason: "erasure asked for".parse().expect("a text"),
        authority: "data protection officer".parse().expect("a text"),
    };
    Draft { event: Event { fact, ..event }, ..draft(1) }
}

/// What is redacted is gone, and nothing else: not a byte of any event, not a hash. Goes on from
/// [`keeps_names_beside`].
async fn redacts(log: &dyn EventLog) {
    use PersonalField::{Note, Office};
    let (bytes, beside) = (log.read(0, 4).expect("read"), log.disclosures(0, 100).expect("read"));
    let named_again = log.request(&id("named-again"));
    log.append(of_one(4, "redact", redaction(3, Office))).await.expect("appended");
    assert_eq!(log.disclosures(0, 100).expect("read"), beside[1..]);
    assert_eq!(log.read(0, 4).expect("read"), bytes);
    // The request is remembered, but nothing that would confirm a guess at what it said.
    let record = log.request(&id("named")).expect("read").expect("remembered");
    assert_eq!((record.appended.first, record.content), (3, Content::Forgotten));
    assert!(record.content.is(&[1; 32]) && record.content.is(&[2; 32]));
    assert_eq!(log.request(&id("named-again")), named_again);
    let resent = log.append(of_one(5, "named", interest(NAME))).await;
    assert_eq!(resent, Err(AppendError::AlreadyRecorded(record)));
    // Two at once, one of them said and redacted in the same request.
    let drafts = vec![interest(NAME), redaction(6, Note)];
    let both = Batch { drafts, ..batch(5, "both", 2) };
    log.append(both).await.expect("appended");
    let left: Vec<_> = log.disclosures(0, 100).expect("read");
    let left: Vec<_> = left.iter().map(|each| (each.position, each.field)).collect();
    assert_eq!(left, [(3, Note), (4, Office), (4, Note), (6, Office)]);
    assert_eq!(log.check(), Ok(log.tree()));
}

#[tokio::test]
async fn memory_keeps_names_beside_and_redacts() {
    let log = MemoryLog::new("suite", Arc::new(|| 0));
    keeps_names_beside(&log).await;
    redacts(&log).await;
}

#[tokio::test]
async fn sqlite_redacts_and_remembers() {
    let scratch = Scratch::new("redacts");
    let log = open(&scratch.file()).expect("opened");
    keeps_names_beside(&log).await;
    redacts(&log).await;
    let left = log.disclosures(0, 100);
    drop(log);
    let log = open(&scratch.file()).expect("opened again");
    assert_eq!((log.disclosures(0, 100), log.check()), (left, Ok(log.tree())));
    drop(log);
    // What was redacted and put back by other hands is named.
    let db = rusqlite::Connection::open(scratch.file()).expect("opened");
    let put_back = "INSERT INTO disclosures SELECT 3, 'office', salt, value FROM disclosures
                    WHERE position = 4 AND field = 'office'";
    db.execute(put_back, []).expect("changed");
    drop(db);
    let found = open(&scratch.file()).and_then(|log| log.check().map(|_| ()));
    let Err(LogError::Damaged(what)) = found else { panic!("{found:?}") };
    assert!(what.contains("event 3 as its office"), "{what}");
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
        let log = open(&scratch.file()).expect("opened");
        let drafts = (1..=NAMES).map(|n| interest(&(name(n) + &"x".repeat(below(300)))));
        let named = Batch { drafts: drafts.collect(), ..batch(0, "named", 1) };
        log.append(named).await.expect("appended");
        let mut order: Vec<usize> = (1..=NAMES).collect();
        (0..NAMES).for_each(|at| order.swap(at, below(NAMES)));
        let (gone, left) = order.split_at(150);
        for some in gone.chunks(50) {
            let both = [PersonalField::Office, PersonalField::Note];
            let drafts = some.iter().flat_map(|at| both.map(|field| redaction(*at as u64, field)));
            let head = *log.head().borrow();
            let redact = Batch { drafts: drafts.collect(), ..batch(head, &format!("r-{head}"), 1) };
            log.append(redact).await.expect("appended");
        }
        // While it is open, once the WAL is truncated; and when it is closed.
        let left: BTreeSet<usize> = left.iter().copied().collect();
        for tried in 0.. {
            let found = named_in(&scratch.0);
            if found == left {
                break;
            }
            assert!(tried < 100, "after 10 s there are {found:?}, and not {left:?}; seed {seed}");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        drop(log);
        assert_eq!(named_in(&scratch.0), left, "seed {seed}");
        let log = open(&scratch.file()).expect("opened again");
        assert_eq!(log.check(), Ok(log.tree()));
    }
}

#[tokio::test]
async fn sqlite_keeps_names_beside_and_remembers() {
    let scratch = Scratch::new("beside");
    let log = open(&scratch.file()).expect("opened");
    keeps_names_beside(&log).await;
    let (beside, request) = (log.disclosures(0, 100), log.request(&id("named")));
    drop(log);
    let log = open(&scratch.file()).expect("opened again");
    assert_eq!((log.disclosures(0, 100), log.request(&id("named"))), (beside, request));
    assert_eq!(log.check(), Ok(log.tree()));
}

#[tokio::test]
async fn what_lies_beside_and_was_changed_by_other_hands_is_named() {
    let scratch = Scratch::new("beside-damage");
    let log = open(&scratch.file()).expect("opened");
    keeps_names_beside(&log).await;
    drop(log);
    let whole = std::fs::read(scratch.file()).expect("read");
    for (change, named) in [
        ("UPDATE disclosures SET value = 'somebody else' WHERE rowid = 1", "event 3 as its office"),
        (
            "UPDATE disclosures SET salt = zeroblob(32) WHERE position = 4 AND field = 'note'",
            "event 4 as its note",
        ),
        ("UPDATE disclosures SET salt = zeroblob(3) WHERE position = 4", "event 4 cannot be read"),
        (
            "UPDATE disclosures SET value = '' WHERE position = 3 AND field = 'note'",
            "event 3 cannot be read",
        ),
        (
            "UPDATE disclosures SET field = 'handled[0].office' WHERE position = 3 AND field = 'note'",
            "event 3 lies a handled[0].office",
        ),
        (
            "UPDATE disclosures SET position = 2 WHERE position = 3 AND field = 'note'",
            "event 2 lies a note",
        ),
        (
            "UPDATE disclosures SET position = 9 WHERE position = 4 AND field = 'note'",
            "event 9 lies a note",
        ),
        (
            "DELETE FROM disclosures WHERE position = 4 AND field = 'office'",
            "the office of event 4 does not lie",
        ),
    ] {
        let db = rusqlite::Connection::open(scratch.file()).expect("opened");
        db.execute_batch("DROP TRIGGER disclosures_keep").expect("done");
        assert!(db.execute(change, []).expect("changed") > 0, "{change}");
        drop(db);
        let found = open(&scratch.file()).and_then(|log| log.check().map(|_| ()));
        let Err(LogError::Damaged(what)) = found else { panic!("{change}: {found:?}") };
        assert!(what.contains(named), "{change}: {what}");
        std::fs::write(scratch.file(), &whole).expect("restored");
    }
}

#[tokio::test]
async fn memory_conforms() {
    let instant = Arc::new(AtomicI64::new(0));
    let log = MemoryLog::new("suite", clock_at(&instant));
    conforms(Arc::new(log), instant).await;
}

fn open(path: &Path) -> Result<SqliteLog, LogError> {
    SqliteLog::open(path, clock_at(&Arc::new(AtomicI64::new(0))))
}

#[tokio::test]
async fn sqlite_conforms_and_remembers() {
    let scratch = Scratch::new("conforms");
    let instant = Arc::new(AtomicI64::new(0));
    let log = Arc::new(SqliteLog::open(&scratch.file(), clock_at(&instant)).expect("opened"));
    let name = log.id().to_owned();
    conforms(log.clone(), instant).await;
    let before = log.read(0, 100).expect("read");
    let kept = log.kept().expect("read");
    let tree = log.tree();
    drop(log);
    // Closed and opened again: the same log, the same bytes, the same memory.
    let log = open(&scratch.file()).expect("opened again");
    assert_eq!(log.id(), name);
    assert_eq!(log.read(0, 100).expect("read"), before);
    assert_eq!(*log.head().borrow(), 11);
    assert_eq!(log.kept().expect("read"), kept);
    assert_eq!(log.tree(), tree);
    assert_eq!(log.recent(10, 1), None, "nothing was appended since");
    let again = log.append(batch(11, "first", 3)).await;
    assert!(matches!(again, Err(AppendError::AlreadyRecorded(_))));
    let next = log.append(batch(11, "after", 1)).await.expect("appended");
    assert_eq!(next.first, 12);
    assert!(next.recorded_at >= before[10].recorded_at, "not before what was recorded");
}

#[tokio::test]
async fn a_second_writer_is_refused() {
    let scratch = Scratch::new("second-writer");
    let first = open(&scratch.file()).expect("opened");
    let second = open(&scratch.file()).map(|_| ()).expect_err("open in two places");
    assert!(matches!(second, LogError::InUse(_)));
    assert!(second.to_string().contains("stop that one first"), "{second}");
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
    assert!(matches!(open(&path).map(|_| ()), Err(LogError::NotALog(_))));
    assert_eq!(std::fs::read(&path).expect("read"), before);

    let nothing = scratch.0.join("nothing.db");
    std::fs::write(&nothing, "").expect("written");
    let refused = open(&nothing).map(|_| ()).expect_err("cut off to nothing");
    assert!(refused.to_string().contains("is empty"), "{refused}");
    assert_eq!(std::fs::read(&nothing).expect("read"), b"");

    let other = scratch.0.join("other.db");
    let db = rusqlite::Connection::open(&other).expect("opened");
    db.execute_batch("CREATE TABLE somebody_elses (x)").expect("made");
    drop(db);
    let refused = open(&other).map(|_| ()).expect_err("somebody else's");
    assert!(refused.to_string().contains("not a Remit event log"), "{refused}");

    let newer = scratch.0.join("newer.db");
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
    let log = open(&scratch.file()).expect("opened");
    log.append(batch(0, "first", 2)).await.expect("appended");
    log.append(of_one(2, "named", interest(NAME))).await.expect("appended");
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
    let log = open(&scratch.file()).expect("opened");
    log.append(batch(0, "first", 600)).await.expect("appended");
    let before = log.read(0, 1_000).expect("read");
    let tree_before = log.tree();
    drop(log);
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
        let log = open(&scratch.file()).expect("brought up");
        assert_eq!(log.read(0, 1_000).expect("read"), before);
        assert_eq!((log.tree(), log.check()), (tree_before, Ok(tree_before)), "the same tree");
        assert_eq!(log.kept(), Ok(Kept::default()));
        assert_eq!(log.disclosures(0, 1_000), Ok(vec![]));
        let first = log.request(&id("first")).expect("read").expect("remembered");
        assert_eq!(first.content, Content::Digest([0; 32]));
    }
}

/// A statement that changes a stored thing by hand, and what must then be named.
#[tokio::test]
async fn what_was_changed_by_other_hands_is_found_and_named() {
    let scratch = Scratch::new("damage");
    let log = open(&scratch.file()).expect("opened");
    log.append(batch(0, "first", 700)).await.expect("appended");
    let whole = log.tree();
    drop(log);
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
            let found = open(&scratch.file()).and_then(|log| log.check().map(|_| ()));
            let Err(LogError::Damaged(what)) = found else {
                panic!("{table}.{column} {at}, byte {byte}, bit {bit}: {found:?}")
            };
            assert!(what.contains(named), "{table}.{column} {at}: {what}");
            flip(table, column, at, byte, bit);
        }
    }
    let log = open(&scratch.file()).expect("as it was");
    assert_eq!(log.check(), Ok(whole));
}

/// The list of requests follows from the events: without it one could be recorded twice.
#[tokio::test]
async fn a_list_of_requests_that_was_changed_is_found() {
    for (change, named) in [
        ("DELETE FROM requests WHERE request_id = 'request-1'", "list of requests speaks of 400"),
        ("DELETE FROM requests WHERE request_id = 'request-2'", "event 401 is missing"),
        ("UPDATE requests SET first = 2 WHERE first = 1", "list of requests speaks of 599"),
        (
            "UPDATE requests SET request_id = 'x' WHERE first = 201",
            "has \"x\" with events 201 to 400",
        ),
        (
            "UPDATE requests SET last = 199 WHERE first = 1;
             UPDATE requests SET first = 200 WHERE first = 201",
            "and not \"request-0\" with events 1 to 200",
        ),
        (
            "INSERT INTO requests (request_id, digest, first, last) VALUES ('y', x'00', 5, 4)",
            "has \"y\" with events 5 to 4",
        ),
        ("UPDATE log SET id = 'another'", "event 1 is of urn:remit:"),
        ("INSERT INTO log (id) VALUES ('another')", "event 1 is of urn:remit:"),
    ] {
        let scratch = Scratch::new("requests");
        drop(of_three_requests(&scratch.file()).await);
        let db = rusqlite::Connection::open(scratch.file()).expect("opened");
        db.execute_batch("DROP TRIGGER requests_keep; DROP TRIGGER requests_stay").expect("done");
        db.execute_batch(change).expect("changed");
        drop(db);
        let found = open(&scratch.file()).and_then(|log| log.check().map(|_| ()));
        let Err(LogError::Damaged(what)) = found else { panic!("{change}: {found:?}") };
        assert!(what.contains(named), "{change}: {what}");
    }
}

/// A log of 600 events in requests of 200, two acts and a mark; the second act came after event 500.
async fn of_three_requests(path: &Path) -> SqliteLog {
    let instant = Arc::new(AtomicI64::new(1_000));
    let log = SqliteLog::open(path, clock_at(&instant)).expect("opened");
    let act = |group: &str| {
        let act = DeskAct::GroupDeleted { group: group.parse().expect("a name") };
        Some((act, "the desk".parse().expect("an office")))
    };
    for number in 0..3_u8 {
        instant.store(1_000 * (1 + i64::from(number)), Ordering::SeqCst);
        let request = format!("request-{number}");
        log.append(batch(200 * u64::from(number), &request, 200)).await.expect("appended");
        if number > 0 {
            instant.fetch_add(10, Ordering::SeqCst);
            let marks = vec![("mark".to_owned(), Some(number.to_string()))];
            let keep = Keep { act: act(&format!("after-{number}")), marks };
            log.keep(keep).await.expect("kept");
        }
    }
    log
}

#[tokio::test]
async fn a_log_is_read_and_copied_beside_its_writer() {
    let scratch = Scratch::new("beside");
    let log = of_three_requests(&scratch.file()).await;
    let then = (log.tree(), log.read(0, 1_000), log.kept());
    let reader = SqliteLog::open_read_only(&scratch.file(), clock_at(&Arc::default()));
    let reader = reader.expect("opened beside");
    assert_eq!(reader.append(batch(600, "no", 1)).await, Err(LogError::Closed.into()));
    log.append(batch(600, "later", 1)).await.expect("the reader holds nobody up");
    assert_eq!((reader.tree(), reader.read(0, 1_000), reader.kept()), then, "one moment");
    assert_eq!(reader.check(), Ok(then.0));

    let copied = scratch.0.join("copy.db");
    sqlite::copy(&scratch.file(), &copied).expect("copied beside the writer");
    let copy = SqliteLog::open(&copied, clock_at(&Arc::default())).expect("a log");
    assert_eq!((copy.id(), copy.check()), (log.id(), Ok(log.tree())));
    assert_eq!((copy.read(0, 1_000), copy.kept()), (log.read(0, 1_000), log.kept()));
    assert_eq!(copy.request(&id("later")), log.request(&id("later")));
    // While a place is reserved nobody opens a log there.
    let empty = scratch.0.join("reserved.db");
    let held = sqlite::reserve(&empty).expect("free");
    assert!(matches!(open(&empty).map(|_| ()), Err(LogError::InUse(_))));
    drop(held);
    assert!(matches!(sqlite::reserve(&scratch.file()), Err(LogError::InUse(_))));
}

#[tokio::test]
async fn a_cut_log_is_what_it_was_at_that_position() {
    let scratch = Scratch::new("cut");
    let whole = of_three_requests(&scratch.file()).await;
    let all = whole.read(0, 1_000).expect("read");
    let kept = whole.kept().expect("read");
    for (until, acts) in [(600, 2), (400, 1), (200, 0), (0, 0)] {
        let path = scratch.0.join(format!("{until}.db"));
        sqlite::copy(&scratch.file(), &path).expect("copied");
        sqlite::cut(&path, until, |kept| Ok(kept.marks.clone())).expect("cut");
        let log = open(&path).expect("a log");
        let mut tree_then = Frontier::default();
        let then = &all[..usize::try_from(until).expect("small")];
        then.iter().for_each(|event| tree_then.push(tree::leaf(&event.bytes), |_, _, _| ()));
        assert_eq!(log.check(), Ok((until, tree_then.root())), "{until}");
        assert_eq!(log.read(0, 1_000).expect("read"), then, "{until}");
        let now = log.kept().expect("read");
        assert_eq!((&now.acts[..], &now.marks), (&kept.acts[..acts], &kept.marks), "{until}");
        for (number, known) in [(0, until >= 200), (1, until >= 400), (2, until >= 600)] {
            let request = log.request(&id(&format!("request-{number}"))).expect("read");
            assert_eq!(request.is_some(), known, "{until}: request {number}");
        }
        // It goes on from there, and still refuses changes by hand.
        log.append(batch(until, "next", 1)).await.expect("appended");
        let db = rusqlite::Connection::open(&path).expect("opened");
        assert!(db.execute("DELETE FROM events WHERE position = 1", []).is_err());
        assert!(db.execute("DELETE FROM acts", []).is_err() || acts == 0);
    }
    let path = scratch.0.join("refused.db");
    sqlite::copy(&scratch.file(), &path).expect("copied");
    for (until, says) in [(300, "choose 200 or 400"), (601, "there is no event 601")] {
        let refused = sqlite::cut(&path, until, |kept| Ok(kept.marks.clone()));
        let refused = refused.expect_err("refused").to_string();
        assert!(refused.contains(says), "{refused}");
    }
}

#[tokio::test]
async fn a_log_made_from_stored_bytes_is_the_same_log() {
    let scratch = Scratch::new("copyist");
    let whole = of_three_requests(&scratch.file()).await;
    let all = whole.read(0, 1_000).expect("read");
    for until in [None, Some(400), Some(0)] {
        let path = scratch.0.join(format!("{until:?}.db"));
        let mut copyist = Copyist::begin(&path, until).expect("begun");
        all.iter().for_each(|event| copyist.write(&event.bytes).expect("the next"));
        let copied = copyist.finish().expect("made");
        assert_eq!(copied.given, whole.tree());
        let log = open(&path).expect("a log");
        let size = until.unwrap_or(600);
        assert_eq!((copied.kept.0, log.check()), (size, Ok(copied.kept)));
        let then = &all[..usize::try_from(size).expect("small")];
        assert_eq!((log.id(), &log.read(0, 1_000).expect("read")[..]), (whole.id(), then));
        let request = log.request(&id("request-1")).expect("read");
        let there = whole.request(&id("request-1")).expect("read").map(|there| there.appended);
        assert_eq!(request.map(|request| request.appended), there.filter(|_| size >= 400));
        assert!(
            request.is_none_or(|request| request.content == Content::Digest([0; 32])),
            "nobody knows"
        );
    }
    let bytes = |position: usize| all[position - 1].bytes.to_vec();
    let text = |position: usize| String::from_utf8(bytes(position)).expect("text");
    let instant = |text: String, to: &str| text.replace("1970-01-01T00:00:00.001000Z", to);
    for (case, events, says) in [
        ("not the first", vec![bytes(2)], "event 1 cannot be read: it says it is at 2"),
        ("one twice", vec![bytes(1), bytes(1)], "event 2 cannot be read: it says it is at 1"),
        ("no event", vec![b"{}".to_vec()], "event 1 cannot be read: missing field"),
        (
            "another register's",
            vec![bytes(1), text(2).replace("urn:remit:", "urn:remit:x").into_bytes()],
            "event 2 is of another register",
        ),
        (
            "a request at two instants",
            vec![bytes(1), instant(text(2), "1970-01-01T00:00:00.002000Z").into_bytes()],
            "event 2 was recorded at another instant",
        ),
        (
            "an earlier instant",
            vec![
                bytes(1),
                instant(text(2), "1970-01-01T00:00:00.000000Z")
                    .replace("request-0", "request-1")
                    .into_bytes(),
            ],
            "event 2 was recorded before",
        ),
        (
            "a request in two places",
            vec![bytes(1), text(2).replace("request-0", "x").into_bytes(), bytes(3), bytes(4)],
            "event 3 is of the request \"request-0\", which was recorded before",
        ),
    ] {
        let mut copyist = Copyist::begin(&scratch.0.join(case), None).expect("begun");
        let written = events.iter().try_for_each(|event| copyist.write(event));
        let refused = written.and_then(|()| copyist.finish().map(drop)).expect_err(case);
        assert!(refused.to_string().contains(says), "{case}: {refused}");
    }
    let mut inside = Copyist::begin(&scratch.0.join("inside.db"), Some(300)).expect("begun");
    let refused = all.iter().try_for_each(|event| inside.write(&event.bytes)).expect_err("split");
    assert!(refused.to_string().contains("inside a request"), "{refused}");
}
