//! Checks of funds, payments and payment directions.

use crate::code::RecordId;
use crate::fact::{
    Fact, FiledUnder, FundOpened, Key, MoneyFact, PaymentDirectionMade, SupportPaid,
};
use crate::fault::MoneyFault;
use crate::known::Known;

use super::Checks;

/// A fund and the payments made from it.
pub(super) struct FundKnown<'a> {
    opened: &'a FundOpened,
    paid: Vec<&'a SupportPaid>,
}

impl<'a> FundKnown<'a> {
    pub(super) fn find(known: &'a dyn Known, fund: &RecordId) -> Option<Self> {
        let key = Key { word: FiledUnder::Fund, code: fund.to_string() };
        let (mut opened, mut paid) = (None, Vec::new());
        for record in known.records(&key) {
            if let Fact::Money(MoneyFact::FundOpened(fact)) = record.fact {
                opened = opened.or(Some(fact));
            } else if let Fact::Money(MoneyFact::SupportPaid(fact)) = record.fact {
                paid.push(fact);
            }
        }
        Some(Self { opened: opened?, paid })
    }

    pub(super) fn has(&self, payment: &RecordId) -> bool {
        self.paid.iter().any(|paid| paid.payment == *payment)
    }

    /// The amount that the recorded payments leave in the fund, in pence.
    fn left_pence(&self) -> u64 {
        let sums = self.paid.iter().map(|paid| paid.amount_pence);
        sums.fold(self.opened.amount_pence, u64::saturating_sub)
    }
}

impl Checks<'_> {
    pub(super) fn money(&mut self, fact: &MoneyFact) {
        match fact {
            MoneyFact::FundOpened(opened) => self.fund(opened),
            MoneyFact::SupportPaid(paid) => self.support(paid),
            MoneyFact::PaymentDirectionMade(made) => self.payment_direction(made),
        }
    }

    fn fund(&mut self, opened: &FundOpened) {
        if FundKnown::find(self.known, &opened.fund).is_some() {
            self.refuse("fund", MoneyFault::FundRecorded { fund: opened.fund.clone() });
        }
        self.bodies_in_being("funders", &opened.funders, opened.effective.from());
    }

    fn support(&mut self, paid: &SupportPaid) {
        let SupportPaid { fund, payment, payer, recipient, paid_on, power, .. } = paid;
        self.in_being("payer", *payer, *paid_on);
        self.in_being("recipient", *recipient, *paid_on);
        if let Some(power) = power {
            self.segment("power", power, *paid_on);
        }
        let Some(known) = FundKnown::find(self.known, fund) else {
            self.refuse("fund", MoneyFault::FundUnknown { fund: fund.clone() });
            return;
        };
        if known.has(payment) {
            let (fund, payment) = (fund.clone(), payment.clone());
            self.refuse("payment", MoneyFault::PaymentRecorded { fund, payment });
        }
        if !known.opened.funders.contains(payer) {
            let (fund, payer) = (fund.clone(), *payer);
            self.refuse("payer", MoneyFault::NotAFunder { fund, payer });
        }
        let effective = known.opened.effective;
        if !effective.contains(*paid_on) {
            let fund = fund.clone();
            self.refuse("paid_on", MoneyFault::OutsidePeriod { fund, effective });
        }
        let (patients, amount_pence) = (paid.patients, paid.amount_pence);
        let per_patient_pence = known.opened.per_patient_pence;
        if patients.checked_mul(per_patient_pence) != Some(amount_pence) {
            let fault = MoneyFault::AmountDiffers { patients, per_patient_pence, amount_pence };
            self.refuse("amount_pence", fault);
        }
        let left_pence = known.left_pence();
        if amount_pence > left_pence {
            let fund = fund.clone();
            self.refuse("amount_pence", MoneyFault::Exceeded { fund, left_pence, amount_pence });
        }
    }

    fn payment_direction(&mut self, made: &PaymentDirectionMade) {
        let PaymentDirectionMade { made_by, given_to, made_on, effective_from, functions, .. } =
            made;
        self.in_being("made_by", *made_by, *made_on);
        self.bodies_in_being("given_to", given_to, *effective_from);
        self.at_least_one("functions", functions);
        for (at, function) in functions.iter().enumerate() {
            self.segment(&format!("functions[{at}]"), function, *effective_from);
        }
    }
}
