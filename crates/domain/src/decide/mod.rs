//! Whether a command may be recorded, and as which event.
//!
//! [`decide()`] is a pure function of what the register knows and what is asked. Every check that
//! fails is reported, not only the first; nothing is recorded unless all hold.
//!
//! The order of the refusals is part of the contract: what is not known comes before who may act,
//! who may act before the state, the state before the day, the day before what the parties may
//! give and receive, and that before the catalogue. Whether two bodies would hold the same
//! ([`overlaps`]) is looked at last, when all else holds.

mod bodies;
mod correct;
mod instruments;
mod law;
mod money;
mod overlaps;
mod parties;
mod redact;

use std::sync::Arc;

use crate::body::BodyRole;
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::evidence::Evidence;
use crate::fact::{Correction, Event, Fact, FactKind};
use crate::function::Function;
use crate::known::{Held, Known};
use crate::period::{Day, Period};
use crate::word::vocabulary;

pub use overlaps::{exercisers, overlaps};
pub use parties::unlawful;

/// One thing asked of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What is to be recorded.
    pub act: Act,
    /// What it rests on.
    pub evidence: Arc<Evidence>,
}

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A fact, as it is.
    State(Fact),
    /// Notice to end an instrument; the day it ends follows from the rules.
    GiveNotice {
        /// The instrument.
        instrument: InstrumentId,
        /// By whom.
        given_by: BodyCode,
        /// When.
        given_on: Day,
    },
    /// Say something about an event recorded before.
    Correct {
        /// Which kind of correction it is, about which event, on what authority and why. Its `fact`
        /// is empty: what is so instead or besides follows from `instead`.
        correction: Correction,
        /// What is so instead, or besides.
        instead: Option<Box<Act>>,
    },
}

impl Act {
    /// What it speaks of.
    #[must_use]
    pub fn kind(&self) -> FactKind {
        match self {
            Self::State(fact) => fact.kind(),
            Self::GiveNotice { .. } => FactKind::NoticeGiven,
            Self::Correct { .. } => FactKind::Corrected,
        }
    }
}

vocabulary! {
    /// Why a command was refused. Stable: part of the wire contract.
    Reason, "reason";
    /// The register knows no such body.
    BodyUnknown = "BODY_UNKNOWN",
    /// The body is not in being on the day.
    BodyNotInBeing = "BODY_NOT_IN_BEING",
    /// The code is in use over some of the period.
    BodyAlreadyInBeing = "BODY_ALREADY_IN_BEING",
    /// The body has not the role this needs.
    BodyRoleWrong = "BODY_ROLE_WRONG",
    /// The statute does not let this body receive on this basis.
    BodyMayNotReceive = "BODY_MAY_NOT_RECEIVE",
    /// An end that is not after its beginning.
    PeriodReversed = "PERIOD_REVERSED",
    /// The member is in a group of this kind over some of the period.
    MembershipOverlaps = "MEMBERSHIP_OVERLAPS",
    /// There is no such open membership.
    MembershipUnknown = "MEMBERSHIP_UNKNOWN",
    /// The same succession is recorded.
    SuccessionAlreadyRecorded = "SUCCESSION_ALREADY_RECORDED",
    /// A body cannot succeed itself.
    SuccessionOfItself = "SUCCESSION_OF_ITSELF",
    /// The catalogue has no such function on the day.
    FunctionUnknown = "FUNCTION_UNKNOWN",
    /// The catalogue says something of the function for some of the period.
    FunctionSegmentOverlaps = "FUNCTION_SEGMENT_OVERLAPS",
    /// The function is reserved on the day.
    FunctionReserved = "FUNCTION_RESERVED",
    /// The function cannot pass on this basis on the day.
    FunctionNotDelegable = "FUNCTION_NOT_DELEGABLE",
    /// The same rule is recorded for some of the period.
    RuleAlreadyEnacted = "RULE_ALREADY_ENACTED",
    /// No rule recorded says what this needs.
    RuleMissing = "RULE_MISSING",
    /// The register knows no such instrument.
    InstrumentUnknown = "INSTRUMENT_UNKNOWN",
    /// The id is in use.
    InstrumentAlreadyDrawn = "INSTRUMENT_ALREADY_DRAWN",
    /// The instrument has ended.
    InstrumentEnded = "INSTRUMENT_ENDED",
    /// The instrument is not in force.
    InstrumentNotInForce = "INSTRUMENT_NOT_IN_FORCE",
    /// An instrument of this kind cannot rest on this basis.
    BasisNotAdmitted = "BASIS_NOT_ADMITTED",
    /// Two bodies would exercise one function for one area on one day.
    TwoHolders = "TWO_HOLDERS",
    /// The contract is held over some of the period.
    ContractAlreadyHeld = "CONTRACT_ALREADY_HELD",
    /// The register knows no such contract.
    ContractUnknown = "CONTRACT_UNKNOWN",
    /// A body of this legal form may not hold such a contract.
    LegalFormForbids = "LEGAL_FORM_FORBIDS",
    /// The register knows no such fund.
    FundUnknown = "FUND_UNKNOWN",
    /// The fund, or the payment of it, is recorded.
    FundAlreadyRecorded = "FUND_ALREADY_RECORDED",
    /// The payment exceeds what is left of the fund.
    FundExceeded = "FUND_EXCEEDED",
    /// The sum does not follow from the fund's rate, or the payment is outside its terms.
    PaymentOutsideFund = "PAYMENT_OUTSIDE_FUND",
    /// Nothing can be recorded of an empty list.
    NothingNamed = "NOTHING_NAMED",
    /// The rules do not let this body take the step.
    ActorMayNot = "ACTOR_MAY_NOT",
    /// The rules ask for the act of a body that is not named.
    ActorMissing = "ACTOR_MISSING",
    /// An end outside the notice window needs the other side's agreement.
    ConsentMissing = "CONSENT_MISSING",
    /// The step cannot be taken from the state the instrument is in.
    StateForbids = "STATE_FORBIDS",
    /// The day for the step has passed.
    WindowClosed = "WINDOW_CLOSED",
    /// An instrument on this basis does not begin on such a day.
    StartForbidden = "START_FORBIDDEN",
    /// The rules do not let this body give on this basis.
    GiverMayNotGive = "GIVER_MAY_NOT_GIVE",
    /// The giver neither holds nor exercises the function.
    TitleMissing = "TITLE_MISSING",
    /// The function may not be passed on.
    OnwardForbidden = "ONWARD_FORBIDDEN",
    /// A variation changes what only a new instrument can change.
    VariationForbidden = "VARIATION_FORBIDDEN",
    /// The condition is attached already, or is not attached.
    ConditionUnknown = "CONDITION_UNKNOWN",
    /// No party has ceased by that day.
    PartyInBeing = "PARTY_IN_BEING",
    /// The register has no such event.
    EventUnknown = "EVENT_UNKNOWN",
    /// The event is taken back already.
    AlreadyCorrected = "ALREADY_CORRECTED",
    /// The correction says another kind of thing than the event it corrects.
    CorrectionKindDiffers = "CORRECTION_KIND_DIFFERS",
    /// The day on which the act was done is needed.
    MadeOnMissing = "MADE_ON_MISSING",
    /// The act was not made after the day from which it has effect.
    NotBackdated = "NOT_BACKDATED",
    /// The rule has a day, or has ended.
    RuleCommenced = "RULE_COMMENCED",
    /// The event has no such field that may name a person.
    NotPersonal = "NOT_PERSONAL",
    /// The event's own bytes hold the value: it was recorded before such fields were kept apart.
    InTheClear = "IN_THE_CLEAR",
    /// The field is redacted already.
    AlreadyRedacted = "ALREADY_REDACTED",
    /// A redaction is not corrected: what is gone is gone.
    RedactionStands = "REDACTION_STANDS",
}

/// One check that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Refusal {
    /// The stable reason.
    pub reason: Reason,
    /// The field of the command, in the names of the wire.
    pub field: String,
    /// The same for a person, saying what is there and what to do.
    pub message: String,
}

/// The event that `command` means, or every check that it fails.
///
/// Two bodies that would hold the same are found by [`overlaps`], once the event is folded in.
///
/// # Errors
/// All refusals; nothing may then be recorded.
pub fn decide(known: &dyn Known, command: Command) -> Result<Event, Vec<Refusal>> {
    let Command { act, evidence } = command;
    let mut checks = Checks { known, made_on: evidence.made_on, refusals: Vec::new() };
    match checks.act(act) {
        Some(mut fact) if checks.refusals.is_empty() => {
            let evidence = fact.take_note(evidence);
            Ok(Event { fact, evidence })
        }
        _ => Err(checks.refusals),
    }
}

/// The checks of one command, and what they found.
struct Checks<'a> {
    known: &'a dyn Known,
    /// The day on which the act was done, where the evidence has it.
    made_on: Option<Day>,
    refusals: Vec<Refusal>,
}

impl Checks<'_> {
    fn refuse(&mut self, reason: Reason, field: &str, message: String) {
        self.refusals.push(Refusal { reason, field: field.to_owned(), message });
    }

    /// The fact that is to be recorded, if there can be one.
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
            Fact::BodyEstablished(body) => self.established(body),
            Fact::BodyDissolved { code, role, effective_until } => {
                self.dissolved(*code, *role, *effective_until);
            }
            Fact::BodyNamed { code, effective, .. } => {
                self.in_being("code", *code, effective.from());
            }
            Fact::SuccessionRecorded(succession) => self.succession(succession),
            Fact::MembershipStarted(membership) => self.membership(membership),
            Fact::MembershipEnded { member, group, relation, effective_from, effective_until } => {
                self.membership_end(member, *group, *relation, *effective_from, *effective_until);
            }
            Fact::ContractHeld { contract, holder, contract_type, effective } => {
                self.contract(contract, *holder, *contract_type, *effective);
            }
            Fact::ClusterFormed { bodies, effective, .. } => {
                self.bodies_in_being("bodies", bodies, effective.from());
            }
            Fact::FunctionCatalogued(function) => self.catalogued(function),
            Fact::FunctionEnded { function, effective_until } => {
                self.function_ended(function, *effective_until);
            }
            Fact::RuleEnacted(rule) => self.enacted(rule),
            Fact::RuleCommenced { rule, .. } => self.commenced(rule),
            Fact::RuleEnded { rule, effective_until } => self.rule_ended(rule, *effective_until),
            Fact::InstrumentDrawn(instrument) => self.drawn(instrument),
            Fact::InstrumentAdvanced { instrument, stage, by } => {
                self.advanced(instrument, *stage, by);
            }
            Fact::InstrumentInForce { instrument, effective, start } => {
                self.in_force(instrument, *effective, *start);
            }
            Fact::InstrumentEnded { instrument, effective_until, reason, by } => {
                self.ended(instrument, *effective_until, *reason, by);
            }
            Fact::InstrumentVaried { instrument, effective_from, by } => {
                self.varied(instrument, *effective_from, by);
            }
            Fact::ConditionAttached { instrument, condition, effective_from, by } => {
                self.attached(instrument, condition, *effective_from, by);
            }
            Fact::ConditionLifted { instrument, condition, effective_until, by } => {
                self.lifted(instrument, condition, *effective_until, by);
            }
            Fact::NoticeGiven { instrument, .. } => {
                // Only `Act::GiveNotice` makes it: the day it ends is the rules', not the caller's.
                self.refuse(
                    Reason::RuleMissing,
                    "instrument",
                    format!("notice to end {instrument} is given, not stated"),
                );
            }
            Fact::WorkPerformed { instrument, performer, effective, .. } => {
                self.instrument(instrument);
                self.in_being("performer", *performer, effective.from());
            }
            Fact::LevelNotHeld { body, bases, functions, effective } => {
                self.in_being("body", *body, effective.from());
                if bases.is_empty() {
                    self.refuse(Reason::NothingNamed, "bases", "name at least one".into());
                }
                for (at, function) in functions.iter().enumerate() {
                    self.segment(&format!("functions[{at}]"), function, effective.from());
                }
            }
            Fact::ExpectationStated { function, area, expected, effective_from, .. } => {
                if self.known.segments(function).is_empty() {
                    let message = format!("the catalogue has no function {function}");
                    self.refuse(Reason::FunctionUnknown, "function", message);
                }
                self.in_being("area", *area, *effective_from);
                self.in_being("expected", *expected, *effective_from);
            }
            Fact::FundOpened { .. }
            | Fact::SupportPaid { .. }
            | Fact::InterestDeclared { .. }
            | Fact::DecisionTaken { .. } => self.money(fact),
            Fact::Corrected(correction) => self.corrected(correction),
            Fact::FieldRedacted { about, field, .. } => self.redacted(*about, *field),
        }
    }

    /// The segment of a function on a day, refusing if there is none.
    fn segment(&mut self, field: &str, code: &FunctionCode, day: Day) -> Option<Function> {
        let segments = self.known.segments(code);
        let found = segments.iter().find(|held| held.value.1.contains(day));
        if found.is_none() {
            let message = if segments.is_empty() {
                format!("the catalogue has no function {code}")
            } else {
                format!("the catalogue says nothing of {code} on {day}")
            };
            self.refuse(Reason::FunctionUnknown, field, message);
        }
        found.map(|held| held.value.0.clone())
    }

    /// The roles of a body, refusing if it is not known.
    fn body(&mut self, field: &str, code: BodyCode) -> Vec<Held<(BodyRole, Period)>> {
        let roles = self.known.roles(code);
        if roles.is_empty() {
            let message = format!("the register knows no body {code}; record it first");
            self.refuse(Reason::BodyUnknown, field, message);
        }
        roles
    }

    /// The roles a body has on a day, refusing if it has none.
    fn in_being(&mut self, field: &str, code: BodyCode, day: Day) -> Vec<BodyRole> {
        let roles = self.body(field, code);
        let now: Vec<_> = roles
            .iter()
            .filter(|held| held.value.1.contains(day))
            .map(|held| held.value.0)
            .collect();
        if now.is_empty() && !roles.is_empty() {
            let spans: Vec<_> = roles
                .iter()
                .map(|held| format!("{} {} (event {})", held.value.0, held.value.1, held.position))
                .collect();
            let message = format!("{code} is not in being on {day}; it is {}", spans.join(", "));
            self.refuse(Reason::BodyNotInBeing, field, message);
        }
        now
    }

    fn bodies_in_being(&mut self, field: &str, codes: &[BodyCode], day: Day) {
        if codes.is_empty() {
            self.refuse(Reason::NothingNamed, field, "name at least one".into());
        }
        for (at, code) in codes.iter().enumerate() {
            self.in_being(&format!("{field}[{at}]"), *code, day);
        }
    }
}
