//! Sample facts about money, each with the name of its golden file.

use super::*;

pub fn facts() -> Vec<(&'static str, Fact)> {
    vec![
        (
            "fund-opened",
            Fact::from(FundOpened {
                fund: of("federating"),
                funders: vec![of("05G"), of("05W")],
                amount_pence: 30_000_000,
                per_patient_pence: 60,
                effective: period(),
            }),
        ),
        (
            "support-paid",
            Fact::from(SupportPaid {
                fund: of("federating"),
                payment: of("1"),
                payer: of("05G"),
                recipient: of("M83001"),
                paid_on: day("2016-06-01"),
                patients: 8_000,
                amount_pence: 480_000,
                power: Some(of("discretionary-payments")),
            }),
        ),
        (
            "payment-direction-made",
            Fact::from(PaymentDirectionMade {
                made_by: of("SOFS"),
                given_to: vec![of("X24")],
                power: of("National Health Service Act 2006, section 87"),
                made_on: day("2013-03-27"),
                effective_from: day("2013-04-01"),
                supersedes: Some(of("Statement of Financial Entitlements Directions 2005")),
                functions: vec![of("qof"), of("core-contract-payments")],
                text: of("GMS Statement of Financial Entitlements Directions 2013"),
            }),
        ),
    ]
}
