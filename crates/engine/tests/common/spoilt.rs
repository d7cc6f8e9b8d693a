//! A store in memory that has faults, to test how a node deals with them.

use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use remit_domain::Position;
use remit_ledger::Hash;
use remit_log::{
    AppendError, Appended, BoxFuture, Desk, Disclosures, Entry, Events, Keep, KeepError, LogError,
    Mark, MemoryStore, RequestRecord, Store, Stored, StoredAct, Tree, TreeHead,
};
use remit_shape::{Disclosure, RequestId};
use tokio::sync::{oneshot, watch};

use super::at;

/// Returns the result of a future that is always ready, because it comes from a store in memory.
fn at_once<T>(mut future: BoxFuture<T>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a store in memory does not wait"),
    }
}

/// A store in memory that has the faults named by its fields. A clone is the same store.
#[derive(Clone)]
pub struct Spoilt {
    pub inner: MemoryStore,
    /// The position of an event that cannot be read, if any.
    pub missing: Option<u64>,
    /// Whether every append fails.
    pub full: bool,
    /// Whether the values stored beside the events are missing.
    pub bare: bool,
    /// The queue in which entries wait to be appended slowly; `None` if appends are immediate.
    pub line: Option<mpsc::Sender<Waiting>>,
}

/// An entry that waits to be appended, and the channel for the result of the append.
pub type Waiting = (Entry, oneshot::Sender<Result<Appended, AppendError>>);

impl Spoilt {
    pub fn new() -> Self {
        Self::over(MemoryStore::new("spoilt"))
    }

    pub fn over(inner: MemoryStore) -> Self {
        Self { inner, missing: None, full: false, bare: false, line: None }
    }

    /// Makes a store that appends each entry slowly, so that other requests are decided before the
    /// entry is appended.
    pub fn slow(inner: MemoryStore) -> Self {
        let (line, waiting) = mpsc::channel::<Waiting>();
        let store = inner.clone();
        std::thread::spawn(move || {
            for (entry, answer) in waiting {
                std::thread::sleep(Duration::from_micros(500));
                let appended = at_once(store.append(entry));
                let _ = answer.send(appended);
            }
        });
        Self { line: Some(line), ..Self::over(inner) }
    }
}

impl Store for Spoilt {
    fn id(&self) -> &str {
        self.inner.id()
    }
}

impl Events for Spoilt {
    fn append(&self, entry: Entry) -> BoxFuture<Result<Appended, AppendError>> {
        if self.full {
            let error = LogError::engine(std::io::Error::other("disk full"));
            return Box::pin(async move { Err(error.into()) });
        }
        let Some(line) = &self.line else { return self.inner.append(entry) };
        let (answer, answered) = oneshot::channel();
        let _ = line.send((entry, answer));
        Box::pin(async move { answered.await.expect("answered") })
    }

    fn read(&self, after: Position, limit: usize) -> BoxFuture<Result<Vec<Stored>, LogError>> {
        let (page, missing) = (self.inner.read(after, limit), self.missing.map(at));
        Box::pin(async move {
            let mut page = page.await?;
            page.retain(|stored| Some(stored.position) != missing);
            Ok(page)
        })
    }

    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>> {
        self.inner.recent(after, limit)
    }

    fn request(&self, id: &RequestId) -> BoxFuture<Result<Option<RequestRecord>, LogError>> {
        self.inner.request(id)
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.inner.head()
    }
}

impl Disclosures for Spoilt {
    fn disclosures(
        &self,
        after: Position,
        until: Position,
    ) -> BoxFuture<Result<Vec<Disclosure>, LogError>> {
        if self.bare {
            return Box::pin(async { Ok(Vec::new()) });
        }
        self.inner.disclosures(after, until)
    }
}

impl Tree for Spoilt {
    fn tree(&self) -> TreeHead {
        self.inner.tree()
    }

    fn subtree(&self, level: u8, number: u64) -> BoxFuture<Result<Hash, LogError>> {
        self.inner.subtree(level, number)
    }

    fn check(&self) -> BoxFuture<Result<TreeHead, LogError>> {
        self.inner.check()
    }
}

impl Desk for Spoilt {
    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), KeepError>> {
        self.inner.keep(keep)
    }

    fn acts(&self, after: u64, limit: usize) -> BoxFuture<Result<Vec<StoredAct>, LogError>> {
        self.inner.acts(after, limit)
    }

    fn mark(&self, name: &str) -> BoxFuture<Result<Option<String>, LogError>> {
        self.inner.mark(name)
    }

    fn marks(&self, prefix: &str) -> BoxFuture<Result<Vec<Mark>, LogError>> {
        self.inner.marks(prefix)
    }

    fn last_act(&self) -> watch::Receiver<u64> {
        self.inner.last_act()
    }
}
