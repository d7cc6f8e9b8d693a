//! The faults that corrections and redactions can have.

use crate::code::{BodyCode, InstrumentId};
use crate::fact::{CorrectionKind, FactKind};
use crate::period::{Day, Period};
use crate::personal::PersonalField;
use crate::position::Position;

use super::{Reason, faults};

faults! {
    /// A fault in a correction, a redaction or a dispute.
    CorrectionFault, Fault::Corrections;
    /// The dispute is about an event of the kind `kind`, which moves no answer and cannot be
    /// disputed.
    NotToBeDisputed { event: Position, kind: FactKind } => NotDisputable;
    /// The correction does not name the event that it corrects.
    EventNotNamed {} => EventUnknown;
    /// The register has no event at the position `event`.
    EventUnknown { event: Position } => EventUnknown;
    /// The correction is about a redaction, which cannot be corrected.
    RedactionStands { event: Position } => RedactionStands;
    /// The correction is about an event that is already retracted by the correction `by`.
    AlreadyRetracted { event: Position, by: Position } => AlreadyCorrected;
    /// Corrections have changed whether the event holds `limit` times, which is as often as they
    /// may.
    TurnedTooOften { event: Position, limit: usize } => CorrectedTooOften;
    /// The correction is of a kind that must state a fact, and states none.
    FactMissing {} => NothingNamed;
    /// The evidence of the correction lacks `made_on`, the day on which the act was done.
    MadeOnMissing { kind: CorrectionKind } => MadeOnMissing;
    /// A correction cannot state a fact of the kind `kind`.
    NotToBeStated { kind: FactKind } => CorrectionKindDiffers;
    /// The correction states a fact of another kind than the event that it corrects.
    KindDiffers { was: FactKind, is: FactKind } => CorrectionKindDiffers;
    /// The correction backdates nothing, because the act was made on or before the day from which
    /// the act has effect.
    NotBackdated { made_on: Day, effective_on: Day } => NotBackdated;
    /// The correction would leave the instrument not drawn up, although an event refers to the
    /// instrument.
    LeftUndrawn { instrument: InstrumentId, event: Position } => InstrumentUnknown;
    /// The correction would leave the body not in being on the day `on`, although by the event
    /// `event` something passes from it or to it.
    LeftNotInBeing { code: BodyCode, on: Day, event: Position } => BodyNotInBeing;
    /// The correction would leave the body in being on the day `on`, although by the event `event`
    /// its area passes on that day.
    LeftLivingOn { code: BodyCode, on: Day, event: Position } => PredecessorLivesOn;
    /// The event has no field that may name a person.
    NothingPersonal { event: Position, kind: FactKind } => NotPersonal;
    /// The event has fields that may name a person, but `field` is not one of them.
    FieldNotPersonal { event: Position, field: PersonalField, has: Vec<PersonalField> }
        => NotPersonal;
    /// The value of the field cannot be redacted, because the stored bytes of the event contain it.
    InTheClear { event: Position, field: PersonalField } => InTheClear;
    /// The field is already redacted by the event `by`.
    AlreadyRedacted { event: Position, field: PersonalField, by: Position } => AlreadyRedacted;
    /// The evidence of the redaction lacks `made_on`, the day on which the redaction was decided.
    RedactionDayMissing {} => MadeOnMissing;
}

/// A contradiction between two facts that would both hold after a correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The stable code of the refusal for the contradiction between the two facts.
    pub reason: Reason,
    /// The code or id of the thing that the two contradictory facts are about.
    pub subject: String,
    /// The period in which the first of the two contradictory facts holds.
    pub first: Period,
    /// The event that states the first of the two contradictory facts.
    pub first_event: Position,
    /// The period in which the second of the two contradictory facts holds.
    pub second: Period,
    /// The event that states the second of the two contradictory facts.
    pub second_event: Position,
}
