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
    /// A step towards coming into force was taken.
    InstrumentAdvanced(InstrumentAdvanced) = "instrument-advanced",
        [Instruments, Functions, Bodies, Areas];
    /// An instrument came into force: it has legal effect.
    InstrumentInForce(InstrumentInForce) = "instrument-in-force",
        [Instruments, Functions, Bodies, Areas];
    /// An instrument ceased to have legal effect.
    InstrumentEnded(InstrumentEnded) = "instrument-ended", [Instruments, Functions, Bodies, Areas];
    /// Notice was given to end an instrument.
    NoticeGiven(NoticeGiven) = "notice-given", [Instruments, Functions, Bodies, Areas];
    /// A body did the work of functions that another body exercises.
    WorkPerformed(WorkPerformed) = "work-performed", [Instruments, Functions, Bodies, Areas];
    /// A commissioner did not have functions on certain bases.
    LevelNotHeld(LevelNotHeld) = "level-not-held", [Functions, Bodies, Areas];
    /// A statement said who would exercise a function.
    ExpectationStated(ExpectationStated) = "expectation-stated", [Functions, Bodies, Areas];
    /// The text of an instrument changed.
    InstrumentVaried(InstrumentVaried) = "instrument-varied",
        [Instruments, Functions, Bodies, Areas];
    /// A condition was attached to an instrument.
    ConditionAttached(ConditionAttached) = "condition-attached",
        [Instruments, Functions, Bodies, Areas];
    /// A condition was lifted.
    ConditionLifted(ConditionLifted) = "condition-lifted", [Instruments, Functions, Bodies, Areas];
}

/// A step towards coming into force was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentAdvanced {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The step that was taken.
    pub stage: Stage,
    /// The bodies that took the step. Empty if the step needs nobody's act, or if the bodies are
    /// not recorded.
    pub by: Vec<BodyCode>,
}

/// An instrument came into force: it has legal effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentInForce {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The period in which it has effect.
    pub effective: Period,
    /// How well the first day is evidenced.
    pub start: Start,
}

/// An instrument ceased to have legal effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentEnded {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The first day on which it no longer has effect.
    pub effective_until: Day,
    /// Why it ends.
    pub reason: EndReason,
    /// The bodies that ended it or agreed to its end. Empty if the end needs nobody's act, or if
    /// the bodies are not recorded.
    pub by: Vec<BodyCode>,
}

/// The text of an instrument changed. Its parties, kind and basis must stay the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentVaried {
    /// The whole of the new text.
    pub instrument: Instrument,
    /// The first day of the new text.
    pub effective_from: Day,
    /// The bodies that agreed to the variation.
    pub by: Vec<BodyCode>,
}

/// A condition was attached to an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionAttached {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The condition.
    pub condition: Text,
    /// The first day on which the condition applies.
    pub effective_from: Day,
    /// The bodies that attached it.
    pub by: Vec<BodyCode>,
}

/// A condition of an instrument was lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionLifted {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The condition.
    pub condition: Text,
    /// The first day on which the condition no longer applies.
    pub effective_until: Day,
    /// The bodies that lifted it.
    pub by: Vec<BodyCode>,
}

/// Notice was given to end an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeGiven {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The body that gave notice.
    pub given_by: BodyCode,
    /// The day on which notice was given.
    pub given_on: Day,
    /// The day on which the instrument ends as of right, following the notice.
    pub ends_on: Day,
    /// The rule that fixes `ends_on`.
    pub rule: RuleId,
}

/// A body did the work of functions that another body exercises under an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkPerformed {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The body that did the work.
    pub performer: BodyCode,
    /// The instrument's functions for which it did the work. Empty: all of them.
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
    /// The functions. Empty: all functions that can be held on those bases.
    pub functions: Vec<FunctionCode>,
    /// When it did not have them.
    pub effective: Period,
}

/// A policy or press statement of who would exercise a function. It never has legal effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationStated {
    /// The function.
    pub function: FunctionCode,
    /// The commissioner whose area the statement was about.
    pub area: BodyCode,
    /// The body that was expected to exercise it.
    pub expected: BodyCode,
    /// The day from which the body was expected to exercise it.
    pub effective_from: Day,
    /// The kind of statement, such as a policy or press statement.
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
