//! Questions beyond the ten worked ones: sections 4 to 6 of the domain reference, case by case.
//!
//! A few worlds are recorded; of each a table of questions is asked and a table of commands
//! refused. A case names the section it was written from and its question, and so does whatever
//! fails.

use std::sync::Arc;

use acceptance::*;
use pb::LegalBasis::{
    NoArrangement, S7a, S13yb, S13zBy, S13zJointly, S14z3, S14z9, S14z21, S14z61, S65z5,
    S65z5Jointly, S98a,
};
use pb::ResultKind::{Conflict, Gap, Held, JointlyHeld, NotDelegated, Unknown, Unsettled};
use remit_domain::{
    Act, Area, BodyRole, Command, Confidence, ContractType, Correction, CorrectionKind, EndReason,
    Evidence, Fact, Forum, ForumKind, Function, HolderRule, Instrument, InstrumentKind, LegalBasis,
    Part, Position, Relation, Route, Rule, RuleContent, Stage, Start, SuccessionKind,
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

/// No instrument names the ICB: who is liable turns on what was arranged.
fn gap_of_icb() -> Said {
    said(Gap, NHSE, &[], &[], &["L0", "L7"], NONE)
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
    dated(Fact::InstrumentAdvanced { instrument: code(id), stage, by: bodies(by) }, made_on)
}

fn in_force(id: &str, from: &str, until: &str) -> Fact {
    Fact::InstrumentInForce {
        instrument: code(id),
        effective: period(from, until),
        start: Start::Evidenced,
    }
}

fn ended(id: &str, effective_until: &str, reason: EndReason, by: &[&str]) -> Command {
    fact(Fact::InstrumentEnded {
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
    Fact::ConditionAttached {
        instrument: code(id),
        condition: code(text),
        effective_from: on(effective_from),
        by: bodies(by),
    }
}

/// Evidence that a commissioner had nothing on any of these bases over a period.
fn not_held(who: &str, bases: &[LegalBasis], from: &str, until: &str) -> Command {
    fact(Fact::LevelNotHeld {
        body: code(who),
        bases: bases.to_vec(),
        functions: Vec::new(),
        effective: period(from, until),
    })
}

const BOTH_LEVELS: [LegalBasis; 2] = [LegalBasis::S13zBy, LegalBasis::S13zJointly];

/// The instrument that the first command draws up, to be changed before it is recorded.
fn text_of(commands: &mut [Command]) -> &mut Instrument {
    match commands.first_mut() {
        Some(Command { act: Act::State(Fact::InstrumentDrawn(drawn)), .. }) => drawn,
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
    fact(Fact::FunctionCatalogued(Function {
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
    }))
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

// --- Manchester: three levels, one merger --------------------------------------------------------

/// Three CCGs at three levels from 2015, merged on 1 April 2017 into one that is delegated only a
/// year later; the ICB after it. Own functions go to joint committees and to a neighbour.
async fn manchester() -> World {
    let world = World::with_law().await;
    let mut commands = vec![
        ccg("14L", "NHS Manchester CCG", "2017-04-01", "2022-07-01"),
        body("14L", BodyRole::SubIcbLocation, "NHS Greater Manchester ICB - 14L", "2022-07-01", ""),
        body("QOP", BodyRole::Icb, "NHS Greater Manchester ICB", "2022-07-01", ""),
        member("14L", "QOP", Relation::SubIcbOfIcb, "2022-07-01", ""),
        succession("14L", "QOP", "2022-07-01", SuccessionKind::CcgToIcb),
    ];
    for (text, name) in [("00W", "Central"), ("01M", "North"), ("01N", "South")] {
        let name = format!("NHS {name} Manchester CCG");
        commands.push(ccg(text, &name, "2013-04-01", "2017-04-01"));
        commands.push(succession(text, "14L", "2017-04-01", SuccessionKind::Merger));
    }
    // One practice has a contract in each of two CCGs; another changes its CCG.
    for (id, contract_type, group) in
        [("P84001/GMS-1", ContractType::Gms, "01M"), ("P84001/APMS-1", ContractType::Apms, "00W")]
    {
        commands.push(fact(Fact::ContractHeld {
            contract: code(id),
            holder: code("P84001"),
            contract_type,
            effective: period("2014-04-01", ""),
        }));
        commands.push(practice(id, group, "2014-04-01", "2017-04-01"));
    }
    for text in ["P84001", "P84002"] {
        commands.insert(0, body(text, BodyRole::Practice, "A practice", "1990-01-01", ""));
    }
    commands.push(practice("P84002", "00W", "2013-04-01", "2016-04-01"));
    commands.push(practice("P84002", "01M", "2016-04-01", "2017-04-01"));
    commands.extend(["community-own", "prescribing-own"].map(own_function));
    world.record(commands).await;

    // North: delegated, on terms; quality payments are added a year later, the work follows late.
    let mut north = delegation("01M", &["gms-contracts", "pms-agreements"], "2015-04-01");
    let text = text_of(&mut north);
    text.conditions = vec![code("national primary care policies are followed")];
    text.loss_exceptions = vec![code("deliberate disregard of the agreement")];
    let mut wider = text.clone();
    wider.functions.push(code("qof"));
    north.push(fact(Fact::InstrumentVaried {
        instrument: wider,
        effective_from: on("2016-04-01"),
        by: bodies(&[NHSE, "01M"]),
    }));
    north.push(fact(condition(
        "delegation/01M",
        "governance is reviewed within a year",
        "2016-10-01",
        &[NHSE],
    )));
    north.push(fact(Fact::WorkPerformed {
        instrument: code("delegation/01M"),
        performer: code(NHSE),
        functions: vec![code("gms-contracts")],
        effective: period("2015-04-01", "2015-10-01"),
    }));
    world.record(north).await;
    // South: joint, from a day of its own, with one committee for both kinds of function.
    let forum =
        Forum { kind: ForumKind::JointCommittee, name: code("South Manchester joint committee") };
    for (id, basis, parties, of) in [
        ("joint/01N", LegalBasis::S13zJointly, (NHSE, "01N"), "gms-contracts"),
        ("joint-own/01N", LegalBasis::S14z9, ("01N", NHSE), "community-own"),
    ] {
        let basis = (InstrumentKind::JointArrangement, basis);
        let life = ("2015-10-01", "");
        let forum = Some(forum.clone());
        world.record(instrument_for(id, basis, parties, "01N", &[of], life, forum)).await;
    }
    // Central: consulted, no more; the neighbour buys community services for it.
    let consulted = (InstrumentKind::GreaterInvolvement, LegalBasis::NoArrangement);
    let for_another = (InstrumentKind::Delegation, LegalBasis::S14z3);
    for (id, basis, parties, of) in [
        ("involvement/00W", consulted, (NHSE, "00W"), "gms-contracts"),
        ("own/00W", for_another, ("00W", "01M"), "community-own"),
    ] {
        world
            .record(instrument_for(id, basis, parties, "00W", &[of], ("2015-04-01", ""), None))
            .await;
    }
    // Two papers about one own function of South's do not agree on the power.
    for (id, basis) in [("paper/a", LegalBasis::S14z9), ("paper/b", LegalBasis::S14z3)] {
        let basis = (InstrumentKind::JointArrangement, basis);
        let (parties, of) = (("01N", NHSE), ["prescribing-own"]);
        world
            .record(instrument_for(id, basis, parties, "01N", &of, ("2016-04-01", ""), None))
            .await;
    }
    world.record(delegation("14L", &["gms-contracts"], "2018-04-01")).await;
    world
}

fn manchester_questions() -> Vec<Case> {
    let gms = "gms-contracts";
    let joint = said(JointlyHeld, NHSE, &["01N", NHSE], &[NHSE], &["L2"], S13zJointly);
    vec![
        asked(
            "4.2",
            "Who is liable the day before the first delegations?",
            (gms, "01M", "2015-03-31"),
            not_delegated(),
        )
        .also(Also::Accountable(&[(NHSE, SOFS)])),
        asked(
            "4.1",
            "Who answers to whom for a delegated function?",
            (gms, "01M", "2015-04-01"),
            delegated("01M"),
        )
        .also(Also::Accountable(&[("01M", NHSE), (NHSE, SOFS)])),
        asked(
            "4.2",
            "Does a CCG that is only consulted exercise anything?",
            (gms, "00W", "2016-01-01"),
            not_delegated(),
        )
        .also(Also::PerformedBy(&[NHSE])),
        asked(
            "4.1",
            "Through which committee do two bodies decide together?",
            (gms, "01N", "2016-01-01"),
            joint.clone(),
        )
        .also(Also::Forum(pb::ForumKind::JointCommittee, "South Manchester joint committee"))
        .also(Also::Accountable(&[("01N", NHSE), (NHSE, SOFS)])),
        asked(
            "5.2",
            "May a joint arrangement go live on another day than 1 April?",
            (gms, "01N", "2015-10-01"),
            joint,
        ),
        asked(
            "4.3",
            "Who is liable for the CCG's own function before the same joint committee?",
            ("community-own", "01N", "2016-01-01"),
            said(JointlyHeld, "01N", &["01N", NHSE], &["01N"], &["L3"], S14z9),
        )
        .also(Also::Forum(pb::ForumKind::JointCommittee, "South Manchester joint committee")),
        asked(
            "4.2",
            "Who is liable where one CCG buys for its neighbour?",
            ("community-own", "00W", "2016-01-01"),
            said(Held, "00W", &["01M"], &["00W"], &["L4"], S14z3),
        ),
        asked(
            "4.7",
            "Two instruments disagree on the power: which one counts?",
            ("prescribing-own", "01N", "2016-04-01"),
            said(Conflict, "01N", &[], &["01N"], &["L3", "L4"], NONE),
        )
        .also(Also::Confidence(pb::Confidence::Disputed))
        .also(Also::Instruments(&["paper/a", "paper/b"])),
        asked(
            "4.4",
            "Does a contractual loss exception move the liability to the CCG?",
            (gms, "01M", "2016-01-01"),
            delegated("01M"),
        )
        .also(Also::LossExceptions(&["deliberate disregard of the agreement"]))
        .also(Also::Conditions(&["national primary care policies are followed"])),
        asked(
            "5.2",
            "Does a condition that NHS England attached later take the function back?",
            (gms, "01M", "2016-10-01"),
            delegated("01M"),
        )
        .also(Also::Conditions(&[
            "national primary care policies are followed",
            "governance is reviewed within a year",
        ])),
        asked(
            "5.2",
            "Was a function that both agreed to add covered the day before?",
            ("qof", "01M", "2016-03-31"),
            no_evidence(),
        )
        .also(Also::LiableInEveryCase),
        asked(
            "5.2",
            "Is the function that both agreed to add covered from the day agreed?",
            ("qof", "01M", "2016-04-01"),
            delegated("01M"),
        ),
        asked(
            "5.5",
            "Who exercises while NHS England's staff still do the work?",
            (gms, "01M", "2015-09-30"),
            delegated("01M"),
        )
        .also(Also::PerformedBy(&[NHSE])),
        asked(
            "5.5",
            "Who does the work of a function that was not part of that phase?",
            ("pms-agreements", "01M", "2015-09-30"),
            delegated("01M"),
        )
        .also(Also::PerformedBy(&["01M"])),
        asked(
            "4.7",
            "A practice has contracts in two CCGs: who exercises over the first?",
            (gms, "P84001/GMS-1", "2016-01-01"),
            delegated("01M"),
        )
        .also(Also::Area("01M")),
        asked(
            "4.7",
            "And over its second contract, in the CCG that was only consulted?",
            (gms, "P84001/APMS-1", "2016-01-01"),
            not_delegated(),
        )
        .also(Also::Area("00W")),
        asked(
            "4.7",
            "Is a reserved function NHS England's at a delegated CCG?",
            ("performers-list", "01M", "2016-01-01"),
            not_delegated(),
        )
        .also(Also::Reserved),
        asked(
            "5.6",
            "A practice leaves one CCG for another: who exercises on its last day there?",
            (gms, "P84002", "2016-03-31"),
            not_delegated(),
        )
        .also(Also::Area("00W")),
        asked(
            "5.6",
            "And on its first day in the delegated CCG, with no new instrument?",
            (gms, "P84002", "2016-04-01"),
            delegated("01M"),
        )
        .also(Also::Area("01M")),
        asked(
            "5.6",
            "Three levels merge and no instrument names the new CCG: which level has it?",
            (gms, "01M", "2017-04-01"),
            said(Gap, NHSE, &[], &[NHSE], &["L0", "L1", "L2"], NONE),
        )
        .also(Also::Area("14L"))
        .also(Also::Predecessors(&["delegation/01M", "joint/01N"]))
        .also(Also::LiableInEveryCase),
        asked(
            "5.6",
            "Is the merged CCG delegated from the day of its own instrument?",
            (gms, "01M", "2018-04-01"),
            delegated("14L"),
        )
        .also(Also::Instruments(&["delegation/14L"])),
        asked(
            "4.7",
            "Who would answer today for what the CCG decided on its last day?",
            (gms, "01M", "2017-03-31"),
            delegated("01M"),
        )
        .also(Also::AnsweringNow(&[("01M", &["QOP"])])),
    ]
}

fn manchester_refusals() -> Vec<Refused> {
    let onward = (InstrumentKind::Delegation, LegalBasis::S14z3);
    let gms = ["gms-contracts"];
    let mut added = delegation("01M", &["gms-contracts", "pms-agreements", "qof"], "2015-04-01");
    let mut wider = text_of(&mut added).clone();
    wider.functions.push(code("premises-costs"));
    vec![
        refused(
            "4.5",
            "May a delegated CCG pass the function on to another CCG before July 2022?",
            instrument_for(
                "onward/01M",
                onward,
                ("01M", "00W"),
                "01M",
                &gms,
                ("2016-04-01", ""),
                None,
            ),
            "ONWARD_FORBIDDEN",
        ),
        refused(
            "5.2",
            "May NHS England add a function without the CCG?",
            vec![fact(Fact::InstrumentVaried {
                instrument: wider,
                effective_from: on("2016-12-01"),
                by: bodies(&[NHSE]),
            })],
            "ACTOR_MISSING",
        ),
        refused(
            "5.2",
            "May a CCG attach a condition to its own delegation?",
            vec![fact(condition("delegation/01M", "more money", "2016-12-01", &["01M"]))],
            "ACTOR_MAY_NOT",
        ),
        refused(
            "5.1",
            "Can a delegation end by dissolution while both parties are in being?",
            vec![ended("delegation/01M", "2016-12-01", EndReason::Dissolution, &[])],
            "PARTY_IN_BEING",
        ),
    ]
}

#[tokio::test]
async fn three_levels_and_a_merger() {
    let world = manchester().await;
    ask_all(&world, manchester_questions()).await;
    try_all(&world, manchester_refusals()).await;
}

// --- interventions -------------------------------------------------------------------------------

/// A delegated CCG in which NHS England intervenes for one function and hands it back; later
/// another CCG is directed to act; then the ICB, with an intervention of its own.
async fn intervened() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            ccg("99N", "NHS Wiltshire CCG", "2013-04-01", "2020-04-01"),
            body("11X", BodyRole::SubIcbLocation, "NHS Somerset ICB - 11X", "2022-07-01", ""),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            member("11X", "QSL", Relation::SubIcbOfIcb, "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
        ])
        .await;
    world.record(delegation("11X", &["gms-contracts", "pms-agreements"], "2016-04-01")).await;
    let both = ["gms-contracts", "qof"];
    world.record(s65z5("delegation/QSL", (NHSE, "QSL"), "QSL", &both, "2022-07-01")).await;
    for (id, basis, actor, area, of, life) in [
        ("s14z21/gms", LegalBasis::S14z21, NHSE, "11X", "gms-contracts", ("2017-06-01", "")),
        (
            "s14z21/pms",
            LegalBasis::S14z21,
            "99N",
            "11X",
            "pms-agreements",
            ("2018-10-01", "2019-04-01"),
        ),
        ("s14z61/qof", LegalBasis::S14z61, NHSE, "QSL", "qof", ("2023-01-16", "")),
    ] {
        let basis = (InstrumentKind::Intervention, basis);
        world.record(instrument_for(id, basis, (NHSE, actor), area, &[of], life, None)).await;
    }
    world.record(vec![ended("s14z21/gms", "2017-12-01", EndReason::HandedBack, &[NHSE])]).await;
    world
}

fn intervention_questions() -> Vec<Case> {
    let intervened = |by: &str| said(Unsettled, NHSE, &[by], &[], &["L10-ccg"], S14z21);
    vec![
        asked(
            "5.2",
            "Who exercises the day before NHS England intervenes?",
            ("gms-contracts", "11X", "2017-05-31"),
            delegated("11X"),
        ),
        asked(
            "4.2",
            "Who is liable while NHS England acts in a CCG's place?",
            ("gms-contracts", "11X", "2017-06-01"),
            intervened(NHSE),
        )
        .also(Also::Liable(pb::LiableState::Unsettled))
        .also(Also::Instruments(&["s14z21/gms"])),
        asked(
            "5.1",
            "Does the intervention reach a function it does not name?",
            ("pms-agreements", "11X", "2017-06-01"),
            delegated("11X"),
        ),
        asked(
            "4.7",
            "Does the intervention stand before the delegation on its last day?",
            ("gms-contracts", "11X", "2017-11-30"),
            intervened(NHSE),
        ),
        asked(
            "5.1",
            "Who exercises once the function is handed back?",
            ("gms-contracts", "11X", "2017-12-01"),
            delegated("11X"),
        )
        .also(Also::Instruments(&["delegation/11X"])),
        asked(
            "5.2",
            "Who exercises where another CCG is directed to act?",
            ("pms-agreements", "11X", "2018-10-01"),
            intervened("99N"),
        ),
        asked(
            "5.2",
            "Who exercises while NHS England intervenes in an ICB?",
            ("qof", "11X", "2023-01-16"),
            said(Unsettled, NHSE, &[NHSE], &[], &["L10-icb"], S14z61),
        )
        .also(Also::Liable(pb::LiableState::Unsettled)),
        asked(
            "5.1",
            "Is the ICB liable for its other functions all the while?",
            ("gms-contracts", "11X", "2023-01-16"),
            delegated_65z5("QSL"),
        ),
    ]
}

fn intervention_refusals() -> Vec<Refused> {
    vec![refused(
        "5.2",
        "May the ICB itself end an intervention?",
        vec![ended("s14z61/qof", "2023-06-01", EndReason::HandedBack, &["QSL"])],
        "ACTOR_MAY_NOT",
    )]
}

#[tokio::test]
async fn interventions() {
    let world = intervened().await;
    ask_all(&world, intervention_questions()).await;
    try_all(&world, intervention_refusals()).await;
}

// --- directions ----------------------------------------------------------------------------------

/// Directions about out-of-hours services: to a CCG that becomes an ICB; to one that is merged; and
/// one that was revoked before the CCG was abolished.
async fn directions() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
            ccg("11M", "NHS Gloucestershire CCG", "2013-04-01", "2022-07-01"),
            body("QR1", BodyRole::Icb, "NHS Gloucestershire ICB", "2022-07-01", ""),
            succession("11M", "QR1", "2022-07-01", SuccessionKind::CcgToIcb),
            ccg("01M", "NHS North Manchester CCG", "2013-04-01", "2017-04-01"),
            ccg("14L", "NHS Manchester CCG", "2017-04-01", "2022-07-01"),
            succession("01M", "14L", "2017-04-01", SuccessionKind::Merger),
        ])
        .await;
    for to in ["11X", "11M", "01M"] {
        world.record(s98a(to, "2013-04-01")).await;
    }
    world
        .record(vec![
            ended("s98a/11M", "2022-04-01", EndReason::Revoked, &[NHSE]),
            not_held("QR1", &[LegalBasis::S98a], "2022-07-01", ""),
        ])
        .await;
    world
}

fn direction_questions() -> Vec<Case> {
    let of = "out-of-hours-primary-medical";
    vec![
        asked(
            "4.2",
            "Who is liable for what a CCG was directed to do?",
            (of, "11X", "2014-01-01"),
            directed("11X"),
        )
        .also(Also::Liable(pb::LiableState::Unsettled))
        .also(Also::Accountable(&[("11X", NHSE), (NHSE, SOFS)])),
        asked(
            "4.7",
            "How sure is an answer when the direction's text is unconfirmed?",
            (of, "11X", "2014-01-01"),
            directed("11X"),
        )
        .also(Also::Confidence(pb::Confidence::Unconfirmed)),
        asked(
            "5.6",
            "Does regulation 22 keep the direction in force against the ICB?",
            (of, "QSL", "2022-07-01"),
            directed("QSL"),
        )
        .also(Also::Instruments(&["s98a/11X"]))
        .also(Also::Liable(pb::LiableState::Unsettled)),
        asked(
            "5.6",
            "Who would answer today for what was done under it before July 2022?",
            (of, "11X", "2022-06-30"),
            directed("11X"),
        )
        .also(Also::AnsweringNow(&[("11X", &["QSL"])]))
        .also(Also::ReadAcross("read-across-icb")),
        asked(
            "5.6",
            "Does regulation 22 revive a direction revoked before 30 June 2022?",
            (of, "QR1", "2022-07-01"),
            not_delegated(),
        ),
        asked(
            "5.6",
            "Does a direction pass to a merged CCG without a word?",
            (of, "14L", "2017-04-01"),
            said(Gap, NHSE, &[], &[], &["L0", "L5"], NONE),
        )
        .also(Also::Predecessors(&["s98a/01M"])),
    ]
}

#[tokio::test]
async fn directions_and_what_becomes_of_them() {
    ask_all(&directions().await, direction_questions()).await;
}

// --- the Secretary of State's chain --------------------------------------------------------------

/// Public health functions: the Secretary of State, NHS England, for two years a CCG. One
/// arrangement of 2022 forbids passing on.
async fn public_health_chain() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
        ])
        .await;
    let basis = (InstrumentKind::Section7a, LegalBasis::S7a);
    for (id, of, from, barred) in [
        ("s7a/section-7a", "section-7a-public-health", "2013-04-01", false),
        ("s7a/vaccination", "vaccination-services", "2013-04-01", false),
        ("s7a/screening", "screening-services", "2022-07-01", true),
    ] {
        let mut commands = instrument_for(id, basis, (SOFS, NHSE), "11X", &[of], (from, ""), None);
        let text = text_of(&mut commands);
        text.area = Area::England;
        text.onward_barred = barred;
        world.record(commands).await;
    }
    let (of, life) = (["vaccination-services"], ("2016-04-01", "2018-04-01"));
    world.record(instrument("s7a/11X", basis, (NHSE, "11X"), &of, life)).await;
    world.record(delegation("11X", &["enhanced-services-directed"], "2016-04-01")).await;
    world
}

fn chain_questions() -> Vec<Case> {
    vec![
        asked(
            "4.6",
            "Who is liable for immunisation that NHS England runs for the Secretary of State?",
            ("section-7a-public-health", "11X", "2014-01-01"),
            public_health(NHSE),
        )
        .also(Also::Accountable(&[(NHSE, SOFS)])),
        asked(
            "4.6",
            "Who is liable at the last link of a chain?",
            ("vaccination-services", "11X", "2016-04-01"),
            public_health("11X"),
        )
        .also(Also::Links(&["s7a/vaccination"]))
        .also(Also::Instruments(&["s7a/11X"]))
        .also(Also::Accountable(&[("11X", NHSE), (NHSE, SOFS)])),
        asked(
            "4.6",
            "Who exercises again when the last link has run out?",
            ("vaccination-services", "11X", "2018-04-01"),
            public_health(NHSE),
        ),
        asked(
            "4.6",
            "Is immunisation part of the CCG's delegated enhanced services?",
            ("section-7a-public-health", "11X", "2016-04-01"),
            public_health(NHSE),
        ),
        asked(
            "4.6",
            "Who is liable for those enhanced services themselves?",
            ("enhanced-services-directed", "11X", "2016-04-01"),
            delegated("11X"),
        ),
        asked(
            "4.6",
            "Does NHS England's own link outlive the CCG?",
            ("vaccination-services", "QSL", "2022-07-01"),
            public_health(NHSE),
        ),
    ]
}

fn chain_refusals() -> Vec<Refused> {
    let basis = (InstrumentKind::Section7a, LegalBasis::S7a);
    let (of, life) = (["screening-services"], ("2023-04-01", ""));
    vec![refused(
        "4.6",
        "May NHS England pass on what the terms of 2022 forbid it to pass on?",
        instrument("s7a/QSL", basis, (NHSE, "QSL"), &of, life),
        "ONWARD_FORBIDDEN",
    )]
}

#[tokio::test]
async fn the_chain_of_public_health_functions() {
    let world = public_health_chain().await;
    ask_all(&world, chain_questions()).await;
    try_all(&world, chain_refusals()).await;
}

// --- ICBs: onward, jointly, on conditions --------------------------------------------------------

/// Two ICBs with dental services, one free to pass them on to a trust; specialised services
/// jointly, and later delegated on a condition tied to an oversight segment.
async fn icbs() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            body("QUA", BodyRole::Icb, "NHS Black Country ICB", "2022-07-01", ""),
            body("RH5", BodyRole::Trust, "Somerset NHS Foundation Trust", "2013-04-01", ""),
            body("U12345", BodyRole::Pcn, "A primary care network", "2019-07-01", ""),
        ])
        .await;
    let dental = ["primary-dental-services"];
    for icb in ["QSL", "QUA"] {
        let id = format!("dental/{icb}");
        let mut commands = s65z5(&id, (NHSE, icb), icb, &dental, "2023-04-01");
        text_of(&mut commands).onward_barred = icb == "QUA";
        world.record(commands).await;
    }
    world.record(s65z5("dental/RH5", ("QSL", "RH5"), "QSL", &dental, "2024-04-01")).await;
    let basis = (InstrumentKind::JointArrangement, LegalBasis::S65z5Jointly);
    let (of, life) = (["specialised-services-2023-list"], ("2023-04-01", ""));
    let forum = Forum { kind: ForumKind::JointCommittee, name: code("South West joint committee") };
    let parties = (NHSE, "QSL");
    world.record(instrument_for("joint/QSL", basis, parties, "QSL", &of, life, Some(forum))).await;
    let of = ["specialised-services-2025-additions"];
    world.record(s65z5("specialised/QUA", (NHSE, "QUA"), "QUA", &of, "2025-04-01")).await;
    world
        .record(vec![
            fact(condition("specialised/QUA", "oversight segment 4", "2025-04-01", &[NHSE])),
            fact(Fact::ConditionLifted {
                instrument: code("specialised/QUA"),
                condition: code("oversight segment 4"),
                effective_until: on("2025-12-01"),
                by: bodies(&[NHSE]),
            }),
        ])
        .await;
    world
}

fn icb_questions() -> Vec<Case> {
    let dental = "primary-dental-services";
    let joint = said(JointlyHeld, NHSE, &["QSL", NHSE], &["QSL", NHSE], &["L8"], S65z5Jointly);
    let segment = "specialised-services-2025-additions";
    vec![
        asked(
            "4.2",
            "Who is liable for what an ICB does under s.65Z5?",
            (dental, "QSL", "2024-03-31"),
            delegated_65z5("QSL"),
        )
        .also(Also::Accountable(&[("QSL", NHSE), (NHSE, SOFS)])),
        asked(
            "4.5",
            "An ICB passes the function on to a trust: who exercises and is liable?",
            (dental, "QSL", "2024-04-01"),
            delegated_65z5("RH5"),
        )
        .also(Also::Links(&["dental/QSL"]))
        .also(Also::Instruments(&["dental/RH5"]))
        .also(Also::Accountable(&[("RH5", "QSL"), ("QSL", NHSE), (NHSE, SOFS)])),
        asked(
            "4.5",
            "Does that reach another ICB's area?",
            (dental, "QUA", "2024-04-01"),
            delegated_65z5("QUA"),
        ),
        asked(
            "4.2",
            "Who is liable for joint exercise after July 2022, and how sure is that?",
            ("specialised-services-2023-list", "QSL", "2023-04-01"),
            joint,
        )
        .also(Also::LiableConfidence(pb::Confidence::Unconfirmed))
        .also(Also::Forum(pb::ForumKind::JointCommittee, "South West joint committee")),
        asked(
            "6",
            "Does a condition tied to an oversight segment change who is liable?",
            (segment, "QUA", "2025-04-01"),
            delegated_65z5("QUA"),
        )
        .also(Also::Conditions(&["oversight segment 4"])),
        asked(
            "6",
            "And once the condition is lifted?",
            (segment, "QUA", "2025-12-01"),
            delegated_65z5("QUA"),
        )
        .also(Also::Conditions(&[])),
    ]
}

fn icb_refusals() -> Vec<Refused> {
    let dental = ["primary-dental-services"];
    let gms = ["gms-contracts"];
    let s13z = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    let s13yb = (InstrumentKind::Direction, LegalBasis::S13yb);
    vec![
        refused(
            "4.5",
            "May an ICB pass on what its terms forbid it to pass on?",
            s65z5("onward/QUA", ("QUA", "RH5"), "QUA", &dental, "2024-04-01"),
            "ONWARD_FORBIDDEN",
        ),
        refused(
            "4.5",
            "May a primary care network receive a function by delegation?",
            s65z5("onward/pcn", ("QSL", "U12345"), "QSL", &gms, "2024-04-01"),
            "BODY_MAY_NOT_RECEIVE",
        ),
        refused(
            "4.5",
            "May an ICB pass on a function that it never had?",
            s65z5("onward/gms", ("QSL", "RH5"), "QSL", &gms, "2024-04-01"),
            "TITLE_MISSING",
        ),
        refused(
            "4.2",
            "May an ICB receive under s.13Z, repealed on 1 July 2022?",
            instrument("s13z/QSL", s13z, (NHSE, "QSL"), &gms, ("2022-07-01", "")),
            "BODY_MAY_NOT_RECEIVE",
        ),
        refused(
            "4.2",
            "May NHS England direct an ICB under s.13YB before it is commenced?",
            instrument("s13yb/QSL", s13yb, (NHSE, "QSL"), &gms, ("2023-04-01", "")),
            "RULE_MISSING",
        ),
        refused(
            "5.2",
            "Does a delegation to an ICB begin on 1 October?",
            s65z5("gms/QSL", (NHSE, "QSL"), "QSL", &gms, "2023-10-01"),
            "START_FORBIDDEN",
        ),
    ]
}

#[tokio::test]
async fn icbs_onward_jointly_and_on_conditions() {
    let world = icbs().await;
    ask_all(&world, icb_questions()).await;
    try_all(&world, icb_refusals()).await;
}

// --- 1 July 2022 ---------------------------------------------------------------------------------

/// A delegated CCG abolished on 1 July 2022; the ICB's own delegation is entered a month late.
async fn first_of_july() -> World {
    let world = World::empty().await;
    world.at_noon("2019-04-01");
    world.record_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    world.record(delegation("11X", &["gms-contracts"], "2019-04-01")).await;
    world.at_noon("2022-07-01");
    world
        .record(vec![
            body("11X", BodyRole::SubIcbLocation, "NHS Somerset ICB - 11X", "2022-07-01", ""),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            member("11X", "QSL", Relation::SubIcbOfIcb, "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
        ])
        .await;
    world.at_noon("2022-08-01");
    let mut commands =
        s65z5("delegation/QSL", (NHSE, "QSL"), "QSL", &["gms-contracts"], "2022-07-01");
    commands.truncate(1);
    let begun = in_force("delegation/QSL", "2022-07-01", "");
    commands.push(correct(CorrectionKind::RecordedLate, None, Some("2022-06-24"), Some(begun)));
    world.record(commands).await;
    world
}

fn first_of_july_questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "4.2",
            "Who is liable on the CCG's last day, as known that day?",
            (gms, "11X", "2022-06-30"),
            delegated("11X"),
        )
        .known("2022-06-30")
        .also(Also::AnsweringNow(&[])),
        asked(
            "4.7",
            "And as known later: does succession overwrite the answer as at the day?",
            (gms, "11X", "2022-06-30"),
            delegated("11X"),
        )
        .also(Also::AnsweringNow(&[("11X", &["QSL"])]))
        .also(Also::ReadAcross("read-across-icb"))
        .also(Also::Instruments(&["delegation/11X"])),
        asked(
            "5.6",
            "Who exercises on 1 July 2022 while no instrument names the ICB?",
            (gms, "11X", "2022-07-01"),
            gap_of_icb(),
        )
        .known("2022-07-15")
        .also(Also::Liable(pb::LiableState::Unknown))
        .also(Also::Predecessors(&["delegation/11X"]))
        .also(Also::Area("QSL")),
        asked(
            "5.7",
            "And once the agreement, signed in June, is entered late?",
            (gms, "11X", "2022-07-01"),
            delegated_65z5("QSL"),
        )
        .known("2022-08-01")
        .also(Also::Predecessors(&[]))
        .also(Also::Accountable(&[("QSL", NHSE), (NHSE, SOFS)])),
    ]
}

#[tokio::test]
async fn the_first_of_july_2022() {
    ask_all(&first_of_july().await, first_of_july_questions()).await;
}

// --- 2026: an ICB is split, others form a cluster ------------------------------------------------

/// Frimley is divided between three; one of them goes on with a delegation of its own, one is named
/// by a new instrument, one by none. Two other ICBs share their leadership.
async fn split() -> World {
    let world = World::with_law().await;
    let mut commands = vec![
        body("QNQ", BodyRole::Icb, "NHS Frimley ICB", "2022-07-01", "2026-04-01"),
        body("QRL", BodyRole::Icb, "NHS Hampshire and Isle of Wight ICB", "2022-07-01", ""),
        body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
        body("QVV", BodyRole::Icb, "NHS Dorset ICB", "2022-07-01", ""),
        body("S0E4D", BodyRole::Icb, "NHS Thames Valley ICB", "2026-04-01", ""),
        body("S9B9J", BodyRole::Icb, "NHS Surrey and Sussex ICB", "2026-04-01", ""),
    ];
    for successor in ["QRL", "S0E4D", "S9B9J"] {
        commands.push(succession("QNQ", successor, "2026-04-01", SuccessionKind::Split));
    }
    for icb in ["QNQ", "QRL", "QSL", "QVV"] {
        let id = format!("delegation/{icb}");
        commands.extend(s65z5(&id, (NHSE, icb), icb, &["gms-contracts"], "2022-07-01"));
    }
    world.record(commands).await;
    world.at_noon("2026-05-01");
    let of = ["gms-contracts"];
    world.record(s65z5("delegation/S9B9J", (NHSE, "S9B9J"), "S9B9J", &of, "2026-04-01")).await;
    world
        .record(vec![fact(Fact::ClusterFormed {
            name: code("Dorset and Somerset cluster"),
            bodies: bodies(&["QSL", "QVV"]),
            effective: period("2025-10-01", ""),
        })])
        .await;
    world
}

fn split_questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "5.6",
            "An ICB is split: who would answer today for its last day?",
            (gms, "QNQ", "2026-03-31"),
            delegated_65z5("QNQ"),
        )
        .also(Also::AnsweringNow(&[("QNQ", &["QRL", "S0E4D", "S9B9J"])])),
        asked(
            "5.6",
            "And who exercises the next day, over an area that is divided?",
            (gms, "QNQ", "2026-04-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .also(Also::Because(pb::UnknownReason::AreaDivided))
        .also(Also::AskInstead(&["QRL", "S0E4D", "S9B9J"])),
        asked(
            "5.6",
            "Who exercises over the part that no instrument names?",
            (gms, "S0E4D", "2026-04-01"),
            gap_of_icb(),
        )
        .also(Also::Predecessors(&["delegation/QNQ"])),
        asked(
            "5.6",
            "And over the part that a new instrument names?",
            (gms, "S9B9J", "2026-04-01"),
            delegated_65z5("S9B9J"),
        ),
        asked(
            "5.6",
            "Does the ICB that goes on keep its own delegation?",
            (gms, "QRL", "2026-04-01"),
            delegated_65z5("QRL"),
        )
        .also(Also::AnsweringNow(&[])),
        asked(
            "4.7",
            "Does a cluster with shared leadership exercise or answer for anything?",
            (gms, "QSL", "2026-04-01"),
            delegated_65z5("QSL"),
        )
        .also(Also::Instruments(&["delegation/QSL"]))
        .also(Also::PerformedBy(&["QSL"])),
    ]
}

#[tokio::test]
async fn an_icb_is_split() {
    ask_all(&split().await, split_questions()).await;
}

// --- notice, agreement, revocation ---------------------------------------------------------------

/// Delegations of 2015, decided by committees that meet in common. They end in different ways, and
/// of each it is known that nothing replaced it.
async fn endings() -> World {
    let world = World::with_law().await;
    for (text, name, ends) in [
        ("02R", "NHS Bradford Districts CCG", "2017-04-01"),
        ("02W", "NHS Bradford City CCG", "2018-04-01"),
        ("02N", "NHS Airedale, Wharfedale and Craven CCG", "2016-11-01"),
        ("02T", "NHS Calderdale CCG", ""),
        ("03R", "NHS Wakefield CCG", "2017-01-01"),
    ] {
        world.record(vec![ccg(text, name, "2013-04-01", "2020-04-01")]).await;
        let mut commands = delegation(text, &["gms-contracts"], "2015-04-01");
        text_of(&mut commands).forum = Some(Forum {
            kind: ForumKind::CommitteesInCommon,
            name: code("Primary care commissioning committees in common"),
        });
        world.record(commands).await;
        if !ends.is_empty() {
            world.record(vec![not_held(text, &BOTH_LEVELS, ends, "")]).await;
        }
    }
    world
        .record(vec![
            notice("delegation/02R", "02R", "2016-09-30"),
            notice("delegation/02W", "02W", "2016-10-01"),
            ended("delegation/02N", "2016-11-01", EndReason::Terminated, &["02N", NHSE]),
            ended("delegation/03R", "2017-01-01", EndReason::Revoked, &[NHSE]),
        ])
        .await;
    world
}

fn ending_questions() -> Vec<Case> {
    use pb::UnappliedKind::NoticePending;
    let gms = "gms-contracts";
    vec![
        asked(
            "5.4",
            "Committees meet in common: does one CCG decide for another?",
            (gms, "02R", "2016-05-01"),
            delegated("02R"),
        )
        .also(Also::Forum(
            pb::ForumKind::CommitteesInCommon,
            "Primary care commissioning committees in common",
        ))
        .also(Also::Instruments(&["delegation/02R"])),
        asked(
            "5.3",
            "Notice was given on 30 September 2016: who exercises while it runs?",
            (gms, "02R", "2016-09-30"),
            delegated("02R"),
        )
        .also(Also::KnownUnapplied(&[(NoticePending, "delegation/02R", "2017-04-01")])),
        asked(
            "5.3",
            "What is the last day in force after notice in time?",
            (gms, "02R", "2017-03-31"),
            delegated("02R"),
        ),
        asked(
            "5.3",
            "Who exercises from the following 1 April?",
            (gms, "02R", "2017-04-01"),
            not_delegated(),
        )
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.3",
            "Was notice known of on the day before it was given?",
            (gms, "02W", "2016-09-30"),
            delegated("02W"),
        )
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.3",
            "Notice was given on 1 October 2016: who exercises on 1 April 2017?",
            (gms, "02W", "2017-04-01"),
            delegated("02W"),
        )
        .also(Also::KnownUnapplied(&[(NoticePending, "delegation/02W", "2018-04-01")])),
        asked("5.3", "And on 1 April 2018?", (gms, "02W", "2018-04-01"), not_delegated()),
        asked(
            "5.2",
            "It ends mid-year by agreement: who exercises on the last day?",
            (gms, "02N", "2016-10-31"),
            delegated("02N"),
        ),
        asked("5.2", "And on the day agreed?", (gms, "02N", "2016-11-01"), not_delegated()),
        asked(
            "4.7",
            "Does a revoked delegation count?",
            (gms, "03R", "2017-01-01"),
            not_delegated(),
        )
        .also(Also::Accountable(&[(NHSE, SOFS)])),
    ]
}

fn ending_refusals() -> Vec<Refused> {
    vec![
        refused(
            "5.2",
            "May a CCG end its delegation mid-year without NHS England?",
            vec![ended("delegation/02T", "2016-11-01", EndReason::Terminated, &["02T"])],
            "CONSENT_MISSING",
        ),
        refused(
            "5.2",
            "May NHS England end it mid-year, other than by revoking, without the CCG?",
            vec![ended("delegation/02T", "2016-11-01", EndReason::Terminated, &[NHSE])],
            "CONSENT_MISSING",
        ),
        refused(
            "5.2",
            "Is it NHS England that gives a CCG's notice?",
            vec![notice("delegation/02T", NHSE, "2016-09-30")],
            "ACTOR_MAY_NOT",
        ),
        refused(
            "5.2",
            "May a CCG revoke what NHS England gave it?",
            vec![ended("delegation/02T", "2016-11-01", EndReason::Revoked, &["02T"])],
            "ACTOR_MAY_NOT",
        ),
    ]
}

#[tokio::test]
async fn notice_agreement_and_revocation() {
    let world = endings().await;
    ask_all(&world, ending_questions()).await;
    try_all(&world, ending_refusals()).await;
}

// --- the life of an application ------------------------------------------------------------------

/// Three applications of the round for 1 April 2016, each step entered on the day it was taken: one
/// that came into force, one that was withdrawn, one that waits on conditions. A fourth is only
/// drawn.
async fn applications() -> World {
    let world = World::empty().await;
    world.at_noon("2015-04-01");
    world.record_law().await;
    for (text, name) in [
        ("02R", "NHS Bradford Districts CCG"),
        ("02W", "NHS Bradford City CCG"),
        ("02N", "NHS Airedale, Wharfedale and Craven CCG"),
        ("02T", "NHS Calderdale CCG"),
    ] {
        world
            .record(vec![
                ccg(text, name, "2013-04-01", "2020-04-01"),
                not_held(text, &BOTH_LEVELS, "2015-04-01", "2016-04-01"),
            ])
            .await;
        let mut commands = delegation(text, &["gms-contracts"], "2016-04-01");
        commands.truncate(1);
        world.record(commands).await;
    }
    use Stage::{Applied, Approved, ConditionallyApproved, DocumentsIssued, Executed, Withdrawn};
    let (districts, city, airedale) = ("delegation/02R", "delegation/02W", "delegation/02N");
    for (day, id, stage, by) in [
        ("2015-11-06", districts, Applied, &["02R"][..]),
        ("2015-11-06", city, Applied, &["02W"]),
        ("2015-11-06", airedale, Applied, &["02N"]),
        ("2015-12-17", districts, Approved, &[NHSE]),
        ("2015-12-17", city, Approved, &[NHSE]),
        ("2015-12-17", airedale, ConditionallyApproved, &[NHSE]),
        ("2016-02-10", city, Withdrawn, &["02W"]),
        ("2016-02-15", districts, DocumentsIssued, &[NHSE]),
        ("2016-03-21", districts, Executed, &["02R", NHSE]),
    ] {
        world.at_noon(day);
        world.record(vec![step(id, stage, by, day)]).await;
    }
    world.at_noon("2016-04-01");
    world.record(vec![fact(in_force(districts, "2016-04-01", ""))]).await;
    world
}

fn application_questions() -> Vec<Case> {
    use pb::UnappliedKind::{ApprovedNotExecuted, ExecutedNotInForce};
    let gms = "gms-contracts";
    vec![
        asked(
            "5.1",
            "Does an application change who exercises?",
            (gms, "02R", "2015-11-06"),
            not_delegated(),
        )
        .known("2015-11-06")
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.1",
            "Does approval change who exercises?",
            (gms, "02R", "2015-12-17"),
            not_delegated(),
        )
        .known("2015-12-17")
        .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02R", "")])),
        asked("5.1", "Does approval on conditions?", (gms, "02N", "2015-12-17"), not_delegated())
            .known("2015-12-17")
            .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02N", "")])),
        asked(
            "5.1",
            "Is an application that was withdrawn still on its way?",
            (gms, "02W", "2016-02-10"),
            not_delegated(),
        )
        .known("2016-02-10")
        .also(Also::KnownUnapplied(&[])),
        asked(
            "5.1",
            "Was it on its way as known the day before?",
            (gms, "02W", "2016-02-09"),
            not_delegated(),
        )
        .known("2016-02-09")
        .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02W", "")])),
        asked(
            "5.1",
            "Do issued documents have legal effect?",
            (gms, "02R", "2016-02-15"),
            not_delegated(),
        )
        .known("2016-02-15")
        .also(Also::KnownUnapplied(&[(ApprovedNotExecuted, "delegation/02R", "")])),
        asked(
            "5.1",
            "Both have signed: who exercises before the day in the instrument?",
            (gms, "02R", "2016-03-31"),
            not_delegated(),
        )
        .known("2016-03-31")
        .also(Also::KnownUnapplied(&[(ExecutedNotInForce, "delegation/02R", "")]))
        .also(Also::Accountable(&[(NHSE, SOFS)])),
        asked(
            "5.1",
            "As known then, does a signed instrument say who will exercise on 1 April?",
            (gms, "02R", "2016-04-01"),
            no_evidence(),
        )
        .known("2016-03-31")
        .also(Also::KnownUnapplied(&[(ExecutedNotInForce, "delegation/02R", "")]))
        .also(Also::Because(pb::UnknownReason::NoEvidence))
        .also(Also::LiableInEveryCase),
        asked(
            "5.1",
            "Who exercises once it is in force?",
            (gms, "02R", "2016-04-01"),
            delegated("02R"),
        )
        .known("2016-04-01")
        .also(Also::KnownUnapplied(&[])),
    ]
}

fn application_refusals() -> Vec<Refused> {
    use Stage::{Applied, Approved, Executed, InterestExpressed, Withdrawn};
    let mut mid_year = delegation("02T", &["pms-agreements"], "2016-10-01");
    text_of(&mut mid_year).id = code("mid-year/02T");
    mid_year.truncate(1);
    mid_year.push(fact(in_force("mid-year/02T", "2016-10-01", "")));
    vec![
        refused(
            "5.2",
            "May a CCG apply after the closing date of the round?",
            vec![step("delegation/02T", Applied, &["02T"], "2015-11-07")],
            "WINDOW_CLOSED",
        ),
        refused(
            "5.2",
            "May a CCG apply alone in the round that asked for a joint signature?",
            vec![step("delegation/02T", Applied, &["02T"], "2016-11-01")],
            "ACTOR_MISSING",
        ),
        refused(
            "5.2",
            "May interest be expressed after 20 June 2014?",
            vec![step("delegation/02T", InterestExpressed, &["02T"], "2014-06-21")],
            "WINDOW_CLOSED",
        ),
        refused(
            "5.2",
            "May a CCG approve its own application?",
            vec![step("delegation/02T", Approved, &["02T"], "2015-12-17")],
            "ACTOR_MAY_NOT",
        ),
        refused(
            "5.2",
            "Is an agreement executed before NHS England signs?",
            vec![step("delegation/02N", Executed, &["02N"], "2016-03-21")],
            "ACTOR_MISSING",
        ),
        refused(
            "5.2",
            "May a CCG withdraw after execution?",
            vec![step("delegation/02R", Withdrawn, &["02R"], "2016-03-25")],
            "STATE_FORBIDS",
        ),
        refused(
            "5.1",
            "Can what was withdrawn come into force?",
            vec![fact(in_force("delegation/02W", "2016-04-01", ""))],
            "STATE_FORBIDS",
        ),
        refused(
            "5.2",
            "Does a delegation to a CCG begin on 1 October?",
            mid_year,
            "START_FORBIDDEN",
        ),
    ]
}

#[tokio::test]
async fn the_life_of_an_application() {
    let world = applications().await;
    ask_all(&world, application_questions()).await;
    try_all(&world, application_refusals()).await;
}

// --- late, wrong, backdated ----------------------------------------------------------------------

/// One CCG for each of the three: an agreement entered late, a start that never was, and payment
/// directions with effect from before they were given.
async fn corrections() -> (World, Position) {
    let world = World::empty().await;
    world.at_noon("2015-04-01");
    world.record_law().await;
    for (text, name) in [
        ("02R", "NHS Bradford Districts CCG"),
        ("02W", "NHS Bradford City CCG"),
        ("02N", "NHS Airedale, Wharfedale and Craven CCG"),
    ] {
        world.record(vec![ccg(text, name, "2013-04-01", "2020-04-01")]).await;
    }
    let mut late = delegation("02R", &["gms-contracts"], "2015-04-01");
    late.truncate(1);
    world.record(late).await;
    // Whoever entered it took City for another CCG: its delegation began a year later.
    let wrong = world.record(delegation("02W", &["gms-contracts"], "2015-04-01")).await;
    let backdated = world.record(delegation("02N", &["gms-contracts"], "2015-04-01")).await;
    world.at_noon("2015-06-15");
    let begun = in_force("delegation/02R", "2015-04-01", "");
    world
        .record(vec![correct(CorrectionKind::RecordedLate, None, Some("2015-03-27"), Some(begun))])
        .await;
    world.at_noon("2016-05-01");
    let begun = in_force("delegation/02W", "2016-04-01", "");
    let about = Some(wrong.last_position);
    world.record(vec![correct(CorrectionKind::ErrorCorrected, about, None, Some(begun))]).await;
    world.at_noon("2016-07-01");
    let directions = "payment directions of July 2016 are followed";
    let given = condition("delegation/02N", directions, "2016-04-01", &[NHSE]);
    let about = Some(backdated.last_position);
    let made_on = Some("2016-07-01");
    world.record(vec![correct(CorrectionKind::EffectBackdated, about, made_on, Some(given))]).await;
    (world, wrong.last_position)
}

fn correction_questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "4.7",
            "What was known of a CCG before it was recorded?",
            (gms, "02R", "2015-04-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .known("2015-03-31"),
        asked(
            "5.7",
            "An agreement is entered ten weeks late: what was known before?",
            (gms, "02R", "2015-04-10"),
            no_evidence(),
        )
        .known("2015-06-14"),
        asked(
            "5.7",
            "And what is known of the same day from then on?",
            (gms, "02R", "2015-04-10"),
            delegated("02R"),
        )
        .known("2015-06-15"),
        asked(
            "5.7",
            "A start is entered by mistake: what was believed until it was corrected?",
            (gms, "02W", "2015-06-01"),
            delegated("02W"),
        )
        .known("2016-04-30"),
        asked(
            "5.7",
            "What is known of that day once the error is corrected?",
            (gms, "02W", "2015-06-01"),
            no_evidence(),
        )
        .known("2016-05-01"),
        asked(
            "5.7",
            "And of the day on which it did begin?",
            (gms, "02W", "2016-04-01"),
            delegated("02W"),
        ),
        asked(
            "5.7",
            "Directions are given effect from an earlier day: what was right before they were?",
            (gms, "02N", "2016-05-01"),
            delegated("02N"),
        )
        .known("2016-06-30")
        .also(Also::Conditions(&[])),
        asked(
            "5.7",
            "And what is known of the same day once they are given?",
            (gms, "02N", "2016-05-01"),
            delegated("02N"),
        )
        .known("2016-07-01")
        .also(Also::Conditions(&["payment directions of July 2016 are followed"])),
        asked(
            "5.7",
            "Do they reach back before the day from which they have effect?",
            (gms, "02N", "2016-03-31"),
            delegated("02N"),
        )
        .also(Also::Conditions(&[])),
    ]
}

/// `wrong`: the event that was taken back.
fn correction_refusals(wrong: Position) -> Vec<Refused> {
    let later = condition("delegation/02N", "later directions", "2016-09-01", &[NHSE]);
    let other = condition("delegation/02W", "another thing", "2016-09-01", &[NHSE]);
    vec![
        refused(
            "5.7",
            "Is an error corrected twice?",
            vec![correct(CorrectionKind::ErrorCorrected, Some(wrong), None, None)],
            "ALREADY_CORRECTED",
        ),
        refused(
            "5.7",
            "Is an error corrected without naming the wrong record?",
            vec![correct(CorrectionKind::ErrorCorrected, None, None, Some(other))],
            "FIELD_INVALID",
        ),
        refused(
            "5.7",
            "Is an effect backdated that begins after the act?",
            vec![correct(
                CorrectionKind::EffectBackdated,
                Some(wrong + 2),
                Some("2016-08-01"),
                Some(later),
            )],
            "NOT_BACKDATED",
        ),
    ]
}

#[tokio::test]
async fn late_wrong_and_backdated() {
    let (world, wrong) = corrections().await;
    ask_all(&world, correction_questions()).await;
    try_all(&world, correction_refusals(wrong)).await;
}

// --- assurance -----------------------------------------------------------------------------------

/// A delegated CCG whose internal audit is then recorded as evidence that it exercises.
async fn assurance() -> World {
    let world = World::empty().await;
    world.at_noon("2019-04-01");
    world.record_law().await;
    world.record(vec![ccg("06A", "NHS Wolverhampton CCG", "2013-04-01", "2021-04-01")]).await;
    world.record(delegation("06A", &["gms-contracts"], "2017-04-01")).await;
    world.at_noon("2019-07-31");
    let audited = Fact::InstrumentInForce {
        instrument: code("delegation/06A"),
        effective: period("2019-06-30", ""),
        start: Start::NotEvidenced,
    };
    let evidence = resting_on("internal audit of delegated functions: substantial", "2019-06-30");
    world.record(vec![Command { act: Act::State(audited), evidence }]).await;
    world
}

fn assurance_questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "6",
            "Why does NHS England ask a delegated CCG for assurance?",
            (gms, "06A", "2019-06-30"),
            delegated("06A"),
        )
        .known("2019-06-30")
        .also(Also::Accountable(&[("06A", NHSE), (NHSE, SOFS)])),
        asked(
            "6",
            "Does an audit's rating change who exercises or who is liable?",
            (gms, "06A", "2019-06-30"),
            delegated("06A"),
        )
        .known("2019-07-31")
        .also(Also::Instruments(&["delegation/06A"])),
    ]
}

#[tokio::test]
async fn assurance_changes_nothing() {
    ask_all(&assurance().await, assurance_questions()).await;
}

// --- law enacted without a day -------------------------------------------------------------------

/// A rule that places contracts on ICBs is enacted without a day, and gets one a year later; so do
/// the rows about directions to ICBs.
async fn law_to_come() -> World {
    let world = World::empty().await;
    world.at_noon("2025-04-01");
    world.record_law().await;
    let route = Route { basis: LegalBasis::S13yb, confidence: Confidence::Confirmed };
    let holder = HolderRule::Body(code(NHSE));
    world
        .record(vec![
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            function("urgent-dental-directed", holder, ("2022-07-01", ""), vec![route]),
            fact(Fact::RuleEnacted(Rule {
                id: code("vesting-icb"),
                effective: None,
                content: RuleContent::Vesting {
                    functions: vec![code("gms-contracts")],
                    role: BodyRole::Icb,
                    ends: vec![LegalBasis::S65z5],
                },
                text: code("ICBs commission primary care in their own right."),
                citation: code("fixture"),
                confidence: Confidence::Confirmed,
            })),
        ])
        .await;
    let both = ["gms-contracts", "qof"];
    world.record(s65z5("delegation/QSL", (NHSE, "QSL"), "QSL", &both, "2022-07-01")).await;
    world.at_noon("2026-04-01");
    let commenced = |rule: &str, from: &str| {
        fact(Fact::RuleCommenced { rule: code(rule), effective: period(from, "") })
    };
    world
        .record(vec![
            commenced("vesting-icb", "2027-04-01"),
            commenced("L9", "2026-04-01"),
            commenced("receive-s13yb", "2026-04-01"),
        ])
        .await;
    let basis = (InstrumentKind::Direction, LegalBasis::S13yb);
    let of = ["urgent-dental-directed"];
    world.record(instrument("s13yb/QSL", basis, (NHSE, "QSL"), &of, ("2026-04-01", ""))).await;
    world
}

fn law_to_come_questions() -> Vec<Case> {
    use pb::UnappliedKind::RuleNotCommenced;
    let gms = "gms-contracts";
    vec![
        asked(
            "4.7",
            "Does a rule without a day move a function?",
            (gms, "QSL", "2027-04-01"),
            delegated_65z5("QSL"),
        )
        .known("2026-03-31")
        .also(Also::KnownUnapplied(&[(RuleNotCommenced, "vesting-icb", "")])),
        asked(
            "4.7",
            "Who holds the function the day before the rule is commenced?",
            (gms, "QSL", "2027-03-31"),
            delegated_65z5("QSL"),
        )
        .also(Also::Instruments(&["delegation/QSL"])),
        asked(
            "4.7",
            "Who holds it from that day, and what becomes of the delegation?",
            (gms, "QSL", "2027-04-01"),
            said(NotDelegated, "QSL", &["QSL"], &["QSL"], &["L0"], NoArrangement),
        )
        .also(Also::Instruments(&[]))
        .also(Also::KnownUnapplied(&[])),
        asked(
            "4.7",
            "Does the delegation go on for what the rule does not name?",
            ("qof", "QSL", "2027-04-01"),
            delegated_65z5("QSL"),
        ),
        asked(
            "4.2",
            "Who is liable under a direction to an ICB once s.13YB is commenced?",
            ("urgent-dental-directed", "QSL", "2026-04-01"),
            said(Held, NHSE, &["QSL"], &["QSL"], &["L9"], S13yb),
        ),
    ]
}

#[tokio::test]
async fn law_enacted_without_a_day() {
    ask_all(&law_to_come().await, law_to_come_questions()).await;
}

// --- how many ------------------------------------------------------------------------------------

#[test]
fn there_are_at_least_forty_from_every_section() {
    let questions = [
        manchester_questions(),
        intervention_questions(),
        direction_questions(),
        chain_questions(),
        icb_questions(),
        first_of_july_questions(),
        split_questions(),
        ending_questions(),
        application_questions(),
        correction_questions(),
        assurance_questions(),
        law_to_come_questions(),
    ];
    let refusals = [
        manchester_refusals(),
        intervention_refusals(),
        chain_refusals(),
        icb_refusals(),
        ending_refusals(),
        application_refusals(),
        correction_refusals(1),
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
