//! Support to federations of practices: payments, the decisions on them, and declared interests.
//!
//! These records are evidence and context only: money never moves a function (reference section
//! 7.3).

use remit_domain::{
    BodyCode, CommitteeFact, Day, DecisionTaken, Fact, FiledUnder, ForumKind, FunctionCode,
    FundOpened, InterestDeclared, Key, MoneyFact, Personal, PersonalField, Position, RecordId,
    Text,
};

use crate::answer::{Answer, Place};
use crate::personal::Redaction;
use crate::register::Register;
use crate::row::{At, at};

/// The number of days within which a person must declare an interest after becoming aware of it
/// (2006 Act s.14O).
const DECLARE_WITHIN_DAYS: i64 = 28;

/// A payment to a federation, with the answer for the function that the payer exercised by paying,
/// and the decisions on the payment.
#[derive(Clone, Debug)]
pub struct SupportView<'r> {
    /// The position of the event that recorded the payment.
    pub position: Position,
    /// The id of the payment.
    pub payment: &'r RecordId,
    /// The body that made the payment.
    pub payer: BodyCode,
    /// The body that received the payment.
    pub recipient: BodyCode,
    /// The day on which the payment was made.
    pub paid_on: Day,
    /// The number of patients for whom the payment was made.
    pub patients: u64,
    /// The amount of the payment, in pence.
    pub amount_pence: u64,
    /// The amount left in the fund after this payment, in pence.
    pub left_pence: u64,
    /// The function that the payer exercised by paying, and the answer for that function. `None` if
    /// the function is not recorded; liability is then unsettled.
    pub power: Option<(&'r FunctionCode, Answer<'r>)>,
    /// Each body's decision on the payment.
    pub decisions: Vec<DecisionView<'r>>,
}

/// The decision of one body on a payment.
#[derive(Clone, Debug)]
pub struct DecisionView<'r> {
    /// The position of the event that recorded the decision.
    pub position: Position,
    /// The body that took the decision.
    pub body: BodyCode,
    /// The kind of committee that took the decision.
    pub forum_kind: ForumKind,
    /// The name of the committee that took the decision.
    pub forum: &'r Text,
    /// The day on which the decision was taken.
    pub decided_on: Day,
    /// Whether the committee that took the decision was quorate.
    pub quorate: bool,
    /// The declared interests in the body that received the payment, and how each was handled.
    pub interests: Vec<InterestView<'r>>,
}

/// A declared interest, and how it bears on one decision.
#[derive(Clone, Debug)]
pub struct InterestView<'r> {
    /// The position of the event that recorded the interest.
    pub position: Position,
    /// The office held by the person who has the interest.
    pub office: &'r Personal,
    /// Why the office is redacted, if it is redacted.
    pub redaction: Option<Redaction<'r>>,
    /// The kind of interest that was declared.
    pub interest: &'r Text,
    /// The day on which the interest was declared.
    pub declared_on: Day,
    /// Whether the interest was declared within 28 days of the person becoming aware of it (2006
    /// Act s.14O).
    pub within_28_days: bool,
    /// Whether the interest was declared on or before the day of the decision.
    pub before_decision: bool,
    /// How the interest was handled at the decision.
    pub handled: Handled<'r>,
}

/// How a declared interest was handled when a decision was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled<'r> {
    /// The interest was handled in the way that this text describes.
    So(&'r Text),
    /// The decision does not say that the interest was handled.
    Not,
    /// It is not known how the interest was handled, because the interest or the decision names an
    /// office that is redacted or missing.
    Untold,
}

/// The value that is shown for a person's office if the register has stored no office for the event
/// that declares the interest.
const UNTOLD: Personal = Personal::KEPT_APART;

/// A fact, with the position of the event that states it.
struct Stated<'r, T> {
    event: At,
    fact: &'r T,
}

impl Register {
    /// One payment from a fund, with the answer for the function that the payer exercised by
    /// paying. `None` if the fund or the payment is not known at `known_at`.
    #[must_use]
    pub fn support(
        &self,
        fund: &RecordId,
        payment: &RecordId,
        known_at: Position,
    ) -> Option<SupportView<'_>> {
        let at = at(known_at);
        let (mut opened, mut payments, mut decisions) = (None, Vec::new(), Vec::new());
        for (fact, row) in self.records_known(&key(FiledUnder::Fund, fund), at) {
            let event = row.origin;
            if let Fact::Money(MoneyFact::FundOpened(fact)) = fact {
                opened = opened.or(Some(fact));
            } else if let Fact::Money(MoneyFact::SupportPaid(fact)) = fact {
                payments.push(Stated { event, fact });
            } else if let Fact::Committees(CommitteeFact::DecisionTaken(fact)) = fact {
                decisions.push(Stated { event, fact });
            }
        }
        let opened: &FundOpened = opened?;
        let paid = payments.iter().find(|stated| stated.fact.payment == *payment)?;
        let earlier = payments.iter().filter(|stated| stated.event <= paid.event);
        let spent: u64 = earlier.map(|stated| stated.fact.amount_pence).sum();
        let (event, paid) = (Position::from(paid.event), paid.fact);
        let power = paid.power.as_ref().map(|function| {
            let place = Place::Body(paid.payer);
            (function, self.who_holds(function, &place, paid.paid_on, known_at))
        });
        decisions.retain(|stated| stated.fact.payment == paid.payment);
        let decisions = decisions.iter().map(|stated| self.decision(stated, paid.recipient, at));
        Some(SupportView {
            position: event,
            payment: &paid.payment,
            payer: paid.payer,
            recipient: paid.recipient,
            paid_on: paid.paid_on,
            patients: paid.patients,
            amount_pence: paid.amount_pence,
            left_pence: opened.amount_pence.saturating_sub(spent),
            power,
            decisions: decisions.collect(),
        })
    }

    /// Describes a decision on a payment, with the declared interests in `recipient`.
    fn decision<'r>(
        &'r self,
        stated: &Stated<'r, DecisionTaken>,
        recipient: BodyCode,
        at: At,
    ) -> DecisionView<'r> {
        let decision = stated.fact;
        let mut interests = Vec::new();
        for (fact, row) in self.records_known(&key(FiledUnder::Interest, &decision.body), at) {
            if let Fact::Committees(CommitteeFact::InterestDeclared(fact)) = fact
                && fact.concerns == recipient
            {
                interests.push(self.interest(Stated { event: row.origin, fact }, stated));
            }
        }
        DecisionView {
            position: Position::from(stated.event),
            body: decision.body,
            forum_kind: decision.forum.kind,
            forum: &decision.forum.name,
            decided_on: decision.decided_on,
            quorate: decision.quorate,
            interests,
        }
    }

    /// Describes a declared interest, and how it bears on `decision`.
    fn interest<'r>(
        &'r self,
        interest: Stated<'r, InterestDeclared>,
        decision: &Stated<'r, DecisionTaken>,
    ) -> InterestView<'r> {
        let Stated { event, fact } = interest;
        let days = fact.declared_on.days_since(fact.aware_on);
        let office = self.personal_field(event, PersonalField::Office).unwrap_or(&UNTOLD);
        InterestView {
            position: Position::from(event),
            office,
            redaction: self.redaction(office),
            interest: &fact.interest,
            declared_on: fact.declared_on,
            within_28_days: (0..=DECLARE_WITHIN_DAYS).contains(&days),
            before_decision: fact.declared_on <= decision.fact.decided_on,
            handled: self.handled(decision, office),
        }
    }

    /// How the interest of the person who holds `office` was handled at `decision`.
    fn handled<'r>(
        &'r self,
        decision: &Stated<'r, DecisionTaken>,
        office: &Personal,
    ) -> Handled<'r> {
        let mut found = Handled::Not;
        for (index, handling) in (0..).zip(&decision.fact.handled) {
            let of = self.personal_field(decision.event, PersonalField::Handled(index));
            match (of.and_then(Personal::text), office.text()) {
                (Some(of), Some(office)) if of == office => return Handled::So(&handling.way),
                (Some(_), Some(_)) => {}
                (None, _) | (_, None) => found = Handled::Untold,
            }
        }
        found
    }
}

fn key(word: FiledUnder, code: &impl ToString) -> Key {
    Key { word, code: code.to_string() }
}
