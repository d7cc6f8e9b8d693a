//! Finds the answers that differ between two points, each of which is a day and a log position, and
//! the answers that the events between two positions change.

use std::collections::{BTreeMap, BTreeSet};

use remit_domain::{
    BodyCode, BodyFactKind, BodyRole, Day, FactKind, FunctionCode, InstrumentFactKind,
    InstrumentId, LawFactKind, Position, RuleContent, RuleId,
};

use crate::answer::{Answer, Place};
use crate::edges::Edges;
use crate::handle::{BodyHandle, FunctionHandle};
use crate::register::Register;
use crate::row::{At, at};

/// A point of the plane of days and positions: an effective day, as known at a log position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The effective day of the point.
    pub effective_on: Day,
    /// The position of the last event that is known at the point.
    pub known_at: Position,
}

/// Which questions to ask: about one function or all functions, at one place or in all areas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The one function to ask about. `None` means all functions.
    pub function: Option<FunctionCode>,
    /// The one place to ask about. `None` means the areas of all commissioners.
    pub place: Option<Place>,
}

/// A change of the answer to one question, over a span of days.
#[derive(Clone, Debug)]
pub struct Change<'r> {
    /// The function that the question asks about.
    pub function: &'r FunctionCode,
    /// The place that the question asks about: usually a commissioner, which stands for its area.
    pub place: Place,
    /// The first day of the span of days that the change covers. `None` if the span has no first
    /// day, or if only the answers at two points were compared.
    pub effective_from: Option<Day>,
    /// The first day after the span of days that the change covers. `None` if the span has no last
    /// day, or if the comparison did not search for the last day.
    pub effective_until: Option<Day>,
    /// The answer before the change. `None` if, before the change, there was no such area or
    /// function to ask about.
    pub before: Option<Answer<'r>>,
    /// The answer after the change. `None` if, after the change, there is no such area or function
    /// to ask about.
    pub after: Option<Answer<'r>>,
    /// The events that caused the change, in log order.
    pub causes: Vec<Position>,
}

fn same(a: Option<&Answer<'_>>, b: Option<&Answer<'_>>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.reads_the_same(b),
        _ => false,
    }
}

/// The bodies, places and functions whose answers one event or several can change.
#[derive(Default)]
pub(crate) struct Touched {
    /// The bodies in whose areas the events can change answers, and in the areas of their
    /// successors.
    pub bodies: BTreeSet<BodyHandle>,
    /// The practices, locations and contracts whose answers the events can change.
    pub places: BTreeSet<Place>,
    /// Whether the events can change answers in all areas.
    pub everywhere: bool,
    /// The functions whose answers the events can change. If `every_function` is true, they can
    /// change the answers of all functions.
    pub functions: BTreeSet<FunctionHandle>,
    pub every_function: bool,
}

impl Register {
    /// Finds the answers that differ between the points `from` and `to`, by function and place,
    /// with the events that caused each change. The causes are sought in two steps: first from
    /// position to position, on the day of `from`, and then from day to day, as known at the
    /// position of `to`. Both answers say who would answer on one day, `answers_on`. If it is
    /// `None`, that is the day on which the later of the two positions was recorded.
    ///
    /// Applying the changes to the answers at `from` gives the answers at `to`.
    #[must_use]
    pub fn diff(
        &self,
        (from, to): (Point, Point),
        answers_on: Option<Day>,
        scope: &Scope,
    ) -> Vec<Change<'_>> {
        let later = answers_on.or_else(|| self.recorded_on(from.known_at.max(to.known_at)));
        let mut found = Vec::new();
        for (function, place) in self.questions(scope, &[from, to]) {
            let before = self.answer_if_there(function, &place, (from, later), scope);
            let after = self.answer_if_there(function, &place, (to, later), scope);
            if !same(before.as_ref(), after.as_ref()) {
                found.push(Change {
                    function,
                    causes: self.causes(function, &place, (from, to), later),
                    place,
                    effective_from: None,
                    effective_until: None,
                    before,
                    after,
                });
            }
        }
        found
    }

    /// The answers to the questions in `scope` at the point `at`, by function and place, each with
    /// who would answer on the day `answers_on`.
    #[must_use]
    pub fn state(
        &self,
        at: Point,
        answers_on: Option<Day>,
        scope: &Scope,
    ) -> BTreeMap<(FunctionCode, Place), Answer<'_>> {
        let questions = self.questions(scope, &[at]);
        questions
            .into_iter()
            .filter_map(|(function, place)| {
                let answer = self.answer_if_there(function, &place, (at, answers_on), scope)?;
                Some(((function.clone(), place), answer))
            })
            .collect()
    }

    fn questions(&self, scope: &Scope, points: &[Point]) -> Vec<(&FunctionCode, Place)> {
        let mut places: Vec<Place> = match &scope.place {
            Some(place) => vec![place.clone()],
            None => points
                .iter()
                .flat_map(|point| self.areas(point.effective_on, point.known_at))
                .map(Place::Body)
                .collect(),
        };
        places.sort_unstable();
        places.dedup();
        let functions = self.law.functions().map(|(_, entry)| &entry.code);
        let functions: Vec<_> = functions
            .filter(|code| scope.function.as_ref().is_none_or(|only| only == *code))
            .collect();
        let each = |place: Place| functions.iter().map(move |code| (*code, place.clone()));
        places.into_iter().flat_map(each).collect()
    }

    /// The answer for `function` at `place`, as it is at `point`. If `scope` names a place, there
    /// is always an answer. Otherwise the result is `None` if, at `point`, the function has no
    /// segment or `place` is no commissioner.
    fn answer_if_there(
        &self,
        function: &FunctionCode,
        place: &Place,
        (point, later): (Point, Option<Day>),
        scope: &Scope,
    ) -> Option<Answer<'_>> {
        let Point { effective_on, known_at } = point;
        let area = |role: BodyRole| role.is_commissioner();
        (scope.place.is_some() || self.there(function, place, (effective_on, known_at), area))
            .then(|| self.who_holds_answering(function, place, (effective_on, later), known_at))
    }

    /// Whether one can ask who holds `function` at `place` on the day `on`: the catalogue has a
    /// segment of `function` on that day, and `place` is a contract, or a body in a role that
    /// `asked_about` accepts.
    fn there(
        &self,
        function: &FunctionCode,
        place: &Place,
        (on, known_at): (Day, Position),
        asked_about: fn(BodyRole) -> bool,
    ) -> bool {
        let at = at(known_at);
        let catalogued = self
            .law
            .function(function)
            .is_some_and(|function| self.law[function].segment(on, at).is_some());
        catalogued
            && match place {
                Place::Contract(_) => true,
                Place::Body(code) => self
                    .bodies
                    .get(*code)
                    .and_then(|entry| entry.role(on, at))
                    .is_some_and(|row| asked_about(row.value.role)),
            }
    }

    /// The events that change the answer for `function` at `place` on the way from the point `from`
    /// to the point `to`, with who would answer on the day `later`.
    pub(crate) fn causes(
        &self,
        function: &FunctionCode,
        place: &Place,
        (from, to): (Point, Point),
        later: Option<Day>,
    ) -> Vec<Position> {
        let ask = |on, at| self.who_holds_answering(function, place, (on, later), at);
        let by = at(from.known_at.max(to.known_at));
        let edges = self.edges_known_by(by, function, place);
        let mut causes = BTreeSet::new();
        // First go along the log positions. Take every position at which the answer differs from
        // the answer just before that position.
        let (low, high) = ordered(from.known_at, to.known_at);
        let mut last = ask(from.effective_on, low);
        for at in edges.positions() {
            let position = Position::from(at);
            if position <= low || position > high {
                continue;
            }
            let next = ask(from.effective_on, position);
            if !next.reads_the_same(&last) {
                causes.insert(position);
            }
            last = next;
        }
        // Then go along the days, and take what changed the answer on each.
        let (low, high) = ordered(from.effective_on, to.effective_on);
        let mut last = ask(low, to.known_at);
        for day in edges.days() {
            if day <= low || day > high {
                continue;
            }
            let next = ask(day, to.known_at);
            if !next.reads_the_same(&last) {
                causes.extend(self.causes_on(&edges, (day, to.known_at), [&last, &next]));
            }
            last = next;
        }
        causes.into_iter().collect()
    }

    /// The events known at `known_at` that change an answer on the day `day`, from the first to the
    /// second of `answers`. Of the events that begin or end something on that day, these are the
    /// ones that one of the answers rests on, and those that end something.
    pub(crate) fn causes_on(
        &self,
        edges: &Edges,
        (day, known_at): (Day, Position),
        answers: [&Answer<'_>; 2],
    ) -> Vec<Position> {
        let rests_on = |event: Position| {
            let mut grounds = answers.iter().flat_map(|each| each.all_grounds());
            grounds.any(|ground| ground.position == event)
        };
        let known = edges.events_on(day).map(Position::from).filter(|event| *event <= known_at);
        let known: Vec<_> = known.collect();
        let bearing = |event: &&Position| rests_on(**event) || self.ends(**event);
        let causes: Vec<_> = known.iter().filter(bearing).copied().collect();
        // Perhaps neither answer rests on an event of this day: for example, a step on this day
        // stopped an instrument from coming into force. So take every event of this day.
        if causes.is_empty() { known } else { causes }
    }

    /// Whether `event` ends something, such as a membership. An event that ends something can cause
    /// a change even if no answer rests on the event.
    fn ends(&self, event: Position) -> bool {
        use {BodyFactKind as B, InstrumentFactKind as I, LawFactKind as L};
        self.kind_of(event).is_some_and(|kind| {
            matches!(
                kind,
                FactKind::Bodies(B::BodyDissolved | B::MembershipEnded)
                    | FactKind::Instruments(
                        I::InstrumentEnded | I::NoticeGiven | I::ConditionLifted
                    )
                    | FactKind::Law(L::RuleEnded | L::FunctionEnded)
            )
        })
    }

    /// Finds the answers that the events after `from`, up to and including `to`, changed. Only
    /// answers for days on or after `since` and before `until` are compared. Both answers of a
    /// change say who would answer on one day: the day `today` or, if it is `None`, the day on
    /// which the last event was recorded; but the last day on which liabilities pass by these
    /// events, if that is later.
    #[must_use]
    pub fn changes(
        &self,
        (from, to): (Position, Position),
        (since, until): (Option<Day>, Option<Day>),
        today: Option<Day>,
    ) -> Vec<Change<'_>> {
        let today = today.or_else(|| self.recorded_on(to));
        let touched = self.touched(from, to);
        let functions: Vec<_> = self
            .law
            .functions()
            .filter(|(id, _)| touched.every_function || touched.functions.contains(id))
            .map(|(_, entry)| &entry.code)
            .collect();
        let mut places = touched.places;
        for body in self.areas_of(&touched.bodies, touched.everywhere) {
            places.insert(Place::Body(self.bodies[body].code));
        }
        let mut found = Vec::new();
        for place in &places {
            for function in &functions {
                let question = (*function, place);
                self.changes_of(question, (from, to), (since, until), today, &mut found);
            }
        }
        found
    }

    fn changes_of<'r>(
        &'r self,
        (function, place): (&'r FunctionCode, &Place),
        (from, to): (Position, Position),
        (since, until): (Option<Day>, Option<Day>),
        today: Option<Day>,
        found: &mut Vec<Change<'r>>,
    ) {
        let edges = self.edges(function, place);
        let positions: Vec<Position> = edges
            .positions()
            .into_iter()
            .map(Position::from)
            .filter(|position| from < *position && *position <= to)
            .collect();
        if positions.is_empty() {
            return;
        }
        let later = edges.later_day(today, (from, to));
        let first = since.unwrap_or(Day::MIN);
        let after_first = |day: &Day| *day > first && until.is_none_or(|until| *day < until);
        let days = std::iter::once(first).chain(edges.days().into_iter().filter(after_first));
        let begun = found.len();
        let mut open = false;
        for day in days {
            let ask = |position| {
                self.there(function, place, (day, position), is_asked_about)
                    .then(|| self.who_holds_answering(function, place, (day, later), position))
            };
            let (before, after) = (ask(from), ask(to));
            if let Some(last) = found[begun..].last_mut().filter(|_| open) {
                if same(last.before.as_ref(), before.as_ref())
                    && same(last.after.as_ref(), after.as_ref())
                {
                    continue;
                }
                last.effective_until = Some(day);
            }
            open = !same(before.as_ref(), after.as_ref());
            if open {
                let mut causes = Vec::new();
                let mut last = before.clone();
                for position in &positions {
                    let next = ask(*position);
                    if !same(last.as_ref(), next.as_ref()) {
                        causes.push(*position);
                    }
                    last = next;
                }
                found.push(Change {
                    function,
                    place: place.clone(),
                    effective_from: (day != Day::MIN).then_some(day),
                    effective_until: None,
                    before,
                    after,
                    causes,
                });
            }
        }
        if open && let Some(last) = found.last_mut() {
            last.effective_until = until;
        }
    }

    /// The day for which a change by the events after `from`, up to and including `to`, says who
    /// would answer: `day`, or the last day on which liabilities pass by these events, if that is
    /// later.
    #[must_use]
    pub fn later_day(
        &self,
        (function, place): (&FunctionCode, &Place),
        day: Option<Day>,
        (from, to): (Position, Position),
    ) -> Option<Day> {
        self.edges(function, place).later_day(day, (from, to))
    }

    /// Whether there is an area in which the event at `position` can change an answer.
    pub(crate) fn touches(&self, position: Position) -> bool {
        let touched = self.touched(position.prev(), position);
        touched.everywhere || !touched.bodies.is_empty()
    }

    /// The commissioners in whose areas the event at `position` can change an answer, in code
    /// order.
    pub(crate) fn touched_areas(&self, position: Position) -> Vec<BodyCode> {
        let touched = self.touched(position.prev(), position);
        let areas = self.areas_of(&touched.bodies, touched.everywhere);
        let mut areas: Vec<_> = areas.into_iter().map(|body| self.bodies[body].code).collect();
        areas.sort_unstable();
        areas
    }

    /// The bodies, places and functions whose answers the events after `from`, up to and including
    /// `to`, can change.
    fn touched(&self, from: Position, to: Position) -> Touched {
        let mut touched = Touched::default();
        for position in from.up_to(to) {
            let Ok(at) = At::try_from(position.get()) else { break };
            let mut next = Some(at);
            while let Some(at) = next {
                if let Some(locus) = self.locus(at) {
                    self.touch(locus, &mut touched);
                }
                next = self.corrections.retracts(at);
            }
        }
        touched
    }

    /// The commissioners among `bodies` and their successors. If `everywhere` is true, all
    /// commissioners.
    fn areas_of(&self, bodies: &BTreeSet<BodyHandle>, everywhere: bool) -> BTreeSet<BodyHandle> {
        let commissions = |body: &BodyHandle| {
            self.bodies[*body].roles.iter().any(|row| row.value.role.is_commissioner())
        };
        if everywhere {
            return self.bodies.commissioning().iter().copied().filter(commissions).collect();
        }
        let mut reached: Vec<BodyHandle> = bodies.iter().copied().collect();
        let mut next = 0;
        while let Some(body) = reached.get(next).copied() {
            next += 1;
            for row in self.bodies[body].successors() {
                if !reached.contains(&row.value.other) {
                    reached.push(row.value.other);
                }
            }
        }
        reached.into_iter().filter(commissions).collect()
    }

    /// Every body that is or ever was a commissioner, in code order.
    pub(crate) fn commissioners(&self) -> Vec<BodyHandle> {
        let all = self.areas_of(&BTreeSet::new(), true);
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_by_key(|body| self.bodies[*body].code);
        all
    }
}

/// Whether the method `changes` compares the answers for a body in the role `role`.
fn is_asked_about(role: BodyRole) -> bool {
    role.is_commissioner() || matches!(role, BodyRole::Practice | BodyRole::SubIcbLocation)
}

fn ordered<T: PartialOrd>(a: T, b: T) -> (T, T) {
    if b < a { (b, a) } else { (a, b) }
}

/// The last day on which notice can be given to end an instrument by a certain day, and the rule
/// that sets the last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeDue<'r> {
    /// The instrument that the notice would end.
    pub instrument: &'r InstrumentId,
    /// The rule that sets the last day on which notice to end the instrument can be given.
    pub rule: &'r RuleId,
    /// The last day on which notice to end the instrument can be given.
    pub last: Day,
    /// The day on which the instrument ends if notice is given by the day `last`. It is on or
    /// before the day by which the instrument is to end.
    pub ends_on: Day,
}

impl Register {
    /// The last day on which notice can be given so that the instrument `id` ends, as of right, by
    /// `ends_by`. `None` if the instrument is not known, or if no rule allows such notice.
    #[must_use]
    pub fn notice_due(&self, id: &InstrumentId, ends_by: Day) -> Option<NoticeDue<'_>> {
        let entry = self.instruments.get(id)?;
        let basis = entry.readings.first()?.value.instrument.basis;
        let at = at(self.tail());
        for year in [ends_by.year() - 1, ends_by.year() - 2] {
            for rule in self.law.rules() {
                for row in rule.rows.iter().filter(|row| row.known(at)) {
                    let RuleContent::Notice { bases, last, ends } = &row.value.content else {
                        continue;
                    };
                    let Some(last) = last.in_year(year) else { continue };
                    let Some(ends_on) = ends.in_year(year + 1) else { continue };
                    let law = rule.rule_span(row, at).is_some_and(|span| span.contains(last));
                    if bases.contains(&basis) && law && ends_on <= ends_by {
                        return Some(NoticeDue {
                            instrument: &entry.id,
                            rule: &rule.id,
                            last,
                            ends_on,
                        });
                    }
                }
            }
        }
        None
    }
}
