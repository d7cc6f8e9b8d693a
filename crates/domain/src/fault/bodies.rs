//! What can be wrong with bodies, memberships and contracts.

use crate::body::{BodyRole, ContractType, LegalForm, Member, Relation};
use crate::code::{BodyCode, ContractId};
use crate::known::RoleKnown;
use crate::period::{Day, Period};
use crate::position::Position;

use super::faults;

faults! {
    /// What is wrong with a body, a membership or a contract.
    BodyFault, Fault::Bodies;
    /// The register knows no such body.
    Unknown { code: BodyCode } => BodyUnknown;
    /// The body is not in being on the day; these are its lives.
    NotInBeing { code: BodyCode, on: Day, lives: Vec<RoleKnown> } => BodyNotInBeing;
    /// The code is in use over some of the period.
    AlreadyInBeing { code: BodyCode, role: BodyRole, effective: Period, event: Position }
        => BodyAlreadyInBeing;
    /// The body has no life in the role that is still open.
    NotOpen { code: BodyCode, role: BodyRole } => BodyNotInBeing;
    /// The body only begins on a later day than it is to end.
    BeginsLater { code: BodyCode, from: Day } => PeriodReversed;
    /// A body cannot succeed itself.
    SucceedsItself { code: BodyCode } => SuccessionOfItself;
    /// The same succession is recorded.
    SuccessionRecorded { predecessor: BodyCode, successor: BodyCode, on: Day, event: Position }
        => SuccessionAlreadyRecorded;
    /// Only membership of a commissioner attaches to a contract.
    ContractIsNoMember {} => BodyRoleWrong;
    /// The register knows no such contract.
    ContractUnknown { contract: ContractId } => ContractUnknown;
    /// The member belongs to a group in the same sense over some of the period.
    MembershipOverlaps { member: Member, group: BodyCode, effective: Period, event: Position }
        => MembershipOverlaps;
    /// The end of a membership is not after its first day.
    EndsBeforeItBegins { from: Day, until: Day } => PeriodReversed;
    /// There is no such open membership.
    MembershipUnknown { member: Member, group: BodyCode, relation: Relation, from: Day }
        => MembershipUnknown;
    /// The contract is held over some of the period.
    ContractAlreadyHeld { contract: ContractId, effective: Period, event: Position }
        => ContractAlreadyHeld;
    /// A body of this legal form may not hold such a contract.
    LegalFormForbids { holder: BodyCode, form: LegalForm, contract_type: ContractType }
        => LegalFormForbids;
}
