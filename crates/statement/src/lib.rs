//! Statements. A statement is one file that holds a question, its answer, every event that bears on
//! the question, and the proof that no other event does. A verifier needs nothing but a public key
//! to check the file.
//!
//! Lives here: the format of the file ([`mod@file`]), the contents of an answer in the file
//! ([`said`]), how a statement is issued from a log ([`mod@issue`], [`Source`]) and how a statement
//! is checked ([`mod@verify`]). `docs/ledger.md` explains why the proof cannot be circumvented;
//! `deploy/verifier` is a second verifier that shares nothing with this one.
//!
//! Must not live here: a store, a clock, the network, keys; how an answer is found (that is in
//! `remit-register`).

pub mod file;
pub mod issue;
pub mod said;
mod source;
pub mod verify;

pub use file::{Asked, Statement};
pub use issue::{Indexed, IssueError, Issuer};
pub use source::Source;
pub use verify::{Refused, Verified, verify};
