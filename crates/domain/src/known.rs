//! What the register knows at its head, as far as a decision needs it.
//!
//! [`decide`](crate::decide::decide()) reads the register through [`Known`], which `remit-register`
//! implements. Each item names the event that recorded it.

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

/// A role that a body has, or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleKnown {
    /// The event that recorded this.
    pub event: Position,
    /// The role.
    pub role: BodyRole,
    /// The period in which the body has the role, cut short by any recorded end.
    pub effective: Period,
}

/// A group that a member belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupKnown {
    /// The event that recorded this.
    pub event: Position,
    /// The group.
    pub group: BodyCode,
    /// The period in which the member belongs to it, cut short by any recorded end.
    pub effective: Period,
}

/// The holder of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolderKnown {
    /// The event that recorded this.
    pub event: Position,
    /// The body that holds the contract.
    pub holder: BodyCode,
    /// The period in which it holds the contract.
    pub effective: Period,
}

/// A successor of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessorKnown {
    /// The event that recorded this.
    pub event: Position,
    /// The successor.
    pub successor: BodyCode,
    /// The first day on which the succession has effect.
    pub effective_on: Day,
    /// The kind of succession.
    pub kind: SuccessionKind,
}

/// A segment of a function's history.
#[derive(Clone, Copy, Debug)]
pub struct SegmentKnown<'a> {
    /// The event that recorded this.
    pub event: Position,
    /// What the catalogue says of the function.
    pub function: &'a Function,
    /// The period to which the segment applies, cut short by any recorded end.
    pub effective: Period,
}

/// A row of law.
#[derive(Clone, Copy, Debug)]
pub struct RuleKnown<'a> {
    /// The event that enacted it.
    pub event: Position,
    /// The row as enacted.
    pub rule: &'a Rule,
    /// The period in which it is law, after any recorded commencement and end. `None`: not
    /// commenced.
    pub effective: Option<Period>,
}

impl RuleKnown<'_> {
    /// Whether the row is law on `day`. With `None`: whether it is law on any day.
    #[must_use]
    pub fn in_force(&self, day: Option<Day>) -> bool {
        self.effective.is_some_and(|period| day.is_none_or(|day| period.contains(day)))
    }
}

/// What a decision needs to know of an earlier event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventKnown {
    /// The kind of fact that the event states. For a correction: the kind of the fact that it
    /// states or, if it states none, of the fact that it retracts.
    pub kind: FactKind,
    /// The correction that retracts the event, if any.
    pub retracted_by: Option<Position>,
}

/// One text of an instrument.
#[derive(Clone, Copy, Debug)]
pub struct TextKnown<'a> {
    /// The first day on which the instrument has this text; `Day::MIN` for the text as drawn up.
    pub from: Day,
    /// The text.
    pub text: &'a Instrument,
}

/// A step taken towards coming into force.
#[derive(Clone, Copy, Debug)]
pub struct StageKnown {
    /// The event that recorded this.
    pub event: Position,
    /// The step.
    pub stage: Stage,
    /// The day on which it was taken, if known.
    pub made_on: Option<Day>,
}

/// A period in which an instrument is in force.
#[derive(Clone, Copy, Debug)]
pub struct ForceKnown {
    /// The event that recorded this.
    pub event: Position,
    /// The period, cut short by the instrument's end or notice, or by the end of a party.
    pub effective: Period,
}

/// The end of an instrument: as recorded, or as a given notice brings it about.
#[derive(Clone, Copy, Debug)]
pub struct EndKnown {
    /// The event that recorded this.
    pub event: Position,
    /// The first day on which the instrument no longer has effect.
    pub on: Day,
}

/// A condition that was attached after the instrument was drawn up.
#[derive(Clone, Copy, Debug)]
pub struct ConditionKnown<'a> {
    /// The event that recorded this.
    pub event: Position,
    /// The condition.
    pub condition: &'a Text,
    /// The period in which the condition applies, cut short if it is lifted.
    pub effective: Period,
}

/// What the register knows of an instrument.
#[derive(Clone, Debug)]
pub struct InstrumentKnown<'a> {
    /// The event that drew the instrument up.
    pub event: Position,
    /// The text as drawn up.
    pub instrument: &'a Instrument,
    /// All texts, as drawn up and as varied, in order of their first day.
    pub texts: Vec<TextKnown<'a>>,
    /// The steps taken towards coming into force.
    pub stages: Vec<StageKnown>,
    /// The periods in which it is or was in force.
    pub in_force: Vec<ForceKnown>,
    /// The earliest recorded end, if any.
    pub ended: Option<EndKnown>,
    /// The earliest end that a given notice brings about, if any.
    pub notice: Option<EndKnown>,
    /// The conditions that were attached after it was drawn up.
    pub conditions: Vec<ConditionKnown<'a>>,
}

/// The state of an instrument on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateKnown {
    /// The event that brought about the state, or shows it.
    pub event: Position,
    /// The state.
    pub state: State,
}

impl InstrumentKnown<'_> {
    /// The state on `day`. With `None`: the latest state.
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

    /// The text that applies on `day`.
    #[must_use]
    pub fn text(&self, day: Day) -> &Instrument {
        let begun = self.texts.iter().filter(|text| text.from <= day);
        begun.max_by_key(|text| text.from).map_or(self.instrument, |text| text.text)
    }

    /// All parties: first the givers, then the receivers.
    pub fn parties(&self) -> impl Iterator<Item = BodyCode> + Clone {
        self.instrument.given_by.iter().chain(&self.instrument.given_to).copied()
    }
}

/// A period in which an instrument is in force for one function in one area.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The event that put it in force.
    pub event: Position,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its kind.
    pub kind: InstrumentKind,
    /// The givers.
    pub given_by: Vec<BodyCode>,
    /// The bodies that exercise the function under it in the area, in order of code.
    pub exercisers: Vec<BodyCode>,
    /// Whether its terms forbid the receiver to pass the function on.
    pub onward_barred: bool,
    /// The period, cut short where the instrument, this text of it or a party ends.
    pub effective: Period,
}

/// A fact that moves no function. The fold keeps such facts whole.
#[derive(Clone, Copy, Debug)]
pub struct RecordKnown<'a> {
    /// The event that states it.
    pub event: Position,
    /// The fact, without the values of fields that may name a person.
    pub fact: &'a Fact,
}

/// The register at its head, as a decision reads it: everything recorded, with corrections applied.
pub trait Known {
    /// The roles that a body has or had. Empty: the register does not know the body.
    fn roles(&self, code: BodyCode) -> Vec<RoleKnown>;
    /// The legal form of a body, if one is recorded.
    fn legal_form(&self, code: BodyCode) -> Option<LegalForm>;
    /// The groups to which a member belongs, or belonged, by one relation.
    fn groups(&self, member: &Member, relation: Relation) -> Vec<GroupKnown>;
    /// The bodies that hold or held a contract.
    fn contract(&self, contract: &ContractId) -> Vec<HolderKnown>;
    /// The successors of a body.
    fn successors(&self, code: BodyCode) -> Vec<SuccessorKnown>;
    /// The segments of a function's history.
    fn segments(&self, code: &FunctionCode) -> Vec<SegmentKnown<'_>>;
    /// All rows of law.
    fn rules(&self) -> Vec<RuleKnown<'_>>;
    /// One instrument. `None` if it is not drawn up.
    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'_>>;
    /// The events that draw up an instrument: at most one, unless a correction brought back a
    /// second.
    fn drawings(&self, id: &InstrumentId) -> Vec<Position>;
    /// The first event that refers to an instrument, even if the instrument is not drawn up.
    fn first_of(&self, id: &InstrumentId) -> Option<Position>;
    /// Every period in which an instrument is in force for `function` in the area of the
    /// commissioner `area`. With `None`: in any area.
    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce>;
    /// The facts filed under a key that move no function, in log order.
    fn records(&self, key: &Key) -> Vec<RecordKnown<'_>>;
    /// One earlier event. `None` if the log has no such position.
    fn event(&self, position: Position) -> Option<EventKnown>;
    /// The fields of an event that may name a person, each with its value or what became of it.
    fn personal(&self, position: Position) -> Vec<(PersonalField, Personal)>;
    /// The register as it would be if a correction retracted the event at `position`. What that
    /// event retracted then holds again.
    fn without(&self, position: Position) -> Box<dyn Known + '_>;
}
