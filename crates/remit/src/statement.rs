//! Implements `remit audit statement` and `audit nothing`, which write statements, and `remit
//! verify`, which checks a statement with only a public key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use remit_domain::{BodyFact, Capacity, Confidence, Day, Fact, Position, Text, Word};
use remit_grpc::pb;
use remit_ledger::VerifierKey;
use remit_register::{LiableState, ResultKind, UnknownReason};
use remit_statement::said::{CaseSaid, Said, StepSaid};
use remit_statement::{Asked, Verified, verify as check};
use remit_wording::{
    Names, PlainAnswer, PlainAnsweringNow, PlainAnsweringStep, PlainCase, PlainCondition,
    PlainDispute, PlainInCapacity, PlainLiability, PlainPerformer, PlainScheme, PlainUnapplied,
    answer,
};

use crate::args::{KnownAt, Output, Verify};
use crate::client::Client;
use crate::failure::{CANT_CREATE, DATA, Failure, NO_INPUT};
use crate::page;
use crate::print::{self, Table, say};

/// The paths of the files to which a statement is written.
pub struct Files {
    /// The path of the statement file.
    pub out: PathBuf,
    /// The path of the HTML page for people, if one is wanted.
    pub page: Option<PathBuf>,
}

/// Asks the server for a statement of an answer, and writes the statement to a file.
pub async fn who_holds(
    client: &Client,
    question: pb::WhoHoldsRequest,
    files: &Files,
    output: Output,
) -> Result<ExitCode, Failure> {
    issue(client, pb::issue_statement_request::Asked::WhoHolds(question), files, output).await
}

/// Asks the server for a statement of nothing about `key`, for the stretch of the log from `after`
/// to `until`, and writes the statement to a file.
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
    // Check the statement before it is written, with the current public key that the server names.
    let keys = audit.get_checkpoint(pb::GetCheckpointRequest::default()).await?.into_inner();
    let key = VerifierKey::parse(&keys.public_key).map_err(Failure::software)?;
    let verified = check(&text, &[key]).map_err(Failure::software)?;
    write(&files.out, &text)?;
    report(&verified, files.page.as_deref(), output)?;
    eprintln!("remit: check it anywhere with: remit verify {} --key KEY", files.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Checks a statement file, and prints what the statement says.
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

/// Checks that the HTML page would not overwrite another file that the command reads or writes.
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
            "checkpoint": {
                "origin": verified.checkpoint.origin,
                "size": verified.checkpoint.size,
            },
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

/// Returns the names of the bodies in the events that the statement holds: the name of each body on
/// the day `on`, or else the last name recorded.
fn names(verified: &Verified, on: Option<Day>) -> Names {
    let (mut names, mut then) = (BTreeMap::new(), BTreeMap::new());
    for recorded in verified.events.values() {
        let Fact::Bodies(fact) = &recorded.event.fact else { continue };
        let (code, name, effective) = match fact {
            BodyFact::BodyEstablished(body) => (body.code, &body.name, body.effective),
            BodyFact::BodyNamed(body) => (body.code, &body.name, body.effective),
            BodyFact::BodyDissolved(_)
            | BodyFact::SuccessionRecorded(_)
            | BodyFact::TransferSchemeMade(_)
            | BodyFact::MembershipStarted(_)
            | BodyFact::MembershipEnded(_)
            | BodyFact::ContractHeld(_)
            | BodyFact::ClusterFormed(_) => continue,
        };
        names.insert(code.to_string(), name.to_string());
        if on.is_some_and(|on| effective.contains(on)) {
            then.insert(code.to_string(), name.to_string());
        }
    }
    names.extend(then);
    Names(names)
}

/// The transfer scheme that the event at `position` recorded. `None` if it recorded
/// something else.
fn scheme(verified: &Verified, position: u64) -> Option<PlainScheme> {
    let event = &verified.events.get(&Position::new(position))?.event;
    let Fact::Bodies(BodyFact::TransferSchemeMade(scheme)) = event.fact.stated()? else {
        return None;
    };
    let words = |text: &Option<Text>| text.as_ref().map(ToString::to_string);
    let (described, excepted) = (words(&scheme.described), words(&scheme.excepted));
    Some(PlainScheme { power: scheme.power.to_string(), described, excepted })
}

fn asked_on(verified: &Verified) -> Option<Day> {
    match &verified.statement.asked {
        Asked::WhoHolds { effective_on, .. } => effective_on.parse().ok(),
        Asked::Nothing { .. } => None,
    }
}

/// Returns the day on which the statement says who answers: the day asked about or, if none was,
/// the day in England on which the event at the position asked about was recorded.
fn known_on(verified: &Verified) -> Option<Day> {
    if let Asked::WhoHolds { answers_on: Some(day), .. } = &verified.statement.asked {
        return day.parse().ok();
    }
    let last = verified.events.get(&verified.statement.asked.until())?;
    remit_register::london_day(last.recorded_at)
}

/// Converts `says`, an answer in a statement, to plain values, from which sentences are made.
fn plain(verified: &Verified, says: &Said) -> PlainAnswer {
    let known = |word: &str| (!word.is_empty()).then(|| word.to_owned());
    let (function, place, effective_on) = match &verified.statement.asked {
        Asked::WhoHolds { function, place, effective_on, .. } => {
            (function.clone(), place.clone(), effective_on.clone())
        }
        Asked::Nothing { key, .. } => (key.clone(), String::new(), String::new()),
    };
    let qualified = says.qualified.as_ref();
    let unapplied = |(kind, at): &(String, u64)| {
        let (about, effective_on) = (format!("event {at}"), None);
        Some(PlainUnapplied { kind: Word::from_word(kind).ok()?, about, effective_on })
    };
    let answering_now = |(body, successors, rule): &(String, Vec<String>, Option<String>)| {
        let told = qualified.into_iter().flat_map(|q| &q.answering_steps);
        let told = { told }.find(|(whom, ..)| whom == body);
        let step = |(from, to, on, at, rule): &StepSaid| PlainAnsweringStep {
            from: from.clone(),
            to: to.clone(),
            on: on.clone(),
            rule: rule.clone(),
            scheme: scheme(verified, *at),
        };
        PlainAnsweringNow {
            body: body.clone(),
            successors: successors.clone(),
            steps: told.iter().flat_map(|(.., steps)| steps).map(step).collect(),
            state: told.and_then(|(_, state, ..)| LiableState::from_word(state).ok()),
            confidence: told.and_then(|(_, _, sure, _)| Confidence::from_word(sure).ok()),
            read_across: rule.clone(),
        }
    };
    PlainAnswer {
        function,
        place,
        effective_on,
        kind: ResultKind::from_word(&says.kind).unwrap_or(ResultKind::Unknown),
        unknown: known(&says.unknown).and_then(|why| UnknownReason::from_word(&why).ok()),
        ask_instead: says.ask_instead.clone(),
        area: says.area.clone(),
        holder: says.holder.clone(),
        reserved: says.reserved,
        exercisers: says.exercisers.clone(),
        forum: qualified.and_then(|qualified| qualified.forum.get(1).cloned()),
        basis: says.basis.as_deref().and_then(|word| Word::from_word(word).ok()),
        liable: liability(says),
        accountable: says.accountable.clone(),
        performed_by: performers(says),
        capacities: qualified.iter().flat_map(|q| &q.capacities).map(in_capacity).collect(),
        regimes: qualified.map(|q| q.regimes.clone()).unwrap_or_default(),
        instruments: says.instruments.clone(),
        links: says.links.clone(),
        predecessor_instruments: says.predecessors.clone(),
        conditions: conditions(says),
        loss_exceptions: qualified.map(|q| q.loss_exceptions.clone()).unwrap_or_default(),
        cases: qualified.iter().flat_map(|q| &q.cases).map(case).collect(),
        expectations: Vec::new(),
        unapplied: says.unapplied.iter().filter_map(unapplied).collect(),
        disputes: Vec::new(),
        answering_now: says.answering_now.iter().map(answering_now).collect(),
        answers_on: known_on(verified).map(|day| day.to_string()),
        names_later: names(verified, known_on(verified)),
        confidence: qualified.and_then(|q| Confidence::from_word(&q.confidence).ok()),
        names: names(verified, asked_on(verified)),
    }
}

fn liability(says: &Said) -> PlainLiability {
    let qualified = says.qualified.as_ref();
    let sure = qualified.map(|qualified| &qualified.liable_confidence);
    PlainLiability {
        state: LiableState::from_word(&says.liable_state).unwrap_or(LiableState::Unknown),
        bodies: says.liable.clone(),
        rules: says.rules.clone(),
        confidence: sure.and_then(|sure| Confidence::from_word(sure).ok()),
        in_every_case: qualified.is_some_and(|qualified| qualified.in_every_case),
    }
}

/// The bodies that do the work. A statement of version 1 does not say how certain that is, nor
/// whether it is only assumed.
fn performers(says: &Said) -> Vec<PlainPerformer> {
    let Some(qualified) = &says.qualified else {
        let bodies = says.performed_by.iter().cloned();
        let one = |body| PlainPerformer { body, is_assumed: false, confidence: None };
        return bodies.map(one).collect();
    };
    let one = |(body, sure): &(String, String)| {
        let confidence = Confidence::from_word(sure).ok();
        PlainPerformer { body: body.clone(), is_assumed: confidence.is_none(), confidence }
    };
    qualified.performers.iter().map(one).collect()
}

fn conditions(says: &Said) -> Vec<PlainCondition> {
    let Some(qualified) = &says.qualified else {
        let texts = says.conditions.iter().cloned();
        return texts.map(|text| PlainCondition { text, confidence: None }).collect();
    };
    let one = |(text, sure): &(String, String)| {
        let confidence = Confidence::from_word(sure).ok();
        PlainCondition { text: text.clone(), confidence }
    };
    qualified.conditions.iter().map(one).collect()
}

fn case((basis, instrument, exercisers, liable, rule): &CaseSaid) -> PlainCase {
    PlainCase {
        basis: Word::from_word(basis).ok(),
        instrument: instrument.clone(),
        exercisers: exercisers.clone(),
        liable: liable.clone(),
        rule: rule.clone(),
    }
}

fn in_capacity(
    (capacity, bodies, rule, sure): &(String, Vec<String>, String, String),
) -> PlainInCapacity {
    PlainInCapacity {
        capacity: Capacity::from_word(capacity).ok(),
        bodies: bodies.clone(),
        rule: rule.clone(),
        confidence: Confidence::from_word(sure).ok(),
    }
}

/// Describes what the statement claims, in a few sentences.
pub fn claim(verified: &Verified) -> String {
    let statement = &verified.statement;
    let known = &statement.known;
    match (&statement.asked, &statement.answer) {
        (Asked::WhoHolds { .. }, Some(stated)) => {
            let sentence = answer::sentence(&plain(verified, &stated.says));
            let sure = match stated.confidence.as_deref() {
                None | Some("confirmed") => String::new(),
                Some(word) => {
                    format!(" The least sure of the events that this rests on is {word}.")
                }
            };
            let (at, recorded_at) = (statement.asked.until(), &known.recorded_at);
            let since = changed_since(verified);
            format!(
                "{sentence} So it stood in the register at event {at}, recorded {recorded_at}.\
                 {sure}{since}"
            )
        }
        (Asked::Nothing { key, .. }, _) => {
            let after = known.after.as_deref().unwrap_or("the beginning");
            let until = known.until.as_deref().unwrap_or("the checkpoint");
            let issued = &statement.issued_at;
            format!(
                "Nothing was recorded under {key} after {after} and before {until}, as issued \
                 {issued}."
            )
        }
        (Asked::WhoHolds { .. }, None) => String::new(),
    }
}

/// Returns the lines of the table that shows a statement. Each line is a label and a text; lines
/// without text are left out.
pub fn told(verified: &Verified) -> Vec<(&'static str, String)> {
    let statement = &verified.statement;
    let mut lines = Vec::new();
    if let Some(stated) = &statement.answer {
        let disputes = stated.disputes.iter().map(|dispute| PlainDispute {
            about: dispute.about,
            by: dispute.by.clone(),
            reason: dispute.reason.clone(),
        });
        let answer = plain(verified, &stated.says);
        let answer = PlainAnswer { disputes: disputes.collect(), ..answer };
        for line in answer::lines(&answer) {
            let sure = line.confidence.map(|sure| format!(" ({sure})")).unwrap_or_default();
            lines.push((line.label, line.says.join("; ") + &sure));
        }
        lines.extend(answer.cases.iter().map(|case| ("possible case", in_words(&answer, case))));
        let rests: Vec<_> = stated.rests_on.iter().map(ToString::to_string).collect();
        lines.push(("least sure event", stated.confidence.clone().unwrap_or_default()));
        lines.push(("recorded since, not applied", since(verified)));
        lines.push(("rests on events", rests.join(", ")));
    }
    let known = &statement.known;
    let until = known.until.as_deref().unwrap_or("the checkpoint");
    let at = statement.asked.until();
    lines.push(("as known", format!("at event {at}, from {} until {until}", known.recorded_at)));
    lines.push(("issued", statement.issued_at.clone()));
    lines.retain(|(_, says)| !says.is_empty());
    lines
}

/// A possible case in words.
fn in_words(answer: &PlainAnswer, case: &PlainCase) -> String {
    let [basis, instrument, exercisers, liable, rule] = answer::case(answer, case);
    let by = |what: &str| if what.is_empty() { String::new() } else { format!(" by {what}") };
    format!("{basis}{}: exercised by {exercisers}; liable{}: {liable}", by(&instrument), by(&rule))
}

/// Returns a warning if events recorded after the position asked about change the answer; otherwise
/// empty text.
fn changed_since(verified: &Verified) -> &'static str {
    match &verified.since.says {
        Some(_) => " WITH WHAT WAS RECORDED SINCE THE ANSWER IS ANOTHER: see below.",
        None => "",
    }
}

/// Describes the events that bear on the question but were recorded after the position asked about,
/// and the answer that counts these events too.
fn since(verified: &Verified) -> String {
    let line = |position: &Position| {
        let what = verified.events.get(position).map(|recorded| event_line(&recorded.event.fact).0);
        format!("event {position} ({})", what.unwrap_or_default())
    };
    let events: Vec<_> = verified.since.events.iter().map(line).collect();
    match (&verified.since.says, events.is_empty()) {
        (_, true) => String::new(),
        (None, false) => format!("{}; the answer stays the same", events.join("; ")),
        (Some(says), false) => {
            let with_them = answer::short(&plain(verified, says));
            format!("{}; with them the answer is {with_them}", events.join("; "))
        }
    }
}

/// Describes an event in two cells of a table: its kind and subject, and the first day on which it
/// takes effect. The second cell is empty if the event names no day.
pub fn event_line(fact: &Fact) -> (String, String) {
    let kind = match fact.correction() {
        Some(correction) => correction.kind.word(),
        None => fact.kind().word(),
    };
    let day = fact.effective_on().map(|day| day.to_string()).unwrap_or_default();
    (format!("{}: {}", kind.replace('-', " "), fact.subject()), day)
}
