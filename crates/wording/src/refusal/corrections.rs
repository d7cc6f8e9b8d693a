//! Refusals of corrections and redactions, in words.

use remit_domain::CorrectionFault as F;

use crate::list::and;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::EventNotNamed {} => "name the event that is corrected or redacted".to_owned(),
        F::NotToBeDisputed { event, kind } => format!(
            "event {event} is of the kind {kind}, which cannot be disputed; dispute the event that \
             it is about"
        ),
        F::EventUnknown { event } => format!("the register has no event {event}"),
        F::RedactionStands { event } => format!(
            "event {event} is a redaction, and a redaction cannot be corrected; to give the \
             redacted field a new value, correct the event that was redacted"
        ),
        F::AlreadyRetracted { event, by } => {
            format!("event {by} has already retracted event {event}; correct event {by} instead")
        }
        F::TurnedTooOften { event, limit } => format!(
            "event {event} has been taken back or brought back {limit} times, and no more \
             corrections of it are allowed; record what is so now as a new fact"
        ),
        F::FactMissing {} => {
            "a correction of kind recorded-late or effect-backdated must state a fact".to_owned()
        }
        F::MadeOnMissing { kind } => {
            format!("a correction of kind {kind} needs the day on which the act was done")
        }
        F::NotToBeStated { kind } => {
            format!("a correction cannot state a fact of kind {kind}; record that fact by itself")
        }
        F::KindDiffers { was, is } => {
            format!(
                "the corrected event is of kind {was}, and the stated fact of kind {is}; state a \
                 fact of kind {was}"
            )
        }
        F::NotBackdated { made_on, effective_on } => format!(
            "the act was done on {made_on} and has effect from {effective_on}, which is not an \
             earlier day; record it as an ordinary fact"
        ),
        F::LeftNotInBeing { code, on, event } => format!(
            "{code} would not exist on {on}, although by event {event} something passes from it or \
             to it; correct that event first"
        ),
        F::LeftLivingOn { code, on, event } => format!(
            "{code} would still exist on {on}, although by event {event} its area passes on that \
             day; correct that event first"
        ),
        F::LeftUndrawn { instrument, event } => format!(
            "the correction would remove instrument {instrument}, on which event {event} rests; \
             correct event {event} first"
        ),
        F::NothingPersonal { event, kind } => {
            format!("event {event} is of kind {kind}, which has no field that may name a person")
        }
        F::FieldNotPersonal { event, field, has } => {
            format!(
                "event {event} has no field {field} that may name a person; its fields that may \
                 name a person are {}",
                and(has)
            )
        }
        F::InTheClear { event, field } => format!(
            "event {event} cannot be redacted: it was recorded by a release that stored the \
             {field} in the event itself, and a stored event never changes"
        ),
        F::AlreadyRedacted { event, field, by } => {
            format!("event {by} has already redacted the {field} of event {event}")
        }
        F::RedactionDayMissing {} => "a redaction needs the day on which it was decided".to_owned(),
    }
}
