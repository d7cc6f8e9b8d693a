//! The rows about the law: segments of functions, and rules.

use std::hash::{Hash, Hasher};
use std::ops::Index;

use remit_domain::decide::Changed;
use remit_domain::{
    Day, Function, FunctionCode, FunctionEnded, LawAsked, LawFact, LawFactKind, Period, Rule,
    RuleCommenced, RuleEnded, RuleId,
};

use crate::change::Touched;
use crate::filter::Concern;
use crate::handle::{Entry, FunctionHandle, RuleHandle, Table};
use crate::register::Register;
use crate::row::{At, Origin, Row, cut_all};

use super::{Locus, Rows};

/// All rows about one function of the catalogue.
pub(crate) struct FunctionEntry {
    pub code: FunctionCode,
    pub segments: Vec<Row<Function>>,
    pub ends: Vec<Row<()>>,
}

/// All rows about one rule. A row that was enacted without a day is stored as covering all days,
/// but it is not law on any day until it is commenced.
pub(crate) struct RuleEntry {
    pub id: RuleId,
    pub rows: Vec<Row<Rule>>,
    pub commenced: Vec<Row<()>>,
    pub ends: Vec<Row<()>>,
}

impl Entry for FunctionEntry {
    type Key = FunctionCode;
    type Handle = FunctionHandle;

    fn new(code: FunctionCode) -> Self {
        Self { code, segments: Vec::new(), ends: Vec::new() }
    }

    fn key(&self) -> &FunctionCode {
        &self.code
    }
}

impl Entry for RuleEntry {
    type Key = RuleId;
    type Handle = RuleHandle;

    fn new(id: RuleId) -> Self {
        Self { id, rows: Vec::new(), commenced: Vec::new(), ends: Vec::new() }
    }

    fn key(&self) -> &RuleId {
        &self.id
    }
}

impl FunctionEntry {
    /// The period in which the segment `row` holds, cut short by any end known at `at`.
    pub fn segment_span(&self, row: &Row<Function>, at: At) -> Period {
        match row.effective.until() {
            // Only a segment without an end can be ended by an event; any other segment states its
            // own end.
            None => cut_all(row.effective, self.ends.iter().filter(|end| end.known(at))),
            Some(_) => row.effective,
        }
    }

    /// The segment that holds on the day `on`, as known at `at`.
    pub fn segment(&self, on: Day, at: At) -> Option<&Row<Function>> {
        let holds =
            |row: &&Row<Function>| row.holds(on, at) && self.segment_span(row, at).contains(on);
        self.segments.iter().find(holds)
    }
}

impl RuleEntry {
    /// The period in which `row` is law, cut short by any end known at `at`. `None` if `row` is
    /// enacted but not commenced.
    pub fn rule_span(&self, row: &Row<Rule>, at: At) -> Option<Period> {
        let effective = match row.value.effective {
            Some(effective) => effective,
            None => self.commencement(at)?.effective,
        };
        Some(match effective.until() {
            None => cut_all(effective, self.ends.iter().filter(|end| end.known(at))),
            Some(_) => effective,
        })
    }

    /// The commencement that counts, if this rule was enacted without a day: the last one known.
    pub fn commencement(&self, at: At) -> Option<&Row<()>> {
        self.commenced.iter().rev().find(|row| row.known(at))
    }

    /// The row of this rule that is law on the day `on`, as known at `at`.
    pub fn on(&self, on: Day, at: At) -> Option<&Row<Rule>> {
        let holds = |row: &&Row<Rule>| {
            row.known(at) && self.rule_span(row, at).is_some_and(|period| period.contains(on))
        };
        self.rows.iter().find(holds)
    }
}

/// Where the rows of an event about the law are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LawLocus {
    Segment(FunctionHandle),
    SegmentEnd(FunctionHandle),
    Rule(RuleHandle),
    RuleCommenced(RuleHandle),
    RuleEnd(RuleHandle),
}

impl LawLocus {
    pub fn kind(self) -> LawFactKind {
        match self {
            Self::Segment(_) => LawFactKind::FunctionCatalogued,
            Self::SegmentEnd(_) => LawFactKind::FunctionEnded,
            Self::Rule(_) => LawFactKind::RuleEnacted,
            Self::RuleCommenced(_) => LawFactKind::RuleCommenced,
            Self::RuleEnd(_) => LawFactKind::RuleEnded,
        }
    }
}

/// All rows about the law.
#[derive(Default)]
pub(crate) struct Law {
    functions: Table<FunctionEntry>,
    rules: Table<RuleEntry>,
    /// The rules that answers use, listed by the kind of law that the rules state.
    asked: [Vec<RuleHandle>; LawAsked::ALL_LEN],
}

impl Index<FunctionHandle> for Law {
    type Output = FunctionEntry;

    fn index(&self, function: FunctionHandle) -> &FunctionEntry {
        &self.functions[function]
    }
}

impl Index<RuleHandle> for Law {
    type Output = RuleEntry;

    fn index(&self, rule: RuleHandle) -> &RuleEntry {
        &self.rules[rule]
    }
}

impl Law {
    pub fn function(&self, code: &FunctionCode) -> Option<FunctionHandle> {
        self.functions.handle(code)
    }

    pub fn rule(&self, id: &RuleId) -> Option<&RuleEntry> {
        self.rules.get(id)
    }

    pub fn functions(&self) -> impl Iterator<Item = (FunctionHandle, &FunctionEntry)> {
        self.functions.with_handles()
    }

    pub fn rules(&self) -> impl Iterator<Item = &RuleEntry> {
        self.rules.iter()
    }

    /// The rules of the kind `law` that answers use, in the order in which the rules were first
    /// enacted.
    pub fn asked(&self, law: LawAsked) -> impl Iterator<Item = &RuleEntry> {
        self.asked[law as usize].iter().map(|rule| &self.rules[*rule])
    }

    /// All rules that answers use, for every kind of law.
    pub fn asked_any(&self) -> impl Iterator<Item = &RuleEntry> {
        self.asked.iter().flatten().map(|rule| &self.rules[*rule])
    }

    pub fn each_list(&mut self, locus: LawLocus, each: &mut dyn FnMut(&mut dyn Rows)) {
        match locus {
            LawLocus::Segment(function) => each(&mut self.functions[function].segments),
            LawLocus::SegmentEnd(function) => each(&mut self.functions[function].ends),
            LawLocus::Rule(rule) => each(&mut self.rules[rule].rows),
            LawLocus::RuleCommenced(rule) => each(&mut self.rules[rule].commenced),
            LawLocus::RuleEnd(rule) => each(&mut self.rules[rule].ends),
        }
    }

    pub fn concern(&self, locus: LawLocus, at: At, concern: &mut Concern) {
        match locus {
            LawLocus::Segment(function) | LawLocus::SegmentEnd(function) => {
                concern.functions.push(self[function].code.clone());
            }
            LawLocus::Rule(rule) | LawLocus::RuleCommenced(rule) | LawLocus::RuleEnd(rule) => {
                self.concern_rule(&self[rule], at, concern);
            }
        }
    }

    /// Adds to `concern` the functions named by those rows of `rule` that became known by `at`.
    pub fn concern_rule(&self, rule: &RuleEntry, at: At, concern: &mut Concern) {
        for row in rule.rows.iter().filter(|row| row.known_from <= at) {
            let functions = row.value.content.functions();
            concern.every_function |= functions.is_empty();
            concern.functions.extend_from_slice(functions);
        }
    }

    pub fn touch(&self, locus: LawLocus, touched: &mut Touched) {
        touched.everywhere = true;
        match locus {
            LawLocus::Segment(function) | LawLocus::SegmentEnd(function) => {
                touched.functions.insert(function);
            }
            LawLocus::Rule(_) | LawLocus::RuleCommenced(_) | LawLocus::RuleEnd(_) => {
                touched.every_function = true;
            }
        }
    }

    pub fn changed(&self, locus: LawLocus) -> Changed {
        match locus {
            LawLocus::Segment(function) | LawLocus::SegmentEnd(function) => {
                Changed::Function(self[function].code.clone())
            }
            LawLocus::Rule(rule) | LawLocus::RuleCommenced(rule) | LawLocus::RuleEnd(rule) => {
                Changed::Rule(self[rule].id.clone())
            }
        }
    }
}

impl Hash for Law {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for entry in self.functions.iter() {
            (&entry.code, &entry.ends).hash(hasher);
            for row in &entry.segments {
                (row.effective, row.origin, row.known_from, row.known_until).hash(hasher);
            }
        }
        for entry in self.rules.iter() {
            (&entry.id, &entry.commenced, &entry.ends).hash(hasher);
            for row in &entry.rows {
                let Row { origin, known_from, known_until, .. } = row;
                (row.value.effective, origin, known_from, known_until).hash(hasher);
            }
        }
    }
}

impl Register {
    pub(super) fn fold_law(&mut self, fact: &LawFact, origin: Origin) {
        match fact {
            LawFact::FunctionCatalogued(catalogued) => {
                let function = self.intern_function(&catalogued.code);
                let row = origin.row(catalogued.effective, catalogued.clone());
                let locus = Locus::Law(LawLocus::Segment(function));
                self.add_row(locus, row, move |r| &mut r.law.functions[function].segments);
            }
            LawFact::FunctionEnded(FunctionEnded { function, effective_until }) => {
                let function = self.intern_function(function);
                let row = origin.row_from(*effective_until, ());
                let locus = Locus::Law(LawLocus::SegmentEnd(function));
                self.add_row(locus, row, move |r| &mut r.law.functions[function].ends);
            }
            LawFact::RuleEnacted(enacted) => {
                let rule = self.intern_rule(&enacted.id);
                if let Some(law) = enacted.content.asked_for() {
                    self.list_under(rule, true, move |r| &mut r.law.asked[law as usize]);
                }
                let effective = enacted.effective.unwrap_or(Period::open(Day::MIN));
                let row = origin.row(effective, enacted.clone());
                let locus = Locus::Law(LawLocus::Rule(rule));
                self.add_row(locus, row, move |r| &mut r.law.rules[rule].rows);
            }
            LawFact::RuleCommenced(RuleCommenced { rule, effective }) => {
                let rule = self.intern_rule(rule);
                let row = origin.row(*effective, ());
                let locus = Locus::Law(LawLocus::RuleCommenced(rule));
                self.add_row(locus, row, move |r| &mut r.law.rules[rule].commenced);
            }
            LawFact::RuleEnded(RuleEnded { rule, effective_until }) => {
                let rule = self.intern_rule(rule);
                let row = origin.row_from(*effective_until, ());
                let locus = Locus::Law(LawLocus::RuleEnd(rule));
                self.add_row(locus, row, move |r| &mut r.law.rules[rule].ends);
            }
        }
    }

    pub(super) fn intern_function(&mut self, code: &FunctionCode) -> FunctionHandle {
        if let Some(function) = self.law.functions.handle(code) {
            return function;
        }
        let function = self.law.functions.add(code);
        self.undoable(|| Box::new(|register| register.law.functions.pop()));
        function
    }

    fn intern_rule(&mut self, id: &RuleId) -> RuleHandle {
        if let Some(rule) = self.law.rules.handle(id) {
            return rule;
        }
        let rule = self.law.rules.add(id);
        self.undoable(|| Box::new(|register| register.law.rules.pop()));
        rule
    }
}
