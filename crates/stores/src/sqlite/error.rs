//! Why a file cannot be opened as a log, or a log not be carried elsewhere.

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
    /// It cannot be opened, read or written.
    #[error("cannot open {}", .path.display())]
    Unopened {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: EngineError,
    },
    /// It is there and has no bytes.
    #[error(
        "{} is empty: cut off, or never begun; restore it from a backup, or remove it to begin \
         anew",
        .0.display()
    )]
    Empty(PathBuf),
    /// It is not a database.
    #[error("{} is not a Remit event log", .path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: EngineError,
    },
    /// It is a database of something else.
    #[error("{} is a database, but not a Remit event log", .0.display())]
    NotALog(PathBuf),
    /// It was written by a newer release.
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
    /// It was written by an older release, and must be brought up before it can only be read.
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
    /// It is a log that cannot be read whole.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why a log is not carried elsewhere.
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
        /// The last there is.
        head: Position,
    },
    /// Nothing can be cut in the middle of a request.
    #[error(
        "position {until} is inside a request, which was recorded all together or not at all: \
         choose {before}{}", .last.map(|last| format!(" or {last}")).unwrap_or_default()
    )]
    InsideRequest {
        /// The position asked for.
        until: Position,
        /// The position before the request.
        before: Position,
        /// Its last event, where that is known.
        last: Option<Position>,
    },
    /// What was redacted later cannot be restored.
    #[error(
        "position {until} is before event {redaction}, which redacted what event {about} said: \
         that cannot be restored; choose {redaction} or later"
    )]
    BeforeRedaction {
        /// The position asked for.
        until: Position,
        /// The event that redacts.
        redaction: Position,
        /// The event that it redacts.
        about: Position,
    },
    /// Bytes are not the next event of the log.
    #[error("event {position} {what}")]
    NotNext {
        /// The position that it should have.
        position: Position,
        /// In what way.
        what: NotNext,
    },
    /// Bytes cannot be read as an event.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A value lies beside an event twice.
    #[error("the {field} of event {position} is there twice")]
    DisclosedTwice {
        /// The event.
        position: Position,
        /// The field.
        field: PersonalField,
    },
}

/// In what way bytes are not the next event of a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNext {
    /// They name no source.
    #[error("has no source")]
    NoSource,
    /// They are of another log.
    #[error("is of another register")]
    AnotherRegister,
    /// They have another instant than the rest of their request.
    #[error("was recorded at another instant than the rest of its request")]
    AnotherInstant,
    /// They have an earlier instant than the event before.
    #[error("was recorded before the one that it follows")]
    EarlierInstant,
    /// Their request ended before.
    #[error("is of the request {0:?}, which was recorded before")]
    RequestEnded(String),
}
