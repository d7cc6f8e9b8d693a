//! Step 8 of the resolution procedure: what happens if a new body replaces a commissioner.

use std::collections::BTreeSet;

use remit_domain::{
    BodyRole, Confidence, Day, Function, InstrumentId, InstrumentKind, LawAsked, RuleContent,
};

use crate::answer::{Ground, GroundKind};
use crate::handle::BodyHandle;
use crate::row::Row;
use crate::rows::bodies::SuccessionRow;

use super::Search;
use super::instruments::Bearing;

/// A body whose predecessors are looked at: a commissioner, or one of its predecessors.
#[derive(Clone, Copy)]
struct Reached<'r> {
    body: BodyHandle,
    /// The day up to which its predecessors count.
    on: Day,
    /// The body from which it was reached, by its place in the list, and the succession.
    by: Option<(usize, &'r Row<SuccessionRow>)>,
}

impl<'r> Search<'r> {
    /// The successions, up to the day asked about, by which the commissioner `area` took over its
    /// area.
    fn predecessors(
        &self,
        area: BodyHandle,
    ) -> impl Iterator<Item = &'r Row<SuccessionRow>> + use<'r> {
        let (on, at) = (self.on, self.at);
        self.register.bodies[area]
            .predecessors()
            .iter()
            .filter(move |row| row.holds(on, at) && row.value.by_area.is_some())
    }

    /// The instruments by which the predecessors of the commissioner `area` exercised the function
    /// just before `area` succeeded them, or theirs before them if they had none. Each predecessor
    /// is looked at once for each day, the nearest first.
    pub(super) fn predecessor_instruments(
        &mut self,
        function: &Function,
        area: BodyHandle,
    ) -> Vec<&'r InstrumentId> {
        let mut found: Vec<&InstrumentId> = Vec::new();
        let mut reached = vec![Reached { body: area, on: self.on, by: None }];
        let mut seen = BTreeSet::new();
        let mut next = 0;
        while let Some(Reached { body, on, .. }) = reached.get(next).copied() {
            let mut here = self.on(on);
            for row in here.predecessors(body) {
                let (other, eve) = (row.value.other, row.effective.from().eve());
                let Some(eve) = eve.filter(|eve| seen.insert((other, *eve))) else { continue };
                let (mut passed, _) = here.on(eve).instruments(function, other);
                passed.retain(|b| {
                    let moves = b.kind() != InstrumentKind::GreaterInvolvement;
                    moves && !b.reading.value.areas.is_empty()
                });
                if passed.is_empty() {
                    let by = Some((next, row));
                    reached.push(Reached { body: other, on: eve, by });
                }
                // If all its instruments were found through another succession, this adds nothing.
                if passed.iter().all(|b| found.contains(&&b.entry.id)) {
                    continue;
                }
                here.passed(row);
                self.passed_down_to(next, &mut reached);
                for b in &passed {
                    here.use_instrument(b, false);
                    if b.drawn.value.areas.is_empty() {
                        // The instrument was drawn up for all of England, so only its variation
                        // makes it an instrument of the predecessor.
                        here.ground(GroundKind::Variation, b.reading);
                    }
                    found.push(&b.entry.id);
                }
            }
            self.grounds.append(&mut here.grounds);
            next += 1;
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Adds grounds for the successions, not told yet, by which `reached[at]` was reached.
    fn passed_down_to(&mut self, mut at: usize, reached: &mut [Reached<'r>]) {
        while let Some((before, row)) = reached.get_mut(at).and_then(|reached| reached.by.take()) {
            self.passed(row);
            at = before;
        }
    }

    /// Adds grounds that show that the instrument `id` of a predecessor no longer applies in
    /// `area`, if the text of the instrument names `area`. The text can name `area` itself only if
    /// a body succeeds its own successor.
    pub(super) fn use_what_ended(&mut self, id: &InstrumentId, area: BodyHandle) {
        let Some(entry) = self.register.instruments.get(id) else { return };
        let (on, at) = (self.on, self.at);
        let Some(reading) = entry.reading(on, at).filter(|row| row.value.areas.contains(&area))
        else {
            return;
        };
        self.ground_ends(entry.ends.iter().filter(|row| row.holds(on, at)));
        self.ground_ends(entry.notices.iter().filter(|row| row.holds(on, at)));
        for party in reading.value.parties() {
            let ends = self.register.bodies[party].role_ends().iter();
            self.ground_ends(ends.filter(|row| row.holds(on, at)));
        }
    }

    /// The instruments of the predecessors of the commissioner `area` that a rule of continuity
    /// keeps in force against that commissioner.
    pub(super) fn continued(
        &mut self,
        function: &Function,
        area: BodyHandle,
        role: BodyRole,
    ) -> Vec<Bearing<'r>> {
        let mut found: Vec<Bearing<'r>> = Vec::new();
        let Some(function_id) = self.register.law.function(&function.code) else { return found };
        let area_code = self.code(area);
        for row in self.predecessors(area) {
            let day = row.effective.from();
            let Some(eve) = day.eve() else { continue };
            let then = self.on(eve);
            let Some(from) = then.role(row.value.other) else { continue };
            for b in then.instruments(function, row.value.other).0 {
                // Several predecessors may have had the same instrument, so take each instrument
                // only once.
                if found.iter().any(|known| known.entry.id == b.entry.id) {
                    continue;
                }
                let on_day = self.on(day);
                let rule = on_day.rules_in_force(LawAsked::Continuity).find(|(_, rule)| {
                    let basis = b.basis;
                    rule.value.content == RuleContent::Continuity { basis, from, to: role }
                });
                let Some((rule_entry, rule)) = rule else { continue };
                // The instrument continues against the successor, although the predecessor has
                // ceased, until the instrument is varied (SI 2022/734 reg. 29). So the text on the
                // day asked about counts.
                let Some(reading) = b.entry.reading(self.on, self.at) else { continue };
                let of = (function_id, row.value.other);
                let Some(shown) = self.in_force_by(b.entry, reading, of, |_| true) else {
                    continue;
                };
                let covers = |area| self.covers(&reading.value, function_id, area);
                if !covers(area) && !covers(row.value.other) {
                    self.ground(GroundKind::Variation, reading);
                    continue;
                }
                if b.reading.origin != b.drawn.origin && !b.drawn_covers {
                    self.ground(GroundKind::Variation, b.reading);
                }
                self.passed(row);
                // That the instrument is in force later is also evidence that it was on the eve.
                let sure = shown.ground.confidence;
                let on_the_eve = std::iter::once(b.in_force).chain(b.beside).map(|ground| {
                    let confidence = ground.confidence.max(sure);
                    Ground { confidence, ..ground }
                });
                let beside = shown.beside.into_iter().chain(on_the_eve);
                let beside = beside.filter(|ground| ground.position != shown.ground.position);
                let texts = (&b.drawn.value, &reading.value);
                found.push(Bearing {
                    reading,
                    drawn_covers: self.drawn_covers(texts, function_id, row.value.other),
                    exercisers: vec![area_code],
                    in_force: shown.ground,
                    begun: shown.begun,
                    beside: beside.collect(),
                    continued: Some((rule_entry, rule)),
                    ..b
                });
            }
        }
        found
    }

    /// Adds a ground for a succession by which an area passed: no surer than that it did.
    pub(super) fn passed(&mut self, row: &'r Row<SuccessionRow>) {
        let ground = self.ground_of(GroundKind::Succession, row);
        let by_area = row.value.by_area.unwrap_or(Confidence::Unconfirmed);
        self.grounds.push(Ground { confidence: ground.confidence.min(by_area), ..ground });
    }

    pub(super) fn role(&self, id: BodyHandle) -> Option<BodyRole> {
        self.register.bodies[id].role(self.on, self.at).map(|row| row.value.role)
    }
}
