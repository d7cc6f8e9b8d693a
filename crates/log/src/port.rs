//! What every event log must do.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use bytes::Bytes;
use remit_domain::{BodyCode, Event, PersonalField, Position, Text};
use remit_ledger::Hash;
use tokio::sync::watch;

use crate::desk::{Keep, Kept};
use crate::disclosure::{Disclosure, Salt, commitment};

/// A future that can be kept behind a trait object.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The id a client makes for one request. Remembered for the life of the log.
///
/// Shape: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(text: &str) -> Result<Self, InvalidRequestId> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        if !visible || !(1..=128).contains(&text.len()) {
            return Err(InvalidRequestId);
        }
        Ok(Self(text.into()))
    }
}

/// Not a request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 128 visible ASCII characters")]
pub struct InvalidRequestId;

/// One event to be appended, with who asked for it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it says.
    pub event: Event,
    /// The system or office that asked.
    pub actor: Text,
    /// The body it asked for.
    pub acting_for: BodyCode,
}

/// The events of one request: appended all together or not at all.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The last position there must be for the append to happen.
    pub expected_head: Position,
    /// The request.
    pub request_id: RequestId,
    /// A digest of the request's content: the same id with another is refused.
    pub digest: [u8; 32],
    /// The events, at least one.
    pub drafts: Vec<Draft>,
}

/// Where the events of a request are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The first.
    pub first: Position,
    /// The last.
    pub last: Position,
    /// When they were recorded, in microseconds since 1970 UTC.
    pub recorded_at: i64,
}

/// What the log remembers of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// Where its events are.
    pub appended: Appended,
    /// What it said, as far as that is remembered.
    pub content: Content,
}

/// What the log remembers of what a request said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The digest.
    Digest([u8; 32]),
    /// A commitment to the digest: the digest of what names a person would confirm a guess.
    Committed {
        /// The salt, which lies beside the events.
        salt: Salt,
        /// The commitment.
        commitment: [u8; 32],
    },
    /// Nothing any more: one of its fields was redacted, and the salt is gone as well.
    Forgotten,
}

impl Content {
    /// Whether it is what a request of this digest says. What is forgotten is taken to be.
    #[must_use]
    pub fn is(&self, digest: &[u8; 32]) -> bool {
        match self {
            Self::Digest(own) => own == digest,
            Self::Committed { salt, commitment: own } => commitment(salt, digest) == *own,
            Self::Forgotten => true,
        }
    }
}

/// An event as it is stored: these bytes, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it is.
    pub position: Position,
    /// When it was recorded, in microseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The CloudEvents JSON. Shared: many readers are sent the same bytes.
    pub bytes: Bytes,
}

/// Why nothing was appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another append came first: decide again.
    #[error("the log's head is {head}, not {expected}")]
    HeadMoved {
        /// What the batch expected.
        expected: Position,
        /// What it is.
        head: Position,
    },
    /// The request is recorded already, with this result.
    #[error("the request is recorded at {} to {}", .0.appended.first, .0.appended.last)]
    AlreadyRecorded(RequestRecord),
    /// The engine failed; nothing was appended.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why a log could not be opened, read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// Another process writes to it.
    #[error("{0} is open for writing in another process; stop that one first, or use another file")]
    InUse(String),
    /// It is not a log, or of a version this program does not know.
    #[error("{0}")]
    NotALog(String),
    /// What is stored is not what was written: bytes and hashes disagree.
    #[error("the event log is damaged: {0}; restore it from a backup")]
    Damaged(String),
    /// The engine failed.
    #[error("the event log failed: {0}")]
    Engine(String),
    /// The log is shut down.
    #[error("the event log is closed")]
    Closed,
}

/// One totally ordered, durable log of events.
///
/// Positions are 1, 2, 3 … without gaps. `recorded_at` never decreases along them. What is
/// acknowledged is durable. What may name a person lies beside its event, written with it: see
/// [`disclosure`](crate::disclosure). An implementation passes the conformance suite in `tests/`.
pub trait EventLog: Send + Sync + 'static {
    /// The id this log was given when it was made; part of every event's source.
    fn id(&self) -> &str;

    /// Appends a batch if the head is what it expects and its request id is new.
    ///
    /// Batches are taken in the order of the calls, so a caller may expect the head that its own
    /// earlier, unfinished call will produce. The future resolves when the events are durable;
    /// dropping it changes nothing.
    fn append(&self, batch: Batch) -> BoxFuture<Result<Appended, AppendError>>;

    /// The clock by which events are recorded, in microseconds since 1970 UTC.
    fn now(&self) -> i64;

    /// Up to `limit` events after a position, in order. Fewer only at the head.
    ///
    /// # Errors
    /// [`LogError`] where the engine fails. May block for a disk read.
    fn read(&self, after: Position, limit: usize) -> Result<Vec<Stored>, LogError>;

    /// Up to `limit` events after a position if the log still has the next one in memory, as it has
    /// those just appended; `None`: they must be read. Never blocks.
    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>>;

    /// What lies beside the events after a position, up to another, in the order of the events.
    ///
    /// # Errors
    /// [`LogError`] where the engine fails or what lies there cannot be read. May block for a disk
    /// read.
    fn disclosures(&self, after: Position, until: Position) -> Result<Vec<Disclosure>, LogError>;

    /// Fields whose values are not here though no event here redacts them: in a log that was replayed
    /// up to a position, those redacted after it.
    fn withheld(&self) -> Vec<(Position, PersonalField)> {
        Vec::new()
    }

    /// What the log remembers of a request id.
    ///
    /// # Errors
    /// [`LogError`] where the engine fails. May block for a disk read.
    fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, LogError>;

    /// The Merkle tree over the durable events: how many leaves, and the root.
    fn tree(&self) -> (Position, Hash);

    /// The root of the n-th complete subtree of 2^level leaves; leaf n-1 is event n.
    ///
    /// # Errors
    /// [`LogError`] where the subtree is not there or the engine fails. May block for a disk read.
    fn subtree(&self, level: u8, number: u64) -> Result<Hash, LogError>;

    /// Compares every stored byte with every stored hash, up to the durable head, and what lies beside
    /// the events with what they committed to; returns how many leaves there are, and the root.
    ///
    /// # Errors
    /// [`LogError::Damaged`], which names the event or hash.
    fn check(&self) -> Result<(Position, Hash), LogError>;

    /// Keeps an act and marks beside the events. The future resolves when they are durable;
    /// dropping it changes nothing.
    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), LogError>>;

    /// All that is kept beside the events.
    ///
    /// # Errors
    /// [`LogError`] where the engine fails or an act has a shape this release does not know. May
    /// block for a disk read.
    fn kept(&self) -> Result<Kept, LogError>;

    /// The last durable position, and a wake-up when it moves.
    fn head(&self) -> watch::Receiver<Position>;
}
