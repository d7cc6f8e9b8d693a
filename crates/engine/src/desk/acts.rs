//! Acts of the desk. The desk decides and stores its own acts one after another, and applies the
//! acts that other nodes store.

use std::sync::Weak;
use std::time::Duration;

use remit_domain::{InvalidCode, Text, UtcInstant};
use remit_log::{Keep, KeepError, LogError, Mark, StoredAct};
use remit_shape::{DeskAct, DeskEvent, DeskName, ShapeError, decode_act, encode_act};
use tokio::sync::watch;

use super::groups::Handle;
use super::pins::Pin;
use super::{Desk, DeskError, Shared, State};

/// How many acts are read from the log at a time.
const PAGE: usize = 1_024;
/// The maximum number of times that one act is decided. An act is decided again each time that
/// another act is stored first.
const TRIES_MAX: usize = 8;
/// The pause before acts are read again after a failed read.
const PAUSE: Duration = Duration::from_millis(500);

/// The last act that the desk has applied.
pub(super) struct LastAct {
    sequence: u64,
    recorded_at: UtcInstant,
}

impl Default for LastAct {
    fn default() -> Self {
        Self { sequence: 0, recorded_at: UtcInstant::MIN }
    }
}

/// A decided act, and the marks to set and to remove together with it.
pub(super) struct Decided {
    pub act: DeskAct,
    pub set: Vec<Mark>,
    pub remove: Vec<String>,
}

impl From<DeskAct> for Decided {
    fn from(act: DeskAct) -> Self {
        Self { act, set: Vec::new(), remove: Vec::new() }
    }
}

impl Desk {
    /// Decides an act and stores it. `decide` returns `None` if there is nothing to do. Returns
    /// whether an act was stored.
    ///
    /// If the caller drops the future, the act may still be stored; the desk then applies it in the
    /// same way as an act of another node.
    pub(super) async fn act(
        &self,
        actor: &Text,
        decide: impl Fn(&State) -> Result<Option<Decided>, DeskError> + Send,
    ) -> Result<bool, DeskError> {
        let mut last = self.shared.acting.lock().await;
        for _ in 0..TRIES_MAX {
            // Apply the stored acts of all nodes first, because even a refusal must rest on all of
            // these acts.
            self.follow_acts(&mut last).await?;
            let decided = decide(&self.state())?;
            let Some(Decided { act, set, remove }) = decided else { return Ok(false) };
            let recorded_at = self.log().now().max(last.recorded_at);
            let event =
                DeskEvent { sequence: last.sequence + 1, recorded_at, actor: actor.clone(), act };
            let text = encode_act(self.log().id(), &event);
            let act = Some(StoredAct { sequence: event.sequence, text });
            match self.log().keep(Keep { act, set, remove }).await {
                Ok(()) => {
                    self.apply(&mut last, event)?;
                    return Ok(true);
                }
                Err(KeepError::ActsMoved { .. }) => {}
                Err(KeepError::Log(error)) => return Err(error.into()),
            }
        }
        Err(DeskError::Contended)
    }

    /// Applies the acts that other nodes stored since the last act that this desk applied.
    pub(super) async fn catch_up(&self) -> Result<(), LogError> {
        let mut last = self.shared.acting.lock().await;
        self.follow_acts(&mut last).await
    }

    /// The texts of the stored acts about the group, pin or load `name`, or of all stored acts if
    /// `name` is `None`.
    ///
    /// # Errors
    /// [`LogError`] if the acts cannot be read.
    pub async fn acts_about(&self, name: Option<&DeskName>) -> Result<Vec<String>, LogError> {
        let (mut found, mut after) = (Vec::new(), 0);
        loop {
            let acts = self.log().acts(after, PAGE).await?;
            let Some(last) = acts.last() else { return Ok(found) };
            after = last.sequence;
            for StoredAct { sequence, text } in acts {
                let about = decode_act(sequence, &text)?;
                if name.is_none_or(|name| about.act.subject() == name) {
                    found.push(text);
                }
            }
        }
    }

    async fn follow_acts(&self, last: &mut LastAct) -> Result<(), LogError> {
        loop {
            let acts = self.log().acts(last.sequence, PAGE).await?;
            if acts.is_empty() {
                return Ok(());
            }
            for StoredAct { sequence, text } in acts {
                self.apply(last, decode_act(sequence, &text)?)?;
            }
        }
    }

    fn apply(&self, last: &mut LastAct, event: DeskEvent) -> Result<(), LogError> {
        let DeskEvent { sequence, recorded_at, actor, act } = event;
        *last = LastAct { sequence, recorded_at };
        let mut state = self.state();
        match act {
            DeskAct::AnswerPinned { pin, function, place, effective_on, known_at, note } => {
                let place = place.parse().map_err(|error: InvalidCode| ShapeError::Malformed {
                    place: remit_shape::Place::Act(sequence),
                    reason: error.to_string(),
                })?;
                let pin = Pin { name: pin, actor, function, place, effective_on, known_at, note };
                state.pins.insert(pin.name.clone(), pin);
            }
            DeskAct::AnswerUnpinned { pin } => drop(state.pins.remove(&pin)),
            DeskAct::GroupCreated { group, filter, after } => {
                let handle = Handle::created(group.clone(), &filter, after, actor)?;
                state.groups.insert(group, handle.into());
            }
            DeskAct::GroupDeleted { group } => {
                state.groups.remove(&group).iter().for_each(|handle| handle.delete());
            }
            DeskAct::EventReplayed { group, position } => {
                state.groups.get(&group).iter().for_each(|handle| handle.replay(position));
            }
            DeskAct::EventDiscarded { group, position, .. } => {
                state.groups.get(&group).iter().for_each(|handle| handle.discard(position));
            }
            DeskAct::LoadBegun { load } => self.shared.loads.begun(load),
            DeskAct::LoadEnded { load } => self.shared.loads.ended(&load),
        }
        Ok(())
    }
}

/// Applies the acts that other nodes store, until the desk is dropped.
pub(super) async fn follow(desk: Weak<Shared>, mut last_act: watch::Receiver<u64>) {
    loop {
        let Some(shared) = desk.upgrade() else { return };
        last_act.mark_unchanged();
        let caught_up = Desk { shared }.catch_up().await;
        match caught_up {
            Ok(()) => {}
            Err(LogError::Closed | LogError::ReadOnly) => return,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the desk is behind");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        }
        if last_act.changed().await.is_err() {
            return;
        }
    }
}

/// The names of the groups that exist once all of `acts` are applied.
pub(super) fn groups_after(acts: &[DeskEvent]) -> std::collections::BTreeSet<&str> {
    let mut names = std::collections::BTreeSet::new();
    for DeskEvent { act, .. } in acts {
        match act {
            DeskAct::GroupCreated { group, .. } => drop(names.insert(group.as_str())),
            DeskAct::GroupDeleted { group } => drop(names.remove(group.as_str())),
            DeskAct::EventReplayed { .. }
            | DeskAct::EventDiscarded { .. }
            | DeskAct::AnswerPinned { .. }
            | DeskAct::AnswerUnpinned { .. }
            | DeskAct::LoadBegun { .. }
            | DeskAct::LoadEnded { .. } => {}
        }
    }
    names
}
