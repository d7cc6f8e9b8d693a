//! Streams on real servers: catching up, live delivery, fan-out, and readers that stall.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prost::Message;
use remit_grpc::pb;
use tonic::Streaming;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};

use crate::echo::Raw;
use crate::figures::{Conditions, Figures, Runs, quantile_us};
use crate::load::{RECORD, Served, appending, calls, connect, establish};

const SUBSCRIBE: &str = "/remit.v1.EventService/Subscribe";
/// Streams that share a connection.
const STREAMS_A_CONNECTION: usize = 100;

/// Where a subscription starts.
enum From {
    First,
    Now,
}

fn request(from: &From) -> Vec<u8> {
    let start = match from {
        From::First => None,
        From::Now => Some(pb::stream_start::Start::Now(true)),
    };
    let start = Some(pb::StreamStart { start });
    pb::SubscribeRequest { start, ..Default::default() }.encode_to_vec()
}

async fn subscribe(channel: &Channel, from: &From) -> Streaming<Vec<u8>> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.expect("ready");
    let path = PathAndQuery::from_static(SUBSCRIBE);
    let asked = tonic::Request::new(request(from));
    client.server_streaming(asked, path, Raw).await.expect("begun").into_inner()
}

/// Whether a message of a subscription holds an event: its first field is number 1.
fn is_event(message: &[u8]) -> bool {
    message.first() == Some(&0x0a)
}

/// Reads so many events of a stream.
async fn events(stream: &mut Streaming<Vec<u8>>, mut number: u64) {
    while number > 0 {
        let message = stream.message().await.expect("a message").expect("it goes on");
        number -= u64::from(is_event(&message));
    }
}

fn resident(served: &Served) -> f64 {
    let statm = std::fs::read_to_string(format!("/proc/{}/statm", served.id()));
    let pages = statm.ok().and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4_096.0
}

/// A server over a log of so many events, made by a process of its own.
fn with_history(conditions: &Conditions, name: &str, events: u64) -> Served {
    let dir = conditions.scratch.join(name);
    std::fs::create_dir_all(&dir).expect("a directory");
    let own = std::env::current_exe().expect("this program");
    let made = Command::new(own)
        .arg("make-history")
        .arg(dir.join("register.db"))
        .arg(events.to_string())
        .status();
    assert!(made.expect("run").success());
    Served::remit(conditions, name)
}

pub async fn streams(conditions: &Conditions, figures: &mut Figures) {
    catch_up(conditions, figures).await;
    live(conditions, figures).await;
    fan_out(conditions, figures).await;
    many(conditions, figures).await;
}

/// P15: one stream from the first event to the last, beside a bare stream of as many bytes.
async fn catch_up(conditions: &Conditions, figures: &mut Figures) {
    let count = conditions.events.min(1_000_000);
    let served = with_history(conditions, "catch-up", count);
    let channel = connect(&served.url).await;
    // The floor sends messages as long as the mean one.
    let mut bytes = 0;
    let mut stream = subscribe(&channel, &From::First).await;
    for _ in 0..50_000 {
        bytes += stream.message().await.expect("a message").expect("it goes on").len();
    }
    drop(stream);
    let size = bytes / 50_000;
    let echo = Served::stream(size);
    let bare = connect(&echo.url).await;
    let (mut ours, mut floor) = (Runs::default(), Runs::default());
    for _ in 0..conditions.runs {
        for (channel, runs) in [(&bare, &mut floor), (&channel, &mut ours)] {
            let start = Instant::now();
            let mut stream = subscribe(channel, &From::First).await;
            events(&mut stream, count).await;
            runs.0.push(count as f64 / start.elapsed().as_secs_f64());
        }
    }
    let name = format!("Subscribe, {count} events to one stream ({size} bytes each)");
    figures.ratio(name, "events/s", ours, ("bare stream", floor), Some(("P15", true, 0.45)));
}

/// P16: from the call of an append until a subscriber holds the event, beside the append.
async fn live(conditions: &Conditions, figures: &mut Figures) {
    let served = Served::remit(conditions, "live");
    let (mut ours, mut floor, mut late) = (Runs::default(), Runs::default(), Runs::default());
    for _ in 0..conditions.runs {
        let alone = calls(&served, RECORD, appending(1), (1, 1), conditions.seconds).await.p50;
        floor.0.push(alone);
        let mut stream = subscribe(&connect(&served.url).await, &From::Now).await;
        let mut client = tonic::client::Grpc::new(connect(&served.url).await);
        let mut samples = Vec::new();
        let until = Instant::now() + Duration::from_secs_f64(conditions.seconds);
        // The heartbeat that every stream begins with.
        stream.message().await.expect("a message");
        while Instant::now() < until {
            let asked = tonic::Request::new(establish(1));
            let at = Instant::now();
            client.ready().await.expect("ready");
            let path = PathAndQuery::from_static(RECORD);
            let reply = client.unary::<Vec<u8>, Vec<u8>, _>(asked, path, Raw);
            let (reply, ()) = tokio::join!(reply, async {
                events(&mut stream, 1).await;
                samples.push(u64::try_from(at.elapsed().as_nanos()).unwrap_or(u64::MAX));
            });
            reply.expect("recorded");
        }
        ours.0.push(quantile_us(&mut samples, 0.5));
        late.0.push(quantile_us(&mut samples, 0.99));
    }
    let name = "live delivery from the call, 1 client, p50";
    figures.ratio(name, "us", ours, ("append p50", floor), Some(("P16", false, 1.4)));
    figures.plain("live delivery from the call, 1 client, p99", "us", late, None);
}

/// P17: events that 100 live subscribers are sent in all, beside a bare server with 8 streams.
async fn fan_out(conditions: &Conditions, figures: &mut Figures) {
    const SUBSCRIBERS: u64 = 100;
    let served = Served::remit(conditions, "fan-out");
    let mut stream = subscribe(&connect(&served.url).await, &From::Now).await;
    calls(&served, RECORD, appending(1), (1, 1), 0.1).await;
    stream.message().await.expect("a heartbeat");
    let size = stream.message().await.expect("a message").expect("an event").len();
    drop(stream);
    let echo = Served::stream(size);
    let (mut ours, mut floor) = (Runs::default(), Runs::default());
    for _ in 0..conditions.runs {
        // As many bare messages as take some time.
        let each = 200_000;
        let start = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let channel = connect(&echo.url).await;
            tasks.push(tokio::spawn(async move {
                let mut stream = subscribe(&channel, &From::First).await;
                events(&mut stream, each).await;
            }));
        }
        for task in tasks {
            task.await.expect("joined");
        }
        floor.0.push((8 * each) as f64 / start.elapsed().as_secs_f64());
        let mut streams = Vec::new();
        for _ in 0..8 {
            let channel = connect(&served.url).await;
            for _ in 0..SUBSCRIBERS.div_ceil(8) {
                let mut stream = subscribe(&channel, &From::Now).await;
                stream.message().await.expect("a heartbeat");
                streams.push(stream);
            }
        }
        streams.truncate(SUBSCRIBERS as usize);
        let batches = 80;
        let start = Instant::now();
        let readers: Vec<_> = streams
            .into_iter()
            .map(|mut stream| tokio::spawn(async move { events(&mut stream, batches * 256).await }))
            .collect();
        let mut client = tonic::client::Grpc::new(connect(&served.url).await);
        for _ in 0..batches {
            client.ready().await.expect("ready");
            let asked = tonic::Request::new(establish(256));
            let path = PathAndQuery::from_static(RECORD);
            client.unary::<Vec<u8>, Vec<u8>, _>(asked, path, Raw).await.expect("recorded");
        }
        for reader in readers {
            reader.await.expect("joined");
        }
        let delivered = SUBSCRIBERS * batches * 256;
        ours.0.push(delivered as f64 / start.elapsed().as_secs_f64());
    }
    let name = format!("deliveries to {SUBSCRIBERS} live subscribers ({size} bytes each)");
    let floor = ("bare server, 8 streams", floor);
    figures.ratio(name, "events/s", ours, floor, Some(("P17", true, 0.5)));
}

/// Delays from the call of a paced append until each of so many subscribers holds the event.
async fn delays(served: &Served, subscribers: usize, seconds: f64) -> Vec<u64> {
    let appends = ((seconds * 20.0) as u64).max(20);
    let mut channels = Vec::new();
    for _ in 0..subscribers.div_ceil(STREAMS_A_CONNECTION) {
        channels.push(connect(&served.url).await);
    }
    // When the append under way was called, in nanoseconds since the beginning.
    let (begun, called) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let mut readers = Vec::new();
    for number in 0..subscribers {
        let mut stream = subscribe(&channels[number / STREAMS_A_CONNECTION], &From::Now).await;
        stream.message().await.expect("a heartbeat");
        let called = Arc::clone(&called);
        readers.push(tokio::spawn(async move {
            let mut samples = Vec::new();
            while (samples.len() as u64) < appends {
                let message = stream.message().await.expect("a message").expect("it goes on");
                if is_event(&message) {
                    let now = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
                    samples.push(now - called.load(Ordering::SeqCst));
                }
            }
            samples
        }));
    }
    let mut client = tonic::client::Grpc::new(connect(&served.url).await);
    for _ in 0..appends {
        client.ready().await.expect("ready");
        let asked = tonic::Request::new(establish(1));
        let path = PathAndQuery::from_static(RECORD);
        let now = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        called.store(now, Ordering::SeqCst);
        client.unary::<Vec<u8>, Vec<u8>, _>(asked, path, Raw).await.expect("recorded");
        // Far enough apart that everyone has the one before.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut all = Vec::new();
    for reader in readers {
        all.extend(reader.await.expect("joined"));
    }
    all
}

/// Delays at 1, 100 and 1,000 subscribers; with one of 1,000 that stalls; and what one costs.
async fn many(conditions: &Conditions, figures: &mut Figures) {
    const STALLED: usize = 100;
    let served = with_history(conditions, "many", 100_000);
    for subscribers in [1, 100, 1_000] {
        let (mut p50, mut p99) = (Runs::default(), Runs::default());
        for _ in 0..conditions.runs {
            let mut samples = delays(&served, subscribers, conditions.seconds).await;
            p50.0.push(quantile_us(&mut samples, 0.5));
            p99.0.push(quantile_us(&mut samples, 0.99));
        }
        let name = |what: &str| format!("delay at {subscribers} subscribers, {what}");
        figures.plain(name("p50"), "us", p50, None);
        figures.plain(name("p99"), "us", p99, None);
    }
    // A reader that asks for everything and reads nothing, on a connection of its own.
    let stall = async || {
        let endpoint = Endpoint::from_shared(served.url.clone()).expect("a URL");
        let channel = endpoint.connect().await.expect("a server");
        let stream = subscribe(&channel, &From::First).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        (channel, stream)
    };
    let (mut with, mut without) = (Runs::default(), Runs::default());
    for _ in 0..conditions.runs {
        let mut samples = delays(&served, 1_000, conditions.seconds).await;
        without.0.push(quantile_us(&mut samples, 0.99));
        let stalled = stall().await;
        let mut samples = delays(&served, 1_000, conditions.seconds).await;
        with.0.push(quantile_us(&mut samples, 0.99));
        drop(stalled);
    }
    let name = "delay at 1,000 subscribers with one stalled, p99";
    figures.ratio(name, "us", with, ("none stalled", without), None);
    let mut cost = Runs::default();
    for _ in 0..conditions.runs {
        let before = resident(&served);
        let mut stalled = Vec::new();
        for _ in 0..STALLED {
            stalled.push(stall().await);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        cost.0.push((resident(&served) - before).max(0.0) / STALLED as f64 / 1_024.0);
        drop(stalled);
    }
    figures.plain("memory of a stalled stream and its connection", "KiB", cost, None);
}
