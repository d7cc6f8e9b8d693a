//! Facts: the contents of events, in the past tense. A fact is never edited and never deleted.
//!
//! This file defines [`Event`], [`Fact`] with one variant for each topic, [`FactKind`],
//! [`Correction`] and [`FieldRedacted`]. Each topic has a file of its own, which defines the facts
//! of the topic and, as an [`About`], what each of them is about.

mod about;
mod bodies;
mod committees;
mod disputes;
mod instruments;
mod law;
mod money;

use std::sync::Arc;

use crate::evidence::Evidence;
use crate::period::Day;
use crate::personal::{Personal, PersonalField};
use crate::position::Position;
use crate::text::Text;
use crate::word::{Word, vocabulary};

pub use about::*;
pub use bodies::*;
pub use committees::*;
pub use disputes::*;
pub use instruments::*;
pub use law::*;
pub use money::*;

/// The content of one event: a fact and its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// The fact that the event records.
    pub fact: Fact,
    /// The evidence on which the fact rests. The evidence is shared, because thousands of facts can
    /// rest on one document. If the note of the evidence may name a person, the fact holds the note
    /// instead.
    pub evidence: Arc<Evidence>,
}

/// The fact that an event records, by topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// A fact about bodies: their roles, names, successions, memberships and contracts.
    Bodies(BodyFact),
    /// A fact about the law: a row of the catalogue, or a rule.
    Law(LawFact),
    /// A fact about instruments, or other evidence of who exercises a function.
    Instruments(InstrumentFact),
    /// A fact about money: a fund, a payment or a payment direction.
    Money(MoneyFact),
    /// A fact about committees: an interest or a decision.
    Committees(CommitteeFact),
    /// A fact about disputes: that a body contests an event.
    Disputes(DisputeFact),
    /// A correction: a fact about an earlier event.
    Corrected(Correction),
    /// A redaction, which removes for good the value of a field that may name a person.
    Redacted(FieldRedacted),
}

/// The kind of a fact, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// The kind of a fact about bodies ([`Fact::Bodies`]).
    Bodies(BodyFactKind),
    /// The kind of a fact about the law ([`Fact::Law`]).
    Law(LawFactKind),
    /// The kind of a fact about instruments ([`Fact::Instruments`]).
    Instruments(InstrumentFactKind),
    /// The kind of a fact about money ([`Fact::Money`]).
    Money(MoneyFactKind),
    /// The kind of a fact about committees ([`Fact::Committees`]).
    Committees(CommitteeFactKind),
    /// The kind of a fact about disputes ([`Fact::Disputes`]).
    Disputes(DisputeFactKind),
    /// The kind of every correction ([`Fact::Corrected`]).
    Corrected,
    /// The kind of every redaction ([`Fact::Redacted`]).
    Redacted,
}

/// Every kind of fact, grouped by topic.
const ALL: [FactKind; ALL_LEN] = {
    let mut all = [FactKind::Redacted; ALL_LEN];
    let mut next = 0;
    macro_rules! topics {
        ($($arm:ident($kinds:ident)),+) => {$(
            let mut index = 0;
            while index < $kinds::ALL.len() {
                all[next] = FactKind::$arm($kinds::ALL[index]);
                (next, index) = (next + 1, index + 1);
            }
        )+};
    }
    topics!(
        Bodies(BodyFactKind),
        Law(LawFactKind),
        Instruments(InstrumentFactKind),
        Money(MoneyFactKind),
        Committees(CommitteeFactKind),
        Disputes(DisputeFactKind)
    );
    all[next] = FactKind::Corrected;
    all
};
const ALL_LEN: usize = BodyFactKind::ALL.len()
    + LawFactKind::ALL.len()
    + InstrumentFactKind::ALL.len()
    + MoneyFactKind::ALL.len()
    + CommitteeFactKind::ALL.len()
    + DisputeFactKind::ALL.len()
    + 2;

impl Word for FactKind {
    const ALL: &'static [Self] = &ALL;
    const WHAT: &'static str = "kind of fact";

    fn word(self) -> &'static str {
        match self {
            Self::Bodies(kind) => kind.word(),
            Self::Law(kind) => kind.word(),
            Self::Instruments(kind) => kind.word(),
            Self::Money(kind) => kind.word(),
            Self::Committees(kind) => kind.word(),
            Self::Disputes(kind) => kind.word(),
            Self::Corrected => "corrected",
            Self::Redacted => "field-redacted",
        }
    }
}

impl std::fmt::Display for FactKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl FactKind {
    /// The kinds of thing that facts of this kind can concern, such as bodies. A correction can
    /// concern everything that the corrected event concerns.
    #[must_use]
    pub fn concerns(self) -> &'static [Concerns] {
        match self {
            Self::Bodies(kind) => kind.concerns(),
            Self::Law(kind) => kind.concerns(),
            Self::Instruments(kind) => kind.concerns(),
            Self::Money(kind) => kind.concerns(),
            Self::Committees(kind) => kind.concerns(),
            Self::Disputes(kind) => kind.concerns(),
            Self::Corrected => Concerns::ALL,
            Self::Redacted => &[Concerns::Bodies],
        }
    }
}

/// Declares the facts of a topic: an enum of the facts with their contents, an enum of the kinds of
/// fact with the stable word of each kind, and the kinds of thing that each kind of fact can
/// concern.
macro_rules! topic {
    (
        $(#[$meta:meta])* $fact:ident, $kinds:ident, Fact::$arm:ident;
        $($(#[$vmeta:meta])* $kind:ident($content:ty) = $word:literal, [$($concerns:ident),*];)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $fact { $($(#[$vmeta])* $kind($content)),+ }

        crate::word::vocabulary! {
            #[doc = concat!("The kinds of [`", stringify!($fact), "`].")]
            $kinds, "kind of fact";
            $(#[doc = concat!("The kind of [`", stringify!($fact), "::", stringify!($kind), "`].")]
            $kind = $word,)+
        }

        impl $kinds {
            /// The kinds of thing that facts of this kind can concern, such as bodies.
            #[must_use]
            pub fn concerns(self) -> &'static [crate::fact::Concerns] {
                match self {
                    $(Self::$kind => &[$(crate::fact::Concerns::$concerns),*],)+
                }
            }
        }

        impl $fact {
            /// The kind of this fact.
            #[must_use]
            pub fn kind(&self) -> $kinds {
                match self {
                    $(Self::$kind(_) => $kinds::$kind,)+
                }
            }

            pub(super) fn content(&self) -> &dyn crate::fact::Content {
                match self {
                    $(Self::$kind(content) => content,)+
                }
            }

            pub(super) fn content_mut(&mut self) -> &mut dyn crate::fact::Content {
                match self {
                    $(Self::$kind(content) => content,)+
                }
            }
        }

        impl From<$kinds> for crate::fact::FactKind {
            fn from(kind: $kinds) -> Self {
                Self::$arm(kind)
            }
        }

        impl From<$fact> for crate::fact::Fact {
            fn from(fact: $fact) -> Self {
                Self::$arm(fact)
            }
        }

        $(impl From<$content> for crate::fact::Fact {
            fn from(content: $content) -> Self {
                Self::$arm($fact::$kind(content))
            }
        })+
    };
}
use topic;

/// The methods that the content of every kind of fact has.
pub(crate) trait Content {
    /// Returns the subject of the fact and everything that the fact concerns.
    fn about(&self) -> About<'_>;

    /// The fields of the fact that may name a person, except the note of the evidence.
    fn personal(&self) -> Vec<(PersonalField, &Personal)> {
        Vec::new()
    }

    /// The fields that the method `personal` returns, with mutable access to their values.
    fn personal_mut(&mut self) -> Vec<(PersonalField, &mut Personal)> {
        Vec::new()
    }

    /// The field in which the fact holds the note of its evidence. `None` if this kind of fact has
    /// no such field, because the note of its evidence never names a person.
    fn note(&self) -> Option<&Option<Personal>> {
        None
    }

    /// Mutable access to the field in which the fact holds the note of its evidence. `None` if this
    /// kind of fact has no such field.
    fn note_mut(&mut self) -> Option<&mut Option<Personal>> {
        None
    }
}

vocabulary! {
    /// The three kinds of correction. No correction edits an event (reference section 5.7).
    CorrectionKind, "correction kind";
    /// The fact that the correction states held all along and is recorded only now. No earlier
    /// event was wrong.
    RecordedLate = "recorded-late",
    /// The corrected event was wrong: what the event records was never so.
    ErrorCorrected = "error-corrected",
    /// By law an act has effect from a day before the act was made. The register was right until
    /// the act was made.
    EffectBackdated = "effect-backdated",
}

/// A correction: an event about an earlier event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Correction {
    /// The kind of this correction.
    pub kind: CorrectionKind,
    /// The position of the corrected event. `None` only if the correction records a fact late and
    /// no earlier event relates to that fact.
    pub about: Option<Position>,
    /// The document or office that authorises the correction.
    pub authority: Text,
    /// Why the correction is made.
    pub reason: Text,
    /// The fact that the correction states, which replaces the fact in the corrected event or adds
    /// to that fact. `None` if the fact in the corrected event never held and no other fact
    /// replaces it.
    pub fact: Option<Box<Fact>>,
}

impl Correction {
    /// The event that this correction retracts, if any.
    ///
    /// The correction of an error always retracts the event in `about`. A correction that backdates
    /// an effect retracts that event only if the event and the correction state facts of the same
    /// kind. `kind_of` returns the kind of fact that an earlier event states.
    #[must_use]
    pub fn retracts(&self, kind_of: impl FnOnce(Position) -> Option<FactKind>) -> Option<Position> {
        let about = self.about?;
        match self.kind {
            CorrectionKind::RecordedLate => None,
            CorrectionKind::ErrorCorrected => Some(about),
            CorrectionKind::EffectBackdated => {
                let own = self.fact.as_ref().map(|fact| fact.kind());
                (own.is_some() && own == kind_of(about)).then_some(about)
            }
        }
    }
}

/// A redaction, which removes the value of one field of an event and keeps the event. The `made_on`
/// of the redaction's evidence is the day on which the redaction was decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldRedacted {
    /// The event whose field is redacted.
    pub about: Position,
    /// The field whose value is removed.
    pub field: PersonalField,
    /// Why the field is redacted.
    pub reason: Text,
    /// The document or office that asks for the redaction.
    pub authority: Text,
}

impl From<Correction> for Fact {
    fn from(correction: Correction) -> Self {
        Self::Corrected(correction)
    }
}

impl From<FieldRedacted> for Fact {
    fn from(redacted: FieldRedacted) -> Self {
        Self::Redacted(redacted)
    }
}

impl Fact {
    /// The kind of this fact.
    #[must_use]
    pub fn kind(&self) -> FactKind {
        match self {
            Self::Bodies(fact) => FactKind::Bodies(fact.kind()),
            Self::Law(fact) => FactKind::Law(fact.kind()),
            Self::Instruments(fact) => FactKind::Instruments(fact.kind()),
            Self::Money(fact) => FactKind::Money(fact.kind()),
            Self::Committees(fact) => FactKind::Committees(fact.kind()),
            Self::Disputes(fact) => FactKind::Disputes(fact.kind()),
            Self::Corrected(_) => FactKind::Corrected,
            Self::Redacted(_) => FactKind::Redacted,
        }
    }

    /// The content of the fact. For a correction, the content of the fact that the correction
    /// states, if any. `None` for a redaction.
    fn content(&self) -> Option<&dyn Content> {
        match self {
            Self::Bodies(fact) => Some(fact.content()),
            Self::Law(fact) => Some(fact.content()),
            Self::Instruments(fact) => Some(fact.content()),
            Self::Money(fact) => Some(fact.content()),
            Self::Committees(fact) => Some(fact.content()),
            Self::Disputes(fact) => Some(fact.content()),
            Self::Corrected(correction) => correction.fact.as_ref().and_then(|fact| fact.content()),
            Self::Redacted(_) => None,
        }
    }

    fn content_mut(&mut self) -> Option<&mut dyn Content> {
        match self {
            Self::Bodies(fact) => Some(fact.content_mut()),
            Self::Law(fact) => Some(fact.content_mut()),
            Self::Instruments(fact) => Some(fact.content_mut()),
            Self::Money(fact) => Some(fact.content_mut()),
            Self::Committees(fact) => Some(fact.content_mut()),
            Self::Disputes(fact) => Some(fact.content_mut()),
            Self::Corrected(correction) => {
                correction.fact.as_mut().and_then(|fact| fact.content_mut())
            }
            Self::Redacted(_) => None,
        }
    }

    /// The correction, if this fact is a correction.
    #[must_use]
    pub fn correction(&self) -> Option<&Correction> {
        match self {
            Self::Corrected(correction) => Some(correction),
            Self::Bodies(_)
            | Self::Law(_)
            | Self::Instruments(_)
            | Self::Money(_)
            | Self::Committees(_)
            | Self::Disputes(_)
            | Self::Redacted(_) => None,
        }
    }

    /// The fact itself or, for a correction, the fact that the correction states, if any.
    #[must_use]
    pub fn stated(&self) -> Option<&Self> {
        match self.correction() {
            Some(correction) => correction.fact.as_deref(),
            None => Some(self),
        }
    }

    /// Returns the subject of the fact and everything that the fact concerns. For a correction, the
    /// result describes the fact that the correction states, and leaves out what the corrected
    /// event concerns. The result is empty for a redaction, and for a correction that states no
    /// fact.
    #[must_use]
    pub fn about(&self) -> About<'_> {
        self.content().map(Content::about).unwrap_or_default()
    }

    /// The `subject` attribute of the event that records the fact, such as the code of a body or
    /// `event/7`.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Corrected(Correction { fact: Some(fact), .. }) => fact.subject(),
            Self::Corrected(Correction { about, .. }) => {
                format!("event/{}", about.unwrap_or_default())
            }
            Self::Redacted(redacted) => format!("event/{}", redacted.about),
            Self::Bodies(_)
            | Self::Law(_)
            | Self::Instruments(_)
            | Self::Money(_)
            | Self::Committees(_)
            | Self::Disputes(_) => self.about().subject,
        }
    }

    /// The first effective day that the fact affects, if any.
    #[must_use]
    pub fn effective_on(&self) -> Option<Day> {
        self.about().effective_on
    }

    /// The fields of the fact that may name a person, including the note of the evidence. For a
    /// correction, the fields of the fact that the correction states.
    #[must_use]
    pub fn personal(&self) -> Vec<(PersonalField, &Personal)> {
        let Some(content) = self.content() else { return Vec::new() };
        let mut fields = content.personal();
        let note = content.note().and_then(Option::as_ref);
        fields.extend(note.map(|note| (PersonalField::Note, note)));
        fields
    }

    /// The note of the evidence, if the fact holds the note because it may name a person.
    #[must_use]
    pub fn note(&self) -> Option<&Personal> {
        self.content()?.note()?.as_ref()
    }

    /// Calls `change` with each field that may name a person, including the note of the evidence.
    pub fn each_personal_mut(&mut self, mut change: impl FnMut(PersonalField, &mut Personal)) {
        let Some(content) = self.content_mut() else { return };
        for (field, personal) in content.personal_mut() {
            change(field, personal);
        }
        if let Some(Some(note)) = content.note_mut() {
            change(PersonalField::Note, note);
        }
    }

    /// If the note of the evidence may name a person, moves the note into the fact and returns the
    /// evidence without a note. Otherwise returns `evidence` unchanged.
    pub(crate) fn take_note(&mut self, evidence: Arc<Evidence>) -> Arc<Evidence> {
        let slot = self.content_mut().and_then(Content::note_mut);
        let (Some(slot), Some(text)) = (slot, &evidence.note) else { return evidence };
        *slot = Some(Personal::Told(text.clone()));
        Arc::new(Evidence { note: None, ..Evidence::clone(&evidence) })
    }
}
