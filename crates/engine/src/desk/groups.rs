//! Consumer groups: durable names, members that join and leave, and the task that gives events to
//! the members.
//!
//! While a group has members on a node, a task on that node feeds the group: it reads the log,
//! gives events to the members, and stores the group's mark. When a member acknowledges an event,
//! the group's state changes at once and the task is woken. On a node where a group has no members,
//! the group's state is read from the mark.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use remit_domain::{Position, Text};
use remit_log::{BoxFuture, Keep, KeepError, LogError, Mark, Stored};
use remit_register::Filter;
use remit_shape::{DeskAct, DeskName, Parked, decode, decode_mark, encode_mark};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::acts::Decided;
use super::group::{Delivery, Group, Misdirected, OPEN_MAX, Progress};
use super::{Desk, DeskError, NamedThing, State, unreadable};

/// The maximum number of consumer groups.
const GROUPS_MAX: usize = 1_000;
/// The maximum number of members of one consumer group.
const MEMBERS_MAX: usize = 256;
/// The maximum number of unacknowledged events that one member may have.
pub const CREDIT_MAX: usize = 256;
/// The prefix of the name of every consumer group's mark.
pub(super) const GROUP: &str = "group/";
/// How long a member stays in its group after its last message.
pub const LEASE: Duration = Duration::from_secs(4);
/// The longest time between two checks of the members' leases.
const TICK: Duration = Duration::from_millis(250);
/// How long the task of a group pauses after it could not read or write the log.
const PAUSE: Duration = Duration::from_secs(1);
/// How many events are read from the log at a time.
const PAGE: usize = 256;

/// A consumer group: how it was created, and its progress.
#[derive(Clone, Debug)]
pub struct GroupView {
    /// The name of the group.
    pub name: DeskName,
    /// The filter that decides which events the group gets.
    pub filter: Filter,
    /// The position in the log after which the group gets events.
    pub after: Position,
    /// Who created the group.
    pub actor: Text,
    /// The progress of the group.
    pub progress: Progress,
}

/// One consumer group, as this node knows it.
pub(super) struct Handle {
    name: DeskName,
    filter: Filter,
    after: Position,
    actor: Text,
    state: Mutex<Running>,
    wake: Notify,
}

struct Running {
    group: Group,
    outlets: BTreeMap<u64, Outlet>,
    /// Whether a task on this node gives events to the group's members.
    fed: bool,
    deleted: bool,
}

struct Outlet {
    deliveries: mpsc::Sender<Delivery>,
    seen: Instant,
    ended: Arc<OnceLock<MemberEnd>>,
}

/// Why a member is no longer in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberEnd {
    /// The member's lease expired, because no message came from the member in time.
    Silent,
    /// Another member joined under the same name.
    TakenOver,
    /// The group was deleted.
    Deleted,
}

impl Handle {
    /// Makes the handle of a group that an act created. `filter` is the text of the group's filter,
    /// as the act gives it.
    pub fn created(
        name: DeskName,
        filter: &str,
        after: Position,
        actor: Text,
    ) -> Result<Self, LogError> {
        let filter = filter.parse().map_err(|error| unreadable(name.as_str(), error))?;
        let group = Group::new(after);
        let running = Running { group, outlets: BTreeMap::new(), fed: false, deleted: false };
        let (state, wake) = (Mutex::new(running), Notify::new());
        Ok(Self { name, filter, after, actor, state, wake })
    }

    fn state(&self) -> MutexGuard<'_, Running> {
        // A poisoned lock is safe to use: no change of the state is expected to panic halfway, so
        // no change is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn view(&self) -> GroupView {
        GroupView {
            name: self.name.clone(),
            filter: self.filter.clone(),
            after: self.after,
            actor: self.actor.clone(),
            progress: self.state().group.progress(),
        }
    }

    fn mark_name(&self) -> String {
        format!("{GROUP}{}", self.name)
    }

    /// Replaces the group's state with the state in `mark`. Does nothing while a task on this node
    /// gives events to the group's members, because the present state is then newer than the mark.
    fn restore(&self, mark: &str) -> Result<(), LogError> {
        let mark = decode_mark(mark)?;
        let mut state = self.state();
        if !state.fed {
            state.group = Group::restore(mark);
        }
        Ok(())
    }

    /// Marks the group as deleted: the streams of its members end, and its task stores no more
    /// marks.
    pub fn delete(&self) {
        let mut state = self.state();
        state.deleted = true;
        state.end_all(MemberEnd::Deleted);
        drop(state);
        self.wake.notify_one();
    }

    /// Replays the parked event at `position`, and wakes the group's task.
    pub fn replay(&self, position: Position) {
        self.state().group.replay(position);
        self.wake.notify_one();
    }

    /// Discards the parked event at `position`, and wakes the group's task.
    pub fn discard(&self, position: Position) {
        self.state().group.discard(position);
        self.wake.notify_one();
    }
}

impl State {
    fn group(&self, name: &DeskName) -> Result<&Arc<Handle>, DeskError> {
        let found = self.groups.get(name);
        found.ok_or_else(|| DeskError::Unknown(NamedThing::Group, name.clone()))
    }
}

/// One member of a consumer group. When this value is dropped, the member leaves the group, and its
/// unacknowledged events go to other members.
pub struct Membership {
    handle: Arc<Handle>,
    number: u64,
    /// The events given to this member. The channel closes when the member's lease expires, another
    /// member joins under its name, or the group is deleted.
    pub deliveries: mpsc::Receiver<Delivery>,
    /// The handle with which this member acknowledges and rejects events.
    pub desk: MemberDesk,
    ended: Arc<OnceLock<MemberEnd>>,
}

impl Membership {
    /// Why this member gets no more deliveries.
    #[must_use]
    pub fn ended(&self) -> MemberEnd {
        self.ended.get().copied().unwrap_or(MemberEnd::Silent)
    }
}

/// Acknowledges and rejects events for one member of a group, and renews the member's lease.
#[derive(Clone)]
pub struct MemberDesk {
    handle: Arc<Handle>,
    number: u64,
}

impl MemberDesk {
    fn answer<T>(&self, answer: impl FnOnce(&mut Group, u64) -> T) -> T {
        let mut state = self.handle.state();
        if let Some(outlet) = state.outlets.get_mut(&self.number) {
            outlet.seen = Instant::now();
        }
        let answered = answer(&mut state.group, self.number);
        drop(state);
        self.handle.wake.notify_one();
        answered
    }

    /// Renews the member's lease without acknowledging or rejecting an event.
    pub fn alive(&self) {
        self.answer(|_, _| ());
    }

    /// Acknowledges the event at `position`: the member has dealt with it.
    ///
    /// # Errors
    /// [`Misdirected`] if the event is done or is not with this member; nothing then changes.
    pub fn acknowledge(&self, position: Position) -> Result<(), Misdirected> {
        self.answer(|group, number| group.acknowledge(number, position))
    }

    /// Rejects the event at `position`: the member cannot deal with it. The event is given out
    /// again if `again` is set and the event may be delivered again; otherwise the event is parked.
    ///
    /// # Errors
    /// [`Misdirected`] if the event is done or is not with this member; nothing then changes.
    pub fn reject(&self, position: Position, reason: &str, again: bool) -> Result<(), Misdirected> {
        self.answer(|group, number| group.reject(number, position, reason, again))
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut state = self.handle.state();
        state.outlets.remove(&self.number);
        state.group.leave(self.number);
        drop(state);
        self.handle.wake.notify_one();
    }
}

impl Desk {
    /// Updates the state of each group from its stored mark, unless a task on this node gives
    /// events to the group's members.
    pub(super) async fn read_groups(&self) -> Result<(), LogError> {
        for Mark { name, value } in self.log().marks(GROUP).await? {
            let group = name.strip_prefix(GROUP).and_then(|name| name.parse::<DeskName>().ok());
            let handle = group.and_then(|group| self.state().groups.get(&group).cloned());
            handle.map_or(Ok(()), |handle| handle.restore(&value))?;
        }
        Ok(())
    }

    /// Returns the group `name`. Its state is read from its stored mark, unless a task on this node
    /// gives events to the group's members.
    async fn group(&self, name: &DeskName) -> Result<Arc<Handle>, DeskError> {
        let handle = self.state().group(name)?.clone();
        let fed = handle.state().fed;
        if !fed && let Some(mark) = self.log().mark(&handle.mark_name()).await? {
            handle.restore(&mark)?;
        }
        Ok(handle)
    }

    /// Creates a consumer group. If a group of this name with the same filter and the same `after`
    /// exists, nothing changes.
    ///
    /// # Errors
    /// [`DeskError`] if the group cannot be created.
    pub async fn create_group(
        &self,
        name: DeskName,
        filter: Filter,
        after: Position,
        actor: Text,
    ) -> Result<(), DeskError> {
        let decide = |state: &State| match state.groups.get(&name) {
            Some(there) if there.filter == filter && there.after == after => Ok(None),
            Some(_) => Err(DeskError::Taken(name.clone())),
            None if state.groups.len() >= GROUPS_MAX => Err(DeskError::TooMany(GROUPS_MAX)),
            None => {
                let (group, filter) = (name.clone(), filter.to_string());
                // Remove any mark of an earlier, deleted group of this name: another node may have
                // stored such a mark after the group was deleted.
                let remove = vec![format!("{GROUP}{name}")];
                let act = DeskAct::GroupCreated { group, filter, after };
                Ok(Some(Decided { act, set: Vec::new(), remove }))
            }
        };
        self.act(&actor, decide).await.map(drop)
    }

    /// Deletes a consumer group and its mark. The streams of its members end.
    ///
    /// # Errors
    /// [`DeskError`] if the group does not exist or cannot be deleted.
    pub async fn delete_group(&self, name: DeskName, actor: Text) -> Result<(), DeskError> {
        let handle = self.state().group(&name)?.clone();
        // Mark the group as deleted, so that its task stores no further marks.
        handle.state().deleted = true;
        let decide = |state: &State| {
            state.group(&name)?;
            let (act, remove) =
                (DeskAct::GroupDeleted { group: name.clone() }, vec![format!("{GROUP}{name}")]);
            Ok(Some(Decided { act, set: Vec::new(), remove }))
        };
        let deleted = self.act(&actor, decide).await;
        if deleted.is_err() {
            handle.state().deleted = false;
        }
        deleted.map(drop)
    }

    /// All consumer groups, in order of name.
    ///
    /// # Errors
    /// [`DeskError::Log`] if the marks of the groups cannot be read.
    pub async fn groups(&self) -> Result<Vec<GroupView>, DeskError> {
        self.read_groups().await?;
        let all: Vec<_> = self.state().groups.values().cloned().collect();
        Ok(all.iter().map(|handle| handle.view()).collect())
    }

    /// Whether the group `name` gets the event at `position`. `false` if there is no such event or
    /// group.
    pub async fn is_of_group(&self, name: &DeskName, position: Position) -> bool {
        let Ok(handle) = self.state().group(name).cloned() else { return false };
        let found = self.matching(&handle, position.prev(), position).await;
        position > handle.after && found.is_ok_and(|(found, _)| !found.is_empty())
    }

    /// Returns the group `name` and its progress.
    ///
    /// # Errors
    /// [`DeskError`] if there is no such group, or its mark cannot be read.
    pub async fn group_view(&self, name: &DeskName) -> Result<GroupView, DeskError> {
        Ok(self.group(name).await?.view())
    }

    /// The parked events of a group, in log order.
    ///
    /// # Errors
    /// [`DeskError`] if there is no such group, or its mark cannot be read.
    pub async fn parked(&self, name: &DeskName) -> Result<Vec<Parked>, DeskError> {
        Ok(self.group(name).await?.state().group.parked().cloned().collect())
    }

    /// Replays the parked event at `position`, or discards it if `discard` gives a reason. Either
    /// way, the events that wait behind it are given out. Returns `false` if no event is parked at
    /// `position`.
    ///
    /// # Errors
    /// [`DeskError`] if the event cannot be released; it is then still parked.
    pub async fn release(
        &self,
        name: &DeskName,
        position: Position,
        discard: Option<Text>,
        actor: Text,
    ) -> Result<bool, DeskError> {
        self.group(name).await?;
        let decide = |state: &State| {
            let handle = state.group(name)?;
            // The act is stored with the mark of a copy of the group in which the event is dealt
            // with: the group itself must not change before that. What members acknowledge in the
            // meantime is in the next mark.
            let mut then = Group::restore(handle.state().group.mark());
            let (group, released) = match discard {
                Some(_) => (name.clone(), then.discard(position)),
                None => (name.clone(), then.replay(position)),
            };
            let act = match discard.clone() {
                Some(reason) => DeskAct::EventDiscarded { group, position, reason },
                None => DeskAct::EventReplayed { group, position },
            };
            let set = vec![Mark { name: handle.mark_name(), value: encode_mark(&then.mark()) }];
            Ok(released.then_some(Decided { act, set, remove: Vec::new() }))
        };
        self.act(&actor, decide).await
    }

    /// Adds `member` to the group `name`, with room for `credit` events at once. An existing member
    /// of the same name is removed from the group.
    ///
    /// # Errors
    /// [`DeskError`] if there is no such group, the group is full, or the log cannot be written.
    pub async fn join_group(
        &self,
        name: &DeskName,
        member: &DeskName,
        credit: usize,
    ) -> Result<Membership, DeskError> {
        let handle = self.group(name).await?;
        // Make an empty write, so that joining fails if the log cannot be written. Otherwise the
        // member's acknowledgements would be lost later.
        self.node().log().keep(Keep::default()).await?;
        let number = self.shared.members.fetch_add(1, Ordering::Relaxed);
        let (deliveries, given) = mpsc::channel(CREDIT_MAX);
        let mut state = handle.state();
        if let Some(earlier) = state.group.member_named(member.as_str()) {
            state.end(earlier, MemberEnd::TakenOver);
        }
        if state.outlets.len() >= MEMBERS_MAX {
            return Err(DeskError::TooMany(MEMBERS_MAX));
        }
        state.group.join(number, member.to_string(), credit.clamp(1, CREDIT_MAX));
        let ended = Arc::new(OnceLock::new());
        let (outlet_ended, seen) = (Arc::clone(&ended), Instant::now());
        state.outlets.insert(number, Outlet { deliveries, seen, ended: outlet_ended });
        if !std::mem::replace(&mut state.fed, true) {
            let (desk, handle) = (self.clone(), Arc::clone(&handle));
            tokio::spawn(async move { desk.feed(&handle).await });
        }
        drop(state);
        handle.wake.notify_one();
        let desk = MemberDesk { handle: Arc::clone(&handle), number };
        Ok(Membership { handle, number, deliveries: given, desk, ended })
    }

    /// Gives the events of a group to its members, until the group has no members.
    async fn feed(&self, handle: &Arc<Handle>) {
        let mut head = self.node().head();
        loop {
            let known = *head.borrow_and_update();
            if let Err(error) = self.take_up(handle, known).await {
                failed(&handle.name, &error, "a consumer group cannot go on");
                tokio::time::sleep(PAUSE).await;
            }
            let more = {
                let mut state = handle.state();
                state.expire();
                state.give();
                let room = state.group.wants().is_some_and(|scanned| scanned < known);
                room || state.group.wants_again().is_some()
            };
            let kept = {
                let mut state = handle.state();
                let dirty = state.group.dirty && !state.deleted;
                dirty.then(|| self.keep_mark(handle, &mut state))
            };
            if let Some(kept) = kept {
                if let Err(error) = kept.await {
                    failed(&handle.name, &error, "the mark of a consumer group was not kept");
                    handle.state().group.dirty = true;
                    tokio::time::sleep(PAUSE).await;
                }
                continue;
            }
            {
                let mut state = handle.state();
                if !state.group.has_members() {
                    state.fed = false;
                    return;
                }
            }
            if !more {
                tokio::select! {
                    () = handle.wake.notified() => {}
                    _ = head.changed() => {}
                    () = tokio::time::sleep(TICK) => {}
                }
            }
        }
    }

    /// Stores the group's present mark. The caller holds the lock on the group's state, so marks
    /// reach the log in the order in which they are made.
    fn keep_mark(&self, handle: &Handle, state: &mut Running) -> BoxFuture<Result<(), KeepError>> {
        state.group.dirty = false;
        let mark = Mark { name: handle.mark_name(), value: encode_mark(&state.group.mark()) };
        self.log().keep(Keep { set: vec![mark], ..Keep::default() })
    }

    /// Reads events from the log into the group's state, as far as the group has room for them.
    async fn take_up(&self, handle: &Arc<Handle>, known: Position) -> Result<(), LogError> {
        let wanted = handle.state().group.wants_again();
        if let Some((subject, after, until)) = wanted {
            let page = self.matching(handle, after, until.min(known)).await?;
            let (found, looked_until) = page;
            let next = found.into_iter().find(|(_, of)| *of == subject);
            let mut state = handle.state();
            state.group.offer_again(&subject, next.map(|(stored, _)| stored), looked_until);
        }
        let wanted = handle.state().group.wants().filter(|scanned| *scanned < known);
        if let Some(scanned) = wanted {
            let (found, looked_until) = self.matching(handle, scanned, known).await?;
            let mut state = handle.state();
            for (stored, subject) in found {
                state.group.offer(stored, &subject);
            }
            state.group.scanned(looked_until);
        }
        Ok(())
    }

    /// Reads one page of events after `after` and up to `until`. Returns the events that pass the
    /// group's filter, with their subjects, and the position up to which the log was read.
    async fn matching(
        &self,
        handle: &Arc<Handle>,
        after: Position,
        until: Position,
    ) -> Result<(Vec<(Stored, String)>, Position), LogError> {
        let most = Position::new(until.since(after)).as_usize().min(PAGE);
        let page = self.log().read(after, most).await?;
        let (node, handle) = (self.node().clone(), Arc::clone(handle));
        let filtered = move || {
            let reached = page.last().map_or(until, |stored| stored.position);
            let mut events = Vec::with_capacity(page.len());
            for stored in page {
                let event = decode(stored.position, &stored.bytes)?.event;
                events.push((stored, event));
            }
            node.view(|register, _| {
                events.retain(|(at, event)| handle.filter.passes(register, at.position, event));
            });
            let subject = |(stored, event): (Stored, remit_domain::Event)| {
                let subject = event.fact.subject();
                (stored, subject)
            };
            Ok((events.into_iter().map(subject).collect(), reached))
        };
        tokio::task::spawn_blocking(filtered).await.unwrap_or(Err(LogError::Closed))
    }
}

/// Logs an error of the group `group` for the operator.
fn failed(group: &DeskName, error: &(dyn Error + 'static), what: &str) {
    tracing::error!(%group, error, "{what}");
}

impl Running {
    /// Removes the members whose lease has expired.
    fn expire(&mut self) {
        let gone: Vec<u64> = self
            .outlets
            .iter()
            .filter(|(_, outlet)| outlet.seen.elapsed() >= LEASE)
            .map(|(number, _)| *number)
            .collect();
        for number in gone {
            self.end(number, MemberEnd::Silent);
        }
    }

    fn end(&mut self, number: u64, why: MemberEnd) {
        if let Some(outlet) = self.outlets.remove(&number) {
            // If the reason why the member left the group is already set, that reason stays.
            let _ = outlet.ended.set(why);
        }
        self.group.leave(number);
    }

    fn end_all(&mut self, why: MemberEnd) {
        let all: Vec<u64> = self.outlets.keys().copied().collect();
        for number in all {
            self.end(number, why);
        }
    }

    fn give(&mut self) {
        for (number, delivery) in self.group.dispatch() {
            // The member's channel has room, because no member is given more events than its
            // credit.
            let sent = self.outlets.get(&number).map(|outlet| outlet.deliveries.try_send(delivery));
            if !matches!(sent, Some(Ok(()))) {
                self.end(number, MemberEnd::Silent);
            }
        }
        debug_assert!(self.group.progress().with_members <= 2 * OPEN_MAX);
    }
}
