//! Who may receive a function by an instrument, who may give it, and who may pass it on.

use super::instruments::{list, moves};
use super::{Checks, Reason, Refusal};
use crate::body::BodyRole;
use crate::code::{BodyCode, FunctionCode, InstrumentId};
use crate::function::HolderRule;
use crate::instrument::{Area, Instrument, InstrumentKind};
use crate::known::{InForce, Known};
use crate::period::{Day, Period};
use crate::rule::RuleContent;

impl<'a> Checks<'a> {
    /// The roles that rules name for a basis: on a day, or ever. `None`: no rule speaks of it.
    fn roles_named(
        &self,
        day: Option<Day>,
        of: impl Fn(&RuleContent) -> Option<Vec<BodyRole>>,
    ) -> Option<Vec<BodyRole>> {
        let mut found = None;
        for held in self.known.rules() {
            if day.is_none_or(|day| held.in_force(Some(day)))
                && let Some(roles) = of(&held.rule.content)
            {
                found.get_or_insert_with(Vec::new).extend(roles);
            }
        }
        found
    }

    pub(super) fn may_receive(&mut self, instrument: &Instrument, day: Option<Day>) {
        if instrument.kind == InstrumentKind::GreaterInvolvement {
            return;
        }
        let basis = instrument.basis;
        let allowed = self.roles_named(day, |content| match content {
            RuleContent::Receiving { bases, roles } if bases.contains(&basis) => {
                Some(roles.clone())
            }
            _ => None,
        });
        let Some(allowed) = allowed else {
            let when = day.map(|day| format!(" on {day}")).unwrap_or_default();
            let message = format!("no rule says which bodies may receive on {basis}{when}");
            self.refuse(Reason::RuleMissing, "basis", message);
            return;
        };
        for (at, code) in instrument.given_to.iter().enumerate() {
            let field = format!("given_to[{at}]");
            let roles: Vec<_> = match day {
                Some(day) => self.in_being(&field, *code, day),
                None => self.body(&field, *code).iter().map(|held| held.value.0).collect(),
            };
            if !roles.is_empty() && !roles.iter().any(|role| allowed.contains(role)) {
                let message = format!(
                    "{code} is {}; on {basis} only {} may receive",
                    list(&roles[..1]),
                    list(&allowed)
                );
                self.refuse(Reason::BodyMayNotReceive, &field, message);
            }
        }
    }

    /// Whether the giver may give on the basis, and has the function: by statute, or from another
    /// by an instrument that lets it pass the function on.
    pub(super) fn may_give(&mut self, instrument: &Instrument, day: Day) {
        if instrument.kind == InstrumentKind::GreaterInvolvement {
            return;
        }
        let basis = instrument.basis;
        let allowed = self.roles_named(Some(day), |content| match content {
            RuleContent::Giving { bases, roles } if bases.contains(&basis) => Some(roles.clone()),
            _ => None,
        });
        for (at, code) in instrument.given_by.iter().enumerate() {
            let roles = self.known.roles(*code);
            let now = roles.iter().filter(|held| held.value.1.contains(day));
            let now: Vec<_> = now.map(|held| held.value.0).collect();
            if let (Some(allowed), Some(role)) = (&allowed, now.first())
                && !now.iter().any(|role| allowed.contains(role))
            {
                let message =
                    format!("{code} is {role}; on {basis} only {} may give", list(allowed));
                self.refuse(Reason::GiverMayNotGive, &format!("given_by[{at}]"), message);
            }
        }
        if !moves(instrument.kind) {
            // Who intervenes acts on behalf of another: it needs no title of its own.
            return;
        }
        let areas: Vec<_> = match &instrument.area {
            Area::England => vec![None],
            Area::Of(bodies) => bodies.iter().copied().map(Some).collect(),
        };
        for function in &instrument.functions {
            let bad =
                areas.iter().find_map(|area| self.without_title(instrument, function, *area, day));
            if let Some((reason, message)) = bad {
                self.refuse(reason, "given_by", message);
            }
        }
    }

    /// Why the giver cannot give the function for the area on the day, if it cannot.
    fn without_title(
        &self,
        instrument: &Instrument,
        function: &FunctionCode,
        area: Option<BodyCode>,
        day: Day,
    ) -> Option<(Reason, String)> {
        let segments = self.known.segments(function);
        let segment = segments.iter().find(|held| held.value.1.contains(day))?.value.0;
        let holder = match segment.holder {
            _ if self.vested(function, day) => area?,
            HolderRule::Body(code) => code,
            HolderRule::Commissioner => area?,
        };
        if instrument.given_by.contains(&holder) {
            return None;
        }
        let from: Vec<InForce> = self
            .known
            .in_force(function, area)
            .into_iter()
            .filter(|other| moves(other.kind) && other.instrument != instrument.id)
            .filter(|other| other.effective.contains(day))
            .filter(|other| other.exercisers.iter().any(|code| instrument.given_by.contains(code)))
            .collect();
        let givers = list(&instrument.given_by);
        let Some(first) = from.first() else {
            let message = format!(
                "{givers} neither holds {function} on {day}, which is {holder}'s, nor exercises it"
            );
            return Some((Reason::TitleMissing, message));
        };
        let lawful = self.known.rules().iter().any(|held| {
            held.in_force(Some(day))
                && matches!(&held.rule.content, RuleContent::Onward { bases } if bases.contains(&instrument.basis))
        });
        if !lawful {
            let message = format!(
                "{givers} has {function} from another under {}; no rule in force on {day} lets \
                 it be passed on by {}",
                first.instrument, instrument.basis
            );
            return Some((Reason::OnwardForbidden, message));
        }
        if from.iter().all(|other| other.onward_barred) {
            let message = format!(
                "the terms of {} (event {}) forbid passing {function} on",
                first.instrument, first.position
            );
            return Some((Reason::OnwardForbidden, message));
        }
        None
    }

    /// Whether the function is by a rule the commissioners' own on the day.
    pub(super) fn vested(&self, function: &FunctionCode, day: Day) -> bool {
        self.known.rules().iter().any(|held| {
            held.in_force(Some(day))
                && matches!(held.rule.content, RuleContent::Vesting { .. })
                && held.rule.content.functions().contains(function)
        })
    }

    // --- the catalogue ----------------------------------------------------------------------------

    pub(super) fn may_pass_all(&mut self, instrument: &Instrument, effective: Period) {
        if !moves(instrument.kind) {
            return;
        }
        let effective = self.within_life(instrument, effective);
        for function in &instrument.functions {
            self.may_pass(instrument, function, effective);
        }
    }

    /// Whether the catalogue lets the function pass on the instrument's basis: on the first day,
    /// and is not reserved on any later one.
    fn may_pass(&mut self, instrument: &Instrument, function: &FunctionCode, effective: Period) {
        let (basis, day) = (instrument.basis, effective.from());
        let Some(segment) = self.segment("functions", function, day) else { return };
        let segments = self.known.segments(function);
        let reserved =
            segments.iter().find(|held| held.value.0.reserved && held.value.1.overlaps(&effective));
        if let Some(held) = reserved {
            let message = format!(
                "{function} is reserved {} ({}, event {})",
                held.value.1, held.value.0.citation, held.position
            );
            self.refuse(Reason::FunctionReserved, "functions", message);
        } else if segment.holder != HolderRule::Commissioner
            && segment.route(basis).is_none()
            && !self.vested(function, day)
        {
            let bases: Vec<_> = segment.routes.iter().map(|route| route.basis).collect();
            let offered = if bases.is_empty() { "no basis".to_owned() } else { list(&bases) };
            let message = format!(
                "{function} cannot pass on {basis} on {day}; the catalogue offers {offered}"
            );
            self.refuse(Reason::FunctionNotDelegable, "functions", message);
        }
    }

    /// The period cut where one of the parties ceases to be what it is on the first day.
    pub(super) fn within_life(&self, instrument: &Instrument, effective: Period) -> Period {
        instrument.given_by.iter().chain(&instrument.given_to).fold(effective, |period, code| {
            self.known
                .roles(*code)
                .iter()
                .find(|held| held.value.1.contains(effective.from()))
                .and_then(|held| held.value.1.until())
                .and_then(|until| period.cut(until))
                .unwrap_or(period)
        })
    }
}

/// What the rules say against an instrument as it stands, for each period in which it is in force:
/// looked at when a correction changes what it says.
#[must_use]
pub fn unlawful(known: &dyn Known, id: &InstrumentId) -> Vec<Refusal> {
    let mut checks = Checks { known, made_on: None, refusals: Vec::new() };
    let Some(own) = known.instrument(id) else { return Vec::new() };
    for held in &own.in_force {
        let (from, text) = (held.value.from(), own.text(held.value.from()));
        checks.may_receive(text, Some(from));
        checks.in_areas(text, from);
        checks.may_give(text, from);
        checks.may_pass_all(text, held.value);
    }
    checks.refusals
}
