//! What a reader of a node feels while the node catches up on what another process recorded.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use remit_domain::Position;
use remit_engine::Node;
use remit_log::{Log, system_clock};
use remit_register::Place;
use remit_stores::SqliteStore;

use crate::figures::{Conditions, Figures, Runs, quantile_us};

/// Events that are there when the node opens.
const EVENTS: u64 = 40_000;
/// Events that it then catches up on.
const MORE: u64 = 100_000;

/// A process that wrote a log and appends more when told.
struct Writer(Child);

impl Writer {
    fn start(file: &Path) -> Self {
        let own = std::env::current_exe().expect("this program");
        let mut command = Command::new(own);
        command.args(["append-history", &file.display().to_string()]);
        command.args([EVENTS.to_string(), MORE.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("run");
        let mut ready = String::new();
        let said = child.stdout.as_mut().expect("piped");
        BufReader::new(said).read_line(&mut ready).expect("said");
        assert_eq!(ready, "ready\n");
        Self(child)
    }

    fn append(&mut self) {
        writeln!(self.0.stdin.as_mut().expect("piped")).expect("told");
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.wait();
    }
}

/// The same reader twice in each run, both times while another process appends: to a log that
/// nobody follows, and to the log that the node follows. So what differs is the catching up.
pub async fn reader_while_catching_up(conditions: &Conditions, figures: &mut Figures) {
    let (mut with, mut without) =
        ([Runs::default(), Runs::default()], [Runs::default(), Runs::default()]);
    let mut caught_up = Runs::default();
    for run in 0..conditions.runs {
        let file = |name: &str| conditions.scratch.join(format!("{name}-{run}.db"));
        let (followed, other) = (file("followed"), file("other"));
        let (mut writer, mut elsewhere) = (Writer::start(&followed), Writer::start(&other));
        let node = following(&followed).await;
        let begun = Instant::now();
        writer.append();
        let until = Position::new(EVENTS + MORE);
        let [p50, p99] = read(&node, || *node.head().borrow() >= until);
        let took = begun.elapsed();
        caught_up.0.push(MORE as f64 / took.as_secs_f64());
        with[0].0.push(p50);
        with[1].0.push(p99);
        let begun = Instant::now();
        elsewhere.append();
        let [p50, p99] = read(&node, || begun.elapsed() >= took);
        without[0].0.push(p50);
        without[1].0.push(p99);
    }
    for (name, with, without) in [("p50", &with[0], &without[0]), ("p99", &with[1], &without[1])] {
        let name = format!("{name} of a reader while its node catches up on {MORE} events");
        let floor = ("nothing to catch up on", without.clone());
        figures.ratio(name, "us", with.clone(), floor, None);
    }
    figures.plain(
        "a node catches up on another process, that appends",
        "events/s",
        caught_up,
        None,
    );
}

async fn following(file: &Path) -> Node {
    let store = SqliteStore::follow(file).expect("followed");
    Node::open(Log::new(store, system_clock())).await.expect("folded")
}

/// Asks until it is done, and for 200 ms at least: the median and the slowest of a hundred.
fn read(node: &Node, done: impl Fn() -> bool) -> [f64; 2] {
    let (function, on) = ("qof".parse().expect("a code"), "2021-04-01".parse().expect("a day"));
    let place = Place::Body("A81001".parse().expect("a code"));
    let (begun, mut samples) = (Instant::now(), Vec::new());
    while !done() || begun.elapsed() < Duration::from_millis(200) {
        let asked = Instant::now();
        let kind =
            node.view(|register, head| register.who_holds(&function, &place, on, head).kind());
        samples.push(u64::try_from(asked.elapsed().as_nanos()).unwrap_or(u64::MAX));
        assert_eq!(kind, remit_register::ResultKind::Held);
    }
    [quantile_us(&mut samples, 0.5), quantile_us(&mut samples, 0.99)]
}
