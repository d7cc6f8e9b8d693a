//! A node answers only from a log that it can read whole.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::Arc;

use remit_domain::{Act, Body, BodyRole, Command, Confidence, Evidence, Fact, Period, Position};
use remit_engine::{Node, OpenError, RecordError, Request};
use remit_ledger::Hash;
use remit_log::{
    AppendError, Appended, Batch, BoxFuture, Disclosure, EventLog, Keep, Kept, LogError, MemoryLog,
    RequestId, RequestRecord, Stored,
};
use tokio::sync::watch;

fn establish(number: u64) -> Command {
    let fact = Fact::BodyEstablished(Body {
        code: format!("P{number:05}").parse().expect("a code"),
        role: BodyRole::Practice,
        name: "A practice".parse().expect("a name"),
        legal_form: None,
        effective: Period::open(remit_domain::parse_day("2015-04-01").expect("a day")),
    });
    let evidence = Evidence {
        source: "test".parse().expect("a source"),
        url: None,
        made_on: None,
        confidence: Confidence::Confirmed,
        note: None,
    };
    Command { act: Act::State(fact), evidence: Arc::new(evidence) }
}

fn request(id: &str, commands: Vec<Command>) -> Request {
    Request {
        request_id: id.parse().expect("an id"),
        digest: [0; 32],
        actor: "test".parse().expect("an actor"),
        acting_for: "X24".parse().expect("a code"),
        commands,
    }
}

/// A log that something is wrong with.
struct Spoilt {
    inner: MemoryLog,
    missing: Position,
    full: bool,
}

impl EventLog for Spoilt {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn append(&self, batch: Batch) -> BoxFuture<Result<Appended, AppendError>> {
        if self.full {
            let error = LogError::Engine("disk full".to_owned());
            return Box::pin(async move { Err(error.into()) });
        }
        self.inner.append(batch)
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Stored>, LogError> {
        let mut page = self.inner.read(after, limit)?;
        page.retain(|stored| stored.position != self.missing);
        Ok(page)
    }

    fn disclosures(&self, after: Position, until: Position) -> Result<Vec<Disclosure>, LogError> {
        self.inner.disclosures(after, until)
    }

    fn now(&self) -> i64 {
        self.inner.now()
    }

    fn recent(&self, after: Position, limit: usize) -> Option<Vec<Stored>> {
        self.inner.recent(after, limit)
    }

    fn tree(&self) -> (Position, Hash) {
        self.inner.tree()
    }

    fn subtree(&self, level: u8, number: u64) -> Result<Hash, LogError> {
        self.inner.subtree(level, number)
    }

    fn check(&self) -> Result<(Position, Hash), LogError> {
        self.inner.check()
    }

    fn keep(&self, keep: Keep) -> BoxFuture<Result<(), LogError>> {
        self.inner.keep(keep)
    }

    fn kept(&self) -> Result<Kept, LogError> {
        self.inner.kept()
    }

    fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, LogError> {
        self.inner.request(id)
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.inner.head()
    }
}

fn memory() -> MemoryLog {
    MemoryLog::new("opening", Arc::new(|| 0))
}

#[tokio::test]
async fn a_hole_in_the_log_is_named_and_refused() {
    let whole = Arc::new(memory());
    let node = Node::open(whole.clone()).expect("opened");
    let commands = (0..5).map(establish).collect();
    node.record(request("first", commands)).await.expect("recorded");
    let inner = memory();
    for stored in whole.read(0, 10).expect("read") {
        let recorded = remit_log::shape::decode(stored.position, &stored.bytes).expect("decoded");
        let batch = Batch {
            expected_head: stored.position - 1,
            request_id: format!("copy-{}", stored.position).parse().expect("an id"),
            digest: [0; 32],
            drafts: vec![remit_log::Draft {
                event: recorded.event,
                actor: recorded.actor,
                acting_for: recorded.acting_for,
            }],
        };
        inner.append(batch).await.expect("appended");
    }
    let refused = Node::open(Arc::new(Spoilt { inner, missing: 3, full: false }));
    let Err(OpenError::Hole { missing: 3, found: 4 }) = refused.map(|_| ()) else {
        panic!("a log with a hole was opened");
    };
}

#[tokio::test]
async fn what_cannot_be_made_durable_is_taken_back() {
    let log = Arc::new(Spoilt { inner: memory(), missing: 0, full: true });
    let node = Node::open(log).expect("opened");
    let failed = node.record(request("first", vec![establish(1)])).await;
    assert!(matches!(failed, Err(RecordError::Log(LogError::Engine(_)))), "{failed:?}");
    assert_eq!(*node.head().borrow(), 0);
    let (head, own, afresh) = node.fingerprints().await.expect("compared");
    assert_eq!((head, own), (0, afresh), "the fold forgot what was not recorded");
    // The same command is decided afresh: nothing of it was left behind.
    let preview = node.preview(vec![establish(1)], |_, before, after| (before, after)).await;
    let preview = preview.expect("previewed");
    assert_eq!((preview.events.len(), preview.refusals), (1, Vec::new()));
    assert_eq!(preview.read.0 + 1, preview.read.1);
}
