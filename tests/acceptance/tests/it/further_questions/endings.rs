//! Notice, agreement, revocation.

use super::*;

/// Delegations of 2015, decided by committees that meet in common. They end in different ways, and
/// of each it is known that nothing replaced it.
async fn endings() -> World {
    let world = World::with_law().await;
    for (text, name, ends) in [
        ("02R", "NHS Bradford Districts CCG", "2017-04-01"),
        ("02W", "NHS Bradford City CCG", "2018-04-01"),
        ("02N", "NHS Airedale, Wharfedale and Craven CCG", "2016-11-01"),
        ("02T", "NHS Calderdale CCG", ""),
        ("03R", "NHS Wakefield CCG", "2017-01-01"),
    ] {
        world.record(vec![ccg(text, name, "2013-04-01", "2020-04-01")]).await;
        let mut commands = delegation(text, &["gms-contracts"], "2015-04-01");
        text_of(&mut commands).forum = Some(Forum {
            kind: ForumKind::CommitteesInCommon,
            name: code("Primary care commissioning committees in common"),
        });
        world.record(commands).await;
        if !ends.is_empty() {
            world.record(vec![not_held(text, &BOTH_LEVELS, ends, "")]).await;
        }
    }
    world
        .record(vec![
            notice("delegation/02R", "02R", "2016-09-30"),
            notice("delegation/02W", "02W", "2016-10-01"),
            ended("delegation/02N", "2016-11-01", EndReason::Terminated, &["02N", NHSE]),
            ended("delegation/03R", "2017-01-01", EndReason::Revoked, &[NHSE]),
        ])
        .await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    use pb::UnappliedKind::NoticePending;
    let gms = "gms-contracts";
    vec![
        asked(
            "5.4",
            "Committees meet in common: does one CCG decide for another?",
            (gms, "02R", "2016-05-01"),
            delegated("02R"),
        )
        .also(Also::Forum(
            pb::ForumKind::CommitteesInCommon,
            "Primary care commissioning committees in common",
        ))
        .also(Also::Instruments(&["delegation/02R"])),
        asked(
            "5.3",
            "Notice was given on 30 September 2016: who exercises while it runs?",
            (gms, "02R", "2016-09-30"),
            delegated("02R"),
        )
        .also(Also::KnownUnapplied(&[(NoticePending, "delegation/02R", "2017-04-01")])),
        asked(
            "5.3",
            "What is the last day in force after notice in time?",
            (gms, "02R", "2017-03-31"),
            delegated("02R"),
        ),
        asked(
            "5.3",
            "Who exercises from the following 1 April?",
            (gms, "02R", "2017-04-01"),
            not_delegated(),
        )
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.3",
            "Was notice known of on the day before it was given?",
            (gms, "02W", "2016-09-30"),
            delegated("02W"),
        )
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.3",
            "Notice was given on 1 October 2016: who exercises on 1 April 2017?",
            (gms, "02W", "2017-04-01"),
            delegated("02W"),
        )
        .also(Also::KnownUnapplied(&[(NoticePending, "delegation/02W", "2018-04-01")])),
        asked("5.3", "And on 1 April 2018?", (gms, "02W", "2018-04-01"), not_delegated()),
        asked(
            "5.2",
            "It ends mid-year by agreement: who exercises on the last day?",
            (gms, "02N", "2016-10-31"),
            delegated("02N"),
        ),
        asked("5.2", "And on the day agreed?", (gms, "02N", "2016-11-01"), not_delegated()),
        asked(
            "4.7",
            "Does a revoked delegation count?",
            (gms, "03R", "2017-01-01"),
            not_delegated(),
        )
        .also(Also::Accountable(&[(NHSE, SOFS)])),
    ]
}

pub(super) fn refusals() -> Vec<Refused> {
    vec![
        refused(
            "5.2",
            "May a CCG end its delegation mid-year without NHS England?",
            vec![ended("delegation/02T", "2016-11-01", EndReason::Terminated, &["02T"])],
            "CONSENT_MISSING",
        ),
        refused(
            "5.2",
            "May NHS England end it mid-year, other than by revoking, without the CCG?",
            vec![ended("delegation/02T", "2016-11-01", EndReason::Terminated, &[NHSE])],
            "CONSENT_MISSING",
        ),
        refused(
            "5.2",
            "Is it NHS England that gives a CCG's notice?",
            vec![notice("delegation/02T", NHSE, "2016-09-30")],
            "ACTOR_MAY_NOT",
        ),
        refused(
            "5.2",
            "May a CCG revoke what NHS England gave it?",
            vec![ended("delegation/02T", "2016-11-01", EndReason::Revoked, &["02T"])],
            "ACTOR_MAY_NOT",
        ),
    ]
}

#[tokio::test]
async fn notice_agreement_and_revocation() {
    let world = endings().await;
    ask_all(&world, questions()).await;
    try_all(&world, refusals()).await;
}
