//! The README says what the program prints: its examples are run, and compared. `REMIT_BLESS=1`
//! writes what they print now into it.

use std::path::Path;
use std::process::Command;

use crate::served::{REMIT, Scratch, Served, remit};

/// Instants differ from load to load; everything else is the same for ever.
fn without_instants(text: &str) -> String {
    let mut out = String::new();
    for line in text.trim_end().lines() {
        match line.split_once(" (20") {
            Some((before, rest)) if rest.contains('T') && rest.ends_with("Z)") => out += before,
            _ => out += line,
        }
        out.push('\n');
    }
    out
}

#[test]
fn every_example_of_the_readme_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&path).expect("a README");
    let scratch = Scratch::new("readme");
    let served = Served::start(&scratch.0);
    assert!(remit(&served.url, &["load", "england"]).status.success());
    let mut examples = 0;
    let mut rewritten = readme.clone();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().expect("a block");
        let (command, expected) = block.split_once('\n').expect("a command and what it prints");
        let args: Vec<_> =
            command.strip_prefix("$ remit ").expect("a command of ours").split(' ').collect();
        let output = Command::new(REMIT)
            .args(&args)
            .env("REMIT_SERVER", &served.url)
            .env("COLUMNS", "100")
            .output()
            .expect("run");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if std::env::var_os("REMIT_BLESS").is_some() {
            rewritten = rewritten.replace(block, &format!("{command}\n{}\n", printed.trim_end()));
            examples += 1;
            continue;
        }
        assert_eq!(without_instants(&printed), without_instants(expected), "{command}");
        examples += 1;
    }
    if rewritten != readme {
        std::fs::write(path, rewritten).expect("written");
    }
    assert!(examples >= 3, "{examples} examples");
}
