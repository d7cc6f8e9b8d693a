//! Checks whether one body has a given role in an answer.

use remit_domain::BodyCode;

use crate::answer::{Answer, LiableState, ResultKind};

/// The role that a check asks about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoleAsked {
    /// The exerciser: the check asks whether the body exercises the function.
    #[default]
    Exerciser,
    /// The holder: the check asks whether statute places the function on the body.
    Holder,
    /// A liable body: the check asks whether the body is liable.
    Liable,
}

/// The result of a check whether a body has a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// The body that the check asks about has the role.
    Held,
    /// Other bodies have the role, and the body that the check asks about does not.
    NotHeld,
    /// The register does not determine which body has the role.
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

    /// Whether `body` answers, on the day `answers_on` of this answer, for what the liable bodies
    /// were liable for. A liable body that is in being, and whose liabilities have not passed,
    /// answers itself.
    #[must_use]
    pub fn check_answering(&self, body: BodyCode) -> CheckResult {
        let mut settled = !self.liable.bodies.is_empty();
        for liable in &self.liable.bodies {
            let passed = self.answering_now.iter().find(|now| now.body == *liable);
            match passed {
                None if *liable == body => return CheckResult::Held,
                None => {}
                Some(now) if now.state != LiableState::Settled => settled = false,
                Some(now) if now.successors.contains(&body) => return CheckResult::Held,
                Some(_) => {}
            }
        }
        if settled { CheckResult::NotHeld } else { CheckResult::Undetermined }
    }
}
