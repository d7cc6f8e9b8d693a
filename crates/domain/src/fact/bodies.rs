//! Facts about bodies: their roles, names, successions, memberships and contracts.

use crate::body::{Body, BodyRole, ContractType, Member, Membership, Relation, Succession};
use crate::code::{BodyCode, ContractId, FunctionCode};
use crate::period::{Day, Period};
use crate::text::Text;
use crate::word::Word;

use super::about::FiledUnder as Under;
use super::{About, Content, topic};

topic! {
    /// A fact about bodies.
    BodyFact, BodyFactKind, Fact::Bodies;
    /// A body began to exist in a role.
    BodyEstablished(Body) = "body-established", [Bodies, Areas];
    /// A body ceased to have a role.
    BodyDissolved(BodyDissolved) = "body-dissolved", [Bodies, Areas];
    /// A body had a name over a period.
    BodyNamed(BodyNamed) = "body-named", [Bodies, Areas];
    /// One body took the place of another, in whole or in part.
    SuccessionRecorded(Succession) = "succession-recorded", [Bodies, Areas];
    /// Property, rights and liabilities passed by a transfer scheme or order.
    TransferSchemeMade(TransferScheme) = "transfer-scheme-made", [Bodies, Areas, Functions];
    /// A body or contract became a member of another body.
    MembershipStarted(Membership) = "membership-started", [Bodies, Areas];
    /// A recorded membership ended.
    MembershipEnded(MembershipEnded) = "membership-ended", [Bodies, Areas];
    /// A body held a contract for primary medical services.
    ContractHeld(ContractHeld) = "contract-held", [Bodies];
    /// Bodies shared their leadership.
    ClusterFormed(ClusterFormed) = "cluster-formed", [Bodies, Areas];
}

/// Records that a body ceased to have a role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BodyDissolved {
    /// The code of the body.
    pub code: BodyCode,
    /// The role that the body ceased to have.
    pub role: BodyRole,
    /// The first day on which the body no longer has the role.
    pub effective_until: Day,
}

/// Records the name that a body had over a period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BodyNamed {
    /// The code of the body.
    pub code: BodyCode,
    /// The name that the body had.
    pub name: Text,
    /// The period in which the body had the name.
    pub effective: Period,
}

/// Records that liabilities passed from one body to another by a transfer scheme or order. Each
/// body that receives has a fact of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TransferScheme {
    /// The body from which liabilities pass.
    pub from: BodyCode,
    /// The body to which liabilities pass.
    pub to: BodyCode,
    /// The power by which the scheme or order is made, such as section 300 of the 2012 Act.
    pub power: Text,
    /// The first day on which the liabilities are those of `to`.
    pub effective_on: Day,
    /// The functions whose liabilities pass. Empty if the liabilities of all functions pass.
    pub functions: Vec<FunctionCode>,
    /// What passes, in words, if the scheme does not say it by function. Whether it covers a
    /// liability is then unconfirmed.
    pub described: Option<Text>,
    /// What does not pass, in words, if the scheme excepts anything.
    pub excepted: Option<Text>,
}

/// Records that a membership ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MembershipEnded {
    /// The body or contract whose membership ended.
    pub member: Member,
    /// The body to which the member belonged.
    pub group: BodyCode,
    /// The kind of membership that ended.
    pub relation: Relation,
    /// The first day of the membership that ended. This day tells the membership from other
    /// memberships of the same member.
    pub effective_from: Day,
    /// The first day on which the membership no longer holds.
    pub effective_until: Day,
}

/// Records that a body held a contract for primary medical services.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContractHeld {
    /// The contract that the body held.
    pub contract: ContractId,
    /// The body that held the contract.
    pub holder: BodyCode,
    /// The kind of primary medical services contract.
    pub contract_type: ContractType,
    /// The days on which the holder held the contract.
    pub effective: Period,
}

/// Records that bodies shared their leadership. Each body stays a separate legal person, and no
/// function moves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClusterFormed {
    /// The name of the cluster.
    pub name: Text,
    /// The bodies that share their leadership.
    pub bodies: Vec<BodyCode>,
    /// The period in which the bodies shared their leadership.
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

impl Content for TransferScheme {
    fn about(&self) -> About<'_> {
        let both = [self.from, self.to];
        let about = About::new(&self.from).on(self.effective_on).areas(&both);
        let about = about.functions(&self.functions);
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
