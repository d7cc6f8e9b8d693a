//! Checks of bodies, their successions, memberships and contracts.

use crate::body::{Body, BodyRole, ContractType, Member, Membership, Relation};
use crate::code::BodyCode;
use crate::fact::{BodyDissolved, BodyFact, ClusterFormed, ContractHeld, MembershipEnded};
use crate::fault::BodyFault;
use crate::known::RoleKnown;
use crate::period::{Day, Period};
use crate::rule::RuleContent;

use super::Checks;

/// The roles that a relation joins.
struct Joined<'a> {
    members: &'a [BodyRole],
    groups: &'a [BodyRole],
}

impl<'a> Checks<'a> {
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
            BodyFact::ClusterFormed(cluster) => self.cluster(cluster),
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
            Some(from) => self.nothing_passes_later(code, from, effective_until),
        }
    }

    /// Checks that nothing is recorded to pass from the body or to it, in its life from `from` on,
    /// after the day `until` on which it ceases.
    fn nothing_passes_later(&mut self, code: BodyCode, from: Day, until: Day) {
        let successors = self.known.successors(code).into_iter();
        let successions = successors.map(|known| (known.effective_on, known.event));
        let schemes = self.known.schemes(code).into_iter();
        let schemes = schemes.map(|known| (known.effective_on, known.event));
        let lives = self.known.roles(code);
        let next = lives.iter().map(|life| life.effective.from()).filter(|day| *day > from).min();
        let later = successions.chain(schemes).filter(|(on, _)| {
            // What passes on the first day of a later life passes from the body of before.
            *on > until && next.is_none_or(|next| *on <= next)
        });
        if let Some((on, event)) = later.min() {
            self.refuse("effective_until", BodyFault::PassesLater { code, on, event });
        }
        // What passes on the day on which a later life begins passes to the body of that life.
        let arrivals = self.known.arrivals(code).into_iter();
        let reached = arrivals
            .map(|known| (known.effective_on, known.event))
            .filter(|(on, _)| *on > from && *on >= until && next.is_none_or(|next| *on < next));
        if let Some((on, event)) = reached.min() {
            self.refuse("effective_until", BodyFault::ReachedLater { code, on, event });
        }
    }

    /// Checks that the bodies of a cluster exist as long as they share their leadership.
    fn cluster(&mut self, cluster: &ClusterFormed) {
        let ClusterFormed { bodies, effective, .. } = cluster;
        self.bodies_in_being("bodies", bodies, effective.from());
        for (at, code) in bodies.iter().enumerate() {
            self.lives_to_the_end(&format!("bodies[{at}]"), *code, *effective);
        }
    }

    fn membership(&mut self, membership: &Membership) {
        let Membership { member, group, relation, effective } = membership;
        let faults = self.refusals.len();
        let Some(joined) = self.joined(*relation, effective.from()) else {
            let (relation, on) = (*relation, effective.from());
            self.refuse("relation", BodyFault::NoRuleForMembership { relation, on });
            return;
        };
        match member {
            Member::Body(code) => self.member(*code, &joined, membership),
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
        self.lives_to_the_end("effective_until", *group, *effective);
        if let Member::Body(code) = member {
            self.lives_to_the_end("effective_until", *code, *effective);
        }
        let lives = self.known.roles(*group);
        let may = joined.iter().flat_map(|row| row.groups.iter().copied()).collect::<Vec<_>>();
        self.joins("group", (*group, &lives), &may, (*relation, effective.from()));
        if self.refusals.len() == faults {
            self.joined_to_the_end(membership);
        }
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

    /// Checks that a body that exists on the first day of `period` exists on each day of it, if the
    /// period has an end.
    fn lives_to_the_end(&mut self, field: &str, code: BodyCode, period: Period) {
        let lives = self.known.roles(code);
        let Some(until) = period.until() else {
            self.ends_with_its_life(field, code, period.from(), lives);
            return;
        };
        let on = |day| lives.iter().find(|life: &&RoleKnown| life.effective.contains(day));
        // From life to life, as long as the next begins where the last has ended.
        let mut day = period.from();
        while let Some(end) = on(day).map(|life| life.effective.until()) {
            match end {
                Some(end) if end < until => day = end,
                Some(_) | None => return,
            }
        }
        if day > period.from() {
            self.refuse(field, BodyFault::NotInBeing { code, on: day, lives });
        }
    }

    /// Checks that what has no end does not go on in a later life of the body: a body that has
    /// ceased and begins again is another one.
    fn ends_with_its_life(&mut self, field: &str, code: BodyCode, on: Day, lives: Vec<RoleKnown>) {
        let life = lives.iter().find(|life| life.effective.contains(on));
        let Some(end) = life.and_then(|life| life.effective.until()) else { return };
        if lives.iter().any(|life| life.effective.from() > end) {
            self.refuse(field, BodyFault::NotInBeing { code, on: end, lives });
        }
    }

    /// The roles that `relation` joins on the day `on`: by the rows of law of that day or, while no
    /// row on the relation is recorded, by what its name says. `None` if rows are recorded, but
    /// none of them is in force.
    fn joined(&self, relation: Relation, on: Day) -> Option<Vec<Joined<'a>>> {
        let of_joining = |says: &RuleContent| matches!(says, RuleContent::Joining { .. });
        let rows = self.known.rules_that(of_joining).into_iter().filter_map(|row| {
            let RuleContent::Joining { relation: of, members, groups } = &row.rule.content else {
                return None;
            };
            (*of == relation).then_some((row, Joined { members, groups }))
        });
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            let (members, groups) = (relation.member_roles(), relation.group_roles());
            return Some(vec![Joined { members, groups }]);
        }
        let then: Vec<_> =
            rows.filter(|(row, _)| row.in_force(Some(on))).map(|(_, joined)| joined).collect();
        (!then.is_empty()).then_some(then)
    }

    /// Checks that a membership whose end is known is allowed on its last day too: a rule is then
    /// in force, and each of the bodies that exist then has a role that it names.
    fn joined_to_the_end(&mut self, membership: &Membership) {
        let Membership { member, group, relation, effective } = membership;
        let last = effective.until().and_then(Day::eve).filter(|last| *last > effective.from());
        let Some(on) = last else { return };
        let Some(joined) = self.joined(*relation, on) else {
            let relation = *relation;
            self.refuse("effective_until", BodyFault::NoRuleForMembership { relation, on });
            return;
        };
        let mut ends = vec![(*group, joined.iter().flat_map(|row| row.groups).copied().collect())];
        if let Member::Body(code) = member {
            ends.push((*code, joined.iter().flat_map(|row| row.members).copied().collect()));
        }
        for (code, may) in ends {
            let may: Vec<BodyRole> = may;
            let mut lives = self.known.roles(code);
            lives.retain(|life| life.effective.contains(on));
            self.joins("effective_until", (code, &lives), &may, (*relation, on));
        }
    }

    /// Checks that the body at one end of a membership has a role in `may`: the roles that the
    /// relation joins at that end on the day `on`. A body that does not exist on that day may have
    /// such a role at another time.
    fn joins(
        &mut self,
        field: &str,
        (code, lives): (BodyCode, &[RoleKnown]),
        may: &[BodyRole],
        (relation, on): (Relation, Day),
    ) {
        let then = lives.iter().find(|life| life.effective.contains(on));
        let counts = |life: &&RoleKnown| then.is_none_or(|then| then.role == life.role);
        if lives.iter().filter(counts).any(|life| may.contains(&life.role)) {
            return;
        }
        if let Some(RoleKnown { role, .. }) = then.or(lives.first()) {
            let (role, mut may) = (*role, may.to_vec());
            may.sort_unstable();
            may.dedup();
            self.refuse(field, BodyFault::RelationForbids { code, relation, role, may });
        }
    }

    /// Checks the body that becomes a member. It need not exist on the first day of its membership,
    /// because the published data record some practices as members before the practices opened. But
    /// it must not have ceased by then.
    fn member(&mut self, code: BodyCode, joined: &[Joined<'_>], membership: &Membership) {
        let on = membership.effective.from();
        let may: Vec<_> = joined.iter().flat_map(|row| row.members.iter().copied()).collect();
        let lives = self.body("member", code);
        self.joins("member", (code, &lives), &may, (membership.relation, on));
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
        if let Ok(period) = Period::new(from, Some(until)) {
            self.lives_to_the_end("effective_until", group, period);
            if let Member::Body(code) = member {
                self.lives_to_the_end("effective_until", *code, period);
            }
            let (member, effective) = (member.clone(), period);
            self.joined_to_the_end(&Membership { member, group, relation, effective });
        }
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
        if let Some(code) = contract.practice() {
            let lives = self.body("contract", code);
            if let Some(life) = lives.first()
                && lives.iter().all(|life| life.role.is_commissioner())
            {
                let role = life.role;
                self.refuse("contract", BodyFault::NotAPractice { code, role });
            }
        }
        self.in_being("holder", *holder, effective.from());
        self.lives_to_the_end("effective_until", *holder, *effective);
        let (holder, contract_type): (_, ContractType) = (*holder, *contract_type);
        if let Some(form) = self.known.legal_form(holder)
            && !contract_type.may_be_held_by(form)
        {
            self.refuse("holder", BodyFault::LegalFormForbids { holder, form, contract_type });
        }
    }
}
