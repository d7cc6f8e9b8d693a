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

    /// A contract's id is told from a body's code by its slash.
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
    /// The register knew no such function.
    FunctionNotRecorded = "function-not-recorded",
    /// The catalogue says nothing of the function on the day.
    FunctionOutsideRecords = "function-outside-records",
    /// The register knew no such place.
    PlaceNotRecorded = "place-not-recorded",
    /// The place had not come into being on the day.
    PlaceNotYetInBeing = "place-not-yet-in-being",
    /// The place had ceased, and nothing is recorded to succeed it.
    PlaceCeased = "place-ceased",
    /// The body has no area of which it could be asked.
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
    /// The register knew no such function.
    FunctionNotRecorded,
    /// The catalogue says nothing of the function on the day.
    FunctionOutsideRecords,
    /// The register knew no such place.
    PlaceNotRecorded,
    /// The place had not come into being on the day.
    PlaceNotYetInBeing,
    /// The place had ceased, and nothing is recorded to succeed it.
    PlaceCeased,
    /// The body has no area of which it could be asked.
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
    /// The reason by itself.
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
    /// They do.
    Settled = "settled",
    /// The law does not say.
    Unsettled = "unsettled",
    /// The facts do not say.
    Unknown = "unknown",
}

/// Against whom rights and liabilities lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liability<'r> {
    /// Whether that is known.
    pub state: LiableState,
    /// Who. Empty unless settled; several where each is liable for its own exercise.
    pub bodies: Vec<BodyCode>,
    /// The rows of law that say so.
    pub rules: Vec<&'r RuleId>,
    /// How sure that is: by the law and the facts that the liability itself rests on.
    pub confidence: Confidence,
    /// Whether it is settled only because every possible case has the same liable body.
    pub in_every_case: bool,
}

/// One case that the facts leave open, or one of several that conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<'r> {
    /// On what basis.
    pub basis: LegalBasis,
    /// Under which instrument, if by one.
    pub instrument: Option<&'r InstrumentId>,
    /// Who would exercise.
    pub exercisers: Vec<BodyCode>,
    /// Who would be liable; empty where the law does not say.
    pub liable: Vec<BodyCode>,
    /// The row of law.
    pub rule: Option<&'r RuleId>,
}

/// Who does the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performer {
    /// The body.
    pub body: BodyCode,
    /// How sure that is. `None`: nothing is recorded, and it is taken to be who exercises.
    pub confidence: Option<Confidence>,
}

/// A statement of who would exercise: belief, not legal effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation<'r> {
    /// The event.
    pub position: Position,
    /// Who was expected to exercise.
    pub expected: BodyCode,
    /// What kind of statement it is.
    pub nature: &'r Text,
    /// Whether no instrument giving the function to that body was in force or even executed.
    pub without_instrument: bool,
}

vocabulary! {
    /// What is known and has no effect on the answer, or not yet.
    UnappliedKind, "kind of what is not applied";
    /// An instrument that is approved, not executed.
    ApprovedNotExecuted = "approved-not-executed",
    /// An instrument that is executed, not in force.
    ExecutedNotInForce = "executed-not-in-force",
    /// Notice to end an instrument, which still runs.
    NoticePending = "notice-pending",
    /// Instruments in force that disagree.
    ConflictOpen = "conflict-open",
    /// A rule that would move the function, enacted and not commenced.
    RuleNotCommenced = "rule-not-commenced",
}

/// One thing that is known and not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unapplied<'r> {
    /// What it is.
    pub kind: UnappliedKind,
    /// The event that says so.
    pub position: Position,
    /// The instrument, if it is about one.
    pub instrument: Option<&'r InstrumentId>,
    /// The rule, if it is about one.
    pub rule: Option<&'r RuleId>,
    /// The day from which it is to have effect, where that is known.
    pub effective_on: Option<Day>,
}

/// Who answers now for a body that has ceased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweringNow<'r> {
    /// The body as at the day asked about.
    pub body: BodyCode,
    /// Its successors in being on the day at which the answer is known.
    pub successors: Vec<BodyCode>,
    /// A rule by which what it did is treated as done by the successor. Whether that moves
    /// liability for what was done before is unsettled: both answers stand.
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
    /// A step on the way to force.
    Stage = "stage",
    /// Notice given.
    Notice = "notice",
    /// A party to an instrument, or a national body to which others answer, in being.
    Party = "party",
}

/// One event that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ground {
    /// The event.
    pub position: Position,
    /// In what way.
    pub kind: GroundKind,
    /// How sure the answer is as far as this event goes: what only stands beside it, or is borne
    /// out by something surer, does not lower it. How sure the event's source is, its evidence
    /// says.
    pub confidence: Confidence,
}

/// That one body answers to another.
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
    /// The power.
    pub basis: LegalBasis,
    /// The instruments in force that the answer rests on.
    pub instruments: Vec<&'r InstrumentId>,
    /// The instruments before them in a chain, by which their giver has the function.
    pub links: Vec<&'r InstrumentId>,
    /// The committee through which the function is exercised.
    pub forum: Option<&'r Forum>,
    /// The conditions.
    pub conditions: Vec<&'r Text>,
    /// When the receiver bears losses by contract; never changes who is liable in law.
    pub loss_exceptions: Vec<&'r Text>,
}

/// What kind of answer it is, and what only such an answer says.
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
        /// What each of them would make of it.
        cases: Vec<Case<'r>>,
        /// The instruments.
        instruments: Vec<&'r InstrumentId>,
    },
    /// There is no evidence, or the question cannot be answered.
    Unknown {
        /// Why.
        reason: Unknown,
        /// The cases that the facts leave open.
        cases: Vec<Case<'r>>,
    },
}

/// Who holds, exercises, is liable for and answers for a function at a place on a day, as known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'r> {
    /// The effective day asked about.
    pub effective_on: Day,
    /// The point of the known axis it is for.
    pub known_at: KnownAt,
    /// What kind of answer it is, and what only such an answer says.
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
    /// What was expected besides.
    pub expectations: Vec<Expectation<'r>>,
    /// What is known and not applied: approved, executed, notice given, conflicts, rules not
    /// commenced.
    pub known_unapplied: Vec<Unapplied<'r>>,
    /// For bodies above that had ceased by the day on which it is known: who answers for them then.
    pub answering_now: Vec<AnsweringNow<'r>>,
    /// The events that who answers now rests on, besides those of the answer.
    pub now_grounds: Vec<Ground>,
    /// The lowest confidence of the facts used; disputed in a conflict.
    pub confidence: Confidence,
    /// The events that the answer rests on, in log order.
    pub grounds: Vec<Ground>,
}

impl<'r> Answer<'r> {
    /// What kind of answer it is.
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

    /// The instruments by which the function is exercised, if it is by instruments.
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

    /// Why it is unknown, if it is.
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

    /// The instruments in force that it rests on, or that conflict.
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

    /// The instruments before those in force in a chain.
    #[must_use]
    pub fn links(&self) -> &[&'r InstrumentId] {
        self.arrangement().map(|arrangement| arrangement.links.as_slice()).unwrap_or_default()
    }

    /// The conditions on which the function is exercised.
    #[must_use]
    pub fn conditions(&self) -> &[&'r Text] {
        self.arrangement().map(|arrangement| arrangement.conditions.as_slice()).unwrap_or_default()
    }

    /// When the receiver bears losses by contract.
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

    /// Every event that the answer rests on, who answers now included, in log order.
    #[must_use]
    pub fn all_grounds(&self) -> Vec<Ground> {
        let mut all = self.grounds.clone();
        all.extend(&self.now_grounds);
        all.sort_unstable();
        all.dedup_by_key(|ground| (ground.position, ground.kind));
        all
    }

    /// Whether two answers are alike in all but the events each rests on.
    #[must_use]
    pub fn is_the_same(&self, other: &Self) -> bool {
        let bare =
            |answer: &Self| Self { grounds: Vec::new(), now_grounds: Vec::new(), ..answer.clone() };
        bare(self) == bare(other)
    }

    /// Whether two answers say the same, whatever point of the plane each was asked at and whatever
    /// events each rests on.
    #[must_use]
    pub fn reads_the_same(&self, other: &Self) -> bool {
        let bare = |answer: &Self| Self { grounds: Vec::new(), ..answer.clone() };
        bare(self).says_the_same(&bare(other))
    }

    /// Whether two answers say the same on the same grounds, whatever point of the plane each was
    /// asked at.
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
