//! Facts about committees: interests and decisions. Such facts are evidence and context, and never
//! move a function.

use crate::code::{BodyCode, RecordId};
use crate::instrument::Forum;
use crate::period::Day;
use crate::personal::{Personal, PersonalField};
use crate::text::Text;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// A fact about committees.
    CommitteeFact, CommitteeFactKind, Fact::Committees;
    /// An interest was declared.
    InterestDeclared(InterestDeclared) = "interest-declared", [Bodies];
    /// A committee decided on a payment.
    DecisionTaken(DecisionTaken) = "decision-taken", [Bodies];
}

/// Records that an interest was declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InterestDeclared {
    /// The office of the person who has the interest, given instead of the person's name.
    pub office: Personal,
    /// The body to which the office belongs.
    pub body: BodyCode,
    /// The kind of interest that was declared.
    pub interest: Text,
    /// The body in which the person holds the interest.
    pub concerns: BodyCode,
    /// The day on which the person became aware of the interest.
    pub aware_on: Day,
    /// The day on which the interest was declared.
    pub declared_on: Day,
    /// The note of the evidence, which may name a person.
    pub note: Option<Personal>,
}

/// Records that a body's committee decided on a payment. Each body has a decision of its own, even
/// if committees meet in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecisionTaken {
    /// The body whose committee decided.
    pub body: BodyCode,
    /// The committee that decided on the payment.
    pub forum: Forum,
    /// The committee decided on a payment from this fund.
    pub fund: RecordId,
    /// The payer's id for the payment that the committee decided on.
    pub payment: RecordId,
    /// The day on which the committee decided.
    pub decided_on: Day,
    /// Whether the committee was quorate.
    pub quorate: bool,
    /// The offices that had a declared interest, and how each interest was handled.
    pub handled: Vec<Handling>,
    /// The note of the evidence, which may name a person.
    pub note: Option<Personal>,
}

/// How a declared interest was handled when a committee took a decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handling {
    /// The office of the person who had the interest.
    pub office: Personal,
    /// How the interest was handled: the person's interest is noted, or the person may discuss but
    /// not vote, leaves the room, or receives no papers.
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
