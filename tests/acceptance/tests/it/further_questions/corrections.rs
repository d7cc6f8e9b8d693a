//! Late, wrong, backdated.

use super::*;

/// One CCG for each of the three: an agreement entered late, a start that never was, and payment
/// directions with effect from before they were given.
async fn corrections() -> (World, [Position; 2]) {
    let world = World::empty().await;
    world.at_noon("2015-04-01");
    world.record_law().await;
    for (text, name) in [
        ("02R", "NHS Bradford Districts CCG"),
        ("02W", "NHS Bradford City CCG"),
        ("02N", "NHS Airedale, Wharfedale and Craven CCG"),
    ] {
        world.record(vec![ccg(text, name, "2013-04-01", "2020-04-01")]).await;
    }
    let body = world.head();
    let mut late = delegation("02R", &["gms-contracts"], "2015-04-01");
    late.truncate(1);
    world.record(late).await;
    // Whoever entered it took City for another CCG: its delegation began a year later.
    let wrong = world.record(delegation("02W", &["gms-contracts"], "2015-04-01")).await;
    let backdated = world.record(delegation("02N", &["gms-contracts"], "2015-04-01")).await;
    world.at_noon("2015-06-15");
    let begun = in_force("delegation/02R", "2015-04-01", "");
    world
        .record(vec![correct(CorrectionKind::RecordedLate, None, Some("2015-03-27"), Some(begun))])
        .await;
    world.at_noon("2016-05-01");
    let begun = in_force("delegation/02W", "2016-04-01", "");
    let about = Some(Position::new(wrong.last_position));
    world.record(vec![correct(CorrectionKind::ErrorCorrected, about, None, Some(begun))]).await;
    world.at_noon("2016-07-01");
    let directions = "payment directions of July 2016 are followed";
    let given = condition("delegation/02N", directions, "2016-04-01", &[NHSE]);
    let about = Some(Position::new(backdated.last_position));
    let made_on = Some("2016-07-01");
    world.record(vec![correct(CorrectionKind::EffectBackdated, about, made_on, Some(given))]).await;
    (world, [wrong.last_position, body].map(Position::new))
}

pub(super) fn questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "4.7",
            "What was known of a CCG before it was recorded?",
            (gms, "02R", "2015-04-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .known("2015-03-31"),
        asked(
            "5.7",
            "An agreement is entered ten weeks late: what was known before?",
            (gms, "02R", "2015-04-10"),
            no_evidence(),
        )
        .known("2015-06-14"),
        asked(
            "5.7",
            "And what is known of the same day from then on?",
            (gms, "02R", "2015-04-10"),
            delegated("02R"),
        )
        .known("2015-06-15"),
        asked(
            "5.7",
            "A start is entered by mistake: what was believed until it was corrected?",
            (gms, "02W", "2015-06-01"),
            delegated("02W"),
        )
        .known("2016-04-30"),
        asked(
            "5.7",
            "What is known of that day once the error is corrected?",
            (gms, "02W", "2015-06-01"),
            no_evidence(),
        )
        .known("2016-05-01"),
        asked(
            "5.7",
            "And of the day on which it did begin?",
            (gms, "02W", "2016-04-01"),
            delegated("02W"),
        ),
        asked(
            "5.7",
            "Directions are given effect from an earlier day: what was right before they were?",
            (gms, "02N", "2016-05-01"),
            delegated("02N"),
        )
        .known("2016-06-30")
        .also(Also::Conditions(&[])),
        asked(
            "5.7",
            "And what is known of the same day once they are given?",
            (gms, "02N", "2016-05-01"),
            delegated("02N"),
        )
        .known("2016-07-01")
        .also(Also::Conditions(&["payment directions of July 2016 are followed"])),
        asked(
            "5.7",
            "Do they reach back before the day from which they have effect?",
            (gms, "02N", "2016-03-31"),
            delegated("02N"),
        )
        .also(Also::Conditions(&[])),
    ]
}

/// `wrong`: the event that was taken back; `body`: the one that established 02N.
pub(super) fn refusals([wrong, body]: [Position; 2]) -> Vec<Refused> {
    let drawn = wrong.next();
    let as_icb = remit_domain::Body {
        code: code("02N"),
        role: BodyRole::Icb,
        name: code("NHS Airedale, Wharfedale and Craven ICB"),
        legal_form: None,
        effective: remit_domain::Period::open(on("2013-04-01")),
    };
    let later = condition("delegation/02N", "later directions", "2016-09-01", &[NHSE]);
    let other = condition("delegation/02W", "another thing", "2016-09-01", &[NHSE]);
    vec![
        refused(
            "5.7",
            "Is an error corrected twice?",
            vec![correct(CorrectionKind::ErrorCorrected, Some(wrong), None, None)],
            "ALREADY_CORRECTED",
        ),
        refused(
            "5.7",
            "Is an error corrected without naming the wrong record?",
            vec![correct(CorrectionKind::ErrorCorrected, None, None, Some(other))],
            "FIELD_INVALID",
        ),
        refused(
            "5.7",
            "Is an effect backdated that begins after the act?",
            vec![correct(
                CorrectionKind::EffectBackdated,
                Some(wrong.plus(2)),
                Some("2016-08-01"),
                Some(later),
            )],
            "NOT_BACKDATED",
        ),
        refused(
            "5.7",
            "Is an agreement undone whose delegation is in force?",
            vec![correct(CorrectionKind::ErrorCorrected, Some(drawn), None, None)],
            "INSTRUMENT_UNKNOWN",
        ),
        refused(
            "5.7",
            "Does a body turn into one that could not have received what it was given?",
            vec![correct(CorrectionKind::ErrorCorrected, Some(body), None, Some(as_icb.into()))],
            "BODY_MAY_NOT_RECEIVE",
        ),
    ]
}

#[tokio::test]
async fn late_wrong_and_backdated() {
    let (world, events) = corrections().await;
    ask_all(&world, questions()).await;
    try_all(&world, refusals(events)).await;
}
