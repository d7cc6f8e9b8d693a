//! An independent model of the register, and random histories to compare the two on.
//!
//! Lives here: [`model`], which answers by scanning all events and shares nothing with
//! `remit-register` or the decisions of `remit-domain`; [`chance`], random histories of a small
//! world; [`said`], both answers in one shape.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on has failed"
)]

pub mod chance;
pub mod model;
pub mod said;
pub mod told;
