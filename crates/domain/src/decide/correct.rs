//! Checks of corrections: facts recorded late, errors, and backdated effects. No correction edits
//! an event.

use crate::fact::{Correction, CorrectionKind, Fact, FactKind};
use crate::fault::CorrectionFault;
use crate::position::Position;

use super::{Act, Checks};

/// How often corrections may change whether an event holds. Each change is looked at again by every
/// later one, and at each start.
const TURNS_MAX: usize = 100;

impl Checks<'_> {
    /// Checks a correction that the caller gave as a complete fact, with its field `fact` filled
    /// in. In a command `Act::Correct` that field is empty, and an act yields the fact to be
    /// stated.
    pub(super) fn corrected(&mut self, correction: &Correction) {
        let Correction { kind, about, authority, reason, fact } = correction.clone();
        let act = fact.map(|fact| Act::State(*fact));
        drop(self.correct(Correction { kind, about, authority, reason, fact: None }, act));
    }

    /// Checks a correction and `act`, and returns the correction with the fact that `act` records.
    /// `None` if a check fails. The fact is checked against the register as it would be without the
    /// event that the correction retracts.
    pub(super) fn correct(&mut self, mut correction: Correction, act: Option<Act>) -> Option<Fact> {
        self.about(&correction);
        let kind = correction.kind;
        if act.is_none() && kind != CorrectionKind::ErrorCorrected {
            self.refuse("instead", CorrectionFault::FactMissing {});
        }
        if kind != CorrectionKind::ErrorCorrected && self.made_on.is_none() {
            self.refuse("evidence.made_on", CorrectionFault::MadeOnMissing { kind });
        }
        if !self.refusals.is_empty() {
            return None;
        }
        if let Some(act) = act {
            correction.fact = self.instead(&correction, act)?.map(Box::new);
        }
        if kind == CorrectionKind::EffectBackdated {
            let effective_on = correction.fact.as_ref().and_then(|fact| fact.effective_on());
            if let (Some(made_on), Some(effective_on)) = (self.made_on, effective_on)
                && effective_on >= made_on
            {
                let fault = CorrectionFault::NotBackdated { made_on, effective_on };
                self.refuse("evidence.made_on", fault);
            }
        }
        self.refusals.is_empty().then_some(Fact::Corrected(correction))
    }

    /// Checks the event that a correction names in `about`.
    fn about(&mut self, correction: &Correction) {
        let Some(event) = correction.about else {
            if correction.kind != CorrectionKind::RecordedLate {
                self.refuse("about", CorrectionFault::EventNotNamed {});
            }
            return;
        };
        let Some(known) = self.known.event(event) else {
            self.refuse("about", CorrectionFault::EventUnknown { event });
            return;
        };
        if known.kind == FactKind::Redacted {
            self.refuse("about", CorrectionFault::RedactionStands { event });
        }
        if let Some(by) = known.retracted_by {
            self.refuse("about", CorrectionFault::AlreadyRetracted { event, by });
        }
        if known.turns >= TURNS_MAX && correction.kind != CorrectionKind::RecordedLate {
            let limit = TURNS_MAX;
            self.refuse("about", CorrectionFault::TurnedTooOften { event, limit });
        }
    }

    /// Checks `act` and returns the fact that `act` yields, which the correction will state.
    /// Returns `Some(None)` if `act` yields no fact, and `None` if the correction may not state a
    /// fact of the kind that `act` records.
    fn instead(&mut self, correction: &Correction, act: Act) -> Option<Option<Fact>> {
        let is = act.kind();
        if matches!(is, FactKind::Corrected | FactKind::Redacted) {
            self.refuse("instead", CorrectionFault::NotToBeStated { kind: is });
            return None;
        }
        let kind_of = |event: Position| self.known.event(event).map(|known| known.kind);
        let was = correction.about.and_then(kind_of);
        let same = was == Some(is);
        let retracted = match correction.kind {
            CorrectionKind::RecordedLate => None,
            CorrectionKind::EffectBackdated => correction.about.filter(|_| same),
            CorrectionKind::ErrorCorrected => correction.about,
        };
        if correction.kind == CorrectionKind::ErrorCorrected
            && let Some(was) = was.filter(|_| !same)
        {
            self.refuse("instead", CorrectionFault::KindDiffers { was, is });
            return None;
        }
        let without = retracted.map(|event| self.known.without(event));
        let known = without.as_deref().unwrap_or(self.known);
        let mut inner = Checks { known, made_on: self.made_on, refusals: Vec::new() };
        let fact = inner.act(act);
        for mut refusal in std::mem::take(&mut inner.refusals) {
            refusal.field = format!("instead.{}", refusal.field);
            self.refusals.push(refusal);
        }
        Some(fact)
    }
}
