//! Random histories of a small world, in which anything that can be said is said.
//!
//! What is asked for is random; what is recorded is what the register admits. So a history holds
//! nothing that could not be recorded, and the model and the register see the same events.

mod facts;
mod history;
mod world;

use std::sync::Arc;

use remit_domain::{
    Area, Confidence, Day, Evidence, Fact, InstrumentFact, Known, Period, Position,
};
use remit_register::london_day;

use crate::said::{Place, Question};

pub use history::{History, command, evidence, history, noon};
pub use world::law;

/// A number from the environment, or a default.
#[must_use]
pub fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// A sequence of numbers that looks like chance and is not (splitmix64).
pub struct Chance(pub u64);

/// A code, id or text.
///
/// # Panics
/// Where it is not well-formed.
#[must_use]
pub fn of<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well-formed")
}

const CCGS: [&str; 4] = ["00A", "00B", "00C", "00D"];
const ICBS: [&str; 2] = ["QAA", "QBB"];
/// An office of NHS England, under which a practice may lie.
const HUB: &str = "13X";
const PRACTICES: [&str; 2] = ["A00001", "A00002"];
const CONTRACTS: [&str; 2] = ["A00001/GMS-1", "A00001/APMS-2"];
/// NHS England's, delegable; its own reserved; the Secretary of State's; a commissioner's own; NHS
/// England's, which goes by direction; the councils'.
const FUNCTIONS: [&str; 6] =
    ["qof", "performers-list", "vaccination", "own-services", "out-of-hours", "council-services"];
const CONDITIONS: [&str; 2] = ["segment 3", "segment 4"];

fn first() -> Day {
    Day::new(2013, 4, 1).expect("a day")
}

/// The day on which the law of the small world turns.
fn turn() -> Day {
    Day::new(2022, 7, 1).expect("a day")
}

impl Chance {
    /// The sequence of one history of a run. Runs with different seeds share none, however close
    /// the seeds are.
    #[must_use]
    pub fn seeded(seed: u64, number: u64) -> Self {
        let mut seeds = Self(seed);
        let mixed = seeds.below(u64::MAX);
        Self(mixed.wrapping_add(number.wrapping_mul(0xD1B5_4A32_D192_ED03)))
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    /// Whether a thing that happens once in so many times happens.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).expect("small")].clone()
    }

    /// The first of April, July or October of a year from 2013 to 2027.
    pub fn day(&mut self) -> Day {
        let year = 2013 + i32::try_from(self.below(15)).expect("small");
        Day::new(year, self.of(&[4, 4, 7, 10]), 1).expect("a day")
    }

    fn period(&mut self) -> Period {
        let from = self.day();
        let until = self.once_in(3).then(|| self.day()).filter(|until| *until > from);
        Period::new(from, until).expect("a period")
    }

    /// A day or the month that begins on it.
    fn seen(&mut self) -> Period {
        let from = self.day();
        if self.once_in(2) {
            return Period::one_day(from);
        }
        let next = Day::new(from.year(), from.month() + 1, 1).expect("no day is in December");
        Period::new(from, Some(next)).expect("a month")
    }

    /// A position from 0 up to the last.
    pub fn position(&mut self, last: Position) -> Position {
        Position::new(self.below(last.get() + 1))
    }

    /// A CCG or an ICB.
    pub fn commissioner(&mut self) -> &'static str {
        if self.once_in(3) { self.of(&ICBS) } else { self.of(&CCGS) }
    }

    fn evidence(&mut self) -> Arc<Evidence> {
        let confidence =
            self.of(&[Confidence::Confirmed, Confidence::Derived, Confidence::Unconfirmed]);
        let made_on = (!self.once_in(3)).then(|| self.day());
        let source = of(&format!("source {}", self.below(4)));
        let note = self.once_in(4).then(|| of("note"));
        Arc::new(Evidence { source, url: None, made_on, confidence, note })
    }

    /// A place of the small world.
    pub fn place(&mut self) -> Place {
        match self.below(20) {
            0 => Place::Contract(of(self.of(&CONTRACTS))),
            1..4 => Place::Body(of(self.of(&PRACTICES))),
            4 => Place::Body(of(self.of(&["X24", "SOFS", "00Z"]))),
            _ => Place::Body(of(self.commissioner())),
        }
    }

    /// A function's code, once in many times one that does not exist.
    pub fn function(&mut self) -> remit_domain::FunctionCode {
        match self.below(40) {
            0 => of("no-such-function"),
            1..28 => of(FUNCTIONS[0]),
            _ => of(self.of(&FUNCTIONS)),
        }
    }
}

/// A question: half the time one about the area and near the days of an instrument in force, or of
/// one that was seen.
#[must_use]
pub fn question(chance: &mut Chance, history: &History, known_at: Position) -> Question {
    let recorded_at = history.register.known_at(known_at).recorded_at;
    let today = recorded_at.and_then(london_day);
    let (mut function, mut place, mut on) = (chance.function(), chance.place(), chance.day());
    let told: Vec<_> = history
        .events
        .iter()
        .filter_map(|(_, event)| {
            let Fact::Instruments(fact) = event.fact.stated()? else { return None };
            if let InstrumentFact::InstrumentInForce(begun) = fact {
                let until = begun.effective.until().unwrap_or(on);
                return Some((&begun.instrument, vec![begun.effective.from(), until, on]));
            }
            let InstrumentFact::InstrumentSighted(sighted) = fact else { return None };
            let (seen, middle) = (sighted.seen, sighted.seen.middle());
            let edges = [seen.from().eve(), Some(seen.from()), Some(middle), middle.next()];
            let more = [seen.until(), Some(seen.from().next_financial_year()), Some(on)];
            Some((&sighted.instrument, edges.into_iter().chain(more).flatten().collect()))
        })
        .collect();
    if !told.is_empty() && chance.once_in(2) {
        let (id, days) = chance.of(&told);
        if let Some(known) = history.register.instrument(id) {
            if let Area::Of(areas) = &known.instrument.area {
                place = Place::Body(chance.of(areas));
            }
            let listed = &known.instrument.contracts;
            if !listed.is_empty() && !chance.once_in(4) {
                place = match chance.once_in(2) {
                    true => Place::Contract(chance.of(listed)),
                    false => Place::Body(of(PRACTICES[0])),
                };
            }
            function = chance.of(&known.instrument.functions);
        }
        on = chance.of(&days);
    }
    let answers_on = chance.once_in(3).then(|| chance.day()).filter(|day| *day >= on);
    Question { function, place, on, answers_on, known_at, today }
}
