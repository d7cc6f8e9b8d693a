//! The faults that a command can have in the text of an instrument.

use crate::basis::LegalBasis;
use crate::body::BodyRole;
use crate::code::{BodyCode, InstrumentId};
use crate::instrument::InstrumentKind;
use crate::period::Day;
use crate::position::Position;

use super::faults;

faults! {
    /// A fault in the text of an instrument.
    InstrumentFault, Fault::Instruments;
    /// The register has no instrument with the id `instrument`.
    Unknown { instrument: InstrumentId } => InstrumentUnknown;
    /// An instrument with the id `instrument` is already drawn up, by the event `event`.
    AlreadyDrawn { instrument: InstrumentId, event: Position } => InstrumentAlreadyDrawn;
    /// An instrument of the kind `kind` cannot rest on the legal basis `basis`.
    BasisNotAdmitted { kind: InstrumentKind, basis: LegalBasis } => BasisNotAdmitted;
    /// The body both gives and receives functions by the instrument.
    ReceivesFromItself { code: BodyCode } => BodyMayNotReceive;
    /// The body was never a commissioner, so it has no area.
    NoCommissioner { code: BodyCode } => BodyRoleWrong;
    /// The body is not a commissioner on the day `on`, so it has no area on that day.
    NoCommissionerOn { code: BodyCode, role: BodyRole, on: Day } => BodyRoleWrong;
    /// The instrument lists contracts, and does not name the area of one commissioner.
    ListsContracts {} => ReachForbidden;
    /// A variation of the instrument cannot change the refused field.
    NotToBeVaried { instrument: InstrumentId } => VariationForbidden;
    /// The condition to attach is already attached to the instrument.
    ConditionAttached { instrument: InstrumentId, event: Position } => ConditionUnknown;
    /// The condition to lift is not attached to the instrument on the day `on`.
    ConditionNotAttached { instrument: InstrumentId, on: Day } => ConditionUnknown;
    /// The sighting has no end. A sighting is of a day or a month, unless it is undated.
    SightedWithoutEnd { instrument: InstrumentId } => SightingWithoutEnd;
    /// A notice cannot be stated as a fact. Notices have a command of their own, which works out
    /// the end of the instrument from the rules.
    NoticeStated { instrument: InstrumentId } => RuleMissing;
}
