//! Converts facts about bodies to and from messages.

use remit_domain::{
    Body, BodyDissolved, BodyNamed, ClusterFormed, ContractHeld, Member, Membership,
    MembershipEnded, Succession, TransferScheme,
};

use super::messages;
use crate::fields::Fields;
use crate::pb;
use crate::value::Value;

messages! {
    Body as BodyEstablished { code, role, name, legal_form, effective };
    BodyDissolved as BodyDissolved { code, role, effective_until };
    BodyNamed as BodyNamed { code, name, effective };
    Succession as SuccessionRecorded {
        predecessor, successor, effective_on, kind, by_area, by_liability, share_millionths,
    } check succession;
    TransferScheme as TransferSchemeMade {
        from, to, power, effective_on, functions, described, excepted,
    };
    Membership as MembershipStarted { member, group, relation, effective };
    MembershipEnded as MembershipEnded { member, group, relation, effective_from, effective_until };
    ContractHeld as ContractHeld { contract, holder, contract_type, effective };
    ClusterFormed as ClusterFormed { name, bodies, effective };
}

fn succession(fields: &mut Fields, wire: &pb::SuccessionRecorded) {
    if wire.share_millionths.is_some_and(|share| share > 1_000_000) {
        fields.bad("share_millionths", "must be at most 1,000,000");
    }
    if wire.by_area == 0 && wire.by_liability == 0 {
        fields.bad(
            "by_area",
            "this field or by_liability must be true: a succession is by area, by liability, or \
             both",
        );
    }
}

impl Value for Member {
    type Wire = Option<pb::Member>;

    fn read(fields: &mut Fields, field: &str, wire: &Option<pb::Member>) -> Option<Self> {
        match wire.as_ref().and_then(|member| member.member.as_ref()) {
            Some(pb::member::Member::Body(code)) => {
                fields.parse(&format!("{field}.body"), code).map(Self::Body)
            }
            Some(pb::member::Member::Contract(id)) => {
                fields.parse(&format!("{field}.contract"), id).map(Self::Contract)
            }
            None => {
                fields.bad(field, "is required: a body or a contract");
                None
            }
        }
    }

    fn write(&self) -> Option<pb::Member> {
        let member = match self {
            Self::Body(code) => pb::member::Member::Body(Value::write(code)),
            Self::Contract(id) => pb::member::Member::Contract(Value::write(id)),
        };
        Some(pb::Member { member: Some(member) })
    }
}
