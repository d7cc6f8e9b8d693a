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
                "event {event} already has a catalogue entry for {function} {}; end that entry \
                 first",
                period(effective)
            )
        }
        F::ReservedWithRoutes { function } => {
            format!(
                "{function} is reserved to its holder, so no basis lets another body exercise it; \
                 leave routes empty"
            )
        }
        F::NoOpenSegment { function } => format!(
            "the catalogue has no entry for {function} that is still open, so none can be ended"
        ),
        F::SegmentBeginsLater { from } => {
            format!("the segment to end begins on {from}, which is after the day given")
        }
        F::RuleRecorded { rule, event } => format!("event {event} already records rule {rule}"),
        F::RuleUnknown { rule } => format!("the register has no rule {rule}"),
        F::NothingToCommence { rule } => {
            format!("every row of rule {rule} already has a first day; none waits for commencement")
        }
        F::RuleNotOpen { rule } => {
            format!("rule {rule} has no row in force that is still open, so none can be ended")
        }
        F::RuleBeginsLater { rule, from } => {
            format!("rule {rule} begins on {from}, which is after the day given")
        }
    }
}
