//! The register says what the independent model says, `deploy/verifier/answer.py`.
//!
//! `REMIT_ORACLE_CASES` pairs of a history and a question (default 10,000) from
//! `REMIT_ORACLE_SEED`; the seed is printed. `make oracle CASES=1000000` for more. Needs `python3`.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use oracle::chance::{Chance, History, history, law, of, question, variable};
use oracle::python::{Model, stored};
use oracle::said::{Place, Question, Said};
use oracle::told;
use remit_domain::{CorrectionKind, Fact, FactKind, Position, Word};
use remit_register::{GroundKind, Register};
use remit_shape::event_types;

/// How many questions are asked unless `REMIT_ORACLE_CASES` says otherwise.
const CASES: u64 = 10_000;
const EVENTS: usize = 90;
const QUESTIONS: u64 = 50;
const MODEL: &str = include_str!("../../../deploy/verifier/answer.py");
const ANSWERING: &str = include_str!("../../../deploy/verifier/answering.py");
const FACTS: &str = include_str!("../../../deploy/verifier/facts.py");
const SIGHTINGS: &str = include_str!("../../../deploy/verifier/sightings.py");
const VERSION_1: &str = include_str!("../../../deploy/verifier/version_1.py");
const VERIFIER: &str = include_str!("../../../deploy/verifier/verify.py");
/// Modules of the standard library that the model may use.
const OF_MODEL: [&str; 7] =
    ["answering", "collections", "datetime", "facts", "itertools", "sightings", "version_1"];
/// Those that the verifier may use; the model; and one package, for signatures.
const OF_VERIFIER: [&str; 9] =
    ["base64", "hashlib", "json", "re", "sys", "datetime", "answer", "facts", "cryptography"];

/// What was met on the way.
#[derive(Default)]
struct Met {
    asked: u64,
    answers: BTreeMap<String, u64>,
    events: BTreeMap<FactKind, u64>,
    sighted: u64,
    corrections_of_corrections: u64,
    backdated: u64,
    waited: Duration,
}

impl Met {
    fn add(&mut self, other: Self) {
        self.asked += other.asked;
        for (kind, times) in other.answers {
            *self.answers.entry(kind).or_default() += times;
        }
        for (kind, times) in other.events {
            *self.events.entry(kind).or_default() += times;
        }
        self.corrections_of_corrections += other.corrections_of_corrections;
        self.backdated += other.backdated;
        self.sighted += other.sighted;
        self.waited += other.waited;
    }

    fn count(&mut self, history: &History) {
        for (_, event) in &history.events {
            *self.events.entry(event.fact.kind()).or_default() += 1;
            if let Fact::Corrected(correction) = &event.fact {
                let about = correction.about.map(|at| at.prev().as_usize());
                let about = about.map(|index| &history.events[index].1.fact);
                let corrected = matches!(about, Some(Fact::Corrected(_)));
                self.corrections_of_corrections += u64::from(corrected);
                let backdated = correction.kind == CorrectionKind::EffectBackdated;
                self.backdated += u64::from(backdated);
            }
        }
    }
}

#[test]
fn the_register_says_what_the_model_says() {
    let Some(python) = tools::python3() else { return };
    let cases = variable("REMIT_ORACLE_CASES", CASES);
    let seed = variable("REMIT_ORACLE_SEED", 20_261_122);
    println!("{cases} cases, REMIT_ORACLE_SEED={seed}");
    let begun = Instant::now();
    // Every thread takes the next history; one that finds a difference leaves no more to take.
    let next = AtomicU64::new(0);
    let ask = |mut model: Model| -> Result<Met, String> {
        let mut met = Met::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let questions = QUESTIONS.min(cases.saturating_sub(number.saturating_mul(QUESTIONS)));
            if questions == 0 {
                return Ok(met);
            }
            compare(&mut model, &mut met, seed, number, questions)
                .inspect_err(|_| next.store(cases, Ordering::Relaxed))?;
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let models: Vec<Model> = (0..cores).map(|_| Model::start(&python)).collect();
    let all = thread::scope(|scope| {
        let threads: Vec<_> =
            models.into_iter().map(|model| scope.spawn(move || ask(model))).collect();
        let mut all = Met::default();
        for thread in threads {
            let met = thread.join().expect("what it printed above says why");
            all.add(met.unwrap_or_else(|difference| panic!("seed {seed}, {difference}")));
        }
        all
    });
    assert_eq!(all.asked, cases);
    println!("0 differences; answers by kind: {:?}", all.answers);
    println!("{} rest on sightings; events by kind: {:?}", all.sighted, all.events);
    assert!(all.sighted > 0);
    println!(
        "{} corrections of corrections, {} backdated",
        all.corrections_of_corrections, all.backdated
    );
    let each = |time: Duration| time.as_micros() / u128::from(cases.max(1));
    println!(
        "{cores} models, {:.1} s; a question takes one {} us",
        begun.elapsed().as_secs_f64(),
        each(all.waited)
    );
    // A short version need not meet everything.
    if cases < CASES {
        return;
    }
    let never: Vec<_> =
        FactKind::ALL.iter().filter(|kind| !all.events.contains_key(kind)).collect();
    assert!(never.is_empty(), "histories hold every kind of event, but {never:?}");
    for kind in ["held", "jointly-held", "not-delegated", "gap", "conflict", "unsettled"] {
        assert!(all.answers.contains_key(kind), "no answer is {kind}: {:?}", all.answers);
    }
    assert!(all.corrections_of_corrections > 0 && all.backdated > 0);
}

/// Asks the register and the model the same questions about a random history.
fn compare(
    model: &mut Model,
    met: &mut Met,
    seed: u64,
    number: u64,
    questions: u64,
) -> Result<(), String> {
    let mut chance = Chance::seeded(seed, number);
    let history = history(&mut chance, EVENTS);
    let begun = law().len();
    met.count(&history);
    let events = stored(&history);
    model.tell(&events);
    for _ in 0..questions {
        // Mostly as known after something has happened, and at the end.
        let (law, tail) = (Position::after(begun), history.register.tail());
        let known_at = match chance.below(8) {
            0 => chance.position(tail),
            1..4 => tail,
            _ => law.plus(chance.below(tail.since(law) + 1)),
        };
        let question = question(&mut chance, &history, known_at);
        let answer = told::answer(&history.register, &question);
        let seen = answer.grounds.iter().any(|ground| ground.kind == GroundKind::Sighting);
        met.sighted += u64::from(seen);
        // Now and then of the cited events alone, as whoever checks an answer has them: with gaps.
        let mut cited: Vec<Position> =
            answer.all_grounds().iter().map(|ground| ground.position).collect();
        // Whoever looks for the events that an answer needs leaves out one after another.
        if chance.once_in(2) && !cited.is_empty() {
            let one = chance.below(cited.len() as u64);
            cited.remove(usize::try_from(one).expect("small"));
        }
        let only = chance.once_in(4).then_some(&cited[..]);
        let alone = only.map(|only| fold(&history, only));
        let said = match &alone {
            Some(alone) => Said::of(&told::answer(alone, &question)),
            None => Said::of(&answer),
        };
        let asked = Instant::now();
        model.ask(&question, only);
        let modelled = model.answer();
        met.waited += asked.elapsed();
        met.asked += 1;
        let kind = if said.unknown.is_empty() { &said.kind } else { &said.unknown };
        *met.answers.entry(kind.clone()).or_default() += 1;
        let told = serde_json::to_value(&said).expect("JSON");
        if told != modelled {
            return Err(format!(
                "history {number}, {question:?}, told of {only:?}\nregister {told}\nmodel    \
                 {modelled}\n{}",
                events[begun..].join("\n")
            ));
        }
    }
    Ok(())
}

/// A fold of some events only, at their own positions.
fn fold(history: &History, only: &[Position]) -> Register {
    let mut register = Register::new();
    for ((position, event), instant) in history.events.iter().zip(&history.instants) {
        if only.contains(position) {
            register.apply(event);
        } else {
            register.skip_to(*position);
        }
        register.stamp(*position, *instant);
    }
    register
}

/// Every stored shape is read, earlier versions too: a file of each is kept for ever.
#[test]
fn the_model_reads_every_stored_shape() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/shape/tests/golden");
    let Some(python) = tools::python3() else { return };
    let mut model = Model::start(&python);
    let mut read = 0;
    for file in fs::read_dir(golden).expect("the golden files") {
        let path = file.expect("a file").path();
        let event = fs::read_to_string(&path).expect("read");
        if !event.contains(r#""position":4711,"#) {
            continue; // An act of the desk: no event of the log.
        }
        model.tell(&[event]);
        let question = Question {
            function: of("qof"),
            place: Place::Body(of("08K")),
            on: of("2016-04-01"),
            known_at: Position::new(4_711),
            answers_on: None,
            today: Some(of("2026-04-01")),
        };
        model.ask(&question, None);
        let expected = match path.file_stem().and_then(|name| name.to_str()) {
            Some(name) if name.starts_with("function-catalogued") => "place-not-recorded",
            _ => "function-not-recorded",
        };
        assert_eq!(model.answer()["unknown"], expected, "{}", path.display());
        read += 1;
    }
    assert!(read >= event_types().len(), "{read} files for {} shapes", event_types().len());
}

const QUOTES: &str = r#"""""#;

/// Lines of Python but for blank ones, comments and docstrings.
fn code(text: &str) -> usize {
    let mut inside = false;
    let counts = |line: &&str| {
        let line = line.trim();
        let docstring = inside || line.starts_with(QUOTES);
        // It goes on to the next line that has quotes.
        inside = match line.matches(QUOTES).count() {
            0 => inside,
            quotes => docstring && !inside && quotes == 1,
        };
        !(docstring || line.is_empty() || line.starts_with('#'))
    };
    text.lines().filter(counts).count()
}

/// So that an expert on either side reads all of it in an hour: no file of the model has more than
/// 300 lines, and with what checks a statement's proofs it is at most 1,000 of code.
#[test]
fn the_second_verifier_stays_small_and_shares_nothing() {
    for text in [MODEL, ANSWERING, FACTS, SIGHTINGS] {
        assert!(text.lines().count() <= 300, "{} lines", text.lines().count());
    }
    assert_eq!(
        code(
            "\"\"\"Says\n\nso.\n\"\"\"\nX = \"\"\"a\nb\"\"\"\n# c\ndef f():\n    \"\"\"G.\"\"\"\n"
        ),
        3
    );
    let lines =
        [MODEL, ANSWERING, FACTS, SIGHTINGS, VERSION_1, VERIFIER].map(code).iter().sum::<usize>();
    println!("{lines} lines of code, {} of them checks of proofs", code(VERIFIER));
    assert!(lines <= 1_000, "{lines} lines of code");
    for (text, modules) in [
        (MODEL, &OF_MODEL[..]),
        (ANSWERING, &OF_MODEL),
        (FACTS, &OF_MODEL),
        (SIGHTINGS, &OF_MODEL),
        (VERSION_1, &OF_MODEL),
        (VERIFIER, &OF_VERIFIER),
    ] {
        assert_eq!(text.lines().find(|line| line.chars().count() > 100), None);
        for line in text.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            let module = match words[..] {
                ["import", module, ..] | ["from", module, "import", ..] => module,
                _ => continue,
            };
            let package = module.split('.').next().unwrap_or(module);
            assert!(modules.contains(&package), "not one of its modules: {line}");
        }
        assert!(!text.contains("__import__") && !text.contains("importlib"));
    }
}
