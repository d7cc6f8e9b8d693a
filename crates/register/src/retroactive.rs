//! Finds what an event that was recorded late changed for the days before it was recorded.

use remit_domain::{Event, Position};

use crate::change::Change;
use crate::register::Register;

impl Register {
    /// What the event at `position` changed for days before the day on which it was recorded.
    /// `None` if the event is neither effective before that day nor a correction.
    #[must_use]
    pub fn retroactive(&self, position: Position, event: &Event) -> Option<Vec<Change<'_>>> {
        let recorded_on = self.recorded_on(position);
        let corrects = event.fact.correction().is_some();
        let effective_on = event.fact.effective_on();
        let late = effective_on.zip(recorded_on).is_some_and(|(effective, day)| effective < day);
        (corrects || late)
            .then(|| self.changes((position.prev(), position), (None, recorded_on), None))
    }
}
