//! What every client relies on: health, reflection, tokens, streams.

use std::time::Duration;

use acceptance::*;
use prost::Message;
use remit_domain::{
    Act, BodyRole, ClusterFormed, Command, Correction, CorrectionKind, Evidence, Position,
    TransferScheme,
};
use remit_grpc::{pb, render};
use tonic_health::pb::health_client::HealthClient;

fn question(function: &str, place: &str, day: &str) -> pb::WhoHoldsRequest {
    pb::WhoHoldsRequest {
        function: function.into(),
        place: place.into(),
        effective_on: Some(render::date(on(day))),
        ..Default::default()
    }
}

#[tokio::test]
async fn health_says_serving() {
    let world = World::empty().await;
    let mut client = HealthClient::new(world.channel.clone());
    for service in [
        "",
        "remit.v1.RegisterService",
        "remit.v1.ResponsibilityService",
        "remit.v1.DirectoryService",
        "remit.v1.EventService",
        "remit.v1.FundingService",
    ] {
        let request = tonic_health::pb::HealthCheckRequest { service: service.into() };
        let reply = client.check(request).await.expect("checked").into_inner();
        assert_eq!(reply.status(), tonic_health::pb::health_check_response::ServingStatus::Serving);
    }
}

#[tokio::test]
async fn reflection_names_every_service_in_both_versions() {
    let world = World::empty().await;
    macro_rules! services {
        ($version:ident) => {{
            use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
            use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
            let request = tonic_reflection::pb::$version::ServerReflectionRequest {
                host: String::new(),
                message_request: Some(MessageRequest::ListServices(String::new())),
            };
            let mut client = ServerReflectionClient::new(world.channel.clone());
            let replies = client.server_reflection_info(tokio_stream::iter([request])).await;
            let mut replies = replies.expect("begun").into_inner();
            let reply = replies.message().await.expect("answered").expect("a reply");
            let Some(MessageResponse::ListServicesResponse(list)) = reply.message_response else {
                panic!("no list of services");
            };
            list.service.into_iter().map(|service| service.name).collect::<Vec<_>>()
        }};
    }
    for services in [services!(v1), services!(v1alpha)] {
        for service in
            ["RegisterService", "ResponsibilityService", "DirectoryService", "EventService"]
        {
            assert!(services.contains(&format!("remit.v1.{service}")), "{service}: {services:?}");
        }
        assert!(services.contains(&"grpc.health.v1.Health".to_owned()));
    }
}

/// A question that cannot be answered gets an error, and the next ones their answers.
#[tokio::test]
async fn reflection_goes_on_after_an_unknown_symbol() {
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest as Asked;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse as Said;
    let world = World::empty().await;
    let symbol = |name: &str| Some(Asked::FileContainingSymbol(name.to_owned()));
    let asked = [
        (Some(Asked::ListServices(String::new())), true),
        (symbol("no.such.Symbol"), false),
        (symbol("remit.v1.WhoHoldsRequest"), true),
        (symbol("remit.v1.WhoHoldsRequest.place"), true),
        (symbol("remit.v1.WhoHoldsRequest.nothing"), false),
        (symbol("remit.v1.ResponsibilityService.WhoHolds"), true),
        (symbol("remit.v1.ResponsibilityService.Nothing"), false),
        (symbol("remit.v1.Confidence"), true),
        (symbol(""), false),
        (Some(Asked::FileByFilename("no/such.proto".to_owned())), false),
        (Some(Asked::FileByFilename("remit/v1/answers.proto".to_owned())), true),
        (None, false),
        (Some(Asked::AllExtensionNumbersOfType("x".to_owned())), true),
    ];
    let requests = asked.clone().map(|(message_request, _)| {
        tonic_reflection::pb::v1::ServerReflectionRequest { host: String::new(), message_request }
    });
    let mut client = ServerReflectionClient::new(world.channel.clone());
    let replies = client.server_reflection_info(tokio_stream::iter(requests)).await;
    let mut replies = replies.expect("begun").into_inner();
    for (asked, answered) in asked {
        let reply = replies.message().await.expect("answered").expect("a reply");
        let refused = matches!(reply.message_response, Some(Said::ErrorResponse(_)) | None);
        assert_eq!(!refused, answered, "{asked:?}");
    }
}

/// A compressed request is read; one that unpacks to more than the limit is refused.
#[tokio::test]
async fn requests_may_be_compressed() {
    use pb::responsibility_service_client::ResponsibilityServiceClient;
    use tonic::codec::CompressionEncoding::Gzip;
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    let mut client = ResponsibilityServiceClient::new(world.channel.clone()).send_compressed(Gzip);
    let reply = client.who_holds(question("qof", "11X", "2019-04-01")).await.expect("answered");
    let plain = world.ask("qof", "11X", "2019-04-01").await;
    assert_eq!(reply.into_inner().answer, Some(plain));
    let bomb = pb::WhoHoldsRequest { function: "0".repeat(64 << 20), ..Default::default() };
    let refused = client.who_holds(bomb).await.expect_err("refused");
    assert!(refused.message().contains("size limit"), "{refused:?}");
}

#[tokio::test]
async fn a_token_reads_what_was_written() {
    let world = World::with_law().await;
    let reply =
        world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    let request =
        pb::WhoHoldsRequest { at_least: reply.token, ..question("qof", "11X", "2014-01-01") };
    let answer = world.responsibility().who_holds(request).await.expect("answered").into_inner();
    assert_eq!(answer.answer.expect("an answer").kind(), pb::ResultKind::NotDelegated);
    // One that waits is answered as soon as the node has reached it.
    let ahead = format!("{}@acceptance", reply.last_position + 1);
    let waiting = pb::WhoHoldsRequest { at_least: ahead, ..question("qof", "15F", "2019-01-01") };
    let mut client = world.responsibility();
    let waiting = tokio::spawn(async move { client.who_holds(waiting).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "it is never answered from a fold that is behind its token");
    world.record(vec![ccg("15F", "NHS Leeds CCG", "2018-04-01", "2022-07-01")]).await;
    let answer = waiting.await.expect("joined").expect("answered").into_inner();
    assert_eq!(answer.answer.expect("an answer").area, "15F");
}

#[tokio::test]
async fn a_caller_may_name_any_timeout() {
    let world = World::with_law().await;
    let reply =
        world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    for timeout in [
        "18446744073709551615S",
        "18446744073709551615H",
        "18446744073709551615M",
        "99999999S",
        "18446744073709551616n",
        "1000000000000u",
        "S",
        "",
        "-1S",
        "1\u{a0}S",
    ] {
        let asked = question("qof", "11X", "2014-01-01");
        let mut request =
            tonic::Request::new(pb::WhoHoldsRequest { at_least: reply.token.clone(), ..asked });
        let value = tonic::metadata::MetadataValue::try_from(timeout.as_bytes()).expect("a value");
        request.metadata_mut().insert("grpc-timeout", value);
        let answered = world.responsibility().who_holds(request).await;
        assert!(answered.is_ok(), "{timeout:?}: {answered:?}");
    }
}

#[tokio::test]
async fn a_batch_answers_in_order_what_one_question_answers() {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    world.record(delegation("11X", &["gms-contracts"], "2019-04-01")).await;
    let questions: Vec<_> = ["2014-01-01", "2016-01-01", "2019-04-01", "2023-01-01"]
        .into_iter()
        .flat_map(|day| {
            ["gms-contracts", "qof", "performers-list", "gp-it"].map(|f| question(f, "11X", day))
        })
        .collect();
    let mut expected = Vec::new();
    for asked in &questions {
        let reply = world.responsibility().who_holds(asked.clone()).await.expect("answered");
        expected.extend(reply.into_inner().answer);
    }
    let messages: Vec<_> = questions
        .chunks(3)
        .map(|chunk| pb::BatchWhoHoldsRequest { questions: chunk.to_vec(), brief: false })
        .collect();
    let reply = world.responsibility().batch_who_holds(tokio_stream::iter(messages)).await;
    let mut stream = reply.expect("begun").into_inner();
    let mut answers = Vec::new();
    while let Some(message) = stream.message().await.expect("answered") {
        answers.extend(message.answers);
    }
    assert_eq!(answers, expected);
    // Brief answers leave out names and grounds, and nothing else.
    let brief = pb::BatchWhoHoldsRequest { questions, brief: true };
    let reply = world.responsibility().batch_who_holds(tokio_stream::iter([brief])).await;
    let answers = reply.expect("begun").into_inner().message().await.expect("answered");
    for (brief, whole) in answers.expect("a message").answers.into_iter().zip(expected) {
        let stripped = pb::Answer { names: vec![], grounds: vec![], ..whole };
        assert_eq!(brief, stripped);
        assert!(brief.encoded_len() > 20);
    }
}

/// The rules that the explained answer names.
const RULES: [&str; 8] = [
    "L1",
    "giver-keeps-power",
    "joined-with-the-owner",
    "decides",
    "contract-party",
    "procurement-2013",
    "interests-ccg",
    "reach",
];

#[tokio::test]
async fn an_explanation_shows_the_stored_events() {
    let world = World::with_law().await;
    world.record(vec![ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01")]).await;
    world.record(delegation("11X", &["gms-contracts"], "2019-04-01")).await;
    let asked = question("gms-contracts", "11X", "2019-04-01");
    let request = pb::ExplainRequest { question: Some(asked) };
    let reply = world.responsibility().explain(request).await.expect("explained").into_inner();
    let answer = reply.answer.expect("an answer");
    assert_eq!(answer.grounds.len(), reply.grounds.len());
    let types: Vec<_> = reply.grounds.iter().map(|ground| ground.event_type.as_str()).collect();
    assert_eq!(
        types,
        [
            // The Secretary of State and NHS England, to whom it answers.
            "uk.nhs.remit.body-established.v1",
            "uk.nhs.remit.body-established.v1",
            "uk.nhs.remit.function-catalogued.v1",
            // Who is liable, who stays entitled, who may be joined, who decides, and who is party
            // to the contracts.
            "uk.nhs.remit.rule-enacted.v2",
            "uk.nhs.remit.rule-enacted.v2",
            "uk.nhs.remit.rule-enacted.v2",
            "uk.nhs.remit.rule-enacted.v2",
            "uk.nhs.remit.rule-enacted.v2",
            // How contracts are procured and interests managed, and how far the instrument reaches.
            "uk.nhs.remit.rule-enacted.v2",
            "uk.nhs.remit.rule-enacted.v2",
            "uk.nhs.remit.rule-enacted.v2",
            // The CCG, whose area it is, and which is a party.
            "uk.nhs.remit.body-established.v1",
            "uk.nhs.remit.body-established.v1",
            "uk.nhs.remit.instrument-drawn.v2",
            "uk.nhs.remit.instrument-in-force.v1",
        ]
    );
    assert_eq!(reply.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), RULES);
    // The same as a tree: every event in its place, and none left out.
    let tree = reply.tree.expect("a tree");
    assert_eq!(tree.says, "held: 11X exercises gms-contracts");
    let says: Vec<_> = tree.because.iter().map(|step| step.says.as_str()).collect();
    assert_eq!(
        says,
        [
            "11X is the commissioner of its area",
            "statute places gms-contracts on X24",
            "delegation/11X is in force",
            "the parties, and those to whom they answer, are in being",
            "X24 is liable",
            "X24 may exercise gms-contracts too",
            "a claimant may join 11X as a defendant",
            "11X decides; judicial review lies against who took the decision",
            "X24 is party to the contracts with those who provide the services",
            "procurement-2013 says how gms-contracts is exercised",
            "interests-ccg says how gms-contracts is exercised",
            "reach says how gms-contracts is exercised",
        ]
    );
    let mut shown: Vec<u64> = tree.because.iter().flat_map(|step| step.events.clone()).collect();
    let mut cited: Vec<u64> = answer.grounds.iter().map(|ground| ground.position).collect();
    shown.sort_unstable();
    shown.dedup();
    cited.dedup();
    assert_eq!(shown, cited);
    for ground in &reply.grounds {
        let event: serde_json::Value = serde_json::from_str(&ground.event).expect("JSON");
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["type"], ground.event_type);
        assert_eq!(event["position"], ground.ground.expect("a ground").position);
    }
}

#[tokio::test]
async fn following_goes_on_without_a_gap_or_a_repeat() {
    let world = World::with_law().await;
    let mut client = pb::event_service_client::EventServiceClient::new(world.channel.clone());
    let request = pb::ReadRequest { follow: true, ..Default::default() };
    let mut events = client.read(request).await.expect("begun").into_inner();
    let head = world.head();
    for number in 0..50 {
        let text = format!("P{number:05}");
        world.record(vec![body(&text, BodyRole::Practice, "A practice", "2015-04-01", "")]).await;
    }
    for expected in 1..=head + 50 {
        let event = events.message().await.expect("an event").expect("it goes on");
        assert_eq!(event.position, expected);
    }
    let limited =
        pb::ReadRequest { after_position: 3, limit: 2, follow: true, ..Default::default() };
    let mut events = client.read(limited).await.expect("begun").into_inner();
    let mut positions = Vec::new();
    while let Some(event) = events.message().await.expect("an event") {
        positions.push(event.position);
    }
    assert_eq!(positions, [4, 5]);
}

#[tokio::test]
async fn the_very_same_fact_in_another_order_adds_nothing() {
    let world = World::with_law().await;
    let bodies = ["11X", "15F", "02V"].map(|code| ccg(code, "a CCG", "2013-04-01", ""));
    world.record(bodies.to_vec()).await;
    let cluster = |bodies: &[&str]| {
        let bodies = bodies.iter().map(|body| code(body)).collect();
        fact(ClusterFormed { name: code("North"), bodies, effective: period("2019-04-01", "") })
    };
    let scheme = |functions: &[&str]| {
        let (from, to, power) = (code("11X"), code("15F"), code("a power"));
        let functions = functions.iter().map(|function| code(function)).collect();
        let (effective_on, described, excepted) = (on("2019-04-01"), None, None);
        let scheme =
            TransferScheme { from, to, power, effective_on, functions, described, excepted };
        fact(scheme)
    };
    let both = |bodies: &[&str], functions: &[&str]| vec![cluster(bodies), scheme(functions)];
    let first = world.record(both(&["11X", "15F"], &["qof", "gms-contracts"])).await;
    let again = world.record(both(&["15F", "11X"], &["gms-contracts", "qof"])).await;
    let repeated: Vec<_> = again.repeated.iter().map(|each| each.position).collect();
    assert_eq!(repeated, [first.first_position, first.last_position]);
    let more = world.record(vec![cluster(&["11X", "15F", "02V"])]).await;
    assert_eq!(more.repeated, []);
}

#[tokio::test]
async fn nothing_is_recorded_that_was_made_later() {
    let world = World::with_law().await;
    world.at_noon("2026-06-30");
    let made = |day: &str| {
        let mut command = ccg("11X", "NHS Somerset CCG", "2013-04-01", "");
        let evidence = Evidence { made_on: Some(on(day)), ..Evidence::clone(&command.evidence) };
        command.evidence = evidence.into();
        command
    };
    for day in ["2026-07-01", "2062-03-31"] {
        let status = world.try_record(vec![made(day)]).await.expect_err("refused");
        let says = status.message();
        assert!(says.contains("evidence.made_on") && says.contains(day), "{says}");
    }
    // Half an hour before midnight UTC it is the next day in England in summer.
    world.at_instant("2026-06-30T23:30:00Z");
    world.record(vec![made("2026-07-01")]).await;
}

#[tokio::test]
async fn the_very_same_fact_again_adds_nothing_and_names_its_event() {
    let world = World::with_law().await;
    let commands = || {
        let mut commands = vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", ""),
            ccg("15F", "NHS Leeds CCG", "2013-04-01", ""),
        ];
        commands.extend(found_in_force("11X", &["qof"], "2016-04-01"));
        commands
    };
    let first = world.record(commands()).await;
    let (from, head) = (first.first_position, world.head());
    let pairs = |reply: &pb::RecordResponse| -> Vec<(u32, u64)> {
        reply.repeated.iter().map(|each| (each.command, each.position)).collect()
    };
    // All of it again, in another request.
    let again = world.record(commands()).await;
    let all: Vec<_> = (0..4).map(|at| (at, from + u64::from(at))).collect();
    assert_eq!((again.first_position, again.last_position, again.recorded_at), (0, 0, None));
    assert_eq!((pairs(&again), world.head()), (all, head), "{again:?}");
    // Some of it again, with something new between, and twice the same within one request.
    let new = || ccg("02V", "NHS Leeds North CCG", "2013-04-01", "");
    let some = world.record(vec![commands().remove(1), new(), new()]).await;
    assert_eq!((some.first_position, some.last_position), (head + 1, head + 1));
    assert_eq!(pairs(&some), [(0, from + 1), (2, head + 1)]);
    // A fact that contradicts it, and the same fact on other evidence, are refused.
    let other_end = ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01");
    let mut other_source = ccg("11X", "NHS Somerset CCG", "2013-04-01", "");
    let source =
        Evidence { source: code("another file"), ..Evidence::clone(&other_source.evidence) };
    other_source.evidence = source.into();
    for refused in [other_end, other_source] {
        let status = world.try_record(vec![refused]).await.expect_err("refused");
        assert!(status.message().contains(&format!("event {from}")), "{status:?}");
    }
    // What a correction took back is recorded again.
    let taken_back = Correction {
        kind: CorrectionKind::ErrorCorrected,
        about: Some(Position::new(head + 1)),
        authority: code("the register"),
        reason: code("entered twice"),
        fact: None,
    };
    let act = Act::Correct { correction: taken_back, instead: None };
    let evidence = Evidence { made_on: Some(on("2016-05-01")), ..Evidence::clone(&new().evidence) };
    world.record(vec![Command { act, evidence: evidence.into() }]).await;
    let anew = world.record(vec![new()]).await;
    assert_eq!((anew.last_position, pairs(&anew)), (world.head(), Vec::new()));
    // A preview says the same.
    let request = pb::RecordRequest {
        actor: "acceptance tests".to_owned(),
        acting_for: "X24".to_owned(),
        commands: vec![remit_grpc::command::write(&new())],
        validate_only: true,
        ..Default::default()
    };
    let preview = world.recorder().record(request).await.expect("previewed").into_inner();
    assert_eq!((pairs(&preview), preview.event_types.len()), (vec![(0, world.head())], 0));
}
