//! Refusals of steps in the life of an instrument, in words.

use remit_domain::{AsOfRight, BodyCode, Day, DayOfYear, InstrumentId, Step, StepFault as F};

use crate::list::{and, or, period};

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::NoRuleForStep { step, basis, on } => format!(
            "no rule in force{} lets an instrument on the basis {basis} take the step {step}",
            day(*on)
        ),
        F::StateForbids { instrument, step, state, on, event, allowed } => format!(
            "{instrument} is in the state {state}{}, as event {event} records; for the step \
             {step} it must be in the state {}",
            day(*on),
            or(allowed)
        ),
        F::WindowClosed { step, last } => {
            format!("the last day on which the step {step} could be taken was {last}")
        }
        F::ActorMayNot { code, step, instrument, may } => {
            actor_may_not(*code, *step, instrument, may)
        }
        F::ActorMissing { step, instrument, party, bodies } => format!(
            "the step {step} of {instrument} must be taken by the {party}; name {} in this \
             field",
            or(bodies)
        ),
        F::ConsentMissing { instrument, party, bodies, as_of_right } => format!(
            "{instrument} can end on this day only if the {party} agrees; if so, name {} in this \
             field{}",
            or(bodies),
            as_of_right.as_ref().map(alone).unwrap_or_default()
        ),
        F::InForceAlready { instrument, effective, event } => format!(
            "{instrument} is already in force {}, as event {event} records, so it can no \
             longer be rejected, be withdrawn or lapse",
            period(effective)
        ),
        F::EndedAlready { instrument, on, event } => {
            format!("{instrument} already ended on {on}, as event {event} records")
        }
        F::NeverInForce { instrument } => {
            format!("{instrument} was never in force, so it cannot end")
        }
        F::BeginsLater { instrument, from } => {
            format!("{instrument} comes into force on {from}; give a later day")
        }
        F::PartiesInBeing { parties, on } => format!(
            "none of the parties {} has ceased by {on}, so the instrument cannot end by \
             dissolution",
            and(parties)
        ),
        F::NoticeGiven { instrument, ends_on, event } => format!(
            "event {event} already records notice to end {instrument}; by that notice, \
             the instrument ends on {ends_on}"
        ),
        F::NoNoticeWindow { basis, on } => format!(
            "no rule in force on {on} says when notice may end an instrument whose basis is \
             {basis}"
        ),
        F::StartForbidden { basis, on, days } => format!(
            "an instrument on the basis {basis} may begin only on {} of a year, not on {on}; if \
             the first day is not known, use start \"not-evidenced\"",
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
        [] => format!("the step {step} of {instrument} is not taken by any body; leave {code} out"),
        may => format!(
            "{code} may not take the step {step} of {instrument}; only {} may take \
             it",
            and(may)
        ),
    }
}

fn alone(AsOfRight { given_on, ends_on, rule }: &AsOfRight) -> String {
    format!(
        "; without agreement, notice given on {given_on} ends the instrument on {ends_on} at \
         the earliest ({rule})"
    )
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
