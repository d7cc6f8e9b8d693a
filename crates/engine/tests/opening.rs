//! A node answers only from a log that it can read whole.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::Arc;

use remit_domain::{
    Act, Body, BodyRole, Command, Confidence, Evidence, Fact, Known, Period, Personal,
    PersonalField, Position, Reason,
};
use remit_engine::{Node, OpenError, RecordError, Request};
use remit_ledger::Hash;
use remit_log::{
    AppendError, Appended, Batch, BoxFuture, Disclosure, EventLog, Keep, Kept, LogError, MemoryLog,
    RequestId, RequestRecord, Stored,
};
use remit_register::Register;
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
    /// Nothing lies beside its events.
    bare: bool,
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
        if self.bare {
            return Ok(Vec::new());
        }
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
    let refused = Node::open(Arc::new(Spoilt { inner, missing: 3, full: false, bare: false }));
    let Err(OpenError::Hole { missing: 3, found: 4 }) = refused.map(|_| ()) else {
        panic!("a log with a hole was opened");
    };
}

#[tokio::test]
async fn what_cannot_be_made_durable_is_taken_back() {
    let log = Arc::new(Spoilt { inner: memory(), missing: 0, full: true, bare: false });
    let node = Node::open(log).expect("opened");
    let failed = node.record(request("first", vec![establish(1)])).await;
    assert!(matches!(failed, Err(RecordError::Log(LogError::Engine(_)))), "{failed:?}");
    assert_eq!(*node.head().borrow(), 0);
    let (head, own, afresh) = node.fingerprints().await.expect("compared");
    assert_eq!((head, own), (0, afresh), "the fold forgot what was not recorded");
    // The same command is decided afresh: nothing of it was left behind.
    let again = request("again", vec![establish(1)]);
    let preview = node.preview(again, |_, before, after| (before, after)).await;
    let preview = preview.expect("previewed");
    assert_eq!((preview.events.len(), preview.refusals), (1, Vec::new()));
    assert_eq!(preview.read.0 + 1, preview.read.1);
}

fn interest() -> Command {
    let day = remit_domain::parse_day("2016-04-01").expect("a day");
    let fact = Fact::InterestDeclared {
        office: "GP member, north".parse().expect("an office"),
        body: "P00001".parse().expect("a code"),
        interest: "financial".parse().expect("a text"),
        concerns: "P00001".parse().expect("a code"),
        aware_on: day,
        declared_on: day,
        note: None,
    };
    Command { act: Act::State(fact), ..establish(1) }
}

fn redact(about: Position, field: PersonalField) -> Command {
    let (reason, authority) = ("why".parse().expect("text"), "who".parse().expect("text"));
    let fact = Fact::FieldRedacted { about, field, reason, authority };
    let mut evidence = Evidence::clone(&establish(1).evidence);
    evidence.made_on = remit_domain::parse_day("2017-03-01").ok();
    Command { act: Act::State(fact), evidence: evidence.into() }
}

#[tokio::test]
async fn what_an_event_committed_to_is_there_unless_it_was_redacted() {
    for redacted in [false, true] {
        let inner = memory();
        let log = Arc::new(Spoilt { inner, missing: 0, full: false, bare: true });
        let node = Node::open(log.clone()).expect("opened");
        let commands = vec![establish(1), interest()];
        node.record(request("first", commands)).await.expect("recorded");
        if redacted {
            let commands = vec![redact(2, PersonalField::Office)];
            node.record(request("redact", commands)).await.expect("recorded");
        }
        match Node::open(log).map(|_| ()) {
            Ok(()) => assert!(redacted),
            Err(OpenError::Log(LogError::Damaged(what))) => {
                assert!(!redacted && what.contains("the office of event 2"), "{what}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_redaction_removes_once_it_is_durable_and_can_be_taken_back_until_then() {
    let mut register = Register::new();
    for command in [establish(1), interest()] {
        register.admit(command).expect("admitted");
    }
    register.settle(2);
    let (before, office) = (register.fingerprint(), PersonalField::Office);
    let told = |register: &Register| register.personal_view(2)[0].value.clone();
    let name: Personal = "GP member, north".parse().expect("an office");
    for _ in 0..2 {
        register.admit(redact(2, office)).expect("admitted");
        // Decided, not durable: readers are told as before, the next decision knows.
        assert_eq!(
            (told(&register), register.personal(2)[0].1.clone()),
            (name.clone(), Personal::Redacted(3))
        );
        let again = register.admit(redact(2, office)).expect_err("twice");
        assert_eq!(again[0].reason, Reason::AlreadyRedacted);
        register.retract_after(2);
        assert_eq!((told(&register), register.fingerprint()), (name.clone(), before));
    }
    register.admit(redact(2, office)).expect("admitted");
    register.settle(3);
    assert_eq!(told(&register), Personal::Redacted(3));
    let why = register.personal_view(2)[0].redaction.expect("why");
    assert_eq!((why.position, why.reason.as_str(), why.authority.as_str()), (3, "why", "who"));
}

#[test]
fn what_an_event_holds_in_the_clear_cannot_be_redacted() {
    for (name, field) in [
        ("interest-declared", PersonalField::Office),
        ("interest-declared", PersonalField::Note),
        ("decision-taken", PersonalField::Handled(0)),
        ("decision-taken", PersonalField::Note),
    ] {
        let golden = format!("{}/../log/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(golden).expect("a golden file");
        let recorded = remit_log::shape::decode(4_711, &bytes).expect("readable");
        let mut register = Register::new();
        register.skip_to(4_710);
        register.apply(&recorded.event);
        let refused = register.admit(redact(4_711, field)).expect_err("in the clear");
        assert_eq!((refused[0].reason, refused.len()), (Reason::InTheClear, 1), "{name} {field}");
    }
}
