//! Questions.

use super::*;

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
#[command(group = clap::ArgGroup::new("second").required(true).multiple(true)
    .args(["to", "known_from", "known_to"]))]
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
