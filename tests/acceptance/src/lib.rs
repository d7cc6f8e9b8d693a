//! A real server on loopback over a log in memory with a clock that the test sets.
//!
//! Lives here: [`World`], and short ways to say fixtures. Tests fail by panicking, so this crate
//! may.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on has failed"
)]

mod stated;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use remit_domain::{
    Act, Area, Body, BodyCode, BodyRole, Command, Confidence, Day, Evidence, Fact, Forum,
    Instrument, InstrumentAdvanced, InstrumentInForce, InstrumentKind, LegalBasis, Member,
    Membership, Period, Position, Relation, Stage, Start, Succession, SuccessionKind, UtcInstant,
};
use remit_engine::{Desk, Node};
use remit_grpc::{Server, StreamLimits, command, pb, render};
use remit_ledger::{SignerKey, WitnessKey, WitnessSigner};
use remit_log::{Clock, Log, MemoryStore, Stored};
use remit_reference::{Plan, Source, tables};
use remit_register::Register;
use remit_stores::SqliteStore;
use tonic::transport::Channel;

use crate::stated::Statements;

/// Registers with more events are asked thousands of questions: those answers are not stated too.
const STATED_MAX: u64 = 2_000;

/// A running server and its clients.
pub struct World {
    /// The node behind it.
    pub node: Node,
    /// Its desk.
    pub desk: Desk,
    /// A connection to it.
    pub channel: Channel,
    endpoint: tonic::transport::Endpoint,
    /// Where it listens.
    pub address: std::net::SocketAddr,
    clock: Arc<AtomicI64>,
    requests: AtomicI64,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    stated: Mutex<Statements>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shut_down();
        if !std::thread::panicking() {
            self.stated.lock().expect("unpoisoned").check();
        }
    }
}

impl World {
    /// An empty register whose clock stands at the beginning of 2026.
    pub async fn empty() -> Self {
        let clock = Arc::new(AtomicI64::new(1_767_225_600_000_000));
        let log = Log::new(MemoryStore::new("acceptance"), ticking(&clock));
        Self::over(log, clock).await
    }

    /// An empty register in a file; the directory is the test's to remove.
    pub async fn on_disk(dir: &std::path::Path) -> Self {
        let clock = Arc::new(AtomicI64::new(1_767_225_600_000_000));
        std::fs::create_dir_all(dir).expect("a directory");
        let store = SqliteStore::open(&dir.join("register.db")).expect("a store");
        Self::over(Log::new(store, ticking(&clock)), clock).await
    }

    /// A server over a log.
    pub async fn over(log: Log, clock: Arc<AtomicI64>) -> Self {
        Self::limited(log, clock, StreamLimits::default()).await
    }

    /// A server over a log with so many streams at most.
    pub async fn limited(log: Log, clock: Arc<AtomicI64>, limits: StreamLimits) -> Self {
        let node = Node::open(log).await.expect("the log can be read");
        let desk = Desk::open(node.clone()).await.expect("the log can be read");
        let address = "127.0.0.1:0".parse().expect("an address");
        let key = SignerKey::from_seed("acceptance.example/register", [7; 32]).expect("a key");
        let server = Server::bind(desk.clone(), key.into(), address).await.expect("a free port");
        let server = server.with_limits(limits).with_witnesses(witnesses());
        let address = server.address();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        tokio::spawn(server.serve(async move {
            let _ = stopped.await;
        }));
        let endpoint =
            tonic::transport::Endpoint::from_shared(format!("http://{address}")).expect("a URL");
        let channel = endpoint.connect().await.expect("a server");
        let requests = AtomicI64::new(0);
        let (stop, stated) = (Some(stop), Mutex::default());
        Self { node, desk, channel, endpoint, address, clock, requests, stop, stated }
    }

    /// The position of the last event.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.node.head().borrow().get()
    }

    /// Events as they are stored: at most so many after a position.
    pub async fn stored(&self, after: u64, max: usize) -> Vec<Stored> {
        self.node.log().read(Position::new(after), max).await.expect("read")
    }

    /// The positions of the events that pass a filter, as the server reads them out.
    pub async fn passing(&self, filter: &str) -> Vec<u64> {
        let request = pb::ReadRequest { filter: filter.to_owned(), ..Default::default() };
        let mut events = self.events().read(request).await.expect("read").into_inner();
        let mut positions = Vec::new();
        while let Some(event) = events.message().await.expect("an event") {
            positions.push(event.position);
        }
        positions
    }

    /// Another connection to the server.
    pub async fn connect(&self) -> Channel {
        self.endpoint.connect().await.expect("a server")
    }

    /// Asks the server to shut down.
    pub fn shut_down(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// A register that holds the law: NHS England, the Secretary of State, the catalogue, the
    /// rules.
    pub async fn with_law() -> Self {
        let world = Self::empty().await;
        world.record_law().await;
        world
    }

    /// Records the law as the reference data have it.
    pub async fn record_law(&self) {
        self.record(law()).await;
    }

    /// Records all of England as `remit load england` does; the plan it followed.
    pub async fn record_england(&self) -> Plan {
        let mut plan = Plan::new(Register::new());
        tables::plan(&mut plan, &Source::England).expect("readable");
        for batch in plan.commands().chunks(1_000) {
            self.record(batch.to_vec()).await;
        }
        plan
    }

    /// Sets the clock to noon UTC of a day.
    pub fn at_noon(&self, day: &str) {
        let noon = on(day).date().and_hms_opt(12, 0, 0).expect("noon").and_utc().timestamp_micros();
        self.clock.store(noon, Ordering::SeqCst);
    }

    /// Sets the clock to an instant such as `2016-03-31T22:59:00Z`.
    pub fn at_instant(&self, instant: &str) {
        let micros = chrono::DateTime::parse_from_rfc3339(instant).expect("an instant");
        self.clock.store(micros.timestamp_micros(), Ordering::SeqCst);
    }

    /// Records commands in one request, which must be accepted; its reply.
    pub async fn record(&self, commands: Vec<Command>) -> pb::RecordResponse {
        self.try_record(commands).await.expect("recorded")
    }

    /// Records commands in one request.
    ///
    /// # Errors
    /// The server's status.
    pub async fn try_record(
        &self,
        commands: Vec<Command>,
    ) -> Result<pb::RecordResponse, tonic::Status> {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let request = pb::RecordRequest {
            request_id: format!("test-{number}"),
            actor: "acceptance tests".to_owned(),
            acting_for: "X24".to_owned(),
            commands: commands.iter().map(command::write).collect(),
            ..Default::default()
        };
        self.recorder().record(request).await.map(tonic::Response::into_inner)
    }

    /// A client of `RegisterService`.
    pub fn recorder(&self) -> pb::register_service_client::RegisterServiceClient<Channel> {
        pb::register_service_client::RegisterServiceClient::new(self.channel.clone())
    }

    /// A client of `ResponsibilityService`.
    pub fn responsibility(
        &self,
    ) -> pb::responsibility_service_client::ResponsibilityServiceClient<Channel> {
        pb::responsibility_service_client::ResponsibilityServiceClient::new(self.channel.clone())
            .max_decoding_message_size(64 << 20)
    }

    /// A client of `EventService`.
    pub fn events(&self) -> pb::event_service_client::EventServiceClient<Channel> {
        pb::event_service_client::EventServiceClient::new(self.channel.clone())
    }

    /// A client of `AuditService`.
    pub fn audit(&self) -> pb::audit_service_client::AuditServiceClient<Channel> {
        pb::audit_service_client::AuditServiceClient::new(self.channel.clone())
    }

    /// A client of `DirectoryService`.
    pub fn directory(&self) -> pb::directory_service_client::DirectoryServiceClient<Channel> {
        pb::directory_service_client::DirectoryServiceClient::new(self.channel.clone())
    }

    /// Who holds a function at a place on a day, as known now.
    pub async fn ask(&self, function: &str, place: &str, day: &str) -> pb::Answer {
        self.ask_known(function, place, day, None).await
    }

    /// The same as known at a point.
    pub async fn ask_known(
        &self,
        function: &str,
        place: &str,
        day: &str,
        known_at: Option<pb::KnownAt>,
    ) -> pb::Answer {
        let request = pb::WhoHoldsRequest {
            function: function.to_owned(),
            place: place.to_owned(),
            effective_on: Some(render::date(on(day))),
            known_at,
            at_least: String::new(),
            answers_on: None,
        };
        let reply = self.responsibility().who_holds(request.clone()).await.expect("answered");
        let answer = reply.into_inner().answer.expect("an answer");
        // Of a register that knows nothing, nothing can be stated; of all England, the tests of the
        // command line state some.
        let position = answer.known_at.unwrap_or_default().position;
        if (1..STATED_MAX).contains(&position) {
            let point = pb::known_at::Point::Position(position);
            let known_at = Some(pb::KnownAt { point: Some(point) });
            let asked = pb::WhoHoldsRequest { known_at, ..request };
            let asked = Some(pb::issue_statement_request::Asked::WhoHolds(asked));
            let mut audit = self.audit();
            let issued = audit.issue_statement(pb::IssueStatementRequest { asked }).await;
            let key = audit.get_checkpoint(pb::GetCheckpointRequest::default()).await;
            let key = key.expect("signed").into_inner().public_key;
            let text = issued.expect("issued").into_inner().statement;
            self.stated.lock().expect("unpoisoned").add(text, key, &answer);
        }
        answer
    }
}

impl World {
    /// A statement about a question, as it is issued.
    pub async fn statement(&self, question: pb::WhoHoldsRequest) -> remit_statement::Statement {
        let asked = Some(pb::issue_statement_request::Asked::WhoHolds(question));
        let request = pb::IssueStatementRequest { asked };
        let issued = self.audit().issue_statement(request).await.expect("issued").into_inner();
        serde_json::from_str(&issued.statement).expect("a statement")
    }
}

/// A clock that stands where the test sets it.
#[must_use]
pub fn ticking(clock: &Arc<AtomicI64>) -> Clock {
    let clock = Arc::clone(clock);
    Arc::new(move || UtcInstant::from_micros(clock.load(Ordering::SeqCst)))
}

/// A witness that every world knows: the first or the second; there is no other.
#[must_use]
pub fn witness(number: u8) -> WitnessSigner {
    WitnessSigner::from_seed(&format!("witness.example/w{number}"), [number; 32]).expect("a key")
}

fn witnesses() -> Vec<WitnessKey> {
    [1, 2].map(|number| witness(number).public().clone()).to_vec()
}

/// The law as the reference data have it, as commands.
#[must_use]
pub fn law() -> Vec<Command> {
    static MADE: AtomicI64 = AtomicI64::new(0);
    let number = MADE.fetch_add(1, Ordering::SeqCst);
    let dir = std::env::temp_dir().join(format!("remit-law-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    for file in ["bodies.csv", "function_catalogue.csv", "rules.csv"] {
        let text = Source::England.read(file).expect("readable").expect("there").text;
        std::fs::write(dir.join(file), text).expect("written");
    }
    let nhs_england = "ods_code,role,name,valid_from,valid_to,date_quality,source\n\
        X24,NHS_ENGLAND,NHS ENGLAND,2013-04-01,,published,2006 Act s.1H\n";
    std::fs::write(dir.join("organisations.csv"), nhs_england).expect("written");
    let mut plan = Plan::new(Register::new());
    tables::plan(&mut plan, &Source::Directory(dir.clone())).expect("readable");
    assert_eq!(plan.findings(), [], "the law loads without findings");
    std::fs::remove_dir_all(dir).expect("removed");
    plan.commands().to_vec()
}

/// The end of a day in England, as a point of the known axis.
#[must_use]
pub fn known_on(day: &str) -> Option<pb::KnownAt> {
    let end = remit_register::end_of_day(on(day)).expect("a day");
    let instant = pb::known_at::Point::Instant(render::timestamp(end));
    Some(pb::KnownAt { point: Some(instant) })
}

/// A position, as a point of the known axis.
#[must_use]
pub fn known_at(position: u64) -> Option<pb::KnownAt> {
    Some(pb::KnownAt { point: Some(pb::known_at::Point::Position(position)) })
}

/// A day.
#[must_use]
pub fn on(day: &str) -> Day {
    code(day)
}

/// A code, id or text.
#[must_use]
pub fn code<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well-formed")
}

fn codes(texts: &[&str]) -> Vec<BodyCode> {
    texts.iter().map(|text| code(text)).collect()
}

/// A period; an empty `until` is open.
#[must_use]
pub fn period(from: &str, until: &str) -> Period {
    let until = (!until.is_empty()).then(|| on(until));
    Period::new(on(from), until).expect("a period")
}

/// A fact of a fixture, confirmed.
#[must_use]
pub fn fact(fact: impl Into<Fact>) -> Command {
    fact_of(fact, Confidence::Confirmed)
}

/// A fact of a fixture.
#[must_use]
pub fn fact_of(fact: impl Into<Fact>, confidence: Confidence) -> Command {
    let evidence =
        Evidence { source: code("fixture"), url: None, made_on: None, confidence, note: None };
    Command { act: Act::State(fact.into()), evidence: Arc::new(evidence) }
}

/// A body in a role.
#[must_use]
pub fn body(text: &str, role: BodyRole, name: &str, from: &str, until: &str) -> Command {
    fact(Body {
        code: code(text),
        role,
        name: code(name),
        legal_form: None,
        effective: period(from, until),
    })
}

/// A CCG.
#[must_use]
pub fn ccg(text: &str, name: &str, from: &str, until: &str) -> Command {
    body(text, BodyRole::Ccg, name, from, until)
}

/// A practice of a commissioner over all of its life.
#[must_use]
pub fn practice(text: &str, commissioner: &str, from: &str, until: &str) -> Command {
    member(text, commissioner, Relation::PracticeOfCommissioner, from, until)
}

/// A membership.
#[must_use]
pub fn member(who: &str, group: &str, relation: Relation, from: &str, until: &str) -> Command {
    let member = match who.contains('/') {
        true => Member::Contract(code(who)),
        false => Member::Body(code(who)),
    };
    fact(Membership { member, group: code(group), relation, effective: period(from, until) })
}

/// A succession by area.
#[must_use]
pub fn succession(predecessor: &str, successor: &str, day: &str, kind: SuccessionKind) -> Command {
    fact(Succession {
        predecessor: code(predecessor),
        successor: code(successor),
        effective_on: on(day),
        kind,
        by_area: Some(Confidence::Confirmed),
        by_liability: Some(Confidence::Unconfirmed),
        share_millionths: None,
    })
}

/// An instrument between two bodies for the receiver's area: drawn up, and in force from a day.
#[must_use]
pub fn instrument(
    id: &str,
    (kind, basis): (InstrumentKind, LegalBasis),
    (given_by, given_to): (&str, &str),
    functions: &[&str],
    (from, until): (&str, &str),
) -> Vec<Command> {
    instrument_for(
        id,
        (kind, basis),
        (given_by, given_to),
        given_to,
        functions,
        (from, until),
        None,
    )
}

/// An instrument for an area of its own, with a forum.
#[must_use]
pub fn instrument_for(
    id: &str,
    (kind, basis): (InstrumentKind, LegalBasis),
    (given_by, given_to): (&str, &str),
    area: &str,
    functions: &[&str],
    (from, until): (&str, &str),
    forum: Option<Forum>,
) -> Vec<Command> {
    let drawn = Instrument {
        id: code(id),
        kind,
        basis,
        title: code(id),
        given_by: codes(&[given_by]),
        given_to: codes(&[given_to]),
        functions: functions.iter().map(|function| code(function)).collect(),
        area: Area::Of(codes(&[area])),
        contracts: Vec::new(),
        forum,
        conditions: Vec::new(),
        loss_exceptions: Vec::new(),
        onward_barred: false,
    };
    vec![
        fact(drawn),
        fact(InstrumentInForce {
            instrument: code(id),
            effective: period(from, until),
            start: Start::Evidenced,
        }),
    ]
}

/// An instrument between NHS England and a CCG that lived its life: applied for, approved, its
/// documents issued, signed, and then in force.
fn lived(
    id: &str,
    of: (InstrumentKind, LegalBasis),
    ccg: &str,
    functions: &[&str],
    from: &str,
) -> Vec<Command> {
    let mut commands = instrument(id, of, ("X24", ccg), functions, (from, ""));
    let step = |stage, by: &[&str]| {
        fact(InstrumentAdvanced { instrument: code(id), stage, by: codes(by) })
    };
    let steps = [
        step(Stage::Applied, &[ccg]),
        step(Stage::Approved, &["X24"]),
        step(Stage::DocumentsIssued, &["X24"]),
        step(Stage::Executed, &["X24", ccg]),
    ];
    commands.splice(1..1, steps);
    commands
}

/// A delegation of NHS England to a CCG.
#[must_use]
pub fn delegation(ccg: &str, functions: &[&str], from: &str) -> Vec<Command> {
    let of = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    lived(&format!("delegation/{ccg}"), of, ccg, functions, from)
}

/// A delegation of NHS England to a CCG of which nothing is told but that it was drawn up and is in
/// force.
#[must_use]
pub fn found_in_force(ccg: &str, functions: &[&str], from: &str) -> Vec<Command> {
    let of = (InstrumentKind::Delegation, LegalBasis::S13zBy);
    instrument(&format!("delegation/{ccg}"), of, ("X24", ccg), functions, (from, ""))
}

/// A joint arrangement of NHS England with a CCG.
#[must_use]
pub fn joint(ccg: &str, functions: &[&str], from: &str) -> Vec<Command> {
    let of = (InstrumentKind::JointArrangement, LegalBasis::S13zJointly);
    lived(&format!("joint/{ccg}"), of, ccg, functions, from)
}

/// What an answer must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What kind it is.
    pub kind: pb::ResultKind,
    /// The holder.
    pub holder: String,
    /// Who exercises.
    pub exercisers: Vec<String>,
    /// Who is liable.
    pub liable: Vec<String>,
    /// By which rules.
    pub rules: Vec<String>,
    /// On what basis.
    pub basis: pb::LegalBasis,
}

/// What an answer must say, in one line: `said(Held, "X24", &["11X"], &["X24"], &["L1"], S13zBy)`.
#[must_use]
pub fn said(
    kind: pb::ResultKind,
    holder: &str,
    exercisers: &[&str],
    liable: &[&str],
    rules: &[&str],
    basis: pb::LegalBasis,
) -> Said {
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Said {
        kind,
        holder: holder.to_owned(),
        exercisers: list(exercisers),
        liable: list(liable),
        rules: list(rules),
        basis,
    }
}

/// What an answer says.
#[must_use]
pub fn saying(answer: &pb::Answer) -> Said {
    let liable = answer.liable.clone().unwrap_or_default();
    Said {
        kind: answer.kind(),
        holder: answer.holder.clone(),
        exercisers: answer.exercisers.clone(),
        liable: liable.bodies,
        rules: liable.rules,
        basis: answer.basis(),
    }
}

/// The reason in a status, as it stands in its `ErrorInfo`.
#[must_use]
pub fn reason(status: &tonic::Status) -> String {
    use tonic_types::StatusExt;
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// The fields that a status names.
#[must_use]
pub fn fields(status: &tonic::Status) -> Vec<String> {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    let bad = details.bad_request().map(|bad| &bad.field_violations);
    let failed = details.precondition_failure().map(|failed| &failed.violations);
    let bad = bad.into_iter().flatten().map(|violation| violation.field.clone());
    bad.chain(failed.into_iter().flatten().map(|violation| violation.subject.clone())).collect()
}
