//! Defines how single values are stored: parsed text, words, days, evidence, commitments and lists.

use std::cell::RefCell;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::{
    BodyCode, BodyRole, Capacity, Commitment, Confidence, ContractId, ContractType, Day, EndReason,
    Evidence, ForumKind, FunctionCode, InstrumentId, InstrumentKind, LegalBasis, LegalForm,
    LiableRule, Part, Party, Personal, PersonalField, Position, RecordId, Relation, RoleInAnswer,
    RuleId, Sighting, Stage, Start, State, Step, SuccessionKind, Text, Word,
};
use serde::de::{self, DeserializeSeed, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::object::object;

/// A value that can be written to, and read from, its stored form.
pub(crate) trait Value: Sized {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A value that may be absent. An optional field is left out if its value is absent.
pub(crate) trait Optional: Default {
    /// The type of the value when it is present.
    type Value: Value;

    fn present(value: Self::Value) -> Self;
    fn is_absent(&self) -> bool;
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<T: Value> Optional for Option<T> {
    type Value = T;

    fn present(value: T) -> Self {
        Some(value)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.write(serializer),
            None => serializer.serialize_none(),
        }
    }
}

impl<T: Value> Optional for Vec<T> {
    type Value = Self;

    fn present(value: Self) -> Self {
        value
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::write(self, serializer)
    }
}

/// Serialises a value in its stored form.
pub(crate) struct Stored<'a, T>(pub &'a T);

impl<T: Value> Serialize for Stored<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// Serialises the value of an optional field in its stored form.
pub(crate) struct StoredIfAny<'a, T>(pub &'a T);

impl<T: Optional> Serialize for StoredIfAny<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// Deserialises a value from its stored form.
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Seed<T> {
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Value> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

/// A visitor that parses a string with the function `F`.
struct Parsed<T, F>(F, PhantomData<T>);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Parsed<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

/// Reads a string and parses the value from it.
pub(crate) fn parsed<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    let parse = |text: &str| text.parse().map_err(|error: T::Err| error.to_string());
    deserializer.deserialize_str(Parsed(parse, PhantomData))
}

/// Implements `Value` for types that are stored as their text and parsed from it.
macro_rules! texts {
    ($($type:ty),+ $(,)?) => {$(
        impl Value for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parsed(deserializer)
            }
        }
    )+};
}
texts!(BodyCode, ContractId, FunctionCode, InstrumentId, RecordId, RuleId, Text);

/// Implements `Value` for types that are stored as their `Display` text and parsed from it.
macro_rules! displayed {
    ($($type:ty),+ $(,)?) => {$(
        impl Value for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parsed(deserializer)
            }
        }
    )+};
}
displayed!(Day, PersonalField);

/// Implements `Value` for types of a closed vocabulary, which are stored as their word.
macro_rules! words {
    ($($type:ty),+ $(,)?) => {$(
        impl Value for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = |text: &str| Self::from_word(text).map_err(|error| error.to_string());
                deserializer.deserialize_str(Parsed(word, PhantomData))
            }
        }
    )+};
}
words!(
    BodyRole,
    Confidence,
    ContractType,
    EndReason,
    ForumKind,
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

/// Implements `Value` for types that are stored as plain JSON values.
macro_rules! plain {
    ($($type:ty),+ $(,)?) => {$(
        impl Value for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    )+};
}
plain!(bool, u32, u64, String);

impl Value for Position {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.get())
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self::new)
    }
}

impl<T: Value> Value for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for item in self {
            list.serialize_element(&Stored(item))?;
        }
        list.end()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Value> Visitor<'de> for Items<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element_seed(Seed::new())? {
                    items.push(item);
                }
                Ok(items)
            }
        }

        deserializer.deserialize_seq(Items(PhantomData))
    }
}

object! {
    Evidence { source, url: optional, made_on: optional, confidence, note: optional }
}

/// When events are read, consecutive events with the same evidence share one copy of the evidence
/// in memory, because many events rest on the same document.
impl Value for Arc<Evidence> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().write(serializer)
    }

    /// Reads evidence, and parses its text only if the text differs from the text read last,
    /// because consecutive events mostly rest on the same document.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        thread_local! {
            static LAST: RefCell<Option<(Box<str>, Arc<Evidence>)>> = const { RefCell::new(None) };
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        LAST.with_borrow_mut(|last| {
            if let Some((text, evidence)) = last
                && **text == *raw
            {
                return Ok(Self::clone(evidence));
            }
            let evidence = Evidence::read(&mut serde_json::Deserializer::from_str(raw));
            let evidence = Self::new(evidence.map_err(de::Error::custom)?);
            *last = Some((raw.into(), Self::clone(&evidence)));
            Ok(evidence)
        })
    }
}

/// The stored form of a value that may name a person: the commitment to the value, in base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Committed {
    committed: Box<str>,
}

impl Value for Personal {
    /// Writes the commitment to the value. A value that was not replaced by its commitment before
    /// writing is written as zeros, never in the clear.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Commitment(commitment) = match self {
            Self::Committed(commitment) => *commitment,
            Self::Told(_) | Self::InTheClear(_) | Self::Redacted(_) => Commitment([0; 32]),
        };
        Committed { committed: STANDARD.encode(commitment).into() }.serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Committed { committed } = Committed::deserialize(deserializer)?;
        let commitment = STANDARD.decode(committed.as_bytes()).ok();
        let commitment = commitment.and_then(|bytes| bytes.try_into().ok()).map(Commitment);
        let wrong = || de::Error::custom("a commitment is 32 bytes in base64");
        commitment.map(Self::Committed).ok_or_else(wrong)
    }
}
