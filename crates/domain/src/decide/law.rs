//! Checks of the catalogue and of the rows of law.

use super::{Checks, Reason};
use crate::code::{FunctionCode, RuleId};
use crate::function::{Function, HolderRule};
use crate::known::RuleKnown;
use crate::period::Day;
use crate::rule::Rule;

impl<'a> Checks<'a> {
    pub(super) fn catalogued(&mut self, function: &Function) {
        for held in self.known.segments(&function.code) {
            if held.value.1.overlaps(&function.effective) {
                let message = format!(
                    "{} has a segment {} by event {}",
                    function.code, held.value.1, held.position
                );
                self.refuse(Reason::FunctionSegmentOverlaps, "effective_from", message);
            }
        }
        if let HolderRule::Body(holder) = function.holder {
            self.body("holder", holder);
        }
        if function.reserved && !function.routes.is_empty() {
            let message = format!("{} is reserved: it has no routes", function.code);
            self.refuse(Reason::FunctionReserved, "routes", message);
        }
    }

    pub(super) fn function_ended(&mut self, code: &FunctionCode, effective_until: Day) {
        let segments = self.known.segments(code);
        let open = segments.iter().find(|held| held.value.1.until().is_none());
        match open {
            None => {
                let message = format!("the catalogue has no open segment of {code}");
                self.refuse(Reason::FunctionUnknown, "function", message);
            }
            Some(held) if effective_until <= held.value.1.from() => {
                let message = format!("the segment only begins on {}", held.value.1.from());
                self.refuse(Reason::PeriodReversed, "effective_until", message);
            }
            Some(_) => {}
        }
    }

    pub(super) fn enacted(&mut self, rule: &Rule) {
        for held in self.known.rules() {
            let meets = match (held.effective, rule.effective) {
                (Some(a), Some(b)) => a.overlaps(&b),
                (None, None) => true,
                _ => false,
            };
            if held.rule.id == rule.id && meets {
                let message = format!("rule {} is recorded by event {}", rule.id, held.position);
                self.refuse(Reason::RuleAlreadyEnacted, "id", message);
            }
        }
        for function in rule.content.functions() {
            if self.known.segments(function).is_empty() {
                let message = format!("the catalogue has no function {function}");
                self.refuse(Reason::FunctionUnknown, "functions", message);
            }
        }
    }

    fn rule(&mut self, id: &RuleId) -> Vec<RuleKnown<'a>> {
        let mut rows = self.known.rules();
        rows.retain(|held| held.rule.id == *id);
        if rows.is_empty() {
            let message = format!("the register has no rule {id}");
            self.refuse(Reason::RuleMissing, "rule", message);
        }
        rows
    }

    pub(super) fn commenced(&mut self, id: &RuleId) {
        let rows = self.rule(id);
        if !rows.is_empty() && rows.iter().all(|held| held.effective.is_some()) {
            let message = format!("every row of {id} has its day; none waits for commencement");
            self.refuse(Reason::RuleCommenced, "rule", message);
        }
    }

    pub(super) fn rule_ended(&mut self, id: &RuleId, effective_until: Day) {
        let rows = self.rule(id);
        let open = rows.iter().filter_map(|held| held.effective).find(|p| p.until().is_none());
        match open {
            None if rows.is_empty() => {}
            None => {
                let message = format!("no row of {id} is law without an end");
                self.refuse(Reason::RuleCommenced, "rule", message);
            }
            Some(period) if effective_until <= period.from() => {
                let message = format!("{id} is law only from {}", period.from());
                self.refuse(Reason::PeriodReversed, "effective_until", message);
            }
            Some(_) => {}
        }
    }
}
