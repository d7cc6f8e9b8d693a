//! What can be wrong with a step in the life of an instrument.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, InstrumentId, RuleId};
use crate::life::{Party, State, Step};
use crate::period::{Day, DayOfYear, Period};
use crate::position::Position;

use super::faults;

/// The end of an instrument that one side can bring about alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOfRight {
    /// The day on which notice is given.
    pub given_on: Day,
    /// The day on which the instrument then ends.
    pub ends_on: Day,
    /// The rule that yields that day.
    pub rule: RuleId,
}

faults! {
    /// What is wrong with a step.
    StepFault, Fault::Steps;
    /// No rule lets anyone take the step on the basis.
    NoRuleForStep { step: Step, basis: LegalBasis, on: Option<Day> } => RuleMissing;
    /// The step cannot be taken from the state the instrument is in.
    StateForbids {
        instrument: InstrumentId,
        step: Step,
        state: State,
        on: Option<Day>,
        event: Position,
        allowed: Vec<State>,
    } => StateForbids;
    /// The last day for the step has passed.
    WindowClosed { step: Step, last: Day } => WindowClosed;
    /// The rules do not let the body take the step. `may` is empty if nobody need act.
    ActorMayNot { code: BodyCode, step: Step, instrument: InstrumentId, may: Vec<BodyCode> }
        => ActorMayNot;
    /// The rules ask for the act of a party that is not named.
    ActorMissing { step: Step, instrument: InstrumentId, party: Party, bodies: Vec<BodyCode> }
        => ActorMissing;
    /// An end outside the notice window needs the other side's agreement.
    ConsentMissing {
        instrument: InstrumentId,
        party: Party,
        bodies: Vec<BodyCode>,
        as_of_right: Option<AsOfRight>,
    } => ConsentMissing;
    /// The instrument is in force, so that it cannot come to nothing.
    InForceAlready { instrument: InstrumentId, effective: Period, event: Position }
        => StateForbids;
    /// The instrument has ended.
    EndedAlready { instrument: InstrumentId, on: Day, event: Position } => InstrumentEnded;
    /// The instrument was never in force.
    NeverInForce { instrument: InstrumentId } => InstrumentNotInForce;
    /// The instrument is in force only from a later day than it is to end.
    BeginsLater { instrument: InstrumentId, from: Day } => PeriodReversed;
    /// None of the parties has ceased by the day.
    PartiesInBeing { parties: Vec<BodyCode>, on: Day } => PartyInBeing;
    /// Notice to end the instrument is given already.
    NoticeGiven { instrument: InstrumentId, ends_on: Day, event: Position } => InstrumentEnded;
    /// No rule gives a notice window for the basis on the day.
    NoNoticeWindow { basis: LegalBasis, on: Day } => RuleMissing;
    /// Instruments on this basis begin on other days of the year.
    StartForbidden { basis: LegalBasis, on: Day, days: Vec<DayOfYear> } => StartForbidden;
}
