//! The envelope of an event: CloudEvents 1.0 in JSON, with some extension attributes.
//!
//! Of the extension attributes, `position`, `requestid`, `actor` and `actingfor` are always
//! present. `effectiveon` is present if the fact affects an effective day; `principal` and
//! `traceparent` are present if they are known.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;

use remit_domain::{BodyCode, Event, Position, Text, UtcInstant};
use serde::de::{self, DeserializeSeed, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::disclosure::{self, Disclosure, Salt};
use crate::fact::{Data, Shape};
use crate::value::{Seed, Value, parsed};

/// The prefix of every event type name.
pub const TYPE_PREFIX: &str = "uk.nhs.remit.";

/// The prefix of every stored `source` attribute. The id of the log follows the prefix.
pub const SOURCE_PREFIX: &str = "urn:remit:";

/// The id that a client makes for one request. The log keeps the id for ever.
///
/// Shape: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// The id as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(text: &str) -> Result<Self, InvalidRequestId> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        if !visible || !(1..=128).contains(&text.len()) {
            return Err(InvalidRequestId);
        }
        Ok(Self(text.into()))
    }
}

/// Error: the text is not a request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 128 visible ASCII characters")]
pub struct InvalidRequestId;

/// The trace and span of the request that recorded an event.
///
/// Shape: `00-`, 32 hexadecimal digits of the trace, `-`, 16 of the span, `-`, 2 of the flags, all
/// in lower case (the `traceparent` header of W3C Trace Context).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceParent(Box<str>);

impl TraceParent {
    /// The `traceparent` value as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TraceParent {
    type Err = InvalidTraceParent;

    fn from_str(text: &str) -> Result<Self, InvalidTraceParent> {
        let hex = |part: &str, length: usize| {
            let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            part.len() == length && part.bytes().all(digit)
        };
        let not_zero = |part: &str| part.bytes().any(|b| b != b'0');
        let parts: Vec<&str> = text.split('-').collect();
        let [version, trace, span, flags] = parts[..] else { return Err(InvalidTraceParent) };
        let whole = version == "00" && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
        if !whole || !not_zero(trace) || !not_zero(span) {
            return Err(InvalidTraceParent);
        }
        Ok(Self(text.into()))
    }
}

/// Error: the text is not a `traceparent` value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a traceparent of W3C Trace Context, version 00")]
pub struct InvalidTraceParent;

/// An event that is to be recorded, and who asked for the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The fact to be recorded, and its evidence.
    pub event: Event,
    /// The system or office that made the request.
    pub actor: Text,
    /// The body on whose behalf the request was made.
    pub acting_for: BodyCode,
    /// The authenticated caller that made the request. `None` if the caller was not authenticated.
    pub principal: Option<Text>,
    /// The trace and span of the request. `None` if the request had no trace.
    pub trace: Option<TraceParent>,
}

/// The values that the log adds to an event when it records the event.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// The position that the event has in the log.
    pub position: Position,
    /// The time at which the event is recorded.
    pub recorded_at: UtcInstant,
    /// The request of which the event is part.
    pub request_id: &'a RequestId,
}

/// An event as recorded in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The position of the event in the log.
    pub position: Position,
    /// The time at which the event was recorded.
    pub recorded_at: UtcInstant,
    /// The id of the request that the event was part of.
    pub request_id: RequestId,
    /// The system or office that made the request.
    pub actor: Text,
    /// The body on whose behalf the request was made.
    pub acting_for: BodyCode,
    /// The authenticated caller that made the request. `None` if the caller was not authenticated.
    pub principal: Option<Text>,
    /// The trace and span of the request. `None` if the request had no trace.
    pub trace: Option<TraceParent>,
    /// The fact that was recorded, and its evidence.
    pub event: Event,
}

/// What some stored bytes hold, as named in error messages: an event, an act or a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The event at this position of the log.
    Event(Position),
    /// The act of the desk with this sequence number.
    Act(u64),
    /// The mark of a consumer group.
    Mark,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(position) => write!(f, "event {position}"),
            Self::Act(sequence) => write!(f, "act {sequence}"),
            Self::Mark => f.write_str("the mark of a group"),
        }
    }
}

/// Why stored bytes cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// This release does not know the type of the stored bytes: a newer release wrote them.
    #[error(
        "{place} has the shape {type_name:?}, which this release does not know; \
         use the release that wrote it, or a newer one"
    )]
    Unknown {
        /// What the bytes hold: an event, an act of the desk or a mark.
        place: Place,
        /// The name of the unknown type.
        type_name: String,
    },
    /// The stored bytes do not have the shape of their type.
    #[error("{place} cannot be read: {reason}")]
    Malformed {
        /// What the bytes hold: an event, an act of the desk or a mark.
        place: Place,
        /// The reason why the bytes cannot be read.
        reason: String,
    },
}

/// An event in its stored shape, with the values that are stored beside the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The event as JSON text.
    pub text: String,
    /// The values to be stored beside the event.
    pub beside: Vec<Disclosure>,
}

/// Writes events in their stored shape.
pub struct Encoder {
    source: String,
    /// The instant that was written last, and its text. The text is kept because all events of a
    /// request have the same instant.
    time: (UtcInstant, String),
}

impl Encoder {
    /// An encoder for the log with id `log_id`.
    #[must_use]
    pub fn new(log_id: &str) -> Self {
        Self { source: source(log_id), time: (UtcInstant::MIN, String::new()) }
    }

    /// Encodes an event in its stored form. The text has a commitment in place of each value that
    /// may name a person; `salt` makes a new salt for each commitment.
    ///
    /// # Errors
    /// Any error that `salt` returns.
    pub fn encode<E>(
        &mut self,
        stamp: &Stamp<'_>,
        draft: &Draft,
        salt: impl FnMut() -> Result<Salt, E>,
    ) -> Result<Encoded, E> {
        if self.time.0 != stamp.recorded_at {
            self.time = (stamp.recorded_at, stamp.recorded_at.to_string());
        }
        let (mut sealed, mut beside) = (None, Vec::new());
        if !draft.event.fact.personal().is_empty() {
            let sealed = sealed.insert(draft.clone());
            beside = disclosure::seal(stamp.position, &mut sealed.event.fact, salt)?;
        }
        let draft = sealed.as_ref().unwrap_or(draft);
        let envelope = Envelope { source: &self.source, time: &self.time.1, stamp, draft };
        // Serialising strings and numbers into memory cannot fail.
        Ok(Encoded { text: serde_json::to_string(&envelope).unwrap_or_default(), beside })
    }
}

/// The `source` attribute of everything stored in the log with id `log_id`.
pub(crate) fn source(log_id: &str) -> String {
    format!("{SOURCE_PREFIX}{log_id}")
}

struct Envelope<'a> {
    source: &'a str,
    time: &'a str,
    stamp: &'a Stamp<'a>,
    draft: &'a Draft,
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Draft { event, actor, acting_for, principal, trace } = self.draft;
        let Event { fact, evidence } = event;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("specversion", "1.0")?;
        map.serialize_entry("id", &format_args!("{}", self.stamp.position))?;
        map.serialize_entry("source", self.source)?;
        let name = Shape::of_fact(fact).name();
        map.serialize_entry("type", &format_args!("{TYPE_PREFIX}{name}"))?;
        map.serialize_entry("subject", &fact.subject())?;
        map.serialize_entry("time", self.time)?;
        map.serialize_entry("datacontenttype", "application/json")?;
        map.serialize_entry("position", &self.stamp.position.get())?;
        if let Some(day) = fact.effective_on() {
            map.serialize_entry("effectiveon", &format_args!("{day}"))?;
        }
        map.serialize_entry("requestid", self.stamp.request_id.as_str())?;
        map.serialize_entry("actor", actor.as_str())?;
        map.serialize_entry("actingfor", acting_for.as_str())?;
        if let Some(principal) = principal {
            map.serialize_entry("principal", principal.as_str())?;
        }
        if let Some(trace) = trace {
            map.serialize_entry("traceparent", trace.as_str())?;
        }
        map.serialize_entry("data", &Data { fact, evidence })?;
        map.end()
    }
}

/// Reads the event stored at `position`.
///
/// # Errors
/// [`ShapeError`], which names the position, and either the unknown type or the reason why the
/// bytes cannot be read.
pub fn decode(position: Position, bytes: &[u8]) -> Result<Recorded, ShapeError> {
    let place = Place::Event(position);
    let malformed = |reason: String| ShapeError::Malformed { place, reason };
    let mut unknown = None;
    // Check the whole text for UTF-8 once here, rather than once for each string in the text.
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserializer
        .deserialize_map(EnvelopeVisitor { unknown: &mut unknown })
        .and_then(|recorded| deserializer.end().map(|()| recorded));
    if let Some(type_name) = unknown {
        return Err(ShapeError::Unknown { place, type_name });
    }
    let recorded = read.map_err(|error| malformed(error.to_string()))?;
    if recorded.position != position {
        return Err(malformed(format!("its bytes give it the position {}", recorded.position)));
    }
    Ok(recorded)
}

struct EnvelopeVisitor<'u> {
    unknown: &'u mut Option<String>,
}

/// The attributes of an envelope that have been read so far.
#[derive(Default)]
struct Met {
    position: Option<Position>,
    time: Option<UtcInstant>,
    shape: Option<Shape>,
    request_id: Option<RequestId>,
    actor: Option<Text>,
    acting_for: Option<BodyCode>,
    principal: Option<Text>,
    trace: Option<TraceParent>,
    event: Option<Event>,
}

impl<'de> Visitor<'de> for EnvelopeVisitor<'_> {
    type Value = Recorded;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stored event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Recorded, A::Error> {
        let mut met = Met::default();
        while let Some(attribute) = map.next_key::<Attribute>()? {
            match attribute {
                Attribute::Position => met.position = Some(map.next_value_seed(Seed::new())?),
                Attribute::Time => met.time = Some(map.next_value::<Time>()?.0),
                Attribute::Type => match map.next_value::<TypeName>()? {
                    TypeName::Known(shape) => met.shape = Some(shape),
                    TypeName::Unknown(type_name) => {
                        *self.unknown = Some(type_name);
                        return Err(de::Error::custom("unknown shape"));
                    }
                },
                Attribute::RequestId => met.request_id = Some(map.next_value_seed(Seed::new())?),
                Attribute::Actor => met.actor = Some(map.next_value_seed(Seed::new())?),
                Attribute::ActingFor => met.acting_for = Some(map.next_value_seed(Seed::new())?),
                Attribute::Principal => met.principal = Some(map.next_value_seed(Seed::new())?),
                Attribute::TraceParent => met.trace = Some(map.next_value_seed(Seed::new())?),
                Attribute::Data => {
                    let shape = met.shape.ok_or_else(|| de::Error::custom("data before type"))?;
                    met.event = Some(map.next_value_seed(shape)?);
                }
                Attribute::Derived => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        met.recorded()
    }
}

impl Met {
    fn recorded<E: de::Error>(self) -> Result<Recorded, E> {
        let missing = E::missing_field;
        Ok(Recorded {
            position: self.position.ok_or_else(|| missing("position"))?,
            recorded_at: self.time.ok_or_else(|| missing("time"))?,
            request_id: self.request_id.ok_or_else(|| missing("requestid"))?,
            actor: self.actor.ok_or_else(|| missing("actor"))?,
            acting_for: self.acting_for.ok_or_else(|| missing("actingfor"))?,
            principal: self.principal,
            trace: self.trace,
            event: self.event.ok_or_else(|| missing("data"))?,
        })
    }
}

/// The name of an attribute of an envelope.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Attribute {
    Position,
    Time,
    Type,
    RequestId,
    Actor,
    ActingFor,
    Principal,
    TraceParent,
    Data,
    /// An attribute whose value is not read, because the value follows from other attributes or is
    /// constant.
    #[serde(
        rename = "specversion",
        alias = "id",
        alias = "source",
        alias = "subject",
        alias = "datacontenttype",
        alias = "effectiveon"
    )]
    Derived,
}

struct Time(UtcInstant);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Instant;
        impl Visitor<'_> for Instant {
            type Value = Time;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an instant")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                // All events of a request have the same instant, so the instant is parsed only if
                // its text differs from the text read last.
                thread_local! {
                    static LAST: RefCell<(String, UtcInstant)> =
                        const { RefCell::new((String::new(), UtcInstant::MIN)) };
                }
                LAST.with_borrow_mut(|(last, read)| {
                    if last != text {
                        *read = text.parse().map_err(E::custom)?;
                        text.clone_into(last);
                    }
                    Ok(Time(*read))
                })
            }
        }
        deserializer.deserialize_str(Instant)
    }
}

enum TypeName {
    Known(Shape),
    Unknown(String),
}

impl<'de> Deserialize<'de> for TypeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = TypeName;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event type")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<TypeName, E> {
                let known = text.strip_prefix(TYPE_PREFIX).and_then(Shape::of);
                Ok(known.map_or_else(|| TypeName::Unknown(text.to_owned()), TypeName::Known))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// The name of an event's stored type, such as `uk.nhs.remit.body-named.v1`.
#[must_use]
pub fn event_type(event: &Event) -> String {
    format!("{TYPE_PREFIX}{}", Shape::of_fact(&event.fact).name())
}

/// Every event type that this release can read.
#[must_use]
pub fn event_types() -> Vec<String> {
    Shape::all().iter().map(|shape| format!("{TYPE_PREFIX}{}", shape.name())).collect()
}

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = Event;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Event, D::Error> {
        self.read(deserializer)
    }
}

/// Implements `Value` for envelope types that are stored as text and parsed from it.
macro_rules! texts {
    ($($type:ty),+) => {$(
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
texts!(RequestId, TraceParent);
