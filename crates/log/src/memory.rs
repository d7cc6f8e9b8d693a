//! A store in memory, for tests and replays. Its contents are lost when the store is dropped.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use remit_domain::{PersonalField, Position};
use remit_ledger::{Frontier, Hash, tree};
use remit_shape::{Beside, Disclosure, RequestId, decode};
use tokio::sync::watch;

use crate::entry::{Entry, Head};
use crate::error::{Damage, LogError};
use crate::store::{
    AppendError, Appended, BoxFuture, Content, Desk, Disclosures, Events, Keep, KeepError, Mark,
    RequestRecord, Store, Stored, StoredAct, Tree, TreeHead,
};

/// A store in memory. All clones of a store share its contents.
#[derive(Clone)]
pub struct MemoryStore {
    id: Arc<str>,
    state: Arc<Mutex<State>>,
    head: watch::Sender<Position>,
    last_act: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    events: Vec<Stored>,
    /// The values stored beside the events, in the order of the events.
    beside: Vec<Disclosure>,
    /// The fields whose values are absent because a later event, which is not in `events`, redacted
    /// them.
    withheld: Vec<(Position, PersonalField)>,
    requests: HashMap<RequestId, RequestRecord>,
    acts: Vec<StoredAct>,
    marks: BTreeMap<String, String>,
}

impl State {
    fn head(&self) -> Head {
        self.events.last().map_or(Head::EMPTY, |last| Head {
            position: last.position,
            leaf: tree::leaf(&last.bytes),
        })
    }

    /// The size and root of the tree over some of the events: skips the first `skip` events, and
    /// takes at most `take` of the rest.
    fn tree_over(&self, skip: usize, take: usize) -> TreeHead {
        let mut frontier = Frontier::default();
        for stored in self.events.iter().skip(skip).take(take) {
            frontier.push(tree::leaf(&stored.bytes), |_, _, _| ());
        }
        TreeHead { size: Position::new(frontier.size()), root: frontier.root() }
    }

    fn append(&mut self, entry: &Entry) -> Result<Appended, AppendError> {
        if let Some(record) = self.requests.get(entry.request_id()) {
            return Err(AppendError::AlreadyRecorded(*record));
        }
        let (expected, head) = (entry.after(), self.head());
        if head != expected {
            let (expected, head) = (expected.position, head.position);
            return Err(AppendError::HeadMoved { expected, head });
        }
        self.events.extend(entry.events().map(|(stored, _)| stored));
        self.beside.extend_from_slice(entry.disclosures());
        let record = RequestRecord { appended: entry.appended(), content: entry.content() };
        self.requests.insert(entry.request_id().clone(), record);
        for (about, field) in entry.erased() {
            self.erase(*about, *field);
        }
        Ok(entry.appended())
    }

    /// Removes the value of `field` that is stored beside the event at `about`. Also forgets the
    /// content of the event's request, because a record of that content would confirm a guess at
    /// the value.
    fn erase(&mut self, about: Position, field: PersonalField) {
        self.beside.retain(|each| (each.position, each.field) != (about, field));
        for record in self.requests.values_mut() {
            if (record.appended.first..=record.appended.last).contains(&about) {
                record.content = Content::Forgotten;
            }
        }
    }

    fn keep(&mut self, keep: Keep) -> Result<(), KeepError> {
        let last = self.acts.len() as u64;
        if keep.act.as_ref().is_some_and(|act| act.sequence != last + 1) {
            return Err(KeepError::ActsMoved { last });
        }
        self.acts.extend(keep.act);
        self.marks.extend(keep.set.into_iter().map(|mark| (mark.name, mark.value)));
        keep.remove.iter().for_each(|name| drop(self.marks.remove(name)));
        Ok(())
    }

    fn check(&self) -> Result<TreeHead, LogError> {
        let mut beside = Beside::default();
        beside.lay(self.beside.clone());
        beside.excuse(self.withheld.clone());
        for stored in &self.events {
            let mut recorded = decode(stored.position, &stored.bytes)?;
            beside.meet(stored.position, &mut recorded.event.fact)?;
        }
        for (position, field) in beside.redacted() {
            Beside::gone(*position, *field, &self.beside)?;
        }
        beside.finish()?;
        Ok(self.tree_over(0, usize::MAX))
    }
}

impl MemoryStore {
    /// Makes an empty store for a log that has the id `id`.
    #[must_use]
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self {
            id: id.into(),
            state: Arc::default(),
            head: watch::Sender::new(Position::ZERO),
            last_act: watch::Sender::new(0),
        }
    }

    /// Makes a store that already holds `events`, which must begin at position 1 and have no gaps,
    /// and the values stored `beside` them. `withheld` names the fields whose values are absent
    /// because later events redacted them. The store has no records of requests, so use it only for
    /// reading.
    #[must_use]
    pub fn holding(
        id: impl Into<Arc<str>>,
        events: Vec<Stored>,
        beside: Vec<Disclosure>,
        withheld: Vec<(Position, PersonalField)>,
    ) -> Self {
        let store = Self::new(id);
        store.head.send_replace(Position::after(events.len()));
        *store.state() = State { events, beside, withheld, ..State::default() };
        store
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A poisoned lock is safe to use: no change of the state is expected to panic halfway, so
        // no change is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<T> {
    Box::pin(std::future::ready(value))
}

impl Store for MemoryStore {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Events for MemoryStore {
    fn append(&self, entry: Entry) -> BoxFuture<Result<Appended, AppendError>> {
        let mut state = self.state();
        let appended = state.append(&entry);
        if let Ok(appended) = &appended {
            self.head.send_replace(appended.last);
        }
        ready(appended)
    }

    fn read(&self, after: Position, limit: usize) -> BoxFuture<Result<Vec<Stored>, LogError>> {
        ready(Ok(self.recent(after, limit).unwrap_or_default()))
    }

    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>> {
        let state = self.state();
        Some(state.events.iter().skip(after.as_usize()).take(limit).cloned().collect())
    }

    fn request(&self, id: &RequestId) -> BoxFuture<Result<Option<RequestRecord>, LogError>> {
        ready(Ok(self.state().requests.get(id).copied()))
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }
}

impl Disclosures for MemoryStore {
    fn disclosures(
        &self,
        after: Position,
        until: Position,
    ) -> BoxFuture<Result<Vec<Disclosure>, LogError>> {
        let within = |each: &&Disclosure| each.position > after && each.position <= until;
        ready(Ok(self.state().beside.iter().filter(within).cloned().collect()))
    }

    fn withheld(&self) -> Vec<(Position, PersonalField)> {
        self.state().withheld.clone()
    }
}

impl Tree for MemoryStore {
    fn tree(&self) -> TreeHead {
        self.state().tree_over(0, usize::MAX)
    }

    fn subtree(&self, level: u8, number: u64) -> BoxFuture<Result<Hash, LogError>> {
        let leaves = 1_u64 << level;
        let skip = Position::new(number.saturating_mul(leaves)).as_usize();
        let tree = self.state().tree_over(skip, Position::new(leaves).as_usize());
        ready(match tree.size.get() == leaves {
            true => Ok(tree.root),
            false => Err(Damage::Subtree { level, number }.into()),
        })
    }

    fn check(&self) -> BoxFuture<Result<TreeHead, LogError>> {
        ready(self.state().check())
    }
}

impl Desk for MemoryStore {
    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), KeepError>> {
        let mut state = self.state();
        let kept = state.keep(keep);
        self.last_act.send_replace(state.acts.len() as u64);
        ready(kept)
    }

    fn acts(&self, after: u64, limit: usize) -> BoxFuture<Result<Vec<StoredAct>, LogError>> {
        let skip = Position::new(after).as_usize();
        ready(Ok(self.state().acts.iter().skip(skip).take(limit).cloned().collect()))
    }

    fn mark(&self, name: &str) -> BoxFuture<Result<Option<String>, LogError>> {
        ready(Ok(self.state().marks.get(name).cloned()))
    }

    fn marks(&self, prefix: &str) -> BoxFuture<Result<Vec<Mark>, LogError>> {
        let state = self.state();
        let from = state.marks.range(prefix.to_owned()..);
        let found = from.take_while(|(name, _)| name.starts_with(prefix));
        let found = found.map(|(name, value)| Mark { name: name.clone(), value: value.clone() });
        ready(Ok(found.collect()))
    }

    fn last_act(&self) -> watch::Receiver<u64> {
        self.last_act.subscribe()
    }
}
