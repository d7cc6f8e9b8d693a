//! The shapes of facts about money.

use remit_domain::{FundOpened, MoneyFact, PaymentDirectionMade, SupportPaid};

use super::shapes;

shapes! {
    MoneyFact;
    FundOpened(FundOpened) "fund-opened.v1" {
        fund, funders, amount_pence, per_patient_pence, effective: period,
    }
    SupportPaid(SupportPaid) "support-paid.v1" {
        fund, payment, payer, recipient, paid_on, patients, amount_pence, power: optional,
    }
    PaymentDirectionMade(PaymentDirectionMade) "payment-direction-made.v1" {
        made_by, given_to, power, made_on, effective_from, supersedes: optional, functions, text,
    }
}
