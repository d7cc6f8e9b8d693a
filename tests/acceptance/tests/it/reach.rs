//! An agreement that lists contracts: what it reaches is what it says, not what the map says.

use acceptance::{World, body, ccg, code, fact, fields, instrument, on, period, practice, reason};
use remit_domain::{BodyRole, Command, ContractHeld, ContractType, InstrumentKind, LegalBasis};
use remit_grpc::{pb, render};

use crate::further_questions::text_of;

const LISTED: &str = "L82001/GMS-1";
const OTHER: &str = "L82002/PMS-1";

fn contract(id: &str, contract_type: ContractType) -> Command {
    let holder = code(id.split('/').next().expect("a practice"));
    let effective = period("2013-04-01", "");
    fact(ContractHeld { contract: code(id), holder, contract_type, effective })
}

/// A delegation of NHS England to `ccg` of what these contracts are about.
fn listing(id: &str, ccg: &str, contracts: &[&str]) -> Vec<Command> {
    let of = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    let mut commands = instrument(id, of, ("X24", ccg), &["gms-contracts"], ("2015-04-01", ""));
    text_of(&mut commands).contracts = contracts.iter().map(|id| code(id)).collect();
    commands
}

#[tokio::test]
async fn an_agreement_reaches_the_contracts_that_it_lists() {
    let world = World::with_law().await;
    let mut commands = vec![
        ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
        ccg("15N", "NHS Devon CCG", "2013-04-01", "2022-07-01"),
        body("L82001", BodyRole::Practice, "A practice", "2013-04-01", ""),
        body("L82002", BodyRole::Practice, "Another", "2013-04-01", ""),
        contract(LISTED, ContractType::Gms),
        contract(OTHER, ContractType::Pms),
        practice("L82001", "11X", "2013-04-01", "2018-04-01"),
        practice("L82001", "15N", "2018-04-01", "2022-07-01"),
        practice("L82002", "11X", "2013-04-01", "2022-07-01"),
    ];
    commands.extend(listing("listing/11X", "11X", &[LISTED]));
    world.record(commands).await;
    // Before and after its practice moves to another CCG, who exercises for the contract is the
    // same.
    for day in ["2016-04-01", "2018-04-01"] {
        for place in [LISTED, "L82001"] {
            let answer = world.ask("gms-contracts", place, day).await;
            assert_eq!(answer.kind(), pb::ResultKind::Held, "{place} on {day}: {answer:?}");
            assert_eq!(
                (answer.area.as_str(), &answer.exercisers[..]),
                ("11X", &["11X".into()][..])
            );
        }
    }
    let other = world.ask("gms-contracts", OTHER, "2016-04-01").await;
    assert_eq!(other.unknown(), pb::UnknownReason::NoEvidence);
    let whole = world.ask("gms-contracts", "11X", "2016-04-01").await;
    assert_eq!(whole.unknown(), pb::UnknownReason::ReachesPart);
    assert_eq!((whole.holder.as_str(), &whole.ask_instead[..]), ("X24", &[LISTED.into()][..]));
    // The directory shows the list, and a statement proves the answer that rests on it.
    let request = pb::GetInstrumentRequest { id: "listing/11X".into(), ..Default::default() };
    let reply = world.directory().get_instrument(request).await.expect("known").into_inner();
    let drawn = reply.instrument.and_then(|of| of.instrument).expect("drawn");
    assert_eq!(drawn.contracts, [LISTED]);
    let question = pb::WhoHoldsRequest {
        function: "gms-contracts".into(),
        place: LISTED.into(),
        effective_on: Some(render::date(on("2018-04-01"))),
        ..Default::default()
    };
    let statement = world.statement(question).await;
    assert!(
        statement.events.iter().any(|event| event.contains("\"contracts\":[\"L82001/GMS-1\"]"))
    );
    // A second CCG can be given what is not listed, and not what is.
    world.record(listing("listing/15N", "15N", &[OTHER])).await;
    let moved = world.ask("gms-contracts", OTHER, "2016-04-01").await;
    assert_eq!(moved.exercisers, ["15N"]);
    let typo = listing("typo", "11X", &["L82001/GMS-9"]).swap_remove(0);
    let refused = world.try_record(vec![typo]).await;
    let status = refused.expect_err("not recorded");
    assert_eq!(reason(&status), "CONTRACT_UNKNOWN");
    assert_eq!(fields(&status), ["commands[0].instrument_drawn.contracts[0]"]);
}
