//! The desk: what is kept for readers of the register.
//!
//! Lives here: pins, loads under way, consumer groups, the cursors of named watches, the newest
//! checkpoint that witnesses cosigned, and the name under which the register signs. Every change is
//! durable before it is acknowledged. Changes of pins, loads and groups are stored as acts, each
//! directly after the last act: if two nodes act at once, one of them must decide again. The desk
//! also applies the acts that other nodes store, just as the node folds in the events that other
//! nodes append.

mod acts;
mod cosigned;
pub(crate) mod group;
pub(crate) mod groups;
mod loads;
mod origin;
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
use loads::Loads;

pub use pins::Pin;
pub use restored::marks_within;
pub use watches::WatchError;

/// The maximum number of pins, and the maximum number of named watches.
const NAMES_MAX: usize = 100_000;

/// A kind of thing that has a name at the desk.
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

/// Why the desk refuses a call.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeskError {
    /// A group or pin of this name already exists with other content.
    #[error("a group or pin named {0} already exists with other content; choose another name")]
    Taken(DeskName),
    /// There is no group, watch or pin of this name. Holds the kind of thing and the name.
    #[error("there is no {0} {1}")]
    Unknown(NamedThing, DeskName),
    /// The maximum number of groups, of members of a group, of pins, of named watches or of loads
    /// already exists. Holds that maximum.
    #[error(
        "the register already has {0} things of the kind that this request adds (groups, \
         members of one group, pins, watches or loads), which is the limit; remove one of \
         them first"
    )]
    TooMany(usize),
    /// The act was decided as often as is allowed, and each time another act was stored first.
    #[error(
        "the request was not carried out, because other changes of groups, pins or loads came \
         before it several times in a row; send the request again"
    )]
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

/// The desk of a node: pins, groups, loads and named watches, kept for readers of the register. All
/// clones of a `Desk` are the same desk.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    node: Node,
    /// The last act that the desk has applied. Locked while an act is decided and stored, and while
    /// the acts of other nodes are applied.
    acting: tokio::sync::Mutex<LastAct>,
    /// Locked while the mark of a named watch, or of the cosigned checkpoint, is read and replaced.
    marking: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// The loads under way.
    loads: Loads,
    /// The number that the next member to join any group on this node gets.
    members: AtomicU64,
}

#[derive(Default)]
struct State {
    pins: BTreeMap<DeskName, Pin>,
    groups: BTreeMap<DeskName, Arc<Handle>>,
    /// The names of the named watches that this node knows of.
    watches: BTreeSet<DeskName>,
    /// The streams of named watches, by name. A new stream of a name takes over from the earlier
    /// stream of that name.
    streams: BTreeMap<DeskName, watch::Sender<u64>>,
}

impl Desk {
    /// Opens the desk of a node: reads the stored acts and marks, and from then on applies the acts
    /// that other nodes store.
    ///
    /// # Errors
    /// [`LogError`] if the stored acts or marks cannot be read.
    pub async fn open(node: Node) -> Result<Self, LogError> {
        let shared = Shared {
            node,
            acting: tokio::sync::Mutex::default(),
            marking: tokio::sync::Mutex::default(),
            state: Mutex::default(),
            loads: Loads::default(),
            members: AtomicU64::new(1),
        };
        let desk = Self { shared: Arc::new(shared) };
        desk.catch_up().await?;
        desk.read_groups().await?;
        desk.read_watches().await?;
        tokio::spawn(acts::follow(Arc::downgrade(&desk.shared), desk.log().last_act()));
        Ok(desk)
    }

    /// The node of this desk.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.shared.node
    }

    fn log(&self) -> &Log {
        self.shared.node.log()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A poisoned lock is safe to use: no change of the state is expected to panic halfway, so
        // no change is left half done.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error for a mark that cannot be read.
fn unreadable(name: &str, error: impl ToString) -> LogError {
    Damage::Mark { name: name.to_owned(), reason: error.to_string() }.into()
}
