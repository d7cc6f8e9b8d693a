//! Where data files come from: the built-in reference data, or a directory.

use std::io::Read;
use std::path::{Path, PathBuf};

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
    "icb_delegations_2025.csv",
    "staff_transfers.csv",
    "specialised_delegation_status.csv",
    "function_catalogue.csv",
    "rules.csv",
    "bodies.csv",
    "body_names.csv",
    "instruments.csv",
];

/// The place from which data files are read.
#[derive(Clone, Debug)]
pub enum Source {
    /// The reference data built into the program.
    England,
    /// A directory in the same layout as the built-in reference data.
    Directory(PathBuf),
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
    /// The file is not UTF-8.
    #[error("{file} is not UTF-8 at byte {at}; save it as UTF-8 and import it again")]
    NotUtf8 {
        /// The name of the file.
        file: String,
        /// The offset of the first byte that is not valid UTF-8.
        at: usize,
    },
}

impl Source {
    /// Reads the file `name`, given without `.gz`, and unpacks it if needed. Returns `None` if
    /// there is no such file.
    ///
    /// # Errors
    /// [`SourceError`] if the file exists but cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<String>, SourceError> {
        let packed = format!("{name}.gz");
        match self {
            Self::England => {
                let found = ENGLAND.iter().find(|(file, _)| *file == name || *file == packed);
                found.map(|(file, bytes)| text(file, bytes)).transpose()
            }
            Self::Directory(dir) => {
                for file in [name, &packed] {
                    let path = dir.join(file);
                    if path.is_file() {
                        return read_file(&path).map(Some);
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

/// Reads the text of a file. A file whose name ends in `.gz` is unpacked.
///
/// # Errors
/// [`SourceError`] if the file cannot be read, is too large or is not UTF-8.
pub fn read_file(path: &Path) -> Result<String, SourceError> {
    let name = path.display().to_string();
    let failed = |error| SourceError::Unreadable { path: name.clone(), error };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > BYTES_MAX {
        return Err(SourceError::TooLarge(name));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    text(&name, &bytes)
}

fn text(name: &str, bytes: &[u8]) -> Result<String, SourceError> {
    let mut plain = Vec::new();
    if name.ends_with(".gz") {
        let failed = |error| SourceError::Unreadable { path: name.to_owned(), error };
        let reader = flate2::read::MultiGzDecoder::new(bytes);
        let read = reader.take(BYTES_MAX + 1).read_to_end(&mut plain).map_err(failed)?;
        if read as u64 > BYTES_MAX {
            return Err(SourceError::TooLarge(name.to_owned()));
        }
    } else {
        plain.extend_from_slice(bytes);
    }
    let not_utf8 = |error: std::string::FromUtf8Error| SourceError::NotUtf8 {
        file: name.to_owned(),
        at: error.utf8_error().valid_up_to(),
    };
    let text = String::from_utf8(plain).map_err(not_utf8)?;
    // Drop the byte order mark that spreadsheets put at the beginning.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
