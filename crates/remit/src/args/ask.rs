//! Arguments of the commands that ask questions.

use super::*;

#[derive(clap::Args)]
pub struct Check {
    /// The body's code.
    pub body: String,
    #[command(flatten)]
    pub question: Question,
    /// The role to check.
    #[arg(long, value_enum, default_value = "exerciser")]
    pub role: Role,
}

/// The role of a body in a function.
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
    /// The function's code; `remit functions` lists them.
    pub function: String,
    /// The code of a practice, a CCG, a sub-ICB location or an ICB, or the id of a practice
    /// contract.
    #[arg(long = "at", value_name = "PLACE")]
    pub place: String,
    /// Also shows the answers as known earlier: one row for each span of days and range of
    /// positions.
    #[arg(long)]
    pub history: bool,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("second").required(true).multiple(true)
    .args(["to", "known_from", "known_to"]))]
pub struct Diff {
    /// The first day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Day,
    /// The second day, YYYY-MM-DD. Without it: the same day, compared as known at two times.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: Option<Day>,
    /// Answer for the first day from what the register knew at this position, instant or date.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_from: Option<KnownAt>,
    /// Answer for the second day from what the register knew at this position, instant or date.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_to: Option<KnownAt>,
    /// Only this function; without it, every function.
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
    /// The day to check, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    /// The first day of a range, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Option<Day>,
    /// The first day after the range. Without it, the range has no end.
    #[arg(long, value_name = "DATE", value_parser = day, requires = "from")]
    pub until: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Retroactive {
    /// Only events recorded after this position, instant or date.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub since: Option<KnownAt>,
    /// Also shows events that changed no answer.
    #[arg(long)]
    pub all: bool,
    /// Stops after this many events.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Body {
    /// The body's code.
    pub code: String,
    /// Show only the roles that the body has on this day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct List {
    /// Show only the entry with this code or id.
    pub code: Option<String>,
    /// Show only entries in effect on this day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Instruments {
    /// Only the instrument with this id.
    pub id: Option<String>,
    /// Only instruments that name this body, as a party or in their area.
    #[arg(long)]
    pub body: Option<String>,
    /// Only instruments that cover this function.
    #[arg(long)]
    pub function: Option<String>,
    #[command(flatten)]
    pub known: Known,
}
