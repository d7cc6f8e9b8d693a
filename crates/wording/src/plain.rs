//! An answer in plain values: what every sentence about one is made from, whatever it was read
//! from.

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
    /// What kind of answer it is.
    pub kind: ResultKind,
    /// Why it is unknown, if it is.
    pub unknown: Option<UnknownReason>,
    /// Places to ask about instead.
    pub ask_instead: Vec<String>,
    /// The commissioner in whose area the place lies.
    pub area: Option<String>,
    /// On whom statute places the function.
    pub holder: Option<String>,
    /// Whether the function is reserved to the holder.
    pub reserved: bool,
    /// Who exercises.
    pub exercisers: Vec<String>,
    /// Through which committee.
    pub forum: Option<String>,
    /// The power.
    pub basis: Option<LegalBasis>,
    /// Who is liable.
    pub liable: PlainLiability,
    /// Who answers to whom.
    pub accountable: Vec<(String, String)>,
    /// Who does the work.
    pub performed_by: Vec<PlainPerformer>,
    /// The instruments in force.
    pub instruments: Vec<String>,
    /// The instruments before them in a chain.
    pub links: Vec<String>,
    /// In a gap: the instruments of the predecessors.
    pub predecessor_instruments: Vec<String>,
    /// The conditions.
    pub conditions: Vec<String>,
    /// When the receiver bears losses by contract.
    pub loss_exceptions: Vec<String>,
    /// The cases that the facts leave open, or that conflict.
    pub cases: Vec<PlainCase>,
    /// What was believed besides.
    pub expectations: Vec<PlainExpectation>,
    /// What is known and not applied.
    pub unapplied: Vec<PlainUnapplied>,
    /// Who would answer today.
    pub answering_now: Vec<PlainAnsweringNow>,
    /// How sure the answer is.
    pub confidence: Option<Confidence>,
    /// The names of the bodies.
    pub names: Names,
}

/// Who is liable.
#[derive(Clone, Debug)]
pub struct PlainLiability {
    /// Whether that is known.
    pub state: LiableState,
    /// Who.
    pub bodies: Vec<String>,
    /// By which rules.
    pub rules: Vec<String>,
    /// How sure that is. `None`: it is not answer.
    pub confidence: Option<Confidence>,
    /// Whether it is settled only because every possible case has the same liable body.
    pub in_every_case: bool,
}

/// Who does the work.
#[derive(Clone, Debug)]
pub struct PlainPerformer {
    /// The body.
    pub body: String,
    /// Whether nothing is recorded, and it is taken to be who exercises.
    pub is_assumed: bool,
    /// How sure that is. `None`: it is not told.
    pub confidence: Option<Confidence>,
}

/// A case that the facts leave open, or one of several that conflict.
#[derive(Clone, Debug)]
pub struct PlainCase {
    /// The power.
    pub basis: Option<LegalBasis>,
    /// The instrument, if it is by one.
    pub instrument: String,
    /// Who would exercise.
    pub exercisers: Vec<String>,
    /// Who would be liable; empty where the law does not say.
    pub liable: Vec<String>,
    /// The row of law.
    pub rule: String,
}

/// What was believed besides.
#[derive(Clone, Debug)]
pub struct PlainExpectation {
    /// Who was expected to exercise.
    pub expected: String,
    /// What kind of statement it is.
    pub nature: String,
    /// Whether no instrument to that effect was in force or even executed.
    pub without_instrument: bool,
}

/// What is known and not applied.
#[derive(Clone, Debug)]
pub struct PlainUnapplied {
    /// What it is.
    pub kind: UnappliedKind,
    /// The instrument, the rule or the event that it is about.
    pub about: String,
    /// The day from which it is to have effect, where that is known.
    pub effective_on: Option<String>,
}

/// Who would answer today for a body that has ceased.
#[derive(Clone, Debug)]
pub struct PlainAnsweringNow {
    /// The body.
    pub body: String,
    /// Its successors.
    pub successors: Vec<String>,
    /// The rule by which its acts are read across, if there is one.
    pub read_across: Option<String>,
}

/// The names of bodies by code.
#[derive(Clone, Debug, Default)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    /// A body as people know it: its name, and its code in brackets; the code alone where it has
    /// none.
    #[must_use]
    pub fn one(&self, code: &str) -> String {
        match self.0.get(code) {
            Some(name) => format!("{name} ({code})"),
            None => code.to_owned(),
        }
    }

    /// Several bodies.
    #[must_use]
    pub fn all(&self, codes: &[String]) -> Vec<String> {
        codes.iter().map(|code| self.one(code)).collect()
    }

    /// `A, B and C`.
    #[must_use]
    pub fn and(&self, codes: &[String]) -> String {
        crate::and(&self.all(codes))
    }
}
