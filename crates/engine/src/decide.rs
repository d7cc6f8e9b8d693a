//! Decides requests against the fold, one after another, and appends their events.
//!
//! A decision does not wait until the events of the previous decision are durable. The events of
//! each decision go into the fold at once, provisionally. The entry of a decision is appended
//! directly after the entry of the previous decision, or not at all.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use remit_domain::{
    Act, BodyCode, Command, Day, Event, Fact, Fault, MoneyFact, Position, Refusal, Text, UtcInstant,
};
use remit_ledger::Hash;
use remit_log::{
    AppendError, Appended, BoxFuture, EVENT_BYTES_MAX, Entry, EntryError, Head, Log, LogError,
    RequestRecord,
};
use remit_register::{Register, london_day};
use remit_shape::{Draft, Encoder, RequestId, TraceParent};
use tokio::sync::{Mutex, MutexGuard, Notify, Semaphore, watch};

use crate::fold::{Fold, Stopped};
use crate::replay::short;

/// The maximum number of requests that are decided or appended at the same time. The limit bounds
/// the use of memory, and is lower than the number of writes that a store's queue holds.
const IN_FLIGHT_MAX: usize = 1_024;
/// The maximum number of times that one request is decided. A request is decided again each time
/// that the append of another request reaches the log first.
const TRIES_MAX: usize = 8;
/// The number of commands of one request that are decided before other tasks get a turn.
const COMMANDS_A_TURN: usize = 64;
/// Once a request has this many refusals, its remaining commands are not decided.
const REFUSALS_MAX: usize = 200;

/// A batch of commands, recorded all together or not at all.
#[derive(Clone, Debug)]
pub struct Request {
    /// The id that the client gave the request.
    pub request_id: RequestId,
    /// A digest of the content of the request, which tells a repeat of the request from another
    /// request with the same id.
    pub digest: [u8; 32],
    /// The system or office that sends the request.
    pub actor: Text,
    /// The body on whose behalf the request is sent.
    pub acting_for: BodyCode,
    /// The authenticated principal that sends the request, if any.
    pub principal: Option<Text>,
    /// The distributed trace that the request belongs to, if any.
    pub trace: Option<TraceParent>,
    /// The commands of the request, in order.
    pub commands: Vec<Command>,
}

/// The result of deciding a batch of commands without recording it.
#[derive(Clone, Debug)]
pub struct Preview<T> {
    /// The events of the commands that pass every check.
    pub events: Vec<Event>,
    /// The refusals of the commands that fail a check, each with the index of the refused command.
    pub refusals: Vec<(usize, Refusal)>,
    /// The commands that repeat an event that is already recorded: the index of each, and the
    /// position of that event.
    pub repeated: Vec<(usize, Position)>,
    /// The value that the caller's function `read` returned. While `read` was called, the fold held
    /// the events of the batch.
    pub read: T,
}

/// The receipt for a request that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The positions of the request's events, and when they were recorded. `None` if each command
    /// repeats an event that is already recorded.
    pub appended: Option<Appended>,
    /// The commands that repeat an event that was already recorded, so that they added nothing: the
    /// index of each, and the position of that event. Empty if `earlier` is true.
    pub repeated: Vec<(usize, Position)>,
    /// Whether an earlier call with the same request id and content recorded the request.
    pub earlier: bool,
}

/// Why a request was not recorded.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RecordError {
    /// Some checks failed. Holds each refusal with the index of the refused command.
    #[error("{} checks of the request failed", .0.len())]
    Refused(Vec<(usize, Refusal)>),
    /// The body for which the request is sent is unknown or not in being on the day of recording.
    #[error(
        "the register has no body {code} in being on {on}, so nobody can act for it; name a body \
         that is in being, or record that body first"
    )]
    ActsForNobody {
        /// The body for which the request is sent.
        code: BodyCode,
        /// The day in England on which the request would be recorded.
        on: Day,
    },
    /// The request id was already used for a request with other content.
    #[error(
        "the request id was already used for a request with other content, recorded from \
         position {first}; use a new request id"
    )]
    RequestIdReused {
        /// The position of the first event of the earlier request that used the id.
        first: Position,
    },
    /// The request was decided as often as is allowed, and each time the append of another request
    /// reached the log first.
    #[error(
        "the request was not recorded, because other requests came before it {TRIES_MAX} times in \
         a row; send the request again"
    )]
    Contended,
    /// An event would be longer than [`EVENT_BYTES_MAX`].
    #[error(
        "the event of this command would have {bytes} bytes, and an event has at most \
         {EVENT_BYTES_MAX}; shorten the texts of the command"
    )]
    TooLong {
        /// The index of the command whose event is too long.
        command: usize,
        /// The length of the event, in bytes.
        bytes: usize,
    },
    /// The node has stopped, because it cannot read the log.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The log failed or is closed.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Decides requests and appends their events.
pub(crate) struct Decisions {
    log: Log,
    fold: Arc<Fold>,
    /// Locked while a request is decided, so that requests are decided one at a time, in the order
    /// in which they are appended.
    decider: Mutex<Decider>,
    permits: Semaphore,
    log_head: watch::Receiver<Position>,
    /// The highest position that the store has named as the log's head when it refused an append.
    told: AtomicU64,
    /// Wakes the task that follows the log, when the log has events that other nodes appended.
    behind: Arc<Notify>,
}

/// The state that all decisions share, locked while a request is decided.
pub(crate) struct Decider {
    encoder: Encoder,
    /// The last event in the fold, which may not be durable yet.
    head: Head,
    /// The hashed ids of all requests that are recorded or being appended, and of some requests
    /// whose append failed.
    seen: HashSet<u64>,
    /// The requests whose events are being appended, by id. The channel of a request closes when
    /// the append has succeeded or failed.
    under_way: HashMap<RequestId, watch::Receiver<()>>,
    /// The appends whose events are not visible to readers yet, in log order.
    awaited: VecDeque<Awaited>,
    tickets: u64,
}

/// An append whose events are not visible to readers yet.
struct Awaited {
    ticket: u64,
    /// The head of the log just before this append.
    after: Head,
    last: Position,
    durable: bool,
}

/// A batch whose commands are being decided.
struct Batch {
    entry: Entry,
    /// The day on which the batch is recorded.
    today: Option<Day>,
    events: Vec<Event>,
    repeated: Vec<(usize, Position)>,
    refusals: Vec<(usize, Refusal)>,
    fault: Option<RecordError>,
}

/// The result of deciding a request once.
enum Decided {
    Refused {
        refusals: Vec<(usize, Refusal)>,
        at: Position,
    },
    /// Each command repeats an event up to the position `at`.
    Repeated {
        repeated: Vec<(usize, Position)>,
        at: Position,
    },
    Appending {
        repeated: Vec<(usize, Position)>,
        ticket: u64,
        append: Append,
        ended: watch::Sender<()>,
    },
    /// A request with the same id may be recorded already, so the caller must look up the id in the
    /// log.
    Seen,
    /// The events of a request with the same id are being appended. The channel closes when that
    /// append has succeeded or failed.
    UnderWay(watch::Receiver<()>),
    /// The log has events, up to this position, that the fold lacks.
    Behind(Position),
}

type Append = BoxFuture<Result<Appended, AppendError>>;

impl Decider {
    /// Makes the state for decisions after the event `head`. `seen` holds the hashes of all request
    /// ids recorded up to that event.
    pub fn new(log_id: &str, head: Head, seen: HashSet<u64>) -> Self {
        Self {
            encoder: Encoder::new(log_id),
            head,
            seen,
            under_way: HashMap::new(),
            awaited: VecDeque::new(),
            tickets: 0,
        }
    }

    /// The last event in the fold, which may not be durable yet.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Whether this node has appends whose events are not visible to readers yet.
    pub fn is_awaiting(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// Updates the head, and the set of request ids seen, after an event from the log was folded
    /// in.
    pub fn met(&mut self, request: u64, position: Position, leaf: Hash) {
        self.seen.insert(request);
        self.head = Head { position, leaf };
    }
}

impl Decisions {
    pub fn new(log: Log, fold: Arc<Fold>, decider: Decider) -> Self {
        let (decider, permits) = (Mutex::new(decider), Semaphore::new(IN_FLIGHT_MAX));
        let (log_head, told, behind) = (log.head(), AtomicU64::new(0), Arc::default());
        Self { log, fold, decider, permits, log_head, told, behind }
    }

    pub async fn decider(&self) -> MutexGuard<'_, Decider> {
        self.decider.lock().await
    }

    /// The highest position that the log is known to have.
    pub fn log_head(&self) -> Position {
        Position::new(self.told.load(Ordering::Relaxed)).max(*self.log_head.borrow())
    }

    /// The signal that wakes the task that follows the log.
    pub fn behind(&self) -> Arc<Notify> {
        Arc::clone(&self.behind)
    }

    /// Waits until no append is under way, so that the fold holds exactly the durable events, and
    /// then reads the fold. Returns the durable position and the result of `read`.
    pub async fn quiet<T>(&self, read: impl FnOnce(&Register) -> T) -> (Position, T) {
        let mut durable = self.fold.durable();
        loop {
            let decider = self.decider.lock().await;
            if !decider.is_awaiting() {
                return (self.fold.head(), read(&self.fold.register()));
            }
            durable.mark_unchanged();
            drop(decider);
            let _ = durable.changed().await;
        }
    }

    pub async fn record(&self, request: Request) -> Result<Receipt, RecordError> {
        let _permit = self.permits.acquire().await.map_err(|_| LogError::Closed)?;
        let mut is_new = false;
        for _ in 0..TRIES_MAX {
            let decided = {
                let mut decider = self.decider.lock().await;
                self.decide(&mut decider, &request, is_new).await?
            };
            match decided {
                Decided::Seen => match self.log.request(&request.request_id).await? {
                    Some(record) => {
                        self.fold.reached(record.appended.last).await?;
                        return earlier(&request, &record);
                    }
                    // The log has no record of this request. The hash of its id was seen before
                    // because another id has the same hash, or because an earlier append of this
                    // request failed.
                    None => is_new = true,
                },
                Decided::UnderWay(mut ended) => {
                    let _ = ended.changed().await;
                }
                Decided::Behind(head) => self.fold.reached(head).await?,
                Decided::Refused { refusals, at } => {
                    if self.fold.settled(at).await {
                        return Err(RecordError::Refused(refusals));
                    }
                }
                Decided::Repeated { repeated, at } => {
                    if self.fold.settled(at).await {
                        return Ok(Receipt { appended: None, repeated, earlier: false });
                    }
                }
                Decided::Appending { repeated, ticket, append, ended } => {
                    let result = append.await;
                    let settled = self.settle(ticket, &request, result).await;
                    drop(ended);
                    if let Some(appended) = settled? {
                        // Wait until the events are visible: an earlier append may not be durable
                        // yet, and the reply promises that the events can be read.
                        self.fold.reached(appended.last).await?;
                        let appended = Some(appended);
                        return Ok(Receipt { appended, repeated, earlier: false });
                    }
                    is_new = false;
                }
            }
        }
        Err(RecordError::Contended)
    }

    async fn decide(
        &self,
        decider: &mut Decider,
        request: &Request,
        is_new: bool,
    ) -> Result<Decided, RecordError> {
        if let Some(ended) = decider.under_way.get(&request.request_id) {
            return Ok(Decided::UnderWay(ended.clone()));
        }
        let short = short(&request.request_id);
        if !is_new && decider.seen.contains(&short) {
            return Ok(Decided::Seen);
        }
        let log_head = self.log_head();
        if log_head > decider.head.position {
            return Ok(Decided::Behind(log_head));
        }
        let before = decider.head;
        let mut batch = self.begin(decider, request);
        for index in 0..request.commands.len() {
            if index % COMMANDS_A_TURN == COMMANDS_A_TURN - 1 {
                tokio::task::yield_now().await;
            }
            if !self.admit(decider, &mut batch, request, index) {
                break;
            }
        }
        self.check_acted_for(&mut batch, request);
        let Batch { entry, repeated, refusals, fault, .. } = batch;
        if let Some(error) = fault {
            self.fold.register_mut().retract_after(before.position);
            return Err(error);
        }
        if !refusals.is_empty() || entry.last() == before {
            self.fold.register_mut().retract_after(before.position);
            let at = before.position;
            return Ok(match refusals.is_empty() && !repeated.is_empty() {
                true => Decided::Repeated { repeated, at },
                false => Decided::Refused { refusals, at },
            });
        }
        decider.seen.insert(short);
        decider.tickets += 1;
        decider.head = entry.last();
        let (ticket, last) = (decider.tickets, entry.last().position);
        decider.awaited.push_back(Awaited { ticket, after: before, last, durable: false });
        let (ended, wait) = watch::channel(());
        decider.under_way.insert(request.request_id.clone(), wait);
        let append = self.log.append(entry);
        Ok(Decided::Appending { repeated, ticket, append, ended })
    }

    /// Begins a batch after the last event in the fold.
    fn begin(&self, decider: &Decider, request: &Request) -> Batch {
        let after = decider.head;
        let mut register = self.fold.register_mut();
        // The recording time of the batch is never earlier than that of the event before the batch,
        // even if the clock was set back.
        let not_before = register.known_at(after.position).recorded_at.unwrap_or(UtcInstant::MIN);
        let recorded_at = self.log.now().max(not_before);
        register.stamp(after.position.next(), recorded_at);
        let entry = Entry::new(after, recorded_at, request.request_id.clone(), request.digest);
        let today = london_day(recorded_at);
        let (events, repeated, refusals) = (Vec::new(), Vec::new(), Vec::new());
        Batch { entry, today, events, repeated, refusals, fault: None }
    }

    /// Decides the command at `index` against the fold, which already holds the events of the
    /// earlier commands. Folds in the command's event provisionally. Returns `false` if no further
    /// commands of the request are to be decided.
    fn admit(
        &self,
        decider: &mut Decider,
        batch: &mut Batch,
        request: &Request,
        index: usize,
    ) -> bool {
        let Some(command) = request.commands.get(index) else { return false };
        if let Some(position) = self.fold.register().repeats(command) {
            batch.repeated.push((index, position));
            return true;
        }
        if let Some(today) = batch.today {
            let later = made_later(command, today).map(|refusal| (index, refusal));
            batch.refusals.extend(later);
        }
        match self.fold.register_mut().admit(command.clone()) {
            Ok(event) => {
                let draft = Draft {
                    event,
                    actor: request.actor.clone(),
                    acting_for: request.acting_for,
                    principal: request.principal.clone(),
                    trace: request.trace.clone(),
                };
                batch.fault = match batch.entry.push(&mut decider.encoder, &draft) {
                    Ok(()) => None,
                    Err(EntryError::TooLong(bytes)) => {
                        Some(RecordError::TooLong { command: index, bytes })
                    }
                    Err(EntryError::NoSalt(error)) => Some(error.into()),
                };
                batch.events.push(draft.event);
            }
            Err(failed) => {
                batch.refusals.extend(failed.into_iter().map(|refusal| (index, refusal)));
            }
        }
        batch.fault.is_none() && batch.refusals.len() < REFUSALS_MAX
    }

    /// Checks that the body for which a request is sent is in being, as the request leaves the
    /// register: a request may establish the body itself.
    fn check_acted_for(&self, batch: &mut Batch, request: &Request) {
        let register = self.fold.register();
        let (known_at, code) = (register.tail(), request.acting_for);
        let on = batch.today.filter(|on| !register.may_be_acted_for(code, *on, known_at));
        if let (Some(on), None, true) = (on, &batch.fault, batch.refusals.is_empty()) {
            batch.fault = Some(RecordError::ActsForNobody { code, on });
        }
    }

    /// Makes the preview of a request, as [`Node::preview`](crate::Node::preview) describes.
    pub async fn preview<T: Send + 'static>(
        self: Arc<Self>,
        request: Request,
        read: impl Fn(&Register, Position, Position) -> T + Clone + Send + 'static,
    ) -> Result<Preview<T>, RecordError> {
        let _permit = self.permits.acquire().await.map_err(|_| LogError::Closed)?;
        let request = Arc::new(request);
        for _ in 0..TRIES_MAX {
            let log_head = self.log_head();
            self.fold.reached(log_head).await?;
            let decisions = Arc::clone(&self);
            let (request, read) = (Arc::clone(&request), read.clone());
            let tried = tokio::task::spawn_blocking(move || decisions.previewed(&request, read));
            let (preview, at) = tried.await.map_err(|_| LogError::Closed)?;
            if self.fold.settled(at).await {
                return preview;
            }
        }
        Err(RecordError::Contended)
    }

    /// Tries once to make a preview. Returns the preview, and the position of the last event that
    /// was in the fold before the preview.
    fn previewed<T>(
        &self,
        request: &Request,
        read: impl FnOnce(&Register, Position, Position) -> T,
    ) -> (Result<Preview<T>, RecordError>, Position) {
        let mut decider = self.decider.blocking_lock();
        let before = decider.head.position;
        let mut batch = self.begin(&decider, request);
        let mut commands = 0..request.commands.len();
        while commands
            .next()
            .is_some_and(|next| self.admit(&mut decider, &mut batch, request, next))
        {}
        self.check_acted_for(&mut batch, request);
        let read = {
            let register = self.fold.register();
            read(&register, before, register.tail())
        };
        self.fold.register_mut().retract_after(before);
        let preview = match batch.fault {
            Some(error) => Err(error),
            None => {
                let Batch { events, repeated, refusals, .. } = batch;
                Ok(Preview { events, repeated, refusals, read })
            }
        };
        (preview, before)
    }

    /// Makes the events of a durable append visible, in log order, or undoes a failed append.
    ///
    /// Returns `None` if nothing was recorded and the request must be decided again.
    async fn settle(
        &self,
        ticket: u64,
        request: &Request,
        result: Result<Appended, AppendError>,
    ) -> Result<Option<Appended>, RecordError> {
        let mut decider = self.decider.lock().await;
        decider.under_way.remove(&request.request_id);
        let settled = match result {
            Ok(appended) => {
                let own = decider.awaited.iter_mut().find(|awaited| awaited.ticket == ticket);
                own.into_iter().for_each(|awaited| awaited.durable = true);
                self.publish(&mut decider);
                Ok(Some(appended))
            }
            Err(error) => {
                self.take_back(&mut decider, ticket);
                match error {
                    AppendError::HeadMoved { head, .. } => {
                        self.told.fetch_max(head.get(), Ordering::Relaxed);
                        Ok(None)
                    }
                    AppendError::AlreadyRecorded(_) => Ok(None),
                    AppendError::Log(error) => {
                        if matches!(error, LogError::Damaged(_)) {
                            self.fold.stop(error.clone());
                        }
                        Err(error.into())
                    }
                }
            }
        };
        if !decider.is_awaiting() && self.log_head() > self.fold.head() {
            self.behind.notify_one();
        }
        settled
    }

    /// Makes durable events visible to readers, up to the first append that is not durable yet.
    fn publish(&self, decider: &mut Decider) {
        let mut reached = None;
        while decider.awaited.front().is_some_and(|front| front.durable) {
            reached = decider.awaited.pop_front().map(|front| front.last);
        }
        if let Some(reached) = reached {
            self.fold.register_mut().settle(reached);
            self.fold.publish(reached);
        }
    }

    /// Undoes the decision with the number `ticket`, because its append failed, and all decisions
    /// made after that decision, because their appends fail too.
    fn take_back(&self, decider: &mut Decider, ticket: u64) {
        let Some(index) = decider.awaited.iter().position(|awaited| awaited.ticket == ticket)
        else {
            return;
        };
        if let Some(first) = decider.awaited.drain(index..).next() {
            decider.head = first.after;
            self.fold.register_mut().retract_after(first.after.position);
            self.fold.wake();
        }
    }
}

fn earlier(request: &Request, record: &RequestRecord) -> Result<Receipt, RecordError> {
    let appended = record.appended;
    match record.content.matches(&request.digest) {
        true => Ok(Receipt { appended: Some(appended), repeated: Vec::new(), earlier: true }),
        false => Err(RecordError::RequestIdReused { first: appended.first }),
    }
}

/// The refusals of a command whose act, by its evidence or by the fact itself, was done after
/// `today`.
fn made_later(command: &Command, today: Day) -> impl Iterator<Item = Refusal> {
    let stated = match &command.act {
        Act::State(Fact::Money(MoneyFact::PaymentDirectionMade(made))) => Some(made.made_on),
        Act::State(_) | Act::GiveNotice { .. } | Act::Correct { .. } => None,
    };
    let days = [("evidence.made_on", command.evidence.made_on), ("made_on", stated)];
    let later = days.into_iter().filter_map(move |(field, day)| Some((field, day?)));
    later.filter(move |(_, made_on)| *made_on > today).map(move |(field, made_on)| {
        let fault = Fault::MadeLater { made_on, today };
        Refusal { field: field.to_owned(), fault }
    })
}
