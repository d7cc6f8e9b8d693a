//! Refusals in words: each sentence says what is wrong and, where possible, what to do about it.

mod bodies;
mod corrections;
mod instruments;
mod law;
mod money;
mod parties;
mod steps;
mod successions;

use remit_domain::{Clash, Fault, Refusal};

use crate::list::period;

/// The sentence about a refusal, without a full stop. It does not name the refused field.
#[must_use]
pub fn refusal(refusal: &Refusal) -> String {
    match &refusal.fault {
        Fault::NamedTwice => "the list has named it before; name it once".to_owned(),
        Fault::MadeLater { made_on, today } => format!(
            "the day on which it was made, {made_on}, is after today, {today}; give the day on \
             which it was made, and the day of its effect in its own field"
        ),
        Fault::NothingNamed => "the list is empty; name at least one".to_owned(),
        Fault::Bodies(fault) => bodies::sentence(fault),
        Fault::Successions(fault) => successions::sentence(fault),
        Fault::Law(fault) => law::sentence(fault),
        Fault::Instruments(fault) => instruments::sentence(fault),
        Fault::Steps(fault) => steps::sentence(fault),
        Fault::Parties(fault) => parties::sentence(fault),
        Fault::Money(fault) => money::sentence(fault),
        Fault::Corrections(fault) => corrections::sentence(fault),
        Fault::Clash(clash) => clashes(clash),
    }
}

fn clashes(clash: &Clash) -> String {
    let Clash { subject, first, first_event, second, second_event, .. } = clash;
    format!(
        "after this correction, event {first_event} ({subject}, {}) and event {second_event} ({}) \
         would hold on the same days, which is not allowed; correct event {second_event} first",
        period(first),
        period(second)
    )
}
