//! Who answers on a later day, over random mergers, splits, schemes and rules, against a sum that
//! goes forward.
//!
//! The register searches onwards from the liable body. The sum carries liabilities from day to day
//! instead: what a body bears on the eve of a day moves as the facts of that day say.
//! `REMIT_CHAINS` questions (default 10,000) from `REMIT_CHAINS_SEED`; the seed is printed.
//! `make chains` for more.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use oracle::chance::{Chance, law, of, variable};
use remit_domain::{
    Body, BodyCode, BodyDissolved, BodyRole, Confidence, Day, Event, Evidence, Fact, FunctionCode,
    Period, Position, Rule, RuleContent, Succession, SuccessionKind, TransferScheme,
};
use remit_register::{LiableState, Place, Register};

const QUESTIONS: u64 = 200;
const SURE: [Confidence; 4] =
    [Confidence::Confirmed, Confidence::Confirmed, Confidence::Derived, Confidence::Unconfirmed];
const ROLES: [BodyRole; 2] = [BodyRole::Ccg, BodyRole::Icb];

/// One way on from a body.
#[derive(Debug)]
struct Move {
    from: BodyCode,
    to: BodyCode,
    on: Day,
    scheme: bool,
    by_liability: bool,
    sure: Confidence,
    position: Position,
    rule: Option<String>,
}

/// A random world, and what it says as moves.
#[derive(Default)]
struct World {
    register: Register,
    /// What each body is, and its days.
    bodies: BTreeMap<BodyCode, (BodyRole, Day, Option<Day>)>,
    moves: Vec<Move>,
    /// From when acts of a body of the first role are read as acts of one of the second.
    rules: Vec<(String, BodyRole, BodyRole, Period)>,
}

/// What answers: the bodies, the steps that lead to them, and how sure they are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    bodies: BTreeSet<BodyCode>,
    /// From, to, day, rule and confidence of each step, by position.
    steps: BTreeMap<Position, (BodyCode, BodyCode, Day, Option<String>, Confidence)>,
    state: Option<(LiableState, Confidence)>,
}

impl World {
    fn of(chance: &mut Chance) -> Self {
        let mut world = Self::default();
        law().into_iter().for_each(|fact| _ = world.add(Confidence::Confirmed, fact));
        let day = |year: i32| {
            if year == 2022 { Day::new(2022, 7, 1) } else { Day::new(year, 4, 1) }.expect("a day")
        };
        world.enact("across", BodyRole::Ccg, BodyRole::Icb, Period::open(day(2013)), false);
        for (from, to) in ROLES.into_iter().flat_map(|from| ROLES.map(|to| (from, to))) {
            if (from, to) != (BodyRole::Ccg, BodyRole::Icb) && chance.once_in(2) {
                let first = 2013 + i32::try_from(chance.below(9)).expect("small");
                let until = chance.once_in(2).then(|| day(first + 4));
                let effective = Period::new(day(first), until).expect("a period");
                world.enact(&format!("across-{from}-{to}"), from, to, effective, true);
            }
        }
        for _ in 0..=4 + chance.below(4) {
            world.establish(day(2013));
        }
        for year in 2014..=2026 {
            for _ in 0..chance.below(3) {
                world.change(chance, day(year));
            }
        }
        world
    }

    fn add(&mut self, confidence: Confidence, fact: impl Into<Fact>) -> Position {
        let (source, url, made_on, note) = (of("a source"), None, None, None);
        let evidence = Arc::new(Evidence { source, url, made_on, confidence, note });
        self.register.apply(&Event { fact: fact.into(), evidence });
        self.register.tail()
    }

    fn enact(&mut self, id: &str, from: BodyRole, to: BodyRole, effective: Period, add: bool) {
        self.rules.push((id.to_owned(), from, to, effective));
        let content = RuleContent::ReadAcross { from, to };
        let (text, citation, confidence) = (of("text"), of("citation"), Confidence::Confirmed);
        let effective = Some(effective);
        if add {
            let (id, counter_argument) = (of(id), None);
            let rule =
                Rule { id, effective, content, text, counter_argument, citation, confidence };
            self.add(confidence, rule);
        }
    }

    fn establish(&mut self, on: Day) -> BodyCode {
        let code = of(&format!("{:02}A", self.bodies.len()));
        let role = ROLES[usize::from(on >= of("2022-07-01"))];
        let (name, legal_form, effective) = (of("name"), None, Period::open(on));
        self.add(Confidence::Confirmed, Body { code, role, name, legal_form, effective });
        self.bodies.insert(code, (role, on, None));
        code
    }

    /// The bodies that were there before the day and are there on it, and that nothing passes to or
    /// from on that day.
    fn settled(&self, on: Day) -> Vec<BodyCode> {
        let there =
            self.bodies.iter().filter(|(_, (_, from, until))| *from < on && until.is_none());
        let of_day = || self.moves.iter().filter(|each| each.on == on);
        let moves = |code: &BodyCode| of_day().any(|each| [each.from, each.to].contains(code));
        there.map(|(code, _)| *code).filter(|code| !moves(code)).collect()
    }

    /// Bodies merge, split, are absorbed or vanish, or something passes from a body in being.
    fn change(&mut self, chance: &mut Chance, on: Day) {
        let mut there = self.settled(on);
        if there.len() < 3 {
            return;
        }
        let mut take = |chance: &mut Chance| {
            let index = usize::try_from(chance.below(there.len() as u64)).expect("small");
            there.remove(index)
        };
        let (one, other) = (take(chance), take(chance));
        let (ending, receiving) = match chance.below(6) {
            0 => (vec![one, other], vec![self.establish(on)]),
            1 => (vec![one], vec![self.establish(on), self.establish(on)]),
            2 => (vec![one], vec![other]),
            3 => (vec![one], vec![self.establish(on)]),
            4 if chance.once_in(3) => (vec![one], Vec::new()),
            _ => return self.pass_in_being(chance, one, other, on),
        };
        for body in ending {
            let (role, _, until) = self.bodies.get_mut(&body).expect("there");
            *until = Some(on);
            let (code, role, effective_until) = (body, *role, on);
            self.add(Confidence::Confirmed, BodyDissolved { code, role, effective_until });
            for to in &receiving {
                let by_liability = chance.once_in(2).then(|| chance.of(&SURE));
                self.succeed(chance, body, *to, on, by_liability);
            }
            if chance.once_in(4) {
                let to = take(chance);
                self.scheme(chance, body, to, on);
                return;
            }
        }
    }

    fn pass_in_being(&mut self, chance: &mut Chance, one: BodyCode, other: BodyCode, on: Day) {
        if chance.once_in(2) {
            let sure = chance.of(&SURE);
            self.succeed(chance, one, other, on, Some(sure));
        } else {
            self.scheme(chance, one, other, on);
        }
    }

    fn succeed(
        &mut self,
        chance: &mut Chance,
        from: BodyCode,
        to: BodyCode,
        on: Day,
        by_liability: Option<Confidence>,
    ) {
        let source = chance.of(&SURE);
        let position = self.add(
            source,
            Succession {
                predecessor: from,
                successor: to,
                effective_on: on,
                kind: SuccessionKind::Merger,
                by_area: Some(Confidence::Confirmed),
                by_liability,
                share_millionths: None,
            },
        );
        let sure = source.min(by_liability.unwrap_or(Confidence::Unconfirmed));
        self.moves(from, to, on, (false, by_liability.is_some(), sure), position);
    }

    fn scheme(&mut self, chance: &mut Chance, from: BodyCode, to: BodyCode, on: Day) {
        let source = chance.of(&SURE);
        let described = chance.once_in(4).then(|| of("some contracts"));
        let excepted = chance.once_in(4).then(|| of("some contracts"));
        let functions: &[&[FunctionCode]] =
            &[&[], &[of("own-services")], &[of("qof")], &[of("qof"), of("own-services")]];
        let functions = chance.of(functions).to_vec();
        let own = functions.is_empty() || functions.contains(&of("own-services"));
        let sure = match (&described, &excepted) {
            (Some(_), _) | (_, Some(_)) => Confidence::Unconfirmed,
            (None, None) => Confidence::Confirmed,
        };
        let (power, effective_on) = (of("power"), on);
        let position = self.add(
            source,
            TransferScheme { from, to, power, effective_on, functions, described, excepted },
        );
        if own {
            self.moves(from, to, on, (true, true, sure.min(source)), position);
        }
    }

    fn moves(
        &mut self,
        from: BodyCode,
        to: BodyCode,
        on: Day,
        (scheme, by_liability, sure): (bool, bool, Confidence),
        position: Position,
    ) {
        let (before, after) = (self.bodies[&from].0, self.bodies[&to].0);
        let fits = |(_, from, to, days): &&(String, BodyRole, BodyRole, Period)| {
            (*from, *to) == (before, after) && days.contains(on)
        };
        let rule = self.rules.iter().find(fits).map(|(id, ..)| id.clone());
        self.moves.push(Move { from, to, on, scheme, by_liability, sure, position, rule });
    }

    /// What becomes by the day `later` of what the body bore on the day `on`. Nothing if the body
    /// answers itself and nothing says otherwise.
    fn sum(&self, body: BodyCode, on: Day, later: Day) -> Option<Found> {
        // Who bears it, each with the moves that brought it there; and the moves to bodies that
        // ceased while nothing more passed from them.
        let mut bear = BTreeMap::from([(body, BTreeSet::new())]);
        let mut lost = Vec::new();
        let days: BTreeSet<_> = self.moves.iter().map(|each| each.on).collect();
        let ends = self.bodies.values().filter_map(|(.., until)| *until);
        let days: BTreeSet<_> = days.into_iter().chain(ends).collect();
        for day in days.into_iter().filter(|day| on < *day && *day <= later) {
            let mut next = BTreeMap::<_, BTreeSet<_>>::new();
            for (who, path) in bear {
                let of_day: Vec<_> = (self.moves.iter().enumerate())
                    .filter(|(_, each)| each.from == who && each.on == day)
                    .collect();
                let sure = |each: &Move| each.sure >= Confidence::Derived;
                let schemed = of_day.iter().any(|(_, each)| each.scheme && sure(each));
                let liable = of_day.iter().any(|(_, each)| !each.scheme && each.by_liability);
                let taken = of_day
                    .iter()
                    .filter(|(_, each)| each.scheme || !schemed && (!liable || each.by_liability));
                let ends = self.bodies[&who].2 == Some(day);
                let (mut left, mut passed) = (ends, false);
                for (index, each) in taken {
                    (left, passed) = (left || sure(each), true);
                    let brought = next.entry(each.to).or_default();
                    brought.extend(path.iter().copied().chain([*index]));
                }
                if ends && !passed {
                    lost.push(path);
                } else if !left {
                    next.entry(who).or_default().extend(path);
                }
            }
            bear = next;
        }
        let there = self.bodies[&body].2.is_none_or(|until| later < until);
        let mut found = Found { bodies: bear.keys().copied().collect(), ..Found::default() };
        let ends_well = lost.is_empty();
        let told = bear.into_values().chain(lost).flatten();
        for each in told.map(|index| &self.moves[index]) {
            // A rule speaks of who succeeds, and not of whom a scheme alone names.
            let succeeds = self.moves.iter().any(|other| {
                !other.scheme && (other.from, other.to, other.on) == (each.from, each.to, each.on)
            });
            let rule = each.rule.clone().filter(|_| succeeds);
            let step = (each.from, each.to, each.on, rule, each.sure);
            found.steps.insert(each.position, step);
        }
        if there && found.steps.is_empty() && found.bodies.contains(&body) {
            return None;
        }
        let sure = found.steps.values().map(|step| step.4).min();
        let sure = sure.unwrap_or(Confidence::Unconfirmed);
        let state = match found.bodies.len() {
            0 => LiableState::Unknown,
            1 if sure >= Confidence::Derived && ends_well => LiableState::Settled,
            _ => LiableState::Unsettled,
        };
        found.state = Some((state, sure));
        Some(found)
    }
}

#[test]
fn who_answers_is_the_sum_of_what_passed() {
    let questions = variable("REMIT_CHAINS", 10_000);
    let seed = variable("REMIT_CHAINS_SEED", 20_200_401);
    println!("{questions} questions, REMIT_CHAINS_SEED={seed}");
    let (mut asked, mut longest) = (0, 0);
    let mut states = BTreeMap::<_, u64>::new();
    for number in 0.. {
        let mut chance = Chance::seeded(seed, number);
        let world = World::of(&mut chance);
        let bodies: Vec<_> = world.bodies.keys().copied().collect();
        for _ in 0..QUESTIONS {
            let body = chance.of(&bodies);
            let mut day = || {
                let (year, month) = (2013 + chance.below(14), 3 + chance.below(5));
                let last = if month % 2 == 0 { 30 } else { 31 };
                let day = chance.of(&[1, last]);
                let year = i32::try_from(year).expect("small");
                let month = u32::try_from(month).expect("small");
                Day::new(year, month, day).expect("a day")
            };
            let (on, later) = (day(), day());
            let (_, from, until) = world.bodies[&body];
            if on < from || until.is_some_and(|until| on >= until) || on >= of("2022-07-01") {
                continue;
            }
            let (function, place) = (of("own-services"), Place::Body(body));
            let head = world.register.tail();
            let days = (on, Some(later));
            let answer = world.register.who_holds_answering(&function, &place, days, head);
            assert_eq!(answer.liable.bodies, [body], "seed {seed}, world {number}, on {on}");
            let said = answer.answering_now.first().map(|now| Found {
                bodies: now.successors.iter().copied().collect(),
                steps: (now.steps.iter())
                    .map(|step| {
                        let rule = step.rule.map(ToString::to_string);
                        (step.position, (step.from, step.to, step.on, rule, step.confidence))
                    })
                    .collect(),
                state: Some((now.state, now.confidence)),
            });
            let sum = world.sum(body, on, later);
            assert_eq!(
                said, sum,
                "seed {seed}, world {number}: {body} on {on}, by {later}, of {:?} and {:?}",
                world.bodies, world.moves
            );
            let state = sum.as_ref().map(|found| found.state.expect("said").0.to_string());
            *states.entry(state.unwrap_or("itself".to_owned())).or_default() += 1;
            longest = longest.max(sum.map_or(0, |found| found.steps.len()));
            asked += 1;
        }
        if asked >= questions {
            break;
        }
    }
    println!("{asked} questions, 0 differences: {states:?}; at most {longest} steps");
    assert!(["itself", "settled", "unsettled", "unknown"].iter().all(|s| states.contains_key(*s)));
}
