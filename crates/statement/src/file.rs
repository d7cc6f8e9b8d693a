//! The format of a statement file. A statement can be written in one way only: JSON in UTF-8, the
//! fields in the order in which [`Statement`] declares them, indented by two spaces a level, with a
//! line break at the end. So two different files never make the same statement, and every byte of a
//! file matters.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::{LawAsked, Position, Word};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::said::Said;

/// The version of the statement format in which statements are issued.
pub const VERSION: u64 = 2;

/// What an answer states in a statement of each version. A statement of an earlier version is
/// checked for what it states, not for what later versions state besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Version 1: who holds, exercises, is liable and would answer.
    One,
    /// Version 2: the capacities too.
    Two,
}

impl Edition {
    /// What version 1 knows of the law.
    const LAW_OF_ONE: [LawAsked; 4] =
        [LawAsked::Liability, LawAsked::Continuity, LawAsked::Vesting, LawAsked::ReadAcross];

    /// The edition of a statement of the version `number`. `None` if there is no such version.
    pub fn of(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            VERSION => Some(Self::Two),
            _ => None,
        }
    }

    /// The kinds of law that an answer of this edition rests on.
    pub fn law(self) -> &'static [LawAsked] {
        match self {
            Self::One => &Self::LAW_OF_ONE,
            Self::Two => LawAsked::ALL,
        }
    }
}

/// A statement. The fields `asked` and `answer` hold what is stated; the other fields support it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The version of the statement format, from 1 to [`VERSION`].
    pub remit_statement: u64,
    /// The question that the statement answers, or the claim that nothing was recorded.
    pub asked: Asked,
    /// When the register issued the statement, by its own clock: RFC 3339, UTC, microseconds.
    pub issued_at: String,
    /// The instants at which the part of the log that the statement covers begins and ends.
    pub known: KnownSpan,
    /// The answer to the question asked. `None` in a statement of nothing.
    pub answer: Option<Stated>,
    /// Sentences that say what the statement does not claim.
    pub not_claimed: Vec<String>,
    /// The stored bytes of every event that bears on what was asked, as text, in log order.
    pub events: Vec<String>,
    /// The proof that the events in `events` are in the log: one proof for all of them, as hashes
    /// in base64.
    pub inclusion: Vec<String>,
    /// The proof that no other event in the log bears on what was asked.
    pub index: IndexShown,
    /// The checkpoint, as a signed note. It states the number of events in the log, the root of
    /// their tree, and the root of the index.
    pub checkpoint: String,
    /// A signed note over [`Statement::signed`], with one signature, made with the register's
    /// present key. It shows that the register issued this file, byte for byte.
    pub signature: String,
}

/// What a statement is about: a question to be answered, or a claim that nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Asked {
    /// A question: who holds, exercises and is liable for a function.
    WhoHolds {
        /// The code of the function that the question asks about.
        function: String,
        /// The place that the question asks about: a body's code or a contract's id.
        place: String,
        /// The effective day that the question asks about, in ISO 8601.
        effective_on: String,
        /// The position of the last event that counts for the answer.
        known_at: u64,
        /// The day as of which the statement names who answers for bodies that have ceased, in ISO
        /// 8601. If absent, it is the day on which the event at `known_at` was recorded. Always
        /// absent in a statement of version 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers_on: Option<String>,
    },
    /// A statement of nothing: no event filed under a key was recorded in a stretch of the log.
    Nothing {
        /// The key under which nothing was filed, such as `notice:delegation/11X/2019`.
        key: String,
        /// The position just before the stretch of the log in which nothing was recorded under the
        /// key; 0 if the stretch begins with the first event.
        after: u64,
        /// The last position of the stretch of the log in which nothing was recorded under the key.
        until: u64,
    },
}

impl Asked {
    /// The position of the last event that counts for the statement.
    #[must_use]
    pub fn until(&self) -> Position {
        match self {
            Self::WhoHolds { known_at: until, .. } | Self::Nothing { until, .. } => {
                Position::new(*until)
            }
        }
    }
}

/// The instants at which the part of the log that a statement covers begins and ends. Each is the
/// instant at which an event was recorded, in RFC 3339, as the event states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownSpan {
    /// In a statement of nothing, when the event just before the covered stretch of the log was
    /// recorded. `None` if the stretch begins with the first event, or if the statement answers a
    /// question.
    pub after: Option<String>,
    /// When the last event that counts for the statement was recorded.
    pub recorded_at: String,
    /// When the event after the last event that counts was recorded. The log did not change between
    /// the two events. `None` if no event followed yet.
    pub until: Option<String>,
}

/// An answer, and the events and rules that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// What the answer says, as plain values.
    pub says: Said,
    /// The positions of the events that give the answer. These events alone give the answer, and if
    /// any one of them is left out, the others do not give it.
    pub rests_on: Vec<u64>,
    /// In a statement of version 1, the lowest confidence of the events in `rests_on`. Later
    /// versions state the answer's own confidence in `says`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    /// The rules that the events in `rests_on` enact, in log order.
    pub rules: Vec<RuleApplied>,
    /// The disputes of the events in `rests_on`, in log order. Left out if there are none, and in a
    /// statement of version 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<Disputed>,
}

/// A body that contests an event on which an answer rests. A dispute moves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disputed {
    /// The position of the event that recorded the dispute.
    pub position: u64,
    /// The position of the event that the body contests.
    pub about: u64,
    /// The body that contests the event.
    pub by: String,
    /// Why the body contests the event.
    pub reason: String,
}

/// A row of law that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleApplied {
    /// The position of the event that enacted the rule.
    pub position: u64,
    /// The id of the rule.
    pub id: String,
    /// The text of the rule.
    pub text: String,
    /// Where in the law the rule is found.
    pub citation: String,
}

/// The buckets of the index that hold the keys needed to check the statement.
/// [`remit_ledger::index`] defines buckets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexShown {
    /// The number and the text of each bucket, in the order of the numbers.
    pub buckets: Vec<(u16, String)>,
    /// The hashes that prove that the buckets belong to the index, in base64.
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

/// What version 2 says besides, on the words of an answer.
const OF_ITS_WORDS: [&str; 2] = [
    "Liable means civil liability in respect of the exercise of a commissioning function. It does \
     not mean that a practice was negligent, who was party to its contract, against whom judicial \
     review lies, or who is accountable.",
    "Whoever exercises a function is entitled to by the instruments seen. That no other body could \
     act meanwhile is said only where a rule in it says so.",
];

const OF_NOTHING: [&str; 3] = [
    "It says that nothing was recorded under the key in this stretch of the log. It does not say \
     that nothing happened.",
    "What was recorded later about that time is not in it.",
    "It rests on the index that the checkpoint signs. The index follows from the log; whoever \
     holds the log can compute it.",
];

impl Statement {
    /// What a statement about `asked` does not claim, as sentences.
    pub(crate) fn not_claimed(asked: &Asked, edition: Edition) -> Vec<String> {
        let (texts, more): (&[&str], &[&str]) = match (asked, edition) {
            (Asked::WhoHolds { .. }, Edition::One) => (&OF_AN_ANSWER, &[]),
            (Asked::WhoHolds { .. }, Edition::Two) => (&OF_AN_ANSWER, &OF_ITS_WORDS),
            (Asked::Nothing { .. }, _) => (&OF_NOTHING, &[]),
        };
        texts.iter().chain(more).map(|text| (*text).to_owned()).collect()
    }

    /// The text that `signature` signs. It has three lines: `remit-statement`, the origin of the
    /// log, and the SHA-256, in base64, of the file with an empty signature.
    #[must_use]
    pub fn signed(&self, origin: &str) -> String {
        let unsigned = Self { signature: String::new(), ..self.clone() };
        let digest = STANDARD.encode(Sha256::digest(unsigned.text().as_bytes()));
        format!("remit-statement\n{origin}\n{digest}\n")
    }

    /// The statement as the text of a file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
