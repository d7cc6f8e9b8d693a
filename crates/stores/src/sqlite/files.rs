//! Whether the files that the writer writes are still the ones at their names, and the mark beside
//! them that says what was acknowledged.
//!
//! A file can be removed or replaced while it is open: what is then written is gone with the next
//! start. A file can also be cut or put back while nobody has it open. The mark is the content of
//! the lock file: the last event that was acknowledged, and its hash. It is written before
//! each acknowledgement and not synced: it guards against files that go, not against power cuts,
//! after which the log holds at least what the mark says.

use std::io::Read;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;

use super::*;

/// The first bytes of a write-ahead log (WAL), in either byte order of its checksums.
const WAL_BEGINS: [[u8; 4]; 2] = [[0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83]];

/// A file as the system knows it: its device and its number there.
type Identity = (u64, u64);

/// The files of a log that is open for writing.
pub(super) struct Files {
    path: PathBuf,
    wal: PathBuf,
    identity: Option<Identity>,
    wal_identity: Option<Identity>,
    /// The size of the WAL after the last commit, and the count of truncations then.
    wal_bytes: (u64, u64),
    /// The count of truncations of our own: raised as one begins, so that it is odd while one is
    /// under way, and again as it ends.
    truncated: Arc<AtomicU64>,
    mark: File,
}

/// What was acknowledged of a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Acknowledged {
    pub position: Position,
    /// The hash of the event there, in hexadecimal.
    pub leaf: String,
}

impl Files {
    pub fn new(path: &Path, lock: &File, truncated: Arc<AtomicU64>) -> LogResult<Self> {
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        Ok(Self {
            path: path.to_owned(),
            wal: wal.into(),
            identity: identity(path),
            wal_identity: None,
            wal_bytes: (0, 0),
            truncated,
            mark: lock.try_clone().map_err(LogError::engine)?,
        })
    }

    /// Checks, before a commit, that the WAL still holds what was written.
    pub fn before_commit(&self) -> Result<(), Damage> {
        let whole = self.wal.metadata().is_ok_and(|wal| wal.len() >= self.wal_bytes.0);
        if whole || self.wal_bytes.0 == 0 || self.may_have_truncated() {
            return Ok(());
        }
        Err(Damage::FileGone(self.wal.clone()))
    }

    /// Whether this process has truncated the WAL since the last commit, or is truncating it now.
    fn may_have_truncated(&self) -> bool {
        let count = self.truncated.load(Ordering::Acquire);
        count != self.wal_bytes.1 || count % 2 == 1
    }

    /// Checks, after a commit and before it is acknowledged, that both files are those at their
    /// names, and writes the mark.
    pub fn after_commit(&mut self, head: Head) -> LogResult<()> {
        let truncated = self.truncated.load(Ordering::Acquire);
        let gone = |path: &Path| LogError::from(Damage::FileGone(path.to_owned()));
        if self.identity.is_none() || identity(&self.path) != self.identity {
            return Err(gone(&self.path));
        }
        let wal = File::open(&self.wal).map_err(|_| gone(&self.wal))?;
        let (is, mut begins) = (wal.metadata().map_err(LogError::engine)?, [0; 4]);
        let now = Some((is.dev(), is.ino()));
        let known = *self.wal_identity.get_or_insert((is.dev(), is.ino()));
        let read = wal.read_exact_at(&mut begins, 0).is_ok();
        let never_written = is.len() == 0 && self.wal_bytes.0 == 0;
        let begins_well =
            read && WAL_BEGINS.contains(&begins) || never_written || self.may_have_truncated();
        if now != Some(known) || !begins_well {
            return Err(gone(&self.wal));
        }
        self.wal_bytes = (is.len(), truncated);
        let text = format!("{:020} {}\n", head.position.get(), head.leaf);
        self.mark.write_all_at(text.as_bytes(), 0).map_err(LogError::engine)
    }
}

type LogResult<T> = Result<T, LogError>;

/// The identity of the file at `path`; `None` if there is none.
fn identity(path: &Path) -> Option<Identity> {
    path.metadata().ok().map(|file| (file.dev(), file.ino()))
}

/// Reads the mark in a lock file. `None` if there is none.
pub(super) fn acknowledged(mut lock: &File) -> Option<Acknowledged> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    let mut words = text.split_whitespace();
    let (position, leaf) = (words.next()?.parse().ok()?, words.next()?.to_owned());
    Some(Acknowledged { position: Position::new(position), leaf })
}

/// Forgets what was acknowledged of the log whose lock is held, because another log was put in its
/// place.
///
/// # Errors
/// An error if the lock file cannot be written.
pub fn begin_anew(lock: &File) -> std::io::Result<()> {
    lock.set_len(0)
}

impl Acknowledged {
    /// Checks that the log in the database still has the event that was acknowledged last. If
    /// either its bytes or its hash were changed, the other is right, and the check of the log
    /// names the damage.
    pub fn is_in(&self, path: &Path, db: &Connection) -> Result<(), OpenError> {
        let acknowledged = self.position;
        let select = "SELECT leaf, CAST(event AS BLOB) FROM events WHERE position = ?1";
        let hashes = |row: &Row<'_>| {
            let bytes: Vec<u8> = row.get(1)?;
            Ok([tree_rows::hash(row, 0).unwrap_or_default(), tree::leaf(&bytes)])
        };
        let found = db.query_row(select, [number(acknowledged)], hashes).optional();
        let found = found.map_err(engine)?.unwrap_or_default();
        let same = found.iter().any(|hash| hash.to_string() == self.leaf);
        if same || acknowledged == Position::ZERO {
            return Ok(());
        }
        Err(OpenError::RolledBack { path: path.to_owned(), acknowledged })
    }
}
