//! The thread that writes, and the one that moves the WAL into the file off its path.

use super::*;

/// How long the WAL is not truncated for those who read from it, before it is tried again.
pub(super) const TRUNCATE_AGAIN: Duration = Duration::from_millis(200);
pub(super) const TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The one thread that writes.
pub(super) struct Writer {
    pub(super) db: Connection,
    pub(super) id: String,
    pub(super) clock: Clock,
    pub(super) head: Position,
    pub(super) last_instant: i64,
    pub(super) published: watch::Sender<Position>,
    pub(super) wal_pages: Arc<AtomicI64>,
    pub(super) wake: mpsc::SyncSender<()>,
    /// Whether something was redacted that the WAL may still hold.
    pub(super) redacted: Arc<AtomicBool>,
    pub(super) recent: Arc<RwLock<Recent>>,
    /// False only where the cost of the tree is measured.
    pub(super) with_tree: bool,
    pub(super) frontier: Frontier,
    pub(super) tree: Arc<RwLock<Frontier>>,
}

impl Writer {
    pub(super) fn run(mut self, waiting: &mpsc::Receiver<Waiting>) {
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

pub(super) fn no_salt(error: getrandom::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.to_string().into())
}

pub(super) fn engine_error(error: &rusqlite::Error) -> LogError {
    LogError::Engine(error.to_string())
}

/// The thread that moves the WAL into the file, off the commit path.
pub(super) struct Checkpointer {
    pub(super) path: PathBuf,
    pub(super) woken: mpsc::Receiver<()>,
    /// Whether something was redacted that the WAL may still hold.
    pub(super) redacted: Arc<AtomicBool>,
}

impl Checkpointer {
    pub(super) fn run(self) {
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
