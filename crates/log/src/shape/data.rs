//! The `data` member of every event type: one struct a shape, converted by hand to and from facts.
//!
//! A released struct never changes. A new need is a new type with a new version.

use std::cell::RefCell;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::{
    Area, Body, BodyCode, BodyRole, Confidence, ContractId, ContractType, Correction,
    CorrectionKind, Day, EndReason, Event, Evidence, Fact, Forum, ForumKind, Function,
    FunctionCode, Handling, HolderRule, Instrument, InstrumentId, InstrumentKind, LegalBasis,
    LegalForm, LiableRule, Member, Membership, Part, Party, Period, Personal, PersonalField,
    RecordId, Relation, Route, Rule, RuleContent, RuleId, Stage, Start, State, Step, Succession,
    SuccessionKind, Text, Word, parse_day,
};
use serde::de::{self, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A value stored as the text that it is parsed from.
pub(crate) struct Said<T>(pub T);

impl<T: Display> Serialize for Said<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed(
            |text: &str| text.parse().map(Self).map_err(|error: T::Err| error.to_string()),
            PhantomData,
        ))
    }
}

/// A value of a closed vocabulary, stored as its word.
struct As<W>(W);

impl<W: Word> Serialize for As<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, W: Word> Deserialize<'de> for As<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed(
            |text: &str| W::from_word(text).map(Self).map_err(|error| error.to_string()),
            PhantomData,
        ))
    }
}

/// A day, stored as `YYYY-MM-DD`.
#[derive(Clone, Copy)]
struct On(Day);

impl Serialize for On {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for On {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed(
            |text: &str| parse_day(text).map(Self).map_err(|error| error.to_string()),
            PhantomData,
        ))
    }
}

struct Parsed<T, F>(F, PhantomData<T>);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Parsed<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

fn said<T: Clone>(value: &T) -> Said<T> {
    Said(value.clone())
}

fn all<T: Clone>(values: &[T]) -> Vec<Said<T>> {
    values.iter().map(said).collect()
}

fn plain<T>(values: Vec<Said<T>>) -> Vec<T> {
    values.into_iter().map(|value| value.0).collect()
}

fn period(from: On, until: Option<On>) -> Result<Period, String> {
    Period::new(from.0, until.map(|until| until.0)).map_err(|error| error.to_string())
}

/// Evidence, shared between events that rest on the same.
struct EvidenceV1(Arc<Evidence>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidencePartsV1 {
    source: Said<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Said<Text>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made_on: Option<On>,
    confidence: As<Confidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Said<Text>>,
}

impl Serialize for EvidenceV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = EvidencePartsV1 {
            source: said(&self.0.source),
            url: self.0.url.as_ref().map(said),
            made_on: self.0.made_on.map(On),
            confidence: As(self.0.confidence),
            note: self.0.note.as_ref().map(said),
        };
        parts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EvidenceV1 {
    /// Events in a row mostly rest on the same document: its text is compared before it is read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        thread_local! {
            static LAST: RefCell<Option<(Box<str>, Arc<Evidence>)>> = const { RefCell::new(None) };
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        LAST.with_borrow_mut(|last| {
            if let Some((text, evidence)) = last
                && **text == *raw
            {
                return Ok(Self(Arc::clone(evidence)));
            }
            let parts: EvidencePartsV1 = serde_json::from_str(raw).map_err(de::Error::custom)?;
            let evidence = Arc::new(Evidence {
                source: parts.source.0,
                url: parts.url.map(|url| url.0),
                made_on: parts.made_on.map(|day| day.0),
                confidence: parts.confidence.0,
                note: parts.note.map(|note| note.0),
            });
            *last = Some((raw.into(), Arc::clone(&evidence)));
            Ok(Self(evidence))
        })
    }
}

/// A fact within a correction: its shape by name, and its data, which carry the evidence again.
struct FactV1(Event);

impl Serialize for FactV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", type_name(&self.0.fact))?;
        map.serialize_entry("data", &Data::of(&self.0))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for FactV1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts<'a> {
            r#type: Box<str>,
            #[serde(borrow)]
            data: &'a RawValue,
        }
        let parts = Parts::deserialize(deserializer)?;
        let shape = Shape::of(&parts.r#type)
            .ok_or_else(|| de::Error::custom(format_args!("no shape {:?}", parts.r#type)))?;
        let mut data = serde_json::Deserializer::from_str(parts.data.get());
        shape.read(&mut data).map(Self).map_err(de::Error::custom)
    }
}

/// How an instrument reads, within a variation.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstrumentV1 {
    id: Said<InstrumentId>,
    kind: As<InstrumentKind>,
    basis: As<LegalBasis>,
    title: Said<Text>,
    given_by: Vec<Said<BodyCode>>,
    given_to: Vec<Said<BodyCode>>,
    functions: Vec<Said<FunctionCode>>,
    area: AreaV1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forum: Option<ForumV1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<Said<Text>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    loss_exceptions: Vec<Said<Text>>,
    onward_barred: bool,
}

/// The two shapes of an instrument's text hold the same members.
macro_rules! instrument_parts {
    ($of:ident from $instrument:ident $(, $more:ident)*) => {
        $of {
            id: said(&$instrument.id),
            kind: As($instrument.kind),
            basis: As($instrument.basis),
            title: said(&$instrument.title),
            given_by: all(&$instrument.given_by),
            given_to: all(&$instrument.given_to),
            functions: all(&$instrument.functions),
            area: match &$instrument.area {
                Area::England => AreaV1::England,
                Area::Of(bodies) => AreaV1::Of(all(bodies)),
            },
            forum: $instrument.forum.as_ref().map(ForumV1::of),
            conditions: all(&$instrument.conditions),
            loss_exceptions: all(&$instrument.loss_exceptions),
            onward_barred: $instrument.onward_barred,
            $($more,)*
        }
    };
    (into $data:ident, onward_barred: $onward_barred:expr) => {
        Instrument {
            id: $data.id.0,
            kind: $data.kind.0,
            basis: $data.basis.0,
            title: $data.title.0,
            given_by: plain($data.given_by),
            given_to: plain($data.given_to),
            functions: plain($data.functions),
            area: match $data.area {
                AreaV1::England => Area::England,
                AreaV1::Of(bodies) => Area::Of(plain(bodies)),
            },
            forum: $data.forum.map(ForumV1::into_forum),
            conditions: plain($data.conditions),
            loss_exceptions: plain($data.loss_exceptions),
            onward_barred: $onward_barred,
        }
    };
}

/// Declares the shapes: the variants of [`Data`] and [`Shape`], their stored names and structs.
macro_rules! shapes {
    ($($variant:ident $name:literal { $($(#[$meta:meta])* $field:ident: $type:ty),+ $(,)? })+) => {
        $(
            #[derive(Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $variant { $($(#[$meta])* $field: $type,)+ evidence: EvidenceV1 }
        )+

        /// The `data` of an event, ready to be written.
        #[allow(dead_code, reason = "an earlier version of a shape is only read")]
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(super) enum Data { $($variant($variant)),+ }

        /// A shape that this release can read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Shape { $($variant),+ }

        impl Shape {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The shape of a type name without [`TYPE_PREFIX`](super::TYPE_PREFIX).
            pub fn of(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }

            pub fn read<'de, D: Deserializer<'de>>(self, d: D) -> Result<Event, D::Error> {
                match self {
                    $(Self::$variant => {
                        let data = $variant::deserialize(d)?;
                        data.into_event().map(bare).map_err(de::Error::custom)
                    })+
                }
            }
        }
    };
}

shapes! {
    BodyEstablishedV1 "body-established.v1" {
        code: Said<BodyCode>,
        role: As<BodyRole>,
        name: Said<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        legal_form: Option<As<LegalForm>>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    BodyDissolvedV1 "body-dissolved.v1" {
        code: Said<BodyCode>,
        role: As<BodyRole>,
        effective_until: On,
    }
    BodyNamedV1 "body-named.v1" {
        code: Said<BodyCode>,
        name: Said<Text>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    SuccessionRecordedV1 "succession-recorded.v1" {
        predecessor: Said<BodyCode>,
        successor: Said<BodyCode>,
        effective_on: On,
        kind: As<SuccessionKind>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_area: Option<As<Confidence>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_liability: Option<As<Confidence>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share_millionths: Option<u32>,
    }
    MembershipStartedV1 "membership-started.v1" {
        member: MemberV1,
        group: Said<BodyCode>,
        relation: As<Relation>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    MembershipEndedV1 "membership-ended.v1" {
        member: MemberV1,
        group: Said<BodyCode>,
        relation: As<Relation>,
        effective_from: On,
        effective_until: On,
    }
    ContractHeldV1 "contract-held.v1" {
        contract: Said<ContractId>,
        holder: Said<BodyCode>,
        contract_type: As<ContractType>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    FunctionCataloguedV1 "function-catalogued.v1" {
        code: Said<FunctionCode>,
        name: Said<Text>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
        holder: HolderV1,
        basis: Said<Text>,
        reserved: bool,
        routes: Vec<RouteV1>,
        part: As<Part>,
        confidence: As<Confidence>,
        citation: Said<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Said<Text>>,
    }
    RuleEnactedV1 "rule-enacted.v1" {
        id: Said<RuleId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_from: Option<On>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
        says: RuleV1,
        text: Said<Text>,
        citation: Said<Text>,
        confidence: As<Confidence>,
    }
    RuleEnactedV2 "rule-enacted.v2" {
        id: Said<RuleId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_from: Option<On>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
        says: RuleV2,
        text: Said<Text>,
        citation: Said<Text>,
        confidence: As<Confidence>,
    }
    InstrumentDrawnV1 "instrument-drawn.v1" {
        id: Said<InstrumentId>,
        kind: As<InstrumentKind>,
        basis: As<LegalBasis>,
        title: Said<Text>,
        given_by: Vec<Said<BodyCode>>,
        given_to: Vec<Said<BodyCode>>,
        functions: Vec<Said<FunctionCode>>,
        area: AreaV1,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forum: Option<ForumV1>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditions: Vec<Said<Text>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        loss_exceptions: Vec<Said<Text>>,
    }
    InstrumentDrawnV2 "instrument-drawn.v2" {
        id: Said<InstrumentId>,
        kind: As<InstrumentKind>,
        basis: As<LegalBasis>,
        title: Said<Text>,
        given_by: Vec<Said<BodyCode>>,
        given_to: Vec<Said<BodyCode>>,
        functions: Vec<Said<FunctionCode>>,
        area: AreaV1,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forum: Option<ForumV1>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditions: Vec<Said<Text>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        loss_exceptions: Vec<Said<Text>>,
        onward_barred: bool,
    }
    InstrumentAdvancedV1 "instrument-advanced.v1" {
        instrument: Said<InstrumentId>,
        stage: As<Stage>,
    }
    InstrumentAdvancedV2 "instrument-advanced.v2" {
        instrument: Said<InstrumentId>,
        stage: As<Stage>,
        by: Vec<Said<BodyCode>>,
    }
    InstrumentInForceV1 "instrument-in-force.v1" {
        instrument: Said<InstrumentId>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
        start: As<Start>,
    }
    InstrumentEndedV1 "instrument-ended.v1" {
        instrument: Said<InstrumentId>,
        effective_until: On,
        reason: As<EndReason>,
    }
    InstrumentEndedV2 "instrument-ended.v2" {
        instrument: Said<InstrumentId>,
        effective_until: On,
        reason: As<EndReason>,
        by: Vec<Said<BodyCode>>,
    }
    InstrumentVariedV1 "instrument-varied.v1" {
        instrument: InstrumentV1,
        effective_from: On,
        by: Vec<Said<BodyCode>>,
    }
    ConditionAttachedV1 "condition-attached.v1" {
        instrument: Said<InstrumentId>,
        condition: Said<Text>,
        effective_from: On,
        by: Vec<Said<BodyCode>>,
    }
    ConditionLiftedV1 "condition-lifted.v1" {
        instrument: Said<InstrumentId>,
        condition: Said<Text>,
        effective_until: On,
        by: Vec<Said<BodyCode>>,
    }
    RuleCommencedV1 "rule-commenced.v1" {
        rule: Said<RuleId>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    RuleEndedV1 "rule-ended.v1" {
        rule: Said<RuleId>,
        effective_until: On,
    }
    FunctionEndedV1 "function-ended.v1" {
        function: Said<FunctionCode>,
        effective_until: On,
    }
    ClusterFormedV1 "cluster-formed.v1" {
        name: Said<Text>,
        bodies: Vec<Said<BodyCode>>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    RecordedLateV1 "recorded-late.v1" {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<u64>,
        authority: Said<Text>,
        reason: Said<Text>,
        fact: Box<FactV1>,
    }
    ErrorCorrectedV1 "error-corrected.v1" {
        about: u64,
        authority: Said<Text>,
        reason: Said<Text>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<Box<FactV1>>,
    }
    EffectBackdatedV1 "effect-backdated.v1" {
        about: u64,
        authority: Said<Text>,
        reason: Said<Text>,
        fact: Box<FactV1>,
    }
    NoticeGivenV1 "notice-given.v1" {
        instrument: Said<InstrumentId>,
        given_by: Said<BodyCode>,
        given_on: On,
        ends_on: On,
        rule: Said<RuleId>,
    }
    WorkPerformedV1 "work-performed.v1" {
        instrument: Said<InstrumentId>,
        performer: Said<BodyCode>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        functions: Vec<Said<FunctionCode>>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    LevelNotHeldV1 "level-not-held.v1" {
        body: Said<BodyCode>,
        bases: Vec<As<LegalBasis>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        functions: Vec<Said<FunctionCode>>,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    ExpectationStatedV1 "expectation-stated.v1" {
        function: Said<FunctionCode>,
        area: Said<BodyCode>,
        expected: Said<BodyCode>,
        effective_from: On,
        nature: Said<Text>,
    }
    FundOpenedV1 "fund-opened.v1" {
        fund: Said<RecordId>,
        funders: Vec<Said<BodyCode>>,
        amount_pence: u64,
        per_patient_pence: u64,
        effective_from: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<On>,
    }
    SupportPaidV1 "support-paid.v1" {
        fund: Said<RecordId>,
        payment: Said<RecordId>,
        payer: Said<BodyCode>,
        recipient: Said<BodyCode>,
        paid_on: On,
        patients: u64,
        amount_pence: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        power: Option<Said<FunctionCode>>,
    }
    InterestDeclaredV1 "interest-declared.v1" {
        office: Said<Text>,
        body: Said<BodyCode>,
        interest: Said<Text>,
        concerns: Said<BodyCode>,
        aware_on: On,
        declared_on: On,
    }
    DecisionTakenV1 "decision-taken.v1" {
        body: Said<BodyCode>,
        forum: ForumV1,
        fund: Said<RecordId>,
        payment: Said<RecordId>,
        decided_on: On,
        quorate: bool,
        handled: Vec<HandlingV1>,
    }
    InterestDeclaredV2 "interest-declared.v2" {
        office: CommittedV1,
        body: Said<BodyCode>,
        interest: Said<Text>,
        concerns: Said<BodyCode>,
        aware_on: On,
        declared_on: On,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<CommittedV1>,
    }
    FieldRedactedV1 "field-redacted.v1" {
        about: u64,
        field: Said<PersonalField>,
        reason: Said<Text>,
        authority: Said<Text>,
    }
    DecisionTakenV2 "decision-taken.v2" {
        body: Said<BodyCode>,
        forum: ForumV1,
        fund: Said<RecordId>,
        payment: Said<RecordId>,
        decided_on: On,
        quorate: bool,
        handled: Vec<HandlingV2>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<CommittedV1>,
    }
}

/// A note that lies with the fact is not in the evidence as well: version 1 had it there, and so
/// has a correction that says such a fact.
fn bare(event: Event) -> Event {
    if event.evidence.note.is_none() || event.fact.note().is_none() {
        return event;
    }
    let evidence = Evidence { note: None, ..Evidence::clone(&event.evidence) };
    Event { evidence: Arc::new(evidence), ..event }
}

/// What stands in place of a value that may name a person: the base64 of its commitment.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommittedV1 {
    committed: Box<str>,
}

impl CommittedV1 {
    /// Of a value that was sealed, as all are before they are written.
    fn of(personal: &Personal) -> Self {
        let commitment = match personal {
            Personal::Committed(commitment) => *commitment,
            Personal::Told(_) | Personal::InTheClear(_) | Personal::Redacted(_) => [0; 32],
        };
        Self { committed: STANDARD.encode(commitment).into() }
    }

    fn into_personal(self) -> Result<Personal, String> {
        let commitment = STANDARD.decode(self.committed.as_bytes()).ok();
        let commitment = commitment.and_then(|commitment| commitment.try_into().ok());
        commitment
            .map(Personal::Committed)
            .ok_or_else(|| "a commitment is 32 bytes in base64".to_owned())
    }
}

/// A note as version 1 of a shape has it: in the clear.
fn in_the_clear(note: Option<&Text>) -> Option<Personal> {
    note.cloned().map(Personal::InTheClear)
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MemberV1 {
    Body(Said<BodyCode>),
    Contract(Said<ContractId>),
}

impl MemberV1 {
    fn of(member: &Member) -> Self {
        match member {
            Member::Body(code) => Self::Body(Said(*code)),
            Member::Contract(id) => Self::Contract(said(id)),
        }
    }

    fn into_member(self) -> Member {
        match self {
            Self::Body(code) => Member::Body(code.0),
            Self::Contract(id) => Member::Contract(id.0),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum HolderV1 {
    Body(Said<BodyCode>),
    Commissioner,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteV1 {
    basis: As<LegalBasis>,
    confidence: As<Confidence>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum RuleV1 {
    Liability { bases: Vec<As<LegalBasis>>, liable: As<LiableRule> },
    Receiving { bases: Vec<As<LegalBasis>>, roles: Vec<As<BodyRole>> },
    Notice { bases: Vec<As<LegalBasis>>, last: [u32; 2], ends: [u32; 2] },
    Continuity { basis: As<LegalBasis>, from: As<BodyRole>, to: As<BodyRole> },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum RuleV2 {
    Liability {
        bases: Vec<As<LegalBasis>>,
        liable: As<LiableRule>,
    },
    Receiving {
        bases: Vec<As<LegalBasis>>,
        roles: Vec<As<BodyRole>>,
    },
    Notice {
        bases: Vec<As<LegalBasis>>,
        last: [u32; 2],
        ends: [u32; 2],
    },
    Continuity {
        basis: As<LegalBasis>,
        from: As<BodyRole>,
        to: As<BodyRole>,
    },
    Giving {
        bases: Vec<As<LegalBasis>>,
        roles: Vec<As<BodyRole>>,
    },
    Onward {
        bases: Vec<As<LegalBasis>>,
    },
    Transition {
        bases: Vec<As<LegalBasis>>,
        step: As<Step>,
        from: Vec<As<State>>,
        by: Vec<As<Party>>,
    },
    Window {
        bases: Vec<As<LegalBasis>>,
        step: As<Step>,
        last: On,
    },
    Commencement {
        bases: Vec<As<LegalBasis>>,
        giver: As<BodyRole>,
        days: Vec<[u32; 2]>,
    },
    Vesting {
        functions: Vec<Said<FunctionCode>>,
        role: As<BodyRole>,
        ends: Vec<As<LegalBasis>>,
    },
    #[serde(rename = "read-across")]
    ReadAcross {
        from: As<BodyRole>,
        to: As<BodyRole>,
    },
}

impl From<RuleV1> for RuleV2 {
    fn from(rule: RuleV1) -> Self {
        match rule {
            RuleV1::Liability { bases, liable } => Self::Liability { bases, liable },
            RuleV1::Receiving { bases, roles } => Self::Receiving { bases, roles },
            RuleV1::Notice { bases, last, ends } => Self::Notice { bases, last, ends },
            RuleV1::Continuity { basis, from, to } => Self::Continuity { basis, from, to },
        }
    }
}

impl RuleV2 {
    fn into_content(self) -> RuleContent {
        match self {
            Self::Liability { bases, liable } => {
                RuleContent::Liability { bases: values(bases), liable: liable.0 }
            }
            Self::Receiving { bases, roles } => {
                RuleContent::Receiving { bases: values(bases), roles: values(roles) }
            }
            Self::Notice { bases, last, ends } => RuleContent::Notice {
                bases: values(bases),
                last: (last[0], last[1]),
                ends: (ends[0], ends[1]),
            },
            Self::Continuity { basis, from, to } => {
                RuleContent::Continuity { basis: basis.0, from: from.0, to: to.0 }
            }
            Self::Giving { bases, roles } => {
                RuleContent::Giving { bases: values(bases), roles: values(roles) }
            }
            Self::Onward { bases } => RuleContent::Onward { bases: values(bases) },
            Self::Transition { bases, step, from, by } => RuleContent::Transition {
                bases: values(bases),
                step: step.0,
                from: values(from),
                by: values(by),
            },
            Self::Window { bases, step, last } => {
                RuleContent::Window { bases: values(bases), step: step.0, last: last.0 }
            }
            Self::Commencement { bases, giver, days } => RuleContent::Commencement {
                bases: values(bases),
                giver: giver.0,
                days: days.into_iter().map(|[month, day]| (month, day)).collect(),
            },
            Self::Vesting { functions, role, ends } => RuleContent::Vesting {
                functions: plain(functions),
                role: role.0,
                ends: values(ends),
            },
            Self::ReadAcross { from, to } => RuleContent::ReadAcross { from: from.0, to: to.0 },
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AreaV1 {
    England,
    Of(Vec<Said<BodyCode>>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForumV1 {
    kind: As<ForumKind>,
    name: Said<Text>,
}

impl ForumV1 {
    fn of(forum: &Forum) -> Self {
        Self { kind: As(forum.kind), name: said(&forum.name) }
    }

    fn into_forum(self) -> Forum {
        Forum { kind: self.kind.0, name: self.name.0 }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlingV1 {
    office: Said<Text>,
    way: Said<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlingV2 {
    office: CommittedV1,
    way: Said<Text>,
}

fn words<W: Copy>(values: &[W]) -> Vec<As<W>> {
    values.iter().copied().map(As).collect()
}

fn values<W>(words: Vec<As<W>>) -> Vec<W> {
    words.into_iter().map(|word| word.0).collect()
}

/// The name of the shape in which a fact is written.
pub(super) fn type_name(fact: &Fact) -> &'static str {
    let shape = match fact {
        Fact::BodyEstablished(_) => Shape::BodyEstablishedV1,
        Fact::BodyDissolved { .. } => Shape::BodyDissolvedV1,
        Fact::BodyNamed { .. } => Shape::BodyNamedV1,
        Fact::SuccessionRecorded(_) => Shape::SuccessionRecordedV1,
        Fact::MembershipStarted(_) => Shape::MembershipStartedV1,
        Fact::MembershipEnded { .. } => Shape::MembershipEndedV1,
        Fact::ContractHeld { .. } => Shape::ContractHeldV1,
        Fact::FunctionCatalogued(_) => Shape::FunctionCataloguedV1,
        Fact::RuleEnacted(_) => Shape::RuleEnactedV2,
        Fact::InstrumentDrawn(_) => Shape::InstrumentDrawnV2,
        Fact::InstrumentAdvanced { .. } => Shape::InstrumentAdvancedV2,
        Fact::InstrumentInForce { .. } => Shape::InstrumentInForceV1,
        Fact::InstrumentEnded { .. } => Shape::InstrumentEndedV2,
        Fact::NoticeGiven { .. } => Shape::NoticeGivenV1,
        Fact::WorkPerformed { .. } => Shape::WorkPerformedV1,
        Fact::LevelNotHeld { .. } => Shape::LevelNotHeldV1,
        Fact::ExpectationStated { .. } => Shape::ExpectationStatedV1,
        Fact::FundOpened { .. } => Shape::FundOpenedV1,
        Fact::SupportPaid { .. } => Shape::SupportPaidV1,
        Fact::InterestDeclared { .. } => Shape::InterestDeclaredV2,
        Fact::DecisionTaken { .. } => Shape::DecisionTakenV2,
        Fact::FieldRedacted { .. } => Shape::FieldRedactedV1,
        Fact::InstrumentVaried { .. } => Shape::InstrumentVariedV1,
        Fact::ConditionAttached { .. } => Shape::ConditionAttachedV1,
        Fact::ConditionLifted { .. } => Shape::ConditionLiftedV1,
        Fact::RuleCommenced { .. } => Shape::RuleCommencedV1,
        Fact::RuleEnded { .. } => Shape::RuleEndedV1,
        Fact::FunctionEnded { .. } => Shape::FunctionEndedV1,
        Fact::ClusterFormed { .. } => Shape::ClusterFormedV1,
        Fact::Corrected(correction) => match correction.kind {
            CorrectionKind::RecordedLate => Shape::RecordedLateV1,
            CorrectionKind::ErrorCorrected => Shape::ErrorCorrectedV1,
            CorrectionKind::EffectBackdated => Shape::EffectBackdatedV1,
        },
    };
    shape.name()
}

impl Data {
    /// The stored shape of an event.
    pub(super) fn of(event: &Event) -> Self {
        let evidence = EvidenceV1(Arc::clone(&event.evidence));
        match &event.fact {
            Fact::BodyEstablished(Body { code, role, name, legal_form, effective }) => {
                Self::BodyEstablishedV1(BodyEstablishedV1 {
                    code: Said(*code),
                    role: As(*role),
                    name: said(name),
                    legal_form: legal_form.map(As),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::BodyDissolved { code, role, effective_until } => {
                Self::BodyDissolvedV1(BodyDissolvedV1 {
                    code: Said(*code),
                    role: As(*role),
                    effective_until: On(*effective_until),
                    evidence,
                })
            }
            Fact::BodyNamed { code, name, effective } => Self::BodyNamedV1(BodyNamedV1 {
                code: Said(*code),
                name: said(name),
                effective_from: On(effective.from()),
                effective_until: effective.until().map(On),
                evidence,
            }),
            Fact::SuccessionRecorded(succession) => {
                Self::SuccessionRecordedV1(SuccessionRecordedV1 {
                    predecessor: Said(succession.predecessor),
                    successor: Said(succession.successor),
                    effective_on: On(succession.effective_on),
                    kind: As(succession.kind),
                    by_area: succession.by_area.map(As),
                    by_liability: succession.by_liability.map(As),
                    share_millionths: succession.share_millionths,
                    evidence,
                })
            }
            Fact::MembershipStarted(Membership { member, group, relation, effective }) => {
                Self::MembershipStartedV1(MembershipStartedV1 {
                    member: MemberV1::of(member),
                    group: Said(*group),
                    relation: As(*relation),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::MembershipEnded { member, group, relation, effective_from, effective_until } => {
                Self::MembershipEndedV1(MembershipEndedV1 {
                    member: MemberV1::of(member),
                    group: Said(*group),
                    relation: As(*relation),
                    effective_from: On(*effective_from),
                    effective_until: On(*effective_until),
                    evidence,
                })
            }
            Fact::ContractHeld { contract, holder, contract_type, effective } => {
                Self::ContractHeldV1(ContractHeldV1 {
                    contract: said(contract),
                    holder: Said(*holder),
                    contract_type: As(*contract_type),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::FunctionCatalogued(function) => Self::function(function, evidence),
            Fact::RuleEnacted(rule) => Self::rule(rule, evidence),
            Fact::InstrumentDrawn(instrument) => Self::InstrumentDrawnV2(
                instrument_parts!(InstrumentDrawnV2 from instrument, evidence),
            ),
            Fact::InstrumentVaried { instrument, effective_from, by } => {
                Self::InstrumentVariedV1(InstrumentVariedV1 {
                    instrument: instrument_parts!(InstrumentV1 from instrument),
                    effective_from: On(*effective_from),
                    by: all(by),
                    evidence,
                })
            }
            Fact::ConditionAttached { instrument, condition, effective_from, by } => {
                Self::ConditionAttachedV1(ConditionAttachedV1 {
                    instrument: said(instrument),
                    condition: said(condition),
                    effective_from: On(*effective_from),
                    by: all(by),
                    evidence,
                })
            }
            Fact::ConditionLifted { instrument, condition, effective_until, by } => {
                Self::ConditionLiftedV1(ConditionLiftedV1 {
                    instrument: said(instrument),
                    condition: said(condition),
                    effective_until: On(*effective_until),
                    by: all(by),
                    evidence,
                })
            }
            Fact::RuleCommenced { rule, effective } => Self::RuleCommencedV1(RuleCommencedV1 {
                rule: said(rule),
                effective_from: On(effective.from()),
                effective_until: effective.until().map(On),
                evidence,
            }),
            Fact::RuleEnded { rule, effective_until } => Self::RuleEndedV1(RuleEndedV1 {
                rule: said(rule),
                effective_until: On(*effective_until),
                evidence,
            }),
            Fact::FunctionEnded { function, effective_until } => {
                Self::FunctionEndedV1(FunctionEndedV1 {
                    function: said(function),
                    effective_until: On(*effective_until),
                    evidence,
                })
            }
            Fact::ClusterFormed { name, bodies, effective } => {
                Self::ClusterFormedV1(ClusterFormedV1 {
                    name: said(name),
                    bodies: all(bodies),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::Corrected(correction) => Self::correction(correction, event, evidence),
            Fact::FieldRedacted { about, field, reason, authority } => {
                Self::FieldRedactedV1(FieldRedactedV1 {
                    about: *about,
                    field: Said(*field),
                    reason: said(reason),
                    authority: said(authority),
                    evidence,
                })
            }
            Fact::InstrumentAdvanced { instrument, stage, by } => {
                Self::InstrumentAdvancedV2(InstrumentAdvancedV2 {
                    instrument: said(instrument),
                    stage: As(*stage),
                    by: all(by),
                    evidence,
                })
            }
            Fact::InstrumentInForce { instrument, effective, start } => {
                Self::InstrumentInForceV1(InstrumentInForceV1 {
                    instrument: said(instrument),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    start: As(*start),
                    evidence,
                })
            }
            Fact::InstrumentEnded { instrument, effective_until, reason, by } => {
                Self::InstrumentEndedV2(InstrumentEndedV2 {
                    instrument: said(instrument),
                    effective_until: On(*effective_until),
                    reason: As(*reason),
                    by: all(by),
                    evidence,
                })
            }
            Fact::NoticeGiven { instrument, given_by, given_on, ends_on, rule } => {
                Self::NoticeGivenV1(NoticeGivenV1 {
                    instrument: said(instrument),
                    given_by: Said(*given_by),
                    given_on: On(*given_on),
                    ends_on: On(*ends_on),
                    rule: said(rule),
                    evidence,
                })
            }
            Fact::WorkPerformed { instrument, performer, functions, effective } => {
                Self::WorkPerformedV1(WorkPerformedV1 {
                    instrument: said(instrument),
                    performer: Said(*performer),
                    functions: all(functions),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::LevelNotHeld { body, bases, functions, effective } => {
                Self::LevelNotHeldV1(LevelNotHeldV1 {
                    body: Said(*body),
                    bases: words(bases),
                    functions: all(functions),
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::ExpectationStated { function, area, expected, effective_from, nature } => {
                Self::ExpectationStatedV1(ExpectationStatedV1 {
                    function: said(function),
                    area: Said(*area),
                    expected: Said(*expected),
                    effective_from: On(*effective_from),
                    nature: said(nature),
                    evidence,
                })
            }
            Fact::FundOpened { fund, funders, amount_pence, per_patient_pence, effective } => {
                Self::FundOpenedV1(FundOpenedV1 {
                    fund: said(fund),
                    funders: all(funders),
                    amount_pence: *amount_pence,
                    per_patient_pence: *per_patient_pence,
                    effective_from: On(effective.from()),
                    effective_until: effective.until().map(On),
                    evidence,
                })
            }
            Fact::SupportPaid {
                fund,
                payment,
                payer,
                recipient,
                paid_on,
                patients,
                amount_pence,
                power,
            } => Self::SupportPaidV1(SupportPaidV1 {
                fund: said(fund),
                payment: said(payment),
                payer: Said(*payer),
                recipient: Said(*recipient),
                paid_on: On(*paid_on),
                patients: *patients,
                amount_pence: *amount_pence,
                power: power.as_ref().map(said),
                evidence,
            }),
            Fact::InterestDeclared {
                office,
                body,
                interest,
                concerns,
                aware_on,
                declared_on,
                note,
            } => Self::InterestDeclaredV2(InterestDeclaredV2 {
                office: CommittedV1::of(office),
                body: Said(*body),
                interest: said(interest),
                concerns: Said(*concerns),
                aware_on: On(*aware_on),
                declared_on: On(*declared_on),
                note: note.as_ref().map(CommittedV1::of),
                evidence,
            }),
            Fact::DecisionTaken {
                body,
                forum,
                fund,
                payment,
                decided_on,
                quorate,
                handled,
                note,
            } => {
                let handled = handled
                    .iter()
                    .map(|Handling { office, way }| HandlingV2 {
                        office: CommittedV1::of(office),
                        way: said(way),
                    })
                    .collect();
                Self::DecisionTakenV2(DecisionTakenV2 {
                    body: Said(*body),
                    forum: ForumV1::of(forum),
                    fund: said(fund),
                    payment: said(payment),
                    decided_on: On(*decided_on),
                    quorate: *quorate,
                    handled,
                    note: note.as_ref().map(CommittedV1::of),
                    evidence,
                })
            }
        }
    }

    fn function(function: &Function, evidence: EvidenceV1) -> Self {
        Self::FunctionCataloguedV1(FunctionCataloguedV1 {
            code: said(&function.code),
            name: said(&function.name),
            effective_from: On(function.effective.from()),
            effective_until: function.effective.until().map(On),
            holder: match function.holder {
                HolderRule::Body(code) => HolderV1::Body(Said(code)),
                HolderRule::Commissioner => HolderV1::Commissioner,
            },
            basis: said(&function.basis),
            reserved: function.reserved,
            routes: function
                .routes
                .iter()
                .map(|route| RouteV1 { basis: As(route.basis), confidence: As(route.confidence) })
                .collect(),
            part: As(function.part),
            confidence: As(function.confidence),
            citation: said(&function.citation),
            note: function.note.as_ref().map(said),
            evidence,
        })
    }

    fn rule(rule: &Rule, evidence: EvidenceV1) -> Self {
        Self::RuleEnactedV2(RuleEnactedV2 {
            id: said(&rule.id),
            effective_from: rule.effective.map(|effective| On(effective.from())),
            effective_until: rule.effective.and_then(|effective| effective.until()).map(On),
            says: match &rule.content {
                RuleContent::Liability { bases, liable } => {
                    RuleV2::Liability { bases: words(bases), liable: As(*liable) }
                }
                RuleContent::Receiving { bases, roles } => {
                    RuleV2::Receiving { bases: words(bases), roles: words(roles) }
                }
                RuleContent::Notice { bases, last, ends } => RuleV2::Notice {
                    bases: words(bases),
                    last: [last.0, last.1],
                    ends: [ends.0, ends.1],
                },
                RuleContent::Continuity { basis, from, to } => {
                    RuleV2::Continuity { basis: As(*basis), from: As(*from), to: As(*to) }
                }
                RuleContent::Giving { bases, roles } => {
                    RuleV2::Giving { bases: words(bases), roles: words(roles) }
                }
                RuleContent::Onward { bases } => RuleV2::Onward { bases: words(bases) },
                RuleContent::Transition { bases, step, from, by } => RuleV2::Transition {
                    bases: words(bases),
                    step: As(*step),
                    from: words(from),
                    by: words(by),
                },
                RuleContent::Window { bases, step, last } => {
                    RuleV2::Window { bases: words(bases), step: As(*step), last: On(*last) }
                }
                RuleContent::Commencement { bases, giver, days } => RuleV2::Commencement {
                    bases: words(bases),
                    giver: As(*giver),
                    days: days.iter().map(|(month, day)| [*month, *day]).collect(),
                },
                RuleContent::Vesting { functions, role, ends } => RuleV2::Vesting {
                    functions: all(functions),
                    role: As(*role),
                    ends: words(ends),
                },
                RuleContent::ReadAcross { from, to } => {
                    RuleV2::ReadAcross { from: As(*from), to: As(*to) }
                }
            },
            text: said(&rule.text),
            citation: said(&rule.citation),
            confidence: As(rule.confidence),
            evidence,
        })
    }

    fn correction(correction: &Correction, event: &Event, evidence: EvidenceV1) -> Self {
        let Correction { kind, about, authority, reason, fact } = correction;
        let (authority, reason) = (said(authority), said(reason));
        let fact = fact.as_ref().map(|fact| {
            let evidence = Arc::clone(&event.evidence);
            Box::new(FactV1(Event { fact: Fact::clone(fact), evidence }))
        });
        // `decide` lets no late or backdated record through that says nothing.
        match (kind, fact) {
            (CorrectionKind::RecordedLate, Some(fact)) => Self::RecordedLateV1(RecordedLateV1 {
                about: *about,
                authority,
                reason,
                fact,
                evidence,
            }),
            (CorrectionKind::EffectBackdated, Some(fact)) => {
                let about = about.unwrap_or_default();
                Self::EffectBackdatedV1(EffectBackdatedV1 {
                    about,
                    authority,
                    reason,
                    fact,
                    evidence,
                })
            }
            (_, instead) => {
                let about = about.unwrap_or_default();
                Self::ErrorCorrectedV1(ErrorCorrectedV1 {
                    about,
                    authority,
                    reason,
                    instead,
                    evidence,
                })
            }
        }
    }
}

/// Implements the way back for shapes: fallible only where a period may be empty.
macro_rules! into_event {
    ($($shape:ident($data:ident) $fact:expr;)+) => {
        $(impl $shape {
            fn into_event(self) -> Result<Event, String> {
                let $data = self;
                let fact = $fact;
                Ok(Event { fact, evidence: $data.evidence.0 })
            }
        })+
    };
}

into_event! {
    BodyEstablishedV1(data) Fact::BodyEstablished(Body {
        code: data.code.0,
        role: data.role.0,
        name: data.name.0,
        legal_form: data.legal_form.map(|form| form.0),
        effective: period(data.effective_from, data.effective_until)?,
    });
    BodyDissolvedV1(data) Fact::BodyDissolved {
        code: data.code.0,
        role: data.role.0,
        effective_until: data.effective_until.0,
    };
    BodyNamedV1(data) Fact::BodyNamed {
        code: data.code.0,
        name: data.name.0,
        effective: period(data.effective_from, data.effective_until)?,
    };
    SuccessionRecordedV1(data) Fact::SuccessionRecorded(Succession {
        predecessor: data.predecessor.0,
        successor: data.successor.0,
        effective_on: data.effective_on.0,
        kind: data.kind.0,
        by_area: data.by_area.map(|confidence| confidence.0),
        by_liability: data.by_liability.map(|confidence| confidence.0),
        share_millionths: data.share_millionths,
    });
    MembershipStartedV1(data) Fact::MembershipStarted(Membership {
        member: data.member.into_member(),
        group: data.group.0,
        relation: data.relation.0,
        effective: period(data.effective_from, data.effective_until)?,
    });
    MembershipEndedV1(data) Fact::MembershipEnded {
        member: data.member.into_member(),
        group: data.group.0,
        relation: data.relation.0,
        effective_from: data.effective_from.0,
        effective_until: data.effective_until.0,
    };
    ContractHeldV1(data) Fact::ContractHeld {
        contract: data.contract.0,
        holder: data.holder.0,
        contract_type: data.contract_type.0,
        effective: period(data.effective_from, data.effective_until)?,
    };
    FunctionCataloguedV1(data) Fact::FunctionCatalogued(Function {
        code: data.code.0,
        name: data.name.0,
        effective: period(data.effective_from, data.effective_until)?,
        holder: match data.holder {
            HolderV1::Body(code) => HolderRule::Body(code.0),
            HolderV1::Commissioner => HolderRule::Commissioner,
        },
        basis: data.basis.0,
        reserved: data.reserved,
        routes: data
            .routes
            .into_iter()
            .map(|route| Route { basis: route.basis.0, confidence: route.confidence.0 })
            .collect(),
        part: data.part.0,
        confidence: data.confidence.0,
        citation: data.citation.0,
        note: data.note.map(|note| note.0),
    });
    RuleEnactedV1(data) Fact::RuleEnacted(Rule {
        id: data.id.0,
        effective: match data.effective_from {
            None => None,
            Some(from) => Some(period(from, data.effective_until)?),
        },
        content: RuleV2::from(data.says).into_content(),
        text: data.text.0,
        citation: data.citation.0,
        confidence: data.confidence.0,
    });
    RuleEnactedV2(data) Fact::RuleEnacted(Rule {
        id: data.id.0,
        effective: match data.effective_from {
            None => None,
            Some(from) => Some(period(from, data.effective_until)?),
        },
        content: data.says.into_content(),
        text: data.text.0,
        citation: data.citation.0,
        confidence: data.confidence.0,
    });
    InstrumentDrawnV1(data) Fact::InstrumentDrawn(instrument_parts!(into data, onward_barred: false));
    InstrumentDrawnV2(data) Fact::InstrumentDrawn(
        instrument_parts!(into data, onward_barred: data.onward_barred)
    );
    InstrumentVariedV1(data) Fact::InstrumentVaried {
        instrument: {
            let text = data.instrument;
            instrument_parts!(into text, onward_barred: text.onward_barred)
        },
        effective_from: data.effective_from.0,
        by: plain(data.by),
    };
    ConditionAttachedV1(data) Fact::ConditionAttached {
        instrument: data.instrument.0,
        condition: data.condition.0,
        effective_from: data.effective_from.0,
        by: plain(data.by),
    };
    ConditionLiftedV1(data) Fact::ConditionLifted {
        instrument: data.instrument.0,
        condition: data.condition.0,
        effective_until: data.effective_until.0,
        by: plain(data.by),
    };
    RuleCommencedV1(data) Fact::RuleCommenced {
        rule: data.rule.0,
        effective: period(data.effective_from, data.effective_until)?,
    };
    RuleEndedV1(data) Fact::RuleEnded {
        rule: data.rule.0,
        effective_until: data.effective_until.0,
    };
    FunctionEndedV1(data) Fact::FunctionEnded {
        function: data.function.0,
        effective_until: data.effective_until.0,
    };
    ClusterFormedV1(data) Fact::ClusterFormed {
        name: data.name.0,
        bodies: plain(data.bodies),
        effective: period(data.effective_from, data.effective_until)?,
    };
    RecordedLateV1(data) Fact::Corrected(Correction {
        kind: CorrectionKind::RecordedLate,
        about: data.about,
        authority: data.authority.0,
        reason: data.reason.0,
        fact: Some(Box::new(data.fact.0.fact)),
    });
    ErrorCorrectedV1(data) Fact::Corrected(Correction {
        kind: CorrectionKind::ErrorCorrected,
        about: Some(data.about),
        authority: data.authority.0,
        reason: data.reason.0,
        fact: data.instead.map(|instead| Box::new(instead.0.fact)),
    });
    EffectBackdatedV1(data) Fact::Corrected(Correction {
        kind: CorrectionKind::EffectBackdated,
        about: Some(data.about),
        authority: data.authority.0,
        reason: data.reason.0,
        fact: Some(Box::new(data.fact.0.fact)),
    });
    InstrumentAdvancedV1(data) Fact::InstrumentAdvanced {
        instrument: data.instrument.0,
        stage: data.stage.0,
        by: Vec::new(),
    };
    InstrumentAdvancedV2(data) Fact::InstrumentAdvanced {
        instrument: data.instrument.0,
        stage: data.stage.0,
        by: plain(data.by),
    };
    InstrumentInForceV1(data) Fact::InstrumentInForce {
        instrument: data.instrument.0,
        effective: period(data.effective_from, data.effective_until)?,
        start: data.start.0,
    };
    InstrumentEndedV1(data) Fact::InstrumentEnded {
        instrument: data.instrument.0,
        effective_until: data.effective_until.0,
        reason: data.reason.0,
        by: Vec::new(),
    };
    InstrumentEndedV2(data) Fact::InstrumentEnded {
        instrument: data.instrument.0,
        effective_until: data.effective_until.0,
        reason: data.reason.0,
        by: plain(data.by),
    };
    NoticeGivenV1(data) Fact::NoticeGiven {
        instrument: data.instrument.0,
        given_by: data.given_by.0,
        given_on: data.given_on.0,
        ends_on: data.ends_on.0,
        rule: data.rule.0,
    };
    WorkPerformedV1(data) Fact::WorkPerformed {
        instrument: data.instrument.0,
        performer: data.performer.0,
        functions: plain(data.functions),
        effective: period(data.effective_from, data.effective_until)?,
    };
    LevelNotHeldV1(data) Fact::LevelNotHeld {
        body: data.body.0,
        bases: values(data.bases),
        functions: plain(data.functions),
        effective: period(data.effective_from, data.effective_until)?,
    };
    ExpectationStatedV1(data) Fact::ExpectationStated {
        function: data.function.0,
        area: data.area.0,
        expected: data.expected.0,
        effective_from: data.effective_from.0,
        nature: data.nature.0,
    };
    FundOpenedV1(data) Fact::FundOpened {
        fund: data.fund.0,
        funders: plain(data.funders),
        amount_pence: data.amount_pence,
        per_patient_pence: data.per_patient_pence,
        effective: period(data.effective_from, data.effective_until)?,
    };
    SupportPaidV1(data) Fact::SupportPaid {
        fund: data.fund.0,
        payment: data.payment.0,
        payer: data.payer.0,
        recipient: data.recipient.0,
        paid_on: data.paid_on.0,
        patients: data.patients,
        amount_pence: data.amount_pence,
        power: data.power.map(|power| power.0),
    };
    InterestDeclaredV1(data) Fact::InterestDeclared {
        office: Personal::InTheClear(data.office.0),
        body: data.body.0,
        interest: data.interest.0,
        concerns: data.concerns.0,
        aware_on: data.aware_on.0,
        declared_on: data.declared_on.0,
        note: in_the_clear(data.evidence.0.note.as_ref()),
    };
    InterestDeclaredV2(data) Fact::InterestDeclared {
        office: data.office.into_personal()?,
        body: data.body.0,
        interest: data.interest.0,
        concerns: data.concerns.0,
        aware_on: data.aware_on.0,
        declared_on: data.declared_on.0,
        note: data.note.map(CommittedV1::into_personal).transpose()?,
    };
    DecisionTakenV1(data) Fact::DecisionTaken {
        body: data.body.0,
        forum: data.forum.into_forum(),
        fund: data.fund.0,
        payment: data.payment.0,
        decided_on: data.decided_on.0,
        quorate: data.quorate,
        handled: data
            .handled
            .into_iter()
            .map(|handling| Handling {
                office: Personal::InTheClear(handling.office.0),
                way: handling.way.0,
            })
            .collect(),
        note: in_the_clear(data.evidence.0.note.as_ref()),
    };
    FieldRedactedV1(data) Fact::FieldRedacted {
        about: data.about,
        field: data.field.0,
        reason: data.reason.0,
        authority: data.authority.0,
    };
    DecisionTakenV2(data) Fact::DecisionTaken {
        body: data.body.0,
        forum: data.forum.into_forum(),
        fund: data.fund.0,
        payment: data.payment.0,
        decided_on: data.decided_on.0,
        quorate: data.quorate,
        handled: data
            .handled
            .into_iter()
            .map(|each| {
                Ok(Handling { office: each.office.into_personal()?, way: each.way.0 })
            })
            .collect::<Result<_, String>>()?,
        note: data.note.map(CommittedV1::into_personal).transpose()?,
    };
}
