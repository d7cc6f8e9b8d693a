//! The data of an answer: which bodies have which roles in a function, and on what legal basis. An
//! answer is never a single name.

use remit_domain::{
    BodyCode, Capacity, Confidence, ContractId, Day, Forum, InstrumentId, LegalBasis, Position,
    RuleId, Text, vocabulary,
};

use crate::register::KnownAt;

/// The place that a question asks about: a body or a contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The place is a body: a practice, a CCG, a sub-ICB location or an ICB.
    Body(BodyCode),
    /// The place is one contract of a practice.
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

    /// Reads a place from text: text with a slash is a contract's id, any other text a body's code.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('/') {
            return text.parse().map(Self::Contract);
        }
        text.parse().map(Self::Body)
    }
}

vocabulary! {
    /// The kind of an answer, such as held, gap or unknown.
    ResultKind, "kind of answer";
    /// The answer says that one body exercises the function under an instrument.
    Held = "held",
    /// The answer says that several bodies exercise the function together under one instrument.
    JointlyHeld = "jointly-held",
    /// The answer says that the holder exercises its own function itself.
    NotDelegated = "not-delegated",
    /// The commissioner was replaced by a new body, and no instrument names the new body.
    Gap = "gap",
    /// Instruments in force disagree about who exercises the function, or on what basis.
    Conflict = "conflict",
    /// The answer says which body exercises the function, but the law does not say who is liable.
    Unsettled = "unsettled",
    /// There is no evidence of who exercises the function, or the question cannot be answered.
    Unknown = "unknown",
}

vocabulary! {
    /// The reason why an answer is unknown. Unlike [`Unknown`], a value of this type does not list
    /// other places to ask about.
    UnknownReason, "reason why an answer is unknown";
    /// The function is not recorded in the register.
    FunctionNotRecorded = "function-not-recorded",
    /// The catalogue has no segment of the function on the day asked about.
    FunctionOutsideRecords = "function-outside-records",
    /// The place is not recorded in the register.
    PlaceNotRecorded = "place-not-recorded",
    /// The place did not exist yet on the day asked about.
    PlaceNotYetInBeing = "place-not-yet-in-being",
    /// The place had ceased to exist by the day asked about, and no successor is recorded.
    PlaceCeased = "place-ceased",
    /// The place is a body that cannot be asked about, because it has no area and lies in no area.
    NotAPlace = "not-a-place",
    /// No commissioner is recorded for the place on the day asked about.
    NoCommissioner = "no-commissioner",
    /// The area of the place is divided between several commissioners.
    AreaDivided = "area-divided",
    /// Contracts of one practice belong to different commissioners.
    ContractsDiffer = "contracts-differ",
    /// The law lets a body other than the holder exercise the function, but no evidence says
    /// whether such a body does.
    NoEvidence = "no-evidence",
    /// The register does not hold the bodies on which the law places the function.
    HolderOutsideRecords = "holder-outside-records",
    /// An instrument in force reaches only part of the place, because it lists contracts.
    ReachesPart = "reaches-part",
}

/// The reason why an answer is unknown, and the places to ask about instead, if there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The function is not recorded in the register.
    FunctionNotRecorded,
    /// The catalogue has no segment of the function on the day asked about.
    FunctionOutsideRecords,
    /// The law places the function on bodies that the register does not hold. The text says which.
    HolderOutsideRecords(Text),
    /// The place is not recorded in the register.
    PlaceNotRecorded,
    /// The place did not exist yet on the day asked about.
    PlaceNotYetInBeing,
    /// The place had ceased to exist by the day asked about, and no successor is recorded.
    PlaceCeased,
    /// The place is a body that cannot be asked about, because it has no area and lies in no area.
    NotAPlace,
    /// No commissioner is recorded for the place on the day asked about.
    NoCommissioner,
    /// The area of the place is divided between several commissioners. Ask about one of the listed
    /// bodies instead.
    AreaDivided(Vec<BodyCode>),
    /// Contracts of one practice belong to different commissioners. Ask about one of the listed
    /// contracts instead.
    ContractsDiffer(Vec<ContractId>),
    /// The law lets a body other than the holder exercise the function, but no evidence says
    /// whether such a body does.
    NoEvidence,
    /// An instrument in force reaches only part of the place, because it lists contracts. Ask about
    /// a contract instead; these are those listed.
    ReachesPart(Vec<ContractId>),
}

impl Unknown {
    /// The reason why the answer is unknown, as a value that does not list other places to ask
    /// about.
    #[must_use]
    pub fn reason(&self) -> UnknownReason {
        match self {
            Self::FunctionNotRecorded => UnknownReason::FunctionNotRecorded,
            Self::FunctionOutsideRecords => UnknownReason::FunctionOutsideRecords,
            Self::HolderOutsideRecords(_) => UnknownReason::HolderOutsideRecords,
            Self::PlaceNotRecorded => UnknownReason::PlaceNotRecorded,
            Self::PlaceNotYetInBeing => UnknownReason::PlaceNotYetInBeing,
            Self::PlaceCeased => UnknownReason::PlaceCeased,
            Self::NotAPlace => UnknownReason::NotAPlace,
            Self::NoCommissioner => UnknownReason::NoCommissioner,
            Self::AreaDivided(_) => UnknownReason::AreaDivided,
            Self::ContractsDiffer(_) => UnknownReason::ContractsDiffer,
            Self::NoEvidence => UnknownReason::NoEvidence,
            Self::ReachesPart(_) => UnknownReason::ReachesPart,
        }
    }

    /// The codes or ids of the places to ask about instead of the place asked about, or whom to ask
    /// instead of the register. Empty if there are none.
    #[must_use]
    pub fn ask_instead(&self) -> Vec<String> {
        match self {
            Self::AreaDivided(codes) => codes.iter().map(ToString::to_string).collect(),
            Self::ContractsDiffer(ids) | Self::ReachesPart(ids) => {
                ids.iter().map(ToString::to_string).collect()
            }
            Self::HolderOutsideRecords(who) => vec![who.to_string()],
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
    /// Whether the law and the recorded facts determine who is liable.
    LiableState, "state of liability";
    /// The law and the recorded facts determine who is liable.
    Settled = "settled",
    /// The law does not say who is liable.
    Unsettled = "unsettled",
    /// The recorded facts do not determine who is liable.
    Unknown = "unknown",
}

/// Who is liable: the bodies against which rights and liabilities lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liability<'r> {
    /// Whether the law and the recorded facts determine who is liable.
    pub state: LiableState,
    /// The liable bodies. The list is empty unless `state` is settled. It has several bodies if
    /// each of them is liable for its own exercise of the function.
    pub bodies: Vec<BodyCode>,
    /// The rules that say who is liable.
    pub rules: Vec<&'r RuleId>,
    /// How certain it is who is liable: the lowest confidence of the law and the facts used.
    pub confidence: Confidence,
    /// True if `state` or `confidence` was found by comparing all possible cases, and the same body
    /// is liable in each of them.
    pub in_every_case: bool,
}

/// One possible state of affairs: a case that the facts leave open, or one of several cases that
/// conflict with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<'r> {
    /// The legal basis on which the function would be exercised in this case.
    pub basis: LegalBasis,
    /// The instrument under which the function would be exercised in this case, if there is one.
    pub instrument: Option<&'r InstrumentId>,
    /// The bodies that would exercise the function in this case.
    pub exercisers: Vec<BodyCode>,
    /// The bodies that would be liable in this case. Empty if the law does not say.
    pub liable: Vec<BodyCode>,
    /// The rule that says who would be liable in this case, if there is one.
    pub rule: Option<&'r RuleId>,
}

/// A body that does the work of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performer {
    /// The body that does the work of the function.
    pub body: BodyCode,
    /// How certain it is that the body does the work. `None` if nothing is recorded about the work,
    /// so that the exerciser is assumed to do it.
    pub confidence: Option<Confidence>,
}

/// An expectation: a recorded belief of who would exercise a function, which has no legal effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation<'r> {
    /// The position of the event that recorded the expectation.
    pub position: Position,
    /// The body that was expected to exercise the function.
    pub expected: BodyCode,
    /// What raised the expectation, such as a policy or a press statement.
    pub nature: &'r Text,
    /// True if no instrument that is in force or executed gives the function to the expected body.
    pub without_instrument: bool,
}

vocabulary! {
    /// The kind of something that is known but has no effect, or no effect yet, on the answer.
    UnappliedKind, "kind of what is not applied";
    /// An instrument is approved but not executed.
    ApprovedNotExecuted = "approved-not-executed",
    /// An instrument is executed but not in force.
    ExecutedNotInForce = "executed-not-in-force",
    /// Notice has been given to end an instrument that is still in force.
    NoticePending = "notice-pending",
    /// Instruments in force disagree with each other.
    ConflictOpen = "conflict-open",
    /// A rule that would move the function is enacted but not commenced.
    RuleNotCommenced = "rule-not-commenced",
    /// A source says that an instrument was in force, and does not say when.
    SightedUndated = "sighted-undated",
}

/// Something that is known but has no effect on the answer, or no effect yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unapplied<'r> {
    /// The kind of what is unapplied, such as an instrument that is executed but not in force.
    pub kind: UnappliedKind,
    /// The position of the event that recorded the unapplied step, notice, rule or period in force.
    pub position: Position,
    /// The instrument that is not in force yet, that will end by notice, or that conflicts with
    /// another instrument. `None` if what is unapplied is a rule.
    pub instrument: Option<&'r InstrumentId>,
    /// The rule that is enacted but not commenced. `None` if what is unapplied is an instrument.
    pub rule: Option<&'r RuleId>,
    /// The day on which notice ends the instrument. `None` if no such day is known.
    pub effective_on: Option<Day>,
}

/// One step from a body that has ceased to one that came after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweringStep<'r> {
    /// The body that ceased.
    pub from: BodyCode,
    /// The body that came after it.
    pub to: BodyCode,
    /// The day of the step.
    pub on: Day,
    /// The position of the event that recorded the succession.
    pub position: Position,
    /// The rule, law on the day of the step, that treats what `from` did as done by `to`.
    pub rule: Option<&'r RuleId>,
    /// The power by which liabilities passed, if they passed by a transfer scheme. The event at
    /// `position` then recorded the scheme, not a succession.
    pub power: Option<&'r Text>,
    /// What passes, if the scheme says it only in words.
    pub described: Option<&'r Text>,
    /// What does not pass, if the scheme excepts anything.
    pub excepted: Option<&'r Text>,
    /// How certain it is that liabilities passed by this step.
    pub confidence: Confidence,
}

/// Who answers on a later day for a body that has ceased by then, or whose liabilities have passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweringNow<'r> {
    /// The body, which the answer names as exerciser or as liable.
    pub body: BodyCode,
    /// The bodies in being on the later day that may answer. The body itself is among them if it is
    /// in being and nothing has certainly passed from it.
    pub successors: Vec<BodyCode>,
    /// The rule, if any, that treats what the body did as done by the body that came next.
    /// It is unsettled whether such a rule moves liability for earlier acts, so the answer names
    /// both bodies.
    pub read_across: Option<&'r RuleId>,
    /// The steps that lead from the body to the successors, by day.
    pub steps: Vec<AnsweringStep<'r>>,
    /// Settled if one successor answers, by steps that are at least derived. Unknown if no
    /// successor is known.
    pub state: LiableState,
    /// The lowest confidence of the steps.
    pub confidence: Confidence,
}

/// Bodies that have a capacity beside holding, exercising and being liable for the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InCapacity<'r> {
    /// The capacity that the bodies have.
    pub capacity: Capacity,
    /// The bodies that have the capacity, in order of code.
    pub bodies: Vec<BodyCode>,
    /// The rule that gives the bodies the capacity.
    pub rule: &'r RuleId,
    /// How certain it is that the bodies have the capacity: at most as certain as the rule and as
    /// the answer.
    pub confidence: Confidence,
}

vocabulary! {
    /// The kind of fact that an answer takes from an event.
    GroundKind, "kind of ground";
    /// The fact that a body exists in a role.
    Body = "body",
    /// The fact that a membership leads from the place asked about to its commissioner.
    Membership = "membership",
    /// The fact that one body succeeded another.
    Succession = "succession",
    /// A row of the catalogue about the function.
    Function = "function",
    /// A row of law that the answer applies.
    Rule = "rule",
    /// The fact that an instrument was drawn up.
    Instrument = "instrument",
    /// The fact that an instrument came into force.
    InForce = "in-force",
    /// The fact that a commissioner did not have a function on certain legal bases.
    NotHeld = "not-held",
    /// The fact that a body did the work under an instrument.
    Work = "work",
    /// A recorded expectation of who would exercise the function.
    Expectation = "expectation",
    /// The fact that a body holds a contract.
    Contract = "contract",
    /// The end of a role, an instrument or a segment of a function.
    End = "end",
    /// A change of an instrument's text, or a condition that was attached or lifted.
    Variation = "variation",
    /// The fact that an instrument took a step towards coming into force.
    Stage = "stage",
    /// The fact that notice was given to end an instrument.
    Notice = "notice",
    /// The fact that a party to an instrument exists, or a national body to which others are
    /// accountable.
    Party = "party",
    /// The fact that a source saw an instrument in force, approved or begun.
    Sighting = "sighting",
}

/// One event that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ground {
    /// The position of the event that the answer rests on.
    pub position: Position,
    /// The kind of fact that the answer takes from the event.
    pub kind: GroundKind,
    /// The confidence with which the event counts towards the answer. This can be higher than the
    /// confidence of the event's own evidence: an event that does not decide the answer, or that a
    /// more certain event supports, does not lower the confidence of the answer.
    pub confidence: Confidence,
}

/// One body, and the body to which it is accountable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accountability {
    /// The body that is accountable.
    pub from: BodyCode,
    /// The body to which `from` is accountable.
    pub to: BodyCode,
}

/// A condition on which a function is exercised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition<'r> {
    /// The condition, in words.
    pub text: &'r Text,
    /// How certain it is that the condition applies: the confidence of the event that states it.
    pub confidence: Confidence,
}

/// The arrangement by which a function is exercised: the instruments and their terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement<'r> {
    /// The legal basis on which the function is exercised.
    pub basis: LegalBasis,
    /// The instruments in force that the answer rests on.
    pub instruments: Vec<&'r InstrumentId>,
    /// The links of a chain: the instruments before the last one. By each link a body received the
    /// function, and that body then passed the function on.
    pub links: Vec<&'r InstrumentId>,
    /// The committee through which the function is exercised, if there is one.
    pub forum: Option<&'r Forum>,
    /// The conditions on which the function is exercised.
    pub conditions: Vec<Condition<'r>>,
    /// The cases in which the receiver of the function bears losses by contract. Such a contract
    /// never changes who is liable in law.
    pub loss_exceptions: Vec<&'r Text>,
}

/// The kind of an answer, with the details that only answers of that kind have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'r> {
    /// The answer says that one body exercises the function under an instrument.
    Held(Arrangement<'r>),
    /// The answer says that several bodies exercise the function together under one instrument.
    JointlyHeld(Arrangement<'r>),
    /// The answer says which body exercises the function, but the law does not say who is liable.
    Unsettled(Arrangement<'r>),
    /// The answer says that the holder exercises its own function itself.
    NotDelegated,
    /// The commissioner was replaced by a new body, and no instrument names the new body.
    Gap {
        /// The possible cases that the facts leave open.
        cases: Vec<Case<'r>>,
        /// The instruments of the bodies that preceded the new commissioner.
        predecessor_instruments: Vec<&'r InstrumentId>,
    },
    /// Instruments in force disagree about who exercises the function, or on what basis.
    Conflict {
        /// The case under each of the conflicting instruments.
        cases: Vec<Case<'r>>,
        /// The instruments that disagree with each other.
        instruments: Vec<&'r InstrumentId>,
    },
    /// There is no evidence of who exercises the function, or the question cannot be answered.
    Unknown {
        /// The reason why the answer is unknown.
        reason: Unknown,
        /// The possible cases that the facts leave open.
        cases: Vec<Case<'r>>,
    },
}

/// The answer to a question: who holds, exercises, is liable for and answers for a function at a
/// place on a day, as known at a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'r> {
    /// The effective day that the question asks about.
    pub effective_on: Day,
    /// The position that the question asks about, and the instant at which the event at that
    /// position was recorded.
    pub known_at: KnownAt,
    /// The kind of this answer, with the details that only answers of that kind have.
    pub outcome: Outcome<'r>,
    /// The commissioner in whose area the place lies, if known.
    pub area: Option<BodyCode>,
    /// The body on which statute places the function, if known.
    pub holder: Option<BodyCode>,
    /// Whether the function is reserved to its holder, that is, kept whatever else is delegated.
    pub reserved: bool,
    /// The bodies entitled to decide in the function. Empty if the answer is unknown, a gap or a
    /// conflict.
    pub exercisers: Vec<BodyCode>,
    /// Who is liable: the bodies against which rights and liabilities lie.
    pub liable: Liability<'r>,
    /// Who is accountable to whom: each item names one body, and the body to which that body is
    /// accountable.
    pub accountable: Vec<Accountability>,
    /// The bodies that do the work of the function.
    pub performed_by: Vec<Performer>,
    /// The bodies that have a capacity beside those above. Empty if the answer does not name who
    /// exercises the function.
    pub capacities: Vec<InCapacity<'r>>,
    /// The rules on how the function is exercised, such as a procurement regime. Empty if the
    /// answer does not name who exercises the function.
    pub regimes: Vec<&'r RuleId>,
    /// The recorded expectations of who would exercise the function in the area.
    pub expectations: Vec<Expectation<'r>>,
    /// What is known but has no effect on the answer: instruments that are approved or executed but
    /// not in force, notice given, conflicts, and rules that are not commenced.
    pub known_unapplied: Vec<Unapplied<'r>>,
    /// The day on which the bodies in `answering_now` answer: the day asked about or, if none was,
    /// the day on which the last known event was recorded. `None` if that day is not known.
    pub answers_on: Option<Day>,
    /// For each exerciser or liable body that has ceased by the day `answers_on`, or whose
    /// liabilities have passed by then: the bodies that answer for it on that day.
    pub answering_now: Vec<AnsweringNow<'r>>,
    /// The events that show which bodies now answer for ceased bodies, as listed in
    /// `answering_now`.
    pub now_grounds: Vec<Ground>,
    /// The lowest confidence of the facts that the answer uses; `Disputed` if the answer is a
    /// conflict, and `Unconfirmed` if it is a gap or unknown.
    pub confidence: Confidence,
    /// The events that the answer rests on, in log order.
    pub grounds: Vec<Ground>,
}

impl<'r> Answer<'r> {
    /// The kind of this answer.
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

    /// The arrangement by which the function is exercised, if it is exercised under instruments.
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

    /// The reason why the answer is unknown, if it is unknown.
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

    /// The legal basis on which the function is exercised, if it is known.
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

    /// The instruments in force that the answer rests on, or that conflict with each other.
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

    /// The links of a chain: the instruments before the last one, whose receivers passed the
    /// function on to another body.
    #[must_use]
    pub fn links(&self) -> &[&'r InstrumentId] {
        self.arrangement().map(|arrangement| arrangement.links.as_slice()).unwrap_or_default()
    }

    /// The conditions on which the function is exercised.
    #[must_use]
    pub fn conditions(&self) -> &[Condition<'r>] {
        self.arrangement().map(|arrangement| arrangement.conditions.as_slice()).unwrap_or_default()
    }

    /// The cases in which the receiver of the function bears losses by contract.
    #[must_use]
    pub fn loss_exceptions(&self) -> &[&'r Text] {
        let arrangement = self.arrangement();
        arrangement.map(|arrangement| arrangement.loss_exceptions.as_slice()).unwrap_or_default()
    }

    /// The instruments of the bodies that preceded the commissioner. Empty unless the answer is a
    /// gap.
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

    /// The possible cases that the facts leave open, or that conflict with each other.
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

    /// The events in `grounds` and `now_grounds` together, in log order, without duplicates.
    #[must_use]
    pub fn all_grounds(&self) -> Vec<Ground> {
        let mut all = self.grounds.clone();
        all.extend(&self.now_grounds);
        all.sort_unstable();
        all.dedup_by_key(|ground| (ground.position, ground.kind));
        all
    }

    /// Whether this answer equals `other`, ignoring the events that each answer rests on.
    #[must_use]
    pub fn is_the_same(&self, other: &Self) -> bool {
        let bare =
            |answer: &Self| Self { grounds: Vec::new(), now_grounds: Vec::new(), ..answer.clone() };
        bare(self) == bare(other)
    }

    /// Whether this answer and `other` say the same, of the day asked about and of who would answer
    /// later. Two things are not compared: the days and positions asked about, and the events that
    /// each answer rests on.
    #[must_use]
    pub fn reads_the_same(&self, other: &Self) -> bool {
        let bare = |answer: &Self| Self { grounds: Vec::new(), ..answer.clone() };
        self.names_the_same_later(other) && bare(self).says_the_same(&bare(other))
    }

    /// Whether this answer and `other` name the same bodies that would answer later, by the same
    /// steps.
    fn names_the_same_later(&self, other: &Self) -> bool {
        let without_events = |answer: &Self| {
            let mut later = answer.answering_now.clone();
            later.iter_mut().flat_map(|now| &mut now.steps).for_each(|step| {
                step.position = Position::ZERO;
            });
            later
        };
        without_events(self) == without_events(other)
    }

    /// Whether this answer and `other` say the same of the day asked about, and rest on the same
    /// events. Two things are not compared: the day and position asked about, and the bodies that
    /// would answer later.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let same_point = |answer: &Self| Self {
            effective_on: self.effective_on,
            known_at: self.known_at,
            answers_on: None,
            answering_now: Vec::new(),
            now_grounds: Vec::new(),
            ..answer.clone()
        };
        same_point(self) == same_point(other)
    }
}
