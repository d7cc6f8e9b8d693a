//! Questions beyond the ten worked ones: sections 4 to 6 of the domain reference, case by case.
//!
//! A few worlds are recorded; of each a table of questions is asked and a table of commands
//! refused. A case names the section it was written from and its question, and so does whatever
//! fails.

mod applications;
mod assurance;
mod audited;
mod chain;
mod corrections;
mod directions;
mod endings;
mod first_of_july;
mod icbs;
mod interventions;
mod law_to_come;
mod manchester;
mod offices;
mod split;

use std::sync::Arc;

use acceptance::*;
use pb::LegalBasis::{
    NoArrangement, S6c, S7a, S7b, S13yb, S13zBy, S13zJointly, S14z3, S14z9, S14z21, S14z61, S65z5,
    S65z5Jointly, S75, S98a,
};
use pb::ResultKind::{Conflict, Gap, Held, JointlyHeld, NotDelegated, Unknown, Unsettled};
use remit_domain::{
    Act, Area, BodyRole, Command, ConditionAttached, Confidence, ContractType, Correction,
    CorrectionKind, EndReason, Evidence, Fact, Forum, ForumKind, Function, HolderRule, Instrument,
    InstrumentAdvanced, InstrumentEnded, InstrumentFact, InstrumentInForce, InstrumentKind,
    LegalBasis, LevelNotHeld, Part, Position, Relation, Route, Rule, RuleContent, Stage, Start,
    SuccessionKind,
};
use remit_grpc::{pb, render};

const NHSE: &str = "X24";
const SOFS: &str = "SOFS";
const NONE: pb::LegalBasis = pb::LegalBasis::Unspecified;

// --- what a case is ------------------------------------------------------------------------------

/// One question and what the reference says the answer is.
struct Case {
    section: &'static str,
    asks: &'static str,
    function: &'static str,
    place: &'static str,
    day: &'static str,
    /// The end of this day on the known axis; else as known now.
    known: Option<&'static str>,
    expected: Said,
    also: Vec<Also>,
}

/// What else the answer must say, where the question turns on it.
enum Also {
    Accountable(&'static [(&'static str, &'static str)]),
    /// Kind, instrument or rule, and the day from which it is to have effect.
    KnownUnapplied(&'static [(pb::UnappliedKind, &'static str, &'static str)]),
    /// Who has ceased, and who answers for it now.
    AnsweringNow(&'static [(&'static str, &'static [&'static str])]),
    ReadAcross(&'static str),
    Area(&'static str),
    AskInstead(&'static [&'static str]),
    Because(pb::UnknownReason),
    Conditions(&'static [&'static str]),
    LossExceptions(&'static [&'static str]),
    Forum(pb::ForumKind, &'static str),
    Instruments(&'static [&'static str]),
    Links(&'static [&'static str]),
    Predecessors(&'static [&'static str]),
    PerformedBy(&'static [&'static str]),
    Capacities(&'static [(pb::Capacity, &'static [&'static str])]),
    Liable(pb::LiableState),
    LiableConfidence(pb::Confidence),
    LiableInEveryCase,
    Confidence(pb::Confidence),
    Reserved,
}

fn asked(
    section: &'static str,
    asks: &'static str,
    (function, place, day): (&'static str, &'static str, &'static str),
    expected: Said,
) -> Case {
    Case { section, asks, function, place, day, known: None, expected, also: Vec::new() }
}

impl Case {
    fn known(mut self, day: &'static str) -> Self {
        self.known = Some(day);
        self
    }

    fn also(mut self, also: Also) -> Self {
        self.also.push(also);
        self
    }

    /// How the answer differs from the reference.
    fn differences(&self, answer: &pb::Answer) -> Vec<String> {
        let mut found = Vec::new();
        let mut same = |what: &str, expected: String, answered: String| {
            if expected != answered {
                found.push(format!(
                    "section {}: {} {what}: the reference says {expected}, the answer {answered}",
                    self.section, self.asks
                ));
            }
        };
        same("answer", format!("{:?}", self.expected), format!("{:?}", saying(answer)));
        for also in &self.also {
            let (what, expected, answered) = also.of(answer);
            same(what, expected, answered);
        }
        found
    }
}

fn capacities(answer: &pb::Answer) -> Vec<(pb::Capacity, Vec<String>)> {
    answer.capacities.iter().map(|each| (each.capacity(), each.bodies.clone())).collect()
}

impl Also {
    /// What it is about, as expected, and as the answer has it.
    fn of(&self, answer: &pb::Answer) -> (&'static str, String, String) {
        let liable = answer.liable.clone().unwrap_or_default();
        let both = |what, expected: &dyn std::fmt::Debug, answered: &dyn std::fmt::Debug| {
            (what, format!("{expected:?}"), format!("{answered:?}"))
        };
        match self {
            Self::Accountable(pairs) => {
                let found: Vec<_> =
                    answer.accountable.iter().map(|a| (a.from.as_str(), a.to.as_str())).collect();
                both("accountable", pairs, &found)
            }
            Self::KnownUnapplied(all) => {
                let expected: Vec<_> = all
                    .iter()
                    .map(|(kind, id, day)| {
                        (kind, *id, (!day.is_empty()).then(|| render::date(on(day))))
                    })
                    .collect();
                let kinds: Vec<_> = answer.known_unapplied.iter().map(|each| each.kind()).collect();
                let found: Vec<_> = answer
                    .known_unapplied
                    .iter()
                    .zip(&kinds)
                    .map(|(each, kind)| {
                        let id = if each.instrument.is_empty() {
                            each.rule.as_str()
                        } else {
                            each.instrument.as_str()
                        };
                        (kind, id, each.effective_on)
                    })
                    .collect();
                both("known and unapplied", &expected, &found)
            }
            Self::AnsweringNow(expected) => {
                let found: Vec<_> = answer
                    .answering_now
                    .iter()
                    .map(|now| (now.body.as_str(), now.successors.clone()))
                    .collect();
                both("answering now", expected, &found)
            }
            Self::ReadAcross(rule) => {
                let found: Vec<_> =
                    answer.answering_now.iter().map(|now| now.read_across.as_str()).collect();
                both("read across", &[*rule], &found)
            }
            Self::Area(area) => both("area", area, &answer.area),
            Self::AskInstead(places) => both("ask instead", places, &answer.ask_instead),
            Self::Because(reason) => both("reason", reason, &answer.unknown()),
            Self::Conditions(texts) => both("conditions", texts, &answer.conditions),
            Self::LossExceptions(texts) => both("loss exceptions", texts, &answer.loss_exceptions),
            Self::Forum(kind, name) => {
                let forum = answer.forum.clone().unwrap_or_default();
                both("forum", &(kind, *name), &(&forum.kind(), forum.name.as_str()))
            }
            Self::Instruments(ids) => both("instruments", ids, &answer.instruments),
            Self::Links(ids) => both("links", ids, &answer.links),
            Self::Predecessors(ids) => both("predecessors", ids, &answer.predecessor_instruments),
            Self::PerformedBy(bodies) => {
                let found: Vec<_> = answer.performed_by.iter().map(|p| p.body.as_str()).collect();
                both("performed by", bodies, &found)
            }
            Self::Capacities(expected) => both("capacities", expected, &capacities(answer)),
            Self::Liable(state) => both("state of liability", state, &liable.state()),
            Self::LiableConfidence(sure) => both("confidence", sure, &liable.confidence()),
            Self::LiableInEveryCase => both("in every case", &true, &liable.in_every_case),
            Self::Confidence(sure) => both("confidence", sure, &answer.confidence()),
            Self::Reserved => both("reserved", &true, &answer.reserved),
        }
    }
}

/// One act that the reference does not allow, and why it is refused.
struct Refused {
    section: &'static str,
    asks: &'static str,
    commands: Vec<Command>,
    reason: &'static str,
}

fn refused(
    section: &'static str,
    asks: &'static str,
    commands: Vec<Command>,
    reason: &'static str,
) -> Refused {
    Refused { section, asks, commands, reason }
}

/// Every reason in a status: its own, and that of each violation where there are several.
fn reasons(status: &tonic::Status) -> Vec<String> {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    let failed = details.precondition_failure().map(|failed| failed.violations.as_slice());
    let each = failed.unwrap_or_default().iter().map(|violation| violation.r#type.clone());
    std::iter::once(reason(status)).chain(each).collect()
}

/// Asks every question of a table, and says every difference at once.
async fn ask_all(world: &World, cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for case in cases {
        let known = case.known.and_then(known_on);
        let answer = world.ask_known(case.function, case.place, case.day, known).await;
        wrong.extend(case.differences(&answer));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tries every act of a table: none may be recorded.
async fn try_all(world: &World, cases: Vec<Refused>) {
    let mut wrong = Vec::new();
    for Refused { section, asks, commands, reason } in cases {
        match world.try_record(commands).await {
            Ok(_) => wrong.push(format!("section {section}: {asks} It was recorded.")),
            Err(status) => {
                let found = reasons(&status);
                if !found.iter().any(|found| found == reason) {
                    wrong.push(format!("section {section}: {asks} {found:?}, not {reason}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// --- short ways to say answers -------------------------------------------------------------------

/// L0: NHS England exercises its own function.
fn not_delegated() -> Said {
    said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement)
}

/// L1: the CCG exercises, NHS England stays liable.
fn delegated(ccg: &str) -> Said {
    said(Held, NHSE, &[ccg], &[NHSE], &["L1"], S13zBy)
}

/// L7: who exercises is liable, and nobody else.
fn delegated_65z5(body: &str) -> Said {
    said(Held, NHSE, &[body], &[body], &["L7"], S65z5)
}

/// L5: the section does not say who is liable.
fn directed(body: &str) -> Said {
    said(Unsettled, NHSE, &[body], &[], &["L5"], S98a)
}

/// L6: who exercises for the Secretary of State is liable, and nobody else.
fn public_health(body: &str) -> Said {
    said(Held, SOFS, &[body], &[body], &["L6"], S7a)
}

/// No evidence before July 2022: whichever it is, NHS England is liable.
fn no_evidence() -> Said {
    said(Unknown, NHSE, &[], &[NHSE], &["L0", "L1", "L2"], NONE)
}

/// No instrument names the ICB: who is liable turns on what was arranged, by one of these rules.
fn gap_of_icb(rules: &[&str]) -> Said {
    said(Gap, NHSE, &[], &[], rules, NONE)
}

// --- short ways to say facts ---------------------------------------------------------------------

fn resting_on(source: &str, made_on: &str) -> Arc<Evidence> {
    Arc::new(Evidence {
        source: code(source),
        url: None,
        made_on: Some(on(made_on)),
        confidence: Confidence::Confirmed,
        note: None,
    })
}

/// A fact whose act was done on a day.
fn dated(fact: Fact, made_on: &str) -> Command {
    Command { act: Act::State(fact), evidence: resting_on("fixture", made_on) }
}

fn bodies(texts: &[&str]) -> Vec<remit_domain::BodyCode> {
    texts.iter().map(|text| code(text)).collect()
}

fn step(id: &str, stage: Stage, by: &[&str], made_on: &str) -> Command {
    let by = bodies(by);
    dated(InstrumentAdvanced { instrument: code(id), stage, by }.into(), made_on)
}

fn in_force(id: &str, from: &str, until: &str) -> Fact {
    InstrumentInForce {
        instrument: code(id),
        effective: period(from, until),
        start: Start::Evidenced,
    }
    .into()
}

fn ended(id: &str, effective_until: &str, reason: EndReason, by: &[&str]) -> Command {
    fact(InstrumentEnded {
        instrument: code(id),
        effective_until: on(effective_until),
        reason,
        by: bodies(by),
    })
}

fn notice(id: &str, given_by: &str, given_on: &str) -> Command {
    let given =
        Act::GiveNotice { instrument: code(id), given_by: code(given_by), given_on: on(given_on) };
    Command { act: given, evidence: resting_on("fixture", given_on) }
}

fn condition(id: &str, text: &str, effective_from: &str, by: &[&str]) -> Fact {
    ConditionAttached {
        instrument: code(id),
        condition: code(text),
        effective_from: on(effective_from),
        by: bodies(by),
    }
    .into()
}

/// Evidence that a commissioner had nothing on any of these bases over a period.
fn not_held(who: &str, bases: &[LegalBasis], from: &str, until: &str) -> Command {
    fact(LevelNotHeld {
        body: code(who),
        bases: bases.to_vec(),
        functions: Vec::new(),
        effective: period(from, until),
    })
}

const BOTH_LEVELS: [LegalBasis; 2] = [LegalBasis::S13zBy, LegalBasis::S13zJointly];

/// The instrument that the first command draws up, to be changed before it is recorded.
pub(crate) fn text_of(commands: &mut [Command]) -> &mut Instrument {
    match commands.first_mut() {
        Some(Command {
            act: Act::State(Fact::Instruments(InstrumentFact::InstrumentDrawn(drawn))),
            ..
        }) => drawn,
        _ => panic!("an instrument is drawn up first"),
    }
}

/// A delegation by NHS England, or by who has it from NHS England, under s.65Z5.
fn s65z5(id: &str, parties: (&str, &str), area: &str, of: &[&str], from: &str) -> Vec<Command> {
    let basis = (InstrumentKind::Delegation, LegalBasis::S65z5);
    instrument_for(id, basis, parties, area, of, (from, ""), None)
}

/// A direction of NHS England to a commissioner about out-of-hours services.
fn s98a(to: &str, from: &str) -> Vec<Command> {
    let basis = (InstrumentKind::Direction, LegalBasis::S98a);
    let functions = ["out-of-hours-primary-medical"];
    instrument(&format!("s98a/{to}"), basis, (NHSE, to), &functions, (from, ""))
}

/// A function that is each commissioner's own.
fn own_function(text: &str) -> Command {
    function(text, HolderRule::Commissioner, ("2013-04-01", "2022-07-01"), Vec::new())
}

fn function(
    text: &str,
    holder: HolderRule,
    (from, until): (&str, &str),
    routes: Vec<Route>,
) -> Command {
    fact(Function {
        code: code(text),
        name: code(text),
        effective: period(from, until),
        holder,
        basis: code("2006 Act"),
        reserved: false,
        routes,
        part: Part::Subset,
        confidence: Confidence::Confirmed,
        citation: code("fixture"),
        note: None,
    })
}

/// A correction with what is so instead, or besides.
fn correct(
    kind: CorrectionKind,
    about: Option<Position>,
    made_on: Option<&str>,
    instead: Option<Fact>,
) -> Command {
    let correction = Correction {
        kind,
        about,
        authority: code("head of the records office"),
        reason: code("as the document itself shows"),
        fact: None,
    };
    let evidence = Evidence {
        source: code("fixture"),
        url: None,
        made_on: made_on.map(on),
        confidence: Confidence::Confirmed,
        note: None,
    };
    let instead = instead.map(|fact| Box::new(Act::State(fact)));
    Command { act: Act::Correct { correction, instead }, evidence: Arc::new(evidence) }
}

// --- how many ------------------------------------------------------------------------------------

#[test]
fn there_are_at_least_forty_from_every_section() {
    let questions = [
        manchester::questions(),
        interventions::questions(),
        directions::questions(),
        chain::questions(),
        icbs::questions(),
        first_of_july::questions(),
        split::questions(),
        endings::questions(),
        applications::questions(),
        corrections::questions(),
        assurance::questions(),
        law_to_come::questions(),
        audited::questions(),
        offices::questions(),
    ];
    let refusals = [
        manchester::refusals(),
        interventions::refusals(),
        chain::refusals(),
        icbs::refusals(),
        endings::refusals(),
        applications::refusals(),
        corrections::refusals([Position::new(1); 2]),
    ];
    let cases: Vec<_> = questions
        .iter()
        .flatten()
        .map(|case| (case.section, case.asks))
        .chain(refusals.iter().flatten().map(|case| (case.section, case.asks)))
        .collect();
    assert!(questions.iter().flatten().count() >= 40, "questions alone, without what is refused");
    let mut sections: Vec<_> = cases.iter().map(|(section, _)| *section).collect();
    sections.sort_unstable();
    sections.dedup();
    assert_eq!(
        sections,
        [
            "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "5.1", "5.2", "5.3", "5.4", "5.5",
            "5.6", "5.7", "6"
        ]
    );
    assert!(cases.iter().all(|(_, asks)| asks.ends_with('?')), "each is a question");
}
