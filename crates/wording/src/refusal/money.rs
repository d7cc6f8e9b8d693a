//! Refusals about funds and payments, in words.

use remit_domain::MoneyFault as F;

use crate::list::period;

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::FundRecorded { fund } => format!("fund {fund} is recorded already"),
        F::FundUnknown { fund } => {
            format!("the register has no fund {fund}; record the fund first")
        }
        F::PaymentUnknown { fund, payment } => format!("fund {fund} has no payment {payment}"),
        F::PaymentRecorded { fund, payment } => {
            format!("payment {payment} of fund {fund} is recorded already")
        }
        F::NotAFunder { fund, payer } => {
            format!("{payer} is not among the bodies that pay into fund {fund}")
        }
        F::OutsidePeriod { fund, effective } => {
            format!(
                "fund {fund} exists {}; the payment must be made in that time",
                period(effective)
            )
        }
        F::AmountDiffers { patients, per_patient_pence, amount_pence } => format!(
            "{patients} patients at {per_patient_pence} pence are {} pence, not {amount_pence}",
            patients.saturating_mul(*per_patient_pence)
        ),
        F::Exceeded { fund, left_pence, amount_pence } => {
            format!(
                "fund {fund} has {left_pence} pence left, which is less than the payment of \
                 {amount_pence} pence"
            )
        }
    }
}
