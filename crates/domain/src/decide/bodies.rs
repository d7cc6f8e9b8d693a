//! Checks of bodies, their successions, what belongs to them, and contracts.

use super::{Checks, Reason};
use crate::body::{Body, BodyRole, ContractType, Member, Membership, Relation, Succession};
use crate::code::{BodyCode, ContractId};
use crate::period::{Day, Period};

impl Checks<'_> {
    pub(super) fn established(&mut self, body: &Body) {
        for held in self.known.roles(body.code) {
            if held.value.1.overlaps(&body.effective) {
                let message = format!(
                    "{} is {} {} by event {}; end that first, or use another code",
                    body.code, held.value.0, held.value.1, held.position
                );
                self.refuse(Reason::BodyAlreadyInBeing, "code", message);
            }
        }
    }

    pub(super) fn dissolved(&mut self, code: BodyCode, role: BodyRole, effective_until: Day) {
        let roles = self.body("code", code);
        let open = roles.iter().find(|held| held.value.0 == role && held.value.1.until().is_none());
        match open {
            None if roles.is_empty() => {}
            None => {
                let message = format!("{code} is not in being as {role} without an end");
                self.refuse(Reason::BodyNotInBeing, "code", message);
            }
            Some(held) if effective_until <= held.value.1.from() => {
                let message = format!("{code} only begins on {}", held.value.1.from());
                self.refuse(Reason::PeriodReversed, "effective_until", message);
            }
            Some(_) => {}
        }
    }

    pub(super) fn succession(&mut self, succession: &Succession) {
        let Succession { predecessor, successor, effective_on, .. } = *succession;
        if predecessor == successor {
            let message = format!("{predecessor} cannot succeed itself; a rename is no succession");
            self.refuse(Reason::SuccessionOfItself, "successor", message);
            return;
        }
        if let Some(eve) = effective_on.pred_opt() {
            self.in_being("predecessor", predecessor, eve);
        }
        self.in_being("successor", successor, effective_on);
        for held in self.known.successors(predecessor) {
            if (held.value.0, held.value.1) == (successor, effective_on) {
                let message = format!(
                    "{predecessor} to {successor} on {effective_on} is event {}",
                    held.position
                );
                self.refuse(Reason::SuccessionAlreadyRecorded, "successor", message);
            }
        }
    }

    pub(super) fn membership(&mut self, membership: &Membership) {
        let Membership { member, group, relation, effective } = membership;
        match member {
            Member::Body(code) => {
                // Practices may be recorded as members before they opened: the published data do.
                self.body("member", *code);
            }
            Member::Contract(contract) => {
                if *relation != Relation::PracticeOfCommissioner {
                    let message = "only membership of a commissioner attaches to a contract".into();
                    self.refuse(Reason::BodyRoleWrong, "member", message);
                }
                if self.known.contract(contract).is_empty() {
                    let message = format!("the register knows no contract {contract}");
                    self.refuse(Reason::ContractUnknown, "member", message);
                }
            }
        }
        self.in_being("group", *group, effective.from());
        if relation.is_exclusive() {
            for held in self.known.groups(member, *relation) {
                if held.value.1.overlaps(effective) {
                    let message = format!(
                        "{member} belongs to {} {} by event {}",
                        held.value.0, held.value.1, held.position
                    );
                    self.refuse(Reason::MembershipOverlaps, "effective_from", message);
                }
            }
        } else {
            for held in self.known.groups(member, *relation) {
                if held.value.0 == *group && held.value.1.overlaps(effective) {
                    let message = format!(
                        "{member} belongs to {group} {} by event {}",
                        held.value.1, held.position
                    );
                    self.refuse(Reason::MembershipOverlaps, "effective_from", message);
                }
            }
        }
    }

    pub(super) fn membership_end(
        &mut self,
        member: &Member,
        group: BodyCode,
        relation: Relation,
        effective_from: Day,
        effective_until: Day,
    ) {
        if effective_until <= effective_from {
            let message = format!("{effective_until} is not after {effective_from}");
            self.refuse(Reason::PeriodReversed, "effective_until", message);
        }
        let found = self.known.groups(member, relation).into_iter().any(|held| {
            held.value.0 == group
                && held.value.1.from() == effective_from
                && held.value.1.until().is_none()
        });
        if !found {
            let message = format!(
                "{member} has no open {relation} membership of {group} from {effective_from}"
            );
            self.refuse(Reason::MembershipUnknown, "effective_from", message);
        }
    }

    pub(super) fn contract(
        &mut self,
        contract: &ContractId,
        holder: BodyCode,
        contract_type: ContractType,
        effective: Period,
    ) {
        for held in self.known.contract(contract) {
            if held.value.1.overlaps(&effective) {
                let message =
                    format!("{contract} is held {} by event {}", held.value.1, held.position);
                self.refuse(Reason::ContractAlreadyHeld, "contract", message);
            }
        }
        self.in_being("holder", holder, effective.from());
        match self.known.legal_form(holder) {
            Some(form) if !contract_type.may_be_held_by(form) => {
                let message =
                    format!("{holder} is {form}: it may not hold a {contract_type} contract");
                self.refuse(Reason::LegalFormForbids, "holder", message);
            }
            _ => {}
        }
    }
}
