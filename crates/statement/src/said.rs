//! What an answer says, in plain values. A statement holds an answer in this form, and tests use it
//! to compare the register with the independent model.

use remit_domain::Word;
use remit_register::Answer;
use serde::{Deserialize, Serialize};

/// What an answer says. Codes and ids are text; every list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// `held`, `jointly-held`, `not-delegated`, `gap`, `conflict`, `unsettled` or `unknown`.
    pub kind: String,
    /// Why the answer is unknown; empty if it is not.
    pub unknown: String,
    /// What to ask about instead, if an area is divided or contracts differ.
    pub ask_instead: Vec<String>,
    /// The commissioner in whose area the place lies.
    pub area: Option<String>,
    /// The body on which statute places the function.
    pub holder: Option<String>,
    /// Who exercises.
    pub exercisers: Vec<String>,
    /// The legal basis.
    pub basis: Option<String>,
    /// Whether the function is reserved to its holder.
    pub reserved: bool,
    /// `settled`, `unsettled` or `unknown`.
    pub liable_state: String,
    /// Who is liable.
    pub liable: Vec<String>,
    /// The rules that say who is liable.
    pub rules: Vec<String>,
    /// The instruments in force that the answer rests on, or that conflict.
    pub instruments: Vec<String>,
    /// The earlier instruments of a chain, whose receivers passed the function on.
    pub links: Vec<String>,
    /// In a gap: the instruments of the predecessors.
    pub predecessors: Vec<String>,
    /// The conditions on which the function is exercised.
    pub conditions: Vec<String>,
    /// Who answers to whom.
    pub accountable: Vec<(String, String)>,
    /// Who does the work.
    pub performed_by: Vec<String>,
    /// The expectations beside the answer: position, and whether it is without an instrument.
    pub expectations: Vec<(u64, bool)>,
    /// What is known but not applied: the kind, and the position of the event.
    pub unapplied: Vec<(String, u64)>,
    /// For each body that had ceased by the day on which the last known event was recorded: its
    /// code, its successors on that day, and the rule that reads its acts across. Sorted by body.
    pub answering_now: Vec<(String, Vec<String>, Option<String>)>,
}

/// The items of a list as text, sorted.
fn words<T: ToString>(items: &[T]) -> Vec<String> {
    sorted(items.iter().map(ToString::to_string))
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items
}

impl Said {
    /// What an answer says.
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
            conditions: words(answer.conditions()),
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
                .map(|now| {
                    let by = now.read_across.map(ToString::to_string);
                    (now.body.to_string(), words(&now.successors), by)
                })
                .collect(),
        }
    }
}
