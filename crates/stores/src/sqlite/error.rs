//! Why a file cannot be opened as a log, or a log cannot be copied, cut or rebuilt.

use std::path::PathBuf;

use remit_domain::{PersonalField, Position};
use remit_log::{EngineError, LogError};
use remit_shape::ShapeError;

use super::tables::SCHEMA_VERSION;

/// Why a file is not opened as a log.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes to it.
    #[error(
        "{} is open for writing in another process; stop that one first, or use another file",
        .0.display()
    )]
    InUse(PathBuf),
    /// The file cannot be opened, read or written.
    #[error("cannot open {}", .path.display())]
    Unopened {
        /// The file.
        path: PathBuf,
        /// The error of the system or of SQLite.
        source: EngineError,
    },
    /// The file exists but is empty.
    #[error(
        "{} is empty: cut off, or never begun; restore it from a backup, or remove it to begin \
         anew",
        .0.display()
    )]
    Empty(PathBuf),
    /// The file is not a database.
    #[error("{} is not a Remit event log", .path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// The error of SQLite.
        source: EngineError,
    },
    /// The file is a database of another program.
    #[error("{} is a database, but not a Remit event log", .0.display())]
    NotALog(PathBuf),
    /// The file was written by a newer release.
    #[error(
        "{} has tables of version {found}; this program knows version {SCHEMA_VERSION}: use the \
         release that wrote it",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
    },
    /// The file was written by an older release. It must be upgraded before it can be opened for
    /// reading only.
    #[error(
        "{} has tables of version {found}; this program knows version {SCHEMA_VERSION}: let this \
         release serve it once",
        .path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
    },
    /// The file is a log that cannot be read completely.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why a log cannot be copied, cut or rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// A file cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A log cannot be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// There is no such event.
    #[error("there is no event {until}: the last is {head}")]
    NoSuchEvent {
        /// The position asked for.
        until: Position,
        /// The position of the last event.
        head: Position,
    },
    /// The position is inside a request, and a request cannot be divided.
    #[error(
        "position {until} is inside a request, which was recorded all together or not at all: \
         choose {before}{}", .last.map(|last| format!(" or {last}")).unwrap_or_default()
    )]
    InsideRequest {
        /// The position asked for.
        until: Position,
        /// The position before the request's first event.
        before: Position,
        /// The position of the request's last event, if known.
        last: Option<Position>,
    },
    /// A later event redacts a value, which therefore cannot be restored.
    #[error(
        "position {until} is before event {redaction}, which redacted what event {about} said: \
         that cannot be restored; choose {redaction} or later"
    )]
    BeforeRedaction {
        /// The position asked for.
        until: Position,
        /// The position of the event that redacts.
        redaction: Position,
        /// The position of the event whose field it redacts.
        about: Position,
    },
    /// The bytes are not the next event of the log.
    #[error("event {position} {what}")]
    NotNext {
        /// The position of the next event.
        position: Position,
        /// What is wrong.
        what: NotNext,
    },
    /// The bytes cannot be read as an event.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The value of a field was given twice.
    #[error("the {field} of event {position} is there twice")]
    DisclosedTwice {
        /// The event.
        position: Position,
        /// The field.
        field: PersonalField,
    },
}

/// Why bytes are not the next event of a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNext {
    /// They name no source.
    #[error("has no source")]
    NoSource,
    /// They belong to another log.
    #[error("is of another register")]
    AnotherRegister,
    /// They were recorded at another instant than the rest of their request.
    #[error("was recorded at another instant than the rest of its request")]
    AnotherInstant,
    /// They were recorded at an earlier instant than the event before.
    #[error("was recorded before the one that it follows")]
    EarlierInstant,
    /// Their request id was already used by an earlier request.
    #[error("is of the request {0:?}, which was recorded before")]
    RequestEnded(String),
}
