//! Evidence: the source on which a fact rests, and how certain the fact is.

use crate::period::Day;
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// How well a fact is established, from lowest to highest. An answer has the lowest confidence
    /// of the facts that it rests on.
    Confidence, "confidence";
    /// Two sources disagree.
    Disputed = "disputed",
    /// Believed true, but not established by a primary document or a second source.
    Unconfirmed = "unconfirmed",
    /// Follows from confirmed facts by arithmetic or by plain reading.
    Derived = "derived",
    /// Established by the source.
    Confirmed = "confirmed",
}

/// The evidence on which a recorded fact rests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The document, data set or instrument that establishes the fact.
    pub source: Text,
    /// Where the source can be read, if anywhere.
    pub url: Option<Text>,
    /// The day on which the act was done (signed, decided, given), if known. It has no effect on
    /// answers: it is neither the effective day nor the time of recording.
    pub made_on: Option<Day>,
    /// How well the source establishes the fact.
    pub confidence: Confidence,
    /// Anything else that a reader of the fact should know.
    pub note: Option<Text>,
}
