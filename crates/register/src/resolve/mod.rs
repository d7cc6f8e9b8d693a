//! Answers who holds a function, by following the resolution procedure of the reference, section
//! 4.7, step by step.
//!
//! Every row that an answer uses becomes a ground of the answer. The grounds are sufficient: a
//! register that knows only the events of the grounds gives the same answer. The grounds are few,
//! but if two events say the same, both may be among them; [`crate::Cited`] finds which of them can
//! be left out.

mod answering;
mod beside;
mod commissioner;
mod instruments;
mod liability;
mod place;
mod reach;
mod sightings;
mod version_1;

use remit_domain::{
    BodyCode, BodyRole, Capacity, Confidence, Day, Function, FunctionCode, HolderRule,
    InstrumentKind, LawAsked, LegalBasis, Position, RoleInAnswer, Rule, RuleContent,
};

use crate::answer::{
    Answer, Ground, GroundKind, InCapacity, Liability, LiableState, Outcome, Performer, Place,
    UnappliedKind, Unknown,
};
use crate::handle::BodyHandle;
use crate::london::london_day;
use crate::register::{KnownAt, Register};
use crate::row::{At, Row, at};
use crate::rows::law::{FunctionEntry, RuleEntry};

use instruments::{Bearing, without_links};
use reach::{Contracts, Reach};

pub use version_1::AnsweredInVersion1;

impl Register {
    /// Finds who holds, exercises and is liable for `function` at `place`, effective on the day
    /// `effective_on`, as known at the position `known_at`.
    ///
    /// This method never fails and never guesses. If the register does not determine the answer,
    /// the result is an answer of kind unknown, gap or conflict, with the reason. Events that are
    /// appended after the position `known_at` never change the answer.
    #[must_use]
    pub fn who_holds(
        &self,
        function: &FunctionCode,
        place: &Place,
        effective_on: Day,
        known_at: Position,
    ) -> Answer<'_> {
        self.who_holds_answering(function, place, (effective_on, None), known_at)
    }

    /// Finds the same as [`Register::who_holds`], and who answers for the bodies found on the day
    /// `answers_on`. If it is `None`, that is the day on which the last known event was recorded.
    #[must_use]
    pub fn who_holds_answering(
        &self,
        function: &FunctionCode,
        place: &Place,
        (effective_on, answers_on): (Day, Option<Day>),
        known_at: Position,
    ) -> Answer<'_> {
        let search = Search::new(self, effective_on, at(known_at));
        self.resolve(search, function, place, (known_at, answers_on))
    }

    fn resolve<'r>(
        &'r self,
        mut search: Search<'r>,
        function: &FunctionCode,
        place: &Place,
        (known_at, answers_on): (Position, Option<Day>),
    ) -> Answer<'r> {
        let mut answer = search.answer(function, place);
        answer.known_at = self.known_at(known_at);
        answer.answers_on = answers_on.or(answer.known_at.recorded_at.and_then(london_day));
        (answer.answering_now, answer.now_grounds) =
            search.answering_now(&answer, function, answer.answers_on);
        search.grounds.sort_unstable();
        // One event can be the same kind of ground several times, with different confidences. Keep
        // the ground with the lowest confidence.
        search.grounds.dedup_by_key(|ground| (ground.position, ground.kind));
        answer.grounds = search.grounds;
        answer
    }
}

/// One question that is being answered, with the grounds used so far.
struct Search<'r> {
    register: &'r Register,
    on: Day,
    at: At,
    grounds: Vec<Ground>,
    /// How certain it is in whose area the place lies and who holds the function, whoever exercises
    /// it.
    standing: Confidence,
    /// The contracts that the question is about. `None` if it is about an area.
    contracts: Option<Contracts>,
    /// Whether the answer is one that a statement of version 1 states.
    version_1: bool,
}

/// Whether all instruments in `bearing` name the same exercisers on the same legal basis.
fn agree(bearing: &[Bearing<'_>]) -> bool {
    let says = |b: &Bearing<'_>| (b.basis, b.exercisers.clone());
    bearing.windows(2).all(|pair| says(&pair[0]) == says(&pair[1]))
}

impl<'r> Search<'r> {
    fn new(register: &'r Register, on: Day, at: At) -> Self {
        let standing = Confidence::Unconfirmed;
        let (grounds, contracts) = (Vec::new(), None);
        Self { register, on, at, grounds, standing, contracts, version_1: false }
    }

    /// Creates a search like this one, but for the day `on` and with no grounds yet.
    fn on(&self, on: Day) -> Self {
        let (contracts, version_1) = (self.contracts.clone(), self.version_1);
        Self { contracts, version_1, ..Self::new(self.register, on, self.at) }
    }

    fn code(&self, body: BodyHandle) -> BodyCode {
        self.register.bodies[body].code
    }

    fn ground<T>(&mut self, kind: GroundKind, row: &Row<T>) -> Ground {
        let ground = self.ground_of(kind, row);
        self.grounds.push(ground);
        ground
    }

    fn ground_of<T>(&self, kind: GroundKind, row: &Row<T>) -> Ground {
        let confidence = self.register.evidence.confidence(row.evidence);
        Ground { position: row.event(), kind, confidence }
    }

    /// Adds grounds for rows that end something. These grounds do not lower the confidence of the
    /// answer.
    fn ground_ends<T>(&mut self, rows: impl Iterator<Item = &'r Row<T>>)
    where
        T: 'r,
    {
        for row in rows {
            let ground = self.ground_of(GroundKind::End, row);
            self.grounds.push(Ground { confidence: Confidence::Confirmed, ..ground });
        }
    }

    fn answer(&mut self, function: &FunctionCode, place: &Place) -> Answer<'r> {
        let register = self.register;
        // Begin with the function (step 3 of the procedure): if the function is not known, no other
        // step matters.
        let handle = register
            .law
            .function(function)
            .filter(|handle| register.law[*handle].segments.iter().any(|row| row.known(self.at)));
        let Some(handle) = handle else { return self.unknown(Unknown::FunctionNotRecorded) };
        let entry = &register.law[handle];
        let Some(row) = entry.segment(self.on, self.at) else {
            self.outside_records(entry);
            // An expectation can be stated for a day for which the law is not known yet.
            let mut answer = self.unknown(Unknown::FunctionOutsideRecords);
            let before = self.grounds.len();
            if let Ok((area, _)) = self.area(place) {
                answer.expectations = self.expectations(function, area, &[]);
                answer.area = Some(self.code(area));
            } else {
                self.grounds.truncate(before);
            }
            return answer;
        };
        self.grounds.push(Ground {
            position: row.event(),
            kind: GroundKind::Function,
            confidence: self.register.evidence.confidence(row.evidence).min(row.value.confidence),
        });
        // Step 2: find the commissioner in whose area the place lies.
        self.contracts = self.contracts_of(place);
        let before = self.grounds.len();
        let on_map = self.area(place);
        let (area, role) = match self.governed(handle, on_map, before) {
            Ok(found) => found,
            Err(unknown) => return self.unknown(unknown),
        };
        if let HolderRule::OutsideRecords(who) = &row.value.holder {
            let mut answer = self.unknown(Unknown::HolderOutsideRecords(who.clone()));
            answer.area = Some(self.code(area));
            return answer;
        }
        let recorded = self.register.evidence.confidence(row.evidence);
        self.in_area((&row.value, recorded), area, role)
    }

    /// Adds grounds that show that the function is known but has no segment on the day asked about.
    fn outside_records(&mut self, entry: &'r FunctionEntry) {
        let known = || entry.segments.iter().filter(|row| row.known(self.at));
        let before = known().filter(|row| row.effective.from() <= self.on);
        let nearest = before.max_by_key(|row| row.effective.from()).or_else(|| known().next());
        if let Some(row) = nearest {
            self.ground(GroundKind::Function, row);
            if row.effective.contains(self.on) {
                let (on, at) = (self.on, self.at);
                let begun = row.effective.from();
                let end =
                    entry.ends.iter().find(|end| end.holds(on, at) && end.effective.from() > begun);
                self.ground_ends(end.into_iter());
            }
        }
    }

    // --- steps 3 to 9 of the resolution procedure ------------------------------------------

    fn in_area(
        &mut self,
        (function, recorded): (&'r Function, Confidence),
        area: BodyHandle,
        role: BodyRole,
    ) -> Answer<'r> {
        let area_code = self.code(area);
        if role == BodyRole::NhsEngland && function.holder == HolderRule::Commissioner {
            // What statute places on CCGs or ICBs, it does not place on NHS England's offices.
            return self.unknown(Unknown::NoCommissioner);
        }
        let vesting = self.vesting(function, role);
        self.standing = self.lowest();
        let holder = match &function.holder {
            _ if vesting.is_some() => area_code,
            HolderRule::Body(code) => *code,
            HolderRule::Commissioner | HolderRule::OutsideRecords(_) => area_code,
        };
        let (mut bearing, mut unapplied) = self.instruments(function, area);
        let greater = self.those_that_count(&mut bearing, function, role, vesting.is_some());
        if bearing.is_empty() && vesting.is_none() {
            bearing.extend(self.continued(function, area, role));
        }
        let mut answer = self.blank();
        answer.area = Some(area_code);
        answer.holder = Some(holder);
        answer.reserved = function.reserved && vesting.is_none();
        if let Some((_, entry, row)) = vesting {
            self.standing = self.standing.min(self.use_rule(entry, row));
        }
        let listed = self.in_part(&mut bearing);
        let parts = if listed.is_empty() { Vec::new() } else { std::mem::take(&mut bearing) };
        let links = without_links(&mut bearing);
        if !listed.is_empty() {
            self.in_part_only(&mut answer, function, area, (listed, &parts));
        } else if bearing.is_empty() {
            let open = match vesting {
                Some(_) => Vec::new(),
                None => self.open_routes(function, area, role, &greater),
            };
            self.without_instrument(&mut answer, function, area, &open);
        } else if agree(&bearing) {
            links.iter().for_each(|link| self.use_instrument(link, false));
            self.by_instrument(&mut answer, (function, recorded), &bearing, &links);
        } else {
            self.conflict(&mut answer, holder, &bearing);
        }
        let conflict = matches!(answer.outcome, Outcome::Conflict { .. });
        if !conflict && parts.is_empty() && answer.liable.confidence < Confidence::Confirmed {
            self.liable_all_the_same(&mut answer, function, area);
        }
        let used = match answer.arrangement() {
            Some(_) => bearing.iter().chain(&links).collect(),
            None => Vec::new(),
        };
        answer.accountable = self.accountable(holder, &answer.exercisers, &used);
        if answer.performed_by.is_empty() {
            let same = |body: &BodyCode| Performer { body: *body, confidence: None };
            answer.performed_by = answer.exercisers.iter().map(same).collect();
        }
        self.capacities(&mut answer, &function.code, &used);
        self.joined_in_cases(&mut answer, &function.code, &bearing);
        self.regimes(&mut answer, &function.code);
        let shown = bearing.iter().chain(links.iter().filter(|_| !answer.links().is_empty()));
        for b in shown {
            unapplied.extend(self.notice_pending(b.entry).map(|each| (each, false)));
        }
        self.unapplied(&mut answer, function, role, unapplied, &bearing);
        self.expected(&mut answer, &function.code, area);
        answer
    }

    /// Leaves in `bearing` the instruments that move the function, as far as others and the law let
    /// them. Returns those of greater involvement, which move nothing.
    fn those_that_count(
        &self,
        bearing: &mut Vec<Bearing<'r>>,
        function: &Function,
        role: BodyRole,
        vested: bool,
    ) -> Vec<Bearing<'r>> {
        bearing.retain(|b| !self.ended_by_vesting(b, function, role));
        // An intervention overrides every other instrument, for its functions and period.
        let is = |kind| move |b: &Bearing<'_>| b.kind() == kind;
        if bearing.iter().any(is(InstrumentKind::Intervention)) {
            bearing.retain(is(InstrumentKind::Intervention));
        } else if function.reserved && !vested {
            // A reserved function stays with its holder, whatever an instrument says.
            bearing.clear();
        }
        let greater = bearing.extract_if(.., |b| b.kind() == InstrumentKind::GreaterInvolvement);
        greater.filter(|b| self.reach(&b.reading.value) == Reach::All).collect()
    }

    /// Adds what was expected of the function in the area.
    fn expected(&mut self, answer: &mut Answer<'r>, function: &FunctionCode, area: BodyHandle) {
        let executed = answer.known_unapplied.iter().filter_map(|each| {
            each.instrument.filter(|_| each.kind == UnappliedKind::ExecutedNotInForce)
        });
        let shown: Vec<_> =
            answer.instruments().iter().chain(answer.links()).copied().chain(executed).collect();
        answer.expectations = self.expectations(function, area, &shown);
    }

    /// The rule of vesting, if any, that makes the function the commissioners' own on the day asked
    /// about. Also returns the legal bases of the arrangements that the rule ends.
    fn vesting(
        &self,
        function: &Function,
        area_role: BodyRole,
    ) -> Option<(&'r [LegalBasis], &'r RuleEntry, &'r Row<Rule>)> {
        self.rules_in_force(LawAsked::Vesting).find_map(|(entry, row)| {
            let RuleContent::Vesting { functions, role, ends } = &row.value.content else {
                return None;
            };
            let vests = *role == area_role && functions.contains(&function.code);
            vests.then_some((ends.as_slice(), entry, row))
        })
    }

    /// Whether the arrangement `b` ended because its function became the commissioner's own after
    /// the arrangement began. Such an arrangement stays ended, even if the rule of vesting ends
    /// later.
    fn ended_by_vesting(&self, b: &Bearing<'_>, function: &Function, area_role: BodyRole) -> bool {
        let mut rows = self.register.law.asked(LawAsked::Vesting).flat_map(|entry| {
            entry.rows.iter().filter(|row| row.known(self.at)).map(move |row| (entry, row))
        });
        rows.any(|(entry, row)| {
            let RuleContent::Vesting { functions, role, ends } = &row.value.content else {
                return false;
            };
            let from = entry.rule_span(row, self.at).map(|span| span.from());
            *role == area_role
                && functions.contains(&function.code)
                && ends.contains(&b.basis)
                && from.is_some_and(|from| b.begun < from && from <= self.on)
        })
    }

    /// Adds the capacities that rules give bodies of `answer`, whose instruments are `used`. The
    /// grounds of a capacity do not lower the confidence of the answer.
    fn capacities(
        &mut self,
        answer: &mut Answer<'r>,
        function: &FunctionCode,
        used: &[&Bearing<'r>],
    ) {
        let Some(basis) = answer.basis() else { return };
        for (entry, row) in self.rules_in_force(LawAsked::Capacity) {
            let RuleContent::Capacity { bases, functions, capacity, bodies } = &row.value.content
            else {
                continue;
            };
            if !functions.is_empty() && !functions.contains(function) {
                continue;
            }
            // Who gives stands beside by the instrument that he gives by, in a chain too; who holds
            // or exercises, by the basis of the answer.
            let last = bases.contains(&basis);
            let mut found = Vec::new();
            for role in bodies {
                match role {
                    RoleInAnswer::Holder if last => found.extend(answer.holder),
                    RoleInAnswer::Exerciser if last => found.extend(&answer.exercisers),
                    RoleInAnswer::Holder | RoleInAnswer::Exerciser => {}
                    RoleInAnswer::Giver => {
                        let used = used.iter().filter(|b| bases.contains(&b.basis));
                        found.extend(used.flat_map(|b| &b.reading.value.instrument.given_by));
                    }
                }
            }
            // "Too" names bodies beside those that the answer names already.
            match capacity {
                Capacity::EntitledToo => found.retain(|body| !answer.exercisers.contains(body)),
                Capacity::SuableToo => found.retain(|body| !answer.liable.bodies.contains(body)),
                Capacity::DecisionMaker | Capacity::ContractParty => {}
            }
            self.stands_beside(answer, (entry, row), *capacity, found);
        }
    }

    /// Adds who may be joined in some of the cases of `answer`, beside those liable in that case,
    /// where it is open which case is so. `bearing` are the instruments that the cases rest on.
    fn joined_in_cases(
        &mut self,
        answer: &mut Answer<'r>,
        function: &FunctionCode,
        bearing: &[Bearing<'r>],
    ) {
        for (entry, row) in self.rules_in_force(LawAsked::Capacity) {
            let RuleContent::Capacity { bases, functions, capacity, bodies } = &row.value.content
            else {
                continue;
            };
            let speaks = functions.is_empty() || functions.contains(function);
            if !speaks || *capacity != Capacity::SuableToo {
                continue;
            }
            let mut found = Vec::new();
            for case in answer.cases().iter().filter(|case| bases.contains(&case.basis)) {
                let of_case = |b: &&Bearing<'_>| Some(&b.entry.id) == case.instrument;
                let giver = bearing.iter().find(of_case).map(Bearing::given_by);
                for role in bodies {
                    let named = match role {
                        RoleInAnswer::Holder => answer.holder.as_slice(),
                        RoleInAnswer::Exerciser => &case.exercisers,
                        RoleInAnswer::Giver => giver.unwrap_or_default(),
                    };
                    found.extend(named.iter().filter(|body| !case.liable.contains(body)));
                }
            }
            found.retain(|body| !answer.liable.bodies.contains(body));
            self.stands_beside(answer, (entry, row), *capacity, found);
        }
    }

    /// Adds to `answer` that `bodies` stand beside those named, by a rule of law.
    fn stands_beside(
        &mut self,
        answer: &mut Answer<'r>,
        (entry, row): (&'r RuleEntry, &'r Row<Rule>),
        capacity: Capacity,
        mut bodies: Vec<BodyCode>,
    ) {
        bodies.sort_unstable();
        bodies.dedup();
        if bodies.is_empty() {
            return;
        }
        let confidence = self.use_rule(entry, row).min(answer.confidence);
        answer.capacities.push(InCapacity { capacity, bodies, rule: &entry.id, confidence });
    }

    /// Adds the rules on how the function is exercised on the basis of `answer`. Their grounds do
    /// not lower the confidence of the answer.
    fn regimes(&mut self, answer: &mut Answer<'r>, function: &FunctionCode) {
        let Some(basis) = answer.basis() else { return };
        for (entry, row) in self.rules_in_force(LawAsked::Regime) {
            let RuleContent::Regime { bases, functions } = &row.value.content else { continue };
            let speaks = functions.is_empty() || functions.contains(function);
            if speaks && bases.contains(&basis) {
                self.use_rule(entry, row);
                answer.regimes.push(&entry.id);
            }
        }
    }

    /// The rules of the kind `law` that are law on the day asked about, in log order.
    fn rules_in_force(
        &self,
        law: LawAsked,
    ) -> impl Iterator<Item = (&'r RuleEntry, &'r Row<Rule>)> + use<'r> {
        let (on, at) = (self.on, self.at);
        self.register.law.asked(law).filter_map(move |entry| Some((entry, entry.on(on, at)?)))
    }

    /// Adds grounds for a rule and, if the rule was enacted without a day, for its commencement.
    /// Returns how certain the rule is.
    fn use_rule(&mut self, entry: &'r RuleEntry, row: &'r Row<Rule>) -> Confidence {
        let enacted = self.ground_of(GroundKind::Rule, row);
        let mut confidence = enacted.confidence.min(row.value.confidence);
        self.grounds.push(Ground { confidence, ..enacted });
        if row.value.effective.is_none()
            && let Some(commenced) = entry.commencement(self.at)
        {
            confidence = confidence.min(self.ground(GroundKind::Rule, commenced).confidence);
        }
        confidence
    }

    fn lowest(&self) -> Confidence {
        let lowest = self.grounds.iter().map(|ground| ground.confidence).min();
        lowest.unwrap_or(Confidence::Unconfirmed)
    }

    fn unknown(&self, reason: Unknown) -> Answer<'r> {
        let outcome = Outcome::Unknown { reason, cases: Vec::new() };
        Answer { outcome, ..self.blank() }
    }

    fn blank(&self) -> Answer<'r> {
        Answer {
            effective_on: self.on,
            known_at: KnownAt { position: Position::ZERO, recorded_at: None },
            outcome: Outcome::Unknown { reason: Unknown::NoEvidence, cases: Vec::new() },
            area: None,
            holder: None,
            reserved: false,
            exercisers: Vec::new(),
            liable: Liability {
                state: LiableState::Unknown,
                bodies: Vec::new(),
                rules: Vec::new(),
                confidence: Confidence::Unconfirmed,
                in_every_case: false,
            },
            accountable: Vec::new(),
            performed_by: Vec::new(),
            capacities: Vec::new(),
            regimes: Vec::new(),
            expectations: Vec::new(),
            known_unapplied: Vec::new(),
            answers_on: None,
            answering_now: Vec::new(),
            now_grounds: Vec::new(),
            confidence: Confidence::Unconfirmed,
            grounds: Vec::new(),
        }
    }
}
