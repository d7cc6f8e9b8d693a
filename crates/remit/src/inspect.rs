//! Implements `remit body`, `functions`, `rules`, `instruments` and `record`.

use std::io::Read;
use std::process::ExitCode;

use remit_grpc::{json, pb, render};

use crate::args::{Body, Functions, Instruments, Output, Record, Rules};
use crate::client::Client;
use crate::failure::{DATA, Failure, NO_INPUT};
use crate::pages;
use crate::print::{self, Table, say};

pub async fn body(client: &Client, asked: &Body, output: Output) -> Result<ExitCode, Failure> {
    let request = pb::GetBodyRequest {
        code: asked.code.clone(),
        effective_on: asked.on.map(render::date),
        known_at: asked.known.wire(),
        at_least: String::new(),
    };
    let reply = client.directory().get_body(request).await?.into_inner();
    if output == Output::Json {
        print::json("GetBodyResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["role", "name", "effective", "rests on"]);
    for role in &reply.roles {
        table.row([
            print::role(role.role),
            role.name.clone(),
            print::period(role.effective),
            role.evidence.as_ref().map(|e| e.source.clone()).unwrap_or_default(),
        ]);
    }
    print::out(&table);
    if !reply.names.is_empty() {
        let mut table = Table::new(&["name as it was", "effective"]);
        for name in &reply.names {
            table.row([name.name.clone(), print::period(name.effective)]);
        }
        print::out(&table);
    }
    if !reply.successions.is_empty() {
        let mut table = Table::new(&["on", "from", "to", "kind", "by area", "by liability"]);
        for succession in &reply.successions {
            let said = succession.succession.clone().unwrap_or_default();
            let kind = pb::SuccessionKind::try_from(said.kind).unwrap_or_default();
            table.row([
                print::date(said.effective_on),
                said.predecessor,
                said.successor,
                print::word(kind.as_str_name(), "SUCCESSION_KIND_"),
                print::confidence(said.by_area),
                print::confidence(said.by_liability),
            ]);
        }
        print::out(&table);
    }
    say!("as known at {}", print::known(reply.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

pub async fn functions(
    client: &Client,
    asked: &Functions,
    output: Output,
) -> Result<ExitCode, Failure> {
    let request = pb::ListFunctionsRequest {
        code: asked.code.clone().unwrap_or_default(),
        effective_on: asked.on.map(render::date),
        known_at: asked.known.wire(),
        ..Default::default()
    };
    let mut directory = client.directory();
    let reply = pages::all(async |page_token| {
        directory.list_functions(pb::ListFunctionsRequest { page_token, ..request.clone() }).await
    });
    let reply = reply.await?;
    if let (Some(code), true) = (&asked.code, reply.functions.is_empty()) {
        let message = format!(
            "the register has no function {code} at the position asked about; `remit functions` \
             lists all"
        );
        return Err(Failure::new(DATA, message));
    }
    if output == Output::Json {
        print::json("ListFunctionsResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["function", "effective", "holder", "may be exercised on", "what"]);
    for segment in reply.functions.iter().filter_map(|segment| segment.function.as_ref()) {
        let holder = match segment.holder.as_ref().and_then(|holder| holder.holder.as_ref()) {
            Some(pb::holder_rule::Holder::Body(code)) => code.clone(),
            Some(pb::holder_rule::Holder::OutsideRecords(who)) => who.clone(),
            _ => "commissioner".to_owned(),
        };
        let routes: Vec<_> = segment
            .routes
            .iter()
            .map(|route| {
                format!("{} ({})", print::basis(route.basis), print::confidence(route.confidence))
            })
            .collect();
        let routes = match (segment.reserved, routes.is_empty()) {
            (true, _) => "reserved".to_owned(),
            (false, true) => "nobody else".to_owned(),
            (false, false) => routes.join("\n"),
        };
        let name = segment.name.clone();
        table.row([segment.code.clone(), print::period(segment.effective), holder, routes, name]);
    }
    print::out(&table);
    say!("as known at {}", print::known(reply.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

pub async fn rules(client: &Client, asked: &Rules, output: Output) -> Result<ExitCode, Failure> {
    let request = pb::ListRulesRequest {
        id: asked.id.clone().unwrap_or_default(),
        effective_on: asked.on.map(render::date),
        known_at: asked.known.wire(),
        ..Default::default()
    };
    let mut directory = client.directory();
    let reply = pages::all(async |page_token| {
        directory.list_rules(pb::ListRulesRequest { page_token, ..request.clone() }).await
    });
    let reply = reply.await?;
    if let (Some(id), true) = (&asked.id, reply.rules.is_empty()) {
        let message = format!(
            "the register has no rule {id} at the position asked about; `remit rules` \
             lists all"
        );
        return Err(Failure::new(DATA, message));
    }
    if output == Output::Json {
        print::json("ListRulesResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["rule", "effective", "says", "stands in", "confidence"]);
    for rule in reply.rules.iter().filter_map(|rule| rule.rule.as_ref()) {
        table.row([
            rule.id.clone(),
            print::period(rule.effective),
            rule.text.clone(),
            rule.citation.clone(),
            print::confidence(rule.confidence),
        ]);
    }
    print::out(&table);
    if asked.id.is_some() {
        for rule in reply.rules.iter().filter_map(|rule| rule.rule.as_ref()) {
            let against = &rule.counter_argument;
            say!("against it: {}", if against.is_empty() { "not recorded" } else { against });
        }
    }
    say!("as known at {}", print::known(reply.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

pub async fn instruments(
    client: &Client,
    asked: &Instruments,
    output: Output,
) -> Result<ExitCode, Failure> {
    let mut whole = pb::ListInstrumentsResponse::default();
    if let Some(id) = &asked.id {
        let request = pb::GetInstrumentRequest {
            id: id.clone(),
            known_at: asked.known.wire(),
            at_least: String::new(),
        };
        let reply = client.directory().get_instrument(request).await?.into_inner();
        if output == Output::Json {
            print::json("GetInstrumentResponse", &reply)?;
            return Ok(ExitCode::SUCCESS);
        }
        whole.instruments.extend(reply.instrument);
        whole.known_at = reply.known_at;
    } else {
        let request = pb::ListInstrumentsRequest {
            body: asked.body.clone().unwrap_or_default(),
            function: asked.function.clone().unwrap_or_default(),
            known_at: asked.known.wire(),
            ..Default::default()
        };
        let mut directory = client.directory();
        let listed = pages::all(async |page_token| {
            let request = pb::ListInstrumentsRequest { page_token, ..request.clone() };
            directory.list_instruments(request).await
        });
        whole = listed.await?;
        if output == Output::Json {
            print::json("ListInstrumentsResponse", &whole)?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let mut table =
        Table::new(&["instrument", "basis", "from", "to", "functions", "life", "rests on"]);
    for instrument in &whole.instruments {
        let drawn = instrument.instrument.clone().unwrap_or_default();
        let functions = match drawn.functions.as_slice() {
            [one] => one.clone(),
            several if asked.id.is_some() => several.join("\n"),
            several => format!("{} functions", several.len()),
        };
        table.row([
            drawn.id,
            print::basis(drawn.basis),
            drawn.given_by.join(", "),
            drawn.given_to.join(", "),
            functions,
            life(instrument),
            instrument.evidence.as_ref().map(|e| e.source.clone()).unwrap_or_default(),
        ]);
    }
    print::out(&table);
    for drawn in whole.instruments.iter().filter_map(|each| each.instrument.as_ref()) {
        if !drawn.contracts.is_empty() {
            say!("{} reaches only {}", drawn.id, drawn.contracts.join(", "));
        }
    }
    say!("as known at {}", print::known(whole.known_at.as_ref()));
    Ok(ExitCode::SUCCESS)
}

/// Describes an instrument's life so far, one step a line.
fn life(instrument: &pb::Instrument) -> String {
    let mut lines = Vec::new();
    for stage in &instrument.stages {
        let word = pb::Stage::try_from(stage.stage).unwrap_or_default();
        let word = print::word(word.as_str_name(), "STAGE_");
        lines.push(format!("{word} {}", print::date(stage.made_on)).trim_end().to_owned());
    }
    for period in &instrument.in_force {
        let said = match pb::Start::try_from(period.start).unwrap_or_default() {
            pb::Start::Evidenced | pb::Start::Unspecified => "",
            pb::Start::NotEvidenced => " (start not evidenced)",
            pb::Start::ApprovalOnly => " (only approval evidenced)",
        };
        lines.push(format!("in force {}{said}", print::period(period.effective)));
    }
    for sighted in &instrument.sightings {
        let word = pb::Sighting::try_from(sighted.sighting).unwrap_or_default();
        let word = print::word(word.as_str_name(), "SIGHTING_");
        lines.push(format!("seen {word} {}", print::period(sighted.seen)));
    }
    if let Some(notice) = instrument.notice.as_ref() {
        let (given, ends) = (print::date(notice.given_on), print::date(notice.ends_on));
        lines.push(format!("notice given {given}, ends {ends}"));
    }
    if let Some(ended) = instrument.ended.as_ref() {
        let reason = pb::EndReason::try_from(ended.reason).unwrap_or_default();
        let reason = print::word(reason.as_str_name(), "END_REASON_");
        lines.push(format!("{reason} {}", print::date(ended.effective_until)));
    }
    if lines.is_empty() { "no effect recorded".to_owned() } else { lines.join("\n") }
}

pub async fn record(client: &Client, asked: &Record, output: Output) -> Result<ExitCode, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new(NO_INPUT, format!("cannot read {}: {error}", asked.file.display()))
    };
    let text = if asked.file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
        text
    } else {
        std::fs::read_to_string(&asked.file).map_err(unreadable)?
    };
    let mut request: pb::RecordRequest =
        json::from_json("RecordRequest", &text).map_err(|error| {
            let file = asked.file.display();
            Failure::new(
                DATA,
                format!("{file}: not a remit.v1.RecordRequest in protobuf JSON: {error}"),
            )
        })?;
    request.validate_only |= asked.validate_only;
    let reply = client.recorder().record(request).await?.into_inner();
    if output == Output::Json {
        print::json("RecordResponse", &reply)?;
    } else if let Some(preview) = &reply.preview {
        if preview.broken.is_empty() && reply.event_types.is_empty() {
            say!("Nothing would be recorded: the register holds each of these facts already.");
        } else if preview.broken.is_empty() {
            say!("Nothing was recorded. The request would be recorded as:");
            for event_type in &reply.event_types {
                say!("  {}", print::event(event_type));
            }
        }
        repeated(&reply);
        crate::changes::preview(preview);
    } else if reply.first_position == 0 {
        say!("Nothing was recorded: the register holds each of these facts already.");
        repeated(&reply);
    } else {
        let earlier = if reply.recorded_earlier { "earlier, " } else { "" };
        say!(
            "recorded {earlier}as events {} to {} at {}; token {}",
            reply.first_position,
            reply.last_position,
            print::instant(reply.recorded_at),
            reply.token
        );
        repeated(&reply);
    }
    let broken = reply.preview.is_some_and(|preview| !preview.broken.is_empty());
    Ok(if broken { ExitCode::from(DATA) } else { ExitCode::SUCCESS })
}

/// Names the commands that added nothing, and the events that already record what they state.
fn repeated(reply: &pb::RecordResponse) {
    for pb::RepeatedCommand { command, position } in &reply.repeated {
        say!("command {command} adds nothing: event {position} already records it");
    }
}
