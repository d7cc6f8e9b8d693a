//! Finds the event that already records what a command states.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use remit_domain::decide::{Act, Command, decide, stated};
use remit_domain::{BodyFact, Event, Fact, MoneyFact, Position};

use crate::register::Register;
use crate::row::At;

/// The last event with each content: a fact with its evidence. The key is a hash of the content.
#[derive(Default)]
pub(crate) struct Repeats(HashMap<u128, At>);

/// Two hashes of 64 bits: a fact that was taken for another would be acknowledged and lost.
fn key(event: &Event) -> u128 {
    let in_order = in_order(&event.fact);
    let fact = in_order.as_ref().unwrap_or(&event.fact);
    let half = |number: u8| {
        let mut hasher = DefaultHasher::new();
        (number, fact, &event.evidence).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// A copy of the fact with those lists sorted whose order means nothing. `None` if the fact has no
/// such list.
fn in_order(fact: &Fact) -> Option<Fact> {
    if let Fact::Bodies(BodyFact::TransferSchemeMade(scheme)) = fact {
        let mut scheme = scheme.clone();
        scheme.functions.sort_unstable();
        Some(scheme.into())
    } else if let Fact::Bodies(BodyFact::ClusterFormed(cluster)) = fact {
        let mut cluster = cluster.clone();
        cluster.bodies.sort_unstable();
        Some(cluster.into())
    } else if let Fact::Money(MoneyFact::FundOpened(fund)) = fact {
        let mut fund = fund.clone();
        fund.funders.sort_unstable();
        Some(fund.into())
    } else if let Fact::Money(MoneyFact::PaymentDirectionMade(made)) = fact {
        let mut made = made.clone();
        made.given_to.sort_unstable();
        made.functions.sort_unstable();
        Some(made.into())
    } else {
        None
    }
}

impl Repeats {
    /// Forgets the content of the event at `at`, because part of it was redacted.
    pub fn forget(&mut self, at: At) {
        self.0.retain(|_, event| *event != at);
    }
}

impl Register {
    pub(crate) fn remember(&mut self, event: &Event, at: At) {
        let key = key(event);
        let before = self.repeats.0.insert(key, at);
        self.undoable(|| {
            Box::new(move |register| {
                match before {
                    Some(before) => register.repeats.0.insert(key, before),
                    None => register.repeats.0.remove(&key),
                };
            })
        });
    }

    /// The event that already records the very fact that `command` states, on the same evidence.
    /// `None` if there is none, or if a correction has retracted it. A command that repeats an
    /// event adds nothing.
    #[must_use]
    pub fn repeats(&self, command: &Command) -> Option<Position> {
        let event = match &command.act {
            // What is redacted is not to be redacted again, which is refused.
            Act::State(Fact::Redacted(_)) | Act::Correct { .. } => return None,
            Act::State(_) => stated(command.clone())?,
            Act::GiveNotice { .. } => decide(self, command.clone()).ok()?,
        };
        let at = *self.repeats.0.get(&key(&event))?;
        self.corrections.retracted_by(at).is_none().then(|| Position::from(at))
    }
}
