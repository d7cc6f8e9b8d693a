//! The event log: a port, the engines behind it, and the shapes in which events are stored.
//!
//! Lives here: [`EventLog`], what every log must do (one conformance suite holds all of them to
//! it), and [`desk`], what is kept beside the events for those who read them; [`disclosure`], what may
//! name a person and so lies beside its event; the adapters [`memory`] and [`sqlite`]; and [`shape`],
//! the CloudEvents JSON of every event ever released, pinned by golden files.
//!
//! Must not live here: what events mean (that is `remit-domain` and `remit-register`), or who asks.

mod clock;
pub mod desk;
pub mod disclosure;
pub mod memory;
mod port;
pub mod shape;
pub mod sqlite;

pub use clock::{Clock, system_clock};
pub use desk::{DeskAct, DeskEvent, DeskName, Keep, Kept};
pub use disclosure::{Beside, Disclosure, Salt};
pub use memory::MemoryLog;
pub use port::{
    AppendError, Appended, Batch, BoxFuture, Content, Draft, EventLog, InvalidRequestId, LogError,
    RequestId, RequestRecord, Stored,
};
pub use shape::{EVENT_BYTES_MAX, Recorded, ShapeError};
pub use sqlite::SqliteLog;
