//! Checks of the steps in the life of an instrument: who may take a step, from which state, and by
//! which day. Rules recorded in the register answer these questions; the code only applies the
//! rules.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, InstrumentId};
use crate::fact::{Fact, InstrumentAdvanced, InstrumentEnded, InstrumentInForce, NoticeGiven};
use crate::fault::{AsOfRight, Reason, StepFault};
use crate::instrument::{Instrument, Start};
use crate::known::InstrumentKnown;
use crate::life::{EndReason, Party, Stage, State, Step};
use crate::period::{Day, DayOfYear};
use crate::position::Position;
use crate::rule::{RuleContent, notice_ends_on};
use crate::word::Word;

use super::Checks;

impl Checks<'_> {
    /// Checks against the rules that the bodies `by` may take `step` on the day `on`, that the
    /// state of the instrument allows the step, and that the last day for the step has not passed.
    /// `on` is `None` if the day of the step is not known.
    pub(super) fn step(
        &mut self,
        known: &InstrumentKnown<'_>,
        step: Step,
        by: &[BodyCode],
        on: Option<Day>,
    ) {
        let instrument = known.instrument;
        let basis = instrument.basis;
        for (at, code) in by.iter().enumerate() {
            let field = format!("by[{at}]");
            match on {
                Some(on) => drop(self.in_being(&field, *code, on)),
                None => drop(self.body(&field, *code)),
            }
        }
        let rules = self.known.rules();
        let mut ways = Vec::new();
        let mut last: Option<Day> = None;
        for row in rules.iter().filter(|row| row.in_force(on)) {
            match &row.rule.content {
                RuleContent::Transition { bases, step: of, from, by }
                    if *of == step && bases.contains(&basis) =>
                {
                    ways.push((from, by));
                }
                RuleContent::Window { bases, step: of, last: until }
                    if *of == step && bases.contains(&basis) =>
                {
                    last = last.max(Some(*until));
                }
                RuleContent::Transition { .. }
                | RuleContent::Window { .. }
                | RuleContent::Liability { .. }
                | RuleContent::Receiving { .. }
                | RuleContent::Notice { .. }
                | RuleContent::Continuity { .. }
                | RuleContent::Giving { .. }
                | RuleContent::Onward { .. }
                | RuleContent::Commencement { .. }
                | RuleContent::Vesting { .. }
                | RuleContent::ReadAcross { .. }
                | RuleContent::Capacity { .. }
                | RuleContent::Regime { .. }
                | RuleContent::Succeeding { .. }
                | RuleContent::Joining { .. } => {}
            }
        }
        let now = known.state(on);
        // Which parties must act can depend on the state of the instrument, so prefer a rule for
        // the state that the instrument is in when the step is taken.
        let way = ways.iter().find(|(from, _)| from.contains(&now.state)).or(ways.first());
        let Some((_, parties)) = way else {
            self.refuse("instrument", StepFault::NoRuleForStep { step, basis, on });
            return;
        };
        self.actors(instrument, step, by, parties);
        let allows = |state: &State| ways.iter().any(|(from, _)| from.contains(state));
        if !allows(&now.state) {
            let allowed = State::ALL.iter().copied().filter(allows).collect();
            let (instrument, state, event) = (instrument.id.clone(), now.state, now.event);
            let fault = StepFault::StateForbids { instrument, step, state, on, event, allowed };
            self.refuse("instrument", fault);
        }
        if let (Some(last), Some(on)) = (last, on)
            && on > last
        {
            self.refuse("made_on", StepFault::WindowClosed { step, last });
        }
    }

    /// Checks that `by` names at least one body of each party in `parties`, and that every body in
    /// `by` belongs to one of these parties.
    fn actors(&mut self, instrument: &Instrument, step: Step, by: &[BodyCode], parties: &[Party]) {
        let side = |party: &Party| match party {
            Party::Giver => &instrument.given_by,
            Party::Receiver => &instrument.given_to,
        };
        for (at, code) in by.iter().enumerate() {
            if !parties.iter().any(|party| side(party).contains(code)) {
                let may = parties.iter().flat_map(side).copied().collect();
                let (code, instrument) = (*code, instrument.id.clone());
                let fault = StepFault::ActorMayNot { code, step, instrument, may };
                self.refuse(&format!("by[{at}]"), fault);
            }
        }
        for party in parties {
            if by.iter().any(|code| side(party).contains(code)) {
                continue;
            }
            let (party, bodies, id) = (*party, side(party).clone(), instrument.id.clone());
            let fault = if step == Step::Terminate {
                let as_of_right = self.as_of_right(instrument.basis);
                StepFault::ConsentMissing { instrument: id, party, bodies, as_of_right }
            } else {
                StepFault::ActorMissing { step, instrument: id, party, bodies }
            };
            self.refuse("by", fault);
        }
    }

    /// Returns when an instrument on `basis` ends if notice is given on `given_on`, with the rule
    /// that determines the day. `None` if no notice rule applies.
    fn notice_ends(&self, basis: LegalBasis, given_on: Day) -> Option<AsOfRight> {
        self.known.rules().into_iter().find_map(|row| {
            let RuleContent::Notice { bases, last, ends } = &row.rule.content else { return None };
            if !bases.contains(&basis) || !row.in_force(Some(given_on)) {
                return None;
            }
            let (ends_on, rule) = (notice_ends_on(given_on, *last, *ends)?, row.rule.id.clone());
            Some(AsOfRight { given_on, ends_on, rule })
        })
    }

    /// Returns when an instrument on `basis` would end if one party alone gave notice on `made_on`,
    /// the day on which the act in the command was done.
    fn as_of_right(&self, basis: LegalBasis) -> Option<AsOfRight> {
        self.notice_ends(basis, self.made_on?)
    }

    pub(super) fn advanced(&mut self, advanced: &InstrumentAdvanced) {
        let InstrumentAdvanced { instrument, stage, by } = advanced;
        let Some(known) = self.instrument(instrument) else { return };
        let before = self.refusals.len();
        self.step(&known, stage.step(), by, self.made_on);
        let comes_to_nothing = [Stage::Rejected, Stage::Withdrawn, Stage::Lapsed].contains(stage);
        if let Some(force) = known.in_force.first()
            && comes_to_nothing
            && self.refusals.len() == before
        {
            let (instrument, event) = (instrument.clone(), force.event);
            let effective = force.effective;
            let fault = StepFault::InForceAlready { instrument, effective, event };
            self.refuse("instrument", fault);
        }
    }

    pub(super) fn in_force(&mut self, in_force: &InstrumentInForce) {
        let InstrumentInForce { instrument: id, effective, start } = in_force;
        let Some(known) = self.instrument(id) else { return };
        let (instrument, from) = (known.instrument, effective.from());
        match known.ended {
            Some(end) if effective.until().is_none_or(|until| end.on < until) => {
                let fault = ended_already(id, end.on, end.event);
                self.refuse("effective_from", fault);
            }
            Some(_) | None => self.step(&known, Step::Commence, &[], Some(from)),
        }
        if *start != Start::NotEvidenced {
            self.starts(instrument, from);
        }
        let before = self.refusals.len();
        self.may_receive(instrument, Some(from));
        for (at, code) in instrument.given_by.iter().enumerate() {
            self.in_being(&format!("given_by[{at}]"), *code, from);
        }
        self.in_areas(known.text(from), from);
        self.may_give(instrument, from);
        self.may_pass_all(known.text(from), *effective);
        // What is wrong with the text is wrong with the instrument that the command names.
        self.in_field(before, |_| "instrument".to_owned());
    }

    /// Checks that the instrument may begin on the day `on`. Rules can limit the instruments on a
    /// legal basis to certain days of the year.
    fn starts(&mut self, instrument: &Instrument, on: Day) {
        let mut days: Vec<DayOfYear> = Vec::new();
        for row in self.known.rules().iter().filter(|row| row.in_force(Some(on))) {
            let RuleContent::Commencement { bases, giver, days: of } = &row.rule.content else {
                continue;
            };
            let gives = instrument.given_by.iter().any(|code| {
                let lives = self.known.roles(*code);
                lives.iter().any(|life| life.role == *giver && life.effective.contains(on))
            });
            if bases.contains(&instrument.basis) && gives {
                days.extend(of);
            }
        }
        if !days.is_empty() && !days.contains(&DayOfYear::of(on)) {
            let basis = instrument.basis;
            let fault = StepFault::StartForbidden { basis, on, days };
            self.refuse("effective_from", fault);
        }
    }

    pub(super) fn ended(&mut self, ended: &InstrumentEnded) {
        let InstrumentEnded { instrument: id, effective_until, reason, by } = ended;
        let (on, instrument) = (*effective_until, id.clone());
        let Some(known) = self.instrument(id) else { return };
        if let Some(end) = known.ended {
            self.refuse("instrument", ended_already(id, end.on, end.event));
            return;
        }
        match known.in_force.iter().map(|force| force.effective.from()).min() {
            None => {
                self.refuse("instrument", StepFault::NeverInForce { instrument });
                return;
            }
            Some(from) if on <= from => {
                let fault = StepFault::BeginsLater { instrument, from };
                self.refuse("effective_until", fault);
                return;
            }
            Some(_) => {}
        }
        self.step(&known, reason.step(), by, on.eve());
        if *reason == EndReason::Dissolution {
            let ceased = |code: BodyCode| {
                !self.known.roles(code).iter().any(|life| life.effective.contains(on))
            };
            if !known.parties().any(ceased) {
                let parties = known.parties().collect();
                self.refuse("effective_until", StepFault::PartiesInBeing { parties, on });
            }
        }
    }

    pub(super) fn notice(
        &mut self,
        id: InstrumentId,
        given_by: BodyCode,
        given_on: Day,
    ) -> Option<Fact> {
        let known = self.instrument(&id)?;
        let basis = known.instrument.basis;
        let before = self.refusals.len();
        self.step(&known, Step::GiveNotice, &[given_by], Some(given_on));
        let mut no_rule = false;
        for refusal in self.refusals.iter_mut().skip(before) {
            // The method `step` refuses fields that a step has, such as `by`. A notice has the
            // fields `given_by` and `given_on` instead, so the refused fields are renamed.
            let reason = refusal.reason();
            let day = reason == Reason::StateForbids || reason == Reason::WindowClosed;
            let rule = reason == Reason::RuleMissing;
            let field = if day {
                "given_on"
            } else if rule {
                "instrument"
            } else {
                "given_by"
            };
            field.clone_into(&mut refusal.field);
            no_rule |= rule;
        }
        if let Some(notice) = known.notice {
            let (instrument, ends_on, event) = (id.clone(), notice.on, notice.event);
            let fault = StepFault::NoticeGiven { instrument, ends_on, event };
            self.refuse("instrument", fault);
        }
        let Some(AsOfRight { ends_on, rule, .. }) = self.notice_ends(basis, given_on) else {
            if !no_rule {
                let fault = StepFault::NoNoticeWindow { basis, on: given_on };
                self.refuse("instrument", fault);
            }
            return None;
        };
        Some(NoticeGiven { instrument: id, given_by, given_on, ends_on, rule }.into())
    }
}

fn ended_already(id: &InstrumentId, on: Day, event: Position) -> StepFault {
    StepFault::EndedAlready { instrument: id.clone(), on, event }
}
