//! `remit audit statement` and `nothing`, which write statements; and `remit verify`, which checks
//! one with nothing but a public key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use remit_domain::{BodyCode, BodyFact, Day, Fact, Position, Word};
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
    distinct(&[&files.out], files.page.as_deref())?;
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
    distinct(&[&asked.file, &asked.key], asked.page.as_deref())?;
    let keys = crate::keys::public(&asked.key)?;
    let shown = asked.file.display();
    let bytes = std::fs::read(&asked.file)
        .map_err(|error| Failure::new(NO_INPUT, format!("cannot read {shown}: {error}")))?;
    let refused =
        |why: &dyn std::fmt::Display| Failure::new(DATA, format!("{shown} does not stand: {why}"));
    let text = std::str::from_utf8(&bytes).map_err(|error| refused(&error))?;
    let verified = check(text, &keys).map_err(|why| refused(&why))?;
    report(&verified, asked.page.as_deref(), output)?;
    Ok(ExitCode::SUCCESS)
}

/// That a page is not written over what it is made from.
fn distinct(others: &[&Path], page: Option<&Path>) -> Result<(), Failure> {
    let same = |a: &Path, b: &Path| match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    };
    match page {
        Some(page) if others.iter().any(|other| same(other, page)) => {
            let message = format!("--page: {} is another file of this command", page.display());
            Err(Failure::new(crate::failure::USAGE, message))
        }
        _ => Ok(()),
    }
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

/// The names of the bodies that the enclosed events name: on a day, else the last.
fn names(verified: &Verified, on: Option<Day>) -> Named {
    let (mut names, mut then) = (BTreeMap::new(), BTreeMap::new());
    for recorded in verified.events.values() {
        let (code, name, effective) = match &recorded.event.fact {
            Fact::Bodies(BodyFact::BodyEstablished(body)) => {
                (body.code, &body.name, body.effective)
            }
            Fact::Bodies(BodyFact::BodyNamed(body)) => (body.code, &body.name, body.effective),
            _ => continue,
        };
        names.insert(code, name.to_string());
        if on.is_some_and(|on| effective.contains(on)) {
            then.insert(code, name.to_string());
        }
    }
    names.extend(then);
    Named(names)
}

fn asked_on(verified: &Verified) -> Option<Day> {
    match &verified.statement.asked {
        Asked::WhoHolds { effective_on, .. } => effective_on.parse().ok(),
        Asked::Nothing { .. } => None,
    }
}

/// The day in England on which the last event that counts was recorded: that of "now".
fn known_on(verified: &Verified) -> Option<Day> {
    let last = verified.events.get(&verified.statement.asked.until())?;
    remit_register::london_day(last.recorded_at)
}

/// What is stated, in one sentence.
pub fn claim(verified: &Verified) -> String {
    let statement = &verified.statement;
    match (&statement.asked, &statement.answer) {
        (Asked::WhoHolds { function, place, effective_on, .. }, Some(stated)) => {
            let named = names(verified, asked_on(verified));
            let says = &stated.says;
            let who = match says.exercisers.as_slice() {
                [] => format!("who exercises {function} is {}", reason(says)),
                some => format!("{} exercises {function}", named.list(some)),
            };
            let liable = match says.liable_state.as_str() {
                "settled" => format!("{} is liable", named.list(&says.liable)),
                state => format!("who is liable is {state}"),
            };
            let sure = match stated.confidence.as_str() {
                "confirmed" => String::new(),
                word => format!(" The least sure of the events that this rests on is {word}."),
            };
            let (at, known) = (statement.asked.until(), &statement.known.recorded_at);
            format!(
                "On {effective_on}, at {}, {who}; {liable}. So it stood in the register at event {at}, \
                 recorded {known}.{sure}{}",
                named.one(place),
                changed_since(verified)
            )
        }
        (Asked::Nothing { key, .. }, _) => {
            let known = &statement.known;
            let after = known.after.as_deref().unwrap_or("the beginning");
            let until = known.until.as_deref().unwrap_or("the checkpoint");
            let issued = &statement.issued_at;
            format!(
                "Nothing was recorded under {key} after {after} and before {until}, as issued {issued}."
            )
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
        let (says, named) = (&stated.says, names(verified, asked_on(verified)));
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
        let today = names(verified, known_on(verified));
        let now = says.answering_now.iter().map(|(body, successors, by)| {
            let by = by.as_ref().map(|rule| format!(", read across by {rule}")).unwrap_or_default();
            let successors = match successors.as_slice() {
                [] => "nobody recorded".to_owned(),
                some => today.list(some),
            };
            format!("for {}: {successors}{by}", named.one(body))
        });
        let now = now.collect::<Vec<_>>().join("; ");
        let unsettled = "whether it answers for what was done before is unsettled";
        add("would answer now", if now.is_empty() { now } else { format!("{now}; {unsettled}") });
        let rests = stated.rests_on.iter().map(ToString::to_string).collect::<Vec<_>>();
        add("least sure event", stated.confidence.clone());
        add("recorded since, not applied", since(verified));
        add("rests on events", rests.join(", "));
    }
    let known = &statement.known;
    let until = known.until.as_deref().map_or("the checkpoint".to_owned(), ToOwned::to_owned);
    add(
        "as known",
        format!("at event {}, from {} until {until}", statement.asked.until(), known.recorded_at),
    );
    add("issued", statement.issued_at.clone());
    lines
}

/// Says it aloud where what was recorded since makes it another answer.
fn changed_since(verified: &Verified) -> &'static str {
    match &verified.since.says {
        Some(_) => " WITH WHAT WAS RECORDED SINCE THE ANSWER IS ANOTHER: see below.",
        None => "",
    }
}

/// What was recorded since that bears on the question, and what the answer is with it.
fn since(verified: &Verified) -> String {
    let line = |position: &Position| {
        let what = verified.events.get(position).map(|recorded| event_line(&recorded.event.fact).0);
        format!("event {position} ({})", what.unwrap_or_default())
    };
    let events: Vec<_> = verified.since.events.iter().map(line).collect();
    let named = names(verified, asked_on(verified));
    match (&verified.since.says, events.is_empty()) {
        (_, true) => String::new(),
        (None, _) => format!("{}; the answer stays the same", events.join("; ")),
        (Some(says), _) => {
            let liable = match says.liable.as_slice() {
                [] => says.liable_state.clone(),
                some => named.list(some),
            };
            let by = named.list(&says.exercisers);
            format!(
                "{}; with them the answer is {}, exercised by {by}, liable: {liable}",
                events.join("; "),
                reason(says)
            )
        }
    }
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
