//! Copies a log, cuts a log at a position, or rebuilds a log from stored bytes.
//!
//! Nobody else uses the file that is being written, so it is written without syncs and without a
//! journal. The caller syncs the file, and renames it once it is complete.

use remit_shape::{DeskEvent, Recorded, SOURCE_PREFIX, decode_act};
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::Deserialize;

use super::*;

/// Takes the lock for writing to the log at `path`; the file need not exist. While the lock is
/// held, nobody else can open a log at `path` for writing.
///
/// # Errors
/// [`OpenError::InUse`] if another process holds the lock; [`OpenError::Unopened`] if the lock file
/// cannot be opened.
pub fn reserve(path: &Path) -> Result<File, OpenError> {
    lock(path)
}

/// Copies the log `from` as it is at one moment, even while another process writes to it. The file
/// `to` must be empty or absent.
///
/// # Errors
/// [`CarryError`] if the log cannot be read, or the copy cannot be written.
pub fn copy(from: &Path, to: &Path) -> Result<(), CarryError> {
    let db = read_only(from)?;
    checked_version(&db, from)?;
    let name = to.to_str().ok_or_else(|| OpenError::Unopened {
        path: to.to_owned(),
        source: Arc::new(std::io::Error::other("its name is not UTF-8")),
    })?;
    db.execute("VACUUM INTO ?1", [name]).map_err(engine)?;
    Ok(())
}

/// Opens a file that nobody else uses, without a journal and without syncs.
fn unknown_to_others(path: &Path) -> Result<Connection, OpenError> {
    let open = || -> rusqlite::Result<Connection> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "OFF")?;
        db.pragma_update(None, "synchronous", "OFF")?;
        Ok(db)
    };
    let unopened = |source| OpenError::Unopened { path: path.to_owned(), source: Arc::new(source) };
    open().map_err(unopened)
}

/// The acts and marks of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The acts, in order of sequence number.
    pub acts: Vec<DeskEvent>,
    /// The marks, in order of name.
    pub marks: Vec<Mark>,
}

fn kept(db: &Connection) -> Result<Kept, LogError> {
    let acts = select_acts(db, 0, usize::MAX).map_err(engine)?;
    let acts = acts.iter().map(|act| decode_act(act.sequence, &act.text));
    let marks = select_marks(db, "").map_err(engine)?;
    Ok(Kept { acts: acts.collect::<Result<_, _>>()?, marks })
}

/// Removes everything after position `until` from the log in a file that nobody else uses: the
/// later events with their hashes and requests, and the acts of the desk recorded at or after the
/// time of the first removed event, because those acts may refer to removed events. The function
/// `marks` gets the acts that remain and all marks, and returns the marks to keep.
///
/// # Errors
/// [`CarryError`] if the log cannot be cut at `until`, or if `marks` fails.
pub fn cut(
    path: &Path,
    until: Position,
    marks: impl FnOnce(&Kept) -> Result<Vec<Mark>, LogError>,
) -> Result<(), CarryError> {
    let mut db = unknown_to_others(path)?;
    checked_version(&db, path)?;
    let (head, _) = last_event(&db).map_err(engine)?;
    if until > head.position {
        return Err(CarryError::NoSuchEvent { until, head: head.position });
    }
    let mut kept = kept(&db)?;
    if let Some(first) = select_events(&db, until, 1).map_err(engine)?.first() {
        let before = |act: &&DeskEvent| act.recorded_at < first.recorded_at;
        kept.acts.truncate(kept.acts.iter().take_while(before).count());
    }
    kept.marks = marks(&kept)?;
    let split = db
        .query_row(
            "SELECT first, last FROM requests WHERE first <= ?1 AND last > ?1",
            [number(until)],
            |row| Ok((position(row, 0)?, position(row, 1)?)),
        )
        .optional()
        .map_err(engine)?;
    if let Some((first, last)) = split {
        return Err(CarryError::InsideRequest { until, before: first.prev(), last: Some(last) });
    }
    redacted_later(&db, until)?;
    Ok(take_out(&mut db, number(until), &kept).map_err(engine)?)
}

/// Refuses a cut at `until` if a removed event redacts a value of an event that remains: the value
/// would be missing, with no redaction to explain why.
fn redacted_later(db: &Connection, until: Position) -> Result<(), CarryError> {
    let mut select = db
        .prepare(
            "SELECT position, event FROM events
             WHERE position > ?1 AND event LIKE '%field-redacted%'",
        )
        .map_err(engine)?;
    let mut rows = select.query([number(until)]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        let redaction = position(row, 0).map_err(engine)?;
        let text: String = row.get(1).map_err(engine)?;
        let recorded = decode(redaction, text.as_bytes())?;
        if let Fact::Redacted(FieldRedacted { about, .. }) = recorded.event.fact
            && about <= until
        {
            return Err(CarryError::BeforeRedaction { until, redaction, about });
        }
    }
    Ok(())
}

fn take_out(db: &mut Connection, until: i64, kept: &Kept) -> rusqlite::Result<()> {
    let tx = db.transaction()?;
    // Drop the triggers that forbid changes of stored rows. They are recreated unchanged below.
    let triggers = tx
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(String, String)>>>()?;
    for (name, _) in &triggers {
        tx.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    tx.execute("DELETE FROM events WHERE position > ?1", [until])?;
    tx.execute("DELETE FROM requests WHERE first > ?1", [until])?;
    tx.execute("DELETE FROM disclosures WHERE position > ?1", [until])?;
    tx.execute("DELETE FROM subtrees WHERE ((number + 1) << level) > ?1", [until])?;
    let acts = i64::try_from(kept.acts.len()).unwrap_or(i64::MAX);
    tx.execute("DELETE FROM acts WHERE sequence > ?1", [acts])?;
    tx.execute("DELETE FROM marks", [])?;
    for Mark { name, value } in &kept.marks {
        tx.execute("INSERT INTO marks (name, value) VALUES (?1, ?2)", [name, value])?;
    }
    for (_, sql) in &triggers {
        tx.execute_batch(sql)?;
    }
    tx.commit()
}

/// The tree over the events that a [`Copyist`] was given, and the tree over the events that it
/// wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The tree over all events that the copyist was given.
    pub given: TreeHead,
    /// The tree over the events that the copyist wrote to the new log.
    pub kept: TreeHead,
}

/// Rebuilds a log from the stored bytes of another log, in a file that nobody else uses. Positions,
/// recording times and hashes stay the same.
///
/// Each event names the request that recorded it, so the new log knows which request ids were used.
/// The content of these requests is not known, so the digest of each content is stored as 32 zeros.
/// No content has that digest, so a later request with a used id is refused.
pub struct Copyist {
    db: Connection,
    /// The last position to keep. Events after this position are checked but not written.
    until: Position,
    given: Frontier,
    kept: Frontier,
    source: Option<String>,
    request: Option<OpenRequest>,
}

struct OpenRequest {
    id: RequestId,
    first: Position,
    recorded_at: UtcInstant,
}

/// The field of an event's envelope that identifies the log of the event. [`decode`] ignores that
/// field.
#[derive(Deserialize)]
struct Source {
    source: String,
}

impl Copyist {
    /// Begins a log in the file at `path`, which must be empty or absent. Only events up to `until`
    /// are written; if `until` is `None`, all events are written.
    ///
    /// # Errors
    /// [`CarryError`] if the file cannot be written.
    pub fn begin(path: &Path, until: Option<Position>) -> Result<Self, CarryError> {
        let db = unknown_to_others(path)?;
        db.execute_batch("BEGIN").and_then(|()| make_tables(&db)).map_err(engine)?;
        let (given, kept) = (Frontier::default(), Frontier::default());
        let until = until.unwrap_or(Position::new(u64::MAX));
        Ok(Self { db, until, given, kept, source: None, request: None })
    }

    /// Checks the stored bytes of the next event. Writes the bytes, unless the event is after the
    /// last position to keep.
    ///
    /// # Errors
    /// [`CarryError`] if the bytes are not the next event of the same log, or cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), CarryError> {
        let position = Position::new(self.given.size()).next();
        let wrong = |what| CarryError::NotNext { position, what };
        let recorded = decode(position, bytes)?;
        let Source { source } =
            serde_json::from_slice(bytes).map_err(|_| wrong(NotNext::NoSource))?;
        match &self.source {
            None if source.starts_with(SOURCE_PREFIX) => self.source = Some(source),
            Some(of_all) if *of_all == source => {}
            _ => return Err(wrong(NotNext::AnotherRegister)),
        }
        self.meet_request(position, &recorded)?;
        if let Fact::Redacted(FieldRedacted { about, .. }) = recorded.event.fact
            && position > self.until
            && about <= self.until
        {
            let (until, redaction) = (self.until, position);
            return Err(CarryError::BeforeRedaction { until, redaction, about });
        }
        let leaf = tree::leaf(bytes);
        self.given.push(leaf, |_, _, _| ());
        if position <= self.until {
            self.keep(position, recorded.recorded_at, bytes, leaf).map_err(engine)?;
        }
        Ok(())
    }

    /// Writes a value that belongs beside an event. The value is not checked against the event's
    /// commitment until a node opens the log.
    ///
    /// # Errors
    /// [`CarryError`] if the value was already written, or cannot be written.
    pub fn disclosure(&mut self, disclosure: Disclosure) -> Result<(), CarryError> {
        if disclosure.position > self.until {
            return Ok(());
        }
        let Disclosure { position, field, .. } = disclosure;
        beside::insert(&self.db, &[disclosure]).map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => {
                CarryError::DisclosedTwice { position, field }
            }
            _ => engine(error).into(),
        })
    }

    /// Checks the next event against the request whose events are being read. If the event names
    /// another request, stores the row of the request read so far, and begins the row of the other
    /// request.
    fn meet_request(&mut self, position: Position, next: &Recorded) -> Result<(), CarryError> {
        let wrong = |what| Err(CarryError::NotNext { position, what });
        let same = self.request.as_ref().filter(|request| request.id == next.request_id);
        match (same, &self.request) {
            (Some(request), _) if request.recorded_at != next.recorded_at => {
                wrong(NotNext::AnotherInstant)
            }
            (_, Some(before)) if next.recorded_at < before.recorded_at => {
                wrong(NotNext::EarlierInstant)
            }
            (Some(request), _) if position == self.until.next() => {
                let (until, before) = (self.until, request.first.prev());
                Err(CarryError::InsideRequest { until, before, last: None })
            }
            (Some(_), _) => Ok(()),
            (None, _) => {
                self.end_request()?;
                let (id, recorded_at) = (next.request_id.clone(), next.recorded_at);
                self.request = Some(OpenRequest { id, first: position, recorded_at });
                Ok(())
            }
        }
    }

    fn keep(
        &mut self,
        position: Position,
        recorded_at: UtcInstant,
        bytes: &[u8],
        leaf: Hash,
    ) -> rusqlite::Result<()> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO events (position, recorded_at, event, leaf) VALUES (?1, ?2, ?3, ?4)",
        )?;
        // The bytes are valid text, because `decode` has decoded them.
        let text = ToSqlOutput::Borrowed(ValueRef::Text(bytes));
        insert.execute(params![number(position), recorded_at.micros(), text, leaf.0])?;
        grow(&self.db, &mut self.kept, leaf)
    }

    fn end_request(&mut self) -> Result<(), CarryError> {
        let Some(OpenRequest { id, first, .. }) = self.request.take() else { return Ok(()) };
        if first > self.until {
            return Ok(());
        }
        let mut insert = self
            .db
            .prepare_cached(
                "INSERT INTO requests (request_id, digest, first, last)
                 VALUES (?1, zeroblob(32), ?2, ?3) ON CONFLICT DO NOTHING",
            )
            .map_err(engine)?;
        let row = params![id.as_str(), number(first), count(self.kept.size())];
        match insert.execute(row).map_err(engine)? {
            0 => {
                let what = NotNext::RequestEnded(id.to_string());
                Err(CarryError::NotNext { position: first, what })
            }
            _ => Ok(()),
        }
    }

    /// Completes the log, which can then be opened. If no events were written, the log is new and
    /// empty.
    ///
    /// # Errors
    /// [`CarryError`] if the last request is not valid, or the file cannot be written.
    pub fn finish(mut self) -> Result<Copied, CarryError> {
        self.end_request()?;
        let id = self.source.as_deref().and_then(|source| source.strip_prefix(SOURCE_PREFIX));
        let id = match id {
            Some(id) => id.to_owned(),
            #[expect(clippy::disallowed_methods, reason = "a log is named once, when it is made")]
            None => uuid::Uuid::new_v4().to_string(),
        };
        let named = self.db.execute("INSERT INTO log (id) VALUES (?1)", [id]);
        named.and_then(|_| self.db.execute_batch("COMMIT")).map_err(engine)?;
        let of = |tree: &Frontier| TreeHead { size: Position::new(tree.size()), root: tree.root() };
        Ok(Copied { given: of(&self.given), kept: of(&self.kept) })
    }
}
