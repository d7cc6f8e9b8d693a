//! A store with the clock that stamps what is recorded.

use std::ops::Deref;
use std::sync::Arc;

use remit_domain::UtcInstant;

use crate::clock::Clock;
use crate::store::Store;

/// A log: a store, and the clock by which things are recorded in it.
#[derive(Clone)]
pub struct Log {
    store: Arc<dyn Store>,
    clock: Clock,
}

impl Log {
    /// A log in a store.
    pub fn new(store: impl Store, clock: Clock) -> Self {
        Self { store: Arc::new(store), clock }
    }

    /// A log in a store that others hold as well.
    #[must_use]
    pub fn over(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// What time it is.
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
