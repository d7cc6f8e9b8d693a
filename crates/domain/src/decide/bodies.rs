//! Checks of bodies, their successions, memberships and contracts.

use crate::body::{
    Body, BodyRole, ContractType, Member, Membership, Relation, Succession, SuccessionKind,
};
use crate::code::BodyCode;
use crate::fact::{BodyDissolved, BodyFact, ContractHeld, MembershipEnded, TransferScheme};
use crate::fault::BodyFault;
use crate::known::RoleKnown;
use crate::period::{Day, Period};

use super::Checks;

impl Checks<'_> {
    pub(super) fn bodies(&mut self, fact: &BodyFact) {
        match fact {
            BodyFact::BodyEstablished(body) => self.established(body),
            BodyFact::BodyDissolved(dissolved) => self.dissolved(dissolved),
            BodyFact::BodyNamed(named) => {
                self.in_being("code", named.code, named.effective.from());
            }
            BodyFact::SuccessionRecorded(succession) => self.succession(succession),
            BodyFact::TransferSchemeMade(scheme) => self.scheme(scheme),
            BodyFact::MembershipStarted(membership) => self.membership(membership),
            BodyFact::MembershipEnded(ended) => self.membership_end(ended),
            BodyFact::ContractHeld(held) => self.contract(held),
            BodyFact::ClusterFormed(cluster) => {
                self.bodies_in_being("bodies", &cluster.bodies, cluster.effective.from());
            }
        }
    }

    fn established(&mut self, body: &Body) {
        for life in self.known.roles(body.code) {
            if life.effective.overlaps(&body.effective) {
                let (code, role) = (body.code, life.role);
                let (effective, event) = (life.effective, life.event);
                self.refuse("code", BodyFault::AlreadyInBeing { code, role, effective, event });
            }
        }
    }

    fn dissolved(&mut self, dissolved: &BodyDissolved) {
        let BodyDissolved { code, role, effective_until } = *dissolved;
        let lives = self.body("code", code);
        let mut open = lives.iter().filter(|life| life.effective.until().is_none());
        match open.find(|life| life.role == role).map(|life| life.effective.from()) {
            None if lives.is_empty() => {}
            None => self.refuse("code", BodyFault::NotOpen { code, role }),
            Some(from) if effective_until <= from => {
                self.refuse("effective_until", BodyFault::BeginsLater { code, from });
            }
            Some(_) => {}
        }
    }

    fn succession(&mut self, succession: &Succession) {
        let Succession { predecessor, successor, effective_on: on, by_area, .. } = *succession;
        if predecessor == successor {
            self.refuse("successor", BodyFault::SucceedsItself { code: predecessor });
            return;
        }
        let eve = on.eve().unwrap_or(on);
        let before = self.in_being("predecessor", predecessor, eve);
        let after = self.in_being("successor", successor, on);
        let fits = before.iter().any(|of| after.iter().any(|role| role.can_succeed(*of)));
        if let (Some(of), Some(role), false) = (before.first(), after.first(), fits) {
            let (of, role) = (*of, *role);
            let fault = BodyFault::KindsDiffer { predecessor, of, successor, role };
            self.refuse("successor", fault);
        }
        // Whoever lives on keeps the area. Liabilities alone can pass from a body that lives on.
        let on_both =
            |life: &&RoleKnown| life.effective.contains(eve) && life.effective.contains(on);
        if by_area.is_some()
            && let Some(life) = self.known.roles(predecessor).iter().find(on_both)
        {
            let (code, role, event) = (predecessor, life.role, life.event);
            let fault = BodyFault::PredecessorLivesOn { code, role, on, event };
            self.refuse("predecessor", fault);
        }
        for known in self.known.successors(predecessor) {
            if known.successor == successor && known.effective_on == on {
                let event = known.event;
                let fault = BodyFault::SuccessionRecorded { predecessor, successor, on, event };
                self.refuse("successor", fault);
            }
        }
        if by_area.is_some() && !after.is_empty() {
            self.area_passes_once(succession);
        }
    }

    /// Checks that no more than the whole area of a body passes on one day.
    fn area_passes_once(&mut self, succession: &Succession) {
        let Succession { predecessor, successor, effective_on: on, .. } = *succession;
        let mut passed = least_share(succession.kind, succession.share_millionths);
        for known in self.known.successors(predecessor) {
            if known.successor == successor || known.effective_on != on || !known.by_area {
                continue;
            }
            passed += least_share(known.kind, known.share_millionths);
            if passed > WHOLE {
                let (successor, event) = (known.successor, known.event);
                let fault = BodyFault::AreaPassedOn { predecessor, successor, on, event };
                self.refuse("successor", fault);
                return;
            }
        }
    }

    /// Checks that liabilities pass between two bodies: from one that exists on the eve, to one
    /// that exists on the day.
    fn scheme(&mut self, scheme: &TransferScheme) {
        let TransferScheme { from, to, effective_on: on, functions, .. } = scheme;
        if from == to {
            self.refuse("to", BodyFault::SucceedsItself { code: *from });
            return;
        }
        for (field, code, on) in [("from", *from, on.eve().unwrap_or(*on)), ("to", *to, *on)] {
            let roles = self.in_being(field, code, on);
            if let Some(role) = roles.first().copied()
                && !roles.iter().any(|role| role.bears_liabilities())
            {
                self.refuse(field, BodyFault::BearsNoLiabilities { code, role, on });
            }
        }
        for (at, function) in functions.iter().enumerate() {
            self.catalogued_ever(&format!("functions[{at}]"), function);
        }
    }

    fn membership(&mut self, membership: &Membership) {
        let Membership { member, group, relation, effective } = membership;
        match member {
            Member::Body(code) => self.member(*code, membership),
            Member::Contract(contract) => {
                if *relation != Relation::PracticeOfCommissioner {
                    self.refuse("member", BodyFault::ContractIsNoMember {});
                }
                if self.known.contract(contract).is_empty() {
                    let contract = contract.clone();
                    self.refuse("member", BodyFault::ContractUnknown { contract });
                }
            }
        }
        self.in_being("group", *group, effective.from());
        self.lives_to_the_end(*group, *effective);
        if let Member::Body(code) = member {
            self.lives_to_the_end(*code, *effective);
        }
        let lives = self.known.roles(*group);
        self.joins("group", (*group, &lives), relation.group_roles(), membership);
        for known in self.known.groups(member, *relation) {
            let excluded = relation.is_exclusive() || known.group == *group;
            if excluded && known.effective.overlaps(effective) {
                let (member, group) = (member.clone(), known.group);
                let (effective, event) = (known.effective, known.event);
                let fault = BodyFault::MembershipOverlaps { member, group, effective, event };
                self.refuse("effective_from", fault);
            }
        }
    }

    /// Checks that a body that exists on the first day of `period` still exists on its last day, if
    /// the period has one.
    fn lives_to_the_end(&mut self, code: BodyCode, period: Period) {
        let Some(last) = period.until().and_then(Day::eve) else { return };
        let lives = self.known.roles(code);
        let begins = lives.iter().any(|life| life.effective.contains(period.from()));
        if begins && !lives.iter().any(|life| life.effective.contains(last)) {
            self.refuse("effective_until", BodyFault::NotInBeing { code, on: last, lives });
        }
    }

    /// Checks that the body at one end of a membership has, or had, a role in `may`: the roles that
    /// the relation joins at that end.
    fn joins(
        &mut self,
        field: &str,
        (code, lives): (BodyCode, &[RoleKnown]),
        may: &[BodyRole],
        membership: &Membership,
    ) {
        if lives.iter().any(|life| may.contains(&life.role)) {
            return;
        }
        // The role on the first day of the membership says most to whoever reads the refusal.
        let from = membership.effective.from();
        let then = lives.iter().find(|life| life.effective.contains(from));
        if let Some(RoleKnown { role, .. }) = then.or(lives.first()) {
            let (relation, role, may) = (membership.relation, *role, may.to_vec());
            self.refuse(field, BodyFault::RelationForbids { code, relation, role, may });
        }
    }

    /// Checks the body that becomes a member. It need not exist on the first day of its membership,
    /// because the published data record some practices as members before the practices opened. But
    /// it must not have ceased by then.
    fn member(&mut self, code: BodyCode, membership: &Membership) {
        let (on, may) = (membership.effective.from(), membership.relation.member_roles());
        let lives = self.body("member", code);
        self.joins("member", (code, &lives), may, membership);
        let mut fitting = lives.iter().filter(|life| may.contains(&life.role)).peekable();
        let ceased = |life: &RoleKnown| life.effective.until().is_some_and(|until| until <= on);
        if fitting.peek().is_some() && fitting.all(ceased) {
            self.refuse("member", BodyFault::NotInBeing { code, on, lives });
        }
    }

    fn membership_end(&mut self, ended: &MembershipEnded) {
        let MembershipEnded { member, group, relation, effective_from, effective_until } = ended;
        let (group, relation) = (*group, *relation);
        let (from, until): (Day, Day) = (*effective_from, *effective_until);
        if until <= from {
            self.refuse("effective_until", BodyFault::EndsBeforeItBegins { from, until });
        }
        let found = self.known.groups(member, relation).into_iter().any(|known| {
            known.group == group
                && known.effective.from() == from
                && known.effective.until().is_none()
        });
        if !found {
            let member = member.clone();
            let fault = BodyFault::MembershipUnknown { member, group, relation, from };
            self.refuse("effective_from", fault);
        }
    }

    fn contract(&mut self, held: &ContractHeld) {
        let ContractHeld { contract, holder, contract_type, effective } = held;
        for known in self.known.contract(contract) {
            if known.effective.overlaps(effective) {
                let (contract, event) = (contract.clone(), known.event);
                let effective = known.effective;
                let fault = BodyFault::ContractAlreadyHeld { contract, effective, event };
                self.refuse("contract", fault);
            }
        }
        self.in_being("holder", *holder, effective.from());
        self.lives_to_the_end(*holder, *effective);
        let (holder, contract_type): (_, ContractType) = (*holder, *contract_type);
        if let Some(form) = self.known.legal_form(holder)
            && !contract_type.may_be_held_by(form)
        {
            self.refuse("holder", BodyFault::LegalFormForbids { holder, form, contract_type });
        }
    }
}

/// A whole area, in millionths.
const WHOLE: u64 = 1_000_000;

/// The least share of an area that passes by a succession, in millionths. A merger takes the whole
/// unless it says otherwise; of what else takes a part, something passes.
fn least_share(kind: SuccessionKind, said: Option<u32>) -> u64 {
    match (said, kind) {
        (Some(share), _) => u64::from(share).max(1),
        (None, SuccessionKind::Merger | SuccessionKind::CcgToIcb) => WHOLE,
        (None, SuccessionKind::Split)
        | (None, SuccessionKind::Acquisition)
        | (None, SuccessionKind::BoundaryMove) => 1,
    }
}
