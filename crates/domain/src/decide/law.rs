//! Checks of facts about the law: rows of the catalogue of functions, and rules.

use crate::code::RuleId;
use crate::fact::{FunctionEnded, LawFact, RuleCommenced, RuleEnded};
use crate::fault::LawFault;
use crate::function::{Function, HolderRule};
use crate::known::RuleKnown;
use crate::period::Period;
use crate::rule::{Rule, RuleContent};

use super::Checks;

impl<'a> Checks<'a> {
    pub(super) fn law(&mut self, fact: &LawFact) {
        match fact {
            LawFact::FunctionCatalogued(function) => self.catalogued(function),
            LawFact::FunctionEnded(ended) => self.function_ended(ended),
            LawFact::RuleEnacted(rule) => self.enacted(rule),
            LawFact::RuleCommenced(commenced) => self.commenced(commenced),
            LawFact::RuleEnded(ended) => self.rule_ended(ended),
        }
    }

    fn catalogued(&mut self, function: &Function) {
        for known in self.known.segments(&function.code) {
            if known.effective.overlaps(&function.effective) {
                let (effective, event) = (known.effective, known.event);
                let function = function.code.clone();
                let fault = LawFault::SegmentOverlaps { function, effective, event };
                self.refuse("effective_from", fault);
            }
        }
        if let HolderRule::Body(holder) = function.holder {
            self.body("holder", holder);
        }
        let outside = matches!(function.holder, HolderRule::OutsideRecords(_));
        if outside && !function.routes.is_empty() {
            let function = function.code.clone();
            self.refuse("routes", LawFault::OutsideWithRoutes { function });
        }
        if function.reserved && !function.routes.is_empty() {
            let function = function.code.clone();
            self.refuse("routes", LawFault::ReservedWithRoutes { function });
        }
    }

    fn function_ended(&mut self, ended: &FunctionEnded) {
        let segments = self.known.segments(&ended.function);
        let open = segments.iter().find(|segment| segment.effective.until().is_none());
        match open.map(|segment| segment.effective.from()) {
            None => {
                let function = ended.function.clone();
                self.refuse("function", LawFault::NoOpenSegment { function });
            }
            Some(from) if ended.effective_until <= from => {
                self.refuse("effective_until", LawFault::SegmentBeginsLater { from });
            }
            Some(_) => {}
        }
    }

    fn enacted(&mut self, rule: &Rule) {
        for known in self.known.rules() {
            if known.rule.id != rule.id {
                continue;
            }
            let event = known.event;
            match (known.effective, rule.effective) {
                (Some(a), Some(b)) if a.overlaps(&b) => {
                    self.refuse("id", LawFault::RuleRecorded { rule: rule.id.clone(), event });
                }
                (None, None) => {
                    let rule = rule.id.clone();
                    self.refuse("id", LawFault::RuleAwaitsCommencement { rule, event });
                }
                (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => {}
            }
        }
        for function in rule.content.functions() {
            self.catalogued_ever("functions", function);
        }
        if let Some(effective) = rule.effective {
            self.contradicts("effective_from", &rule.id, &rule.content, effective);
        }
    }

    /// Refuses the field `field` of the command if another rule says, of the same basis and for
    /// some of the same days, what `content` says: one of the two would never be heard.
    fn contradicts(&mut self, field: &str, id: &RuleId, content: &RuleContent, effective: Period) {
        for known in self.known.rules() {
            let law = known.effective.is_some_and(|period| period.overlaps(&effective));
            if known.rule.id == *id || !law {
                continue;
            }
            if let Some(basis) = known.rule.content.same_question(content) {
                let (rule, event) = (known.rule.id.clone(), known.event);
                self.refuse(field, LawFault::RuleContradicts { rule, basis, event });
            }
        }
    }

    fn rule(&mut self, id: &RuleId) -> Vec<RuleKnown<'a>> {
        let mut rows = self.known.rules();
        rows.retain(|known| known.rule.id == *id);
        if rows.is_empty() {
            self.refuse("rule", LawFault::RuleUnknown { rule: id.clone() });
        }
        rows
    }

    fn commenced(&mut self, commenced: &RuleCommenced) {
        let RuleCommenced { rule: id, effective } = commenced;
        let rows = self.rule(id);
        for row in rows.iter().filter(|row| row.effective.is_none()) {
            self.contradicts("effective_from", id, &row.rule.content, *effective);
        }
        if !rows.is_empty() && rows.iter().all(|known| known.effective.is_some()) {
            self.refuse("rule", LawFault::NothingToCommence { rule: id.clone() });
        }
    }

    fn rule_ended(&mut self, ended: &RuleEnded) {
        let rows = self.rule(&ended.rule);
        let periods = rows.iter().filter_map(|known| known.effective);
        let open = periods.into_iter().find(|period| period.until().is_none());
        let rule = ended.rule.clone();
        match open.map(|period| period.from()) {
            None if rows.is_empty() => {}
            None => self.refuse("rule", LawFault::RuleNotOpen { rule }),
            Some(from) if ended.effective_until <= from => {
                self.refuse("effective_until", LawFault::RuleBeginsLater { rule, from });
            }
            Some(_) => {}
        }
    }
}
