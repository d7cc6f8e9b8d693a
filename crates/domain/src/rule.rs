//! Rules: rows of law, each with its own effective dates. The code interprets them.

use crate::basis::LegalBasis;
use crate::body::BodyRole;
use crate::code::{FunctionCode, RuleId};
use crate::evidence::Confidence;
use crate::life::{Party, State, Step};
use crate::period::{Day, DayOfYear, Period};
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// Against whom rights and liabilities arising from the exercise lie.
    LiableRule, "liable rule";
    /// The body on which statute places the function.
    Holder = "holder",
    /// The body that exercises it, and no other person.
    Exerciser = "exerciser",
    /// Each exercising body in respect of its own exercise.
    EachExerciser = "each-exerciser",
    /// The law does not say.
    NotStated = "not-stated",
}

/// One row of law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable id, such as `L7`.
    pub id: RuleId,
    /// When it is law. `None`: enacted, not commenced.
    pub effective: Option<Period>,
    /// What it says.
    pub content: RuleContent,
    /// The same in a sentence.
    pub text: Text,
    /// Where it stands.
    pub citation: Text,
    /// How sure the row is.
    pub confidence: Confidence,
}

/// What a row of law says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleContent {
    /// Who is liable for exercise on a basis.
    Liability {
        /// The bases it speaks of.
        bases: Vec<LegalBasis>,
        /// Who is liable.
        liable: LiableRule,
    },
    /// Which bodies may receive a function on a basis.
    Receiving {
        /// The bases it speaks of.
        bases: Vec<LegalBasis>,
        /// The roles that may receive.
        roles: Vec<BodyRole>,
    },
    /// By when notice must be given to end an instrument on a basis, and on which day it then ends.
    Notice {
        /// The bases it speaks of.
        bases: Vec<LegalBasis>,
        /// The last day of a year for notice.
        last: DayOfYear,
        /// The day of the following year on which the instrument then ends.
        ends: DayOfYear,
    },
    /// An instrument on a basis goes on against the successor, though no instrument names it.
    Continuity {
        /// The basis it speaks of.
        basis: LegalBasis,
        /// The role the predecessor had.
        from: BodyRole,
        /// The role of the successor.
        to: BodyRole,
    },
    /// Which bodies may give a function on a basis.
    Giving {
        /// The bases it speaks of.
        bases: Vec<LegalBasis>,
        /// The roles that may give.
        roles: Vec<BodyRole>,
    },
    /// A body that has a function from another may pass it on, on these bases.
    Onward {
        /// The bases on which it may.
        bases: Vec<LegalBasis>,
    },
    /// Who may take a step in the life of an instrument, and from which states.
    Transition {
        /// The bases it speaks of.
        bases: Vec<LegalBasis>,
        /// The step.
        step: Step,
        /// The states in which it may be taken.
        from: Vec<State>,
        /// Whose act it is: all of these together. Empty: nobody need act.
        by: Vec<Party>,
    },
    /// While this row is law, a step may be taken up to a day.
    Window {
        /// The bases it speaks of.
        bases: Vec<LegalBasis>,
        /// The step.
        step: Step,
        /// The last day.
        last: Day,
    },
    /// The days of the year on which instruments on a basis begin.
    Commencement {
        /// The bases it speaks of.
        bases: Vec<LegalBasis>,
        /// Of which givers.
        giver: BodyRole,
        /// The days.
        days: Vec<DayOfYear>,
    },
    /// Functions become the commissioners' own, and arrangements of them end by that.
    Vesting {
        /// Which functions.
        functions: Vec<FunctionCode>,
        /// The role of the commissioners on whom they are placed, each for its own area.
        role: BodyRole,
        /// The bases on which arrangements of them end.
        ends: Vec<LegalBasis>,
    },
    /// What was done by or in relation to a body is treated as done by or in relation to the one
    /// that succeeds it. Whether that moves liability for what was done before is not said.
    ReadAcross {
        /// The role of the body before.
        from: BodyRole,
        /// The role of the body after.
        to: BodyRole,
    },
}

impl Rule {
    /// Whether the row is law on the day.
    #[must_use]
    pub fn in_force(&self, day: Day) -> bool {
        self.effective.is_some_and(|period| period.contains(day))
    }
}

impl RuleContent {
    /// The functions it names.
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

    /// Which law answers ask it for, if they ask for any.
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
    /// The law that answers ask for. Every other rule only bears on what may be recorded.
    LawAsked, "law that answers ask for";
    /// Who is liable.
    Liability = "liability",
    /// What goes on against a successor.
    Continuity = "continuity",
    /// Which functions become the commissioners' own.
    Vesting = "vesting",
    /// What is treated as done by a successor.
    ReadAcross = "read-across",
}

/// The day on which an instrument ends for notice given on `given_on`.
///
/// Notice on or before `last` of year y (and after `last` of y-1) ends it on `ends` of y+1.
/// Source: reference section 5.3 [NE-FAQ]. `None` only beyond the calendar.
#[must_use]
pub fn notice_ends_on(given_on: Day, last: DayOfYear, ends: DayOfYear) -> Option<Day> {
    let year = given_on.year();
    let in_time = last.in_year(year).is_some_and(|last| given_on <= last);
    ends.in_year(if in_time { year + 1 } else { year + 2 })
}

impl LawAsked {
    /// How many kinds there are.
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
