//! Refusals about funds and payments, in words.

use remit_domain::MoneyFault as F;

use crate::list::period;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::FundRecorded { fund } => format!("fund {fund} is recorded already"),
        F::FundUnknown { fund } => format!("the register knows no fund {fund}; record it first"),
        F::PaymentUnknown { fund, payment } => format!("fund {fund} has no payment {payment}"),
        F::PaymentRecorded { fund, payment } => {
            format!("payment {payment} of fund {fund} is recorded already")
        }
        F::NotAFunder { fund, payer } => format!("{payer} does not pay into fund {fund}"),
        F::OutsidePeriod { fund, effective } => {
            format!("fund {fund} pays only {}", period(effective))
        }
        F::AmountDiffers { patients, per_patient_pence, amount_pence } => format!(
            "{patients} patients at {per_patient_pence} pence are {} pence, not {amount_pence}",
            patients.saturating_mul(*per_patient_pence)
        ),
        F::Exceeded { fund, left_pence, amount_pence } => {
            format!("{left_pence} pence are left of fund {fund}, and this is {amount_pence}")
        }
    }
}
