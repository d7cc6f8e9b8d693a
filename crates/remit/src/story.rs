//! Implements `remit audit log`: prints every event that concerns a body or an instrument, and what
//! each event changed.

use std::process::ExitCode;

use remit_grpc::pb;

use crate::args::{Output, Story};
use crate::client::Client;
use crate::failure::{DATA, Failure};
use crate::plain::{short, sides, span};
use crate::print::{self, say};

/// The maximum number of lines of changes printed for one event. `-o json` prints more changes.
const CHANGES_SHOWN: usize = 12;
/// The maximum number of functions named on one line of changes. For further functions, the line
/// gives only their number.
const FUNCTIONS_SHOWN: usize = 3;

pub async fn story(client: &Client, asked: &Story, output: Output) -> Result<ExitCode, Failure> {
    let mut request = pb::StoryRequest {
        about: asked.about.clone(),
        since: asked.since.map(Into::into),
        until: asked.known.wire(),
        ..pb::StoryRequest::default()
    };
    let (mut events, limit) = (0, asked.limit as usize);
    let last = loop {
        request.page_size = u32::try_from(limit - events).unwrap_or_default();
        let reply = client.audit().story(request.clone()).await?.into_inner();
        if output == Output::Json {
            print::json("StoryResponse", &reply)?;
        } else {
            reply.events.iter().for_each(tell);
        }
        events += reply.events.len();
        request.page_token.clone_from(&reply.next_page_token);
        if request.page_token.is_empty() || events >= limit {
            break reply;
        }
    };
    if output == Output::Json {
        return Ok(ExitCode::SUCCESS);
    }
    let known = print::known(last.known_at.as_ref());
    if events == 0 {
        let message = format!("no event concerns {}, as known at {known}", asked.about);
        return Err(Failure::new(DATA, message));
    }
    let told = print::things(events, "event", "events");
    if last.next_page_token.is_empty() {
        say!("{told}, as known at {known}");
    } else {
        say!("{told}; there may be more: --limit shows more of them, --since goes on after one");
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(event: &pb::StoryEvent) {
    let recorded = event.recorded.unwrap_or_default();
    let effective = match event.effective_on {
        Some(day) => format!("  effective {}", print::date(Some(day))),
        None => String::new(),
    };
    let corrects = match event.corrects {
        0 => String::new(),
        position => format!("  corrects event {position}"),
    };
    say!(
        "{:>8}  {}  {} {}{effective}{corrects}",
        recorded.position,
        print::instant(recorded.recorded_at),
        print::event(&event.event_type).replace('-', " "),
        event.subject,
    );
    if let Some(evidence) = &event.evidence {
        let made_on = match evidence.made_on {
            Some(day) => format!(", of {}", print::date(Some(day))),
            None => String::new(),
        };
        let confidence = print::confidence(evidence.confidence);
        say!("          rests on {}{made_on} ({confidence})", evidence.source);
    }
    let mut shown = 0;
    for (functions, change) in alike(&event.changes).iter().take(CHANGES_SHOWN) {
        let (before, after) = sides(change);
        if before == after {
            // The answers before and after the change read alike, because only their reasons
            // differ. The change is not printed, but counted below.
            continue;
        }
        shown += functions.len();
        let when = span(change.effective_from, change.effective_until);
        say!("          {} at {}, {when}: {before} -> {after}", some(functions), change.place);
    }
    let more = event.changes.len() - shown + event.changes_left_out as usize;
    if more > 0 {
        say!(
            "          {} otherwise",
            print::things(more, "more answer reads", "more answers read")
        );
    }
}

/// Groups the changes that differ only in the function. Returns the functions of each group, with
/// the first change of the group.
fn alike(changes: &[pb::Change]) -> Vec<(Vec<&str>, &pb::Change)> {
    let mut groups: Vec<(Vec<&str>, &pb::Change)> = Vec::new();
    for change in changes {
        let same = |other: &pb::Change| {
            let words = |c: &pb::Change| (short(c.before.as_ref()), short(c.after.as_ref()));
            let when = |c: &pb::Change| (c.effective_from, c.effective_until);
            other.place == change.place
                && when(other) == when(change)
                && words(other) == words(change)
        };
        match groups.iter_mut().find(|(_, other)| same(other)) {
            Some((functions, _)) => functions.push(&change.function),
            None => groups.push((vec![&change.function], change)),
        }
    }
    groups
}

fn some(functions: &[&str]) -> String {
    let named = functions.iter().take(FUNCTIONS_SHOWN).copied().collect::<Vec<_>>().join(", ");
    match functions.len().saturating_sub(FUNCTIONS_SHOWN) {
        0 => named,
        more => format!("{named} and {}", print::things(more, "other", "others")),
    }
}
