//! Free text as people write it in names, titles and notes.

use std::fmt;
use std::str::FromStr;

/// A piece of free text: 1 to 2,000 characters, not blank, no control characters.
///
/// Kept as it was said: neither trimmed nor re-cased.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Box<str>);

impl Text {
    /// The longest text that is kept, in characters.
    pub const CHARS_MAX: usize = 2_000;

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Text {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        if text.trim().is_empty() {
            return Err(InvalidText::Blank);
        }
        // Direction overrides make a name look like another one.
        let marks = ['\u{200e}', '\u{200f}'];
        let turns = |c| {
            marks.contains(&c) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if text.chars().any(|c| c.is_control() || turns(c)) {
            return Err(InvalidText::Control);
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(InvalidText::TooLong);
        }
        Ok(Self(text.into()))
    }
}

/// Why a piece of text was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("must not be blank")]
    Blank,
    /// A line break, tab or other control character.
    #[error("must not hold control characters (a line break is one) or direction marks")]
    Control,
    /// Longer than [`Text::CHARS_MAX`].
    #[error("must be at most 2000 characters")]
    TooLong,
}
