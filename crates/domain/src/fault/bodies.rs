//! The faults that a command can have in bodies, memberships and contracts.

use crate::body::{BodyRole, ContractType, LegalForm, Member, Relation};
use crate::code::{BodyCode, ContractId};
use crate::known::RoleKnown;
use crate::period::{Day, Period};
use crate::position::Position;

use super::faults;

faults! {
    /// A fault in a body, a membership or a contract.
    BodyFault, Fault::Bodies;
    /// The register has no body with the code `code`.
    Unknown { code: BodyCode } => BodyUnknown;
    /// The body does not exist on the day `on`. `lives` lists the periods in which the body exists.
    NotInBeing { code: BodyCode, on: Day, lives: Vec<RoleKnown> } => BodyNotInBeing;
    /// The code of the new body is already in use for part of the period of the new body.
    AlreadyInBeing { code: BodyCode, role: BodyRole, effective: Period, event: Position }
        => BodyAlreadyInBeing;
    /// The body cannot cease to have the role, because it has no open-ended period in the role.
    NotOpen { code: BodyCode, role: BodyRole } => BodyNotInBeing;
    /// The body begins to have the role on the day `from`, which is not before the day on which the
    /// body is to cease to have the role.
    BeginsLater { code: BodyCode, from: Day } => PeriodReversed;
    /// The member is a contract, which can be a member of a commissioner but of no other body.
    ContractIsNoMember {} => BodyRoleWrong;
    /// The body never has a role that a membership of the kind `relation` needs there. `may` lists
    /// the roles that it needs.
    RelationForbids { code: BodyCode, relation: Relation, role: BodyRole, may: Vec<BodyRole> }
        => BodyRoleWrong;
    /// No row of law in force on the day `on` lets a body belong to another by the relation
    /// `relation`, although rows of law say which bodies the relation joins.
    NoRuleForMembership { relation: Relation, on: Day } => RuleMissing;
    /// The event `event` records that something passes from the body on the day `on`, after the day
    /// on which it is to cease.
    PassesLater { code: BodyCode, on: Day, event: Position } => BodyNotInBeing;
    /// The event `event` records that something passes to the body on the day `on`, when it would
    /// have ceased.
    ReachedLater { code: BodyCode, on: Day, event: Position } => BodyNotInBeing;
    /// The contract is named after a commissioner.
    NotAPractice { code: BodyCode, role: BodyRole } => BodyRoleWrong;
    /// The register has no contract with the id `contract`.
    ContractUnknown { contract: ContractId } => ContractUnknown;
    /// For part of the period of the new membership, the member already belongs to the body of the
    /// new membership or, if only one membership of this kind is allowed at a time, to another
    /// body.
    MembershipOverlaps { member: Member, group: BodyCode, effective: Period, event: Position }
        => MembershipOverlaps;
    /// The end of a membership is not after its first day.
    EndsBeforeItBegins { from: Day, until: Day } => PeriodReversed;
    /// The member has no open-ended membership of `group` that begins on the day `from`.
    MembershipUnknown { member: Member, group: BodyCode, relation: Relation, from: Day }
        => MembershipUnknown;
    /// The contract already has a holder for part of the period in which a new holder is to hold
    /// the contract.
    ContractAlreadyHeld { contract: ContractId, effective: Period, event: Position }
        => ContractAlreadyHeld;
    /// A body of the legal form `form` may not hold a contract of the type `contract_type`.
    LegalFormForbids { holder: BodyCode, form: LegalForm, contract_type: ContractType }
        => LegalFormForbids;
}
