//! Sample facts about instruments, each with the name of its golden file.

use super::*;

fn instrument(area: Area, forum: Option<Forum>) -> Instrument {
    let some = forum.is_some();
    Instrument {
        id: of("joint/08K"),
        kind: InstrumentKind::JointArrangement,
        basis: LegalBasis::S13zJointly,
        title: of("Joint commissioning"),
        given_by: vec![of("X24")],
        given_to: vec![of("08K")],
        functions: vec![of("qof"), of("gms-contracts")],
        area,
        contracts: Vec::new(),
        forum,
        conditions: if some { vec![of("a condition")] } else { Vec::new() },
        loss_exceptions: if some { vec![of("fraud")] } else { Vec::new() },
        onward_barred: false,
    }
}

#[expect(clippy::too_many_lines, reason = "one fact of each kind")]
pub fn facts() -> Vec<(&'static str, Fact)> {
    let varied = Instrument { onward_barred: true, ..instrument(Area::England, Some(forum())) };
    let listing = Instrument {
        contracts: vec![of("A81001/GMS-1"), of("A81002/PMS-1")],
        ..instrument(Area::Of(vec![of("08K")]), None)
    };
    let bases = || vec![LegalBasis::S13zBy, LegalBasis::S13zJointly];
    vec![
        ("instrument-drawn-v2", instrument(Area::Of(vec![of("08K")]), Some(forum())).into()),
        ("instrument-drawn-england-v2", instrument(Area::England, None).into()),
        ("instrument-drawn-listing", listing.into()),
        (
            "instrument-varied",
            Fact::from(InstrumentVaried {
                instrument: varied,
                effective_from: day("2016-04-01"),
                by: vec![of("X24"), of("08K")],
            }),
        ),
        (
            "condition-attached",
            Fact::from(ConditionAttached {
                instrument: of("joint/08K"),
                condition: of("a condition"),
                effective_from: day("2016-04-01"),
                by: vec![of("X24")],
            }),
        ),
        (
            "condition-lifted",
            Fact::from(ConditionLifted {
                instrument: of("joint/08K"),
                condition: of("a condition"),
                effective_until: day("2016-07-01"),
                by: vec![of("X24")],
            }),
        ),
        (
            "instrument-advanced-v2",
            Fact::from(InstrumentAdvanced {
                instrument: of("joint/08K"),
                stage: Stage::Executed,
                by: vec![of("X24"), of("08K")],
            }),
        ),
        (
            "instrument-in-force",
            Fact::from(InstrumentInForce {
                instrument: of("joint/08K"),
                effective: period(),
                start: Start::ApprovalOnly,
            }),
        ),
        (
            "instrument-ended-v2",
            Fact::from(InstrumentEnded {
                instrument: of("joint/08K"),
                effective_until: day("2017-04-01"),
                reason: EndReason::Superseded,
                by: Vec::new(),
            }),
        ),
        (
            "notice-given",
            Fact::from(NoticeGiven {
                instrument: of("delegation/02R"),
                given_by: of("02R"),
                given_on: day("2016-10-15"),
                ends_on: day("2018-04-01"),
                rule: of("notice-s13z"),
            }),
        ),
        (
            "work-performed",
            Fact::from(WorkPerformed {
                instrument: of("delegation/QUA/dental"),
                performer: of("Y60"),
                functions: vec![of("primary-dental-services")],
                effective: period(),
            }),
        ),
        (
            "instrument-sighted",
            Fact::from(InstrumentSighted {
                instrument: of("delegation/02R"),
                seen: period(),
                sighting: Sighting::InForce,
            }),
        ),
        (
            "level-not-held",
            Fact::from(LevelNotHeld {
                body: of("07T"),
                bases: bases(),
                functions: vec![of("qof")],
                effective: period(),
            }),
        ),
        (
            "expectation-stated",
            Fact::from(ExpectationStated {
                function: of("complaints-primary-care"),
                area: of("02W"),
                expected: of("02W"),
                effective_from: day("2015-04-01"),
                nature: of("policy statement"),
            }),
        ),
    ]
}
