//! Decides which marks of the desk remain when a log is restored to an earlier position.

use remit_domain::Position;
use remit_log::{LogError, Mark};
use remit_shape::{DeskEvent, GroupMark, decode_mark, encode_mark};

use super::acts::groups_after;
use super::groups::GROUP;
use crate::watch::Cursor;

/// Returns the marks to keep when a log is restored to position `until`. `acts` are the acts that
/// remain after the restore; `marks` are all the marks before the restore.
///
/// A group's mark that is beyond `until` is set back to `until`, since other events may be recorded
/// after that position. The mark of a named watch that is beyond `until` is dropped, because what
/// the watch reported may no longer hold. When the reader of that watch returns, the watch begins
/// again with the present answers.
///
/// # Errors
/// [`LogError`] if the mark of a group cannot be read.
pub fn marks_within(
    acts: &[DeskEvent],
    marks: &[Mark],
    until: Position,
) -> Result<Vec<Mark>, LogError> {
    let groups = groups_after(acts);
    let mut left = Vec::new();
    for Mark { name, value } in marks {
        if let Some(group) = name.strip_prefix(GROUP) {
            if groups.contains(group) {
                let mut mark = decode_mark(value)?;
                cut(&mut mark, until);
                left.push(Mark { name: name.clone(), value: encode_mark(&mark) });
            }
            continue;
        }
        let cursor = Cursor::of_any_log(value);
        if cursor.is_some_and(|(cursor, _)| cursor.reached() <= until) {
            left.push(Mark { name: name.clone(), value: value.clone() });
        }
    }
    Ok(left)
}

fn cut(mark: &mut GroupMark, until: Position) {
    mark.floor = mark.floor.min(until);
    mark.done.retain(|position| *position <= until);
    mark.parked.retain(|parked| parked.position <= until);
    mark.again.retain(|again| again.after < until);
    for again in &mut mark.again {
        again.until = again.until.min(until);
    }
}
