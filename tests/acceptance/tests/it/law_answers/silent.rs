//! Changes of the law that no answer and no refusal can tell, each with the reason why.
//!
//! The reasons are worked out from the rows: on which bases anybody receives, by which functions
//! go on which days, and what other rows say of the same. What is left is in [`REASONS`] by hand.

use remit_domain::{DayOfYear, HolderRule, RoleInAnswer};

use super::*;

const NOT_IN_USE: &str = "no instrument can rest on its basis, for its functions, on those days";
const SAID_ELSEWHERE: &str = "another row says the same";
const NO_SUCH_STEP: &str = "nobody may take that step on that basis on those days";

/// What no rule here can work out: a rule, a change, and the reason.
const REASONS: [(&str, &str, &str); 15] = [
    ("start-ccg", "with s75", "NHS England holds no function that goes by that basis"),
    ("start-icb", "with s75", "NHS England holds no function that goes by that basis"),
    ("step-commence", "with ended", "what has ended does not begin again, whatever a row says"),
    ("step-lapse", "with in-force", "what was in force does not lapse, whatever a row says"),
    ("step-lapse", "with ended", "what was in force does not lapse, whatever a row says"),
    ("step-reject", "with in-force", "what was in force is not rejected, whatever a row says"),
    ("step-reject", "with ended", "what was in force is not rejected, whatever a row says"),
    ("step-withdraw", "with in-force", "what was in force is not withdrawn, whatever a row says"),
    ("step-withdraw", "with ended", "what was in force is not withdrawn, whatever a row says"),
    ("joined-with-the-owner", "with giver", "the giver is the owner, who is liable already"),
    ("joined-with-the-owner", "with holder", "the owner is liable already"),
    ("joined-in-partnership", "with giver", "the giver is the owner, who is liable already"),
    ("joined-in-partnership", "with holder", "the owner is liable already"),
    ("joined-by-direction", "with giver", "the giver is the holder, who is named already"),
    ("concurrent-s6c", "with holder", "the giver is the holder, who is named already"),
];

/// What the law as it is says, for working out what a change of it can tell.
pub struct Facts<'a> {
    rules: Vec<&'a Rule>,
    functions: Vec<&'a Function>,
    days: &'a BTreeSet<Day>,
    /// For each rule, the highest confidence of an answer that names it.
    surest: BTreeMap<RuleId, Confidence>,
}

impl<'a> Facts<'a> {
    pub fn of(book: &'a Book) -> Self {
        Self {
            rules: book.law.iter().filter_map(rule).collect(),
            functions: book.law.iter().filter_map(function).collect(),
            days: &book.days,
            surest: surest(),
        }
    }

    fn rules_on(&self, day: Day) -> impl Iterator<Item = &&'a Rule> {
        self.rules.iter().filter(move |rule| rule.in_force(day))
    }

    fn is_received(&self, basis: LegalBasis, day: Day) -> bool {
        basis == Basis::NoArrangement
            || self.rules_on(day).any(|rule| {
                matches!(&rule.content, RuleContent::Receiving { bases, .. }
                    if bases.contains(&basis))
            })
    }

    /// The functions among `of` (all of them if it is empty) that go by `basis` on `day`.
    fn going(&self, basis: LegalBasis, day: Day, of: &[FunctionCode]) -> Vec<&'a FunctionCode> {
        let intervenes = matches!(basis, Basis::S14z21 | Basis::S14z61);
        let goes = |row: &&&Function| {
            (of.is_empty() || of.contains(&row.code))
                && row.effective.contains(day)
                && !matches!(row.holder, HolderRule::OutsideRecords(_))
                && (basis == Basis::NoArrangement
                    || intervenes && row.holder == HolderRule::Commissioner
                    || row.routes.iter().any(|route| route.basis == basis))
        };
        self.functions.iter().filter(goes).map(|row| &row.code).collect()
    }

    fn in_use(&self, basis: LegalBasis, day: Day, of: &[FunctionCode]) -> bool {
        self.is_received(basis, day) && !self.going(basis, day, of).is_empty()
    }

    fn in_use_during(&self, basis: LegalBasis, period: Period, of: &[FunctionCode]) -> bool {
        let mut days = self.days.iter().filter(|day| period.contains(**day));
        days.any(|day| self.in_use(basis, *day, of))
    }

    fn may_take(&self, step: Step, basis: LegalBasis, day: Day) -> bool {
        self.rules_on(day).any(|rule| {
            matches!(&rule.content, RuleContent::Transition { bases, step: of, .. }
                if *of == step && bases.contains(&basis))
        })
    }

    /// The roles that may give (or receive) on a basis by rows other than `but`, on `day`.
    fn roles(&self, gives: bool, basis: LegalBasis, day: Day, but: &Rule) -> Vec<BodyRole> {
        let rows = self.rules_on(day).filter(|rule| rule.id != but.id);
        let roles = rows.filter_map(|rule| {
            let (RuleContent::Giving { bases, roles } | RuleContent::Receiving { bases, roles }) =
                &rule.content
            else {
                return None;
            };
            let its = gives == matches!(rule.content, RuleContent::Giving { .. });
            (its && bases.contains(&basis)).then_some(roles)
        });
        roles.flatten().copied().collect()
    }

    /// Why no answer and no refusal tells the rule `before` from `after`, if there is a reason.
    pub fn reason(&self, before: &Rule, after: &Rule, what: &str) -> Option<&'static str> {
        let by_hand = REASONS.iter().find(|(id, of, _)| *id == before.id.as_str() && *of == what);
        if let Some((_, _, why)) = by_hand {
            return Some(why);
        }
        if after.confidence != before.confidence {
            return self.unsure(before, after.confidence);
        }
        let (was, is) = (before.effective?, after.effective?);
        if was != is {
            let day = self.days_between(was, is)?;
            return self.on_a_day(before, day);
        }
        let (let_in_by_one, by_other) = (let_in(&before.content), let_in(&after.content));
        let mut changed = let_in_by_one.symmetric_difference(&by_other).peekable();
        if changed.peek().is_some() {
            let besides = changed.all(|pair| self.lets_in_besides(before, pair, was));
            return besides.then_some(SAID_ELSEWHERE);
        }
        self.of_content(before, &before.content, &after.content, was)
    }

    /// The one day that is in only one of two periods.
    fn days_between(&self, was: Period, is: Period) -> Option<Day> {
        let edges = [was.from(), is.from()].into_iter().chain(was.until()).chain(is.until());
        edges
            .flat_map(|day| [Some(day), day.eve()])
            .flatten()
            .find(|day| was.contains(*day) != is.contains(*day))
    }

    fn unsure(&self, rule: &Rule, confidence: Confidence) -> Option<&'static str> {
        use RuleContent as C;
        match &rule.content {
            C::Liability { .. } | C::Capacity { .. } => {
                let surest = self.surest.get(&rule.id)?;
                (confidence >= *surest).then_some("no answer that names it is surer")
            }
            C::Continuity { .. } => {
                Some("no answer under such a direction is surer than its route")
            }
            C::ReadAcross { .. } => Some("how sure a step is follows from the succession"),
            C::Receiving { .. }
            | C::Giving { .. }
            | C::Onward { .. }
            | C::Notice { .. }
            | C::Transition { .. }
            | C::Window { .. }
            | C::Commencement { .. }
            | C::Vesting { .. }
            | C::Regime { .. }
            | C::Succeeding { .. }
            | C::Joining { .. } => Some("nothing says how sure a row of this kind is"),
        }
    }

    fn on_a_day(&self, rule: &Rule, day: Day) -> Option<&'static str> {
        use RuleContent as C;
        match &rule.content {
            C::Liability { bases, .. } => {
                (!bases.iter().any(|basis| self.in_use(*basis, day, &[]))).then_some(NOT_IN_USE)
            }
            C::Capacity { bases, functions, .. } | C::Regime { bases, functions } => {
                (!bases.iter().any(|basis| self.in_use(*basis, day, functions)))
                    .then_some(NOT_IN_USE)
            }
            C::Onward { bases } | C::Transition { bases, .. } => {
                (!bases.iter().any(|basis| self.in_use(*basis, day, &[]))).then_some(NOT_IN_USE)
            }
            C::Continuity { .. } | C::ReadAcross { .. } => {
                (day != on("2022-07-01")).then_some("no CCG gives way to an ICB on that day")
            }
            C::Window { bases, step, last } => {
                let later = self.rules_on(day).any(|other| {
                    matches!(&other.content, C::Window { bases: of, step: its, last }
                        if other.id != rule.id && its == step && *last >= day
                            && of.iter().any(|basis| bases.contains(basis)))
                });
                if !bases.iter().any(|basis| self.may_take(*step, *basis, day)) {
                    return Some(NO_SUCH_STEP);
                }
                (day <= *last || later).then_some("the window, or a later one, is open on that day")
            }
            C::Notice { bases, .. } => {
                let may = |basis: &LegalBasis| self.may_take(Step::GiveNotice, *basis, day);
                (!bases.iter().any(may)).then_some(NO_SUCH_STEP)
            }
            C::Commencement { bases, days, .. } => {
                let is = |of: &DayOfYear| of.in_year(day.year()) == Some(day);
                if days.iter().any(is) {
                    return Some("an instrument may begin on that day anyhow");
                }
                (!bases.iter().any(|basis| self.in_use(*basis, day, &[]))).then_some(NOT_IN_USE)
            }
            C::Receiving { .. }
            | C::Giving { .. }
            | C::Vesting { .. }
            | C::Succeeding { .. }
            | C::Joining { .. } => None,
        }
    }

    fn of_content(
        &self,
        rule: &Rule,
        before: &RuleContent,
        after: &RuleContent,
        period: Period,
    ) -> Option<&'static str> {
        use RuleContent as C;
        let unused = |bases: &[LegalBasis], functions: &[FunctionCode]| {
            !bases.iter().any(|basis| self.in_use_during(*basis, period, functions))
        };
        match (before, after) {
            (C::Liability { bases, liable: was }, C::Liability { bases: other, liable: is }) => {
                if was == is {
                    return unused(&changed(bases, other), &[]).then_some(NOT_IN_USE);
                }
                same_liable(bases, *was, *is)
            }
            (
                C::Capacity { bases, functions, capacity, bodies },
                C::Capacity { bases: others, functions: of, capacity: other, bodies: roles },
            ) => {
                let alone = bases == others && bases.as_slice() == [Basis::NoArrangement];
                if let Some(why) = same_bodies(*capacity, capacity == other && alone, bodies, roles)
                {
                    return Some(why);
                }
                let same = capacity == other && bodies == roles;
                let named = |basis: &LegalBasis| self.names_already(*capacity, *basis, period);
                if same && changed(bases, others).iter().all(named) {
                    return Some("an answer on that basis names these bodies already");
                }
                same.then(|| self.of_functions((bases, functions), (others, of), period)).flatten()
            }
            (C::Regime { bases, functions }, C::Regime { bases: others, functions: of }) => {
                self.of_functions((bases, functions), (others, of), period)
            }
            (C::Receiving { bases, roles }, C::Receiving { bases: others, roles: of }) => {
                self.same_roles(false, rule, (bases, roles), (others, of), period)
            }
            (C::Giving { bases, roles }, C::Giving { bases: others, roles: of }) => {
                self.same_roles(true, rule, (bases, roles), (others, of), period)
            }
            (C::Onward { bases }, C::Onward { bases: others }) => {
                self.onward(rule, &changed(bases, others), period)
            }
            (
                C::Window { bases, step, last },
                C::Window { bases: others, step: of, last: until },
            ) if step == of && last == until => {
                self.window(rule, (*step, *last), &changed(bases, others), period)
            }
            (C::Notice { bases, .. }, C::Notice { bases: others, .. }) => {
                self.never(Step::GiveNotice, &changed(bases, others), period)
            }
            (
                C::Commencement { bases, giver, .. },
                C::Commencement { bases: others, giver: other, .. },
            ) if giver == other => self.commencement(*giver, &changed(bases, others), period),
            (C::Transition { step, .. }, C::Transition { step: of, from, .. }) if step == of => {
                let ends = matches!(
                    step,
                    Step::Terminate
                        | Step::Revoke
                        | Step::Expire
                        | Step::Supersede
                        | Step::Dissolve
                        | Step::HandBack
                );
                (ends && from.contains(&State::InForce) && from.len() > 1)
                    .then_some("only what is in force ends, whatever a row says")
            }
            _ => None,
        }
    }

    /// Whether another row lets the same bodies succeed or join each other all through `period`.
    fn lets_in_besides(&self, rule: &Rule, pair: &Pair, period: Period) -> bool {
        self.rules.iter().filter(|other| other.id != rule.id).any(|other| {
            let longer = other.effective.is_some_and(|of| {
                of.contains(period.from())
                    && of.until().is_none_or(|end| period.until().is_some_and(|day| day <= end))
            });
            longer && let_in(&other.content).contains(pair)
        })
    }

    fn window(
        &self,
        rule: &Rule,
        (step, last): (Step, Day),
        bases: &[LegalBasis],
        period: Period,
    ) -> Option<&'static str> {
        let later = self.rules.iter().any(|other| {
            matches!(&other.content, RuleContent::Window { bases: of, step: its, last: until }
                if other.id != rule.id && *its == step && *until >= last
                    && other.effective.is_some_and(|of| of.overlaps(&period))
                    && bases.iter().all(|basis| of.contains(basis)))
        });
        let later = later.then_some("the window, or a later one, is open on those days");
        later.or_else(|| self.never(step, bases, period))
    }

    fn commencement(
        &self,
        giver: BodyRole,
        bases: &[LegalBasis],
        period: Period,
    ) -> Option<&'static str> {
        let gives = |basis: &LegalBasis| {
            let mut days = self.days.iter().filter(|day| period.contains(**day));
            let by_rule = |rule: &&&Rule| {
                matches!(&rule.content, RuleContent::Giving { bases, roles }
                    if bases.contains(basis) && roles.contains(&giver))
            };
            *basis == Basis::NoArrangement
                || days.any(|day| self.rules_on(*day).any(|rule| by_rule(&rule)))
        };
        let unused = !bases.iter().any(|basis| self.in_use_during(*basis, period, &[]));
        (!bases.iter().any(gives) || unused).then_some(NOT_IN_USE)
    }

    /// Whether every answer on `basis` names already, as exerciser or as liable, whom a row of
    /// `capacity` would name besides.
    fn names_already(
        &self,
        capacity: remit_domain::Capacity,
        basis: LegalBasis,
        period: Period,
    ) -> bool {
        use remit_domain::Capacity as Of;
        use remit_domain::LiableRule::{EachExerciser, Exerciser};
        let joint = matches!(basis, Basis::S13zJointly | Basis::S65z5Jointly);
        match capacity {
            Of::EntitledToo => joint || basis == Basis::NoArrangement,
            Of::SuableToo => {
                let rules = self.rules.iter().filter(|rule| {
                    rule.effective.is_some_and(|effective| effective.overlaps(&period))
                });
                let mut liable = rules.filter_map(|rule| {
                    let RuleContent::Liability { bases, liable } = &rule.content else {
                        return None;
                    };
                    bases.contains(&basis).then_some(*liable)
                });
                basis == Basis::NoArrangement
                    || liable.all(|rule| matches!(rule, Exerciser | EachExerciser))
            }
            Of::DecisionMaker | Of::ContractParty => false,
        }
    }

    /// Why no answer tells that a row of the catalogue is as sure as `confidence`.
    pub fn unsure_function(&self, row: &Function, confidence: Confidence) -> Option<&'static str> {
        let day = row.effective.from();
        let rule = self.rules_on(day).find(|rule| {
            matches!(&rule.content, RuleContent::Liability { bases, .. }
                if bases.contains(&Basis::NoArrangement))
        })?;
        let capped = confidence > row.confidence && row.confidence >= rule.confidence;
        (capped && row.routes.is_empty()).then_some("the rule of who is liable is no surer")
    }

    /// Why no answer tells that a route of a row of the catalogue was `was` sure and is now as sure
    /// as `confidence`.
    pub fn unsure_route(
        &self,
        row: &Function,
        basis: LegalBasis,
        (was, confidence): (Confidence, Confidence),
    ) -> Option<&'static str> {
        if confidence > row.confidence && was >= row.confidence {
            return Some("a route is no surer than its row");
        }
        let mut liable = self.rules.iter().filter(|rule| {
            matches!(&rule.content, RuleContent::Liability { bases, .. } if bases.contains(&basis))
                && rule.effective.is_some_and(|effective| effective.overlaps(&row.effective))
        });
        liable
            .all(|rule| rule.confidence <= was.min(confidence))
            .then_some("the rule of who is liable is no surer than the route")
    }

    fn of_functions(
        &self,
        (bases, functions): (&[LegalBasis], &[FunctionCode]),
        (others, of): (&[LegalBasis], &[FunctionCode]),
        period: Period,
    ) -> Option<&'static str> {
        let days = || self.days.iter().filter(|day| period.contains(**day));
        let seen = |bases: &[LegalBasis],
                    functions: &[FunctionCode]|
         -> BTreeSet<(LegalBasis, &FunctionCode)> {
            let each = |basis: &LegalBasis| {
                let basis = *basis;
                days()
                    .filter(move |day| self.is_received(basis, **day))
                    .flat_map(move |day| self.going(basis, *day, functions))
                    .map(move |function| (basis, function))
                    .collect::<Vec<_>>()
            };
            bases.iter().flat_map(each).collect()
        };
        (seen(bases, functions) == seen(others, of)).then_some(NOT_IN_USE)
    }

    fn same_roles(
        &self,
        gives: bool,
        rule: &Rule,
        (bases, roles): (&[LegalBasis], &[BodyRole]),
        (others, of): (&[LegalBasis], &[BodyRole]),
        period: Period,
    ) -> Option<&'static str> {
        let days = || self.days.iter().filter(|day| period.contains(**day));
        let may = |bases: &[LegalBasis], roles: &[BodyRole], basis: &LegalBasis, day: Day| {
            let own = roles.iter().filter(|_| bases.contains(basis)).copied();
            own.chain(self.roles(gives, *basis, day, rule)).collect::<BTreeSet<_>>()
        };
        // Greater involvement moves nothing, so anybody may give and receive it.
        let real = LegalBasis::ALL.iter().filter(|basis| **basis != Basis::NoArrangement);
        let same = real.into_iter().all(|basis| {
            days().all(|day| may(bases, roles, basis, *day) == may(others, of, basis, *day))
        });
        same.then_some(SAID_ELSEWHERE)
    }

    fn onward(&self, rule: &Rule, bases: &[LegalBasis], period: Period) -> Option<&'static str> {
        let [basis] = bases else { return None };
        let mut days = self.days.iter().filter(|day| period.contains(**day));
        let elsewhere = |day: &Day| {
            self.rules_on(*day).any(|other| {
                matches!(&other.content, RuleContent::Onward { bases }
                if other.id != rule.id && bases.contains(basis))
            })
        };
        let moves = !matches!(basis, Basis::NoArrangement | Basis::S14z21 | Basis::S14z61);
        if !moves {
            return Some("an instrument on that basis needs no title");
        }
        // Who gives on these has the function by statute, and by no instrument.
        if matches!(
            basis,
            Basis::S7b | Basis::S6c | Basis::S98a | Basis::S13zBy | Basis::S13zJointly
        ) {
            return Some("who gives on that basis has its functions by statute");
        }
        days.all(|day| elsewhere(day) || !self.in_use(*basis, *day, &[])).then_some(SAID_ELSEWHERE)
    }

    fn never(&self, step: Step, bases: &[LegalBasis], period: Period) -> Option<&'static str> {
        let mut days = self.days.iter().filter(|day| period.contains(**day));
        let taken = days.any(|day| bases.iter().any(|basis| self.may_take(step, *basis, *day)));
        (!taken).then_some(NO_SUCH_STEP)
    }
}

/// The bases that are in only one of two lists.
/// Bodies that a rule lets in, by their roles: the first succeeded by the second, or the first a
/// member of the second by a relation.
type Pair = (Option<Relation>, BodyRole, BodyRole);

fn let_in(content: &RuleContent) -> BTreeSet<Pair> {
    let (relation, of, by) = if let RuleContent::Succeeding { from, to } = content {
        (None, from, to)
    } else if let RuleContent::Joining { relation, members, groups } = content {
        (Some(*relation), members, groups)
    } else {
        return BTreeSet::new();
    };
    of.iter().flat_map(|one| by.iter().map(move |other| (relation, *one, *other))).collect()
}

fn changed(one: &[LegalBasis], other: &[LegalBasis]) -> Vec<LegalBasis> {
    let only = one.iter().filter(|basis| !other.contains(basis));
    only.chain(other.iter().filter(|basis| !one.contains(basis))).copied().collect()
}

/// Why the words for the bodies of a rule of capacity name the same bodies.
fn same_bodies(
    capacity: remit_domain::Capacity,
    unarranged: bool,
    one: &[RoleInAnswer],
    other: &[RoleInAnswer],
) -> Option<&'static str> {
    if one == other {
        return None;
    }
    if capacity == remit_domain::Capacity::EntitledToo {
        return Some("who exercises is entitled by that; who gives on it is the holder");
    }
    let of_holder = |roles: &[RoleInAnswer]| roles.iter().any(|role| *role != RoleInAnswer::Giver);
    (unarranged && of_holder(one) && of_holder(other))
        .then_some("without an arrangement the holder is the exerciser")
}

fn same_liable(
    bases: &[LegalBasis],
    was: remit_domain::LiableRule,
    is: remit_domain::LiableRule,
) -> Option<&'static str> {
    use remit_domain::LiableRule::{EachExerciser, Exerciser, Holder};
    let who = |rule| matches!(rule, Exerciser | EachExerciser);
    if who(was) && who(is) {
        return Some("an answer names everybody who exercises the function, in either word");
    }
    let alone = bases == [Basis::NoArrangement];
    (alone && [was, is].into_iter().all(|rule| who(rule) || rule == Holder))
        .then_some("without an arrangement the holder is the exerciser")
}
