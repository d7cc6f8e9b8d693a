//! Values that may name a person. They are stored separately from the rows of the index, in one
//! place, so that they can be removed.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use remit_domain::{Day, Fact, FieldRedacted, Personal, PersonalField, Position, Text};

use crate::register::Register;
use crate::row::{At, Origin, at};
use crate::rows::Locus;

/// The fields of one event that may name a person, each with its value.
type Fields = Vec<(PersonalField, Personal)>;

/// All values that may name a person, and all redactions of such values.
#[derive(Default)]
pub(crate) struct PersonalFields {
    /// The fields that may name a person, by the position of their event.
    fields: BTreeMap<At, Fields>,
    redactions: BTreeMap<At, RedactionRow>,
    /// The positions of redactions that are decided but not final. The values that these redactions
    /// will remove are still stored.
    to_forget: Vec<At>,
}

impl Hash for PersonalFields {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.fields, &self.redactions).hash(hasher);
    }
}

/// The contents of a redaction: which field's value it removes, why, and on whose authority.
#[derive(Clone, Debug, PartialEq, Hash)]
struct RedactionRow {
    about: Position,
    field: PersonalField,
    reason: Text,
    authority: Text,
    redacted_on: Option<Day>,
}

/// The redaction that removed the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redaction<'r> {
    /// The position of the event that redacted the field.
    pub position: Position,
    /// The reason for the redaction.
    pub reason: &'r Text,
    /// The document or office on whose authority the field was redacted.
    pub authority: &'r Text,
    /// The day on which the redaction was decided, if known.
    pub redacted_on: Option<Day>,
}

/// A field of an event that may name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonalView<'r> {
    /// Which field of the event may name a person.
    pub field: PersonalField,
    /// The value of the field or, if the value is not available, a mark that says why, such as that
    /// the value was redacted.
    pub value: &'r Personal,
    /// The redaction that removed the value of the field, if the value was redacted.
    pub redaction: Option<Redaction<'r>>,
}

impl Register {
    /// Stores the values in `fact` that may name a person, separately from the rows of the event at
    /// `at`.
    pub(crate) fn set_apart(&mut self, fact: &Fact, at: At) {
        let fields = fact.personal();
        if fields.is_empty() {
            return;
        }
        let fields = fields.into_iter().map(|(field, personal)| (field, personal.clone()));
        self.personal.fields.insert(at, fields.collect());
        self.undoable(|| {
            Box::new(move |r| {
                r.personal.fields.remove(&at);
            })
        });
    }

    /// The fields of the event at `at` that may name a person.
    pub(crate) fn personal_of(&self, at: At) -> &[(PersonalField, Personal)] {
        self.personal.fields.get(&at).map(Vec::as_slice).unwrap_or_default()
    }

    /// The value of `field`, which may name a person, in the event at `at`.
    pub(crate) fn personal_field(&self, at: At, field: PersonalField) -> Option<&Personal> {
        let mut fields = self.personal_of(at).iter();
        fields.find(|(other, _)| *other == field).map(|(_, personal)| personal)
    }

    /// The fields of the event at `position` that may name a person, each with its value or a mark
    /// that says why the value is not available. Once a redaction is durable, the value is gone,
    /// even for questions about positions before the redaction.
    #[must_use]
    pub fn personal_view(&self, position: Position) -> Vec<PersonalView<'_>> {
        let fields = self.personal_of(at(position)).iter();
        fields
            .map(|(field, value)| PersonalView {
                field: *field,
                value,
                redaction: self.redaction(value),
            })
            .collect()
    }

    /// The redaction that removed `value`, if it was redacted.
    pub(crate) fn redaction(&self, value: &Personal) -> Option<Redaction<'_>> {
        let Personal::Redacted(position) = *value else { return None };
        let row = self.personal.redactions.get(&at(position))?;
        let RedactionRow { reason, authority, redacted_on, .. } = row;
        Some(Redaction { position, reason, authority, redacted_on: *redacted_on })
    }

    /// The fields of the event at `position` that may name a person, as they will be once all
    /// decided redactions are durable.
    pub(crate) fn personal_decided(&self, position: Position) -> Fields {
        let mut fields = self.personal_of(at(position)).to_vec();
        for by in &self.personal.to_forget {
            let Some(row) = self.personal.redactions.get(by).filter(|row| row.about == position)
            else {
                continue;
            };
            for (_, value) in fields.iter_mut().filter(|(field, _)| *field == row.field) {
                *value = Personal::Redacted(Position::from(*by));
            }
        }
        fields
    }

    /// Stores a redaction. The redacted value is removed once the redaction is final.
    pub(crate) fn fold_redaction(&mut self, redacted: &FieldRedacted, origin: Origin) {
        let FieldRedacted { about, field, reason, authority } = redacted.clone();
        let redacted_on = origin.made_on;
        let (at, row) = (origin.at, RedactionRow { about, field, reason, authority, redacted_on });
        self.place(Locus::Redaction);
        self.personal.redactions.insert(at, row);
        if !self.journalling {
            self.forget(at);
            return;
        }
        self.personal.to_forget.push(at);
        self.undoable(|| {
            Box::new(move |r| {
                r.personal.redactions.remove(&at);
                r.personal.to_forget.retain(|other| *other != at);
            })
        });
    }

    /// Carries out the redactions at positions up to `position`: removes the values that they
    /// redact.
    pub(crate) fn forget_until(&mut self, position: Position) {
        let to_forget = &mut self.personal.to_forget;
        let last = to_forget.partition_point(|at| Position::from(*at) <= position);
        let due: Vec<At> = to_forget.drain(..last).collect();
        due.into_iter().for_each(|at| self.forget(at));
    }

    fn forget(&mut self, by: At) {
        let Some(row) = self.personal.redactions.get(&by) else { return };
        // A hash of a value would let it be guessed.
        self.repeats.forget(at(row.about));
        let Some(fields) = self.personal.fields.get_mut(&at(row.about)) else { return };
        for (_, value) in fields.iter_mut().filter(|(field, _)| *field == row.field) {
            *value = Personal::Redacted(Position::from(by));
        }
    }

    /// Fills in the values in `fact` that may name a person. The bytes of the event at `position`,
    /// from which `fact` was decoded, do not contain these values; the register stores them
    /// separately.
    pub fn tell(&self, position: Position, fact: &mut Fact) {
        fact.each_personal_mut(|field, personal| {
            if let Some(known) = self.personal_field(at(position), field) {
                personal.clone_from(known);
            }
        });
    }
}
