//! One node: it follows the log, keeps the fold in memory, decides requests and wakes those who
//! wait.
//!
//! Lives here: [`Node`], which has the log and the fold. It follows the log, including what other
//! nodes append (`follow`). It decides requests against the fold, and appends on condition that the
//! head is still the event on which the decision rests (`decide`). Above the node: [`Desk`], what
//! is kept for readers of the register, and [`Prover`], which proves what the log holds. Beside
//! them: [`Watch`], which reports changes of answers.
//!
//! Must not live here: tonic, protobuf or SQL; nor rules about what may be recorded
//! (`remit-domain`) or what follows from it (`remit-register`).
//!
//! Locks are taken in this order: the desk's `acting`, a group's state, the decider, the fold.
//! Never take an earlier one while you hold a later one. Of these, only `acting` and the decider
//! are held across an await.

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
