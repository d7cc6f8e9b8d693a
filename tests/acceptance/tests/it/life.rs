//! The life of an instrument: every step from every state, by everyone, in time and late.
//!
//! What is expected is worked out here from the rows of law; what happens is what the register
//! does. The table for readers is `docs/life-of-a-delegation.md`; `REMIT_BLESS=1` writes it anew.

use std::fmt::Write;

use acceptance::{ccg, code, fact, law, on};
use remit_domain::{
    Act, Area, BodyCode, BodyRole, Command, ConditionAttached, ConditionLifted, Confidence, Day,
    EndReason, Event, Evidence, Fact, Instrument, InstrumentAdvanced, InstrumentEnded,
    InstrumentFact, InstrumentInForce, InstrumentKind, InstrumentVaried, LawFact, LegalBasis,
    Party, Period, Reason, Refusal, Rule, RuleContent, Stage, Start, State, Step, Word,
};
use remit_register::Register;

const NHSE: &str = "X24";
const STRANGER: &str = "15F";
const CONDITION: &str = "agree the governance first";

/// One kind of instrument, and the days on which its life is looked at.
pub(super) struct Sort<'a> {
    pub title: &'a str,
    pub kind: InstrumentKind,
    pub basis: LegalBasis,
    pub giver: &'a str,
    pub receiver: &'a str,
    pub area: &'a str,
    pub function: &'a str,
    /// The day on which it came to the state it is in.
    pub made_on: &'a str,
    /// A day on which a step is taken that has no day of its own.
    pub day: &'a str,
    /// A day on which it could begin, and one on which it could not where there is a rule.
    pub begins: [&'a str; 2],
}

const SORTS: [Sort<'static>; 6] = [
    Sort {
        title: "Delegation to a CCG, s.13Z(2) \"by\"",
        kind: InstrumentKind::Delegation,
        basis: LegalBasis::S13zBy,
        giver: NHSE,
        receiver: "11X",
        area: "11X",
        function: "gms-contracts",
        made_on: "2014-05-20",
        day: "2016-10-03",
        begins: ["2017-04-01", "2017-05-02"],
    },
    Sort {
        title: "Joint commissioning with a CCG, s.13Z(2) \"jointly with\"",
        kind: InstrumentKind::JointArrangement,
        basis: LegalBasis::S13zJointly,
        giver: NHSE,
        receiver: "11X",
        area: "11X",
        function: "gms-contracts",
        made_on: "2014-05-20",
        day: "2016-10-03",
        begins: ["2017-04-01", "2017-05-02"],
    },
    Sort {
        title: "Delegation to an ICB, s.65Z5",
        kind: InstrumentKind::Delegation,
        basis: LegalBasis::S65z5,
        giver: NHSE,
        receiver: "QSL",
        area: "QSL",
        function: "gms-contracts",
        made_on: "2022-07-05",
        day: "2023-10-03",
        begins: ["2024-04-01", "2024-05-02"],
    },
    Sort {
        title: "Direction to a CCG, s.98A(4)",
        kind: InstrumentKind::Direction,
        basis: LegalBasis::S98a,
        giver: NHSE,
        receiver: "11X",
        area: "11X",
        function: "out-of-hours-primary-medical",
        made_on: "2014-05-20",
        day: "2016-10-03",
        begins: ["2017-04-01", "2017-05-02"],
    },
    Sort {
        title: "Intervention in a CCG, s.14Z21",
        kind: InstrumentKind::Intervention,
        basis: LegalBasis::S14z21,
        giver: NHSE,
        receiver: "15F",
        area: "11X",
        function: "gms-contracts",
        made_on: "2014-05-20",
        day: "2016-10-03",
        begins: ["2017-04-01", "2017-05-02"],
    },
    Sort {
        title: "Greater involvement",
        kind: InstrumentKind::GreaterInvolvement,
        basis: LegalBasis::NoArrangement,
        giver: NHSE,
        receiver: "11X",
        area: "11X",
        function: "gms-contracts",
        made_on: "2014-05-20",
        day: "2016-10-03",
        begins: ["2017-04-01", "2017-05-02"],
    },
];

/// Who acts.
const ACTORS: [(&str, &[Party], bool); 5] = [
    ("nobody", &[], false),
    ("giver", &[Party::Giver], false),
    ("receiver", &[Party::Receiver], false),
    ("both", &[Party::Giver, Party::Receiver], false),
    ("a stranger", &[], true),
];

fn apply(register: &mut Register, fact: impl Into<Fact>, made_on: &str) {
    let evidence = Evidence {
        source: code("fixture"),
        url: None,
        made_on: Some(on(made_on)),
        confidence: Confidence::Confirmed,
        note: None,
    };
    register.apply(&Event { fact: fact.into(), evidence: evidence.into() });
}

fn text(sort: &Sort<'_>) -> Instrument {
    Instrument {
        id: code("i"),
        kind: sort.kind,
        basis: sort.basis,
        title: code("i"),
        given_by: vec![code(sort.giver)],
        given_to: vec![code(sort.receiver)],
        functions: vec![code(sort.function)],
        area: Area::Of(vec![code(sort.area)]),
        contracts: Vec::new(),
        forum: None,
        conditions: vec![code(CONDITION)],
        loss_exceptions: Vec::new(),
        onward_barred: false,
    }
}

/// The law, the bodies, and an instrument in a state since a day.
pub(super) fn register(law: &[Event], sort: &Sort<'_>, state: State) -> Register {
    let mut register = Register::new();
    for event in law {
        register.apply(event);
    }
    apply(&mut register, text(sort), sort.made_on);
    let instrument = || code("i");
    let stage = Stage::ALL.iter().find(|stage| stage.state() == state);
    if let Some(stage) = stage {
        let fact = InstrumentAdvanced { instrument: instrument(), stage: *stage, by: Vec::new() };
        apply(&mut register, fact, sort.made_on);
    }
    if matches!(state, State::InForce | State::Ended) {
        let effective = Period::open(on(sort.made_on));
        let start = Start::NotEvidenced;
        let fact = InstrumentInForce { instrument: instrument(), effective, start };
        apply(&mut register, fact, sort.made_on);
    }
    if state == State::Ended {
        let until = on(sort.made_on).next().expect("a day");
        let fact = InstrumentEnded {
            instrument: instrument(),
            effective_until: until,
            reason: EndReason::Revoked,
            by: Vec::new(),
        };
        apply(&mut register, fact, sort.made_on);
    }
    register
}

/// The days of a step: one in time and, where a rule sets a last day or a day of the year, one not.
fn days(rules: &[Rule], sort: &Sort<'_>, step: Step) -> Vec<(bool, Day)> {
    if step == Step::Commence {
        let late = (true, on(sort.begins[1]));
        return vec![(false, on(sort.begins[0])), late];
    }
    if step == Step::Dissolve {
        // The CCG ceases on 1 July 2022; the ICB goes on.
        return vec![(false, on(if sort.receiver == "QSL" { sort.day } else { "2022-07-01" }))];
    }
    let windows = rules.iter().filter_map(|rule| {
        let RuleContent::Window { bases, step: of, last } = &rule.content else { return None };
        let its = *of == step && bases.contains(&sort.basis);
        its.then_some((rule.effective?, *last))
    });
    // The last window that is closed after the state was reached, and before the next opens.
    let mut open = windows.filter(|(_, last)| *last >= on(sort.made_on));
    let last = open.next_back();
    match last {
        None => vec![(false, on(sort.day))],
        Some((open, last)) => {
            let late = last.next().expect("a day");
            assert!(open.contains(last) && open.contains(late), "a day too late for {step}");
            vec![(false, last), (true, late)]
        }
    }
}

pub(super) fn command(sort: &Sort<'_>, step: Step, by: Vec<BodyCode>, day: Day) -> Command {
    let instrument = code("i");
    let until = |reason| {
        let by = by.clone();
        InstrumentFact::InstrumentEnded(InstrumentEnded {
            instrument: code("i"),
            effective_until: day,
            reason,
            by,
        })
    };
    let advanced = |stage| {
        let by = by.clone();
        InstrumentFact::InstrumentAdvanced(InstrumentAdvanced { instrument: code("i"), stage, by })
    };
    let fact_of = match step {
        Step::Commence => {
            let (effective, start) = (Period::open(day), Start::Evidenced);
            InstrumentFact::InstrumentInForce(InstrumentInForce { instrument, effective, start })
        }
        Step::Vary => {
            let mut varied = text(sort);
            varied.title = code("varied");
            let (instrument, effective_from) = (varied, day);
            InstrumentFact::InstrumentVaried(InstrumentVaried { instrument, effective_from, by })
        }
        Step::AttachCondition => InstrumentFact::ConditionAttached(ConditionAttached {
            instrument,
            condition: code("another condition"),
            effective_from: day,
            by,
        }),
        Step::LiftCondition => {
            let (condition, effective_until) = (code(CONDITION), day);
            InstrumentFact::ConditionLifted(ConditionLifted {
                instrument,
                condition,
                effective_until,
                by,
            })
        }
        Step::GiveNotice => {
            let act = Act::GiveNotice { instrument, given_by: by[0], given_on: day };
            return Command { act, ..fact(until(EndReason::Terminated)) };
        }
        Step::Terminate => until(EndReason::Terminated),
        Step::Revoke => until(EndReason::Revoked),
        Step::Expire => until(EndReason::Expired),
        Step::Supersede => until(EndReason::Superseded),
        Step::Dissolve => until(EndReason::Dissolution),
        Step::HandBack => until(EndReason::HandedBack),
        Step::Invite
        | Step::ExpressInterest
        | Step::Apply
        | Step::Approve
        | Step::ApproveConditionally
        | Step::Reject
        | Step::Withdraw
        | Step::Lapse
        | Step::IssueDocuments
        | Step::Execute => {
            let stage = Stage::ALL.iter().find(|stage| stage.step() == step);
            advanced(*stage.expect("a step of a stage"))
        }
    };
    let mut command = fact(fact_of);
    let mut evidence = Evidence::clone(&command.evidence);
    evidence.made_on = Some(day);
    command.evidence = evidence.into();
    command
}

fn ends(step: Step) -> bool {
    matches!(
        step,
        Step::Terminate
            | Step::Revoke
            | Step::Expire
            | Step::Supersede
            | Step::Dissolve
            | Step::HandBack
    )
}

/// What the rows of law say of a step: the reasons of its refusal, in their order; none: allowed.
fn expected(
    rules: &[Rule],
    sort: &Sort<'_>,
    state: State,
    step: Step,
    (parties, stranger): (&[Party], bool),
    day: Day,
) -> Vec<Reason> {
    match (step, state) {
        (step, State::Ended) if ends(step) || step == Step::Commence => {
            let mut reasons = vec![Reason::InstrumentEnded];
            reasons.extend(wrong_day(rules, sort, step, day));
            return reasons;
        }
        (step, state) if ends(step) && state != State::InForce => {
            return vec![Reason::InstrumentNotInForce];
        }
        _ => {}
    }
    // An end is a step on the last day in force; a beginning, on the first.
    let acted = if ends(step) { day.eve().expect("a day") } else { day };
    let row = rules.iter().find_map(|rule| {
        let RuleContent::Transition { bases, step: of, from, by } = &rule.content else {
            return None;
        };
        let its = *of == step && bases.contains(&sort.basis) && rule.in_force(acted);
        its.then_some((from, by))
    });
    let Some((from, by)) = row else {
        let mut reasons = vec![Reason::RuleMissing];
        reasons.extend(wrong_day(rules, sort, step, day));
        return reasons;
    };
    let mut reasons = Vec::new();
    if stranger {
        reasons.push(Reason::ActorMayNot);
    }
    reasons.extend(parties.iter().filter(|party| !by.contains(party)).map(|_| Reason::ActorMayNot));
    let consent = step == Step::Terminate;
    let missing = if consent { Reason::ConsentMissing } else { Reason::ActorMissing };
    reasons.extend(by.iter().filter(|party| !parties.contains(party)).map(|_| missing));
    if !from.contains(&state) {
        reasons.push(Reason::StateForbids);
    }
    reasons.extend(wrong_day(rules, sort, step, day));
    if step == Step::Dissolve && sort.receiver == "QSL" {
        reasons.push(Reason::PartyInBeing);
    }
    reasons
}

fn wrong_day(rules: &[Rule], sort: &Sort<'_>, step: Step, day: Day) -> Option<Reason> {
    let law = || rules.iter().filter(|rule| rule.in_force(day));
    if step == Step::Commence {
        let days: Vec<_> = law()
            .filter_map(|rule| {
                let RuleContent::Commencement { bases, giver, days } = &rule.content else {
                    return None;
                };
                let its = *giver == BodyRole::NhsEngland && bases.contains(&sort.basis);
                its.then_some(days)
            })
            .flatten()
            .collect();
        let fits = days.is_empty() || days.iter().any(|of| of.in_year(day.year()) == Some(day));
        return (!fits).then_some(Reason::StartForbidden);
    }
    let last = law().filter_map(|rule| {
        let RuleContent::Window { bases, step: of, last } = &rule.content else { return None };
        (*of == step && bases.contains(&sort.basis)).then_some(*last)
    });
    last.max().filter(|last| day > *last).map(|_| Reason::WindowClosed)
}

#[test]
fn every_step_from_every_state_by_everyone() {
    let mut law_alone = Register::new();
    let mut commands = law();
    commands.extend([
        ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
        ccg(STRANGER, "NHS Leeds CCG", "2013-04-01", "2022-07-01"),
        acceptance::body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
        acceptance::body("QWO", BodyRole::Icb, "NHS West Yorkshire ICB", "2022-07-01", ""),
    ]);
    let events: Vec<Event> =
        commands.into_iter().map(|command| law_alone.admit(command).expect("recorded")).collect();
    let rules: Vec<Rule> = events
        .iter()
        .filter_map(|event| {
            let Fact::Law(LawFact::RuleEnacted(rule)) = &event.fact else { return None };
            Some(rule.clone())
        })
        .collect();
    let (mut cells, mut allowed) = (0, 0);
    for sort in &SORTS {
        let stranger = if sort.receiver == "QSL" { "QWO" } else { STRANGER };
        let stranger = if sort.receiver == stranger { "11X" } else { stranger };
        for state in State::ALL {
            let mut register = register(&events, sort, *state);
            for step in Step::ALL {
                for (who, parties, is_stranger) in ACTORS {
                    if *step == Step::GiveNotice && (parties.len() != 1) && !is_stranger {
                        continue; // Notice is given by one body.
                    }
                    let party = |party: &Party| match party {
                        Party::Giver => code(NHSE),
                        Party::Receiver => code(sort.receiver),
                    };
                    let mut by: Vec<BodyCode> = parties.iter().map(party).collect();
                    by.extend(is_stranger.then(|| code::<BodyCode>(stranger)));
                    // Nobody need act for an instrument to begin; no field says who did.
                    if *step == Step::Commence && !by.is_empty() {
                        continue;
                    }
                    for (late, day) in days(&rules, sort, *step) {
                        let who_acts = (parties, is_stranger);
                        let wanted = expected(&rules, sort, *state, *step, who_acts, day);
                        let before = register.tail();
                        let decided = register.admit(command(sort, *step, by.clone(), day));
                        let found: Vec<Reason> = match &decided {
                            Ok(_) => Vec::new(),
                            Err(refusals) => refusals.iter().map(Refusal::reason).collect(),
                        };
                        register.retract_after(before);
                        let cell = format!(
                            "{}: {state}, {step} by {who} on {day}{}",
                            sort.title,
                            if late { ", too late" } else { "" }
                        );
                        assert_eq!(found, wanted, "{cell}: {decided:?}");
                        if let Ok(event) = decided {
                            assert_eq!(event_of(&event.fact), *step, "{cell}");
                            allowed += 1;
                        }
                        cells += 1;
                    }
                }
            }
        }
    }
    println!("{cells} cells, {allowed} allowed, the others refused with the reasons of the rules");
    assert!(cells > 5_000 && allowed > 200);
    written(&rules);
}

/// The step that a fact records.
fn event_of(fact: &Fact) -> Step {
    use InstrumentFact as F;
    let Fact::Instruments(fact) = fact else { panic!("no step: {fact:?}") };
    match fact {
        F::InstrumentAdvanced(advanced) => advanced.stage.step(),
        F::InstrumentEnded(ended) => ended.reason.step(),
        F::InstrumentInForce(_) => Step::Commence,
        F::InstrumentVaried(_) => Step::Vary,
        F::ConditionAttached(_) => Step::AttachCondition,
        F::ConditionLifted(_) => Step::LiftCondition,
        F::NoticeGiven(_) => Step::GiveNotice,
        F::InstrumentDrawn(_)
        | F::WorkPerformed(_)
        | F::InstrumentSighted(_)
        | F::LevelNotHeld(_)
        | F::ExpectationStated(_) => panic!("no step: {fact:?}"),
    }
}

/// The table for readers says what the rules say.
fn written(rules: &[Rule]) {
    let mut tables = String::new();
    for sort in &SORTS {
        let _ = writeln!(tables, "\n### {}\n", sort.title);
        let _ =
            writeln!(tables, "| step | from | by | day | rule |\n| --- | --- | --- | --- | --- |");
        let own = |bases: &[LegalBasis]| bases.contains(&sort.basis);
        for step in Step::ALL {
            for rule in rules {
                let RuleContent::Transition { bases, step: of, from, by } = &rule.content else {
                    continue;
                };
                if of != step || !own(bases) {
                    continue;
                }
                let list = |words: Vec<String>| words.join(", ");
                let by = match by.as_slice() {
                    [] => "nobody need act".to_owned(),
                    parties => {
                        parties.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
                    }
                };
                let day = rules.iter().filter_map(|other| {
                    let (says, id) = (&other.content, &other.id);
                    if let RuleContent::Window { bases, step: of, last } = says
                        && of == step
                        && own(bases)
                    {
                        Some(format!("by {last} ({id})"))
                    } else if let RuleContent::Commencement { bases, days, .. } = says
                        && *step == Step::Commence
                        && own(bases)
                    {
                        let days = days.iter().map(ToString::to_string).collect();
                        Some(format!("on {} ({id})", list(days)))
                    } else if let RuleContent::Notice { bases, last, ends } = says
                        && *step == Step::GiveNotice
                        && own(bases)
                    {
                        Some(format!("by {last}, to end on {ends} after ({id})"))
                    } else {
                        None
                    }
                });
                let _ = writeln!(
                    tables,
                    "| {step} | {} | {by} | {} | {}{} |",
                    list(from.iter().map(ToString::to_string).collect()),
                    list(day.collect()),
                    rule.id,
                    rule.effective.map(|p| format!(", {p}")).unwrap_or_default()
                );
            }
        }
    }
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/life-of-a-delegation.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let mark = "<!-- from here on written by `REMIT_BLESS=1 cargo test -p acceptance life` -->\n";
    let (head, found) = page.split_once(mark).expect("a mark");
    if std::env::var_os("REMIT_BLESS").is_some() {
        std::fs::write(&path, format!("{head}{mark}{tables}")).expect("written");
    } else {
        assert_eq!(found, tables, "docs/life-of-a-delegation.md says what the rules say");
    }
}
