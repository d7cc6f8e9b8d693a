//! Finds two holders: two instruments by which different bodies exercise one function for one area
//! on one day.

use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::fault::{Exercise, PartyFault, Refusal};
use crate::instrument::{Area, Instrument, InstrumentKind};
use crate::known::{InForce, Known};
use crate::period::Period;
use crate::position::Position;

use super::instruments::moves;

/// A link of a chain: an instrument whose receiver passed the function on, by another instrument,
/// in the period `passed_on`.
struct Link {
    event: Position,
    passed_on: Period,
}

/// A refusal for each conflict of instrument `id` with another: different bodies would exercise one
/// function for one area on one day. Several bodies may do that only by one joint instrument.
///
/// A giver that has the function by another instrument passes it on: that is a chain, not a
/// conflict.
pub(super) fn overlaps(known: &dyn Known, id: &InstrumentId) -> Vec<Refusal> {
    let Some(own) = known.instrument(id) else { return Vec::new() };
    if !moves(own.instrument.kind) {
        return Vec::new();
    }
    let mut scope: Vec<(&FunctionCode, Option<BodyCode>)> = Vec::new();
    for text in own.texts.iter().map(|text| text.text) {
        for function in &text.functions {
            match &text.area {
                Area::England => scope.push((function, None)),
                Area::Of(bodies) => scope.extend(bodies.iter().map(|code| (function, Some(*code)))),
            }
        }
    }
    scope.sort_unstable();
    scope.dedup();
    let mut refusals = Vec::new();
    let mut named: Vec<(Position, Position)> = Vec::new();
    for (function, area) in scope {
        let all = known.in_force(function, area);
        let links = links(&all);
        let (own, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|each| each.instrument == *id);
        for own in &own {
            for other in &others {
                if !at_odds(own, other, &links) || named.contains(&(own.event, other.event)) {
                    continue;
                }
                named.push((own.event, other.event));
                let (own, other) = (exercise(own), exercise(other));
                let function = function.clone();
                let fault = PartyFault::TwoHolders { function, own, other }.into();
                refusals.push(Refusal { field: "effective_from".to_owned(), fault });
            }
        }
    }
    refusals
}

fn exercise(in_force: &InForce) -> Exercise {
    let InForce { instrument, event, exercisers, effective, .. } = in_force.clone();
    Exercise { instrument, event, exercisers, effective }
}

/// The instruments whose receivers passed the function on, each with the period of the instrument
/// by which they did.
fn links(all: &[InForce]) -> Vec<Link> {
    let passes = |each: &InForce, next: &&InForce| {
        next.given_by == each.exercisers
            && next.exercisers != each.exercisers
            && next.instrument != each.instrument
            && moves(next.kind)
    };
    let link = |each: &InForce| {
        let next = all.iter().find(|next| passes(each, next))?;
        Some(Link { event: each.event, passed_on: next.effective })
    };
    all.iter().filter_map(link).collect()
}

/// Whether the two instruments make different bodies exercise the function on the same day, and are
/// not a chain.
fn at_odds(own: &InForce, other: &InForce, links: &[Link]) -> bool {
    let chained = own.given_by == other.exercisers || other.given_by == own.exercisers;
    moves(other.kind)
        && !chained
        && !is_link(other, own, links)
        && !is_link(own, other, links)
        && other.exercisers != own.exercisers
        && other.effective.overlaps(&own.effective)
}

/// Whether the receiver of `each` has passed the function on, on every day that `each` shares with
/// `other`.
fn is_link(each: &InForce, other: &InForce, links: &[Link]) -> bool {
    let until = match (each.effective.until(), other.effective.until()) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let from = each.effective.from().max(other.effective.from());
    let shared = Period::new(from, until);
    let covers = |link: &Link| shared.is_ok_and(|shared| link.passed_on.covers(&shared));
    links.iter().any(|link| link.event == each.event && covers(link))
}

/// The bodies that exercise under an instrument in the area of the commissioner `area`, in order of
/// code. With `None`: in all of its areas.
///
/// If several commissioners receive by one instrument that is not joint, each exercises for its own
/// area only. All parties of a joint arrangement exercise. Nobody exercises by greater involvement.
#[must_use]
pub fn exercisers(instrument: &Instrument, area: Option<BodyCode>) -> Vec<BodyCode> {
    let own = area.filter(|area| instrument.given_to.contains(area));
    let mut bodies = match instrument.kind {
        InstrumentKind::GreaterInvolvement => Vec::new(),
        InstrumentKind::JointArrangement => {
            instrument.given_by.iter().chain(&instrument.given_to).copied().collect()
        }
        InstrumentKind::Delegation
        | InstrumentKind::Direction
        | InstrumentKind::Section7a
        | InstrumentKind::Intervention => match own {
            Some(own) => vec![own],
            None => instrument.given_to.clone(),
        },
    };
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}
