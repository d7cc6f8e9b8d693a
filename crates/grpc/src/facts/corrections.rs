//! Converts corrections and redactions to and from messages, and any fact to the message that an
//! event carries.

use remit_domain::{
    Act, BodyFact, CommitteeFact, Correction, CorrectionKind, DisputeFact, Fact, FieldRedacted,
    InstrumentFact, LawFact, MoneyFact, Position,
};

use super::{Message, each_fact};
use crate::fields::Fields;
use crate::pb;
use crate::value::Value;

macro_rules! write_facts {
    ($($topic:ident($facts:ident, $kinds:ident): $($kind:ident)+ $(, told $told:ident)?;)+) => {
        /// Converts a fact of any kind to the message that an event carries.
        pub(crate) fn write_fact(fact: &Fact) -> pb::Fact {
            use pb::fact::Fact as F;
            let fact = match fact {
                $(Fact::$topic(fact) => match fact {
                    $($facts::$kind(content) => F::$kind(Message::write(content)),)+
                    $($facts::$told(content) => F::$told(Message::write(content)),)?
                },)+
                Fact::Corrected(correction) => F::Corrected(Box::new(write_corrected(correction))),
                Fact::Redacted(redacted) => F::FieldRedacted(redacted.write()),
            };
            pb::Fact { fact: Some(fact) }
        }
    };
}
each_fact!(write_facts);

fn write_corrected(correction: &Correction) -> pb::Corrected {
    pb::Corrected {
        kind: Value::write(&correction.kind),
        about: correction.about.unwrap_or_default().get(),
        authority: Value::write(&correction.authority),
        reason: Value::write(&correction.reason),
        fact: correction.fact.as_ref().map(|fact| Box::new(write_fact(fact))),
    }
}

/// Reads the `Correct` command. `stated` reads the command in the field `instead` of `Correct`.
pub(crate) fn read_correct(
    fields: &mut Fields,
    wire: &pb::Correct,
    stated: impl FnOnce(&mut Fields, &pb::Command) -> Option<Act>,
) -> Option<Act> {
    let kind = fields.value::<CorrectionKind>("kind", &wire.kind);
    let authority = fields.value("authority", &wire.authority);
    let reason = fields.value("reason", &wire.reason);
    let about = (wire.about > 0).then_some(Position::new(wire.about));
    if about.is_none() && kind.is_some_and(|kind| kind != CorrectionKind::RecordedLate) {
        fields.bad("about", "is required: the position of the event");
    }
    let instead = match &wire.instead {
        None => Some(None),
        Some(command) => fields.within("instead", |fields| {
            if command.evidence.is_some() {
                fields.bad(
                    "evidence",
                    "must be left out: the evidence of the correction is used for the stated fact",
                );
            }
            if let Some(pb::command::Act::Correct(_)) = &command.act {
                fields.bad("correct", "a correction states a fact, not another correction");
                return None;
            }
            stated(fields, command).map(|act| Some(Box::new(act)))
        }),
    };
    let (authority, reason) = (authority?, reason?);
    let correction = Correction { kind: kind?, about, authority, reason, fact: None };
    Some(Act::Correct { correction, instead: instead? })
}

/// Converts a correction to the `Correct` command. `instead` is the fact that replaces the
/// corrected one, if there is one, already converted to the field `act` of a command.
pub(crate) fn write_correct(
    correction: &Correction,
    instead: Option<pb::command::Act>,
) -> pb::Correct {
    pb::Correct {
        kind: Value::write(&correction.kind),
        about: correction.about.unwrap_or_default().get(),
        authority: Value::write(&correction.authority),
        reason: Value::write(&correction.reason),
        instead: instead.map(|act| Box::new(pb::Command { act: Some(act), evidence: None })),
    }
}

impl Message for FieldRedacted {
    type Wire = pb::FieldRedacted;

    fn read(fields: &mut Fields, wire: &pb::FieldRedacted) -> Option<Self> {
        if wire.about == 0 {
            fields.bad("about", "is required: the position of the event");
        }
        let field = fields.value("field", &wire.field);
        let reason = fields.value("reason", &wire.reason);
        let authority = fields.value("authority", &wire.authority);
        let about = Position::new(wire.about);
        Some(Self { about, field: field?, reason: reason?, authority: authority? })
    }

    fn write(&self) -> pb::FieldRedacted {
        pb::FieldRedacted {
            about: self.about.get(),
            field: Value::write(&self.field),
            reason: Value::write(&self.reason),
            authority: Value::write(&self.authority),
        }
    }
}
