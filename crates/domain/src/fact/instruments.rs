//! Facts about instruments, and other evidence of who exercises a function.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, FunctionCode, InstrumentId, RuleId};
use crate::instrument::{Instrument, Start};
use crate::life::{EndReason, Stage};
use crate::period::{Day, Period};
use crate::text::Text;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// What an event says about instruments.
    InstrumentFact, InstrumentFactKind, Fact::Instruments;
    /// An instrument was drawn up. It has no effect yet.
    InstrumentDrawn(Instrument) = "instrument-drawn", [Instruments, Functions, Bodies, Areas];
    /// A step towards force was taken.
    InstrumentAdvanced(InstrumentAdvanced) = "instrument-advanced",
        [Instruments, Functions, Bodies, Areas];
    /// The instrument has legal effect.
    InstrumentInForce(InstrumentInForce) = "instrument-in-force",
        [Instruments, Functions, Bodies, Areas];
    /// The instrument ceases to have effect.
    InstrumentEnded(InstrumentEnded) = "instrument-ended", [Instruments, Functions, Bodies, Areas];
    /// Notice was given to end the instrument.
    NoticeGiven(NoticeGiven) = "notice-given", [Instruments, Functions, Bodies, Areas];
    /// A body did the work under an instrument.
    WorkPerformed(WorkPerformed) = "work-performed", [Instruments, Functions, Bodies, Areas];
    /// A commissioner did not have functions on a basis.
    LevelNotHeld(LevelNotHeld) = "level-not-held", [Functions, Bodies, Areas];
    /// Somebody stated who would exercise a function.
    ExpectationStated(ExpectationStated) = "expectation-stated", [Functions, Bodies, Areas];
    /// The text of the instrument changes.
    InstrumentVaried(InstrumentVaried) = "instrument-varied",
        [Instruments, Functions, Bodies, Areas];
    /// A condition was attached to the instrument.
    ConditionAttached(ConditionAttached) = "condition-attached",
        [Instruments, Functions, Bodies, Areas];
    /// A condition was lifted.
    ConditionLifted(ConditionLifted) = "condition-lifted", [Instruments, Functions, Bodies, Areas];
}

/// A step towards force was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentAdvanced {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The step.
    pub stage: Stage,
    /// The bodies whose act it was. Empty where nobody need act, or where it is not recorded.
    pub by: Vec<BodyCode>,
}

/// The instrument has legal effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentInForce {
    /// The instrument.
    pub instrument: InstrumentId,
    /// When it has effect.
    pub effective: Period,
    /// What is known of the first day.
    pub start: Start,
}

/// The instrument ceases to have effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentEnded {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The first day without effect.
    pub effective_until: Day,
    /// Why it ends.
    pub reason: EndReason,
    /// The bodies whose act or agreement it was. Empty where nobody need act, or where it is not
    /// recorded.
    pub by: Vec<BodyCode>,
}

/// The text of the instrument changes. Its parties, kind and basis stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentVaried {
    /// The whole new text.
    pub instrument: Instrument,
    /// The first day of the new text.
    pub effective_from: Day,
    /// The bodies that agreed.
    pub by: Vec<BodyCode>,
}

/// A condition was attached to the instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionAttached {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The condition.
    pub condition: Text,
    /// The first day of the condition.
    pub effective_from: Day,
    /// The bodies that attached it.
    pub by: Vec<BodyCode>,
}

/// A condition was lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionLifted {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The condition.
    pub condition: Text,
    /// The first day without it.
    pub effective_until: Day,
    /// The bodies that lifted it.
    pub by: Vec<BodyCode>,
}

/// Notice was given to end the instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeGiven {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The body that gave notice.
    pub given_by: BodyCode,
    /// The day on which it was given.
    pub given_on: Day,
    /// The day on which the instrument then ends as of right.
    pub ends_on: Day,
    /// The rule that yields that day.
    pub rule: RuleId,
}

/// A body did the work under an instrument that another body exercises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkPerformed {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The body that did the work.
    pub performer: BodyCode,
    /// For which of its functions; empty for all.
    pub functions: Vec<FunctionCode>,
    /// When it did the work.
    pub effective: Period,
}

/// Evidence that a commissioner did not have functions on a basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelNotHeld {
    /// The commissioner.
    pub body: BodyCode,
    /// The bases on which it did not have them.
    pub bases: Vec<LegalBasis>,
    /// The functions; empty for all that can be had on those bases.
    pub functions: Vec<FunctionCode>,
    /// When it did not have them.
    pub effective: Period,
}

/// A statement of policy or to the press about who would exercise a function. It never has legal
/// effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationStated {
    /// The function.
    pub function: FunctionCode,
    /// The commissioner for whose area it was stated.
    pub area: BodyCode,
    /// The body that was expected to exercise it.
    pub expected: BodyCode,
    /// The day from which that was expected.
    pub effective_from: Day,
    /// What kind of statement it is.
    pub nature: Text,
}

impl Content for Instrument {
    fn about(&self) -> About<'_> {
        About::of_text(self)
    }
}

impl Content for InstrumentAdvanced {
    fn about(&self) -> About<'_> {
        About::new(&self.instrument).instrument(&self.instrument).bodies(&self.by)
    }
}

impl Content for InstrumentInForce {
    fn about(&self) -> About<'_> {
        About::new(&self.instrument).on(self.effective.from()).instrument(&self.instrument)
    }
}

impl Content for InstrumentEnded {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.instrument).on(self.effective_until);
        about.instrument(&self.instrument).bodies(&self.by)
    }
}

impl Content for InstrumentVaried {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.instrument.id).on(self.effective_from);
        about.instrument(&self.instrument.id).text(&self.instrument).bodies(&self.by)
    }
}

impl Content for ConditionAttached {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.instrument).on(self.effective_from);
        about.instrument(&self.instrument).bodies(&self.by)
    }
}

impl Content for ConditionLifted {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.instrument).on(self.effective_until);
        about.instrument(&self.instrument).bodies(&self.by)
    }
}

impl Content for NoticeGiven {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.instrument).on(self.ends_on).instrument(&self.instrument);
        about.filed(Under::Notice, &self.instrument)
    }
}

impl Content for WorkPerformed {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.instrument).on(self.effective.from());
        about.instrument(&self.instrument).bodies([&self.performer])
    }
}

impl Content for LevelNotHeld {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.body).on(self.effective.from()).areas([&self.body]);
        about.functions(&self.functions).filed(Under::Area, &self.body)
    }
}

impl Content for ExpectationStated {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.area).on(self.effective_from).areas([&self.area]);
        about.bodies([&self.expected]).function(&self.function).filed(Under::Area, &self.area)
    }
}
