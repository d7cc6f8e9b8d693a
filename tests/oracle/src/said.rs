//! A question, and what an answer says: in plain values, the shape of a statement.

use remit_domain::{BodyCode, ContractId, Day, Position};

pub use remit_statement::said::Said;

/// Where a question is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A practice, a CCG, a sub-ICB location or an ICB.
    Body(BodyCode),
    /// One contract of a practice.
    Contract(ContractId),
}

/// A question, and the day that "now" is: that on which the last known event was recorded.
#[derive(Clone, Debug)]
pub struct Question {
    /// The function's code.
    pub function: remit_domain::FunctionCode,
    /// The place.
    pub place: Place,
    /// The effective day.
    pub on: Day,
    /// The day on which it is asked who answers, if any.
    pub answers_on: Option<Day>,
    /// The position as known.
    pub known_at: Position,
    /// The day in England on which the event at that position was recorded.
    pub today: Option<Day>,
}
