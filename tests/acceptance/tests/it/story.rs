//! The story of a body or an instrument, through the API, beside what the register says at each
//! step.

use acceptance::{World, ccg, code, delegation, fact, known_at, on, saying};
use remit_domain::{Act, Command, Correction, CorrectionKind, Evidence, Position, RuleEnded};
use remit_grpc::pb;
use tonic::Code;

/// The whole story, in pages of a few events.
async fn story(world: &World, about: &str, until: Option<pb::KnownAt>) -> Vec<pb::StoryEvent> {
    let about = about.to_owned();
    let mut request = pb::StoryRequest { about, until, page_size: 3, ..Default::default() };
    let mut events = Vec::new();
    loop {
        let reply = world.audit().story(request.clone()).await.expect("told").into_inner();
        assert!(reply.events.len() <= 3);
        events.extend(reply.events);
        request.page_token = reply.next_page_token;
        if request.page_token.is_empty() {
            return events;
        }
    }
}

fn positions(story: &[pb::StoryEvent]) -> Vec<u64> {
    story.iter().map(|event| event.recorded.expect("recorded").position).collect()
}

fn taken_back(about: u64) -> Command {
    let correction = Correction {
        kind: CorrectionKind::ErrorCorrected,
        about: Some(Position::new(about)),
        authority: code("the contracts register of NHS England"),
        reason: code("entered from the signed copy"),
        fact: None,
    };
    let some = fact(RuleEnded { rule: code("L1"), effective_until: on("2022-07-01") });
    let mut evidence = Evidence::clone(&some.evidence);
    evidence.made_on = Some(on("2017-08-01"));
    Command { act: Act::Correct { correction, instead: None }, evidence: evidence.into() }
}

#[tokio::test]
async fn a_story_has_every_event_and_what_each_changed() {
    let world = World::with_law().await;
    world.at_noon("2017-06-01");
    let ccgs = ["02V", "03C"].map(|code| ccg(code, "A CCG", "2013-04-01", "2022-07-01"));
    world.record(ccgs.to_vec()).await;
    world.record(delegation("02V", &["gms-contracts", "qof"], "2015-04-01")).await;
    world.record(delegation("03C", &["gms-contracts", "qof"], "2015-04-01")).await;
    let in_force = world.head();
    world.record(vec![taken_back(in_force)]).await;
    world.record(vec![taken_back(in_force + 1)]).await;

    for (about, filter) in
        [("03C", "body=03C"), ("delegation/03C", "instrument=delegation/03C"), ("X24", "body=X24")]
    {
        let told = story(&world, about, None).await;
        assert_eq!(positions(&told), world.passing(filter).await, "{about}");
        assert_eq!(story(&world, about, known_at(in_force)).await, {
            let mut then = told.clone();
            then.retain(|event| event.recorded.expect("recorded").position <= in_force);
            then
        });
    }
    let told = story(&world, "delegation/03C", None).await;
    let last: Vec<_> = told.iter().rev().take(2).rev().collect();
    assert_eq!((last[0].corrects, last[1].corrects), (in_force, in_force + 1));
    assert_eq!(last[0].correction(), pb::CorrectionKind::ErrorCorrected);
    let made_on = last[0].evidence.as_ref().and_then(|evidence| evidence.made_on);
    assert_eq!(made_on, Some(pb::Date { year: 2017, month: 8, day: 1 }));

    // Every answer at 03C that any event changed is in its story, and reads as it says.
    let mut compared = 0;
    for event in story(&world, "03C", None).await {
        let position = event.recorded.expect("recorded").position;
        let all = world.node.view(|register, _| {
            let position = Position::new(position);
            let all = register.changes((position.prev(), position), (None, None), None);
            all.iter().filter(|change| change.place.to_string() == "03C").count()
        });
        let here = event.changes.iter().filter(|change| change.place == "03C");
        assert_eq!(here.count() + event.changes_left_out as usize, all, "event {position}");
        for change in &event.changes {
            let Some(pb::Date { year, month, day }) = change.effective_from else { continue };
            let day = format!("{year:04}-{month:02}-{day:02}");
            for (side, known) in [(&change.before, position - 1), (&change.after, position)] {
                let Some(side) = side else { continue };
                let (function, place) = (&change.function, &change.place);
                let answer = world.ask_known(function, place, &day, known_at(known)).await;
                assert_eq!(saying(&answer), saying(side), "{function}@{place} {day} at {known}");
                compared += 1;
            }
        }
    }
    assert!(compared > 50, "{compared} answers");
    // The delegation of another is not part of it.
    let told = story(&world, "delegation/03C", None).await;
    assert!(told.iter().flat_map(|event| &event.changes).all(|change| change.place == "03C"));

    assert_eq!(story(&world, "9ZZ", None).await, [], "nobody knows it");
    for (request, code) in [
        (pb::StoryRequest::default(), Code::InvalidArgument),
        (pb::StoryRequest { about: "a b".to_owned(), ..Default::default() }, Code::InvalidArgument),
        (
            pb::StoryRequest {
                about: "03C".to_owned(),
                until: known_at(in_force + 3),
                ..Default::default()
            },
            Code::OutOfRange,
        ),
    ] {
        let refused = world.audit().story(request).await.expect_err("refused");
        assert_eq!(refused.code(), code);
    }
}
