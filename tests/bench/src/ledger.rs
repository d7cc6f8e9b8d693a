//! What proof costs: appending with the tree and without, looking a whole file over, statements.

use std::process::{Command, Stdio};
use std::time::Instant;

use remit_domain::{Command as Asked, Event};
use remit_engine::{Node, Request};
use remit_grpc::pb;
use remit_ledger::VerifierKey;
use remit_log::{Log, system_clock};
use remit_statement::verify;
use remit_stores::SqliteStore;

use crate::figures::{Conditions, Figures, Runs};
use crate::history::{Appended, draft, england, events};
use crate::load::{Served, load, places};

/// Events of one commit: as a client that records in batches writes.
const BATCH: usize = 256;
/// Statements of one run.
const STATEMENTS: usize = 20;

/// Events appended to a new log, a batch after the other: events a second.
fn appended(store: SqliteStore, events: &[Event]) -> f64 {
    let drafts: Vec<_> = events.iter().cloned().map(draft).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
    runtime.expect("a runtime").block_on(async {
        let mut log = Appended::to(store);
        let start = Instant::now();
        for batch in drafts.chunks(BATCH) {
            log.append(batch).await;
        }
        events.len() as f64 / start.elapsed().as_secs_f64()
    })
}

/// Commands decided and recorded in a new log, a batch after the other: events a second.
fn recorded(store: SqliteStore, commands: &[Asked]) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
    let runtime = runtime.expect("a runtime");
    let node = runtime.block_on(Node::open(Log::new(store, system_clock()))).expect("opened");
    let requests: Vec<_> = commands
        .chunks(BATCH)
        .enumerate()
        .map(|(number, commands)| Request {
            request_id: format!("bench-{number}").parse().expect("an id"),
            digest: [0; 32],
            actor: "bench".parse().expect("an actor"),
            acting_for: "X24".parse().expect("a code"),
            principal: None,
            trace: None,
            commands: commands.to_vec(),
        })
        .collect();
    runtime.block_on(async {
        let start = Instant::now();
        for request in requests {
            node.record(request).await.expect("recorded");
        }
        commands.len() as f64 / start.elapsed().as_secs_f64()
    })
}

/// Appending with the tree beside appending without: by the register, which decides first, and by
/// the log alone.
pub fn appends(conditions: &Conditions, figures: &mut Figures) {
    let (commands, events) = (england(), events(36_586).collect::<Vec<_>>());
    let open = |name: &str, run: usize, with_tree: bool| {
        let file = conditions.scratch.join(format!("{name}-{run}-{with_tree}.db"));
        let store = match with_tree {
            true => SqliteStore::open(&file),
            false => SqliteStore::open_without_tree(&file),
        };
        store.expect("opened")
    };
    let [mut by_register, mut by_register_without, mut by_log, mut by_log_without] =
        [const { Runs(Vec::new()) }; 4];
    for run in 0..conditions.runs {
        by_register_without.0.push(recorded(open("register", run, false), &commands));
        by_register.0.push(recorded(open("register", run, true), &commands));
        by_log_without.0.push(appended(open("log", run, false), &events));
        by_log.0.push(appended(open("log", run, true), &events));
    }
    let aim = Some(("aim", true, 0.90));
    let name = format!("England recorded, {BATCH} at a time, with the tree");
    figures.ratio(name, "events/s", by_register, ("without", by_register_without), aim);
    let name = format!("England appended to the log alone, {BATCH} at a time, with the tree");
    figures.ratio(name, "events/s", by_log, ("without", by_log_without), aim);
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
    let python = tools::python_of_the_verifier()?;
    let (file, public) = (conditions.scratch.join("s.json"), conditions.scratch.join("s.pub"));
    std::fs::write(&file, statement).ok()?;
    std::fs::write(&public, key).ok()?;
    let start = Instant::now();
    let mut verifier = Command::new(python);
    verifier.arg("deploy/verifier/verify.py").args([&file, &public]).stdout(Stdio::null());
    assert!(verifier.status().ok()?.success());
    Some(start.elapsed().as_secs_f64() * 1e3)
}
