//! Explains an answer: the steps of the resolution procedure, each with the events and the rows of
//! law that it rests on.

use std::collections::BTreeMap;

use remit_domain::{BodyCode, Capacity, Event, InstrumentId, Position, RuleId};

use crate::answer::{Answer, Ground, GroundKind, Place};
use crate::least::Cited;

/// The conclusion of one step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says<'r> {
    /// The place lies in the area of this commissioner. `None` if the recorded facts lead to no
    /// commissioner.
    InArea(Option<BodyCode>),
    /// Bodies ended, and other bodies succeeded them.
    Succeeded,
    /// Statute places the function on this body. `None` if the catalogue leads to no body.
    Placed(Option<BodyCode>),
    /// This instrument is in force.
    InForce(&'r InstrumentId),
    /// This instrument is in force, and the body that received the function passed it on.
    PassedOn(&'r InstrumentId),
    /// This instrument was in force when the previous commissioner ended.
    WasInForce(&'r InstrumentId),
    /// The parties to the instruments exist, and so do the bodies to which they are accountable.
    PartiesInBeing,
    /// The commissioner did not have the function on some legal bases.
    NotHeld,
    /// These bodies are liable. Empty if the law leads to no liable body.
    Liable(Vec<BodyCode>),
    /// These bodies have this capacity beside those that hold, exercise and are liable.
    InCapacity(Capacity, Vec<BodyCode>),
    /// This rule says how the function is exercised.
    Regime(&'r RuleId),
    /// These bodies would answer today for bodies that have ceased.
    WouldAnswer(Vec<BodyCode>),
    /// The step lists the remaining events. The answer mentions these events, but they do not
    /// decide who exercises the function.
    Beside,
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedStep<'r> {
    /// What this step of the explanation concludes.
    pub says: Says<'r>,
    /// The events that this step of the explanation rests on, in log order.
    pub events: Vec<Position>,
    /// The rows of law that this step of the explanation applies.
    pub rules: Vec<&'r RuleId>,
}

/// The explanation of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation<'r> {
    /// The events that the answer rests on, in log order. The answer needs every one of these
    /// events, and no others.
    pub grounds: Vec<Ground>,
    /// The steps of the explanation, in the order of the resolution procedure.
    pub steps: Vec<ExplainedStep<'r>>,
}

impl Cited<'_> {
    /// Explains `answer`. The events from which this value was made must give that answer.
    #[must_use]
    pub fn explain<'r>(&self, answer: &Answer<'r>) -> Explanation<'r> {
        let grounds = self.least_grounds();
        let events: BTreeMap<_, _> = self.events.iter().copied().collect();
        let mut left = Left { grounds: grounds.clone(), events };
        let steps = left.steps(self.place, answer);
        Explanation { grounds, steps }
    }
}

/// The grounds that no step of the explanation has used yet, and the events that they refer to.
struct Left<'e> {
    grounds: Vec<Ground>,
    events: BTreeMap<Position, &'e Event>,
}

impl Left<'_> {
    /// Removes the grounds that `wanted` accepts, and returns the positions of their events.
    fn take(&mut self, wanted: impl Fn(GroundKind, &str) -> bool) -> Vec<Position> {
        let mut taken = Vec::new();
        self.grounds.retain(|ground| {
            let event = self.events.get(&ground.position);
            let subject = event.map(|event| event.fact.subject()).unwrap_or_default();
            let wanted = wanted(ground.kind, &subject);
            if wanted && taken.last() != Some(&ground.position) {
                taken.push(ground.position);
            }
            !wanted
        });
        taken
    }

    fn of_instrument(&mut self, id: &InstrumentId) -> Vec<Position> {
        use GroundKind as K;
        self.take(|kind, subject| {
            subject == id.as_str()
                && matches!(
                    kind,
                    K::Instrument
                        | K::InForce
                        | K::Sighting
                        | K::Variation
                        | K::Stage
                        | K::Notice
                        | K::Work
                )
        })
    }

    fn steps<'r>(&mut self, place: &Place, answer: &Answer<'r>) -> Vec<ExplainedStep<'r>> {
        use GroundKind as K;
        let in_force = answer.instruments().iter().map(|id| (*id, Says::InForce(id)));
        let passed_on = answer.links().iter().map(|id| (*id, Says::PassedOn(id)));
        let before = answer.predecessor_instruments().iter().map(|id| (*id, Says::WasInForce(id)));
        let instruments = in_force.chain(passed_on).chain(before);
        let instruments: Vec<_> =
            instruments.map(|(id, says)| (says, self.of_instrument(id))).collect();
        let parties = self.take(|kind, _| kind == K::Party);
        let (today, whom) = self.today(place, answer);
        let in_area = self.take(|kind, _| matches!(kind, K::Body | K::Membership | K::Contract));
        let successions = self.take(|kind, _| matches!(kind, K::Succession | K::End));
        let function = self.take(|kind, _| kind == K::Function);
        let capacities = answer.capacities.iter().map(|each| {
            let by = self.take(|kind, subject| kind == K::Rule && subject == each.rule.as_str());
            let says = Says::InCapacity(each.capacity, each.bodies.clone());
            ExplainedStep { says, events: by, rules: vec![each.rule] }
        });
        let capacities: Vec<_> = capacities.collect();
        let regimes = answer.regimes.iter().map(|rule| {
            let by = self.take(|kind, subject| kind == K::Rule && subject == rule.as_str());
            ExplainedStep { says: Says::Regime(rule), events: by, rules: vec![*rule] }
        });
        let regimes: Vec<_> = regimes.collect();
        let rules = self.take(|kind, _| kind == K::Rule);
        let not_held = self.take(|kind, _| kind == K::NotHeld);
        let beside = self.take(|_, _| true);
        let first = [
            (Says::InArea(answer.area), in_area),
            (Says::Succeeded, successions),
            (Says::Placed(answer.holder), function),
        ];
        let then = [
            (Says::PartiesInBeing, parties),
            (Says::NotHeld, not_held),
            (Says::Liable(answer.liable.bodies.clone()), rules),
        ];
        let last = [(Says::WouldAnswer(whom), today), (Says::Beside, beside)];
        let step = |(says, events)| {
            let by_law = matches!(says, Says::Liable(_));
            let rules = if by_law { answer.liable.rules.clone() } else { Vec::new() };
            ExplainedStep { says, events, rules }
        };
        let mut steps: Vec<_> =
            first.into_iter().chain(instruments).chain(then).map(step).collect();
        steps.extend(capacities);
        steps.extend(regimes);
        steps.extend(last.map(step));
        steps.retain(|step| !step.events.is_empty() || !step.rules.is_empty());
        steps
    }

    /// The bodies that would answer today for bodies that have ceased, and the events that are
    /// needed only to find the bodies that would answer. These events do not affect the answer for
    /// the day asked about.
    fn today(&mut self, place: &Place, answer: &Answer<'_>) -> (Vec<Position>, Vec<BodyCode>) {
        let now = &answer.answering_now;
        let mut whom: Vec<_> = now.iter().flat_map(|now| now.successors.iter().copied()).collect();
        whom.sort_unstable();
        whom.dedup();
        let (place, area) = (place.to_string(), answer.area.map(|area| area.to_string()));
        let successors: Vec<_> = whom.iter().map(ToString::to_string).collect();
        let is_successor = |subject: &str| successors.iter().any(|code| code == subject);
        let read_across = |subject: &str| {
            now.iter()
                .flat_map(|now| &now.steps)
                .any(|step| step.rule.is_some_and(|rule| rule.as_str() == subject))
        };
        let events = self.take(|kind, subject| {
            let at_place = subject == place || area.as_deref() == Some(subject);
            kind == GroundKind::Body && is_successor(subject) && !at_place
                || kind == GroundKind::Rule && read_across(subject)
        });
        (events, whom)
    }
}
