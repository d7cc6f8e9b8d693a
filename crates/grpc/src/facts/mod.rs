//! Converts facts to and from messages. There is one file for each topic, and one declaration for
//! each fact.
//!
//! Facts whose fields differ from those of their messages are converted by hand-written code.
//! Checks that involve several fields are also written by hand.

mod bodies;
mod committees;
mod corrections;
mod disputes;
mod instruments;
mod law;
mod money;

use crate::fields::Fields;

pub(crate) use corrections::{read_correct, write_correct, write_fact};

/// A domain value that is a message of its own on the wire.
pub(crate) trait Message: Sized {
    /// The generated Rust type of the message.
    type Wire;

    fn read(fields: &mut Fields, wire: &Self::Wire) -> Option<Self>;
    fn write(&self) -> Self::Wire;
}

/// Implements `Message` for types whose fields have the same names as the fields of their messages.
/// `check` names a function that checks the whole message.
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

/// Implements `Value` and `Item` for types that are messages on the wire, so that such a message
/// can be a field of another message: required, optional, or an item of a list.
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

/// Calls the macro `$do` with every kind of fact, grouped by topic. The kind of fact after the word
/// `told` is stated by no command of its own: such a fact is recorded only as the result of another
/// command.
macro_rules! each_fact {
    ($do:ident) => {
        $do! {
            Bodies(BodyFact, BodyFactKind):
                BodyEstablished BodyDissolved BodyNamed SuccessionRecorded TransferSchemeMade
                MembershipStarted MembershipEnded ContractHeld ClusterFormed;
            Law(LawFact, LawFactKind):
                FunctionCatalogued FunctionEnded RuleEnacted RuleCommenced RuleEnded;
            Instruments(InstrumentFact, InstrumentFactKind):
                InstrumentDrawn InstrumentAdvanced InstrumentInForce InstrumentEnded
                InstrumentVaried ConditionAttached ConditionLifted WorkPerformed InstrumentSighted
                LevelNotHeld ExpectationStated, told NoticeGiven;
            Money(MoneyFact, MoneyFactKind):
                FundOpened SupportPaid PaymentDirectionMade;
            Committees(CommitteeFact, CommitteeFactKind):
                InterestDeclared DecisionTaken;
            Disputes(DisputeFact, DisputeFactKind):
                EventDisputed;
        }
    };
}
pub(crate) use each_fact;
