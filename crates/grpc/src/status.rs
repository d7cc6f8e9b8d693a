//! Converts errors to gRPC statuses. No other module does so.

use remit_domain::{Position, Refusal, Word};
use remit_engine::{DeskError, MemberEnd, RecordError, Stopped};
use remit_log::{Damage, LogError};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

use crate::pb::ErrorReason;

const DOMAIN: &str = "remit.v1";

/// Returns the name of an error reason in the form that `ErrorInfo` uses: without the prefix
/// `ERROR_REASON_`.
fn name(reason: ErrorReason) -> &'static str {
    reason.as_str_name().trim_start_matches("ERROR_REASON_")
}

fn with_reason(code: Code, reason: ErrorReason, message: impl Into<String>) -> Status {
    let details = ErrorDetails::with_error_info(name(reason), DOMAIN, []);
    Status::with_error_details(code, message, details)
}

/// A field of a request that is bad, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The path of the bad field in the request.
    pub field: String,
    /// What is wrong with the field, and what would be right.
    pub description: String,
}

/// Returns one status for all fields that are missing, malformed or out of bounds.
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

/// Returns the path of the field that a refusal is about, beginning with `commands`.
fn path(index: usize, refusal: &Refusal, acts: &[String]) -> String {
    let act = acts.get(index).map_or("act", String::as_str);
    format!("commands[{index}].{act}.{}", refusal.field)
}

/// Converts a refusal to the message that a preview shows.
pub fn broken((index, refusal): &(usize, Refusal), acts: &[String]) -> crate::pb::RuleBroken {
    let reason = format!("ERROR_REASON_{}", refusal.reason().word());
    crate::pb::RuleBroken {
        command: u32::try_from(*index).unwrap_or(u32::MAX),
        reason: ErrorReason::from_str_name(&reason).unwrap_or_default().into(),
        field: path(*index, refusal, acts),
        message: remit_wording::refusal(refusal),
    }
}

/// Returns one status for all refusals of a request's commands.
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
    // The size of headers is limited, and 30 violations are enough for the caller to act on.
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

/// Converts the error of a request that was not recorded to a status. `acts` holds the wire name of
/// what each command asks to record.
pub fn record(error: RecordError, acts: &[String]) -> Status {
    match error {
        RecordError::Refused(refusals) => refused(refusals, acts),
        RecordError::ActsForNobody { .. } => {
            let field = "acting_for".to_owned();
            invalid(vec![Violation { field, description: error.to_string() }])
        }
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

/// Returns the status for a node that has stopped because the files of its log are gone, or because
/// it cannot read the next event.
pub fn node_stopped(stopped: &Stopped) -> Status {
    if matches!(*stopped.why, LogError::Damaged(Damage::FileGone(_))) {
        let message = format!(
            "this node stopped at position {}, because a file of its log was removed, replaced or \
             cut; it records nothing more; ask another node, and have the register put back",
            stopped.at
        );
        return with_reason(Code::Unavailable, ErrorReason::NodeStopped, message);
    }
    let message = format!(
        "this node stopped at position {}, because it cannot read the next event of the log; ask \
         another node, and have the register checked (remit audit fsck)",
        stopped.at
    );
    with_reason(Code::Unavailable, ErrorReason::NodeStopped, message)
}

/// Converts an error of the log to a status: the log failed, or this node only reads the log. The
/// cause of a failure is traced on the server, not sent to the caller.
pub fn log(error: &LogError) -> Status {
    if matches!(error, LogError::ReadOnly) {
        let message = "this node only answers questions and stores nothing; send this request to \
                       the node that writes the log";
        return with_reason(Code::FailedPrecondition, ErrorReason::ReadOnlyNode, message);
    }
    tracing::error!(error = error as &dyn std::error::Error, "event log");
    let message = "the event log is unavailable; send the same request again";
    with_reason(Code::Unavailable, ErrorReason::LogUnavailable, message)
}

/// Returns the status for an event that this release cannot read.
pub fn unreadable(error: &impl std::fmt::Display) -> Status {
    with_reason(Code::Internal, ErrorReason::UnreadableEvent, error.to_string())
}

/// Returns the status for a request that names something that does not exist, such as a body that
/// the register did not know at the position asked about.
pub fn not_found(what: impl Into<String>) -> Status {
    with_reason(Code::NotFound, ErrorReason::NotFound, what)
}

/// Returns the status for a request with a position beyond the head.
pub fn beyond_head(field: &str, position: Position, head: Position) -> Status {
    let message =
        format!("{field}: position {position} is after the last event of the log, {head}");
    with_reason(Code::OutOfRange, ErrorReason::PositionBeyondHead, message)
}

/// Returns the status for a node that did not reach the position of the caller's token in time.
pub fn behind(wanted: Position, head: Position) -> Status {
    let message = format!(
        "this node is at position {head}, {} events behind the token's position, {wanted}; ask \
         again later, or ask another node",
        wanted.since(head)
    );
    with_reason(Code::Unavailable, ErrorReason::BehindToken, message)
}

/// Returns the status for a server that is shutting down.
pub fn draining() -> Status {
    let message =
        "the server is shutting down; open the stream again after the last position received";
    with_reason(Code::Unavailable, ErrorReason::Draining, message)
}

/// Returns the status for a server that is still loading the register.
pub fn loading() -> Status {
    let mut details = ErrorDetails::with_error_info(name(ErrorReason::Loading), DOMAIN, []);
    details.set_retry_info(Some(std::time::Duration::from_secs(1)));
    let message = "the register is still loading and cannot answer yet; ask again when the health \
                   service reports SERVING";
    Status::with_error_details(Code::Unavailable, message, details)
}

/// Returns the status for a stream that cannot be opened because too many long streams are open.
/// `of` names what has reached the limit: one connection, or the node.
pub fn too_many_streams(of: &str, limit: usize) -> Status {
    let mut details = ErrorDetails::with_error_info(name(ErrorReason::TooManyStreams), DOMAIN, []);
    details.set_retry_info(Some(std::time::Duration::from_secs(5)));
    let message =
        format!("{of} already has {limit} streams, which is the limit; end one, or retry in 5 s");
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

/// Converts an error of the desk to a status.
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

/// Returns the status for a stream that ends because another stream of the same name took over.
pub fn taken_over() -> Status {
    let message =
        "another stream took over the name; use a different name for each member or watch";
    with_reason(Code::Aborted, ErrorReason::TakenOver, message)
}

/// Returns the status for acknowledging a notice that was acknowledged already, by itself or with a
/// later notice.
pub fn acknowledged_already(message: impl Into<String>) -> Status {
    with_reason(Code::FailedPrecondition, ErrorReason::AcknowledgedAlready, message)
}

/// Returns the status for a request to replay or discard an event that is not parked.
pub fn not_parked(message: impl Into<String>) -> Status {
    with_reason(Code::FailedPrecondition, ErrorReason::NotParked, message)
}

/// Returns the status for a stream whose member no longer belongs to the group.
pub fn member_ended(why: MemberEnd) -> Status {
    match why {
        MemberEnd::Silent => {
            let message =
                "this member sent no message for 4 s and was taken to be gone; join again";
            with_reason(Code::Aborted, ErrorReason::LeaseEnded, message)
        }
        MemberEnd::TakenOver => taken_over(),
        MemberEnd::Deleted => not_found("the group was deleted"),
    }
}

/// Returns the status for a cursor or a consumer name that belongs to a watch of different answers.
pub fn other_watch(message: impl Into<String>) -> Status {
    with_reason(Code::FailedPrecondition, ErrorReason::OtherWatch, message)
}

/// Returns the status for a statement of nothing that cannot be issued, because the event at
/// `position` was recorded in the stretch of the log that the statement covers.
pub fn not_nothing(position: Position) -> Status {
    let message = format!(
        "event {position} is filed under the key asked about and lies in the stretch of the log \
         asked about, so a statement of nothing cannot be issued"
    );
    with_reason(Code::FailedPrecondition, ErrorReason::NotNothing, message)
}

/// Returns the status for a request that names something that does not exist yet, such as a day
/// that has not begun, or that never existed.
pub fn out_of_range(message: impl Into<String>) -> Status {
    with_reason(Code::OutOfRange, ErrorReason::FieldInvalid, message)
}
