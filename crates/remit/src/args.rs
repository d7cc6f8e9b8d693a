//! The arguments of the command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::DateTime;
use clap::{Parser, Subcommand, ValueEnum};
use remit_domain::{Day, parse_day};
use remit_grpc::pb;

/// Who holds, exercises and is liable for which commissioning function in England's primary care:
/// on any date, as known on any date, and why.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  remit serve --load england                       start a register and load England, 2013 to 2026
  remit who-holds qof --at A81001 --on 2015-04-01  who held QOF at a practice on a day
  remit timeline qof --at 11X                      the same over all days and all that was known when
  remit check 11X gms-contracts --at 11X --on 2019-04-01 && echo 'Somerset CCG exercised it'

Exit codes: 0 done; 64 wrong usage; 65 refused or bad data; 66 no such file; 69 no server or no
answer; 70 a fault of this program; 73 a file that cannot be written. `check`: 0 held, 1 not held, 2 gap, conflict or unknown. `import`:
1 with findings."
)]
pub struct Args {
    /// Where the server is.
    #[arg(long, global = true, env = "REMIT_SERVER", default_value = "http://127.0.0.1:7711")]
    pub server: String,
    /// What to print: tables for people, or the canonical protobuf JSON of the reply.
    #[arg(short, long, global = true, value_enum, default_value = "table")]
    pub output: Output,
    #[command(subcommand)]
    pub command: Command,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Table,
    Json,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve a register on a loopback address
    #[command(after_help = "\
Examples:
  remit serve                              the register in ./.remit, on 127.0.0.1:7711
  remit serve --data /srv/remit --listen 127.0.0.1:9000
  remit serve --load england               and load England's reference history if it is empty")]
    Serve(Serve),
    /// Record a reference history that is built in
    #[command(after_help = "\
Examples:
  remit load england
  remit load england --report findings.csv")]
    Load(Load),
    /// Record what files say and the register does not hold, and report where they differ; or make
    /// a register from an export
    #[command(after_help = "\
Examples:
  remit import csv ./more-rows --dry-run
  remit import ods --kind epraccur epraccur.csv --report findings.csv
  remit import log register.jsonl --data ./again --key register.pub")]
    Import(Import),
    /// Who holds, exercises and is liable for a function at a place on a day
    #[command(after_help = "\
Examples:
  remit who-holds qof --at A81001 --on 2015-04-01
  remit who-holds gms-contracts --at 11X --on 2019-04-01 --known-at 2026-01-01
  remit who-holds primary-dental-services --at QUA --on 2023-04-01 --known-at 4711 -o json")]
    WhoHolds(Question),
    /// Whether one body exercises a function: exit 0 held, 1 not held, 2 gap, conflict or unknown
    #[command(after_help = "\
Examples:
  remit check 11X gms-contracts --at 11X --on 2019-04-01
  remit check X24 gms-contracts --at 11X --on 2019-04-01 --role liable")]
    Check(Check),
    /// Everything a body holds, exercises or is liable for on a day
    #[command(after_help = "Example:\n  remit holdings QSL --on 2022-07-01")]
    Holdings(Holdings),
    /// One question over all days and all that was known when
    #[command(
        after_help = "Examples:\n  remit timeline qof --at 11X\n  remit timeline qof --at 11X --history"
    )]
    Timeline(Timeline),
    /// What differs between two days, or between what was known at two times
    #[command(after_help = "\
Examples:
  remit diff --from 2022-06-30 --to 2022-07-01 --function qof
  remit diff --from 2019-04-01 --at 11X --known-from 2026-01-01 --known-to 4711")]
    Diff(Diff),
    /// Where in England a function is not held exactly once: gaps, conflicts, unknown
    #[command(after_help = "\
Examples:
  remit coverage gms-contracts --on 2018-04-01
  remit coverage --from 2013-04-01 --until 2026-04-01 -o json")]
    Coverage(Coverage),
    /// What was recorded after the fact, and which answers it changed
    #[command(after_help = "\
Examples:
  remit retroactive --since 2026-10-01
  remit retroactive --since 36586 --all")]
    Retroactive(Retroactive),
    /// One body: its roles, names and successions
    #[command(after_help = "Examples:\n  remit body 15F\n  remit body X24 --on 2014-01-01")]
    Body(Body),
    /// The catalogue of functions
    #[command(after_help = "Examples:\n  remit functions\n  remit functions qof --on 2016-01-01")]
    Functions(List),
    /// The rows of law
    #[command(
        after_help = "Examples:\n  remit rules\n  remit rules L7\n  remit rules --on 2022-06-30"
    )]
    Rules(List),
    /// Instruments: delegations, joint arrangements, directions and the rest
    #[command(after_help = "\
Examples:
  remit instruments --body 11X
  remit instruments delegation/11X
  remit instruments --function qof")]
    Instruments(Instruments),
    /// The events, in order
    #[command(after_help = "\
Examples:
  remit events --from 1 --limit 20
  remit events --filter 'type=instrument-* function=qof area=QSL'
  remit events --follow --now --filter body=X24
  remit events --follow --recorded-after 2026-10-01T00:00:00Z -o json

A filter is terms with spaces between them: type, body, function, instrument or area, an equals sign,
and values with commas between them. An event is shown when every term has a value that it concerns.")]
    Events(Events),
    /// Proof for those who do not trust the register: checkpoints, proofs, and whether a file is whole
    #[command(after_help = "\
Examples:
  remit audit key > register.pub                     once, and compare it with what you were told
  remit audit checkpoint --out today.note
  remit audit checkpoint --since today.note --key register.pub   the log only grew
  remit audit checkpoint --cosigned --witnesses witnesses.pub    others saw the same log
  remit audit prove 4711 --key register.pub          event 4711 is in the log, and reads so
  remit audit rotate --key .remit.key                a new key; the old ones go on signing beside it
  remit audit fsck --data .remit                     every stored byte, with no server running
  remit audit log 11X                                what became of a body, event by event
  remit audit retroactive --since 2026-10-01         what was recorded after the fact (`remit retroactive`)")]
    Audit(Audit),
    /// Checks a statement with nothing but a public key: exit 0 only if every byte of it stands
    #[command(after_help = "\
Examples:
  remit verify qof.json --key register.pub
  remit verify qof.json --key register.pub --page qof.html")]
    Verify(Verify),
    /// Rebuild the register as it was at a position or an instant, with no server, and ask it
    #[command(after_help = "\
Examples:
  remit replay --data .remit --until 36586
  remit replay --data .remit --until 2026-10-01T00:00:00Z who-holds qof --at 11X --on 2019-04-01
  remit replay --from register.jsonl --until 36586 timeline qof --at 11X -o json

Any command that only reads can follow; it prints what it prints online. The register is built in memory
from the stored events: a server may be running over the directory, and nothing is written.")]
    Replay(Replay),
    /// Take the whole log away: every event as it is stored, with a signed checkpoint
    #[command(after_help = "\
Examples:
  remit export --out register.jsonl                  a manifest, then an event a line; `remit import log` reads it
  remit export --out register.sqlite --format sqlite   tables and views to ask with SQL or Datasette
  remit export --out register.jsonl --key register.pub

What is sent is hashed, and has its name only once it is what the checkpoint says.")]
    Export(Export),
    /// Back up a data directory, while a server runs over it or not
    #[command(after_help = "\
Examples:
  remit backup --data .remit --out /backups/2026-11-22
  remit restore --from /backups/2026-11-22 --data ./again --key register.pub

The backup holds register.db as it was at one moment, compared with its hashes and folded, and
checkpoint.note, which the register's key signed over it. The key is not in it: keep it elsewhere.")]
    Backup(Backup),
    /// Restore a backup into a directory where there is no register
    #[command(after_help = "\
Examples:
  remit restore --from /backups/2026-11-22 --data ./again --key register.pub
  remit restore --from /backups/2026-11-22 --data ./then --until 36586

With --until, requests after it may be sent again; acts of the desk from the moment of the first event
left out on are left out too, since they may speak of it; a consumer group gets what comes after that
position again; a named watch that was further is forgotten, and told the present answers.")]
    Restore(Restore),
    /// Answers as they are, and every change of them: by an event, or when a day begins
    #[command(after_help = "\
Examples:
  remit watch --question qof@A81001
  remit watch --area QSL --holdings X24
  remit watch --area QSL --consumer finance    what was shown is not shown again by a later run
  remit watch --pin claim-17 -o json           one JSON object a line, each notice with its cursor

A change says what caused it and whether it is about days before the one on which it was recorded.")]
    Watch(Watch),
    /// Answers that somebody relied on, and whether the register still says what it said
    #[command(after_help = "\
Examples:
  remit pins
  remit pins add claim-17 qof --at A81001 --on 2019-04-01 --note 'letter of claim'
  remit pins remove claim-17")]
    Pins(Pins),
    /// Consumer groups: members that share the events of a filter, in order for each subject
    #[command(after_help = "\
Examples:
  remit groups
  remit groups create finance --filter 'type=instrument-* area=QSL'
  remit groups follow finance --member desk-1     print events and acknowledge each
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
      {\"instrumentEnded\": {\"instrument\": \"delegation/11X\", \"reason\": \"END_REASON_TERMINATED\",
        \"effectiveUntil\": {\"year\": 2020, \"month\": 4, \"day\": 1}}}
    ]
  }
Examples:
  remit record batch.json --validate-only
  cat batch.json | remit record -")]
    Record(Record),
    /// A completion script for a shell
    #[command(
        after_help = "Example:\n  remit completions bash > ~/.local/share/bash-completion/completions/remit"
    )]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

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
    /// The file with the keys that checkpoints are signed with, one a line, the current one first; made
    /// at the first start. Without it, beside the data directory: .remit.key.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// A file with the public keys of witnesses, one a line, whose cosignatures of checkpoints are kept.
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
    Csv {
        /// The directory.
        dir: PathBuf,
        #[command(flatten)]
        recording: Recording,
    },
    /// A file as the Organisation Data Service publishes it
    Ods {
        /// Which published file it is.
        #[arg(long, value_enum)]
        kind: OdsKind,
        /// The day the file was published: then links that the register ended before it are findings.
        #[arg(long, value_name = "DATE", value_parser = day)]
        extracted_on: Option<Day>,
        /// The file, packed or not.
        file: PathBuf,
        #[command(flatten)]
        recording: Recording,
    },
    /// An export as JSON Lines: makes a new register of it, with the same bytes at the same positions
    #[command(after_help = "\
All of the file is checked against its manifest and checkpoint before there is a register. The ids of
requests stay used; what else they asked is not in an export, so one that is sent again is refused.
The signing key is not in it either: give it to `remit serve --key`, or a new one is made.
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
pub struct Question {
    /// The function's code; `remit functions` lists them.
    pub function: String,
    /// A practice, a practice contract, a CCG, a sub-ICB location or an ICB.
    #[arg(long = "at", value_name = "PLACE")]
    pub place: String,
    /// The day asked about, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Day,
    #[command(flatten)]
    pub known: Known,
}

/// As known when.
#[derive(clap::Args)]
pub struct Known {
    /// As known when: a position, an instant (RFC 3339), or a date for the end of that day in England.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_at: Option<KnownAt>,
}

impl Known {
    /// The same on the wire.
    pub fn wire(&self) -> Option<pb::KnownAt> {
        self.known_at.map(Into::into)
    }
}

/// A point of the known axis.
#[derive(Clone, Copy, Debug)]
pub struct KnownAt(pb::known_at::Point);

impl From<KnownAt> for pb::KnownAt {
    fn from(KnownAt(point): KnownAt) -> Self {
        Self { point: Some(point) }
    }
}

impl KnownAt {
    /// The point itself.
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
        let micros = parse_day(text)
            .ok()
            .and_then(remit_register::end_of_day_micros)
            .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_micros()))
            .ok_or(
                "not a position (4711), an instant (2015-04-01T09:00:00Z) or a date (2015-04-01)",
            )?;
        Ok(Self(pb::known_at::Point::Instant(remit_grpc::render::timestamp(micros))))
    }
}

fn day(text: &str) -> Result<Day, String> {
    parse_day(text).map_err(|error| error.to_string())
}

#[derive(clap::Args)]
pub struct Check {
    /// The body's code.
    pub body: String,
    #[command(flatten)]
    pub question: Question,
    /// In what sense.
    #[arg(long, value_enum, default_value = "exerciser")]
    pub role: Role,
}

/// In what sense a body has a part in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    Exerciser,
    Holder,
    Liable,
}

#[derive(clap::Args)]
pub struct Holdings {
    /// The body's code.
    pub body: String,
    /// The day asked about, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Day,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Timeline {
    /// The function's code.
    pub function: String,
    /// A practice, a practice contract, a CCG, a sub-ICB location or an ICB.
    #[arg(long = "at", value_name = "PLACE")]
    pub place: String,
    /// Shows what was known before as well: every rectangle of effective days and positions.
    #[arg(long)]
    pub history: bool,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Diff {
    /// The first day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Day,
    /// The second day. Without it: the same day, as known at two times.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: Option<Day>,
    /// As known when, for the first day: a position, an instant or a date.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_from: Option<KnownAt>,
    /// As known when, for the second.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_to: Option<KnownAt>,
    /// Only this function.
    #[arg(long)]
    pub function: Option<String>,
    /// Only this place; without it, the areas of all commissioners.
    #[arg(long = "at", value_name = "PLACE")]
    pub place: Option<String>,
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("days").required(true).args(["on", "from"]))]
pub struct Coverage {
    /// The function's code; without it, every function.
    pub function: Option<String>,
    /// One day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    /// The first of many days.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Option<Day>,
    /// The first day after them.
    #[arg(long, value_name = "DATE", value_parser = day, requires = "from")]
    pub until: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Retroactive {
    /// Only what was recorded after this: a position, an instant or a date.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub since: Option<KnownAt>,
    /// Also what changed no answer.
    #[arg(long)]
    pub all: bool,
    /// Stops after about this many events.
    #[arg(long)]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Body {
    /// The body's code.
    pub code: String,
    /// Only what it was on this day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct List {
    /// Only this one.
    pub code: Option<String>,
    /// Only what is so on this day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Instruments {
    /// Only this one.
    pub id: Option<String>,
    /// Only those that name this body.
    #[arg(long)]
    pub body: Option<String>,
    /// Only those that cover this function.
    #[arg(long)]
    pub function: Option<String>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Events {
    /// The first position to show.
    #[arg(long, default_value_t = 1)]
    pub from: u64,
    /// At most this many.
    #[arg(long, conflicts_with = "follow")]
    pub limit: Option<u64>,
    /// Which events; without it all.
    #[arg(long, default_value = "")]
    pub filter: String,
    /// Goes on as events are recorded, until stopped; through restarts of the server.
    #[arg(long)]
    pub follow: bool,
    /// Goes on after a cursor that an earlier run named.
    #[arg(long, conflicts_with = "from")]
    pub cursor: Option<String>,
    /// Only events recorded after an instant.
    #[arg(long, value_name = "T", conflicts_with_all = ["from", "cursor"], value_parser = instant)]
    pub recorded_after: Option<prost_types::Timestamp>,
    /// Only events that take effect on a day or later.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub effective_from: Option<Day>,
    /// Only events recorded from now on.
    #[arg(long, conflicts_with_all = ["from", "cursor", "recorded_after"])]
    pub now: bool,
}

fn instant(text: &str) -> Result<prost_types::Timestamp, String> {
    let instant = DateTime::parse_from_rfc3339(text);
    let instant = instant.map_err(|_| "not an instant such as 2026-10-01T09:00:00Z")?;
    Ok(remit_grpc::render::timestamp(instant.timestamp_micros()))
}

#[derive(clap::Args)]
pub struct Audit {
    #[command(subcommand)]
    pub act: AuditAct,
}

#[derive(Subcommand)]
pub enum AuditAct {
    /// The public keys with which checkpoints are checked, the current one first; any one is enough
    Key,
    /// The signed root over all events
    Checkpoint {
        /// Writes it to a file.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Has it proved that the log of an earlier checkpoint only grew.
        #[arg(long, requires = "key")]
        since: Option<PathBuf>,
        /// A file with public keys, one a line; any one is enough.
        #[arg(long)]
        key: Option<PathBuf>,
        /// Instead the newest one that witnesses cosigned, and who did when.
        #[arg(long)]
        cosigned: bool,
        /// A file with public keys of witnesses, one a line: has one of them cosigned it? Only those that
        /// did are then named.
        #[arg(long, value_name = "FILE", requires = "cosigned")]
        witnesses: Option<PathBuf>,
    },
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
  remit audit statement qof --at A81001 --on 2019-04-01 --known-at 4711 --out qof.json --page qof.html
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
  remit audit nothing notice:delegation/11X/2019 --until 2026-09-30 --out no-notice.json
  remit audit nothing body:11X --after 4711 --out unchanged.json")]
    Nothing {
        /// A word and a code: instrument:, notice:, area:, body:, succession:, membership:, rule: …
        key: String,
        /// After what was known then: a position, a day or an instant. Without it: from the beginning.
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
    /// Puts a new key before those of a register's key file; all of them sign from its next start
    #[command(after_help = "\
Example:
  remit audit rotate --key .remit.key && systemctl restart remit && remit audit key > register.pub

Every key of the file signs every checkpoint, so whoever has only an old public key still checks. Hand
out the new one. To end an old key, remove its line from the file and start the server again.")]
    Rotate {
        /// The key file of a register; for `remit serve --data DIR` without --key it is DIR.key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Compares every stored byte with every stored hash, and the fold with a fresh one
    Fsck {
        /// The directory of the register. Nothing may serve it meanwhile.
        #[arg(long)]
        data: PathBuf,
    },
    /// The story of a body, a practice or an instrument: every event that concerns it, and what each
    /// changed in the answers that name it
    #[command(after_help = "\
Examples:
  remit audit log 11X
  remit audit log A81001 --since 36586
  remit audit log delegation/11X -o json")]
    Log(Story),
    /// What was recorded after the fact, and which answers it changed: the same as `remit retroactive`
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
#[command(group = clap::ArgGroup::new("source").required(true).args(["data", "from"]))]
pub struct Replay {
    /// The directory of the register, or of a backup.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// An export as JSON Lines.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// As known when: a position, an instant (RFC 3339), or a date for the end of that day in England.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub until: KnownAt,
    /// A file with the public key that must have signed the checkpoint of the export.
    #[arg(long, value_name = "FILE", requires = "from")]
    pub key: Option<PathBuf>,
    /// What to ask: a command of this program and its arguments. Without it, only the root is shown.
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
    /// The file with the key that checkpoints are signed with. Without it, beside the data directory.
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

#[derive(clap::Args)]
pub struct Watch {
    /// A function and a place: qof@A81001.
    #[arg(long = "question", value_name = "FUNCTION@PLACE", value_parser = question)]
    pub questions: Vec<(String, String)>,
    /// Every function in the area of a commissioner.
    #[arg(long = "area", value_name = "CODE")]
    pub areas: Vec<String>,
    /// Every function and area in which a body has a part.
    #[arg(long, value_name = "CODE")]
    pub holdings: Vec<String>,
    /// A pinned answer.
    #[arg(long = "pin", value_name = "NAME")]
    pub pins: Vec<String>,
    /// Goes on after a cursor that an earlier run showed.
    #[arg(long)]
    pub cursor: Option<String>,
    /// Lets the register remember what was shown, under a name.
    #[arg(long, conflicts_with = "cursor")]
    pub consumer: Option<String>,
}

fn question(text: &str) -> Result<(String, String), String> {
    let (function, place) = text.split_once('@').ok_or("not FUNCTION@PLACE, such as qof@A81001")?;
    Ok((function.to_owned(), place.to_owned()))
}

#[derive(clap::Args)]
pub struct Pins {
    #[command(subcommand)]
    pub act: Option<PinAct>,
}

#[derive(Subcommand)]
pub enum PinAct {
    /// The pins there are
    List,
    /// Pins an answer
    Add {
        /// A name for it.
        pin: String,
        /// The function.
        function: String,
        /// The place.
        #[arg(long, value_name = "PLACE")]
        at: String,
        /// The day.
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Day,
        #[command(flatten)]
        known: Known,
        /// What for. Offices, not people.
        #[arg(long, default_value = "")]
        note: String,
        /// The system or office that pins.
        #[arg(long, default_value = "remit pins")]
        actor: String,
    },
    /// Removes a pin
    Remove {
        /// Its name.
        pin: String,
        /// The system or office that removes it.
        #[arg(long, default_value = "remit pins")]
        actor: String,
    },
}

#[derive(clap::Args)]
pub struct Groups {
    #[command(subcommand)]
    pub act: Option<GroupAct>,
    /// The system or office that acts.
    #[arg(long, global = true, default_value = "remit groups")]
    pub actor: String,
}

#[derive(Subcommand)]
pub enum GroupAct {
    /// The groups there are, and how each is doing
    List,
    /// Creates a group
    Create {
        /// Its name.
        group: String,
        /// Which events; without it all.
        #[arg(long, default_value = "")]
        filter: String,
        /// Only events after this position.
        #[arg(long, default_value_t = 0, conflicts_with = "now")]
        after: u64,
        /// Only events recorded from now on.
        #[arg(long)]
        now: bool,
    },
    /// One group and its members
    Show {
        /// Its name.
        group: String,
    },
    /// Joins a group: prints its events and acknowledges each, until stopped
    Follow {
        /// Its name.
        group: String,
        /// The member's name; a member of the same name gives way.
        #[arg(long, default_value = "remit")]
        member: String,
    },
    /// Events that could not be dealt with
    Parked {
        /// The group.
        group: String,
    },
    /// Gives a parked event out again, and what waits behind it
    Replay {
        /// The group.
        group: String,
        /// The event.
        position: u64,
    },
    /// Leaves a parked event as it is, and gives out what waits behind it
    Discard {
        /// The group.
        group: String,
        /// The event.
        position: u64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// What was done at the desk: of one group or pin, or all
    Acts {
        /// Its name.
        name: Option<String>,
    },
    /// Deletes a group and its place
    Delete {
        /// Its name.
        group: String,
    },
}

#[derive(clap::Args)]
pub struct Record {
    /// The file, or - for standard input.
    pub file: PathBuf,
    /// Runs every check and writes nothing.
    #[arg(long)]
    pub validate_only: bool,
}
