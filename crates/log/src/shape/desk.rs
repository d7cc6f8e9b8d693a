//! The stored shape of acts of administration: CloudEvents 1.0 in JSON, like the events.

use chrono::DateTime;
use remit_domain::{Day, FunctionCode, Position, Text, parse_day};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{ShapeError, TYPE_PREFIX, instant_text};
use crate::desk::{DeskAct, DeskEvent, DeskName};

/// What of a consumer group survives a restart: its mark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// The subject.
    pub subject: String,
    /// Its events after this one are not done.
    pub after: Position,
    /// As far as this one.
    pub until: Position,
}

/// The stored text of a mark.
#[must_use]
pub fn encode_mark(mark: &GroupMark) -> String {
    // Serialising strings and numbers into memory cannot fail.
    serde_json::to_string(mark).unwrap_or_default()
}

/// Reads the mark of a group back.
///
/// # Errors
/// [`ShapeError::Malformed`].
pub fn decode_mark(text: &str) -> Result<GroupMark, ShapeError> {
    let malformed = |error: serde_json::Error| ShapeError::Malformed {
        position: 0,
        reason: format!("the mark of a group: {error}"),
    };
    serde_json::from_str(text).map_err(malformed)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupCreated {
    group: String,
    filter: String,
    after: Position,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfGroup {
    group: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfEvent {
    group: String,
    event: Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerPinned {
    pin: String,
    function: String,
    place: String,
    effective_on: String,
    known_at: Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPin {
    pin: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfLoad {
    load: String,
}

#[derive(Serialize)]
struct Written<'a, D: Serialize> {
    specversion: &'static str,
    id: String,
    source: &'a str,
    #[serde(rename = "type")]
    kind: String,
    subject: &'a str,
    time: String,
    datacontenttype: &'static str,
    sequence: u64,
    actor: &'a str,
    data: D,
}

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(rename = "type")]
    kind: String,
    time: String,
    sequence: u64,
    actor: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The stored bytes of an act of the log of this id.
#[must_use]
pub fn encode_act(log_id: &str, event: &DeskEvent) -> String {
    fn write<D: Serialize>(log_id: &str, event: &DeskEvent, name: &str, data: D) -> String {
        let written = Written {
            specversion: "1.0",
            id: format!("desk/{}", event.sequence),
            source: &format!("urn:remit:{log_id}"),
            kind: format!("{TYPE_PREFIX}{name}.v1"),
            subject: event.act.subject().as_str(),
            time: instant_text(event.recorded_at),
            datacontenttype: "application/json",
            sequence: event.sequence,
            actor: event.actor.as_str(),
            data,
        };
        // Serialising strings and numbers into memory cannot fail.
        serde_json::to_string(&written).unwrap_or_default()
    }
    match &event.act {
        DeskAct::GroupCreated { group, filter, after } => {
            let (group, filter) = (group.to_string(), filter.clone());
            write(log_id, event, "group-created", GroupCreated { group, filter, after: *after })
        }
        DeskAct::GroupDeleted { group } => {
            write(log_id, event, "group-deleted", OfGroup { group: group.to_string() })
        }
        DeskAct::EventReplayed { group, position } => {
            let data = OfEvent { group: group.to_string(), event: *position, reason: None };
            write(log_id, event, "event-replayed", data)
        }
        DeskAct::EventDiscarded { group, position, reason } => {
            let reason = Some(reason.to_string());
            let data = OfEvent { group: group.to_string(), event: *position, reason };
            write(log_id, event, "event-discarded", data)
        }
        DeskAct::AnswerPinned { pin, function, place, effective_on, known_at, note } => {
            let data = AnswerPinned {
                pin: pin.to_string(),
                function: function.to_string(),
                place: place.clone(),
                effective_on: effective_on.to_string(),
                known_at: *known_at,
                note: note.as_ref().map(ToString::to_string),
            };
            write(log_id, event, "answer-pinned", data)
        }
        DeskAct::AnswerUnpinned { pin } => {
            write(log_id, event, "answer-unpinned", OfPin { pin: pin.to_string() })
        }
        DeskAct::LoadBegun { load } => {
            write(log_id, event, "load-begun", OfLoad { load: load.to_string() })
        }
        DeskAct::LoadEnded { load } => {
            write(log_id, event, "load-ended", OfLoad { load: load.to_string() })
        }
    }
}

/// Reads a stored act back.
///
/// # Errors
/// [`ShapeError`], whose position is the act's place among the acts.
pub fn decode_act(sequence: u64, text: &str) -> Result<DeskEvent, ShapeError> {
    let malformed = |reason: String| ShapeError::Malformed { position: sequence, reason };
    let broken = |error: serde_json::Error| malformed(error.to_string());
    let read: Read<'_> = serde_json::from_str(text).map_err(broken)?;
    let name =
        |text: String| text.parse::<DeskName>().map_err(|error| malformed(error.to_string()));
    let said = |text: String| text.parse::<Text>().map_err(|error| malformed(error.to_string()));
    let data = read.data.get();
    let known = read.kind.strip_prefix(TYPE_PREFIX).unwrap_or(&read.kind);
    let act = match known {
        "group-created.v1" => {
            let data: GroupCreated = serde_json::from_str(data).map_err(broken)?;
            let GroupCreated { group, filter, after } = data;
            DeskAct::GroupCreated { group: name(group)?, filter, after }
        }
        "group-deleted.v1" => {
            let data: OfGroup = serde_json::from_str(data).map_err(broken)?;
            DeskAct::GroupDeleted { group: name(data.group)? }
        }
        "event-replayed.v1" => {
            let data: OfEvent = serde_json::from_str(data).map_err(broken)?;
            DeskAct::EventReplayed { group: name(data.group)?, position: data.event }
        }
        "event-discarded.v1" => {
            let data: OfEvent = serde_json::from_str(data).map_err(broken)?;
            let reason = said(data.reason.unwrap_or_default())?;
            DeskAct::EventDiscarded { group: name(data.group)?, position: data.event, reason }
        }
        "answer-pinned.v1" => {
            let data: AnswerPinned = serde_json::from_str(data).map_err(broken)?;
            let function = data.function.parse::<FunctionCode>();
            let day: Result<Day, _> = parse_day(&data.effective_on);
            DeskAct::AnswerPinned {
                pin: name(data.pin)?,
                function: function.map_err(|error| malformed(error.to_string()))?,
                place: data.place,
                effective_on: day.map_err(|error| malformed(error.to_string()))?,
                known_at: data.known_at,
                note: data.note.map(said).transpose()?,
            }
        }
        "answer-unpinned.v1" => {
            let data: OfPin = serde_json::from_str(data).map_err(broken)?;
            DeskAct::AnswerUnpinned { pin: name(data.pin)? }
        }
        "load-begun.v1" => {
            let data: OfLoad = serde_json::from_str(data).map_err(broken)?;
            DeskAct::LoadBegun { load: name(data.load)? }
        }
        "load-ended.v1" => {
            let data: OfLoad = serde_json::from_str(data).map_err(broken)?;
            DeskAct::LoadEnded { load: name(data.load)? }
        }
        _ => {
            return Err(ShapeError::UnknownShape { position: sequence, event_type: read.kind });
        }
    };
    if read.sequence != sequence {
        return Err(malformed(format!("it says it is at {}", read.sequence)));
    }
    let instant = DateTime::parse_from_rfc3339(&read.time);
    let recorded_at = instant.map_err(|error| malformed(error.to_string()))?.timestamp_micros();
    Ok(DeskEvent { sequence, recorded_at, actor: said(read.actor)?, act })
}
