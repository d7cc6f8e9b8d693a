//! Checks a statement with nothing but a public key.
//!
//! The checks are, in order: the file is written in the only allowed way; the checkpoint is signed;
//! the events are in the log of the checkpoint; the events include every event filed under a key
//! that the question needs, and no event that is not needed; the answer follows from the events.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::{
    Confidence, Day, DisputeFact, Event, Fact, FunctionCode, InstrumentFact, Key, LawFact,
    Position, Start, UtcInstant,
};
use remit_ledger::index::{IndexProof, Shown};
use remit_ledger::{Checkpoint, Hash, VerifierKey, note, tree};
use remit_register::{Place, Register, filing};
use remit_shape::{Recorded, decode};

use crate::file::{Asked, Disputed, Edition, KnownSpan, RuleApplied, Statement, VERSION};
use crate::said::Said;

/// Why a statement is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Refused {
    /// The part of the statement's file that is wrong.
    pub field: &'static str,
    /// What is wrong with that part of the file.
    pub why: String,
}

fn refused(field: &'static str, why: impl ToString) -> Refused {
    Refused { field, why: why.to_string() }
}

/// The contents of a statement that passed every check.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The statement that was checked.
    pub statement: Statement,
    /// The checkpoint that the statement rests on.
    pub checkpoint: Checkpoint,
    /// The signature lines on the checkpoint that were made with keys that the reader did not give.
    /// These lines are not checked.
    pub others: Vec<String>,
    /// The events in the statement, decoded, by position.
    pub events: BTreeMap<Position, Recorded>,
    /// The events that bear on the question but were recorded after the position asked about, up to
    /// the checkpoint.
    pub since: Since,
}

/// The events that bear on the question but were recorded after the position asked about. The file
/// encloses these events, but the answer does not apply them.
#[derive(Clone, Debug, Default)]
pub struct Since {
    /// The positions of the events that bear on the question and were recorded after the position
    /// asked about.
    pub events: Vec<Position>,
    /// What the answer would say if the events in `events` were applied. `None` if these events do
    /// not change the answer.
    pub says: Option<Said>,
}

fn since(
    asked: &Asked,
    edition: Edition,
    events: &BTreeMap<Position, Recorded>,
    bearing: &BTreeSet<Position>,
    size: Position,
) -> Result<Since, Refused> {
    let Some(question) = Question::read(asked, edition)? else { return Ok(Since::default()) };
    let known_at = question.known_at;
    let later: Vec<_> = bearing.range(known_at.next()..).copied().collect();
    let Some(last) = later.last() else { return Ok(Since::default()) };
    let says = |known_at| {
        let recorded_at = recorded_at(events, *last);
        let all = events.iter().map(|(position, recorded)| (*position, &recorded.event));
        Question { known_at, ..question.clone() }.answered(all, recorded_at)
    };
    let (then, now) = (says(known_at), says(size));
    Ok(Since { events: later, says: (now != then).then_some(now) })
}

/// The instant at which the event at `position` was recorded or, if that event is not among
/// `events`, the first instant of 1970.
pub(crate) fn recorded_at(events: &BTreeMap<Position, Recorded>, position: Position) -> UtcInstant {
    let recorded_at = events.get(&position).map(|recorded| recorded.recorded_at);
    recorded_at.unwrap_or(UtcInstant::from_micros(0))
}

/// A question in the register's own types, read from the text in the file.
#[derive(Clone)]
pub(crate) struct Question {
    pub function: FunctionCode,
    pub place: Place,
    pub on: Day,
    pub answers_on: Option<Day>,
    pub known_at: Position,
    pub edition: Edition,
}

impl Question {
    /// The question that a statement answers. `None` for a statement of nothing.
    pub fn read(asked: &Asked, edition: Edition) -> Result<Option<Self>, Refused> {
        let Asked::WhoHolds { function, place, effective_on, known_at, answers_on } = asked else {
            return Ok(None);
        };
        let on: Day =
            effective_on.parse().map_err(|e| refused("asked.who_holds.effective_on", e))?;
        let day = |text: &String| text.parse::<Day>();
        let answers_on = answers_on.as_ref().map(day).transpose();
        let answers_on = answers_on.map_err(|e| refused("asked.who_holds.answers_on", e))?;
        if answers_on.is_some_and(|day| edition == Edition::One || day < on) {
            let why = "it must not be before effective_on, and is not in version 1";
            return Err(refused("asked.who_holds.answers_on", why));
        }
        Ok(Some(Self {
            edition,
            function: function.parse().map_err(|e| refused("asked.who_holds.function", e))?,
            place: place.parse().map_err(|e| refused("asked.who_holds.place", e))?,
            on,
            answers_on,
            known_at: Position::new(*known_at),
        }))
    }

    /// A register that knows only `events` up to `known_at`, each at its own position.
    fn register<'e>(&self, events: impl Iterator<Item = (Position, &'e Event)>) -> Register {
        let mut register = Register::new();
        for (position, event) in events.take_while(|(position, _)| *position <= self.known_at) {
            register.skip_to(position.prev());
            register.apply(event);
        }
        register.skip_to(self.known_at);
        register
    }

    /// The answer of a register that knows only `events` up to `known_at`, each at its own
    /// position.
    pub fn answered<'e>(
        &self,
        events: impl Iterator<Item = (Position, &'e Event)>,
        recorded_at: UtcInstant,
    ) -> Said {
        let mut register = self.register(events);
        register.stamp(self.known_at, recorded_at);
        let (function, place) = (&self.function, &self.place);
        match self.edition {
            Edition::One => {
                let answer =
                    register.who_holds_in_version_1(function, place, self.on, self.known_at);
                Said::of(&answer).in_version_1(&register.answering_in_version_1(&answer))
            }
            Edition::Two => {
                let days = (self.on, self.answers_on);
                Said::of(&register.who_holds_answering(function, place, days, self.known_at))
            }
        }
    }
}

/// Checks a statement. `keys` are the public keys that the reader trusts. The reader obtains them
/// from elsewhere, not from the statement.
///
/// # Errors
/// [`Refused`], which names the part of the file that is wrong.
pub fn verify(text: &str, keys: &[VerifierKey]) -> Result<Verified, Refused> {
    let statement: Statement =
        serde_json::from_str(text).map_err(|error| refused("file", error))?;
    if statement.text() != text {
        return Err(refused(
            "file",
            "its bytes differ from what `remit audit statement` writes for the same content",
        ));
    }
    let Some(edition) = Edition::of(statement.remit_statement) else {
        let why = format!("this release reads the versions from 1 to {VERSION}");
        return Err(refused("remit_statement", why));
    };
    let (checkpoint, others) = Checkpoint::verify(&statement.checkpoint, keys)
        .map_err(|error| refused("checkpoint", error))?;
    let (signed, _) =
        note::open(&statement.signature, keys).map_err(|error| refused("signature", error))?;
    if statement.signed(&checkpoint.origin) != signed {
        return Err(refused("signature", "the signed digest is that of another file"));
    }
    // Accept exactly one signature line, because nobody would check any further lines.
    if statement.signature.lines().count() != signed.lines().count() + 2 {
        return Err(refused("signature", "it must have exactly one line, that of the present key"));
    }
    let index_root =
        checkpoint.index.ok_or_else(|| refused("checkpoint", "it signs no index of events"))?;
    let events = included(&statement, &checkpoint)?;
    let proof = IndexProof {
        buckets: statement.index.buckets.clone(),
        hashes: hashes("index.hashes", &statement.index.hashes)?,
    };
    let shown = proof.check(&index_root).map_err(|error| refused("index", error))?;
    let facts = facts(&events);
    let needed = needed(&statement.asked, edition, &facts)?;
    let size = Position::new(checkpoint.size);
    let besides = expected_besides(&statement.asked, size);
    let bearing = complete(&facts, &needed, &shown, besides)?;
    known(&statement, &checkpoint, &events)?;
    stated(&statement, edition, &events)?;
    if statement.not_claimed != Statement::not_claimed(&statement.asked, edition) {
        return Err(refused(
            "not_claimed",
            "it must list exactly what a statement of this kind does not claim",
        ));
    }
    let since = since(&statement.asked, edition, &events, &bearing, size)?;
    Ok(Verified { statement, checkpoint, others, events, since })
}

pub(crate) fn facts(events: &BTreeMap<Position, Recorded>) -> BTreeMap<Position, &Fact> {
    events.iter().map(|(position, recorded)| (*position, &recorded.event.fact)).collect()
}

fn hashes(field: &'static str, texts: &[String]) -> Result<Vec<Hash>, Refused> {
    let hash = |text: &String| STANDARD.decode(text).ok().and_then(|hash| Hash::from_slice(&hash));
    let hashes: Option<Vec<Hash>> = texts.iter().map(hash).collect();
    hashes.ok_or_else(|| refused(field, "a hash is not 32 bytes of base64"))
}

/// Decodes the events of the statement. Refuses events that are not in the log of the checkpoint.
fn included(
    statement: &Statement,
    checkpoint: &Checkpoint,
) -> Result<BTreeMap<Position, Recorded>, Refused> {
    let mut events = BTreeMap::new();
    let mut leaves = Vec::new();
    for text in &statement.events {
        let position =
            position_of(text).ok_or_else(|| refused("events", "an event has no position"))?;
        let recorded =
            decode(position, text.as_bytes()).map_err(|error| refused("events", error))?;
        if position == Position::ZERO || events.insert(position, recorded).is_some() {
            return Err(refused("events", format!("event {position} is there twice")));
        }
        leaves.push((position.prev().get(), tree::leaf(text.as_bytes())));
    }
    let proof = hashes("inclusion", &statement.inclusion)?;
    let root = tree::root_of_several(checkpoint.size, &leaves, &proof)
        .map_err(|error| refused("inclusion", error))?;
    if root != checkpoint.root {
        return Err(refused("events", "they belong to another log than the checkpoint"));
    }
    Ok(events)
}

fn position_of(text: &str) -> Option<Position> {
    let event = serde_json::from_str::<serde_json::Value>(text).ok()?;
    event.get("position")?.as_u64().map(Position::new)
}

/// The keys of the index that bear on what was asked. The statement must enclose every event filed
/// under one of these keys.
pub(crate) fn needed(
    asked: &Asked,
    edition: Edition,
    facts: &BTreeMap<Position, &Fact>,
) -> Result<BTreeSet<String>, Refused> {
    match asked {
        Asked::WhoHolds { .. } => {
            let Some(question) = Question::read(asked, edition)? else {
                return Ok(BTreeSet::new());
            };
            Ok(filing::needed(&question.function, &question.place, edition.law(), facts))
        }
        Asked::Nothing { key, after, until } => {
            if after >= until {
                return Err(refused("asked.nothing.until", "must be after asked.nothing.after"));
            }
            key.parse::<Key>().map_err(|error| refused("asked.nothing.key", error))?;
            Ok(BTreeSet::from([key.clone()]))
        }
    }
}

/// The events that a statement encloses to show when they were recorded: the events at both ends of
/// the part of the log that the statement covers, and the next event after that part.
pub(crate) fn expected_besides(asked: &Asked, size: Position) -> BTreeSet<Position> {
    let after = match asked {
        Asked::Nothing { after, .. } => Some(*after).filter(|after| *after > 0).map(Position::new),
        Asked::WhoHolds { .. } => None,
    };
    let next = Some(asked.until().next()).filter(|next| *next <= size);
    [after, Some(asked.until()), next].into_iter().flatten().collect()
}

/// The earlier event that a correction, a redaction or a dispute is about. A reader must see the
/// earlier event to understand it.
pub(crate) fn lineage(fact: &Fact, position: Position) -> Option<Position> {
    let about = match fact {
        Fact::Corrected(correction) => correction.about,
        Fact::Redacted(redacted) => Some(redacted.about),
        Fact::Disputes(DisputeFact::EventDisputed(disputed)) => Some(disputed.about),
        Fact::Bodies(_)
        | Fact::Law(_)
        | Fact::Instruments(_)
        | Fact::Money(_)
        | Fact::Committees(_) => None,
    };
    about.filter(|about| *about < position)
}

/// Checks that `facts` are exactly the events filed under the needed keys, the events in `besides`,
/// and the earlier events that corrections and redactions among them are about. Returns the events
/// filed under the needed keys.
fn complete(
    facts: &BTreeMap<Position, &Fact>,
    needed: &BTreeSet<String>,
    shown: &Shown,
    besides: BTreeSet<Position>,
) -> Result<BTreeSet<Position>, Refused> {
    let about = |position: Position| facts.get(&position).copied();
    let mut filed: BTreeMap<&str, Vec<Position>> = BTreeMap::new();
    let mut expected = besides;
    for (position, fact) in facts {
        for key in filing::keys_of(fact, about) {
            if let Some(key) = needed.get(&key) {
                filed.entry(key).or_default().push(*position);
            }
        }
    }
    let (mut buckets, mut bearing) = (BTreeSet::new(), BTreeSet::new());
    for key in needed {
        let all = shown.filed(key).ok_or_else(|| refused("index", format!("{key} is missing")))?;
        let seen = filed.get(key.as_str()).map(Vec::as_slice).unwrap_or_default();
        if !all.iter().copied().eq(seen.iter().map(|position| position.get())) {
            let why = format!("the index has {all:?} under {key}, the statement {seen:?}");
            return Err(refused("events", why));
        }
        bearing.extend(seen);
        buckets.insert(remit_ledger::index::bucket_of(key));
    }
    if *shown.buckets() != buckets {
        return Err(refused("index", "it has keys that do not bear on the question"));
    }
    expected.extend(&bearing);
    for (position, fact) in facts.iter().rev() {
        if expected.contains(position) {
            expected.extend(lineage(fact, *position));
        }
    }
    if !facts.keys().eq(expected.iter()) {
        return Err(refused("events", "they must be exactly the events that bear on the question"));
    }
    Ok(bearing)
}

/// The instants at which the part of the log that the statement covers begins and ends. `None` if
/// the last event that counts is not among `events`.
pub(crate) fn span(asked: &Asked, events: &BTreeMap<Position, Recorded>) -> Option<KnownSpan> {
    let at =
        |position: Position| events.get(&position).map(|recorded| recorded.recorded_at.to_string());
    let after = match asked {
        Asked::Nothing { after, .. } => at(Position::new(*after)),
        Asked::WhoHolds { .. } => None,
    };
    Some(KnownSpan { after, recorded_at: at(asked.until())?, until: at(asked.until().next()) })
}

fn known(
    statement: &Statement,
    checkpoint: &Checkpoint,
    events: &BTreeMap<Position, Recorded>,
) -> Result<(), Refused> {
    if statement.asked.until().get() > checkpoint.size {
        return Err(refused(
            "asked",
            "it asks about events after those that the checkpoint covers",
        ));
    }
    let instants: Vec<UtcInstant> = events.values().map(|recorded| recorded.recorded_at).collect();
    if !instants.is_sorted() {
        return Err(refused("events", "an event has an earlier instant than the event before it"));
    }
    let issued = statement.issued_at.parse::<UtcInstant>().ok();
    if issued.is_none_or(|issued| instants.last().is_some_and(|last| issued < *last)) {
        return Err(refused(
            "issued_at",
            "it must be an instant, and not before the last event of the statement",
        ));
    }
    if span(&statement.asked, events).as_ref() != Some(&statement.known) {
        return Err(refused(
            "known",
            "it differs from the instants at which the events were recorded",
        ));
    }
    Ok(())
}

/// The rules that the events at the positions `rests_on` enact.
pub(crate) fn rules(
    events: &BTreeMap<Position, Recorded>,
    rests_on: &[Position],
) -> Vec<RuleApplied> {
    let enacted = rests_on.iter().filter_map(|position| {
        let Fact::Law(LawFact::RuleEnacted(rule)) = events.get(position)?.event.fact.stated()?
        else {
            return None;
        };
        Some(RuleApplied {
            position: position.get(),
            id: rule.id.to_string(),
            text: rule.text.to_string(),
            citation: rule.citation.to_string(),
        })
    });
    enacted.collect()
}

/// The disputes of the events at the positions `rests_on`, as known at the position asked about.
/// Statements of version 1 state none.
pub(crate) fn disputes(
    question: &Question,
    events: &BTreeMap<Position, Recorded>,
    rests_on: &[Position],
) -> Vec<Disputed> {
    if question.edition == Edition::One {
        return Vec::new();
    }
    let register = question.register(events.iter().map(|(at, recorded)| (*at, &recorded.event)));
    let found = register.disputes(rests_on, question.known_at);
    let stated = found.into_iter().map(|dispute| Disputed {
        position: dispute.position.get(),
        about: dispute.about.get(),
        by: dispute.by.to_string(),
        reason: dispute.reason.to_string(),
    });
    stated.collect()
}

/// The confidence of `event`: at most that of its evidence, and at most that of the row of law or
/// of the catalogue that it states. If the event states that an instrument is in force, and only an
/// approval is evidenced, the confidence is at most unconfirmed.
#[must_use]
pub fn confidence(event: &Event) -> Confidence {
    let mut own = Confidence::Confirmed;
    if let Some(Fact::Law(LawFact::FunctionCatalogued(function))) = event.fact.stated() {
        own = function.confidence;
    }
    if let Some(Fact::Law(LawFact::RuleEnacted(rule))) = event.fact.stated() {
        own = rule.confidence;
    }
    if let Some(Fact::Instruments(InstrumentFact::InstrumentInForce(force))) = event.fact.stated()
        && force.start == Start::ApprovalOnly
    {
        own = Confidence::Unconfirmed;
    }
    own.min(event.evidence.confidence)
}

/// The lowest confidence of the events at the positions `rests_on`.
pub(crate) fn least_sure(events: &BTreeMap<Position, Recorded>, rests_on: &[Position]) -> String {
    let each = rests_on.iter().filter_map(|at| Some(confidence(&events.get(at)?.event)));
    each.min().unwrap_or(Confidence::Unconfirmed).to_string()
}

/// Checks that the answer follows from the events, and that the answer names the right events,
/// confidence and rules. For a statement of nothing, checks that no event filed under the key lies
/// in the stretch of the log asked about.
fn stated(
    statement: &Statement,
    edition: Edition,
    events: &BTreeMap<Position, Recorded>,
) -> Result<(), Refused> {
    let question = Question::read(&statement.asked, edition)?;
    let (question, stated) = match (&statement.asked, question, &statement.answer) {
        (_, Some(question), Some(stated)) => (question, stated),
        (Asked::Nothing { key, after, until }, None, None) => {
            let of_key = events.iter().find(|(position, recorded)| {
                let about = |at: Position| events.get(&at).map(|earlier| &earlier.event.fact);
                (after + 1..=*until).contains(&position.get())
                    && filing::keys_of(&recorded.event.fact, about).contains(key)
            });
            return match of_key {
                None => Ok(()),
                Some((at, _)) => Err(refused(
                    "asked.nothing",
                    format!("event {at} was recorded under the key in that stretch of the log"),
                )),
            };
        }
        _ => {
            return Err(refused(
                "answer",
                "the answer to a question must be there; a statement of nothing has none",
            ));
        }
    };
    let recorded_at = recorded_at(events, question.known_at);
    let all = events.iter().map(|(position, recorded)| (*position, &recorded.event));
    if question.answered(all, recorded_at) != stated.says {
        return Err(refused("answer.says", "the answer does not follow from the events"));
    }
    let rests_on: Vec<Position> = stated.rests_on.iter().copied().map(Position::new).collect();
    if !is_least(&question, (&stated.says, &rests_on), events, recorded_at) {
        let why = "the events do not give the answer, or some of them are not needed for it";
        return Err(refused("answer.rests_on", why));
    }
    let confidence = match edition {
        Edition::One => Some(least_sure(events, &rests_on)),
        Edition::Two => None,
    };
    if confidence != stated.confidence {
        return Err(refused(
            "answer.confidence",
            "version 1 states the confidence of the least sure event here, later versions nothing",
        ));
    }
    if disputes(&question, events, &rests_on) != stated.disputes {
        return Err(refused(
            "answer.disputes",
            "they must be exactly the disputes of the events that the answer rests on",
        ));
    }
    if rules(events, &rests_on) != stated.rules {
        return Err(refused(
            "answer.rules",
            "they must be exactly the rules that the answer rests on",
        ));
    }
    Ok(())
}

/// Whether the events at the positions `named` give the answer `stated`, and no longer give it if
/// any one of them is left out.
fn is_least(
    question: &Question,
    (stated, named): (&Said, &[Position]),
    events: &BTreeMap<Position, Recorded>,
    recorded_at: UtcInstant,
) -> bool {
    let known = named.iter().all(|position| events.contains_key(position));
    if !known || !named.is_sorted_by(|a, b| a < b) {
        return false;
    }
    let says = |without: Option<Position>| {
        let some = named.iter().filter(|position| Some(**position) != without);
        let some = some.filter_map(|position| Some((*position, &events.get(position)?.event)));
        question.answered(some, recorded_at)
    };
    says(None) == *stated && named.iter().all(|each| says(Some(*each)) != *stated)
}
