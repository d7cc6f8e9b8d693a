//! Filters, which select the events that a reader wants: one small language for every stream of
//! events.
//!
//! A filter is a list of terms with spaces between them. Each term is a key with one or more
//! values: `type=instrument-in-force,instrument-ended area=QBB`. An event passes if, for every
//! term, it concerns at least one of the values of that term. A filter without terms passes every
//! event.
//!
//! An event concerns everything that it names, and everything that its instrument names. A
//! correction or a redaction is about an earlier event, and also concerns everything that the
//! earlier event concerns. Only what was known at the event's own position counts, so a filter
//! passes the same events whenever it is applied.

use std::fmt;
use std::str::FromStr;

use remit_domain::{
    About, BodyCode, Concerns, DisputeFact, Event, Fact, FactKind, FunctionCode, InstrumentId,
    Position, Word,
};

use crate::register::Register;
use crate::row::{At, at};

/// The maximum number of values in one term of a filter.
const VALUES_MAX: usize = 100;

/// A filter, which selects the events that a reader wants. The default filter passes all events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    types: Vec<FactKind>,
    bodies: Vec<BodyCode>,
    functions: Vec<FunctionCode>,
    instruments: Vec<InstrumentId>,
    areas: Vec<BodyCode>,
    text: String,
}

/// The error for text that is not a filter, or for a filter that no event could pass.
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
                return invalid(format!("{short:?} is not a term: write key=value (keys: {KEYS})"));
            };
            if terms.iter().any(|term: &String| term.split('=').next() == Some(key)) {
                let one = format!(
                    "{key} is given twice, and no event has to have both: write \
                     {key}=A,B for either"
                );
                return invalid(one);
            }
            if values.is_empty() {
                return invalid(format!(
                    "{key}= has no value, so no event could pass; leave it out"
                ));
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

impl Filter {
    /// Creates a filter for the events that concern the body `code`.
    #[must_use]
    pub fn of_body(code: BodyCode) -> Self {
        Self { text: format!("body={code}"), bodies: vec![code], ..Self::default() }
    }

    /// Creates a filter for the events that concern the instrument `id`.
    #[must_use]
    pub fn of_instrument(id: InstrumentId) -> Self {
        Self { text: format!("instrument={id}"), instruments: vec![id], ..Self::default() }
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(
    key: &str,
    values: &[&str],
) -> Result<Vec<T>, InvalidFilter> {
    let each = values.iter().map(|value| value.parse());
    each.collect::<Result<_, T::Err>>().map_err(|error| InvalidFilter(format!("{key}: {error}")))
}

/// Reads the kinds of facts that the term `type` of a filter lists. A value that ends with `*`
/// stands for all kinds whose word begins with the text before the `*`.
fn types(values: &[&str]) -> Result<Vec<FactKind>, InvalidFilter> {
    let mut found = Vec::new();
    for value in values {
        if let Some(begin) = value.strip_suffix('*') {
            let before = found.len();
            found.extend(FactKind::ALL.iter().filter(|kind| kind.word().starts_with(begin)));
            if found.len() == before {
                let short: String = value.chars().take(60).collect();
                return Err(InvalidFilter(format!("type: no type begins with {short:?}")));
            }
        } else {
            let kind = FactKind::from_word(value);
            found.push(kind.map_err(|error| InvalidFilter(format!("type: {error}")))?);
        }
    }
    Ok(found)
}

/// The bodies, areas, functions and instruments that one event concerns.
#[derive(Default)]
pub(crate) struct Concern {
    bodies: Vec<BodyCode>,
    areas: Vec<BodyCode>,
    england: bool,
    pub functions: Vec<FunctionCode>,
    pub every_function: bool,
    pub instruments: Vec<InstrumentId>,
}

impl Concern {
    pub fn bodies(&mut self, codes: impl IntoIterator<Item = BodyCode>) {
        self.bodies.extend(codes);
    }

    /// Adds bodies that have an area. Each of them is added both as a body and as an area.
    pub fn areas(&mut self, codes: impl IntoIterator<Item = BodyCode>) {
        for code in codes {
            self.bodies.push(code);
            self.areas.push(code);
        }
    }

    /// Adds the bodies, areas, functions and instruments that a fact is about.
    pub fn about(&mut self, about: &About<'_>) {
        self.bodies.extend(&about.bodies);
        self.areas.extend(&about.areas);
        self.england |= about.england;
        self.functions.extend(about.functions.iter().copied().cloned());
        self.every_function |= about.every_function;
        self.instruments.extend(about.texts.iter().copied().cloned());
    }
}

impl Filter {
    /// Whether the filter passes every event.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.text.is_empty()
    }

    /// Refuses a filter whose terms contradict each other. No event could pass such a filter, so it
    /// must be a mistake.
    fn can_pass(&self) -> Result<(), InvalidFilter> {
        if self.types.is_empty() {
            return Ok(());
        }
        let terms = [
            (Concerns::Instruments, self.instruments.is_empty()),
            (Concerns::Functions, self.functions.is_empty()),
            (Concerns::Bodies, self.bodies.is_empty()),
            (Concerns::Areas, self.areas.is_empty()),
        ];
        for (concerns, _) in terms.iter().filter(|(_, is_empty)| !is_empty) {
            if !self.types.iter().any(|kind| kind.concerns().contains(concerns)) {
                let key = concerns.word();
                return Err(InvalidFilter(format!(
                    "type and {key} contradict each other: no event of these types concerns \
                     {key}s, so nothing could pass"
                )));
            }
        }
        Ok(())
    }

    /// Whether `event` passes the filter. The register must already have folded in the event.
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
        register.concern(&event.fact, at(position), &mut concern);
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

impl Register {
    fn concern(&self, fact: &Fact, at: At, concern: &mut Concern) {
        let about = fact.about();
        concern.about(&about);
        if let Some(instrument) = about.instrument {
            self.instruments.concern_instrument(instrument, at, concern);
        }
        if let Some(rule) = about.rule.and_then(|id| self.law.rule(id)) {
            self.law.concern_rule(rule, at, concern);
        }
        match fact {
            Fact::Corrected(correction) => self.concern_earlier(correction.about, at, concern),
            Fact::Redacted(redacted) => self.concern_earlier(Some(redacted.about), at, concern),
            Fact::Disputes(DisputeFact::EventDisputed(disputed)) => {
                self.concern_earlier(Some(disputed.about), at, concern);
            }
            Fact::Bodies(_)
            | Fact::Law(_)
            | Fact::Instruments(_)
            | Fact::Money(_)
            | Fact::Committees(_) => {}
        }
    }

    /// Adds to `concern` everything that the event at `about` concerns: the event that a correction
    /// or a redaction is about. If the event at `about` is itself a correction, adds what the event
    /// that it retracts concerns too, and so on back to the first event.
    fn concern_earlier(&self, about: Option<Position>, at: At, concern: &mut Concern) {
        let mut about = about.and_then(|about| At::try_from(about.get()).ok());
        while let Some(event) = about {
            if let Some(locus) = self.locus(event) {
                self.concern_locus(locus, at, concern);
            }
            about = self.corrections.retracts(event).filter(|earlier| *earlier < event);
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
            ("qof", Some("is not a term")),
            ("function=", Some("has no value")),
            ("function=,qof", Some("function: ")),
            ("colour=red", Some("no such key")),
            ("type=delegation", Some("no such kind of fact")),
            ("type=x*", Some("no type begins with")),
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
