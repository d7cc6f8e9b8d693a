//! Instruments: legal acts that move the exercise of functions from one body to another.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId};
use crate::evidence::Confidence;
use crate::period::{Day, Period};
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// The kind of an instrument.
    InstrumentKind, "instrument kind";
    /// The receiving body exercises the functions.
    Delegation = "delegation",
    /// The giving and receiving bodies exercise the functions together.
    JointArrangement = "joint-arrangement",
    /// The receiving body is directed to exercise the functions.
    Direction = "direction",
    /// The Secretary of State arranges for another body to exercise the functions (s.7A).
    Section7a = "section-7a-arrangement",
    /// Another body exercises the functions in place of a body that failed.
    Intervention = "intervention",
    /// The instrument provides for consultation only, and moves nothing in law.
    GreaterInvolvement = "greater-involvement",
}

impl InstrumentKind {
    /// Whether an instrument of this kind can rest on `basis`.
    #[must_use]
    pub fn admits(self, basis: LegalBasis) -> bool {
        use LegalBasis as B;
        match self {
            Self::Delegation => {
                matches!(basis, B::S13zBy | B::S65z5 | B::S14z3 | B::S14z9 | B::S75)
            }
            Self::JointArrangement => {
                matches!(basis, B::S13zJointly | B::S14z9 | B::S14z3 | B::S65z5Jointly | B::S75)
            }
            Self::Direction => matches!(basis, B::S98a | B::S13yb | B::S7b | B::S6c),
            Self::Section7a => basis == B::S7a,
            Self::Intervention => matches!(basis, B::S14z21 | B::S14z61),
            Self::GreaterInvolvement => basis == B::NoArrangement,
        }
    }
}

/// The area that an instrument covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// All of England.
    England,
    /// The areas of the commissioners with these codes.
    Of(Vec<BodyCode>),
}

vocabulary! {
    /// The kind of a committee that takes decisions, such as decisions on functions.
    ForumKind, "forum kind";
    /// A committee of one body, such as a primary care commissioning committee.
    Committee = "committee",
    /// One committee of several bodies.
    JointCommittee = "joint-committee",
    /// Separate committees that meet together; each binds only its own body.
    CommitteesInCommon = "committees-in-common",
}

/// A committee that takes decisions, such as decisions on functions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Forum {
    /// The kind of committee.
    pub kind: ForumKind,
    /// The name of the committee.
    pub name: Text,
}

/// The text of an instrument, as drawn up. It has no effect until the instrument is in force.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instrument {
    /// The stable id of the instrument.
    pub id: InstrumentId,
    /// The kind of the instrument.
    pub kind: InstrumentKind,
    /// The power under which the instrument is made.
    pub basis: LegalBasis,
    /// The title of the instrument.
    pub title: Text,
    /// The bodies that give the functions.
    pub given_by: Vec<BodyCode>,
    /// The bodies that receive the functions.
    pub given_to: Vec<BodyCode>,
    /// The functions that the instrument is about.
    pub functions: Vec<FunctionCode>,
    /// The area that the instrument covers.
    pub area: Area,
    /// The contracts that the instrument lists as all that it reaches, wherever they lie. Empty if
    /// it reaches all that lies in its area. An instrument that lists contracts names the area of
    /// one commissioner.
    pub contracts: Vec<ContractId>,
    /// The committee through which decisions on the functions are taken, if any.
    pub forum: Option<Forum>,
    /// The conditions in the text of the instrument.
    pub conditions: Vec<Text>,
    /// The cases in which the receiver has agreed to bear losses. Such an agreement never changes
    /// who is liable in law.
    pub loss_exceptions: Vec<Text>,
    /// Whether the terms of the instrument forbid the receiver to pass the functions on (2006 Act
    /// s.65Z5(4)(b), s.7A(3)(b)).
    pub onward_barred: bool,
}

vocabulary! {
    /// How good the evidence for an instrument's first day in force is.
    Start, "start";
    /// There is evidence that the instrument came into force on the recorded first day.
    Evidenced = "evidenced",
    /// The instrument was in force on the recorded first day, but there is no evidence of when it
    /// came into force.
    NotEvidenced = "not-evidenced",
    /// The instrument was approved to begin on the recorded first day, but there is no evidence
    /// that the instrument did begin.
    ApprovalOnly = "approval-only",
}

vocabulary! {
    /// What a source other than the parties' own record says of an instrument on a day.
    Sighting, "sighting";
    /// The instrument came into force on the day.
    Started = "started",
    /// The instrument was approved to begin on the day. Nothing says that it began.
    Approved = "approved",
    /// The instrument was in force on the day.
    InForce = "in-force",
    /// That the instrument was in force on the day is only inferred.
    Inferred = "inferred",
    /// The instrument was in force at some time that the source does not tell, or only by its year.
    Undated = "undated",
}

impl Sighting {
    /// How certain it is on the day `on`, by this sighting alone, that the instrument was in force,
    /// if the source is certain. `seen` is the day, or the month, of the sighting. `None` if the
    /// sighting says nothing of the day.
    ///
    /// A month is not its first day: its middle is as the source says, its edges are unconfirmed.
    /// An instrument goes on until it is ended; but the longer ago the sighting, the less it shows.
    #[must_use]
    pub fn says(self, seen: Period, on: Day) -> Option<Confidence> {
        use Confidence::{Confirmed, Derived, Unconfirmed};
        if self == Self::Undated || on < seen.from() {
            return None;
        }
        let middle = seen.middle();
        let in_its_year = on < seen.from().next_financial_year();
        match self {
            _ if seen.contains(on) && on != middle => Some(Unconfirmed),
            Self::Started => Some(if in_its_year { Confirmed } else { Derived }),
            Self::InForce if on == middle => Some(Confirmed),
            Self::InForce => Some(if in_its_year { Derived } else { Unconfirmed }),
            Self::Approved => Some(Unconfirmed),
            Self::Inferred | Self::Undated => in_its_year.then_some(Unconfirmed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each kind of sighting says, by whether it names a day or a month.
    #[test]
    fn sightings_fade() {
        let day = |text: &str| text.parse::<Day>().ok();
        let june = day("2015-06-01")
            .zip(day("2015-07-01"))
            .and_then(|(from, until)| Period::new(from, Some(until)).ok());
        let tenth = day("2015-06-10").map(Period::one_day);
        let rows = [
            // sighting, the day before, on it, then, the last of the year, the next year
            (Sighting::Started, tenth, ["", "confirmed", "confirmed", "confirmed", "derived"]),
            (Sighting::Started, june, ["", "unconfirmed", "unconfirmed", "confirmed", "derived"]),
            (Sighting::InForce, tenth, ["", "confirmed", "derived", "derived", "unconfirmed"]),
            (Sighting::InForce, june, ["", "unconfirmed", "unconfirmed", "derived", "unconfirmed"]),
            (
                Sighting::Approved,
                tenth,
                ["", "unconfirmed", "unconfirmed", "unconfirmed", "unconfirmed"],
            ),
            (Sighting::Inferred, tenth, ["", "unconfirmed", "unconfirmed", "unconfirmed", ""]),
            (Sighting::Inferred, june, ["", "unconfirmed", "unconfirmed", "unconfirmed", ""]),
            (Sighting::Undated, june, ["", "", "", "", ""]),
        ];
        for (sighting, seen, expected) in rows {
            let days = ["2015-05-31", "2015-06-10", "2015-06-20", "2016-03-31", "2016-04-01"];
            for (on, expected) in days.into_iter().zip(expected) {
                let said = seen.zip(day(on)).and_then(|(seen, on)| sighting.says(seen, on));
                let said = said.map(|said| said.to_string()).unwrap_or_default();
                assert_eq!(said, expected, "{sighting} on {on}");
            }
        }
        let middle = june.and_then(|june| Sighting::InForce.says(june, june.middle()));
        assert_eq!(middle, Some(Confidence::Confirmed));
    }
}
