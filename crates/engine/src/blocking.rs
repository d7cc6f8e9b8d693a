//! A log whose reads block the thread, for work that alternates between reading and computing.

use remit_domain::{Position, UtcInstant};
use remit_ledger::{Hash, ProofError, Subtrees};
use remit_log::{Log, LogError, Stored};
use remit_statement::Source;
use tokio::runtime::Handle;

/// A log whose reads block the thread. Use it only on threads of the blocking pool.
pub(crate) struct Blocking {
    log: Log,
    runtime: Handle,
}

impl Blocking {
    /// Makes a blocking log over `log`. Call this inside the Tokio runtime that will run the reads.
    pub fn new(log: Log) -> Self {
        Self { log, runtime: Handle::current() }
    }

    pub fn subtree(&self, level: u8, number: u64) -> Result<Hash, LogError> {
        self.runtime.block_on(self.log.subtree(level, number))
    }
}

impl Subtrees for Blocking {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        self.subtree(level, number).map_err(|error| ProofError(error.to_string()))
    }
}

/// A stored event in a form that gives its bytes, as the code that issues statements needs it.
pub(crate) struct Bytes(Stored);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Source for Blocking {
    type Error = LogError;

    fn events(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(Position, impl AsRef<[u8]> + use<>)>, LogError> {
        let events = self.runtime.block_on(self.log.read(after, limit))?;
        Ok(events.into_iter().map(|stored| (stored.position, Bytes(stored))).collect())
    }

    fn now(&self) -> UtcInstant {
        self.log.now()
    }
}
