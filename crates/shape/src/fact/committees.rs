//! The shapes of facts about committees. In the current shapes, a commitment stands in place of
//! each value that may name a person.

use std::sync::Arc;

use remit_domain::{
    CommitteeFact, DecisionTaken, Event, Evidence, Handling, InterestDeclared, Personal, Text,
};
use serde::de::MapAccess;

use super::shapes;
use crate::object::{object, read_fields};

shapes! {
    CommitteeFact;
    InterestDeclared(InterestDeclared) "interest-declared.v2" {
        office, body, interest, concerns, aware_on, declared_on, note: optional,
    }
    DecisionTaken(DecisionTaken) "decision-taken.v2" {
        body, forum, fund, payment, decided_on, quorate, handled, note: optional,
    }
    "interest-declared.v1" = InterestDeclaredV1, read by declared_v1;
    "decision-taken.v1" = DecisionTakenV1, read by taken_v1;
}

object! { Handling { office, way } }

/// Reads version 1 of a declared interest. Version 1 stored every value in the clear, and the note
/// in the evidence.
fn declared_v1<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    Ok(read_fields!(
        map; office, body, interest, concerns, aware_on, declared_on, evidence => {
            let office = Personal::InTheClear(office);
            let note = note_in_the_clear(&evidence);
            let declared =
                InterestDeclared { office, body, interest, concerns, aware_on, declared_on, note };
            Event { fact: declared.into(), evidence }
        }
    ))
}

/// Reads version 1 of a decision. Version 1 stored every value in the clear; the note was a part of
/// the evidence.
fn taken_v1<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    Ok(read_fields!(
        map; body, forum, fund, payment, decided_on, quorate, handled, evidence => {
            let handled: Vec<HandlingV1> = handled;
            let in_the_clear = |HandlingV1 { office, way }| {
                Handling { office: Personal::InTheClear(office), way }
            };
            let handled = handled.into_iter().map(in_the_clear).collect();
            let note = note_in_the_clear(&evidence);
            let taken =
                DecisionTaken { body, forum, fund, payment, decided_on, quorate, handled, note };
            Event { fact: taken.into(), evidence }
        }
    ))
}

/// The note of a version 1 fact, which is stored in the evidence.
fn note_in_the_clear(evidence: &Arc<Evidence>) -> Option<Personal> {
    evidence.note.clone().map(Personal::InTheClear)
}

struct HandlingV1 {
    office: Text,
    way: Text,
}

object! { HandlingV1 { office, way } }
