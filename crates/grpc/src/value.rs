//! Converts domain values to and from fields of messages.

use remit_domain::{
    BodyCode, BodyRole, Capacity, Confidence, ContractId, ContractType, CorrectionKind, Day,
    EndReason, FunctionCode, InstrumentId, InstrumentKind, LegalBasis, LegalForm, LiableRule, Part,
    Party, Period, PersonalField, Position, RecordId, Relation, RoleInAnswer, RuleId, Sighting,
    Stage, Start, State, Step, SuccessionKind, Text,
};
use remit_shape::DeskName;

use crate::fields::Fields;
use crate::{pb, render};

/// A domain value that one field of a message holds.
pub(crate) trait Value: Sized {
    /// The Rust type of the message field that holds the value.
    type Wire;

    fn read(fields: &mut Fields, field: &str, wire: &Self::Wire) -> Option<Self>;
    fn write(&self) -> Self::Wire;
}

/// A domain value that one item of a repeated field holds.
pub(crate) trait Item: Sized {
    /// The Rust type of the item that holds the value in the message.
    type Wire;

    fn read(fields: &mut Fields, field: &str, wire: &Self::Wire) -> Option<Self>;
    fn write(&self) -> Self::Wire;
}

impl<T: Item> Value for Vec<T> {
    type Wire = Vec<T::Wire>;

    fn read(fields: &mut Fields, field: &str, wire: &Vec<T::Wire>) -> Option<Self> {
        fields.items(field, wire, T::read)
    }

    fn write(&self) -> Vec<T::Wire> {
        self.iter().map(T::write).collect()
    }
}

/// Implements `Value` and `Item` for types that are text on the wire. An optional value that is
/// absent is empty text.
macro_rules! texts {
    ($($type:ty),+ $(,)?) => {$(
        impl Item for $type {
            type Wire = String;

            fn read(fields: &mut Fields, field: &str, wire: &String) -> Option<Self> {
                fields.parse(field, wire)
            }

            fn write(&self) -> String {
                self.as_str().to_owned()
            }
        }

        impl Value for $type {
            type Wire = String;

            fn read(fields: &mut Fields, field: &str, wire: &String) -> Option<Self> {
                fields.parse(field, wire)
            }

            fn write(&self) -> String {
                self.as_str().to_owned()
            }
        }

        impl Value for Option<$type> {
            type Wire = String;

            fn read(fields: &mut Fields, field: &str, wire: &String) -> Option<Self> {
                if wire.is_empty() { Some(None) } else { fields.parse(field, wire).map(Some) }
            }

            fn write(&self) -> String {
                self.as_ref().map(Value::write).unwrap_or_default()
            }
        }
    )+};
}
texts!(BodyCode, ContractId, FunctionCode, InstrumentId, RecordId, RuleId, Text);

impl Value for Option<DeskName> {
    type Wire = String;

    fn read(fields: &mut Fields, field: &str, wire: &String) -> Option<Self> {
        if wire.is_empty() { Some(None) } else { fields.parse(field, wire).map(Some) }
    }

    fn write(&self) -> String {
        self.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

impl Value for PersonalField {
    type Wire = String;

    fn read(fields: &mut Fields, field: &str, wire: &String) -> Option<Self> {
        fields.parse(field, wire)
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// Implements `Value` and `Item` for the words of closed vocabularies, which are numbers on the
/// wire. An optional word that is absent is 0.
macro_rules! words {
    ($($type:ty),+ $(,)?) => {$(
        impl Item for $type {
            type Wire = i32;

            fn read(fields: &mut Fields, field: &str, wire: &i32) -> Option<Self> {
                fields.word(field, *wire)
            }

            fn write(&self) -> i32 {
                render::word(*self)
            }
        }

        impl Value for $type {
            type Wire = i32;

            fn read(fields: &mut Fields, field: &str, wire: &i32) -> Option<Self> {
                fields.word(field, *wire)
            }

            fn write(&self) -> i32 {
                render::word(*self)
            }
        }

        impl Value for Option<$type> {
            type Wire = i32;

            fn read(fields: &mut Fields, field: &str, wire: &i32) -> Option<Self> {
                if *wire == 0 { Some(None) } else { fields.word(field, *wire).map(Some) }
            }

            fn write(&self) -> i32 {
                self.map(render::word).unwrap_or_default()
            }
        }
    )+};
}
words!(
    BodyRole,
    Confidence,
    ContractType,
    CorrectionKind,
    EndReason,
    InstrumentKind,
    LegalBasis,
    LegalForm,
    LiableRule,
    Capacity,
    RoleInAnswer,
    Part,
    Party,
    Relation,
    Sighting,
    Stage,
    Start,
    State,
    Step,
    SuccessionKind,
);

impl Value for Position {
    type Wire = u64;

    fn read(fields: &mut Fields, field: &str, wire: &u64) -> Option<Self> {
        if *wire == 0 {
            fields.bad(field, "is required: the position of an event, from 1");
            return None;
        }
        Some(Self::new(*wire))
    }

    fn write(&self) -> u64 {
        self.get()
    }
}

/// Implements `Value` for types that are the same on the wire as in the domain.
macro_rules! plain {
    ($($type:ty),+) => {$(
        impl Value for $type {
            type Wire = Self;

            fn read(_: &mut Fields, _: &str, wire: &Self) -> Option<Self> {
                Some(*wire)
            }

            fn write(&self) -> Self {
                *self
            }
        }
    )+};
}
plain!(bool, u64, Option<u32>);

impl Value for Day {
    type Wire = Option<pb::Date>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::Date>) -> Option<Self> {
        fields.day(field, *wire)
    }

    fn write(&self) -> Option<pb::Date> {
        Some(render::date(*self))
    }
}

impl Value for Option<Day> {
    type Wire = Option<pb::Date>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::Date>) -> Option<Self> {
        fields.optional_day(field, *wire)
    }

    fn write(&self) -> Option<pb::Date> {
        self.map(render::date)
    }
}

impl Value for Period {
    type Wire = Option<pb::Period>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::Period>) -> Option<Self> {
        fields.period(field, *wire)
    }

    fn write(&self) -> Option<pb::Period> {
        Some(render::period(*self))
    }
}

impl Value for Option<Period> {
    type Wire = Option<pb::Period>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::Period>) -> Option<Self> {
        if wire.is_none() { Some(None) } else { fields.period(field, *wire).map(Some) }
    }

    fn write(&self) -> Option<pb::Period> {
        self.map(render::period)
    }
}
