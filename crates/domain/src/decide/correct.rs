//! Checks of corrections: three different things, none of them an edit.

use super::{Act, Checks, Reason};
use crate::fact::{Correction, CorrectionKind, Fact, FactKind};

impl Checks<'_> {
    /// A correction whose fact is stated whole.
    pub(super) fn corrected(&mut self, correction: &Correction) {
        let Correction { kind, about, authority, reason, fact } = correction.clone();
        let act = fact.map(|fact| Act::State(*fact));
        drop(self.correct(Correction { kind, about, authority, reason, fact: None }, act));
    }

    /// The correction with what is so instead or besides, checked against the register as it would
    /// be without what is taken back.
    pub(super) fn correct(&mut self, mut correction: Correction, act: Option<Act>) -> Option<Fact> {
        let about = correction.about.map(|position| (position, self.known.event(position)));
        match about {
            None if correction.kind == CorrectionKind::RecordedLate => {}
            None => {
                let message = "name the event it is about".to_owned();
                self.refuse(Reason::EventUnknown, "about", message);
            }
            Some((position, None)) => {
                let message = format!("the register has no event {position}");
                self.refuse(Reason::EventUnknown, "about", message);
            }
            Some((position, Some(event))) => {
                if event.kind == FactKind::FieldRedacted {
                    let message = format!(
                        "event {position} redacts a field: what is gone is gone; if the field must \
                         say something, correct the event that held it"
                    );
                    self.refuse(Reason::RedactionStands, "about", message);
                }
                if let Some(by) = event.taken_back_by {
                    let message = format!(
                        "event {position} is taken back by event {by}; correct that one instead"
                    );
                    self.refuse(Reason::AlreadyCorrected, "about", message);
                }
            }
        }
        if act.is_none() && correction.kind != CorrectionKind::ErrorCorrected {
            self.refuse(Reason::NothingNamed, "instead", "say what is so".into());
        }
        if correction.kind != CorrectionKind::ErrorCorrected && self.made_on.is_none() {
            let message = format!("{}: say when the act was done", correction.kind);
            self.refuse(Reason::MadeOnMissing, "evidence.made_on", message);
        }
        if !self.refusals.is_empty() {
            return None;
        }
        let kind_of = |position| self.known.event(position).map(|event| event.kind);
        if let Some(act) = act {
            let kind = act.kind();
            if matches!(kind, FactKind::Corrected | FactKind::FieldRedacted) {
                let message = format!("a correction says a fact; {kind} is recorded by itself");
                self.refuse(Reason::CorrectionKindDiffers, "instead", message);
                return None;
            }
            let same = correction.about.and_then(kind_of) == Some(kind);
            let taken_back = match correction.kind {
                CorrectionKind::RecordedLate => None,
                CorrectionKind::EffectBackdated => correction.about.filter(|_| same),
                CorrectionKind::ErrorCorrected => correction.about,
            };
            if correction.kind == CorrectionKind::ErrorCorrected && !same {
                let was = correction.about.and_then(kind_of);
                let was = was.map(|kind| kind.to_string()).unwrap_or_default();
                let message = format!("what is corrected is {was}; this is {kind}");
                self.refuse(Reason::CorrectionKindDiffers, "instead", message);
                return None;
            }
            let then = taken_back.map(|position| self.known.without(position));
            let known = then.as_deref().unwrap_or(self.known);
            let mut inner = Checks { known, made_on: self.made_on, refusals: Vec::new() };
            let fact = inner.act(act);
            let refusals = std::mem::take(&mut inner.refusals);
            self.refusals.extend(refusals.into_iter().map(|mut refusal| {
                refusal.field = format!("instead.{}", refusal.field);
                refusal
            }));
            correction.fact = fact.map(Box::new);
        }
        if correction.kind == CorrectionKind::EffectBackdated {
            let effective = correction.fact.as_ref().and_then(|fact| fact.effective_on());
            if let (Some(made_on), Some(effective)) = (self.made_on, effective)
                && effective >= made_on
            {
                let message = format!("it was made on {made_on} and has effect from {effective}");
                self.refuse(Reason::NotBackdated, "evidence.made_on", message);
            }
        }
        self.refusals.is_empty().then_some(Fact::Corrected(correction))
    }
}
