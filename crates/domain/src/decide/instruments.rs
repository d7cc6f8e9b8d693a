//! Checks of instruments: their text and the steps of their life.

use super::{Checks, Reason};
use crate::basis::LegalBasis;
use crate::code::{BodyCode, InstrumentId, RuleId};
use crate::fact::Fact;
use crate::instrument::{Area, Instrument, InstrumentKind, Start};
use crate::known::InstrumentKnown;
use crate::life::{EndReason, Party, Stage, State, Step};
use crate::period::{Day, Period};
use crate::rule::{RuleContent, notice_ends_on};
use crate::text::Text;
use crate::word::Word;

/// Whether instruments of the kind move the exercise of a function from its holder in the ordinary
/// way: greater involvement moves nothing, and an intervention stands before everything else.
pub(super) fn moves(kind: InstrumentKind) -> bool {
    !matches!(kind, InstrumentKind::GreaterInvolvement | InstrumentKind::Intervention)
}

pub(super) fn list<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl<'a> Checks<'a> {
    pub(super) fn instrument(&mut self, id: &InstrumentId) -> Option<InstrumentKnown<'a>> {
        let found = self.known.instrument(id);
        if found.is_none() {
            let message = format!("the register knows no instrument {id}; draw it up first");
            self.refuse(Reason::InstrumentUnknown, "instrument", message);
        }
        found
    }

    // --- the text ---------------------------------------------------------------------------

    pub(super) fn drawn(&mut self, instrument: &Instrument) {
        if let Some(known) = self.known.instrument(&instrument.id) {
            let message = format!("{} is drawn up by event {}", instrument.id, known.position);
            self.refuse(Reason::InstrumentAlreadyDrawn, "id", message);
        }
        if !instrument.kind.admits(instrument.basis) {
            let message = format!("a {} cannot rest on {}", instrument.kind, instrument.basis);
            self.refuse(Reason::BasisNotAdmitted, "basis", message);
        }
        for (field, empty) in [
            ("given_by", instrument.given_by.is_empty()),
            ("given_to", instrument.given_to.is_empty()),
        ] {
            if empty {
                self.refuse(Reason::NothingNamed, field, "name at least one".into());
            }
        }
        for (at, code) in instrument.given_by.iter().enumerate() {
            self.body(&format!("given_by[{at}]"), *code);
        }
        for (at, code) in instrument.given_to.iter().enumerate() {
            if moves(instrument.kind) && instrument.given_by.contains(code) {
                let message = format!("{code} gives it: it cannot receive from itself");
                self.refuse(Reason::BodyMayNotReceive, &format!("given_to[{at}]"), message);
            }
        }
        self.scope(instrument);
        self.may_receive(instrument, None);
    }

    /// What it is about and where: named, and known.
    fn scope(&mut self, instrument: &Instrument) {
        for (field, empty) in [
            ("functions", instrument.functions.is_empty()),
            ("area", matches!(&instrument.area, Area::Of(bodies) if bodies.is_empty())),
        ] {
            if empty {
                self.refuse(Reason::NothingNamed, field, "name at least one".into());
            }
        }
        if let Area::Of(bodies) = &instrument.area {
            for (at, code) in bodies.iter().enumerate() {
                let roles = self.body(&format!("area[{at}]"), *code);
                let fits = roles.iter().any(|held| held.value.0.is_commissioner());
                if !roles.is_empty() && !fits {
                    let message = format!("{code} is no commissioner: it has no area");
                    self.refuse(Reason::BodyRoleWrong, &format!("area[{at}]"), message);
                }
            }
        }
        for (at, function) in instrument.functions.iter().enumerate() {
            if self.known.segments(function).is_empty() {
                let message = format!("the catalogue has no function {function}");
                self.refuse(Reason::FunctionUnknown, &format!("functions[{at}]"), message);
            }
        }
    }

    // --- the steps: who, from which state, by when --------------------------------------------

    /// Whether the rules let these bodies take the step on the day (`None`: the day is not known).
    fn step(&mut self, known: &InstrumentKnown<'_>, step: Step, by: &[BodyCode], day: Option<Day>) {
        let instrument = known.instrument;
        let basis = instrument.basis;
        for (at, code) in by.iter().enumerate() {
            match day {
                Some(day) => drop(self.in_being(&format!("by[{at}]"), *code, day)),
                None => drop(self.body(&format!("by[{at}]"), *code)),
            }
        }
        let rules = self.known.rules();
        let mut ways = Vec::new();
        let mut last: Option<Day> = None;
        for held in rules.iter().filter(|held| held.in_force(day)) {
            match &held.rule.content {
                RuleContent::Transition { bases, step: of, from, by }
                    if *of == step && bases.contains(&basis) =>
                {
                    ways.push((&held.rule.id, from, by));
                }
                RuleContent::Window { bases, step: of, last: until }
                    if *of == step && bases.contains(&basis) =>
                {
                    last = last.max(Some(*until));
                }
                _ => {}
            }
        }
        let Some((_, _, parties)) = ways.first() else {
            let when = day.map(|day| format!(" on {day}")).unwrap_or_default();
            let message = format!("no rule lets anyone {step} an instrument on {basis}{when}");
            self.refuse(Reason::RuleMissing, "instrument", message);
            return;
        };
        self.actors(instrument, step, by, parties);
        let (state, position) = known.state(day);
        if !ways.iter().any(|(_, from, _)| from.contains(&state)) {
            let allowed: Vec<_> = State::ALL
                .iter()
                .filter(|s| ways.iter().any(|(_, from, _)| from.contains(s)))
                .collect();
            let when = day.map(|day| format!(" on {day}")).unwrap_or_default();
            let message = format!(
                "{} is {state}{when} by event {position}; to {step} it must be {}",
                instrument.id,
                list(&allowed)
            );
            self.refuse(Reason::StateForbids, "instrument", message);
        }
        if let (Some(last), Some(day)) = (last, day)
            && day > last
        {
            let message = format!("the last day to {step} was {last}");
            self.refuse(Reason::WindowClosed, "made_on", message);
        }
    }

    /// Whether those who act are those who must, and no others.
    fn actors(&mut self, instrument: &Instrument, step: Step, by: &[BodyCode], parties: &[Party]) {
        let side = |party: &Party| match party {
            Party::Giver => &instrument.given_by,
            Party::Receiver => &instrument.given_to,
        };
        let allowed = |code: &BodyCode| parties.iter().any(|party| side(party).contains(code));
        for (at, code) in by.iter().enumerate() {
            if !allowed(code) {
                let who: Vec<_> = parties.iter().flat_map(side).collect();
                let message = if who.is_empty() {
                    format!("nobody need act to {step} {}", instrument.id)
                } else {
                    format!("{code} may not {step} {}; {} may", instrument.id, list(&who))
                };
                self.refuse(Reason::ActorMayNot, &format!("by[{at}]"), message);
            }
        }
        for party in parties {
            if !by.iter().any(|code| side(party).contains(code)) {
                let (reason, more) = match step {
                    Step::Terminate => (Reason::ConsentMissing, self.as_of_right(instrument)),
                    _ => (Reason::ActorMissing, String::new()),
                };
                let message = format!(
                    "to {step} {} the {party} must act: {}{more}",
                    instrument.id,
                    list(side(party))
                );
                self.refuse(reason, "by", message);
            }
        }
    }

    /// When an instrument on a basis ends by notice given on a day, and the rule that says so.
    fn notice_ends(&self, basis: LegalBasis, day: Day) -> Option<(&'a RuleId, Day)> {
        self.known.rules().into_iter().find_map(|held| match &held.rule.content {
            RuleContent::Notice { bases, last, ends }
                if bases.contains(&basis) && held.in_force(Some(day)) =>
            {
                Some((&held.rule.id, notice_ends_on(day, *last, *ends)?))
            }
            _ => None,
        })
    }

    /// When the receiver could end it alone, in words.
    fn as_of_right(&self, instrument: &Instrument) -> String {
        let Some(day) = self.made_on else { return String::new() };
        let ends = self.notice_ends(instrument.basis, day);
        ends.map(|(id, ends)| {
            format!("; by notice given on {day} alone it ends on {ends} at the earliest ({id})")
        })
        .unwrap_or_default()
    }

    pub(super) fn advanced(&mut self, id: &InstrumentId, stage: Stage, by: &[BodyCode]) {
        let Some(known) = self.instrument(id) else { return };
        let before = self.refusals.len();
        self.step(&known, stage.step(), by, self.made_on);
        let comes_to_nothing = [Stage::Rejected, Stage::Withdrawn, Stage::Lapsed].contains(&stage);
        if let Some(held) = known.in_force.first()
            && comes_to_nothing
            && self.refusals.len() == before
        {
            let message = format!("{id} is in force {} by event {}", held.value, held.position);
            self.refuse(Reason::StateForbids, "instrument", message);
        }
    }

    pub(super) fn varied(&mut self, text: &Instrument, effective_from: Day, by: &[BodyCode]) {
        let Some(known) = self.instrument(&text.id) else { return };
        self.step(&known, Step::Vary, by, Some(effective_from));
        let drawn = known.instrument;
        for (field, differs) in [
            ("instrument.kind", drawn.kind != text.kind),
            ("instrument.basis", drawn.basis != text.basis),
            ("instrument.given_by", drawn.given_by != text.given_by),
            ("instrument.given_to", drawn.given_to != text.given_to),
        ] {
            if differs {
                let message =
                    format!("a variation of {} cannot change it; draw up another", text.id);
                self.refuse(Reason::VariationForbidden, field, message);
            }
        }
        self.scope(text);
        self.in_areas(text, effective_from);
        self.may_pass_all(text, Period::open(effective_from));
    }

    pub(super) fn attached(
        &mut self,
        id: &InstrumentId,
        condition: &Text,
        day: Day,
        by: &[BodyCode],
    ) {
        let Some(known) = self.instrument(id) else { return };
        self.step(&known, Step::AttachCondition, by, Some(day));
        let own = known.text(day).conditions.contains(condition);
        let other = known.conditions.iter().find(|h| {
            h.value.0 == condition && (h.value.1.contains(day) || h.value.1.until().is_none())
        });
        if own || other.is_some() {
            let position = other.map_or(known.position, |held| held.position);
            let message = format!("{id} has that condition by event {position}");
            self.refuse(Reason::ConditionUnknown, "condition", message);
        }
    }

    pub(super) fn lifted(
        &mut self,
        id: &InstrumentId,
        condition: &Text,
        day: Day,
        by: &[BodyCode],
    ) {
        let Some(known) = self.instrument(id) else { return };
        self.step(&known, Step::LiftCondition, by, Some(day));
        let eve = day.pred_opt().unwrap_or(day);
        let own = known.text(eve).conditions.contains(condition);
        let attached = known.conditions.iter().any(|held| {
            held.value.0 == condition
                && held.value.1.contains(eve)
                && held.value.1.until().is_none()
        });
        let lifted = known.conditions.iter().any(|held| {
            held.value.0 == condition && held.value.1.until().is_some_and(|until| until <= day)
        });
        if !attached && (!own || lifted) {
            let message = format!("{id} has no such condition on {eve}; give it word for word");
            self.refuse(Reason::ConditionUnknown, "condition", message);
        }
    }

    pub(super) fn in_force(&mut self, id: &InstrumentId, effective: Period, start: Start) {
        let Some(known) = self.instrument(id) else { return };
        let instrument = known.instrument;
        let from = effective.from();
        if let Some(ended) = &known.ended
            && effective.until().is_none_or(|until| ended.value < until)
        {
            let message = format!("{id} ended on {} by event {}", ended.value, ended.position);
            self.refuse(Reason::InstrumentEnded, "effective_from", message);
        } else {
            self.step(&known, Step::Commence, &[], Some(from));
        }
        if start != Start::NotEvidenced {
            self.starts(instrument, from);
        }
        self.may_receive(instrument, Some(from));
        for (at, code) in instrument.given_by.iter().enumerate() {
            self.in_being(&format!("given_by[{at}]"), *code, from);
        }
        self.in_areas(known.text(from), from);
        self.may_give(instrument, from);
        self.may_pass_all(known.text(from), effective);
    }

    /// Whether the bodies whose areas an instrument names are commissioners on the day.
    pub(super) fn in_areas(&mut self, instrument: &Instrument, day: Day) {
        let Area::Of(bodies) = &instrument.area else { return };
        for (at, code) in bodies.iter().enumerate() {
            let field = format!("area[{at}]");
            let roles = self.in_being(&field, *code, day);
            if let Some(role) = roles.first()
                && !roles.iter().any(|role| role.is_commissioner())
            {
                let message = format!("{code} is {role} on {day}: it has no area of its own then");
                self.refuse(Reason::BodyRoleWrong, &field, message);
            }
        }
    }

    /// Whether an instrument on its basis begins on such a day of the year.
    fn starts(&mut self, instrument: &Instrument, day: Day) {
        use chrono::Datelike;
        let mut days: Vec<(u32, u32)> = Vec::new();
        for held in self.known.rules().iter().filter(|held| held.in_force(Some(day))) {
            if let RuleContent::Commencement { bases, giver, days: of } = &held.rule.content
                && bases.contains(&instrument.basis)
                && instrument.given_by.iter().any(|code| {
                    let roles = self.known.roles(*code);
                    roles.iter().any(|held| held.value.0 == *giver && held.value.1.contains(day))
                })
            {
                days.extend(of);
            }
        }
        if !days.is_empty() && !days.contains(&(day.month(), day.day())) {
            let days: Vec<_> =
                days.iter().map(|(month, day)| format!("{month:02}-{day:02}")).collect();
            let message = format!(
                "on {} instruments begin on {} of a year, not on {day}; say not-evidenced if \
                 the first day is not known",
                instrument.basis,
                list(&days)
            );
            self.refuse(Reason::StartForbidden, "effective_from", message);
        }
    }

    pub(super) fn ended(
        &mut self,
        id: &InstrumentId,
        effective_until: Day,
        reason: EndReason,
        by: &[BodyCode],
    ) {
        let Some(known) = self.instrument(id) else { return };
        if let Some(ended) = &known.ended {
            let message = format!("{id} ended on {} by event {}", ended.value, ended.position);
            self.refuse(Reason::InstrumentEnded, "instrument", message);
            return;
        }
        match known.in_force.iter().map(|held| held.value.from()).min() {
            None => {
                let message = format!("{id} was never in force");
                self.refuse(Reason::InstrumentNotInForce, "instrument", message);
                return;
            }
            Some(from) if effective_until <= from => {
                let message = format!("{id} is in force only from {from}");
                self.refuse(Reason::PeriodReversed, "effective_until", message);
                return;
            }
            Some(_) => {}
        }
        self.step(&known, reason.step(), by, effective_until.pred_opt());
        if reason == EndReason::Dissolution {
            let parties = known.instrument.given_by.iter().chain(&known.instrument.given_to);
            let ceased = parties.clone().any(|code| {
                let roles = self.known.roles(*code);
                !roles.iter().any(|held| held.value.1.contains(effective_until))
            });
            if !ceased {
                let parties: Vec<_> = parties.collect();
                let message = format!("{} are in being on {effective_until}", list(&parties));
                self.refuse(Reason::PartyInBeing, "effective_until", message);
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
        let instrument = known.instrument;
        let before = self.refusals.len();
        self.step(&known, Step::GiveNotice, &[given_by], Some(given_on));
        for refusal in self.refusals.iter_mut().skip(before) {
            // The wire has one body here, and its own name for the day.
            let field = match refusal.reason {
                Reason::StateForbids => "given_on",
                Reason::RuleMissing => "instrument",
                _ => "given_by",
            };
            field.clone_into(&mut refusal.field);
        }
        if let Some(notice) = &known.notice {
            let message = format!(
                "notice to end {id} on {} is given by event {}",
                notice.value, notice.position
            );
            self.refuse(Reason::InstrumentEnded, "instrument", message);
        }
        let found = self.notice_ends(instrument.basis, given_on);
        let Some((rule, ends_on)) = found else {
            if !self.refusals.iter().any(|refusal| refusal.reason == Reason::RuleMissing) {
                let message = format!(
                    "no rule in force on {given_on} gives a notice window for {}",
                    instrument.basis
                );
                self.refuse(Reason::RuleMissing, "instrument", message);
            }
            return None;
        };
        Some(Fact::NoticeGiven { instrument: id, given_by, given_on, ends_on, rule: rule.clone() })
    }
}
