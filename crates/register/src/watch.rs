//! Watches: reports what each event changes in the watched answers, and what the beginning of each
//! day changes in them.
//!
//! A watch is always at one point: a day, as known at a position. The watch moves to a
//! later position when an event is recorded, and to a later day when a day begins in England. Each
//! of these is a [`Moment`]. The order of the moments follows from the log alone: the beginning of
//! a day comes before the events recorded on that day. So the reports of a watch do not depend on
//! when its reader connects.

use std::collections::BTreeSet;

use remit_domain::{BodyCode, Day, FunctionCode, Position};

use crate::answer::{Answer, Place};
use crate::change::{Change, Point};
use crate::london::{end_of_day, london_day};
use crate::register::Register;
use crate::row::at;

/// The answers that a watch observes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A watch of the answer to one question: who holds one function at one place.
    Question(FunctionCode, Place),
    /// A watch of the answers for every function in the area of one commissioner.
    Area(BodyCode),
    /// A watch of one body's holdings: for every function and area, the answers that name the body
    /// as holder, exerciser, liable or answering later, before or after the reported change.
    Holdings(BodyCode),
    /// A watch of a pin, an answer that somebody relied on: the answer for one function at one
    /// place on one fixed day.
    Pinned(FunctionCode, Place, Day),
}

/// What moves a watch from one point to the next: a recorded event, or the beginning of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The watch moves because the event at this position was recorded.
    Recorded(Position),
    /// The watch moves because this day began in England.
    Began(Day),
}

impl Moment {
    /// The point at which a watch is after this moment, if it was at the point `before`.
    #[must_use]
    pub fn after(self, before: Point) -> Point {
        match self {
            Self::Recorded(position) => Point { known_at: position, ..before },
            Self::Began(day) => Point { effective_on: day, ..before },
        }
    }

    /// Whether the moment lies at or before the point `to`.
    #[must_use]
    pub fn is_within(self, to: Point) -> bool {
        match self {
            Self::Recorded(position) => position <= to.known_at,
            Self::Began(day) => day <= to.effective_on,
        }
    }
}

impl Register {
    /// The day in England on which the event at `position` was recorded.
    #[must_use]
    pub fn recorded_on(&self, position: Position) -> Option<Day> {
        self.known_at(position).recorded_at.and_then(london_day)
    }

    /// The moments after the point `from`, up to the point `to`, at which a watched answer may
    /// change, in order. Returns at most `limit` moments. Each moment comes with the point at which
    /// the watch is before the moment.
    #[must_use]
    pub fn moments(
        &self,
        watched: &[Watched],
        from: Point,
        to: Point,
        limit: usize,
    ) -> Vec<(Point, Moment)> {
        let (mut positions, mut days) = (BTreeSet::new(), BTreeSet::new());
        for each in watched {
            self.candidates(each, from, to, &mut positions, &mut days);
        }
        let mut at = from;
        let mut moments = Vec::new();
        let mut days = days.into_iter().peekable();
        let mut begin = |at: &mut Point, until: Day, moments: &mut Vec<(Point, Moment)>| {
            while let Some(day) = days.next_if(|day| *day <= until) {
                let eve = day.eve().unwrap_or(day);
                // When `day` begins, every event recorded by the end of the day before is known.
                let known = end_of_day(eve).map(|end| self.position_at(end, to.known_at));
                at.known_at = known.unwrap_or_default().max(at.known_at);
                moments.push((Point { effective_on: eve, ..*at }, Moment::Began(day)));
                at.effective_on = day;
            }
            at.effective_on = at.effective_on.max(until);
        };
        for position in positions {
            if moments.len() >= limit {
                break;
            }
            if let Some(day) = self.recorded_on(position) {
                begin(&mut at, day.min(to.effective_on), &mut moments);
            }
            at.known_at = position.prev();
            moments.push((at, Moment::Recorded(position)));
            at.known_at = position;
        }
        if moments.len() < limit {
            begin(&mut at, to.effective_on, &mut moments);
        }
        moments.truncate(limit);
        moments
    }

    fn candidates(
        &self,
        watched: &Watched,
        from: Point,
        to: Point,
        positions: &mut BTreeSet<Position>,
        days: &mut BTreeSet<Day>,
    ) {
        let between = |day: &Day| from.effective_on < *day && *day <= to.effective_on;
        let recorded = |at: &Position| from.known_at < *at && *at <= to.known_at;
        let of = |function: &FunctionCode,
                  place: &Place,
                  positions: &mut BTreeSet<Position>,
                  days: &mut BTreeSet<Day>| {
            let edges = self.edges(function, place);
            positions.extend(edges.positions().into_iter().map(Position::from).filter(recorded));
            days.extend(edges.days().into_iter().filter(between));
        };
        match watched {
            Watched::Question(function, place) | Watched::Pinned(function, place, _) => {
                of(function, place, positions, days);
            }
            Watched::Area(area) => {
                for (_, entry) in self.law.functions() {
                    of(&entry.code, &Place::Body(*area), positions, days);
                }
            }
            Watched::Holdings(_) => {
                positions.extend(from.known_at.up_to(to.known_at).filter(|at| self.touches(*at)));
                if from.effective_on < to.effective_on {
                    for area in self.commissioners() {
                        let area = Place::Body(self.bodies[area].code);
                        for (_, entry) in self.law.functions() {
                            let edges = self.edges(&entry.code, &area);
                            days.extend(edges.days().into_iter().filter(between));
                        }
                    }
                }
            }
        }
    }

    /// The places at which `moment` may change a watched answer.
    #[must_use]
    pub fn watched_places(&self, watched: &Watched, moment: Moment) -> Vec<Place> {
        match (watched, moment) {
            (Watched::Question(_, place), _) | (Watched::Pinned(_, place, _), _) => {
                vec![place.clone()]
            }
            (Watched::Area(area), _) => vec![Place::Body(*area)],
            (Watched::Holdings(_), Moment::Recorded(position)) => {
                self.touched_areas(position).into_iter().map(Place::Body).collect()
            }
            (Watched::Holdings(_), Moment::Began(_)) => {
                let areas = self.commissioners().into_iter();
                areas.map(|area| Place::Body(self.bodies[area].code)).collect()
            }
        }
    }

    /// The watched answers for `place` at the point `at`, each with its function.
    #[must_use]
    pub fn watched_now<'a>(
        &'a self,
        watched: &'a Watched,
        place: &Place,
        at: Point,
    ) -> Vec<(&'a FunctionCode, Answer<'a>)> {
        let day = match watched {
            Watched::Pinned(_, _, day) => *day,
            Watched::Question(..) | Watched::Area(_) | Watched::Holdings(_) => at.effective_on,
        };
        self.watched_functions(watched)
            .into_iter()
            .map(|function| {
                let days = (day, Some(at.effective_on));
                (function, self.who_holds_answering(function, place, days, at.known_at))
            })
            .filter(|(_, answer)| watched.has_part(place, &[Some(answer)]))
            .collect()
    }

    /// What `moment` changes in the watched answers for `place`, by function, then by day.
    ///
    /// A recorded event can change the answers for any day, and who would answer later. When a day
    /// begins, the answer for that day is compared with the answer for the day before; of a pin,
    /// who would answer on that day with who would answer on the day before.
    #[must_use]
    pub fn noticed<'a>(
        &'a self,
        watched: &'a Watched,
        place: &Place,
        before: Point,
        moment: Moment,
    ) -> Vec<Change<'a>> {
        let mut found = Vec::new();
        for function in self.watched_functions(watched) {
            let ask = |days, at| self.who_holds_answering(function, place, days, at);
            match (moment, watched) {
                (Moment::Began(began), Watched::Pinned(_, _, day)) => {
                    let known_at = before.known_at;
                    let ask = |later| ask((*day, Some(later)), known_at);
                    let (then, now) = (ask(before.effective_on), ask(began));
                    if !then.reads_the_same(&now) {
                        let span = (Some(*day), day.next());
                        let edges = self.edges_known_by(at(known_at), function, place);
                        let causes = self.causes_on(&edges, (began, known_at), [&then, &now]);
                        found.push(change(function, place, span, (then, now), causes));
                    }
                }
                (Moment::Began(day), _) => {
                    let known_at = before.known_at;
                    let ask = |on| ask((on, Some(day)), known_at);
                    let (then, now) = (ask(before.effective_on), ask(day));
                    if !then.reads_the_same(&now) {
                        let to = Point { effective_on: day, known_at };
                        let causes = self.causes(function, place, (before, to), Some(day));
                        let span = (Some(day), None);
                        found.push(change(function, place, span, (then, now), causes));
                    }
                }
                (Moment::Recorded(at), Watched::Pinned(_, _, day)) => {
                    let edges = self.edges(function, place);
                    let later = edges.later_day(Some(before.effective_on), (at.prev(), at));
                    let days = (*day, later);
                    let (then, now) = (ask(days, at.prev()), ask(days, at));
                    if !then.reads_the_same(&now) {
                        let span = (Some(*day), day.next());
                        found.push(change(function, place, span, (then, now), vec![at]));
                    }
                }
                (Moment::Recorded(at), _) => {
                    self.over_all_days(function, place, (before, at), &mut found);
                }
            }
        }
        let about = |each: &Change<'_>| {
            watched.has_part(place, &[each.before.as_ref(), each.after.as_ref()])
        };
        found.retain(about);
        found
    }

    /// Finds what the event at position `at` changes in the answers for `function` at `place`, over
    /// all days. Equal changes on neighbouring days are joined into one change.
    fn over_all_days<'r>(
        &'r self,
        function: &'r FunctionCode,
        place: &Place,
        (before, at): (Point, Position),
        found: &mut Vec<Change<'r>>,
    ) {
        let edges = self.edges(function, place);
        if !edges.positions().into_iter().any(|position| Position::from(position) == at) {
            return;
        }
        let later = edges.later_day(Some(before.effective_on), (at.prev(), at));
        let mut open = false;
        for day in std::iter::once(Day::MIN).chain(edges.days()) {
            let ask = |at| self.who_holds_answering(function, place, (day, later), at);
            let (then, now) = (ask(at.prev()), ask(at));
            let differs = !then.reads_the_same(&now);
            if let Some(last) = found.last_mut().filter(|_| open) {
                let same = |side: &Option<Answer<'_>>, other: &Answer<'_>| {
                    side.as_ref().is_some_and(|side| side.reads_the_same(other))
                };
                if differs && same(&last.before, &then) && same(&last.after, &now) {
                    continue;
                }
                last.effective_until = Some(day);
            }
            open = differs;
            if differs {
                let from = (day != Day::MIN).then_some(day);
                found.push(change(function, place, (from, None), (then, now), vec![at]));
            }
        }
    }

    fn watched_functions<'a>(&'a self, watched: &'a Watched) -> Vec<&'a FunctionCode> {
        match watched {
            Watched::Question(function, _) | Watched::Pinned(function, ..) => vec![function],
            Watched::Area(_) | Watched::Holdings(_) => {
                self.law.functions().map(|(_, entry)| &entry.code).collect()
            }
        }
    }
}

impl Watched {
    /// Whether any of `answers` belongs to the watch. For a watch of a body's holdings, the body
    /// must have a role in the answer or be one that would answer later, and `place` must be the
    /// commissioner of the answer's area, because a question about a ceased commissioner is
    /// answered for the area of its successor. For any other watch, the result is always true.
    fn has_part(&self, place: &Place, answers: &[Option<&Answer<'_>>]) -> bool {
        let Self::Holdings(body) = self else { return true };
        answers.iter().flatten().any(|answer| {
            answer.area.map(Place::Body).as_ref() == Some(place)
                && (answer.holder == Some(*body)
                    || answer.exercisers.contains(body)
                    || answer.liable.bodies.contains(body)
                    || answer.answering_now.iter().any(|now| now.successors.contains(body)))
        })
    }
}

type Span = (Option<Day>, Option<Day>);

fn change<'r>(
    function: &'r FunctionCode,
    place: &Place,
    (effective_from, effective_until): Span,
    (before, after): (Answer<'r>, Answer<'r>),
    causes: Vec<Position>,
) -> Change<'r> {
    let (before, after) = (Some(before), Some(after));
    let place = place.clone();
    Change { function, place, effective_from, effective_until, before, after, causes }
}
