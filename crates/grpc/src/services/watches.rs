//! Implements `WatchAnswers`: sends the notices of a watch on a stream, with heartbeats.

use std::time::Duration;

use remit_domain::{BodyCode, Position};
use remit_engine::{Cursor, NoSuchNotice, Notice, Present, Target, Targets, Watch, WatchError};
use remit_register::{Moment, Point, Register};
use remit_shape::DeskName;
use tokio::time::Instant;
use tonic::{Request, Response, Status};

use super::Api;
use super::streams::{Messages, Outlet, Over, stream};
use crate::fields::Fields;
use crate::pb::watch_answers_response::Content;
use crate::{pb, render, status};

/// The maximum number of questions, areas, bodies and pins, in total, that one watch covers.
/// `HOLDINGS_MAX` is the maximum number of bodies whose holdings one watch covers.
const WATCHED_MAX: usize = 200;
const HOLDINGS_MAX: usize = 5;
/// The number of places examined each time the fold is locked for reading. Examining that many
/// places takes some milliseconds.
const LOOKS: usize = 4;
/// How often a watch checks the clock.
const TICK: Duration = Duration::from_secs(1);

/// A watch, and the stream on which its notices are sent.
struct Telling {
    watch: Watch,
    log_id: String,
    outlet: Outlet<pb::WatchAnswersResponse>,
    silence: Duration,
    spoke: Instant,
}

fn response(content: Content) -> pb::WatchAnswersResponse {
    pb::WatchAnswersResponse { content: Some(content) }
}

fn refused(error: WatchError) -> Status {
    match error {
        WatchError::BeyondHead { known_at, head } => status::beyond_head("cursor", known_at, head),
        WatchError::DayNotBegun(_) => status::out_of_range(format!("cursor: {error}")),
        WatchError::OfOtherThings => status::other_watch(format!("cursor: {error}")),
        WatchError::NameOfOtherThings => status::other_watch(format!("consumer: {error}")),
        WatchError::AcknowledgedAlready => status::acknowledged_already(format!("cursor: {error}")),
        WatchError::Desk(error) => status::desk(&error),
    }
}

impl Fields {
    fn watch_cursor(&mut self, text: &str, log_id: &str) -> Option<Cursor> {
        let cursor = Cursor::read(text, log_id);
        if cursor.is_none() {
            self.bad("cursor", "is not a cursor of a watch of this register");
        }
        cursor
    }
}

impl Api {
    fn targets(&self, fields: &mut Fields, request: &pb::WatchAnswersRequest) -> Targets {
        let mut targets = Vec::new();
        let pb::WatchAnswersRequest { questions, areas, holdings, pins, .. } = request;
        let number = questions.len() + areas.len() + holdings.len() + pins.len();
        if number == 0 || number > WATCHED_MAX {
            let what = format_args!("watch 1 to {WATCHED_MAX} things, not {number}");
            fields.bad("questions", what);
            return Targets::new(targets);
        }
        if holdings.len() > HOLDINGS_MAX {
            fields.bad("holdings", format_args!("must have at most {HOLDINGS_MAX} items"));
        }
        for (index, question) in questions.iter().enumerate() {
            fields.within(&format!("questions[{index}]"), |fields| {
                let function = fields.parse("function", &question.function);
                let place = fields.place("place", &question.place);
                let question = function.zip(place).map(|(f, p)| Target::Question(f, p));
                targets.extend(question);
            });
        }
        for (index, code) in areas.iter().enumerate() {
            let area = fields.parse::<BodyCode>(&format!("areas[{index}]"), code);
            targets.extend(area.map(Target::Area));
        }
        for (index, code) in holdings.iter().enumerate() {
            let body = fields.parse::<BodyCode>(&format!("holdings[{index}]"), code);
            targets.extend(body.map(Target::Holdings));
        }
        for (index, name) in pins.iter().enumerate() {
            let field = format!("pins[{index}]");
            let Some(name) = fields.parse::<DeskName>(&field, name) else { continue };
            match self.desk.pinned(&name) {
                Some(pin) => targets.push(Target::Pin(pin)),
                None => fields.bad(&field, "is not the name of a pin; ListPins lists the pins"),
            }
        }
        Targets::new(targets)
    }

    /// Calls `read` with the watch and the fold, on a blocking thread because `read` may take a
    /// while.
    async fn with_watch<T: Send + 'static>(
        &self,
        telling: &mut Telling,
        read: impl FnOnce(&mut Watch, &Register) -> T + Send + 'static,
    ) -> Result<T, Over> {
        let (node, mut watch) = (self.node.clone(), telling.watch.clone());
        let done = tokio::task::spawn_blocking(move || {
            let read = node.view(|register, _| read(&mut watch, register));
            (watch, read)
        });
        let (watch, read) = done.await.map_err(|_| Over::Draining)?;
        telling.watch = watch;
        Ok(read)
    }

    /// Sends the watched answers as they are at the point where the watch begins.
    async fn tell_present(&self, telling: &mut Telling) -> Result<(), Over> {
        loop {
            let page = self.with_watch(telling, |watch, register| {
                let mut page = Vec::new();
                let done = watch.present(register, LOOKS, |answer| {
                    page.push(response(Content::Present(present(register, &answer))));
                });
                (page, done)
            });
            let (page, done) = page.await?;
            telling.send(page).await?;
            if done {
                return Ok(());
            }
        }
    }

    /// Sends the notices of all changes up to the point `to`.
    async fn tell_changes(&self, telling: &mut Telling, to: Point) -> Result<(), Over> {
        loop {
            let log_id = telling.log_id.clone();
            let page = self.with_watch(telling, move |watch, register| {
                let mut page = Vec::new();
                let done = watch.tell(register, to, LOOKS, |told| {
                    page.push(response(Content::Notice(notice(register, &told, &log_id))));
                });
                (page, done)
            });
            let (page, done) = page.await?;
            telling.send(page).await?;
            let of_another = |error: NoSuchNotice| {
                Over::Failed(status::out_of_range(format!("cursor: {error}")))
            };
            if done.map_err(of_another)? {
                return Ok(());
            }
            if telling.spoke.elapsed() >= telling.silence {
                self.beat(telling).await?;
            }
        }
    }

    async fn beat(&self, telling: &mut Telling) -> Result<(), Over> {
        let cursor = telling.watch.cursor();
        let Point { effective_on, known_at } = cursor.point();
        let beat = pb::WatchHeartbeat {
            position: known_at.get(),
            day: Some(render::date(effective_on)),
            cursor: cursor.write(&telling.log_id),
            at: Some(render::timestamp(self.node.log().now())),
        };
        telling.send(vec![response(Content::Heartbeat(beat))]).await
    }

    /// Runs a watch until its stream ends: sends the present answers, then notices and heartbeats.
    async fn tell(&self, telling: &mut Telling) -> Result<(), Over> {
        let mut head = self.node.head();
        self.tell_present(telling).await?;
        self.beat(telling).await?;
        loop {
            let mut pins = telling.watch.targets().iter().filter_map(Target::pin);
            if let Some(gone) = pins.find(|pin| self.desk.pinned(&pin.name).is_none()) {
                let what = format!("the pin {} was removed, so its watch has ended", gone.name);
                return Err(Over::Failed(status::not_found(what)));
            }
            let known_at: Position = *head.borrow_and_update();
            let at = telling.watch.cursor().point();
            // If the clock is set back, the watch stays at the day that it has reached.
            let effective_on = self.node.today().max(at.effective_on);
            let to = Point { effective_on, known_at };
            if to != at {
                self.tell_changes(telling, to).await?;
            }
            let until = Instant::now() + TICK;
            let moved = tokio::time::timeout_at(until, head.changed());
            if let Ok(moved) = telling.outlet.meanwhile(moved).await? {
                moved.map_err(|_| Over::Draining)?;
            } else if telling.spoke.elapsed() + TICK > telling.silence {
                self.beat(telling).await?;
            }
        }
    }

    pub(super) async fn watch_answers_of(
        &self,
        request: Request<pb::WatchAnswersRequest>,
    ) -> Result<Response<Messages<pb::WatchAnswersResponse>>, Status> {
        let place = self.streams.enter(&request)?;
        let request = request.into_inner();
        let log_id = self.node.log().id().to_owned();
        let mut fields = Fields::default();
        let targets = self.targets(&mut fields, &request);
        let consumer = fields.value::<Option<DeskName>>("consumer", &request.consumer);
        let from = match request.cursor.as_str() {
            "" => Some(None),
            text => fields.watch_cursor(text, &log_id).map(Some),
        };
        let silence = fields.silence("heartbeat_seconds", request.heartbeat_seconds);
        let (consumer, from, silence) = fields.finish(|| Some((consumer?, from?, silence?)))?;
        let watch = self.desk.watch(targets, from, consumer.as_ref()).await.map_err(refused)?;
        let mine = consumer.map(|consumer| self.desk.take_over(&consumer));
        let api = self.clone();
        Ok(stream(place, &self.draining, move |outlet| async move {
            let spoke = Instant::now();
            let mut telling = Telling { watch, log_id, outlet, silence, spoke };
            let taken = async {
                match mine {
                    Some(mut mine) => drop(mine.changed().await),
                    None => std::future::pending().await,
                }
            };
            let over = tokio::select! {
                over = api.tell(&mut telling) => over,
                () = taken => Err(Over::Failed(status::taken_over())),
            };
            api.last(over, |api| {
                let cursor = telling.watch.cursor();
                let ended = api.ended(cursor.point().known_at);
                let cursor = cursor.write(&telling.log_id);
                response(Content::Ended(pb::StreamEnded { cursor, ..ended }))
            })
        }))
    }

    pub(super) async fn acknowledge_of(
        &self,
        request: pb::AcknowledgeNoticesRequest,
    ) -> Result<pb::AcknowledgeNoticesResponse, Status> {
        let mut fields = Fields::default();
        let consumer = fields.parse::<DeskName>("consumer", &request.consumer);
        let cursor = fields.watch_cursor(&request.cursor, self.node.log().id());
        let (consumer, cursor) = fields.finish(|| Some((consumer?, cursor?)))?;
        let acknowledged = self.desk.acknowledge(consumer, cursor).await;
        acknowledged.map_err(refused)?;
        Ok(pb::AcknowledgeNoticesResponse {})
    }

    pub(super) async fn forget_of(
        &self,
        request: pb::ForgetWatchRequest,
    ) -> Result<pb::ForgetWatchResponse, Status> {
        let mut fields = Fields::default();
        let consumer = fields.parse::<DeskName>("consumer", &request.consumer);
        let consumer = fields.finish(|| consumer)?;
        let forgotten = self.desk.forget_watch(consumer).await;
        forgotten.map_err(|error| status::desk(&error))?;
        Ok(pb::ForgetWatchResponse {})
    }
}

impl Telling {
    /// Sends a page as soon as the stream has room for it.
    async fn send(&mut self, page: Vec<pb::WatchAnswersResponse>) -> Result<(), Over> {
        if !page.is_empty() {
            self.outlet.send(page).await?;
            self.spoke = Instant::now();
        }
        Ok(())
    }
}

fn present(register: &Register, present: &Present<'_>) -> pb::PresentAnswer {
    let (function, place) = (present.function.to_string(), present.place.to_string());
    pb::PresentAnswer {
        watched: present.target.to_string(),
        answer: Some(render::answer(register, function, place, present.answer, true)),
        as_pinned: present.as_pinned,
    }
}

fn notice(register: &Register, notice: &Notice<'_>, log_id: &str) -> pb::AnswerNotice {
    let (kind, began) = match notice.moment {
        Moment::Recorded(_) => (pb::NoticeKind::Recorded, None),
        Moment::Began(day) => (pb::NoticeKind::BecameEffective, Some(render::date(day))),
    };
    pb::AnswerNotice {
        kind: kind.into(),
        watched: notice.target.to_string(),
        change: Some(render::change(register, notice.change)),
        retroactive: notice.retroactive,
        known_at: Some(render::known(register.known_at(notice.after.known_at))),
        began,
        as_pinned: notice.as_pinned,
        cursor: notice.cursor.write(log_id),
    }
}
