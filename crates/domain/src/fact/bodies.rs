//! Facts about bodies: their lives, names, successions, memberships and contracts.

use crate::body::{Body, BodyRole, ContractType, Member, Membership, Relation, Succession};
use crate::code::{BodyCode, ContractId};
use crate::period::{Day, Period};
use crate::text::Text;
use crate::word::Word;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// What an event says about bodies.
    BodyFact, BodyFactKind, Fact::Bodies;
    /// A body came into being in a role.
    BodyEstablished(Body) = "body-established", [Bodies, Areas];
    /// A body ceased to have a role.
    BodyDissolved(BodyDissolved) = "body-dissolved", [Bodies, Areas];
    /// A body bore a name.
    BodyNamed(BodyNamed) = "body-named", [Bodies, Areas];
    /// A body, or part of it, passed to another.
    SuccessionRecorded(Succession) = "succession-recorded", [Bodies, Areas];
    /// A member joined a group.
    MembershipStarted(Membership) = "membership-started", [Bodies, Areas];
    /// A membership recorded before ends.
    MembershipEnded(MembershipEnded) = "membership-ended", [Bodies, Areas];
    /// A contract for primary medical services is held.
    ContractHeld(ContractHeld) = "contract-held", [Bodies];
    /// Bodies share their leadership.
    ClusterFormed(ClusterFormed) = "cluster-formed", [Bodies, Areas];
}

/// A body ceased to have a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyDissolved {
    /// The body.
    pub code: BodyCode,
    /// The role it ceased to have.
    pub role: BodyRole,
    /// The first day on which it does not have the role.
    pub effective_until: Day,
}

/// A body bore a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyNamed {
    /// The body.
    pub code: BodyCode,
    /// The name.
    pub name: Text,
    /// When it bore the name.
    pub effective: Period,
}

/// A membership recorded before ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipEnded {
    /// The member.
    pub member: Member,
    /// The group.
    pub group: BodyCode,
    /// In what sense the member belongs to the group.
    pub relation: Relation,
    /// The first day of the membership that ends.
    pub effective_from: Day,
    /// The first day after it.
    pub effective_until: Day,
}

/// A contract for primary medical services is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractHeld {
    /// The contract.
    pub contract: ContractId,
    /// The body that holds it.
    pub holder: BodyCode,
    /// The kind of contract.
    pub contract_type: ContractType,
    /// When it is held.
    pub effective: Period,
}

/// Bodies share their leadership. Each stays a legal person of its own, and no function moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterFormed {
    /// The name of the cluster.
    pub name: Text,
    /// The bodies.
    pub bodies: Vec<BodyCode>,
    /// When they share it.
    pub effective: Period,
}

impl Content for Body {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.code).on(self.effective.from()).areas(&[self.code]);
        let about = about.filed(Under::Body, &self.code);
        match self.role.is_national() {
            true => about.filed(Under::Office, &self.role.word()),
            false => about,
        }
    }
}

impl Content for BodyDissolved {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.code).on(self.effective_until).areas(&[self.code]);
        about.filed(Under::Body, &self.code)
    }
}

impl Content for BodyNamed {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.code).on(self.effective.from()).areas(&[self.code]);
        about.filed(Under::Body, &self.code)
    }
}

impl Content for Succession {
    fn about(&self) -> About<'_> {
        let both = [self.predecessor, self.successor];
        let about = About::new(&self.predecessor).on(self.effective_on).areas(&both);
        both.iter().fold(about, |about, code| about.filed(Under::Succession, code))
    }
}

impl Content for Membership {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.member).on(self.effective.from());
        about.member(&self.member, self.group, self.relation)
    }
}

impl Content for MembershipEnded {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.member).on(self.effective_until);
        about.member(&self.member, self.group, self.relation)
    }
}

impl Content for ContractHeld {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.contract).on(self.effective.from()).bodies(&[self.holder]);
        about.filed(Under::Membership, &self.contract).practice_of(&self.contract)
    }
}

impl Content for ClusterFormed {
    fn about(&self) -> About<'_> {
        let about = About::new(&self.name).on(self.effective.from()).areas(&self.bodies);
        let about = about.filed(Under::Cluster, &self.name);
        self.bodies.iter().fold(about, |about, code| about.filed(Under::Clustering, code))
    }
}
