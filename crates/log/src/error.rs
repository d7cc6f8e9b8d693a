//! The errors of a log.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use remit_domain::Position;
use remit_shape::{BesideError, ShapeError};

/// An error of the database engine on which a store is built, such as SQLite. The error is for the
/// operator and is never sent to a client.
pub type EngineError = Arc<dyn Error + Send + Sync>;

/// Why a log could not be read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// The stored data differ from the data that were written.
    #[error("the event log is damaged: {0}; restore it from a backup")]
    Damaged(#[from] Damage),
    /// A stored event, act or mark has a shape that this release does not know.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The database engine on which the store is built failed.
    #[error("the event log cannot be read or written")]
    Engine(#[source] EngineError),
    /// The log was shut down.
    #[error("the event log is closed")]
    Closed,
    /// The log was opened for reading only.
    #[error("the event log was opened for reading only, so nothing can be stored in it")]
    ReadOnly,
}

impl LogError {
    /// Wraps an error of the database engine on which the store is built.
    pub fn engine(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Engine(Arc::new(error))
    }
}

impl From<BesideError> for LogError {
    fn from(error: BesideError) -> Self {
        Self::Damaged(error.into())
    }
}

/// In what way a log is damaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// A file of the log is no longer the file at its name: it was removed, replaced or cut while
    /// the log was open. What was acknowledged since the last start may be lost.
    #[error(
        "{} is no longer the file that was opened, so nothing more is recorded; what was \
         acknowledged may be lost with the next start",
        .0.display()
    )]
    FileGone(std::path::PathBuf),
    /// An event that was recorded is missing from the log. Holds the position of that event.
    #[error("event {0} is missing from the log")]
    Missing(Position),
    /// The bytes of an event, or the hash stored with them, were changed.
    #[error("the bytes of event {0} do not have the hash that is stored with them")]
    Bytes(Position),
    /// The time stored with an event differs from the time in the event's bytes, or is earlier than
    /// the time of the event before it.
    #[error(
        "the time stored with event {0} is not the time in its bytes, or is before that of \
         the previous event"
    )]
    Instant(Position),
    /// The hash of a subtree was changed or removed.
    #[error(
        "the stored hash of subtree {number} at level {level} does not match the events of \
         the subtree"
    )]
    Subtree {
        /// The level of the subtree, which has 2^`level` leaves.
        level: u8,
        /// The number of the subtree among the subtrees of its level, counted from 0.
        number: u64,
    },
    /// The store has hashes of subtrees for which it does not have all the events.
    #[error("the store has hashes of subtrees for events that do not exist")]
    StraySubtrees,
    /// The root computed from the events differs from the root computed from the stored hashes.
    #[error("the root over the events of the log differs from the root over its stored hashes")]
    Root,
    /// A value that must be stored beside an event is missing, or does not match the event's
    /// commitment.
    #[error(transparent)]
    Beside(#[from] BesideError),
    /// A value stored beside an event cannot be decoded.
    #[error("the values stored beside event {0} cannot be read")]
    Disclosure(Position),
    /// The envelope of an event (its CloudEvents fields) cannot be decoded.
    #[error("event {position}: {reason}")]
    Envelope {
        /// The position of the event whose envelope cannot be decoded.
        position: Position,
        /// Why the envelope cannot be decoded.
        reason: String,
    },
    /// An event in the file of a log belongs to another log.
    #[error(
        "event {position} belongs to log {source_of_event}, but the file is log {source_of_log}"
    )]
    Source {
        /// The position of the event that belongs to another log.
        position: Position,
        /// The source that the event names, which identifies the event's log.
        source_of_event: String,
        /// The source that every event of the log must name.
        source_of_log: String,
    },
    /// The store's list of requests counts more or fewer events than the log has.
    #[error("the list of requests covers {listed} events, but the log has {events}")]
    RequestCount {
        /// How many events the list of requests counts.
        listed: u64,
        /// How many events the log has.
        events: u64,
    },
    /// A row of the store's list of requests differs from the row that follows from the events.
    #[error(
        "the stored list of requests differs from the events of the log: it has {}, and the \
         events show {found}",
        .listed.as_ref().map_or("nothing".to_owned(), ToString::to_string)
    )]
    RequestRow {
        /// The row in the list of requests; `None` if the list ends before this row.
        listed: Option<RequestRow>,
        /// The row that the list of requests must have, because it follows from the events.
        found: RequestRow,
    },
    /// The store's list of requests has a request that has no events in the log.
    #[error("the list of requests has {0}, but the log has no event of that request")]
    RequestWithoutEvents(RequestRow),
    /// A recorded act of the desk is missing; holds the act's sequence number.
    #[error("act {0} of the desk is missing")]
    MissingAct(u64),
    /// The value of a mark cannot be decoded.
    #[error("the stored mark {name:?} cannot be read: {reason}")]
    Mark {
        /// The name of the mark whose value cannot be decoded.
        name: String,
        /// Why the value of the mark cannot be decoded.
        reason: String,
    },
}

/// A row of a store's list of requests: a request and the positions of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// The id of the request.
    pub id: String,
    /// The position of the request's first event.
    pub first: Position,
    /// The position of the request's last event.
    pub last: Position,
}

impl fmt::Display for RequestRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, first, last } = self;
        write!(f, "{id:?} with events {first} to {last}")
    }
}
