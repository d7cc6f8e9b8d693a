//! Watches, which report the changes of answers in order. A watch is a state machine without I/O.
//!
//! Lives here: what a watch is about ([`Target`]), how far it has reported ([`Cursor`]), and what
//! it reports next ([`Watch`]). The register lists the moments to report, each of which is an event
//! or the beginning of a day (`remit_register::Watched`). So a watch that continues from a cursor
//! reports exactly the remaining notices, on any node of the same log.
//!
//! Must not live here: clocks, streams, or how cursors are stored (`desk::watches`).

mod cursor;
mod target;

use std::collections::VecDeque;
use std::sync::Arc;

use remit_domain::{Day, FunctionCode};
use remit_register::{Answer, Change, Moment, Place, Point, Register, Watched};

pub use cursor::Cursor;
pub use target::{Target, Targets};

/// How many moments (events, or beginnings of days) are looked up in the register at a time.
const STEPS: usize = 64;

/// A change of a watched answer.
#[derive(Debug)]
pub struct Notice<'a> {
    /// The target of the watch (a question, an area, a body or a pin) whose answer changed.
    pub target: &'a Target,
    /// The change: the answer before and after it, and the events that caused it.
    pub change: &'a Change<'a>,
    /// The moment that caused the change: an event was recorded, or a day began.
    pub moment: Moment,
    /// The point (a day and a position) that the watch has reached after the change.
    pub after: Point,
    /// Whether the change affects days before the day on which its event was recorded.
    pub retroactive: bool,
    /// Whether the register now gives the pinned answer. `false` if the target is not a pin.
    pub as_pinned: bool,
    /// The cursor from which to continue after this notice.
    pub cursor: Cursor,
}

/// An answer as it stands when a watch begins.
#[derive(Debug)]
pub struct Present<'a> {
    /// The target of the watch (a question, an area, a body or a pin) that the answer belongs to.
    pub target: &'a Target,
    /// The place that the answer is about.
    pub place: &'a Place,
    /// The function that the answer is about.
    pub function: &'a FunctionCode,
    /// The present answer for the function at the place.
    pub answer: &'a Answer<'a>,
    /// Whether the register gives the pinned answer. `false` if the target is not a pin.
    pub as_pinned: bool,
}

/// The error for a cursor that cannot come from this watch, because the cursor counts more notices
/// for one event or day than the watch has. Holds the number of notices that the cursor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the cursor is not from this watch: by the cursor, one event or day brought {0} notices, but \
     in this watch it brought fewer; use a cursor that this watch sent"
)]
pub struct NoSuchNotice(pub usize);

/// A watch in progress. A clone of a watch continues independently of the original.
#[derive(Clone)]
pub struct Watch {
    targets: Targets,
    watched: Arc<[Watched]>,
    cursor: Cursor,
    /// The places whose present answers are still to be reported; `None` once all are reported.
    present: Option<Walk>,
    /// The moments (events, or beginnings of days) that were looked up and are still to be
    /// reported, each with the point that the watch has reached before that moment.
    moments: VecDeque<(Point, Moment)>,
    under_way: Option<UnderWay>,
}

/// A moment (an event, or the beginning of a day) whose notices are being reported.
#[derive(Clone)]
struct UnderWay {
    before: Point,
    moment: Moment,
    walk: Walk,
    /// How many notices were found so far for the event or day that is being reported.
    number: usize,
    /// How many notices of that event or day to pass over: those that were reported before the
    /// watch was interrupted.
    skip: usize,
}

/// Walks through the places of every target of a watch, one place at a time.
#[derive(Clone, Default)]
struct Walk {
    next: usize,
    places: VecDeque<Place>,
}

impl Walk {
    /// Returns the next place and the index of its target; `None` after the last place.
    fn next(
        &mut self,
        watched: &[Watched],
        register: &Register,
        moment: Moment,
    ) -> Option<(usize, Place)> {
        loop {
            if let Some(place) = self.places.pop_front() {
                return Some((self.next - 1, place));
            }
            let target = watched.get(self.next)?;
            self.places = register.watched_places(target, moment).into();
            self.next += 1;
        }
    }
}

impl Watch {
    /// Begins a watch that first reports the answers at the point `at`, then their changes.
    #[must_use]
    pub fn from_now(targets: Targets, at: Point) -> Self {
        let cursor = Cursor::at(at, Some(targets.number()));
        Self { present: Some(Walk::default()), ..Self::from_cursor(targets, cursor) }
    }

    /// Continues a watch of `targets` from `cursor`.
    #[must_use]
    pub fn from_cursor(targets: Targets, cursor: Cursor) -> Self {
        let cursor = cursor.of(targets.number());
        let watched = targets.iter().map(Target::watched).collect();
        Self { targets, watched, cursor, present: None, moments: VecDeque::new(), under_way: None }
    }

    /// The targets of the watch: the answers whose changes the watch reports.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The cursor of the watch, which says how far the watch has reported.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Calls `tell` with the present answers at no more than `looks` further places. Returns `true`
    /// once all present answers are reported.
    pub fn present(
        &mut self,
        register: &Register,
        looks: usize,
        mut tell: impl FnMut(Present<'_>),
    ) -> bool {
        let at = self.cursor.point();
        for _ in 0..looks {
            let Some(walk) = &mut self.present else { return true };
            let began = Moment::Began(at.effective_on);
            let Some((index, place)) = walk.next(&self.watched, register, began) else {
                self.present = None;
                return true;
            };
            let target = &self.targets[index];
            let as_pinned = as_pinned(target, register, at);
            for (function, answer) in &register.watched_now(&self.watched[index], &place, at) {
                tell(Present { target, place: &place, function, answer, as_pinned });
            }
        }
        self.present.is_none()
    }

    /// Passes the changes up to the point `to` to the function in the argument `tell`. Examines the
    /// answers of at most `looks` watched places.
    /// Returns `true` once the watch has reached `to`.
    ///
    /// # Errors
    /// [`NoSuchNotice`] if the cursor with which the watch began comes from a watch of different
    /// targets.
    pub fn tell(
        &mut self,
        register: &Register,
        to: Point,
        looks: usize,
        mut tell: impl FnMut(Notice<'_>),
    ) -> Result<bool, NoSuchNotice> {
        for _ in 0..looks {
            let Some(mut moment) = self.moment(register, to)? else { return Ok(true) };
            match moment.walk.next(&self.watched, register, moment.moment) {
                Some((index, place)) => {
                    self.tell_place(register, &mut moment, (index, &place), &mut tell);
                    self.under_way = Some(moment);
                }
                None if moment.number < moment.skip => return Err(NoSuchNotice(moment.skip)),
                None => self.cursor = self.cursor.moved(moment.after()),
            }
        }
        Ok(false)
    }

    /// Returns the next moment (an event, or the beginning of a day) to report; `None` if there is
    /// no such moment up to the point `to`.
    fn moment(&mut self, register: &Register, to: Point) -> Result<Option<UnderWay>, NoSuchNotice> {
        if let Some(moment) = self.under_way.take() {
            return Ok(Some(moment));
        }
        let begun = self.cursor.begun();
        if begun.is_some_and(|moment| !moment.is_within(to)) {
            // The cursor comes from another node, which is further ahead and began to report an
            // event or day that this node has not reached yet.
            return Ok(None);
        }
        if self.moments.is_empty() {
            let from = self.cursor.point();
            self.moments = register.moments(&self.watched, from, to, STEPS).into();
        }
        let next = self.moments.pop_front();
        let skip = self.cursor.told();
        if begun.is_some() && next.map(|(_, moment)| moment) != begun {
            return Err(NoSuchNotice(skip));
        }
        let Some((before, moment)) = next else {
            self.cursor = self.cursor.moved(to);
            return Ok(None);
        };
        Ok(Some(UnderWay { before, moment, walk: Walk::default(), number: 0, skip }))
    }

    /// Calls `tell` with each change that the moment `under_way` makes at one place.
    fn tell_place(
        &mut self,
        register: &Register,
        under_way: &mut UnderWay,
        (index, place): (usize, &Place),
        tell: &mut impl FnMut(Notice<'_>),
    ) {
        let UnderWay { before, moment, ref mut number, skip, .. } = *under_way;
        let (target, after) = (&self.targets[index], moment.after(before));
        for change in &register.noticed(&self.watched[index], place, before, moment) {
            *number += 1;
            if *number <= skip {
                continue;
            }
            self.cursor = self.cursor.within(before, moment, *number);
            tell(Notice {
                target,
                change,
                moment,
                after,
                retroactive: is_retroactive(register, change, moment),
                as_pinned: as_pinned(target, register, after),
                cursor: self.cursor,
            });
        }
    }
}

impl UnderWay {
    fn after(&self) -> Point {
        self.moment.after(self.before)
    }
}

/// Whether `change` affects days before the day on which its event was recorded.
fn is_retroactive(register: &Register, change: &Change<'_>, moment: Moment) -> bool {
    let before = |recorded_on: Option<Day>| {
        let earlier = |from| recorded_on.is_some_and(|recorded_on| from < recorded_on);
        change.effective_from.is_none_or(earlier)
    };
    match moment {
        Moment::Recorded(position) => before(register.recorded_on(position)),
        Moment::Began(_) => false,
    }
}

/// Whether the register, at the point `at`, gives the pinned answer. `false` if `target` is not a
/// pin.
fn as_pinned(target: &Target, register: &Register, at: Point) -> bool {
    target.pin().is_some_and(|pin| pin.is_still_said(register, at))
}
