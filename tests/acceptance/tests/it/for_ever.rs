//! Replies for ever: whatever is asked as known at an earlier position gets the same reply, to the
//! byte, after any later append. Redaction is the one exception: the value is gone.
//!
//! Random histories, recorded a stretch at a time; after each stretch every reply for each earlier
//! position is asked for again. `REMIT_FOR_EVER` sets the number of histories,
//! `REMIT_FOR_EVER_SEED` the seed; it is printed.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::World;
use oracle::chance::{Chance, command, history, variable};
use oracle::said::Place;
use prost::Message;
use remit_domain::{Command, Day, Event, FactKind, FundOpened, SupportPaid};
use remit_engine::{RecordError, Request};
use remit_grpc::{pb, render};
use tonic::Status;

/// Stretches of a history.
const STRETCHES: usize = 8;
/// The calls that are asked, a snapshot of each kind.
const CALLS: usize = 21;

/// What is asked about, of the small world of random histories.
struct Asked {
    function: String,
    place: String,
    body: String,
    instrument: String,
    on: Option<pb::Date>,
    later: Option<pb::Date>,
}

impl Asked {
    fn by(chance: &mut Chance) -> Self {
        let day = |day: Day| Some(render::date(day));
        Self {
            function: chance.function().to_string(),
            place: match chance.place() {
                Place::Body(code) => code.to_string(),
                Place::Contract(id) => id.to_string(),
            },
            body: chance.of(&["X24", "00A", "00B", "QAA", "A00001"]).to_owned(),
            instrument: format!("i{}", chance.below(6)),
            on: day(chance.day()),
            later: day(chance.day()),
        }
    }

    fn question(&self, known_at: Option<pb::KnownAt>) -> pb::WhoHoldsRequest {
        pb::WhoHoldsRequest {
            function: self.function.clone(),
            place: self.place.clone(),
            effective_on: self.on,
            known_at,
            at_least: String::new(),
            answers_on: None,
        }
    }
}

/// A reply: its bytes, or its status and message.
type Reply = Result<Vec<u8>, (tonic::Code, String)>;

fn whole<T: Message>(reply: Result<tonic::Response<T>, Status>) -> Reply {
    let reply = reply.map_err(|status| (status.code(), status.message().to_owned()))?;
    Ok(reply.into_inner().encode_to_vec())
}

/// All messages of a stream, one after another.
async fn streamed<T: Message>(
    reply: Result<tonic::Response<tonic::Streaming<T>>, Status>,
) -> Reply {
    let failed = |status: Status| (status.code(), status.message().to_owned());
    let mut stream = reply.map_err(failed)?.into_inner();
    let mut bytes = Vec::new();
    while let Some(message) = stream.message().await.map_err(failed)? {
        bytes.extend(message.encode_length_delimited_to_vec());
    }
    Ok(bytes)
}

/// Replies by the name of the call.
type Replies = BTreeMap<&'static str, Reply>;

/// Asks one and keeps the reply under the name of the call.
macro_rules! ask {
    (
        $replies:ident, $client:ident.$call:ident, $name:literal,
        $request:ident { $($field:ident $(: $value:expr)?),+ $(,)? }
    ) => {
        #[allow(clippy::needless_update, reason = "some requests have no other field")]
        let request = pb::$request { $($field $(: $value)?,)+ ..Default::default() };
        $replies.insert($name, whole($client.$call(request).await));
    };
}

/// The reads that take a point of knowledge, each by its name, and their replies.
async fn replies(world: &World, asked: &Asked, position: u64) -> Replies {
    let known_at = acceptance::known_at(position);
    let mut all = of_questions(world, asked, known_at).await;
    all.extend(of_the_directory(world, asked, known_at).await);
    let funding = pb::funding_service_client::FundingServiceClient::new(world.channel.clone());
    let (mut funding, mut audit, mut events) = (funding, world.audit(), world.events());
    let (fund, payment, about) = ("fund".to_owned(), "1".to_owned(), asked.body.clone());
    ask!(all, funding.get_support, "GetSupport", GetSupportRequest { fund, payment, known_at });
    ask!(all, audit.story, "Story", StoryRequest { about, until: known_at, page_size: 100 });
    for (of, name) in [
        (pb::SnapshotOf::Directory, "Snapshot"),
        (pb::SnapshotOf::Holdings, "Snapshot of holdings"),
    ] {
        let request = pb::SnapshotRequest { of: of.into(), effective_on: asked.on, known_at };
        all.insert(name, streamed(events.snapshot(request).await).await);
    }
    all
}

async fn of_questions(world: &World, asked: &Asked, known_at: Option<pb::KnownAt>) -> Replies {
    let mut all = Replies::new();
    let mut of = world.responsibility();
    let question = || asked.question(known_at);
    let (function, place) = (asked.function.clone(), asked.place.clone());
    let (body, effective_on, page_size) = (asked.body.clone(), asked.on, 500);
    all.insert("WhoHolds", whole(of.who_holds(question()).await));
    let batch = pb::BatchWhoHoldsRequest { questions: vec![question()], brief: false };
    let batch = of.batch_who_holds(tokio_stream::iter([batch])).await;
    all.insert("BatchWhoHolds", streamed(batch).await);
    ask!(all, of.explain, "Explain", ExplainRequest { question: Some(question()) });
    ask!(
        all,
        of.check_responsibility,
        "CheckResponsibility",
        CheckResponsibilityRequest { body: body.clone(), question: Some(question()) }
    );
    ask!(
        all,
        of.list_holdings,
        "ListHoldings",
        ListHoldingsRequest { body, effective_on, known_at, page_size }
    );
    ask!(all, of.timeline, "Timeline", TimelineRequest { function, place, known_at });
    let point = |effective_on| Some(pb::Point { effective_on, known_at });
    let (from, to) = (point(asked.on), point(asked.later));
    ask!(all, of.diff, "Diff", DiffRequest { from, to, page_size });
    ask!(all, of.coverage, "Coverage", CoverageRequest { effective_on, known_at, page_size });
    ask!(
        all,
        of.list_retroactive,
        "ListRetroactive",
        ListRetroactiveRequest { until: known_at, page_size }
    );
    all
}

async fn of_the_directory(world: &World, asked: &Asked, known_at: Option<pb::KnownAt>) -> Replies {
    let mut all = Replies::new();
    let mut of = world.directory();
    let (code, group, member) = (asked.body.clone(), asked.body.clone(), asked.place.clone());
    let (role, effective_on, page_size) = (pb::BodyRole::Ccg.into(), asked.on, 500);
    ask!(all, of.get_body, "GetBody", GetBodyRequest { code, known_at });
    ask!(
        all,
        of.list_bodies,
        "ListBodies",
        ListBodiesRequest { role, effective_on, known_at, page_size }
    );
    ask!(
        all,
        of.list_members,
        "ListMembers",
        ListMembersRequest { group, effective_on, known_at, page_size }
    );
    ask!(
        all,
        of.list_memberships,
        "ListMemberships",
        ListMembershipsRequest { member, known_at, page_size }
    );
    ask!(all, of.list_functions, "ListFunctions", ListFunctionsRequest { known_at, page_size });
    ask!(all, of.list_rules, "ListRules", ListRulesRequest { known_at, page_size });
    ask!(
        all,
        of.list_instruments,
        "ListInstruments",
        ListInstrumentsRequest { known_at, page_size }
    );
    let id = asked.instrument.clone();
    ask!(all, of.get_instrument, "GetInstrument", GetInstrumentRequest { id, known_at });
    all
}

/// Records the law and the bodies that a random history begins with.
async fn begin(world: &World, chance: &mut Chance) {
    let events = history(chance, 0).events.into_iter().map(|(_, event)| event);
    let command = |Event { fact, evidence }| Command { act: fact.into(), evidence };
    let mut commands: Vec<_> = events.map(command).collect();
    commands.push(acceptance::fact(FundOpened {
        fund: acceptance::code("fund"),
        funders: vec![acceptance::code("X24")],
        amount_pence: 1_000,
        per_patient_pence: 10,
        effective: acceptance::period("2014-04-01", ""),
    }));
    commands.push(acceptance::fact(SupportPaid {
        fund: acceptance::code("fund"),
        payment: acceptance::code("1"),
        payer: acceptance::code("X24"),
        recipient: acceptance::code("X24"),
        paid_on: acceptance::on("2015-04-01"),
        patients: 5,
        amount_pence: 50,
        power: Some(acceptance::code("qof")),
    }));
    record(world, "begun", commands).await.expect("recorded");
}

/// Records so many random commands, none of which redacts.
async fn go_on(world: &World, chance: &mut Chance, commands: usize) {
    let mut recorded = 0;
    while recorded < commands {
        let command = world.node.view(|register, _| command(chance, register));
        if command.act.kind() == FactKind::Redacted {
            continue;
        }
        let id = format!("{}-{}", world.head(), chance.below(u64::MAX));
        recorded += usize::from(record(world, &id, vec![command]).await.is_ok());
    }
}

async fn record(world: &World, id: &str, commands: Vec<Command>) -> Result<(), RecordError> {
    let request = Request {
        request_id: id.parse().expect("an id"),
        digest: [0; 32],
        actor: acceptance::code("oracle"),
        acting_for: acceptance::code("X24"),
        principal: None,
        trace: None,
        commands,
    };
    world.node.record(request).await.map(|_| ())
}

/// Histories that once broke the promise, by seed and number: a difference named an event of a
/// place that only a later event led to.
const FOUND: [(u64, u64); 1] = [(1_796_010_005, 49)];

#[tokio::test]
async fn a_reply_for_an_earlier_position_is_the_same_for_ever() {
    let (histories, seed) = (variable("REMIT_FOR_EVER", 4), variable("REMIT_FOR_EVER_SEED", 13));
    println!("{histories} histories, REMIT_FOR_EVER_SEED={seed}");
    let (mut compared, mut answered) = (0, BTreeSet::new());
    for (seed, number) in (0..histories).map(|number| (seed, number)).chain(FOUND) {
        let mut chance = Chance::seeded(seed, number);
        let world = World::empty().await;
        // After every day on which the commands say that they were made.
        world.at_noon("2028-01-01");
        begin(&world, &mut chance).await;
        let mut before: Vec<(u64, Asked, Replies)> = Vec::new();
        for _ in 0..STRETCHES {
            go_on(&world, &mut chance, 8).await;
            for (position, asked, replies_then) in &before {
                let now = replies(&world, asked, *position).await;
                for (name, then) in replies_then {
                    assert_eq!(
                        &now[name],
                        then,
                        "seed {seed}, history {number}: {name} as known at {position}, asked at {}",
                        world.head()
                    );
                    compared += 1;
                    answered.extend(then.is_ok().then_some(*name));
                }
            }
            let asked = Asked::by(&mut chance);
            let back = if chance.once_in(3) { chance.below(world.head()) } else { chance.below(4) };
            let position = world.head() - back;
            let replies = replies(&world, &asked, position).await;
            before.push((position, asked, replies));
        }
    }
    println!("{compared} replies are what they were");
    assert_eq!(answered.len(), CALLS, "each was answered, and not only refused: {answered:?}");
}

/// Every call whose request has a point of knowledge in it is asked above, but for those that
/// record something and those that are signed over the head.
#[tokio::test]
async fn every_read_that_takes_a_point_of_knowledge_is_asked() {
    let files = prost_types::FileDescriptorSet::decode(pb::DESCRIPTORS).expect("descriptors").file;
    let mut fields = BTreeMap::new();
    for message in files.iter().flat_map(|file| &file.message_type) {
        let types = message.field.iter().map(|field| field.type_name().to_owned()).collect();
        fields.insert(format!(".remit.v1.{}", message.name()), types);
    }
    let calls = files.iter().flat_map(|file| &file.service).flat_map(|service| &service.method);
    let with: BTreeSet<&str> = calls
        .filter(|call| takes_known_at(&fields, call.input_type()))
        .map(|call| call.name())
        .collect();
    let world = World::with_law().await;
    let asked = Asked::by(&mut Chance::seeded(1, 1));
    let mut asked: BTreeSet<&str> = replies(&world, &asked, 1).await.into_keys().collect();
    asked.remove("Snapshot of holdings");
    // A pin is recorded; a statement is signed over the head, and says so.
    asked.extend(["PinAnswer", "IssueStatement"]);
    assert_eq!(asked, with);
}

/// Whether a message has a point of knowledge in it, or in a message in it.
fn takes_known_at(fields: &BTreeMap<String, Vec<String>>, message: &str) -> bool {
    let mut seen = BTreeSet::from([message]);
    let mut next = vec![message];
    while let Some(message) = next.pop() {
        let within = fields.get(message).into_iter().flatten();
        next.extend(within.map(String::as_str).filter(|of| seen.insert(of)));
    }
    seen.contains(".remit.v1.KnownAt")
}
