//! Whether one body has a given role in an answer.

use remit_domain::BodyCode;

use crate::answer::{Answer, ResultKind};

/// The role that is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoleAsked {
    /// Whether the body exercises the function.
    #[default]
    Exerciser,
    /// Whether statute places the function on the body.
    Holder,
    /// Whether the body is liable.
    Liable,
}

/// Whether a body has the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// The body has it.
    Held,
    /// Only other bodies have it.
    NotHeld,
    /// The register does not say who has it.
    Undetermined,
}

impl Answer<'_> {
    /// Whether `body` has `role` in this answer.
    #[must_use]
    pub fn check(&self, body: BodyCode, role: RoleAsked) -> CheckResult {
        let has = |bodies: &[BodyCode]| match bodies {
            [] => CheckResult::Undetermined,
            some if some.contains(&body) => CheckResult::Held,
            _ => CheckResult::NotHeld,
        };
        match role {
            RoleAsked::Exerciser => match self.kind() {
                ResultKind::Gap | ResultKind::Conflict | ResultKind::Unknown => {
                    CheckResult::Undetermined
                }
                ResultKind::Held
                | ResultKind::JointlyHeld
                | ResultKind::NotDelegated
                | ResultKind::Unsettled => has(&self.exercisers),
            },
            RoleAsked::Holder => has(self.holder.as_slice()),
            RoleAsked::Liable => has(&self.liable.bodies),
        }
    }
}
