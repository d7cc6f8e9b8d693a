//! Following what changes.

use super::*;

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
    let instant = rfc3339(text).ok_or("not an instant such as 2026-10-01T09:00:00Z")?;
    Ok(remit_grpc::render::timestamp(instant))
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
