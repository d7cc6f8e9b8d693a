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
                "{code} has the role {role}; on the basis {basis} only a body with the role {} \
                 may receive a function",
                or(may)
            )
        }
        F::MayNotGive { code, role, basis, may } => {
            format!(
                "{code} has the role {role}; on the basis {basis} only a body with the role \
                 {} may give a function",
                or(may)
            )
        }
        F::TitleMissing { givers, function, on, holder } => format!(
            "{} cannot give {function} without holding or exercising the function on {on}; \
             statute places the function on {holder}",
            and(givers)
        ),
        F::OnwardWithoutRule { givers, function, under, basis, on } => format!(
            "{} received {function} under {under}, and no rule in force on {on} lets a receiver \
             pass a function on by an instrument on the basis {basis}",
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
                 on {on}; on that day it allows only the basis {}",
                or(offered)
            )
        }
        F::TwoHolders { function, own, other } => format!(
            "{} would exercise {function} {} under {} (event {}), and on some of the same days {} \
             would exercise it, {} under {} (event {}), which only one of them may; end one of \
             these two instruments before the other begins",
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
