//! Refusals about the catalogue and rules, in words.

use remit_domain::LawFault as F;

use crate::list::period;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::FunctionUnknown { function } => format!("the catalogue has no function {function}"),
        F::FunctionUnknownOn { function, on } => {
            format!("the catalogue says nothing of {function} on {on}")
        }
        F::SegmentOverlaps { function, effective, event } => {
            format!("event {event} says what {function} is {}; end that first", period(effective))
        }
        F::ReservedWithRoutes { function } => {
            format!("{function} is reserved, so it has no routes; leave them out")
        }
        F::NoOpenSegment { function } => format!("the catalogue has no open segment of {function}"),
        F::SegmentBeginsLater { from } => format!("the open segment begins only on {from}"),
        F::RuleRecorded { rule, event } => format!("event {event} records rule {rule}"),
        F::RuleUnknown { rule } => format!("the register has no rule {rule}"),
        F::NothingToCommence { rule } => {
            format!("every row of rule {rule} has its first day; none waits for commencement")
        }
        F::RuleNotOpen { rule } => format!("no row of rule {rule} is open-ended law"),
        F::RuleBeginsLater { rule, from } => format!("rule {rule} is law only from {from}"),
    }
}
