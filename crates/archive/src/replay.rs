//! Builds a log in memory that is a copy of another log as it was at a position or an instant.

use std::path::Path;
use std::sync::Arc;

use remit_domain::{Fact, FieldRedacted, PersonalField, Position, UtcInstant};
use remit_ledger::{Frontier, VerifierKey, tree};
use remit_log::{Disclosures, Events, Log, MemoryStore, Store, Stored, Tree, TreeHead};
use remit_shape::{Disclosure, SOURCE_PREFIX, decode};

use crate::export::Row;
use crate::jsonl::Lines;
use crate::{ArchiveError, refused, register};

/// How many events are read from the log at a time.
const PAGE: usize = 1_024;

/// The point up to which a log is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// All events up to and including this position.
    Position(Position),
    /// All events recorded at or before this instant.
    Instant(UtcInstant),
}

impl Until {
    fn includes(self, event: &Stored) -> bool {
        match self {
            Self::Position(position) => event.position <= position,
            Self::Instant(instant) => event.recorded_at <= instant,
        }
    }
}

/// The result of a replay: a log in memory, its tree, and the time of its last event.
pub struct Replayed {
    /// The replayed log. Its clock always shows the requested instant or, if a position was
    /// requested, the time of the last event.
    pub log: Log,
    /// The number of events in the replayed log, and the root over them.
    pub tree: TreeHead,
    /// When the last event of the replayed log was recorded; `None` if the log is empty.
    pub recorded_at: Option<UtcInstant>,
}

/// The field that `event` redacts, with the position of the redacted event; `None` if `event` is
/// not a redaction.
fn redacts(event: &Stored) -> Result<Option<(Position, PersonalField)>, ArchiveError> {
    let recorded = decode(event.position, &event.bytes);
    let recorded = recorded.map_err(|error| refused(error.to_string()))?;
    let Fact::Redacted(FieldRedacted { about, field, .. }) = recorded.event.fact else {
        return Ok(None);
    };
    Ok(Some((about, field)))
}

fn replayed(
    id: &str,
    events: Vec<Stored>,
    mut beside: Vec<Disclosure>,
    withheld: Vec<(Position, PersonalField)>,
    until: Until,
) -> Result<Replayed, ArchiveError> {
    beside.retain(|disclosure| disclosure.position <= Position::after(events.len()));
    let mut frontier = Frontier::default();
    events.iter().for_each(|event| frontier.push(tree::leaf(&event.bytes), |_, _, _| ()));
    let tree = TreeHead { size: Position::new(frontier.size()), root: frontier.root() };
    let recorded_at = events.last().map(|event| event.recorded_at);
    let now = match until {
        Until::Instant(instant) => instant,
        Until::Position(position) if position > tree.size => {
            let last = tree.size;
            return Err(refused(format!("there is no event {position}: the last is {last}")));
        }
        Until::Position(_) => recorded_at.unwrap_or(UtcInstant::from_micros(0)),
    };
    let store = MemoryStore::holding(id, events, beside, withheld);
    Ok(Replayed { log: Log::new(store, Arc::new(move || now)), tree, recorded_at })
}

/// Replays the register in the data directory `data`. Another process may be writing to the
/// register.
///
/// # Errors
/// [`ArchiveError`] if there is no register, or the register is damaged or has no event at the
/// position that `until` names.
pub async fn from_data(data: &Path, until: Until) -> Result<Replayed, ArchiveError> {
    let store = register::open(data)?;
    store.check().await?;
    let (mut events, mut withheld): (Vec<Stored>, Vec<_>) = (Vec::new(), Vec::new());
    let mut after = Position::ZERO;
    loop {
        let page = store.read(after, PAGE).await?;
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
    let last = Position::after(events.len());
    let beside = store.disclosures(Position::ZERO, last).await?;
    replayed(store.id(), events, beside, withheld, until)
}

/// Replays the JSON Lines export `file`, and checks the whole export.
///
/// # Errors
/// [`ArchiveError::Refused`], which names the first line that is not valid, or states that the
/// export has no event at the position that `until` names.
pub fn from_export(
    file: &Path,
    until: Until,
    keys: Option<&[VerifierKey]>,
) -> Result<Replayed, ArchiveError> {
    let mut lines = Lines::open(file, |note| register::checkpoint(note, keys))?;
    let (mut events, mut frontier, mut id) = (Vec::new(), Frontier::default(), String::new());
    let mut withheld = Vec::new();
    while let Some(bytes) = lines.next_event()? {
        let position = Position::new(frontier.size()).next();
        frontier.push(tree::leaf(bytes), |_, _, _| ());
        let bytes = bytes.to_vec();
        let recorded = decode(position, &bytes).map_err(|error| lines.wrong(error))?;
        if id.is_empty() {
            id = Row::read(position, &bytes)?.source.trim_start_matches(SOURCE_PREFIX).to_owned();
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
    while let Some(disclosure) = lines.next_disclosure()? {
        beside.push(disclosure);
    }
    lines.finish(&frontier.root())?;
    replayed(&id, events, beside, withheld, until)
}
