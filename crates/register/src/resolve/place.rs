//! Step 2 of the resolution procedure: finds the commissioner in whose area the place lies.

use std::cmp::Reverse;

use remit_domain::{BodyCode, BodyRole, Confidence, ContractId, Relation};

use crate::answer::{Ground, GroundKind, Place, Unknown};
use crate::handle::{BodyHandle, ContractHandle};
use crate::row::Row;
use crate::rows::bodies::{BodyEntry, ContractEntry, GroupRow, SuccessionRow};

use super::Search;

/// A commissioner, and the grounds that lead there.
type Path = ((BodyHandle, BodyRole), Vec<Ground>);

/// How certain the least certain of `grounds` is.
fn least(grounds: &[Ground]) -> Option<Confidence> {
    grounds.iter().map(|ground| ground.confidence).min()
}

impl<'r> Search<'r> {
    pub(super) fn area(&mut self, place: &Place) -> Result<(BodyHandle, BodyRole), Unknown> {
        match place {
            Place::Contract(id) => {
                let entry = self.register.bodies.contract(id).ok_or(Unknown::PlaceNotRecorded)?;
                self.contract_on_the_day(entry)?;
                match self.group_of_contract(entry) {
                    Some(row) => self.commissioner(row),
                    None => {
                        let before = self.grounds.len() - 1;
                        let practice = id.practice().ok_or(Unknown::PlaceNotRecorded)?;
                        let found = self.area_of_body(practice, 0);
                        if matches!(found, Err(Unknown::PlaceNotRecorded)) {
                            self.grounds.truncate(before);
                        }
                        found
                    }
                }
            }
            Place::Body(code) => self.area_of_body(*code, 0),
        }
    }

    /// Adds a ground for the contract if somebody holds it on the day asked about. Otherwise
    /// returns why it is no place on that day.
    fn contract_on_the_day(&mut self, entry: &'r ContractEntry) -> Result<(), Unknown> {
        let known = || entry.holders.iter().filter(|row| row.known(self.at));
        let first = known().next().ok_or(Unknown::PlaceNotRecorded)?;
        let held = known().find(|row| row.effective.contains(self.on));
        let begun = known().filter(|row| row.effective.from() <= self.on);
        let last = begun.max_by_key(|row| (row.effective.from(), row.origin));
        // Statements of version 1 do not ask whether the contract still runs.
        let (row, found) = match (held, last) {
            _ if self.version_1 => (first, Ok(())),
            (Some(held), _) => (held, Ok(())),
            (None, Some(last)) => (last, Err(Unknown::PlaceCeased)),
            (None, None) => (first, Err(Unknown::PlaceNotYetInBeing)),
        };
        self.ground(GroundKind::Contract, row);
        found
    }

    /// The membership of a contract, which belongs to commissioners only.
    fn group_of_contract(&self, entry: &'r ContractEntry) -> Option<&'r Row<GroupRow>> {
        entry.groups.iter().find(|row| {
            row.holds(self.on, self.at) && entry.group_span(row, self.at).contains(self.on)
        })
    }

    fn group(&self, entry: &'r BodyEntry, relation: Relation) -> Option<&'r Row<GroupRow>> {
        entry.groups.iter().find(|row| {
            row.value.relation == relation
                && row.holds(self.on, self.at)
                && entry.group_span(row, self.at).contains(self.on)
        })
    }

    fn area_of_body(
        &mut self,
        code: BodyCode,
        depth: usize,
    ) -> Result<(BodyHandle, BodyRole), Unknown> {
        let register = self.register;
        let id = register.bodies.handle(code).ok_or(Unknown::PlaceNotRecorded)?;
        let entry = &register.bodies[id];
        if !entry.roles.iter().any(|row| row.known(self.at)) {
            return Err(Unknown::PlaceNotRecorded);
        }
        let Some(row) = entry.role(self.on, self.at) else {
            return self.after_its_end(id, depth);
        };
        self.ground(GroundKind::Body, row);
        let before = self.grounds.len();
        let found = self.area_by_role(id, row.value.role);
        if matches!(found, Err(Unknown::NoCommissioner)) {
            // A membership that leads to no commissioner does not change the answer, so drop its
            // grounds.
            self.grounds.truncate(before);
        }
        found
    }

    fn area_by_role(
        &mut self,
        id: BodyHandle,
        role: BodyRole,
    ) -> Result<(BodyHandle, BodyRole), Unknown> {
        let register = self.register;
        let entry = &register.bodies[id];
        match role {
            role @ (BodyRole::Ccg | BodyRole::Icb | BodyRole::PrimaryCareTrust) => Ok((id, role)),
            BodyRole::SubIcbLocation => {
                let row = self.group(entry, Relation::SubIcbOfIcb);
                self.commissioner(row.ok_or(Unknown::NoCommissioner)?)
            }
            BodyRole::Practice => {
                let own = self.group(entry, Relation::PracticeOfCommissioner);
                self.area_of_practice(own, entry.contracts())
            }
            BodyRole::SecretaryOfState
            | BodyRole::NhsEngland
            | BodyRole::NhsEnglandRegion
            | BodyRole::NhsEnglandAreaTeam
            | BodyRole::NhsEnglandLocalOffice
            | BodyRole::CommissioningHub
            | BodyRole::Stp
            | BodyRole::SubIcbReportingEntity
            | BodyRole::Pcn
            | BodyRole::Federation
            | BodyRole::Trust
            | BodyRole::LocalAuthority => Err(Unknown::NotAPlace),
        }
    }

    /// The commissioner of a practice with the membership `own`, if it has one. Those contracts
    /// that have a membership of their own come first; the practice's membership counts for the
    /// others. If all lead to the same commissioner, the surest way there is enough.
    fn area_of_practice(
        &mut self,
        own: Option<&'r Row<GroupRow>>,
        contracts: &[ContractHandle],
    ) -> Result<(BodyHandle, BodyRole), Unknown> {
        let register = self.register;
        let (mut paths, mut named): (Vec<Path>, Vec<ContractId>) = (Vec::new(), Vec::new());
        for contract in contracts {
            let entry = &register.bodies[*contract];
            let Some(row) = self.group_of_contract(entry) else { continue };
            named.push(entry.id.clone());
            paths.push(self.path(row)?);
        }
        let agree = |paths: &[Path]| paths.windows(2).all(|pair| pair[0].0 == pair[1].0);
        if let Some(own) = own
            && agree(&paths)
        {
            paths.push(self.path(own)?);
        }
        if !agree(&paths) {
            self.grounds.extend(paths.into_iter().flat_map(|(_, grounds)| grounds));
            // By their ids: in which order they were recorded changes no answer.
            named.sort_unstable();
            return Err(Unknown::ContractsDiffer(named));
        }
        let paths = paths.into_iter().rev();
        let surest = paths.max_by_key(|(_, grounds)| least(grounds));
        let (area, grounds) = surest.ok_or(Unknown::NoCommissioner)?;
        self.grounds.extend(grounds);
        Ok(area)
    }

    /// The commissioner to which a membership leads, with the grounds that lead there.
    fn path(&mut self, row: &'r Row<GroupRow>) -> Result<Path, Unknown> {
        let before = self.grounds.len();
        let area = self.commissioner(row)?;
        Ok((area, self.grounds.split_off(before)))
    }

    fn commissioner(&mut self, row: &'r Row<GroupRow>) -> Result<(BodyHandle, BodyRole), Unknown> {
        self.ground(GroundKind::Membership, row);
        let before = self.grounds.len();
        let found = self.commissioner_of_group(row);
        if found.is_err() {
            self.grounds.truncate(before);
        }
        found
    }

    fn commissioner_of_group(
        &mut self,
        row: &'r Row<GroupRow>,
    ) -> Result<(BodyHandle, BodyRole), Unknown> {
        let register = self.register;
        let entry = &register.bodies[row.value.group];
        let role = entry.role(self.on, self.at).ok_or(Unknown::NoCommissioner)?;
        self.ground(GroundKind::Body, role);
        if role.value.role.is_office_of_nhs_england() && !self.version_1 {
            // What lies under an office of NHS England, such as a prison's practice under a hub, is
            // commissioned by NHS England itself.
            let (nhs_england, row) =
                self.the(BodyRole::NhsEngland).ok_or(Unknown::NoCommissioner)?;
            self.ground(GroundKind::Body, row);
            let handle = register.bodies.handle(nhs_england).ok_or(Unknown::NoCommissioner)?;
            return Ok((handle, BodyRole::NhsEngland));
        }
        match role.value.role {
            role @ (BodyRole::Ccg | BodyRole::Icb | BodyRole::PrimaryCareTrust) => {
                Ok((row.value.group, role))
            }
            BodyRole::SubIcbLocation => {
                let icb = self.group(entry, Relation::SubIcbOfIcb);
                self.commissioner(icb.ok_or(Unknown::NoCommissioner)?)
            }
            BodyRole::SecretaryOfState
            | BodyRole::NhsEngland
            | BodyRole::NhsEnglandRegion
            | BodyRole::NhsEnglandAreaTeam
            | BodyRole::NhsEnglandLocalOffice
            | BodyRole::CommissioningHub
            | BodyRole::Stp
            | BodyRole::SubIcbReportingEntity
            | BodyRole::Practice
            | BodyRole::Pcn
            | BodyRole::Federation
            | BodyRole::Trust
            | BodyRole::LocalAuthority => Err(Unknown::NoCommissioner),
        }
    }

    /// Finds the area of a body that does not exist on the day asked about. If the body has only
    /// one successor, this is the area of the successor.
    fn after_its_end(
        &mut self,
        id: BodyHandle,
        depth: usize,
    ) -> Result<(BodyHandle, BodyRole), Unknown> {
        const SUCCESSIONS_MAX: usize = 16;
        let register = self.register;
        let (on, at) = (self.on, self.at);
        let entry = &register.bodies[id];
        let known = || entry.roles.iter().filter(|row| row.known(at));
        let begun = known().filter(|row| row.effective.from() <= on);
        let Some(last) = begun.max_by_key(|row| (row.effective.from(), row.origin)) else {
            if let Some(row) = known().next() {
                self.ground(GroundKind::Body, row);
            }
            return Err(Unknown::PlaceNotYetInBeing);
        };
        self.ground(GroundKind::Body, last);
        if last.effective.contains(on) {
            // The role was established without an end, so a later event ended the role.
            let end = entry.role_ends().iter().find(|end| {
                end.value == last.value.role
                    && end.holds(on, at)
                    && end.effective.from() > last.effective.from()
            });
            self.ground_ends(end.into_iter());
        }
        // Ignore the successions of an earlier role: a code can end in one role and begin in
        // another.
        let mut rows: Vec<_> = entry
            .successors()
            .iter()
            .filter(|row| row.holds(on, at) && row.value.by_area.is_some())
            .filter(|row| row.effective.from() > last.effective.from())
            .collect();
        // Keep each successor only once: two events that name the same successor do not divide the
        // area, and the surer of them counts.
        let sure = |row: &Row<SuccessionRow>| {
            let by_area = row.value.by_area.unwrap_or(Confidence::Unconfirmed);
            by_area.min(register.evidence.confidence(row.evidence))
        };
        rows.sort_by_key(|row| (row.value.other, Reverse(sure(row))));
        rows.dedup_by_key(|row| row.value.other);
        match rows.as_slice() {
            [] => Err(Unknown::PlaceCeased),
            [one] if depth < SUCCESSIONS_MAX => {
                let one = *one;
                let before = self.grounds.len();
                self.passed(one);
                let successor = self.code(one.value.other);
                match self.area_of_body(successor, depth + 1) {
                    Err(Unknown::PlaceCeased | Unknown::PlaceNotRecorded) => {
                        // The successor has ceased or is not known, so the answer is that the place
                        // has ceased.
                        self.grounds.truncate(before);
                        Err(Unknown::PlaceCeased)
                    }
                    found => found,
                }
            }
            several => {
                let mut codes = Vec::new();
                for row in several.iter().copied() {
                    self.passed(row);
                    codes.push(self.code(row.value.other));
                }
                codes.sort_unstable();
                Err(Unknown::AreaDivided(codes))
            }
        }
    }
}
