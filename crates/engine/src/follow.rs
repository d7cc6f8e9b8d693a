//! Follows the log: folds in new events, including those that other nodes append.
//!
//! Events that this node appends are in the fold before they are in the log. Events of other nodes
//! are read and decoded before the fold is locked, and are folded in a few at a time, so that
//! readers hardly wait.

use std::sync::Weak;
use std::time::Duration;

use remit_domain::Position;
use remit_log::LogError;
use remit_shape::Beside;
use tokio::sync::watch;

use crate::decide::Decider;
use crate::fold::Fold;
use crate::node::Shared;
use crate::replay::{self, Page, short};

/// How many events are read from the log at a time.
const PAGE: usize = 256;
/// How many events are folded in each time the fold is locked for writing. Readers of the fold wait
/// while the lock is held.
const AT_ONCE: usize = 16;
/// The pause before the log is read again after a failed read.
const PAUSE: Duration = Duration::from_millis(500);

/// Folds in the new events of a node's log until the node is dropped, the log is closed or an event
/// cannot be read.
pub(crate) async fn follow(node: Weak<Shared>, mut head: watch::Receiver<Position>) {
    loop {
        let Some(shared) = node.upgrade() else { return };
        head.mark_unchanged();
        let caught_up = catch_up(&shared).await;
        let behind = shared.decisions.behind();
        match caught_up {
            Ok(()) => {}
            Err(LogError::Closed | LogError::ReadOnly) => return,
            Err(error @ LogError::Engine(_)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the log cannot be read");
                drop(shared);
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            Err(error @ (LogError::Damaged(_) | LogError::Shape(_))) => {
                tracing::error!(%error, "the node cannot go on");
                shared.fold.stop(error);
                return;
            }
        }
        // Do not keep the node alive while waiting for the next append.
        drop(shared);
        tokio::select! {
            changed = head.changed() => if changed.is_err() { return },
            () = behind.notified() => {}
        }
    }
}

/// Folds in the events that the log has and the fold lacks. Stops early if appends by this node are
/// under way.
async fn catch_up(shared: &Shared) -> Result<(), LogError> {
    let Shared { log, fold, decisions, .. } = shared;
    if decisions.log_head() <= fold.head() {
        return Ok(());
    }
    // While this node is appending events, the new events are usually its own, which are in the
    // fold already. Do not read and decode them.
    if decisions.decider().await.is_awaiting() {
        return Ok(());
    }
    let mut beside = Beside::default();
    loop {
        let page = replay::page(log, fold.head(), PAGE).await?;
        if page.events.is_empty() {
            return replay::finish(log, beside).await;
        }
        let mut decider = decisions.decider().await;
        if decider.is_awaiting() {
            // Stop while appends by this node are under way. This task is woken when the last of
            // these appends has ended, if the log then has more events.
            return Ok(());
        }
        put_in(fold, &mut decider, &mut beside, page).await?;
    }
}

/// Folds in a page of events. The caller holds the lock on the decider, so no request is decided
/// before the whole page is folded in.
async fn put_in(
    fold: &Fold,
    decider: &mut Decider,
    beside: &mut Beside,
    mut page: Page,
) -> Result<(), LogError> {
    let known = fold.head();
    page.events.retain(|(recorded, _)| recorded.position > known);
    page.beside.retain(|each| each.position > known);
    beside.lay(page.beside);
    let mut events = page.events.into_iter();
    while events.len() > 0 {
        {
            let mut register = fold.register_mut();
            for (recorded, leaf) in events.by_ref().take(AT_ONCE) {
                let position = recorded.position;
                let request = replay::fold(&mut register, beside, recorded)?;
                decider.met(short(&request), position, leaf);
            }
        }
        fold.publish(decider.head().position);
        tokio::task::yield_now().await;
    }
    Ok(())
}
