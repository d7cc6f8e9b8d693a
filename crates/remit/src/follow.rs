//! Implements `remit events`: lists the recorded events and, with `--follow`, new events as they
//! are recorded.

use std::process::ExitCode;

use remit_grpc::pb::stream_start::Start;
use remit_grpc::pb::subscribe_response::Content;
use remit_grpc::{pb, render};
use tonic::Status;

use crate::args::{Events, Output};
use crate::client::{Client, Patience};
use crate::failure::Failure;
use crate::print::{self, say};

pub async fn events(client: &Client, asked: &Events, output: Output) -> Result<ExitCode, Failure> {
    if asked.follow {
        return follow(client, asked, output).await;
    }
    if asked.limit == Some(0) {
        return Ok(ExitCode::SUCCESS);
    }
    let request = pb::ReadRequest {
        limit: asked.limit.unwrap_or_default(),
        filter: asked.filter.clone(),
        start: Some(pb::StreamStart { start: Some(start(asked)) }),
        effective_from: asked.effective_from.map(render::date),
        personal: output != Output::Json,
        ..Default::default()
    };
    let mut events = client.events().read(request).await?.into_inner();
    while let Some(event) = events.message().await? {
        line(event.position, &event.cloud_event, output)?;
        personal(&event.personal);
    }
    Ok(ExitCode::SUCCESS)
}

fn start(asked: &Events) -> Start {
    match asked {
        Events { cursor: Some(cursor), .. } => Start::Cursor(cursor.clone()),
        Events { recorded_after: Some(instant), .. } => Start::RecordedAfter(*instant),
        Events { now: true, .. } => Start::Now(true),
        Events { from, .. } => Start::AfterPosition(from.saturating_sub(1)),
    }
}

async fn follow(client: &Client, asked: &Events, output: Output) -> Result<ExitCode, Failure> {
    let mut start = start(asked);
    let mut patience = Patience::default();
    loop {
        let ended = once(client, asked, &mut start, &mut patience, output).await;
        let gone = ended.err().unwrap_or_else(|| Status::unavailable("the stream ended"));
        patience.after(gone).await?;
    }
}

/// Prints the events of one stream until the stream ends. Keeps `start` up to date, so that the
/// next stream can continue from the last event.
async fn once(
    client: &Client,
    asked: &Events,
    start: &mut Start,
    patience: &mut Patience,
    output: Output,
) -> Result<(), Status> {
    let request = pb::SubscribeRequest {
        start: Some(pb::StreamStart { start: Some(start.clone()) }),
        filter: asked.filter.clone(),
        effective_from: asked.effective_from.map(render::date),
        typed: output != Output::Json,
        ..Default::default()
    };
    let mut events = client.events().subscribe(request).await?.into_inner();
    while let Some(message) = events.message().await? {
        patience.heard();
        match message.content {
            Some(Content::Event(event)) => {
                line(event.position, &event.cloud_event, output)
                    .map_err(|error| Status::internal(error.to_string()))?;
                personal(&event.personal);
                *start = Start::AfterPosition(event.position);
            }
            Some(Content::Heartbeat(beat)) => *start = Start::AfterPosition(beat.position),
            Some(Content::Ended(ended)) => *start = Start::Cursor(ended.cursor),
            None => {}
        }
    }
    Ok(())
}

/// Prints an event's personal fields, one a line. The values of these fields are stored beside the
/// event, not in the event's bytes.
fn personal(fields: &[pb::PersonalField]) {
    for pb::PersonalField { field, value, redaction } in fields {
        match redaction {
            None => say!("{:>8}  {field}: {value}", ""),
            Some(why) => say!(
                "{:>8}  {field}: {value} on {} by event {}: {} ({})",
                "",
                print::date(why.redacted_on),
                why.position,
                why.reason,
                why.authority
            ),
        }
    }
}

pub fn line(position: u64, cloud_event: &[u8], output: Output) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(cloud_event);
    if output == Output::Json {
        say!("{text}");
        return Ok(());
    }
    let value: serde_json::Value = serde_json::from_str(&text).map_err(Failure::software)?;
    let field = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let kind = print::event(&field("type")).to_owned();
    say!(
        "{position:>8}  {}  {kind:<24}  {:<32}  {}",
        field("time"),
        field("subject"),
        field("effectiveon"),
    );
    Ok(())
}
