//! Power: kill -9 during a load under concurrent writers. Nothing acknowledged is lost, positions
//! stay dense, and the fold equals a fresh one.
//!
//! `REMIT_CRASH_CASES` kills (default 50), `REMIT_CRASH_SEED` the moments; `make crash` sets both.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use remit_grpc::{command, pb};
use remit_reference::{Plan, Source, tables};
use remit_register::Register;
use tonic::transport::{Channel, Endpoint};

use crate::served::{Scratch, Served};

/// Kills over one growing log, before a new one is begun.
const KILLS_A_LOG: u64 = 10;
/// Clients that record while the load runs.
const WRITERS: u64 = 4;

pub type Recorder = pb::register_service_client::RegisterServiceClient<Channel>;
/// A request that was acknowledged: its id, first and last position.
pub type Acknowledged = Arc<Mutex<Vec<(String, u64, u64)>>>;

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// The next of a sequence of numbers that looks like chance and is not (splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

pub async fn connect(url: &str) -> Channel {
    let endpoint = Endpoint::from_shared(url.to_owned()).expect("a URL");
    endpoint.connect().await.expect("a server")
}

/// Records requests one after another until the server is gone.
pub async fn record_until_gone(
    mut client: Recorder,
    acknowledged: Acknowledged,
    requests: impl Iterator<Item = pb::RecordRequest> + Send,
) {
    for request in requests {
        let id = request.request_id.clone();
        match client.record(request).await {
            Ok(reply) => {
                let reply = reply.into_inner();
                let entry = (id, reply.first_position, reply.last_position);
                acknowledged.lock().expect("unpoisoned").push(entry);
            }
            Err(status) => {
                let gone = matches!(
                    status.code(),
                    tonic::Code::Unavailable
                        | tonic::Code::Unknown
                        | tonic::Code::Cancelled
                        | tonic::Code::Internal
                );
                assert!(gone, "{id} was refused: {status:?}");
                return;
            }
        }
    }
}

pub fn establish(id: String, code: &str) -> pb::RecordRequest {
    let established = pb::BodyEstablished {
        code: code.to_owned(),
        role: pb::BodyRole::Practice.into(),
        name: format!("Practice {code}"),
        legal_form: 0,
        effective: Some(pb::Period {
            effective_from: Some(pb::Date { year: 2015, month: 4, day: 1 }),
            effective_until: None,
        }),
    };
    let act = Some(pb::command::Act::BodyEstablished(established));
    pb::RecordRequest {
        request_id: id,
        actor: "crash test".to_owned(),
        acting_for: "X24".to_owned(),
        commands: vec![pb::Command { act, evidence: None }],
        evidence: Some(pb::Evidence {
            source: "crash test".to_owned(),
            confidence: pb::Confidence::Confirmed.into(),
            ..Default::default()
        }),
        validate_only: false,
        prove: false,
    }
}

/// England, in requests small enough that a kill lands between many of them.
fn england() -> Vec<pb::RecordRequest> {
    let mut plan = Plan::new(Register::new());
    tables::plan(&mut plan, &Source::England).expect("readable");
    let batches = plan.commands().chunks(50).enumerate();
    batches
        .map(|(number, batch)| pb::RecordRequest {
            request_id: format!("england-{number}"),
            actor: "crash test".to_owned(),
            acting_for: "X24".to_owned(),
            commands: batch.iter().map(command::write).collect(),
            evidence: None,
            validate_only: false,
            prove: false,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost() {
    let cases = variable("REMIT_CRASH_CASES", 50);
    let seed = variable("REMIT_CRASH_SEED", 1);
    println!("{cases} kills, REMIT_CRASH_SEED={seed}");
    let england = Arc::new(england());
    let mut chance = seed;
    let (mut killed, mut kept) = (0, 0);
    while killed < cases {
        let scratch = Scratch::new(&format!("crash-{killed}"));
        let acknowledged = Acknowledged::default();
        for _ in 0..KILLS_A_LOG.min(cases - killed) {
            let served = Served::start(&scratch.0);
            verify(&served, &acknowledged).await;
            let loaded = acknowledged
                .lock()
                .expect("unpoisoned")
                .iter()
                .filter(|(id, ..)| id.starts_with("england-"))
                .count();
            let mut tasks = Vec::new();
            // The load goes on where it was; a batch that was not acknowledged is sent again, and
            // recorded once.
            let client = Recorder::new(connect(&served.url).await);
            let rest = england.as_ref().clone().into_iter().skip(loaded);
            tasks.push(tokio::spawn(record_until_gone(client, acknowledged.clone(), rest)));
            for writer in 0..WRITERS {
                let client = Recorder::new(connect(&served.url).await);
                let requests = (0..u64::MAX).map(move |n| {
                    let code = format!("W{writer}{killed:03}{n:04}");
                    establish(format!("writer-{code}"), &code)
                });
                tasks.push(tokio::spawn(record_until_gone(client, acknowledged.clone(), requests)));
            }
            let moment = 5 + next(&mut chance) % 200;
            tokio::time::sleep(Duration::from_millis(moment)).await;
            served.kill();
            for task in tasks {
                task.await.expect("a writer ended well");
            }
            killed += 1;
        }
        let served = Served::start(&scratch.0);
        verify(&served, &acknowledged).await;
        kept += acknowledged.lock().expect("unpoisoned").len();
    }
    println!("{killed} kills, {kept} requests acknowledged, none lost");
    assert!(kept > 0, "something was acknowledged");
}

/// Everything acknowledged is where it was said to be, positions are dense, the fold is a fresh
/// one.
async fn verify(served: &Served, acknowledged: &Acknowledged) {
    let channel = connect(&served.url).await;
    let mut client = Recorder::new(channel.clone());
    let all = acknowledged.lock().expect("unpoisoned").clone();
    for (id, first, last) in all {
        let request = pb::GetRequestRequest { request_id: id.clone() };
        let reply = client.get_request(request).await;
        let reply = reply.unwrap_or_else(|status| panic!("{id} is lost: {status:?}")).into_inner();
        assert_eq!((reply.first_position, reply.last_position), (first, last), "{id}");
    }
    let mut events = pb::event_service_client::EventServiceClient::new(channel);
    let request = pb::ReadRequest::default();
    let mut events = events.read(request).await.expect("read").into_inner();
    let mut expected = 1;
    let mut recorded_at = (i64::MIN, 0);
    while let Some(event) = events.message().await.expect("an event") {
        assert_eq!(event.position, expected, "positions are dense");
        let instant = event.recorded_at.map(|at| (at.seconds, at.nanos)).expect("an instant");
        assert!(recorded_at <= instant, "recorded_at never decreases");
        (expected, recorded_at) = (expected + 1, instant);
    }
    let fold = client.check_fold(pb::CheckFoldRequest {}).await.expect("checked").into_inner();
    assert_eq!(fold.position, expected - 1);
    assert_eq!(fold.fingerprint, fold.fresh_fingerprint, "the fold equals a fresh one");
}
