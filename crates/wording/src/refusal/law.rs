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
                "event {event} already records a catalogue entry for {function} {}; end that \
                 entry first",
                period(effective)
            )
        }
        F::OutsideWithRoutes { function } => format!(
            "{function} is held by bodies outside the records, so it cannot have bases on which \
             another body exercises it"
        ),
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
            format!("the catalogue entry to be ended begins on {from}; give a later day")
        }
        F::RuleRecorded { rule, event } => format!(
            "event {event} already records a row of rule {rule} for some of these days; end that \
             row first"
        ),
        F::RuleContradicts { rule, basis, event } => format!(
            "event {event} records that rule {rule} says the same kind of thing about {basis} for \
             some of these days; end that row first"
        ),
        F::RuleAwaitsCommencement { rule, event } => format!(
            "event {event} already records a row of rule {rule} that waits to be commenced; \
             commence that row first"
        ),
        F::RuleUnknown { rule } => format!("the register has no rule {rule}"),
        F::NothingToCommence { rule } => {
            format!("every row of rule {rule} already has a first day; none waits for commencement")
        }
        F::RuleNotOpen { rule } => {
            format!(
                "every row of rule {rule} already has an end or is not yet commenced, so none \
                 can be ended"
            )
        }
        F::RuleBeginsLater { rule, from } => {
            format!("rule {rule} begins on {from}; give a later day")
        }
    }
}
