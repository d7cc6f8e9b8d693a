//! What may name a person lies beside its event, and can be redacted.

use remit_domain::{FieldRedacted, InterestDeclared, Personal, PersonalField};
use remit_log::{AppendError, Content, Store};
use remit_shape::{Draft, decode};

use crate::{at, disclosures, draft_of, entry, entry_of, events, id};

/// A name that an office and a note have in these tests.
pub const NAME: &str = "Ms Nobody-Of-That-Name, north";

/// An interest whose office and note name a person.
#[must_use]
pub fn interest(name: &str) -> Draft {
    draft_of(InterestDeclared {
        office: name.parse().expect("an office"),
        body: "05G".parse().expect("a code"),
        interest: "financial".parse().expect("a text"),
        concerns: "M83001".parse().expect("a code"),
        aware_on: "2016-04-01".parse().expect("a day"),
        declared_on: "2016-04-01".parse().expect("a day"),
        note: Some(format!("as {name} told us").parse().expect("a note")),
    })
}

/// A redaction of a field of an event.
#[must_use]
pub fn redaction(about: u64, field: PersonalField) -> Draft {
    draft_of(FieldRedacted {
        about: at(about),
        field,
        reason: "erasure asked for".parse().expect("a text"),
        authority: "data protection officer".parse().expect("a text"),
    })
}

/// What lies beside which event.
pub async fn fields(store: &dyn Store) -> Vec<(u64, PersonalField)> {
    disclosures(store).await.iter().map(|each| (each.position.get(), each.field)).collect()
}

/// Holds an empty store to it. There are four events afterwards.
pub async fn keeps_names(store: &dyn Store) {
    use PersonalField::{Note, Office};
    store.append(entry(store, 0, "before", 0, 2).await).await.expect("appended");
    for (head, request) in [(2, "named"), (3, "named-again")] {
        let named = entry_of(store, head, request, 0, &[interest(NAME)]).await;
        store.append(named).await.expect("appended");
    }
    let stored = store.read(at(2), 2).await.expect("read");
    for stored in stored.iter().chain(&store.recent(at(2), 2).expect("recent")) {
        let text = String::from_utf8_lossy(&stored.bytes);
        assert!(!text.contains(NAME) && text.contains("committed"), "{text}");
    }
    assert_eq!(fields(store).await, [(3, Office), (3, Note), (4, Office), (4, Note)]);
    let all = disclosures(store).await;
    assert_eq!(store.disclosures(at(2), at(3)).await.expect("read"), all[..2]);
    assert_eq!(store.disclosures(at(3), at(3)).await.expect("read"), []);
    for (stored, pair) in stored.iter().zip(all.chunks(2)) {
        let recorded = decode(stored.position, &stored.bytes).expect("decoded");
        let committed = recorded.event.fact.personal();
        assert_eq!(committed.len(), pair.len());
        for ((field, personal), each) in committed.into_iter().zip(pair) {
            assert_eq!(field, each.field);
            assert_eq!(*personal, Personal::Committed(each.commitment()));
        }
        assert_eq!(all[0].value.as_str(), NAME);
    }
    assert_ne!(all[0].commitment(), all[2].commitment(), "each has a salt of its own");
    // Nor would what is remembered of the request confirm a guess: it is a commitment too.
    let record = store.request(&id("named")).await.expect("read").expect("remembered");
    let Content::Committed { commitment, .. } = record.content else { panic!("{record:?}") };
    assert_ne!(commitment.0, [1; 32]);
    assert!(record.content.matches(&[1; 32]) && !record.content.matches(&[2; 32]));
    assert_eq!(store.check().await.expect("whole"), store.tree());
}

/// What is redacted is gone, and nothing else: not a byte of any event, not a hash. Goes on from
/// [`keeps_names`].
pub async fn redacts(store: &dyn Store) {
    use PersonalField::{Note, Office};
    let (bytes, before) = (events(store, 4).await, disclosures(store).await);
    let named_again = store.request(&id("named-again")).await.expect("read");
    let redact = entry_of(store, 4, "redact", 0, &[redaction(3, Office)]).await;
    store.append(redact).await.expect("appended");
    assert_eq!(disclosures(store).await, before[1..]);
    assert_eq!(events(store, 4).await, bytes);
    // The request is remembered, but nothing that would confirm a guess at what it said.
    let record = store.request(&id("named")).await.expect("read").expect("remembered");
    assert_eq!((record.appended.first, record.content), (at(3), Content::Forgotten));
    assert!(record.content.matches(&[1; 32]) && record.content.matches(&[2; 32]));
    assert_eq!(store.request(&id("named-again")).await.expect("read"), named_again);
    let resent = store.append(entry_of(store, 5, "named", 0, &[interest(NAME)]).await).await;
    let Err(AppendError::AlreadyRecorded(told)) = resent else { panic!("{resent:?}") };
    assert_eq!(told, record);
    // Two at once, one of them said and redacted in the same request.
    let both = entry_of(store, 5, "both", 0, &[interest(NAME), redaction(6, Note)]).await;
    store.append(both).await.expect("appended");
    assert_eq!(fields(store).await, [(3, Note), (4, Office), (4, Note), (6, Office)]);
    assert_eq!(store.check().await.expect("whole"), store.tree());
}
