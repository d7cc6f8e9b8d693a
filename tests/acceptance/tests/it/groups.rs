//! Consumer groups: work that moves when a member is gone, events that cannot be dealt with, and
//! what is refused.

use std::time::{Duration, Instant};

use acceptance::{World, body, code, fact, period};
use pb::join_group_request::Content as Say;
use pb::join_group_response::Content;
use remit_domain::{BodyNamed, BodyRole, Command};
use remit_grpc::pb;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

/// A member as a test drives it.
struct Member {
    say: mpsc::Sender<pb::JoinGroupRequest>,
    stream: Streaming<pb::JoinGroupResponse>,
}

impl Member {
    async fn join(world: &World, group: &str, name: &str, credit: u32) -> Self {
        let (say, said) = mpsc::channel(64);
        let join = pb::Join { group: group.to_owned(), member: name.to_owned(), credit };
        let first = pb::JoinGroupRequest { content: Some(Say::Join(join)) };
        say.send(first).await.expect("open");
        let stream = world.events().join_group(ReceiverStream::new(said)).await.expect("joined");
        let mut member = Self { say, stream: stream.into_inner() };
        let joined = member.next().await.expect("a message");
        assert!(matches!(joined, Content::Joined(pb::Joined { lease_seconds: 4 })), "{joined:?}");
        member
    }

    async fn say(&self, content: Say) {
        self.say.send(pb::JoinGroupRequest { content: Some(content) }).await.expect("open");
    }

    async fn acknowledge(&self, positions: &[u64]) {
        self.say(Say::Acknowledge(pb::Acknowledge { positions: positions.to_vec() })).await;
    }

    async fn reject(&self, position: u64, again: bool) {
        let reason = "no such cost centre".to_owned();
        self.say(Say::Reject(pb::Reject { position, reason, again })).await;
    }

    async fn next(&mut self) -> Result<Content, Status> {
        let message = self.stream.message().await?;
        Ok(message.expect("it goes on").content.expect("something"))
    }

    /// The next event it is given, with the number of the attempt.
    async fn given(&mut self) -> (u64, u32) {
        let content = self.next().await.expect("a message");
        let Content::Delivery(delivery) = content else { panic!("not an event: {content:?}") };
        (delivery.event.expect("an event").position, delivery.attempt)
    }

    /// How it ends: with a message that says why, then a status.
    async fn ends(&mut self) -> Status {
        let last = self.next().await.expect("a last message");
        let Content::Ended(ended) = last else { panic!("not the end: {last:?}") };
        let status = self.next().await.expect_err("a status");
        assert_eq!(ended.reason, status.message());
        status
    }

    /// Whether it is given nothing for a while.
    async fn is_left_alone(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(300), self.stream.message()).await.is_err()
    }
}

async fn create(world: &World, group: &str, filter: &str) {
    let request = pb::CreateGroupRequest {
        group: group.to_owned(),
        actor: "finance".to_owned(),
        filter: filter.to_owned(),
        start: None,
    };
    world.events().create_group(request).await.expect("created");
}

fn named(of: &str, name: &str, year: &str) -> Command {
    fact(BodyNamed {
        code: code(of),
        name: code(name),
        effective: period(&format!("{year}-04-01"), &format!("{year}-05-01")),
    })
}

fn practice(of: &str) -> Command {
    body(of, BodyRole::Practice, "A practice", "2013-04-01", "")
}

async fn group(world: &World, name: &str) -> pb::Group {
    let request = pb::ListGroupsRequest { group: name.to_owned(), ..Default::default() };
    let listed = world.events().list_groups(request).await.expect("listed").into_inner();
    listed.groups.into_iter().next().expect("the group")
}

#[tokio::test]
async fn what_a_member_had_moves_within_five_seconds_when_it_is_gone() {
    let world = World::empty().await;
    world.record(vec![practice("P00001"), practice("P00002"), practice("P00003")]).await;
    create(&world, "finance", "").await;
    let mut first = Member::join(&world, "finance", "first", 10).await;
    let had = [first.given().await, first.given().await, first.given().await];
    assert_eq!(had, [(1, 1), (2, 1), (3, 1)]);
    let mut second = Member::join(&world, "finance", "second", 10).await;
    assert!(second.is_left_alone().await);
    // One whose connection ends.
    first.acknowledge(&[2]).await;
    assert!(second.is_left_alone().await);
    let begun = Instant::now();
    drop(first);
    assert_eq!([second.given().await, second.given().await], [(1, 2), (3, 2)]);
    println!("taken over {:?} after the connection ended", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(5));
    // One that is silent, on a connection that stays: its stream ends, too.
    let begun = Instant::now();
    let mut third = Member::join(&world, "finance", "third", 10).await;
    let taken = async {
        loop {
            third.say(Say::Alive(pb::Alive {})).await;
            let next = tokio::time::timeout(Duration::from_secs(1), third.given()).await;
            if let Ok(next) = next {
                return next;
            }
        }
    };
    assert_eq!(taken.await, (1, 3));
    println!("taken over {:?} after the last sign of life", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(5));
    let ended = second.ends().await;
    assert_eq!(ended.code(), Code::Aborted, "{ended}");
    assert!(ended.message().contains("no message for 4 s"), "{ended}");
    assert_eq!(third.given().await, (3, 3));
    third.acknowledge(&[1, 3]).await;
    while group(&world, "finance").await.position != 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // One of the same name gives way.
    let _again = Member::join(&world, "finance", "third", 10).await;
    let ended = third.ends().await;
    assert_eq!(ended.code(), Code::Aborted);
    assert!(ended.message().contains("took over"), "{ended}");
}

#[tokio::test]
async fn order_is_kept_for_a_subject_and_a_parked_event_holds_back_no_other() {
    let world = World::empty().await;
    world.record(vec![practice("P00001"), practice("P00002")]).await;
    world.record(vec![named("P00001", "One", "2014"), named("P00002", "Two", "2014")]).await;
    world.record(vec![named("P00001", "Uno", "2015")]).await;
    create(&world, "finance", "type=body-named").await;
    let mut member = Member::join(&world, "finance", "only", 10).await;
    // Of P00001 one at a time.
    assert_eq!([member.given().await, member.given().await], [(3, 1), (4, 1)]);
    assert!(member.is_left_alone().await);
    member.reject(3, true).await;
    assert_eq!(member.given().await, (3, 2), "given out again");
    member.reject(3, false).await;
    assert!(member.is_left_alone().await, "what comes after it waits");
    member.acknowledge(&[4]).await;
    world.record(vec![named("P00002", "Due", "2015"), named("P00001", "Eins", "2016")]).await;
    assert_eq!(member.given().await, (6, 1), "another subject is not held back");
    member.acknowledge(&[6]).await;

    // Inspected, through a restart; then given out again, with all that waited, in order.
    while group(&world, "finance").await.position != 7 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let log = world.node.log().clone();
    drop((member, world));
    let world = World::over(log, std::sync::Arc::default()).await;
    let parked = pb::ListParkedRequest { group: "finance".to_owned(), ..Default::default() };
    let parked = world.events().list_parked(parked).await.expect("listed").into_inner().parked;
    let [one] = &parked[..] else { panic!("{parked:?}") };
    assert_eq!(one.event.as_ref().expect("an event").position, 3);
    assert_eq!((one.subject.as_str(), one.reason.as_str()), ("P00001", "no such cost centre"));
    assert_eq!((one.member.as_str(), one.attempts), ("only", 2));
    let release = |position, discard: &str| pb::ReleaseParkedRequest {
        group: "finance".to_owned(),
        position,
        actor: "finance office".to_owned(),
        discard_reason: discard.to_owned(),
    };
    let mut member = Member::join(&world, "finance", "only", 10).await;
    assert!(member.is_left_alone().await);
    world.events().release_parked(release(3, "")).await.expect("replayed");
    assert_eq!(member.given().await, (3, 1));
    member.reject(3, false).await;
    while group(&world, "finance").await.parked == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.events().release_parked(release(3, "entered by hand")).await.expect("discarded");
    assert_eq!(member.given().await, (5, 1));
    assert!(member.is_left_alone().await);
    member.acknowledge(&[5]).await;
    assert_eq!(member.given().await, (7, 1));
    member.acknowledge(&[7]).await;
    let status = world.events().release_parked(release(3, "")).await.expect_err("not parked");
    assert_eq!(status.code(), Code::FailedPrecondition);
    // What was done at the desk is on record.
    let acts = pb::ListActsRequest { name: "finance".to_owned(), ..Default::default() };
    let acts = world.events().list_acts(acts).await.expect("listed").into_inner().acts;
    let kinds: Vec<String> = acts
        .iter()
        .map(|act| serde_json::from_str::<serde_json::Value>(act).expect("JSON"))
        .map(|act| act["type"].as_str().expect("a type").replace("uk.nhs.remit.", ""))
        .collect();
    assert_eq!(kinds, ["group-created.v1", "event-replayed.v1", "event-discarded.v1"]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn bad_groups_and_members_are_refused_by_name() {
    let world = World::empty().await;
    world.record(vec![practice("P00001"), practice("P00002")]).await;
    create(&world, "finance", "").await;
    create(&world, "finance", "").await; // The same again is the same.
    let named = |group: &str, filter: &str| pb::CreateGroupRequest {
        group: group.to_owned(),
        actor: "finance".to_owned(),
        filter: filter.to_owned(),
        start: None,
    };
    let after = |position| pb::CreateGroupRequest {
        start: Some(pb::StreamStart {
            start: Some(pb::stream_start::Start::AfterPosition(position)),
        }),
        ..named("payments", "")
    };
    for (request, code, reason) in [
        (named("finance", "body=P00001"), Code::AlreadyExists, "NAME_TAKEN"),
        (named("", ""), Code::InvalidArgument, "FIELD_INVALID"),
        (named("a/b", ""), Code::InvalidArgument, "FIELD_INVALID"),
        (named("payments", "body"), Code::InvalidArgument, "FIELD_INVALID"),
        (after(3), Code::OutOfRange, "POSITION_BEYOND_HEAD"),
        (
            pb::CreateGroupRequest { actor: String::new(), ..named("x", "") },
            Code::InvalidArgument,
            "FIELD_INVALID",
        ),
    ] {
        let what = format!("{request:?}");
        let status = world.events().create_group(request).await.expect_err(&what);
        let info = status.get_error_details().error_info().map(|info| info.reason.clone());
        assert_eq!((status.code(), info.as_deref()), (code, Some(reason)), "{what}: {status}");
    }
    let listed = world.events().list_groups(pb::ListGroupsRequest::default()).await;
    assert_eq!(listed.expect("listed").into_inner().groups.len(), 1, "nothing was changed");

    // Unknown groups, everywhere.
    let unknown = || "payments".to_owned();
    let actor = || "finance".to_owned();
    let codes = [
        world
            .events()
            .list_groups(pb::ListGroupsRequest { group: unknown(), ..Default::default() })
            .await
            .err(),
        world
            .events()
            .delete_group(pb::DeleteGroupRequest { group: unknown(), actor: actor() })
            .await
            .err(),
        world
            .events()
            .list_parked(pb::ListParkedRequest { group: unknown(), ..Default::default() })
            .await
            .err(),
        world
            .events()
            .release_parked(pb::ReleaseParkedRequest {
                group: unknown(),
                position: 1,
                actor: actor(),
                discard_reason: String::new(),
            })
            .await
            .err(),
    ];
    for status in codes {
        assert_eq!(status.expect("refused").code(), Code::NotFound);
    }
    // Members that do not begin as they should.
    let join = |group: &str, member: &str, credit| {
        Say::Join(pb::Join { group: group.to_owned(), member: member.to_owned(), credit })
    };
    for (first, code) in [
        (join("payments", "m", 1), Code::NotFound),
        (join("finance", "", 1), Code::InvalidArgument),
        (join("finance", "m", 257), Code::InvalidArgument),
        (Say::Alive(pb::Alive {}), Code::InvalidArgument),
    ] {
        let what = format!("{first:?}");
        let first = pb::JoinGroupRequest { content: Some(first) };
        let joined = world.events().join_group(tokio_stream::iter([first])).await;
        assert_eq!(joined.expect_err(&what).code(), code, "{what}");
    }
    // Acknowledgements that are nobody's, another's, or come twice: said, and nothing changes.
    let mut one = Member::join(&world, "finance", "one", 1).await;
    let mut two = Member::join(&world, "finance", "two", 1).await;
    assert_eq!((one.given().await, two.given().await), ((1, 1), (2, 1)));
    let misdirected = async |member: &mut Member| {
        let content = member.next().await.expect("a message");
        let Content::Misdirected(misdirected) = content else { panic!("{content:?}") };
        (misdirected.position, pb::ErrorReason::try_from(misdirected.reason).expect("a reason"))
    };
    one.acknowledge(&[2]).await;
    assert_eq!(misdirected(&mut one).await, (2, pb::ErrorReason::NotYours));
    one.acknowledge(&[3]).await;
    assert_eq!(misdirected(&mut one).await, (3, pb::ErrorReason::NotYours));
    one.acknowledge(&[1, 1]).await;
    assert_eq!(misdirected(&mut one).await, (1, pb::ErrorReason::AcknowledgedAlready));
    one.reject(1, true).await;
    assert_eq!(misdirected(&mut one).await, (1, pb::ErrorReason::AcknowledgedAlready));
    one.say(Say::Reject(pb::Reject { position: 2, reason: String::new(), again: false })).await;
    assert_eq!(misdirected(&mut one).await, (2, pb::ErrorReason::FieldInvalid));
    two.acknowledge(&(0..1_001).collect::<Vec<_>>()).await;
    assert_eq!(misdirected(&mut two).await, (0, pb::ErrorReason::FieldInvalid));
    drop((one, two));
    // A group that is deleted ends its members' streams, and its name is free.
    let mut last = Member::join(&world, "finance", "last", 1).await;
    assert_eq!(last.given().await.0, 2);
    let delete = pb::DeleteGroupRequest { group: "finance".to_owned(), actor: actor() };
    world.events().delete_group(delete).await.expect("deleted");
    assert_eq!(last.ends().await.code(), Code::NotFound);
    // What never was the group's is not said to be done.
    create(&world, "finance", "body=P00002").await;
    let mut of_two = Member::join(&world, "finance", "of-two", 1).await;
    assert_eq!(of_two.given().await.0, 2);
    of_two.acknowledge(&[1]).await;
    assert_eq!(misdirected(&mut of_two).await, (1, pb::ErrorReason::NotYours));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in the order it happens")]
async fn a_snapshot_and_what_follows_it_are_the_whole() {
    let world = World::with_law().await;
    world.record(vec![body("11X", BodyRole::Ccg, "NHS Somerset CCG", "2013-04-01", "")]).await;
    let ask = |of: pb::SnapshotOf| pb::SnapshotRequest {
        of: of.into(),
        effective_on: Some(remit_grpc::render::date(acceptance::on("2016-06-01"))),
        known_at: None,
    };
    let read = async |of| {
        let mut stream = world.events().snapshot(ask(of)).await.expect("begun").into_inner();
        let mut rows = Vec::new();
        while let Some(row) = stream.message().await.expect("a row") {
            rows.push(row.content.expect("something"));
        }
        rows
    };
    use pb::snapshot_response::Content as Row;
    let before = read(pb::SnapshotOf::Holdings).await;
    let Row::Point(point) = &before[0] else { panic!("{:?}", before[0]) };
    assert_eq!(point.rows as usize, before.len() - 1);
    world.record(acceptance::delegation("11X", &["qof"], "2016-04-01")).await;
    let head = world.head();
    // The answers of the snapshot, brought up by a watch from there, are those of a later one.
    let answers = |rows: &[Row]| -> Vec<(String, String, String)> {
        let answer = |row: &Row| {
            let Row::Answer(answer) = row else { return None };
            let says = format!("{} {:?} {:?}", answer.kind, answer.exercisers, answer.liable);
            Some((answer.function.clone(), answer.place.clone(), says))
        };
        rows.iter().filter_map(answer).collect()
    };
    let watch = pb::WatchAnswersRequest {
        areas: vec!["11X".to_owned()],
        cursor: point.watch_cursor.clone(),
        heartbeat_seconds: 1,
        ..Default::default()
    };
    let mut stream = world.responsibility().watch_answers(watch).await.expect("begun").into_inner();
    let mut brought_up = answers(&before);
    loop {
        use pb::watch_answers_response::Content as Told;
        match stream.message().await.expect("a message").expect("it goes on").content {
            Some(Told::Notice(notice)) if notice.kind == pb::NoticeKind::Recorded as i32 => {
                let change = notice.change.expect("a change");
                let day = |date: Option<pb::Date>| date.map(|d| (d.year, d.month, d.day));
                let on = Some((2016, 6, 1));
                let within = day(change.effective_from) <= on
                    && (change.effective_until.is_none() || on < day(change.effective_until));
                if within {
                    let after = answers(&[Row::Answer(change.after.expect("an answer"))]);
                    let of = |row: &&mut (String, String, String)| {
                        row.0 == change.function && row.1 == change.place
                    };
                    *brought_up.iter_mut().find(of).expect("a row") = after[0].clone();
                }
            }
            Some(Told::Heartbeat(beat)) if beat.position == head => break,
            _ => {}
        }
    }
    assert_eq!(brought_up, answers(&read(pb::SnapshotOf::Holdings).await));
    // The directory, and a subscription that has exactly the rest.
    let directory = read(pb::SnapshotOf::Directory).await;
    let Row::Point(point) = &directory[0] else { panic!("{:?}", directory[0]) };
    assert_eq!(point.rows as usize, directory.len() - 1);
    let of = |wanted: fn(&Row) -> bool| directory.iter().filter(|row| wanted(row)).count();
    assert_eq!(of(|row| matches!(row, Row::Instrument(_))), 1);
    assert!(
        of(|row| matches!(row, Row::Body(_))) >= 3 && of(|row| matches!(row, Row::Rule(_))) > 5
    );
    world.record(vec![practice("P00001")]).await;
    let start = Some(pb::stream_start::Start::Cursor(point.cursor.clone()));
    let request =
        pb::SubscribeRequest { start: Some(pb::StreamStart { start }), ..Default::default() };
    let mut rest = world.events().subscribe(request).await.expect("begun").into_inner();
    loop {
        use pb::subscribe_response::Content as Sent;
        match rest.message().await.expect("a message").expect("it goes on").content {
            Some(Sent::Event(event)) => {
                assert_eq!(event.position, head + 1);
                break;
            }
            Some(Sent::Heartbeat(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}
