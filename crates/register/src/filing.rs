//! What an event is filed under, and all that bears on a question: how it is shown that no other
//! event does.
//!
//! A key is a word, a colon and a code: `area:11X`, `instrument:delegation/11X/2019`. Resolution
//! looks nowhere but under the keys of [`needed`]; so whoever sees all that is filed under those
//! keys can answer the question, and an event that is filed under none of them cannot change the
//! answer. What is needed follows from what is filed under what is needed; it is found by asking
//! until nothing is added.

use std::collections::{BTreeMap, BTreeSet};

use remit_domain::{
    Area, BodyCode, BodyRole, ContractId, Fact, FunctionCode, HolderRule, Instrument, Member,
    Membership, Position, RuleContent, Word,
};

use crate::answer::Place;

/// What a fact is filed under. For a correction: what it says instead; it is also filed under the
/// keys of the event it is about, which [`keys_of`] knows, and a redaction under those alone.
fn file(fact: &Fact, keys: &mut BTreeSet<String>) {
    let mut key = |word: &str, code: &dyn std::fmt::Display| {
        keys.insert(format!("{word}:{code}"));
    };
    match fact {
        Fact::BodyEstablished(body) => {
            key("body", &body.code);
            if is_office(body.role) {
                key("office", &body.role.word());
            }
        }
        Fact::BodyDissolved { code, .. } | Fact::BodyNamed { code, .. } => key("body", code),
        Fact::SuccessionRecorded(succession) => {
            key("succession", &succession.predecessor);
            key("succession", &succession.successor);
        }
        Fact::MembershipStarted(Membership { member, .. })
        | Fact::MembershipEnded { member, .. } => {
            key("membership", member);
            if let Member::Contract(contract) = member {
                under_practice(contract, &mut key);
            }
        }
        Fact::ContractHeld { contract, .. } => {
            key("membership", contract);
            under_practice(contract, &mut key);
        }
        Fact::FunctionCatalogued(function) => key("function", &function.code),
        Fact::FunctionEnded { function, .. } => key("function", function),
        Fact::RuleEnacted(rule) => {
            key("rule", &rule.id);
            if let Some(law) = law(&rule.content) {
                key("law", &law);
            }
        }
        Fact::RuleCommenced { rule, .. } | Fact::RuleEnded { rule, .. } => key("rule", rule),
        Fact::InstrumentDrawn(instrument) | Fact::InstrumentVaried { instrument, .. } => {
            key("instrument", &instrument.id);
            match &instrument.area {
                Area::England => key("area", &ENGLAND),
                Area::Of(areas) => areas.iter().for_each(|area| key("area", area)),
            }
        }
        Fact::InstrumentAdvanced { instrument, .. }
        | Fact::InstrumentInForce { instrument, .. }
        | Fact::InstrumentEnded { instrument, .. }
        | Fact::ConditionAttached { instrument, .. }
        | Fact::ConditionLifted { instrument, .. }
        | Fact::WorkPerformed { instrument, .. } => key("instrument", instrument),
        Fact::NoticeGiven { instrument, .. } => {
            key("instrument", instrument);
            key("notice", instrument);
        }
        Fact::LevelNotHeld { body: area, .. } | Fact::ExpectationStated { area, .. } => {
            key("area", area);
        }
        Fact::FundOpened { fund, .. } | Fact::SupportPaid { fund, .. } => key("fund", fund),
        Fact::DecisionTaken { fund, body, .. } => {
            key("fund", fund);
            key("decision", body);
        }
        Fact::InterestDeclared { body, .. } => key("interest", body),
        Fact::ClusterFormed { name, bodies, .. } => {
            key("cluster", name);
            bodies.iter().for_each(|body| key("clustering", body));
        }
        Fact::Corrected(correction) => {
            if let Some(fact) = &correction.fact {
                file(fact, keys);
            }
        }
        Fact::FieldRedacted { .. } => {}
    }
}

/// What must have been recorded for a key to be about anything: `notice:` of an instrument that nobody
/// recorded would be a slip of the pen.
///
/// # Errors
/// The words there are, where the key begins with none of them.
pub fn subject(key: &str) -> Result<String, String> {
    let known = "body, succession, membership, contracts, area, clustering, interest, decision, office, \
                 function, rule, law, fund, cluster, instrument, notice";
    let (word, code) = key.split_once(':').unwrap_or((key, ""));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:/".contains(&b);
    let written = match word {
        "cluster" => code.parse::<remit_domain::Text>().is_ok(),
        _ => !code.is_empty() && code.len() <= 80 && code.bytes().all(plain),
    };
    if !written {
        return Err("is not a word, a colon and a code, such as notice:delegation/11X".to_owned());
    }
    match word {
        _ if key == format!("area:{ENGLAND}") => Ok(key.to_owned()),
        "notice" => Ok(format!("instrument:{code}")),
        "membership" if code.contains('/') => Ok(key.to_owned()),
        "succession" | "membership" | "contracts" | "area" | "clustering" | "interest"
        | "decision" => Ok(format!("body:{code}")),
        word if known.split(", ").any(|known| known == word) => Ok(key.to_owned()),
        _ => {
            Err(format!("{key:?} does not begin with a word that events are filed under: {known}"))
        }
    }
}

/// Instruments for all of England are filed under this area.
const ENGLAND: &str = "england";

fn is_office(role: BodyRole) -> bool {
    matches!(role, BodyRole::NhsEngland | BodyRole::SecretaryOfState)
}

fn under_practice(contract: &ContractId, key: &mut impl FnMut(&str, &dyn std::fmt::Display)) {
    if let Some(practice) = contract.practice() {
        key("contracts", &practice);
    }
}

/// The kinds of rules that answers ask for.
fn law(content: &RuleContent) -> Option<&'static str> {
    match content {
        RuleContent::Liability { .. } => Some("liability"),
        RuleContent::Continuity { .. } => Some("continuity"),
        RuleContent::Vesting { .. } => Some("vesting"),
        RuleContent::ReadAcross { .. } => Some("read-across"),
        _ => None,
    }
}

/// The keys that an event is filed under. `about` gives the fact of an earlier event: a correction
/// or a redaction is filed under whatever that is filed under, and so is a correction of a correction.
#[must_use]
pub fn keys_of<'f>(
    fact: &'f Fact,
    about: impl Fn(Position) -> Option<&'f Fact>,
) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut next = Some(fact);
    while let Some(fact) = next {
        file(fact, &mut keys);
        next = match fact {
            Fact::Corrected(correction) => correction.about.and_then(&about),
            Fact::FieldRedacted { about: event, .. } => about(*event),
            _ => None,
        };
    }
    keys
}

/// All that must be seen to answer a question, as far as the events seen show: ask again when those
/// filed under these keys are seen, until nothing is added.
///
/// - the function; the law of liability, continuity, vesting and reading across, each rule of it;
///   the two national offices;
/// - the place, its contracts, the groups they belong to, and what succeeds each of these;
/// - from any of these back: what it succeeded; and of all of these the area, and all of England;
/// - every instrument there whose text at any time names the function, and its parties;
/// - what succeeds whoever may be liable.
#[must_use]
pub fn needed(
    function: &FunctionCode,
    place: &Place,
    facts: &BTreeMap<Position, &Fact>,
) -> BTreeSet<String> {
    let seen = Seen::of(facts);
    let mut keys: BTreeSet<String> = [
        "law:liability",
        "law:continuity",
        "law:vesting",
        "law:read-across",
        "office:nhs-england",
        "office:secretary-of-state",
        "area:england",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
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
    // Where the place leads, by belonging and by succession.
    let mut areas: BTreeSet<BodyCode> = start.into_iter().collect();
    let own = |contract: &ContractId| match place {
        Place::Contract(id) => contract == id || contract.practice() == start,
        Place::Body(_) => contract.practice() == start,
    };
    areas.extend(seen.of_contracts.iter().filter(|(c, _)| own(c)).map(|(_, group)| *group));
    close(&mut areas, &[&seen.groups, &seen.successors]);
    for body in &areas {
        keys.insert(format!("membership:{body}"));
    }
    // And where that came from.
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
    // Of whoever has answered, who answers now.
    close(&mut bodies, &[&seen.successors]);
    for body in &bodies {
        keys.insert(format!("body:{body}"));
        keys.insert(format!("succession:{body}"));
    }
    keys
}

type Leads = BTreeMap<BodyCode, BTreeSet<BodyCode>>;

/// Adds whatever a set leads to.
fn close(set: &mut BTreeSet<BodyCode>, leads: &[&Leads]) {
    let mut left: Vec<BodyCode> = set.iter().copied().collect();
    while let Some(body) = left.pop() {
        let next = leads.iter().filter_map(|leads| leads.get(&body)).flatten();
        left.extend(next.filter(|next| set.insert(**next)));
    }
}

/// What the facts seen name, so or not.
#[derive(Default)]
struct Seen<'f> {
    rules: BTreeSet<&'f str>,
    offices: BTreeSet<BodyCode>,
    holders: BTreeSet<BodyCode>,
    groups: Leads,
    of_contracts: Vec<(&'f ContractId, BodyCode)>,
    successors: Leads,
    predecessors: Leads,
    instruments: Vec<&'f Instrument>,
}

impl<'f> Seen<'f> {
    fn of(facts: &BTreeMap<Position, &'f Fact>) -> Self {
        let mut seen = Self::default();
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
            Fact::BodyEstablished(body) if is_office(body.role) => {
                self.offices.insert(body.code);
            }
            Fact::FunctionCatalogued(function) => {
                if let HolderRule::Body(body) = function.holder {
                    self.holders.insert(body);
                }
            }
            Fact::MembershipStarted(Membership { member, group, .. }) => match member {
                Member::Body(member) => {
                    self.groups.entry(*member).or_default().insert(*group);
                }
                Member::Contract(contract) => self.of_contracts.push((contract, *group)),
            },
            Fact::SuccessionRecorded(succession) => {
                let (from, to) = (succession.predecessor, succession.successor);
                self.successors.entry(from).or_default().insert(to);
                self.predecessors.entry(to).or_default().insert(from);
            }
            Fact::RuleEnacted(rule) if law(&rule.content).is_some() => {
                self.rules.insert(rule.id.as_str());
            }
            Fact::InstrumentDrawn(instrument) | Fact::InstrumentVaried { instrument, .. } => {
                self.instruments.push(instrument);
            }
            _ => {}
        }
    }
}
