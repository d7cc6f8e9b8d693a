//! Checks of redactions.

use super::{Checks, Reason};
use crate::fact::Position;
use crate::personal::{Personal, PersonalField};

impl Checks<'_> {
    pub(super) fn redacted(&mut self, about: Position, field: PersonalField) {
        let Some(event) = self.known.event(about) else {
            let message = format!("the register has no event {about}");
            self.refuse(Reason::EventUnknown, "about", message);
            return;
        };
        let held = self.known.personal(about);
        match held.iter().find(|(other, _)| *other == field).map(|(_, personal)| personal) {
            None if held.is_empty() => {
                let message = format!(
                    "event {about} is {}: it holds nothing that may name a person",
                    event.kind
                );
                self.refuse(Reason::NotPersonal, "about", message);
            }
            None => {
                let fields: Vec<_> = held.iter().map(|(field, _)| field.to_string()).collect();
                let message = format!("event {about} has no {field}; it has {}", fields.join(", "));
                self.refuse(Reason::NotPersonal, "field", message);
            }
            Some(Personal::InTheClear(_)) => {
                let message = format!(
                    "event {about} was recorded before such fields were kept apart: its own bytes, \
                     which never change, hold the {field}"
                );
                self.refuse(Reason::InTheClear, "field", message);
            }
            Some(Personal::Redacted(by)) => {
                let message = format!("the {field} of event {about} is redacted by event {by}");
                self.refuse(Reason::AlreadyRedacted, "field", message);
            }
            Some(Personal::Told(_) | Personal::Committed(_)) => {}
        }
        if self.made_on.is_none() {
            let message = "say when it was decided to redact".to_owned();
            self.refuse(Reason::MadeOnMissing, "evidence.made_on", message);
        }
    }
}
