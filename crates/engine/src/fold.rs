//! The fold of the log in memory, and how far it is durable.
//!
//! The fold runs ahead of the log: it holds events that are decided but not yet durable. Readers do
//! not see them, because they ask at the durable position. So many requests can share one sync, and
//! no reader waits for a writer.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use remit_domain::Position;
use remit_log::LogError;
use remit_register::Register;
use tokio::sync::watch;

/// The node cannot go on, because it cannot read the next event of the log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the node stopped at event {at}")]
pub struct Stopped {
    /// The last event that it folded in.
    pub at: Position,
    /// Why it cannot read the next.
    #[source]
    pub why: Arc<LogError>,
}

/// The fold, and how far it is durable.
pub(crate) struct Fold {
    register: RwLock<Register>,
    durable: watch::Sender<Position>,
    stopped: watch::Sender<Option<Stopped>>,
}

impl Fold {
    pub fn new(register: Register) -> Self {
        let durable = watch::Sender::new(register.tail());
        Self { register: RwLock::new(register), durable, stopped: watch::Sender::new(None) }
    }

    pub fn register(&self) -> RwLockReadGuard<'_, Register> {
        // Ignore poisoning: the steps that change the fold should never panic halfway. If one did,
        // going on would be wrong for writers, but not for readers.
        self.register.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn register_mut(&self) -> RwLockWriteGuard<'_, Register> {
        self.register.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last position that is both durable and folded in.
    pub fn head(&self) -> Position {
        *self.durable.borrow()
    }

    /// The same position, as a receiver that is notified when it moves.
    pub fn durable(&self) -> watch::Receiver<Position> {
        self.durable.subscribe()
    }

    /// Makes the events up to `position` visible to readers.
    pub fn publish(&self, position: Position) {
        self.durable.send_replace(position);
    }

    /// Wakes those who wait, because events were undone.
    pub fn wake(&self) {
        self.durable.send_modify(|_| {});
    }

    /// Records that the node cannot go on, and why.
    pub fn stop(&self, why: LogError) {
        let stopped = Stopped { at: self.head(), why: Arc::new(why) };
        self.stopped.send_replace(Some(stopped));
    }

    /// Why the node cannot go on; `None` while it can.
    pub fn stopped(&self) -> watch::Receiver<Option<Stopped>> {
        self.stopped.subscribe()
    }

    /// Waits until the events up to `position` are durable and folded in.
    pub async fn reached(&self, position: Position) -> Result<(), Stopped> {
        let (mut durable, mut stopped) = (self.durable(), self.stopped());
        tokio::select! {
            // Both senders live as long as `self`.
            _ = durable.wait_for(|durable| *durable >= position) => Ok(()),
            Ok(stopped) = stopped.wait_for(Option::is_some) => stopped.clone().map_or(Ok(()), Err),
        }
    }

    /// Waits until the events up to `position`, which are in the fold, are durable. `false`: they
    /// were undone, and never will be durable.
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
