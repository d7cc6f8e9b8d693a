//! The bare store, and what replaying costs beside scanning it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use remit_domain::{BodyRole, Period};
use remit_engine::Node;
use remit_log::{Log, system_clock};
use remit_register::Place;
use remit_stores::SqliteStore;
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

use crate::figures::{Conditions, Figures, Runs, quantile_us};

/// A bare table of the same payload: position and bytes, durable as ours is.
pub fn bare(path: &Path) -> Connection {
    let db = Connection::open(path).expect("opened");
    db.pragma_update(None, "journal_mode", "WAL").expect("set");
    db.pragma_update(None, "synchronous", "FULL").expect("set");
    db.execute_batch(
        "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, event TEXT NOT NULL) \
         STRICT",
    )
    .expect("made");
    db
}

fn insert(db: &mut Connection, position: &mut i64, texts: &[&str]) {
    let tx = db.transaction().expect("begun");
    {
        let mut statement = tx
            .prepare_cached("INSERT INTO events (position, event) VALUES (?1, ?2)")
            .expect("prepared");
        for text in texts {
            *position += 1;
            statement.execute(params![*position, text]).expect("inserted");
        }
    }
    tx.commit().expect("committed");
}

/// Commits of `batch` events one after another: events a second, and the median commit.
pub fn commits(path: &Path, text: &str, batch: usize, seconds: f64) -> (f64, f64) {
    let mut db = bare(path);
    let texts = vec![text; batch];
    let (mut position, mut samples) = (0, Vec::new());
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < seconds {
        let at = Instant::now();
        insert(&mut db, &mut position, &texts);
        samples.push(u64::try_from(at.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    (position as f64 / start.elapsed().as_secs_f64(), quantile_us(&mut samples, 0.5))
}

/// So many threads hand one event each to a committing thread and wait: events a second.
pub fn group_commits(path: &Path, text: &'static str, writers: usize, seconds: f64) -> f64 {
    let mut db = bare(path);
    let (submit, queue) = mpsc::channel::<mpsc::SyncSender<()>>();
    let committer = std::thread::spawn(move || {
        let mut position = 0;
        while let Ok(first) = queue.recv() {
            let mut waiting = vec![first];
            waiting.extend(queue.try_iter().take(4_095));
            insert(&mut db, &mut position, &vec![text; waiting.len()]);
            for done in waiting {
                let _ = done.send(());
            }
        }
        position
    });
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(seconds);
    std::thread::scope(|scope| {
        for _ in 0..writers {
            let submit = submit.clone();
            scope.spawn(move || {
                let (done, wait) = mpsc::sync_channel(1);
                while Instant::now() < until {
                    submit.send(done.clone()).expect("a committer");
                    wait.recv().expect("committed");
                }
            });
        }
    });
    let elapsed = start.elapsed().as_secs_f64();
    drop(submit);
    committer.join().expect("joined") as f64 / elapsed
}

/// In a process of its own: opens a log, answers one question, prints how long and how much memory.
pub fn open_and_answer(path: &Path) {
    let empty = resident_bytes();
    let start = Instant::now();
    let (_runtime, node) = opened(path);
    let kind = node.view(|register, head| {
        let place = Place::Body("A81001".parse().expect("a code"));
        let on = "2021-04-01".parse().expect("a day");
        register.who_holds(&"qof".parse().expect("a code"), &place, on, head).kind()
    });
    assert_eq!(kind, remit_register::ResultKind::Held);
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds} {}", resident_bytes().saturating_sub(empty));
}

/// A node over a file, and what its tasks run on.
fn opened(path: &Path) -> (Runtime, Node) {
    let store = SqliteStore::open(path).expect("opened");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
    let runtime = runtime.expect("a runtime");
    let node = runtime.block_on(Node::open(Log::new(store, system_clock()))).expect("folded");
    (runtime, node)
}

pub fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}

/// Replay and cold start beside a bare scan of the same file; memory and file size.
pub fn replay(conditions: &Conditions, figures: &mut Figures) {
    let own = std::env::current_exe().expect("this program");
    let file = conditions.scratch.join("history.db");
    let status = Command::new(&own)
        .args(["make-history", &file.display().to_string(), &conditions.events.to_string()])
        .status();
    assert!(status.expect("run").success());
    let bare_file = copy_to_bare(conditions, &file);
    let (mut scan, mut rebuild, mut open, mut resident) =
        (Runs::default(), Runs::default(), Runs::default(), Runs::default());
    for _ in 0..conditions.runs {
        scan.0.push(scan_seconds(&bare_file, false));
        rebuild.0.push(scan_seconds(&bare_file, true));
        let output = Command::new(&own).args(["open", &file.display().to_string()]).output();
        let output = output.expect("run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut parts = text.split_whitespace().map(|part| part.parse::<f64>().expect("a number"));
        open.0.push(parts.next().expect("seconds"));
        resident.0.push(parts.next().expect("bytes") / 1e6);
    }
    let rate = |runs: &Runs| Runs(runs.0.iter().map(|s| conditions.events as f64 / s).collect());
    let (ours, floor) = (rate(&open), rate(&scan));
    let events = conditions.events;
    figures.ratio(
        format!("replay of {events} events"),
        "events/s",
        ours,
        ("bare scan", floor),
        Some(("P12", true, 0.40)),
    );
    figures.ratio(
        format!("cold start to first answer, {events} events"),
        "s",
        open.clone(),
        ("bare scan into an index", rebuild),
        Some(("P13", false, 1.5)),
    );
    figures.plain("cold start, absolute", "s", open, Some(("aim", false, 1.0)));
    figures.plain(
        format!("resident memory above empty, {events} events"),
        "MB",
        resident,
        Some(("P18", false, 128.0)),
    );
    let size = |path: &PathBuf| std::fs::metadata(path).expect("a file").len() as f64;
    figures.ratio(
        "file size",
        "bytes/event",
        Runs(vec![size(&file) / events as f64]),
        ("bare table", Runs(vec![size(&bare_file) / events as f64])),
        Some(("P19", false, 1.35)),
    );
}

/// The same bytes in a bare table.
fn copy_to_bare(conditions: &Conditions, file: &Path) -> PathBuf {
    let path = conditions.scratch.join("bare.db");
    let db = bare(&path);
    db.execute("ATTACH ?1 AS history", [file.display().to_string()]).expect("attached");
    db.execute_batch("INSERT INTO main.events SELECT position, event FROM history.events")
        .expect("copied");
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("checkpointed");
    path
}

fn scan_seconds(path: &Path, index: bool) -> f64 {
    let start = Instant::now();
    let db = bare(path);
    let mut held: std::collections::HashMap<u64, Vec<[u64; 5]>> = std::collections::HashMap::new();
    let mut select =
        db.prepare("SELECT position, event FROM events ORDER BY position").expect("prepared");
    let mut rows = select.query([]).expect("begun");
    let mut sum = 0_usize;
    while let Some(row) = rows.next().expect("a row") {
        let position = row.get::<_, i64>(0).expect("a position") as u64;
        let bytes = row.get_ref(1).expect("bytes").as_bytes().expect("text");
        sum += usize::from(bytes[bytes.len() / 2]);
        if index {
            // The floor of a cold start: some word of the event into a hash map of intervals.
            let word =
                |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
            let key = position % 200_000;
            held.entry(key).or_default().push([word(20), word(30), word(40), word(50), position]);
        }
    }
    std::hint::black_box((sum, held.len()));
    start.elapsed().as_secs_f64()
}

/// Where the time of one answer goes, in process: finding it, making the message, encoding that.
pub fn answering(conditions: &Conditions, figures: &mut Figures) {
    use prost::Message;
    let file = conditions.scratch.join("england.db");
    crate::history::write(&file, 36_586);
    let (_runtime, node) = opened(&file);
    node.view(|register, head| {
        let day = "2021-10-01".parse().expect("a day");
        let role = BodyRole::Practice;
        let practices = register.bodies_of(role, Some(day), head);
        let places: Vec<_> = practices.iter().map(|view| Place::Body(view.code)).collect();
        let functions = ["qof", "gms-contracts", "premises-costs", "performers-list"];
        let functions = functions.map(|code| code.parse().expect("a code"));
        let (mut find, mut render, mut encode) =
            (Runs::default(), Runs::default(), Runs::default());
        for _ in 0..conditions.runs {
            let each = |spent: Duration, count: usize| spent.as_secs_f64() * 1e6 / count as f64;
            let asked = || places.iter().zip(functions.iter().cycle());
            let count = places.len();
            let start = Instant::now();
            for (place, function) in asked() {
                std::hint::black_box(register.who_holds(function, place, day, head));
            }
            find.0.push(each(start.elapsed(), count));
            let answers: Vec<_> =
                asked().map(|(p, f)| (p, f, register.who_holds(f, p, day, head))).collect();
            let start = Instant::now();
            let messages: Vec<_> = answers
                .iter()
                .map(|(place, function, answer)| {
                    let (function, place) = (function.to_string(), place.to_string());
                    remit_grpc::render::answer(register, function, place, answer, false)
                })
                .collect();
            render.0.push(each(start.elapsed(), count));
            let start = Instant::now();
            for message in &messages {
                std::hint::black_box(message.encode_to_vec());
            }
            encode.0.push(each(start.elapsed(), count));
        }
        figures.plain("one answer in process: found", "us", find, None);
        figures.plain("one answer in process: made into a message", "us", render, None);
        figures.plain("one answer in process: encoded", "us", encode, None);
        let codes = register.function_codes(head);
        let over = "2013-04-01".parse().and_then(|from| Ok((from, "2026-04-01".parse()?)));
        let (from, until) = over.expect("days");
        let over = Period::new(from, Some(until)).expect("a period");
        let bodies: Vec<_> = [BodyRole::Ccg, BodyRole::NhsEngland, BodyRole::SecretaryOfState]
            .into_iter()
            .flat_map(|role| register.bodies_of(role, Some(day), head))
            .map(|view| view.code)
            .collect();
        let (mut coverage, mut holdings) = (Runs::default(), Runs::default());
        for _ in 0..conditions.runs {
            let start = Instant::now();
            for code in &codes {
                std::hint::black_box(register.coverage(code, over, head));
            }
            coverage.0.push(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            for body in &bodies {
                std::hint::black_box(register.holdings(*body, day, head));
            }
            holdings.0.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let name = format!("Coverage 2013-2026, {} functions", codes.len());
        let floor = format!("ListHoldings of {} bodies", bodies.len());
        let goal = Some(("aim", false, 50.0));
        figures.ratio(&name, "ms", coverage, (&floor, holdings), goal);
    });
}
