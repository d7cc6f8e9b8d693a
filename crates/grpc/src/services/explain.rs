//! Implements `Explain`: returns an answer, the events and rules of law that the answer rests on,
//! and the reasoning that leads from these events and rules to the answer.

use std::collections::{BTreeMap, BTreeSet};

use remit_domain::{Event, Position};
use remit_log::Stored;
use remit_register::{Answer, Cited, Explanation, Register};
use remit_shape::{decode, event_type};
use tonic::Status;

use super::Api;
use super::responsibility::Question;
use crate::{pb, render, status};

/// The events that an answer rests on, by position. Each is kept both as stored and as decoded.
type Events = BTreeMap<Position, (Stored, Event)>;

impl Api {
    pub(super) async fn explained(
        &self,
        request: pb::WhoHoldsRequest,
        question: &Question,
    ) -> Result<pb::ExplainResponse, Status> {
        let Question { function, place, effective_on, answers_on, .. } = question;
        let (at, grounds) = self.view(question.known, |register, at| {
            let answer = question.ask(register, at);
            Ok((at, answer.all_grounds()))
        })?;
        let mut events = Events::new();
        for ground in grounds {
            if !events.contains_key(&ground.position) {
                events.extend(self.event(ground.position).await?);
            }
        }
        // Find the answer again. The answer has not changed, because the question is asked at the
        // fixed position `at`, which leaves out all later events.
        self.node.view(|register, _| {
            let answer = question.ask(register, at);
            let cited = Cited {
                function,
                place,
                effective_on: *effective_on,
                answers_on: *answers_on,
                known_at: answer.known_at,
                events: events.iter().map(|(position, (_, event))| (*position, event)).collect(),
            };
            let explanation = cited.explain(&answer);
            let reply = render::answer(register, request.function, request.place, &answer, false);
            let grounds = explanation.grounds.iter().map(render::ground).collect();
            let loads_under_way = self.loads_under_way();
            Ok(pb::ExplainResponse {
                answer: Some(pb::Answer { grounds, loads_under_way, ..reply }),
                grounds: explained_grounds(&explanation, &events),
                rules: applied_rules(register, &answer, at),
                tree: Some(tree(question, &answer, &explanation)),
            })
        })
    }

    /// Returns the event at `position`, both as stored and as decoded.
    async fn event(
        &self,
        position: Position,
    ) -> Result<Option<(Position, (Stored, Event))>, Status> {
        let stored = self.stored(position.prev(), 1).await?.into_iter().next();
        let read = |stored: Stored| {
            let recorded = decode(stored.position, &stored.bytes);
            let recorded = recorded.map_err(|error| status::unreadable(&error))?;
            Ok((position, (stored, recorded.event)))
        };
        stored.map(read).transpose()
    }
}

fn explained_grounds(explanation: &Explanation<'_>, events: &Events) -> Vec<pb::ExplainedGround> {
    let explained = explanation.grounds.iter().filter_map(|ground| {
        let (stored, event) = events.get(&ground.position)?;
        Some(pb::ExplainedGround {
            ground: Some(render::ground(ground)),
            recorded: Some(pb::Known {
                position: stored.position.get(),
                recorded_at: Some(render::timestamp(stored.recorded_at)),
            }),
            event_type: event_type(event),
            subject: event.fact.subject(),
            evidence: Some(render::evidence(&event.evidence)),
            event: String::from_utf8_lossy(&stored.bytes).into_owned(),
        })
    });
    explained.collect()
}

/// Returns the rules of law that the answer names, as known at `at`: later corrections of the rules
/// do not affect the answer.
fn applied_rules(register: &Register, answer: &Answer<'_>, at: Position) -> Vec<pb::AppliedRule> {
    let liable = answer.liable.rules.iter().copied();
    let cases = answer.cases().iter().filter_map(|case| case.rule);
    let of_capacities = answer.capacities.iter().map(|each| each.rule);
    let regimes = answer.regimes.iter().copied();
    let steps = answer.answering_now.iter().flat_map(|now| &now.steps);
    let across = steps.filter_map(|step| step.rule);
    let mut ids: Vec<_> =
        liable.chain(cases).chain(of_capacities).chain(regimes).chain(across).collect();
    let mut seen = BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    let rules = ids.into_iter().filter_map(|id| register.rule(id, at));
    rules
        .map(|rule| pb::AppliedRule {
            id: rule.id.to_string(),
            text: rule.text.to_string(),
            citation: rule.citation.to_string(),
            counter_argument: rule
                .counter_argument
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        })
        .collect()
}

fn tree(
    question: &Question,
    answer: &Answer<'_>,
    explanation: &Explanation<'_>,
) -> pb::ExplainStep {
    let Question { function, place, .. } = question;
    let because = explanation.steps.iter().map(|step| pb::ExplainStep {
        says: remit_wording::explain::step(function, place, &step.says),
        events: step.events.iter().map(|position| position.get()).collect(),
        rules: step.rules.iter().map(ToString::to_string).collect(),
        because: Vec::new(),
    });
    pb::ExplainStep {
        says: remit_wording::explain::answer(function, answer),
        events: Vec::new(),
        rules: Vec::new(),
        because: because.collect(),
    }
}
