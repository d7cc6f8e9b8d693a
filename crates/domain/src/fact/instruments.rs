//! Facts about instruments, and other evidence of who exercises a function.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, FunctionCode, InstrumentId, RuleId};
use crate::instrument::{Instrument, Sighting, Start};
use crate::life::{EndReason, Stage};
use crate::period::{Day, Period};
use crate::text::Text;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// A fact about instruments, or other evidence of who exercises a function.
    InstrumentFact, InstrumentFactKind, Fact::Instruments;
    /// An instrument was drawn up. It has no effect yet.
    InstrumentDrawn(Instrument) = "instrument-drawn", [Instruments, Functions, Bodies, Areas];
    /// An instrument took a step towards coming into force.
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
    /// A source other than the parties' own record says that an instrument was in force.
    InstrumentSighted(InstrumentSighted) = "instrument-sighted",
        [Instruments, Functions, Bodies, Areas];
    /// A commissioner did not have certain functions on certain legal bases.
    LevelNotHeld(LevelNotHeld) = "level-not-held", [Functions, Bodies, Areas];
    /// A policy or press statement said who would exercise a function.
    ExpectationStated(ExpectationStated) = "expectation-stated", [Functions, Bodies, Areas];
    /// The text of an instrument changed.
    InstrumentVaried(InstrumentVaried) = "instrument-varied",
        [Instruments, Functions, Bodies, Areas];
    /// A condition was attached to an instrument.
    ConditionAttached(ConditionAttached) = "condition-attached",
        [Instruments, Functions, Bodies, Areas];
    /// A condition of an instrument was lifted.
    ConditionLifted(ConditionLifted) = "condition-lifted", [Instruments, Functions, Bodies, Areas];
}

/// Records a step of an instrument towards coming into force.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstrumentAdvanced {
    /// The instrument for which the step was taken.
    pub instrument: InstrumentId,
    /// The step that the instrument took towards coming into force.
    pub stage: Stage,
    /// The bodies that took the step. Empty if nobody needs to act for the step, or if the bodies
    /// are not recorded.
    pub by: Vec<BodyCode>,
}

/// Records that an instrument came into force: it has legal effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstrumentInForce {
    /// The instrument that came into force.
    pub instrument: InstrumentId,
    /// The period in which the instrument has effect.
    pub effective: Period,
    /// How good the evidence is that the instrument came into force on the first day of
    /// `effective`.
    pub start: Start,
}

/// Records that an instrument ceased to have legal effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstrumentEnded {
    /// The instrument that ended.
    pub instrument: InstrumentId,
    /// The first day on which the instrument no longer has effect.
    pub effective_until: Day,
    /// Why the instrument ended.
    pub reason: EndReason,
    /// The bodies that ended the instrument or agreed to its end. Empty if nobody needs to act for
    /// the end, or if the bodies are not recorded.
    pub by: Vec<BodyCode>,
}

/// Records that the text of an instrument changed. The parties, kind and basis of the instrument
/// must stay the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstrumentVaried {
    /// The instrument with the whole of its new text.
    pub instrument: Instrument,
    /// The first day on which the new text applies.
    pub effective_from: Day,
    /// The bodies that agreed to the variation of the text.
    pub by: Vec<BodyCode>,
}

/// Records that a condition was attached to an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConditionAttached {
    /// The instrument to which the condition was attached.
    pub instrument: InstrumentId,
    /// The condition that was attached.
    pub condition: Text,
    /// The first day on which the condition applies.
    pub effective_from: Day,
    /// The bodies that attached the condition.
    pub by: Vec<BodyCode>,
}

/// Records that a condition of an instrument was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConditionLifted {
    /// The instrument whose condition was lifted.
    pub instrument: InstrumentId,
    /// The condition that was lifted.
    pub condition: Text,
    /// The first day on which the condition no longer applies.
    pub effective_until: Day,
    /// The bodies that lifted the condition.
    pub by: Vec<BodyCode>,
}

/// Records that notice was given to end an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NoticeGiven {
    /// The instrument that the notice ends.
    pub instrument: InstrumentId,
    /// The body that gave notice.
    pub given_by: BodyCode,
    /// The day on which notice was given.
    pub given_on: Day,
    /// The day on which the instrument ends as of right because of the notice.
    pub ends_on: Day,
    /// The rule that determines `ends_on`.
    pub rule: RuleId,
}

/// Records that a body did the work of functions that another body exercises under an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkPerformed {
    /// The instrument under which a body other than the performer exercises the functions.
    pub instrument: InstrumentId,
    /// The body that did the work.
    pub performer: BodyCode,
    /// The functions for which the performer did the work. The list is empty if the performer did
    /// the work for all functions of the instrument.
    pub functions: Vec<FunctionCode>,
    /// The period in which the performer did the work of the functions.
    pub effective: Period,
}

/// Evidence that an instrument was in force, from a source other than the parties' own record. The
/// register works out from all that was sighted of a receiver how certain each day is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstrumentSighted {
    /// The instrument that the source is about.
    pub instrument: InstrumentId,
    /// The day, or the month, of which the source speaks. For an undated sighting, the time in
    /// which the day lies.
    pub seen: Period,
    /// What the source says of the instrument.
    pub sighting: Sighting,
}

/// Evidence that a commissioner did not have functions on certain legal bases.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LevelNotHeld {
    /// The commissioner that did not have the functions in `functions` in the period `effective`.
    pub body: BodyCode,
    /// The legal bases on which the commissioner did not have the functions in `functions`.
    pub bases: Vec<LegalBasis>,
    /// The functions that the commissioner did not have on the legal bases in `bases`. The list is
    /// empty if the fact is about all functions that can be held on these legal bases.
    pub functions: Vec<FunctionCode>,
    /// The period in which the commissioner did not have the functions in `functions`.
    pub effective: Period,
}

/// A policy or press statement of who would exercise a function. Such a statement never has legal
/// effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExpectationStated {
    /// The function that the policy or press statement was about.
    pub function: FunctionCode,
    /// The commissioner whose area the policy or press statement was about.
    pub area: BodyCode,
    /// The body that was expected to exercise the function.
    pub expected: BodyCode,
    /// The day from which the body was expected to exercise the function.
    pub effective_from: Day,
    /// The kind of source that stated the expectation, such as a policy or press statement.
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

impl Content for InstrumentSighted {
    fn about(&self) -> About<'_> {
        About::new(&self.instrument).on(self.seen.from()).instrument(&self.instrument)
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
