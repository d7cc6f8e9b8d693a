//! Refusals about what passes from one body to another, in words.

use remit_domain::SuccessionFault as F;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::SucceedsItself { code } => format!(
            "{code} cannot succeed itself, and nothing passes from it to itself; if only its name \
             changed, record the new name"
        ),
        F::BearsNoLiabilities { code, role, on } => {
            format!("{code} has the role {role} on {on}; such a body bears no liabilities")
        }
        F::KindsDiffer { predecessor, of, successor, role } => format!(
            "{successor} has the role {role} on that day, and such a body cannot succeed \
             {predecessor}, which has the role {of} on the day before"
        ),
        F::NotOfThatKind { of, role } => format!(
            "this kind of succession is of a CCG by an ICB; here the predecessor has the role \
             {of}, and the successor the role {role}; give another kind"
        ),
        F::NoRuleForIt { predecessor, of, successor, role, on } => format!(
            "no rule in force on {on} lets {successor}, which has the role {role}, succeed \
             {predecessor}, which has the role {of} on the day before; check the day and the \
             codes, or record the rule of law that allows it"
        ),
        F::PredecessorLivesOn { code, role, on, event } => format!(
            "{code} still has the role {role} on {on}, by event {event}, so its area does not \
             pass; record first that the role ends on the day before"
        ),
        F::SuccessionRecorded { predecessor, successor, on, event } => {
            format!("event {event} already records that {successor} succeeds {predecessor} on {on}")
        }
        F::AreaPassedOn { predecessor, successor, on, event } => format!(
            "event {event} records that {successor} takes area of {predecessor} on {on}; more than \
             the whole would pass; give a split its kind and its shares, or correct that event"
        ),
        F::SchemeRecorded { from, to, on, event } => format!(
            "event {event} already records that these liabilities pass from {from} to {to} on \
             {on}; if that event is wrong, correct it"
        ),
        F::LiabilitiesPassedOn { from, to, on, event } => format!(
            "event {event} records that the whole of these liabilities passes from {from} to {to} \
             on {on}; say what is excepted, or correct that event"
        ),
    }
}
