//! Implements `remit watch` and `remit pins`: follows chosen answers, and pins answers that
//! somebody relied on.

use std::process::ExitCode;

use remit_grpc::pb::watch_answers_response::Content;
use remit_grpc::{json, pb, render};
use remit_register::UnknownReason;
use tonic::Status;

use crate::args::{Output, PinAct, Pins, Watch};
use crate::client::{Client, Patience};
use crate::failure::Failure;
use crate::pages;
use crate::plain::{self, short, sides, span};
use crate::print::{self, Table, say};

pub async fn watch(client: &Client, asked: &Watch, output: Output) -> Result<ExitCode, Failure> {
    let question = |(function, place): &(String, String)| pb::WatchedQuestion {
        function: function.clone(),
        place: place.clone(),
    };
    let mut request = pb::WatchAnswersRequest {
        questions: asked.questions.iter().map(question).collect(),
        areas: asked.areas.clone(),
        holdings: asked.holdings.clone(),
        pins: asked.pins.clone(),
        cursor: asked.cursor.clone().unwrap_or_default(),
        consumer: asked.consumer.clone().unwrap_or_default(),
        heartbeat_seconds: 0,
    };
    let mut patience = Patience::default();
    loop {
        let ended = tokio::select! {
            ended = once(client, &mut request, &mut patience, output) => ended,
            _ = tokio::signal::ctrl_c() => {
                if request.consumer.is_empty() && !request.cursor.is_empty() {
                    eprintln!("remit: go on with --cursor {}", request.cursor);
                }
                return Ok(ExitCode::SUCCESS);
            }
        };
        let gone = match ended {
            Ok(()) => Status::unavailable("the stream ended"),
            Err(Ended::Status(status)) => status,
            Err(Ended::Failed(failure)) => return Err(failure),
        };
        patience.after(gone).await?;
    }
}

enum Ended {
    Status(Status),
    Failed(Failure),
}

impl From<Status> for Ended {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// Prints the messages of one stream until the stream ends. Keeps the cursor in `request` up to
/// date, so that the next stream can continue from the last message.
async fn once(
    client: &Client,
    request: &mut pb::WatchAnswersRequest,
    patience: &mut Patience,
    output: Output,
) -> Result<(), Ended> {
    let mut stream = client.responsibility().watch_answers(request.clone()).await?.into_inner();
    while let Some(message) = stream.message().await? {
        patience.heard();
        if output == Output::Json && !matches!(message.content, Some(Content::Heartbeat(_))) {
            let value = json::to_json("WatchAnswersResponse", &message);
            say!("{}", value.map_err(|error| Ended::Failed(Failure::software(error)))?);
        }
        match message.content {
            Some(Content::Present(present)) if output == Output::Table => {
                let pinned = match (present.watched.starts_with("pin "), present.as_pinned) {
                    (false, _) => "",
                    (true, true) => "  (as pinned)",
                    (true, false) => "  (no longer as pinned)",
                };
                let answer = present.answer.unwrap_or_default();
                warn_of_unknown(&answer);
                let (function, place) = (&answer.function, &answer.place);
                say!("{function} at {place}: {}{pinned}", short(Some(&answer)));
            }
            Some(Content::Present(_)) | None => {}
            Some(Content::Notice(notice)) => {
                let cursor = notice.cursor.clone();
                if output == Output::Table {
                    line(&notice);
                }
                if !request.consumer.is_empty() {
                    let consumer = request.consumer.clone();
                    let asked = pb::AcknowledgeNoticesRequest { consumer, cursor: cursor.clone() };
                    client.responsibility().acknowledge_notices(asked).await?;
                }
                request.cursor = cursor;
            }
            Some(Content::Heartbeat(beat)) => request.cursor = beat.cursor,
            Some(Content::Ended(ended)) => request.cursor = ended.cursor,
        }
    }
    Ok(())
}

/// Warns if the function or place of an answer is not recorded. The server then answers "unknown",
/// but the usual cause is a typing error.
fn warn_of_unknown(answer: &pb::Answer) {
    let unknown = plain::word::<UnknownReason>(answer.unknown);
    if unknown == Some(UnknownReason::FunctionNotRecorded) {
        eprintln!("remit: the register knows no function {}", answer.function);
    }
    if unknown == Some(UnknownReason::PlaceNotRecorded) {
        eprintln!("remit: the register knows no place {}", answer.place);
    }
}

fn line(notice: &pb::AnswerNotice) {
    let change = notice.change.clone().unwrap_or_default();
    let at = print::instant(notice.known_at.as_ref().and_then(|known| known.recorded_at));
    let why = match (notice.kind() == pb::NoticeKind::BecameEffective, notice.retroactive) {
        (true, _) => format!("{} began", print::date(notice.began)),
        (false, true) => format!("{at} recorded after the fact"),
        (false, false) => format!("{at} recorded"),
    };
    let days = span(change.effective_from, change.effective_until);
    let (before, after) = sides(&change);
    let changed = if before == after {
        format!("{after} as before, on other grounds or conditions")
    } else {
        format!("{before} -> {after}")
    };
    let causes: Vec<_> = change.causes.iter().map(ToString::to_string).collect();
    say!(
        "{why}: {} at {} {days}: {changed}  [{}; by event {}]",
        change.function,
        change.place,
        notice.watched,
        causes.join(", "),
    );
}

pub async fn pins(client: &Client, asked: Pins, output: Output) -> Result<ExitCode, Failure> {
    let mut client = client.responsibility();
    match asked.act.unwrap_or(PinAct::List) {
        PinAct::List => {
            let reply = pages::all(async |page_token| {
                client.list_pins(pb::ListPinsRequest { page_size: 0, page_token }).await
            });
            let reply = reply.await?;
            match output {
                Output::Json => print::json("ListPinsResponse", &reply)?,
                Output::Table if reply.pins.is_empty() => {
                    say!("nothing is pinned; `remit pins add` pins an answer");
                }
                Output::Table => print::out(&pinned(reply.pins)),
            }
        }
        PinAct::Add { pin, function, at, on, known, note, actor } => {
            let request = pb::PinAnswerRequest {
                pin,
                actor,
                function,
                place: at,
                effective_on: Some(render::date(on)),
                known_at: known.wire(),
                note,
            };
            let reply = client.pin_answer(request).await?.into_inner();
            if output == Output::Json {
                print::json("PinAnswerResponse", &reply)?;
                return Ok(ExitCode::SUCCESS);
            }
            let pin = reply.pin.unwrap_or_default();
            let answer = pin.answer.unwrap_or_default();
            warn_of_unknown(&answer);
            let known = print::known(answer.known_at.as_ref());
            say!("pinned {}: {}, as known at {known}", pin.pin, short(Some(&answer)));
        }
        PinAct::Remove { pin, actor } => {
            client.unpin_answer(pb::UnpinAnswerRequest { pin: pin.clone(), actor }).await?;
            if output == Output::Table {
                say!("removed {pin}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn pinned(pins: Vec<pb::Pin>) -> Table {
    let mut table = Table::new(&["pin", "answer relied on", "day", "as known at", "now", "note"]);
    for pin in pins {
        let answer = pin.answer.unwrap_or_default();
        let changed: Vec<_> = pin.changed_at.iter().map(u64::to_string).collect();
        let now = match (pin.as_pinned, changed.is_empty()) {
            (true, true) => "the same".to_owned(),
            (true, false) => format!("the same again, after {}", changed.join(", ")),
            (false, _) => format!("changed by {}", changed.join(", ")),
        };
        let (function, place) = (&answer.function, &answer.place);
        table.row([
            pin.pin,
            format!("{function} at {place}: {}", short(Some(&answer))),
            print::date(answer.effective_on),
            print::known(answer.known_at.as_ref()),
            now,
            pin.note,
        ]);
    }
    table
}
