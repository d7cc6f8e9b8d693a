//! Converts facts about instruments to and from messages.

use remit_domain::{
    Area, ConditionAttached, ConditionLifted, ExpectationStated, Forum, ForumKind, Instrument,
    InstrumentAdvanced, InstrumentEnded, InstrumentInForce, InstrumentSighted, InstrumentVaried,
    LevelNotHeld, NoticeGiven, WorkPerformed,
};

use super::{embedded, messages};
use crate::fields::Fields;
use crate::value::Value;
use crate::{pb, render};

messages! {
    Instrument as InstrumentDrawn {
        id, kind, basis, title, given_by, given_to, functions, area, contracts, forum, conditions,
        loss_exceptions, onward_barred,
    };
    InstrumentAdvanced as InstrumentAdvanced { instrument, stage, by };
    InstrumentInForce as InstrumentInForce { instrument, effective, start };
    InstrumentEnded as InstrumentEnded { instrument, effective_until, reason, by };
    InstrumentVaried as InstrumentVaried { instrument, effective_from, by };
    ConditionAttached as ConditionAttached { instrument, condition, effective_from, by };
    ConditionLifted as ConditionLifted { instrument, condition, effective_until, by };
    NoticeGiven as NoticeGiven { instrument, given_by, given_on, ends_on, rule };
    WorkPerformed as WorkPerformed { instrument, performer, functions, effective };
    InstrumentSighted as InstrumentSighted { instrument, seen, sighting };
    LevelNotHeld as LevelNotHeld { body, bases, functions, effective };
    ExpectationStated as ExpectationStated { function, area, expected, effective_from, nature };
    Forum as Forum { kind, name };
}
embedded!(Forum as Forum, Instrument as InstrumentDrawn);

impl Value for ForumKind {
    type Wire = i32;

    fn read(fields: &mut Fields, field: &str, wire: &i32) -> Option<Self> {
        fields.word(field, *wire)
    }

    fn write(&self) -> i32 {
        render::word(*self)
    }
}

impl Value for Area {
    type Wire = Option<pb::Area>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::Area>) -> Option<Self> {
        use pb::area::Area as A;
        match wire.as_ref().and_then(|area| area.area.as_ref()) {
            Some(A::England(true)) => Some(Self::England),
            Some(A::England(false)) => {
                fields.bad(&format!("{field}.england"), "must be true where it is given");
                None
            }
            Some(A::Commissioners(bodies)) => {
                fields.value(&format!("{field}.commissioners.codes"), &bodies.codes).map(Self::Of)
            }
            None => {
                fields.bad(field, "is required: england or commissioners");
                None
            }
        }
    }

    fn write(&self) -> Option<pb::Area> {
        use pb::area::Area as A;
        let area = match self {
            Self::England => A::England(true),
            Self::Of(codes) => A::Commissioners(pb::Bodies { codes: codes.write() }),
        };
        Some(pb::Area { area: Some(area) })
    }
}
