//! What the register knows at its head, as far as a decision needs it.
//!
//! [`decide`](crate::decide::decide()) asks through [`Known`]; `remit-register` answers.

use crate::body::{BodyRole, LegalForm, Member, Relation, SuccessionKind};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId, RecordId};
use crate::fact::{FactKind, Position};
use crate::function::Function;
use crate::instrument::{Instrument, InstrumentKind};
use crate::life::{Stage, State};
use crate::period::{Day, Period};
use crate::personal::{Personal, PersonalField};
use crate::rule::Rule;
use crate::text::Text;

/// A thing that is known, and the event that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held<T> {
    /// The event.
    pub position: Position,
    /// The thing.
    pub value: T,
}

/// What is known of one row of law.
#[derive(Clone, Copy, Debug)]
pub struct RuleKnown<'a> {
    /// The event that enacted it.
    pub position: Position,
    /// As enacted.
    pub rule: &'a Rule,
    /// When it is law, commencement and end considered. `None`: not commenced.
    pub effective: Option<Period>,
}

impl RuleKnown<'_> {
    /// Whether it is law on the day; for no day in particular: whether it ever is.
    #[must_use]
    pub fn in_force(&self, day: Option<Day>) -> bool {
        self.effective.is_some_and(|period| day.is_none_or(|day| period.contains(day)))
    }
}

/// What is known of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventKnown {
    /// What it speaks of; for a correction: what that speaks of.
    pub kind: FactKind,
    /// The correction by which it is no longer so.
    pub taken_back_by: Option<Position>,
}

/// What is known of one instrument.
#[derive(Clone, Debug)]
pub struct InstrumentKnown<'a> {
    /// The event that drew it up.
    pub position: Position,
    /// As drawn up.
    pub instrument: &'a Instrument,
    /// How it reads and from which day on: as drawn up, and as varied.
    pub texts: Vec<(Day, &'a Instrument)>,
    /// The steps taken towards force, and the day of each where it is known.
    pub stages: Vec<Held<(Stage, Option<Day>)>>,
    /// When it is in force, ends considered.
    pub in_force: Vec<Held<Period>>,
    /// The first day without effect, if an end is recorded.
    pub ended: Option<Held<Day>>,
    /// The day a given notice ends it, if one was given.
    pub notice: Option<Held<Day>>,
    /// The conditions attached while it runs, and when they hold.
    pub conditions: Vec<Held<(&'a Text, Period)>>,
}

impl InstrumentKnown<'_> {
    /// The state on a day and the event that says so; for no day in particular: the last state.
    #[must_use]
    pub fn state(&self, day: Option<Day>) -> (State, Position) {
        let begun = |held: &&Held<Period>| day.is_none_or(|day| held.value.from() <= day);
        let running = |held: &&Held<Period>| match day {
            Some(day) => held.value.contains(day),
            None => held.value.until().is_none(),
        };
        if let Some(held) = self.in_force.iter().find(running) {
            return (State::InForce, held.position);
        }
        if let Some(held) = self.in_force.iter().filter(begun).max_by_key(|held| held.value) {
            let end = self.ended.as_ref().or(self.notice.as_ref());
            return (State::Ended, end.map_or(held.position, |end| end.position));
        }
        let taken = |held: &&Held<(Stage, Option<Day>)>| match (held.value.1, day) {
            (Some(made_on), Some(day)) => made_on <= day,
            _ => true,
        };
        let last = self.stages.iter().filter(taken).max_by_key(|h| (h.value.1, h.position));
        last.map_or((State::Drawn, self.position), |held| (held.value.0.state(), held.position))
    }

    /// How it reads on a day.
    #[must_use]
    pub fn text(&self, day: Day) -> &Instrument {
        let read = self.texts.iter().filter(|(from, _)| *from <= day);
        read.max_by_key(|(from, _)| *from).map_or(self.instrument, |(_, text)| text)
    }
}

/// An instrument in force for one function and one area.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The event that put it in force.
    pub position: Position,
    /// Which one.
    pub instrument: InstrumentId,
    /// Its kind.
    pub kind: InstrumentKind,
    /// Who gives under it.
    pub given_by: Vec<BodyCode>,
    /// Who exercises under it in that area, in code order.
    pub exercisers: Vec<BodyCode>,
    /// Whether its terms forbid passing the function on.
    pub onward_barred: bool,
    /// When, cut where it, its text or a party ends.
    pub effective: Period,
}

/// What is known of one fund.
#[derive(Clone, Debug)]
pub struct FundKnown {
    /// Who pays.
    pub funders: Vec<BodyCode>,
    /// How much in all, in pence.
    pub amount_pence: u64,
    /// How much a patient, in pence.
    pub per_patient_pence: u64,
    /// How much is paid already, in pence.
    pub paid_pence: u64,
    /// When claims may be made.
    pub effective: Period,
    /// The payments made.
    pub payments: Vec<RecordId>,
}

/// The register at its head, as a decision sees it: everything recorded so far, corrections done.
pub trait Known {
    /// The roles a body has or had. Empty: the register does not know the body.
    fn roles(&self, code: BodyCode) -> Vec<Held<(BodyRole, Period)>>;
    /// Its legal form, where one is recorded.
    fn legal_form(&self, code: BodyCode) -> Option<LegalForm>;
    /// The groups a member belongs to in one sense.
    fn groups(&self, member: &Member, relation: Relation) -> Vec<Held<(BodyCode, Period)>>;
    /// Who holds a contract.
    fn contract(&self, contract: &ContractId) -> Vec<Held<(BodyCode, Period)>>;
    /// What a body passed to others.
    fn successors(&self, code: BodyCode) -> Vec<Held<(BodyCode, Day, SuccessionKind)>>;
    /// The segments of a function's history, ends considered.
    fn segments(&self, code: &FunctionCode) -> Vec<Held<(&Function, Period)>>;
    /// All rows of law.
    fn rules(&self) -> Vec<RuleKnown<'_>>;
    /// One instrument.
    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'_>>;
    /// The instruments that are ever in force for a function in the area of one commissioner;
    /// `None` for all of England, which every area is part of.
    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce>;
    /// One event.
    fn event(&self, position: Position) -> Option<EventKnown>;
    /// The fields of an event that may name a person, and what became of each.
    fn personal(&self, position: Position) -> Vec<(PersonalField, Personal)>;
    /// The same register as it would be if one event were not so, by a correction of it: what that
    /// event itself had taken back is so again.
    fn without(&self, position: Position) -> Box<dyn Known + '_>;
    /// One fund.
    fn fund(&self, fund: &RecordId) -> Option<FundKnown>;
}
