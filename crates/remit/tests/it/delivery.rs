//! What subscribers and groups are sent, while clients record and everything is cut at random
//! moments: connections, and the server by kill -9. Received is what is stored: in order, nothing
//! missing, nothing repeated; for groups in order for each subject, at least once.
//!
//! `REMIT_SOAK_SECONDS` (default 60), `REMIT_SOAK_SEED`; `make soak` sets both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pb::join_group_request::Content as Say;
use pb::join_group_response::Content as Given;
use pb::stream_start::Start;
use pb::subscribe_response::Content;
use remit_domain::Position;
use remit_grpc::pb;
use remit_register::{Filter, Register};
use remit_shape::decode;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint};

use crate::served::{Scratch, Served};

/// Clients that record.
const RECORDERS: u64 = 64;
/// Subscribers, each with a filter of its own.
const SUBSCRIBERS: u64 = 12;
/// Members of the group.
const MEMBERS: u64 = 4;

type Events = pb::event_service_client::EventServiceClient<Channel>;

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// What all tasks share.
struct Trial {
    url: Mutex<String>,
    recording: AtomicBool,
    over: AtomicBool,
    recorded: AtomicU64,
}

impl Trial {
    /// A connection to the server, as soon as there is one.
    async fn connect(&self) -> Channel {
        loop {
            let url = self.url.lock().expect("unpoisoned").clone();
            let endpoint = Endpoint::from_shared(url).expect("a URL");
            match endpoint.connect_timeout(Duration::from_secs(2)).connect().await {
                Ok(channel) => return channel,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }
}

fn command(act: pb::command::Act) -> pb::Command {
    pb::Command { act: Some(act), evidence: None }
}

fn period(year: i32) -> Option<pb::Period> {
    let day = |year| Some(pb::Date { year, month: 4, day: 1 });
    Some(pb::Period { effective_from: day(year), effective_until: day(year + 1) })
}

/// Records a practice, then names of it, one after another: what follows has its subject.
async fn record(trial: Arc<Trial>, number: u64, seed: u64) {
    let mut chance = Chance(seed);
    let mut client = pb::register_service_client::RegisterServiceClient::new(trial.connect().await);
    for request in 0_u64.. {
        let (practice, step) = (request / 8, request % 8);
        let code = format!("W{number:02}{practice:05}");
        let act = if step == 0 {
            let effective_from = Some(pb::Date { year: 2013, month: 4, day: 1 });
            pb::command::Act::BodyEstablished(pb::BodyEstablished {
                code,
                role: pb::BodyRole::Practice.into(),
                name: format!("Practice {number}"),
                legal_form: 0,
                effective: Some(pb::Period { effective_from, effective_until: None }),
            })
        } else {
            pb::command::Act::BodyNamed(pb::BodyNamed {
                code,
                name: format!("Name {step}"),
                effective: period(2013 + i32::try_from(step).expect("small")),
            })
        };
        let request = pb::RecordRequest {
            request_id: format!("soak-{number}-{request}"),
            actor: "soak".to_owned(),
            acting_for: "X24".to_owned(),
            commands: vec![command(act)],
            evidence: Some(pb::Evidence {
                source: "soak".to_owned(),
                confidence: pb::Confidence::Confirmed.into(),
                ..Default::default()
            }),
            validate_only: false,
            prove: false,
        };
        // The same id until it is recorded: a server that went away may have recorded it.
        loop {
            if !trial.recording.load(Ordering::SeqCst) {
                return;
            }
            match client.record(request.clone()).await {
                Ok(_) => break,
                Err(status) => {
                    let refused = status.code() == tonic::Code::FailedPrecondition;
                    assert!(!refused, "{status:?}");
                    client = pb::register_service_client::RegisterServiceClient::new(
                        trial.connect().await,
                    );
                }
            }
        }
        trial.recorded.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20 + chance.below(60))).await;
    }
}

/// Follows a filter through cuts until it has caught up at the end; what it received.
async fn subscribe(trial: Arc<Trial>, filter: String, seed: u64) -> (Vec<u64>, u64) {
    let mut chance = Chance(seed);
    let mut received = Vec::new();
    let (mut start, mut cuts) = (None, 0);
    loop {
        let mut client = Events::new(trial.connect().await);
        let request = pb::SubscribeRequest {
            start: Some(pb::StreamStart { start: start.clone() }),
            filter: filter.clone(),
            heartbeat_seconds: 1,
            ..Default::default()
        };
        let Ok(stream) = client.subscribe(request).await else { continue };
        let mut stream = stream.into_inner();
        // The end of this connection: after some messages, at some moment.
        let (mut messages, moment) =
            (chance.below(400), Duration::from_millis(chance.below(4_000)));
        let begun = Instant::now();
        while let Ok(Some(message)) = stream.message().await {
            match message.content {
                Some(Content::Event(event)) => {
                    received.push(event.position);
                    start = Some(Start::AfterPosition(event.position));
                }
                Some(Content::Heartbeat(beat)) => {
                    start = Some(Start::Cursor(beat.cursor));
                    let last = trial.over.load(Ordering::SeqCst);
                    if last && beat.position >= trial.recorded.load(Ordering::SeqCst) {
                        return (received, cuts);
                    }
                }
                _ => {}
            }
            if messages == 0 || begun.elapsed() >= moment {
                break;
            }
            messages -= 1;
        }
        cuts += 1;
    }
}

/// What the members of the group have done: for each acknowledgement its event and subject, in the
/// order in which they were made.
type Handled = Arc<Mutex<Vec<(u64, String)>>>;

/// One member: it handles events, now and then rejects one, and goes away without a word.
async fn member(trial: Arc<Trial>, name: String, handled: Handled, seed: u64) -> u64 {
    let mut chance = Chance(seed);
    let mut cuts = 0;
    while !trial.over.load(Ordering::SeqCst) {
        let mut client = Events::new(trial.connect().await);
        let (say, said) = mpsc::channel(64);
        let tell =
            async |content| say.send(pb::JoinGroupRequest { content: Some(content) }).await.is_ok();
        let join = pb::Join { group: "soak".to_owned(), member: name.clone(), credit: 8 };
        tell(Say::Join(join)).await;
        let Ok(stream) = client.join_group(ReceiverStream::new(said)).await else { continue };
        let mut stream = stream.into_inner();
        let moment = Duration::from_millis(200 + chance.below(5_000));
        let begun = Instant::now();
        while begun.elapsed() < moment && !trial.over.load(Ordering::SeqCst) {
            let next = tokio::time::timeout(Duration::from_millis(500), stream.message()).await;
            let told = match next {
                Err(_) => tell(Say::Alive(pb::Alive {})).await,
                Ok(Ok(Some(message))) => match message.content {
                    Some(Given::Delivery(delivery)) => {
                        let event = delivery.event.expect("an event");
                        let read = decode(Position::new(event.position), &event.cloud_event);
                        let subject = read.expect("readable").event.fact.subject();
                        if chance.below(300) == 0 {
                            let (reason, again) = ("cannot".to_owned(), chance.below(2) == 0);
                            let position = event.position;
                            tell(Say::Reject(pb::Reject { position, reason, again })).await
                        } else {
                            // Dealt with before it is acknowledged: so is what is lost in between.
                            handled.lock().expect("unpoisoned").push((event.position, subject));
                            let positions = vec![event.position];
                            tell(Say::Acknowledge(pb::Acknowledge { positions })).await
                        }
                    }
                    Some(Given::Misdirected(misdirected)) => panic!("{misdirected:?}"),
                    _ => true,
                },
                Ok(_) => false,
            };
            if !told {
                break;
            }
        }
        cuts += 1;
    }
    cuts
}

/// Releases whatever is parked.
async fn release(trial: &Trial) -> Result<usize, tonic::Status> {
    let mut client = Events::new(trial.connect().await);
    let request = pb::ListParkedRequest { group: "soak".to_owned(), ..Default::default() };
    let parked = client.list_parked(request).await?.into_inner().parked;
    for each in &parked {
        let request = pb::ReleaseParkedRequest {
            group: "soak".to_owned(),
            position: each.event.as_ref().expect("an event").position,
            actor: "soak".to_owned(),
            discard_reason: String::new(),
        };
        client.release_parked(request).await?;
    }
    Ok(parked.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one story, told in the order it happens")]
async fn what_is_received_is_what_is_stored_whatever_is_cut() {
    let seconds = variable("REMIT_SOAK_SECONDS", 60);
    let seed = variable("REMIT_SOAK_SEED", 1);
    println!("{seconds} s, REMIT_SOAK_SEED={seed}");
    let mut chance = Chance(seed);
    let scratch = Scratch::new("delivery");
    let mut served = Served::start(&scratch.0);
    let trial = Arc::new(Trial {
        url: Mutex::new(served.url.clone()),
        recording: AtomicBool::new(true),
        over: AtomicBool::new(false),
        recorded: AtomicU64::new(0),
    });
    let created = pb::CreateGroupRequest {
        group: "soak".to_owned(),
        actor: "soak".to_owned(),
        ..Default::default()
    };
    Events::new(trial.connect().await).create_group(created).await.expect("created");
    let recorders: Vec<_> = (0..RECORDERS)
        .map(|number| tokio::spawn(record(trial.clone(), number, chance.below(u64::MAX))))
        .collect();
    let filters: Vec<String> = (0..SUBSCRIBERS)
        .map(|number| match number % 6 {
            0 => String::new(),
            1 => "type=body-established".to_owned(),
            2 => "type=body-named".to_owned(),
            3 => format!("body=W{:02}00001,W{:02}00002", number, chance.below(RECORDERS)),
            4 => format!("type=body-named body=W{:02}00000", chance.below(RECORDERS)),
            _ => "area=W0000000,W0100000,W0200000".to_owned(),
        })
        .collect();
    let subscribers: Vec<_> = filters
        .iter()
        .map(|filter| {
            tokio::spawn(subscribe(trial.clone(), filter.clone(), chance.below(u64::MAX)))
        })
        .collect();
    let handled = Handled::default();
    let members: Vec<_> = (0..MEMBERS)
        .map(|number| {
            let name = format!("member-{number}");
            tokio::spawn(member(trial.clone(), name, handled.clone(), chance.below(u64::MAX)))
        })
        .collect();
    // Kills, until the time is up.
    let begun = Instant::now();
    let (mut kills, mut released) = (0, 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        tokio::time::sleep(Duration::from_millis(1_000 + chance.below(4_000))).await;
        if chance.below(2) == 0 {
            released += release(&trial).await.unwrap_or_default();
        }
        served.kill();
        served = Served::start(&scratch.0);
        (*trial.url.lock().expect("unpoisoned")).clone_from(&served.url);
        kills += 1;
    }
    trial.recording.store(false, Ordering::SeqCst);
    for recorder in recorders {
        recorder.await.expect("a recorder ended well");
    }
    // The group comes to the end of the log once nothing is parked any more.
    let mut client = Events::new(trial.connect().await);
    let begun = Instant::now();
    let head = loop {
        released += release(&trial).await.unwrap_or_default();
        let request = pb::ListGroupsRequest { group: "soak".to_owned(), ..Default::default() };
        let listed = client.list_groups(request).await.expect("listed").into_inner();
        let group = &listed.groups[0];
        if group.position == listed.head && group.parked == 0 && group.with_members == 0 {
            break listed.head;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "the group does not end: {group:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    trial.recorded.store(head, Ordering::SeqCst);
    trial.over.store(true, Ordering::SeqCst);

    // What is stored, and what of it passes each filter.
    let mut stored = client.read(pb::ReadRequest::default()).await.expect("read").into_inner();
    let (mut register, mut events) = (Register::new(), Vec::new());
    while let Some(event) = stored.message().await.expect("an event") {
        let read =
            decode(Position::new(event.position), &event.cloud_event).expect("readable").event;
        register.apply(&read);
        events.push((event.position, read));
    }
    let (mut cuts, mut deliveries) = (0, 0);
    for (filter, subscriber) in filters.iter().zip(subscribers) {
        let (received, cut) = subscriber.await.expect("a subscriber ended well");
        let wanted: Filter = filter.parse().expect("a filter");
        let pass = |(at, event): &&(u64, _)| wanted.passes(&register, Position::new(*at), event);
        let expected: Vec<u64> = events.iter().filter(pass).map(|(at, _)| *at).collect();
        assert!(received == expected, "{filter:?}: received is not what is stored");
        (cuts, deliveries) = (cuts + cut, deliveries + received.len());
    }
    for member in members {
        cuts += member.await.expect("a member ended well");
    }
    // The group: every event at least once, and of each subject never one before an earlier one.
    let handled = handled.lock().expect("unpoisoned");
    let mut done: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    let mut by_subject: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (position, event) in &events {
        by_subject.entry(event.fact.subject()).or_default().push(*position);
    }
    for (position, subject) in handled.iter() {
        let done = done.entry(subject).or_default();
        let earlier = by_subject[subject].iter().take_while(|at| *at < position);
        for at in earlier {
            assert!(done.contains(at), "{position} of {subject} came before {at}");
        }
        done.insert(*position);
    }
    let all: usize = done.values().map(BTreeSet::len).sum();
    assert_eq!(all, events.len(), "every event was dealt with");
    println!(
        "{} events recorded by {RECORDERS} clients, {kills} kills, {cuts} cuts: \
         {SUBSCRIBERS} subscribers were sent {deliveries} events, in order, none missing or \
         repeated; {MEMBERS} members of a group dealt with all of them in {} deliveries, \
         {released} times after being parked",
        events.len(),
        handled.len(),
    );
    assert!(kills > 0 && cuts > 10 && events.len() > 1_000 && released > 0);
}
