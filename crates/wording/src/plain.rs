//! An answer as plain values. Every sentence about an answer is made from these values, whether the
//! answer came from a server or from a statement.

use std::collections::BTreeMap;

use remit_domain::{Capacity, Confidence, LegalBasis};
use remit_register::{LiableState, ResultKind, UnappliedKind, UnknownReason};

/// An answer as plain values. Codes, ids and days are text.
#[derive(Clone, Debug)]
pub struct PlainAnswer {
    /// The function asked about.
    pub function: String,
    /// The place asked about.
    pub place: String,
    /// The day asked about.
    pub effective_on: String,
    /// The kind of answer.
    pub kind: ResultKind,
    /// Why the answer is unknown. `None` if the answer is known.
    pub unknown: Option<UnknownReason>,
    /// Other places to ask about instead of the place asked about.
    pub ask_instead: Vec<String>,
    /// The commissioner in whose area the place lies.
    pub area: Option<String>,
    /// The body on which statute places the function.
    pub holder: Option<String>,
    /// Whether the function is reserved to its holder.
    pub reserved: bool,
    /// The bodies that exercise the function.
    pub exercisers: Vec<String>,
    /// The committee through which the function is decided.
    pub forum: Option<String>,
    /// The legal basis on which the function is exercised.
    pub basis: Option<LegalBasis>,
    /// The bodies that are liable, and how certain that is.
    pub liable: PlainLiability,
    /// Pairs of bodies: the first is accountable to the second.
    pub accountable: Vec<(String, String)>,
    /// The bodies that do the work of the function.
    pub performed_by: Vec<PlainPerformer>,
    /// The bodies that have a capacity beside those that hold, exercise and are liable.
    pub capacities: Vec<PlainInCapacity>,
    /// The rules on how the function is exercised.
    pub regimes: Vec<String>,
    /// The instruments in force on which the answer rests.
    pub instruments: Vec<String>,
    /// The links of a chain: the instruments before the last one, whose receivers passed the
    /// function on to another body.
    pub links: Vec<String>,
    /// If the answer is a gap, the instruments that the commissioner's predecessors had.
    pub predecessor_instruments: Vec<String>,
    /// The conditions of the instruments on which the answer rests.
    pub conditions: Vec<PlainCondition>,
    /// The cases in which the receiver bears losses by contract.
    pub loss_exceptions: Vec<String>,
    /// The possible cases, if the facts leave more than one case open or conflict with each other.
    pub cases: Vec<PlainCase>,
    /// Policy or press statements of who was expected to exercise the function. They have no legal
    /// effect.
    pub expectations: Vec<PlainExpectation>,
    /// Things that are known but have no effect on the answer.
    pub unapplied: Vec<PlainUnapplied>,
    /// The bodies that contest events on which the answer rests, and why.
    pub disputes: Vec<PlainDispute>,
    /// The bodies that would answer today for bodies that have ceased.
    pub answering_now: Vec<PlainAnsweringNow>,
    /// The day on which they answer, if it is to be said: if not, it is today.
    pub answers_on: Option<String>,
    /// The names that bodies have on that day.
    pub names_later: Names,
    /// The confidence of the answer.
    pub confidence: Option<Confidence>,
    /// The names of the bodies in the answer, by code.
    pub names: Names,
}

/// The bodies that are liable, and how certain that is.
#[derive(Clone, Debug)]
pub struct PlainLiability {
    /// Whether the law and the facts say who is liable.
    pub state: LiableState,
    /// The liable bodies.
    pub bodies: Vec<String>,
    /// The rules of law that make the bodies liable.
    pub rules: Vec<String>,
    /// How certain it is that the bodies are liable. `None` if the source of the answer does not
    /// say.
    pub confidence: Option<Confidence>,
    /// True if `state` or `confidence` was found by comparing all possible cases, and the same body
    /// is liable in each of them.
    pub in_every_case: bool,
}

/// A body that does the work of the function.
#[derive(Clone, Debug)]
pub struct PlainPerformer {
    /// The code of the body that does the work.
    pub body: String,
    /// Whether the exerciser is only assumed to do the work, because nothing is recorded about who
    /// does the work.
    pub is_assumed: bool,
    /// How certain it is that the body does the work. `None` if the body is assumed to do it, or if
    /// the source of the answer does not say.
    pub confidence: Option<Confidence>,
}

/// Bodies that have a capacity beside those that hold, exercise and are liable.
#[derive(Clone, Debug)]
pub struct PlainInCapacity {
    /// The capacity that the bodies have. `None` if a newer server names one that is not known
    /// here.
    pub capacity: Option<Capacity>,
    /// The bodies that have the capacity.
    pub bodies: Vec<String>,
    /// The rule that gives the bodies the capacity.
    pub rule: String,
    /// How certain it is that the bodies have the capacity. `None` if the source of the answer
    /// does not say.
    pub confidence: Option<Confidence>,
}

/// A condition on which the function is exercised.
#[derive(Clone, Debug)]
pub struct PlainCondition {
    /// The condition, in words.
    pub text: String,
    /// How certain it is that the condition applies. `None` if the source of the answer does not
    /// say.
    pub confidence: Option<Confidence>,
}

/// One of several cases that the facts leave open, or that conflict with each other.
#[derive(Clone, Debug)]
pub struct PlainCase {
    /// The legal basis on which the function would be exercised in this case.
    pub basis: Option<LegalBasis>,
    /// The instrument of this case. Empty if there is no instrument.
    pub instrument: String,
    /// The bodies that would exercise the function in this case.
    pub exercisers: Vec<String>,
    /// The bodies that would be liable in this case. Empty if the law does not say.
    pub liable: Vec<String>,
    /// The rule that says who would be liable in this case. Empty if there is no such rule.
    pub rule: String,
}

/// A policy or press statement of who was expected to exercise the function. It has no legal
/// effect.
#[derive(Clone, Debug)]
pub struct PlainExpectation {
    /// The body that was expected to exercise the function.
    pub expected: String,
    /// The kind of source that stated the expectation, such as a policy or press statement.
    pub nature: String,
    /// True if no instrument that is in force or executed gives the function to the expected body.
    pub without_instrument: bool,
}

/// Something that is known but has no effect on the answer.
#[derive(Clone, Debug)]
pub struct PlainUnapplied {
    /// Why the instrument, rule or event has no effect on the answer.
    pub kind: UnappliedKind,
    /// The instrument, rule or event that has no effect on the answer.
    pub about: String,
    /// The day from which the instrument, rule or event is to have effect, if known.
    pub effective_on: Option<String>,
}

/// A body that contests an event on which the answer rests.
#[derive(Clone, Debug)]
pub struct PlainDispute {
    /// The position of the event that the body contests.
    pub about: u64,
    /// The body that contests the event.
    pub by: String,
    /// Why the body contests the event.
    pub reason: String,
}

/// The bodies that would answer today for a body that has ceased.
#[derive(Clone, Debug)]
pub struct PlainAnsweringNow {
    /// The body that has ceased.
    pub body: String,
    /// The successors that would answer today for the body.
    pub successors: Vec<String>,
    /// The steps that lead from the body to the successors.
    pub steps: Vec<PlainAnsweringStep>,
    /// Whether it is settled who answers. `None` if the source of the answer does not say.
    pub state: Option<LiableState>,
    /// How certain it is who answers. `None` if the source of the answer does not say.
    pub confidence: Option<Confidence>,
    /// The rule by which acts of the body are treated as done by the body that came next, if any.
    pub read_across: Option<String>,
}

/// A step from a body that has ceased to one that came after it.
#[derive(Clone, Debug)]
pub struct PlainAnsweringStep {
    /// The body that ceased.
    pub from: String,
    /// The body that came after it.
    pub to: String,
    /// The day of the step.
    pub on: String,
    /// The rule of that day by which acts of the first are treated as done by the second, if any.
    pub rule: Option<String>,
    /// The scheme by which liabilities passed, if they passed by one.
    pub scheme: Option<PlainScheme>,
}

/// What a transfer scheme says of what passes.
#[derive(Clone, Debug)]
pub struct PlainScheme {
    /// The power under which it was made.
    pub power: String,
    /// What passes, if it says so only in words.
    pub described: Option<String>,
    /// What does not pass, in its words.
    pub excepted: Option<String>,
}

/// The names of bodies, by code.
#[derive(Clone, Debug, Default)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    /// Formats a body as its name with the code in brackets, or as the code alone if the name is
    /// not known.
    #[must_use]
    pub fn one(&self, code: &str) -> String {
        match self.0.get(code) {
            Some(name) => format!("{name} ({code})"),
            None => code.to_owned(),
        }
    }

    /// Formats each body as [`Names::one`] does: as its name with the code in brackets.
    #[must_use]
    pub fn all(&self, codes: &[String]) -> Vec<String> {
        codes.iter().map(|code| self.one(code)).collect()
    }

    /// Formats each body as [`Names::one`] does, and joins the bodies into a text such as `A, B and
    /// C`.
    #[must_use]
    pub fn and(&self, codes: &[String]) -> String {
        crate::and(&self.all(codes))
    }
}
