//! Entries: the events of one request, encoded as they will be stored. An entry is encoded before
//! it reaches the store, so that a store need not know shapes, commitments or salts.

use bytes::Bytes;
use remit_domain::{Fact, FieldRedacted, PersonalField, Position, UtcInstant};
use remit_ledger::{Hash, tree};
use remit_shape::{Disclosure, Draft, Encoded, Encoder, RequestId, Salt, Stamp, commitment};

use crate::error::LogError;
use crate::store::{Appended, Content, Stored};

/// The maximum length of an event, in stored bytes: an entry bundle (C2SP tlog-tiles) stores the
/// length of each event in two bytes.
pub const EVENT_BYTES_MAX: usize = remit_ledger::tiles::ENTRY_BYTES_MAX;

/// The last event of a log: its position and the hash of its leaf. An entry is stored only if the
/// log still ends with the event that the entry expects; the hash tells that event from any other
/// event at the same position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The position of the last event; 0 if the log is empty.
    pub position: Position,
    /// The hash of the last event's leaf in the Merkle tree; zeros if the log is empty.
    pub leaf: Hash,
}

impl Head {
    /// The head of an empty log.
    pub const EMPTY: Self = Self { position: Position::ZERO, leaf: Hash([0; 32]) };
}

/// An entry: the events of one request, ready to be stored together.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The head that the log must have just before the entry is stored.
    after: Head,
    /// The head that the log has just after the entry is stored.
    last: Head,
    recorded_at: UtcInstant,
    request_id: RequestId,
    content: Content,
    events: Vec<(Bytes, Hash)>,
    disclosures: Vec<Disclosure>,
    erased: Vec<(Position, PersonalField)>,
}

/// Why an event cannot be part of an entry.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EntryError {
    /// The event is longer than [`EVENT_BYTES_MAX`]; holds its length in bytes.
    #[error("the event has {0} bytes, and an event has at most {EVENT_BYTES_MAX}")]
    TooLong(usize),
    /// The system could not provide random bytes for a salt.
    #[error(transparent)]
    NoSalt(LogError),
}

impl Entry {
    /// Begins the entry of a request. `digest` is the digest of the request's content. The log's
    /// head must be `after` when the entry is stored.
    #[must_use]
    pub fn new(
        after: Head,
        recorded_at: UtcInstant,
        request_id: RequestId,
        digest: [u8; 32],
    ) -> Self {
        let (events, disclosures, erased) = (Vec::new(), Vec::new(), Vec::new());
        let (last, content) = (after, Content::Digest(digest));
        Self { after, last, recorded_at, request_id, content, events, disclosures, erased }
    }

    /// Encodes an event and adds it to the entry.
    ///
    /// # Errors
    /// [`EntryError`] if the event cannot be added; the entry is then unchanged.
    pub fn push(&mut self, encoder: &mut Encoder, draft: &Draft) -> Result<(), EntryError> {
        let position = self.last.position.next();
        let Self { recorded_at, ref request_id, .. } = *self;
        let stamp = Stamp { position, recorded_at, request_id };
        let no_salt = |error| EntryError::NoSalt(LogError::engine(error));
        let Encoded { text, beside } =
            encoder.encode(&stamp, draft, system_salt).map_err(no_salt)?;
        if text.len() > EVENT_BYTES_MAX {
            return Err(EntryError::TooLong(text.len()));
        }
        if let (Content::Digest(digest), false) = (self.content, beside.is_empty()) {
            let salt = system_salt().map_err(no_salt)?;
            self.content = Content::Committed { salt, commitment: commitment(&salt, &digest) };
        }
        self.last = Head { position, leaf: tree::leaf(text.as_bytes()) };
        self.events.push((text.into(), self.last.leaf));
        self.disclosures.extend(beside);
        if let Fact::Redacted(FieldRedacted { about, field, .. }) = draft.event.fact {
            self.erased.push((about, field));
        }
        Ok(())
    }

    /// The head that the log must have just before the entry is stored.
    #[must_use]
    pub fn after(&self) -> Head {
        self.after
    }

    /// The head that the log has just after the entry is stored.
    #[must_use]
    pub fn last(&self) -> Head {
        self.last
    }

    /// The positions that the events of the entry have once the entry is stored, and the time at
    /// which these events are recorded.
    #[must_use]
    pub fn appended(&self) -> Appended {
        let (first, last) = (self.after.position.next(), self.last.position);
        Appended { first, last, recorded_at: self.recorded_at }
    }

    /// The id of the request that the entry records.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// What the store must remember of the request's content, to recognise a request that is sent
    /// again.
    #[must_use]
    pub fn content(&self) -> Content {
        self.content
    }

    /// The events of the entry in order, each with the hash of its leaf in the Merkle tree.
    pub fn events(&self) -> impl ExactSizeIterator<Item = (Stored, Hash)> {
        let (first, recorded_at) = (self.after.position.next(), self.recorded_at);
        self.events.iter().enumerate().map(move |(index, (bytes, leaf))| {
            let position = first.plus(index as u64);
            (Stored { position, recorded_at, bytes: bytes.clone() }, *leaf)
        })
    }

    /// The values that may name a person, with their salts, to be stored beside the events.
    #[must_use]
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// The fields that the events of this entry redact. Each pair holds the position of an earlier
    /// event and the redacted field of that event. The store removes the value of the field, and
    /// also forgets the content of the request that recorded the value. That request may be the
    /// request of this entry.
    #[must_use]
    pub fn erased(&self) -> &[(Position, PersonalField)] {
        &self.erased
    }
}

/// Makes a salt from the system's random numbers.
fn system_salt() -> Result<Salt, getrandom::Error> {
    let mut salt = Salt::default();
    getrandom::fill(&mut salt.0)?;
    Ok(salt)
}
