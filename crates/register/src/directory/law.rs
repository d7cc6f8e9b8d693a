//! The catalogue and the rules.

use remit_domain::{Day, Evidence, Function, Period, Position, Rule, RuleId};

use crate::register::Register;
use crate::row::at;

/// A segment of a function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionView<'r> {
    /// What the catalogue says.
    pub function: &'r Function,
    /// The period in which the segment holds, cut at its known ends.
    pub effective: Period,
    /// The event that says so.
    pub position: Position,
    /// The document it rests on.
    pub evidence: &'r Evidence,
}

/// A row of law.
#[derive(Clone, Copy, Debug)]
pub struct RuleView<'r> {
    /// The row.
    pub rule: &'r Rule,
    /// The period in which the row is law, cut at its known ends. `None`: it is not commenced.
    pub effective: Option<Period>,
    /// The event that enacted it.
    pub position: Position,
    /// The document it rests on.
    pub evidence: &'r Evidence,
}

impl Register {
    /// The segments of the catalogue that hold on the day `on`, or all of them, in code order.
    #[must_use]
    pub fn functions_view(&self, on: Option<Day>, known_at: Position) -> Vec<FunctionView<'_>> {
        let at = at(known_at);
        let mut found = Vec::new();
        for (_, entry) in self.law.functions() {
            for row in entry.segments.iter().filter(|row| row.known(at)) {
                let effective = entry.segment_span(row, at);
                if on.is_none_or(|on| effective.contains(on)) {
                    let evidence = self.evidence.get(row.evidence);
                    let (function, position) = (&row.value, row.event());
                    found.push(FunctionView { function, effective, position, evidence });
                }
            }
        }
        found.sort_by(|a, b| (&a.function.code, a.effective).cmp(&(&b.function.code, b.effective)));
        found
    }

    /// The rows that are law on the day `on`, or all of them, in log order.
    #[must_use]
    pub fn rules_view(&self, on: Option<Day>, known_at: Position) -> Vec<RuleView<'_>> {
        let at = at(known_at);
        let mut found = Vec::new();
        for entry in self.law.rules() {
            for row in entry.rows.iter().filter(|row| row.known(at)) {
                let effective = entry.rule_span(row, at);
                if on.is_none_or(|on| effective.is_some_and(|period| period.contains(on))) {
                    let evidence = self.evidence.get(row.evidence);
                    let (rule, position) = (&row.value, row.event());
                    found.push(RuleView { rule, effective, position, evidence });
                }
            }
        }
        found.sort_by_key(|view| view.position);
        found
    }

    /// One row of law by its id.
    #[must_use]
    pub fn rule(&self, id: &RuleId, known_at: Position) -> Option<&Rule> {
        let rows = &self.law.rule(id)?.rows;
        rows.iter().find(|row| row.known(at(known_at))).map(|row| &row.value)
    }
}
