//! What every store must do, held against each of them by the same suite.

#![allow(clippy::expect_used, clippy::missing_panics_doc, missing_docs, reason = "tests")]

pub mod names;
pub mod suite;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use remit_domain::{
    Body, BodyRole, Confidence, Event, Evidence, Fact, Period, Position, UtcInstant,
};
use remit_ledger::tree;
use remit_log::{Entry, Head, Store, Stored};
use remit_shape::{Disclosure, Draft, Encoder, RequestId};

/// A directory of one test, removed when it ends.
pub struct Scratch(PathBuf);

impl Scratch {
    #[must_use]
    pub fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("remit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("a directory");
        Self(dir)
    }

    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.0
    }

    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.0.join("register.db")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[must_use]
pub fn at(position: u64) -> Position {
    Position::new(position)
}

#[must_use]
pub fn instant(micros: i64) -> UtcInstant {
    UtcInstant::from_micros(micros)
}

#[must_use]
pub fn id(text: &str) -> RequestId {
    text.parse().expect("a request id")
}

#[must_use]
pub fn draft_of(fact: impl Into<Fact>) -> Draft {
    let evidence = Evidence {
        source: "conformance".parse().expect("a source"),
        url: None,
        made_on: None,
        confidence: Confidence::Confirmed,
        note: None,
    };
    Draft {
        event: Event { fact: fact.into(), evidence: Arc::new(evidence) },
        actor: "suite".parse().expect("an actor"),
        acting_for: "X24".parse().expect("a code"),
        principal: None,
        trace: None,
    }
}

#[must_use]
pub fn draft(number: u64) -> Draft {
    draft_of(Body {
        code: format!("P{number:05}").parse().expect("a code"),
        role: BodyRole::Practice,
        name: format!("Practice {number}, \"quoted\" and ünïcode").parse().expect("a name"),
        legal_form: None,
        effective: Period::open("2015-04-01".parse().expect("a day")),
    })
}

/// The last event of a store, if it is at that position; else one that is not there.
pub async fn head(store: &dyn Store, position: u64) -> Head {
    if position == 0 {
        return Head::EMPTY;
    }
    let last = store.read(at(position).prev(), 1).await.expect("read");
    let leaf = last.first().map(|stored| tree::leaf(&stored.bytes)).unwrap_or_default();
    Head { position: at(position), leaf }
}

/// The entry of a request with these events, recorded at an instant.
#[must_use]
pub fn entry_after(
    store: &dyn Store,
    after: Head,
    request: &str,
    recorded_at: i64,
    drafts: &[Draft],
) -> Entry {
    let digest = [u8::try_from(drafts.len()).unwrap_or(0); 32];
    let mut entry = Entry::new(after, instant(recorded_at), id(request), digest);
    let mut encoder = Encoder::new(store.id());
    drafts.iter().for_each(|draft| entry.push(&mut encoder, draft).expect("an event"));
    entry
}

/// So many drafts, each of another practice.
#[must_use]
pub fn drafts(after: u64, events: u64) -> Vec<Draft> {
    (1..=events).map(|number| draft(after + number)).collect()
}

/// The entry of a request with these events, after the event at a position.
pub async fn entry_of(
    store: &dyn Store,
    after: u64,
    request: &str,
    recorded_at: i64,
    drafts: &[Draft],
) -> Entry {
    entry_after(store, head(store, after).await, request, recorded_at, drafts)
}

/// The entry of a request with so many events, after the event at a position.
pub async fn entry(
    store: &dyn Store,
    after: u64,
    request: &str,
    recorded_at: i64,
    events: u64,
) -> Entry {
    entry_of(store, after, request, recorded_at, &drafts(after, events)).await
}

/// The first events.
pub async fn events(store: &dyn Store, limit: usize) -> Vec<Stored> {
    store.read(Position::ZERO, limit).await.expect("read")
}

/// All that lies beside the events.
pub async fn disclosures(store: &dyn Store) -> Vec<Disclosure> {
    store.disclosures(Position::ZERO, at(u64::MAX)).await.expect("read")
}
