//! Facts about committees: interests and decisions. Evidence and context, which never move a
//! function.

use crate::code::{BodyCode, RecordId};
use crate::instrument::Forum;
use crate::period::Day;
use crate::personal::{Personal, PersonalField};
use crate::text::Text;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// What an event says about committees.
    CommitteeFact, CommitteeFactKind, Fact::Committees;
    /// An interest was declared.
    InterestDeclared(InterestDeclared) = "interest-declared", [Bodies];
    /// A committee decided on a payment.
    DecisionTaken(DecisionTaken) = "decision-taken", [Bodies];
}

/// An interest was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterestDeclared {
    /// The office of the person who has the interest, rather than a name.
    pub office: Personal,
    /// The body in which that office is.
    pub body: BodyCode,
    /// What kind of interest it is.
    pub interest: Text,
    /// The body that the interest is in.
    pub concerns: BodyCode,
    /// The day on which the person became aware of it.
    pub aware_on: Day,
    /// The day on which it was declared.
    pub declared_on: Day,
    /// The note of the evidence.
    pub note: Option<Personal>,
}

/// A body's committee decided on a payment. One decision a body, even in a meeting in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTaken {
    /// The body whose decision it is.
    pub body: BodyCode,
    /// The committee.
    pub forum: Forum,
    /// The fund.
    pub fund: RecordId,
    /// The payment of the fund that was decided on.
    pub payment: RecordId,
    /// The day of the decision.
    pub decided_on: Day,
    /// Whether the committee could decide.
    pub quorate: bool,
    /// The offices with a declared interest, and how each was handled.
    pub handled: Vec<Handling>,
    /// The note of the evidence.
    pub note: Option<Personal>,
}

/// How one declared interest was handled at one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// The office.
    pub office: Personal,
    /// The way: noted, may discuss but not vote, leaves the room, receives no papers.
    pub way: Text,
}

impl Content for InterestDeclared {
    fn about(&self) -> About<'_> {
        let about =
            About::new(&self.body).on(self.declared_on).bodies([&self.body, &self.concerns]);
        about.filed(Under::Interest, &self.body)
    }

    fn personal(&self) -> Vec<(PersonalField, &Personal)> {
        vec![(PersonalField::Office, &self.office)]
    }

    fn personal_mut(&mut self) -> Vec<(PersonalField, &mut Personal)> {
        vec![(PersonalField::Office, &mut self.office)]
    }

    fn note(&self) -> Option<&Option<Personal>> {
        Some(&self.note)
    }

    fn note_mut(&mut self) -> Option<&mut Option<Personal>> {
        Some(&mut self.note)
    }
}

impl Content for DecisionTaken {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.body).on(self.decided_on).bodies([&self.body]);
        about.filed(Under::Fund, &self.fund).filed(Under::Decision, &self.body)
    }

    fn personal(&self) -> Vec<(PersonalField, &Personal)> {
        let offices = (0..).zip(&self.handled);
        offices.map(|(index, each)| (PersonalField::Handled(index), &each.office)).collect()
    }

    fn personal_mut(&mut self) -> Vec<(PersonalField, &mut Personal)> {
        let offices = (0..).zip(&mut self.handled);
        offices.map(|(index, each)| (PersonalField::Handled(index), &mut each.office)).collect()
    }

    fn note(&self) -> Option<&Option<Personal>> {
        Some(&self.note)
    }

    fn note_mut(&mut self) -> Option<&mut Option<Personal>> {
        Some(&mut self.note)
    }
}
