//! Issues statements from the log.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::{Fact, InvalidKey, Key, Position, UtcInstant};
use remit_ledger::{Checkpoint, Frontier, Hash, Index, ProofError, tree};
use remit_register::filing;
use remit_shape::{Recorded, ShapeError, decode};

use crate::file::{Asked, Edition, IndexShown, Stated, Statement, VERSION};
use crate::source::Source;
use crate::verify::{self, Question, Refused};

/// The maximum number of events that one read takes from the log.
const PAGE: usize = 1_024;

/// Why a statement was not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError<E: std::error::Error + 'static> {
    /// The statement cannot be issued, because the question cannot be answered.
    #[error(transparent)]
    Asked(#[from] Refused),
    /// The caller asked for a statement of nothing, but the event at this position is filed under
    /// the key asked about.
    #[error(
        "a statement of nothing cannot be issued: event {0} is filed under the key asked about, \
         and lies in the stretch of the log asked about"
    )]
    NotNothing(Position),
    /// The log cannot be read.
    #[error(transparent)]
    Source(E),
    /// The log has no event at a position where it must have one.
    #[error("event {0} is missing from the log")]
    Missing(Position),
    /// An event could not be decoded.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The log's tree could not be read.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// The issuer of statements: its name, and how it signs.
pub struct Issuer<Sign, Seal> {
    /// The origin: the name that identifies the log and its keys.
    pub origin: String,
    /// Signs a text with every key of the register, and returns the signed note. The text ends with
    /// a line break.
    pub sign: Sign,
    /// Signs a text with the present key of the register alone, and returns the signed note. The
    /// text ends with a line break.
    pub seal: Seal,
}

/// The index over the first `size` events of a log. `catch_up` adds further events to it.
#[derive(Default)]
pub struct Indexed {
    size: Position,
    index: Index,
}

/// Reads single events from the log, and keeps each event that it has read.
struct Reader<'l, S> {
    log: &'l S,
    seen: BTreeMap<Position, (String, Recorded)>,
}

impl<S: Source> Reader<'_, S> {
    fn fetch(&mut self, position: Position) -> Result<(), IssueError<S::Error>> {
        if self.seen.contains_key(&position) {
            return Ok(());
        }
        let page = self.log.events(position.prev(), 1).map_err(IssueError::Source)?;
        let stored = page.into_iter().find(|(at, _)| *at == position);
        let (_, bytes) = stored.ok_or(IssueError::Missing(position))?;
        let recorded = decode(position, bytes.as_ref())?;
        let about = verify::lineage(&recorded.event.fact, position);
        let text = String::from_utf8_lossy(bytes.as_ref()).into_owned();
        self.seen.insert(position, (text, recorded));
        // A reader can understand a correction or a redaction only with the event that it is about,
        // so fetch that event too.
        about.map_or(Ok(()), |about| self.fetch(about))
    }

    fn fact(&self, position: Position) -> Option<&Fact> {
        self.seen.get(&position).map(|(_, recorded)| &recorded.event.fact)
    }
}

impl Indexed {
    /// Adds the new events of the log, up to the position `size`, to the index. The event at `size`
    /// must be durable.
    ///
    /// # Errors
    /// [`IssueError`] if the log cannot be read.
    pub fn catch_up<S: Source>(
        &mut self,
        log: &S,
        size: Position,
    ) -> Result<(), IssueError<S::Error>> {
        while self.size < size {
            let limit = Position::new(size.since(self.size)).as_usize().min(PAGE);
            let page = log.events(self.size, limit).map_err(IssueError::Source)?;
            if page.is_empty() {
                return Err(IssueError::Missing(self.size.next()));
            }
            for (position, bytes) in page {
                let recorded = decode(position, bytes.as_ref())?;
                let mut earlier = Reader { log, seen: BTreeMap::new() };
                if let Some(about) = verify::lineage(&recorded.event.fact, position) {
                    earlier.fetch(about)?;
                }
                for key in filing::keys_of(&recorded.event.fact, |at| earlier.fact(at)) {
                    self.index.file(&key, position.get());
                }
                self.size = position;
            }
        }
        Ok(())
    }

    /// Extends the index to the first `size` events of the log, and returns the root of the index.
    ///
    /// # Errors
    /// [`IssueError`] if the log cannot be read.
    pub fn root<S: Source>(
        &mut self,
        log: &S,
        size: Position,
    ) -> Result<Hash, IssueError<S::Error>> {
        self.catch_up(log, size)?;
        Ok(self.index.root())
    }

    /// Issues a statement about `asked`, over all events in the index.
    ///
    /// # Errors
    /// [`IssueError`] if the statement cannot be issued.
    pub fn issue<S: Source>(
        &mut self,
        log: &S,
        asked: Asked,
        issuer: &Issuer<impl Fn(&str) -> String, impl Fn(&str) -> String>,
    ) -> Result<Statement, IssueError<S::Error>> {
        let size = self.size;
        if asked.until() == Position::ZERO || asked.until() > size {
            let why = format!("the position must be from 1 to {size}, the last event of the log");
            let field = match asked {
                Asked::WhoHolds { .. } => "who_holds.known_at",
                Asked::Nothing { .. } => "nothing.until",
            };
            return Err(Refused { field, why }.into());
        }
        let mut reader = Reader { log, seen: BTreeMap::new() };
        for position in verify::expected_besides(&asked, size) {
            reader.fetch(position)?;
        }
        let keys = self.closure(&asked, &mut reader)?;
        let positions: Vec<Position> = reader.seen.keys().copied().collect();
        let leaves: Vec<u64> = positions.iter().map(|position| position.prev().get()).collect();
        let root = Frontier::of(size.get(), log)?.root();
        let inclusion = tree::prove_several(size.get(), &leaves, log)?;
        let shown = self.index.prove(keys.iter().map(String::as_str))?;
        let index_root = self.index.root();
        let (texts, events): (Vec<String>, BTreeMap<Position, Recorded>) = reader
            .seen
            .into_iter()
            .map(|(position, (text, recorded))| (text, (position, recorded)))
            .unzip();
        let last_instant = events.values().map(|recorded| recorded.recorded_at).max();
        let last_instant = last_instant.unwrap_or(UtcInstant::MIN);
        let known = verify::span(&asked, &events);
        let known = known.ok_or(IssueError::Missing(asked.until()))?;
        let base64 = |hashes: Vec<Hash>| hashes.iter().map(|hash| STANDARD.encode(hash)).collect();
        let origin = issuer.origin.clone();
        let checkpoint = Checkpoint { origin, size: size.get(), root, index: Some(index_root) };
        let mut statement = Statement {
            remit_statement: VERSION,
            // The time of issue is never before the enclosed events, even if the clock went back.
            issued_at: log.now().max(last_instant).to_string(),
            known,
            answer: answered(&asked, &events)?,
            not_claimed: Statement::not_claimed(&asked, Edition::Two),
            events: texts,
            inclusion: base64(inclusion),
            index: IndexShown { buckets: shown.buckets, hashes: base64(shown.hashes) },
            checkpoint: (issuer.sign)(&checkpoint.body()),
            signature: String::new(),
            asked,
        };
        statement.signature = (issuer.seal)(&statement.signed(&issuer.origin));
        Ok(statement)
    }

    /// Reads every event filed under a key that `asked` needs. An event can make further keys
    /// needed, so reading continues until no key is added. Returns the needed keys.
    fn closure<S: Source>(
        &self,
        asked: &Asked,
        reader: &mut Reader<'_, S>,
    ) -> Result<BTreeSet<String>, IssueError<S::Error>> {
        if let Asked::Nothing { key, after, until } = asked {
            self.is_nothing(key, (*after, *until))?;
        }
        let mut keys = BTreeSet::new();
        loop {
            let facts = reader.seen.iter().map(|(at, (_, recorded))| (*at, &recorded.event.fact));
            let needed = verify::needed(asked, Edition::Two, &facts.collect())?;
            let new: Vec<String> = needed.difference(&keys).cloned().collect();
            if new.is_empty() {
                return Ok(needed);
            }
            for key in new {
                for position in self.index.filed(&key) {
                    reader.fetch(Position::new(*position))?;
                }
                keys.insert(key);
            }
        }
    }

    /// Checks that the log has an event about the subject of `key`, and that no event after the
    /// position `after`, up to and including `until`, is filed under `key`.
    fn is_nothing<E: std::error::Error>(
        &self,
        key: &str,
        (after, until): (u64, u64),
    ) -> Result<(), IssueError<E>> {
        let wrong = |why: String| Refused { field: "nothing.key", why };
        let read: Key = key.parse().map_err(|error: InvalidKey| wrong(error.to_string()))?;
        let subject = read.subject().to_string();
        if self.index.filed(&subject).is_empty() {
            let why = format!(
                "the register knows no {subject}, so a statement that nothing was recorded of it \
                 would be of no use; check the code"
            );
            return Err(wrong(why).into());
        }
        let within = |at: &&u64| **at > after && **at <= until;
        match self.index.filed(key).iter().find(within) {
            Some(found) => Err(IssueError::NotNothing(Position::new(*found))),
            None => Ok(()),
        }
    }
}

/// The answer that `events` give, and a minimal set of events that gives this answer. Returns
/// `None` for a statement of nothing.
///
/// # Errors
/// [`Refused`] if the question cannot be answered.
pub fn answered(
    asked: &Asked,
    events: &BTreeMap<Position, Recorded>,
) -> Result<Option<Stated>, Refused> {
    let Some(question) = Question::read(asked, Edition::Two)? else { return Ok(None) };
    let known_at = question.known_at;
    let recorded_at = verify::recorded_at(events, known_at);
    let of = |positions: &[Position]| {
        let some = positions.iter();
        let some = some.filter_map(|at| Some((*at, &events.get(at)?.event)));
        question.answered(some, recorded_at)
    };
    let mut rests_on: Vec<Position> = events.keys().copied().filter(|at| *at <= known_at).collect();
    let says = of(&rests_on);
    // Try to leave out half of the events, then a quarter, and so on: most events that bear on a
    // question are not needed for its answer.
    let mut part = rests_on.len().div_ceil(2).max(1);
    loop {
        let mut first = 0;
        while first < rests_on.len() {
            let last = (first + part).min(rests_on.len());
            let fewer = [&rests_on[..first], &rests_on[last..]].concat();
            if of(&fewer) == says {
                rests_on = fewer;
            } else {
                first = last;
            }
        }
        if part == 1 {
            break;
        }
        part = part.div_ceil(2);
    }
    // Leaving out one event can make another event unnecessary, so repeat until no more events can
    // be left out.
    loop {
        let before = rests_on.len();
        for at in rests_on.clone() {
            let fewer: Vec<_> = rests_on.iter().copied().filter(|other| *other != at).collect();
            if of(&fewer) == says {
                rests_on = fewer;
            }
        }
        if rests_on.len() == before {
            break;
        }
    }
    let rules = verify::rules(events, &rests_on);
    let disputes = verify::disputes(&question, events, &rests_on);
    let rests_on = rests_on.into_iter().map(Position::get).collect();
    Ok(Some(Stated { says, rests_on, confidence: None, rules, disputes }))
}
