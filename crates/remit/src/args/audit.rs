//! Proof.

use super::*;

#[derive(clap::Args)]
pub struct Audit {
    #[command(subcommand)]
    pub act: AuditAct,
}

#[derive(Subcommand)]
pub enum AuditAct {
    /// The public keys, the current one first: any one is enough for checkpoints, the current one
    /// for statements
    Key,
    /// The signed root over all events
    Checkpoint(AskedCheckpoint),
    /// Sends a checkpoint that witnesses cosigned, for the register to keep
    #[command(after_help = "\
Example:
  remit audit checkpoint --out today.note    a witness adds its line to today.note
  remit audit cosign today.note

The register keeps the newest cosigned checkpoint, of the witnesses of `remit serve --witnesses`.")]
    Cosign {
        /// The file, or - for standard input.
        file: PathBuf,
    },
    /// Has it proved that an event is in the log, and checks the proof here
    #[command(after_help = "Example:\n  remit audit prove 4711 --key register.pub")]
    Prove {
        /// The event.
        position: u64,
        /// A file with public keys, one a line; any one is enough.
        #[arg(long)]
        key: PathBuf,
    },
    /// Who holds a function, as one file that a court can check without the register
    #[command(after_help = "\
Examples:
  remit audit statement qof --at 11X --on 2019-04-01 --out qof.json
  remit audit statement qof --at A81001 --on 2019-04-01 --known-at 4711 --out qof.json
  remit audit statement qof --at A81001 --on 2019-04-01 --out qof.json --page qof.html
  remit verify qof.json --key register.pub")]
    Statement {
        /// What to state.
        #[command(flatten)]
        question: Question,
        /// Where to write the file.
        #[arg(long)]
        out: PathBuf,
        /// Writes it as a page for people, too; a browser prints it.
        #[arg(long)]
        page: Option<PathBuf>,
    },
    /// That nothing of a kind was recorded in a stretch of the log, as one file
    #[command(after_help = "\
Examples:
  remit audit nothing notice:delegation/11X --until 2026-09-30 --out no-notice.json
  remit audit nothing body:11X --after 4711 --out unchanged.json")]
    Nothing {
        /// A word and a code: instrument:, notice:, area:, body:, succession:, membership:, rule:
        /// and so on (docs/ledger.md has the list).
        key: String,
        /// After what was known then: a position, a day or an instant. Without it: from the
        /// beginning.
        #[arg(long, value_name = "T")]
        after: Option<KnownAt>,
        /// Up to what was known then. Without it: up to now.
        #[arg(long, value_name = "T")]
        until: Option<KnownAt>,
        /// Where to write the file.
        #[arg(long)]
        out: PathBuf,
        /// Writes it as a page for people, too.
        #[arg(long)]
        page: Option<PathBuf>,
    },
    /// Puts a new key before those of a register's key file; all of them sign checkpoints from its
    /// next start
    #[command(after_help = "\
Example:
  remit audit rotate --key .remit.key && systemctl restart remit && remit audit key > register.pub

Every key in the file signs every checkpoint, so an old public key still checks them. Statements are
signed with the new key alone: hand that one out. To end an old key, remove its line from the file
and start the server again.")]
    Rotate {
        /// The key file of a register; for `remit serve --data DIR` without --key it is DIR.key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Compares every stored byte with every stored hash, the list of requests with the events, and
    /// the fold with a fresh one
    #[command(after_help = "Example:\n  remit audit fsck --data .remit")]
    Fsck {
        /// The directory of the register. Nothing may serve it meanwhile.
        #[arg(long)]
        data: PathBuf,
    },
    /// The story of a body, a practice or an instrument: every event that concerns it, and what
    /// each changed in the answers that name it
    #[command(after_help = "\
Examples:
  remit audit log 11X
  remit audit log A81001 --since 36586
  remit audit log delegation/11X -o json")]
    Log(Story),
    /// What was recorded after the fact, and which answers it changed: the same as `remit
    /// retroactive`
    Retroactive(Retroactive),
}

#[derive(clap::Args)]
pub struct Story {
    /// The code of a body or practice, or the id of an instrument.
    pub about: String,
    /// Only what was recorded after this: a position, an instant or a date.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub since: Option<KnownAt>,
    /// Stops after this many events.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Verify {
    /// The statement.
    pub file: PathBuf,
    /// A file with the register's public key, had from elsewhere.
    #[arg(long)]
    pub key: PathBuf,
    /// Writes it as a page for people.
    #[arg(long)]
    pub page: Option<PathBuf>,
}

/// Which checkpoint, and what is asked of it.
#[derive(clap::Args)]
pub struct AskedCheckpoint {
    /// Writes it to a file.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Has it proved that the log of an earlier checkpoint only grew.
    #[arg(long, requires = "key")]
    pub since: Option<PathBuf>,
    /// A file with public keys, one a line; any one is enough.
    #[arg(long)]
    pub key: Option<PathBuf>,
    /// Instead the newest one that witnesses cosigned, and who did when.
    #[arg(long)]
    pub cosigned: bool,
    /// A file with public keys of witnesses, one a line: has one of them cosigned it? Only those
    /// that did are then named.
    #[arg(long, value_name = "FILE", requires = "cosigned")]
    pub witnesses: Option<PathBuf>,
}
