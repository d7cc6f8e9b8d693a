//! One node: it follows the log, keeps the fold in memory, decides requests and wakes who waits.
//!
//! Lives here: [`Node`], which knows the log and the fold: what follows the log whoever appends to
//! it (`follow`), and what decides a request against the fold and appends on condition that the
//! head is still the event that the decision rests on (`decide`). Above the node: [`Desk`], what is
//! kept for those who read the register, and [`Prover`], what the log's tree proves. Beside them:
//! [`Watch`], which tells what changes.
//!
//! Must not live here: tonic, protobuf or SQL; nor rules about what may be recorded
//! (`remit-domain`) or what follows from it (`remit-register`).
//!
//! Locks are taken in this order, and none before it while one after it is held: the desk's
//! `acting`, a group's state, the decider, the fold. Only `acting` and the decider are held across
//! a wait.

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
