//! The arguments of the command line.

mod ask;
mod audit;
mod follow;
mod keep;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::DateTime;
use clap::{Parser, Subcommand, ValueEnum};
use remit_domain::{Day, UtcInstant};
use remit_grpc::pb;

pub use ask::*;
pub use audit::*;
pub use follow::*;
pub use keep::*;

/// Says who holds, exercises and is liable for each commissioning function in England's primary
/// care: on any day, as known at any time, and why.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  remit serve --load england                       start a register and load England, 2013 to 2026
  remit who-holds qof --at A81001 --on 2015-04-01  who held QOF at a practice on a day
  remit timeline qof --at 11X                      the answers on all days for an area
  remit check 11X gms-contracts --at 11X --on 2019-04-01 && echo 'Somerset CCG exercised it'

Exit codes: 0 done; 64 wrong usage; 65 refused or bad data; 66 no such file; 69 no server or no
answer; 70 a fault of this program; 73 a file that cannot be written. `check`: 0 the body has the
role, 1 it has not, 2 gap, conflict or unknown. `import`: 1 with findings."
)]
pub struct Args {
    /// The URL of the server that a command asks. Commands that ask no server, such as `serve` and
    /// `backup`, ignore this argument.
    #[arg(long, global = true, env = "REMIT_SERVER", default_value = "http://127.0.0.1:7711")]
    pub server: String,
    /// The output format: text and tables for people, or JSON for programs: in most commands the
    /// server's reply as canonical protobuf JSON. Commands with only one form of output, such as
    /// `serve` and `audit key`, ignore this argument.
    #[arg(short, long, global = true, value_enum, default_value = "table")]
    pub output: Output,
    #[command(subcommand)]
    pub command: Command,
}

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Table,
    Json,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run the server for a register, on a loopback address
    #[command(after_help = "\
Examples:
  remit serve                              the register in ./.remit, on 127.0.0.1:7711
  remit serve --data /srv/remit --listen 127.0.0.1:9000
  remit serve --load england               loads England's history first, then answers")]
    Serve(Serve),
    /// Record those facts of a built-in reference history that the register lacks
    #[command(after_help = "\
Examples:
  remit load england
  remit load england --report findings.csv")]
    Load(Load),
    /// Compare files with the register, record the facts that the register lacks, and report the
    /// differences; or make a new register from an export
    #[command(after_help = "\
Examples:
  remit import csv ./more-rows --dry-run
  remit import ods --kind epraccur epraccur.csv --report findings.csv
  remit import log register.jsonl --data ./again --key register.pub")]
    Import(Import),
    /// Show who holds, exercises and is liable for a function at a place on a day
    #[command(after_help = "\
Examples:
  remit who-holds qof --at A81001 --on 2015-04-01
  remit who-holds gms-contracts --at 11X --on 2019-04-01 --known-at 2026-01-01
  remit who-holds primary-dental-services --at QUA --on 2023-04-01 --known-at 4711 -o json

Liable means civil liability in respect of the exercise of a commissioning function. It does not
mean that a practice was negligent, who was party to its contract, against whom judicial review
lies, or who is accountable: the answer has lines of its own for what is known of these.")]
    WhoHolds(Question),
    /// Show why an answer is as it is: a tree of reasons, down to events and rules of law
    #[command(after_help = "\
Examples:
  remit explain gms-contracts --at 11X --on 2022-06-30
  remit explain qof --at A81001 --on 2015-04-01 --known-at 2026-01-01 -o json")]
    Explain(Question),
    /// Check whether a body has a role in a function: exit 0 for yes, 1 for no, 2 if the answer is
    /// a gap, a conflict, unsettled or unknown, or if the register does not know the body
    #[command(after_help = "\
Examples:
  remit check 11X gms-contracts --at 11X --on 2019-04-01
  remit check X24 gms-contracts --at 11X --on 2019-04-01 --role liable")]
    Check(Check),
    /// List everything that a body holds, exercises or is liable for on a day
    #[command(after_help = "Example:\n  remit holdings QSL --on 2022-07-01")]
    Holdings(Holdings),
    /// Show the answers to one question on all days; with --history, also as they were known
    /// earlier
    #[command(after_help = "\
Examples:
  remit timeline qof --at 11X
  remit timeline qof --at 11X --history")]
    Timeline(Timeline),
    /// List the answers that differ between two days, or for one day as known at two times
    #[command(after_help = "\
Examples:
  remit diff --from 2022-06-30 --to 2022-07-01 --function qof
  remit diff --from 2019-04-01 --at 11X --known-from 2026-01-01 --known-to 4711")]
    Diff(Diff),
    /// List where it is not settled who exercises a function: gaps, conflicts and unknowns
    #[command(after_help = "\
Examples:
  remit coverage gms-contracts --on 2018-04-01
  remit coverage --from 2013-04-01 --until 2026-04-01 -o json")]
    Coverage(Coverage),
    /// List the events recorded after the fact (about earlier days), and the answers that each
    /// changed
    #[command(after_help = "\
Examples:
  remit retroactive --since 2026-10-01
  remit retroactive --since 36586 --all")]
    Retroactive(Retroactive),
    /// Show one body: its roles, names and successions
    #[command(after_help = "Examples:\n  remit body 15F\n  remit body X24 --on 2014-01-01")]
    Body(Body),
    /// List the catalogue of functions: one row for each segment of a function
    #[command(after_help = "Examples:\n  remit functions\n  remit functions qof --on 2016-01-01")]
    Functions(Functions),
    /// List the rules of law: one row for each period of a rule
    #[command(
        after_help = "Examples:\n  remit rules\n  remit rules L7\n  remit rules --on 2022-06-30"
    )]
    Rules(Rules),
    /// List instruments: delegations, joint arrangements, directions and the rest
    #[command(after_help = "\
Examples:
  remit instruments --body 11X
  remit instruments delegation/11X
  remit instruments --function qof")]
    Instruments(Instruments),
    /// List the events of the log, in order; with --follow, also new ones as they are recorded
    #[command(after_help = "\
Examples:
  remit events --from 1 --limit 20
  remit events --filter 'type=instrument-* function=qof area=QSL'
  remit events --follow --now --filter body=X24
  remit events --follow --recorded-after 2026-10-01T00:00:00Z -o json

A filter is a list of terms with spaces between them. A term is type, body, function, instrument or
area, then an equals sign, then values with commas between them. An event is shown if it matches at
least one value of every term. A type may end in *, as in instrument-*.")]
    Events(Events),
    /// Audit a register without having to trust it: checkpoints, proofs, statements, a check of the
    /// register's file, and the story of a body or an instrument
    #[command(after_help = "\
Examples:
  remit audit key > register.pub                     run once; compare with a key from elsewhere
  remit audit checkpoint --out today.note
  remit audit checkpoint --since today.note --key register.pub   checks that the log only grew
  remit audit checkpoint --cosigned --witnesses witnesses.pub    checks that a witness cosigned
  remit audit prove 4711 --key register.pub          proves that event 4711 is in the log
  remit audit rotate --key .remit.key                adds a key; the old keys go on signing too
  remit audit fsck --data .remit                     checks every stored byte; stop the server first
  remit audit log 11X                                what became of a body, event by event
  remit audit retroactive --since 2026-10-01         what was recorded after the fact")]
    Audit(Audit),
    /// Check a statement with only a public key and no server: exit 0 only if the file is valid to
    /// the last byte
    #[command(after_help = "\
Examples:
  remit verify qof.json --key register.pub
  remit verify qof.json --key register.pub --page qof.html")]
    Verify(Verify),
    /// Rebuild the register as it was at a position or an instant, with no server, and ask it a
    /// question
    #[command(after_help = "\
Examples:
  remit replay --data .remit --until 36586
  remit replay --data .remit --until 2026-10-01T00:00:00Z who-holds qof --at 11X --on 2019-04-01
  remit replay --from register.jsonl --until 36586 timeline qof --at 11X -o json

The command must ask about facts or answers, such as who-holds, diff, audit log or events without
--follow. Its output is the same as from a server. The register is built in memory from the stored
events. Nothing is written, so a server may be using the directory at the same time.")]
    Replay(Replay),
    /// Export the whole log: every event as it is stored, with a signed checkpoint
    #[command(after_help = "\
Examples:
  remit export --out register.jsonl                    for `remit import log`: one event a line
  remit export --out register.sqlite --format sqlite   tables and views for SQL or Datasette
  remit export --out register.jsonl --key register.pub

Until all events are checked against the signed checkpoint, the file has a temporary name.")]
    Export(Export),
    /// Back up a data directory, whether or not a server is running on it
    #[command(after_help = "\
Examples:
  remit backup --data .remit --out /backups/2026-11-22
  remit restore --from /backups/2026-11-22 --data ./again --key register.pub

The backup holds register.db as it was at one moment, checked against its hashes, and the signed
checkpoint.note. The backup does not hold the signing key: keep a copy of the key elsewhere.")]
    Backup(Backup),
    /// Restore a backup into a directory that holds no register
    #[command(after_help = "\
Examples:
  remit restore --from /backups/2026-11-22 --data ./again --key register.pub
  remit restore --from /backups/2026-11-22 --data ./then --until 36586

With --until, the events after that position are left out, and you can send their requests again.
Pins and changes of groups made since the first of these events are left out too. A consumer group
that was past that position goes back to that position. A named watch (remit watch --consumer) that
was past that position is forgotten: its next run starts afresh.")]
    Restore(Restore),
    /// Show chosen answers, then each change of these answers that an event or a new day causes
    #[command(after_help = "\
Examples:
  remit watch --question qof@A81001
  remit watch --area QSL --holdings X24
  remit watch --area QSL --consumer finance    what was shown is not shown again by a later run
  remit watch --pin claim-17 -o json           one JSON object a line, each notice with its cursor

Each change is shown with its cause: an event, which may be marked as recorded after the fact, or a
day that began.")]
    Watch(Watch),
    /// List, add or remove pins: answers that somebody relied on, compared with what the register
    /// says now
    #[command(after_help = "\
Examples:
  remit pins                                     lists the pins
  remit pins add claim-17 qof --at A81001 --on 2019-04-01 --note 'letter of claim'
  remit pins remove claim-17")]
    Pins(Pins),
    /// Manage consumer groups: the members of a group share the events that match a filter, and get
    /// the events of each subject in order
    #[command(after_help = "\
Examples:
  remit groups                                    lists the groups
  remit groups create finance --filter 'type=instrument-* area=QSL'
  remit groups follow finance --member desk-1     prints events and acknowledges each
  remit groups parked finance
  remit groups replay finance 4711
  remit groups discard finance 4711 --reason 'entered by hand'
  remit groups acts finance
  remit groups delete finance")]
    Groups(Groups),
    /// Record a batch of commands from a file of protobuf JSON
    #[command(after_help = "\
The file holds one remit.v1.RecordRequest:
  {
    \"requestId\": \"2015-11X-1\",
    \"actor\": \"contracts desk\",
    \"actingFor\": \"X24\",
    \"evidence\": {\"source\": \"Delegation agreement\", \"confidence\": \"CONFIDENCE_CONFIRMED\"},
    \"commands\": [
      {\"instrumentEnded\": {
        \"instrument\": \"delegation/11X\",
        \"reason\": \"END_REASON_TERMINATED\",
        \"effectiveUntil\": {\"year\": 2020, \"month\": 4, \"day\": 1}}}
    ]
  }
Examples:
  remit record batch.json --validate-only
  cat batch.json | remit record -")]
    Record(Record),
    /// Print a completion script for a shell
    #[command(after_help = "\
Example:
  remit completions bash > ~/.local/share/bash-completion/completions/remit")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(clap::Args)]
pub struct Question {
    /// The function's code; `remit functions` lists all codes.
    pub function: String,
    /// The code of a practice, a CCG, a sub-ICB location or an ICB, or the id of a practice
    /// contract.
    #[arg(long = "at", value_name = "PLACE")]
    pub place: String,
    /// The day asked about, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Day,
    /// Says who would answer on this day for a body that has ceased, or whose liabilities have
    /// passed. Without it: on the day on which the last known event was recorded.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub answers_on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

/// The `--known-at` argument, which many commands share.
#[derive(clap::Args)]
pub struct Known {
    /// Uses only what the register knew at this time: a position in the log, an instant (RFC 3339),
    /// or a date, which means the end of that day in England. Without it: all that the register
    /// knows now.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_at: Option<KnownAt>,
}

impl Known {
    /// The value of `--known-at` as a protobuf message; `None` if the argument was not given.
    pub fn wire(&self) -> Option<pb::KnownAt> {
        self.known_at.map(Into::into)
    }
}

/// A point in the growth of the register's knowledge, given as a position or an instant.
#[derive(Clone, Copy, Debug)]
pub struct KnownAt(pb::known_at::Point);

impl From<KnownAt> for pb::KnownAt {
    fn from(KnownAt(point): KnownAt) -> Self {
        Self { point: Some(point) }
    }
}

impl KnownAt {
    /// The position or the instant as a protobuf value.
    pub fn point(self) -> pb::known_at::Point {
        self.0
    }
}

impl FromStr for KnownAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(position) = text.parse() {
            return Ok(Self(pb::known_at::Point::Position(position)));
        }
        let instant = text
            .parse()
            .ok()
            .and_then(remit_register::end_of_day)
            .or_else(|| rfc3339(text))
            .ok_or(
                "not a position (4711), an instant (2015-04-01T09:00:00Z) or a date (2015-04-01)",
            )?;
        Ok(Self(pb::known_at::Point::Instant(remit_grpc::render::timestamp(instant))))
    }
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|error: remit_domain::InvalidDay| error.to_string())
}

/// Parses an RFC 3339 instant in any time zone, and rounds it down to a whole microsecond. Returns
/// `None` if `text` is not such an instant.
fn rfc3339(text: &str) -> Option<UtcInstant> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(UtcInstant::from_micros(instant.timestamp_micros()))
}
