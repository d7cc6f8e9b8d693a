//! Which events are so: corrections take events back, and corrections of corrections bring them
//! back again. Nothing is erased; the rows of an event are closed and opened at positions.

use remit_domain::{FactKind, Position};

use crate::row::{At, OPEN, Row};
use crate::store::{InstrumentEntry, Register};

/// A list of rows of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Readings,
    Conditions,
    Stages,
    InForce,
    Ends,
    Notices,
    Work,
}

/// Where the rows of one event lie: in which list of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locus {
    /// The event has no rows: a correction that says nothing instead, or nothing it could change.
    Nowhere,
    Role(u32),
    RoleEnd(u32),
    Name(u32),
    /// With the predecessor, and with the successor.
    Succession(u32, u32),
    Group(u32),
    GroupEnd(u32),
    ContractGroup(u32),
    ContractGroupEnd(u32),
    Held(u32),
    Segment(u32),
    SegmentEnd(u32),
    Rule(u32),
    RuleCommenced(u32),
    RuleEnd(u32),
    Instrument(u32, Of),
    NotHeld(u32),
    Expectation(u32),
    Fund(u32),
    Payment(u32),
    Decision(u32),
    Interest,
    Cluster,
    /// No rows: it changes no answer of who holds what.
    Redaction,
}

impl Locus {
    /// What an event with its rows there speaks of.
    fn kind(self) -> FactKind {
        use FactKind as K;
        match self {
            Self::Nowhere => K::Corrected,
            Self::Role(_) => K::BodyEstablished,
            Self::RoleEnd(_) => K::BodyDissolved,
            Self::Name(_) => K::BodyNamed,
            Self::Succession(..) => K::SuccessionRecorded,
            Self::Group(_) | Self::ContractGroup(_) => K::MembershipStarted,
            Self::GroupEnd(_) | Self::ContractGroupEnd(_) => K::MembershipEnded,
            Self::Held(_) => K::ContractHeld,
            Self::Segment(_) => K::FunctionCatalogued,
            Self::SegmentEnd(_) => K::FunctionEnded,
            Self::Rule(_) => K::RuleEnacted,
            Self::RuleCommenced(_) => K::RuleCommenced,
            Self::RuleEnd(_) => K::RuleEnded,
            Self::Instrument(_, of) => match of {
                Of::Readings => K::InstrumentDrawn,
                Of::Conditions => K::ConditionAttached,
                Of::Stages => K::InstrumentAdvanced,
                Of::InForce => K::InstrumentInForce,
                Of::Ends => K::InstrumentEnded,
                Of::Notices => K::NoticeGiven,
                Of::Work => K::WorkPerformed,
            },
            Self::NotHeld(_) => K::LevelNotHeld,
            Self::Expectation(_) => K::ExpectationStated,
            Self::Fund(_) => K::FundOpened,
            Self::Payment(_) => K::SupportPaid,
            Self::Decision(_) => K::DecisionTaken,
            Self::Interest => K::InterestDeclared,
            Self::Cluster => K::ClusterFormed,
            Self::Redaction => K::FieldRedacted,
        }
    }
}

/// A list of rows, whatever they say.
trait Rows {
    /// Closes the open rows of an event.
    fn close(&mut self, origin: At, at: At);
    /// Opens again the rows of an event that were closed at a position.
    fn open_again(&mut self, origin: At, closed: At, at: At);
    /// Undoes [`Rows::close`].
    fn unclose(&mut self, origin: At, at: At);
    /// Undoes [`Rows::open_again`].
    fn unopen(&mut self, origin: At, at: At);
}

impl<T: Clone> Rows for Vec<Row<T>> {
    fn close(&mut self, origin: At, at: At) {
        for row in self.iter_mut().filter(|row| row.origin == origin && row.known_until == OPEN) {
            row.known_until = at;
        }
    }

    fn open_again(&mut self, origin: At, closed: At, at: At) {
        // Right behind the closed one: rows stay in the order in which they were first said.
        let mut index = 0;
        while let Some(row) = self.get(index) {
            index += 1;
            if row.origin == origin && row.known_until == closed {
                let again = Row { known_from: at, known_until: OPEN, ..row.clone() };
                self.insert(index, again);
                index += 1;
            }
        }
    }

    fn unclose(&mut self, origin: At, at: At) {
        for row in self.iter_mut().filter(|row| row.origin == origin && row.known_until == at) {
            row.known_until = OPEN;
        }
    }

    fn unopen(&mut self, origin: At, at: At) {
        self.retain(|row| row.origin != origin || row.known_from != at);
    }
}

impl Register {
    pub(crate) fn locus(&self, at: At) -> Option<Locus> {
        let index = usize::try_from(at).ok()?.checked_sub(1)?;
        self.loci.get(index).copied()
    }

    /// What an event speaks of; for a correction: what it says instead, or what it takes back.
    pub(crate) fn kind_of(&self, position: Position) -> Option<FactKind> {
        let at = At::try_from(position).ok()?;
        if let Some((_, kind)) = self.corrections.get(&at) {
            return Some(*kind);
        }
        let locus = self.locus(at)?;
        match locus {
            // A reading from a day on is a variation; a condition may be one lifted.
            Locus::Instrument(id, Of::Readings) => {
                let rows = &self.instruments[id as usize].readings;
                let varied = rows
                    .iter()
                    .any(|row| row.origin == at && row.effective.from() != remit_domain::Day::MIN);
                Some(if varied { FactKind::InstrumentVaried } else { FactKind::InstrumentDrawn })
            }
            Locus::Instrument(id, Of::Conditions) => {
                let rows = &self.instruments[id as usize].conditions;
                let lifted = rows.iter().any(|row| row.origin == at && row.value.lifted);
                Some(if lifted { FactKind::ConditionLifted } else { FactKind::ConditionAttached })
            }
            other => Some(other.kind()),
        }
    }

    /// Whether an event is so at the head: an event is so unless a correction that is so takes it
    /// back.
    pub(crate) fn is_so(&self, at: At) -> bool {
        self.turns.get(&at).is_none_or(|turns| turns.len() % 2 == 0)
    }

    /// The correction by which an event is no longer so at the head, if it is not.
    pub(crate) fn taken_back_by(&self, at: At) -> Option<At> {
        self.correctors.get(&at)?.iter().copied().find(|by| self.is_so(*by))
    }

    /// What an event takes back.
    pub(crate) fn target(&self, at: At) -> Option<At> {
        self.corrections.get(&at).and_then(|(target, _)| *target)
    }

    /// What an event takes back, what that took back, and so on.
    pub(crate) fn chain(&self, at: At) -> impl Iterator<Item = At> {
        std::iter::successors(self.target(at), |at| self.target(*at))
    }

    /// What would be so, and no longer be so, if an event were taken back: first itself, then
    /// whatever turns with it.
    pub(crate) fn suppose_without(&self, at: At) -> Vec<(At, bool)> {
        let mut supposed = vec![(at, false)];
        let mut next = self.target(at);
        while let Some(target) = next {
            let is_so = |by: &At| {
                let known = supposed.iter().find(|(event, _)| event == by);
                known.map_or_else(|| self.is_so(*by), |(_, so)| *so)
            };
            let by = self.correctors.get(&target).map(Vec::as_slice).unwrap_or_default();
            let so = !by.iter().any(is_so);
            if so == self.is_so(target) {
                break;
            }
            supposed.push((target, so));
            next = self.target(target);
        }
        supposed
    }

    /// The position at which an event that is not so ceased to be.
    pub(crate) fn closed_at(&self, at: At) -> Option<At> {
        self.turns.get(&at).filter(|turns| turns.len() % 2 == 1)?.last().copied()
    }

    /// The instruments whose span in force an event may widen, now or when it is taken back.
    pub(crate) fn instruments_of(&self, at: At) -> Vec<u32> {
        let mut found = Vec::new();
        let mut next = Some(at);
        while let Some(at) = next {
            match self.locus(at) {
                Some(Locus::Instrument(id, _)) => found.push(id),
                Some(Locus::Role(body) | Locus::RoleEnd(body)) => {
                    let names = |entry: &InstrumentEntry| {
                        entry.readings.iter().any(|row| {
                            row.value.given_by.contains(&body) || row.value.given_to.contains(&body)
                        })
                    };
                    let of = self.instruments.iter().enumerate().filter(|(_, entry)| names(entry));
                    found.extend(of.filter_map(|(index, _)| u32::try_from(index).ok()));
                }
                _ => {}
            }
            next = self.target(at);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Records what a correction takes back, and turns that event and what hangs on it.
    pub(crate) fn correct(&mut self, at: At, taken_back: Option<At>, kind: FactKind) {
        self.corrections.insert(at, (taken_back, kind));
        if let Some(target) = taken_back {
            self.correctors.entry(target).or_default().push(at);
        }
        self.undoable(|| {
            Box::new(move |r| {
                r.corrections.remove(&at);
                if let Some(by) = taken_back.and_then(|target| r.correctors.get_mut(&target)) {
                    by.pop();
                }
            })
        });
        let Some(target) = taken_back.filter(|target| self.is_so(*target)) else { return };
        for (event, _) in self.suppose_without(target) {
            self.turn(event, at);
        }
    }

    fn turn(&mut self, event: At, at: At) {
        let turns = self.turns.entry(event).or_default();
        let closed = turns.last().copied().filter(|_| turns.len() % 2 == 1);
        turns.push(at);
        match closed {
            None => self.each_list(event, |rows| rows.close(event, at)),
            Some(closed) => self.each_list(event, |rows| rows.open_again(event, closed, at)),
        }
        self.undoable(|| {
            Box::new(move |r| {
                match closed {
                    None => r.each_list(event, |rows| rows.unclose(event, at)),
                    Some(_) => r.each_list(event, |rows| rows.unopen(event, at)),
                }
                let turns = r.turns.entry(event).or_default();
                turns.pop();
                if turns.is_empty() {
                    r.turns.remove(&event);
                }
            })
        });
    }

    /// Hands over every list in which an event has rows.
    fn each_list(&mut self, event: At, mut each: impl FnMut(&mut dyn Rows)) {
        let Some(locus) = self.locus(event) else { return };
        match locus {
            Locus::Nowhere | Locus::Redaction => {}
            Locus::Role(id) => each(&mut self.bodies[id as usize].roles),
            Locus::RoleEnd(id) => each(&mut self.more(id).role_ends),
            Locus::Name(id) => each(&mut self.more(id).names),
            Locus::Succession(predecessor, successor) => {
                each(&mut self.more(predecessor).successors);
                each(&mut self.more(successor).predecessors);
            }
            Locus::Group(id) => each(&mut self.bodies[id as usize].groups),
            Locus::GroupEnd(id) => each(&mut self.more(id).group_ends),
            Locus::ContractGroup(id) => each(&mut self.contracts[id as usize].groups),
            Locus::ContractGroupEnd(id) => each(&mut self.contracts[id as usize].group_ends),
            Locus::Held(id) => each(&mut self.contracts[id as usize].held),
            Locus::Segment(id) => each(&mut self.functions[id as usize].segments),
            Locus::SegmentEnd(id) => each(&mut self.functions[id as usize].ends),
            Locus::Rule(id) => each(&mut self.rules[id as usize].rows),
            Locus::RuleCommenced(id) => each(&mut self.rules[id as usize].commenced),
            Locus::RuleEnd(id) => each(&mut self.rules[id as usize].ends),
            Locus::Instrument(id, of) => {
                let entry = &mut self.instruments[id as usize];
                match of {
                    Of::Readings => each(&mut entry.readings),
                    Of::Conditions => each(&mut entry.conditions),
                    Of::Stages => each(&mut entry.stages),
                    Of::InForce => each(&mut entry.in_force),
                    Of::Ends => each(&mut entry.ends),
                    Of::Notices => each(&mut entry.notices),
                    Of::Work => each(&mut entry.work),
                }
            }
            Locus::NotHeld(id) => each(&mut self.more(id).not_held),
            Locus::Expectation(id) => each(&mut self.more(id).expectations),
            Locus::Fund(id) => each(&mut self.funds[id as usize].opened),
            Locus::Payment(id) => each(&mut self.funds[id as usize].payments),
            Locus::Decision(id) => each(&mut self.funds[id as usize].decisions),
            Locus::Interest => each(&mut self.interests),
            Locus::Cluster => each(&mut self.clusters),
        }
    }
}
