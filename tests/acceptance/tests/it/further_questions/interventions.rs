//! Interventions.

use super::*;

/// A delegated CCG in which NHS England intervenes for one function and hands it back; later
/// another CCG is directed to act; then the ICB, with an intervention of its own.
async fn intervened() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            ccg("99N", "NHS Wiltshire CCG", "2013-04-01", "2020-04-01"),
            body("11X", BodyRole::SubIcbLocation, "NHS Somerset ICB - 11X", "2022-07-01", ""),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            member("11X", "QSL", Relation::SubIcbOfIcb, "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
        ])
        .await;
    world.record(delegation("11X", &["gms-contracts", "pms-agreements"], "2016-04-01")).await;
    let both = ["gms-contracts", "qof"];
    world.record(s65z5("delegation/QSL", (NHSE, "QSL"), "QSL", &both, "2022-07-01")).await;
    for (id, basis, actor, area, of, life) in [
        ("s14z21/gms", LegalBasis::S14z21, NHSE, "11X", "gms-contracts", ("2017-06-01", "")),
        (
            "s14z21/pms",
            LegalBasis::S14z21,
            "99N",
            "11X",
            "pms-agreements",
            ("2018-10-01", "2019-04-01"),
        ),
        ("s14z61/qof", LegalBasis::S14z61, NHSE, "QSL", "qof", ("2023-01-16", "")),
    ] {
        let basis = (InstrumentKind::Intervention, basis);
        world.record(instrument_for(id, basis, (NHSE, actor), area, &[of], life, None)).await;
    }
    world.record(vec![ended("s14z21/gms", "2017-12-01", EndReason::HandedBack, &[NHSE])]).await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    let intervened = |by: &str| said(Unsettled, NHSE, &[by], &[], &["L10-ccg"], S14z21);
    vec![
        asked(
            "5.2",
            "Who exercises the day before NHS England intervenes?",
            ("gms-contracts", "11X", "2017-05-31"),
            delegated("11X"),
        ),
        asked(
            "4.2",
            "Who is liable while NHS England acts in a CCG's place?",
            ("gms-contracts", "11X", "2017-06-01"),
            intervened(NHSE),
        )
        .also(Also::Liable(pb::LiableState::Unsettled))
        .also(Also::Instruments(&["s14z21/gms"])),
        asked(
            "5.1",
            "Does the intervention reach a function it does not name?",
            ("pms-agreements", "11X", "2017-06-01"),
            delegated("11X"),
        ),
        asked(
            "4.7",
            "Does the intervention stand before the delegation on its last day?",
            ("gms-contracts", "11X", "2017-11-30"),
            intervened(NHSE),
        ),
        asked(
            "5.1",
            "Who exercises once the function is handed back?",
            ("gms-contracts", "11X", "2017-12-01"),
            delegated("11X"),
        )
        .also(Also::Instruments(&["delegation/11X"])),
        asked(
            "5.2",
            "Who exercises where another CCG is directed to act?",
            ("pms-agreements", "11X", "2018-10-01"),
            intervened("99N"),
        ),
        asked(
            "5.2",
            "Who exercises while NHS England intervenes in an ICB?",
            ("qof", "11X", "2023-01-16"),
            said(Unsettled, NHSE, &[NHSE], &[], &["L10-icb"], S14z61),
        )
        .also(Also::Liable(pb::LiableState::Unsettled)),
        asked(
            "5.1",
            "Is the ICB liable for its other functions all the while?",
            ("gms-contracts", "11X", "2023-01-16"),
            delegated_65z5("QSL"),
        ),
    ]
}

pub(super) fn refusals() -> Vec<Refused> {
    vec![refused(
        "5.2",
        "May the ICB itself end an intervention?",
        vec![ended("s14z61/qof", "2023-06-01", EndReason::HandedBack, &["QSL"])],
        "ACTOR_MAY_NOT",
    )]
}

#[tokio::test]
async fn interventions() {
    let world = intervened().await;
    ask_all(&world, questions()).await;
    try_all(&world, refusals()).await;
}
