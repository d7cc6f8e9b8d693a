//! Instruments and their lives.

use remit_domain::{
    Area, BodyCode, Day, EndReason, Evidence, FunctionCode, Instrument, InstrumentId, Period,
    Position, Stage, Start, Text,
};

use crate::register::Register;
use crate::row::{At, at};
use crate::rows::instruments::InstrumentEntry;

/// An instrument and its life so far.
#[derive(Clone, Debug)]
pub struct InstrumentView<'r> {
    /// The text as drawn up.
    pub instrument: &'r Instrument,
    /// The event that drew it up.
    pub position: Position,
    /// The document that this event rests on.
    pub evidence: &'r Evidence,
    /// The later texts, one for each variation.
    pub varied: Vec<VariationView<'r>>,
    /// The conditions attached or lifted since it was drawn up.
    pub conditions: Vec<ConditionView<'r>>,
    /// The steps taken towards force.
    pub stages: Vec<StageView>,
    /// The periods in which it is in force, cut at its known ends.
    pub in_force: Vec<ForceView<'r>>,
    /// Its end, if it ended.
    pub ended: Option<EndView>,
    /// The notice given to end it, if notice was given.
    pub notice: Option<NoticeView>,
}

/// A later text of an instrument.
#[derive(Clone, Copy, Debug)]
pub struct VariationView<'r> {
    /// The event that recorded it.
    pub position: Position,
    /// The first day of the text.
    pub effective_from: Day,
    /// The text.
    pub instrument: &'r Instrument,
}

/// A condition attached to an instrument, or lifted.
#[derive(Clone, Copy, Debug)]
pub struct ConditionView<'r> {
    /// The event that recorded it.
    pub position: Position,
    /// The condition.
    pub condition: &'r Text,
    /// The day from which it is attached, or lifted.
    pub day: Day,
    /// Whether it was lifted.
    pub lifted: bool,
}

/// A step taken towards force.
#[derive(Clone, Copy, Debug)]
pub struct StageView {
    /// The event that recorded it.
    pub position: Position,
    /// The step.
    pub stage: Stage,
    /// The day on which it was taken, if known.
    pub made_on: Option<Day>,
}

/// A period in which an instrument is in force.
#[derive(Clone, Copy, Debug)]
pub struct ForceView<'r> {
    /// The event that recorded it.
    pub position: Position,
    /// The period, cut at the known ends of the instrument.
    pub effective: Period,
    /// How far its first day is evidenced.
    pub start: Start,
    /// The document it rests on.
    pub evidence: &'r Evidence,
}

/// The end of an instrument.
#[derive(Clone, Copy, Debug)]
pub struct EndView {
    /// The event that recorded it.
    pub position: Position,
    /// The first day without effect.
    pub effective_until: Day,
    /// Why it ended.
    pub reason: EndReason,
}

/// Notice given to end an instrument.
#[derive(Clone, Copy, Debug)]
pub struct NoticeView {
    /// The event that recorded it.
    pub position: Position,
    /// The body that gave notice.
    pub given_by: BodyCode,
    /// The day on which it was given.
    pub given_on: Day,
    /// The day on which the instrument then ends.
    pub ends_on: Day,
}

impl Register {
    /// One instrument as known at a position.
    #[must_use]
    pub fn instrument_view(
        &self,
        id: &InstrumentId,
        known_at: Position,
    ) -> Option<InstrumentView<'_>> {
        self.view_instrument(self.instruments.get(id)?, at(known_at))
    }

    /// The instruments with a text that names `body` (as a party or an area) and `function`, where
    /// these are given, in log order.
    #[must_use]
    pub fn instruments_view(
        &self,
        body: Option<BodyCode>,
        function: Option<&FunctionCode>,
        known_at: Position,
    ) -> Vec<InstrumentView<'_>> {
        let at = at(known_at);
        let names_body = |instrument: &Instrument, body: &BodyCode| {
            let Instrument { given_by, given_to, area, .. } = instrument;
            let in_area = matches!(area, Area::Of(bodies) if bodies.contains(body));
            in_area || given_by.contains(body) || given_to.contains(body)
        };
        let names = |entry: &InstrumentEntry| {
            let mut texts = entry.readings.iter().filter(|row| row.known(at));
            texts.any(|row| {
                let text = &row.value.instrument;
                body.as_ref().is_none_or(|body| names_body(text, body))
                    && function.is_none_or(|function| text.functions.contains(function))
            })
        };
        let entries = self.instruments.all().map(|(_, entry)| entry);
        let views =
            entries.filter(|entry| names(entry)).filter_map(|e| self.view_instrument(e, at));
        let mut found: Vec<_> = views.collect();
        found.sort_by_key(|view| view.position);
        found
    }

    /// Whether it is recorded that a body did the work under an instrument over exactly this
    /// period.
    #[must_use]
    pub fn work_is_known(&self, id: &InstrumentId, performer: BodyCode, effective: Period) -> bool {
        self.instruments.get(id).is_some_and(|entry| {
            let mut work = entry.work.iter();
            work.any(|row| row.value.performer == performer && row.effective == effective)
        })
    }

    fn view_instrument<'r>(
        &'r self,
        entry: &'r InstrumentEntry,
        at: At,
    ) -> Option<InstrumentView<'r>> {
        let drawn = entry.drawn(at)?;
        let texts = entry.readings.iter().filter(|row| row.known(at) && row.origin != drawn.origin);
        let varied = texts.map(|row| VariationView {
            position: row.event(),
            effective_from: row.effective.from(),
            instrument: &row.value.instrument,
        });
        let conditions = entry.conditions.iter().filter(|row| row.known(at));
        let conditions = conditions.map(|row| ConditionView {
            position: row.event(),
            condition: &row.value.condition,
            day: row.effective.from(),
            lifted: row.value.lifted,
        });
        let stages = entry.stages.iter().filter(|row| row.known(at)).map(|row| StageView {
            position: row.event(),
            stage: row.value,
            made_on: self.evidence.get(row.evidence).made_on,
        });
        let in_force = entry.in_force.iter().filter(|row| row.known(at)).filter_map(|row| {
            Some(ForceView {
                position: row.event(),
                effective: entry.cut(row.effective, at)?,
                start: row.value,
                evidence: self.evidence.get(row.evidence),
            })
        });
        let ends = entry.ends.iter().filter(|row| row.known(at)).map(|row| EndView {
            position: row.event(),
            effective_until: row.effective.from(),
            reason: row.value,
        });
        let notices = entry.notices.iter().filter(|row| row.known(at)).map(|row| NoticeView {
            position: row.event(),
            given_by: row.value.given_by,
            given_on: row.value.given_on,
            ends_on: row.effective.from(),
        });
        Some(InstrumentView {
            instrument: &drawn.value.instrument,
            position: drawn.event(),
            evidence: self.evidence.get(drawn.evidence),
            varied: varied.collect(),
            conditions: conditions.collect(),
            stages: stages.collect(),
            in_force: in_force.collect(),
            ended: ends.min_by_key(|end| end.effective_until),
            notice: { notices }.next(),
        })
    }
}
