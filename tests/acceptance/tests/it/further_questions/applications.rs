//! The life of an application.

use super::*;

/// Three applications of the round for 1 April 2016, each step entered on the day it was taken: one
/// that came into force, one that was withdrawn, one that waits on conditions. A fourth is only
/// drawn.
async fn applications() -> World {
    let world = World::empty().await;
    world.at_noon("2015-04-01");
    world.record_law().await;
    for (text, name) in [
        ("02R", "NHS Bradford Districts CCG"),
        ("02W", "NHS Bradford City CCG"),
        ("02N", "NHS Airedale, Wharfedale and Craven CCG"),
        ("02T", "NHS Calderdale CCG"),
    ] {
        world
            .record(vec![
                ccg(text, name, "2013-04-01", "2020-04-01"),
                not_held(text, &BOTH_LEVELS, "2015-04-01", "2016-04-01"),
            ])
            .await;
        let mut commands = delegation(text, &["gms-contracts"], "2016-04-01");
        commands.truncate(1);
        world.record(commands).await;
    }
    use Stage::{Applied, Approved, ConditionallyApproved, DocumentsIssued, Executed, Withdrawn};
    let (districts, city, airedale) = ("delegation/02R", "delegation/02W", "delegation/02N");
    for (day, id, stage, by) in [
        ("2015-11-06", districts, Applied, &["02R"][..]),
        ("2015-11-06", city, Applied, &["02W"]),
        ("2015-11-06", airedale, Applied, &["02N"]),
        ("2015-12-17", districts, Approved, &[NHSE]),
        ("2015-12-17", city, Approved, &[NHSE]),
        ("2015-12-17", airedale, ConditionallyApproved, &[NHSE]),
        ("2016-02-10", city, Withdrawn, &["02W"]),
        ("2016-02-15", districts, DocumentsIssued, &[NHSE]),
        ("2016-03-21", districts, Executed, &["02R", NHSE]),
    ] {
        world.at_noon(day);
        world.record(vec![step(id, stage, by, day)]).await;
    }
    world.at_noon("2016-04-01");
    world.record(vec![fact(in_force(districts, "2016-04-01", ""))]).await;
    world
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn questions() -> Vec<Case> {
    use pb::UnappliedKind::{ApprovedNotExecuted, ExecutedNotInForce};
    let gms = "gms-contracts";
    vec![
        asked(
            "5.1",
            "Does an application change who exercises?",
            (gms, "02R", "2015-11-06"),
            not_delegated(),
        )
        .known("2015-11-06")
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.1",
            "Does approval change who exercises?",
            (gms, "02R", "2015-12-17"),
            not_delegated(),
        )
        .known("2015-12-17")
        .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02R", "")])),
        asked("5.1", "Does approval on conditions?", (gms, "02N", "2015-12-17"), not_delegated())
            .known("2015-12-17")
            .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02N", "")])),
        asked(
            "5.1",
            "Is an application that was withdrawn still on its way?",
            (gms, "02W", "2016-02-10"),
            not_delegated(),
        )
        .known("2016-02-10")
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.1",
            "Was it on its way as known the day before?",
            (gms, "02W", "2016-02-09"),
            not_delegated(),
        )
        .known("2016-02-09")
        .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02W", "")])),
        asked(
            "5.1",
            "Do issued documents have legal effect?",
            (gms, "02R", "2016-02-15"),
            not_delegated(),
        )
        .known("2016-02-15")
        .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02R", "")])),
        asked(
            "5.1",
            "Both have signed: who exercises before the day in the instrument?",
            (gms, "02R", "2016-03-31"),
            not_delegated(),
        )
        .known("2016-03-31")
        .also(Also::KnownUnapplied(&[(ExecutedNotInForce, "delegation/02R", "")]))
        .also(Also::Accountable(&[(NHSE, SOFS)])),
        asked(
            "5.1",
            "As known then, does a signed instrument say who will exercise on 1 April?",
            (gms, "02R", "2016-04-01"),
            no_evidence(),
        )
        .known("2016-03-31")
        .also(Also::KnownUnapplied(&[(ExecutedNotInForce, "delegation/02R", "")]))
        .also(Also::Because(pb::UnknownReason::NoEvidence))
        .also(Also::LiableInEveryCase),
        asked(
            "5.1",
            "Who exercises once it is in force?",
            (gms, "02R", "2016-04-01"),
            delegated("02R"),
        )
        .known("2016-04-01")
        .also(Also::KnownUnapplied(&[])),
    ]
}

pub(super) fn refusals() -> Vec<Refused> {
    use Stage::{Applied, Approved, Executed, InterestExpressed, Withdrawn};
    let mut mid_year = delegation("02T", &["pms-agreements"], "2016-10-01");
    text_of(&mut mid_year).id = code("mid-year/02T");
    mid_year.truncate(1);
    mid_year.push(fact(in_force("mid-year/02T", "2016-10-01", "")));
    vec![
        refused(
            "5.2",
            "May a CCG apply after the closing date of the round?",
            vec![step("delegation/02T", Applied, &["02T"], "2015-11-07")],
            "WINDOW_CLOSED",
        ),
        refused(
            "5.2",
            "May a CCG apply alone in the round that asked for a joint signature?",
            vec![step("delegation/02T", Applied, &["02T"], "2016-11-01")],
            "ACTOR_MISSING",
        ),
        refused(
            "5.2",
            "May interest be expressed after 20 June 2014?",
            vec![step("delegation/02T", InterestExpressed, &["02T"], "2014-06-21")],
            "WINDOW_CLOSED",
        ),
        refused(
            "5.2",
            "May a CCG approve its own application?",
            vec![step("delegation/02T", Approved, &["02T"], "2015-12-17")],
            "ACTOR_MAY_NOT",
        ),
        refused(
            "5.2",
            "Is an agreement executed before NHS England signs?",
            vec![step("delegation/02N", Executed, &["02N"], "2016-03-21")],
            "ACTOR_MISSING",
        ),
        refused(
            "5.2",
            "May a CCG withdraw after execution?",
            vec![step("delegation/02R", Withdrawn, &["02R"], "2016-03-25")],
            "STATE_FORBIDS",
        ),
        refused(
            "5.1",
            "Can what was withdrawn come into force?",
            vec![fact(in_force("delegation/02W", "2016-04-01", ""))],
            "STATE_FORBIDS",
        ),
        refused(
            "5.2",
            "Does a delegation to a CCG begin on 1 October?",
            mid_year,
            "START_FORBIDDEN",
        ),
    ]
}

#[tokio::test]
async fn the_life_of_an_application() {
    let world = applications().await;
    ask_all(&world, questions()).await;
    try_all(&world, refusals()).await;
}
