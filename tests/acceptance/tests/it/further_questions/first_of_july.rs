//! 1 July 2022.

use super::*;

/// A delegated CCG abolished on 1 July 2022; the ICB's own delegation is entered a month late.
async fn first_of_july() -> World {
    let world = World::empty().await;
    world.at_noon("2019-04-01");
    world.record_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    world.record(delegation("11X", &["gms-contracts"], "2019-04-01")).await;
    world.at_noon("2022-07-01");
    world
        .record(vec![
            body("11X", BodyRole::SubIcbLocation, "NHS Somerset ICB - 11X", "2022-07-01", ""),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            member("11X", "QSL", Relation::SubIcbOfIcb, "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
        ])
        .await;
    world.at_noon("2022-08-01");
    let mut commands =
        s65z5("delegation/QSL", (NHSE, "QSL"), "QSL", &["gms-contracts"], "2022-07-01");
    commands.truncate(1);
    let begun = in_force("delegation/QSL", "2022-07-01", "");
    commands.push(correct(CorrectionKind::RecordedLate, None, Some("2022-06-24"), Some(begun)));
    world.record(commands).await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "4.2",
            "Who is liable on the CCG's last day, as known that day?",
            (gms, "11X", "2022-06-30"),
            delegated("11X"),
        )
        .known("2022-06-30")
        .also(Also::AnsweringNow(&[])),
        asked(
            "4.7",
            "And as known later: does succession overwrite the answer as at the day?",
            (gms, "11X", "2022-06-30"),
            delegated("11X"),
        )
        .also(Also::AnsweringNow(&[("11X", &["QSL"])]))
        .also(Also::ReadAcross("read-across-icb"))
        .also(Also::Instruments(&["delegation/11X"])),
        asked(
            "5.6",
            "Who exercises on 1 July 2022 while no instrument names the ICB?",
            (gms, "11X", "2022-07-01"),
            gap_of_icb(&["L0", "L7"]),
        )
        .known("2022-07-15")
        .also(Also::Liable(pb::LiableState::Unknown))
        .also(Also::Predecessors(&["delegation/11X"]))
        .also(Also::Area("QSL")),
        asked(
            "5.7",
            "And once the agreement, signed in June, is entered late?",
            (gms, "11X", "2022-07-01"),
            delegated_65z5("QSL"),
        )
        .known("2022-08-01")
        .also(Also::Predecessors(&[]))
        .also(Also::Accountable(&[("QSL", NHSE), (NHSE, SOFS)])),
    ]
}

#[tokio::test]
async fn the_first_of_july_2022() {
    ask_all(&first_of_july().await, questions()).await;
}
