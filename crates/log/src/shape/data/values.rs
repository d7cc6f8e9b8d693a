//! How single values are stored: text that is parsed, words, days, evidence, commitments.

use std::cell::RefCell;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::{Confidence, Day, Evidence, Period, Personal, Text, Word, parse_day};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A value stored as the text that it is parsed from.
pub(crate) struct Said<T>(pub T);

impl<T: Display> Serialize for Said<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed(
            |text: &str| text.parse().map(Self).map_err(|error: T::Err| error.to_string()),
            PhantomData,
        ))
    }
}

/// A value of a closed vocabulary, stored as its word.
pub(super) struct As<W>(pub(super) W);

impl<W: Word> Serialize for As<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, W: Word> Deserialize<'de> for As<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed(
            |text: &str| W::from_word(text).map(Self).map_err(|error| error.to_string()),
            PhantomData,
        ))
    }
}

/// A day, stored as `YYYY-MM-DD`.
#[derive(Clone, Copy)]
pub(super) struct On(pub(super) Day);

impl Serialize for On {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for On {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed(
            |text: &str| parse_day(text).map(Self).map_err(|error| error.to_string()),
            PhantomData,
        ))
    }
}

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

pub(super) fn said<T: Clone>(value: &T) -> Said<T> {
    Said(value.clone())
}

pub(super) fn all<T: Clone>(values: &[T]) -> Vec<Said<T>> {
    values.iter().map(said).collect()
}

pub(super) fn plain<T>(values: Vec<Said<T>>) -> Vec<T> {
    values.into_iter().map(|value| value.0).collect()
}

pub(super) fn period(from: On, until: Option<On>) -> Result<Period, String> {
    Period::new(from.0, until.map(|until| until.0)).map_err(|error| error.to_string())
}

/// Evidence, shared between events that rest on the same.
pub(super) struct EvidenceV1(pub(super) Arc<Evidence>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidencePartsV1 {
    source: Said<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Said<Text>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made_on: Option<On>,
    confidence: As<Confidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Said<Text>>,
}

impl Serialize for EvidenceV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = EvidencePartsV1 {
            source: said(&self.0.source),
            url: self.0.url.as_ref().map(said),
            made_on: self.0.made_on.map(On),
            confidence: As(self.0.confidence),
            note: self.0.note.as_ref().map(said),
        };
        parts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EvidenceV1 {
    /// Events in a row mostly rest on the same document: its text is compared before it is read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        thread_local! {
            static LAST: RefCell<Option<(Box<str>, Arc<Evidence>)>> = const { RefCell::new(None) };
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        LAST.with_borrow_mut(|last| {
            if let Some((text, evidence)) = last
                && **text == *raw
            {
                return Ok(Self(Arc::clone(evidence)));
            }
            let parts: EvidencePartsV1 = serde_json::from_str(raw).map_err(de::Error::custom)?;
            let evidence = Arc::new(Evidence {
                source: parts.source.0,
                url: parts.url.map(|url| url.0),
                made_on: parts.made_on.map(|day| day.0),
                confidence: parts.confidence.0,
                note: parts.note.map(|note| note.0),
            });
            *last = Some((raw.into(), Arc::clone(&evidence)));
            Ok(Self(evidence))
        })
    }
}

/// What stands in place of a value that may name a person: the base64 of its commitment.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommittedV1 {
    committed: Box<str>,
}

impl CommittedV1 {
    /// Of a value that was sealed, as all are before they are written.
    pub(super) fn of(personal: &Personal) -> Self {
        let commitment = match personal {
            Personal::Committed(commitment) => *commitment,
            Personal::Told(_) | Personal::InTheClear(_) | Personal::Redacted(_) => [0; 32],
        };
        Self { committed: STANDARD.encode(commitment).into() }
    }

    pub(super) fn into_personal(self) -> Result<Personal, String> {
        let commitment = STANDARD.decode(self.committed.as_bytes()).ok();
        let commitment = commitment.and_then(|commitment| commitment.try_into().ok());
        commitment
            .map(Personal::Committed)
            .ok_or_else(|| "a commitment is 32 bytes in base64".to_owned())
    }
}

pub(super) fn words<W: Copy>(values: &[W]) -> Vec<As<W>> {
    values.iter().copied().map(As).collect()
}

pub(super) fn values<W>(words: Vec<As<W>>) -> Vec<W> {
    words.into_iter().map(|word| word.0).collect()
}
