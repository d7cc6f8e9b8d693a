//! What an instrument reaches, where it lists contracts: its list governs, and not the map of
//! areas. Section 4.7, step 2, of the domain reference. An instrument that lists none reaches all
//! that lies in its area.

use std::cmp::Reverse;

use remit_domain::{BodyRole, Confidence, ContractId, InstrumentKind};

use crate::answer::{Ground, GroundKind, Place, Unknown};
use crate::handle::{BodyHandle, ContractHandle, FunctionHandle};
use crate::rows::instruments::{InstrumentEntry, Reading};

use super::instruments::Bearing;
use super::{Search, agree};

/// The contracts that a question about a practice, or about one contract, is about.
#[derive(Clone)]
pub(super) struct Contracts {
    /// All that are recorded.
    all: Vec<ContractHandle>,
    /// Those held on the day asked about, each with the ground for that.
    held: Vec<(ContractHandle, Ground)>,
    /// That the practice, or the one contract, is there on the day asked about.
    there: Option<Ground>,
    is_practice: bool,
}

/// How much of the place asked about an instrument reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    All,
    Part,
    Nothing,
}

impl<'r> Search<'r> {
    /// The contracts that a question about `place` is about. `None` if the place is an area.
    pub(super) fn contracts_of(&self, place: &Place) -> Option<Contracts> {
        let bodies = &self.register.bodies;
        let (all, practice) = match place {
            Place::Contract(id) => (bodies.contract_handle(id).into_iter().collect(), None),
            Place::Body(code) => {
                let practice = &bodies[bodies.handle(*code)?];
                let row = practice.role(self.on, self.at)?;
                let row = Some(row).filter(|row| row.value.role == BodyRole::Practice)?;
                (practice.contracts().to_vec(), Some(self.ground_of(GroundKind::Body, row)))
            }
        };
        let held: Vec<_> =
            all.iter().filter_map(|contract| Some((*contract, self.held(*contract)?))).collect();
        let there = practice.or(held.first().map(|(_, ground)| *ground));
        Some(Contracts { all, held, there, is_practice: practice.is_some() })
    }

    /// That somebody holds the contract on the day asked about.
    fn held(&self, contract: ContractHandle) -> Option<Ground> {
        let mut rows = self.register.bodies[contract].holders.iter();
        let row = rows.find(|row| row.holds(self.on, self.at))?;
        Some(self.ground_of(GroundKind::Contract, row))
    }

    /// How much of the place asked about this text of an instrument reaches, within its area.
    pub(super) fn reach(&self, text: &Reading) -> Reach {
        if text.contracts.is_empty() {
            return Reach::All;
        }
        let Some(contracts) = &self.contracts else { return Reach::Part };
        let listed = |contract: &ContractHandle| text.contracts.contains(contract);
        match contracts.all.iter().any(listed) {
            true if contracts.held.iter().all(|(contract, _)| listed(contract)) => Reach::All,
            true => Reach::Part,
            false => Reach::Nothing,
        }
    }

    /// Whether this text of an instrument is about the function and reaches something of the place
    /// asked about, in `area`.
    pub(super) fn covers(
        &self,
        text: &Reading,
        function: FunctionHandle,
        area: BodyHandle,
    ) -> bool {
        text.covers(function, area) && self.reach(text) != Reach::Nothing
    }

    /// Whether the text of an instrument as drawn up covers the function and the area as the text
    /// `reading` does.
    pub(super) fn drawn_covers(
        &self,
        (drawn, reading): (&Reading, &Reading),
        function: FunctionHandle,
        area: BodyHandle,
    ) -> bool {
        drawn.covers(function, area) && self.reach(drawn) == self.reach(reading)
    }

    /// Takes the area of an instrument in force that lists the contracts asked about instead of
    /// `found`, the area in which they lie on the map. `before` is the number of grounds before the
    /// map was looked at.
    pub(super) fn governed(
        &mut self,
        function: FunctionHandle,
        found: Result<(BodyHandle, BodyRole), Unknown>,
        before: usize,
    ) -> Result<(BodyHandle, BodyRole), Unknown> {
        let Some(contracts) = &self.contracts else { return found };
        let Some(there) = contracts.there else { return found };
        let on_map = match &found {
            Ok((area, _)) => Some(*area),
            Err(Unknown::NoCommissioner | Unknown::ContractsDiffer(_)) => None,
            // What is asked about is a contract that somebody holds, so it is a place even if its
            // practice is not.
            Err(_) if !contracts.is_practice => None,
            Err(_) => return found,
        };
        let mut ways = self.listing(function);
        if ways.iter().any(|(area, ..)| Some(*area) == on_map) {
            return found;
        }
        // Of the surest that lists them, the grounds are enough.
        ways.sort_by_key(|(area, _, sure, _)| (Reverse(*sure), *area));
        let Some((area, role, _, _)) = ways.first() else { return found };
        let (area, role) = (*area, *role);
        // What shows that the place is there stays; where it lies on the map no longer matters.
        self.grounds.truncate(before);
        self.grounds.push(there);
        if ways.iter().all(|(other, ..)| *other == area) {
            let (_, _, _, grounds) = ways.swap_remove(0);
            self.grounds.extend(grounds);
            return Ok((area, role));
        }
        let mut areas: Vec<_> = ways.iter().map(|(area, ..)| self.code(*area)).collect();
        areas.sort_unstable();
        areas.dedup();
        self.grounds.extend(ways.into_iter().flat_map(|(.., grounds)| grounds));
        Err(Unknown::AreaDivided(areas))
    }

    /// The areas of the instruments in force that list all contracts asked about, each with its
    /// role, how sure that is, and the grounds for it.
    fn listing(
        &self,
        function: FunctionHandle,
    ) -> Vec<(BodyHandle, BodyRole, Confidence, Vec<Ground>)> {
        let register = self.register;
        let contracts = self.contracts.iter().flat_map(|contracts| &contracts.all);
        let mut listed: Vec<_> =
            contracts.flat_map(|contract| &register.bodies[*contract].listed_by).collect();
        listed.sort_unstable();
        listed.dedup();
        let entries = listed.into_iter().map(|handle| &register.instruments[*handle]);
        entries.filter_map(|entry| self.way_by(entry, function)).collect()
    }

    fn way_by(
        &self,
        entry: &'r InstrumentEntry,
        function: FunctionHandle,
    ) -> Option<(BodyHandle, BodyRole, Confidence, Vec<Ground>)> {
        let (drawn, reading) = (entry.drawn(self.at)?, entry.reading(self.on, self.at)?);
        let text = &reading.value;
        // Another text of the instrument may list the contract, and this one none.
        let area = *text.areas.first().filter(|_| !text.contracts.is_empty())?;
        let moves = text.instrument.kind != InstrumentKind::GreaterInvolvement;
        if !moves || !text.is_about(function) || self.reach(text) != Reach::All {
            return None;
        }
        let bearing = self.bearing(entry, (drawn, reading), function, area)?;
        let role = self.register.bodies[area].role(self.on, self.at)?;
        if !role.value.role.is_commissioner() {
            return None;
        }
        let mut way = self.on(self.on);
        way.use_instrument(&bearing, false);
        if bearing.drawn_covers && drawn.value.contracts.is_empty() {
            // As drawn up, the instrument covers the area, and only its variation lists the
            // contracts.
            way.ground_beside(GroundKind::Variation, reading);
        }
        way.ground(GroundKind::Body, role);
        Some((area, role.value.role, way.lowest(), way.grounds))
    }

    /// Whether the instruments in `bearing` reach only part of the place asked about: if so, the
    /// contracts that they list, of the practice if it is one, with grounds for that. Those that
    /// add nothing to one that reaches all of it are taken out of `bearing`. Several lists may
    /// together name all that a practice holds.
    pub(super) fn in_part(&mut self, bearing: &mut Vec<Bearing<'r>>) -> Vec<ContractId> {
        let is = |b: &Bearing<'_>, reach| self.reach(&b.reading.value) == reach;
        let says = |b: &Bearing<'_>| (b.basis, b.exercisers.clone());
        let whole: Vec<_> = bearing.iter().filter(|b| is(b, Reach::All)).map(says).collect();
        bearing.retain(|b| is(b, Reach::All) || !whole.contains(&says(b)));
        let parts: Vec<_> = bearing.iter().filter(|b| is(b, Reach::Part)).collect();
        let listed =
            |one: &ContractHandle| parts.iter().any(|b| b.reading.value.contracts.contains(one));
        let held = self.contracts.iter().flat_map(|contracts| &contracts.held);
        let unlisted: Vec<_> = held.filter(|(one, _)| !listed(one)).map(|of| of.1).collect();
        let together = self.contracts.is_some() && unlisted.is_empty() && agree(bearing);
        if parts.is_empty() || together {
            return Vec::new();
        }
        let texts = parts.iter().map(|b| &b.reading.value);
        let mut all: Vec<_> = texts.flat_map(|text| text.instrument.contracts.clone()).collect();
        if let Some(contracts) = &self.contracts {
            let own = |id: &ContractId| {
                contracts.all.iter().any(|contract| self.register.bodies[*contract].id == *id)
            };
            all.retain(own);
        }
        all.sort_unstable();
        all.dedup();
        // What reaches all and disagrees is a case too.
        for b in bearing.iter() {
            self.use_instrument(b, false);
        }
        let held = self.contracts.iter().flat_map(|contracts| &contracts.held);
        self.grounds.extend(held.map(|(_, ground)| *ground));
        all
    }
}
