//! Consumer groups: durable names, members that come and go, and the task that feeds them.
//!
//! A group is fed while it has members. Its task reads the log, gives events out, and keeps the
//! group's mark; members acknowledge straight into the group's state and wake it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use remit_domain::{Position, Text};
use remit_log::shape::{self, Parked};
use remit_log::{BoxFuture, DeskAct, DeskEvent, DeskName, Keep, Kept, LogError, Stored};
use remit_register::Filter;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::desk::DeskError;
use crate::group::{Delivery, Group, Misdirected, OPEN_MAX, Progress};
use crate::node::Node;

/// Groups that there may be.
const GROUPS_MAX: usize = 1_000;
/// Members of one group.
const MEMBERS_MAX: usize = 256;
/// Events that one member may have at once.
pub const CREDIT_MAX: usize = 256;
/// What the marks of groups begin with.
pub(crate) const GROUP: &str = "group/";
/// How long a member is believed to be there without a sign of life.
pub const LEASE: Duration = Duration::from_secs(4);
/// How often leases are looked at.
const TICK: Duration = Duration::from_millis(250);
/// Events read at once.
const PAGE: usize = 256;

/// A group, as it was created.
#[derive(Clone, Debug)]
pub struct GroupView {
    /// Its name.
    pub name: DeskName,
    /// Which events it gets.
    pub filter: Filter,
    /// Only events after this one.
    pub after: Position,
    /// Who created it.
    pub actor: Text,
    /// How it is doing.
    pub progress: Progress,
}

/// The groups of a node.
pub(crate) struct Groups {
    groups: Mutex<BTreeMap<DeskName, Arc<Handle>>>,
    /// Held while an act is decided and kept.
    acting: tokio::sync::Mutex<()>,
    numbers: AtomicU64,
}

/// One group.
struct Handle {
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
    /// Whether a task feeds it.
    fed: bool,
    deleted: bool,
}

struct Outlet {
    deliveries: mpsc::Sender<Delivery>,
    seen: Instant,
    ended: Arc<OnceLock<MemberEnd>>,
}

/// Why a member is none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberEnd {
    /// It gave no sign of life.
    Silent,
    /// A member of the same name joined.
    TakenOver,
    /// The group was deleted.
    Deleted,
}

impl Handle {
    fn new(name: DeskName, filter: Filter, after: Position, actor: Text, group: Group) -> Self {
        let running = Running { group, outlets: BTreeMap::new(), fed: false, deleted: false };
        Self { name, filter, after, actor, state: Mutex::new(running), wake: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, Running> {
        // Every change of the state is one step: a panic elsewhere leaves nothing half done.
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
}

/// The groups that there are after these acts.
pub(crate) fn names(acts: &[DeskEvent]) -> BTreeSet<&DeskName> {
    let mut names = BTreeSet::new();
    for DeskEvent { act, .. } in acts {
        match act {
            DeskAct::GroupCreated { group, .. } => drop(names.insert(group)),
            DeskAct::GroupDeleted { group } => drop(names.remove(group)),
            _ => {}
        }
    }
    names
}

impl Groups {
    pub fn open(kept: &Kept) -> Result<Self, LogError> {
        let broken = |what: String| LogError::NotALog(format!("consumer groups: {what}"));
        let mut groups = BTreeMap::new();
        for DeskEvent { act, actor, .. } in &kept.acts {
            match act {
                DeskAct::GroupCreated { group, filter, after } => {
                    let filter = filter.parse().map_err(|error| broken(format!("{error}")))?;
                    groups.insert(group.clone(), (filter, *after, actor.clone()));
                }
                DeskAct::GroupDeleted { group } => drop(groups.remove(group)),
                _ => {}
            }
        }
        let marks: BTreeMap<&str, &str> =
            kept.marks.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut handles = BTreeMap::new();
        for (name, (filter, after, actor)) in groups {
            let group = match marks.get(format!("{GROUP}{name}").as_str()) {
                Some(text) => {
                    let mark = shape::decode_mark(text).map_err(|e| broken(e.to_string()))?;
                    Group::restore(mark)
                }
                None => Group::new(after),
            };
            let handle = Handle::new(name.clone(), filter, after, actor, group);
            handles.insert(name, Arc::new(handle));
        }
        Ok(Self {
            groups: Mutex::new(handles),
            acting: tokio::sync::Mutex::default(),
            numbers: AtomicU64::new(1),
        })
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<DeskName, Arc<Handle>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, name: &DeskName) -> Result<Arc<Handle>, DeskError> {
        let found = self.all().get(name).cloned();
        found.ok_or_else(|| DeskError::Unknown("group", name.clone()))
    }
}

/// A member of a group. Dropped, it leaves, and what it had is for others.
pub struct Membership {
    handle: Arc<Handle>,
    number: u64,
    /// What it is given. Ends where its lease has run out, another took its name, or the group is
    /// deleted.
    pub deliveries: mpsc::Receiver<Delivery>,
    /// How it acknowledges.
    pub desk: MemberDesk,
    ended: Arc<OnceLock<MemberEnd>>,
}

impl Membership {
    /// Why there are no deliveries any more.
    #[must_use]
    pub fn ended(&self) -> MemberEnd {
        self.ended.get().copied().unwrap_or(MemberEnd::Silent)
    }
}

/// How a member of a group answers.
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

    /// Says that the member is there.
    pub fn alive(&self) {
        self.answer(|_, _| ());
    }

    /// Says that an event was dealt with.
    ///
    /// # Errors
    /// [`Misdirected`]; nothing changes.
    pub fn acknowledge(&self, position: Position) -> Result<(), Misdirected> {
        self.answer(|group, number| group.acknowledge(number, position))
    }

    /// Says that an event cannot be dealt with: it is given out `again`, or parked.
    ///
    /// # Errors
    /// [`Misdirected`]; nothing changes.
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

impl Node {
    /// Creates a group. The same group again changes nothing.
    ///
    /// # Errors
    /// [`DeskError`]; there is then no such group.
    pub async fn create_group(
        &self,
        name: DeskName,
        filter: Filter,
        after: Position,
        actor: Text,
    ) -> Result<(), DeskError> {
        let groups = self.groups();
        let _acting = groups.acting.lock().await;
        if let Ok(there) = groups.get(&name) {
            let same = there.filter == filter && there.after == after;
            return if same { Ok(()) } else { Err(DeskError::Taken(name)) };
        }
        if groups.all().len() >= GROUPS_MAX {
            return Err(DeskError::TooMany(GROUPS_MAX));
        }
        let act = DeskAct::GroupCreated { group: name.clone(), filter: filter.to_string(), after };
        self.log().keep(Keep { act: Some((act, actor.clone())), marks: Vec::new() }).await?;
        let handle = Handle::new(name.clone(), filter, after, actor, Group::new(after));
        groups.all().insert(name, Arc::new(handle));
        Ok(())
    }

    /// Deletes a group and its place; its members' streams end.
    ///
    /// # Errors
    /// [`DeskError`]; the group is then still there.
    pub async fn delete_group(&self, name: DeskName, actor: Text) -> Result<(), DeskError> {
        let groups = self.groups();
        let _acting = groups.acting.lock().await;
        let handle = groups.get(&name)?;
        // From here on its task keeps no mark.
        handle.state().deleted = true;
        let act = DeskAct::GroupDeleted { group: name.clone() };
        let marks = vec![(handle.mark_name(), None)];
        if let Err(error) = self.log().keep(Keep { act: Some((act, actor)), marks }).await {
            handle.state().deleted = false;
            return Err(error.into());
        }
        groups.all().remove(&name);
        handle.state().end_all(MemberEnd::Deleted);
        handle.wake.notify_one();
        Ok(())
    }

    /// All groups, by name.
    #[must_use]
    pub fn groups_view(&self) -> Vec<GroupView> {
        let all: Vec<_> = self.groups().all().values().cloned().collect();
        all.iter().map(|handle| handle.view()).collect()
    }

    /// Whether an event is one that a group gets. `false` where there is no such event or group.
    pub async fn is_of_group(&self, name: &DeskName, position: Position) -> bool {
        let Ok(handle) = self.groups().get(name) else { return false };
        let after = position.saturating_sub(1);
        let found = self.matching(&handle, after, position).await;
        position > handle.after && found.is_ok_and(|(found, _)| !found.is_empty())
    }

    /// One group.
    ///
    /// # Errors
    /// [`DeskError::Unknown`].
    pub fn group_view(&self, name: &DeskName) -> Result<GroupView, DeskError> {
        Ok(self.groups().get(name)?.view())
    }

    /// The parked events of a group, in log order.
    ///
    /// # Errors
    /// [`DeskError::Unknown`].
    pub fn parked(&self, name: &DeskName) -> Result<Vec<Parked>, DeskError> {
        Ok(self.groups().get(name)?.state().group.parked().cloned().collect())
    }

    /// Takes a parked event up again, or with `discard`, a reason, leaves it as it is; either way
    /// what waits behind it follows. `false`: it is not parked.
    ///
    /// # Errors
    /// [`DeskError`]; it is then still parked.
    pub async fn release(
        &self,
        name: &DeskName,
        position: Position,
        discard: Option<Text>,
        actor: Text,
    ) -> Result<bool, DeskError> {
        let groups = self.groups();
        let _acting = groups.acting.lock().await;
        let handle = groups.get(name)?;
        let group = name.clone();
        let act = match &discard {
            Some(reason) => DeskAct::EventDiscarded { group, position, reason: reason.clone() },
            None => DeskAct::EventReplayed { group, position },
        };
        let kept = {
            let mut state = handle.state();
            let released = match discard {
                Some(_) => state.group.discard(position),
                None => state.group.replay(position),
            };
            if !released {
                return Ok(false);
            }
            self.keep_mark(&handle, &mut state, Some((act, actor)))
        };
        kept.await?;
        handle.wake.notify_one();
        Ok(true)
    }

    /// Joins a group. A member of the same name gives way.
    ///
    /// # Errors
    /// [`DeskError`].
    pub fn join_group(
        &self,
        name: &DeskName,
        member: &DeskName,
        credit: usize,
    ) -> Result<Membership, DeskError> {
        let handle = self.groups().get(name)?;
        let number = self.groups().numbers.fetch_add(1, Ordering::Relaxed);
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
            let (node, handle) = (self.clone(), Arc::clone(&handle));
            tokio::spawn(async move { node.feed_group(&handle).await });
        }
        drop(state);
        handle.wake.notify_one();
        let desk = MemberDesk { handle: Arc::clone(&handle), number };
        Ok(Membership { handle, number, deliveries: given, desk, ended })
    }

    /// Feeds a group until it has no members.
    async fn feed_group(&self, handle: &Arc<Handle>) {
        let mut head = self.head();
        loop {
            let known = *head.borrow_and_update();
            if let Err(error) = self.take_up(handle, known).await {
                tracing::error!(group = %handle.name, %error, "a consumer group cannot go on");
                tokio::time::sleep(Duration::from_secs(1)).await;
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
                dirty.then(|| self.keep_mark(handle, &mut state, None))
            };
            if let Some(kept) = kept {
                if let Err(error) = kept.await {
                    tracing::error!(group = %handle.name, %error, "its mark was not kept");
                    handle.state().group.dirty = true;
                    tokio::time::sleep(Duration::from_secs(1)).await;
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

    /// Keeps the mark of a group as it is. Marks are handed to the log in the order in which they
    /// are made: the group's state is locked.
    fn keep_mark(
        &self,
        handle: &Handle,
        state: &mut Running,
        act: Option<(DeskAct, Text)>,
    ) -> BoxFuture<Result<(), LogError>> {
        state.group.dirty = false;
        let mark = (handle.mark_name(), Some(shape::encode_mark(&state.group.mark())));
        self.log().keep(Keep { act, marks: vec![mark] })
    }

    /// Takes events up from the log, as far as there is room.
    async fn take_up(&self, handle: &Arc<Handle>, known: Position) -> Result<(), String> {
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

    /// The events of a page that pass the filter of a group, with their subjects; and how far the
    /// page goes.
    async fn matching(
        &self,
        handle: &Arc<Handle>,
        after: Position,
        until: Position,
    ) -> Result<(Vec<(Stored, String)>, Position), String> {
        let most = usize::try_from(until.saturating_sub(after)).unwrap_or(PAGE).min(PAGE);
        let (node, handle) = (self.clone(), Arc::clone(handle));
        let read = move || {
            let page = node.log().read(after, most).map_err(|error| error.to_string())?;
            let mut events = Vec::with_capacity(page.len());
            for stored in page {
                let recorded = shape::decode(stored.position, &stored.bytes);
                events.push((stored, recorded.map_err(|error| error.to_string())?.event));
            }
            let reached = events.last().map_or(until, |(stored, _)| stored.position);
            Ok(node.view(|register, _| {
                events.retain(|(at, event)| handle.filter.passes(register, at.position, event));
                let subject = |(stored, event): (Stored, remit_domain::Event)| {
                    let subject = event.fact.subject();
                    (stored, subject)
                };
                (events.into_iter().map(subject).collect(), reached)
            }))
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())?
    }
}

impl Running {
    /// Members that gave no sign of life leave.
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
            // Said once: what ended it first.
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
            // There is room: no member is given more than its credit.
            let sent = self.outlets.get(&number).map(|outlet| outlet.deliveries.try_send(delivery));
            if !matches!(sent, Some(Ok(()))) {
                self.end(number, MemberEnd::Silent);
            }
        }
        debug_assert!(self.group.progress().with_members <= 2 * OPEN_MAX);
    }
}
