//! Copies a register out and rebuilds one from a copy: exports, imports, backups and restores.
//!
//! Lives here: the formats of an export ([`export`], [`jsonl`], [`explore`], and `columns` with the
//! feature `parquet`), making a data directory from an export or a backup ([`register`]), and a log
//! in memory from a data directory or an export ([`replay`]). Each file is written under a
//! temporary name and renamed once it is complete and on disk (`part`), so an interrupted file
//! never looks complete.
//!
//! Must not live here: tonic, what events mean, or the messages that the program prints.

#[cfg(feature = "parquet")]
pub mod columns;
pub mod explore;
pub mod export;
pub mod jsonl;
mod part;
pub mod register;
pub mod replay;

pub use export::Export;
pub use jsonl::{JsonLines, Lines, Manifest};

use remit_log::{LogError, TreeHead};
use remit_stores::sqlite::{CarryError, OpenError};

/// Why an export, import, backup, restore or replay failed. A failure leaves no file that looks
/// complete.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file or register to read is missing or cannot be opened.
    #[error("{0}")]
    Missing(String),
    /// The input is not what it claims to be, or the output exists already.
    #[error("{0}")]
    Refused(String),
    /// A register cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A register cannot be copied, or cannot be cut off after a position.
    #[error(transparent)]
    Carry(#[from] CarryError),
    /// A log cannot be read, or is damaged.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A file could not be read or written. The text names the action and the file.
    #[error("cannot {0}")]
    Io(String, #[source] std::io::Error),
    /// A SQLite file could not be written. The text is the path of the file.
    #[error("cannot write {0}")]
    Sql(String, #[source] rusqlite::Error),
}

pub(crate) fn refused(why: impl Into<String>) -> ArchiveError {
    ArchiveError::Refused(why.into())
}

/// Writes bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A phrase that states the number of events in a tree and their root.
fn of(tree: &TreeHead) -> String {
    format!("{} events with the root {}", tree.size, tree.root)
}
