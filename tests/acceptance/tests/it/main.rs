//! The product through its own API, on a real server.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

mod anew;
mod answers_on;
mod audit;
mod bad_requests;
mod changes;
mod cosigned;
mod coverage;
mod disputes;
mod england;
mod files;
mod for_ever;
mod further_questions;
mod go;
mod groups;
mod imports;
mod law_answers;
mod law_page;
mod life;
mod money;
mod reach;
mod redaction;
mod resolution;
mod round_2015;
mod services;
mod story;
mod subscriptions;
mod sureness;
mod two_nodes;
mod users_questions;
mod vocabularies;
mod watches;
mod worked_questions;
