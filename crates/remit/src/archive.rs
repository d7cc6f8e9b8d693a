//! Implements `remit export`, `import log`, `backup` and `restore`, which copy a register out or
//! rebuild one from a copy.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use remit_archive::export::Form;
use remit_archive::register::{self, Restored};
use remit_archive::{Export, JsonLines, explore::Explore};
use remit_domain::Position;
use remit_grpc::pb;
use remit_grpc::pb::export_response::Content;
use remit_log::TreeHead;
use remit_shape::{Disclosure, Salt};

use crate::args::{self, Backup, ExportFormat, Output, Restore};
use crate::client::Client;
use crate::failure::{Failure, NO_INPUT};
use crate::keys;
use crate::print::say;

/// Creates a progress bar that counts events. `size` is the total number of events.
fn bar(doing: &str, size: u64) -> Result<ProgressBar, Failure> {
    let style =
        ProgressStyle::with_template(&format!("{doing} {{bar:40}} {{pos}}/{{len}} {{eta}}"));
    Ok(ProgressBar::new(size).with_style(style.map_err(Failure::software)?))
}

/// Creates a spinner for work that reports no progress.
fn spinner(doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(doing);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Prints what was done to the log at `place`, as a sentence or as JSON, with the size and the root
/// of the log from `tree`.
fn done(what: &str, place: &Path, tree: TreeHead, output: Output) {
    let (shown, size, root) = (place.display(), tree.size.get(), tree.root.to_string());
    match output {
        Output::Table => say!("{shown}: {size} events {what}, root {root}"),
        Output::Json => {
            let place = shown.to_string();
            say!("{}", serde_json::json!({"place": place, "size": size, "root": root}));
        }
    }
}

pub async fn export(
    client: &Client,
    asked: &args::Export,
    output: Output,
) -> Result<ExitCode, Failure> {
    let key = asked.key.as_deref().map(keys::public).transpose()?;
    let mut messages = client.audit().export(pb::ExportRequest {}).await?.into_inner();
    let first = messages.message().await?.and_then(|message| message.content);
    let Some(Content::Checkpoint(signed)) = first else {
        return Err(Failure::software("the server sent no checkpoint"));
    };
    let note = signed.checkpoint;
    let checkpoint = register::checkpoint(&note, key.as_deref())?;
    let size = checkpoint.size;
    let tree = TreeHead { size: Position::new(size), root: checkpoint.root };
    let form: Box<dyn Form> = match asked.format {
        ExportFormat::Jsonl => Box::new(JsonLines::begin(&asked.out, &checkpoint, &note)?),
        ExportFormat::Sqlite => Box::new(Explore::begin(&asked.out)?),
        #[cfg(feature = "parquet")]
        ExportFormat::Parquet => Box::new(remit_archive::columns::Columns::begin(&asked.out)?),
    };
    let mut export = Export::new(form, checkpoint, note);
    let bar = bar("exporting", size)?;
    while let Some(message) = messages.message().await? {
        match message.content {
            Some(Content::Events(events)) => {
                for event in &events.cloud_events {
                    export.event(event)?;
                }
            }
            Some(Content::Beside(beside)) => {
                for value in beside.values {
                    export.disclosure(&disclosure(value)?)?;
                }
            }
            Some(Content::Checkpoint(_)) | None => {}
        }
        bar.set_position(export.written());
    }
    export.finish()?;
    bar.finish_and_clear();
    done("exported", &asked.out, tree, output);
    Ok(ExitCode::SUCCESS)
}

fn disclosure(value: pb::ExportedValue) -> Result<Disclosure, Failure> {
    let pb::ExportedValue { position, field, salt, value } = value;
    let bad = || Failure::software(format!("the server sent a bad value beside event {position}"));
    Ok(Disclosure {
        position: Position::new(position),
        field: field.parse().map_err(|_| bad())?,
        salt: Salt(salt.try_into().map_err(|_| bad())?),
        value: value.parse().map_err(|_| bad())?,
    })
}

fn made(what: &str, data: &Path, restored: &Restored, output: Output) {
    done(what, data, restored.taken, output);
    eprintln!(
        "remit: the signing key was not copied: put the register's own key at {}",
        keys::with_ending(data, ".key").display()
    );
    let left_out = restored.all.size.get() - restored.taken.size.get();
    if left_out > 0 {
        eprintln!("remit: {left_out} later events were checked and left out");
    }
}

pub async fn import(
    file: &Path,
    data: &Path,
    until: Option<u64>,
    key: Option<&Path>,
    output: Output,
) -> Result<ExitCode, Failure> {
    let key = key.map(keys::public).transpose()?;
    warn_unchecked(key.is_some());
    let bar = bar("importing", 0)?;
    let told = |read, size| {
        bar.set_length(size);
        bar.set_position(read);
    };
    let imported =
        register::import(file, data, until.map(Position::new), key.as_deref(), told).await?;
    bar.finish_and_clear();
    made("imported", data, &imported, output);
    Ok(ExitCode::SUCCESS)
}

/// If `checked` is false, warns that no public key was given and the signature was not checked.
pub fn warn_unchecked(checked: bool) {
    if !checked {
        eprintln!(
            "remit: the signature was not checked, because no public key was given; give it with \
             --key"
        );
    }
}

pub async fn backup(asked: &Backup, output: Output) -> Result<ExitCode, Failure> {
    if !asked.data.join("register.db").exists() {
        let message = format!("--data: there is no register in {}", asked.data.display());
        return Err(Failure::new(NO_INPUT, message));
    }
    let path = asked.key.clone().unwrap_or_else(|| keys::with_ending(&asked.data, ".key"));
    let key = keys::known(&path)?.ok_or_else(|| {
        let message = format!(
            "--key: there is no key in {}, and the backup needs a signature; name the register's \
             key with --key, or serve the register once to make one",
            path.display()
        );
        Failure::new(NO_INPUT, message)
    })?;
    let spinner = spinner("backing up: copying, comparing and folding");
    let tree = register::backup(&asked.data, &asked.out, &key).await?;
    spinner.finish_and_clear();
    done("backed up", &asked.out, tree, output);
    Ok(ExitCode::SUCCESS)
}

pub async fn restore(asked: &Restore, output: Output) -> Result<ExitCode, Failure> {
    let key = asked.key.as_deref().map(keys::public).transpose()?;
    warn_unchecked(key.is_some());
    let spinner = spinner("restoring: copying, comparing and folding");
    let until = asked.until.map(Position::new);
    let done = register::restore(&asked.from, &asked.data, until, key.as_deref()).await?;
    spinner.finish_and_clear();
    made("restored", &asked.data, &done, output);
    Ok(ExitCode::SUCCESS)
}
