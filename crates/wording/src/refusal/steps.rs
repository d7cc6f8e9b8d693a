//! Refusals of steps in the life of an instrument, in words.

use remit_domain::{AsOfRight, BodyCode, Day, DayOfYear, InstrumentId, Step, StepFault as F};

use crate::list::{and, or, period};

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::NoRuleForStep { step, basis, on } => {
            format!(
                "no rule in force{} lets an instrument on the basis {basis} take the step {step}",
                day(*on)
            )
        }
        F::StateForbids { instrument, step, state, on, event, allowed } => format!(
            "{instrument} is {state}{}, as event {event} records; for the step {step} it must be \
             {}",
            day(*on),
            or(allowed)
        ),
        F::WindowClosed { step, last } => {
            format!("the last day on which the step {step} could be taken was {last}")
        }
        F::ActorMayNot { code, step, instrument, may } => {
            actor_may_not(*code, *step, instrument, may)
        }
        F::ActorMissing { step, instrument, party, bodies } => {
            format!(
                "the step {step} of {instrument} needs an act of the {party}; name {} as actor",
                or(bodies)
            )
        }
        F::ConsentMissing { instrument, party, bodies, as_of_right } => format!(
            "{instrument} can end on this day only if the {party} agrees; name {} as agreeing{}",
            or(bodies),
            as_of_right.as_ref().map(alone).unwrap_or_default()
        ),
        F::InForceAlready { instrument, effective, event } => {
            format!(
                "{instrument} is already in force {}, as event {event} records",
                period(effective)
            )
        }
        F::EndedAlready { instrument, on, event } => {
            format!("{instrument} already ended on {on}, as event {event} records")
        }
        F::NeverInForce { instrument } => {
            format!("{instrument} was never in force, so it cannot end")
        }
        F::BeginsLater { instrument, from } => {
            format!("{instrument} comes into force on {from}, which is after the day given")
        }
        F::PartiesInBeing { parties, on } => {
            format!(
                "none of the parties {} has ceased by {on}, so the instrument does not end for \
                 that reason",
                and(parties)
            )
        }
        F::NoticeGiven { instrument, ends_on, event } => {
            format!("event {event} records notice to end {instrument}, which ends it on {ends_on}")
        }
        F::NoNoticeWindow { basis, on } => {
            format!(
                "no rule in force on {on} says when notice may be given to end an instrument on \
                 the basis {basis}"
            )
        }
        F::StartForbidden { basis, on, days } => format!(
            "instruments on {basis} begin on {} of a year, not on {on}; if the first day is not \
             known, use start \"not-evidenced\"",
            or(&days.iter().map(month_and_day).collect::<Vec<_>>())
        ),
    }
}

fn day(on: Option<Day>) -> String {
    on.map(|day| format!(" on {day}")).unwrap_or_default()
}

fn actor_may_not(
    code: BodyCode,
    step: Step,
    instrument: &InstrumentId,
    may: &[BodyCode],
) -> String {
    match may {
        [] => format!("the step {step} of {instrument} needs no actor; leave {code} out"),
        may => format!("{code} may not take the step {step} of {instrument}; {} may", and(may)),
    }
}

fn alone(AsOfRight { given_on, ends_on, rule }: &AsOfRight) -> String {
    format!("; by notice alone, given on {given_on}, it ends on {ends_on} at the earliest ({rule})")
}

fn month_and_day(DayOfYear { month, day }: &DayOfYear) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = usize::try_from(*month).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    format!("{day} {}", name.copied().unwrap_or_default())
}
