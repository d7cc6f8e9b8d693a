//! Support to federations: payments, what was decided on them, and declared interests.
//!
//! Evidence and context: money never moves a function (reference section 7.3).

use remit_domain::{
    BodyCode, Day, ForumKind, FunctionCode, Personal, PersonalField, Position, RecordId, Text,
};

use crate::answer::{Answer, Place};
use crate::directory::{clamp, position};
use crate::personal::Redaction;
use crate::row::{At, Row};
use crate::store::{DecisionRow, FundEntry, PaymentRow, Register};

/// A payment to a federation, the answer for the power used, and what was decided on it.
#[derive(Clone, Debug)]
pub struct SupportView<'r> {
    /// The event.
    pub position: Position,
    /// The payment.
    pub payment: &'r RecordId,
    /// Who paid.
    pub payer: BodyCode,
    /// Who received.
    pub recipient: BodyCode,
    /// When.
    pub paid_on: Day,
    /// For how many patients.
    pub patients: u64,
    /// How much, in pence.
    pub amount_pence: u64,
    /// What is left of the fund after it, in pence.
    pub left_pence: u64,
    /// The power used, and who holds it. `None`: not recorded, so liability is unsettled.
    pub power: Option<(&'r FunctionCode, Answer<'r>)>,
    /// What each body decided.
    pub decisions: Vec<DecisionView<'r>>,
}

/// One body's decision on a payment.
#[derive(Clone, Debug)]
pub struct DecisionView<'r> {
    /// The event.
    pub position: Position,
    /// Whose.
    pub body: BodyCode,
    /// In what kind of committee.
    pub forum_kind: ForumKind,
    /// Which one.
    pub forum: &'r Text,
    /// When.
    pub decided_on: Day,
    /// Whether it could decide.
    pub quorate: bool,
    /// The interests in the recipient, and how each was handled.
    pub interests: Vec<InterestView<'r>>,
}

/// A declared interest as it bears on a decision.
#[derive(Clone, Debug)]
pub struct InterestView<'r> {
    /// The event.
    pub position: Position,
    /// The office of who has it.
    pub office: &'r Personal,
    /// Where the office is redacted: why.
    pub redaction: Option<Redaction<'r>>,
    /// What kind.
    pub interest: &'r Text,
    /// When declared.
    pub declared_on: Day,
    /// Whether within 28 days of becoming aware (2006 Act s.14O).
    pub within_28_days: bool,
    /// Whether before the decision.
    pub before_decision: bool,
    /// How it was handled.
    pub handled: Handled<'r>,
}

/// How an interest was handled at a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled<'r> {
    /// In this way.
    So(&'r Text),
    /// It was not.
    Not,
    /// An office by which that would be found is not told any more.
    Untold,
}

/// Of an event that has no such field: there is none.
const UNTOLD: Personal = Personal::Committed([0; 32]);

impl Register {
    /// One payment of a fund, with the answer for the power it used.
    #[must_use]
    pub fn support(
        &self,
        fund: &RecordId,
        payment: &RecordId,
        known_at: Position,
    ) -> Option<SupportView<'_>> {
        let at = clamp(known_at);
        let entry = &self.funds[*self.fund_index.get(fund)? as usize];
        let opened = entry.opened.iter().find(|row| row.known(at))?;
        let known = || entry.payments.iter().filter(|row| row.known(at));
        let row = known().find(|row| row.value.payment == *payment)?;
        let earlier = known().filter(|other| other.origin <= row.origin);
        let spent: u64 = earlier.map(|other| other.value.amount_pence).sum();
        let (paid, paid_on) = (&row.value, row.effective.from());
        let power = paid.power.as_ref().map(|function| {
            let place = Place::Body(paid.payer);
            (function, self.who_holds(function, &place, paid_on, known_at))
        });
        Some(SupportView {
            position: position(row.origin),
            payment: &paid.payment,
            payer: paid.payer,
            recipient: paid.recipient,
            paid_on,
            patients: paid.patients,
            amount_pence: paid.amount_pence,
            left_pence: opened.value.amount_pence.saturating_sub(spent),
            power,
            decisions: self.decisions(entry, paid, at),
        })
    }

    fn decisions<'r>(
        &'r self,
        entry: &'r FundEntry,
        paid: &'r PaymentRow,
        at: At,
    ) -> Vec<DecisionView<'r>> {
        const DECLARE_WITHIN_DAYS: i64 = 28;
        let decided = entry.decisions.iter().filter(|row| row.known(at));
        let interests = |decision: &'r Row<DecisionRow>| {
            let bearing = self.interests.iter().filter(|row| {
                row.known(at)
                    && row.value.body == decision.value.body
                    && row.value.concerns == paid.recipient
            });
            bearing
                .map(|row| {
                    let interest = &row.value;
                    let declared_on = row.effective.from();
                    let days = (declared_on - interest.aware_on).num_days();
                    let office = self.personal_field(row.origin, PersonalField::Office);
                    let office = office.unwrap_or(&UNTOLD);
                    InterestView {
                        position: position(row.origin),
                        office,
                        redaction: self.redaction(office),
                        interest: &interest.interest,
                        declared_on,
                        within_28_days: (0..=DECLARE_WITHIN_DAYS).contains(&days),
                        before_decision: declared_on <= decision.effective.from(),
                        handled: self.handled(decision, office),
                    }
                })
                .collect()
        };
        decided
            .filter(|row| row.value.payment == paid.payment)
            .map(|row| DecisionView {
                position: position(row.origin),
                body: row.value.body,
                forum_kind: row.value.forum.0,
                forum: &row.value.forum.1,
                decided_on: row.effective.from(),
                quorate: row.value.quorate,
                interests: interests(row),
            })
            .collect()
    }

    /// How the interest of an office was handled at a decision.
    fn handled<'r>(&'r self, decision: &'r Row<DecisionRow>, office: &Personal) -> Handled<'r> {
        let mut found = Handled::Not;
        for (index, way) in (0..).zip(&decision.value.handled) {
            let of = self.personal_field(decision.origin, PersonalField::Handled(index));
            match (of.and_then(Personal::text), office.text()) {
                (Some(of), Some(office)) if of == office => return Handled::So(way),
                (Some(_), Some(_)) => {}
                _ => found = Handled::Untold,
            }
        }
        found
    }
}
