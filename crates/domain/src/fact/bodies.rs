//! Facts about bodies: their roles, names, successions, memberships and contracts.

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
    /// A body began to exist in a role.
    BodyEstablished(Body) = "body-established", [Bodies, Areas];
    /// A body ceased to have a role.
    BodyDissolved(BodyDissolved) = "body-dissolved", [Bodies, Areas];
    /// A body had a name.
    BodyNamed(BodyNamed) = "body-named", [Bodies, Areas];
    /// One body took the place of another, in whole or in part.
    SuccessionRecorded(Succession) = "succession-recorded", [Bodies, Areas];
    /// A member joined a group.
    MembershipStarted(Membership) = "membership-started", [Bodies, Areas];
    /// A recorded membership ended.
    MembershipEnded(MembershipEnded) = "membership-ended", [Bodies, Areas];
    /// A body held a contract for primary medical services.
    ContractHeld(ContractHeld) = "contract-held", [Bodies];
    /// Bodies shared their leadership.
    ClusterFormed(ClusterFormed) = "cluster-formed", [Bodies, Areas];
}

/// A body ceased to have a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyDissolved {
    /// The body.
    pub code: BodyCode,
    /// The role that it ceased to have.
    pub role: BodyRole,
    /// The first day on which it no longer has the role.
    pub effective_until: Day,
}

/// A body had a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyNamed {
    /// The body.
    pub code: BodyCode,
    /// The name.
    pub name: Text,
    /// The period in which it had the name.
    pub effective: Period,
}

/// A recorded membership ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipEnded {
    /// The member.
    pub member: Member,
    /// The group.
    pub group: BodyCode,
    /// How the member belongs to the group.
    pub relation: Relation,
    /// The first day of the membership that ends. It identifies the membership.
    pub effective_from: Day,
    /// The first day after the membership.
    pub effective_until: Day,
}

/// A body held a contract for primary medical services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractHeld {
    /// The contract.
    pub contract: ContractId,
    /// The body that holds it.
    pub holder: BodyCode,
    /// The kind of contract.
    pub contract_type: ContractType,
    /// The period in which it holds the contract.
    pub effective: Period,
}

/// Bodies shared their leadership. Each stays a separate legal person, and no function moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterFormed {
    /// The name of the cluster.
    pub name: Text,
    /// The bodies that share their leadership.
    pub bodies: Vec<BodyCode>,
    /// The period in which they share it.
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
