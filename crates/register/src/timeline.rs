//! The answer to one question over all days and all positions, as rectangles that cover the whole
//! plane of days and positions without overlapping.

use remit_domain::{Day, FunctionCode, Position};

use crate::answer::{Answer, Place};
use crate::register::Register;

/// A span of days and a span of positions over which the answer to one question says the same.
#[derive(Clone, Debug)]
pub struct Rectangle<'r> {
    /// The first day of the rectangle. `None` means from the beginning of time.
    pub effective_from: Option<Day>,
    /// The first day after the rectangle. `None` means for ever.
    pub effective_until: Option<Day>,
    /// The first position of the rectangle.
    pub known_from: Position,
    /// The first position after the rectangle. `None` if the rectangle extends to the head.
    pub known_until: Option<Position>,
    /// The answer at the first day and the first position of the rectangle.
    pub answer: Answer<'r>,
}

impl Register {
    /// Who holds `function` at `place`, over all days and over all positions up to `head`.
    ///
    /// The rectangles cover the whole plane without overlapping: every day and every position from
    /// 0 to `head` lies in exactly one of them. Each rectangle carries the answer at its first day
    /// and its first position. The answer says the same at every other point of the rectangle.
    #[must_use]
    pub fn timeline(
        &self,
        function: &FunctionCode,
        place: &Place,
        head: Position,
    ) -> Vec<Rectangle<'_>> {
        let edges = self.edges(function, place);
        let days: Vec<Day> = std::iter::once(Day::MIN).chain(edges.days()).collect();
        let positions: Vec<Position> = std::iter::once(Position::ZERO)
            .chain(edges.positions().into_iter().map(Position::from))
            .filter(|position| *position <= head)
            .collect();
        let mut open: Vec<Rectangle<'_>> = Vec::new();
        let mut done = Vec::new();
        for position in positions {
            let row = self.one_row(function, place, &days, position);
            let same = row.len() == open.len()
                && row.iter().zip(&open).all(|(new, old)| {
                    new.effective_from == old.effective_from
                        && new.answer.says_the_same(&old.answer)
                });
            if !same {
                for mut rectangle in open.drain(..) {
                    rectangle.known_until = Some(position);
                    done.push(rectangle);
                }
                open = row;
            }
        }
        done.extend(open);
        done
    }

    /// The answers at `position` over all of `days`. Equal neighbouring answers are joined into one
    /// rectangle.
    fn one_row(
        &self,
        function: &FunctionCode,
        place: &Place,
        days: &[Day],
        position: Position,
    ) -> Vec<Rectangle<'_>> {
        let mut row: Vec<Rectangle<'_>> = Vec::new();
        for day in days {
            let answer = self.who_holds(function, place, *day, position);
            if row.last().is_some_and(|last| last.answer.says_the_same(&answer)) {
                continue;
            }
            let effective_from = (*day != Day::MIN).then_some(*day);
            if let Some(last) = row.last_mut() {
                last.effective_until = effective_from;
            }
            row.push(Rectangle {
                effective_from,
                effective_until: None,
                known_from: position,
                known_until: None,
                answer,
            });
        }
        row
    }
}
