//! A deterministic history of any length in the shape of England's: its reference history, then
//! practices that open, belong to commissioners and networks one after another, and close.

use std::path::Path;

use remit_domain::{
    Act, Body, BodyRole, Command, Confidence, Day, Event, Evidence, Fact, Member, Membership,
    Period, Relation,
};
use remit_log::{Entry, Events as _, Head, Store as _, system_clock};
use remit_reference::{Plan, Source, tables};
use remit_register::Register;
use remit_shape::{Draft, Encoder};
use remit_stores::SqliteStore;

/// The commands of England.
pub fn england() -> Vec<Command> {
    let mut plan = Plan::new(Register::new());
    tables::plan(&mut plan, &Source::England).expect("readable");
    plan.commands().to_vec()
}

/// The events of England, then as many more as are asked for.
pub fn events(count: u64) -> impl Iterator<Item = Event> {
    let england: Vec<Event> = england()
        .iter()
        .filter_map(|command| match &command.act {
            Act::State(fact) => {
                Some(Event { fact: fact.clone(), evidence: command.evidence.clone() })
            }
            Act::GiveNotice { .. } | Act::Correct { .. } => None,
        })
        .collect();
    let evidence = std::sync::Arc::new(Evidence {
        source: "ODS epraccur 2021-11".parse().expect("a source"),
        url: None,
        made_on: None,
        confidence: Confidence::Confirmed,
        note: None,
    });
    let day = |year: i32| Day::new(year, 4, 1).expect("a day");
    let groups = ["00L", "00N", "11X", "16C", "42D", "91Q", "10Q", "11J"]
        .map(|g| g.parse().expect("a code"));
    let networks = ["U89141", "U07032", "U02671"].map(|g| g.parse().expect("a code"));
    let more = (0_u64..).flat_map(move |number| {
        let code: remit_domain::BodyCode = format!("X{number:07}").parse().expect("a code");
        let member = |group, relation, effective| {
            let member = Member::Body(code);
            Fact::from(Membership { member, group, relation, effective })
        };
        let at = |n: u64, of: usize| usize::try_from(n % of as u64).unwrap_or(0);
        let commissioner = Relation::PracticeOfCommissioner;
        let closed = |from, until| Period::new(day(from), Some(day(until))).expect("a period");
        let facts = [
            Body {
                code,
                role: BodyRole::Practice,
                name: format!("PRACTICE NUMBER {number}").parse().expect("a name"),
                legal_form: None,
                effective: Period::open(day(2014)),
            }
            .into(),
            member(groups[at(number, 8)], commissioner, closed(2014, 2021)),
            member(groups[at(number + 3, 8)], commissioner, Period::open(day(2021))),
            member(networks[at(number, 3)], Relation::PracticeOfPcn, Period::open(day(2020))),
        ];
        let evidence = evidence.clone();
        facts.into_iter().map(move |fact| Event { fact, evidence: evidence.clone() })
    });
    england.into_iter().chain(more).take(usize::try_from(count).unwrap_or(usize::MAX))
}

/// An event, as it is asked to be recorded.
pub fn draft(event: Event) -> Draft {
    let (actor, acting_for) = ("bench".parse().expect("an actor"), "X24".parse().expect("a code"));
    Draft { event, actor, acting_for, principal: None, trace: None }
}

/// Events appended to a store, a request after the other.
pub struct Appended {
    store: SqliteStore,
    encoder: Encoder,
    head: Head,
}

impl Appended {
    pub fn to(store: SqliteStore) -> Self {
        let encoder = Encoder::new(store.id());
        Self { store, encoder, head: Head::EMPTY }
    }

    pub async fn append(&mut self, drafts: &[Draft]) {
        let request_id = format!("history-{}", self.head.position).parse().expect("an id");
        let mut entry = Entry::new(self.head, system_clock()(), request_id, [0; 32]);
        for draft in drafts {
            entry.push(&mut self.encoder, draft).expect("an event");
        }
        self.head = entry.last();
        self.store.append(entry).await.expect("appended");
    }
}

/// In a process of its own: writes a log of so many events, says so, and appends more when told.
pub fn write_more(file: &Path, count: u64, more: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut log = Appended::to(SqliteStore::open(file).expect("opened"));
    let mut events = events(count + more).map(draft);
    let first: Vec<_> = events.by_ref().take(usize::try_from(count).expect("small")).collect();
    first.chunks(5_000).for_each(|batch| runtime.block_on(log.append(batch)));
    let rest: Vec<_> = events.collect();
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).expect("told");
    rest.chunks(5_000).for_each(|batch| runtime.block_on(log.append(batch)));
}

/// Writes a log of so many events.
pub fn write(file: &Path, count: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut log = Appended::to(SqliteStore::open(file).expect("opened"));
    let mut events = events(count).map(draft);
    loop {
        let batch: Vec<_> = events.by_ref().take(5_000).collect();
        if batch.is_empty() {
            return;
        }
        runtime.block_on(log.append(&batch));
    }
}
