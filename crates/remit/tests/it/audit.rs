//! Proof from the command line, and a register that other hands have changed.

use std::path::Path;

use remit_ledger::SignerKey;

use crate::served::{DRAWN_11X, ENGLAND, REMIT, Scratch, Served, remit};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn ok(url: &str, args: &[&str]) -> String {
    let output = remit(url, args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn fails(url: &str, args: &[&str]) -> String {
    let output = remit(url, args);
    assert_eq!(output.status.code(), Some(65), "{args:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn fsck(data: &Path) -> (Option<i32>, String) {
    let args = ["audit", "fsck", "--data"];
    let output = std::process::Command::new(REMIT).args(args).arg(data).output().expect("run");
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn checkpoints_and_proofs_are_checked_here_and_damage_is_named() {
    let scratch = Scratch::new("audit");
    let data = scratch.0.join("register");
    let served = Served::start(&data);
    let url = served.url.clone();
    ok(&url, &["load", "england"]);
    let key = scratch.file("register.pub", ok(&url, &["audit", "key"]));
    let key = key.to_str().expect("text");
    let note = scratch.0.join("today.note");
    let note = note.to_str().expect("text");
    ok(&url, &["audit", "checkpoint", "--out", note]);
    let proved = ok(&url, &["audit", "prove", "4711", "--key", key]);
    assert!(
        proved.contains(&format!("is event 4711 of the {ENGLAND} events that remit/")),
        "{proved}"
    );
    ok(&url, &["audit", "checkpoint", "--since", note, "--key", key]);
    // Another register's key, and a checkpoint that was changed.
    let other_scratch = Scratch::new("audit-other");
    let other = Served::start(&other_scratch.0.join("register"));
    let other_key = scratch.file("other.pub", ok(&other.url, &["audit", "key"]));
    let other_key = other_key.to_str().expect("text");
    let refused = fails(&url, &["audit", "prove", "4711", "--key", other_key]);
    assert!(refused.contains("no signature by any of the given keys"), "{refused}");
    let changed = std::fs::read_to_string(note).expect("read").replace(ENGLAND, "36585");
    let changed = scratch.file("changed.note", changed);
    let changed = changed.to_str().expect("text");
    let refused = fails(&url, &["audit", "checkpoint", "--since", changed, "--key", key]);
    assert!(refused.contains("does not stand"), "{refused}");
    // The key is not among the data, and for its owner only.
    let secret = scratch.0.join("register.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&secret).expect("there").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    served.kill();

    let (code, whole) = fsck(&data);
    assert_eq!(code, Some(0), "{whole}");
    assert!(whole.contains(&format!("{ENGLAND} events are whole")), "{whole}");
    for (change, named) in [
        ("UPDATE events SET event = event || ' ' WHERE position = 4711", "event 4711 "),
        ("UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 17", "event 17 "),
        ("UPDATE subtrees SET root = zeroblob(32) WHERE level = 8 AND number = 3", "subtree 3 "),
        (&format!("DELETE FROM events WHERE position = {ENGLAND}"), &format!("event {ENGLAND} ")),
        ("DELETE FROM events WHERE position = 300", "event 300 "),
    ] {
        let copy = scratch.0.join("damaged");
        let _ = std::fs::remove_dir_all(&copy);
        std::fs::create_dir_all(&copy).expect("a directory");
        for file in std::fs::read_dir(&data).expect("read") {
            let file = file.expect("a file");
            std::fs::copy(file.path(), copy.join(file.file_name())).expect("copied");
        }
        let db = rusqlite::Connection::open(copy.join("register.db")).expect("opened");
        db.execute_batch(
            "DROP TRIGGER events_keep; DROP TRIGGER events_stay; DROP TRIGGER subtrees_keep;",
        )
        .expect("done");
        assert_eq!(db.execute(change, []), Ok(1), "{change}");
        drop(db);
        let (code, found) = fsck(&copy);
        assert_eq!(code, Some(65), "{change}: {found}");
        assert!(found.contains(named), "{change}: {found}");
        // A node does not answer from it.
        let serve = ["serve", "--listen", "127.0.0.1:0", "--data"];
        let served =
            std::process::Command::new(REMIT).args(serve).arg(&copy).output().expect("run");
        assert_eq!(served.status.code(), Some(65), "{change}");
    }
}

/// What a statement file states, by the command that needs no server.
fn verify(file: &str, key: &str) -> (Option<i32>, String) {
    let args = ["verify", file, "--key", key];
    let output = std::process::Command::new(REMIT).args(args).output().expect("run");
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn statements_stand_without_the_register_and_nothing_else_does() {
    let scratch = Scratch::new("statement");
    let served = Served::start(&scratch.0.join("register"));
    let url = served.url.clone();
    ok(&url, &["load", "england"]);
    let key = scratch.file("register.pub", ok(&url, &["audit", "key"]));
    let key = key.to_str().expect("text").to_owned();
    let path = |name: &str| scratch.0.join(name).to_str().expect("text").to_owned();
    let questions = [
        ("qof", "11X", "2019-04-01", "(X24) is liable"),
        ("qof", "A81001", "2015-06-01", "no evidence says whether one does"),
        ("gms-contracts", "15F", "2023-04-01", "(QWO) is liable"),
        ("primary-dental-services", "QUA", "2023-04-01", "MIDLANDS COMMISSIONING REGION (Y60)"),
    ];
    for (number, (function, at, on, says)) in questions.into_iter().enumerate() {
        let (out, page) = (path(&format!("{number}.json")), path(&format!("{number}.html")));
        let args = ["audit", "statement", function, "--at", at, "--on", on];
        let told = ok(&url, &[&args[..], &["--out", &out, "--page", &page]].concat());
        assert!(told.contains(says) && told.contains("It stands"), "{told}");
        let page = std::fs::read_to_string(page).expect("a page");
        assert!(page.contains("The rules applied") && !page.contains("<script"), "{page}");
    }
    let out = path("nothing.json");
    let args = ["audit", "nothing", "notice:delegation/11X", "--out"];
    let told = ok(&url, &[&args[..], &[&out]].concat());
    assert!(told.contains("Nothing was recorded under notice:delegation/11X"), "{told}");
    let filed = format!("event {DRAWN_11X} is filed under the key asked about");
    let refusals = [
        (65, vec!["instrument:delegation/11X"], filed.as_str()),
        (64, vec!["notice:delegation/11Z"], "the register knows no instrument:delegation/11Z"),
        (64, vec!["letters:11X"], "must begin with one of the words that events are filed under"),
        (64, vec!["body:11X", "--until", "99999"], "nothing.until"),
        (
            64,
            vec!["body:11X", "--after", "30", "--until", "20"],
            "must be after asked.nothing.after",
        ),
    ];
    for (code, args, says) in refusals {
        let none = path("none.json");
        let args = [&["audit", "nothing"], &args[..], &["--out", &none]].concat();
        let refused = remit(&url, &args);
        let told = text(&refused.stderr);
        assert!(refused.status.code() == Some(code) && told.contains(says), "{args:?}: {told}");
    }
    assert!(!scratch.0.join("none.json").exists());
    // Without the server; by the page, too; and not by another key, nor with a byte changed.
    drop(served);
    for name in ["0.json", "1.json", "2.json", "3.json", "nothing.json"] {
        let (code, told) = verify(&path(name), &key);
        assert_eq!(code, Some(0), "{name}: {told}");
    }
    let other = SignerKey::from_seed("remit/another", [9; 32]).expect("a key");
    let other = scratch.file("other.pub", other.public().to_string());
    let (code, told) = verify(&path("0.json"), other.to_str().expect("text"));
    assert!(code == Some(65) && told.contains("no signature by any of the given keys"), "{told}");
    let file = std::fs::read_to_string(path("0.json")).expect("a file");
    let changed = scratch.file("changed.json", file.replacen("2019-04-01", "2019-04-02", 1));
    let (code, told) = verify(changed.to_str().expect("text"), &key);
    assert!(
        code == Some(65) && told.contains("the signed digest is that of another file"),
        "{told}"
    );
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).expect("there").permissions().mode() & 0o777
}

#[test]
fn a_key_is_rotated_and_whoever_has_the_old_one_still_checks() {
    let scratch = Scratch::new("rotate");
    let data = scratch.0.join("register");
    let secret = scratch.0.join("register.key");
    let secret_text = secret.to_str().expect("text");
    let path = |name: &str| scratch.0.join(name).to_str().expect("text").to_owned();
    let served = Served::start(&data);
    let old = scratch.file("old.pub", ok(&served.url, &["audit", "key"]));
    let old = old.to_str().expect("text");
    let note = path("old.note");
    ok(&served.url, &["audit", "checkpoint", "--out", &note]);
    // Rotated beside a running server, which goes on with what it has read.
    let printed = ok(&served.url, &["audit", "rotate", "--key", secret_text]);
    assert_eq!(printed.lines().count(), 2, "{printed}");
    assert_eq!(mode(&secret), 0o600);
    assert_eq!(ok(&served.url, &["audit", "key"]).lines().count(), 1);
    served.kill();

    let served = Served::start(&data);
    let url = served.url.clone();
    ok(&url, &["load", "england"]);
    let keys = ok(&url, &["audit", "key"]);
    assert_eq!(keys, printed, "the new one first");
    assert_eq!(keys.lines().nth(1), std::fs::read_to_string(old).expect("read").lines().next());
    let name = |key: &str| key.split('+').next().expect("a name").to_owned();
    assert_eq!(
        name(keys.lines().next().expect("a key")),
        name(keys.lines().nth(1).expect("a key"))
    );
    let new = scratch.file("new.pub", keys.lines().next().expect("a key"));
    let both = scratch.file("both.pub", &keys);
    for key in [old, new.to_str().expect("text"), both.to_str().expect("text")] {
        ok(&url, &["audit", "checkpoint", "--key", key]);
        ok(&url, &["audit", "prove", "4711", "--key", key]);
    }
    // What the old key signed alone: by the old one, or a file that has it.
    for key in [old, both.to_str().expect("text")] {
        ok(&url, &["audit", "checkpoint", "--since", &note, "--key", key]);
    }
    let new = new.to_str().expect("text");
    let refused = fails(&url, &["audit", "checkpoint", "--since", &note, "--key", new]);
    assert!(refused.contains("no signature by any of the given keys"), "{refused}");
    served.kill();

    // A rotation that was cut short is named and changes nothing.
    let before = std::fs::read(&secret).expect("read");
    let half = scratch.file("register.key.new", "");
    let refused = fails(&url, &["audit", "rotate", "--key", secret_text]);
    assert!(
        refused.contains("register.key.new: an earlier rotation of keys did not finish"),
        "{refused}"
    );
    assert_eq!(std::fs::read(&secret).expect("read"), before);
    std::fs::remove_file(half).expect("removed");
    let missing = remit(&url, &["audit", "rotate", "--key", &path("missing")]);
    assert_eq!(missing.status.code(), Some(66));
    // An old key ends when its line is removed.
    let text = String::from_utf8(before).expect("text");
    std::fs::write(&secret, text.lines().next().expect("a key")).expect("written");
    let served = Served::start(&data);
    ok(&served.url, &["audit", "checkpoint", "--key", new]);
    let refused = fails(&served.url, &["audit", "checkpoint", "--key", old]);
    assert!(refused.contains("no signature by any of the given keys"), "{refused}");
}
