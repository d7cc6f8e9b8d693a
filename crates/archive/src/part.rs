//! A file written beside its place.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::{ArchiveError, refused};

/// A file that is written beside its place, as `PLACE.part`, and takes it when it is whole. One
/// that is not finished is removed, or, where the process is killed, overwritten by the next.
pub struct Part {
    file: File,
    part: PathBuf,
    place: PathBuf,
    finished: bool,
}

impl Part {
    /// Begins a file for a place where there is none.
    pub fn begin(place: &Path) -> Result<Self, ArchiveError> {
        absent(place)?;
        let part = beside(place, ".part");
        let failed = |error| ArchiveError::Io(format!("write {}", part.display()), error);
        // Two that write the same file would spoil it: the first has it.
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

    /// Where it is written.
    pub fn path(&self) -> &Path {
        &self.part
    }

    /// Has it on disk, and gives it its name.
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

/// Makes a directory and those above it, where they are missing, that only its owner can enter.
pub fn private_dir(dir: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// A path with something after its last name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    // `out/` and `out` are the same place.
    let mut name = path.components().as_path().as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// That there is nothing at a place.
pub fn absent(place: &Path) -> Result<(), ArchiveError> {
    match std::fs::symlink_metadata(place) {
        Ok(_) => {
            Err(refused(format!("{} exists; choose another name or remove it", place.display())))
        }
        Err(_) => Ok(()),
    }
}

/// Has the name of a new file on disk.
pub fn sync_parent(path: &Path) -> Result<(), ArchiveError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let synced = File::open(parent).and_then(|parent| parent.sync_all());
    synced.map_err(|error| ArchiveError::Io(format!("write {}", parent.display()), error))
}
