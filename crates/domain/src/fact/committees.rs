//! Facts about committees: interests and decisions. They are evidence and context, and never move a
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
    /// The office of the person who has the interest, given instead of the person's name.
    pub office: Personal,
    /// The body to which the office belongs.
    pub body: BodyCode,
    /// What kind of interest it is.
    pub interest: Text,
    /// The body in which the interest is held.
    pub concerns: BodyCode,
    /// The day on which the person became aware of the interest.
    pub aware_on: Day,
    /// The day on which the interest was declared.
    pub declared_on: Day,
    /// The note of the evidence, which may name a person.
    pub note: Option<Personal>,
}

/// A body's committee decided on a payment. Each body has a decision of its own, even if committees
/// meet in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTaken {
    /// The body that decided.
    pub body: BodyCode,
    /// The committee through which it decided.
    pub forum: Forum,
    /// The fund that the payment is from.
    pub fund: RecordId,
    /// The number of the payment that was decided on.
    pub payment: RecordId,
    /// The day of the decision.
    pub decided_on: Day,
    /// Whether the committee was quorate.
    pub quorate: bool,
    /// The offices that had a declared interest, and how each interest was handled.
    pub handled: Vec<Handling>,
    /// The note of the evidence, which may name a person.
    pub note: Option<Personal>,
}

/// How one declared interest was handled at one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// The office that had the interest.
    pub office: Personal,
    /// How it was handled: noted, may discuss but not vote, leaves the room, or receives no papers.
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
