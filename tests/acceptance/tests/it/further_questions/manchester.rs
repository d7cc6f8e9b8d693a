//! Manchester: three levels, one merger.

use remit_domain::{ContractHeld, InstrumentVaried, WorkPerformed};

use super::*;

/// Three CCGs at three levels from 2015, merged on 1 April 2017 into one that is delegated only a
/// year later; the ICB after it. Own functions go to joint committees and to a neighbour.
#[expect(clippy::too_many_lines, reason = "the history of Manchester, told in order")]
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
        commands.push(fact(ContractHeld {
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
    north.push(fact(InstrumentVaried {
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
    north.push(fact(WorkPerformed {
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
    let name = "Greater Manchester Combined Authority";
    let combined = "E47000001";
    world.record(vec![body(combined, BodyRole::LocalAuthority, name, "2011-04-01", "")]).await;
    for (id, basis) in [("paper/a", LegalBasis::S14z3), ("paper/b", LegalBasis::S75)] {
        let basis = (InstrumentKind::JointArrangement, basis);
        let (parties, of) = (("01N", combined), ["prescribing-own"]);
        world
            .record(instrument_for(id, basis, parties, "01N", &of, ("2016-04-01", ""), None))
            .await;
    }
    world.record(delegation("14L", &["gms-contracts"], "2018-04-01")).await;
    world
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn questions() -> Vec<Case> {
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
            said(Conflict, "01N", &[], &["01N"], &["L13", "L4"], NONE),
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

pub(super) fn refusals() -> Vec<Refused> {
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
            vec![fact(InstrumentVaried {
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
    ask_all(&world, questions()).await;
    try_all(&world, refusals()).await;
}
