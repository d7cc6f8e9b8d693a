//! The interface that every store implements, split into traits by concern.
//!
//! Reads return futures, because a store may wait for a disk or a network; no read blocks the
//! caller. Writes are queued in the order of the calls: the call itself queues the write, and the
//! returned future only waits until the write is durable. Dropping that future does not cancel the
//! write.

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

/// One totally ordered, durable log of events, and the data kept with it.
///
/// Positions are 1, 2, 3 ... without gaps. `recorded_at` never decreases from one position to the
/// next. Every acknowledged write is durable. A value that may name a person is stored beside its
/// event, and both are written together.
pub trait Store: Events + Disclosures + Tree + Desk + Send + Sync + 'static {
    /// The id that the log was given when it was made. The id is part of the source of every event.
    fn id(&self) -> &str;
}

/// The events of a log, and the requests that recorded them.
pub trait Events {
    /// Appends `entry` if the log's head is the one that the entry expects and the entry's request
    /// id is new. The events, the values beside them and the record of the request are stored all
    /// together or not at all. The stored values that the entry redacts are removed.
    fn append(&self, entry: Entry) -> BoxFuture<Result<Appended, AppendError>>;

    /// Reads up to `limit` events after position `after`, in order. Returns fewer than `limit`
    /// events only if the log has no more.
    fn read(&self, after: Position, limit: usize) -> BoxFuture<Result<Vec<Stored>, LogError>>;

    /// Returns up to `limit` events after position `after`, if they are still in memory. `None`
    /// means that the caller must use [`read`](Self::read).
    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>>;

    /// The store's record of the request `id`; `None` if that request is not recorded.
    fn request(&self, id: &RequestId) -> BoxFuture<Result<Option<RequestRecord>, LogError>>;

    /// A receiver that holds the position of the last durable event, and is notified when that
    /// position changes, even if another process appended the event.
    fn head(&self) -> watch::Receiver<Position>;
}

/// Values that may name a person, stored beside the events.
pub trait Disclosures {
    /// The values stored beside the events after position `after`, up to and including `until`, in
    /// the order of the events.
    fn disclosures(
        &self,
        after: Position,
        until: Position,
    ) -> BoxFuture<Result<Vec<Disclosure>, LogError>>;

    /// The fields whose values are absent although no event in this store redacts them. In a log
    /// replayed up to a position, these are the fields that later events redact.
    fn withheld(&self) -> Vec<(Position, PersonalField)> {
        Vec::new()
    }
}

/// The Merkle tree over the durable events: leaf n - 1 is event n.
pub trait Tree {
    /// The size and the root of the whole tree.
    fn tree(&self) -> TreeHead;

    /// The root of the complete subtree `number` at `level`. A subtree at `level` has 2^`level`
    /// leaves; subtrees are counted from 0.
    fn subtree(&self, level: u8, number: u64) -> BoxFuture<Result<Hash, LogError>>;

    /// Checks every stored byte against the stored hashes, up to the durable head, and the values
    /// beside the events against their commitments. Returns the size and root of the checked tree.
    fn check(&self) -> BoxFuture<Result<TreeHead, LogError>>;
}

/// The data kept for readers of the log: acts, which form a sequence of their own, and marks.
/// Setting a mark replaces the mark of the same name.
pub trait Desk {
    /// Stores an act and changes marks, all together or not at all.
    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), KeepError>>;

    /// Reads up to `limit` acts after the sequence number `after`, in order. Returns fewer than
    /// `limit` acts only if there are no more.
    fn acts(&self, after: u64, limit: usize) -> BoxFuture<Result<Vec<StoredAct>, LogError>>;

    /// The value of the mark `name`; `None` if there is no such mark.
    fn mark(&self, name: &str) -> BoxFuture<Result<Option<String>, LogError>>;

    /// The marks whose names begin with `prefix`, ordered by name.
    fn marks(&self, prefix: &str) -> BoxFuture<Result<Vec<Mark>, LogError>>;

    /// A receiver that holds the sequence number of the last durable act, and is notified when that
    /// number changes, even if another process stored the act.
    fn last_act(&self) -> watch::Receiver<u64>;
}

/// An event as it is stored. The bytes of a stored event never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The position of the event.
    pub position: Position,
    /// When the event was recorded.
    pub recorded_at: UtcInstant,
    /// The event as CloudEvents JSON. The buffer is shared, because many readers get the same
    /// bytes.
    pub bytes: Bytes,
}

/// The positions of a request's events, and when they were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of the request's first event.
    pub first: Position,
    /// The position of the request's last event.
    pub last: Position,
    /// When the request's events were recorded.
    pub recorded_at: UtcInstant,
}

/// The store's record of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The positions of the request's events, and when they were recorded.
    pub appended: Appended,
    /// What the store remembers of the request's content.
    pub content: Content,
}

/// What a store remembers of the content of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The digest of the request's content.
    Digest([u8; 32]),
    /// A commitment to the digest of the request's content, stored if the request names a person,
    /// because the digest itself would confirm a guess at the name.
    Committed {
        /// The salt of the commitment, stored beside the events.
        salt: Salt,
        /// The commitment to the digest of the request's content.
        commitment: Commitment,
    },
    /// Nothing is remembered, because a field of the request was redacted: the salt of the
    /// commitment was removed together with the value of the field.
    Forgotten,
}

impl Content {
    /// Whether this record matches a request whose content has the digest `digest`. A forgotten
    /// record matches any digest.
    #[must_use]
    pub fn matches(&self, digest: &[u8; 32]) -> bool {
        match self {
            Self::Digest(own) => own == digest,
            Self::Committed { salt, commitment: own } => commitment(salt, digest) == *own,
            Self::Forgotten => true,
        }
    }
}

/// The size and the root of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of leaves of the tree, which is the number of events.
    pub size: Position,
    /// The root of the tree.
    pub root: Hash,
}

/// The changes that [`Desk::keep`] stores together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// The act to store, if any. Its sequence number must be one more than that of the last act.
    pub act: Option<StoredAct>,
    /// The marks to set, each in place of any mark of the same name.
    pub set: Vec<Mark>,
    /// The names of the marks to remove.
    pub remove: Vec<String>,
}

/// An act of the desk, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAct {
    /// The number of the act in the sequence of acts: 1, 2, 3 ... without gaps.
    pub sequence: u64,
    /// The act as CloudEvents JSON.
    pub text: String,
}

/// A mark: a value stored under a name, such as the progress of a consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The name of the mark.
    pub name: String,
    /// The value of the mark.
    pub value: String,
}

/// Why an entry was not appended.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// The log's head is not the event that the entry expects, because another append came first.
    /// The request must be decided again.
    #[error(
        "the last event of the log is now {head}, but the entry was decided when event \
         {expected} was the last"
    )]
    HeadMoved {
        /// The position of the event that the entry expects to be the log's last event.
        expected: Position,
        /// The position of the log's last event.
        head: Position,
    },
    /// The request is recorded already. Holds the store's record of the request.
    #[error(
        "the request is recorded already, as events {} to {}",
        .0.appended.first,
        .0.appended.last
    )]
    AlreadyRecorded(RequestRecord),
    /// The log failed; nothing was appended.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why an act or marks were not stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeepError {
    /// Another act was stored first, so this act must be decided again.
    #[error("another act of the desk was stored first; the last act is now {last}")]
    ActsMoved {
        /// The sequence number of the last stored act.
        last: u64,
    },
    /// The log failed; nothing was stored.
    #[error(transparent)]
    Log(#[from] LogError),
}
