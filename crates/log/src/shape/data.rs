//! The `data` member of every event type: one struct a shape, converted by hand to and from facts.
//!
//! A released struct never changes. A new need is a new type with a new version.

mod read;
mod rules;
mod values;
mod write;

use std::sync::Arc;

use remit_domain::{
    Area, Body, BodyCode, BodyRole, Confidence, ContractId, ContractType, Correction,
    CorrectionKind, EndReason, Event, Evidence, Fact, Forum, ForumKind, Function, FunctionCode,
    Handling, HolderRule, Instrument, InstrumentId, InstrumentKind, LegalBasis, LegalForm, Member,
    Membership, Part, Personal, PersonalField, RecordId, Relation, Route, Rule, RuleContent,
    RuleId, Stage, Start, Succession, SuccessionKind, Text,
};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use rules::{RuleV1, RuleV2};
pub(crate) use values::Said;
use values::{As, CommittedV1, EvidenceV1, On, all, period, plain, said, values, words};

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

use instrument_parts;

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
