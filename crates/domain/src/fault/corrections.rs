//! What can be wrong with corrections and redactions.

use crate::code::InstrumentId;
use crate::fact::{CorrectionKind, FactKind};
use crate::period::{Day, Period};
use crate::personal::PersonalField;
use crate::position::Position;

use super::{Reason, faults};

faults! {
    /// What is wrong with a correction or a redaction.
    CorrectionFault, Fault::Corrections;
    /// The correction names no event.
    EventNotNamed {} => EventUnknown;
    /// The register has no such event.
    EventUnknown { event: Position } => EventUnknown;
    /// The event is a redaction, and a redaction is not corrected.
    RedactionStands { event: Position } => RedactionStands;
    /// The event is retracted already.
    AlreadyRetracted { event: Position, by: Position } => AlreadyCorrected;
    /// The correction states no fact, and must.
    FactMissing {} => NothingNamed;
    /// The correction needs the day on which the act was done.
    MadeOnMissing { kind: CorrectionKind } => MadeOnMissing;
    /// A correction cannot state a fact of this kind.
    NotToBeStated { kind: FactKind } => CorrectionKindDiffers;
    /// The correction states a fact of another kind than the event it corrects.
    KindDiffers { was: FactKind, is: FactKind } => CorrectionKindDiffers;
    /// The act was not made after the day from which it has effect.
    NotBackdated { made_on: Day, effective_on: Day } => NotBackdated;
    /// The instrument would not be drawn up, and an event rests on it.
    LeftUndrawn { instrument: InstrumentId, event: Position } => InstrumentUnknown;
    /// The event has no field that may name a person.
    NothingPersonal { event: Position, kind: FactKind } => NotPersonal;
    /// The event has no such field that may name a person.
    FieldNotPersonal { event: Position, field: PersonalField, has: Vec<PersonalField> }
        => NotPersonal;
    /// The event's own bytes hold the value.
    InTheClear { event: Position, field: PersonalField } => InTheClear;
    /// The field is redacted already.
    AlreadyRedacted { event: Position, field: PersonalField, by: Position } => AlreadyRedacted;
    /// A redaction needs the day on which it was decided.
    RedactionDayMissing {} => MadeOnMissing;
}

/// Two facts that cannot both hold, of which a correction would bring one back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The stable code of what they contradict each other in.
    pub reason: Reason,
    /// What they are about.
    pub subject: String,
    /// When the first holds.
    pub first: Period,
    /// The event that says so.
    pub first_event: Position,
    /// When the second holds.
    pub second: Period,
    /// The event that says so.
    pub second_event: Position,
}
