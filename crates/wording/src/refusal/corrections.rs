//! Refusals of corrections and redactions, in words.

use remit_domain::CorrectionFault as F;

use crate::list::and;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::EventNotNamed {} => "name the event that it is about".to_owned(),
        F::EventUnknown { event } => format!("the register has no event {event}"),
        F::RedactionStands { event } => format!(
            "event {event} redacts a field, and its value is gone for good; if the field must say \
             something, correct the event that held it"
        ),
        F::AlreadyRetracted { event, by } => {
            format!("event {by} has already retracted event {event}; correct event {by} instead")
        }
        F::FactMissing {} => "state the fact that holds".to_owned(),
        F::MadeOnMissing { kind } => {
            format!("{kind} needs the day on which the act was done")
        }
        F::NotToBeStated { kind } => {
            format!("a correction cannot state {kind}; record that by itself")
        }
        F::KindDiffers { was, is } => {
            format!("the event corrected is {was}, and this is {is}; state a fact of the same kind")
        }
        F::NotBackdated { made_on, effective_on } => format!(
            "the act was done on {made_on} and has effect from {effective_on}, which is not an \
             earlier day; record it as an ordinary fact"
        ),
        F::LeftUndrawn { instrument, event } => format!(
            "without it instrument {instrument} would not exist, and event {event} rests on it; \
             correct event {event} first"
        ),
        F::NothingPersonal { event, kind } => {
            format!("event {event} is {kind}, and has no field that may name a person")
        }
        F::FieldNotPersonal { event, field, has } => {
            format!("event {event} has no {field} that may name a person; it has {}", and(has))
        }
        F::InTheClear { event, field } => format!(
            "event {event} was recorded before such fields were kept apart: its own bytes, which \
             never change, hold the {field}"
        ),
        F::AlreadyRedacted { event, field, by } => {
            format!("event {by} redacts the {field} of event {event} already")
        }
        F::RedactionDayMissing {} => "a redaction needs the day on which it was decided".to_owned(),
    }
}
