//! The node: a log, its fold, who follows the one into the other, and who decides.

use std::sync::Arc;

use remit_domain::{Day, Position};
use remit_log::{Log, LogError, RequestRecord};
use remit_register::{Register, london_day};
use remit_shape::RequestId;
use tokio::sync::watch;

use crate::decide::{Decider, Decisions, Preview, Receipt, RecordError, Request};
use crate::fold::{Fold, Stopped};
use crate::follow::follow;
use crate::replay::Replay;

/// One node over one log. A clone is the same node.
#[derive(Clone)]
pub struct Node {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub log: Log,
    pub fold: Arc<Fold>,
    pub decisions: Arc<Decisions>,
}

impl Node {
    /// Opens a node over a log: folds it from its first event to its head, and follows it from
    /// there on.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read whole.
    pub async fn open(log: Log) -> Result<Self, LogError> {
        let replay = Replay::whole(&log).await?;
        let decider = Decider::new(log.id(), replay.head(), replay.seen);
        let fold = Arc::new(Fold::new(replay.register));
        let decisions = Arc::new(Decisions::new(log.clone(), Arc::clone(&fold), decider));
        let shared = Arc::new(Shared { log, fold, decisions });
        tokio::spawn(follow(Arc::downgrade(&shared), shared.log.head()));
        Ok(Self { shared })
    }

    /// The log below.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.shared.log
    }

    /// The last position that can be asked about, and a wake-up when it moves.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Position> {
        self.shared.fold.durable()
    }

    /// Why the node cannot go on, if it cannot. It then answers from where it stopped, and must
    /// not.
    #[must_use]
    pub fn stopped(&self) -> watch::Receiver<Option<Stopped>> {
        self.shared.fold.stopped()
    }

    /// Waits until the events up to a position are durable and can be asked about.
    ///
    /// # Errors
    /// [`Stopped`] if the node cannot go on.
    pub async fn reached(&self, position: Position) -> Result<(), Stopped> {
        self.shared.fold.reached(position).await
    }

    /// The day that it is in England, by the clock of the log.
    #[must_use]
    pub fn today(&self) -> Day {
        london_day(self.log().now()).unwrap_or(Day::MIN)
    }

    /// Reads the fold. `read` gets the register and the last durable position, and must not ask
    /// beyond it.
    pub fn view<T>(&self, read: impl FnOnce(&Register, Position) -> T) -> T {
        let register = self.shared.fold.register();
        let head = self.shared.fold.head();
        read(&register, head)
    }

    /// The fingerprint of a fold of the log made afresh, up to the position that this node has
    /// reached, and that of the node's own fold, which must be the same.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read.
    pub async fn fingerprints(&self) -> Result<(Position, u64, u64), LogError> {
        let (head, own) = self.shared.decisions.quiet(|register| register.fingerprint()).await;
        let afresh = Replay::until(self.log(), head).await?;
        Ok((head, own, afresh.fingerprint()))
    }

    /// A fold of the log of its own, as it is now.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read.
    pub async fn fold(&self) -> Result<Register, LogError> {
        Replay::until(self.log(), self.shared.fold.head()).await
    }

    /// What became of a request.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read.
    pub async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, LogError> {
        self.shared.log.request(id).await
    }

    /// The events that a batch of commands would be, the checks that fail, and whatever `read`
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
        Arc::clone(&self.shared.decisions).preview(request, read).await
    }

    /// Decides a request and, if every check holds, appends its events; returns once they are
    /// durable and can be read. The same id gives the same result for ever.
    ///
    /// A caller that goes away changes nothing: what was begun is finished.
    ///
    /// # Errors
    /// [`RecordError`]; nothing is then recorded, but after [`RecordError::Log`] the same id must
    /// be sent again to know.
    pub async fn record(&self, request: Request) -> Result<Receipt, RecordError> {
        let decisions = Arc::clone(&self.shared.decisions);
        let done = tokio::spawn(async move { decisions.record(request).await });
        done.await.unwrap_or(Err(RecordError::Log(LogError::Closed)))
    }
}
