//! The directory of bodies: their roles, names, successions and memberships.

use remit_domain::{
    BodyCode, BodyRole, Confidence, Day, Evidence, FunctionCode, LegalBasis, LegalForm, Member,
    Period, Position, Relation, SuccessionKind, Text, TransferScheme,
};

use crate::answer::Place;
use crate::handle::BodyHandle;
use crate::register::Register;
use crate::row::{At, Row, at};
use crate::rows::bodies::{ContractEntry, GroupRow, RoleRow, SchemeRow, SuccessionRow};

/// A body in a role for a period.
#[derive(Clone, Debug)]
pub struct BodyView<'r> {
    /// The code of the body.
    pub code: BodyCode,
    /// The role that the body has.
    pub role: BodyRole,
    /// The name of the body on the day asked about. If no day was asked about, the name with which
    /// the body was established.
    pub name: &'r Text,
    /// The legal form of the body, if one is recorded.
    pub legal_form: Option<LegalForm>,
    /// The period in which the body has the role, cut short by any recorded end.
    pub effective: Period,
    /// The position of the event that established the body in the role.
    pub position: Position,
    /// The evidence that the body has the role.
    pub evidence: &'r Evidence,
}

/// A name that a body has had.
#[derive(Clone, Copy, Debug)]
pub struct NameView<'r> {
    /// The name that the body had.
    pub name: &'r Text,
    /// The period in which the body has the name.
    pub effective: Period,
    /// The position of the event that recorded the body's name.
    pub position: Position,
}

/// A cluster that a body belongs to.
#[derive(Clone, Copy, Debug)]
pub struct ClusterView<'r> {
    /// The name of the cluster.
    pub name: &'r Text,
    /// The period in which the bodies of the cluster share their leadership.
    pub effective: Period,
    /// The position of the event that recorded the cluster.
    pub position: Position,
}

/// Evidence that a commissioner did not have functions on certain legal bases.
#[derive(Clone, Copy, Debug)]
pub struct NotHeldView<'r> {
    /// The legal bases on which, according to the evidence, the commissioner did not have
    /// functions.
    pub bases: &'r [LegalBasis],
    /// The functions that, according to the evidence, the commissioner did not have on the legal
    /// bases in `bases`. Empty if the commissioner had no function at all on these bases.
    pub functions: &'r [FunctionCode],
    /// The period in which, according to the evidence, the commissioner did not have the functions
    /// in `functions`.
    pub effective: Period,
}

/// A succession: one body takes the place of another body.
#[derive(Clone, Debug)]
pub struct SuccessionView<'r> {
    /// The body that ceases to exist, or gives up area, by the succession.
    pub predecessor: BodyCode,
    /// The body that takes the predecessor's place, or receives area from the predecessor.
    pub successor: BodyCode,
    /// The first day on which the succession has effect.
    pub effective_on: Day,
    /// The kind of succession.
    pub kind: SuccessionKind,
    /// How certain it is that the area passes to the successor. `None` if no area passes.
    pub by_area: Option<Confidence>,
    /// How certain it is that liabilities pass to the successor. `None` if none are known to pass.
    pub by_liability: Option<Confidence>,
    /// The share of the predecessor's area that passes to the successor, in millionths, if a source
    /// gives it.
    pub share_millionths: Option<u32>,
    /// The position of the event that recorded the succession.
    pub position: Position,
    /// The evidence of the succession.
    pub evidence: &'r Evidence,
}

/// A membership: a body or a contract belongs to another body, such as a practice to a CCG.
#[derive(Clone, Debug)]
pub struct MembershipView<'r> {
    /// The body or contract that belongs to another body.
    pub member: Member,
    /// The body to which `member` belongs, such as a commissioner or a network.
    pub group: BodyCode,
    /// The kind of membership, such as practice of a commissioner.
    pub relation: Relation,
    /// The period of the membership, cut short by any recorded end.
    pub effective: Period,
    /// The position of the event that started the membership.
    pub position: Position,
    /// The evidence of the membership.
    pub evidence: &'r Evidence,
}

/// The direction in which successions are followed: to successors or to predecessors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToSuccessors,
    ToPredecessors,
}

impl Register {
    /// Whether the register knows any role of the body `code` at the position `known_at`.
    #[must_use]
    pub fn knows_body(&self, code: BodyCode, known_at: Position) -> bool {
        let at = at(known_at);
        self.bodies.get(code).is_some_and(|entry| entry.roles.iter().any(|row| row.known(at)))
    }

    /// Whether the body `code` can be acted for on the day `on`: it is in being, as known at
    /// `known_at`, or the register does not yet know NHS England, as while it is first filled.
    #[must_use]
    pub fn may_be_acted_for(&self, code: BodyCode, on: Day, known_at: Position) -> bool {
        let at = at(known_at);
        let in_being = self.bodies.get(code).is_some_and(|entry| entry.role(on, at).is_some());
        let national = |row: &Row<RoleRow>| row.value.role == BodyRole::NhsEngland;
        let filled =
            || self.bodies.all().any(|(_, entry)| entry.role(on, at).is_some_and(national));
        in_being || !filled()
    }

    /// The name that the body `code` has on the day `on`, as known at `known_at`. If the body has
    /// no name on that day, returns the name recorded with the latest known role of the body.
    #[must_use]
    pub fn name_of(&self, code: BodyCode, on: Day, known_at: Position) -> Option<&Text> {
        let at = at(known_at);
        let entry = self.bodies.get(code)?;
        let named = entry.names().iter().rev().find(|row| row.holds(on, at));
        let known = || entry.roles.iter().filter(|row| row.known(at));
        let last = || known().max_by_key(|row| row.effective.from());
        named
            .map(|row| &row.value)
            .or_else(|| entry.role(on, at).map(|row| &row.value.name))
            .or_else(|| last().map(|row| &row.value.name))
    }

    fn view_body(&self, body: BodyHandle, on: Option<Day>, at: At) -> Vec<BodyView<'_>> {
        let entry = &self.bodies[body];
        let known = entry.roles.iter().filter(move |row| row.known(at));
        known
            .map(move |row| (row, entry.role_span(row, at)))
            .filter(move |(_, effective)| on.is_none_or(|on| effective.contains(on)))
            .map(|(row, effective)| {
                let name = on.and_then(|on| self.name_of(entry.code, on, Position::from(at)));
                BodyView {
                    code: entry.code,
                    role: row.value.role,
                    name: name.unwrap_or(&row.value.name),
                    legal_form: row.value.legal_form,
                    effective,
                    position: row.event(),
                    evidence: self.evidence.get(row.evidence),
                }
            })
            .collect()
    }

    /// The roles that the body `code` has on the day `on`, or all its roles if `on` is `None`.
    #[must_use]
    pub fn body_view(
        &self,
        code: BodyCode,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<BodyView<'_>> {
        let body = self.bodies.handle(code);
        body.map(|body| self.view_body(body, on, at(known_at))).unwrap_or_default()
    }

    /// The names that the body `code` has had, oldest first.
    #[must_use]
    pub fn names(&self, code: BodyCode, known_at: Position) -> Vec<NameView<'_>> {
        let Some(entry) = self.bodies.get(code) else { return Vec::new() };
        let known = entry.names().iter().filter(|row| row.known(at(known_at)));
        let name = known.map(|row| NameView {
            name: &row.value,
            effective: row.effective,
            position: row.event(),
        });
        let mut names: Vec<_> = name.collect();
        names.sort_by_key(|view| view.effective.from());
        names
    }

    /// The bodies that have `role` on the day `on`, in code order. If `on` is `None`, returns all
    /// bodies that have `role` on any day.
    #[must_use]
    pub fn bodies_of(
        &self,
        role: BodyRole,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<BodyView<'_>> {
        let at = at(known_at);
        let every: Vec<BodyHandle> = match role {
            BodyRole::Practice | BodyRole::Pcn => self.bodies.all().map(|(body, _)| body).collect(),
            BodyRole::SecretaryOfState
            | BodyRole::NhsEngland
            | BodyRole::NhsEnglandRegion
            | BodyRole::NhsEnglandAreaTeam
            | BodyRole::NhsEnglandLocalOffice
            | BodyRole::CommissioningHub
            | BodyRole::Ccg
            | BodyRole::Stp
            | BodyRole::Icb
            | BodyRole::SubIcbLocation
            | BodyRole::SubIcbReportingEntity
            | BodyRole::Federation
            | BodyRole::Trust
            | BodyRole::LocalAuthority
            | BodyRole::PrimaryCareTrust => self.bodies.commissioning().to_vec(),
        };
        let of_role =
            |body: &BodyHandle| self.bodies[*body].roles.iter().any(|row| row.value.role == role);
        let mut found: Vec<_> = every
            .into_iter()
            .filter(of_role)
            .flat_map(|body| self.view_body(body, on, at))
            .filter(|view| view.role == role)
            .collect();
        found.sort_by_key(|view| (view.code, view.effective.from()));
        found
    }

    /// Whether this transfer scheme is recorded, whatever evidence it rests on.
    #[must_use]
    pub fn scheme_is_known(&self, scheme: &TransferScheme) -> bool {
        let Some(from) = self.bodies.handle(scheme.from) else { return false };
        self.bodies[from].schemes().iter().any(|row| {
            let SchemeRow { to, power, functions, .. } = &row.value;
            (self.bodies[*to].code, power, functions)
                == (scheme.to, &scheme.power, &scheme.functions)
                && row.effective.from() == scheme.effective_on
        })
    }

    /// The evidence that the commissioner `code` did not have certain functions.
    #[must_use]
    pub fn levels_not_held(&self, code: BodyCode, known_at: Position) -> Vec<NotHeldView<'_>> {
        let Some(body) = self.bodies.handle(code) else { return Vec::new() };
        let known = self.instruments.not_held(body).iter().filter(|row| row.known(at(known_at)));
        let not_held = known.map(|row| NotHeldView {
            bases: &row.value.bases,
            functions: &row.value.functions,
            effective: row.effective,
        });
        not_held.collect()
    }

    /// The clusters in which `body` shares its leadership with other bodies. A cluster moves no
    /// function.
    #[must_use]
    pub fn clusters(&self, body: BodyCode, known_at: Position) -> Vec<ClusterView<'_>> {
        let known = self.bodies.clusters().iter().filter(|row| row.known(at(known_at)));
        let of = known.filter(|row| row.value.bodies.contains(&body));
        let cluster = of.map(|row| ClusterView {
            name: &row.value.name,
            effective: row.effective,
            position: row.event(),
        });
        cluster.collect()
    }

    fn view_succession<'r>(
        &'r self,
        own: BodyCode,
        row: &'r Row<SuccessionRow>,
        direction: Direction,
    ) -> SuccessionView<'r> {
        let other = self.bodies[row.value.other].code;
        let (predecessor, successor) = match direction {
            Direction::ToSuccessors => (own, other),
            Direction::ToPredecessors => (other, own),
        };
        SuccessionView {
            predecessor,
            successor,
            effective_on: row.effective.from(),
            kind: row.value.kind,
            by_area: row.value.by_area,
            by_liability: row.value.by_liability,
            share_millionths: row.value.share_millionths,
            position: row.event(),
            evidence: self.evidence.get(row.evidence),
        }
    }

    /// Every succession that leads to or from the body `code`, directly or through other
    /// successions, in the order of the days from which the successions have effect.
    #[must_use]
    pub fn succession_path(&self, code: BodyCode, known_at: Position) -> Vec<SuccessionView<'_>> {
        let at = at(known_at);
        let mut found: Vec<SuccessionView<'_>> = Vec::new();
        for direction in [Direction::ToSuccessors, Direction::ToPredecessors] {
            let mut reached: Vec<_> = self.bodies.handle(code).into_iter().collect();
            let mut next = 0;
            while let Some(body) = reached.get(next).copied() {
                next += 1;
                let entry = &self.bodies[body];
                let rows = match direction {
                    Direction::ToSuccessors => entry.successors(),
                    Direction::ToPredecessors => entry.predecessors(),
                };
                for row in rows.iter().filter(|row| row.known(at)) {
                    if !reached.contains(&row.value.other) {
                        reached.push(row.value.other);
                    }
                    if !found.iter().any(|seen| seen.position == row.event()) {
                        found.push(self.view_succession(entry.code, row, direction));
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
            group: self.bodies[row.value.group].code,
            relation: row.value.relation,
            effective,
            position: row.event(),
            evidence: self.evidence.get(row.evidence),
        }
    }

    /// The memberships of `place`. For a practice, the memberships of its contracts are included.
    /// If `on` is given, only memberships on that day are returned.
    #[must_use]
    pub fn memberships(
        &self,
        place: &Place,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<MembershipView<'_>> {
        let at = at(known_at);
        let shown = |effective: Period| on.is_none_or(|on| effective.contains(on));
        let mut found = Vec::new();
        let mut contracts: Vec<&ContractEntry> = Vec::new();
        match place {
            Place::Contract(id) => contracts.extend(self.bodies.contract(id)),
            Place::Body(code) => {
                let Some(entry) = self.bodies.get(*code) else { return found };
                contracts.extend(entry.contracts().iter().map(|contract| &self.bodies[*contract]));
                for (row, effective) in entry.groups_known(at) {
                    if shown(effective) {
                        found.push(self.view_membership(Member::Body(*code), row, effective));
                    }
                }
            }
        }
        for entry in contracts {
            for (row, effective) in entry.groups_known(at) {
                if shown(effective) {
                    let member = Member::Contract(entry.id.clone());
                    found.push(self.view_membership(member, row, effective));
                }
            }
        }
        found.sort_by(|a, b| {
            (a.relation, a.effective, &a.member).cmp(&(b.relation, b.effective, &b.member))
        });
        found
    }

    /// The memberships of bodies and contracts in the body `group`, in the order of the members. If
    /// `relation` is given, only memberships of that kind are returned. If `on` is given, only
    /// memberships on that day are returned.
    #[must_use]
    pub fn members(
        &self,
        group: BodyCode,
        relation: Option<Relation>,
        on: Option<Day>,
        known_at: Position,
    ) -> Vec<MembershipView<'_>> {
        let at = at(known_at);
        let Some(group) = self.bodies.handle(group) else { return Vec::new() };
        let shown = |row: &Row<GroupRow>, effective: Period| {
            row.value.group == group
                && relation.is_none_or(|relation| row.value.relation == relation)
                && on.is_none_or(|on| effective.contains(on))
        };
        let mut found = Vec::new();
        for (_, entry) in self.bodies.all() {
            for (row, effective) in entry.groups_known(at) {
                if shown(row, effective) {
                    found.push(self.view_membership(Member::Body(entry.code), row, effective));
                }
            }
        }
        for entry in self.bodies.contracts() {
            for (row, effective) in entry.groups_known(at) {
                if shown(row, effective) {
                    let member = Member::Contract(entry.id.clone());
                    found.push(self.view_membership(member, row, effective));
                }
            }
        }
        found.sort_by(|a, b| (&a.member, a.effective).cmp(&(&b.member, b.effective)));
        found
    }
}
