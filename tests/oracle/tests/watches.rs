//! What a watch is told is exactly what re-asking every question after every event, and on every
//! day, would find: nothing missed, nothing besides, and the same however often it is interrupted.
//!
//! `REMIT_WATCHES` histories (default 25) from `REMIT_WATCHES_SEED`; the seed is printed.
//! `make watches CASES=1000` for more.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::collections::BTreeMap;

use oracle::chance::{Chance, History, history, of, variable};
use oracle::told;
use remit_domain::{BodyCode, BodyFact, Day, Fact, FunctionCode, LawFact, Position, UtcInstant};
use remit_engine::{Cursor, Pin, Target, Targets, Watch};
use remit_register::{Answer, Moment, Place, Point, Register, Watched};

const EVENTS: usize = 60;

/// A change as a client is told it: at which step, of which answer, over which days.
#[derive(Debug)]
struct Told {
    step: Moment,
    function: FunctionCode,
    place: Place,
    from: Option<Day>,
    until: Option<Day>,
    before: String,
    after: String,
    causes: Vec<Position>,
}

fn said(answer: &Answer<'_>) -> String {
    told::reads(answer)
}

/// The day for which a notice of the event at `position` says who would answer.
fn later_day(
    register: &Register,
    question: (&FunctionCode, &Place),
    position: Position,
) -> Option<Day> {
    register.later_day(question, register.recorded_on(position), (position.prev(), position))
}

/// Everything a watch is told on its way, in pieces; now and then cut off in the middle, and begun
/// anew from the cursor of its last notice.
fn notices(
    register: &Register,
    targets: &Targets,
    from: Point,
    to: Point,
    chance: &mut Chance,
) -> Vec<Told> {
    let mut all: Vec<(Told, Cursor)> = Vec::new();
    let begin = Cursor::at(from, None);
    let mut watch = Watch::from_cursor(targets.clone(), begin);
    loop {
        let looks = 1 + usize::try_from(chance.below(5)).expect("small");
        let mut page = Vec::new();
        let done = watch.tell(register, to, looks, |notice| {
            let change = notice.change;
            let told = Told {
                step: notice.moment,
                function: change.function.clone(),
                place: change.place.clone(),
                from: change.effective_from,
                until: change.effective_until,
                before: said(change.before.as_ref().expect("asked")),
                after: said(change.after.as_ref().expect("asked")),
                causes: change.causes.clone(),
            };
            page.push((told, notice.cursor));
        });
        let mut done = done.expect("its own cursors");
        if chance.once_in(6) {
            // Some of the page arrived, or none: it goes on after the last notice that did, or
            // after the heartbeat that followed all of them.
            let arrived = usize::try_from(chance.below(page.len() as u64 + 1)).expect("small");
            let beat = (arrived == page.len()).then(|| watch.cursor());
            page.truncate(arrived);
            let last = beat.or(page.last().or(all.last()).map(|(_, cursor)| *cursor));
            let last = last.map(|cursor| cursor.write("oracle"));
            let last = last.map(|text| Cursor::read(&text, "oracle").expect("as it was written"));
            watch = Watch::from_cursor(targets.clone(), last.unwrap_or(begin));
            done = false;
        }
        all.extend(page);
        if done {
            return all.into_iter().map(|(told, _)| told).collect();
        }
    }
}

/// A body's holdings are in the areas of commissioners in being.
fn part(watched: &Watched, place: &Place, answers: [&Answer<'_>; 2]) -> bool {
    let Watched::Holdings(body) = watched else { return true };
    answers.iter().any(|answer| {
        answer.area.map(Place::Body).as_ref() == Some(place)
            && (answer.holder == Some(*body)
                || answer.exercisers.contains(body)
                || answer.liable.bodies.contains(body)
                || answer.answering_now.iter().any(|now| now.successors.contains(body)))
    })
}

fn every_day(from: Day, until: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(from.next(), |day| day.next()).take_while(move |day| *day <= until)
}

/// Every function and place that a watch is about.
fn questions(history: &History, watched: &Watched) -> Vec<(FunctionCode, Place)> {
    let mut functions: Vec<FunctionCode> = history
        .events
        .iter()
        .filter_map(|(_, event)| {
            let Fact::Law(LawFact::FunctionCatalogued(function)) = &event.fact else { return None };
            Some(function.code.clone())
        })
        .collect();
    functions.sort();
    functions.dedup();
    let each_of = |places: &[BodyCode]| {
        let each = |code: &BodyCode| {
            let place = Place::Body(*code);
            functions
                .iter()
                .map(move |function| (function.clone(), place.clone()))
                .collect::<Vec<_>>()
        };
        places.iter().flat_map(each).collect()
    };
    match watched {
        Watched::Question(function, place) | Watched::Pinned(function, place, _) => {
            vec![(function.clone(), place.clone())]
        }
        Watched::Area(area) => each_of(&[*area]),
        Watched::Holdings(_) => {
            let mut areas: Vec<BodyCode> = history
                .events
                .iter()
                .filter_map(|(_, event)| {
                    let Fact::Bodies(BodyFact::BodyEstablished(body)) = &event.fact else {
                        return None;
                    };
                    body.role.is_commissioner().then_some(body.code)
                })
                .collect();
            areas.sort();
            areas.dedup();
            each_of(&areas)
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one random history, and what must hold after each step")]
fn a_watch_is_told_exactly_what_re_asking_would_find() {
    let histories = variable("REMIT_WATCHES", 25);
    let seed = variable("REMIT_WATCHES_SEED", 20_260_329);
    println!("watches: {histories} histories, REMIT_WATCHES_SEED={seed}");
    let (mut all, mut days) = (0_u64, 0_u64);
    for number in 0..histories {
        let mut chance = Chance::seeded(seed, number);
        let mut history = history(&mut chance, EVENTS);
        // Recorded over two years, some days apart; some in one instant.
        let mut instant = 1_450_000_000_000_000_i64;
        let mut register = Register::new();
        for (position, event) in &history.events {
            register.apply(event);
            if !chance.once_in(3) {
                instant += i64::try_from(chance.below(40 * 86_400)).expect("small") * 1_000_000;
            }
            register.stamp(*position, UtcInstant::from_micros(instant));
        }
        history.register = register;
        let register = &history.register;
        let head = register.tail();
        for kind in 0..4 {
            let known_at = Position::new(1 + chance.below(head.get()));
            let target = match kind {
                0 => Target::Question(chance.function(), told::place(&chance.place())),
                1 => Target::Area(of(chance.commissioner())),
                2 if chance.once_in(3) => Target::Holdings(of("X24")),
                2 => Target::Holdings(of(chance.commissioner())),
                _ => Target::Pin(Pin {
                    name: of("pin"),
                    actor: of("oracle"),
                    function: chance.function(),
                    place: told::place(&chance.place()),
                    effective_on: chance.day(),
                    known_at,
                    note: None,
                }),
            };
            let watched = target.watched();
            let began = register.recorded_on(known_at).expect("a day");
            let last = register.recorded_on(head).expect("a day");
            let more = usize::try_from(chance.below(500)).expect("small");
            let until =
                std::iter::successors(Some(last), |day| day.next()).nth(more).expect("a day");
            let from = Point { known_at, effective_on: began };
            let to = Point { known_at: head, effective_on: until };
            let targets = Targets::new(vec![target]);
            let told = notices(register, &targets, from, to, &mut chance);
            let at = format!("history {number}, {watched:?} from {from:?} to {to:?}");

            // In the order of the log and of the days, each day before what was recorded on it.
            let order = |step: Moment| match step {
                Moment::Recorded(position) => (register.recorded_on(position), position),
                Moment::Began(day) => (Some(day), Position::ZERO),
            };
            assert!(told.is_sorted_by_key(|each| order(each.step)), "{at}");
            assert!(told.iter().all(|each| !each.causes.is_empty()), "{at}");
            let mut by_step: BTreeMap<_, Vec<&Told>> = BTreeMap::new();
            for each in &told {
                by_step.entry(order(each.step)).or_default().push(each);
            }
            let mut found = 0;
            let check = |key,
                         function: &FunctionCode,
                         place: &Place,
                         day: Day,
                         sides: [Answer<'_>; 2]| {
                let [before, after] = &sides;
                let of_day = by_step.get(&key).into_iter().flatten().filter(|each| {
                    each.function == *function
                        && each.place == *place
                        && each.from.is_none_or(|from| from <= day)
                        && each.until.is_none_or(|until| day < until)
                });
                let of_day: Vec<_> = of_day.collect();
                let differs =
                    !before.reads_the_same(after) && part(&watched, place, [before, after]);
                let at = format!("{at}: {key:?}, {function} at {place} on {day}");
                assert_eq!(
                    of_day.len(),
                    usize::from(differs),
                    "{at}: {of_day:?}\n{before:?}\n{after:?}"
                );
                if let [one] = of_day[..] {
                    assert_eq!((&one.before, &one.after), (&said(before), &said(after)), "{at}");
                }
                u64::from(differs)
            };
            // Each says what is so on its first day.
            for each in &told {
                let (before, after) = match each.step {
                    Moment::Recorded(at) => {
                        let day = each.from.unwrap_or(Day::MIN);
                        ((day, at.prev()), (day, at))
                    }
                    Moment::Began(_) => continue,
                };
                let later = later_day(register, (&each.function, &each.place), after.1);
                let ask = |(day, at)| {
                    let (function, place) = (&each.function, &each.place);
                    register.who_holds_answering(function, place, (day, later), at)
                };
                let sides = [ask(before), ask(after)];
                check(order(each.step), &each.function, &each.place, before.0, sides);
            }
            for (function, place) in questions(&history, &watched) {
                let ask = |day, later, at| {
                    register.who_holds_answering(&function, &place, (day, later), at)
                };
                for position in known_at.up_to(head) {
                    let key = order(Moment::Recorded(position));
                    let later = later_day(register, (&function, &place), position);
                    let some = if let Watched::Pinned(_, _, day) = &watched {
                        vec![*day]
                    } else {
                        (0..12).map(|_| chance.day()).collect()
                    };
                    for day in some {
                        let sides = [position.prev(), position].map(|at| ask(day, later, at));
                        found += check(key, &function, &place, day, sides);
                    }
                }
                let mut known = known_at;
                for day in every_day(began, until) {
                    while known < head
                        && register.recorded_on(known.next()).is_some_and(|on| on < day)
                    {
                        known = known.next();
                    }
                    let eve = day.eve().expect("an eve");
                    let key = order(Moment::Began(day));
                    // Of a pin, who would answer for its day; of others, the answer for the day.
                    let (asked, sides) = match &watched {
                        Watched::Pinned(_, _, pinned) => {
                            (*pinned, [eve, day].map(|later| ask(*pinned, Some(later), known)))
                        }
                        Watched::Question(..) | Watched::Area(_) | Watched::Holdings(_) => {
                            (day, [eve, day].map(|on| ask(on, Some(day), known)))
                        }
                    };
                    let began = check(key, &function, &place, asked, sides);
                    (found, days) = (found + began, days + began);
                }
            }
            all += found;
        }
    }
    println!("{all} changes found by asking again were told, {days} of them by a day beginning");
    assert!(all > histories * 10 && days > histories / 2, "{all} {days}");
}
