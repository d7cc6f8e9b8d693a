//! The round of 2015: 77 applied, 64 approved and one on conditions, 63 took it on; 87 joint.
//!
//! The totals are published (reference sections 2.2 and 2.4); which CCG is which mostly is not, so
//! the CCGs here are numbered. What counts is that the answers tell all the states apart.

use std::collections::BTreeMap;

use acceptance::{World, ccg, code, fact, on, period};
use remit_domain::{
    Area, Command, Evidence, Fact, Instrument, InstrumentAdvanced, InstrumentInForce,
    InstrumentKind, LegalBasis, LevelNotHeld, Stage, Start,
};
use remit_grpc::pb;

const NHSE: &str = "X24";
const CCGS: usize = 209;
const DELEGATED: usize = 63;
const JOINT: usize = 87;
const APPLIED_ONLY: usize = 12;

/// What became of a CCG in the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Applied, approved, executed, in force.
    Delegated,
    /// Approved, and withdrew.
    Withdrew,
    /// Approved on conditions, and did not start.
    Conditional,
    /// Applied, and was not approved.
    AppliedOnly,
    /// Joint commissioning.
    Joint,
    /// Nothing, on the status map of 6 March 2015.
    Neither,
}

fn fate(number: usize) -> Fate {
    match number {
        n if n < DELEGATED => Fate::Delegated,
        n if n == DELEGATED => Fate::Withdrew,
        n if n == DELEGATED + 1 => Fate::Conditional,
        n if n < DELEGATED + 2 + APPLIED_ONLY => Fate::AppliedOnly,
        n if n < DELEGATED + 2 + APPLIED_ONLY + JOINT => Fate::Joint,
        _ => Fate::Neither,
    }
}

fn name(number: usize) -> String {
    format!("C{number:03}")
}

fn made(on_day: &str, of: Fact) -> Command {
    let mut command = fact(of);
    let mut evidence = Evidence::clone(&command.evidence);
    evidence.made_on = Some(on(on_day));
    command.evidence = evidence.into();
    command
}

fn id(number: usize) -> String {
    let prefix = if fate(number) == Fate::Joint { "joint" } else { "delegation" };
    format!("{prefix}/{}", name(number))
}

fn advanced(number: usize, on_day: &str, stage: Stage, by: &[&str]) -> Command {
    let own = name(number);
    let by = by.iter().map(|who| code(if *who == "ccg" { &own } else { who })).collect();
    made(on_day, InstrumentAdvanced { instrument: code(&id(number)), stage, by }.into())
}

fn drawn(number: usize) -> Command {
    let (kind, basis) = if fate(number) == Fate::Joint {
        (InstrumentKind::JointArrangement, LegalBasis::S13zJointly)
    } else {
        (InstrumentKind::Delegation, LegalBasis::S13zBy)
    };
    fact(Instrument {
        id: code(&id(number)),
        kind,
        basis,
        title: code(&id(number)),
        given_by: vec![code(NHSE)],
        given_to: vec![code(&name(number))],
        functions: vec![code("gms-contracts"), code("practice-mergers")],
        area: Area::Of(vec![code(&name(number))]),
        contracts: Vec::new(),
        forum: None,
        conditions: Vec::new(),
        loss_exceptions: Vec::new(),
        onward_barred: false,
    })
}

fn begins(number: usize) -> Command {
    fact(InstrumentInForce {
        instrument: code(&id(number)),
        effective: period("2015-04-01", ""),
        start: Start::Evidenced,
    })
}

/// The round as it was recorded while it went on.
async fn round() -> World {
    let world = World::with_law().await;
    let everyone = || 0..CCGS;
    let of = |wanted: Fate| everyone().filter(move |number| fate(*number) == wanted);
    let bodies = everyone().map(|n| ccg(&name(n), &name(n), "2013-04-01", "2022-07-01"));
    world.record(bodies.collect()).await;
    world.at_noon("2026-01-09");
    let applicants = everyone().filter(|n| !matches!(fate(*n), Fate::Joint | Fate::Neither));
    let applied: Vec<_> = applicants
        .flat_map(|n| [drawn(n), advanced(n, "2015-01-08", Stage::Applied, &["ccg"])])
        .chain(
            of(Fate::Joint)
                .flat_map(|n| [drawn(n), advanced(n, "2015-01-30", Stage::Applied, &["ccg"])]),
        )
        .collect();
    world.record(applied).await;
    let approved = of(Fate::Delegated)
        .chain(of(Fate::Withdrew))
        .chain(of(Fate::Joint))
        .map(|n| advanced(n, "2015-02-18", Stage::Approved, &[NHSE]))
        .chain(
            of(Fate::Conditional)
                .map(|n| advanced(n, "2015-02-18", Stage::ConditionallyApproved, &[NHSE])),
        );
    world.record(approved.collect()).await;
    let withdrawn = of(Fate::Withdrew)
        .map(|n| advanced(n, "2015-03-24", Stage::Withdrawn, &["ccg"]))
        .chain(
            of(Fate::Delegated).map(|n| advanced(n, "2015-03-16", Stage::DocumentsIssued, &[NHSE])),
        )
        .chain(
            of(Fate::Delegated)
                .chain(of(Fate::Joint))
                .map(|n| advanced(n, "2015-03-27", Stage::Executed, &["ccg", NHSE])),
        );
    world.record(withdrawn.collect()).await;
    world.record(of(Fate::Delegated).chain(of(Fate::Joint)).map(begins).collect()).await;
    // The status map names the rest as at neither level; of the two who fell out, only that they
    // were not delegated is known.
    let not_held = everyone().filter_map(|n| {
        let bases = match fate(n) {
            Fate::Delegated | Fate::Joint => return None,
            Fate::Withdrew | Fate::Conditional => vec![LegalBasis::S13zBy],
            Fate::AppliedOnly | Fate::Neither => vec![LegalBasis::S13zBy, LegalBasis::S13zJointly],
        };
        Some(fact(LevelNotHeld {
            body: code(&name(n)),
            bases,
            functions: Vec::new(),
            effective: period("2015-04-01", ""),
        }))
    });
    world.record(not_held.collect()).await;
    world
}

/// How many answers on a day are of which kind, with what is known and not applied.
async fn tally(world: &World, day: &str) -> BTreeMap<String, usize> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..CCGS {
        let answer = world.ask("gms-contracts", &name(number), day).await;
        let unapplied: Vec<_> =
            answer.known_unapplied.iter().map(|each| each.kind().as_str_name()).collect();
        let unapplied = unapplied.join(" ").replace("UNAPPLIED_KIND_", "");
        let kind = answer.kind().as_str_name().replace("RESULT_KIND_", "");
        let liable = answer.liable.unwrap_or_default().bodies;
        assert_eq!(liable, [NHSE], "{} on {day}: liable whatever its level", name(number));
        *found.entry(format!("{kind} {unapplied}").trim().to_owned()).or_default() += 1;
    }
    found
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

#[tokio::test]
async fn every_state_of_the_round_is_told_apart_on_every_date() {
    let world = round().await;
    // Before 1 April 2015 the programme offers nothing: NHS England exercises, and what is on its
    // way stands beside.
    for (day, expected) in [
        ("2015-01-07", &[("NOT_DELEGATED", 209)][..]),
        ("2015-01-31", &[("NOT_DELEGATED", 209)]),
        ("2015-02-18", &[("NOT_DELEGATED", 57), ("NOT_DELEGATED APPROVED_NOT_EXECUTED", 65 + 87)]),
        // One of the 65 has withdrawn.
        ("2015-03-26", &[("NOT_DELEGATED", 58), ("NOT_DELEGATED APPROVED_NOT_EXECUTED", 64 + 87)]),
        // 63 and 87 have signed; one is approved on conditions.
        (
            "2015-03-31",
            &[
                ("NOT_DELEGATED", 58),
                ("NOT_DELEGATED APPROVED_NOT_EXECUTED", 1),
                ("NOT_DELEGATED EXECUTED_NOT_IN_FORCE", 63 + 87),
            ],
        ),
        (
            "2015-04-01",
            &[
                ("HELD", 63),
                ("JOINTLY_HELD", 87),
                ("NOT_DELEGATED", 57),
                ("UNKNOWN", 1),
                ("UNKNOWN APPROVED_NOT_EXECUTED", 1),
            ],
        ),
    ] {
        assert_eq!(tally(&world, day).await, counts(expected), "on {day}");
    }
    // The instruments say who is where.
    let mut stages: BTreeMap<(Fate, pb::Stage), usize> = BTreeMap::new();
    let (mut applied, mut approved, mut in_force) = (0, 0, 0);
    for number in (0..CCGS).filter(|n| fate(*n) != Fate::Neither) {
        let request = pb::GetInstrumentRequest { id: id(number), ..Default::default() };
        let reply = world.directory().get_instrument(request).await.expect("known").into_inner();
        let instrument = reply.instrument.expect("an instrument");
        let reached = |stage| instrument.stages.iter().any(|taken| taken.stage() == stage);
        let last = instrument
            .stages
            .iter()
            .max_by_key(|taken| taken.made_on.map(|day| (day.year, day.month, day.day)));
        *stages.entry((fate(number), last.expect("a stage").stage())).or_default() += 1;
        if fate(number) != Fate::Joint {
            applied += usize::from(reached(pb::Stage::Applied));
            approved += usize::from(reached(pb::Stage::Approved));
            in_force += usize::from(!instrument.in_force.is_empty());
        }
    }
    assert_eq!((applied, approved, in_force), (77, 64, 63));
    assert_eq!(
        stages.into_iter().collect::<Vec<_>>(),
        [
            ((Fate::Delegated, pb::Stage::Executed), 63),
            ((Fate::Withdrew, pb::Stage::Withdrawn), 1),
            ((Fate::Conditional, pb::Stage::ConditionallyApproved), 1),
            ((Fate::AppliedOnly, pb::Stage::Applied), 12),
            ((Fate::Joint, pb::Stage::Executed), 87),
        ]
    );
}
