//! Turns answers and facts into messages. Every answer and fact in a reply is converted here, and
//! no conversion can fail.

mod answers;
mod directory;

use remit_domain::{
    BodyCode, ContractId, Day, Event, Evidence, Fact, Forum, FunctionCode, InstrumentId, Period,
    Personal, RecordId, RuleId, Text, UtcInstant, Word,
};
use remit_register::{
    Answer, AnsweringStep, BodyView, Change, ConditionView, ForceView, FunctionView, Ground,
    Handled, Holding, InCapacity, InstrumentView, KnownAt, Liability, MembershipView, NameView,
    NoticeDue, Performer, PersonalView, Redaction, Register, RuleView, SightingView, StageView,
    SuccessionView, SupportView, Unapplied, Uncovered, Unknown, VariationView,
};

use crate::pb;

pub use answers::*;
pub use directory::*;

/// Returns the wire number of a word of a closed vocabulary: its index in `W::ALL` plus 1.
#[must_use]
pub fn word<W: Word + PartialEq>(word: W) -> i32 {
    let index = W::ALL.iter().position(|other| *other == word).unwrap_or_default();
    i32::try_from(index + 1).unwrap_or_default()
}

fn optional_word<W: Word + PartialEq>(value: Option<W>) -> i32 {
    value.map(word).unwrap_or_default()
}

/// Converts a day to a `Date` message.
#[must_use]
pub fn date(day: Day) -> pb::Date {
    let part = |number: u32| i32::try_from(number).unwrap_or_default();
    pb::Date { year: day.year(), month: part(day.month()), day: part(day.day_of_month()) }
}

/// Converts an instant to a `Timestamp` message.
#[must_use]
pub fn timestamp(instant: UtcInstant) -> prost_types::Timestamp {
    let micros = instant.micros();
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default();
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// Converts a position, and the time at which its event was recorded, to a message.
#[must_use]
pub fn known(known: KnownAt) -> pb::Known {
    pb::Known { position: known.position.get(), recorded_at: known.recorded_at.map(timestamp) }
}

pub(crate) fn period(period: Period) -> pb::Period {
    pb::Period {
        effective_from: Some(date(period.from())),
        effective_until: period.until().map(date),
    }
}

/// A value stored as text, which `kept` returns without using `Display`. `Display` is slower, and
/// an answer holds dozens of such values.
trait Kept {
    fn kept(&self) -> &str;
}

macro_rules! kept {
    ($($type:ty),+) => {
        $(impl Kept for $type {
            fn kept(&self) -> &str {
                self.as_str()
            }
        })+
    };
}

kept!(BodyCode, ContractId, FunctionCode, InstrumentId, RecordId, RuleId, Text);

impl<T: Kept> Kept for &T {
    fn kept(&self) -> &str {
        (*self).kept()
    }
}

fn own(value: &impl Kept) -> String {
    value.kept().to_owned()
}

fn texts<T: Kept>(values: &[T]) -> Vec<String> {
    values.iter().map(own).collect()
}

fn optional<T: Kept>(value: Option<T>) -> String {
    value.as_ref().map(own).unwrap_or_default()
}

/// Returns the text of a personal field: its value, or `redacted`, or `not told` if only the
/// commitment is known.
pub(crate) fn personal(personal: &Personal) -> String {
    match personal {
        Personal::Told(text) | Personal::InTheClear(text) => own(text),
        Personal::Committed(_) => "not told".to_owned(),
        Personal::Redacted(_) => "redacted".to_owned(),
    }
}

fn redaction(redaction: &Redaction<'_>) -> pb::Redaction {
    pb::Redaction {
        position: redaction.position.get(),
        reason: own(&redaction.reason),
        authority: own(&redaction.authority),
        redacted_on: redaction.redacted_on.map(date),
    }
}

/// Converts the personal fields of an event to messages, with the values that the fields have now.
#[must_use]
pub fn personal_fields(fields: &[PersonalView<'_>]) -> Vec<pb::PersonalField> {
    let each = |view: &PersonalView<'_>| pb::PersonalField {
        field: view.field.to_string(),
        value: personal(view.value),
        redaction: view.redaction.as_ref().map(redaction),
    };
    fields.iter().map(each).collect()
}

/// Converts a fact of any kind to the message that an event carries.
#[must_use]
pub fn fact(fact: &Fact) -> pb::Fact {
    crate::facts::write_fact(fact)
}

/// Converts the evidence of an event to a message. A note that may name a person is stored in the
/// fact, so the note is taken from the fact.
#[must_use]
pub fn evidence_of(event: &Event) -> pb::Evidence {
    let mut evidence = evidence(&event.evidence);
    if let Some(note) = event.fact.note() {
        evidence.note = personal(note);
    }
    evidence
}

/// Converts the evidence of a fact to a message.
#[must_use]
pub fn evidence(evidence: &Evidence) -> pb::Evidence {
    pb::Evidence {
        source: own(&evidence.source),
        url: optional(evidence.url.as_ref()),
        made_on: evidence.made_on.map(date),
        confidence: word(evidence.confidence),
        note: optional(evidence.note.as_ref()),
    }
}

fn forum(forum: &Forum) -> pb::Forum {
    pb::Forum { kind: word(forum.kind), name: own(&forum.name) }
}
