//! From the log to the fold: at start, and whenever the log is ahead.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc;

use remit_domain::Position;
use remit_ledger::{Frontier, tree};
use remit_log::{
    Beside, Disclosure, EventLog, LogError, Recorded, RequestId, ShapeError, Stored, shape,
};
use remit_register::Register;

/// Events that one read takes from the log.
const PAGE: usize = 1_024;
/// Threads that decode while one reads and one folds.
const DECODERS: usize = 2;

/// Why a node could not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An event could not be read: the node does not answer from a log that it cannot read whole.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// An event is missing: positions are dense, so the file was changed by other hands.
    #[error("event {missing} is missing from the log (after it comes {found}); restore the file")]
    Hole {
        /// The position that there should be.
        missing: Position,
        /// The position that there is.
        found: Position,
    },
}

/// A short name for a request id: equal ids have equal ones, others almost never.
pub(crate) fn short(id: &RequestId) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// Folds in everything after the register's tail.
///
/// Reading, decoding and folding overlap: one thread reads pages, two decode them in turn, this one
/// folds them in order.
pub(crate) fn catch_up(
    log: &dyn EventLog,
    register: &mut Register,
    seen: &mut HashSet<u64>,
) -> Result<(), OpenError> {
    let start = register.tail();
    if *log.head().borrow() <= start {
        return Ok(());
    }
    let (mut frontier, mut beside) = (Frontier::default(), Beside::default());
    std::thread::scope(|scope| {
        let mut to_decode = Vec::new();
        let mut decoded = Vec::new();
        for _ in 0..DECODERS {
            let (page_in, pages) = mpsc::sync_channel::<Result<Page, LogError>>(2);
            let (events_out, events) = mpsc::sync_channel::<Result<Decoded, OpenError>>(2);
            to_decode.push(page_in);
            decoded.push(events);
            scope.spawn(move || {
                for page in pages {
                    if events_out.send(page.map_err(OpenError::from).and_then(decode)).is_err() {
                        return;
                    }
                }
            });
        }
        scope.spawn(move || {
            let mut after = start;
            for decoder in to_decode.iter().cycle() {
                let page = page(log, after, PAGE);
                let last = match &page {
                    Ok(page) => page.events.last().map(|stored| stored.position),
                    Err(_) => None,
                };
                if decoder.send(page).is_err() {
                    return;
                }
                match last {
                    Some(position) => after = position,
                    None => return,
                }
            }
        });
        beside.excuse(log.withheld());
        // An empty page or an error is the last thing that is read.
        for events in decoded.iter().cycle() {
            let Ok(page) = events.recv() else { break };
            let page = page?;
            if page.events.is_empty() {
                break;
            }
            beside.lay(page.beside);
            for (mut recorded, leaf) in page.events {
                fold(register, seen, &mut beside, &mut recorded)?;
                frontier.push(leaf, |_, _, _| ());
            }
        }
        beside.finish(|position| log.disclosures(position.saturating_sub(1), position))?;
        // From the first event: what was read must be what the log's tree says was written.
        if start == 0 && log.tree() != (frontier.size(), frontier.root()) {
            log.check()?;
            let what = "its bytes have not the root of its hashes".to_owned();
            return Err(LogError::Damaged(what).into());
        }
        Ok(())
    })
}

/// Events, and what lies beside them.
struct Page {
    events: Vec<Stored>,
    beside: Vec<Disclosure>,
}

/// The same, each event with the hash of its bytes.
struct Decoded {
    events: Vec<(Recorded, remit_ledger::Hash)>,
    beside: Vec<Disclosure>,
}

fn page(log: &dyn EventLog, after: Position, limit: usize) -> Result<Page, LogError> {
    let events = log.read(after, limit)?;
    // After the events: what is not there any more by then was redacted by one that is read later.
    let beside = match events.last() {
        Some(last) => log.disclosures(after, last.position)?,
        None => Vec::new(),
    };
    Ok(Page { events, beside })
}

fn decode(page: Page) -> Result<Decoded, OpenError> {
    let read = |stored: &Stored| {
        let recorded = shape::decode(stored.position, &stored.bytes)?;
        if recorded.recorded_at != stored.recorded_at {
            let position = stored.position;
            let what = format!("event {position} is filed under another instant than its own");
            return Err(LogError::Damaged(what).into());
        }
        Ok((recorded, tree::leaf(&stored.bytes)))
    };
    let events = page.events.iter().map(read).collect::<Result<_, OpenError>>()?;
    Ok(Decoded { events, beside: page.beside })
}

fn fold(
    register: &mut Register,
    seen: &mut HashSet<u64>,
    beside: &mut Beside,
    recorded: &mut Recorded,
) -> Result<(), OpenError> {
    let (missing, found) = (register.tail() + 1, recorded.position);
    if found != missing {
        return Err(OpenError::Hole { missing, found });
    }
    beside.meet(recorded.position, &mut recorded.event.fact)?;
    register.apply(&recorded.event);
    register.stamp(recorded.position, recorded.recorded_at);
    seen.insert(short(&recorded.request_id));
    Ok(())
}

/// The fold of a log up to a position, made afresh.
///
/// # Errors
/// [`OpenError`] where the log or one of its events cannot be read.
pub(crate) fn fold_afresh(log: &dyn EventLog, until: Position) -> Result<Register, OpenError> {
    let mut register = Register::new();
    let (mut seen, mut beside) = (HashSet::new(), Beside::default());
    while register.tail() < until {
        let left = usize::try_from(until - register.tail()).unwrap_or(PAGE).min(PAGE);
        let page = decode(page(log, register.tail(), left)?)?;
        if page.events.is_empty() {
            break;
        }
        beside.lay(page.beside);
        for (mut recorded, _) in page.events {
            fold(&mut register, &mut seen, &mut beside, &mut recorded)?;
        }
    }
    Ok(register)
}
