//! Where a statement's events and hashes come from.

use remit_domain::{Position, UtcInstant};
use remit_ledger::Subtrees;

/// The log that statements are issued from: its events, the subtrees of its tree, its clock.
pub trait Source: Subtrees {
    /// Why the log cannot be read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Up to `limit` events after `after`, in order: position and stored bytes. Fewer only at the
    /// head.
    ///
    /// # Errors
    /// If the log cannot be read.
    fn events(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(Position, impl AsRef<[u8]> + use<Self>)>, Self::Error>;

    /// The present time.
    fn now(&self) -> UtcInstant;
}
