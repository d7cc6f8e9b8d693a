//! The product through its own API, on a real server.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

mod bad_requests;
mod coverage;
mod england;
mod life;
mod resolution;
mod round_2015;
mod services;
mod vocabularies;
mod worked_questions;
