//! Practices that lie under an office of NHS England: prisons and the like.

use super::*;

/// A prison's practice under a commissioning hub from 2015, under a local office before, and in a
/// CCG before that; an arrangement of the Secretary of State for all of England; and a delegation
/// to the CCG, which does not reach the prison.
async fn offices() -> World {
    let world = World::with_law().await;
    let office = |code: &str, role, from: &str, until: &str| body(code, role, code, from, until);
    let under = |group: &str, from: &str, until: &str| {
        member("Y99001", group, Relation::PracticeOfCommissioner, from, until)
    };
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            body("Y99001", BodyRole::Practice, "HMP Teston", "2013-04-01", ""),
            body("Y99002", BodyRole::Practice, "HMP Lost", "2013-04-01", ""),
            office("13X", BodyRole::CommissioningHub, "2013-04-01", ""),
            office("Q70", BodyRole::NhsEnglandLocalOffice, "2013-04-01", "2020-04-01"),
            office("Y58", BodyRole::NhsEnglandRegion, "2013-04-01", ""),
            under("11X", "2013-04-01", "2014-04-01"),
            under("Q70", "2014-04-01", "2015-04-01"),
            under("13X", "2015-04-01", "2024-04-01"),
            under("Y58", "2024-04-01", ""),
        ])
        .await;
    world.record(delegation("11X", &["gms-contracts"], "2015-04-01")).await;
    let basis = (InstrumentKind::Section7a, LegalBasis::S7a);
    let (of, life) = (["vaccination-services"], ("2013-04-01", ""));
    let mut commands = instrument_for("s7a/jabs", basis, (SOFS, NHSE), "11X", &of, life, None);
    text_of(&mut commands).area = Area::England;
    world.record(commands).await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    let (gms, jabs) = ("gms-contracts", "vaccination-services");
    let all = |asks, function, day, expected, area| {
        asked("4.7", asks, (function, "Y99001", day), expected).also(Also::Area(area))
    };
    let by_nhs_england = || said(Held, SOFS, &[NHSE], &[NHSE], &["L6"], S7a);
    vec![
        all(
            "Who commissions a prison's practice in a CCG?",
            gms,
            "2014-03-31",
            not_delegated(),
            "11X",
        ),
        all("And under a local office?", gms, "2014-04-01", not_delegated(), NHSE),
        all("Does a delegation to the CCG reach it?", gms, "2015-04-01", not_delegated(), NHSE),
        all("And under a hub, after July 2022?", gms, "2022-07-01", not_delegated(), NHSE),
        all("May NHS England be directed there?", gms, "2023-04-01", not_delegated(), NHSE),
        all("And under a region?", gms, "2024-04-01", not_delegated(), NHSE),
        all(
            "Who commissions health services there?",
            "health-and-justice",
            "2016-01-01",
            not_delegated(),
            NHSE,
        ),
        asked(
            "4.7",
            "Does NHS England hold there what CCGs hold elsewhere?",
            ("ccg-own-commissioning", "Y99001", "2016-01-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .also(Also::Because(pb::UnknownReason::NoCommissioner)),
        all("Who vaccinates there?", jabs, "2016-01-01", by_nhs_england(), NHSE),
        all("And today?", jabs, "2026-09-01", by_nhs_england(), NHSE),
        asked(
            "4.7",
            "And where no membership is recorded?",
            (gms, "Y99002", "2016-01-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .also(Also::Because(pb::UnknownReason::NoCommissioner)),
        asked(
            "4.7",
            "Is a hub itself a place?",
            (gms, "13X", "2016-01-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .also(Also::Because(pb::UnknownReason::NotAPlace)),
    ]
}

#[tokio::test]
async fn under_an_office_of_nhs_england() {
    ask_all(&offices().await, questions()).await;
}
