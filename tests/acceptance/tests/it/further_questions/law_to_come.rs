//! Law enacted without a day.

use remit_domain::RuleCommenced;

use super::*;

/// A rule that places contracts on ICBs is enacted without a day, and gets one a year later.
async fn law_to_come() -> World {
    let world = World::empty().await;
    world.at_noon("2025-04-01");
    world.record_law().await;
    world
        .record(vec![
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            fact(Rule {
                id: code("vesting-icb"),
                effective: None,
                content: RuleContent::Vesting {
                    functions: vec![code("gms-contracts")],
                    role: BodyRole::Icb,
                    ends: vec![LegalBasis::S65z5],
                },
                text: code("ICBs commission primary care in their own right."),
                counter_argument: None,
                citation: code("fixture"),
                confidence: Confidence::Confirmed,
            }),
        ])
        .await;
    let both = ["gms-contracts", "qof"];
    world.record(s65z5("delegation/QSL", (NHSE, "QSL"), "QSL", &both, "2022-07-01")).await;
    world.at_noon("2026-04-01");
    let commenced = |rule: &str, from: &str| {
        fact(RuleCommenced { rule: code(rule), effective: period(from, "") })
    };
    world.record(vec![commenced("vesting-icb", "2027-04-01")]).await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    use pb::UnappliedKind::RuleNotCommenced;
    let gms = "gms-contracts";
    vec![
        asked(
            "4.7",
            "Does a rule without a day move a function?",
            (gms, "QSL", "2027-04-01"),
            delegated_65z5("QSL"),
        )
        .known("2026-03-31")
        .also(Also::KnownUnapplied(&[(RuleNotCommenced, "vesting-icb", "")])),
        asked(
            "4.7",
            "Who holds the function the day before the rule is commenced?",
            (gms, "QSL", "2027-03-31"),
            delegated_65z5("QSL"),
        )
        .also(Also::Instruments(&["delegation/QSL"])),
        asked(
            "4.7",
            "Who holds it from that day, and what becomes of the delegation?",
            (gms, "QSL", "2027-04-01"),
            said(NotDelegated, "QSL", &["QSL"], &["QSL"], &["L0"], NoArrangement),
        )
        .also(Also::Instruments(&[]))
        .also(Also::KnownUnapplied(&[])),
        asked(
            "4.7",
            "Does the delegation go on for what the rule does not name?",
            ("qof", "QSL", "2027-04-01"),
            delegated_65z5("QSL"),
        ),
    ]
}

#[tokio::test]
async fn law_enacted_without_a_day() {
    ask_all(&law_to_come().await, questions()).await;
}
