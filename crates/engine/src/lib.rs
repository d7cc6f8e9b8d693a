//! One node of the register: it follows the log, keeps the fold (the register in memory), decides
//! requests, and wakes the callers that wait for new events.
//!
//! Lives here: [`Node`], which holds the log and the fold. The module `follow` folds in new events,
//! including those that other nodes append. The module `decide` decides requests against the fold,
//! and appends their events only if the log's head is still the event on which the decision rests.
//! Two types build on the node: [`Desk`] keeps pins, groups, loads and named watches for readers,
//! and [`Prover`] makes proofs from the log's tree. [`Watch`] reports the changes of answers.
//!
//! Must not live here: tonic, protobuf or SQL; nor the rules of what may be recorded
//! (`remit-domain`) or of how answers follow from events (`remit-register`).
//!
//! Take locks in this order: the desk's `acting`, a group's state, the decider, the fold. Never
//! take an earlier lock of this list while you hold a later one. Only `acting` and the decider are
//! held across an await.

mod blocking;
mod decide;
mod desk;
mod fold;
mod follow;
mod node;
mod prove;
mod replay;
mod watch;

pub use decide::{Preview, Receipt, RecordError, Request};
pub use desk::group::{Delivery, Misdirected, Progress};
pub use desk::groups::{CREDIT_MAX, GroupView, LEASE, MemberDesk, MemberEnd, Membership};
pub use desk::{Desk, DeskError, NamedThing, Pin, WatchError, marks_within};
pub use fold::Stopped;
pub use node::Node;
pub use prove::Prover;
pub use watch::{Cursor, NoSuchNotice, Notice, Present, Target, Targets, Watch};
