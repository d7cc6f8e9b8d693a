//! Reads the tables of instruments: section 7A arrangements, and delegations to ICBs.

use std::collections::BTreeMap;

use remit_domain::{
    Area, BodyCode, BodyRole, Confidence, Day, Evidence, ExpectationStated, Forum, ForumKind,
    FunctionCode, Instrument, InstrumentId, InstrumentInForce, InstrumentKind, Known, LegalBasis,
    LevelNotHeld, Period, Start, Text, WorkPerformed,
};

use super::{confidence, word};
use crate::plan::{FindingKind, HEAD, Plan, Row};

/// The functions that the catalogue lets another body exercise on `basis` on the day `on`, in order
/// of code.
pub(crate) fn functions_on(plan: &Plan, basis: LegalBasis, on: Day) -> Vec<FunctionCode> {
    let rows = plan.register().functions_view(Some(on), HEAD);
    rows.iter()
        .filter(|view| view.function.route(basis).is_some())
        .map(|view| view.function.code.clone())
        .collect()
}

/// The functions that the catalogue lets another body exercise on `basis` on any day, in order of
/// code.
pub(crate) fn functions_ever_on(plan: &Plan, basis: LegalBasis) -> Vec<FunctionCode> {
    let rows = plan.register().functions_view(None, HEAD);
    let on_basis = rows.iter().filter(|view| view.function.route(basis).is_some());
    let mut codes: Vec<_> = on_basis.map(|view| view.function.code.clone()).collect();
    codes.dedup();
    codes
}

/// The body that has `role` on the day `on`. If several bodies have the role, the first of them by
/// code.
pub(crate) fn the(plan: &Plan, role: BodyRole, on: Day) -> Option<BodyCode> {
    plan.register().bodies_of(role, Some(on), HEAD).first().map(|view| view.code)
}

/// Plans an instrument unless the register already holds it. Returns whether the plan's register
/// holds the instrument afterwards.
pub(crate) fn draw(
    plan: &mut Plan,
    row: &Row<'_>,
    instrument: Instrument,
    evidence: Evidence,
) -> bool {
    if plan.register().instrument(&instrument.id).is_some() {
        plan.held(row.file);
        return true;
    }
    plan.offer(row, "instrument", instrument, evidence)
}

/// Plans a period in which an instrument is in force, unless the register holds such a period that
/// begins on the same day.
pub(crate) fn put_in_force(
    plan: &mut Plan,
    row: &Row<'_>,
    id: &InstrumentId,
    effective: Period,
    start: Start,
    evidence: Evidence,
) {
    let known = plan.register().instrument(id);
    let held = known.is_some_and(|known| {
        known.in_force.iter().any(|held| held.effective.from() == effective.from())
    });
    if held {
        plan.held(row.file);
        return;
    }
    let fact = InstrumentInForce { instrument: id.clone(), effective, start };
    plan.offer(row, "valid_from", fact, evidence);
}

pub(super) fn instruments(plan: &mut Plan, file: &str, text: &str) {
    let needed = [
        "instrument",
        "kind",
        "basis",
        "title",
        "given_by",
        "given_to",
        "area",
        "functions",
        "valid_from",
        "valid_to",
        "start",
        "confidence",
        "source",
    ];
    plan.table(file, text, &needed, |plan, row| {
        let id = plan.parse::<InstrumentId>(row, "instrument");
        let kind = word::<InstrumentKind>(plan, row, "kind", row.text("kind"));
        let basis = word::<LegalBasis>(plan, row, "basis", row.text("basis"));
        let title = plan.parse::<Text>(row, "title");
        let given_by = list::<BodyCode>(plan, row, "given_by");
        let given_to = list::<BodyCode>(plan, row, "given_to");
        let functions = list::<FunctionCode>(plan, row, "functions");
        let area = match row.text("area") {
            "england" => Some(Area::England),
            _ => list::<BodyCode>(plan, row, "area").map(Area::Of),
        };
        let effective = plan.period(row, "valid_from", "valid_to");
        let start = word::<Start>(plan, row, "start", row.text("start"));
        let sure = confidence(plan, row, "confidence");
        let forum = match row.text("forum") {
            "" => None,
            _ => plan.parse::<Text>(row, "forum"),
        };
        let forum = forum.map(|name| Forum { kind: ForumKind::JointCommittee, name });
        let build = || {
            Some(Instrument {
                id: id?,
                kind: kind?,
                basis: basis?,
                title: title?,
                given_by: given_by?,
                given_to: given_to?,
                functions: functions?,
                area: area?,
                contracts: Vec::new(),
                forum,
                conditions: Vec::new(),
                loss_exceptions: Vec::new(),
                onward_barred: false,
            })
        };
        let (Some(instrument), Some(effective), Some(start), Some(sure)) =
            (build(), effective, start, sure)
        else {
            return;
        };
        let Some(evidence) = plan.evidence(row, row.text("source"), "", sure, row.text("note"))
        else {
            return;
        };
        let id = instrument.id.clone();
        if draw(plan, row, instrument, evidence.clone()) {
            put_in_force(plan, row, &id, effective, start, evidence);
        }
    });
}

/// Reads the codes in a column, with spaces between them.
pub(super) fn list<T: std::str::FromStr<Err: std::fmt::Display>>(
    plan: &mut Plan,
    row: &Row<'_>,
    column: &str,
) -> Option<Vec<T>> {
    let mut found = Vec::new();
    for text in row.text(column).split_whitespace() {
        match text.parse() {
            Ok(value) => found.push(value),
            Err(error) => {
                plan.find(row, column, FindingKind::Malformed, format!("{error}"));
                return None;
            }
        }
    }
    Some(found)
}

/// Plans a delegation from NHS England to one ICB, and the period in which it is in force.
fn to_icb(
    plan: &mut Plan,
    row: &Row<'_>,
    icb: BodyCode,
    (id, title): (String, String),
    functions: Vec<FunctionCode>,
    effective: Period,
    evidence: Evidence,
) {
    let giver = the(plan, BodyRole::NhsEngland, effective.from());
    let (Ok(id), Ok(title), Some(giver)) = (id.parse(), title.parse(), giver) else {
        let reason =
            "the register has no NHS England, or the instrument cannot be named".to_owned();
        plan.find(row, "icb_code", FindingKind::Refused, reason);
        return;
    };
    let instrument = Instrument {
        id,
        kind: InstrumentKind::Delegation,
        basis: LegalBasis::S65z5,
        title,
        given_by: vec![giver],
        given_to: vec![icb],
        functions,
        area: Area::Of(vec![icb]),
        contracts: Vec::new(),
        forum: None,
        conditions: Vec::new(),
        loss_exceptions: Vec::new(),
        onward_barred: false,
    };
    let id = instrument.id.clone();
    if draw(plan, row, instrument, evidence.clone()) {
        put_in_force(plan, row, &id, effective, Start::Evidenced, evidence);
    }
}

pub(super) fn icb_delegations(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["icb_code", "function_group", "valid_from", "valid_to", "source_title"];
    plan.table(file, text, &needed, |plan, row| {
        let icb = plan.parse::<BodyCode>(row, "icb_code");
        let effective = plan.period(row, "valid_from", "valid_to");
        let (Some(icb), Some(effective)) = (icb, effective) else { return };
        let group = row.text("function_group");
        let all = functions_on(plan, LegalBasis::S65z5, effective.from());
        let of_group: &[&str] = match group {
            "PHARMACEUTICAL" => &["pharmaceutical-services", "local-pharmaceutical-services"],
            "OPHTHALMIC" => &["general-ophthalmic-services"],
            "DENTAL" => &["primary-dental-services", "secondary-community-dental"],
            "COMPLAINTS" => &["complaints-primary-care"],
            "SPECIALISED_2025" => &["specialised-services-2025-additions"],
            "PRIMARY_MEDICAL" => &[],
            other => {
                let reason = format!("no such group: {other:?}");
                plan.find(row, "function_group", FindingKind::Malformed, reason);
                return;
            }
        };
        // Primary medical functions are those that could be delegated to a CCG on 30 June 2022, the
        // day before the first ICBs (reference section 3.2).
        let medical = Day::new(2022, 6, 30)
            .map(|eve| functions_on(plan, LegalBasis::S13zBy, eve))
            .unwrap_or_default();
        let functions: Vec<_> = all
            .into_iter()
            .filter(|code| match of_group {
                [] => medical.contains(code),
                codes => codes.contains(&code.as_str()),
            })
            .collect();
        let word = group.to_lowercase().replace('_', "-");
        let names = (
            format!("delegation/{icb}/{word}"),
            format!("Delegation of {} functions to {icb}", word.replace('-', " ")),
        );
        let (source, url) = (row.text("source_title"), row.text("source_url"));
        let quality = row.text("date_quality");
        let sure = match quality.starts_with("unconfirmed") {
            true => Confidence::Unconfirmed,
            false => Confidence::Confirmed,
        };
        let evidence = plan.evidence(row, source, url, sure, quality);
        if let Some(evidence) = evidence {
            to_icb(plan, row, icb, names, functions, effective, evidence);
        }
    });
}

/// Plans the facts that a region of NHS England did the work of delegated functions until its staff
/// were transferred.
pub(super) fn staff_transfers(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["region_code", "function_groups", "delegated_on", "transferred_on", "source"];
    plan.table(file, text, &needed, |plan, row| {
        let region = plan.parse::<BodyCode>(row, "region_code");
        let (from, until) = (plan.day(row, "delegated_on"), plan.day(row, "transferred_on"));
        let source = row.text("source");
        let evidence = plan.evidence(row, source, "", Confidence::Confirmed, row.text("note"));
        let (Some(region), Some(from), Some(until), Some(evidence)) =
            (region, from, until, evidence)
        else {
            return;
        };
        let Ok(effective) = Period::new(from, Some(until)) else {
            let reason = format!("the end, {until}, must be after the beginning, {from}");
            plan.find(row, "transferred_on", FindingKind::DateAgainstDate, reason);
            return;
        };
        let of_region = Some(remit_domain::Relation::IcbOfRegion);
        let icbs: Vec<_> = plan
            .register()
            .members(region, of_region, Some(from), HEAD)
            .iter()
            .map(|member| member.member.to_string())
            .collect();
        for icb in icbs {
            for group in row.text("function_groups").split_whitespace() {
                let Ok(instrument) = format!("delegation/{icb}/{group}").parse::<InstrumentId>()
                else {
                    continue;
                };
                if plan.register().work_is_known(&instrument, region, effective) {
                    plan.held(row.file);
                    continue;
                }
                let fact = WorkPerformed {
                    instrument,
                    performer: region,
                    functions: Vec::new(),
                    effective,
                };
                plan.offer(row, "region_code", fact, evidence.clone());
            }
        }
    });
}

/// Reads the delegations of specialised services, which have one row per sub-ICB location. The
/// first row for an ICB and a day decides for the whole ICB; a later row that disagrees with the
/// first is a finding.
pub(super) fn specialised(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["sub_icb_code", "icb_code", "delegated", "valid_from", "valid_to"];
    let source = "NHS England Commissioner Assignment Method reference table, 2025-04-15";
    let mut seen: BTreeMap<(BodyCode, Day), String> = BTreeMap::new();
    plan.table(file, text, &needed, |plan, row| {
        let icb = plan.parse::<BodyCode>(row, "icb_code");
        let effective = plan.period(row, "valid_from", "valid_to");
        let (Some(icb), Some(effective)) = (icb, effective) else { return };
        let delegated = row.text("delegated").to_owned();
        let from = effective.from();
        if let Some(other) = seen.get(&(icb, from)) {
            // The row of the first location of an ICB decides for the whole ICB. The rows of other
            // locations must agree with the first row.
            if *other == delegated {
                plan.pass_over(
                    row,
                    "a further location of an ICB, which says what its first one said",
                );
            } else {
                let reason = format!("{delegated} here, {other} for another location of {icb}");
                plan.find(row, "delegated", FindingKind::Differs, reason);
            }
            return;
        }
        seen.insert((icb, from), delegated.clone());
        let Some(evidence) = plan.evidence(row, source, "", Confidence::Confirmed, "") else {
            return;
        };
        let all = functions_on(plan, LegalBasis::S65z5, from);
        let functions: Vec<FunctionCode> = all
            .into_iter()
            .filter(|code| code.as_str() == "specialised-services-2023-list")
            .collect();
        if delegated == "Yes" {
            let names = (
                format!("delegation/{icb}/specialised-2023"),
                format!("Delegation of the first specialised services to {icb}"),
            );
            to_icb(plan, row, icb, names, functions, effective, evidence);
        } else {
            not_held(plan, row, icb, LegalBasis::S65z5, functions, effective, evidence);
        }
    });
}

/// Reads the table of what was expected: for each row, a statement about the area of every
/// commissioner that has the role on the day from which the change was expected.
pub(super) fn expectations(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["function", "expected_role", "effective_from", "nature", "made_on", "source"];
    plan.table(file, text, &needed, |plan, row| {
        let function = plan.parse::<FunctionCode>(row, "function");
        let role = word::<BodyRole>(plan, row, "expected_role", row.text("expected_role"));
        let from = plan.day(row, "effective_from");
        let made_on = plan.day(row, "made_on");
        let nature = plan.parse::<Text>(row, "nature");
        let source = row.text("source");
        let evidence = plan.evidence(row, source, "", Confidence::Confirmed, row.text("note"));
        let (Some(function), Some(role), Some(from), Some(made_on), Some(nature), Some(evidence)) =
            (function, role, from, made_on, nature, evidence)
        else {
            return;
        };
        let evidence = Evidence { made_on: Some(made_on), ..evidence };
        let expected = plan.register().bodies_of(role, Some(from), HEAD);
        let expected: Vec<_> = expected.iter().map(|view| view.code).collect();
        for body in expected {
            let fact = ExpectationStated {
                function: function.clone(),
                area: body,
                expected: body,
                effective_from: from,
                nature: nature.clone(),
            };
            if plan.register().expectation_is_known(&fact) {
                plan.held(row.file);
            } else {
                plan.offer(row, "function", fact, evidence.clone());
            }
        }
    });
}

/// Plans evidence that `body` did not have `functions` on `basis`, unless the register already
/// holds that evidence.
pub(crate) fn not_held(
    plan: &mut Plan,
    row: &Row<'_>,
    body: BodyCode,
    basis: LegalBasis,
    functions: Vec<FunctionCode>,
    effective: Period,
    evidence: Evidence,
) {
    let bases = vec![basis];
    let held = plan.register().levels_not_held(body, HEAD).iter().any(|view| {
        view.bases == bases && view.functions == functions && view.effective == effective
    });
    if held {
        plan.held(row.file);
        return;
    }
    let fact = LevelNotHeld { body, bases, functions, effective };
    plan.offer(row, "valid_from", fact, evidence);
}
