//! Watching answers: what an event changes, what a day that begins changes, once each, through cut
//! streams, restarts and clocks that jump; and answers that somebody relied on.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use acceptance::{World, ccg, code, fact, found_in_force, known_at, on, ticking};
use pb::watch_answers_response::Content;
use remit_domain::{EndReason, InstrumentEnded};
use remit_grpc::{pb, render};
use remit_log::Log;
use remit_stores::SqliteStore;
use tonic::{Code, Streaming};
use tonic_types::StatusExt;

type Watch = Streaming<pb::WatchAnswersResponse>;

fn question(function: &str, place: &str) -> pb::WatchAnswersRequest {
    let (function, place) = (function.to_owned(), place.to_owned());
    pb::WatchAnswersRequest {
        questions: vec![pb::WatchedQuestion { function, place }],
        heartbeat_seconds: 1,
        ..Default::default()
    }
}

async fn watch(world: &World, request: &pb::WatchAnswersRequest) -> Watch {
    let begun = world.responsibility().watch_answers(request.clone()).await;
    begun.expect("a watch").into_inner()
}

/// What comes until a heartbeat says that a position and a day are reached.
async fn until(stream: &mut Watch, position: u64, day: &str) -> Vec<Content> {
    let mut found = Vec::new();
    loop {
        match stream.message().await.expect("a message").expect("it goes on").content {
            Some(Content::Heartbeat(beat))
                if beat.position == position && beat.day == Some(render::date(on(day))) =>
            {
                return found;
            }
            Some(Content::Heartbeat(_)) | None => {}
            Some(content) => found.push(content),
        }
    }
}

fn notices(contents: Vec<Content>) -> Vec<pb::AnswerNotice> {
    let notice = |content| {
        let Content::Notice(notice) = content else { panic!("not a notice: {content:?}") };
        notice
    };
    contents.into_iter().map(notice).collect()
}

/// What one notice says, in a line.
fn line(notice: &pb::AnswerNotice) -> String {
    let kind = |answer: &Option<pb::Answer>| {
        let answer = answer.as_ref().expect("an answer");
        let kind = pb::ResultKind::try_from(answer.kind).expect("a kind").as_str_name();
        format!("{} {}", kind.trim_start_matches("RESULT_KIND_"), answer.exercisers.join("+"))
    };
    let change = notice.change.as_ref().expect("a change");
    let day = |date: Option<pb::Date>| {
        date.map(|d| format!("{:04}-{:02}-{:02}", d.year, d.month, d.day)).unwrap_or_default()
    };
    let why = match pb::NoticeKind::try_from(notice.kind).expect("a kind") {
        pb::NoticeKind::Recorded if notice.retroactive => "retroactive",
        pb::NoticeKind::Recorded => "recorded",
        pb::NoticeKind::BecameEffective => "became effective",
        pb::NoticeKind::Unspecified => panic!("a notice of no kind"),
    };
    let (from, until) = (day(change.effective_from), day(change.effective_until));
    format!("{why} {from}..{until}: {} -> {}", kind(&change.before), kind(&change.after))
}

fn terminated(day: &str) -> remit_domain::Command {
    fact(InstrumentEnded {
        instrument: code("delegation/11X"),
        effective_until: on(day),
        reason: EndReason::Terminated,
        by: vec![code("X24"), code("11X")],
    })
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in the order it happens")]
async fn each_change_is_told_once_through_cuts_restarts_midnights_and_clock_jumps() {
    let dir = std::env::temp_dir().join(format!("remit-watches-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a directory");
    let clock = Arc::new(AtomicI64::new(0));
    let open = async || {
        // The file is free once the server before has let go of it.
        for _ in 0..200 {
            match SqliteStore::open(&dir.join("register.db")) {
                Ok(store) => return Log::new(store, ticking(&clock)),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        panic!("the file stayed in use")
    };
    let world = World::over(open().await, Arc::clone(&clock)).await;
    world.at_instant("2016-03-20T12:00:00Z");
    world.record_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "")]).await;
    let request = question("qof", "11X");
    let mut stream = watch(&world, &request).await;
    let first = stream.message().await.expect("a message").expect("it goes on").content;
    let Some(Content::Present(present)) = first else { panic!("{first:?}") };
    assert_eq!(present.watched, "question qof at 11X");
    let beat = stream.message().await.expect("a message").expect("it goes on").content;
    let Some(Content::Heartbeat(beat)) = beat else { panic!("{beat:?}") };
    let begun = beat.cursor;

    // A future-dated delegation; it takes effect at midnight in England, which is 23:00 UTC.
    world.record(found_in_force("11X", &["qof"], "2016-04-01")).await;
    let head = world.head();
    let mut all = notices(until(&mut stream, head, "2016-03-20").await);
    world.at_instant("2016-03-31T22:59:59Z");
    assert_eq!(notices(until(&mut stream, head, "2016-03-31").await), []);
    world.at_instant("2016-03-31T23:00:01Z");
    all.extend(notices(until(&mut stream, head, "2016-04-01").await));
    // A clock that jumps back and forth takes nothing back and tells nothing twice.
    world.at_instant("2016-03-25T12:00:00Z");
    assert_eq!(notices(until(&mut stream, head, "2016-04-01").await), []);
    world.at_instant("2016-04-02T12:00:00Z");
    assert_eq!(notices(until(&mut stream, head, "2016-04-02").await), []);
    // It ends on the day the clocks go back; recorded after the fact, too.
    world.record(vec![terminated("2016-10-30")]).await;
    let head = head + 1;
    all.extend(notices(until(&mut stream, head, "2016-04-02").await));
    world.at_instant("2016-10-29T22:59:59Z");
    assert_eq!(notices(until(&mut stream, head, "2016-10-29").await), []);
    // Days that nobody saw begin are told when somebody looks.
    world.at_instant("2016-11-05T12:00:00Z");
    all.extend(notices(until(&mut stream, head, "2016-11-05").await));
    world.record(vec![ccg("99X", "Another CCG", "2013-04-01", "")]).await;
    let lines: Vec<_> = all.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            // The basis is repealed on 1 July 2022; nothing says what then becomes of it.
            "recorded 2016-04-01..2022-07-01: UNKNOWN  -> HELD 11X",
            "recorded 2022-07-01..2023-04-01: UNKNOWN  -> UNSETTLED 11X",
            "recorded 2023-04-01..: UNKNOWN  -> UNSETTLED 11X",
            "became effective 2016-04-01..: UNKNOWN  -> HELD 11X",
            "recorded 2016-10-30..2022-07-01: HELD 11X -> NOT_DELEGATED X24",
            "recorded 2022-07-01..: UNSETTLED 11X -> NOT_DELEGATED X24",
            "became effective 2016-10-30..: HELD 11X -> NOT_DELEGATED X24",
        ]
        .map(str::to_owned)
    );
    assert!(all.iter().all(|notice| !notice.change.as_ref().expect("one").causes.is_empty()));

    // From every cursor follows exactly the rest, on this node and on the one after a restart.
    let head = world.head();
    let cursors: Vec<String> =
        std::iter::once(begun).chain(all.iter().map(|notice| notice.cursor.clone())).collect();
    let rest_of = async |world: &World| {
        for (told, cursor) in cursors.iter().enumerate() {
            let request = pb::WatchAnswersRequest { cursor: cursor.clone(), ..request.clone() };
            let mut stream = watch(world, &request).await;
            let rest = notices(until(&mut stream, head, "2016-11-05").await);
            let lines = |all: &[pb::AnswerNotice]| all.iter().map(line).collect::<Vec<_>>();
            assert_eq!(lines(&rest), lines(&all[told..]), "after {cursor}");
            assert_eq!(rest, all[told..], "after {cursor}");
        }
    };
    rest_of(&world).await;
    drop(stream);
    drop(world);
    let world = World::over(open().await, Arc::clone(&clock)).await;
    rest_of(&world).await;

    // A named watch: the register remembers what was dealt with, and only one stream has it.
    let named = pb::WatchAnswersRequest {
        consumer: "finance".to_owned(),
        cursor: cursors[0].clone(),
        ..request.clone()
    };
    let acknowledge = async |world: &World, cursor: &str| {
        let (consumer, cursor) = ("finance".to_owned(), cursor.to_owned());
        let request = pb::AcknowledgeNoticesRequest { consumer, cursor };
        world.responsibility().acknowledge_notices(request).await
    };
    let mut stream = watch(&world, &named).await;
    assert_eq!(notices(until(&mut stream, head, "2016-11-05").await).len(), 7);
    acknowledge(&world, &cursors[2]).await.expect("acknowledged");
    let again = acknowledge(&world, &cursors[2]).await.expect_err("twice");
    assert_eq!(again.code(), Code::FailedPrecondition);
    acknowledge(&world, &cursors[1]).await.expect_err("an earlier one");
    let named = pb::WatchAnswersRequest { cursor: String::new(), ..named };
    let mut second = watch(&world, &named).await;
    assert_eq!(notices(until(&mut second, head, "2016-11-05").await), all[2..]);
    let taken = loop {
        if let Err(status) = stream.message().await {
            break status;
        }
    };
    assert_eq!(taken.code(), Code::Aborted, "{taken}");
    drop((stream, second));
    drop(world);
    let world = World::over(open().await, clock.clone()).await;
    let mut stream = watch(&world, &named).await;
    assert_eq!(notices(until(&mut stream, head, "2016-11-05").await), all[2..]);
    drop(world);
    let _ = std::fs::remove_dir_all(&dir);
}

#[tokio::test]
async fn whoever_relied_on_an_answer_is_told_when_it_is_no_longer_what_the_register_says() {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "")]).await;
    world.record(found_in_force("11X", &["qof"], "2016-04-01")).await;
    let relied_on = world.head();
    let pin = |name: &str, day: &str| pb::PinAnswerRequest {
        pin: name.to_owned(),
        actor: "claims office".to_owned(),
        function: "qof".to_owned(),
        place: "11X".to_owned(),
        effective_on: Some(render::date(on(day))),
        known_at: known_at(relied_on),
        note: "letter of claim".to_owned(),
    };
    let mut client = world.responsibility();
    for (name, day) in [("claim-1", "2019-04-01"), ("claim-2", "2017-04-01")] {
        let pinned = client.pin_answer(pin(name, day)).await.expect("pinned").into_inner();
        assert!(pinned.pin.expect("a pin").as_pinned);
    }
    // The same again is the same; the name with other content is taken.
    client.pin_answer(pin("claim-1", "2019-04-01")).await.expect("the same");
    let taken = client.pin_answer(pin("claim-1", "2018-04-01")).await.expect_err("another");
    assert_eq!(taken.code(), Code::AlreadyExists);

    let watched = pb::WatchAnswersRequest {
        pins: vec!["claim-1".to_owned(), "claim-2".to_owned()],
        heartbeat_seconds: 1,
        ..Default::default()
    };
    let mut stream = watch(&world, &watched).await;
    let today = "2026-01-01";
    let present = until(&mut stream, relied_on, today).await;
    assert!(
        present.iter().all(|each| matches!(each, Content::Present(p) if p.as_pinned)),
        "{present:?}"
    );
    world.record(vec![terminated("2018-04-01")]).await;
    let told = notices(until(&mut stream, relied_on + 1, today).await);
    let [told] = &told[..] else { panic!("not one notice: {told:?}") };
    assert_eq!(told.watched, "pin claim-1");
    assert_eq!(line(told), "retroactive 2019-04-01..2019-04-02: HELD 11X -> NOT_DELEGATED X24");
    assert!(!told.as_pinned);

    // They stay through a restart: they are with the log.
    let again = World::over(world.node.log().clone(), Arc::new(AtomicI64::new(0))).await;
    let pins = again.responsibility().list_pins(pb::ListPinsRequest::default()).await;
    let pins = pins.expect("listed").into_inner().pins;
    let listed: Vec<_> =
        pins.iter().map(|pin| (pin.pin.as_str(), pin.as_pinned, pin.changed_at.clone())).collect();
    assert_eq!(listed, [("claim-1", false, vec![relied_on + 1]), ("claim-2", true, vec![])]);
    let unpin = pb::UnpinAnswerRequest { pin: "claim-1".to_owned(), actor: "claims".to_owned() };
    let mut client = again.responsibility();
    client.unpin_answer(unpin.clone()).await.expect("removed");
    let gone = client.unpin_answer(unpin).await.expect_err("removed before");
    assert_eq!(gone.code(), Code::NotFound);
}

#[tokio::test]
async fn a_commissioners_area_and_a_bodys_holdings_are_watched_whole() {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "")]).await;
    let head = world.head();
    let (area, body) = (vec!["11X".to_owned()], vec!["X24".to_owned()]);
    let ask = |areas: &[String], holdings: &[String]| pb::WatchAnswersRequest {
        areas: areas.to_vec(),
        holdings: holdings.to_vec(),
        heartbeat_seconds: 1,
        ..Default::default()
    };
    let mut of_area = watch(&world, &ask(&area, &[])).await;
    let mut of_body = watch(&world, &ask(&[], &body)).await;
    let today = "2026-01-01";
    let request = pb::ListHoldingsRequest {
        body: "X24".to_owned(),
        effective_on: Some(render::date(on(today))),
        ..Default::default()
    };
    let holdings = world.responsibility().list_holdings(request).await.expect("listed");
    assert_eq!(until(&mut of_body, head, today).await.len(), holdings.get_ref().holdings.len());
    assert!(until(&mut of_area, head, today).await.len() >= holdings.get_ref().holdings.len());
    world.record(found_in_force("11X", &["qof", "gms-contracts"], "2016-04-01")).await;
    let head = world.head();
    let told = notices(until(&mut of_area, head, today).await);
    assert_eq!(notices(until(&mut of_body, head, today).await).len(), told.len());
    assert!(told.iter().all(|notice| notice.retroactive));
    let mut functions: Vec<_> =
        told.iter().map(|notice| notice.change.as_ref().expect("one").function.clone()).collect();
    functions.dedup();
    assert_eq!(functions, ["gms-contracts", "qof"]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn bad_watches_name_the_field_and_the_reason() {
    let world = World::with_law().await;
    let head = world.head();
    let with = |change: fn(&mut pb::WatchAnswersRequest)| {
        let mut request = question("qof", "11X");
        change(&mut request);
        request
    };
    let future = pb::WatchAnswersRequest {
        cursor: format!("{}.2026-01-01.0.any@acceptance", head + 1),
        ..question("qof", "11X")
    };
    for (request, code, field) in [
        (pb::WatchAnswersRequest::default(), Code::InvalidArgument, "questions"),
        (with(|r| r.areas = vec!["11X".into(); 201]), Code::InvalidArgument, "questions"),
        (with(|r| r.holdings = vec!["X24".into(); 6]), Code::InvalidArgument, "holdings"),
        (question("", "11X"), Code::InvalidArgument, "questions[0].function"),
        (question("qof", "11x"), Code::InvalidArgument, "questions[0].place"),
        (with(|r| r.areas = vec!["?".into()]), Code::InvalidArgument, "areas[0]"),
        (with(|r| r.pins = vec!["no-such".into()]), Code::InvalidArgument, "pins[0]"),
        (with(|r| r.consumer = "a b".into()), Code::InvalidArgument, "consumer"),
        (with(|r| r.heartbeat_seconds = 60), Code::InvalidArgument, "heartbeat_seconds"),
        (with(|r| r.cursor = "3@acceptance".into()), Code::InvalidArgument, "cursor"),
        (with(|r| r.cursor = "3.2026-01-01.0.any@x".into()), Code::InvalidArgument, "cursor"),
        (
            with(|r| r.cursor = "3.2026-01-01.00.any@acceptance".into()),
            Code::InvalidArgument,
            "cursor",
        ),
        (
            // That of a watch of something else.
            with(|r| r.cursor = "3.2026-01-01.0.00000000000000ff@acceptance".into()),
            Code::FailedPrecondition,
            "cursor",
        ),
        (future, Code::OutOfRange, "cursor"),
    ] {
        let what = format!("{request:?}").chars().take(200).collect::<String>();
        let status = world.responsibility().watch_answers(request).await.expect_err(&what);
        assert_eq!(status.code(), code, "{what}: {status}");
        let details = status.get_error_details();
        let named = details.bad_request().map(|bad| bad.field_violations.clone());
        match named.unwrap_or_default().first() {
            Some(violation) => assert_eq!(violation.field, field, "{what}: {violation:?}"),
            None => assert!(status.message().starts_with(field), "{what}: {status}"),
        }
    }

    // Names belong to what they first watched; days that have not begun are nobody's to
    // acknowledge.
    let named = |place: &str| pb::WatchAnswersRequest {
        consumer: "finance".to_owned(),
        ..question("qof", place)
    };
    let acknowledge = async |consumer: &str, cursor: String| {
        let consumer = consumer.to_owned();
        let request = pb::AcknowledgeNoticesRequest { consumer, cursor };
        world.responsibility().acknowledge_notices(request).await.map(drop)
    };
    let mut stream = watch(&world, &named("11X")).await;
    let cursor = loop {
        let message = stream.message().await.expect("a message").expect("it goes on");
        if let Some(Content::Heartbeat(beat)) = message.content {
            break beat.cursor;
        }
    };
    let other = world.responsibility().watch_answers(named("99X")).await.expect_err("other things");
    assert_eq!(other.code(), Code::FailedPrecondition, "{other}");
    for (consumer, cursor, code) in [
        ("nobody", cursor.clone(), Code::NotFound),
        ("finance", cursor.replace("2026-01-01", "2099-01-01"), Code::OutOfRange),
        ("finance", cursor.replace(&format!("{head}."), "999999."), Code::OutOfRange),
        ("finance", format!("{head}.2026-01-01.0.any@acceptance"), Code::FailedPrecondition),
        ("finance", cursor.clone(), Code::FailedPrecondition), // It stands there already.
    ] {
        let refused = acknowledge(consumer, cursor.clone()).await.expect_err("refused");
        assert_eq!(refused.code(), code, "{consumer} {cursor}: {refused}");
    }
    let impossible = cursor.replace(".0.", ".7.");
    let request = pb::WatchAnswersRequest { cursor: impossible, ..question("qof", "11X") };
    let mut stream = watch(&world, &request).await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "")]).await;
    let refused = loop {
        match stream.message().await {
            Ok(_) => {}
            Err(status) => break status,
        }
    };
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
    let forget = pb::ForgetWatchRequest { consumer: "finance".to_owned() };
    world.responsibility().forget_watch(forget.clone()).await.expect("forgotten");
    let gone = world.responsibility().forget_watch(forget).await.expect_err("forgotten before");
    assert_eq!(gone.code(), Code::NotFound);
    watch(&world, &named("99X")).await;
}
