//! The shapes of facts about the law.

use remit_domain::{
    BodyCode, DayOfYear, Event, Function, FunctionEnded, HolderRule, LawFact, Route, Rule,
    RuleCommenced, RuleContent, RuleEnded, Text,
};
use serde::de::{Error, MapAccess};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::shapes;
use crate::object::{object, read_fields, tagged, variants};
use crate::value::Value;

shapes! {
    LawFact;
    FunctionCatalogued(Function) "function-catalogued.v1" {
        code, name, effective: period, holder, basis, reserved, routes, part, confidence, citation,
        note: optional,
    }
    RuleEnacted(Rule) "rule-enacted.v2" {
        id, effective: optional_period, content as "says", text, counter_argument: optional,
        citation, confidence,
    }
    RuleCommenced(RuleCommenced) "rule-commenced.v1" { rule, effective: period }
    RuleEnded(RuleEnded) "rule-ended.v1" { rule, effective_until }
    FunctionEnded(FunctionEnded) "function-ended.v1" { function, effective_until }
    "rule-enacted.v1" = RuleEnactedV1, read by enacted_v1;
}

tagged! {
    HolderRule {
        Body(BodyCode) as "body", OutsideRecords(Text) as "outside-records";
        Commissioner as "commissioner"
    }
}

object! { Route { basis, confidence } }

variants! {
    RuleContent {
        Liability as "liability" { bases, liable }
        Receiving as "receiving" { bases, roles }
        Notice as "notice" { bases, last, ends }
        Continuity as "continuity" { basis, from, to }
        Giving as "giving" { bases, roles }
        Onward as "onward" { bases }
        Transition as "transition" { bases, step, from, by }
        Window as "window" { bases, step, last }
        Commencement as "commencement" { bases, giver, days }
        Vesting as "vesting" { functions, role, ends }
        ReadAcross as "read-across" { from, to }
        Capacity as "capacity" { bases, functions, capacity, bodies }
        Regime as "regime" { bases, functions }
        Succeeding as "succeeding" { from, to }
        Joining as "joining" { relation, members, groups }
    }
}

/// A day of the year is stored as a list of two numbers: the month and the day of the month.
impl Value for DayOfYear {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.month, self.day].serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <[u32; 2]>::deserialize(deserializer).map(|[month, day]| Self { month, day })
    }
}

/// Reads version 1 of an enacted rule. Version 1 could store only four kinds of rule.
fn enacted_v1<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    let (rule, evidence) = read_fields!(
        map; id, effective: optional_period, content as "says", text, citation, confidence, evidence
            => (
                Rule {
                    id, effective, content, text, counter_argument: None, citation, confidence
                },
                evidence,
            )
    );
    match rule.content {
        RuleContent::Liability { .. }
        | RuleContent::Receiving { .. }
        | RuleContent::Notice { .. }
        | RuleContent::Continuity { .. } => Ok(Event { fact: rule.into(), evidence }),
        RuleContent::Giving { .. }
        | RuleContent::Onward { .. }
        | RuleContent::Transition { .. }
        | RuleContent::Window { .. }
        | RuleContent::Commencement { .. }
        | RuleContent::Vesting { .. }
        | RuleContent::ReadAcross { .. }
        | RuleContent::Capacity { .. }
        | RuleContent::Regime { .. }
        | RuleContent::Succeeding { .. }
        | RuleContent::Joining { .. } => {
            Err(A::Error::custom("a kind of rule that version 1 does not have"))
        }
    }
}
