//! What can be wrong with rows of the catalogue and with rules.

use crate::code::{FunctionCode, RuleId};
use crate::period::{Day, Period};
use crate::position::Position;

use super::faults;

faults! {
    /// What is wrong with a row of the catalogue or a rule.
    LawFault, Fault::Law;
    /// The catalogue has no such function.
    FunctionUnknown { function: FunctionCode } => FunctionUnknown;
    /// The catalogue says nothing of the function on the day.
    FunctionUnknownOn { function: FunctionCode, on: Day } => FunctionUnknown;
    /// The catalogue says something of the function for some of the period.
    SegmentOverlaps { function: FunctionCode, effective: Period, event: Position }
        => FunctionSegmentOverlaps;
    /// A reserved function has no routes.
    ReservedWithRoutes { function: FunctionCode } => FunctionReserved;
    /// The function has no segment that is still open.
    NoOpenSegment { function: FunctionCode } => FunctionUnknown;
    /// The segment only begins on a later day than it is to end.
    SegmentBeginsLater { from: Day } => PeriodReversed;
    /// The rule is recorded for some of the period.
    RuleRecorded { rule: RuleId, event: Position } => RuleAlreadyEnacted;
    /// The register has no such rule.
    RuleUnknown { rule: RuleId } => RuleMissing;
    /// Every row of the rule has its day.
    NothingToCommence { rule: RuleId } => RuleCommenced;
    /// No row of the rule is law without an end.
    RuleNotOpen { rule: RuleId } => RuleCommenced;
    /// The rule is law only from a later day than it is to end.
    RuleBeginsLater { rule: RuleId, from: Day } => PeriodReversed;
}
