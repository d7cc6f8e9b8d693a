//! What may name a person lies beside its event, which holds only a commitment to it. So it can be
//! removed, and the event's bytes, its hash and every proof of it stay.
//!
//! A commitment is the SHA-256 of a salt of 32 random bytes and the value. Whoever guesses the value
//! cannot tell without the salt whether the guess is right; whoever has both can show that the event
//! said so.

use std::collections::{BTreeMap, BTreeSet};

use remit_domain::{Fact, Personal, PersonalField, Position, Text};
use sha2::{Digest, Sha256};

use crate::port::LogError;

/// Random bytes that keep a value from being guessed.
pub type Salt = [u8; 32];

/// Where salts come from.
pub type Salts = fn() -> Result<Salt, getrandom::Error>;

/// Salts of the system's own randomness.
///
/// # Errors
/// Where the system has none to give.
pub fn system_salt() -> Result<Salt, getrandom::Error> {
    let mut salt = Salt::default();
    getrandom::fill(&mut salt)?;
    Ok(salt)
}

/// The commitment to a value.
#[must_use]
pub fn commitment(salt: &Salt, value: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(value).finalize().into()
}

/// The value of one field of one event, and the salt that its commitment was made with.
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
    pub fn commitment(&self) -> [u8; 32] {
        commitment(&self.salt, self.value.as_str().as_bytes())
    }
}

/// Puts commitments in place of what a fact tells; returns what is to lie beside the event.
pub(crate) fn seal(
    position: Position,
    fact: &mut Fact,
    salts: Salts,
) -> Result<Vec<Disclosure>, getrandom::Error> {
    let mut beside = Vec::new();
    for (field, personal) in fact.personal_mut() {
        let Some(value) = personal.text().cloned() else { continue };
        let disclosure = Disclosure { position, field, salt: salts()?, value };
        *personal = Personal::Committed(disclosure.commitment());
        beside.push(disclosure);
    }
    Ok(beside)
}

/// Compares what lies beside the events of a log with what the events committed to.
///
/// Lay down what lies beside some events, meet each of them in the order of the log, and finish.
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

    /// Does not miss these: they were redacted by events that are not met.
    pub fn excuse(&mut self, withheld: Vec<(Position, PersonalField)>) {
        self.excused.extend(withheld);
    }

    /// Tells the next event what lies beside it.
    ///
    /// # Errors
    /// [`LogError::Damaged`] where that is not what the event committed to.
    pub fn meet(&mut self, position: Position, fact: &mut Fact) -> Result<(), LogError> {
        let mut laid = self.laid.remove(&position).unwrap_or_default();
        for (field, personal) in fact.personal_mut() {
            let Personal::Committed(commitment) = personal else { continue };
            let Some(at) = laid.iter().position(|disclosure| disclosure.field == field) else {
                self.missing.insert((position, field));
                continue;
            };
            let disclosure = laid.swap_remove(at);
            if disclosure.commitment() != *commitment {
                return Err(LogError::Damaged(format!(
                    "what lies beside event {position} as its {field} is not what the event \
                     committed to"
                )));
            }
            *personal = Personal::Told(disclosure.value);
        }
        if let Fact::FieldRedacted { about, field, .. } = fact {
            self.missing.remove(&(*about, *field));
            self.redacted.push((*about, *field));
        }
        laid.first().map_or(Ok(()), |disclosure| Err(stray(disclosure)))
    }

    /// Says whether all that was committed to was there, unless it was redacted, and nothing else.
    /// `now` gives what lies beside an event at the end.
    ///
    /// # Errors
    /// [`LogError::Damaged`], which names the event and the field; what `now` fails with.
    pub fn finish(
        self,
        now: impl Fn(Position) -> Result<Vec<Disclosure>, LogError>,
    ) -> Result<(), LogError> {
        for (position, field) in self.redacted {
            if now(position)?.iter().any(|disclosure| disclosure.field == field) {
                let what = format!("the {field} of event {position} was redacted, and is there");
                return Err(LogError::Damaged(what));
            }
        }
        if let Some(disclosure) = self.laid.values().flatten().next() {
            return Err(stray(disclosure));
        }
        self.missing.difference(&self.excused).next().map_or(Ok(()), |(position, field)| {
            let what = format!("the {field} of event {position} does not lie beside it");
            Err(LogError::Damaged(what))
        })
    }
}

fn stray(disclosure: &Disclosure) -> LogError {
    let Disclosure { position, field, .. } = disclosure;
    LogError::Damaged(format!("beside event {position} lies a {field} that it did not commit to"))
}
