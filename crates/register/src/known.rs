//! What a decision reads of the register: its state at the head, or the state that it would have if
//! one event were retracted.

use remit_domain::decide::after;
use remit_domain::{
    ArrivalKnown, BodyCode, Command, ConditionKnown, ContractId, Day, EndKnown, Event, EventKnown,
    ForceKnown, Function, FunctionCode, GroupKnown, HolderKnown, InForce, InstrumentId,
    InstrumentKnown, Key, Known, LegalForm, Member, Period, Personal, PersonalField, Position,
    RecordKnown, Refusal, Relation, RoleKnown, RuleContent, RuleKnown, SchemeKnown, SegmentKnown,
    StageKnown, SuccessorKnown, Text, TextKnown, decide, exercisers,
};

use crate::handle::{BodyHandle, InstrumentHandle};
use crate::register::Register;
use crate::row::{Row, at, cut, cut_all};
use crate::rows::bodies::{GroupEnd, GroupRow, RoleRow};
use crate::rows::corrections::Supposed;
use crate::rows::instruments::{InstrumentEntry, Reading};

/// The register at its head, as it would be if certain events held, or did not hold.
struct Supposing<'r> {
    register: &'r Register,
    supposed: Vec<Supposed>,
}

impl<'r> Supposing<'r> {
    /// Whether a decision takes `row` into account. If the event of the row is assumed to hold, or
    /// assumed not to hold, that assumption decides. Otherwise `row` counts if it is known at the
    /// head.
    fn counts<T>(&self, row: &Row<T>) -> bool {
        match self.supposed.iter().find(|supposed| supposed.event == row.origin) {
            None => row.is_open(),
            Some(Supposed { holds: false, .. }) => false,
            Some(Supposed { event, holds: true }) => {
                Some(row.known_until) == self.register.corrections.closed_at(*event)
            }
        }
    }

    fn current<T>(&self, rows: &'r [Row<T>]) -> impl Iterator<Item = &'r Row<T>> {
        rows.iter().filter(|row| self.counts(row))
    }

    fn code(&self, body: BodyHandle) -> BodyCode {
        self.register.bodies[body].code
    }

    // --- what decisions read about bodies ---------------------------------------------------

    fn roles(&self, code: BodyCode) -> Vec<RoleKnown> {
        let Some(entry) = self.register.bodies.get(code) else { return Vec::new() };
        let span = |row: &Row<RoleRow>| {
            let ends = self.current(entry.role_ends());
            cut_all(row.effective, ends.filter(|end| end.value == row.value.role))
        };
        let role = |row: &Row<RoleRow>| RoleKnown {
            event: row.event(),
            role: row.value.role,
            effective: span(row),
        };
        self.current(&entry.roles).map(role).collect()
    }

    fn legal_form(&self, code: BodyCode) -> Option<LegalForm> {
        let entry = self.register.bodies.get(code)?;
        self.current(&entry.roles).find_map(|row| row.value.legal_form)
    }

    fn groups(&self, member: &Member, relation: Relation) -> Vec<GroupKnown> {
        let bodies = &self.register.bodies;
        let (rows, ends): (&[Row<GroupRow>], &[Row<GroupEnd>]) = match member {
            Member::Body(code) => match bodies.get(*code) {
                Some(entry) => (&entry.groups, entry.group_ends()),
                None => return Vec::new(),
            },
            Member::Contract(id) => match bodies.contract(id) {
                Some(entry) => (&entry.groups, &entry.group_ends),
                None => return Vec::new(),
            },
        };
        let span = |row: &Row<GroupRow>| {
            let of = |end: &&Row<GroupEnd>| {
                end.value.of == row.value && end.value.from == row.effective.from()
            };
            cut_all(row.effective, self.current(ends).filter(of))
        };
        let group = |row: &Row<GroupRow>| GroupKnown {
            event: row.event(),
            group: self.code(row.value.group),
            effective: span(row),
        };
        let rows = self.current(rows).filter(|row| row.value.relation == relation);
        rows.map(group).collect()
    }

    fn contract(&self, contract: &ContractId) -> Vec<HolderKnown> {
        let Some(entry) = self.register.bodies.contract(contract) else { return Vec::new() };
        let holders = self.current(&entry.holders);
        let holder = holders.map(|row| HolderKnown {
            event: row.event(),
            holder: self.code(row.value.holder),
            effective: row.effective,
        });
        holder.collect()
    }

    fn successors(&self, code: BodyCode) -> Vec<SuccessorKnown> {
        let Some(entry) = self.register.bodies.get(code) else { return Vec::new() };
        let successors = self.current(entry.successors()).map(|row| SuccessorKnown {
            event: row.event(),
            successor: self.code(row.value.other),
            effective_on: row.effective.from(),
            kind: row.value.kind,
            by_area: row.value.by_area.is_some(),
            share_millionths: row.value.share_millionths,
        });
        successors.collect()
    }

    fn schemes(&self, code: BodyCode) -> Vec<SchemeKnown<'r>> {
        let Some(entry) = self.register.bodies.get(code) else { return Vec::new() };
        let schemes = self.current(entry.schemes()).map(|row| SchemeKnown {
            event: row.event(),
            to: self.code(row.value.to),
            effective_on: row.effective.from(),
            power: &row.value.power,
            functions: &row.value.functions,
            described: row.value.described.as_ref(),
            excepted: row.value.excepted.as_ref(),
            confidence: self.register.evidence.confidence(row.evidence),
        });
        schemes.collect()
    }

    fn arrivals(&self, code: BodyCode) -> Vec<ArrivalKnown> {
        let bodies = &self.register.bodies;
        let Some(body) = bodies.handle(code) else { return Vec::new() };
        let arrival = |event, from| ArrivalKnown { event, effective_on: from };
        let successions = self.current(bodies[body].predecessors());
        let successions = successions.map(|row| arrival(row.event(), row.effective.from()));
        let schemes = bodies.schemes_to(body).filter(|row| self.counts(row));
        let schemes = schemes.map(|row| arrival(row.event(), row.effective.from()));
        successions.chain(schemes).collect()
    }

    // --- what decisions read about the law --------------------------------------------------

    fn segments(&self, code: &FunctionCode) -> Vec<SegmentKnown<'r>> {
        let Some(function) = self.register.law.function(code) else { return Vec::new() };
        let entry = &self.register.law[function];
        let span = |row: &Row<Function>| match row.effective.until() {
            Some(_) => row.effective,
            None => cut_all(row.effective, self.current(&entry.ends)),
        };
        let segments = self.current(&entry.segments);
        let segment = segments.map(|row| SegmentKnown {
            event: row.event(),
            function: &row.value,
            effective: span(row),
        });
        segment.collect()
    }

    fn rules_that(&self, asked: fn(&RuleContent) -> bool) -> Vec<RuleKnown<'r>> {
        let mut found = Vec::new();
        for entry in self.register.law.rules() {
            for row in self.current(&entry.rows).filter(|row| asked(&row.value.content)) {
                let commenced = || self.current(&entry.commenced).last().map(|row| row.effective);
                let effective = row.value.effective.or_else(commenced);
                let effective = effective.map(|period| match period.until() {
                    Some(_) => period,
                    None => cut_all(period, self.current(&entry.ends)),
                });
                found.push(RuleKnown { event: row.event(), rule: &row.value, effective });
            }
        }
        found.sort_by_key(|known| known.event);
        found
    }

    // --- what decisions read about instruments ----------------------------------------------

    /// Shortens `effective`, a period in force, so that it stops when the instrument ends, by
    /// notice or otherwise, and when a party ceases to exist. `None` if nothing is left of the
    /// period, or if a party did not exist on the first day of the period.
    fn runs(
        &self,
        entry: &'r InstrumentEntry,
        text: &Reading,
        effective: Period,
    ) -> Option<Period> {
        let ends = self.current(&entry.ends).map(|row| row.effective.from());
        let notices = self.current(&entry.notices).map(|row| row.effective.from());
        let ran = ends.chain(notices).try_fold(effective, |period, until| {
            if until <= period.from() { None } else { period.cut(until) }
        })?;
        text.parties().try_fold(ran, |period, party| {
            let lives = self.roles(self.code(party));
            let life = lives.iter().find(|life| life.effective.contains(effective.from()))?;
            Some(life.effective.until().map_or(period, |until| cut(period, until)))
        })
    }

    /// The texts of an instrument, in the order of the first days on which they apply.
    fn readings(&self, entry: &'r InstrumentEntry) -> Vec<&'r Row<Reading>> {
        let mut readings: Vec<_> = self.current(&entry.readings).collect();
        readings.sort_by_key(|row| (row.effective.from(), row.origin));
        readings
    }

    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'r>> {
        let entry = self.register.instruments.get(id)?;
        let drawn = self.current(&entry.readings).find(|row| row.is_drawing())?;
        let text = |row: &&'r Row<Reading>| TextKnown {
            from: row.effective.from(),
            text: &row.value.instrument,
        };
        let stages = self.current(&entry.stages).map(|row| StageKnown {
            event: row.event(),
            stage: row.value,
            made_on: Some(row.effective.from()).filter(|day| *day != Day::MIN),
        });
        let in_force = self.current(&entry.in_force).filter_map(|row| {
            let effective = self.runs(entry, &drawn.value, row.effective)?;
            Some(ForceKnown { event: row.event(), effective })
        });
        Some(InstrumentKnown {
            event: drawn.event(),
            instrument: &drawn.value.instrument,
            texts: self.readings(entry).iter().map(text).collect(),
            stages: stages.collect(),
            in_force: in_force.collect(),
            ended: self.earliest(&entry.ends),
            notice: self.earliest(&entry.notices),
            conditions: self.conditions(entry),
            lifted: self
                .current(&entry.conditions)
                .filter(|row| row.value.lifted)
                .map(|row| (&row.value.condition, row.effective.from()))
                .collect(),
        })
    }

    /// The earliest end in `ends`, if there is one. The rows of `ends` are either the recorded ends
    /// of an instrument or the notices to end it.
    fn earliest<T>(&self, ends: &'r [Row<T>]) -> Option<EndKnown> {
        let first = self.current(ends).min_by_key(|row| (row.effective.from(), row.origin))?;
        Some(EndKnown { event: first.event(), on: first.effective.from() })
    }

    fn conditions(&self, entry: &'r InstrumentEntry) -> Vec<ConditionKnown<'r>> {
        let lifted = |condition: &Text, from: Day| {
            let rows = self.current(&entry.conditions).filter(|row| row.value.lifted);
            let own = rows.filter(|row| row.value.condition == *condition);
            own.map(|row| row.effective.from()).filter(|day| *day > from).min()
        };
        let attached = self.current(&entry.conditions).filter(|row| !row.value.lifted);
        let known = attached.map(|row| {
            let until = lifted(&row.value.condition, row.effective.from());
            let effective = until.map_or(row.effective, |until| cut(row.effective, until));
            ConditionKnown { event: row.event(), condition: &row.value.condition, effective }
        });
        known.collect()
    }

    fn drawings(&self, id: &InstrumentId) -> Vec<Position> {
        let Some(entry) = self.register.instruments.get(id) else { return Vec::new() };
        let drawn = self.current(&entry.readings).filter(|row| row.is_drawing());
        drawn.map(Row::event).collect()
    }

    fn first_of(&self, id: &InstrumentId) -> Option<Position> {
        let entry = self.register.instruments.get(id)?;
        let each = [
            self.first(&entry.readings),
            self.first(&entry.conditions),
            self.first(&entry.stages),
            self.first(&entry.in_force),
            self.first(&entry.sightings),
            self.first(&entry.ends),
            self.first(&entry.notices),
            self.first(&entry.work),
        ];
        each.into_iter().flatten().min()
    }

    fn first<T>(&self, rows: &'r [Row<T>]) -> Option<Position> {
        self.current(rows).map(Row::event).min()
    }

    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce> {
        let Some(function) = self.register.law.function(function) else { return Vec::new() };
        let instruments = &self.register.instruments;
        let area_handle = area.and_then(|code| self.register.bodies.handle(code));
        let mut in_area: Vec<InstrumentHandle> = match (area, area_handle) {
            (None, _) => instruments.all().map(|(instrument, _)| instrument).collect(),
            (Some(_), None) => instruments.england().to_vec(),
            (Some(_), Some(area)) => {
                instruments.of_area(area).iter().chain(instruments.england()).copied().collect()
            }
        };
        in_area.sort_unstable();
        in_area.dedup();
        let mut found = Vec::new();
        for entry in in_area.into_iter().map(|instrument| &instruments[instrument]) {
            let drawn = self.current(&entry.readings).any(|row| row.is_drawing());
            if !drawn || !entry.was_about(function) {
                continue;
            }
            let readings = self.readings(entry);
            for (index, reading) in readings.iter().enumerate() {
                let next = readings.get(index + 1).map(|row| row.effective.from());
                let covers = match area_handle {
                    Some(area) => reading.value.covers(function, area),
                    None => reading.value.is_about(function),
                };
                if covers && next != Some(reading.effective.from()) {
                    self.runs_of(entry, reading, next, area, &mut found);
                }
            }
        }
        found
    }

    /// Adds to `found` the periods in which an instrument is in force with the text of `reading`.
    /// `next` is the day, if any, on which another text replaces the text of `reading`.
    fn runs_of(
        &self,
        entry: &'r InstrumentEntry,
        reading: &Row<Reading>,
        next: Option<Day>,
        area: Option<BodyCode>,
        found: &mut Vec<InForce>,
    ) {
        let text = &reading.value.instrument;
        for row in self.current(&entry.in_force) {
            let Some(runs) = self.runs(entry, &reading.value, row.effective) else { continue };
            let from = runs.from().max(reading.effective.from());
            let until = match (runs.until(), next) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            let Ok(effective) = Period::new(from, until) else { continue };
            found.push(InForce {
                event: row.event(),
                instrument: entry.id.clone(),
                kind: text.kind,
                given_by: text.given_by.clone(),
                exercisers: exercisers(text, area),
                contracts: text.contracts.clone(),
                onward_barred: text.onward_barred,
                effective,
            });
        }
    }

    // --- what decisions read about records and events ---------------------------------------

    fn records(&self, key: &Key) -> Vec<RecordKnown<'r>> {
        let filed = self.register.records.filed(key).filter(|(_, row)| self.counts(row));
        filed.map(|(fact, row)| RecordKnown { event: row.event(), fact }).collect()
    }

    fn event(&self, position: Position) -> Option<EventKnown> {
        let kind = self.register.kind_of(position)?;
        let corrections = &self.register.corrections;
        let retracted_by = corrections.retracted_by(at(position)).map(Position::from);
        Some(EventKnown { kind, retracted_by, turns: corrections.turns(at(position)) })
    }

    fn personal(&self, position: Position) -> Vec<(PersonalField, Personal)> {
        self.register.personal_decided(position)
    }

    fn without(&self, position: Position) -> Box<dyn Known + 'r> {
        let supposed = self.register.corrections.suppose_without(at(position));
        Box::new(Supposing { register: self.register, supposed })
    }
}

/// Implements [`Known`] twice: for the register at its head, and for the register with some events
/// assumed to hold or not to hold. The values returned borrow only from the register.
macro_rules! known {
    ($($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)+) => {
        impl Known for Register {
            $(fn $name(&self, $($arg: $type),*) -> $out {
                Supposing { register: self, supposed: Vec::new() }.$name($($arg),*)
            })+
        }

        impl Known for Supposing<'_> {
            $(fn $name(&self, $($arg: $type),*) -> $out {
                Supposing::$name(self, $($arg),*)
            })+
        }
    };
}

known! {
    roles(code: BodyCode) -> Vec<RoleKnown>;
    legal_form(code: BodyCode) -> Option<LegalForm>;
    groups(member: &Member, relation: Relation) -> Vec<GroupKnown>;
    contract(contract: &ContractId) -> Vec<HolderKnown>;
    successors(code: BodyCode) -> Vec<SuccessorKnown>;
    schemes(code: BodyCode) -> Vec<SchemeKnown<'_>>;
    arrivals(code: BodyCode) -> Vec<ArrivalKnown>;
    segments(code: &FunctionCode) -> Vec<SegmentKnown<'_>>;
    rules_that(asked: fn(&RuleContent) -> bool) -> Vec<RuleKnown<'_>>;
    instrument(id: &InstrumentId) -> Option<InstrumentKnown<'_>>;
    drawings(id: &InstrumentId) -> Vec<Position>;
    first_of(id: &InstrumentId) -> Option<Position>;
    in_force(function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce>;
    records(key: &Key) -> Vec<RecordKnown<'_>>;
    event(position: Position) -> Option<EventKnown>;
    personal(position: Position) -> Vec<(PersonalField, Personal)>;
    without(position: Position) -> Box<dyn Known + '_>;
}

impl Register {
    /// Decides `command` and folds in its event provisionally, so that the next command of the same
    /// request is decided with this event taken into account.
    ///
    /// # Errors
    /// A refusal for every check that the command fails. The register is then unchanged.
    pub fn admit(&mut self, command: Command) -> Result<Event, Vec<Refusal>> {
        let event = decide(self, command)?;
        let before = self.tail();
        self.apply_provisionally(&event);
        let refusals = after(self, &event, || self.changed(at(self.tail())));
        if refusals.is_empty() {
            return Ok(event);
        }
        self.retract_after(before);
        Err(refusals)
    }
}
