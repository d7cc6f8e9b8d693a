//! Bodies, functions, rules and instruments as they were on a day, as known at a position.

use remit_domain::{
    BodyCode, BodyRole, Confidence, Day, EndReason, Evidence, Function, FunctionCode, Instrument,
    InstrumentId, LegalBasis, LegalForm, Member, Period, Position, Relation, Rule, RuleId, Stage,
    Start, SuccessionKind, Text,
};

use crate::answer::Place;
use crate::row::{At, Row};
use crate::store::{GroupRow, InstrumentEntry, NoticeRow, Register, SuccessionRow, WorkRow};

/// A body in a role for a period.
#[derive(Clone, Debug)]
pub struct BodyView<'r> {
    /// Its code.
    pub code: BodyCode,
    /// What it is.
    pub role: BodyRole,
    /// Its name on the day asked about, or the last one known.
    pub name: &'r Text,
    /// Its legal form, where recorded.
    pub legal_form: Option<LegalForm>,
    /// When.
    pub effective: Period,
    /// The event that established it.
    pub position: Position,
    /// What that rests on.
    pub evidence: &'r Evidence,
}

/// One predecessor's passing to one successor.
#[derive(Clone, Debug)]
pub struct SuccessionView<'r> {
    /// Who ends or gives.
    pub predecessor: BodyCode,
    /// Who begins or receives.
    pub successor: BodyCode,
    /// The first day of the successor.
    pub effective_on: Day,
    /// What kind of change it is.
    pub kind: SuccessionKind,
    /// Whether by area, and how sure.
    pub by_area: Option<Confidence>,
    /// Whether by liability, and how sure.
    pub by_liability: Option<Confidence>,
    /// The share of the area, in millionths.
    pub share_millionths: Option<u32>,
    /// The event.
    pub position: Position,
    /// What it rests on.
    pub evidence: &'r Evidence,
}

/// A membership.
#[derive(Clone, Debug)]
pub struct MembershipView<'r> {
    /// Who belongs.
    pub member: Member,
    /// To what.
    pub group: BodyCode,
    /// In what sense.
    pub relation: Relation,
    /// When.
    pub effective: Period,
    /// The event that started it.
    pub position: Position,
    /// What it rests on.
    pub evidence: &'r Evidence,
}

/// An instrument and its life so far.
#[derive(Clone, Debug)]
pub struct InstrumentView<'r> {
    /// As drawn up.
    pub instrument: &'r Instrument,
    /// The event that drew it up.
    pub position: Position,
    /// What that rests on.
    pub evidence: &'r Evidence,
    /// How it reads from later days on.
    pub varied: Vec<(Position, Day, &'r Instrument)>,
    /// Conditions attached since, from which day; or lifted, from which day.
    pub conditions: Vec<(Position, &'r Text, Day, bool)>,
    /// The steps taken, with the day each was taken where known.
    pub stages: Vec<(Position, Stage, Option<Day>)>,
    /// When it is in force, ends considered.
    pub in_force: Vec<(Position, Period, Start, &'r Evidence)>,
    /// When and why it ended.
    pub ended: Option<(Position, Day, EndReason)>,
    /// Notice given: by whom, when, to end it when.
    pub notice: Option<(Position, BodyCode, Day, Day)>,
}

pub(crate) fn position(at: At) -> Position {
    Position::from(at)
}

pub(crate) fn clamp(known_at: Position) -> At {
    At::try_from(known_at).unwrap_or(At::MAX - 1)
}

impl Register {
    fn resting(&self, evidence: u32) -> &Evidence {
        &self.evidence[evidence as usize]
    }

    /// Whether the code is known at all at a position.
    #[must_use]
    pub fn knows_body(&self, code: BodyCode, known_at: Position) -> bool {
        let at = clamp(known_at);
        self.body(code).is_some_and(|entry| entry.roles.iter().any(|row| row.known(at)))
    }

    /// The name a body bore on a day, as known at a position; else the nearest one known.
    #[must_use]
    pub fn name_of(&self, code: BodyCode, on: Day, known_at: Position) -> Option<&Text> {
        let at = clamp(known_at);
        let entry = self.body(code)?;
        let named = entry.more.as_ref().and_then(|more| {
            more.names.iter().rev().find(|row| row.holds(on, at)).map(|row| &row.value)
        });
        let known = || entry.roles.iter().filter(|row| row.known(at));
        named
            .or_else(|| entry.role(on, at).map(|row| &row.value.name))
            .or_else(|| known().max_by_key(|row| row.effective.from()).map(|row| &row.value.name))
    }

    fn view_body(&self, id: u32, on: Option<Day>, at: At) -> Vec<BodyView<'_>> {
        let entry = &self.bodies[id as usize];
        let known = entry.roles.iter().filter(move |row| row.known(at));
        known
            .map(move |row| (row, entry.role_span(row, at)))
            .filter(move |(_, effective)| on.is_none_or(|on| effective.contains(on)))
            .map(|(row, effective)| {
                let name = on.and_then(|on| self.name_of(entry.code, on, position(at)));
                BodyView {
                    code: entry.code,
                    role: row.value.role,
                    name: name.unwrap_or(&row.value.name),
                    legal_form: row.value.legal_form,
                    effective,
                    position: position(row.origin),
                    evidence: self.resting(row.evidence),
                }
            })
            .collect()
    }

    /// The roles of one body, on a day or ever.
    #[must_use]
    pub fn body_view(
        &self,
        code: BodyCode,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<BodyView<'_>> {
        let id = self.body_id(code);
        id.map(|id| self.view_body(id, on, clamp(known_at))).unwrap_or_default()
    }

    /// The names a body bore, oldest first.
    #[must_use]
    pub fn names(&self, code: BodyCode, known_at: Position) -> Vec<(&Text, Period, Position)> {
        let at = clamp(known_at);
        let more = self.body(code).and_then(|entry| entry.more.as_ref());
        let rows = more.map(|more| more.names.as_slice()).unwrap_or_default();
        let mut names: Vec<_> = rows
            .iter()
            .filter(|row| row.known(at))
            .map(|row| (&row.value, row.effective, position(row.origin)))
            .collect();
        names.sort_by_key(|(_, effective, _)| effective.from());
        names
    }

    /// All bodies of a role in being on a day, or ever, in code order.
    #[must_use]
    pub fn bodies_of(
        &self,
        role: BodyRole,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<BodyView<'_>> {
        let at = clamp(known_at);
        let every: Box<dyn Iterator<Item = u32>> = match role {
            BodyRole::Practice | BodyRole::Pcn => {
                Box::new((0..self.bodies.len()).filter_map(|id| u32::try_from(id).ok()))
            }
            _ => Box::new(self.commissioning_bodies.iter().copied()),
        };
        let of_role =
            |id: &u32| self.bodies[*id as usize].roles.iter().any(|row| row.value.role == role);
        let mut found: Vec<_> = every
            .filter(of_role)
            .flat_map(|id| self.view_body(id, on, at))
            .filter(|view| view.role == role)
            .collect();
        found.sort_by_key(|view| (view.code, view.effective.from()));
        found
    }

    /// What a commissioner is evidenced not to have had: on which bases, which functions, when.
    #[must_use]
    pub fn levels_not_held(
        &self,
        code: BodyCode,
        known_at: Position,
    ) -> Vec<(&Vec<LegalBasis>, &Vec<FunctionCode>, Period)> {
        let at = clamp(known_at);
        let more = self.body(code).and_then(|entry| entry.more.as_ref());
        let rows = more.map(|more| more.not_held.as_slice()).unwrap_or_default();
        rows.iter()
            .filter(|row| row.known(at))
            .map(|row| (&row.value.bases, &row.value.functions, row.effective))
            .collect()
    }

    fn view_succession<'r>(
        &'r self,
        own: BodyCode,
        row: &'r Row<SuccessionRow>,
        own_is_predecessor: bool,
    ) -> SuccessionView<'r> {
        let other = self.bodies[row.value.other as usize].code;
        let (predecessor, successor) = if own_is_predecessor { (own, other) } else { (other, own) };
        SuccessionView {
            predecessor,
            successor,
            effective_on: row.effective.from(),
            kind: row.value.kind,
            by_area: row.value.by_area,
            by_liability: row.value.by_liability,
            share_millionths: row.value.share_millionths,
            position: position(row.origin),
            evidence: self.resting(row.evidence),
        }
    }

    /// Every succession that leads from or to a body, over any number of steps, in day order.
    #[must_use]
    pub fn succession_path(&self, code: BodyCode, known_at: Position) -> Vec<SuccessionView<'_>> {
        let at = clamp(known_at);
        let mut found: Vec<SuccessionView<'_>> = Vec::new();
        for forward in [true, false] {
            let mut reached = vec![code];
            let mut next = 0;
            while let Some(code) = reached.get(next).copied() {
                next += 1;
                let Some(more) = self.body(code).and_then(|entry| entry.more.as_ref()) else {
                    continue;
                };
                let rows = if forward { &more.successors } else { &more.predecessors };
                for row in rows.iter().filter(|row| row.known(at)) {
                    let view = self.view_succession(code, row, forward);
                    let other = if forward { view.successor } else { view.predecessor };
                    if !reached.contains(&other) {
                        reached.push(other);
                    }
                    if !found.iter().any(|seen| seen.position == view.position) {
                        found.push(view);
                    }
                }
            }
        }
        found.sort_by_key(|view| (view.effective_on, view.predecessor, view.successor));
        found
    }

    fn view_membership<'r>(
        &'r self,
        member: Member,
        row: &'r Row<GroupRow>,
        effective: Period,
    ) -> MembershipView<'r> {
        MembershipView {
            member,
            group: self.bodies[row.value.group as usize].code,
            relation: row.value.relation,
            effective,
            position: position(row.origin),
            evidence: self.resting(row.evidence),
        }
    }

    /// What a member belongs to; for a practice, its contracts' memberships too.
    #[must_use]
    pub fn memberships(
        &self,
        place: &Place,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<MembershipView<'_>> {
        let at = clamp(known_at);
        let shown = |row: &Row<GroupRow>, effective: Period| {
            row.known(at) && on.is_none_or(|on| effective.contains(on))
        };
        let mut found = Vec::new();
        let mut of_contract = |index: usize| {
            let entry = &self.contracts[index];
            for row in &entry.groups {
                let effective = entry.group_span(row, at);
                if shown(row, effective) {
                    found.push(self.view_membership(
                        Member::Contract(entry.id.clone()),
                        row,
                        effective,
                    ));
                }
            }
        };
        match place {
            Place::Contract(id) => {
                if let Some(index) = self.contracts.iter().position(|entry| entry.id == *id) {
                    of_contract(index);
                }
            }
            Place::Body(code) => {
                let Some(entry) = self.body(*code) else { return found };
                for contract in entry.more.iter().flat_map(|more| &more.contracts) {
                    of_contract(*contract as usize);
                }
                for row in &entry.groups {
                    let effective = entry.group_span(row, at);
                    if shown(row, effective) {
                        found.push(self.view_membership(Member::Body(*code), row, effective));
                    }
                }
            }
        }
        found.sort_by(|a, b| {
            (a.relation, a.effective, &a.member).cmp(&(b.relation, b.effective, &b.member))
        });
        found
    }

    /// What belongs to a group, on a day or ever, in member order.
    #[must_use]
    pub fn members(
        &self,
        group: BodyCode,
        relation: Option<Relation>,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<MembershipView<'_>> {
        let at = clamp(known_at);
        let Some(group) = self.body_id(group) else { return Vec::new() };
        let shown = |row: &Row<GroupRow>, effective: Period| {
            row.value.group == group
                && relation.is_none_or(|relation| row.value.relation == relation)
                && row.known(at)
                && on.is_none_or(|on| effective.contains(on))
        };
        let mut found = Vec::new();
        for entry in &self.bodies {
            for row in &entry.groups {
                let effective = entry.group_span(row, at);
                if shown(row, effective) {
                    found.push(self.view_membership(Member::Body(entry.code), row, effective));
                }
            }
        }
        for entry in &self.contracts {
            for row in &entry.groups {
                let effective = entry.group_span(row, at);
                if shown(row, effective) {
                    found.push(self.view_membership(
                        Member::Contract(entry.id.clone()),
                        row,
                        effective,
                    ));
                }
            }
        }
        found.sort_by(|a, b| (&a.member, a.effective).cmp(&(&b.member, b.effective)));
        found
    }

    /// The catalogue, on a day or over all time, in code order: what it says, and when that holds.
    #[must_use]
    pub fn functions_view(
        &self,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<(&Function, Period, Position, &Evidence)> {
        let at = clamp(known_at);
        let mut found = Vec::new();
        for entry in &self.functions {
            for row in entry.segments.iter().filter(|row| row.known(at)) {
                let effective = entry.segment_span(row, at);
                if on.is_none_or(|on| effective.contains(on)) {
                    let evidence = self.resting(row.evidence);
                    found.push((&row.value, effective, position(row.origin), evidence));
                }
            }
        }
        found.sort_by(|a, b| (&a.0.code, a.1).cmp(&(&b.0.code, b.1)));
        found
    }

    /// The rows of law, on a day or over all time, in log order: what they say, and when that is
    /// law. `None`: not commenced.
    #[must_use]
    pub fn rules_view(
        &self,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<(&Rule, Option<Period>, Position, &Evidence)> {
        let at = clamp(known_at);
        let mut found = Vec::new();
        for entry in &self.rules {
            for row in entry.rows.iter().filter(|row| row.known(at)) {
                let effective = entry.rule_span(row, at);
                if on.is_none_or(|on| effective.is_some_and(|period| period.contains(on))) {
                    let evidence = self.resting(row.evidence);
                    found.push((&row.value, effective, position(row.origin), evidence));
                }
            }
        }
        found.sort_by_key(|(_, _, position, _)| *position);
        found
    }

    /// One row of law by its id.
    #[must_use]
    pub fn rule(&self, id: &RuleId, known_at: Position) -> Option<&Rule> {
        let at = clamp(known_at);
        let entry = &self.rules[*self.rule_index.get(id)? as usize];
        entry.rows.iter().find(|row| row.known(at)).map(|row| &row.value)
    }

    /// The clusters a body shares its leadership in: evidence that nothing moved.
    #[must_use]
    pub fn clusters(&self, body: BodyCode, known_at: Position) -> Vec<(&Text, Period, Position)> {
        let at = clamp(known_at);
        let of = self.clusters.iter().filter(|row| row.known(at) && row.value.1.contains(&body));
        of.map(|row| (&row.value.0, row.effective, position(row.origin))).collect()
    }

    /// One instrument as known at a position.
    #[must_use]
    pub fn instrument_view(
        &self,
        id: &InstrumentId,
        known_at: Position,
    ) -> Option<InstrumentView<'_>> {
        let at = clamp(known_at);
        self.view_instrument(self.instrument_entry(id)?, at)
    }

    /// The instruments that name a body (any party or its area), or all, in log order.
    #[must_use]
    pub fn instruments_view(
        &self,
        body: Option<BodyCode>,
        function: Option<&FunctionCode>,
        known_at: Position,
    ) -> Vec<InstrumentView<'_>> {
        let at = clamp(known_at);
        let names = |entry: &&InstrumentEntry| {
            entry.readings.iter().filter(|row| row.known(at)).any(|row| {
                let instrument = &row.value.instrument;
                let in_area = |body| match &instrument.area {
                    remit_domain::Area::England => false,
                    remit_domain::Area::Of(bodies) => bodies.contains(body),
                };
                body.as_ref().is_none_or(|body| {
                    instrument.given_by.contains(body)
                        || instrument.given_to.contains(body)
                        || in_area(body)
                }) && function.is_none_or(|function| instrument.functions.contains(function))
            })
        };
        let mut found: Vec<_> = self
            .instruments
            .iter()
            .filter(names)
            .filter_map(|entry| self.view_instrument(entry, at))
            .collect();
        found.sort_by_key(|view| view.position);
        found
    }

    /// Whether it is recorded that a body did the work under an instrument over just this period.
    #[must_use]
    pub fn work_is_known(&self, id: &InstrumentId, performer: BodyCode, effective: Period) -> bool {
        let same =
            |row: &Row<WorkRow>| row.value.performer == performer && row.effective == effective;
        self.instrument_entry(id).is_some_and(|entry| entry.work.iter().any(same))
    }

    fn view_instrument<'r>(
        &'r self,
        entry: &'r InstrumentEntry,
        at: At,
    ) -> Option<InstrumentView<'r>> {
        let drawn = entry.drawn(at)?;
        let varied =
            entry.readings.iter().filter(|row| row.known(at) && row.origin != drawn.origin);
        let conditions = entry.conditions.iter().filter(|row| row.known(at));
        let stages = entry.stages.iter().filter(|row| row.known(at));
        let ends = entry.ends.iter().filter(|row| row.known(at));
        let notices = entry.notices.iter().filter(|row| row.known(at));
        Some(InstrumentView {
            instrument: &drawn.value.instrument,
            position: position(drawn.origin),
            evidence: self.resting(drawn.evidence),
            varied: varied
                .map(|row| (position(row.origin), row.effective.from(), &row.value.instrument))
                .collect(),
            conditions: conditions
                .map(|row| {
                    let (value, day) = (&row.value, row.effective.from());
                    (position(row.origin), &value.condition, day, value.lifted)
                })
                .collect(),
            stages: stages
                .map(|row| (position(row.origin), row.value, self.resting(row.evidence).made_on))
                .collect(),
            in_force: entry
                .in_force
                .iter()
                .filter(|row| row.known(at))
                .filter_map(|row| {
                    let effective = entry.cut(row.effective, at)?;
                    Some((position(row.origin), effective, row.value, self.resting(row.evidence)))
                })
                .collect(),
            ended: ends
                .map(|row| (position(row.origin), row.effective.from(), row.value))
                .min_by_key(|(_, day, _)| *day),
            notice: notices
                .map(|row| {
                    let NoticeRow { given_by, given_on, .. } = row.value;
                    (position(row.origin), given_by, given_on, row.effective.from())
                })
                .next(),
        })
    }
}
