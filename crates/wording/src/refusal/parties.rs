//! Refusals about the bodies that give and receive a function, in words.

use remit_domain::PartyFault as F;

use crate::list::{and, or, period};

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::NoReceivingRule { basis, on } => {
            let on = on.map(|day| format!(" on {day}")).unwrap_or_default();
            format!("no rule in force{on} says which bodies may receive on {basis}")
        }
        F::MayNotReceive { code, role, basis, may } => {
            format!("{code} is {role}; on {basis} only {} may receive", or(may))
        }
        F::MayNotGive { code, role, basis, may } => {
            format!("{code} is {role}; on {basis} only {} may give", or(may))
        }
        F::TitleMissing { givers, function, on, holder } => format!(
            "{} neither holds nor exercises {function} on {on}; statute places it on {holder}",
            and(givers)
        ),
        F::OnwardWithoutRule { givers, function, under, basis, on } => format!(
            "{} has {function} from another body under {under}, and no rule in force on {on} lets \
             it pass that on by {basis}",
            and(givers)
        ),
        F::OnwardBarred { function, under, event } => {
            format!("the terms of {under} (event {event}) forbid passing {function} on")
        }
        F::Reserved { function, effective, citation, event } => {
            format!("{function} is reserved {} ({citation}, event {event})", period(effective))
        }
        F::NotDelegable { function, basis, on, offered } if offered.is_empty() => {
            format!("{function} cannot pass on {basis} on {on}; the catalogue offers no basis")
        }
        F::NotDelegable { function, basis, on, offered } => {
            format!(
                "{function} cannot pass on {basis} on {on}; the catalogue offers {}",
                or(offered)
            )
        }
        F::TwoHolders { function, own, other } => format!(
            "{} would exercise {function} {} under {} (event {}), while {} exercises it {} under \
             {} (event {}); end that first",
            and(&own.exercisers),
            period(&own.effective),
            own.instrument,
            own.event,
            and(&other.exercisers),
            period(&other.effective),
            other.instrument,
            other.event
        ),
    }
}
