//! What the register knows at its head, as far as a decision needs it.
//!
//! [`decide`](crate::decide::decide()) asks through [`Known`]; `remit-register` answers.

use crate::body::{BodyRole, LegalForm, Member, Relation, SuccessionKind};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId, RecordId};
use crate::fact::Position;
use crate::function::Function;
use crate::instrument::{Instrument, InstrumentKind};
use crate::period::{Day, Period};
use crate::rule::Rule;

/// A thing that is known, and the event that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held<T> {
    /// The event.
    pub position: Position,
    /// The thing.
    pub value: T,
}

/// What is known of one instrument.
#[derive(Clone, Debug)]
pub struct InstrumentKnown<'a> {
    /// The event that drew it up.
    pub position: Position,
    /// As drawn up.
    pub instrument: &'a Instrument,
    /// When it is in force, ends considered.
    pub in_force: Vec<Held<Period>>,
    /// The first day without effect, if an end is recorded.
    pub ended: Option<Held<Day>>,
    /// The day a given notice ends it, if one was given.
    pub notice: Option<Held<Day>>,
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
    /// When, cut where it or a receiving body ends.
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
    /// The segments of a function's history.
    fn segments(&self, code: &FunctionCode) -> Vec<Held<&Function>>;
    /// All rows of law.
    fn rules(&self) -> Vec<Held<&Rule>>;
    /// One instrument.
    fn instrument(&self, id: &InstrumentId) -> Option<InstrumentKnown<'_>>;
    /// The instruments that are ever in force for a function in the area of one commissioner;
    /// `None` for all of England, which every area is part of.
    fn in_force(&self, function: &FunctionCode, area: Option<BodyCode>) -> Vec<InForce>;
    /// One fund.
    fn fund(&self, fund: &RecordId) -> Option<FundKnown>;
}
