//! Determines which events hold. A correction retracts an event, and a correction of that
//! correction brings the event back. Nothing is erased: the rows of an event are closed and
//! reopened, each time at a log position.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use remit_domain::{Correction, FactKind, Position};

use crate::register::Register;
use crate::row::{At, Origin};

/// What the register stores about one correction.
#[derive(Clone, Copy)]
struct Corrected {
    /// The event that the correction retracts, if it retracts one.
    retracts: Option<At>,
    /// The kind of the fact that the correction states or, if it states none, the kind of the event
    /// that the correction is about.
    kind: FactKind,
}

/// One event that a retraction affects, and whether this event holds after the retraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Supposed {
    pub event: At,
    pub holds: bool,
}

/// All corrections in the register.
#[derive(Default)]
pub(crate) struct Corrections {
    corrections: HashMap<At, Corrected>,
    /// For each event ever corrected, the corrections that retract the event, whether or not these
    /// corrections hold.
    retracted_by: HashMap<At, Vec<At>>,
    /// For each event ever retracted, the positions at which the event ceased to hold, held again,
    /// ceased again, and so on.
    turns: HashMap<At, Vec<At>>,
}

impl Corrections {
    /// The kind of fact that the correction at `at` counts as. `None` if the event at `at` is not a
    /// correction.
    pub fn kind(&self, at: At) -> Option<FactKind> {
        self.corrections.get(&at).map(|corrected| corrected.kind)
    }

    /// Whether the event at `at` holds at the head. The event holds unless it is retracted by a
    /// correction that itself holds.
    fn holds(&self, at: At) -> bool {
        self.turns.get(&at).is_none_or(|turns| turns.len() % 2 == 0)
    }

    /// The correction that retracts the event at `at` and itself holds at the head, if there is
    /// one.
    pub fn retracted_by(&self, at: At) -> Option<At> {
        self.retracted_by.get(&at)?.iter().copied().find(|by| self.holds(*by))
    }

    /// The event that the correction at `at` retracts, if there is one.
    pub fn retracts(&self, at: At) -> Option<At> {
        self.corrections.get(&at)?.retracts
    }

    /// The event that the correction at `at` retracts. If that event is itself a correction, the
    /// event that it retracts follows, and so on.
    pub fn chain(&self, at: At) -> impl Iterator<Item = At> {
        std::iter::successors(self.retracts(at), |at| self.retracts(*at))
    }

    /// How often corrections have changed whether the event at `at`, or an event that it retracts,
    /// holds.
    pub fn turns(&self, at: At) -> usize {
        let of = |event: At| self.turns.get(&event).map_or(0, Vec::len);
        std::iter::once(at).chain(self.chain(at)).map(of).max().unwrap_or_default()
    }

    /// What would change if the event at `at` were retracted: first the event itself, then each
    /// event that would cease to hold, or hold again, as a result.
    pub fn suppose_without(&self, at: At) -> Vec<Supposed> {
        let mut supposed = vec![Supposed { event: at, holds: false }];
        let mut next = self.retracts(at);
        while let Some(event) = next {
            let holds = |by: &At| {
                let known = supposed.iter().find(|known| known.event == *by);
                known.map_or_else(|| self.holds(*by), |known| known.holds)
            };
            let by = self.retracted_by.get(&event).map(Vec::as_slice).unwrap_or_default();
            let holds = !by.iter().any(holds);
            if holds == self.holds(event) {
                break;
            }
            supposed.push(Supposed { event, holds });
            next = self.retracts(event);
        }
        supposed
    }

    /// The position at which the event at `at` ceased to hold. `None` if the event holds.
    pub fn closed_at(&self, at: At) -> Option<At> {
        self.turns.get(&at).filter(|turns| turns.len() % 2 == 1)?.last().copied()
    }
}

impl Hash for Corrections {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let mut turns: Vec<_> = self.turns.iter().filter(|(_, turns)| !turns.is_empty()).collect();
        turns.sort_unstable();
        turns.hash(hasher);
    }
}

impl Register {
    pub(super) fn fold_correction(&mut self, correction: &Correction, origin: Origin) {
        let kind_of = |position: Position| self.kind_of(position);
        let retracts = correction.retracts(kind_of);
        let retracts = retracts.and_then(|position| At::try_from(position.get()).ok());
        let stated = correction.fact.as_ref().map(|fact| fact.kind());
        let kind = stated.or_else(|| self.kind_of(correction.about?));
        let kind = kind.unwrap_or(FactKind::Corrected);
        self.correct(origin.at, Corrected { retracts, kind });
        if let Some(fact) = &correction.fact {
            self.fold_fact(fact, origin);
        }
    }

    /// Stores a correction, retracts the event that it corrects, and retracts or brings back the
    /// events that depend on the retracted event.
    fn correct(&mut self, at: At, corrected: Corrected) {
        self.corrections.corrections.insert(at, corrected);
        if let Some(event) = corrected.retracts {
            self.corrections.retracted_by.entry(event).or_default().push(at);
        }
        self.undoable(|| {
            Box::new(move |register| {
                let corrections = &mut register.corrections;
                corrections.corrections.remove(&at);
                let by = corrected.retracts.and_then(|e| corrections.retracted_by.get_mut(&e));
                if let Some(by) = by {
                    by.pop();
                }
            })
        });
        let event = corrected.retracts.filter(|event| self.corrections.holds(*event));
        let Some(event) = event else { return };
        for supposed in self.corrections.suppose_without(event) {
            self.turn(supposed.event, at);
        }
    }

    fn turn(&mut self, event: At, at: At) {
        let turns = self.corrections.turns.entry(event).or_default();
        let closed = turns.last().copied().filter(|_| turns.len() % 2 == 1);
        turns.push(at);
        match closed {
            None => self.each_list(event, &mut |rows| rows.close(event, at)),
            Some(closed) => self.each_list(event, &mut |rows| rows.open_again(event, closed, at)),
        }
        self.undoable(|| {
            Box::new(move |register| {
                match closed {
                    None => register.each_list(event, &mut |rows| rows.unclose(event, at)),
                    Some(_) => register.each_list(event, &mut |rows| rows.unopen(event, at)),
                }
                let turns = register.corrections.turns.entry(event).or_default();
                turns.pop();
                if turns.is_empty() {
                    register.corrections.turns.remove(&event);
                }
            })
        });
    }
}
