//! What an answer says, in plain values: the shape in which the model and the register compare.

use remit_domain::{BodyCode, ContractId, Day};
use serde::Serialize;

/// What an answer says, codes and ids as text. Every list is in the order said here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Said {
    /// `held`, `jointly-held`, `not-delegated`, `gap`, `conflict`, `unsettled` or `unknown`.
    pub kind: &'static str,
    /// Why it is unknown; empty where it is not.
    pub unknown: &'static str,
    /// Where an area is divided or contracts differ: what to ask about instead, sorted as text.
    pub ask_instead: Vec<String>,
    /// The commissioner in whose area the place lies.
    pub area: Option<String>,
    /// On whom statute places the function.
    pub holder: Option<String>,
    /// Who exercises, sorted.
    pub exercisers: Vec<String>,
    /// On what basis, by its word.
    pub basis: Option<&'static str>,
    /// Whether the function is reserved.
    pub reserved: bool,
    /// `settled`, `unsettled` or `unknown`.
    pub liable_state: &'static str,
    /// Who is liable, sorted.
    pub liable: Vec<String>,
    /// By which rules, sorted.
    pub rules: Vec<String>,
    /// The instruments in force that it rests on, sorted.
    pub instruments: Vec<String>,
    /// The instruments before those in a chain, sorted.
    pub links: Vec<String>,
    /// In a gap: the instruments of the predecessors, sorted.
    pub predecessors: Vec<String>,
    /// The conditions, sorted.
    pub conditions: Vec<String>,
    /// Who answers to whom, sorted.
    pub accountable: Vec<(String, String)>,
    /// Who does the work, sorted.
    pub performed_by: Vec<String>,
    /// Positions of the expectations that stand beside, and whether each is without instrument.
    pub expectations: Vec<(u64, bool)>,
    /// What is known and not applied: the kind and the event, sorted.
    pub unapplied: Vec<(&'static str, u64)>,
    /// For bodies that had ceased by today: their successors then, sorted; and the rule that reads
    /// their acts across.
    pub answering_now: Vec<(String, Vec<String>, Option<String>)>,
}

/// Where a question is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A practice, a CCG, a sub-ICB location or an ICB.
    Body(BodyCode),
    /// One contract of a practice.
    Contract(ContractId),
}

/// A question, and the day that "now" is: that on which the last known event was recorded.
#[derive(Clone, Debug)]
pub struct Question {
    /// The function's code.
    pub function: remit_domain::FunctionCode,
    /// The place.
    pub place: Place,
    /// The effective day.
    pub on: Day,
    /// The position as known.
    pub known_at: u64,
    /// The day in England on which the event at that position was recorded.
    pub today: Option<Day>,
}
