//! The faults that a step in the life of an instrument can have.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, InstrumentId, RuleId};
use crate::life::{Party, State, Step};
use crate::period::{Day, DayOfYear, Period};
use crate::position::Position;

use super::faults;

/// When an instrument would end if one party alone gave notice, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOfRight {
    /// The day on which notice would be given.
    pub given_on: Day,
    /// The day on which the instrument would end because of the notice.
    pub ends_on: Day,
    /// The rule that fixes `ends_on`.
    pub rule: RuleId,
}

faults! {
    /// A fault in a step in the life of an instrument.
    StepFault, Fault::Steps;
    /// No rule lets anyone take the step `step` for an instrument on the legal basis `basis`.
    NoRuleForStep { step: Step, basis: LegalBasis, on: Option<Day> } => RuleMissing;
    /// The state of the instrument does not allow the step. `allowed` lists the states from which
    /// the step can be taken; `event` is the event that brought about or shows the state `state`.
    StateForbids {
        instrument: InstrumentId,
        step: Step,
        state: State,
        on: Option<Day>,
        event: Position,
        allowed: Vec<State>,
    } => StateForbids;
    /// The day of the step is after `last`, the last day on which the step can be taken.
    WindowClosed { step: Step, last: Day } => WindowClosed;
    /// The rules do not let the body take the step. `may` lists the bodies that may take the step;
    /// the list is empty if nobody needs to act for the step.
    ActorMayNot { code: BodyCode, step: Step, instrument: InstrumentId, may: Vec<BodyCode> }
        => ActorMayNot;
    /// The rules require `party` to act, and the command names no body of this party.
    ActorMissing { step: Step, instrument: InstrumentId, party: Party, bodies: Vec<BodyCode> }
        => ActorMissing;
    /// Ending the instrument outside the notice window needs the agreement of `party`, and the
    /// command names no body of this party.
    ConsentMissing {
        instrument: InstrumentId,
        party: Party,
        bodies: Vec<BodyCode>,
        as_of_right: Option<AsOfRight>,
    } => ConsentMissing;
    /// The instrument is recorded as in force, so it can no longer be rejected, be withdrawn or
    /// lapse.
    InForceAlready { instrument: InstrumentId, effective: Period, event: Position }
        => StateForbids;
    /// The instrument has already ended: the event `event` records the end.
    EndedAlready { instrument: InstrumentId, on: Day, event: Position } => InstrumentEnded;
    /// The instrument was never in force, so it cannot end.
    NeverInForce { instrument: InstrumentId } => InstrumentNotInForce;
    /// The instrument comes into force on or after the day on which it is to end.
    BeginsLater { instrument: InstrumentId, from: Day } => PeriodReversed;
    /// Every party to the instrument exists on the day `on`, so the instrument cannot end because a
    /// party ceased to exist.
    PartiesInBeing { parties: Vec<BodyCode>, on: Day } => PartyInBeing;
    /// Notice to end the instrument is already given.
    NoticeGiven { instrument: InstrumentId, ends_on: Day, event: Position } => InstrumentEnded;
    /// No rule says when notice that is given on the day `on` ends an instrument on the legal basis
    /// `basis`.
    NoNoticeWindow { basis: LegalBasis, on: Day } => RuleMissing;
    /// An instrument on the legal basis `basis` may begin only on the days of the year in `days`.
    StartForbidden { basis: LegalBasis, on: Day, days: Vec<DayOfYear> } => StartForbidden;
}
