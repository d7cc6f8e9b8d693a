//! What may name a person lies beside its event, which holds only a commitment to it. So it can be
//! removed, and the event's bytes, its hash and every proof of it stay.
//!
//! A commitment is the SHA-256 of a salt of 32 random bytes and the value. Without the salt nobody
//! can confirm a guess of the value; with salt and value anybody can show that the event says so.

use std::collections::{BTreeMap, BTreeSet};

use remit_domain::{Commitment, Fact, FieldRedacted, Personal, PersonalField, Position, Text};
use sha2::{Digest, Sha256};

/// Random bytes that keep a value from being guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// The commitment to a value.
#[must_use]
pub fn commitment(salt: &Salt, value: &[u8]) -> Commitment {
    Commitment(Sha256::new().chain_update(salt.0).chain_update(value).finalize().into())
}

/// The value of one field of one event, and the salt of its commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The event.
    pub position: Position,
    /// The field.
    pub field: PersonalField,
    /// The salt.
    pub salt: Salt,
    /// The value.
    pub value: Text,
}

impl Disclosure {
    /// What the event holds in place of the value.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        commitment(&self.salt, self.value.as_str().as_bytes())
    }
}

/// Replaces each value that a fact tells with a commitment to it; returns the values, which belong
/// beside the event. `salt` gives a new salt for each.
///
/// # Errors
/// Those of `salt`.
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

/// What lies beside the events of a log is not what they committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BesideError {
    /// Another value lies there.
    #[error("what lies beside event {0} as its {1} is not what the event committed to")]
    Another(Position, PersonalField),
    /// A redacted value is still there.
    #[error("the {1} of event {0} was redacted, and is still there")]
    Redacted(Position, PersonalField),
    /// A value is missing that no event redacts.
    #[error("the {1} of event {0} does not lie beside it")]
    Missing(Position, PersonalField),
    /// A value lies beside an event that did not commit to it.
    #[error("beside event {0} lies a value of its {1}, which the event did not commit to")]
    Stray(Position, PersonalField),
}

/// Compares what lies beside the events of a log with what the events committed to.
///
/// Call [`lay`](Self::lay) with what lies beside some events, then [`meet`](Self::meet) with each
/// of them in the order of the log; at the end [`gone`](Self::gone) with each that was
/// [`redacted`](Self::redacted), and [`finish`](Self::finish).
#[derive(Default)]
pub struct Beside {
    laid: BTreeMap<Position, Vec<Disclosure>>,
    missing: BTreeSet<(Position, PersonalField)>,
    redacted: Vec<(Position, PersonalField)>,
    excused: BTreeSet<(Position, PersonalField)>,
}

impl Beside {
    /// Takes what lies beside events that are met later.
    pub fn lay(&mut self, disclosures: Vec<Disclosure>) {
        for disclosure in disclosures {
            self.laid.entry(disclosure.position).or_default().push(disclosure);
        }
    }

    /// Excuses these fields for being absent: events that are not met redacted them.
    pub fn excuse(&mut self, withheld: Vec<(Position, PersonalField)>) {
        self.excused.extend(withheld);
    }

    /// Fills the fields of the next event with what lies beside it.
    ///
    /// # Errors
    /// [`BesideError`] if that is not what the event committed to.
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

    /// The values that were redacted. None of them may lie beside its event at the end: see
    /// [`gone`](Self::gone).
    #[must_use]
    pub fn redacted(&self) -> &[(Position, PersonalField)] {
        &self.redacted
    }

    /// Checks that a redacted value is not among what lies beside its event now.
    ///
    /// # Errors
    /// [`BesideError::Redacted`].
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

    /// Checks that every value committed to was there unless it was redacted, and that nothing else
    /// was.
    ///
    /// # Errors
    /// [`BesideError`] for the first value that is wrong.
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
