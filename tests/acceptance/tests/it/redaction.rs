//! What named a person and was redacted is gone, and whatever was proved before stays proved.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use acceptance::{World, body, ccg, code, fact, fields, known_at, on, period, reason, ticking};
use remit_domain::{
    Act, BodyRole, Command, Correction, CorrectionKind, DecisionTaken, Evidence, Fact,
    FieldRedacted, Forum, ForumKind, FundOpened, Handling, InterestDeclared, Personal,
    PersonalField, Position, SupportPaid,
};
use remit_grpc::{command, pb, render};
use remit_ledger::{Checkpoint, Hash, VerifierKey, tree};
use remit_log::Log;
use remit_shape::{commitment, decode};
use remit_stores::SqliteStore;
use sha2::{Digest, Sha256};

const NAME: &str = "GP member, north: the only one there is";
const OTHER: &str = "GP member, south";
const NOTE: &str = "the partner of the said member of the north";

fn noted(command: Command, made_on: &str, note: Option<&str>) -> Command {
    let evidence = Evidence {
        made_on: Some(on(made_on)),
        note: note.map(code),
        ..Evidence::clone(&command.evidence)
    };
    Command { evidence: evidence.into(), ..command }
}

fn interest(office: &str) -> Command {
    fact(InterestDeclared {
        office: code(office),
        body: code("05G"),
        interest: code("financial: partner"),
        concerns: code("M83001"),
        aware_on: on("2016-04-01"),
        declared_on: on("2016-04-20"),
        note: None,
    })
}

fn redact(about: u64, field: &str) -> Command {
    let redacted = fact(FieldRedacted {
        about: Position::new(about),
        field: code(field),
        reason: code("erasure asked for under Article 17"),
        authority: code("data protection officer of NHS England"),
    });
    noted(redacted, "2017-03-01", None)
}

/// A payment, two interests in who received it, and a decision that handled both: events up to 7.
async fn record_payment(world: &World) {
    let handled =
        [NAME, OTHER].map(|office| Handling { office: code(office), way: code("leaves") });
    let forum = Forum { kind: ForumKind::Committee, name: code("Committee") };
    world
        .record(vec![
            ccg("05G", "NHS North Staffordshire CCG", "2013-04-01", ""),
            body("M83001", BodyRole::Practice, "A practice of 8,000", "1990-01-01", ""),
            fact(FundOpened {
                fund: code("federating"),
                funders: vec![code("05G")],
                amount_pence: 30_000_000,
                per_patient_pence: 60,
                effective: period("2016-01-01", "2017-01-01"),
            }),
            fact(SupportPaid {
                fund: code("federating"),
                payment: code("1"),
                payer: code("05G"),
                recipient: code("M83001"),
                paid_on: on("2016-06-01"),
                patients: 8_000,
                amount_pence: 480_000,
                power: None,
            }),
            interest(OTHER),
            noted(interest(NAME), "2016-04-20", Some(NOTE)),
            fact(DecisionTaken {
                body: code("05G"),
                forum,
                fund: code("federating"),
                payment: code("1"),
                decided_on: on("2016-05-20"),
                quorate: true,
                handled: handled.into(),
                note: None,
            }),
        ])
        .await;
}

/// The event of the interest of [`NAME`].
const INTEREST: u64 = 6;
const DECISION: u64 = 7;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("remit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("a directory");
        Self(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens the log once whoever had it open has let go of it.
async fn opened(dir: &Path, clock: &Arc<AtomicI64>) -> Log {
    for _ in 0..500 {
        match SqliteStore::open(&dir.join("register.db")) {
            Ok(store) => return Log::new(store, ticking(clock)),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    panic!("the file stayed in use")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for file in std::fs::read_dir(from).expect("read") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), to.join(file.file_name())).expect("copied");
    }
}

fn is_in_a_file(dir: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(dir).expect("read").map(|file| file.expect("a file").path());
    files
        .map(|file| std::fs::read(file).expect("read"))
        .any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

/// What somebody was handed.
struct Handed {
    key: [VerifierKey; 1],
    proof: pb::ProveInclusionResponse,
    statements: Vec<String>,
}

impl Handed {
    async fn by(world: &World) -> Self {
        let mut audit = world.audit();
        let request = pb::GetCheckpointRequest::default();
        let reply = audit.get_checkpoint(request).await.expect("signed").into_inner();
        let request = pb::ProveInclusionRequest { position: INTEREST, size: 0 };
        let proof = audit.prove_inclusion(request).await.expect("proved").into_inner();
        use pb::issue_statement_request::Asked;
        let nothing = Asked::Nothing(pb::NothingRecorded {
            key: "interest:05G".to_owned(),
            after: known_at(INTEREST),
            until: known_at(DECISION),
        });
        let held = Asked::WhoHolds(pb::WhoHoldsRequest {
            function: "qof".to_owned(),
            place: "M83001".to_owned(),
            effective_on: Some(render::date(on("2016-06-01"))),
            known_at: known_at(INTEREST),
            ..Default::default()
        });
        let mut statements = Vec::new();
        for asked in [nothing, held] {
            let request = pb::IssueStatementRequest { asked: Some(asked) };
            let issued = audit.issue_statement(request).await.expect("issued").into_inner();
            assert!(issued.statement.contains("interest-declared.v2"), "the event is in it");
            assert!(!issued.statement.contains(NAME), "what it says of a person is not");
            statements.push(issued.statement);
        }
        let key = [VerifierKey::parse(&reply.public_key).expect("a key")];
        Self { key, proof, statements }
    }

    /// All of it stands, with the public key and nothing else.
    fn stands(&self) {
        let (of, _) = Checkpoint::verify(&self.proof.checkpoint, &self.key).expect("it stands");
        let hash = |hash: &Vec<u8>| Hash::from_slice(hash).expect("32 bytes");
        let hashes: Vec<_> = self.proof.proof.iter().map(hash).collect();
        let leaf = tree::leaf(&self.proof.cloud_event);
        tree::check_inclusion(&hashes, (of.size, &of.root), (INTEREST - 1, &leaf))
            .expect("it stands");
        for statement in &self.statements {
            remit_statement::verify(statement, &self.key).expect("it stands");
        }
    }

    /// And the log of today begins with the log of then.
    async fn still_begins(&self, world: &World) {
        let (then, _) = Checkpoint::verify(&self.proof.checkpoint, &self.key).expect("it stands");
        let request = pb::ProveConsistencyRequest { earlier_size: then.size, size: 0 };
        let reply = world.audit().prove_consistency(request).await.expect("proved").into_inner();
        let (now, _) = Checkpoint::verify(&reply.checkpoint, &self.key).expect("it stands");
        let hash = |hash: &Vec<u8>| Hash::from_slice(hash).expect("32 bytes");
        let hashes: Vec<_> = reply.proof.iter().map(hash).collect();
        tree::check_consistency(&hashes, (now.size, &now.root), (then.size, &then.root))
            .expect("it stands");
    }
}

async fn interests(world: &World, known: Option<pb::KnownAt>) -> Vec<pb::BearingInterest> {
    let mut client = pb::funding_service_client::FundingServiceClient::new(world.channel.clone());
    let request = pb::GetSupportRequest {
        fund: "federating".into(),
        payment: "1".into(),
        known_at: known,
        ..Default::default()
    };
    let reply = client.get_support(request).await.expect("known").into_inner();
    reply.decisions[0].interests.clone()
}

/// Office, how it was handled, whether that is still told.
fn short(interests: &[pb::BearingInterest]) -> Vec<(&str, &str, bool)> {
    interests.iter().map(|i| (i.office.as_str(), i.handled.as_str(), i.handled_untold)).collect()
}

/// The events as `EventService` reads them, with their personal fields, told and as messages.
async fn read(world: &World) -> (Vec<pb::ReadResponse>, Vec<pb::RecordedEvent>) {
    let head = world.head();
    let request = pb::ReadRequest { personal: true, ..Default::default() };
    let mut events = world.events().read(request).await.expect("read").into_inner();
    let mut read = Vec::new();
    while let Some(event) = events.message().await.expect("an event") {
        read.push(event);
    }
    let request = pb::SubscribeRequest { typed: true, ..Default::default() };
    let mut events = world.events().subscribe(request).await.expect("subscribed").into_inner();
    let mut typed = Vec::new();
    while typed.len() as u64 != head {
        let content = events.message().await.expect("a message").expect("it goes on").content;
        if let Some(pb::subscribe_response::Content::Event(event)) = content {
            typed.push(event);
        }
    }
    (read, typed)
}

fn at<T>(events: &[T], position: u64) -> &T {
    &events[usize::try_from(position).expect("small") - 1]
}

fn says(personal: &[pb::PersonalField]) -> Vec<(&str, &str)> {
    personal.iter().map(|each| (each.field.as_str(), each.value.as_str())).collect()
}

/// What everybody is told once the interest and the decision are redacted.
async fn is_redacted(world: &World) {
    // Whatever point of the past is asked about.
    for known in [None, known_at(DECISION)] {
        let found = interests(world, known).await;
        let told = [(OTHER, "leaves", false), ("redacted", "", true)];
        assert_eq!(short(&found), told, "{known:?}");
        let why = found[1].redaction.clone().expect("why");
        assert_eq!(why.reason, "erasure asked for under Article 17");
        assert_eq!(why.authority, "data protection officer of NHS England");
        assert_eq!(why.redacted_on, Some(render::date(on("2017-03-01"))));
        assert_eq!(why.position, DECISION + 1);
        assert_eq!(found[0].redaction, None);
    }
    let (read, typed) = read(world).await;
    let untold = [("office", "redacted"), ("note", "redacted")];
    assert_eq!(says(&at(&read, INTEREST).personal), untold);
    assert_eq!(at(&read, INTEREST).personal, at(&typed, INTEREST).personal);
    let handled = [("handled[0].office", "redacted"), ("handled[1].office", OTHER)];
    assert_eq!(says(&at(&typed, DECISION).personal), handled);
    assert!(at(&typed, DECISION).personal[1].redaction.is_none());
    for event in &typed {
        let text = format!("{event:?}");
        assert!(!text.contains(NAME) && !text.contains("the said member of the north"), "{text}");
    }
    let fact = at(&typed, INTEREST).fact.clone().expect("typed");
    let Some(pb::fact::Fact::InterestDeclared(declared)) = fact.fact else { panic!("{fact:?}") };
    assert_eq!(declared.office, "redacted");
    let evidence = at(&typed, INTEREST).evidence.clone();
    assert_eq!(evidence.expect("evidence").note, "redacted");
}

#[tokio::test]
async fn what_is_redacted_is_gone_and_what_was_proved_stays_proved() {
    let (data, before) = (Scratch::new("redaction"), Scratch::new("redaction-before"));
    let clock = Arc::new(AtomicI64::new(0));
    let world = World::over(opened(&data.0, &clock).await, Arc::clone(&clock)).await;
    world.at_noon("2016-06-30");
    record_payment(&world).await;
    // Told, while it is there: by the answer, by typed events; never by the bytes.
    let told = [(OTHER, "leaves", false), (NAME, "leaves", false)];
    assert_eq!(short(&interests(&world, None).await), told);
    let (events, typed) = read(&world).await;
    assert_eq!(says(&at(&events, INTEREST).personal), [("office", NAME), ("note", NOTE)]);
    assert_eq!(at(&events, INTEREST).personal, at(&typed, INTEREST).personal);
    let evidence = at(&typed, INTEREST).evidence.clone();
    assert_eq!(evidence.expect("evidence").note, NOTE);
    let bytes: Vec<_> = events.iter().map(|event| event.cloud_event.clone()).collect();
    assert!(!bytes.concat().windows(NAME.len()).any(|window| window == NAME.as_bytes()));
    let handed = Handed::by(&world).await;
    handed.stands();
    copy(&data.0, &before.0);
    assert!(is_in_a_file(&before.0, NAME) && is_in_a_file(&before.0, NOTE));

    world.at_noon("2017-03-01");
    let request = pb::RecordRequest {
        actor: "acceptance tests".to_owned(),
        acting_for: "X24".to_owned(),
        commands: vec![command::write(&redact(INTEREST, "office"))],
        validate_only: true,
        ..Default::default()
    };
    world.recorder().record(request).await.expect("previewed");
    assert_eq!(short(&interests(&world, None).await), told, "a preview removes nothing");
    world
        .record(vec![
            redact(INTEREST, "office"),
            redact(INTEREST, "note"),
            redact(DECISION, "handled[0].office"),
        ])
        .await;
    handed.stands();
    handed.still_begins(&world).await;
    is_redacted(&world).await;
    let (events, _) = read(&world).await;
    let now: Vec<_> = events.iter().map(|event| event.cloud_event.clone()).collect();
    assert_eq!(now[..bytes.len()], bytes, "not a byte of any event changed");

    drop(world);
    let world = World::over(opened(&data.0, &clock).await, Arc::clone(&clock)).await;
    is_redacted(&world).await;
    handed.still_begins(&world).await;
    let (_, own, afresh) = world.node.fingerprints().await.expect("compared");
    assert_eq!(own, afresh);
    drop(world);
    drop(opened(&data.0, &clock).await);
    assert!(!is_in_a_file(&data.0, NAME) && !is_in_a_file(&data.0, NOTE), "on no disk");
    assert!(!is_in_a_file(&data.0, "the said member of the north"));
    assert!(is_in_a_file(&data.0, OTHER), "what was not redacted is there");
    let copied = opened(&before.0, &clock).await;
    guesses(&handed.proof.cloud_event, &copied).await;
}

/// Who has the event and guesses the name learns nothing; who has the salt as well can show it.
async fn guesses(event: &[u8], before: &Log) {
    let recorded = decode(Position::new(INTEREST), event).expect("readable");
    let [(PersonalField::Office, Personal::Committed(committed)), _] =
        recorded.event.fact.personal()[..]
    else {
        panic!("{recorded:?}")
    };
    let mut salts: Vec<Vec<u8>> = vec![
        Vec::new(),
        vec![0; 32],
        vec![255; 32],
        b"office".to_vec(),
        INTEREST.to_string().into_bytes(),
        INTEREST.to_be_bytes().to_vec(),
        [&[0; 24][..], &INTEREST.to_be_bytes()].concat(),
        before.id().as_bytes().to_vec(),
        recorded.recorded_at.micros().to_be_bytes().to_vec(),
        Sha256::digest(INTEREST.to_string()).to_vec(),
        Sha256::digest(recorded.request_id.as_str()).to_vec(),
    ];
    // The salt of another field of the same event, and of the same office elsewhere.
    let beside = before.disclosures(Position::ZERO, Position::new(u64::MAX)).await.expect("read");
    let own = |at: u64, field| {
        let at = Position::new(at);
        beside.iter().find(|each| (each.position, each.field) == (at, field)).expect("there")
    };
    salts.push(own(INTEREST, PersonalField::Note).salt.0.to_vec());
    salts.push(own(DECISION, PersonalField::Handled(0)).salt.0.to_vec());
    for number in 0..10_000 {
        let candidate = if number == 4_711 { NAME.to_owned() } else { format!("Dr {number}") };
        for salt in &salts {
            let guess = Sha256::new().chain_update(salt).chain_update(&candidate).finalize();
            assert_ne!(guess.as_slice(), committed.0, "{candidate} with {salt:?}");
        }
    }
    let kept = own(INTEREST, PersonalField::Office);
    assert_eq!(kept.value.as_str(), NAME);
    assert_eq!(commitment(&kept.salt, NAME.as_bytes()), *committed);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn bad_redactions_are_refused_with_the_reason() {
    let world = World::empty().await;
    record_payment(&world).await;
    let sent = pb::RecordRequest {
        request_id: "once".to_owned(),
        actor: "acceptance tests".to_owned(),
        acting_for: "X24".to_owned(),
        commands: vec![command::write(&noted(interest(NAME), "2016-04-21", Some(NOTE)))],
        ..Default::default()
    };
    let first = world.recorder().record(sent.clone()).await.expect("recorded").into_inner();
    let corrected = first.last_position;
    // An interest that is entered late, by a correction: its field is redacted as any other.
    let correct = |about: u64, instead: Fact| {
        let command = fact(instead);
        let correction = Correction {
            kind: CorrectionKind::RecordedLate,
            about: Some(Position::new(about)),
            authority: code("the register of interests"),
            reason: code("left out"),
            fact: None,
        };
        let Act::State(instead) = command.act else { panic!("a fact") };
        let act = Act::Correct { correction, instead: Some(Box::new(Act::State(instead))) };
        noted(Command { act, evidence: command.evidence }, "2016-07-01", Some(NOTE))
    };
    let Act::State(late) = interest(NAME).act else { panic!("a fact") };
    let late = world.record(vec![correct(INTEREST, late)]).await.last_position;
    let done = world
        .record(vec![redact(late, "office"), redact(late, "note"), redact(corrected, "office")])
        .await;
    let Act::State(redaction) = redact(INTEREST, "office").act else { panic!("a fact") };
    let undated = Command { evidence: interest(OTHER).evidence, ..redact(INTEREST, "office") };
    let head = world.head();
    for (what, command, expected, field) in [
        ("no such event", redact(head + 9, "office"), "EVENT_UNKNOWN", "about"),
        ("an event of another kind", redact(1, "office"), "NOT_PERSONAL", "about"),
        ("a redaction", redact(done.last_position, "office"), "NOT_PERSONAL", "about"),
        ("no such field", redact(DECISION, "office"), "NOT_PERSONAL", "field"),
        ("no such entry", redact(DECISION, "handled[2].office"), "NOT_PERSONAL", "field"),
        ("no note there", redact(DECISION, "note"), "NOT_PERSONAL", "field"),
        ("redacted already", redact(late, "office"), "ALREADY_REDACTED", "field"),
        ("without its day", undated, "MADE_ON_MISSING", "evidence.made_on"),
        (
            "a correction of a redaction",
            correct(done.last_position, redaction.clone()),
            "REDACTION_STANDS",
            "about",
        ),
        ("a redaction by correction", correct(1, redaction), "CORRECTION_KIND_DIFFERS", "instead"),
    ] {
        let status = world.try_record(vec![command]).await.expect_err(what);
        assert_eq!(reason(&status), expected, "{what}: {status:?}");
        let named = fields(&status);
        assert!(named.len() == 1 && named[0].ends_with(field), "{what}: {named:?}");
    }
    // The same field twice in one request.
    let twice = vec![redact(INTEREST, "office"), redact(INTEREST, "office")];
    let status = world.try_record(twice).await.expect_err("twice");
    assert_eq!(reason(&status), "ALREADY_REDACTED");
    let wire = |about, field: &str, why: &str| {
        let mut command = command::write(&redact(1, "office"));
        command.act = Some(pb::command::Act::FieldRedacted(pb::FieldRedacted {
            about,
            field: field.to_owned(),
            reason: why.to_owned(),
            authority: "an office".to_owned(),
        }));
        pb::RecordRequest { request_id: "bad".to_owned(), commands: vec![command], ..sent.clone() }
    };
    for (about, field, why, named) in [
        (0, "office", "why", "about"),
        (6, "", "why", "field"),
        (6, "body", "why", "field"),
        (6, "handled[00].office", "why", "field"),
        (6, "handled[-1].office", "why", "field"),
        (6, "handled[4294967296].office", "why", "field"),
        (6, "office", "", "reason"),
    ] {
        let refused = world.recorder().record(wire(about, field, why)).await.expect_err(named);
        let expected = format!("commands[0].field_redacted.{named}");
        assert_eq!(fields(&refused), [expected], "{field:?}");
    }
    assert_eq!(world.head(), head, "nothing was recorded");
    assert_eq!(short(&interests(&world, None).await)[1].0, NAME, "nothing was removed");
    // What was redacted is still the same request, and no longer shows whether it said the same.
    let mut other = sent.clone();
    other.commands = vec![command::write(&interest("somebody else"))];
    for resent in [sent, other] {
        let again = world.recorder().record(resent).await.expect("recorded").into_inner();
        assert_eq!((again.recorded_earlier, again.last_position), (true, corrected));
    }
    // Filters find redactions by their kind and by whom the event is about.
    let found = async |filter: &str| world.passing(filter).await;
    let redactions: Vec<u64> = (done.first_position..=done.last_position).collect();
    assert_eq!(found("type=field-redacted").await, redactions);
    assert_eq!(found("type=field-redacted body=05G").await, redactions);
    assert_eq!(found("type=field-redacted body=X24").await, [0; 0]);
}
