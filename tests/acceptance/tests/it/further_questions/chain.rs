//! The Secretary of State's chain.

use super::*;

/// Public health functions: the Secretary of State, NHS England, for two years a CCG. One
/// arrangement of 2022 forbids passing on.
async fn public_health_chain() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
        ])
        .await;
    let basis = (InstrumentKind::Section7a, LegalBasis::S7a);
    for (id, of, from, barred) in [
        ("s7a/section-7a", "section-7a-public-health", "2013-04-01", false),
        ("s7a/vaccination", "vaccination-services", "2013-04-01", false),
        ("s7a/screening", "screening-services", "2022-07-01", true),
    ] {
        let mut commands = instrument_for(id, basis, (SOFS, NHSE), "11X", &[of], (from, ""), None);
        let text = text_of(&mut commands);
        text.area = Area::England;
        text.onward_barred = barred;
        world.record(commands).await;
    }
    let (of, life) = (["vaccination-services"], ("2016-04-01", "2018-04-01"));
    world.record(instrument("s7a/11X", basis, (NHSE, "11X"), &of, life)).await;
    world.record(delegation("11X", &["enhanced-services-directed"], "2016-04-01")).await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    vec![
        asked(
            "4.6",
            "Who is liable for immunisation that NHS England runs for the Secretary of State?",
            ("section-7a-public-health", "11X", "2014-01-01"),
            public_health(NHSE),
        )
        .also(Also::Accountable(&[(NHSE, SOFS)])),
        asked(
            "4.6",
            "Who is liable at the last link of a chain?",
            ("vaccination-services", "11X", "2016-04-01"),
            public_health("11X"),
        )
        .also(Also::Links(&["s7a/vaccination"]))
        .also(Also::Instruments(&["s7a/11X"]))
        .also(Also::Accountable(&[("11X", NHSE), (NHSE, SOFS)])),
        asked(
            "4.6",
            "Who exercises again when the last link has run out?",
            ("vaccination-services", "11X", "2018-04-01"),
            public_health(NHSE),
        ),
        asked(
            "4.6",
            "Is immunisation part of the CCG's delegated enhanced services?",
            ("section-7a-public-health", "11X", "2016-04-01"),
            public_health(NHSE),
        ),
        asked(
            "4.6",
            "Who is liable for those enhanced services themselves?",
            ("enhanced-services-directed", "11X", "2016-04-01"),
            delegated("11X"),
        ),
        asked(
            "4.6",
            "Does NHS England's own link outlive the CCG?",
            ("vaccination-services", "QSL", "2022-07-01"),
            public_health(NHSE),
        ),
    ]
}

pub(super) fn refusals() -> Vec<Refused> {
    let basis = (InstrumentKind::Section7a, LegalBasis::S7a);
    let (of, life) = (["screening-services"], ("2023-04-01", ""));
    vec![refused(
        "4.6",
        "May NHS England pass on what the terms of 2022 forbid it to pass on?",
        instrument("s7a/QSL", basis, (NHSE, "QSL"), &of, life),
        "ONWARD_FORBIDDEN",
    )]
}

#[tokio::test]
async fn the_chain_of_public_health_functions() {
    let world = public_health_chain().await;
    ask_all(&world, questions()).await;
    try_all(&world, refusals()).await;
}
