//! Reads transfer schemes: by which power liabilities passed from one body to another.

use remit_domain::{BodyCode, Evidence, FunctionCode, Text, TransferScheme};

use super::confidence;
use super::instruments::list;
use crate::plan::{FindingKind, Plan, Row};

pub(super) fn schemes(plan: &mut Plan, file: &str, text: &str) {
    let needed = ["from", "to", "power", "effective_on", "functions", "confidence", "source"];
    plan.table(file, text, &needed, |plan, row| {
        let (from, to) = (plan.parse::<BodyCode>(row, "from"), plan.parse::<BodyCode>(row, "to"));
        let power = plan.parse::<Text>(row, "power");
        let effective_on = plan.day(row, "effective_on");
        let functions = list::<FunctionCode>(plan, row, "functions");
        let (described, excepted) = (words(plan, row, "described"), words(plan, row, "excepted"));
        let made_on = match row.text("made_on") {
            "" => Some(None),
            _ => plan.day(row, "made_on").map(Some),
        };
        let sure = confidence(plan, row, "confidence");
        let Some(sure) = sure else { return };
        let evidence = plan.evidence(row, row.text("source"), "", sure, row.text("note"));
        let scheme = || {
            let (described, excepted) = (described?, excepted?);
            let (from, to, power, functions) = (from?, to?, power?, functions?);
            let effective_on = effective_on?;
            Some(TransferScheme { from, to, power, effective_on, functions, described, excepted })
        };
        let (Some(scheme), Some(evidence), Some(made_on)) = (scheme(), evidence, made_on) else {
            return;
        };
        if plan.register().scheme_is_known(&scheme) {
            plan.held(row.file);
        } else {
            plan.offer(row, "from", scheme, Evidence { made_on, ..evidence });
        }
    });
}

/// The text in a column that may be empty. If the text is not valid, adds a finding and returns
/// `None`.
fn words(plan: &mut Plan, row: &Row<'_>, column: &str) -> Option<Option<Text>> {
    match row.text(column) {
        "" => Some(None),
        text => match text.parse() {
            Ok(text) => Some(Some(text)),
            Err(error) => {
                let error: remit_domain::InvalidText = error;
                plan.find(row, column, FindingKind::Malformed, error.to_string());
                None
            }
        },
    }
}
