//! Implements `Read` and `Subscribe` of `EventService`. The other calls of `EventService` are in
//! `snapshots` and `groups`.

use std::time::Duration;

use remit_domain::{Day, Event, Position};
use remit_log::Stored;
use remit_register::{Filter, Register};
use remit_shape::decode;
use tokio::time::Instant;
use tonic::{Request, Response, Status, Streaming};

use super::Api;
use super::streams::{Last, Messages, Outlet, Over, stream};
use crate::fields::{Fields, token};
use crate::pb::event_service_server::EventService;
use crate::pb::subscribe_response::Content;
use crate::{pb, render, status};

/// The maximum number of events in one page of a stream. `PAGE_BYTES` is the number of bytes after
/// which a page is full.
const PAGE: usize = 512;
const PAGE_BYTES: usize = 256 << 10;

/// The time without a message after which a stream sends a heartbeat, and the function that makes
/// the heartbeat.
type Beat<T> = (Duration, fn(&Api, Position) -> T);

/// What the reader of a stream asks for: which events to send, and in which form.
struct Wanted<T> {
    filter: Filter,
    /// The day from which the reader wants events. If a day is given, the stream sends only events
    /// that take effect on that day or later, and events that name no day.
    from_day: Option<Day>,
    /// The maximum number of events that the stream sends. 0 means no limit.
    limit: u64,
    /// Whether the stream waits for new events once it has sent the events up to the head.
    follow: bool,
    /// Whether the reader asks for decoded events. If so, the function `event` gets the decoded
    /// event and its personal fields.
    typed: bool,
    event: fn(Stored, Option<&Event>, Vec<pb::PersonalField>) -> T,
    beat: Option<Beat<T>>,
}

impl Api {
    /// Sends the events after `after`, in order, until the limit or the head is reached. If
    /// `follow` is set, sending does not stop at the head, but goes on with new events until the
    /// stream ends. `after` is updated to the last position handled.
    async fn feed<T>(
        &self,
        wanted: &Wanted<T>,
        after: &mut Position,
        outlet: &mut Outlet<T>,
    ) -> Result<(), Over> {
        let mut left = if wanted.limit == 0 { u64::MAX } else { wanted.limit };
        let mut head = self.node.head();
        let mut spoke = Instant::now();
        if let Some((_, beat)) = wanted.beat {
            outlet.send(vec![beat(self, *after)]).await?;
        }
        loop {
            let known = *head.borrow_and_update();
            while *after < known && left > 0 {
                let (page, reached) = self.page(wanted, *after, known, left).await?;
                let sent = page.len();
                if sent > 0 {
                    outlet.send(page).await?;
                    (left, spoke) = (left - sent as u64, Instant::now());
                }
                *after = reached;
                if let Some((silence, beat)) = wanted.beat
                    && spoke.elapsed() >= silence
                {
                    outlet.send(vec![beat(self, *after)]).await?;
                    spoke = Instant::now();
                }
            }
            if !wanted.follow || left == 0 {
                return Ok(());
            }
            let Some((silence, beat)) = wanted.beat else {
                outlet.meanwhile(head.changed()).await?.map_err(|_| Over::Draining)?;
                continue;
            };
            let moved = tokio::time::timeout_at(spoke + silence, head.changed());
            match outlet.meanwhile(moved).await? {
                Ok(moved) => moved.map_err(|_| Over::Draining)?,
                Err(_) => {
                    outlet.send(vec![beat(self, *after)]).await?;
                    spoke = Instant::now();
                }
            }
        }
    }

    /// Returns the next page of events after `after`: up to position `known`, and at most `left`
    /// events. Also returns the last position that the page covers, whether or not its event is
    /// sent.
    async fn page<T>(
        &self,
        wanted: &Wanted<T>,
        after: Position,
        known: Position,
        left: u64,
    ) -> Result<(Vec<T>, Position), Status> {
        let most = Position::new(known.since(after)).as_usize().min(PAGE);
        let mut stored = self.stored(after, most).await?;
        let mut bytes = 0;
        let full = stored.iter().position(|event| {
            bytes += event.bytes.len();
            bytes > PAGE_BYTES
        });
        stored.truncate(full.map_or(most, |at| at + 1));
        if wanted.filter.is_open() && wanted.from_day.is_none() && !wanted.typed {
            // No event needs to be filtered or decoded for the reader, so the stored bytes are sent
            // as they are.
            stored.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let reached = stored.last().map_or(after, |event| event.position);
            let page = stored.into_iter().map(|event| (wanted.event)(event, None, Vec::new()));
            return Ok((page.collect(), reached));
        }
        let mut read = Vec::with_capacity(stored.len());
        for event in stored {
            let recorded = decode(event.position, &event.bytes);
            let recorded = recorded.map_err(|error| status::unreadable(&error))?;
            read.push((event, recorded.event));
        }
        self.node.view(|register, _| {
            let (mut page, mut reached) = (Vec::new(), after);
            for (stored, mut event) in read {
                if page.len() as u64 == left {
                    break;
                }
                reached = stored.position;
                let late_enough = wanted
                    .from_day
                    .is_none_or(|from| event.fact.effective_on().is_none_or(|day| day >= from));
                if late_enough && wanted.filter.passes(register, reached, &event) {
                    let mut personal = Vec::new();
                    if wanted.typed {
                        register.tell(reached, &mut event.fact);
                        personal = render::personal_fields(&register.personal_view(reached));
                    }
                    page.push((wanted.event)(stored, Some(&event), personal));
                }
            }
            Ok((page, reached))
        })
    }

    /// Returns at most `most` stored events after position `after`: from memory if they are still
    /// there, otherwise from the store.
    pub(crate) async fn stored(&self, after: Position, most: usize) -> Result<Vec<Stored>, Status> {
        let log = self.node.log();
        if let Some(recent) = log.recent(after, most) {
            return Ok(recent);
        }
        log.read(after, most).await.map_err(|error| status::log(&error))
    }

    /// Reads the start of a stream from a request, and resolves it to a position.
    pub(super) fn stream_start(
        &self,
        fields: &mut Fields,
        start: Option<&pb::StreamStart>,
    ) -> Option<Started> {
        use pb::stream_start::Start;
        let head = *self.node.head().borrow();
        let started = |after, field| Some(Started { after, head, field });
        match start.and_then(|start| start.start.as_ref()) {
            None => started(Position::ZERO, "start"),
            Some(Start::AfterPosition(position)) => {
                started(Position::new(*position), "start.after_position")
            }
            Some(Start::Cursor(cursor)) => {
                let after = fields.cursor("start.cursor", cursor, self.node.log().id())?;
                started(after, "start.cursor")
            }
            Some(Start::RecordedAfter(instant)) => {
                let instant = fields.instant("start.recorded_after", instant)?;
                let at = |register: &Register, head| register.position_at(instant, head);
                started(self.node.view(at), "start.recorded_after")
            }
            Some(Start::Now(true)) => started(head, "start.now"),
            Some(Start::Now(false)) => {
                fields.bad("start.now", "must be true where it is given");
                None
            }
        }
    }

    fn subscription(&self, request: &pb::SubscribeRequest) -> Result<Subscription, Status> {
        let mut fields = Fields::default();
        let from_day = fields.optional_day("effective_from", request.effective_from);
        let start = self.stream_start(&mut fields, request.start.as_ref());
        let filter = fields.filter(&request.filter);
        // Use nine tenths of the heartbeat interval, so that each heartbeat arrives in time.
        let silence = fields.silence("heartbeat_seconds", request.heartbeat_seconds);
        let silence = silence.map(|silence| silence * 9 / 10);
        let (start, filter, from_day, silence) =
            fields.finish(|| Some((start?, filter?, from_day?, silence?)))?;
        Ok((start.within_head()?, filter, from_day, silence))
    }

    /// Returns the cursor from which a stream continues after `position`.
    pub(super) fn cursor(&self, position: Position) -> String {
        token(position, self.node.log().id())
    }
}

/// The start of a stream: the position after which the stream starts, the head, and the request
/// field that gave the position.
pub(super) struct Started {
    after: Position,
    head: Position,
    field: &'static str,
}

impl Started {
    pub(super) fn within_head(self) -> Result<Position, Status> {
        let Self { after, head, field } = self;
        if after > head { Err(status::beyond_head(field, after, head)) } else { Ok(after) }
    }
}

type Subscription = (Position, Filter, Option<Day>, Duration);

fn plain(stored: Stored, _: Option<&Event>, personal: Vec<pb::PersonalField>) -> pb::ReadResponse {
    pb::ReadResponse {
        position: stored.position.get(),
        recorded_at: Some(render::timestamp(stored.recorded_at)),
        cloud_event: stored.bytes,
        personal,
    }
}

/// Converts a stored event to the message that streams send. If `event` is given, the message also
/// has its decoded fact and evidence.
pub(super) fn recorded(stored: Stored, event: Option<&Event>) -> pb::RecordedEvent {
    pb::RecordedEvent {
        position: stored.position.get(),
        recorded_at: Some(render::timestamp(stored.recorded_at)),
        cloud_event: stored.bytes,
        fact: event.map(|event| render::fact(&event.fact)),
        evidence: event.map(render::evidence_of),
        personal: Vec::new(),
    }
}

fn bare(stored: Stored, _: Option<&Event>, _: Vec<pb::PersonalField>) -> pb::SubscribeResponse {
    pb::SubscribeResponse { content: Some(Content::Event(recorded(stored, None))) }
}

fn typed(
    stored: Stored,
    event: Option<&Event>,
    personal: Vec<pb::PersonalField>,
) -> pb::SubscribeResponse {
    let event = pb::RecordedEvent { personal, ..recorded(stored, event) };
    pb::SubscribeResponse { content: Some(Content::Event(event)) }
}

fn beat(api: &Api, position: Position) -> pb::SubscribeResponse {
    pb::SubscribeResponse { content: Some(Content::Heartbeat(api.heartbeat(position))) }
}

impl Api {
    pub(super) fn heartbeat(&self, position: Position) -> pb::Heartbeat {
        pb::Heartbeat {
            position: position.get(),
            cursor: self.cursor(position),
            at: Some(render::timestamp(self.node.log().now())),
        }
    }

    pub(super) fn ended(&self, position: Position) -> pb::StreamEnded {
        let reason = "the server is shutting down".to_owned();
        pb::StreamEnded { position: position.get(), cursor: self.cursor(position), reason }
    }
}

#[tonic::async_trait]
impl EventService for Api {
    type ReadStream = Messages<pb::ReadResponse>;

    async fn read(
        &self,
        request: Request<pb::ReadRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let place = self.streams.enter(&request)?;
        let request = request.into_inner();
        let pb::ReadRequest { after_position, limit, follow, .. } = request;
        let mut fields = Fields::default();
        let filter = fields.filter(&request.filter);
        let from_day = fields.optional_day("effective_from", request.effective_from);
        let start = match &request.start {
            None => {
                let head = *self.node.head().borrow();
                let after = Position::new(after_position);
                Some(Started { after, head, field: "after_position" })
            }
            Some(_) if after_position > 0 => {
                fields.bad(
                    "after_position",
                    "cannot be given together with start; give one of the two",
                );
                None
            }
            start => self.stream_start(&mut fields, start.as_ref()),
        };
        let (filter, from_day, start) = fields.finish(|| Some((filter?, from_day?, start?)))?;
        let after_position = start.within_head()?;
        let typed = request.personal;
        let wanted = Wanted { filter, from_day, limit, follow, typed, event: plain, beat: None };
        let api = self.clone();
        Ok(stream(place, &self.draining, move |mut outlet| async move {
            let mut after = after_position;
            let ended = match api.feed(&wanted, &mut after, &mut outlet).await {
                Ok(()) | Err(Over::Gone) => Ok(()),
                Err(Over::Draining) => Err(status::draining()),
                Err(Over::Failed(status)) => Err(status),
            };
            (None, ended)
        }))
    }

    type SubscribeStream = Messages<pb::SubscribeResponse>;

    async fn subscribe(
        &self,
        request: Request<pb::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let place = self.streams.enter(&request)?;
        let request = request.into_inner();
        let (mut after, filter, from_day, silence) = self.subscription(&request)?;
        let wanted = Wanted {
            filter,
            from_day,
            limit: 0,
            follow: true,
            typed: request.typed,
            event: if request.typed { typed } else { bare },
            beat: Some((silence, beat)),
        };
        let api = self.clone();
        Ok(stream(place, &self.draining, move |mut outlet| async move {
            let over = api.feed(&wanted, &mut after, &mut outlet).await;
            api.last(over, |api| pb::SubscribeResponse {
                content: Some(Content::Ended(api.ended(after))),
            })
        }))
    }

    type SnapshotStream = Messages<pb::SnapshotResponse>;

    async fn snapshot(
        &self,
        request: Request<pb::SnapshotRequest>,
    ) -> Result<Response<Self::SnapshotStream>, Status> {
        self.snapshot_of(request)
    }

    async fn create_group(
        &self,
        request: Request<pb::CreateGroupRequest>,
    ) -> Result<Response<pb::CreateGroupResponse>, Status> {
        self.create_group_of(request.into_inner()).await.map(Response::new)
    }

    async fn delete_group(
        &self,
        request: Request<pb::DeleteGroupRequest>,
    ) -> Result<Response<pb::DeleteGroupResponse>, Status> {
        self.delete_group_of(request.into_inner()).await.map(Response::new)
    }

    async fn list_groups(
        &self,
        request: Request<pb::ListGroupsRequest>,
    ) -> Result<Response<pb::ListGroupsResponse>, Status> {
        self.groups_of(request.into_inner()).await.map(Response::new)
    }

    type JoinGroupStream = Messages<pb::JoinGroupResponse>;

    async fn join_group(
        &self,
        request: Request<Streaming<pb::JoinGroupRequest>>,
    ) -> Result<Response<Self::JoinGroupStream>, Status> {
        self.join_group_of(request).await
    }

    async fn list_parked(
        &self,
        request: Request<pb::ListParkedRequest>,
    ) -> Result<Response<pb::ListParkedResponse>, Status> {
        self.parked_of(request.into_inner()).await.map(Response::new)
    }

    async fn release_parked(
        &self,
        request: Request<pb::ReleaseParkedRequest>,
    ) -> Result<Response<pb::ReleaseParkedResponse>, Status> {
        self.release_of(request.into_inner()).await.map(Response::new)
    }

    async fn list_acts(
        &self,
        request: Request<pb::ListActsRequest>,
    ) -> Result<Response<pb::ListActsResponse>, Status> {
        self.acts_of(request.into_inner()).await.map(Response::new)
    }
}

impl Api {
    /// Returns how the stream of a subscription, a watch or a group member ends. Only if the server
    /// is shutting down does the stream end with a last message, which `ended` makes.
    pub(super) fn last<T>(
        &self,
        over: Result<(), Over>,
        ended: impl FnOnce(&Self) -> T,
    ) -> Last<T> {
        match over {
            Ok(()) | Err(Over::Gone) => (None, Ok(())),
            Err(Over::Draining) => (Some(ended(self)), Err(status::draining())),
            Err(Over::Failed(status)) => (None, Err(status)),
        }
    }
}
