//! A log in memory, as another was at a point of the known axis.

use std::path::Path;
use std::sync::Arc;

use remit_domain::Position;
use remit_ledger::{Frontier, Hash, VerifierKey, tree};
use remit_log::{EventLog, MemoryLog, Stored, shape};

use crate::export::Row;
use crate::jsonl::Lines;
use crate::{ArchiveError, refused, register};

/// Events that are read at once.
const PAGE: usize = 1_024;

/// Up to where a log is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Up to an event.
    Position(Position),
    /// All that was recorded by an instant, in microseconds since 1970 UTC.
    Instant(i64),
}

impl Until {
    fn includes(self, event: &Stored) -> bool {
        match self {
            Self::Position(position) => event.position <= position,
            Self::Instant(instant) => event.recorded_at <= instant,
        }
    }
}

/// A log as it was.
pub struct Replayed {
    /// The log. Its clock stands at the instant asked for, or at that of the last event.
    pub log: MemoryLog,
    /// How many events, and the root over them.
    pub size: (Position, Hash),
    /// When the last was recorded, in microseconds since 1970 UTC.
    pub recorded_at: Option<i64>,
}

fn replayed(id: &str, events: Vec<Stored>, until: Until) -> Result<Replayed, ArchiveError> {
    let mut frontier = Frontier::default();
    events.iter().for_each(|event| frontier.push(tree::leaf(&event.bytes), |_, _, _| ()));
    let size = (frontier.size(), frontier.root());
    let recorded_at = events.last().map(|event| event.recorded_at);
    let now = match until {
        Until::Instant(instant) => instant,
        Until::Position(position) if position > size.0 => {
            return Err(refused(format!("there is no event {position}: the last is {}", size.0)));
        }
        Until::Position(_) => recorded_at.unwrap_or_default(),
    };
    let log = MemoryLog::holding(id, Arc::new(move || now), events);
    Ok(Replayed { log, size, recorded_at })
}

/// Reads a register's directory, beside the process that may be writing it.
///
/// # Errors
/// [`ArchiveError`] where there is none, it is damaged, or there is no such position.
pub fn from_data(data: &Path, until: Until) -> Result<Replayed, ArchiveError> {
    let log = register::open(data)?;
    log.check()?;
    let mut events: Vec<Stored> = Vec::new();
    loop {
        let page = log.read(events.len() as Position, PAGE)?;
        let read = page.len();
        let before = events.len();
        events.extend(page.into_iter().take_while(|event| until.includes(event)));
        if events.len() - before < read || read == 0 {
            break;
        }
    }
    replayed(log.id(), events, until)
}

/// Reads an export as JSON Lines, and checks all of it.
///
/// # Errors
/// [`ArchiveError::Refused`], which names the first line that is wrong, or where there is no such
/// position.
pub fn from_export(
    file: &Path,
    until: Until,
    keys: Option<&[VerifierKey]>,
) -> Result<Replayed, ArchiveError> {
    let mut lines = Lines::open(file, |note| register::checkpoint(note, keys))?;
    let (mut events, mut frontier, mut id) = (Vec::new(), Frontier::default(), String::new());
    while let Some(bytes) = lines.next_event()? {
        let position = frontier.size() + 1;
        frontier.push(tree::leaf(bytes), |_, _, _| ());
        let bytes = bytes.to_vec();
        let recorded = shape::decode(position, &bytes).map_err(|error| lines.wrong(error))?;
        if position == 1 {
            id = Row::read(position, &bytes)?.source.trim_start_matches("urn:remit:").to_owned();
        }
        let recorded_at = recorded.recorded_at;
        let event = Stored { position, recorded_at, bytes: bytes.into() };
        if until.includes(&event) {
            events.push(event);
        }
    }
    lines.finish(&frontier.root())?;
    replayed(&id, events, until)
}
