//! Which events a reader wants: one small language for every stream of events.
//!
//! A filter is terms with spaces between them, each a key and the values it may have:
//! `type=instrument-in-force,instrument-ended area=QBB`. An event passes when every term has a value
//! that the event concerns. No terms: every event.
//!
//! What an event concerns is what it names, what the instrument it is about names, and for a
//! correction or a redaction what the event it is about concerns: as known at the event itself, so that a filter
//! lets the same events pass whenever it is asked.

use std::fmt;
use std::str::FromStr;

use remit_domain::{
    Area, BodyCode, Event, Fact, FactKind, FunctionCode, HolderRule, Instrument, InstrumentId,
    Member, Position, Relation, Word,
};

use crate::live::Locus;
use crate::row::At;
use crate::store::Register;

/// Values that one term may hold.
const VALUES_MAX: usize = 100;

/// Which events a reader wants. The default wants all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    types: Vec<FactKind>,
    bodies: Vec<BodyCode>,
    functions: Vec<FunctionCode>,
    instruments: Vec<InstrumentId>,
    areas: Vec<BodyCode>,
    text: String,
}

/// Text that is no filter, or one that nothing could pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFilter(String);

impl fmt::Display for InvalidFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidFilter {}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Filter {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, InvalidFilter> {
        const KEYS: &str = "type, body, function, instrument, area";
        let invalid = |what: String| Err(InvalidFilter(what));
        let mut filter = Self::default();
        let mut terms = Vec::new();
        for term in text.split_whitespace() {
            let short: String = term.chars().take(60).collect();
            let Some((key, values)) = term.split_once('=') else {
                return invalid(format!("{short:?} is no term: write key=value (keys: {KEYS})"));
            };
            if terms.iter().any(|term: &String| term.split('=').next() == Some(key)) {
                let one = format!(
                    "{key} is given twice, and no event has to have both: write \
                                   {key}=A,B for either"
                );
                return invalid(one);
            }
            if values.is_empty() {
                return invalid(format!("{key}= names no value: nothing could pass; leave it out"));
            }
            let values: Vec<&str> = values.split(',').collect();
            if values.len() > VALUES_MAX {
                return invalid(format!("{key} names more than {VALUES_MAX} values"));
            }
            match key {
                "type" => filter.types = types(&values)?,
                "body" => filter.bodies = parsed(key, &values)?,
                "function" => filter.functions = parsed(key, &values)?,
                "instrument" => filter.instruments = parsed(key, &values)?,
                "area" => filter.areas = parsed(key, &values)?,
                _ => return invalid(format!("no such key: {short:?} (keys: {KEYS})")),
            }
            terms.push(term.to_owned());
        }
        filter.text = terms.join(" ");
        filter.can_pass()?;
        Ok(filter)
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(
    key: &str,
    values: &[&str],
) -> Result<Vec<T>, InvalidFilter> {
    let each = values.iter().map(|value| value.parse());
    each.collect::<Result<_, T::Err>>().map_err(|error| InvalidFilter(format!("{key}: {error}")))
}

/// Types by their words; a word that ends with `*` stands for all that begin so.
fn types(values: &[&str]) -> Result<Vec<FactKind>, InvalidFilter> {
    let mut found = Vec::new();
    for value in values {
        if let Some(begin) = value.strip_suffix('*') {
            let before = found.len();
            found.extend(FactKind::ALL.iter().filter(|kind| kind.word().starts_with(begin)));
            if found.len() == before {
                let short: String = value.chars().take(60).collect();
                return Err(InvalidFilter(format!("type: no type begins so: {short:?}")));
            }
        } else {
            let kind = FactKind::from_word(value);
            found.push(kind.map_err(|error| InvalidFilter(format!("type: {error}")))?);
        }
    }
    Ok(found)
}

/// What one event concerns.
#[derive(Default)]
struct Concern {
    bodies: Vec<BodyCode>,
    functions: Vec<FunctionCode>,
    every_function: bool,
    instruments: Vec<InstrumentId>,
    areas: Vec<BodyCode>,
    england: bool,
}

impl Filter {
    /// Whether every event passes.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.text.is_empty()
    }

    /// A filter whose terms contradict each other lets nothing pass: that is never meant.
    fn can_pass(&self) -> Result<(), InvalidFilter> {
        let none = |key: &str, names: &dyn Fn(FactKind) -> bool| {
            let no_type = !self.types.is_empty() && !self.types.iter().any(|kind| names(*kind));
            no_type.then(|| {
                InvalidFilter(format!(
                    "type and {key} contradict each other: no event of these types concerns \
                     {key}s, so nothing could pass"
                ))
            })
        };
        let of_instrument = |kind| {
            use FactKind as K;
            matches!(
                kind,
                K::InstrumentDrawn
                    | K::InstrumentAdvanced
                    | K::InstrumentInForce
                    | K::InstrumentEnded
                    | K::InstrumentVaried
                    | K::ConditionAttached
                    | K::ConditionLifted
                    | K::NoticeGiven
                    | K::WorkPerformed
                    | K::Corrected
            )
        };
        let of_function = move |kind| {
            use FactKind as K;
            of_instrument(kind)
                || matches!(
                    kind,
                    K::FunctionCatalogued
                        | K::FunctionEnded
                        | K::RuleEnacted
                        | K::RuleCommenced
                        | K::RuleEnded
                        | K::LevelNotHeld
                        | K::ExpectationStated
                        | K::SupportPaid
                )
        };
        let of_body = |kind| {
            use FactKind as K;
            !matches!(kind, K::FunctionEnded | K::RuleEnacted | K::RuleCommenced | K::RuleEnded)
        };
        let of_area = move |kind| {
            use FactKind as K;
            of_instrument(kind)
                || matches!(
                    kind,
                    K::BodyEstablished
                        | K::BodyDissolved
                        | K::BodyNamed
                        | K::SuccessionRecorded
                        | K::MembershipStarted
                        | K::MembershipEnded
                        | K::ClusterFormed
                        | K::LevelNotHeld
                        | K::ExpectationStated
                )
        };
        let refused = [
            (!self.instruments.is_empty()).then(|| none("instrument", &of_instrument)),
            (!self.functions.is_empty()).then(|| none("function", &of_function)),
            (!self.bodies.is_empty()).then(|| none("body", &of_body)),
            (!self.areas.is_empty()).then(|| none("area", &of_area)),
        ];
        refused.into_iter().flatten().flatten().next().map_or(Ok(()), Err)
    }

    /// Whether an event passes. The register must have reached it.
    #[must_use]
    pub fn passes(&self, register: &Register, position: Position, event: &Event) -> bool {
        if self.is_open() {
            return true;
        }
        let kind = event.fact.kind();
        if !self.types.is_empty() && !self.types.contains(&kind) {
            return false;
        }
        let only_types = self.bodies.is_empty()
            && self.functions.is_empty()
            && self.instruments.is_empty()
            && self.areas.is_empty();
        if only_types {
            return true;
        }
        let mut concern = Concern::default();
        register.concern(&event.fact, At::try_from(position).unwrap_or(At::MAX - 1), &mut concern);
        let any = |wanted: &[BodyCode], has: &[BodyCode]| {
            wanted.is_empty() || wanted.iter().any(|one| has.contains(one))
        };
        any(&self.bodies, &concern.bodies)
            && (any(&self.areas, &concern.areas) || concern.england)
            && (self.functions.is_empty()
                || concern.every_function
                || self.functions.iter().any(|one| concern.functions.contains(one)))
            && (self.instruments.is_empty()
                || self.instruments.iter().any(|one| concern.instruments.contains(one)))
    }
}

impl Concern {
    fn bodies<'a>(&mut self, codes: impl IntoIterator<Item = &'a BodyCode>) {
        self.bodies.extend(codes);
    }

    /// Bodies that are, or have, an area.
    fn areas<'a>(&mut self, codes: impl IntoIterator<Item = &'a BodyCode> + Clone) {
        self.bodies.extend(codes.clone());
        self.areas.extend(codes);
    }

    fn functions(&mut self, codes: &[FunctionCode]) {
        self.functions.extend_from_slice(codes);
        self.every_function |= codes.is_empty();
    }

    fn member(&mut self, member: &Member, group: BodyCode, relation: Relation) {
        self.bodies.push(group);
        match member {
            Member::Body(code) => self.bodies.push(*code),
            Member::Contract(id) => self.bodies.extend(id.practice()),
        }
        match relation {
            Relation::SubIcbOfIcb => self.areas.extend(self.bodies.clone()),
            Relation::PracticeOfCommissioner => self.areas.push(group),
            _ => {}
        }
    }

    fn text(&mut self, instrument: &Instrument) {
        self.instruments.push(instrument.id.clone());
        self.bodies(instrument.given_by.iter().chain(&instrument.given_to));
        self.functions.extend_from_slice(&instrument.functions);
        match &instrument.area {
            Area::England => self.england = true,
            Area::Of(codes) => self.areas.extend(codes),
        }
    }
}

impl Register {
    /// All that an instrument has been said to be up to a position.
    fn concern_instrument(&self, id: &InstrumentId, at: At, concern: &mut Concern) {
        concern.instruments.push(id.clone());
        let readings = self.instrument_entry(id).map(|entry| entry.readings.as_slice());
        for row in readings.unwrap_or_default().iter().filter(|row| row.known_from <= at) {
            concern.text(&row.value.instrument);
        }
    }

    /// What an event with its rows in a place concerns, as far as the place says.
    fn concern_locus(&self, locus: Locus, at: At, concern: &mut Concern) {
        let body = |id: u32| self.bodies[id as usize].code;
        match locus {
            Locus::Nowhere | Locus::Interest | Locus::Cluster | Locus::Redaction => {}
            Locus::Fund(id) | Locus::Payment(id) | Locus::Decision(id) => {
                let fund = &self.funds[id as usize];
                for row in &fund.opened {
                    concern.bodies(&row.value.funders);
                }
            }
            Locus::Role(id) | Locus::RoleEnd(id) | Locus::Name(id) => concern.areas(&[body(id)]),
            Locus::Succession(from, to) => concern.areas(&[body(from), body(to)]),
            Locus::Group(id) | Locus::GroupEnd(id) => {
                let entry = &self.bodies[id as usize];
                concern.bodies.push(entry.code);
                for row in entry.groups.iter().filter(|row| row.known_from <= at) {
                    concern.areas(&[body(row.value.group)]);
                }
            }
            Locus::ContractGroup(id) | Locus::ContractGroupEnd(id) | Locus::Held(id) => {
                let entry = &self.contracts[id as usize];
                concern.bodies.extend(entry.id.practice());
                for row in entry.groups.iter().filter(|row| row.known_from <= at) {
                    concern.areas(&[body(row.value.group)]);
                }
            }
            Locus::Segment(id) | Locus::SegmentEnd(id) => {
                concern.functions.push(self.functions[id as usize].code.clone());
            }
            Locus::Rule(id) | Locus::RuleCommenced(id) | Locus::RuleEnd(id) => {
                for row in &self.rules[id as usize].rows {
                    concern.functions(row.value.content.functions());
                }
            }
            Locus::Instrument(id, _) => {
                let id = self.instruments[id as usize].id.clone();
                self.concern_instrument(&id, at, concern);
            }
            Locus::NotHeld(id) | Locus::Expectation(id) => {
                concern.areas(&[body(id)]);
                concern.every_function = true;
            }
        }
    }

    fn concern(&self, fact: &Fact, at: At, concern: &mut Concern) {
        match fact {
            Fact::BodyEstablished(body) => concern.areas(&[body.code]),
            Fact::BodyDissolved { code, .. } | Fact::BodyNamed { code, .. } => {
                concern.areas(&[*code]);
            }
            Fact::SuccessionRecorded(s) => concern.areas(&[s.predecessor, s.successor]),
            Fact::MembershipStarted(m) => concern.member(&m.member, m.group, m.relation),
            Fact::MembershipEnded { member, group, relation, .. } => {
                concern.member(member, *group, *relation);
            }
            Fact::ContractHeld { contract, holder, .. } => {
                concern.bodies.push(*holder);
                concern.bodies.extend(contract.practice());
            }
            Fact::FunctionCatalogued(function) => {
                concern.functions.push(function.code.clone());
                if let HolderRule::Body(code) = function.holder {
                    concern.bodies.push(code);
                }
            }
            Fact::FunctionEnded { function, .. } => concern.functions.push(function.clone()),
            Fact::RuleEnacted(rule) => concern.functions(rule.content.functions()),
            Fact::RuleCommenced { rule, .. } | Fact::RuleEnded { rule, .. } => {
                let id = self.rule_index.get(rule).copied();
                if let Some(id) = id {
                    self.concern_locus(Locus::Rule(id), at, concern);
                }
            }
            Fact::InstrumentDrawn(instrument) => concern.text(instrument),
            Fact::InstrumentVaried { instrument, by, .. } => {
                self.concern_instrument(&instrument.id, at, concern);
                concern.text(instrument);
                concern.bodies(by);
            }
            Fact::InstrumentAdvanced { instrument, by, .. }
            | Fact::InstrumentEnded { instrument, by, .. }
            | Fact::ConditionAttached { instrument, by, .. }
            | Fact::ConditionLifted { instrument, by, .. } => {
                self.concern_instrument(instrument, at, concern);
                concern.bodies(by);
            }
            Fact::InstrumentInForce { instrument, .. } | Fact::NoticeGiven { instrument, .. } => {
                self.concern_instrument(instrument, at, concern);
            }
            Fact::WorkPerformed { instrument, performer, .. } => {
                self.concern_instrument(instrument, at, concern);
                concern.bodies.push(*performer);
            }
            Fact::LevelNotHeld { body, functions, .. } => {
                concern.areas(&[*body]);
                concern.functions(functions);
            }
            Fact::ExpectationStated { function, area, expected, .. } => {
                concern.areas(&[*area]);
                concern.bodies.push(*expected);
                concern.functions.push(function.clone());
            }
            Fact::ClusterFormed { bodies, .. } => concern.areas(bodies),
            Fact::FundOpened { funders, .. } => concern.bodies(funders),
            Fact::SupportPaid { payer, recipient, power, .. } => {
                concern.bodies(&[*payer, *recipient]);
                concern.functions.extend(power.clone());
            }
            Fact::InterestDeclared { body, concerns, .. } => concern.bodies(&[*body, *concerns]),
            Fact::DecisionTaken { body, .. } => concern.bodies.push(*body),
            Fact::Corrected(correction) => {
                if let Some(fact) = &correction.fact {
                    self.concern(fact, at, concern);
                }
                self.concern_about(correction.about, at, concern);
            }
            Fact::FieldRedacted { about, .. } => self.concern_about(Some(*about), at, concern),
        }
    }

    /// What an earlier event concerns: back along the corrections to what was first recorded.
    fn concern_about(&self, about: Option<Position>, at: At, concern: &mut Concern) {
        let mut about = about.and_then(|about| At::try_from(about).ok());
        while let Some(event) = about {
            if let Some(locus) = self.locus(event) {
                self.concern_locus(locus, at, concern);
            }
            for row in self.interests.iter().filter(|row| row.origin == event) {
                concern.bodies(&[row.value.body, row.value.concerns]);
            }
            let earlier = self.corrections.get(&event).and_then(|(about, _)| *about);
            about = earlier.filter(|earlier| *earlier < event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_or_refused_with_the_reason() {
        for (text, refused) in [
            ("", None),
            ("  ", None),
            ("type=corrected", None),
            ("type=instrument-* area=QBB", None),
            ("type=body-established,rule-enacted body=X24", None),
            ("function=qof,gms-contracts body=11X instrument=delegation/11X/2015", None),
            ("qof", Some("is no term")),
            ("function=", Some("names no value")),
            ("function=,qof", Some("function: ")),
            ("colour=red", Some("no such key")),
            ("type=delegation", Some("no such kind of fact")),
            ("type=x*", Some("no type begins so")),
            ("body=11x", Some("body: ")),
            ("area=11X area=QBB", Some("given twice")),
            ("type=rule-enacted body=X24", Some("contradict")),
            ("type=body-* instrument=delegation/11X/2015", Some("contradict")),
            ("type=fund-opened function=qof", Some("contradict")),
        ] {
            let read = text.parse::<Filter>();
            match (read, refused) {
                (Ok(filter), None) => assert_eq!(filter.to_string(), text.trim()),
                (Err(error), Some(part)) => {
                    assert!(error.to_string().contains(part), "{text:?}: {error}");
                }
                (read, refused) => panic!("{text:?}: {read:?}, {refused:?}"),
            }
        }
    }
}
