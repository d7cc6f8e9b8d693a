//! Changes the rows of law one at a time and looks which line of `law_answers.txt` notices.
//!
//! A row is dropped; each of its days is moved by one day, both ways; each typed value is changed
//! for each other that is admissible, and of each list each item is left out and each other item
//! added. A row that the register would refuse is no mutant. `REMIT_LAW_MUTANTS` is how many are
//! tried (default 150; `make law-mutants` tries all), taken by `REMIT_LAW_MUTANTS_SEED`; of some
//! rows only with `REMIT_LAW_ROW`, such as L7 or L7,L8.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use remit_domain::{DayOfYear, Evidence, HolderRule, LiableRule, Part, Route};

use super::silent::Facts;
use super::*;

/// One change of one row, in words.
struct Mutant {
    what: String,
    /// The place of the row among the events of the law.
    at: usize,
    /// The row as changed. `None` if it is dropped.
    event: Option<Event>,
    sections: Vec<Section>,
    /// Why no answer and no refusal can tell the change, if none can.
    silent: Option<&'static str>,
}

/// The lists that differ from `list` by one item left out or added.
fn flips<T: Word + PartialEq>(list: &[T]) -> Vec<(String, Vec<T>)> {
    flips_among(list, T::ALL, |item| item.word().to_owned())
}

fn flips_among<T: Clone + PartialEq>(
    list: &[T],
    all: &[T],
    word: impl Fn(&T) -> String,
) -> Vec<(String, Vec<T>)> {
    let mut found = Vec::new();
    for item in all {
        if list.contains(item) {
            let without = list.iter().filter(|each| *each != item).cloned().collect();
            found.push((format!("without {}", word(item)), without));
        } else {
            let with = list.iter().chain([item]).cloned().collect();
            found.push((format!("with {}", word(item)), with));
        }
    }
    found
}

fn others<T: Word + PartialEq>(value: T) -> impl Iterator<Item = T> {
    T::ALL.iter().copied().filter(move |other| *other != value)
}

/// The period with one of its days moved by a day.
fn moved(period: Period) -> Vec<(String, Period)> {
    let (from, until) = (period.from(), period.until());
    let both = |day: Day| [day.eve(), day.next()].into_iter().flatten();
    let made = |from: Day, until: Option<Day>| Period::new(from, until).ok();
    let firsts = both(from).filter_map(|day| Some((format!("from {day}"), made(day, until)?)));
    let lasts = until.into_iter().flat_map(both);
    let lasts = lasts.filter_map(|day| Some((format!("until {day}"), made(from, Some(day))?)));
    firsts.chain(lasts).collect()
}

fn moved_day(day: DayOfYear) -> Vec<DayOfYear> {
    let in_2015 = day.in_year(2015).expect("a day");
    let of = |day: Day| {
        let (month, day) =
            (chrono::Datelike::month(&day.date()), chrono::Datelike::day(&day.date()));
        DayOfYear { month, day }
    };
    [in_2015.eve(), in_2015.next()].into_iter().flatten().map(of).collect()
}

/// The rule's bases. Empty if it names none, or one only.
fn bases_of(content: &RuleContent) -> &[LegalBasis] {
    use RuleContent as C;
    match content {
        C::Liability { bases, .. }
        | C::Receiving { bases, .. }
        | C::Giving { bases, .. }
        | C::Onward { bases }
        | C::Notice { bases, .. }
        | C::Transition { bases, .. }
        | C::Window { bases, .. }
        | C::Commencement { bases, .. }
        | C::Capacity { bases, .. }
        | C::Regime { bases, .. } => bases,
        C::Continuity { .. }
        | C::Vesting { .. }
        | C::ReadAcross { .. }
        | C::Succeeding { .. }
        | C::Joining { .. } => &[],
    }
}

fn with_bases(content: &RuleContent, new: Vec<LegalBasis>) -> RuleContent {
    use RuleContent as C;
    let mut content = content.clone();
    match &mut content {
        C::Liability { bases, .. }
        | C::Receiving { bases, .. }
        | C::Giving { bases, .. }
        | C::Onward { bases }
        | C::Notice { bases, .. }
        | C::Transition { bases, .. }
        | C::Window { bases, .. }
        | C::Commencement { bases, .. }
        | C::Capacity { bases, .. }
        | C::Regime { bases, .. } => *bases = new,
        C::Continuity { .. }
        | C::Vesting { .. }
        | C::ReadAcross { .. }
        | C::Succeeding { .. }
        | C::Joining { .. } => {}
    }
    content
}

/// A change of a rule.
type Change<'a> = &'a dyn Fn(&mut RuleContent);

/// Adds the rule with one of its fields set.
macro_rules! set {
    ($add:ident, $what:expr, $kind:ident, $field:ident, $value:expr) => {{
        let value = $value;
        $add($what, &|content: &mut RuleContent| {
            if let RuleContent::$kind { $field, .. } = content {
                $field.clone_from(&value);
            }
        })
    }};
}

/// What a rule would say with one of its values changed.
fn rules_with(content: &RuleContent, all: &[FunctionCode]) -> Vec<(String, RuleContent)> {
    use RuleContent as C;
    let bases = flips(bases_of(content)).into_iter().filter(|(_, bases)| !bases.is_empty());
    let with = |(what, bases)| (what, with_bases(content, bases));
    let names_bases = !bases_of(content).is_empty();
    let mut found: Vec<_> = bases.filter(|_| names_bases).map(with).collect();
    let mut add = |what: String, change: Change<'_>| {
        let mut content = content.clone();
        change(&mut content);
        found.push((what, content));
    };
    let some = |(_, list): &(String, Vec<BodyRole>)| !list.is_empty();
    let of = |list: &[FunctionCode]| flips_among(list, all, ToString::to_string);
    match content {
        C::Notice { .. } | C::Transition { .. } | C::Window { .. } | C::Commencement { .. } => {
            steps_with(content, &mut add);
        }
        C::Liability { liable, .. } => {
            others::<LiableRule>(*liable)
                .for_each(|to| set!(add, to.to_string(), Liability, liable, to));
        }
        C::Receiving { roles, .. } => {
            flips(roles)
                .into_iter()
                .filter(some)
                .for_each(|(w, to)| set!(add, w, Receiving, roles, to));
        }
        C::Giving { roles, .. } => {
            flips(roles)
                .into_iter()
                .filter(some)
                .for_each(|(w, to)| set!(add, w, Giving, roles, to));
        }
        C::Onward { .. } => {}
        C::Continuity { basis, from, to } => {
            others(*basis).for_each(|to| set!(add, to.to_string(), Continuity, basis, to));
            others(*from).for_each(|to| set!(add, format!("from {to}"), Continuity, from, to));
            others(*to).for_each(|new| set!(add, format!("to {new}"), Continuity, to, new));
        }
        C::ReadAcross { from, to } => {
            others(*from).for_each(|to| set!(add, format!("from {to}"), ReadAcross, from, to));
            others(*to).for_each(|new| set!(add, format!("to {new}"), ReadAcross, to, new));
        }
        C::Succeeding { from, to } => {
            let roles = |list: &[BodyRole]| flips(list).into_iter().filter(some);
            roles(from).for_each(|(w, to)| set!(add, format!("{w} before"), Succeeding, from, to));
            roles(to).for_each(|(w, new)| set!(add, format!("{w} after"), Succeeding, to, new));
        }
        C::Joining { relation, members, groups } => {
            let roles = |list: &[BodyRole]| flips(list).into_iter().filter(some);
            others(*relation).for_each(|to| set!(add, to.to_string(), Joining, relation, to));
            roles(members).for_each(|(w, to)| set!(add, format!("{w} in"), Joining, members, to));
            roles(groups).for_each(|(w, to)| set!(add, format!("{w} over"), Joining, groups, to));
        }
        C::Vesting { functions, .. } => {
            of(functions).into_iter().for_each(|(w, to)| set!(add, w, Vesting, functions, to));
        }
        C::Capacity { functions, capacity, bodies, .. } => {
            of(functions).into_iter().for_each(|(w, to)| set!(add, w, Capacity, functions, to));
            others(*capacity).for_each(|to| set!(add, to.to_string(), Capacity, capacity, to));
            let bodies = flips(bodies).into_iter().filter(|(_, bodies)| !bodies.is_empty());
            bodies.for_each(|(what, to)| set!(add, what, Capacity, bodies, to));
        }
        C::Regime { functions, .. } => {
            of(functions).into_iter().for_each(|(w, to)| set!(add, w, Regime, functions, to));
        }
    }
    found
}

/// Calls `add` with each change of a rule about steps.
fn steps_with(content: &RuleContent, add: &mut impl FnMut(String, Change<'_>)) {
    use RuleContent as C;
    let both = |day: Day| [day.eve(), day.next()].into_iter().flatten();
    match content {
        C::Notice { last, ends, .. } => {
            moved_day(*last)
                .into_iter()
                .for_each(|to| set!(add, format!("by {to}"), Notice, last, to));
            moved_day(*ends)
                .into_iter()
                .for_each(|to| set!(add, format!("to {to}"), Notice, ends, to));
        }
        C::Transition { step, from, by, .. } => {
            others(*step).for_each(|to| set!(add, to.to_string(), Transition, step, to));
            let from = flips(from).into_iter().filter(|(_, from)| !from.is_empty());
            from.for_each(|(what, to)| set!(add, what, Transition, from, to));
            flips(by).into_iter().for_each(|(what, to)| set!(add, what, Transition, by, to));
        }
        C::Window { step, last, .. } => {
            others(*step).for_each(|to| set!(add, to.to_string(), Window, step, to));
            both(*last).for_each(|to| set!(add, format!("by {to}"), Window, last, to));
        }
        C::Commencement { giver, days, .. } => {
            others(*giver).for_each(|to| set!(add, to.to_string(), Commencement, giver, to));
            for (at, day) in days.iter().enumerate() {
                for moved in moved_day(*day) {
                    let mut to = days.clone();
                    to[at] = moved;
                    set!(add, format!("on {moved}"), Commencement, days, to);
                }
            }
        }
        C::Liability { .. }
        | C::Receiving { .. }
        | C::Giving { .. }
        | C::Onward { .. }
        | C::Continuity { .. }
        | C::ReadAcross { .. }
        | C::Vesting { .. }
        | C::Capacity { .. }
        | C::Regime { .. }
        | C::Succeeding { .. }
        | C::Joining { .. } => {}
    }
}

/// The parts of the file in which a rule shows.
fn shows(before: &RuleContent, after: Option<&RuleContent>) -> Vec<Section> {
    use RuleContent as C;
    let step = |content: &C| match content {
        C::Transition { step, .. } | C::Window { step, .. } => Some(*step),
        C::Notice { .. } => Some(Step::GiveNotice),
        C::Commencement { .. } => Some(Step::Commence),
        C::Liability { .. }
        | C::Receiving { .. }
        | C::Continuity { .. }
        | C::Giving { .. }
        | C::Onward { .. }
        | C::Vesting { .. }
        | C::ReadAcross { .. }
        | C::Capacity { .. }
        | C::Regime { .. }
        | C::Succeeding { .. }
        | C::Joining { .. } => None,
    };
    if let Some(first) = step(before) {
        let mut steps = vec![first];
        steps.extend(after.and_then(step).filter(|other| *other != first));
        return vec![Section::Steps(steps), Section::Arranged];
    }
    if matches!(before, C::Receiving { .. } | C::Giving { .. } | C::Onward { .. }) {
        return vec![Section::Arranged, Section::Parties];
    }
    if matches!(before, C::Succeeding { .. } | C::Joining { .. }) {
        return vec![Section::Bodies];
    }
    vec![Section::Unarranged, Section::Arranged]
}

/// The event with another fact. Its evidence is as sure as the row, as when it is loaded.
fn with(event: &Event, fact: LawFact, confidence: Confidence) -> Event {
    let evidence = Evidence { confidence, ..Evidence::clone(&event.evidence) };
    Event { fact: fact.into(), evidence: evidence.into() }
}

fn of_rule(
    (at, event, rule): (usize, &Event, &Rule),
    all: &[FunctionCode],
    facts: &Facts<'_>,
    into: &mut Vec<Mutant>,
) {
    let days = rule.effective.map(|period| format!(", {period}")).unwrap_or_default();
    let mut add = |what: String, after: Option<Rule>| {
        let content = after.as_ref().map(|rule| &rule.content);
        let sections = shows(&rule.content, content);
        let silent = after.as_ref().and_then(|after| facts.reason(rule, after, &what));
        let fact = |rule: Rule| {
            let confidence = rule.confidence;
            with(event, LawFact::RuleEnacted(rule), confidence)
        };
        let (what, event) = (format!("{}{days}: {what}", rule.id), after.map(fact));
        into.push(Mutant { what, at, event, sections, silent });
    };
    add("dropped".to_owned(), None);
    for (what, effective) in rule.effective.into_iter().flat_map(moved) {
        add(what, Some(Rule { effective: Some(effective), ..rule.clone() }));
    }
    for confidence in others::<Confidence>(rule.confidence) {
        add(confidence.to_string(), Some(Rule { confidence, ..rule.clone() }));
    }
    for (what, content) in rules_with(&rule.content, all) {
        add(what, Some(Rule { content, ..rule.clone() }));
    }
}

fn of_function(
    (at, event, row): (usize, &Event, &Function),
    facts: &Facts<'_>,
    into: &mut Vec<Mutant>,
) {
    let mut add = |what: String, after: Option<Function>, silent| {
        let fact = |row: Function| {
            let confidence = row.confidence;
            with(event, LawFact::FunctionCatalogued(row), confidence)
        };
        let what = format!("{}, {}: {what}", row.code, row.effective);
        let sections = vec![Section::Unarranged, Section::Arranged];
        into.push(Mutant { what, at, event: after.map(fact), sections, silent });
    };
    add("dropped".to_owned(), None, None);
    for (what, effective) in moved(row.effective) {
        add(what, Some(Function { effective, ..row.clone() }), None);
    }
    let outside = matches!(row.holder, HolderRule::OutsideRecords(_))
        .then_some("of what is held outside the records an answer says only by whom");
    for confidence in others::<Confidence>(row.confidence) {
        let silent = facts.unsure_function(row, confidence).or(outside);
        add(confidence.to_string(), Some(Function { confidence, ..row.clone() }), silent);
    }
    for part in others::<Part>(row.part) {
        let silent = "no answer and no refusal says whether a function passes in part";
        add(format!("part {part}"), Some(Function { part, ..row.clone() }), Some(silent));
    }
    let reserved = !row.reserved;
    add(format!("reserved {reserved}"), Some(Function { reserved, ..row.clone() }), outside);
    let holders =
        [HolderRule::Body(code("X24")), HolderRule::Body(code("SOFS")), HolderRule::Commissioner];
    for holder in holders.into_iter().filter(|holder| *holder != row.holder) {
        add(format!("{holder:?}"), Some(Function { holder, ..row.clone() }), None);
    }
    for basis in LegalBasis::ALL {
        let mut routes = row.routes.clone();
        let there = routes.iter().position(|route| route.basis == *basis);
        match there {
            Some(of) => drop(routes.remove(of)),
            None => routes.push(Route { basis: *basis, confidence: Confidence::Confirmed }),
        }
        add(format!("route {basis}"), Some(Function { routes, ..row.clone() }), None);
        if let Some(of) = there {
            let was = row.routes[of].confidence;
            for confidence in others(was) {
                let mut routes = row.routes.clone();
                routes.retain(|route| route.basis != *basis);
                routes.push(Route { basis: *basis, confidence });
                let silent = facts.unsure_route(row, *basis, (was, confidence));
                let row = Function { routes, ..row.clone() };
                add(format!("route {basis} {confidence}"), Some(row), silent);
            }
        }
    }
}

fn mutants(book: &Book) -> Vec<Mutant> {
    let all: Vec<FunctionCode> = book.routes.keys().cloned().collect();
    let facts = Facts::of(book);
    let mut found = Vec::new();
    for (at, event) in book.law.iter().enumerate() {
        if let Some(rule) = rule(event) {
            of_rule((at, event, rule), &all, &facts, &mut found);
        } else if let Some(function) = function(event) {
            of_function((at, event, function), &facts, &mut found);
        }
    }
    found
}

/// The law with the mutant in it. `None` if the register would refuse the changed row.
fn changed(law: &[Event], mutant: &Mutant) -> Option<Vec<Event>> {
    let mut law = law.to_vec();
    law.remove(mutant.at);
    if let Some(event) = &mutant.event {
        let command =
            Command { act: Act::State(event.fact.clone()), evidence: Arc::clone(&event.evidence) };
        register(&law).admit(command).ok()?;
        law.insert(mutant.at, event.clone());
    }
    Some(law)
}

/// The first line that differs.
fn noticed(before: &Lines, after: &Lines) -> Option<String> {
    let other = before.iter().find(|(about, says)| after.get(*about) != Some(says));
    let new = after.iter().find(|(about, _)| !before.contains_key(*about));
    other.or(new).map(|(about, _)| about.clone())
}

/// So many of the changes, chosen by a hash of their number and the seed, so that each seed takes
/// others.
fn chosen(all: Vec<Mutant>, tried: u64, seed: u64) -> Vec<Mutant> {
    let key = |number: usize| {
        let number = number as u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = number.wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(31);
        mixed.wrapping_mul(0x94d0_49bb_1331_11eb)
    };
    let mut order: Vec<_> = all.into_iter().enumerate().collect();
    order.sort_by_key(|(number, _)| key(*number));
    let tried = usize::try_from(tried).expect("small");
    order.into_iter().take(tried).map(|(_, mutant)| mutant).collect()
}

/// What became of the changes.
#[derive(Default)]
struct Found {
    /// Changes, each with the line that notices it.
    noticed: Vec<(String, String)>,
    /// How many changed rows the register would refuse.
    refused: usize,
    /// How many changes nothing can tell, by the reason.
    silent: BTreeMap<&'static str, usize>,
    missed: Vec<String>,
}

impl Found {
    fn add(&mut self, mutant: &Mutant, line: Option<Option<String>>) {
        match (line, mutant.silent) {
            (None, _) => self.refused += 1,
            (Some(Some(line)), _) => self.noticed.push((mutant.what.clone(), line)),
            (Some(None), Some(why)) => *self.silent.entry(why).or_default() += 1,
            (Some(None), None) => self.missed.push(mutant.what.clone()),
        }
    }
}

#[test]
fn every_row_of_law_is_held_by_an_answer() {
    let read =
        |name| std::env::var(name).ok().map(|value: String| value.parse().expect("a number"));
    let tried = read("REMIT_LAW_MUTANTS").unwrap_or(150_u64);
    let seed = read("REMIT_LAW_MUTANTS_SEED").unwrap_or(1);
    let book = Book::of_england();
    let mut all = mutants(&book);
    let of_all = all.len();
    if let Ok(rows) = std::env::var("REMIT_LAW_ROW") {
        let rows: Vec<_> = rows.split(',').map(Some).collect();
        all.retain(|mutant| rows.contains(&mutant.what.split([',', ':']).next()));
    }
    let chosen = chosen(all, tried, seed);
    println!("{} of {of_all} changes, REMIT_LAW_MUTANTS_SEED={seed}", chosen.len());

    let mut sections =
        vec![Section::Unarranged, Section::Arranged, Section::Parties, Section::Bodies];
    sections.extend(Step::ALL.iter().map(|step| Section::Steps(vec![*step])));
    let lines = |section: Section| (section.clone(), book.lines(&book.law, &section));
    let before: Vec<(Section, Lines)> = sections.into_iter().map(lines).collect();
    let found: Mutex<Found> = Mutex::default();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(mutant) = chosen.get(next.fetch_add(1, Ordering::SeqCst)) {
            let line = changed(&book.law, mutant).map(|law| {
                mutant.sections.iter().flat_map(Section::parts).find_map(|section| {
                    let of = before.iter().find(|(of, _)| *of == section).expect("made");
                    noticed(&of.1, &book.lines(&law, &section))
                })
            });
            found.lock().expect("whole").add(mutant, line);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));

    let Found { mut noticed, refused, silent, mut missed } = found.into_inner().expect("whole");
    noticed.sort();
    if let Some(path) = std::env::var_os("REMIT_LAW_MUTANTS_TOLD") {
        let lines = noticed.iter().map(|(what, line)| format!("{what} | noticed by: {line}\n"));
        std::fs::write(path, lines.collect::<String>()).expect("written");
    }
    let number = noticed.len();
    println!("{number} noticed by a line of law_answers.txt, {refused} refused by the register");
    for (why, number) in silent {
        println!("{number} that nothing can tell: {why}");
    }
    missed.sort();
    assert_eq!(missed, Vec::<String>::new(), "changes that no line notices");
}
