//! What changes, through the API: previews, differences, coverage, what was recorded after the
//! fact.

use acceptance::{World, ccg, code, fact, instrument, known_at, on, period, succession};
use remit_domain::{
    Act, Command, ConditionAttached, Correction, CorrectionKind, EndReason, Evidence, Fact,
    InstrumentEnded, InstrumentInForce, InstrumentKind, LegalBasis, Position, RuleEnded,
    SuccessionKind,
};
use remit_grpc::{command, pb, render};

const NHSE: &str = "X24";
const DELEGATION: (InstrumentKind, LegalBasis) = (InstrumentKind::Delegation, LegalBasis::S13zBy);

fn delegation(ccg: &str, from: &str, until: &str) -> Vec<Command> {
    let id = format!("delegation/{ccg}");
    instrument(&id, DELEGATION, (NHSE, ccg), &["gms-contracts", "qof"], (from, until))
}

/// Two CCGs, delegated since 2015, and the one they merge into.
async fn leeds() -> World {
    let world = World::with_law().await;
    world.at_noon("2017-06-01");
    world
        .record(vec![
            ccg("02V", "NHS Leeds North CCG", "2013-04-01", "2018-04-01"),
            ccg("03C", "NHS Leeds West CCG", "2013-04-01", "2018-04-01"),
            ccg("15F", "NHS Leeds CCG", "2018-04-01", "2022-07-01"),
        ])
        .await;
    world.record(delegation("02V", "2015-04-01", "")).await;
    world.record(delegation("03C", "2015-04-01", "")).await;
    world
}

fn correction(kind: CorrectionKind, about: u64, made_on: &str, instead: Option<Fact>) -> Command {
    let act = Act::Correct {
        correction: Correction {
            kind,
            about: (about > 0).then_some(Position::new(about)),
            authority: code("the contracts register of NHS England"),
            reason: code("entered from the signed copy"),
            fact: None,
        },
        instead: instead.map(|fact| Box::new(Act::State(fact))),
    };
    let mut evidence = Evidence::clone(
        &fact(RuleEnded { rule: code("L1"), effective_until: on("2022-07-01") }).evidence,
    );
    evidence.made_on = Some(on(made_on));
    Command { act, evidence: evidence.into() }
}

async fn preview(world: &World, commands: &[Command]) -> pb::Preview {
    let request = pb::RecordRequest {
        actor: "acceptance tests".to_owned(),
        acting_for: NHSE.to_owned(),
        commands: commands.iter().map(command::write).collect(),
        validate_only: true,
        ..Default::default()
    };
    let reply = world.recorder().record(request).await.expect("previewed").into_inner();
    assert_eq!((reply.first_position, reply.last_position), (0, 0));
    reply.preview.expect("a preview")
}

/// Changes without the positions and instants of their answers.
fn plain(changes: &[pb::Change]) -> Vec<pb::Change> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        for answer in [&mut change.before, &mut change.after].into_iter().flatten() {
            answer.known_at = None;
        }
    }
    changes
}

#[tokio::test]
async fn a_reorganisation_is_previewed_whole_and_then_done_whole() {
    let world = leeds().await;
    let head = world.head();
    let mut merger = vec![
        succession("02V", "15F", "2018-04-01", SuccessionKind::Merger),
        succession("03C", "15F", "2018-04-01", SuccessionKind::Merger),
    ];
    merger.extend(delegation("15F", "2018-04-01", ""));
    let previewed = preview(&world, &merger).await;
    assert_eq!(previewed.broken, []);
    assert_eq!(world.head(), head, "a preview writes nothing");
    assert_eq!(world.ask("qof", "15F", "2018-04-01").await.kind(), pb::ResultKind::Unknown);
    // The merged CCG has it; the areas before it lead there.
    let of_new = previewed.changes.iter().filter(|change| change.place == "15F");
    let held: Vec<_> = of_new
        .filter(|change| change.after.as_ref().is_some_and(|a| a.kind() == pb::ResultKind::Held))
        .map(|change| (change.function.as_str(), change.effective_from))
        .collect();
    let day = Some(render::date(on("2018-04-01")));
    assert_eq!(held, [("gms-contracts", day), ("qof", day)]);
    let recorded = world.record(merger).await;
    assert_eq!(recorded.first_position, head + 1);
    // The later difference between the two positions is the preview.
    world.node.view(|register, now| {
        let today = Some(world.node.today());
        let changes = register.changes((Position::new(head), now), (None, None), today);
        let changes: Vec<_> =
            changes.iter().map(|change| render::change(register, change)).collect();
        assert_eq!(plain(&changes), plain(&previewed.changes));
    });
    // One command that is refused takes all with it, and the preview names it.
    let (parties, period) = ((NHSE, "02V"), ("2018-04-01", ""));
    let mut half = instrument("delegation/02V", DELEGATION, parties, &["qof"], period);
    half.insert(0, ccg("99A", "NHS Nowhere CCG", "2013-04-01", ""));
    let refused = preview(&world, &half).await;
    assert_eq!(refused.broken.len(), 4, "{:?}", refused.broken);
    assert_eq!(refused.broken[0].reason(), pb::ErrorReason::InstrumentAlreadyDrawn);
    assert_eq!(refused.broken[0].field, "commands[1].instrument_drawn.id");
    assert!(world.try_record(half).await.is_err());
    assert_eq!(
        world.ask("qof", "99A", "2018-04-01").await.unknown(),
        pb::UnknownReason::PlaceNotRecorded
    );
}

#[tokio::test]
async fn an_end_says_when_notice_is_due_and_what_consent_it_needs() {
    let world = leeds().await;
    let end = |by: &[&str]| {
        let mut command = fact(InstrumentEnded {
            instrument: code("delegation/02V"),
            effective_until: on("2017-10-01"),
            reason: EndReason::Terminated,
            by: by.iter().map(|body| code(body)).collect(),
        });
        let mut evidence = Evidence::clone(&command.evidence);
        evidence.made_on = Some(on("2016-10-15"));
        command.evidence = evidence.into();
        command
    };
    let alone = preview(&world, &[end(&["02V"])]).await;
    assert_eq!(alone.broken.len(), 1);
    assert_eq!(alone.broken[0].reason(), pb::ErrorReason::ConsentMissing);
    assert!(
        alone.broken[0].message.contains("ends the instrument on 2018-04-01"),
        "{:?}",
        alone.broken[0]
    );
    let due = alone.notices_due.first().expect("a notice");
    assert_eq!((due.rule.as_str(), due.instrument.as_str()), ("notice-s13z", "delegation/02V"));
    assert_eq!(due.last, Some(render::date(on("2016-09-30"))));
    assert_eq!(due.ends_on, Some(render::date(on("2017-04-01"))));
    let agreed = preview(&world, &[end(&["02V", NHSE])]).await;
    assert_eq!(agreed.broken, []);
    assert_eq!(agreed.changes.len(), 2, "gms-contracts and qof, from October 2017");
}

#[tokio::test]
async fn differences_on_either_axis_name_their_causes() {
    let world = leeds().await;
    let head = world.head();
    let point = |day: &str, position: u64| {
        Some(pb::Point { effective_on: Some(render::date(on(day))), known_at: known_at(position) })
    };
    let diff = async |from, to| {
        let request = pb::DiffRequest { from, to, ..Default::default() };
        world.responsibility().diff(request).await.expect("compared").into_inner()
    };
    // Over the day of the delegation: two functions of two CCGs, by the events that put them in
    // force.
    let over = diff(point("2015-03-31", head), point("2015-04-01", head)).await;
    let held: Vec<_> = over
        .changes
        .iter()
        .filter(|change| change.after.as_ref().is_some_and(|a| a.kind() == pb::ResultKind::Held))
        .map(|change| (change.place.as_str(), change.function.as_str(), change.kind()))
        .collect();
    let changed = pb::ChangeKind::Changed;
    let added =
        [("02V", "gms-contracts"), ("02V", "qof"), ("03C", "gms-contracts"), ("03C", "qof")];
    assert_eq!(held, added.map(|(place, function)| (place, function, changed)));
    assert!(over.changes.iter().all(|change| !change.causes.is_empty()));
    // The same day, before and after it was known.
    let learned = diff(point("2015-04-01", head - 4), point("2015-04-01", head)).await;
    let causes: Vec<_> = learned.changes.iter().map(|change| change.causes.clone()).collect();
    assert_eq!(
        causes,
        vec![vec![head - 2]; 2].into_iter().chain(vec![vec![head]; 2]).collect::<Vec<_>>()
    );
    // CCGs come and go.
    let merged = diff(point("2018-03-31", head), point("2018-04-01", head)).await;
    let kinds = |kind| merged.changes.iter().filter(|change| change.kind() == kind).count();
    assert!(kinds(pb::ChangeKind::Added) > 20 && kinds(pb::ChangeKind::Removed) > 40);
    assert_eq!(merged.total_size as usize, merged.changes.len());
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in the order it happens")]
async fn three_kinds_of_correction_are_told_apart_and_all_three_clocks_kept() {
    let world = leeds().await;
    world.at_noon("2017-09-01");
    let begun = world.head();
    let in_force = begun; // The last event put the delegation of 03C in force.
    // An error: it began a year later in fact.
    let later = InstrumentInForce {
        instrument: code("delegation/03C"),
        effective: period("2016-04-01", ""),
        start: remit_domain::Start::Evidenced,
    };
    let error =
        correction(CorrectionKind::ErrorCorrected, in_force, "2016-03-20", Some(later.into()));
    world.record(vec![error]).await;
    let ask = async |day: &str, known| world.ask_known("qof", "03C", day, known).await.kind();
    assert_eq!(ask("2015-04-01", known_at(begun)).await, pb::ResultKind::Held, "as known then");
    assert_eq!(ask("2015-04-01", None).await, pb::ResultKind::Unknown, "as known now");
    assert_eq!(ask("2016-04-01", None).await, pb::ResultKind::Held);
    // The correction was itself wrong: what it took back is so again.
    let again = correction(CorrectionKind::ErrorCorrected, begun + 1, "2017-08-01", None);
    world.record(vec![again]).await;
    assert_eq!(ask("2015-04-01", None).await, pb::ResultKind::Held);
    assert_eq!(ask("2015-04-01", known_at(begun + 1)).await, pb::ResultKind::Unknown);
    let twice = correction(CorrectionKind::ErrorCorrected, begun + 1, "2017-08-02", None);
    let status = world.try_record(vec![twice]).await.expect_err("taken back already");
    assert!(status.message().contains("already retracted event"), "{status:?}");
    // A late record, and an act with effect from before it was made.
    let condition = |from: &str, text: &str| {
        Fact::from(ConditionAttached {
            instrument: code("delegation/03C"),
            condition: code(text),
            effective_from: on(from),
            by: vec![code(NHSE)],
        })
    };
    let late = correction(
        CorrectionKind::RecordedLate,
        0,
        "2015-05-01",
        Some(condition("2015-05-01", "late")),
    );
    let backdated = correction(
        CorrectionKind::EffectBackdated,
        in_force,
        "2017-08-20",
        Some(condition("2017-04-01", "backdated")),
    );
    world.record(vec![late, backdated]).await;
    let request = pb::ListRetroactiveRequest {
        since: known_at(begun),
        only_changing: true,
        ..Default::default()
    };
    let listed = world.responsibility().list_retroactive(request).await.expect("listed");
    let listed: Vec<_> = listed
        .into_inner()
        .events
        .into_iter()
        .map(|event| {
            let made_on = event.made_on.expect("a day");
            (
                event.kind(),
                event.about,
                (made_on.year, made_on.month),
                event.earlier_answer_was_right,
                event.changes.len(),
            )
        })
        .collect();
    use pb::CorrectionKind as K;
    assert_eq!(
        listed,
        [
            (K::ErrorCorrected, in_force, (2016, 3), false, 2),
            (K::ErrorCorrected, begun + 1, (2017, 8), false, 2),
            (K::RecordedLate, 0, (2015, 5), false, 2),
            (K::EffectBackdated, in_force, (2017, 8), true, 2),
        ]
    );
    // A correction that would bring about two holders is refused, with both events.
    let ended = fact(InstrumentEnded {
        instrument: code("delegation/02V"),
        effective_until: on("2016-04-01"),
        reason: EndReason::Revoked,
        by: vec![code(NHSE)],
    });
    let end_at = world.record(vec![ended]).await.first_position;
    let joint = (InstrumentKind::JointArrangement, LegalBasis::S13zJointly);
    let parties = (NHSE, "02V");
    world.record(instrument("joint/02V", joint, parties, &["qof"], ("2016-04-01", ""))).await;
    let undo = correction(CorrectionKind::ErrorCorrected, end_at, "2017-08-30", None);
    let status = world.try_record(vec![undo]).await.expect_err("two holders");
    assert!(status.message().contains("delegation/02V (event"), "{status:?}");
    assert!(status.message().contains("joint/02V (event"), "{status:?}");
}

#[tokio::test]
async fn coverage_and_bad_questions_about_change() {
    let world = leeds().await;
    let covered = async |request| world.responsibility().coverage(request).await;
    let one = pb::CoverageRequest {
        function: "qof".into(),
        effective_on: Some(render::date(on("2018-04-01"))),
        ..Default::default()
    };
    let reply = covered(one.clone()).await.expect("answered").into_inner();
    let found: Vec<_> = reply.uncovered.iter().map(|each| each.area.as_str()).collect();
    assert_eq!(found, ["02V", "03C", "15F"], "two end and nothing succeeds them; the new has none");
    for (what, request, field) in [
        ("no days", pb::CoverageRequest { effective_on: None, ..one.clone() }, "effective"),
        (
            "both",
            pb::CoverageRequest {
                effective: Some(pb::Period {
                    effective_from: Some(render::date(on("2015-04-01"))),
                    effective_until: None,
                }),
                ..one.clone()
            },
            "effective",
        ),
        ("a bad code", pb::CoverageRequest { function: "QOF!".into(), ..one.clone() }, "function"),
        (
            "a token of nothing",
            pb::CoverageRequest { page_token: "x".into(), ..one.clone() },
            "page_token",
        ),
    ] {
        let status = covered(request).await.expect_err(what);
        assert_eq!(status.code(), tonic::Code::InvalidArgument, "{what}");
        assert!(status.message().starts_with(field), "{what}: {status:?}");
    }
    let point =
        Some(pb::Point { effective_on: Some(render::date(on("2015-04-01"))), known_at: None });
    for (what, from, to, field) in [
        ("no points", None, None, "from"),
        ("no second point", point, None, "to"),
        ("a point without a day", Some(pb::Point::default()), point, "from.effective_on"),
    ] {
        let request = pb::DiffRequest { from, to, ..Default::default() };
        let status = world.responsibility().diff(request).await.expect_err(what);
        assert!(status.message().starts_with(field), "{what}: {status:?}");
    }
    // A page that no list reaches: a token is position, row and the question.
    let mut far = pb::ListRetroactiveRequest { page_size: 1, ..Default::default() };
    let first = world.responsibility().list_retroactive(far.clone()).await.expect("a page");
    let token = first.into_inner().next_page_token;
    let [position, _, question] = token.split('+').collect::<Vec<_>>()[..] else {
        panic!("not a token: {token}");
    };
    far.page_token = format!("{position}+{}+{question}", u64::MAX);
    let status = world.responsibility().list_retroactive(far).await.expect_err("far");
    assert!(status.message().starts_with("page_token"), "{status:?}");
    let beyond = pb::ListRetroactiveRequest { since: known_at(1 << 40), ..Default::default() };
    let status = world.responsibility().list_retroactive(beyond).await.expect_err("beyond");
    assert_eq!(status.code(), tonic::Code::OutOfRange);
}

#[tokio::test]
async fn a_second_instrument_for_the_same_body_is_told_and_named() {
    let world = leeds().await;
    let both = ["gms-contracts", "qof"];
    let second = |ccg: &str, functions: &[&str]| {
        let begins = if ccg == "15F" { "2018-04-01" } else { "2016-04-01" };
        instrument("second", DELEGATION, (NHSE, ccg), functions, (begins, ""))
    };
    let told = async |commands: &[Command]| -> Vec<(u32, String, Vec<String>)> {
        let preview = preview(&world, commands).await;
        assert_eq!(preview.broken, []);
        let doubled = preview.doubled.into_iter();
        doubled.map(|each| (each.command, each.other, each.functions)).collect()
    };
    let names = |functions: &[&str]| functions.iter().map(|of| (*of).to_owned()).collect();
    let other = "delegation/02V".to_owned();
    assert_eq!(told(&second("02V", &["qof"])).await, [(1, other.clone(), names(&["qof"]))]);
    assert_eq!(told(&second("02V", &both)).await, [(1, other, names(&both))]);
    assert_eq!(told(&second("02V", &["premises-costs"])).await, []);
    assert_eq!(told(&second("15F", &both)).await, [], "another body");
    world.record(second("02V", &["qof"])).await;
    let answer = world.ask("qof", "02V", "2016-04-01").await;
    assert_eq!(answer.kind(), pb::ResultKind::Held);
    assert_eq!(answer.instruments, ["delegation/02V", "second"]);
}
