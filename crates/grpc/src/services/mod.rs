//! The gRPC services. Each service reads a request, calls the node and renders the reply.

mod audit;
mod changes;
mod directory;
mod events;
mod explain;
mod export;
mod funding;
mod groups;
mod pins;
mod register;
mod responsibility;
mod snapshots;
mod statements;
mod story;
mod streams;
mod stretch;
mod watches;
mod witnessed;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use remit_domain::Position;
use remit_engine::{Desk, Node, Prover, Stopped};
use remit_ledger::{KeyRing, WitnessKey};
use remit_register::Register;
use tokio::sync::watch;
use tonic::{Request, Status};

use crate::fields::{AskedKnown, Fields};
use crate::status;

pub use streams::StreamLimits;
use streams::Streams;

/// The maximum time that a read waits until the node reaches the position in the read's token, even
/// if the caller's deadline is later.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// The maximum number of rows in one page of a list.
pub(crate) const PAGE_MAX: usize = 1_000;

/// The state that all services share.
#[derive(Clone)]
pub struct Api {
    pub(crate) node: Node,
    pub(crate) desk: Desk,
    pub(crate) prover: Prover,
    /// Holds `true` once the server has begun to shut down.
    pub(crate) draining: watch::Receiver<bool>,
    pub(crate) streams: Arc<Streams>,
    /// The keys that sign checkpoints.
    pub(crate) keys: Arc<KeyRing>,
    /// The witnesses whose cosignatures the server accepts and keeps.
    pub(crate) witnesses: Arc<[WitnessKey]>,
    /// Whether the server has loaded the register.
    whole: Arc<AtomicBool>,
}

impl Api {
    /// Creates the shared state of the services, for one desk and its node. `whole` turns true when
    /// the register is loaded; `draining` turns true when streams must end.
    #[must_use]
    pub fn new(
        desk: Desk,
        (whole, draining): (Arc<AtomicBool>, watch::Receiver<bool>),
        limits: StreamLimits,
        (keys, witnesses): (KeyRing, Vec<WitnessKey>),
    ) -> Self {
        let (streams, keys) = (Arc::new(Streams::new(limits)), Arc::new(keys));
        let (node, witnesses) = (desk.node().clone(), witnesses.into());
        let prover = Prover::new(node.clone());
        Self { node, desk, prover, draining, streams, keys, witnesses, whole }
    }

    /// Returns whether the server has loaded the register, so that services can answer calls.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole.load(Ordering::Acquire)
    }

    /// Returns the reason why the node has stopped; `None` while the node is running.
    pub(crate) fn stopped(&self) -> Option<Stopped> {
        self.node.why_stopped()
    }

    /// Returns the names of the loads under way.
    pub(crate) fn loads_under_way(&self) -> Vec<String> {
        self.desk.loads_under_way().iter().map(ToString::to_string).collect()
    }

    /// Waits until the node has reached the position `wanted`. Fails if that takes longer than
    /// `wait`.
    pub(crate) async fn reach(&self, wanted: Position, wait: Duration) -> Result<(), Status> {
        let now = *self.node.head().borrow();
        if now >= wanted {
            return Ok(());
        }
        match tokio::time::timeout(wait, self.node.reached(wanted)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(stopped)) => Err(status::node_stopped(&stopped)),
            Err(_) => Err(status::behind(wanted, *self.node.head().borrow())),
        }
    }

    /// Calls `read` with the fold and with the position that `asked` resolves to.
    pub(crate) fn view<T>(
        &self,
        asked: AskedKnown,
        read: impl FnOnce(&Register, Position) -> Result<T, Status>,
    ) -> Result<T, Status> {
        self.node.view(|register, head| {
            let position = resolve(register, asked, head, "known_at.position")?;
            read(register, position)
        })
    }
}

/// Resolves the point that a request asks about (the head, an instant or a position) to a position.
/// `field` is the name of the request field, for the error.
fn resolve(
    register: &Register,
    asked: AskedKnown,
    head: Position,
    field: &str,
) -> Result<Position, Status> {
    match asked {
        AskedKnown::Head => Ok(head),
        AskedKnown::Instant(instant) => Ok(register.position_at(instant, head)),
        AskedKnown::Position(position) if position <= head => Ok(position),
        AskedKnown::Position(position) => Err(status::beyond_head(field, position, head)),
    }
}

/// Returns how long a call may wait for the node to reach a position: nine tenths of the time to
/// the call's deadline, and at most [`WAIT_MAX`].
pub(crate) fn patience<T>(request: &Request<T>) -> Duration {
    let text = request.metadata().get("grpc-timeout").and_then(|value| value.to_str().ok());
    let asked = text.and_then(|text| {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let number = number.parse::<u64>().ok()?;
        Some(match unit {
            "H" => Duration::from_secs(number.saturating_mul(3_600)),
            "M" => Duration::from_secs(number.saturating_mul(60)),
            "S" => Duration::from_secs(number),
            "m" => Duration::from_millis(number),
            "u" => Duration::from_micros(number),
            "n" => Duration::from_nanos(number),
            _ => return None,
        })
    });
    // Wait for nine tenths of the time to the deadline, so that the error arrives before the caller
    // gives up. The caller chooses the deadline, so limit it before the multiplication, which could
    // overflow.
    asked.map_or(WAIT_MAX, |asked| asked.min(2 * WAIT_MAX) * 9 / 10).min(WAIT_MAX)
}

/// The page that a request asks for, and the head, instant or position at which the page is read.
pub(crate) struct Paged {
    pub page: Page,
    pub known: AskedKnown,
}

/// One page of a list: the index of its first row, its maximum number of rows, and the hash of the
/// question that the list answers.
pub(crate) struct Page {
    from: usize,
    size: usize,
    question: u64,
}

impl Page {
    /// Reads from a request which page it asks for: the size of the page, and its token. The token
    /// holds the position at which the first page was read, so that every page is read at that
    /// position.
    pub(crate) fn parse(
        fields: &mut Fields,
        asked: Option<AskedKnown>,
        (size, token): (u32, &str),
        question: &impl std::fmt::Debug,
        max: usize,
    ) -> Option<Paged> {
        // A page token is valid only for the question, the position and the row for which it was
        // made.
        let mut hasher = DefaultHasher::new();
        format!("{question:?}").hash(&mut hasher);
        let question = hasher.finish();
        let size = match usize::try_from(size).unwrap_or(usize::MAX) {
            0 => max,
            size => size.min(max),
        };
        if token.is_empty() {
            return Some(Paged { page: Self { from: 0, size, question }, known: asked? });
        }
        let mut parts = token.split('+');
        let mut next = || parts.next();
        let parts = (|| {
            let position = next()?.parse::<Position>().ok()?;
            // Read the number of the row as 32 bits, so that adding this number to a position
            // cannot overflow.
            let from = next()?.parse::<u32>().ok()? as usize;
            let of = u64::from_str_radix(next()?, 16).ok()?;
            let own = Self::digest(question, from, position);
            (of == own && next().is_none()).then_some((position, from))
        })();
        let Some((position, from)) = parts else {
            fields
                .bad("page_token", "is not a token that an earlier page of this question returned");
            return None;
        };
        let page = Self { from, size, question };
        Some(Paged { page, known: AskedKnown::Position(position) })
    }

    /// Returns the token of the page that begins with the row number `row` and is read at position
    /// `at`.
    pub(crate) fn next(&self, row: usize, at: Position) -> String {
        format!("{at}+{row}+{:x}", Self::digest(self.question, row, at))
    }

    fn digest(question: u64, row: usize, at: Position) -> u64 {
        let mut hasher = DefaultHasher::new();
        (question, row, at).hash(&mut hasher);
        hasher.finish()
    }

    /// Returns the rows of this page, and the token of the next page. The token is empty on the
    /// last page.
    pub(crate) fn cut<T>(&self, rows: Vec<T>, at: Position) -> (Vec<T>, String) {
        let end = self.from.saturating_add(self.size);
        let token = if end < rows.len() { self.next(end, at) } else { String::new() };
        (rows.into_iter().skip(self.from).take(self.size).collect(), token)
    }
}

pub(crate) fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
