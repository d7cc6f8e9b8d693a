//! A log in memory, for tests and replays: it forgets everything when it is dropped.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use remit_domain::{Fact, PersonalField, Position};
use remit_ledger::{Frontier, Hash, tree};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::desk::{DeskEvent, Keep, Kept};
use crate::disclosure::{Beside, Disclosure, commitment, system_salt};
use crate::port::{
    AppendError, Appended, Batch, BoxFuture, Content, EventLog, LogError, RequestId, RequestRecord,
    Stored,
};
use crate::shape::{self, Encoder, Stamp};

/// A log in memory.
pub struct MemoryLog {
    id: String,
    clock: Clock,
    state: Mutex<State>,
    head: watch::Sender<Position>,
}

#[derive(Default)]
struct State {
    events: Vec<Stored>,
    /// In the order of the events.
    beside: Vec<Disclosure>,
    /// What was redacted after the last of them.
    withheld: Vec<(Position, PersonalField)>,
    requests: HashMap<RequestId, RequestRecord>,
    acts: Vec<DeskEvent>,
    marks: BTreeMap<String, String>,
}

impl State {
    /// Removes what lies beside an event, and what would confirm a guess at it.
    fn erase(&mut self, about: Position, field: PersonalField) {
        self.beside.retain(|each| (each.position, each.field) != (about, field));
        for record in self.requests.values_mut() {
            if (record.appended.first..=record.appended.last).contains(&about) {
                record.content = Content::Forgotten;
            }
        }
    }
}

impl MemoryLog {
    /// An empty log with an id and a clock.
    #[must_use]
    pub fn new(id: impl Into<String>, clock: Clock) -> Self {
        Self { id: id.into(), clock, state: Mutex::default(), head: watch::Sender::new(0) }
    }

    /// A log that begins with events stored elsewhere, from position 1 on and without gaps, with what
    /// lies beside them; `withheld` says what does not, since it was redacted later. It knows nothing of their requests: it is there to be read.
    #[must_use]
    pub fn holding(
        id: impl Into<String>,
        clock: Clock,
        events: Vec<Stored>,
        beside: Vec<Disclosure>,
        withheld: Vec<(Position, PersonalField)>,
    ) -> Self {
        let log = Self::new(id, clock);
        log.head.send_replace(events.len() as Position);
        *log.state() = State { events, beside, withheld, ..State::default() };
        log
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave a half-done append behind: the vector is extended last.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(&self, batch: &Batch) -> Result<Appended, AppendError> {
        let mut state = self.state();
        if let Some(record) = state.requests.get(&batch.request_id) {
            return Err(AppendError::AlreadyRecorded(*record));
        }
        let head = state.events.len() as Position;
        if head != batch.expected_head {
            return Err(AppendError::HeadMoved { expected: batch.expected_head, head });
        }
        let last_instant = state.events.last().map_or(i64::MIN, |stored| stored.recorded_at);
        let recorded_at = (self.clock)().max(last_instant);
        let mut encoder = Encoder::new(&self.id);
        let no_salt = |error: getrandom::Error| LogError::Engine(error.to_string());
        let (mut encoded, mut beside) = (Vec::with_capacity(batch.drafts.len()), Vec::new());
        for (position, draft) in (head + 1..).zip(&batch.drafts) {
            let stamp = Stamp { position, recorded_at, request_id: &batch.request_id };
            let own = encoder.encode(&stamp, draft).map_err(no_salt)?;
            beside.extend(own.beside);
            encoded.push(Stored { position, recorded_at, bytes: own.text.into() });
        }
        let last = head + encoded.len() as Position;
        let appended = Appended { first: head + 1, last, recorded_at };
        let content = if beside.is_empty() {
            Content::Digest(batch.digest)
        } else {
            let salt = system_salt().map_err(no_salt)?;
            Content::Committed { salt, commitment: commitment(&salt, &batch.digest) }
        };
        state.events.extend(encoded);
        state.beside.extend(beside);
        let record = RequestRecord { appended, content };
        state.requests.insert(batch.request_id.clone(), record);
        for draft in &batch.drafts {
            if let Fact::FieldRedacted { about, field, .. } = draft.event.fact {
                state.erase(about, field);
            }
        }
        self.head.send_replace(last);
        Ok(appended)
    }
}

impl EventLog for MemoryLog {
    fn id(&self) -> &str {
        &self.id
    }

    fn append(&self, batch: Batch) -> BoxFuture<Result<Appended, AppendError>> {
        let result = self.append_now(&batch);
        Box::pin(async move { result })
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Stored>, LogError> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.state().events.iter().skip(skip).take(limit).cloned().collect())
    }

    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>> {
        self.read(after, limit).ok()
    }

    fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, LogError> {
        Ok(self.state().requests.get(id).copied())
    }

    fn tree(&self) -> (Position, Hash) {
        let mut frontier = Frontier::default();
        for stored in &self.state().events {
            frontier.push(tree::leaf(&stored.bytes), |_, _, _| ());
        }
        (frontier.size(), frontier.root())
    }

    fn subtree(&self, level: u8, number: u64) -> Result<Hash, LogError> {
        let (first, leaves) = (number << level, 1_u64 << level);
        let state = self.state();
        let events = state.events.iter().skip(usize::try_from(first).unwrap_or(usize::MAX));
        let mut frontier = Frontier::default();
        for stored in events.take(usize::try_from(leaves).unwrap_or(usize::MAX)) {
            frontier.push(tree::leaf(&stored.bytes), |_, _, _| ());
        }
        if frontier.size() < leaves {
            return Err(LogError::Engine(format!("there is no subtree {number} at level {level}")));
        }
        Ok(frontier.root())
    }

    fn check(&self) -> Result<(Position, Hash), LogError> {
        let state = self.state();
        let mut beside = Beside::default();
        beside.lay(state.beside.clone());
        beside.excuse(state.withheld.clone());
        for stored in &state.events {
            let recorded = shape::decode(stored.position, &stored.bytes);
            let mut recorded = recorded.map_err(|error| LogError::NotALog(error.to_string()))?;
            beside.meet(stored.position, &mut recorded.event.fact)?;
        }
        let now = |position| {
            let own = state.beside.iter().filter(|each| each.position == position);
            Ok(own.cloned().collect())
        };
        beside.finish(now)?;
        drop(state);
        Ok(self.tree())
    }

    fn withheld(&self) -> Vec<(Position, PersonalField)> {
        self.state().withheld.clone()
    }

    fn disclosures(&self, after: Position, until: Position) -> Result<Vec<Disclosure>, LogError> {
        let within = |disclosure: &&Disclosure| (after + 1..=until).contains(&disclosure.position);
        Ok(self.state().beside.iter().filter(within).cloned().collect())
    }

    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), LogError>> {
        let mut state = self.state();
        if let Some((act, actor)) = keep.act {
            let sequence = state.acts.len() as u64 + 1;
            let recorded_at = (self.clock)();
            state.acts.push(DeskEvent { sequence, recorded_at, actor, act });
        }
        for (name, value) in keep.marks {
            match value {
                Some(value) => drop(state.marks.insert(name, value)),
                None => drop(state.marks.remove(&name)),
            }
        }
        Box::pin(async { Ok(()) })
    }

    fn kept(&self) -> Result<Kept, LogError> {
        let state = self.state();
        let marks = state.marks.iter().map(|(name, value)| (name.clone(), value.clone()));
        Ok(Kept { acts: state.acts.clone(), marks: marks.collect() })
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }
}
