//! The log from which the events and hashes of a statement come.

use remit_domain::{Position, UtcInstant};
use remit_ledger::Subtrees;

/// The log that statements are issued from: it provides events, the subtrees of its tree, and the
/// time.
pub trait Source: Subtrees {
    /// The error that says why the log cannot be read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Returns up to `limit` events after the position `after`, in order, each with its position
    /// and its stored bytes. Returns fewer events only if the head is reached.
    ///
    /// # Errors
    /// An error if the log cannot be read.
    fn events(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(Position, impl AsRef<[u8]> + use<Self>)>, Self::Error>;

    /// The present time, by the log's clock.
    fn now(&self) -> UtcInstant;
}
