//! The event log: what every store must do, and what is common to all stores.
//!
//! Lives here: [`Store`], the interface that every store implements, split into traits by concern
//! (every store must pass the suite in `tests/conformance`); [`Log`], a store and the clock that
//! gives the recording times; [`Entry`], the events of one request, encoded as they will be stored;
//! and [`MemoryStore`]. The other stores are in `remit-stores`.
//!
//! Must not live here: stored shapes (`remit-shape`), what events mean (`remit-domain`,
//! `remit-register`), or who sends a request.

mod clock;
mod entry;
mod error;
mod log;
mod memory;
mod store;

pub use clock::{Clock, system_clock};
pub use entry::{EVENT_BYTES_MAX, Entry, EntryError, Head};
pub use error::{Damage, EngineError, LogError, RequestRow};
pub use log::Log;
pub use memory::MemoryStore;
pub use store::{
    AppendError, Appended, BoxFuture, Content, Desk, Disclosures, Events, Keep, KeepError, Mark,
    RequestRecord, Store, Stored, StoredAct, Tree, TreeHead,
};
