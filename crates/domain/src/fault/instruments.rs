//! What can be wrong with the text of an instrument.

use crate::basis::LegalBasis;
use crate::body::BodyRole;
use crate::code::{BodyCode, InstrumentId};
use crate::instrument::InstrumentKind;
use crate::period::Day;
use crate::position::Position;

use super::faults;

faults! {
    /// What is wrong with an instrument.
    InstrumentFault, Fault::Instruments;
    /// The register has no such instrument.
    Unknown { instrument: InstrumentId } => InstrumentUnknown;
    /// The instrument's id is already in use.
    AlreadyDrawn { instrument: InstrumentId, event: Position } => InstrumentAlreadyDrawn;
    /// An instrument of this kind cannot rest on this basis.
    BasisNotAdmitted { kind: InstrumentKind, basis: LegalBasis } => BasisNotAdmitted;
    /// A body that gives by the instrument cannot also receive by it.
    ReceivesFromItself { code: BodyCode } => BodyMayNotReceive;
    /// The body was never a commissioner, so it has no area.
    NoCommissioner { code: BodyCode } => BodyRoleWrong;
    /// The body is not a commissioner on the day, so it has no area then.
    NoCommissionerOn { code: BodyCode, role: BodyRole, on: Day } => BodyRoleWrong;
    /// A variation cannot change this field.
    NotToBeVaried { instrument: InstrumentId } => VariationForbidden;
    /// The condition is already attached.
    ConditionAttached { instrument: InstrumentId, event: Position } => ConditionUnknown;
    /// The condition is not attached on the day.
    ConditionNotAttached { instrument: InstrumentId, on: Day } => ConditionUnknown;
    /// Notice cannot be stated as a fact. It has its own command, which works out the end by the
    /// rules.
    NoticeStated { instrument: InstrumentId } => RuleMissing;
}
