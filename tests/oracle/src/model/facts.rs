//! What there is on a day: bodies, functions, law and instruments.

use super::*;

impl<'e> Known<'e> {
    // What there is: bodies, memberships, functions, law.

    pub(super) fn roles(&self, code: BodyCode) -> impl Iterator<Item = (BodyRole, Period)> {
        each!(self, BodyEstablished(b) if b.code == code => (b.role, cut(b.effective, each!(self,
            BodyDissolved { code, role, effective_until: end }
            if (*code, *role) == (b.code, b.role) => *end))))
    }

    pub(super) fn role(&self, code: BodyCode, day: Day) -> Option<(BodyRole, Period)> {
        self.roles(code).find(|(_, period)| period.contains(day))
    }

    /// The first body in a role that only one body has at a time.
    pub(super) fn office(&self, role: BodyRole) -> Option<BodyCode> {
        each!(row in self.all, BodyEstablished(b) if b.role == role => b.code)
            .find(|code| self.role(*code, self.on).is_some_and(|(own, _)| own == role))
    }

    /// Where the first membership of the day leads, if there is one.
    pub(super) fn led(&self, of: &Member, sense: Relation) -> Option<Found> {
        let ends = |m: &'e Membership| {
            each!(self, MembershipEnded {
                member, group, relation, effective_from: from, effective_until: end }
            if (member, group, relation) == (&m.member, &m.group, &m.relation)
                && *from == m.effective.from() => *end)
        };
        each!(self, MembershipStarted(m) => m)
            .filter(|m| m.member == *of && m.relation == sense)
            .find(|m| cut(m.effective, ends(m)).contains(self.on))
            .map(|m| self.commissioner(m.group))
    }

    pub(super) fn segments(&self) -> impl Iterator<Item = (&'e Function, Period)> {
        each!(self, FunctionCatalogued(f) if f.code == *self.function => (f, cut(f.effective,
            each!(self, FunctionEnded { function, effective_until: end }
                if *function == f.code && f.effective.until().is_none() => *end))))
    }

    /// Whether a list, which names all functions where it is empty, names the one asked about.
    pub(super) fn named(&self, functions: &[FunctionCode]) -> bool {
        functions.is_empty() || functions.contains(self.function)
    }

    pub(super) fn law(&self, rule: &Rule) -> Option<Period> {
        let mut begun = each!(self, RuleCommenced { rule: id, effective }
            if *id == rule.id => *effective);
        let period = rule.effective.or(begun.next_back())?;
        let ends = each!(self, RuleEnded { rule: id, effective_until: end }
            if *id == rule.id && period.until().is_none() => *end);
        Some(cut(period, ends))
    }

    /// The first rule in law that says so, in the order of the first rows of the kind, so or not.
    pub(super) fn rule(&self, day: Day, says: impl Fn(&Content) -> bool) -> Option<&'e Rule> {
        each!(row in self.all, RuleEnacted(rule) => rule).find_map(|first| {
            let row = each!(self, RuleEnacted(row) if row.id == first.id => row)
                .find(|row| self.law(row).is_some_and(|period| period.contains(day)))?;
            let same_kind = discriminant(&row.content) == discriminant(&first.content);
            (same_kind && says(&row.content)).then_some(row)
        })
    }

    // Instruments.

    /// The text of an instrument on a day, and the day from which it reads so.
    pub(super) fn text(&self, id: &InstrumentId, day: Day) -> Option<(Day, &'e Instrument)> {
        let drawn = each!(self, InstrumentDrawn(i) if i.id == *id => (Day::MIN, i)).next()?;
        let varied = each!(self, InstrumentVaried { instrument: i, effective_from: from, .. }
            if i.id == *id && *from <= day => (*from, i));
        once(drawn).chain(varied).max_by_key(|(from, _)| *from)
    }

    pub(super) fn covering(
        &self,
        area: BodyCode,
        day: Day,
    ) -> impl Iterator<Item = &'e Instrument> {
        sorted(each!(self, InstrumentDrawn(i) => &i.id))
            .into_iter()
            .filter_map(move |id| self.text(id, day).map(|(_, text)| text))
            .filter(|text| text.functions.contains(self.function))
            .filter(move |i| !matches!(&i.area, Area::Of(areas) if !areas.contains(&area)))
    }

    /// The row by which an instrument is in force, where these parties have stayed as they were.
    pub(super) fn row(&self, id: &InstrumentId, day: Day, parties: &[BodyCode]) -> Option<u64> {
        let ended = each!(self, InstrumentEnded { instrument, effective_until: end, .. }
            | NoticeGiven { instrument, ends_on: end, .. } if instrument == id => *end)
        .any(|end| end <= day);
        let stayed = |party, from| self.role(party, from).is_some_and(|(_, p)| p.contains(day));
        each!(row in self.facts, InstrumentInForce { instrument, effective, start }
            if !ended && instrument == id && effective.contains(day) => {
            let approved = (*start == Start::ApprovalOnly).then_some(Confidence::Unconfirmed);
            let confidence = row.2.confidence.min(approved.unwrap_or(Confidence::Confirmed));
            (confidence, Reverse(row.0), effective.from())
        })
        .filter(|(.., from)| parties.iter().all(|party| stayed(*party, *from)))
        .max()
        .map(|(_, Reverse(at), _)| at)
    }

    pub(super) fn in_force(&self, area: BodyCode, day: Day) -> impl Iterator<Item = Bearing<'e>> {
        self.covering(area, day).filter_map(move |text| {
            let parties = [&text.given_by[..], &text.given_to[..]].concat();
            let row = self.row(&text.id, day, &parties)?;
            let exercisers = match text.kind {
                GreaterInvolvement => vec![],
                JointArrangement => sorted(parties),
                _ if text.given_to.contains(&area) => vec![area],
                _ => sorted(text.given_to.clone()),
            };
            Some((text, exercisers, row))
        })
    }

    /// From whom a body has had area by a day, with the first day after each and the eve of it.
    pub(super) fn before(
        &self,
        area: BodyCode,
        day: Day,
    ) -> impl Iterator<Item = (BodyCode, Day, Day)> {
        each!(self, SuccessionRecorded(s)
            if s.successor == area && s.by_area.is_some() && s.effective_on <= day
            => (s.predecessor, s.effective_on, s.effective_on.pred_opt().expect("a day before")))
    }

    /// The instruments that by law go on against a successor, though they do not name it.
    pub(super) fn continued(&self, area: BodyCode, to: BodyRole) -> Vec<Bearing<'e>> {
        let mut found: Vec<Bearing<'e>> = self
            .before(area, self.on)
            .flat_map(|(body, on, eve)| {
                self.in_force(body, eve).filter_map(move |(text, ..)| {
                    let (from, _) = self.role(body, eve)?;
                    let law = Content::Continuity { basis: text.basis, from, to };
                    self.rule(on, |content| *content == law)?;
                    Some((text, vec![area], self.row(&text.id, self.on, &[])?))
                })
            })
            .collect();
        found.sort_by_key(|(text, ..)| &text.id);
        found.dedup_by_key(|(text, ..)| &text.id);
        found
    }

    pub(super) fn predecessors(&self, area: BodyCode, day: Day, depth: u32) -> Vec<InstrumentId> {
        sorted(self.before(area, day).flat_map(|(body, _, eve)| {
            let own: Vec<_> = self
                .in_force(body, eve)
                .map(|(text, ..)| text)
                .filter(|text| text.kind != GreaterInvolvement && text.area != Area::England)
                .map(|text| text.id.clone())
                .collect();
            let further = own.is_empty() && depth < 8;
            if further { self.predecessors(body, eve, depth + 1) } else { own }
        }))
    }
}
