//! The shapes in which events are stored: CloudEvents 1.0 in JSON, one `data` shape an event type.
//!
//! The bytes written are the event for ever: they are never re-serialised. A type or a field that
//! this program does not know is a named refusal, never a skip. Golden files pin every shape.

mod data;
mod desk;

use std::cell::RefCell;
use std::{fmt, io};

use chrono::DateTime;
use remit_domain::{BodyCode, Event, Position, Text};
use serde::de::{self, DeserializeSeed, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::disclosure::{self, Disclosure, Salts, system_salt};
use crate::port::{Draft, RequestId};

pub use desk::{Again, GroupMark, Parked, decode_act, decode_mark, encode_act, encode_mark};

/// What all event types begin with.
pub const TYPE_PREFIX: &str = "uk.nhs.remit.";
/// The longest event, in stored bytes: its length has two bytes in an entry bundle (C2SP tlog-tiles).
pub const EVENT_BYTES_MAX: usize = remit_ledger::tiles::ENTRY_BYTES_MAX;

/// What the log adds to an event when it records it.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// Where the event is.
    pub position: Position,
    /// When it is recorded, in microseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The request that it is part of.
    pub request_id: &'a RequestId,
}

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Where it is.
    pub position: Position,
    /// When it was recorded, in microseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The request that it was part of.
    pub request_id: RequestId,
    /// The system or office that asked.
    pub actor: Text,
    /// The body it asked for.
    pub acting_for: BodyCode,
    /// What it says.
    pub event: Event,
}

/// Stored bytes that cannot be read as an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A type that this program does not know: it was written by a newer one.
    #[error(
        "event {position} has the shape {event_type:?}, which this release does not know; \
         use the release that wrote it, or a newer one"
    )]
    UnknownShape {
        /// Where.
        position: Position,
        /// The type.
        event_type: String,
    },
    /// Bytes that do not have the shape they name.
    #[error("event {position} cannot be read: {reason}")]
    Malformed {
        /// Where.
        position: Position,
        /// Why.
        reason: String,
    },
}

/// An event in its stored shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The bytes.
    pub text: String,
    /// What is to lie beside them.
    pub beside: Vec<Disclosure>,
}

/// Writes events in their stored shape.
pub struct Encoder {
    source: String,
    salts: Salts,
    /// The last instant written and its text: events of one commit share it.
    time: (i64, String),
}

impl Encoder {
    /// An encoder for the log of this id.
    #[must_use]
    pub fn new(log_id: &str) -> Self {
        Self::salted(log_id, system_salt)
    }

    /// The same with salts of another origin.
    #[must_use]
    pub fn salted(log_id: &str, salts: Salts) -> Self {
        Self { source: format!("urn:remit:{log_id}"), salts, time: (i64::MIN, String::new()) }
    }

    /// The stored form of an event. What may name a person is not in its bytes.
    ///
    /// # Errors
    /// Where there is no salt to be had.
    pub fn encode(
        &mut self,
        stamp: &Stamp<'_>,
        draft: &Draft,
    ) -> Result<Encoded, getrandom::Error> {
        if self.time.0 != stamp.recorded_at {
            self.time = (stamp.recorded_at, instant_text(stamp.recorded_at));
        }
        let (mut sealed, mut beside) = (None, Vec::new());
        if !draft.event.fact.personal().is_empty() {
            let sealed = sealed.insert(draft.clone());
            beside = disclosure::seal(stamp.position, &mut sealed.event.fact, self.salts)?;
        }
        let draft = sealed.as_ref().unwrap_or(draft);
        let envelope = Envelope { source: &self.source, time: &self.time.1, stamp, draft };
        // Serialising strings and numbers into memory cannot fail.
        Ok(Encoded { text: serde_json::to_string(&envelope).unwrap_or_default(), beside })
    }
}

/// How many stored bytes an event may come to, wherever and whenever it is recorded; a few more than
/// it will have.
#[must_use]
pub fn bytes_max(log_id: &str, request_id: &RequestId, draft: &Draft) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count("urn:remit:".len() + log_id.len());
    let (position, recorded_at) = (Position::from(u32::MAX), 0);
    let stamp = Stamp { position, recorded_at, request_id };
    let envelope = Envelope { source: "", time: TIME_LIKE, stamp: &stamp, draft };
    // Counting cannot fail.
    let _ = serde_json::to_writer(&mut count, &envelope);
    count.0
}

/// An instant as the log writes it: RFC 3339, UTC, microseconds.
#[must_use]
pub fn instant_text(micros: i64) -> String {
    let instant = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    instant.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// As long as every instant that is written.
const TIME_LIKE: &str = "0000-00-00T00:00:00.000000Z";

struct Envelope<'a> {
    source: &'a str,
    time: &'a str,
    stamp: &'a Stamp<'a>,
    draft: &'a Draft,
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Draft { event, actor, acting_for } = self.draft;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("specversion", "1.0")?;
        map.serialize_entry("id", &format_args!("{}", self.stamp.position))?;
        map.serialize_entry("source", self.source)?;
        map.serialize_entry(
            "type",
            &format_args!("{TYPE_PREFIX}{}", data::type_name(&event.fact)),
        )?;
        map.serialize_entry("subject", &event.fact.subject())?;
        map.serialize_entry("time", self.time)?;
        map.serialize_entry("datacontenttype", "application/json")?;
        map.serialize_entry("position", &self.stamp.position)?;
        if let Some(day) = event.fact.effective_on() {
            map.serialize_entry("effectiveon", &format_args!("{day}"))?;
        }
        map.serialize_entry("requestid", self.stamp.request_id.as_str())?;
        map.serialize_entry("actor", actor.as_str())?;
        map.serialize_entry("actingfor", acting_for.as_str())?;
        map.serialize_entry("data", &data::Data::of(event))?;
        map.end()
    }
}

/// Reads stored bytes back.
///
/// # Errors
/// [`ShapeError`], which names the position and the type or the reason.
pub fn decode(position: Position, bytes: &[u8]) -> Result<Recorded, ShapeError> {
    let malformed = |reason: String| ShapeError::Malformed { position, reason };
    let mut unknown = None;
    // Checked to be UTF-8 once, not string by string.
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserializer
        .deserialize_map(EnvelopeVisitor { unknown: &mut unknown })
        .and_then(|recorded| deserializer.end().map(|()| recorded));
    if let Some(event_type) = unknown {
        return Err(ShapeError::UnknownShape { position, event_type });
    }
    let recorded = read.map_err(|error| malformed(error.to_string()))?;
    if recorded.position != position {
        return Err(malformed(format!("it says it is at {}", recorded.position)));
    }
    Ok(recorded)
}

struct EnvelopeVisitor<'u> {
    unknown: &'u mut Option<String>,
}

impl<'de> Visitor<'de> for EnvelopeVisitor<'_> {
    type Value = Recorded;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stored event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Recorded, A::Error> {
        let (mut position, mut time, mut kind) = (None, None, None);
        let (mut request_id, mut actor, mut acting_for, mut event) = (None, None, None, None);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Position => position = Some(map.next_value::<Position>()?),
                Key::Time => time = Some(map.next_value::<Instant>()?.0),
                Key::Type => kind = Some(map.next_value::<Kind>()?),
                Key::RequestId => request_id = Some(map.next_value::<data::Said<RequestId>>()?.0),
                Key::Actor => actor = Some(map.next_value::<data::Said<Text>>()?.0),
                Key::ActingFor => acting_for = Some(map.next_value::<data::Said<BodyCode>>()?.0),
                Key::Data => match &kind {
                    Some(Kind::Known(shape)) => event = Some(map.next_value_seed(*shape)?),
                    Some(Kind::Unknown(event_type)) => {
                        *self.unknown = Some(event_type.clone());
                        return Err(de::Error::custom("unknown shape"));
                    }
                    None => return Err(de::Error::custom("data before type")),
                },
                Key::Attribute => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        let missing = de::Error::missing_field;
        Ok(Recorded {
            position: position.ok_or_else(|| missing("position"))?,
            recorded_at: time.ok_or_else(|| missing("time"))?,
            request_id: request_id.ok_or_else(|| missing("requestid"))?,
            actor: actor.ok_or_else(|| missing("actor"))?,
            acting_for: acting_for.ok_or_else(|| missing("actingfor"))?,
            event: event.ok_or_else(|| missing("data"))?,
        })
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Position,
    Time,
    Type,
    RequestId,
    Actor,
    ActingFor,
    Data,
    #[serde(
        alias = "specversion",
        alias = "id",
        alias = "source",
        alias = "subject",
        alias = "datacontenttype",
        alias = "effectiveon"
    )]
    Attribute,
}

struct Instant(i64);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Instant;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 instant")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Instant, E> {
                // Events of one commit share their instant: its text is compared before it is read.
                thread_local! {
                    static LAST: RefCell<(String, i64)> = const { RefCell::new((String::new(), 0)) };
                }
                LAST.with_borrow_mut(|(last, micros)| {
                    if last != text {
                        let instant = DateTime::parse_from_rfc3339(text).map_err(E::custom)?;
                        *micros = instant.timestamp_micros();
                        text.clone_into(last);
                    }
                    Ok(Instant(*micros))
                })
            }
        }
        deserializer.deserialize_str(Text)
    }
}

enum Kind {
    Known(data::Shape),
    Unknown(String),
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Kind;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event type")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Kind, E> {
                let known = text.strip_prefix(TYPE_PREFIX).and_then(data::Shape::of);
                Ok(known.map_or_else(|| Kind::Unknown(text.to_owned()), Kind::Known))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The type of an event's stored form, without the version's dot: `uk.nhs.remit.body-named.v1`.
#[must_use]
pub fn event_type(event: &Event) -> String {
    format!("{TYPE_PREFIX}{}", data::type_name(&event.fact))
}

/// Every event type that this release can read.
#[must_use]
pub fn event_types() -> Vec<String> {
    data::Shape::ALL.iter().map(|shape| format!("{TYPE_PREFIX}{}", shape.name())).collect()
}

impl<'de> DeserializeSeed<'de> for data::Shape {
    type Value = Event;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Event, D::Error> {
        self.read(deserializer)
    }
}
