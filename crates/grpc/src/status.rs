//! The only place where errors become gRPC statuses.

use remit_domain::{Position, Refusal, Word};
use remit_engine::{DeskError, MemberEnd, RecordError, Stopped};
use remit_log::LogError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

use crate::pb::ErrorReason;

const DOMAIN: &str = "remit.v1";

/// The reason as `ErrorInfo` has it: without its prefix.
fn name(reason: ErrorReason) -> &'static str {
    reason.as_str_name().trim_start_matches("ERROR_REASON_")
}

fn with_reason(code: Code, reason: ErrorReason, message: impl Into<String>) -> Status {
    let details = ErrorDetails::with_error_info(name(reason), DOMAIN, []);
    Status::with_error_details(code, message, details)
}

/// A bad field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field, as a path in the request.
    pub field: String,
    /// What is wrong and what would be right.
    pub description: String,
}

/// Fields that are missing, malformed or out of bounds, all in one status.
pub fn invalid(violations: Vec<Violation>) -> Status {
    let first: Vec<_> =
        violations.iter().take(3).map(|v| format!("{}: {}", v.field, v.description)).collect();
    let more = match violations.len() {
        0..=3 => String::new(),
        all => format!("; and {} more", all - 3),
    };
    let message = format!("{}{more}", first.join("; "));
    let mut details = ErrorDetails::with_error_info(name(ErrorReason::FieldInvalid), DOMAIN, []);
    let fields: Vec<_> =
        violations.into_iter().map(|v| FieldViolation::new(v.field, v.description)).collect();
    details.set_bad_request(fields);
    Status::with_error_details(Code::InvalidArgument, message, details)
}

/// The path of the field that a refusal is about, beginning with `commands`.
fn path(index: usize, refusal: &Refusal, acts: &[String]) -> String {
    let act = acts.get(index).map_or("act", String::as_str);
    format!("commands[{index}].{act}.{}", refusal.field)
}

/// A refusal, as a preview shows it.
pub fn broken((index, refusal): &(usize, Refusal), acts: &[String]) -> crate::pb::RuleBroken {
    let reason = format!("ERROR_REASON_{}", refusal.reason().word());
    crate::pb::RuleBroken {
        command: u32::try_from(*index).unwrap_or(u32::MAX),
        reason: ErrorReason::from_str_name(&reason).unwrap_or_default().into(),
        field: path(*index, refusal, acts),
        message: remit_wording::refusal(refusal),
    }
}

/// Commands that the rules refuse, all in one status.
fn refused(refusals: Vec<(usize, Refusal)>, acts: &[String]) -> Status {
    let reason = match refusals.as_slice() {
        [(_, first), rest @ ..] if rest.iter().all(|(_, r)| r.reason() == first.reason()) => {
            first.reason().word()
        }
        _ => name(ErrorReason::Several),
    };
    let first: Vec<_> = refusals
        .iter()
        .take(3)
        .map(|(index, refusal)| {
            format!("{}: {}", path(*index, refusal, acts), remit_wording::refusal(refusal))
        })
        .collect();
    let more = match refusals.len() {
        0..=3 => String::new(),
        all => format!("; and {} more", all - 3),
    };
    let message = format!("{}{more}", first.join("; "));
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, []);
    // Headers are limited in size, and 30 violations are enough to act on.
    let violations: Vec<_> = refusals
        .iter()
        .take(30)
        .map(|(index, refusal)| {
            let subject = path(*index, refusal, acts);
            let message = remit_wording::refusal(refusal);
            PreconditionViolation::new(refusal.reason().word(), subject, message)
        })
        .collect();
    details.set_precondition_failure(violations);
    Status::with_error_details(Code::FailedPrecondition, message, details)
}

/// Why a request was not recorded. `acts` holds the wire name of each command's act.
pub fn record(error: RecordError, acts: &[String]) -> Status {
    match error {
        RecordError::Refused(refusals) => refused(refusals, acts),
        RecordError::RequestIdReused { .. } => {
            with_reason(Code::AlreadyExists, ErrorReason::RequestIdReused, error.to_string())
        }
        RecordError::TooLong { command, .. } => {
            let act = acts.get(command).map_or("act", String::as_str);
            let field = format!("commands[{command}].{act}");
            invalid(vec![Violation { field, description: error.to_string() }])
        }
        RecordError::Contended => {
            with_reason(Code::Aborted, ErrorReason::Contended, error.to_string())
        }
        RecordError::Stopped(stopped) => node_stopped(&stopped),
        RecordError::Log(error) => log(&error),
    }
}

/// The node cannot go on.
pub fn node_stopped(stopped: &Stopped) -> Status {
    let message = format!(
        "this node stopped at position {}: it cannot read what the log has after that; ask another \
         node, and have the register checked (remit audit fsck)",
        stopped.at
    );
    with_reason(Code::Unavailable, ErrorReason::NodeStopped, message)
}

/// The log failed, or this node only reads it. The cause of a failure is logged, not sent.
pub fn log(error: &LogError) -> Status {
    if matches!(error, LogError::ReadOnly) {
        let message = "this node only reads; send what is to be recorded to the node that writes";
        return with_reason(Code::FailedPrecondition, ErrorReason::ReadOnlyNode, message);
    }
    tracing::error!(error = error as &dyn std::error::Error, "event log");
    let message = "the event log is unavailable; send the same request again";
    with_reason(Code::Unavailable, ErrorReason::LogUnavailable, message)
}

/// This release cannot read an event of the log.
pub fn unreadable(error: &impl std::fmt::Display) -> Status {
    with_reason(Code::Internal, ErrorReason::UnreadableEvent, error.to_string())
}

/// What was asked for does not exist, as known at the point asked about.
pub fn not_found(what: impl Into<String>) -> Status {
    with_reason(Code::NotFound, ErrorReason::NotFound, what)
}

/// A position in the request is beyond the head.
pub fn beyond_head(field: &str, position: Position, head: Position) -> Status {
    let message = format!("{field}: position {position} is beyond the head, {head}");
    with_reason(Code::OutOfRange, ErrorReason::PositionBeyondHead, message)
}

/// The node did not reach the caller's token in time.
pub fn behind(wanted: Position, head: Position) -> Status {
    let message = format!(
        "this node is at position {head}, {} behind the token's {wanted}; ask again or elsewhere",
        wanted.since(head)
    );
    with_reason(Code::Unavailable, ErrorReason::BehindToken, message)
}

/// The server is shutting down.
pub fn draining() -> Status {
    let message = "the server is shutting down; go on from the last position received";
    with_reason(Code::Unavailable, ErrorReason::Draining, message)
}

/// The server is still loading the register.
pub fn loading() -> Status {
    let mut details = ErrorDetails::with_error_info(name(ErrorReason::Loading), DOMAIN, []);
    details.set_retry_info(Some(std::time::Duration::from_secs(1)));
    let message = "the register is being loaded, and answers once it is whole; health says when";
    Status::with_error_details(Code::Unavailable, message, details)
}

/// There are too many long streams. `of` says whether one connection or the node has reached the
/// limit.
pub fn too_many_streams(of: &str, limit: usize) -> Status {
    let mut details = ErrorDetails::with_error_info(name(ErrorReason::TooManyStreams), DOMAIN, []);
    details.set_retry_info(Some(std::time::Duration::from_secs(5)));
    let message = format!("{of} has {limit} streams, which is the limit; end one, or retry in 5 s");
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

/// An error of the desk.
pub fn desk(error: &DeskError) -> Status {
    match error {
        DeskError::Taken(_) => {
            with_reason(Code::AlreadyExists, ErrorReason::NameTaken, error.to_string())
        }
        DeskError::Unknown(..) => not_found(error.to_string()),
        DeskError::TooMany(_) => {
            with_reason(Code::ResourceExhausted, ErrorReason::TooManyKept, error.to_string())
        }
        DeskError::Contended => {
            with_reason(Code::Aborted, ErrorReason::Contended, error.to_string())
        }
        DeskError::Log(error) => log(error),
    }
}

/// Another stream of the same name took over.
pub fn taken_over() -> Status {
    let message = "another stream of the same name took over; end one of the two";
    with_reason(Code::Aborted, ErrorReason::TakenOver, message)
}

/// The notice, or a later one, was acknowledged before.
pub fn acknowledged_already(message: impl Into<String>) -> Status {
    with_reason(Code::FailedPrecondition, ErrorReason::AcknowledgedAlready, message)
}

/// The event is not parked.
pub fn not_parked(message: impl Into<String>) -> Status {
    with_reason(Code::FailedPrecondition, ErrorReason::NotParked, message)
}

/// The stream's member no longer belongs to the group.
pub fn member_ended(why: MemberEnd) -> Status {
    match why {
        MemberEnd::Silent => {
            let message = "this member gave no sign of life for 4 s; join again";
            with_reason(Code::Aborted, ErrorReason::LeaseEnded, message)
        }
        MemberEnd::TakenOver => taken_over(),
        MemberEnd::Deleted => not_found("the group was deleted"),
    }
}

/// The cursor or the consumer name belongs to a watch of other things.
pub fn other_watch(message: impl Into<String>) -> Status {
    with_reason(Code::FailedPrecondition, ErrorReason::OtherWatch, message)
}

/// A statement of nothing cannot be issued: the event at `position` was recorded in the stretch.
pub fn not_nothing(position: Position) -> Status {
    let message = format!("event {position} was recorded there: it cannot be stated that none was");
    with_reason(Code::FailedPrecondition, ErrorReason::NotNothing, message)
}

/// Something that the request names does not exist yet, or never did.
pub fn out_of_range(message: impl Into<String>) -> Status {
    with_reason(Code::OutOfRange, ErrorReason::FieldInvalid, message)
}
