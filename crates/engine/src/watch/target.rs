//! What a watch is about.

use std::fmt;
use std::sync::Arc;

use remit_domain::{BodyCode, FunctionCode};
use remit_register::{Place, Watched};

use crate::desk::Pin;

/// One target of a watch. Notices name it by its `Display` text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One question: a function at a place, on any day.
    Question(FunctionCode, Place),
    /// Every function in the area of a commissioner.
    Area(BodyCode),
    /// Every function and area in which a body has a part.
    Holdings(BodyCode),
    /// An answer that somebody relied on.
    Pin(Pin),
}

impl Target {
    /// The answers that the target watches.
    #[must_use]
    pub fn watched(&self) -> Watched {
        match self {
            Self::Question(function, place) => Watched::Question(function.clone(), place.clone()),
            Self::Area(code) => Watched::Area(*code),
            Self::Holdings(code) => Watched::Holdings(*code),
            Self::Pin(pin) => pin.watched(),
        }
    }

    /// The pin, if the target is one.
    #[must_use]
    pub fn pin(&self) -> Option<&Pin> {
        match self {
            Self::Pin(pin) => Some(pin),
            Self::Question(..) | Self::Area(_) | Self::Holdings(_) => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Question(function, place) => write!(f, "question {function} at {place}"),
            Self::Area(code) => write!(f, "area {code}"),
            Self::Holdings(code) => write!(f, "holdings {code}"),
            Self::Pin(pin) => write!(f, "pin {}", pin.name),
        }
    }
}

/// All targets of one watch. The order in which they are given makes no difference.
#[derive(Clone)]
pub struct Targets(Arc<[Target]>);

impl Targets {
    /// Sorts the targets and drops duplicates.
    #[must_use]
    pub fn new(mut targets: Vec<Target>) -> Self {
        targets.sort_by_cached_key(ToString::to_string);
        targets.dedup_by_key(|target| target.to_string());
        Self(targets.into())
    }

    /// A number that identifies these targets, so that a cursor is not used for a watch of others.
    pub(crate) fn number(&self) -> u64 {
        // FNV-1a: the same in every release, because cursors do not expire.
        let mix =
            |number: u64, byte: u8| (number ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let names = self.0.iter().map(ToString::to_string);
        names.fold(0xcbf2_9ce4_8422_2325, |number, name| name.bytes().chain([0]).fold(number, mix))
    }
}

impl std::ops::Deref for Targets {
    type Target = [Target];

    fn deref(&self) -> &[Target] {
        &self.0
    }
}
