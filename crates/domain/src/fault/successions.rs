//! The faults that a command can have in what passes from one body to another.

use crate::body::BodyRole;
use crate::code::BodyCode;
use crate::period::Day;
use crate::position::Position;

use super::faults;

faults! {
    /// A fault in a succession or a transfer scheme.
    SuccessionFault, Fault::Successions;
    /// The command names the body `code` both as predecessor and as successor.
    SucceedsItself { code: BodyCode } => SuccessionOfItself;
    /// The body has the role `role` on the day `on`, in which no liabilities can pass from it or to
    /// it.
    BearsNoLiabilities { code: BodyCode, role: BodyRole, on: Day } => BodyRoleWrong;
    /// The successor has the role `role` on the day of the succession, and a body in that role
    /// cannot take the place of the predecessor, which has the role `of` on the day before.
    KindsDiffer { predecessor: BodyCode, of: BodyRole, successor: BodyCode, role: BodyRole }
        => BodyRoleWrong;
    /// The kind says that an ICB takes the place of a CCG, but the predecessor has the role `of` on
    /// the day before, and the successor the role `role` on the day.
    NotOfThatKind { of: BodyRole, role: BodyRole } => BodyRoleWrong;
    /// No row of law in force on the day `on` lets a body with the role `role` succeed a body with
    /// the role `of`, although rows of law say which bodies may succeed which.
    NoRuleForIt {
        predecessor: BodyCode,
        of: BodyRole,
        successor: BodyCode,
        role: BodyRole,
        on: Day
    } => BodyRoleWrong;
    /// The predecessor still has the role `role` on the day `on`, on which the successor is to take
    /// its area.
    PredecessorLivesOn { code: BodyCode, role: BodyRole, on: Day, event: Position }
        => PredecessorLivesOn;
    /// The event `event` already records this succession of `predecessor` by `successor`.
    SuccessionRecorded { predecessor: BodyCode, successor: BodyCode, on: Day, event: Position }
        => SuccessionAlreadyRecorded;
    /// The event `event` records that another body, `successor`, takes area of `predecessor` on the
    /// same day, so that together more than the whole would pass.
    AreaPassedOn { predecessor: BodyCode, successor: BodyCode, on: Day, event: Position }
        => SuccessionAlreadyRecorded;
    /// The event `event` already records that liabilities pass from `from` to `to` on that day, by
    /// the same power.
    SchemeRecorded { from: BodyCode, to: BodyCode, on: Day, event: Position }
        => SuccessionAlreadyRecorded;
    /// The event `event` records that the whole of the same liabilities passes from `from` to
    /// another body, `to`, on the same day.
    LiabilitiesPassedOn { from: BodyCode, to: BodyCode, on: Day, event: Position }
        => SuccessionAlreadyRecorded;
}
