//! Converts facts about the law to and from messages.

use pb::rule_enacted::Says;
use remit_domain::{
    Day, DayOfYear, Function, FunctionEnded, HolderRule, Route, Rule, RuleCommenced, RuleContent,
    RuleEnded,
};

use super::{Message, embedded, messages};
use crate::fields::Fields;
use crate::pb;
use crate::value::{Item, Value};

messages! {
    Function as FunctionCatalogued {
        code, name, effective, holder, basis, reserved, routes, part, confidence, citation, note,
    };
    Route as Route { basis, confidence };
    RuleCommenced as RuleCommenced { rule, effective };
    RuleEnded as RuleEnded { rule, effective_until };
    FunctionEnded as FunctionEnded { function, effective_until };
}
embedded!(Route as Route);

impl Value for HolderRule {
    type Wire = Option<pb::HolderRule>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::HolderRule>) -> Option<Self> {
        match wire.as_ref().and_then(|holder| holder.holder.as_ref()) {
            Some(pb::holder_rule::Holder::Body(code)) => {
                fields.parse(&format!("{field}.body"), code).map(Self::Body)
            }
            Some(pb::holder_rule::Holder::Commissioner(true)) => Some(Self::Commissioner),
            Some(pb::holder_rule::Holder::Commissioner(false)) => {
                fields.bad(&format!("{field}.commissioner"), "must be true where it is given");
                None
            }
            Some(pb::holder_rule::Holder::OutsideRecords(who)) => {
                fields.parse(&format!("{field}.outside_records"), who).map(Self::OutsideRecords)
            }
            None => {
                fields.bad(
                    field,
                    "is required: a body, the commissioner or who is outside the records",
                );
                None
            }
        }
    }

    fn write(&self) -> Option<pb::HolderRule> {
        let holder = match self {
            Self::Body(code) => pb::holder_rule::Holder::Body(Value::write(code)),
            Self::Commissioner => pb::holder_rule::Holder::Commissioner(true),
            Self::OutsideRecords(who) => pb::holder_rule::Holder::OutsideRecords(Value::write(who)),
        };
        Some(pb::HolderRule { holder: Some(holder) })
    }
}

impl Item for DayOfYear {
    type Wire = pb::DayOfYear;

    fn read(fields: &mut Fields, field: &str, wire: &pb::DayOfYear) -> Option<Self> {
        // 2001 is not a leap year, so a day that exists in 2001 exists in every year.
        let exists = Day::new(2001, wire.month, wire.day).is_ok();
        if !exists {
            fields.bad(field, "must be a month and a day that every year has");
        }
        exists.then_some(Self { month: wire.month, day: wire.day })
    }

    fn write(&self) -> pb::DayOfYear {
        pb::DayOfYear { month: self.month, day: self.day }
    }
}

impl Value for DayOfYear {
    type Wire = Option<pb::DayOfYear>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::DayOfYear>) -> Option<Self> {
        match wire {
            Some(wire) => Item::read(fields, field, wire),
            None => {
                fields.bad(field, "is required: a month and a day that every year has");
                None
            }
        }
    }

    fn write(&self) -> Option<pb::DayOfYear> {
        Some(Item::write(self))
    }
}

/// Declares how the contents of each kind of rule are read and written. The declaration of a kind
/// names the field of the kind in the oneof `says`, its message, the fields of that message, and
/// the lists in the message that must not be empty.
macro_rules! contents {
    ($(
        $content:ident as $field:literal $wire:ident { $($part:ident),+ } some { $($some:ident),* };
    )+) => {
        fn read_content(fields: &mut Fields, says: Option<&Says>) -> Option<RuleContent> {
            match says {
                $(Some(Says::$content(rule)) => fields.within($field, |fields| {
                    $(fields.not_empty(stringify!($some), &rule.$some);)*
                    $(let $part = fields.value(stringify!($part), &rule.$part);)+
                    Some(RuleContent::$content { $($part: $part?),+ })
                }),)+
                None => {
                    fields.bad("says", "is required: say what the row of the rule says");
                    None
                }
            }
        }

        fn write_content(content: &RuleContent) -> Says {
            match content {
                $(RuleContent::$content { $($part),+ } => Says::$content(pb::$wire {
                    $($part: Value::write($part)),+
                }),)+
            }
        }
    };
}

contents! {
    Liability as "liability" LiabilityRule { bases, liable } some { bases };
    Receiving as "receiving" ReceivingRule { bases, roles } some { bases, roles };
    Notice as "notice" NoticeRule { bases, last, ends } some { bases };
    Continuity as "continuity" ContinuityRule { basis, from, to } some {};
    Giving as "giving" GivingRule { bases, roles } some { bases, roles };
    Onward as "onward" OnwardRule { bases } some { bases };
    Transition as "transition" TransitionRule { bases, step, from, by } some { bases, from };
    Window as "window" WindowRule { bases, step, last } some { bases };
    Commencement as "commencement" CommencementRule { bases, giver, days } some { bases, days };
    Vesting as "vesting" VestingRule { functions, role, ends } some { functions };
    ReadAcross as "read_across" ReadAcrossRule { from, to } some {};
    Capacity as "capacity" CapacityRule { bases, functions, capacity, bodies }
        some { bases, bodies };
    Regime as "regime" RegimeRule { bases, functions } some { bases };
    Succeeding as "succeeding" SucceedingRule { from, to } some { from, to };
    Joining as "joining" JoiningRule { relation, members, groups } some { members, groups };
}

impl Message for Rule {
    type Wire = pb::RuleEnacted;

    fn read(fields: &mut Fields, wire: &pb::RuleEnacted) -> Option<Self> {
        let id = fields.value("id", &wire.id);
        let effective = fields.value("effective", &wire.effective);
        let content = read_content(fields, wire.says.as_ref());
        let text = fields.value("text", &wire.text);
        let counter_argument = fields.value("counter_argument", &wire.counter_argument);
        let citation = fields.value("citation", &wire.citation);
        let confidence = fields.value("confidence", &wire.confidence);
        Some(Self {
            id: id?,
            effective: effective?,
            content: content?,
            text: text?,
            counter_argument: counter_argument?,
            citation: citation?,
            confidence: confidence?,
        })
    }

    fn write(&self) -> pb::RuleEnacted {
        pb::RuleEnacted {
            id: Value::write(&self.id),
            effective: Value::write(&self.effective),
            says: Some(write_content(&self.content)),
            text: Value::write(&self.text),
            counter_argument: Value::write(&self.counter_argument),
            citation: Value::write(&self.citation),
            confidence: Value::write(&self.confidence),
        }
    }
}
