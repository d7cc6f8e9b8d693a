//! A body contests an event: the dispute is shown with every answer that rests on the event, and
//! moves nothing, until it is withdrawn.

use acceptance::{World, ccg, code, delegation, fact, known_at, on};
use remit_domain::{Act, Command, Correction, CorrectionKind, EventDisputed, Position};
use remit_grpc::{pb, render};

fn dispute(about: u64, by: &str) -> Command {
    let (about, by) = (Position::new(about), code(by));
    fact(EventDisputed { about, by, reason: code("the agreement was signed in May") })
}

#[tokio::test]
async fn a_dispute_is_shown_and_moves_nothing() {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    let recorded = world.record(delegation("11X", &["qof"], "2015-04-01")).await;
    let in_force = recorded.last_position;
    let before = world.ask("qof", "11X", "2016-04-01").await;
    let contested = world.record(vec![dispute(in_force, "11X")]).await.last_position;
    let after = world.ask("qof", "11X", "2016-04-01").await;
    let [told] = after.disputes.as_slice() else { panic!("{after:?}") };
    assert_eq!((told.position, told.about, told.by.as_str()), (contested, in_force, "11X"));
    // Nothing else of the answer differs, and no answer is said to have changed.
    let bare =
        |answer: &pb::Answer| pb::Answer { disputes: Vec::new(), known_at: None, ..answer.clone() };
    assert_eq!(bare(&before), bare(&after));
    // Another answer, and this one as known before, are not contested.
    assert!(world.ask("qof", "11X", "2014-04-01").await.disputes.is_empty());
    let then = world.ask_known("qof", "11X", "2016-04-01", known_at(in_force)).await;
    assert!(then.disputes.is_empty());
    // A statement states it, and whoever follows the event is told.
    let question = pb::WhoHoldsRequest {
        function: "qof".to_owned(),
        place: "11X".to_owned(),
        effective_on: Some(render::date(on("2016-04-01"))),
        ..Default::default()
    };
    let statement = world.statement(question).await;
    let stated = statement.answer.expect("an answer");
    assert_eq!(stated.disputes.len(), 1, "{stated:?}");
    assert_eq!(world.passing("type=event-disputed area=11X").await, [contested]);
    // Withdrawn, it is shown no longer.
    let withdrawn = Command {
        act: Act::Correct {
            correction: Correction {
                kind: CorrectionKind::ErrorCorrected,
                about: Some(Position::new(contested)),
                authority: code("the CCG"),
                reason: code("withdrawn"),
                fact: None,
            },
            instead: None,
        },
        ..dispute(in_force, "11X")
    };
    world.record(vec![withdrawn]).await;
    assert!(world.ask("qof", "11X", "2016-04-01").await.disputes.is_empty());
}

#[tokio::test]
async fn what_cannot_be_contested_is_refused() {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    let head = world.head();
    for (dispute, field) in [
        (dispute(head + 2, "11X"), "about"),
        (dispute(1_000_000, "11X"), "about"),
        (dispute(0, "11X"), "about"),
        (dispute(1, "ZZZ"), "by"),
    ] {
        let status = world.try_record(vec![dispute]).await.expect_err("refused");
        assert!(status.message().contains(field), "{field}: {status:?}");
    }
    assert_eq!(world.head(), head);
}
