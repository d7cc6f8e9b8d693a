//! A log in memory, as another log was at a position or an instant.

use std::path::Path;
use std::sync::Arc;

use remit_domain::{Fact, FieldRedacted, PersonalField, Position, UtcInstant};
use remit_ledger::{Frontier, VerifierKey, tree};
use remit_log::{Disclosures, Events, Log, MemoryStore, Store, Stored, Tree, TreeHead};
use remit_shape::{Disclosure, SOURCE_PREFIX, decode};

use crate::export::Row;
use crate::jsonl::Lines;
use crate::{ArchiveError, refused, register};

/// Events read in one page.
const PAGE: usize = 1_024;

/// The point up to which a log is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Up to this position, inclusive.
    Position(Position),
    /// All that was recorded by this instant.
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

/// A replayed log.
pub struct Replayed {
    /// The log. Its clock stands at the instant asked for or, if a position was asked for, at its
    /// last event.
    pub log: Log,
    /// The number of its events, and the root over them.
    pub tree: TreeHead,
    /// When its last event was recorded.
    pub recorded_at: Option<UtcInstant>,
}

/// The field of an earlier event that `event` redacts, if it is a redaction.
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

/// Replays the register in a data directory. Another process may be writing to it.
///
/// # Errors
/// [`ArchiveError`] if there is no register, it is damaged, or there is no such position.
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

/// Replays an export as JSON Lines, and checks all of it.
///
/// # Errors
/// [`ArchiveError::Refused`], which names the first wrong line, or says that there is no such
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
    while let Some(disclosure) = lines.next_beside()? {
        beside.push(disclosure);
    }
    lines.finish(&frontier.root())?;
    replayed(&id, events, beside, withheld, until)
}
