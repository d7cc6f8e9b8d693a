//! `WatchAnswers` and pins: a watch moves step by step, and each notice says where to go on.

use std::sync::Arc;
use std::time::Duration;

use remit_domain::{BodyCode, Day, Position, Text};
use remit_engine::{DeskError, Pin};
use remit_register::{Change, Place, Point, Register, Step, Watched, london_day};
use remit_shape::DeskName;
use tokio::time::Instant;
use tonic::{Request, Response, Status};

use super::streams::{Last, Messages, Outlet, Over, stream};
use super::{Api, PAGE_MAX, Page, Paged};
use crate::fields::{AskedKnown, Fields};
use crate::pb::watch_answers_response::Content;
use crate::{pb, render, status};

/// Things that one watch may be about, and how many of them may be a body's holdings.
const WATCHED_MAX: usize = 200;
const HOLDINGS_MAX: usize = 5;
/// Steps that are looked for at once.
const STEPS: usize = 64;
/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);

/// One thing that is watched.
#[derive(Clone)]
struct Target {
    /// As notices name it.
    name: String,
    watched: Watched,
    /// For a pin: as known at.
    pinned_at: Option<Position>,
    pin: Option<DeskName>,
}

/// Where a watch is: everything up to a point, and so many notices of a step after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    at: Point,
    told: usize,
    /// Whether that step is the beginning of the next day, and not the next event.
    day: bool,
    /// Of what the watch is; `None`: of anything, as a snapshot gives it.
    of: Option<u64>,
}

impl Cursor {
    fn write(self, log_id: &str) -> String {
        let Point { effective_on, known_at } = self.at;
        let step = if self.day { "d" } else { "" };
        let of = self.of.map_or("any".to_owned(), |of| format!("{of:016x}"));
        format!("{known_at}.{effective_on}.{}{step}.{of}@{log_id}", self.told)
    }

    fn read(text: &str, log_id: &str) -> Option<Self> {
        let (place, id) = text.rsplit_once('@')?;
        let mut parts = place.split('.');
        let known_at = parts.next()?.parse().ok()?;
        let effective_on = parts.next()?.parse().ok()?;
        let told = parts.next()?;
        let day = told.ends_with('d');
        let told = told.trim_end_matches('d').parse().ok()?;
        let of = match parts.next()? {
            "any" => None,
            of => Some(u64::from_str_radix(of, 16).ok()?),
        };
        let cursor = Self { at: Point { effective_on, known_at }, told, day, of };
        // Only as it was written: no other spelling of the same.
        (id == log_id && cursor.write(log_id) == text).then_some(cursor)
    }

    /// The same watch at another point.
    fn at(self, at: Point) -> Self {
        Self { at, told: 0, day: false, of: self.of }
    }

    /// Order along the way of one watch.
    fn order(self) -> (Position, Day, usize) {
        (self.at.known_at, self.at.effective_on, self.told)
    }

    /// The step of which some notices were told, if the stream was cut in the middle of one.
    fn begun(self) -> Option<Step> {
        match self {
            Self { told: 0, .. } => None,
            Self { at, day: true, .. } => at.effective_on.next().map(Step::Began),
            Self { at, day: false, .. } => Some(Step::Recorded(at.known_at.next())),
        }
    }
}

/// A watch under way.
struct Watch {
    targets: Arc<Vec<Target>>,
    cursor: Cursor,
    silence: Duration,
    spoke: Instant,
}

/// A number for what is watched: cursors of one watch are not taken for those of another.
fn number_of(targets: &[Target]) -> u64 {
    let bytes = targets.iter().flat_map(|target| target.name.bytes().chain([0]));
    // FNV-1a: the same in every release, for cursors do not expire.
    bytes.fold(0xcbf2_9ce4_8422_2325, |number, byte| {
        (number ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn response(content: Content) -> pb::WatchAnswersResponse {
    pb::WatchAnswersResponse { content: Some(content) }
}

/// Whether the register says of a pinned day what it said when the answer was pinned.
fn as_pinned(register: &Register, target: &Target, now: Position) -> bool {
    let (Watched::Pinned(function, place, day), Some(then)) = (&target.watched, target.pinned_at)
    else {
        return false;
    };
    let ask = |at| register.who_holds(function, place, *day, at);
    ask(then).reads_the_same(&ask(now))
}

impl Api {
    fn today(&self) -> Day {
        london_day(self.node.log().now()).unwrap_or(Day::MIN)
    }

    /// Reads the fold away from the threads that serve: it may take a while.
    async fn aside<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Register, Position) -> T + Send + 'static,
    ) -> Result<T, Over> {
        let node = self.node.clone();
        let done = tokio::task::spawn_blocking(move || node.view(read)).await;
        done.map_err(|_| Over::Draining)
    }

    fn targets(&self, request: &pb::WatchAnswersRequest) -> Result<Vec<Target>, Status> {
        let mut fields = Fields::default();
        let (mut targets, mut pins) = (Vec::new(), Vec::new());
        let mut add = |name: String, watched, pinned_at| {
            targets.push(Target { name, watched, pinned_at, pin: None });
        };
        let number = request.questions.len()
            + request.areas.len()
            + request.holdings.len()
            + request.pins.len();
        if number == 0 || number > WATCHED_MAX {
            let what = format_args!("watch 1 to {WATCHED_MAX} things, not {number}");
            fields.bad("questions", what);
            return Err(fields.refused());
        }
        if request.holdings.len() > HOLDINGS_MAX {
            fields.bad("holdings", format_args!("at most {HOLDINGS_MAX}"));
        }
        for (index, question) in request.questions.iter().enumerate() {
            fields.within(&format!("questions[{index}]"), |fields| {
                let function = fields.parse("function", &question.function);
                let place = fields.place("place", &question.place);
                if let Some((function, place)) = function.zip(place) {
                    let name = format!("question {function} at {place}");
                    add(name, Watched::Question(function, place), None);
                }
            });
        }
        for (index, code) in request.areas.iter().enumerate() {
            if let Some(code) = fields.parse::<BodyCode>(&format!("areas[{index}]"), code) {
                add(format!("area {code}"), Watched::Area(code), None);
            }
        }
        for (index, code) in request.holdings.iter().enumerate() {
            if let Some(code) = fields.parse::<BodyCode>(&format!("holdings[{index}]"), code) {
                add(format!("holdings {code}"), Watched::Holdings(code), None);
            }
        }
        for (index, name) in request.pins.iter().enumerate() {
            let field = format!("pins[{index}]");
            let Some(name) = fields.parse::<DeskName>(&field, name) else { continue };
            let Some(pin) = self.desk.pinned(&name) else {
                fields.bad(&field, "names no pin; ListPins has them");
                continue;
            };
            if let Some(place) = fields.place(&field, &pin.place) {
                let watched = Watched::Pinned(pin.function, place, pin.effective_on);
                add(format!("pin {name}"), watched, Some(pin.known_at));
                pins.push((format!("pin {name}"), name));
            }
        }
        for target in &mut targets {
            let pin = pins.iter().find(|(of, _)| *of == target.name);
            target.pin = pin.map(|(_, pin)| pin.clone());
        }
        let mut targets = fields.finish(|| Some(targets))?;
        // The order in which they are named makes no difference.
        targets.sort_by(|a, b| a.name.cmp(&b.name));
        targets.dedup_by(|a, b| a.name == b.name);
        Ok(targets)
    }

    /// The answers as a watch begins.
    async fn present(
        &self,
        watch: &Watch,
        outlet: &mut Outlet<pb::WatchAnswersResponse>,
    ) -> Result<(), Over> {
        let at = watch.cursor.at;
        for index in 0..watch.targets.len() {
            let target = watch.targets[index].clone();
            let of = target.clone();
            let began = Step::Began(at.effective_on);
            let places =
                self.aside(move |register, _| register.watched_places(&of.watched, began)).await?;
            for place in places {
                let target = target.clone();
                let page = self.aside(move |register, _| {
                    let as_pinned = as_pinned(register, &target, at.known_at);
                    let present = register.watched_now(&target.watched, &place, at);
                    let answers = present.iter().map(|(function, answer)| {
                        let (function, place) = (function.to_string(), place.to_string());
                        response(Content::Present(pb::PresentAnswer {
                            watched: target.name.clone(),
                            answer: Some(render::answer(register, function, place, answer, true)),
                            as_pinned,
                        }))
                    });
                    answers.collect::<Vec<_>>()
                });
                let page = page.await?;
                if !page.is_empty() {
                    outlet.send(page).await?;
                }
            }
        }
        Ok(())
    }

    /// Tells everything up to a point.
    async fn catch_up(
        &self,
        watch: &mut Watch,
        to: Point,
        outlet: &mut Outlet<pb::WatchAnswersResponse>,
    ) -> Result<(), Over> {
        loop {
            let (targets, from) = (Arc::clone(&watch.targets), watch.cursor.at);
            let steps = self.aside(move |register, _| {
                let watched: Vec<_> = targets.iter().map(|t| t.watched.clone()).collect();
                register.steps(&watched, from, to, STEPS)
            });
            let steps = steps.await?;
            let done = steps.len() < STEPS;
            for (before, step) in steps {
                self.tell(watch, before, step, outlet).await?;
                if watch.spoke.elapsed() >= watch.silence {
                    self.beat(watch, outlet).await?;
                }
            }
            if done {
                watch.cursor = watch.cursor.at(to);
                return Ok(());
            }
        }
    }

    /// Tells one step. The cursor of each notice goes on with the next; that of the last, after the
    /// step.
    async fn tell(
        &self,
        watch: &mut Watch,
        before: Point,
        step: Step,
        outlet: &mut Outlet<pb::WatchAnswersResponse>,
    ) -> Result<(), Over> {
        let log_id = self.node.log().id().to_owned();
        // What was told of the step before the stream was cut.
        let told = watch.cursor.begun().filter(|begun| *begun == step);
        let told = told.map_or(0, |_| watch.cursor.told);
        let after = match step {
            Step::Recorded(position) => Point { known_at: position, ..before },
            Step::Began(day) => Point { effective_on: day, ..before },
        };
        let (mut number, mut waiting) = (0, None::<pb::AnswerNotice>);
        for index in 0..watch.targets.len() {
            let target = watch.targets[index].clone();
            let of = target.clone();
            let places =
                self.aside(move |register, _| register.watched_places(&of.watched, step)).await?;
            for place in places {
                let target = target.clone();
                let notices = self.aside(move |register, _| {
                    let changes = register.noticed(&target.watched, &place, before, step);
                    let each = |change: &Change<'_>| notice(register, &target, change, step, after);
                    changes.iter().map(each).collect::<Vec<_>>()
                });
                let mut page = Vec::new();
                for notice in notices.await? {
                    number += 1;
                    if let Some(mut earlier) = waiting.replace(notice) {
                        let day = matches!(step, Step::Began(_));
                        let of = watch.cursor.of;
                        let cursor = Cursor { at: before, told: number - 1, day, of };
                        earlier.cursor = cursor.write(&log_id);
                        if cursor.told > told {
                            page.push(response(Content::Notice(earlier)));
                        }
                    }
                }
                if !page.is_empty() {
                    outlet.send(page).await?;
                    watch.spoke = Instant::now();
                }
            }
        }
        if told > 0 && told >= number {
            let what = format!("cursor: there are no {told} notices before others at that step");
            return Err(Over::Failed(status::out_of_range(what)));
        }
        watch.cursor = watch.cursor.at(after);
        if let Some(mut last) = waiting.filter(|_| number > told) {
            last.cursor = watch.cursor.write(&log_id);
            outlet.send(vec![response(Content::Notice(last))]).await?;
            watch.spoke = Instant::now();
        }
        Ok(())
    }

    /// Where a watch goes on that knows everything up to a point.
    pub(super) fn watch_cursor(&self, known_at: Position, effective_on: Day) -> String {
        let effective_on = effective_on.min(self.today());
        let at = Point { effective_on, known_at };
        Cursor { at, told: 0, day: false, of: None }.write(self.node.log().id())
    }

    fn watch_heartbeat(&self, cursor: Cursor) -> pb::WatchHeartbeat {
        pb::WatchHeartbeat {
            position: cursor.at.known_at.get(),
            day: Some(render::date(cursor.at.effective_on)),
            cursor: cursor.write(self.node.log().id()),
            at: Some(render::timestamp(self.node.log().now())),
        }
    }

    async fn beat(
        &self,
        watch: &mut Watch,
        outlet: &mut Outlet<pb::WatchAnswersResponse>,
    ) -> Result<(), Over> {
        let beat = response(Content::Heartbeat(self.watch_heartbeat(watch.cursor)));
        outlet.send(vec![beat]).await?;
        watch.spoke = Instant::now();
        Ok(())
    }

    async fn watch(
        &self,
        watch: &mut Watch,
        fresh: bool,
        outlet: &mut Outlet<pb::WatchAnswersResponse>,
    ) -> Result<(), Over> {
        let mut head = self.node.head();
        if fresh {
            self.present(watch, outlet).await?;
        }
        self.beat(watch, outlet).await?;
        if let Some(step) = watch.cursor.begun() {
            // The rest of the step in whose middle the stream was cut, before anything else.
            let known = *head.borrow();
            let there = !matches!(step, Step::Recorded(position) if position > known);
            if there {
                self.tell(watch, watch.cursor.at, step, outlet).await?;
            }
        }
        loop {
            let mut pins = watch.targets.iter().filter_map(|target| target.pin.as_ref());
            if let Some(gone) = pins.find(|pin| self.desk.pinned(pin).is_none()) {
                let what = format!("the pin {gone} was removed");
                return Err(Over::Failed(status::not_found(what)));
            }
            let known_at = *head.borrow_and_update();
            // A clock that is set back takes no day back.
            let effective_on = self.today().max(watch.cursor.at.effective_on);
            let to = Point { effective_on, known_at };
            if to != watch.cursor.at {
                self.catch_up(watch, to, outlet).await?;
            }
            let until = Instant::now() + TICK;
            let moved = tokio::time::timeout_at(until, head.changed());
            if let Ok(moved) = outlet.meanwhile(moved).await? {
                moved.map_err(|_| Over::Draining)?;
            } else if watch.spoke.elapsed() + TICK > watch.silence {
                self.beat(watch, outlet).await?;
            }
        }
    }

    async fn start(
        &self,
        request: &pb::WatchAnswersRequest,
        of: u64,
    ) -> Result<(Option<Cursor>, Option<DeskName>, Duration), Status> {
        let mut fields = Fields::default();
        let id = self.node.log().id();
        let consumer = fields.value::<Option<DeskName>>("consumer", &request.consumer);
        let mut from = request.cursor.clone();
        if let (true, Some(Some(consumer))) = (from.is_empty(), &consumer) {
            let until = self.desk.watched_until(consumer).await;
            from = until.map_err(|error| status::log(&error))?.unwrap_or_default();
        }
        let cursor = match from.as_str() {
            "" => Some(None),
            text => Cursor::read(text, id).map(Some),
        };
        if cursor.is_none() {
            fields.bad("cursor", "is not a cursor of a watch of this register");
        }
        let silence = match request.heartbeat_seconds {
            0 => Some(Duration::from_secs(10)),
            seconds @ 1..=10 => Some(Duration::from_secs(seconds.into())),
            _ => {
                fields.bad("heartbeat_seconds", "must be 1 to 10, or 0 for 10");
                None
            }
        };
        let (cursor, consumer, silence) = fields.finish(|| Some((cursor?, consumer?, silence?)))?;
        let head = *self.node.head().borrow();
        match cursor {
            Some(cursor) if cursor.at.known_at > head => {
                Err(status::beyond_head("cursor", cursor.at.known_at, head))
            }
            Some(Cursor { of: Some(other), .. }) if other != of => {
                let whose = match request.cursor.is_empty() {
                    true => "consumer: the watch of this name",
                    false => "cursor: the watch that gave it",
                };
                Err(status::other_watch(format!("{whose} is of other things")))
            }
            cursor => Ok((cursor, consumer, silence)),
        }
    }

    pub(super) async fn watch_answers_of(
        &self,
        request: Request<pb::WatchAnswersRequest>,
    ) -> Result<Response<Messages<pb::WatchAnswersResponse>>, Status> {
        let place = self.streams.enter(&request)?;
        let request = request.into_inner();
        let targets = Arc::new(self.targets(&request)?);
        let of = number_of(&targets);
        let (cursor, consumer, silence) = self.start(&request, of).await?;
        let fresh = cursor.is_none();
        let known_at = *self.node.head().borrow();
        let now = Point { effective_on: self.today(), known_at };
        let now = Cursor { at: now, told: 0, day: false, of: Some(of) };
        let cursor = Cursor { of: Some(of), ..cursor.unwrap_or(now) };
        let mut watch = Watch { targets, cursor, silence, spoke: Instant::now() };
        if let Some(consumer) = &consumer {
            // From here on it is known by name, though nothing is acknowledged yet.
            let first = cursor.write(self.node.log().id());
            let known = self.desk.know_watch(consumer.clone(), first).await;
            known.map_err(|error| status::desk(&error))?;
        }
        let mine = consumer.map(|consumer| self.desk.take_over(&consumer));
        let api = self.clone();
        Ok(stream(place, &self.draining, move |mut outlet| async move {
            let taken = async {
                match mine {
                    Some(mut mine) => drop(mine.changed().await),
                    None => std::future::pending().await,
                }
            };
            let over = tokio::select! {
                over = api.watch(&mut watch, fresh, &mut outlet) => over,
                () = taken => Err(Over::Failed(status::taken_over())),
            };
            let last: Last<_> = api.last(over, |api| {
                let ended = api.ended(watch.cursor.at.known_at);
                let cursor = watch.cursor.write(api.node.log().id());
                response(Content::Ended(pb::StreamEnded { cursor, ..ended }))
            });
            last
        }))
    }

    pub(super) async fn acknowledge_of(
        &self,
        request: pb::AcknowledgeNoticesRequest,
    ) -> Result<pb::AcknowledgeNoticesResponse, Status> {
        let mut fields = Fields::default();
        let id = self.node.log().id();
        let consumer = fields.parse::<DeskName>("consumer", &request.consumer);
        let cursor = Cursor::read(&request.cursor, id);
        if cursor.is_none() {
            fields.bad("cursor", "is not a cursor of a watch of this register");
        }
        let (consumer, cursor) = fields.finish(|| Some((consumer?, cursor?)))?;
        let head = *self.node.head().borrow();
        if cursor.at.known_at > head {
            return Err(status::beyond_head("cursor", cursor.at.known_at, head));
        }
        // The day of the last event, where the clock was set back behind it.
        let last_day = self.node.view(|register, head| register.recorded_on(head));
        if Some(cursor.at.effective_on) > last_day.max(Some(self.today())) {
            let what = format!("cursor: the day {} has not begun", cursor.at.effective_on);
            return Err(status::out_of_range(what));
        }
        let last = self.desk.watched_until(&consumer).await.map_err(|error| status::log(&error))?;
        let last = last.as_deref().and_then(|last| Cursor::read(last, id));
        if last.is_some_and(|last| last.of != cursor.of) {
            let what = "cursor: the watch that gave it is not the one of this name";
            return Err(status::other_watch(what));
        }
        let after =
            |last: &str| Cursor::read(last, id).is_none_or(|last| cursor.order() > last.order());
        let kept = self.desk.acknowledge(consumer, request.cursor.clone(), after).await;
        if !kept.map_err(|error| status::desk(&error))? {
            let message = "cursor: this notice or a later one is acknowledged already";
            return Err(status::acknowledged_already(message));
        }
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

    // --- pins --------------------------------------------------------------------------------

    pub(super) async fn pin_of(
        &self,
        request: pb::PinAnswerRequest,
    ) -> Result<pb::PinAnswerResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("pin", &request.pin);
        let actor = fields.parse::<Text>("actor", &request.actor);
        let function = fields.parse("function", &request.function);
        let place = fields.place("place", &request.place);
        let day = fields.day("effective_on", request.effective_on);
        let known = fields.known(request.known_at.as_ref());
        let note = fields.value::<Option<Text>>("note", &request.note);
        let (name, actor, function, place, effective_on, known, note) =
            fields.finish(|| Some((name?, actor?, function?, place?, day?, known?, note?)))?;
        // Sent again without a point, a pin is the one that there is.
        let there = self.desk.pinned(&name).filter(|_| matches!(known, AskedKnown::Head));
        let known_at = match there {
            Some(pin) => pin.known_at,
            None => self.view(known, |_, at| Ok(at))?,
        };
        let place = place.to_string();
        let pin = Pin { name, actor, function, place, effective_on, known_at, note };
        let pinned = self.desk.pin(pin.clone()).await;
        pinned.map_err(|error| status::desk(&error))?;
        let pin = self.node.view(|register, head| render_pin(register, &pin, head));
        Ok(pb::PinAnswerResponse { pin })
    }

    pub(super) async fn unpin_of(
        &self,
        request: pb::UnpinAnswerRequest,
    ) -> Result<pb::UnpinAnswerResponse, Status> {
        let mut fields = Fields::default();
        let name = fields.parse::<DeskName>("pin", &request.pin);
        let actor = fields.parse::<Text>("actor", &request.actor);
        let (name, actor) = fields.finish(|| Some((name?, actor?)))?;
        let done: Result<(), DeskError> = self.desk.unpin(name, actor).await;
        done.map_err(|error| status::desk(&error))?;
        Ok(pb::UnpinAnswerResponse {})
    }

    pub(super) fn pins_of(
        &self,
        request: &pb::ListPinsRequest,
    ) -> Result<pb::ListPinsResponse, Status> {
        let mut fields = Fields::default();
        let token = (request.page_size, request.page_token.as_str());
        let page = Page::parse(&mut fields, Some(AskedKnown::Head), token, &"pins", PAGE_MAX);
        let Paged { page, known } = fields.finish(|| page)?;
        self.view(known, |register, at| {
            let (pins, next_page_token) = page.cut(self.desk.pins(), at);
            let pins = pins.iter().filter_map(|pin| render_pin(register, pin, at)).collect();
            Ok(pb::ListPinsResponse { pins, next_page_token })
        })
    }
}

fn notice(
    register: &Register,
    target: &Target,
    change: &Change<'_>,
    step: Step,
    after: Point,
) -> pb::AnswerNotice {
    let recorded_on = register.recorded_on(after.known_at);
    let (kind, began, retroactive) = match step {
        Step::Recorded(_) => {
            let earlier = change
                .effective_from
                .is_none_or(|from| recorded_on.is_some_and(|recorded_on| from < recorded_on));
            (pb::NoticeKind::Recorded, None, earlier)
        }
        Step::Began(day) => (pb::NoticeKind::BecameEffective, Some(render::date(day)), false),
    };
    pb::AnswerNotice {
        kind: kind.into(),
        watched: target.name.clone(),
        change: Some(render::change(register, change)),
        retroactive,
        known_at: Some(render::known(register.known_at(after.known_at))),
        began,
        as_pinned: as_pinned(register, target, after.known_at),
        cursor: String::new(),
    }
}

fn render_pin(register: &Register, pin: &Pin, head: Position) -> Option<pb::Pin> {
    let place: Place = pin.place.parse().ok()?;
    let watched = Watched::Pinned(pin.function.clone(), place.clone(), pin.effective_on);
    let from = Point { effective_on: pin.effective_on, known_at: pin.known_at };
    let to = Point { known_at: head, ..from };
    let watches = std::slice::from_ref(&watched);
    let steps = register.steps(watches, from, to, usize::MAX);
    let changed_at = steps.into_iter().filter_map(|(before, step)| {
        let Step::Recorded(position) = step else { return None };
        let changed = !register.noticed(&watched, &place, before, step).is_empty();
        changed.then_some(position)
    });
    let changed_at = changed_at.map(Position::get).collect();
    let answer = register.who_holds(&pin.function, &place, pin.effective_on, pin.known_at);
    let pinned_at = Some(pin.known_at);
    let as_pinned =
        as_pinned(register, &Target { name: String::new(), watched, pinned_at, pin: None }, head);
    let (function, place) = (pin.function.to_string(), pin.place.clone());
    Some(pb::Pin {
        pin: pin.name.to_string(),
        actor: pin.actor.to_string(),
        note: pin.note.as_ref().map(ToString::to_string).unwrap_or_default(),
        answer: Some(render::answer(register, function, place, &answer, true)),
        as_pinned,
        changed_at,
    })
}
