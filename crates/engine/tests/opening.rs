//! Tests that a node opens only a log that it can read completely, and that the fold forgets what
//! was not recorded.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::spoilt::Spoilt;
use common::{at, commands, establish, log, redact, request};
use remit_domain::{Act, Command, InterestDeclared, Known, Personal, PersonalField, Reason};
use remit_engine::{Node, RecordError};
use remit_log::{Damage, LogError};
use remit_register::Register;
use remit_shape::BesideError;

/// Opens a node over `store`. Returns the damage because of which the store is refused; `None` if
/// the node opens.
async fn refused(store: Spoilt) -> Option<Damage> {
    match Node::open(log(store)).await.map(drop) {
        Ok(()) => None,
        Err(LogError::Damaged(damage)) => Some(damage),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_hole_in_the_log_is_named_and_refused() {
    let whole = Spoilt::new();
    let node = Node::open(log(whole.clone())).await.expect("opened");
    node.record(request("first", commands(0..5))).await.expect("recorded");
    for missing in 1..=4 {
        let spoilt = Spoilt { missing: Some(missing), ..whole.clone() };
        assert_eq!(refused(spoilt).await, Some(Damage::Missing(at(missing))));
    }
    // If the last event is missing, the stored tree has more events than the log.
    let cut = Spoilt { missing: Some(5), ..whole.clone() };
    assert_eq!(refused(cut).await, Some(Damage::Missing(at(5))));
    assert_eq!(refused(whole).await, None);
}

#[tokio::test]
async fn what_cannot_be_made_durable_is_taken_back() {
    let store = Spoilt { full: true, ..Spoilt::new() };
    let node = Node::open(log(store)).await.expect("opened");
    let failed = node.record(request("first", vec![establish(1)])).await;
    assert!(matches!(failed, Err(RecordError::Log(LogError::Engine(_)))), "{failed:?}");
    assert_eq!(*node.head().borrow(), at(0));
    let (head, own, afresh) = node.fingerprints().await.expect("compared");
    assert_eq!((head, own), (at(0), afresh), "the fold forgot what was not recorded");
    // The same command is accepted in a preview, because the failed request left nothing in the
    // fold.
    let again = request("again", vec![establish(1)]);
    let preview = node.preview(again, |_, before, after| (before, after)).await;
    let preview = preview.expect("previewed");
    assert_eq!((preview.events.len(), preview.refusals), (1, Vec::new()));
    assert_eq!(preview.read.0.next(), preview.read.1);
    let (_, own, afresh) = node.fingerprints().await.expect("compared");
    assert_eq!(own, afresh, "nor does a preview leave anything");
}

fn interest() -> Command {
    let day = "2016-04-01".parse().expect("a day");
    let declared = InterestDeclared {
        office: "GP member, north".parse().expect("an office"),
        body: "P00001".parse().expect("a code"),
        interest: "financial".parse().expect("a text"),
        concerns: "P00001".parse().expect("a code"),
        aware_on: day,
        declared_on: day,
        note: None,
    };
    Command { act: Act::from(declared), ..establish(1) }
}

#[tokio::test]
async fn what_an_event_committed_to_is_there_unless_it_was_redacted() {
    for redacted in [false, true] {
        let store = Spoilt { bare: true, ..Spoilt::new() };
        let node = Node::open(log(store.clone())).await.expect("opened");
        let commands = vec![establish(1), interest()];
        node.record(request("first", commands)).await.expect("recorded");
        if redacted {
            let commands = vec![redact(2, PersonalField::Office)];
            node.record(request("redact", commands)).await.expect("recorded");
        }
        let missing = Damage::Beside(BesideError::Missing(at(2), PersonalField::Office));
        assert_eq!(refused(store).await, (!redacted).then_some(missing));
    }
}

#[test]
fn a_redaction_removes_once_it_is_durable_and_can_be_taken_back_until_then() {
    let mut register = Register::new();
    for command in [establish(1), interest()] {
        register.admit(command).expect("admitted");
    }
    register.settle(at(2));
    let (before, office) = (register.fingerprint(), PersonalField::Office);
    let told = |register: &Register| register.personal_view(at(2))[0].value.clone();
    let name: Personal = "GP member, north".parse().expect("an office");
    for _ in 0..2 {
        register.admit(redact(2, office)).expect("admitted");
        // While the redaction is decided but not durable, readers still get the value, but the next
        // decision finds the field redacted.
        assert_eq!(
            (told(&register), register.personal(at(2))[0].1.clone()),
            (name.clone(), Personal::Redacted(at(3)))
        );
        let again = register.admit(redact(2, office)).expect_err("twice");
        assert_eq!(again[0].reason(), Reason::AlreadyRedacted, "{again:?}");
        register.retract_after(at(2));
        assert_eq!((told(&register), register.fingerprint()), (name.clone(), before));
    }
    register.admit(redact(2, office)).expect("admitted");
    register.settle(at(3));
    assert_eq!(told(&register), Personal::Redacted(at(3)));
    let why = register.personal_view(at(2))[0].redaction.expect("why");
    assert_eq!((why.position, why.reason.as_str(), why.authority.as_str()), (at(3), "why", "who"));
}

#[test]
fn what_an_event_holds_in_the_clear_cannot_be_redacted() {
    for (name, field) in [
        ("interest-declared", PersonalField::Office),
        ("interest-declared", PersonalField::Note),
        ("decision-taken", PersonalField::Handled(0)),
        ("decision-taken", PersonalField::Note),
    ] {
        let golden = format!("{}/../shape/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(golden).expect("a golden file");
        let recorded = remit_shape::decode(at(4_711), &bytes).expect("readable");
        let mut register = Register::new();
        register.skip_to(at(4_710));
        register.apply(&recorded.event);
        let refused = register.admit(redact(4_711, field)).expect_err("in the clear");
        assert_eq!((refused[0].reason(), refused.len()), (Reason::InTheClear, 1), "{name} {field}");
    }
}
