//! Checks of which bodies may receive a function by an instrument, which bodies may give the
//! function, and which bodies may pass the function on.

use crate::body::BodyRole;
use crate::code::{BodyCode, FunctionCode};
use crate::fault::{Fault, PartyFault};
use crate::function::HolderRule;
use crate::instrument::{Area, Instrument, InstrumentKind};
use crate::known::{InForce, RuleKnown};
use crate::period::{Day, Period};
use crate::rule::RuleContent;

use super::Checks;
use super::instruments::moves;

impl<'a> Checks<'a> {
    /// The rules that are law on `day`. If `day` is `None`, all rules.
    fn rules_on(&self, day: Option<Day>) -> Vec<RuleKnown<'a>> {
        let mut rules = self.known.rules();
        rules.retain(|row| day.is_none() || row.in_force(day));
        rules
    }

    pub(super) fn may_receive(&mut self, instrument: &Instrument, on: Option<Day>) {
        if instrument.kind == InstrumentKind::GreaterInvolvement {
            return;
        }
        let basis = instrument.basis;
        let mut may: Option<Vec<BodyRole>> = None;
        for row in self.rules_on(on) {
            if let RuleContent::Receiving { bases, roles } = &row.rule.content
                && bases.contains(&basis)
            {
                may.get_or_insert_default().extend(roles);
            }
        }
        let Some(may) = may else {
            self.refuse("basis", PartyFault::NoReceivingRule { basis, on });
            return;
        };
        for (at, code) in instrument.given_to.iter().enumerate() {
            let field = format!("given_to[{at}]");
            let roles: Vec<_> = match on {
                Some(on) => self.in_being(&field, *code, on),
                None => self.body(&field, *code).iter().map(|life| life.role).collect(),
            };
            if let Some(role) = roles.first().copied()
                && !roles.iter().any(|role| may.contains(role))
            {
                let (code, may) = (*code, may.clone());
                self.refuse(&field, PartyFault::MayNotReceive { code, role, basis, may });
            }
        }
    }

    /// Checks that the givers may give a function on the instrument's basis, and that they have the
    /// instrument's functions: either by statute, or by another instrument that lets them pass the
    /// functions on.
    pub(super) fn may_give(&mut self, instrument: &Instrument, on: Day) {
        if instrument.kind == InstrumentKind::GreaterInvolvement {
            return;
        }
        let basis = instrument.basis;
        let mut may: Option<Vec<BodyRole>> = None;
        for row in self.rules_on(Some(on)) {
            if let RuleContent::Giving { bases, roles } = &row.rule.content
                && bases.contains(&basis)
            {
                may.get_or_insert_default().extend(roles);
            }
        }
        for (at, code) in instrument.given_by.iter().enumerate() {
            let lives = self.known.roles(*code);
            let now = lives.iter().filter(|life| life.effective.contains(on));
            let now: Vec<_> = now.map(|life| life.role).collect();
            if let (Some(may), Some(role)) = (&may, now.first().copied())
                && !now.iter().any(|role| may.contains(role))
            {
                let (code, may) = (*code, may.clone());
                let fault = PartyFault::MayNotGive { code, role, basis, may };
                self.refuse(&format!("given_by[{at}]"), fault);
            }
        }
        // The checks below ask whether the givers have the functions to give. They do not apply to
        // an intervention, in which a body acts in place of another body.
        if !moves(instrument.kind) {
            return;
        }
        let areas: Vec<_> = match &instrument.area {
            Area::England => vec![None],
            Area::Of(bodies) => bodies.iter().copied().map(Some).collect(),
        };
        for function in &instrument.functions {
            let mut faults =
                areas.iter().filter_map(|area| self.without_title(instrument, function, *area, on));
            let fault = faults.next();
            drop(faults);
            if let Some(fault) = fault {
                self.refuse("given_by", fault);
            }
        }
    }

    /// Returns why the givers cannot give the function for `area` on the day `on`. `None` if the
    /// givers can give the function, or if the catalogue and `area` do not show who holds the
    /// function.
    fn without_title(
        &self,
        instrument: &Instrument,
        function: &FunctionCode,
        area: Option<BodyCode>,
        on: Day,
    ) -> Option<PartyFault> {
        let segments = self.known.segments(function);
        let segment = segments.iter().find(|segment| segment.effective.contains(on))?.function;
        let holder = match &segment.holder {
            _ if self.vested(function, on) => area?,
            HolderRule::Body(code) => *code,
            HolderRule::Commissioner => area?,
            HolderRule::OutsideRecords(_) => return None,
        };
        if instrument.given_by.contains(&holder) {
            return None;
        }
        let (givers, function) = (instrument.given_by.clone(), function.clone());
        let from: Vec<InForce> = self
            .known
            .in_force(&function, area)
            .into_iter()
            .filter(|other| moves(other.kind) && other.instrument != instrument.id)
            .filter(|other| other.effective.contains(on))
            .filter(|other| other.exercisers.iter().any(|code| givers.contains(code)))
            .filter(|other| other.reaches_all_of(&instrument.contracts))
            .collect();
        let Some(first) = from.first() else {
            return Some(PartyFault::TitleMissing { givers, function, on, holder });
        };
        let basis = instrument.basis;
        let lawful = self.rules_on(Some(on)).iter().any(|row| {
            matches!(&row.rule.content, RuleContent::Onward { bases } if bases.contains(&basis))
        });
        let under = first.instrument.clone();
        if !lawful {
            let fault = PartyFault::OnwardWithoutRule { givers, function, under, basis, on };
            return Some(fault);
        }
        let barred = from.iter().all(|other| other.onward_barred);
        let event = first.event;
        barred.then_some(PartyFault::OnwardBarred { function, under, event })
    }

    /// Whether a vesting rule makes the function the commissioners' own on the day `on`.
    fn vested(&self, function: &FunctionCode, on: Day) -> bool {
        self.rules_on(Some(on)).iter().any(|row| {
            matches!(&row.rule.content, RuleContent::Vesting { functions, .. }
                if functions.contains(function))
        })
    }

    // --- checks against the catalogue --------------------------------------------------------

    pub(super) fn may_pass_all(&mut self, instrument: &Instrument, effective: Period) {
        if !moves(instrument.kind) {
            return;
        }
        let effective = self.within_life(instrument, effective);
        for function in &instrument.functions {
            self.may_pass(instrument, function, effective);
        }
    }

    /// Checks that, on the first day of `effective`, the catalogue lets the function pass from its
    /// holder to another body on the instrument's basis, and that the function is not reserved on
    /// any day of `effective`. What a body has from the holder it passes on by a rule of law: see
    /// `without_title`.
    fn may_pass(&mut self, instrument: &Instrument, function: &FunctionCode, effective: Period) {
        let (basis, on) = (instrument.basis, effective.from());
        let Some(segment) = self.segment("functions", function, on) else { return };
        let segments = self.known.segments(function);
        let reserved = segments
            .iter()
            .find(|other| other.function.reserved && other.effective.overlaps(&effective));
        let function = function.clone();
        let fault: Fault = if let Some(other) = reserved {
            let (effective, event) = (other.effective, other.event);
            let citation = other.function.citation.clone();
            PartyFault::Reserved { function, effective, citation, event }.into()
        } else if let HolderRule::Body(holder) = segment.holder
            && instrument.given_by.contains(&holder)
            && segment.route(basis).is_none()
            && !self.vested(&function, on)
        {
            let offered = segment.routes.iter().map(|route| route.basis).collect();
            PartyFault::NotDelegable { function, basis, on, offered }.into()
        } else {
            return;
        };
        self.refuse("functions", fault);
    }

    /// Returns the period `effective`, cut short on the day on which a party to the instrument
    /// loses the role that it has on the first day of the period.
    fn within_life(&self, instrument: &Instrument, effective: Period) -> Period {
        let parties = instrument.given_by.iter().chain(&instrument.given_to);
        parties.fold(effective, |period, code| {
            let lives = self.known.roles(*code);
            let life = lives.iter().find(|life| life.effective.contains(effective.from()));
            let until = life.and_then(|life| life.effective.until());
            until.and_then(|until| period.cut(until)).unwrap_or(period)
        })
    }
}
