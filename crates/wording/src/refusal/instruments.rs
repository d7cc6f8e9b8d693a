//! Refusals about the text of an instrument, in words.

use remit_domain::InstrumentFault as F;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::Unknown { instrument } => {
            format!("the register knows no instrument {instrument}; draw it up first")
        }
        F::AlreadyDrawn { instrument, event } => {
            format!("event {event} draws up {instrument}; use another id")
        }
        F::BasisNotAdmitted { kind, basis } => format!("a {kind} cannot rest on {basis}"),
        F::ReceivesFromItself { code } => {
            format!("{code} gives, and a body cannot receive from itself")
        }
        F::NoCommissioner { code } => {
            format!("{code} is not a commissioner, so it has no area; name a CCG or an ICB")
        }
        F::NoCommissionerOn { code, role, on } => {
            format!("{code} is {role} on {on}, and then has no area of its own; name its ICB")
        }
        F::NotToBeVaried { instrument } => {
            format!("a variation of {instrument} cannot change it; draw up another instrument")
        }
        F::ConditionAttached { instrument, event } => {
            format!("event {event} attaches this condition to {instrument} already")
        }
        F::ConditionNotAttached { instrument, on } => format!(
            "{instrument} does not have this condition on {on}; give the condition word for word"
        ),
        F::NoticeStated { instrument } => format!(
            "notice to end {instrument} is not stated as a fact; use `notice`, which finds the day \
             of the end by the rules"
        ),
    }
}
