//! The state of one consumer group: which member has which event, and which events are done. This
//! module does no I/O and reads no clock.
//!
//! A group takes events from the log in order, and gives them to its members. Only one event of a
//! subject is with a member at a time; the next event of that subject is given to a member when the
//! first is done. This keeps the events of each subject in order, while different subjects go to
//! different members. An event that no member could deal with is parked. A parked event holds back
//! only the later events of its own subject; these are read from the log again once the parked
//! event is replayed or discarded. The state that must survive a restart is in the [`GroupMark`].

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use remit_domain::Position;
use remit_log::Stored;
use remit_shape::{Again, GroupMark, Parked};

/// While a group holds this many events that are not done, the group reads no further in the log.
pub(crate) const OPEN_MAX: usize = 1_024;
/// The maximum number of times that an event is delivered. An event is parked if it is rejected
/// after its last delivery.
const ATTEMPTS_MAX: u32 = 5;
/// While this many events are parked, the group reads no further in the log.
pub(crate) const PARKED_MAX: usize = 10_000;

/// An event that the group has read from the log, and that is neither done nor parked.
struct Open {
    stored: Stored,
    subject: Arc<str>,
    /// The number of the member that has the event, if any.
    with: Option<u64>,
    attempts: u32,
}

struct Member {
    name: String,
    credit: usize,
    has: usize,
}

/// Why a member's acknowledgement or rejection of an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misdirected {
    /// The event was acknowledged, parked or discarded already.
    #[error("this event was already acknowledged, parked or discarded")]
    Done,
    /// The member that acknowledges or rejects the event does not have the event.
    #[error(
        "this member does not have this event: the event was never given to this member, or has \
         gone to another member"
    )]
    NotYours,
}

/// An event that is given to a member.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The event to deliver, as it is stored.
    pub stored: Stored,
    /// How many times the event was given to a member, including this time.
    pub attempt: u32,
}

/// The progress of a consumer group.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The position up to which every event is done, is parked, or waits behind a parked event of
    /// its subject.
    pub done_until: Position,
    /// How many events are with members who have not acknowledged or rejected them yet.
    pub with_members: usize,
    /// How many events are parked.
    pub parked: usize,
    /// How many subjects have events that are still to be read again and given out, because a
    /// parked event of the subject was replayed or discarded.
    pub released_subjects: usize,
    /// The name of each member, and how many events the member has.
    pub members: Vec<(String, usize)>,
}

/// The state of one consumer group.
pub(crate) struct Group {
    /// The position up to which the log was read for this group.
    scanned: Position,
    open: BTreeMap<Position, Open>,
    /// The positions of the events that are done although an earlier event is not done.
    done: BTreeSet<Position>,
    parked: BTreeMap<Position, Parked>,
    again: BTreeMap<String, Again>,
    members: BTreeMap<u64, Member>,
    /// Whether the group's mark has changed and must be stored.
    pub(crate) dirty: bool,
}

impl Group {
    pub fn new(after: Position) -> Self {
        Self::restore(GroupMark { floor: after, ..GroupMark::default() })
    }

    pub fn restore(mark: GroupMark) -> Self {
        Self {
            scanned: mark.floor,
            open: BTreeMap::new(),
            done: mark.done.into_iter().collect(),
            parked: mark.parked.into_iter().map(|each| (each.position, each)).collect(),
            again: mark.again.into_iter().map(|each| (each.subject.clone(), each)).collect(),
            members: BTreeMap::new(),
            dirty: false,
        }
    }

    /// The position up to which every event is done or parked, or belongs to a subject whose events
    /// are held back or are to be read again. A restored group reads the log from this position on;
    /// its mark also lists the parked events and the subjects to be read again.
    fn floor(&self) -> Position {
        let again = |open: &&Open| self.again.contains_key(&*open.subject);
        let first = self.open.iter().find(|(_, open)| !again(open)).map(|(position, _)| *position);
        first.map_or(self.scanned, |first| first.prev().min(self.scanned))
    }

    pub fn mark(&self) -> GroupMark {
        let floor = self.floor();
        GroupMark {
            floor,
            done: self.done.iter().copied().filter(|position| *position > floor).collect(),
            parked: self.parked.values().cloned().collect(),
            again: self.again.values().cloned().collect(),
        }
    }

    /// The position in the log after which to read new events for the group; `None` if the group
    /// has no room for more events.
    pub fn wants(&self) -> Option<Position> {
        let room = self.open.len() < OPEN_MAX && self.parked.len() < PARKED_MAX;
        room.then_some(self.scanned)
    }

    /// A subject whose next event must be read from the log again, because a parked event of the
    /// subject was replayed or discarded. Returns the subject, the position to read after, and the
    /// last position to read.
    pub fn wants_again(&self) -> Option<(String, Position, Position)> {
        let room = self.open.len() < 2 * OPEN_MAX;
        let mut waiting = self.again.values().filter(|again| !self.blocked(&again.subject));
        let again = waiting.find(|again| !self.open.values().any(|o| *o.subject == *again.subject));
        again.filter(|_| room).map(|again| (again.subject.clone(), again.after, again.until))
    }

    fn blocked(&self, subject: &str) -> bool {
        self.parked.values().any(|parked| parked.subject == subject)
    }

    /// Adds an event that passes the group's filter to the events for members, unless the event is
    /// done, is parked, or must wait for an earlier event of its subject.
    pub fn offer(&mut self, stored: Stored, subject: &str) {
        let position = stored.position;
        if self.done.contains(&position) || self.parked.contains_key(&position) {
            return;
        }
        if let Some(again) = self.again.get_mut(subject) {
            // Earlier events of this subject are to be read again and come first. This event is
            // read again after them.
            again.until = again.until.max(position);
            return;
        }
        if !self.blocked(subject) {
            let open = Open { stored, subject: subject.into(), with: None, attempts: 0 };
            self.open.insert(position, open);
        }
    }

    /// Records that every event up to `position` was offered to the group or does not pass its
    /// filter.
    pub fn scanned(&mut self, position: Position) {
        if position > self.scanned {
            self.scanned = position;
            self.dirty = true;
        }
    }

    /// Adds `next` to the events for members. `next` is the next event of a subject whose events
    /// are read from the log again; it is `None` if the subject has no further event up to
    /// `looked_until`.
    pub fn offer_again(&mut self, subject: &str, next: Option<Stored>, looked_until: Position) {
        let Some(again) = self.again.get_mut(subject) else { return };
        self.dirty = true;
        match next {
            Some(stored) => {
                again.after = stored.position.prev();
                let open = Open { stored, subject: subject.into(), with: None, attempts: 0 };
                self.open.insert(open.stored.position, open);
            }
            None => {
                again.after = again.after.max(looked_until);
                if again.after >= again.until {
                    self.again.remove(subject);
                }
            }
        }
    }

    // The methods below concern the members of the group.

    pub fn join(&mut self, number: u64, name: String, credit: usize) {
        self.members.insert(number, Member { name, credit, has: 0 });
    }

    pub fn member_named(&self, name: &str) -> Option<u64> {
        self.members.iter().find(|(_, member)| member.name == name).map(|(number, _)| *number)
    }

    pub fn has_members(&self) -> bool {
        !self.members.is_empty()
    }

    /// Removes a member from the group. The member's events go to other members.
    pub fn leave(&mut self, number: u64) {
        self.members.remove(&number);
        for open in self.open.values_mut().filter(|open| open.with == Some(number)) {
            open.with = None;
        }
    }

    /// Gives events to members that have room for more. Of each subject, only the first event that
    /// is not done may be with a member. Returns each delivery with the number of its member.
    pub fn dispatch(&mut self) -> Vec<(u64, Delivery)> {
        let mut given = Vec::new();
        let mut busy: HashSet<Arc<str>> = HashSet::new();
        for open in self.open.values_mut() {
            // Skip an event that is not the first of its subject, and an event that a member
            // already has.
            if !busy.insert(Arc::clone(&open.subject)) || open.with.is_some() {
                continue;
            }
            let free = self.members.iter_mut().filter(|(_, member)| member.has < member.credit);
            let Some((number, member)) = free.min_by_key(|(_, member)| member.has) else { break };
            member.has += 1;
            open.with = Some(*number);
            open.attempts += 1;
            let delivery = Delivery { stored: open.stored.clone(), attempt: open.attempts };
            given.push((*number, delivery));
        }
        given
    }

    fn take(&mut self, number: u64, position: Position) -> Result<Open, Misdirected> {
        match self.open.get(&position) {
            Some(open) if open.with == Some(number) => {}
            Some(_) => return Err(Misdirected::NotYours),
            None if position <= self.scanned || self.done.contains(&position) => {
                return Err(Misdirected::Done);
            }
            None => return Err(Misdirected::NotYours),
        }
        if let Some(member) = self.members.get_mut(&number) {
            member.has -= 1;
        }
        self.open.remove(&position).ok_or(Misdirected::Done)
    }

    /// Marks the event at `position` as done, because the member `number` has dealt with it.
    pub fn acknowledge(&mut self, number: u64, position: Position) -> Result<(), Misdirected> {
        let open = self.take(number, position)?;
        self.finish(position, &open.subject);
        Ok(())
    }

    fn finish(&mut self, position: Position, subject: &str) {
        self.dirty = true;
        if let Some(again) = self.again.get_mut(subject) {
            again.after = again.after.max(position);
            if again.after >= again.until {
                self.again.remove(subject);
            }
        }
        self.done.insert(position);
        let floor = self.floor();
        self.done = self.done.split_off(&floor.next());
    }

    /// Rejects the event at `position`, with which the member `number` cannot deal. The event is
    /// given out again if `again` is set and the event may be delivered again; otherwise the event
    /// is parked.
    pub fn reject(
        &mut self,
        number: u64,
        position: Position,
        reason: &str,
        again: bool,
    ) -> Result<(), Misdirected> {
        let mut open = self.take(number, position)?;
        if again && open.attempts < ATTEMPTS_MAX {
            open.with = None;
            self.open.insert(position, open);
            return Ok(());
        }
        let subject = open.subject.to_string();
        let member = self.members.get(&number).map(|member| member.name.clone());
        let parked = Parked {
            position,
            subject: subject.clone(),
            reason: reason.to_owned(),
            member: member.unwrap_or_default(),
            attempts: open.attempts,
        };
        self.parked.insert(position, parked);
        // Drop the later events of the parked event's subject. They are read from the log again
        // once the parked event is replayed or discarded.
        self.open.retain(|_, other| *other.subject != *subject);
        self.dirty = true;
        Ok(())
    }

    pub fn parked(&self) -> impl Iterator<Item = &Parked> {
        self.parked.values()
    }

    /// Releases the parked event at `position`, so that it is given out again, followed by the
    /// events that wait behind it. Returns `false` if no event is parked at `position`.
    pub fn replay(&mut self, position: Position) -> bool {
        self.release(position, position.prev())
    }

    /// Discards the parked event at `position`, so that the events that wait behind it are given
    /// out. Returns `false` if no event is parked at `position`.
    pub fn discard(&mut self, position: Position) -> bool {
        let released = self.release(position, position);
        if released && position > self.floor() {
            self.done.insert(position);
        }
        released
    }

    fn release(&mut self, position: Position, after: Position) -> bool {
        let Some(parked) = self.parked.remove(&position) else { return false };
        let subject = parked.subject;
        let until = self.scanned;
        let again = self.again.entry(subject.clone());
        let again = again.or_insert(Again { subject, after, until });
        // Read the subject again only after the position `after`, because all earlier events of the
        // subject are done.
        again.after = after;
        again.until = again.until.max(until);
        self.dirty = true;
        true
    }

    pub fn progress(&self) -> Progress {
        // The position that `floor` returns may be after events that are to be read again and that
        // no member has had yet. These events are not done, so they limit `done_until`.
        let released = || self.again.values().filter(|again| !self.blocked(&again.subject));
        Progress {
            done_until: released().map(|again| again.after).fold(self.floor(), Position::min),
            with_members: self.open.values().filter(|open| open.with.is_some()).count(),
            parked: self.parked.len(),
            released_subjects: released().count(),
            members: self.members.values().map(|m| (m.name.clone(), m.has)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use remit_domain::UtcInstant;

    use super::*;

    struct Chance(u64);

    impl Chance {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 33) % bound
        }
    }

    /// A test log: the subject of each event, and what became of the event.
    struct Trial {
        subjects: Vec<String>,
        /// How many times each event was acknowledged.
        acknowledged: Vec<u32>,
        discarded: BTreeSet<Position>,
        /// The events that are with members, each as the member's number and the event's position.
        out: Vec<(u64, Position)>,
        group: Group,
        /// The group's mark as it was stored last, from which a restart restores the group.
        kept: GroupMark,
        head: Position,
    }

    fn stored(position: Position) -> Stored {
        Stored { position, recorded_at: UtcInstant::MIN, bytes: Vec::new().into() }
    }

    impl Trial {
        fn subject(&self, position: Position) -> &str {
            &self.subjects[position.prev().as_usize()]
        }

        fn done(&self, position: Position) -> bool {
            self.acknowledged[position.prev().as_usize()] > 0 || self.discarded.contains(&position)
        }

        fn take_up(&mut self) {
            if let Some((subject, after, until)) = self.group.wants_again() {
                let until = until.min(after.plus(7));
                let mut of = after.up_to(until).filter(|at| self.subject(*at) == subject);
                let next = of.next().map(stored);
                self.group.offer_again(&subject, next, until);
            }
            if let Some(scanned) = self.group.wants() {
                let until = self.head.min(scanned.plus(5));
                for position in scanned.up_to(until) {
                    let subject = self.subject(position).to_owned();
                    self.group.offer(stored(position), &subject);
                }
                self.group.scanned(until);
            }
            for (number, delivery) in self.group.dispatch() {
                let position = delivery.stored.position;
                let subject = self.subject(position);
                let parked = self.group.parked().any(|parked| parked.subject == subject);
                assert!(!parked, "{position} overtakes a parked event of {subject}");
                let mut before = Position::ZERO.up_to(position.prev());
                let first = before.find(|at| self.subject(*at) == subject && !self.done(*at));
                assert_eq!(first, None, "{position} overtakes an event of {subject}");
                assert!(!self.discarded.contains(&position), "{position} was discarded");
                let twice = self.out.iter().any(|(_, at)| self.subject(*at) == subject);
                assert!(!twice, "two events of {subject} are out at once");
                self.out.push((number, position));
            }
        }
    }

    #[test]
    #[expect(
        clippy::too_many_lines,
        reason = "one random history, and what must hold after each step"
    )]
    fn order_is_kept_for_each_subject_and_nothing_is_lost() {
        for seed in 1..=400 {
            let mut chance = Chance(seed);
            let events = 120;
            let subjects = (0..events).map(|_| format!("s{}", chance.below(9))).collect();
            let mut trial = Trial {
                subjects,
                acknowledged: vec![0; events],
                discarded: BTreeSet::new(),
                out: Vec::new(),
                group: Group::new(Position::ZERO),
                kept: GroupMark::default(),
                head: Position::ZERO,
            };
            let (mut number, last) = (0, Position::after(events));
            for step in 0.. {
                assert!(step < 100_000, "seed {seed}: it does not come to an end");
                trial.take_up();
                let calm = step > 600;
                match chance.below(20) {
                    _ if trial.head < last && chance.below(3) == 0 => {
                        trial.head = trial.head.next()
                    }
                    0..2 => {
                        number += 1;
                        trial.group.join(
                            number,
                            format!("m{number}"),
                            1 + chance.below(4) as usize,
                        );
                    }
                    2 if !calm => {
                        // A member leaves the group and loses its events.
                        if let Some(gone) = trial.group.members.keys().next().copied() {
                            trial.group.leave(gone);
                            trial.out.retain(|(with, _)| *with != gone);
                        }
                    }
                    3 if !calm => {
                        // The node restarts: the members, and all state that is not in the stored
                        // mark, are lost.
                        trial.group = Group::restore(trial.kept.clone());
                        trial.out.clear();
                    }
                    4..8 => trial.kept = trial.group.mark(),
                    8 if !calm && !trial.out.is_empty() => {
                        let at = chance.below(trial.out.len() as u64) as usize;
                        let (with, position) = trial.out.swap_remove(at);
                        let again = chance.below(2) == 0;
                        assert_eq!(trial.group.reject(with, position, "broken", again), Ok(()));
                    }
                    9 => {
                        let parked = trial.group.parked().next().map(|parked| parked.position);
                        if let Some(position) = parked {
                            if chance.below(2) == 0 {
                                assert!(trial.group.discard(position));
                                trial.discarded.insert(position);
                            } else {
                                assert!(trial.group.replay(position));
                            }
                            trial.kept = trial.group.mark();
                            assert!(!trial.group.discard(position), "it is parked no more");
                        }
                    }
                    _ if !trial.out.is_empty() => {
                        let at = chance.below(trial.out.len() as u64) as usize;
                        let (with, position) = trial.out.swap_remove(at);
                        let other = with + 1_000;
                        let misdirected = trial.group.acknowledge(other, position);
                        assert_eq!(misdirected, Err(Misdirected::NotYours));
                        assert_eq!(trial.group.acknowledge(with, position), Ok(()));
                        assert_eq!(
                            trial.group.acknowledge(with, position),
                            Err(Misdirected::Done),
                            "seed {seed}"
                        );
                        trial.acknowledged[position.prev().as_usize()] += 1;
                    }
                    _ => {}
                }
                let Progress { done_until, parked, .. } = trial.group.progress();
                let done = Position::ZERO.up_to(done_until).all(|position| trial.done(position));
                assert!(
                    done || parked > 0,
                    "seed {seed}: {done_until} is reported, and is not done"
                );
                let all = Position::ZERO.up_to(last).all(|position| trial.done(position));
                let none_parked = trial.group.parked().next().is_none();
                if all && none_parked && trial.group.floor() == last {
                    break;
                }
            }
            let mark = trial.group.mark();
            assert_eq!((mark.floor, mark.parked.len()), (last, 0), "seed {seed}");
            let twice = Group::restore(mark.clone()).mark();
            assert_eq!(twice, mark, "seed {seed}");
        }
    }
}
