//! The stored shapes of what the desk keeps beside the log for the log's readers: acts and marks.
//!
//! An act, such as the creation of a consumer group, is an event in a sequence of its own. Acts do
//! not affect who holds a function, so they do not belong among the events of the log. A mark
//! stores how far a reader has got, and replaces the reader's previous mark.

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

/// The name that a client gives to a consumer group, a watch, a pin or a load.
///
/// Shape: 1 to 60 letters, digits, `-`, `.`, `_` or `:`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeskName(Box<str>);

impl DeskName {
    /// The name as a string.
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

/// Error: the text is not a valid name for a group, a watch, a pin or a load.
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

/// An act of the desk as recorded, such as the creation of a consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskEvent {
    /// The place of the act in the sequence of acts: 1, 2, 3 and so on, without gaps.
    pub sequence: u64,
    /// The time at which the act was recorded.
    pub recorded_at: UtcInstant,
    /// The system or office that asked for the act.
    pub actor: Text,
    /// The act itself: what was done.
    pub act: DeskAct,
}

/// Declares the acts of the desk: for each, its type name, the field that names its subject, and
/// its fields, one on each line.
macro_rules! acts {
    ($(
        $(#[$meta:meta])* $act:ident $type_name:literal about $about:ident {
            $($(#[$fmeta:meta])* $field:ident $(as $name:literal)? $(: $how:ident)? = $type:ty,)+
        }
    )+) => {
        /// An act of the desk, such as the creation of a consumer group.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum DeskAct {
            $($(#[$meta])* $act { $($(#[$fmeta])* $field: $type),+ }),+
        }

        impl DeskAct {
            /// The name of the group, pin or load that the act is about.
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

        /// The stored shape of an act of the desk.
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
        /// The name of the group that was created.
        group = DeskName,
        /// The filter that selects the events that the group receives, as text.
        filter = String,
        /// The position after which the group receives events.
        after = Position,
    }
    /// A consumer group was deleted, together with its mark.
    GroupDeleted "group-deleted.v1" about group {
        /// The name of the group that was deleted.
        group = DeskName,
    }
    /// A parked event was released, to be delivered again.
    EventReplayed "event-replayed.v1" about group {
        /// The name of the group in which the event was parked.
        group = DeskName,
        /// The position of the released event.
        position as "event" = Position,
    }
    /// A parked event was discarded: it is not delivered again.
    EventDiscarded "event-discarded.v1" about group {
        /// The name of the group in which the event was parked.
        group = DeskName,
        /// The position of the discarded event.
        position as "event" = Position,
        /// Why the event was discarded.
        reason = Text,
    }
    /// An answer that somebody relied on was pinned.
    AnswerPinned "answer-pinned.v1" about pin {
        /// The name of the pin under which the answer is kept.
        pin = DeskName,
        /// The function that the pinned answer is about.
        function = FunctionCode,
        /// The place that the pinned answer is about.
        place = String,
        /// The day that the pinned answer is about.
        effective_on = Day,
        /// The last position of the log that the pinned answer takes into account.
        known_at = Position,
        /// The purpose for which somebody relied on the pinned answer.
        note: optional = Option<Text>,
    }
    /// The pin of an answer was removed.
    AnswerUnpinned "answer-unpinned.v1" about pin {
        /// The name of the pin that was removed.
        pin = DeskName,
    }
    /// A load began: the recording of a whole plan in many requests. Until the load ends, part of
    /// the plan is missing from the register.
    LoadBegun "load-begun.v1" about load {
        /// The name of the load that began.
        load = DeskName,
    }
    /// A load ended: the whole plan is recorded.
    LoadEnded "load-ended.v1" about load {
        /// The name of the load that ended.
        load = DeskName,
    }
}

/// The fields of an act of the desk, ready to be written.
struct Data<'a>(&'a DeskAct);

/// The envelope of an act of the desk, in the format CloudEvents 1.0.
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

/// The stored text of an act of the desk. `log_id` is the id of the log that the act belongs to.
#[must_use]
pub fn encode_act(log_id: &str, event: &DeskEvent) -> String {
    // Serialising strings and numbers into memory cannot fail.
    serde_json::to_string(&Envelope { log_id, event }).unwrap_or_default()
}

/// Reads the act of the desk stored at `sequence`.
///
/// # Errors
/// [`ShapeError`] if the type of the act is not known, or the text is not a valid act at
/// `sequence`.
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

/// The mark of a consumer group: the part of the group's state that survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupMark {
    /// The position up to which every event is done (acknowledged or discarded), is parked, or
    /// waits because its subject is listed in `parked` or `again`.
    pub floor: Position,
    /// The positions of the events after `floor` that are already done: acknowledged or discarded.
    pub done: Vec<Position>,
    /// The parked events, which no member could deal with.
    pub parked: Vec<Parked>,
    /// The subjects whose waiting events are read from the log once more, because a parked event of
    /// the subject was replayed or discarded.
    pub again: Vec<Again>,
}

/// A parked event: one that no member could deal with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// The position of the event.
    pub position: Position,
    /// The subject of the event. Later events of this subject wait while the event is parked.
    pub subject: String,
    /// Why the event was parked.
    pub reason: String,
    /// The member that parked the event.
    pub member: String,
    /// How many times the event was given to a member.
    pub attempts: u32,
}

/// A subject whose waiting events are read from the log once more, because a parked event of the
/// subject was replayed or discarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The subject whose events are read once more.
    pub subject: String,
    /// The position up to which the events of the subject are done: acknowledged or discarded.
    pub after: Position,
    /// The position up to which the events of the subject are to be read once more.
    pub until: Position,
}

object! { GroupMark { floor, done, parked, again } }
object! { Parked { position, subject, reason, member, attempts } }
object! { Again { subject, after, until } }

/// The stored text of the mark of a consumer group.
#[must_use]
pub fn encode_mark(mark: &GroupMark) -> String {
    // Serialising strings and numbers into memory cannot fail.
    serde_json::to_string(&Stored(mark)).unwrap_or_default()
}

/// Reads the mark of a consumer group from its stored text.
///
/// # Errors
/// [`ShapeError::Malformed`] if the text is not a mark.
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
