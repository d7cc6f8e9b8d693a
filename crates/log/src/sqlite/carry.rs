//! A log carried elsewhere: read beside the process that writes it, copied whole, cut at a position,
//! and made anew from stored bytes.
//!
//! What is made here is made in a file that nobody else knows yet: it is not synced, and has no
//! journal. Whoever makes it syncs it and gives it its name once it is whole.

use remit_domain::Fact;
use serde::Deserialize;

use super::*;
use crate::shape;

/// What the source of every event begins with; the log's id follows.
pub(super) const SOURCE: &str = "urn:remit:";

/// Takes the place of the one process that writes to the log in a file, which need not exist: while
/// it is held, nobody opens a log there.
///
/// # Errors
/// [`LogError::InUse`] where another process has it, [`LogError::Engine`] where the file beside
/// cannot be made.
pub fn reserve(path: &Path) -> Result<File, LogError> {
    lock(path)
}

/// Copies a log as it is at one moment, while another process may be writing to it. The new file
/// must be empty or absent.
///
/// # Errors
/// [`LogError::Engine`] where the one cannot be read or the other not written.
pub fn copy(from: &Path, to: &Path) -> Result<(), LogError> {
    let db = read_only(from)?;
    checked_version(&db, from)?;
    let to = to.to_str().ok_or_else(|| {
        LogError::Engine(format!("{} is no name that SQLite can open", to.display()))
    })?;
    db.execute("VACUUM INTO ?1", [to]).map(drop).map_err(engine)
}

/// A file of this version: it is not brought up, for it is only read.
fn checked_version(db: &Connection, path: &Path) -> Result<(), LogError> {
    match version_of(db, path)? {
        SCHEMA_VERSION => Ok(()),
        version => Err(of_another_version(path, version, "let this release serve it once")),
    }
}

impl SqliteLog {
    /// Opens a log to read what it holds at this moment, beside the process that may be writing it.
    /// Appends are refused as closed. What is recorded meanwhile is not seen.
    ///
    /// # Errors
    /// [`LogError::NotALog`] where the file is something else, or of a version that must be brought
    /// up first; [`LogError::Engine`] where it cannot be read; [`LogError::Damaged`].
    pub fn open_read_only(path: &Path, clock: Clock) -> Result<Self, LogError> {
        let db = read_only(path)?;
        // A transaction that never ends: every read sees the same moment.
        db.execute_batch("BEGIN").map_err(engine)?;
        checked_version(&db, path)?;
        let id = db.query_row("SELECT id FROM log", [], |row| row.get(0)).map_err(engine)?;
        let Durable { head, frontier, .. } = durable(&db)?;
        Ok(Self {
            id,
            clock,
            queue: None,
            recent: Arc::default(),
            head: watch::channel(head).1,
            tree: Arc::new(RwLock::new(frontier)),
            reader: Mutex::new(db),
            threads: Vec::new(),
            _lock: None,
        })
    }
}

/// Opens a file that nobody else knows yet.
fn unknown_to_others(path: &Path) -> Result<Connection, LogError> {
    let open = || -> rusqlite::Result<Connection> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "OFF")?;
        db.pragma_update(None, "synchronous", "OFF")?;
        Ok(db)
    };
    open().map_err(|error| LogError::Engine(format!("cannot write {}: {error}", path.display())))
}

fn inside_a_request(until: Position, first: Position, last: Option<Position>) -> LogError {
    let or = match last {
        Some(last) => format!(" or {last}"),
        None => String::new(),
    };
    LogError::NotALog(format!(
        "position {until} is inside a request, which was recorded all together or not at all: \
         choose {}{or}",
        first - 1
    ))
}

/// Takes everything after a position out of a log in a file that nobody else knows yet: events,
/// their hashes and their requests, and the acts of the desk from the moment of the first such event
/// on, since they may speak of it. `marks` says which marks there are to be.
///
/// # Errors
/// [`LogError::NotALog`] where there is no such position or it is inside a request; whatever `marks`
/// refuses; [`LogError::Engine`].
pub fn cut(
    path: &Path,
    until: Position,
    marks: impl FnOnce(&Kept) -> Result<Vec<(String, String)>, LogError>,
) -> Result<(), LogError> {
    let mut kept = {
        let log = SqliteLog::open_read_only(path, Arc::new(|| 0))?;
        let head = *log.head.borrow();
        if until > head {
            let what = format!("there is no event {until}: the last is {head}");
            return Err(LogError::NotALog(what));
        }
        let mut kept = log.kept()?;
        if let Some(first) = log.read(until, 1)?.first() {
            let before = |act: &DeskEvent| act.recorded_at < first.recorded_at;
            kept.acts.truncate(kept.acts.iter().take_while(|act| before(act)).count());
        }
        kept
    };
    kept.marks = marks(&kept)?;
    let mut db = unknown_to_others(path)?;
    let at = i64::try_from(until).unwrap_or(i64::MAX);
    let split = db
        .query_row(
            "SELECT first, last FROM requests WHERE first <= ?1 AND last > ?1",
            [at],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
        )
        .optional()
        .map_err(engine)?;
    if let Some((first, last)) = split {
        return Err(inside_a_request(until, first.unsigned_abs(), Some(last.unsigned_abs())));
    }
    redacted_later(&db, at, until)?;
    take_out(&mut db, at, &kept).map_err(engine)
}

/// What an event after the cut redacted is gone: before it, the value would only be missing.
fn redacted_later(db: &Connection, at: i64, until: Position) -> Result<(), LogError> {
    let mut select = db
        .prepare("SELECT position, event FROM events WHERE position > ?1 AND event LIKE '%field-redacted%'")
        .map_err(engine)?;
    let mut rows = select.query([at]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        let position = row.get::<_, i64>(0).map_err(engine)?.unsigned_abs();
        let text: String = row.get(1).map_err(engine)?;
        let recorded = shape::decode(position, text.as_bytes());
        let recorded = recorded.map_err(|error| LogError::NotALog(error.to_string()))?;
        if let Fact::FieldRedacted { about, .. } = recorded.event.fact
            && about <= until
        {
            return Err(before_a_redaction(until, position, about));
        }
    }
    Ok(())
}

fn before_a_redaction(until: Position, redaction: Position, about: Position) -> LogError {
    LogError::NotALog(format!(
        "position {until} is before event {redaction}, which redacted what event {about} said: that \
         cannot be restored; choose {redaction} or later"
    ))
}

fn take_out(db: &mut Connection, until: i64, kept: &Kept) -> rusqlite::Result<()> {
    let tx = db.transaction()?;
    // What keeps a log append-only stands aside, and is then there again as it was.
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
    for (name, value) in &kept.marks {
        tx.execute("INSERT INTO marks (name, value) VALUES (?1, ?2)", [name, value])?;
    }
    for (_, sql) in &triggers {
        tx.execute_batch(sql)?;
    }
    tx.commit()
}

/// What a [`Copyist`] was given, and what it kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How many events it was given, and the root over them.
    pub given: (Position, Hash),
    /// How many it kept, and the root over those.
    pub kept: (Position, Hash),
}

/// Makes a log in a file that nobody else knows yet from the stored bytes of another: the same
/// positions, instants and hashes.
///
/// A request is in the envelope of its events, so its id stays used. What else it asked is not: its
/// digest is 32 zeros, which no content has, so the same id is refused for ever.
pub struct Copyist {
    db: Connection,
    /// Events after this one are checked and not kept.
    until: Position,
    given: Frontier,
    kept: Frontier,
    source: Option<String>,
    request: Option<OpenRequest>,
}

struct OpenRequest {
    id: RequestId,
    first: Position,
    recorded_at: i64,
}

/// What [`shape::decode`] passes over.
#[derive(Deserialize)]
struct Source {
    source: String,
}

impl Copyist {
    /// Begins a log in a file that is empty or absent. Of what it is given it keeps the events up
    /// to `until`.
    ///
    /// # Errors
    /// [`LogError::Engine`] where the file cannot be written.
    pub fn begin(path: &Path, until: Option<Position>) -> Result<Self, LogError> {
        let db = unknown_to_others(path)?;
        db.execute_batch("BEGIN").and_then(|()| make_tables(&db)).map_err(engine)?;
        let (given, kept) = (Frontier::default(), Frontier::default());
        let until = until.unwrap_or(Position::MAX);
        Ok(Self { db, until, given, kept, source: None, request: None })
    }

    /// Writes the next event.
    ///
    /// # Errors
    /// [`LogError::NotALog`] where the bytes are not the next event of one log; [`LogError::Engine`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), LogError> {
        let position = self.given.size() + 1;
        let wrong = |what: &str| LogError::NotALog(format!("event {position} {what}"));
        let recorded =
            shape::decode(position, bytes).map_err(|error| LogError::NotALog(error.to_string()))?;
        let Source { source } =
            serde_json::from_slice(bytes).map_err(|_| wrong("has no source"))?;
        match &self.source {
            None if source.starts_with(SOURCE) => self.source = Some(source),
            Some(of_all) if *of_all == source => {}
            _ => return Err(wrong("is of another register")),
        }
        let same = self.request.as_ref().filter(|request| request.id == recorded.request_id);
        match (same, &self.request) {
            (Some(request), _) if request.recorded_at != recorded.recorded_at => {
                return Err(wrong("was recorded at another instant than the rest of its request"));
            }
            (_, Some(before)) if recorded.recorded_at < before.recorded_at => {
                return Err(wrong("was recorded before the one that it follows"));
            }
            (Some(request), _) if position == self.until.saturating_add(1) => {
                return Err(inside_a_request(self.until, request.first, None));
            }
            (Some(_), _) => {}
            (None, _) => {
                self.end_request()?;
                let (id, recorded_at) = (recorded.request_id, recorded.recorded_at);
                self.request = Some(OpenRequest { id, first: position, recorded_at });
            }
        }
        if let Fact::FieldRedacted { about, .. } = recorded.event.fact
            && position > self.until
            && about <= self.until
        {
            return Err(before_a_redaction(self.until, position, about));
        }
        let leaf = tree::leaf(bytes);
        self.given.push(leaf, |_, _, _| ());
        if position <= self.until {
            let text = std::str::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"))?;
            self.keep(position, recorded.recorded_at, text, leaf).map_err(engine)?;
        }
        Ok(())
    }

    /// Lays down what lies beside an event. Whether it is what the event committed to is seen when
    /// the log is opened.
    ///
    /// # Errors
    /// [`LogError::NotALog`] where it was laid down before; [`LogError::Engine`].
    pub fn beside(&mut self, disclosure: Disclosure) -> Result<(), LogError> {
        if disclosure.position > self.until {
            return Ok(());
        }
        let Disclosure { position, field, .. } = disclosure;
        beside::insert(&self.db, &[disclosure]).map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => {
                LogError::NotALog(format!("the {field} of event {position} is there twice"))
            }
            _ => engine(error),
        })
    }

    fn keep(
        &mut self,
        position: Position,
        recorded_at: i64,
        text: &str,
        leaf: Hash,
    ) -> rusqlite::Result<()> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO events (position, recorded_at, event, leaf) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let at = i64::try_from(position).unwrap_or(i64::MAX);
        insert.execute(params![at, recorded_at, text, leaf])?;
        grow(&self.db, &mut self.kept, leaf)
    }

    fn end_request(&mut self) -> Result<(), LogError> {
        let Some(OpenRequest { id, first, .. }) = self.request.take() else { return Ok(()) };
        if first > self.until {
            return Ok(());
        }
        let of = |at: Position| i64::try_from(at).unwrap_or(i64::MAX);
        let mut insert = self
            .db
            .prepare_cached(
                "INSERT INTO requests (request_id, digest, first, last)
                 VALUES (?1, zeroblob(32), ?2, ?3) ON CONFLICT DO NOTHING",
            )
            .map_err(engine)?;
        let row = params![id.as_str(), of(first), of(self.kept.size())];
        match insert.execute(row).map_err(engine)? {
            0 => Err(LogError::NotALog(format!(
                "event {first} is of the request {id:?}, which was recorded before",
                id = id.as_str()
            ))),
            _ => Ok(()),
        }
    }

    /// Ends the log; it can then be opened. Without events it is a new, empty one.
    ///
    /// # Errors
    /// As [`Copyist::write`], of the last event.
    pub fn finish(mut self) -> Result<Copied, LogError> {
        self.end_request()?;
        let id = match self.source.as_deref().and_then(|source| source.strip_prefix(SOURCE)) {
            Some(id) => id.to_owned(),
            #[expect(clippy::disallowed_methods, reason = "a log is named once, when it is made")]
            None => uuid::Uuid::new_v4().to_string(),
        };
        let named = self.db.execute("INSERT INTO log (id) VALUES (?1)", [id]);
        named.and_then(|_| self.db.execute_batch("COMMIT")).map_err(engine)?;
        let of = |frontier: &Frontier| (frontier.size(), frontier.root());
        Ok(Copied { given: of(&self.given), kept: of(&self.kept) })
    }
}
