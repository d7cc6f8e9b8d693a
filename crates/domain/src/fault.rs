//! The faults that a command can have, as data. The sentences about the faults are in
//! `remit-wording`.
//!
//! This file defines [`Refusal`], [`Fault`] with one variant for each topic, and [`Reason`], the
//! stable code of each fault.

mod bodies;
mod corrections;
mod instruments;
mod law;
mod money;
mod parties;
mod steps;
mod successions;

use crate::period::Day;
use crate::word::vocabulary;

pub use bodies::*;
pub use corrections::*;
pub use instruments::*;
pub use law::*;
pub use money::*;
pub use parties::*;
pub use steps::*;
pub use successions::*;

vocabulary! {
    /// The stable code of a refusal. These codes are part of the wire contract.
    Reason, "reason";
    /// The register has no body with the code that the command names.
    BodyUnknown = "BODY_UNKNOWN",
    /// A body does not exist on the day for which the command names it, or cannot cease to have a
    /// role because it has no open-ended period in that role.
    BodyNotInBeing = "BODY_NOT_IN_BEING",
    /// The code of a new body is already in use for part of the period of the new body.
    BodyAlreadyInBeing = "BODY_ALREADY_IN_BEING",
    /// A body or member that the command names does not have the role that the command needs.
    BodyRoleWrong = "BODY_ROLE_WRONG",
    /// The predecessor still exists on the day on which its area is to pass to a successor.
    PredecessorLivesOn = "PREDECESSOR_LIVES_ON",
    /// The rules do not let a body receive a function on the legal basis of the instrument, or the
    /// body both gives and receives by the instrument.
    BodyMayNotReceive = "BODY_MAY_NOT_RECEIVE",
    /// The end of a period is not after its beginning.
    PeriodReversed = "PERIOD_REVERSED",
    /// For part of the period of a new membership, the body or contract already has a membership of
    /// the same kind.
    MembershipOverlaps = "MEMBERSHIP_OVERLAPS",
    /// The body or contract has no open-ended membership of the kind that the command is to end.
    MembershipUnknown = "MEMBERSHIP_UNKNOWN",
    /// A succession of the bodies that the command names, on the day that the command names, is
    /// already recorded.
    SuccessionAlreadyRecorded = "SUCCESSION_ALREADY_RECORDED",
    /// The command names one body both as predecessor and as successor.
    SuccessionOfItself = "SUCCESSION_OF_ITSELF",
    /// The catalogue does not have the function, does not describe the function on the day that the
    /// command needs, or has no open-ended segment of the function to end.
    FunctionUnknown = "FUNCTION_UNKNOWN",
    /// The catalogue already describes the function for part of the period of the new segment.
    FunctionSegmentOverlaps = "FUNCTION_SEGMENT_OVERLAPS",
    /// The function is reserved to its holder, so it cannot pass to another body.
    FunctionReserved = "FUNCTION_RESERVED",
    /// On the day from which the instrument is to apply, the catalogue does not let the function
    /// pass to another body on the legal basis of the instrument.
    FunctionNotDelegable = "FUNCTION_NOT_DELEGABLE",
    /// For part of the period of a new row of law, a row of the same rule is already recorded; or
    /// both rows await commencement.
    RuleAlreadyEnacted = "RULE_ALREADY_ENACTED",
    /// The register lacks a rule that the command names or needs.
    RuleMissing = "RULE_MISSING",
    /// The register has no instrument with the id that the command names, or a correction would
    /// leave the instrument not drawn up.
    InstrumentUnknown = "INSTRUMENT_UNKNOWN",
    /// The id of a new instrument is already in use for another instrument.
    InstrumentAlreadyDrawn = "INSTRUMENT_ALREADY_DRAWN",
    /// The instrument has ended, or notice to end the instrument is already given.
    InstrumentEnded = "INSTRUMENT_ENDED",
    /// The instrument was never in force, so it cannot end.
    InstrumentNotInForce = "INSTRUMENT_NOT_IN_FORCE",
    /// An instrument of the given kind cannot rest on the given legal basis.
    BasisNotAdmitted = "BASIS_NOT_ADMITTED",
    /// Two bodies would exercise the same function for the same area on the same day.
    TwoHolders = "TWO_HOLDERS",
    /// The contract already has a holder for part of the period in which a new holder is to hold
    /// the contract.
    ContractAlreadyHeld = "CONTRACT_ALREADY_HELD",
    /// The register has no contract with the id that the command names.
    ContractUnknown = "CONTRACT_UNKNOWN",
    /// The legal form of the body does not let the body hold a contract of the given type.
    LegalFormForbids = "LEGAL_FORM_FORBIDS",
    /// The register has no fund with the given id, or the fund has no payment with the given id.
    FundUnknown = "FUND_UNKNOWN",
    /// The fund, or the payment from the fund, is already recorded.
    FundAlreadyRecorded = "FUND_ALREADY_RECORDED",
    /// The payment exceeds what is left of the fund.
    FundExceeded = "FUND_EXCEEDED",
    /// The amount of the payment is not the number of patients times the amount that the fund
    /// offers for each patient, or the payer or the day of the payment is outside the terms of the
    /// fund.
    PaymentOutsideFund = "PAYMENT_OUTSIDE_FUND",
    /// A list that needs at least one item is empty, or a correction lacks the fact that it must
    /// state.
    NothingNamed = "NOTHING_NAMED",
    /// A list names one item twice.
    NamedTwice = "NAMED_TWICE",
    /// The evidence says that the act was done after the day on which it is recorded.
    MadeLater = "MADE_LATER",
    /// The rules do not let the body take the step that the command records.
    ActorMayNot = "ACTOR_MAY_NOT",
    /// The rules require a party to the instrument to act, and the command names no body of that
    /// party.
    ActorMissing = "ACTOR_MISSING",
    /// Ending an instrument outside the notice window needs the agreement of a party that the
    /// command does not name.
    ConsentMissing = "CONSENT_MISSING",
    /// The state of the instrument does not allow the step that the command records.
    StateForbids = "STATE_FORBIDS",
    /// The rules set a last day for the step that the command records, and that day has passed.
    WindowClosed = "WINDOW_CLOSED",
    /// The rules do not let an instrument on the given legal basis begin on the given day of the
    /// year.
    StartForbidden = "START_FORBIDDEN",
    /// The rules do not let a body give a function on the legal basis of the instrument.
    GiverMayNotGive = "GIVER_MAY_NOT_GIVE",
    /// The body that is to give the function neither holds nor exercises the function.
    TitleMissing = "TITLE_MISSING",
    /// A body that has the function by an instrument may not pass the function on.
    OnwardForbidden = "ONWARD_FORBIDDEN",
    /// An instrument that lists contracts does not name the area of one commissioner.
    ReachForbidden = "REACH_FORBIDDEN",
    /// A variation changes the kind, the basis or the parties of the instrument, which only a new
    /// instrument can change.
    VariationForbidden = "VARIATION_FORBIDDEN",
    /// The condition to attach is already attached, or the condition to lift is not attached.
    ConditionUnknown = "CONDITION_UNKNOWN",
    /// A sighting of an instrument that is not undated has no end.
    SightingWithoutEnd = "SIGHTING_WITHOUT_END",
    /// Every party to the instrument exists on the day on which the instrument is to end, so the
    /// instrument cannot end because a party ceased to exist.
    PartyInBeing = "PARTY_IN_BEING",
    /// The register has no event at the position that the command names, or the correction does not
    /// name an event.
    EventUnknown = "EVENT_UNKNOWN",
    /// The event that the correction is about is already retracted.
    AlreadyCorrected = "ALREADY_CORRECTED",
    /// The correction states a fact of another kind than the event that it corrects, or of a kind
    /// that no correction can state.
    CorrectionKindDiffers = "CORRECTION_KIND_DIFFERS",
    /// The evidence lacks `made_on`, the day on which the act was done.
    MadeOnMissing = "MADE_ON_MISSING",
    /// The correction backdates nothing, because the act was made on or before the day from which
    /// the act has effect.
    NotBackdated = "NOT_BACKDATED",
    /// The rule cannot be commenced, because no row of the rule awaits commencement, or cannot end,
    /// because no row of the rule is open-ended.
    RuleCommenced = "RULE_COMMENCED",
    /// The event has no field with the name that the redaction gives, or the field cannot name a
    /// person.
    NotPersonal = "NOT_PERSONAL",
    /// The value cannot be redacted, because the stored bytes of the event contain it: the event
    /// was recorded before values that may name a person were stored apart from events.
    InTheClear = "IN_THE_CLEAR",
    /// The field that the redaction names is already redacted.
    AlreadyRedacted = "ALREADY_REDACTED",
    /// The correction is about a redaction, which cannot be corrected because the value is gone.
    RedactionStands = "REDACTION_STANDS",
    /// The event that the dispute is about is itself a dispute or a redaction.
    NotDisputable = "NOT_DISPUTABLE",
    /// Corrections have changed whether the event holds as often as they may.
    CorrectedTooOften = "CORRECTED_TOO_OFTEN",
}

/// The refusal of one field of a command, for one fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the refused field, as on the wire.
    pub field: String,
    /// The fault for which the field is refused.
    pub fault: Fault,
}

impl Refusal {
    /// The stable code of the refusal.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.fault.reason()
    }
}

/// A fault in a command, by topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A list that needs at least one item is empty.
    NothingNamed,
    /// A list names an item that it has named before.
    NamedTwice,
    /// The evidence says that the act was done after the day on which it is recorded.
    MadeLater {
        /// The day on which the act is said to have been done.
        made_on: Day,
        /// The day on which it is recorded.
        today: Day,
    },
    /// A fault in a body, a membership or a contract.
    Bodies(BodyFault),
    /// A fault in a succession or a transfer scheme.
    Successions(SuccessionFault),
    /// A fault in a row of the catalogue or a rule.
    Law(LawFault),
    /// A fault in the text of an instrument.
    Instruments(InstrumentFault),
    /// A fault in a step in the life of an instrument.
    Steps(StepFault),
    /// A fault in who gives or receives a function, or in whether the function may pass.
    Parties(PartyFault),
    /// A fault in a fund or a payment.
    Money(MoneyFault),
    /// A fault in a correction or a redaction.
    Corrections(CorrectionFault),
    /// A correction would bring back a fact that contradicts another fact.
    Clash(Clash),
}

impl From<Clash> for Fault {
    fn from(clash: Clash) -> Self {
        Self::Clash(clash)
    }
}

impl Fault {
    /// The stable code of the fault.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::NothingNamed => Reason::NothingNamed,
            Self::NamedTwice => Reason::NamedTwice,
            Self::MadeLater { .. } => Reason::MadeLater,
            Self::Bodies(fault) => fault.reason(),
            Self::Successions(fault) => fault.reason(),
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

/// Declares the faults of a topic: for each fault, its fields and its stable code.
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
            /// The stable code of the fault.
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
