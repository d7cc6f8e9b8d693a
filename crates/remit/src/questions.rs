//! `remit who-holds`, `check`, `holdings` and `timeline`.

use std::process::ExitCode;

use remit_grpc::{pb, render};

use crate::args::{Check, Holdings, Output, Question, Role, Timeline};
use crate::client::Client;
use crate::failure::Failure;
use crate::pages;
use crate::print::{self, Table, say};

pub fn request(question: &Question) -> pb::WhoHoldsRequest {
    pb::WhoHoldsRequest {
        function: question.function.clone(),
        place: question.place.clone(),
        effective_on: Some(render::date(question.on)),
        known_at: question.known.wire(),
        at_least: String::new(),
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
    let Some(answer) = &reply.answer else { return Err(Failure::software("an empty reply")) };
    say!("{}\n", sentence(answer));
    if let Some(hint) = hint(client, answer).await? {
        say!("{hint}\n");
    }
    print::out(&roles(answer));
    print_cases(answer);
    for rule in &reply.rules {
        say!("rule {}: {} [{}]", rule.id, rule.text, rule.citation);
    }
    say!("\nGrounds, of confidence {} in all:", print::confidence(answer.confidence));
    print::out(&grounds(&reply));
    say!("as known at {}", print::known(answer.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

/// A body as people know it.
fn named(answer: &pb::Answer, code: &str) -> String {
    let name = answer.names.iter().find(|named| named.code == code);
    name.map_or_else(|| code.to_owned(), |named| format!("{} ({code})", named.name))
}

fn listed(answer: &pb::Answer, codes: &[String]) -> String {
    let names: Vec<_> = codes.iter().map(|code| named(answer, code)).collect();
    match names.as_slice() {
        [] => "nobody named".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The answer in a sentence that a manager understands, and how sure it is where it is not.
pub fn sentence(answer: &pb::Answer) -> String {
    use pb::ResultKind as K;
    let told = matches!(answer.kind(), K::Held | K::JointlyHeld | K::NotDelegated | K::Unsettled);
    let sure = match answer.confidence() {
        pb::Confidence::Unconfirmed if told => " Who exercises it is unconfirmed",
        pb::Confidence::Disputed if told => " Who exercises it is disputed",
        _ => return facts(answer),
    };
    let liable = answer.liable.as_ref().map(pb::Liable::confidence).unwrap_or_default();
    let liable = match liable {
        pb::Confidence::Confirmed => "; who is liable is confirmed.",
        pb::Confidence::Derived => "; who is liable follows from what is confirmed.",
        _ => ", and so is who is liable.",
    };
    format!("{}{sure}{liable}", facts(answer))
}

fn facts(answer: &pb::Answer) -> String {
    let day = print::date(answer.effective_on);
    let (function, place) = (&answer.function, &answer.place);
    let liable = answer.liable.clone().unwrap_or_default();
    let is_liable = match pb::LiableState::try_from(liable.state).unwrap_or_default() {
        pb::LiableState::Settled if liable.in_every_case => {
            let who = listed(answer, &liable.bodies);
            format!("{who} is liable whichever is the case")
        }
        pb::LiableState::Settled if liable.bodies.len() > 1 => {
            format!("{} are liable, each for its own exercise", listed(answer, &liable.bodies))
        }
        pb::LiableState::Settled => format!("{} is liable", listed(answer, &liable.bodies)),
        pb::LiableState::Unsettled => "the law does not say who is liable".to_owned(),
        _ => "who is liable cannot be said".to_owned(),
    };
    let who = listed(answer, &answer.exercisers);
    match pb::ResultKind::try_from(answer.kind).unwrap_or_default() {
        pb::ResultKind::Held => {
            format!("On {day} {who} exercises {function} at {place}; {is_liable}.")
        }
        pb::ResultKind::JointlyHeld => {
            format!("On {day} {who} exercise {function} at {place} together; {is_liable}.")
        }
        pb::ResultKind::NotDelegated => {
            let reserved = if answer.reserved { "it is reserved" } else { "it is not delegated" };
            format!(
                "On {day} {who} exercises {function} at {place} itself: {reserved}; {is_liable}."
            )
        }
        pb::ResultKind::Unsettled => {
            format!("On {day} {who} exercises {function} at {place}; {is_liable}.")
        }
        pb::ResultKind::Gap => format!(
            "On {day} nobody can be named who exercises {function} at {place}: {} is new and no \
             instrument names it, though its predecessors had one ({}); {is_liable}.",
            named(answer, &answer.area),
            answer.predecessor_instruments.join(", ")
        ),
        pb::ResultKind::Conflict => format!(
            "On {day} instruments in force disagree on who exercises {function} at {place} ({}); \
             {is_liable}.",
            answer.instruments.join(", ")
        ),
        _ => format!(
            "On {day} it is unknown who exercises {function} at {place}: {}; {is_liable}.",
            unknown(answer)
        ),
    }
}

fn unknown(answer: &pb::Answer) -> String {
    use pb::UnknownReason as R;
    let (function, place) = (&answer.function, &answer.place);
    match pb::UnknownReason::try_from(answer.unknown).unwrap_or_default() {
        R::FunctionNotRecorded => format!("the register knew no function {function}"),
        R::FunctionOutsideRecords => {
            format!("the catalogue says nothing of {function} on that day")
        }
        R::PlaceNotRecorded => format!("the register knew no place {place}"),
        R::PlaceNotYetInBeing => format!("{place} had not come into being"),
        R::PlaceCeased => format!("{place} had ceased and nothing is recorded to succeed it"),
        R::NotAPlace => format!(
            "{place} has no area; ask about a practice, a practice contract, a CCG, a sub-ICB \
             location or an ICB"
        ),
        R::NoCommissioner => format!("no commissioner is recorded for {place} on that day"),
        R::AreaDivided => format!(
            "the area of {place} is divided; ask about one of {}",
            listed(answer, &answer.ask_instead)
        ),
        R::ContractsDiffer => format!(
            "the contracts of {place} lie with different commissioners; ask about one of {}",
            answer.ask_instead.join(", ")
        ),
        R::NoEvidence | R::Unspecified => {
            "another body may, and no evidence says whether one does".to_owned()
        }
    }
}

/// The kind of an answer, with the reason where it is unknown.
fn result(answer: &pb::Answer) -> String {
    let kind = print::kind(answer.kind);
    match pb::UnknownReason::try_from(answer.unknown).unwrap_or_default() {
        pb::UnknownReason::Unspecified => kind,
        reason => format!("{kind}: {}", print::word(reason.as_str_name(), "UNKNOWN_REASON_")),
    }
}

/// Near misses of a function's code.
async fn hint(client: &Client, answer: &pb::Answer) -> Result<Option<String>, Failure> {
    let unknown = pb::UnknownReason::try_from(answer.unknown).unwrap_or_default();
    if unknown != pb::UnknownReason::FunctionNotRecorded {
        return Ok(None);
    }
    let request = pb::ListFunctionsRequest::default();
    let all = client.directory().list_functions(request).await?.into_inner();
    let mut codes: Vec<_> =
        all.functions.into_iter().filter_map(|f| f.function).map(|f| f.code).collect();
    codes.dedup();
    if codes.contains(&answer.function) {
        return Ok(Some("It was recorded later: ask without --known-at.".to_owned()));
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

fn roles(answer: &pb::Answer) -> Table {
    let mut table = Table::new(&["", "who or what", "confidence"]);
    let mut row = |what: &str, who: String, sure: String| {
        if !who.is_empty() {
            table.row([what.to_owned(), who, sure]);
        }
    };
    let every = |codes: &[String]| {
        codes.iter().map(|code| named(answer, code)).collect::<Vec<_>>().join("\n")
    };
    let liable = answer.liable.clone().unwrap_or_default();
    row("result", result(answer), print::confidence(answer.confidence));
    if !answer.area.is_empty() {
        row("area", named(answer, &answer.area), String::new());
    }
    if !answer.holder.is_empty() {
        row("holder", named(answer, &answer.holder), String::new());
    }
    row("exerciser", every(&answer.exercisers), String::new());
    row("forum", answer.forum.as_ref().map(|f| f.name.clone()).unwrap_or_default(), String::new());
    let state = pb::LiableState::try_from(liable.state).unwrap_or_default();
    let who = match state {
        pb::LiableState::Settled => every(&liable.bodies),
        _ => print::word(state.as_str_name(), "LIABLE_STATE_"),
    };
    let rules = if liable.rules.is_empty() {
        String::new()
    } else {
        format!("\nby {}", liable.rules.join(", "))
    };
    row("liable", format!("{who}{rules}"), print::confidence(liable.confidence));
    let to: Vec<_> = answer
        .accountable
        .iter()
        .map(|a| format!("{} to {}", named(answer, &a.from), named(answer, &a.to)))
        .collect();
    row("accountable", to.join("\n"), String::new());
    for performer in &answer.performed_by {
        let (who, sure) = match performer.confidence {
            0 => (format!("{}, as far as is recorded", named(answer, &performer.body)), 0),
            sure => (named(answer, &performer.body), sure),
        };
        row("performed by", who, print::confidence(sure));
    }
    row("basis", print::basis(answer.basis), String::new());
    row("instruments", answer.instruments.join("\n"), String::new());
    row("passed on under", answer.links.join("\n"), String::new());
    row("instruments of predecessors", answer.predecessor_instruments.join("\n"), String::new());
    row("conditions", answer.conditions.join("\n"), String::new());
    row("losses by contract", answer.loss_exceptions.join("\n"), String::new());
    for expectation in &answer.expectations {
        let without = if expectation.without_instrument {
            "; no instrument to that effect was in force or executed"
        } else {
            ""
        };
        let text =
            format!("{}: {}{without}", named(answer, &expectation.expected), expectation.nature);
        row("believed besides", text, String::new());
    }
    for now in &answer.answering_now {
        let successors = match now.successors.as_slice() {
            [] => "nobody recorded".to_owned(),
            some => every(some),
        };
        let across = match now.read_across.as_str() {
            "" if now.successors.is_empty() => String::new(),
            "" => "\nno rule reads its acts across; for what was done before, unsettled".to_owned(),
            rule => format!("\nread across by {rule}; for what was done before, unsettled"),
        };
        row(
            "would answer now",
            format!("for {}:\n{successors}{across}", named(answer, &now.body)),
            String::new(),
        );
    }
    for unapplied in &answer.known_unapplied {
        let kind = print::word(unapplied.kind().as_str_name(), "UNAPPLIED_KIND_");
        let on = unapplied.effective_on.map(|day| format!(", from {}", print::date(Some(day))));
        let what = format!("{kind}: {}{}", unapplied.instrument, unapplied.rule);
        row("known, not applied", what + &on.unwrap_or_default(), String::new());
    }
    table
}

fn print_cases(answer: &pb::Answer) {
    if answer.cases.is_empty() {
        return;
    }
    say!("What may be the case:");
    let mut table = Table::new(&["basis", "instrument", "exerciser", "liable", "rule"]);
    for case in &answer.cases {
        let liable = match case.liable.as_slice() {
            [] => "not stated by the law".to_owned(),
            some => listed(answer, some),
        };
        table.row([
            print::basis(case.basis),
            case.instrument.clone(),
            listed(answer, &case.exercisers),
            liable,
            case.rule.clone(),
        ]);
    }
    print::out(&table);
}

fn grounds(reply: &pb::ExplainResponse) -> Table {
    let mut table = Table::new(&["event", "what", "about", "rests on", "confidence"]);
    table.right(&[0]);
    let mut shown = 0;
    for ground in &reply.grounds {
        let at = ground.ground.unwrap_or_default();
        // One event can bear on an answer in several ways; it is shown once.
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

/// How sure the source of a ground is; and what it counts as, where that is something else.
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
        say!("{}", reply.answer.as_ref().map(sentence).unwrap_or_default());
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
        let answer = rectangle.answer.clone().unwrap_or_default();
        let position = |known: Option<&pb::Known>| {
            known.map(|known| known.position.to_string()).unwrap_or_default()
        };
        let liable = answer.liable.clone().unwrap_or_default();
        let state = pb::LiableState::try_from(liable.state).unwrap_or_default();
        let liable = match state {
            pb::LiableState::Settled => liable.bodies.join(", "),
            _ => print::word(state.as_str_name(), "LIABLE_STATE_"),
        };
        let cells = [
            print::date(rectangle.effective_from),
            print::date(rectangle.effective_until),
            result(&answer),
            answer.exercisers.join(", "),
            liable,
            print::confidence(answer.confidence),
        ];
        if asked.history {
            let known =
                [position(rectangle.known_from.as_ref()), position(rectangle.known_until.as_ref())];
            rows.push(known.into_iter().chain(cells).collect());
            continue;
        }
        // Periods that differ only in their grounds or open cases read as one.
        match rows.last_mut() {
            Some(last) if last[2..] == cells[2..] => last[1].clone_from(&cells[1]),
            _ => rows.push(cells.to_vec()),
        }
    }
    for row in rows {
        table.row(row);
    }
    say!("{} at {}:", asked.function, asked.place);
    print::out(&table);
    let earlier = reply.rectangles.len() - shown.len();
    if earlier > 0 {
        say!("{earlier} rectangles of what was known before; --history shows them");
    }
    say!("as known at {}", print::known(reply.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}
