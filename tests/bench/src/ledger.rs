//! What proof costs: appending with the tree and without, looking a whole file over, statements.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use remit_grpc::pb;
use remit_ledger::{Frontier, VerifierKey, tree};
use remit_statement::verify;
use rusqlite::params;

use crate::figures::{Conditions, Figures, Runs};
use crate::load::{Served, load, places};
use crate::store::bare;

/// Events of one commit, and the length of one: as a client that records in batches writes.
const BATCH: usize = 256;
const EVENT_BYTES: usize = 430;
/// Statements of one run.
const STATEMENTS: usize = 20;

/// Commits of a batch one after another into a bare table, with what the log adds for the tree or
/// without: events a second.
fn commits(path: &Path, text: &str, seconds: f64, with_tree: bool) -> f64 {
    let mut db = bare(path);
    db.execute_batch(
        "ALTER TABLE events ADD COLUMN leaf BLOB;
         CREATE TABLE subtrees (level INTEGER, number INTEGER, root BLOB,
                                PRIMARY KEY (level, number)) STRICT, WITHOUT ROWID;",
    )
    .expect("made");
    let (mut frontier, mut position) = (Frontier::default(), 0_i64);
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < seconds {
        let tx = db.transaction().expect("begun");
        {
            let sql = "INSERT INTO events (position, event, leaf) VALUES (?1, ?2, ?3)";
            let mut insert = tx.prepare_cached(sql).expect("prepared");
            let sql = "INSERT INTO subtrees (level, number, root) VALUES (?1, ?2, ?3)";
            let mut keep = tx.prepare_cached(sql).expect("prepared");
            for _ in 0..BATCH {
                position += 1;
                if !with_tree {
                    insert.execute(params![position, text, None::<&[u8]>]).expect("inserted");
                    continue;
                }
                let leaf = tree::leaf(text.as_bytes());
                insert.execute(params![position, text, leaf]).expect("inserted");
                frontier.push(leaf, |level, number, root| {
                    if level > 0 && level % 8 == 0 {
                        keep.execute(params![level, number as i64, root]).expect("inserted");
                    }
                });
            }
        }
        tx.commit().expect("committed");
    }
    position as f64 / start.elapsed().as_secs_f64()
}

/// Appending with the tree beside appending without.
pub fn appends(conditions: &Conditions, figures: &mut Figures) {
    let text = "e".repeat(EVENT_BYTES);
    let (mut with, mut without) = (Runs::default(), Runs::default());
    for run in 0..conditions.runs {
        let file = |name: &str| conditions.scratch.join(format!("ledger-{name}-{run}.db"));
        without.0.push(commits(&file("without"), &text, conditions.seconds, false));
        with.0.push(commits(&file("with"), &text, conditions.seconds, true));
    }
    figures.ratio(
        format!("commits of {BATCH} into a bare table, with the tree"),
        "events/s",
        with,
        ("without", without),
        Some(("aim", true, 0.90)),
    );
}

/// `remit audit fsck` over a large log.
pub fn fsck(conditions: &Conditions, figures: &mut Figures) {
    let data = conditions.scratch.join("large");
    std::fs::create_dir_all(&data).expect("made");
    let own = std::env::current_exe().expect("this program");
    let (file, events) = (data.join("register.db"), conditions.events);
    let mut make = Command::new(own);
    make.arg("make-history").arg(&file).arg(events.to_string());
    assert!(make.status().expect("run").success());
    let mut seconds = Runs::default();
    for _ in 0..conditions.runs {
        let start = Instant::now();
        let mut fsck = Command::new(&conditions.remit);
        fsck.args(["audit", "fsck", "--data"]).arg(&data).stdout(Stdio::null());
        assert!(fsck.status().expect("run").success());
        seconds.0.push(start.elapsed().as_secs_f64());
    }
    figures.plain(format!("fsck of {events} events"), "s", seconds, Some(("aim", false, 10.0)));
}

fn asked(place: &str) -> pb::IssueStatementRequest {
    let question = pb::WhoHoldsRequest {
        function: "gms-contracts".to_owned(),
        place: place.to_owned(),
        effective_on: Some(pb::Date { year: 2019, month: 4, day: 1 }),
        ..Default::default()
    };
    let asked = pb::issue_statement_request::Asked::WhoHolds(question);
    pb::IssueStatementRequest { asked: Some(asked) }
}

/// Statements about practices of England: the first, those after it, and checking them.
pub async fn statements(conditions: &Conditions, figures: &mut Figures) {
    let (mut first, mut issue, mut check, mut kilobytes, mut second) =
        (Runs::default(), Runs::default(), Runs::default(), Runs::default(), Runs::default());
    for run in 0..conditions.runs {
        let served = Served::remit(conditions, &format!("statements-{run}"));
        load(conditions, &served);
        let places = places(&served).await;
        let channel = crate::load::connect(&served.url).await;
        let mut audit = pb::audit_service_client::AuditServiceClient::new(channel);
        let key = audit.get_checkpoint(pb::GetCheckpointRequest::default()).await;
        let key = key.expect("signed").into_inner().public_key;
        let keys = [VerifierKey::parse(&key).expect("a key")];
        let start = Instant::now();
        audit.issue_statement(asked(&places[0])).await.expect("issued");
        first.0.push(start.elapsed().as_secs_f64() * 1e3);
        let (mut issued, mut checked, mut bytes) = (0.0, 0.0, 0);
        for number in 0..STATEMENTS {
            let place = &places[(number + 1) * places.len() / (STATEMENTS + 2)];
            let start = Instant::now();
            let reply = audit.issue_statement(asked(place)).await.expect("issued").into_inner();
            issued += start.elapsed().as_secs_f64();
            let start = Instant::now();
            verify(&reply.statement, &keys).expect("it stands");
            checked += start.elapsed().as_secs_f64();
            bytes += reply.statement.len();
            if number == 0 {
                second.0.extend(by_the_second(conditions, &reply.statement, &key));
            }
        }
        issue.0.push(issued * 1e3 / STATEMENTS as f64);
        check.0.push(checked * 1e3 / STATEMENTS as f64);
        kilobytes.0.push(bytes as f64 / 1e3 / STATEMENTS as f64);
    }
    figures.plain("first statement, with the index over 36,586 events", "ms", first, None);
    figures.plain("issue a statement", "ms", issue, None);
    figures.plain("check a statement", "ms", check, None);
    figures.plain("a statement", "kB", kilobytes, None);
    figures.plain("check one with the verifier in Python, a process", "ms", second, None);
}

/// How long the second verifier takes; nothing where its Python is not there.
fn by_the_second(conditions: &Conditions, statement: &str, key: &str) -> Option<f64> {
    let mut script = Command::new("sh");
    script.args(["tests/python.sh", "deploy/verifier/requirements.txt", "verifier"]);
    let python = script.stderr(Stdio::null()).output().ok().filter(|out| out.status.success())?;
    let python = String::from_utf8(python.stdout).ok()?;
    let (file, public) = (conditions.scratch.join("s.json"), conditions.scratch.join("s.pub"));
    std::fs::write(&file, statement).ok()?;
    std::fs::write(&public, key).ok()?;
    let start = Instant::now();
    let mut verifier = Command::new(python.trim());
    verifier.arg("deploy/verifier/verify.py").args([&file, &public]).stdout(Stdio::null());
    assert!(verifier.status().ok()?.success());
    Some(start.elapsed().as_secs_f64() * 1e3)
}
