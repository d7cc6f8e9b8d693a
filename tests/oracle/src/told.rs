//! What the register says.

use remit_register::{Answer, Register};

use crate::said::{Place, Question};

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
