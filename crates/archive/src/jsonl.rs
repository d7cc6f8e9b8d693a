//! An export as JSON Lines: a manifest, then one line for every event as it is stored, then one
//! line for each value that is stored beside an event because it may name a person.
//!
//! The manifest is the first line, but its digest is known only at the end. The length of the
//! manifest is known from the start, so space is left for the manifest, which is filled in last.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use remit_domain::Position;
use remit_ledger::{Checkpoint, Hash};
use remit_shape::{Disclosure, Salt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::export::{Form, Sum};
use crate::part::Part;
use crate::{ArchiveError, hex, refused};

/// The version of the file layout of an export.
const VERSION: u32 = 1;
/// The maximum length of a line of an export, in bytes. A longer line is refused. Every event is
/// far shorter.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// The manifest: the first line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the file layout: 1.
    pub remit_export: u32,
    /// The number of events in the export.
    pub size: u64,
    /// The root of the tree over the events, in hexadecimal.
    pub root: String,
    /// SHA-256 of all bytes after the first line, in hexadecimal.
    pub digest: String,
    /// The checkpoint as a signed note. It must have the same size and root as the export.
    pub checkpoint: String,
}

impl Manifest {
    fn of(sum: &Sum<'_>) -> Self {
        Self {
            remit_export: VERSION,
            size: sum.size,
            root: sum.root.to_string(),
            digest: hex(&sum.digest),
            checkpoint: sum.checkpoint.to_owned(),
        }
    }

    fn line(&self) -> String {
        // Serialising strings and numbers into memory cannot fail.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// A line after the events: a value that is stored beside an event because it may name a person.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BesideLine {
    /// The position of the event beside which the value is stored.
    beside: u64,
    field: String,
    /// The salt of the event's commitment to the value, in hexadecimal.
    salt: String,
    value: String,
}

/// The JSON line for a value that is stored beside an event, without a line feed.
pub(crate) fn disclosure_line(disclosure: &Disclosure) -> String {
    let line = BesideLine {
        beside: disclosure.position.get(),
        field: disclosure.field.to_string(),
        salt: hex(&disclosure.salt.0),
        value: disclosure.value.to_string(),
    };
    // Serialising strings and numbers into memory cannot fail.
    serde_json::to_string(&line).unwrap_or_default()
}

fn disclosure(line: &[u8]) -> Option<Disclosure> {
    let line: BesideLine = serde_json::from_slice(line).ok()?;
    let digit = |at: usize| u8::from_str_radix(line.salt.get(at..at + 2)?, 16).ok();
    let salt: Option<Vec<u8>> = (0..line.salt.len()).step_by(2).map(digit).collect();
    Some(Disclosure {
        position: Position::new(line.beside),
        field: line.field.parse().ok()?,
        salt: Salt(salt?.try_into().ok()?),
        value: line.value.parse().ok()?,
    })
}

/// A JSON Lines export that is being written.
pub struct JsonLines {
    part: Part,
    lines: BufWriter<File>,
    room: usize,
}

impl JsonLines {
    /// Begins the export file at `path`, for the events that `checkpoint` covers. `note` is the
    /// signed checkpoint.
    ///
    /// # Errors
    /// [`ArchiveError`] if the file exists or cannot be written.
    pub fn begin(path: &Path, checkpoint: &Checkpoint, note: &str) -> Result<Self, ArchiveError> {
        let part = Part::begin(path)?;
        let Checkpoint { size, root, .. } = *checkpoint;
        let room = Manifest::of(&Sum { size, root, digest: [0; 32], checkpoint: note }).line();
        let failed = |error| ArchiveError::Io(format!("write {}", part.path().display()), error);
        let file = part.file().try_clone().map_err(failed)?;
        let mut lines = BufWriter::with_capacity(1 << 20, file);
        lines.write_all(&vec![b' '; room.len()]).map_err(failed)?;
        Ok(Self { part, lines, room: room.len() })
    }

    fn failed(&self, error: std::io::Error) -> ArchiveError {
        ArchiveError::Io(format!("write {}", self.part.path().display()), error)
    }
}

impl Form for JsonLines {
    fn event(&mut self, position: Position, bytes: &[u8]) -> Result<(), ArchiveError> {
        if bytes.contains(&b'\n') {
            return Err(refused(format!("event {position} is stored with a line feed in it")));
        }
        let written = self.lines.write_all(bytes).and_then(|()| self.lines.write_all(b"\n"));
        written.map_err(|error| self.failed(error))
    }

    fn disclosure(&mut self, line: &[u8]) -> Result<bool, ArchiveError> {
        let written = self.lines.write_all(line).and_then(|()| self.lines.write_all(b"\n"));
        written.map(|()| true).map_err(|error| self.failed(error))
    }

    fn finish(mut self: Box<Self>, sum: &Sum<'_>) -> Result<(), ArchiveError> {
        let line = Manifest::of(sum).line();
        if line.len() != self.room {
            return Err(refused("the checkpoint changed while the export was written"));
        }
        let lines = &mut self.lines;
        let written = lines
            .flush()
            .and_then(|()| lines.get_mut().seek(SeekFrom::Start(0)))
            .and_then(|_| lines.get_mut().write_all(line.as_bytes()));
        written.map_err(|error| self.failed(error))?;
        self.part.finish()
    }
}

/// A JSON Lines export that is being read.
pub struct Lines {
    path: PathBuf,
    file: BufReader<File>,
    manifest: Manifest,
    checkpoint: Checkpoint,
    line: Vec<u8>,
    digest: Sha256,
    read: u64,
}

impl Lines {
    /// Opens an export and reads its manifest. The function `verify` parses the checkpoint in the
    /// manifest, and checks the checkpoint's signature if it has a key.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] if the file cannot be opened; [`ArchiveError::Refused`] if the
    /// first line is not a manifest, or the manifest's checkpoint is refused or has another size or
    /// root than the manifest.
    pub fn open(
        path: &Path,
        verify: impl FnOnce(&str) -> Result<Checkpoint, ArchiveError>,
    ) -> Result<Self, ArchiveError> {
        let file = File::open(path);
        let file = file.map_err(|e| ArchiveError::Missing(format!("{}: {e}", path.display())))?;
        let wrong =
            |what: &dyn std::fmt::Display| refused(format!("{}: line 1 {what}", path.display()));
        let (mut file, mut line) = (BufReader::with_capacity(1 << 20, file), Vec::new());
        next(&mut file, &mut line).map_err(|what| wrong(&what))?;
        let manifest: Manifest = serde_json::from_slice(&line)
            .map_err(|error| wrong(&format!("is no manifest of an export: {error}")))?;
        if manifest.remit_export != VERSION {
            let version = manifest.remit_export;
            let what = format!("says layout {version}, and this release reads layout {VERSION}");
            return Err(wrong(&what));
        }
        let checkpoint = verify(&manifest.checkpoint)?;
        if (checkpoint.size, checkpoint.root.to_string()) != (manifest.size, manifest.root.clone())
        {
            return Err(wrong(
                &"is a manifest whose checkpoint covers other events than it counts",
            ));
        }
        let (path, digest) = (path.to_owned(), Sha256::new());
        Ok(Self { path, file, manifest, checkpoint, line, digest, read: 0 })
    }

    /// The manifest of the export.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Makes an error about the line that was read last, with the file name and the line number.
    pub fn wrong(&self, what: impl std::fmt::Display) -> ArchiveError {
        refused(format!("{}: line {}: {what}", self.path.display(), self.read + 1))
    }

    /// Reads the next event. Returns the stored bytes of the event, or `None` after the last event.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] if the file ends too early, or a line is too long.
    pub fn next_event(&mut self) -> Result<Option<&[u8]>, ArchiveError> {
        if self.read == self.manifest.size {
            return Ok(None);
        }
        self.read += 1;
        next(&mut self.file, &mut self.line).map_err(|what| self.wrong(what))?;
        self.digest.update(&self.line);
        Ok(self.line.strip_suffix(b"\n"))
    }

    /// Reads the next value that is stored beside an event. Returns `None` at the end of the file.
    /// Call this only after the last event.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] if the next line is not such a value.
    pub fn next_disclosure(&mut self) -> Result<Option<Disclosure>, ArchiveError> {
        let rest = self.file.fill_buf().map(|rest| !rest.is_empty());
        if !rest.map_err(|error| self.failed(error))? {
            return Ok(None);
        }
        self.read += 1;
        next(&mut self.file, &mut self.line).map_err(|what| self.wrong(what))?;
        self.digest.update(&self.line);
        let size = self.manifest.size;
        let read = disclosure(&self.line);
        read.map(Some).ok_or_else(|| {
            self.wrong(format!(
                "the manifest says {size} events, but the file goes on with something that is not \
                 stored beside an event"
            ))
        })
    }

    /// Checks that the lines that were read match the manifest. `root` is the root over the events
    /// that were read.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] if the digest or the root differs from the manifest.
    pub fn finish(self, root: &Hash) -> Result<(), ArchiveError> {
        let Self { path, manifest, checkpoint, digest, .. } = self;
        let shown = path.display();
        let digest = hex(&digest.finalize());
        if digest != manifest.digest {
            return Err(refused(format!(
                "{shown}: the events have the digest {digest}, and the manifest says {}: some line \
                 was changed, though each can be read",
                manifest.digest
            )));
        }
        if *root != checkpoint.root {
            return Err(refused(format!(
                "{shown}: the events have the root {}, and the checkpoint says {}",
                root, manifest.root
            )));
        }
        Ok(())
    }

    fn failed(&self, error: std::io::Error) -> ArchiveError {
        ArchiveError::Io(format!("read {}", self.path.display()), error)
    }
}

/// Reads the next line into `line`. The error states what is wrong with the line.
fn next(file: &mut BufReader<File>, line: &mut Vec<u8>) -> Result<(), String> {
    use std::io::Read;
    line.clear();
    let read = file.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', line);
    match read.map_err(|error| error.to_string())? {
        0 => Err("is not there: the file is cut off".to_owned()),
        _ if line.ends_with(b"\n") => Ok(()),
        _ if line.len() as u64 == LINE_BYTES_MAX => Err("is longer than any event".to_owned()),
        _ => Err("has no end: the file is cut off".to_owned()),
    }
}
