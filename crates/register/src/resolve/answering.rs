//! Step 10 of the resolution procedure: who answers for a body on a later day, step by step,
//! because the body has ceased or its liabilities have passed. This supplements the answer for the
//! day asked about, and never replaces that answer.

use std::collections::BTreeSet;

use remit_domain::{BodyCode, BodyRole, Confidence, Day, FunctionCode, LawAsked, RuleContent};

use crate::answer::{Answer, AnsweringNow, AnsweringStep, Ground, GroundKind, LiableState};
use crate::handle::BodyHandle;
use crate::row::Row;
use crate::rows::bodies::{RoleRow, SchemeRow, SuccessionRow};

use super::Search;

/// What is found on the way from a body to the bodies in being that answer for it.
#[derive(Default)]
struct Heirs<'r> {
    successors: Vec<BodyCode>,
    steps: Vec<AnsweringStep<'r>>,
    /// The bodies that were reached, each with the day.
    reached: BTreeSet<(BodyHandle, Day)>,
    /// Whether some of what passed reached a body that has ceased, and is not known to have passed
    /// from it.
    lost: bool,
}

/// What leads from one body to the next: a succession or a transfer scheme.
#[derive(Clone, Copy)]
enum Way<'r> {
    Succession(&'r Row<SuccessionRow>),
    Scheme(&'r Row<SchemeRow>),
}

impl Way<'_> {
    fn to(self) -> BodyHandle {
        match self {
            Self::Succession(row) => row.value.other,
            Self::Scheme(row) => row.value.to,
        }
    }

    /// Whether liabilities pass this way, be it not an area that passes.
    fn passes_liability(self) -> bool {
        match self {
            Self::Succession(row) => row.value.by_liability.is_some(),
            Self::Scheme(_) => true,
        }
    }

    fn on(self) -> Day {
        match self {
            Self::Succession(row) => row.effective.from(),
            Self::Scheme(row) => row.effective.from(),
        }
    }
}

impl<'r> Search<'r> {
    /// For each liable or exercising body of `answer` that has ceased by the day `later`, or whose
    /// liabilities of `function` have passed by then: the bodies that answer for it on that day,
    /// and the events that show it.
    pub(super) fn answering_now(
        &self,
        answer: &Answer<'r>,
        function: &FunctionCode,
        later: Option<Day>,
    ) -> (Vec<AnsweringNow<'r>>, Vec<Ground>) {
        let mut grounds = Vec::new();
        let Some(later) = later.filter(|day| *day > self.on) else {
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
            let mut now = self.on(later);
            // A code that continues in another role stands for another body.
            if now.role(id) == Some(then.value.role) {
                // The body was established again in the same role. The new row is a ground only if
                // the first period of the role has ended by `later`.
                let again = entry.role(later, self.at).filter(|row| row.origin != then.origin);
                if let Some(row) = again.filter(|_| !then.effective.contains(later)) {
                    now.ground(GroundKind::Body, row);
                }
                let ways = now.ways(id, self.on, function);
                if ways.iter().any(|way| way.passes_liability()) {
                    let mut heirs = Heirs::default();
                    now.heirs(id, self.on, function, &mut heirs);
                    // What may have passed from the body may be where it was.
                    if !ways.iter().any(|way| now.is_sure(*way)) {
                        heirs.successors.push(body);
                    }
                    found.push(heirs.of(body));
                }
            } else {
                now.ground(GroundKind::Body, then);
                now.use_end(id);
                let mut heirs = Heirs::default();
                now.heirs(id, self.on, function, &mut heirs);
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

    /// The schemes after the day `since` by which liabilities of `function` pass from the body
    /// `id`.
    fn schemes(
        &self,
        id: BodyHandle,
        since: Day,
        function: &FunctionCode,
    ) -> Vec<&'r Row<SchemeRow>> {
        let schemes = self.register.bodies[id].schemes().iter();
        let passes = |row: &&Row<SchemeRow>| {
            let of = &row.value.functions;
            row.holds(self.on, self.at)
                && row.effective.from() > since
                && (of.is_empty() || of.contains(function))
        };
        schemes.filter(passes).collect()
    }

    /// How sure it is that liabilities pass this way.
    fn confidence(&self, way: Way<'_>) -> Confidence {
        let (passes, evidence) = match way {
            Way::Succession(row) => {
                (row.value.by_liability.unwrap_or(Confidence::Unconfirmed), row.evidence)
            }
            // What is said in words may cover a liability, and may except it.
            Way::Scheme(row) => match (&row.value.described, &row.value.excepted) {
                (Some(_), _) | (_, Some(_)) => (Confidence::Unconfirmed, row.evidence),
                (None, None) => (Confidence::Confirmed, row.evidence),
            },
        };
        passes.min(self.register.evidence.confidence(evidence))
    }

    /// Whether liabilities have certainly left the body this way.
    fn is_sure(&self, way: Way<'_>) -> bool {
        self.confidence(way) >= Confidence::Derived
    }

    /// The ways that lead on from the body `id` after the day `since`, up to the day on which its
    /// liabilities have certainly left it. On each day a scheme that certainly passes them counts
    /// before a succession, and a succession to liabilities before one to an area.
    fn ways(&self, id: BodyHandle, since: Day, function: &FunctionCode) -> Vec<Way<'r>> {
        let schemes = self.schemes(id, since, function).into_iter().map(Way::Scheme);
        let held =
            |row: &&Row<SuccessionRow>| row.holds(self.on, self.at) && row.effective.from() > since;
        let successions = self.register.bodies[id].successors().iter().filter(held);
        // What passes after the body has ceased passes from another body of the same code.
        let end = self.end(id, since);
        let of_life = |way: &Way<'_>| end.is_none_or(|end| way.on() <= end);
        let all = schemes.chain(successions.map(Way::Succession));
        let mut all: Vec<_> = all.filter(of_life).collect();
        all.sort_by_key(|way| way.on());
        let mut ways = Vec::new();
        for day in all.chunk_by(|one, next| one.on() == next.on()) {
            let scheme = day.iter().any(|way| matches!(way, Way::Scheme(_)) && self.is_sure(*way));
            let liabilities = day
                .iter()
                .any(|way| matches!(way, Way::Succession(row) if row.value.by_liability.is_some()));
            ways.extend(day.iter().filter(|way| match way {
                Way::Scheme(_) => true,
                Way::Succession(_) => !scheme && (!liabilities || way.passes_liability()),
            }));
            if day.iter().any(|way| self.is_sure(*way)) {
                break;
            }
        }
        ways
    }

    /// Adds to `heirs` the steps from the body `id`, which was in being on the day `since`, and the
    /// bodies in being on the day asked about to which they lead.
    fn heirs(
        &mut self,
        id: BodyHandle,
        since: Day,
        function: &FunctionCode,
        heirs: &mut Heirs<'r>,
    ) {
        if !heirs.reached.insert((id, since)) {
            return;
        }
        let ways = self.ways(id, since, function);
        for way in &ways {
            let (next, on) = (way.to(), way.on());
            let step = self.step(id, *way);
            heirs.steps.push(step);
            let onward = self.ways(next, on, function);
            if let Some(role) = self.still(next, on) {
                // What may have passed from a body in being may be where it was.
                if !onward.iter().any(|way| self.is_sure(*way)) {
                    self.ground(GroundKind::Body, role);
                    heirs.successors.push(self.code(next));
                }
                if onward.into_iter().any(Way::passes_liability) {
                    self.heirs(next, on, function, heirs);
                }
            } else {
                self.use_end(next);
                self.heirs(next, on, function, heirs);
            }
        }
        let end = self.end(id, since);
        let left = |way: &Way<'_>| self.is_sure(*way) || end.is_some_and(|end| way.on() == end);
        heirs.lost |= self.still(id, since).is_none() && !ways.iter().any(left);
    }

    /// The role of the body `id` on the day asked about, if it can answer in it for what it bore on
    /// the day `since`. A code that continues in another role stands for another body.
    fn still(&self, id: BodyHandle, since: Day) -> Option<&'r Row<RoleRow>> {
        let entry = &self.register.bodies[id];
        let was = entry.role(since, self.at).map(|row| row.value.role);
        let same = |role: BodyRole| was.is_none_or(|was| was == role);
        let answers = |role| role != BodyRole::SubIcbLocation && same(role);
        entry.role(self.on, self.at).filter(|row| answers(row.value.role))
    }

    /// The end of the last period, up to the day asked about, in which the body `id` has the role
    /// that it had on the day `since`.
    fn end(&self, id: BodyHandle, since: Day) -> Option<Day> {
        let entry = &self.register.bodies[id];
        entry.role_end(entry.role(since, self.at)?.value.role, self.on, self.at)
    }

    /// One step from the body `id`, by the law of the day of the step.
    fn step(&mut self, id: BodyHandle, way: Way<'r>) -> AnsweringStep<'r> {
        let on = way.on();
        let mut then = self.on(on);
        let register = self.register;
        let before = on.eve().and_then(|eve| register.bodies[id].role(eve, self.at));
        let after = register.bodies[way.to()].role(on, self.at);
        // What passes by a scheme alone is not read across: the rule speaks of who succeeds.
        let succeeds = |row: &&Row<SuccessionRow>| {
            row.value.other == way.to() && row.effective.from() == on && row.known(self.at)
        };
        let succession = register.bodies[id].successors().iter().find(succeeds);
        let rule = succession.and_then(|_| then.read_across(before, after));
        if let (Some(row), Some(_)) = (succession, rule) {
            then.ground(GroundKind::Succession, row);
        }
        let position = then.ground_way(way).position;
        let scheme = match way {
            Way::Succession(_) => None,
            Way::Scheme(row) => Some(&row.value),
        };
        then.use_end(id);
        self.grounds.append(&mut then.grounds);
        AnsweringStep {
            from: self.code(id),
            to: self.code(way.to()),
            on,
            position,
            rule,
            power: scheme.map(|scheme| &scheme.power),
            described: scheme.and_then(|scheme| scheme.described.as_ref()),
            excepted: scheme.and_then(|scheme| scheme.excepted.as_ref()),
            confidence: self.confidence(way),
        }
    }

    fn ground_way(&mut self, way: Way<'_>) -> Ground {
        match way {
            Way::Succession(row) => self.ground(GroundKind::Succession, row),
            Way::Scheme(row) => self.ground(GroundKind::Succession, row),
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
    /// What is found, as the answer for the body `body`.
    fn of(mut self, body: BodyCode) -> AnsweringNow<'r> {
        self.successors.sort_unstable();
        self.successors.dedup();
        self.steps.sort_unstable_by_key(|step| (step.on, step.position));
        // A body that is reached on two days leads on by the same steps.
        self.steps.dedup_by_key(|step| step.position);
        let sure = self.steps.iter().map(|step| step.confidence).min();
        let confidence = sure.unwrap_or(Confidence::Unconfirmed);
        let state = match self.successors.as_slice() {
            [] => LiableState::Unknown,
            [_] if confidence >= Confidence::Derived && !self.lost => LiableState::Settled,
            [..] => LiableState::Unsettled,
        };
        let own = self.steps.iter().filter(|step| step.from == body);
        let read_across = own.filter_map(|step| step.rule).next();
        let (successors, steps) = (self.successors, self.steps);
        AnsweringNow { body, successors, read_across, steps, state, confidence }
    }
}
