//! Facts as messages, in both directions, by topic: one line a fact.
//!
//! A fact that is not written field by field under the same names is written by hand, and so is a
//! check that needs more than one field.

mod bodies;
mod committees;
mod corrections;
mod instruments;
mod law;
mod money;

use crate::fields::Fields;

pub(crate) use corrections::{read_correct, write_correct, write_fact};

/// A value of the domain as a message.
pub(crate) trait Message: Sized {
    /// The message.
    type Wire;

    fn read(fields: &mut Fields, wire: &Self::Wire) -> Option<Self>;
    fn write(&self) -> Self::Wire;
}

/// Declares messages whose fields have the names and the order of the domain. `check` names a
/// function that looks at the message as a whole.
macro_rules! messages {
    ($($type:ident as $wire:ident { $($field:ident),+ $(,)? } $(check $check:ident)?;)+) => {$(
        impl crate::facts::Message for $type {
            type Wire = crate::pb::$wire;

            fn read(fields: &mut crate::fields::Fields, wire: &crate::pb::$wire) -> Option<Self> {
                $(let $field = fields.value(stringify!($field), &wire.$field);)+
                $($check(fields, wire);)?
                Some(Self { $($field: $field?),+ })
            }

            fn write(&self) -> crate::pb::$wire {
                crate::pb::$wire {
                    $($field: crate::value::Value::write(&self.$field)),+
                }
            }
        }
    )+};
}
use messages;

/// Makes messages fields of others: required, optional, and as items of a list.
macro_rules! embedded {
    ($($type:ident as $wire:ident),+ $(,)?) => {$(
        impl crate::value::Value for $type {
            type Wire = Option<crate::pb::$wire>;

            fn read(
                fields: &mut crate::fields::Fields,
                field: &str,
                wire: &Self::Wire,
            ) -> Option<Self> {
                let Some(wire) = wire else {
                    fields.bad(field, "is required");
                    return None;
                };
                fields.within(field, |fields| crate::facts::Message::read(fields, wire))
            }

            fn write(&self) -> Self::Wire {
                Some(crate::facts::Message::write(self))
            }
        }

        impl crate::value::Value for Option<$type> {
            type Wire = Option<crate::pb::$wire>;

            fn read(
                fields: &mut crate::fields::Fields,
                field: &str,
                wire: &Self::Wire,
            ) -> Option<Self> {
                let Some(wire) = wire else { return Some(None) };
                fields.within(field, |fields| crate::facts::Message::read(fields, wire)).map(Some)
            }

            fn write(&self) -> Self::Wire {
                self.as_ref().map(crate::facts::Message::write)
            }
        }

        impl crate::value::Item for $type {
            type Wire = crate::pb::$wire;

            fn read(
                fields: &mut crate::fields::Fields,
                field: &str,
                wire: &Self::Wire,
            ) -> Option<Self> {
                fields.within(field, |fields| crate::facts::Message::read(fields, wire))
            }

            fn write(&self) -> Self::Wire {
                crate::facts::Message::write(self)
            }
        }
    )+};
}
use embedded;

/// Hands every kind of fact, by topic, to a macro. `told` is what only events say: a decision makes
/// it.
macro_rules! each_fact {
    ($do:ident) => {
        $do! {
            Bodies(BodyFact, BodyFactKind):
                BodyEstablished BodyDissolved BodyNamed SuccessionRecorded MembershipStarted
                MembershipEnded ContractHeld ClusterFormed;
            Law(LawFact, LawFactKind):
                FunctionCatalogued FunctionEnded RuleEnacted RuleCommenced RuleEnded;
            Instruments(InstrumentFact, InstrumentFactKind):
                InstrumentDrawn InstrumentAdvanced InstrumentInForce InstrumentEnded
                InstrumentVaried ConditionAttached ConditionLifted WorkPerformed LevelNotHeld
                ExpectationStated, told NoticeGiven;
            Money(MoneyFact, MoneyFactKind):
                FundOpened SupportPaid PaymentDirectionMade;
            Committees(CommitteeFact, CommitteeFactKind):
                InterestDeclared DecisionTaken;
        }
    };
}
pub(crate) use each_fact;
