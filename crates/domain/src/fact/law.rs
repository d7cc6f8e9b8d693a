//! Facts about the law: rows of the catalogue of functions, and rules.

use crate::code::{FunctionCode, RuleId};
use crate::function::{Function, HolderRule};
use crate::period::{Day, Period};
use crate::rule::Rule;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// A fact about the law.
    LawFact, LawFactKind, Fact::Law;
    /// The catalogue gained a row, which describes a function over one period.
    FunctionCatalogued(Function) = "function-catalogued", [Functions, Bodies];
    /// A row of law was enacted.
    RuleEnacted(Rule) = "rule-enacted", [Functions];
    /// A row of law that was enacted without a day was commenced: brought into force.
    RuleCommenced(RuleCommenced) = "rule-commenced", [Functions];
    /// A row of law ceased to be law.
    RuleEnded(RuleEnded) = "rule-ended", [Functions];
    /// The open-ended segment of a function's history ended.
    FunctionEnded(FunctionEnded) = "function-ended", [Functions];
}

/// Records that a row of law that was enacted without a day was commenced: brought into force.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuleCommenced {
    /// The rule that was commenced.
    pub rule: RuleId,
    /// The period in which the commenced rule is law.
    pub effective: Period,
}

/// Records that a row of law ceased to be law.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuleEnded {
    /// The rule that ceased to be law.
    pub rule: RuleId,
    /// The first day on which the rule is no longer law.
    pub effective_until: Day,
}

/// Records that the open-ended segment of a function's history ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionEnded {
    /// The function whose open-ended segment ended.
    pub function: FunctionCode,
    /// The first day on which the segment of the function no longer applies.
    pub effective_until: Day,
}

impl Content for Function {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.code).on(self.effective.from()).function(&self.code);
        let about = about.filed(Under::Function, &self.code);
        match &self.holder {
            HolderRule::Body(code) => about.bodies([code]),
            HolderRule::Commissioner | HolderRule::OutsideRecords(_) => about,
        }
    }
}

impl Content for Rule {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.id).functions(self.content.functions());
        let about = self.effective.iter().fold(about, |about, period| about.on(period.from()));
        let about = about.filed(Under::Rule, &self.id);
        match self.content.asked_for() {
            Some(law) => about.filed(Under::Law, &law),
            None => about,
        }
    }
}

impl Content for RuleCommenced {
    fn about(&self) -> About<'_> {
        About::new(&self.rule).on(self.effective.from()).rule(&self.rule)
    }
}

impl Content for RuleEnded {
    fn about(&self) -> About<'_> {
        About::new(&self.rule).on(self.effective_until).rule(&self.rule)
    }
}

impl Content for FunctionEnded {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.function).on(self.effective_until).function(&self.function);
        about.filed(Under::Function, &self.function)
    }
}
