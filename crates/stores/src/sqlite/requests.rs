//! Checks the list of recorded requests, which a log's file keeps as a table of its own. Each event
//! names its request, so the list follows from the events, and is compared with them.

use remit_domain::Position;
use remit_log::{Damage, LogError, RequestRow};
use remit_shape::SOURCE_PREFIX;
use rusqlite::Connection;
use serde::Deserialize;

use super::{engine, position};

/// Checks that everything acknowledged is in the file: no events are missing at the end of the log,
/// and no requests are missing from the list of requests.
pub(super) fn complete(db: &Connection, head: Position) -> Result<(), LogError> {
    let select = "SELECT coalesce(max(last), 0), coalesce(sum(last - first + 1), 0) FROM requests";
    let row = |row: &rusqlite::Row<'_>| Ok((position(row, 0)?, position(row, 1)?));
    let (last, events) = db.query_row(select, [], row).map_err(engine)?;
    if last != head {
        return Err(Damage::Missing(head.min(last).next()).into());
    }
    if events != head {
        let (listed, events) = (events.get(), head.get());
        return Err(Damage::RequestCount { listed, events }.into());
    }
    Ok(())
}

/// The fields of an event's envelope that name its log and its request.
#[derive(Deserialize)]
struct Envelope {
    source: String,
    requestid: String,
}

/// Compares the list of requests with the events, one event after another.
pub(super) struct Compared {
    source: String,
    listed: std::vec::IntoIter<RequestRow>,
    open: Option<RequestRow>,
}

impl Compared {
    pub fn begin(db: &Connection) -> rusqlite::Result<Self> {
        let ids = db
            .prepare("SELECT id FROM log")?
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        let source = format!("{SOURCE_PREFIX}{}", ids.join(" and "));
        let mut select =
            db.prepare("SELECT request_id, first, last FROM requests ORDER BY first")?;
        let rows = select.query_map([], |row| {
            Ok(RequestRow { id: row.get(0)?, first: position(row, 1)?, last: position(row, 2)? })
        })?;
        let listed = rows.collect::<Result<Vec<_>, _>>()?.into_iter();
        Ok(Self { source, listed, open: None })
    }

    /// Takes the next event of the log. If the event begins a new request, compares the previous
    /// request with the list of requests.
    pub fn meet(&mut self, position: Position, bytes: &[u8]) -> Result<(), Damage> {
        let Envelope { source, requestid } = serde_json::from_slice(bytes)
            .map_err(|error| Damage::Envelope { position, reason: error.to_string() })?;
        if source != self.source {
            let source_of_log = self.source.clone();
            return Err(Damage::Source { position, source_of_event: source, source_of_log });
        }
        match &mut self.open {
            Some(open) if open.id == requestid => open.last = position,
            _ => {
                self.end_request()?;
                self.open = Some(RequestRow { id: requestid, first: position, last: position });
            }
        }
        Ok(())
    }

    fn end_request(&mut self) -> Result<(), Damage> {
        let Some(found) = self.open.take() else { return Ok(()) };
        let listed = self.listed.next();
        if listed.as_ref() == Some(&found) {
            return Ok(());
        }
        Err(Damage::RequestRow { listed, found })
    }

    pub fn finish(mut self) -> Result<(), Damage> {
        self.end_request()?;
        self.listed.next().map_or(Ok(()), |row| Err(Damage::RequestWithoutEvents(row)))
    }
}
