//! What the rows of England's law come to: the answers that rest on them, and the steps that they
//! allow. `law_answers.txt` holds them, and so each row is held by some line of it.
//!
//! A small country is recorded: a PCT, CCGs, ICBs, a council and a trust. Of every function it is
//! asked, on the first day and the eve of every row of law, who holds it without an instrument, and
//! under an instrument of each basis; then who may give and receive on each basis, and which step
//! may be taken from which state by whom. `REMIT_BLESS=1` writes the file anew; read the difference
//! beside the statute before it is committed.
//!
//! `mutants` changes the rows one by one and looks which line of the file notices.

mod country;
mod mutants;
mod silent;

use std::collections::{BTreeMap, BTreeSet};

use acceptance::{code, fact, instrument_for, law, member, on, succession};
use remit_domain::{
    Act, BodyCode, BodyFault, BodyRole, Command, Confidence, Day, Event, Fact, Fault, Function,
    FunctionCode, InstrumentKind, LawFact, LegalBasis, Party, PartyFault, Period, Reason, Refusal,
    Relation, Rule, RuleContent, RuleId, State, Step, SuccessionFault, SuccessionKind, Word,
};
use remit_register::{Answer, Case, Place, Register};

use super::life::{self, Sort};
use country::*;

/// The day on which it is asked who would answer.
const LATER: &str = "2026-11-30";

/// Bodies that were always there, for what does not turn on their lives.
const LASTING: [(&str, BodyRole); 7] = [
    ("00A", BodyRole::Ccg),
    ("00B", BodyRole::Ccg),
    ("00C", BodyRole::Ccg),
    ("QAA", BodyRole::Icb),
    ("QBB", BodyRole::Icb),
    ("E10", BodyRole::LocalAuthority),
    ("RAA", BodyRole::Trust),
];

/// A part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Section {
    /// Who holds each function where no instrument is recorded.
    Unarranged,
    /// Who holds each function under an instrument.
    Arranged,
    /// Who may give, receive and pass on.
    Parties,
    /// Which body may succeed which, and which may belong to which.
    Bodies,
    /// The steps, of these only.
    Steps(Vec<Step>),
}

impl Section {
    /// The section, step by step.
    fn parts(&self) -> Vec<Self> {
        match self {
            Self::Steps(steps) => steps.iter().map(|step| Self::Steps(vec![*step])).collect(),
            Self::Unarranged | Self::Arranged | Self::Parties | Self::Bodies => {
                vec![self.clone()]
            }
        }
    }
}

/// The lines of the file, by what each is about.
type Lines = BTreeMap<String, String>;

/// The law as events, and the days on which some row of it begins or ends, each with its eve.
struct Book {
    law: Vec<Event>,
    days: BTreeSet<Day>,
    /// The days of the rules on which body may succeed or join which.
    of_bodies: BTreeSet<Day>,
    /// The days of the rules of each step.
    of_steps: BTreeMap<Step, BTreeSet<Day>>,
    /// The bases by which each function may go, in any segment.
    routes: BTreeMap<FunctionCode, BTreeSet<LegalBasis>>,
}

fn events(commands: Vec<Command>) -> Vec<Event> {
    let event = |command: Command| {
        let Act::State(fact) = command.act else { panic!("not a fact: {command:?}") };
        Event { fact, evidence: command.evidence }
    };
    commands.into_iter().map(event).collect()
}

fn rule(event: &Event) -> Option<&Rule> {
    let Fact::Law(LawFact::RuleEnacted(rule)) = &event.fact else { return None };
    Some(rule)
}

fn function(event: &Event) -> Option<&Function> {
    let Fact::Law(LawFact::FunctionCatalogued(function)) = &event.fact else { return None };
    Some(function)
}

impl Book {
    fn of_england() -> Self {
        let law = events(law());
        let (mut days, mut of_bodies) = (BTreeSet::new(), BTreeSet::new());
        let (mut of_steps, mut routes) = (BTreeMap::new(), BTreeMap::new());
        let edges = |period: Period| {
            let firsts = [Some(period.from()), period.until()];
            firsts.into_iter().flatten().flat_map(|day| [Some(day), day.eve()]).flatten()
        };
        for rule in law.iter().filter_map(rule) {
            let own: BTreeSet<Day> = rule.effective.into_iter().flat_map(edges).collect();
            if matches!(rule.content, RuleContent::Succeeding { .. } | RuleContent::Joining { .. })
            {
                of_bodies.extend(own);
                continue;
            }
            days.extend(&own);
            let with_next = |day: Day| [Some(day), day.next()].into_iter().flatten();
            let (step, more): (Step, Vec<Day>) = match &rule.content {
                RuleContent::Transition { step, .. } => (*step, Vec::new()),
                RuleContent::Window { step, last, .. } => (*step, with_next(*last).collect()),
                RuleContent::Notice { last, .. } => {
                    let last = last.in_year(2016).expect("a day");
                    (Step::GiveNotice, with_next(last).collect())
                }
                RuleContent::Commencement { days, .. } => {
                    let of = |year| days.iter().filter_map(move |day| day.in_year(year));
                    let all = [2016, 2023].into_iter().flat_map(of);
                    (Step::Commence, all.flat_map(with_next).collect())
                }
                RuleContent::Liability { .. }
                | RuleContent::Receiving { .. }
                | RuleContent::Continuity { .. }
                | RuleContent::Giving { .. }
                | RuleContent::Onward { .. }
                | RuleContent::Vesting { .. }
                | RuleContent::ReadAcross { .. }
                | RuleContent::Capacity { .. }
                | RuleContent::Regime { .. }
                | RuleContent::Succeeding { .. }
                | RuleContent::Joining { .. } => continue,
            };
            // Two days on which no row begins or ends, long after all instruments began.
            let plain = ["2016-10-03", "2023-10-03"].map(on);
            let nexts: Vec<Day> = own.iter().filter_map(|day| day.next()).collect();
            let all = own.into_iter().chain(nexts).chain(more).chain(plain);
            of_steps.entry(step).or_insert_with(BTreeSet::new).extend(all);
        }
        for function in law.iter().filter_map(function) {
            days.extend(edges(function.effective));
            let of = routes.entry(function.code.clone()).or_insert_with(BTreeSet::new);
            of.extend(function.routes.iter().map(|route| route.basis));
        }
        Self { law, days, of_bodies, of_steps, routes }
    }

    /// The lines of one part, by the law `law`.
    fn lines(&self, law: &[Event], section: &Section) -> Lines {
        match section {
            Section::Unarranged => self.unarranged(&mut country(law)),
            Section::Arranged => self.arranged(country(law)),
            Section::Parties => self.parties(law),
            Section::Bodies => self.bodies(law),
            Section::Steps(steps) => self.steps(law, steps),
        }
    }

    /// The answers to a question over the days of `life`, one after another.
    fn told(
        &self,
        register: &Register,
        function: &FunctionCode,
        at: &str,
        life: Period,
    ) -> Vec<(Day, String)> {
        let mut told: Vec<(Day, String)> = Vec::new();
        for day in self.days.iter().filter(|day| life.contains(**day)) {
            let (place, days) = (Place::Body(code(at)), (*day, Some(on(LATER))));
            let answer = register.who_holds_answering(function, &place, days, register.tail());
            let says = says(&answer);
            if told.last().is_none_or(|(_, last)| *last != says) {
                told.push((*day, says));
            }
        }
        told
    }

    fn unarranged(&self, register: &mut Register) -> Lines {
        let mut alike = Alike::default();
        for denied in [false, true] {
            if denied {
                denied_all(register);
            }
            let title = if denied { ", without an arrangement" } else { "" };
            for (place, from, until) in PLACES {
                for function in self.routes.keys() {
                    for (day, says) in self.told(register, function, place, period(from, until)) {
                        alike.add(format!("at {place}{title} from {day}"), says, function);
                    }
                }
            }
        }
        alike.lines()
    }

    fn arranged(&self, mut register: Register) -> Lines {
        let mut alike = Alike::default();
        for each in &ARRANGEMENTS {
            let intervenes = each.leg.kind == Kind::Intervention;
            let involves = each.leg.kind == Kind::GreaterInvolvement;
            for (function, routes) in &self.routes {
                let own = function.as_str().ends_with("-own-commissioning");
                let fits = routes.contains(&each.leg.basis) || intervenes && own || involves;
                if !fits {
                    continue;
                }
                let before = register.tail();
                let about = each.title();
                match self.begun(&mut register, each, function) {
                    Err(why) => alike.add(about, why, function),
                    Ok(began) => {
                        for place in each.asked_at {
                            let (_, _, until) =
                                PLACES.iter().find(|of| of.0 == *place).expect("a place");
                            let life = period(&began.to_string(), until);
                            for (day, says) in self.told(&register, function, place, life) {
                                alike.add(
                                    format!("{about}, at {place} from {day}"),
                                    says,
                                    function,
                                );
                            }
                        }
                    }
                }
                register.retract_after(before);
            }
        }
        alike.lines()
    }

    /// Puts an instrument in force on the first day on which that is allowed. Otherwise returns
    /// why it was not allowed on the last day.
    fn begun(
        &self,
        register: &mut Register,
        each: &Arrangement,
        function: &FunctionCode,
    ) -> Result<Day, String> {
        let (_, from, until) = PLACES.iter().find(|of| of.0 == each.area).expect("a place");
        let mut why = String::new();
        for day in self.days.iter().filter(|day| period(from, until).contains(**day)) {
            let before = register.tail();
            let mut legs = each.under.iter().chain([&each.leg]).enumerate();
            let begin = |(number, leg): (usize, &Leg)| {
                begins(register, &format!("i{number}"), leg, each.area, function, *day)
            };
            match legs.try_for_each(begin) {
                Ok(()) => return Ok(*day),
                Err(refusals) => {
                    why = words(&refusals.iter().map(Refusal::reason).collect::<Vec<_>>())
                }
            }
            register.retract_after(before);
        }
        Err(why)
    }

    /// On which days a body of each role may give, and may receive, on each basis.
    fn parties(&self, law: &[Event]) -> Lines {
        let mut register = register(law);
        let coded = |number: usize| format!("B{number:02}");
        let other = |number: usize| format!("C{number:02}");
        for (number, role) in BodyRole::ALL.iter().enumerate() {
            live(&mut register, &coded(number), *role, "2000-01-01", "");
            live(&mut register, &other(number), *role, "2000-01-01", "");
        }
        let of = |role| other(BodyRole::ALL.iter().position(|each| *each == role).expect("listed"));
        let mut lines = Lines::new();
        for each in one_of_each_basis() {
            let fits = |function: &&FunctionCode| self.routes[*function].contains(&each.leg.basis);
            let own =
                if each.area == "00A" { "ccg-own-commissioning" } else { "icb-own-commissioning" };
            let own: FunctionCode = code(own);
            let function = self.routes.keys().find(fits).unwrap_or(&own);
            let role = |party: &str| of(role_of(party));
            let (giver, receiver) = each.leg.parties;
            let (giver, receiver) = (role(giver), role(receiver));
            for (does, gives) in [("given by", true), ("received by", false)] {
                let mut last = None;
                for day in &self.days {
                    let may = |number: &usize| {
                        let (own, area) = (coded(*number), of(role_of(each.area)));
                        let parties =
                            if gives { (own.as_str(), &*receiver) } else { (&*giver, &*own) };
                        let before = register.tail();
                        let leg = Leg { parties, ..each.leg };
                        let begun = begins(&mut register, "i", &leg, &area, function, *day);
                        register.retract_after(before);
                        let bars = |refusal: &Refusal| {
                            let Fault::Parties(fault) = &refusal.fault else { return false };
                            let received = matches!(
                                fault,
                                PartyFault::MayNotReceive { .. }
                                    | PartyFault::NoReceivingRule { .. }
                            );
                            let given = matches!(fault, PartyFault::MayNotGive { .. });
                            if gives { given } else { received }
                        };
                        !begun.is_err_and(|refusals| refusals.iter().any(bars))
                    };
                    let allowed: Vec<usize> = (0..BodyRole::ALL.len()).filter(may).collect();
                    if last.as_ref() != Some(&allowed) {
                        let roles: Vec<_> = allowed.iter().map(|of| BodyRole::ALL[*of]).collect();
                        let about = format!("{}: {does}, from {day}", each.title());
                        let all = roles.len() == BodyRole::ALL.len();
                        let who = if all { "anybody".to_owned() } else { words(&roles) };
                        lines.insert(about, who);
                        last = Some(allowed);
                    }
                }
            }
        }
        lines.extend(self.passed_on(law));
        lines
    }

    /// On which days a body of each role may succeed one of each role, and belong to one of each
    /// role, by each relation.
    fn bodies(&self, law: &[Event]) -> Lines {
        let mut register = register(law);
        let coded = |letter: char, role: &BodyRole| {
            let number = BodyRole::ALL.iter().position(|each| each == role).expect("listed");
            format!("{letter}{number:02}")
        };
        for role in BodyRole::ALL {
            live(&mut register, &coded('B', role), *role, "1940-01-01", "");
            live(&mut register, &coded('C', role), *role, "1940-01-01", "");
        }
        let bars = |refusal: &Refusal| {
            use BodyFault as B;
            use SuccessionFault as S;
            let of_bodies = matches!(
                &refusal.fault,
                Fault::Bodies(B::NoRuleForMembership { .. } | B::RelationForbids { .. })
            );
            of_bodies
                || matches!(
                    &refusal.fault,
                    Fault::Successions(S::NoRuleForIt { .. } | S::KindsDiffer { .. })
                )
        };
        let relations = Relation::ALL.iter().map(|relation| Some(*relation));
        let every = std::iter::once(None).chain(relations);
        let each = |relation| BodyRole::ALL.iter().map(move |one| (relation, one));
        let mut lines = Lines::new();
        for (relation, one) in every.flat_map(each) {
            let mut last = "nobody".to_owned();
            for day in &self.of_bodies {
                let may = |other: &&BodyRole| {
                    let (one, other) = (coded('B', one), coded('C', other));
                    let day = day.to_string();
                    let command = match relation {
                        None => succession(&one, &other, &day, SuccessionKind::Split),
                        Some(relation) => member(&one, &other, relation, &day, ""),
                    };
                    let before = register.tail();
                    let decided = register.admit(command);
                    register.retract_after(before);
                    !decided.is_err_and(|refusals| refusals.iter().any(bars))
                };
                let allowed: Vec<_> = BodyRole::ALL.iter().filter(may).collect();
                let says = words(&allowed);
                if says != last {
                    let does = relation.map_or("succeeded by".to_owned(), |r| r.to_string());
                    lines.insert(format!("{one}, {does}, from {day}"), says.clone());
                    last = says;
                }
            }
        }
        lines
    }

    /// On which days a body may pass on what it has by an instrument, on each basis.
    fn passed_on(&self, law: &[Event]) -> Lines {
        let mut register = register(law);
        for (of, role) in LASTING {
            live(&mut register, of, role, "2000-01-01", "");
        }
        let (mut lines, mut seen) = (Lines::new(), BTreeSet::new());
        for each in ARRANGEMENTS.iter().filter(|each| each.under.is_some()) {
            let Some(first) = each.under.filter(|_| seen.insert(each.leg.basis)) else { continue };
            let fits = |(_, routes): &(&FunctionCode, &BTreeSet<_>)| routes.contains(&first.basis);
            let own = code("ccg-own-commissioning");
            let function = self.routes.iter().find(fits).map_or(&own, |(function, _)| function);
            let mut last = None;
            for day in &self.days {
                let before = register.tail();
                let had = begins(&mut register, "i0", &first, each.area, function, *day);
                let then = begins(&mut register, "i1", &each.leg, each.area, function, *day);
                register.retract_after(before);
                let unlawful = |refusal: &Refusal| {
                    matches!(&refusal.fault, Fault::Parties(PartyFault::OnwardWithoutRule { .. }))
                };
                let lawful = !then.is_err_and(|refusals| refusals.iter().any(unlawful));
                if had.is_ok() && last != Some(lawful) {
                    let about = format!("{}: passed on, from {day}", each.title());
                    lines.insert(about, if lawful { "yes" } else { "no" }.to_owned());
                    last = Some(lawful);
                }
            }
        }
        lines
    }

    /// What becomes of each of `steps` on each basis, from each state, by whoever acts.
    fn steps(&self, law: &[Event], steps: &[Step]) -> Lines {
        let mut world = law.to_vec();
        for (of, role) in LASTING {
            world.extend(events(vec![acceptance::body(of, role, of, "2000-01-01", "")]));
        }
        let mut lines = Lines::new();
        for each in &ARRANGEMENTS {
            let own =
                if each.area == "00A" { "ccg-own-commissioning" } else { "icb-own-commissioning" };
            let fits =
                |(_, routes): &(&FunctionCode, &BTreeSet<_>)| routes.contains(&each.leg.basis);
            let function =
                self.routes.iter().find(fits).map_or(own, |(function, _)| function.as_str());
            let national = |body: &str| ["X24", "SOFS"].contains(&body);
            let (giver, receiver) = each.leg.parties;
            // A national body that gives or receives is there from this day.
            let early = !national(giver) && !national(receiver);
            let made_on = if early { "2007-04-01" } else { "2013-04-01" };
            let sort = Sort {
                title: "",
                kind: each.leg.kind,
                basis: each.leg.basis,
                giver: each.leg.parties.0,
                receiver: each.leg.parties.1,
                area: each.area,
                function,
                made_on,
                day: "",
                begins: ["", ""],
            };
            for step in steps {
                self.step(&world, &sort, *step, &mut lines);
            }
        }
        lines
    }

    fn step(&self, world: &[Event], sort: &Sort<'_>, step: Step, lines: &mut Lines) {
        let none = BTreeSet::new();
        let days = self.of_steps.get(&step).unwrap_or(&none);
        let actors: [(&str, &[Party]); 4] = [
            ("nobody", &[]),
            ("giver", &[Party::Giver]),
            ("receiver", &[Party::Receiver]),
            ("both", &[Party::Giver, Party::Receiver]),
        ];
        let mut allowed: BTreeMap<Day, BTreeMap<String, Vec<State>>> = BTreeMap::new();
        let mut refused: BTreeMap<Day, BTreeSet<Reason>> = BTreeMap::new();
        for state in State::ALL {
            let mut register = life::register(world, sort, *state);
            for (who, parties) in actors {
                if step == Step::GiveNotice && parties.len() != 1 {
                    continue; // Notice is given by one body.
                }
                let party = |party: &Party| match party {
                    Party::Giver => code(sort.giver),
                    Party::Receiver => code(sort.receiver),
                };
                let by: Vec<BodyCode> = parties.iter().map(party).collect();
                for day in days {
                    let before = register.tail();
                    if step == Step::Dissolve {
                        end(&mut register, sort.receiver, *day);
                    }
                    let decided = register.admit(life::command(sort, step, by.clone(), *day));
                    register.retract_after(before);
                    match decided {
                        Ok(event) => {
                            let ends =
                                event.fact.effective_on().filter(|_| step == Step::GiveNotice);
                            let ends = ends.map(|day| format!(", ends {day}")).unwrap_or_default();
                            let of = allowed.entry(*day).or_default();
                            of.entry(format!("{who}{ends}")).or_default().push(*state);
                        }
                        Err(refusals) => {
                            let reasons = refusals.iter().map(Refusal::reason);
                            refused.entry(*day).or_default().extend(reasons);
                        }
                    }
                }
            }
        }
        let mut last = String::new();
        for day in days {
            let says = match allowed.get(day) {
                Some(of) => {
                    let each = of.iter().map(|(who, states)| {
                        let states: Vec<_> = states.iter().map(ToString::to_string).collect();
                        format!("by {who} from {}", states.join(" "))
                    });
                    each.collect::<Vec<_>>().join("; ")
                }
                None => {
                    let reasons: Vec<_> = refused[day].iter().map(ToString::to_string).collect();
                    format!("never: {}", reasons.join(" "))
                }
            };
            if last != says {
                let Sort { basis, kind, giver, receiver, .. } = sort;
                let about = format!("{step} on {basis} {kind}, {giver} to {receiver}, from {day}");
                lines.insert(about, says.clone());
                last = says;
            }
        }
    }
}

/// The lines of functions that say the same, as one line.
#[derive(Default)]
struct Alike(BTreeMap<(String, String), Vec<FunctionCode>>);

impl Alike {
    fn add(&mut self, about: String, says: String, function: &FunctionCode) {
        self.0.entry((about, says)).or_default().push(function.clone());
    }

    fn lines(self) -> Lines {
        let line = |((about, says), functions): ((String, String), Vec<FunctionCode>)| {
            let functions: Vec<_> = functions.iter().map(ToString::to_string).collect();
            (format!("{about}: {}", functions.join(" ")), says)
        };
        self.0.into_iter().map(line).collect()
    }
}

/// For each rule, the functions of the questions whose answers name it, by the basis on which the
/// function is exercised.
pub(super) fn resting() -> BTreeMap<RuleId, BTreeMap<String, BTreeSet<FunctionCode>>> {
    let book = Book::of_england();
    let mut register = country(&book.law);
    let mut resting = BTreeMap::new();
    let mut ask = |register: &Register, function: &FunctionCode, places: &[&str]| {
        for (place, from, until) in PLACES.iter().filter(|of| places.contains(&of.0)) {
            for day in book.days.iter().filter(|day| period(from, until).contains(**day)) {
                let (place, days) = (Place::Body(code(place)), (*day, Some(on(LATER))));
                let answer = register.who_holds_answering(function, &place, days, register.tail());
                let basis = answer.basis().map_or("no known basis".to_owned(), |b| b.to_string());
                for rule in rules_of(&answer) {
                    let by_basis: &mut BTreeMap<_, _> = resting.entry(rule.clone()).or_default();
                    let functions: &mut BTreeSet<_> = by_basis.entry(basis.clone()).or_default();
                    functions.insert(function.clone());
                }
            }
        }
    };
    for each in &ARRANGEMENTS {
        for function in book.routes.keys() {
            let before = register.tail();
            if book.begun(&mut register, each, function).is_ok() {
                ask(&register, function, each.asked_at);
            }
            register.retract_after(before);
        }
    }
    denied_all(&mut register);
    book.routes.keys().for_each(|function| ask(&register, function, &["5AA", "00A", "QAA"]));
    resting
}

/// For each rule, the highest confidence of an answer that names it as saying who is liable or who
/// has a capacity.
fn surest() -> BTreeMap<RuleId, Confidence> {
    let book = Book::of_england();
    let mut register = country(&book.law);
    let mut surest = BTreeMap::new();
    let mut ask = |register: &Register, function: &FunctionCode| {
        for (place, from, until) in PLACES {
            for day in book.days.iter().filter(|day| period(from, until).contains(**day)) {
                let place = Place::Body(code(place));
                let answer = register.who_holds(function, &place, *day, register.tail());
                let liable =
                    answer.liable.rules.iter().map(|rule| (*rule, answer.liable.confidence));
                let capacities = answer.capacities.iter().map(|each| (each.rule, each.confidence));
                for (rule, sure) in liable.chain(capacities) {
                    let of = surest.entry(rule.clone()).or_insert(sure);
                    *of = sure.max(*of);
                }
            }
        }
    };
    for each in &ARRANGEMENTS {
        for function in book.routes.keys() {
            let before = register.tail();
            if book.begun(&mut register, each, function).is_ok() {
                ask(&register, function);
            }
            register.retract_after(before);
        }
    }
    denied_all(&mut register);
    book.routes.keys().for_each(|function| ask(&register, function));
    surest
}

/// The rules that an answer names.
fn rules_of<'r>(answer: &Answer<'r>) -> Vec<&'r RuleId> {
    let cases = answer.cases().iter().filter_map(|case| case.rule);
    let capacities = answer.capacities.iter().map(|each| each.rule);
    let later = answer.answering_now.iter().filter_map(|now| now.read_across);
    let named = answer.liable.rules.iter().chain(&answer.regimes).copied();
    named.chain(cases).chain(capacities).chain(later).collect()
}

fn words<T: ToString>(all: &[T]) -> String {
    let all: Vec<_> = all.iter().map(ToString::to_string).collect();
    if all.is_empty() { "nobody".to_owned() } else { all.join(" and ") }
}

/// An answer in a line.
fn says(answer: &Answer<'_>) -> String {
    let mut says = vec![answer.kind().to_string()];
    says.extend(answer.unknown().map(|why| why.reason().to_string()));
    says.extend(answer.basis().map(|basis| format!("on {basis}")));
    says.push(answer.confidence.to_string());
    let reserved = if answer.reserved { ", reserved" } else { "" };
    says.extend(answer.holder.map(|holder| format!("held by {holder}{reserved}")));
    says.push(format!("exercised by {}", words(&answer.exercisers)));
    let liable = &answer.liable;
    let every = if liable.in_every_case { " in every case" } else { "" };
    says.push(format!(
        "liable {} {}{every} by {} {}",
        liable.state,
        words(&liable.bodies),
        words(&liable.rules),
        liable.confidence
    ));
    let case = |case: &Case<'_>| {
        let (who, liable) = (words(&case.exercisers), words(&case.liable));
        let rule = case.rule.map(|rule| format!(" by {rule}")).unwrap_or_default();
        format!("if on {}: {who}, liable {liable}{rule}", case.basis)
    };
    says.extend(answer.cases().iter().map(case));
    says.extend(answer.accountable.iter().map(|each| format!("{} to {}", each.from, each.to)));
    says.extend(answer.capacities.iter().map(|each| {
        format!("{} {} by {} {}", words(&each.bodies), each.capacity, each.rule, each.confidence)
    }));
    says.extend(answer.regimes.iter().map(|rule| format!("under {rule}")));
    says.extend(answer.known_unapplied.iter().map(|each| {
        let rule = each.rule.map(ToString::to_string).unwrap_or_default();
        format!("not applied {} {rule}", each.kind)
    }));
    says.extend(answer.answering_now.iter().map(|now| {
        let rule = now.read_across.map(|rule| format!(" by {rule}")).unwrap_or_default();
        format!("for {} later {}{rule} {}", now.body, words(&now.successors), now.confidence)
    }));
    says.join("; ")
}

/// The file: lines that say the same of several functions are one line.
fn page(lines: &Lines) -> String {
    let mut page = String::new();
    for (about, says) in lines {
        page += &format!("{about}\n    {says}\n");
    }
    page
}

#[test]
fn the_answers_that_rest_on_the_law_are_the_ones_written_down() {
    let book = Book::of_england();
    let steps = Section::Steps(Step::ALL.to_vec());
    let mut made = String::new();
    for (title, part) in [
        ("without an instrument", Section::Unarranged),
        ("under an instrument", Section::Arranged),
        ("who may give and receive", Section::Parties),
        ("which body may succeed and join which", Section::Bodies),
        ("who may take which step", steps),
    ] {
        let start = std::time::Instant::now();
        made += &format!("# {title}\n\n{}\n", page(&book.lines(&book.law, &part)));
        println!("{title}: {:?}", start.elapsed());
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/law_answers.txt");
    if std::env::var_os("REMIT_BLESS").is_some() {
        std::fs::write(&path, made).expect("written");
        return;
    }
    let found = std::fs::read_to_string(&path).expect("the file");
    for (line, (found, made)) in found.lines().zip(made.lines()).enumerate() {
        assert_eq!(found, made, "line {} of law_answers.txt", line + 1);
    }
    assert_eq!(found.lines().count(), made.lines().count(), "law_answers.txt");
}
