//! The faults that a command can have in funds and payments.

use crate::code::{BodyCode, RecordId};
use crate::period::Period;

use super::faults;

faults! {
    /// A fault in a fund or a payment.
    MoneyFault, Fault::Money;
    /// A fund with the id `fund` is already recorded.
    FundRecorded { fund: RecordId } => FundAlreadyRecorded;
    /// The register has no fund with the id `fund`.
    FundUnknown { fund: RecordId } => FundUnknown;
    /// The fund has no payment with the id `payment`.
    PaymentUnknown { fund: RecordId, payment: RecordId } => FundUnknown;
    /// A payment from the fund with the id `payment` is already recorded.
    PaymentRecorded { fund: RecordId, payment: RecordId } => FundAlreadyRecorded;
    /// The payer is not a funder of the fund.
    NotAFunder { fund: RecordId, payer: BodyCode } => PaymentOutsideFund;
    /// The payment is made on a day outside the period of the fund.
    OutsidePeriod { fund: RecordId, effective: Period } => PaymentOutsideFund;
    /// The amount of the payment is not `patients` times `per_patient_pence`.
    AmountDiffers { patients: u64, per_patient_pence: u64, amount_pence: u64 }
        => PaymentOutsideFund;
    /// The amount of the payment is more than what is left of the fund.
    Exceeded { fund: RecordId, left_pence: u64, amount_pence: u64 } => FundExceeded;
}
