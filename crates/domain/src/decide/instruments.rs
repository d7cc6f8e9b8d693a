//! Checks of instruments: their text, the steps of their life, and who may give and receive.

use super::{Checks, Reason, Refusal};
use crate::body::BodyRole;
use crate::code::{BodyCode, FunctionCode, InstrumentId, RuleId};
use crate::fact::{Fact, Position};
use crate::function::HolderRule;
use crate::instrument::{Area, EndReason, Instrument, InstrumentKind, Stage, Start};
use crate::known::{InForce, InstrumentKnown, Known};
use crate::life::{Party, State, Step};
use crate::period::{Day, Period};
use crate::rule::{LegalBasis, RuleContent, notice_ends_on};
use crate::text::Text;
use crate::word::Word;

/// Whether instruments of the kind move the exercise of a function from its holder in the ordinary
/// way: greater involvement moves nothing, and an intervention stands before everything else.
fn moves(kind: InstrumentKind) -> bool {
    !matches!(kind, InstrumentKind::GreaterInvolvement | InstrumentKind::Intervention)
}

fn list<T: std::fmt::Display>(items: &[T]) -> String {
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
    fn in_areas(&mut self, instrument: &Instrument, day: Day) {
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

    // --- who may receive and give ---------------------------------------------------------------

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

    fn may_receive(&mut self, instrument: &Instrument, day: Option<Day>) {
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
    fn may_give(&mut self, instrument: &Instrument, day: Day) {
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
    fn vested(&self, function: &FunctionCode, day: Day) -> bool {
        self.known.rules().iter().any(|held| {
            held.in_force(Some(day))
                && matches!(held.rule.content, RuleContent::Vesting { .. })
                && held.rule.content.functions().contains(function)
        })
    }

    // --- the catalogue ----------------------------------------------------------------------------

    fn may_pass_all(&mut self, instrument: &Instrument, effective: Period) {
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
    fn within_life(&self, instrument: &Instrument, effective: Period) -> Period {
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

/// Where an instrument, as recorded, makes two bodies exercise one function for one area on one
/// day: no instrument may, unless it says itself that they exercise together.
///
/// A giver who has the function from another passes it on: a chain, not a clash.
#[must_use]
pub fn overlaps(known: &dyn Known, id: &InstrumentId) -> Vec<Refusal> {
    let Some(own) = known.instrument(id) else { return Vec::new() };
    if !moves(own.instrument.kind) {
        return Vec::new();
    }
    let mut scope: Vec<(&FunctionCode, Option<BodyCode>)> = Vec::new();
    for (_, text) in &own.texts {
        for function in &text.functions {
            match &text.area {
                Area::England => scope.push((function, None)),
                Area::Of(bodies) => scope.extend(bodies.iter().map(|code| (function, Some(*code)))),
            }
        }
    }
    scope.sort_unstable();
    scope.dedup();
    let mut refusals = Vec::new();
    let mut named: Vec<(Position, Position)> = Vec::new();
    for (function, area) in scope {
        let all = known.in_force(function, area);
        // One whose receiver passed the function on over all of the time is a link, not the last.
        let links: Vec<(Position, Period)> = all
            .iter()
            .filter_map(|each| {
                let passed = all.iter().find(|next| {
                    next.given_by == each.exercisers
                        && next.exercisers != each.exercisers
                        && next.instrument != each.instrument
                        && moves(next.kind)
                });
                passed.map(|next| (each.position, next.effective))
            })
            .collect();
        let linked = |each: &InForce, other: &InForce| {
            links.iter().any(|(position, passed)| {
                let until = match (each.effective.until(), other.effective.until()) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                let from = each.effective.from().max(other.effective.from());
                let both = Period::new(from, until);
                *position == each.position && both.is_ok_and(|both| passed.covers(&both))
            })
        };
        let (own, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|each| each.instrument == *id);
        for own in &own {
            for other in &others {
                let chained = own.given_by == other.exercisers || other.given_by == own.exercisers;
                if !moves(other.kind)
                    || chained
                    || linked(other, own)
                    || linked(own, other)
                    || other.exercisers == own.exercisers
                    || !other.effective.overlaps(&own.effective)
                    || named.contains(&(own.position, other.position))
                {
                    continue;
                }
                named.push((own.position, other.position));
                let message = format!(
                    "{function} would be exercised by {} {} under {id} (event {}), and is by {} \
                     {} under {} (event {}); end that first",
                    list(&own.exercisers),
                    own.effective,
                    own.position,
                    list(&other.exercisers),
                    other.effective,
                    other.instrument,
                    other.position
                );
                let field = "effective_from".to_owned();
                refusals.push(Refusal { reason: Reason::TwoHolders, field, message });
            }
        }
    }
    refusals
}

/// Who exercises under an instrument in the area of one commissioner, in code order.
///
/// Where several commissioners receive by one delegation or direction, each exercises for its own
/// area; a joint arrangement is exercised by all of its parties.
#[must_use]
pub fn exercisers(instrument: &Instrument, area: Option<BodyCode>) -> Vec<BodyCode> {
    let own = area.filter(|area| instrument.given_to.contains(area));
    let mut bodies = match (instrument.kind, own) {
        (InstrumentKind::GreaterInvolvement, _) => Vec::new(),
        (InstrumentKind::JointArrangement, _) => {
            instrument.given_by.iter().chain(&instrument.given_to).copied().collect()
        }
        (_, Some(own)) => vec![own],
        (
            InstrumentKind::Delegation
            | InstrumentKind::Direction
            | InstrumentKind::Section7a
            | InstrumentKind::Intervention,
            None,
        ) => instrument.given_to.clone(),
    };
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}
