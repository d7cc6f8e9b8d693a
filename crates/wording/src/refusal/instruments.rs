//! Refusals about the text of an instrument, in words.

use remit_domain::InstrumentFault as F;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::Unknown { instrument } => {
            format!("the register has no instrument {instrument}; record that it is drawn up first")
        }
        F::AlreadyDrawn { instrument, event } => {
            format!(
                "event {event} has already drawn up an instrument with the id {instrument}; use \
                 another id"
            )
        }
        F::BasisNotAdmitted { kind, basis } => format!("a {kind} cannot rest on {basis}"),
        F::ReceivesFromItself { code } => {
            format!(
                "{code} is named as giver and as receiver; a body cannot give a function to itself"
            )
        }
        F::NoCommissioner { code } => {
            format!("{code} is neither a CCG nor an ICB, so it has no area; name a CCG or an ICB")
        }
        F::NoCommissionerOn { code, role, on } => {
            format!("on {on} {code} is {role} and has no area of its own; name its ICB instead")
        }
        F::NotToBeVaried { instrument } => {
            format!(
                "a variation of {instrument} cannot change this field; draw up another instrument"
            )
        }
        F::ConditionAttached { instrument, event } => {
            format!("event {event} has already attached this condition to {instrument}")
        }
        F::ConditionNotAttached { instrument, on } => format!(
            "{instrument} has no condition with these words on {on}; give the condition word for \
             word"
        ),
        F::NoticeStated { instrument } => format!(
            "notice to end {instrument} is not stated as a fact; use `notice`, which finds the day \
             of the end by the rules"
        ),
    }
}
