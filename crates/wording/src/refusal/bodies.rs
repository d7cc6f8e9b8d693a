//! Refusals about bodies, memberships and contracts, in words.

use remit_domain::{BodyFault as F, RoleKnown};

use crate::list::{and, period};

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::Unknown { code } => format!("the register knows no body {code}; record it first"),
        F::NotInBeing { code, on, lives } => {
            format!("{code} is not in being on {on}; it is {}", and(&lives_of(lives)))
        }
        F::AlreadyInBeing { code, role, effective, event } => format!(
            "{code} is {role} {} by event {event}; end that first, or use another code",
            period(effective)
        ),
        F::NotOpen { code, role } => {
            format!("{code} has no current life as {role} to end")
        }
        F::BeginsLater { code, from } => format!("{code} begins only on {from}"),
        F::SucceedsItself { code } => {
            format!("{code} cannot succeed itself; record a new name as a name")
        }
        F::SuccessionRecorded { predecessor, successor, on, event } => {
            format!("event {event} records that {successor} succeeds {predecessor} on {on}")
        }
        F::ContractIsNoMember {} => {
            "a contract can only be a member of a commissioner; name its practice instead"
                .to_owned()
        }
        F::ContractUnknown { contract } => {
            format!("the register knows no contract {contract}; record it first")
        }
        F::MembershipOverlaps { member, group, effective, event } => format!(
            "{member} belongs to {group} {} by event {event}; end that first",
            period(effective)
        ),
        F::EndsBeforeItBegins { from, until } => format!("{until} is not after {from}"),
        F::MembershipUnknown { member, group, relation, from } => {
            format!("{member} has no open {relation} membership of {group} that begins on {from}")
        }
        F::ContractAlreadyHeld { contract, effective, event } => {
            format!("{contract} is held {} by event {event}", period(effective))
        }
        F::LegalFormForbids { holder, form, contract_type } => {
            format!("{holder} is {form}, and may not hold a {contract_type} contract")
        }
    }
}

fn lives_of(lives: &[RoleKnown]) -> Vec<String> {
    let life = |life: &RoleKnown| {
        format!("{} {} (event {})", life.role, period(&life.effective), life.event)
    };
    lives.iter().map(life).collect()
}
