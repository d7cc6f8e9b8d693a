//! An answer as plain values. Every sentence about an answer is made from these, whether the answer
//! came from a server or from a statement.

use std::collections::BTreeMap;

use remit_domain::{Confidence, LegalBasis};
use remit_register::{LiableState, ResultKind, UnappliedKind, UnknownReason};

/// An answer. Codes, ids and days are text.
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
    /// Why the answer is unknown, if it is.
    pub unknown: Option<UnknownReason>,
    /// Places to ask about instead.
    pub ask_instead: Vec<String>,
    /// The commissioner in whose area the place lies.
    pub area: Option<String>,
    /// The body on which statute places the function.
    pub holder: Option<String>,
    /// Whether the function is reserved to its holder.
    pub reserved: bool,
    /// The bodies that exercise the function.
    pub exercisers: Vec<String>,
    /// The committee through which it is decided.
    pub forum: Option<String>,
    /// The legal basis on which it is exercised.
    pub basis: Option<LegalBasis>,
    /// The bodies that are liable.
    pub liable: PlainLiability,
    /// Pairs of bodies: the first answers to the second.
    pub accountable: Vec<(String, String)>,
    /// The bodies that do the work.
    pub performed_by: Vec<PlainPerformer>,
    /// The instruments in force on which the answer rests.
    pub instruments: Vec<String>,
    /// The links: the instruments before those, in a chain.
    pub links: Vec<String>,
    /// In a gap: the instruments that the predecessors had.
    pub predecessor_instruments: Vec<String>,
    /// The conditions of the instruments.
    pub conditions: Vec<String>,
    /// The cases in which the receiver bears losses by contract.
    pub loss_exceptions: Vec<String>,
    /// The cases that the facts allow, if they leave more than one open or conflict.
    pub cases: Vec<PlainCase>,
    /// Statements of who would exercise the function: belief, without legal effect.
    pub expectations: Vec<PlainExpectation>,
    /// What is known, but without effect on the answer.
    pub unapplied: Vec<PlainUnapplied>,
    /// Who would answer today for bodies that have ceased.
    pub answering_now: Vec<PlainAnsweringNow>,
    /// How sure the answer is.
    pub confidence: Option<Confidence>,
    /// The names of the bodies in the answer.
    pub names: Names,
}

/// The bodies that are liable, and how sure that is.
#[derive(Clone, Debug)]
pub struct PlainLiability {
    /// Whether the law and the facts say who is liable.
    pub state: LiableState,
    /// The liable bodies.
    pub bodies: Vec<String>,
    /// The rules that say so.
    pub rules: Vec<String>,
    /// How sure that is. `None`: the source of the answer does not say.
    pub confidence: Option<Confidence>,
    /// Whether liability is settled only because the same body is liable in every possible case.
    pub in_every_case: bool,
}

/// A body that does the work.
#[derive(Clone, Debug)]
pub struct PlainPerformer {
    /// The body.
    pub body: String,
    /// Whether nothing is recorded, so that the exerciser is assumed to do the work.
    pub is_assumed: bool,
    /// How sure that is. `None`: assumed, or the source of the answer does not say.
    pub confidence: Option<Confidence>,
}

/// One of several cases that the facts leave open, or that conflict.
#[derive(Clone, Debug)]
pub struct PlainCase {
    /// The legal basis of the exercise.
    pub basis: Option<LegalBasis>,
    /// The instrument. Empty if there is none.
    pub instrument: String,
    /// The bodies that would exercise the function.
    pub exercisers: Vec<String>,
    /// The bodies that would be liable. Empty: the law does not say.
    pub liable: Vec<String>,
    /// The rule that says who is liable.
    pub rule: String,
}

/// A statement of who would exercise the function: belief, without legal effect.
#[derive(Clone, Debug)]
pub struct PlainExpectation {
    /// The body that was expected to exercise it.
    pub expected: String,
    /// The kind of statement, such as a policy or press statement.
    pub nature: String,
    /// Whether no instrument that gives the function to that body was in force or even executed.
    pub without_instrument: bool,
}

/// Something that is known, but without effect on the answer.
#[derive(Clone, Debug)]
pub struct PlainUnapplied {
    /// Why it has no effect.
    pub kind: UnappliedKind,
    /// The instrument, rule or event that it is about.
    pub about: String,
    /// The day from which it is to have effect, if known.
    pub effective_on: Option<String>,
}

/// Who would answer today for a body that has ceased.
#[derive(Clone, Debug)]
pub struct PlainAnsweringNow {
    /// The body that has ceased.
    pub body: String,
    /// The successors that would answer.
    pub successors: Vec<String>,
    /// The rule that reads its acts across to the successor, if any.
    pub read_across: Option<String>,
}

/// The names of bodies, by code.
#[derive(Clone, Debug, Default)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    /// A body by its name, with its code in brackets; by its code alone if the name is not known.
    #[must_use]
    pub fn one(&self, code: &str) -> String {
        match self.0.get(code) {
            Some(name) => format!("{name} ({code})"),
            None => code.to_owned(),
        }
    }

    /// Each body, as `one` gives it.
    #[must_use]
    pub fn all(&self, codes: &[String]) -> Vec<String> {
        codes.iter().map(|code| self.one(code)).collect()
    }

    /// The bodies joined as in `A, B and C`, each as `one` gives it.
    #[must_use]
    pub fn and(&self, codes: &[String]) -> String {
        crate::and(&self.all(codes))
    }
}
