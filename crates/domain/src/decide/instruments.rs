//! Checks of the texts of instruments, of their conditions, and of other evidence of who exercises
//! a function. Checks of the steps in the life of an instrument are in `steps`.

use crate::code::{BodyCode, InstrumentId};
use crate::fact::{
    ConditionAttached, ConditionLifted, ExpectationStated, InstrumentFact, InstrumentSighted,
    InstrumentVaried, LevelNotHeld, WorkPerformed,
};
use crate::fault::{BodyFault, InstrumentFault};
use crate::instrument::{Area, Instrument, InstrumentKind, Sighting};
use crate::known::InstrumentKnown;
use crate::life::Step;
use crate::period::{Day, Period};

use super::Checks;

/// Whether decisions treat instruments of this kind as moving the exercise of a function from its
/// holder. Greater involvement moves nothing. An intervention takes precedence over every other
/// instrument, so the checks that ask this question do not apply to interventions.
pub(super) fn moves(kind: InstrumentKind) -> bool {
    match kind {
        InstrumentKind::GreaterInvolvement | InstrumentKind::Intervention => false,
        InstrumentKind::Delegation
        | InstrumentKind::JointArrangement
        | InstrumentKind::Direction
        | InstrumentKind::Section7a => true,
    }
}

/// Whether two lists name the same bodies, in whatever order.
fn same_bodies(one: &[BodyCode], other: &[BodyCode]) -> bool {
    one.len() == other.len() && one.iter().all(|code| other.contains(code))
}

impl<'a> Checks<'a> {
    pub(super) fn instruments(&mut self, fact: &InstrumentFact) {
        match fact {
            InstrumentFact::InstrumentDrawn(instrument) => self.drawn(instrument),
            InstrumentFact::InstrumentAdvanced(advanced) => self.advanced(advanced),
            InstrumentFact::InstrumentInForce(in_force) => self.in_force(in_force),
            InstrumentFact::InstrumentEnded(ended) => self.ended(ended),
            InstrumentFact::InstrumentVaried(varied) => self.varied(varied),
            InstrumentFact::ConditionAttached(attached) => self.attached(attached),
            InstrumentFact::ConditionLifted(lifted) => self.lifted(lifted),
            InstrumentFact::NoticeGiven(notice) => {
                let instrument = notice.instrument.clone();
                self.refuse("instrument", InstrumentFault::NoticeStated { instrument });
            }
            InstrumentFact::WorkPerformed(work) => self.work(work),
            InstrumentFact::InstrumentSighted(sighted) => self.sighted(sighted),
            InstrumentFact::LevelNotHeld(level) => self.level_not_held(level),
            InstrumentFact::ExpectationStated(expectation) => self.expectation(expectation),
        }
    }

    pub(super) fn instrument(&mut self, id: &InstrumentId) -> Option<InstrumentKnown<'a>> {
        let found = self.known.instrument(id);
        if found.is_none() {
            self.refuse("instrument", InstrumentFault::Unknown { instrument: id.clone() });
        }
        found
    }

    // --- checks of the texts of instruments --------------------------------------------------

    fn drawn(&mut self, instrument: &Instrument) {
        if let Some(known) = self.known.instrument(&instrument.id) {
            let (instrument, event) = (instrument.id.clone(), known.event);
            self.refuse("id", InstrumentFault::AlreadyDrawn { instrument, event });
        }
        let (kind, basis) = (instrument.kind, instrument.basis);
        if !kind.admits(basis) {
            self.refuse("basis", InstrumentFault::BasisNotAdmitted { kind, basis });
        }
        self.at_least_one("given_by", &instrument.given_by);
        self.at_least_one("given_to", &instrument.given_to);
        for (at, code) in instrument.given_by.iter().enumerate() {
            self.body(&format!("given_by[{at}]"), *code);
        }
        for (at, code) in instrument.given_to.iter().enumerate() {
            if moves(kind) && instrument.given_by.contains(code) {
                let fault = InstrumentFault::ReceivesFromItself { code: *code };
                self.refuse(&format!("given_to[{at}]"), fault);
            }
        }
        self.scope(instrument);
        self.may_receive(instrument, None);
    }

    /// Checks that the instrument names at least one function and an area, that the catalogue has
    /// or had every function named, and that every body named for the area is or was a
    /// commissioner.
    fn scope(&mut self, instrument: &Instrument) {
        self.at_least_one("functions", &instrument.functions);
        if let Area::Of(bodies) = &instrument.area {
            self.at_least_one("area", bodies);
            for (at, code) in bodies.iter().enumerate() {
                let lives = self.body(&format!("area[{at}]"), *code);
                let fits = lives.iter().any(|life| life.role.is_commissioner());
                if !lives.is_empty() && !fits {
                    let fault = InstrumentFault::NoCommissioner { code: *code };
                    self.refuse(&format!("area[{at}]"), fault);
                }
            }
        }
        for (at, function) in instrument.functions.iter().enumerate() {
            self.catalogued_ever(&format!("functions[{at}]"), function);
        }
        self.listed(instrument);
    }

    /// Checks that each contract that the instrument lists is recorded, and that the instrument
    /// names the area of one commissioner.
    fn listed(&mut self, instrument: &Instrument) {
        self.each_once("contracts", &instrument.contracts);
        for (at, contract) in instrument.contracts.iter().enumerate() {
            if self.known.contract(contract).is_empty() {
                let contract = contract.clone();
                let fault = BodyFault::ContractUnknown { contract };
                self.refuse(&format!("contracts[{at}]"), fault);
            }
        }
        let one = matches!(&instrument.area, Area::Of(bodies) if bodies.len() == 1);
        if !instrument.contracts.is_empty() && !one {
            self.refuse("area", InstrumentFault::ListsContracts {});
        }
    }

    fn varied(&mut self, varied: &InstrumentVaried) {
        let InstrumentVaried { instrument: text, effective_from, by } = varied;
        let Some(known) = self.instrument(&text.id) else { return };
        self.step(&known, Step::Vary, by, Some(*effective_from));
        let drawn = known.instrument;
        for (field, differs) in [
            ("instrument.kind", drawn.kind != text.kind),
            ("instrument.basis", drawn.basis != text.basis),
            ("instrument.given_by", !same_bodies(&drawn.given_by, &text.given_by)),
            ("instrument.given_to", !same_bodies(&drawn.given_to, &text.given_to)),
        ] {
            if differs {
                let instrument = text.id.clone();
                self.refuse(field, InstrumentFault::NotToBeVaried { instrument });
            }
        }
        let before = self.refusals.len();
        self.scope(text);
        self.in_areas(text, *effective_from);
        self.may_give(text, *effective_from);
        self.may_pass_all(text, Period::open(*effective_from));
        self.in_field(before, |field| format!("instrument.{field}"));
    }

    /// Checks that each body whose area the instrument names is a commissioner on the day `on`.
    pub(super) fn in_areas(&mut self, instrument: &Instrument, on: Day) {
        let Area::Of(bodies) = &instrument.area else { return };
        for (at, code) in bodies.iter().enumerate() {
            let field = format!("area[{at}]");
            let roles = self.in_being(&field, *code, on);
            if let Some(role) = roles.first().copied()
                && !roles.iter().any(|role| role.is_commissioner())
            {
                let code = *code;
                self.refuse(&field, InstrumentFault::NoCommissionerOn { code, role, on });
            }
        }
    }

    // --- checks of the conditions of instruments ---------------------------------------------

    fn attached(&mut self, attached: &ConditionAttached) {
        let ConditionAttached { instrument, condition, effective_from: day, by } = attached;
        let Some(known) = self.instrument(instrument) else { return };
        self.step(&known, Step::AttachCondition, by, Some(*day));
        let in_text = known.states(condition, *day);
        let other = known.conditions.iter().find(|other| {
            other.condition == condition
                && (other.effective.contains(*day) || other.effective.until().is_none())
        });
        if in_text || other.is_some() {
            let event = other.map_or(known.event, |other| other.event);
            let instrument = instrument.clone();
            self.refuse("condition", InstrumentFault::ConditionAttached { instrument, event });
        }
    }

    fn lifted(&mut self, lifted: &ConditionLifted) {
        let ConditionLifted { instrument, condition, effective_until: day, by } = lifted;
        let Some(known) = self.instrument(instrument) else { return };
        self.step(&known, Step::LiftCondition, by, Some(*day));
        let eve = day.eve().unwrap_or(*day);
        let attached = known.conditions.iter().any(|other| {
            let open = other.effective.contains(eve) && other.effective.until().is_none();
            other.condition == condition && open
        });
        if !attached && !known.states(condition, eve) {
            let instrument = instrument.clone();
            let fault = InstrumentFault::ConditionNotAttached { instrument, on: eve };
            self.refuse("condition", fault);
        }
    }

    // --- checks of evidence of who exercises a function --------------------------------------

    fn work(&mut self, work: &WorkPerformed) {
        self.instrument(&work.instrument);
        self.in_being("performer", work.performer, work.effective.from());
    }

    /// Checks that the instrument is known and, unless the sighting is undated, that the sighting
    /// has an end and that the parties exist in the middle of it.
    fn sighted(&mut self, sighted: &InstrumentSighted) {
        let InstrumentSighted { instrument, seen, sighting } = sighted;
        let Some(known) = self.instrument(instrument) else { return };
        if *sighting == Sighting::Undated {
            return;
        }
        if seen.until().is_none() {
            let instrument = instrument.clone();
            self.refuse("seen.effective_until", InstrumentFault::SightedWithoutEnd { instrument });
            return;
        }
        let text = known.text(seen.middle());
        for code in text.given_by.iter().chain(&text.given_to) {
            self.in_being("seen", *code, seen.middle());
        }
    }

    fn level_not_held(&mut self, level: &LevelNotHeld) {
        let from = level.effective.from();
        self.in_being("body", level.body, from);
        self.at_least_one("bases", &level.bases);
        self.each_once("functions", &level.functions);
        for (at, function) in level.functions.iter().enumerate() {
            self.segment(&format!("functions[{at}]"), function, from);
        }
    }

    fn expectation(&mut self, expectation: &ExpectationStated) {
        let ExpectationStated { function, area, expected, effective_from, .. } = expectation;
        self.catalogued_ever("function", function);
        let both: [(&str, BodyCode); 2] = [("area", *area), ("expected", *expected)];
        for (field, code) in both {
            self.in_being(field, code, *effective_from);
        }
    }
}
