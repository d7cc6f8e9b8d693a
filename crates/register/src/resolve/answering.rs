//! Step 10 of the resolution procedure: who answers now for a body that has ceased, step by step.
//! This supplements the answer for the day asked about, and never replaces that answer.

use std::collections::BTreeMap;

use remit_domain::{BodyCode, BodyRole, Confidence, Day, LawAsked, RuleContent};

use crate::answer::{Answer, AnsweringNow, AnsweringStep, Ground, GroundKind, LiableState};
use crate::handle::BodyHandle;
use crate::row::Row;
use crate::rows::bodies::{RoleRow, SuccessionRow};

use super::Search;

/// What is found on the way from a ceased body to the bodies in being that came after it.
#[derive(Default)]
struct Heirs<'r> {
    successors: Vec<BodyCode>,
    steps: Vec<AnsweringStep<'r>>,
    /// Whether a body that was reached on a day leads to a body in being.
    reached: BTreeMap<(BodyHandle, Day), bool>,
}

impl<'r> Search<'r> {
    /// For each liable or exercising body of `answer` that has ceased by the day `today`: the
    /// bodies that answer for it on that day, and the events that show it.
    pub(super) fn answering_now(
        &self,
        answer: &Answer<'r>,
        today: Option<Day>,
    ) -> (Vec<AnsweringNow<'r>>, Vec<Ground>) {
        let mut grounds = Vec::new();
        let Some(today) = today.filter(|day| *day > self.on) else {
            return (Vec::new(), grounds);
        };
        let mut bodies: Vec<_> =
            answer.liable.bodies.iter().chain(&answer.exercisers).copied().collect();
        bodies.sort_unstable();
        bodies.dedup();
        let mut found = Vec::new();
        for body in bodies {
            let Some(id) = self.register.bodies.handle(body) else { continue };
            let entry = &self.register.bodies[id];
            let Some(then) = entry.role(self.on, self.at) else { continue };
            let mut now = self.on(today);
            // A code that continues in another role stands for another body.
            if now.role(id) == Some(then.value.role) {
                // The body was established again in the same role. The new row is a ground only if
                // the first period of the role has ended by `today`.
                let again = entry.role(today, self.at).filter(|row| row.origin != then.origin);
                if let Some(row) = again.filter(|_| !then.effective.contains(today)) {
                    now.ground(GroundKind::Body, row);
                }
            } else {
                now.ground(GroundKind::Body, then);
                now.use_end(id);
                let mut heirs = Heirs::default();
                now.heirs(id, self.on, &mut heirs);
                found.push(heirs.of(body));
            }
            grounds.append(&mut now.grounds);
        }
        grounds.sort_unstable();
        grounds.dedup_by_key(|ground| (ground.position, ground.kind));
        (found, grounds)
    }

    /// Adds grounds that show that the body `id` has no longer the roles that ended by the day
    /// asked about.
    fn use_end(&mut self, id: BodyHandle) {
        let (on, at) = (self.on, self.at);
        let entry = &self.register.bodies[id];
        self.ground_ends(entry.role_ends().iter().filter(|end| end.holds(on, at)));
        // The code can continue in another role.
        if let Some(other) = entry.role(on, at) {
            self.ground(GroundKind::Body, other);
        }
    }

    /// Adds to `heirs` the steps from the body `id`, which was in being on the day `since`, to the
    /// bodies in being on the day asked about. Returns whether there are any such bodies.
    fn heirs(&mut self, id: BodyHandle, since: Day, heirs: &mut Heirs<'r>) -> bool {
        if let Some(leads) = heirs.reached.get(&(id, since)) {
            return *leads;
        }
        // A body that succeeds its own successor leads nowhere by itself.
        heirs.reached.insert((id, since), false);
        let register = self.register;
        let held =
            |row: &&Row<SuccessionRow>| row.holds(self.on, self.at) && row.effective.from() > since;
        let mut rows: Vec<_> = register.bodies[id].successors().iter().filter(held).collect();
        // Succession to liabilities counts; succession to an area only where nothing else is known.
        if rows.iter().any(|row| row.value.by_liability.is_some()) {
            rows.retain(|row| row.value.by_liability.is_some());
        }
        let mut leads = false;
        for row in rows {
            let next = row.value.other;
            let role = register.bodies[next].role(self.on, self.at);
            let onward = match role.filter(|role| role.value.role != BodyRole::SubIcbLocation) {
                Some(role) => {
                    self.ground(GroundKind::Body, role);
                    heirs.successors.push(self.code(next));
                    true
                }
                None => {
                    let onward = self.heirs(next, row.effective.from(), heirs);
                    if onward {
                        self.use_end(next);
                    }
                    onward
                }
            };
            if onward {
                let step = self.step(id, row);
                heirs.steps.push(step);
                leads = true;
            }
        }
        heirs.reached.insert((id, since), leads);
        leads
    }

    /// One step from the body `id` to a successor, by the law of the day of the step.
    fn step(&mut self, id: BodyHandle, row: &'r Row<SuccessionRow>) -> AnsweringStep<'r> {
        let on = row.effective.from();
        let mut then = self.on(on);
        let register = self.register;
        let before = on.eve().and_then(|eve| register.bodies[id].role(eve, self.at));
        let after = register.bodies[row.value.other].role(on, self.at);
        let rule = then.read_across(before, after);
        let succession = then.ground(GroundKind::Succession, row);
        then.use_end(id);
        self.grounds.append(&mut then.grounds);
        let passes = row.value.by_liability.unwrap_or(Confidence::Unconfirmed);
        AnsweringStep {
            from: self.code(id),
            to: self.code(row.value.other),
            on,
            position: row.event(),
            rule,
            confidence: passes.min(succession.confidence),
        }
    }

    /// The rule of the day asked about that treats acts of a body with the role `before` as acts of
    /// a body with the role `after`.
    fn read_across(
        &mut self,
        before: Option<&'r Row<RoleRow>>,
        after: Option<&'r Row<RoleRow>>,
    ) -> Option<&'r remit_domain::RuleId> {
        let (before, after) = (before?, after?);
        let (entry, rule) = self.rules_in_force(LawAsked::ReadAcross).find(|(_, rule)| {
            matches!(rule.value.content, RuleContent::ReadAcross { from, to }
                if from == before.value.role && to == after.value.role)
        })?;
        self.ground(GroundKind::Body, before);
        self.ground(GroundKind::Body, after);
        self.use_rule(entry, rule);
        Some(&entry.id)
    }
}

impl<'r> Heirs<'r> {
    /// What is found, as the answer for the ceased body `body`.
    fn of(mut self, body: BodyCode) -> AnsweringNow<'r> {
        self.successors.sort_unstable();
        self.successors.dedup();
        self.steps.sort_unstable_by_key(|step| (step.on, step.position));
        let sure = self.steps.iter().map(|step| step.confidence).min();
        let confidence = sure.unwrap_or(Confidence::Unconfirmed);
        let state = match self.successors.as_slice() {
            [] => LiableState::Unknown,
            [_] if confidence >= Confidence::Derived => LiableState::Settled,
            [..] => LiableState::Unsettled,
        };
        let own = self.steps.iter().filter(|step| step.from == body);
        let read_across = own.filter_map(|step| step.rule).next();
        let (successors, steps) = (self.successors, self.steps);
        AnsweringNow { body, successors, read_across, steps, state, confidence }
    }
}
