//! What is left of a row's period once the ends that are known are considered.

use remit_domain::{Day, Function, Period, Rule};

use crate::row::{At, Row};
use crate::store::{
    BodyEntry, ContractEntry, FunctionEntry, GroupEnd, GroupRow, InstrumentEntry, Reading,
    Register, RoleRow, RuleEntry,
};

/// A period cut at an end. An end on or before its first day is of something earlier.
pub(crate) fn cut(period: Period, until: Day) -> Period {
    if until > period.from() { period.cut(until).unwrap_or(period) } else { period }
}

fn cut_all(period: Period, ends: &[Row<()>], at: At) -> Period {
    let known = ends.iter().filter(|end| end.known(at));
    known.fold(period, |period, end| cut(period, end.effective.from()))
}

fn group_span(row: &Row<GroupRow>, ends: &[Row<GroupEnd>], at: At) -> Period {
    let own = |end: &&Row<GroupEnd>| {
        end.known(at) && end.value.of == row.value && end.value.from == row.effective.from()
    };
    ends.iter().filter(own).fold(row.effective, |period, end| cut(period, end.effective.from()))
}

impl BodyEntry {
    pub fn role_span(&self, row: &Row<RoleRow>, at: At) -> Period {
        let ends = self.more.as_ref().map(|more| more.role_ends.as_slice()).unwrap_or_default();
        let own = ends.iter().filter(|end| end.known(at) && end.value == row.value.role);
        own.fold(row.effective, |period, end| cut(period, end.effective.from()))
    }

    /// The role it has on a day.
    pub fn role(&self, on: Day, at: At) -> Option<&Row<RoleRow>> {
        let holds = |row: &&Row<RoleRow>| row.holds(on, at) && self.role_span(row, at).contains(on);
        self.roles.iter().find(holds)
    }

    pub fn group_span(&self, row: &Row<GroupRow>, at: At) -> Period {
        let ends = self.more.as_ref().map(|more| more.group_ends.as_slice()).unwrap_or_default();
        group_span(row, ends, at)
    }
}

impl ContractEntry {
    pub fn group_span(&self, row: &Row<GroupRow>, at: At) -> Period {
        group_span(row, &self.group_ends, at)
    }
}

impl FunctionEntry {
    pub fn segment_span(&self, row: &Row<Function>, at: At) -> Period {
        // Only an open segment is ended; a closed one has its end.
        match row.effective.until() {
            None => cut_all(row.effective, &self.ends, at),
            Some(_) => row.effective,
        }
    }

    pub fn segment(&self, on: Day, at: At) -> Option<&Row<Function>> {
        let holds =
            |row: &&Row<Function>| row.holds(on, at) && self.segment_span(row, at).contains(on);
        self.segments.iter().find(holds)
    }
}

impl RuleEntry {
    /// When a row of it is law; `None`: it waits for commencement.
    pub fn rule_span(&self, row: &Row<Rule>, at: At) -> Option<Period> {
        let effective = match row.value.effective {
            Some(effective) => effective,
            None => self.commenced.iter().rev().find(|row| row.known(at))?.effective,
        };
        Some(match effective.until() {
            None => cut_all(effective, &self.ends, at),
            Some(_) => effective,
        })
    }

    /// The row that is law on a day.
    pub fn on(&self, on: Day, at: At) -> Option<&Row<Rule>> {
        let holds = |row: &&Row<Rule>| {
            row.known(at) && self.rule_span(row, at).is_some_and(|period| period.contains(on))
        };
        self.rows.iter().find(holds)
    }
}

impl InstrumentEntry {
    /// As drawn up, if that is known.
    pub fn drawn(&self, at: At) -> Option<&Row<Reading>> {
        self.readings.iter().find(|row| row.effective.from() == Day::MIN && row.known(at))
    }

    /// How it reads on a day: as last varied, or as drawn up.
    pub fn reading(&self, on: Day, at: At) -> Option<&Row<Reading>> {
        let drawn = self.drawn(at)?;
        if self.readings.len() == 1 {
            return Some(drawn);
        }
        let holds = self.readings.iter().filter(|row| row.holds(on, at));
        holds.max_by_key(|row| (row.effective.from(), row.origin))
    }

    /// A period in force, cut by the ends and notices known at a position. `None`: nothing is left.
    pub fn cut(&self, effective: Period, at: At) -> Option<Period> {
        let ends = self.ends.iter().filter(|row| row.known(at)).map(|row| row.effective.from());
        let notices =
            self.notices.iter().filter(|row| row.known(at)).map(|row| row.effective.from());
        ends.chain(notices).try_fold(effective, |period, until| {
            if until <= period.from() { None } else { period.cut(until) }
        })
    }
}

impl Register {
    /// A period cut where one of the parties ceases to be what it was on the first day; `None`
    /// where one was not in being on it.
    pub(crate) fn within_life(
        &self,
        reading: &Reading,
        effective: Period,
        at: At,
    ) -> Option<Period> {
        let parties = reading.given_by.iter().chain(&reading.given_to);
        parties.copied().try_fold(effective, |period, id| {
            let entry = &self.bodies[id as usize];
            let role = entry.role(effective.from(), at)?;
            let life = entry.role_span(role, at);
            Some(life.until().map_or(period, |until| cut(period, until)))
        })
    }
}
