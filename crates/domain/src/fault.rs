//! What is wrong with a command, as data: `remit-wording` has the sentences.
//!
//! Lives here: [`Refusal`], [`Fault`] with an arm for each topic, and [`Reason`], the stable code
//! of each fault.

mod bodies;
mod corrections;
mod instruments;
mod law;
mod money;
mod parties;
mod steps;

use crate::word::vocabulary;

pub use bodies::*;
pub use corrections::*;
pub use instruments::*;
pub use law::*;
pub use money::*;
pub use parties::*;
pub use steps::*;

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

/// One check that a command fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The field of the command, in the names of the wire.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.fault.reason()
    }
}

/// What is wrong, by topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A list that needs at least one item is empty.
    NothingNamed,
    /// With bodies, memberships or contracts.
    Bodies(BodyFault),
    /// With the catalogue or a rule.
    Law(LawFault),
    /// With the text of an instrument.
    Instruments(InstrumentFault),
    /// With a step in the life of an instrument.
    Steps(StepFault),
    /// With who gives and who receives which function.
    Parties(PartyFault),
    /// With a fund or a payment.
    Money(MoneyFault),
    /// With a correction or a redaction.
    Corrections(CorrectionFault),
    /// A correction would bring back a fact that contradicts another.
    Clash(Clash),
}

impl From<Clash> for Fault {
    fn from(clash: Clash) -> Self {
        Self::Clash(clash)
    }
}

impl Fault {
    /// The stable code.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::NothingNamed => Reason::NothingNamed,
            Self::Bodies(fault) => fault.reason(),
            Self::Law(fault) => fault.reason(),
            Self::Instruments(fault) => fault.reason(),
            Self::Steps(fault) => fault.reason(),
            Self::Parties(fault) => fault.reason(),
            Self::Money(fault) => fault.reason(),
            Self::Corrections(fault) => fault.reason(),
            Self::Clash(clash) => clash.reason,
        }
    }
}

/// Declares the faults of a topic, each with its data and its stable code.
macro_rules! faults {
    (
        $(#[$meta:meta])* $name:ident, Fault::$arm:ident;
        $($(#[$vmeta:meta])* $fault:ident { $($field:ident: $type:ty),* $(,)? } => $reason:ident;)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each field is named after what it holds")]
        pub enum $name { $($(#[$vmeta])* $fault { $($field: $type),* }),+ }

        impl $name {
            /// The stable code.
            #[must_use]
            pub fn reason(&self) -> crate::fault::Reason {
                match self {
                    $(Self::$fault { .. } => crate::fault::Reason::$reason,)+
                }
            }
        }

        impl From<$name> for crate::fault::Fault {
            fn from(fault: $name) -> Self {
                Self::$arm(fault)
            }
        }
    };
}
use faults;
