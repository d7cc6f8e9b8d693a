//! Coverage: finds where in England a function is not covered, that is, where the answer is a gap,
//! a conflict or unknown.

use remit_domain::{BodyCode, Day, FunctionCode, Period, Position};

use crate::answer::{Answer, Outcome, Place, Unknown};
use crate::handle::BodyHandle;
use crate::register::Register;
use crate::row::at;
use crate::rows::law::FunctionEntry;

/// One area in which a function is not covered over a span of days.
#[derive(Clone, Debug)]
pub struct Uncovered<'r> {
    /// The function that is not covered.
    pub function: &'r FunctionCode,
    /// The commissioner of the area. It may be a body that has ceased to exist without a successor.
    pub area: BodyCode,
    /// The span of days on which the function is not covered.
    pub effective: Period,
    /// The answer on the first day of the span: a gap, a conflict or unknown.
    pub answer: Answer<'r>,
}

impl Register {
    /// The codes of the functions in the catalogue, as known at `known_at`, in code order.
    #[must_use]
    pub fn function_codes(&self, known_at: Position) -> Vec<FunctionCode> {
        let at = at(known_at);
        let known = |entry: &FunctionEntry| entry.segments.iter().any(|row| row.known(at));
        let functions = self.law.functions().filter(|(_, entry)| known(entry));
        let mut codes: Vec<_> = functions.map(|(_, entry)| entry.code.clone()).collect();
        codes.sort_unstable();
        codes
    }

    /// Every area of England in which `function` is not covered on some of the days of `over`, as
    /// known at `known_at`. The result is sorted by area, in code order, then by day.
    ///
    /// A function is covered if one body exercises it, if several bodies exercise it under one
    /// instrument, or if the holder exercises it itself, even if the law does not say who is
    /// liable. Days on which the catalogue has no segment of the function are left out.
    #[must_use]
    pub fn coverage(
        &self,
        function: &FunctionCode,
        over: Period,
        known_at: Position,
    ) -> Vec<Uncovered<'_>> {
        let mut found = Vec::new();
        let Some(function) = self.law.function(function) else { return found };
        let code = &self.law[function].code;
        for area in self.commissioners() {
            self.coverage_of(code, area, over, known_at, &mut found);
        }
        found
    }

    fn coverage_of<'r>(
        &'r self,
        function: &'r FunctionCode,
        body: BodyHandle,
        over: Period,
        known_at: Position,
        found: &mut Vec<Uncovered<'r>>,
    ) {
        let at = at(known_at);
        let entry = &self.bodies[body];
        let area = entry.code;
        let lives: Vec<_> = entry
            .roles
            .iter()
            .filter(|row| row.known(at) && row.value.role.is_commissioner())
            .map(|row| entry.role_span(row, at))
            .collect();
        let (Some(begins), place) = (lives.iter().map(Period::from).min(), Place::Body(area))
        else {
            return;
        };
        // An area is not asked about before the first day of its commissioner. After the last day
        // of the commissioner, the only question is whether another body has taken over the area.
        let last = lives.iter().map(Period::until).max_by_key(|u| u.unwrap_or(Day::MAX)).flatten();
        let first = begins.max(over.from());
        let outside = |day: Day| {
            over.until().is_some_and(|until| until <= day) || last.is_some_and(|last| last < day)
        };
        if outside(first) {
            return;
        }
        let edges = self.edges(function, &place).days();
        let days = std::iter::once(first).chain(edges.into_iter().filter(|day| *day > first));
        let mut open: Option<Uncovered<'r>> = None;
        for day in days {
            if over.until().is_some_and(|until| until <= day) {
                break;
            }
            let ceased = last.is_some_and(|last| last <= day);
            let answer = self.who_holds(function, &place, day, known_at);
            let uncovered = match &answer.outcome {
                _ if ceased => answer.unknown() == Some(&Unknown::PlaceCeased),
                Outcome::Gap { .. } | Outcome::Conflict { .. } => true,
                Outcome::Unknown { reason, .. } => !matches!(
                    reason,
                    Unknown::FunctionNotRecorded
                        | Unknown::FunctionOutsideRecords
                        | Unknown::PlaceNotYetInBeing
                ),
                Outcome::Held(_)
                | Outcome::JointlyHeld(_)
                | Outcome::Unsettled(_)
                | Outcome::NotDelegated => false,
            };
            if let Some(span) = &mut open {
                let alike = |a: &Answer<'_>, b: &Answer<'_>| {
                    (a.kind(), a.unknown(), a.instruments(), a.predecessor_instruments())
                        == (b.kind(), b.unknown(), b.instruments(), b.predecessor_instruments())
                };
                if uncovered && alike(&span.answer, &answer) {
                    continue;
                }
                found.extend(open.take().and_then(|span| ended(span, Some(day))));
            }
            if uncovered {
                open = Some(Uncovered { function, area, effective: Period::open(day), answer });
            }
            if ceased && !uncovered {
                break;
            }
        }
        found.extend(open.and_then(|span| ended(span, over.until())));
    }
}

fn ended(span: Uncovered<'_>, until: Option<Day>) -> Option<Uncovered<'_>> {
    let effective = Period::new(span.effective.from(), until).ok()?;
    Some(Uncovered { effective, ..span })
}
