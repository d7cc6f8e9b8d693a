//! What may name a person lies apart from the rows, in one place, so that it can be removed there.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use remit_domain::{Day, Fact, FieldRedacted, Personal, PersonalField, Position, Text};

use crate::register::Register;
use crate::row::{At, Origin, at};
use crate::rows::Locus;

/// The fields of an event that may name a person.
type Fields = Vec<(PersonalField, Personal)>;

/// All values that may name a person, and what was redacted.
#[derive(Default)]
pub(crate) struct PersonalFields {
    /// For each event that has any: its fields.
    fields: BTreeMap<At, Fields>,
    redactions: BTreeMap<At, RedactionRow>,
    /// Redactions that are decided and not final: what they are about is still told.
    to_forget: Vec<At>,
}

impl Hash for PersonalFields {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.fields, &self.redactions).hash(hasher);
    }
}

/// What a redaction says.
#[derive(Clone, Debug, PartialEq, Hash)]
struct RedactionRow {
    about: Position,
    field: PersonalField,
    reason: Text,
    authority: Text,
    redacted_on: Option<Day>,
}

/// Why a field says nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redaction<'r> {
    /// The event that redacted it.
    pub position: Position,
    /// Why.
    pub reason: &'r Text,
    /// On whose authority.
    pub authority: &'r Text,
    /// When that was decided.
    pub redacted_on: Option<Day>,
}

/// A field of an event that may name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonalView<'r> {
    /// Which.
    pub field: PersonalField,
    /// What it says, or what became of that.
    pub value: &'r Personal,
    /// Where it is redacted: why.
    pub redaction: Option<Redaction<'r>>,
}

impl Register {
    /// Sets apart what an event says that may name a person.
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

    /// The fields of an event that may name a person.
    pub(crate) fn personal_of(&self, at: At) -> &[(PersonalField, Personal)] {
        self.personal.fields.get(&at).map(Vec::as_slice).unwrap_or_default()
    }

    /// One of them.
    pub(crate) fn personal_field(&self, at: At, field: PersonalField) -> Option<&Personal> {
        let mut fields = self.personal_of(at).iter();
        fields.find(|(other, _)| *other == field).map(|(_, personal)| personal)
    }

    /// The fields of an event that may name a person, and what became of each. A value is removed
    /// once its redaction is durable, and then whatever point of the past is asked about.
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

    /// Why a value is gone, if it is.
    pub(crate) fn redaction(&self, value: &Personal) -> Option<Redaction<'_>> {
        let Personal::Redacted(position) = *value else { return None };
        let row = self.personal.redactions.get(&at(position))?;
        let RedactionRow { reason, authority, redacted_on, .. } = row;
        Some(Redaction { position, reason, authority, redacted_on: *redacted_on })
    }

    /// What becomes of the fields of an event, redactions considered that are not durable yet.
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

    /// Notes a redaction. What it removes is removed once it is final.
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

    /// Removes what the redactions up to a position are about.
    pub(crate) fn forget_until(&mut self, position: Position) {
        let to_forget = &mut self.personal.to_forget;
        let last = to_forget.partition_point(|at| Position::from(*at) <= position);
        let due: Vec<At> = to_forget.drain(..last).collect();
        due.into_iter().for_each(|at| self.forget(at));
    }

    fn forget(&mut self, by: At) {
        let Some(row) = self.personal.redactions.get(&by) else { return };
        let Some(fields) = self.personal.fields.get_mut(&at(row.about)) else { return };
        for (_, value) in fields.iter_mut().filter(|(field, _)| *field == row.field) {
            *value = Personal::Redacted(Position::from(by));
        }
    }

    /// Puts into a fact, as an event's bytes have it, the values that lie beside the event.
    pub fn tell(&self, position: Position, fact: &mut Fact) {
        fact.each_personal_mut(|field, personal| {
            if let Some(known) = self.personal_field(at(position), field) {
                personal.clone_from(known);
            }
        });
    }
}
