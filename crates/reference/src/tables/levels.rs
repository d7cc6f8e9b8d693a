//! Co-commissioning levels: which facts each kind of evidence supports.
//!
//! | evidence | fact |
//! | --- | --- |
//! | `STARTED`, `APPROVED`, `IN_FORCE`, `INFERRED` | sighted so on the row's day |
//! | `APPROVED` | approved, besides |
//! | `UNDATED` | sighted, undated; no effect |
//! | an application | drawn up and applied for; no effect |
//! | a row of levels not held | evidence that the level was not held on the day of the row |
//! | no row | no fact: the level is unknown, and is never assumed to be 1 |
//!
//! A row is recorded as what it is, a sighting, whatever other rows say. So the order of rows and
//! of imports does not matter: the register works out how certain each day is.

use remit_domain::{
    Area, BodyCode, BodyRole, Confidence, Day, Evidence, Instrument, InstrumentAdvanced,
    InstrumentId, InstrumentKind, InstrumentSighted, LegalBasis, Period, Sighting, Stage, Text,
};

use remit_register::Place;

use super::instruments::{draw, functions_ever_on, not_held, the};
use crate::plan::{FindingKind, HEAD, Plan, Row};

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

/// Reads the table of co-commissioning levels that CCGs did not hold.
pub(super) fn not_held_levels(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["ccg_code", "level_not_held", "date", "source_title"];
    plan.table(file, text, &needed, |plan, row| {
        let ccg = plan.parse::<BodyCode>(row, "ccg_code");
        let seen = seen(plan, row, row.text("date").len() == "2016-09".len());
        let level = level_of(plan, row, "level_not_held");
        // A source that does not name the level is no proof of it.
        let indirect = ["indirect", "only the title"].iter().any(|w| row.text("note").contains(w));
        let sure = if indirect { Confidence::Unconfirmed } else { Confidence::Confirmed };
        let (Some(ccg), Some(seen), Some((basis, ..))) = (ccg, seen, level) else { return };
        let Some(evidence) = evidence(plan, row, sure, "") else { return };
        let middle = Period::one_day(seen.middle());
        not_held(plan, row, ccg, basis, Vec::new(), middle, evidence.clone());
        if middle != seen {
            let confidence = evidence.confidence.min(Confidence::Unconfirmed);
            let evidence = Evidence { confidence, ..evidence };
            not_held(plan, row, ccg, basis, Vec::new(), seen, evidence);
        }
    });
}

/// The day on which a row saw a level. If `month` is true, the column `date` names a month, with or
/// without a day in it, and the result is that month. If the column is not valid, adds a finding
/// and returns `None`.
fn seen(plan: &mut Plan, row: &Row<'_>, month: bool) -> Option<Period> {
    if !month {
        return plan.day(row, "date").map(Period::one_day);
    }
    let text = row.text("date");
    let found = format!("{}-01", text.get(..7).unwrap_or(text)).parse::<Day>();
    let first = found.map_err(|e| plan.find(row, "date", FindingKind::Malformed, e.to_string()));
    let first = first.ok()?;
    let next = match first.month() {
        12 => Day::new(first.year() + 1, 1, 1),
        month => Day::new(first.year(), month + 1, 1),
    };
    Period::new(first, Some(next.ok()?)).ok()
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

/// Reads the table of co-commissioning levels that CCGs held.
pub(super) fn held_levels(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["ccg_code", "level", "evidence", "date", "confidence", "source_title"];
    plan.table(file, text, &needed, |plan, row| {
        let ccg = plan.parse::<BodyCode>(row, "ccg_code");
        let level = level_of(plan, row, "level");
        let (Some(ccg), Some(level)) = (ccg, level) else { return };
        if !plan.known_body(row, "ccg_code", ccg) {
            return;
        }
        let month = row.text("date_precision") == "month";
        let seen = match row.text("date") {
            "" => None,
            _ => match seen(plan, row, month) {
                Some(seen) => Some(seen),
                None => return,
            },
        };
        one_level(plan, row, ccg, level, seen);
    });
}

fn one_level(
    plan: &mut Plan,
    row: &Row<'_>,
    ccg: BodyCode,
    (basis, kind, prefix): (LegalBasis, InstrumentKind, &str),
    seen: Option<Period>,
) {
    let Some((sighting, said)) = reading(plan, row, seen.is_some()) else { return };
    let sure = confidence_of(row.text("confidence"));
    let Some(evidence) = evidence(plan, row, sure, said) else { return };
    // An undated row may speak of any day from 1 April 2015, the first day on which the
    // co-commissioning programme offered levels.
    let offered = Day::new(2015, 4, 1).unwrap_or(Day::MIN);
    let seen = seen.unwrap_or(Period::open(offered));
    let id = format!("{prefix}/{ccg}");
    let Some(id) = draw_level(plan, row, ccg, (basis, kind), &id, evidence.clone()) else { return };
    if sighting == Sighting::Approved {
        advance(plan, row, &id, Stage::Approved, evidence.clone());
    }
    let known = plan.register().instrument_view(&id, HEAD);
    let held = known.is_some_and(|known| {
        known.sightings.iter().any(|other| {
            (other.seen, other.sighting) == (seen, sighting) && *other.evidence == evidence
        })
    });
    if held {
        plan.held(row.file);
        return;
    }
    plan.tally(row.file).without_effect += usize::from(sighting == Sighting::Undated);
    plan.offer(row, "date", InstrumentSighted { instrument: id, seen, sighting }, evidence);
}

/// What a row says of the level, and the note that says so. If the row does not say what it is
/// evidence of, adds a finding and returns `None`.
fn reading(plan: &mut Plan, row: &Row<'_>, dated: bool) -> Option<(Sighting, &'static str)> {
    match (row.text("evidence"), dated) {
        ("STARTED", true) => Some((Sighting::Started, "start evidenced")),
        ("APPROVED", true) => Some((Sighting::Approved, "only approval is evidenced")),
        ("IN_FORCE", true) => Some((Sighting::InForce, "in force on the day")),
        ("INFERRED", true) => Some((Sighting::Inferred, "inferred")),
        ("UNDATED", _) => Some((Sighting::Undated, "undated: recorded without effect")),
        (other, _) => {
            let reason = format!("{other:?} is no word for evidence, or the row has no date");
            plan.find(row, "evidence", FindingKind::Malformed, reason);
            None
        }
    }
}

/// Plans the instrument by which a CCG has a co-commissioning level, unless the register already
/// holds the instrument. Returns `None` if the instrument cannot be planned.
fn draw_level(
    plan: &mut Plan,
    row: &Row<'_>,
    ccg: BodyCode,
    (basis, kind): (LegalBasis, InstrumentKind),
    id: &str,
    evidence: Evidence,
) -> Option<InstrumentId> {
    let id: InstrumentId = id.parse().ok()?;
    // Whatever row comes first, the instrument is the same: all functions that a CCG could have by
    // it at any time.
    let offered = Day::new(2015, 4, 1).ok()?;
    let giver = the(plan, BodyRole::NhsEngland, offered)?;
    let delegable = basis == LegalBasis::NoArrangement;
    let functions = functions_ever_on(plan, if delegable { LegalBasis::S13zBy } else { basis });
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
        contracts: Vec::new(),
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
        let id = format!("{prefix}/{ccg}/applied-{}", row.text("month"));
        let drawn = draw_level(plan, row, ccg, (basis, kind), &id, evidence.clone());
        if let Some(id) = drawn {
            advance(plan, row, &id, Stage::Applied, evidence);
        }
    });
}

/// Whether evidence shows that the receiver of an instrument has, on the day `on`, a function of
/// the instrument by it.
fn is_held(plan: &Plan, instrument: &Instrument, on: Day) -> bool {
    let asked = instrument.given_to.first().zip(instrument.functions.first());
    asked.is_some_and(|(receiver, function)| {
        let answer = plan.register().who_holds(function, &Place::Body(*receiver), on, HEAD);
        answer.instruments().contains(&&instrument.id)
    })
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
            .filter(|view| is_held(plan, view.instrument, day))
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
