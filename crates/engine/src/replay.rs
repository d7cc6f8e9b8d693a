//! Builds the fold from the log: reads and decodes pages of events in advance, and folds the pages
//! in order.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use remit_domain::Position;
use remit_ledger::{Frontier, tree};
use remit_log::{Damage, Head, Log, LogError, Stored, TreeHead};
use remit_register::Register;
use remit_shape::{Beside, Disclosure, Recorded, RequestId, decode};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many events are read from the log at a time.
const PAGE: usize = 1_024;
/// How many pages may wait for each decoder, and how many decoded pages of each decoder may wait to
/// be folded.
const AHEAD: usize = 2;
/// How many threads decode pages in turn, while one thread folds them. The same threads decode for
/// the whole replay: if each page had a new thread, the allocator would retain memory for every
/// thread.
const DECODERS: usize = 2;

/// A short hash of a request id. Different ids almost never have the same hash.
pub(crate) fn short(id: &RequestId) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// A page of decoded events, each with the hash of its leaf, and the values stored beside these
/// events.
pub(crate) struct Page {
    pub events: Vec<(Recorded, remit_ledger::Hash)>,
    pub beside: Vec<Disclosure>,
}

/// Reads and decodes up to `limit` events after position `after`. The page is empty only if the log
/// has no event after `after`.
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
    // Read the values after the events. If a value is already gone, the event that redacted the
    // value is in this page or in a later page.
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
    // If the task could not finish, its runtime is shutting down.
    task.await.unwrap_or(Err(LogError::Closed))
}

/// Checks that every redacted value is gone, and that every other value to which an event commits
/// was found.
pub(crate) async fn finish(log: &Log, beside: Beside) -> Result<(), LogError> {
    for (position, field) in beside.redacted() {
        let now = log.disclosures(position.prev(), *position).await?;
        Beside::gone(*position, *field, &now)?;
    }
    Ok(beside.finish()?)
}

/// A fold that is being built from the events of a log, from the first event on.
#[derive(Default)]
pub(crate) struct Replay {
    pub register: Register,
    /// The hashed request ids of all events that were folded in.
    pub seen: HashSet<u64>,
    frontier: Frontier,
    beside: Beside,
    leaf: remit_ledger::Hash,
    /// The size and root of the tree that the log stores, with which the events are compared.
    tree: Option<TreeHead>,
}

impl Replay {
    /// Folds a log from its first event to its head, and compares the events with the log's stored
    /// tree.
    pub async fn whole(log: &Log) -> Result<Self, LogError> {
        let mut replay = Box::<Self>::default();
        replay.tree = Some(log.tree());
        replay.beside.excuse(log.withheld());
        let pages = ahead(log);
        let folded = tokio::task::spawn_blocking(move || replay.fold_all(pages));
        let mut replay = match joined(folded).await {
            Err(LogError::Damaged(Damage::Root)) => {
                // The events do not match the stored root. The full check returns an error that
                // names the damaged event.
                log.check().await?;
                return Err(Damage::Root.into());
            }
            folded => folded?,
        };
        finish(log, std::mem::take(&mut replay.beside)).await?;
        match replay.tree {
            // The stored tree has more events than could be read.
            Some(tree) if tree.size > replay.head().position => {
                Err(Damage::Missing(replay.head().position.next()).into())
            }
            _ => Ok(*replay),
        }
    }

    /// Folds a log up to position `until`, or to its head if the head comes first.
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

    /// The last event that was folded in.
    pub fn head(&self) -> Head {
        Head { position: self.register.tail(), leaf: self.leaf }
    }

    /// Folds all decoded pages, taking them from each decoder in turn.
    fn fold_all(mut self: Box<Self>, mut pages: Pages) -> Result<Box<Self>, LogError> {
        for turn in (0..DECODERS).cycle() {
            let Some(page) = pages[turn].blocking_recv() else { break };
            self.fold(page?)?;
        }
        Ok(self)
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

/// Folds in the next event of the log, with the values stored beside it. Returns the id of the
/// request that recorded the event.
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

/// The decoded pages of a log from its first event to its head: one channel for each decoder, to be
/// read in turn. If a read fails, its error is the last item.
type Pages = Vec<mpsc::Receiver<Result<Page, LogError>>>;

/// Reads and decodes the pages of a log ahead of the thread that folds them.
fn ahead(log: &Log) -> Pages {
    let (decoders, pages): (Vec<_>, Vec<_>) = (0..DECODERS).map(|_| decoder()).unzip();
    let log = log.clone();
    tokio::spawn(async move {
        let mut after = Position::ZERO;
        for decoder in decoders.iter().cycle() {
            let page = read(&log, after, PAGE).await;
            let last = page.as_ref().ok().and_then(|(events, _)| events.last());
            let last = last.map(|last| last.position);
            let at_head = page.is_ok() && last.is_none();
            if at_head || decoder.send(page).await.is_err() {
                return;
            }
            let Some(last) = last else { return };
            after = last;
        }
    });
    pages
}

type ReadPage = Result<(Vec<Stored>, Vec<Disclosure>), LogError>;

/// Starts a thread that decodes pages. Returns the sender of stored pages and the receiver of
/// decoded pages.
fn decoder() -> (mpsc::Sender<ReadPage>, mpsc::Receiver<Result<Page, LogError>>) {
    let (read, mut stored) = mpsc::channel::<ReadPage>(AHEAD);
    let (send, pages) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        while let Some(page) = stored.blocking_recv() {
            let page = page.and_then(|(events, beside)| decoded(events, beside));
            if send.blocking_send(page).is_err() {
                return;
            }
        }
    });
    (read, pages)
}
