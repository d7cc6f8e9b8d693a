//! A log in memory, as another was at a point of the known axis.

use std::path::Path;
use std::sync::Arc;

use remit_domain::{Fact, PersonalField, Position};
use remit_ledger::{Frontier, Hash, VerifierKey, tree};
use remit_log::{Disclosure, EventLog, MemoryLog, Stored, shape};

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

/// A field of an earlier event that an event redacts.
fn redacts(event: &Stored) -> Result<Option<(Position, PersonalField)>, ArchiveError> {
    let recorded = shape::decode(event.position, &event.bytes);
    let recorded = recorded.map_err(|error| refused(error.to_string()))?;
    Ok(match recorded.event.fact {
        Fact::FieldRedacted { about, field, .. } => Some((about, field)),
        _ => None,
    })
}

fn replayed(
    id: &str,
    events: Vec<Stored>,
    mut beside: Vec<Disclosure>,
    withheld: Vec<(Position, PersonalField)>,
    until: Until,
) -> Result<Replayed, ArchiveError> {
    beside.retain(|disclosure| disclosure.position <= events.len() as Position);
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
    let log = MemoryLog::holding(id, Arc::new(move || now), events, beside, withheld);
    Ok(Replayed { log, size, recorded_at })
}

/// Reads a register's directory, beside the process that may be writing it.
///
/// # Errors
/// [`ArchiveError`] where there is none, it is damaged, or there is no such position.
pub fn from_data(data: &Path, until: Until) -> Result<Replayed, ArchiveError> {
    let log = register::open(data)?;
    log.check()?;
    let (mut events, mut withheld): (Vec<Stored>, Vec<_>) = (Vec::new(), Vec::new());
    let mut after = 0;
    loop {
        let page = log.read(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in page {
            if until.includes(&event) {
                events.push(event);
            } else {
                withheld.extend(redacts(&event)?);
            }
        }
    }
    let beside = log.disclosures(0, events.len() as Position)?;
    replayed(log.id(), events, beside, withheld, until)
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
    let mut withheld = Vec::new();
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
        } else {
            withheld.extend(redacts(&event)?);
        }
    }
    let mut beside = Vec::new();
    while let Some(disclosure) = lines.next_beside()? {
        beside.push(disclosure);
    }
    lines.finish(&frontier.root())?;
    replayed(&id, events, beside, withheld, until)
}
