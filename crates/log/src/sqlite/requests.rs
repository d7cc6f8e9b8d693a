//! The list of requests beside the events: what it says of them follows from the events, which name
//! their request, and is compared with them.

use remit_domain::Position;
use rusqlite::Connection;
use serde::Deserialize;

use super::carry::SOURCE;
use super::engine;
use crate::port::LogError;

/// That what was acknowledged is in the file: no events were cut off its end, nor requests left out.
pub(super) fn complete(db: &Connection, head: Position) -> Result<(), LogError> {
    let select = "SELECT coalesce(max(last), 0), coalesce(sum(last - first + 1), 0) FROM requests";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
    let (last, events) = db.query_row(select, [], row).map_err(engine)?;
    let last = Position::try_from(last).unwrap_or_default();
    if last != head {
        return Err(LogError::Damaged(format!("event {} is missing", head.min(last) + 1)));
    }
    if Position::try_from(events) != Ok(head) {
        let message =
            format!("the list of requests speaks of {events} events, and there are {head}");
        return Err(LogError::Damaged(message));
    }
    Ok(())
}

/// What an event says of its request and of its register.
#[derive(Deserialize)]
struct Envelope {
    source: String,
    requestid: String,
}

/// A row of the list: the request, its first and its last event.
type Row = (String, i64, i64);

/// The list, compared with the events one after another.
pub(super) struct Compared {
    source: String,
    listed: std::vec::IntoIter<Row>,
    open: Option<Row>,
}

impl Compared {
    pub fn begin(db: &Connection) -> rusqlite::Result<Self> {
        let ids = db
            .prepare("SELECT id FROM log")?
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        let source = format!("{SOURCE}{}", ids.join(" and "));
        let mut select =
            db.prepare("SELECT request_id, first, last FROM requests ORDER BY first")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let listed = rows.collect::<Result<Vec<_>, _>>()?.into_iter();
        Ok(Self { source, listed, open: None })
    }

    /// Compares the next event.
    pub fn meet(&mut self, position: i64, bytes: &[u8]) -> Result<(), LogError> {
        let Envelope { source, requestid } = serde_json::from_slice(bytes)
            .map_err(|error| LogError::Damaged(format!("event {position}: {error}")))?;
        if source != self.source {
            let message =
                format!("event {position} is of {source}, and the file says {}", self.source);
            return Err(LogError::Damaged(message));
        }
        match &mut self.open {
            Some((id, _, last)) if *id == requestid => *last = position,
            _ => {
                self.end_request()?;
                self.open = Some((requestid, position, position));
            }
        }
        Ok(())
    }

    fn end_request(&mut self) -> Result<(), LogError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let listed = self.listed.next();
        if listed.as_ref() == Some(&open) {
            return Ok(());
        }
        let told = |(id, first, last): &Row| format!("{id:?} with events {first} to {last}");
        let listed = listed.as_ref().map_or("nothing".to_owned(), told);
        let open = told(&open);
        Err(LogError::Damaged(format!("the list of requests has {listed}, and not {open}")))
    }

    pub fn finish(mut self) -> Result<(), LogError> {
        self.end_request()?;
        match self.listed.next() {
            None => Ok(()),
            Some((id, ..)) => Err(LogError::Damaged(format!(
                "the list of requests has {id:?}, which has no events"
            ))),
        }
    }
}
