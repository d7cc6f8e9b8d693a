//! The register itself: every fact by what it is about, and how an event changes it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use remit_domain::{
    Body, BodyCode, BodyRole, Confidence, ContractId, ContractType, Day, EndReason, Event,
    Evidence, Fact, Function, FunctionCode, Handling, Instrument, InstrumentId, LegalBasis,
    LegalForm, Member, Membership, Period, Position, RecordId, Relation, Rule, RuleId, Stage,
    Start, Succession, Text, instrument::Area, instrument::Forum,
};

use crate::row::{At, OPEN, Row, push};

/// A point of the known axis: a position, and the instant at which it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KnownAt {
    /// The last position that is known.
    pub position: Position,
    /// When it was recorded, in microseconds since 1970 UTC. `None` before the first event.
    pub recorded_at: Option<i64>,
}

/// What a body is for a period.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct RoleRow {
    pub role: BodyRole,
    pub legal_form: Option<LegalForm>,
    pub name: Text,
}

/// What a member belongs to.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct GroupRow {
    pub group: u32,
    pub relation: Relation,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct SuccessionRow {
    pub other: u32,
    pub kind: remit_domain::SuccessionKind,
    pub by_area: Option<Confidence>,
    pub by_liability: Option<Confidence>,
    pub share_millionths: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct NotHeldRow {
    pub bases: Vec<LegalBasis>,
    pub functions: Vec<FunctionCode>,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct ExpectationRow {
    pub function: FunctionCode,
    pub expected: BodyCode,
    pub nature: Text,
}

/// What only some bodies have: names over time, areas, successions.
#[derive(Default)]
pub(crate) struct More {
    pub names: Vec<Row<Text>>,
    pub successors: Vec<Row<SuccessionRow>>,
    pub predecessors: Vec<Row<SuccessionRow>>,
    /// Instruments whose area is, or is part of, this body's.
    pub instruments: Vec<u32>,
    /// Instruments this body receives under.
    pub received: Vec<u32>,
    pub not_held: Vec<Row<NotHeldRow>>,
    pub expectations: Vec<Row<ExpectationRow>>,
    pub contracts: Vec<u32>,
}

pub(crate) struct BodyEntry {
    pub code: BodyCode,
    pub roles: Vec<Row<RoleRow>>,
    pub groups: Vec<Row<GroupRow>>,
    pub more: Option<Box<More>>,
}

pub(crate) struct ContractEntry {
    pub id: ContractId,
    pub held: Vec<Row<(u32, ContractType)>>,
    pub groups: Vec<Row<GroupRow>>,
}

pub(crate) struct InstrumentEntry {
    pub instrument: Instrument,
    /// Indexes of its functions, sorted.
    pub functions: Vec<u32>,
    pub given_by: Vec<u32>,
    pub given_to: Vec<u32>,
    pub at: At,
    pub evidence: u32,
    pub stages: Vec<Row<Stage>>,
    pub in_force: Vec<Row<Start>>,
    pub ends: Vec<Row<EndReason>>,
    pub notices: Vec<Row<NoticeRow>>,
    pub work: Vec<Row<WorkRow>>,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct NoticeRow {
    pub given_by: BodyCode,
    pub given_on: Day,
    pub rule: RuleId,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct WorkRow {
    pub performer: BodyCode,
    pub functions: Vec<FunctionCode>,
}

pub(crate) struct FundEntry {
    pub funders: Vec<BodyCode>,
    pub amount_pence: u64,
    pub per_patient_pence: u64,
    pub effective: Period,
    pub at: At,
    pub payments: Vec<PaymentRow>,
}

/// A payment of a fund and what was decided on it.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct PaymentRow {
    pub at: At,
    pub payment: RecordId,
    pub payer: BodyCode,
    pub recipient: BodyCode,
    pub paid_on: Day,
    pub patients: u64,
    pub amount_pence: u64,
    pub power: Option<FunctionCode>,
    pub decisions: Vec<DecisionRow>,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct DecisionRow {
    pub at: At,
    pub body: BodyCode,
    pub forum: (remit_domain::ForumKind, Text),
    pub decided_on: Day,
    pub quorate: bool,
    pub handled: Vec<(Text, Text)>,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct InterestRow {
    pub at: At,
    pub office: Text,
    pub body: BodyCode,
    pub interest: Text,
    pub concerns: BodyCode,
    pub aware_on: Day,
    pub declared_on: Day,
}

type Undo = Box<dyn FnOnce(&mut Register) + Send + Sync>;

/// The fold of the log, in memory: answers at any effective day and any position of the past.
#[derive(Default)]
pub struct Register {
    tail: Position,
    /// Where the recorded instant changes: first position of each run, and the instant.
    times: Vec<(Position, i64)>,
    pub(crate) evidence: Vec<Arc<Evidence>>,
    evidence_index: HashMap<Arc<Evidence>, u32>,
    last_evidence: Option<(Arc<Evidence>, u32)>,
    pub(crate) bodies: Vec<BodyEntry>,
    body_index: HashMap<BodyCode, u32>,
    /// Bodies other than practices and networks, for lists by role.
    pub(crate) commissioning_bodies: Vec<u32>,
    /// NHS England and the Secretary of State: asked after in every answer.
    pub(crate) national_bodies: Vec<u32>,
    pub(crate) contracts: Vec<ContractEntry>,
    contract_index: HashMap<ContractId, u32>,
    pub(crate) functions: Vec<(FunctionCode, Vec<Row<Function>>)>,
    function_index: HashMap<FunctionCode, u32>,
    pub(crate) rules: Vec<(At, u32, Rule)>,
    pub(crate) instruments: Vec<InstrumentEntry>,
    instrument_index: HashMap<InstrumentId, u32>,
    /// Instruments for all of England.
    pub(crate) england: Vec<u32>,
    pub(crate) funds: HashMap<RecordId, FundEntry>,
    pub(crate) interests: Vec<InterestRow>,
    journal: Vec<(Position, Undo)>,
    journalling: bool,
}

impl Register {
    /// A register that knows nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The last event folded in; 0 before the first.
    #[must_use]
    pub fn tail(&self) -> Position {
        self.tail
    }

    /// The point of the known axis at a position.
    #[must_use]
    pub fn known_at(&self, position: Position) -> KnownAt {
        let run = self.times.partition_point(|(first, _)| *first <= position);
        let recorded_at =
            run.checked_sub(1).and_then(|run| self.times.get(run)).map(|(_, instant)| *instant);
        KnownAt { position, recorded_at }
    }

    /// The last position recorded at or before an instant, not beyond `head`.
    #[must_use]
    pub fn position_at(&self, micros: i64, head: Position) -> Position {
        let run = self.times.partition_point(|(_, instant)| *instant <= micros);
        match self.times.get(run) {
            Some((first_after, _)) => (first_after - 1).min(head),
            None => head,
        }
    }

    /// Says when the events from `first` on were recorded, up to the next such saying.
    pub fn stamp(&mut self, first: Position, recorded_at: i64) {
        if self.times.last().is_none_or(|(_, last)| *last != recorded_at) {
            self.times.push((first, recorded_at));
        }
    }

    /// Folds in the next event, which is durable.
    pub fn apply(&mut self, event: &Event) {
        self.journalling = false;
        self.fold(event);
    }

    /// Folds in an event that is decided but not yet durable, so that it can be taken back.
    pub fn apply_provisionally(&mut self, event: &Event) {
        self.journalling = true;
        self.fold(event);
    }

    /// Makes the events up to a position final.
    pub fn settle(&mut self, position: Position) {
        let settled = self.journal.partition_point(|(at, _)| *at <= position);
        self.journal.drain(..settled);
    }

    /// Takes back every provisional event after a position.
    pub fn retract_after(&mut self, position: Position) {
        while self.journal.last().is_some_and(|(at, _)| *at > position) {
            if let Some((_, undo)) = self.journal.pop() {
                undo(self);
            }
        }
        self.tail = self.tail.min(position);
    }

    /// A number that two folds of the same events share, and folds of others do not.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.tail.hash(&mut hasher);
        self.times.hash(&mut hasher);
        self.evidence.len().hash(&mut hasher);
        for entry in &self.bodies {
            (entry.code, &entry.roles, &entry.groups).hash(&mut hasher);
            // A body that was given more and lost it again by a retraction has an empty one.
            let none = More::default();
            let more = entry.more.as_deref().unwrap_or(&none);
            (&more.names, &more.not_held, &more.expectations).hash(&mut hasher);
            (&more.successors, &more.predecessors).hash(&mut hasher);
            (&more.instruments, &more.received, &more.contracts).hash(&mut hasher);
        }
        for entry in &self.contracts {
            (&entry.id, &entry.held, &entry.groups).hash(&mut hasher);
        }
        for (code, rows) in &self.functions {
            for row in rows {
                (code, row.effective, row.known_from, row.known_until).hash(&mut hasher);
            }
        }
        for (at, _, rule) in &self.rules {
            (at, &rule.id, rule.effective).hash(&mut hasher);
        }
        for entry in &self.instruments {
            (&entry.instrument.id, entry.at, &entry.stages).hash(&mut hasher);
            (&entry.in_force, &entry.ends, &entry.notices, &entry.work).hash(&mut hasher);
        }
        let mut funds: Vec<_> = self.funds.iter().collect();
        funds.sort_by_key(|(id, _)| *id);
        for (id, fund) in funds {
            (id, fund.at, &fund.payments).hash(&mut hasher);
        }
        self.interests.hash(&mut hasher);
        hasher.finish()
    }

    // --- finding things -------------------------------------------------------------------

    pub(crate) fn body(&self, code: BodyCode) -> Option<&BodyEntry> {
        self.body_index.get(&code).map(|index| &self.bodies[*index as usize])
    }

    pub(crate) fn body_id(&self, code: BodyCode) -> Option<u32> {
        self.body_index.get(&code).copied()
    }

    pub(crate) fn contract_entry(&self, id: &ContractId) -> Option<&ContractEntry> {
        self.contract_index.get(id).map(|index| &self.contracts[*index as usize])
    }

    pub(crate) fn function_id(&self, code: &FunctionCode) -> Option<u32> {
        self.function_index.get(code).copied()
    }

    pub(crate) fn instrument_entry(&self, id: &InstrumentId) -> Option<&InstrumentEntry> {
        self.instrument_index.get(id).map(|index| &self.instruments[*index as usize])
    }

    pub(crate) fn confidence(&self, evidence: u32) -> Confidence {
        self.evidence[evidence as usize].confidence
    }

    // --- folding --------------------------------------------------------------------------

    /// Cannot fail: what was recorded was recorded. A fact about something the register does not
    /// know has nothing to change; `decide` keeps such facts out of the log.
    fn fold(&mut self, event: &Event) {
        self.tail += 1;
        let at = At::try_from(self.tail).unwrap_or(OPEN - 1);
        let evidence = self.intern_evidence(&event.evidence);
        match &event.fact {
            Fact::BodyEstablished(body) => self.established(body, at, evidence),
            Fact::BodyDissolved { code, role, effective_until } => {
                let id = self.intern_body(*code);
                let found = self.bodies[id as usize].roles.iter().position(|row| {
                    row.known_until == OPEN
                        && row.value.role == *role
                        && row.effective.until().is_none()
                });
                if let Some(found) = found {
                    self.end_row(at, evidence, *effective_until, found, move |r| {
                        &mut r.bodies[id as usize].roles
                    });
                }
            }
            Fact::BodyNamed { code, name, effective } => {
                let id = self.intern_body(*code);
                let row = Row::new(*effective, at, evidence, name.clone());
                self.add_row(row, move |r| &mut r.more(id).names);
            }
            Fact::SuccessionRecorded(succession) => self.succession(succession, at, evidence),
            Fact::MembershipStarted(membership) => self.membership(membership, at, evidence),
            Fact::MembershipEnded { member, group, relation, effective_from, effective_until } => {
                let group = self.intern_body(*group);
                let ended = |row: &Row<GroupRow>| {
                    row.known_until == OPEN
                        && row.value == GroupRow { group, relation: *relation }
                        && row.effective.from() == *effective_from
                        && row.effective.until().is_none()
                };
                match member {
                    Member::Body(code) => {
                        let id = self.intern_body(*code);
                        if let Some(at_row) = self.bodies[id as usize].groups.iter().position(ended)
                        {
                            self.end_row(at, evidence, *effective_until, at_row, move |r| {
                                &mut r.bodies[id as usize].groups
                            });
                        }
                    }
                    Member::Contract(contract) => {
                        let id = self.intern_contract(contract);
                        if let Some(at_row) =
                            self.contracts[id as usize].groups.iter().position(ended)
                        {
                            self.end_row(at, evidence, *effective_until, at_row, move |r| {
                                &mut r.contracts[id as usize].groups
                            });
                        }
                    }
                }
            }
            Fact::ContractHeld { contract, holder, contract_type, effective } => {
                let id = self.intern_contract(contract);
                let holder = self.intern_body(*holder);
                let row = Row::new(*effective, at, evidence, (holder, *contract_type));
                self.add_row(row, move |r| &mut r.contracts[id as usize].held);
            }
            Fact::FunctionCatalogued(function) => {
                let id = self.intern_function(&function.code);
                let row = Row::new(function.effective, at, evidence, function.clone());
                self.add_row(row, move |r| &mut r.functions[id as usize].1);
            }
            Fact::RuleEnacted(rule) => {
                self.rules.push((at, evidence, rule.clone()));
                self.undoable(|| {
                    Box::new(|r| {
                        r.rules.pop();
                    })
                });
            }
            Fact::InstrumentDrawn(instrument) => self.drawn(instrument, at, evidence),
            Fact::InstrumentAdvanced { instrument, stage } => {
                let period = Period::open(event.evidence.made_on.unwrap_or(Day::MIN));
                let row = Row::new(period, at, evidence, *stage);
                self.add_to_instrument(instrument, row, |entry| &mut entry.stages);
            }
            Fact::InstrumentInForce { instrument, effective, start } => {
                let row = Row::new(*effective, at, evidence, *start);
                self.add_to_instrument(instrument, row, |entry| &mut entry.in_force);
            }
            Fact::InstrumentEnded { instrument, effective_until, reason } => {
                let row = Row::new(Period::open(*effective_until), at, evidence, *reason);
                self.add_to_instrument(instrument, row, |entry| &mut entry.ends);
            }
            Fact::NoticeGiven { instrument, given_by, given_on, ends_on, rule } => {
                let notice =
                    NoticeRow { given_by: *given_by, given_on: *given_on, rule: rule.clone() };
                let row = Row::new(Period::open(*ends_on), at, evidence, notice);
                self.add_to_instrument(instrument, row, |entry| &mut entry.notices);
            }
            Fact::WorkPerformed { instrument, performer, functions, effective } => {
                let work = WorkRow { performer: *performer, functions: functions.clone() };
                let row = Row::new(*effective, at, evidence, work);
                self.add_to_instrument(instrument, row, |entry| &mut entry.work);
            }
            Fact::LevelNotHeld { body, bases, functions, effective } => {
                let id = self.intern_body(*body);
                let value = NotHeldRow { bases: bases.clone(), functions: functions.clone() };
                let row = Row::new(*effective, at, evidence, value);
                self.add_row(row, move |r| &mut r.more(id).not_held);
            }
            Fact::ExpectationStated { function, area, expected, effective_from, nature } => {
                let id = self.intern_body(*area);
                let value = ExpectationRow {
                    function: function.clone(),
                    expected: *expected,
                    nature: nature.clone(),
                };
                let row = Row::new(Period::open(*effective_from), at, evidence, value);
                self.add_row(row, move |r| &mut r.more(id).expectations);
            }
            Fact::FundOpened { .. }
            | Fact::SupportPaid { .. }
            | Fact::InterestDeclared { .. }
            | Fact::DecisionTaken { .. } => self.money(&event.fact, at),
        }
    }

    fn established(&mut self, body: &Body, at: At, evidence: u32) {
        let id = self.intern_body(body.code);
        if !matches!(body.role, BodyRole::Practice | BodyRole::Pcn)
            && !self.commissioning_bodies.contains(&id)
        {
            self.commissioning_bodies.push(id);
            self.undoable(|| {
                Box::new(|r| {
                    r.commissioning_bodies.pop();
                })
            });
        }
        if matches!(body.role, BodyRole::NhsEngland | BodyRole::SecretaryOfState)
            && !self.national_bodies.contains(&id)
        {
            self.national_bodies.push(id);
            self.undoable(|| {
                Box::new(|r| {
                    r.national_bodies.pop();
                })
            });
        }
        let value =
            RoleRow { role: body.role, legal_form: body.legal_form, name: body.name.clone() };
        let row = Row::new(body.effective, at, evidence, value);
        self.add_row(row, move |r| &mut r.bodies[id as usize].roles);
    }

    fn succession(&mut self, succession: &Succession, at: At, evidence: u32) {
        let predecessor = self.intern_body(succession.predecessor);
        let successor = self.intern_body(succession.successor);
        let row = |other| {
            let value = SuccessionRow {
                other,
                kind: succession.kind,
                by_area: succession.by_area,
                by_liability: succession.by_liability,
                share_millionths: succession.share_millionths,
            };
            Row::new(Period::open(succession.effective_on), at, evidence, value)
        };
        self.add_row(row(successor), move |r| &mut r.more(predecessor).successors);
        self.add_row(row(predecessor), move |r| &mut r.more(successor).predecessors);
    }

    fn membership(&mut self, membership: &Membership, at: At, evidence: u32) {
        let group = self.intern_body(membership.group);
        let value = GroupRow { group, relation: membership.relation };
        let row = Row::new(membership.effective, at, evidence, value);
        match &membership.member {
            Member::Body(code) => {
                let id = self.intern_body(*code);
                self.add_row(row, move |r| &mut r.bodies[id as usize].groups);
            }
            Member::Contract(contract) => {
                let id = self.intern_contract(contract);
                self.add_row(row, move |r| &mut r.contracts[id as usize].groups);
            }
        }
    }

    fn drawn(&mut self, instrument: &Instrument, at: At, evidence: u32) {
        let index = next_id(self.instruments.len());
        let mut functions: Vec<_> =
            instrument.functions.iter().map(|code| self.intern_function(code)).collect();
        functions.sort_unstable();
        functions.dedup();
        let given_by: Vec<_> = instrument.given_by.iter().map(|c| self.intern_body(*c)).collect();
        let given_to: Vec<_> = instrument.given_to.iter().map(|c| self.intern_body(*c)).collect();
        let areas: Vec<_> = match &instrument.area {
            Area::England => Vec::new(),
            Area::Of(bodies) => bodies.iter().map(|code| self.intern_body(*code)).collect(),
        };
        if instrument.area == Area::England {
            self.england.push(index);
        }
        for area in &areas {
            self.more(*area).instruments.push(index);
        }
        for body in &given_to {
            self.more(*body).received.push(index);
        }
        self.instrument_index.insert(instrument.id.clone(), index);
        let received = given_to.clone();
        self.instruments.push(InstrumentEntry {
            instrument: instrument.clone(),
            functions,
            given_by,
            given_to,
            at,
            evidence,
            stages: Vec::new(),
            in_force: Vec::new(),
            ends: Vec::new(),
            notices: Vec::new(),
            work: Vec::new(),
        });
        self.undoable(|| {
            Box::new(move |r| {
                let Some(entry) = r.instruments.pop() else { return };
                r.instrument_index.remove(&entry.instrument.id);
                if entry.instrument.area == Area::England {
                    r.england.pop();
                }
                for area in areas {
                    r.more(area).instruments.pop();
                }
                for body in received {
                    r.more(body).received.pop();
                }
            })
        });
    }

    fn money(&mut self, fact: &Fact, at: At) {
        match fact {
            Fact::FundOpened { fund, funders, amount_pence, per_patient_pence, effective } => {
                let entry = FundEntry {
                    funders: funders.clone(),
                    amount_pence: *amount_pence,
                    per_patient_pence: *per_patient_pence,
                    effective: *effective,
                    at,
                    payments: Vec::new(),
                };
                self.funds.insert(fund.clone(), entry);
                let fund = fund.clone();
                self.undoable(|| {
                    Box::new(move |r| {
                        r.funds.remove(&fund);
                    })
                });
            }
            Fact::SupportPaid {
                fund,
                payment,
                payer,
                recipient,
                paid_on,
                patients,
                amount_pence,
                power,
            } => {
                let Some(entry) = self.funds.get_mut(fund) else { return };
                entry.payments.push(PaymentRow {
                    at,
                    payment: payment.clone(),
                    payer: *payer,
                    recipient: *recipient,
                    paid_on: *paid_on,
                    patients: *patients,
                    amount_pence: *amount_pence,
                    power: power.clone(),
                    decisions: Vec::new(),
                });
                let fund = fund.clone();
                self.undoable(|| {
                    Box::new(move |r| {
                        if let Some(entry) = r.funds.get_mut(&fund) {
                            entry.payments.pop();
                        }
                    })
                });
            }
            Fact::InterestDeclared { office, body, interest, concerns, aware_on, declared_on } => {
                self.interests.push(InterestRow {
                    at,
                    office: office.clone(),
                    body: *body,
                    interest: interest.clone(),
                    concerns: *concerns,
                    aware_on: *aware_on,
                    declared_on: *declared_on,
                });
                self.undoable(|| {
                    Box::new(|r| {
                        r.interests.pop();
                    })
                });
            }
            Fact::DecisionTaken { body, forum, fund, payment, decided_on, quorate, handled } => {
                let Forum { kind, name } = forum;
                let row = DecisionRow {
                    at,
                    body: *body,
                    forum: (*kind, name.clone()),
                    decided_on: *decided_on,
                    quorate: *quorate,
                    handled: handled
                        .iter()
                        .map(|Handling { office, way }| (office.clone(), way.clone()))
                        .collect(),
                };
                let (fund, payment) = (fund.clone(), payment.clone());
                let Some(paid) = self.payment_mut(&fund, &payment) else { return };
                paid.decisions.push(row);
                self.undoable(|| {
                    Box::new(move |r| {
                        if let Some(paid) = r.payment_mut(&fund, &payment) {
                            paid.decisions.pop();
                        }
                    })
                });
            }
            _ => {}
        }
    }

    fn payment_mut(&mut self, fund: &RecordId, payment: &RecordId) -> Option<&mut PaymentRow> {
        self.funds.get_mut(fund)?.payments.iter_mut().find(|paid| paid.payment == *payment)
    }

    // --- the few ways in which rows change, each with its way back -------------------------

    fn undoable(&mut self, undo: impl FnOnce() -> Undo) {
        if self.journalling {
            self.journal.push((self.tail, undo()));
        }
    }

    fn add_row<T: 'static>(
        &mut self,
        row: Row<T>,
        rows: impl Fn(&mut Self) -> &mut Vec<Row<T>> + Send + Sync + 'static,
    ) {
        push(rows(self), row);
        self.undoable(|| {
            Box::new(move |r| {
                rows(r).pop();
            })
        });
    }

    /// Closes a row at `at` and adds the same row with an end.
    fn end_row<T: Clone + 'static>(
        &mut self,
        at: At,
        evidence: u32,
        effective_until: Day,
        index: usize,
        rows: impl Fn(&mut Self) -> &mut Vec<Row<T>> + Send + Sync + 'static,
    ) {
        let list = rows(self);
        let old = &mut list[index];
        let Some(effective) = old.effective.cut(effective_until) else { return };
        let ended = Row { effective, known_from: at, known_until: OPEN, evidence, ..old.clone() };
        old.known_until = at;
        // The start still rests on what it rested on; the end's evidence is that of its event.
        let ended = Row { evidence: old.evidence, ..ended };
        push(list, ended);
        self.undoable(|| {
            Box::new(move |r| {
                let list = rows(r);
                list.pop();
                list[index].known_until = OPEN;
            })
        });
    }

    fn add_to_instrument<T: 'static>(
        &mut self,
        id: &InstrumentId,
        row: Row<T>,
        rows: impl Fn(&mut InstrumentEntry) -> &mut Vec<Row<T>> + Send + Sync + 'static,
    ) {
        let Some(index) = self.instrument_index.get(id).map(|index| *index as usize) else {
            return;
        };
        self.add_row(row, move |r| rows(&mut r.instruments[index]));
    }

    fn more(&mut self, id: u32) -> &mut More {
        self.bodies[id as usize].more.get_or_insert_with(Box::default)
    }

    // --- names for things -----------------------------------------------------------------

    fn intern_evidence(&mut self, evidence: &Arc<Evidence>) -> u32 {
        // The same document as for the event before, mostly, and then the same memory.
        if let Some((last, index)) = &self.last_evidence
            && Arc::ptr_eq(last, evidence)
        {
            return *index;
        }
        let index = self.find_or_add_evidence(evidence);
        self.last_evidence = Some((Arc::clone(evidence), index));
        index
    }

    fn find_or_add_evidence(&mut self, evidence: &Arc<Evidence>) -> u32 {
        if let Some(index) = self.evidence_index.get(evidence) {
            return *index;
        }
        let index = next_id(self.evidence.len());
        self.evidence.push(Arc::clone(evidence));
        self.evidence_index.insert(Arc::clone(evidence), index);
        self.undoable(|| {
            Box::new(|r| {
                r.last_evidence = None;
                if let Some(evidence) = r.evidence.pop() {
                    r.evidence_index.remove(&evidence);
                }
            })
        });
        index
    }

    fn intern_body(&mut self, code: BodyCode) -> u32 {
        if let Some(id) = self.body_index.get(&code) {
            return *id;
        }
        let id = next_id(self.bodies.len());
        self.bodies.push(BodyEntry { code, roles: Vec::new(), groups: Vec::new(), more: None });
        self.body_index.insert(code, id);
        self.undoable(|| {
            Box::new(|r| {
                if let Some(entry) = r.bodies.pop() {
                    r.body_index.remove(&entry.code);
                }
            })
        });
        id
    }

    fn intern_contract(&mut self, contract: &ContractId) -> u32 {
        if let Some(id) = self.contract_index.get(contract) {
            return *id;
        }
        let practice = contract.practice().map(|code| self.intern_body(code));
        let id = next_id(self.contracts.len());
        let (held, groups) = (Vec::new(), Vec::new());
        self.contracts.push(ContractEntry { id: contract.clone(), held, groups });
        self.contract_index.insert(contract.clone(), id);
        if let Some(practice) = practice {
            self.more(practice).contracts.push(id);
        }
        self.undoable(|| {
            Box::new(move |r| {
                if let Some(entry) = r.contracts.pop() {
                    r.contract_index.remove(&entry.id);
                }
                if let Some(practice) = practice {
                    r.more(practice).contracts.pop();
                }
            })
        });
        id
    }

    fn intern_function(&mut self, code: &FunctionCode) -> u32 {
        if let Some(id) = self.function_index.get(code) {
            return *id;
        }
        let id = next_id(self.functions.len());
        self.functions.push((code.clone(), Vec::new()));
        self.function_index.insert(code.clone(), id);
        self.undoable(|| {
            Box::new(|r| {
                if let Some((code, _)) = r.functions.pop() {
                    r.function_index.remove(&code);
                }
            })
        });
        id
    }
}

/// The index of the next entry of a list. Lists are shorter than the log, and the log than 2^32.
fn next_id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
