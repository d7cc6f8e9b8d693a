//! Answers as statements of version 1 state them. To find who answers now, they look a rule up
//! once, by the role that the body had and the day of the last step, and follow every succession. A
//! practice under an office of NHS England has no commissioner. Nothing else uses this.

use std::collections::BTreeSet;

use remit_domain::{
    BodyCode, BodyRole, Day, FunctionCode, LawAsked, Position, RuleContent, RuleId,
};

use crate::answer::{Answer, Place};
use crate::handle::BodyHandle;
use crate::london::london_day;
use crate::register::Register;
use crate::row::at;

use super::Search;

const SUCCESSIONS_MAX: usize = 16;

/// A body that has ceased, its successors in being, and a rule that treats its acts as theirs.
pub type AnsweredInVersion1<'r> = (BodyCode, Vec<BodyCode>, Option<&'r RuleId>);

impl Register {
    /// Finds who holds, exercises and is liable, as a statement of version 1 states it.
    #[must_use]
    pub fn who_holds_in_version_1(
        &self,
        function: &FunctionCode,
        place: &Place,
        effective_on: Day,
        known_at: Position,
    ) -> Answer<'_> {
        let search = Search::new(self, effective_on, at(known_at));
        self.resolve(Search { version_1: true, ..search }, function, place, (known_at, None))
    }

    /// Who now answers for the bodies of `answer` that have ceased, as a statement of version 1
    /// states it.
    #[must_use]
    pub fn answering_in_version_1(&self, answer: &Answer<'_>) -> Vec<AnsweredInVersion1<'_>> {
        let (on, at) = (answer.effective_on, at(answer.known_at.position));
        let today = answer.known_at.recorded_at.and_then(london_day).filter(|day| *day > on);
        let Some(today) = today else { return Vec::new() };
        let mut bodies: Vec<_> =
            answer.liable.bodies.iter().chain(&answer.exercisers).copied().collect();
        bodies.sort_unstable();
        bodies.dedup();
        let (then, now) = (Search::new(self, on, at), Search::new(self, today, at));
        let mut answered = Vec::new();
        for body in bodies {
            let Some(id) = self.bodies.handle(body) else { continue };
            let was = then.role(id);
            if was.is_some() && now.role(id) != was {
                let (mut found, mut rule) = (Vec::new(), None);
                now.successors_in_version_1(
                    id,
                    was,
                    &mut found,
                    &mut rule,
                    &mut BTreeSet::new(),
                    0,
                );
                found.sort_unstable();
                answered.push((body, found, rule));
            }
        }
        answered
    }
}

impl<'r> Search<'r> {
    fn successors_in_version_1(
        &self,
        id: BodyHandle,
        was: Option<BodyRole>,
        found: &mut Vec<BodyCode>,
        rule: &mut Option<&'r RuleId>,
        seen: &mut BTreeSet<BodyHandle>,
        depth: usize,
    ) {
        for row in self.register.bodies[id].successors() {
            if !row.holds(self.on, self.at) {
                continue;
            }
            let next = row.value.other;
            match self.role(next).filter(|role| *role != BodyRole::SubIcbLocation) {
                Some(_) if found.contains(&self.code(next)) => {}
                Some(role) => {
                    found.push(self.code(next));
                    let day = self.on(row.effective.from());
                    let across = day.rules_in_force(LawAsked::ReadAcross).find(|(_, rule)| {
                        matches!(rule.value.content, RuleContent::ReadAcross { from, to }
                            if Some(from) == was && to == role)
                    });
                    *rule = across.map(|(entry, _)| &entry.id).or(*rule);
                }
                None if depth < SUCCESSIONS_MAX && seen.insert(next) => {
                    self.successors_in_version_1(next, was, found, rule, seen, depth + 1);
                }
                None => {}
            }
        }
    }
}
