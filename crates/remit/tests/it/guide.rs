//! The consumer of `docs/guides/back-office.md`, as it stands there: it is killed again and again
//! and misses nothing.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use remit_grpc::pb;
use tools::{python, root};

use crate::served::{REMIT, Scratch, Served};

fn run(command: &mut Command) {
    let output = command.output().expect("run");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The program in the guide.
fn consumer() -> String {
    let guide = std::fs::read_to_string(root().join("docs/guides/back-office.md")).expect("read");
    let (_, rest) = guide.split_once("```python\n").expect("a program");
    let program = rest.split_once("```").expect("its end").0.to_owned();
    let lines = program.lines().count();
    println!("the consumer of the guide has {lines} lines");
    assert!(lines <= 60, "{lines}");
    program
}

/// A running consumer, and every line it ever printed.
struct Consumer {
    child: Child,
}

impl Consumer {
    fn start(python: &Path, dir: &Path, url: &str, lines: &Arc<Mutex<Vec<String>>>) -> Self {
        let address = url.trim_start_matches("http://");
        let mut child = Command::new(python)
            .current_dir(dir)
            .env("PYTHONPATH", dir.join("stubs"))
            .args(["follow_icb.py", address, "QSL", "cursor.txt"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let (out, lines) = (child.stdout.take().expect("piped"), Arc::clone(lines));
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                lines.lock().expect("unpoisoned").push(line);
            }
        });
        Self { child }
    }

    /// Kills it as a power cut would.
    fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("reaped");
    }
}

fn remit(url: &str, args: &[&str], input: &str) -> String {
    use std::io::Write;
    let mut child = Command::new(REMIT)
        .args(args)
        .env("REMIT_SERVER", url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("run");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("ended");
    let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{args:?}: {err}");
    String::from_utf8_lossy(out).into_owned()
}

fn wait(what: &str, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The delegation of primary medical services to the ICB of the guide.
const INSTRUMENT: &str = "delegation/QSL/primary-medical";
/// As many answers as it changes: 21 functions, six of them under one procurement regime until 2024
/// and under another since.
const CHANGES: usize = 21 + 6;

/// Attaches a condition: that changes every answer by the instrument.
fn condition(number: u32) -> String {
    let request = pb::RecordRequest {
        request_id: format!("guide-{number}"),
        actor: "guide test".to_owned(),
        acting_for: "X24".to_owned(),
        commands: vec![pb::Command {
            act: Some(pb::command::Act::ConditionAttached(pb::ConditionAttached {
                instrument: INSTRUMENT.to_owned(),
                condition: format!("Condition {number}"),
                effective_from: Some(pb::Date { year: 2023, month: 4, day: 1 }),
                by: vec!["X24".to_owned()],
            })),
            evidence: None,
        }],
        evidence: Some(pb::Evidence {
            source: "guide test".to_owned(),
            confidence: pb::Confidence::Confirmed.into(),
            ..Default::default()
        }),
        validate_only: false,
        prove: false,
    };
    let json = remit_grpc::json::to_json("RecordRequest", &request).expect("JSON");
    serde_json::to_string(&json).expect("text")
}

#[test]
fn the_consumer_of_the_guide_survives_kill_9_and_misses_nothing() {
    let Some(python) = python("docs/guides/requirements.txt", "guide") else { return };
    let scratch = Scratch::new("guide");
    scratch.file("follow_icb.py", consumer());
    let stubs = scratch.0.join("stubs");
    std::fs::create_dir_all(&stubs).expect("a directory");
    let proto = root().join("proto");
    let mut protos = Vec::new();
    for folder in ["remit/v1", "google/type"] {
        let files = std::fs::read_dir(proto.join(folder)).expect("read");
        protos.extend(files.map(|file| file.expect("a file").path()));
    }
    let out = |option: &str| format!("{option}={}", stubs.display());
    run(Command::new(&python)
        .args(["-m", "grpc_tools.protoc", "-I"])
        .arg(&proto)
        .args([out("--python_out"), out("--grpc_python_out")])
        .args(protos));
    let data = scratch.0.join("data");
    let served = Served::start(&data);
    remit(&served.url, &["load", "england"], "");
    let lines = Arc::new(Mutex::new(Vec::new()));
    let mut child = Consumer::start(&python, &scratch.0, &served.url, &lines);
    wait("the first cursor", || scratch.0.join("cursor.txt").exists());

    // Forty changes; killed after every third.
    let mut kills = 0;
    for number in 1..=40 {
        remit(&served.url, &["record", "-"], &condition(number));
        if number % 3 == 0 {
            // At some moment between the event and the notice, or after it.
            std::thread::sleep(Duration::from_millis(u64::from(number) * 7));
            child.kill();
            kills += 1;
            child = Consumer::start(&python, &scratch.0, &served.url, &lines);
        }
    }
    let filter = format!("type=condition-attached instrument={INSTRUMENT}");
    let last = remit(&served.url, &["events", "--filter", &filter, "-o", "json"], "");
    let positions: Vec<u64> = last
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|event| event["position"].as_u64().expect("a position"))
        .collect();
    assert_eq!(positions.len(), 40);
    let end = format!("[event {}]", positions[39]);
    // Killed before the last of them is told, it would have missed nothing and told too little.
    let told = || {
        let lines = lines.lock().expect("unpoisoned");
        lines.iter().filter(|line| line.ends_with(&end)).collect::<HashSet<_>>().len() == CHANGES
    };
    wait("every notice of the last change", told);
    child.kill();
    // Each change once, in order; after a kill the one that was being printed may come again.
    let lines = lines.lock().expect("unpoisoned").clone();
    let mut seen: Vec<&String> = Vec::new();
    let mut again = 0;
    for line in &lines {
        if seen.last() == Some(&line) {
            again += 1;
        } else {
            assert!(!seen.contains(&line), "told twice: {line}");
            seen.push(line);
        }
    }
    // Each condition changes every answer by the delegation.
    for position in &positions {
        let end = format!("[event {position}]");
        let times = seen.iter().filter(|line| line.ends_with(&end)).count();
        assert_eq!(times, CHANGES, "event {position}");
    }
    assert!(again <= kills, "{again}");
    println!(
        "{} changes told by a consumer killed {kills} times, {again} of them twice",
        seen.len()
    );
}
