//! Rules: rows of law, each with effective dates of its own. This file only describes rules; other
//! code applies them.

use crate::basis::LegalBasis;
use crate::body::{BodyRole, Relation};
use crate::code::{FunctionCode, RuleId};
use crate::evidence::Confidence;
use crate::life::{Party, State, Step};
use crate::period::{Day, DayOfYear, Period};
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// Which body is liable: the body against which rights and liabilities arising from the
    /// exercise of a function lie.
    LiableRule, "liable rule";
    /// The holder is liable: the body on which statute places the function.
    Holder = "holder",
    /// The body that exercises the function is liable, and no other body.
    Exerciser = "exerciser",
    /// Each body that exercises the function is liable for its own exercise of the function.
    EachExerciser = "each-exerciser",
    /// The law does not say which body is liable.
    NotStated = "not-stated",
}

vocabulary! {
    /// A capacity in which a body stands beside the holder, the exerciser and the liable body of a
    /// function.
    Capacity, "capacity";
    /// The body is entitled to exercise the function too, beside the exerciser.
    EntitledToo = "entitled-too",
    /// A claimant may join the body as a defendant, beside the liable body.
    SuableToo = "suable-too",
    /// The body takes the decisions, so judicial review of a decision lies against it.
    DecisionMaker = "decision-maker",
    /// The body is party to the contracts with those who provide the services.
    ContractParty = "contract-party",
}

vocabulary! {
    /// The role in an answer of the bodies that a rule of capacity speaks of.
    RoleInAnswer, "role in an answer";
    /// The body on which statute places the function.
    Holder = "holder",
    /// The bodies that give the function under the instruments of the answer.
    Giver = "giver",
    /// The bodies that exercise the function.
    Exerciser = "exerciser",
}

/// One row of law: a rule over one period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The stable id of the rule, such as `L7`.
    pub id: RuleId,
    /// The period in which the rule is law. `None` if the rule is enacted but not commenced.
    pub effective: Option<Period>,
    /// The content of the rule, as data.
    pub content: RuleContent,
    /// The content of the rule, as a sentence: the reading of the law that the row takes.
    pub text: Text,
    /// What speaks for another reading, as a sentence.
    pub counter_argument: Option<Text>,
    /// The enactment or document in which the rule is found.
    pub citation: Text,
    /// How certain it is that the row is right.
    pub confidence: Confidence,
}

/// The content of a row of law, by kind of rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RuleContent {
    /// A rule that determines which bodies are liable when a function is exercised on a basis.
    Liability {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The bodies that are liable.
        liable: LiableRule,
    },
    /// A rule that determines which bodies may receive a function on a basis.
    Receiving {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The roles of the bodies that may receive a function on these bases.
        roles: Vec<BodyRole>,
    },
    /// A rule that sets the last day of a year on which notice can be given to end an instrument in
    /// the following year, and the day on which the notice ends the instrument.
    Notice {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The last day of a year on which notice ends the instrument in the following year.
        last: DayOfYear,
        /// The day of the following year on which the instrument ends because of the notice.
        ends: DayOfYear,
    },
    /// A rule that lets an instrument on a basis continue against a successor that the instrument
    /// does not name.
    Continuity {
        /// The legal basis to which the rule applies.
        basis: LegalBasis,
        /// The role of the predecessor: the body that the instrument names.
        from: BodyRole,
        /// The role of the successor against which the instrument continues.
        to: BodyRole,
    },
    /// A rule that determines which bodies may give a function on a basis.
    Giving {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The roles of the bodies that may give a function on these bases.
        roles: Vec<BodyRole>,
    },
    /// A rule that lets a body pass on a function that the body has by an instrument.
    Onward {
        /// The legal bases of the instrument by which the function is passed on.
        bases: Vec<LegalBasis>,
    },
    /// A rule that determines who may take a step in the life of an instrument, and from which
    /// states.
    Transition {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The step that may be taken.
        step: Step,
        /// The states from which the step may be taken.
        from: Vec<State>,
        /// The parties that must act together: at least one body of each party. The list is empty
        /// if nobody needs to act for the step.
        by: Vec<Party>,
    },
    /// A rule that sets the last day for a step in the life of an instrument. The rule applies to
    /// steps that are taken while the row is law.
    Window {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The step for which the rule sets a last day.
        step: Step,
        /// The last day on which the step may be taken.
        last: Day,
    },
    /// A rule that sets the days of the year on which an instrument on a basis may begin.
    Commencement {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The role that one of the givers must have for the rule to apply.
        giver: BodyRole,
        /// The days of the year on which the instrument may begin.
        days: Vec<DayOfYear>,
    },
    /// A rule that makes functions the commissioners' own, and ends arrangements of these functions
    /// on certain bases.
    Vesting {
        /// The functions that become the commissioners' own.
        functions: Vec<FunctionCode>,
        /// The role of the commissioners that become holders, each for its own area.
        role: BodyRole,
        /// The legal bases of the arrangements that end.
        ends: Vec<LegalBasis>,
    },
    /// A rule that treats what was done by or in relation to a body as done by or in relation to
    /// its successor. The rule does not say whether liability for earlier acts passes to the
    /// successor.
    ReadAcross {
        /// The role of the predecessor, whose acts are treated as done by its successor.
        from: BodyRole,
        /// The role of the successor, the body that is treated as having done the acts.
        to: BodyRole,
    },
    /// A rule that gives bodies of an answer a further capacity.
    Capacity {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The functions to which the rule applies. Empty if it applies to all functions.
        functions: Vec<FunctionCode>,
        /// The capacity that the bodies have.
        capacity: Capacity,
        /// The roles in the answer of the bodies that have the capacity.
        bodies: Vec<RoleInAnswer>,
    },
    /// A rule on how a function is exercised, such as a procurement regime. It moves nothing;
    /// answers name it.
    Regime {
        /// The legal bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The functions to which the rule applies. Empty if it applies to all functions.
        functions: Vec<FunctionCode>,
    },
    /// A rule that lets bodies succeed one another.
    Succeeding {
        /// The roles of the bodies that may be succeeded.
        from: Vec<BodyRole>,
        /// The roles of the bodies that may succeed them.
        to: Vec<BodyRole>,
    },
    /// A rule that lets bodies be members of one another.
    Joining {
        /// The relation in which they may stand.
        relation: Relation,
        /// The roles of the bodies that may be members.
        members: Vec<BodyRole>,
        /// The roles of the bodies that may take them in.
        groups: Vec<BodyRole>,
    },
}

impl Rule {
    /// Whether the row is law on `day` according to its field `effective`. Commencements and ends
    /// that were recorded after the row are ignored.
    #[must_use]
    pub fn in_force(&self, day: Day) -> bool {
        self.effective.is_some_and(|period| period.contains(day))
    }
}

impl RuleContent {
    /// A basis about which this rule and `other` answer a question that has one answer: who is
    /// liable, when notice ends an instrument, to whom it goes on, or who takes a step.
    #[must_use]
    pub fn same_question(&self, other: &Self) -> Option<LegalBasis> {
        fn shared<T: Copy + PartialEq>(one: &[T], other: &[T]) -> Option<T> {
            one.iter().copied().find(|each| other.contains(each))
        }
        match (self, other) {
            (Self::Liability { bases, .. }, Self::Liability { bases: others, .. })
            | (Self::Notice { bases, .. }, Self::Notice { bases: others, .. }) => {
                shared(bases, others)
            }
            (
                Self::Transition { bases, step, from, .. },
                Self::Transition { bases: others, step: of, from: states, .. },
            ) if step == of && shared(from, states).is_some() => shared(bases, others),
            (
                Self::Continuity { basis, from, .. },
                Self::Continuity { basis: other, from: of, .. },
            ) if from == of => shared(&[*basis], &[*other]),
            _ => None,
        }
    }

    /// The functions that the rule names.
    #[must_use]
    pub fn functions(&self) -> &[FunctionCode] {
        match self {
            Self::Vesting { functions, .. }
            | Self::Capacity { functions, .. }
            | Self::Regime { functions, .. } => functions,
            Self::Liability { .. }
            | Self::Receiving { .. }
            | Self::Notice { .. }
            | Self::Continuity { .. }
            | Self::Giving { .. }
            | Self::Onward { .. }
            | Self::Transition { .. }
            | Self::Window { .. }
            | Self::Commencement { .. }
            | Self::ReadAcross { .. }
            | Self::Succeeding { .. }
            | Self::Joining { .. } => &[],
        }
    }

    /// The kind of law under which answers look up this rule. `None` if answers never use the rule.
    #[must_use]
    pub fn asked_for(&self) -> Option<LawAsked> {
        match self {
            Self::Liability { .. } => Some(LawAsked::Liability),
            Self::Continuity { .. } => Some(LawAsked::Continuity),
            Self::Vesting { .. } => Some(LawAsked::Vesting),
            Self::ReadAcross { .. } => Some(LawAsked::ReadAcross),
            Self::Capacity { .. } => Some(LawAsked::Capacity),
            Self::Regime { .. } => Some(LawAsked::Regime),
            Self::Receiving { .. }
            | Self::Notice { .. }
            | Self::Giving { .. }
            | Self::Onward { .. }
            | Self::Transition { .. }
            | Self::Window { .. }
            | Self::Commencement { .. }
            | Self::Succeeding { .. }
            | Self::Joining { .. } => None,
        }
    }
}

vocabulary! {
    /// The kinds of law that answers use. All other rules only affect what may be recorded.
    LawAsked, "law that answers ask for";
    /// Rules on which bodies are liable.
    Liability = "liability",
    /// Rules by which instruments continue against a successor.
    Continuity = "continuity",
    /// Rules by which functions become the commissioners' own.
    Vesting = "vesting",
    /// Rules by which acts are treated as done by a successor.
    ReadAcross = "read-across",
    /// Rules on the capacities of bodies beside those that hold, exercise and are liable.
    Capacity = "capacity",
    /// Rules on how functions are exercised.
    Regime = "regime",
}

/// The day on which an instrument ends if notice is given on `given_on`.
///
/// Notice that is given after `last` of year y-1, and on or before `last` of year y, ends the
/// instrument on `ends` of year y+1. `None` if year y+1 has no such day. Source: reference section
/// 5.3 [NE-FAQ].
#[must_use]
pub fn notice_ends_on(given_on: Day, last: DayOfYear, ends: DayOfYear) -> Option<Day> {
    let year = given_on.year();
    let in_time = last.in_year(year).is_some_and(|last| given_on <= last);
    ends.in_year(if in_time { year + 1 } else { year + 2 })
}

impl LawAsked {
    /// The number of kinds of law that answers use.
    pub const ALL_LEN: usize = <Self as crate::word::Word>::ALL.len();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notice_window() {
        for (given_on, ends_on) in [
            ("2016-09-30", "2017-04-01"),
            ("2016-10-01", "2018-04-01"),
            ("2016-10-15", "2018-04-01"),
            ("2016-01-01", "2017-04-01"),
            ("2016-12-31", "2018-04-01"),
            ("2017-09-30", "2018-04-01"),
        ] {
            let last = DayOfYear { month: 9, day: 30 };
            let ends = DayOfYear { month: 4, day: 1 };
            let ends = given_on.parse::<Day>().ok().and_then(|day| notice_ends_on(day, last, ends));
            assert_eq!(ends, ends_on.parse().ok(), "given {given_on}");
        }
    }
}
