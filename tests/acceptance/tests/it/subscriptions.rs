//! Subscribing: what was recorded, then what comes, in order; filters; heartbeats; ends.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use acceptance::{World, body, code, on, ticking};
use pb::stream_start::Start;
use pb::subscribe_response::Content;
use remit_domain::{BodyRole, Position};
use remit_grpc::{StreamLimits, pb, render};
use remit_log::{Log, MemoryStore};
use remit_register::Filter;
use tonic::transport::Channel;
use tonic::{Code, Streaming};
use tonic_types::StatusExt;

fn events(channel: &Channel) -> pb::event_service_client::EventServiceClient<Channel> {
    pb::event_service_client::EventServiceClient::new(channel.clone())
}

fn ask(start: Option<Start>, filter: &str) -> pb::SubscribeRequest {
    let start = Some(pb::StreamStart { start });
    pb::SubscribeRequest { start, filter: filter.to_owned(), ..Default::default() }
}

/// The next event of a stream, past its heartbeats.
async fn next(stream: &mut Streaming<pb::SubscribeResponse>) -> pb::RecordedEvent {
    loop {
        let message = stream.message().await.expect("a message").expect("it goes on");
        if let Some(Content::Event(event)) = message.content {
            return event;
        }
    }
}

/// What a stream has until it says that it is at the head.
async fn until_head(world: &World, request: pb::SubscribeRequest) -> Vec<u64> {
    let head = world.head();
    let request = pb::SubscribeRequest { heartbeat_seconds: 1, ..request };
    let mut stream = events(&world.channel).subscribe(request).await.expect("begun").into_inner();
    let mut found = Vec::new();
    loop {
        match stream.message().await.expect("a message").expect("it goes on").content {
            Some(Content::Event(event)) => found.push(event.position),
            Some(Content::Heartbeat(beat)) if beat.position == head => return found,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_subscription_starts_where_it_is_asked_to_and_goes_on() {
    let world = World::with_law().await;
    let head = world.head();
    world.at_noon("2026-03-02");
    let practice =
        |number: u32, from: &str| body(&format!("P{number:05}"), BodyRole::Practice, "A", from, "");
    world.record(vec![practice(1, "2015-04-01"), practice(2, "2030-04-01")]).await;
    let cursor = format!("{head}@acceptance");
    let instant = render::timestamp(code("2026-03-01T00:00:00.000000Z"));
    let all: Vec<u64> = (1..=head + 2).collect();
    let new = vec![head + 1, head + 2];
    for (start, expected) in [
        (None, &all),
        (Some(Start::AfterPosition(0)), &all),
        (Some(Start::AfterPosition(head)), &new),
        (Some(Start::Cursor(cursor)), &new),
        (Some(Start::RecordedAfter(instant)), &new),
        (Some(Start::Now(true)), &vec![]),
    ] {
        let found = until_head(&world, ask(start.clone(), "")).await;
        assert_eq!(found, *expected, "{start:?}");
    }
    // From an effective day on: what says something of that day or later, or names no day.
    let request = pb::SubscribeRequest {
        effective_from: Some(render::date(on("2030-01-01"))),
        ..ask(None, "type=body-established")
    };
    assert_eq!(until_head(&world, request).await, [head + 2]);
    // Live, typed, and as stored.
    let request =
        pb::SubscribeRequest { typed: true, ..ask(Some(Start::Now(true)), "body=P00003") };
    let mut stream = events(&world.channel).subscribe(request).await.expect("begun").into_inner();
    let first = stream.message().await.expect("a message").expect("it goes on");
    let Some(Content::Heartbeat(beat)) = first.content else { panic!("{first:?}") };
    assert_eq!((beat.position, beat.cursor), (head + 2, format!("{}@acceptance", head + 2)));
    world.record(vec![practice(4, "2015-04-01"), practice(3, "2015-04-01")]).await;
    let event = next(&mut stream).await;
    assert_eq!(event.position, head + 4);
    let Some(pb::fact::Fact::BodyEstablished(said)) = event.fact.expect("typed").fact else {
        panic!("not what was recorded")
    };
    assert_eq!(said.code, "P00003");
    let stored = world.stored(head + 3, 1).await;
    assert_eq!(event.cloud_event, stored[0].bytes, "the stored bytes, untouched");
}

#[tokio::test]
async fn every_kind_of_event_comes_as_the_command_that_says_the_same() {
    let world = World::empty().await;
    world.record_england().await;
    let request = pb::SubscribeRequest { typed: true, ..ask(None, "") };
    let mut stream = events(&world.channel).subscribe(request).await.expect("begun").into_inner();
    let head = world.head();
    loop {
        let event = next(&mut stream).await;
        assert!(event.fact.as_ref().is_some_and(|fact| fact.fact.is_some()), "{event:?}");
        if event.position == head {
            break;
        }
    }
}

#[tokio::test]
async fn a_filter_lets_the_same_events_pass_wherever_it_is_given() {
    let world = World::empty().await;
    world.record_england().await;
    let mut recorded = Vec::new();
    for stored in world.stored(0, usize::MAX).await {
        let event = remit_shape::decode(stored.position, &stored.bytes).expect("read").event;
        recorded.push((stored.position, event));
    }
    for (filter, some) in [
        ("type=rule-enacted", true),
        ("type=instrument-* area=11X", true),
        ("function=qof type=function-catalogued,function-ended", true),
        ("body=X24 type=body-*", true),
        ("area=QSL", true),
        ("area=QSL function=gms-contracts", true),
        ("instrument=no-such-instrument", false),
    ] {
        let read: Filter = filter.parse().expect("a filter");
        let expected: Vec<u64> = world.node.view(|register, _| {
            let pass = |(at, event): &&(Position, _)| read.passes(register, *at, event);
            recorded.iter().filter(pass).map(|(position, _)| position.get()).collect()
        });
        assert_eq!(!expected.is_empty(), some, "{filter}");
        assert!(expected.len() < recorded.len() / 2, "{filter}");
        assert_eq!(until_head(&world, ask(None, filter)).await, expected, "{filter}");
        let request = pb::ReadRequest { filter: filter.to_owned(), ..Default::default() };
        let mut stream = events(&world.channel).read(request).await.expect("begun").into_inner();
        let mut found = Vec::new();
        while let Some(event) = stream.message().await.expect("an event") {
            found.push(event.position);
        }
        assert_eq!(found, expected, "{filter}");
    }
}

#[tokio::test]
async fn bad_subscriptions_name_the_field_and_the_reason() {
    let world = World::with_law().await;
    let head = world.head();
    let far = head + 1;
    let cases = [
        (ask(Some(Start::AfterPosition(far)), ""), Code::OutOfRange, "start.after_position"),
        (
            ask(Some(Start::Cursor(format!("{far}@acceptance"))), ""),
            Code::OutOfRange,
            "start.cursor",
        ),
        (ask(Some(Start::Cursor("3@elsewhere".into())), ""), Code::InvalidArgument, "start.cursor"),
        (
            ask(Some(Start::Cursor("+3@acceptance".into())), ""),
            Code::InvalidArgument,
            "start.cursor",
        ),
        (ask(Some(Start::Cursor(String::new())), ""), Code::InvalidArgument, "start.cursor"),
        (ask(Some(Start::Cursor("3".repeat(5_000))), ""), Code::InvalidArgument, "start.cursor"),
        (ask(Some(Start::Now(false)), ""), Code::InvalidArgument, "start.now"),
        (
            ask(Some(Start::RecordedAfter(prost_types::Timestamp { seconds: -1, nanos: -1 })), ""),
            Code::InvalidArgument,
            "start.recorded_after",
        ),
        (ask(None, "qof"), Code::InvalidArgument, "filter"),
        (ask(None, "function="), Code::InvalidArgument, "filter"),
        (ask(None, "type=rule-enacted body=X24"), Code::InvalidArgument, "filter"),
        (ask(None, "area=11X area=QSL"), Code::InvalidArgument, "filter"),
        (ask(None, &"x".repeat(100_000)), Code::InvalidArgument, "filter"),
        (
            pb::SubscribeRequest { heartbeat_seconds: 11, ..ask(None, "") },
            Code::InvalidArgument,
            "heartbeat_seconds",
        ),
        (
            pb::SubscribeRequest {
                effective_from: Some(pb::Date { year: 2015, month: 13, day: 1 }),
                ..ask(None, "")
            },
            Code::InvalidArgument,
            "effective_from",
        ),
    ];
    for (request, code, field) in cases {
        let what = format!("{request:?}").chars().take(200).collect::<String>();
        let status = events(&world.channel).subscribe(request).await.expect_err(&what);
        assert_eq!(status.code(), code, "{what}: {status}");
        let details = status.get_error_details();
        let named = details.bad_request().map(|bad| bad.field_violations.clone());
        match named.unwrap_or_default().first() {
            Some(violation) => assert!(violation.field.starts_with(field), "{what}: {violation:?}"),
            None => assert!(status.message().starts_with(field), "{what}: {status}"),
        }
        assert!(details.error_info().is_some(), "{what}");
    }
}

#[tokio::test]
async fn too_many_streams_are_refused_with_the_time_to_try_again() {
    let limits = StreamLimits { in_all: 3, of_a_caller: 2 };
    let clock = Arc::new(AtomicI64::new(0));
    let log = Log::new(MemoryStore::new("limits"), ticking(&clock));
    let world = World::limited(log, clock, limits).await;
    let other = world.connect().await;
    let subscribe = |channel: &Channel| {
        let mut client = events(channel);
        async move { client.subscribe(ask(None, "")).await.map(tonic::Response::into_inner) }
    };
    let first = subscribe(&world.channel).await.expect("the first");
    let _second = subscribe(&world.channel).await.expect("the second");
    let refused = subscribe(&world.channel).await.expect_err("one too many of a connection");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(refused.message().contains("this connection already has 2 streams"), "{refused}");
    assert!(
        refused.get_error_details().retry_info().is_some_and(|info| info.retry_delay.is_some())
    );
    let _third = subscribe(&other).await.expect("another connection's");
    let refused = subscribe(&other).await.expect_err("one too many in all");
    assert!(refused.message().contains("this node already has 3 streams"), "{refused}");
    // A stream that ends makes room.
    drop(first);
    for _ in 0..100 {
        if subscribe(&other).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place of a stream that ended was not given back");
}

#[tokio::test]
async fn at_shutdown_a_stream_ends_with_where_to_go_on() {
    let mut world = World::with_law().await;
    let head = world.head();
    let mut live =
        events(&world.channel).subscribe(ask(None, "")).await.expect("begun").into_inner();
    for _ in 0..head {
        next(&mut live).await;
    }
    world.shut_down();
    let ended = live.message().await.expect("a last message").expect("not silence");
    let Some(Content::Ended(ended)) = ended.content else { panic!("{ended:?}") };
    assert_eq!((ended.position, ended.cursor), (head, format!("{head}@acceptance")));
    let status = live.message().await.expect_err("a status");
    assert_eq!(status.code(), Code::Unavailable);
}
