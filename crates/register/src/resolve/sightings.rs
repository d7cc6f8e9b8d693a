//! Step 4 of the resolution procedure for instruments that sources have seen: whether an instrument
//! was in force on the day asked about, and how certain that is, by sightings alone. What the
//! parties themselves recorded does not need this.
//!
//! A receiver has one arrangement of a kind at a time. So a sighting holds until the next row about
//! the same function: a sighting of another instrument of the same receiver, the first day of a
//! recorded period in force, or evidence that the arrangement was not held.

use std::cmp::Reverse;

use remit_domain::{Confidence, Day, Period, Sighting};

use crate::answer::{Ground, GroundKind};
use crate::handle::{BodyHandle, FunctionHandle};
use crate::row::Row;
use crate::rows::instruments::{InstrumentEntry, NotHeldRow, Reading};

use super::Search;

/// That an instrument was in force on the day asked about.
pub(super) struct Shown {
    /// The event that shows it, with the confidence with which it does.
    pub ground: Ground,
    /// The first day of the period in force, or of the sighting.
    pub begun: Day,
    /// Other events that the confidence rests on.
    pub beside: Vec<Ground>,
}

/// A row that ends what an earlier sighting shows. `not_held` is the evidence that the arrangement
/// was not held; `None` if the row is about another arrangement.
struct Against<'r> {
    from: Day,
    not_held: Option<&'r Row<NotHeldRow>>,
}

/// The rows that bear on one instrument: its own sightings, and what is against them.
struct Rows<'r> {
    own: Vec<&'r Row<Sighting>>,
    against: Vec<Against<'r>>,
}

impl<'r> Search<'r> {
    /// What sightings show of whether the instrument `entry`, with the text `reading`, was in force
    /// for the function and the area on the day asked about. `counts` says whether a sighting
    /// counts, by the time from its first day on.
    pub(super) fn sighted(
        &self,
        entry: &'r InstrumentEntry,
        reading: &'r Row<Reading>,
        (function, area): (FunctionHandle, BodyHandle),
        counts: impl Fn(Period) -> bool,
    ) -> Vec<Shown> {
        let dated = |row: &&Row<Sighting>| row.known(self.at) && row.value != Sighting::Undated;
        let own: Vec<_> = entry.sightings.iter().filter(dated).collect();
        if own.is_empty() {
            return Vec::new();
        }
        let rows = Rows { own, against: self.against(entry, reading, function, area) };
        let counts = |shown: &Shown| {
            let onward = Period::open(shown.begun);
            let not_ended = entry.cut(onward, self.at).is_some_and(|p| p.contains(self.on));
            not_ended && counts(onward)
        };
        self.since(&rows).into_iter().chain(self.between(&rows)).filter(counts).collect()
    }

    /// The rows about the function in the area that are against the sightings of `entry`.
    fn against(
        &self,
        entry: &InstrumentEntry,
        reading: &Row<Reading>,
        function: FunctionHandle,
        area: BodyHandle,
    ) -> Vec<Against<'r>> {
        let (register, at) = (self.register, self.at);
        let mut against = Vec::new();
        let instruments = &register.instruments;
        for other in instruments.of_area(area).iter().chain(instruments.england()) {
            let other = &instruments[*other];
            let text = other.reading(self.on, at);
            let same_receiver = text.is_some_and(|text| {
                self.covers(&text.value, function, area)
                    && text.value.given_to == reading.value.given_to
            });
            if !same_receiver {
                continue;
            }
            let begun = other.in_force.iter().filter(|row| row.known(at));
            let begun = begun.map(|row| row.effective.from());
            let seen = other.sightings.iter().filter(|row| {
                row.known(at) && row.value != Sighting::Undated && other.id != entry.id
            });
            let seen = seen.map(|row| row.effective.from());
            against.extend(begun.chain(seen).map(|from| Against { from, not_held: None }));
        }
        let code = &register.law[function].code;
        let denied = register.instruments.not_held(area).iter().filter(|row| {
            row.known(at)
                && row.value.bases.contains(&reading.value.instrument.basis)
                && (row.value.functions.is_empty() || row.value.functions.contains(code))
        });
        against
            .extend(denied.map(|row| Against { from: row.effective.from(), not_held: Some(row) }));
        against
    }

    fn cap(&self, row: &Row<Sighting>) -> Confidence {
        self.register.evidence.confidence(row.evidence)
    }

    fn shown(&self, row: &Row<Sighting>, confidence: Confidence) -> Shown {
        let ground = Ground { position: row.event(), kind: GroundKind::Sighting, confidence };
        Shown { ground, begun: row.effective.from(), beside: Vec::new() }
    }

    /// A ground that lowers the confidence of another, and has none of its own.
    fn lowering<T>(&self, kind: GroundKind, row: &Row<T>) -> Ground {
        Ground { confidence: Confidence::Confirmed, ..self.ground_of(kind, row) }
    }

    /// What the last sightings up to the day asked about show of that day.
    fn since(&self, rows: &Rows<'r>) -> Option<Shown> {
        let on = self.on;
        let begun = |row: &&&Row<Sighting>| row.effective.from() <= on;
        let last = rows.own.iter().filter(begun).map(|row| row.effective.from()).max()?;
        if rows.against.iter().any(|other| last < other.from && other.from <= on) {
            return None;
        }
        let denied = rows.against.iter().filter(|other| other.from <= last).find_map(|other| {
            other.not_held.filter(|row| other.from == last || row.effective.contains(on))
        });
        let of_day = rows.own.iter().filter(|row| row.effective.from() == last);
        let said = of_day.filter_map(|row| {
            // That an arrangement was approved and did not begin is no contradiction.
            let counts = denied.is_none() || row.value != Sighting::Approved;
            let sure = row.value.says(row.effective, on).filter(|_| counts)?;
            Some(self.shown(row, sure.min(self.cap(row))))
        });
        let mut shown = said.max_by_key(|s| (s.ground.confidence, Reverse(s.ground.position)))?;
        let row = rows.own.iter().find(|row| row.event() == shown.ground.position)?;
        if let Some(denied) = denied {
            shown.ground.confidence = Confidence::Disputed;
            shown.beside.push(self.lowering(GroundKind::NotHeld, denied));
        } else if on > row.effective.middle()
            && let Some(next) = self.next_denies(rows)
            && shown.ground.confidence > Confidence::Unconfirmed
        {
            shown.ground.confidence = Confidence::Unconfirmed;
            shown.beside.push(self.lowering(GroundKind::NotHeld, next));
        }
        Some(shown)
    }

    /// The evidence that the arrangement was not held, if that is the next row after the day asked
    /// about.
    fn next_denies(&self, rows: &Rows<'r>) -> Option<&'r Row<NotHeldRow>> {
        let own = rows.own.iter().map(|row| row.effective.from());
        let other = rows.against.iter().map(|other| other.from);
        let next = own.chain(other).filter(|from| *from > self.on).min()?;
        let denies = rows.against.iter().filter(|other| other.from == next);
        denies.filter_map(|other| other.not_held).next()
    }

    /// What two sightings, one before and one after the day asked about, show of that day: that an
    /// instrument that was in force on both days was in force between them.
    fn between(&self, rows: &Rows<'r>) -> Option<Shown> {
        let on = self.on;
        let own = || rows.own.iter().copied();
        let before = own().filter(|row| row.effective.until().is_some_and(|until| until <= on));
        let before = before.max_by_key(|row| {
            (
                row.effective.from(),
                row.value != Sighting::Approved,
                self.cap(row),
                Reverse(row.origin),
            )
        })?;
        let after = own().filter(|row| row.effective.middle() > on);
        let after = after.min_by_key(|row| {
            let in_force = row.value == Sighting::InForce;
            (row.effective.from(), !in_force, Reverse(self.cap(row)), row.origin)
        })?;
        if before.value == Sighting::Approved || after.value != Sighting::InForce {
            return None;
        }
        let (first, last) = (before.effective.from(), after.effective.from());
        if rows.against.iter().any(|other| first <= other.from && other.from <= last) {
            return None;
        }
        let sure = Confidence::Derived.min(self.cap(before)).min(self.cap(after));
        let mut shown = self.shown(before, sure);
        shown.beside.push(self.lowering(GroundKind::Sighting, after));
        Some(shown)
    }
}
