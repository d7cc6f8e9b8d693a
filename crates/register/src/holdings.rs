//! Everything one body holds, exercises or is liable for on a day.

use remit_domain::{BodyCode, BodyRole, Day, FunctionCode, Position};

use crate::answer::{Answer, Place};
use crate::row::At;
use crate::store::Register;

/// One function in one commissioner's area in which the body has a part.
#[derive(Clone, Debug)]
pub struct Holding<'r> {
    /// The function.
    pub function: &'r FunctionCode,
    /// The commissioner in whose area.
    pub area: BodyCode,
    /// Whether statute places it on the body.
    pub holds: bool,
    /// Whether it exercises it.
    pub exercises: bool,
    /// Whether it is liable.
    pub liable: bool,
    /// The whole answer.
    pub answer: Answer<'r>,
}

impl Register {
    /// The commissioners (CCGs, ICBs) in being on a day, in code order.
    #[must_use]
    pub fn areas(&self, on: Day, known_at: Position) -> Vec<BodyCode> {
        let mut areas: Vec<_> = [BodyRole::Ccg, BodyRole::Icb]
            .into_iter()
            .flat_map(|role| self.bodies_of(role, Some(on), known_at))
            .map(|view| view.code)
            .collect();
        areas.sort_unstable();
        areas
    }

    /// Everything a body holds, exercises or is liable for, by area and function.
    ///
    /// A commissioner can have a part in its own area and in those of the instruments it receives
    /// under; any other body in every area.
    #[must_use]
    pub fn holdings(&self, body: BodyCode, on: Day, known_at: Position) -> Vec<Holding<'_>> {
        let at = At::try_from(known_at).unwrap_or(At::MAX - 1);
        let areas = self.areas(on, known_at);
        let functions: Vec<_> = self
            .functions
            .iter()
            .filter(|entry| entry.segment(on, at).is_some())
            .map(|entry| &entry.code)
            .collect();
        let mut found = Vec::new();
        for area in areas.iter().filter(|area| self.may_have_part(body, **area, &areas)) {
            for function in &functions {
                let answer = self.who_holds(function, &Place::Body(*area), on, known_at);
                let holds = answer.holder == Some(body);
                let exercises = answer.exercisers.contains(&body);
                let liable = answer.liable.bodies.contains(&body);
                if holds || exercises || liable {
                    found.push(Holding { function, area: *area, holds, exercises, liable, answer });
                }
            }
        }
        found.sort_by(|a, b| (a.area, a.function).cmp(&(b.area, b.function)));
        found
    }

    fn may_have_part(&self, body: BodyCode, area: BodyCode, areas: &[BodyCode]) -> bool {
        if body == area || areas.binary_search(&body).is_err() {
            return true;
        }
        let more = |code| self.body(code).and_then(|entry| entry.more.as_ref());
        let of_area = more(area).map(|more| more.instruments.as_slice()).unwrap_or_default();
        let received = more(body).map(|more| more.received.as_slice()).unwrap_or_default();
        received.iter().any(|index| of_area.contains(index) || self.england.contains(index))
    }
}
