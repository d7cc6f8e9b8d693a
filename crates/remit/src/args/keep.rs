//! A register: serving it, filling it, recording in it, taking it away.

use super::*;

#[derive(clap::Args)]
pub struct Serve {
    /// The directory of the register's file, made if there is none.
    #[arg(long, default_value = ".remit")]
    pub data: PathBuf,
    /// The address to listen on. Loopback only, until callers are authenticated.
    #[arg(long, default_value = "127.0.0.1:7711")]
    pub listen: SocketAddr,
    /// A reference history to record if the register is empty.
    #[arg(long, value_enum)]
    pub load: Option<History>,
    /// The file with the keys that checkpoints are signed with, one a line, the current one first;
    /// made at the first start. Without it, beside the data directory: .remit.key.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// A file with the public keys of witnesses, one a line, whose cosignatures of checkpoints are
    /// kept.
    #[arg(long, value_name = "FILE")]
    pub witnesses: Option<PathBuf>,
}

/// A reference history that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum History {
    /// England, 2013 to 2026.
    England,
}

#[derive(clap::Args)]
pub struct Load {
    /// Which history.
    #[arg(value_enum)]
    pub history: History,
    #[command(flatten)]
    pub recording: Recording,
}

/// How an import records and reports.
#[derive(clap::Args)]
pub struct Recording {
    /// Writes every finding to this file as CSV.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Says what would be recorded, and records nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The system or office that asks; recorded with every event.
    #[arg(long, default_value = "remit command line")]
    pub actor: String,
    /// The code of the body it asks for; recorded with every event.
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
    /// A directory of CSV files in the layout of the reference data
    #[command(after_help = "Example:\n  remit import csv ./rows --dry-run --report findings.csv")]
    Csv {
        /// The directory.
        dir: PathBuf,
        #[command(flatten)]
        recording: Recording,
    },
    /// A file as the Organisation Data Service publishes it
    #[command(after_help = "\
Example:
  remit import ods --kind epraccur epraccur.zip --extracted-on 2026-01-02 --dry-run")]
    Ods {
        /// Which published file it is.
        #[arg(long, value_enum)]
        kind: OdsKind,
        /// The day the file was published: then links that the register ended before it are
        /// findings.
        #[arg(long, value_name = "DATE", value_parser = day)]
        extracted_on: Option<Day>,
        /// The file, packed or not.
        file: PathBuf,
        #[command(flatten)]
        recording: Recording,
    },
    /// An export as JSON Lines: makes a new register of it, with the same bytes at the same
    /// positions
    #[command(after_help = "\
The whole file is checked against its manifest and checkpoint before a register is made. The request
ids in it stay used: a request sent again is refused, because an export does not hold what it asked.
Nor does it hold the signing key: give that to `remit serve --key`, or a new one is made.
Example:
  remit import log register.jsonl --data ./again --key register.pub")]
    Log {
        /// The file.
        file: PathBuf,
        /// The directory of the new register. There must be none in it.
        #[arg(long)]
        data: PathBuf,
        /// Leaves out what came after this position. All of the file is checked all the same.
        #[arg(long, value_name = "POSITION")]
        until: Option<u64>,
        /// A file with the public key that must have signed the checkpoint.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// Which published file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OdsKind {
    /// Clinical commissioning groups and what came after them.
    Eccg,
    /// Practices with their current commissioner.
    Epraccur,
    /// Practice memberships over time.
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
    /// The directory of the register, or of a backup.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// An export as JSON Lines.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// As known when: a position, an instant (RFC 3339), or a date for the end of that day in
    /// England.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub until: KnownAt,
    /// A file with the public key that must have signed the checkpoint of the export.
    #[arg(long, value_name = "FILE", requires = "from")]
    pub key: Option<PathBuf>,
    /// What to ask: a command of this program and its arguments. Without it, only the root is
    /// shown.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<std::ffi::OsString>,
}

#[derive(clap::Args)]
pub struct Export {
    /// The file to write. There must be none of that name.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// In what form.
    #[arg(long, value_enum, default_value = "jsonl")]
    pub format: ExportFormat,
    /// A file with the public key that must have signed the checkpoint.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// In what form an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// JSON Lines: a manifest, then the stored bytes of an event a line.
    Jsonl,
    /// A SQLite file to explore: tables and views, no register.
    Sqlite,
    /// A Parquet file: one row an event.
    #[cfg(feature = "parquet")]
    Parquet,
}

#[derive(clap::Args)]
pub struct Backup {
    /// The directory of the register.
    #[arg(long, default_value = ".remit")]
    pub data: PathBuf,
    /// The directory to make. There must be none of that name.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The file with the key that checkpoints are signed with. Without it, beside the data
    /// directory.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Restore {
    /// The backup.
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// The directory of the register to make. There must be none in it.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Leaves out what came after this position.
    #[arg(long, value_name = "POSITION")]
    pub until: Option<u64>,
    /// A file with the public key that must have signed the checkpoint.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Record {
    /// The file, or - for standard input.
    pub file: PathBuf,
    /// Runs every check and writes nothing.
    #[arg(long)]
    pub validate_only: bool,
}
