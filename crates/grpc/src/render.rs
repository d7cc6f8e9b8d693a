//! The one way out: from answers and facts to the wire. Cannot fail.

mod answers;
mod directory;
mod facts;

use chrono::Datelike;
use remit_domain::{
    Act, Area, BodyCode, Command, ContractId, Correction, Day, Event, Evidence, Fact, Forum,
    Function, FunctionCode, HolderRule, Instrument, InstrumentId, Member, Membership, Period,
    Personal, Position, RecordId, Rule, RuleContent, RuleId, Succession, Text, Word,
};
use remit_register::{
    Answer, BodyView, Change, Ground, GroundKind, Handled, Holding, InstrumentView, KnownAt,
    Liability, LiableState, MembershipView, NoticeDue, PersonalView, Redaction, Register,
    ResultKind, SuccessionView, SupportView, Unapplied, UnappliedKind, Uncovered, Unknown,
};

use crate::pb;

pub use answers::*;
pub use directory::*;
pub use facts::*;

/// The wire number of a word: the wire numbers a vocabulary from 1 in the order of the domain.
#[must_use]
pub fn word<W: Word + PartialEq>(word: W) -> i32 {
    let index = W::ALL.iter().position(|other| *other == word).unwrap_or_default();
    i32::try_from(index + 1).unwrap_or_default()
}

fn words<W: Word + PartialEq>(words: &[W]) -> Vec<i32> {
    words.iter().map(|each| word(*each)).collect()
}

fn optional_word<W: Word + PartialEq>(value: Option<W>) -> i32 {
    value.map(word).unwrap_or_default()
}

/// A day.
#[must_use]
pub fn date(day: Day) -> pb::Date {
    let part = |number: u32| i32::try_from(number).unwrap_or_default();
    pb::Date { year: day.year(), month: part(day.month()), day: part(day.day()) }
}

/// An instant, from microseconds since 1970 UTC.
#[must_use]
pub fn timestamp(micros: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default();
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// A point of the known axis.
#[must_use]
pub fn known(known: KnownAt) -> pb::Known {
    pb::Known { position: known.position, recorded_at: known.recorded_at.map(timestamp) }
}

fn period(period: Period) -> pb::Period {
    pb::Period {
        effective_from: Some(date(period.from())),
        effective_until: period.until().map(date),
    }
}

/// What is kept as text goes out as it is, without the formatting machinery: answers hold dozens.
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

/// What a field that may name a person says, as far as that is told.
fn personal(personal: &Personal) -> String {
    match personal {
        Personal::Told(text) | Personal::InTheClear(text) => own(text),
        Personal::Committed(_) => "not told".to_owned(),
        Personal::Redacted(_) => "redacted".to_owned(),
    }
}

fn redaction(redaction: &Redaction<'_>) -> pb::Redaction {
    pb::Redaction {
        position: redaction.position,
        reason: own(&redaction.reason),
        authority: own(&redaction.authority),
        redacted_on: redaction.redacted_on.map(date),
    }
}

/// The fields of an event that may name a person, as they are told now.
#[must_use]
pub fn personal_fields(fields: &[PersonalView<'_>]) -> Vec<pb::PersonalField> {
    let each = |view: &PersonalView<'_>| pb::PersonalField {
        field: view.field.to_string(),
        value: personal(view.value),
        redaction: view.redaction.as_ref().map(redaction),
    };
    fields.iter().map(each).collect()
}

/// What a fact rests on.
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
