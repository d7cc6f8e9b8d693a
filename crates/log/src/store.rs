//! The port: what every store must do, split into traits by concern.
//!
//! Reads return futures, because a store may wait for a disk or a network; none of them blocks the
//! caller. Writes are queued in the order of the calls: the call itself queues the entry, and the
//! future only waits until it is durable. Dropping the future does not cancel the write.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use remit_domain::{Commitment, PersonalField, Position, UtcInstant};
use remit_ledger::Hash;
use remit_shape::{Disclosure, RequestId, Salt, commitment};
use tokio::sync::watch;

use crate::entry::Entry;
use crate::error::LogError;

/// A boxed future that borrows nothing.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One totally ordered, durable log of events, and what is kept with it.
///
/// Positions are 1, 2, 3 ... without gaps, and `recorded_at` never decreases along them. What is
/// acknowledged is durable. A value that may name a person is stored beside its event, and written
/// together with it.
pub trait Store: Events + Disclosures + Tree + Desk + Send + Sync + 'static {
    /// The id that the log got when it was made. It is part of the source of every event.
    fn id(&self) -> &str;
}

/// Events, and the requests that recorded them.
pub trait Events {
    /// Appends an entry if the head is the one it expects and its request id is new. Its events,
    /// the values beside them and the record of the request are stored all together or not at all.
    /// Removes the values that the entry erases.
    fn append(&self, entry: Entry) -> BoxFuture<Result<Appended, AppendError>>;

    /// Reads up to `limit` events after `after`, in order. Returns fewer only at the head.
    fn read(&self, after: Position, limit: usize) -> BoxFuture<Result<Vec<Stored>, LogError>>;

    /// Up to `limit` events after `after`, if they are still in memory; `None` means use
    /// [`read`](Self::read).
    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>>;

    /// What the store remembers of a request; `None` if the request is not recorded.
    fn request(&self, id: &RequestId) -> BoxFuture<Result<Option<RequestRecord>, LogError>>;

    /// The last durable position. The receiver is notified when it moves, even if another process
    /// appended.
    fn head(&self) -> watch::Receiver<Position>;
}

/// Values that may name a person, stored beside the events.
pub trait Disclosures {
    /// The values beside the events after `after` up to and including `until`, in the order of the
    /// events.
    fn disclosures(
        &self,
        after: Position,
        until: Position,
    ) -> BoxFuture<Result<Vec<Disclosure>, LogError>>;

    /// Fields whose values are absent although no event here redacts them. In a log replayed up to
    /// a position, these are the fields redacted after it.
    fn withheld(&self) -> Vec<(Position, PersonalField)> {
        Vec::new()
    }
}

/// The Merkle tree over the durable events: leaf n - 1 is event n.
pub trait Tree {
    /// The size and the root of the whole tree.
    fn tree(&self) -> TreeHead;

    /// The root of complete subtree `number`, counted from 0, which has 2^`level` leaves.
    fn subtree(&self, level: u8, number: u64) -> BoxFuture<Result<Hash, LogError>>;

    /// Checks every stored byte against the stored hashes, up to the durable head, and the values
    /// beside the events against their commitments. Returns the tree that was checked.
    fn check(&self) -> BoxFuture<Result<TreeHead, LogError>>;
}

/// What is kept for readers of the log: acts, which form a sequence of their own, and marks.
/// Setting a mark replaces the one of the same name.
pub trait Desk {
    /// Keeps an act and changes marks, all together or not at all.
    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), KeepError>>;

    /// Reads up to `limit` acts after sequence `after`, in order. Returns fewer only at the last
    /// act.
    fn acts(&self, after: u64, limit: usize) -> BoxFuture<Result<Vec<StoredAct>, LogError>>;

    /// The value of a mark; `None` if there is no mark of that name.
    fn mark(&self, name: &str) -> BoxFuture<Result<Option<String>, LogError>>;

    /// The marks whose names begin with `prefix`, ordered by name.
    fn marks(&self, prefix: &str) -> BoxFuture<Result<Vec<Mark>, LogError>>;

    /// The sequence of the last durable act. The receiver is notified when it moves, even if
    /// another process kept the act.
    fn last_act(&self) -> watch::Receiver<u64>;
}

/// An event as it is stored. These bytes never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its position.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: UtcInstant,
    /// The event as CloudEvents JSON. The buffer is shared, because many readers get the same
    /// bytes.
    pub bytes: Bytes,
}

/// The positions of a request's events, and when they were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of the first event.
    pub first: Position,
    /// The position of the last event.
    pub last: Position,
    /// When they were recorded.
    pub recorded_at: UtcInstant,
}

/// What the store remembers of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// Where its events are.
    pub appended: Appended,
    /// What is remembered of its content.
    pub content: Content,
}

/// What is remembered of the content of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The digest of the content.
    Digest([u8; 32]),
    /// A commitment to the digest, where the request names a person: the digest itself would
    /// confirm a guess at the name.
    Committed {
        /// The salt, stored beside the events.
        salt: Salt,
        /// The commitment.
        commitment: Commitment,
    },
    /// Nothing: a field of the request was redacted, and the salt was removed with the value.
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

/// The size of a tree and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of leaves, which is the number of events.
    pub size: Position,
    /// The root over these leaves.
    pub root: Hash,
}

/// What [`Desk::keep`] keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// An act. Its sequence must be one more than that of the last act.
    pub act: Option<StoredAct>,
    /// Marks to set.
    pub set: Vec<Mark>,
    /// The names of marks to remove.
    pub remove: Vec<String>,
}

/// An act as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAct {
    /// Its place among the acts: 1, 2, 3 ... without gaps.
    pub sequence: u64,
    /// The act as CloudEvents JSON.
    pub text: String,
}

/// A mark: a value kept under a name, such as how far a consumer group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Why nothing was appended.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// The head is not the expected event, because another append came first. Decide again.
    #[error("the log's head is {head}, and not the event {expected} that was expected")]
    HeadMoved {
        /// The position of the expected event.
        expected: Position,
        /// The position of the head.
        head: Position,
    },
    /// The request is recorded already; holds its record.
    #[error("the request is recorded at {} to {}", .0.appended.first, .0.appended.last)]
    AlreadyRecorded(RequestRecord),
    /// The log failed; nothing was appended.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why nothing was kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeepError {
    /// Another act came first. Decide again.
    #[error("another act came first: the last act is {last}")]
    ActsMoved {
        /// The sequence of the last act.
        last: u64,
    },
    /// The log failed; nothing was kept.
    #[error(transparent)]
    Log(#[from] LogError),
}
