//! The shapes of facts about earlier events: the three kinds of correction, and redactions.
//!
//! A correction can state a fact. That fact is stored with the type and data that it would have as
//! a separate event, so its data repeat the evidence of the correction.

use std::sync::Arc;

use remit_domain::{Correction, CorrectionKind, Event, Evidence, Fact, FieldRedacted};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::object::{read_fields, write_fields};
use crate::value::Value;

/// A stored shape of a correction or a redaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    RecordedLate,
    ErrorCorrected,
    EffectBackdated,
    FieldRedacted,
}

impl Shape {
    pub const ALL: &'static [Self] =
        &[Self::RecordedLate, Self::ErrorCorrected, Self::EffectBackdated, Self::FieldRedacted];

    pub fn name(self) -> &'static str {
        match self {
            Self::RecordedLate => "recorded-late.v1",
            Self::ErrorCorrected => "error-corrected.v1",
            Self::EffectBackdated => "effect-backdated.v1",
            Self::FieldRedacted => "field-redacted.v1",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|shape| shape.name() == name)
    }

    pub fn of_correction(kind: CorrectionKind) -> Self {
        match kind {
            CorrectionKind::RecordedLate => Self::RecordedLate,
            CorrectionKind::ErrorCorrected => Self::ErrorCorrected,
            CorrectionKind::EffectBackdated => Self::EffectBackdated,
        }
    }

    pub fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Event, D::Error> {
        struct Data(Shape);

        impl<'de> Visitor<'de> for Data {
            type Value = Event;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Event, A::Error> {
                match self.0 {
                    Shape::RecordedLate => recorded_late(map),
                    Shape::ErrorCorrected => error_corrected(map),
                    Shape::EffectBackdated => effect_backdated(map),
                    Shape::FieldRedacted => field_redacted(map),
                }
            }
        }

        deserializer.deserialize_map(Data(self))
    }
}

fn recorded_late<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    let kind = CorrectionKind::RecordedLate;
    Ok(read_fields!(
        map; about: optional, authority, reason, fact, evidence => {
            let fact = Some(Stated::fact(fact));
            let correction = Correction { kind, about, authority, reason, fact };
            Event { fact: correction.into(), evidence }
        }
    ))
}

fn error_corrected<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    let kind = CorrectionKind::ErrorCorrected;
    Ok(read_fields!(
        map; about, authority, reason, instead: optional, evidence => {
            let instead: Option<Stated> = instead;
            let (about, fact) = (Some(about), instead.map(Stated::fact));
            let correction = Correction { kind, about, authority, reason, fact };
            Event { fact: correction.into(), evidence }
        }
    ))
}

fn effect_backdated<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    let kind = CorrectionKind::EffectBackdated;
    Ok(read_fields!(
        map; about, authority, reason, fact, evidence => {
            let (about, fact) = (Some(about), Some(Stated::fact(fact)));
            let correction = Correction { kind, about, authority, reason, fact };
            Event { fact: correction.into(), evidence }
        }
    ))
}

fn field_redacted<'de, A: MapAccess<'de>>(mut map: A) -> Result<Event, A::Error> {
    Ok(read_fields!(
        map; about, field, reason, authority, evidence => {
            let redacted = FieldRedacted { about, field, reason, authority };
            Event { fact: redacted.into(), evidence }
        }
    ))
}

/// Writes the fields of a correction into `map`.
pub(super) fn write_correction<M: SerializeMap>(
    correction: &Correction,
    evidence: &Arc<Evidence>,
    map: &mut M,
) -> Result<(), M::Error> {
    let Correction { kind, about, authority, reason, fact } = correction;
    write_fields!(map; about: optional = about, authority = authority, reason = reason);
    let name = match kind {
        CorrectionKind::RecordedLate | CorrectionKind::EffectBackdated => "fact",
        CorrectionKind::ErrorCorrected => "instead",
    };
    match fact {
        Some(fact) => map.serialize_entry(name, &Written { fact, evidence }),
        None => Ok(()),
    }
}

/// Writes the fields of a redaction into `map`.
pub(super) fn write_redaction<M: SerializeMap>(
    redacted: &FieldRedacted,
    map: &mut M,
) -> Result<(), M::Error> {
    let FieldRedacted { about, field, reason, authority } = redacted;
    write_fields!(map; about = about, field = field, reason = reason, authority = authority);
    Ok(())
}

/// The fact that a correction states, ready to be written.
struct Written<'a> {
    fact: &'a Fact,
    evidence: &'a Arc<Evidence>,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { fact, evidence } = *self;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", super::Shape::of_fact(fact).name())?;
        map.serialize_entry("data", &super::Data { fact, evidence })?;
        map.end()
    }
}

/// The fact that a correction states, as decoded.
struct Stated(Event);

impl Stated {
    fn fact(self) -> Box<Fact> {
        Box::new(self.0.fact)
    }
}

impl Value for Stated {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { fact: &self.0.fact, evidence: &self.0.evidence }.serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts<'a> {
            r#type: Box<str>,
            #[serde(borrow)]
            data: &'a RawValue,
        }
        let parts = Parts::deserialize(deserializer)?;
        let shape = super::Shape::of(&parts.r#type)
            .ok_or_else(|| de::Error::custom(format_args!("no shape {:?}", parts.r#type)))?;
        if let super::Shape::Corrections(_) = shape {
            return Err(de::Error::custom("a correction that states a correction"));
        }
        let mut data = serde_json::Deserializer::from_str(parts.data.get());
        shape.read(&mut data).map(Self).map_err(de::Error::custom)
    }
}
