//! `remit audit statement` and `nothing`, which write statements; and `remit verify`, which checks
//! one with nothing but a public key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use remit_domain::{BodyCode, Fact, Word, parse_day};
use remit_grpc::pb;
use remit_ledger::VerifierKey;
use remit_statement::said::Said;
use remit_statement::{Asked, Verified, verify as check};

use crate::args::{KnownAt, Output, Verify};
use crate::client::Client;
use crate::failure::{CANT_CREATE, DATA, Failure, NO_INPUT};
use crate::page;
use crate::print::{self, Table, say};

/// Where a statement is written.
pub struct Files {
    /// The statement.
    pub out: PathBuf,
    /// The page for people.
    pub page: Option<PathBuf>,
}

/// Has a question stated.
pub async fn who_holds(
    client: &Client,
    question: pb::WhoHoldsRequest,
    files: &Files,
    output: Output,
) -> Result<ExitCode, Failure> {
    issue(client, pb::issue_statement_request::Asked::WhoHolds(question), files, output).await
}

/// Has it stated that nothing was recorded.
pub async fn nothing(
    client: &Client,
    key: String,
    (after, until): (Option<KnownAt>, Option<KnownAt>),
    files: &Files,
    output: Output,
) -> Result<ExitCode, Failure> {
    let asked =
        pb::NothingRecorded { key, after: after.map(Into::into), until: until.map(Into::into) };
    issue(client, pb::issue_statement_request::Asked::Nothing(asked), files, output).await
}

async fn issue(
    client: &Client,
    asked: pb::issue_statement_request::Asked,
    files: &Files,
    output: Output,
) -> Result<ExitCode, Failure> {
    let mut audit = client.audit();
    let request = pb::IssueStatementRequest { asked: Some(asked) };
    let text = audit.issue_statement(request).await?.into_inner().statement;
    // What is handed on is checked first, with the key that the register itself names.
    let keys = audit.get_checkpoint(pb::GetCheckpointRequest::default()).await?.into_inner();
    let key = VerifierKey::parse(&keys.public_key).map_err(Failure::software)?;
    let verified = check(&text, &[key]).map_err(Failure::software)?;
    write(&files.out, &text)?;
    report(&verified, files.page.as_deref(), output)?;
    eprintln!("remit: check it anywhere with: remit verify {} --key KEY", files.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Checks a file.
pub fn verify(asked: &Verify, output: Output) -> Result<ExitCode, Failure> {
    let read = |path: &Path| {
        let cannot = |error| format!("cannot read {}: {error}", path.display());
        std::fs::read_to_string(path).map_err(|error| Failure::new(NO_INPUT, cannot(error)))
    };
    let keys = crate::keys::public(&asked.key)?;
    let verified = check(&read(&asked.file)?, &keys).map_err(|refused| {
        Failure::new(DATA, format!("{} does not stand: {refused}", asked.file.display()))
    })?;
    report(&verified, asked.page.as_deref(), output)?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| {
        Failure::new(CANT_CREATE, format!("cannot write {}: {error}", path.display()))
    })
}

fn report(verified: &Verified, page: Option<&Path>, output: Output) -> Result<(), Failure> {
    if let Some(path) = page {
        write(path, &page::html(verified))?;
    }
    if output == Output::Json {
        let statement = &verified.statement;
        let told = serde_json::json!({
            "asked": statement.asked,
            "known": statement.known,
            "answer": statement.answer,
            "checkpoint": { "origin": verified.checkpoint.origin, "size": verified.checkpoint.size },
        });
        say!("{told:#}");
        return Ok(());
    }
    say!("{}\n", claim(verified));
    let mut table = Table::new(&["stated", ""]);
    for (what, says) in told(verified) {
        table.row([what.to_owned(), says]);
    }
    print::out(&table);
    let size = verified.checkpoint.size;
    say!(
        "\nIt stands: {} events of the {size} that {} signed for, and no others bear on it.",
        verified.events.len(),
        verified.checkpoint.origin
    );
    Ok(())
}

/// The names of the bodies that the enclosed events name: on the day asked about, else the last.
fn names(verified: &Verified) -> BTreeMap<BodyCode, String> {
    let on = match &verified.statement.asked {
        Asked::WhoHolds { effective_on, .. } => parse_day(effective_on).ok(),
        Asked::Nothing { .. } => None,
    };
    let (mut names, mut then) = (BTreeMap::new(), BTreeMap::new());
    for recorded in verified.events.values() {
        let (code, name, effective) = match &recorded.event.fact {
            Fact::BodyEstablished(body) => (body.code, &body.name, body.effective),
            Fact::BodyNamed { code, name, effective } => (*code, name, *effective),
            _ => continue,
        };
        names.insert(code, name.to_string());
        if on.is_some_and(|on| effective.contains(on)) {
            then.insert(code, name.to_string());
        }
    }
    names.extend(then);
    names
}

/// What is stated, in one sentence.
pub fn claim(verified: &Verified) -> String {
    let statement = &verified.statement;
    match (&statement.asked, &statement.answer) {
        (Asked::WhoHolds { function, place, effective_on, .. }, Some(stated)) => {
            let named = Named(names(verified));
            let says = &stated.says;
            let who = match says.exercisers.as_slice() {
                [] => format!("who exercised {function} is {}", reason(says)),
                some => format!("{} exercised {function}", named.list(some)),
            };
            let liable = match says.liable_state.as_str() {
                "settled" => format!("{} was liable", named.list(&says.liable)),
                state => format!("who was liable is {state}"),
            };
            let sure = match stated.confidence.as_str() {
                "confirmed" => String::new(),
                word => format!(" The least sure of the events that this rests on is {word}."),
            };
            format!("On {effective_on}, at {}, {who}; {liable}.{sure}", named.one(place))
        }
        (Asked::Nothing { key, .. }, _) => {
            let known = &statement.known;
            let after = known.after.as_deref().unwrap_or("the beginning");
            let until = known.until.as_deref().unwrap_or("the checkpoint");
            format!("Nothing was recorded under {key} after {after} and before {until}.")
        }
        _ => String::new(),
    }
}

fn reason(says: &Said) -> String {
    match says.unknown.as_str() {
        "" => says.kind.replace('-', " "),
        why => format!("unknown ({})", why.replace('-', " ")),
    }
}

struct Named(BTreeMap<BodyCode, String>);

impl Named {
    fn one(&self, code: &str) -> String {
        let name = code.parse().ok().and_then(|code: BodyCode| self.0.get(&code));
        name.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})"))
    }

    fn list(&self, codes: &[String]) -> String {
        let named: Vec<_> = codes.iter().map(|code| self.one(code)).collect();
        match named.as_slice() {
            [] => "nobody".to_owned(),
            some => some.join(" and "),
        }
    }
}

/// What is stated, line by line.
pub fn told(verified: &Verified) -> Vec<(&'static str, String)> {
    let statement = &verified.statement;
    let mut lines = Vec::new();
    let mut add = |what, says: String| {
        if !says.is_empty() {
            lines.push((what, says));
        }
    };
    if let Some(stated) = &statement.answer {
        let (says, named) = (&stated.says, Named(names(verified)));
        let listed = |codes: &[String]| match codes {
            [] => String::new(),
            some => named.list(some),
        };
        add("answer", reason(says));
        add("instead, ask about", says.ask_instead.join(", "));
        add("in the area of", says.area.as_deref().map(|code| named.one(code)).unwrap_or_default());
        add("held by", says.holder.as_deref().map(|code| named.one(code)).unwrap_or_default());
        add("exercised by", listed(&says.exercisers));
        add("on the basis", says.basis.clone().unwrap_or_default());
        add("reserved", if says.reserved { "yes".to_owned() } else { String::new() });
        add(
            "liable",
            if says.liable.is_empty() { says.liable_state.clone() } else { listed(&says.liable) },
        );
        add("by the rules", says.rules.join(", "));
        add("instruments", says.instruments.join(", "));
        add("passed on under", says.links.join(", "));
        add("instruments of predecessors", says.predecessors.join(", "));
        add("on conditions", says.conditions.join("; "));
        add("work done by", listed(&says.performed_by));
        let accountable = says.accountable.iter();
        let accountable =
            accountable.map(|(from, to)| format!("{} to {}", named.one(from), named.one(to)));
        add("accountable", accountable.collect::<Vec<_>>().join("; "));
        let known = says
            .unapplied
            .iter()
            .map(|(kind, at)| format!("{} (event {at})", kind.replace('-', " ")));
        add("known, not applied", known.collect::<Vec<_>>().join("; "));
        let now = says.answering_now.iter().map(|(body, successors, by)| {
            let by = by.as_ref().map(|rule| format!(", read across by {rule}")).unwrap_or_default();
            format!("for {}: {}{by}", named.one(body), named.list(successors))
        });
        add("answering now", now.collect::<Vec<_>>().join("; "));
        let rests = stated.rests_on.iter().map(ToString::to_string).collect::<Vec<_>>();
        add("of confidence", stated.confidence.clone());
        add("rests on events", rests.join(", "));
    }
    let known = &statement.known;
    let until = known.until.as_deref().map_or("the checkpoint".to_owned(), ToOwned::to_owned);
    add(
        "as known",
        format!("at event {}, from {} until {until}", statement.asked.until(), known.recorded_at),
    );
    lines
}

/// What an event says, as far as a line of a table goes: what it is about, from which day, and the
/// source it rests on.
pub fn event_line(fact: &Fact) -> (String, String) {
    let kind = match fact {
        Fact::Corrected(correction) => correction.kind.word(),
        fact => fact.kind().word(),
    };
    let day = fact.effective_on().map(|day| day.to_string()).unwrap_or_default();
    (format!("{}: {}", kind.replace('-', " "), fact.subject()), day)
}
