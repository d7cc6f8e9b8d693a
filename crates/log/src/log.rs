//! A log: a store, and the clock that gives the time at which events are recorded.

use std::ops::Deref;
use std::sync::Arc;

use remit_domain::UtcInstant;

use crate::clock::Clock;
use crate::store::Store;

/// A log: a store, and the clock that gives the time at which events are recorded in it.
#[derive(Clone)]
pub struct Log {
    store: Arc<dyn Store>,
    clock: Clock,
}

impl Log {
    /// Makes a log over `store`, with the recording times given by `clock`.
    pub fn new(store: impl Store, clock: Clock) -> Self {
        Self { store: Arc::new(store), clock }
    }

    /// The current time by the log's clock.
    #[must_use]
    pub fn now(&self) -> UtcInstant {
        (self.clock)()
    }
}

impl Deref for Log {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        self.store.as_ref()
    }
}
