//! The targets of a watch: the answers whose changes the watch reports.

use std::fmt;
use std::sync::Arc;

use remit_domain::{BodyCode, FunctionCode};
use remit_register::{Place, Watched};

use crate::desk::Pin;

/// One target of a watch: answers whose changes the watch reports. Notices name a target by its
/// `Display` text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The answer for one function at one place, on any day.
    Question(FunctionCode, Place),
    /// The answers for every function in the area of one commissioner.
    Area(BodyCode),
    /// The answers for every function that one body holds, exercises or is liable for, in any area.
    Holdings(BodyCode),
    /// The answer of one pin: an answer that somebody relied on.
    Pin(Pin),
}

impl Target {
    /// The answers whose changes the watch reports for this target.
    #[must_use]
    pub fn watched(&self) -> Watched {
        match self {
            Self::Question(function, place) => Watched::Question(function.clone(), place.clone()),
            Self::Area(code) => Watched::Area(*code),
            Self::Holdings(code) => Watched::Holdings(*code),
            Self::Pin(pin) => pin.watched(),
        }
    }

    /// The pin that this target is; `None` if the target is not a pin.
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

/// All targets of one watch. The order in which the targets are given makes no difference.
#[derive(Clone)]
pub struct Targets(Arc<[Target]>);

impl Targets {
    /// Makes the targets of a watch: sorts `targets` and drops duplicates.
    #[must_use]
    pub fn new(mut targets: Vec<Target>) -> Self {
        targets.sort_by_cached_key(ToString::to_string);
        targets.dedup_by_key(|target| target.to_string());
        Self(targets.into())
    }

    /// A number that identifies these targets, so that a cursor is not used for a watch of other
    /// targets.
    pub(crate) fn number(&self) -> u64 {
        // The hash is FNV-1a. It must stay the same in every release, because cursors do not
        // expire.
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
