//! One node: it follows the log, keeps the fold in memory, runs commands and wakes who waits.
//!
//! Lives here: [`Node`]: opening a log, deciding a request against the fold, appending on condition
//! that the head has not moved, and reading the fold at a durable position.
//!
//! Must not live here: tonic, protobuf or SQL; nor rules about what may be recorded (`remit-domain`)
//! or what follows from it (`remit-register`).

mod cosigned;
mod desk;
mod group;
mod groups;
mod ledger;
mod node;
mod replay;

pub use desk::{Desk, DeskError, Pin, marks_within};
pub use group::{Delivery, Misdirected, Progress};
pub use groups::{CREDIT_MAX, GroupView, LEASE, MemberDesk, MemberEnd, Membership};
pub use node::{Node, Preview, Receipt, RecordError, Request};
pub use replay::OpenError;
