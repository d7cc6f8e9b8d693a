//! Makes proofs from the log's Merkle tree, at any size that the tree ever had, and statements.

use std::sync::Arc;

use remit_domain::Position;
use remit_ledger::{Frontier, Hash, ProofError, tree};
use remit_log::{Log, LogError};
use remit_statement::{Asked, Indexed, IssueError, Issuer, Statement};
use tokio::sync::{Mutex, Semaphore};

use crate::blocking::Blocking;
use crate::node::Node;

/// The maximum number of proofs that are computed at the same time. Each proof takes two threads of
/// the blocking pool.
const AT_ONCE: usize = 16;

/// Makes proofs and statements about the log of a node.
#[derive(Clone)]
pub struct Prover {
    node: Node,
    permits: Arc<Semaphore>,
    /// The index of the log, which statements need. The index is empty until the first statement is
    /// asked for.
    indexed: Arc<Mutex<Indexed>>,
}

/// Why a proof could not be made.
#[derive(Debug, thiserror::Error)]
enum ProveError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl From<ProveError> for LogError {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Log(error) => error,
            ProveError::Proof(error) => Self::engine(error),
        }
    }
}

impl Prover {
    /// Makes a prover for the log of `node`.
    #[must_use]
    pub fn new(node: Node) -> Self {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        Self { node, permits, indexed: Arc::default() }
    }

    fn log(&self) -> &Log {
        self.node.log()
    }

    async fn prove<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Blocking) -> Result<T, ProveError> + Send + 'static,
    ) -> Result<T, LogError> {
        let _permit = self.permits.acquire().await.map_err(|_| LogError::Closed)?;
        let log = Blocking::new(self.log().clone());
        let done = tokio::task::spawn_blocking(move || work(&log)).await;
        Ok(done.map_err(|_| LogError::Closed)??)
    }

    /// The root of the tree over the first `size` events. These events must be durable.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read.
    pub async fn root(&self, size: Position) -> Result<Hash, LogError> {
        let tree = self.log().tree();
        if size == tree.size {
            return Ok(tree.root);
        }
        self.prove(move |log| Ok(Frontier::of(size.get(), log)?.root())).await
    }

    /// The roots of `count` adjacent subtrees at `level`, from subtree number `first` on. Each
    /// subtree must be complete: it must have 2^`level` leaves.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read, or one of the subtrees is not complete.
    pub async fn hashes(&self, level: u8, first: u64, count: u64) -> Result<Vec<Hash>, LogError> {
        let numbers = first..first.saturating_add(count);
        self.prove(move |log| {
            Ok(numbers.map(|n| log.subtree(level, n)).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Proves that the event at `position` is among the first `size` events of the log. Returns the
    /// hashes of the proof.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read, or the event is not among the first `size` events.
    pub async fn prove_inclusion(
        &self,
        position: Position,
        size: Position,
    ) -> Result<Vec<Hash>, LogError> {
        let leaf = position.get().checked_sub(1).unwrap_or(u64::MAX);
        self.prove(move |log| Ok(tree::prove_inclusion(size.get(), leaf, log)?)).await
    }

    /// Proves that the events from `first` to `last` are among the first `size` events of the log.
    /// Returns the hashes of the proof.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read, or `last` is not among the first `size` events.
    pub async fn prove_several(
        &self,
        first: Position,
        last: Position,
        size: Position,
    ) -> Result<Vec<Hash>, LogError> {
        let leaves: Vec<u64> = (first.prev().get()..last.get()).collect();
        self.prove(move |log| Ok(tree::prove_several(size.get(), &leaves, log)?)).await
    }

    /// Proves that the tree over the first `size` events begins with the tree over the first
    /// `earlier` events. Returns the hashes of the proof.
    ///
    /// # Errors
    /// [`LogError`] if the log cannot be read, or `earlier` is 0 or greater than `size`.
    pub async fn prove_consistency(
        &self,
        earlier: Position,
        size: Position,
    ) -> Result<Vec<Hash>, LogError> {
        self.prove(move |log| Ok(tree::prove_consistency(earlier.get(), size.get(), log)?)).await
    }

    /// Issues a statement over all durable events. Statements are issued one at a time. Each
    /// statement first adds the new events up to the head to the index; the first statement builds
    /// the index from the first event.
    ///
    /// # Errors
    /// [`IssueError`] if the statement cannot be issued.
    pub async fn statement(
        &self,
        asked: Asked,
        issuer: Issuer<
            impl Fn(&str) -> String + Send + 'static,
            impl Fn(&str) -> String + Send + 'static,
        >,
    ) -> Result<Statement, IssueError<LogError>> {
        let mut indexed = Arc::clone(&self.indexed).lock_owned().await;
        let (log, head) = (Blocking::new(self.log().clone()), *self.node.head().borrow());
        let issued = tokio::task::spawn_blocking(move || {
            indexed.catch_up(&log, head)?;
            indexed.issue(&log, asked, &issuer)
        });
        issued.await.unwrap_or(Err(IssueError::Source(LogError::Closed)))
    }
}
