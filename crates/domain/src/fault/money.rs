//! The faults that a command can have in funds and payments.

use crate::code::{BodyCode, RecordId};
use crate::period::Period;

use super::faults;

faults! {
    /// A fault in a fund or a payment.
    MoneyFault, Fault::Money;
    /// The fund is already recorded.
    FundRecorded { fund: RecordId } => FundAlreadyRecorded;
    /// The register has no such fund.
    FundUnknown { fund: RecordId } => FundUnknown;
    /// The fund has no such payment.
    PaymentUnknown { fund: RecordId, payment: RecordId } => FundUnknown;
    /// The payment is already recorded.
    PaymentRecorded { fund: RecordId, payment: RecordId } => FundAlreadyRecorded;
    /// The payer is not a funder of the fund.
    NotAFunder { fund: RecordId, payer: BodyCode } => PaymentOutsideFund;
    /// The payment is outside the period of the fund.
    OutsidePeriod { fund: RecordId, effective: Period } => PaymentOutsideFund;
    /// The amount is not the number of patients times the rate of the fund.
    AmountDiffers { patients: u64, per_patient_pence: u64, amount_pence: u64 }
        => PaymentOutsideFund;
    /// The amount is more than what is left of the fund.
    Exceeded { fund: RecordId, left_pence: u64, amount_pence: u64 } => FundExceeded;
}
