//! The commands of `docs/guides/auditor.md`, as they stand there; and statements for the worked
//! questions, checked from a directory where no server runs.

use std::path::Path;
use std::process::{Command, Output};

use crate::served::{ENGLAND, REMIT, Scratch, Served};

/// The commands of the guide: the lines of its shell blocks.
fn commands() -> Vec<String> {
    let guide =
        std::fs::read_to_string(tools::root().join("docs/guides/auditor.md")).expect("read");
    let blocks = guide.split("```sh\n").skip(1).filter_map(|block| block.split_once("```"));
    blocks.flat_map(|(block, _)| block.lines().map(str::to_owned)).collect()
}

/// A directory where `remit` and `python3` with what the verifier needs are at hand.
fn bench(scratch: &Scratch, python: &Path) -> String {
    let bin = scratch.0.join("bin");
    std::fs::create_dir_all(&bin).expect("made");
    // A venv is found by the path that it is called by.
    let called = format!("#!/bin/sh\nexec {} \"$@\"\n", python.display());
    let script = bin.join("python3");
    std::fs::write(&script, called).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).expect("set");
    std::os::unix::fs::symlink(REMIT, bin.join("remit")).expect("linked");
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default())
}

fn run(dir: &Path, path: &str, url: &str, command: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(dir).env("PATH", path).env("REMIT_SERVER", url);
    shell.env("REMIT_SOURCE", tools::root());
    shell.output().expect("sh")
}

fn ok(dir: &Path, path: &str, url: &str, command: &str) -> String {
    let output = run(dir, path, url, command);
    let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command}: {err}");
    String::from_utf8_lossy(out).into_owned()
}

#[test]
fn the_ten_commands_of_the_guide_do_what_it_says() {
    let Some(python) = tools::python_of_the_verifier() else { return };
    let scratch = Scratch::new("auditor");
    let path = bench(&scratch, &python);
    let served = Served::start(&scratch.0.join("register"));
    ok(&scratch.0, &path, &served.url, "remit load england");
    let commands = commands();
    assert_eq!(commands.len(), 10, "{commands:?}");
    let covers = format!("covers {ENGLAND} events");
    let says = [
        ("key", ""),
        ("checkpoint --out", covers.as_str()),
        ("who-holds", "NHS HARTLEPOOL AND STOCKTON-ON-TEES CCG (00K) exercises gms-contracts"),
        ("audit log", "delegation/00K"),
        ("statement", "(X24) is liable"),
        ("verify statement.json", "It stands"),
        ("verify.py", "\"liable\": [\n        \"X24\""),
        ("nothing", "Nothing was recorded under notice:delegation/00K"),
        ("export", "38"),
        ("--since", ""),
    ];
    for (command, (what, says)) in commands.iter().zip(says) {
        assert!(command.contains(what), "{command}: {what}");
        let told = ok(&scratch.0, &path, &served.url, command);
        assert!(told.contains(says), "{command}: {told}");
    }
}
