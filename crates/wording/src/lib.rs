//! The words for people.
//!
//! Lives here: what is wrong with a command, in a sentence that says what is there and what to do
//! ([`refusal()`]).
//!
//! Must not live here: what follows from the events, I/O, a wire format, layout.

mod list;
mod refusal;

pub use list::{and, or, period};
pub use refusal::refusal;
