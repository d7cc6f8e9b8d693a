//! Converts facts about money to and from messages.

use remit_domain::{FundOpened, PaymentDirectionMade, SupportPaid};

use super::messages;

messages! {
    FundOpened as FundOpened { fund, funders, amount_pence, per_patient_pence, effective };
    SupportPaid as SupportPaid {
        fund, payment, payer, recipient, paid_on, patients, amount_pence, power,
    };
    PaymentDirectionMade as PaymentDirectionMade {
        made_by, given_to, power, made_on, effective_from, supersedes, functions, text,
    };
}
