//! Checks that are only possible once an event is folded in: whether two bodies would exercise the
//! same function, and whether a correction leads to a state that could not have been recorded
//! directly.

use crate::body::{Member, Relation};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId, RuleId};
use crate::fact::{Event, Fact, InstrumentFact};
use crate::fault::{Clash, CorrectionFault, InstrumentFault, Reason, Refusal};
use crate::known::{Known, RoleKnown};
use crate::period::{Day, Period};
use crate::position::Position;
use crate::word::Word;

use super::Checks;
use super::overlaps::overlaps;

/// Something that an event changed, either directly or by retracting another event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The event changed the periods in which this body has its roles.
    Lives(BodyCode),
    /// The event changed what passes from this body.
    Passing(BodyCode),
    /// The event changed the memberships of this member.
    Memberships(Member),
    /// The event changed who holds this contract.
    Contract(ContractId),
    /// The event changed the segments of this function's history.
    Function(FunctionCode),
    /// The event changed the rows of law with this rule id.
    Rule(RuleId),
    /// The event changed a text of this instrument, as drawn up or as varied.
    Drawing(InstrumentId),
    /// The event changed the text of this instrument, the periods in which the instrument is in
    /// force, or the periods in which its parties exist.
    Instrument(InstrumentId),
}

/// Returns a refusal for every check that fails once `event` is folded into `known`. `changed`
/// returns what the event changed, including through a chain of corrections. `changed` is called
/// only if a check needs its result.
pub fn after(
    known: &dyn Known,
    event: &Event,
    changed: impl FnOnce() -> Vec<Changed>,
) -> Vec<Refusal> {
    let corrects = matches!(event.fact, Fact::Corrected(_));
    let moves = matches!(
        event.fact,
        Fact::Instruments(
            InstrumentFact::InstrumentDrawn(_)
                | InstrumentFact::InstrumentInForce(_)
                | InstrumentFact::InstrumentVaried(_)
        )
    );
    if !corrects && !moves {
        return Vec::new();
    }
    let (changed, mut refusals) = (changed(), Vec::new());
    if corrects {
        for refusal in changed.iter().flat_map(|thing| clashes(known, thing)) {
            // A correction that states another life of a body changes the lives of one body twice.
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
        }
    }
    for thing in &changed {
        let Changed::Instrument(id) = thing else { continue };
        if corrects {
            unlawful(known, id, &mut refusals);
        }
        refusals.extend(overlaps(known, id));
    }
    if corrects {
        // Every refusal of a correction refuses the field `about`, which names the corrected event.
        for refusal in &mut refusals {
            "about".clone_into(&mut refusal.field);
        }
    }
    refusals
}

/// Checks an instrument that a correction changed. Adds a refusal for each rule that the instrument
/// breaks while it is in force. Also adds a refusal if the correction leaves the instrument not
/// drawn up although an event refers to the instrument.
fn unlawful(known: &dyn Known, id: &InstrumentId, refusals: &mut Vec<Refusal>) {
    let mut checks = Checks { known, made_on: None, refusals: Vec::new() };
    match known.instrument(id) {
        Some(own) => {
            for force in &own.in_force {
                let (from, text) = (force.effective.from(), own.text(force.effective.from()));
                checks.may_receive(text, Some(from));
                checks.in_areas(text, from);
                checks.may_give(text, from);
                checks.may_pass_all(text, force.effective);
            }
        }
        None => {
            if let Some(event) = known.first_of(id) {
                let instrument = id.clone();
                checks.refuse("about", CorrectionFault::LeftUndrawn { instrument, event });
            }
        }
    }
    for refusal in checks.refusals {
        // The instrument can have the same fault in several periods in force. Report the fault
        // once.
        if !refusals.contains(&refusal) {
            refusals.push(refusal);
        }
    }
}

/// A period in which a fact holds, and the event that recorded the fact.
struct Span {
    event: Position,
    effective: Period,
}

/// Returns refusals for facts about `thing` that contradict each other after a correction brought
/// one of them back.
fn clashes(known: &dyn Known, thing: &Changed) -> Vec<Refusal> {
    let span = |event, effective| Span { event, effective };
    match thing {
        Changed::Lives(code) => {
            let lives = known.roles(*code).into_iter();
            let spans: Vec<_> = lives.map(|life| span(life.event, life.effective)).collect();
            let mut found = clash(Reason::BodyAlreadyInBeing, code, &spans);
            found.extend(passes_from(known, *code));
            found.extend(reaches(known, *code));
            found
        }
        Changed::Passing(code) => passes_from(known, *code).into_iter().collect(),
        Changed::Memberships(member) => {
            let relations = Relation::ALL.iter().filter(|relation| relation.is_exclusive());
            let of = |relation: &Relation| {
                let groups = known.groups(member, *relation).into_iter();
                let spans: Vec<_> =
                    groups.map(|known| span(known.event, known.effective)).collect();
                clash(Reason::MembershipOverlaps, member, &spans)
            };
            relations.flat_map(of).collect()
        }
        Changed::Contract(contract) => {
            let holders = known.contract(contract).into_iter();
            let spans: Vec<_> = holders.map(|known| span(known.event, known.effective)).collect();
            clash(Reason::ContractAlreadyHeld, contract, &spans)
        }
        Changed::Function(code) => {
            let segments = known.segments(code).into_iter();
            let spans: Vec<_> = segments.map(|known| span(known.event, known.effective)).collect();
            clash(Reason::FunctionSegmentOverlaps, code, &spans)
        }
        Changed::Rule(id) => {
            let rows = known.rules().into_iter().filter(|row| row.rule.id == *id);
            let spans: Vec<_> =
                rows.filter_map(|row| Some(span(row.event, row.effective?))).collect();
            clash(Reason::RuleAlreadyEnacted, id, &spans)
        }
        Changed::Drawing(id) => match known.drawings(id).as_slice() {
            [event, _, ..] => {
                let (instrument, event) = (id.clone(), *event);
                let fault = InstrumentFault::AlreadyDrawn { instrument, event }.into();
                vec![Refusal { field: "about".to_owned(), fault }]
            }
            [] | [_] => Vec::new(),
        },
        Changed::Instrument(_) => Vec::new(),
    }
}

/// Returns a refusal for the first thing that passes from a body although the body does not exist
/// on the eve, or lives on with its area, or whoever it passes to does not exist on the day.
fn passes_from(known: &dyn Known, code: BodyCode) -> Option<Refusal> {
    let lives = known.roles(code);
    let successors = known.successors(code).into_iter();
    let successors = successors.map(|s| (s.effective_on, s.event, s.successor, s.by_area));
    let schemes = known.schemes(code).into_iter();
    let schemes = schemes.map(|scheme| (scheme.effective_on, scheme.event, scheme.to, false));
    let mut passing: Vec<_> = successors.chain(schemes).collect();
    passing.sort_unstable();
    passing.into_iter().find_map(|(on, event, to, by_area)| {
        let eve = on.eve().unwrap_or(on);
        if !lives.iter().any(|life| life.effective.contains(eve)) {
            return Some(about(CorrectionFault::LeftNotInBeing { code, on: eve, event }));
        }
        let on_both =
            |life: &RoleKnown| life.effective.contains(eve) && life.effective.contains(on);
        if by_area && lives.iter().any(on_both) {
            return Some(about(CorrectionFault::LeftLivingOn { code, on, event }));
        }
        let there = known.roles(to).iter().any(|life| life.effective.contains(on));
        (!there).then(|| about(CorrectionFault::LeftNotInBeing { code: to, on, event }))
    })
}

/// Returns a refusal for the first thing that passes to a body that does not exist on the day.
fn reaches(known: &dyn Known, code: BodyCode) -> Option<Refusal> {
    let lives = known.roles(code);
    let mut arrivals = known.arrivals(code);
    arrivals.sort_unstable_by_key(|arrival| (arrival.effective_on, arrival.event));
    let there = |on: Day| lives.iter().any(|life| life.effective.contains(on));
    let lost = arrivals.into_iter().find(|arrival| !there(arrival.effective_on))?;
    let (on, event) = (lost.effective_on, lost.event);
    Some(about(CorrectionFault::LeftNotInBeing { code, on, event }))
}

/// A refusal of the field that names the corrected event.
fn about(fault: CorrectionFault) -> Refusal {
    Refusal { field: "about".to_owned(), fault: fault.into() }
}

/// Returns a refusal for the first two of `spans` that share a day. The result is empty if no two
/// of `spans` share a day.
fn clash(reason: Reason, subject: &impl ToString, spans: &[Span]) -> Vec<Refusal> {
    let pairs = spans
        .iter()
        .enumerate()
        .flat_map(|(at, first)| spans.iter().skip(at + 1).map(move |second| (first, second)));
    let found =
        pairs.into_iter().find(|(first, second)| first.effective.overlaps(&second.effective));
    let refusal = found.map(|(first, second)| Refusal {
        field: "about".to_owned(),
        fault: Clash {
            reason,
            subject: subject.to_string(),
            first: first.effective,
            first_event: first.event,
            second: second.effective,
            second_event: second.event,
        }
        .into(),
    });
    refusal.into_iter().collect()
}
