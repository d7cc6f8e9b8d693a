//! Where data files come from: the built-in reference data, or a directory.

use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The maximum size of a data file, once unpacked: 256 MiB.
const BYTES_MAX: u64 = 256 << 20;

macro_rules! built_in {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!("../data/", $name)))),+]
    };
}

/// The reference data of England, as kept in `crates/reference/data`.
const ENGLAND: &[(&str, &[u8])] = built_in![
    "organisations.csv",
    "organisation_successions.csv",
    "organisation_parents.csv",
    "organisation_name_sightings.csv",
    "practices.csv.gz",
    "practice_commissioner.csv.gz",
    "pcns.csv",
    "practice_pcn.csv.gz",
    "practice_data_issues.csv",
    "co_commissioning.csv",
    "co_commissioning_negative.csv",
    "co_commissioning_applications.csv",
    "co_commissioning_national_counts.csv",
    "icb_delegations.csv",
    "icb_delegations_2023.csv",
    "icb_delegations_2025.csv",
    "expectations.csv",
    "staff_transfers.csv",
    "specialised_delegation_status.csv",
    "function_catalogue.csv",
    "rules.csv",
    "bodies.csv",
    "body_names.csv",
    "instruments.csv",
    "primary_care_trusts.csv",
    "practice_pct.csv",
    "transfer_schemes.csv",
];

/// The place from which data files are read.
#[derive(Clone, Debug)]
pub enum Source {
    /// The reference data built into the program.
    England,
    /// A directory in the same layout as the built-in reference data.
    Directory(PathBuf),
}

/// The text of a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// The text.
    pub text: String,
    /// What the reader of a report should know of how the file was read; empty if nothing.
    pub note: Option<String>,
}

/// Why a data file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The directory or file does not exist or cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// The path of the file or directory.
        path: String,
        /// The error that the operating system reported.
        error: std::io::Error,
    },
    /// The file is larger than 256 MiB once unpacked.
    #[error("{0} is larger than 256 MiB unpacked")]
    TooLarge(String),
    /// The file is packed, but cannot be unpacked.
    #[error("{file} cannot be unpacked: {why}")]
    Packed {
        /// The name of the file.
        file: String,
        /// What is wrong with the packed file.
        why: String,
    },
    /// The file is a zip archive without a CSV file, or with several that fit.
    #[error(
        "{file} is a zip archive with {}",
        match .tables.as_slice() {
            [] => "no CSV file in it; give the CSV file itself or an archive that has \
                   it".to_owned(),
            tables => format!("several CSV files in it: {}; unpack it and import the CSV file \
                               that you mean", tables.join(", ")),
        }
    )]
    NotOneTable {
        /// The name of the file.
        file: String,
        /// The names of the CSV files in the archive.
        tables: Vec<String>,
    },
    /// The file is not text in an encoding that is recognised.
    #[error(
        "{file} is not text in UTF-8, UTF-16 or Windows-1252: line {line} has a byte that does \
         not fit; save the file as UTF-8 and import it again"
    )]
    NotText {
        /// The name of the file.
        file: String,
        /// The line of the byte, from 1.
        line: usize,
    },
}

impl SourceError {
    /// Whether the file is missing or cannot be opened, rather than read and found wrong.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Unreadable { .. })
    }
}

impl Source {
    /// Reads the file `name`, or its packed form, `name.gz`, and unpacks that. Returns `None` if
    /// there is neither.
    ///
    /// # Errors
    /// [`SourceError`] if the file exists but cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<DataFile>, SourceError> {
        let packed = format!("{name}.gz");
        match self {
            Self::England => {
                let found = ENGLAND.iter().find(|(file, _)| *file == name || *file == packed);
                found.map(|(file, bytes)| data_file(file, bytes, name)).transpose()
            }
            Self::Directory(dir) => {
                for file in [name, &packed] {
                    let path = dir.join(file);
                    if path.is_file() {
                        return read_file(&path, name).map(Some);
                    }
                }
                Ok(None)
            }
        }
    }

    /// The names of all CSV files of this source, without `.gz`, in alphabetical order.
    ///
    /// # Errors
    /// [`SourceError`] if the directory cannot be listed.
    pub fn names(&self) -> Result<Vec<String>, SourceError> {
        let plain = |name: &str| name.trim_end_matches(".gz").to_owned();
        let mut names: Vec<_> = match self {
            Self::England => ENGLAND.iter().map(|(file, _)| plain(file)).collect(),
            Self::Directory(dir) => {
                let failed =
                    |error| SourceError::Unreadable { path: dir.display().to_string(), error };
                let entries = std::fs::read_dir(dir).map_err(failed)?;
                entries
                    .filter_map(Result::ok)
                    .filter(|entry| entry.path().is_file())
                    .filter_map(|entry| entry.file_name().to_str().map(plain))
                    .filter(|name| name.ends_with(".csv"))
                    .collect()
            }
        };
        names.sort();
        Ok(names)
    }
}

/// Reads the text of a file. What a file is follows from its first bytes: gzip and zip are
/// unpacked, and UTF-8, UTF-16 and Windows-1252 are recognised. `table` is the name of the CSV file
/// that is taken from a zip archive with several.
///
/// # Errors
/// [`SourceError`] if the file cannot be read, is too large or is not text.
pub fn read_file(path: &Path, table: &str) -> Result<DataFile, SourceError> {
    let name = path.display().to_string();
    let failed = |error| SourceError::Unreadable { path: name.clone(), error };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > BYTES_MAX {
        return Err(SourceError::TooLarge(name));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    data_file(&name, &bytes, table)
}

fn data_file(name: &str, bytes: &[u8], table: &str) -> Result<DataFile, SourceError> {
    match bytes {
        [0x1f, 0x8b, ..] => decoded(name, &all(name, flate2::read::MultiGzDecoder::new(bytes))?),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            let (found, bytes) = unzipped(name, bytes, table)?;
            let file = decoded(&format!("{name}/{found}"), &bytes)?;
            let note = file.note.unwrap_or_else(|| format!("{name}: read its file {found}"));
            Ok(DataFile { note: Some(note), ..file })
        }
        bytes => decoded(name, bytes),
    }
}

/// Reads all of a packed file, up to the maximum size.
fn all(name: &str, reader: impl Read) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    match reader.take(BYTES_MAX + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 > BYTES_MAX => Err(SourceError::TooLarge(name.to_owned())),
        Ok(_) => Ok(bytes),
        Err(error) => Err(packed(name, &error)),
    }
}

fn packed(name: &str, why: &dyn std::fmt::Display) -> SourceError {
    SourceError::Packed { file: name.to_owned(), why: why.to_string() }
}

/// Unpacks the one CSV file of a zip archive, or the one of several whose name is that of `table`.
/// Returns the name and the bytes of that file.
fn unzipped(name: &str, bytes: &[u8], table: &str) -> Result<(String, Vec<u8>), SourceError> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| packed(name, &error))?;
    let is_table = |file: &String| {
        let file = file.to_ascii_lowercase();
        file.ends_with(".csv") && !file.starts_with("__macosx/")
    };
    let names = archive.file_names().filter_map(Result::ok).map(Cow::into_owned);
    let tables: Vec<String> = names.filter(is_table).collect();
    let named = |file: &&String| {
        let last = file.rsplit('/').next().unwrap_or(file);
        last.eq_ignore_ascii_case(table)
    };
    let found = match tables.as_slice() {
        [one] => Some(one),
        several => several.iter().find(named),
    };
    let Some(found) = found.cloned() else {
        return Err(SourceError::NotOneTable { file: name.to_owned(), tables });
    };
    let entry = archive.by_name(&found).map_err(|error| packed(name, &error))?;
    let bytes = all(name, entry)?;
    Ok((found, bytes))
}

/// Decodes the bytes of a file in the encoding that they show.
fn decoded(name: &str, bytes: &[u8]) -> Result<DataFile, SourceError> {
    let not_text = |at: usize| {
        let before = &bytes[..at.min(bytes.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        SourceError::NotText { file: name.to_owned(), line }
    };
    let utf16 = match bytes {
        [0xff, 0xfe, ..] => Some((UTF_16LE, &bytes[2..])),
        [0xfe, 0xff, ..] => Some((UTF_16BE, &bytes[2..])),
        // Without a byte order mark: every other byte of a code or a digit is zero.
        [first, 0, second, 0, ..] if *first > 0 && *second > 0 => Some((UTF_16LE, bytes)),
        [0, first, 0, second, ..] if *first > 0 && *second > 0 => Some((UTF_16BE, bytes)),
        _ => None,
    };
    if let Some((encoding, bytes)) = utf16 {
        let (text, is_broken) = encoding.decode_without_bom_handling(bytes);
        if is_broken || text.contains('\0') {
            return Err(not_text(0));
        }
        let note = Some(format!("{name}: read as {}", encoding.name()));
        return Ok(DataFile { text: text.into_owned(), note });
    }
    // Drop the byte order mark that spreadsheets put at the beginning.
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(at) = bytes.iter().position(|byte| *byte < b' ' && !b"\t\r\n".contains(byte)) {
        return Err(not_text(at));
    }
    let error = match std::str::from_utf8(plain) {
        Ok(text) => return Ok(DataFile { text: text.to_owned(), note: None }),
        Err(error) => error,
    };
    // These five bytes stand for no character in Windows-1252.
    let undefined = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    if plain.len() < bytes.len() || plain.iter().any(undefined) {
        return Err(not_text(error.valid_up_to()));
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(plain);
    let line = 1 + plain[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
    let note = format!(
        "{name}: read as Windows-1252, because line {line} is not UTF-8; if a name looks wrong, \
         save the file as UTF-8 and import it again"
    );
    Ok(DataFile { text: text.into_owned(), note: Some(note) })
}
