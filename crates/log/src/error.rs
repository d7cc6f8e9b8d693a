//! What can go wrong with a log.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use remit_domain::Position;
use remit_shape::{BesideError, ShapeError};

/// What the engine under a store says. For the operator: it never goes to a client.
pub type EngineError = Arc<dyn Error + Send + Sync>;

/// Why a log could not be read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// What is stored is not what was written.
    #[error("the event log is damaged: {0}; restore it from a backup")]
    Damaged(#[from] Damage),
    /// Something stored has a shape that this release does not know.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The engine failed.
    #[error("the event log failed")]
    Engine(#[source] EngineError),
    /// The log is shut down.
    #[error("the event log is closed")]
    Closed,
    /// The log was opened only to be read.
    #[error("the event log was opened only to be read")]
    ReadOnly,
}

impl LogError {
    /// The failure of an engine.
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
    /// An event is not there, though it was recorded.
    #[error("event {0} is missing")]
    Missing(Position),
    /// The bytes of an event were changed, or its hash.
    #[error("the bytes of event {0} do not have the hash that is stored with them")]
    Bytes(Position),
    /// An event is stored under another instant than its bytes say.
    #[error("event {0} is filed under another instant than its own")]
    Instant(Position),
    /// The hash of a subtree was changed or removed.
    #[error("the hash of subtree {number} at level {level} is not that of its events")]
    Subtree {
        /// The level.
        level: u8,
        /// The number at that level.
        number: u64,
    },
    /// There are hashes of more subtrees than the events have.
    #[error("there are hashes of subtrees that have no events")]
    StraySubtrees,
    /// The events together do not have the root of the tree.
    #[error("its events do not have the root of its hashes")]
    Root,
    /// What lies beside the events is not what they committed to.
    #[error(transparent)]
    Beside(#[from] BesideError),
    /// What lies beside an event cannot be read.
    #[error("what lies beside event {0} cannot be read")]
    Disclosure(Position),
    /// The envelope of an event cannot be read.
    #[error("event {position}: {reason}")]
    Envelope {
        /// The event.
        position: Position,
        /// What is wrong.
        reason: String,
    },
    /// An event is of another log than the file says.
    #[error("event {position} is of {source_of_event}, and the file says {source_of_log}")]
    Source {
        /// The event.
        position: Position,
        /// The source that the event names.
        source_of_event: String,
        /// The source of the log.
        source_of_log: String,
    },
    /// The list of requests counts more events or fewer than there are.
    #[error("the list of requests speaks of {listed} events, and there are {events}")]
    RequestCount {
        /// How many it counts.
        listed: u64,
        /// How many there are.
        events: u64,
    },
    /// The list of requests says something else of a request than its events do.
    #[error(
        "the list of requests has {}, and not {found}",
        .listed.as_ref().map_or("nothing".to_owned(), ToString::to_string)
    )]
    RequestRow {
        /// What the list says.
        listed: Option<RequestRow>,
        /// What the events say.
        found: RequestRow,
    },
    /// The list of requests has a request that has no events.
    #[error("the list of requests has {0}, which has no events")]
    RequestWithoutEvents(RequestRow),
    /// An act of the desk is not there, though it was recorded.
    #[error("act {0} of the desk is missing")]
    MissingAct(u64),
    /// A mark cannot be read.
    #[error("the mark {name:?}: {reason}")]
    Mark {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

/// A request and its events, as the list of requests has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// The id of the request.
    pub id: String,
    /// Its first event.
    pub first: Position,
    /// Its last event.
    pub last: Position,
}

impl fmt::Display for RequestRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, first, last } = self;
        write!(f, "{id:?} with events {first} to {last}")
    }
}
