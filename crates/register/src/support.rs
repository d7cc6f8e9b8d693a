//! Support to federations: payments, the decisions on them, and declared interests.
//!
//! All of it is evidence and context: money never moves a function (reference section 7.3).

use remit_domain::{
    BodyCode, CommitteeFact, Day, DecisionTaken, Fact, FiledUnder, ForumKind, FunctionCode,
    FundOpened, InterestDeclared, Key, MoneyFact, Personal, PersonalField, Position, RecordId,
    Text,
};

use crate::answer::{Answer, Place};
use crate::personal::Redaction;
use crate::register::Register;
use crate::row::{At, at};

/// The days within which an interest must be declared once the person is aware of it (2006 Act
/// s.14O).
const DECLARE_WITHIN_DAYS: i64 = 28;

/// A payment to a federation, with the answer for the power used and the decisions on the payment.
#[derive(Clone, Debug)]
pub struct SupportView<'r> {
    /// The event that recorded it.
    pub position: Position,
    /// The payment's id.
    pub payment: &'r RecordId,
    /// The body that paid.
    pub payer: BodyCode,
    /// The body that was paid.
    pub recipient: BodyCode,
    /// The day of the payment.
    pub paid_on: Day,
    /// The number of patients it was made for.
    pub patients: u64,
    /// The amount, in pence.
    pub amount_pence: u64,
    /// What is left of the fund after this payment, in pence.
    pub left_pence: u64,
    /// The function exercised by paying, and the answer for it. `None`: not recorded, so liability
    /// is unsettled.
    pub power: Option<(&'r FunctionCode, Answer<'r>)>,
    /// Each body's decision on the payment.
    pub decisions: Vec<DecisionView<'r>>,
}

/// One body's decision on a payment.
#[derive(Clone, Debug)]
pub struct DecisionView<'r> {
    /// The event that recorded it.
    pub position: Position,
    /// The body that decided.
    pub body: BodyCode,
    /// The kind of committee that decided.
    pub forum_kind: ForumKind,
    /// The name of the committee.
    pub forum: &'r Text,
    /// The day of the decision.
    pub decided_on: Day,
    /// Whether the committee was quorate.
    pub quorate: bool,
    /// The declared interests in the recipient, and how each was handled.
    pub interests: Vec<InterestView<'r>>,
}

/// A declared interest as it bears on a decision.
#[derive(Clone, Debug)]
pub struct InterestView<'r> {
    /// The event that recorded it.
    pub position: Position,
    /// The office of the person who has the interest.
    pub office: &'r Personal,
    /// Why the office is redacted, if it is.
    pub redaction: Option<Redaction<'r>>,
    /// What kind of interest it is.
    pub interest: &'r Text,
    /// The day on which it was declared.
    pub declared_on: Day,
    /// Whether it was declared within 28 days of the person becoming aware of it (2006 Act s.14O).
    pub within_28_days: bool,
    /// Whether it was declared by the day of the decision.
    pub before_decision: bool,
    /// How it was handled.
    pub handled: Handled<'r>,
}

/// How an interest was handled at a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled<'r> {
    /// It was handled in this way.
    So(&'r Text),
    /// It was not handled.
    Not,
    /// Not known: an office needed to find out is redacted or missing.
    Untold,
}

/// Stands for the office of an event that has none.
const UNTOLD: Personal = Personal::KEPT_APART;

/// A fact, with the event that states it.
struct Stated<'r, T> {
    event: At,
    fact: &'r T,
}

impl Register {
    /// One payment of a fund, with the answer for the power used. `None`: the fund or the payment
    /// is not known.
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

    /// A decision on a payment, with the declared interests in the recipient.
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

    /// A declared interest as it bears on a decision.
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

    /// How the interest of an office was handled at a decision.
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
