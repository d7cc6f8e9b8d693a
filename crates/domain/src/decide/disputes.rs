//! Checks of disputes.

use crate::fact::{DisputeFact, EventDisputed};
use crate::fault::CorrectionFault;

use super::Checks;

impl Checks<'_> {
    pub(super) fn disputes(&mut self, fact: &DisputeFact) {
        let DisputeFact::EventDisputed(EventDisputed { about: event, by, .. }) = *fact;
        if self.known.event(event).is_none() {
            self.refuse("about", CorrectionFault::EventUnknown { event });
        }
        match self.made_on {
            Some(day) => drop(self.in_being("by", by, day)),
            None => drop(self.body("by", by)),
        }
    }
}
