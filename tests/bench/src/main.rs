//! `make bench`: what the register costs beside a bare transport and a bare store.
//!
//! Every figure is taken beside its floor, alternating, in one run on one machine; what counts is
//! the ratio of medians. Servers are processes of their own on loopback, stopped by their own pid.
//! Arguments: seconds a run (default 1), runs (default 5), events of the large log (default 10^6),
//! the `remit` binary, the scratch folder. The table is printed, and written as JSON.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

mod echo;
mod figures;
mod follow;
mod history;
mod ledger;
mod load;
mod store;
mod streams;

use std::path::{Path, PathBuf};

use figures::{Conditions, Figures};

/// The allocator of the server under test, for the floor as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("echo-server") => return echo::serve(),
        Some("open") => return store::open_and_answer(Path::new(&args.next().expect("a file"))),
        Some("make-history") => {
            let file = args.next().expect("a file");
            let events = args.next().expect("events").parse().expect("a number");
            return history::write(Path::new(&file), events);
        }
        Some("append-history") => {
            let file = args.next().expect("a file");
            let mut number = || args.next().expect("events").parse().expect("a number");
            return history::write_more(Path::new(&file), number(), number());
        }
        _ => {}
    }
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let number = |name: &str, default: f64| {
        variable(name).map_or(default, |value| value.parse().expect("a number"))
    };
    let conditions = Conditions {
        seconds: number("SECONDS", 1.0),
        runs: number("RUNS", 5.0) as usize,
        events: number("EVENTS", 1e6) as u64,
        remit: PathBuf::from(variable("REMIT").unwrap_or("target/release/remit".into())),
        scratch: PathBuf::from(variable("SCRATCH").unwrap_or("target/bench-scratch".into())),
    };
    let only = variable("ONLY");
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only.split(',').any(|o| o == name));
    let _ = std::fs::remove_dir_all(&conditions.scratch);
    std::fs::create_dir_all(&conditions.scratch).expect("a scratch folder");
    let mut figures = Figures::default();
    figures.note_quiet();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    if wanted("load") {
        load::england(&conditions, &mut figures);
    }
    if wanted("answering") {
        store::answering(&conditions, &mut figures);
    }
    if wanted("questions") {
        runtime.block_on(load::questions(&conditions, &mut figures));
    }
    if wanted("appends") {
        runtime.block_on(load::appends(&conditions, &mut figures));
    }
    if wanted("streams") {
        runtime.block_on(streams::streams(&conditions, &mut figures));
    }
    if wanted("follow") {
        runtime.block_on(follow::reader_while_catching_up(&conditions, &mut figures));
    }
    if wanted("replay") {
        store::replay(&conditions, &mut figures);
    }
    if wanted("ledger") {
        ledger::appends(&conditions, &mut figures);
        runtime.block_on(ledger::statements(&conditions, &mut figures));
        ledger::fsck(&conditions, &mut figures);
    }
    figures.note_quiet();
    figures.print();
    let json = std::env::var("JSON").unwrap_or("target/bench.json".into());
    figures.write(Path::new(&json));
    let _ = std::fs::remove_dir_all(&conditions.scratch);
}
