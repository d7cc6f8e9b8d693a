//! The rows about instruments, and other evidence of who exercises a function in an area.

use std::hash::{Hash, Hasher};
use std::ops::Index;

use remit_domain::decide::Changed;
use remit_domain::{
    Area, BodyCode, ConditionAttached, ConditionLifted, Day, EndReason, ExpectationStated,
    FunctionCode, Instrument, InstrumentAdvanced, InstrumentEnded, InstrumentFact,
    InstrumentFactKind, InstrumentId, InstrumentInForce, InstrumentSighted, InstrumentVaried,
    LegalBasis, LevelNotHeld, NoticeGiven, Period, RuleId, Sighting, Stage, Start, Text,
    WorkPerformed,
};

use crate::answer::Place;
use crate::change::Touched;
use crate::filter::Concern;
use crate::handle::{
    BodyHandle, ContractHandle, Entry, FunctionHandle, InstrumentHandle, Sparse, Table,
};
use crate::register::Register;
use crate::row::{At, Origin, Row, cut};

use super::{Locus, Rows};

/// One text of an instrument, with handles for the functions and bodies that it names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    pub instrument: Instrument,
    /// The handles of the functions that this text of the instrument names, sorted.
    pub functions: Vec<FunctionHandle>,
    pub given_by: Vec<BodyHandle>,
    pub given_to: Vec<BodyHandle>,
    /// The commissioners in whose areas this text of the instrument applies. Empty if the text
    /// applies in all of England.
    pub areas: Vec<BodyHandle>,
    /// The contracts that this text of the instrument lists as all that it reaches. Empty if it
    /// reaches all that lies in its area.
    pub contracts: Vec<ContractHandle>,
}

impl Reading {
    /// Whether this text of the instrument names `function`.
    pub fn is_about(&self, function: FunctionHandle) -> bool {
        self.functions.binary_search(&function).is_ok()
    }

    /// Whether this text of the instrument names `function` and applies in `area`.
    pub fn covers(&self, function: FunctionHandle, area: BodyHandle) -> bool {
        self.is_about(function) && (self.areas.is_empty() || self.areas.contains(&area))
    }

    /// The parties to the instrument: the bodies that give functions and the bodies that receive
    /// them.
    pub fn parties(&self) -> impl Iterator<Item = BodyHandle> + Clone {
        self.given_by.iter().chain(&self.given_to).copied()
    }
}

/// A condition that was attached to an instrument after the instrument was drawn up, or the lifting
/// of a condition.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct ConditionRow {
    pub condition: Text,
    pub lifted: bool,
}

/// Notice to end an instrument. The row begins on the day on which the instrument ends because of
/// the notice.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct NoticeRow {
    pub given_by: BodyCode,
    pub given_on: Day,
    pub rule: RuleId,
}

/// The body that did the work under an instrument. If `functions` is empty, the body did the work
/// for all functions of the instrument.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct WorkRow {
    pub performer: BodyCode,
    pub functions: Vec<FunctionCode>,
}

/// Evidence that a commissioner did not have some functions on certain legal bases.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct NotHeldRow {
    pub bases: Vec<LegalBasis>,
    pub functions: Vec<FunctionCode>,
}

/// An expectation: a recorded belief of who would exercise a function.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct ExpectationRow {
    pub function: FunctionCode,
    pub expected: BodyCode,
    pub nature: Text,
}

/// All rows about one instrument.
pub(crate) struct InstrumentEntry {
    pub id: InstrumentId,
    /// The texts of the instrument: the text as drawn up (over all days), and each text as varied
    /// (from a day on).
    pub readings: Vec<Row<Reading>>,
    pub conditions: Vec<Row<ConditionRow>>,
    pub stages: Vec<Row<Stage>>,
    pub in_force: Vec<Row<Start>>,
    pub sightings: Vec<Row<Sighting>>,
    pub ends: Vec<Row<EndReason>>,
    pub notices: Vec<Row<NoticeRow>>,
    pub work: Vec<Row<WorkRow>>,
}

impl Entry for InstrumentEntry {
    type Key = InstrumentId;
    type Handle = InstrumentHandle;

    fn new(id: InstrumentId) -> Self {
        Self {
            id,
            readings: Vec::new(),
            conditions: Vec::new(),
            stages: Vec::new(),
            in_force: Vec::new(),
            sightings: Vec::new(),
            ends: Vec::new(),
            notices: Vec::new(),
            work: Vec::new(),
        }
    }

    fn key(&self) -> &InstrumentId {
        &self.id
    }
}

impl Row<Reading> {
    /// Whether this row is the text of the instrument as drawn up.
    pub fn is_drawing(&self) -> bool {
        self.effective.from() == Day::MIN
    }
}

impl InstrumentEntry {
    /// The text of the instrument as drawn up, if it is known at `at`.
    pub fn drawn(&self, at: At) -> Option<&Row<Reading>> {
        self.readings.iter().find(|row| row.is_drawing() && row.known(at))
    }

    /// The text that applies on the day `on`, as known at `at`: the text as last varied or, without
    /// a variation, as drawn up.
    pub fn reading(&self, on: Day, at: At) -> Option<&Row<Reading>> {
        let drawn = self.drawn(at)?;
        if self.readings.len() == 1 {
            return Some(drawn);
        }
        let holds = self.readings.iter().filter(|row| row.holds(on, at));
        holds.max_by_key(|row| (row.effective.from(), row.origin))
    }

    /// Shortens `effective`, a period in force, so that it stops when the instrument ends, by
    /// notice or otherwise, as known at `at`. `None` if nothing is left of the period.
    pub fn cut(&self, effective: Period, at: At) -> Option<Period> {
        let ends = self.ends.iter().filter(|row| row.known(at)).map(|row| row.effective.from());
        let notices =
            self.notices.iter().filter(|row| row.known(at)).map(|row| row.effective.from());
        ends.chain(notices).try_fold(effective, |period, until| {
            if until <= period.from() { None } else { period.cut(until) }
        })
    }

    /// Every body that is or was a party to the instrument.
    pub fn parties(&self) -> impl Iterator<Item = BodyHandle> {
        self.readings.iter().flat_map(|row| row.value.parties())
    }

    /// Whether any text of the instrument, past or present, names `function`.
    pub fn was_about(&self, function: FunctionHandle) -> bool {
        self.readings.iter().any(|row| row.value.is_about(function))
    }
}

/// Names one of the lists of rows that an instrument has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstrumentRows {
    Readings,
    Conditions,
    Stages,
    InForce,
    Sightings,
    Ends,
    Notices,
    Work,
}

/// Where the rows of an event about instruments are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstrumentLocus {
    Instrument(InstrumentHandle, InstrumentRows),
    NotHeld(BodyHandle),
    Expectation(BodyHandle),
}

impl InstrumentLocus {
    /// The instrument that the event is about, if it is about one.
    pub fn instrument(self) -> Option<InstrumentHandle> {
        match self {
            Self::Instrument(instrument, _) => Some(instrument),
            Self::NotHeld(_) | Self::Expectation(_) => None,
        }
    }
}

/// What is recorded for one body, either as the commissioner of an area or as a receiver of
/// functions.
#[derive(Default)]
struct AreaEntry {
    /// The instruments that name the area of this body.
    instruments: Vec<InstrumentHandle>,
    /// The instruments by which this body receives functions.
    received: Vec<InstrumentHandle>,
    not_held: Vec<Row<NotHeldRow>>,
    expectations: Vec<Row<ExpectationRow>>,
}

/// All rows about instruments.
#[derive(Default)]
pub(crate) struct Instruments {
    table: Table<InstrumentEntry>,
    areas: Sparse<BodyHandle, AreaEntry>,
    /// The instruments that apply in all of England.
    england: Vec<InstrumentHandle>,
}

impl Index<InstrumentHandle> for Instruments {
    type Output = InstrumentEntry;

    fn index(&self, instrument: InstrumentHandle) -> &InstrumentEntry {
        &self.table[instrument]
    }
}

/// Declares a method for each list of an `AreaEntry`.
macro_rules! lists {
    ($($(#[$meta:meta])* $name:ident = $list:ident: $item:ty;)+) => {
        $($(#[$meta])*
        pub fn $name(&self, body: BodyHandle) -> &[$item] {
            self.areas.get(body).map(|area| area.$list.as_slice()).unwrap_or_default()
        })+
    };
}

impl Instruments {
    lists! {
        /// The instruments that name the area of `body`.
        of_area = instruments: InstrumentHandle;
        /// The instruments by which `body` receives functions.
        received_by = received: InstrumentHandle;
        /// The evidence of functions that `body` did not have.
        not_held = not_held: Row<NotHeldRow>;
        /// The recorded expectations of who would exercise a function in the area of `body`.
        expectations = expectations: Row<ExpectationRow>;
    }

    pub fn get(&self, id: &InstrumentId) -> Option<&InstrumentEntry> {
        self.table.get(id)
    }

    pub fn all(&self) -> impl Iterator<Item = (InstrumentHandle, &InstrumentEntry)> {
        self.table.with_handles()
    }

    /// The instruments that apply in all of England.
    pub fn england(&self) -> &[InstrumentHandle] {
        &self.england
    }

    /// The instruments to which `body` is or was a party.
    pub fn of_party(&self, body: BodyHandle) -> Vec<InstrumentHandle> {
        let of = |(_, entry): &(_, &InstrumentEntry)| entry.parties().any(|party| party == body);
        self.all().filter(of).map(|(instrument, _)| instrument).collect()
    }

    pub fn kind_of(&self, locus: InstrumentLocus, at: At) -> InstrumentFactKind {
        use InstrumentFactKind as Kind;
        let (instrument, rows) = match locus {
            InstrumentLocus::Instrument(instrument, rows) => (&self[instrument], rows),
            InstrumentLocus::NotHeld(_) => return Kind::LevelNotHeld,
            InstrumentLocus::Expectation(_) => return Kind::ExpectationStated,
        };
        match rows {
            InstrumentRows::Readings => {
                let varied =
                    instrument.readings.iter().any(|row| row.origin == at && !row.is_drawing());
                if varied { Kind::InstrumentVaried } else { Kind::InstrumentDrawn }
            }
            InstrumentRows::Conditions => {
                let lifted =
                    instrument.conditions.iter().any(|row| row.origin == at && row.value.lifted);
                if lifted { Kind::ConditionLifted } else { Kind::ConditionAttached }
            }
            InstrumentRows::Stages => Kind::InstrumentAdvanced,
            InstrumentRows::InForce => Kind::InstrumentInForce,
            InstrumentRows::Sightings => Kind::InstrumentSighted,
            InstrumentRows::Ends => Kind::InstrumentEnded,
            InstrumentRows::Notices => Kind::NoticeGiven,
            InstrumentRows::Work => Kind::WorkPerformed,
        }
    }

    pub fn each_list(&mut self, locus: InstrumentLocus, each: &mut dyn FnMut(&mut dyn Rows)) {
        let (entry, rows) = match locus {
            InstrumentLocus::Instrument(instrument, rows) => (&mut self.table[instrument], rows),
            InstrumentLocus::NotHeld(body) => return each(&mut self.areas.entry(body).not_held),
            InstrumentLocus::Expectation(body) => {
                return each(&mut self.areas.entry(body).expectations);
            }
        };
        match rows {
            InstrumentRows::Readings => each(&mut entry.readings),
            InstrumentRows::Conditions => each(&mut entry.conditions),
            InstrumentRows::Stages => each(&mut entry.stages),
            InstrumentRows::InForce => each(&mut entry.in_force),
            InstrumentRows::Sightings => each(&mut entry.sightings),
            InstrumentRows::Ends => each(&mut entry.ends),
            InstrumentRows::Notices => each(&mut entry.notices),
            InstrumentRows::Work => each(&mut entry.work),
        }
    }

    pub fn concern(
        &self,
        locus: InstrumentLocus,
        at: At,
        code: impl Fn(BodyHandle) -> BodyCode,
        concern: &mut Concern,
    ) {
        match locus {
            InstrumentLocus::Instrument(instrument, _) => {
                self.concern_instrument(&self[instrument].id, at, concern);
            }
            InstrumentLocus::NotHeld(body) | InstrumentLocus::Expectation(body) => {
                concern.areas([code(body)]);
                concern.every_function = true;
            }
        }
    }

    /// Adds to `concern` the instrument `id`, and everything that is named by those texts of the
    /// instrument that became known by position `at`.
    pub fn concern_instrument(&self, id: &InstrumentId, at: At, concern: &mut Concern) {
        concern.instruments.push(id.clone());
        let readings = self.get(id).map(|entry| entry.readings.as_slice()).unwrap_or_default();
        for row in readings.iter().filter(|row| row.known_from <= at) {
            concern.about(&remit_domain::About::of_text(&row.value.instrument));
        }
    }

    pub fn touch(&self, locus: InstrumentLocus, touched: &mut Touched) {
        match locus {
            InstrumentLocus::Instrument(instrument, _) => {
                let readings = self[instrument].readings.iter();
                touched.functions.extend(readings.flat_map(|row| row.value.functions.clone()));
                self.touch_areas(instrument, touched);
            }
            InstrumentLocus::NotHeld(body) | InstrumentLocus::Expectation(body) => {
                touched.every_function = true;
                touched.bodies.insert(body);
            }
        }
    }

    /// Adds to `touched` the areas that the texts of the instrument name, and the contracts that
    /// they list.
    pub fn touch_areas(&self, instrument: InstrumentHandle, touched: &mut Touched) {
        for row in &self[instrument].readings {
            touched.bodies.extend(&row.value.areas);
            for contract in &row.value.instrument.contracts {
                touched.places.insert(Place::Contract(contract.clone()));
                touched.places.extend(contract.practice().map(Place::Body));
            }
            touched.everywhere |= row.value.areas.is_empty();
        }
    }

    pub fn changed(&self, locus: InstrumentLocus) -> Option<Changed> {
        match locus {
            InstrumentLocus::Instrument(instrument, InstrumentRows::Readings) => {
                Some(Changed::Drawing(self[instrument].id.clone()))
            }
            InstrumentLocus::Instrument(..)
            | InstrumentLocus::NotHeld(_)
            | InstrumentLocus::Expectation(_) => None,
        }
    }
}

impl Hash for Instruments {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.england.hash(hasher);
        for entry in self.table.iter() {
            (&entry.id, &entry.conditions, &entry.stages, &entry.in_force).hash(hasher);
            (&entry.sightings, &entry.ends, &entry.notices, &entry.work).hash(hasher);
            for row in &entry.readings {
                (row.effective, row.origin, row.known_from, row.known_until).hash(hasher);
                (&row.value.functions, &row.value.areas, &row.value.contracts).hash(hasher);
            }
        }
        for (body, area) in self.areas.in_order() {
            // An undone event can leave an empty `AreaEntry` behind, which must not change the
            // hash.
            let AreaEntry { instruments, received, not_held, expectations } = area;
            let has_none = instruments.is_empty() && received.is_empty();
            if !(has_none && not_held.is_empty() && expectations.is_empty()) {
                (body, instruments, received, not_held, expectations).hash(hasher);
            }
        }
    }
}

impl Register {
    pub(super) fn fold_instruments(&mut self, fact: &InstrumentFact, origin: Origin) {
        use InstrumentRows as Rows;
        match fact {
            InstrumentFact::InstrumentDrawn(instrument) => {
                self.reads(instrument, Day::MIN, origin);
            }
            InstrumentFact::InstrumentVaried(InstrumentVaried {
                instrument,
                effective_from,
                ..
            }) => self.reads(instrument, *effective_from, origin),
            InstrumentFact::InstrumentAdvanced(InstrumentAdvanced {
                instrument, stage, ..
            }) => {
                let row = origin.row_from(origin.made_on.unwrap_or(Day::MIN), *stage);
                self.add_to_instrument(instrument, row, Rows::Stages, |entry| &mut entry.stages);
            }
            InstrumentFact::InstrumentInForce(InstrumentInForce {
                instrument,
                effective,
                start,
            }) => {
                let row = origin.row(*effective, *start);
                self.add_to_instrument(instrument, row, Rows::InForce, |entry| &mut entry.in_force);
            }
            InstrumentFact::InstrumentSighted(InstrumentSighted { instrument, seen, sighting }) => {
                let row = origin.row(*seen, *sighting);
                self.add_to_instrument(instrument, row, Rows::Sightings, |e| &mut e.sightings);
            }
            InstrumentFact::InstrumentEnded(InstrumentEnded {
                instrument,
                effective_until,
                reason,
                ..
            }) => {
                let row = origin.row_from(*effective_until, *reason);
                self.add_to_instrument(instrument, row, Rows::Ends, |entry| &mut entry.ends);
            }
            InstrumentFact::ConditionAttached(ConditionAttached {
                instrument,
                condition,
                effective_from,
                ..
            }) => {
                let value = ConditionRow { condition: condition.clone(), lifted: false };
                self.condition(instrument, origin.row_from(*effective_from, value));
            }
            InstrumentFact::ConditionLifted(ConditionLifted {
                instrument,
                condition,
                effective_until,
                ..
            }) => {
                let value = ConditionRow { condition: condition.clone(), lifted: true };
                self.condition(instrument, origin.row_from(*effective_until, value));
            }
            InstrumentFact::NoticeGiven(notice) => self.notice(notice, origin),
            InstrumentFact::WorkPerformed(work) => {
                let WorkPerformed { instrument, performer, functions, effective } = work;
                let value = WorkRow { performer: *performer, functions: functions.clone() };
                let row = origin.row(*effective, value);
                self.add_to_instrument(instrument, row, Rows::Work, |entry| &mut entry.work);
            }
            InstrumentFact::LevelNotHeld(level) => self.not_held(level, origin),
            InstrumentFact::ExpectationStated(stated) => self.expectation(stated, origin),
        }
    }

    /// Adds a text of an instrument. The text applies from the day `from` on.
    fn reads(&mut self, instrument: &Instrument, from: Day, origin: Origin) {
        let handle = self.intern_instrument(&instrument.id);
        let mut functions: Vec<_> =
            instrument.functions.iter().map(|code| self.intern_function(code)).collect();
        functions.sort_unstable();
        functions.dedup();
        let mut bodies = |codes: &[BodyCode]| -> Vec<BodyHandle> {
            codes.iter().map(|code| self.intern_body(*code)).collect()
        };
        let (given_by, given_to) = (bodies(&instrument.given_by), bodies(&instrument.given_to));
        let areas = match &instrument.area {
            Area::England => Vec::new(),
            Area::Of(codes) => bodies(codes),
        };
        // The first text of an instrument adds the instrument to the lists by area and by receiver.
        // For any further text, check whether the instrument is already listed.
        let again = !self.instruments[handle].readings.is_empty();
        if instrument.area == Area::England {
            self.list_under(handle, again, |r| &mut r.instruments.england);
        }
        for area in areas.iter().copied() {
            self.list_under(handle, again, move |r| {
                &mut r.instruments.areas.entry(area).instruments
            });
        }
        for body in given_to.iter().copied() {
            self.list_under(handle, again, move |r| &mut r.instruments.areas.entry(body).received);
        }
        let contracts: Vec<_> =
            instrument.contracts.iter().map(|id| self.intern_contract(id)).collect();
        for contract in contracts.iter().copied() {
            self.list_under(handle, again, move |r| r.bodies.listed_by(contract));
        }
        let instrument = instrument.clone();
        let reading = Reading { instrument, functions, given_by, given_to, areas, contracts };
        let row = origin.row_from(from, reading);
        let locus = InstrumentLocus::Instrument(handle, InstrumentRows::Readings);
        self.add_row(Locus::Instruments(locus), row, move |r| {
            &mut r.instruments.table[handle].readings
        });
    }

    fn notice(&mut self, notice: &NoticeGiven, origin: Origin) {
        let NoticeGiven { instrument, given_by, given_on, ends_on, rule } = notice;
        let (given_by, given_on) = (*given_by, *given_on);
        let row = origin.row_from(*ends_on, NoticeRow { given_by, given_on, rule: rule.clone() });
        self.add_to_instrument(instrument, row, InstrumentRows::Notices, |e| &mut e.notices);
    }

    fn condition(&mut self, instrument: &InstrumentId, row: Row<ConditionRow>) {
        let rows = InstrumentRows::Conditions;
        self.add_to_instrument(instrument, row, rows, |entry| &mut entry.conditions);
    }

    fn not_held(&mut self, level: &LevelNotHeld, origin: Origin) {
        let body = self.intern_body(level.body);
        let LevelNotHeld { bases, functions, effective, .. } = level.clone();
        let row = origin.row(effective, NotHeldRow { bases, functions });
        let locus = Locus::Instruments(InstrumentLocus::NotHeld(body));
        self.add_row(locus, row, move |r| &mut r.instruments.areas.entry(body).not_held);
    }

    fn expectation(&mut self, stated: &ExpectationStated, origin: Origin) {
        let body = self.intern_body(stated.area);
        let ExpectationStated { function, expected, effective_from, nature, .. } = stated.clone();
        let row = origin.row_from(effective_from, ExpectationRow { function, expected, nature });
        let locus = Locus::Instruments(InstrumentLocus::Expectation(body));
        self.add_row(locus, row, move |r| &mut r.instruments.areas.entry(body).expectations);
    }

    fn add_to_instrument<T: 'static>(
        &mut self,
        id: &InstrumentId,
        row: Row<T>,
        of: InstrumentRows,
        rows: impl Fn(&mut InstrumentEntry) -> &mut Vec<Row<T>> + Send + Sync + 'static,
    ) {
        // The text of the instrument may not be known yet: a later correction may state it.
        let handle = self.intern_instrument(id);
        let locus = Locus::Instruments(InstrumentLocus::Instrument(handle, of));
        self.add_row(locus, row, move |r| rows(&mut r.instruments.table[handle]));
    }

    fn intern_instrument(&mut self, id: &InstrumentId) -> InstrumentHandle {
        if let Some(instrument) = self.instruments.table.handle(id) {
            return instrument;
        }
        let instrument = self.instruments.table.add(id);
        self.undoable(|| Box::new(|register| register.instruments.table.pop()));
        instrument
    }

    /// Cuts `effective` at the day on which any party loses the role that it has on the first day
    /// of `effective`. `None` if a party did not exist on that first day.
    pub(crate) fn within_life(
        &self,
        reading: &Reading,
        effective: Period,
        at: At,
    ) -> Option<Period> {
        reading.parties().try_fold(effective, |period, body| {
            let entry = &self.bodies[body];
            let role = entry.role(effective.from(), at)?;
            let life = entry.role_span(role, at);
            Some(life.until().map_or(period, |until| cut(period, until)))
        })
    }
}
