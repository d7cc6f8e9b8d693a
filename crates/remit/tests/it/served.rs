//! A `remit serve` process of a test, killed by its own pid when the test ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The program under test.
pub const REMIT: &str = env!("CARGO_BIN_EXE_remit");

/// A directory of one test, removed when it ends.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("remit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("a directory");
        Self(dir)
    }

    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(&path, text).expect("written");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server process.
pub struct Served {
    child: Child,
    pub url: String,
}

impl Served {
    /// Starts a server over a data directory, on a port of its own.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with further arguments.
    pub fn start_with(data: &Path, args: &[&str]) -> Self {
        let mut child = Command::new(REMIT)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a line").expect("text");
        let url = first.rsplit_once(" on ").expect("where it serves").1.to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// Ends it in order, by SIGTERM.
    pub fn end(mut self) {
        let pid = self.child.id().to_string();
        let done = Command::new("kill").args(["-TERM", &pid]).status().expect("run");
        assert!(done.success());
        self.child.wait().expect("reaped");
    }

    /// Kills it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("reaped");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The position of the last event of England as the program loads it.
pub const ENGLAND: &str = "38347";

/// The position of the event that draws up the delegation of 2019 to Somerset.
pub const DRAWN_11X: &str = "37213";

/// The number of events of England as the program loads it.
pub fn england_events() -> u64 {
    ENGLAND.parse().expect("a number")
}

/// Runs the program against a server and returns what it printed and how it ended.
pub fn remit(url: &str, args: &[&str]) -> Output {
    let mut command = Command::new(REMIT);
    command.args(args).env("REMIT_SERVER", url).stdin(Stdio::null());
    command.output().expect("run")
}
