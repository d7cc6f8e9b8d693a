//! The thread that writes to the log, and the thread that moves the write-ahead log (WAL) into the
//! file between commits.

use rusqlite::types::{ToSqlOutput, ValueRef};

use super::*;

/// The pause before another attempt to truncate the write-ahead log (WAL), if readers were using
/// the WAL at the last attempt.
const TRUNCATE_AGAIN: Duration = Duration::from_millis(200);
pub(super) const TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The one thread that writes to the log.
pub(super) struct Writer {
    db: Connection,
    files: Files,
    /// Why nothing more is written; `None` while the files are there.
    gone: Option<LogError>,
    reached: Reached,
    head: watch::Sender<Position>,
    last_act: watch::Sender<u64>,
    tree: Arc<RwLock<Frontier>>,
    recent: Arc<RwLock<Recent>>,
    wal_pages: AtomicI64,
    wake: mpsc::SyncSender<()>,
    /// Whether the write-ahead log (WAL) may still hold a redacted value.
    redacted: Arc<AtomicBool>,
    /// Whether the tree is stored. `false` only to measure the cost of the tree.
    with_tree: bool,
}

/// What the writer thread shows to readers: the durable head, the last durable act and the tree.
pub(super) struct Published {
    pub head: watch::Receiver<Position>,
    pub last_act: watch::Receiver<u64>,
    pub tree: Arc<RwLock<Frontier>>,
}

/// The state of the log, including uncommitted changes: its last event, its last act and its tree.
#[derive(Clone)]
struct Reached {
    head: Head,
    last_instant: UtcInstant,
    last_act: u64,
    frontier: Frontier,
}

/// The results of one group of writes that are committed together.
#[derive(Default)]
struct Outcome {
    appended: Vec<Result<Appended, AppendError>>,
    kept: Vec<Result<(), KeepError>>,
    written: Vec<Stored>,
    redacted: bool,
}

impl Writer {
    pub fn new(
        (db, files): (Connection, Files),
        durable: Durable,
        recent: Arc<RwLock<Recent>>,
        (wake, redacted): (mpsc::SyncSender<()>, Arc<AtomicBool>),
        with_tree: bool,
    ) -> (Self, Published) {
        let Durable { head, last_instant, last_act, frontier } = durable;
        let tree = Arc::new(RwLock::new(frontier.clone()));
        let (head_told, head_seen) = watch::channel(head.position);
        let (act_told, act_seen) = watch::channel(last_act);
        let writer = Self {
            db,
            files,
            gone: None,
            reached: Reached { head, last_instant, last_act, frontier },
            head: head_told,
            last_act: act_told,
            tree: Arc::clone(&tree),
            recent,
            wal_pages: AtomicI64::new(0),
            wake,
            redacted,
            with_tree,
        };
        (writer, Published { head: head_seen, last_act: act_seen, tree })
    }

    pub fn run(mut self, waiting: &mpsc::Receiver<Waiting>) {
        while let Ok(first) = waiting.recv() {
            let mut group = vec![first];
            group.extend(waiting.try_iter().take(GROUP_MAX - 1));
            let before = self.reached.clone();
            match self.write_group(&group) {
                Ok(outcome) => {
                    self.publish(&outcome.written);
                    answer(group, outcome);
                }
                Err(error) => {
                    // No write of this group is durable: return to the state before the group was
                    // written.
                    self.reached = before;
                    let _ = self.db.execute_batch("ROLLBACK");
                    tracing::error!(error = &error as &dyn std::error::Error, "commit failed");
                    fail(group, &error);
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

    /// Performs a group of writes in one durable commit, to files that are still there. Once they
    /// are not, nothing more is written: it would be gone with the next start.
    fn write_group(&mut self, group: &[Waiting]) -> Result<Outcome, LogError> {
        if let Some(gone) = &self.gone {
            return Err(gone.clone());
        }
        let written = self.files.before_commit().map_err(LogError::from).and_then(|()| {
            let outcome = self.commit(group).map_err(engine)?;
            self.files.after_commit(self.reached.head).map(|()| outcome)
        });
        if let Err(gone @ LogError::Damaged(Damage::FileGone(_))) = &written {
            self.gone = Some(gone.clone());
        }
        written
    }

    /// Makes the events and acts that are now durable visible to readers of the log.
    fn publish(&self, written: &[Stored]) {
        if !written.is_empty() {
            let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
            written.iter().for_each(|event| recent.push(event.clone()));
            drop(recent);
            *self.tree.write().unwrap_or_else(PoisonError::into_inner) =
                self.reached.frontier.clone();
            self.head.send_replace(self.reached.head.position);
        }
        let last_act = self.reached.last_act;
        self.last_act.send_if_modified(|known| std::mem::replace(known, last_act) != last_act);
    }

    /// Performs a group of writes in order, in one durable commit. Refused writes are left out.
    fn commit(&mut self, group: &[Waiting]) -> rusqlite::Result<Outcome> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let mut outcome = Outcome::default();
        for waiting in group {
            match waiting {
                Waiting::Entry(entry, _) => {
                    let appended = self.append(entry, &mut outcome)?;
                    outcome.appended.push(appended);
                }
                Waiting::Keep(keep, _) => {
                    let kept = self.keep(keep)?;
                    outcome.kept.push(kept);
                }
            }
        }
        if outcome.redacted {
            beside::rewrite(&self.db)?;
        }
        self.db.execute_batch("COMMIT")?;
        if outcome.redacted {
            self.redacted.store(true, Ordering::Release);
        }
        // Estimate the size of the write-ahead log (WAL): about four events fill a page. The
        // estimate is used only to decide when to move the WAL into the file.
        let pages = i64::try_from(outcome.written.len() / 4 + 4).unwrap_or(CHECKPOINT_PAGES);
        self.wal_pages.fetch_add(pages, Ordering::Relaxed);
        Ok(outcome)
    }

    fn append(
        &mut self,
        entry: &Entry,
        outcome: &mut Outcome,
    ) -> rusqlite::Result<Result<Appended, AppendError>> {
        if let Some(record) = find_request(&self.db, entry.request_id())? {
            return Ok(Err(AppendError::AlreadyRecorded(record)));
        }
        let (expected, head) = (entry.after(), self.reached.head);
        if expected != head {
            let (expected, head) = (expected.position, head.position);
            return Ok(Err(AppendError::HeadMoved { expected, head }));
        }
        let appended = entry.appended();
        if appended.recorded_at < self.reached.last_instant {
            return Ok(Err(LogError::from(Damage::Instant(appended.first)).into()));
        }
        self.write(entry, &mut outcome.written)?;
        for (about, field) in entry.erased() {
            beside::erase(&self.db, *about, *field)?;
            outcome.redacted = true;
        }
        Ok(Ok(appended))
    }

    fn write(&mut self, entry: &Entry, written: &mut Vec<Stored>) -> rusqlite::Result<()> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO events (position, recorded_at, event, leaf) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (stored, leaf) in entry.events() {
            let Stored { position, recorded_at, bytes } = &stored;
            let leaf = self.with_tree.then_some(leaf);
            // The bytes are valid text, because they were encoded from text.
            let text = ToSqlOutput::Borrowed(ValueRef::Text(bytes));
            insert.execute(params![
                number(*position),
                recorded_at.micros(),
                text,
                leaf.map(|leaf| leaf.0)
            ])?;
            if let Some(leaf) = leaf {
                grow(&self.db, &mut self.reached.frontier, leaf)?;
            }
            written.push(stored);
        }
        let Appended { first, last, recorded_at } = entry.appended();
        (self.reached.head, self.reached.last_instant) = (entry.last(), recorded_at);
        beside::insert(&self.db, entry.disclosures())?;
        let (digest, salted) = match entry.content() {
            Content::Digest(digest) => (digest, false),
            Content::Committed { salt, commitment: Commitment(digest) } => {
                beside::insert_request(&self.db, first, &salt)?;
                (digest, true)
            }
            Content::Forgotten => ([0; 32], true),
        };
        let mut remember = self.db.prepare_cached(
            "INSERT INTO requests (request_id, digest, first, last, salted)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let id = entry.request_id().as_str();
        remember.execute(params![id, digest, number(first), number(last), salted]).map(drop)
    }

    fn keep(&mut self, keep: &Keep) -> rusqlite::Result<Result<(), KeepError>> {
        let Keep { act, set, remove } = keep;
        if let Some(StoredAct { sequence, text }) = act {
            let last = self.reached.last_act;
            if *sequence != last + 1 {
                return Ok(Err(KeepError::ActsMoved { last }));
            }
            let mut insert =
                self.db.prepare_cached("INSERT INTO acts (sequence, act) VALUES (?1, ?2)")?;
            insert.execute(params![count(*sequence), text])?;
            self.reached.last_act = *sequence;
        }
        let mut replace = self.db.prepare_cached(
            "INSERT INTO marks (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?;
        for Mark { name, value } in set {
            replace.execute([name, value])?;
        }
        for name in remove {
            self.db.prepare_cached("DELETE FROM marks WHERE name = ?1")?.execute([name])?;
        }
        Ok(Ok(()))
    }
}

/// Sends each caller the result of its write. A write is kept even if its caller no longer waits.
fn answer(group: Vec<Waiting>, outcome: Outcome) {
    let (mut appended, mut kept) = (outcome.appended.into_iter(), outcome.kept.into_iter());
    for waiting in group {
        match waiting {
            Waiting::Entry(_, answer) => drop(appended.next().map(|result| answer.send(result))),
            Waiting::Keep(_, answer) => drop(kept.next().map(|result| answer.send(result))),
        }
    }
}

/// Sends `error` to the caller of each write in `group`, because none of these writes is durable.
fn fail(group: Vec<Waiting>, error: &LogError) {
    for waiting in group {
        match waiting {
            Waiting::Entry(_, answer) => drop(answer.send(Err(error.clone().into()))),
            Waiting::Keep(_, answer) => drop(answer.send(Err(error.clone().into()))),
        }
    }
}

/// The thread that moves the write-ahead log (WAL) into the file between commits.
pub(super) struct Checkpointer {
    path: PathBuf,
    woken: mpsc::Receiver<()>,
    /// Whether the write-ahead log (WAL) may still hold a redacted value.
    redacted: Arc<AtomicBool>,
    /// The count of truncations: odd while one is under way.
    truncated: Arc<AtomicU64>,
}

impl Checkpointer {
    pub fn new(
        path: PathBuf,
        woken: mpsc::Receiver<()>,
        redacted: Arc<AtomicBool>,
        truncated: Arc<AtomicU64>,
    ) -> Self {
        Self { path, woken, redacted, truncated }
    }

    pub fn run(self) {
        let Ok(db) = connect(&self.path) else { return };
        // The writer is blocked while the WAL is being truncated, so truncation waits only briefly
        // for readers.
        let _ = db.busy_timeout(TRUNCATE_AGAIN / 4);
        while self.is_woken() {
            let moved = if self.redacted.swap(false, Ordering::AcqRel) {
                self.truncated.fetch_add(1, Ordering::AcqRel);
                let truncated = db.query_row(TRUNCATE, [], |row| row.get(0));
                self.truncated.fetch_add(1, Ordering::AcqRel);
                // If readers prevented the truncation or it failed, truncate again later.
                self.redacted.fetch_or(!matches!(truncated, Ok(0)), Ordering::AcqRel);
                truncated.map(|_| ())
            } else {
                db.execute_batch("PRAGMA wal_checkpoint(PASSIVE)")
            };
            if let Err(error) = moved {
                tracing::warn!(%error, "checkpoint failed");
            }
        }
        // The writer has ended: move the whole WAL into the file, so that the log is one file.
        let _ = db.busy_timeout(BUSY);
        let _ = db.execute_batch(TRUNCATE);
    }

    /// Waits until the write-ahead log (WAL) must be moved or truncated. Returns `false` once the
    /// writer has ended.
    fn is_woken(&self) -> bool {
        if !self.redacted.load(Ordering::Acquire) {
            return self.woken.recv().is_ok();
        }
        let woken = self.woken.recv_timeout(TRUNCATE_AGAIN);
        woken != Err(mpsc::RecvTimeoutError::Disconnected)
    }
}
