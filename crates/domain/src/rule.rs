//! Rules: rows of law, each with effective dates of its own. Other code interprets them.

use crate::basis::LegalBasis;
use crate::body::BodyRole;
use crate::code::{FunctionCode, RuleId};
use crate::evidence::Confidence;
use crate::life::{Party, State, Step};
use crate::period::{Day, DayOfYear, Period};
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// The body against which rights and liabilities arising from the exercise lie.
    LiableRule, "liable rule";
    /// The body on which statute places the function.
    Holder = "holder",
    /// The body that exercises the function, and nobody else.
    Exerciser = "exerciser",
    /// Each body that exercises the function, for its own exercise.
    EachExerciser = "each-exerciser",
    /// The law does not say.
    NotStated = "not-stated",
}

/// One row of law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable id, such as `L7`.
    pub id: RuleId,
    /// The period in which it is law. `None`: enacted, not commenced.
    pub effective: Option<Period>,
    /// What the rule says, as data.
    pub content: RuleContent,
    /// What the rule says, as a sentence.
    pub text: Text,
    /// The enactment or document in which the rule is found.
    pub citation: Text,
    /// How sure it is that the row is right.
    pub confidence: Confidence,
}

/// What a row of law says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleContent {
    /// Who is liable when a function is exercised on a basis.
    Liability {
        /// The bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// Who is liable.
        liable: LiableRule,
    },
    /// Which bodies may receive a function on a basis.
    Receiving {
        /// The bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The roles of the bodies that may receive.
        roles: Vec<BodyRole>,
    },
    /// The last day for notice to end an instrument on a basis, and the day on which it then ends.
    Notice {
        /// The bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The last day of each year on which notice can be given in time.
        last: DayOfYear,
        /// The day of the following year on which the instrument then ends.
        ends: DayOfYear,
    },
    /// An instrument on a basis continues against a successor that it does not name.
    Continuity {
        /// The basis to which the rule applies.
        basis: LegalBasis,
        /// The role of the predecessor.
        from: BodyRole,
        /// The role of the successor.
        to: BodyRole,
    },
    /// Which bodies may give a function on a basis.
    Giving {
        /// The bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The roles of the bodies that may give.
        roles: Vec<BodyRole>,
    },
    /// A body that has a function by an instrument may pass it on, on these bases.
    Onward {
        /// The bases of the instrument that passes it on.
        bases: Vec<LegalBasis>,
    },
    /// Who may take a step in the life of an instrument, and from which states.
    Transition {
        /// The bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The step.
        step: Step,
        /// The states from which it may be taken.
        from: Vec<State>,
        /// The parties that must act together: at least one body of each. Empty: the step needs
        /// nobody's act.
        by: Vec<Party>,
    },
    /// The last day for a step. It applies to steps taken while this row is law.
    Window {
        /// The bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The step.
        step: Step,
        /// The last day on which the step may be taken.
        last: Day,
    },
    /// The days of the year on which an instrument on a basis may begin.
    Commencement {
        /// The bases to which the rule applies.
        bases: Vec<LegalBasis>,
        /// The rule applies if one of the givers has this role.
        giver: BodyRole,
        /// The days on which it may begin.
        days: Vec<DayOfYear>,
    },
    /// Functions become the commissioners' own, and arrangements of them on certain bases end.
    Vesting {
        /// The functions that vest.
        functions: Vec<FunctionCode>,
        /// The role of the commissioners that become holders, each for its own area.
        role: BodyRole,
        /// The bases of the arrangements that end.
        ends: Vec<LegalBasis>,
    },
    /// What was done by or in relation to a body is treated as done by or in relation to its
    /// successor. The rule does not say whether liability for earlier acts moves with it.
    ReadAcross {
        /// The role of the predecessor.
        from: BodyRole,
        /// The role of the successor.
        to: BodyRole,
    },
}

impl Rule {
    /// Whether the row is law on `day` by its own `effective`. Later commencements and ends do not
    /// count here.
    #[must_use]
    pub fn in_force(&self, day: Day) -> bool {
        self.effective.is_some_and(|period| period.contains(day))
    }
}

impl RuleContent {
    /// The functions that the rule names.
    #[must_use]
    pub fn functions(&self) -> &[FunctionCode] {
        match self {
            Self::Vesting { functions, .. } => functions,
            Self::Liability { .. }
            | Self::Receiving { .. }
            | Self::Notice { .. }
            | Self::Continuity { .. }
            | Self::Giving { .. }
            | Self::Onward { .. }
            | Self::Transition { .. }
            | Self::Window { .. }
            | Self::Commencement { .. }
            | Self::ReadAcross { .. } => &[],
        }
    }

    /// The kind of law under which answers look this rule up. `None`: answers never use it.
    #[must_use]
    pub fn asked_for(&self) -> Option<LawAsked> {
        match self {
            Self::Liability { .. } => Some(LawAsked::Liability),
            Self::Continuity { .. } => Some(LawAsked::Continuity),
            Self::Vesting { .. } => Some(LawAsked::Vesting),
            Self::ReadAcross { .. } => Some(LawAsked::ReadAcross),
            Self::Receiving { .. }
            | Self::Notice { .. }
            | Self::Giving { .. }
            | Self::Onward { .. }
            | Self::Transition { .. }
            | Self::Window { .. }
            | Self::Commencement { .. } => None,
        }
    }
}

vocabulary! {
    /// The kinds of law that answers use. All other rules only decide what may be recorded.
    LawAsked, "law that answers ask for";
    /// Who is liable.
    Liability = "liability",
    /// Which instruments continue against a successor.
    Continuity = "continuity",
    /// Which functions become the commissioners' own.
    Vesting = "vesting",
    /// Which acts are treated as done by a successor.
    ReadAcross = "read-across",
}

/// The day on which an instrument ends if notice is given on `given_on`.
///
/// Notice on or before `last` of year y (and after `last` of y-1) ends it on `ends` of y+1. `None`
/// if that year has no such day. Source: reference section 5.3 [NE-FAQ].
#[must_use]
pub fn notice_ends_on(given_on: Day, last: DayOfYear, ends: DayOfYear) -> Option<Day> {
    let year = given_on.year();
    let in_time = last.in_year(year).is_some_and(|last| given_on <= last);
    ends.in_year(if in_time { year + 1 } else { year + 2 })
}

impl LawAsked {
    /// The number of kinds.
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
