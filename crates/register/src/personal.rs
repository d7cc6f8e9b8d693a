//! What may name a person lies apart from the rows, in one place, so that it can be removed there.

use remit_domain::{Day, Fact, Personal, PersonalField, Position, Text};

use crate::live::Locus;
use crate::row::At;
use crate::store::Register;

/// The fields of an event that may name a person.
pub(crate) type Fields = Vec<(PersonalField, Personal)>;

/// What a redaction says.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct RedactionRow {
    pub about: Position,
    pub field: PersonalField,
    pub reason: Text,
    pub authority: Text,
    pub redacted_on: Option<Day>,
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
        self.personal.insert(at, fields.collect());
        self.undoable(|| {
            Box::new(move |r| {
                r.personal.remove(&at);
            })
        });
    }

    /// The fields of an event that may name a person.
    pub(crate) fn personal_of(&self, at: At) -> &[(PersonalField, Personal)] {
        self.personal.get(&at).map(Vec::as_slice).unwrap_or_default()
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
        let fields = self.personal_of(At::try_from(position).unwrap_or(At::MAX)).iter();
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
        let row = self.redactions.get(&At::try_from(position).ok()?)?;
        let RedactionRow { reason, authority, redacted_on, .. } = row;
        Some(Redaction { position, reason, authority, redacted_on: *redacted_on })
    }

    /// What becomes of the fields of an event, redactions considered that are not durable yet.
    pub(crate) fn personal_decided(&self, position: Position) -> Fields {
        let at = At::try_from(position).unwrap_or(At::MAX);
        let mut fields = self.personal_of(at).to_vec();
        for by in &self.to_forget {
            let Some(row) = self.redactions.get(by).filter(|row| row.about == position) else {
                continue;
            };
            for (_, value) in fields.iter_mut().filter(|(field, _)| *field == row.field) {
                *value = Personal::Redacted(Position::from(*by));
            }
        }
        fields
    }

    /// Takes down a redaction. What it removes is removed when it is final.
    pub(crate) fn redact(&mut self, at: At, row: RedactionRow) {
        if let Some(locus) = self.loci.last_mut() {
            *locus = Locus::Redaction;
        }
        self.redactions.insert(at, row);
        if !self.journalling {
            self.forget(at);
            return;
        }
        self.to_forget.push(at);
        self.undoable(|| {
            Box::new(move |r| {
                r.redactions.remove(&at);
                r.to_forget.retain(|other| *other != at);
            })
        });
    }

    /// Removes what the redactions up to a position are about.
    pub(crate) fn forget_until(&mut self, position: Position) {
        let last = self.to_forget.partition_point(|at| Position::from(*at) <= position);
        let due: Vec<At> = self.to_forget.drain(..last).collect();
        due.into_iter().for_each(|at| self.forget(at));
    }

    fn forget(&mut self, at: At) {
        let Some(row) = self.redactions.get(&at) else { return };
        let about = At::try_from(row.about).unwrap_or(At::MAX);
        let Some(fields) = self.personal.get_mut(&about) else { return };
        for (_, value) in fields.iter_mut().filter(|(field, _)| *field == row.field) {
            *value = Personal::Redacted(Position::from(at));
        }
    }

    /// Tells an event, as its bytes have it, what lies beside it.
    pub fn tell(&self, position: Position, fact: &mut Fact) {
        let at = At::try_from(position).unwrap_or(At::MAX);
        for (field, personal) in fact.personal_mut() {
            if let Some(known) = self.personal_field(at, field) {
                personal.clone_from(known);
            }
        }
    }
}
