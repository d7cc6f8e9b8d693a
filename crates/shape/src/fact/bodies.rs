//! The shapes of facts about bodies.

use remit_domain::{
    Body, BodyCode, BodyDissolved, BodyFact, BodyNamed, ClusterFormed, ContractHeld, ContractId,
    Member, Membership, MembershipEnded, Succession, TransferScheme,
};

use super::shapes;
use crate::object::tagged;

shapes! {
    BodyFact;
    BodyEstablished(Body) "body-established.v1" {
        code, role, name, legal_form: optional, effective: period,
    }
    BodyDissolved(BodyDissolved) "body-dissolved.v1" { code, role, effective_until }
    BodyNamed(BodyNamed) "body-named.v1" { code, name, effective: period }
    SuccessionRecorded(Succession) "succession-recorded.v1" {
        predecessor, successor, effective_on, kind,
        by_area: optional, by_liability: optional, share_millionths: optional,
    }
    TransferSchemeMade(TransferScheme) "transfer-scheme-made.v1" {
        from, to, power, effective_on, functions: optional, described: optional,
        excepted: optional,
    }
    MembershipStarted(Membership) "membership-started.v1" {
        member, group, relation, effective: period,
    }
    MembershipEnded(MembershipEnded) "membership-ended.v1" {
        member, group, relation, effective_from, effective_until,
    }
    ContractHeld(ContractHeld) "contract-held.v1" {
        contract, holder, contract_type, effective: period,
    }
    ClusterFormed(ClusterFormed) "cluster-formed.v1" { name, bodies, effective: period }
}

tagged! { Member { Body(BodyCode) as "body", Contract(ContractId) as "contract" } }
