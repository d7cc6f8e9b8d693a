//! The node: a log, its fold, the task that follows the log, and the decisions.

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

/// One node over one log. All clones of a `Node` are the same node.
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
    /// Opens a node over `log`: folds the log from its first event to its head, then follows it.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read completely.
    pub async fn open(log: Log) -> Result<Self, LogError> {
        let replay = Replay::whole(&log).await?;
        let decider = Decider::new(log.id(), replay.head(), replay.seen);
        let fold = Arc::new(Fold::new(replay.register));
        let decisions = Arc::new(Decisions::new(log.clone(), Arc::clone(&fold), decider));
        let shared = Arc::new(Shared { log, fold, decisions });
        tokio::spawn(follow(Arc::downgrade(&shared), shared.log.head()));
        Ok(Self { shared })
    }

    /// The log of this node.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.shared.log
    }

    /// A receiver of the last position that readers may ask about, which is the position of the
    /// last durable event in the fold.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Position> {
        self.shared.fold.durable()
    }

    /// A receiver of the reason why the node stopped, which is `None` while the node runs. A
    /// stopped node can still be read, but its answers are out of date and must not be used.
    #[must_use]
    pub fn stopped(&self) -> watch::Receiver<Option<Stopped>> {
        self.shared.fold.stopped()
    }

    /// The reason why the node has stopped; `None` while the node runs.
    #[must_use]
    pub fn why_stopped(&self) -> Option<Stopped> {
        self.shared.fold.why_stopped()
    }

    /// Waits until the events up to `position` are durable and visible to readers.
    ///
    /// # Errors
    /// [`Stopped`] if the node has stopped before it reached `position`.
    pub async fn reached(&self, position: Position) -> Result<(), Stopped> {
        self.shared.fold.reached(position).await
    }

    /// Today's date in England, by the log's clock.
    #[must_use]
    pub fn today(&self) -> Day {
        london_day(self.log().now()).unwrap_or(Day::MIN)
    }

    /// Calls `read` with the fold and the position of the last durable event. `read` must not ask
    /// about positions after that event.
    pub fn view<T>(&self, read: impl FnOnce(&Register, Position) -> T) -> T {
        let register = self.shared.fold.register();
        let head = self.shared.fold.head();
        read(&register, head)
    }

    /// Folds the log again, up to the node's head. Returns the head, the fingerprint of the node's
    /// own fold, and the fingerprint of the new fold. The two fingerprints are equal if both folds
    /// hold the same events.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read.
    pub async fn fingerprints(&self) -> Result<(Position, u64, u64), LogError> {
        let (head, own) = self.shared.decisions.quiet(|register| register.fingerprint()).await;
        let afresh = Replay::until(self.log(), head).await?;
        Ok((head, own, afresh.fingerprint()))
    }

    /// Builds a new fold of the log up to the node's head, separate from the node's own fold.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read.
    pub async fn fold(&self) -> Result<Register, LogError> {
        Replay::until(self.log(), self.shared.fold.head()).await
    }

    /// The log's record of the request `id`; `None` if that request is not recorded.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read.
    pub async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, LogError> {
        self.shared.log.request(id).await
    }

    /// Decides a batch of commands without recording it. Returns the events of the batch, the
    /// checks that fail, and the result of `read`. `read` gets the register with these events
    /// folded in, the position of the last event before these events, and the position of the last
    /// of these events.
    ///
    /// No other reader sees these events. No other request is decided until the preview is made.
    ///
    /// # Errors
    /// Any [`RecordError`] except [`RecordError::Refused`]: refusals are part of the preview.
    pub async fn preview<T: Send + 'static>(
        &self,
        request: Request,
        read: impl Fn(&Register, Position, Position) -> T + Clone + Send + 'static,
    ) -> Result<Preview<T>, RecordError> {
        Arc::clone(&self.shared.decisions).preview(request, read).await
    }

    /// Decides a request and, if every check passes, appends its events. Returns once the events
    /// are durable and visible to readers. Once a request is recorded, sending it again with the
    /// same id gives the same result for ever.
    ///
    /// If the caller drops the future, the request is still completed.
    ///
    /// # Errors
    /// [`RecordError`] if the request was not recorded. After [`RecordError::Log`] it may have been
    /// recorded: send the request again with the same id to find out.
    pub async fn record(&self, request: Request) -> Result<Receipt, RecordError> {
        let decisions = Arc::clone(&self.shared.decisions);
        let done = tokio::spawn(async move { decisions.record(request).await });
        done.await.unwrap_or(Err(RecordError::Log(LogError::Closed)))
    }
}
