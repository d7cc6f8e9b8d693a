//! 2026: an ICB is split, others form a cluster.

use remit_domain::ClusterFormed;

use super::*;

/// Frimley is divided between three; one of them goes on with a delegation of its own, one is named
/// by a new instrument, one by none. Two other ICBs share their leadership.
async fn split() -> World {
    let world = World::with_law().await;
    let mut commands = vec![
        body("QNQ", BodyRole::Icb, "NHS Frimley ICB", "2022-07-01", "2026-04-01"),
        body("QRL", BodyRole::Icb, "NHS Hampshire and Isle of Wight ICB", "2022-07-01", ""),
        body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
        body("QVV", BodyRole::Icb, "NHS Dorset ICB", "2022-07-01", ""),
        body("S0E4D", BodyRole::Icb, "NHS Thames Valley ICB", "2026-04-01", ""),
        body("S9B9J", BodyRole::Icb, "NHS Surrey and Sussex ICB", "2026-04-01", ""),
    ];
    for successor in ["QRL", "S0E4D", "S9B9J"] {
        commands.push(succession("QNQ", successor, "2026-04-01", SuccessionKind::Split));
    }
    for icb in ["QNQ", "QRL", "QSL", "QVV"] {
        let id = format!("delegation/{icb}");
        commands.extend(s65z5(&id, (NHSE, icb), icb, &["gms-contracts"], "2022-07-01"));
    }
    world.record(commands).await;
    world.at_noon("2026-05-01");
    let of = ["gms-contracts"];
    world.record(s65z5("delegation/S9B9J", (NHSE, "S9B9J"), "S9B9J", &of, "2026-04-01")).await;
    world
        .record(vec![fact(ClusterFormed {
            name: code("Dorset and Somerset cluster"),
            bodies: bodies(&["QSL", "QVV"]),
            effective: period("2025-10-01", ""),
        })])
        .await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    let gms = "gms-contracts";
    vec![
        asked(
            "5.6",
            "An ICB is split: who would answer today for its last day?",
            (gms, "QNQ", "2026-03-31"),
            delegated_65z5("QNQ"),
        )
        .also(Also::AnsweringNow(&[("QNQ", &["QRL", "S0E4D", "S9B9J"])])),
        asked(
            "5.6",
            "And who exercises the next day, over an area that is divided?",
            (gms, "QNQ", "2026-04-01"),
            said(Unknown, "", &[], &[], &[], NONE),
        )
        .also(Also::Because(pb::UnknownReason::AreaDivided))
        .also(Also::AskInstead(&["QRL", "S0E4D", "S9B9J"])),
        asked(
            "5.6",
            "Who exercises over the part that no instrument names?",
            (gms, "S0E4D", "2026-04-01"),
            gap_of_icb(&["L0", "L7", "L9"]),
        )
        .also(Also::Predecessors(&["delegation/QNQ"])),
        asked(
            "5.6",
            "And over the part that a new instrument names?",
            (gms, "S9B9J", "2026-04-01"),
            delegated_65z5("S9B9J"),
        ),
        asked(
            "5.6",
            "Does the ICB that goes on keep its own delegation?",
            (gms, "QRL", "2026-04-01"),
            delegated_65z5("QRL"),
        )
        .also(Also::AnsweringNow(&[])),
        asked(
            "4.7",
            "Does a cluster with shared leadership exercise or answer for anything?",
            (gms, "QSL", "2026-04-01"),
            delegated_65z5("QSL"),
        )
        .also(Also::Instruments(&["delegation/QSL"]))
        .also(Also::PerformedBy(&["QSL"])),
    ]
}

#[tokio::test]
async fn an_icb_is_split() {
    ask_all(&split().await, questions()).await;
}
