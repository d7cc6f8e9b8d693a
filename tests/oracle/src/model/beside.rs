//! What an answer says besides who exercises.

use super::*;

impl<'e> Known<'e> {
    pub(super) fn conditions(&self, id: &InstrumentId) -> Vec<Text> {
        let (start, text) = self.text(id, self.on).expect("it was drawn");
        let attached = each!(self, ConditionAttached {
                instrument, condition, effective_from: from, .. }
            if instrument == id && *from <= self.on => (condition, *from));
        let lifted = |one, from| {
            each!(self, ConditionLifted {
                instrument, condition, effective_until: end, .. }
            if instrument == id && condition == one => *end)
            .any(|end| from < end && end <= self.on)
        };
        let all = text.conditions.iter().map(|own| (own, start)).chain(attached);
        sorted(all.filter(|(one, from)| !lifted(*one, *from)).map(|(one, _)| one.clone()))
    }

    /// What was believed; and whether nothing that the answer shows is to that effect.
    pub(super) fn expectations(&self, area: BodyCode, said: &Said) -> Vec<(u64, bool)> {
        let waiting = said.unapplied.iter().filter(|(kind, _)| *kind == "executed-not-in-force");
        let executed = waiting.filter_map(|(_, at)| {
            each!(row in self.facts, InstrumentAdvanced { instrument, .. }
                if row.0 == *at => instrument)
            .next()
        });
        let shown: Vec<_> = said.instruments.iter().chain(&said.links).chain(executed).collect();
        let gives = |id: &InstrumentId, to| {
            self.text(id, self.on).is_some_and(|(_, text)| text.given_to.contains(to))
        };
        each!(row in self.facts, ExpectationStated {
                function, area: of, expected, effective_from, .. }
            if function == self.function && *of == area && *effective_from <= self.on
            => (row.0, expected))
        .map(|(at, expected)| (at, !shown.iter().any(|id| gives(id, expected))))
        .collect()
    }

    /// What is known of the area's instruments and of law and not applied.
    pub(super) fn unapplied(&self, area: BodyCode, role: BodyRole) -> Vec<(&'static str, u64)> {
        let in_force: Vec<_> = self.in_force(area, self.on).map(|(text, ..)| &text.id).collect();
        let rules = each!(row in self.facts, RuleEnacted(rule)
            if self.vests(&rule.content, role) && self.law(rule).is_none()
            => ("rule-not-commenced", row.0));
        // One in force has nothing before it but its notice, which only the shown ones tell.
        let of_instrument = |text: &'e Instrument| {
            self.not_in_force(&text.id).filter(|_| !in_force.contains(&&text.id))
        };
        rules.chain(self.covering(area, self.on).filter_map(of_instrument)).collect()
    }

    pub(super) fn notice_pending(&self, id: &InstrumentId) -> Option<(&'static str, u64)> {
        each!(row in self.facts, NoticeGiven { instrument, given_on, ends_on, .. }
            if instrument == id && *given_on <= self.on && self.on < *ends_on
            => ("notice-pending", row.0))
        .next()
    }

    /// The last step taken by the day.
    fn stage(&self, id: &InstrumentId) -> Option<(Option<Day>, u64, Stage)> {
        each!(row in self.facts, InstrumentAdvanced { instrument, stage, .. }
            if instrument == id && row.2.made_on.is_none_or(|day| day <= self.on)
            => (row.2.made_on, row.0, *stage))
        .max()
    }

    pub(super) fn not_in_force(&self, id: &InstrumentId) -> Option<(&'static str, u64)> {
        let mut begun = each!(self, InstrumentInForce { instrument, effective, .. }
            if instrument == id => effective.from());
        match self.stage(id).filter(|_| begun.all(|from| self.on < from))? {
            (_, at, Stage::Approved | Stage::ConditionallyApproved | Stage::DocumentsIssued) => {
                Some(("approved-not-executed", at))
            }
            (_, at, Stage::Executed) => Some(("executed-not-in-force", at)),
            _ => None,
        }
    }

    pub(super) fn answering_now(&self, said: &Said, today: Day) -> Vec<Answering> {
        let mut found = vec![];
        for body in sorted([&said.liable[..], &said.exercisers[..]].concat()) {
            let Some((from, _)) = self.role(body, self.on) else { continue };
            if self.role(body, today).is_some_and(|(role, _)| role == from) {
                continue;
            }
            let heirs = self.heirs(body, today, 0);
            let rule = heirs.iter().rev().find_map(|(_, to, on)| {
                self.rule(*on, |content| *content == Content::ReadAcross { from, to: *to })
            });
            let heirs = sorted(heirs.iter().map(|(heir, ..)| *heir));
            found.push((body, heirs, rule.map(|rule| rule.id.clone())));
        }
        found
    }

    pub(super) fn heirs(
        &self,
        of: BodyCode,
        today: Day,
        depth: u32,
    ) -> Vec<(BodyCode, BodyRole, Day)> {
        each!(self, SuccessionRecorded(s) if s.predecessor == of && s.effective_on <= today => s)
            .flat_map(|s| match self.role(s.successor, today) {
                Some((role, _)) if role != SubIcbLocation => {
                    vec![(s.successor, role, s.effective_on)]
                }
                _ if depth < 16 => self.heirs(s.successor, today, depth + 1),
                _ => vec![],
            })
            .collect()
    }
}
