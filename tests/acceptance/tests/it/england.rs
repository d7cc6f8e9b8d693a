//! England 2013 to 2026 as `remit load england` records it, asked back.

use std::collections::BTreeMap;

use acceptance::*;
use pb::ResultKind::{Held, NotDelegated, Unknown};
use prost::Message;
use remit_domain::{BodyCode, BodyRole, Day, Known, Position};
use remit_grpc::{pb, render};
use remit_reference::{Plan, Source, tables};
use remit_register::{AnsweringNow, LiableState, Place, Register, ResultKind};

async fn count(world: &World, role: BodyRole, day: &str) -> u32 {
    let request = pb::ListBodiesRequest {
        role: render::word(role),
        effective_on: Some(render::date(on(day))),
        page_size: 1,
        ..Default::default()
    };
    world.directory().list_bodies(request).await.expect("listed").into_inner().total_size
}

/// Practices in being on a day.
fn open_practices(register: &Register, day: Day) -> Vec<BodyCode> {
    let views = register.bodies_of(BodyRole::Practice, Some(day), register.tail());
    views.iter().map(|view| view.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn england_in_who_holds_it_out() {
    let world = World::empty().await;
    world.at_noon("2026-09-01");
    let plan = world.record_england().await;
    let head = world.head();
    assert_eq!(head, plan.commands().len() as u64, "one event a planned fact");

    counts(&world).await;
    loaded_twice(&world).await;
    practices_resolve(&world);
    evidence_is_honest(&world).await;
    a_month_is_not_its_first_day(&world).await;
    two_commissioners_at_once(&world).await;
    the_ccgs_divided_in_2022(&world).await;
    the_split_of_2026(&world).await;
    who_would_answer(&world);
    names_of_their_time(&world).await;
    tiles(&world);
    every_quarter(&world);

    // Before the load nothing was known; after it is; and it stays so for ever.
    let before = world.ask_known("qof", "11X", "2021-04-01", known_at(0)).await;
    assert_eq!(before.kind(), Unknown);
    assert_eq!(before.unknown(), pb::UnknownReason::FunctionNotRecorded);
    let mut asked = Vec::new();
    for (function, place, day) in [
        ("qof", "A81001", "2015-04-01"),
        ("qof", "A81001", "2021-04-01"),
        ("gms-contracts", "11X", "2019-04-01"),
        ("revalidation-appraisal", "QSL", "2023-01-01"),
        ("primary-dental-services", "QUA", "2022-07-01"),
        ("section-7a-public-health", "08K", "2016-01-01"),
        ("gp-it", "QM7", "2026-05-01"),
    ] {
        for position in [0, head / 2, head] {
            let answer = world.ask_known(function, place, day, known_at(position)).await;
            asked.push((function, place, day, position, answer.encode_to_vec()));
        }
    }
    world.at_noon("2026-10-01");
    for batch in 0..10 {
        let more = (0..1_000).map(|n| {
            let text = format!("Z{batch}{n:04}");
            body(&text, BodyRole::Practice, "A practice recorded later", "2026-09-01", "")
        });
        world.record(more.collect()).await;
    }
    assert_eq!(world.head(), head + 10_000);
    for (function, place, day, position, bytes) in asked {
        let again = world.ask_known(function, place, day, known_at(position)).await;
        assert_eq!(again.encode_to_vec(), bytes, "{function} at {place} on {day} at {position}");
    }
    let fold = world.recorder().check_fold(pb::CheckFoldRequest {}).await.expect("checked");
    let fold = fold.into_inner();
    assert_eq!(fold.position, head + 10_000);
    assert_eq!(fold.fingerprint, fold.fresh_fingerprint);
}

async fn counts(world: &World) {
    for (day, ccgs) in [
        ("2013-04-01", 211),
        ("2015-04-01", 209),
        ("2017-04-01", 207),
        ("2018-04-01", 195),
        ("2019-04-01", 191),
        ("2020-04-01", 135),
        ("2021-04-01", 106),
        ("2022-07-01", 0),
    ] {
        assert_eq!(count(world, BodyRole::Ccg, day).await, ccgs, "CCGs on {day}");
    }
    for (day, icbs) in [("2022-06-30", 0), ("2022-07-01", 42), ("2026-04-01", 36)] {
        assert_eq!(count(world, BodyRole::Icb, day).await, icbs, "ICBs on {day}");
    }
}

/// Loading what is held plans nothing.
async fn loaded_twice(world: &World) {
    let mut register = Register::new();
    let stored = world.stored(0, usize::MAX).await;
    for stored in stored {
        let recorded = remit_shape::decode(stored.position, &stored.bytes).expect("decoded");
        register.apply(&recorded.event);
    }
    let mut plan = Plan::new(register);
    tables::plan(&mut plan, &Source::England).expect("readable");
    assert_eq!(plan.commands().len(), 0, "loading twice records nothing twice");
    // Two findings are faults of the published data: a network without an opening date, and the
    // practice that is in it. The others are applications without a month, or of a month in which
    // the round was closed.
    let mut found: Vec<_> = plan.findings().iter().map(|f| (f.file.as_str(), f.row)).collect();
    found.dedup();
    let applications = [28, 29, 30, 31, 32, 33].map(|n| ("co_commissioning_applications.csv", n));
    let networks = [("pcns.csv", 838), ("practice_pcn.csv", 514)];
    assert_eq!(found, [&networks[..], &applications].concat());
}

/// A body bears the name of its time, in answers too.
async fn names_of_their_time(world: &World) {
    for (code, day, name) in [
        ("01H", "2016-01-31", "NHS CUMBRIA CCG"),
        ("01H", "2016-06-01", "NHS CUMBRIA CCG"),
        ("01H", "2018-11-01", "NHS NORTH CUMBRIA CCG"),
        ("01K", "2014-06-01", "NHS LANCASHIRE NORTH CCG"),
        ("01K", "2019-06-01", "NHS MORECAMBE BAY CCG"),
    ] {
        let answer = world.ask("gms-contracts", code, day).await;
        let named = answer.names.iter().find(|named| named.code == code).expect("named");
        assert_eq!(named.name, name, "{code} on {day}");
    }
}

/// Every CCG of June 2022 and of April 2013, followed to the bodies that would answer today. Run
/// with `--no-capture`, it prints the chains as a table.
fn who_would_answer(world: &World) {
    for (day, ccgs) in [("2022-06-30", 106), ("2013-04-01", 211)] {
        let day = on(day);
        world.node.view(|register, head| {
            let all = register.bodies_of(BodyRole::Ccg, Some(day), head);
            assert_eq!(all.len(), ccgs);
            for ccg in all {
                // A CCG exercises its own commissioning in every case, so the answer names it.
                let place = Place::Body(ccg.code);
                let answer = register.who_holds(&code("ccg-own-commissioning"), &place, day, head);
                let [now] = answer.answering_now.as_slice() else {
                    panic!("{} on {day}: {:?}", ccg.code, answer.answering_now)
                };
                print_chain(day, now);
                assert!(!now.successors.is_empty(), "{}", ccg.code);
                for successor in &now.successors {
                    let today = on("2026-09-01");
                    let roles = register.roles(*successor);
                    let icb = |r: &remit_domain::RoleKnown| {
                        r.role == BodyRole::Icb && r.effective.contains(today)
                    };
                    assert!(roles.iter().any(icb), "{} leads to {successor}", ccg.code);
                }
                // The rule of 1 July 2022 speaks of that step, and of no other.
                for step in &now.steps {
                    let turn = step.on == on("2022-07-01");
                    let rule = step.rule.map(|rule| rule.as_str());
                    assert_eq!(rule, turn.then_some("read-across-icb"), "{step:?}");
                }
                let at_once = now.steps[0].on == on("2022-07-01");
                assert_eq!(now.read_across.is_some(), at_once, "{now:?}");
                let several = now.successors.len() > 1;
                assert!(!several || now.state == LiableState::Unsettled, "{now:?}");
            }
        });
    }
}

fn print_chain(day: Day, now: &AnsweringNow<'_>) {
    let steps = now.steps.iter().map(|step| {
        let rule = step.rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
        format!("{} {} to {}{rule}", step.on, step.from, step.to)
    });
    let steps: Vec<_> = steps.collect();
    let AnsweringNow { body, state, confidence, .. } = now;
    println!("| {day} | {body} | {} | {state}, {confidence} |", steps.join("; "));
}

fn practices_resolve(world: &World) {
    // W93019 has no close date in the published data but left its commissioner in 2015:
    // `practice_data_issues.csv`, NO_CURRENT_COMMISSIONER.
    let lost: BodyCode = code("W93019");
    world.node.view(|register, head| {
        for (day, role) in [("2022-01-01", BodyRole::Ccg), ("2022-07-01", BodyRole::Icb)] {
            let day = on(day);
            let practices = open_practices(register, day);
            assert!(practices.len() > 6_400, "{} open on {day}", practices.len());
            for practice in practices.into_iter().filter(|practice| *practice != lost) {
                let place = Place::Body(practice);
                let answer = register.who_holds(&code("qof"), &place, day, head);
                let area = answer.area.expect("a commissioner");
                let roles = register.roles(area);
                assert!(
                    roles.iter().any(|r| r.role == role && r.effective.contains(day)),
                    "{practice} on {day}: {area} is no {role}"
                );
                // Every CCG of 2021 and every ICB is said to have a delegation.
                assert_eq!(answer.kind(), ResultKind::Held, "{practice} on {day}");
            }
        }
    });
}

async fn a_month_is_not_its_first_day(world: &World) {
    // Its middle is as the row says, its edges are unconfirmed.
    for (ccg, day, sure) in [
        ("07Y", "2015-06-01", pb::Confidence::Unconfirmed),
        ("06D", "2015-04-01", pb::Confidence::Unconfirmed),
        ("06D", "2015-04-14", pb::Confidence::Unconfirmed),
        ("06D", "2015-04-15", pb::Confidence::Confirmed),
        ("06D", "2015-04-16", pb::Confidence::Unconfirmed),
        ("06D", "2015-05-01", pb::Confidence::Confirmed),
    ] {
        let answer = world.ask("gms-contracts", ccg, day).await;
        assert_eq!((answer.kind(), answer.confidence()), (pb::ResultKind::JointlyHeld, sure));
    }
    let before = world.ask("gms-contracts", "07Y", "2015-05-31").await;
    assert_eq!(before.kind(), Unknown);
    // A level that a month denies is denied in its middle, and possibly around it.
    for (day, cases) in [("2016-08-31", 3), ("2016-09-01", 2), ("2016-09-30", 2), ("2016-10-01", 3)]
    {
        let answer = world.ask("gms-contracts", "09D", day).await;
        assert_eq!((answer.kind(), answer.cases.len()), (Unknown, cases), "09D on {day}");
    }
}

/// Where ODS places a practice under two commissioners on the same days, those days are disputed,
/// and no others.
async fn two_commissioners_at_once(world: &World) {
    use pb::Confidence::{Confirmed, Derived, Disputed};
    for (practice, day, area, sure) in [
        ("B83005", "2017-03-31", "02R", Derived),
        ("B83005", "2017-04-01", "02W", Disputed),
        ("B83005", "2017-04-18", "02W", Disputed),
        ("B83005", "2017-04-19", "02W", Derived),
        ("M85059", "2015-06-02", "04X", Disputed),
        ("M85059", "2015-06-03", "04X", Confirmed),
        ("Y04786", "2015-05-26", "07L", Disputed),
        ("Y04786", "2015-05-27", "07L", Confirmed),
        ("Y03376", "2013-04-02", "07H", Disputed),
        ("Y03376", "2013-04-03", "07H", Confirmed),
        // The claim of two days does not end the other of eight years.
        ("E87722", "2013-04-02", "09A", Disputed),
        ("E87722", "2013-04-03", "08Y", Derived),
        ("E87722", "2021-03-31", "08Y", Derived),
        ("Y02945", "2019-04-01", "04L", Derived),
        ("Y03103", "2019-04-01", "07R", Derived),
    ] {
        let answer = world.ask("emergency-preparedness", practice, day).await;
        let found = (answer.holder.as_str(), answer.confidence());
        assert_eq!(found, (area, sure), "{practice} on {day}");
    }
}

async fn evidence_is_honest(world: &World) {
    let nhse = ["X24".to_owned()];
    let liable = |answer: &pb::Answer| answer.liable.clone().unwrap_or_default().bodies;
    // STARTED: in force from that day.
    let started = world.ask("gms-contracts", "11X", "2019-04-01").await;
    assert_eq!((started.kind(), started.confidence()), (Held, pb::Confidence::Confirmed));
    // ... and evidenced not to be held the day before: only joint commissioning stays open.
    let eve = world.ask("gms-contracts", "11X", "2019-03-31").await;
    let open: Vec<_> = eve.cases.iter().map(pb::Case::basis).collect();
    assert_eq!(eve.kind(), Unknown);
    assert_eq!(open, [pb::LegalBasis::NoArrangement, pb::LegalBasis::S13zJointly]);
    assert_eq!(liable(&eve), nhse);
    // APPROVED without evidence of a start: unconfirmed, until evidence that it is in force.
    let approved = world.ask("gms-contracts", "11M", "2015-04-01").await;
    assert_eq!((approved.kind(), approved.confidence()), (Held, pb::Confidence::Unconfirmed));
    let seen = world.ask("gms-contracts", "11M", "2021-04-01").await;
    assert_eq!((seen.kind(), seen.confidence()), (Held, pb::Confidence::Confirmed));
    // Approved, and evidenced not to have begun: City and Hackney.
    let denied = world.ask("gms-contracts", "07T", "2015-04-01").await;
    assert_eq!((denied.kind(), liable(&denied)), (Unknown, nhse.to_vec()));
    // IN_FORCE: unknown before the day.
    for (day, kind) in [("2016-09-27", Unknown), ("2016-09-28", pb::ResultKind::JointlyHeld)] {
        assert_eq!(world.ask("gms-contracts", "06V", day).await.kind(), kind, "{day}");
    }
    // INFERRED: unconfirmed. UNDATED and applications: no effect.
    let inferred = world.ask("gms-contracts", "00J", "2020-01-21").await;
    assert_eq!((inferred.kind(), inferred.confidence()), (Held, pb::Confidence::Unconfirmed));
    for ccg in ["00M", "03F", "04K"] {
        let undated = world.ask("gms-contracts", ccg, "2016-01-01").await;
        assert_eq!(undated.kind(), Unknown, "{ccg}");
        let request = pb::ListInstrumentsRequest { body: ccg.into(), ..Default::default() };
        let reply = world.directory().list_instruments(request).await.expect("listed");
        assert!(reply.into_inner().total_size > 0, "{ccg}: recorded, without effect");
    }
    // No row: unknown, never level 1.
    let none = world.ask("gms-contracts", "00K", "2016-01-01").await;
    assert_eq!((none.kind(), none.unknown()), (Unknown, pb::UnknownReason::NoEvidence));
    assert_eq!(liable(&none), nhse);
    assert!(none.liable.as_ref().is_some_and(|liable| liable.in_every_case));
    // The liable body is as sure with unconfirmed evidence as without any.
    let sure = |answer: &pb::Answer| answer.liable.clone().unwrap_or_default().confidence();
    assert_eq!(
        (sure(&approved), sure(&none)),
        (pb::Confidence::Confirmed, pb::Confidence::Confirmed)
    );
    // Staff in the Midlands moved in July 2023: until then the region did the ICB's work.
    for (day, performer) in [("2023-04-01", "Y60"), ("2023-07-01", "QUA")] {
        let work = world.ask("primary-dental-services", "QUA", day).await.performed_by;
        assert_eq!(work.iter().map(|p| p.body.as_str()).collect::<Vec<_>>(), [performer], "{day}");
    }
    // Whether complaints were delegated in April or July 2023 is unconfirmed: no answer says so.
    assert_eq!(world.ask("complaints-primary-care", "QSL", "2023-05-01").await.kind(), Unknown);
    assert_eq!(
        world.ask("specialised-services-2025-additions", "QSL", "2025-04-01").await.kind(),
        Held
    );
    // Which ICBs took dental services in July 2022 is not recorded; from April 2023 all.
    let dental = world.ask("primary-dental-services", "QUA", "2022-07-01").await;
    assert_eq!((dental.kind(), liable(&dental)), (Unknown, vec![]));
    assert_eq!(world.ask("primary-dental-services", "QUA", "2023-04-01").await.kind(), Held);
    // The same words "fully delegated" give different answers on two days.
    let june = world.ask("qof", "A81001", "2022-06-30").await;
    let july = world.ask("qof", "A81001", "2022-07-01").await;
    assert_eq!((june.exercisers.clone(), liable(&june)), (vec!["16C".to_owned()], nhse.to_vec()));
    assert_eq!((july.exercisers.clone(), liable(&july)), (vec!["QHM".into()], vec!["QHM".into()]));
    // Reserved at every level, and s.7A on its own basis.
    let reserved = world.ask("performers-list", "A81001", "2023-01-01").await;
    assert_eq!((reserved.kind(), reserved.reserved), (NotDelegated, true));
    let public_health = world.ask("section-7a-public-health", "A81001", "2018-01-01").await;
    let expected = said(Held, "SOFS", &["X24"], &["X24"], &["L6"], pb::LegalBasis::S7a);
    assert_eq!(saying(&public_health), expected);
}

/// Two CCGs were divided when they ended: each ICB that took a part may answer, and is named.
async fn the_ccgs_divided_in_2022(world: &World) {
    for (practice, ccg, successors) in
        [("C81106", "01Y", ["QJ2", "QOP"]), ("M85002", "D2P2L", ["QHL", "QUA"])]
    {
        let answer = world.ask("qof", practice, "2022-06-30").await;
        let now = answer.answering_now.iter().find(|now| now.body == ccg).expect("it ended");
        assert_eq!(
            (now.successors.as_slice(), now.state(), now.read_across.as_str()),
            (&successors.map(str::to_owned)[..], pb::LiableState::Unsettled, "read-across-icb"),
            "{practice}"
        );
    }
}

async fn the_split_of_2026(world: &World) {
    // An ICB of 2026 has no instrument of its own yet: a gap, its predecessors' attached.
    let gap = world.ask("qof", "D7T5G", "2026-04-01").await;
    assert_eq!(gap.kind(), pb::ResultKind::Gap);
    assert_eq!(
        gap.predecessor_instruments,
        [
            "delegation/QH8/primary-medical",
            "delegation/QJG/primary-medical",
            "delegation/QM7/primary-medical"
        ]
    );
    let liable = gap.liable.unwrap_or_default();
    assert_eq!(liable.state(), pb::LiableState::Unknown, "NHS England or the ICB: no guess");
    // An area that was divided has no one answer.
    let divided = world.ask("qof", "QM7", "2026-04-01").await;
    assert_eq!(divided.unknown(), pb::UnknownReason::AreaDivided);
    assert_eq!(divided.ask_instead, ["D7T5G", "S1Y5D"]);
    let divided = world.ask("qof", "D4U1Y", "2026-04-01").await;
    assert_eq!(divided.ask_instead, ["92A", "D9Y0V", "U2G6B"], "only bodies in being");
    // Hampshire and Isle of Wight went on.
    assert_eq!(world.ask("qof", "QRL", "2026-04-01").await.kind(), Held);
}

/// Timelines tile the plane, and every rectangle says what asking any point of it says.
fn tiles(world: &World) {
    world.node.view(|register, head| {
        for (function, place) in [
            ("qof", "A81001"),
            ("gms-contracts", "11X"),
            ("primary-dental-services", "QM7"),
            ("gp-it", "D4U1Y"),
        ] {
            let place = Place::Body(code(place));
            let function = code(function);
            let rectangles = register.timeline(&function, &place, head);
            let mut days: Vec<Day> = vec![on("1990-01-01"), on("2199-12-31")];
            for rectangle in &rectangles {
                for day in rectangle.effective_from.into_iter().chain(rectangle.effective_until) {
                    days.extend([day, day.eve().expect("a day"), day.next().expect("a day")]);
                }
            }
            let mut positions: Vec<Position> = vec![Position::ZERO, head];
            for rectangle in &rectangles {
                positions.push(rectangle.known_from);
                positions.extend(rectangle.known_until.map(|until| until.prev()));
            }
            for day in &days {
                for position in &positions {
                    let inside: Vec<_> = rectangles
                        .iter()
                        .filter(|r| {
                            r.effective_from.is_none_or(|from| from <= *day)
                                && r.effective_until.is_none_or(|until| *day < until)
                                && r.known_from <= *position
                                && r.known_until.is_none_or(|until| *position < until)
                        })
                        .collect();
                    assert_eq!(inside.len(), 1, "{function} on {day} at {position}");
                    let asked = register.who_holds(&function, &place, *day, *position);
                    assert!(
                        inside[0].answer.says_the_same(&asked),
                        "{function} on {day} at {position}: {:?} but {asked:?}",
                        inside[0].answer
                    );
                }
            }
        }
    });
}

/// Every practice, function and first of a quarter gets an answer of a named kind.
fn every_quarter(world: &World) {
    let quarters: Vec<Day> = (2013..=2026)
        .flat_map(|year| [1, 4, 7, 10].map(|month| Day::new(year, month, 1).ok()))
        .flatten()
        .filter(|day| *day >= on("2013-04-01"))
        .collect();
    let (kinds, asked) = world.node.view(|register, head| {
        let practices: Vec<_> = register
            .bodies_of(BodyRole::Practice, None, head)
            .iter()
            .map(|view| view.code)
            .collect();
        let mut functions: Vec<_> = register
            .functions_view(None, head)
            .iter()
            .map(|view| view.function.code.clone())
            .collect();
        functions.dedup();
        assert_eq!(functions.len(), 60, "the machine table as amended, and the duty above it");
        let halves = practices.chunks(practices.len().div_ceil(2));
        let kinds = std::thread::scope(|scope| {
            let counted: Vec<_> = halves
                .map(|half| {
                    let (functions, quarters) = (&functions, &quarters);
                    scope.spawn(move || {
                        let mut kinds: BTreeMap<ResultKind, usize> = BTreeMap::new();
                        for practice in half {
                            let place = Place::Body(*practice);
                            for function in functions {
                                for day in quarters {
                                    let answer = register.who_holds(function, &place, *day, head);
                                    *kinds.entry(answer.kind()).or_default() += 1;
                                    named(&answer);
                                }
                            }
                        }
                        kinds
                    })
                })
                .collect();
            let mut all: BTreeMap<ResultKind, usize> = BTreeMap::new();
            for counted in counted {
                for (kind, count) in counted.join().expect("no answer panics") {
                    *all.entry(kind).or_default() += count;
                }
            }
            all
        });
        (kinds, practices.len() * functions.len() * quarters.len())
    });
    println!("{asked} questions: {kinds:?}");
    assert_eq!(kinds.values().sum::<usize>(), asked);
    assert_eq!(kinds.get(&ResultKind::Conflict), None, "the reference history has no conflict");
}

/// No answer is an empty list: a kind that names somebody does, and an unknown says why.
fn named(answer: &remit_register::Answer<'_>) {
    match answer.kind() {
        ResultKind::Held | ResultKind::NotDelegated | ResultKind::Unsettled => {
            assert_eq!(answer.exercisers.len(), 1);
        }
        ResultKind::JointlyHeld => assert!(answer.exercisers.len() > 1),
        ResultKind::Gap => assert!(!answer.predecessor_instruments().is_empty()),
        ResultKind::Conflict => assert!(answer.cases().len() > 1),
        ResultKind::Unknown => assert!(answer.unknown().is_some()),
    }
}
