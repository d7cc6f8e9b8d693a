//! Directions.

use super::*;

/// Directions about out-of-hours services: to a CCG that becomes an ICB; to one that is merged; and
/// one that was revoked before the CCG was abolished.
async fn directions() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
            ccg("11M", "NHS Gloucestershire CCG", "2013-04-01", "2022-07-01"),
            body("QR1", BodyRole::Icb, "NHS Gloucestershire ICB", "2022-07-01", ""),
            succession("11M", "QR1", "2022-07-01", SuccessionKind::CcgToIcb),
            ccg("01M", "NHS North Manchester CCG", "2013-04-01", "2017-04-01"),
            ccg("14L", "NHS Manchester CCG", "2017-04-01", "2022-07-01"),
            succession("01M", "14L", "2017-04-01", SuccessionKind::Merger),
        ])
        .await;
    for to in ["11X", "11M", "01M"] {
        world.record(s98a(to, "2013-04-01")).await;
    }
    world
        .record(vec![
            ended("s98a/11M", "2022-04-01", EndReason::Revoked, &[NHSE]),
            not_held("QR1", &[LegalBasis::S98a], "2022-07-01", ""),
        ])
        .await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    let of = "out-of-hours-primary-medical";
    vec![
        asked(
            "4.2",
            "Who is liable for what a CCG was directed to do?",
            (of, "11X", "2014-01-01"),
            directed("11X"),
        )
        .also(Also::Liable(pb::LiableState::Unsettled))
        .also(Also::Accountable(&[("11X", NHSE), (NHSE, SOFS)])),
        asked(
            "4.7",
            "How sure is an answer when the direction's text is unconfirmed?",
            (of, "11X", "2014-01-01"),
            directed("11X"),
        )
        .also(Also::Confidence(pb::Confidence::Unconfirmed)),
        asked(
            "5.6",
            "Does regulation 22 keep the direction in force against the ICB?",
            (of, "QSL", "2022-07-01"),
            directed("QSL"),
        )
        .also(Also::Instruments(&["s98a/11X"]))
        .also(Also::Liable(pb::LiableState::Unsettled)),
        asked(
            "5.6",
            "Who would answer today for what was done under it before July 2022?",
            (of, "11X", "2022-06-30"),
            directed("11X"),
        )
        .also(Also::AnsweringNow(&[("11X", &["QSL"])]))
        .also(Also::ReadAcross("read-across-icb")),
        asked(
            "5.6",
            "Does regulation 22 revive a direction revoked before 30 June 2022?",
            (of, "QR1", "2022-07-01"),
            not_delegated(),
        ),
        asked(
            "5.6",
            "Does a direction pass to a merged CCG without a word?",
            (of, "14L", "2017-04-01"),
            said(Gap, NHSE, &[], &[], &["L0", "L5"], NONE),
        )
        .also(Also::Predecessors(&["s98a/01M"])),
    ]
}

#[tokio::test]
async fn directions_and_what_becomes_of_them() {
    ask_all(&directions().await, questions()).await;
}
