//! Checks of redactions.

use crate::fact::FieldRedacted;
use crate::fault::CorrectionFault;
use crate::personal::Personal;

use super::Checks;

impl Checks<'_> {
    pub(super) fn redacted(&mut self, redacted: &FieldRedacted) {
        let FieldRedacted { about: event, field, .. } = *redacted;
        let Some(known) = self.known.event(event) else {
            self.refuse("about", CorrectionFault::EventUnknown { event });
            return;
        };
        let fields = self.known.personal(event);
        let found = fields.iter().find(|(other, _)| *other == field).map(|(_, value)| value);
        match found {
            None if fields.is_empty() => {
                let kind = known.kind;
                self.refuse("about", CorrectionFault::NothingPersonal { event, kind });
            }
            None => {
                let has = fields.iter().map(|(field, _)| *field).collect();
                self.refuse("field", CorrectionFault::FieldNotPersonal { event, field, has });
            }
            Some(Personal::InTheClear(_)) => {
                self.refuse("field", CorrectionFault::InTheClear { event, field });
            }
            Some(Personal::Redacted(by)) => {
                let by = *by;
                self.refuse("field", CorrectionFault::AlreadyRedacted { event, field, by });
            }
            Some(Personal::Told(_) | Personal::Committed(_)) => {}
        }
        if self.made_on.is_none() {
            self.refuse("evidence.made_on", CorrectionFault::RedactionDayMissing {});
        }
    }
}
