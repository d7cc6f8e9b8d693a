//! The directory of the law: the functions of the catalogue, and the rules.

use remit_domain::{Day, Evidence, Function, Period, Position, Rule, RuleId};

use crate::register::Register;
use crate::row::at;

/// A segment: what the catalogue says of a function over one period.
#[derive(Clone, Copy, Debug)]
pub struct FunctionView<'r> {
    /// What the catalogue says of the function in this segment.
    pub function: &'r Function,
    /// The period in which the segment holds, cut short by any recorded end.
    pub effective: Period,
    /// The position of the event that recorded the segment.
    pub position: Position,
    /// The evidence on which the segment rests.
    pub evidence: &'r Evidence,
}

/// A row of law, with the period in which the row is law.
#[derive(Clone, Copy, Debug)]
pub struct RuleView<'r> {
    /// The contents of the row of law.
    pub rule: &'r Rule,
    /// The period in which the row is law, cut short by any recorded end. `None` if the row is not
    /// commenced.
    pub effective: Option<Period>,
    /// The position of the event that enacted the row of law.
    pub position: Position,
    /// The evidence on which the row of law rests.
    pub evidence: &'r Evidence,
}

impl Register {
    /// The segments of the catalogue that hold on the day `on`, sorted by function code. If `on` is
    /// `None`, returns the segments of all days.
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

    /// The rows of law that are law on the day `on`, in log order. If `on` is `None`, returns every
    /// known row, even if it is not commenced.
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

    /// The row of law with the id `id`, as known at `known_at`.
    #[must_use]
    pub fn rule(&self, id: &RuleId, known_at: Position) -> Option<&Rule> {
        let rows = &self.law.rule(id)?.rows;
        rows.iter().find(|row| row.known(at(known_at))).map(|row| &row.value)
    }
}
