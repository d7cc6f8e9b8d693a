//! The contents of an answer, as plain values. A statement holds an answer in this form, and tests
//! use this form to compare the register with the independent model.

use remit_domain::{BodyCode, RuleId, Word};
use remit_register::{Answer, AnsweredInVersion1, AnsweringNow, AnsweringStep, Case};
use serde::{Deserialize, Serialize};

/// A step to a body that came after another: from whom, to whom, on which day, by which event, and
/// the rule that treats what the first did as done by the second.
pub type StepSaid = (String, String, String, u64, Option<String>);

/// How a ceased body is answered for: its code, whether it is settled who answers, how certain that
/// is, and the steps that lead to its successors.
pub type AnsweringSaid = (String, String, String, Vec<StepSaid>);

/// The contents of an answer. Codes and ids are text, and every list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The kind of answer: `held`, `jointly-held`, `not-delegated`, `gap`, `conflict`, `unsettled`
    /// or `unknown`.
    pub kind: String,
    /// The reason why the answer is unknown. Empty if the answer is not unknown.
    pub unknown: String,
    /// The places to ask about instead, if an area is divided or contracts differ.
    pub ask_instead: Vec<String>,
    /// The commissioner in whose area the place lies, if known.
    pub area: Option<String>,
    /// The body on which statute places the function, if known.
    pub holder: Option<String>,
    /// The bodies that exercise the function.
    pub exercisers: Vec<String>,
    /// The legal basis on which the function is exercised, if known.
    pub basis: Option<String>,
    /// Whether the function is reserved to its holder.
    pub reserved: bool,
    /// Whether it is settled who is liable: `settled`, `unsettled` or `unknown`.
    pub liable_state: String,
    /// The bodies against which rights and liabilities lie.
    pub liable: Vec<String>,
    /// The rules that say who is liable.
    pub rules: Vec<String>,
    /// The instruments in force that the answer rests on, or that conflict with each other.
    pub instruments: Vec<String>,
    /// The links of a chain: the instruments before the last one, whose receivers passed the
    /// function on to another body.
    pub links: Vec<String>,
    /// The instruments of the bodies that preceded the commissioner. Empty unless the answer is a
    /// gap.
    pub predecessors: Vec<String>,
    /// The conditions on which the function is exercised.
    pub conditions: Vec<String>,
    /// Pairs of bodies, of which the first is accountable to the second.
    pub accountable: Vec<(String, String)>,
    /// The bodies that do the work of the function.
    pub performed_by: Vec<String>,
    /// The recorded expectations of who would exercise the function: for each, the position of the
    /// event that recorded the expectation, and true if no instrument supports the expectation.
    pub expectations: Vec<(u64, bool)>,
    /// What is known but has no effect on the answer: for each item, its kind and the position of
    /// the event that recorded it.
    pub unapplied: Vec<(String, u64)>,
    /// For each body that had ceased by the day on which the last known event was recorded: its
    /// code, its successors on that day, and the rule that treats what the body did as done by the
    /// body that came next. Sorted by body.
    pub answering_now: Vec<(String, Vec<String>, Option<String>)>,
    /// How certain all this is, and what qualifies it. `None` in a statement of version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualified: Option<Qualified>,
}

/// How certain an answer is, and what qualifies it. What does not apply is an empty text or list;
/// every list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualified {
    /// How certain it is who exercises the function: `confirmed`, `derived`, `unconfirmed` or
    /// `disputed`.
    pub confidence: String,
    /// How certain it is who is liable.
    pub liable_confidence: String,
    /// Whether who is liable was found by comparing all possible cases.
    pub in_every_case: bool,
    /// The possible cases that the facts leave open, or that conflict with each other.
    pub cases: Vec<CaseSaid>,
    /// The kind and the name of the committee through which the function is exercised.
    pub forum: Vec<String>,
    /// The bodies that do the work, each with how certain that is: empty if nothing is recorded
    /// about the work, so that the exerciser is assumed to do it.
    pub performers: Vec<(String, String)>,
    /// The conditions on which the function is exercised, each with how certain it is.
    pub conditions: Vec<(String, String)>,
    /// The cases in which the receiver bears losses by contract.
    pub loss_exceptions: Vec<String>,
    /// The bodies that have a capacity beside those that hold, exercise and are liable: for each
    /// capacity, its word, the bodies, the rule that gives it, and how certain it is.
    pub capacities: Vec<(String, Vec<String>, String, String)>,
    /// The rules on how the function is exercised.
    pub regimes: Vec<String>,
    /// How each body that has ceased is answered for.
    pub answering_steps: Vec<AnsweringSaid>,
}

/// A possible case: the legal basis, the instrument, the bodies that would exercise the function,
/// the bodies that would be liable, and the rule that says so.
pub type CaseSaid = (String, String, Vec<String>, Vec<String>, String);

/// Converts the items of a list to text, and sorts them.
fn words<T: ToString>(items: &[T]) -> Vec<String> {
    sorted(items.iter().map(ToString::to_string))
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items
}

impl Said {
    /// Converts `answer` to plain values, as statements are now issued.
    #[must_use]
    pub fn of(answer: &Answer<'_>) -> Self {
        let known = answer.known_unapplied.iter();
        let now = answer.answering_now.iter();
        Self {
            kind: answer.kind().to_string(),
            unknown: answer.unknown().map(|why| why.reason().to_string()).unwrap_or_default(),
            ask_instead: answer
                .unknown()
                .map(|why| sorted(why.ask_instead().into_iter()))
                .unwrap_or_default(),
            area: answer.area.map(|code| code.to_string()),
            holder: answer.holder.map(|code| code.to_string()),
            exercisers: words(&answer.exercisers),
            basis: answer.basis().map(|basis| basis.word().to_owned()),
            reserved: answer.reserved,
            liable_state: answer.liable.state.to_string(),
            liable: words(&answer.liable.bodies),
            rules: words(&answer.liable.rules),
            instruments: words(answer.instruments()),
            links: words(answer.links()),
            predecessors: words(answer.predecessor_instruments()),
            conditions: sorted(answer.conditions().iter().map(|each| each.text.to_string())),
            accountable: sorted(
                answer.accountable.iter().map(|each| (each.from.to_string(), each.to.to_string())),
            ),
            performed_by: sorted(answer.performed_by.iter().map(|by| by.body.to_string())),
            expectations: sorted(
                answer
                    .expectations
                    .iter()
                    .map(|each| (each.position.get(), each.without_instrument)),
            ),
            unapplied: sorted(known.map(|u| (u.kind.to_string(), u.position.get()))),
            answering_now: now
                .map(|now| answered(now.body, &now.successors, now.read_across))
                .collect(),
            qualified: Some(Qualified::of(answer)),
        }
    }

    /// The same as a statement of version 1 states it. `answering` is who now answers for bodies
    /// that have ceased, as version 1 finds it.
    pub(crate) fn in_version_1(self, answering: &[AnsweredInVersion1<'_>]) -> Self {
        let answering = answering.iter();
        let answering_now =
            answering.map(|(body, successors, rule)| answered(*body, successors, *rule)).collect();
        Self { qualified: None, answering_now, ..self }
    }
}

impl Qualified {
    fn of(answer: &Answer<'_>) -> Self {
        let case = |case: &Case<'_>| {
            let (exercisers, liable) = (words(&case.exercisers), words(&case.liable));
            (case.basis.to_string(), text(case.instrument), exercisers, liable, text(case.rule))
        };
        let step = |step: &AnsweringStep<'_>| {
            let (from, to, on) = (step.from.to_string(), step.to.to_string(), step.on.to_string());
            (from, to, on, step.position.get(), step.rule.map(ToString::to_string))
        };
        let steps = |now: &AnsweringNow<'_>| {
            let (state, sure) = (now.state.to_string(), now.confidence.to_string());
            (now.body.to_string(), state, sure, now.steps.iter().map(step).collect())
        };
        let forum = answer.arrangement().and_then(|arrangement| arrangement.forum);
        let conditions = answer.conditions().iter();
        Self {
            confidence: answer.confidence.to_string(),
            liable_confidence: answer.liable.confidence.to_string(),
            in_every_case: answer.liable.in_every_case,
            cases: sorted(answer.cases().iter().map(case)),
            forum: forum.map_or(Vec::new(), |f| vec![f.kind.to_string(), f.name.to_string()]),
            performers: sorted(
                answer.performed_by.iter().map(|by| (by.body.to_string(), text(by.confidence))),
            ),
            conditions: sorted(
                conditions.map(|each| (each.text.to_string(), each.confidence.to_string())),
            ),
            loss_exceptions: words(answer.loss_exceptions()),
            capacities: sorted(answer.capacities.iter().map(|each| {
                let (capacity, bodies) = (each.capacity.to_string(), words(&each.bodies));
                (capacity, bodies, each.rule.to_string(), each.confidence.to_string())
            })),
            regimes: words(&answer.regimes),
            answering_steps: answer.answering_now.iter().map(steps).collect(),
        }
    }
}

/// A value as text; empty if there is none.
fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn answered(
    body: BodyCode,
    successors: &[BodyCode],
    rule: Option<&RuleId>,
) -> (String, Vec<String>, Option<String>) {
    (body.to_string(), words(successors), rule.map(ToString::to_string))
}
