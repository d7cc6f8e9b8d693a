//! Adds to the answer the parts that do not decide who exercises the function: what was expected,
//! who is accountable to whom, and what is known but has no effect on the answer.

use remit_domain::{
    BodyCode, BodyRole, Confidence, Function, FunctionCode, InstrumentId, LawAsked, RuleContent,
};

use crate::answer::{
    Accountability, Answer, Expectation, Ground, GroundKind, Outcome, Unapplied, UnappliedKind,
};
use crate::handle::BodyHandle;
use crate::row::Row;
use crate::rows::bodies::RoleRow;

use super::Search;
use super::instruments::Bearing;

impl<'r> Search<'r> {
    /// Adds a ground for something that the answer mentions but that does not decide the answer.
    /// The ground does not lower the confidence of the answer.
    pub(super) fn ground_beside<T>(&mut self, kind: GroundKind, row: &Row<T>) {
        let ground = self.ground_of(kind, row);
        self.grounds.push(Ground { confidence: Confidence::Confirmed, ..ground });
    }

    /// The expectations stated for `function` in `area`. Each expectation says whether any of the
    /// instruments `shown`, which are in force or executed, gives the function to the expected
    /// body.
    pub(super) fn expectations(
        &mut self,
        function: &FunctionCode,
        area: BodyHandle,
        shown: &[&InstrumentId],
    ) -> Vec<Expectation<'r>> {
        let register = self.register;
        let mut found = Vec::new();
        for row in register.instruments.expectations(area) {
            if row.value.function == *function && row.holds(self.on, self.at) {
                self.ground_beside(GroundKind::Expectation, row);
                let expected = row.value.expected;
                let gives = |id: &&InstrumentId| {
                    let entry = register.instruments.get(id);
                    let reading = entry.and_then(|entry| entry.reading(self.on, self.at));
                    reading.is_some_and(|row| row.value.instrument.given_to.contains(&expected))
                };
                found.push(Expectation {
                    position: row.event(),
                    expected,
                    nature: &row.value.nature,
                    without_instrument: !shown.iter().any(gives),
                });
            }
        }
        found
    }

    /// The national body that has `role` on the day asked about, with the row that says so.
    pub(super) fn the(&self, role: BodyRole) -> Option<(BodyCode, &'r Row<RoleRow>)> {
        let bodies = &self.register.bodies;
        bodies.national().iter().find_map(|body| {
            let entry = &bodies[*body];
            let row = entry.role(self.on, self.at).filter(|row| row.value.role == role)?;
            Some((entry.code, row))
        })
    }

    /// Which bodies are accountable to which: each exerciser to the body that gave it the function,
    /// along the chain up to the holder; and NHS England to the Secretary of State.
    pub(super) fn accountable(
        &mut self,
        holder: BodyCode,
        exercisers: &[BodyCode],
        used: &[&Bearing<'r>],
    ) -> Vec<Accountability> {
        let mut found: Vec<Accountability> = Vec::new();
        let mut add = |from: BodyCode, to: BodyCode| {
            let accountability = Accountability { from, to };
            if from != to && !found.contains(&accountability) {
                found.push(accountability);
            }
        };
        for b in used {
            let given_by = b.given_by();
            for from in b.exercisers.iter().filter(|code| !given_by.contains(code)) {
                given_by.iter().for_each(|to| add(*from, *to));
            }
        }
        if used.is_empty() {
            exercisers.iter().for_each(|from| add(*from, holder));
        }
        let nhs_england = self.the(BodyRole::NhsEngland);
        let upward = self.the(BodyRole::SecretaryOfState);
        if let (Some((nhs_england, row)), Some((to, upward))) = (nhs_england, upward)
            && (nhs_england == holder || found.iter().any(|each| each.to == nhs_england))
            && !found.contains(&Accountability { from: nhs_england, to })
        {
            found.push(Accountability { from: nhs_england, to });
            self.ground_beside(GroundKind::Party, row);
            self.ground_beside(GroundKind::Party, upward);
        }
        found
    }

    /// Sets `known_unapplied` in `answer`: what is known but has no effect on the answer, or no
    /// effect yet. Also adds the grounds for these things.
    pub(super) fn unapplied(
        &mut self,
        answer: &mut Answer<'r>,
        function: &Function,
        area_role: BodyRole,
        found: Vec<(Unapplied<'r>, bool)>,
        bearing: &[Bearing<'r>],
    ) {
        let mut known = found;
        if matches!(answer.outcome, Outcome::Conflict { .. }) {
            let open = |b: &Bearing<'r>| Unapplied {
                kind: UnappliedKind::ConflictOpen,
                position: b.in_force.position,
                instrument: Some(&b.entry.id),
                rule: None,
                effective_on: None,
            };
            known.extend(bearing.iter().map(|b| (open(b), false)));
        }
        for entry in self.register.law.asked(LawAsked::Vesting) {
            for row in entry.rows.iter().filter(|row| row.known(self.at)) {
                let RuleContent::Vesting { functions, role, .. } = &row.value.content else {
                    continue;
                };
                let span = entry.rule_span(row, self.at);
                if *role == area_role && functions.contains(&function.code) && span.is_none() {
                    let waiting = Unapplied {
                        kind: UnappliedKind::RuleNotCommenced,
                        position: row.event(),
                        instrument: None,
                        rule: Some(&entry.id),
                        effective_on: None,
                    };
                    known.push((waiting, false));
                }
            }
        }
        for (each, varied) in &known {
            let kind = match each.kind {
                UnappliedKind::NoticePending => GroundKind::Notice,
                UnappliedKind::RuleNotCommenced => GroundKind::Rule,
                UnappliedKind::ConflictOpen => continue,
                UnappliedKind::ApprovedNotExecuted
                | UnappliedKind::ExecutedNotInForce
                | UnappliedKind::SightedUndated => {
                    let entry = each.instrument.and_then(|id| self.register.instruments.get(id));
                    if let Some(entry) = entry
                        && let (Some(drawn), Some(reading)) =
                            (entry.drawn(self.at), entry.reading(self.on, self.at))
                    {
                        self.ground_beside(GroundKind::Instrument, drawn);
                        if *varied {
                            self.ground_beside(GroundKind::Variation, reading);
                        }
                    }
                    let undated = each.kind == UnappliedKind::SightedUndated;
                    if undated { GroundKind::Sighting } else { GroundKind::Stage }
                }
            };
            self.grounds.push(Ground {
                position: each.position,
                kind,
                confidence: Confidence::Confirmed,
            });
        }
        answer.known_unapplied = known.into_iter().map(|(each, _)| each).collect();
        // Sort by log position, because the instruments may have been found in another order.
        answer.known_unapplied.sort_by_key(|each| (each.position, each.kind));
    }
}
