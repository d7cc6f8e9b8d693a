//! Finds everything that one body holds, exercises or is liable for on a day.

use remit_domain::{BodyCode, BodyRole, Day, FunctionCode, Position};

use crate::answer::{Answer, Place};
use crate::register::Register;
use crate::row::at;

/// One function that a body holds, exercises or is liable for in the area of one commissioner.
#[derive(Clone, Debug)]
pub struct Holding<'r> {
    /// The function that the body holds, exercises or is liable for.
    pub function: &'r FunctionCode,
    /// The commissioner in whose area the body holds, exercises or is liable for the function.
    pub area: BodyCode,
    /// Whether statute places the function on the body.
    pub holds: bool,
    /// Whether the body exercises the function.
    pub exercises: bool,
    /// Whether the body is liable for the function.
    pub liable: bool,
    /// The whole answer for the function in the area.
    pub answer: Answer<'r>,
}

impl Register {
    /// The commissioners (CCGs and ICBs) that exist on the day `on`, in code order.
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

    /// Everything that `body` holds, exercises or is liable for on the day `on`, by area and
    /// function.
    ///
    /// A commissioner can have a role in its own area, and in the areas of the instruments by which
    /// it receives functions. A body that is not a commissioner can have a role in every area.
    #[must_use]
    pub fn holdings(&self, body: BodyCode, on: Day, known_at: Position) -> Vec<Holding<'_>> {
        let at = at(known_at);
        let areas = self.areas(on, known_at);
        let functions: Vec<_> = self
            .law
            .functions()
            .filter(|(_, entry)| entry.segment(on, at).is_some())
            .map(|(_, entry)| &entry.code)
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
        let handles = self.bodies.handle(area).zip(self.bodies.handle(body));
        handles.is_some_and(|(area, body)| {
            let of_area = self.instruments.of_area(area);
            let england = self.instruments.england();
            let mut received = self.instruments.received_by(body).iter();
            received.any(|instrument| of_area.contains(instrument) || england.contains(instrument))
        })
    }
}
