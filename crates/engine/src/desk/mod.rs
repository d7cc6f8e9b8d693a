//! The desk: what is kept for those who read the register.
//!
//! Lives here: pins, loads under way, consumer groups, how far each named watch has come, and the
//! newest checkpoint that witnesses cosigned. Everything is durable before it is said to be. Acts
//! are taken one at a time, and follow one another in the log: of two nodes that act at once, one
//! decides again. What another node keeps is followed, as events are.

mod acts;
mod cosigned;
pub(crate) mod group;
pub(crate) mod groups;
mod loads;
mod pins;
mod restored;
mod watches;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use remit_log::{Damage, KeepError, Log, LogError};
use remit_shape::DeskName;
use tokio::sync::watch;

use crate::node::Node;
use acts::LastAct;
use groups::Handle;

pub use pins::Pin;
pub use restored::marks_within;
pub use watches::WatchError;

/// Pins and named watches that there may be, each.
const NAMES_MAX: usize = 100_000;

/// What has a name at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedThing {
    /// A consumer group.
    Group,
    /// A named watch.
    Watch,
    /// A pin.
    Pin,
}

impl fmt::Display for NamedThing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Group => "group",
            Self::Watch => "watch",
            Self::Pin => "pin",
        })
    }
}

/// Why the desk refuses.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeskError {
    /// The name is taken.
    #[error("the name {0} is taken, with other content; choose another")]
    Taken(DeskName),
    /// There is no such thing.
    #[error("there is no {0} {1}")]
    Unknown(NamedThing, DeskName),
    /// There are as many as there may be.
    #[error("there are {0} of them, which is the limit; remove one")]
    TooMany(usize),
    /// Other acts came first too often.
    #[error("other acts came first too often; send it again")]
    Contended,
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl From<KeepError> for DeskError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::ActsMoved { .. } => Self::Contended,
            KeepError::Log(error) => Self::Log(error),
        }
    }
}

/// What is kept for those who read the register. A clone is the same desk.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    node: Node,
    /// The last act. Held while an act is decided and kept, or followed.
    acting: tokio::sync::Mutex<LastAct>,
    /// Held while a mark is read and replaced.
    marking: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// The loads that began and have not ended. Read with every call.
    loads: watch::Sender<Arc<[DeskName]>>,
    /// The number of the next member of a group.
    members: AtomicU64,
}

#[derive(Default)]
struct State {
    pins: BTreeMap<DeskName, Pin>,
    groups: BTreeMap<DeskName, Arc<Handle>>,
    /// The named watches that this node knows.
    watches: BTreeSet<DeskName>,
    /// Streams of named watches: a second one takes over.
    streams: BTreeMap<DeskName, watch::Sender<u64>>,
}

impl Desk {
    /// Opens the desk of a node: reads what is kept, and follows what is kept from there on.
    ///
    /// # Errors
    /// [`LogError`] if it cannot be read.
    pub async fn open(node: Node) -> Result<Self, LogError> {
        let shared = Shared {
            node,
            acting: tokio::sync::Mutex::default(),
            marking: tokio::sync::Mutex::default(),
            state: Mutex::default(),
            loads: watch::Sender::new(Arc::default()),
            members: AtomicU64::new(1),
        };
        let desk = Self { shared: Arc::new(shared) };
        desk.catch_up().await?;
        desk.read_groups().await?;
        desk.read_watches().await?;
        tokio::spawn(acts::follow(Arc::downgrade(&desk.shared), desk.log().last_act()));
        Ok(desk)
    }

    /// The node below.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.shared.node
    }

    fn log(&self) -> &Log {
        self.shared.node.log()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is one step: a panic elsewhere leaves nothing half done.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mark that cannot be read.
fn unreadable(name: &str, error: impl ToString) -> LogError {
    Damage::Mark { name: name.to_owned(), reason: error.to_string() }.into()
}
