//! What the register says.

use remit_domain::Position;
use remit_register::{Answer, Register};

use crate::said::{Place, Question, Said};

/// The place of a question, as the register names it.
#[must_use]
pub fn place(place: &Place) -> remit_register::Place {
    match place {
        Place::Body(code) => remit_register::Place::Body(*code),
        Place::Contract(id) => remit_register::Place::Contract(id.clone()),
    }
}

/// The register's answer to a question.
#[must_use]
pub fn answer<'r>(register: &'r Register, question: &Question) -> Answer<'r> {
    let Question { function, on, answers_on, known_at, .. } = question;
    let days = (*on, *answers_on);
    register.who_holds_answering(function, &place(&question.place), days, *known_at)
}

/// What an answer says, of its day and of who would answer later, without the day and position
/// asked about and the events it rests on.
#[must_use]
pub fn reads(answer: &Answer<'_>) -> String {
    let mut bare = answer.clone();
    let steps = bare.answering_now.iter_mut().flat_map(|now| &mut now.steps);
    steps.for_each(|step| step.position = Position::ZERO);
    format!("{:?}", Said::of(&bare))
}
