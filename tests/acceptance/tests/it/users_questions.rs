//! Ten questions that users ask, put to England as it is loaded. Each says what the register
//! answers and, where it does, what it cannot say.

use acceptance::{World, code, instrument_for, on};
use pb::ResultKind::{Held, NotDelegated, Unknown};
use remit_domain::{Forum, ForumKind, InstrumentKind, LegalBasis};
use remit_grpc::{pb, render};

fn liable(answer: &pb::Answer) -> (Vec<String>, Vec<String>) {
    let liable = answer.liable.clone().unwrap_or_default();
    (liable.bodies, liable.rules)
}

fn capacity(answer: &pb::Answer, of: pb::Capacity) -> Vec<String> {
    let found = answer.capacities.iter().filter(|each| each.capacity() == of);
    found.flat_map(|each| each.bodies.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_questions_of_users() {
    let world = World::empty().await;
    world.at_noon("2026-09-01");
    world.record_england().await;
    harm_by_a_practice(&world).await;
    what_became_of_a_trust(&world).await;
    a_notice_of_before_2022(&world).await;
    money_pooled_with_a_council(&world).await;
    jabs_and_complaints(&world).await;
    dentistry_and_the_power_of_2023(&world).await;
    prisons_and_tenders(&world).await;
    what_a_trust_split_into(&world).await;
    three_places(&world).await;
}

/// Who took GP contracts, school nursing, needs assessments and planning for emergencies in
/// Somerset on 1 April 2013? The trusts' functions went different ways.
async fn what_a_trust_split_into(world: &World) {
    let ask = async |function: &str| world.ask(function, "11X", "2013-04-01").await;
    assert_eq!(liable(&ask("gms-contracts").await).0, ["X24"]);
    assert_eq!(liable(&ask("ccg-own-commissioning").await).0, ["11X"]);
    assert_eq!(liable(&ask("emergency-preparedness").await).0, ["11X"]);
    assert_eq!(liable(&ask("emergency-preparedness-nhs-england").await).0, ["X24"]);
    // What went to councils, the register names and does not hold: never NHS England instead.
    for (function, who) in [
        ("public-health-local", "the local authority of the place"),
        (
            "pharmaceutical-needs-assessment",
            "the health and wellbeing board of the place, a committee of its council",
        ),
        (
            "joint-strategic-needs-assessment",
            "the local authority and each commissioner of the place, through the health and \
             wellbeing board",
        ),
    ] {
        let answer = ask(function).await;
        assert_eq!(answer.unknown(), pb::UnknownReason::HolderOutsideRecords, "{function}");
        assert_eq!((answer.ask_instead, answer.area.as_str()), (vec![who.to_owned()], "11X"));
        assert!(answer.holder.is_empty() && answer.exercisers.is_empty(), "{function}");
        let question = pb::WhoHoldsRequest {
            function: function.to_owned(),
            place: "11X".to_owned(),
            effective_on: Some(render::date(on("2013-04-01"))),
            ..Default::default()
        };
        let said = world.statement(question).await.answer.expect("an answer");
        assert_eq!(said.says.ask_instead, [who]);
    }
}

/// A GP harmed me in 2018: whom do I sue, the CCG or NHS England?
async fn harm_by_a_practice(world: &World) {
    let answer = world.ask("gms-contracts", "A81001", "2018-06-01").await;
    assert_eq!(liable(&answer).0, ["X24"]);
    // Neither, for that: liable is of the exercise of a commissioning function, and every statement
    // says that it does not mean that a practice was negligent. Who indemnifies the practice, the
    // register does not hold.
    let question = pb::WhoHoldsRequest {
        function: "gms-contracts".to_owned(),
        place: "A81001".to_owned(),
        effective_on: Some(render::date(on("2018-06-01"))),
        ..Default::default()
    };
    let statement = world.statement(question).await;
    assert!(statement.not_claimed.iter().any(|text| text.contains("a practice was negligent")));
}

/// Who took over the trust's GP contract, and its debts to us, on 1 April 2013?
async fn what_became_of_a_trust(world: &World) {
    let before = world.ask("gms-contracts", "A81001", "2013-03-31").await;
    assert_eq!((before.kind(), before.holder.as_str()), (NotDelegated, "5E1"));
    assert_eq!(liable(&before), (vec!["5E1".to_owned()], vec!["L15".to_owned()]));
    let [now] = before.answering_now.as_slice() else { panic!("{before:?}") };
    assert_eq!(
        (now.successors.clone(), now.state()),
        (vec!["X24".to_owned()], pb::LiableState::Settled)
    );
    assert_eq!(now.steps[0].power, "2012 Act s.300");
    assert_eq!(now.confidence(), pb::Confidence::Derived, "the scheme itself was not seen");
    let after = world.ask("gms-contracts", "A81001", "2013-04-01").await;
    assert_eq!(liable(&after).0, ["X24"]);
    // Of Somerset's trust the register holds nothing, and never says NHS England instead.
    let somerset = world.ask("gms-contracts", "11X", "2013-03-31").await;
    assert_eq!(somerset.unknown(), pb::UnknownReason::PlaceNotYetInBeing);
    assert!(somerset.holder.is_empty());
}

/// Our breach notice was served by the CCG in 2021; the ICB now acts on it: who answers?
async fn a_notice_of_before_2022(world: &World) {
    let answer = world.ask("gms-contracts", "11X", "2021-06-01").await;
    assert_eq!(
        (answer.exercisers.clone(), liable(&answer).0),
        (vec!["11X".to_owned()], vec!["X24".to_owned()])
    );
    assert_eq!(capacity(&answer, pb::Capacity::SuableToo), ["11X"]);
    let [now] = answer.answering_now.as_slice() else { panic!("{answer:?}") };
    assert_eq!(
        (now.successors.clone(), now.read_across.as_str()),
        (vec!["QSL".to_owned()], "read-across-icb")
    );
    let request = pb::ListRulesRequest { page_size: 1_000, ..Default::default() };
    let rules = world.directory().list_rules(request).await.expect("listed").into_inner().rules;
    let rules: Vec<_> = rules.into_iter().filter_map(|rule| rule.rule).collect();
    let across = rules.iter().find(|rule| rule.id == "read-across-icb").expect("the rule");
    assert!(across.text.contains("two answers"), "{}", across.text);
}

/// Council and ICB pool money for care homes and a GP scheme: whose function, who is liable?
async fn money_pooled_with_a_council(world: &World) {
    // Whether there is a partnership under section 75 is not recorded, so who exercises it is
    // unknown. One of the cases is such a partnership: it leaves each body liable for its own. But
    // a body to which the ICB delegated would be liable, and no other: who is liable is unknown.
    let answer = world.ask("icb-own-commissioning", "QSL", "2024-06-01").await;
    assert_eq!((answer.kind(), liable(&answer).0), (Unknown, vec![]));
    let of = |basis| answer.cases.iter().find(|case| case.basis() == basis).expect("a case");
    let (partnership, delegated) = (of(pb::LegalBasis::S75), of(pb::LegalBasis::S65z5));
    assert_eq!((&*partnership.rule, &*partnership.liable), ("L13", &["QSL".to_owned()][..]));
    assert_eq!((&*delegated.rule, delegated.exercisers.len()), ("L7", 0), "to whom, is not known");
    // A CCG's functions stayed its own whoever exercised them.
    let before = world.ask("ccg-own-commissioning", "11X", "2018-01-01").await;
    assert_eq!((before.kind(), liable(&before).0), (Unknown, vec!["11X".to_owned()]));
}

/// Who commissions jabs in my surgery today? My complaint of June, or of August, 2022?
async fn jabs_and_complaints(world: &World) {
    let jabs = world.ask("vaccination-services", "A81001", "2026-06-01").await;
    assert_eq!((jabs.holder.as_str(), jabs.exercisers.clone()), ("SOFS", vec!["X24".to_owned()]));
    assert_eq!(liable(&jabs), (vec!["X24".to_owned()], vec!["L6".to_owned()]));
    // That ICBs would take it over on 1 April 2026 was a plan, and no instrument says so.
    assert!(jabs.expectations.iter().all(|each| each.without_instrument));
    assert!(!jabs.expectations.is_empty());
    assert!(jabs.regimes.contains(&"offices-pan-icb".to_owned()));
    let june = world.ask("complaints-received-before-july-2022", "QSL", "2023-08-01").await;
    assert_eq!(liable(&june).0, ["X24"]);
    let august = world.ask("complaints-primary-care", "QSL", "2023-08-01").await;
    assert_eq!(
        (august.exercisers.clone(), august.confidence()),
        (vec!["QSL".to_owned()], pb::Confidence::Unconfirmed)
    );
}

/// One committee and one host for dentistry: who decided? And which power was used on 1 April
/// 2023, and may NHS England still act?
async fn dentistry_and_the_power_of_2023(world: &World) {
    let dental = world.ask("primary-dental-services", "QUA", "2023-05-01").await;
    assert_eq!((dental.kind(), dental.basis()), (Held, pb::LegalBasis::S65z5));
    assert_eq!(capacity(&dental, pb::Capacity::DecisionMaker), ["QUA"]);
    assert_eq!(dental.performed_by[0].body, "Y60", "the region's staff did the work");
    // By agreement: the Act does not take NHS England's own power away, and whether the agreement
    // does is not known. By direction it would stay entitled for certain.
    let entitled = dental.capacities.iter().find(|of| of.capacity() == pb::Capacity::EntitledToo);
    let entitled = entitled.expect("NHS England, as far as is known");
    assert_eq!(entitled.bodies, ["X24"]);
    assert_eq!(entitled.confidence(), pb::Confidence::Unconfirmed);
    // The ICBs of a region decide by one committee what each of them has: a chain, whose last link
    // says who is liable.
    let basis = (InstrumentKind::JointArrangement, LegalBasis::S65z5Jointly);
    let forum = Forum { kind: ForumKind::JointCommittee, name: code("a committee of ICBs") };
    let (parties, of) = (("QUA", "QOC"), ["primary-dental-services"]);
    let life = ("2024-04-01", "");
    world.record(instrument_for("committee", basis, parties, "QUA", &of, life, Some(forum))).await;
    let jointly = world.ask("primary-dental-services", "QUA", "2024-06-01").await;
    assert_eq!(jointly.kind(), pb::ResultKind::JointlyHeld);
    assert_eq!(capacity(&jointly, pb::Capacity::DecisionMaker), ["QOC", "QUA"]);
    assert_eq!(liable(&jointly), (vec!["QOC".to_owned(), "QUA".to_owned()], vec!["L8".to_owned()]));
    assert_eq!((jointly.instruments.len(), jointly.links.len()), (1, 1), "{jointly:?}");
    assert_eq!(jointly.forum.expect("a forum").name, "a committee of ICBs");
    // Specialised services of that year: jointly with NHS England, each for its own exercise.
    let joint = world.ask("specialised-services-2023-list", "QSL", "2023-06-01").await;
    assert_eq!((joint.kind(), joint.exercisers.len()), (pb::ResultKind::JointlyHeld, 2));
    let forum = joint.forum.clone().expect("a forum").name;
    assert!(forum.contains("not known here"), "{forum}");
    assert!(joint.regimes.contains(&"pooled-fund".to_owned()));
}

/// Who commissions GP care in a prison? Must a new local scheme go out to tender?
async fn prisons_and_tenders(world: &World) {
    let prison = world.ask("health-and-justice", "QSL", "2024-06-01").await;
    assert_eq!((prison.kind(), prison.exercisers), (NotDelegated, vec!["X24".to_owned()]));
    for (day, regime) in [("2023-12-31", "procurement-2013"), ("2024-01-01", "procurement-2024")] {
        let scheme = world.ask("enhanced-services-local", "QSL", day).await;
        let of: Vec<_> = scheme.regimes.iter().filter(|id| id.starts_with("procurement")).collect();
        assert_eq!(of, [regime], "{day}");
    }
    let disputes = world.ask("gp-contract-disputes", "QSL", "2024-06-01").await;
    assert_eq!(disputes.holder, "SOFS");
    assert_eq!(disputes.regimes, ["disputes-determined"], "who determines them, by name");
}

/// Three places on the last day of the trusts, the first of their successors, and today, for ten
/// functions: a table with the row of law behind each cell. Printed with `--no-capture`.
async fn three_places(world: &World) {
    const FUNCTIONS: [&str; 10] = [
        "gms-contracts",
        "pms-agreements",
        "apms-contracts",
        "enhanced-services-directed",
        "enhanced-services-local",
        "qof",
        "premises-costs",
        "practice-performance",
        "new-practice-establishment",
        "practice-closure",
    ];
    println!("| function | place | day | kind | holder | liable | by |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for function in FUNCTIONS {
        // Somerset, a practice in Stockton, one in Cumbria.
        for place in ["11X", "A81001", "A82003"] {
            for (day, holder) in [("2013-03-31", "5"), ("2013-04-01", "X24"), ("2026-09-01", "X24")]
            {
                let answer = world.ask(function, place, day).await;
                let (bodies, rules) = liable(&answer);
                let kind = answer.kind().as_str_name().trim_start_matches("RESULT_KIND_");
                println!(
                    "| {function} | {place} | {day} | {kind} | {} | {} | {} |",
                    answer.holder,
                    bodies.join(" "),
                    rules.join(" ")
                );
                if place == "11X" && day == "2013-03-31" {
                    assert_eq!((answer.kind(), answer.holder.as_str()), (Unknown, ""));
                } else {
                    assert!(answer.holder.starts_with(holder), "{function} {place} {day}");
                    assert!(!rules.is_empty(), "{function} {place} {day}");
                }
            }
        }
    }
}
