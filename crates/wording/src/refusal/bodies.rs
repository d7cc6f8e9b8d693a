//! Refusals about bodies, memberships and contracts, in words.

use remit_domain::{BodyFault as F, RoleKnown};

use crate::list::{and, period};

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::Unknown { code } => format!("the register has no body {code}; record the body first"),
        F::NotInBeing { code, on, lives } => {
            format!("{code} is not in being on {on}; it is {}", and(&lives_of(lives)))
        }
        F::AlreadyInBeing { code, role, effective, event } => format!(
            "{code} is already {role} {}, as event {event} records; end that life first, or use \
             another code",
            period(effective)
        ),
        F::NotOpen { code, role } => {
            format!("{code} is not {role} at present, so nothing can be ended")
        }
        F::BeginsLater { code, from } => {
            format!("{code} comes into being on {from}, which is after the day given")
        }
        F::SucceedsItself { code } => {
            format!("{code} cannot succeed itself; if only its name changed, record the new name")
        }
        F::SuccessionRecorded { predecessor, successor, on, event } => {
            format!("event {event} already records that {successor} succeeds {predecessor} on {on}")
        }
        F::ContractIsNoMember {} => {
            "a contract can only be a member of a commissioner; name its practice instead"
                .to_owned()
        }
        F::ContractUnknown { contract } => {
            format!("the register has no contract {contract}; record the contract first")
        }
        F::MembershipOverlaps { member, group, effective, event } => format!(
            "{member} already belongs to {group} {}, as event {event} records; end that \
             membership first",
            period(effective)
        ),
        F::EndsBeforeItBegins { from, until } => {
            format!("the end, {until}, must be after the beginning, {from}")
        }
        F::MembershipUnknown { member, group, relation, from } => {
            format!("{member} has no open {relation} membership of {group} that begins on {from}")
        }
        F::ContractAlreadyHeld { contract, effective, event } => {
            format!(
                "{contract} already has a holder {}, as event {event} records",
                period(effective)
            )
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
