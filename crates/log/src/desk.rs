//! What is kept with the log for those who read it: consumer groups, pinned answers, loads under way,
//! and how far each reader has come.
//!
//! Two kinds of thing, both durable before they are acknowledged. An act of administration is an
//! event of its own, in a sequence of its own: it says nothing about who holds a function, so it has
//! no place among the events that do. A mark says how far something has come and takes the place of
//! the one before.

use std::fmt;
use std::str::FromStr;

use remit_domain::{Day, FunctionCode, Position, Text};

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

/// An act of administration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskAct {
    /// A consumer group was created.
    GroupCreated {
        /// Its name.
        group: DeskName,
        /// Which events it gets: a filter, as text.
        filter: String,
        /// Only events after this one.
        after: Position,
    },
    /// A consumer group was deleted, with its position.
    GroupDeleted {
        /// Its name.
        group: DeskName,
    },
    /// A parked event is to be delivered again.
    EventReplayed {
        /// The group.
        group: DeskName,
        /// The event.
        position: Position,
    },
    /// A parked event is not to be delivered again.
    EventDiscarded {
        /// The group.
        group: DeskName,
        /// The event.
        position: Position,
        /// Why.
        reason: Text,
    },
    /// An answer that somebody relied on was pinned.
    AnswerPinned {
        /// The pin.
        pin: DeskName,
        /// The question: the function.
        function: FunctionCode,
        /// The question: the place.
        place: String,
        /// The question: the day.
        effective_on: Day,
        /// As known at.
        known_at: Position,
        /// What for.
        note: Option<Text>,
    },
    /// A pin was removed.
    AnswerUnpinned {
        /// The pin.
        pin: DeskName,
    },
    /// A load of many requests began: until it ends, the register lacks what is not loaded yet.
    LoadBegun {
        /// What is loaded.
        load: DeskName,
    },
    /// A load ended: all of it is recorded.
    LoadEnded {
        /// What was loaded.
        load: DeskName,
    },
}

impl DeskAct {
    /// What the act is about.
    #[must_use]
    pub fn subject(&self) -> &DeskName {
        match self {
            Self::GroupCreated { group, .. }
            | Self::GroupDeleted { group }
            | Self::EventReplayed { group, .. }
            | Self::EventDiscarded { group, .. } => group,
            Self::AnswerPinned { pin, .. } | Self::AnswerUnpinned { pin } => pin,
            Self::LoadBegun { load } | Self::LoadEnded { load } => load,
        }
    }
}

/// An act as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskEvent {
    /// Its place among the acts: 1, 2, 3 … without gaps.
    pub sequence: u64,
    /// When it was recorded, in microseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The system or office that asked.
    pub actor: Text,
    /// What was done.
    pub act: DeskAct,
}

/// What is to be kept, all together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Keep {
    /// An act, and who asked for it.
    pub act: Option<(DeskAct, Text)>,
    /// Marks to set; `None` removes one.
    pub marks: Vec<(String, Option<String>)>,
}

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The acts, in order.
    pub acts: Vec<DeskEvent>,
    /// The marks, by name.
    pub marks: Vec<(String, String)>,
}
