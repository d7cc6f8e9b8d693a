//! Splits the text of a table into rows, finds the rows that cannot be read, and recognises header
//! rows.
//!
//! The rules are those of RFC 4180. A reader that forgives a stray quotation mark garbles the
//! field, or swallows the rows that follow.

use std::borrow::Cow;
use std::collections::HashMap;

/// The maximum length of a row, in bytes. A longer one is a quoted field that is never closed.
const ROW_BYTES_MAX: usize = 64 << 10;

/// The rows of a table.
pub(crate) struct Rows<'t> {
    /// The rows that can be read, as text.
    pub text: Cow<'t, str>,
    /// The line on which each row in `text` begins, counted from 1 as an editor counts.
    pub lines: Vec<u64>,
    /// The rows that cannot be read: for each, the line on which it begins, and what is wrong.
    pub faults: Vec<(u64, &'static str)>,
}

/// Splits `text` into rows. A line break is LF, CR or both. Blank lines are left out.
pub(crate) fn split(text: &str) -> Rows<'_> {
    let (mut lines, mut slices, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        if let Some(after) = after_break(rest) {
            (rest, line) = (after, line + 1);
            continue;
        }
        let length = match row(rest.as_bytes()) {
            Ok((length, breaks)) => {
                lines.push(line);
                slices.push(&rest[..length]);
                line += breaks;
                length
            }
            Err(why) => {
                faults.push((line, why));
                rest.find(['\r', '\n']).unwrap_or(rest.len())
            }
        };
        rest = &rest[length..];
    }
    let text = match faults.is_empty() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(slices.join("\n")),
    };
    Rows { text, lines, faults }
}

/// The text after the line break with which `text` begins; `None` if it begins with none.
fn after_break(text: &str) -> Option<&str> {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\r', '\n']))
}

/// Where the scan of a row is.
enum At {
    FieldStart,
    Bare,
    Quoted,
    /// After a quotation mark in a quoted field: the end of the field, or the first of two marks.
    Mark,
}

/// The length of the row at the beginning of `bytes`, without its line break, and the number of
/// line breaks inside its quoted fields.
fn row(bytes: &[u8]) -> Result<(usize, u64), &'static str> {
    let (mut at, mut breaks) = (At::FieldStart, 0);
    for (index, byte) in bytes.iter().enumerate() {
        if index > ROW_BYTES_MAX {
            return Err("the row has more than 65,536 bytes; is a quotation mark missing?");
        }
        at = match (at, byte) {
            (At::FieldStart, b'"') | (At::Mark, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::Mark,
            (At::Quoted, byte) => {
                let second = *byte == b'\n' && bytes[index - 1] == b'\r';
                breaks += u64::from(matches!(byte, b'\r' | b'\n') && !second);
                At::Quoted
            }
            (_, b'\r' | b'\n') => return Ok((index, breaks)),
            (_, b',') => At::FieldStart,
            (At::Bare, b'"') => {
                return Err("a field without quotation marks around it has one inside");
            }
            (At::Mark, _) => {
                return Err("a quoted field has a single quotation mark inside; write it twice");
            }
            (At::FieldStart | At::Bare, _) => At::Bare,
        };
    }
    match at {
        At::Quoted => Err("a quoted field is never closed"),
        At::FieldStart | At::Bare | At::Mark => Ok((bytes.len(), breaks)),
    }
}

/// The number of rows in the text of a table, without its header row.
pub(crate) fn rows_in(text: &str) -> usize {
    let rows = split(text);
    (rows.lines.len() + rows.faults.len()).saturating_sub(1)
}

/// A row as fields, with the line on which it begins.
pub(crate) type Record = (u64, csv::StringRecord);

/// A column of a table that is published without a header row.
#[derive(Clone, Copy)]
pub struct Column {
    /// The name by which a row's field is read.
    pub name: &'static str,
    /// The place of the column in a table without a header row, from 0.
    pub at: usize,
    /// The titles that the column has in copies of the table with a header row.
    pub titles: &'static [&'static str],
}

/// The places of the columns by their titles, if `record` is a header row; `None` if it is not one.
pub(crate) fn by_title(
    columns: &[Column],
    record: &csv::StringRecord,
) -> Option<HashMap<String, usize>> {
    // Titles are compared without spaces, marks and case.
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let titles: Vec<String> = record.iter().map(plain).collect();
    let place = |column: &Column| {
        let is_its = |title: &String| column.titles.iter().any(|own| plain(own) == *title);
        Some((column.name.to_owned(), titles.iter().position(is_its)?))
    };
    let found: HashMap<_, _> = columns.iter().filter_map(place).collect();
    // One word of a row may be a title by chance, as in the name of a practice.
    (found.len() >= 2).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_lines_that_an_editor_shows() {
        for (text, lines, faults) in [
            ("a,b\nc,d\n", &[1, 2][..], &[][..]),
            ("a,b\r\nc,d\r\n", &[1, 2], &[]),
            ("a,b\rc,d", &[1, 2], &[]),
            ("\n\r\n\ra,b\n\n\nc", &[4, 7], &[]),
            ("\"a\nb\",c\nd", &[1, 3], &[]),
            ("\"a\r\nb\r\n\",c\r\nd", &[1, 4], &[]),
            ("\"a\"\"b\",\"\"\nc", &[1, 2], &[]),
            ("a\n\"b\"x,c\nd", &[1, 3], &[2]),
            ("a\nb\"c\nd", &[1, 3], &[2]),
            ("a\n\"b\nc\nd", &[1, 3, 4], &[2]),
            ("a\n\"THE \"OLD\" ONE\",b\nd", &[1, 3], &[2]),
            ("", &[], &[]),
        ] {
            let rows = split(text);
            let faulty: Vec<_> = rows.faults.iter().map(|(line, _)| *line).collect();
            assert_eq!((&rows.lines[..], &faulty[..]), (lines, faults), "{text:?}");
            let mut builder = csv::ReaderBuilder::new();
            let reader = builder.flexible(true).has_headers(false);
            let read = reader.from_reader(rows.text.as_bytes()).into_records().count();
            assert_eq!(read, lines.len(), "{text:?}");
        }
    }

    #[test]
    fn a_file_of_open_quotes_is_read_in_time_that_grows_with_its_size() {
        let text = "\"a\n".repeat(200_000);
        let rows = split(&text);
        assert_eq!((rows.lines.len() + rows.faults.len()) as u64, 200_000);
    }
}
