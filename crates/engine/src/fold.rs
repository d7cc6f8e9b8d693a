//! The fold (the register in memory, built from the log), and the position up to which its events
//! are durable.
//!
//! The fold runs ahead of the log: it also holds events that are decided but not yet durable.
//! Readers do not see those events, because readers ask at the position of the last durable event.
//! This lets many requests share one sync to disk, and no reader waits for a writer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use remit_domain::Position;
use remit_log::LogError;
use remit_register::Register;
use tokio::sync::watch;

/// The error of a node that has stopped because it cannot read the next event of the log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("this node stopped after event {at}, because it cannot read the next one")]
pub struct Stopped {
    /// The position of the last event that the node folded in.
    pub at: Position,
    /// Why the node cannot read the next event.
    #[source]
    pub why: Arc<LogError>,
}

/// The fold, and the position up to which its events are durable.
pub(crate) struct Fold {
    register: RwLock<Register>,
    durable: watch::Sender<Position>,
    stopped: watch::Sender<Option<Stopped>>,
    /// Whether the node has stopped. The flag is not behind a lock, because every call to a
    /// service reads it.
    has_stopped: AtomicBool,
}

impl Fold {
    pub fn new(register: Register) -> Self {
        let durable = watch::Sender::new(register.tail());
        Self {
            register: RwLock::new(register),
            durable,
            stopped: watch::Sender::new(None),
            has_stopped: AtomicBool::new(false),
        }
    }

    pub fn register(&self) -> RwLockReadGuard<'_, Register> {
        // Ignore a poisoned lock: a change of the fold should never panic halfway, and readers
        // could still use the fold if one did.
        self.register.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn register_mut(&self) -> RwLockWriteGuard<'_, Register> {
        self.register.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position of the last event that is both durable and folded in.
    pub fn head(&self) -> Position {
        *self.durable.borrow()
    }

    /// A receiver of the position of the last event that is both durable and folded in.
    pub fn durable(&self) -> watch::Receiver<Position> {
        self.durable.subscribe()
    }

    /// Makes the events up to `position` visible to readers.
    pub fn publish(&self, position: Position) {
        self.durable.send_replace(position);
    }

    /// Wakes the tasks that wait for events to become durable, after events that the log did not
    /// keep were taken out of the fold: those never will be.
    pub fn wake(&self) {
        self.durable.send_modify(|_| {});
    }

    /// Records that the node has stopped, with the error `why`.
    pub fn stop(&self, why: LogError) {
        let stopped = Stopped { at: self.head(), why: Arc::new(why) };
        self.stopped.send_replace(Some(stopped));
        self.has_stopped.store(true, Ordering::Release);
    }

    /// The reason why the node has stopped; `None` while the node runs.
    pub fn why_stopped(&self) -> Option<Stopped> {
        self.has_stopped.load(Ordering::Acquire).then(|| self.stopped.borrow().clone())?
    }

    /// A receiver of the reason why the node stopped, which is `None` while the node runs.
    pub fn stopped(&self) -> watch::Receiver<Option<Stopped>> {
        self.stopped.subscribe()
    }

    /// Waits until the events up to `position` are durable and folded in.
    pub async fn reached(&self, position: Position) -> Result<(), Stopped> {
        let (mut durable, mut stopped) = (self.durable(), self.stopped());
        tokio::select! {
            // `wait_for` fails only when its sender is dropped, and `self` holds both senders.
            _ = durable.wait_for(|durable| *durable >= position) => Ok(()),
            Ok(stopped) = stopped.wait_for(Option::is_some) => stopped.clone().map_or(Ok(()), Err),
        }
    }

    /// Waits until the events up to `position`, which are already in the fold, are durable. Returns
    /// `false` if these events were undone and so will never be durable.
    pub async fn settled(&self, position: Position) -> bool {
        let mut durable = self.durable();
        loop {
            if *durable.borrow_and_update() >= position {
                return true;
            }
            if self.register().tail() < position {
                return false;
            }
            if durable.changed().await.is_err() {
                return false;
            }
        }
    }
}
