//! Free text, as people write it in names, titles and notes.

use std::fmt;
use std::str::FromStr;

/// A piece of free text: 1 to 2,000 characters, not blank, without control characters or direction
/// marks.
///
/// A text is stored as given: it is not trimmed, and its case is not changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Box<str>);

impl Text {
    /// The maximum length of a text, in characters.
    pub const CHARS_MAX: usize = 2_000;

    /// The text as a string.
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
        // Reject direction marks: they can make one name look like another.
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

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// The text has only white space.
    #[error("must not be blank")]
    Blank,
    /// The text has a control character (a line break or tab, for example) or a direction mark.
    #[error(
        "must not contain control characters, such as a line break or a tab, or invisible \
         marks that set the direction of writing"
    )]
    Control,
    /// The text is longer than [`Text::CHARS_MAX`].
    #[error("must be at most 2000 characters")]
    TooLong,
}
