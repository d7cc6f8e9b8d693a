//! Every stored shape ever released, pinned byte for byte.
//!
//! A file of `tests/golden/` is what a release wrote. It must be read for ever, and as long as its
//! shape is current it is what is written. `REMIT_BLESS=1` writes the files of shapes that have none.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

use std::path::PathBuf;
use std::str::FromStr;

use remit_domain::{
    Area, Body, BodyRole, Confidence, ContractType, Correction, CorrectionKind, Day, EndReason,
    Event, Evidence, Fact, Forum, ForumKind, Function, Handling, HolderRule, Instrument,
    InstrumentKind, LegalBasis, LegalForm, LiableRule, Member, Membership, Part, Party, Period,
    Personal, PersonalField, Relation, Route, Rule, RuleContent, Stage, Start, State, Step,
    Succession, SuccessionKind, parse_day,
};
use remit_log::shape::{Again, Encoded, Encoder, GroupMark, Parked, Stamp};
use remit_log::{Beside, DeskAct, DeskEvent, Draft, Recorded, ShapeError, shape};

fn of<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well-formed")
}

fn day(text: &str) -> Day {
    parse_day(text).expect("a day")
}

fn period() -> Period {
    Period::new(day("2015-04-01"), Some(day("2022-07-01"))).expect("a period")
}

fn rule(id: &str, effective: Option<Period>, content: RuleContent) -> Fact {
    Fact::RuleEnacted(Rule {
        id: of(id),
        effective,
        content,
        text: of("What it says."),
        citation: of("2006 Act"),
        confidence: Confidence::Unconfirmed,
    })
}

fn forum() -> Forum {
    Forum { kind: ForumKind::JointCommittee, name: of("Joint committee") }
}

fn interest() -> Fact {
    Fact::InterestDeclared {
        office: of("GP member, north"),
        body: of("05G"),
        interest: of("financial"),
        concerns: of("M83001"),
        aware_on: day("2016-04-01"),
        declared_on: day("2016-04-20"),
        note: Some(of("A note")),
    }
}

fn corrected(kind: CorrectionKind, about: Option<u64>, fact: Option<Fact>) -> Fact {
    Fact::Corrected(Correction {
        kind,
        about,
        authority: of("the contracts register"),
        reason: of("mis-keyed"),
        fact: fact.map(Box::new),
    })
}

/// One fact of every kind, with every optional part, and again with none where that differs.
fn facts() -> Vec<(&'static str, Fact)> {
    let function = |holder, reserved, routes| {
        Fact::FunctionCatalogued(Function {
            code: of("qof"),
            name: of("Quality and Outcomes Framework"),
            effective: period(),
            holder,
            basis: of("s.87 directions"),
            reserved,
            routes,
            part: Part::Whole,
            confidence: Confidence::Derived,
            citation: of("reference 3.2"),
            note: Some(of("a note")),
        })
    };
    let instrument = |area, forum: Option<Forum>| {
        let some = forum.is_some();
        Fact::InstrumentDrawn(Instrument {
            id: of("joint/08K"),
            kind: InstrumentKind::JointArrangement,
            basis: LegalBasis::S13zJointly,
            title: of("Joint commissioning"),
            given_by: vec![of("X24")],
            given_to: vec![of("08K")],
            functions: vec![of("qof"), of("gms-contracts")],
            area,
            forum,
            conditions: if some { vec![of("a condition")] } else { Vec::new() },
            loss_exceptions: if some { vec![of("fraud")] } else { Vec::new() },
            onward_barred: false,
        })
    };
    let body = |legal_form, effective| {
        Fact::BodyEstablished(Body {
            code: of("08K"),
            role: BodyRole::Ccg,
            name: of("NHS \"Lambeth\" CCG é"),
            legal_form,
            effective,
        })
    };
    let bases = || vec![LegalBasis::S13zBy, LegalBasis::S13zJointly];
    vec![
        ("body-established", body(Some(LegalForm::Statutory), period())),
        ("body-established-open", body(None, Period::open(day("2013-04-01")))),
        (
            "body-dissolved",
            Fact::BodyDissolved {
                code: of("08K"),
                role: BodyRole::Ccg,
                effective_until: day("2020-04-01"),
            },
        ),
        (
            "body-named",
            Fact::BodyNamed { code: of("X24"), name: of("NHS England"), effective: period() },
        ),
        (
            "succession-recorded",
            Fact::SuccessionRecorded(Succession {
                predecessor: of("03G"),
                successor: of("15F"),
                effective_on: day("2018-04-01"),
                kind: SuccessionKind::Merger,
                by_area: Some(Confidence::Confirmed),
                by_liability: Some(Confidence::Unconfirmed),
                share_millionths: Some(182_042),
            }),
        ),
        (
            "membership-started",
            Fact::MembershipStarted(Membership {
                member: Member::Body(of("A81001")),
                group: of("00K"),
                relation: Relation::PracticeOfCommissioner,
                effective: period(),
            }),
        ),
        (
            "membership-started-contract",
            Fact::MembershipStarted(Membership {
                member: Member::Contract(of("A81001/GMS-1")),
                group: of("00K"),
                relation: Relation::PracticeOfCommissioner,
                effective: Period::open(day("2013-04-01")),
            }),
        ),
        (
            "membership-ended",
            Fact::MembershipEnded {
                member: Member::Body(of("A81001")),
                group: of("00K"),
                relation: Relation::PracticeOfCommissioner,
                effective_from: day("2013-04-01"),
                effective_until: day("2020-04-01"),
            },
        ),
        (
            "contract-held",
            Fact::ContractHeld {
                contract: of("A81001/GMS-1"),
                holder: of("A81001"),
                contract_type: ContractType::Gms,
                effective: period(),
            },
        ),
        (
            "function-catalogued",
            function(
                HolderRule::Body(of("X24")),
                false,
                vec![Route { basis: LegalBasis::S13zBy, confidence: Confidence::Confirmed }],
            ),
        ),
        ("function-catalogued-own", function(HolderRule::Commissioner, true, Vec::new())),
        (
            "rule-enacted-liability-v2",
            rule(
                "L1",
                Some(period()),
                RuleContent::Liability { bases: bases(), liable: LiableRule::Holder },
            ),
        ),
        (
            "rule-enacted-receiving-v2",
            rule(
                "receive",
                Some(Period::open(day("2013-04-01"))),
                RuleContent::Receiving { bases: bases(), roles: vec![BodyRole::Ccg] },
            ),
        ),
        (
            "rule-enacted-notice-v2",
            rule(
                "notice",
                None,
                RuleContent::Notice { bases: bases(), last: (9, 30), ends: (4, 1) },
            ),
        ),
        (
            "rule-enacted-continuity-v2",
            rule(
                "continuity",
                Some(period()),
                RuleContent::Continuity {
                    basis: LegalBasis::S98a,
                    from: BodyRole::Ccg,
                    to: BodyRole::Icb,
                },
            ),
        ),
        (
            "rule-enacted-giving-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Giving { bases: bases(), roles: vec![BodyRole::NhsEngland] },
            ),
        ),
        (
            "rule-enacted-onward-v2",
            rule("a-rule", Some(period()), RuleContent::Onward { bases: bases() }),
        ),
        (
            "rule-enacted-transition-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Transition {
                    bases: bases(),
                    step: Step::Apply,
                    from: vec![State::Drawn, State::InterestExpressed],
                    by: vec![Party::Receiver],
                },
            ),
        ),
        (
            "rule-enacted-window-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Window { bases: bases(), step: Step::Apply, last: day("2015-01-09") },
            ),
        ),
        (
            "rule-enacted-commencement-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Commencement {
                    bases: bases(),
                    giver: BodyRole::NhsEngland,
                    days: vec![(4, 1), (7, 1)],
                },
            ),
        ),
        (
            "rule-enacted-vesting-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::Vesting {
                    functions: vec![of("qof")],
                    role: BodyRole::Icb,
                    ends: vec![LegalBasis::S65z5],
                },
            ),
        ),
        (
            "rule-enacted-read-across-v2",
            rule(
                "a-rule",
                Some(period()),
                RuleContent::ReadAcross { from: BodyRole::Ccg, to: BodyRole::Icb },
            ),
        ),
        ("instrument-drawn-v2", instrument(Area::Of(vec![of("08K")]), Some(forum()))),
        ("instrument-drawn-england-v2", instrument(Area::England, None)),
        ("instrument-varied", {
            let Fact::InstrumentDrawn(mut text) = instrument(Area::England, Some(forum())) else {
                unreachable!("a text")
            };
            text.onward_barred = true;
            let by = vec![of("X24"), of("08K")];
            Fact::InstrumentVaried { instrument: text, effective_from: day("2016-04-01"), by }
        }),
        (
            "condition-attached",
            Fact::ConditionAttached {
                instrument: of("joint/08K"),
                condition: of("a condition"),
                effective_from: day("2016-04-01"),
                by: vec![of("X24")],
            },
        ),
        (
            "condition-lifted",
            Fact::ConditionLifted {
                instrument: of("joint/08K"),
                condition: of("a condition"),
                effective_until: day("2016-07-01"),
                by: vec![of("X24")],
            },
        ),
        ("rule-commenced", Fact::RuleCommenced { rule: of("L9"), effective: period() }),
        ("rule-ended", Fact::RuleEnded { rule: of("L9"), effective_until: day("2027-04-01") }),
        (
            "function-ended",
            Fact::FunctionEnded { function: of("qof"), effective_until: day("2027-04-01") },
        ),
        (
            "cluster-formed",
            Fact::ClusterFormed {
                name: of("North cluster"),
                bodies: vec![of("QE1"), of("QYG")],
                effective: Period::open(day("2025-10-01")),
            },
        ),
        (
            "recorded-late",
            corrected(
                CorrectionKind::RecordedLate,
                None,
                Some(Fact::RuleCommenced { rule: of("L9"), effective: period() }),
            ),
        ),
        ("error-corrected", corrected(CorrectionKind::ErrorCorrected, Some(17), None)),
        (
            "error-corrected-instead",
            corrected(
                CorrectionKind::ErrorCorrected,
                Some(17),
                Some(Fact::RuleEnded { rule: of("L9"), effective_until: day("2027-04-01") }),
            ),
        ),
        (
            "effect-backdated",
            corrected(
                CorrectionKind::EffectBackdated,
                Some(17),
                Some(Fact::RuleEnded { rule: of("L9"), effective_until: day("2027-04-01") }),
            ),
        ),
        (
            "instrument-advanced-v2",
            Fact::InstrumentAdvanced {
                instrument: of("joint/08K"),
                stage: Stage::Executed,
                by: vec![of("X24"), of("08K")],
            },
        ),
        (
            "instrument-in-force",
            Fact::InstrumentInForce {
                instrument: of("joint/08K"),
                effective: period(),
                start: Start::ApprovalOnly,
            },
        ),
        (
            "instrument-ended-v2",
            Fact::InstrumentEnded {
                instrument: of("joint/08K"),
                effective_until: day("2017-04-01"),
                reason: EndReason::Superseded,
                by: Vec::new(),
            },
        ),
        (
            "notice-given",
            Fact::NoticeGiven {
                instrument: of("delegation/02R"),
                given_by: of("02R"),
                given_on: day("2016-10-15"),
                ends_on: day("2018-04-01"),
                rule: of("notice-s13z"),
            },
        ),
        (
            "work-performed",
            Fact::WorkPerformed {
                instrument: of("delegation/QUA/dental"),
                performer: of("Y60"),
                functions: vec![of("primary-dental-services")],
                effective: period(),
            },
        ),
        (
            "level-not-held",
            Fact::LevelNotHeld {
                body: of("07T"),
                bases: bases(),
                functions: vec![of("qof")],
                effective: period(),
            },
        ),
        (
            "expectation-stated",
            Fact::ExpectationStated {
                function: of("complaints-primary-care"),
                area: of("02W"),
                expected: of("02W"),
                effective_from: day("2015-04-01"),
                nature: of("policy statement"),
            },
        ),
        (
            "fund-opened",
            Fact::FundOpened {
                fund: of("federating"),
                funders: vec![of("05G"), of("05W")],
                amount_pence: 30_000_000,
                per_patient_pence: 60,
                effective: period(),
            },
        ),
        (
            "support-paid",
            Fact::SupportPaid {
                fund: of("federating"),
                payment: of("1"),
                payer: of("05G"),
                recipient: of("M83001"),
                paid_on: day("2016-06-01"),
                patients: 8_000,
                amount_pence: 480_000,
                power: Some(of("discretionary-payments")),
            },
        ),
        ("interest-declared-v2", interest()),
        ("recorded-late-interest", corrected(CorrectionKind::RecordedLate, None, Some(interest()))),
        (
            "field-redacted",
            Fact::FieldRedacted {
                about: 4_700,
                field: PersonalField::Handled(2),
                reason: of("erasure asked for"),
                authority: of("data protection officer"),
            },
        ),
        (
            "decision-taken-v2",
            Fact::DecisionTaken {
                body: of("05G"),
                forum: forum(),
                fund: of("federating"),
                payment: of("1"),
                decided_on: day("2016-05-20"),
                quorate: true,
                handled: vec![Handling { office: of("GP member, north"), way: of("leaves") }],
                note: Some(of("A note")),
            },
        ),
    ]
}

fn recorded(fact: Fact) -> Recorded {
    let evidence = Evidence {
        source: of("A source"),
        url: Some(of("https://www.legislation.gov.uk/ukpga/2006/41")),
        made_on: Some(day("2015-03-25")),
        confidence: Confidence::Confirmed,
        // What may name a person lies with the fact.
        note: fact.note().is_none().then(|| of("A note")),
    };
    Recorded {
        position: 4_711,
        recorded_at: 1_427_846_400_123_456,
        request_id: of("golden"),
        actor: of("contracts desk"),
        acting_for: of("X24"),
        event: Event { fact, evidence: std::sync::Arc::new(evidence) },
    }
}

fn written(recorded: &Recorded) -> Encoded {
    let Recorded { position, recorded_at, request_id, actor, acting_for, event } = recorded.clone();
    let stamp = Stamp { position, recorded_at, request_id: &request_id };
    let draft = Draft { event, actor, acting_for };
    Encoder::salted("golden-log", || Ok([7; 32])).encode(&stamp, &draft).expect("salts")
}

/// What the bytes say with what lies beside them.
fn told(mut recorded: Recorded, encoded: Encoded) -> Recorded {
    let mut beside = Beside::default();
    beside.lay(encoded.beside);
    beside.meet(recorded.position, &mut recorded.event.fact).expect("what was committed to");
    beside.finish(|_| Ok(Vec::new())).expect("all of it");
    recorded
}

fn path(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    dir.join("tests/golden").join(format!("{name}.json"))
}

#[test]
fn every_shape_is_written_and_read_as_it_was_released() {
    let mut types: Vec<String> = Vec::new();
    for (name, fact) in facts() {
        let recorded = recorded(fact);
        types.push(shape::event_type(&recorded.event));
        let encoded = written(&recorded);
        let bytes = encoded.text.as_bytes();
        if !recorded.event.fact.personal().is_empty() {
            assert!(!encoded.text.contains("GP member"), "{name}: {}", encoded.text);
            assert!(!encoded.text.contains("A note"), "{name}: {}", encoded.text);
        }
        let path = path(name);
        if std::env::var_os("REMIT_BLESS").is_some() && !path.exists() {
            std::fs::write(&path, bytes).expect("written");
        }
        let golden = std::fs::read(&path).unwrap_or_else(|_| panic!("no golden file for {name}"));
        assert_eq!(encoded.text, String::from_utf8_lossy(&golden), "{name}");
        let read = shape::decode(4_711, &golden).map(|read| told(read, encoded));
        assert_eq!(read, Ok(recorded), "{name}");
    }
    // Shapes that are no longer written are read: what they could not say is not said.
    for (name, fact) in facts() {
        let Some(earlier) = name.strip_suffix("-v2") else { continue };
        let Ok(golden) = std::fs::read(path(earlier)) else { continue };
        let mut recorded = recorded(fact);
        match &mut recorded.event.fact {
            Fact::InstrumentAdvanced { by, .. } | Fact::InstrumentEnded { by, .. } => by.clear(),
            _ => {}
        }
        for (_, personal) in recorded.event.fact.personal_mut() {
            *personal = Personal::InTheClear(personal.text().expect("told").clone());
        }
        assert_eq!(shape::decode(4_711, &golden), Ok(recorded.clone()), "{earlier}");
        types.push(shape::event_type(&recorded.event).replace(".v2", ".v1"));
    }
    types.sort();
    types.dedup();
    let mut known = shape::event_types();
    known.sort();
    assert_eq!(types, known, "every shape this release knows has a golden file");
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    let golden = std::fs::read_to_string(path("body-named")).expect("a golden file");
    let newer = golden.replace("body-named.v1", "body-named.v2");
    let refused = shape::decode(4_711, newer.as_bytes()).expect_err("a newer shape");
    let named = "uk.nhs.remit.body-named.v2".to_owned();
    assert_eq!(refused, ShapeError::UnknownShape { position: 4_711, event_type: named });
    assert!(refused.to_string().contains("use the release that wrote it"), "{refused}");
    for (what, text) in [
        ("a field more", golden.replace("\"name\":", "\"nickname\":\"x\",\"name\":")),
        ("a field less", golden.replace("\"name\":\"NHS England\",", "")),
        ("an attribute more", golden.replace("\"actor\":", "\"auditor\":\"x\",\"actor\":")),
        ("an empty period", golden.replace("2022-07-01", "2015-04-01")),
        ("a word of no vocabulary", golden.replace("confirmed", "certain")),
        ("another position", golden.replace("\"position\":4711", "\"position\":4712")),
        ("a code of no shape", golden.replace("\"code\":\"X24\"", "\"code\":\"x24\"")),
        ("half of it", golden[..golden.len() / 2].to_owned()),
        ("more than it", format!("{golden}{{}}")),
        ("nothing", String::new()),
    ] {
        assert_ne!(text, golden, "{what}: the case changes something");
        let refused = shape::decode(4_711, text.as_bytes()).expect_err(what);
        assert!(matches!(refused, ShapeError::Malformed { position: 4_711, .. }), "{what}");
    }
}

/// One act of every kind.
fn acts() -> Vec<(&'static str, DeskAct)> {
    let (group, pin) = (of("finance"), of("claim-17"));
    vec![
        (
            "group-created",
            DeskAct::GroupCreated {
                group: of("finance"),
                filter: "type=instrument-* area=QSL".to_owned(),
                after: 36_586,
            },
        ),
        ("group-deleted", DeskAct::GroupDeleted { group: of("finance") }),
        ("event-replayed", DeskAct::EventReplayed { group: of("finance"), position: 4_711 }),
        (
            "event-discarded",
            DeskAct::EventDiscarded { group, position: 4_711, reason: of("entered by hand") },
        ),
        (
            "answer-pinned",
            DeskAct::AnswerPinned {
                pin: of("claim-17"),
                function: of("qof"),
                place: "A81001".to_owned(),
                effective_on: day("2019-04-01"),
                known_at: 36_586,
                note: Some(of("letter of claim")),
            },
        ),
        ("answer-unpinned", DeskAct::AnswerUnpinned { pin }),
        ("load-begun", DeskAct::LoadBegun { load: of("england") }),
        ("load-ended", DeskAct::LoadEnded { load: of("england") }),
    ]
}

#[test]
fn every_act_is_written_and_read_as_it_was_released() {
    for (name, act) in acts() {
        let event = DeskEvent {
            sequence: 17,
            recorded_at: 1_795_305_600_123_456,
            actor: of("finance system"),
            act,
        };
        let text = shape::encode_act("golden", &event);
        let path = path(name);
        if std::env::var_os("REMIT_BLESS").is_some() && !path.exists() {
            std::fs::write(&path, &text).expect("written");
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {name}"));
        assert_eq!(text, golden, "{name}");
        assert_eq!(shape::decode_act(17, &golden), Ok(event), "{name}");
        let newer = golden.replace(".v1", ".v9");
        let refused = shape::decode_act(17, &newer).expect_err("a newer shape");
        assert!(matches!(refused, ShapeError::UnknownShape { position: 17, .. }), "{refused}");
        for broken in
            [golden.replace("\"data\":{", "\"data\":{\"x\":1,"), golden.replace("17,", "18,")]
        {
            let refused = shape::decode_act(17, &broken).expect_err("broken");
            assert!(matches!(refused, ShapeError::Malformed { position: 17, .. }), "{refused}");
        }
    }
}

#[test]
fn the_mark_of_a_group_is_written_and_read_as_it_was_released() {
    let mark = GroupMark {
        floor: 36_586,
        done: vec![36_590, 36_593],
        parked: vec![Parked {
            position: 36_588,
            subject: "delegation/QSL/dental".to_owned(),
            reason: "no such cost centre".to_owned(),
            member: "desk-1".to_owned(),
            attempts: 5,
        }],
        again: vec![Again { subject: "11X".to_owned(), after: 4_711, until: 36_586 }],
    };
    let text = shape::encode_mark(&mark);
    let path = path("group-mark");
    if std::env::var_os("REMIT_BLESS").is_some() && !path.exists() {
        std::fs::write(&path, &text).expect("written");
    }
    let golden = std::fs::read_to_string(&path).expect("a golden file");
    assert_eq!(text, golden);
    assert_eq!(shape::decode_mark(&golden), Ok(mark));
    for broken in [golden.replace("floor", "flour"), golden[..20].to_owned(), String::new()] {
        let refused = shape::decode_mark(&broken).expect_err("broken");
        assert!(matches!(refused, ShapeError::Malformed { .. }), "{refused}");
    }
}
