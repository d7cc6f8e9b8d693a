//! What a fact rests on, and how far it is to be believed.

use crate::period::Day;
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// How far a fact is established. Ordered: the lowest of those used is an answer's own.
    Confidence, "confidence";
    /// Two sources disagree.
    Disputed = "disputed",
    /// Believed true, not established from a primary document or a second source.
    Unconfirmed = "unconfirmed",
    /// Follows by arithmetic or plain reading from confirmed facts.
    Derived = "derived",
    /// Established by the source.
    Confirmed = "confirmed",
}

/// What a recorded fact rests on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The document, data set or instrument that says so.
    pub source: Text,
    /// Where it can be read, if anywhere.
    pub url: Option<Text>,
    /// The day the act was done (signed, decided, given), where it is known. Data, not an axis.
    pub made_on: Option<Day>,
    /// How far the source establishes the fact.
    pub confidence: Confidence,
    /// What a reader should know besides.
    pub note: Option<Text>,
}
