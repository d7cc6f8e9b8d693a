//! The program `remit`: the server and the command line.
//!
//! Lives here: the arguments, the gRPC client, and the printing of results. The crate is thin: a
//! server finds the answers and returns them over gRPC, and `remit-archive` makes exports, backups
//! and registers.
//!
//! Must not live here: rules, SQL, or the logic that finds answers.

mod archive;
mod args;
mod audit;
mod changes;
mod client;
mod explain;
mod failure;
mod follow;
mod groups;
mod import;
mod inspect;
mod keys;
mod page;
mod pages;
mod plain;
mod print;
mod questions;
mod replay;
mod serve;
mod statement;
mod story;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Command};
use failure::Failure;

/// The memory allocator is mimalloc, because an answer has about sixty small strings, which one
/// thread allocates and another thread frees.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            let asked = !error.use_stderr();
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(failure::USAGE) };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("remit: cannot start: {error}");
            return ExitCode::from(failure::SOFTWARE);
        }
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("remit: {failure}");
            ExitCode::from(failure.code)
        }
    }
}

async fn run(args: Args) -> Result<ExitCode, Failure> {
    let Args { server, output, command } = args;
    let connect = || client::Client::connect(&server);
    match command {
        Command::Serve(serve) => serve::run(serve).await,
        Command::Load(load) => {
            import::load(&import::Into::Served(&connect().await?), &load, output).await
        }
        Command::Import(args::Import {
            from: args::ImportFrom::Log { file, data, until, key },
        }) => archive::import(&file, &data, until, key.as_deref(), output).await,
        Command::Import(import) => import::import(&connect().await?, &import, output).await,
        Command::WhoHolds(question) => {
            questions::who_holds(&connect().await?, &question, output).await
        }
        Command::Explain(question) => explain::explain(&connect().await?, &question, output).await,
        Command::Check(check) => questions::check(&connect().await?, &check, output).await,
        Command::Holdings(holdings) => {
            questions::holdings(&connect().await?, &holdings, output).await
        }
        Command::Timeline(timeline) => {
            questions::timeline(&connect().await?, &timeline, output).await
        }
        Command::Diff(diff) => changes::diff(&connect().await?, &diff, output).await,
        Command::Coverage(asked) => changes::coverage(&connect().await?, &asked, output).await,
        Command::Retroactive(asked) => {
            changes::retroactive(&connect().await?, &asked, output).await
        }
        Command::Body(body) => inspect::body(&connect().await?, &body, output).await,
        Command::Functions(list) => inspect::functions(&connect().await?, &list, output).await,
        Command::Rules(list) => inspect::rules(&connect().await?, &list, output).await,
        Command::Instruments(list) => inspect::instruments(&connect().await?, &list, output).await,
        Command::Audit(args::Audit { act: args::AuditAct::Fsck { data } }) => {
            audit::fsck(data).await
        }
        Command::Verify(asked) => statement::verify(&asked, output),
        Command::Audit(args::Audit { act: args::AuditAct::Rotate { key } }) => keys::rotate(&key),
        // The future is boxed because of recursion: `replay` calls this function to run a command.
        Command::Replay(asked) => Box::pin(replay::replay(asked, output)).await,
        Command::Audit(audit) => audit::audit(&connect().await?, audit, output).await,
        Command::Export(asked) => archive::export(&connect().await?, &asked, output).await,
        Command::Backup(asked) => archive::backup(&asked, output).await,
        Command::Restore(asked) => archive::restore(&asked, output).await,
        Command::Watch(watch) => watch::watch(&connect().await?, &watch, output).await,
        Command::Pins(pins) => watch::pins(&connect().await?, pins, output).await,
        Command::Groups(groups) => groups::groups(&connect().await?, groups, output).await,
        Command::Events(events) => follow::events(&connect().await?, &events, output).await,
        Command::Record(record) => inspect::record(&connect().await?, &record, output).await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "remit", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}
