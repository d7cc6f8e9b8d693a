//! The embedded log: one SQLite file, one writer thread, group commit.
//!
//! Every caller's batch waits in one queue. The writer takes all that wait, commits them in one
//! transaction with one sync (`WAL`, `synchronous=FULL`), and only then answers: a caller waits for
//! its own sync, not for its turn. A second thread moves the WAL into the file between commits, so
//! that no commit pays for it.

mod beside;
mod carry;
mod requests;
mod tables;
mod tree_rows;
mod writer;

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use remit_domain::{Fact, Position};
use remit_ledger::{Frontier, Hash, ProofError, Subtrees, tree};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::desk::{DeskEvent, Keep, Kept};
use crate::disclosure::{Beside, Disclosure, commitment, system_salt};
use crate::port::{
    AppendError, Appended, Batch, BoxFuture, Content, EventLog, LogError, RequestId, RequestRecord,
    Stored,
};
use crate::shape::{self, Encoded, Encoder, Stamp, decode_act, encode_act};

use tables::{
    SCHEMA_VERSION, connect, keep_private, lock, make_tables, of_another_version, prepare,
    read_only, version_of,
};
use tree_rows::{TreeRows, check, grow};
use writer::{Checkpointer, TRUNCATE, Writer};

pub use carry::{Copied, Copyist, copy, cut, reserve};

/// Batches that one commit may share.
const GROUP_MAX: usize = 4_096;
/// Pages of WAL above which it is moved into the file: 4 MiB.
const CHECKPOINT_PAGES: i64 = 1_024;
/// Events and bytes that stay in memory for those who follow.
const RECENT_MAX: usize = 16_384;
const RECENT_BYTES_MAX: usize = 16 << 20;

/// How long one connection waits for another.
const BUSY: Duration = Duration::from_secs(5);

/// A log in one SQLite file.
pub struct SqliteLog {
    id: String,
    clock: Clock,
    queue: Option<mpsc::SyncSender<Waiting>>,
    recent: Arc<RwLock<Recent>>,
    head: watch::Receiver<Position>,
    /// The tree over what is durable.
    tree: Arc<RwLock<Frontier>>,
    reader: Mutex<Connection>,
    threads: Vec<JoinHandle<()>>,
    /// Held while the log is open; another process cannot take it. `None`: opened only to be read.
    _lock: Option<File>,
}

/// What waits for the writer, and where its result goes.
enum Waiting {
    Batch(Batch, oneshot::Sender<Result<Appended, AppendError>>),
    Keep(Keep, oneshot::Sender<Result<(), LogError>>),
}

/// The events appended last, oldest first.
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
        let skip = usize::try_from((after + 1).checked_sub(first)?).ok()?;
        Some(self.events.iter().skip(skip).take(limit).cloned().collect())
    }
}

fn engine(error: rusqlite::Error) -> LogError {
    LogError::Engine(error.to_string())
}

impl SqliteLog {
    /// Opens the log in a file, making it if there is none.
    ///
    /// # Errors
    /// [`LogError::InUse`] where another process has it open for writing, [`LogError::NotALog`]
    /// where the file is something else or newer than this program, [`LogError::Engine`] where it
    /// cannot be read or written.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, LogError> {
        Self::open_and(path, clock, true)
    }

    /// Opens a log in a new file without its tree, to measure what the tree costs. No log that has
    /// events but no hashes is ever opened again.
    ///
    /// # Errors
    /// As of [`Self::open`].
    #[cfg(feature = "without-tree")]
    pub fn open_without_tree(path: &Path, clock: Clock) -> Result<Self, LogError> {
        Self::open_and(path, clock, false)
    }

    fn open_and(path: &Path, clock: Clock, with_tree: bool) -> Result<Self, LogError> {
        let lock = lock(path)?;
        // A log that was begun has its first page, whatever was killed since.
        if path.metadata().is_ok_and(|file| file.len() == 0) {
            let what = "is empty: cut off, or never begun; restore it from a backup, or remove it to \
                        begin anew";
            return Err(LogError::NotALog(format!("{} {what}", path.display())));
        }
        keep_private(path)?;
        let mut writer = connect(path)?;
        let id = prepare(&mut writer, path)?;
        // A process that was killed may have left what it had just redacted.
        writer.execute_batch(TRUNCATE).map_err(engine)?;
        let Durable { head, last_instant, frontier } = durable(&writer)?;
        let tree = Arc::new(RwLock::new(frontier.clone()));
        let (queue, waiting) = mpsc::sync_channel(GROUP_MAX);
        let (head_sender, head_receiver) = watch::channel(head);
        let wal_pages = Arc::new(AtomicI64::new(0));
        let recent = Arc::default();
        let reader = Mutex::new(read_only(path)?);
        let (wake, woken) = mpsc::sync_channel(1);
        let redacted = Arc::new(AtomicBool::new(false));
        let checkpointer =
            Checkpointer { path: path.to_owned(), woken, redacted: Arc::clone(&redacted) };
        let writer = Writer {
            db: writer,
            id: id.clone(),
            clock: Arc::clone(&clock),
            head,
            last_instant,
            published: head_sender,
            wal_pages: Arc::clone(&wal_pages),
            wake,
            redacted,
            recent: Arc::clone(&recent),
            with_tree,
            frontier,
            tree: Arc::clone(&tree),
        };
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(run)
                .map_err(|error| LogError::Engine(error.to_string()))
        };
        let threads = vec![
            spawn("log-writer", Box::new(move || writer.run(&waiting)))?,
            spawn("log-checkpoint", Box::new(move || checkpointer.run()))?,
        ];
        let queue = Some(queue);
        Ok(Self {
            id,
            clock,
            queue,
            recent,
            head: head_receiver,
            tree,
            reader,
            threads,
            _lock: Some(lock),
        })
    }

    fn with_reader<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LogError> {
        // A reader that panicked left nothing half-done: reads have no effects.
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        read(&reader).map_err(engine)
    }
}

/// What a file holds.
struct Durable {
    head: Position,
    last_instant: i64,
    frontier: Frontier,
}

fn durable(db: &Connection) -> Result<Durable, LogError> {
    let (head, last_instant) = db
        .query_row(
            "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
        )
        .optional()
        .map_err(engine)?
        .unwrap_or((0, i64::MIN));
    let head = Position::try_from(head).unwrap_or_default();
    requests::complete(db, head)?;
    let frontier = Frontier::of(head, &TreeRows(db));
    let frontier = frontier.map_err(|error| LogError::Damaged(error.0))?;
    Ok(Durable { head, last_instant, frontier })
}

impl Drop for SqliteLog {
    fn drop(&mut self) {
        // Closing the queue ends the writer once all that waits is durable; its end ends the rest.
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl EventLog for SqliteLog {
    fn id(&self) -> &str {
        &self.id
    }

    fn append(&self, batch: Batch) -> BoxFuture<Result<Appended, AppendError>> {
        let (answer, answered) = oneshot::channel();
        let sent = match &self.queue {
            Some(queue) => queue.send(Waiting::Batch(batch, answer)).is_ok(),
            None => false,
        };
        Box::pin(async move {
            if !sent {
                return Err(LogError::Closed.into());
            }
            answered.await.unwrap_or(Err(LogError::Closed.into()))
        })
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Stored>, LogError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
        self.with_reader(|db| {
            let mut select = db.prepare_cached(
                "SELECT position, recorded_at, event FROM events
                 WHERE position > ?1 ORDER BY position LIMIT ?2",
            )?;
            let mut rows = select.query(params![after, limit_rows])?;
            let mut found = Vec::with_capacity(limit.min(8_192));
            while let Some(row) = rows.next()? {
                found.push(Stored {
                    position: Position::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
                    recorded_at: row.get(1)?,
                    bytes: Bytes::copy_from_slice(row.get_ref(2)?.as_bytes()?),
                });
            }
            Ok(found)
        })
    }

    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner).after(after, limit)
    }

    fn tree(&self) -> (Position, Hash) {
        let tree = self.tree.read().unwrap_or_else(PoisonError::into_inner);
        (tree.size(), tree.root())
    }

    fn subtree(&self, level: u8, number: u64) -> Result<Hash, LogError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        TreeRows(&reader).root_of(level, number).map_err(|error| LogError::Engine(error.0))
    }

    fn check(&self) -> Result<(Position, Hash), LogError> {
        let head = *self.head.borrow();
        self.with_reader(|db| check(db, head))?
    }

    fn disclosures(&self, after: Position, until: Position) -> Result<Vec<Disclosure>, LogError> {
        self.with_reader(|db| beside::select(db, after, until))?
    }

    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), LogError>> {
        let (answer, answered) = oneshot::channel();
        let sent = match &self.queue {
            Some(queue) => queue.send(Waiting::Keep(keep, answer)).is_ok(),
            None => false,
        };
        Box::pin(async move {
            if !sent {
                return Err(LogError::Closed);
            }
            answered.await.unwrap_or(Err(LogError::Closed))
        })
    }

    fn kept(&self) -> Result<Kept, LogError> {
        let (acts, marks) = self.with_reader(|db| {
            let mut select =
                db.prepare_cached("SELECT sequence, act FROM acts ORDER BY sequence")?;
            let acts = select
                .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            let mut select = db.prepare_cached("SELECT name, value FROM marks ORDER BY name")?;
            let marks = select
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Ok((acts, marks))
        })?;
        let read = |(sequence, text): (i64, String)| {
            let sequence = u64::try_from(sequence).unwrap_or_default();
            decode_act(sequence, &text).map_err(|error| LogError::NotALog(format!("acts: {error}")))
        };
        let acts = acts.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Kept { acts, marks })
    }

    fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, LogError> {
        self.with_reader(|db| find_request(db, id))
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.clone()
    }
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
                (true, Some(salt)) => Content::Committed { salt, commitment: row.get(2)? },
                (true, None) => Content::Forgotten,
            };
            Ok(RequestRecord {
                appended: Appended {
                    first: Position::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
                    last: Position::try_from(row.get::<_, i64>(1)?).unwrap_or_default(),
                    recorded_at: row.get(3)?,
                },
                content,
            })
        })
        .optional()
}
