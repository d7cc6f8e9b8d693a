//! Implements consumer groups: their administration, and the streams of their members.

use remit_domain::{Position, Text};
use remit_engine::{CREDIT_MAX, Delivery, GroupView, LEASE, MemberDesk, Membership, Misdirected};
use remit_shape::DeskName;
use tokio_stream::StreamExt;
use tonic::{Request, Response, Status, Streaming};

use super::events::recorded;
use super::streams::{Messages, Outlet, Over, StreamPlace, stream};
use super::{Api, PAGE_MAX, Page, Paged, count};
use crate::fields::{AskedKnown, Fields};
use crate::pb::join_group_request::Content as Asked;
use crate::pb::join_group_response::Content;
use crate::{pb, status};

/// The maximum number of events that a member may acknowledge in one message.
const ACKNOWLEDGED_MAX: usize = 1_000;
/// The maximum length of the reason for a rejection, in characters. The rest of a longer reason is
/// cut off.
const REASON_MAX: usize = 500;

fn response(content: Content) -> pb::JoinGroupResponse {
    pb::JoinGroupResponse { content: Some(content) }
}

fn group(view: &GroupView) -> pb::Group {
    let member = |(member, has): &(String, usize)| pb::GroupMember {
        member: member.clone(),
        has: count(*has),
    };
    pb::Group {
        group: view.name.to_string(),
        actor: view.actor.to_string(),
        filter: view.filter.to_string(),
        after_position: view.after.get(),
        position: view.progress.done_until.get(),
        with_members: count(view.progress.with_members),
        parked: count(view.progress.parked),
        released_subjects: count(view.progress.released_subjects),
        members: view.progress.members.iter().map(member).collect(),
    }
}

impl Api {
    pub(super) async fn create_group_of(
        &self,
        request: pb::CreateGroupRequest,
    ) -> Result<pb::CreateGroupResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("group", &request.group);
        let actor = fields.parse::<Text>("actor", &request.actor);
        let filter = fields.filter(&request.filter);
        let start = self.stream_start(&mut fields, request.start.as_ref());
        let (name, actor, filter, start) =
            fields.finish(|| Some((name?, actor?, filter?, start?)))?;
        let mut after = start.within_head()?;
        let now = pb::stream_start::Start::Now(true);
        if request.start.and_then(|start| start.start) == Some(now)
            && let Ok(there) = self.desk.group_view(&name).await
        {
            // If the request asks for a group that starts at `now`, and the group already exists,
            // keep the start of the existing group, so that a repeated request changes nothing.
            after = there.after;
        }
        let created = self.desk.create_group(name.clone(), filter, after, actor).await;
        created.map_err(|error| status::desk(&error))?;
        let view = self.desk.group_view(&name).await.map_err(|error| status::desk(&error))?;
        Ok(pb::CreateGroupResponse { group: Some(group(&view)) })
    }

    pub(super) async fn delete_group_of(
        &self,
        request: pb::DeleteGroupRequest,
    ) -> Result<pb::DeleteGroupResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("group", &request.group);
        let actor = fields.parse::<Text>("actor", &request.actor);
        let (name, actor) = fields.finish(|| Some((name?, actor?)))?;
        let deleted = self.desk.delete_group(name, actor).await;
        deleted.map_err(|error| status::desk(&error))?;
        Ok(pb::DeleteGroupResponse {})
    }

    pub(super) async fn groups_of(
        &self,
        request: pb::ListGroupsRequest,
    ) -> Result<pb::ListGroupsResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.value::<Option<DeskName>>("group", &request.group);
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, Some(AskedKnown::Head), token, &name, PAGE_MAX);
        let (name, Paged { page, .. }) = fields.finish(|| Some((name?, page?)))?;
        let groups = match name {
            Some(name) => self.desk.group_view(&name).await.map(|view| vec![view]),
            None => self.desk.groups().await,
        };
        let groups = groups.map_err(|error| status::desk(&error))?;
        let head = *self.node.head().borrow();
        let (groups, next_page_token) = page.cut(groups, head);
        let groups = groups.iter().map(group).collect();
        Ok(pb::ListGroupsResponse { groups, head: head.get(), next_page_token })
    }

    pub(super) async fn parked_of(
        &self,
        request: pb::ListParkedRequest,
    ) -> Result<pb::ListParkedResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("group", &request.group);
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, Some(AskedKnown::Head), token, &name, PAGE_MAX);
        let (name, Paged { page, .. }) = fields.finish(|| Some((name?, page?)))?;
        let parked = self.desk.parked(&name).await.map_err(|error| status::desk(&error))?;
        let (rows, next_page_token) = page.cut(parked, *self.node.head().borrow());
        let mut parked = Vec::with_capacity(rows.len());
        for row in rows {
            let stored = self.stored(row.position.prev(), 1).await?;
            parked.push(pb::ParkedEvent {
                event: stored.into_iter().next().map(|stored| recorded(stored, None)),
                subject: row.subject,
                reason: row.reason,
                member: row.member,
                attempts: row.attempts,
            });
        }
        Ok(pb::ListParkedResponse { parked, next_page_token })
    }

    pub(super) async fn release_of(
        &self,
        request: pb::ReleaseParkedRequest,
    ) -> Result<pb::ReleaseParkedResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("group", &request.group);
        let actor = fields.parse::<Text>("actor", &request.actor);
        let discard = fields.value::<Option<Text>>("discard_reason", &request.discard_reason);
        let position = (request.position > 0).then_some(Position::new(request.position));
        if position.is_none() {
            fields.bad("position", "is required");
        }
        let (name, actor, discard, position) =
            fields.finish(|| Some((name?, actor?, discard?, position?)))?;
        let released = self.desk.release(&name, position, discard, actor).await;
        if released.map_err(|error| status::desk(&error))? {
            return Ok(pb::ReleaseParkedResponse {});
        }
        let message = format!("position: event {position} is not parked in group {name}");
        Err(status::not_parked(message))
    }

    pub(super) async fn acts_of(
        &self,
        request: pb::ListActsRequest,
    ) -> Result<pb::ListActsResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.value::<Option<DeskName>>("name", &request.name);
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, Some(AskedKnown::Head), token, &name, PAGE_MAX);
        let (name, Paged { page, .. }) = fields.finish(|| Some((name?, page?)))?;
        let acts = self.desk.acts_about(name.as_ref()).await;
        let acts = acts.map_err(|error| status::log(&error))?;
        let (acts, next_page_token) = page.cut(acts, *self.node.head().borrow());
        Ok(pb::ListActsResponse { acts, next_page_token })
    }

    // The methods below serve the members of a group.

    pub(super) async fn join_group_of(
        &self,
        request: Request<Streaming<pb::JoinGroupRequest>>,
    ) -> Result<Response<Messages<pb::JoinGroupResponse>>, Status> {
        let place: StreamPlace = self.streams.enter(&request)?;
        let mut asked = request.into_inner();
        let first = tokio::time::timeout(LEASE, asked.next()).await;
        let first = first.ok().flatten().transpose()?.and_then(|message| message.content);
        let mut fields = Fields::default();
        let Some(Asked::Join(join)) = first else {
            fields.bad("join", "must be the first message of a member");
            return Err(fields.refused());
        };
        let (name, member, credit) = fields.within("join", |fields| {
            let name = fields.parse::<DeskName>("group", &join.group);
            let member = fields.parse::<DeskName>("member", &join.member);
            let credit = match usize::try_from(join.credit).unwrap_or(usize::MAX) {
                0 => 16,
                credit => credit,
            };
            if credit > CREDIT_MAX {
                fields.bad("credit", format_args!("must be 1 to {CREDIT_MAX}, or 0 for 16"));
            }
            (name, member, credit)
        });
        let (name, member) = fields.finish(|| Some((name?, member?)))?;
        let membership = self.desk.join_group(&name, &member, credit).await;
        let membership = membership.map_err(|error| status::desk(&error))?;
        let api = self.clone();
        Ok(stream(place, &self.draining, move |mut outlet| async move {
            let over = api.member(&name, membership, asked, &mut outlet).await;
            let view = api.desk.group_view(&name).await;
            let ended = api.ended(view.map(|view| view.progress.done_until).unwrap_or_default());
            match over {
                Err(Over::Failed(status)) => {
                    let reason = status.message().to_owned();
                    (
                        Some(response(Content::Ended(pb::StreamEnded { reason, ..ended }))),
                        Err(status),
                    )
                }
                over => api.last(over, |_| response(Content::Ended(ended))),
            }
        }))
    }

    /// Delivers events to a member and handles the messages that the member sends, until the member
    /// leaves or its membership ends.
    async fn member(
        &self,
        name: &DeskName,
        mut membership: Membership,
        mut asked: Streaming<pb::JoinGroupRequest>,
        outlet: &mut Outlet<pb::JoinGroupResponse>,
    ) -> Result<(), Over> {
        let lease_seconds = u32::try_from(LEASE.as_secs()).unwrap_or_default();
        outlet.send(vec![response(Content::Joined(pb::Joined { lease_seconds }))]).await?;
        let desk = membership.desk.clone();
        loop {
            let page = tokio::select! {
                delivery = outlet.meanwhile(membership.deliveries.recv()) => match delivery? {
                    Some(delivery) => vec![given(delivery)],
                    None => return Err(Over::Failed(status::member_ended(membership.ended()))),
                },
                message = asked.next() => match message {
                    None => return Ok(()),
                    Some(Err(_)) => return Err(Over::Gone),
                    Some(Ok(message)) => self.answered(name, &desk, message).await,
                },
            };
            if !page.is_empty() {
                outlet.send(page).await?;
            }
        }
    }
}

fn given(Delivery { stored, attempt }: Delivery) -> pb::JoinGroupResponse {
    let event = Some(recorded(stored, None));
    response(Content::Delivery(pb::GroupDelivery { event, attempt }))
}

fn misdirected(
    position: Position,
    reason: pb::ErrorReason,
    message: impl Into<String>,
) -> pb::JoinGroupResponse {
    let (position, reason, message) = (position.get(), reason.into(), message.into());
    response(Content::Misdirected(pb::Misdirected { position, reason, message }))
}

impl Api {
    /// Handles a message from a member. Returns the error messages to send to the member; empty if
    /// there are none.
    async fn answered(
        &self,
        name: &DeskName,
        desk: &MemberDesk,
        message: pb::JoinGroupRequest,
    ) -> Vec<pb::JoinGroupResponse> {
        let invalid =
            |position, what: &str| vec![misdirected(position, pb::ErrorReason::FieldInvalid, what)];
        let mut refused = Vec::new();
        match message.content {
            Some(Asked::Acknowledge(asked)) if asked.positions.len() <= ACKNOWLEDGED_MAX => {
                for at in asked.positions.into_iter().map(Position::new) {
                    refused.push((at, desk.acknowledge(at)));
                }
            }
            Some(Asked::Acknowledge(_)) => {
                let what = format!(
                    "acknowledge.positions: must be at most {ACKNOWLEDGED_MAX} in one message"
                );
                return invalid(Position::ZERO, &what);
            }
            Some(Asked::Reject(asked)) => {
                let at = Position::new(asked.position);
                match asked.reason.parse::<Text>() {
                    Ok(reason) => {
                        let reason: String = reason.as_str().chars().take(REASON_MAX).collect();
                        refused.push((at, desk.reject(at, &reason, asked.again)));
                    }
                    Err(error) => return invalid(at, &format!("reject.reason: {error}")),
                }
            }
            Some(Asked::Alive(_)) => desk.alive(),
            Some(Asked::Join(_)) => {
                let what = "join: may only be the first message of a stream; open another stream \
                            to join again";
                return invalid(Position::ZERO, what);
            }
            None => {
                return invalid(
                    Position::ZERO,
                    "content: is required: acknowledge, reject or alive",
                );
            }
        }
        let mut said = Vec::new();
        for (position, done) in refused {
            match done {
                Ok(()) => {}
                Err(error @ Misdirected::Done) if self.desk.is_of_group(name, position).await => {
                    let reason = pb::ErrorReason::AcknowledgedAlready;
                    said.push(misdirected(position, reason, error.to_string()));
                }
                Err(Misdirected::Done) => {
                    let what = "this event does not pass the filter of the group";
                    said.push(misdirected(position, pb::ErrorReason::NotYours, what));
                }
                Err(error @ Misdirected::NotYours) => {
                    said.push(misdirected(position, pb::ErrorReason::NotYours, error.to_string()));
                }
            }
        }
        said
    }
}
