//! Backs up and restores a register's data directory, and makes a data directory from an export.

use std::io::Write;
use std::path::{Path, PathBuf};

use remit_domain::Position;
use remit_engine::{Node, marks_within};
use remit_ledger::{Checkpoint, KeyRing, VerifierKey};
use remit_log::{Log, Tree, TreeHead, system_clock};
use remit_stores::SqliteStore;
use remit_stores::sqlite::{CarryError, Copyist, begin_anew, copy, cut, reserve};

use crate::jsonl::Lines;
pub use crate::part::private_dir;
use crate::part::{Part, absent, sync_parent, with_suffix};
use crate::{ArchiveError, of, refused};

/// The name of the register's file, both in a data directory and in a backup.
pub const REGISTER: &str = "register.db";
/// The name of the file with the signed checkpoint in a backup.
pub const CHECKPOINT: &str = "checkpoint.note";

/// Parses a signed checkpoint. Checks the signature of the checkpoint if `keys` are given.
///
/// # Errors
/// [`ArchiveError::Refused`] if `note` is not a checkpoint, or none of `keys` signed it.
pub fn checkpoint(note: &str, keys: Option<&[VerifierKey]>) -> Result<Checkpoint, ArchiveError> {
    let read = match keys {
        Some(keys) => Checkpoint::verify(note, keys).map(|(read, _)| read),
        None => Checkpoint::unverified(note),
    };
    read.map_err(|error| refused(format!("the checkpoint does not stand: {error}")))
}

/// The size and root of the tree that a checkpoint covers.
fn covered(checkpoint: &Checkpoint) -> TreeHead {
    TreeHead { size: Position::new(checkpoint.size), root: checkpoint.root }
}

/// Opens the register in the directory `data` read-only, as it is at this moment. Another process
/// may be writing to the register.
///
/// # Errors
/// [`ArchiveError::Missing`] if there is no register; [`ArchiveError::Open`] if the register cannot
/// be opened.
pub fn open(data: &Path) -> Result<SqliteStore, ArchiveError> {
    let path = data.join(REGISTER);
    if !path.exists() {
        let data = data.display();
        return Err(ArchiveError::Missing(format!("there is no register in {data}")));
    }
    Ok(SqliteStore::open_read_only(&path)?)
}

/// Checks a register's file: compares all stored bytes with their hashes, then folds all events as
/// a node does. Returns the size and root of the tree.
async fn whole(path: &Path) -> Result<TreeHead, ArchiveError> {
    let log = Log::new(SqliteStore::open_read_only(path)?, system_clock());
    let tree = log.check().await?;
    Node::open(log).await?;
    Ok(tree)
}

/// A register that is being made in a directory that holds no register yet.
struct Making {
    part: Part,
    /// The lock for writing to the new register, held until the register is complete, so that no
    /// other process opens a register in the same directory.
    reserved: std::fs::File,
}

impl Making {
    fn begin(data: &Path) -> Result<Self, ArchiveError> {
        let failed = |error| ArchiveError::Io(format!("make {}", data.display()), error);
        private_dir(data).map_err(failed)?;
        let place = data.join(REGISTER);
        let reserved = reserve(&place)?;
        // Refuse leftover `-wal` and `-journal` files too, because SQLite would apply such an old
        // file to the new register.
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |there| there.len());
        for name in [place.clone(), with_suffix(&place, "-wal"), with_suffix(&place, "-journal")] {
            if bytes(&name) > 0 {
                let shown = name.display();
                let what = format!("{shown} exists: there is a register; choose another directory");
                return Err(refused(what));
            }
        }
        Ok(Self { part: Part::begin(&place)?, reserved })
    }

    /// Checks that the new register has the size and the root `expected`, and renames the
    /// register's file to its final name.
    async fn finish(self, expected: TreeHead) -> Result<(), ArchiveError> {
        let made = whole(self.part.path()).await?;
        if made != expected {
            let (is, should) = (of(&made), of(&expected));
            return Err(refused(format!("the new register has {is}, and should have {should}")));
        }
        self.part.finish()?;
        // What was acknowledged of a register that was here before says nothing of this one.
        begin_anew(&self.reserved).map_err(|error| ArchiveError::Io("write the lock".into(), error))
    }
}

/// Backs up the register in `data` into a new directory `out`. Another process may be writing to
/// the register. The backup holds a copy of the register's file at one moment, and a checkpoint
/// over the events in the copy, signed with `keys`. The copy is checked and folded.
///
/// # Errors
/// [`ArchiveError`] if the backup fails; the directory `out` is then not made.
pub async fn backup(data: &Path, out: &Path, keys: &KeyRing) -> Result<TreeHead, ArchiveError> {
    drop(open(data)?);
    absent(out)?;
    let dir = with_suffix(out, ".part");
    let failed = |error| ArchiveError::Io(format!("write {}", dir.display()), error);
    private_dir(&dir).map_err(failed)?;
    // Lock the unfinished backup. Another backup to the same place, if it is running, already holds
    // this lock; a backup that was killed does not.
    let reserved = reserve(&dir.join(REGISTER))?;
    let done = fill(&data.join(REGISTER), &dir, keys).await.and_then(|tree| {
        absent(out)?;
        std::fs::remove_file(with_suffix(&dir.join(REGISTER), ".lock")).map_err(failed)?;
        std::fs::rename(&dir, with_suffix(out, "")).map_err(failed)?;
        sync_parent(&with_suffix(out, ""))?;
        Ok(tree)
    });
    if done.is_err() {
        let _ = std::fs::remove_dir_all(&dir);
    }
    drop(reserved);
    done
}

/// Writes the files of a backup into `dir`: a copy of the register's file, and its signed
/// checkpoint.
async fn fill(from: &Path, dir: &Path, keys: &KeyRing) -> Result<TreeHead, ArchiveError> {
    let (register, note) = (dir.join(REGISTER), dir.join(CHECKPOINT));
    for left in [&register, &note] {
        if left.exists() {
            let failed = |error| ArchiveError::Io(format!("remove {}", left.display()), error);
            std::fs::remove_file(left).map_err(failed)?;
        }
    }
    let part = Part::begin(&register)?;
    copy(from, part.path())?;
    let tree = whole(part.path()).await?;
    part.finish()?;
    let (origin, TreeHead { size, root }) = (keys.name().to_owned(), tree);
    let checkpoint = Checkpoint { origin, size: size.get(), root, index: None };
    let part = Part::begin(&note)?;
    let written = part.file().write_all(keys.sign(&checkpoint).as_bytes());
    written.map_err(|error| ArchiveError::Io(format!("write {}", note.display()), error))?;
    part.finish()?;
    Ok(tree)
}

/// The events that a restore or an import read, and the events that it kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The size and the root of the tree over all events of the backup or export.
    pub all: TreeHead,
    /// The size and the root of the tree over the events that are in the new register.
    pub taken: TreeHead,
}

/// Restores the backup in `from` into the directory `data`, which must hold no register. If `until`
/// is given, events after the position `until` are left out.
///
/// # Errors
/// [`ArchiveError::Refused`] if the backup does not match its checkpoint, or `data` already holds a
/// register; another error if a file cannot be read or written, or the events after `until` cannot
/// be removed. No register is then made.
pub async fn restore(
    from: &Path,
    data: &Path,
    until: Option<Position>,
    keys: Option<&[VerifierKey]>,
) -> Result<Restored, ArchiveError> {
    let (register, note) = (from.join(REGISTER), from.join(CHECKPOINT));
    drop(open(from)?);
    let text = std::fs::read_to_string(&note);
    let text = text.map_err(|e| ArchiveError::Missing(format!("{}: {e}", note.display())))?;
    let signed = checkpoint(&text, keys)?;
    let making = Making::begin(data)?;
    let path: PathBuf = making.part.path().to_owned();
    copy(&register, &path)?;
    let all = SqliteStore::open_read_only(&path)?.check().await?;
    let signed = covered(&signed);
    if all != signed {
        return Err(refused(format!(
            "{} has {}, but its checkpoint is for {}: the backup was changed; take another one",
            register.display(),
            of(&all),
            of(&signed)
        )));
    }
    let taken = match until {
        None => all,
        Some(until) => {
            cut(&path, until, |kept| marks_within(&kept.acts, &kept.marks, until))?;
            SqliteStore::open_read_only(&path)?.check().await?
        }
    };
    making.finish(taken).await?;
    Ok(Restored { all, taken })
}

/// Makes a register from the JSON Lines export `file`, in the directory `data`, which must hold no
/// register. If `until` is given, events after the position `until` are left out, but the whole
/// export is still checked. `progress` is called with the number of events read so far and the
/// total number.
///
/// # Errors
/// [`ArchiveError::Refused`], which names the first line that is not valid. No register is then
/// made.
pub async fn import(
    file: &Path,
    data: &Path,
    until: Option<Position>,
    keys: Option<&[VerifierKey]>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Restored, ArchiveError> {
    let mut lines = Lines::open(file, |note| checkpoint(note, keys))?;
    let size = lines.manifest().size;
    if let Some(until) = until.filter(|until| until.get() > size) {
        return Err(refused(format!("there is no event {until}: the export ends with {size}")));
    }
    let making = Making::begin(data)?;
    let mut copyist = Copyist::begin(making.part.path(), until)?;
    let mut read = 0;
    while let Some(event) = lines.next_event()? {
        let written = copyist.write(event);
        written.map_err(|error| lines.said(error))?;
        read += 1;
        progress(read, size);
    }
    while let Some(disclosure) = lines.next_disclosure()? {
        let written = copyist.disclosure(disclosure);
        written.map_err(|error| lines.said(error))?;
    }
    let copied = copyist.finish().map_err(|error| lines.said(error))?;
    lines.finish(&copied.given.root)?;
    making.finish(copied.kept).await?;
    Ok(Restored { all: copied.given, taken: copied.kept })
}

impl Lines {
    /// Adds the file name and the line number to an error about an event or a value. Other errors
    /// stay as they are.
    fn said(&self, error: CarryError) -> ArchiveError {
        match error {
            CarryError::Open(_) | CarryError::Log(_) => error.into(),
            CarryError::NoSuchEvent { .. }
            | CarryError::InsideRequest { .. }
            | CarryError::BeforeRedaction { .. }
            | CarryError::NotNext { .. }
            | CarryError::Shape(_)
            | CarryError::DisclosedTwice { .. } => self.wrong(error),
        }
    }
}
