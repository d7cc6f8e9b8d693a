//! The SQLite file of a log: its lock, its tables, and how a file of an earlier version is
//! upgraded.

use std::fs::Permissions;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use super::*;

/// The permissions of a log's files: only the owner may read and write them.
const PRIVATE: u32 = 0o600;

/// The value of `PRAGMA application_id`: "REMT", by which Remit and the command `file` recognise a
/// log.
pub(super) const APPLICATION_ID: i64 = 0x5245_4d54;
/// The value of `PRAGMA user_version`: the version of the tables in this module.
pub(super) const SCHEMA_VERSION: i64 = 4;
pub(super) const EVENTS_KEEP: &str = "CREATE TRIGGER events_keep BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END";

pub(super) const SCHEMA: &str = "
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
    CREATE TRIGGER events_keep BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
    CREATE TRIGGER events_stay BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
    CREATE TRIGGER requests_keep BEFORE UPDATE ON requests
        BEGIN SELECT RAISE(ABORT, 'requests are never changed'); END;
    CREATE TRIGGER requests_stay BEFORE DELETE ON requests
        BEGIN SELECT RAISE(ABORT, 'requests are never deleted'); END;
";

/// The tables added in version 2: the acts and marks that are kept for readers of the log.
pub(super) const SCHEMA_DESK: &str = "
    CREATE TABLE acts (
        sequence    INTEGER PRIMARY KEY,
        act         TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE marks (
        name        TEXT    PRIMARY KEY,
        value       TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER acts_keep BEFORE UPDATE ON acts
        BEGIN SELECT RAISE(ABORT, 'acts are never changed'); END;
    CREATE TRIGGER acts_stay BEFORE DELETE ON acts
        BEGIN SELECT RAISE(ABORT, 'acts are never deleted'); END;
";

/// The additions of version 3: a column with the hash of every event, and a table with the roots of
/// complete subtrees at every eighth level of the tree. Each stored level has 256 times fewer roots
/// than the stored level below. Roots at levels that are not stored are computed from at most 128
/// stored hashes.
pub(super) const SCHEMA_TREE: &str = "
    ALTER TABLE events ADD COLUMN leaf BLOB;
    CREATE TABLE subtrees (
        level       INTEGER NOT NULL,
        number      INTEGER NOT NULL,
        root        BLOB    NOT NULL,
        PRIMARY KEY (level, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER subtrees_keep BEFORE UPDATE ON subtrees
        BEGIN SELECT RAISE(ABORT, 'hashes are never changed'); END;
    CREATE TRIGGER subtrees_stay BEFORE DELETE ON subtrees
        BEGIN SELECT RAISE(ABORT, 'hashes are never deleted'); END;
";
/// Computes and stores the hashes of all events and subtrees, for a file from before version 3.
pub(super) fn plant(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("DROP TRIGGER events_keep")?;
    let mut frontier = Frontier::default();
    let mut update = db.prepare("UPDATE events SET leaf = ?2 WHERE position = ?1")?;
    let mut after = 0_i64;
    loop {
        let mut page = Vec::new();
        {
            let mut select = db.prepare_cached(
                "SELECT position, event FROM events WHERE position > ?1 ORDER BY position LIMIT \
                 1000",
            )?;
            let mut rows = select.query([after])?;
            while let Some(row) = rows.next()? {
                page.push((row.get::<_, i64>(0)?, tree::leaf(row.get_ref(1)?.as_bytes()?)));
            }
        }
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (position, leaf) in page {
            update.execute(params![position, leaf.0])?;
            grow(db, &mut frontier, leaf)?;
        }
    }
    db.execute_batch(EVENTS_KEEP)
}

/// Returns a function that makes the `OpenError` for a file that the system could not open.
fn unopened(path: &Path) -> impl Fn(std::io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Unopened { path: path.clone(), source: Arc::new(source) }
}

/// Takes the lock of a log, which only the process that writes the log may hold.
pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(PRIVATE)
        .open(PathBuf::from(beside))
        .map_err(unopened(path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(std::fs::TryLockError::Error(error)) => Err(unopened(path)(error)),
    }
}

/// Creates the file of a new log, or removes other users' access to an existing one. SQLite gives
/// the write-ahead log (WAL) and the index of the WAL the same permissions as the file.
pub(super) fn keep_private(path: &Path) -> Result<(), OpenError> {
    let made = File::options().create_new(true).write(true).mode(PRIVATE).open(path);
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        made => return made.map(drop).map_err(unopened(path)),
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let file = PathBuf::from(name);
        let Ok(there) = file.metadata() else { continue };
        if there.permissions().mode() & 0o077 != 0
            && let Err(error) = std::fs::set_permissions(&file, Permissions::from_mode(PRIVATE))
        {
            let file = file.display();
            tracing::warn!(%file, %error, "other users can read the register");
        }
    }
    Ok(())
}

/// Returns a function that makes the `OpenError` for a file that SQLite could not open.
fn unconnected(path: &Path) -> impl Fn(rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Unopened { path: path.clone(), source: Arc::new(source) }
}

/// Returns a function that makes the `OpenError` for a file that is not an SQLite database.
fn not_a_database(path: &Path) -> impl Fn(rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::NotADatabase { path: path.clone(), source: Arc::new(source) }
}

pub(super) fn connect(path: &Path) -> Result<Connection, OpenError> {
    let db = Connection::open(path).map_err(unconnected(path))?;
    let set = || -> rusqlite::Result<()> {
        db.busy_timeout(BUSY)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        // Overwrite deleted data, and keep temporary data in memory rather than in other files.
        db.pragma_update(None, "secure_delete", "ON")?;
        db.pragma_update(None, "temp_store", "MEMORY")?;
        db.pragma_update(None, "trusted_schema", "OFF")?;
        db.pragma_update(None, "cell_size_check", "ON")
    };
    set().map_err(not_a_database(path))?;
    Ok(db)
}

pub(super) fn read_only(path: &Path) -> Result<Connection, OpenError> {
    let open = || -> rusqlite::Result<Connection> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        db.busy_timeout(BUSY)?;
        Ok(db)
    };
    open().map_err(unconnected(path))
}

pub(super) fn make_tables(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(SCHEMA)?;
    db.execute_batch(SCHEMA_DESK)?;
    db.execute_batch(SCHEMA_TREE)?;
    beside::make(db)?;
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    db.pragma_update(None, "user_version", SCHEMA_VERSION)
}

/// Makes the tables of an empty file, or upgrades the tables of an earlier version. Returns the id
/// of the log.
pub(super) fn prepare(db: &mut Connection, path: &Path) -> Result<String, OpenError> {
    let tables: i64 = db
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(not_a_database(path))?;
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
    let version = version_of(db, path)?;
    if version < SCHEMA_VERSION {
        bring_up(db, version).map_err(engine)?;
    }
    let id = db.query_row("SELECT id FROM log", [], |row| row.get(0));
    Ok(id.map_err(engine)?)
}

/// Upgrades a file of an earlier version: adds the tables introduced since that version.
fn bring_up(db: &mut Connection, version: i64) -> rusqlite::Result<()> {
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
}

/// Returns the version of a log's tables. Fails if this program does not know that version.
fn version_of(db: &Connection, path: &Path) -> Result<i64, OpenError> {
    let pragma = |name: &str| {
        let value = db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        value.map_err(not_a_database(path))
    };
    if pragma("application_id")? != APPLICATION_ID {
        return Err(OpenError::NotALog(path.to_owned()));
    }
    match pragma("user_version")? {
        version @ 1..=SCHEMA_VERSION => Ok(version),
        found => Err(OpenError::Newer { path: path.to_owned(), found }),
    }
}

/// Checks that the tables of a file have the current version. The file is not upgraded.
pub(super) fn checked_version(db: &Connection, path: &Path) -> Result<(), OpenError> {
    match version_of(db, path)? {
        SCHEMA_VERSION => Ok(()),
        found => Err(OpenError::Older { path: path.to_owned(), found }),
    }
}
