//! Evidence: the source on which a fact rests, and how certain the fact is.

use crate::period::Day;
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// How well a fact is established, from lowest to highest. An answer has the lowest confidence
    /// of the facts that it rests on.
    Confidence, "confidence";
    /// Two sources disagree about the fact.
    Disputed = "disputed",
    /// The fact is believed true, but no primary document or second source establishes it.
    Unconfirmed = "unconfirmed",
    /// The fact follows from confirmed facts by arithmetic or by plain reading.
    Derived = "derived",
    /// The source establishes the fact.
    Confirmed = "confirmed",
}

/// The evidence on which a recorded fact rests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The document, data set or instrument that establishes the fact.
    pub source: Text,
    /// Where the source can be read, if anywhere.
    pub url: Option<Text>,
    /// The day on which the act was done (signed, decided, given), if known. The effective day and
    /// the time of recording are kept elsewhere.
    pub made_on: Option<Day>,
    /// How well the source establishes the fact.
    pub confidence: Confidence,
    /// Anything else that a reader of the fact should know.
    pub note: Option<Text>,
}
