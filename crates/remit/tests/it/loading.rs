//! A register that is still loading: it answers nothing and says so; one whose load was cut off
//! says so in every answer until the load is finished.

use std::path::Path;
use std::time::{Duration, Instant};

use remit_grpc::{LOADS_UNDER_WAY, pb};
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

use crate::served::{Scratch, Served, england_events, remit};

const QUESTION: [&str; 6] = ["who-holds", "qof", "--at", "11X", "--on", "2019-04-01"];

fn events(data: &Path) -> u64 {
    let db = rusqlite::Connection::open_with_flags(
        data.join("register.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    );
    let count =
        |db: rusqlite::Connection| db.query_row("SELECT count(*) FROM events", [], |r| r.get(0));
    db.and_then(count).map_or(0, |count: i64| count.unsigned_abs())
}

async fn health(channel: &Channel) -> ServingStatus {
    let request = tonic_health::pb::HealthCheckRequest { service: String::new() };
    HealthClient::new(channel.clone()).check(request).await.expect("checked").into_inner().status()
}

/// Every service refuses, by name and with a time to retry, and no file of the log is given out.
async fn assert_closed(url: &str, channel: &Channel) {
    let question = pb::WhoHoldsRequest::default();
    let mut asked =
        pb::responsibility_service_client::ResponsibilityServiceClient::new(channel.clone());
    let mut audit = pb::audit_service_client::AuditServiceClient::new(channel.clone());
    let mut records = pb::register_service_client::RegisterServiceClient::new(channel.clone());
    let refusals = [
        asked.who_holds(question).await.map(drop),
        audit.get_checkpoint(pb::GetCheckpointRequest::default()).await.map(drop),
        audit.issue_statement(pb::IssueStatementRequest::default()).await.map(drop),
        records.record(pb::RecordRequest::default()).await.map(drop),
    ];
    for refused in refusals {
        let status = refused.expect_err("refused");
        assert_eq!(status.code(), tonic::Code::Unavailable, "{status:?}");
        let details = status.get_error_details();
        assert_eq!(details.error_info().expect("a reason").reason, "LOADING");
        assert!(details.retry_info().expect("when to retry").retry_delay.is_some());
    }
    let address = url.trim_start_matches("http://").to_owned();
    for path in ["/checkpoint", "/tile/0/000"] {
        let reply = get(&address, path);
        assert!(reply.starts_with("HTTP/1.1 503"), "{path}: {reply}");
    }
}

fn get(address: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).expect("connected");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("a reply");
    reply
}

#[tokio::test]
async fn a_register_answers_once_it_is_whole_and_says_where_a_load_was_cut_off() {
    let scratch = Scratch::new("loading");
    let data = scratch.0.join("data");
    let served = Served::start_with(&data, &["--load", "england"]);
    let endpoint = Endpoint::from_shared(served.url.clone()).expect("a URL");
    let channel = endpoint.connect().await.expect("connected");
    let begun = Instant::now();
    while events(&data) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(120), "the load does not begin");
        assert_eq!(health(&channel).await, ServingStatus::NotServing);
        assert_closed(&served.url, &channel).await;
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_closed(&served.url, &channel).await;
    served.kill();
    let cut = events(&data);
    assert!(0 < cut && cut < england_events(), "it was killed in the middle: {cut} events");

    // Served without finishing the load: every answer says what is missing.
    let served = Served::start(&data);
    let channel = Endpoint::from_shared(served.url.clone()).expect("a URL").connect().await;
    let channel = channel.expect("connected");
    assert_eq!(health(&channel).await, ServingStatus::Serving);
    let answer = remit(&served.url, &[&QUESTION[..], &["-o", "json"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    assert_eq!(json["answer"]["loadsUnderWay"][0], "england", "{json}");
    for command in
        [&QUESTION[..], &["functions"], &["events", "--limit", "1"], &["audit", "checkpoint"]]
    {
        let printed = remit(&served.url, command).stderr;
        let printed = String::from_utf8_lossy(&printed);
        assert!(
            printed.contains("a load into this register is under way"),
            "{command:?}: {printed}"
        );
    }
    let loaded = remit(&served.url, &["load", "england"]);
    assert!(loaded.status.success(), "{loaded:?}");
    assert_eq!(events(&data), england_events());
    let answer = remit(&served.url, &[&QUESTION[..], &["-o", "json"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    assert!(json["answer"].get("loadsUnderWay").is_none(), "{json}");
    assert!(answer.stderr.is_empty(), "{answer:?}");

    // Nothing is left to load: it answers at once, and no load was marked.
    drop(served);
    let served = Served::start_with(&data, &["--load", "england"]);
    let channel = Endpoint::from_shared(served.url.clone()).expect("a URL").connect().await;
    let channel = channel.expect("connected");
    let begun = Instant::now();
    while health(&channel).await != ServingStatus::Serving {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not become whole");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut client = pb::event_service_client::EventServiceClient::new(channel);
    let reply =
        client.read(pb::ReadRequest { limit: 1, ..Default::default() }).await.expect("read");
    assert!(reply.metadata().get(LOADS_UNDER_WAY).is_none());
}
