//! Evidence: what a fact rests on, and how sure it is.

use crate::period::Day;
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// How well a fact is established, from lowest to highest. An answer has the lowest confidence
    /// of the facts it rests on.
    Confidence, "confidence";
    /// Two sources disagree.
    Disputed = "disputed",
    /// Believed true, but not established by a primary document or a second source.
    Unconfirmed = "unconfirmed",
    /// Follows from confirmed facts by arithmetic or plain reading.
    Derived = "derived",
    /// Established by the source.
    Confirmed = "confirmed",
}

/// What a recorded fact rests on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The document, data set or instrument that establishes the fact.
    pub source: Text,
    /// Where the source can be read, if anywhere.
    pub url: Option<Text>,
    /// The day on which the act was done (signed, decided, given), if known. Plain data: it is
    /// neither the effective axis nor the known axis.
    pub made_on: Option<Day>,
    /// How well the source establishes the fact.
    pub confidence: Confidence,
    /// Anything else that a reader should know.
    pub note: Option<Text>,
}
