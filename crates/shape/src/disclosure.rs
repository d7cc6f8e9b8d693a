//! Values that may name a person are stored beside their event, which holds only a commitment to
//! each value. Such a value can therefore be removed, while the event's bytes, its hash and every
//! proof stay unchanged.
//!
//! A commitment is the SHA-256 of a salt of 32 random bytes followed by the value. Without the salt
//! nobody can confirm a guess of the value. With the salt and the value anybody can show that the
//! event contained the value.

use std::collections::{BTreeMap, BTreeSet};

use remit_domain::{Commitment, Fact, FieldRedacted, Personal, PersonalField, Position, Text};
use sha2::{Digest, Sha256};

/// The random bytes that prevent a value from being guessed from its commitment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// The commitment to `value`: the SHA-256 of `salt` followed by `value`.
#[must_use]
pub fn commitment(salt: &Salt, value: &[u8]) -> Commitment {
    Commitment(Sha256::new().chain_update(salt.0).chain_update(value).finalize().into())
}

/// The value of one field of one event, and the salt of its commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The position of the event that has the field.
    pub position: Position,
    /// The field to which the value belongs.
    pub field: PersonalField,
    /// The salt of the commitment to the value.
    pub salt: Salt,
    /// The value of the field.
    pub value: Text,
}

impl Disclosure {
    /// The commitment that the event holds in place of the value.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        commitment(&self.salt, self.value.as_str().as_bytes())
    }
}

/// Replaces each known value in `fact` that may name a person by a commitment to the value. Returns
/// the values, which must be stored beside the event. `salt` makes a new salt for each value.
///
/// # Errors
/// Any error that `salt` returns.
pub fn seal<E>(
    position: Position,
    fact: &mut Fact,
    mut salt: impl FnMut() -> Result<Salt, E>,
) -> Result<Vec<Disclosure>, E> {
    let mut beside = Ok(Vec::new());
    fact.each_personal_mut(|field, personal| {
        let Ok(sealed) = &mut beside else { return };
        let Some(value) = personal.text().cloned() else { return };
        match salt() {
            Ok(salt) => {
                let disclosure = Disclosure { position, field, salt, value };
                *personal = Personal::Committed(disclosure.commitment());
                sealed.push(disclosure);
            }
            Err(error) => beside = Err(error),
        }
    });
    beside
}

/// Error: the values stored beside the events of a log do not match the events' commitments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BesideError {
    /// The value stored beside an event does not match the commitment in the event.
    #[error("the {1} stored beside event {0} does not match the commitment in the event")]
    Another(Position, PersonalField),
    /// A value was redacted, but is still stored beside its event.
    #[error("the {1} of event {0} was redacted, but its value is still stored")]
    Redacted(Position, PersonalField),
    /// A value is missing, and no event redacted it.
    #[error("the {1} of event {0} is missing: it is not stored beside the event")]
    Missing(Position, PersonalField),
    /// A value is stored beside an event that holds no commitment to the value.
    #[error(
        "a value is stored beside event {0} for the field {1}, but the event has no commitment to \
         that value"
    )]
    Stray(Position, PersonalField),
}

/// Compares the values stored beside the events of a log with the commitments in the events.
///
/// Call [`lay`](Self::lay) with the values stored beside some events, then [`meet`](Self::meet)
/// with each of those events in log order. At the end, call [`gone`](Self::gone) for each field in
/// [`redacted`](Self::redacted), then [`finish`](Self::finish).
#[derive(Default)]
pub struct Beside {
    laid: BTreeMap<Position, Vec<Disclosure>>,
    missing: BTreeSet<(Position, PersonalField)>,
    redacted: Vec<(Position, PersonalField)>,
    excused: BTreeSet<(Position, PersonalField)>,
}

impl Beside {
    /// Takes the values that are stored beside some events. The caller must then pass each of these
    /// events to `meet`.
    pub fn lay(&mut self, disclosures: Vec<Disclosure>) {
        for disclosure in disclosures {
            self.laid.entry(disclosure.position).or_default().push(disclosure);
        }
    }

    /// Allows the values of the fields in `withheld` to be absent, because they were redacted by
    /// events that are not passed to `meet`.
    pub fn excuse(&mut self, withheld: Vec<(Position, PersonalField)>) {
        self.excused.extend(withheld);
    }

    /// Fills the fields of `fact` that may name a person with the values stored beside its event.
    /// The event must be the next in log order.
    ///
    /// # Errors
    /// [`BesideError`] if the values do not match the commitments in the event.
    pub fn meet(&mut self, position: Position, fact: &mut Fact) -> Result<(), BesideError> {
        let mut laid = self.laid.remove(&position).unwrap_or_default();
        let mut fault = None;
        fact.each_personal_mut(|field, personal| {
            let Personal::Committed(commitment) = personal else { return };
            let Some(at) = laid.iter().position(|disclosure| disclosure.field == field) else {
                self.missing.insert((position, field));
                return;
            };
            let disclosure = laid.swap_remove(at);
            if disclosure.commitment() == *commitment {
                *personal = Personal::Told(disclosure.value);
            } else {
                fault.get_or_insert(BesideError::Another(position, field));
            }
        });
        if let Fact::Redacted(FieldRedacted { about, field, .. }) = fact {
            self.missing.remove(&(*about, *field));
            self.redacted.push((*about, *field));
        }
        fault.or_else(|| laid.first().map(stray)).map_or(Ok(()), Err)
    }

    /// The fields that were redacted by the events passed to `meet` so far. The values of these
    /// fields must no longer be stored: see [`gone`](Self::gone).
    #[must_use]
    pub fn redacted(&self) -> &[(Position, PersonalField)] {
        &self.redacted
    }

    /// Checks that the redacted value of a field is not among `now`, the values that are still
    /// stored.
    ///
    /// # Errors
    /// [`BesideError::Redacted`] if the value is still stored.
    pub fn gone(
        position: Position,
        field: PersonalField,
        now: &[Disclosure],
    ) -> Result<(), BesideError> {
        match now.iter().any(|each| (each.position, each.field) == (position, field)) {
            true => Err(BesideError::Redacted(position, field)),
            false => Ok(()),
        }
    }

    /// Checks that the value of every commitment was stored, unless the value was redacted, and
    /// that no other value was stored.
    ///
    /// # Errors
    /// [`BesideError`] for the first value that is missing, or that has no commitment in any event.
    pub fn finish(self) -> Result<(), BesideError> {
        if let Some(disclosure) = self.laid.values().flatten().next() {
            return Err(stray(disclosure));
        }
        let missing = self.missing.difference(&self.excused).next();
        missing.map_or(Ok(()), |&(position, field)| Err(BesideError::Missing(position, field)))
    }
}

fn stray(disclosure: &Disclosure) -> BesideError {
    BesideError::Stray(disclosure.position, disclosure.field)
}
