//! Files that are written under a temporary name and renamed when they are complete.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::{ArchiveError, refused};

/// A file that is written as `PLACE.part` and renamed to `PLACE` when it is complete. Dropping an
/// unfinished `Part` removes its file. If the process is killed, the next writer overwrites the
/// file.
pub struct Part {
    file: File,
    part: PathBuf,
    place: PathBuf,
    finished: bool,
}

impl Part {
    /// Begins a file that is to be renamed to `place`. Nothing may exist at `place` yet.
    pub fn begin(place: &Path) -> Result<Self, ArchiveError> {
        absent(place)?;
        let part = with_suffix(place, ".part");
        let failed = |error| ArchiveError::Io(format!("write {}", part.display()), error);
        // Two processes that write the same file would corrupt it, so the first process locks the
        // file.
        let mut open = File::options();
        let file = open.create(true).truncate(false).read(true).write(true).mode(0o600).open(&part);
        let file = file.map_err(failed)?;
        if file.try_lock().is_err() {
            let shown = part.display();
            return Err(refused(format!("{shown} is being written by another process")));
        }
        file.set_len(0).map_err(failed)?;
        Ok(Self { file, part, place: place.to_owned(), finished: false })
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// The temporary path that the file is written to.
    pub fn path(&self) -> &Path {
        &self.part
    }

    /// Syncs the file to disk and renames it to its final name.
    pub fn finish(mut self) -> Result<(), ArchiveError> {
        absent(&self.place)?;
        let failed = |error| ArchiveError::Io(format!("write {}", self.place.display()), error);
        self.file.sync_all().map_err(failed)?;
        std::fs::rename(&self.part, &self.place).map_err(failed)?;
        self.finished = true;
        sync_parent(&self.place)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

/// Makes a directory that only its owner can enter, and makes any missing parent directories.
pub fn private_dir(dir: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Returns `path` with `suffix` appended to its last component.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    // Drop a trailing slash, because `out/` and `out` are the same place.
    let mut name = path.components().as_path().as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Checks that nothing exists at `place`.
pub fn absent(place: &Path) -> Result<(), ArchiveError> {
    match std::fs::symlink_metadata(place) {
        Ok(_) => {
            Err(refused(format!("{} exists; choose another name or remove it", place.display())))
        }
        Err(_) => Ok(()),
    }
}

/// Syncs the parent directory of `path`, so that the name of a new file is on disk.
pub fn sync_parent(path: &Path) -> Result<(), ArchiveError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let synced = File::open(parent).and_then(|parent| parent.sync_all());
    synced.map_err(|error| ArchiveError::Io(format!("write {}", parent.display()), error))
}
