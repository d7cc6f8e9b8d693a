//! The law as audited in November 2026: two ways from NHS England to an ICB, partnerships, public
//! health, and who stands beside those that an answer names.

use super::*;
use pb::Capacity::{ContractParty, DecisionMaker, EntitledToo, SuableToo};

/// A CCG with a delegation; its ICB, directed and in partnership with a council; and a CCG without
/// any arrangement.
async fn audited() -> World {
    let world = World::with_law().await;
    let route = |basis| Route { basis, confidence: Confidence::Confirmed };
    let holder = |code_of: &str| HolderRule::Body(code(code_of));
    world
        .record(vec![
            ccg("11X", "NHS Somerset CCG", "2013-04-01", "2022-07-01"),
            ccg("11M", "NHS Gloucestershire CCG", "2013-04-01", "2022-07-01"),
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            body("RH5", BodyRole::Trust, "Somerset Foundation Trust", "2013-04-01", ""),
            body("908", BodyRole::LocalAuthority, "Somerset Council", "2013-04-01", ""),
            function(
                "sexual-health",
                holder(SOFS),
                ("2013-04-01", ""),
                vec![route(LegalBasis::S6c)],
            ),
        ])
        .await;
    for commands in instruments() {
        world.record(commands).await;
    }
    world
}

fn instruments() -> Vec<Vec<Command>> {
    let direction = |basis| (InstrumentKind::Direction, basis);
    let s75 = (InstrumentKind::Delegation, LegalBasis::S75);
    let joint = (InstrumentKind::JointArrangement, LegalBasis::S13zJointly);
    vec![
        delegation("11X", &["gms-contracts"], "2019-04-01"),
        instrument("joint/11M", joint, (NHSE, "11M"), &["gms-contracts"], ("2015-04-01", "")),
        instrument_for(
            "s13yb/QSL",
            direction(LegalBasis::S13yb),
            (NHSE, "QSL"),
            "QSL",
            &["primary-dental-services", "gms-contracts"],
            ("2023-04-01", ""),
            None,
        ),
        instrument_for(
            "s7b/QSL",
            direction(LegalBasis::S7b),
            (SOFS, "QSL"),
            "QSL",
            &["vaccination-services"],
            ("2022-07-01", ""),
            None,
        ),
        instrument_for(
            "s6c/QSL",
            direction(LegalBasis::S6c),
            (SOFS, "908"),
            "QSL",
            &["sexual-health"],
            ("2022-07-01", ""),
            None,
        ),
        instrument_for(
            "onward/QSL",
            (InstrumentKind::Delegation, LegalBasis::S65z5),
            ("QSL", "RH5"),
            "QSL",
            &["gms-contracts"],
            ("2024-04-01", ""),
            None,
        ),
        instrument_for(
            "s75/QSL",
            s75,
            ("QSL", "908"),
            "QSL",
            &["icb-own-commissioning"],
            ("2022-07-01", ""),
            None,
        ),
    ]
}

pub(super) fn questions() -> Vec<Case> {
    [ccgs(), icbs()].into_iter().flatten().collect()
}

fn ccgs() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "4.2",
            "Whom may a claimant join for what a delegated CCG decided?",
            (gms, "11X", "2019-06-01"),
            delegated("11X"),
        )
        .also(Also::Capacities(&[
            (EntitledToo, &[NHSE]),
            (SuableToo, &["11X"]),
            (DecisionMaker, &["11X"]),
            (ContractParty, &[NHSE]),
        ])),
        asked(
            "4.2",
            "And under a joint committee?",
            (gms, "11M", "2016-04-01"),
            said(JointlyHeld, NHSE, &["11M", NHSE], &[NHSE], &["L2"], S13zJointly),
        )
        .also(Also::Capacities(&[
            (SuableToo, &["11M"]),
            (DecisionMaker, &["11M", NHSE]),
            (ContractParty, &[NHSE]),
        ])),
        asked(
            "4.1",
            "Who is party to a contract where nothing is arranged?",
            (gms, "11X", "2014-06-01"),
            not_delegated(),
        )
        .also(Also::Capacities(&[(DecisionMaker, &[NHSE]), (ContractParty, &[NHSE])])),
        asked(
            "4.7",
            "Who is liable for public health where no arrangement is recorded?",
            ("gp-contract-disputes", "11X", "2016-04-01"),
            said(NotDelegated, SOFS, &[SOFS], &[SOFS], &["L0"], NoArrangement),
        ),
        asked(
            "4.7",
            "Does NHS England answer for 2012?",
            (gms, "11X", "2012-06-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .also(Also::Because(pb::UnknownReason::PlaceNotYetInBeing)),
    ]
}

fn icbs() -> Vec<Case> {
    let jabs = "vaccination-services";
    vec![
        asked(
            "4.2",
            "Who exercises and is liable under a direction of 1 April 2023?",
            ("primary-dental-services", "QSL", "2023-04-01"),
            said(Held, NHSE, &["QSL"], &["QSL"], &["L9"], S13yb),
        )
        .also(Also::Confidence(pb::Confidence::Confirmed))
        .also(Also::Capacities(&[(EntitledToo, &[NHSE]), (DecisionMaker, &["QSL"])])),
        asked(
            "4.2",
            "Was there such a direction the day before?",
            ("primary-dental-services", "QSL", "2023-03-31"),
            said(Unknown, NHSE, &[], &[], &["L0", "L7"], NONE),
        )
        .also(Also::Capacities(&[])),
        asked(
            "4.2",
            "Who is liable where the Secretary of State directs an ICB?",
            (jabs, "QSL", "2022-07-01"),
            said(Held, SOFS, &["QSL"], &["QSL"], &["L11"], S7b),
        )
        .also(Also::Capacities(&[(EntitledToo, &[SOFS]), (DecisionMaker, &["QSL"])])),
        asked(
            "4.2",
            "And where regulations have a council take the steps?",
            ("sexual-health", "QSL", "2022-07-01"),
            said(Held, SOFS, &["908"], &["908"], &["L12"], S6c),
        )
        .also(Also::Capacities(&[(EntitledToo, &[SOFS]), (DecisionMaker, &["908"])])),
        asked(
            "4.2",
            "Who is liable in a partnership with a council?",
            ("icb-own-commissioning", "QSL", "2024-01-01"),
            said(Held, "QSL", &["908"], &["QSL"], &["L13"], S75),
        )
        .also(Also::Capacities(&[(SuableToo, &["908"]), (DecisionMaker, &["908"])])),
        asked(
            "4.2",
            "Does who directed stay entitled when the ICB has passed it on?",
            ("gms-contracts", "QSL", "2024-04-01"),
            said(Held, NHSE, &["RH5"], &["RH5"], &["L7"], S65z5),
        )
        .also(Also::Links(&["s13yb/QSL"]))
        .also(Also::Capacities(&[
            (EntitledToo, &["QSL"]),
            (EntitledToo, &[NHSE]),
            (DecisionMaker, &["RH5"]),
            (ContractParty, &[NHSE]),
        ])),
    ]
}

#[tokio::test]
async fn the_law_as_audited() {
    ask_all(&audited().await, questions()).await;
}
