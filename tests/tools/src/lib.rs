//! What some tests need beyond Rust: Python with a few packages, Go. A test asks here and gets the
//! tool, or nothing: then it is skipped, and `make test` names it at its end with the way to get
//! the tool. With `REMIT_TEST_ALL=1`, as CI sets it, a skip is a failure.
//!
//! Nothing here installs anything outside `target/`.

#![allow(clippy::expect_used, reason = "a test that cannot look for a tool has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where `make test` finds what was skipped: one file a test.
const SKIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/skipped");
/// Where Debian keeps the sources of Go packages.
const GOCODE: &str = "/usr/share/gocode";

/// The root of the repository.
///
/// # Panics
/// If the sources are gone.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// A `python3` with the packages that a file names, made once in `target/python-NAME`.
///
/// # Panics
/// If it is missing and no test may be skipped.
#[must_use]
pub fn python(requirements: &str, name: &str) -> Option<PathBuf> {
    let mut script = Command::new("sh");
    script.current_dir(root()).args(["tests/python.sh", requirements, name]);
    let output = script.output().expect("sh");
    if !output.status.success() {
        return skipped(&String::from_utf8_lossy(&output.stderr));
    }
    Some(String::from_utf8_lossy(&output.stdout).trim().into())
}

/// A bare `python3`.
///
/// # Panics
/// If it is missing and no test may be skipped.
#[must_use]
pub fn python3() -> Option<PathBuf> {
    if Command::new("python3").arg("--version").output().is_ok_and(|out| out.status.success()) {
        return Some("python3".into());
    }
    skipped("missing: python3, 3.11 or newer; on Debian: apt-get install python3")
}

/// A `python3` with what the second verifier needs.
///
/// # Panics
/// If it is missing and no test may be skipped.
#[must_use]
pub fn python_of_the_verifier() -> Option<PathBuf> {
    python("deploy/verifier/requirements.txt", "verifier")
}

/// Where the sources of Go packages are, where there is `go` and the package that reads a log.
///
/// # Panics
/// If one is missing and no test may be skipped.
#[must_use]
pub fn go() -> Option<&'static str> {
    let package = Path::new(GOCODE).join("src/golang.org/x/mod/sumdb/tlog").is_dir();
    if package && Command::new("go").arg("version").output().is_ok() {
        return Some(GOCODE);
    }
    skipped(
        "missing: go and its package x/mod; on Debian: apt-get install golang-go \
         golang-golang-x-mod-dev",
    )
}

/// Says which test is skipped and what it needs.
fn skipped<T>(needs: &str) -> Option<T> {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let needs = needs.trim();
    assert!(std::env::var_os("REMIT_TEST_ALL").is_none(), "{test} may not be skipped: {needs}");
    let line = format!("skipped: {test}: {needs}\n");
    eprint!("{line}");
    std::fs::create_dir_all(SKIPPED).expect("made");
    std::fs::write(Path::new(SKIPPED).join(test.replace("::", "-")), line).expect("written");
    None
}
