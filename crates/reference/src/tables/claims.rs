//! Finds the rows of one table that contradict each other: by them, one body belongs to two others
//! on the same days.

use std::collections::HashMap;

use remit_domain::{Day, Known, Period};

use crate::plan::{FindingKind, Plan, Row, is_far};

/// What one row says: its line, the body that the member belongs to, and when.
struct Claim {
    line: u64,
    group: String,
    effective: Period,
}

/// What the rows of one table say, by member and relation.
#[derive(Default)]
pub(super) struct Claims(HashMap<(String, String), Vec<Claim>>);

impl Claims {
    /// Looks at what a row says in the columns `member` and `group`. What cannot be read
    /// contradicts nothing: the row becomes a finding when it is read.
    pub fn look(&mut self, row: &Row<'_>, (member, group): (&str, &str)) {
        let until = match row.text("valid_to") {
            open if open.is_empty() || is_far(open) => Some(None),
            day => day.parse::<Day>().ok().and_then(Day::next).map(Some),
        };
        let from = row.text("valid_from").parse().ok();
        let period = from.zip(until).and_then(|(from, until)| Period::new(from, until).ok());
        let Some(effective) = period else { return };
        let (line, group) = (row.line, row.text(group).to_uppercase());
        self.0.entry(key(row, member)).or_default().push(Claim { line, group, effective });
    }

    /// Adds a finding if another row contradicts this one, and returns whether one does. Which of
    /// the two is right, no file can tell, so neither is recorded.
    pub fn contradict(&self, plan: &mut Plan, row: &Row<'_>, member: &str) -> bool {
        let said = self.0.get(&key(row, member)).map(Vec::as_slice).unwrap_or_default();
        let Some(own) = said.iter().find(|claim| claim.line == row.line) else { return false };
        let contradicts = |own: &Claim, other: &Claim| {
            // One period of one membership may be said twice, and its end be said later.
            let same = own.group == other.group && own.effective.from() == other.effective.from();
            !same && own.effective.overlaps(&other.effective)
        };
        // What cannot be recorded anyhow contradicts nothing: its own fault is found instead.
        let counts = |claim: &&Claim| {
            let roles = claim.group.parse().map(|group| plan.register().roles(group));
            let from = claim.effective.from();
            roles.is_ok_and(|roles| roles.iter().any(|life| life.effective.contains(from)))
        };
        let Some(own) = Some(own).filter(counts) else { return false };
        let mut others = said.iter().filter(|other| contradicts(own, other)).filter(counts);
        let Some(Claim { line, group, effective }) = others.next() else { return false };
        let reason = format!(
            "line {line} says that {} belongs to {group} {}, which overlaps; this row is not \
             recorded: remove or mend the one that is wrong",
            row.text(member),
            remit_wording::period(effective),
        );
        plan.find(row, "valid_from", FindingKind::Overlap, reason);
        true
    }
}

/// The member of a row and, in a table that has several, the relation.
fn key(row: &Row<'_>, member: &str) -> (String, String) {
    (row.text(member).to_uppercase(), row.text("relation").to_owned())
}
