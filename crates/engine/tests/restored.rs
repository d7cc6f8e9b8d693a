//! What is left of the desk when a log is restored to a position.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use remit_engine::marks_within;
use remit_log::shape::{Again, GroupMark, Parked, decode_mark, encode_mark};
use remit_log::{DeskAct, DeskEvent, Kept};

fn act(sequence: u64, act: DeskAct) -> DeskEvent {
    DeskEvent { sequence, recorded_at: 0, actor: "the desk".parse().expect("an office"), act }
}

fn created(group: &str) -> DeskAct {
    let group = group.parse().expect("a name");
    DeskAct::GroupCreated { group, filter: String::new(), after: 0 }
}

#[test]
fn no_mark_speaks_of_what_is_no_longer_there() {
    let parked = |position| Parked {
        position,
        subject: "11X".to_owned(),
        reason: "no cost centre".to_owned(),
        member: "desk-1".to_owned(),
        attempts: 5,
    };
    let again = |after, until| Again { subject: "11X".to_owned(), after, until };
    let mark = GroupMark {
        floor: 90,
        done: vec![95, 120],
        parked: vec![parked(70), parked(110)],
        again: vec![again(60, 130), again(100, 130)],
    };
    let deleted = DeskAct::GroupDeleted { group: "gone".parse().expect("a name") };
    let kept = Kept {
        acts: vec![act(1, created("finance")), act(2, created("gone")), act(3, deleted)],
        marks: [
            ("group/finance", encode_mark(&mark)),
            ("group/gone", encode_mark(&mark)),
            ("group/never", encode_mark(&mark)),
            ("watch/behind", "100.2026-10-01.0.any@log".to_owned()),
            ("watch/beyond", "101.2026-10-01.0.any@log".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec(),
    };
    let left = marks_within(&kept, 100).expect("readable");
    let names: Vec<_> = left.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["group/finance", "watch/behind"]);
    assert_eq!(left[1], kept.marks[3], "as it was");
    let expected = GroupMark {
        floor: 90,
        done: vec![95],
        parked: vec![parked(70)],
        again: vec![again(60, 100)],
    };
    assert_eq!(decode_mark(&left[0].1), Ok(expected));
    // Further back than it was done: it is done as far as there is anything.
    let left = marks_within(&kept, 50).expect("readable");
    assert_eq!(decode_mark(&left[0].1), Ok(GroupMark { floor: 50, ..GroupMark::default() }));
}
