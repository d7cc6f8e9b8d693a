//! Witnesses from the command line: what they cosigned survives kill -9.

use remit_ledger::{Checkpoint, VerifierKey, WitnessSigner};

use crate::served::{ENGLAND, Scratch, Served, remit};

fn witness(number: u8) -> WitnessSigner {
    WitnessSigner::from_seed(&format!("witness.example/w{number}"), [number; 32]).expect("a key")
}

/// What it printed: on standard output, and on standard error.
fn ok(url: &str, args: &[&str]) -> (String, String) {
    let output = remit(url, args);
    let error = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.success(), "{args:?}: {error}");
    (String::from_utf8(output.stdout).expect("text"), error)
}

#[test]
fn what_witnesses_cosigned_survives_kill_9() {
    let scratch = Scratch::new("cosigned");
    let data = scratch.0.join("register");
    let keys = format!("{}\n{}\n", witness(1).public(), witness(2).public());
    let witnesses = scratch.file("witnesses.pub", keys);
    let witnesses = witnesses.to_str().expect("text");
    let served = Served::start_with(&data, &["--witnesses", witnesses]);
    let url = served.url.clone();
    let none = remit(&url, &["audit", "checkpoint", "--cosigned"]);
    let said = String::from_utf8_lossy(&none.stderr).into_owned();
    assert!(!none.status.success() && said.contains("no witness has cosigned"), "{said}");
    ok(&url, &["load", "england"]);
    let public = ok(&url, &["audit", "key"]).0;
    let note = ok(&url, &["audit", "checkpoint"]).0;
    let key = [VerifierKey::parse(&public).expect("a key")];
    let (checkpoint, _) = Checkpoint::verify(&note, &key).expect("it stands");
    for (number, time) in [(1, 1_795_305_600), (2, 1_795_305_601)] {
        let line = witness(number).cosign(&checkpoint, time);
        let file = scratch.file("cosigned.note", format!("{note}{line}"));
        let (said, _) = ok(&url, &["audit", "cosign", file.to_str().expect("text")]);
        assert_eq!(said, format!("the newest cosigned checkpoint covers {ENGLAND} events\n"));
    }
    // Acknowledged, so it is durable.
    served.kill();
    let served = Served::start_with(&data, &["--witnesses", witnesses]);
    let url = served.url.clone();
    let public = scratch.file("register.pub", public);
    let public = public.to_str().expect("text");
    let (cosigned, who) = ok(&url, &["audit", "checkpoint", "--cosigned", "--key", public]);
    assert!(cosigned.starts_with(&note) && cosigned.lines().count() == 7, "{cosigned}");
    let first = "remit: cosigned by witness.example/w1 at 2026-11-22T00:00:00.000000Z\n";
    let second = "remit: cosigned by witness.example/w2 at 2026-11-22T00:00:01.000000Z\n";
    assert_eq!(who, format!("{first}{second}"));
    // Checked here with the keys that the caller has.
    let one = scratch.file("one.pub", witness(1).public().to_string());
    let checked = ["audit", "checkpoint", "--cosigned", "--witnesses"];
    let (_, who) = ok(&url, &[checked.as_slice(), &[one.to_str().expect("text")]].concat());
    assert_eq!(who, first);
    let stranger = scratch.file("stranger.pub", witness(3).public().to_string());
    let refused = remit(&url, &[checked.as_slice(), &[stranger.to_str().expect("text")]].concat());
    assert_eq!(refused.status.code(), Some(65));
    let json = ok(&url, &["audit", "checkpoint", "--cosigned", "-o", "json"]).0;
    assert!(json.contains("\"cosignedAt\": \"2026-11-22T00:00:01Z\""), "{json}");
    // Whoever can write to the data gets no signature for a checkpoint of their own.
    drop(served);
    let copy = scratch.0.join("changed");
    std::fs::create_dir_all(&copy).expect("a directory");
    std::fs::copy(scratch.0.join("register.key"), scratch.0.join("changed.key")).expect("copied");
    for file in std::fs::read_dir(&data).expect("read") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), copy.join(file.file_name())).expect("copied");
    }
    let db = rusqlite::Connection::open(copy.join("register.db")).expect("opened");
    let change = format!(
        "UPDATE marks SET value = replace(value, '{ENGLAND}', '36585') WHERE name = 'cosigned'"
    );
    assert_eq!(db.execute(&change, []), Ok(1));
    drop(db);
    let changed = Served::start_with(&copy, &["--witnesses", witnesses]);
    let refused = remit(&changed.url, &["audit", "checkpoint", "--cosigned"]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(69), 0));
    drop(changed);
    // Without its witnesses a register keeps what it has, and takes nothing more.
    let served = Served::start(&data);
    assert_eq!(ok(&served.url, &["audit", "checkpoint", "--cosigned"]).0, cosigned);
    let file = scratch.file("cosigned.note", cosigned);
    let refused = remit(&served.url, &["audit", "cosign", file.to_str().expect("text")]);
    assert_eq!(refused.status.code(), Some(64));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("checkpoint: this server knows no witnesses"), "{said}");
}
