//! Reads the tables of the data directory (`data/README.md`) and turns each row into facts.

mod bodies;
mod claims;
mod instruments;
mod law;
mod levels;
mod names;
mod schemes;

use remit_domain::Confidence;

use crate::plan::{FindingKind, Plan, Row};
use crate::rows;
use crate::source::{DataFile, Source, SourceError};

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
        ("primary_care_trusts.csv", bodies::organisations),
        ("function_catalogue.csv", law::functions),
        ("rules.csv", law::rules),
        ("organisation_successions.csv", bodies::successions),
        ("organisation_parents.csv", bodies::parents),
        ("organisation_name_sightings.csv", names::sighted),
        ("body_names.csv", names::dated),
        ("practices.csv", bodies::practices),
        ("practice_pct.csv", bodies::commissioners),
        ("practice_commissioner.csv", bodies::commissioners),
        ("pcns.csv", bodies::networks),
        ("practice_pcn.csv", bodies::practice_networks),
        ("transfer_schemes.csv", schemes::schemes),
        ("instruments.csv", instruments::instruments),
        ("co_commissioning_negative.csv", levels::not_held_levels),
        ("co_commissioning.csv", levels::held_levels),
        ("co_commissioning_applications.csv", levels::applications),
        ("icb_delegations.csv", instruments::icb_delegations),
        ("icb_delegations_2023.csv", instruments::icb_delegations),
        ("icb_delegations_2025.csv", instruments::icb_delegations),
        ("staff_transfers.csv", instruments::staff_transfers),
        ("specialised_delegation_status.csv", instruments::specialised),
        ("expectations.csv", instruments::expectations),
    ];
    let names = source.names()?;
    for (name, read) in READERS {
        if let Some(text) = text(plan, source, name)? {
            read(plan, name, &text);
        }
    }
    for name in names {
        let read = READERS.iter().any(|(known, _)| *known == name);
        match name.as_str() {
            "practice_data_issues.csv" => {
                plan.note(format!(
                    "{name}: faults found in the published practice data, already mended in the \
                     tables above; shown here, not facts of the register"
                ));
            }
            levels::TOTALS => {
                if let Some(text) = text(plan, source, &name)? {
                    levels::totals(plan, &name, &text);
                }
            }
            _ if !read => {
                let rows = text(plan, source, &name)?.map_or(0, |text| rows::rows_in(&text));
                let near = near(&name, READERS.iter().map(|(known, _)| *known));
                plan.unread(&name, rows, near);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Reads the text of a file, and notes how the file was read if that is not plain.
fn text(plan: &mut Plan, source: &Source, name: &str) -> Result<Option<String>, SourceError> {
    let Some(DataFile { text, note }) = source.read(name)? else { return Ok(None) };
    note.into_iter().for_each(|note| plan.note(note));
    Ok(Some(text))
}

/// The name that is most like `name`, if one is so like it that it was probably meant.
fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let like = |known: &&'n str| (strsim::normalized_levenshtein(name, known) * 1e3) as u32;
    known.max_by_key(like).filter(|found| like(found) >= 750)
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
