//! Steps 4, 6 and 7 of the resolution procedure: the instruments that bear on the question, and the
//! answer that they give.

use std::cmp::Reverse;

use remit_domain::{
    BodyCode, Confidence, Day, EndReason, Function, FunctionCode, InstrumentKind, LegalBasis,
    Period, Rule, Sighting, Stage, Start, Text, exercisers,
};

use crate::answer::{
    Answer, Arrangement, Condition, Ground, GroundKind, LiableState, Outcome, Performer, Unapplied,
    UnappliedKind,
};
use crate::handle::{BodyHandle, FunctionHandle};
use crate::row::Row;
use crate::rows::instruments::{ConditionRow, InstrumentEntry, NoticeRow, Reading};
use crate::rows::law::RuleEntry;

use super::Search;
use super::reach::Reach;
use super::sightings::Shown;

/// An instrument in force that bears on the question.
pub(super) struct Bearing<'r> {
    pub entry: &'r InstrumentEntry,
    pub drawn: &'r Row<Reading>,
    pub reading: &'r Row<Reading>,
    /// Whether the text of the instrument as drawn up, before any variation, also covers the
    /// function and the area asked about.
    pub drawn_covers: bool,
    pub exercisers: Vec<BodyCode>,
    pub basis: LegalBasis,
    pub in_force: Ground,
    /// The other events that the confidence of `in_force` rests on.
    pub beside: Vec<Ground>,
    /// The first day of the period in force, or of the sighting, that the event of the ground
    /// `in_force` recorded.
    pub begun: Day,
    /// The day for which the instrument is examined: the day asked about or, if the instrument had
    /// ended by the day asked about, an earlier day.
    pub on: Day,
    /// The rule of continuity, if the instrument is in force against a successor only because of
    /// such a rule.
    pub continued: Option<(&'r RuleEntry, &'r Row<Rule>)>,
}

impl Bearing<'_> {
    pub fn kind(&self) -> InstrumentKind {
        self.reading.value.instrument.kind
    }

    pub fn given_by(&self) -> &[BodyCode] {
        &self.reading.value.instrument.given_by
    }
}

/// The conditions in words, without their confidence.
fn texts<'c, 'r>(conditions: &'c [Condition<'r>]) -> impl Iterator<Item = &'r Text> + use<'c, 'r> {
    conditions.iter().map(|condition| condition.text)
}

/// Removes from `bearing` the instruments whose receiver passed the function on, and returns them.
/// The last instrument of each chain remains in `bearing`.
pub(super) fn without_links<'r>(bearing: &mut Vec<Bearing<'r>>) -> Vec<Bearing<'r>> {
    if bearing.len() < 2 {
        return Vec::new();
    }
    let givers: Vec<_> = bearing.iter().map(|b| b.given_by().to_vec()).collect();
    let passed_on = |b: &mut Bearing<'_>| {
        givers.iter().any(|giver| *giver == b.exercisers && *giver != b.given_by())
    };
    bearing.extract_if(.., passed_on).collect()
}

impl<'r> Search<'r> {
    /// Step 4 of the resolution procedure: finds the instruments in force on the day asked about
    /// that cover the function and the area. Also returns the instruments that are approved or
    /// executed but not yet in force, each with a flag that is true if only a variation makes the
    /// instrument cover the function and the area.
    pub(super) fn instruments(
        &self,
        function: &Function,
        area: BodyHandle,
    ) -> (Vec<Bearing<'r>>, Vec<(Unapplied<'r>, bool)>) {
        let register = self.register;
        let (mut found, mut unapplied) = (Vec::new(), Vec::new());
        let Some(function) = register.law.function(&function.code) else {
            return (found, unapplied);
        };
        let own = register.instruments.of_area(area).iter().map(|handle| (handle, false));
        let england = register.instruments.england().iter().map(|handle| (handle, true));
        for (handle, everywhere) in own.chain(england) {
            let entry = &register.instruments[*handle];
            let (Some(drawn), Some(reading)) =
                (entry.drawn(self.at), entry.reading(self.on, self.at))
            else {
                continue;
            };
            let value = &reading.value;
            // An instrument that was varied can be listed both under the area and under all of
            // England. Its text on the day asked about decides under which of them it counts.
            if !self.covers(value, function, area) || value.areas.is_empty() != everywhere {
                continue;
            }
            if let Some(bearing) = self.bearing(entry, (drawn, reading), function, area) {
                found.push(bearing);
            } else {
                // The instrument is not in force, so its variation matters only if the text as
                // drawn up does not cover the function and the area.
                let varied = !self.covers(&drawn.value, function, area);
                unapplied.extend(self.on_the_way(entry).map(|each| (each, varied)));
                unapplied.extend(self.undated(entry).map(|each| (each, varied)));
            }
        }
        // Sort the instruments by when they were drawn up, not by when a variation extended them to
        // this area.
        found.sort_unstable_by_key(|b| b.drawn.origin);
        (found, unapplied)
    }

    /// The instrument `entry`, drawn up as `drawn` and read as `reading`, if it is in force on the
    /// day asked about.
    pub(super) fn bearing(
        &self,
        entry: &'r InstrumentEntry,
        (drawn, reading): (&'r Row<Reading>, &'r Row<Reading>),
        function: FunctionHandle,
        area: BodyHandle,
    ) -> Option<Bearing<'r>> {
        let value = &reading.value;
        let shown = self.in_force(entry, reading, (function, area))?;
        Some(Bearing {
            entry,
            drawn,
            reading,
            drawn_covers: self.drawn_covers((&drawn.value, value), function, area),
            exercisers: exercisers(&value.instrument, Some(self.code(area))),
            basis: value.instrument.basis,
            in_force: shown.ground,
            begun: shown.begun,
            beside: shown.beside,
            on: self.on,
            continued: None,
        })
    }

    /// The best evidence that the instrument is in force on the day asked about and that its
    /// parties exist.
    fn in_force(
        &self,
        entry: &'r InstrumentEntry,
        reading: &'r Row<Reading>,
        of: (FunctionHandle, BodyHandle),
    ) -> Option<Shown> {
        self.in_force_by(entry, reading, of, |period| self.lives(&reading.value, period))
    }

    /// Whether, on the day asked about, every party still has the role that it had on the first day
    /// of `effective`.
    pub(super) fn lives(&self, reading: &Reading, effective: Period) -> bool {
        let life = self.register.within_life(reading, effective, self.at);
        life.is_some_and(|life| life.contains(self.on))
    }

    /// The best evidence that the instrument is in force on the day asked about, among the recorded
    /// periods in force, and the times from a sighting on, that `counts` accepts.
    pub(super) fn in_force_by(
        &self,
        entry: &'r InstrumentEntry,
        reading: &'r Row<Reading>,
        of: (FunctionHandle, BodyHandle),
        counts: impl Fn(Period) -> bool,
    ) -> Option<Shown> {
        let recorded = entry
            .in_force
            .iter()
            .filter(|row| row.holds(self.on, self.at))
            .filter(|row| entry.cut(row.effective, self.at).is_some_and(|p| p.contains(self.on)))
            .filter(|row| counts(row.effective))
            .map(|row| {
                let mut ground = self.ground_of(GroundKind::InForce, row);
                if row.value == Start::ApprovalOnly {
                    ground.confidence = ground.confidence.min(Confidence::Unconfirmed);
                }
                Shown { ground, begun: row.effective.from(), beside: Vec::new() }
            });
        let sighted = self.sighted(entry, reading, of, &counts);
        // Of what is equally certain, what speaks of the later day: never what was recorded first.
        let sure =
            |shown: &Shown| (shown.ground.confidence, shown.begun, Reverse(shown.ground.position));
        recorded.chain(sighted).max_by_key(sure)
    }

    pub(super) fn notice_pending(&self, entry: &'r InstrumentEntry) -> Option<Unapplied<'r>> {
        let given = |row: &&Row<NoticeRow>| {
            row.known(self.at) && row.value.given_on <= self.on && self.on < row.effective.from()
        };
        let notice = entry.notices.iter().find(given)?;
        Some(Unapplied {
            kind: UnappliedKind::NoticePending,
            position: notice.event(),
            instrument: Some(&entry.id),
            rule: None,
            effective_on: Some(notice.effective.from()),
        })
    }

    /// Describes an instrument that is approved or executed but has not been in force by the day
    /// asked about. `None` for any other instrument.
    fn on_the_way(&self, entry: &'r InstrumentEntry) -> Option<Unapplied<'r>> {
        let stage = self.stage(entry)?;
        let begun = |row: &Row<Start>| row.known(self.at) && row.effective.from() <= self.on;
        let kind = match stage.value {
            _ if entry.in_force.iter().any(begun) => return None,
            Stage::Approved | Stage::ConditionallyApproved | Stage::DocumentsIssued => {
                UnappliedKind::ApprovedNotExecuted
            }
            Stage::Executed => UnappliedKind::ExecutedNotInForce,
            Stage::Applied
            | Stage::Invited
            | Stage::InterestExpressed
            | Stage::Rejected
            | Stage::Withdrawn
            | Stage::Lapsed => return None,
        };
        Some(Unapplied {
            kind,
            position: stage.event(),
            instrument: Some(&entry.id),
            rule: None,
            effective_on: None,
        })
    }

    /// A sighting of the instrument that does not tell its day, if the day asked about may be it.
    fn undated(&self, entry: &'r InstrumentEntry) -> Option<Unapplied<'r>> {
        let undated =
            |row: &&Row<Sighting>| row.value == Sighting::Undated && row.holds(self.on, self.at);
        let row = entry.sightings.iter().find(undated)?;
        Some(Unapplied {
            kind: UnappliedKind::SightedUndated,
            position: row.event(),
            instrument: Some(&entry.id),
            rule: None,
            effective_on: None,
        })
    }

    /// The last step towards coming into force that the instrument had taken by the day asked
    /// about.
    pub(super) fn stage(&self, entry: &'r InstrumentEntry) -> Option<&'r Row<Stage>> {
        let taken = entry.stages.iter().filter(|row| row.holds(self.on, self.at));
        taken.max_by_key(|row| (row.effective.from(), row.origin))
    }

    /// Adds grounds for the instrument `b`: for its text, for its being in force, and for the
    /// existence of its parties.
    pub(super) fn use_instrument(&mut self, b: &Bearing<'r>, shows_text: bool) {
        let drawn = self.ground_of(GroundKind::Instrument, b.drawn);
        // Evidence that an instrument is in force is also evidence that the instrument was made.
        let confidence = drawn.confidence.max(b.in_force.confidence);
        self.grounds.push(Ground { confidence, ..drawn });
        if b.reading.origin != b.drawn.origin && self.varied(b, shows_text) {
            self.ground(GroundKind::Variation, b.reading);
        }
        self.grounds.push(b.in_force);
        self.grounds.extend(&b.beside);
        if let Some((entry, row)) = b.continued {
            self.use_rule(entry, row);
        }
        for party in b.reading.value.parties() {
            if let Some(role) = self.register.bodies[party].role(b.on, self.at) {
                // Evidence that the instrument is in force is also evidence that the parties
                // existed.
                let ground = self.ground_of(GroundKind::Party, role);
                let confidence = ground.confidence.max(b.in_force.confidence);
                self.grounds.push(Ground { confidence, ..ground });
            }
        }
    }

    /// Step 6 of the resolution procedure: sets the answer if the instruments in force agree.
    /// `recorded` is the confidence of the evidence for the function's segment.
    pub(super) fn by_instrument(
        &mut self,
        answer: &mut Answer<'r>,
        (function, recorded): (&'r Function, Confidence),
        bearing: &[Bearing<'r>],
        links: &[Bearing<'r>],
    ) {
        let Some(first) = bearing.first() else { return };
        // Instruments that agree support each other, so each counts with the confidence of the most
        // certain of them.
        let surest = bearing
            .iter()
            .max_by_key(|b| (b.in_force.confidence, Reverse(b.in_force.position)))
            .unwrap_or(first);
        for b in bearing {
            let before = self.grounds.len();
            self.use_instrument(b, true);
            for ground in self.grounds.iter_mut().skip(before) {
                use GroundKind::{InForce, Instrument, Party, Sighting};
                if matches!(ground.kind, Instrument | InForce | Sighting | Party) {
                    ground.confidence = ground.confidence.max(surest.in_force.confidence);
                }
            }
        }
        if let Some(route) = function.route(surest.basis)
            && let Some(ground) = self.grounds.iter_mut().find(|g| g.kind == GroundKind::Function)
        {
            ground.confidence = route.confidence.min(recorded);
        }
        let mut arrangement = Arrangement {
            basis: surest.basis,
            instruments: bearing.iter().map(|b| &b.entry.id).collect(),
            links: links.iter().map(|link| &link.entry.id).collect(),
            forum: None,
            conditions: Vec::new(),
            loss_exceptions: Vec::new(),
        };
        for b in bearing {
            let instrument = &b.reading.value.instrument;
            arrangement.conditions.extend(self.conditions(b));
            arrangement.loss_exceptions.extend(&instrument.loss_exceptions);
            arrangement.forum = arrangement.forum.or(instrument.forum.as_ref());
            self.work(answer, &function.code, b.entry);
        }
        answer.exercisers.clone_from(&surest.exercisers);
        answer.liable = self.liability(surest.basis, answer.holder, &surest.exercisers);
        answer.outcome = match answer.liable.state {
            LiableState::Settled if answer.exercisers.len() > 1 => {
                Outcome::JointlyHeld(arrangement)
            }
            LiableState::Settled => Outcome::Held(arrangement),
            LiableState::Unsettled | LiableState::Unknown => Outcome::Unsettled(arrangement),
        };
        answer.confidence = self.lowest();
    }

    /// Whether the variation of the instrument `b` changes what matters for the answer: the
    /// parties, the kind, the basis or the coverage. If `shows_text` is true, the text that the
    /// answer shows matters too.
    fn varied(&self, b: &Bearing<'r>, shows_text: bool) -> bool {
        let (first, now) = (&b.drawn.value.instrument, &b.reading.value.instrument);
        let same = b.drawn_covers
            && (first.kind, first.basis) == (now.kind, now.basis)
            && (&first.given_by, &first.given_to) == (&now.given_by, &now.given_to);
        let same_text = || {
            (&first.loss_exceptions, &first.forum) == (&now.loss_exceptions, &now.forum)
                && texts(&self.conditions_of(b, b.drawn).0)
                    .eq(texts(&self.conditions_of(b, b.reading).0))
        };
        !(same && (!shows_text || same_text()))
    }

    /// The conditions of the instrument on the day asked about: the conditions in its text and the
    /// conditions attached later, without those that were lifted. Also returns the rows that make
    /// the conditions differ from the text.
    fn conditions_of(
        &self,
        b: &Bearing<'r>,
        reading: &'r Row<Reading>,
    ) -> (Vec<Condition<'r>>, Vec<&'r Row<ConditionRow>>) {
        let (entry, since) = (b.entry, b.reading.effective.from());
        let (mut shown, mut used): (Vec<Condition<'r>>, _) = (Vec::new(), Vec::new());
        let rows = || entry.conditions.iter().filter(|row| row.holds(self.on, self.at));
        let lifted = |condition: &Text, since: Day| {
            let of = rows().filter(|row| row.value.lifted && row.value.condition == *condition);
            of.filter(|row| row.effective.from() > since).max_by_key(|row| row.effective.from())
        };
        let mut attached: Vec<_> = rows().filter(|row| !row.value.lifted).collect();
        attached.sort_by_key(|row| (row.effective.from(), row.origin));
        attached.retain(|row| lifted(&row.value.condition, row.effective.from()).is_none());
        let sure = |row: &Row<ConditionRow>| self.register.evidence.confidence(row.evidence);
        let stated = self.register.evidence.confidence(reading.evidence);
        for text in &reading.value.instrument.conditions {
            // A condition that was lifted and attached again holds as if it had never been lifted.
            match lifted(text, since) {
                Some(row) if !attached.iter().any(|a| a.value.condition == *text) => {
                    used.push(row);
                }
                _ if shown.iter().any(|other| other.text == text) => {}
                _ => shown.push(Condition { text, confidence: stated }),
            }
        }
        for row in attached {
            let (text, confidence) = (&row.value.condition, sure(row));
            match shown.iter_mut().find(|other| other.text == text) {
                Some(other) if other.confidence >= confidence => {}
                // Whichever event states the condition with more certainty counts.
                Some(other) => {
                    other.confidence = confidence;
                    used.push(row);
                }
                None => {
                    shown.push(Condition { text, confidence });
                    used.push(row);
                }
            }
        }
        (shown, used)
    }

    fn conditions(&mut self, b: &Bearing<'r>) -> Vec<Condition<'r>> {
        let reading = if self.varied(b, true) { b.reading } else { b.drawn };
        let (shown, used) = self.conditions_of(b, reading);
        for row in used {
            let ground = self.ground_of(GroundKind::Variation, row);
            self.grounds.push(Ground { confidence: Confidence::Confirmed, ..ground });
        }
        shown
    }

    /// Adds the bodies that do the work to `answer`. The work never decides who exercises the
    /// function, so its grounds do not lower the confidence of the answer.
    fn work(
        &mut self,
        answer: &mut Answer<'r>,
        function: &FunctionCode,
        entry: &'r InstrumentEntry,
    ) {
        for row in entry.work.iter().filter(|row| row.holds(self.on, self.at)) {
            if row.value.functions.is_empty() || row.value.functions.contains(function) {
                let ground = self.ground_of(GroundKind::Work, row);
                self.grounds.push(Ground { confidence: Confidence::Confirmed, ..ground });
                answer.performed_by.push(Performer {
                    body: row.value.performer,
                    confidence: Some(ground.confidence),
                });
            }
        }
    }

    /// Whether an instrument for the function in the area had ended by the day asked about, through
    /// notice, agreement, revocation or expiry. If so, adds grounds for the end. An end by
    /// dissolution, or because another instrument took its place, does not count, because such an
    /// end does not show who has the function now.
    pub(super) fn ended(&mut self, function: &Function, area: BodyHandle) -> bool {
        let register = self.register;
        let Some(function) = register.law.function(&function.code) else { return false };
        let mut last: Option<(Day, Bearing<'r>, Ground)> = None;
        for handle in register.instruments.of_area(area) {
            let entry = &register.instruments[*handle];
            let by_act = |row: &&Row<EndReason>| {
                let acts = [EndReason::Terminated, EndReason::Revoked, EndReason::Expired];
                row.holds(self.on, self.at) && acts.contains(&row.value)
            };
            let ends = entry.ends.iter().filter(by_act);
            let ends = ends.map(|row| (row.effective.from(), self.ground_of(GroundKind::End, row)));
            let notices = entry.notices.iter().filter(|row| row.holds(self.on, self.at));
            let notices =
                notices.map(|row| (row.effective.from(), self.ground_of(GroundKind::Notice, row)));
            for (day, ground) in ends.chain(notices) {
                let earlier = last.as_ref().is_none_or(|(other, ..)| *other <= day);
                let Some(eve) = day.eve().filter(|_| earlier) else { continue };
                let then = self.on(eve);
                let (Some(drawn), Some(reading)) =
                    (entry.drawn(self.at), entry.reading(eve, self.at))
                else {
                    continue;
                };
                let value = &reading.value;
                let moves = !matches!(
                    value.instrument.kind,
                    InstrumentKind::GreaterInvolvement | InstrumentKind::Intervention
                );
                let here = value.covers(function, area) && self.reach(value) == Reach::All;
                if !moves || value.areas.is_empty() || !here {
                    continue;
                }
                if let Some(mut ran) = then.bearing(entry, (drawn, reading), function, area) {
                    ran.drawn_covers &= !drawn.value.areas.is_empty();
                    let sure = |ran: &Bearing<'_>, end: &Ground| {
                        ran.in_force.confidence.min(end.confidence)
                    };
                    let surer = last.as_ref().is_none_or(|(other, before, end)| {
                        *other < day || sure(before, end) < sure(&ran, &ground)
                    });
                    if surer {
                        last = Some((day, ran, ground));
                    }
                }
            }
        }
        let Some((_, ran, ground)) = last else { return false };
        self.use_instrument(&ran, false);
        self.grounds.push(ground);
        true
    }

    /// Step 7 of the resolution procedure: sets the answer if instruments in force disagree.
    pub(super) fn conflict(
        &mut self,
        answer: &mut Answer<'r>,
        holder: BodyCode,
        bearing: &[Bearing<'r>],
    ) {
        let mut cases = Vec::new();
        for b in bearing {
            self.use_instrument(b, false);
            let id = Some(&b.entry.id);
            cases.push(self.case(b.basis, id, Some(holder), b.exercisers.clone()));
        }
        answer.liable = self.in_every_case(&cases);
        let cases = cases.into_iter().map(|(case, _)| case).collect();
        let instruments = bearing.iter().map(|b| &b.entry.id).collect();
        answer.outcome = Outcome::Conflict { cases, instruments };
        answer.confidence = Confidence::Disputed;
    }
}
