//! Decides whether a command may be recorded, and as which event.
//!
//! [`decide()`] is a pure function of what the register knows and the command. It reports every
//! check that fails, not only the first. Nothing is recorded unless all checks pass.
//!
//! The order of the refusals is promised to callers: first, names that the register does not know;
//! then who may act; then the state of the instrument; then the day; then what the parties may give
//! and receive; then the catalogue. [`after()`] runs last: it checks what can only be seen once the
//! event is folded in.

mod after;
mod bodies;
mod committees;
mod correct;
mod disputes;
mod instruments;
mod law;
mod money;
mod overlaps;
mod parties;
mod redact;
mod steps;
mod successions;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::body::BodyRole;
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::evidence::Evidence;
use crate::fact::{Correction, Event, Fact, FactKind, InstrumentFactKind};
use crate::fault::{BodyFault, Fault, LawFault, Refusal};
use crate::function::Function;
use crate::known::{Known, RoleKnown};
use crate::period::Day;

pub use after::{Changed, after};
pub use overlaps::{doubles, exercisers};

/// A request to record one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The act to record: a fact, a notice or a correction.
    pub act: Act,
    /// The evidence for the act.
    pub evidence: Arc<Evidence>,
}

/// The act that a command asks to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A fact that the caller states in full.
    State(Fact),
    /// Notice to end an instrument. The rules determine the day on which the instrument ends.
    GiveNotice {
        /// The instrument to be ended.
        instrument: InstrumentId,
        /// The body that gives notice.
        given_by: BodyCode,
        /// The day on which notice is given.
        given_on: Day,
    },
    /// A correction of an earlier event.
    Correct {
        /// The correction. Its field `fact` is `None` here: `decide` fills `fact` from `instead`.
        correction: Correction,
        /// The act that yields the fact that the correction is to state. `None` if the correction
        /// states no fact.
        instead: Option<Box<Act>>,
    },
}

impl Act {
    /// The kind of fact that the act records.
    #[must_use]
    pub fn kind(&self) -> FactKind {
        match self {
            Self::State(fact) => fact.kind(),
            Self::GiveNotice { .. } => FactKind::Instruments(InstrumentFactKind::NoticeGiven),
            Self::Correct { .. } => FactKind::Corrected,
        }
    }
}

impl<F: Into<Fact>> From<F> for Act {
    fn from(fact: F) -> Self {
        Self::State(fact.into())
    }
}

/// Returns the event that would record `command`, if the command states a fact in full. Whether it
/// may be recorded is not checked.
#[must_use]
pub fn stated(command: Command) -> Option<Event> {
    let Command { act: Act::State(mut fact), evidence } = command else { return None };
    let evidence = fact.take_note(evidence);
    Some(Event { fact, evidence })
}

/// Returns the event that records `command`.
///
/// # Errors
/// A refusal for every check that `command` fails. A command that fails a check must not be
/// recorded.
pub fn decide(known: &dyn Known, command: Command) -> Result<Event, Vec<Refusal>> {
    let Command { act, evidence } = command;
    let mut checks = Checks { known, made_on: evidence.made_on, refusals: Vec::new() };
    match checks.act(act) {
        Some(mut fact) if checks.refusals.is_empty() => {
            let evidence = fact.take_note(evidence);
            Ok(Event { fact, evidence })
        }
        Some(_) | None => Err(checks.refusals),
    }
}

/// Checks one command, and collects the refusals.
struct Checks<'a> {
    known: &'a dyn Known,
    /// The day on which the act in the command was done, if the evidence states that day.
    made_on: Option<Day>,
    refusals: Vec<Refusal>,
}

impl<'a> Checks<'a> {
    fn refuse(&mut self, field: &str, fault: impl Into<Fault>) {
        self.refusals.push(Refusal { field: field.to_owned(), fault: fault.into() });
    }

    /// Names the fields of the refusals after the first `before` as `name` says: checks of a text
    /// name the fields of the text, which can lie within a field of the command.
    fn in_field(&mut self, before: usize, name: impl Fn(&str) -> String) {
        for refusal in self.refusals.iter_mut().skip(before) {
            refusal.field = name(&refusal.field);
        }
    }

    /// Checks `act` and returns the fact to record. `None` if `act` yields no fact.
    fn act(&mut self, act: Act) -> Option<Fact> {
        match act {
            Act::State(fact) => {
                self.fact(&fact);
                Some(fact)
            }
            Act::GiveNotice { instrument, given_by, given_on } => {
                self.notice(instrument, given_by, given_on)
            }
            Act::Correct { correction, instead } => {
                self.correct(correction, instead.map(|act| *act))
            }
        }
    }

    fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::Bodies(fact) => self.bodies(fact),
            Fact::Law(fact) => self.law(fact),
            Fact::Instruments(fact) => self.instruments(fact),
            Fact::Money(fact) => self.money(fact),
            Fact::Committees(fact) => self.committees(fact),
            Fact::Disputes(fact) => self.disputes(fact),
            Fact::Corrected(correction) => self.corrected(correction),
            Fact::Redacted(redacted) => self.redacted(redacted),
        }
    }

    /// Returns the segment of a function that covers the day `on`. Refuses the field `field` of the
    /// command if no segment covers the day.
    fn segment(&mut self, field: &str, code: &FunctionCode, on: Day) -> Option<&'a Function> {
        let segments = self.known.segments(code);
        let found = segments.iter().find(|segment| segment.effective.contains(on));
        if found.is_none() {
            let function = code.clone();
            self.refuse(
                field,
                match segments.is_empty() {
                    true => LawFault::FunctionUnknown { function },
                    false => LawFault::FunctionUnknownOn { function, on },
                },
            );
        }
        found.map(|segment| segment.function)
    }

    /// Refuses the field `field` of the command if the catalogue has never had the function.
    fn catalogued_ever(&mut self, field: &str, code: &FunctionCode) {
        if self.known.segments(code).is_empty() {
            self.refuse(field, LawFault::FunctionUnknown { function: code.clone() });
        }
    }

    /// Returns the roles that a body has or had. Refuses the field `field` of the command if the
    /// register does not know the body.
    fn body(&mut self, field: &str, code: BodyCode) -> Vec<RoleKnown> {
        let roles = self.known.roles(code);
        if roles.is_empty() {
            self.refuse(field, BodyFault::Unknown { code });
        }
        roles
    }

    /// Returns the roles that a body has on the day `on`. Refuses the field `field` of the command
    /// if the body has no role on that day.
    fn in_being(&mut self, field: &str, code: BodyCode, on: Day) -> Vec<BodyRole> {
        let lives = self.body(field, code);
        let now = lives.iter().filter(|life| life.effective.contains(on));
        let now: Vec<_> = now.map(|life| life.role).collect();
        if now.is_empty() && !lives.is_empty() {
            self.refuse(field, BodyFault::NotInBeing { code, on, lives });
        }
        now
    }

    fn bodies_in_being(&mut self, field: &str, codes: &[BodyCode], on: Day) {
        self.at_least_one(field, codes);
        for (at, code) in codes.iter().enumerate() {
            self.in_being(&format!("{field}[{at}]"), *code, on);
        }
    }

    /// Refuses the list `field` of the command if it is empty, or if it names an item twice.
    fn at_least_one<T: Ord>(&mut self, field: &str, items: &[T]) {
        if items.is_empty() {
            self.refuse(field, Fault::NothingNamed);
        }
        self.each_once(field, items);
    }

    /// Refuses each item of the list `field` that the list has named before.
    fn each_once<T: Ord>(&mut self, field: &str, items: &[T]) {
        let mut named = BTreeSet::new();
        for (at, item) in items.iter().enumerate() {
            if !named.insert(item) {
                self.refuse(&format!("{field}[{at}]"), Fault::NamedTwice);
            }
        }
    }
}
