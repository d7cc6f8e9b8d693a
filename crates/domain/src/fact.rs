//! Facts: what an event says. Past tense, never edited, never deleted.

use std::sync::Arc;

use crate::body::{Body, BodyRole, ContractType, Membership, Relation, Succession};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId, RecordId, RuleId};
use crate::evidence::Evidence;
use crate::function::Function;
use crate::instrument::{EndReason, Instrument, Stage, Start};
use crate::period::{Day, Period};
use crate::rule::{LegalBasis, Rule};
use crate::text::Text;

pub use crate::body::Member;

/// The place of an event in the log: 1, 2, 3 … without gaps. 0 is before the first.
pub type Position = u64;

/// A fact with what it rests on: the content of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What is so.
    pub fact: Fact,
    /// What that rests on. Shared: thousands of facts rest on one document.
    pub evidence: Arc<Evidence>,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A body came into being in a role.
    BodyEstablished(Body),
    /// A body ceased to be in a role; `effective_until` is the first day it is not.
    BodyDissolved {
        /// The body.
        code: BodyCode,
        /// The role it ceased to have.
        role: BodyRole,
        /// The first day after.
        effective_until: Day,
    },
    /// A body bore a name.
    BodyNamed {
        /// The body.
        code: BodyCode,
        /// The name.
        name: Text,
        /// When it bore it.
        effective: Period,
    },
    /// One body, or part of it, passed to another.
    SuccessionRecorded(Succession),
    /// A member joined a group.
    MembershipStarted(Membership),
    /// A membership recorded before ends.
    MembershipEnded {
        /// Who belonged.
        member: Member,
        /// To what.
        group: BodyCode,
        /// In what sense.
        relation: Relation,
        /// The first day of the membership meant.
        effective_from: Day,
        /// The first day after it.
        effective_until: Day,
    },
    /// A contract for primary medical services is held.
    ContractHeld {
        /// The contract.
        contract: ContractId,
        /// Who holds it.
        holder: BodyCode,
        /// Its kind.
        contract_type: ContractType,
        /// When.
        effective: Period,
    },
    /// The catalogue says this of a function for a period.
    FunctionCatalogued(Function),
    /// A row of law.
    RuleEnacted(Rule),
    /// An instrument was drawn up; no effect yet.
    InstrumentDrawn(Instrument),
    /// A step towards force was taken.
    InstrumentAdvanced {
        /// The instrument.
        instrument: InstrumentId,
        /// The step.
        stage: Stage,
    },
    /// The instrument has legal effect over the period.
    InstrumentInForce {
        /// The instrument.
        instrument: InstrumentId,
        /// When.
        effective: Period,
        /// What is known of the first day.
        start: Start,
    },
    /// The instrument has no effect from the day on.
    InstrumentEnded {
        /// The instrument.
        instrument: InstrumentId,
        /// The first day without effect.
        effective_until: Day,
        /// Why.
        reason: EndReason,
    },
    /// Notice was given to end the instrument.
    NoticeGiven {
        /// The instrument.
        instrument: InstrumentId,
        /// By whom.
        given_by: BodyCode,
        /// When.
        given_on: Day,
        /// The day on which the instrument then ends as of right.
        ends_on: Day,
        /// The rule that yields the day.
        rule: RuleId,
    },
    /// Who did the work under an instrument, where that is not the body that exercises.
    WorkPerformed {
        /// The instrument.
        instrument: InstrumentId,
        /// Who did the work.
        performer: BodyCode,
        /// For which of its functions; empty for all.
        functions: Vec<FunctionCode>,
        /// When.
        effective: Period,
    },
    /// Evidence that a commissioner did not have functions on a basis.
    LevelNotHeld {
        /// The commissioner.
        body: BodyCode,
        /// The bases on which it did not have them.
        bases: Vec<LegalBasis>,
        /// Which functions; empty for all that can be had on those bases.
        functions: Vec<FunctionCode>,
        /// When.
        effective: Period,
    },
    /// A policy or press statement of who would exercise: belief, never legal effect.
    ExpectationStated {
        /// The function.
        function: FunctionCode,
        /// For which commissioner's area.
        area: BodyCode,
        /// Who was expected to exercise it.
        expected: BodyCode,
        /// From which day it was expected.
        effective_from: Day,
        /// What kind of statement it is.
        nature: Text,
    },
    /// Money set aside to support federations. Evidence and context; never moves a function.
    FundOpened {
        /// Its code.
        fund: RecordId,
        /// Who pays.
        funders: Vec<BodyCode>,
        /// How much, in pence.
        amount_pence: u64,
        /// How much for each registered patient, in pence.
        per_patient_pence: u64,
        /// When claims may be made.
        effective: Period,
    },
    /// A payment out of a fund.
    SupportPaid {
        /// The fund.
        fund: RecordId,
        /// Its number within the fund, as the payer counts.
        payment: RecordId,
        /// Who paid.
        payer: BodyCode,
        /// Who received.
        recipient: BodyCode,
        /// When.
        paid_on: Day,
        /// For how many registered patients.
        patients: u64,
        /// How much: patients times the fund's rate, in pence.
        amount_pence: u64,
        /// The function exercised by paying. `None`: the power used is not recorded.
        power: Option<FunctionCode>,
    },
    /// An interest was declared.
    InterestDeclared {
        /// The office of the person who has it. Never a name.
        office: Text,
        /// In which body.
        body: BodyCode,
        /// What kind of interest.
        interest: Text,
        /// The body it is in.
        concerns: BodyCode,
        /// When the person became aware of it.
        aware_on: Day,
        /// When it was declared.
        declared_on: Day,
    },
    /// A body's committee decided on a payment. One decision a body, even in a common meeting.
    DecisionTaken {
        /// Whose decision.
        body: BodyCode,
        /// In which committee.
        forum: Forum,
        /// On which payment of which fund.
        fund: RecordId,
        /// The payment.
        payment: RecordId,
        /// When.
        decided_on: Day,
        /// Whether the committee could decide.
        quorate: bool,
        /// Offices with a declared interest, and how each was handled.
        handled: Vec<Handling>,
    },
}

pub use crate::instrument::Forum;

/// How one declared interest was handled at one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// The office.
    pub office: Text,
    /// The way: noted, may discuss but not vote, leaves the room, receives no papers.
    pub way: Text,
}

impl Fact {
    /// What the event is about: the subject of its stored form.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::BodyEstablished(body) => body.code.to_string(),
            Self::BodyDissolved { code, .. } | Self::BodyNamed { code, .. } => code.to_string(),
            Self::SuccessionRecorded(succession) => succession.predecessor.to_string(),
            Self::MembershipStarted(membership) => membership.member.to_string(),
            Self::MembershipEnded { member, .. } => member.to_string(),
            Self::ContractHeld { contract, .. } => contract.to_string(),
            Self::FunctionCatalogued(function) => function.code.to_string(),
            Self::RuleEnacted(rule) => rule.id.to_string(),
            Self::InstrumentDrawn(instrument) => instrument.id.to_string(),
            Self::InstrumentAdvanced { instrument, .. }
            | Self::InstrumentInForce { instrument, .. }
            | Self::InstrumentEnded { instrument, .. }
            | Self::NoticeGiven { instrument, .. }
            | Self::WorkPerformed { instrument, .. } => instrument.to_string(),
            Self::LevelNotHeld { body, .. } => body.to_string(),
            Self::ExpectationStated { area, .. } => area.to_string(),
            Self::FundOpened { fund, .. } | Self::SupportPaid { fund, .. } => fund.to_string(),
            Self::InterestDeclared { body, .. } | Self::DecisionTaken { body, .. } => {
                body.to_string()
            }
        }
    }

    /// The first effective day the fact speaks of, where it has one.
    #[must_use]
    pub fn effective_on(&self) -> Option<Day> {
        match self {
            Self::BodyEstablished(body) => Some(body.effective.from()),
            Self::BodyDissolved { effective_until, .. }
            | Self::MembershipEnded { effective_until, .. }
            | Self::InstrumentEnded { effective_until, .. } => Some(*effective_until),
            Self::SuccessionRecorded(succession) => Some(succession.effective_on),
            Self::MembershipStarted(membership) => Some(membership.effective.from()),
            Self::BodyNamed { effective, .. }
            | Self::ContractHeld { effective, .. }
            | Self::InstrumentInForce { effective, .. }
            | Self::WorkPerformed { effective, .. }
            | Self::LevelNotHeld { effective, .. }
            | Self::FundOpened { effective, .. } => Some(effective.from()),
            Self::FunctionCatalogued(function) => Some(function.effective.from()),
            Self::RuleEnacted(rule) => rule.effective.map(|effective| effective.from()),
            Self::InstrumentDrawn(_) | Self::InstrumentAdvanced { .. } => None,
            Self::NoticeGiven { ends_on, .. } => Some(*ends_on),
            Self::ExpectationStated { effective_from, .. } => Some(*effective_from),
            Self::SupportPaid { paid_on, .. } => Some(*paid_on),
            Self::InterestDeclared { declared_on, .. } => Some(*declared_on),
            Self::DecisionTaken { decided_on, .. } => Some(*decided_on),
        }
    }
}
