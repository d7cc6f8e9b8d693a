//! Writes all events up to a checkpoint in an export format, and compares the events with the
//! checkpoint.

use remit_domain::Position;
use remit_ledger::{Checkpoint, Frontier, Hash, tree};
use remit_log::TreeHead;
use remit_shape::Disclosure;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{ArchiveError, jsonl, of, refused};

/// A format of an export, in which events are written to a file.
pub trait Form {
    /// Writes the next event. `bytes` are the stored bytes of the event.
    ///
    /// # Errors
    /// [`ArchiveError`] if the event cannot be written in this format.
    fn event(&mut self, position: Position, bytes: &[u8]) -> Result<(), ArchiveError>;

    /// Writes a value that is stored beside an event. `_line` is the value as a line of JSON,
    /// without a line feed. Returns whether this format keeps such values: most formats keep only
    /// the commitments in the events.
    ///
    /// # Errors
    /// [`ArchiveError`] if the value cannot be written.
    fn disclosure(&mut self, _line: &[u8]) -> Result<bool, ArchiveError> {
        Ok(false)
    }

    /// Completes the file and renames it to its final name.
    ///
    /// # Errors
    /// [`ArchiveError`] if the file cannot be completed; it is then not renamed.
    fn finish(self: Box<Self>, sum: &Sum<'_>) -> Result<(), ArchiveError>;
}

/// A summary of the events in an export: their number, root, digest and checkpoint.
pub struct Sum<'e> {
    /// The number of events in the export.
    pub size: u64,
    /// The root of the tree over the events of the export.
    pub root: Hash,
    /// SHA-256 of the stored bytes of all events and, if the format keeps values beside the events,
    /// of the lines for these values. Each event and each line is followed by a line feed.
    pub digest: [u8; 32],
    /// The checkpoint as a signed note. It has the same size and root as the export.
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

    /// The number of events written to the export so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.tree.size()
    }

    /// Writes the next event. `bytes` are the stored bytes of the event.
    ///
    /// # Errors
    /// [`ArchiveError`] if the event cannot be written.
    pub fn event(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.form.event(Position::new(self.tree.size()).next(), bytes)?;
        self.tree.push(tree::leaf(bytes), |_, _, _| ());
        self.digest.update(bytes);
        self.digest.update(b"\n");
        Ok(())
    }

    /// Writes a value that is stored beside an event. The caller writes all events before the first
    /// value.
    ///
    /// # Errors
    /// [`ArchiveError`] if the value cannot be written.
    pub fn disclosure(&mut self, disclosure: &Disclosure) -> Result<(), ArchiveError> {
        let line = jsonl::disclosure_line(disclosure);
        if self.form.disclosure(line.as_bytes())? {
            self.digest.update(line.as_bytes());
            self.digest.update(b"\n");
        }
        Ok(())
    }

    /// Completes the export. The file gets its final name only if the events match the checkpoint.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] if the events do not match the checkpoint, or another error if the
    /// file cannot be written.
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
    /// When the event was recorded, in UTC, in the format of RFC 3339.
    pub time: String,
    /// The type of the event: its CloudEvents attribute `type`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The subject of the event: the thing that the event is first of all about.
    pub subject: String,
    /// The first effective day that the event names, if any, as YYYY-MM-DD.
    #[serde(default)]
    pub effectiveon: Option<String>,
    /// The id of the request that recorded the event.
    pub requestid: String,
    /// The system or office that sent the request.
    pub actor: String,
    /// The body on whose behalf the request was sent.
    pub actingfor: String,
    /// The contents of the event, as JSON.
    #[serde(borrow)]
    pub data: &'e RawValue,
}

impl<'e> Row<'e> {
    /// Parses the stored bytes of the event at `position`.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`], which names the position, if the bytes are not a stored event.
    pub fn read(position: Position, bytes: &'e [u8]) -> Result<Self, ArchiveError> {
        serde_json::from_slice(bytes)
            .map_err(|error| refused(format!("event {position} is no stored event: {error}")))
    }
}
