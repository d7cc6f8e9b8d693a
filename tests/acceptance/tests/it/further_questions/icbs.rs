//! ICBs: onward, jointly, on conditions.

use remit_domain::ConditionLifted;

use super::*;

/// Two ICBs with dental services, one free to pass them on to a trust; specialised services
/// jointly, and later delegated on a condition tied to an oversight segment.
async fn icbs() -> World {
    let world = World::with_law().await;
    world
        .record(vec![
            body("QSL", BodyRole::Icb, "NHS Somerset ICB", "2022-07-01", ""),
            body("QUA", BodyRole::Icb, "NHS Black Country ICB", "2022-07-01", ""),
            body("RH5", BodyRole::Trust, "Somerset NHS Foundation Trust", "2013-04-01", ""),
            body("U12345", BodyRole::Pcn, "A primary care network", "2019-07-01", ""),
        ])
        .await;
    let dental = ["primary-dental-services"];
    for icb in ["QSL", "QUA"] {
        let id = format!("dental/{icb}");
        let mut commands = s65z5(&id, (NHSE, icb), icb, &dental, "2023-04-01");
        text_of(&mut commands).onward_barred = icb == "QUA";
        world.record(commands).await;
    }
    world.record(s65z5("dental/RH5", ("QSL", "RH5"), "QSL", &dental, "2024-04-01")).await;
    let basis = (InstrumentKind::JointArrangement, LegalBasis::S65z5Jointly);
    let (of, life) = (["specialised-services-2023-list"], ("2023-04-01", ""));
    let forum = Forum { kind: ForumKind::JointCommittee, name: code("South West joint committee") };
    let parties = (NHSE, "QSL");
    world.record(instrument_for("joint/QSL", basis, parties, "QSL", &of, life, Some(forum))).await;
    let of = ["specialised-services-2025-additions"];
    world.record(s65z5("specialised/QUA", (NHSE, "QUA"), "QUA", &of, "2025-04-01")).await;
    world
        .record(vec![
            fact(condition("specialised/QUA", "oversight segment 4", "2025-04-01", &[NHSE])),
            fact(ConditionLifted {
                instrument: code("specialised/QUA"),
                condition: code("oversight segment 4"),
                effective_until: on("2025-12-01"),
                by: bodies(&[NHSE]),
            }),
        ])
        .await;
    world
}

pub(super) fn questions() -> Vec<Case> {
    let dental = "primary-dental-services";
    let joint = said(JointlyHeld, NHSE, &["QSL", NHSE], &["QSL", NHSE], &["L8"], S65z5Jointly);
    let segment = "specialised-services-2025-additions";
    vec![
        asked(
            "4.2",
            "Who is liable for what an ICB does under s.65Z5?",
            (dental, "QSL", "2024-03-31"),
            delegated_65z5("QSL"),
        )
        .also(Also::Accountable(&[("QSL", NHSE), (NHSE, SOFS)])),
        asked(
            "4.5",
            "An ICB passes the function on to a trust: who exercises and is liable?",
            (dental, "QSL", "2024-04-01"),
            delegated_65z5("RH5"),
        )
        .also(Also::Links(&["dental/QSL"]))
        .also(Also::Instruments(&["dental/RH5"]))
        .also(Also::Accountable(&[("RH5", "QSL"), ("QSL", NHSE), (NHSE, SOFS)])),
        asked(
            "4.5",
            "Does that reach another ICB's area?",
            (dental, "QUA", "2024-04-01"),
            delegated_65z5("QUA"),
        ),
        asked(
            "4.2",
            "Who is liable for joint exercise after July 2022, and how sure is that?",
            ("specialised-services-2023-list", "QSL", "2023-04-01"),
            joint,
        )
        .also(Also::LiableConfidence(pb::Confidence::Unconfirmed))
        .also(Also::Forum(pb::ForumKind::JointCommittee, "South West joint committee")),
        asked(
            "6",
            "Does a condition tied to an oversight segment change who is liable?",
            (segment, "QUA", "2025-04-01"),
            delegated_65z5("QUA"),
        )
        .also(Also::Conditions(&["oversight segment 4"])),
        asked(
            "6",
            "And once the condition is lifted?",
            (segment, "QUA", "2025-12-01"),
            delegated_65z5("QUA"),
        )
        .also(Also::Conditions(&[])),
    ]
}

pub(super) fn refusals() -> Vec<Refused> {
    let dental = ["primary-dental-services"];
    let gms = ["gms-contracts"];
    let s13z = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    let s13yb = (InstrumentKind::Direction, LegalBasis::S13yb);
    vec![
        refused(
            "4.5",
            "May an ICB pass on what its terms forbid it to pass on?",
            s65z5("onward/QUA", ("QUA", "RH5"), "QUA", &dental, "2024-04-01"),
            "ONWARD_FORBIDDEN",
        ),
        refused(
            "4.5",
            "May a primary care network receive a function by delegation?",
            s65z5("onward/pcn", ("QSL", "U12345"), "QSL", &gms, "2024-04-01"),
            "BODY_MAY_NOT_RECEIVE",
        ),
        refused(
            "4.5",
            "May an ICB pass on a function that it never had?",
            s65z5("onward/gms", ("QSL", "RH5"), "QSL", &gms, "2024-04-01"),
            "TITLE_MISSING",
        ),
        refused(
            "4.2",
            "May an ICB receive under s.13Z, repealed on 1 July 2022?",
            instrument("s13z/QSL", s13z, (NHSE, "QSL"), &gms, ("2022-07-01", "")),
            "BODY_MAY_NOT_RECEIVE",
        ),
        refused(
            "4.2",
            "May NHS England direct an ICB under s.13YB before it is commenced?",
            instrument("s13yb/QSL", s13yb, (NHSE, "QSL"), &gms, ("2023-03-31", "")),
            "RULE_MISSING",
        ),
        refused(
            "5.2",
            "Does a delegation to an ICB begin on 1 October?",
            s65z5("gms/QSL", (NHSE, "QSL"), "QSL", &gms, "2023-10-01"),
            "START_FORBIDDEN",
        ),
    ]
}

#[tokio::test]
async fn icbs_onward_jointly_and_on_conditions() {
    let world = icbs().await;
    ask_all(&world, questions()).await;
    try_all(&world, refusals()).await;
}
