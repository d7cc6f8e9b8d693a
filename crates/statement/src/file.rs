//! The shape of the file. It has one spelling only: JSON in UTF-8, the fields in this order,
//! indented by two spaces a level, with a line break at the end. So no two files say the same, and
//! every byte counts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::Position;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::said::Said;

/// The version of the shape.
pub const VERSION: u64 = 1;

/// A statement. `asked` and `answer` are what is stated; the rest proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The version of the shape: [`VERSION`].
    pub remit_statement: u64,
    /// What was asked, and therefore what is stated.
    pub asked: Asked,
    /// When the register issued it, by its own clock: RFC 3339, UTC, microseconds.
    pub issued_at: String,
    /// When the events that count were recorded.
    pub known: KnownSpan,
    /// The answer to a question; none for a statement of nothing.
    pub answer: Option<Stated>,
    /// What the statement does not claim.
    pub not_claimed: Vec<String>,
    /// The stored bytes of every event that bears on what was asked, as text, in the order of the
    /// log.
    pub events: Vec<String>,
    /// The proof that these events are in the log: one for all of them, hashes in base64.
    pub inclusion: Vec<String>,
    /// The proof that no other event in the log bears on what was asked.
    pub index: IndexShown,
    /// The checkpoint, a signed note: the number of events, their root, the root of the index.
    pub checkpoint: String,
    /// A signed note over [`Statement::signed`], with one signature, by the register's present key.
    /// It shows that the register issued this file, byte for byte.
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
        /// The position after which the stretch begins; 0 if it begins with the first event.
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

/// When the events at the ends of what is known were recorded: instants as the events state them,
/// RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownSpan {
    /// When the event after which the stretch begins was recorded. None: the file states no
    /// stretch, or one that begins with the first event.
    pub after: Option<String>,
    /// When the last event that counts was recorded.
    pub recorded_at: String,
    /// When the next event was recorded: until then the log was as stated. None: there was no next
    /// event yet.
    pub until: Option<String>,
}

/// An answer, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// What the answer says.
    pub says: Said,
    /// The positions of the events that give the answer. They alone give it, and without any one of
    /// them they do not.
    pub rests_on: Vec<u64>,
    /// The lowest confidence of those events: `confirmed`, `derived`, `unconfirmed` or `disputed`.
    pub confidence: String,
    /// The rules that those events enact, in the order of the log.
    pub rules: Vec<RuleApplied>,
}

/// A row of law that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleApplied {
    /// The event that recorded it.
    pub position: u64,
    /// The id of the rule.
    pub id: String,
    /// What the rule says.
    pub text: String,
    /// Where the rule stands in the law.
    pub citation: String,
}

/// The buckets of the index that hold the needed keys: see [`remit_ledger::index`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexShown {
    /// The number and the text of each bucket, in the order of the numbers.
    pub buckets: Vec<(u16, String)>,
    /// The hashes that prove the buckets, in base64.
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

    /// The text that `signature` signs, in three lines: `remit-statement`, the origin, and the
    /// SHA-256, in base64, of the file with an empty signature.
    #[must_use]
    pub fn signed(&self, origin: &str) -> String {
        let unsigned = Self { signature: String::new(), ..self.clone() };
        let digest = STANDARD.encode(Sha256::digest(unsigned.text().as_bytes()));
        format!("remit-statement\n{origin}\n{digest}\n")
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
