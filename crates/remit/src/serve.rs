//! Implements `remit serve`: serves a register and, if asked to, first loads a reference history.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use remit_engine::{Desk, Node};
use remit_grpc::Server;
use remit_ledger::KeyRing;
use remit_log::{Log, system_clock};
use remit_stores::SqliteStore;
use tracing_subscriber::EnvFilter;

use crate::args::{History, Load, Output, Recording, Serve};
use crate::failure::{DATA, Failure, NO_INPUT, UNAVAILABLE, USAGE};
use crate::import;
use crate::keys;
use crate::print::say;

pub async fn run(serve: Serve) -> Result<ExitCode, Failure> {
    begin_log();
    if !serve.listen.ip().is_loopback() {
        let error = remit_grpc::ServeError::NotLoopback(serve.listen);
        return Err(Failure::new(USAGE, format!("--listen: {error}")));
    }
    remit_archive::register::private_dir(&serve.data).map_err(|error| {
        Failure::new(NO_INPUT, format!("--data: cannot make {}: {error}", serve.data.display()))
    })?;
    let path = serve.data.join("register.db");
    // The key file is beside the data directory, not in it, so that nobody can sign with a copy of
    // the data alone.
    let key = serve.key.clone().unwrap_or_else(|| keys::with_ending(&serve.data, ".key"));
    not_begun_before(&key, &path)?;
    let unreadable = |error: &dyn std::error::Error| Failure::caused(DATA, error);
    let store = SqliteStore::open(&path).map_err(|error| unreadable(&error))?;
    let node = Node::open(Log::new(store, system_clock())).await;
    let node = node.map_err(|error| unreadable(&error))?;
    let events = node.head().borrow().get();
    let desk = Desk::open(node).await.map_err(|error| unreadable(&error))?;
    let ring = own_ring(&desk, &key, serve.new_origin).await?;
    let witnesses = serve.witnesses.as_deref().map(keys::witnesses).transpose()?;
    let origin = ring.name().to_owned();
    let server = Server::bind(desk.clone(), ring, serve.listen)
        .await
        .map_err(|error| Failure::caused(UNAVAILABLE, &error))?
        .with_witnesses(witnesses.unwrap_or_default());
    let url = format!("http://{}", server.address());
    say!("serving {} ({events} events), signing as {origin}, on {url}", path.display());
    let (loaded, whole) = tokio::sync::oneshot::channel();
    let whole = async {
        if whole.await.is_err() {
            std::future::pending().await
        }
    };
    let serving = tokio::spawn(server.serve_once_whole(whole, stopped()));
    // A load records only the facts that are missing, so running it again resumes an interrupted
    // load. Until the load is done, the server refuses every call.
    if let Some(History::England) = serve.load {
        let recording = Recording {
            report: None,
            dry_run: false,
            actor: "remit serve".to_owned(),
            acting_for: "X24".to_owned(),
        };
        let load = Load { history: History::England, recording };
        let own = import::Into::Own(&desk);
        tokio::select! {
            done = import::load(&own, &load, Output::Table) => drop(done?),
            () = stopped() => {
                let message = "the load was interrupted; start again with --load to resume it";
                return Err(Failure::new(UNAVAILABLE, message));
            }
        }
    }
    let _ = loaded.send(());
    // Use the name by which this program was called, so that the printed command can be copied.
    let own = std::env::args().next().unwrap_or_else(|| "remit".to_owned());
    let hint = match (serve.load, events) {
        (None, 0) => format!(
            "it is empty; to load England, in another terminal:\n  \
             {own} --server {url} load england"
        ),
        _ => format!(
            "ask, in another terminal:\n  \
             {own} --server {url} who-holds qof --at A81001 --on 2021-04-01"
        ),
    };
    say!("{hint}\nstop with Ctrl-C");
    let served = serving.await.map_err(Failure::software)?;
    served.map_err(|error| Failure::caused(UNAVAILABLE, &error))?;
    Ok(ExitCode::SUCCESS)
}

fn begin_log() {
    let filter = EnvFilter::try_from_env("REMIT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // Colours are for terminals: a log in a file is plain text.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

/// Checks that a register that is not there was never there: no register is begun anew where a key
/// says that there was one.
fn not_begun_before(key: &Path, register: &Path) -> Result<(), Failure> {
    if register.exists() || !key.exists() {
        return Ok(());
    }
    let (key, register) = (key.display(), register.display());
    let message = format!(
        "{key} is the key of a register, and {register} is gone: put it back from a backup; to \
         begin a new register, give another --data, or move the key away"
    );
    Err(Failure::new(DATA, message))
}

/// The private keys of the register in the file `key`, which is made if it is not there and the
/// register has not signed yet. Keys of another name are another register's: they are refused,
/// unless the register is to sign under their name from now on.
async fn own_ring(desk: &Desk, key: &Path, new_origin: bool) -> Result<KeyRing, Failure> {
    let failed = |error: &dyn std::error::Error| Failure::caused(DATA, error);
    let origin = desk.origin().await.map_err(|error| failed(&error))?;
    let ring = match (&origin, keys::known(key)?) {
        (Some(origin), Some(ring)) if ring.name() != origin && !new_origin => {
            return Err(not_its_key(key, &format!("signs as {}", ring.name()), origin));
        }
        (Some(origin), None) if !new_origin => {
            return Err(not_its_key(key, "is not there", origin));
        }
        (_, Some(ring)) => ring,
        (_, None) => keys::ring(key)?,
    };
    if origin.as_deref() != Some(ring.name()) {
        desk.sign_as(ring.name()).await.map_err(|error| failed(&error))?;
    }
    Ok(ring)
}

fn not_its_key(key: &Path, what: &str, origin: &str) -> Failure {
    let message = format!(
        "--key: {} {what}, and this register signs as {origin}; give the file with the keys of \
         {origin}. If it is lost, start once with --new-origin: what was signed before can then \
         be checked with the old public keys only",
        key.display()
    );
    Failure::new(DATA, message)
}

/// Resolves when the process is interrupted (Ctrl-C) or receives SIGTERM.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}
