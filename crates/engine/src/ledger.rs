//! What the log's tree proves, at any size it ever had.

use std::sync::Arc;

use remit_domain::Position;
use remit_ledger::{Frontier, Hash, ProofError, Subtrees, tree};
use remit_log::{EventLog, LogError};
use remit_statement::{Asked, IssueError, Issuer, Statement};

use crate::node::Node;

struct Tree<'l>(&'l dyn EventLog);

impl Subtrees for Tree<'_> {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        self.0.subtree(level, number).map_err(|error| ProofError(error.to_string()))
    }
}

fn failed(error: ProofError) -> LogError {
    LogError::Engine(error.0)
}

impl Node {
    async fn of_tree<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn EventLog) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let log = Arc::clone(self.log());
        let done = tokio::task::spawn_blocking(move || work(log.as_ref())).await;
        done.map_err(|_| LogError::Closed)?
    }

    /// The root over the first so many events, which must be durable.
    ///
    /// # Errors
    /// [`LogError`] where the log cannot be read.
    pub async fn root(&self, size: Position) -> Result<Hash, LogError> {
        self.of_tree(move |log| {
            let (all, root) = log.tree();
            if size == all {
                return Ok(root);
            }
            Ok(Frontier::of(size, &Tree(log)).map_err(failed)?.root())
        })
        .await
    }

    /// The roots of so many complete subtrees of 2^level leaves side by side, from a number on.
    ///
    /// # Errors
    /// [`LogError`] where the log cannot be read, or one of them is not complete.
    pub async fn hashes(&self, level: u8, first: u64, count: u64) -> Result<Vec<Hash>, LogError> {
        self.of_tree(move |log| (first..first + count).map(|n| log.subtree(level, n)).collect())
            .await
    }

    /// The hashes that show that an event is among the first so many.
    ///
    /// # Errors
    /// [`LogError`] where the log cannot be read, or the event is not among them.
    pub async fn prove_inclusion(
        &self,
        position: Position,
        size: Position,
    ) -> Result<Vec<Hash>, LogError> {
        self.of_tree(move |log| {
            let leaf = position.checked_sub(1).unwrap_or(u64::MAX);
            tree::prove_inclusion(size, leaf, &Tree(log)).map_err(failed)
        })
        .await
    }

    /// The hashes that show that the events from one to another are among the first so many.
    ///
    /// # Errors
    /// [`LogError`] where the log cannot be read, or they are not all among them.
    pub async fn prove_several(
        &self,
        first: Position,
        last: Position,
        size: Position,
    ) -> Result<Vec<Hash>, LogError> {
        let leaves: Vec<u64> = (first.max(1) - 1..last).collect();
        self.of_tree(move |log| tree::prove_several(size, &leaves, &Tree(log)).map_err(failed))
            .await
    }

    /// The hashes that show that the tree over the first so many events begins with an earlier one.
    ///
    /// # Errors
    /// [`LogError`] where the log cannot be read, or unless 1 <= earlier <= size.
    pub async fn prove_consistency(
        &self,
        earlier: Position,
        size: Position,
    ) -> Result<Vec<Hash>, LogError> {
        self.of_tree(move |log| tree::prove_consistency(earlier, size, &Tree(log)).map_err(failed))
            .await
    }

    /// A statement over all durable events, one at a time: the index is brought up to the log first,
    /// from its beginning when it is the first.
    ///
    /// # Errors
    /// [`IssueError`].
    pub async fn statement(
        &self,
        asked: Asked,
        issuer: Issuer<
            impl Fn(&str) -> String + Send + 'static,
            impl Fn(&str) -> String + Send + 'static,
        >,
    ) -> Result<Statement, IssueError> {
        let mut indexed = Arc::clone(self.indexed()).lock_owned().await;
        let (log, head) = (Arc::clone(self.log()), *self.head().borrow());
        let issued = tokio::task::spawn_blocking(move || {
            indexed.catch_up(log.as_ref(), head)?;
            indexed.issue(log.as_ref(), asked, &issuer)
        });
        issued.await.map_err(|_| LogError::Closed)?
    }
}
