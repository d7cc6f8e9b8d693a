//! The register: an in-memory index of events by effective day and by log position. It answers who
//! holds a function, and explains why.
//!
//! Lives here: [`Register`], which is built from the log and answers questions about any effective
//! day, as known at any position; the answer to who holds a function ([`answer`]), and its
//! explanation ([`Explanation`]); the answers over all days and all positions ([`timeline`]); what
//! one body holds ([`holdings`]); what changes between two points; the directory of bodies,
//! functions, rules and instruments; the keys that each event is filed under, and the keys that a
//! question needs ([`filing`]).
//!
//! Must not live here: a clock, I/O, `async`, serde, protobuf or SQL; decisions about what may be
//! recorded (those are in `remit-domain`).

pub mod answer;
mod change;
mod check;
mod coverage;
pub mod directory;
mod disputes;
mod edges;
mod explain;
pub mod filing;
mod filter;
mod handle;
pub mod holdings;
mod known;
mod least;
mod london;
mod personal;
mod register;
mod repeats;
mod resolve;
mod retroactive;
mod row;
mod rows;
mod story;
mod support;
pub mod timeline;
mod watch;

pub use answer::{
    Accountability, Answer, AnsweringNow, AnsweringStep, Arrangement, Case, Condition, Expectation,
    Ground, GroundKind, InCapacity, Liability, LiableState, Outcome, Performer, Place, ResultKind,
    Unapplied, UnappliedKind, Unknown, UnknownReason,
};
pub use change::{Change, NoticeDue, Point, Scope};
pub use check::{CheckResult, RoleAsked};
pub use coverage::Uncovered;
pub use directory::{
    BodyView, ClusterView, ConditionView, EndView, ForceView, FunctionView, InstrumentView,
    MembershipView, NameView, NotHeldView, NoticeView, RuleView, SightingView, StageView,
    SuccessionView, VariationView,
};
pub use disputes::Dispute;
pub use explain::{ExplainedStep, Explanation, Says};
pub use filter::{Filter, InvalidFilter};
pub use holdings::Holding;
pub use least::Cited;
pub use london::{end_of_day, london_day};
pub use personal::{PersonalView, Redaction};
pub use register::{KnownAt, Register};
pub use resolve::AnsweredInVersion1;
pub use story::StoryAbout;
pub use support::{DecisionView, Handled, InterestView, SupportView};
pub use timeline::Rectangle;
pub use watch::{Moment, Watched};
