//! Facts: what an event says. Past tense, never edited, never deleted.

use std::sync::Arc;

use crate::basis::LegalBasis;
use crate::body::{Body, BodyRole, ContractType, Membership, Relation, Succession};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId, RecordId, RuleId};
use crate::evidence::Evidence;
use crate::function::Function;
use crate::instrument::{Instrument, Start};
use crate::life::{EndReason, Stage};
use crate::period::{Day, Period};
use crate::personal::{Personal, PersonalField};
use crate::rule::Rule;
use crate::text::Text;
use crate::word::vocabulary;

pub use crate::body::Member;

/// The place of an event in the log: 1, 2, 3 … without gaps. 0 is before the first.
pub type Position = u64;

/// A fact with what it rests on: the content of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What is so.
    pub fact: Fact,
    /// What that rests on. Shared: thousands of facts rest on one document. Its note, where that may
    /// name a person, lies with the fact.
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
        /// Whose act it was. Empty where nobody need act, or where it is not recorded.
        by: Vec<BodyCode>,
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
        /// Whose act or agreement it was. Empty where nobody need act, or where it is not recorded.
        by: Vec<BodyCode>,
    },
    /// The text of the instrument reads otherwise from a day on. Its parties, kind and basis stay.
    InstrumentVaried {
        /// As it then reads, whole.
        instrument: Instrument,
        /// From which day.
        effective_from: Day,
        /// Who agreed.
        by: Vec<BodyCode>,
    },
    /// A condition was attached to the instrument.
    ConditionAttached {
        /// The instrument.
        instrument: InstrumentId,
        /// The condition.
        condition: Text,
        /// From which day.
        effective_from: Day,
        /// By whom.
        by: Vec<BodyCode>,
    },
    /// A condition was lifted.
    ConditionLifted {
        /// The instrument.
        instrument: InstrumentId,
        /// The condition.
        condition: Text,
        /// The first day without it.
        effective_until: Day,
        /// By whom.
        by: Vec<BodyCode>,
    },
    /// A row of law that was enacted without a day becomes law.
    RuleCommenced {
        /// The row.
        rule: RuleId,
        /// When it is law.
        effective: Period,
    },
    /// A row of law ceases to be law.
    RuleEnded {
        /// The row.
        rule: RuleId,
        /// The first day it is not.
        effective_until: Day,
    },
    /// What the catalogue says of a function ceases to be so.
    FunctionEnded {
        /// The function.
        function: FunctionCode,
        /// The first day on which its open segment says nothing.
        effective_until: Day,
    },
    /// Bodies share their leadership. Each stays a legal person of its own; nothing moves.
    ClusterFormed {
        /// What the cluster is called.
        name: Text,
        /// Which bodies.
        bodies: Vec<BodyCode>,
        /// When.
        effective: Period,
    },
    /// Something recorded before reads otherwise from now on: see [`Correction`].
    Corrected(Correction),
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
        /// The office of the person who has it, rather than a name.
        office: Personal,
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
        /// What a reader should know besides: the note of the evidence.
        note: Option<Personal>,
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
        /// What a reader should know besides: the note of the evidence.
        note: Option<Personal>,
    },
    /// What a field of an event said was removed for good; the event stays. When that was decided is
    /// the evidence's `made_on`.
    FieldRedacted {
        /// The event.
        about: Position,
        /// The field.
        field: PersonalField,
        /// Why.
        reason: Text,
        /// On whose authority: the document or office that asks for it.
        authority: Text,
    },
}

pub use crate::instrument::Forum;

vocabulary! {
    /// Three different things, none of them an edit (reference section 5.7).
    CorrectionKind, "correction kind";
    /// What was so all along is entered only now. Nothing recorded was wrong.
    RecordedLate = "recorded-late",
    /// What is recorded was never so.
    ErrorCorrected = "error-corrected",
    /// By law an act has effect from a day before it was made. Until then the record was right.
    EffectBackdated = "effect-backdated",
}

/// A later saying about something recorded before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Which of the three it is.
    pub kind: CorrectionKind,
    /// The event it is about. `None` only for a late record that nothing recorded leads to.
    pub about: Option<Position>,
    /// On whose authority: the document or office that allows it.
    pub authority: Text,
    /// Why.
    pub reason: Text,
    /// What is so instead, or besides. `None`: what was recorded was never so, and nothing is.
    pub fact: Option<Box<Fact>>,
}

impl Correction {
    /// The event that is no longer so, as far as this correction goes.
    ///
    /// An error is taken back whatever is said instead; a backdated act takes the place of what it
    /// is about only where it says the same kind of thing.
    #[must_use]
    pub fn takes_back(
        &self,
        kind_of: impl FnOnce(Position) -> Option<FactKind>,
    ) -> Option<Position> {
        let about = self.about?;
        match self.kind {
            CorrectionKind::RecordedLate => None,
            CorrectionKind::ErrorCorrected => Some(about),
            CorrectionKind::EffectBackdated => {
                let own = self.fact.as_ref().map(|fact| fact.kind());
                (own.is_some() && own == kind_of(about)).then_some(about)
            }
        }
    }
}

/// Declares [`FactKind`] and [`Fact::kind`] side by side.
macro_rules! kinds {
    ($($kind:ident = $word:literal),+ $(,)?) => {
        vocabulary! {
            /// What an event speaks of, without what it says.
            FactKind, "kind of fact";
            $(#[doc = concat!("As [`Fact::", stringify!($kind), "`].")]
            $kind = $word,)+
        }

        impl Fact {
            /// What it speaks of.
            #[must_use]
            pub fn kind(&self) -> FactKind {
                match self {
                    $(Self::$kind { .. } => FactKind::$kind,)+
                }
            }
        }
    };
}

kinds! {
    BodyEstablished = "body-established",
    BodyDissolved = "body-dissolved",
    BodyNamed = "body-named",
    SuccessionRecorded = "succession-recorded",
    MembershipStarted = "membership-started",
    MembershipEnded = "membership-ended",
    ContractHeld = "contract-held",
    FunctionCatalogued = "function-catalogued",
    RuleEnacted = "rule-enacted",
    InstrumentDrawn = "instrument-drawn",
    InstrumentAdvanced = "instrument-advanced",
    InstrumentInForce = "instrument-in-force",
    InstrumentEnded = "instrument-ended",
    NoticeGiven = "notice-given",
    WorkPerformed = "work-performed",
    LevelNotHeld = "level-not-held",
    ExpectationStated = "expectation-stated",
    FundOpened = "fund-opened",
    SupportPaid = "support-paid",
    InterestDeclared = "interest-declared",
    DecisionTaken = "decision-taken",
    InstrumentVaried = "instrument-varied",
    ConditionAttached = "condition-attached",
    ConditionLifted = "condition-lifted",
    RuleCommenced = "rule-commenced",
    RuleEnded = "rule-ended",
    FunctionEnded = "function-ended",
    ClusterFormed = "cluster-formed",
    Corrected = "corrected",
    FieldRedacted = "field-redacted",
}

/// How one declared interest was handled at one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// The office.
    pub office: Personal,
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
            | Self::ConditionAttached { instrument, .. }
            | Self::ConditionLifted { instrument, .. }
            | Self::WorkPerformed { instrument, .. } => instrument.to_string(),
            Self::InstrumentVaried { instrument, .. } => instrument.id.to_string(),
            Self::RuleCommenced { rule, .. } | Self::RuleEnded { rule, .. } => rule.to_string(),
            Self::FunctionEnded { function, .. } => function.to_string(),
            Self::ClusterFormed { name, .. } => name.to_string(),
            Self::Corrected(correction) => match (&correction.fact, correction.about) {
                (Some(fact), _) => fact.subject(),
                (None, about) => format!("event/{}", about.unwrap_or_default()),
            },
            Self::LevelNotHeld { body, .. } => body.to_string(),
            Self::ExpectationStated { area, .. } => area.to_string(),
            Self::FundOpened { fund, .. } | Self::SupportPaid { fund, .. } => fund.to_string(),
            Self::InterestDeclared { body, .. } | Self::DecisionTaken { body, .. } => {
                body.to_string()
            }
            Self::FieldRedacted { about, .. } => format!("event/{about}"),
        }
    }

    /// The first effective day the fact speaks of, where it has one.
    #[must_use]
    pub fn effective_on(&self) -> Option<Day> {
        match self {
            Self::BodyEstablished(body) => Some(body.effective.from()),
            Self::BodyDissolved { effective_until, .. }
            | Self::MembershipEnded { effective_until, .. }
            | Self::ConditionLifted { effective_until, .. }
            | Self::RuleEnded { effective_until, .. }
            | Self::FunctionEnded { effective_until, .. }
            | Self::InstrumentEnded { effective_until, .. } => Some(*effective_until),
            Self::SuccessionRecorded(succession) => Some(succession.effective_on),
            Self::MembershipStarted(membership) => Some(membership.effective.from()),
            Self::BodyNamed { effective, .. }
            | Self::ContractHeld { effective, .. }
            | Self::InstrumentInForce { effective, .. }
            | Self::WorkPerformed { effective, .. }
            | Self::LevelNotHeld { effective, .. }
            | Self::RuleCommenced { effective, .. }
            | Self::ClusterFormed { effective, .. }
            | Self::FundOpened { effective, .. } => Some(effective.from()),
            Self::FunctionCatalogued(function) => Some(function.effective.from()),
            Self::RuleEnacted(rule) => rule.effective.map(|effective| effective.from()),
            Self::InstrumentDrawn(_)
            | Self::InstrumentAdvanced { .. }
            | Self::FieldRedacted { .. } => None,
            Self::NoticeGiven { ends_on, .. } => Some(*ends_on),
            Self::ExpectationStated { effective_from, .. }
            | Self::InstrumentVaried { effective_from, .. }
            | Self::ConditionAttached { effective_from, .. } => Some(*effective_from),
            Self::Corrected(correction) => {
                correction.fact.as_ref().and_then(|fact| fact.effective_on())
            }
            Self::SupportPaid { paid_on, .. } => Some(*paid_on),
            Self::InterestDeclared { declared_on, .. } => Some(*declared_on),
            Self::DecisionTaken { decided_on, .. } => Some(*decided_on),
        }
    }
}
