//! Implements `remit replay`: rebuilds, in this process, the register as it was at an earlier
//! point, and runs one command on it.

use std::process::ExitCode;

use clap::Parser;
use remit_archive::replay::{Until, from_data, from_export};
use remit_domain::Position;
use remit_engine::{Desk, Node};
use remit_grpc::{Server, pb};
use remit_log::{LogError, TreeHead};

use crate::args::{Args, AuditAct, Command, Output, Replay};
use crate::failure::{DATA, Failure, UNAVAILABLE, USAGE};
use crate::keys;
use crate::print;

pub async fn replay(asked: Replay, output: Output) -> Result<ExitCode, Failure> {
    // Refuse a command that a replay cannot answer, before any data is read.
    let question = question(&asked, output)?;
    let key = asked.key.as_deref().map(keys::public).transpose()?;
    let until = match asked.until.point() {
        pb::known_at::Point::Position(position) => Until::Position(Position::new(position)),
        pb::known_at::Point::Instant(at) => Until::Instant(print::read_instant(at)),
    };
    let replayed = match (&asked.data, &asked.from) {
        (Some(data), _) => from_data(data, until).await?,
        (None, Some(file)) => from_export(file, until, key.as_deref())?,
        (None, None) => return Err(Failure::new(USAGE, "give --data or --from")),
    };
    let TreeHead { size, root } = replayed.tree;
    let last = match replayed.recorded_at {
        Some(instant) => format!(", the last recorded at {}", instant),
        None => String::new(),
    };
    // Print the size and the root to standard error, so that standard output holds only the answer
    // to the command, as with a server.
    eprintln!("remit: replayed {size} events{last}; root {root}");
    let Some(mut question) = question else { return Ok(ExitCode::SUCCESS) };

    let unreadable = |error: LogError| Failure::caused(DATA, &error);
    let node = Node::open(replayed.log).await.map_err(unreadable)?;
    let desk = Desk::open(node).await.map_err(unreadable)?;
    // The temporary server signs with a new key, made for this run: nothing that the key signs
    // leaves this process.
    let server = Server::bind(desk, keys::fresh()?, ([127, 0, 0, 1], 0).into()).await;
    let server = server.map_err(|error| Failure::caused(UNAVAILABLE, &error))?;
    question.server = format!("http://{}", server.address());
    let serving = tokio::spawn(server.serve(std::future::pending()));
    let answered = crate::run(question).await;
    serving.abort();
    answered
}

/// Parses the command that follows the arguments of `replay`, if there is one. Fails if a replay
/// cannot answer that command.
fn question(asked: &Replay, output: Output) -> Result<Option<Args>, Failure> {
    if asked.command.is_empty() {
        return Ok(None);
    }
    let output = if output == Output::Json { "json" } else { "table" };
    let before = ["remit", "--output", output].map(Into::into);
    let parsed = Args::try_parse_from(before.into_iter().chain(asked.command.iter().cloned()));
    let args = parsed.map_err(|error| Failure::new(USAGE, error.to_string()))?;
    if !only_reads(&args.command) {
        let message = "this cannot be asked of what is past: a replay takes commands that read the \
                       register, such as who-holds, timeline, diff, events or audit log";
        return Err(Failure::new(USAGE, message));
    }
    Ok(Some(args))
}

/// Returns whether a replay can answer `command`: the command must ask about facts or answers, and
/// not about keys, checkpoints, pins or groups.
fn only_reads(command: &Command) -> bool {
    match command {
        Command::WhoHolds(_)
        | Command::Explain(_)
        | Command::Check(_)
        | Command::Holdings(_)
        | Command::Timeline(_)
        | Command::Diff(_)
        | Command::Coverage(_)
        | Command::Retroactive(_)
        | Command::Body(_)
        | Command::Functions(_)
        | Command::Rules(_)
        | Command::Instruments(_) => true,
        Command::Events(events) => !events.follow,
        Command::Audit(audit) => matches!(audit.act, AuditAct::Log(_) | AuditAct::Retroactive(_)),
        Command::Serve(_)
        | Command::Load(_)
        | Command::Import(_)
        | Command::Replay(_)
        | Command::Export(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Watch(_)
        | Command::Pins(_)
        | Command::Groups(_)
        | Command::Record(_)
        | Command::Verify(_)
        | Command::Completions { .. } => false,
    }
}
