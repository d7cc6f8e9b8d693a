//! Failures of commands: a message for people, and an exit code for scripts.

use std::error::Error;
use std::fmt;

use remit_archive::ArchiveError;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The exit code for wrong usage.
pub const USAGE: u8 = 64;
/// The exit code for a refusal, or for bad data.
pub const DATA: u8 = 65;
/// The exit code for a file that is missing, or that cannot be read or written.
pub const NO_INPUT: u8 = 66;
/// The exit code for an output file that cannot be written.
pub const CANT_CREATE: u8 = 73;
/// The exit code if there is no server, or if the server does not answer.
pub const UNAVAILABLE: u8 = 69;
/// The exit code for an error in this program itself.
pub const SOFTWARE: u8 = 70;

/// The reason why a command of `remit` failed.
#[derive(Debug)]
pub struct Failure {
    /// The exit code of the process.
    pub code: u8,
    message: String,
}

impl Failure {
    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Creates a failure. Its message is `error` followed by each of the causes of `error`, joined
    /// by colons.
    pub fn caused(code: u8, error: &dyn Error) -> Self {
        let (mut message, mut cause) = (error.to_string(), error.source());
        while let Some(error) = cause {
            let text = error.to_string();
            // The text of some errors already contains the text of their cause.
            if !message.contains(&text) {
                message += &format!(": {text}");
            }
            cause = error.source();
        }
        Self::new(code, message)
    }

    pub fn software(error: impl fmt::Display) -> Self {
        Self::new(SOFTWARE, error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        let code = match &error {
            ArchiveError::Missing(_) | ArchiveError::Io(..) | ArchiveError::Sql(..) => NO_INPUT,
            ArchiveError::Refused(_)
            | ArchiveError::Open(_)
            | ArchiveError::Carry(_)
            | ArchiveError::Log(_) => DATA,
        };
        Self::caused(code, &error)
    }
}

/// The argument that gives a field of a question. Other fields keep their name on the wire.
fn argument(field: &str) -> &str {
    match field {
        "effective_on" => "--on",
        "answers_on" => "--answers-on",
        "place" => "--at",
        _ if field.starts_with("known_at") => "--known-at",
        _ => field,
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let code = match status.code() {
            Code::InvalidArgument | Code::OutOfRange => USAGE,
            Code::FailedPrecondition | Code::NotFound | Code::AlreadyExists => DATA,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Aborted => {
                UNAVAILABLE
            }
            Code::Ok
            | Code::Unknown
            | Code::PermissionDenied
            | Code::ResourceExhausted
            | Code::Unimplemented
            | Code::Internal
            | Code::DataLoss
            | Code::Unauthenticated => SOFTWARE,
        };
        let details = status.get_error_details();
        let mut message = String::new();
        let violations = details.bad_request().map(|bad| bad.field_violations.as_slice());
        for violation in violations.unwrap_or_default() {
            let field = argument(&violation.field);
            message += &format!("\n  {field}: {}", violation.description);
        }
        let failed = details.precondition_failure().map(|failed| failed.violations.as_slice());
        for violation in failed.unwrap_or_default() {
            let tonic_types::PreconditionViolation { r#type, subject, description, .. } = violation;
            message += &format!("\n  {subject}: {type}: {description}");
        }
        let message = match message.as_str() {
            "" => status.message().to_owned(),
            list => format!("the server refused:{list}"),
        };
        Self { code, message }
    }
}
