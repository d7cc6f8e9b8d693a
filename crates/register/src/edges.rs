//! Finds where an answer may change: the days and log positions at which something that bears on
//! the answer changes.

use remit_domain::{Day, FunctionCode, HolderRule, Period, Position, Relation};

use crate::answer::Place;
use crate::handle::{BodyHandle, InstrumentHandle};
use crate::register::Register;
use crate::row::{At, OPEN, Row};
use crate::rows::bodies::BodyEntry;
use crate::rows::instruments::{InstrumentEntry, Reading};
use crate::rows::law::RuleEntry;

/// The days and log positions at which an answer may change. The answer need not change at every
/// one of them.
pub(crate) struct Edges {
    /// The position by which a row must be known to be taken into account. A row that became known
    /// after the position asked about must not change the reply.
    by: At,
    /// The days on which something that bears on an answer begins or ends, each with the position
    /// of the event that says so.
    days: Vec<(Day, At)>,
    positions: Vec<At>,
    /// The days on which liabilities may pass from one body to another, each with a position at
    /// which it becomes known, or stops being known.
    passings: Vec<(Day, At)>,
}

impl Edges {
    /// The days on which an answer may change, in ascending order, without duplicates.
    pub fn days(&self) -> Vec<Day> {
        let mut days: Vec<_> = self.days.iter().map(|(day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The positions at which an answer may change, in ascending order, without duplicates.
    pub fn positions(&self) -> Vec<At> {
        let mut positions = self.positions.clone();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// The positions of the events that begin or end something on `day`.
    pub fn events_on(&self, day: Day) -> impl Iterator<Item = At> {
        self.days.iter().filter(move |(on, _)| *on == day).map(|(_, event)| *event)
    }

    /// The day `day`, or the last day on which liabilities may pass by what becomes known after the
    /// position `from`, up to and including `to`, if that is later.
    pub fn later_day(&self, day: Option<Day>, (from, to): (Position, Position)) -> Option<Day> {
        let new = |at: At| from < Position::from(at) && Position::from(at) <= to;
        let passings = self.passings.iter().filter(|(_, at)| new(*at)).map(|(day, _)| *day);
        passings.max().max(day)
    }

    fn known_by(by: At) -> Self {
        Self { by, days: Vec::new(), positions: Vec::new(), passings: Vec::new() }
    }

    fn period(&mut self, period: Period, event: At) {
        self.days.push((period.from(), event));
        self.days.extend(period.until().map(|until| (until, event)));
    }

    pub fn rows<T>(&mut self, rows: &[Row<T>]) {
        let by = self.by;
        for row in rows.iter().filter(|row| row.known_from <= by) {
            self.period(row.effective, row.origin);
            self.positions.push(row.known_from);
            if row.known_until != OPEN {
                self.positions.push(row.known_until);
            }
        }
    }

    /// Adds rows by which liabilities may pass from one body to another.
    fn passing<T>(&mut self, rows: &[Row<T>]) {
        self.rows(rows);
        let by = self.by;
        for row in rows.iter().filter(|row| row.known_from <= by) {
            let day = row.effective.from();
            self.passings.push((day, row.known_from));
            if row.known_until != OPEN {
                self.passings.push((day, row.known_until));
            }
        }
    }

    fn instrument(&mut self, entry: &InstrumentEntry) {
        self.rows(&entry.readings);
        self.rows(&entry.conditions);
        self.rows(&entry.stages);
        self.rows(&entry.in_force);
        self.rows(&entry.sightings);
        for row in entry.sightings.iter().filter(|row| row.known_from <= self.by) {
            // What a sighting shows changes in its middle, and with the financial year.
            let (seen, middle) = (row.effective, row.effective.middle());
            let fades = seen.from().next_financial_year();
            let days = [Some(middle), middle.next(), Some(fades)];
            self.days.extend(days.into_iter().flatten().map(|day| (day, row.origin)));
        }
        self.rows(&entry.ends);
        self.rows(&entry.notices);
        let known = entry.notices.iter().filter(|row| row.known_from <= self.by);
        self.days.extend(known.map(|row| (row.value.given_on, row.origin)));
        self.rows(&entry.work);
    }

    fn body(&mut self, entry: &BodyEntry) {
        self.rows(&entry.roles);
        self.passing(entry.role_ends());
    }

    fn rule(&mut self, entry: &RuleEntry) {
        self.rows(&entry.rows);
        self.rows(&entry.commenced);
        self.rows(&entry.ends);
    }
}

/// The bodies found so far by following memberships and successions from the place asked about,
/// without duplicates, in the order in which they were found.
#[derive(Default)]
struct Reached(Vec<BodyHandle>);

impl Reached {
    fn add(&mut self, body: BodyHandle) {
        if !self.0.contains(&body) {
            self.0.push(body);
        }
    }
}

impl Register {
    /// Every day and position at which something changes that can bear on the answer for `function`
    /// at `place`.
    pub(crate) fn edges(&self, function: &FunctionCode, place: &Place) -> Edges {
        self.edges_known_by(OPEN, function, place)
    }

    /// Every day and position at which something known by the position `by` changes that can bear
    /// on the answer for `function` at `place`. Events after `by` are left out of account.
    pub(crate) fn edges_known_by(&self, by: At, function: &FunctionCode, place: &Place) -> Edges {
        let mut edges = Edges::known_by(by);
        let function = self.law.function(function);
        if let Some(function) = function {
            edges.rows(&self.law[function].segments);
            edges.rows(&self.law[function].ends);
        }
        self.law.asked_any().for_each(|rule| edges.rule(rule));
        let mut parties: Vec<BodyHandle> = Vec::new();
        // An instrument counts only if one of its texts that is known by the position `by` names
        // `function` and also the body `named` or, if `named` is `None`, all of England.
        let mut instruments =
            |of: &[InstrumentHandle], named: Option<BodyHandle>, edges: &mut Edges| {
                let names = |text: &Reading| match named {
                    Some(body) => text.areas.contains(&body) || text.given_to.contains(&body),
                    None => text.areas.is_empty(),
                };
                for entry in of.iter().map(|instrument| &self.instruments[*instrument]) {
                    let known = || entry.readings.iter().filter(|row| row.known_from <= by);
                    let about = |row: &Row<Reading>| {
                        function.is_some_and(|function| row.value.is_about(function))
                    };
                    if known().any(|row| about(row) && names(&row.value)) {
                        edges.instrument(entry);
                        parties.extend(known().flat_map(|row| row.value.parties()));
                    }
                }
            };
        instruments(self.instruments.england(), None, &mut edges);
        let start = match place {
            Place::Body(code) => Some(*code),
            Place::Contract(id) => id.practice(),
        };
        let mut reached = Reached::default();
        start.and_then(|code| self.bodies.handle(code)).into_iter().for_each(|b| reached.add(b));
        let mut next = 0;
        while let Some(body) = reached.0.get(next).copied() {
            next += 1;
            self.edges_of(body, &mut edges, &mut reached);
            instruments(self.instruments.of_area(body), Some(body), &mut edges);
            instruments(self.instruments.received_by(body), Some(body), &mut edges);
        }
        // An answer may also change when a party to an instrument, or a national body at the top of
        // the chain of accountability, begins or ceases to exist.
        let holders = function.into_iter().flat_map(|function| &self.law[function].segments);
        let holders = holders.filter_map(|row| match &row.value.holder {
            HolderRule::Body(code) => self.bodies.handle(*code),
            HolderRule::Commissioner | HolderRule::OutsideRecords(_) => None,
        });
        parties.extend(holders);
        parties.extend(self.bodies.national());
        parties.extend(&reached.0);
        self.edges_of_passing(&parties, &mut edges);
        edges
    }

    /// Adds to `edges` the days and positions at which one of `bodies` begins or ceases to exist,
    /// or something changes on the way to the bodies that would answer for it.
    fn edges_of_passing(&self, bodies: &[BodyHandle], edges: &mut Edges) {
        let mut passed = Reached::default();
        bodies.iter().for_each(|body| passed.add(*body));
        let by = edges.by;
        let mut next = 0;
        while let Some(body) = passed.0.get(next).copied() {
            next += 1;
            let entry = &self.bodies[body];
            edges.body(entry);
            edges.passing(entry.successors());
            edges.passing(entry.schemes());
            let successors = entry.successors().iter().filter(|row| row.known_from <= by);
            successors.for_each(|row| passed.add(row.value.other));
            let schemes = entry.schemes().iter().filter(|row| row.known_from <= by);
            schemes.for_each(|row| passed.add(row.value.to));
        }
    }

    /// Adds to `edges` the days and positions at which something about `body` changes. Adds to
    /// `reached` the bodies that memberships and successions connect with `body`.
    fn edges_of(&self, body: BodyHandle, edges: &mut Edges, reached: &mut Reached) {
        let entry = &self.bodies[body];
        edges.rows(&entry.groups);
        let by = edges.by;
        for row in entry.groups.iter().filter(|row| row.known_from <= by) {
            // Only a membership that leads towards the commissioner bears on an answer.
            let up = [Relation::PracticeOfCommissioner, Relation::SubIcbOfIcb];
            if up.contains(&row.value.relation) {
                reached.add(row.value.group);
            }
        }
        edges.rows(entry.group_ends());
        edges.rows(entry.predecessors());
        edges.rows(self.instruments.not_held(body));
        edges.rows(self.instruments.expectations(body));
        let others = entry.successors().iter().chain(entry.predecessors());
        others.filter(|row| row.known_from <= by).for_each(|row| reached.add(row.value.other));
        for contract in entry.contracts() {
            let contract = &self.bodies[*contract];
            edges.rows(&contract.holders);
            edges.rows(&contract.groups);
            edges.rows(&contract.group_ends);
            let known = contract.groups.iter().filter(|row| row.known_from <= by);
            known.for_each(|row| reached.add(row.value.group));
            // An instrument that lists the contract governs, wherever the contract lies.
            for instrument in &contract.listed_by {
                let texts = self.instruments[*instrument].readings.iter();
                let texts = texts.filter(|row| row.known_from <= by);
                let listing = texts.filter(|row| !row.value.contracts.is_empty());
                listing.flat_map(|row| &row.value.areas).for_each(|area| reached.add(*area));
            }
        }
    }
}
