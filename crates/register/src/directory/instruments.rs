//! The directory of instruments: their texts, and what has become of each instrument.

use remit_domain::{
    Area, BodyCode, Day, EndReason, Evidence, ExpectationStated, FunctionCode, Instrument,
    InstrumentId, Period, Position, Sighting, Stage, Start, Text,
};

use crate::register::Register;
use crate::row::{At, at};
use crate::rows::instruments::{ExpectationRow, InstrumentEntry};

/// An instrument: its texts, its steps towards coming into force, its periods in force and its end.
#[derive(Clone, Debug)]
pub struct InstrumentView<'r> {
    /// The text of the instrument as drawn up.
    pub instrument: &'r Instrument,
    /// The position of the event that recorded that the instrument was drawn up.
    pub position: Position,
    /// The evidence that the instrument was drawn up.
    pub evidence: &'r Evidence,
    /// The later texts of the instrument, one for each variation.
    pub varied: Vec<VariationView<'r>>,
    /// The conditions attached or lifted since the instrument was drawn up.
    pub conditions: Vec<ConditionView<'r>>,
    /// The steps that the instrument has taken towards coming into force.
    pub stages: Vec<StageView>,
    /// The periods in which the instrument is in force, cut short by any recorded end.
    pub in_force: Vec<ForceView<'r>>,
    /// What sources other than the parties' own record say of the instrument.
    pub sightings: Vec<SightingView<'r>>,
    /// The end of the instrument, if it has ended.
    pub ended: Option<EndView>,
    /// The notice given to end the instrument, if notice was given.
    pub notice: Option<NoticeView>,
}

/// A later text of an instrument, which a variation introduced.
#[derive(Clone, Copy, Debug)]
pub struct VariationView<'r> {
    /// The position of the event that recorded the variation of the instrument.
    pub position: Position,
    /// The first day on which the varied text of the instrument applies.
    pub effective_from: Day,
    /// The text of the instrument as varied.
    pub instrument: &'r Instrument,
}

/// A condition that was attached to an instrument, or lifted from it.
#[derive(Clone, Copy, Debug)]
pub struct ConditionView<'r> {
    /// The position of the event that attached or lifted the condition.
    pub position: Position,
    /// The condition that was attached or lifted.
    pub condition: &'r Text,
    /// The day from which the condition is attached or lifted.
    pub day: Day,
    /// Whether the condition was lifted. If false, the condition was attached.
    pub lifted: bool,
}

/// A step that an instrument took towards coming into force.
#[derive(Clone, Copy, Debug)]
pub struct StageView {
    /// The position of the event that recorded that the instrument took the step.
    pub position: Position,
    /// The step towards coming into force that the instrument took.
    pub stage: Stage,
    /// The day on which the instrument took the step, if known.
    pub made_on: Option<Day>,
}

/// A period in which an instrument is in force.
#[derive(Clone, Copy, Debug)]
pub struct ForceView<'r> {
    /// The position of the event that recorded the period in force.
    pub position: Position,
    /// The period in which the instrument is in force, cut short by any recorded end.
    pub effective: Period,
    /// How well the first day in force is evidenced.
    pub start: Start,
    /// The evidence that the instrument is in force in this period.
    pub evidence: &'r Evidence,
}

/// What a source other than the parties' own record says of an instrument.
#[derive(Clone, Copy, Debug)]
pub struct SightingView<'r> {
    /// The position of the event that recorded the sighting.
    pub position: Position,
    /// The day, or the month, of which the source speaks.
    pub seen: Period,
    /// What the source says of the instrument.
    pub sighting: Sighting,
    /// The evidence of the sighting.
    pub evidence: &'r Evidence,
}

/// The end of an instrument.
#[derive(Clone, Copy, Debug)]
pub struct EndView {
    /// The position of the event that recorded the end of the instrument.
    pub position: Position,
    /// The first day on which the instrument no longer has effect.
    pub effective_until: Day,
    /// Why the instrument ended.
    pub reason: EndReason,
}

/// Notice given to end an instrument.
#[derive(Clone, Copy, Debug)]
pub struct NoticeView {
    /// The position of the event that recorded the notice to end the instrument.
    pub position: Position,
    /// The body that gave notice to end the instrument.
    pub given_by: BodyCode,
    /// The day on which notice to end the instrument was given.
    pub given_on: Day,
    /// The day on which the instrument ends because of the notice.
    pub ends_on: Day,
}

impl Register {
    /// The instrument `id`, as known at the position `known_at`. `None` if the instrument is not
    /// known.
    #[must_use]
    pub fn instrument_view(
        &self,
        id: &InstrumentId,
        known_at: Position,
    ) -> Option<InstrumentView<'_>> {
        self.view_instrument(self.instruments.get(id)?, at(known_at))
    }

    /// The instruments that have a text naming `body` (as a party or an area) and `function`, in
    /// log order. If `body` is `None`, the text may name any body; if `function` is `None`, any
    /// function.
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

    /// Whether it is recorded that `performer` did the work under the instrument `id` over exactly
    /// the period `effective`.
    #[must_use]
    pub fn work_is_known(&self, id: &InstrumentId, performer: BodyCode, effective: Period) -> bool {
        self.instruments.get(id).is_some_and(|entry| {
            let mut work = entry.work.iter();
            work.any(|row| row.value.performer == performer && row.effective == effective)
        })
    }

    /// Whether this expectation is recorded, whatever evidence it rests on.
    #[must_use]
    pub fn expectation_is_known(&self, stated: &ExpectationStated) -> bool {
        let Some(area) = self.bodies.handle(stated.area) else { return false };
        self.instruments.expectations(area).iter().any(|row| {
            let ExpectationRow { function, expected, nature } = &row.value;
            (function, expected, nature) == (&stated.function, &stated.expected, &stated.nature)
                && row.effective.from() == stated.effective_from
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
        let sightings =
            entry.sightings.iter().filter(|row| row.known(at)).map(|row| SightingView {
                position: row.event(),
                seen: row.effective,
                sighting: row.value,
                evidence: self.evidence.get(row.evidence),
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
            sightings: sightings.collect(),
            ended: ends.min_by_key(|end| end.effective_until),
            notice: { notices }.next(),
        })
    }
}
