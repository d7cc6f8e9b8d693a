//! Co-commissioning levels: which facts each kind of evidence supports.
//!
//! | evidence | fact |
//! | --- | --- |
//! | `STARTED` | in force from the day of the row |
//! | `APPROVED`, no start evidenced | in force from the row's day, unconfirmed: only approved |
//! | `APPROVED`, and evidence that the level was not held on the day | approved, never in force |
//! | `IN_FORCE` | in force from the day of the row; unknown before that day |
//! | `INFERRED` | in force from the day of the row, unconfirmed; unknown before that day |
//! | `UNDATED` | drawn up; no effect |
//! | an application | drawn up and applied for; no effect |
//! | a row of levels not held | evidence that the level was not held on the day of the row |
//! | no row | no fact: the level is unknown, and is never assumed to be 1 |
//!
//! A row that gives a month says nothing of the month's first day. Its fact holds as the row says
//! from the middle of the month, and is unconfirmed in the days around it. A start in April is
//! derived from 1 April, because by law a level begins on that day.

use std::collections::BTreeMap;

use remit_domain::{
    Area, BodyCode, BodyRole, Confidence, Day, EndReason, Evidence, Instrument, InstrumentAdvanced,
    InstrumentEnded, InstrumentId, InstrumentKind, LegalBasis, Period, Stage, Start, Text,
};

use super::instruments::{draw, functions_on, not_held, put_in_force, the};
use crate::plan::{FindingKind, HEAD, Plan, Row};
use crate::source::{Source, SourceError};

pub(super) const POSITIVE: &str = "co_commissioning.csv";
pub(super) const NEGATIVE: &str = "co_commissioning_negative.csv";
pub(super) const TOTALS: &str = "co_commissioning_national_counts.csv";

/// The legal basis, the instrument kind and the id prefix of a level of co-commissioning with CCGs.
fn level(word: &str) -> Option<(LegalBasis, InstrumentKind, &'static str)> {
    match word {
        "1" => Some((LegalBasis::NoArrangement, InstrumentKind::GreaterInvolvement, "involvement")),
        "2" => Some((LegalBasis::S13zJointly, InstrumentKind::JointArrangement, "joint")),
        "3" => Some((LegalBasis::S13zBy, InstrumentKind::Delegation, "delegation")),
        _ => None,
    }
}

fn level_of(
    plan: &mut Plan,
    row: &Row<'_>,
    column: &str,
) -> Option<(LegalBasis, InstrumentKind, &'static str)> {
    let found = level(row.text(column));
    if found.is_none() {
        let reason = format!("no such level: {:?}", row.text(column));
        plan.find(row, column, FindingKind::Malformed, reason);
    }
    found
}

/// Reads the table of co-commissioning levels that CCGs did not hold, then the table of levels that
/// CCGs held, in order of date.
pub(super) fn levels(plan: &mut Plan, source: &Source) -> Result<(), SourceError> {
    let mut denied: BTreeMap<(BodyCode, String), Vec<Day>> = BTreeMap::new();
    if let Some(text) = super::text(plan, source, NEGATIVE)? {
        negative(plan, &text, &mut denied);
    }
    if let Some(text) = super::text(plan, source, POSITIVE)? {
        positive(plan, &text, &denied);
    }
    Ok(())
}

fn negative(plan: &mut Plan, text: &str, denied: &mut BTreeMap<(BodyCode, String), Vec<Day>>) {
    let needed = ["ccg_code", "level_not_held", "date", "source_title"];
    plan.table(NEGATIVE, text, &needed, |plan, row| {
        let ccg = plan.parse::<BodyCode>(row, "ccg_code");
        let seen = Seen::read(plan, row, row.text("date").len() == "2016-09".len());
        let level = level_of(plan, row, "level_not_held");
        // A source that does not name the level is no proof of it.
        let indirect = ["indirect", "only the title"].iter().any(|w| row.text("note").contains(w));
        let sure = if indirect { Confidence::Unconfirmed } else { Confidence::Confirmed };
        let (Some(ccg), Some(seen), Some((basis, ..))) = (ccg, seen, level) else { return };
        let word = row.text("level_not_held").to_owned();
        denied.entry((ccg, word)).or_default().push(seen.middle);
        let Some(evidence) = evidence(plan, row, sure, "") else { return };
        let middle = Period::one_day(seen.middle);
        not_held(plan, row, ccg, basis, Vec::new(), middle, evidence.clone());
        if let Some(month) = seen.month {
            let evidence = at_most(Confidence::Unconfirmed, evidence);
            not_held(plan, row, ccg, basis, Vec::new(), month, evidence);
        }
    });
}

/// The day on which a row saw a level, or the month.
#[derive(Clone, Copy)]
struct Seen {
    /// The day of the row; of a month, its middle.
    middle: Day,
    /// The month, if the row gives only a month.
    month: Option<Period>,
}

impl Seen {
    /// Reads the column `date`. If `month` is true, the column names a month, with or without a
    /// day in it. If the column is not valid, adds a finding and returns `None`.
    fn read(plan: &mut Plan, row: &Row<'_>, month: bool) -> Option<Self> {
        let text = row.text("date");
        if !month {
            return Some(Self { middle: plan.day(row, "date")?, month: None });
        }
        let found = format!("{}-01", text.get(..7).unwrap_or(text)).parse::<Day>();
        let first =
            found.map_err(|e| plan.find(row, "date", FindingKind::Malformed, e.to_string()));
        let first = first.ok()?;
        let next = match first.month() {
            12 => Day::new(first.year() + 1, 1, 1),
            month => Day::new(first.year(), month + 1, 1),
        };
        let middle = Day::new(first.year(), first.month(), 15).ok()?;
        Some(Self { middle, month: Period::new(first, Some(next.ok()?)).ok() })
    }

    /// The first day of which the row can be evidence.
    fn first(self) -> Day {
        self.month.map_or(self.middle, |month| month.from())
    }
}

/// The evidence of a row, no more certain than `confidence`.
fn at_most(confidence: Confidence, evidence: Evidence) -> Evidence {
    Evidence { confidence: evidence.confidence.min(confidence), ..evidence }
}

fn evidence(
    plan: &mut Plan,
    row: &Row<'_>,
    confidence: Confidence,
    said: &str,
) -> Option<Evidence> {
    let note = match (said, row.text("note")) {
        ("", note) => note.to_owned(),
        (said, "") => said.to_owned(),
        (said, note) => format!("{said}: {note}"),
    };
    plan.evidence(row, row.text("source_title"), row.text("source_url"), confidence, &note)
}

/// The confidence that `word`, from the column `confidence`, stands for: confirmed if the word is
/// `high`, otherwise unconfirmed.
fn confidence_of(word: &str) -> Confidence {
    if word == "high" { Confidence::Confirmed } else { Confidence::Unconfirmed }
}

fn positive(plan: &mut Plan, text: &str, denied: &BTreeMap<(BodyCode, String), Vec<Day>>) {
    let needed = ["ccg_code", "level", "evidence", "date", "confidence", "source_title"];
    // Rows are read in order of date, because a level ends on the day on which evidence of a later
    // level begins.
    plan.table_by(POSITIVE, text, &needed, Some("date"), |plan, row| {
        let ccg = plan.parse::<BodyCode>(row, "ccg_code");
        let level = level_of(plan, row, "level");
        let (Some(ccg), Some(level)) = (ccg, level) else { return };
        if !plan.known_body(row, "ccg_code", ccg) {
            return;
        }
        let month = row.text("date_precision") == "month";
        let seen = match row.text("date") {
            "" => None,
            _ => match Seen::read(plan, row, month) {
                Some(seen) => Some(seen),
                None => return,
            },
        };
        let denied = denied.get(&(ccg, row.text("level").to_owned()));
        let denied = denied.map(Vec::as_slice).unwrap_or_default();
        one_level(plan, row, ccg, level, seen, denied);
    });
}

fn one_level(
    plan: &mut Plan,
    row: &Row<'_>,
    ccg: BodyCode,
    (basis, kind, prefix): (LegalBasis, InstrumentKind, &str),
    seen: Option<Seen>,
    denied: &[Day],
) {
    let Some((start, sure, said)) = reading(plan, row, seen, denied) else { return };
    let Some(evidence) = evidence(plan, row, sure, said) else { return };
    // The instrument of an undated row is drawn up as of 1 April 2015, the first day on which the
    // co-commissioning programme offered levels.
    let offered = Day::new(2015, 4, 1).unwrap_or(Day::MIN);
    let as_of = seen.map_or(offered, Seen::first);
    let id = (format!("{prefix}/{ccg}"), as_of);
    let Some(id) = draw_level(plan, row, ccg, (basis, kind), id, evidence.clone()) else { return };
    if row.text("evidence") == "APPROVED" {
        advance(plan, row, &id, Stage::Approved, evidence.clone());
    }
    let (Some(start), Some(seen)) = (start, seen) else {
        plan.tally(row.file).without_effect += 1;
        return;
    };
    supersede(plan, row, ccg, &id, as_of, &evidence);
    // What a row says of a month holds of the month's middle. Of the days before, only a start is
    // more than possible: by law a level begins on the first of April.
    let middle = match (seen.month, start) {
        (None, _) => start,
        (Some(_), Start::Evidenced | Start::NotEvidenced) => {
            let sure = match start {
                Start::Evidenced => Confidence::Derived,
                Start::NotEvidenced | Start::ApprovalOnly => Confidence::Unconfirmed,
            };
            let evidence = at_most(sure, evidence.clone());
            put_in_force(plan, row, &id, Period::open(as_of), start, evidence);
            Start::NotEvidenced
        }
        (Some(_), Start::ApprovalOnly) => {
            return put_in_force(plan, row, &id, Period::open(as_of), start, evidence);
        }
    };
    put_in_force(plan, row, &id, Period::open(seen.middle), middle, evidence);
}

/// What a row is evidence of: how the level began, if it did, how sure that is, and the note that
/// says so. If the row does not say what it is evidence of, or another row denies it, adds a
/// finding and returns `None`.
fn reading(
    plan: &mut Plan,
    row: &Row<'_>,
    seen: Option<Seen>,
    denied: &[Day],
) -> Option<(Option<Start>, Confidence, &'static str)> {
    let sure = confidence_of(row.text("confidence"));
    let unsure = sure.min(Confidence::Unconfirmed);
    let denied = |day: Day| denied.contains(&day);
    let found = match (row.text("evidence"), seen) {
        ("STARTED", Some(_)) => (Some(Start::Evidenced), sure, "start evidenced"),
        ("APPROVED", Some(seen)) if denied(seen.first()) => (None, sure, "approved, not begun"),
        ("APPROVED", Some(_)) => (Some(Start::ApprovalOnly), unsure, "only approval is evidenced"),
        ("IN_FORCE", Some(_)) => (Some(Start::NotEvidenced), sure, "in force on the day"),
        ("INFERRED", Some(_)) => (Some(Start::NotEvidenced), unsure, "inferred"),
        ("UNDATED", _) => (None, sure, "undated: recorded without effect"),
        (other, _) => {
            let reason = format!("no such evidence, or no date with it: {other:?}");
            plan.find(row, "evidence", FindingKind::Malformed, reason);
            return None;
        }
    };
    if let Some(day) = seen.map(|seen| seen.middle)
        && found.0.is_some()
        && denied(day)
    {
        let reason = format!("said to be held on {day}, and not to be held on that day");
        plan.find(row, "date", FindingKind::DateAgainstDate, reason);
        return None;
    }
    Some(found)
}

/// Plans the instrument by which a CCG has a co-commissioning level, unless the register already
/// holds the instrument. Returns `None` if the instrument cannot be planned.
fn draw_level(
    plan: &mut Plan,
    row: &Row<'_>,
    ccg: BodyCode,
    (basis, kind): (LegalBasis, InstrumentKind),
    (id, as_of): (String, Day),
    evidence: Evidence,
) -> Option<InstrumentId> {
    let id: InstrumentId = id.parse().ok()?;
    let giver = the(plan, BodyRole::NhsEngland, as_of)?;
    let mut functions = functions_on(plan, basis, as_of);
    if basis == LegalBasis::NoArrangement {
        functions = functions_on(plan, LegalBasis::S13zBy, as_of);
    }
    let title: Text = match kind {
        InstrumentKind::Delegation => format!("Delegated commissioning, {ccg}"),
        InstrumentKind::JointArrangement => format!("Joint commissioning, {ccg}"),
        InstrumentKind::GreaterInvolvement => format!("Greater involvement, {ccg}"),
        InstrumentKind::Direction | InstrumentKind::Section7a | InstrumentKind::Intervention => {
            return None;
        }
    }
    .parse()
    .ok()?;
    let instrument = Instrument {
        id: id.clone(),
        kind,
        basis,
        title,
        given_by: vec![giver],
        given_to: vec![ccg],
        functions,
        area: Area::Of(vec![ccg]),
        forum: None,
        conditions: Vec::new(),
        loss_exceptions: Vec::new(),
        onward_barred: false,
    };
    draw(plan, row, instrument, evidence).then_some(id)
}

fn advance(plan: &mut Plan, row: &Row<'_>, id: &InstrumentId, stage: Stage, evidence: Evidence) {
    let known = plan.register().instrument_view(id, HEAD);
    if known.as_ref().is_some_and(|known| known.stages.iter().any(|view| view.stage == stage)) {
        plan.held(row.file);
        return;
    }
    // The CCG, to which the functions are given, applies for a level. NHS England, which gives the
    // functions, approves the level.
    let by = known.map(|known| match stage == Stage::Applied {
        true => known.instrument.given_to.clone(),
        false => known.instrument.given_by.clone(),
    });
    let fact = InstrumentAdvanced { instrument: id.clone(), stage, by: by.unwrap_or_default() };
    plan.offer(row, "evidence", fact, evidence);
}

/// Plans the end, on `day`, of the co-commissioning level that a CCG had before `day`, because a
/// CCG has only one level at a time.
fn supersede(
    plan: &mut Plan,
    row: &Row<'_>,
    ccg: BodyCode,
    id: &InstrumentId,
    day: Day,
    evidence: &Evidence,
) {
    let others = plan.register().instruments_view(Some(ccg), None, HEAD);
    let before: Vec<_> = others
        .iter()
        .filter(|view| view.instrument.id != *id && view.instrument.given_to == [ccg])
        .filter(|view| {
            view.in_force
                .iter()
                .any(|force| force.effective.from() < day && force.effective.contains(day))
        })
        .map(|view| view.instrument.id.clone())
        .collect();
    for instrument in before {
        let note = "a CCG has one level at a time: ended by evidence of another";
        let evidence = Evidence {
            confidence: evidence.confidence.min(Confidence::Derived),
            note: note.parse().ok(),
            ..evidence.clone()
        };
        let fact = InstrumentEnded {
            instrument,
            effective_until: day,
            reason: EndReason::Superseded,
            by: Vec::new(),
        };
        plan.offer(row, "date", fact, evidence);
    }
}

pub(super) fn applications(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["ccg_code", "level_applied_for", "month", "source_title"];
    plan.table(file, text, &needed, |plan, row| {
        let ccg = plan.parse::<BodyCode>(row, "ccg_code");
        let level = level_of(plan, row, "level_applied_for");
        let month = format!("{}-01", row.text("month")).parse::<Day>();
        let (Some(ccg), Some((basis, kind, prefix))) = (ccg, level) else { return };
        let month = match month {
            Ok(month) => month,
            Err(error) => {
                plan.find(row, "month", FindingKind::Malformed, error.to_string());
                return;
            }
        };
        let said = "an application: recorded without effect";
        let Some(mut evidence) = evidence(plan, row, Confidence::Confirmed, said) else { return };
        evidence.made_on = Some(month);
        // The application is for the level as the co-commissioning programme first offered the
        // level, on 1 April 2015.
        let offered = Day::new(2015, 4, 1).unwrap_or(Day::MIN);
        let id = format!("{prefix}/{ccg}/applied-{}", row.text("month"));
        let drawn = draw_level(plan, row, ccg, (basis, kind), (id, offered), evidence.clone());
        if let Some(id) = drawn {
            advance(plan, row, &id, Stage::Applied, evidence);
        }
    });
}

/// Adds a note for each published national total of CCGs at a co-commissioning level, with the
/// number of those CCGs that the register can name. The totals are never recorded.
pub(super) fn totals(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["date", "status", "level", "ccgs", "source_title"];
    plan.table(file, text, &needed, |plan, row| {
        plan.pass_over(row, "a national total, shown below and never recorded");
        let Ok(day) = row.text("date").parse::<Day>() else { return };
        let Some((_, kind, _)) = level(row.text("level")) else { return };
        if row.text("status") != "in force" {
            return;
        }
        let named = plan
            .register()
            .instruments_view(None, None, HEAD)
            .iter()
            .filter(|view| view.instrument.kind == kind)
            .filter(|view| view.in_force.iter().any(|force| force.effective.contains(day)))
            .filter(|view| view.instrument.given_to.iter().all(|body| plan.in_being(*body, day)))
            .count();
        let note = format!(
            "{day}: {} CCGs published at level {}; evidence names {named} of them ({})",
            row.text("ccgs"),
            row.text("level"),
            row.text("source_title"),
        );
        plan.note(note);
    });
}
