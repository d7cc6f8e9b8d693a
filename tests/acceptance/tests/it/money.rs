//! Payment directions, from the call that records them to the filter, the story and the statement
//! that tell of them. They move no function.

use acceptance::{World, ccg, code, delegation, fact, on};
use remit_domain::PaymentDirectionMade;
use remit_grpc::pb;
use tonic::Code;

/// A world with a CCG that exercises a function, and directions that bind it.
async fn directed() -> (World, u64) {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    world.record(delegation("11X", &["qof"], "2015-04-01")).await;
    let recorded = world.record(vec![fact(directions())]).await;
    (world, recorded.last_position)
}

fn directions() -> PaymentDirectionMade {
    PaymentDirectionMade {
        made_by: code("SOFS"),
        given_to: vec![code("X24"), code("11X")],
        power: code("National Health Service Act 2006, section 87"),
        made_on: on("2016-05-10"),
        // Backdated, as section 87(3)(e) allows.
        effective_from: on("2016-04-01"),
        supersedes: Some(code("the directions of 2015")),
        functions: vec![code("qof")],
        text: code("Statement of Financial Entitlements, amended"),
    }
}

#[tokio::test]
async fn payment_directions_are_recorded_filtered_told_and_shown_not_to_be_there() {
    let (world, position) = directed().await;
    for filter in ["type=payment-direction-made", "type=payment-* body=11X", "type=p* function=qof"]
    {
        assert_eq!(world.passing(filter).await, [position], "{filter}");
    }
    let request = pb::StoryRequest { about: "SOFS".to_owned(), ..Default::default() };
    let story = world.audit().story(request).await.expect("told").into_inner();
    let told = story.events.last().expect("an event");
    assert_eq!((told.subject.as_str(), told.changes.len()), ("SOFS", 0), "{told:?}");
    let typed = pb::SubscribeRequest {
        filter: "type=payment-direction-made".to_owned(),
        typed: true,
        ..Default::default()
    };
    let mut events = world.events().subscribe(typed).await.expect("begun").into_inner();
    let event = loop {
        let content = events.message().await.expect("a message").and_then(|next| next.content);
        if let Some(pb::subscribe_response::Content::Event(event)) = content {
            break event;
        }
    };
    let told = event.fact.and_then(|fact| fact.fact);
    let Some(pb::fact::Fact::PaymentDirectionMade(told)) = told else { panic!("{told:?}") };
    assert_eq!(told.text, "Statement of Financial Entitlements, amended");
    assert_eq!(told.supersedes, "the directions of 2015");
    // It moves nothing: the answer on the day it has effect is that of before.
    let asked = async |known_at: u64| {
        let known_at = acceptance::known_at(known_at);
        world.ask_known("qof", "11X", "2016-04-01", known_at).await.exercisers
    };
    assert_eq!(asked(position).await, asked(position - 1).await);
    // That none was given in a stretch of the log can be stated; of one that has it, it cannot.
    let nothing = async |after: u64, until: u64| {
        let nothing = pb::NothingRecorded {
            key: "payment-direction:SOFS".to_owned(),
            after: acceptance::known_at(after),
            until: acceptance::known_at(until),
        };
        let asked = Some(pb::issue_statement_request::Asked::Nothing(nothing));
        world.audit().issue_statement(pb::IssueStatementRequest { asked }).await
    };
    assert!(nothing(position - 2, position - 1).await.is_ok());
    let refused = nothing(position - 1, position).await.expect_err("there is one");
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused}");
}
