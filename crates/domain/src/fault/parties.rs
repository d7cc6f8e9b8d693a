//! What can be wrong with who gives and who receives which function.

use crate::basis::LegalBasis;
use crate::body::BodyRole;
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::period::{Day, Period};
use crate::position::Position;
use crate::text::Text;

use super::faults;

/// Bodies that exercise a function under an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The event that put it in force.
    pub event: Position,
    /// The bodies.
    pub exercisers: Vec<BodyCode>,
    /// When they exercise it.
    pub effective: Period,
}

faults! {
    /// What is wrong with the parties.
    PartyFault, Fault::Parties;
    /// No rule says which bodies may receive on the basis.
    NoReceivingRule { basis: LegalBasis, on: Option<Day> } => RuleMissing;
    /// The rules do not let the body receive on the basis.
    MayNotReceive { code: BodyCode, role: BodyRole, basis: LegalBasis, may: Vec<BodyRole> }
        => BodyMayNotReceive;
    /// The rules do not let the body give on the basis.
    MayNotGive { code: BodyCode, role: BodyRole, basis: LegalBasis, may: Vec<BodyRole> }
        => GiverMayNotGive;
    /// The givers neither hold nor exercise the function.
    TitleMissing { givers: Vec<BodyCode>, function: FunctionCode, on: Day, holder: BodyCode }
        => TitleMissing;
    /// No rule lets the givers pass the function on by the basis.
    OnwardWithoutRule {
        givers: Vec<BodyCode>,
        function: FunctionCode,
        under: InstrumentId,
        basis: LegalBasis,
        on: Day,
    } => OnwardForbidden;
    /// The terms of the instrument by which the givers have the function forbid passing it on.
    OnwardBarred { function: FunctionCode, under: InstrumentId, event: Position }
        => OnwardForbidden;
    /// The function is reserved over some of the period.
    Reserved { function: FunctionCode, effective: Period, citation: Text, event: Position }
        => FunctionReserved;
    /// The catalogue does not offer the basis for the function on the day.
    NotDelegable {
        function: FunctionCode,
        basis: LegalBasis,
        on: Day,
        offered: Vec<LegalBasis>,
    } => FunctionNotDelegable;
    /// Two bodies would exercise one function for one area on one day.
    TwoHolders { function: FunctionCode, own: Exercise, other: Exercise } => TwoHolders;
}
