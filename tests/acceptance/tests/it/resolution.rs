//! The steps of the resolution procedure (reference section 4.7) that the worked questions do not
//! reach: directions and their continuity, interventions, conflicts, chains, conditions.

use acceptance::*;
use pb::ResultKind::{Conflict, Held, Unsettled};
use remit_domain::{
    Act, BodyRole, Command, Fact, InstrumentFact, InstrumentKind, LegalBasis, Relation,
    SuccessionKind,
};
use remit_grpc::pb;

const NHSE: &str = "X24";

/// Somerset: a CCG, then an ICB of the same area.
async fn somerset() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            body("11X", BodyRole::SubIcbLocation, "NHS Somerset ICB - 11X", "2022-07-01", ""),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            member("11X", "QSL", Relation::SubIcbOfIcb, "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
        ])
        .await;
    world
}

#[tokio::test]
async fn a_direction_is_unsettled_and_continues_against_the_successor() {
    let world = somerset().await;
    let basis = (InstrumentKind::Direction, LegalBasis::S98a);
    let functions = ["out-of-hours-primary-medical"];
    let period = ("2013-04-01", "");
    world.record(instrument("s98a/11X", basis, (NHSE, "11X"), &functions, period)).await;
    // L5 before and after: regulation 22 keeps it in force against the ICB (section 5.6).
    for (day, exerciser) in [("2022-06-30", "11X"), ("2022-07-01", "QSL"), ("2024-01-01", "QSL")] {
        let answer = world.ask(functions[0], "11X", day).await;
        let s98a = pb::LegalBasis::S98a;
        assert_eq!(
            saying(&answer),
            said(Unsettled, NHSE, &[exerciser], &[], &["L5"], s98a),
            "{day}"
        );
        assert_eq!(answer.instruments, ["s98a/11X"], "{day}");
        let liable = answer.liable.unwrap_or_default();
        assert_eq!(liable.state(), pb::LiableState::Unsettled, "{day}");
    }
    // A delegation has no such rule: it does not go on against the ICB.
    world.record(delegation("11X", &["gms-contracts"], "2019-04-01")).await;
    let gap = world.ask("gms-contracts", "11X", "2022-07-01").await;
    assert_eq!(gap.kind(), pb::ResultKind::Gap);
    assert_eq!(gap.predecessor_instruments, ["delegation/11X"]);
}

#[tokio::test]
async fn an_intervention_stands_before_a_delegation_for_its_functions_and_period() {
    let world = somerset().await;
    world.record(delegation("11X", &["gms-contracts", "pms-agreements"], "2019-04-01")).await;
    let basis = (InstrumentKind::Intervention, LegalBasis::S14z21);
    let (parties, period) = ((NHSE, NHSE), ("2020-04-01", "2021-04-01"));
    let functions = ["gms-contracts"];
    world
        .record(instrument_for("s14z21/11X", basis, parties, "11X", &functions, period, None))
        .await;
    let by = pb::LegalBasis::S13zBy;
    let held = said(Held, NHSE, &["11X"], &[NHSE], &["L1"], by);
    let intervened = said(Unsettled, NHSE, &[NHSE], &[], &["L10-ccg"], pb::LegalBasis::S14z21);
    for (function, day, expected) in [
        ("gms-contracts", "2020-03-31", &held),
        ("gms-contracts", "2020-04-01", &intervened),
        ("gms-contracts", "2021-03-31", &intervened),
        ("gms-contracts", "2021-04-01", &held),
        ("pms-agreements", "2020-06-01", &held),
    ] {
        let answer = world.ask(function, "11X", day).await;
        assert_eq!(saying(&answer), *expected, "{function} on {day}");
    }
}

#[tokio::test]
async fn instruments_that_disagree_are_all_returned_as_disputed() {
    let world = somerset().await;
    let jointly = (InstrumentKind::JointArrangement, LegalBasis::S13zJointly);
    let own = (InstrumentKind::JointArrangement, LegalBasis::S14z9);
    let functions = ["primary-care-planning"];
    let period = ("2016-04-01", "");
    world.record(instrument("joint/a", jointly, (NHSE, "11X"), &functions, period)).await;
    // The same two bodies together, said to be on another power: refused for a function of NHS
    // England's, since the catalogue does not offer it.
    let other = instrument_for("joint/b", own, ("11X", NHSE), "11X", &functions, period, None);
    let status = world.try_record(other).await.expect_err("not offered on that power");
    assert!(
        status.message().contains("11X received primary-care-planning under joint/a"),
        "{status}"
    );
    assert!(status.message().contains("on the basis s14z9"), "{status}");
    // For a CCG's own function no catalogue row restricts the power, and the two can disagree.
    let own_function = remit_domain::Function {
        code: code("own-services"),
        name: code("The CCG's own services"),
        effective: acceptance::period("2013-04-01", "2022-07-01"),
        holder: remit_domain::HolderRule::Commissioner,
        basis: code("2006 Act s.3"),
        reserved: false,
        routes: Vec::new(),
        part: remit_domain::Part::Subset,
        confidence: remit_domain::Confidence::Confirmed,
        citation: code("2006 Act s.3"),
        note: None,
    };
    let authority = "E47000006";
    let name = "A combined authority";
    let combined = body(authority, BodyRole::LocalAuthority, name, "2014-04-01", "");
    world.record(vec![fact(own_function), combined]).await;
    let s14z3 = (InstrumentKind::JointArrangement, LegalBasis::S14z3);
    let s75 = (InstrumentKind::JointArrangement, LegalBasis::S75);
    let functions = ["own-services"];
    for (id, basis) in [("own/a", s14z3), ("own/b", s75)] {
        let parties = ("11X", authority);
        world.record(instrument_for(id, basis, parties, "11X", &functions, period, None)).await;
    }
    let answer = world.ask("own-services", "11X", "2016-04-01").await;
    assert_eq!((answer.kind(), answer.confidence()), (Conflict, pb::Confidence::Disputed));
    assert_eq!(answer.instruments, ["own/a", "own/b"]);
    assert_eq!(answer.exercisers, Vec::<String>::new());
    let rules: Vec<_> = answer.cases.iter().map(|case| case.rule.as_str()).collect();
    assert_eq!(rules, ["L4", "L13"], "both are returned, and neither is preferred");
}

#[tokio::test]
async fn conditions_and_loss_exceptions_are_told_and_change_no_liability() {
    let world = somerset().await;
    let mut commands = delegation("11X", &["gms-contracts"], "2019-04-01");
    let Some(Command {
        act: Act::State(Fact::Instruments(InstrumentFact::InstrumentDrawn(drawn))),
        ..
    }) = commands.first_mut()
    else {
        panic!("an instrument is drawn up first");
    };
    drawn.conditions = vec![code("national primary care policies are followed")];
    drawn.loss_exceptions = vec![code("acting fraudulently")];
    world.record(commands).await;
    let answer = world.ask("gms-contracts", "11X", "2019-04-01").await;
    assert_eq!(answer.conditions, ["national primary care policies are followed"]);
    assert_eq!(answer.loss_exceptions, ["acting fraudulently"]);
    let by = pb::LegalBasis::S13zBy;
    assert_eq!(saying(&answer), said(Held, NHSE, &["11X"], &[NHSE], &["L1"], by));
}
