//! The words for people.
//!
//! Lives here: what an answer says in a sentence, in the lines of a table and in a few words
//! ([`answer`]), from whatever it was read ([`PlainAnswer`]); what the steps of an explanation say
//! ([`explain`]); what is wrong with a command, in a sentence that says what is there and what to
//! do ([`refusal()`]).
//!
//! Must not live here: what follows from the events, I/O, a wire format, layout.

pub mod answer;
pub mod explain;
mod list;
mod plain;
mod refusal;

pub use list::{and, or, period};
pub use plain::{
    Names, PlainAnswer, PlainAnsweringNow, PlainCase, PlainExpectation, PlainLiability,
    PlainPerformer, PlainUnapplied,
};
pub use refusal::refusal;
