//! What a fact is about, defined once: its subject, its first effective day, and the bodies, areas,
//! functions and instruments it concerns. Filters, filing, stories and previews use it.

use std::str::FromStr;

use crate::body::{Member, Relation};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId, RuleId};
use crate::instrument::{Area, Instrument};
use crate::period::Day;
use crate::text::Text;
use crate::word::{Word, vocabulary};

/// What a fact is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About<'f> {
    /// The `subject` of the stored event.
    pub subject: String,
    /// The first effective day that the fact affects, if any.
    pub effective_on: Option<Day>,
    /// The bodies it concerns.
    pub bodies: Vec<BodyCode>,
    /// The commissioners whose areas it concerns, by code.
    pub areas: Vec<BodyCode>,
    /// Whether it concerns all of England.
    pub england: bool,
    /// The functions it concerns.
    pub functions: Vec<&'f FunctionCode>,
    /// Whether it concerns every function.
    pub every_function: bool,
    /// The instruments whose text it states.
    pub texts: Vec<&'f InstrumentId>,
    /// The instrument that the fact refers to by id. The fact then also concerns whatever the texts
    /// of that instrument name.
    pub instrument: Option<&'f InstrumentId>,
    /// The rule that the fact refers to by id. The fact then also concerns the functions that the
    /// rule names.
    pub rule: Option<&'f RuleId>,
    /// The keys under which the event is filed.
    pub filed: Vec<Key>,
}

vocabulary! {
    /// What a fact can concern.
    Concerns, "kind of concern";
    /// Instruments.
    Instruments = "instrument",
    /// Functions.
    Functions = "function",
    /// Bodies.
    Bodies = "body",
    /// Areas.
    Areas = "area",
}

impl Concerns {
    /// Every kind of concern.
    pub const ALL: &'static [Self] = <Self as Word>::ALL;
}

vocabulary! {
    /// The words with which filing keys begin. They are part of the format of statements.
    FiledUnder, "word that events are filed under";
    /// A body.
    Body = "body",
    /// The successions of a body.
    Succession = "succession",
    /// The memberships of a body or a contract.
    Membership = "membership",
    /// The contracts of a practice.
    Contracts = "contracts",
    /// The area of a commissioner, or `england`.
    Area = "area",
    /// The clusters that a body belongs to.
    Clustering = "clustering",
    /// The interests declared in a body.
    Interest = "interest",
    /// The decisions of a body.
    Decision = "decision",
    /// A national body, by its role.
    Office = "office",
    /// A function.
    Function = "function",
    /// A rule.
    Rule = "rule",
    /// A kind of law that answers depend on.
    Law = "law",
    /// A fund.
    Fund = "fund",
    /// The payment directions made by a body.
    PaymentDirection = "payment-direction",
    /// A cluster, by its name.
    Cluster = "cluster",
    /// An instrument.
    Instrument = "instrument",
    /// The notices given to end an instrument.
    Notice = "notice",
}

/// A key under which an event is filed, such as `area:11X`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The word before the colon.
    pub word: FiledUnder,
    /// The code after it.
    pub code: String,
}

impl Key {
    /// The code of the `area` key under which instruments for all of England are filed.
    pub const ENGLAND: &'static str = "england";
    /// The maximum length of a key's code, in bytes. The name of a cluster may be longer.
    const CODE_BYTES_MAX: usize = 80;

    /// The key of the thing that this key is about. Something must be filed under it before a
    /// statement of nothing for this key makes sense: `notice:` of an instrument that was never
    /// recorded is probably a typing error.
    #[must_use]
    pub fn subject(&self) -> Self {
        let word = match self.word {
            FiledUnder::Area if self.code == Self::ENGLAND => FiledUnder::Area,
            FiledUnder::Membership if self.code.contains('/') => FiledUnder::Membership,
            FiledUnder::Notice => FiledUnder::Instrument,
            FiledUnder::Succession
            | FiledUnder::Membership
            | FiledUnder::Contracts
            | FiledUnder::Area
            | FiledUnder::Clustering
            | FiledUnder::Interest
            | FiledUnder::Decision
            | FiledUnder::PaymentDirection => FiledUnder::Body,
            FiledUnder::Body
            | FiledUnder::Office
            | FiledUnder::Function
            | FiledUnder::Rule
            | FiledUnder::Law
            | FiledUnder::Fund
            | FiledUnder::Cluster
            | FiledUnder::Instrument => self.word,
        };
        Self { word, code: self.code.clone() }
    }
}

/// Why a text is not a filing key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// It is not a word, a colon and a code.
    #[error("must be a word, a colon and a code, such as notice:delegation/11X")]
    Shape,
    /// It does not begin with one of the known words.
    #[error("{key:?} does not begin with a word that events are filed under: {words}")]
    Word {
        /// The text as given.
        key: String,
        /// The known words, joined by commas.
        words: String,
    },
}

impl FromStr for Key {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let (word, code) = text.split_once(':').unwrap_or((text, ""));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:/".contains(&b);
        let shaped = if word == FiledUnder::Cluster.word() {
            code.parse::<Text>().is_ok()
        } else {
            (1..=Self::CODE_BYTES_MAX).contains(&code.len()) && code.bytes().all(plain)
        };
        if !shaped {
            return Err(InvalidKey::Shape);
        }
        let Ok(word) = FiledUnder::from_word(word) else {
            let words: Vec<_> = FiledUnder::ALL.iter().map(|word| word.word()).collect();
            return Err(InvalidKey::Word { key: text.to_owned(), words: words.join(", ") });
        };
        Ok(Self { word, code: code.to_owned() })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.word, self.code)
    }
}

impl<'f> About<'f> {
    /// What the text of an instrument is about.
    #[must_use]
    pub fn of_text(instrument: &'f Instrument) -> Self {
        Self::new(&instrument.id).text(instrument)
    }

    /// Starts the description of a fact with this subject.
    pub(super) fn new(subject: &impl ToString) -> Self {
        Self { subject: subject.to_string(), ..Self::default() }
    }

    /// Sets the first effective day that the fact affects.
    pub(super) fn on(self, day: Day) -> Self {
        Self { effective_on: Some(day), ..self }
    }

    /// Adds bodies that the fact concerns.
    pub(super) fn bodies<'a>(mut self, codes: impl IntoIterator<Item = &'a BodyCode>) -> Self {
        self.bodies.extend(codes);
        self
    }

    /// Adds commissioners that the fact concerns, with their areas.
    pub(super) fn areas<'a>(
        mut self,
        codes: impl IntoIterator<Item = &'a BodyCode> + Clone,
    ) -> Self {
        self.areas.extend(codes.clone());
        self.bodies(codes)
    }

    /// Adds functions that the fact concerns. An empty list means every function.
    pub(super) fn functions(mut self, codes: &'f [FunctionCode]) -> Self {
        self.every_function |= codes.is_empty();
        self.functions.extend(codes);
        self
    }

    /// Adds one function that the fact concerns.
    pub(super) fn function(mut self, code: &'f FunctionCode) -> Self {
        self.functions.push(code);
        self
    }

    /// Records that the fact refers to an instrument, and files it under the instrument.
    pub(super) fn instrument(self, id: &'f InstrumentId) -> Self {
        Self { instrument: Some(id), ..self.filed(FiledUnder::Instrument, id) }
    }

    /// Records that the fact states the text of an instrument: adds its bodies, functions and
    /// areas, and files the fact under the instrument and its areas.
    pub(super) fn text(mut self, instrument: &'f Instrument) -> Self {
        let Instrument { id, given_by, given_to, functions, area, .. } = instrument;
        self.texts.push(id);
        self.functions.extend(functions);
        self = self.bodies(given_by.iter().chain(given_to)).filed(FiledUnder::Instrument, id);
        match area {
            Area::England => Self { england: true, ..self.filed(FiledUnder::Area, &Key::ENGLAND) },
            Area::Of(codes) => {
                self.areas.extend(codes);
                codes.iter().fold(self, |about, code| about.filed(FiledUnder::Area, code))
            }
        }
    }

    /// Records that the fact refers to a rule, and files it under the rule.
    pub(super) fn rule(self, id: &'f RuleId) -> Self {
        Self { rule: Some(id), ..self.filed(FiledUnder::Rule, id) }
    }

    /// Adds a member and its group, with the areas that the relation affects, and files the fact
    /// under the membership.
    pub(super) fn member(mut self, member: &Member, group: BodyCode, relation: Relation) -> Self {
        self.bodies.push(group);
        self = self.filed(FiledUnder::Membership, member);
        match member {
            Member::Body(code) => self.bodies.push(*code),
            Member::Contract(id) => self = self.practice_of(id),
        }
        match relation {
            Relation::SubIcbOfIcb => self.areas.extend(self.bodies.clone()),
            Relation::PracticeOfCommissioner => self.areas.push(group),
            Relation::PracticeOfPcn
            | Relation::PracticeOfFederation
            | Relation::CcgOfStp
            | Relation::StpOfRegion
            | Relation::IcbOfRegion
            | Relation::CcgOfAreaTeam
            | Relation::CcgOfLocalOffice
            | Relation::CcgOfRegion
            | Relation::PcnOfCommissioner => {}
        }
        self
    }

    /// Adds the practice for which a contract was made, and files the fact under its contracts.
    pub(super) fn practice_of(mut self, contract: &ContractId) -> Self {
        let Some(practice) = contract.practice() else { return self };
        self.bodies.push(practice);
        self.filed(FiledUnder::Contracts, &practice)
    }

    /// Files the fact under a key.
    pub(super) fn filed(mut self, word: FiledUnder, code: &impl ToString) -> Self {
        self.filed.push(Key { word, code: code.to_string() });
        self
    }
}
