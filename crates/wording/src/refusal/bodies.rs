//! Refusals about bodies, memberships and contracts, in words.

use remit_domain::{BodyCode, BodyFault as F, Day, Position, RoleKnown};

use crate::list::{and, or, period};

pub(super) fn sentence(fault: &F) -> String {
    match fault {
        F::Unknown { code } => format!("the register has no body {code}; record the body first"),
        F::NotInBeing { code, on, lives } => format!(
            "{code} is not in being on {on}; the register has it as {}",
            and(&lives_of(lives))
        ),
        F::AlreadyInBeing { code, role, effective, event } => format!(
            "{code} already has the role {role} {}, as event {event} records; end that role \
             first, or use another code",
            period(effective)
        ),
        F::NotOpen { code, role } => {
            format!("{code} does not have the role {role}, or its end is already recorded")
        }
        F::BeginsLater { code, from } => {
            format!("{code} comes into being on {from}; give a later day")
        }
        F::RelationForbids { code, relation, role, may } => format!(
            "{code} has the role {role}; in a membership {relation} this must be a body with the \
             role {}",
            or(may)
        ),
        F::NoRuleForMembership { relation, on } => format!(
            "no rule in force on {on} lets a body belong to another as {relation}; check the day, \
             or record the rule of law that allows it"
        ),
        F::PassesLater { code, on, event } => passes("from", *code, *on, *event),
        F::ReachedLater { code, on, event } => passes("to", *code, *on, *event),
        F::ContractIsNoMember {} => {
            "a contract is a member of a commissioner only; name its practice".to_owned()
        }
        F::NotAPractice { code, role } => {
            format!("{code} has the role {role}; a contract is named after its practice")
        }
        F::ContractUnknown { contract } => {
            format!("the register has no contract {contract}; record the contract first")
        }
        F::MembershipOverlaps { member, group, effective, event } => {
            let first = match effective.until() {
                None => "end that membership",
                Some(_) => "give other days, or correct that event",
            };
            let when = period(effective);
            format!(
                "{member} already belongs to {group} {when}, as event {event} records; {first} \
                 first"
            )
        }
        F::EndsBeforeItBegins { from, until } => {
            format!("the end, {until}, must be after the beginning, {from}")
        }
        F::MembershipUnknown { member, group, relation, from } => {
            format!(
                "{member} has no membership of {group} as {relation} that began on {from} and has \
                 no end"
            )
        }
        F::ContractAlreadyHeld { contract, effective, event } => format!(
            "{contract} already has a holder {}, as event {event} records",
            period(effective)
        ),
        F::LegalFormForbids { holder, form, contract_type } => format!(
            "{holder} has the legal form {form}, and may not hold a contract of type \
             {contract_type}"
        ),
    }
}

fn lives_of(lives: &[RoleKnown]) -> Vec<String> {
    let life = |life: &RoleKnown| {
        format!("{} {} (event {})", life.role, period(&life.effective), life.event)
    };
    lives.iter().map(life).collect()
}

fn passes(way: &str, code: BodyCode, on: Day, event: Position) -> String {
    format!(
        "event {event} records that something passes {way} {code} on {on}, when it would have \
         ceased; give a later day, or correct that event first"
    )
}
