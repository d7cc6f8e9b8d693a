//! Refusals about the catalogue and rules, in words.

use remit_domain::LawFault as F;

use crate::list::period;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::FunctionUnknown { function } => format!("the catalogue has no function {function}"),
        F::FunctionUnknownOn { function, on } => {
            format!("the catalogue has no entry for {function} on {on}")
        }
        F::SegmentOverlaps { function, effective, event } => {
            format!(
                "event {event} already catalogues {function} {}; end that first",
                period(effective)
            )
        }
        F::ReservedWithRoutes { function } => {
            format!("{function} is reserved, so it has no routes; leave them out")
        }
        F::NoOpenSegment { function } => format!("the catalogue has no open segment of {function}"),
        F::SegmentBeginsLater { from } => format!("the open segment begins only on {from}"),
        F::RuleRecorded { rule, event } => format!("event {event} already records rule {rule}"),
        F::RuleUnknown { rule } => format!("the register has no rule {rule}"),
        F::NothingToCommence { rule } => {
            format!("every row of rule {rule} already has a first day; none waits for commencement")
        }
        F::RuleNotOpen { rule } => format!("no row of rule {rule} is in force without an end"),
        F::RuleBeginsLater { rule, from } => format!("rule {rule} is in force only from {from}"),
    }
}
