//! Assurance.

use remit_domain::InstrumentInForce;

use super::*;

/// A delegated CCG whose internal audit is then recorded as evidence that it exercises.
async fn assurance() -> World {
    let world = World::empty().await;
    world.at_noon("2019-04-01");
    world.record_law().await;
    world.record(vec![ccg("06A", "NHS Wolverhampton CCG", "2013-04-01", "2021-04-01")]).await;
    world.record(delegation("06A", &["gms-contracts"], "2017-04-01")).await;
    world.at_noon("2019-07-31");
    let audited = InstrumentInForce {
        instrument: code("delegation/06A"),
        effective: period("2019-06-30", ""),
        start: Start::NotEvidenced,
    };
    let evidence = resting_on("internal audit of delegated functions: substantial", "2019-06-30");
    world.record(vec![Command { act: Act::State(audited.into()), evidence }]).await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "6",
            "Why does NHS England ask a delegated CCG for assurance?",
            (gms, "06A", "2019-06-30"),
            delegated("06A"),
        )
        .known("2019-06-30")
        .also(Also::Accountable(&[("06A", NHSE), (NHSE, SOFS)])),
        asked(
            "6",
            "Does an audit's rating change who exercises or who is liable?",
            (gms, "06A", "2019-06-30"),
            delegated("06A"),
        )
        .known("2019-07-31")
        .also(Also::Instruments(&["delegation/06A"])),
    ]
}

#[tokio::test]
async fn assurance_changes_nothing() {
    ask_all(&assurance().await, questions()).await;
}
