//! England 2013 to 2026 as commands, from data files; and importers for files as ODS publishes
//! them.
//!
//! Lives here: [`Source`], where files come from (the reference data built in, or a directory);
//! [`Plan`], which turns rows into the commands that a register still lacks and into findings; the
//! [`tables`] of the data directory's layout; and [`ods`], the published layouts.
//!
//! Must not live here: the wire, or recording. A plan decides with the same rules as the register,
//! on a fold of its own, so that every row that would be refused is a finding with its row number.

pub mod ods;
pub mod plan;
pub mod source;
pub mod tables;

pub use ods::OdsKind;
pub use plan::{Finding, FindingKind, Plan, Tally};
pub use source::{Source, SourceError};
