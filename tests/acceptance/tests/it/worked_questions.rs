//! The ten worked questions of the domain reference, section 10: every attribute asserted, every
//! fixture recorded through `Record`.

use acceptance::*;
use pb::LegalBasis::{NoArrangement, S13zBy, S13zJointly, S65z5};
use pb::ResultKind::{Gap, Held, JointlyHeld, NotDelegated, Unknown};
use remit_domain::{
    Act, BodyRole, Command, Confidence, ContractHeld, DecisionTaken, Evidence, ExpectationStated,
    Forum, ForumKind, Function, FundOpened, HolderRule, InstrumentAdvanced, InstrumentKind,
    InterestDeclared, LegalBasis, LegalForm, LevelNotHeld, LiableRule, Part, Party, Relation, Rule,
    RuleContent, Stage, State, Step, SuccessionKind, SupportPaid, WorkPerformed,
};
use remit_grpc::{pb, render};

const NHSE: &str = "X24";

fn confidence(answer: &pb::Answer) -> (pb::Confidence, pb::Confidence) {
    let liable = answer.liable.clone().unwrap_or_default();
    (answer.confidence(), liable.confidence())
}

fn accountable(answer: &pb::Answer) -> Vec<(String, String)> {
    answer.accountable.iter().map(|a| (a.from.clone(), a.to.clone())).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
}

fn performers(answer: &pb::Answer) -> Vec<(&str, pb::Confidence)> {
    answer.performed_by.iter().map(|p| (p.body.as_str(), p.confidence())).collect()
}

/// Leeds before and after its merger, with a practice in the south and east.
async fn leeds() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("03G", "NHS Leeds South and East CCG", "2013-04-01", "2018-04-01"),
            ccg("15F", "NHS Leeds CCG", "2018-04-01", "2022-07-01"),
            succession("03G", "15F", "2018-04-01", SuccessionKind::Merger),
            body("B86001", BodyRole::Practice, "A Leeds practice", "1990-01-01", ""),
            practice("B86001", "03G", "2013-04-01", "2018-04-01"),
            practice("B86001", "15F", "2018-04-01", ""),
        ])
        .await;
    world
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one worked question of the reference, told in order")]
async fn q1_leeds_south_and_east_qof() {
    let upward = pairs(&[(NHSE, "SOFS")]);
    let delegated = pairs(&[("03G", NHSE), (NHSE, "SOFS")]);
    for place in ["B86001", "03G"] {
        // Nothing recorded: unknown, and NHS England liable in every case.
        let world = leeds().await;
        let eve = world.ask("qof", place, "2015-03-31").await;
        assert_eq!(
            saying(&eve),
            said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement)
        );
        assert_eq!(confidence(&eve), (pb::Confidence::Confirmed, pb::Confidence::Confirmed));
        assert_eq!(accountable(&eve), upward);
        assert_eq!(performers(&eve), [(NHSE, pb::Confidence::Unspecified)]);
        let first = world.ask("qof", place, "2015-04-01").await;
        let unknown =
            said(Unknown, NHSE, &[], &[NHSE], &["L0", "L1", "L2"], pb::LegalBasis::Unspecified);
        assert_eq!(saying(&first), unknown);
        assert_eq!(first.unknown(), pb::UnknownReason::NoEvidence);
        assert!(first.liable.as_ref().is_some_and(|liable| liable.in_every_case));
        assert_eq!(confidence(&first), (pb::Confidence::Unconfirmed, pb::Confidence::Confirmed));
        let cases: Vec<_> = first.cases.iter().map(pb::Case::basis).collect();
        assert_eq!(cases, [NoArrangement, S13zBy, S13zJointly]);

        // Fixture: delegated; and after the merger a gap, the predecessor's instrument attached.
        world.record(delegation("03G", &["qof"], "2015-04-01")).await;
        let first = world.ask("qof", place, "2015-04-01").await;
        assert_eq!(saying(&first), said(Held, NHSE, &["03G"], &[NHSE], &["L1"], S13zBy));
        assert_eq!(confidence(&first), (pb::Confidence::Confirmed, pb::Confidence::Confirmed));
        assert_eq!(accountable(&first), delegated);
        assert_eq!(first.instruments, ["delegation/03G"]);
        assert_eq!(first.area, "03G");
        let merged = world.ask("qof", place, "2018-04-01").await;
        let gap = said(Gap, NHSE, &[], &[NHSE], &["L0", "L1", "L2"], pb::LegalBasis::Unspecified);
        assert_eq!(saying(&merged), gap);
        assert_eq!(merged.area, "15F");
        assert_eq!(merged.predecessor_instruments, ["delegation/03G"]);
        assert_eq!(merged.instruments, Vec::<String>::new());

        // Fixture: a new delegation to NHS Leeds CCG.
        world.record(delegation("15F", &["qof"], "2018-04-01")).await;
        let merged = world.ask("qof", place, "2018-04-01").await;
        assert_eq!(saying(&merged), said(Held, NHSE, &["15F"], &[NHSE], &["L1"], S13zBy));
        assert_eq!(merged.predecessor_instruments, Vec::<String>::new());

        // Fixture: joint. That QOF could be joint is unconfirmed, and the answer says so.
        let world = leeds().await;
        world.record(joint("03G", &["qof"], "2015-04-01")).await;
        let first = world.ask("qof", place, "2015-04-01").await;
        assert_eq!(
            saying(&first),
            said(JointlyHeld, NHSE, &["03G", NHSE], &[NHSE], &["L2"], S13zJointly)
        );
        // Who is liable is as sure as the law: every case has the same liable body.
        assert_eq!(confidence(&first), (pb::Confidence::Unconfirmed, pb::Confidence::Confirmed));
        assert!(first.liable.as_ref().is_some_and(|liable| liable.in_every_case));

        // Fixture: greater involvement changes nothing in law.
        let world = leeds().await;
        let involvement = (InstrumentKind::GreaterInvolvement, LegalBasis::NoArrangement);
        let parties = (NHSE, "03G");
        world
            .record(instrument(
                "involvement/03G",
                involvement,
                parties,
                &["qof"],
                ("2015-04-01", ""),
            ))
            .await;
        let first = world.ask("qof", place, "2015-04-01").await;
        assert_eq!(
            saying(&first),
            said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement)
        );
    }
    // The old CCG does not exist on 1 April 2018: it holds nothing.
    let world = leeds().await;
    let request = pb::GetBodyRequest {
        code: "03G".into(),
        effective_on: Some(render::date(on("2018-04-01"))),
        ..Default::default()
    };
    let body = world.directory().get_body(request).await.expect("known").into_inner();
    assert_eq!(body.roles, []);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one worked question of the reference, told in order")]
async fn q2_joint_commissioning_in_lambeth() {
    let world = World::with_law().await;
    let six = ["07N", "07Q", "08A", "08K", "08L", "08Q"];
    let names = ["Bexley", "Bromley", "Greenwich", "Lambeth", "Lewisham", "Southwark"];
    for (text, name) in six.into_iter().zip(names) {
        world.record(vec![ccg(text, &format!("NHS {name} CCG"), "2013-04-01", "2020-04-01")]).await;
        let forum = Forum {
            kind: ForumKind::JointCommittee,
            name: code(&format!("{name} joint committee, meeting in common")),
        };
        let basis = (InstrumentKind::JointArrangement, LegalBasis::S13zJointly);
        let id = format!("joint/{text}");
        let functions = ["gms-contracts"];
        let period = ("2015-06-11", "");
        let parties = (NHSE, text);
        world
            .record(instrument_for(&id, basis, parties, text, &functions, period, Some(forum)))
            .await;
    }
    world
        .record(vec![
            body("G85001", BodyRole::Practice, "A Lambeth practice", "1990-01-01", ""),
            practice("G85001", "08K", "2013-04-01", ""),
        ])
        .await;
    let answer = world.ask("gms-contracts", "G85001", "2015-06-11").await;
    assert_eq!(
        saying(&answer),
        said(JointlyHeld, NHSE, &["08K", NHSE], &[NHSE], &["L2"], S13zJointly)
    );
    let forum = answer.forum.clone().expect("a forum");
    assert_eq!(forum.kind(), pb::ForumKind::JointCommittee);
    assert_eq!(forum.name, "Lambeth joint committee, meeting in common");
    assert_eq!(accountable(&answer), pairs(&[("08K", NHSE), (NHSE, "SOFS")]));
    assert_eq!(confidence(&answer), (pb::Confidence::Confirmed, pb::Confidence::Confirmed));
    // The five others in the room have no role in Lambeth.
    for other in six.iter().filter(|other| **other != "08K") {
        for role in [pb::RoleAsked::Exerciser, pb::RoleAsked::Holder, pb::RoleAsked::Liable] {
            let request = pb::CheckResponsibilityRequest {
                body: (*other).to_owned(),
                question: Some(pb::WhoHoldsRequest {
                    function: "gms-contracts".into(),
                    place: "G85001".into(),
                    effective_on: Some(render::date(on("2015-06-11"))),
                    ..Default::default()
                }),
                role: role.into(),
            };
            let reply = world.responsibility().check_responsibility(request).await;
            assert_eq!(reply.expect("checked").into_inner().result(), pb::CheckResult::NotHeld);
        }
    }
    // A Lambeth own function, given to the committee under s.14Z9(1A): the CCG is liable.
    let own = Function {
        code: code("community-services-own"),
        name: code("Community services bought with the CCG's own powers"),
        effective: period("2013-04-01", "2022-07-01"),
        holder: HolderRule::Commissioner,
        basis: code("2006 Act s.3"),
        reserved: false,
        routes: Vec::new(),
        part: Part::Subset,
        confidence: Confidence::Confirmed,
        citation: code("2006 Act s.3, s.3A"),
        note: None,
    };
    world.record(vec![fact(own)]).await;
    let basis = (InstrumentKind::JointArrangement, LegalBasis::S14z9);
    let functions = ["community-services-own"];
    let (parties, period) = (("08K", NHSE), ("2015-06-11", ""));
    world
        .record(instrument_for("joint-own/08K", basis, parties, "08K", &functions, period, None))
        .await;
    let own = world.ask("community-services-own", "G85001", "2015-06-11").await;
    let basis = pb::LegalBasis::S14z9;
    assert_eq!(saying(&own), said(JointlyHeld, "08K", &["08K", NHSE], &["08K"], &["L3"], basis));
}

#[tokio::test]
async fn q3_revalidation_at_a_fully_delegated_ccg() {
    let world = World::with_law().await;
    world
        .record(vec![ccg("13P", "NHS Birmingham CrossCity CCG", "2013-04-01", "2018-04-01")])
        .await;
    world
        .record(vec![
            body("M85001", BodyRole::Practice, "A Birmingham practice", "1990-01-01", ""),
            practice("M85001", "13P", "2013-04-01", "2018-04-01"),
        ])
        .await;
    world.record(delegation("13P", &["gms-contracts"], "2015-04-01")).await;
    let revalidation = world.ask("revalidation-appraisal", "M85001", "2015-06-01").await;
    assert_eq!(
        saying(&revalidation),
        said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement)
    );
    assert!(revalidation.reserved);
    let breach = world.ask("gms-contracts", "M85001", "2015-06-01").await;
    assert_eq!(saying(&breach), said(Held, NHSE, &["13P"], &[NHSE], &["L1"], S13zBy));
    assert!(!breach.reserved);
    // It cannot be delegated while it is reserved.
    let basis = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    let functions = ["revalidation-appraisal"];
    let (parties, period) = ((NHSE, "13P"), ("2016-04-01", ""));
    let refused = world.try_record(instrument("d2", basis, parties, &functions, period)).await;
    let status = refused.expect_err("reserved");
    assert_eq!(reason(&status), "FUNCTION_RESERVED");
    assert_eq!(fields(&status), ["commands[1].instrument_in_force.instrument"]);
}

#[tokio::test]
async fn q4_somerset_across_four_dates() {
    let world = World::with_law().await;
    let not_held = |bases: Vec<LegalBasis>| {
        fact(LevelNotHeld {
            body: code("11X"),
            bases,
            functions: Vec::new(),
            effective: period("2015-04-01", "2019-04-01"),
        })
    };
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            body("11X", BodyRole::SubIcbLocation, "NHS Somerset ICB - 11X", "2022-07-01", ""),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            member("11X", "QSL", Relation::SubIcbOfIcb, "2022-07-01", ""),
            succession("11X", "QSL", "2022-07-01", SuccessionKind::CcgToIcb),
            body("L85001", BodyRole::Practice, "A Somerset practice", "1990-01-01", ""),
            practice("L85001", "11X", "2013-04-01", ""),
            not_held(vec![LegalBasis::S13zBy, LegalBasis::S13zJointly]),
        ])
        .await;
    world.record(delegation("11X", &["gms-contracts"], "2019-04-01")).await;
    let basis = (InstrumentKind::Delegation, LegalBasis::S65z5);
    let period = ("2022-07-01", "");
    world
        .record(instrument("delegation/QSL", basis, (NHSE, "QSL"), &["gms-contracts"], period))
        .await;
    let upward = (NHSE, "SOFS");
    for (day, expected, to) in [
        (
            "2019-03-31",
            said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement),
            pairs(&[upward]),
        ),
        (
            "2019-04-01",
            said(Held, NHSE, &["11X"], &[NHSE], &["L1"], S13zBy),
            pairs(&[("11X", NHSE), upward]),
        ),
        (
            "2022-06-30",
            said(Held, NHSE, &["11X"], &[NHSE], &["L1"], S13zBy),
            pairs(&[("11X", NHSE), upward]),
        ),
        (
            "2022-07-01",
            said(Held, NHSE, &["QSL"], &["QSL"], &["L7"], S65z5),
            pairs(&[("QSL", NHSE), upward]),
        ),
    ] {
        let answer = world.ask("gms-contracts", "L85001", day).await;
        assert_eq!(saying(&answer), expected, "{day}");
        assert_eq!(accountable(&answer), to, "{day}");
        let sure = (pb::Confidence::Confirmed, pb::Confidence::Confirmed);
        assert_eq!(confidence(&answer), sure, "{day}");
    }
    // Who would answer today stands beside the answer as at the day.
    let answer = world.ask("gms-contracts", "L85001", "2022-06-30").await;
    let now: Vec<_> =
        answer.answering_now.iter().map(|n| (n.body.as_str(), n.successors.clone())).collect();
    assert_eq!(now, [("11X", vec!["QSL".to_owned()])]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one worked question of the reference, told in order")]
async fn q5_complaints_what_was_believed_about_april_2015() {
    let world = World::empty().await;
    let complaints = |from: &str, until: &str, reserved: bool| {
        fact(Function {
            code: code("complaints-primary-care"),
            name: code("Complaints about primary care"),
            effective: period(from, until),
            holder: HolderRule::Body(code(NHSE)),
            basis: code("complaints regulations 2009"),
            reserved,
            routes: Vec::new(),
            part: Part::Whole,
            confidence: Confidence::Confirmed,
            citation: code("HSJ, Revealed: details of primary care control shift"),
            note: None,
        })
    };
    let expectation = |nature: &str| {
        fact(ExpectationStated {
            function: code("complaints-primary-care"),
            area: code("02W"),
            expected: code("02W"),
            effective_from: on("2015-04-01"),
            nature: code(nature),
        })
    };
    let rule = |id: &str, bases: Vec<LegalBasis>, content: fn(Vec<LegalBasis>) -> RuleContent| {
        fact(Rule {
            id: code(id),
            effective: Some(period("2013-04-01", "")),
            content: content(bases),
            text: code("as the reference has it"),
            counter_argument: None,
            citation: code("2006 Act"),
            confidence: Confidence::Confirmed,
        })
    };
    let to_holder = |bases| RuleContent::Liability { bases, liable: LiableRule::Holder };
    let to_ccgs = |bases| RuleContent::Receiving { bases, roles: vec![BodyRole::Ccg] };
    let signed = |bases| RuleContent::Transition {
        bases,
        step: Step::Execute,
        from: vec![State::Drawn],
        by: vec![Party::Giver, Party::Receiver],
    };
    let begins = |bases| RuleContent::Transition {
        bases,
        step: Step::Commence,
        from: vec![State::Executed],
        by: Vec::new(),
    };
    // 2014: the catalogue of the day, and the guidance. Nobody knows yet what the agreement says.
    world.at_noon("2014-11-20");
    world
        .record(vec![
            body("SOFS", BodyRole::SecretaryOfState, "Secretary of State", "2013-04-01", ""),
            body(NHSE, BodyRole::NhsEngland, "NHS England", "2013-04-01", ""),
            ccg("02W", "NHS Bradford City CCG", "2013-04-01", ""),
            rule("L0", vec![LegalBasis::NoArrangement], to_holder),
            rule("L1", vec![LegalBasis::S13zBy], to_holder),
            rule("receive", vec![LegalBasis::S13zBy], to_ccgs),
            rule("execute", vec![LegalBasis::S13zBy], signed),
            rule("commence", vec![LegalBasis::S13zBy], begins),
            complaints("2013-04-01", "2015-04-01", false),
            expectation("policy statement: guidance of November 2014"),
        ])
        .await;
    world.at_noon("2015-02-18");
    world.record(vec![expectation("press of February 2015, repeating the guidance")]).await;
    // 1 April 2015: the agreement is executed; it reserves complaints, whatever else it delegates.
    world.at_noon("2015-04-01");
    world
        .record(vec![
            complaints("2015-04-01", "2023-07-01", true),
            fact(Function {
                code: code("gms-contracts"),
                name: code("General medical services contracts"),
                effective: period("2015-04-01", "2022-07-01"),
                holder: HolderRule::Body(code(NHSE)),
                basis: code("2006 Act s.84"),
                reserved: false,
                routes: vec![remit_domain::Route {
                    basis: LegalBasis::S13zBy,
                    confidence: Confidence::Confirmed,
                }],
                part: Part::Shared,
                confidence: Confidence::Confirmed,
                citation: code("2006 Act s.84"),
                note: None,
            }),
        ])
        .await;
    let mut agreement = found_in_force("02W", &["gms-contracts"], "2015-04-01");
    let executed = InstrumentAdvanced {
        instrument: code("delegation/02W"),
        stage: Stage::Executed,
        by: vec![code("X24"), code("02W")],
    };
    agreement.insert(1, fact(executed));
    world.record(agreement).await;

    let ask = async |known: &str| {
        world.ask_known("complaints-primary-care", "02W", "2015-04-01", known_on(known)).await
    };
    for (known, statements) in [("2014-12-01", 1), ("2015-03-01", 2)] {
        let belief = ask(known).await;
        // Belief, not law: nobody is said to exercise, and no instrument was in force or executed.
        assert_eq!(belief.kind(), Unknown, "{known}");
        assert_eq!(belief.exercisers, Vec::<String>::new(), "{known}");
        assert_eq!(belief.instruments, Vec::<String>::new(), "{known}");
        let expected: Vec<_> = belief
            .expectations
            .iter()
            .map(|e| (e.expected.as_str(), e.without_instrument))
            .collect();
        assert_eq!(expected, vec![("02W", true); statements], "{known}");
        assert!(belief.expectations[0].nature.starts_with("policy statement"), "{known}");
    }
    let now = ask("2015-04-01").await;
    assert_eq!(saying(&now), said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement));
    assert!(now.reserved);
    assert_eq!(now.expectations.len(), 2, "the belief stands beside the law");
    assert!(now.expectations.iter().all(|e| e.without_instrument), "for complaints, none ever was");
    let contracts = world.ask("gms-contracts", "02W", "2015-04-01").await;
    assert_eq!(saying(&contracts), said(Held, NHSE, &["02W"], &[NHSE], &["L1"], S13zBy));
}

#[tokio::test]
async fn q6_dentistry_in_the_black_country() {
    let world = World::with_law().await;
    world
        .record(vec![
            body("QUA", BodyRole::Icb, "NHS Black Country ICB", "2022-07-01", ""),
            body("Y60", BodyRole::NhsEnglandRegion, "Midlands", "2019-04-01", ""),
            fact(LevelNotHeld {
                body: code("QUA"),
                bases: vec![LegalBasis::S65z5],
                functions: vec![code("primary-dental-services")],
                effective: period("2022-07-01", "2023-04-01"),
            }),
        ])
        .await;
    let basis = (InstrumentKind::Delegation, LegalBasis::S65z5);
    let dental = ["primary-dental-services"];
    world
        .record(instrument("d/QUA/dental", basis, (NHSE, "QUA"), &dental, ("2023-04-01", "")))
        .await;
    let medical = ["gms-contracts"];
    world
        .record(instrument("d/QUA/medical", basis, (NHSE, "QUA"), &medical, ("2022-07-01", "")))
        .await;
    let work = |performer: &str, from: &str, until: &str, sure: Confidence| {
        let performed = WorkPerformed {
            instrument: code("d/QUA/dental"),
            performer: code(performer),
            functions: Vec::new(),
            effective: period(from, until),
        };
        fact_of(performed, sure)
    };
    world
        .record(vec![
            work("Y60", "2023-04-01", "2023-07-01", Confidence::Confirmed),
            work("QUA", "2023-07-01", "", Confidence::Unconfirmed),
        ])
        .await;
    let held = said(Held, NHSE, &["QUA"], &["QUA"], &["L7"], S65z5);
    for (day, expected, performer, sure) in [
        (
            "2022-07-01",
            said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement),
            NHSE,
            pb::Confidence::Unspecified,
        ),
        ("2023-04-01", held.clone(), "Y60", pb::Confidence::Confirmed),
        // Which ICB employs the staff after the transfer is unconfirmed.
        ("2023-07-01", held.clone(), "QUA", pb::Confidence::Unconfirmed),
    ] {
        let answer = world.ask("primary-dental-services", "QUA", day).await;
        assert_eq!(saying(&answer), expected, "{day}");
        assert_eq!(performers(&answer), [(performer, sure)], "{day}");
        // Who does the work never lowers the confidence in who exercises.
        assert_eq!(answer.confidence(), pb::Confidence::Confirmed, "{day}");
    }
    let medical = world.ask("gms-contracts", "QUA", "2022-07-01").await;
    assert_eq!(saying(&medical), held);
}

#[tokio::test]
async fn q7_late_notice() {
    let notice = |given_on: &str| Command {
        act: Act::GiveNotice {
            instrument: code("delegation/02R"),
            given_by: code("02R"),
            given_on: on(given_on),
        },
        evidence: std::sync::Arc::new(Evidence {
            source: code("fixture"),
            url: None,
            made_on: Some(on(given_on)),
            confidence: Confidence::Confirmed,
            note: None,
        }),
    };
    for (given_on, ends_on, on_1_april_2017) in [
        ("2016-10-15", "2018-04-01", said(Held, NHSE, &["02R"], &[NHSE], &["L1"], S13zBy)),
        (
            "2016-09-30",
            "2017-04-01",
            said(NotDelegated, NHSE, &[NHSE], &[NHSE], &["L0"], NoArrangement),
        ),
    ] {
        let world = World::with_law().await;
        world
            .record(vec![ccg("02R", "NHS Bradford Districts CCG", "2013-04-01", "2020-04-01")])
            .await;
        world.record(delegation("02R", &["gms-contracts"], "2015-04-01")).await;
        world.record(vec![notice(given_on)]).await;
        let answer = world.ask("gms-contracts", "02R", "2017-04-01").await;
        assert_eq!(saying(&answer), on_1_april_2017, "given {given_on}");
        let eve = on(ends_on).eve().expect("a day").to_string();
        let last = world.ask("gms-contracts", "02R", &eve).await;
        assert_eq!(saying(&last), said(Held, NHSE, &["02R"], &[NHSE], &["L1"], S13zBy));
        // The state after the notice: in force, with notice given.
        let request =
            pb::GetInstrumentRequest { id: "delegation/02R".into(), ..Default::default() };
        let reply = world.directory().get_instrument(request).await.expect("known").into_inner();
        let instrument = reply.instrument.expect("an instrument");
        let notice = instrument.notice.expect("a notice");
        assert_eq!(notice.given_on, Some(render::date(on(given_on))));
        assert_eq!(notice.ends_on, Some(render::date(on(ends_on))));
        assert_eq!(instrument.ended, None);
        assert_eq!(
            instrument.in_force[0].effective.and_then(|p| p.effective_until),
            Some(render::date(on(ends_on)))
        );
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one worked question of the reference, told in order")]
async fn q8_one_practice_two_contracts_and_a_federation() {
    let world = World::with_law().await;
    let federation = fact(remit_domain::Body {
        code: code("FED01"),
        role: BodyRole::Federation,
        name: code("Federation F, limited by guarantee"),
        legal_form: Some(LegalForm::Guarantee),
        effective: period("2014-01-01", ""),
    });
    let contract = |id: &str, holder: &str, contract_type| {
        fact(ContractHeld {
            contract: code(id),
            holder: code(holder),
            contract_type,
            effective: period("2014-04-01", ""),
        })
    };
    use remit_domain::ContractType::{Apms, Gms, Pms};
    world
        .record(vec![
            ccg("02R", "NHS Bradford Districts CCG", "2013-04-01", "2020-04-01"),
            ccg("02W", "NHS Bradford City CCG", "2013-04-01", "2020-04-01"),
            federation,
            body("P81001", BodyRole::Practice, "Practice P", "1990-01-01", ""),
            body("P81002", BodyRole::Practice, "Practice of the other CCG", "1990-01-01", ""),
            contract("P81001/GMS-1", "P81001", Gms),
            contract("P81001/APMS-1", "P81001", Apms),
            practice("P81001/GMS-1", "02R", "2014-04-01", "2020-04-01"),
            practice("P81001/APMS-1", "02W", "2014-04-01", "2020-04-01"),
            member("P81001", "FED01", Relation::PracticeOfFederation, "2015-01-01", ""),
            member("P81002", "FED01", Relation::PracticeOfFederation, "2015-01-01", ""),
        ])
        .await;
    // (a) Two memberships, by contract.
    let request = pb::ListMembershipsRequest {
        member: "P81001".into(),
        effective_on: Some(render::date(on("2016-05-01"))),
        ..Default::default()
    };
    let reply = world.directory().list_memberships(request).await.expect("known").into_inner();
    let groups: Vec<_> = reply
        .memberships
        .iter()
        .filter_map(|m| m.membership.as_ref())
        .filter(|m| m.relation() == pb::Relation::PracticeOfCommissioner)
        .map(|m| m.group.as_str())
        .collect();
    assert_eq!(groups, ["02W", "02R"], "the two need not be in the same CCG");
    let whole = world.ask("gms-contracts", "P81001", "2016-05-01").await;
    assert_eq!(whole.unknown(), pb::UnknownReason::ContractsDiffer);
    assert_eq!(whole.ask_instead, ["P81001/APMS-1", "P81001/GMS-1"]);
    let one = world.ask("gms-contracts", "P81001/GMS-1", "2016-05-01").await;
    assert_eq!(one.area, "02R");
    // (b) PMS no, GMS no, APMS yes.
    for (id, contract_type) in [("P81002/PMS-9", Pms), ("P81002/GMS-9", Gms)] {
        let refused = world.try_record(vec![contract(id, "FED01", contract_type)]).await;
        let status = refused.expect_err("no qualifying body");
        assert_eq!(reason(&status), "LEGAL_FORM_FORBIDS");
        assert_eq!(fields(&status), ["commands[0].contract_held.holder"]);
    }
    world.record(vec![contract("P81002/APMS-9", "FED01", Apms)]).await;
    // (c) No: a federation may not receive a function.
    let basis = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    let functions = ["practice-performance"];
    let period = ("2016-05-01", "");
    for giver in ["02R", NHSE] {
        let parties = (giver, "FED01");
        let commands = instrument_for("d/F", basis, parties, "02R", &functions, period, None);
        let status = world.try_record(commands).await.expect_err("not a body that may receive");
        assert!(status.message().contains("FED01 has the role federation"), "{}", status.message());
        assert!(fields(&status).contains(&"commands[0].instrument_drawn.given_to[0]".to_owned()));
    }
    // It may be paid to assist: exerciser and liable stay what they were.
    world.record(delegation("02R", &functions, "2015-04-01")).await;
    let before = world.ask("practice-performance", "02R", "2016-05-01").await;
    world
        .record(vec![fact(WorkPerformed {
            instrument: code("delegation/02R"),
            performer: code("FED01"),
            functions: Vec::new(),
            effective: acceptance::period("2016-05-01", ""),
        })])
        .await;
    let after = world.ask("practice-performance", "02R", "2016-05-01").await;
    assert_eq!(saying(&after), saying(&before));
    assert_eq!(performers(&after), [("FED01", pb::Confidence::Confirmed)]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one worked question of the reference, told in order")]
async fn q9_sixty_pence_per_patient() {
    let world = World::with_law().await;
    let own = Function {
        code: code("programme-money"),
        name: code("The CCG's own programme money"),
        effective: period("2013-04-01", "2022-07-01"),
        holder: HolderRule::Commissioner,
        basis: code("2006 Act s.3"),
        reserved: false,
        routes: Vec::new(),
        part: Part::Subset,
        confidence: Confidence::Confirmed,
        citation: code("2006 Act s.3"),
        note: None,
    };
    let paid =
        |payment: &str, payer: &str, patients: u64, amount_pence: u64, power: Option<&str>| {
            fact(SupportPaid {
                fund: code("federating"),
                payment: code(payment),
                payer: code(payer),
                recipient: code("M83001"),
                paid_on: on("2016-06-01"),
                patients,
                amount_pence,
                power: power.map(code),
            })
        };
    world
        .record(vec![
            ccg("05G", "NHS North Staffordshire CCG", "2013-04-01", "2022-07-01"),
            ccg("05W", "NHS Stoke on Trent CCG", "2013-04-01", "2022-07-01"),
            body("M83001", BodyRole::Practice, "A practice of 8,000", "1990-01-01", ""),
            practice("M83001", "05G", "2013-04-01", ""),
            fact(own),
            fact(FundOpened {
                fund: code("federating"),
                funders: vec![code("05G"), code("05W")],
                amount_pence: 30_000_000,
                per_patient_pence: 60,
                effective: period("2016-01-01", "2017-01-01"),
            }),
        ])
        .await;
    world.record(delegation("05G", &["discretionary-payments"], "2015-04-01")).await;
    world
        .record(vec![
            paid("unrecorded", "05G", 8_000, 480_000, None),
            paid("own", "05G", 8_000, 480_000, Some("programme-money")),
            paid("delegated", "05G", 8_000, 480_000, Some("discretionary-payments")),
        ])
        .await;
    let support = async |payment: &str| {
        let mut client =
            pb::funding_service_client::FundingServiceClient::new(world.channel.clone());
        let request = pb::GetSupportRequest {
            fund: "federating".into(),
            payment: payment.into(),
            ..Default::default()
        };
        client.get_support(request).await.expect("known").into_inner()
    };
    // How much: 8,000 x 0.60 = 4,800 pounds. Liability by the power recorded.
    for (payment, state, liable, exercisers) in [
        ("unrecorded", pb::LiableState::Unsettled, &[][..], &[][..]),
        ("own", pb::LiableState::Settled, &["05G"][..], &["05G"][..]),
        ("delegated", pb::LiableState::Settled, &[NHSE][..], &["05G"][..]),
    ] {
        let found = support(payment).await;
        assert_eq!((found.patients, found.amount_pence), (8_000, 480_000));
        let who = found.liable.clone().expect("said");
        assert_eq!(
            (who.state(), who.bodies.as_slice()),
            (state, &liable.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..]),
            "{payment}"
        );
        let by = found.answer.clone().unwrap_or_default();
        assert_eq!(by.exercisers, exercisers, "{payment}");
    }
    assert_eq!(support("delegated").await.left_pence, 30_000_000 - 3 * 480_000);
    // The facility covers at most 500,000 patients: claims beyond it are refused, and so is any
    // other rate.
    let status = world.try_record(vec![paid("too-many", "05W", 500_000, 30_000_000, None)]).await;
    assert_eq!(reason(&status.expect_err("beyond the fund")), "FUND_EXCEEDED");
    let status = world.try_record(vec![paid("rate", "05G", 8_000, 480_001, None)]).await;
    assert_eq!(reason(&status.expect_err("not the rate")), "PAYMENT_OUTSIDE_FUND");
    // The conflict record: each CCG decides for itself; interests declared before, within 28 days,
    // and how each was handled.
    let declared = |office: &str, body: &str, aware: &str, declared: &str| {
        fact(InterestDeclared {
            office: code(office),
            body: code(body),
            interest: code("financial: partner"),
            concerns: code("M83001"),
            aware_on: on(aware),
            declared_on: on(declared),
            note: None,
        })
    };
    let decided = |body: &str, handled: Vec<remit_domain::Handling>| {
        fact(DecisionTaken {
            body: code(body),
            forum: Forum {
                kind: ForumKind::CommitteesInCommon,
                name: code("Primary care commissioning committees in common"),
            },
            fund: code("federating"),
            payment: code("delegated"),
            decided_on: on("2016-05-20"),
            quorate: true,
            handled,
            note: None,
        })
    };
    let left =
        remit_domain::Handling { office: code("GP member, north"), way: code("leaves the room") };
    world
        .record(vec![
            declared("GP member, north", "05G", "2016-04-01", "2016-04-20"),
            declared("GP member, south", "05G", "2016-03-01", "2016-05-25"),
            decided("05G", vec![left]),
            decided("05W", Vec::new()),
        ])
        .await;
    let decisions = support("delegated").await.decisions;
    let bodies: Vec<_> = decisions.iter().map(|d| (d.body.as_str(), d.interests.len())).collect();
    assert_eq!(bodies, [("05G", 2), ("05W", 0)], "one decision a body, never merged");
    let interests: Vec<_> = decisions[0]
        .interests
        .iter()
        .map(|i| (i.within_28_days, i.before_decision, i.handled.as_str()))
        .collect();
    assert_eq!(interests, [(true, true, "leaves the room"), (false, false, "")]);
}

#[tokio::test]
async fn q10_bradford_merger() {
    let three = [
        ("02W", "NHS Bradford City CCG"),
        ("02R", "NHS Bradford Districts CCG"),
        ("02N", "NHS Airedale, Wharfedale and Craven CCG"),
    ];
    let world = World::with_law().await;
    world
        .record(vec![ccg(
            "36J",
            "NHS Bradford District and Craven CCG",
            "2020-04-01",
            "2022-07-01",
        )])
        .await;
    for (text, name) in three {
        world
            .record(vec![
                ccg(text, name, "2013-04-01", "2020-04-01"),
                succession(text, "36J", "2020-04-01", SuccessionKind::Merger),
            ])
            .await;
    }
    for text in ["02W", "02R"] {
        world.record(delegation(text, &["practice-mergers"], "2015-04-01")).await;
    }
    // Fixture: Airedale's own level is joint.
    world.record(joint("02N", &["practice-mergers"], "2015-04-01")).await;
    for (place, expected) in [
        ("02W", said(Held, NHSE, &["02W"], &[NHSE], &["L1"], S13zBy)),
        ("02R", said(Held, NHSE, &["02R"], &[NHSE], &["L1"], S13zBy)),
        ("02N", said(JointlyHeld, NHSE, &["02N", NHSE], &[NHSE], &["L2"], S13zJointly)),
    ] {
        let eve = world.ask("practice-mergers", place, "2020-03-31").await;
        assert_eq!(saying(&eve), expected, "{place}");
        let gap = world.ask("practice-mergers", place, "2020-04-01").await;
        let none = pb::LegalBasis::Unspecified;
        assert_eq!(
            saying(&gap),
            said(Gap, NHSE, &[], &[NHSE], &["L0", "L1", "L2"], none),
            "{place}"
        );
        assert_eq!(gap.area, "36J");
        assert_eq!(
            gap.predecessor_instruments,
            ["delegation/02R", "delegation/02W", "joint/02N"],
            "predecessors at different levels are not averaged"
        );
    }
    world.record(delegation("36J", &["practice-mergers"], "2020-04-01")).await;
    for (place, _) in three {
        let merged = world.ask("practice-mergers", place, "2020-04-01").await;
        assert_eq!(
            saying(&merged),
            said(Held, NHSE, &["36J"], &[NHSE], &["L1"], S13zBy),
            "{place}"
        );
    }
}
