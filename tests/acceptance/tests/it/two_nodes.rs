//! Two nodes over one file, each with a server of its own: one records, the other follows and only
//! reads. Whatever the first acknowledged, the second answers: events, groups and pins.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use acceptance::{World, body, ccg, delegation, ticking};
use pb::join_group_request::Content as Say;
use pb::join_group_response::Content;
use remit_domain::{BodyRole, Position};
use remit_grpc::{pb, render};
use remit_log::Log;
use remit_stores::SqliteStore;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

/// A node that records, and one that follows it.
async fn nodes(dir: &Path) -> (World, World) {
    let _ = std::fs::remove_dir_all(dir);
    let writer = World::on_disk(dir).await;
    writer.record_law().await;
    let clock = Arc::new(AtomicI64::new(1_767_225_600_000_000));
    let store = SqliteStore::follow(&dir.join("register.db")).expect("followed");
    let reader = World::over(Log::new(store, ticking(&clock)), clock).await;
    (writer, reader)
}

fn dir(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("remit-{name}-{}", std::process::id()))
}

/// Asks until the node says so, for at most 20 seconds.
async fn until<T>(mut asked: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = asked().await {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "not in time");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn body_of(code: &str, at_least: &str) -> pb::GetBodyRequest {
    let (code, at_least) = (code.to_owned(), at_least.to_owned());
    pb::GetBodyRequest { code, at_least, ..Default::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_records_the_node_that_follows_it_answers() {
    let dir = dir("two-nodes");
    let (writer, reader) = nodes(&dir).await;
    let (mut delays, mut asked) = (Vec::new(), Vec::new());
    for number in 0..200 {
        let code = format!("P{number:05}");
        let practice = body(&code, BodyRole::Practice, "A practice", "2015-04-01", "");
        let receipt = writer.record(vec![practice]).await;
        let acknowledged = Instant::now();
        // The token of one node holds at the other: it waits until it has come so far.
        let reply = reader.directory().get_body(body_of(&code, &receipt.token)).await;
        asked.push(acknowledged.elapsed());
        let reply = reply.expect("known here, too").into_inner();
        assert_eq!(reply.roles.len(), 1, "{code}");
        let receipt = writer.record(vec![ccg_of(number)]).await;
        let acknowledged = Instant::now();
        reader.node.reached(Position::new(receipt.last_position)).await.expect("goes on");
        delays.push(acknowledged.elapsed());
    }
    for (what, mut times) in [("its fold", delays), ("an answer with the token", asked)] {
        times.sort_unstable();
        let [median, most] = [times[times.len() / 2], times[times.len() - 1]];
        println!("from acknowledgement to {what} at the other node: {median:?}, most {most:?}");
    }
    // What each says is the same, to the byte: answers, proofs, the fold.
    writer.record(delegation("11X", &["qof"], "2015-04-01")).await;
    reader.node.reached(Position::new(writer.head())).await.expect("goes on");
    let question = pb::WhoHoldsRequest {
        function: "qof".to_owned(),
        place: "11X".to_owned(),
        effective_on: Some(render::date(acceptance::on("2016-01-01"))),
        ..Default::default()
    };
    let answer = async |world: &World| {
        let reply = world.responsibility().who_holds(question.clone()).await.expect("answered");
        reply.into_inner()
    };
    assert_eq!(answer(&writer).await.answer, answer(&reader).await.answer);
    let proof = async |world: &World| {
        let request = pb::ProveInclusionRequest { position: 3, size: 0 };
        world.audit().prove_inclusion(request).await.expect("proved").into_inner()
    };
    assert_eq!(proof(&writer).await, proof(&reader).await);
    for world in [&writer, &reader] {
        let (head, own, afresh) = world.node.fingerprints().await.expect("compared");
        assert_eq!((head.get(), own), (writer.head(), afresh));
    }
    drop((writer, reader));
    std::fs::remove_dir_all(dir).expect("removed");
}

fn ccg_of(number: u32) -> remit_domain::Command {
    let code = if number == 0 { "11X".to_owned() } else { format!("C{number:04}") };
    ccg(&code, "NHS Example CCG", "2013-04-01", "2022-07-01")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_and_pins_of_one_node_are_known_at_the_other() {
    let dir = dir("two-desks");
    let (writer, reader) = nodes(&dir).await;
    writer.record((0..4).map(ccg_of).collect()).await;
    let created = pb::CreateGroupRequest {
        group: "finance".to_owned(),
        actor: "desk".to_owned(),
        filter: "type=body-* body=11X".to_owned(),
        ..Default::default()
    };
    writer.events().create_group(created).await.expect("created");
    writer.responsibility().pin_answer(pin("claim")).await.expect("pinned");
    let group = async |world: &World| {
        let groups = world.events().list_groups(pb::ListGroupsRequest::default()).await;
        groups.expect("listed").into_inner().groups.into_iter().find(|one| one.group == "finance")
    };
    until(async || group(&reader).await).await;
    let pins = until(async || {
        let pins = reader.responsibility().list_pins(pb::ListPinsRequest::default()).await;
        Some(pins.expect("listed").into_inner().pins).filter(|pins| !pins.is_empty())
    });
    assert_eq!(pins.await.len(), 1);
    // What a member of one acknowledges is done at the other.
    let (say, said) = tokio::sync::mpsc::channel(8);
    let joined = pb::Join { group: "finance".to_owned(), member: "one".to_owned(), credit: 1 };
    say.send(pb::JoinGroupRequest { content: Some(Say::Join(joined.clone())) })
        .await
        .expect("sent");
    let stream = writer.events().join_group(ReceiverStream::new(said)).await.expect("joined");
    let mut stream = stream.into_inner();
    let position = loop {
        let content = stream.message().await.expect("goes on").and_then(|next| next.content);
        if let Some(Content::Delivery(delivery)) = content {
            break delivery.event.expect("an event").position;
        }
    };
    let done = Say::Acknowledge(pb::Acknowledge { positions: vec![position] });
    say.send(pb::JoinGroupRequest { content: Some(done) }).await.expect("sent");
    until(async || group(&reader).await.filter(|group| group.position >= position)).await;

    // A node that only reads records nothing and keeps nothing, and says where to go instead.
    let only_reads = |refused: Status| {
        assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
        assert_eq!(acceptance::reason(&refused), "READ_ONLY_NODE");
        assert!(refused.message().contains("the node that writes"), "{refused:?}");
    };
    let head = reader.head();
    let request = pb::RecordRequest {
        request_id: "to-the-reader".to_owned(),
        actor: "desk".to_owned(),
        acting_for: "X24".to_owned(),
        commands: vec![remit_grpc::command::write(&ccg_of(9))],
        ..Default::default()
    };
    only_reads(reader.recorder().record(request).await.expect_err("refused"));
    let pinned = reader.responsibility().pin_answer(pin("another")).await;
    only_reads(pinned.expect_err("refused"));
    let (say, said) = tokio::sync::mpsc::channel(8);
    say.send(pb::JoinGroupRequest { content: Some(Say::Join(joined)) }).await.expect("sent");
    let refused = match reader.events().join_group(ReceiverStream::new(said)).await {
        Err(refused) => refused,
        Ok(stream) => stream.into_inner().message().await.expect_err("refused"),
    };
    only_reads(refused);
    assert_eq!((reader.head(), writer.head()), (head, head));
    drop((writer, reader));
    std::fs::remove_dir_all(dir).expect("removed");
}

fn pin(name: &str) -> pb::PinAnswerRequest {
    pb::PinAnswerRequest {
        pin: name.to_owned(),
        actor: "desk".to_owned(),
        function: "qof".to_owned(),
        place: "11X".to_owned(),
        effective_on: Some(render::date(acceptance::on("2016-01-01"))),
        ..Default::default()
    }
}
