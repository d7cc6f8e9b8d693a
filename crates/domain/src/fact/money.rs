//! Facts about money. They are evidence and context, and never move a function (reference section
//! 7.3).

use crate::code::{BodyCode, FunctionCode, RecordId};
use crate::period::{Day, Period};
use crate::text::Text;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// What an event says about money.
    MoneyFact, MoneyFactKind, Fact::Money;
    /// Money was set aside to support federations.
    FundOpened(FundOpened) = "fund-opened", [Bodies];
    /// A payment was made out of a fund.
    SupportPaid(SupportPaid) = "support-paid", [Functions, Bodies];
    /// Directions on payments to be made under contracts were given.
    PaymentDirectionMade(PaymentDirectionMade) = "payment-direction-made", [Functions, Bodies];
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

/// Directions on payments to be made under contracts were given: under section 87 of the 2006 Act
/// for general medical services, under section 94(4) for personal medical services. They bind
/// whoever exercises the functions, and move none (reference section 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentDirectionMade {
    /// The body that gave them.
    pub made_by: BodyCode,
    /// The bodies they are addressed to.
    pub given_to: Vec<BodyCode>,
    /// The power under which they were given, as they cite it.
    pub power: Text,
    /// The day on which they were given.
    pub made_on: Day,
    /// The day from which they have effect. It may be before `made_on` (2006 Act s.87(3)(e)).
    pub effective_from: Day,
    /// The directions they take the place of, as they cite them. These may be from before the
    /// register begins.
    pub supersedes: Option<Text>,
    /// The functions whose exercise they bind.
    pub functions: Vec<FunctionCode>,
    /// Their title, and what of them is worth saying.
    pub text: Text,
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

impl Content for PaymentDirectionMade {
    fn about(&self) -> About<'_> {
        let Self { made_by, given_to, effective_from, functions, .. } = self;
        let about = About::new(made_by).on(*effective_from).functions(functions);
        about.bodies([made_by]).bodies(given_to).filed(Under::PaymentDirection, made_by)
    }
}
