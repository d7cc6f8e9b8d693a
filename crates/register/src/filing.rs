//! Determines the keys that an event is filed under, and the keys that a question needs. A
//! statement uses these keys to show that no other event bears on the question.
//!
//! A key is a word, a colon and a code: `area:11X`, `instrument:delegation/11X/2019`. The
//! resolution procedure looks only at events filed under the keys that [`needed`] returns. So these
//! events are enough to answer the question, and an event filed under none of these keys cannot
//! change the answer. An event filed under a needed key can make further keys needed, so the caller
//! calls [`needed`] again until no key is added.

use std::collections::{BTreeMap, BTreeSet};

use remit_domain::{
    Area, BodyCode, BodyFact, ContractId, DisputeFact, Fact, FunctionCode, HolderRule, Instrument,
    InstrumentFact, LawAsked, LawFact, Member, Membership, Position,
};

use crate::answer::Place;

/// The keys that `fact` is filed under. A correction, a redaction or a dispute is also filed under
/// every key of the earlier event that it is about. If the earlier event is itself a correction,
/// the keys of the event that it corrects are added too, and so on back to the first event. `about`
/// returns the fact of the earlier event at a position.
#[must_use]
pub fn keys_of<'f>(
    fact: &'f Fact,
    about: impl Fn(Position) -> Option<&'f Fact>,
) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut next = Some(fact);
    while let Some(fact) = next {
        keys.extend(fact.about().filed.iter().map(ToString::to_string));
        next = match fact {
            Fact::Corrected(correction) => correction.about.and_then(&about),
            Fact::Redacted(redacted) => about(redacted.about),
            Fact::Disputes(DisputeFact::EventDisputed(disputed)) => about(disputed.about),
            Fact::Bodies(_)
            | Fact::Law(_)
            | Fact::Instruments(_)
            | Fact::Money(_)
            | Fact::Committees(_) => None,
        };
    }
    keys
}

/// The keys that a question needs, as far as `facts` show. The caller adds the events filed under
/// these keys to `facts` and calls this function again, until no key is added. The keys are those
/// of:
///
/// - the function; every rule of the kinds `law`; the two national offices;
/// - the place, its contracts, the groups to which they belong, the areas of the instruments that
///   list them, and the successors of each of these;
/// - the predecessors of any of these bodies; the areas of all these bodies, and all of England;
/// - every instrument in those areas whose text at any time names the function, and its parties;
/// - the successors of every body that may be liable, and those to whom schemes pass liabilities.
#[must_use]
pub fn needed(
    function: &FunctionCode,
    place: &Place,
    law: &[LawAsked],
    facts: &BTreeMap<Position, &Fact>,
) -> BTreeSet<String> {
    let seen = Seen::of(law, facts);
    let mut keys: BTreeSet<String> =
        ["office:nhs-england", "office:secretary-of-state", "area:england"]
            .into_iter()
            .map(str::to_owned)
            .collect();
    keys.extend(law.iter().map(|law| format!("law:{law}")));
    keys.insert(format!("function:{function}"));
    keys.extend(seen.rules.iter().map(|id| format!("rule:{id}")));
    let start = match place {
        Place::Body(code) => Some(*code),
        Place::Contract(id) => {
            keys.insert(format!("membership:{id}"));
            id.practice()
        }
    };
    keys.extend(start.map(|code| format!("contracts:{code}")));
    // Find the bodies to which the place leads, by memberships and successions.
    let mut areas: BTreeSet<BodyCode> = start.into_iter().collect();
    let own = |contract: &ContractId| match place {
        Place::Contract(id) => contract == id || contract.practice() == start,
        Place::Body(_) => contract.practice() == start,
    };
    areas.extend(seen.of_contracts.iter().filter(|(c, _)| own(c)).map(|(_, group)| *group));
    // An instrument that lists one of the contracts governs, wherever the contract lies.
    for instrument in &seen.instruments {
        if let Area::Of(of) = &instrument.area
            && instrument.contracts.iter().any(own)
        {
            areas.extend(of);
        }
    }
    close(&mut areas, &[&seen.groups, &seen.successors]);
    for body in &areas {
        keys.insert(format!("membership:{body}"));
    }
    // Add the predecessors of all the bodies found so far.
    close(&mut areas, &[&seen.predecessors]);
    let mut bodies: BTreeSet<BodyCode> = &seen.offices | &areas;
    bodies.extend(&seen.holders);
    for body in &areas {
        keys.insert(format!("area:{body}"));
    }
    for instrument in &seen.instruments {
        let here = match &instrument.area {
            Area::England => true,
            Area::Of(of) => of.iter().any(|area| areas.contains(area)),
        };
        if here && instrument.functions.contains(function) {
            keys.insert(format!("instrument:{}", instrument.id));
            bodies.extend(instrument.given_by.iter().chain(&instrument.given_to));
        }
    }
    // Add the successors of all the bodies found so far, and those to whom liabilities passed by a
    // scheme, because they may answer now.
    close(&mut bodies, &[&seen.successors, &seen.schemes]);
    for body in &bodies {
        keys.insert(format!("body:{body}"));
        keys.insert(format!("succession:{body}"));
    }
    keys
}

type Leads = BTreeMap<BodyCode, BTreeSet<BodyCode>>;

/// Adds to `set` every body that is reached from a body in `set` by following `leads` any number of
/// times.
fn close(set: &mut BTreeSet<BodyCode>, leads: &[&Leads]) {
    let mut left: Vec<BodyCode> = set.iter().copied().collect();
    while let Some(body) = left.pop() {
        let next = leads.iter().filter_map(|leads| leads.get(&body)).flatten();
        left.extend(next.filter(|next| set.insert(**next)));
    }
}

/// The bodies, rules and instruments that the facts read so far name. A fact counts even if a
/// correction has retracted it.
#[derive(Default)]
struct Seen<'f> {
    law: &'f [LawAsked],
    rules: BTreeSet<&'f str>,
    offices: BTreeSet<BodyCode>,
    holders: BTreeSet<BodyCode>,
    groups: Leads,
    of_contracts: Vec<(&'f ContractId, BodyCode)>,
    successors: Leads,
    predecessors: Leads,
    schemes: Leads,
    instruments: Vec<&'f Instrument>,
}

impl<'f> Seen<'f> {
    fn of(law: &'f [LawAsked], facts: &BTreeMap<Position, &'f Fact>) -> Self {
        let mut seen = Self { law, ..Self::default() };
        facts.values().for_each(|fact| seen.add(fact));
        seen
    }

    fn add(&mut self, fact: &'f Fact) {
        match fact {
            Fact::Corrected(correction) => {
                if let Some(fact) = &correction.fact {
                    self.add(fact);
                }
            }
            Fact::Bodies(fact) => self.add_bodies(fact),
            Fact::Law(LawFact::FunctionCatalogued(function)) => {
                if let HolderRule::Body(body) = function.holder {
                    self.holders.insert(body);
                }
            }
            Fact::Law(LawFact::RuleEnacted(rule)) => {
                let wanted = rule.content.asked_for().is_some_and(|law| self.law.contains(&law));
                self.rules.extend(wanted.then_some(rule.id.as_str()));
            }
            Fact::Instruments(InstrumentFact::InstrumentDrawn(instrument)) => {
                self.instruments.push(instrument);
            }
            Fact::Instruments(InstrumentFact::InstrumentVaried(varied)) => {
                self.instruments.push(&varied.instrument);
            }
            Fact::Law(_)
            | Fact::Instruments(_)
            | Fact::Money(_)
            | Fact::Committees(_)
            | Fact::Disputes(_)
            | Fact::Redacted(_) => {}
        }
    }

    fn add_bodies(&mut self, fact: &'f BodyFact) {
        match fact {
            BodyFact::BodyEstablished(body) => {
                if body.role.is_national() {
                    self.offices.insert(body.code);
                }
            }
            BodyFact::MembershipStarted(Membership { member, group, .. }) => match member {
                Member::Body(member) => {
                    self.groups.entry(*member).or_default().insert(*group);
                }
                Member::Contract(contract) => self.of_contracts.push((contract, *group)),
            },
            BodyFact::SuccessionRecorded(succession) => {
                let (from, to) = (succession.predecessor, succession.successor);
                self.successors.entry(from).or_default().insert(to);
                self.predecessors.entry(to).or_default().insert(from);
            }
            BodyFact::TransferSchemeMade(scheme) => {
                self.schemes.entry(scheme.from).or_default().insert(scheme.to);
            }
            BodyFact::BodyDissolved(_)
            | BodyFact::BodyNamed(_)
            | BodyFact::MembershipEnded(_)
            | BodyFact::ContractHeld(_)
            | BodyFact::ClusterFormed(_) => {}
        }
    }
}
