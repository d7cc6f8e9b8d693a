//! Tests which marks of the desk remain when a log is restored to an earlier position.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use remit_domain::{Position, UtcInstant};
use remit_engine::marks_within;
use remit_log::Mark;
use remit_shape::{Again, DeskAct, DeskEvent, GroupMark, Parked, decode_mark, encode_mark};

fn at(position: u64) -> Position {
    Position::new(position)
}

fn act(sequence: u64, act: DeskAct) -> DeskEvent {
    DeskEvent {
        sequence,
        recorded_at: UtcInstant::MIN,
        actor: "the desk".parse().expect("an office"),
        act,
    }
}

fn created(group: &str) -> DeskAct {
    let group = group.parse().expect("a name");
    DeskAct::GroupCreated { group, filter: String::new(), after: at(0) }
}

#[test]
fn no_mark_speaks_of_what_is_no_longer_there() {
    let parked = |position| Parked {
        position: at(position),
        subject: "11X".to_owned(),
        reason: "no cost centre".to_owned(),
        member: "desk-1".to_owned(),
        attempts: 5,
    };
    let again =
        |after, until| Again { subject: "11X".to_owned(), after: at(after), until: at(until) };
    let mark = GroupMark {
        floor: at(90),
        done: vec![at(95), at(120)],
        parked: vec![parked(70), parked(110)],
        again: vec![again(60, 130), again(100, 130)],
    };
    let deleted = DeskAct::GroupDeleted { group: "gone".parse().expect("a name") };
    let acts = [act(1, created("finance")), act(2, created("gone")), act(3, deleted)];
    let marks = [
        ("group/finance", encode_mark(&mark)),
        ("group/gone", encode_mark(&mark)),
        ("group/never", encode_mark(&mark)),
        ("watch/behind", "100.2026-10-01.0.any@log".to_owned()),
        ("watch/in-the-middle", "99.2026-10-01.3.any@log".to_owned()),
        ("watch/of-a-day", "100.2026-10-01.3d.any@log".to_owned()),
        ("watch/beyond", "101.2026-10-01.0.any@log".to_owned()),
        ("watch/in-the-middle-of-the-next", "100.2026-10-01.3.any@log".to_owned()),
    ]
    .map(|(name, value)| Mark { name: name.to_owned(), value });
    let left = marks_within(&acts, &marks, at(100)).expect("readable");
    let names: Vec<_> = left.iter().map(|mark| mark.name.as_str()).collect();
    assert_eq!(names, ["group/finance", "watch/behind", "watch/in-the-middle", "watch/of-a-day"]);
    assert_eq!(left[1], marks[3], "as it was");
    let expected = GroupMark {
        floor: at(90),
        done: vec![at(95)],
        parked: vec![parked(70)],
        again: vec![again(60, 100)],
    };
    assert_eq!(decode_mark(&left[0].value), Ok(expected));
    // If the log is restored to a position before the group's floor, the floor is set back to that
    // position.
    let left = marks_within(&acts, &marks, at(50)).expect("readable");
    assert_eq!(
        decode_mark(&left[0].value),
        Ok(GroupMark { floor: at(50), ..GroupMark::default() })
    );
}
