//! Prints tables and sentences for people, and JSON for programs.

use std::fmt;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};
use prost::Message;
use remit_domain::UtcInstant;
use remit_grpc::{json, pb};

use crate::failure::Failure;

/// Prints a line to standard output. If the reader of standard output has gone (as after `| head`),
/// the program exits without an error.
macro_rules! say {
    ($($part:tt)*) => {
        $crate::print::out(&format_args!("{}\n", format_args!($($part)*)))
    };
}
pub(crate) use say;

/// Prints text and flushes standard output. If the reader of standard output has gone, the program
/// exits with 0.
pub fn out(text: &impl fmt::Display) {
    use std::io::Write;
    let mut stdout = std::io::stdout().lock();
    if write!(stdout, "{text}").and_then(|()| stdout.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Returns a count with its noun, such as `1,204 facts`.
pub fn things(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A table with a header row. A column is at least as wide as its longest word, so that no code or
/// id is broken: unless the word is longer than `WORD_MAX`, or the table would then be too wide.
pub struct Table {
    table: comfy_table::Table,
    /// The length of the longest word of each column.
    words: Vec<u16>,
}

const WORD_MAX: u16 = 36;

fn longest_word(cell: &str) -> u16 {
    let words = cell.split_whitespace().map(|word| word.chars().count());
    let words = words.filter_map(|length| u16::try_from(length).ok());
    words.filter(|length| *length <= WORD_MAX).max().unwrap_or(0)
}

impl Table {
    pub fn new(header: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        table
            .load_style(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width.unwrap_or(110))
            .set_header(header.iter().copied());
        Self { table, words: header.iter().map(|cell| longest_word(cell)).collect() }
    }

    /// Aligns the columns with these indexes to the right.
    pub fn right(&mut self, columns: &[usize]) {
        for index in columns {
            if let Some(column) = self.table.column_mut(*index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<_> = cells.into_iter().collect();
        for (longest, cell) in self.words.iter_mut().zip(&cells) {
            *longest = longest_word(cell).max(*longest);
        }
        self.table.add_row(cells);
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = self.table.clone();
        // Each cell has a blank on either side, and a line before it.
        let needed: u16 = self.words.iter().map(|longest| longest + 3).sum();
        if table.width().is_some_and(|width| needed < width) {
            for (column, longest) in table.column_iter_mut().zip(&self.words) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(longest + 2)));
            }
        }
        for line in table.to_string().lines() {
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Prints a reply as canonical protobuf JSON. `name` is the name of the reply's message.
pub fn json(name: &str, message: &impl Message) -> Result<(), Failure> {
    let value = json::to_json(name, message).map_err(Failure::software)?;
    say!("{}", serde_json::to_string_pretty(&value).map_err(Failure::software)?);
    Ok(())
}

/// Returns a number as text, with commas between the thousands.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a day as `YYYY-MM-DD`; empty text if there is no day.
pub fn date(date: Option<pb::Date>) -> String {
    date.map(|d| format!("{:04}-{:02}-{:02}", d.year, d.month, d.day)).unwrap_or_default()
}

/// Describes a period in words: its first day and, if it ends, the first day after it. `None` means
/// that a rule has not commenced.
pub fn period(period: Option<pb::Period>) -> String {
    let Some(period) = period else { return "not commenced".to_owned() };
    match period.effective_until {
        None => format!("{} on", date(period.effective_from)),
        Some(until) => format!("{} until {}", date(period.effective_from), date(Some(until))),
    }
}

/// Returns an instant as RFC 3339 text; empty text if there is no instant.
pub fn instant(instant: Option<prost_types::Timestamp>) -> String {
    instant.map(|instant| read_instant(instant).to_string()).unwrap_or_default()
}

/// Converts a protobuf timestamp to an instant.
pub fn read_instant(instant: prost_types::Timestamp) -> UtcInstant {
    UtcInstant::from_micros(instant.seconds * 1_000_000 + i64::from(instant.nanos) / 1_000)
}

/// Describes a position, and the time at which its event was recorded, in words.
pub fn known(known: Option<&pb::Known>) -> String {
    match known {
        Some(known) if known.position > 0 => {
            format!("event {} ({})", known.position, instant(known.recorded_at))
        }
        _ => "position 0, before the first event".to_owned(),
    }
}

/// Returns the word for an enum value, given the name of the value on the wire:
/// `CONFIDENCE_CONFIRMED` gives `confirmed`. Returns empty text if the value is unspecified.
pub fn word(name: &str, prefix: &str) -> String {
    let word = name.strip_prefix(prefix).unwrap_or(name).to_lowercase().replace('_', "-");
    if word == "unspecified" { String::new() } else { word }
}

pub fn confidence(value: i32) -> String {
    word(pb::Confidence::try_from(value).unwrap_or_default().as_str_name(), "CONFIDENCE_")
}

pub fn basis(value: i32) -> String {
    word(pb::LegalBasis::try_from(value).unwrap_or_default().as_str_name(), "LEGAL_BASIS_")
}

pub fn kind(value: i32) -> String {
    word(pb::ResultKind::try_from(value).unwrap_or_default().as_str_name(), "RESULT_KIND_")
}

pub fn role(value: i32) -> String {
    word(pb::BodyRole::try_from(value).unwrap_or_default().as_str_name(), "BODY_ROLE_")
}

/// Returns an event type without its prefix and version, such as `body-established`.
pub fn event(event_type: &str) -> &str {
    let name = event_type.trim_start_matches("uk.nhs.remit.");
    name.rsplit_once(".v").map_or(name, |(name, _)| name)
}
