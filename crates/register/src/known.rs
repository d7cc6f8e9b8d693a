//! The register at its head, as decisions see it; and as it would be without one event.

use remit_domain::{
    BodyCode, BodyRole, Command, ContractId, Day, Event, EventKnown, Fact, Function, FunctionCode,
    FundKnown, Held, InForce, InstrumentId, InstrumentKnown, Known, LegalForm, Member, Period,
    Personal, PersonalField, Position, Reason, RecordId, Refusal, Relation, RuleKnown,
    SuccessionKind, Word, decide, exercisers, overlaps, unlawful,
};

use crate::live::{Locus, Of};
use crate::row::{At, OPEN, Row};
use crate::span;
use crate::store::{GroupRow, Reading, Register};

fn held<T, U>(row: &Row<T>, value: U) -> Held<U> {
    Held { position: Position::from(row.origin), value }
}

/// The register with some events supposed to be so, or not to be so.
struct Supposing<'r> {
    register: &'r Register,
    supposed: Vec<(At, bool)>,
}

impl<'r> Supposing<'r> {
    /// Whether a row counts: as it does at the head, unless its event is supposed otherwise.
    fn counts<T>(&self, row: &Row<T>) -> bool {
        match self.supposed.iter().find(|(event, _)| *event == row.origin) {
            None => row.known_until == OPEN,
            Some((_, false)) => false,
            Some((event, true)) => Some(row.known_until) == self.register.closed_at(*event),
        }
    }

    fn current<T>(&self, rows: &'r [Row<T>]) -> impl Iterator<Item = &'r Row<T>> {
        rows.iter().filter(|row| self.counts(row))
    }

    fn code(&self, id: u32) -> BodyCode {
        self.register.bodies[id as usize].code
    }

    /// A period in force as it runs: cut by ends, notices, the lives of the parties. `None`: never.
    fn runs(&self, index: u32, reading: &Reading, effective: Period) -> Option<Period> {
        let entry = &self.register.instruments[index as usize];
        let ends = self.current(&entry.ends).map(|row| row.effective.from());
        let notices = self.current(&entry.notices).map(|row| row.effective.from());
        let cut = ends.chain(notices).try_fold(effective, |period, until| {
            if until <= period.from() { None } else { period.cut(until) }
        })?;
        let parties = reading.given_by.iter().chain(&reading.given_to);
        parties.copied().try_fold(cut, |period, id| {
            let roles = self.roles(self.code(id));
            let role = roles.iter().find(|held| held.value.1.contains(effective.from()))?;
            Some(role.value.1.until().map_or(period, |until| span::cut(period, until)))
        })
    }

    fn roles(&self, code: BodyCode) -> Vec<Held<(BodyRole, Period)>> {
        let Some(entry) = self.register.body(code) else { return Vec::new() };
        let ends = entry.more.as_ref().map(|more| more.role_ends.as_slice()).unwrap_or_default();
        let span = |row: &Row<crate::store::RoleRow>| {
            let own = self.current(ends).filter(|end| end.value == row.value.role);
            own.fold(row.effective, |period, end| span::cut(period, end.effective.from()))
        };
        self.current(&entry.roles).map(|row| held(row, (row.value.role, span(row)))).collect()
    }

    fn legal_form(&self, code: BodyCode) -> Option<LegalForm> {
        self.current(&self.register.body(code)?.roles).find_map(|row| row.value.legal_form)
    }

    fn groups(&self, member: &Member, relation: Relation) -> Vec<Held<(BodyCode, Period)>> {
        let (rows, ends): (&[Row<GroupRow>], _) = match member {
            Member::Body(code) => match self.register.body(*code) {
                Some(entry) => {
                    let more = entry.more.as_ref();
                    let ends = more.map(|more| more.group_ends.as_slice()).unwrap_or_default();
                    (&entry.groups, ends)
                }
                None => return Vec::new(),
            },
            Member::Contract(id) => match self.register.contract_entry(id) {
                Some(entry) => (&entry.groups, entry.group_ends.as_slice()),
                None => return Vec::new(),
            },
        };
        let span = |row: &Row<GroupRow>| {
            let own = self
                .current(ends)
                .filter(|end| end.value.of == row.value && end.value.from == row.effective.from());
            own.fold(row.effective, |period, end| span::cut(period, end.effective.from()))
        };
        self.current(rows)
            .filter(|row| row.value.relation == relation)
            .map(|row| held(row, (self.code(row.value.group), span(row))))
            .collect()
    }

    fn contract(&self, contract: &ContractId) -> Vec<Held<(BodyCode, Period)>> {
        let entry = self.register.contract_entry(contract);
        let rows = entry.map(|entry| entry.held.as_slice()).unwrap_or_default();
        let holder = |row: &Row<(u32, _)>| held(row, (self.code(row.value.0), row.effective));
        self.current(rows).map(holder).collect()
    }

    fn successors(&self, code: BodyCode) -> Vec<Held<(BodyCode, Day, SuccessionKind)>> {
        let more = self.register.body(code).and_then(|entry| entry.more.as_ref());
        self.current(more.map(|more| more.successors.as_slice()).unwrap_or_default())
            .map(|row| {
                let successor = self.code(row.value.other);
                held(row, (successor, row.effective.from(), row.value.kind))
            })
            .collect()
    }

    fn segments(&self, code: &FunctionCode) -> Vec<Held<(&'r Function, Period)>> {
        let Some(id) = self.register.function_id(code) else { return Vec::new() };
        let entry = &self.register.functions[id as usize];
        let span = |row: &'r Row<Function>| match row.effective.until() {
            Some(_) => row.effective,
            None => self
                .current(&entry.ends)
                .fold(row.effective, |period, end| span::cut(period, end.effective.from())),
        };
        self.current(&entry.segments).map(|row| held(row, (&row.value, span(row)))).collect()
    }

    fn rules(&self) -> Vec<RuleKnown<'r>> {
        let mut found = Vec::new();
        for entry in &self.register.rules {
            let commenced = self.current(&entry.commenced).last().map(|row| row.effective);
            for row in self.current(&entry.rows) {
                let effective = row.value.effective.or(commenced).map(|period| {
                    let ends = self.current(&entry.ends).filter(|_| period.until().is_none());
                    ends.fold(period, |period, end| span::cut(period, end.effective.from()))
                });
                let position = Position::from(row.origin);
                found.push(RuleKnown { position, rule: &row.value, effective });
            }
        }
        found.sort_by_key(|held| held.position);
        found
    }

    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'r>> {
        let index = self.register.instrument_index.get(id).copied()?;
        let entry = &self.register.instruments[index as usize];
        let drawn = self.current(&entry.readings).find(|row| row.effective.from() == Day::MIN)?;
        let mut texts: Vec<_> = self
            .current(&entry.readings)
            .map(|row| (row.effective.from(), row.origin, &row.value.instrument))
            .collect();
        texts.sort_by_key(|(from, origin, _)| (*from, *origin));
        let earliest = |ends: Vec<(Day, At)>| {
            let first = ends.into_iter().min();
            first.map(|(day, at)| Held { position: Position::from(at), value: day })
        };
        let lifted = |condition: &remit_domain::Text, from: Day| {
            let rows = self.current(&entry.conditions).filter(|row| row.value.lifted);
            let own = rows.filter(|row| row.value.condition == *condition);
            own.map(|row| row.effective.from()).filter(|day| *day > from).min()
        };
        Some(InstrumentKnown {
            position: Position::from(drawn.origin),
            instrument: &drawn.value.instrument,
            texts: texts.into_iter().map(|(from, _, text)| (from, text)).collect(),
            stages: self
                .current(&entry.stages)
                .map(|row| {
                    let day = Some(row.effective.from()).filter(|day| *day != Day::MIN);
                    held(row, (row.value, day))
                })
                .collect(),
            in_force: self
                .current(&entry.in_force)
                .filter_map(|row| Some(held(row, self.runs(index, &drawn.value, row.effective)?)))
                .collect(),
            ended: earliest(
                self.current(&entry.ends).map(|row| (row.effective.from(), row.origin)).collect(),
            ),
            notice: earliest(
                self.current(&entry.notices)
                    .map(|row| (row.effective.from(), row.origin))
                    .collect(),
            ),
            conditions: self
                .current(&entry.conditions)
                .filter(|row| !row.value.lifted)
                .map(|row| {
                    let from = row.effective.from();
                    let until = lifted(&row.value.condition, from);
                    let period =
                        until.map_or(row.effective, |until| span::cut(row.effective, until));
                    held(row, (&row.value.condition, period))
                })
                .collect(),
        })
    }

    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce> {
        let Some(function) = self.register.function_id(function) else { return Vec::new() };
        let area_id = area.and_then(|code| self.register.body_id(code));
        let mut in_area: Vec<u32> = match area {
            None => {
                let all = 0..self.register.instruments.len();
                all.filter_map(|index| u32::try_from(index).ok()).collect()
            }
            Some(code) => {
                let own = self.register.body(code).and_then(|entry| entry.more.as_ref());
                let own = own.map(|more| more.instruments.as_slice()).unwrap_or_default();
                own.iter().chain(&self.register.england).copied().collect()
            }
        };
        in_area.sort_unstable();
        in_area.dedup();
        let mut found = Vec::new();
        for index in in_area {
            let entry = &self.register.instruments[index as usize];
            if !entry
                .readings
                .iter()
                .any(|row| row.value.functions.binary_search(&function).is_ok())
                || !self.current(&entry.readings).any(|row| row.effective.from() == Day::MIN)
            {
                continue;
            }
            let mut readings: Vec<_> = self.current(&entry.readings).collect();
            readings.sort_by_key(|row| (row.effective.from(), row.origin));
            for (at, reading) in readings.iter().enumerate() {
                let next = readings.get(at + 1).map(|row| row.effective.from());
                let value = &reading.value;
                let covers = match area_id {
                    Some(area) => value.covers(function, area),
                    None => value.functions.binary_search(&function).is_ok(),
                };
                if !covers || next == Some(reading.effective.from()) {
                    continue;
                }
                for row in self.current(&entry.in_force) {
                    let Some(runs) = self.runs(index, value, row.effective) else { continue };
                    let from = runs.from().max(reading.effective.from());
                    let until = match (runs.until(), next) {
                        (Some(a), Some(b)) => Some(a.min(b)),
                        (a, b) => a.or(b),
                    };
                    let Ok(effective) = Period::new(from, until) else { continue };
                    found.push(InForce {
                        position: Position::from(row.origin),
                        instrument: entry.id.clone(),
                        kind: value.instrument.kind,
                        given_by: value.instrument.given_by.clone(),
                        exercisers: exercisers(&value.instrument, area),
                        onward_barred: value.instrument.onward_barred,
                        effective,
                    });
                }
            }
        }
        found
    }

    fn event(&self, position: Position) -> Option<EventKnown> {
        let at = At::try_from(position).ok()?;
        let kind = self.register.kind_of(position)?;
        let taken_back_by = self.register.taken_back_by(at).map(Position::from);
        Some(EventKnown { kind, taken_back_by })
    }

    fn personal(&self, position: Position) -> Vec<(PersonalField, Personal)> {
        self.register.personal_decided(position)
    }

    fn without(&self, position: Position) -> Box<dyn Known + 'r> {
        let supposed = At::try_from(position).ok().map(|at| self.register.suppose_without(at));
        Box::new(Supposing { register: self.register, supposed: supposed.unwrap_or_default() })
    }

    fn fund(&self, fund: &RecordId) -> Option<FundKnown> {
        let index = self.register.fund_index.get(fund).copied()?;
        let entry = &self.register.funds[index as usize];
        let opened = self.current(&entry.opened).next()?;
        let payments = || self.current(&entry.payments);
        Some(FundKnown {
            funders: opened.value.funders.clone(),
            amount_pence: opened.value.amount_pence,
            per_patient_pence: opened.value.per_patient_pence,
            paid_pence: payments().map(|paid| paid.value.amount_pence).sum(),
            effective: opened.effective,
            payments: payments().map(|paid| paid.value.payment.clone()).collect(),
        })
    }
}

/// The same for the register as it is, with nothing supposed, and for one supposed otherwise: what
/// is handed out borrows from the register alone.
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
    roles(code: BodyCode) -> Vec<Held<(BodyRole, Period)>>;
    legal_form(code: BodyCode) -> Option<LegalForm>;
    groups(member: &Member, relation: Relation) -> Vec<Held<(BodyCode, Period)>>;
    contract(contract: &ContractId) -> Vec<Held<(BodyCode, Period)>>;
    successors(code: BodyCode) -> Vec<Held<(BodyCode, Day, SuccessionKind)>>;
    segments(code: &FunctionCode) -> Vec<Held<(&Function, Period)>>;
    rules() -> Vec<RuleKnown<'_>>;
    instrument(id: &InstrumentId) -> Option<InstrumentKnown<'_>>;
    in_force(function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce>;
    event(position: Position) -> Option<EventKnown>;
    personal(position: Position) -> Vec<(PersonalField, Personal)>;
    without(position: Position) -> Box<dyn Known + '_>;
    fund(fund: &RecordId) -> Option<FundKnown>;
}

impl Register {
    /// Decides a command and folds its event in provisionally, so that the next command of the
    /// same request is decided against it.
    ///
    /// # Errors
    /// Every check that the command fails; the register is then as it was.
    pub fn admit(&mut self, command: Command) -> Result<Event, Vec<Refusal>> {
        let event = decide(self, command)?;
        let before = self.tail();
        self.apply_provisionally(&event);
        let at = At::try_from(self.tail()).unwrap_or(OPEN);
        let mut refusals = Vec::new();
        let corrects = matches!(event.fact, Fact::Corrected(_));
        if corrects {
            self.at_odds(at, &mut refusals);
        }
        let moves = matches!(
            event.fact,
            Fact::InstrumentInForce { .. }
                | Fact::InstrumentVaried { .. }
                | Fact::InstrumentDrawn(_)
        );
        if corrects || moves {
            for id in self.instruments_of(at) {
                if corrects {
                    self.unlawful(id, &mut refusals);
                }
                refusals.extend(overlaps(self, &self.instruments[id as usize].id));
            }
        }
        if refusals.is_empty() {
            return Ok(event);
        }
        self.retract_after(before);
        if corrects {
            for refusal in &mut refusals {
                "about".clone_into(&mut refusal.field);
            }
        }
        Err(refusals)
    }

    /// What the rules say against an instrument that a correction has changed, or a party to it.
    fn unlawful(&self, id: u32, refusals: &mut Vec<Refusal>) {
        let entry = &self.instruments[id as usize];
        let Some(rests) = entry.adrift() else {
            for refusal in unlawful(self, &entry.id) {
                // Once, however many periods it is in force for.
                if !refusals.contains(&refusal) {
                    refusals.push(refusal);
                }
            }
            return;
        };
        let id = &entry.id;
        let message =
            format!("{id} would not be drawn, and event {rests} rests on it: take that back first");
        let (reason, field) = (Reason::InstrumentUnknown, "about".to_owned());
        refusals.push(Refusal { reason, field, message });
    }

    /// What cannot both be so at the head, of what a correction brings up: a correction must not
    /// record what could not have been recorded in the first place.
    fn at_odds(&self, at: At, refusals: &mut Vec<Refusal>) {
        for at in std::iter::once(at).chain(self.chain(at)) {
            let Some(locus) = self.locus(at) else { continue };
            let (reason, what, spans) = match locus {
                Locus::Role(id) | Locus::RoleEnd(id) => {
                    let code = self.bodies[id as usize].code;
                    let roles = self.roles(code).into_iter();
                    let spans = roles.map(|held| (held.position, held.value.1)).collect();
                    (Reason::BodyAlreadyInBeing, code.to_string(), vec![spans])
                }
                Locus::Group(id) | Locus::GroupEnd(id) => {
                    let member = Member::Body(self.bodies[id as usize].code);
                    self.memberships_of(member)
                }
                Locus::ContractGroup(id) | Locus::ContractGroupEnd(id) => {
                    let member = Member::Contract(self.contracts[id as usize].id.clone());
                    self.memberships_of(member)
                }
                Locus::Held(id) => {
                    let contract = &self.contracts[id as usize].id;
                    let held = self.contract(contract).into_iter();
                    let spans = held.map(|held| (held.position, held.value.1)).collect();
                    (Reason::ContractAlreadyHeld, contract.to_string(), vec![spans])
                }
                Locus::Segment(id) | Locus::SegmentEnd(id) => {
                    let code = &self.functions[id as usize].code;
                    let held = self.segments(code).into_iter();
                    let spans = held.map(|held| (held.position, held.value.1)).collect();
                    (Reason::FunctionSegmentOverlaps, code.to_string(), vec![spans])
                }
                Locus::Rule(id) | Locus::RuleCommenced(id) | Locus::RuleEnd(id) => {
                    let id = &self.rules[id as usize].id;
                    let rows = self.rules().into_iter().filter(|held| held.rule.id == *id);
                    let spans = rows.filter_map(|held| Some((held.position, held.effective?)));
                    (Reason::RuleAlreadyEnacted, id.to_string(), vec![spans.collect()])
                }
                Locus::Instrument(id, Of::Readings) => {
                    let entry = &self.instruments[id as usize];
                    let drawn = entry
                        .readings
                        .iter()
                        .filter(|row| row.known_until == OPEN && row.effective.from() == Day::MIN);
                    let spans = drawn.map(|row| (Position::from(row.origin), row.effective));
                    (Reason::InstrumentAlreadyDrawn, entry.id.to_string(), vec![spans.collect()])
                }
                _ => continue,
            };
            refusals.extend(spans.iter().filter_map(|spans| clash(reason, &what, spans)));
        }
    }

    fn memberships_of(&self, member: Member) -> (Reason, String, Vec<Vec<(Position, Period)>>) {
        let exclusive = Relation::ALL.iter().filter(|relation| relation.is_exclusive());
        let spans = exclusive.map(|relation| {
            let held = self.groups(&member, *relation).into_iter();
            held.map(|held| (held.position, held.value.1)).collect()
        });
        (Reason::MembershipOverlaps, member.to_string(), spans.collect())
    }
}

/// Two of several spans that share a day, if there are two.
fn clash(reason: Reason, what: &str, spans: &[(Position, Period)]) -> Option<Refusal> {
    let pairs =
        spans.iter().enumerate().flat_map(|(at, a)| spans.iter().skip(at + 1).map(move |b| (a, b)));
    let (a, b) = pairs.into_iter().find(|(a, b)| a.1.overlaps(&b.1))?;
    let message =
        format!("{what} would be so twice: {} by event {}, and {} by event {}", a.1, a.0, b.1, b.0);
    Some(Refusal { reason, field: "about".to_owned(), message })
}
