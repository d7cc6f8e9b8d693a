//! What can be wrong with funds and payments.

use crate::code::{BodyCode, RecordId};
use crate::period::Period;

use super::faults;

faults! {
    /// What is wrong with a fund or a payment.
    MoneyFault, Fault::Money;
    /// The fund is recorded.
    FundRecorded { fund: RecordId } => FundAlreadyRecorded;
    /// The register knows no such fund.
    FundUnknown { fund: RecordId } => FundUnknown;
    /// The fund has no such payment.
    PaymentUnknown { fund: RecordId, payment: RecordId } => FundUnknown;
    /// The payment is recorded.
    PaymentRecorded { fund: RecordId, payment: RecordId } => FundAlreadyRecorded;
    /// The payer does not pay into the fund.
    NotAFunder { fund: RecordId, payer: BodyCode } => PaymentOutsideFund;
    /// The fund pays over another period.
    OutsidePeriod { fund: RecordId, effective: Period } => PaymentOutsideFund;
    /// The sum does not follow from the number of patients and the fund's rate.
    AmountDiffers { patients: u64, per_patient_pence: u64, amount_pence: u64 }
        => PaymentOutsideFund;
    /// The sum is more than is left of the fund.
    Exceeded { fund: RecordId, left_pence: u64, amount_pence: u64 } => FundExceeded;
}
