//! What a fact is about, defined once: its subject, its first effective day, and the bodies, areas,
//! functions and instruments that the fact concerns. Filters, filing, stories and previews use this
//! definition.

use std::str::FromStr;

use crate::body::{Member, Relation};
use crate::code::{BodyCode, ContractId, FunctionCode, InstrumentId, RuleId};
use crate::instrument::{Area, Instrument};
use crate::period::Day;
use crate::text::Text;
use crate::word::{Word, vocabulary};

/// What a fact is about: the subject of the fact and everything that the fact concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About<'f> {
    /// The `subject` attribute of the event that records the fact: the code or id that the fact is
    /// first of all about.
    pub subject: String,
    /// The first effective day that the fact affects, if any.
    pub effective_on: Option<Day>,
    /// The bodies that the fact concerns.
    pub bodies: Vec<BodyCode>,
    /// The codes of the commissioners whose areas the fact concerns.
    pub areas: Vec<BodyCode>,
    /// Whether the fact concerns all of England.
    pub england: bool,
    /// The functions that the fact concerns.
    pub functions: Vec<&'f FunctionCode>,
    /// Whether the fact concerns every function.
    pub every_function: bool,
    /// The instruments whose text the fact states.
    pub texts: Vec<&'f InstrumentId>,
    /// The instrument that the fact refers to by id, if any. The fact also concerns everything that
    /// the texts of this instrument name.
    pub instrument: Option<&'f InstrumentId>,
    /// The rule that the fact refers to by id, if any. The fact also concerns the functions that
    /// this rule names.
    pub rule: Option<&'f RuleId>,
    /// The keys under which the event that records the fact is filed.
    pub filed: Vec<Key>,
}

vocabulary! {
    /// A kind of thing that a fact can concern.
    Concerns, "kind of concern";
    /// The fact concerns instruments.
    Instruments = "instrument",
    /// The fact concerns functions.
    Functions = "function",
    /// The fact concerns bodies.
    Bodies = "body",
    /// The fact concerns areas.
    Areas = "area",
}

impl Concerns {
    /// Every kind of thing that a fact can concern.
    pub const ALL: &'static [Self] = <Self as Word>::ALL;
}

vocabulary! {
    /// The words with which filing keys begin, such as `area` in `area:11X`. These words are part
    /// of the format of statements.
    FiledUnder, "word that events are filed under";
    /// Events about the roles and names of a body are filed under this word.
    Body = "body",
    /// Events about the successions of a body, as predecessor or successor, are filed under this
    /// word.
    Succession = "succession",
    /// Events about the memberships of a body or contract, about the holders of a contract, and
    /// about the text of an instrument that lists a contract, are filed under this word.
    Membership = "membership",
    /// Events about the contracts of a practice, and about the text of an instrument that lists one
    /// of them, are filed under this word.
    Contracts = "contracts",
    /// Events about the area of a commissioner, or about all of England (`area:england`), are filed
    /// under this word.
    Area = "area",
    /// Events about the clusters that a body belongs to are filed under this word.
    Clustering = "clustering",
    /// Events about the interests declared by offices of a body are filed under this word.
    Interest = "interest",
    /// Events about the decisions of a body's committees are filed under this word.
    Decision = "decision",
    /// Events about bodies with a national role are filed under this word, followed by the word of
    /// the role.
    Office = "office",
    /// Events about the segments of a function's history are filed under this word.
    Function = "function",
    /// Events about the rows of law with a given rule id are filed under this word, followed by the
    /// id.
    Rule = "rule",
    /// Events about rules of one kind that answers depend on, such as liability, are filed under
    /// this word.
    Law = "law",
    /// Events about a fund, its payments and the decisions on these payments are filed under this
    /// word.
    Fund = "fund",
    /// Events about the payment directions made by a body are filed under this word.
    PaymentDirection = "payment-direction",
    /// Events about a cluster of bodies are filed under this word, followed by the name of the
    /// cluster.
    Cluster = "cluster",
    /// Events about an instrument are filed under this word.
    Instrument = "instrument",
    /// Events about the notices given to end an instrument are filed under this word.
    Notice = "notice",
    /// Disputes about an event are filed under this word, followed by the position of the event.
    Dispute = "dispute",
}

/// A key under which an event is filed, such as `area:11X`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The word before the colon of the key.
    pub word: FiledUnder,
    /// The code after the colon of the key.
    pub code: String,
}

impl Key {
    /// The code of the `area` key under which instruments for all of England are filed.
    pub const ENGLAND: &'static str = "england";
    /// The maximum length of a key's code, in bytes. The limit does not apply to a code that is the
    /// name of a cluster.
    const CODE_BYTES_MAX: usize = 80;

    /// The key of the thing that this key is about: for `notice:X`, the result is `instrument:X`. A
    /// statement of nothing for a key makes sense only if at least one event is filed under the key
    /// that this method returns: a `notice:` key of an instrument that was never recorded is
    /// probably a typing error.
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
            | FiledUnder::Dispute
            | FiledUnder::Instrument => self.word,
        };
        Self { word, code: self.code.clone() }
    }
}

/// Why a text is not a valid filing key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The text is not a word, a colon and a code.
    #[error(
        "must be a word, a colon and a code of 1 to 80 letters, digits, '-', '.', '_', ':' or \
         '/', such as notice:delegation/11X"
    )]
    Shape,
    /// The text does not begin with a word that events are filed under.
    #[error(
        "{key:?} must begin with one of the words that events are filed under, which are \
         {words}"
    )]
    Word {
        /// The text that was given as a key.
        key: String,
        /// The words that events are filed under, joined by commas.
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
    /// Returns what the text of an instrument concerns: its bodies, functions and areas.
    #[must_use]
    pub fn of_text(instrument: &'f Instrument) -> Self {
        Self::new(&instrument.id).text(instrument)
    }

    /// Returns an `About` with the given subject and nothing else.
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

    /// Adds commissioners whose areas the fact concerns. The fact also concerns the commissioners
    /// as bodies.
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

    /// Records that the fact refers to an instrument by id, and files the fact under the
    /// instrument.
    pub(super) fn instrument(self, id: &'f InstrumentId) -> Self {
        Self { instrument: Some(id), ..self.filed(FiledUnder::Instrument, id) }
    }

    /// Records that the fact states the text of an instrument: adds the bodies, functions and areas
    /// of the text, and files the fact under the instrument, its areas and the contracts that it
    /// lists.
    pub(super) fn text(mut self, instrument: &'f Instrument) -> Self {
        let Instrument { id, given_by, given_to, functions, area, contracts, .. } = instrument;
        self.texts.push(id);
        for contract in contracts {
            self = self.filed(FiledUnder::Membership, contract).practice_of(contract);
        }
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

    /// Records that the fact refers to a rule by id, and files the fact under the rule.
    pub(super) fn rule(self, id: &'f RuleId) -> Self {
        Self { rule: Some(id), ..self.filed(FiledUnder::Rule, id) }
    }

    /// Adds a member and the body `group` to which the member belongs, and the areas that a
    /// membership of the kind `relation` affects. Files the fact under the `membership` key of the
    /// member.
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

    /// Adds the practice for which a contract was made, as a body that the fact concerns, and files
    /// the fact under the `contracts` key of the practice.
    pub(super) fn practice_of(mut self, contract: &ContractId) -> Self {
        let Some(practice) = contract.practice() else { return self };
        self.bodies.push(practice);
        self.filed(FiledUnder::Contracts, &practice)
    }

    /// Files the fact under the key made of `word` and `code`.
    pub(super) fn filed(mut self, word: FiledUnder, code: &impl ToString) -> Self {
        self.filed.push(Key { word, code: code.to_string() });
        self
    }
}
