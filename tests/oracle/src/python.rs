//! The independent model, asked over pipes: `tests/oracle/model.py` in a process of its own.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use std::convert::Infallible;

use remit_domain::{Event, Position};
use remit_shape::{Draft, Encoder, RequestId, Salt, Stamp};
use serde_json::{Value, json};

use crate::chance::{History, of};
use crate::said::{Place, Question};

const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model.py");

/// A running model.
///
/// # Panics
/// Every method, if the process does not start or has stopped; it says itself why it did.
pub struct Model {
    process: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Model {
    /// A model that was told nothing yet.
    #[must_use]
    pub fn start(python: &Path) -> Self {
        // -B: nothing is to be left beside the sources.
        let mut command = Command::new(python);
        command.args(["-B", DRIVER]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("started");
        let input = BufWriter::new(process.stdin.take().expect("piped"));
        let output = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, input, output }
    }

    /// Tells it the events, one JSON text each, that the questions from now on are about.
    pub fn tell(&mut self, events: &[String]) {
        self.send(&format!("[{}]", events.join(",")));
    }

    /// Asks, about all events or only those at some positions.
    pub fn ask(&mut self, question: &Question, only: Option<&[Position]>) {
        let place = match &question.place {
            Place::Body(code) => code.to_string(),
            Place::Contract(id) => id.to_string(),
        };
        let numbers = |only: &[Position]| only.iter().map(|at| at.get()).collect::<Vec<_>>();
        let question = json!({
            "function": question.function.to_string(),
            "place": place,
            "effective_on": question.on.to_string(),
            "known_at": question.known_at.get(),
            "today": question.answers_on.or(question.today).map(|day| day.to_string()),
            "only": only.map(numbers),
        });
        self.send(&question.to_string());
    }

    /// The answer to the earliest question not answered yet, in the shape of [`crate::said::Said`].
    pub fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("an answer");
        assert!(!line.is_empty(), "the model stopped; what it printed above says why");
        serde_json::from_str(&line).expect("JSON")
    }

    fn send(&mut self, line: &str) {
        let sent = writeln!(self.input, "{line}").and_then(|()| self.input.flush());
        sent.unwrap_or_else(|error| panic!("the model stopped ({error}); see above"));
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // It may have stopped already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The events of a history as the log stores them.
#[must_use]
pub fn stored(history: &History) -> Vec<String> {
    let request_id: RequestId = of("oracle");
    let mut encoder = Encoder::new("oracle");
    let events = history.events.iter().zip(&history.instants);
    let stored = events.map(|((position, event), recorded_at)| {
        let stamp =
            Stamp { position: *position, recorded_at: *recorded_at, request_id: &request_id };
        let encoded = encoder.encode(&stamp, &draft(event), || Ok::<_, Infallible>(SALT));
        let Ok(encoded) = encoded;
        encoded.text
    });
    stored.collect()
}

/// What every personal field is committed with: nobody tries to guess one here.
const SALT: Salt = Salt([7; 32]);

/// An event to be recorded.
#[must_use]
pub fn draft(event: &Event) -> Draft {
    let (actor, acting_for) = (of("oracle"), of("X24"));
    Draft { event: event.clone(), actor, acting_for, principal: None, trace: None }
}
