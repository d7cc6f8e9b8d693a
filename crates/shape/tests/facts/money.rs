//! Facts about money.

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
    ]
}
