//! Implements `remit load` and `remit import`: reads facts from files, and records the facts that
//! the register lacks.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use prost::Message;
use remit_domain::Position;
use remit_engine::Desk;
use remit_grpc::{command, pb, render};
use remit_reference::source::{self, DataFile, SourceError};
use remit_reference::{Finding, Plan, Source, ods, tables};
use remit_register::Register;
use sha2::{Digest, Sha256};

use crate::args::{History, Import, ImportFrom, Load, Output, Recording};
use crate::changes;
use crate::client::Client;
use crate::failure::{DATA, Failure, NO_INPUT};
use crate::plain;
use crate::print::{self, Table, say};

/// The number of commands in one request: small enough that other users of the register hardly
/// wait.
const BATCH: usize = 1_000;
/// The maximum number of facts for which the answers before and after are compared.
const COMPARED_MAX: usize = 5_000;
/// The maximum number of lines about changed answers that are printed. `-o json` has all of them.
const CHANGES_SHOWN: usize = 20;
/// The maximum number of findings that are printed. `--report` writes all findings to a file.
const FINDINGS_SHOWN: usize = 20;

/// The register into which a load or an import records facts.
pub enum Into<'a> {
    /// A register that another process serves, reached through this client.
    Served(&'a Client),
    /// The register that this process itself serves.
    Own(&'a Desk),
}

pub async fn load(into: &Into<'_>, load: &Load, output: Output) -> Result<ExitCode, Failure> {
    let History::England = load.history;
    let mut plan = plan(into).await?;
    tables::plan(&mut plan, &Source::England).map_err(unread)?;
    let Recording { dry_run, ref actor, .. } = load.recording;
    let marked = !dry_run && !plan.commands().is_empty();
    if marked {
        into.begin_load("england", actor).await?;
    }
    finish(into, &plan, &load.recording, output).await?;
    if !dry_run {
        // End the load even if this run had nothing to record: an earlier run may have been
        // interrupted after its last batch.
        into.end_load("england", actor).await?;
    }
    // The command succeeds even with findings, because the findings in the built-in history are
    // already known.
    Ok(ExitCode::SUCCESS)
}

pub async fn import(client: &Client, import: &Import, output: Output) -> Result<ExitCode, Failure> {
    let into = &Into::Served(client);
    let mut plan = plan(into).await?;
    let recording = match &import.from {
        ImportFrom::Csv { dir, recording } => {
            if !dir.is_dir() {
                let message = format!("{} is not a directory", dir.display());
                return Err(Failure::new(NO_INPUT, message));
            }
            tables::plan(&mut plan, &Source::Directory(dir.clone())).map_err(unread)?;
            if plan.tallies().next().is_none() {
                let message = format!(
                    "{} holds no table of the layout, such as organisations.csv; see \
                     crates/reference/data/README.md",
                    dir.display()
                );
                return Err(Failure::new(NO_INPUT, message));
            }
            recording
        }
        ImportFrom::Ods { kind, extracted_on, accept_moves, file, recording } => {
            let word = kind.to_possible_value().map(|kind| format!("{}.csv", kind.get_name()));
            let DataFile { text, note } =
                source::read_file(file, &word.unwrap_or_default()).map_err(unread)?;
            note.into_iter().for_each(|note| plan.note(note));
            let name = file.display().to_string();
            let asked = ods::Asked {
                file: &name,
                text: &text,
                extracted_on: *extracted_on,
                accept_moves: *accept_moves,
            };
            ods::plan(&mut plan, (*kind).into(), asked);
            recording
        }
        // This arm is never reached, because `crate::run` handles `import log` before connecting to
        // a server.
        ImportFrom::Log { .. } => {
            return Err(Failure::software(
                "an export is imported as it is, and its events are not recorded again",
            ));
        }
    };
    finish(into, &plan, recording, output).await?;
    Ok(if plan.findings().is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn unread(error: SourceError) -> Failure {
    let code = if error.is_missing() { NO_INPUT } else { DATA };
    Failure::new(code, error.to_string())
}

impl Into<'_> {
    /// Returns the fold of all events recorded in the register so far.
    async fn register(&self) -> Result<Register, Failure> {
        match self {
            Self::Served(client) => client.register().await,
            Self::Own(desk) => {
                desk.node().fold().await.map_err(|error| Failure::caused(DATA, &error))
            }
        }
    }

    async fn record(&self, request: pb::RecordRequest) -> Result<(), Failure> {
        match self {
            Self::Served(client) => client.recorder().record(request).await.map(drop)?,
            Self::Own(desk) => desk
                .node()
                .record(command::record(request)?)
                .await
                .map(drop)
                .map_err(|error| Failure::caused(DATA, &error))?,
        }
        Ok(())
    }

    async fn begin_load(&self, load: &str, actor: &str) -> Result<(), Failure> {
        let (load, actor) = (load.to_owned(), actor.to_owned());
        match self {
            Self::Served(client) => {
                client.recorder().begin_load(pb::BeginLoadRequest { load, actor }).await?;
            }
            Self::Own(desk) => {
                let (load, actor) = (marked(load.parse())?, marked(actor.parse())?);
                marked(desk.begin_load(load, actor).await)?;
            }
        }
        Ok(())
    }

    async fn end_load(&self, load: &str, actor: &str) -> Result<(), Failure> {
        let (load, actor) = (load.to_owned(), actor.to_owned());
        match self {
            Self::Served(client) => {
                client.recorder().end_load(pb::EndLoadRequest { load, actor }).await?;
            }
            Self::Own(desk) => {
                let (load, actor) = (marked(load.parse())?, marked(actor.parse())?);
                marked(desk.end_load(load, actor).await)?;
            }
        }
        Ok(())
    }
}

fn marked<T, E: std::fmt::Display>(done: Result<T, E>) -> Result<T, Failure> {
    done.map_err(|error| {
        Failure::new(DATA, format!("the end of the load could not be noted: {error}"))
    })
}

async fn plan(into: &Into<'_>) -> Result<Plan, Failure> {
    let bar = ProgressBar::new_spinner().with_message("reading what the register holds");
    bar.enable_steady_tick(Duration::from_millis(100));
    let register = into.register().await?;
    bar.finish_and_clear();
    Ok(Plan::new(register))
}

/// Writes the report of findings if one was asked for, records the facts of `plan` unless this is a
/// dry run, and prints a summary.
async fn finish(
    into: &Into<'_>,
    plan: &Plan,
    recording: &Recording,
    output: Output,
) -> Result<(), Failure> {
    if let Some(path) = &recording.report {
        report(path, plan.findings())?;
    }
    // A register that is filled at its start has nobody yet who relies on an answer.
    let changes = match into {
        Into::Served(_) => changed(plan),
        Into::Own(_) => None,
    };
    if let (Some(changes), Output::Table) = (&changes, output) {
        changes::grouped(changes, CHANGES_SHOWN);
    }
    if !recording.dry_run {
        record(into, plan, recording).await?;
    }
    match output {
        Output::Table => summary(plan, recording),
        Output::Json => say!("{}", json_summary(plan, changes.as_deref(), recording)),
    }
    Ok(())
}

/// The answers that the facts of `plan` change. `None` if the register is empty, or if the plan has
/// too many facts to compare the answers before and after it.
fn changed(plan: &Plan) -> Option<Vec<pb::Change>> {
    if plan.before() == Position::ZERO || plan.commands().len() > COMPARED_MAX {
        return None;
    }
    let bar = ProgressBar::new_spinner().with_message("comparing the answers before and after");
    bar.enable_steady_tick(Duration::from_millis(100));
    let register = plan.register();
    let between = (plan.before(), register.tail());
    let changes = register.changes(between, (None, None), None);
    bar.finish_and_clear();
    Some(changes.iter().map(|change| render::change(register, change)).collect())
}

async fn record(into: &Into<'_>, plan: &Plan, recording: &Recording) -> Result<(), Failure> {
    let commands = plan.commands();
    let bar = ProgressBar::new(commands.len() as u64);
    let style = ProgressStyle::with_template("recording {bar:40} {pos}/{len} {eta}");
    bar.set_style(style.map_err(Failure::software)?);
    for batch in commands.chunks(BATCH) {
        let mut request = pb::RecordRequest {
            request_id: String::new(),
            actor: recording.actor.clone(),
            acting_for: recording.acting_for.clone(),
            commands: batch.iter().map(command::write).collect(),
            evidence: None,
            validate_only: false,
            prove: false,
        };
        // The request id is a hash of the request's content, so that a batch sent twice is recorded
        // once.
        let digest = Sha256::digest(request.encode_to_vec());
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        request.request_id = format!("import/{hex}");
        into.record(request).await?;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

fn report(path: &Path, findings: &[Finding]) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(DATA, format!("--report: cannot write {}: {error}", path.display()))
    };
    let mut writer = csv::Writer::from_path(path).map_err(|error| failed(&error))?;
    let mut row = |fields: [&str; 5]| writer.write_record(fields).map_err(|error| failed(&error));
    row(["file", "row", "field", "kind", "reason"])?;
    for Finding { file, row: line, field, kind, reason } in findings {
        row([file, &line.to_string(), field, kind.word(), reason])?;
    }
    writer.flush().map_err(|error| failed(&error))
}

/// Returns the summary of a load or an import as JSON, for programs.
fn json_summary(
    plan: &Plan,
    changes: Option<&[pb::Change]>,
    recording: &Recording,
) -> serde_json::Value {
    let changes = changes.map(|changes| {
        let day = |day: Option<pb::Date>| day.map(|day| print::date(Some(day)));
        let one = |change: &pb::Change| {
            let (before, after) = plain::sides(change);
            serde_json::json!({
                "place": change.place,
                "function": change.function,
                "effectiveFrom": day(change.effective_from),
                "effectiveUntil": day(change.effective_until),
                "before": before,
                "after": after,
            })
        };
        changes.iter().map(one).collect::<Vec<_>>()
    });
    let files = plan.tallies().map(|(file, tally)| {
        serde_json::json!({
            "file": file,
            "rows": tally.rows,
            "recorded": tally.recorded,
            "withoutEffect": tally.without_effect,
            "heldAlready": tally.held,
            "passedOver": tally.passed_over,
            "findings": tally.findings,
        })
    });
    let findings = plan.findings().iter().map(|finding| {
        serde_json::json!({
            "file": finding.file,
            "row": finding.row,
            "field": finding.field,
            "kind": finding.kind.word(),
            "reason": finding.reason,
        })
    });
    let passed_over = plan
        .passed_over()
        .map(|(file, why, rows)| serde_json::json!({"file": file, "rows": rows, "why": why}));
    serde_json::json!({
        "dryRun": recording.dry_run,
        "facts": plan.commands().len(),
        "files": files.collect::<Vec<_>>(),
        "passedOver": passed_over.collect::<Vec<_>>(),
        "notes": plan.notes(),
        "findings": findings.collect::<Vec<_>>(),
        // Null if the answers were not compared.
        "changes": changes,
    })
}

fn summary(plan: &Plan, recording: &Recording) {
    let verb = if recording.dry_run { "to record" } else { "recorded" };
    let mut table =
        Table::new(&["file", "rows", verb, "no effect", "held", "passed over", "findings"]);
    table.right(&[1, 2, 3, 4, 5, 6]);
    for (file, tally) in plan.tallies() {
        table.row([
            file.to_owned(),
            print::count(tally.rows),
            print::count(tally.recorded),
            print::count(tally.without_effect),
            print::count(tally.held),
            print::count(tally.passed_over),
            print::count(tally.findings),
        ]);
    }
    say!("{table}");
    for (file, why, rows) in plan.passed_over() {
        say!("passed over: {file}: {}: {why}", print::things(rows, "row", "rows"));
    }
    for note in plan.notes() {
        say!("note: {note}");
    }
    for finding in plan.findings().iter().take(FINDINGS_SHOWN) {
        say!("found: {finding}");
    }
    let more = plan.findings().len().saturating_sub(FINDINGS_SHOWN);
    if more > 0 && recording.report.is_none() {
        say!("and {more} more findings; --report FILE writes all of them");
    }
    let facts = print::things(plan.commands().len(), "fact", "facts");
    let found = print::things(plan.findings().len(), "finding", "findings");
    say!("{facts} {verb}, {found}");
}
