//! Watches: they report the changes of answers, in order. A state machine without I/O.
//!
//! Lives here: what a watch is about ([`Target`]), where it is ([`Cursor`]), and what it reports
//! next ([`Watch`]). The steps follow from the register (`remit_register::Watched`), so a watch
//! that continues from a cursor reports exactly the rest, on any node of the same log.
//!
//! Must not live here: clocks, streams, or how cursors are kept (`desk::watches`).

mod cursor;
mod target;

use std::collections::VecDeque;
use std::sync::Arc;

use remit_domain::{Day, FunctionCode, Position};
use remit_register::{Answer, Change, Place, Point, Register, Step, Watched};

pub use cursor::Cursor;
pub use target::{Target, Targets};

/// Steps looked up at a time.
const STEPS: usize = 64;

/// A change of a watched answer.
#[derive(Debug)]
pub struct Notice<'a> {
    /// The target whose answer changed.
    pub target: &'a Target,
    /// The answer before and after, and why.
    pub change: &'a Change<'a>,
    /// The cause: an event was recorded, or a day began.
    pub step: Step,
    /// The point at which the watch is after the step.
    pub after: Point,
    /// Whether it affects days before the one on which it was recorded.
    pub retroactive: bool,
    /// For a pin: whether the register now gives the answer that was relied on.
    pub as_pinned: bool,
    /// The cursor from which to continue after this notice.
    pub cursor: Cursor,
}

/// An answer as it stands when a watch begins.
#[derive(Debug)]
pub struct Present<'a> {
    /// The target.
    pub target: &'a Target,
    /// The place.
    pub place: &'a Place,
    /// The function.
    pub function: &'a FunctionCode,
    /// The answer.
    pub answer: &'a Answer<'a>,
    /// For a pin: whether the register gives the answer that was relied on.
    pub as_pinned: bool,
}

/// The cursor counts more notices of a step than the step has, so it cannot come from a watch of
/// these targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor says that {0} notices of that step were told, and it has fewer")]
pub struct NoSuchNotice(pub usize);

/// A watch in progress. A clone continues independently.
#[derive(Clone)]
pub struct Watch {
    targets: Targets,
    watched: Arc<[Watched]>,
    cursor: Cursor,
    /// The places whose present answers are still to be reported; `None` when all were.
    present: Option<Walk>,
    /// Steps that were looked up and are still to be reported, each with the point before it.
    steps: VecDeque<(Point, Step)>,
    under_way: Option<UnderWay>,
}

/// The step that is being reported.
#[derive(Clone)]
struct UnderWay {
    before: Point,
    step: Step,
    walk: Walk,
    /// How many of its notices were found so far.
    number: usize,
    /// How many of its notices were reported before the watch was interrupted.
    skip: usize,
}

/// A walk through the places of every target.
#[derive(Clone, Default)]
struct Walk {
    next: usize,
    places: VecDeque<Place>,
}

impl Walk {
    /// The next place, with the index of its target.
    fn next(
        &mut self,
        watched: &[Watched],
        register: &Register,
        step: Step,
    ) -> Option<(usize, Place)> {
        loop {
            if let Some(place) = self.places.pop_front() {
                return Some((self.next - 1, place));
            }
            let target = watched.get(self.next)?;
            self.places = register.watched_places(target, step).into();
            self.next += 1;
        }
    }
}

impl Watch {
    /// Begins a watch that reports the present answers at a point, then what changes.
    #[must_use]
    pub fn from_now(targets: Targets, at: Point) -> Self {
        let cursor = Cursor::at(at, Some(targets.number()));
        Self { present: Some(Walk::default()), ..Self::from_cursor(targets, cursor) }
    }

    /// Continues a watch from a cursor.
    #[must_use]
    pub fn from_cursor(targets: Targets, cursor: Cursor) -> Self {
        let cursor = cursor.of(targets.number());
        let watched = targets.iter().map(Target::watched).collect();
        Self { targets, watched, cursor, present: None, steps: VecDeque::new(), under_way: None }
    }

    /// What the watch is about.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Where the watch is: everything before it was reported.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Reports the present answers, looking at no more than `looks` places. `true`: all are
    /// reported.
    pub fn present(
        &mut self,
        register: &Register,
        looks: usize,
        mut tell: impl FnMut(Present<'_>),
    ) -> bool {
        let at = self.cursor.point();
        for _ in 0..looks {
            let Some(walk) = &mut self.present else { return true };
            let began = Step::Began(at.effective_on);
            let Some((index, place)) = walk.next(&self.watched, register, began) else {
                self.present = None;
                return true;
            };
            let target = &self.targets[index];
            let as_pinned = as_pinned(target, register, at.known_at);
            for (function, answer) in &register.watched_now(&self.watched[index], &place, at) {
                tell(Present { target, place: &place, function, answer, as_pinned });
            }
        }
        self.present.is_none()
    }

    /// Reports the changes up to the point `to`, looking at no more than `looks` places. `true`:
    /// the watch has reached `to`.
    ///
    /// # Errors
    /// [`NoSuchNotice`] if the cursor with which the watch began is not from a watch of these
    /// targets.
    pub fn tell(
        &mut self,
        register: &Register,
        to: Point,
        looks: usize,
        mut tell: impl FnMut(Notice<'_>),
    ) -> Result<bool, NoSuchNotice> {
        for _ in 0..looks {
            let Some(mut step) = self.step(register, to)? else { return Ok(true) };
            match step.walk.next(&self.watched, register, step.step) {
                Some((index, place)) => {
                    self.tell_place(register, &mut step, (index, &place), &mut tell);
                    self.under_way = Some(step);
                }
                None if step.number < step.skip => return Err(NoSuchNotice(step.skip)),
                None => self.cursor = self.cursor.moved(step.after()),
            }
        }
        Ok(false)
    }

    /// The next step to report. `None`: there is none up to the point `to`.
    fn step(&mut self, register: &Register, to: Point) -> Result<Option<UnderWay>, NoSuchNotice> {
        if let Some(step) = self.under_way.take() {
            return Ok(Some(step));
        }
        let begun = self.cursor.begun();
        if begun.is_some_and(|step| !step.is_within(to)) {
            // Another node, further ahead, began to report this step; this node has not reached it.
            return Ok(None);
        }
        if self.steps.is_empty() {
            let from = self.cursor.point();
            self.steps = register.steps(&self.watched, from, to, STEPS).into();
        }
        let next = self.steps.pop_front();
        let skip = self.cursor.told();
        if begun.is_some() && next.map(|(_, step)| step) != begun {
            return Err(NoSuchNotice(skip));
        }
        let Some((before, step)) = next else {
            self.cursor = self.cursor.moved(to);
            return Ok(None);
        };
        Ok(Some(UnderWay { before, step, walk: Walk::default(), number: 0, skip }))
    }

    /// Reports what a step changes at one place.
    fn tell_place(
        &mut self,
        register: &Register,
        under_way: &mut UnderWay,
        (index, place): (usize, &Place),
        tell: &mut impl FnMut(Notice<'_>),
    ) {
        let UnderWay { before, step, ref mut number, skip, .. } = *under_way;
        let (target, after) = (&self.targets[index], step.after(before));
        for change in &register.noticed(&self.watched[index], place, before, step) {
            *number += 1;
            if *number <= skip {
                continue;
            }
            self.cursor = self.cursor.within(before, step, *number);
            tell(Notice {
                target,
                change,
                step,
                after,
                retroactive: is_retroactive(register, change, step),
                as_pinned: as_pinned(target, register, after.known_at),
                cursor: self.cursor,
            });
        }
    }
}

impl UnderWay {
    fn after(&self) -> Point {
        self.step.after(self.before)
    }
}

/// Whether a change affects days before the one on which it was recorded.
fn is_retroactive(register: &Register, change: &Change<'_>, step: Step) -> bool {
    let before = |recorded_on: Option<Day>| {
        let earlier = |from| recorded_on.is_some_and(|recorded_on| from < recorded_on);
        change.effective_from.is_none_or(earlier)
    };
    match step {
        Step::Recorded(position) => before(register.recorded_on(position)),
        Step::Began(_) => false,
    }
}

/// For a pin: whether the register, as known at `known_at`, gives the answer that was relied on.
fn as_pinned(target: &Target, register: &Register, known_at: Position) -> bool {
    target.pin().is_some_and(|pin| pin.is_still_said(register, known_at))
}
