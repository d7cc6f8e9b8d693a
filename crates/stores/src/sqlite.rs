//! Keeps a log in one SQLite file. One thread writes, and commits the waiting writes in groups.
//!
//! All writes wait in one queue. The writer thread takes every waiting write, commits them in one
//! transaction with one sync (`WAL`, `synchronous=FULL`), and only then answers the callers. So a
//! caller waits for one sync, and not for a separate sync of each write before its own. A second
//! thread moves the write-ahead log (WAL) into the file between commits, so that moving the WAL
//! slows no commit.

mod beside;
mod carry;
mod error;
mod files;
mod follow;
mod readers;
mod requests;
mod tables;
mod tree_rows;
mod writer;

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use remit_domain::{Commitment, Fact, FieldRedacted, Position, UtcInstant};
use remit_ledger::{Frontier, Hash, ProofError, Subtrees, tree};
use remit_log::{
    AppendError, Appended, BoxFuture, Content, Damage, Desk, Disclosures, Entry, Events, Head,
    Keep, KeepError, LogError, Mark, RequestRecord, Store, Stored, StoredAct, Tree, TreeHead,
};
use remit_shape::{Beside, Disclosure, RequestId, Salt, decode};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use tokio::sync::{oneshot, watch};

use files::{Files, acknowledged};
use readers::Readers;
use tables::{checked_version, connect, keep_private, lock, make_tables, prepare, read_only};
use tree_rows::{TreeRows, check, grow};
use writer::{Checkpointer, TRUNCATE, Writer};

pub use carry::{Copied, Copyist, Kept, copy, cut, reserve};
pub use error::{CarryError, NotNext, OpenError};
pub use files::begin_anew;

/// The maximum number of writes in one commit, which is also the maximum number in the queue.
const GROUP_MAX: usize = 4_096;
/// Once the write-ahead log (WAL) has this many pages, 4 MiB in all, it is moved into the file.
const CHECKPOINT_PAGES: i64 = 1_024;
/// The maximum number of recent events that stay in memory for readers that follow the log.
/// `RECENT_BYTES_MAX` is the maximum size of all these events together, in bytes.
const RECENT_MAX: usize = 16_384;
const RECENT_BYTES_MAX: usize = 16 << 20;

/// How long a connection waits for a lock that another connection holds.
const BUSY: Duration = Duration::from_secs(5);

/// A log in one SQLite file.
pub struct SqliteStore {
    id: String,
    /// The queue of writes; `None` if the store was opened for reading only.
    queue: Option<mpsc::SyncSender<Waiting>>,
    recent: Arc<RwLock<Recent>>,
    head: watch::Receiver<Position>,
    last_act: watch::Receiver<u64>,
    /// The tree over the durable events.
    tree: Arc<RwLock<Frontier>>,
    readers: Arc<Readers>,
    threads: Vec<JoinHandle<()>>,
    /// Dropping this sender ends the thread that follows a file written by another process.
    _following: Option<mpsc::SyncSender<()>>,
    /// The lock on the log, held while the log is open for writing, so that no other process can
    /// open it for writing.
    _lock: Option<File>,
}

/// A write that waits for the writer thread, and the channel for its result.
enum Waiting {
    Entry(Entry, oneshot::Sender<Result<Appended, AppendError>>),
    Keep(Keep, oneshot::Sender<Result<(), KeepError>>),
}

/// The most recently appended events, oldest first.
#[derive(Default)]
struct Recent {
    events: VecDeque<Stored>,
    bytes: usize,
}

impl Recent {
    fn push(&mut self, event: Stored) {
        self.bytes += event.bytes.len();
        self.events.push_back(event);
        while self.events.len() > RECENT_MAX || self.bytes > RECENT_BYTES_MAX {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.bytes.len();
        }
    }

    fn after(&self, after: Position, limit: usize) -> Option<Vec<Stored>> {
        let first = self.events.front()?.position;
        let first_wanted = after.next();
        if first_wanted < first {
            return None;
        }
        let skip = usize::try_from(first_wanted.since(first)).ok()?;
        Some(self.events.iter().skip(skip).take(limit).cloned().collect())
    }
}

/// Converts a position to the integer that SQLite stores.
fn number(position: Position) -> i64 {
    i64::try_from(position.get()).unwrap_or(i64::MAX)
}

/// Converts a count or a sequence number to the integer that SQLite stores.
fn count(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Reads a column that holds a position.
fn position(row: &Row<'_>, column: usize) -> rusqlite::Result<Position> {
    Ok(Position::new(row.get::<_, i64>(column)?.try_into().unwrap_or_default()))
}

/// Reads a column that holds an instant.
fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<UtcInstant> {
    row.get(column).map(UtcInstant::from_micros)
}

fn engine(error: rusqlite::Error) -> LogError {
    LogError::engine(error)
}

impl SqliteStore {
    /// Opens the log in the file at `path`, and creates the file if there is none.
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be opened as a log.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_and(path, true)
    }

    /// Opens a log in a new file that stores no tree, to measure the cost of the tree. Once such a
    /// log has events, it cannot be opened again.
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be opened as a log.
    #[cfg(feature = "without-tree")]
    pub fn open_without_tree(path: &Path) -> Result<Self, OpenError> {
        Self::open_and(path, false)
    }

    fn open_and(path: &Path, with_tree: bool) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        let acknowledged = acknowledged(&lock);
        if let Some(gone) = acknowledged.as_ref().filter(|_| !path.exists()) {
            let acknowledged = gone.position;
            return Err(OpenError::Gone { path: path.to_owned(), acknowledged });
        }
        // Refuse an empty file: the file of a log always has at least one page, so an empty file
        // was cut off, or no log was ever begun in it.
        if path.metadata().is_ok_and(|file| file.len() == 0) {
            return Err(OpenError::Empty(path.to_owned()));
        }
        keep_private(path)?;
        let mut db = connect(path)?;
        let id = prepare(&mut db, path)?;
        // Truncate the write-ahead log (WAL), because an earlier process that was killed may have
        // left redacted values in the WAL.
        db.execute_batch(TRUNCATE).map_err(engine)?;
        if let Some(acknowledged) = acknowledged {
            acknowledged.is_in(path, &db)?;
        }
        let durable = Durable::read(&db)?;
        let recent = Arc::default();
        let truncated = Arc::new(AtomicU64::new(0));
        let files = Files::new(path, &lock, Arc::clone(&truncated))?;
        let (queue, waiting) = mpsc::sync_channel(GROUP_MAX);
        let (wake, woken) = mpsc::sync_channel(1);
        let redacted = Arc::new(AtomicBool::new(false));
        let checkpointer =
            Checkpointer::new(path.to_owned(), woken, Arc::clone(&redacted), truncated);
        let (writer, published) =
            Writer::new((db, files), durable, Arc::clone(&recent), (wake, redacted), with_tree);
        let threads = vec![
            spawn("log-writer", move || writer.run(&waiting))?,
            spawn("log-checkpoint", move || checkpointer.run())?,
        ];
        Ok(Self {
            id,
            queue: Some(queue),
            recent,
            head: published.head,
            last_act: published.last_act,
            tree: published.tree,
            readers: Arc::new(Readers::at_any_moment(path)?),
            threads,
            _following: None,
            _lock: Some(lock),
        })
    }

    /// Runs `read` with a read-only connection, on a thread of the blocking pool.
    fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    ) -> BoxFuture<Result<T, LogError>> {
        let readers = Arc::clone(&self.readers);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || readers.with(read));
            done.await.unwrap_or(Err(LogError::Closed))
        })
    }

    /// Queues a write for the writer thread. The returned future waits for the result of the write.
    fn waiting<T, E>(
        &self,
        wait: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Waiting,
    ) -> BoxFuture<Result<T, E>>
    where
        T: Send + 'static,
        E: From<LogError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let sent = match &self.queue {
            Some(queue) => queue.send(wait(answer)).map_err(|_| LogError::Closed),
            None => Err(LogError::ReadOnly),
        };
        Box::pin(async move {
            sent?;
            answered.await.unwrap_or(Err(LogError::Closed.into()))
        })
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, LogError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(LogError::engine)
}

/// The durable state of the log in a file: its last event, its last act and its tree.
struct Durable {
    head: Head,
    last_instant: UtcInstant,
    last_act: u64,
    frontier: Frontier,
}

impl Durable {
    fn read(db: &Connection) -> Result<Self, LogError> {
        let (head, last_instant) = last_event(db).map_err(engine)?;
        requests::complete(db, head.position)?;
        let frontier = Frontier::of(head.position.get(), &TreeRows(db));
        // If the tree cannot be built, hashes that the file should store are missing.
        let frontier = frontier.map_err(|_| Damage::Root)?;
        let last_act = last_act(db).map_err(engine)?;
        Ok(Self { head, last_instant, last_act, frontier })
    }
}

fn last_event(db: &Connection) -> rusqlite::Result<(Head, UtcInstant)> {
    let mut select = db.prepare_cached(
        "SELECT position, recorded_at, leaf FROM events ORDER BY position DESC LIMIT 1",
    )?;
    let last = select.query_row([], |row| {
        // If the hash of the last event cannot be read, zeros are used here. `check` then reports
        // the damaged event.
        let leaf = tree_rows::hash(row, 2).unwrap_or_default();
        Ok((Head { position: position(row, 0)?, leaf }, instant(row, 1)?))
    });
    Ok(last.optional()?.unwrap_or((Head::EMPTY, UtcInstant::MIN)))
}

fn last_act(db: &Connection) -> rusqlite::Result<u64> {
    let mut select = db.prepare_cached("SELECT coalesce(max(sequence), 0) FROM acts")?;
    select.query_row([], |row| Ok(position(row, 0)?.get()))
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Closing the queue ends the writer thread once all waiting writes are durable. The end of
        // the writer thread ends the checkpoint thread.
        self.queue = None;
        self._following = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Store for SqliteStore {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Events for SqliteStore {
    fn append(&self, entry: Entry) -> BoxFuture<Result<Appended, AppendError>> {
        self.waiting(|answer| Waiting::Entry(entry, answer))
    }

    fn read(&self, after: Position, limit: usize) -> BoxFuture<Result<Vec<Stored>, LogError>> {
        self.reading(move |db| select_events(db, after, limit).map_err(engine))
    }

    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner).after(after, limit)
    }

    fn request(&self, id: &RequestId) -> BoxFuture<Result<Option<RequestRecord>, LogError>> {
        let id = id.clone();
        self.reading(move |db| find_request(db, &id).map_err(engine))
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.clone()
    }
}

impl Disclosures for SqliteStore {
    fn disclosures(
        &self,
        after: Position,
        until: Position,
    ) -> BoxFuture<Result<Vec<Disclosure>, LogError>> {
        self.reading(move |db| beside::select(db, after, until))
    }
}

impl Tree for SqliteStore {
    fn tree(&self) -> TreeHead {
        let tree = self.tree.read().unwrap_or_else(PoisonError::into_inner);
        TreeHead { size: Position::new(tree.size()), root: tree.root() }
    }

    fn subtree(&self, level: u8, number: u64) -> BoxFuture<Result<Hash, LogError>> {
        self.reading(move |db| {
            let root = TreeRows(db).root_of(level, number);
            root.map_err(|_| Damage::Subtree { level, number }.into())
        })
    }

    fn check(&self) -> BoxFuture<Result<TreeHead, LogError>> {
        let head = *self.head.borrow();
        self.reading(move |db| check(db, head))
    }
}

impl Desk for SqliteStore {
    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), KeepError>> {
        self.waiting(|answer| Waiting::Keep(keep, answer))
    }

    fn acts(&self, after: u64, limit: usize) -> BoxFuture<Result<Vec<StoredAct>, LogError>> {
        self.reading(move |db| select_acts(db, after, limit).map_err(engine))
    }

    fn mark(&self, name: &str) -> BoxFuture<Result<Option<String>, LogError>> {
        let name = name.to_owned();
        self.reading(move |db| {
            let value = db
                .prepare_cached("SELECT value FROM marks WHERE name = ?1")
                .and_then(|mut select| select.query_row([name], |row| row.get(0)).optional());
            value.map_err(engine)
        })
    }

    fn marks(&self, prefix: &str) -> BoxFuture<Result<Vec<Mark>, LogError>> {
        let prefix = prefix.to_owned();
        self.reading(move |db| select_marks(db, &prefix).map_err(engine))
    }

    fn last_act(&self) -> watch::Receiver<u64> {
        self.last_act.clone()
    }
}

fn select_events(db: &Connection, after: Position, limit: usize) -> rusqlite::Result<Vec<Stored>> {
    let mut select = db.prepare_cached(
        "SELECT position, recorded_at, event FROM events
         WHERE position > ?1 ORDER BY position LIMIT ?2",
    )?;
    let mut rows = select.query(params![number(after), count(limit)])?;
    let mut found = Vec::with_capacity(limit.min(8_192));
    while let Some(row) = rows.next()? {
        found.push(Stored {
            position: position(row, 0)?,
            recorded_at: instant(row, 1)?,
            bytes: Bytes::copy_from_slice(row.get_ref(2)?.as_bytes()?),
        });
    }
    Ok(found)
}

fn select_acts(db: &Connection, after: u64, limit: usize) -> rusqlite::Result<Vec<StoredAct>> {
    let mut select = db.prepare_cached(
        "SELECT sequence, act FROM acts WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
    )?;
    let act =
        |row: &Row<'_>| Ok(StoredAct { sequence: position(row, 0)?.get(), text: row.get(1)? });
    select.query_map([count(after), count(limit)], act)?.collect()
}

fn select_marks(db: &Connection, prefix: &str) -> rusqlite::Result<Vec<Mark>> {
    let mut select = db.prepare_cached(
        "SELECT name, value FROM marks WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
    )?;
    let mark = |row: &Row<'_>| Ok(Mark { name: row.get(0)?, value: row.get(1)? });
    select.query_map([prefix], mark)?.collect()
}

fn find_request(db: &Connection, id: &RequestId) -> rusqlite::Result<Option<RequestRecord>> {
    let mut select = db.prepare_cached(
        "SELECT first, last, digest,
                (SELECT recorded_at FROM events WHERE position = last), salted,
                (SELECT salt FROM disclosures WHERE position = first AND field = 'request')
         FROM requests WHERE request_id = ?1",
    )?;
    select
        .query_row([id.as_str()], |row| {
            let content = match (row.get(4)?, row.get(5)?) {
                (false, _) => Content::Digest(row.get(2)?),
                (true, Some(salt)) => {
                    Content::Committed { salt: Salt(salt), commitment: Commitment(row.get(2)?) }
                }
                (true, None) => Content::Forgotten,
            };
            Ok(RequestRecord {
                appended: Appended {
                    first: position(row, 0)?,
                    last: position(row, 1)?,
                    recorded_at: instant(row, 3)?,
                },
                content,
            })
        })
        .optional()
}
