//! A register taken away and brought back: exports for those who read, imports, backups, restores.
//!
//! Lives here: the files of an export ([`export`], [`jsonl`], [`explore`], and `columns` with the
//! feature `parquet`), making a data directory from an export or a backup ([`register`]), and a log
//! in memory from either ([`replay`]). Whatever is made is made beside its place and takes it when
//! it is whole and on disk (`part`), so nothing that was interrupted looks done.
//!
//! Must not live here: tonic, what events mean, or what is printed.

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

/// Why something was not taken away or brought back. Nothing is then left that looks whole.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is nothing to read.
    #[error("{0}")]
    Missing(String),
    /// What is read is not what it says it is, or what would be written is there already.
    #[error("{0}")]
    Refused(String),
    /// A register cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A register cannot be carried elsewhere.
    #[error(transparent)]
    Carry(#[from] CarryError),
    /// A register cannot be read, or what it holds is damaged.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A file could not be read or written.
    #[error("cannot {0}")]
    Io(String, #[source] std::io::Error),
    /// A database could not be written.
    #[error("cannot write {0}")]
    Sql(String, #[source] rusqlite::Error),
}

pub(crate) fn refused(why: impl Into<String>) -> ArchiveError {
    ArchiveError::Refused(why.into())
}

/// Bytes in hexadecimal, as manifests and the program print them.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How many events there are, and the root over them, in words.
fn of(tree: &TreeHead) -> String {
    format!("{} events with the root {}", tree.size, hex(&tree.root))
}
