//! Sample facts about the law, each with the name of its golden file.

use super::*;

fn rule(id: &str, effective: Option<Period>, content: RuleContent) -> Fact {
    contested(id, effective, content, None)
}

fn contested(
    id: &str,
    effective: Option<Period>,
    content: RuleContent,
    counter_argument: Option<Text>,
) -> Fact {
    Fact::from(Rule {
        id: of(id),
        effective,
        content,
        text: of("What it says."),
        counter_argument,
        citation: of("2006 Act"),
        confidence: Confidence::Unconfirmed,
    })
}

fn date(month: u32, day: u32) -> DayOfYear {
    DayOfYear { month, day }
}

#[expect(clippy::too_many_lines, reason = "one fact of each kind")]
pub fn facts() -> Vec<(&'static str, Fact)> {
    let function = |holder, reserved, routes| {
        Fact::from(Function {
            code: of("qof"),
            name: of("Quality and Outcomes Framework"),
            effective: period(),
            holder,
            basis: of("s.87 directions"),
            reserved,
            routes,
            part: Part::Whole,
            confidence: Confidence::Derived,
            citation: of("reference 3.2"),
            note: Some(of("a note")),
        })
    };
    let bases = || vec![LegalBasis::S13zBy, LegalBasis::S13zJointly];
    vec![
        (
            "function-catalogued",
            function(
                HolderRule::Body(of("X24")),
                false,
                vec![Route { basis: LegalBasis::S13zBy, confidence: Confidence::Confirmed }],
            ),
        ),
        (
            "function-catalogued-outside",
            function(HolderRule::OutsideRecords(of("the local authority")), false, Vec::new()),
        ),
        ("function-catalogued-own", function(HolderRule::Commissioner, true, Vec::new())),
        (
            "rule-enacted-liability-v2",
            rule(
                "L1",
                Some(period()),
                RuleContent::Liability { bases: bases(), liable: LiableRule::Holder },
            ),
        ),
        (
            "rule-enacted-contested-v2",
            contested(
                "L1",
                Some(period()),
                RuleContent::Liability { bases: bases(), liable: LiableRule::Holder },
                Some(of("What speaks against it.")),
            ),
        ),
        (
            "rule-enacted-receiving-v2",
            rule(
                "receive",
                Some(Period::open(day("2013-04-01"))),
                RuleContent::Receiving { bases: bases(), roles: vec![BodyRole::Ccg] },
            ),
        ),
        (
            "rule-enacted-notice-v2",
            rule(
                "notice",
                None,
                RuleContent::Notice { bases: bases(), last: date(9, 30), ends: date(4, 1) },
            ),
        ),
        (
            "rule-enacted-continuity-v2",
            rule(
                "continuity",
                Some(period()),
                RuleContent::Continuity {
                    basis: LegalBasis::S98a,
                    from: BodyRole::Ccg,
                    to: BodyRole::Icb,
                },
            ),
        ),
        (
            "rule-enacted-giving-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Giving { bases: bases(), roles: vec![BodyRole::NhsEngland] },
            ),
        ),
        (
            "rule-enacted-onward-v2",
            rule("a-rule", Some(period()), RuleContent::Onward { bases: bases() }),
        ),
        (
            "rule-enacted-transition-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Transition {
                    bases: bases(),
                    step: Step::Apply,
                    from: vec![State::Drawn, State::InterestExpressed],
                    by: vec![Party::Receiver],
                },
            ),
        ),
        (
            "rule-enacted-window-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Window { bases: bases(), step: Step::Apply, last: day("2015-01-09") },
            ),
        ),
        (
            "rule-enacted-commencement-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Commencement {
                    bases: bases(),
                    giver: BodyRole::NhsEngland,
                    days: vec![date(4, 1), date(7, 1)],
                },
            ),
        ),
        (
            "rule-enacted-vesting-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Vesting {
                    functions: vec![of("qof")],
                    role: BodyRole::Icb,
                    ends: vec![LegalBasis::S65z5],
                },
            ),
        ),
        (
            "rule-enacted-read-across-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::ReadAcross { from: BodyRole::Ccg, to: BodyRole::Icb },
            ),
        ),
        (
            "rule-enacted-capacity-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Capacity {
                    bases: bases(),
                    functions: vec![of("gms-contracts")],
                    capacity: Capacity::SuableToo,
                    bodies: vec![RoleInAnswer::Holder, RoleInAnswer::Exerciser],
                },
            ),
        ),
        (
            "rule-enacted-regime-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Regime { bases: bases(), functions: vec![of("gms-contracts")] },
            ),
        ),
        (
            "rule-enacted-succeeding-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Succeeding {
                    from: vec![BodyRole::Ccg],
                    to: vec![BodyRole::Ccg, BodyRole::Icb],
                },
            ),
        ),
        (
            "rule-enacted-joining-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Joining {
                    relation: Relation::SubIcbOfIcb,
                    members: vec![BodyRole::SubIcbLocation],
                    groups: vec![BodyRole::Icb],
                },
            ),
        ),
        ("rule-commenced", Fact::from(RuleCommenced { rule: of("L9"), effective: period() })),
        (
            "rule-ended",
            Fact::from(RuleEnded { rule: of("L9"), effective_until: day("2027-04-01") }),
        ),
        (
            "function-ended",
            Fact::from(FunctionEnded { function: of("qof"), effective_until: day("2027-04-01") }),
        ),
    ]
}
