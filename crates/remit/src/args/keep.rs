//! Arguments of the commands that serve, load, import, export, back up and restore a register.

use super::*;

#[derive(clap::Args)]
pub struct Serve {
    /// The data directory of the register; made if it does not exist.
    #[arg(long, default_value = ".remit")]
    pub data: PathBuf,
    /// The address and port to listen on. The address must be a loopback address, because callers
    /// are not authenticated yet.
    #[arg(long, default_value = "127.0.0.1:7711")]
    pub listen: SocketAddr,
    /// A reference history to load before the server answers. Only what the register lacks is
    /// recorded. Without it: nothing is loaded.
    #[arg(long, value_enum)]
    pub load: Option<History>,
    /// The file with the private keys that sign checkpoints, one a line, the current one first;
    /// made at the first start. Without it: the name of the data directory with .key added, such as
    /// .remit.key.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Signs under the name of this key from now on, although the register signed under another
    /// name before. For a register whose key file is lost. Without it: a key of another name is
    /// refused.
    #[arg(long)]
    pub new_origin: bool,
    /// A file with the public keys of witnesses, one a line. The register accepts and keeps only
    /// cosignatures by these witnesses. Without it: the register accepts no cosignatures.
    #[arg(long, value_name = "FILE")]
    pub witnesses: Option<PathBuf>,
}

/// A built-in reference history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum History {
    /// England, 2013 to 2026.
    England,
}

#[derive(clap::Args)]
pub struct Load {
    /// The history to record.
    #[arg(value_enum)]
    pub history: History,
    #[command(flatten)]
    pub recording: Recording,
}

/// How a load or an import records and reports.
#[derive(clap::Args)]
pub struct Recording {
    /// Writes every finding (one thing wrong with one field of one row) to this file, as CSV.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Shows what would be recorded and which answers would change, and records nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The system or office that records the facts; each event names it.
    #[arg(long, default_value = "remit command line")]
    pub actor: String,
    /// The code of the body for which the actor records the facts; each event names this body.
    #[arg(long, default_value = "X24")]
    pub acting_for: String,
}

#[derive(clap::Args)]
pub struct Import {
    #[command(subcommand)]
    pub from: ImportFrom,
}

#[derive(Subcommand)]
pub enum ImportFrom {
    /// Imports a directory of CSV files, such as organisations.csv and practices.csv, in the layout
    /// that crates/reference/data/README.md describes
    #[command(after_help = "Example:\n  remit import csv ./rows --dry-run --report findings.csv")]
    Csv {
        /// The directory with the CSV files.
        dir: PathBuf,
        #[command(flatten)]
        recording: Recording,
    },
    /// Imports a file that the Organisation Data Service (ODS) publishes
    #[command(after_help = "\
Example:
  remit import ods --kind epraccur epraccur.csv --extracted-on 2026-01-02 --dry-run")]
    Ods {
        /// Which of the ODS files FILE is.
        #[arg(long, value_enum)]
        kind: OdsKind,
        /// The day the file was published. A finding is then reported for each body or membership
        /// that has no end in the file, but ended before that day in the register. Without it, no
        /// such finding is reported.
        #[arg(long, value_name = "DATE", value_parser = day)]
        extracted_on: Option<Day>,
        /// Records moves of practices: a membership that has no end in the register ends on the day
        /// that the file gives, or when the practice's next membership in the file begins. Without
        /// --accept-moves, a move is not recorded but reported as a finding.
        #[arg(long)]
        accept_moves: bool,
        /// The CSV file, plain or packed with gzip or zip, in UTF-8, UTF-16 or Windows-1252.
        file: PathBuf,
        #[command(flatten)]
        recording: Recording,
    },
    /// Makes a new register from an export as JSON Lines, with the same bytes at the same positions
    #[command(after_help = "\
The whole file is checked against its manifest and checkpoint before a register is made. The ids of
the requests that recorded the events stay used. If such a request is sent again, it is refused,
because an export does not hold the requests. An export does not hold the signing key either: give
the key to `remit serve --key`, or the first start makes a new key.
Example:
  remit import log register.jsonl --data ./again --key register.pub")]
    Log {
        /// The export file.
        file: PathBuf,
        /// The data directory of the new register. It must not hold a register already.
        #[arg(long)]
        data: PathBuf,
        /// Leaves out the events after this position. The whole file is checked nevertheless.
        #[arg(long, value_name = "POSITION")]
        until: Option<u64>,
        /// A file with public keys, one a line; one of them must have signed the checkpoint.
        /// Without it, the signature is not checked.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// The files that ODS publishes and an import reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OdsKind {
    /// Clinical commissioning groups and what came after them.
    Eccg,
    /// Practices with their current commissioner.
    Epraccur,
    /// Practices with their commissioners over time.
    Epcmem,
    /// Practices in primary care networks.
    Epcncorepartnerdetails,
    /// Regions and local offices of NHS England.
    Eauth,
}

impl From<OdsKind> for remit_reference::OdsKind {
    fn from(kind: OdsKind) -> Self {
        match kind {
            OdsKind::Eccg => Self::Eccg,
            OdsKind::Epraccur => Self::Epraccur,
            OdsKind::Epcmem => Self::Epcmem,
            OdsKind::Epcncorepartnerdetails => Self::Epcncorepartnerdetails,
            OdsKind::Eauth => Self::Eauth,
        }
    }
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["data", "from"]))]
pub struct Replay {
    /// The data directory of the register, or the directory of a backup.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// An export as JSON Lines.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Reads the events up to this position, instant (RFC 3339) or date, which means the end of
    /// that day in England.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub until: KnownAt,
    /// A file with public keys, one a line; one of them must have signed the export's checkpoint.
    /// Without it, the signature is not checked. Needs --from.
    #[arg(long, value_name = "FILE", requires = "from")]
    pub key: Option<PathBuf>,
    /// The command to run on the rebuilt register, with its arguments, such as who-holds. Without a
    /// command, only the number of events and the root hash of the log are shown.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<std::ffi::OsString>,
}

#[derive(clap::Args)]
pub struct Export {
    /// The file to write. It must not exist yet.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The format of the file.
    #[arg(long, value_enum, default_value = "jsonl")]
    pub format: ExportFormat,
    /// A file with public keys, one a line; one of them must have signed the checkpoint. Without
    /// it, the signature is not checked.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// JSON Lines: a manifest, then every event as it is stored, one a line.
    Jsonl,
    /// A SQLite file to explore: tables and views, not a register.
    Sqlite,
    /// A Parquet file: one row per event.
    #[cfg(feature = "parquet")]
    Parquet,
}

#[derive(clap::Args)]
pub struct Backup {
    /// The data directory of the register.
    #[arg(long, default_value = ".remit")]
    pub data: PathBuf,
    /// The directory to make. It must not exist yet.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The file with the private keys that sign checkpoints. Without it: the name of the data
    /// directory with .key added, such as .remit.key.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Restore {
    /// The directory of the backup.
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// The data directory of the new register. It must not hold a register already.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Leaves out the events after this position.
    #[arg(long, value_name = "POSITION")]
    pub until: Option<u64>,
    /// A file with public keys, one a line; one of them must have signed the checkpoint. Without
    /// it, the signature is not checked.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Record {
    /// The file with the batch, or - for standard input.
    pub file: PathBuf,
    /// Runs every check and shows what would change, but records nothing.
    #[arg(long)]
    pub validate_only: bool,
}
