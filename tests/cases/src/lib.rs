//! Given, when and then in plain words: what the pure crates' own tests are written in.
//!
//! A file is a list of cases. Lines that begin `background` hold for all of them. A case begins
//! with what it shows, and goes on with indented lines:
//!
//! ```text
//! a code is in use once at a time
//!   given body 00A ccg 2013-04-01..2020-04-01
//!   when body 00A ccg 2020-03-31..
//!   then refused code BODY_ALREADY_IN_BEING
//! ```
//!
//! Lives here: the language of facts ([`said`]) and the reading of files ([`read`]). What `when`
//! and `then` mean is for the tests that read them. A line that cannot be read fails the test.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a case that cannot be read has failed"
)]

mod said;

use remit_domain::{Command, Position, UtcInstant};
use remit_register::Register;

pub use said::{Words, said};

/// One case of a file.
#[derive(Debug, Default)]
pub struct Case {
    /// What it shows.
    pub shows: String,
    /// The facts it begins with, the background of the file first.
    pub given: Vec<String>,
    /// What is then done or asked.
    pub when: Vec<String>,
    /// What comes of it.
    pub then: Vec<String>,
}

/// The cases of a file.
#[must_use]
pub fn read(text: &str) -> Vec<Case> {
    let mut background = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if let Some(fact) = line.strip_prefix("background ") {
            background.push(fact.to_owned());
            continue;
        }
        let Some(line) = line.strip_prefix("  ") else {
            let given = background.clone();
            cases.push(Case { shows: line.to_owned(), given, ..Case::default() });
            continue;
        };
        let case = cases.last_mut().unwrap_or_else(|| panic!("a case has no title: {line}"));
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let list = match word {
            "given" => &mut case.given,
            "when" => &mut case.when,
            "then" => &mut case.then,
            _ => panic!("neither given, when nor then: {line}"),
        };
        list.push(rest.to_owned());
    }
    cases
}

impl Case {
    /// A register of what is given, each fact recorded at noon on the first day of 2026.
    #[must_use]
    pub fn register(&self) -> Register {
        let mut register = Register::new();
        for line in &self.given {
            self.record(&mut register, line);
        }
        register
    }

    /// Records what a line says.
    pub fn record(&self, register: &mut Register, line: &str) -> Position {
        let command: Command = said(line);
        if let Err(refusals) = register.admit(command) {
            panic!("{}: {line}: {refusals:?}", self.shows);
        }
        let noon: UtcInstant = "2026-01-01T12:00:00.000000Z".parse().expect("an instant");
        register.stamp(register.tail(), noon);
        register.settle(register.tail());
        register.tail()
    }
}
