//! Load on real servers: questions and appends, each beside its floor.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prost::Message;
use remit_grpc::pb;
use tokio_stream::StreamExt;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};

use crate::echo::Raw;
use crate::figures::{Conditions, Figures, Runs, quantile_us};
use crate::store;

/// A server process, stopped by its own pid.
pub struct Served {
    child: Child,
    pub url: String,
}

impl Served {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a line").expect("text");
        let url = first.rsplit_once(" on ").expect("where it serves").1.to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    pub fn remit(conditions: &Conditions, data: &str) -> Self {
        let data = conditions.scratch.join(data);
        let args = ["serve", "--listen", "127.0.0.1:0", "--data"];
        Self::start(Command::new(&conditions.remit).args(args).arg(data))
    }

    fn echo(bytes: usize) -> Self {
        let own = std::env::current_exe().expect("this program");
        Self::start(Command::new(own).arg("echo-server").env("ECHO_BYTES", bytes.to_string()))
    }

    /// A bare server whose streams send messages of so many bytes, shaped like events.
    pub fn stream(bytes: usize) -> Self {
        Self::echo(bytes)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The server's own CPU time so far, in seconds.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        let after = stat.rsplit_once(')').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        let fields: Vec<_> = after.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) / 100.0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub async fn connect(url: &str) -> Channel {
    let endpoint = Endpoint::from_shared(url.to_owned()).expect("a URL");
    let endpoint = endpoint
        .tcp_nodelay(true)
        .initial_stream_window_size(4 << 20)
        .initial_connection_window_size(16 << 20);
    endpoint.connect().await.expect("a server")
}

/// One run of unary calls: rate, p50, p99, the server's CPU a call.
pub struct Calls {
    pub rate: f64,
    pub p50: f64,
    pub p99: f64,
    cpu_us: f64,
}

/// Calls one method with prepared requests, over so many connections with so many in flight each.
pub async fn calls(
    served: &Served,
    path: &'static str,
    requests: Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>,
    (connections, in_flight): (usize, usize),
    seconds: f64,
) -> Calls {
    let stop = Arc::new(AtomicBool::new(false));
    let number = Arc::new(AtomicU64::new(0));
    let mut channels = Vec::new();
    for _ in 0..connections {
        channels.push(connect(&served.url).await);
    }
    let cpu = served.cpu();
    let start = Instant::now();
    let mut tasks = Vec::new();
    for channel in channels {
        for _ in 0..in_flight {
            let (stop, number, requests) = (stop.clone(), number.clone(), requests.clone());
            let mut client = tonic::client::Grpc::new(channel.clone());
            tasks.push(tokio::spawn(async move {
                let mut samples = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let request = requests(number.fetch_add(1, Ordering::Relaxed));
                    let at = Instant::now();
                    client.ready().await.expect("ready");
                    let path = PathAndQuery::from_static(path);
                    let reply: tonic::Response<Vec<u8>> = client
                        .unary(tonic::Request::new(request), path, Raw)
                        .await
                        .expect("answered");
                    std::hint::black_box(reply.into_inner().len());
                    samples.push(u64::try_from(at.elapsed().as_nanos()).unwrap_or(u64::MAX));
                }
                samples
            }));
        }
    }
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("joined"));
    }
    let elapsed = start.elapsed().as_secs_f64();
    let count = all.len() as f64;
    Calls {
        rate: count / elapsed,
        p50: quantile_us(&mut all, 0.5),
        p99: quantile_us(&mut all, 0.99),
        cpu_us: (served.cpu() - cpu) * 1e6 / count,
    }
}

const WHO_HOLDS: &str = "/remit.v1.ResponsibilityService/WhoHolds";
pub const RECORD: &str = "/remit.v1.RegisterService/Record";

/// How long `remit load england` takes, whole process.
pub fn england(conditions: &Conditions, figures: &mut Figures) {
    let mut seconds = Runs::default();
    for run in 0..conditions.runs {
        let served = Served::remit(conditions, &format!("england-{run}"));
        seconds.0.push(load(conditions, &served));
    }
    figures.plain("load england, all facts", "s", seconds, Some(("aim", false, 3.0)));
}

pub fn load(conditions: &Conditions, served: &Served) -> f64 {
    let start = Instant::now();
    let status = Command::new(&conditions.remit)
        .args(["--server", &served.url, "load", "england"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("run").success());
    start.elapsed().as_secs_f64()
}

fn question(number: u64, places: &[String]) -> pb::WhoHoldsRequest {
    const FUNCTIONS: [&str; 4] = ["qof", "gms-contracts", "premises-costs", "performers-list"];
    let at = |step: u64, of: usize| usize::try_from((number / step) % of as u64).unwrap_or(0);
    let year = 2013 + i32::try_from(number % 13).unwrap_or(0);
    pb::WhoHoldsRequest {
        function: FUNCTIONS[at(1, 4)].to_owned(),
        place: places[at(3, places.len())].clone(),
        effective_on: Some(pb::Date { year, month: 10, day: 1 }),
        known_at: None,
        at_least: String::new(),
        answers_on: None,
    }
}

/// Practices to ask about.
pub async fn places(served: &Served) -> Vec<String> {
    let channel = connect(&served.url).await;
    let mut client = pb::directory_service_client::DirectoryServiceClient::new(channel);
    let request = pb::ListBodiesRequest {
        role: pb::BodyRole::Practice.into(),
        effective_on: Some(pb::Date { year: 2022, month: 1, day: 1 }),
        ..Default::default()
    };
    let reply = client.list_bodies(request).await.expect("listed").into_inner();
    reply.bodies.into_iter().map(|body| body.code).collect()
}

pub async fn questions(conditions: &Conditions, figures: &mut Figures) {
    let served = Served::remit(conditions, "questions");
    load(conditions, &served);
    let places = Arc::new(places(&served).await);
    let asked = {
        let places = places.clone();
        Arc::new(move |number| question(number, &places).encode_to_vec())
            as Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>
    };
    // The floor answers with as many bytes as the median answer has.
    let mut sizes = Vec::new();
    let mut client = tonic::client::Grpc::new(connect(&served.url).await);
    for number in 0..500 {
        client.ready().await.expect("ready");
        let path = PathAndQuery::from_static(WHO_HOLDS);
        let reply: tonic::Response<Vec<u8>> = client
            .unary(tonic::Request::new(asked(number * 7)), path, Raw)
            .await
            .expect("answered");
        sizes.push(reply.into_inner().len());
    }
    sizes.sort_unstable();
    let echo = Served::echo(sizes[sizes.len() / 2]);
    figures.plain("bytes of the median answer", "bytes", Runs(vec![sizes[250] as f64]), None);
    for shape in [(1, 1), (4, 16), (4, 64), (16, 1)] {
        let (mut ours, mut floor) = (Vec::new(), Vec::new());
        for _ in 0..conditions.runs {
            floor.push(calls(&echo, WHO_HOLDS, asked.clone(), shape, conditions.seconds).await);
            ours.push(calls(&served, WHO_HOLDS, asked.clone(), shape, conditions.seconds).await);
        }
        let of = |runs: &[Calls], part: fn(&Calls) -> f64| Runs(runs.iter().map(part).collect());
        let name = |what: &str| format!("WhoHolds {}x{} {what}", shape.0, shape.1);
        let goal = matches!(shape, (4, 16) | (4, 64)).then_some(("P1", true, 0.92));
        let rate = |c: &Calls| c.rate;
        figures.ratio(name("rate"), "calls/s", of(&ours, rate), ("echo", of(&floor, rate)), goal);
        let goal = (shape == (1, 1)).then_some(("P2", false, 1.05));
        let p50 = |c: &Calls| c.p50;
        figures.ratio(name("p50"), "us", of(&ours, p50), ("echo", of(&floor, p50)), goal);
        let goal = (shape == (4, 16)).then_some(("P2", false, 1.15));
        let p99 = |c: &Calls| c.p99;
        figures.ratio(name("p99"), "us", of(&ours, p99), ("echo", of(&floor, p99)), goal);
        let cpu = |c: &Calls| c.cpu_us;
        let floor = ("echo", of(&floor, cpu));
        figures.ratio(name("server CPU a call"), "us", of(&ours, cpu), floor, None);
    }
    for (brief, goal) in [(true, Some(("P4 aim", true, 500_000.0))), (false, None)] {
        let mut rate = Runs::default();
        for _ in 0..conditions.runs {
            rate.0.push(batches(&served, &places, brief, conditions.seconds).await);
        }
        let what = if brief { "brief answers" } else { "whole answers" };
        figures.plain(format!("BatchWhoHolds, 64 a message, {what}"), "answers/s", rate, goal);
    }
    while_appends_run(conditions, figures, &served, asked).await;
}

/// Answers a second over two streams.
async fn batches(served: &Served, places: &[String], brief: bool, seconds: f64) -> f64 {
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(seconds);
    let mut tasks = Vec::new();
    for stream in 0..2 {
        let channel = connect(&served.url).await;
        // The load generator prepares its questions once: it is not what is measured.
        let prepared: Vec<Vec<u8>> = (0..64_u64)
            .map(|batch| {
                let from = (stream * 64 + batch) * 64;
                let questions = (from..from + 64).map(|number| question(number, places)).collect();
                pb::BatchWhoHoldsRequest { questions, brief }.encode_to_vec()
            })
            .collect();
        tasks.push(tokio::spawn(async move {
            let mut client = tonic::client::Grpc::new(channel);
            client.ready().await.expect("ready");
            let asking = tokio_stream::iter(prepared.into_iter().cycle_until(until));
            let path = PathAndQuery::from_static("/remit.v1.ResponsibilityService/BatchWhoHolds");
            let mut answers = client
                .streaming(tonic::Request::new(asking), path, Raw)
                .await
                .expect("begun")
                .into_inner();
            let mut answered = 0_u64;
            while let Some(message) = answers.next().await {
                let message: Vec<u8> = message.expect("answered");
                std::hint::black_box(message.len());
                answered += 64;
            }
            answered
        }));
    }
    let mut answered = 0;
    for task in tasks {
        answered += task.await.expect("joined");
    }
    answered as f64 / start.elapsed().as_secs_f64()
}

/// Goes round and round until a moment.
struct CycleUntil {
    items: Vec<Vec<u8>>,
    next: usize,
    until: Instant,
}

trait CycleUntilExt {
    fn cycle_until(self, until: Instant) -> CycleUntil;
}

impl CycleUntilExt for std::vec::IntoIter<Vec<u8>> {
    fn cycle_until(self, until: Instant) -> CycleUntil {
        CycleUntil { items: self.collect(), next: 0, until }
    }
}

impl Iterator for CycleUntil {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let item = self.items.get(self.next % self.items.len())?.clone();
        self.next += 1;
        (Instant::now() < self.until).then_some(item)
    }
}

static RECORDED: AtomicU64 = AtomicU64::new(0);

/// A request that establishes one practice, or so many.
pub fn establish(events: usize) -> Vec<u8> {
    let command = || {
        let number = RECORDED.fetch_add(1, Ordering::Relaxed);
        let established = pb::BodyEstablished {
            code: format!("B{number:08}"),
            role: pb::BodyRole::Practice.into(),
            name: "A PRACTICE OF THE BENCHMARK".to_owned(),
            legal_form: 0,
            effective: Some(pb::Period {
                effective_from: Some(pb::Date { year: 2015, month: 4, day: 1 }),
                effective_until: None,
            }),
        };
        pb::Command { act: Some(pb::command::Act::BodyEstablished(established)), evidence: None }
    };
    let commands: Vec<_> = (0..events).map(|_| command()).collect();
    pb::RecordRequest {
        request_id: format!("bench-{}", RECORDED.fetch_add(1, Ordering::Relaxed)),
        actor: "bench".to_owned(),
        acting_for: "X24".to_owned(),
        commands,
        evidence: Some(pb::Evidence {
            source: "bench".to_owned(),
            confidence: pb::Confidence::Confirmed.into(),
            ..Default::default()
        }),
        validate_only: false,
        prove: false,
    }
    .encode_to_vec()
}

pub fn appending(events: usize) -> Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync> {
    Arc::new(move |_| establish(events))
}

/// P3: p99 of questions while appends run at half of what they can.
async fn while_appends_run(
    conditions: &Conditions,
    figures: &mut Figures,
    served: &Served,
    asked: Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>,
) {
    let most = calls(served, RECORD, appending(1), (4, 16), conditions.seconds).await.rate;
    let (mut alone, mut beside) = (Runs::default(), Runs::default());
    for _ in 0..conditions.runs {
        let shape = (4, 4);
        alone.0.push(calls(served, WHO_HOLDS, asked.clone(), shape, conditions.seconds).await.p99);
        let channel = connect(&served.url).await;
        let stop = Arc::new(AtomicBool::new(false));
        let ended = stop.clone();
        let writer = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_millis(4));
            let a_tick = (most / 2.0 * 0.004).ceil() as usize;
            while !ended.load(Ordering::Relaxed) {
                ticks.tick().await;
                let mut sent = Vec::new();
                for _ in 0..a_tick {
                    let mut client = tonic::client::Grpc::new(channel.clone());
                    sent.push(tokio::spawn(async move {
                        client.ready().await.expect("ready");
                        let path = PathAndQuery::from_static(RECORD);
                        let request = tonic::Request::new(establish(1));
                        let reply: tonic::Response<Vec<u8>> =
                            client.unary(request, path, Raw).await.expect("recorded");
                        reply.into_inner().len()
                    }));
                }
                for one in sent {
                    one.await.expect("joined");
                }
            }
        });
        beside.0.push(calls(served, WHO_HOLDS, asked.clone(), shape, conditions.seconds).await.p99);
        stop.store(true, Ordering::Relaxed);
        writer.await.expect("joined");
    }
    let floor = ("alone", alone);
    let goal = Some(("P3", false, 1.5));
    figures.ratio(
        "WhoHolds 4x4 p99 while appends run at half their most",
        "us",
        beside,
        floor,
        goal,
    );
}

/// The bytes of one stored event, as long as those the appends make.
const STORED: &str = "{\"specversion\":\"1.0\",\"id\":\"36360\",\"source\":\"urn:remit:00000000-0000-0000-0000-000000000000\",\"type\":\"uk.nhs.remit.body-established.v1\",\"subject\":\"B00000001\",\"time\":\"2026-11-21T20:00:00.000000Z\",\"datacontenttype\":\"application/json\",\"position\":36360,\"effectiveon\":\"2015-04-01\",\"requestid\":\"bench-1\",\"actor\":\"bench\",\"actingfor\":\"X24\",\"data\":{\"code\":\"B00000001\",\"role\":\"practice\",\"name\":\"A PRACTICE OF THE BENCHMARK\",\"effective_from\":\"2015-04-01\",\"evidence\":{\"source\":\"bench\",\"confidence\":\"confirmed\"}}}";

pub async fn appends(conditions: &Conditions, figures: &mut Figures) {
    let served = Served::remit(conditions, "appends");
    let echo = Served::echo(80);
    let file = |name: &str, run: usize| conditions.scratch.join(format!("{name}-{run}.db"));
    let seconds = conditions.seconds;
    let off = async |work: Box<dyn FnOnce() -> f64 + Send>| {
        tokio::task::spawn_blocking(work).await.expect("joined")
    };
    // One client: the call beside a bare call and a bare commit.
    let (mut ours, mut floor) = (Runs::default(), Runs::default());
    for run in 0..conditions.runs {
        let path = file("single", run);
        let commit = off(Box::new(move || store::commits(&path, STORED, 1, seconds).1)).await;
        let call = calls(&echo, WHO_HOLDS, appending(1), (1, 1), seconds).await.p50;
        floor.0.push(commit + call);
        ours.0.push(calls(&served, RECORD, appending(1), (1, 1), seconds).await.p50);
    }
    let floor = ("echo + SQLite commit", floor);
    figures.ratio("Record, 1 client, p50", "us", ours, floor, Some(("P6", false, 1.15)));
    // Many clients, each with one connection; and multiplexed.
    for (writers, shape) in [(8, (8, 1)), (64, (64, 1)), (64, (4, 16))] {
        let (mut ours, mut floor, mut steady) = (Runs::default(), Runs::default(), Runs::default());
        for run in 0..conditions.runs {
            let path = file(&format!("group-{}-{writers}", shape.0), run);
            let group = move || store::group_commits(&path, STORED, writers, seconds);
            floor.0.push(off(Box::new(group)).await);
            let run = calls(&served, RECORD, appending(1), shape, seconds).await;
            ours.0.push(run.rate);
            steady.0.push(run.p99 / run.p50);
        }
        let name = format!("Record, {}x{}", shape.0, shape.1);
        let goal = (shape == (4, 16)).then_some(("P9", true, 0.55));
        let floor_name = format!("SQLite group commit, {writers} writers");
        figures.ratio(name.clone(), "events/s", ours, (&floor_name, floor), goal);
        let goal = (shape == (64, 1)).then_some(("P11", false, 3.0));
        figures.plain(format!("{name}, p99 / p50"), "ratio", steady, goal);
    }
    // Batches of 256.
    let (mut ours, mut floor) = (Runs::default(), Runs::default());
    for run in 0..conditions.runs {
        let path = file("batch", run);
        floor.0.push(off(Box::new(move || store::commits(&path, STORED, 256, seconds).0)).await);
        let run = calls(&served, RECORD, appending(256), (2, 2), seconds).await;
        ours.0.push(run.rate * 256.0);
    }
    let floor = ("SQLite, 256 a commit", floor);
    figures.ratio(
        "Record, 256 events a request",
        "events/s",
        ours,
        floor,
        Some(("P10", true, 0.8)),
    );
    assert!(Path::new(&conditions.scratch).exists());
}
