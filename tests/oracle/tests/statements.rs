//! A statement stands; and nothing else that looks like one does, whoever made it.
//!
//! Statements over random histories, changed by other hands, and made by an issuer who has the key
//! and lies. Both verifiers, ours and the one in Python, agree on every case. `REMIT_STATEMENTS`
//! cases (default 10,000) from `REMIT_STATEMENTS_SEED`; the seed is printed. `make statements
//! CASES=100000`.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oracle::chance::{Chance, History, history, of, question, variable};
use oracle::python::stored;
use oracle::said::Place;
use remit_domain::Word;
use remit_domain::{Fact, LawAsked, Position, UtcInstant};
use remit_ledger::{Frontier, Hash, Index, ProofError, SignerKey, Subtrees, note, tree};
use remit_register::filing;
use remit_shape::decode;
use remit_statement::file::IndexShown;
use remit_statement::issue::answered;
use remit_statement::{Asked, Indexed, Source, Statement, verify};

const EVENTS: usize = 70;
const QUESTIONS: u64 = 3;
const CHANGES: u64 = 60;

/// The Python verifier, and ours beside it.
struct Verifiers {
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
    signer: SignerKey,
    cases: u64,
}

impl Verifiers {
    fn start(python: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/verifier.py");
        let mut child = Command::new(python)
            .args(["-B", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python");
        let ask = child.stdin.take().expect("piped");
        let told = BufReader::new(child.stdout.take().expect("piped"));
        let signer = SignerKey::from_seed("remit/oracle", [5; 32]).expect("a key");
        Self { child, ask, told, signer, cases: 0 }
    }

    /// Whether a text stands; both say the same.
    fn stands(&mut self, text: &str, what: &str) -> bool {
        self.cases += 1;
        let ours = verify(text, std::slice::from_ref(self.signer.public()));
        let key = self.signer.public().to_string();
        let line = serde_json::json!({ "statement": text, "key": key }).to_string();
        writeln!(self.ask, "{line}").expect("asked");
        let mut told = String::new();
        self.told.read_line(&mut told).expect("told");
        let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
        let theirs = told["stands"].as_bool().expect("a verdict");
        assert_eq!(ours.is_ok(), theirs, "{what}: ours {:?}, theirs {told}\n{text}", ours.err());
        theirs
    }
}

impl Drop for Verifiers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What an issuer reads: events as they are stored, and the roots of the tree over them.
struct Recorded {
    events: Vec<String>,
    roots: HashMap<(u8, u64), Hash>,
    now: UtcInstant,
}

impl Subtrees for Recorded {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        let root = self.roots.get(&(level, number)).copied();
        root.ok_or_else(|| ProofError(format!("no tree {number} of level {level}")))
    }
}

impl Source for Recorded {
    type Error = Infallible;

    fn events(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(Position, impl AsRef<[u8]> + use<>)>, Infallible> {
        let last = after.plus(limit as u64).min(Position::after(self.events.len()));
        let event = |at: Position| (at, self.events[at.prev().as_usize()].clone());
        Ok(after.up_to(last).map(event).collect())
    }

    fn now(&self) -> UtcInstant {
        self.now
    }
}

/// A recorded history, and an issuer who may lie about all but what is stored and the index.
struct Issuer {
    recorded: Recorded,
    honest: Indexed,
    index: Index,
    size: Position,
}

impl Issuer {
    fn of(history: &History) -> Self {
        let now = *history.instants.last().expect("an event");
        let (mut tree, mut roots) = (Frontier::default(), HashMap::new());
        let events = stored(history);
        let mut index = Index::default();
        let facts: BTreeMap<_, _> =
            history.events.iter().map(|(position, event)| (*position, &event.fact)).collect();
        for ((position, event), text) in history.events.iter().zip(&events) {
            tree.push(tree::leaf(text.as_bytes()), |level, number, root| {
                roots.insert((level, number), *root);
            });
            for key in filing::keys_of(&event.fact, |at| facts.get(&at).copied()) {
                index.file(&key, position.get());
            }
        }
        let (recorded, size) = (Recorded { events, roots, now }, history.register.tail());
        Self { recorded, honest: Indexed::default(), index, size }
    }

    fn issue(&mut self, asked: Asked, signer: &SignerKey) -> Statement {
        let mut honest = std::mem::take(&mut self.honest);
        honest.catch_up(&self.recorded, self.size).expect("indexed");
        let issued = honest.issue(
            &self.recorded,
            asked,
            &remit_statement::Issuer {
                origin: signer.public().name().to_owned(),
                sign: |text: &str| note::sign(text, &[signer]),
                seal: |text: &str| note::sign(text, &[signer]),
            },
        );
        self.honest = honest;
        issued.expect("issued")
    }

    /// What a liar with the key would hand out: some events left out, and all the rest made to fit.
    fn without(
        &mut self,
        statement: &Statement,
        hidden: &BTreeSet<Position>,
        signer: &SignerKey,
    ) -> Statement {
        let mut kept = BTreeMap::new();
        for text in &statement.events {
            let position = serde_json::from_str::<serde_json::Value>(text).expect("JSON");
            let position = Position::new(position["position"].as_u64().expect("a position"));
            if !hidden.contains(&position) {
                let recorded = decode(position, text.as_bytes()).expect("an event");
                kept.insert(position, (text.clone(), recorded));
            }
        }
        let leaves: Vec<u64> = kept.keys().map(|position| position.prev().get()).collect();
        let hashes = tree::prove_several(self.size.get(), &leaves, &self.recorded);
        let hashes = hashes.expect("a proof");
        let keys = match &statement.asked {
            Asked::WhoHolds { function, place, .. } => {
                let facts = kept.iter().map(|(at, (_, recorded))| (*at, &recorded.event.fact));
                filing::needed(
                    &of(function),
                    &place.parse().expect("a place"),
                    LawAsked::ALL,
                    &facts.collect(),
                )
            }
            Asked::Nothing { key, .. } => BTreeSet::from([key.clone()]),
        };
        let shown = self.index.prove(keys.iter().map(String::as_str)).expect("a proof");
        let (texts, events) =
            kept.into_iter().map(|(at, (text, event))| (text, (at, event))).unzip();
        let base64 = |hashes: Vec<Hash>| hashes.iter().map(|hash| STANDARD.encode(hash)).collect();
        let mut lie = Statement {
            answer: answered(&statement.asked, &events).expect("an answer"),
            events: texts,
            inclusion: base64(hashes),
            index: IndexShown { buckets: shown.buckets, hashes: base64(shown.hashes) },
            ..statement.clone()
        };
        lie.signature = note::sign(&lie.signed(signer.public().name()), &[signer]);
        lie
    }
}

fn asked(chance: &mut Chance, history: &History) -> Asked {
    let tail = history.register.tail();
    let known_at = match chance.once_in(2) {
        true => tail,
        false => Position::new(1 + chance.below(tail.get())),
    };
    let question = question(chance, history, known_at);
    let place = match &question.place {
        Place::Body(code) => code.to_string(),
        Place::Contract(id) => id.to_string(),
    };
    let (function, effective_on) = (question.function.to_string(), question.on.to_string());
    let answers_on = question.answers_on.map(|day| day.to_string());
    Asked::WhoHolds { function, place, effective_on, known_at: known_at.get(), answers_on }
}

/// A text with something changed in it; never the same text.
fn changed(chance: &mut Chance, text: &str) -> String {
    loop {
        let mut bytes = text.as_bytes().to_vec();
        let at = usize::try_from(chance.below(bytes.len() as u64)).expect("small");
        match chance.below(4) {
            0 => bytes[at] ^= 1 << chance.below(7),
            1 => {
                bytes.remove(at);
            }
            2 => bytes.insert(
                at,
                b"0123456789 \"\\\nxA"[usize::try_from(chance.below(16)).expect("small")],
            ),
            _ => {
                let other = usize::try_from(chance.below(bytes.len() as u64)).expect("small");
                bytes.swap(at, other);
            }
        }
        match String::from_utf8(bytes) {
            Ok(other) if other != text => return other,
            _ => {}
        }
    }
}

/// A statement with one thing in it replaced by something that could stand there.
#[expect(clippy::too_many_lines, reason = "one arm for each way to change a statement")]
fn rewritten(chance: &mut Chance, statement: &Statement) -> Option<(&'static str, Statement)> {
    let mut other = statement.clone();
    let events = other.events.len() as u64;
    let at = usize::try_from(chance.below(events)).expect("small");
    let next = usize::try_from(chance.below(events)).expect("small");
    let what = match chance.below(13) {
        0 => {
            other.events.remove(at);
            "the log is missing an event that the statement needs"
        }
        1 => {
            other.events.swap(at, next);
            "events in another order"
        }
        2 => {
            let text = &other.events[at];
            other.events[at] = text.replacen("2015-04-01", "2016-04-01", 1);
            "another date in an event"
        }
        3 => {
            other.inclusion.pop();
            "a hash is missing"
        }
        4 => {
            let (_, lines) = other.index.buckets.iter_mut().find(|(_, lines)| !lines.is_empty())?;
            lines.clear();
            "a bucket is emptied"
        }
        5 => {
            other.index.buckets.remove(0);
            "a bucket is missing"
        }
        6 => {
            match &mut other.asked {
                Asked::WhoHolds { effective_on, known_at, .. } if chance.once_in(2) => {
                    *effective_on = chance.day().to_string();
                    *known_at = other.answer.as_ref()?.rests_on.last().copied()?;
                }
                Asked::WhoHolds { answers_on, .. } if chance.once_in(2) => {
                    *answers_on = match answers_on {
                        Some(_) => None,
                        None => Some(chance.day().to_string()),
                    };
                }
                Asked::WhoHolds { place, .. } => *place = chance.commissioner().to_owned(),
                Asked::Nothing { until, .. } => *until -= 1,
            }
            "another question"
        }
        7 => {
            let says = &mut other.answer.as_mut()?.says;
            std::mem::swap(&mut says.liable, &mut says.exercisers);
            "another defendant"
        }
        8 => {
            let stated = other.answer.as_mut()?;
            stated.rests_on.pop()?;
            "a ground is missing"
        }
        9 => {
            let stated = other.answer.as_mut()?;
            stated.rests_on = other
                .events
                .iter()
                .filter_map(|text| {
                    serde_json::from_str::<serde_json::Value>(text).ok()?["position"].as_u64()
                })
                .collect();
            "all events as grounds"
        }
        11 => {
            other.issued_at = "2013-04-01T00:00:00.000000Z".to_owned();
            "issued before what it tells of"
        }
        10 => {
            other.known.recorded_at = other.known.recorded_at.replacen('0', "1", 1);
            "recorded at another time"
        }
        _ => {
            other.not_claimed.pop();
            "a caveat is missing"
        }
    };
    (other != *statement).then_some((what, other))
}

/// What came of the cases.
#[derive(Default)]
struct Tally {
    cases: u64,
    honest: u64,
    liars: u64,
    idle: u64,
    corrections: u64,
}

#[test]
fn only_what_is_true_stands() {
    let Some(python) = tools::python_of_the_verifier() else { return };
    let cases = variable("REMIT_STATEMENTS", 10_000);
    let seed = variable("REMIT_STATEMENTS_SEED", 20_220_701);
    println!("{cases} cases, REMIT_STATEMENTS_SEED={seed}");
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let each = cases.div_ceil(threads);
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let python = &python;
        let start = |thread| scope.spawn(move || play(python, each, seed, thread, threads));
        let running: Vec<_> = (0..threads).map(start).collect();
        for one in running {
            let one = one.join().expect("played to the end");
            all.cases += one.cases;
            all.honest += one.honest;
            all.liars += one.liars;
            all.idle += one.idle;
            all.corrections += one.corrections;
        }
    });
    println!(
        "{} cases: {} statements stand; {} of an issuer who hid events are refused, {} of them hid \
         a correction; {} hid what has nothing to do with the answer",
        all.cases, all.honest, all.liars, all.corrections, all.idle
    );
    assert!(all.liars > 100 && all.corrections > 10);
}

/// Plays so many cases, over every `step`-th history from `first` on.
#[expect(clippy::too_many_lines, reason = "one case after another, and both verifiers on each")]
fn play(python: &Path, cases: u64, seed: u64, first: u64, step: u64) -> Tally {
    let mut verifiers = Verifiers::start(python);
    let signer = SignerKey::from_seed("remit/oracle", [5; 32]).expect("a key");
    let mut tally = Tally::default();
    for number in (first..).step_by(usize::try_from(step).expect("small")) {
        if verifiers.cases >= cases {
            break;
        }
        let mut chance = Chance::seeded(seed, number);
        let history = history(&mut chance, EVENTS);
        let mut issuer = Issuer::of(&history);
        for _ in 0..QUESTIONS {
            let asked = asked(&mut chance, &history);
            let statement = issuer.issue(asked, &signer);
            let text = statement.text();
            assert!(verifiers.stands(&text, "as issued"), "history {number}, seed {seed}");
            tally.honest += 1;
            let says = statement.answer.as_ref().map(|stated| &stated.says);
            assert_eq!(says, Some(&truth(&history, &statement.asked)), "history {number}");
            // What was recorded since is told, and what the answer is with it.
            let verified = verify(&text, std::slice::from_ref(signer.public())).expect("it stands");
            if let mut head @ Asked::WhoHolds { .. } = statement.asked.clone() {
                if let Asked::WhoHolds { known_at, .. } = &mut head {
                    *known_at = history.register.tail().get();
                }
                let now = truth(&history, &head);
                let said = verified.since.says.as_ref().or(says).expect("an answer");
                assert_eq!(
                    (&said.kind, &said.exercisers, &said.liable),
                    (&now.kind, &now.exercisers, &now.liable),
                    "history {number}, seed {seed}"
                );
            }
            for _ in 0..CHANGES {
                let other = changed(&mut chance, &text);
                assert!(!verifiers.stands(&other, "changed"), "history {number}, seed {seed}");
            }
            // By other hands, and by an issuer who signs what he has changed.
            for turn in 0..CHANGES / 3 {
                let Some((what, mut other)) = rewritten(&mut chance, &statement) else { continue };
                if turn % 2 == 0 {
                    let signed = other.signed(signer.public().name());
                    other.signature = note::sign(&signed, &[&signer]);
                }
                let stands = verifiers.stands(&other.text(), what);
                let says = other.answer.as_ref().map(|stated| &stated.says);
                // Another question that has this very answer is no lie, if the issuer states it.
                let true_too = turn % 2 == 0 && what == "another question";
                let lie = !true_too || says != Some(&truth(&history, &other.asked));
                assert!(!(stands && lie), "{what}: history {number}, seed {seed}");
            }
            // The liar: he may leave out only what changes nothing.
            let positions: Vec<Position> = history.events.iter().map(|(at, _)| *at).collect();
            for _ in 0..CHANGES / 3 {
                let many = 1 + chance.below(3);
                let hidden: BTreeSet<Position> = (0..many)
                    .map(|_| match &statement.answer {
                        Some(stated) if chance.once_in(2) && !stated.rests_on.is_empty() => {
                            Position::new(chance.of(&stated.rests_on))
                        }
                        _ => chance.of(&positions),
                    })
                    .collect();
                let lie = issuer.without(&statement, &hidden, &signer);
                if lie == statement {
                    continue;
                }
                let of = |at: &Position| &history.events[at.prev().as_usize()].1;
                let correction = hidden.iter().any(|at| matches!(of(at).fact, Fact::Corrected(_)));
                if verifiers.stands(&lie.text(), "a lie") {
                    let says = lie.answer.as_ref().map(|stated| &stated.says);
                    assert_eq!(says, Some(&truth(&history, &statement.asked)), "a lie stands");
                    tally.idle += 1;
                } else {
                    tally.liars += 1;
                    tally.corrections += u64::from(correction);
                }
            }
        }
    }
    tally.cases = verifiers.cases;
    tally
}

/// What the whole history says.
fn truth(history: &History, asked: &Asked) -> remit_statement::said::Said {
    let Asked::WhoHolds { function, place, effective_on, known_at, answers_on } = asked else {
        panic!("a question")
    };
    let (function, place) = (of(function), place.parse().expect("a place"));
    let days = (of(effective_on), answers_on.as_deref().map(of));
    let known_at = Position::new(*known_at);
    let answer = history.register.who_holds_answering(&function, &place, days, known_at);
    remit_statement::said::Said::of(&answer)
}

/// Every byte of a statement that nothing was recorded is changed; of an answer, too, where there
/// is time for it.
#[test]
fn every_byte_counts() {
    let Some(python) = tools::python_of_the_verifier() else { return };
    let signer = SignerKey::from_seed("remit/oracle", [5; 32]).expect("a key");
    let mut chance = Chance(variable("REMIT_STATEMENTS_SEED", 20_220_701));
    let history = history(&mut chance, EVENTS);
    let mut issuer = Issuer::of(&history);
    let tail = history.register.tail().get();
    let mut asked =
        vec![Asked::Nothing { key: "function:qof".into(), after: tail - 2, until: tail - 1 }];
    if variable("REMIT_STATEMENTS", 10_000) >= 100_000 {
        asked.push(self::asked(&mut chance, &history));
    }
    for asked in asked {
        let text = issuer.issue(asked, &signer).text();
        let mut verifiers = Verifiers::start(&python);
        assert!(verifiers.stands(&text, "as issued"));
        let (mut changed, mut bytes) = (0, text.clone().into_bytes());
        for at in 0..bytes.len() {
            let was = bytes[at];
            bytes[at] ^= 1 << chance.below(7);
            // What is not text is no file at all.
            if let Ok(other) = std::str::from_utf8(&bytes) {
                assert!(!verifiers.stands(other, "a byte"), "byte {at} of {text}");
                changed += 1;
            }
            bytes[at] = was;
        }
        println!("{changed} bytes of {} changed, none stood", bytes.len());
    }
}

/// Statements issued in version 1, in `tests/oracle/statements-v1`, with the key of their register.
#[test]
fn statements_of_the_first_version_still_stand() {
    let Some(python) = tools::python_of_the_verifier() else { return };
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("statements-v1");
    let key_file = dir.join("register.pub");
    let key = std::fs::read_to_string(&key_file).expect("read");
    let keys = remit_ledger::VerifierKey::parse_all(&key).expect("keys");
    for name in ["qof-11X.json", "gp-it-QSL.json", "nothing.json"] {
        let file = dir.join(name);
        let text = std::fs::read_to_string(&file).expect("read");
        let verified = verify(&text, &keys).expect("it stands");
        assert_eq!(verified.statement.remit_statement, 1);
        let mut command = Command::new(&python);
        command.arg(tools::root().join("deploy/verifier/verify.py")).args([&file, &key_file]);
        let checked = command.output().expect("run");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        // What was issued as version 1 cannot be passed off as another version.
        for version in ["2", "3"] {
            let other = text.replacen(
                "\"remit_statement\": 1",
                &format!("\"remit_statement\": {version}"),
                1,
            );
            assert!(verify(&other, &keys).is_err(), "{name} as version {version}");
        }
    }
}
