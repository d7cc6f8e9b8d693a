//! Who holds a function: the resolution procedure of the reference, section 4.7, step by step.

use remit_domain::{
    BodyCode, BodyRole, Confidence, Day, Function, FunctionCode, HolderRule, InstrumentKind,
    LegalBasis, LiableRule, Position, Relation, RuleContent, Stage, Start, exercisers,
};

use crate::answer::{
    Answer, Case, Expectation, Ground, GroundKind, Liability, LiableState, Performer, Place,
    ResultKind, Unknown,
};
use crate::london::london_day;
use crate::row::{At, Row};
use crate::store::{GroupRow, InstrumentEntry, Register};

impl Register {
    /// Who holds, exercises and is liable for a function at a place, effective on a day, as known
    /// at a position.
    ///
    /// Never fails and never guesses: what cannot be said is an answer of kind
    /// [`ResultKind::Unknown`], [`ResultKind::Gap`] or [`ResultKind::Conflict`] with the reason.
    /// A later append never changes the answer for an earlier position.
    #[must_use]
    pub fn who_holds(
        &self,
        function: &FunctionCode,
        place: &Place,
        effective_on: Day,
        known_at: Position,
    ) -> Answer<'_> {
        let at = At::try_from(known_at).unwrap_or(At::MAX - 1);
        let mut search = Search { register: self, on: effective_on, at, grounds: Vec::new() };
        let mut answer = search.answer(function, place);
        answer.known_at = self.known_at(known_at);
        let day_known = answer.known_at.recorded_at.and_then(london_day);
        answer.answering_now = search.answering_now(&answer, day_known);
        search.grounds.sort_unstable();
        search.grounds.dedup();
        answer.grounds = search.grounds;
        answer
    }
}

/// One question on its way to an answer, and what it used so far.
struct Search<'r> {
    register: &'r Register,
    on: Day,
    at: At,
    grounds: Vec<Ground>,
}

/// An instrument in force, as it bears on the question.
struct Bearing<'r> {
    entry: &'r InstrumentEntry,
    exercisers: Vec<BodyCode>,
    basis: LegalBasis,
    in_force: Ground,
    /// Where it is in force against a successor only by a rule of continuity.
    continued: Option<Ground>,
}

impl<'r> Search<'r> {
    fn ground<T>(&mut self, kind: GroundKind, row: &Row<T>) -> Ground {
        let ground = self.ground_of(kind, row.origin, row.evidence);
        self.grounds.push(ground);
        ground
    }

    fn ground_of(&self, kind: GroundKind, position: At, evidence: u32) -> Ground {
        let confidence = self.register.confidence(evidence);
        Ground { position: Position::from(position), kind, confidence }
    }

    fn answer(&mut self, function: &FunctionCode, place: &Place) -> Answer<'r> {
        let register = self.register;
        // Step 3 first: without the function nothing else matters.
        let Some(rows) =
            register.function_id(function).map(|id| &register.functions[id as usize].1)
        else {
            return self.unknown(Unknown::FunctionNotRecorded);
        };
        if !rows.iter().any(|row| row.known(self.at)) {
            return self.unknown(Unknown::FunctionNotRecorded);
        }
        let Some(row) = rows.iter().find(|row| row.holds(self.on, self.at)) else {
            // What was believed of a day can be known before what the law will be on it.
            let mut answer = self.unknown(Unknown::FunctionOutsideRecords);
            if let Ok((area, _)) = self.area(place) {
                answer.area = Some(register.bodies[area as usize].code);
                answer.expectations = self.expectations(function, area);
            }
            return answer;
        };
        self.grounds.push(Ground {
            position: Position::from(row.origin),
            kind: GroundKind::Function,
            confidence: row.value.confidence,
        });
        // Step 2.
        let (area, role) = match self.area(place) {
            Ok(found) => found,
            Err(unknown) => return self.unknown(unknown),
        };
        self.in_area(&row.value, area, role)
    }

    // --- step 2: from the place to the commissioner whose area it lies in ------------------

    fn area(&mut self, place: &Place) -> Result<(u32, BodyRole), Unknown> {
        match place {
            Place::Contract(id) => {
                let entry = self.register.contract_entry(id).ok_or(Unknown::PlaceNotRecorded)?;
                if !entry.held.iter().any(|row| row.known(self.at)) {
                    return Err(Unknown::PlaceNotRecorded);
                }
                match self.group(&entry.groups, Relation::PracticeOfCommissioner) {
                    Some(row) => self.commissioner(row),
                    None => {
                        let practice = id.practice().ok_or(Unknown::PlaceNotRecorded)?;
                        self.area_of_body(practice, 0)
                    }
                }
            }
            Place::Body(code) => self.area_of_body(*code, 0),
        }
    }

    fn group(&self, rows: &'r [Row<GroupRow>], relation: Relation) -> Option<&'r Row<GroupRow>> {
        rows.iter().find(|row| row.value.relation == relation && row.holds(self.on, self.at))
    }

    fn area_of_body(&mut self, code: BodyCode, depth: usize) -> Result<(u32, BodyRole), Unknown> {
        let register = self.register;
        let id = register.body_id(code).ok_or(Unknown::PlaceNotRecorded)?;
        let entry = &register.bodies[id as usize];
        let mut known = entry.roles.iter().filter(|row| row.known(self.at)).peekable();
        if known.peek().is_none() {
            return Err(Unknown::PlaceNotRecorded);
        }
        let Some(row) = known.find(|row| row.effective.contains(self.on)) else {
            return self.after_its_end(id, depth);
        };
        self.ground(GroundKind::Body, row);
        match row.value.role {
            role @ (BodyRole::Ccg | BodyRole::Icb) => Ok((id, role)),
            BodyRole::SubIcbLocation => {
                let row = self.group(&entry.groups, Relation::SubIcbOfIcb);
                self.commissioner(row.ok_or(Unknown::NoCommissioner)?)
            }
            BodyRole::Practice => {
                let contracts = entry.more.as_ref().map(|more| more.contracts.as_slice());
                let contracts = contracts.unwrap_or_default();
                let own = self.group(&entry.groups, Relation::PracticeOfCommissioner);
                match (self.by_contracts(contracts)?, own) {
                    (None, own) => self.commissioner(own.ok_or(Unknown::NoCommissioner)?),
                    (Some(found), None) => Ok(found),
                    // The practice's own membership is that of its other contracts.
                    (Some(found), Some(own)) if self.commissioner(own)? == found => Ok(found),
                    (Some(_), Some(_)) => {
                        let ids = contracts.iter().map(|id| &register.contracts[*id as usize].id);
                        Err(Unknown::ContractsDiffer(ids.cloned().collect()))
                    }
                }
            }
            _ => Err(Unknown::NotAPlace),
        }
    }

    /// The area of a practice whose contracts are recorded one by one, if they agree.
    fn by_contracts(&mut self, contracts: &[u32]) -> Result<Option<(u32, BodyRole)>, Unknown> {
        let register = self.register;
        let mut found = None;
        let mut differ = false;
        let mut named = Vec::new();
        for contract in contracts {
            let entry = &register.contracts[*contract as usize];
            let Some(row) = self.group(&entry.groups, Relation::PracticeOfCommissioner) else {
                continue;
            };
            named.push(entry.id.clone());
            let area = self.commissioner(row)?;
            differ |= found.is_some_and(|other| other != area);
            found = Some(area);
        }
        if differ { Err(Unknown::ContractsDiffer(named)) } else { Ok(found) }
    }

    fn commissioner(&mut self, row: &Row<GroupRow>) -> Result<(u32, BodyRole), Unknown> {
        let register = self.register;
        self.ground(GroundKind::Membership, row);
        let entry = &register.bodies[row.value.group as usize];
        let role = entry.roles.iter().find(|role| role.holds(self.on, self.at));
        let role = role.ok_or(Unknown::NoCommissioner)?;
        self.ground(GroundKind::Body, role);
        match role.value.role {
            role @ (BodyRole::Ccg | BodyRole::Icb) => Ok((row.value.group, role)),
            BodyRole::SubIcbLocation => {
                let icb = self.group(&entry.groups, Relation::SubIcbOfIcb);
                self.commissioner(icb.ok_or(Unknown::NoCommissioner)?)
            }
            _ => Err(Unknown::NoCommissioner),
        }
    }

    /// The area of a commissioner that is not in being on the day: that of its one successor.
    fn after_its_end(&mut self, id: u32, depth: usize) -> Result<(u32, BodyRole), Unknown> {
        const SUCCESSIONS_MAX: usize = 16;
        let register = self.register;
        let entry = &register.bodies[id as usize];
        let known = || entry.roles.iter().filter(|row| row.known(self.at));
        let begun = known().any(|row| row.effective.from() <= self.on);
        if !begun {
            return Err(Unknown::PlaceNotYetInBeing);
        }
        let (on, at) = (self.on, self.at);
        let rows = entry.more.as_ref().map(|more| more.successors.as_slice());
        // A code may have ended in one role before it ended in this one.
        let begun = known().map(|row| row.effective.from()).max();
        let rows: Vec<_> = rows
            .unwrap_or_default()
            .iter()
            .filter(|row| row.holds(on, at) && row.value.by_area.is_some())
            .filter(|row| Some(row.effective.from()) > begun)
            .collect();
        if let Some(last) = known().max_by_key(|row| row.effective.from()) {
            let (position, evidence) = (last.known_from, last.evidence);
            let ground = self.ground_of(GroundKind::Body, position, evidence);
            self.grounds.push(ground);
        }
        match rows.as_slice() {
            [] => Err(Unknown::PlaceCeased),
            [one] if depth < SUCCESSIONS_MAX => {
                let one = *one;
                self.ground(GroundKind::Succession, one);
                let successor = register.bodies[one.value.other as usize].code;
                self.area_of_body(successor, depth + 1)
            }
            several => {
                let mut codes = Vec::new();
                for row in several.iter().copied() {
                    self.ground(GroundKind::Succession, row);
                    codes.push(register.bodies[row.value.other as usize].code);
                }
                codes.sort_unstable();
                Err(Unknown::AreaDivided(codes))
            }
        }
    }

    // --- steps 3 to 9 ----------------------------------------------------------------------

    fn in_area(&mut self, function: &'r Function, area: u32, role: BodyRole) -> Answer<'r> {
        let register = self.register;
        let area_code = register.bodies[area as usize].code;
        let holder = match function.holder {
            HolderRule::Body(code) => code,
            HolderRule::Commissioner => area_code,
        };
        let mut bearing = self.instruments(function, area);
        // An intervention stands before every other instrument, for its functions and period.
        if bearing.iter().any(|b| b.entry.instrument.kind == InstrumentKind::Intervention) {
            bearing.retain(|b| b.entry.instrument.kind == InstrumentKind::Intervention);
        }
        let greater: Vec<_> = bearing
            .extract_if(.., |b| b.entry.instrument.kind == InstrumentKind::GreaterInvolvement)
            .collect();
        if bearing.is_empty() {
            bearing.extend(self.continued(function, area, role));
        }
        without_links(&mut bearing);

        let mut answer = self.blank();
        answer.area = Some(area_code);
        answer.holder = Some(holder);
        answer.reserved = function.reserved;
        answer.expectations = self.expectations(&function.code, area);
        match bearing.as_slice() {
            [] => self.without_instrument(&mut answer, function, area, role, &greater),
            [first, rest @ ..]
                if rest
                    .iter()
                    .all(|b| (b.basis, &b.exercisers) == (first.basis, &first.exercisers)) =>
            {
                self.by_instrument(&mut answer, function, &bearing);
            }
            _ => self.conflict(&mut answer, holder, &bearing),
        }
        if answer.kind != ResultKind::Conflict && answer.liable.confidence < Confidence::Confirmed {
            self.liable_all_the_same(&mut answer, function, area);
        }
        answer.accountable = self.accountable(holder, &answer.exercisers);
        if answer.performed_by.is_empty() {
            let same = |body: &BodyCode| Performer { body: *body, confidence: None };
            answer.performed_by = answer.exercisers.iter().map(same).collect();
        }
        answer
    }

    /// Step 4: the instruments in force on the day that cover the function and the area.
    fn instruments(&self, function: &Function, area: u32) -> Vec<Bearing<'r>> {
        let register = self.register;
        let Some(function) = register.function_id(&function.code) else { return Vec::new() };
        let own = register.bodies[area as usize].more.as_ref().map(|m| m.instruments.as_slice());
        let area = register.bodies[area as usize].code;
        let mut found = Vec::new();
        for index in own.unwrap_or_default().iter().chain(&register.england) {
            let entry = &register.instruments[*index as usize];
            if entry.at > self.at || entry.functions.binary_search(&function).is_err() {
                continue;
            }
            if let Some(in_force) = self.in_force(entry, self.on)
                && self.parties_in_being(entry)
            {
                found.push(Bearing {
                    entry,
                    exercisers: exercisers(&entry.instrument, Some(area)),
                    basis: entry.instrument.basis,
                    in_force,
                    continued: None,
                });
            }
        }
        found
    }

    /// The best evidence that an instrument is in force on a day.
    fn in_force(&self, entry: &InstrumentEntry, on: Day) -> Option<Ground> {
        entry
            .in_force
            .iter()
            .filter(|row| row.holds(on, self.at))
            .filter(|row| entry.cut(row.effective, self.at).is_some_and(|p| p.contains(on)))
            .map(|row| {
                let mut ground = self.ground_of(GroundKind::InForce, row.origin, row.evidence);
                if row.value == Start::ApprovalOnly {
                    ground.confidence = ground.confidence.min(Confidence::Unconfirmed);
                }
                ground
            })
            .max_by_key(|ground| (ground.confidence, std::cmp::Reverse(ground.position)))
    }

    fn parties_in_being(&self, entry: &InstrumentEntry) -> bool {
        entry.given_to.iter().chain(&entry.given_by).all(|id| self.role(*id).is_some())
    }

    fn role(&self, id: u32) -> Option<BodyRole> {
        let rows = &self.register.bodies[id as usize].roles;
        rows.iter().find(|row| row.holds(self.on, self.at)).map(|row| row.value.role)
    }

    /// Step 5, and step 8 where the commissioner is new.
    fn without_instrument(
        &mut self,
        answer: &mut Answer<'r>,
        function: &'r Function,
        area: u32,
        role: BodyRole,
        greater: &[Bearing<'r>],
    ) {
        let holder = answer.holder;
        let open = self.open_routes(function, area, role, greater);
        if open.is_empty() {
            let exercisers: Vec<_> = holder.into_iter().collect();
            answer.kind = ResultKind::NotDelegated;
            answer.basis = Some(LegalBasis::NoArrangement);
            answer.liable = self.liability(LegalBasis::NoArrangement, holder, &exercisers);
            answer.exercisers = exercisers;
            answer.confidence = self.lowest();
            return;
        }
        answer.cases = self.cases(holder, area, &open);
        answer.liable = self.in_every_case(&answer.cases);
        let before = self.predecessor_instruments(function, area, 0);
        if before.is_empty() {
            answer.kind = ResultKind::Unknown;
            answer.unknown = Some(Unknown::NoEvidence);
        } else {
            answer.kind = ResultKind::Gap;
            answer.predecessor_instruments = before;
        }
        answer.confidence = self.lowest().min(Confidence::Unconfirmed);
    }

    /// The bases on which another body may exercise the function here, for all the evidence says.
    fn open_routes(
        &mut self,
        function: &Function,
        area: u32,
        role: BodyRole,
        greater: &[Bearing<'r>],
    ) -> Vec<LegalBasis> {
        let register = self.register;
        let mut open: Vec<_> = function.routes.iter().map(|route| route.basis).collect();
        if open.is_empty() || !role.is_commissioner() {
            return open;
        }
        if let Some(b) = greater.first() {
            // Consultation only: evidence that nothing was arranged.
            self.use_instrument(b);
            return Vec::new();
        }
        let rows = register.bodies[area as usize].more.as_ref().map(|m| m.not_held.as_slice());
        for row in rows.unwrap_or_default() {
            let of_it =
                row.value.functions.is_empty() || row.value.functions.contains(&function.code);
            if of_it && row.holds(self.on, self.at) {
                let before = open.len();
                open.retain(|basis| !row.value.bases.contains(basis));
                if open.len() < before {
                    self.ground(GroundKind::NotHeld, row);
                }
            }
        }
        open
    }

    /// What may be the case: that nothing is arranged, and each open basis.
    fn cases(&mut self, holder: Option<BodyCode>, area: u32, open: &[LegalBasis]) -> Vec<Case<'r>> {
        let area = self.register.bodies[area as usize].code;
        std::iter::once(LegalBasis::NoArrangement)
            .chain(open.iter().copied())
            .map(|basis| {
                let mut exercisers: Vec<_> = match basis {
                    LegalBasis::NoArrangement => holder.into_iter().collect(),
                    LegalBasis::S13zJointly | LegalBasis::S65z5Jointly => {
                        holder.into_iter().chain([area]).collect()
                    }
                    LegalBasis::S7a => self.the(BodyRole::NhsEngland).into_iter().collect(),
                    _ => vec![area],
                };
                exercisers.sort_unstable();
                exercisers.dedup();
                let liable = self.liability(basis, holder, &exercisers);
                let rule = liable.rules.first().copied();
                Case { basis, instrument: None, exercisers, liable: liable.bodies, rule }
            })
            .collect()
    }

    /// Who is liable if every case has the same liable body; else unknown.
    fn in_every_case(&self, cases: &[Case<'r>]) -> Liability<'r> {
        let first = cases.first().map(|case| case.liable.clone()).unwrap_or_default();
        let same = !first.is_empty() && cases.iter().all(|case| case.liable == first);
        let mut rules: Vec<_> = cases.iter().filter_map(|case| case.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        // The liability rests on the law and on where the place lies, not on who exercises.
        let sure = |ground: &&Ground| {
            matches!(ground.kind, GroundKind::Rule | GroundKind::Membership | GroundKind::Body)
        };
        let confidence = self.grounds.iter().filter(sure).map(|ground| ground.confidence).min();
        let confidence = confidence.filter(|_| same);
        Liability {
            state: if same { LiableState::Settled } else { LiableState::Unknown },
            bodies: if same { first } else { Vec::new() },
            rules,
            confidence: confidence.unwrap_or(Confidence::Unconfirmed),
            in_every_case: same,
        }
    }

    /// Step 6.
    fn by_instrument(
        &mut self,
        answer: &mut Answer<'r>,
        function: &'r Function,
        bearing: &[Bearing<'r>],
    ) {
        let Some(first) = bearing.first() else { return };
        // Several instruments that say the same bear each other out: the surest one is used.
        let surest = bearing
            .iter()
            .max_by_key(|b| (b.in_force.confidence, std::cmp::Reverse(b.in_force.position)))
            .unwrap_or(first);
        self.use_instrument(surest);
        if let Some(route) = function.route(surest.basis)
            && let Some(ground) = self.grounds.iter_mut().find(|g| g.kind == GroundKind::Function)
        {
            ground.confidence = route.confidence;
        }
        for b in bearing {
            let instrument = &b.entry.instrument;
            answer.instruments.push(&instrument.id);
            answer.conditions.extend(&instrument.conditions);
            answer.loss_exceptions.extend(&instrument.loss_exceptions);
            answer.forum = answer.forum.or(instrument.forum.as_ref());
            let work: Vec<_> = b
                .entry
                .work
                .iter()
                .filter(|row| row.holds(self.on, self.at))
                .filter(|row| {
                    row.value.functions.is_empty() || row.value.functions.contains(&function.code)
                })
                .collect();
            for row in work {
                // Who does the work never decides who exercises: its own confidence stays with it.
                let ground = self.ground_of(GroundKind::Work, row.origin, row.evidence);
                self.grounds.push(Ground { confidence: Confidence::Confirmed, ..ground });
                answer.performed_by.push(Performer {
                    body: row.value.performer,
                    confidence: Some(ground.confidence),
                });
            }
        }
        answer.exercisers.clone_from(&surest.exercisers);
        answer.basis = Some(surest.basis);
        answer.liable = self.liability(surest.basis, answer.holder, &surest.exercisers);
        answer.kind = match answer.liable.state {
            LiableState::Settled if answer.exercisers.len() > 1 => ResultKind::JointlyHeld,
            LiableState::Settled => ResultKind::Held,
            LiableState::Unsettled | LiableState::Unknown => ResultKind::Unsettled,
        };
        answer.confidence = self.lowest();
    }

    /// Where the instrument is not sure, and every case it could be has the same liable body, then
    /// who is liable is as sure as the law. More evidence never makes the defendant less sure.
    fn liable_all_the_same(&mut self, answer: &mut Answer<'r>, function: &'r Function, area: u32) {
        let open: Vec<_> = function.routes.iter().map(|route| route.basis).collect();
        if open.is_empty() || answer.liable.state != LiableState::Settled {
            return;
        }
        let before = self.grounds.len();
        let cases = self.cases(answer.holder, area, &open);
        let every = self.in_every_case(&cases);
        if every.bodies == answer.liable.bodies && every.confidence > answer.liable.confidence {
            answer.liable.confidence = every.confidence;
            answer.liable.in_every_case = true;
        } else {
            self.grounds.truncate(before);
        }
    }

    /// Step 7.
    fn conflict(&mut self, answer: &mut Answer<'r>, holder: BodyCode, bearing: &[Bearing<'r>]) {
        answer.kind = ResultKind::Conflict;
        for b in bearing {
            self.use_instrument(b);
            answer.instruments.push(&b.entry.instrument.id);
            let liable = self.liability(b.basis, Some(holder), &b.exercisers);
            answer.cases.push(Case {
                basis: b.basis,
                instrument: Some(&b.entry.instrument.id),
                exercisers: b.exercisers.clone(),
                rule: liable.rules.first().copied(),
                liable: liable.bodies,
            });
        }
        answer.liable = self.in_every_case(&answer.cases);
        answer.confidence = Confidence::Disputed;
    }

    fn use_instrument(&mut self, b: &Bearing<'r>) {
        let drawn = self.ground_of(GroundKind::Instrument, b.entry.at, b.entry.evidence);
        // Evidence that an instrument is in force bears out that it was made.
        let confidence = drawn.confidence.max(b.in_force.confidence);
        self.grounds.push(Ground { confidence, ..drawn });
        self.grounds.push(b.in_force);
        self.grounds.extend(b.continued);
    }

    /// Step 6's row of law: who is liable for exercise on a basis.
    fn liability(
        &mut self,
        basis: LegalBasis,
        holder: Option<BodyCode>,
        exercisers: &[BodyCode],
    ) -> Liability<'r> {
        let found = self.register.rules.iter().find_map(|(at, _, rule)| match &rule.content {
            RuleContent::Liability { bases, liable }
                if *at <= self.at && bases.contains(&basis) && rule.in_force(self.on) =>
            {
                Some((*at, rule, *liable))
            }
            _ => None,
        });
        let Some((at, rule, liable)) = found else {
            return Liability {
                state: LiableState::Unsettled,
                bodies: Vec::new(),
                rules: Vec::new(),
                confidence: Confidence::Unconfirmed,
                in_every_case: false,
            };
        };
        self.grounds.push(Ground {
            position: Position::from(at),
            kind: GroundKind::Rule,
            confidence: rule.confidence,
        });
        let bodies = match liable {
            LiableRule::Holder => holder.into_iter().collect(),
            LiableRule::Exerciser | LiableRule::EachExerciser => exercisers.to_vec(),
            LiableRule::NotStated => Vec::new(),
        };
        let settled = liable != LiableRule::NotStated;
        Liability {
            state: if settled { LiableState::Settled } else { LiableState::Unsettled },
            bodies,
            rules: vec![&rule.id],
            confidence: self.lowest(),
            in_every_case: false,
        }
    }

    fn lowest(&self) -> Confidence {
        let lowest = self.grounds.iter().map(|ground| ground.confidence).min();
        lowest.unwrap_or(Confidence::Unconfirmed)
    }

    // --- step 8: when the commissioner changed identity ------------------------------------

    /// The instruments by which the area's predecessors exercised the function when they ended.
    fn predecessor_instruments(
        &mut self,
        function: &Function,
        area: u32,
        depth: usize,
    ) -> Vec<&'r remit_domain::InstrumentId> {
        const SUCCESSIONS_MAX: usize = 8;
        let register = self.register;
        let mut found = Vec::new();
        let rows = register.bodies[area as usize].more.as_ref().map(|m| m.predecessors.as_slice());
        for row in rows.unwrap_or_default() {
            if !row.holds(self.on, self.at) || row.value.by_area.is_none() {
                continue;
            }
            let Some(eve) = row.effective.from().pred_opt() else { continue };
            let mut then = Search { register, on: eve, at: self.at, grounds: Vec::new() };
            let before = then.instruments(function, row.value.other);
            let passed: Vec<_> = before
                .iter()
                .filter(|b| b.entry.instrument.kind != InstrumentKind::GreaterInvolvement)
                .filter(|b| !matches!(b.entry.instrument.area, remit_domain::Area::England))
                .collect();
            if !passed.is_empty() {
                self.ground(GroundKind::Succession, row);
                for b in &passed {
                    self.use_instrument(b);
                    found.push(&b.entry.instrument.id);
                }
            } else if depth < SUCCESSIONS_MAX {
                let further = then.predecessor_instruments(function, row.value.other, depth + 1);
                if !further.is_empty() {
                    self.ground(GroundKind::Succession, row);
                    self.grounds.append(&mut then.grounds);
                    found.extend(further);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Instruments of the area's predecessors that a rule of law keeps in force against it.
    fn continued(&mut self, function: &Function, area: u32, role: BodyRole) -> Vec<Bearing<'r>> {
        let register = self.register;
        let mut found: Vec<Bearing<'r>> = Vec::new();
        let Some(function) = register.function_id(&function.code) else { return found };
        let area_code = register.bodies[area as usize].code;
        let rows = register.bodies[area as usize].more.as_ref().map(|m| m.predecessors.as_slice());
        for row in rows.unwrap_or_default() {
            if !row.holds(self.on, self.at) || row.value.by_area.is_none() {
                continue;
            }
            let day = row.effective.from();
            let Some(eve) = day.pred_opt() else { continue };
            let predecessor = &register.bodies[row.value.other as usize];
            let then = Search { register, on: eve, at: self.at, grounds: Vec::new() };
            let Some(from) = then.role(row.value.other) else { continue };
            let own = predecessor.more.as_ref().map(|m| m.instruments.as_slice());
            for index in own.unwrap_or_default() {
                let entry = &register.instruments[*index as usize];
                let rule = register.rules.iter().find(|(at, _, rule)| {
                    *at <= self.at
                        && rule.in_force(day)
                        && rule.content
                            == RuleContent::Continuity {
                                basis: entry.instrument.basis,
                                from,
                                to: role,
                            }
                });
                let Some((rule_at, _, rule)) = rule else { continue };
                if entry.at > self.at || entry.functions.binary_search(&function).is_err() {
                    continue;
                }
                let ran = then.in_force(entry, eve).is_some() && then.parties_in_being(entry);
                if !ran {
                    continue;
                }
                if let Some(in_force) = self.in_force(entry, self.on) {
                    let continued = Ground {
                        position: Position::from(*rule_at),
                        kind: GroundKind::Rule,
                        confidence: rule.confidence,
                    };
                    self.ground(GroundKind::Succession, row);
                    found.push(Bearing {
                        entry,
                        exercisers: vec![area_code],
                        basis: entry.instrument.basis,
                        in_force,
                        continued: Some(continued),
                    });
                }
            }
        }
        found
    }

    // --- what stands beside ----------------------------------------------------------------

    fn expectations(&mut self, function: &FunctionCode, area: u32) -> Vec<Expectation<'r>> {
        let register = self.register;
        let rows = register.bodies[area as usize].more.as_ref().map(|m| m.expectations.as_slice());
        let mut found = Vec::new();
        for row in rows.unwrap_or_default() {
            if row.value.function == *function && row.holds(self.on, self.at) {
                // Belief never makes an answer less sure: its own confidence stays out of it.
                let ground = self.ground_of(GroundKind::Expectation, row.origin, row.evidence);
                self.grounds.push(Ground { confidence: Confidence::Confirmed, ..ground });
                found.push(Expectation {
                    position: Position::from(row.origin),
                    expected: row.value.expected,
                    nature: &row.value.nature,
                    without_instrument: !self.executed(function, row.value.expected),
                });
            }
        }
        found
    }

    /// Whether an instrument giving the function to the body is executed or in force, as known.
    fn executed(&self, function: &FunctionCode, body: BodyCode) -> bool {
        let register = self.register;
        let Some(function) = register.function_id(function) else { return false };
        let received = register.body(body).and_then(|entry| entry.more.as_ref());
        received.map(|more| more.received.as_slice()).unwrap_or_default().iter().any(|index| {
            let entry = &register.instruments[*index as usize];
            let executed = |row: &Row<Stage>| row.known(self.at) && row.value == Stage::Executed;
            entry.at <= self.at
                && entry.functions.binary_search(&function).is_ok()
                && (entry.stages.iter().any(executed) || self.in_force(entry, self.on).is_some())
        })
    }

    /// The one national body of a role in being on the day.
    fn the(&self, role: BodyRole) -> Option<BodyCode> {
        let register = self.register;
        let mut bodies = register.national_bodies.iter().map(|id| &register.bodies[*id as usize]);
        let found = bodies.find(|entry| {
            entry.roles.iter().any(|row| row.value.role == role && row.holds(self.on, self.at))
        });
        found.map(|entry| entry.code)
    }

    /// Who answers to whom: who exercises to the holder, NHS England to the Secretary of State.
    fn accountable(&self, holder: BodyCode, exercisers: &[BodyCode]) -> Vec<(BodyCode, BodyCode)> {
        let mut pairs: Vec<_> =
            exercisers.iter().filter(|body| **body != holder).map(|body| (*body, holder)).collect();
        let upward = self.the(BodyRole::SecretaryOfState);
        if let Some(upward) = upward
            && self.the(BodyRole::NhsEngland) == Some(holder)
        {
            pairs.push((holder, upward));
        }
        pairs
    }

    /// Step 10, beside and never instead of the answer as at the day.
    fn answering_now(
        &self,
        answer: &Answer<'r>,
        day_known: Option<Day>,
    ) -> Vec<(BodyCode, Vec<BodyCode>)> {
        let Some(today) = day_known.filter(|day| *day > self.on) else { return Vec::new() };
        let now = Search { register: self.register, on: today, at: self.at, grounds: Vec::new() };
        let mut bodies: Vec<_> =
            answer.liable.bodies.iter().chain(&answer.exercisers).copied().collect();
        bodies.sort_unstable();
        bodies.dedup();
        let mut found = Vec::new();
        for body in bodies {
            let Some(id) = self.register.body_id(body) else { continue };
            let was = self.role(id);
            // A code that lives on in another role is not the same body.
            if was.is_some() && now.role(id) != was {
                let mut successors = Vec::new();
                now.successors(id, &mut successors, 0);
                successors.sort_unstable();
                successors.dedup();
                found.push((body, successors));
            }
        }
        found
    }

    fn successors(&self, id: u32, found: &mut Vec<BodyCode>, depth: usize) {
        const SUCCESSIONS_MAX: usize = 16;
        let rows = self.register.bodies[id as usize].more.as_ref().map(|m| m.successors.as_slice());
        for row in rows.unwrap_or_default() {
            if !row.holds(self.on, self.at) {
                continue;
            }
            let next = &self.register.bodies[row.value.other as usize];
            let commissions = |role: BodyRole| role != BodyRole::SubIcbLocation;
            if self.role(row.value.other).is_some_and(commissions) {
                found.push(next.code);
            } else if depth < SUCCESSIONS_MAX {
                self.successors(row.value.other, found, depth + 1);
            }
        }
    }

    fn unknown(&self, reason: Unknown) -> Answer<'r> {
        let mut answer = self.blank();
        answer.unknown = Some(reason);
        answer
    }

    fn blank(&self) -> Answer<'r> {
        Answer {
            effective_on: self.on,
            known_at: crate::store::KnownAt { position: 0, recorded_at: None },
            kind: ResultKind::Unknown,
            unknown: None,
            area: None,
            holder: None,
            exercisers: Vec::new(),
            forum: None,
            liable: Liability {
                state: LiableState::Unknown,
                bodies: Vec::new(),
                rules: Vec::new(),
                confidence: Confidence::Unconfirmed,
                in_every_case: false,
            },
            accountable: Vec::new(),
            performed_by: Vec::new(),
            basis: None,
            reserved: false,
            instruments: Vec::new(),
            predecessor_instruments: Vec::new(),
            conditions: Vec::new(),
            loss_exceptions: Vec::new(),
            cases: Vec::new(),
            expectations: Vec::new(),
            answering_now: Vec::new(),
            confidence: Confidence::Unconfirmed,
            grounds: Vec::new(),
        }
    }
}

/// Leaves out an instrument whose receiver passed the function on: the last link of a chain counts.
fn without_links(bearing: &mut Vec<Bearing<'_>>) {
    let givers: Vec<_> = bearing.iter().map(|b| b.entry.instrument.given_by.clone()).collect();
    if bearing.len() > 1 {
        bearing.retain(|b| {
            !givers
                .iter()
                .any(|giver| *giver == b.exercisers && *giver != b.entry.instrument.given_by)
        });
    }
}
