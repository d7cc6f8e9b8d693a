//! An export as a SQLite file for people: tables and views to query with SQL. The file is not a
//! register.

use std::path::Path;

use remit_domain::Position;
use rusqlite::{Connection, params};

use crate::export::{Form, Row, Sum};
use crate::part::Part;
use crate::{ArchiveError, hex};

/// The tables of the export. The views over them show the events as recorded and ignore
/// corrections: only the register can answer what held on a day.
const SCHEMA: &str = "
    CREATE TABLE manifest (
        position     INTEGER NOT NULL,  -- of the last event
        root         TEXT    NOT NULL,  -- of the Merkle tree over the raw bytes
        digest       TEXT    NOT NULL,  -- SHA-256 of all raw bytes, a line feed after each
        checkpoint   TEXT    NOT NULL   -- the signed note over position and root
    ) STRICT;
    CREATE TABLE events (
        position     INTEGER PRIMARY KEY,
        recorded_at  TEXT    NOT NULL,
        type         TEXT    NOT NULL,
        subject      TEXT    NOT NULL,
        effective_on TEXT,
        request_id   TEXT    NOT NULL,
        actor        TEXT    NOT NULL,
        acting_for   TEXT    NOT NULL,
        data         TEXT    NOT NULL,
        raw          BLOB    NOT NULL   -- the stored bytes: what is hashed
    ) STRICT;
";

const AFTER: &str = "
    CREATE INDEX events_by_subject ON events (subject, position);
    CREATE INDEX events_by_type    ON events (type, position);
    CREATE VIEW instruments AS
        SELECT position, recorded_at, data ->> '$.id' AS instrument, data ->> '$.kind' AS kind,
            data ->> '$.basis' AS basis, data ->> '$.title' AS title,
            data -> '$.given_by' AS given_by, data -> '$.given_to' AS given_to,
            data -> '$.functions' AS functions, data -> '$.area' AS area,
            data ->> '$.evidence.source' AS source
        FROM events WHERE type GLOB 'uk.nhs.remit.instrument-drawn.v*';
    CREATE VIEW instrument_steps AS
        SELECT position, recorded_at, coalesce(data ->> '$.instrument', subject) AS instrument,
            type, coalesce(data ->> '$.stage', data ->> '$.reason', data ->> '$.start') AS what,
            data ->> '$.effective_from' AS effective_from,
            coalesce(data ->> '$.effective_until', data ->> '$.ends_on') AS effective_until,
            data ->> '$.evidence.source' AS source
        FROM events
        WHERE type GLOB 'uk.nhs.remit.instrument-*' OR type GLOB 'uk.nhs.remit.notice-given.v*';
    CREATE VIEW memberships AS
        SELECT position, recorded_at,
            coalesce(data ->> '$.member.body', data ->> '$.member.contract') AS member,
            data ->> '$.group' AS belongs_to, data ->> '$.relation' AS relation,
            data ->> '$.effective_from' AS effective_from,
            data ->> '$.effective_until' AS effective_until,
            data ->> '$.evidence.source' AS source
        FROM events WHERE type GLOB 'uk.nhs.remit.membership-*';
    CREATE VIEW corrections AS
        SELECT position, recorded_at, type, subject, data ->> '$.about' AS about_position,
            data ->> '$.authority' AS authority, data ->> '$.reason' AS reason, effective_on,
            coalesce(data -> '$.instead', data -> '$.fact') AS says
        FROM events
        WHERE type GLOB 'uk.nhs.remit.error-corrected.v*'
            OR type GLOB 'uk.nhs.remit.effect-backdated.v*'
            OR type GLOB 'uk.nhs.remit.recorded-late.v*';
";

/// A SQLite export that is being written.
pub struct Explore {
    part: Part,
    db: Connection,
}

impl Explore {
    /// Begins a SQLite export at `path`.
    ///
    /// # Errors
    /// [`ArchiveError`] if the file exists or cannot be written.
    pub fn begin(path: &Path) -> Result<Self, ArchiveError> {
        let part = Part::begin(path)?;
        let open = || -> rusqlite::Result<Connection> {
            let db = Connection::open(part.path())?;
            // No other process uses the file, and the file is synced before it is renamed. So
            // SQLite needs no journal and no syncs of its own.
            db.pragma_update(None, "journal_mode", "OFF")?;
            db.pragma_update(None, "synchronous", "OFF")?;
            db.execute_batch("BEGIN")?;
            db.execute_batch(SCHEMA)?;
            Ok(db)
        };
        let db = open().map_err(|error| ArchiveError::Sql(path.display().to_string(), error))?;
        Ok(Self { part, db })
    }

    fn insert(&self, position: Position, row: &Row<'_>, raw: &[u8]) -> rusqlite::Result<()> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        insert.execute(params![
            i64::try_from(position.get()).unwrap_or(i64::MAX),
            row.time,
            row.event_type,
            row.subject,
            row.effectiveon,
            row.requestid,
            row.actor,
            row.actingfor,
            row.data.get(),
            raw
        ])?;
        Ok(())
    }

    fn end(&self, sum: &Sum<'_>) -> rusqlite::Result<()> {
        self.db.execute(
            "INSERT INTO manifest VALUES (?1, ?2, ?3, ?4)",
            params![
                i64::try_from(sum.size).unwrap_or(i64::MAX),
                sum.root.to_string(),
                hex(&sum.digest),
                sum.checkpoint
            ],
        )?;
        self.db.execute_batch(AFTER)?;
        self.db.execute_batch("COMMIT")
    }

    fn failed(&self, error: rusqlite::Error) -> ArchiveError {
        ArchiveError::Sql(self.part.path().display().to_string(), error)
    }
}

impl Form for Explore {
    fn event(&mut self, position: Position, bytes: &[u8]) -> Result<(), ArchiveError> {
        let row = Row::read(position, bytes)?;
        self.insert(position, &row, bytes).map_err(|error| self.failed(error))
    }

    fn finish(self: Box<Self>, sum: &Sum<'_>) -> Result<(), ArchiveError> {
        self.end(sum).map_err(|error| self.failed(error))?;
        let Self { part, db } = *self;
        let name = part.path().display().to_string();
        db.close().map_err(|(_, error)| ArchiveError::Sql(name, error))?;
        part.finish()
    }
}
