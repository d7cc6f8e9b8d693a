//! The faults that a command can have in the bodies that give and receive a function.

use crate::basis::LegalBasis;
use crate::body::BodyRole;
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::period::{Day, Period};
use crate::position::Position;
use crate::text::Text;

use super::faults;

/// The exercise of a function by bodies under one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// The instrument under which the bodies exercise the function.
    pub instrument: InstrumentId,
    /// The event that put the instrument in force.
    pub event: Position,
    /// The bodies that exercise the function.
    pub exercisers: Vec<BodyCode>,
    /// The period in which the bodies exercise the function.
    pub effective: Period,
}

faults! {
    /// A fault in the bodies that give or receive a function.
    PartyFault, Fault::Parties;
    /// No rule says which bodies may receive a function on the legal basis `basis`.
    NoReceivingRule { basis: LegalBasis, on: Option<Day> } => RuleMissing;
    /// The rules do not let the body receive a function on the legal basis `basis`. `may` lists the
    /// roles of the bodies that may receive a function on this basis.
    MayNotReceive { code: BodyCode, role: BodyRole, basis: LegalBasis, may: Vec<BodyRole> }
        => BodyMayNotReceive;
    /// The rules do not let the body give a function on the legal basis `basis`. `may` lists the
    /// roles of the bodies that may give a function on this basis.
    MayNotGive { code: BodyCode, role: BodyRole, basis: LegalBasis, may: Vec<BodyRole> }
        => GiverMayNotGive;
    /// The bodies that are to give the function neither hold nor exercise it on the day `on`.
    TitleMissing { givers: Vec<BodyCode>, function: FunctionCode, on: Day, holder: BodyCode }
        => TitleMissing;
    /// The givers have the function by the instrument `under`, and no rule lets them pass the
    /// function on by an instrument on `basis`.
    OnwardWithoutRule {
        givers: Vec<BodyCode>,
        function: FunctionCode,
        under: InstrumentId,
        basis: LegalBasis,
        on: Day,
    } => OnwardForbidden;
    /// The givers have the function by the instrument `under`, whose terms forbid passing the
    /// function on.
    OnwardBarred { function: FunctionCode, under: InstrumentId, event: Position }
        => OnwardForbidden;
    /// The function is reserved for part of the period in which the instrument is to apply.
    Reserved { function: FunctionCode, effective: Period, citation: Text, event: Position }
        => FunctionReserved;
    /// On the day `on`, the catalogue does not let the function pass to another body on the legal
    /// basis `basis`. `offered` lists the bases on which the function can pass.
    NotDelegable {
        function: FunctionCode,
        basis: LegalBasis,
        on: Day,
        offered: Vec<LegalBasis>,
    } => FunctionNotDelegable;
    /// Two bodies would exercise the same function for the same area on the same day.
    TwoHolders { function: FunctionCode, own: Exercise, other: Exercise } => TwoHolders;
}
