//! Implements `remit groups`: administers consumer groups, receives their events, and handles their
//! parked events.

use std::process::ExitCode;
use std::time::Duration;

use remit_grpc::pb;
use remit_grpc::pb::join_group_request::Content as Say;
use remit_grpc::pb::join_group_response::Content;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::args::{GroupAct, Groups, Output};
use crate::client::{Client, Patience};
use crate::failure::Failure;
use crate::follow;
use crate::pages;
use crate::print::{self, Table, say};

pub async fn groups(client: &Client, asked: Groups, output: Output) -> Result<ExitCode, Failure> {
    let mut events = client.events();
    match asked.act.unwrap_or(GroupAct::List) {
        GroupAct::List => show(client, String::new(), output).await?,
        GroupAct::Show { group } => show(client, group, output).await?,
        GroupAct::Create { group, filter, after, now, by } => {
            use pb::stream_start::Start;
            let start = if now { Start::Now(true) } else { Start::AfterPosition(after) };
            let start = Some(pb::StreamStart { start: Some(start) });
            let request = pb::CreateGroupRequest { group, actor: by.actor, filter, start };
            let reply = events.create_group(request).await?.into_inner();
            if output == Output::Json {
                print::json("CreateGroupResponse", &reply)?;
            } else {
                let group = reply.group.unwrap_or_default();
                say!("{} gets the events after {}", group.group, group.after_position);
            }
        }
        GroupAct::Follow { group, member } => follow(client, group, member, output).await?,
        GroupAct::Parked { group } => parked(client, group, output).await?,
        GroupAct::Replay { group, position, by } => {
            release(client, (group, position), by.actor, String::new()).await?;
            say!("event {position} will be given out again");
        }
        GroupAct::Discard { group, position, reason, by } => {
            release(client, (group, position), by.actor, reason).await?;
            say!("event {position} is discarded; the events that waited behind it are given out");
        }
        GroupAct::Acts { name } => acts(client, name.unwrap_or_default(), output).await?,
        GroupAct::Delete { group, by } => {
            let request = pb::DeleteGroupRequest { group: group.clone(), actor: by.actor };
            events.delete_group(request).await?;
            say!("deleted {group}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(client: &Client, group: String, output: Output) -> Result<(), Failure> {
    let one = !group.is_empty();
    let mut events = client.events();
    let reply = pages::all(async |page_token| {
        let group = group.clone();
        events.list_groups(pb::ListGroupsRequest { group, page_size: 0, page_token }).await
    });
    let reply = reply.await?;
    if output == Output::Json {
        return print::json("ListGroupsResponse", &reply);
    }
    if reply.groups.is_empty() {
        say!("there are no groups; `remit groups create` makes one");
        return Ok(());
    }
    let mut table = Table::new(&[
        "group",
        "filter",
        "done up to",
        "behind",
        "with members",
        "parked",
        "released",
    ]);
    table.right(&[2, 3, 4, 5, 6]);
    for group in &reply.groups {
        table.row([
            group.group.clone(),
            if group.filter.is_empty() { "every event".to_owned() } else { group.filter.clone() },
            group.position.to_string(),
            reply.head.saturating_sub(group.position).to_string(),
            group.with_members.to_string(),
            group.parked.to_string(),
            group.released_subjects.to_string(),
        ]);
    }
    print::out(&table);
    for member in reply.groups.iter().filter(|_| one).flat_map(|group| &group.members) {
        say!(
            "member {} has {}",
            member.member,
            print::things(member.has as usize, "event", "events")
        );
    }
    Ok(())
}

async fn follow(
    client: &Client,
    group: String,
    member: String,
    output: Output,
) -> Result<(), Failure> {
    let mut patience = Patience::default();
    loop {
        let ended = once(client, &group, &member, &mut patience, output).await?;
        let gone = ended.unwrap_or_else(|| Status::unavailable("the stream ended"));
        patience.after(gone).await?;
    }
}

/// Joins the group as `member`, and acknowledges each event until the stream ends. Returns the
/// status with which the stream ended, if any.
async fn once(
    client: &Client,
    group: &str,
    member: &str,
    patience: &mut Patience,
    output: Output,
) -> Result<Option<Status>, Failure> {
    let (say, said) = mpsc::channel(64);
    let tell =
        async |content| say.send(pb::JoinGroupRequest { content: Some(content) }).await.is_ok();
    let (group, member) = (group.to_owned(), member.to_owned());
    tell(Say::Join(pb::Join { group, member, credit: 0 })).await;
    let mut stream = match client.events().join_group(ReceiverStream::new(said)).await {
        Ok(stream) => stream.into_inner(),
        Err(status) => return Ok(Some(status)),
    };
    loop {
        let next = tokio::time::timeout(Duration::from_secs(1), stream.message()).await;
        let message = match next {
            Err(_) => {
                tell(Say::Alive(pb::Alive {})).await;
                continue;
            }
            Ok(Err(status)) => return Ok(Some(status)),
            Ok(Ok(message)) => message,
        };
        patience.heard();
        match message.and_then(|message| message.content) {
            Some(Content::Delivery(delivery)) => {
                let event = delivery.event.unwrap_or_default();
                follow::line(event.position, &event.cloud_event, output)?;
                let positions = vec![event.position];
                tell(Say::Acknowledge(pb::Acknowledge { positions })).await;
            }
            Some(Content::Misdirected(misdirected)) => eprintln!("remit: {}", misdirected.message),
            Some(_) => {}
            None => return Ok(None),
        }
    }
}

async fn parked(client: &Client, group: String, output: Output) -> Result<(), Failure> {
    let mut events = client.events();
    let reply = pages::all(async |page_token| {
        let group = group.clone();
        events.list_parked(pb::ListParkedRequest { group, page_size: 0, page_token }).await
    });
    let reply = reply.await?;
    if output == Output::Json {
        return print::json("ListParkedResponse", &reply);
    }
    let mut table = Table::new(&["event", "type", "subject", "reason", "member", "attempts"]);
    for parked in reply.parked {
        let event = parked.event.unwrap_or_default();
        let value: serde_json::Value =
            serde_json::from_slice(&event.cloud_event).map_err(Failure::software)?;
        table.row([
            event.position.to_string(),
            print::event(value["type"].as_str().unwrap_or_default()).to_owned(),
            parked.subject,
            parked.reason,
            parked.member,
            parked.attempts.to_string(),
        ]);
    }
    match table.is_empty() {
        true => say!("nothing is parked"),
        false => print::out(&table),
    }
    Ok(())
}

async fn release(
    client: &Client,
    (group, position): (String, u64),
    actor: String,
    discard_reason: String,
) -> Result<(), Failure> {
    let request = pb::ReleaseParkedRequest { group, position, actor, discard_reason };
    client.events().release_parked(request).await?;
    Ok(())
}

async fn acts(client: &Client, name: String, output: Output) -> Result<(), Failure> {
    let mut events = client.events();
    let reply = pages::all(async |page_token| {
        let name = name.clone();
        events.list_acts(pb::ListActsRequest { name, page_size: 0, page_token }).await
    });
    for act in reply.await?.acts {
        if output == Output::Json {
            say!("{act}");
            continue;
        }
        let value: serde_json::Value = serde_json::from_str(&act).map_err(Failure::software)?;
        let field = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let kind = print::event(&field("type")).to_owned();
        say!(
            "{:>6}  {}  {kind:<16}  {:<20}  by {}  {}",
            value["sequence"].as_u64().unwrap_or_default(),
            field("time"),
            field("subject"),
            field("actor"),
            value["data"],
        );
    }
    Ok(())
}
