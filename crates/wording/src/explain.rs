//! The steps of the explanation of an answer, in words.

use remit_domain::{BodyCode, Capacity, FunctionCode};
use remit_register::{Answer, Place, Says};

use crate::and;

/// The answer in a few words, as the heading of its explanation.
#[must_use]
pub fn answer(function: &FunctionCode, answer: &Answer<'_>) -> String {
    let kind = answer.kind();
    match answer.exercisers.as_slice() {
        [] => kind.to_string(),
        some => format!("{kind}: {} {} {function}", and(some), exercises(some)),
    }
}

fn exercises(bodies: &[BodyCode]) -> &'static str {
    if bodies.len() > 1 { "exercise" } else { "exercises" }
}

/// One step of the explanation of an answer, in words.
#[must_use]
pub fn step(function: &FunctionCode, place: &Place, says: &Says<'_>) -> String {
    match says {
        Says::InArea(None) => format!("what the register knows of {place}"),
        Says::InArea(Some(area)) if *place == Place::Body(*area) => {
            format!("{area} is the commissioner of its area")
        }
        Says::InArea(Some(area)) => format!("{place} lies in the area of {area}"),
        Says::Succeeded => "bodies ceased, and other bodies succeeded them".to_owned(),
        Says::Placed(None) => format!("what the catalogue says of {function}"),
        Says::Placed(Some(holder)) => format!("statute places {function} on {holder}"),
        Says::InForce(id) => format!("{id} is in force"),
        Says::Regime(rule) => format!("{rule} says how {function} is exercised"),
        Says::PassedOn(id) => format!("{id} is in force, and its receiver passed the function on"),
        Says::WasInForce(id) => format!("{id} was in force when the previous commissioner ceased"),
        Says::PartiesInBeing => {
            "the parties, and those to whom they answer, are in being".to_owned()
        }
        Says::NotHeld => "the commissioner did not have the function on certain legal \
                          bases"
            .to_owned(),
        Says::Liable(bodies) => match bodies.as_slice() {
            [] => "what the law says of liability".to_owned(),
            [one] => format!("{one} is liable"),
            some => format!("{} are liable", and(some)),
        },
        Says::InCapacity(capacity, bodies) => {
            let who = and(bodies);
            match capacity {
                Capacity::EntitledToo => format!("{who} may exercise {function} too"),
                Capacity::SuableToo => format!("a claimant may join {who} as a defendant"),
                Capacity::DecisionMaker => {
                    let decide = if bodies.len() > 1 { "decide" } else { "decides" };
                    format!("{who} {decide}; judicial review lies against who took the decision")
                }
                Capacity::ContractParty => {
                    let are = if bodies.len() > 1 { "are" } else { "is" };
                    format!(
                        "{who} {are} party to the contracts with those who provide the services"
                    )
                }
            }
        }
        Says::WouldAnswer(bodies) => {
            format!("today {} would answer for what bodies that have ceased did", and(bodies))
        }
        Says::Beside => {
            "what the register knows besides, which does not change the answer".to_owned()
        }
    }
}
