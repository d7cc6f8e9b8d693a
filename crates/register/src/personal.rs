//! What may name a person lies apart from the rows, in one place, so that it can be removed there.

use remit_domain::{Fact, Personal, PersonalField, Position};

use crate::row::At;
use crate::store::Register;

/// The fields of an event that may name a person.
pub(crate) type Fields = Vec<(PersonalField, Personal)>;

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
