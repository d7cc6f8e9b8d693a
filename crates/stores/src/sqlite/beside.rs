//! The values stored beside the events: values that may name a person, with their salts.

use remit_domain::{PersonalField, Position};
use remit_log::{Damage, LogError};
use remit_shape::{Disclosure, Salt};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::{engine, number, position};

/// Changes the tables of version 3 to those of version 4, in which the digest of a request that
/// names a person is stored as a commitment. The salt of that commitment is in a row of
/// `disclosures` with the position of the request's first event, the field `request` and an empty
/// value.
pub(super) fn make(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("ALTER TABLE requests ADD COLUMN salted INTEGER NOT NULL DEFAULT 0")?;
    db.execute_batch(TABLE)?;
    db.execute_batch(KEEP)
}

const TABLE: &str = "
    CREATE TABLE disclosures (
        position    INTEGER NOT NULL,
        field       TEXT    NOT NULL,
        salt        BLOB    NOT NULL,
        value       TEXT    NOT NULL,
        PRIMARY KEY (position, field)
    ) STRICT";

const KEEP: &str = "CREATE TRIGGER disclosures_keep BEFORE UPDATE ON disclosures
    BEGIN SELECT RAISE(ABORT, 'disclosures are never changed'); END";

pub(super) fn insert(db: &Connection, beside: &[Disclosure]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO disclosures (position, field, salt, value) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for Disclosure { position, field, salt, value } in beside {
        insert.execute(params![number(*position), field.to_string(), salt.0, value.as_str()])?;
    }
    Ok(())
}

/// Stores the salt of the commitment to a request's digest. `first` is the position of the
/// request's first event.
pub(super) fn insert_request(
    db: &Connection,
    first: Position,
    salt: &Salt,
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO disclosures (position, field, salt, value) VALUES (?1, 'request', ?2, '')",
    )?;
    insert.execute(params![number(first), salt.0]).map(|_| ())
}

/// Removes the value of `field` that is stored beside the event at `about`. Also removes the salt
/// of the request that recorded the event, so that the commitment to the request's digest cannot
/// confirm a guess at the value.
pub(super) fn erase(
    db: &Connection,
    about: Position,
    field: PersonalField,
) -> rusqlite::Result<()> {
    let mut delete = db.prepare_cached(
        "DELETE FROM disclosures WHERE (position = ?1 AND field = ?2) OR (field = 'request' AND
         position = (SELECT first FROM requests WHERE request_id =
                     (SELECT event ->> '$.requestid' FROM events WHERE position = ?1)))",
    )?;
    delete.execute(params![number(about), field.to_string()]).map(|_| ())
}

/// Recreates the table `disclosures` and zeroes every page of the old table. SQLite moves rows
/// between pages, so a page may still hold bytes of a row that was deleted from another page.
pub(super) fn rewrite(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("ALTER TABLE disclosures RENAME TO disclosed")?;
    db.execute_batch(TABLE)?;
    db.execute_batch("INSERT INTO disclosures SELECT * FROM disclosed; DROP TABLE disclosed")?;
    db.execute_batch(KEEP)
}

/// The values stored beside the events after position `after`, up to and including `until`.
pub(super) fn select(
    db: &Connection,
    after: Position,
    until: Position,
) -> Result<Vec<Disclosure>, LogError> {
    let mut select = db
        .prepare_cached(
            "SELECT position, field, salt, value FROM disclosures WHERE position > ?1
             AND position <= ?2 AND field <> 'request' ORDER BY position, rowid",
        )
        .map_err(engine)?;
    let mut rows = select.query(params![number(after), number(until)]).map_err(engine)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(engine)? {
        let at = position(row, 0).map_err(engine)?;
        found.push(read(row).ok_or(Damage::Disclosure(at))?);
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> Option<Disclosure> {
    // If a column does not hold text, return `None`, which the caller reports as damage and not as
    // a failure of SQLite.
    let text = |index| match row.get_ref(index) {
        Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).ok(),
        _ => None,
    };
    Some(Disclosure {
        position: position(row, 0).ok()?,
        field: text(1)?.parse::<PersonalField>().ok()?,
        salt: Salt(row.get(2).ok()?),
        value: text(3)?.parse().ok()?,
    })
}
