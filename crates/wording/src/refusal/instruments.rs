//! Refusals about the text of an instrument, in words.

use remit_domain::InstrumentFault as F;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::Unknown { instrument } => {
            format!(
                "the register has no instrument {instrument}; first record that the \
                 instrument was drawn up"
            )
        }
        F::AlreadyDrawn { instrument, event } => {
            format!(
                "event {event} has already drawn up an instrument with the id {instrument}; use \
                 another id"
            )
        }
        F::BasisNotAdmitted { kind, basis } => format!(
            "an instrument of kind {kind} cannot rest \
             on the basis {basis}"
        ),
        F::ReceivesFromItself { code } => {
            format!(
                "{code} is named as giver and as receiver; a body cannot give a function to itself"
            )
        }
        F::NoCommissioner { code } => {
            format!("{code} is neither a CCG nor an ICB, so it has no area; name a CCG or an ICB")
        }
        F::NoCommissionerOn { code, role, on } => {
            format!(
                "on {on} {code} has the role {role} and no area of its own; name its ICB \
                 instead"
            )
        }
        F::ListsContracts {} => {
            "an instrument that lists contracts must name the area of one commissioner; draw up an \
             instrument for each"
                .to_owned()
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
        F::SightedWithoutEnd { instrument } => format!(
            "a sighting of {instrument} must have an end, the day after the day or the month that \
             the source speaks of; only an undated sighting may have none"
        ),
        F::NoticeStated { instrument } => format!(
            "notice to end {instrument} cannot be stated as a fact; use `give_notice`, which \
             works out the day of the end from the rules"
        ),
    }
}
