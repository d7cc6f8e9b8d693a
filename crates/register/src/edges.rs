//! Where an answer may change: the days and positions at which anything that bears on it does.

use remit_domain::{BodyCode, Day, FunctionCode, Period, Relation};

use crate::answer::Place;
use crate::row::{At, OPEN, Row};
use crate::store::{BodyEntry, InstrumentEntry, Register};

/// The days and positions at which an answer may change. A superset: at some it does not.
#[derive(Default)]
pub(crate) struct Edges {
    /// A day, and an event that says that something begins or ends on it.
    days: Vec<(Day, At)>,
    positions: Vec<At>,
}

impl Edges {
    /// The days, in order, each once.
    pub fn days(&self) -> Vec<Day> {
        let mut days: Vec<_> = self.days.iter().map(|(day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The positions, in order, each once.
    pub fn positions(&self) -> Vec<At> {
        let mut positions = self.positions.clone();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// The events that say that something begins or ends on a day.
    pub fn events_on(&self, day: Day) -> impl Iterator<Item = At> {
        self.days.iter().filter(move |(on, _)| *on == day).map(|(_, event)| *event)
    }

    fn period(&mut self, period: Period, event: At) {
        self.days.push((period.from(), event));
        self.days.extend(period.until().map(|until| (until, event)));
    }

    pub fn rows<T>(&mut self, rows: &[Row<T>]) {
        for row in rows {
            self.period(row.effective, row.origin);
            self.positions.push(row.known_from);
            if row.known_until != OPEN {
                self.positions.push(row.known_until);
            }
        }
    }

    fn instrument(&mut self, entry: &InstrumentEntry) {
        self.rows(&entry.readings);
        self.rows(&entry.conditions);
        self.rows(&entry.stages);
        self.rows(&entry.in_force);
        self.rows(&entry.ends);
        self.rows(&entry.notices);
        let given = entry.notices.iter().map(|row| (row.value.given_on, row.origin));
        self.days.extend(given);
        self.rows(&entry.work);
    }

    fn body(&mut self, entry: &BodyEntry) {
        self.rows(&entry.roles);
        if let Some(more) = &entry.more {
            self.rows(&more.role_ends);
        }
    }
}

impl Register {
    /// Every day and position at which anything that can bear on the question changes.
    pub(crate) fn edges(&self, function: &FunctionCode, place: &Place) -> Edges {
        let mut edges = Edges::default();
        if let Some(id) = self.function_id(function) {
            let entry = &self.functions[id as usize];
            edges.rows(&entry.segments);
            edges.rows(&entry.ends);
        }
        for id in self.rules_of.iter().flatten() {
            let entry = &self.rules[*id as usize];
            edges.rows(&entry.rows);
            edges.rows(&entry.commenced);
            edges.rows(&entry.ends);
        }
        let mut reached: Vec<u32> = Vec::new();
        let reach = |code: Option<BodyCode>, reached: &mut Vec<u32>| {
            if let Some(id) = code.and_then(|code| self.body_id(code))
                && !reached.contains(&id)
            {
                reached.push(id);
            }
        };
        match place {
            Place::Body(code) => reach(Some(*code), &mut reached),
            Place::Contract(id) => reach(id.practice(), &mut reached),
        }
        let function = self.function_id(function);
        let bears = |index: &u32| {
            let readings = &self.instruments[*index as usize].readings;
            function.is_some_and(|f| readings.iter().any(|row| row.value.functions.contains(&f)))
        };
        let mut parties: Vec<u32> = Vec::new();
        for index in self.england.iter().filter(|index| bears(index)) {
            let entry = &self.instruments[*index as usize];
            edges.instrument(entry);
            parties.extend(entry.parties());
        }
        let mut next = 0;
        while let Some(id) = reached.get(next).copied() {
            next += 1;
            let entry = &self.bodies[id as usize];
            edges.body(entry);
            edges.rows(&entry.groups);
            for row in &entry.groups {
                // Only the way to the commissioner bears on an answer.
                let up = [Relation::PracticeOfCommissioner, Relation::SubIcbOfIcb];
                if up.contains(&row.value.relation) {
                    reach(Some(self.bodies[row.value.group as usize].code), &mut reached);
                }
            }
            let Some(more) = &entry.more else { continue };
            edges.rows(&more.group_ends);
            edges.rows(&more.successors);
            edges.rows(&more.predecessors);
            edges.rows(&more.not_held);
            edges.rows(&more.expectations);
            for row in more.successors.iter().chain(&more.predecessors) {
                reach(Some(self.bodies[row.value.other as usize].code), &mut reached);
            }
            for contract in &more.contracts {
                let contract = &self.contracts[*contract as usize];
                edges.rows(&contract.held);
                edges.rows(&contract.groups);
                edges.rows(&contract.group_ends);
                for row in &contract.groups {
                    reach(Some(self.bodies[row.value.group as usize].code), &mut reached);
                }
            }
            for index in more.instruments.iter().chain(&more.received).filter(|i| bears(i)) {
                let entry = &self.instruments[*index as usize];
                edges.instrument(entry);
                parties.extend(entry.parties());
            }
        }
        // Parties, and the bodies that accountability ends with, come into being and cease.
        for id in parties.iter().chain(&self.national_bodies) {
            edges.body(&self.bodies[*id as usize]);
        }
        edges
    }
}
