//! Refusals about the bodies that give and receive a function, in words.

use remit_domain::PartyFault as F;

use crate::list::{and, or, period};

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::NoReceivingRule { basis, on } => {
            let on = on.map(|day| format!(" on {day}")).unwrap_or_default();
            format!(
                "no rule in force{on} says which bodies may receive a function on the basis {basis}"
            )
        }
        F::MayNotReceive { code, role, basis, may } => {
            format!(
                "{code} is {role}; on the basis {basis} only {} may receive a function",
                or(may)
            )
        }
        F::MayNotGive { code, role, basis, may } => {
            format!("{code} is {role}; on the basis {basis} only {} may give a function", or(may))
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
            format!("the catalogue lets no body but the holder exercise {function} on {on}")
        }
        F::NotDelegable { function, basis, on, offered } => {
            format!(
                "the catalogue does not let another body exercise {function} on the basis {basis} \
                 on {on}, only on {}",
                or(offered)
            )
        }
        F::TwoHolders { function, own, other } => format!(
            "{} would exercise {function} {} under {} (event {}), while {} exercises it {} under \
             {} (event {}); end the second of these instruments first",
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
