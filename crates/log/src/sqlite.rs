//! The embedded log: one SQLite file, one writer thread, group commit.
//!
//! Every caller's batch waits in one queue. The writer takes all that wait, commits them in one
//! transaction with one sync (`WAL`, `synchronous=FULL`), and only then answers: a caller waits for
//! its own sync, not for its turn. A second thread moves the WAL into the file between commits, so
//! that no commit pays for it.

mod beside;
mod carry;

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

pub use carry::{Copied, Copyist, copy, cut, reserve};

/// `PRAGMA application_id`: "REMT", so that `file` and we know our own.
const APPLICATION_ID: i64 = 0x5245_4d54;
/// `PRAGMA user_version`: the version of the tables below.
const SCHEMA_VERSION: i64 = 4;
/// Batches that one commit may share.
const GROUP_MAX: usize = 4_096;
/// Pages of WAL above which it is moved into the file: 4 MiB.
const CHECKPOINT_PAGES: i64 = 1_024;
/// Events and bytes that stay in memory for those who follow.
const RECENT_MAX: usize = 16_384;
const RECENT_BYTES_MAX: usize = 16 << 20;

/// How long one connection waits for another.
const BUSY: Duration = Duration::from_secs(5);
/// How long the WAL is not truncated for those who read from it, before it is tried again.
const TRUNCATE_AGAIN: Duration = Duration::from_millis(200);
const TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

const EVENTS_KEEP: &str = "CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END";

const SCHEMA: &str = "
    CREATE TABLE log (id TEXT NOT NULL) STRICT;
    -- The exact bytes of every event. The table is the log; nothing in it ever changes.
    CREATE TABLE events (
        position    INTEGER PRIMARY KEY,
        recorded_at INTEGER NOT NULL,
        event       TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE requests (
        request_id  TEXT    PRIMARY KEY,
        digest      BLOB    NOT NULL,
        first       INTEGER NOT NULL,
        last        INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER events_keep   BEFORE UPDATE ON events   BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
    CREATE TRIGGER events_stay   BEFORE DELETE ON events   BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
    CREATE TRIGGER requests_keep BEFORE UPDATE ON requests BEGIN SELECT RAISE(ABORT, 'requests are never changed'); END;
    CREATE TRIGGER requests_stay BEFORE DELETE ON requests BEGIN SELECT RAISE(ABORT, 'requests are never deleted'); END;
";

/// Since version 2: what is kept for those who read the log.
const SCHEMA_DESK: &str = "
    CREATE TABLE acts (
        sequence    INTEGER PRIMARY KEY,
        act         TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE marks (
        name        TEXT    PRIMARY KEY,
        value       TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER acts_keep BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'acts are never changed'); END;
    CREATE TRIGGER acts_stay BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'acts are never deleted'); END;
";

/// Since version 3: the hash of every event beside its bytes, and the roots of every eighth level
/// of the tree, 256 times fewer each. What is between is computed from at most 128 of them.
const SCHEMA_TREE: &str = "
    ALTER TABLE events ADD COLUMN leaf BLOB;
    CREATE TABLE subtrees (
        level       INTEGER NOT NULL,
        number      INTEGER NOT NULL,
        root        BLOB    NOT NULL,
        PRIMARY KEY (level, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER subtrees_keep BEFORE UPDATE ON subtrees BEGIN SELECT RAISE(ABORT, 'hashes are never changed'); END;
    CREATE TRIGGER subtrees_stay BEFORE DELETE ON subtrees BEGIN SELECT RAISE(ABORT, 'hashes are never deleted'); END;
";
/// The levels of the tree whose roots are kept.
const KEPT_LEVELS: u8 = 8;

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
    // What was acknowledged is in the file: no events were cut off its end.
    let last: Option<i64> =
        db.query_row("SELECT max(last) FROM requests", [], |row| row.get(0)).map_err(engine)?;
    let last = last.and_then(|last| Position::try_from(last).ok()).unwrap_or_default();
    if last != head {
        return Err(LogError::Damaged(format!("event {} is missing", head.min(last) + 1)));
    }
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

/// The complete subtrees of the tree as the file keeps them.
struct TreeRows<'c>(&'c Connection);

impl Subtrees for TreeRows<'_> {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        let failed = |error: rusqlite::Error| ProofError(error.to_string());
        // From the roots that are kept at the level below, at most 128 of them.
        let kept = level - level % KEPT_LEVELS;
        let nodes = 1_i64 << (level % KEPT_LEVELS);
        let first = i64::try_from(number).unwrap_or(i64::MAX / 256) * nodes;
        let mut select = match kept {
            0 => self.0.prepare_cached(
                "SELECT leaf FROM events
                 WHERE ?1 = 0 AND position > ?2 AND position <= ?2 + ?3 ORDER BY position",
            ),
            _ => self.0.prepare_cached(
                "SELECT root FROM subtrees
                 WHERE level = ?1 AND number >= ?2 AND number < ?2 + ?3 ORDER BY number",
            ),
        }
        .map_err(failed)?;
        let mut rows = select.query(params![kept, first, nodes]).map_err(failed)?;
        let mut frontier = Frontier::default();
        while let Some(row) = rows.next().map_err(failed)? {
            let root = row.get::<_, Hash>(0).map_err(failed)?;
            frontier.push(root, |_, _, _| ());
        }
        if frontier.size() != nodes.unsigned_abs() {
            let what = format!("the hash of subtree {number} at level {level} is missing");
            return Err(ProofError(what));
        }
        Ok(frontier.root())
    }
}

/// Compares all bytes with all hashes, and what lies beside them with what they committed to.
fn check(db: &Connection, head: Position) -> rusqlite::Result<Result<(Position, Hash), LogError>> {
    let damaged = |what: String| Ok(Err(LogError::Damaged(what)));
    // One look at the file: what is appended meanwhile is not half of it.
    let _look = db.is_autocommit().then(|| db.unchecked_transaction()).transpose()?;
    let last: Option<i64> = db.query_row("SELECT max(position) FROM events", [], |r| r.get(0))?;
    let last = last.and_then(|last| Position::try_from(last).ok()).unwrap_or_default();
    let head = head.max(last);
    let mut beside = Beside::default();
    match beside::select(db, 0, Position::MAX)? {
        Ok(disclosures) => beside.lay(disclosures),
        Err(error) => return Ok(Err(error)),
    }
    let mut frontier = Frontier::default();
    let mut roots = Vec::new();
    let mut select = db.prepare(
        "SELECT position, event, leaf FROM events WHERE position <= ?1 ORDER BY position",
    )?;
    let mut rows = select.query([i64::try_from(head).unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        let position = row.get::<_, i64>(0)?;
        let expected = frontier.size() + 1;
        if u64::try_from(position) != Ok(expected) {
            return damaged(format!("event {expected} is missing"));
        }
        let computed = tree::leaf(row.get_ref(1)?.as_bytes()?);
        if row.get::<_, Hash>(2).ok() != Some(computed) {
            return damaged(format!(
                "the bytes of event {position} do not have the hash that is stored beside them"
            ));
        }
        if let Err(error) = met(&mut beside, expected, row.get_ref(1)?.as_bytes()?) {
            return Ok(Err(error));
        }
        frontier.push(computed, |level, number, root| {
            if level > 0 && level % KEPT_LEVELS == 0 {
                roots.push((level, number, *root));
            }
        });
    }
    if frontier.size() != head {
        return damaged(format!("event {} is missing", frontier.size() + 1));
    }
    let mut find = db.prepare("SELECT root FROM subtrees WHERE level = ?1 AND number = ?2")?;
    for (level, number, root) in &roots {
        let at = params![level, i64::try_from(*number).unwrap_or(i64::MAX)];
        let kept = find.query_row(at, |row| row.get::<_, Hash>(0)).optional()?;
        if kept != Some(*root) {
            let what =
                format!("the hash of subtree {number} at level {level} is not that of its events");
            return damaged(what);
        }
    }
    let kept: i64 = db.query_row("SELECT count(*) FROM subtrees", [], |row| row.get(0))?;
    if u64::try_from(kept) != Ok(roots.len() as u64) {
        return damaged("there are hashes of subtrees that have no events".to_owned());
    }
    let now = |position: Position| {
        beside::select(db, position.saturating_sub(1), position).map_err(engine).flatten()
    };
    Ok(beside.finish(now).map(|()| (head, frontier.root())))
}

/// Compares one event with what lies beside it. Few events commit or redact: the rest are not read.
fn met(beside: &mut Beside, position: Position, bytes: &[u8]) -> Result<(), LogError> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains("\"committed\"") && !text.contains("field-redacted") {
        return Ok(());
    }
    let recorded = shape::decode(position, bytes);
    let mut recorded = recorded.map_err(|error| LogError::NotALog(error.to_string()))?;
    beside.meet(position, &mut recorded.event.fact)
}

/// Adds a leaf to the tree, and to the file the roots that it completes and that are kept.
fn grow(db: &Connection, frontier: &mut Frontier, leaf: Hash) -> rusqlite::Result<()> {
    let mut complete = Vec::new();
    frontier.push(leaf, |level, number, root| {
        if level > 0 && level % KEPT_LEVELS == 0 {
            complete.push((level, number, *root));
        }
    });
    for (level, number, root) in complete {
        db.prepare_cached("INSERT INTO subtrees (level, number, root) VALUES (?1, ?2, ?3)")?
            .execute(params![level, i64::try_from(number).unwrap_or(i64::MAX), root])?;
    }
    Ok(())
}

/// Gives the events of a file of version 2 their hashes.
fn plant(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("DROP TRIGGER events_keep")?;
    let mut frontier = Frontier::default();
    let mut update = db.prepare("UPDATE events SET leaf = ?2 WHERE position = ?1")?;
    let mut after = 0_i64;
    loop {
        let mut page = Vec::new();
        {
            let mut select = db.prepare_cached(
                "SELECT position, event FROM events WHERE position > ?1 ORDER BY position LIMIT 1000",
            )?;
            let mut rows = select.query([after])?;
            while let Some(row) = rows.next()? {
                page.push((row.get::<_, i64>(0)?, tree::leaf(row.get_ref(1)?.as_bytes()?)));
            }
        }
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (position, leaf) in page {
            update.execute(params![position, leaf])?;
            grow(db, &mut frontier, leaf)?;
        }
    }
    db.execute_batch(EVENTS_KEEP)
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

/// Takes the lock that says which process writes.
fn lock(path: &Path) -> Result<File, LogError> {
    let failed = |error: std::io::Error| {
        LogError::Engine(format!("cannot open {}: {error}", path.display()))
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(PathBuf::from(beside))
        .map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(LogError::InUse(path.display().to_string())),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn connect(path: &Path) -> Result<Connection, LogError> {
    let db = Connection::open(path)
        .map_err(|error| LogError::Engine(format!("cannot open {}: {error}", path.display())))?;
    let set = || -> rusqlite::Result<()> {
        db.busy_timeout(BUSY)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        // What is deleted is overwritten, and nothing of it goes to another file.
        db.pragma_update(None, "secure_delete", "ON")?;
        db.pragma_update(None, "temp_store", "MEMORY")?;
        db.pragma_update(None, "trusted_schema", "OFF")?;
        db.pragma_update(None, "cell_size_check", "ON")
    };
    set().map_err(|error| LogError::NotALog(format!("{}: {error}", path.display())))?;
    Ok(db)
}

fn read_only(path: &Path) -> Result<Connection, LogError> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(engine)?;
    db.busy_timeout(BUSY).map_err(engine)?;
    Ok(db)
}

fn make_tables(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(SCHEMA)?;
    db.execute_batch(SCHEMA_DESK)?;
    db.execute_batch(SCHEMA_TREE)?;
    beside::make(db)?;
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    db.pragma_update(None, "user_version", SCHEMA_VERSION)
}

/// Makes the tables of an empty file, or checks that they are ours; returns the log's id.
fn prepare(db: &mut Connection, path: &Path) -> Result<String, LogError> {
    let tables: i64 = db
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| LogError::NotALog(format!("{}: {error}", path.display())))?;
    if tables == 0 {
        #[expect(clippy::disallowed_methods, reason = "a log is named once, when it is made")]
        let id = uuid::Uuid::new_v4().to_string();
        let make = |db: &mut Connection| -> rusqlite::Result<()> {
            let tx = db.transaction()?;
            make_tables(&tx)?;
            tx.execute("INSERT INTO log (id) VALUES (?1)", [&id])?;
            tx.commit()
        };
        make(db).map_err(engine)?;
        return Ok(id);
    }
    let mut version = version_of(db, path)?;
    if (1..SCHEMA_VERSION).contains(&version) {
        let bring_up = |db: &mut Connection| -> rusqlite::Result<()> {
            let tx = db.transaction()?;
            if version < 2 {
                tx.execute_batch(SCHEMA_DESK)?;
            }
            if version < 3 {
                tx.execute_batch(SCHEMA_TREE)?;
                plant(&tx)?;
            }
            beside::make(&tx)?;
            tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            tx.commit()
        };
        bring_up(db).map_err(engine)?;
        version = SCHEMA_VERSION;
    }
    if version != SCHEMA_VERSION {
        let what = "use the release that wrote it";
        return Err(of_another_version(path, version, what));
    }
    db.query_row("SELECT id FROM log", [], |row| row.get(0)).map_err(engine)
}

/// The version of the tables of a log.
fn version_of(db: &Connection, path: &Path) -> Result<i64, LogError> {
    let pragma = |name: &str| {
        db.pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(|error| LogError::NotALog(format!("{}: {error}", path.display())))
    };
    if pragma("application_id")? != APPLICATION_ID {
        let path = path.display();
        return Err(LogError::NotALog(format!("{path} is a database, but not a Remit event log")));
    }
    pragma("user_version")
}

fn of_another_version(path: &Path, version: i64, what: &str) -> LogError {
    LogError::NotALog(format!(
        "{} has tables of version {version}; this program knows version {SCHEMA_VERSION}: {what}",
        path.display()
    ))
}

/// The one thread that writes.
struct Writer {
    db: Connection,
    id: String,
    clock: Clock,
    head: Position,
    last_instant: i64,
    published: watch::Sender<Position>,
    wal_pages: Arc<AtomicI64>,
    wake: mpsc::SyncSender<()>,
    /// Whether something was redacted that the WAL may still hold.
    redacted: Arc<AtomicBool>,
    recent: Arc<RwLock<Recent>>,
    /// False only where the cost of the tree is measured.
    with_tree: bool,
    frontier: Frontier,
    tree: Arc<RwLock<Frontier>>,
}

impl Writer {
    fn run(mut self, waiting: &mpsc::Receiver<Waiting>) {
        while let Ok(first) = waiting.recv() {
            let mut group = vec![first];
            group.extend(waiting.try_iter().take(GROUP_MAX - 1));
            let (head, last_instant) = (self.head, self.last_instant);
            let frontier = self.frontier.clone();
            let mut written = Vec::new();
            match self.commit(&group, &mut written) {
                Ok(results) => {
                    if !written.is_empty() {
                        let mut recent =
                            self.recent.write().unwrap_or_else(PoisonError::into_inner);
                        written.into_iter().for_each(|event| recent.push(event));
                        drop(recent);
                        *self.tree.write().unwrap_or_else(PoisonError::into_inner) =
                            self.frontier.clone();
                        self.published.send_replace(self.head);
                    }
                    let mut results = results.into_iter();
                    for waiting in group {
                        // A caller that went away has its events all the same.
                        match waiting {
                            Waiting::Batch(_, answer) => {
                                drop(results.next().map(|result| answer.send(result)));
                            }
                            Waiting::Keep(_, answer) => drop(answer.send(Ok(()))),
                        }
                    }
                }
                Err(error) => {
                    // Nothing of the group is durable: go on from where it began.
                    (self.head, self.last_instant, self.frontier) = (head, last_instant, frontier);
                    let _ = self.db.execute_batch("ROLLBACK");
                    tracing::error!(%error, "commit failed");
                    for waiting in group {
                        match waiting {
                            Waiting::Batch(_, answer) => {
                                drop(answer.send(Err(engine_error(&error).into())));
                            }
                            Waiting::Keep(_, answer) => {
                                drop(answer.send(Err(engine_error(&error))));
                            }
                        }
                    }
                }
            }
            if self.wal_pages.load(Ordering::Relaxed) >= CHECKPOINT_PAGES
                || self.redacted.load(Ordering::Acquire)
            {
                self.wal_pages.store(0, Ordering::Relaxed);
                let _ = self.wake.try_send(());
            }
        }
    }

    /// Writes what of a group can be written, in order, in one durable commit; returns what became
    /// of the batches. What is kept beside the events has no result but that of the commit.
    fn commit(
        &mut self,
        group: &[Waiting],
        written: &mut Vec<Stored>,
    ) -> rusqlite::Result<Vec<Result<Appended, AppendError>>> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let mut encoder = Encoder::new(&self.id);
        let recorded_at = (self.clock)().max(self.last_instant);
        let mut results = Vec::with_capacity(group.len());
        let mut redacted = false;
        for waiting in group {
            let batch = match waiting {
                Waiting::Batch(batch, _) => batch,
                Waiting::Keep(keep, _) => {
                    self.set_down(keep, recorded_at)?;
                    continue;
                }
            };
            results.push(match find_request(&self.db, &batch.request_id)? {
                Some(record) => Err(AppendError::AlreadyRecorded(record)),
                None if batch.expected_head != self.head => {
                    Err(AppendError::HeadMoved { expected: batch.expected_head, head: self.head })
                }
                None => {
                    self.last_instant = recorded_at;
                    let appended = self.write(batch, recorded_at, &mut encoder, written)?;
                    redacted |= self.erase(batch)?;
                    Ok(appended)
                }
            });
        }
        if redacted {
            beside::rewrite(&self.db)?;
        }
        self.db.execute_batch("COMMIT")?;
        if redacted {
            self.redacted.store(true, Ordering::Release);
        }
        // About four events fill a page; the count only decides when to look.
        let pages = i64::try_from(written.len() / 4 + 4).unwrap_or(CHECKPOINT_PAGES);
        self.wal_pages.fetch_add(pages, Ordering::Relaxed);
        Ok(results)
    }

    /// Removes what the redactions of a batch are about; whether there is one.
    fn erase(&self, batch: &Batch) -> rusqlite::Result<bool> {
        let mut redacted = false;
        for draft in &batch.drafts {
            if let Fact::FieldRedacted { about, field, .. } = draft.event.fact {
                beside::erase(&self.db, about, field)?;
                redacted = true;
            }
        }
        Ok(redacted)
    }

    fn set_down(&self, keep: &Keep, recorded_at: i64) -> rusqlite::Result<()> {
        if let Some((act, actor)) = &keep.act {
            let next: i64 = self.db.query_row(
                "SELECT coalesce(max(sequence), 0) + 1 FROM acts",
                [],
                |row| row.get(0),
            )?;
            let sequence = u64::try_from(next).unwrap_or_default();
            let event = DeskEvent { sequence, recorded_at, actor: actor.clone(), act: act.clone() };
            let mut insert =
                self.db.prepare_cached("INSERT INTO acts (sequence, act) VALUES (?1, ?2)")?;
            insert.execute(params![next, encode_act(&self.id, &event)])?;
        }
        for (name, value) in &keep.marks {
            match value {
                Some(value) => self
                    .db
                    .prepare_cached(
                        "INSERT INTO marks (name, value) VALUES (?1, ?2)
                         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    )?
                    .execute([name, value])?,
                None => {
                    self.db.prepare_cached("DELETE FROM marks WHERE name = ?1")?.execute([name])?
                }
            };
        }
        Ok(())
    }

    fn write(
        &mut self,
        batch: &Batch,
        recorded_at: i64,
        encoder: &mut Encoder,
        written: &mut Vec<Stored>,
    ) -> rusqlite::Result<Appended> {
        let first = self.head + 1;
        let mut insert = self.db.prepare_cached(
            "INSERT INTO events (position, recorded_at, event, leaf) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let mut beside = Vec::new();
        for (position, draft) in (first..).zip(&batch.drafts) {
            let stamp = Stamp { position, recorded_at, request_id: &batch.request_id };
            let Encoded { text, beside: own } = encoder.encode(&stamp, draft).map_err(no_salt)?;
            beside.extend(own);
            let leaf = self.with_tree.then(|| tree::leaf(text.as_bytes()));
            insert.execute(params![
                i64::try_from(position).unwrap_or(i64::MAX),
                recorded_at,
                text,
                leaf
            ])?;
            if let Some(leaf) = leaf {
                grow(&self.db, &mut self.frontier, leaf)?;
            }
            written.push(Stored { position, recorded_at, bytes: text.into() });
            self.head = position;
        }
        let last = self.head;
        let mut digest = batch.digest;
        if !beside.is_empty() {
            beside::insert(&self.db, &beside)?;
            let salt = system_salt().map_err(no_salt)?;
            beside::insert_request(&self.db, first, &salt)?;
            digest = commitment(&salt, &digest);
        }
        let mut remember = self.db.prepare_cached(
            "INSERT INTO requests (request_id, digest, first, last, salted)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        remember.execute(params![
            batch.request_id.as_str(),
            digest,
            i64::try_from(first).unwrap_or(i64::MAX),
            i64::try_from(last).unwrap_or(i64::MAX),
            !beside.is_empty()
        ])?;
        Ok(Appended { first, last, recorded_at })
    }
}

fn no_salt(error: getrandom::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.to_string().into())
}

fn engine_error(error: &rusqlite::Error) -> LogError {
    LogError::Engine(error.to_string())
}

/// The thread that moves the WAL into the file, off the commit path.
struct Checkpointer {
    path: PathBuf,
    woken: mpsc::Receiver<()>,
    /// Whether something was redacted that the WAL may still hold.
    redacted: Arc<AtomicBool>,
}

impl Checkpointer {
    fn run(self) {
        let Ok(db) = connect(&self.path) else { return };
        // The writer waits while the WAL is truncated, so that waits for no reader.
        let _ = db.busy_timeout(TRUNCATE_AGAIN / 4);
        while self.is_woken() {
            let moved = if self.redacted.swap(false, Ordering::AcqRel) {
                let truncated = db.query_row(TRUNCATE, [], |row| row.get(0));
                // Busy, or failed: again.
                self.redacted.fetch_or(!matches!(truncated, Ok(0)), Ordering::AcqRel);
                truncated.map(|_| ())
            } else {
                db.execute_batch("PRAGMA wal_checkpoint(PASSIVE)")
            };
            if let Err(error) = moved {
                tracing::warn!(%error, "checkpoint failed");
            }
        }
        // The writer is gone: leave one plain file behind.
        let _ = db.busy_timeout(BUSY);
        let _ = db.execute_batch(TRUNCATE);
    }

    /// Waits until there is something to do. `false`: the writer is gone.
    fn is_woken(&self) -> bool {
        if !self.redacted.load(Ordering::Acquire) {
            return self.woken.recv().is_ok();
        }
        let woken = self.woken.recv_timeout(TRUNCATE_AGAIN);
        woken != Err(mpsc::RecvTimeoutError::Disconnected)
    }
}
