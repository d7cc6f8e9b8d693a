//! A register taken away and brought back: under load, by kill -9, and with anything changed on the
//! way.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use remit_grpc::pb;
use tokio::task::JoinHandle;

use crate::crash::{Acknowledged, Recorder, connect, establish, record_until_gone};
use crate::served::{DRAWN_11X, ENGLAND, REMIT, Scratch, Served, england_events, remit};

type Auditor = pb::audit_service_client::AuditServiceClient<tonic::transport::Channel>;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs the program without a server.
fn alone(args: &[&str]) -> Output {
    remit("http://127.0.0.1:1", args)
}

/// What a command that was done printed as JSON.
fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// How many events, and the root over them.
fn size(output: &Output) -> (u64, String) {
    let value = json(output);
    (value["size"].as_u64().expect("a size"), value["root"].as_str().expect("a root").to_owned())
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// A register, its server, and its public key.
struct Original {
    scratch: Scratch,
    data: PathBuf,
    served: Served,
    key: PathBuf,
}

impl Original {
    fn empty(name: &str) -> Self {
        let scratch = Scratch::new(name);
        let data = scratch.0.join("original");
        let served = Served::start(&data);
        let key = scratch.file("register.pub", remit(&served.url, &["audit", "key"]).stdout);
        Self { scratch, data, served, key }
    }

    fn england(name: &str) -> Self {
        let original = Self::empty(name);
        let loaded = remit(&original.served.url, &["load", "england"]);
        assert!(loaded.status.success(), "{}", text(&loaded.stderr));
        original
    }

    /// Practices, 100 in each of so many requests.
    fn practices(name: &str, requests: u32) -> Self {
        let original = Self::empty(name);
        for number in 0..requests {
            let practice = |n: u32| {
                serde_json::json!({"bodyEstablished": {
                    "code": format!("P{number:03}{n:03}"), "role": "BODY_ROLE_PRACTICE",
                    "name": "A practice",
                    "effective": {"effectiveFrom": {"year": 2015, "month": 4, "day": 1}}}})
            };
            let batch = serde_json::json!({
                "requestId": format!("batch-{number}"), "actor": "a test", "actingFor": "X24",
                "evidence": {"source": "a test", "confidence": "CONFIDENCE_CONFIRMED"},
                "commands": (0..100).map(practice).collect::<Vec<_>>()});
            let file = original.scratch.file("batch.json", batch.to_string());
            let recorded = remit(&original.served.url, &["record", shown(&file)]);
            assert!(recorded.status.success(), "{}", text(&recorded.stderr));
        }
        original
    }

    fn place(&self, name: &str) -> PathBuf {
        self.scratch.0.join(name)
    }

    /// Clients that record until the server is gone.
    async fn under_load(&self) -> (Acknowledged, Vec<JoinHandle<()>>) {
        let acknowledged = Acknowledged::default();
        let mut writers = Vec::new();
        for writer in 0..3 {
            let client = Recorder::new(connect(&self.served.url).await);
            let requests = (0..u64::MAX).map(move |n| {
                let code = format!("W{writer}{n:06}");
                establish(format!("writer-{code}"), &code)
            });
            writers.push(tokio::spawn(record_until_gone(client, acknowledged.clone(), requests)));
        }
        while acknowledged.lock().expect("unpoisoned").len() < 20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        (acknowledged, writers)
    }

    /// The root that the server signs over the first so many events.
    async fn root(&self, size: u64) -> String {
        let mut audit = Auditor::new(connect(&self.served.url).await);
        let request = pb::GetCheckpointRequest { size, cosigned: false };
        let reply = audit.get_checkpoint(request).await.expect("signed").into_inner();
        reply.root.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What two servers say of the same questions, byte for byte, as known at a position.
fn same_answers(one: &str, other: &str, known_at: u64) {
    let known_at = known_at.to_string();
    for question in [
        &["who-holds", "qof", "--at", "A81001", "--on", "2021-04-01"][..],
        &["who-holds", "gms-contracts", "--at", "11X", "--on", "2019-04-01"],
        &["timeline", "qof", "--at", "11X", "--history"],
        &["holdings", "QSL", "--on", "2022-07-01"],
        &["instruments", "--body", "11X"],
    ] {
        let asked = [question, &["--known-at", &known_at, "-o", "json"]].concat();
        let (one, other) = (remit(one, &asked), remit(other, &asked));
        assert!(one.status.success(), "{question:?}: {}", text(&one.stderr));
        assert_eq!(text(&one.stdout), text(&other.stdout), "{question:?}");
    }
}

fn fsck(data: &Path) -> String {
    let output = alone(&["audit", "fsck", "--data", shown(data)]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The lines of an export: event n is line n, counted from 0.
fn lines(file: &Path) -> Vec<String> {
    std::fs::read_to_string(file).expect("read").lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_under_load_makes_the_same_register() {
    let england = Original::england("export");
    let (acknowledged, writers) = england.under_load().await;
    let (url, key) = (england.served.url.clone(), shown(&england.key));
    let file = england.place("register.jsonl");
    let export = ["export", "--out", shown(&file), "--key", key, "-o", "json"];
    let exported = size(&remit(&url, &export));
    let explored = england.place("register.sqlite");
    let explore = ["export", "--format", "sqlite", "--out", shown(&explored), "-o", "json"];
    let explored_size = size(&remit(&url, &explore));
    assert!(
        england_events() < exported.0 && exported.0 < explored_size.0,
        "{exported:?} under load"
    );
    assert_eq!(england.root(exported.0).await, exported.1);
    let first = acknowledged.lock().expect("unpoisoned")[0].clone();

    // Made from the file alone, and asked beside the original.
    let again = england.place("again");
    let import = ["import", "log", shown(&file), "--data", shown(&again), "--key", key];
    assert_eq!(size(&alone(&[&import[..], &["-o", "json"]].concat())), exported);
    let imported = Served::start(&again);
    same_answers(&url, &imported.url, exported.0);
    // A request id stays used, and what it asked besides is not in the file.
    let mut recorder = Recorder::new(connect(&imported.url).await);
    let asked = pb::GetRequestRequest { request_id: first.0.clone() };
    let known = recorder.get_request(asked).await.expect("known").into_inner();
    assert_eq!((known.first_position, known.last_position), (first.1, first.2));
    let repeated = establish(first.0.clone(), first.0.trim_start_matches("writer-"));
    let refused = recorder.record(repeated).await.expect_err("nobody knows if it is the same");
    assert_eq!(refused.code(), tonic::Code::AlreadyExists);
    recorder.record(establish("new".to_owned(), "N0001")).await.expect("it goes on");
    drop(imported);

    // What people ask with SQL.
    let db = rusqlite::Connection::open(&explored).expect("a database");
    let count = |sql: &str| {
        let count = db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
        count.unsigned_abs()
    };
    assert_eq!(count("SELECT count(*) FROM events"), explored_size.0);
    assert_eq!(count("SELECT position FROM manifest"), explored_size.0);
    let raw = lines(&file);
    let event: String = db
        .query_row("SELECT CAST(raw AS TEXT) FROM events WHERE position = 4711", [], |r| r.get(0))
        .expect("there");
    assert_eq!(event, raw[4711], "the stored bytes");
    let named = "SELECT count(*) FROM instruments WHERE instrument = 'delegation/11X' \
                 AND given_to ->> '$[0]' = '11X'";
    assert_eq!(count(named), 1);
    let steps = "SELECT count(*) FROM instrument_steps WHERE instrument = 'delegation/11X' \
                 AND effective_from = '2019-04-01'";
    assert_eq!(count(steps), 1);
    assert!(count("SELECT count(*) FROM memberships WHERE member = 'A81001'") > 0);
    assert_eq!(count("SELECT count(*) FROM corrections"), 0);

    as_it_was(&england, &file);
    england.served.kill();
    for writer in writers {
        writer.await.expect("a writer ended well");
    }
    fsck(&england.data);
}

/// A replay says what the register says of what was known then, in the same bytes, from the
/// directory that is being served as from an export.
fn as_it_was(england: &Original, file: &Path) {
    let questions = [
        &["who-holds", "qof", "--at", "11X", "--on", "2019-04-01"][..],
        &["timeline", "qof", "--at", "11X", "--history"],
        &["check", "11X", "qof", "--at", "11X", "--on", "2019-04-01"],
    ];
    let (data, file) = (shown(&england.data), shown(file));
    for (until, source, question) in [
        (ENGLAND, ["--data", data], questions[1]),
        (ENGLAND, ["--from", file], questions[0]),
        (DRAWN_11X, ["--data", data], questions[0]),
        ("0", ["--data", data], questions[2]),
    ] {
        let asked = [question, &["--known-at", until, "-o", "json"][..]].concat();
        let online = remit(&england.served.url, &asked);
        let begin = [&["replay"], &source[..], &["--until", until]].concat();
        let offline = alone(&[&begin[..], question, &["-o", "json"]].concat());
        assert_eq!(text(&offline.stdout), text(&online.stdout), "{question:?} {until}");
        assert_eq!(offline.status.code(), online.status.code(), "{question:?} {until}");
        let said = text(&offline.stderr);
        assert!(said.contains(&format!("replayed {until} events")), "{said}");
    }
    // By an instant, which falls between two events.
    let event = remit(&england.served.url, &["events", "--from", ENGLAND, "--limit", "1"]);
    let event = text(&event.stdout);
    let instant = event.split_whitespace().nth(1).expect("an instant");
    let replay = ["replay", "--data", data, "--until"];
    let at = alone(&[&replay[..], &[instant]].concat());
    let said = text(&at.stderr);
    assert!(said.contains(&format!("last recorded at {instant}; root ")), "{said}");
    let before = alone(&[&replay[..], &["2000-01-01"]].concat());
    assert!(text(&before.stderr).contains("replayed 0 events"), "{before:?}");
    for (args, says) in [
        (&["99999999"][..], "there is no event 99999999"),
        (&["1", "record", "batch.json"], "takes commands that read"),
        (&["1", "serve"], "takes commands that read"),
        (&["1", "who-holds", "qof"], "required arguments"),
    ] {
        let refused = alone(&[&replay[..], args].concat());
        assert!(matches!(refused.status.code(), Some(64 | 65)), "{refused:?}");
        assert!(text(&refused.stderr).contains(says), "{args:?}: {}", text(&refused.stderr));
    }
    // The story, the same online and replayed; and the other name of what was recorded late.
    let story = ["audit", "log", "delegation/11X", "--known-at", ENGLAND];
    let online = remit(&england.served.url, &story);
    let told = text(&online.stdout);
    assert!(told.contains("instrument sighted delegation/11X  effective 2019-04-01"), "{told}");
    assert!(told.contains(" -> held by 11X; liable: X24"), "{told}");
    let offline = alone(&[&replay[..], &[ENGLAND], &story[..]].concat());
    assert_eq!(text(&offline.stdout), told);
    let late = ["--since", "37000", "--known-at", ENGLAND];
    let one = remit(&england.served.url, &[&["retroactive"], &late[..]].concat());
    let other = remit(&england.served.url, &[&["audit", "retroactive"], &late[..]].concat());
    assert_eq!(text(&one.stdout), text(&other.stdout));
    assert!(one.status.success() && !one.stdout.is_empty());
    let unknown = remit(&england.served.url, &["audit", "log", "9ZZ"]);
    assert_eq!(unknown.status.code(), Some(65));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_restored_whole_or_to_a_position() {
    let england = Original::england("backup");
    let (url, key) = (england.served.url.clone(), shown(&england.key));
    for args in [
        &["groups", "create", "finance"][..],
        &["pins", "add", "early", "qof", "--at", "11X", "--on", "2019-04-01"],
    ] {
        assert!(remit(&url, args).status.success());
    }
    let (acknowledged, writers) = england.under_load().await;
    let pin = ["pins", "add", "late", "qof", "--at", "11X", "--on", "2019-04-01"];
    assert!(remit(&url, &pin).status.success());
    let backup = england.place("backup");
    let out = ["backup", "--data", shown(&england.data), "--out", shown(&backup), "-o", "json"];
    let backed_up = size(&alone(&out));
    assert!(backed_up.0 > 36_600, "{backed_up:?} under load");
    assert_eq!(england.root(backed_up.0).await, backed_up.1);
    assert!(!backup.join("register.db.lock").exists() && !england.place("backup.part").exists());
    let note = std::fs::read_to_string(backup.join("checkpoint.note")).expect("a note");
    assert!(!note.contains("PRIVATE"), "{note}");

    let again = england.place("again");
    let from = ["restore", "--from", shown(&backup), "--key", key, "-o", "json", "--data"];
    assert_eq!(size(&alone(&[&from[..], &[shown(&again)]].concat())), backed_up);
    // The backup has the name under which the register signs, and not its key.
    let restored = Served::start_with(&again, &["--new-origin"]);
    same_answers(&url, &restored.url, backed_up.0);
    // All that was acknowledged before the backup began is known, and a repeat is told so.
    let first = acknowledged.lock().expect("unpoisoned")[0].clone();
    let mut recorder = Recorder::new(connect(&restored.url).await);
    let repeated = establish(first.0.clone(), first.0.trim_start_matches("writer-"));
    let receipt = recorder.record(repeated).await.expect("the same").into_inner();
    assert!(receipt.recorded_earlier && receipt.first_position == first.1);
    let pins = text(&remit(&restored.url, &["pins"]).stdout);
    assert!(pins.contains("early") && pins.contains("late"), "{pins}");
    drop(restored);

    // To a position: what came after is gone everywhere, and can come again.
    let then = england.place("then");
    let until = [&from[..], &[shown(&then), "--until", ENGLAND]].concat();
    assert_eq!(size(&alone(&until)), (england_events(), england.root(england_events()).await));
    let restored = Served::start(&then);
    same_answers(&url, &restored.url, england_events());
    let pins = text(&remit(&restored.url, &["pins"]).stdout);
    assert!(pins.contains("early") && !pins.contains("late"), "{pins}");
    let groups = text(&remit(&restored.url, &["groups"]).stdout);
    assert!(groups.contains("finance"), "{groups}");
    let mut recorder = Recorder::new(connect(&restored.url).await);
    let repeated = establish(first.0.clone(), first.0.trim_start_matches("writer-"));
    let receipt = recorder.record(repeated).await.expect("recorded").into_inner();
    assert!(!receipt.recorded_earlier && receipt.first_position == england_events() + 1);
    drop(restored);
    fsck(&then);

    england.served.kill();
    for writer in writers {
        writer.await.expect("a writer ended well");
    }
    fsck(&england.data);
}

/// Changes a file, or what it is read with.
type Change = fn(&mut Vec<String>);

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn an_export_that_was_changed_is_refused_and_the_line_named() {
    let original = Original::practices("changed-export", 3);
    let file = original.place("register.jsonl");
    let args = ["export", "--out", shown(&file)];
    assert!(remit(&original.served.url, &args).status.success());
    let twice = remit(&original.served.url, &args);
    assert_eq!(twice.status.code(), Some(65));
    assert!(text(&twice.stderr).contains("exists; choose another name"), "{twice:?}");
    let whole = lines(&file);
    let other = Served::start(&original.place("other"));
    let other = original.scratch.file("other.pub", remit(&other.url, &["audit", "key"]).stdout);
    let refused = remit(
        &original.served.url,
        &["export", "--out", shown(&original.place("no.jsonl")), "--key", shown(&other)],
    );
    assert_eq!(refused.status.code(), Some(65));
    assert!(!original.place("no.jsonl").exists());
    fn digit(line: &mut String, after: &str) {
        let at = line.find(after).expect("there") + after.len();
        let other = if line.as_bytes()[at] == b'0' { "1" } else { "0" };
        line.replace_range(at..=at, other);
    }
    let cases: [(&str, Change, &str); 12] = [
        ("the digest", |l| digit(&mut l[0], "\"digest\":\""), "some line was changed"),
        ("the root", |l| digit(&mut l[0], "\"root\":\""), "line 1 is a manifest whose checkpoint"),
        ("the size", |l| l[0] = l[0].replace("\"size\":300", "\"size\":299"), "line 1 is a"),
        ("the layout", |l| l[0] = l[0].replace("export\":1", "export\":2"), "reads layout 1"),
        ("the checkpoint", |l| l[0] = l[0].replace("\\n300\\n", "\\n301\\n"), "does not stand"),
        ("no manifest", |l| drop(l.remove(0)), "line 1 is no manifest"),
        ("a dropped line", |l| drop(l.remove(211)), "line 212: event 211 cannot be read"),
        ("two swapped lines", |l| l.swap(17, 18), "line 18: event 17 cannot be read"),
        ("a doubled line", |l| l.insert(100, l[100].clone()), "line 102: event 101 cannot be"),
        ("a line too many", |l| l.push(l[1].clone()), "line 302: the manifest says 300"),
        ("a line changed", |l| l[5] = l[5].replace("X24", "X25"), "some line was changed"),
        ("a broken line", |l| l[250].truncate(90), "line 251: event 250 cannot be read"),
    ];
    let refused = |name: &str, contents: &[u8], more: &[&str], says: &str| {
        let changed = original.scratch.file("changed.jsonl", contents);
        let data = original.place("made");
        let import = ["import", "log", shown(&changed), "--data", shown(&data)];
        let output = alone(&[&import[..], more].concat());
        assert_eq!(output.status.code(), Some(65), "{name}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{name}: {}", text(&output.stderr));
        assert!(!data.join("register.db").exists() && !data.join("register.db.part").exists());
    };
    let key = ["--key", shown(&original.key)];
    for (name, change, says) in cases {
        let mut changed = whole.clone();
        change(&mut changed);
        refused(name, (changed.join("\n") + "\n").as_bytes(), &key, says);
    }
    let bytes = std::fs::read(&file).expect("read");
    refused("cut off in a line", &bytes[..bytes.len() / 2], &key, "the file is cut off");
    let end = whole[..200].join("\n") + "\n";
    refused("cut off at a line", end.as_bytes(), &key, "line 201: is not there");
    refused(
        "another key",
        &bytes,
        &["--key", shown(&other)],
        "no signature by any of the given keys",
    );
    refused("a position beyond", &bytes, &["--until", "301"], "there is no event 301");
    refused(
        "a position inside a request",
        &bytes,
        &["--until", "150"],
        "in the middle of the events",
    );
    // Up to a position: a later note over the first 200 says the same root.
    let then = original.place("then");
    let until = ["import", "log", shown(&file), "--data", shown(&then), "--until", "200"];
    let (events, root) = size(&alone(&[&until[..], &["-o", "json"]].concat()));
    assert_eq!(events, 200);
    assert!(fsck(&then).starts_with(&format!("200 events are whole, root {root}")));
    // Without a key the signature is not looked at, and all else is.
    let made = original.place("made");
    let import = ["import", "log", shown(&file), "--data", shown(&made)];
    assert!(alone(&import).status.success());
    let again = alone(&import);
    assert_eq!(again.status.code(), Some(65));
    assert!(text(&again.stderr).contains("there is a register"), "{again:?}");
    let open = ["import", "log", shown(&file), "--data", shown(&original.data)];
    assert!(text(&alone(&open).stderr).contains("by another process"));
    let missing = alone(&["import", "log", "/nowhere.jsonl", "--data", "/tmp/never"]);
    assert_eq!(missing.status.code(), Some(66));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_backup_that_was_changed_is_not_restored() {
    let original = Original::practices("changed-backup", 3);
    let backup = original.place("backup");
    let out = ["backup", "--data", shown(&original.data), "--out", shown(&backup)];
    assert!(alone(&out).status.success());
    let twice = alone(&out);
    assert!(text(&twice.stderr).contains("exists; choose another name"), "{twice:?}");
    let unsigned = original.place("unsigned");
    let no_key = ["--key", "/nowhere.key", "--out", shown(&unsigned)];
    let refused = alone(&[&["backup", "--data", shown(&original.data)], &no_key[..]].concat());
    assert_eq!(refused.status.code(), Some(66), "{refused:?}");
    let other = Served::start(&original.place("other"));
    let other = original.scratch.file("other.pub", remit(&other.url, &["audit", "key"]).stdout);
    let refused = |name: &str, changed: &Path, more: &[&str], says: &str| {
        let data = original.place("made");
        let restore = ["restore", "--from", shown(changed), "--data", shown(&data)];
        let output = alone(&[&restore[..], more].concat());
        assert_eq!(output.status.code(), Some(65), "{name}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{name}: {}", text(&output.stderr));
        assert!(!data.join("register.db").exists() && !data.join("register.db.part").exists());
    };
    let key = ["--key", shown(&original.key)];
    refused(
        "another key",
        &backup,
        &["--key", shown(&other)],
        "no signature by any of the given keys",
    );
    refused("a position beyond", &backup, &["--until", "301"], "there is no event 301");
    refused("inside a request", &backup, &["--until", "150"], "choose position 100 or 200");
    let changed = |name: &str| {
        let dir = original.place(name);
        std::fs::create_dir_all(&dir).expect("a directory");
        for file in ["register.db", "checkpoint.note"] {
            std::fs::copy(backup.join(file), dir.join(file)).expect("copied");
        }
        dir
    };
    for (name, sql, says) in [
        (
            "a changed event",
            "UPDATE events SET event = event || ' ' WHERE position = 9",
            "event 9 ",
        ),
        ("a missing event", "DELETE FROM events WHERE position = 9", "event 9 is missing"),
        (
            "events cut off",
            "DELETE FROM events WHERE position = 300; DELETE FROM subtrees WHERE level > 50;
             UPDATE requests SET last = 299 WHERE last = 300",
            "its checkpoint is for 300 events",
        ),
        (
            "a request left out",
            "DELETE FROM requests WHERE first = 101",
            "list of requests covers 200 events",
        ),
        (
            "a request of another name",
            "UPDATE requests SET request_id = 'x' WHERE first = 101",
            "it has \"x\"",
        ),
    ] {
        let dir = changed(name);
        let db = rusqlite::Connection::open(dir.join("register.db")).expect("opened");
        let triggers = "DROP TRIGGER events_keep; DROP TRIGGER events_stay; \
                        DROP TRIGGER subtrees_stay; DROP TRIGGER requests_keep; \
                        DROP TRIGGER requests_stay;";
        db.execute_batch(&format!("{triggers}{sql}")).expect(name);
        drop(db);
        refused(name, &dir, &key, says);
    }
    let dir = changed("a changed note");
    let note = std::fs::read_to_string(dir.join("checkpoint.note")).expect("read");
    let note = note.replace("\n300\n", "\n299\n");
    std::fs::write(dir.join("checkpoint.note"), note).expect("written");
    refused("a changed note, with a key", &dir, &key, "does not stand");
    refused("a changed note, without", &dir, &[], "its checkpoint is for 299 events");
    let dir = changed("a file cut off");
    let whole = std::fs::read(dir.join("register.db")).expect("read");
    std::fs::write(dir.join("register.db"), &whole[..whole.len() / 2]).expect("written");
    refused("a file cut off", &dir, &key, "malformed");
    let restore = ["restore", "--from", shown(&backup), "--data", shown(&original.data)];
    assert!(text(&alone(&restore).stderr).contains("by another process"));
    let missing = alone(&["restore", "--from", "/nowhere", "--data", "/tmp/never"]);
    assert_eq!(missing.status.code(), Some(66));
}

/// Runs a command to its end, then kills it at moments between its begin and its end; each time
/// `checked` looks at what is there. `remove` clears the place for the next run.
fn killed_at(url: &str, args: &[&str], remove: impl Fn(), checked: impl Fn(&str)) {
    const MOMENTS: u32 = 8;
    let run = || {
        let mut command = Command::new(REMIT);
        command.args(args).env("REMIT_SERVER", url).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("started")
    };
    let begun = Instant::now();
    assert!(run().wait().expect("ended").success(), "{args:?}");
    let whole = begun.elapsed();
    checked("not killed");
    let mut killed = 0;
    for moment in 1..=MOMENTS {
        remove();
        let mut child = run();
        std::thread::sleep(whole * moment / (MOMENTS + 1));
        child.kill().expect("killed");
        killed += u32::from(!child.wait().expect("reaped").success());
        checked(&format!("killed at {moment}/{MOMENTS}"));
    }
    assert!(killed >= 3, "{killed} of {MOMENTS} were in the middle");
    // What a killed one left is in nobody's way.
    remove();
    assert!(run().wait().expect("ended").success(), "{args:?}");
    checked("after all of them");
}

#[test]
fn kill_9_leaves_the_original_whole_and_nothing_that_looks_done() {
    let original = Original::practices("killed", 40);
    let url = original.served.url.clone();
    let (file, backup) = (original.place("register.jsonl"), original.place("backup"));
    let (imported, restored) = (original.place("imported"), original.place("restored"));
    let whole = |data: &Path, when: &str| {
        if data.join("register.db").exists() {
            assert!(fsck(data).starts_with("4000 events are whole"), "{when}");
        }
    };
    let gone = |path: &Path| drop(std::fs::remove_dir_all(path));

    let export = ["export", "--out", shown(&file)];
    let ends_well = |when: &str| {
        if file.exists() {
            let checked = original.place("checked");
            gone(&checked);
            let import = ["import", "log", shown(&file), "--data", shown(&checked)];
            let output = alone(&import);
            assert!(output.status.success(), "{when}: {}", text(&output.stderr));
        }
    };
    killed_at(&url, &export, || drop(std::fs::remove_file(&file)), ends_well);

    let args = ["backup", "--data", shown(&original.data), "--out", shown(&backup)];
    killed_at(&url, &args, || gone(&backup), |when| whole(&backup, when));

    let (exported, note) = (std::fs::read(&file), std::fs::read(backup.join("checkpoint.note")));
    let args = ["import", "log", shown(&file), "--data", shown(&imported)];
    killed_at(&url, &args, || gone(&imported), |when| whole(&imported, when));
    assert!(std::fs::read(&file).expect("read") == exported.expect("read"), "as it was");

    let kept = std::fs::read(backup.join("register.db")).expect("read");
    let args = ["restore", "--from", shown(&backup), "--data", shown(&restored)];
    killed_at(&url, &args, || gone(&restored), |when| whole(&restored, when));
    assert!(std::fs::read(backup.join("register.db")).expect("read") == kept, "as it was");
    assert_eq!(std::fs::read(backup.join("checkpoint.note")).ok(), note.ok(), "as it was");

    original.served.kill();
    assert!(fsck(&original.data).starts_with("4000 events are whole"));
}

/// Records commands of one request.
fn record(original: &Original, id: &str, commands: serde_json::Value) {
    let day = serde_json::json!({"year": 2017, "month": 3, "day": 1});
    let batch = serde_json::json!({
        "requestId": id, "actor": "a test", "actingFor": "X24", "commands": commands,
        "evidence": {"source": "a test", "madeOn": day, "confidence": "CONFIDENCE_CONFIRMED"}});
    let file = original.scratch.file("batch.json", batch.to_string());
    let recorded = remit(&original.served.url, &["record", shown(&file)]);
    assert!(recorded.status.success(), "{}", text(&recorded.stderr));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in the order it happens")]
fn what_lies_beside_events_goes_with_an_export_and_what_was_redacted_does_not() {
    const OFFICE: &str = "GP member, north: the only one there is";
    let original = Original::empty("beside");
    let day = |year| serde_json::json!({"year": year, "month": 4, "day": 1});
    let body = |code: &str, role: &str| {
        serde_json::json!({"bodyEstablished": {"code": code, "role": role, "name": code,
            "effective": {"effectiveFrom": day(2013)}}})
    };
    record(
        &original,
        "bodies",
        serde_json::json!([
            body("05G", "BODY_ROLE_CCG"),
            body("M83001", "BODY_ROLE_PRACTICE"),
            {"interestDeclared": {"office": OFFICE, "body": "05G", "interest": "financial",
                "concerns": "M83001", "awareOn": day(2016), "declaredOn": day(2016)}},
        ]),
    );
    let told = |url: &str| text(&remit(url, &["events"]).stdout);
    assert!(told(&original.served.url).contains(OFFICE));
    let export = |name: &str| {
        let file = original.place(name);
        let exported = remit(&original.served.url, &["export", "--out", shown(&file)]);
        assert!(exported.status.success(), "{}", text(&exported.stderr));
        file
    };
    let import = |file: &Path, name: &str| {
        let data = original.place(name);
        let args = ["import", "log", shown(file), "--data", shown(&data), "--key"];
        let imported = alone(&[&args[..], &[shown(&original.key)]].concat());
        assert!(imported.status.success(), "{}", text(&imported.stderr));
        data
    };
    let before = export("before.jsonl");
    assert_eq!(lines(&before).len(), 5, "a manifest, three events, what lies beside one");
    let again = Served::start(&import(&before, "again"));
    assert_eq!(told(&again.url), told(&original.served.url));
    drop(again);
    // A line that was changed is not what the event committed to, whatever the digest says.
    let changed =
        std::fs::read_to_string(&before).expect("read").replace("the only one", "another");
    let changed = original.scratch.file("changed.jsonl", changed);
    let none = original.place("none");
    let refused = alone(&["import", "log", shown(&changed), "--data", shown(&none)]);
    assert_eq!(refused.status.code(), Some(65), "{}", text(&refused.stderr));
    assert!(!none.join("register.db").exists());

    let redacted = serde_json::json!([{"fieldRedacted": {"about": "3", "field": "office",
        "reason": "erasure asked for", "authority": "data protection officer"}}]);
    record(&original, "erasure", redacted);
    let after = export("after.jsonl");
    assert!(!std::fs::read_to_string(&after).expect("read").contains("the only one"));
    let again = Served::start(&import(&after, "after"));
    assert_eq!(told(&again.url), told(&original.served.url));
    assert!(told(&again.url).contains("redacted") && !told(&again.url).contains(OFFICE));
    // Back to before the redaction goes a replay, which does not know the value; no register does.
    let backup = original.place("backup");
    let data = shown(&original.data);
    assert!(alone(&["backup", "--data", data, "--out", shown(&backup)]).status.success());
    let then = original.place("then");
    let sources = [
        ["import", "log", shown(&after), "--data"],
        ["restore", "--from", shown(&backup), "--data"],
    ];
    for source in sources {
        let refused = alone(&[&source[..], &[shown(&then), "--until", "3"]].concat());
        let says = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(65), "{says}");
        assert!(says.contains("position 3 is before event 4, which redacted"), "{says}");
        assert!(!then.join("register.db").exists());
    }
    for source in [["--data", data], ["--from", shown(&after)]] {
        let replay = alone(&[&["replay"], &source[..], &["--until", "3", "events"]].concat());
        let (told, says) = (text(&replay.stdout), text(&replay.stderr));
        assert!(replay.status.success() && told.contains("interest"), "{says}");
        assert!(!told.contains("the only one"), "{told}");
    }
}

/// The rights of a directory and of all files in it.
fn rights(dir: &Path) -> Vec<(String, u32)> {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
    let entries =
        std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry"));
    let files = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), mode(&entry.path())));
    std::iter::once((".".to_owned(), mode(dir))).chain(files).collect()
}

fn assert_private(dir: &Path) {
    for (name, mode) in rights(dir) {
        let wanted = if name == "." { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{}/{name} has the rights {mode:o}", dir.display());
    }
}

#[test]
fn a_register_and_its_backups_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let Original { scratch, data, served, .. } = Original::england("rights");
    assert!(rights(&data).len() >= 5, "the WAL is there: {:?}", rights(&data));
    assert_private(&data);
    let (backup, restored) = (scratch.0.join("backup"), scratch.0.join("restored"));
    json(&alone(&["-o", "json", "backup", "--data", shown(&data), "--out", shown(&backup)]));
    assert_private(&backup);
    json(&alone(&["-o", "json", "restore", "--from", shown(&backup), "--data", shown(&restored)]));
    assert_private(&restored);
    let lines = scratch.0.join("register.jsonl");
    let exported = remit(&served.url, &["export", "--out", shown(&lines)]);
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    assert_eq!(lines.metadata().expect("there").permissions().mode() & 0o777, 0o600);
    let imported = scratch.0.join("imported");
    let arguments = ["-o", "json", "import", "log", shown(&lines), "--data", shown(&imported)];
    json(&alone(&arguments));
    assert_private(&imported);
    // A register that an earlier release made is closed to others when it is served.
    served.kill();
    for (name, _) in rights(&data).iter().filter(|(name, _)| name != ".") {
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(data.join(name), open).expect("set");
    }
    std::fs::remove_file(data.join("register.db.lock")).expect("removed");
    let _served = Served::start(&data);
    assert_private(&data);
}
