//! The shapes of facts about instruments, and of facts that are other evidence of who exercises a
//! function.

use remit_domain::{
    Area, BodyCode, ConditionAttached, ConditionLifted, Event, ExpectationStated, Forum,
    Instrument, InstrumentAdvanced, InstrumentEnded, InstrumentFact, InstrumentInForce,
    InstrumentSighted, InstrumentVaried, LevelNotHeld, NoticeGiven, WorkPerformed,
};
use serde::de::MapAccess;

use super::shapes;
use crate::object::{object, read_fields, tagged};

shapes! {
    InstrumentFact;
    InstrumentDrawn(Instrument) "instrument-drawn.v2" {
        id, kind, basis, title, given_by, given_to, functions, area, contracts: optional,
        forum: optional, conditions: optional, loss_exceptions: optional, onward_barred,
    }
    InstrumentAdvanced(InstrumentAdvanced) "instrument-advanced.v2" { instrument, stage, by }
    InstrumentInForce(InstrumentInForce) "instrument-in-force.v1" {
        instrument, effective: period, start,
    }
    InstrumentEnded(InstrumentEnded) "instrument-ended.v2" {
        instrument, effective_until, reason, by,
    }
    InstrumentVaried(InstrumentVaried) "instrument-varied.v1" { instrument, effective_from, by }
    ConditionAttached(ConditionAttached) "condition-attached.v1" {
        instrument, condition, effective_from, by,
    }
    ConditionLifted(ConditionLifted) "condition-lifted.v1" {
        instrument, condition, effective_until, by,
    }
    NoticeGiven(NoticeGiven) "notice-given.v1" { instrument, given_by, given_on, ends_on, rule }
    WorkPerformed(WorkPerformed) "work-performed.v1" {
        instrument, performer, functions: optional, effective: period,
    }
    InstrumentSighted(InstrumentSighted) "instrument-sighted.v1" {
        instrument, seen: period, sighting,
    }
    LevelNotHeld(LevelNotHeld) "level-not-held.v1" {
        body, bases, functions: optional, effective: period,
    }
    ExpectationStated(ExpectationStated) "expectation-stated.v1" {
        function, area, expected, effective_from, nature,
    }
    "instrument-drawn.v1" = InstrumentDrawnV1, read by drawn_v1;
    "instrument-advanced.v1" = InstrumentAdvancedV1, read by advanced_v1;
    "instrument-ended.v1" = InstrumentEndedV1, read by ended_v1;
}

object! {
    Instrument {
        id, kind, basis, title, given_by, given_to, functions, area, contracts: optional,
        forum: optional, conditions: optional, loss_exceptions: optional, onward_barred,
    }
}

tagged! { Area { Of(Vec<BodyCode>) as "of"; England as "england" } }

object! { Forum { kind, name } }

/// Reads version 1 of a drawn-up instrument. Version 1 had no field `onward_barred`, which says
/// whether the terms forbid the receiver to pass functions on, and none for listed contracts.
fn drawn_v1<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    Ok(read_fields!(
        map; id, kind, basis, title, given_by, given_to, functions, area, forum: optional,
        conditions: optional, loss_exceptions: optional, evidence => {
            let (contracts, onward_barred) = (Vec::new(), false);
            let drawn = Instrument {
                id, kind, basis, title, given_by, given_to, functions, area, contracts, forum,
                conditions, loss_exceptions, onward_barred,
            };
            Event { fact: drawn.into(), evidence }
        }
    ))
}

/// Reads version 1 of a step of an instrument. Version 1 had no field `by`, which lists the bodies
/// that took the step.
fn advanced_v1<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    Ok(read_fields!(
        map; instrument, stage, evidence => {
            let advanced = InstrumentAdvanced { instrument, stage, by: Vec::new() };
            Event { fact: advanced.into(), evidence }
        }
    ))
}

/// Reads version 1 of the end of an instrument. Version 1 had no field `by`, which lists the bodies
/// that ended the instrument.
fn ended_v1<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    Ok(read_fields!(
        map; instrument, effective_until, reason, evidence => {
            let ended = InstrumentEnded { instrument, effective_until, reason, by: Vec::new() };
            Event { fact: ended.into(), evidence }
        }
    ))
}
