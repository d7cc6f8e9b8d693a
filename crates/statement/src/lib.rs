//! Statements. A statement is one file that holds a question, its answer, every event that bears on
//! it, and the proof that there are no others. A verifier needs nothing but a public key to check
//! it.
//!
//! Lives here: the file's shape ([`mod@file`]), what an answer says in it ([`said`]), how a
//! statement is issued from a log ([`mod@issue`], [`Source`]) and how it is checked
//! ([`mod@verify`]). `docs/ledger.md` says why the proof cannot be got round; `deploy/verifier` is
//! a second verifier that shares nothing with this one.
//!
//! Must not live here: a store, a clock, the network, keys; nor how an answer is found
//! (`remit-register`).

pub mod file;
pub mod issue;
pub mod said;
mod source;
pub mod verify;

pub use file::{Asked, Statement};
pub use issue::{Indexed, IssueError, Issuer};
pub use source::Source;
pub use verify::{Refused, Verified, verify};
