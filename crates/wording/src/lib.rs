//! The sentences and labels that people read.
//!
//! Lives here: an answer as a sentence, as the lines of a table and in a few words ([`answer`]),
//! made from a [`PlainAnswer`], whether the answer was read from a server or from a statement; the
//! steps of an explanation ([`explain`]); what is wrong with a command and what to do about it
//! ([`refusal()`]).
//!
//! Must not live here: how answers follow from the events, I/O, a wire format, layout.

pub mod answer;
pub mod explain;
mod list;
mod plain;
mod refusal;

pub use list::{and, or, period};
pub use plain::{
    Names, PlainAnswer, PlainAnsweringNow, PlainAnsweringStep, PlainCase, PlainCondition,
    PlainDispute, PlainExpectation, PlainInCapacity, PlainLiability, PlainPerformer, PlainScheme,
    PlainUnapplied,
};
pub use refusal::refusal;
