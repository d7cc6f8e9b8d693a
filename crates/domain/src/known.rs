//! What the register knows at its head, as far as a decision needs it.
//!
//! [`decide`](crate::decide::decide()) asks through [`Known`]; `remit-register` answers. Each thing
//! known names the event that says it.

use crate::body::{BodyRole, LegalForm, Member, Relation, SuccessionKind};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId};
use crate::fact::{Fact, FactKind, Key};
use crate::function::Function;
use crate::instrument::{Instrument, InstrumentKind};
use crate::life::{Stage, State};
use crate::period::{Day, Period};
use crate::personal::{Personal, PersonalField};
use crate::position::Position;
use crate::rule::Rule;
use crate::text::Text;

/// A role that a body has or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleKnown {
    /// The event that says so.
    pub event: Position,
    /// The role.
    pub role: BodyRole,
    /// When the body has it, ends considered.
    pub effective: Period,
}

/// A group that a member belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupKnown {
    /// The event that says so.
    pub event: Position,
    /// The group.
    pub group: BodyCode,
    /// When the member belongs to it, ends considered.
    pub effective: Period,
}

/// The holder of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolderKnown {
    /// The event that says so.
    pub event: Position,
    /// The body that holds it.
    pub holder: BodyCode,
    /// When it holds the contract.
    pub effective: Period,
}

/// A successor of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessorKnown {
    /// The event that says so.
    pub event: Position,
    /// The successor.
    pub successor: BodyCode,
    /// Its first day.
    pub effective_on: Day,
    /// What kind of succession it is.
    pub kind: SuccessionKind,
}

/// A segment of a function's history.
#[derive(Clone, Copy, Debug)]
pub struct SegmentKnown<'a> {
    /// The event that says so.
    pub event: Position,
    /// What the catalogue says of the function.
    pub function: &'a Function,
    /// When that holds, ends considered.
    pub effective: Period,
}

/// A row of law.
#[derive(Clone, Copy, Debug)]
pub struct RuleKnown<'a> {
    /// The event that enacted it.
    pub event: Position,
    /// The row as enacted.
    pub rule: &'a Rule,
    /// When it is law, commencement and end considered. `None`: it is not commenced.
    pub effective: Option<Period>,
}

impl RuleKnown<'_> {
    /// Whether the row is law on the day; for no day in particular: whether it ever is.
    #[must_use]
    pub fn in_force(&self, day: Option<Day>) -> bool {
        self.effective.is_some_and(|period| day.is_none_or(|day| period.contains(day)))
    }
}

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventKnown {
    /// The kind of fact that it states; of a correction: the kind of the fact that the correction
    /// states or retracts.
    pub kind: FactKind,
    /// The correction that retracts it, if one does.
    pub retracted_by: Option<Position>,
}

/// A text of an instrument.
#[derive(Clone, Copy, Debug)]
pub struct TextKnown<'a> {
    /// The first day on which the instrument reads so.
    pub from: Day,
    /// The text.
    pub text: &'a Instrument,
}

/// A step taken towards force.
#[derive(Clone, Copy, Debug)]
pub struct StageKnown {
    /// The event that says so.
    pub event: Position,
    /// The step.
    pub stage: Stage,
    /// The day on which it was taken, where that is known.
    pub made_on: Option<Day>,
}

/// A period in which an instrument is in force.
#[derive(Clone, Copy, Debug)]
pub struct ForceKnown {
    /// The event that says so.
    pub event: Position,
    /// The period, ends considered.
    pub effective: Period,
}

/// The end of an instrument, or the day on which a given notice ends it.
#[derive(Clone, Copy, Debug)]
pub struct EndKnown {
    /// The event that says so.
    pub event: Position,
    /// The first day without effect.
    pub on: Day,
}

/// A condition attached while an instrument runs.
#[derive(Clone, Copy, Debug)]
pub struct ConditionKnown<'a> {
    /// The event that says so.
    pub event: Position,
    /// The condition.
    pub condition: &'a Text,
    /// When it holds, a lifting considered.
    pub effective: Period,
}

/// An instrument.
#[derive(Clone, Debug)]
pub struct InstrumentKnown<'a> {
    /// The event that drew it up.
    pub event: Position,
    /// The text as drawn up.
    pub instrument: &'a Instrument,
    /// The texts as drawn up and as varied, by their first day.
    pub texts: Vec<TextKnown<'a>>,
    /// The steps taken towards force.
    pub stages: Vec<StageKnown>,
    /// The periods in which it is in force.
    pub in_force: Vec<ForceKnown>,
    /// Its end, if one is recorded.
    pub ended: Option<EndKnown>,
    /// The end by notice, if notice was given.
    pub notice: Option<EndKnown>,
    /// The conditions attached while it runs.
    pub conditions: Vec<ConditionKnown<'a>>,
}

/// The state of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateKnown {
    /// The event that says so.
    pub event: Position,
    /// The state.
    pub state: State,
}

impl InstrumentKnown<'_> {
    /// The state on a day; for no day in particular: the last state.
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

    /// The text on a day.
    #[must_use]
    pub fn text(&self, day: Day) -> &Instrument {
        let begun = self.texts.iter().filter(|text| text.from <= day);
        begun.max_by_key(|text| text.from).map_or(self.instrument, |text| text.text)
    }

    /// All parties: those that give, then those that receive.
    pub fn parties(&self) -> impl Iterator<Item = BodyCode> + Clone {
        self.instrument.given_by.iter().chain(&self.instrument.given_to).copied()
    }
}

/// An instrument in force for one function and one area.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The event that put it in force.
    pub event: Position,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its kind.
    pub kind: InstrumentKind,
    /// The bodies that give under it.
    pub given_by: Vec<BodyCode>,
    /// The bodies that exercise under it in that area, in code order.
    pub exercisers: Vec<BodyCode>,
    /// Whether its terms forbid passing the function on.
    pub onward_barred: bool,
    /// When it is in force, cut where it, its text or a party ends.
    pub effective: Period,
}

/// A fact that is kept whole, since it moves nothing.
#[derive(Clone, Copy, Debug)]
pub struct RecordKnown<'a> {
    /// The event that states it.
    pub event: Position,
    /// The fact. What it says that may name a person is not told here.
    pub fact: &'a Fact,
}

/// The register at its head, as a decision sees it: all that is recorded, corrections applied.
pub trait Known {
    /// The roles a body has or had. Empty: the register does not know the body.
    fn roles(&self, code: BodyCode) -> Vec<RoleKnown>;
    /// Its legal form, where one is recorded.
    fn legal_form(&self, code: BodyCode) -> Option<LegalForm>;
    /// The groups a member belongs to in one sense.
    fn groups(&self, member: &Member, relation: Relation) -> Vec<GroupKnown>;
    /// The bodies that hold a contract, one after another.
    fn contract(&self, contract: &ContractId) -> Vec<HolderKnown>;
    /// The successors of a body.
    fn successors(&self, code: BodyCode) -> Vec<SuccessorKnown>;
    /// The segments of a function's history.
    fn segments(&self, code: &FunctionCode) -> Vec<SegmentKnown<'_>>;
    /// All rows of law.
    fn rules(&self) -> Vec<RuleKnown<'_>>;
    /// One instrument.
    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'_>>;
    /// The events that draw an instrument up: one, unless a correction brought back another.
    fn drawings(&self, id: &InstrumentId) -> Vec<Position>;
    /// The first event that speaks of an instrument, drawn up or not.
    fn first_of(&self, id: &InstrumentId) -> Option<Position>;
    /// The instruments that are ever in force for a function in the area of one commissioner;
    /// `None` for all of England, of which every area is a part.
    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce>;
    /// The facts filed under a key that are kept whole, in log order.
    fn records(&self, key: &Key) -> Vec<RecordKnown<'_>>;
    /// One event.
    fn event(&self, position: Position) -> Option<EventKnown>;
    /// The fields of an event that may name a person, and what became of each.
    fn personal(&self, position: Position) -> Vec<(PersonalField, Personal)>;
    /// The same register as it would be if a correction retracted one event: what that event itself
    /// had retracted holds again.
    fn without(&self, position: Position) -> Box<dyn Known + '_>;
}
