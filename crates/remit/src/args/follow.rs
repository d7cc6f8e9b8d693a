//! Arguments of the commands that follow the log or answers, and of pins and groups.

use super::*;

#[derive(clap::Args)]
pub struct Events {
    /// The first position to show.
    #[arg(long, default_value_t = 1)]
    pub from: u64,
    /// Shows at most this many events. Not with --follow.
    #[arg(long, conflicts_with = "follow")]
    pub limit: Option<u64>,
    /// Only events that match this filter; without it, every event.
    #[arg(long, default_value = "")]
    pub filter: String,
    /// Keeps running and shows new events as they are recorded, until you stop it with Ctrl-C.
    /// Reconnects if the server restarts.
    #[arg(long)]
    pub follow: bool,
    /// Continues after this cursor of an event stream: a position, @ and the id of the log, such as
    /// 4711@LOG-ID. Not with --from.
    #[arg(long, conflicts_with = "from")]
    pub cursor: Option<String>,
    /// Only events recorded after this instant (RFC 3339). Not with --from or --cursor.
    #[arg(long, value_name = "T", conflicts_with_all = ["from", "cursor"], value_parser = instant)]
    pub recorded_after: Option<prost_types::Timestamp>,
    /// Only events that take effect on this day or later, and events that name no day of effect.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub effective_from: Option<Day>,
    /// Only events recorded from now on: shows nothing without --follow. Not with --from, --cursor
    /// or --recorded-after.
    #[arg(long, conflicts_with_all = ["from", "cursor", "recorded_after"])]
    pub now: bool,
}

fn instant(text: &str) -> Result<prost_types::Timestamp, String> {
    let instant = rfc3339(text).ok_or("not an instant such as 2026-10-01T09:00:00Z")?;
    Ok(remit_grpc::render::timestamp(instant))
}

#[derive(clap::Args)]
pub struct Watch {
    /// Watches the answer for a function at a place, such as qof@A81001. At least one --question,
    /// --area, --holdings or --pin is needed. Each of these four can be given several times, and
    /// they can be combined: the command then watches all that they name.
    #[arg(long = "question", value_name = "FUNCTION@PLACE", value_parser = question)]
    pub questions: Vec<(String, String)>,
    /// Watches every function in the area of this commissioner.
    #[arg(long = "area", value_name = "CODE")]
    pub areas: Vec<String>,
    /// Watches every function that this body holds, exercises or is liable for, in every area.
    #[arg(long, value_name = "CODE")]
    pub holdings: Vec<String>,
    /// The name of a pinned answer to watch.
    #[arg(long = "pin", value_name = "NAME")]
    pub pins: Vec<String>,
    /// Continues after this cursor, which an earlier run that watched the same answers showed.
    #[arg(long)]
    pub cursor: Option<String>,
    /// A name under which the register remembers what was shown. A later run with the same name
    /// must watch the same answers, and continues from there. Not with --cursor.
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
    /// Lists the pins
    List,
    /// Keeps an answer under a name, so that you are told if it changes later
    Add {
        /// A name for the pin.
        pin: String,
        /// The function's code; `remit functions` lists all codes.
        function: String,
        /// The code of a practice, a CCG, a sub-ICB location or an ICB, or the id of a practice
        /// contract.
        #[arg(long, value_name = "PLACE")]
        at: String,
        /// The day asked about, YYYY-MM-DD.
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Day,
        #[command(flatten)]
        known: Known,
        /// What the answer was relied on for. Name offices, not people.
        #[arg(long, default_value = "")]
        note: String,
        /// The system or office that pins the answer.
        #[arg(long, default_value = "remit pins")]
        actor: String,
    },
    /// Removes a pin
    Remove {
        /// The name of the pin.
        pin: String,
        /// The system or office that removes the pin.
        #[arg(long, default_value = "remit pins")]
        actor: String,
    },
}

#[derive(clap::Args)]
pub struct Groups {
    #[command(subcommand)]
    pub act: Option<GroupAct>,
}

/// The `--actor` argument of the commands that change a group.
#[derive(clap::Args)]
pub struct GroupActor {
    /// The system or office that changes the group; recorded with the change.
    #[arg(long, default_value = "remit groups")]
    pub actor: String,
}

#[derive(Subcommand)]
pub enum GroupAct {
    /// Lists the consumer groups, and the position that each group has reached
    List,
    /// Creates a group
    Create {
        /// The name of the group.
        group: String,
        /// Only events that match this filter; without it, every event. `remit events --help`
        /// explains filters.
        #[arg(long, default_value = "")]
        filter: String,
        /// Gives out only events after this position.
        #[arg(long, default_value_t = 0, conflicts_with = "now")]
        after: u64,
        /// Gives out only events recorded from now on. Not with --after.
        #[arg(long)]
        now: bool,
        #[command(flatten)]
        by: GroupActor,
    },
    /// Shows one group and its members
    Show {
        /// The name of the group.
        group: String,
    },
    /// Joins a group as a member: prints the events that the member is given, and acknowledges
    /// each, until you press Ctrl-C
    Follow {
        /// The name of the group.
        group: String,
        /// The member's name. A member that joined earlier under the same name is removed.
        #[arg(long, default_value = "remit")]
        member: String,
    },
    /// Lists the parked events: those that no member could deal with
    Parked {
        /// The name of the group.
        group: String,
    },
    /// Gives out a parked event again, then the later events of its subject
    Replay {
        /// The name of the group.
        group: String,
        /// The position of the event.
        position: u64,
        #[command(flatten)]
        by: GroupActor,
    },
    /// Gives up on a parked event, and gives out the later events of its subject
    Discard {
        /// The name of the group.
        group: String,
        /// The position of the event.
        position: u64,
        /// Why the group gives the event up.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: GroupActor,
    },
    /// Lists what was done to groups, pins and loads, such as groups created, events replayed and
    /// answers pinned
    Acts {
        /// Only what was done to the group, pin or load of this name.
        name: Option<String>,
    },
    /// Deletes a group and the record of how far it got; the log is unchanged
    Delete {
        /// The name of the group.
        group: String,
        #[command(flatten)]
        by: GroupActor,
    },
}
