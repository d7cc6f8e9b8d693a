//! The directory: bodies, the law and instruments as they were on a day, as known at a position.

mod bodies;
mod instruments;
mod law;

pub use bodies::{BodyView, ClusterView, MembershipView, NameView, NotHeldView, SuccessionView};
pub use instruments::{
    ConditionView, EndView, ForceView, InstrumentView, NoticeView, SightingView, StageView,
    VariationView,
};
pub use law::{FunctionView, RuleView};
