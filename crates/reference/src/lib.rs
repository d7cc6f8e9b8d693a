//! England's history, 2013 to 2026, as commands made from data files; and importers for files that
//! ODS publishes.
//!
//! Lives here: [`Source`], where files come from (the built-in reference data, or a directory);
//! [`Plan`], which turns rows into findings and the commands that a register still lacks;
//! [`tables`], the layout of the data directory; and [`ods`], the layouts that ODS publishes.
//!
//! Must not live here: the wire, or recording. A plan applies the register's own rules to a fold of
//! its own, so a row that the register would refuse becomes a finding with its row number.

pub mod ods;
pub mod plan;
pub mod source;
pub mod tables;

pub use ods::OdsKind;
pub use plan::{Finding, FindingKind, Plan, Tally};
pub use source::{Source, SourceError};
