//! Facts about disputes: that a body contests an event. A dispute moves nothing; it is shown with
//! every answer that rests on the event.

use crate::code::BodyCode;
use crate::position::Position;
use crate::text::Text;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// A fact about disputes.
    DisputeFact, DisputeFactKind, Fact::Disputes;
    /// A body contested an event.
    EventDisputed(EventDisputed) = "event-disputed", [Instruments, Functions, Bodies, Areas];
}

/// Records that a body contests an event. The body withdraws its dispute by a correction of this
/// fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventDisputed {
    /// The position of the event that the body contests.
    pub about: Position,
    /// The body that contests the event.
    pub by: BodyCode,
    /// Why the body contests the event.
    pub reason: Text,
}

impl Content for EventDisputed {
    fn about(&self) -> About<'_> {
        let about = About::new(&format!("event/{}", self.about)).bodies([&self.by]);
        about.filed(Under::Dispute, &self.about)
    }
}
