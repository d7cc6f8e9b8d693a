//! The product through its own API, on a real server.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

mod audit;
mod bad_requests;
mod changes;
mod coverage;
mod england;
mod further_questions;
mod groups;
mod life;
mod redaction;
mod resolution;
mod round_2015;
mod services;
mod subscriptions;
mod vocabularies;
mod watches;
mod worked_questions;
