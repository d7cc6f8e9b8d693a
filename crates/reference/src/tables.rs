//! Reads the tables of the data directory (`data/README.md`) and turns each row into facts.

mod bodies;
mod instruments;
mod law;
mod levels;

use remit_domain::Confidence;

use crate::plan::{FindingKind, Plan, Row};
use crate::source::{Source, SourceError};

/// Reads every table of a source, in such an order that each fact comes after the facts on which it
/// rests.
///
/// # Errors
/// [`SourceError`] if a file exists but cannot be read. Every other fault becomes a finding.
pub fn plan(plan: &mut Plan, source: &Source) -> Result<(), SourceError> {
    type Reader = fn(&mut Plan, &str, &str);
    const READERS: &[(&str, Reader)] = &[
        ("bodies.csv", bodies::organisations),
        ("organisations.csv", bodies::organisations),
        ("function_catalogue.csv", law::functions),
        ("rules.csv", law::rules),
        ("organisation_successions.csv", bodies::successions),
        ("organisation_parents.csv", bodies::parents),
        ("organisation_name_sightings.csv", bodies::names),
        ("body_names.csv", bodies::names),
        ("practices.csv", bodies::practices),
        ("practice_commissioner.csv", bodies::commissioners),
        ("pcns.csv", bodies::networks),
        ("practice_pcn.csv", bodies::practice_networks),
        ("instruments.csv", instruments::instruments),
        ("co_commissioning_applications.csv", levels::applications),
        ("icb_delegations.csv", instruments::icb_delegations),
        ("icb_delegations_2025.csv", instruments::icb_delegations),
        ("staff_transfers.csv", instruments::staff_transfers),
        ("specialised_delegation_status.csv", instruments::specialised),
    ];
    let names = source.names()?;
    for (name, read) in READERS {
        if let Some(text) = source.read(name)? {
            read(plan, name, &text);
        }
        // Whether a co-commissioning level was in force also depends on the table of levels not
        // held, so `levels` reads both tables.
        if *name == "instruments.csv" {
            levels::levels(plan, source)?;
        }
    }
    for name in names {
        let read = READERS.iter().any(|(known, _)| *known == name);
        match name.as_str() {
            levels::POSITIVE | levels::NEGATIVE => {}
            "practice_data_issues.csv" => {
                plan.note(format!(
                    "{name}: faults found in the published practice data, already mended in the \
                     tables above; shown here, not facts of the register"
                ));
            }
            levels::TOTALS => {
                if let Some(text) = source.read(&name)? {
                    levels::totals(plan, &name, &text);
                }
            }
            _ if !read => plan
                .note(format!("{name}: not read, because this release has no facts of its kind")),
            _ => {}
        }
    }
    Ok(())
}

/// Parses the confidence in `column`. If the text is not a confidence, adds a finding and returns
/// `None`.
fn confidence(plan: &mut Plan, row: &Row<'_>, column: &str) -> Option<Confidence> {
    word(plan, row, column, row.text(column))
}

/// Parses `text` as a word of the vocabulary `W`. If `text` is no such word, adds a finding and
/// returns `None`.
fn word<W: remit_domain::Word>(
    plan: &mut Plan,
    row: &Row<'_>,
    column: &str,
    text: &str,
) -> Option<W> {
    W::from_word(text)
        .map_err(|error| plan.find(row, column, FindingKind::Malformed, error.to_string()))
        .ok()
}
