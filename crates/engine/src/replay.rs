//! From the log to the fold: pages are read and decoded ahead, and folded in order.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use remit_domain::Position;
use remit_ledger::{Frontier, tree};
use remit_log::{Damage, Head, Log, LogError, Stored, TreeHead};
use remit_register::Register;
use remit_shape::{Beside, Disclosure, Recorded, RequestId, decode};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Events that one read takes from the log.
const PAGE: usize = 1_024;
/// Pages that are decoded while one is folded.
const AHEAD: usize = 3;

/// A short name for a request id: equal ids have equal ones, others almost never.
pub(crate) fn short(id: &RequestId) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// Events as they were recorded, each with the hash of its leaf, and what lies beside them.
pub(crate) struct Page {
    pub events: Vec<(Recorded, remit_ledger::Hash)>,
    pub beside: Vec<Disclosure>,
}

/// Reads and decodes the next page of a log. It is empty only at the head.
pub(crate) async fn page(log: &Log, after: Position, limit: usize) -> Result<Page, LogError> {
    let (events, beside) = read(log, after, limit).await?;
    joined(tokio::task::spawn_blocking(move || decoded(events, beside))).await
}

async fn read(
    log: &Log,
    after: Position,
    limit: usize,
) -> Result<(Vec<Stored>, Vec<Disclosure>), LogError> {
    let events = log.read(after, limit).await?;
    // After the events: what is not there any more by then was redacted by one that is read later.
    let beside = match events.last() {
        Some(last) => log.disclosures(after, last.position).await?,
        None => Vec::new(),
    };
    Ok((events, beside))
}

fn decoded(events: Vec<Stored>, beside: Vec<Disclosure>) -> Result<Page, LogError> {
    let read = |stored: &Stored| {
        let recorded = decode(stored.position, &stored.bytes)?;
        if recorded.recorded_at != stored.recorded_at {
            return Err(Damage::Instant(stored.position).into());
        }
        Ok((recorded, tree::leaf(&stored.bytes)))
    };
    Ok(Page { events: events.iter().map(read).collect::<Result<_, LogError>>()?, beside })
}

async fn joined<T>(task: JoinHandle<Result<T, LogError>>) -> Result<T, LogError> {
    // A task that was not let finish belongs to a runtime that ends.
    task.await.unwrap_or(Err(LogError::Closed))
}

/// Compares the values that events redacted with what lies beside them now, and those that they
/// committed to with what was there.
pub(crate) async fn finish(log: &Log, beside: Beside) -> Result<(), LogError> {
    for (position, field) in beside.redacted() {
        let now = log.disclosures(position.prev(), *position).await?;
        Beside::gone(*position, *field, &now)?;
    }
    Ok(beside.finish()?)
}

/// A fold of the events from the first on.
#[derive(Default)]
pub(crate) struct Replay {
    pub register: Register,
    /// Short names of all request ids.
    pub seen: HashSet<u64>,
    frontier: Frontier,
    beside: Beside,
    leaf: remit_ledger::Hash,
    /// What the log says that was written.
    tree: Option<TreeHead>,
}

impl Replay {
    /// Folds a log from its first event to its head, and compares it with the log's tree.
    pub async fn whole(log: &Log) -> Result<Self, LogError> {
        let mut replay = Box::<Self>::default();
        replay.tree = Some(log.tree());
        replay.beside.excuse(log.withheld());
        let mut pages = ahead(log);
        while let Some(page) = pages.recv().await {
            let page = joined(page).await?;
            let folded = tokio::task::spawn_blocking(move || replay.fold(page).map(|()| replay));
            match joined(folded).await {
                Ok(folded) => replay = folded,
                Err(LogError::Damaged(Damage::Root)) => {
                    // Which event it is, the whole check knows.
                    log.check().await?;
                    return Err(Damage::Root.into());
                }
                Err(error) => return Err(error),
            }
        }
        finish(log, std::mem::take(&mut replay.beside)).await?;
        match replay.tree {
            // Events that the tree has were not there to be read.
            Some(tree) if tree.size > replay.head().position => {
                Err(Damage::Missing(replay.head().position.next()).into())
            }
            _ => Ok(*replay),
        }
    }

    /// Folds a log up to a position.
    pub async fn until(log: &Log, until: Position) -> Result<Register, LogError> {
        let mut replay = Self::default();
        while replay.register.tail() < until {
            let left = Position::new(until.since(replay.register.tail())).as_usize();
            let page = page(log, replay.register.tail(), left.min(PAGE)).await?;
            if page.events.is_empty() {
                break;
            }
            replay.fold(page)?;
        }
        Ok(replay.register)
    }

    /// The last event.
    pub fn head(&self) -> Head {
        Head { position: self.register.tail(), leaf: self.leaf }
    }

    fn fold(&mut self, page: Page) -> Result<(), LogError> {
        self.beside.lay(page.beside);
        for (recorded, leaf) in page.events {
            let request = fold(&mut self.register, &mut self.beside, recorded)?;
            self.seen.insert(short(&request));
            self.frontier.push(leaf, |_, _, _| ());
            self.leaf = leaf;
            let size = self.register.tail();
            let written = self.tree.filter(|tree| tree.size == size);
            if written.is_some_and(|tree| tree.root != self.frontier.root()) {
                return Err(Damage::Root.into());
            }
        }
        Ok(())
    }
}

/// Folds in the next event, and what lies beside it; returns its request.
pub(crate) fn fold(
    register: &mut Register,
    beside: &mut Beside,
    mut recorded: Recorded,
) -> Result<RequestId, LogError> {
    let next = register.tail().next();
    if recorded.position != next {
        return Err(Damage::Missing(next).into());
    }
    beside.meet(next, &mut recorded.event.fact)?;
    register.apply(&recorded.event);
    register.stamp(next, recorded.recorded_at);
    Ok(recorded.request_id)
}

/// The pages of a log from its first event to its head, read and decoded ahead of who takes them.
/// The last one can be a failure.
fn ahead(log: &Log) -> mpsc::Receiver<JoinHandle<Result<Page, LogError>>> {
    let (send, pages) = mpsc::channel(AHEAD);
    let log = log.clone();
    tokio::spawn(async move {
        let mut after = Position::ZERO;
        loop {
            let (page, last) = match read(&log, after, PAGE).await {
                Ok((events, _)) if events.is_empty() => return,
                Ok((events, beside)) => {
                    after = events.last().map_or(after, |last| last.position);
                    (tokio::task::spawn_blocking(move || decoded(events, beside)), false)
                }
                Err(error) => (tokio::spawn(async move { Err(error) }), true),
            };
            if send.send(page).await.is_err() || last {
                return;
            }
        }
    });
    pages
}
