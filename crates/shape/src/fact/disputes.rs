//! The shapes of facts about disputes.

use remit_domain::{DisputeFact, EventDisputed};

use super::shapes;

shapes! {
    DisputeFact;
    EventDisputed(EventDisputed) "event-disputed.v1" { about, by, reason }
}
