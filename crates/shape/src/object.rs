//! Reads and writes stored objects with named fields. One line for each field defines both how the
//! field is written and how it is read.
//!
//! A field is one of: `name`, required; `name: optional`, left out if it has no value; `name:
//! period`, stored as `effective_from` and `effective_until`; `name: optional_period`, stored like
//! a period, or left out if there is none. `name as "stored"` stores the field under the name
//! `stored`.

use remit_domain::{Day, Period};
use serde::de::{self, MapAccess};
use serde::ser::SerializeMap;

use crate::value::{Optional, Seed, Stored, StoredIfAny, Value};

const FROM: &str = "effective_from";
const UNTIL: &str = "effective_until";

/// How one kind of field is written and read. The implementing type holds the field's value while
/// the stored object is read.
pub(crate) trait Field: Default {
    /// The type of the field's value in the domain.
    type Value;

    fn write<M: SerializeMap>(
        name: &'static str,
        value: &Self::Value,
        map: &mut M,
    ) -> Result<(), M::Error>;

    /// Reads the next value of `map` if `key` belongs to this field. Returns whether the value was
    /// read.
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: &'static str,
        key: &str,
        map: &mut A,
    ) -> Result<bool, A::Error>;

    fn finish<E: de::Error>(self, name: &'static str) -> Result<Self::Value, E>;
}

/// Reads the next value of `map` into the empty `slot`. Fails if the slot is already filled.
fn fill<'de, T: Value, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    key: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(de::Error::custom(format_args!("duplicate field `{key}`")));
    }
    *slot = Some(map.next_value_seed(Seed::new())?);
    Ok(())
}

/// A field that is always stored: it is an error if the stored object lacks the field.
pub(crate) struct Required<T>(Option<T>);

impl<T> Default for Required<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Value> Field for Required<T> {
    type Value = T;

    fn write<M: SerializeMap>(name: &'static str, value: &T, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, &Stored(value))
    }

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: &'static str,
        key: &str,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        if key != name {
            return Ok(false);
        }
        fill(&mut self.0, key, map).map(|()| true)
    }

    fn finish<E: de::Error>(self, name: &'static str) -> Result<T, E> {
        self.0.ok_or_else(|| E::missing_field(name))
    }
}

/// An optional field, which is left out if it has no value.
pub(crate) struct IfAny<T: Optional>(Option<T::Value>);

impl<T: Optional> Default for IfAny<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Optional> Field for IfAny<T> {
    type Value = T;

    fn write<M: SerializeMap>(name: &'static str, value: &T, map: &mut M) -> Result<(), M::Error> {
        if value.is_absent() { Ok(()) } else { map.serialize_entry(name, &StoredIfAny(value)) }
    }

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: &'static str,
        key: &str,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        if key != name {
            return Ok(false);
        }
        fill(&mut self.0, key, map).map(|()| true)
    }

    fn finish<E: de::Error>(self, _: &'static str) -> Result<T, E> {
        Ok(self.0.map(T::present).unwrap_or_default())
    }
}

/// A field for a period, stored as two days. The second day is left out if the period has no end.
#[derive(Default)]
pub(crate) struct Span {
    from: Option<Day>,
    until: Option<Day>,
}

impl Span {
    fn period<E: de::Error>(from: Day, until: Option<Day>) -> Result<Period, E> {
        Period::new(from, until).map_err(E::custom)
    }
}

impl Field for Span {
    type Value = Period;

    fn write<M: SerializeMap>(
        _: &'static str,
        period: &Period,
        map: &mut M,
    ) -> Result<(), M::Error> {
        map.serialize_entry(FROM, &Stored(&period.from()))?;
        match period.until() {
            Some(until) => map.serialize_entry(UNTIL, &Stored(&until)),
            None => Ok(()),
        }
    }

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        _: &'static str,
        key: &str,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        match key {
            FROM => fill(&mut self.from, key, map)?,
            UNTIL => fill(&mut self.until, key, map)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn finish<E: de::Error>(self, _: &'static str) -> Result<Period, E> {
        Self::period(self.from.ok_or_else(|| E::missing_field(FROM))?, self.until)
    }
}

/// A field for an optional period, stored as two days. Both days are left out if there is no
/// period.
#[derive(Default)]
pub(crate) struct SpanIfAny(Span);

impl Field for SpanIfAny {
    type Value = Option<Period>;

    fn write<M: SerializeMap>(
        name: &'static str,
        period: &Option<Period>,
        map: &mut M,
    ) -> Result<(), M::Error> {
        period.as_ref().map_or(Ok(()), |period| Span::write(name, period, map))
    }

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: &'static str,
        key: &str,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        self.0.read(name, key, map)
    }

    fn finish<E: de::Error>(self, _: &'static str) -> Result<Option<Period>, E> {
        let Span { from, until } = self.0;
        from.map(|from| Span::period(from, until)).transpose()
    }
}

/// The type that implements `Field` for a kind of field. A field whose kind is not named is
/// required.
macro_rules! field {
    () => {
        crate::object::Required::<_>
    };
    (optional) => {
        crate::object::IfAny::<_>
    };
    (period) => {
        crate::object::Span
    };
    (optional_period) => {
        crate::object::SpanIfAny
    };
}
pub(crate) use field;

/// The name under which a field is stored: `$name` if one is given, otherwise the field's own name.
macro_rules! stored_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}
pub(crate) use stored_name;

/// Writes fields into a map, each from a reference to its value.
macro_rules! write_fields {
    ($map:ident; $($field:ident $(as $name:literal)? $(: $how:ident)? = $value:expr),+ $(,)?) => {
        $(<crate::object::field!($($how)?) as crate::object::Field>::write(
            crate::object::stored_name!($field $($name)?),
            $value,
            $map,
        )?;)+
    };
}
pub(crate) use write_fields;

/// Reads the named fields from a map, and makes `$value` from them. A field of the map that is not
/// among the named fields is an error.
macro_rules! read_fields {
    ($map:ident; $($field:ident $(as $name:literal)? $(: $how:ident)?),+ $(,)? => $value:expr) => {{
        $(let mut $field = <crate::object::field!($($how)?)>::default();)+
        while let Some(key) = $map.next_key::<&str>()? {
            $(
                let name = crate::object::stored_name!($field $($name)?);
                if crate::object::Field::read(&mut $field, name, key, &mut $map)? {
                    continue;
                }
            )+
            return Err(serde::de::Error::custom(format_args!("unknown field `{key}`")));
        }
        $(let $field = crate::object::Field::finish(
            $field,
            crate::object::stored_name!($field $($name)?),
        )?;)+
        $value
    }};
}
pub(crate) use read_fields;

/// Implements `Value` for a struct of the domain, which is stored as an object.
macro_rules! object {
    ($type:ident { $($field:ident $(as $name:literal)? $(: $how:ident)?),+ $(,)? }) => {
        impl crate::value::Value for $type {
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut object = serde::Serializer::serialize_map(serializer, None)?;
                let map = &mut object;
                crate::object::write_fields!(
                    map; $($field $(as $name)? $(: $how)? = &self.$field),+
                );
                serde::ser::SerializeMap::end(object)
            }

            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;

                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$type, A::Error> {
                        Ok(crate::object::read_fields!(
                            map; $($field $(as $name)? $(: $how)?),+ => $type { $($field),+ }
                        ))
                    }
                }

                serde::Deserializer::deserialize_map(deserializer, Object)
            }
        }
    };
}
pub(crate) use object;

/// Implements `Value` for an enum of the domain whose variants have fields. The enum is stored as
/// an object with one member: the name of the variant, with an object of the variant's fields.
macro_rules! variants {
    ($type:ident {
        $($variant:ident as $tag:literal {
            $($field:ident $(as $name:literal)? $(: $how:ident)?),+ $(,)?
        })+
    }) => {
        impl crate::value::Value for $type {
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;

                struct Inner<'a>(&'a $type);

                impl serde::Serialize for Inner<'_> {
                    fn serialize<S: serde::Serializer>(
                        &self,
                        serializer: S,
                    ) -> Result<S::Ok, S::Error> {
                        let mut object = serializer.serialize_map(None)?;
                        let map = &mut object;
                        match self.0 {
                            $($type::$variant { $($field),+ } => {
                                crate::object::write_fields!(
                                    map; $($field $(as $name)? $(: $how)? = $field),+
                                );
                            })+
                        }
                        object.end()
                    }
                }

                let tag = match self {
                    $(Self::$variant { .. } => $tag,)+
                };
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(tag, &Inner(self))?;
                map.end()
            }

            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::{Error, MapAccess};

                struct Inner<'k>(&'k str);

                impl<'de> serde::de::DeserializeSeed<'de> for Inner<'_> {
                    type Value = $type;

                    fn deserialize<D: serde::Deserializer<'de>>(
                        self,
                        deserializer: D,
                    ) -> Result<$type, D::Error> {
                        deserializer.deserialize_map(self)
                    }
                }

                impl<'de> serde::de::Visitor<'de> for Inner<'_> {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        Ok(match self.0 {
                            $($tag => crate::object::read_fields!(
                                map; $($field $(as $name)? $(: $how)?),+
                                    => $type::$variant { $($field),+ }
                            ),)+
                            tag => {
                                let unknown = format_args!("unknown variant `{tag}`");
                                return Err(Error::custom(unknown));
                            }
                        })
                    }
                }

                struct Outer;

                impl<'de> serde::de::Visitor<'de> for Outer {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object with one member")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        let tag = map.next_key::<&str>()?;
                        let tag = tag.ok_or_else(|| Error::custom("an object with no member"))?;
                        let value = map.next_value_seed(Inner(tag))?;
                        match map.next_key::<&str>()? {
                            None => Ok(value),
                            Some(_) => Err(Error::custom("an object with two members")),
                        }
                    }
                }

                deserializer.deserialize_map(Outer)
            }
        }
    };
}
pub(crate) use variants;

/// Implements `Value` for an enum of the domain whose variants hold one value each; one variant may
/// hold none. The enum is stored as an object with one member: the name of the variant and its
/// value. The variant without a value is stored as its name alone.
macro_rules! tagged {
    ($type:ident {
        $($variant:ident($inner:ty) as $tag:literal),+ $(; $bare:ident as $word:literal)?
    }) => {
        impl crate::value::Value for $type {
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;

                match self {
                    $(Self::$variant(inner) => {
                        let mut map = serializer.serialize_map(Some(1))?;
                        map.serialize_entry($tag, &crate::value::Stored(inner))?;
                        map.end()
                    })+
                    $(Self::$bare => serializer.serialize_str($word),)?
                }
            }

            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::{Error, MapAccess};

                struct Tagged;

                impl<'de> serde::de::Visitor<'de> for Tagged {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("one of", $(" ", $tag,)+ $(" ", $word)?))
                    }

                    $(fn visit_str<E: Error>(self, word: &str) -> Result<$type, E> {
                        match word {
                            $word => Ok($type::$bare),
                            _ => Err(E::custom(format_args!("unknown variant `{word}`"))),
                        }
                    })?

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        let value = match map.next_key::<&str>()? {
                            $(Some($tag) => {
                                let seed = crate::value::Seed::<$inner>::new();
                                $type::$variant(map.next_value_seed(seed)?)
                            })+
                            Some(tag) => {
                                let unknown = format_args!("unknown variant `{tag}`");
                                return Err(A::Error::custom(unknown));
                            }
                            None => return Err(A::Error::custom("an object with no member")),
                        };
                        match map.next_key::<&str>()? {
                            None => Ok(value),
                            Some(_) => Err(A::Error::custom("an object with two members")),
                        }
                    }
                }

                deserializer.deserialize_any(Tagged)
            }
        }
    };
}
pub(crate) use tagged;
