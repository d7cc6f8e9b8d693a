//! Many commands at once never bring about two holders.
//!
//! `REMIT_RACES` commands (default 100,000) from `REMIT_RACES_SEED`; the seed is printed.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use oracle::chance::{Chance, law, of, variable};
use remit_domain::{
    Act, Area, Body, BodyRole, Command, Confidence, Correction, CorrectionKind, EndReason,
    Evidence, Fact, Instrument, InstrumentEnded, InstrumentInForce, InstrumentKind, LegalBasis,
    Period, Position, Start, UtcInstant,
};
use remit_engine::{Node, RecordError, Request};
use remit_log::{Log, MemoryStore};
use remit_register::{Place, ResultKind};

const CLIENTS: u64 = 64;
const AREAS: [&str; 3] = ["00A", "00B", "00C"];
const INSTRUMENTS: u64 = 48;

fn said(fact: impl Into<Fact>) -> Command {
    acted(Act::State(fact.into()))
}

fn acted(act: Act) -> Command {
    let (source, confidence) = (of("race"), Confidence::Confirmed);
    let evidence = Evidence { source, url: None, made_on: None, confidence, note: None };
    Command { act, evidence: Arc::new(evidence) }
}

fn request(id: String, commands: Vec<Command>) -> Request {
    let mut digest = [0; 32];
    for (byte, of) in digest.iter_mut().zip(id.bytes()) {
        *byte = of;
    }
    let request_id = of(&id);
    let (actor, acting_for) = (of("race"), of("X24"));
    let (principal, trace) = (None, None);
    Request { request_id, digest, actor, acting_for, principal, trace, commands }
}

/// Bodies, and instruments that want the same function in the same areas for different bodies.
fn contest() -> Vec<Command> {
    let mut commands: Vec<_> = law().into_iter().map(said).collect();
    let from = "2013-04-01".parse().expect("a day");
    for code in AREAS {
        commands.push(said(Body {
            code: of(code),
            role: BodyRole::Ccg,
            name: of(code),
            legal_form: None,
            effective: Period::open(from),
        }));
    }
    for number in 0..INSTRUMENTS {
        let to = AREAS[usize::try_from(number % 3).expect("small")];
        let area = AREAS[usize::try_from(number / 3 % 3).expect("small")];
        let (kind, basis) = if number % 4 == 0 {
            (InstrumentKind::JointArrangement, LegalBasis::S13zJointly)
        } else {
            (InstrumentKind::Delegation, LegalBasis::S13zBy)
        };
        commands.push(said(Instrument {
            id: of(&format!("i{number}")),
            kind,
            basis,
            title: of("t"),
            given_by: vec![of("X24")],
            given_to: vec![of(to)],
            functions: vec![of("qof")],
            area: Area::Of(vec![of(area)]),
            contracts: Vec::new(),
            forum: None,
            conditions: Vec::new(),
            loss_exceptions: Vec::new(),
            onward_barred: false,
        }));
    }
    commands
}

fn command(chance: &mut Chance, head: Position) -> Command {
    let number = chance.below(INSTRUMENTS);
    let instrument = of(&format!("i{number}"));
    let about = Position::new(chance.below(head.get()) + 1);
    match chance.below(8) {
        0 => said(InstrumentEnded {
            instrument,
            effective_until: chance.day(),
            reason: EndReason::Terminated,
            by: Vec::new(),
        }),
        1 | 2 => acted(Act::Correct {
            correction: Correction {
                kind: CorrectionKind::ErrorCorrected,
                about: Some(about),
                authority: of("authority"),
                reason: of("reason"),
                fact: None,
            },
            instead: None,
        }),
        _ => {
            let (from, until) = (chance.day(), chance.day());
            let until = (until > from).then_some(until);
            said(InstrumentInForce {
                instrument,
                effective: Period::new(from, until).expect("a period"),
                start: Start::NotEvidenced,
            })
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_commands_never_bring_about_two_holders() {
    let commands = variable("REMIT_RACES", 100_000);
    let seed = variable("REMIT_RACES_SEED", 20_220_701);
    println!("{commands} commands, REMIT_RACES_SEED={seed}");
    let clock = AtomicI64::new(1_400_000_000_000_000);
    let tick = move || UtcInstant::from_micros(clock.fetch_add(1, Ordering::SeqCst));
    let log = Log::new(MemoryStore::new("race"), Arc::new(tick));
    let node = Node::open(log).await.expect("opens");
    node.record(request("contest".to_owned(), contest())).await.expect("recorded");
    let begun = *node.head().borrow();
    let (sent, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let clients = (0..CLIENTS).map(|client| {
        let (node, sent, refused) = (node.clone(), Arc::clone(&sent), Arc::clone(&refused));
        tokio::spawn(async move {
            let mut chance = Chance::seeded(seed, client);
            for number in 0.. {
                let size = chance.below(3) + 1;
                if sent.fetch_add(size, Ordering::SeqCst) >= commands {
                    break;
                }
                let head = Position::new(node.head().borrow().since(begun).max(1));
                let batch = (0..size).map(|_| {
                    let mut command = command(&mut chance, head);
                    // Corrections are of what the race itself recorded.
                    if let Act::Correct { correction, .. } = &mut command.act {
                        correction.about = correction.about.map(|about| about.plus(begun.get()));
                    }
                    command
                });
                let request = request(format!("{client}-{number}"), batch.collect());
                match node.record(request).await {
                    Ok(_) => {}
                    Err(RecordError::Refused(_)) => {
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("a client");
    }
    let (head, own, afresh) = node.fingerprints().await.expect("compared");
    assert_eq!(own, afresh, "the fold is that of the log");
    println!("{} recorded, {} requests refused", head.since(begun), refused.load(Ordering::SeqCst));
    assert!(head > begun && refused.load(Ordering::SeqCst) > 0);
    // On every day, as known at the head and at a sample of earlier positions.
    let over = Period::open("2013-04-01".parse().expect("a day"));
    node.view(|register, head| {
        for known_at in begun.up_to(head).step_by(97).chain([head]) {
            let uncovered = register.coverage(&of("qof"), over, known_at);
            let conflicts =
                uncovered.iter().filter(|each| each.answer.kind() == ResultKind::Conflict);
            assert_eq!(conflicts.count(), 0, "as known at {known_at}");
        }
        let held = AREAS.iter().any(|area| {
            register.timeline(&of("qof"), &Place::Body(of(area)), head).iter().any(|rectangle| {
                matches!(rectangle.answer.kind(), ResultKind::Held | ResultKind::JointlyHeld)
            })
        });
        assert!(held, "some were held");
    });
}
