//! Checks of funds, payments, interests and decisions.

use super::{Checks, Reason};
use crate::fact::Fact;

impl Checks<'_> {
    pub(super) fn money(&mut self, fact: &Fact) {
        match fact {
            Fact::FundOpened { fund, funders, effective, .. } => {
                if self.known.fund(fund).is_some() {
                    self.refuse(
                        Reason::FundAlreadyRecorded,
                        "fund",
                        format!("fund {fund} is recorded"),
                    );
                }
                self.bodies_in_being("funders", funders, effective.from());
            }
            Fact::SupportPaid { .. } => self.support(fact),
            Fact::InterestDeclared { body, concerns, declared_on, .. } => {
                self.in_being("body", *body, *declared_on);
                self.in_being("concerns", *concerns, *declared_on);
            }
            Fact::DecisionTaken { body, fund, payment, decided_on, .. } => {
                self.in_being("body", *body, *decided_on);
                match self.known.fund(fund) {
                    None => self.refuse(Reason::FundUnknown, "fund", format!("no fund {fund}")),
                    Some(known) if !known.payments.contains(payment) => {
                        let message = format!("fund {fund} has no payment {payment}");
                        self.refuse(Reason::FundUnknown, "payment", message);
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
    }

    fn support(&mut self, fact: &Fact) {
        let Fact::SupportPaid {
            fund,
            payment,
            payer,
            recipient,
            paid_on,
            patients,
            amount_pence,
            power,
        } = fact
        else {
            return;
        };
        self.in_being("payer", *payer, *paid_on);
        self.in_being("recipient", *recipient, *paid_on);
        if let Some(power) = power {
            self.segment("power", power, *paid_on);
        }
        let Some(known) = self.known.fund(fund) else {
            self.refuse(Reason::FundUnknown, "fund", format!("no fund {fund}"));
            return;
        };
        if known.payments.contains(payment) {
            let message = format!("payment {payment} of fund {fund} is recorded");
            self.refuse(Reason::FundAlreadyRecorded, "payment", message);
        }
        if !known.funders.contains(payer) {
            let message = format!("{payer} is no funder of {fund}");
            self.refuse(Reason::PaymentOutsideFund, "payer", message);
        }
        if !known.effective.contains(*paid_on) {
            let message = format!("{fund} pays {}", known.effective);
            self.refuse(Reason::PaymentOutsideFund, "paid_on", message);
        }
        if patients.checked_mul(known.per_patient_pence) != Some(*amount_pence) {
            let message = format!(
                "{patients} patients at {} pence are not {amount_pence} pence",
                known.per_patient_pence
            );
            self.refuse(Reason::PaymentOutsideFund, "amount_pence", message);
        }
        let left = known.amount_pence.saturating_sub(known.paid_pence);
        if *amount_pence > left {
            let message = format!("{left} pence are left of {fund}, not {amount_pence}");
            self.refuse(Reason::FundExceeded, "amount_pence", message);
        }
    }
}
