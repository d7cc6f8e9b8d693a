//! Who was liable on a day, and who answers for it on a later one: transfer schemes, questions
//! about a later day, and the check of a liable body, which always gives both.

use acceptance::{World, body, ccg, code, fact, known_at, on, succession};
use remit_domain::{BodyRole, Command, SuccessionKind, TransferScheme};
use remit_grpc::{pb, render};
use tonic::Code;

fn scheme(from: &str, to: &str, day: &str, described: Option<&str>) -> Command {
    fact(TransferScheme {
        from: code(from),
        to: code(to),
        power: code("2006 Act s.14I"),
        effective_on: on(day),
        functions: Vec::new(),
        described: described.map(code),
        excepted: None,
    })
}

/// A CCG that ended in 2020, its area's successor, and another that took over its liabilities.
async fn passed_on() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("00A", "NHS A CCG", "2013-04-01", "2020-04-01"),
            ccg("00B", "NHS B CCG", "2020-04-01", ""),
            ccg("00C", "NHS C CCG", "2013-04-01", ""),
            succession("00A", "00B", "2020-04-01", SuccessionKind::Merger),
        ])
        .await;
    world
}

fn question(answers_on: Option<&str>) -> pb::WhoHoldsRequest {
    pb::WhoHoldsRequest {
        function: "ccg-own-commissioning".to_owned(),
        place: "00A".to_owned(),
        effective_on: Some(render::date(on("2016-04-01"))),
        answers_on: answers_on.map(|day| render::date(on(day))),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_scheme_counts_before_the_area_and_a_check_tells_both() {
    let world = passed_on().await;
    let check = async |body: &str, answers_on: &str| {
        let request = pb::CheckResponsibilityRequest {
            body: body.to_owned(),
            question: Some(question(Some(answers_on))),
            role: pb::RoleAsked::Liable.into(),
        };
        let reply = world.responsibility().check_responsibility(request).await.expect("checked");
        let reply = reply.into_inner();
        (reply.result(), reply.would_answer())
    };
    use pb::CheckResult::{Held, NotHeld, Undetermined};
    // By area alone it is unsettled.
    assert_eq!(check("00A", "2016-04-01").await, (Held, Held));
    assert_eq!(check("00A", "2021-04-01").await, (Held, Undetermined));
    assert_eq!(check("00B", "2021-04-01").await, (NotHeld, Undetermined));
    world.record(vec![scheme("00A", "00C", "2020-04-01", None)]).await;
    assert_eq!(check("00B", "2021-04-01").await, (NotHeld, NotHeld));
    assert_eq!(check("00C", "2021-04-01").await, (NotHeld, Held));
    assert_eq!(check("00A", "2021-04-01").await, (Held, NotHeld));
    let asked = world.responsibility().who_holds(question(Some("2021-04-01"))).await;
    let answer = asked.expect("answered").into_inner().answer.expect("an answer");
    assert_eq!(answer.answers_on, Some(render::date(on("2021-04-01"))));
    let [now] = answer.answering_now.as_slice() else { panic!("{answer:?}") };
    assert_eq!(
        (now.successors.as_slice(), now.state()),
        (&["00C".to_owned()][..], pb::LiableState::Settled)
    );
    assert_eq!(now.steps[0].power, "2006 Act s.14I");
    // What is said only in words stands beside.
    world.record(vec![scheme("00A", "00B", "2020-04-01", Some("all leases"))]).await;
    assert_eq!(check("00C", "2021-04-01").await, (NotHeld, Undetermined));
}

#[tokio::test]
async fn a_statement_says_who_answers_on_a_day() {
    let world = passed_on().await;
    world.record(vec![scheme("00A", "00C", "2020-04-01", None)]).await;
    for (answers_on, found) in [(Some("2019-04-01"), None), (Some("2021-04-01"), Some("00C"))] {
        let statement = world.statement(question(answers_on)).await;
        let says = statement.answer.expect("an answer").says;
        let answers = says.answering_now.first().map(|(_, whom, _)| whom.join(","));
        assert_eq!(answers.as_deref(), found, "{answers_on:?}");
    }
}

fn pin() -> pb::PinAnswerRequest {
    pb::PinAnswerRequest {
        pin: "claim".to_owned(),
        actor: "claims office".to_owned(),
        function: "ccg-own-commissioning".to_owned(),
        place: "00A".to_owned(),
        effective_on: Some(render::date(on("2016-04-01"))),
        ..Default::default()
    }
}

/// How many changes there are of who would answer for 00A, and who it would be before and after.
fn later_of_00a(changes: &[pb::Change]) -> (usize, Vec<String>) {
    let of_00a = changes.iter().filter(|change| change.place == "00A");
    let who = |answer: &Option<pb::Answer>| {
        let now = answer.as_ref().map(|answer| answer.answering_now.as_slice());
        let now = now.into_iter().flatten().flat_map(|now| now.successors.clone());
        now.collect::<Vec<_>>().join(",")
    };
    let told: Vec<_> = of_00a
        .filter(|change| {
            let (before, after) = (change.before.as_ref(), change.after.as_ref());
            before.zip(after).is_some_and(|(one, other)| one.liable == other.liable)
        })
        .map(|change| format!("{} -> {}", who(&change.before), who(&change.after)))
        .collect();
    let mut lines = told.clone();
    lines.sort();
    lines.dedup();
    (told.len(), lines)
}

#[tokio::test]
async fn a_change_of_who_would_answer_is_told_wherever_changes_are() {
    // A body two steps on, a scheme of the first body, and a merger that is still to come.
    let merger = |day| succession("QBB", "QCC", day, SuccessionKind::Merger);
    let today = "2026-06-01";
    for (command, ends, day, told) in [
        (merger("2026-03-01"), "2026-03-01", today, " -> QCC"),
        (scheme("00A", "QCC", "2022-07-01", None), "", today, "QBB -> QCC"),
        (merger("2027-04-01"), "2027-04-01", "2027-04-01", " -> QCC"),
    ] {
        let world = World::with_law().await;
        world.at_noon(today);
        world
            .record(vec![
                ccg("00A", "NHS A CCG", "2013-04-01", "2022-07-01"),
                body("QBB", BodyRole::Icb, "NHS B ICB", "2022-07-01", ends),
                body("QCC", BodyRole::Icb, "NHS C ICB", "2022-07-01", ""),
                succession("00A", "QBB", "2022-07-01", SuccessionKind::CcgToIcb),
            ])
            .await;
        let commands = vec![command];
        let head = world.head();
        world.responsibility().pin_answer(pin()).await.expect("pinned");
        let request = pb::RecordRequest {
            actor: "acceptance tests".to_owned(),
            acting_for: "X24".to_owned(),
            commands: commands.iter().map(remit_grpc::command::write).collect(),
            validate_only: true,
            ..Default::default()
        };
        let preview = world.recorder().record(request).await.expect("previewed").into_inner();
        let preview = preview.preview.expect("a preview");
        let (number, lines) = later_of_00a(&preview.changes);
        assert_eq!((number > 0, lines), (true, vec![told.to_owned()]), "{commands:?}");
        let days: Vec<_> = preview
            .changes
            .iter()
            .filter_map(|change| change.after.as_ref())
            .map(|after| after.answers_on)
            .collect();
        assert!(days.iter().all(|each| *each == Some(render::date(on(day)))), "{days:?}");

        world.record(commands.clone()).await;
        let point = |position| {
            let effective_on = Some(render::date(on("2016-04-01")));
            Some(pb::Point { effective_on, known_at: known_at(position) })
        };
        let request = pb::DiffRequest {
            from: point(head),
            to: point(world.head()),
            place: "00A".to_owned(),
            function: "ccg-own-commissioning".to_owned(),
            answers_on: Some(render::date(on(day))),
            ..Default::default()
        };
        let diff = world.responsibility().diff(request).await.expect("compared").into_inner();
        assert_eq!(later_of_00a(&diff.changes), (1, vec![told.to_owned()]), "{commands:?}");
        assert_eq!(diff.changes[0].causes, [world.head()]);

        // A pin is as it was until the day on which another body would answer.
        let pinned = async || {
            let pins = world.responsibility().list_pins(pb::ListPinsRequest::default()).await;
            let pins = pins.expect("listed").into_inner().pins;
            (pins[0].as_pinned, pins[0].changed_at.last().copied())
        };
        assert_eq!(pinned().await.0, today < day, "{commands:?}");
        world.at_noon("2027-06-01");
        assert_eq!(pinned().await, (false, Some(world.head())), "{commands:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let world = passed_on().await;
    let refused = world.responsibility().who_holds(question(Some("2016-03-31"))).await;
    let status = refused.expect_err("refused");
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("answers_on"), "{status:?}");
    for (scheme, field) in [
        (scheme("00A", "00A", "2020-04-01", None), "to"),
        (scheme("00A", "ZZZ", "2020-04-01", None), "to"),
        (scheme("00A", "00C", "2020-04-02", None), "from"),
        (scheme("00C", "00A", "2020-04-01", None), "to"),
    ] {
        let status = world.try_record(vec![scheme]).await.expect_err("refused");
        assert!(status.message().contains(field), "{field}: {status:?}");
    }
}
