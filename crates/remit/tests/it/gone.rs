//! Files of a register that go, are cut, replaced or put back, while it is served or at rest:
//! nothing is acknowledged once that can be seen, and the next start refuses by name.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::served::{REMIT, Scratch, Served, remit};

type Harm = fn(&Path);
type HarmWith = fn(&Path, &Path);

/// Records a practice. Returns whether that was acknowledged, and what was said.
fn record(served: &Served, scratch: &Scratch, number: u32) -> (bool, String) {
    let day = serde_json::json!({"year": 2013, "month": 4, "day": 1});
    let body = serde_json::json!({"code": format!("A{number:05}"), "role": "BODY_ROLE_PRACTICE",
        "name": "a practice", "effective": {"effectiveFrom": day}});
    let request = serde_json::json!({"requestId": format!("r{number}"), "actor": "a test",
        "actingFor": "X24", "commands": [{"bodyEstablished": body}],
        "evidence": {"source": "a test", "confidence": "CONFIDENCE_CONFIRMED"}});
    let file = scratch.file(&format!("{number}.json"), request.to_string());
    let done = remit(&served.url, &["record", file.to_str().expect("a path")]);
    (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
}

/// Starts a register that is expected to refuse. Returns what it says.
fn refused(data: &Path) -> String {
    let mut start = Command::new(REMIT);
    start.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let done = start.stdin(Stdio::null()).output().expect("run");
    assert_eq!(done.status.code(), Some(65), "{done:?}");
    String::from_utf8_lossy(&done.stderr).into_owned()
}

fn db(data: &Path) -> std::path::PathBuf {
    data.join("register.db")
}

fn wal(data: &Path) -> std::path::PathBuf {
    data.join("register.db-wal")
}

fn cut(file: &Path, to: impl Fn(u64) -> u64) {
    let file = fs::File::options().write(true).open(file).expect("opened");
    file.set_len(to(file.metadata().expect("known").len())).expect("cut");
}

fn replaced(file: &Path) {
    let copy = file.with_extension("copy");
    fs::copy(file, &copy).expect("copied");
    fs::rename(copy, file).expect("renamed");
}

/// What is done to the files while the register is served, and what the next start after a kill
/// says.
const SERVED: [(&str, Harm, &str); 8] = [
    ("the directory is removed", |data| fs::remove_dir_all(data).expect("removed"), "is gone"),
    ("the file is removed", |data| fs::remove_file(db(data)).expect("removed"), "is gone"),
    (
        "the file is moved away",
        |data| fs::rename(db(data), data.join("x")).expect("moved"),
        "is gone",
    ),
    ("the file is replaced", |data| replaced(&db(data)), ""),
    ("the WAL is removed", |data| fs::remove_file(wal(data)).expect("removed"), "not as it was"),
    ("the WAL is replaced", |data| replaced(&wal(data)), ""),
    ("the WAL is emptied", |data| cut(&wal(data), |_| 0), "not as it was"),
    ("the WAL is cut", |data| cut(&wal(data), |bytes| bytes / 2), "not as it was"),
];

#[test]
fn nothing_is_acknowledged_once_a_file_is_gone() {
    for (what, harm, says) in SERVED {
        let scratch = Scratch::new("gone-served");
        let data = scratch.0.join("data");
        let served = Served::start(&data);
        for number in 0..20 {
            assert!(record(&served, &scratch, number).0, "{what}");
        }
        harm(&data);
        let (first, said) = record(&served, &scratch, 20);
        assert!(!first, "{what}: {said}");
        let (second, said) = record(&served, &scratch, 21);
        assert!(!second && said.contains("removed, replaced or cut"), "{what}: {said}");
        served.kill();
        // A copy in the place of a file may hold all that was acknowledged.
        if !says.is_empty() {
            let said = refused(&data);
            assert!(said.contains(says), "{what}: {said}");
        }
    }
}

/// What is done to the files of a register at rest, of which `old` is an earlier copy.
const AT_REST: [(&str, HarmWith, &str); 5] = [
    ("removed", |data, _| fs::remove_file(db(data)).expect("removed"), "is gone"),
    ("the directory removed", |data, _| fs::remove_dir_all(data).expect("removed"), "is gone"),
    (
        "put back from before",
        |data, old| assert!(fs::copy(old, db(data)).expect("copied") > 0),
        "not as it was",
    ),
    ("emptied", |data, _| cut(&db(data), |_| 0), "is empty"),
    ("cut", |data, _| cut(&db(data), |bytes| bytes - 8_192), "register.db"),
];

#[test]
fn a_file_that_lacks_what_was_acknowledged_is_refused_by_name() {
    for (what, harm, says) in AT_REST {
        let scratch = Scratch::new("gone-at-rest");
        let (data, old) = (scratch.0.join("data"), scratch.0.join("old.db"));
        for (numbers, keep) in [(0..10, true), (10..20, false)] {
            let served = Served::start(&data);
            for number in numbers {
                assert!(record(&served, &scratch, number).0, "{what}");
            }
            served.kill();
            // Started and ended in order, a register is one file.
            let served = Served::start(&data);
            served.end();
            if keep {
                fs::copy(db(&data), &old).expect("copied");
            }
        }
        harm(&data, &old);
        let said = refused(&data);
        assert!(said.contains(says), "{what}: {said}");
    }
}

/// Whoever says so by the lock file goes on with what is there.
#[test]
fn an_operator_can_go_on_with_an_earlier_file() {
    let scratch = Scratch::new("gone-on");
    let (data, old) = (scratch.0.join("data"), scratch.0.join("old.db"));
    for (numbers, keep) in [(0..3, true), (3..6, false)] {
        let served = Served::start(&data);
        for number in numbers {
            assert!(record(&served, &scratch, number).0);
        }
        served.end();
        if keep {
            fs::copy(db(&data), &old).expect("copied");
        }
    }
    fs::copy(&old, db(&data)).expect("copied");
    assert!(refused(&data).contains("not as it was"));
    fs::remove_file(data.join("register.db.lock")).expect("removed");
    let served = Served::start(&data);
    assert!(record(&served, &scratch, 7).0);
}

/// A key file of another register is refused, and so is none where there was one; whoever lost it
/// says so once.
#[test]
fn a_register_signs_under_its_own_name() {
    let scratch = Scratch::new("own-name");
    let (data, other) = (scratch.0.join("data"), scratch.0.join("other"));
    let key = |data: &Path| data.with_extension("key");
    for (data, number) in [(&data, 1), (&other, 2)] {
        let served = Served::start(data);
        assert!(record(&served, &scratch, number).0);
        served.end();
    }
    let kept = fs::read(key(&data)).expect("a key");
    fs::copy(key(&other), key(&data)).expect("copied");
    let said = refused(&data);
    assert!(said.contains("signs as remit/") && said.contains("--new-origin"), "{said}");
    fs::remove_file(key(&data)).expect("removed");
    let said = refused(&data);
    assert!(said.contains("is not there, and this register signs as remit/"), "{said}");
    assert!(!key(&data).exists(), "no key is made in its place");
    fs::write(key(&data), kept).expect("put back");
    Served::start(&data).end();
    fs::remove_file(key(&data)).expect("lost");
    Served::start_with(&data, &["--new-origin"]).end();
    Served::start(&data).end();
}
