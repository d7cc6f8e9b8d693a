//! Instruments: what moves the exercise of functions from one body to another.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// What kind of instrument it is.
    InstrumentKind, "instrument kind";
    /// The receiving body exercises.
    Delegation = "delegation",
    /// The bodies exercise together.
    JointArrangement = "joint-arrangement",
    /// The receiving body is told to exercise.
    Direction = "direction",
    /// The Secretary of State arranges for another to exercise (s.7A).
    Section7a = "section-7a-arrangement",
    /// Another body exercises in the place of one that failed.
    Intervention = "intervention",
    /// Consultation only; moves nothing in law.
    GreaterInvolvement = "greater-involvement",
}

impl InstrumentKind {
    /// Whether an instrument of this kind can rest on the basis.
    #[must_use]
    pub fn admits(self, basis: LegalBasis) -> bool {
        use LegalBasis as B;
        match self {
            Self::Delegation => matches!(basis, B::S13zBy | B::S65z5 | B::S14z3 | B::S14z9),
            Self::JointArrangement => {
                matches!(basis, B::S13zJointly | B::S14z9 | B::S14z3 | B::S65z5Jointly)
            }
            Self::Direction => matches!(basis, B::S98a | B::S13yb),
            Self::Section7a => basis == B::S7a,
            Self::Intervention => matches!(basis, B::S14z21 | B::S14z61),
            Self::GreaterInvolvement => basis == B::NoArrangement,
        }
    }
}

/// Where an instrument holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Area {
    /// All of England.
    England,
    /// The areas of these commissioners.
    Of(Vec<BodyCode>),
}

vocabulary! {
    /// The kind of body in which decisions are taken.
    ForumKind, "forum kind";
    /// A committee of one body, such as a primary care commissioning committee.
    Committee = "committee",
    /// One committee of several bodies.
    JointCommittee = "joint-committee",
    /// Separate committees that meet together; each binds only its own body.
    CommitteesInCommon = "committees-in-common",
}

/// The committee through which functions are decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forum {
    /// Its kind.
    pub kind: ForumKind,
    /// Its name.
    pub name: Text,
}

/// An instrument as drawn up. It has no effect until it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Its stable id.
    pub id: InstrumentId,
    /// Its kind.
    pub kind: InstrumentKind,
    /// The power it is made under.
    pub basis: LegalBasis,
    /// What it is called.
    pub title: Text,
    /// Who gives.
    pub given_by: Vec<BodyCode>,
    /// Who receives.
    pub given_to: Vec<BodyCode>,
    /// Which functions.
    pub functions: Vec<FunctionCode>,
    /// Where.
    pub area: Area,
    /// Through which committee.
    pub forum: Option<Forum>,
    /// On what conditions.
    pub conditions: Vec<Text>,
    /// When the receiver bears losses by contract. Never changes who is liable in law.
    pub loss_exceptions: Vec<Text>,
    /// Whether its terms forbid the receiver to pass the functions on (2006 Act s.65Z5(4)(b),
    /// s.7A(3)(b)).
    pub onward_barred: bool,
}

vocabulary! {
    /// What is known of the first day of a period in force.
    Start, "start";
    /// It began on the day.
    Evidenced = "evidenced",
    /// It was in force on the day; when it began is not evidenced.
    NotEvidenced = "not-evidenced",
    /// It was approved to begin on the day; that it did is not evidenced.
    ApprovalOnly = "approval-only",
}
