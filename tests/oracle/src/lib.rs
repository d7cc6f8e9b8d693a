//! An independent model of the register, and random histories to compare the two on.
//!
//! The model is `deploy/verifier/answer.py`: it works an answer out from stored events alone. Lives
//! here: [`python`], which asks it over pipes; [`chance`], random histories of a small world;
//! [`said`], the shape in which both answer, and [`told`], the register's answer in it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on has failed"
)]

pub mod chance;
pub mod python;
pub mod said;
pub mod told;
