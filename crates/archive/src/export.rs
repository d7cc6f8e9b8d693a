//! Writes all events up to a checkpoint in some format, and compares them with the checkpoint.

use remit_domain::Position;
use remit_ledger::{Checkpoint, Frontier, Hash, tree};
use remit_log::TreeHead;
use remit_shape::Disclosure;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{ArchiveError, jsonl, of, refused};

/// A format in which events are written.
pub trait Form {
    /// Writes the next event. `bytes` are its stored bytes.
    ///
    /// # Errors
    /// [`ArchiveError`] if the event cannot be written in this format.
    fn event(&mut self, position: Position, bytes: &[u8]) -> Result<(), ArchiveError>;

    /// Writes a value that lies beside an event, as a line of JSON without its line feed. Returns
    /// whether this format keeps such values: most hold only the commitments in the events.
    ///
    /// # Errors
    /// [`ArchiveError`] if it cannot be written.
    fn beside(&mut self, _line: &[u8]) -> Result<bool, ArchiveError> {
        Ok(false)
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// [`ArchiveError`]; the file then does not get its name.
    fn finish(self: Box<Self>, sum: &Sum<'_>) -> Result<(), ArchiveError>;
}

/// What an export says about the events in it.
pub struct Sum<'e> {
    /// The number of events.
    pub size: u64,
    /// The root over the events.
    pub root: Hash,
    /// SHA-256 of the stored bytes of all events, then of the lines for the values beside them if
    /// the format keeps those, with a line feed after each.
    pub digest: [u8; 32],
    /// The signed note of the checkpoint, with the same size and root.
    pub checkpoint: &'e str,
}

/// An export that is being written.
pub struct Export {
    form: Box<dyn Form>,
    checkpoint: Checkpoint,
    note: String,
    tree: Frontier,
    digest: Sha256,
}

impl Export {
    /// Begins an export of the events that `checkpoint` covers. `note` is the signed checkpoint.
    #[must_use]
    pub fn new(form: Box<dyn Form>, checkpoint: Checkpoint, note: String) -> Self {
        Self { form, checkpoint, note, tree: Frontier::default(), digest: Sha256::new() }
    }

    /// The number of events written so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.tree.size()
    }

    /// Writes the next event.
    ///
    /// # Errors
    /// [`ArchiveError`] if it cannot be written.
    pub fn event(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.form.event(Position::new(self.tree.size()).next(), bytes)?;
        self.tree.push(tree::leaf(bytes), |_, _, _| ());
        self.digest.update(bytes);
        self.digest.update(b"\n");
        Ok(())
    }

    /// Writes a value that lies beside an event. These come after all events.
    ///
    /// # Errors
    /// [`ArchiveError`] if it cannot be written.
    pub fn beside(&mut self, disclosure: &Disclosure) -> Result<(), ArchiveError> {
        let line = jsonl::beside(disclosure);
        if self.form.beside(line.as_bytes())? {
            self.digest.update(line.as_bytes());
            self.digest.update(b"\n");
        }
        Ok(())
    }

    /// Completes the export. The file gets its name only if the events match the checkpoint.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] if they do not match, or another error if the file cannot be
    /// written.
    pub fn finish(self) -> Result<(), ArchiveError> {
        let Self { form, checkpoint, note, tree, digest } = self;
        let (size, root) = (tree.size(), tree.root());
        if (size, root) != (checkpoint.size, checkpoint.root) {
            return Err(refused(format!(
                "what was sent is {}, and the checkpoint says {}; export again, and have the \
                 register checked (remit audit fsck)",
                of(&TreeHead { size: Position::new(size), root }),
                of(&TreeHead { size: Position::new(checkpoint.size), root: checkpoint.root })
            )));
        }
        let digest = digest.finalize().into();
        form.finish(&Sum { size, root, digest, checkpoint: &note })
    }
}

/// One stored event as a row: the attributes that every event has, as text.
#[derive(Deserialize)]
pub struct Row<'e> {
    /// The log that the event was recorded in: `urn:remit:` and the log's id.
    pub source: String,
    /// The time it was recorded: RFC 3339, UTC.
    pub time: String,
    /// The type of the event.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The subject: what the event is first of all about.
    pub subject: String,
    /// The first effective day that the event names, if any, as YYYY-MM-DD.
    #[serde(default)]
    pub effectiveon: Option<String>,
    /// The id of the request that recorded it.
    pub requestid: String,
    /// The system or office that asked.
    pub actor: String,
    /// The body on whose behalf it asked.
    pub actingfor: String,
    /// What the event says, as JSON.
    #[serde(borrow)]
    pub data: &'e RawValue,
}

impl<'e> Row<'e> {
    /// Parses the stored bytes of the event at `position`.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`], which names the position, if they are not a stored event.
    pub fn read(position: Position, bytes: &'e [u8]) -> Result<Self, ArchiveError> {
        serde_json::from_slice(bytes)
            .map_err(|error| refused(format!("event {position} is no stored event: {error}")))
    }
}
