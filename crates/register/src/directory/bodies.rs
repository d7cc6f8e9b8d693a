//! Bodies: their roles, names, successions and memberships.

use remit_domain::{
    BodyCode, BodyRole, Confidence, Day, Evidence, FunctionCode, LegalBasis, LegalForm, Member,
    Period, Position, Relation, SuccessionKind, Text,
};

use crate::answer::Place;
use crate::handle::BodyHandle;
use crate::register::Register;
use crate::row::{At, Row, at};
use crate::rows::bodies::{ContractEntry, GroupRow, SuccessionRow};

/// A body in a role for a period.
#[derive(Clone, Debug)]
pub struct BodyView<'r> {
    /// Its code.
    pub code: BodyCode,
    /// The role.
    pub role: BodyRole,
    /// Its name on the day asked about; without a day, the name with which it was established.
    pub name: &'r Text,
    /// Its legal form, where one is recorded.
    pub legal_form: Option<LegalForm>,
    /// The period in which it has the role, cut at its known ends.
    pub effective: Period,
    /// The event that established it.
    pub position: Position,
    /// The document that this event rests on.
    pub evidence: &'r Evidence,
}

/// A name that a body has had.
#[derive(Clone, Copy, Debug)]
pub struct NameView<'r> {
    /// The name.
    pub name: &'r Text,
    /// The period in which the body has the name.
    pub effective: Period,
    /// The event that recorded it.
    pub position: Position,
}

/// A cluster that a body belongs to.
#[derive(Clone, Copy, Debug)]
pub struct ClusterView<'r> {
    /// Its name.
    pub name: &'r Text,
    /// The period in which the bodies share their leadership.
    pub effective: Period,
    /// The event that recorded it.
    pub position: Position,
}

/// Evidence that a commissioner did not have functions on certain bases.
#[derive(Clone, Copy, Debug)]
pub struct NotHeldView<'r> {
    /// The bases on which it did not have them.
    pub bases: &'r [LegalBasis],
    /// The functions. Empty: every function that a commissioner can have on those bases.
    pub functions: &'r [FunctionCode],
    /// The period in which it did not have them.
    pub effective: Period,
}

/// A succession: one predecessor passed to one successor.
#[derive(Clone, Debug)]
pub struct SuccessionView<'r> {
    /// The body that ends or gives up area.
    pub predecessor: BodyCode,
    /// The body that begins or receives area.
    pub successor: BodyCode,
    /// The first day of the successor.
    pub effective_on: Day,
    /// What kind of succession it is.
    pub kind: SuccessionKind,
    /// Whether the area passes, and how sure that is.
    pub by_area: Option<Confidence>,
    /// Whether liabilities pass, and how sure that is.
    pub by_liability: Option<Confidence>,
    /// The share of the area that passes, in millionths.
    pub share_millionths: Option<u32>,
    /// The event that recorded it.
    pub position: Position,
    /// The document it rests on.
    pub evidence: &'r Evidence,
}

/// A membership.
#[derive(Clone, Debug)]
pub struct MembershipView<'r> {
    /// The member.
    pub member: Member,
    /// The group.
    pub group: BodyCode,
    /// In what sense the member belongs to the group.
    pub relation: Relation,
    /// The period of the membership, cut at its known ends.
    pub effective: Period,
    /// The event that started it.
    pub position: Position,
    /// The document that this event rests on.
    pub evidence: &'r Evidence,
}

/// The direction in which successions are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToSuccessors,
    ToPredecessors,
}

impl Register {
    /// Whether the register knows any role of a body at a position.
    #[must_use]
    pub fn knows_body(&self, code: BodyCode, known_at: Position) -> bool {
        let at = at(known_at);
        self.bodies.get(code).is_some_and(|entry| entry.roles.iter().any(|row| row.known(at)))
    }

    /// The name that a body has on a day, as known at a position. If it has none then, the name
    /// given with its latest known role.
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

    /// The roles of one body: those that it has on the day `on`, or all of them.
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

    /// The names that a body has had, oldest first.
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

    /// The bodies that have `role` on the day `on`, or that ever have it, in code order.
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
            | BodyRole::LocalAuthority => self.bodies.commissioning().to_vec(),
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

    /// The evidence that a commissioner did not have functions.
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

    /// The clusters in which a body shares its leadership. A cluster moves no function.
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

    /// Every succession that leads to or from a body, over any number of steps, in day order.
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

    /// The memberships of a place, and for a practice also those of its contracts: on the day `on`,
    /// or ever.
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

    /// The memberships of a group on the day `on`, or ever, in member order.
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
