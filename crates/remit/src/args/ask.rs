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
    /// The function's code; `remit functions` lists all codes.
    pub function: String,
    /// The code of a practice, a CCG, a sub-ICB location or an ICB, or the id of a practice
    /// contract.
    #[arg(long = "at", value_name = "PLACE")]
    pub place: String,
    /// Also shows the answers as they were known earlier: one row for each span of days and of
    /// positions. JSON output always has them.
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
    /// The second day, YYYY-MM-DD. Without it: the first day again, compared as known at
    /// --known-from and as known at --known-to.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: Option<Day>,
    /// For the first day, uses only what the register knew at this position, instant or date.
    /// Without it: all that the register knows now.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_from: Option<KnownAt>,
    /// For the second day, uses only what the register knew at this position, instant or date.
    /// Without it: all that the register knows now.
    #[arg(long, value_name = "T", value_parser = KnownAt::from_str)]
    pub known_to: Option<KnownAt>,
    /// Only this function; without it, every function.
    #[arg(long)]
    pub function: Option<String>,
    /// Only this place: the code of a practice, a CCG, a sub-ICB location or an ICB, or the id of a
    /// practice contract. Without it: the areas of all commissioners.
    #[arg(long = "at", value_name = "PLACE")]
    pub place: Option<String>,
    /// Says who would answer on this day, before and after, for a body that has ceased, or whose
    /// liabilities have passed. Without it: on the day on which the last event known at
    /// --known-from or --known-to was recorded.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub answers_on: Option<Day>,
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("days").required(true).args(["on", "from"]))]
pub struct Coverage {
    /// The function's code; without it, every function.
    pub function: Option<String>,
    /// The day to check, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    /// The first day of a range, YYYY-MM-DD. Every day of the range is then checked, instead of one
    /// day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Option<Day>,
    /// The first day after the range that --from begins. Without it, the range has no end.
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
    /// Shows every such event. Without it: only corrections, and events that changed an answer.
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
    /// Shows only the roles that the body has on this day, YYYY-MM-DD. Names and successions of all
    /// days are still shown.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Functions {
    /// Shows only the rows of the function with this code. Without it: the rows of all functions.
    pub code: Option<String>,
    /// Shows only the rows in effect on this day, YYYY-MM-DD. Without it: the rows of all days.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Rules {
    /// Shows only the rows of the rule with this id. Without it: the rows of all rules.
    pub id: Option<String>,
    /// Shows only the rows in effect on this day, YYYY-MM-DD. Without it: the rows of all days.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Day>,
    #[command(flatten)]
    pub known: Known,
}

#[derive(clap::Args)]
pub struct Instruments {
    /// Only the instrument with this id; --body and --function are then ignored.
    pub id: Option<String>,
    /// Only instruments that name this body as a party, or as a commissioner in whose area they
    /// hold.
    #[arg(long)]
    pub body: Option<String>,
    /// Only instruments that cover this function.
    #[arg(long)]
    pub function: Option<String>,
    #[command(flatten)]
    pub known: Known,
}
