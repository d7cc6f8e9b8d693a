//! What the register knows at its head, in the form in which decisions read it.
//!
//! [`decide`](crate::decide::decide()) reads the register through [`Known`], which `remit-register`
//! implements. Most types in this file also hold the position of the event that recorded what the
//! type describes.

use crate::body::{BodyRole, LegalForm, Member, Relation, SuccessionKind};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId};
use crate::evidence::Confidence;
use crate::fact::{Fact, FactKind, Key};
use crate::function::Function;
use crate::instrument::{Instrument, InstrumentKind};
use crate::life::{Stage, State};
use crate::period::{Day, Period};
use crate::personal::{Personal, PersonalField};
use crate::position::Position;
use crate::rule::{Rule, RuleContent};
use crate::text::Text;

/// A role that a body has, or had, over a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleKnown {
    /// The event that recorded the role of the body.
    pub event: Position,
    /// The role that the body has or had.
    pub role: BodyRole,
    /// The period in which the body has the role, cut short by any recorded end.
    pub effective: Period,
}

/// A body to which a member, such as a practice, belongs or belonged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupKnown {
    /// The event that recorded the membership.
    pub event: Position,
    /// The body to which the member belongs.
    pub group: BodyCode,
    /// The period of the membership, cut short by any recorded end.
    pub effective: Period,
}

/// A body that holds or held a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolderKnown {
    /// The event that recorded who holds the contract.
    pub event: Position,
    /// The body that holds the contract.
    pub holder: BodyCode,
    /// The days on which the holder holds the contract.
    pub effective: Period,
}

/// A body that takes the place of another body, in whole or in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessorKnown {
    /// The event that recorded the succession.
    pub event: Position,
    /// The body that takes the place of the predecessor.
    pub successor: BodyCode,
    /// The first day on which the succession has effect.
    pub effective_on: Day,
    /// The kind of succession, such as a merger.
    pub kind: SuccessionKind,
    /// Whether area passes, and not liabilities alone.
    pub by_area: bool,
    /// The share of the predecessor that passes to the successor, in millionths, if it is recorded.
    pub share_millionths: Option<u32>,
}

/// What passes to a body: by a succession, or by a transfer scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrivalKnown {
    /// The event that recorded the succession or the scheme.
    pub event: Position,
    /// The first day on which it is the body's.
    pub effective_on: Day,
}

/// A transfer scheme or order, by which liabilities pass from a body.
#[derive(Clone, Copy, Debug)]
pub struct SchemeKnown<'a> {
    /// The event that recorded the scheme.
    pub event: Position,
    /// The body to which liabilities pass.
    pub to: BodyCode,
    /// The first day on which they are those of `to`.
    pub effective_on: Day,
    /// The power by which the scheme is made.
    pub power: &'a Text,
    /// The functions whose liabilities pass. Empty if those of all functions do.
    pub functions: &'a [FunctionCode],
    /// What passes, in words, if the scheme does not say it by function.
    pub described: Option<&'a Text>,
    /// What does not pass, in words, if the scheme excepts anything.
    pub excepted: Option<&'a Text>,
    /// How sure the evidence of the scheme is.
    pub confidence: Confidence,
}

impl SchemeKnown<'_> {
    /// Whether all liabilities of the functions named certainly pass.
    #[must_use]
    pub fn passes_all(&self) -> bool {
        let whole = self.described.is_none() && self.excepted.is_none();
        whole && self.confidence >= Confidence::Derived
    }
}

/// A segment of a function's history.
#[derive(Clone, Copy, Debug)]
pub struct SegmentKnown<'a> {
    /// The event that recorded the segment.
    pub event: Position,
    /// The row of the catalogue that describes the function.
    pub function: &'a Function,
    /// The period to which the segment applies, cut short by any recorded end.
    pub effective: Period,
}

/// A row of law, and the event that enacted it.
#[derive(Clone, Copy, Debug)]
pub struct RuleKnown<'a> {
    /// The event that enacted the row of law.
    pub event: Position,
    /// The row of law as enacted.
    pub rule: &'a Rule,
    /// The period in which the row is law, with any recorded commencement and end applied. `None`
    /// if the row is not commenced.
    pub effective: Option<Period>,
}

impl RuleKnown<'_> {
    /// Whether the row is law on `day`. If `day` is `None`, whether the row is law on any day at
    /// all.
    #[must_use]
    pub fn in_force(&self, day: Option<Day>) -> bool {
        self.effective.is_some_and(|period| day.is_none_or(|day| period.contains(day)))
    }
}

/// What decisions need to know of an event that is already recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventKnown {
    /// The kind of fact that the event states. For a correction, this is the kind of the fact that
    /// the correction states or, if the correction states no fact, of the fact that the correction
    /// retracts.
    pub kind: FactKind,
    /// The correction that retracts the event, if any.
    pub retracted_by: Option<Position>,
    /// How often corrections have changed whether the event holds or, if it is a correction,
    /// whether the event holds that it corrects.
    pub turns: usize,
}

/// One version of the text of an instrument, as drawn up or as varied.
#[derive(Clone, Copy, Debug)]
pub struct TextKnown<'a> {
    /// The first day on which the instrument has this text; `Day::MIN` for the text as drawn up.
    pub from: Day,
    /// The instrument with this version of its text.
    pub text: &'a Instrument,
}

/// A step that was taken towards bringing an instrument into force.
#[derive(Clone, Copy, Debug)]
pub struct StageKnown {
    /// The event that recorded the step.
    pub event: Position,
    /// The step that was taken.
    pub stage: Stage,
    /// The day on which the step was taken, if known.
    pub made_on: Option<Day>,
}

/// A period in which an instrument is in force.
#[derive(Clone, Copy, Debug)]
pub struct ForceKnown {
    /// The event that put the instrument in force.
    pub event: Position,
    /// The period in which the instrument is in force, cut short by the end of the instrument, by
    /// notice, or when a party ceases to exist.
    pub effective: Period,
}

/// The end of an instrument, either recorded as such or brought about by a notice.
#[derive(Clone, Copy, Debug)]
pub struct EndKnown {
    /// The event that recorded the end or the notice.
    pub event: Position,
    /// The first day on which the instrument no longer has effect.
    pub on: Day,
}

/// A condition that was attached after the instrument was drawn up.
#[derive(Clone, Copy, Debug)]
pub struct ConditionKnown<'a> {
    /// The event that attached the condition.
    pub event: Position,
    /// The text of the condition.
    pub condition: &'a Text,
    /// The period in which the condition applies, cut short if the condition is lifted.
    pub effective: Period,
}

/// What the register knows of an instrument.
#[derive(Clone, Debug)]
pub struct InstrumentKnown<'a> {
    /// The event by which the instrument was drawn up.
    pub event: Position,
    /// The text of the instrument as drawn up.
    pub instrument: &'a Instrument,
    /// All versions of the text, as drawn up and as varied, in order of their first day.
    pub texts: Vec<TextKnown<'a>>,
    /// The steps that were taken towards bringing the instrument into force.
    pub stages: Vec<StageKnown>,
    /// The periods in which the instrument is or was in force.
    pub in_force: Vec<ForceKnown>,
    /// The earliest recorded end of the instrument, if any.
    pub ended: Option<EndKnown>,
    /// The earliest end of the instrument that any notice brings about, if notice was given.
    pub notice: Option<EndKnown>,
    /// The conditions that were attached after the instrument was drawn up.
    pub conditions: Vec<ConditionKnown<'a>>,
    /// The conditions that were lifted, each with the first day on which it no longer applies.
    pub lifted: Vec<(&'a Text, Day)>,
}

/// The state of an instrument on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateKnown {
    /// The event that brought about the state, or that shows the state.
    pub event: Position,
    /// The state of the instrument.
    pub state: State,
}

impl InstrumentKnown<'_> {
    /// The state of the instrument on `day`. If `day` is `None`, the latest state of the
    /// instrument.
    #[must_use]
    pub fn state(&self, day: Option<Day>) -> StateKnown {
        let begun = |force: &&ForceKnown| day.is_none_or(|day| force.effective.from() <= day);
        let running = |force: &&ForceKnown| match day {
            Some(day) => force.effective.contains(day),
            None => force.effective.until().is_none(),
        };
        if let Some(force) = self.in_force.iter().find(running) {
            return StateKnown { event: force.event, state: State::InForce };
        }
        let ran = self.in_force.iter().filter(begun).max_by_key(|force| force.effective);
        if let Some(force) = ran {
            let end = self.ended.or(self.notice);
            let event = end.map_or(force.event, |end| end.event);
            return StateKnown { event, state: State::Ended };
        }
        let taken = |step: &&StageKnown| match (step.made_on, day) {
            (Some(made_on), Some(day)) => made_on <= day,
            (None, _) | (_, None) => true,
        };
        let last = self.stages.iter().filter(taken).max_by_key(|step| (step.made_on, step.event));
        match last {
            Some(step) => StateKnown { event: step.event, state: step.stage.state() },
            None => StateKnown { event: self.event, state: State::Drawn },
        }
    }

    /// The text of the instrument that applies on `day`.
    #[must_use]
    pub fn text(&self, day: Day) -> &Instrument {
        let begun = self.texts.iter().filter(|text| text.from <= day);
        begun.max_by_key(|text| text.from).map_or(self.instrument, |text| text.text)
    }

    /// Whether the text that applies on `day` states `condition`, which has not been lifted since.
    #[must_use]
    pub fn states(&self, condition: &Text, day: Day) -> bool {
        let begun = self.texts.iter().filter(|text| text.from <= day);
        let Some(text) = begun.max_by_key(|text| text.from) else { return false };
        let lifted =
            |(lifted, on): &(&Text, Day)| *lifted == condition && text.from < *on && *on <= day;
        text.text.conditions.contains(condition) && !self.lifted.iter().any(lifted)
    }

    /// All parties to the instrument: first the givers, then the receivers.
    pub fn parties(&self) -> impl Iterator<Item = BodyCode> + Clone {
        self.instrument.given_by.iter().chain(&self.instrument.given_to).copied()
    }
}

/// A period in which an instrument is in force for one function in one area.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The event that put the instrument in force.
    pub event: Position,
    /// The instrument that is in force.
    pub instrument: InstrumentId,
    /// The kind of the instrument.
    pub kind: InstrumentKind,
    /// The bodies that give the function by the instrument.
    pub given_by: Vec<BodyCode>,
    /// The bodies that exercise the function under the instrument in the area, in order of code.
    pub exercisers: Vec<BodyCode>,
    /// The contracts that the instrument lists as all that it reaches. Empty if it reaches all that
    /// lies in its area.
    pub contracts: Vec<ContractId>,
    /// Whether the terms of the instrument forbid the receiver to pass the function on.
    pub onward_barred: bool,
    /// The period in which the instrument is in force, cut short where the instrument ends, its
    /// text changes or a party ceases to exist.
    pub effective: Period,
}

impl InForce {
    /// Whether the instrument and one that lists `contracts` reach nothing in common, because each
    /// lists contracts of its own.
    #[must_use]
    pub fn is_apart_from(&self, contracts: &[ContractId]) -> bool {
        let listed = |contract: &ContractId| contracts.contains(contract);
        !self.contracts.is_empty() && !contracts.is_empty() && !self.contracts.iter().any(listed)
    }

    /// Whether the instrument reaches all that one that lists `contracts` reaches.
    #[must_use]
    pub fn reaches_all_of(&self, contracts: &[ContractId]) -> bool {
        let listed = |contract: &ContractId| self.contracts.contains(contract);
        self.contracts.is_empty() || !contracts.is_empty() && contracts.iter().all(listed)
    }
}

/// A fact that moves no function. The fold keeps the whole of such a fact.
#[derive(Clone, Copy, Debug)]
pub struct RecordKnown<'a> {
    /// The event that states the fact.
    pub event: Position,
    /// The fact, without the values of fields that may name a person.
    pub fact: &'a Fact,
}

/// The register at its head, as a decision reads it: everything that is recorded, with corrections
/// applied.
pub trait Known {
    /// The roles that a body has or had. Empty if the register does not know the body.
    fn roles(&self, code: BodyCode) -> Vec<RoleKnown>;
    /// The legal form of a body, if one is recorded.
    fn legal_form(&self, code: BodyCode) -> Option<LegalForm>;
    /// The bodies to which a member belongs, or belonged, by the kind of membership `relation`.
    fn groups(&self, member: &Member, relation: Relation) -> Vec<GroupKnown>;
    /// The bodies that hold or held a contract.
    fn contract(&self, contract: &ContractId) -> Vec<HolderKnown>;
    /// The successors of a body.
    fn successors(&self, code: BodyCode) -> Vec<SuccessorKnown>;
    /// The transfer schemes by which liabilities pass from a body.
    fn schemes(&self, code: BodyCode) -> Vec<SchemeKnown<'_>>;
    /// What passes to a body.
    fn arrivals(&self, code: BodyCode) -> Vec<ArrivalKnown>;
    /// The segments of a function's history.
    fn segments(&self, code: &FunctionCode) -> Vec<SegmentKnown<'_>>;
    /// The recorded rows of law that say what `asked` accepts.
    fn rules_that(&self, asked: fn(&RuleContent) -> bool) -> Vec<RuleKnown<'_>>;
    /// All recorded rows of law.
    fn rules(&self) -> Vec<RuleKnown<'_>> {
        self.rules_that(|_| true)
    }
    /// What the register knows of one instrument. `None` if the instrument is not drawn up.
    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'_>>;
    /// The events that draw up an instrument: at most one, unless a correction brought back a
    /// second such event.
    fn drawings(&self, id: &InstrumentId) -> Vec<Position>;
    /// The first event that refers to an instrument, even if the instrument is not drawn up.
    fn first_of(&self, id: &InstrumentId) -> Option<Position>;
    /// Every period in which an instrument is in force for `function` in the area of the
    /// commissioner `area`. If `area` is `None`, the result covers all areas.
    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce>;
    /// The facts that move no function and are filed under `key`, in log order.
    fn records(&self, key: &Key) -> Vec<RecordKnown<'_>>;
    /// The details of the event at `position`. `None` if the log has no such position.
    fn event(&self, position: Position) -> Option<EventKnown>;
    /// The fields of an event that may name a person, each with its value, commitment or redaction.
    fn personal(&self, position: Position) -> Vec<(PersonalField, Personal)>;
    /// The register as it would be if a correction retracted the event at `position`. If that event
    /// had itself retracted an earlier event, the earlier event counts again.
    fn without(&self, position: Position) -> Box<dyn Known + '_>;
}
