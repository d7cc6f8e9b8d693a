//! Checks of what passes from one body to another: its area, by a succession, and its liabilities,
//! by a succession or a transfer scheme.

use crate::body::{BodyRole, Succession, SuccessionKind};
use crate::code::BodyCode;
use crate::fact::TransferScheme;
use crate::fault::SuccessionFault;
use crate::known::{RoleKnown, SchemeKnown};
use crate::period::Day;
use crate::rule::RuleContent;

use super::Checks;

impl Checks<'_> {
    pub(super) fn succession(&mut self, succession: &Succession) {
        let Succession { predecessor, successor, effective_on: on, by_area, .. } = *succession;
        if predecessor == successor {
            self.refuse("successor", SuccessionFault::SucceedsItself { code: predecessor });
            return;
        }
        let eve = on.eve().unwrap_or(on);
        let before = self.in_being("predecessor", predecessor, eve);
        let after = self.in_being("successor", successor, on);
        self.may_succeed((predecessor, &before), (successor, &after), on);
        self.of_that_kind(succession.kind, &before, &after);
        // Whoever lives on keeps the area. Liabilities alone can pass from a body that lives on.
        let on_both =
            |life: &&RoleKnown| life.effective.contains(eve) && life.effective.contains(on);
        if by_area.is_some()
            && let Some(life) = self.known.roles(predecessor).iter().find(on_both)
        {
            let (code, role, event) = (predecessor, life.role, life.event);
            let fault = SuccessionFault::PredecessorLivesOn { code, role, on, event };
            self.refuse("predecessor", fault);
        }
        for known in self.known.successors(predecessor) {
            if known.successor == successor && known.effective_on == on {
                let event = known.event;
                let fault =
                    SuccessionFault::SuccessionRecorded { predecessor, successor, on, event };
                self.refuse("successor", fault);
            }
        }
        if by_area.is_some() && !after.is_empty() {
            self.area_passes_once(succession);
        }
    }

    /// Checks that a body may succeed another: by the rows of law of the day or, while no such row
    /// is recorded, because both are bodies of one kind.
    fn may_succeed(
        &mut self,
        (predecessor, before): (BodyCode, &[BodyRole]),
        (successor, after): (BodyCode, &[BodyRole]),
        on: Day,
    ) {
        let (Some(of), Some(role)) = (before.first().copied(), after.first().copied()) else {
            return;
        };
        let (mut by_row, mut allowed) = (false, false);
        let of_succeeding = |says: &RuleContent| matches!(says, RuleContent::Succeeding { .. });
        for row in self.known.rules_that(of_succeeding) {
            let RuleContent::Succeeding { from, to } = &row.rule.content else { continue };
            by_row = true;
            allowed |= row.in_force(Some(on))
                && before.iter().any(|role| from.contains(role))
                && after.iter().any(|role| to.contains(role));
        }
        if by_row && !allowed {
            let fault = SuccessionFault::NoRuleForIt { predecessor, of, successor, role, on };
            self.refuse("successor", fault);
        } else if !by_row && !before.iter().any(|of| after.iter().any(|role| role.can_succeed(*of)))
        {
            let fault = SuccessionFault::KindsDiffer { predecessor, of, successor, role };
            self.refuse("successor", fault);
        }
    }

    /// Checks that the bodies are what the kind of succession says they are.
    fn of_that_kind(&mut self, kind: SuccessionKind, before: &[BodyRole], after: &[BodyRole]) {
        let (Some(of), Some(role)) = (before.first().copied(), after.first().copied()) else {
            return;
        };
        let is = before.contains(&BodyRole::Ccg) && after.contains(&BodyRole::Icb);
        if kind == SuccessionKind::CcgToIcb && !is {
            self.refuse("kind", SuccessionFault::NotOfThatKind { of, role });
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
                let fault = SuccessionFault::AreaPassedOn { predecessor, successor, on, event };
                self.refuse("successor", fault);
                return;
            }
        }
    }

    /// Checks that liabilities pass between two bodies: from one that exists on the eve, to one
    /// that exists on the day.
    pub(super) fn scheme(&mut self, scheme: &TransferScheme) {
        let TransferScheme { from, to, effective_on: on, functions, .. } = scheme;
        if from == to {
            self.refuse("to", SuccessionFault::SucceedsItself { code: *from });
            return;
        }
        for (field, code, on) in [("from", *from, on.eve().unwrap_or(*on)), ("to", *to, *on)] {
            let roles = self.in_being(field, code, on);
            if let Some(role) = roles.first().copied()
                && !roles.iter().any(|role| role.bears_liabilities())
            {
                self.refuse(field, SuccessionFault::BearsNoLiabilities { code, role, on });
            }
        }
        self.each_once("functions", functions);
        for (at, function) in functions.iter().enumerate() {
            self.catalogued_ever(&format!("functions[{at}]"), function);
        }
        self.passes_once(scheme);
    }

    /// Checks that no event records the scheme already, and that what certainly passes whole to one
    /// body does not pass whole to another on the same day.
    fn passes_once(&mut self, scheme: &TransferScheme) {
        let same_function = |known: &SchemeKnown<'_>| {
            let (one, other) = (known.functions, &scheme.functions);
            match (one.is_empty(), other.is_empty()) {
                (false, false) => one.iter().any(|function| other.contains(function)),
                (true, _) | (_, true) => true,
            }
        };
        let whole = scheme.described.is_none() && scheme.excepted.is_none();
        let (from, on) = (scheme.from, scheme.effective_on);
        for known in self.known.schemes(from) {
            if known.effective_on != on || !same_function(&known) {
                continue;
            }
            let (to, event) = (known.to, known.event);
            let same_words = known.described == scheme.described.as_ref();
            let same = *known.power == scheme.power || whole && known.passes_all();
            if to == scheme.to && same && same_words {
                self.refuse("to", SuccessionFault::SchemeRecorded { from, to, on, event });
            } else if to != scheme.to && whole && known.passes_all() {
                self.refuse("to", SuccessionFault::LiabilitiesPassedOn { from, to, on, event });
            }
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
