//! Checks of disputes.

use crate::fact::{DisputeFact, EventDisputed, FactKind};
use crate::fault::CorrectionFault;

use super::Checks;

impl Checks<'_> {
    pub(super) fn disputes(&mut self, fact: &DisputeFact) {
        let DisputeFact::EventDisputed(EventDisputed { about: event, by, .. }) = *fact;
        match self.known.event(event).map(|known| known.kind) {
            None => self.refuse("about", CorrectionFault::EventUnknown { event }),
            Some(kind @ (FactKind::Disputes(_) | FactKind::Redacted)) => {
                self.refuse("about", CorrectionFault::NotToBeDisputed { event, kind });
            }
            Some(
                FactKind::Bodies(_)
                | FactKind::Law(_)
                | FactKind::Instruments(_)
                | FactKind::Money(_)
                | FactKind::Committees(_)
                | FactKind::Corrected,
            ) => {}
        }
        match self.made_on {
            Some(day) => drop(self.in_being("by", by, day)),
            None => drop(self.body("by", by)),
        }
    }
}
