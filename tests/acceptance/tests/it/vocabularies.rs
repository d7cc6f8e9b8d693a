//! The wire numbers every vocabulary from 1 in the order of the domain, under the same words.

use prost::Message;
use remit_domain::{
    BodyRole, Confidence, ContractType, EndReason, ForumKind, InstrumentKind, LegalBasis,
    LegalForm, LiableRule, Part, Reason, Relation, Stage, Start, SuccessionKind, Word,
};
use remit_grpc::{pb, render};
use remit_register::{GroundKind, LiableState, ResultKind, UnappliedKind, UnknownReason};

/// The names of an enum's values on the wire, without its prefix, by number.
fn on_wire(name: &str) -> Vec<(i32, String)> {
    let files = prost_types_set();
    let found = files
        .iter()
        .flat_map(|file| &file.enum_type)
        .find(|found| found.name() == name)
        .expect("an enum of this name");
    let prefix = found.value[0].name().strip_suffix("UNSPECIFIED").expect("zero is unspecified");
    let word = |value: &str| value.trim_start_matches(prefix).to_owned();
    found.value.iter().map(|value| (value.number(), word(value.name()))).collect()
}

fn prost_types_set() -> Vec<prost_types::FileDescriptorProto> {
    prost_types::FileDescriptorSet::decode(pb::DESCRIPTORS).expect("descriptors").file
}

fn same<W: Word + PartialEq + std::fmt::Debug>(name: &str) {
    let mut wire = on_wire(name);
    wire.remove(0);
    let domain: Vec<_> = W::ALL
        .iter()
        .map(|value| (render::word(*value), value.word().to_uppercase().replace('-', "_")))
        .collect();
    assert_eq!(wire, domain, "{name}");
}

#[test]
fn wire_and_domain_say_the_same_words() {
    same::<BodyRole>("BodyRole");
    same::<Confidence>("Confidence");
    same::<ContractType>("ContractType");
    same::<EndReason>("EndReason");
    same::<ForumKind>("ForumKind");
    same::<InstrumentKind>("InstrumentKind");
    same::<LegalBasis>("LegalBasis");
    same::<LegalForm>("LegalForm");
    same::<LiableRule>("LiableRule");
    same::<Part>("Part");
    same::<Relation>("Relation");
    same::<Stage>("Stage");
    same::<Start>("Start");
    same::<SuccessionKind>("SuccessionKind");
    same::<ResultKind>("ResultKind");
    same::<UnknownReason>("UnknownReason");
    same::<LiableState>("LiableState");
    same::<GroundKind>("GroundKind");
    same::<UnappliedKind>("UnappliedKind");
}

#[test]
fn every_refusal_has_its_reason_on_the_wire() {
    let wire: Vec<_> = on_wire("ErrorReason").into_iter().map(|(_, name)| name).collect();
    for reason in Reason::ALL {
        assert!(wire.iter().any(|name| name == reason.word()), "{reason} is not in the proto");
    }
}
