//! Facts about money. Such facts are evidence and context, and never move a function (reference
//! section 7.3).

use crate::code::{BodyCode, FunctionCode, RecordId};
use crate::period::{Day, Period};
use crate::text::Text;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// A fact about money.
    MoneyFact, MoneyFactKind, Fact::Money;
    /// A fund was opened: money was set aside to support federations.
    FundOpened(FundOpened) = "fund-opened", [Bodies];
    /// A payment was made out of a fund.
    SupportPaid(SupportPaid) = "support-paid", [Functions, Bodies];
    /// Directions were given on payments to be made under contracts.
    PaymentDirectionMade(PaymentDirectionMade) = "payment-direction-made", [Functions, Bodies];
}

/// Records that a fund was opened: money was set aside to support federations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FundOpened {
    /// The id that the payers give to the fund.
    pub fund: RecordId,
    /// The bodies that pay into the fund.
    pub funders: Vec<BodyCode>,
    /// The total amount that can be paid out of the fund, in pence.
    pub amount_pence: u64,
    /// The amount that the fund offers for each registered patient, in pence.
    pub per_patient_pence: u64,
    /// The period in which claims on the fund may be made.
    pub effective: Period,
}

/// Records that a payment was made out of a fund.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SupportPaid {
    /// The fund from which the payment was made.
    pub fund: RecordId,
    /// The id that the payer gives to the payment, unique among the payments from the fund.
    pub payment: RecordId,
    /// The body that made the payment.
    pub payer: BodyCode,
    /// The body that received the payment.
    pub recipient: BodyCode,
    /// The day on which the payment was made.
    pub paid_on: Day,
    /// The number of registered patients for whom the payment is made.
    pub patients: u64,
    /// The amount paid, in pence: `patients` times the amount that the fund offers for each
    /// patient.
    pub amount_pence: u64,
    /// The function that the payer exercised by paying. `None` if this function is not recorded.
    pub power: Option<FunctionCode>,
}

/// Records that directions were given on payments to be made under contracts: under section 87 of
/// the 2006 Act for general medical services, under section 94(4) for personal medical services.
/// Directions bind any body that exercises the functions, and move no function (reference section
/// 7.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PaymentDirectionMade {
    /// The body that gave the directions.
    pub made_by: BodyCode,
    /// The bodies to which the directions are addressed.
    pub given_to: Vec<BodyCode>,
    /// The power under which the directions were given, as cited in the directions.
    pub power: Text,
    /// The day on which the directions were given.
    pub made_on: Day,
    /// The day from which the directions have effect. This day may be before `made_on` (2006 Act
    /// s.87(3)(e)).
    pub effective_from: Day,
    /// The earlier directions that these directions replace, as cited in these directions. The
    /// earlier directions may date from before the register begins.
    pub supersedes: Option<Text>,
    /// The functions whose exercise the directions bind.
    pub functions: Vec<FunctionCode>,
    /// The title of the directions, and anything worth noting about them.
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
