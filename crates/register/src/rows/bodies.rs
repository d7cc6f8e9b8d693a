//! The rows about bodies: roles, names, successions, memberships and contracts.

use std::hash::{Hash, Hasher};
use std::ops::Index;

use remit_domain::decide::Changed;
use remit_domain::{
    Body, BodyCode, BodyDissolved, BodyFact, BodyFactKind, BodyNamed, BodyRole, ClusterFormed,
    Confidence, ContractHeld, ContractId, ContractType, Day, FunctionCode, LegalForm, Member,
    Membership, MembershipEnded, Period, Relation, Succession, SuccessionKind, Text,
    TransferScheme,
};

use crate::answer::Place;
use crate::change::Touched;
use crate::filter::Concern;
use crate::handle::{BodyHandle, ContractHandle, Entry, InstrumentHandle, Table};
use crate::register::Register;
use crate::row::{At, Origin, Row, cut_all};

use super::{Locus, Rows};

/// A role that a body has for a period.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct RoleRow {
    pub role: BodyRole,
    pub legal_form: Option<LegalForm>,
    pub name: Text,
}

/// A membership: the body that another body or a contract belongs to, and the kind of membership.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct GroupRow {
    pub group: BodyHandle,
    pub relation: Relation,
}

/// The end of a membership. The fields `of` and `from`, the first day of the membership, say which
/// membership ends.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct GroupEnd {
    pub of: GroupRow,
    pub from: Day,
}

/// A succession, as stored for one of its two bodies. `other` is the other body.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct SuccessionRow {
    pub other: BodyHandle,
    pub kind: SuccessionKind,
    pub by_area: Option<Confidence>,
    pub by_liability: Option<Confidence>,
    pub share_millionths: Option<u32>,
}

/// A transfer scheme, as stored for the body from which liabilities pass.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct SchemeRow {
    pub to: BodyHandle,
    pub power: Text,
    /// The functions whose liabilities pass. Empty if those of all functions do.
    pub functions: Vec<FunctionCode>,
    /// What passes, if the scheme says it only in words.
    pub described: Option<Text>,
    /// What does not pass, if the scheme excepts anything.
    pub excepted: Option<Text>,
}

/// The holder of a contract, and the type of the contract.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct HolderRow {
    pub holder: BodyHandle,
    pub contract_type: ContractType,
}

/// A cluster: bodies that share their leadership.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct ClusterRow {
    pub name: Text,
    pub bodies: Vec<BodyCode>,
}

/// All rows about one body.
pub(crate) struct BodyEntry {
    pub code: BodyCode,
    pub roles: Vec<Row<RoleRow>>,
    pub groups: Vec<Row<GroupRow>>,
    more: Option<Box<More>>,
}

/// The lists of rows that only some bodies have.
#[derive(Default)]
struct More {
    names: Vec<Row<Text>>,
    role_ends: Vec<Row<BodyRole>>,
    group_ends: Vec<Row<GroupEnd>>,
    successors: Vec<Row<SuccessionRow>>,
    predecessors: Vec<Row<SuccessionRow>>,
    schemes: Vec<Row<SchemeRow>>,
    contracts: Vec<ContractHandle>,
}

/// All rows about one contract.
pub(crate) struct ContractEntry {
    pub id: ContractId,
    pub holders: Vec<Row<HolderRow>>,
    pub groups: Vec<Row<GroupRow>>,
    pub group_ends: Vec<Row<GroupEnd>>,
    /// The instruments of which a text lists the contract.
    pub listed_by: Vec<InstrumentHandle>,
}

impl Entry for BodyEntry {
    type Key = BodyCode;
    type Handle = BodyHandle;

    fn new(code: BodyCode) -> Self {
        Self { code, roles: Vec::new(), groups: Vec::new(), more: None }
    }

    fn key(&self) -> &BodyCode {
        &self.code
    }
}

impl Entry for ContractEntry {
    type Key = ContractId;
    type Handle = ContractHandle;

    fn new(id: ContractId) -> Self {
        let (holders, groups, group_ends) = (Vec::new(), Vec::new(), Vec::new());
        Self { id, holders, groups, group_ends, listed_by: Vec::new() }
    }

    fn key(&self) -> &ContractId {
        &self.id
    }
}

/// Declares a method for each list of rows that only some bodies have.
macro_rules! lists {
    ($($(#[$meta:meta])* $list:ident: $item:ty;)+) => {
        $($(#[$meta])*
        pub fn $list(&self) -> &[$item] {
            self.more.as_ref().map(|more| more.$list.as_slice()).unwrap_or_default()
        })+
    };
}

impl BodyEntry {
    lists! {
        /// The names that the body has had.
        names: Row<Text>;
        /// The ends of the body's roles.
        role_ends: Row<BodyRole>;
        /// The ends of the body's memberships.
        group_ends: Row<GroupEnd>;
        /// The successions from this body to other bodies.
        successors: Row<SuccessionRow>;
        /// The successions from other bodies to this body.
        predecessors: Row<SuccessionRow>;
        /// The transfer schemes by which liabilities pass from this body.
        schemes: Row<SchemeRow>;
        /// The contracts of the body, if the body is a practice.
        contracts: ContractHandle;
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// The period in which the body has the role of `row`, cut short by any end known at `at`.
    pub fn role_span(&self, row: &Row<RoleRow>, at: At) -> Period {
        let of = |end: &&Row<BodyRole>| end.known(at) && end.value == row.value.role;
        cut_all(row.effective, self.role_ends().iter().filter(of))
    }

    /// The role that the body has on the day `on`, as known at `at`.
    pub fn role(&self, on: Day, at: At) -> Option<&Row<RoleRow>> {
        let holds = |row: &&Row<RoleRow>| row.holds(on, at) && self.role_span(row, at).contains(on);
        // Two lives never overlap, except in a fold of some events alone, which may lack the end of
        // the earlier life: the later life then says what the body is.
        self.roles.iter().filter(holds).max_by_key(|row| row.effective.from())
    }

    /// The day on which the body ceases to have the role `role`, by the last of the periods that
    /// begin by the day `later`, as known at `at`. None if no end is known.
    pub fn role_end(&self, role: BodyRole, later: Day, at: At) -> Option<Day> {
        let begun = |row: &&Row<RoleRow>| row.value.role == role && row.effective.from() <= later;
        let lives = self.roles.iter().filter(|row| row.known(at)).filter(begun);
        lives.map(|row| self.role_span(row, at)).max_by_key(|span| span.from())?.until()
    }

    /// The period of the membership `row`, cut short by any end known at `at`.
    pub fn group_span(&self, row: &Row<GroupRow>, at: At) -> Period {
        group_span(row, self.group_ends(), at)
    }

    /// The memberships of the body known at `at`, each with its period, cut short by any known end.
    pub fn groups_known(&self, at: At) -> impl Iterator<Item = (&Row<GroupRow>, Period)> {
        let known = self.groups.iter().filter(move |row| row.known(at));
        known.map(move |row| (row, self.group_span(row, at)))
    }
}

impl ContractEntry {
    /// The period of the membership `row`, cut short by any end known at `at`.
    pub fn group_span(&self, row: &Row<GroupRow>, at: At) -> Period {
        group_span(row, &self.group_ends, at)
    }

    /// The memberships of the contract known at `at`, each with its period, cut short by any known
    /// end.
    pub fn groups_known(&self, at: At) -> impl Iterator<Item = (&Row<GroupRow>, Period)> {
        let known = self.groups.iter().filter(move |row| row.known(at));
        known.map(move |row| (row, self.group_span(row, at)))
    }
}

fn group_span(row: &Row<GroupRow>, ends: &[Row<GroupEnd>], at: At) -> Period {
    let of = |end: &&Row<GroupEnd>| {
        end.known(at) && end.value.of == row.value && end.value.from == row.effective.from()
    };
    cut_all(row.effective, ends.iter().filter(of))
}

/// Where the rows of an event about bodies are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyLocus {
    Role(BodyHandle),
    RoleEnd(BodyHandle),
    Name(BodyHandle),
    /// A succession has two rows: one stored under the predecessor, and one under the successor.
    Succession(BodyHandle, BodyHandle),
    /// A transfer scheme is stored under the body from which liabilities pass.
    Scheme(BodyHandle),
    Group(BodyHandle),
    GroupEnd(BodyHandle),
    ContractGroup(ContractHandle),
    ContractGroupEnd(ContractHandle),
    Holder(ContractHandle),
    Cluster,
}

impl BodyLocus {
    pub fn kind(self) -> BodyFactKind {
        match self {
            Self::Role(_) => BodyFactKind::BodyEstablished,
            Self::RoleEnd(_) => BodyFactKind::BodyDissolved,
            Self::Name(_) => BodyFactKind::BodyNamed,
            Self::Succession(..) => BodyFactKind::SuccessionRecorded,
            Self::Scheme(_) => BodyFactKind::TransferSchemeMade,
            Self::Group(_) | Self::ContractGroup(_) => BodyFactKind::MembershipStarted,
            Self::GroupEnd(_) | Self::ContractGroupEnd(_) => BodyFactKind::MembershipEnded,
            Self::Holder(_) => BodyFactKind::ContractHeld,
            Self::Cluster => BodyFactKind::ClusterFormed,
        }
    }

    /// The body whose role the event begins or ends. `None` if the event does neither.
    pub fn life_of(self) -> Option<BodyHandle> {
        match self {
            Self::Role(body) | Self::RoleEnd(body) => Some(body),
            Self::Name(_)
            | Self::Succession(..)
            | Self::Scheme(_)
            | Self::Group(_)
            | Self::GroupEnd(_)
            | Self::ContractGroup(_)
            | Self::ContractGroupEnd(_)
            | Self::Holder(_)
            | Self::Cluster => None,
        }
    }
}

/// All rows about bodies.
#[derive(Default)]
pub(crate) struct Bodies {
    table: Table<BodyEntry>,
    contracts: Table<ContractEntry>,
    clusters: Vec<Row<ClusterRow>>,
    /// The bodies that are neither practices nor networks. This list is used to find bodies by
    /// role.
    commissioning: Vec<BodyHandle>,
    /// NHS England and the Secretary of State. These two bodies are listed because most answers
    /// need them.
    national: Vec<BodyHandle>,
    /// The bodies from which liabilities pass by a transfer scheme.
    passing: Vec<BodyHandle>,
}

impl Index<BodyHandle> for Bodies {
    type Output = BodyEntry;

    fn index(&self, body: BodyHandle) -> &BodyEntry {
        &self.table[body]
    }
}

impl Index<ContractHandle> for Bodies {
    type Output = ContractEntry;

    fn index(&self, contract: ContractHandle) -> &ContractEntry {
        &self.contracts[contract]
    }
}

impl Bodies {
    pub fn handle(&self, code: BodyCode) -> Option<BodyHandle> {
        self.table.handle(&code)
    }

    pub fn get(&self, code: BodyCode) -> Option<&BodyEntry> {
        self.table.get(&code)
    }

    pub fn contract(&self, id: &ContractId) -> Option<&ContractEntry> {
        self.contracts.get(id)
    }

    pub fn contract_handle(&self, id: &ContractId) -> Option<ContractHandle> {
        self.contracts.handle(id)
    }

    /// The instruments of which a text lists the contract, as a list to add to.
    pub fn listed_by(&mut self, contract: ContractHandle) -> &mut Vec<InstrumentHandle> {
        &mut self.contracts[contract].listed_by
    }

    pub fn all(&self) -> impl Iterator<Item = (BodyHandle, &BodyEntry)> {
        self.table.with_handles()
    }

    pub fn contracts(&self) -> impl Iterator<Item = &ContractEntry> {
        self.contracts.iter()
    }

    pub fn clusters(&self) -> &[Row<ClusterRow>] {
        &self.clusters
    }

    /// The bodies that are neither practices nor networks.
    pub fn commissioning(&self) -> &[BodyHandle] {
        &self.commissioning
    }

    /// The two national bodies: NHS England and the Secretary of State.
    pub fn national(&self) -> &[BodyHandle] {
        &self.national
    }

    pub fn each_list(&mut self, locus: BodyLocus, each: &mut dyn FnMut(&mut dyn Rows)) {
        match locus {
            BodyLocus::Role(body) => each(&mut self.table[body].roles),
            BodyLocus::RoleEnd(body) => each(&mut self.table[body].more().role_ends),
            BodyLocus::Name(body) => each(&mut self.table[body].more().names),
            BodyLocus::Succession(predecessor, successor) => {
                each(&mut self.table[predecessor].more().successors);
                each(&mut self.table[successor].more().predecessors);
            }
            BodyLocus::Scheme(body) => each(&mut self.table[body].more().schemes),
            BodyLocus::Group(body) => each(&mut self.table[body].groups),
            BodyLocus::GroupEnd(body) => each(&mut self.table[body].more().group_ends),
            BodyLocus::ContractGroup(contract) => each(&mut self.contracts[contract].groups),
            BodyLocus::ContractGroupEnd(contract) => {
                each(&mut self.contracts[contract].group_ends);
            }
            BodyLocus::Holder(contract) => each(&mut self.contracts[contract].holders),
            BodyLocus::Cluster => each(&mut self.clusters),
        }
    }

    pub fn concern(&self, locus: BodyLocus, at: At, concern: &mut Concern) {
        let groups = |rows: &[Row<GroupRow>], concern: &mut Concern| {
            for row in rows.iter().filter(|row| row.known_from <= at) {
                concern.areas([self[row.value.group].code]);
            }
        };
        match locus {
            BodyLocus::Cluster => {}
            BodyLocus::Role(body) | BodyLocus::RoleEnd(body) | BodyLocus::Name(body) => {
                concern.areas([self[body].code]);
            }
            BodyLocus::Succession(predecessor, successor) => {
                concern.areas([self[predecessor].code, self[successor].code]);
            }
            BodyLocus::Scheme(body) => {
                let known = self[body].schemes().iter().filter(|row| row.known_from <= at);
                concern.areas(
                    std::iter::once(self[body].code)
                        .chain(known.map(|row| self[row.value.to].code)),
                );
                concern.every_function = true;
            }
            BodyLocus::Group(body) | BodyLocus::GroupEnd(body) => {
                concern.bodies([self[body].code]);
                groups(&self[body].groups, concern);
            }
            BodyLocus::ContractGroup(contract)
            | BodyLocus::ContractGroupEnd(contract)
            | BodyLocus::Holder(contract) => {
                concern.bodies(self[contract].id.practice());
                groups(&self[contract].groups, concern);
            }
        }
    }

    pub fn changed(&self, locus: BodyLocus) -> Option<Changed> {
        match locus {
            BodyLocus::Role(body) | BodyLocus::RoleEnd(body) => {
                Some(Changed::Lives(self[body].code))
            }
            BodyLocus::Group(body) | BodyLocus::GroupEnd(body) => {
                Some(Changed::Memberships(Member::Body(self[body].code)))
            }
            BodyLocus::ContractGroup(contract) | BodyLocus::ContractGroupEnd(contract) => {
                Some(Changed::Memberships(Member::Contract(self[contract].id.clone())))
            }
            BodyLocus::Holder(contract) => Some(Changed::Contract(self[contract].id.clone())),
            BodyLocus::Succession(from, _) | BodyLocus::Scheme(from) => {
                Some(Changed::Passing(self[from].code))
            }
            BodyLocus::Name(_) | BodyLocus::Cluster => None,
        }
    }

    /// The transfer schemes by which liabilities pass to a body.
    pub fn schemes_to(&self, body: BodyHandle) -> impl Iterator<Item = &Row<SchemeRow>> {
        let all = self.passing.iter().flat_map(|from| self[*from].schemes());
        all.filter(move |row| row.value.to == body)
    }
}

impl Hash for Bodies {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for entry in self.table.iter() {
            (entry.code, &entry.roles, &entry.groups).hash(hasher);
            // An undone event can leave an empty `More` behind. An empty `More` must not change the
            // hash, so hash each list and not `More` itself.
            (entry.names(), entry.role_ends(), entry.group_ends()).hash(hasher);
            (entry.successors(), entry.predecessors(), entry.contracts()).hash(hasher);
            entry.schemes().hash(hasher);
        }
        for entry in self.contracts.iter() {
            (&entry.id, &entry.holders, &entry.groups, &entry.group_ends).hash(hasher);
            entry.listed_by.hash(hasher);
        }
        self.clusters.hash(hasher);
    }
}

impl Register {
    pub(super) fn fold_bodies(&mut self, fact: &BodyFact, origin: Origin) {
        match fact {
            BodyFact::BodyEstablished(body) => self.established(body, origin),
            BodyFact::BodyDissolved(BodyDissolved { code, role, effective_until }) => {
                let body = self.intern_body(*code);
                let row = origin.row_from(*effective_until, *role);
                let locus = Locus::Bodies(BodyLocus::RoleEnd(body));
                self.add_row(locus, row, move |r| &mut r.bodies.table[body].more().role_ends);
            }
            BodyFact::BodyNamed(BodyNamed { code, name, effective }) => {
                let body = self.intern_body(*code);
                let row = origin.row(*effective, name.clone());
                let locus = Locus::Bodies(BodyLocus::Name(body));
                self.add_row(locus, row, move |r| &mut r.bodies.table[body].more().names);
            }
            BodyFact::SuccessionRecorded(succession) => self.succession(succession, origin),
            BodyFact::TransferSchemeMade(scheme) => self.scheme(scheme, origin),
            BodyFact::MembershipStarted(membership) => self.membership(membership, origin),
            BodyFact::MembershipEnded(ended) => self.membership_end(ended, origin),
            BodyFact::ContractHeld(ContractHeld { contract, holder, contract_type, effective }) => {
                let contract = self.intern_contract(contract);
                let holder = self.intern_body(*holder);
                let value = HolderRow { holder, contract_type: *contract_type };
                let row = origin.row(*effective, value);
                let locus = Locus::Bodies(BodyLocus::Holder(contract));
                self.add_row(locus, row, move |r| &mut r.bodies.contracts[contract].holders);
            }
            BodyFact::ClusterFormed(ClusterFormed { name, bodies, effective }) => {
                let value = ClusterRow { name: name.clone(), bodies: bodies.clone() };
                let row = origin.row(*effective, value);
                self.add_row(Locus::Bodies(BodyLocus::Cluster), row, |r| &mut r.bodies.clusters);
            }
        }
    }

    fn established(&mut self, established: &Body, origin: Origin) {
        let body = self.intern_body(established.code);
        if !matches!(established.role, BodyRole::Practice | BodyRole::Pcn) {
            self.list_under(body, true, |r| &mut r.bodies.commissioning);
        }
        if established.role.is_national() {
            self.list_under(body, true, |r| &mut r.bodies.national);
        }
        let Body { role, legal_form, ref name, effective, .. } = *established;
        let row = origin.row(effective, RoleRow { role, legal_form, name: name.clone() });
        let locus = Locus::Bodies(BodyLocus::Role(body));
        self.add_row(locus, row, move |r| &mut r.bodies.table[body].roles);
    }

    fn succession(&mut self, succession: &Succession, origin: Origin) {
        let predecessor = self.intern_body(succession.predecessor);
        let successor = self.intern_body(succession.successor);
        let row = |other| {
            let Succession { kind, by_area, by_liability, share_millionths, .. } = *succession;
            let value = SuccessionRow { other, kind, by_area, by_liability, share_millionths };
            origin.row_from(succession.effective_on, value)
        };
        let locus = Locus::Bodies(BodyLocus::Succession(predecessor, successor));
        self.add_row(locus, row(successor), move |r| {
            &mut r.bodies.table[predecessor].more().successors
        });
        self.add_row(locus, row(predecessor), move |r| {
            &mut r.bodies.table[successor].more().predecessors
        });
    }

    fn scheme(&mut self, scheme: &TransferScheme, origin: Origin) {
        let from = self.intern_body(scheme.from);
        let TransferScheme { power, effective_on, functions, described, excepted, .. } = scheme;
        let value = SchemeRow {
            to: self.intern_body(scheme.to),
            power: power.clone(),
            functions: functions.clone(),
            described: described.clone(),
            excepted: excepted.clone(),
        };
        let row = origin.row_from(*effective_on, value);
        self.list_under(from, true, |r| &mut r.bodies.passing);
        let locus = Locus::Bodies(BodyLocus::Scheme(from));
        self.add_row(locus, row, move |r| &mut r.bodies.table[from].more().schemes);
    }

    fn membership(&mut self, membership: &Membership, origin: Origin) {
        let group = self.intern_body(membership.group);
        let value = GroupRow { group, relation: membership.relation };
        let row = origin.row(membership.effective, value);
        match &membership.member {
            Member::Body(code) => {
                let body = self.intern_body(*code);
                let locus = Locus::Bodies(BodyLocus::Group(body));
                self.add_row(locus, row, move |r| &mut r.bodies.table[body].groups);
            }
            Member::Contract(id) => {
                let contract = self.intern_contract(id);
                let locus = Locus::Bodies(BodyLocus::ContractGroup(contract));
                self.add_row(locus, row, move |r| &mut r.bodies.contracts[contract].groups);
            }
        }
    }

    fn membership_end(&mut self, ended: &MembershipEnded, origin: Origin) {
        let MembershipEnded { member, group, relation, effective_from, effective_until } = ended;
        let of = GroupRow { group: self.intern_body(*group), relation: *relation };
        let row = origin.row_from(*effective_until, GroupEnd { of, from: *effective_from });
        match member {
            Member::Body(code) => {
                let body = self.intern_body(*code);
                let locus = Locus::Bodies(BodyLocus::GroupEnd(body));
                self.add_row(locus, row, move |r| &mut r.bodies.table[body].more().group_ends);
            }
            Member::Contract(id) => {
                let contract = self.intern_contract(id);
                let locus = Locus::Bodies(BodyLocus::ContractGroupEnd(contract));
                self.add_row(locus, row, move |r| &mut r.bodies.contracts[contract].group_ends);
            }
        }
    }

    pub(super) fn intern_body(&mut self, code: BodyCode) -> BodyHandle {
        if let Some(body) = self.bodies.handle(code) {
            return body;
        }
        let body = self.bodies.table.add(&code);
        self.undoable(|| Box::new(|register| register.bodies.table.pop()));
        body
    }

    pub(super) fn intern_contract(&mut self, id: &ContractId) -> ContractHandle {
        if let Some(contract) = self.bodies.contracts.handle(id) {
            return contract;
        }
        let practice = id.practice().map(|code| self.intern_body(code));
        let contract = self.bodies.contracts.add(id);
        self.undoable(|| Box::new(|register| register.bodies.contracts.pop()));
        if let Some(practice) = practice {
            self.list_under(contract, false, move |r| {
                &mut r.bodies.table[practice].more().contracts
            });
        }
        contract
    }

    pub(super) fn touch_bodies(&self, locus: BodyLocus, touched: &mut Touched) {
        match locus {
            BodyLocus::Name(_) | BodyLocus::Cluster => {}
            BodyLocus::Role(body) | BodyLocus::RoleEnd(body) => {
                self.touch_party(body, touched);
                self.touch_member(body, touched);
            }
            BodyLocus::Scheme(body) => self.touch_party(body, touched),
            BodyLocus::Succession(predecessor, successor) => {
                touched.bodies.insert(successor);
                self.touch_party(predecessor, touched);
            }
            BodyLocus::Group(body) | BodyLocus::GroupEnd(body) => {
                touched.every_function = true;
                self.touch_member(body, touched);
            }
            BodyLocus::ContractGroup(contract)
            | BodyLocus::ContractGroupEnd(contract)
            | BodyLocus::Holder(contract) => {
                touched.every_function = true;
                let id = &self.bodies[contract].id;
                touched.places.insert(Place::Contract(id.clone()));
                touched.places.extend(id.practice().map(Place::Body));
            }
        }
    }

    /// Adds to `touched` the areas in which the answers name `body` or a body whose liabilities may
    /// have passed to it: their own areas, and the areas of the instruments to which they are
    /// parties. A national body affects the answers in all areas.
    fn touch_party(&self, body: BodyHandle, touched: &mut Touched) {
        touched.every_function = true;
        let mut reached = vec![body];
        let mut next = 0;
        while let Some(body) = reached.get(next).copied() {
            next += 1;
            touched.bodies.insert(body);
            touched.everywhere |= self.bodies.national.contains(&body);
            for instrument in self.instruments.of_party(body) {
                self.instruments.touch_areas(instrument, touched);
            }
            let before = self.bodies[body].predecessors().iter().map(|row| row.value.other);
            let by_scheme =
                self.bodies.passing.iter().copied().filter(|from| {
                    self.bodies[*from].schemes().iter().any(|row| row.value.to == body)
                });
            for from in before.chain(by_scheme) {
                if !reached.contains(&from) {
                    reached.push(from);
                }
            }
        }
    }

    /// Adds `body` to the touched places if it is a practice or a sub-ICB location, because its
    /// commissioner may change.
    fn touch_member(&self, body: BodyHandle, touched: &mut Touched) {
        let entry = &self.bodies[body];
        let is_place = |role| matches!(role, BodyRole::Practice | BodyRole::SubIcbLocation);
        if entry.roles.iter().any(|row| is_place(row.value.role)) {
            touched.places.insert(Place::Body(entry.code));
        }
    }
}
