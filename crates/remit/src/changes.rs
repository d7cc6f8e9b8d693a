//! Implements `remit diff`, `coverage` and `retroactive`, and prints the preview of a batch.

use std::collections::BTreeMap;
use std::process::ExitCode;

use remit_domain::CorrectionKind;
use remit_grpc::{pb, render};
use remit_wording::answer;

use crate::args::{Coverage, Diff, Output, Retroactive};
use crate::client::Client;
use crate::failure::Failure;
use crate::pages;
use crate::plain::{sides, span, word};
use crate::print::{self, Table, say};

fn causes(change: &pb::Change) -> String {
    change.causes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn table(changes: &[pb::Change], spans: bool) -> Table {
    let headers: &[&str] = if spans {
        &["place", "function", "effective", "before", "after", "by events"]
    } else {
        &["place", "function", "before", "after", "by events"]
    };
    let mut table = Table::new(headers);
    for change in changes {
        let (before, after) = sides(change);
        let (place, function) = (change.place.clone(), change.function.clone());
        if spans {
            let when = span(change.effective_from, change.effective_until);
            table.row([place, function, when, before, after, causes(change)]);
        } else {
            table.row([place, function, before, after, causes(change)]);
        }
    }
    table
}

pub async fn diff(client: &Client, asked: &Diff, output: Output) -> Result<ExitCode, Failure> {
    let point = |on, known_at: Option<pb::KnownAt>| {
        Some(pb::Point { effective_on: Some(render::date(on)), known_at })
    };
    let request = pb::DiffRequest {
        from: point(asked.from, asked.known_from.map(Into::into)),
        to: point(asked.to.unwrap_or(asked.from), asked.known_to.map(Into::into)),
        function: asked.function.clone().unwrap_or_default(),
        place: asked.place.clone().unwrap_or_default(),
        answers_on: asked.answers_on.map(render::date),
        ..pb::DiffRequest::default()
    };
    let mut questions = client.responsibility();
    let reply = pages::all(async |page_token| {
        questions.diff(pb::DiffRequest { page_token, ..request.clone() }).await
    });
    let reply = reply.await?;
    if output == Output::Json {
        print::json("DiffResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::out(&table(&reply.changes, false));
    say!(
        "{}; from {} as known at {}, to {} as known at {}",
        print::things(reply.changes.len(), "answer differs", "answers differ"),
        asked.from,
        print::known(reply.from.as_ref()),
        asked.to.unwrap_or(asked.from),
        print::known(reply.to.as_ref())
    );
    Ok(ExitCode::SUCCESS)
}

pub async fn coverage(
    client: &Client,
    asked: &Coverage,
    output: Output,
) -> Result<ExitCode, Failure> {
    let effective = match (asked.from, asked.until) {
        (None, _) => None,
        (Some(from), until) => Some(pb::Period {
            effective_from: Some(render::date(from)),
            effective_until: until.map(render::date),
        }),
    };
    let request = pb::CoverageRequest {
        function: asked.function.clone().unwrap_or_default(),
        effective,
        effective_on: asked.on.map(render::date),
        known_at: asked.known.wire(),
        ..pb::CoverageRequest::default()
    };
    let mut questions = client.responsibility();
    let reply = pages::all(async |page_token| {
        questions.coverage(pb::CoverageRequest { page_token, ..request.clone() }).await
    });
    let reply = reply.await?;
    if output == Output::Json {
        print::json("CoverageResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let known = print::known(reply.known_at.as_ref());
    if reply.uncovered.is_empty() {
        say!(
            "no gap, no conflict and no unknown answer in the area of any commissioner that is \
             recorded then, as known at {known}"
        );
        return Ok(ExitCode::SUCCESS);
    }
    let mut shown =
        Table::new(&["function", "area", "effective", "result", "liable", "instruments"]);
    for each in &reply.uncovered {
        let answer = each.answer.clone().unwrap_or_default();
        let liable = answer.liable.clone().unwrap_or_default();
        let liable = match liable.bodies.as_slice() {
            [] => "not settled".to_owned(),
            some => some.join(" and "),
        };
        let named = answer.instruments.iter().chain(&answer.predecessor_instruments);
        let named: Vec<_> = named.cloned().collect();
        let effective = each.effective.unwrap_or_default();
        shown.row([
            each.function.clone(),
            each.area.clone(),
            span(effective.effective_from, effective.effective_until),
            print::kind(answer.kind),
            liable,
            named.join("\n"),
        ]);
    }
    print::out(&shown);
    let spans = print::things(reply.uncovered.len(), "area and span", "areas and spans");
    say!("{spans} with a gap, a conflict or an unknown answer, as known at {known}");
    Ok(ExitCode::SUCCESS)
}

pub async fn retroactive(
    client: &Client,
    asked: &Retroactive,
    output: Output,
) -> Result<ExitCode, Failure> {
    let mut request = pb::ListRetroactiveRequest {
        since: asked.since.map(Into::into),
        until: asked.known.wire(),
        only_changing: !asked.all,
        ..pb::ListRetroactiveRequest::default()
    };
    let mut events = 0;
    let count = |events: usize| u32::try_from(events).unwrap_or(u32::MAX);
    loop {
        request.page_size = asked.limit.map_or(0, |limit| limit.saturating_sub(count(events)));
        let reply = client.responsibility().list_retroactive(request.clone()).await?.into_inner();
        if output == Output::Json {
            print::json("ListRetroactiveResponse", &reply)?;
        } else {
            reply.events.iter().for_each(one);
        }
        events += reply.events.len();
        request.page_token = reply.next_page_token;
        if request.page_token.is_empty() || asked.limit.is_some_and(|limit| count(events) >= limit)
        {
            break;
        }
    }
    if output == Output::Table {
        say!("{} after the fact", print::things(events, "event", "events"));
    }
    Ok(ExitCode::SUCCESS)
}

fn one(event: &pb::Retroactive) {
    let recorded = print::known(event.recorded.as_ref());
    let kind = word::<CorrectionKind>(event.kind).map(answer::words);
    let kind = kind.unwrap_or_else(|| "recorded after the fact".to_owned());
    let about = if event.about > 0 { format!(" event {}", event.about) } else { String::new() };
    let made = match event.made_on {
        Some(day) => format!(", made on {}", print::date(Some(day))),
        None => String::new(),
    };
    let effective = match event.effective_on {
        Some(day) => format!("; effective {}", print::date(Some(day))),
        None => String::new(),
    };
    say!(
        "{recorded}: {} {}: {kind}{about}{effective}{made}",
        print::event(&event.event_type).replace('-', " "),
        event.subject,
    );
    if !event.authority.is_empty() {
        say!("  on the authority of {}: {}", event.authority, event.reason);
    }
    if event.earlier_answer_was_right {
        say!("  answers given before the act was done were right when they were given");
    }
    if !event.changes.is_empty() {
        print::out(&table(&event.changes, true));
    }
    if event.changes_left_out > 0 {
        say!("  and {} more answers", event.changes_left_out);
    }
}

/// Prints the preview of a batch of commands: the refusals, the notices due, and the answers that
/// the batch would change.
/// Prints changes of answers, at most `limit` lines. Functions of one place whose answers change
/// alike are one line.
pub fn grouped(changes: &[pb::Change], limit: usize) {
    if changes.is_empty() {
        say!("No answer changes.");
        return;
    }
    let mut lines: BTreeMap<[String; 4], Vec<String>> = BTreeMap::new();
    for change in changes {
        let when = span(change.effective_from, change.effective_until);
        let (before, after) = sides(change);
        let says = [change.place.clone(), when, before, after];
        lines.entry(says).or_default().push(change.function.clone());
    }
    let mut table = Table::new(&["place", "functions", "effective", "before", "after"]);
    let number = lines.len();
    for ([place, when, before, after], functions) in lines.into_iter().take(limit) {
        let functions = match functions.as_slice() {
            [first, second, third, rest @ ..] if rest.len() > 1 => {
                format!("{first}, {second}, {third} and {} more", rest.len())
            }
            few => few.join(", "),
        };
        table.row([place, functions, when, before, after]);
    }
    print::out(&table);
    let more = number.saturating_sub(limit);
    if more > 0 {
        say!("and {} more; -o json has all of them", print::things(more, "line", "lines"));
    }
    say!("{}", print::things(changes.len(), "answer changes", "answers change"));
}

pub fn preview(preview: &pb::Preview) {
    if !preview.broken.is_empty() {
        say!("The whole request would be refused:");
        for broken in &preview.broken {
            let reason = broken.reason().as_str_name().trim_start_matches("ERROR_REASON_");
            say!("  {}: {reason}: {}", broken.field, broken.message);
        }
    }
    for due in &preview.notices_due {
        say!(
            "The last day to give notice to end {} is {}; it then ends on {} ({}).",
            due.instrument,
            print::date(due.last),
            print::date(due.ends_on),
            due.rule
        );
    }
    for pb::Doubled { instrument, other, functions, .. } in &preview.doubled {
        say!(
            "Beside {other}, {instrument} would give the same bodies {}: answers would name both.",
            functions.join(", ")
        );
    }
    if preview.changes.is_empty() {
        say!("No answer would change.");
        return;
    }
    if !preview.broken.is_empty() {
        say!("The commands that would be accepted would change these answers:");
    }
    print::out(&table(&preview.changes, true));
    let all = preview.changes.len() + preview.changes_left_out as usize;
    say!("{} would change", print::things(all, "answer", "answers"));
}
