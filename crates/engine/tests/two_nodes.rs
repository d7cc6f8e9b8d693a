//! Tests several nodes over one log: each node answers from what the other nodes record, and no
//! decision rests on events that were never recorded.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::time::{Duration, Instant};

use common::spoilt::Spoilt;
use common::{at, commands, establish, log, request};
use remit_domain::{BodyCode, Position};
use remit_engine::{Desk, Node, Pin, RecordError, Target, Targets};
use remit_log::MemoryStore;
use remit_register::Point;

/// Opens `N` nodes over one store in memory.
async fn nodes<const N: usize>() -> [Node; N] {
    let store = MemoryStore::new("nodes");
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(Node::open(log(store.clone())).await.expect("opened"));
    }
    nodes.try_into().ok().expect("as many")
}

fn knows(node: &Node, number: u64) -> bool {
    let code: BodyCode = format!("P{number:05}").parse().expect("a code");
    node.view(|register, head| !register.body_view(code, None, head).is_empty())
}

async fn reached(node: &Node, position: Position) {
    let wait = tokio::time::timeout(Duration::from_secs(20), node.reached(position));
    wait.await.expect("in time").expect("goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_records_the_other_answers() {
    let [one, other] = nodes().await;
    let mut delays = Vec::new();
    for number in 0..200 {
        let (by, of) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let id = format!("request-{number}");
        let receipt = by.record(request(&id, vec![establish(number)])).await.expect("recorded");
        let acknowledged = Instant::now();
        reached(of, receipt.appended.expect("new").last).await;
        delays.push(acknowledged.elapsed());
        assert!(knows(of, number));
        // When the other node is sent the same request, it returns the receipt of the first
        // recording.
        let again = of.record(request(&id, vec![establish(number)])).await.expect("recorded");
        assert_eq!((again.appended, again.earlier), (receipt.appended, true));
    }
    delays.sort_unstable();
    let [median, most] = [delays[delays.len() / 2], delays[delays.len() - 1]];
    println!("from acknowledgement to the other node: median {median:?}, most {most:?}");
    for node in [one, other] {
        let (head, own, afresh) = node.fingerprints().await.expect("compared");
        assert_eq!((head, own), (at(200), afresh));
    }
}

/// The commands that a node sends in one round of the test. The first command establishes a body
/// that no other node establishes. The second establishes a body that the next node establishes one
/// round earlier. So a body may be established twice if an entry is wrongly stored after events
/// that were not in the fold when the entry was decided.
///
/// Of every other body, each node has its own evidence, so that only the first may establish it; of
/// the others, whoever comes later adds nothing.
fn asked(node: u64, round: u64) -> Vec<remit_domain::Command> {
    let mut shared = establish(round + node);
    if (round + node) % 2 == 1 {
        let source = format!("node {node}").parse().expect("a source");
        let evidence = remit_domain::Evidence { source, ..(*shared.evidence).clone() };
        shared.evidence = evidence.into();
    }
    vec![establish(1_000 * (node + 1) + round), shared]
}

/// Each node decides on top of events that are not recorded yet. Whichever entries are recorded
/// first, every recorded command is still accepted when the log is decided again in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_record_at_once_record_nothing_that_rests_on_nothing() {
    let store = MemoryStore::new("nodes");
    let mut nodes = Vec::new();
    for _ in 0..3 {
        nodes.push(Node::open(log(Spoilt::slow(store.clone()))).await.expect("opened"));
    }
    let mut tasks = Vec::new();
    for round in 0..40_u64 {
        for (number, node) in (0..).zip(&nodes) {
            let node = node.clone();
            tasks.push(tokio::spawn(async move {
                let id = format!("node-{number}-round-{round}");
                let mut tries = 0;
                loop {
                    match node.record(request(&id, asked(number, round))).await {
                        Err(RecordError::Contended) if tries < 100 => tries += 1,
                        done => return done,
                    }
                }
            }));
        }
    }
    let (mut events, mut repeated, mut refused) = (0, 0, 0);
    for task in tasks {
        let receipt = match task.await.expect("done") {
            Ok(receipt) => receipt,
            Err(RecordError::Refused(_)) => {
                refused += 1;
                continue;
            }
            Err(error) => panic!("{error:?}"),
        };
        let new = receipt.appended.map_or(0, |new| new.last.get() - new.first.get() + 1);
        assert_eq!(new + receipt.repeated.len() as u64, 2, "{receipt:?}");
        events += new;
        repeated += receipt.repeated.len();
    }
    println!("{events} events, {repeated} commands that repeat one, {refused} requests refused");
    assert!(events > 40 && repeated > 0 && refused > 0, "they race");
    let head = *nodes[0].log().head().borrow();
    assert_eq!(head, at(events));
    for node in &nodes {
        reached(node, head).await;
        let (at, own, afresh) = node.fingerprints().await.expect("compared");
        assert_eq!((at, own), (head, afresh));
    }
    // Decide all recorded commands again, in the order of the log: none is refused.
    let mut register = remit_register::Register::new();
    for stored in nodes[0].log().read(Position::ZERO, usize::MAX).await.expect("read") {
        let event = remit_shape::decode(stored.position, &stored.bytes).expect("decoded").event;
        let command = remit_domain::Command { act: event.fact.into(), evidence: event.evidence };
        register.admit(command).expect("stands");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_desk_keeps_the_other_knows() {
    let [one, other] = nodes().await;
    let node = one.clone();
    node.record(request("first", commands(0..3))).await.expect("recorded");
    reached(&other, at(3)).await;
    let one = Desk::open(one).await.expect("opened");
    let other = Desk::open(other).await.expect("opened");
    let actor = || "desk".parse::<remit_domain::Text>().expect("text");
    let name = |name: &str| name.parse::<remit_shape::DeskName>().expect("a name");
    let pin = |pin: &str| Pin {
        name: name(pin),
        actor: actor(),
        function: "qof".parse().expect("a code"),
        place: "P00001".parse().expect("a code"),
        effective_on: "2016-04-01".parse().expect("a day"),
        known_at: at(3),
        note: None,
    };
    one.pin(pin("a")).await.expect("pinned");
    one.begin_load(name("england"), actor()).await.expect("begun");
    let filter = "type=body-*".parse().expect("a filter");
    one.create_group(name("g"), filter, at(0), actor()).await.expect("created");
    let wait = async {
        while other.pins().is_empty()
            || other.loads_under_way().is_empty()
            || other.group_view(&name("g")).await.is_err()
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("told");
    // The acts of both desks form one sequence, and each desk decides against all of them.
    other.pin(pin("b")).await.expect("pinned");
    assert!(other.pin(Pin { known_at: at(2), ..pin("a") }).await.is_err(), "taken");
    one.unpin(name("b"), actor()).await.expect("known here, too");
    one.pin(pin("c")).await.expect("pinned");
    other.end_load(name("england"), actor()).await.expect("ended");
    // An event that a member acknowledges at one desk is done at the other desk too.
    let mut member = one.join_group(&name("g"), &name("m"), 10).await.expect("joined");
    for _ in 0..3 {
        let delivery = member.deliveries.recv().await.expect("an event");
        member.desk.acknowledge(delivery.stored.position).expect("acknowledged");
    }
    let wait = async {
        while other.group_view(&name("g")).await.expect("there").progress.done_until < at(3) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("told");
    // A named watch continues at the other desk from its stored cursor.
    let targets = || Targets::new(vec![Target::Area("11X".parse().expect("a code"))]);
    let watch = one.watch(targets(), None, Some(&name("w"))).await.expect("known");
    let begun = watch.cursor();
    one.node().record(request("fourth", commands(3..4))).await.expect("recorded");
    reached(other.node(), at(4)).await;
    let mut watch = other.watch(targets(), None, Some(&name("w"))).await.expect("known there, too");
    assert_eq!(watch.cursor(), begun, "it goes on from where it is");
    let to = Point { known_at: at(4), ..begun.point() };
    let done = other.node().view(|register, _| watch.tell(register, to, 100, |_| ()));
    assert_eq!(done, Ok(true));
    other.acknowledge(name("w"), watch.cursor()).await.expect("kept");
    let again = one.watch(targets(), None, Some(&name("w"))).await.expect("known");
    assert_eq!(again.cursor().point(), to);
    assert!(one.acknowledge(name("w"), begun).await.is_err(), "it is further already");
}
