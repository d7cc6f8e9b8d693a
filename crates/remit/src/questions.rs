//! Implements `remit who-holds`, `check`, `holdings` and `timeline`.

use std::process::ExitCode;

use remit_grpc::{pb, render};
use remit_register::UnknownReason;
use remit_wording::PlainAnswer;
use remit_wording::answer::{self, Line};

use crate::args::{Check, Holdings, Output, Question, Role, Timeline};
use crate::client::Client;
use crate::failure::Failure;
use crate::pages;
use crate::plain;
use crate::print::{self, Table, say};

pub fn request(question: &Question) -> pb::WhoHoldsRequest {
    pb::WhoHoldsRequest {
        function: question.function.clone(),
        place: question.place.clone(),
        effective_on: Some(render::date(question.on)),
        known_at: question.known.wire(),
        at_least: String::new(),
        answers_on: question.answers_on.map(render::date),
    }
}

pub async fn who_holds(
    client: &Client,
    question: &Question,
    output: Output,
) -> Result<ExitCode, Failure> {
    let request = request(question);
    if output == Output::Json {
        let reply = client.responsibility().who_holds(request).await?.into_inner();
        print::json("WhoHoldsResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let request = pb::ExplainRequest { question: Some(request) };
    let reply = client.responsibility().explain(request).await?.into_inner();
    let Some(answer) = &reply.answer else {
        return Err(Failure::software("the server sent an empty reply"));
    };
    let mut told = plain::answer(answer);
    told.answers_on = question.answers_on.map(|day| day.to_string());
    say!("{}\n", answer::sentence(&told));
    if let Some(hint) = hint(client, &told).await? {
        say!("{hint}\n");
    }
    print::out(&roles(&told));
    print_cases(&told);
    for rule in &reply.rules {
        say!("rule {}: {} [{}]", rule.id, rule.text, rule.citation);
    }
    say!("\nGrounds, of confidence {} in all:", print::confidence(answer.confidence));
    print::out(&grounds(&reply));
    say!("as known at {}", print::known(answer.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

/// Returns a hint if the function asked about is not recorded. The hint names functions with
/// similar codes, or says that the function was recorded later.
async fn hint(client: &Client, answer: &PlainAnswer) -> Result<Option<String>, Failure> {
    if answer.unknown != Some(UnknownReason::FunctionNotRecorded) {
        return Ok(None);
    }
    let request = pb::ListFunctionsRequest::default();
    let mut directory = client.directory();
    let all = pages::all(async |page_token| {
        directory.list_functions(pb::ListFunctionsRequest { page_token, ..request.clone() }).await
    });
    let all = all.await?;
    let mut codes: Vec<_> =
        all.functions.into_iter().filter_map(|f| f.function).map(|f| f.code).collect();
    codes.dedup();
    if codes.contains(&answer.function) {
        return Ok(Some("The register recorded it later: ask without --known-at.".to_owned()));
    }
    let asked = answer.function.trim_end_matches('s');
    let near: Vec<_> = codes
        .iter()
        .filter(|code| {
            let starts = asked.get(..3).is_some_and(|start| code.starts_with(start));
            starts || code.contains(asked)
        })
        .cloned()
        .collect();
    Ok(Some(match near.as_slice() {
        [] => "`remit functions` lists the functions there are.".to_owned(),
        near => format!("Near it are: {}. `remit functions` lists all.", near.join(", ")),
    }))
}

fn roles(answer: &PlainAnswer) -> Table {
    let mut table = Table::new(&["", "who or what", "confidence"]);
    for Line { label, says, confidence } in answer::lines(answer) {
        let sure = confidence.map(|sure| sure.to_string()).unwrap_or_default();
        table.row([label.to_owned(), says.join("\n"), sure]);
    }
    table
}

fn print_cases(answer: &PlainAnswer) {
    if answer.cases.is_empty() {
        return;
    }
    say!("What may be the case:");
    let mut table = Table::new(&["basis", "instrument", "exerciser", "liable", "rule"]);
    for case in &answer.cases {
        table.row(answer::case(answer, case));
    }
    print::out(&table);
}

fn grounds(reply: &pb::ExplainResponse) -> Table {
    let mut table = Table::new(&["event", "what", "about", "rests on", "confidence"]);
    table.right(&[0]);
    let mut shown = 0;
    for ground in &reply.grounds {
        let at = ground.ground.unwrap_or_default();
        // An event can be a ground of an answer in several ways, but the table shows each event
        // only once.
        if at.position == shown {
            continue;
        }
        shown = at.position;
        let what = print::event(&ground.event_type).replace('-', " ");
        let evidence = ground.evidence.clone().unwrap_or_default();
        let note = if evidence.note.is_empty() {
            evidence.source
        } else {
            format!("{} ({})", evidence.source, evidence.note)
        };
        table.row([at.position.to_string(), what, ground.subject.clone(), note, sure(ground)]);
    }
    table
}

/// Describes the confidence of a ground's evidence and, if different, the confidence with which the
/// ground counts in the answer.
pub fn sure(ground: &pb::ExplainedGround) -> String {
    let source = ground.evidence.as_ref().map_or(0, |evidence| evidence.confidence);
    let used = ground.ground.map_or(0, |ground| ground.confidence);
    if source == used {
        return print::confidence(source);
    }
    format!("{}, counts as {}", print::confidence(source), print::confidence(used))
}

pub async fn check(client: &Client, check: &Check, output: Output) -> Result<ExitCode, Failure> {
    let role = match check.role {
        Role::Exerciser => pb::RoleAsked::Exerciser,
        Role::Holder => pb::RoleAsked::Holder,
        Role::Liable => pb::RoleAsked::Liable,
    };
    let request = pb::CheckResponsibilityRequest {
        body: check.body.clone(),
        question: Some(request(&check.question)),
        role: role.into(),
    };
    let reply = client.responsibility().check_responsibility(request).await?.into_inner();
    let result = pb::CheckResult::try_from(reply.result).unwrap_or_default();
    if output == Output::Json {
        print::json("CheckResponsibilityResponse", &reply)?;
    } else {
        say!("{}", print::word(result.as_str_name(), "CHECK_RESULT_"));
        if reply.body_unknown {
            say!("The register knows no body {}.", check.body);
        }
        let answer = reply.answer.as_ref().map(plain::answer);
        say!("{}", answer.as_ref().map(answer::sentence).unwrap_or_default());
        if let (Role::Liable, Some(answer)) = (check.role, answer) {
            let on = print::date(reply.answer.as_ref().and_then(|answer| answer.answers_on));
            say!("{}", answer::liable_then_and_later(&answer, &on));
            let later = pb::CheckResult::try_from(reply.would_answer).unwrap_or_default();
            let later = print::word(later.as_str_name(), "CHECK_RESULT_");
            say!("That {} would answer on {on}: {later}.", check.body);
        }
    }
    Ok(match result {
        pb::CheckResult::Held => ExitCode::SUCCESS,
        pb::CheckResult::NotHeld => ExitCode::from(1),
        pb::CheckResult::Undetermined | pb::CheckResult::Unspecified => ExitCode::from(2),
    })
}

pub async fn holdings(
    client: &Client,
    asked: &Holdings,
    output: Output,
) -> Result<ExitCode, Failure> {
    let request = pb::ListHoldingsRequest {
        body: asked.body.clone(),
        effective_on: Some(render::date(asked.on)),
        known_at: asked.known.wire(),
        ..Default::default()
    };
    let mut questions = client.responsibility();
    let whole = pages::all(async |page_token| {
        questions.list_holdings(pb::ListHoldingsRequest { page_token, ..request.clone() }).await
    });
    let whole = whole.await?;
    if output == Output::Json {
        print::json("ListHoldingsResponse", &whole)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["area", "function", "part", "result", "basis", "confidence"]);
    for holding in &whole.holdings {
        let part: Vec<_> = [
            (holding.holds, "holds"),
            (holding.exercises, "exercises"),
            (holding.liable, "liable"),
        ]
        .into_iter()
        .filter_map(|(is, word)| is.then_some(word))
        .collect();
        table.row([
            holding.area.clone(),
            holding.function.clone(),
            part.join(", "),
            print::kind(holding.kind),
            print::basis(holding.basis),
            print::confidence(holding.confidence),
        ]);
    }
    if table.is_empty() {
        say!("{} ({}) holds nothing on {}", whole.name, asked.body, asked.on);
    } else {
        say!("What {} ({}) holds on {}:", whole.name, asked.body, asked.on);
        print::out(&table);
    }
    say!("as known at {}", print::known(whole.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

pub async fn timeline(
    client: &Client,
    asked: &Timeline,
    output: Output,
) -> Result<ExitCode, Failure> {
    let request = pb::TimelineRequest {
        function: asked.function.clone(),
        place: asked.place.clone(),
        known_at: asked.known.wire(),
        at_least: String::new(),
    };
    let reply = client.responsibility().timeline(request).await?.into_inner();
    if output == Output::Json {
        print::json("TimelineResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = reply.rectangles.iter().filter(|rectangle| rectangle.known_until.is_none());
    let shown: Vec<_> =
        if asked.history { reply.rectangles.iter().collect() } else { now.collect() };
    let days = ["effective from", "until", "result", "exerciser", "liable", "confidence"];
    let mut table = if asked.history {
        let mut table = Table::new(&[&["known from event", "until"], &days[..]].concat());
        table.right(&[0, 1]);
        table
    } else {
        Table::new(&days)
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for rectangle in &shown {
        let answer = plain::answer(&rectangle.answer.clone().unwrap_or_default());
        let position = |known: Option<&pb::Known>| {
            known.map(|known| known.position.to_string()).unwrap_or_default()
        };
        let cells = [
            print::date(rectangle.effective_from),
            print::date(rectangle.effective_until),
            answer::result(&answer),
            answer::exercisers(&answer),
            answer::liable_bodies(&answer),
            answer.confidence.map(|sure| sure.to_string()).unwrap_or_default(),
        ];
        if asked.history {
            let known =
                [position(rectangle.known_from.as_ref()), position(rectangle.known_until.as_ref())];
            rows.push(known.into_iter().chain(cells).collect());
            continue;
        }
        // Successive periods whose rows would differ only in the days are shown as one row.
        match rows.last_mut().filter(|last| last[2..] == cells[2..]) {
            Some(last) => last[1].clone_from(&cells[1]),
            None => rows.push(cells.to_vec()),
        }
    }
    for row in rows {
        table.row(row);
    }
    say!("{} at {}:", asked.function, asked.place);
    print::out(&table);
    let earlier = reply.rectangles.len() - shown.len();
    if earlier > 0 {
        say!("{earlier} earlier answers, as the register knew them before; --history shows them");
    }
    say!("as known at {}", print::known(reply.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}
