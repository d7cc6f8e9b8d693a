//! No two holders: where two instruments make two bodies exercise one function on one day.

use super::instruments::{list, moves};
use super::{Reason, Refusal};
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::fact::Position;
use crate::instrument::{Area, Instrument, InstrumentKind};
use crate::known::{InForce, Known};
use crate::period::Period;

/// Where an instrument, as recorded, makes two bodies exercise one function for one area on one
/// day: no instrument may, unless it says itself that they exercise together.
///
/// A giver who has the function from another passes it on: a chain, not a clash.
#[must_use]
pub fn overlaps(known: &dyn Known, id: &InstrumentId) -> Vec<Refusal> {
    let Some(own) = known.instrument(id) else { return Vec::new() };
    if !moves(own.instrument.kind) {
        return Vec::new();
    }
    let mut scope: Vec<(&FunctionCode, Option<BodyCode>)> = Vec::new();
    for (_, text) in &own.texts {
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
        // One whose receiver passed the function on over all of the time is a link, not the last.
        let links: Vec<(Position, Period)> = all
            .iter()
            .filter_map(|each| {
                let passed = all.iter().find(|next| {
                    next.given_by == each.exercisers
                        && next.exercisers != each.exercisers
                        && next.instrument != each.instrument
                        && moves(next.kind)
                });
                passed.map(|next| (each.position, next.effective))
            })
            .collect();
        let linked = |each: &InForce, other: &InForce| {
            links.iter().any(|(position, passed)| {
                let until = match (each.effective.until(), other.effective.until()) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                let from = each.effective.from().max(other.effective.from());
                let both = Period::new(from, until);
                *position == each.position && both.is_ok_and(|both| passed.covers(&both))
            })
        };
        let (own, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|each| each.instrument == *id);
        for own in &own {
            for other in &others {
                let chained = own.given_by == other.exercisers || other.given_by == own.exercisers;
                if !moves(other.kind)
                    || chained
                    || linked(other, own)
                    || linked(own, other)
                    || other.exercisers == own.exercisers
                    || !other.effective.overlaps(&own.effective)
                    || named.contains(&(own.position, other.position))
                {
                    continue;
                }
                named.push((own.position, other.position));
                let message = format!(
                    "{function} would be exercised by {} {} under {id} (event {}), and is by {} \
                     {} under {} (event {}); end that first",
                    list(&own.exercisers),
                    own.effective,
                    own.position,
                    list(&other.exercisers),
                    other.effective,
                    other.instrument,
                    other.position
                );
                let field = "effective_from".to_owned();
                refusals.push(Refusal { reason: Reason::TwoHolders, field, message });
            }
        }
    }
    refusals
}

/// Who exercises under an instrument in the area of one commissioner, in code order.
///
/// Where several commissioners receive by one delegation or direction, each exercises for its own
/// area; a joint arrangement is exercised by all of its parties.
#[must_use]
pub fn exercisers(instrument: &Instrument, area: Option<BodyCode>) -> Vec<BodyCode> {
    let own = area.filter(|area| instrument.given_to.contains(area));
    let mut bodies = match (instrument.kind, own) {
        (InstrumentKind::GreaterInvolvement, _) => Vec::new(),
        (InstrumentKind::JointArrangement, _) => {
            instrument.given_by.iter().chain(&instrument.given_to).copied().collect()
        }
        (_, Some(own)) => vec![own],
        (
            InstrumentKind::Delegation
            | InstrumentKind::Direction
            | InstrumentKind::Section7a
            | InstrumentKind::Intervention,
            None,
        ) => instrument.given_to.clone(),
    };
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}
