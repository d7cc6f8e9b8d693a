//! What is kept with the log for those who read it: acts of administration and marks, and their
//! stored shapes.
//!
//! An act is an event of its own, in a sequence of its own: it says nothing about who holds a
//! function, so it has no place among the events that do. A mark says how far something has come,
//! and replaces the mark before it.

use std::fmt;
use std::str::FromStr;

use remit_domain::{Day, FunctionCode, Position, Text, UtcInstant};
use serde::de::{self, DeserializeSeed, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::envelope::{Place, ShapeError, TYPE_PREFIX, source};
use crate::object::{object, read_fields, write_fields};
use crate::value::{Seed, Stored, Value, parsed};

/// The name that a client gives a consumer group, a watch, a pin or a load.
///
/// Shape: 1 to 60 letters, digits, `-`, `.`, `_` or `:`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeskName(Box<str>);

impl DeskName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not a name for a group, a watch, a pin or a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 60 letters, digits, '-', '.', '_' or ':'")]
pub struct InvalidDeskName;

impl FromStr for DeskName {
    type Err = InvalidDeskName;

    fn from_str(text: &str) -> Result<Self, InvalidDeskName> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
        if !(1..=60).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(InvalidDeskName);
        }
        Ok(Self(text.into()))
    }
}

/// An act as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskEvent {
    /// Its place among the acts: 1, 2, 3 … without gaps.
    pub sequence: u64,
    /// When it was recorded.
    pub recorded_at: UtcInstant,
    /// The system or office that asked.
    pub actor: Text,
    /// What was done.
    pub act: DeskAct,
}

/// Declares the acts: each with its type, what it is about, and its fields, a line each.
macro_rules! acts {
    ($(
        $(#[$meta:meta])* $act:ident $type_name:literal about $about:ident {
            $($(#[$fmeta:meta])* $field:ident $(as $name:literal)? $(: $how:ident)? = $type:ty,)+
        }
    )+) => {
        /// An act of administration.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum DeskAct {
            $($(#[$meta])* $act { $($(#[$fmeta])* $field: $type),+ }),+
        }

        impl DeskAct {
            /// What the act is about.
            #[must_use]
            pub fn subject(&self) -> &DeskName {
                match self {
                    $(Self::$act { $about, .. } => $about,)+
                }
            }

            fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$act { .. } => $type_name,)+
                }
            }
        }

        impl Serialize for Data<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut object = serializer.serialize_map(None)?;
                let map = &mut object;
                match self.0 {
                    $(DeskAct::$act { $($field),+ } => {
                        write_fields!(map; $($field $(as $name)? $(: $how)? = $field),+);
                    })+
                }
                object.end()
            }
        }

        impl<'de> Visitor<'de> for Shape {
            type Value = DeskAct;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DeskAct, A::Error> {
                Ok(match self {
                    $(Self::$act => read_fields!(
                        map; $($field $(as $name)? $(: $how)?),+ => DeskAct::$act { $($field),+ }
                    ),)+
                })
            }
        }

        /// The shape of an act.
        #[derive(Clone, Copy)]
        enum Shape { $($act),+ }

        impl Shape {
            fn of(type_name: &str) -> Option<Self> {
                match type_name {
                    $($type_name => Some(Self::$act),)+
                    _ => None,
                }
            }
        }
    };
}

acts! {
    /// A consumer group was created.
    GroupCreated "group-created.v1" about group {
        /// Its name.
        group = DeskName,
        /// Which events it gets: a filter, as text.
        filter = String,
        /// Only events after this one.
        after = Position,
    }
    /// A consumer group was deleted, with its position.
    GroupDeleted "group-deleted.v1" about group {
        /// Its name.
        group = DeskName,
    }
    /// A parked event is to be delivered again.
    EventReplayed "event-replayed.v1" about group {
        /// The group.
        group = DeskName,
        /// The event.
        position as "event" = Position,
    }
    /// A parked event is not to be delivered again.
    EventDiscarded "event-discarded.v1" about group {
        /// The group.
        group = DeskName,
        /// The event.
        position as "event" = Position,
        /// Why.
        reason = Text,
    }
    /// An answer that somebody relied on was pinned.
    AnswerPinned "answer-pinned.v1" about pin {
        /// The pin.
        pin = DeskName,
        /// The question: the function.
        function = FunctionCode,
        /// The question: the place.
        place = String,
        /// The question: the day.
        effective_on = Day,
        /// As known at.
        known_at = Position,
        /// What for.
        note: optional = Option<Text>,
    }
    /// A pin was removed.
    AnswerUnpinned "answer-unpinned.v1" about pin {
        /// The pin.
        pin = DeskName,
    }
    /// A load of many requests began: until it ends, the register lacks what is not loaded yet.
    LoadBegun "load-begun.v1" about load {
        /// What is loaded.
        load = DeskName,
    }
    /// A load ended: all of it is recorded.
    LoadEnded "load-ended.v1" about load {
        /// What was loaded.
        load = DeskName,
    }
}

/// The data of an act, ready to be written.
struct Data<'a>(&'a DeskAct);

/// The envelope of an act: CloudEvents 1.0.
struct Envelope<'a> {
    log_id: &'a str,
    event: &'a DeskEvent,
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let DeskEvent { sequence, recorded_at, actor, act } = self.event;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("specversion", "1.0")?;
        map.serialize_entry("id", &format_args!("desk/{sequence}"))?;
        map.serialize_entry("source", &source(self.log_id))?;
        map.serialize_entry("type", &format_args!("{TYPE_PREFIX}{}", act.type_name()))?;
        map.serialize_entry("subject", act.subject().as_str())?;
        map.serialize_entry("time", &recorded_at.to_string())?;
        map.serialize_entry("datacontenttype", "application/json")?;
        map.serialize_entry("sequence", sequence)?;
        map.serialize_entry("actor", actor.as_str())?;
        map.serialize_entry("data", &Data(act))?;
        map.end()
    }
}

/// The stored bytes of an act of the log of this id.
#[must_use]
pub fn encode_act(log_id: &str, event: &DeskEvent) -> String {
    // Serialising strings and numbers into memory cannot fail.
    serde_json::to_string(&Envelope { log_id, event }).unwrap_or_default()
}

/// Reads a stored act.
///
/// # Errors
/// [`ShapeError`].
pub fn decode_act(sequence: u64, text: &str) -> Result<DeskEvent, ShapeError> {
    #[derive(Deserialize)]
    struct Read<'a> {
        r#type: String,
        time: String,
        sequence: u64,
        actor: String,
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let place = Place::Act(sequence);
    let malformed =
        |error: serde_json::Error| ShapeError::Malformed { place, reason: error.to_string() };
    let read: Read<'_> = serde_json::from_str(text).map_err(malformed)?;
    let Some(shape) = read.r#type.strip_prefix(TYPE_PREFIX).and_then(Shape::of) else {
        return Err(ShapeError::Unknown { place, type_name: read.r#type });
    };
    let mut data = serde_json::Deserializer::from_str(read.data.get());
    let act = data.deserialize_map(shape).map_err(malformed)?;
    if read.sequence != sequence {
        let reason = format!("it says it is at {}", read.sequence);
        return Err(ShapeError::Malformed { place, reason });
    }
    let custom = |error: &dyn fmt::Display| malformed(de::Error::custom(error));
    let recorded_at = read.time.parse().map_err(|error| custom(&error))?;
    let actor = read.actor.parse().map_err(|error| custom(&error))?;
    Ok(DeskEvent { sequence, recorded_at, actor, act })
}

/// The mark of a consumer group: what of it survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupMark {
    /// Every event up to here is done, or parked, or waits behind a parked one.
    pub floor: Position,
    /// Events after that which are done.
    pub done: Vec<Position>,
    /// Events that could not be dealt with.
    pub parked: Vec<Parked>,
    /// Subjects whose events are taken up again.
    pub again: Vec<Again>,
}

/// An event that could not be dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// The event.
    pub position: Position,
    /// Its subject, whose later events wait.
    pub subject: String,
    /// Why it was parked.
    pub reason: String,
    /// By which member.
    pub member: String,
    /// How often it was given to a member.
    pub attempts: u32,
}

/// A subject whose events are taken up again from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The subject.
    pub subject: String,
    /// Its events after this one are not done.
    pub after: Position,
    /// As far as this one.
    pub until: Position,
}

object! { GroupMark { floor, done, parked, again } }
object! { Parked { position, subject, reason, member, attempts } }
object! { Again { subject, after, until } }

/// The stored text of a mark.
#[must_use]
pub fn encode_mark(mark: &GroupMark) -> String {
    // Serialising strings and numbers into memory cannot fail.
    serde_json::to_string(&Stored(mark)).unwrap_or_default()
}

/// Reads the mark of a group.
///
/// # Errors
/// [`ShapeError::Malformed`].
pub fn decode_mark(text: &str) -> Result<GroupMark, ShapeError> {
    let malformed = |error: serde_json::Error| ShapeError::Malformed {
        place: Place::Mark,
        reason: error.to_string(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mark = Seed::new().deserialize(&mut deserializer).map_err(malformed)?;
    deserializer.end().map(|()| mark).map_err(malformed)
}

impl Value for DeskName {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}
