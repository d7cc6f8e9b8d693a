//! The stores that a register can be kept in. Each store implements the `Store` trait of
//! `remit-log`.
//!
//! Lives here: [`sqlite`], one file on one machine. A store handles only bytes, positions, instants
//! and hashes.
//!
//! Must not live here: stored shapes, a clock, or what events mean.

pub mod sqlite;

pub use sqlite::SqliteStore;
