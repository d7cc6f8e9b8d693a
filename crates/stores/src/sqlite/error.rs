//! Why a file cannot be opened as a log, or a log cannot be copied, cut or rebuilt.

use std::path::PathBuf;

use remit_domain::{PersonalField, Position};
use remit_log::{EngineError, LogError};
use remit_shape::ShapeError;

use super::tables::SCHEMA_VERSION;

/// Why a file is not opened as a log.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the log open for writing.
    #[error(
        "{} is in use by another process that writes to it; stop that process first, or use \
         another file",
        .0.display()
    )]
    InUse(PathBuf),
    /// The file cannot be opened, read or written.
    #[error("cannot open {}", .path.display())]
    Unopened {
        /// The path of the file.
        path: PathBuf,
        /// The error that the system or SQLite reported.
        source: EngineError,
    },
    /// The file exists but is empty.
    #[error(
        "{} is empty: the file was cut off or never written; restore it from a backup, or remove \
         it to begin a new register",
        .0.display()
    )]
    Empty(PathBuf),
    /// There was a log at the path, and its file is gone.
    #[error(
        "{} is gone: {acknowledged} events of it were acknowledged; put it back from a backup, or \
         remove the file of the same name that ends in .lock to begin a new register",
        .path.display()
    )]
    Gone {
        /// The path of the file.
        path: PathBuf,
        /// The position of the last event that was acknowledged.
        acknowledged: Position,
    },
    /// The file lacks what was acknowledged: it was put back, cut or replaced.
    #[error(
        "{} is not as it was left: event {acknowledged} was acknowledged, and the file does not \
         have it as it was; put the right file back, or remove the file of the same name that ends \
         in .lock to go on with this one",
        .path.display()
    )]
    RolledBack {
        /// The path of the file.
        path: PathBuf,
        /// The position of the last event that was acknowledged.
        acknowledged: Position,
    },
    /// The file is not a database.
    #[error("{} is not a Remit event log", .path.display())]
    NotADatabase {
        /// The path of the file.
        path: PathBuf,
        /// The error that SQLite reported.
        source: EngineError,
    },
    /// The file is a database of another program.
    #[error("{} is a database, but not a Remit event log", .0.display())]
    NotALog(PathBuf),
    /// The file was written by a newer release.
    #[error(
        "{} has tables of version {found}, and this program reads version {SCHEMA_VERSION}: use \
         the release that wrote the file",
        .path.display()
    )]
    Newer {
        /// The path of the file.
        path: PathBuf,
        /// The version of the tables in the file.
        found: i64,
    },
    /// The file was written by an older release. It must be upgraded before it can be opened for
    /// reading only.
    #[error(
        "{} has tables of version {found}, and this program reads version {SCHEMA_VERSION}: run \
         `remit serve` of this release on the file once to bring the file up to date",
        .path.display()
    )]
    Older {
        /// The path of the file.
        path: PathBuf,
        /// The version of the tables in the file.
        found: i64,
    },
    /// The file is a log that cannot be read completely.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why a log cannot be copied, cut or rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// A file cannot be opened as a log.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A log cannot be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log has no event at `until`, the last position that the caller wants to keep.
    #[error("there is no event {until}: the last event is {head}")]
    NoSuchEvent {
        /// The last position that the caller wants to keep.
        until: Position,
        /// The position of the log's last event.
        head: Position,
    },
    /// The last position that the caller wants to keep is in the middle of the events of one
    /// request, which cannot be divided.
    #[error(
        "position {until} is in the middle of the events of one request, which cannot be divided: \
         choose position {before}{}", .last.map(|last| format!(" or {last}")).unwrap_or_default()
    )]
    InsideRequest {
        /// The last position that the caller wants to keep.
        until: Position,
        /// The position just before the request's first event.
        before: Position,
        /// The position of the request's last event, if known.
        last: Option<Position>,
    },
    /// An event after `until`, the last position that the caller wants to keep, redacts a value of
    /// an event up to `until`. So that value cannot be restored.
    #[error(
        "position {until} is before event {redaction}, which redacted a value of event {about}: a \
         redacted value cannot be restored; choose position {redaction} or later"
    )]
    BeforeRedaction {
        /// The last position that the caller wants to keep.
        until: Position,
        /// The position of the event that redacts the value.
        redaction: Position,
        /// The position of the event whose value is redacted.
        about: Position,
    },
    /// The bytes given for the next event of the log are not that event.
    #[error("event {position} cannot stand in this log: {what}")]
    NotNext {
        /// The position that the next event must have.
        position: Position,
        /// What is wrong with the bytes.
        what: NotNext,
    },
    /// The bytes of the next event cannot be decoded.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The value of a personal field was given twice.
    #[error("the {field} of event {position} is given twice")]
    DisclosedTwice {
        /// The position of the event that the value belongs to.
        position: Position,
        /// The personal field whose value was given twice.
        field: PersonalField,
    },
}

/// Why bytes are not the next event of a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNext {
    /// The event does not name a source, which identifies the log that the event belongs to.
    #[error("the event lacks the field `source`, which names its register")]
    NoSource,
    /// The event belongs to another log than the events before it, or its source names no log.
    #[error("the event belongs to another register")]
    AnotherRegister,
    /// The event was recorded at another time than the other events of its request.
    #[error("the event was recorded at another instant than the rest of its request")]
    AnotherInstant,
    /// The event was recorded earlier than the event before it.
    #[error("the event was recorded at an earlier instant than the event before it")]
    EarlierInstant,
    /// The event names a request id that an earlier request used; holds the id.
    #[error("the event has the request id {0:?}, which an earlier request in the log already has")]
    RequestEnded(String),
}
