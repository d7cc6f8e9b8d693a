//! The shape of the file. It has one spelling only: JSON with the fields in this order, two spaces
//! a level, UTF-8, a line break at the end. So no two files say the same, and every byte counts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::Position;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::said::Said;

/// The version of the shape.
pub const VERSION: u64 = 1;

/// A statement. `T` is what is stated; the rest proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The version of the shape: [`VERSION`].
    pub remit_statement: u64,
    /// What was asked, and so what is stated.
    pub asked: Asked,
    /// When the register issued it, by its own clock: RFC 3339, UTC, microseconds.
    pub issued_at: String,
    /// When what is known was recorded.
    pub known: KnownSpan,
    /// The answer to a question; none for a statement of nothing.
    pub answer: Option<Stated>,
    /// What the statement does not claim.
    pub not_claimed: Vec<String>,
    /// The stored bytes of every event that bears on it, as text, in the order of the log.
    pub events: Vec<String>,
    /// What shows that they are in the log: one proof for all, hashes in base64.
    pub inclusion: Vec<String>,
    /// What shows that nothing else in the log bears on it.
    pub index: IndexShown,
    /// The signed note: over which events, with which root, with which index.
    pub checkpoint: String,
    /// Another, of [`Statement::signed`], with one line, by the register's present key: it issued
    /// this file, byte for byte.
    pub signature: String,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Asked {
    /// Who holds, exercises and is liable for a function.
    WhoHolds {
        /// The function's code.
        function: String,
        /// A body's code, or a contract's id.
        place: String,
        /// The effective day, ISO 8601.
        effective_on: String,
        /// The position up to which events count.
        known_at: u64,
    },
    /// That no event filed under a key was recorded in a stretch of the log.
    Nothing {
        /// The key, such as `notice:delegation/11X/2019`.
        key: String,
        /// The position after which the stretch begins; 0: with the first event.
        after: u64,
        /// The last position of the stretch.
        until: u64,
    },
}

impl Asked {
    /// The last position that counts.
    #[must_use]
    pub fn until(&self) -> Position {
        match self {
            Self::WhoHolds { known_at: until, .. } | Self::Nothing { until, .. } => {
                Position::new(*until)
            }
        }
    }
}

/// When what is known was recorded: instants, RFC 3339, as the events say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownSpan {
    /// When the event was recorded after which a stretch begins; none without one.
    pub after: Option<String>,
    /// When the last event that counts was recorded.
    pub recorded_at: String,
    /// When the next event was recorded: until then the log was as stated. None: there was none
    /// yet.
    pub until: Option<String>,
}

/// An answer, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// What it says.
    pub says: Said,
    /// The positions of the events that give it: alone they do, and without any one of them not.
    pub rests_on: Vec<u64>,
    /// How sure the least sure of those is: `confirmed`, `derived`, `unconfirmed` or `disputed`.
    pub confidence: String,
    /// The rules among those, in the order of the log.
    pub rules: Vec<RuleApplied>,
}

/// A row of law that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleApplied {
    /// The event that recorded it.
    pub position: u64,
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub citation: String,
}

/// The buckets of the index in which everything needed lies: see [`remit_ledger::index`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexShown {
    /// The buckets, by number.
    pub buckets: Vec<(u16, String)>,
    /// The hashes beside them, in base64.
    pub hashes: Vec<String>,
}

const OF_AN_ANSWER: [&str; 5] = [
    "It is about the law and the facts as recorded up to the position named. What was recorded \
     later, or is recorded nowhere, is not in it.",
    "It does not say that what was recorded is true: each event names the source it rests on, and \
     how sure that is.",
    "It says against whom rights and liabilities lie in public law. It does not say who in the end \
     pays, nor whether anyone did wrong.",
    "Whether a successor takes over what its predecessor was liable for is said only where an \
     event or a rule in it says so.",
    "That no other event bears on it rests on the index that the checkpoint signs. The index \
     follows from the log; whoever holds the log can compute it.",
];

const OF_NOTHING: [&str; 3] = [
    "It says that nothing was recorded under the key in this stretch of the log. It does not say \
     that nothing happened.",
    "What was recorded later about that time is not in it.",
    "It rests on the index that the checkpoint signs. The index follows from the log; whoever \
     holds the log can compute it.",
];

impl Statement {
    /// What a statement of this kind does not claim.
    #[must_use]
    pub fn not_claimed(asked: &Asked) -> Vec<String> {
        let texts: &[&str] = match asked {
            Asked::WhoHolds { .. } => &OF_AN_ANSWER,
            Asked::Nothing { .. } => &OF_NOTHING,
        };
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// The text whose signature the file ends with: what it is, whose, and the SHA-256, in base64,
    /// of the file with an empty signature.
    #[must_use]
    pub fn signed(&self, origin: &str) -> String {
        let unsigned = Self { signature: String::new(), ..self.clone() };
        let digest = STANDARD.encode(Sha256::digest(unsigned.text().as_bytes()));
        format!("remit-statement\n{origin}\n{digest}\n")
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
