//! The `data` member of every event type, by topic: one table of fields for each shape.
//!
//! A released shape never changes: a change needs a new type, or a new version of a type. An
//! earlier version is no longer written, and is read by a separate function.

mod bodies;
mod committees;
mod corrections;
mod disputes;
mod instruments;
mod law;
mod money;

use std::sync::Arc;

use remit_domain::{Event, Evidence, Fact};
use serde::ser::SerializeMap;
use serde::{Deserializer, Serialize, Serializer};

/// A stored shape that this release can read, by topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Bodies(bodies::Shape),
    Law(law::Shape),
    Instruments(instruments::Shape),
    Money(money::Shape),
    Committees(committees::Shape),
    Disputes(disputes::Shape),
    Corrections(corrections::Shape),
}

/// Evaluates `$each` for one topic after another. The first topic that yields a shape makes the
/// enclosing function return that shape.
macro_rules! topics {
    ($topic:ident => $each:expr) => {
        topics!(@ $topic, $each; bodies Bodies, law Law, instruments Instruments, money Money,
            committees Committees, disputes Disputes, corrections Corrections)
    };
    (@ $topic:ident, $each:expr; $($module:ident $arm:ident),+) => {
        $({
            use $module as $topic;
            if let Some(found) = $each {
                return Some(Shape::$arm(found));
            }
        })+
    };
}

impl Shape {
    /// The shape whose type name is `name`, given without `TYPE_PREFIX`. `None` if this release has
    /// no such shape.
    pub fn of(name: &str) -> Option<Self> {
        topics!(topic => topic::Shape::of(name));
        None
    }

    /// Every shape that this release can read.
    pub fn all() -> Vec<Self> {
        let bodies = bodies::Shape::ALL.iter().copied().map(Self::Bodies);
        let law = law::Shape::ALL.iter().copied().map(Self::Law);
        let instruments = instruments::Shape::ALL.iter().copied().map(Self::Instruments);
        let money = money::Shape::ALL.iter().copied().map(Self::Money);
        let committees = committees::Shape::ALL.iter().copied().map(Self::Committees);
        let disputes = disputes::Shape::ALL.iter().copied().map(Self::Disputes);
        let corrections = corrections::Shape::ALL.iter().copied().map(Self::Corrections);
        let all =
            bodies.chain(law).chain(instruments).chain(money).chain(committees).chain(disputes);
        all.chain(corrections).collect()
    }

    /// The type name of the shape, without `TYPE_PREFIX`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bodies(shape) => shape.name(),
            Self::Law(shape) => shape.name(),
            Self::Instruments(shape) => shape.name(),
            Self::Money(shape) => shape.name(),
            Self::Committees(shape) => shape.name(),
            Self::Disputes(shape) => shape.name(),
            Self::Corrections(shape) => shape.name(),
        }
    }

    /// The shape in which this release writes a fact.
    pub fn of_fact(fact: &Fact) -> Self {
        match fact {
            Fact::Bodies(fact) => Self::Bodies(bodies::Shape::of_fact(fact)),
            Fact::Law(fact) => Self::Law(law::Shape::of_fact(fact)),
            Fact::Instruments(fact) => Self::Instruments(instruments::Shape::of_fact(fact)),
            Fact::Money(fact) => Self::Money(money::Shape::of_fact(fact)),
            Fact::Committees(fact) => Self::Committees(committees::Shape::of_fact(fact)),
            Fact::Disputes(fact) => Self::Disputes(disputes::Shape::of_fact(fact)),
            Fact::Corrected(correction) => {
                Self::Corrections(corrections::Shape::of_correction(correction.kind))
            }
            Fact::Redacted(_) => Self::Corrections(corrections::Shape::FieldRedacted),
        }
    }

    /// Reads the `data` of an event of this shape.
    pub fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Event, D::Error> {
        let event = match self {
            Self::Bodies(shape) => shape.read(deserializer),
            Self::Law(shape) => shape.read(deserializer),
            Self::Instruments(shape) => shape.read(deserializer),
            Self::Money(shape) => shape.read(deserializer),
            Self::Committees(shape) => shape.read(deserializer),
            Self::Disputes(shape) => shape.read(deserializer),
            Self::Corrections(shape) => shape.read(deserializer),
        };
        event.map(bare)
    }
}

/// The `data` member of an event, ready to be written.
pub(crate) struct Data<'a> {
    pub fact: &'a Fact,
    pub evidence: &'a Arc<Evidence>,
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.fact {
            Fact::Bodies(fact) => bodies::write(fact, &mut map)?,
            Fact::Law(fact) => law::write(fact, &mut map)?,
            Fact::Instruments(fact) => instruments::write(fact, &mut map)?,
            Fact::Money(fact) => money::write(fact, &mut map)?,
            Fact::Committees(fact) => committees::write(fact, &mut map)?,
            Fact::Disputes(fact) => disputes::write(fact, &mut map)?,
            Fact::Corrected(correction) => {
                corrections::write_correction(correction, self.evidence, &mut map)?;
            }
            Fact::Redacted(redacted) => corrections::write_redaction(redacted, &mut map)?,
        }
        map.serialize_entry("evidence", &crate::value::Stored(self.evidence))?;
        map.end()
    }
}

/// Removes the note from the evidence if the fact also holds the note. Both hold the note in facts
/// stored in version 1, and in corrections that state such facts.
fn bare(event: Event) -> Event {
    if event.evidence.note.is_none() || event.fact.note().is_none() {
        return event;
    }
    let evidence = Evidence { note: None, ..Evidence::clone(&event.evidence) };
    Event { evidence: Arc::new(evidence), ..event }
}

/// Declares the shapes of a topic: first the fields of the current shape of each fact, then the
/// earlier shapes, each with the function that reads it.
macro_rules! shapes {
    (
        $fact:ident;
        $($kind:ident($content:ident) $type_name:literal {
            $($field:ident $(as $name:literal)? $(: $how:ident)?),+ $(,)?
        })+
        $($earlier_name:literal = $earlier:ident, read by $read:ident;)*
    ) => {
        /// A stored shape of the facts of this topic.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Shape { $($kind,)+ $($earlier,)* }

        impl Shape {
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+ $(Self::$earlier,)*];

            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $type_name,)+
                    $(Self::$earlier => $earlier_name,)*
                }
            }

            pub fn of(name: &str) -> Option<Self> {
                match name {
                    $($type_name => Some(Self::$kind),)+
                    $($earlier_name => Some(Self::$earlier),)*
                    _ => None,
                }
            }

            pub fn of_fact(fact: &$fact) -> Self {
                match fact {
                    $($fact::$kind(_) => Self::$kind,)+
                }
            }

            pub fn read<'de, D: serde::Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<remit_domain::Event, D::Error> {
                struct Data(Shape);

                impl<'de> serde::de::Visitor<'de> for Data {
                    type Value = remit_domain::Event;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<remit_domain::Event, A::Error> {
                        match self.0 {
                            $(Shape::$kind => {
                                let (content, evidence) = crate::object::read_fields!(
                                    map; $($field $(as $name)? $(: $how)?,)+ evidence
                                        => ($content { $($field),+ }, evidence)
                                );
                                let fact = $fact::$kind(content).into();
                                Ok(remit_domain::Event { fact, evidence })
                            })+
                            $(Shape::$earlier => $read(map),)*
                        }
                    }
                }

                deserializer.deserialize_map(Data(self))
            }
        }

        /// Writes the fields of a fact into `map`.
        pub(super) fn write<M: serde::ser::SerializeMap>(
            fact: &$fact,
            map: &mut M,
        ) -> Result<(), M::Error> {
            match fact {
                $($fact::$kind($content { $($field),+ }) => {
                    crate::object::write_fields!(
                        map; $($field $(as $name)? $(: $how)? = $field),+
                    );
                })+
            }
            Ok(())
        }
    };
}
use shapes;
