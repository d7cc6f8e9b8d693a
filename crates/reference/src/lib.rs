//! England's history, 2013 to 2026, as commands made from data files; and importers for files that
//! the Organisation Data Service (ODS) publishes.
//!
//! Lives here: [`Source`], where files come from (the built-in reference data, or a directory);
//! [`Plan`], which turns rows into commands for the facts that a register still lacks, and into
//! findings; [`tables`], the layout of the data directory; and [`ods`], the layouts that ODS
//! publishes.
//!
//! Must not live here: the wire, or recording. A plan applies the register's rules to a fold of its
//! own, so a row that the register would refuse becomes a finding with the number of the row.

pub mod ods;
pub mod plan;
mod rows;
pub mod source;
pub mod tables;

pub use ods::OdsKind;
pub use plan::{Finding, FindingKind, Plan, Tally};
pub use source::{Source, SourceError};
