//! The shape of an answer: a set of roles with their basis, never a single name.

use remit_domain::{
    BodyCode, Confidence, ContractId, Day, Forum, InstrumentId, LegalBasis, Position, RuleId, Text,
    vocabulary,
};

use crate::register::KnownAt;

/// Where a question is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A practice, a CCG, a sub-ICB location or an ICB.
    Body(BodyCode),
    /// One contract of a practice.
    Contract(ContractId),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Body(code) => code.fmt(f),
            Self::Contract(id) => id.fmt(f),
        }
    }
}

impl std::str::FromStr for Place {
    type Err = remit_domain::InvalidCode;

    /// Text with a slash is read as a contract's id, any other text as a body's code.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('/') {
            return text.parse().map(Self::Contract);
        }
        text.parse().map(Self::Body)
    }
}

vocabulary! {
    /// What kind of answer it is.
    ResultKind, "kind of answer";
    /// One body exercises by an instrument.
    Held = "held",
    /// Several bodies exercise together by one instrument.
    JointlyHeld = "jointly-held",
    /// The holder exercises its own function.
    NotDelegated = "not-delegated",
    /// The commissioner changed identity and no instrument names the new body.
    Gap = "gap",
    /// Instruments in force disagree.
    Conflict = "conflict",
    /// The exerciser is known; the law does not say who is liable.
    Unsettled = "unsettled",
    /// There is no evidence.
    Unknown = "unknown",
}

vocabulary! {
    /// Why an answer is unknown, without the places to ask about instead.
    UnknownReason, "reason why an answer is unknown";
    /// The function is not recorded.
    FunctionNotRecorded = "function-not-recorded",
    /// The catalogue has no segment of the function on the day.
    FunctionOutsideRecords = "function-outside-records",
    /// The place is not recorded.
    PlaceNotRecorded = "place-not-recorded",
    /// The place did not exist yet on the day.
    PlaceNotYetInBeing = "place-not-yet-in-being",
    /// The place had ceased, and no successor is recorded.
    PlaceCeased = "place-ceased",
    /// The body is not a place: it has no area and lies in none.
    NotAPlace = "not-a-place",
    /// No commissioner is recorded for the place on the day.
    NoCommissioner = "no-commissioner",
    /// The area is divided between several commissioners.
    AreaDivided = "area-divided",
    /// The practice's contracts lie with different commissioners.
    ContractsDiffer = "contracts-differ",
    /// Another body may exercise the function here; no evidence says whether one does.
    NoEvidence = "no-evidence",
}

/// Why an answer is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The function is not recorded.
    FunctionNotRecorded,
    /// The catalogue has no segment of the function on the day.
    FunctionOutsideRecords,
    /// The place is not recorded.
    PlaceNotRecorded,
    /// The place did not exist yet on the day.
    PlaceNotYetInBeing,
    /// The place had ceased, and no successor is recorded.
    PlaceCeased,
    /// The body is not a place: it has no area and lies in none.
    NotAPlace,
    /// No commissioner is recorded for the place on the day.
    NoCommissioner,
    /// The area is divided between several commissioners: ask about one of these.
    AreaDivided(Vec<BodyCode>),
    /// The practice's contracts lie with different commissioners: ask about one of these.
    ContractsDiffer(Vec<ContractId>),
    /// Another body may exercise the function here; no evidence says whether one does.
    NoEvidence,
}

impl Unknown {
    /// The reason alone, without the places to ask about instead.
    #[must_use]
    pub fn reason(&self) -> UnknownReason {
        match self {
            Self::FunctionNotRecorded => UnknownReason::FunctionNotRecorded,
            Self::FunctionOutsideRecords => UnknownReason::FunctionOutsideRecords,
            Self::PlaceNotRecorded => UnknownReason::PlaceNotRecorded,
            Self::PlaceNotYetInBeing => UnknownReason::PlaceNotYetInBeing,
            Self::PlaceCeased => UnknownReason::PlaceCeased,
            Self::NotAPlace => UnknownReason::NotAPlace,
            Self::NoCommissioner => UnknownReason::NoCommissioner,
            Self::AreaDivided(_) => UnknownReason::AreaDivided,
            Self::ContractsDiffer(_) => UnknownReason::ContractsDiffer,
            Self::NoEvidence => UnknownReason::NoEvidence,
        }
    }

    /// The places to ask about instead.
    #[must_use]
    pub fn ask_instead(&self) -> Vec<String> {
        match self {
            Self::AreaDivided(codes) => codes.iter().map(ToString::to_string).collect(),
            Self::ContractsDiffer(ids) => ids.iter().map(ToString::to_string).collect(),
            Self::FunctionNotRecorded
            | Self::FunctionOutsideRecords
            | Self::PlaceNotRecorded
            | Self::PlaceNotYetInBeing
            | Self::PlaceCeased
            | Self::NotAPlace
            | Self::NoCommissioner
            | Self::NoEvidence => Vec::new(),
        }
    }
}

vocabulary! {
    /// Whether the law and the facts say who is liable.
    LiableState, "state of liability";
    /// They say who is liable.
    Settled = "settled",
    /// The law does not say.
    Unsettled = "unsettled",
    /// The facts do not say.
    Unknown = "unknown",
}

/// Against whom rights and liabilities lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liability<'r> {
    /// Whether it is settled who is liable.
    pub state: LiableState,
    /// The liable bodies. Empty unless settled; several where each is liable for its own exercise.
    pub bodies: Vec<BodyCode>,
    /// The rules that say who is liable.
    pub rules: Vec<&'r RuleId>,
    /// How sure the liability is: the lowest confidence of the law and the facts that it rests on.
    pub confidence: Confidence,
    /// Whether the state or the confidence rests on every possible case having the same liable
    /// body.
    pub in_every_case: bool,
}

/// One case that the facts leave open, or one of several that conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<'r> {
    /// The legal basis.
    pub basis: LegalBasis,
    /// The instrument, if the case has one.
    pub instrument: Option<&'r InstrumentId>,
    /// The bodies that would exercise.
    pub exercisers: Vec<BodyCode>,
    /// The bodies that would be liable; empty where the law does not say.
    pub liable: Vec<BodyCode>,
    /// The rule that says who would be liable.
    pub rule: Option<&'r RuleId>,
}

/// Who does the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performer {
    /// The body.
    pub body: BodyCode,
    /// How sure that is. `None`: nothing is recorded, so the exerciser is taken to do the work.
    pub confidence: Option<Confidence>,
}

/// A statement of who would exercise: belief, not legal effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation<'r> {
    /// The position of the event.
    pub position: Position,
    /// Who was expected to exercise.
    pub expected: BodyCode,
    /// What kind of statement it is.
    pub nature: &'r Text,
    /// Whether no instrument giving the function to that body was in force or even executed.
    pub without_instrument: bool,
}

vocabulary! {
    /// The kind of thing that is known but has no effect on the answer, or none yet.
    UnappliedKind, "kind of what is not applied";
    /// An instrument that is approved but not executed.
    ApprovedNotExecuted = "approved-not-executed",
    /// An instrument that is executed but not in force.
    ExecutedNotInForce = "executed-not-in-force",
    /// Notice to end an instrument that is still in force.
    NoticePending = "notice-pending",
    /// Instruments in force that disagree.
    ConflictOpen = "conflict-open",
    /// A rule that would move the function, enacted but not commenced.
    RuleNotCommenced = "rule-not-commenced",
}

/// One thing that is known but not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unapplied<'r> {
    /// What kind of thing it is.
    pub kind: UnappliedKind,
    /// The event that says so.
    pub position: Position,
    /// The instrument, if it is about one.
    pub instrument: Option<&'r InstrumentId>,
    /// The rule, if it is about one.
    pub rule: Option<&'r RuleId>,
    /// The day from which it is to have effect, if known.
    pub effective_on: Option<Day>,
}

/// Who answers now for a body that has ceased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweringNow<'r> {
    /// The body that the answer names for the day asked about.
    pub body: BodyCode,
    /// Its successors that are in being on the day on which the last known event was recorded.
    pub successors: Vec<BodyCode>,
    /// A rule that treats what the body did as done by its successor. Whether this moves liability
    /// for earlier acts is unsettled, so both answers stand.
    pub read_across: Option<&'r RuleId>,
}

vocabulary! {
    /// What kind of fact an answer rests on.
    GroundKind, "kind of ground";
    /// A body in being in a role.
    Body = "body",
    /// A membership that leads from the place to its commissioner.
    Membership = "membership",
    /// A succession.
    Succession = "succession",
    /// A row of the catalogue.
    Function = "function",
    /// A row of law.
    Rule = "rule",
    /// An instrument as drawn up.
    Instrument = "instrument",
    /// An instrument coming into force.
    InForce = "in-force",
    /// Evidence that something was not held.
    NotHeld = "not-held",
    /// Who did the work.
    Work = "work",
    /// A stated expectation.
    Expectation = "expectation",
    /// A contract being held.
    Contract = "contract",
    /// The end of something.
    End = "end",
    /// A change of an instrument's text, or a condition attached or lifted.
    Variation = "variation",
    /// A step of an instrument towards force.
    Stage = "stage",
    /// Notice given.
    Notice = "notice",
    /// That a party to an instrument, or a national body to which others answer, is in being.
    Party = "party",
}

/// One event that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ground {
    /// The position of the event.
    pub position: Position,
    /// The kind of fact that the answer takes from it.
    pub kind: GroundKind,
    /// The confidence that the event contributes to the answer. An event that only stands beside
    /// the answer, or that a surer event supports, does not lower the answer's confidence. The
    /// confidence of the event's source is in its evidence.
    pub confidence: Confidence,
}

/// One body, and the body that it answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accountability {
    /// The body that answers.
    pub from: BodyCode,
    /// The body that it answers to.
    pub to: BodyCode,
}

/// The instruments by which a function is exercised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement<'r> {
    /// The legal basis.
    pub basis: LegalBasis,
    /// The instruments in force that the answer rests on.
    pub instruments: Vec<&'r InstrumentId>,
    /// The earlier instruments of the chain, by which the giver of `instruments` has the function.
    pub links: Vec<&'r InstrumentId>,
    /// The committee through which the function is exercised.
    pub forum: Option<&'r Forum>,
    /// The conditions on which the function is exercised.
    pub conditions: Vec<&'r Text>,
    /// The cases in which the receiver bears losses by contract. They never change who is liable in
    /// law.
    pub loss_exceptions: Vec<&'r Text>,
}

/// The kind of answer, with what only that kind says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'r> {
    /// One body exercises by an instrument.
    Held(Arrangement<'r>),
    /// Several bodies exercise together by one instrument.
    JointlyHeld(Arrangement<'r>),
    /// The exerciser is known; the law does not say who is liable.
    Unsettled(Arrangement<'r>),
    /// The holder exercises its own function.
    NotDelegated,
    /// The commissioner changed identity and no instrument names the new body.
    Gap {
        /// The cases that the facts leave open.
        cases: Vec<Case<'r>>,
        /// The instruments of the predecessors.
        predecessor_instruments: Vec<&'r InstrumentId>,
    },
    /// Instruments in force disagree.
    Conflict {
        /// The case under each of them.
        cases: Vec<Case<'r>>,
        /// The instruments that disagree.
        instruments: Vec<&'r InstrumentId>,
    },
    /// There is no evidence, or the question cannot be answered.
    Unknown {
        /// The reason.
        reason: Unknown,
        /// The cases that the facts leave open.
        cases: Vec<Case<'r>>,
    },
}

/// Who holds, exercises, is liable for and answers for a function at a place on a day, as known at
/// a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'r> {
    /// The effective day asked about.
    pub effective_on: Day,
    /// The point of the known axis asked about.
    pub known_at: KnownAt,
    /// The kind of answer, with what only that kind says.
    pub outcome: Outcome<'r>,
    /// The commissioner in whose area the place lies.
    pub area: Option<BodyCode>,
    /// The body on which statute places the function.
    pub holder: Option<BodyCode>,
    /// Whether the function is reserved to the holder.
    pub reserved: bool,
    /// The bodies entitled to decide. Empty where unknown, a gap or a conflict.
    pub exercisers: Vec<BodyCode>,
    /// Against whom rights and liabilities lie.
    pub liable: Liability<'r>,
    /// Who answers to whom.
    pub accountable: Vec<Accountability>,
    /// Who does the work.
    pub performed_by: Vec<Performer>,
    /// The expectations stated for the function in the area.
    pub expectations: Vec<Expectation<'r>>,
    /// What is known but not applied: instruments approved or executed, notice given, conflicts,
    /// rules not commenced.
    pub known_unapplied: Vec<Unapplied<'r>>,
    /// Who answers now for each exerciser or liable body that had ceased by the day on which the
    /// last known event was recorded.
    pub answering_now: Vec<AnsweringNow<'r>>,
    /// The events that `answering_now` rests on.
    pub now_grounds: Vec<Ground>,
    /// The lowest confidence of the facts used; disputed in a conflict.
    pub confidence: Confidence,
    /// The events that the answer rests on, in log order.
    pub grounds: Vec<Ground>,
}

impl<'r> Answer<'r> {
    /// The kind of answer.
    #[must_use]
    pub fn kind(&self) -> ResultKind {
        match &self.outcome {
            Outcome::Held(_) => ResultKind::Held,
            Outcome::JointlyHeld(_) => ResultKind::JointlyHeld,
            Outcome::Unsettled(_) => ResultKind::Unsettled,
            Outcome::NotDelegated => ResultKind::NotDelegated,
            Outcome::Gap { .. } => ResultKind::Gap,
            Outcome::Conflict { .. } => ResultKind::Conflict,
            Outcome::Unknown { .. } => ResultKind::Unknown,
        }
    }

    /// The arrangement, if the function is exercised by instruments.
    #[must_use]
    pub fn arrangement(&self) -> Option<&Arrangement<'r>> {
        match &self.outcome {
            Outcome::Held(arrangement)
            | Outcome::JointlyHeld(arrangement)
            | Outcome::Unsettled(arrangement) => Some(arrangement),
            Outcome::NotDelegated
            | Outcome::Gap { .. }
            | Outcome::Conflict { .. }
            | Outcome::Unknown { .. } => None,
        }
    }

    /// The reason, if the answer is unknown.
    #[must_use]
    pub fn unknown(&self) -> Option<&Unknown> {
        match &self.outcome {
            Outcome::Unknown { reason, .. } => Some(reason),
            Outcome::Held(_)
            | Outcome::JointlyHeld(_)
            | Outcome::Unsettled(_)
            | Outcome::NotDelegated
            | Outcome::Gap { .. }
            | Outcome::Conflict { .. } => None,
        }
    }

    /// The power under which the function is exercised, where that is known.
    #[must_use]
    pub fn basis(&self) -> Option<LegalBasis> {
        match &self.outcome {
            Outcome::Held(arrangement)
            | Outcome::JointlyHeld(arrangement)
            | Outcome::Unsettled(arrangement) => Some(arrangement.basis),
            Outcome::NotDelegated => Some(LegalBasis::NoArrangement),
            Outcome::Gap { .. } | Outcome::Conflict { .. } | Outcome::Unknown { .. } => None,
        }
    }

    /// The instruments in force that the answer rests on, or that conflict.
    #[must_use]
    pub fn instruments(&self) -> &[&'r InstrumentId] {
        match &self.outcome {
            Outcome::Held(arrangement)
            | Outcome::JointlyHeld(arrangement)
            | Outcome::Unsettled(arrangement) => &arrangement.instruments,
            Outcome::Conflict { instruments, .. } => instruments,
            Outcome::NotDelegated | Outcome::Gap { .. } | Outcome::Unknown { .. } => &[],
        }
    }

    /// The earlier instruments of a chain, whose receivers passed the function on.
    #[must_use]
    pub fn links(&self) -> &[&'r InstrumentId] {
        self.arrangement().map(|arrangement| arrangement.links.as_slice()).unwrap_or_default()
    }

    /// The conditions on which the function is exercised.
    #[must_use]
    pub fn conditions(&self) -> &[&'r Text] {
        self.arrangement().map(|arrangement| arrangement.conditions.as_slice()).unwrap_or_default()
    }

    /// The cases in which the receiver bears losses by contract.
    #[must_use]
    pub fn loss_exceptions(&self) -> &[&'r Text] {
        let arrangement = self.arrangement();
        arrangement.map(|arrangement| arrangement.loss_exceptions.as_slice()).unwrap_or_default()
    }

    /// In a gap: the instruments of the predecessors.
    #[must_use]
    pub fn predecessor_instruments(&self) -> &[&'r InstrumentId] {
        match &self.outcome {
            Outcome::Gap { predecessor_instruments, .. } => predecessor_instruments,
            Outcome::Held(_)
            | Outcome::JointlyHeld(_)
            | Outcome::Unsettled(_)
            | Outcome::NotDelegated
            | Outcome::Conflict { .. }
            | Outcome::Unknown { .. } => &[],
        }
    }

    /// The cases that the facts leave open, or that conflict.
    #[must_use]
    pub fn cases(&self) -> &[Case<'r>] {
        match &self.outcome {
            Outcome::Gap { cases, .. }
            | Outcome::Conflict { cases, .. }
            | Outcome::Unknown { cases, .. } => cases,
            Outcome::Held(_)
            | Outcome::JointlyHeld(_)
            | Outcome::Unsettled(_)
            | Outcome::NotDelegated => &[],
        }
    }

    /// The events in `grounds` and `now_grounds` together, in log order.
    #[must_use]
    pub fn all_grounds(&self) -> Vec<Ground> {
        let mut all = self.grounds.clone();
        all.extend(&self.now_grounds);
        all.sort_unstable();
        all.dedup_by_key(|ground| (ground.position, ground.kind));
        all
    }

    /// Whether two answers are equal, apart from the events that they rest on.
    #[must_use]
    pub fn is_the_same(&self, other: &Self) -> bool {
        let bare =
            |answer: &Self| Self { grounds: Vec::new(), now_grounds: Vec::new(), ..answer.clone() };
        bare(self) == bare(other)
    }

    /// Whether two answers say the same, apart from the point of the plane asked about, the events
    /// that they rest on, and who answers now.
    #[must_use]
    pub fn reads_the_same(&self, other: &Self) -> bool {
        let bare = |answer: &Self| Self { grounds: Vec::new(), ..answer.clone() };
        bare(self).says_the_same(&bare(other))
    }

    /// Whether two answers say the same on the same grounds, apart from the point of the plane
    /// asked about and who answers now.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let same_point = |answer: &Self| Self {
            effective_on: self.effective_on,
            known_at: self.known_at,
            answering_now: Vec::new(),
            now_grounds: Vec::new(),
            ..answer.clone()
        };
        same_point(self) == same_point(other)
    }
}
