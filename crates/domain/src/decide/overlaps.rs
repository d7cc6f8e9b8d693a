//! Finds conflicts between instruments: two instruments by which different bodies would exercise
//! one function for one area on one day.

use std::collections::BTreeMap;

use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::fault::{Exercise, PartyFault, Refusal};
use crate::instrument::{Area, Instrument, InstrumentKind};
use crate::known::{InForce, InstrumentKnown, Known};
use crate::period::Period;
use crate::position::Position;

use super::instruments::moves;

/// A link of a chain: an instrument whose receiver passed the function on by another instrument.
/// `passed_on` is the period of that other instrument.
struct Link {
    event: Position,
    passed_on: Period,
}

/// Returns a refusal for each other instrument with which the instrument `id` conflicts: by the two
/// instruments, different bodies would exercise one function for one area on one day. Several
/// bodies may share a function only by one joint instrument.
///
/// Two instruments form a chain, and do not conflict, if the givers of one instrument have the
/// function by the other instrument and pass the function on. Nor do two instruments conflict that
/// list contracts and have none in common.
pub(super) fn overlaps(known: &dyn Known, id: &InstrumentId) -> Vec<Refusal> {
    let Some(own) = known.instrument(id) else { return Vec::new() };
    if !moves(own.instrument.kind) {
        return Vec::new();
    }
    let scope = scope(&own);
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

/// The functions that an instrument is about in any of its texts, each with an area.
fn scope<'a>(own: &InstrumentKnown<'a>) -> Vec<(&'a FunctionCode, Option<BodyCode>)> {
    let mut scope = Vec::new();
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
    scope
}

/// The other instruments under which the bodies that exercise functions under the instrument `id`
/// exercise them already, on some of the same days, each with those functions. This is allowed, and
/// an answer then names both instruments.
#[must_use]
pub fn doubles(known: &dyn Known, id: &InstrumentId) -> BTreeMap<InstrumentId, Vec<FunctionCode>> {
    let mut found: BTreeMap<InstrumentId, Vec<FunctionCode>> = BTreeMap::new();
    let Some(own) = known.instrument(id).filter(|own| moves(own.instrument.kind)) else {
        return found;
    };
    let basis = own.instrument.basis;
    for (function, area) in scope(&own) {
        let all = known.in_force(function, area);
        let (own, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|each| each.instrument == *id);
        let doubled = |other: &InForce| {
            // Instruments on two bases disagree, which is more than that there are two.
            if known.instrument(&other.instrument).is_none_or(|of| of.instrument.basis != basis) {
                return false;
            }
            let same = |own: &&InForce| {
                own.exercisers == other.exercisers
                    && own.effective.overlaps(&other.effective)
                    && !own.is_apart_from(&other.contracts)
            };
            moves(other.kind) && own.iter().any(|own| same(&own))
        };
        for other in others.into_iter().filter(doubled) {
            let functions = found.entry(other.instrument).or_default();
            if !functions.contains(function) {
                functions.push(function.clone());
            }
        }
    }
    found
}

fn exercise(in_force: &InForce) -> Exercise {
    let InForce { instrument, event, exercisers, effective, .. } = in_force.clone();
    Exercise { instrument, event, exercisers, effective }
}

/// Returns a link for each instrument in `all` whose receiver passed the function on by another
/// instrument in `all`.
fn links(all: &[InForce]) -> Vec<Link> {
    let passes = |each: &InForce, next: &&InForce| {
        next.given_by == each.exercisers
            && next.exercisers != each.exercisers
            && next.instrument != each.instrument
            && moves(next.kind)
            && !next.is_apart_from(&each.contracts)
    };
    let link = |each: &InForce| {
        let next = all.iter().find(|next| passes(each, next))?;
        Some(Link { event: each.event, passed_on: next.effective })
    };
    all.iter().filter_map(link).collect()
}

/// Whether the instruments `own` and `other` conflict: by the two instruments, different bodies
/// exercise the function on the same day, and the instruments do not form a chain.
fn at_odds(own: &InForce, other: &InForce, links: &[Link]) -> bool {
    let chained = own.given_by == other.exercisers || other.given_by == own.exercisers;
    moves(other.kind)
        && !chained
        && !is_link(other, own, links)
        && !is_link(own, other, links)
        && other.exercisers != own.exercisers
        && other.effective.overlaps(&own.effective)
        && !other.is_apart_from(&own.contracts)
}

/// Whether the receiver of `each` has passed the function on to another body, on every day on which
/// both `each` and `other` are in force.
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

/// The bodies that exercise a function under an instrument in the area of the commissioner `area`,
/// in order of code. If `area` is `None`, the bodies that exercise the function in any area of the
/// instrument.
///
/// If several commissioners receive a function by one instrument that is not joint, each of them
/// exercises the function for its own area only. All parties to a joint arrangement exercise the
/// function. Greater involvement lets nobody exercise a function.
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
