//! Closed vocabularies: enums in which every value has one stable word, which is stored for ever.

/// A closed list of values, each with one stable word.
pub trait Word: Copy + Sized + 'static {
    /// Every value, in the order in which values are shown to people.
    const ALL: &'static [Self];
    /// The name of the vocabulary in error messages.
    const WHAT: &'static str;
    /// The stable word of this value.
    fn word(self) -> &'static str;
    /// The value that has this word.
    ///
    /// # Errors
    /// [`UnknownWord`], which lists the known words.
    fn from_word(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.iter().copied().find(|value| value.word() == word).ok_or_else(|| UnknownWord {
            what: Self::WHAT,
            given: word.chars().take(60).collect(),
            known: Self::ALL.iter().map(|value| value.word()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// Error: the word is not in the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such {what}: {given:?} (known: {known})")]
pub struct UnknownWord {
    what: &'static str,
    given: String,
    known: String,
}

/// Declares a vocabulary: the enum, the stable word of each value, and the order of the values.
#[macro_export]
macro_rules! vocabulary {
    (
        $(#[$meta:meta])* $name:ident, $what:literal;
        $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $crate::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const WHAT: &'static str = $what;
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::Word::word(*self))
            }
        }
    };
}
pub(crate) use vocabulary;
