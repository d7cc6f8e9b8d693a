//! Money.

use remit_domain::{FundOpened, SupportPaid};

use super::messages;

messages! {
    FundOpened as FundOpened { fund, funders, amount_pence, per_patient_pence, effective };
    SupportPaid as SupportPaid {
        fund, payment, payer, recipient, paid_on, patients, amount_pence, power,
    };
}
