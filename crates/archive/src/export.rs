//! All events up to a checkpoint, written in some form and compared with it.

use remit_domain::Position;
use remit_ledger::{Checkpoint, Frontier, Hash, tree};
use remit_log::TreeHead;
use remit_shape::Disclosure;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{ArchiveError, jsonl, of, refused};

/// A form in which events are written.
pub trait Form {
    /// Writes the next event: its position and its stored bytes.
    ///
    /// # Errors
    /// [`ArchiveError`] where it cannot be written in this form.
    fn event(&mut self, position: Position, bytes: &[u8]) -> Result<(), ArchiveError>;

    /// Writes what lies beside an event, as a line without its end; returns whether this form does:
    /// most hold only what the events commit to.
    ///
    /// # Errors
    /// [`ArchiveError`] where it cannot be written.
    fn beside(&mut self, _line: &[u8]) -> Result<bool, ArchiveError> {
        Ok(false)
    }

    /// Ends what was written and gives it its name.
    ///
    /// # Errors
    /// [`ArchiveError`]; there is then nothing of that name.
    fn finish(self: Box<Self>, sum: &Sum<'_>) -> Result<(), ArchiveError>;
}

/// What an export says of the events in it.
pub struct Sum<'e> {
    /// How many.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// SHA-256 of the stored bytes of all, and of what is written to lie beside them, a line feed
    /// after each.
    pub digest: [u8; 32],
    /// The signed note that says the same.
    pub checkpoint: &'e str,
}

/// An export under way.
pub struct Export {
    form: Box<dyn Form>,
    checkpoint: Checkpoint,
    note: String,
    tree: Frontier,
    digest: Sha256,
}

impl Export {
    /// Begins an export of the events that a checkpoint covers; `note` is the checkpoint as signed.
    #[must_use]
    pub fn new(form: Box<dyn Form>, checkpoint: Checkpoint, note: String) -> Self {
        Self { form, checkpoint, note, tree: Frontier::default(), digest: Sha256::new() }
    }

    /// How many events are written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.tree.size()
    }

    /// Writes the next event.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn event(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.form.event(Position::new(self.tree.size()).next(), bytes)?;
        self.tree.push(tree::leaf(bytes), |_, _, _| ());
        self.digest.update(bytes);
        self.digest.update(b"\n");
        Ok(())
    }

    /// Writes what lies beside an event, after all events.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn beside(&mut self, disclosure: &Disclosure) -> Result<(), ArchiveError> {
        let line = jsonl::beside(disclosure);
        if self.form.beside(line.as_bytes())? {
            self.digest.update(line.as_bytes());
            self.digest.update(b"\n");
        }
        Ok(())
    }

    /// Ends the export: it has its name only if it is what the checkpoint says.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] where it is not.
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
    /// The log that it was recorded in: `urn:remit:` and its id.
    pub source: String,
    /// When it was recorded: RFC 3339, UTC.
    pub time: String,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it is about.
    pub subject: String,
    /// The first day it speaks of, YYYY-MM-DD.
    #[serde(default)]
    pub effectiveon: Option<String>,
    /// The request that it was part of.
    pub requestid: String,
    /// The system or office that asked.
    pub actor: String,
    /// The body it asked for.
    pub actingfor: String,
    /// What it says: JSON.
    #[serde(borrow)]
    pub data: &'e RawValue,
}

impl<'e> Row<'e> {
    /// Reads the stored bytes of an event.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`], which names the position.
    pub fn read(position: Position, bytes: &'e [u8]) -> Result<Self, ArchiveError> {
        serde_json::from_slice(bytes)
            .map_err(|error| refused(format!("event {position} is no stored event: {error}")))
    }
}
