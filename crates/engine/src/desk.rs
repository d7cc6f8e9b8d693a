//! The desk: what is kept for those who read the register, consumer groups apart.
//!
//! Lives here: pins, loads under way, and how far each named watch is. Everything is durable before it is said to be;
//! acts are taken one at a time, so that two cannot both be the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use remit_domain::{Day, FunctionCode, Position, Text};
use remit_log::shape::{self, GroupMark};
use remit_log::{DeskAct, DeskEvent, DeskName, EventLog, Keep, Kept, LogError};
use tokio::sync::watch;

use crate::groups;

/// Pins and named watches that there may be, each.
const NAMES_MAX: usize = 100_000;
/// Loads that may be under way at once.
const LOADS_MAX: usize = 16;
/// What the marks of named watches begin with.
const WATCH: &str = "watch/";

/// An answer that somebody relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its name.
    pub name: DeskName,
    /// Who pinned it.
    pub actor: Text,
    /// The question: the function.
    pub function: FunctionCode,
    /// The question: the place, as text.
    pub place: String,
    /// The question: the day.
    pub effective_on: Day,
    /// As known at.
    pub known_at: Position,
    /// What for.
    pub note: Option<Text>,
}

/// Why the desk refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// The name is taken.
    #[error("the name {0} is taken, with other content; choose another")]
    Taken(DeskName),
    /// There is no such thing.
    #[error("there is no {0} {1}")]
    Unknown(&'static str, DeskName),
    /// There are as many as there may be.
    #[error("there are {0} of them, which is the limit; remove one")]
    TooMany(usize),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// The marks there are to be when a log is restored to a position: `kept` holds the acts that are
/// left, and all marks.
///
/// A group gets what came after that position again, since other events may take its place. A named
/// watch that has come further is forgotten, and told the present answers when it comes back: what it
/// was told may be so no longer.
///
/// # Errors
/// [`LogError::NotALog`] where the mark of a group cannot be read.
pub fn marks_within(kept: &Kept, until: Position) -> Result<Vec<(String, String)>, LogError> {
    let groups = groups::names(&kept.acts);
    let mut left = Vec::new();
    for (name, value) in &kept.marks {
        if let Some(group) = name.strip_prefix(groups::GROUP) {
            if groups.iter().any(|there| there.as_str() == group) {
                let mark = shape::decode_mark(value);
                let mut mark = mark.map_err(|error| LogError::NotALog(error.to_string()))?;
                cut(&mut mark, until);
                left.push((name.clone(), shape::encode_mark(&mark)));
            }
            continue;
        }
        // A cursor begins with its position.
        let reached = value.split('.').next().and_then(|position| position.parse().ok());
        if reached.is_some_and(|reached: Position| reached <= until) {
            left.push((name.clone(), value.clone()));
        }
    }
    Ok(left)
}

fn cut(mark: &mut GroupMark, until: Position) {
    mark.floor = mark.floor.min(until);
    mark.done.retain(|position| *position <= until);
    mark.parked.retain(|parked| parked.position <= until);
    mark.again.retain(|again| again.after < until);
    for again in &mut mark.again {
        again.until = again.until.min(until);
    }
}

/// What is kept for those who read the register.
pub struct Desk {
    log: Arc<dyn EventLog>,
    state: Mutex<State>,
    /// The loads that began and have not ended. Read with every call.
    loads: watch::Sender<Arc<[DeskName]>>,
    /// Held while an act is decided and kept.
    acting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    pins: BTreeMap<DeskName, Pin>,
    /// The cursor acknowledged last by each named watch.
    watches: BTreeMap<DeskName, String>,
    /// Streams of named watches: a second one takes over.
    streams: BTreeMap<DeskName, watch::Sender<u64>>,
}

impl State {
    fn apply(&mut self, event: DeskEvent) {
        match event.act {
            DeskAct::AnswerPinned { pin, function, place, effective_on, known_at, note } => {
                let (name, actor) = (pin.clone(), event.actor);
                let pinned = Pin { name, actor, function, place, effective_on, known_at, note };
                self.pins.insert(pin, pinned);
            }
            DeskAct::AnswerUnpinned { pin } => drop(self.pins.remove(&pin)),
            _ => {}
        }
    }
}

impl Desk {
    pub(crate) fn open(log: Arc<dyn EventLog>, kept: &Kept) -> Self {
        let mut state = State::default();
        let mut loads = BTreeSet::new();
        for event in &kept.acts {
            state.apply(event.clone());
            match &event.act {
                DeskAct::LoadBegun { load } => drop(loads.insert(load.clone())),
                DeskAct::LoadEnded { load } => drop(loads.remove(load)),
                DeskAct::GroupCreated { .. }
                | DeskAct::GroupDeleted { .. }
                | DeskAct::EventReplayed { .. }
                | DeskAct::EventDiscarded { .. }
                | DeskAct::AnswerPinned { .. }
                | DeskAct::AnswerUnpinned { .. } => {}
            }
        }
        let loads = watch::Sender::new(loads.into_iter().collect());
        for (name, value) in &kept.marks {
            if let Some(Ok(name)) = name.strip_prefix(WATCH).map(str::parse) {
                state.watches.insert(name, value.clone());
            }
        }
        Self { log, state: Mutex::new(state), loads, acting: tokio::sync::Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is one step: a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pins an answer. The same pin again changes nothing.
    ///
    /// # Errors
    /// [`DeskError`]; nothing is then pinned.
    pub async fn pin(&self, pin: Pin) -> Result<(), DeskError> {
        let _acting = self.acting.lock().await;
        {
            let state = self.state();
            match state.pins.get(&pin.name) {
                Some(there) if *there == pin => return Ok(()),
                Some(_) => return Err(DeskError::Taken(pin.name)),
                None if state.pins.len() >= NAMES_MAX => return Err(DeskError::TooMany(NAMES_MAX)),
                None => {}
            }
        }
        let act = DeskAct::AnswerPinned {
            pin: pin.name.clone(),
            function: pin.function.clone(),
            place: pin.place.clone(),
            effective_on: pin.effective_on,
            known_at: pin.known_at,
            note: pin.note.clone(),
        };
        self.log.keep(Keep { act: Some((act, pin.actor.clone())), marks: Vec::new() }).await?;
        self.state().pins.insert(pin.name.clone(), pin);
        Ok(())
    }

    /// Removes a pin.
    ///
    /// # Errors
    /// [`DeskError`]; nothing is then removed.
    pub async fn unpin(&self, name: DeskName, actor: Text) -> Result<(), DeskError> {
        let _acting = self.acting.lock().await;
        if !self.state().pins.contains_key(&name) {
            return Err(DeskError::Unknown("pin", name));
        }
        let act = DeskAct::AnswerUnpinned { pin: name.clone() };
        self.log.keep(Keep { act: Some((act, actor)), marks: Vec::new() }).await?;
        self.state().pins.remove(&name);
        Ok(())
    }

    /// A pin.
    #[must_use]
    pub fn pinned(&self, name: &DeskName) -> Option<Pin> {
        self.state().pins.get(name).cloned()
    }

    /// All pins, by name.
    #[must_use]
    pub fn pins(&self) -> Vec<Pin> {
        self.state().pins.values().cloned().collect()
    }

    /// The loads that began and have not ended, by name: until they end, answers lack what is not
    /// recorded yet.
    #[must_use]
    pub fn loads_under_way(&self) -> Arc<[DeskName]> {
        Arc::clone(&self.loads.borrow())
    }

    /// Marks a load as under way. One that is under way stays so.
    ///
    /// # Errors
    /// [`DeskError`]; it is then not marked.
    pub async fn begin_load(&self, load: DeskName, actor: Text) -> Result<(), DeskError> {
        let _acting = self.acting.lock().await;
        let mut loads = self.loads_under_way().to_vec();
        if loads.contains(&load) {
            return Ok(());
        }
        if loads.len() >= LOADS_MAX {
            return Err(DeskError::TooMany(LOADS_MAX));
        }
        let act = DeskAct::LoadBegun { load: load.clone() };
        self.log.keep(Keep { act: Some((act, actor)), marks: Vec::new() }).await?;
        loads.push(load);
        loads.sort_unstable();
        self.loads.send_replace(loads.into());
        Ok(())
    }

    /// Marks a load as ended. One that is not under way stays so.
    ///
    /// # Errors
    /// [`DeskError`]; it is then still under way.
    pub async fn end_load(&self, load: DeskName, actor: Text) -> Result<(), DeskError> {
        let _acting = self.acting.lock().await;
        let mut loads = self.loads_under_way().to_vec();
        if !loads.contains(&load) {
            return Ok(());
        }
        let act = DeskAct::LoadEnded { load: load.clone() };
        self.log.keep(Keep { act: Some((act, actor)), marks: Vec::new() }).await?;
        loads.retain(|under_way| *under_way != load);
        self.loads.send_replace(loads.into());
        Ok(())
    }

    /// The cursor that a named watch acknowledged last.
    #[must_use]
    pub fn watched_until(&self, consumer: &DeskName) -> Option<String> {
        self.state().watches.get(consumer).cloned()
    }

    /// Remembers how far a named watch is. `after` says whether a cursor is after another.
    ///
    /// # Errors
    /// [`DeskError::Log`]. `Ok(false)`: it is not after the one acknowledged last, and nothing
    /// changes.
    pub async fn acknowledge(
        &self,
        consumer: DeskName,
        cursor: String,
        after: impl FnOnce(&str) -> bool,
    ) -> Result<bool, DeskError> {
        let _acting = self.acting.lock().await;
        {
            let state = self.state();
            match state.watches.get(&consumer) {
                Some(last) if !after(last) => return Ok(false),
                Some(_) => {}
                None => return Err(DeskError::Unknown("watch", consumer)),
            }
        }
        self.mark_watch(consumer, cursor).await?;
        Ok(true)
    }

    /// Knows a named watch from now on; one that is known stays where it is.
    ///
    /// # Errors
    /// [`DeskError`].
    pub async fn know_watch(&self, consumer: DeskName, cursor: String) -> Result<(), DeskError> {
        let _acting = self.acting.lock().await;
        {
            let state = self.state();
            if state.watches.contains_key(&consumer) {
                return Ok(());
            }
            if state.watches.len() >= NAMES_MAX {
                return Err(DeskError::TooMany(NAMES_MAX));
            }
        }
        Ok(self.mark_watch(consumer, cursor).await?)
    }

    /// Forgets a named watch.
    ///
    /// # Errors
    /// [`DeskError`]; it is then still known.
    pub async fn forget_watch(&self, consumer: DeskName) -> Result<(), DeskError> {
        let _acting = self.acting.lock().await;
        if !self.state().watches.contains_key(&consumer) {
            return Err(DeskError::Unknown("watch", consumer));
        }
        let mark = (format!("{WATCH}{consumer}"), None);
        self.log.keep(Keep { act: None, marks: vec![mark] }).await?;
        self.state().watches.remove(&consumer);
        Ok(())
    }

    async fn mark_watch(&self, consumer: DeskName, cursor: String) -> Result<(), LogError> {
        let mark = (format!("{WATCH}{consumer}"), Some(cursor.clone()));
        self.log.keep(Keep { act: None, marks: vec![mark] }).await?;
        self.state().watches.insert(consumer, cursor);
        Ok(())
    }

    /// Takes over a named watch: whoever had it sees the number change.
    #[must_use]
    pub fn take_over(&self, consumer: &DeskName) -> watch::Receiver<u64> {
        let mut state = self.state();
        state.streams.retain(|_, stream| stream.receiver_count() > 0);
        let stream = state.streams.entry(consumer.clone()).or_default();
        stream.send_modify(|number| *number += 1);
        stream.subscribe()
    }
}
