//! The port: what every store must do, in traits by trade.
//!
//! Reads return futures, for a store may wait for a disk or a network; none of them blocks the
//! caller. Writes are taken in the order of the calls: a call puts its entry in line at once, and
//! the future only waits for it to be durable. Dropping the future changes nothing.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use remit_domain::{Commitment, PersonalField, Position, UtcInstant};
use remit_ledger::Hash;
use remit_shape::{Disclosure, RequestId, Salt, commitment};
use tokio::sync::watch;

use crate::entry::Entry;
use crate::error::LogError;

/// A future that does not borrow from what made it.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One totally ordered, durable log of events, and what is kept with it.
///
/// Positions are 1, 2, 3 … without gaps. `recorded_at` never decreases along them. What is
/// acknowledged is durable. What may name a person lies beside its event, and is written with it.
pub trait Store: Events + Disclosures + Tree + Desk + Send + Sync + 'static {
    /// The id that the log was given when it was made; part of the source of every event.
    fn id(&self) -> &str;
}

/// Events, and the requests that they were part of.
pub trait Events {
    /// Stores an entry if the head is what it expects and its request id is new: its events, what
    /// lies beside them and what is remembered of the request, all together. Removes what it
    /// erases.
    fn append(&self, entry: Entry) -> BoxFuture<Result<Appended, AppendError>>;

    /// Up to `limit` events after `after`, in order. Fewer only at the head.
    fn read(&self, after: Position, limit: usize) -> BoxFuture<Result<Vec<Stored>, LogError>>;

    /// Up to `limit` events after `after`, if they are still in memory; `None` means use
    /// [`read`](Self::read).
    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>>;

    /// What is remembered of a request.
    fn request(&self, id: &RequestId) -> BoxFuture<Result<Option<RequestRecord>, LogError>>;

    /// The last durable position, and a wake-up when it moves, whoever moved it.
    fn head(&self) -> watch::Receiver<Position>;
}

/// What may name a person, beside the events.
pub trait Disclosures {
    /// What lies beside the events after `after` up to `until`, in the order of the events.
    fn disclosures(
        &self,
        after: Position,
        until: Position,
    ) -> BoxFuture<Result<Vec<Disclosure>, LogError>>;

    /// Fields whose values are not here although no event here redacts them: in a log that was
    /// replayed up to a position, those redacted after it.
    fn withheld(&self) -> Vec<(Position, PersonalField)> {
        Vec::new()
    }
}

/// The Merkle tree over the durable events: leaf n - 1 is event n.
pub trait Tree {
    /// The whole tree.
    fn tree(&self) -> TreeHead;

    /// The root of the complete subtree `number` of 2^`level` leaves.
    fn subtree(&self, level: u8, number: u64) -> BoxFuture<Result<Hash, LogError>>;

    /// Compares every stored byte with every stored hash, up to the durable head, and what lies
    /// beside the events with what they committed to.
    fn check(&self) -> BoxFuture<Result<TreeHead, LogError>>;
}

/// What is kept for those who read the log: acts, each an event of its own sequence, and marks,
/// each of which replaces the one of the same name.
pub trait Desk {
    /// Keeps an act and marks, all together or not at all.
    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), KeepError>>;

    /// Up to `limit` acts after `after`, in order. Fewer only at the last.
    fn acts(&self, after: u64, limit: usize) -> BoxFuture<Result<Vec<StoredAct>, LogError>>;

    /// The value of a mark.
    fn mark(&self, name: &str) -> BoxFuture<Result<Option<String>, LogError>>;

    /// The marks whose names begin with `prefix`, by name.
    fn marks(&self, prefix: &str) -> BoxFuture<Result<Vec<Mark>, LogError>>;

    /// The sequence of the last durable act, and a wake-up when it moves, whoever moved it.
    fn last_act(&self) -> watch::Receiver<u64>;
}

/// An event as it is stored: these bytes, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it is.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: UtcInstant,
    /// The CloudEvents JSON. Shared: many readers are sent the same bytes.
    pub bytes: Bytes,
}

/// Where the events of a request are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The first.
    pub first: Position,
    /// The last.
    pub last: Position,
    /// When they were recorded.
    pub recorded_at: UtcInstant,
}

/// What is remembered of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// Where its events are.
    pub appended: Appended,
    /// What it said, as far as that is remembered.
    pub content: Content,
}

/// What is remembered of what a request said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The digest.
    Digest([u8; 32]),
    /// A commitment to the digest: the digest of what names a person would confirm a guess.
    Committed {
        /// The salt, which lies beside the events.
        salt: Salt,
        /// The commitment.
        commitment: Commitment,
    },
    /// Nothing any more: one of its fields was redacted, and the salt is gone as well.
    Forgotten,
}

impl Content {
    /// Whether this record matches a request with `digest`. A forgotten one matches any.
    #[must_use]
    pub fn matches(&self, digest: &[u8; 32]) -> bool {
        match self {
            Self::Digest(own) => own == digest,
            Self::Committed { salt, commitment: own } => commitment(salt, digest) == *own,
            Self::Forgotten => true,
        }
    }
}

/// How many leaves a tree has, and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many events.
    pub size: Position,
    /// The root over them.
    pub root: Hash,
}

/// What is to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// An act. Its sequence must follow that of the last.
    pub act: Option<StoredAct>,
    /// Marks to set.
    pub set: Vec<Mark>,
    /// The names of marks to remove.
    pub remove: Vec<String>,
}

/// An act as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAct {
    /// Its place among the acts: 1, 2, 3 … without gaps.
    pub sequence: u64,
    /// The CloudEvents JSON.
    pub text: String,
}

/// A mark: how far something has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// How far.
    pub value: String,
}

/// Why nothing was appended.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// Another append came first: the head is another event than the one expected. Decide again.
    #[error("the log's head is {head}, and not the event {expected} that was expected")]
    HeadMoved {
        /// The position of the event expected.
        expected: Position,
        /// The position of the head.
        head: Position,
    },
    /// The request is recorded already, with this result.
    #[error("the request is recorded at {} to {}", .0.appended.first, .0.appended.last)]
    AlreadyRecorded(RequestRecord),
    /// The log failed; nothing was appended.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why nothing was kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeepError {
    /// Another act came first: decide again.
    #[error("the last act is {last}")]
    ActsMoved {
        /// The sequence of the last.
        last: u64,
    },
    /// The log failed; nothing was kept.
    #[error(transparent)]
    Log(#[from] LogError),
}
