//! Steps 5 and 6 of the resolution procedure: the answer if no instrument is in force, and who is
//! liable.

use std::cmp::Reverse;

use remit_domain::{
    BodyCode, BodyRole, Confidence, ContractId, Function, InstrumentId, LawAsked, LegalBasis,
    LiableRule, RuleContent,
};

use crate::answer::{Answer, Case, GroundKind, Liability, LiableState, Outcome, Unknown};
use crate::handle::BodyHandle;
use crate::row::Row;
use crate::rows::instruments::NotHeldRow;

use super::Search;
use super::instruments::Bearing;

impl<'r> Search<'r> {
    /// Step 5 of the resolution procedure: sets the answer if no instrument is in force. If the
    /// commissioner replaced another body, the method also takes step 8, which looks for the
    /// instruments of that body.
    pub(super) fn without_instrument(
        &mut self,
        answer: &mut Answer<'r>,
        function: &'r Function,
        area: BodyHandle,
        open: &[LegalBasis],
    ) {
        let holder = answer.holder;
        if open.is_empty() {
            let exercisers: Vec<_> = holder.into_iter().collect();
            answer.outcome = Outcome::NotDelegated;
            answer.liable = self.liability(LegalBasis::NoArrangement, holder, &exercisers);
            answer.exercisers = exercisers;
            answer.confidence = self.lowest();
            return;
        }
        let cases = self.cases(holder, area, open);
        answer.liable = self.in_every_case(&cases);
        let cases: Vec<_> = cases.into_iter().map(|(case, _)| case).collect();
        let predecessor_instruments = self.predecessor_instruments(function, area);
        answer.outcome = if predecessor_instruments.is_empty() {
            Outcome::Unknown { reason: Unknown::NoEvidence, cases }
        } else {
            predecessor_instruments.iter().for_each(|id| self.use_what_ended(id, area));
            Outcome::Gap { cases, predecessor_instruments }
        };
        answer.confidence = Confidence::Unconfirmed;
    }

    /// Sets the answer if the instruments `parts` reach only part of the place, the contracts
    /// `listed`: what is so of the rest is open, and each basis is a case.
    pub(super) fn in_part_only(
        &mut self,
        answer: &mut Answer<'r>,
        function: &Function,
        area: BodyHandle,
        (listed, parts): (Vec<ContractId>, &[Bearing<'r>]),
    ) {
        let mut open: Vec<_> = function.routes.iter().map(|route| route.basis).collect();
        for b in parts {
            if !open.contains(&b.basis) {
                open.push(b.basis);
            }
        }
        let cases = self.cases(answer.holder, area, &open);
        answer.liable = self.in_every_case(&cases);
        let cases = cases.into_iter().map(|(case, _)| case).collect();
        answer.outcome = Outcome::Unknown { reason: Unknown::ReachesPart(listed), cases };
        answer.confidence = Confidence::Unconfirmed;
    }

    /// The legal bases on which another body might be exercising the function in the area: those
    /// that no evidence rules out.
    pub(super) fn open_routes(
        &mut self,
        function: &Function,
        area: BodyHandle,
        role: BodyRole,
        greater: &[Bearing<'r>],
    ) -> Vec<LegalBasis> {
        let mut open: Vec<_> = function.routes.iter().map(|route| route.basis).collect();
        if role == BodyRole::NhsEngland {
            // NHS England receives functions of the Secretary of State only.
            open.retain(|basis| matches!(basis, LegalBasis::S7a | LegalBasis::S7b));
        }
        if open.is_empty() || !role.is_commissioner() {
            return open;
        }
        let surest = |b: &&Bearing<'_>| (b.in_force.confidence, Reverse(b.in_force.position));
        if let Some(b) = greater.iter().max_by_key(surest) {
            // Greater involvement is only consultation, so an instrument of that kind is evidence
            // that no other body received the function.
            self.use_instrument(b, false);
            return Vec::new();
        }
        if self.ended(function, area) {
            // An arrangement has ended, so the holder exercises the function itself again.
            return Vec::new();
        }
        let rows = self.register.instruments.not_held(area);
        let mut of_it: Vec<&'r Row<NotHeldRow>> = rows
            .iter()
            .filter(|row| row.holds(self.on, self.at))
            .filter(|row| {
                row.value.functions.is_empty() || row.value.functions.contains(&function.code)
            })
            .filter(|row| row.value.bases.iter().any(|basis| open.contains(basis)))
            .collect();
        // The least certain rows come first, so that they are left out first.
        of_it.sort_by_key(|row| self.register.evidence.confidence(row.evidence));
        let closed = |rows: &[&Row<NotHeldRow>]| -> Vec<LegalBasis> {
            let by = |basis: &&LegalBasis| rows.iter().any(|row| row.value.bases.contains(basis));
            open.iter().filter(by).copied().collect()
        };
        let all = closed(&of_it);
        // Leave out each row whose bases are all ruled out by other rows.
        let mut index = 0;
        while index < of_it.len() {
            let row = of_it.remove(index);
            if closed(&of_it) != all {
                of_it.insert(index, row);
                index += 1;
            }
        }
        open.retain(|basis| !all.contains(basis));
        for row in of_it {
            self.ground(GroundKind::NotHeld, row);
        }
        open
    }

    /// The possible cases: one in which nothing is arranged, and one for each legal basis in
    /// `open`. Each has the confidence of the law that says who is liable.
    pub(super) fn cases(
        &mut self,
        holder: Option<BodyCode>,
        area: BodyHandle,
        open: &[LegalBasis],
    ) -> Vec<(Case<'r>, Confidence)> {
        let area = self.code(area);
        std::iter::once(LegalBasis::NoArrangement)
            .chain(open.iter().copied())
            .map(|basis| {
                let mut exercisers = self.would_exercise(basis, holder, area);
                exercisers.sort_unstable();
                exercisers.dedup();
                self.case(basis, None, holder, exercisers)
            })
            .collect()
    }

    /// The bodies that would exercise the function on `basis`. None if another body would of which
    /// nothing is known: what is the commissioner's own passes to a body that is not it.
    fn would_exercise(
        &mut self,
        basis: LegalBasis,
        holder: Option<BodyCode>,
        area: BodyCode,
    ) -> Vec<BodyCode> {
        use LegalBasis as B;
        let own = holder == Some(area) && !self.version_1;
        match basis {
            B::NoArrangement => holder.into_iter().collect(),
            B::S7a => self.nhs_england(),
            B::S14z9 if !self.version_1 => self.nhs_england(),
            B::S14z3 | B::S75 | B::S6c if !self.version_1 => Vec::new(),
            B::S13zJointly | B::S65z5Jointly if !own => holder.into_iter().chain([area]).collect(),
            B::S13zBy
            | B::S13zJointly
            | B::S14z9
            | B::S14z3
            | B::S98a
            | B::S65z5
            | B::S65z5Jointly
            | B::S13yb
            | B::S14z21
            | B::S14z61
            | B::S7b
            | B::S6c
            | B::S75 => match own {
                true => Vec::new(),
                false => vec![area],
            },
        }
    }

    fn nhs_england(&mut self) -> Vec<BodyCode> {
        let found = self.the(BodyRole::NhsEngland);
        if let Some((_, row)) = found {
            self.ground_beside(GroundKind::Party, row);
        }
        found.into_iter().map(|(code, _)| code).collect()
    }

    /// The liability over all `cases`: if the same body is liable in every case, that body is
    /// liable; otherwise it is unknown who is liable. This answer is as sure as the law, where the
    /// place lies and who holds the function, however unsure it is who exercises it.
    pub(super) fn in_every_case(&self, cases: &[(Case<'r>, Confidence)]) -> Liability<'r> {
        let first = cases.first().map(|(case, _)| case.liable.clone()).unwrap_or_default();
        let same = !first.is_empty() && cases.iter().all(|(case, _)| case.liable == first);
        let mut rules: Vec<_> = cases.iter().filter_map(|(case, _)| case.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let by_law = cases.iter().map(|(_, sure)| *sure).min();
        let sure = by_law.map_or(self.standing, |sure| sure.min(self.standing));
        Liability {
            state: if same { LiableState::Settled } else { LiableState::Unknown },
            bodies: if same { first } else { Vec::new() },
            rules,
            confidence: if same { sure } else { Confidence::Unconfirmed },
            in_every_case: same,
        }
    }

    /// Raises the confidence in who is liable if the same body is liable in every possible case:
    /// the uncertainty of an instrument then does not matter. So more evidence never makes it less
    /// certain who is liable.
    pub(super) fn liable_all_the_same(
        &mut self,
        answer: &mut Answer<'r>,
        function: &'r Function,
        area: BodyHandle,
    ) {
        let open: Vec<_> = function.routes.iter().map(|route| route.basis).collect();
        if open.is_empty() || answer.liable.state != LiableState::Settled {
            return;
        }
        let before = self.grounds.len();
        let cases = self.cases(answer.holder, area, &open);
        let every = self.in_every_case(&cases);
        if every.bodies == answer.liable.bodies && every.confidence > answer.liable.confidence {
            answer.liable.confidence = every.confidence;
            answer.liable.in_every_case = true;
        } else {
            self.grounds.truncate(before);
        }
    }

    /// The case in which `exercisers` exercise the function on `basis`, and how certain the law is
    /// that says who is liable then.
    pub(super) fn case(
        &mut self,
        basis: LegalBasis,
        instrument: Option<&'r InstrumentId>,
        holder: Option<BodyCode>,
        exercisers: Vec<BodyCode>,
    ) -> (Case<'r>, Confidence) {
        let (liable, sure) = self.liability_by_law(basis, holder, &exercisers);
        let rule = liable.rules.first().copied();
        (Case { basis, instrument, exercisers, liable: liable.bodies, rule }, sure)
    }

    /// Step 6 of the resolution procedure: looks up the rule of liability for `basis`, and finds
    /// who is liable by that rule if `exercisers` exercise the function.
    pub(super) fn liability(
        &mut self,
        basis: LegalBasis,
        holder: Option<BodyCode>,
        exercisers: &[BodyCode],
    ) -> Liability<'r> {
        self.liability_by_law(basis, holder, exercisers).0
    }

    /// The same, and how certain the rule is: confirmed if there is none.
    fn liability_by_law(
        &mut self,
        basis: LegalBasis,
        holder: Option<BodyCode>,
        exercisers: &[BodyCode],
    ) -> (Liability<'r>, Confidence) {
        let found = self.rules_in_force(LawAsked::Liability).find_map(|(entry, row)| {
            let RuleContent::Liability { bases, liable } = &row.value.content else { return None };
            bases.contains(&basis).then_some((entry, row, *liable))
        });
        let Some((entry, row, liable)) = found else {
            let unsettled = Liability {
                state: LiableState::Unsettled,
                bodies: Vec::new(),
                rules: Vec::new(),
                confidence: Confidence::Unconfirmed,
                in_every_case: false,
            };
            return (unsettled, Confidence::Confirmed);
        };
        let sure = self.use_rule(entry, row);
        let bodies = match liable {
            LiableRule::Holder => holder.into_iter().collect(),
            LiableRule::Exerciser | LiableRule::EachExerciser => exercisers.to_vec(),
            LiableRule::NotStated => Vec::new(),
        };
        let settled = liable != LiableRule::NotStated;
        let liability = Liability {
            state: if settled { LiableState::Settled } else { LiableState::Unsettled },
            bodies,
            rules: vec![&entry.id],
            confidence: self.lowest(),
            in_every_case: false,
        };
        (liability, sure)
    }
}
