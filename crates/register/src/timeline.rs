//! The answer to one question over both axes: rectangles that tile the plane.

use std::collections::BTreeSet;

use remit_domain::{BodyCode, Day, FunctionCode, Period, Position};

use crate::answer::{Answer, Place};
use crate::row::{At, OPEN, Row};
use crate::store::{BodyEntry, InstrumentEntry, Register};

/// A span of days and a span of positions in which the answer says the same.
#[derive(Clone, Debug)]
pub struct Rectangle<'r> {
    /// First day. `None`: from the beginning of time.
    pub effective_from: Option<Day>,
    /// First day after. `None`: for ever.
    pub effective_until: Option<Day>,
    /// First position at which it was known so.
    pub known_from: Position,
    /// First position at which it was no longer. `None`: as far as is known.
    pub known_until: Option<Position>,
    /// The answer, at the rectangle's first day and first position.
    pub answer: Answer<'r>,
}

/// The days and positions at which an answer may change.
#[derive(Default)]
struct Edges {
    days: BTreeSet<Day>,
    positions: BTreeSet<At>,
}

impl Edges {
    fn period(&mut self, period: Period) {
        self.days.insert(period.from());
        self.days.extend(period.until());
    }

    fn rows<T>(&mut self, rows: &[Row<T>]) {
        for row in rows {
            self.period(row.effective);
            self.positions.insert(row.known_from);
            if row.known_until != OPEN {
                self.positions.insert(row.known_until);
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
        self.days.extend(entry.notices.iter().map(|row| row.value.given_on));
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
    /// Who holds a function at a place, over all days and all positions up to `head`.
    ///
    /// The rectangles tile the plane: every day and every position from 0 lies in exactly one.
    /// Each carries the answer as asked at its first day and position; what that answer says is
    /// what every point of the rectangle says.
    #[must_use]
    pub fn timeline(
        &self,
        function: &FunctionCode,
        place: &Place,
        head: Position,
    ) -> Vec<Rectangle<'_>> {
        let edges = self.edges(function, place);
        let days: Vec<Day> = std::iter::once(Day::MIN).chain(edges.days).collect();
        let positions: Vec<Position> = std::iter::once(0)
            .chain(edges.positions.into_iter().map(Position::from))
            .filter(|position| *position <= head)
            .collect();
        let mut open: Vec<Rectangle<'_>> = Vec::new();
        let mut done = Vec::new();
        for position in positions {
            let row = self.one_row(function, place, &days, position);
            let same = row.len() == open.len()
                && row.iter().zip(&open).all(|(new, old)| {
                    new.effective_from == old.effective_from
                        && new.answer.says_the_same(&old.answer)
                });
            if !same {
                for mut rectangle in open.drain(..) {
                    rectangle.known_until = Some(position);
                    done.push(rectangle);
                }
                open = row;
            }
        }
        done.extend(open);
        done
    }

    /// The answers at one position, from the beginning of time to its end, equal neighbours joined.
    fn one_row(
        &self,
        function: &FunctionCode,
        place: &Place,
        days: &[Day],
        position: Position,
    ) -> Vec<Rectangle<'_>> {
        let mut row: Vec<Rectangle<'_>> = Vec::new();
        for day in days {
            let answer = self.who_holds(function, place, *day, position);
            if row.last().is_some_and(|last| last.answer.says_the_same(&answer)) {
                continue;
            }
            let effective_from = (*day != Day::MIN).then_some(*day);
            if let Some(last) = row.last_mut() {
                last.effective_until = effective_from;
            }
            row.push(Rectangle {
                effective_from,
                effective_until: None,
                known_from: position,
                known_until: None,
                answer,
            });
        }
        row
    }

    /// Every day and position at which anything that can bear on the question changes.
    fn edges(&self, function: &FunctionCode, place: &Place) -> Edges {
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
                use remit_domain::Relation::{PracticeOfCommissioner, SubIcbOfIcb};
                if matches!(row.value.relation, PracticeOfCommissioner | SubIcbOfIcb) {
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
