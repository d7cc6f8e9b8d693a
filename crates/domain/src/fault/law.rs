//! The faults that a command can have in rows of the catalogue and in rules.

use crate::basis::LegalBasis;
use crate::code::{FunctionCode, RuleId};
use crate::period::{Day, Period};
use crate::position::Position;

use super::faults;

faults! {
    /// A fault in a row of the catalogue or a rule.
    LawFault, Fault::Law;
    /// The catalogue has no function with the code `function`.
    FunctionUnknown { function: FunctionCode } => FunctionUnknown;
    /// The catalogue does not describe the function on the day `on`.
    FunctionUnknownOn { function: FunctionCode, on: Day } => FunctionUnknown;
    /// The catalogue already describes the function for part of the period of the new segment.
    SegmentOverlaps { function: FunctionCode, effective: Period, event: Position }
        => FunctionSegmentOverlaps;
    /// The function is held by bodies outside the records, but has routes: legal bases on which
    /// another body may exercise it. No answer can say who holds it, so none can follow a route.
    OutsideWithRoutes { function: FunctionCode } => FunctionReserved;
    /// A reserved function cannot have routes.
    ReservedWithRoutes { function: FunctionCode } => FunctionReserved;
    /// The function has no open-ended segment, so no segment can end.
    NoOpenSegment { function: FunctionCode } => FunctionUnknown;
    /// The open-ended segment of the function begins on or after the day on which it is to end.
    SegmentBeginsLater { from: Day } => PeriodReversed;
    /// For part of the period of a new row of law, the event `event` already recorded a row of the
    /// same rule.
    RuleRecorded { rule: RuleId, event: Position } => RuleAlreadyEnacted;
    /// The event `event` already recorded a row of another rule, `rule`, which settles the same
    /// question about the basis `basis` on some of the days of the new row.
    RuleContradicts { rule: RuleId, basis: LegalBasis, event: Position } => RuleAlreadyEnacted;
    /// The event `event` already records a row of the rule that was enacted without a first day and
    /// waits to be commenced. A rule has one such row at a time.
    RuleAwaitsCommencement { rule: RuleId, event: Position } => RuleAlreadyEnacted;
    /// The register has no rule with the id `rule`.
    RuleUnknown { rule: RuleId } => RuleMissing;
    /// No row of the rule awaits commencement: every row already has a period.
    NothingToCommence { rule: RuleId } => RuleCommenced;
    /// No row of the rule is open-ended, so the rule cannot end.
    RuleNotOpen { rule: RuleId } => RuleCommenced;
    /// The rule becomes law on or after the day on which it is to end.
    RuleBeginsLater { rule: RuleId, from: Day } => PeriodReversed;
}
