//! The node: one writer of decisions, any number of readers.
//!
//! Decisions are made one after another against the fold, which runs ahead of the disk: events that
//! are decided but not yet durable lie in it unseen, because readers ask at the durable position.
//! So many requests share one sync, and no reader waits for a writer.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use remit_domain::{BodyCode, Command, Event, Position, Refusal, Text};
use remit_ledger::Cosigned;
use remit_log::{
    AppendError, Appended, Batch, Draft, EVENT_BYTES_MAX, EventLog, LogError, RequestId,
    RequestRecord, shape,
};
use remit_register::Register;
use remit_statement::Indexed;
use tokio::sync::{Mutex, Semaphore, watch};

use crate::cosigned;
use crate::desk::Desk;
use crate::groups::Groups;
use crate::replay::{OpenError, catch_up, fold_afresh, short};

/// Requests that may be under way at once. Bounds memory; fewer than the log's queue holds.
const IN_FLIGHT_MAX: usize = 1_024;
/// How often a request is decided again because another append came first.
const TRIES_MAX: usize = 8;
/// Commands decided before other work gets a turn.
const COMMANDS_A_TURN: usize = 64;
/// Refusals that are reported for one request.
const REFUSALS_MAX: usize = 200;

/// A batch of commands, recorded all together or not at all.
#[derive(Clone, Debug)]
pub struct Request {
    /// The client's id for it.
    pub request_id: RequestId,
    /// A digest of its content.
    pub digest: [u8; 32],
    /// The system or office that asks.
    pub actor: Text,
    /// The body it asks for.
    pub acting_for: BodyCode,
    /// What is asked, in order.
    pub commands: Vec<Command>,
}

/// What a batch of commands would come to. Nothing is recorded.
#[derive(Clone, Debug)]
pub struct Preview<T> {
    /// The events there would be, of the commands that pass every check.
    pub events: Vec<Event>,
    /// The checks that fail: for each, the index of its command.
    pub refusals: Vec<(usize, Refusal)>,
    /// What was read while the events were supposed to be recorded.
    pub read: T,
}

/// Where a request is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its events.
    pub appended: Appended,
    /// Whether it was recorded by an earlier call with the same id and content.
    pub earlier: bool,
}

/// Why a request was not recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Checks failed: for each, the index of its command.
    #[error("{} checks failed", .0.len())]
    Refused(Vec<(usize, Refusal)>),
    /// The id was used for another request.
    #[error("the request id was used for a request with other content, recorded at {first}")]
    RequestIdReused {
        /// Where that one is recorded.
        first: Position,
    },
    /// Other appends came first too often.
    #[error("the log moved on {TRIES_MAX} times while the request was decided; send it again")]
    Contended,
    /// An event would be longer than one may be.
    #[error(
        "its event would have up to {bytes} bytes, and an event has at most {EVENT_BYTES_MAX}; \
         say it in fewer or shorter texts"
    )]
    TooLong {
        /// The index of its command.
        command: usize,
        /// How long.
        bytes: usize,
    },
    /// The log failed or is closed.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// One node over one log.
#[derive(Clone)]
pub struct Node {
    shared: Arc<Shared>,
}

struct Shared {
    log: Arc<dyn EventLog>,
    register: RwLock<Register>,
    /// The last position that is both durable and folded in.
    durable: watch::Sender<Position>,
    /// Held while deciding: one decision at a time, in the order of the appends.
    decider: Mutex<Decider>,
    permits: Semaphore,
    desk: Desk,
    groups: Groups,
    /// What statements show of the whole log. Empty until the first is asked for.
    indexed: Arc<Mutex<Indexed>>,
    cosigned: Mutex<Option<Cosigned>>,
}

#[derive(Default)]
struct Decider {
    /// Short names of all request ids ever recorded or under way.
    seen: HashSet<u64>,
    /// Requests under way, and when each has ended.
    under_way: HashMap<RequestId, watch::Receiver<()>>,
    /// Appends whose durability is awaited, in log order.
    awaited: VecDeque<Awaited>,
    tickets: u64,
}

struct Awaited {
    ticket: u64,
    first: Position,
    last: Position,
    recorded_at: Option<i64>,
}

/// The commands of a batch so far.
#[derive(Default)]
struct Admitted {
    drafts: Vec<Draft>,
    refusals: Vec<(usize, Refusal)>,
    too_long: Option<RecordError>,
}

/// What deciding came to.
enum Decided {
    Refused { refusals: Vec<(usize, Refusal)>, at: Position },
    Appending { ticket: u64, first: Position, append: Append, ended: watch::Sender<()> },
    Earlier(RequestRecord),
    Wait(watch::Receiver<()>),
}

type Append = remit_log::BoxFuture<Result<Appended, AppendError>>;

impl Node {
    /// Opens a node over a log: reads it from the first event and folds it.
    ///
    /// # Errors
    /// [`OpenError`] where the log cannot be read whole.
    pub fn open(log: Arc<dyn EventLog>) -> Result<Self, OpenError> {
        let mut register = Register::new();
        let mut seen = HashSet::new();
        catch_up(log.as_ref(), &mut register, &mut seen)?;
        let durable = watch::Sender::new(register.tail());
        let kept = log.kept()?;
        let desk = Desk::open(Arc::clone(&log), &kept);
        let groups = Groups::open(&kept)?;
        let cosigned = Mutex::new(cosigned::kept(&kept)?);
        let decider = Decider { seen, ..Decider::default() };
        Ok(Self {
            shared: Arc::new(Shared {
                log,
                register: RwLock::new(register),
                durable,
                decider: Mutex::new(decider),
                permits: Semaphore::new(IN_FLIGHT_MAX),
                desk,
                groups,
                indexed: Arc::default(),
                cosigned,
            }),
        })
    }

    /// The log below.
    #[must_use]
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.shared.log
    }

    /// What is kept for those who read the register.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.shared.desk
    }

    pub(crate) fn indexed(&self) -> &Arc<Mutex<Indexed>> {
        &self.shared.indexed
    }

    pub(crate) fn newest_cosigned(&self) -> &Mutex<Option<Cosigned>> {
        &self.shared.cosigned
    }

    pub(crate) fn groups(&self) -> &Groups {
        &self.shared.groups
    }

    /// The last position that can be asked about, and a wake-up when it moves.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Position> {
        self.shared.durable.subscribe()
    }

    /// Reads the fold. `read` gets the register and the last durable position, and must not ask
    /// beyond it.
    pub fn view<T>(&self, read: impl FnOnce(&Register, Position) -> T) -> T {
        let register = self.shared.register();
        let head = *self.shared.durable.borrow();
        read(&register, head)
    }

    /// The fingerprint of a fold of the log made afresh, up to the position that this node has
    /// reached, and that of the node's own fold, which must be the same.
    ///
    /// # Errors
    /// [`OpenError`] where the log cannot be read.
    pub async fn fingerprints(&self) -> Result<(Position, u64, u64), OpenError> {
        let mut durable = self.head();
        let (head, own) = loop {
            let decider = self.shared.decider.lock().await;
            if decider.awaited.is_empty() {
                // With nothing under way the fold holds exactly what is durable.
                break self.view(|register, head| (head, register.fingerprint()));
            }
            durable.mark_unchanged();
            drop(decider);
            let _ = durable.changed().await;
        };
        let log = Arc::clone(&self.shared.log);
        let afresh = tokio::task::spawn_blocking(move || fold_afresh(log.as_ref(), head));
        let afresh = afresh.await.map_err(|_| LogError::Closed)??;
        Ok((head, own, afresh.fingerprint()))
    }

    /// A fold of the log of its own, as it is now.
    ///
    /// # Errors
    /// [`OpenError`] where the log cannot be read.
    pub async fn fold(&self) -> Result<Register, OpenError> {
        let (log, head) = (Arc::clone(&self.shared.log), *self.head().borrow());
        let fold = tokio::task::spawn_blocking(move || fold_afresh(log.as_ref(), head));
        fold.await.map_err(|_| LogError::Closed)?
    }

    /// What became of a request id.
    ///
    /// # Errors
    /// [`LogError`] where the log cannot be read.
    pub fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, LogError> {
        self.shared.log.request(id)
    }

    /// What a batch of commands would come to: the events, the checks that fail, and whatever `read`
    /// reads of the register as it would then be; it is given the positions before and after.
    ///
    /// Nothing is recorded, and nobody else sees the events. Other decisions wait meanwhile.
    ///
    /// # Errors
    /// [`RecordError`] other than [`RecordError::Refused`].
    pub async fn preview<T: Send + 'static>(
        &self,
        request: Request,
        read: impl Fn(&Register, Position, Position) -> T + Clone + Send + 'static,
    ) -> Result<Preview<T>, RecordError> {
        let closed = |_| RecordError::Log(LogError::Closed);
        let _permit = self.shared.permits.acquire().await.map_err(closed)?;
        let request = Arc::new(request);
        for _ in 0..TRIES_MAX {
            let shared = Arc::clone(&self.shared);
            let (request, read) = (Arc::clone(&request), read.clone());
            let tried = tokio::task::spawn_blocking(move || shared.preview(&request, read)).await;
            let (preview, at) = tried.map_err(|_| RecordError::Log(LogError::Closed))??;
            if self.shared.reached(at).await {
                return Ok(preview);
            }
        }
        Err(RecordError::Contended)
    }

    /// Decides a request and, if every check holds, appends its events; returns once they are
    /// durable and can be read. The same id gives the same result for ever.
    ///
    /// A caller that goes away changes nothing: what was begun is finished.
    ///
    /// # Errors
    /// [`RecordError`]; nothing is then recorded, but after [`RecordError::Log`] the same id must be
    /// sent again to know.
    pub async fn record(&self, request: Request) -> Result<Receipt, RecordError> {
        let shared = Arc::clone(&self.shared);
        let done = tokio::spawn(async move { shared.record(request).await });
        done.await.unwrap_or(Err(RecordError::Log(LogError::Closed)))
    }
}

impl Shared {
    fn register(&self) -> RwLockReadGuard<'_, Register> {
        // The fold is changed by steps that cannot panic halfway in safe code we control; if one
        // did, going on with what is there would be wrong for writers, not for readers.
        self.register.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn register_mut(&self) -> RwLockWriteGuard<'_, Register> {
        self.register.write().unwrap_or_else(PoisonError::into_inner)
    }

    async fn record(&self, request: Request) -> Result<Receipt, RecordError> {
        let closed = |_| RecordError::Log(LogError::Closed);
        let _permit = self.permits.acquire().await.map_err(closed)?;
        for _ in 0..TRIES_MAX {
            let decided = {
                let mut decider = self.decider.lock().await;
                self.decide(&mut decider, &request).await?
            };
            match decided {
                Decided::Earlier(record) if record.content.is(&request.digest) => {
                    let receipt = Receipt { appended: record.appended, earlier: true };
                    return Ok(receipt);
                }
                Decided::Earlier(record) => {
                    return Err(RecordError::RequestIdReused { first: record.appended.first });
                }
                Decided::Wait(mut ended) => {
                    let _ = ended.changed().await;
                }
                Decided::Refused { refusals, at } => {
                    if self.reached(at).await {
                        return Err(RecordError::Refused(refusals));
                    }
                }
                Decided::Appending { ticket, first, append, ended } => {
                    let result = append.await;
                    let settled = self.settle(ticket, first, &request, result).await;
                    drop(ended);
                    match settled {
                        Ok(Some(appended)) => {
                            let receipt = Receipt { appended, earlier: false };
                            return Ok(receipt);
                        }
                        Ok(None) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Err(RecordError::Contended)
    }

    /// Waits until what a decision rested on is durable. `false`: it never will be; decide again.
    async fn reached(&self, position: Position) -> bool {
        let mut durable = self.durable.subscribe();
        loop {
            if *durable.borrow_and_update() >= position {
                return true;
            }
            if self.register().tail() < position {
                return false;
            }
            // A failed append wakes this too: it publishes the position again.
            if durable.changed().await.is_err() {
                return false;
            }
        }
    }

    async fn decide(
        &self,
        decider: &mut Decider,
        request: &Request,
    ) -> Result<Decided, RecordError> {
        if let Some(ended) = decider.under_way.get(&request.request_id) {
            return Ok(Decided::Wait(ended.clone()));
        }
        let short = short(&request.request_id);
        if decider.seen.contains(&short)
            && let Some(record) = self.log.request(&request.request_id)?
        {
            return Ok(Decided::Earlier(record));
        }
        let before = self.register().tail();
        let mut batch = Admitted::default();
        for (index, command) in request.commands.iter().enumerate() {
            if index % COMMANDS_A_TURN == COMMANDS_A_TURN - 1 {
                tokio::task::yield_now().await;
            }
            if !self.admit(&mut batch, request, (index, command)) {
                break;
            }
        }
        let Admitted { drafts, refusals, too_long } = batch;
        if let Some(error) = too_long {
            self.register_mut().retract_after(before);
            return Err(error);
        }
        if !refusals.is_empty() || drafts.is_empty() {
            self.register_mut().retract_after(before);
            return Ok(Decided::Refused { refusals, at: before });
        }
        decider.seen.insert(short);
        decider.tickets += 1;
        let (ticket, last) = (decider.tickets, before + drafts.len() as Position);
        decider.awaited.push_back(Awaited { ticket, first: before + 1, last, recorded_at: None });
        let (ended, wait) = watch::channel(());
        decider.under_way.insert(request.request_id.clone(), wait);
        let append = self.log.append(Batch {
            expected_head: before,
            request_id: request.request_id.clone(),
            digest: request.digest,
            drafts,
        });
        Ok(Decided::Appending { ticket, first: before + 1, append, ended })
    }

    /// Decides the next command of a batch against what the earlier ones produce, and folds its event
    /// in provisionally. `false`: enough is refused.
    fn admit(
        &self,
        batch: &mut Admitted,
        request: &Request,
        (index, command): (usize, &Command),
    ) -> bool {
        match self.register_mut().admit(command.clone()) {
            Ok(event) => {
                let (actor, acting_for) = (request.actor.clone(), request.acting_for);
                let draft = Draft { event, actor, acting_for };
                let bytes = shape::bytes_max(self.log.id(), &request.request_id, &draft);
                batch.drafts.push(draft);
                if bytes > EVENT_BYTES_MAX {
                    batch.too_long = Some(RecordError::TooLong { command: index, bytes });
                }
            }
            Err(failed) => {
                batch.refusals.extend(failed.into_iter().map(|refusal| (index, refusal)));
            }
        }
        batch.too_long.is_none() && batch.refusals.len() < REFUSALS_MAX
    }

    /// One try of a preview, and the position it rests on.
    fn preview<T>(
        &self,
        request: &Request,
        read: impl FnOnce(&Register, Position, Position) -> T,
    ) -> Result<(Preview<T>, Position), RecordError> {
        let _decider = self.decider.blocking_lock();
        let before = self.register().tail();
        let mut batch = Admitted::default();
        let mut each = request.commands.iter().enumerate();
        while let Some(next) = each.next()
            && self.admit(&mut batch, request, next)
        {}
        let read = {
            let register = self.register();
            read(&register, before, register.tail())
        };
        self.register_mut().retract_after(before);
        let Admitted { drafts, refusals, too_long } = batch;
        if let Some(error) = too_long {
            return Err(error);
        }
        let events = drafts.into_iter().map(|draft| draft.event).collect();
        Ok((Preview { events, refusals, read }, before))
    }

    /// Makes a durable append visible, in log order; takes a failed one back.
    ///
    /// `Ok(None)`: nothing was recorded and the request is to be decided again.
    async fn settle(
        &self,
        ticket: u64,
        first: Position,
        request: &Request,
        result: Result<Appended, AppendError>,
    ) -> Result<Option<Appended>, RecordError> {
        let mut decider = self.decider.lock().await;
        decider.under_way.remove(&request.request_id);
        match result {
            Ok(appended) => {
                if let Some(awaited) = decider.awaited.iter_mut().find(|a| a.ticket == ticket) {
                    awaited.recorded_at = Some(appended.recorded_at);
                }
                self.publish(&mut decider);
                drop(decider);
                // An earlier append may still be waking up; the reply promises that it can be read.
                self.reached(appended.last).await;
                Ok(Some(appended))
            }
            Err(error) => {
                if decider.awaited.iter().any(|awaited| awaited.ticket == ticket) {
                    // Whatever was decided on top of it goes with it: those appends fail as well.
                    decider.awaited.retain(|awaited| awaited.first < first);
                    self.register_mut().retract_after(first - 1);
                    self.durable.send_modify(|_| {});
                }
                match error {
                    AppendError::HeadMoved { .. } => {
                        if decider.awaited.is_empty() {
                            let mut register = self.register_mut();
                            let caught =
                                catch_up(self.log.as_ref(), &mut register, &mut decider.seen);
                            let tail = register.tail();
                            drop(register);
                            self.durable.send_replace(tail);
                            caught.map_err(|error| LogError::Engine(error.to_string()))?;
                        }
                        Ok(None)
                    }
                    AppendError::AlreadyRecorded(_) => Ok(None),
                    AppendError::Log(error) => Err(error.into()),
                }
            }
        }
    }

    fn publish(&self, decider: &mut Decider) {
        let mut reached = None;
        let mut register = self.register_mut();
        while let Some(recorded_at) = decider.awaited.front().and_then(|front| front.recorded_at) {
            let Some(front) = decider.awaited.pop_front() else { break };
            register.stamp(front.first, recorded_at);
            register.settle(front.last);
            reached = Some(front.last);
        }
        drop(register);
        if let Some(reached) = reached {
            self.durable.send_replace(reached);
        }
    }
}
