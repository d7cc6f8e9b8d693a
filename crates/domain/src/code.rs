//! The codes and ids of bodies, functions, contracts, instruments, rules and funds.

use std::fmt;
use std::str::FromStr;

/// Error: a text given as a code or an id does not have the required shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {what} ({shape}): {given:?}")]
pub struct InvalidCode {
    what: &'static str,
    shape: &'static str,
    given: String,
}

impl InvalidCode {
    fn new(what: &'static str, shape: &'static str, given: &str) -> Self {
        // A caller may send a very long text, so the error message quotes at most 60 characters of
        // the text.
        Self { what, shape, given: given.chars().take(60).collect() }
    }
}

/// The code of one organisation, such as `00K`, `QE1`, `A81001` or `U89141`.
///
/// Shape: 3 to 9 ASCII capitals or digits. The code is stored inline, without allocation, because
/// the register holds millions of references to bodies. The codes are those of the Organisation
/// Data Service (ODS). A body without an ODS code (the Secretary of State, a federation) has a code
/// of the same shape that the users of the register agree on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyCode([u8; 9]);

impl BodyCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(self.0.len());
        // These bytes are always valid text: they were checked to be ASCII when the code was made.
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl FromStr for BodyCode {
    type Err = InvalidCode;

    /// Parses a body code without trimming the text or changing its case: the register stores a
    /// code as given, or refuses it.
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let allowed = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !allowed || !(3..=9).contains(&text.len()) {
            return Err(InvalidCode::new(
                "an organisation code",
                "3 to 9 capitals or digits",
                text,
            ));
        }
        let mut code = [0; 9];
        code[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(code))
    }
}

impl fmt::Display for BodyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BodyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of one contract of a practice, such as `P81001/GMS-1`.
///
/// Shape: the code of the practice for which the contract was made, a slash, then 1 to 24 capitals,
/// digits or hyphens. CCG membership attaches to the contract, not to the practice (2006 Act
/// s.14A).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractId(Box<str>);

impl ContractId {
    /// The contract id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code of the practice for which the contract was made: the part of the id before the
    /// slash.
    #[must_use]
    pub fn practice(&self) -> Option<BodyCode> {
        self.0.split_once('/').and_then(|(practice, _)| practice.parse().ok())
    }
}

impl FromStr for ContractId {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let wrong = || {
            let shape = "a practice code, '/', 1 to 24 capitals, digits or hyphens";
            InvalidCode::new("a contract id", shape, text)
        };
        let (practice, label) = text.split_once('/').ok_or_else(wrong)?;
        practice.parse::<BodyCode>().map_err(|_| wrong())?;
        let allowed =
            label.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        if !allowed || !(1..=24).contains(&label.len()) {
            return Err(wrong());
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Declares a code type: non-empty text of the allowed characters, up to a maximum length.
macro_rules! text_code {
    ($(#[$meta:meta])* $name:ident, $what:literal, $shape:literal, $max:literal, $allowed:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidCode;

            fn from_str(text: &str) -> Result<Self, InvalidCode> {
                let allowed: fn(u8) -> bool = $allowed;
                if text.is_empty() || text.len() > $max || !text.bytes().all(allowed) {
                    return Err(InvalidCode::new($what, $shape, text));
                }
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_code!(
    /// The code of a commissioning function, such as `qof`. A code is never reused and never
    /// deleted.
    FunctionCode, "a function code", "1 to 60 small letters, digits or hyphens", 60,
    |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
);
text_code!(
    /// The id of a rule, such as `L7`.
    RuleId, "a rule id", "1 to 60 letters, digits or hyphens", 60,
    |b| b.is_ascii_alphanumeric() || b == b'-'
);
text_code!(
    /// The id of an instrument, such as `delegation/15F/2018`.
    InstrumentId, "an instrument id", "1 to 80 letters, digits, '-', '.', '_', ':' or '/'", 80,
    |b| b.is_ascii_alphanumeric() || b"-._:/".contains(&b)
);
text_code!(
    /// The id that the payers give to a fund, or to a payment from a fund.
    RecordId, "the id of a fund or payment", "1 to 60 letters, digits, '-', '.', '_', ':' or \
                                              '/'", 60,
    |b| b.is_ascii_alphanumeric() || b"-._:/".contains(&b)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_codes_are_kept_or_refused_as_said() {
        for (text, good) in [
            ("00K", true),
            ("A81001", true),
            ("D4U1Y", true),
            ("ABCDEFGH9", true),
            ("", false),
            ("00", false),
            ("00k", false),
            (" 00K", false),
            ("ABCDEFGHI9", false),
            ("00K\u{0}", false),
            ("ÅÅÅ", false),
        ] {
            let parsed = text.parse::<BodyCode>();
            assert_eq!(parsed.is_ok(), good, "{text:?}");
            if let Ok(code) = parsed {
                assert_eq!(code.as_str(), text);
            }
        }
    }

    #[test]
    fn a_contract_names_its_practice() {
        let contract = "P81001/GMS-1".parse::<ContractId>().map(|c| c.practice());
        assert_eq!(contract, Ok("P81001".parse().ok()));
        for text in ["P81001", "P81001/", "p81001/GMS", "P81001/gms", "/GMS", "P81001/A/B"] {
            assert!(text.parse::<ContractId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_refused_code_is_quoted_short() {
        let long = "x".repeat(1_000_000);
        let message = long.parse::<BodyCode>().err().map(|e| e.to_string()).unwrap_or_default();
        assert!(message.len() < 200, "{}", message.len());
    }
}
