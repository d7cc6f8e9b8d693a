//! Long streams: how many may be open, how many messages wait for a slow reader, and how the
//! streams end.
//!
//! A stream sends its messages in pages. It reads more of the log only when the reader has taken
//! the earlier pages, so a stalled reader takes up only a few pages of memory and loses no events.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::{mpsc, oneshot, watch};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::status;

/// The number of pages that may wait for a reader, in addition to the page that is being sent.
const PAGES_WAITING: usize = 1;

/// The limits on how many long streams may be open at once.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// The maximum number of open streams for all callers of the node together.
    pub in_all: usize,
    /// The maximum number of open streams for one caller. Callers are not authenticated yet, so
    /// each connection counts as a caller.
    pub of_a_caller: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self { in_all: 4_096, of_a_caller: 2_048 }
    }
}

/// Counts the open streams of each caller.
pub struct Streams {
    limits: StreamLimits,
    callers: Mutex<HashMap<Option<SocketAddr>, usize>>,
}

/// One open stream that `Streams` has counted. Dropping this value reduces the count by one.
pub struct StreamPlace {
    streams: Arc<Streams>,
    caller: Option<SocketAddr>,
}

impl Streams {
    pub fn new(limits: StreamLimits) -> Self {
        Self { limits, callers: Mutex::default() }
    }

    /// Counts one more stream for the caller of `request`. Fails if the stream would exceed a
    /// limit.
    pub fn enter<T>(self: &Arc<Self>, request: &Request<T>) -> Result<StreamPlace, Status> {
        let caller = request.remote_addr();
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.values().sum::<usize>() >= self.limits.in_all {
            return Err(status::too_many_streams("this node", self.limits.in_all));
        }
        let own = callers.entry(caller).or_default();
        if *own >= self.limits.of_a_caller {
            return Err(status::too_many_streams("this connection", self.limits.of_a_caller));
        }
        *own += 1;
        Ok(StreamPlace { streams: Arc::clone(self), caller })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut callers = self.streams.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = callers.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                callers.remove(&self.caller);
            }
        }
    }
}

/// The reason why the sending of a stream stops.
#[derive(Debug)]
pub enum Over {
    /// The reader of the stream went away.
    Gone,
    /// The server is shutting down.
    Draining,
    /// An error occurred. The reader is sent this status.
    Failed(Status),
}

impl From<Status> for Over {
    fn from(status: Status) -> Self {
        Self::Failed(status)
    }
}

/// The sending end of a stream, into which a task of the server puts pages.
pub struct Outlet<T> {
    pages: mpsc::Sender<Vec<T>>,
    draining: watch::Receiver<bool>,
}

impl<T> Outlet<T> {
    /// Sends a page as soon as the stream has room for it.
    pub async fn send(&mut self, page: Vec<T>) -> Result<(), Over> {
        tokio::select! {
            sent = self.pages.send(page) => sent.map_err(|_| Over::Gone),
            _ = self.draining.wait_for(|draining| *draining) => Err(Over::Draining),
        }
    }

    /// Waits for `wanted`. Stops waiting if the reader goes away or the server shuts down.
    pub async fn meanwhile<V>(&mut self, wanted: impl Future<Output = V>) -> Result<V, Over> {
        tokio::select! {
            value = wanted => Ok(value),
            () = self.pages.closed() => Err(Over::Gone),
            _ = self.draining.wait_for(|draining| *draining) => Err(Over::Draining),
        }
    }
}

/// How a stream ends: with an optional last message, and a final status.
pub type Last<T> = (Option<T>, Result<(), Status>);

/// The receiving end of a stream, which gives the caller the messages of each page in order, then
/// the last message, then the status.
struct Paged<T> {
    pages: mpsc::Receiver<Vec<T>>,
    page: std::vec::IntoIter<T>,
    last: Option<oneshot::Receiver<Last<T>>>,
    status: Option<Status>,
}

impl<T: Unpin> Stream for Paged<T> {
    type Item = Result<T, Status>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(message) = this.page.next() {
                return Poll::Ready(Some(Ok(message)));
            }
            match this.pages.poll_recv(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(page)) => {
                    this.page = page.into_iter();
                    continue;
                }
                Poll::Ready(None) => {}
            }
            if let Some(mut receiver) = this.last.take() {
                match Pin::new(&mut receiver).poll(context) {
                    Poll::Pending => {
                        this.last = Some(receiver);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok((message, ended))) => {
                        this.status = ended.err();
                        if let Some(message) = message {
                            return Poll::Ready(Some(Ok(message)));
                        }
                    }
                    // The task that sends the stream was dropped before it returned how the stream
                    // ends.
                    Poll::Ready(Err(_)) => this.status = Some(status::draining()),
                }
            }
            return Poll::Ready(this.status.take().map(Err));
        }
    }
}

/// A stream of messages that a service returns to a caller.
pub type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Starts a stream. `feed` sends the messages of the stream, and returns how the stream ends.
pub fn stream<T, F>(
    place: StreamPlace,
    draining: &watch::Receiver<bool>,
    feed: impl FnOnce(Outlet<T>) -> F,
) -> Response<Messages<T>>
where
    T: Send + Unpin + 'static,
    F: Future<Output = Last<T>> + Send + 'static,
{
    let (pages, received) = mpsc::channel(PAGES_WAITING);
    let (ending, last) = oneshot::channel();
    let feeding = feed(Outlet { pages, draining: draining.clone() });
    tokio::spawn(async move {
        let _ = ending.send(feeding.await);
        drop(place);
    });
    let page = Vec::new().into_iter();
    Response::new(Box::pin(Paged { pages: received, page, last: Some(last), status: None }))
}
