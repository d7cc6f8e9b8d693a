//! Requests and logs for tests of the engine.

#![allow(dead_code, reason = "not every test uses all of it")]

pub mod spoilt;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use remit_domain::{
    Act, Body, BodyRole, Command, Confidence, Evidence, FieldRedacted, Period, PersonalField,
    Position, UtcInstant,
};
use remit_engine::Request;
use remit_log::{Log, Store};

pub fn at(position: u64) -> Position {
    Position::new(position)
}

/// Makes a log whose clock advances by a microsecond each time the clock is read.
pub fn log(store: impl Store) -> Log {
    let ticks = AtomicI64::new(0);
    Log::new(
        store,
        Arc::new(move || UtcInstant::from_micros(ticks.fetch_add(1, Ordering::Relaxed))),
    )
}

pub fn establish(number: u64) -> Command {
    let body = Body {
        code: format!("P{number:05}").parse().expect("a code"),
        role: BodyRole::Practice,
        name: "A practice".parse().expect("a name"),
        legal_form: None,
        effective: Period::open("2015-04-01".parse().expect("a day")),
    };
    let evidence = Evidence {
        source: "test".parse().expect("a source"),
        url: None,
        made_on: None,
        confidence: Confidence::Confirmed,
        note: None,
    };
    Command { act: Act::from(body), evidence: Arc::new(evidence) }
}

pub fn commands(numbers: Range<u64>) -> Vec<Command> {
    numbers.map(establish).collect()
}

pub fn redact(about: u64, field: PersonalField) -> Command {
    let redacted = FieldRedacted {
        about: at(about),
        field,
        reason: "why".parse().expect("text"),
        authority: "who".parse().expect("text"),
    };
    let mut evidence = Evidence::clone(&establish(1).evidence);
    evidence.made_on = "1970-01-01".parse().ok();
    Command { act: Act::from(redacted), evidence: evidence.into() }
}

pub fn request(id: &str, commands: Vec<Command>) -> Request {
    Request {
        request_id: id.parse().expect("an id"),
        digest: [0; 32],
        actor: "test".parse().expect("an actor"),
        acting_for: "X24".parse().expect("a code"),
        principal: None,
        trace: None,
        commands,
    }
}
