//! The register itself: every fact by what it is about. How an event changes it is in `fold`.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use remit_domain::{
    BodyCode, BodyRole, Confidence, ContractId, ContractType, Day, EndReason, Event, Evidence,
    FactKind, Function, FunctionCode, Instrument, InstrumentId, LegalBasis, LegalForm, Position,
    RecordId, Relation, Rule, RuleContent, RuleId, Stage, Start, Text,
};

use crate::live::Locus;
use crate::personal::{Fields, RedactionRow};
use crate::row::{At, OPEN, Row};

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
    pub role_ends: Vec<Row<BodyRole>>,
    pub group_ends: Vec<Row<GroupEnd>>,
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

/// The end of a membership: of which one, by its first day.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct GroupEnd {
    pub of: GroupRow,
    pub from: Day,
}

pub(crate) struct ContractEntry {
    pub id: ContractId,
    pub held: Vec<Row<(u32, ContractType)>>,
    pub groups: Vec<Row<GroupRow>>,
    pub group_ends: Vec<Row<GroupEnd>>,
}

/// How an instrument reads, and what that names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    pub instrument: Instrument,
    /// Indexes of its functions, sorted.
    pub functions: Vec<u32>,
    pub given_by: Vec<u32>,
    pub given_to: Vec<u32>,
    /// The commissioners in whose areas it holds; empty for all of England.
    pub areas: Vec<u32>,
}

impl Reading {
    /// Whether it is about a function in an area.
    pub fn covers(&self, function: u32, area: u32) -> bool {
        self.functions.binary_search(&function).is_ok()
            && (self.areas.is_empty() || self.areas.contains(&area))
    }
}

/// A condition attached while an instrument runs, or the lifting of one.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct ConditionRow {
    pub condition: Text,
    pub lifted: bool,
}

pub(crate) struct InstrumentEntry {
    pub id: InstrumentId,
    /// As drawn up (for all days) and as varied (from a day on).
    pub readings: Vec<Row<Reading>>,
    pub conditions: Vec<Row<ConditionRow>>,
    pub stages: Vec<Row<Stage>>,
    pub in_force: Vec<Row<Start>>,
    pub ends: Vec<Row<EndReason>>,
    pub notices: Vec<Row<NoticeRow>>,
    pub work: Vec<Row<WorkRow>>,
}

impl InstrumentEntry {
    pub fn new(id: InstrumentId) -> Self {
        Self {
            id,
            readings: Vec::new(),
            conditions: Vec::new(),
            stages: Vec::new(),
            in_force: Vec::new(),
            ends: Vec::new(),
            notices: Vec::new(),
            work: Vec::new(),
        }
    }

    /// An event that speaks of it, where it is not, or no longer, drawn.
    pub fn adrift(&self) -> Option<At> {
        fn first<T>(rows: &[Row<T>]) -> Option<At> {
            rows.iter().filter(|row| row.known_until == OPEN).map(|row| row.origin).min()
        }
        let drawn =
            |row: &Row<Reading>| row.known_until == OPEN && row.effective.from() == Day::MIN;
        if self.readings.iter().any(drawn) {
            return None;
        }
        let Self { id: _, readings, conditions, stages, in_force, ends, notices, work } = self;
        let each = [
            first(readings),
            first(conditions),
            first(stages),
            first(in_force),
            first(ends),
            first(notices),
            first(work),
        ];
        each.into_iter().flatten().min()
    }

    /// Every body that is or was a party to it.
    pub fn parties(&self) -> impl Iterator<Item = u32> {
        let readings = self.readings.iter().map(|row| &row.value);
        readings.flat_map(|reading| reading.given_by.iter().chain(&reading.given_to)).copied()
    }
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

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct FundRow {
    pub funders: Vec<BodyCode>,
    pub amount_pence: u64,
    pub per_patient_pence: u64,
}

/// A payment of a fund.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct PaymentRow {
    pub payment: RecordId,
    pub payer: BodyCode,
    pub recipient: BodyCode,
    pub patients: u64,
    pub amount_pence: u64,
    pub power: Option<FunctionCode>,
}

/// What a committee decided on a payment.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct DecisionRow {
    pub payment: RecordId,
    pub body: BodyCode,
    pub forum: (remit_domain::ForumKind, Text),
    pub quorate: bool,
    /// How each declared interest was handled; whose it is lies with what may name a person.
    pub handled: Vec<Text>,
}

#[derive(Default)]
pub(crate) struct FundEntry {
    pub opened: Vec<Row<FundRow>>,
    pub payments: Vec<Row<PaymentRow>>,
    pub decisions: Vec<Row<DecisionRow>>,
}

/// A declared interest; its row begins on the day of the declaration. Whose it is lies with what may
/// name a person.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct InterestRow {
    pub body: BodyCode,
    pub interest: Text,
    pub concerns: BodyCode,
    pub aware_on: Day,
}

/// A row of law. Rows that wait for commencement lie in all days and count for none.
pub(crate) struct RuleEntry {
    pub id: RuleId,
    pub rows: Vec<Row<Rule>>,
    pub commenced: Vec<Row<()>>,
    pub ends: Vec<Row<()>>,
}

/// A function of the catalogue.
pub(crate) struct FunctionEntry {
    pub code: FunctionCode,
    pub segments: Vec<Row<Function>>,
    pub ends: Vec<Row<()>>,
}

/// What resolution asks a rule for.
#[derive(Clone, Copy)]
pub(crate) enum RuleUse {
    Liability,
    Continuity,
    Vesting,
    ReadAcross,
}

impl RuleUse {
    pub const COUNT: usize = 4;

    pub fn of(content: &RuleContent) -> Option<Self> {
        match content {
            RuleContent::Liability { .. } => Some(Self::Liability),
            RuleContent::Continuity { .. } => Some(Self::Continuity),
            RuleContent::Vesting { .. } => Some(Self::Vesting),
            RuleContent::ReadAcross { .. } => Some(Self::ReadAcross),
            _ => None,
        }
    }
}

pub(crate) type Undo = Box<dyn FnOnce(&mut Register) + Send + Sync>;

/// The fold of the log, in memory: answers at any effective day and any position of the past.
#[derive(Default)]
pub struct Register {
    pub(crate) tail: Position,
    /// Where the recorded instant changes: first position of each run, and the instant.
    times: Vec<(Position, i64)>,
    pub(crate) evidence: Vec<Arc<Evidence>>,
    pub(crate) evidence_index: HashMap<Arc<Evidence>, u32>,
    pub(crate) last_evidence: Option<(Arc<Evidence>, u32)>,
    pub(crate) bodies: Vec<BodyEntry>,
    pub(crate) body_index: HashMap<BodyCode, u32>,
    /// Bodies other than practices and networks, for lists by role.
    pub(crate) commissioning_bodies: Vec<u32>,
    /// NHS England and the Secretary of State: asked after in every answer.
    pub(crate) national_bodies: Vec<u32>,
    pub(crate) contracts: Vec<ContractEntry>,
    pub(crate) contract_index: HashMap<ContractId, u32>,
    pub(crate) functions: Vec<FunctionEntry>,
    pub(crate) function_index: HashMap<FunctionCode, u32>,
    pub(crate) rules: Vec<RuleEntry>,
    pub(crate) rule_index: HashMap<RuleId, u32>,
    /// The rules of each kind that resolution asks for, so that it need not look at the others.
    pub(crate) rules_of: [Vec<u32>; RuleUse::COUNT],
    pub(crate) instruments: Vec<InstrumentEntry>,
    pub(crate) instrument_index: HashMap<InstrumentId, u32>,
    /// Instruments for all of England.
    pub(crate) england: Vec<u32>,
    pub(crate) funds: Vec<FundEntry>,
    pub(crate) fund_index: HashMap<RecordId, u32>,
    pub(crate) interests: Vec<Row<InterestRow>>,
    pub(crate) clusters: Vec<Row<(Text, Vec<BodyCode>)>>,
    /// For each event that has any: its fields that may name a person.
    pub(crate) personal: BTreeMap<At, Fields>,
    pub(crate) redactions: BTreeMap<At, RedactionRow>,
    /// Redactions that are decided and not final: what they are about is still told.
    pub(crate) to_forget: Vec<At>,
    /// Where the rows of each event lie, by position.
    pub(crate) loci: Vec<Locus>,
    /// For each event ever taken back: the positions at which it ceased to be so, was so again, …
    pub(crate) turns: HashMap<At, Vec<At>>,
    /// For each correction: the event it takes back, and what that speaks of.
    pub(crate) corrections: HashMap<At, (Option<At>, FactKind)>,
    /// For each event ever corrected: the corrections that take it back, so or no longer so.
    pub(crate) correctors: HashMap<At, Vec<At>>,
    pub(crate) journal: Vec<(Position, Undo)>,
    pub(crate) journalling: bool,
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

    /// Passes over the events up to a position, as if they had never been: to see what an answer
    /// owes to them.
    pub fn skip_to(&mut self, position: Position) {
        if self.tail < position {
            self.tail = position;
            self.loci.resize(usize::try_from(position).unwrap_or(usize::MAX), Locus::Nowhere);
        }
    }

    /// Makes the events up to a position final.
    pub fn settle(&mut self, position: Position) {
        let settled = self.journal.partition_point(|(at, _)| *at <= position);
        self.journal.drain(..settled);
        self.forget_until(position);
    }

    /// Takes back every provisional event after a position.
    pub fn retract_after(&mut self, position: Position) {
        while self.journal.last().is_some_and(|(at, _)| *at > position) {
            if let Some((_, undo)) = self.journal.pop() {
                undo(self);
            }
        }
        self.tail = self.tail.min(position);
        self.loci.truncate(usize::try_from(self.tail).unwrap_or(usize::MAX));
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
            (&more.role_ends, &more.group_ends).hash(&mut hasher);
            (&more.successors, &more.predecessors).hash(&mut hasher);
            (&more.instruments, &more.received, &more.contracts).hash(&mut hasher);
        }
        for entry in &self.contracts {
            (&entry.id, &entry.held, &entry.groups, &entry.group_ends).hash(&mut hasher);
        }
        for entry in &self.functions {
            (&entry.code, &entry.ends).hash(&mut hasher);
            for row in &entry.segments {
                (row.effective, row.origin, row.known_from, row.known_until).hash(&mut hasher);
            }
        }
        for entry in &self.rules {
            (&entry.id, &entry.commenced, &entry.ends).hash(&mut hasher);
            for row in &entry.rows {
                (row.value.effective, row.origin, row.known_from, row.known_until)
                    .hash(&mut hasher);
            }
        }
        for entry in &self.instruments {
            (&entry.id, &entry.stages, &entry.conditions).hash(&mut hasher);
            (&entry.in_force, &entry.ends, &entry.notices, &entry.work).hash(&mut hasher);
            for row in &entry.readings {
                (row.effective, row.origin, row.known_from, row.known_until).hash(&mut hasher);
                (&row.value.functions, &row.value.areas).hash(&mut hasher);
            }
        }
        let mut funds: Vec<_> = self.fund_index.iter().collect();
        funds.sort_unstable();
        for (id, index) in funds {
            let fund = &self.funds[*index as usize];
            (id, &fund.opened, &fund.payments, &fund.decisions).hash(&mut hasher);
        }
        (&self.interests, &self.clusters).hash(&mut hasher);
        (&self.personal, &self.redactions).hash(&mut hasher);
        let mut turns: Vec<_> = self.turns.iter().filter(|(_, turns)| !turns.is_empty()).collect();
        turns.sort_unstable();
        turns.hash(&mut hasher);
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
}
