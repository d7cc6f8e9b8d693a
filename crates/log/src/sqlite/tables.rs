//! The file: its lock, its tables, and how a file of an earlier version is brought up.

use std::fs::Permissions;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use super::*;

/// The rights to the files of a log: its owner's alone.
const PRIVATE: u32 = 0o600;

/// `PRAGMA application_id`: "REMT", so that `file` and we know our own.
pub(super) const APPLICATION_ID: i64 = 0x5245_4d54;
/// `PRAGMA user_version`: the version of the tables below.
pub(super) const SCHEMA_VERSION: i64 = 4;
pub(super) const EVENTS_KEEP: &str = "CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END";

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
    CREATE TRIGGER events_keep   BEFORE UPDATE ON events   BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
    CREATE TRIGGER events_stay   BEFORE DELETE ON events   BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
    CREATE TRIGGER requests_keep BEFORE UPDATE ON requests BEGIN SELECT RAISE(ABORT, 'requests are never changed'); END;
    CREATE TRIGGER requests_stay BEFORE DELETE ON requests BEGIN SELECT RAISE(ABORT, 'requests are never deleted'); END;
";

/// Since version 2: what is kept for those who read the log.
pub(super) const SCHEMA_DESK: &str = "
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
pub(super) const SCHEMA_TREE: &str = "
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
/// Gives the events of a file of version 2 their hashes.
pub(super) fn plant(db: &Connection) -> rusqlite::Result<()> {
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

/// Takes the lock that says which process writes.
pub(super) fn lock(path: &Path) -> Result<File, LogError> {
    let failed = |error: std::io::Error| {
        LogError::Engine(format!("cannot open {}: {error}", path.display()))
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(PRIVATE)
        .open(PathBuf::from(beside))
        .map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(LogError::InUse(path.display().to_string())),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Makes the file of a new log, or takes from other users the right to read an existing one. SQLite gives
/// the files beside it the rights that it has.
pub(super) fn keep_private(path: &Path) -> Result<(), LogError> {
    let failed = |error: std::io::Error| {
        LogError::Engine(format!("cannot open {}: {error}", path.display()))
    };
    let made = File::options().create_new(true).write(true).mode(PRIVATE).open(path);
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        made => return made.map(drop).map_err(failed),
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

pub(super) fn connect(path: &Path) -> Result<Connection, LogError> {
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

pub(super) fn read_only(path: &Path) -> Result<Connection, LogError> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(engine)?;
    db.busy_timeout(BUSY).map_err(engine)?;
    Ok(db)
}

pub(super) fn make_tables(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(SCHEMA)?;
    db.execute_batch(SCHEMA_DESK)?;
    db.execute_batch(SCHEMA_TREE)?;
    beside::make(db)?;
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    db.pragma_update(None, "user_version", SCHEMA_VERSION)
}

/// Makes the tables of an empty file, or checks that they are ours; returns the log's id.
pub(super) fn prepare(db: &mut Connection, path: &Path) -> Result<String, LogError> {
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
pub(super) fn version_of(db: &Connection, path: &Path) -> Result<i64, LogError> {
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

pub(super) fn of_another_version(path: &Path, version: i64, what: &str) -> LogError {
    LogError::NotALog(format!(
        "{} has tables of version {version}; this program knows version {SCHEMA_VERSION}: {what}",
        path.display()
    ))
}
