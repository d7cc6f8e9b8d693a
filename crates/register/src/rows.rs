//! The rows of the register's index, by topic, and how an event adds rows.
//!
//! Each topic owns its rows, and no other topic changes them. A topic defines how a fact becomes
//! rows (`fold`) and where those rows are stored (a `Locus`). From a locus, the topic also derives
//! the kind of fact, the lists of rows that a correction closes and reopens, what the event
//! concerns, and whose answers the event can change.

pub(crate) mod bodies;
pub(crate) mod corrections;
pub(crate) mod evidence;
pub(crate) mod instruments;
pub(crate) mod law;
pub(crate) mod records;

use remit_domain::decide::Changed;
use remit_domain::{Event, Fact, FactKind, Position};

use crate::change::Touched;
use crate::filter::Concern;
use crate::handle::RecordHandle;
use crate::register::{Register, Undo};
use crate::row::{At, Origin, Row, at, push};

use bodies::BodyLocus;
use instruments::InstrumentLocus;
use law::LawLocus;

/// Where the rows of one event are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locus {
    /// The event has no rows, because it was skipped or is a correction that states no fact.
    Nowhere,
    /// The rows of the event are stored among the rows about bodies.
    Bodies(BodyLocus),
    /// The rows of the event are stored among the rows about the law.
    Law(LawLocus),
    /// The rows of the event are stored among the rows about instruments.
    Instruments(InstrumentLocus),
    /// The fact of the event is stored whole, because it moves no function.
    Record(RecordHandle),
    /// The event has no rows, because it is a redaction, which does not change who holds a
    /// function.
    Redaction,
}

/// A list of rows, whose values can be of any type.
pub(crate) trait Rows {
    /// Closes the open rows of the event at position `origin`: sets their `known_until` to `at`.
    fn close(&mut self, origin: At, at: At);
    /// Reopens the rows of the event at position `origin` that were closed at position `closed`:
    /// adds a copy of each, known from `at` on.
    fn open_again(&mut self, origin: At, closed: At, at: At);
    /// Undoes a call of [`Rows::close`] with the same arguments.
    fn unclose(&mut self, origin: At, at: At);
    /// Undoes a call of [`Rows::open_again`] with the same `origin` and `at`.
    fn unopen(&mut self, origin: At, at: At);
}

impl<T: Clone> Rows for Vec<Row<T>> {
    fn close(&mut self, origin: At, at: At) {
        for row in self.iter_mut().filter(|row| row.origin == origin && row.is_open()) {
            row.known_until = at;
        }
    }

    fn open_again(&mut self, origin: At, closed: At, at: At) {
        // Insert the reopened copy right after the closed row, to keep the rows in the order of
        // their events.
        let mut index = 0;
        while let Some(row) = self.get(index) {
            index += 1;
            if row.origin == origin && row.known_until == closed {
                let again = Row { known_from: at, known_until: crate::row::OPEN, ..row.clone() };
                self.insert(index, again);
                index += 1;
            }
        }
    }

    fn unclose(&mut self, origin: At, at: At) {
        for row in self.iter_mut().filter(|row| row.origin == origin && row.known_until == at) {
            row.known_until = crate::row::OPEN;
        }
    }

    fn unopen(&mut self, origin: At, at: At) {
        self.retain(|row| row.origin != origin || row.known_from != at);
    }
}

impl Register {
    /// Adds the rows of `event`. Folding cannot fail, because an event that is in the log cannot be
    /// refused any more. A fact about something that the register does not know changes no answer;
    /// `decide` keeps such facts out of the log.
    pub(crate) fn fold(&mut self, event: &Event) {
        self.tail = self.tail.next();
        let at = at(self.tail);
        let evidence = self.intern_evidence(&event.evidence);
        self.loci.push(Locus::Nowhere);
        self.remember(event, at);
        self.set_apart(&event.fact, at);
        let made_on = event.evidence.made_on;
        self.fold_fact(&event.fact, Origin { at, evidence, made_on });
    }

    pub(crate) fn fold_fact(&mut self, fact: &Fact, origin: Origin) {
        match fact {
            Fact::Bodies(fact) => self.fold_bodies(fact, origin),
            Fact::Law(fact) => self.fold_law(fact, origin),
            Fact::Instruments(fact) => self.fold_instruments(fact, origin),
            Fact::Money(_) | Fact::Committees(_) | Fact::Disputes(_) => {
                self.fold_record(fact, origin);
            }
            Fact::Corrected(correction) => self.fold_correction(correction, origin),
            Fact::Redacted(redacted) => self.fold_redaction(redacted, origin),
        }
    }

    // --- the few ways in which the register changes, each with its undo function ----------------

    pub(crate) fn undoable(&mut self, undo: impl FnOnce() -> Undo) {
        if self.journalling {
            self.journal.push((self.tail, undo()));
        }
    }

    /// Sets `locus` as the place where the rows of the last event are stored.
    pub(crate) fn place(&mut self, locus: Locus) {
        if let Some(last) = self.loci.last_mut() {
            *last = locus;
        }
    }

    /// Adds `row` to the list that `rows` returns, and sets `locus` as the place where the rows of
    /// the last event are stored.
    pub(crate) fn add_row<T: 'static>(
        &mut self,
        locus: Locus,
        row: Row<T>,
        rows: impl Fn(&mut Self) -> &mut Vec<Row<T>> + Send + Sync + 'static,
    ) {
        self.place(locus);
        push(rows(self), row);
        self.undoable(|| {
            Box::new(move |register| {
                rows(register).pop();
            })
        });
    }

    /// Adds `handle` to the list that `list` returns, unless `handle` is already the last item of
    /// the list. If `may_be_listed` is true, the whole list is searched for `handle`, not only the
    /// last item.
    pub(crate) fn list_under<H: Copy + PartialEq + Send + Sync + 'static>(
        &mut self,
        handle: H,
        may_be_listed: bool,
        list: impl Fn(&mut Self) -> &mut Vec<H> + Send + Sync + 'static,
    ) {
        let listed = list(self);
        if listed.last() == Some(&handle) || (may_be_listed && listed.contains(&handle)) {
            return;
        }
        push(list(self), handle);
        self.undoable(|| {
            Box::new(move |register| {
                list(register).pop();
            })
        });
    }

    // --- lookups by the locus of an event, which says where its rows are stored -----------------

    pub(crate) fn locus(&self, at: At) -> Option<Locus> {
        let index = usize::try_from(at).ok()?.checked_sub(1)?;
        self.loci.get(index).copied()
    }

    /// The kind of fact that the event at `position` states. For a correction, this is the kind of
    /// fact that the correction states or, if it states none, the kind of the event that it is
    /// about.
    pub(crate) fn kind_of(&self, position: Position) -> Option<FactKind> {
        let at = At::try_from(position.get()).ok()?;
        if let Some(kind) = self.corrections.kind(at) {
            return Some(kind);
        }
        Some(match self.locus(at)? {
            Locus::Nowhere => FactKind::Corrected,
            Locus::Bodies(locus) => FactKind::Bodies(locus.kind()),
            Locus::Law(locus) => FactKind::Law(locus.kind()),
            Locus::Instruments(locus) => FactKind::Instruments(self.instruments.kind_of(locus, at)),
            Locus::Record(record) => self.records.fact(record).kind(),
            Locus::Redaction => FactKind::Redacted,
        })
    }

    /// Calls `each` with every list in which the event at position `event` has rows.
    pub(crate) fn each_list(&mut self, event: At, each: &mut dyn FnMut(&mut dyn Rows)) {
        match self.locus(event) {
            None | Some(Locus::Nowhere | Locus::Redaction) => {}
            Some(Locus::Bodies(locus)) => self.bodies.each_list(locus, each),
            Some(Locus::Law(locus)) => self.law.each_list(locus, each),
            Some(Locus::Instruments(locus)) => self.instruments.each_list(locus, each),
            Some(Locus::Record(record)) => self.records.each_list(record, each),
        }
    }

    /// Adds to `concern` the bodies, areas, functions and instruments that an event with rows at
    /// `locus` concerns, as known at position `at`.
    pub(crate) fn concern_locus(&self, locus: Locus, at: At, concern: &mut Concern) {
        match locus {
            Locus::Nowhere | Locus::Redaction => {}
            Locus::Bodies(locus) => self.bodies.concern(locus, at, concern),
            Locus::Law(locus) => self.law.concern(locus, at, concern),
            Locus::Instruments(locus) => {
                self.instruments.concern(locus, at, |body| self.bodies[body].code, concern);
            }
            Locus::Record(record) => self.records.concern(record, concern),
        }
    }

    /// Adds to `touched` the bodies, places and functions whose answers can change because of an
    /// event with rows at `locus`.
    pub(crate) fn touch(&self, locus: Locus, touched: &mut Touched) {
        match locus {
            Locus::Nowhere | Locus::Record(_) | Locus::Redaction => {}
            Locus::Bodies(locus) => self.touch_bodies(locus, touched),
            Locus::Law(locus) => self.law.touch(locus, touched),
            Locus::Instruments(locus) => self.instruments.touch(locus, touched),
        }
    }

    /// What the event at position `event` changed: through its own rows, and through the rows of
    /// the events that it retracts or brings back.
    pub(crate) fn changed(&self, event: At) -> Vec<Changed> {
        let events: Vec<At> = std::iter::once(event).chain(self.corrections.chain(event)).collect();
        let mut changed = Vec::new();
        let mut instruments = Vec::new();
        for locus in events.iter().filter_map(|event| self.locus(*event)) {
            match locus {
                Locus::Nowhere | Locus::Record(_) | Locus::Redaction => {}
                Locus::Bodies(locus) => {
                    changed.extend(self.bodies.changed(locus));
                    if let Some(body) = locus.life_of() {
                        instruments.extend(self.instruments.of_party(body));
                    }
                }
                Locus::Law(locus) => changed.push(self.law.changed(locus)),
                Locus::Instruments(locus) => {
                    changed.extend(self.instruments.changed(locus));
                    instruments.extend(locus.instrument());
                }
            }
        }
        instruments.sort_unstable();
        instruments.dedup();
        let instruments = instruments.into_iter();
        let id = |handle| Changed::Instrument(self.instruments[handle].id.clone());
        changed.extend(instruments.map(id));
        changed
    }
}
