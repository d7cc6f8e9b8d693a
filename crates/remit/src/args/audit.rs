//! Arguments of `remit audit` and `remit verify`.

use super::*;

#[derive(clap::Args)]
pub struct Audit {
    #[command(subcommand)]
    pub act: AuditAct,
}

#[derive(Subcommand)]
pub enum AuditAct {
    /// Prints the register's public keys, the current one first. The register signs a checkpoint
    /// with each of these keys, so any of them can check it; it signs a statement with the current
    /// key only
    Key,
    /// Prints the checkpoint: the register's signature over the root hash of all events
    Checkpoint(AskedCheckpoint),
    /// Gives the register a checkpoint that witnesses have cosigned; the register keeps it
    #[command(after_help = "\
Example:
  remit audit checkpoint --out today.note    writes the checkpoint, for witnesses to cosign
  remit audit cosign today.note              gives the register the cosigned checkpoint

The register keeps only the newest cosigned checkpoint. It accepts a cosignature only if the
witness's key is in the file that was given to `remit serve --witnesses`.")]
    Cosign {
        /// The file with the cosigned checkpoint, or - for standard input.
        file: PathBuf,
    },
    /// Gets a proof that an event is in the log, and checks the proof on this machine
    #[command(after_help = "Example:\n  remit audit prove 4711 --key register.pub")]
    Prove {
        /// The position of the event.
        position: u64,
        /// A file with public keys, one a line; one of them must have signed the checkpoint.
        #[arg(long)]
        key: PathBuf,
    },
    /// Writes a statement of who holds a function: one file that a court can check without the
    /// register
    #[command(after_help = "\
Examples:
  remit audit statement qof --at 11X --on 2019-04-01 --out qof.json
  remit audit statement qof --at A81001 --on 2019-04-01 --known-at 4711 --out qof.json
  remit audit statement qof --at A81001 --on 2019-04-01 --out qof.json --page qof.html
  remit verify qof.json --key register.pub")]
    Statement {
        /// The question to answer.
        #[command(flatten)]
        question: Question,
        /// The file to write the statement to; an existing file is replaced.
        #[arg(long)]
        out: PathBuf,
        /// Also writes the statement to this file, as an HTML page for people to read or print.
        #[arg(long)]
        page: Option<PathBuf>,
    },
    /// Writes a statement that a stretch of the log has no event under one key of the index, such
    /// as body:11X
    #[command(after_help = "\
Examples:
  remit audit nothing notice:delegation/11X --until 2026-09-30 --out no-notice.json
  remit audit nothing body:11X --after 4711 --out unchanged.json")]
    Nothing {
        /// The key: a word, a colon and a code. The words are instrument, notice, area, body,
        /// succession, membership, rule and so on (docs/ledger.md has the list).
        key: String,
        /// The stretch begins after this position, instant or date. Without it, the stretch begins
        /// with the first event.
        #[arg(long, value_name = "T")]
        after: Option<KnownAt>,
        /// The stretch ends with this position, instant or date. Without it, the stretch ends now.
        #[arg(long, value_name = "T")]
        until: Option<KnownAt>,
        /// The file to write the statement to; an existing file is replaced.
        #[arg(long)]
        out: PathBuf,
        /// Also writes the statement to this file, as an HTML page for people to read or print.
        #[arg(long)]
        page: Option<PathBuf>,
    },
    /// Puts a new signing key first in a register's key file. From the next start of `remit serve`,
    /// checkpoints are signed with every key in the file
    #[command(after_help = "\
Example:
  remit audit rotate --key .remit.key && systemctl restart remit && remit audit key > register.pub

Every key in the file signs every checkpoint, so an old public key still checks every checkpoint. A
new statement is signed with the new key alone, so give the new public key to those who check
statements. To stop using an old key, remove its line from the file and start the server again.")]
    Rotate {
        /// The key file of the register: the file given to `remit serve --key`. If `remit serve`
        /// was started without --key, the key file is DIR.key, where DIR is its --data.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Checks that a register's file is whole: that every stored byte matches its hash, that the
    /// list of requests matches the events, and that every event can be read
    #[command(after_help = "Example:\n  remit audit fsck --data .remit")]
    Fsck {
        /// The data directory of the register. Stop the server that uses the directory first.
        #[arg(long)]
        data: PathBuf,
    },
    /// Shows the story of a body, a practice or an instrument: every event about it, and which
    /// answers each event changed
    #[command(after_help = "\
Examples:
  remit audit log 11X
  remit audit log A81001 --since 36586
  remit audit log delegation/11X -o json")]
    Log(Story),
    /// Lists the events recorded after the fact (about earlier days), and the answers that each
    /// changed: the same as `remit retroactive`
    Retroactive(Retroactive),
}

#[derive(clap::Args)]
pub struct Story {
    /// The code of a body or practice, or the id of an instrument.
    pub about: String,
    /// Only events recorded after this position, instant or date.
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
    /// The statement file.
    pub file: PathBuf,
    /// A file with the register's public keys, one a line, obtained separately from the statement;
    /// one of them must have signed the statement.
    #[arg(long)]
    pub key: PathBuf,
    /// Also writes the statement to this file, as an HTML page for people to read or print.
    #[arg(long)]
    pub page: Option<PathBuf>,
}

/// Which checkpoint to get, and what to check of it.
#[derive(clap::Args)]
pub struct AskedCheckpoint {
    /// Writes the checkpoint to this file instead of printing it.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// A file with an earlier checkpoint. The command gets a proof that the log has only grown
    /// since that checkpoint, and checks the proof. Needs --key.
    #[arg(long, requires = "key")]
    pub since: Option<PathBuf>,
    /// A file with public keys, one a line; one of them must have signed the checkpoint (with
    /// --since, both checkpoints). Without it: the signature is not checked.
    #[arg(long)]
    pub key: Option<PathBuf>,
    /// Gets the newest checkpoint that witnesses cosigned, and says who cosigned it and when. This
    /// checkpoint may leave out the latest events.
    #[arg(long)]
    pub cosigned: bool,
    /// A file with public keys of witnesses, one a line. At least one of these witnesses must have
    /// cosigned the checkpoint; the command names only those of these witnesses that did. Without
    /// it: who cosigned is shown as the register reports it, unchecked. Needs --cosigned.
    #[arg(long, value_name = "FILE", requires = "cosigned")]
    pub witnesses: Option<PathBuf>,
}
