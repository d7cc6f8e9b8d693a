//! Events, requests, the tree and the desk.

use remit_ledger::{Frontier, tree};
use remit_log::{AppendError, Content, Keep, KeepError, Mark, Store, StoredAct, TreeHead};
use remit_shape::decode;

use crate::{at, draft, drafts, entry, entry_after, events, id, instant};

/// Holds an empty store to all of it. There are 12 events and 2 acts afterwards.
pub async fn conforms(store: &dyn Store) {
    appends(store).await;
    keeps_the_order_of_calls(store).await;
    reads(store).await;
    lets_one_of_many_win(store).await;
    keeps_a_chain_together(store).await;
    grows_a_tree(store).await;
    keeps_acts_and_marks(store).await;
}

async fn appends(store: &dyn Store) {
    assert_eq!(*store.head().borrow(), at(0));
    assert_eq!(events(store, 10).await, []);
    assert_eq!(store.request(&id("nothing")).await.expect("read"), None);

    // Dense positions, whole entries, a wake-up on new events.
    let mut head = store.head();
    let first = store.append(entry(store, 0, "first", 1_000, 3).await).await.expect("appended");
    assert_eq!((first.first, first.last, first.recorded_at), (at(1), at(3), instant(1_000)));
    assert!(head.has_changed().expect("open"));
    assert_eq!(*head.borrow_and_update(), at(3));

    // Conditional at a head: nothing is written where it has moved.
    for expected in [2, 9] {
        let moved = store.append(entry(store, expected, "moved", 1_000, 1).await).await;
        let Err(AppendError::HeadMoved { expected: told, head }) = moved else {
            panic!("{moved:?}")
        };
        assert_eq!((told, head), (at(expected), at(3)));
    }
    let moved = store.request(&id("moved")).await.expect("read");
    assert_eq!(moved, None, "a refused request is not remembered");

    let second = store.append(entry(store, 3, "second", 1_000, 1).await).await.expect("appended");
    assert_eq!((second.first, second.recorded_at), (at(4), instant(1_000)));
    let third = store.append(entry(store, 4, "third", 2_000, 1).await).await.expect("appended");
    assert_eq!(third.recorded_at, instant(2_000));

    // A request id is remembered for ever, with the digest of its content.
    let again = store.append(entry(store, 5, "first", 2_000, 3).await).await;
    let Err(AppendError::AlreadyRecorded(record)) = again else { panic!("recorded twice") };
    assert_eq!((record.appended, record.content), (first, Content::Digest([3; 32])));
    assert_eq!(store.request(&id("first")).await.expect("read"), Some(record));
    assert_eq!(*store.head().borrow(), at(5), "nothing was written");
}

/// A caller may expect the head that its own unfinished call produces.
async fn keeps_the_order_of_calls(store: &dyn Store) {
    let a = entry(store, 5, "a", 2_000, 2).await;
    let b = entry_after(store, a.last(), "b", 2_000, &drafts(7, 2));
    let c = entry_after(store, b.last(), "c", 2_000, &drafts(9, 1));
    let (a, b, c) = (store.append(a), store.append(b), store.append(c));
    assert_eq!(c.await.expect("appended").last, at(10));
    assert_eq!(b.await.expect("appended").last, at(9));
    drop(a); // Its caller went away; its events are there all the same.
    assert_eq!(*store.head().borrow(), at(10));
}

/// What was decided on top of an entry that is not stored does not follow another one in its place.
async fn keeps_a_chain_together(store: &dyn Store) {
    let lost = entry(store, 11, "lost", 2_000, 1).await;
    let on_top = entry_after(store, lost.last(), "on-top", 2_000, &drafts(12, 1));
    let won = entry(store, 11, "won", 2_000, 1).await;
    let appends = [won, lost, on_top].map(|entry| store.append(entry));
    let [won, lost, on_top] = appends;
    assert_eq!(won.await.expect("appended").last, at(12));
    for refused in [lost.await, on_top.await] {
        let Err(AppendError::HeadMoved { head, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(head, at(12));
    }
}

/// In order, up to the limit, what was written, whole.
async fn reads(store: &dyn Store) {
    let all = events(store, 100).await;
    let positions: Vec<_> = all.iter().map(|stored| stored.position.get()).collect();
    assert_eq!(positions, (1..=10).collect::<Vec<_>>());
    assert!(all.is_sorted_by_key(|stored| stored.recorded_at));
    assert_eq!(store.read(at(7), 2).await.expect("read"), all[7..9]);
    assert_eq!(store.read(at(10), 5).await.expect("read"), []);
    assert_eq!(store.read(at(u64::MAX), 5).await.expect("read"), []);
    for stored in &all {
        let recorded = decode(stored.position, &stored.bytes).expect("decoded");
        assert_eq!(recorded.event, draft(stored.position.get()).event);
        assert_eq!(recorded.recorded_at, stored.recorded_at);
    }
}

/// Many at once, conditional on the same head: one wins, the rest are told.
async fn lets_one_of_many_win(store: &dyn Store) {
    let mut racers = Vec::new();
    for number in 0..50 {
        let entry = entry(store, 10, &format!("race-{number}"), 2_000, 1).await;
        racers.push(store.append(entry));
    }
    let mut won = 0;
    for racer in racers {
        match racer.await {
            Ok(done) => {
                won += 1;
                assert_eq!(done.first, at(11));
            }
            Err(AppendError::HeadMoved { expected, head }) => {
                assert_eq!((expected, head), (at(10), at(11)));
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(won, 1);
    // What was just appended is still in memory: the same, or not there at all, never a hole.
    for after in [0, 7, 10] {
        let recent = store.recent(at(after), 2).expect("appended a moment ago");
        assert_eq!(recent, store.read(at(after), 2).await.expect("read"));
    }
    assert_eq!(store.recent(at(11), 5), Some(vec![]));
}

async fn grows_a_tree(store: &dyn Store) {
    let mut frontier = Frontier::default();
    let mut complete = Vec::new();
    for stored in &events(store, 100).await {
        frontier.push(tree::leaf(&stored.bytes), |level, number, hash| {
            complete.push((level, number, *hash));
        });
    }
    let expected = TreeHead { size: at(12), root: frontier.root() };
    assert_eq!(store.tree(), expected);
    assert_eq!(store.check().await.expect("whole"), expected);
    for (level, number, hash) in complete {
        let root = store.subtree(level, number).await.expect("complete");
        assert_eq!(root, hash, "subtree {number} at level {level}");
    }
    assert!(store.subtree(0, 12).await.is_err(), "beyond the head");
    assert!(store.subtree(4, 0).await.is_err(), "not complete");
}

/// Acts in order, and marks that replace each other: all of one call or nothing.
async fn keeps_acts_and_marks(store: &dyn Store) {
    let act = |sequence: u64, text: &str| Some(StoredAct { sequence, text: text.to_owned() });
    let mark = |name: &str, value: &str| Mark { name: name.to_owned(), value: value.to_owned() };
    assert_eq!(*store.last_act().borrow(), 0);
    assert_eq!(store.acts(0, 10).await.expect("read"), []);
    let mut last = store.last_act();
    let first = Keep {
        act: act(1, "one"),
        set: vec![mark("x/1", "a"), mark("x/2", "b"), mark("y", "c")],
        remove: Vec::new(),
    };
    let first = store.keep(first);
    let second = Keep { act: None, set: vec![mark("x/1", "d")], remove: vec!["x/2".to_owned()] };
    let second = store.keep(second);
    drop(first); // Its caller went away; it is kept all the same.
    second.await.expect("kept");
    assert!(last.has_changed().expect("open"));
    assert_eq!(*last.borrow_and_update(), 1);
    // The next in the sequence, and no other; what is refused changes nothing.
    for sequence in [1, 3] {
        let refused = Keep { act: act(sequence, "no"), set: vec![mark("z", "e")], remove: vec![] };
        let refused = store.keep(refused).await;
        assert!(matches!(refused, Err(KeepError::ActsMoved { last: 1 })), "{refused:?}");
    }
    store.keep(Keep { act: act(2, "two"), ..Keep::default() }).await.expect("kept");
    let one_and_two: Vec<StoredAct> =
        [act(1, "one"), act(2, "two")].into_iter().flatten().collect();
    assert_eq!(store.acts(0, 10).await.expect("read"), one_and_two);
    assert_eq!(store.acts(1, 10).await.expect("read"), one_and_two[1..]);
    assert_eq!(store.acts(0, 1).await.expect("read"), one_and_two[..1]);
    assert_eq!(store.marks("").await.expect("read"), [mark("x/1", "d"), mark("y", "c")]);
    assert_eq!(store.marks("x/").await.expect("read"), [mark("x/1", "d")]);
    assert_eq!(store.mark("y").await.expect("read").as_deref(), Some("c"));
    assert_eq!(store.mark("z").await.expect("read"), None);
    assert_eq!(*store.head().borrow(), at(12), "they are no events of the log");
}
