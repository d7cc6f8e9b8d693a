//! Facts about money. They are evidence and context, and never move a function (reference section
//! 7.3).

use crate::code::{BodyCode, FunctionCode, RecordId};
use crate::period::{Day, Period};

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// What an event says about money.
    MoneyFact, MoneyFactKind, Fact::Money;
    /// Money was set aside to support federations.
    FundOpened(FundOpened) = "fund-opened", [Bodies];
    /// A payment was made out of a fund.
    SupportPaid(SupportPaid) = "support-paid", [Functions, Bodies];
}

/// Money was set aside to support federations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundOpened {
    /// The code of the fund.
    pub fund: RecordId,
    /// The bodies that pay into it.
    pub funders: Vec<BodyCode>,
    /// The whole sum, in pence.
    pub amount_pence: u64,
    /// The sum for each registered patient, in pence.
    pub per_patient_pence: u64,
    /// When claims may be made.
    pub effective: Period,
}

/// A payment was made out of a fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportPaid {
    /// The fund.
    pub fund: RecordId,
    /// The number of the payment within the fund, as the payer counts.
    pub payment: RecordId,
    /// The body that paid.
    pub payer: BodyCode,
    /// The body that received.
    pub recipient: BodyCode,
    /// The day of the payment.
    pub paid_on: Day,
    /// The number of registered patients it was made for.
    pub patients: u64,
    /// The sum: patients times the fund's rate, in pence.
    pub amount_pence: u64,
    /// The function exercised by paying. `None`: the power used is not recorded.
    pub power: Option<FunctionCode>,
}

impl Content for FundOpened {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.fund).on(self.effective.from());
        about.bodies(&self.funders).filed(Under::Fund, &self.fund)
    }
}

impl Content for SupportPaid {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.fund).on(self.paid_on).bodies([&self.payer, &self.recipient]);
        let about = self.power.iter().fold(about, About::function);
        about.filed(Under::Fund, &self.fund)
    }
}
