//! Sample facts about bodies, each with the name of its golden file.

use super::*;

#[expect(clippy::too_many_lines, reason = "one fact of each kind")]
pub fn facts() -> Vec<(&'static str, Fact)> {
    let body = |legal_form, effective| {
        Fact::from(Body {
            code: of("08K"),
            role: BodyRole::Ccg,
            name: of("NHS \"Lambeth\" CCG é"),
            legal_form,
            effective,
        })
    };
    vec![
        ("body-established", body(Some(LegalForm::Statutory), period())),
        ("body-established-open", body(None, Period::open(day("2013-04-01")))),
        (
            "body-dissolved",
            Fact::from(BodyDissolved {
                code: of("08K"),
                role: BodyRole::Ccg,
                effective_until: day("2020-04-01"),
            }),
        ),
        (
            "body-named",
            Fact::from(BodyNamed { code: of("X24"), name: of("NHS England"), effective: period() }),
        ),
        (
            "succession-recorded",
            Fact::from(Succession {
                predecessor: of("03G"),
                successor: of("15F"),
                effective_on: day("2018-04-01"),
                kind: SuccessionKind::Merger,
                by_area: Some(Confidence::Confirmed),
                by_liability: Some(Confidence::Unconfirmed),
                share_millionths: Some(182_042),
            }),
        ),
        (
            "transfer-scheme-made",
            Fact::from(TransferScheme {
                from: of("11X"),
                to: of("QSL"),
                power: of("2006 Act s.14Z28"),
                effective_on: day("2022-07-01"),
                functions: vec![of("qof")],
                described: Some(of("all contracts with general practices")),
                excepted: Some(of("criminal liability")),
            }),
        ),
        (
            "membership-started",
            Fact::from(Membership {
                member: Member::Body(of("A81001")),
                group: of("00K"),
                relation: Relation::PracticeOfCommissioner,
                effective: period(),
            }),
        ),
        (
            "membership-started-contract",
            Fact::from(Membership {
                member: Member::Contract(of("A81001/GMS-1")),
                group: of("00K"),
                relation: Relation::PracticeOfCommissioner,
                effective: Period::open(day("2013-04-01")),
            }),
        ),
        (
            "membership-ended",
            Fact::from(MembershipEnded {
                member: Member::Body(of("A81001")),
                group: of("00K"),
                relation: Relation::PracticeOfCommissioner,
                effective_from: day("2013-04-01"),
                effective_until: day("2020-04-01"),
            }),
        ),
        (
            "contract-held",
            Fact::from(ContractHeld {
                contract: of("A81001/GMS-1"),
                holder: of("A81001"),
                contract_type: ContractType::Gms,
                effective: period(),
            }),
        ),
        (
            "cluster-formed",
            Fact::from(ClusterFormed {
                name: of("North cluster"),
                bodies: vec![of("QE1"), of("QYG")],
                effective: Period::open(day("2025-10-01")),
            }),
        ),
    ]
}
