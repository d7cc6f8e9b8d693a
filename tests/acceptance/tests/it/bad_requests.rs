//! Bad requests: each with the status, reason and field it gets; none changes the log.

use acceptance::*;
use pb::responsibility_service_client::ResponsibilityServiceClient;
use remit_grpc::{json, pb, render};
use tonic::{Code, Status};

/// A register with a little of everything to be wrong about.
async fn somewhere() -> World {
    use remit_domain::{BodyRole, Relation, SuccessionKind};
    let world = World::with_law().await;
    world
        .record(vec![
            ccg("03G", "NHS Leeds South and East CCG", "2013-04-01", "2018-04-01"),
            ccg("15F", "NHS Leeds CCG", "2018-04-01", "2022-07-01"),
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            succession("03G", "15F", "2018-04-01", SuccessionKind::Merger),
            body("A81001", BodyRole::Practice, "A practice", "1990-01-01", ""),
            body("FED01", BodyRole::Federation, "A federation", "2014-01-01", ""),
            member("A81001", "11X", Relation::PracticeOfCommissioner, "2013-04-01", "2022-07-01"),
        ])
        .await;
    world.record(delegation("11X", &["gms-contracts"], "2015-04-01")).await;
    world
}

/// The JSON of a request with one command.
fn one(command: &str) -> String {
    format!(
        r#"{{"requestId":"bad","actor":"a","actingFor":"X24",
            "evidence":{{"source":"s","confidence":"CONFIDENCE_CONFIRMED"}},
            "commands":[{command}]}}"#
    )
}

fn date(text: &str) -> String {
    let mut parts = text.split('-').map(|part| part.parse::<i32>().expect("a number"));
    let mut next = || parts.next().expect("a part");
    format!(r#"{{"year":{},"month":{},"day":{}}}"#, next(), next(), next())
}

fn effective(from: &str, until: &str) -> String {
    match until {
        "" => format!(r#""effective":{{"effectiveFrom":{}}}"#, date(from)),
        _ => format!(
            r#""effective":{{"effectiveFrom":{},"effectiveUntil":{}}}"#,
            date(from),
            date(until)
        ),
    }
}

/// What a command asks, as the wire names it: `{"bodyNamed":…` is `body_named`.
fn act(command: &str) -> String {
    let name = command.trim_start_matches("{\"").split('"').next().expect("a name");
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Every bad `Record`: what is wrong, the request, the status, the reason, the first field named.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn records() -> Vec<(&'static str, String, Code, &'static str, String)> {
    let invalid = |what, request, field: &str| {
        (what, request, Code::InvalidArgument, "FIELD_INVALID", field.to_owned())
    };
    let c0 = |field: &str| format!("commands[0].{field}");
    let body = |rest: &str| one(&format!(r#"{{"bodyEstablished":{{{rest}}}}}"#));
    let fine = effective("2015-04-01", "");
    let good = format!(r#""code":"ZZZ","role":"BODY_ROLE_CCG","name":"n",{fine}"#);
    let replaced = |from: &str, to: &str| body(&good).replace(from, to);
    let mut cases = vec![
        invalid(
            "no request id",
            replaced(r#""requestId":"bad""#, r#""requestId":"""#),
            "request_id",
        ),
        invalid("a request id with a space", replaced(r#""bad""#, r#""b ad""#), "request_id"),
        invalid(
            "a request id too long",
            replaced(r#""bad""#, &format!("\"{}\"", "x".repeat(129))),
            "request_id",
        ),
        invalid("no actor", replaced(r#""actor":"a""#, r#""actor":"""#), "actor"),
        invalid("a blank actor", replaced(r#""actor":"a""#, r#""actor":"  ""#), "actor"),
        invalid(
            "an actor too long",
            replaced(r#""actor":"a""#, &format!("\"actor\":\"{}\"", "x".repeat(201))),
            "actor",
        ),
        invalid(
            "no acting-for",
            replaced(r#""actingFor":"X24""#, r#""actingFor":"""#),
            "acting_for",
        ),
        invalid("an acting-for of no shape", replaced(r#""X24""#, r#""x24""#), "acting_for"),
        invalid("no commands", one(""), "commands"),
        invalid("an empty command", one("{}"), &c0("act")),
        invalid(
            "no evidence anywhere",
            replaced(r#""evidence":{"source":"s","confidence":"CONFIDENCE_CONFIRMED"},"#, ""),
            &c0("evidence"),
        ),
        invalid(
            "evidence without a source",
            replaced(r#""source":"s""#, r#""source":"""#),
            "evidence.source",
        ),
        invalid(
            "evidence without a confidence",
            replaced(r#","confidence":"CONFIDENCE_CONFIRMED""#, ""),
            "evidence.confidence",
        ),
        invalid(
            "evidence made on no day",
            replaced(
                r#""source":"s""#,
                r#""source":"s","madeOn":{"year":2015,"month":2,"day":30}"#,
            ),
            "evidence.made_on",
        ),
        invalid("no code", replaced(r#""ZZZ""#, r#""""#), &c0("body_established.code")),
        invalid(
            "a code too long",
            replaced(r#""ZZZ""#, r#""ABCDEFGHIJ""#),
            &c0("body_established.code"),
        ),
        invalid(
            "a code with a control character",
            replaced(r#""ZZZ""#, "\"ZZ\\u0000\""),
            &c0("body_established.code"),
        ),
        invalid(
            "no role",
            replaced(r#""role":"BODY_ROLE_CCG","#, ""),
            &c0("body_established.role"),
        ),
        invalid(
            "a role of a later release",
            replaced(r#""BODY_ROLE_CCG""#, "99"),
            &c0("body_established.role"),
        ),
        invalid(
            "a negative role",
            replaced(r#""BODY_ROLE_CCG""#, "-1"),
            &c0("body_established.role"),
        ),
        invalid("no name", replaced(r#""name":"n""#, r#""name":"""#), &c0("body_established.name")),
        invalid(
            "a name with a line break",
            replaced(r#""name":"n""#, "\"name\":\"a\\nb\""),
            &c0("body_established.name"),
        ),
        invalid(
            "a name too long",
            replaced(r#""name":"n""#, &format!("\"name\":\"{}\"", "é".repeat(2_001))),
            &c0("body_established.name"),
        ),
        invalid("no period", replaced(&format!(",{fine}"), ""), &c0("body_established.effective")),
        invalid(
            "a day the calendar does not have",
            body(&good.replace(&fine, &effective("2015-02-29", ""))),
            &c0("body_established.effective.effective_from"),
        ),
        invalid(
            "a year out of bounds",
            body(&good.replace(&fine, &effective("1899-12-31", ""))),
            &c0("body_established.effective.effective_from"),
        ),
        invalid(
            "an empty period",
            body(&good.replace(&fine, &effective("2015-04-01", "2015-04-01"))),
            &c0("body_established.effective.effective_until"),
        ),
        invalid(
            "a period backwards",
            body(&good.replace(&fine, &effective("2015-04-01", "2014-04-01"))),
            &c0("body_established.effective.effective_until"),
        ),
        invalid(
            "a member of neither kind",
            one(&format!(
                r#"{{"membershipStarted":{{"group":"11X","relation":"RELATION_PRACTICE_OF_PCN",{fine}}}}}"#
            )),
            &c0("membership_started.member"),
        ),
        invalid(
            "a contract id without a slash",
            one(&format!(
                r#"{{"contractHeld":{{"contract":"A81001","holder":"A81001","contractType":"CONTRACT_TYPE_GMS",{fine}}}}}"#
            )),
            &c0("contract_held.contract"),
        ),
        invalid(
            "a rule that says nothing",
            one(
                r#"{"ruleEnacted":{"id":"L99","text":"t","citation":"c","confidence":"CONFIDENCE_DERIVED"}}"#,
            ),
            &c0("rule_enacted.says"),
        ),
        invalid(
            "a notice rule on 29 February",
            one(
                r#"{"ruleEnacted":{"id":"L99","text":"t","citation":"c","confidence":"CONFIDENCE_DERIVED",
                "notice":{"bases":["LEGAL_BASIS_S13Z_BY"],"last":{"month":2,"day":29},"ends":{"month":4,"day":1}}}}"#,
            ),
            &c0("rule_enacted.notice.last"),
        ),
        invalid(
            "a succession by nothing",
            one(&format!(
                r#"{{"successionRecorded":{{"predecessor":"03G","successor":"15F","effectiveOn":{},"kind":"SUCCESSION_KIND_MERGER"}}}}"#,
                date("2018-04-01")
            )),
            &c0("succession_recorded.by_area"),
        ),
        invalid(
            "an instrument without an area",
            one(
                r#"{"instrumentDrawn":{"id":"i","kind":"INSTRUMENT_KIND_DELEGATION","basis":"LEGAL_BASIS_S13Z_BY","title":"t",
                "givenBy":["X24"],"givenTo":["11X"],"functions":["qof"]}}"#,
            ),
            &c0("instrument_drawn.area"),
        ),
        invalid(
            "a bad code deep in a list",
            one(
                r#"{"instrumentDrawn":{"id":"i","kind":"INSTRUMENT_KIND_DELEGATION","basis":"LEGAL_BASIS_S13Z_BY","title":"t",
                "givenBy":["X24"],"givenTo":["11X"],"functions":["qof","QOF"],"area":{"england":true}}}"#,
            ),
            &c0("instrument_drawn.functions[1]"),
        ),
    ];
    let refused = |what, command: String, reason, field: &str| {
        let field = c0(&format!("{}.{field}", act(&command)));
        (what, one(&command), Code::FailedPrecondition, reason, field)
    };
    let established = |code: &str, from: &str| {
        format!(
            r#"{{"bodyEstablished":{{"code":"{code}","role":"BODY_ROLE_CCG","name":"n",{}}}}}"#,
            effective(from, "")
        )
    };
    let drawn = |id: &str, kind: &str, basis: &str, to: &str, function: &str| {
        format!(
            r#"{{"instrumentDrawn":{{"id":"{id}","kind":"INSTRUMENT_KIND_{kind}","basis":"LEGAL_BASIS_{basis}","title":"t",
            "givenBy":["X24"],"givenTo":["{to}"],"functions":["{function}"],"area":{{"commissioners":{{"codes":["11X"]}}}}}}}}"#
        )
    };
    let member = |who: &str, group: &str, from: &str| {
        format!(
            r#"{{"membershipStarted":{{"member":{{"body":"{who}"}},"group":"{group}","relation":"RELATION_PRACTICE_OF_COMMISSIONER",{}}}}}"#,
            effective(from, "")
        )
    };
    let succession = |from: &str, to: &str, on: &str| {
        format!(
            r#"{{"successionRecorded":{{"predecessor":"{from}","successor":"{to}","effectiveOn":{},"kind":"SUCCESSION_KIND_MERGER","byArea":"CONFIDENCE_CONFIRMED"}}}}"#,
            date(on)
        )
    };
    let ended = |instrument: &str, on: &str| {
        format!(
            r#"{{"instrumentEnded":{{"instrument":"{instrument}","effectiveUntil":{},"reason":"END_REASON_REVOKED"}}}}"#,
            date(on)
        )
    };
    let in_force = |instrument: &str, from: &str| {
        format!(
            r#"{{"instrumentInForce":{{"instrument":"{instrument}","start":"START_EVIDENCED",{}}}}}"#,
            effective(from, "")
        )
    };
    let notice = |by: &str, on: &str| {
        format!(
            r#"{{"giveNotice":{{"instrument":"delegation/11X","givenBy":"{by}","givenOn":{}}}}}"#,
            date(on)
        )
    };
    let directions = |by: &str, to: &str, function: &str| {
        format!(
            r#"{{"paymentDirectionMade":{{"madeBy":"{by}","givenTo":["11X","{to}"],
                "power":"s.87","text":"t","madeOn":{0},"effectiveFrom":{0},
                "functions":["{function}"]}}}}"#,
            date("2018-05-01")
        )
    };
    cases.extend([
        refused("directions of nobody", directions("ZZZ", "X24", "qof"), "BODY_UNKNOWN", "made_by"),
        refused(
            "directions to a body that has ceased",
            directions("X24", "03G", "qof"),
            "BODY_NOT_IN_BEING",
            "given_to[1]",
        ),
        refused(
            "directions on an unknown function",
            directions("X24", "X24", "qoff"),
            "FUNCTION_UNKNOWN",
            "functions[0]",
        ),
        refused("a code in use", established("11X", "2016-01-01"), "BODY_ALREADY_IN_BEING", "code"),
        refused(
            "the end of an unknown body",
            format!(r#"{{"bodyDissolved":{{"code":"ZZZ","role":"BODY_ROLE_CCG","effectiveUntil":{}}}}}"#, date("2020-01-01")),
            "BODY_UNKNOWN",
            "code",
        ),
        refused(
            "the end of one that has ended",
            format!(r#"{{"bodyDissolved":{{"code":"03G","role":"BODY_ROLE_CCG","effectiveUntil":{}}}}}"#, date("2020-01-01")),
            "BODY_NOT_IN_BEING",
            "code",
        ),
        refused(
            "a name for an unknown body",
            format!(r#"{{"bodyNamed":{{"code":"ZZZ","name":"n",{fine}}}}}"#),
            "BODY_UNKNOWN",
            "code",
        ),
        refused("a body that succeeds itself", succession("11X", "11X", "2018-04-01"), "SUCCESSION_OF_ITSELF", "successor"),
        refused("a succession said twice", succession("03G", "15F", "2018-04-01"), "SUCCESSION_ALREADY_RECORDED", "successor"),
        refused("a successor not in being", succession("11X", "15F", "2017-04-01"), "SEVERAL", "successor"),
        refused("two commissioners at once", member("A81001", "03G", "2014-01-01"), "MEMBERSHIP_OVERLAPS", "effective_from"),
        refused("membership of an unknown group", member("A81001", "ZZZ", "2023-01-01"), "BODY_UNKNOWN", "group"),
        refused(
            "the end of no membership",
            format!(
                r#"{{"membershipEnded":{{"member":{{"body":"A81001"}},"group":"11X","relation":"RELATION_PRACTICE_OF_COMMISSIONER","effectiveFrom":{},"effectiveUntil":{}}}}}"#,
                date("2001-01-01"),
                date("2002-01-01")
            ),
            "MEMBERSHIP_UNKNOWN",
            "effective_from",
        ),
        refused(
            "a membership of an unknown contract",
            format!(
                r#"{{"membershipStarted":{{"member":{{"contract":"A81001/GMS"}},"group":"11X","relation":"RELATION_PRACTICE_OF_COMMISSIONER",{fine}}}}}"#
            ),
            "CONTRACT_UNKNOWN",
            "member",
        ),
        refused(
            "a function catalogued twice",
            format!(
                r#"{{"functionCatalogued":{{"code":"qof","name":"n","holder":{{"body":"X24"}},"basis":"b","part":"PART_NO","confidence":"CONFIDENCE_DERIVED","citation":"c",{fine}}}}}"#
            ),
            "FUNCTION_SEGMENT_OVERLAPS",
            "effective_from",
        ),
        refused(
            "a rule enacted twice",
            format!(
                r#"{{"ruleEnacted":{{"id":"L7","text":"t","citation":"c","confidence":"CONFIDENCE_DERIVED",{},
                "liability":{{"bases":["LEGAL_BASIS_S65Z5"],"liable":"LIABLE_RULE_HOLDER"}}}}}}"#,
                effective("2023-01-01", "")
            ),
            "RULE_ALREADY_ENACTED",
            "id",
        ),
        refused("an id in use", drawn("delegation/11X", "DELEGATION", "S13Z_BY", "11X", "qof"), "INSTRUMENT_ALREADY_DRAWN", "id"),
        refused("a kind on a wrong basis", drawn("i", "JOINT_ARRANGEMENT", "S13Z_BY", "11X", "qof"), "BASIS_NOT_ADMITTED", "basis"),
        refused("a receiver that may not receive", drawn("i", "DELEGATION", "S13Z_BY", "FED01", "qof"), "BODY_MAY_NOT_RECEIVE", "given_to[0]"),
        refused("an unknown function", drawn("i", "DELEGATION", "S13Z_BY", "11X", "qoff"), "FUNCTION_UNKNOWN", "functions[0]"),
        refused("an unknown instrument", in_force("i", "2015-04-01"), "INSTRUMENT_UNKNOWN", "instrument"),
        refused("the end of an unknown instrument", ended("i", "2015-04-01"), "INSTRUMENT_UNKNOWN", "instrument"),
        refused("an end before the beginning", ended("delegation/11X", "2015-04-01"), "PERIOD_REVERSED", "effective_until"),
        refused("notice by a stranger", notice("15F", "2018-06-01"), "SEVERAL", "given_by"),
        refused("notice before it is in force", notice("11X", "2014-06-01"), "RULE_MISSING", "instrument"),
        refused(
            "a level not held of no basis",
            format!(r#"{{"levelNotHeld":{{"body":"11X",{fine}}}}}"#),
            "NOTHING_NAMED",
            "bases",
        ),
    ]);
    let both = |what, first: String, second: String, reason, field: &str| {
        let commands = format!("{first},{second}");
        (what, one(&commands), Code::FailedPrecondition, reason, field.to_owned())
    };
    cases.extend([
        both(
            "two holders of one function",
            drawn("joint/11X", "JOINT_ARRANGEMENT", "S13Z_JOINTLY", "11X", "gms-contracts"),
            in_force("joint/11X", "2016-04-01"),
            "TWO_HOLDERS",
            "commands[1].instrument_in_force.effective_from",
        ),
        both(
            "a reserved function delegated",
            drawn("i", "DELEGATION", "S13Z_BY", "11X", "performers-list"),
            in_force("i", "2016-04-01"),
            "FUNCTION_RESERVED",
            "commands[1].instrument_in_force.instrument",
        ),
        both(
            "before the programme offered it",
            drawn("i", "DELEGATION", "S13Z_BY", "11X", "qof"),
            in_force("i", "2014-04-01"),
            "FUNCTION_NOT_DELEGABLE",
            "commands[1].instrument_in_force.instrument",
        ),
        both(
            "a good command before a bad one",
            established("GOOD1", "2016-01-01"),
            established("11X", "2016-01-01"),
            "BODY_ALREADY_IN_BEING",
            "commands[1].body_established.code",
        ),
    ]);
    cases
}

#[tokio::test]
async fn bad_records_are_refused_by_field_and_change_nothing() {
    let world = somewhere().await;
    let head = world.head();
    let cases = records();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for (what, text, code, expected, field) in cases {
        let request: pb::RecordRequest =
            json::from_json("RecordRequest", &text).unwrap_or_else(|e| panic!("{what}: {e}"));
        for validate_only in [true, false] {
            if what == "no request id" && validate_only {
                continue; // A check needs no id.
            }
            let request = pb::RecordRequest { validate_only, ..request.clone() };
            let reply = world.recorder().record(request).await;
            if validate_only && code == Code::FailedPrecondition {
                // What the rules refuse is part of a preview, with the same words.
                let preview = reply.expect(what).into_inner().preview.expect("a preview");
                let first = preview.broken.first().map(|b| b.field.as_str());
                assert_eq!(first, Some(&*field), "{what}");
                let reasons = preview.broken.iter().map(|b| b.reason().as_str_name());
                let mut reasons: Vec<_> =
                    reasons.map(|name| name.trim_start_matches("ERROR_REASON_")).collect();
                reasons.dedup();
                let several = expected == "SEVERAL" && reasons.len() > 1;
                assert!(several || reasons == [expected], "{what}: {reasons:?}");
                continue;
            }
            let status = reply.expect_err(what);
            assert_eq!(status.code(), code, "{what}: {status:?}");
            assert_eq!(reason(&status), expected, "{what}: {}", status.message());
            let named = fields(&status);
            assert_eq!(named.first(), Some(&field), "{what}: {named:?}");
            assert!(status.message().contains(&field), "{what}: {}", status.message());
        }
        assert_eq!(world.head(), head, "{what}: the log changed");
    }
    let fold = world.recorder().check_fold(pb::CheckFoldRequest {}).await.expect("checked");
    let fold = fold.into_inner();
    assert_eq!(fold.fingerprint, fold.fresh_fingerprint, "what was refused left nothing behind");
}

#[tokio::test]
async fn all_failing_checks_are_named_at_once() {
    let world = somewhere().await;
    let text = r#"{"requestId":"","actor":"","actingFor":"x","commands":[
        {"bodyEstablished":{"code":"x","name":""}},
        {"bodyDissolved":{}}]}"#;
    let request: pb::RecordRequest = json::from_json("RecordRequest", text).expect("read");
    let status = world.recorder().record(request).await.map(|_| ()).expect_err("bad all over");
    assert_eq!(
        fields(&status),
        [
            "request_id",
            "actor",
            "acting_for",
            "commands[0].evidence",
            "commands[0].body_established.code",
            "commands[0].body_established.role",
            "commands[0].body_established.name",
            "commands[0].body_established.effective",
            "commands[1].evidence",
            "commands[1].body_dissolved.code",
            "commands[1].body_dissolved.role",
            "commands[1].body_dissolved.effective_until",
        ]
    );
}

#[tokio::test]
async fn nobody_acts_for_a_body_that_is_not_in_being() {
    let world = somewhere().await;
    world.at_noon("2026-11-30");
    let head = world.head();
    let text = one(r#"{"bodyEstablished":{"code":"B81001","role":"BODY_ROLE_PRACTICE",
        "name":"A practice","effective":{"effectiveFrom":{"year":2013,"month":4,"day":1}}}}"#);
    let request: pb::RecordRequest = json::from_json("RecordRequest", &text).expect("read");
    // Never there; ended in 2018; ended in 2022.
    for acting_for in ["ZZZ", "03G", "11X"] {
        for validate_only in [true, false] {
            let acting_for = acting_for.to_owned();
            let request = pb::RecordRequest { acting_for, validate_only, ..request.clone() };
            let status = world.recorder().record(request).await.map(|_| ()).expect_err("nobody");
            assert_eq!(
                (status.code(), fields(&status)),
                (Code::InvalidArgument, vec!["acting_for".to_owned()])
            );
            assert!(status.message().contains("in being on 2026-11-30"), "{}", status.message());
        }
    }
    assert_eq!(world.head(), head);
    // The request establishes the body for which it acts.
    let request = pb::RecordRequest { acting_for: "B81001".to_owned(), ..request };
    world.recorder().record(request).await.expect("recorded");
}

#[tokio::test]
async fn a_request_id_is_used_once() {
    let world = somewhere().await;
    let request = |name: &str| {
        let command = format!(
            r#"{{"bodyNamed":{{"code":"11X","name":"{name}",{}}}}}"#,
            effective("2015-04-01", "")
        );
        json::from_json::<pb::RecordRequest>("RecordRequest", &one(&command)).expect("read")
    };
    let first = world.recorder().record(request("a")).await.expect("recorded").into_inner();
    let again = world.recorder().record(request("a")).await.expect("the same").into_inner();
    assert_eq!(again, pb::RecordResponse { recorded_earlier: true, ..first });
    let status = world.recorder().record(request("b")).await.expect_err("other content");
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "REQUEST_ID_REUSED".into()));
    // Sent many times at once, it is recorded once.
    let racing = pb::RecordRequest { request_id: "race".into(), ..request("c") };
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (mut client, racing) = (world.recorder(), racing.clone());
            tokio::spawn(
                async move { client.record(racing).await.map(tonic::Response::into_inner) },
            )
        })
        .collect();
    let mut positions = Vec::new();
    for call in calls {
        positions.push(call.await.expect("joined").expect("recorded").first_position);
    }
    positions.dedup();
    assert_eq!(positions.len(), 1);
}

/// A question that is good but for one thing.
fn question() -> pb::WhoHoldsRequest {
    pb::WhoHoldsRequest {
        function: "qof".into(),
        place: "11X".into(),
        effective_on: Some(render::date(on("2016-01-01"))),
        known_at: None,
        at_least: String::new(),
        answers_on: None,
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn bad_questions_are_refused_by_field() {
    let world = somewhere().await;
    let head = world.head();
    let client = || ResponsibilityServiceClient::new(world.channel.clone());
    let day = |year, month, day| Some(pb::Date { year, month, day });
    let instant = |seconds, nanos| {
        let instant = prost_types::Timestamp { seconds, nanos };
        Some(pb::KnownAt { point: Some(pb::known_at::Point::Instant(instant)) })
    };
    let invalid = Code::InvalidArgument;
    let token = format!("{}@acceptance", head + 1);
    for (what, asked, code, expected, field) in [
        (
            "no function",
            pb::WhoHoldsRequest { function: String::new(), ..question() },
            invalid,
            "FIELD_INVALID",
            "function",
        ),
        (
            "a function in capitals",
            pb::WhoHoldsRequest { function: "QOF".into(), ..question() },
            invalid,
            "FIELD_INVALID",
            "function",
        ),
        (
            "a function of a megabyte",
            pb::WhoHoldsRequest { function: "q".repeat(1 << 20), ..question() },
            invalid,
            "FIELD_INVALID",
            "function",
        ),
        (
            "no place",
            pb::WhoHoldsRequest { place: String::new(), ..question() },
            invalid,
            "FIELD_INVALID",
            "place",
        ),
        (
            "a place of no shape",
            pb::WhoHoldsRequest { place: "Leeds".into(), ..question() },
            invalid,
            "FIELD_INVALID",
            "place",
        ),
        (
            "a contract of no shape",
            pb::WhoHoldsRequest { place: "A81001/".into(), ..question() },
            invalid,
            "FIELD_INVALID",
            "place",
        ),
        (
            "no day",
            pb::WhoHoldsRequest { effective_on: None, ..question() },
            invalid,
            "FIELD_INVALID",
            "effective_on",
        ),
        (
            "a day of zeros",
            pb::WhoHoldsRequest { effective_on: day(0, 0, 0), ..question() },
            invalid,
            "FIELD_INVALID",
            "effective_on",
        ),
        (
            "a thirteenth month",
            pb::WhoHoldsRequest { effective_on: day(2015, 13, 1), ..question() },
            invalid,
            "FIELD_INVALID",
            "effective_on",
        ),
        (
            "a negative day",
            pb::WhoHoldsRequest { effective_on: day(2015, 1, -1), ..question() },
            invalid,
            "FIELD_INVALID",
            "effective_on",
        ),
        (
            "the largest year",
            pb::WhoHoldsRequest { effective_on: day(i32::MAX, 1, 1), ..question() },
            invalid,
            "FIELD_INVALID",
            "effective_on",
        ),
        (
            "known at nothing",
            pb::WhoHoldsRequest { known_at: Some(pb::KnownAt { point: None }), ..question() },
            invalid,
            "FIELD_INVALID",
            "known_at",
        ),
        (
            "an instant out of bounds",
            pb::WhoHoldsRequest { known_at: instant(i64::MAX, 0), ..question() },
            invalid,
            "FIELD_INVALID",
            "known_at.instant",
        ),
        (
            "an instant with negative nanos",
            pb::WhoHoldsRequest { known_at: instant(0, -1), ..question() },
            invalid,
            "FIELD_INVALID",
            "known_at.instant",
        ),
        (
            "a broken token",
            pb::WhoHoldsRequest { at_least: "yesterday".into(), ..question() },
            invalid,
            "FIELD_INVALID",
            "at_least",
        ),
        (
            "another register's token",
            pb::WhoHoldsRequest { at_least: "1@other".into(), ..question() },
            invalid,
            "FIELD_INVALID",
            "at_least",
        ),
        (
            "a position beyond the head",
            pb::WhoHoldsRequest { known_at: known_at(head + 1), ..question() },
            Code::OutOfRange,
            "POSITION_BEYOND_HEAD",
            "",
        ),
        (
            "a token beyond the head",
            pb::WhoHoldsRequest { at_least: token, ..question() },
            Code::Unavailable,
            "BEHIND_TOKEN",
            "",
        ),
    ] {
        let mut request = tonic::Request::new(asked.clone());
        request.set_timeout(std::time::Duration::from_millis(500));
        let status = client().who_holds(request).await.expect_err(what);
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (code, expected),
            "{what}: {status:?}"
        );
        if !field.is_empty() {
            assert_eq!(fields(&status), [field], "{what}");
        }
        assert!(status.message().len() < 1_000, "{what}: a short message");
        // The same question in a batch ends the batch with the same status.
        let batch = pb::BatchWhoHoldsRequest { questions: vec![asked], brief: true };
        let mut request = tonic::Request::new(tokio_stream::iter([batch]));
        request.set_timeout(std::time::Duration::from_millis(500));
        let mut answers = client().batch_who_holds(request).await.expect("begun").into_inner();
        let status = answers.message().await.expect_err(what);
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (code, expected),
            "{what} in a batch"
        );
    }
    let many = pb::BatchWhoHoldsRequest { questions: vec![question(); 1_001], brief: true };
    let mut answers =
        client().batch_who_holds(tokio_stream::iter([many])).await.expect("begun").into_inner();
    assert_eq!(fields(&answers.message().await.expect_err("too many")), ["questions"]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn bad_reads_are_refused() {
    let world = somewhere().await;
    let head = world.head();
    let responsibility = || ResponsibilityServiceClient::new(world.channel.clone());
    let directory = || world.directory();
    let mut found: Vec<(&str, Status, Code, &str)> = Vec::new();
    let invalid = Code::InvalidArgument;
    macro_rules! refused {
        ($what:literal, $call:expr, $code:expr, $reason:literal) => {
            found.push(($what, $call.await.map(|_| ()).expect_err($what), $code, $reason));
        };
    }
    let on_day = Some(render::date(on("2016-01-01")));
    let holdings = |body: &str, page_token: &str| pb::ListHoldingsRequest {
        body: body.into(),
        effective_on: on_day,
        page_token: page_token.into(),
        ..Default::default()
    };
    refused!(
        "holdings of nobody",
        responsibility().list_holdings(holdings("", "")),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "holdings of a stranger",
        responsibility().list_holdings(holdings("ZZZ", "")),
        Code::NotFound,
        "NOT_FOUND"
    );
    refused!(
        "a broken page token",
        responsibility().list_holdings(holdings("11X", "next")),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "a check without a question",
        responsibility().check_responsibility(pb::CheckResponsibilityRequest {
            body: "11X".into(),
            ..Default::default()
        }),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "a check of an unknown role",
        responsibility().check_responsibility(pb::CheckResponsibilityRequest {
            body: "11X".into(),
            question: Some(question()),
            role: 9
        }),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "an explanation of nothing",
        responsibility().explain(pb::ExplainRequest::default()),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "a timeline of nothing",
        responsibility().timeline(pb::TimelineRequest::default()),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "no body",
        directory().get_body(pb::GetBodyRequest::default()),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "a stranger",
        directory().get_body(pb::GetBodyRequest { code: "ZZZ".into(), ..Default::default() }),
        Code::NotFound,
        "NOT_FOUND"
    );
    refused!(
        "bodies of no role",
        directory().list_bodies(pb::ListBodiesRequest::default()),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "members of a stranger",
        directory()
            .list_members(pb::ListMembersRequest { group: "ZZZ".into(), ..Default::default() }),
        Code::NotFound,
        "NOT_FOUND"
    );
    refused!(
        "members in no sense",
        directory().list_members(pb::ListMembersRequest {
            group: "11X".into(),
            relation: 77,
            ..Default::default()
        }),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "no instrument",
        directory()
            .get_instrument(pb::GetInstrumentRequest { id: "i".into(), ..Default::default() }),
        Code::NotFound,
        "NOT_FOUND"
    );
    refused!(
        "an instrument of no shape",
        directory()
            .get_instrument(pb::GetInstrumentRequest { id: "a b".into(), ..Default::default() }),
        invalid,
        "FIELD_INVALID"
    );
    refused!(
        "an unknown request",
        world.recorder().get_request(pb::GetRequestRequest { request_id: "never".into() }),
        Code::NotFound,
        "NOT_FOUND"
    );
    let mut events = pb::event_service_client::EventServiceClient::new(world.channel.clone());
    refused!(
        "events after the head",
        events.read(pb::ReadRequest { after_position: head + 1, ..Default::default() }),
        Code::OutOfRange,
        "POSITION_BEYOND_HEAD"
    );
    for (what, status, code, expected) in found {
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (code, expected),
            "{what}: {status:?}"
        );
    }
    assert_eq!(world.head(), head);
}

/// Bytes that do not decode as the message are the caller's fault, told with the field.
#[tokio::test]
async fn bytes_that_do_not_decode_are_a_bad_request() {
    let world = somewhere().await;
    let head = world.head();
    let service = "/remit.v1.ResponsibilityService/";
    // A number, where each of these messages has another kind of field.
    let number = prost_types::Timestamp { seconds: 5, nanos: 5 };
    for (method, field) in [
        (format!("{service}WhoHolds"), "function"),
        (format!("{service}BatchWhoHolds"), "questions"),
        ("/remit.v1.RegisterService/Record".to_owned(), "request_id"),
        ("/remit.v1.DirectoryService/GetBody".to_owned(), "code"),
    ] {
        let mut grpc = tonic::client::Grpc::new(world.channel.clone());
        grpc.ready().await.expect("ready");
        let codec = tonic_prost::ProstCodec::<prost_types::Timestamp, pb::Answer>::default();
        let path = method.parse().expect("a path");
        let status = grpc.unary(tonic::Request::new(number), path, codec).await;
        let status = status.expect_err("refused");
        assert_eq!(status.code(), Code::InvalidArgument, "{method}: {status:?}");
        assert_eq!(reason(&status), "FIELD_INVALID", "{method}");
        let says = status.message();
        assert!(says.starts_with(&format!("{field}: the bytes do not decode")), "{method}: {says}");
    }
    assert_eq!(world.head(), head);
}
