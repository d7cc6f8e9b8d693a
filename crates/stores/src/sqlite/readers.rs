//! Read-only connections to the file of a log.

use std::sync::Mutex;

use super::*;

/// The maximum number of idle connections that stay open.
const IDLE_MAX: usize = 4;

/// Read-only connections to the file of a log.
pub(super) enum Readers {
    /// Each read sees the events that are durable when the read begins.
    AtAnyMoment { path: PathBuf, idle: Mutex<Vec<Connection>> },
    /// All reads see the log as it was at one moment, because they share one transaction that never
    /// ends.
    AtOneMoment(Mutex<Connection>),
}

impl Readers {
    pub fn at_any_moment(path: &Path) -> Result<Self, OpenError> {
        let idle = Mutex::new(vec![read_only(path)?]);
        Ok(Self::AtAnyMoment { path: path.to_owned(), idle })
    }

    pub fn at_one_moment(db: Connection) -> Result<Self, LogError> {
        db.execute_batch("BEGIN").map_err(engine)?;
        Ok(Self::AtOneMoment(Mutex::new(db)))
    }

    /// Runs `read` with one of the read-only connections to the file.
    pub fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        // A poisoned lock is safe to use: reads change nothing, so a panic leaves nothing half
        // done.
        match self {
            Self::AtOneMoment(db) => read(&db.lock().unwrap_or_else(PoisonError::into_inner)),
            Self::AtAnyMoment { path, idle } => {
                let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let db = match waiting {
                    Some(db) => db,
                    None => read_only(path).map_err(LogError::engine)?,
                };
                let done = read(&db);
                let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
                if idle.len() < IDLE_MAX {
                    idle.push(db);
                }
                done
            }
        }
    }
}
