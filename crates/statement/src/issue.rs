//! Puts a statement together from the log.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use remit_domain::{Fact, Position};
use remit_ledger::{Checkpoint, Hash, Index, ProofError, Subtrees, tree};
use remit_log::{EventLog, LogError, Recorded, ShapeError, shape};
use remit_register::filing;

use crate::file::{Asked, IndexShown, Stated, Statement, VERSION};
use crate::verify::{self, Question, Refused};

/// Events that one read takes from the log.
const PAGE: usize = 1_024;

/// Why a statement is not issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The question is not one that can be answered.
    #[error(transparent)]
    Asked(#[from] Refused),
    /// Something was recorded where nothing was to be stated.
    #[error("something was recorded: event {0}")]
    NotNothing(Position),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An event could not be read.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The log's tree could not be read.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// Who issues.
pub struct Issuer<Sign, Seal> {
    /// The name of the log and its keys.
    pub origin: String,
    /// Makes a text, which ends with a line break, a note signed by every key.
    pub sign: Sign,
    /// Makes a text a note signed by the present key alone.
    pub seal: Seal,
}

/// The index over the first events of a log, kept up with it.
#[derive(Default)]
pub struct Indexed {
    size: Position,
    index: Index,
}

struct Tree<'l>(&'l dyn EventLog);

impl Subtrees for Tree<'_> {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        self.0.subtree(level, number).map_err(|error| ProofError(error.to_string()))
    }
}

/// Reads single events, and remembers them.
struct Reader<'l> {
    log: &'l dyn EventLog,
    seen: BTreeMap<Position, (String, Recorded)>,
}

impl Reader<'_> {
    fn fetch(&mut self, position: Position) -> Result<(), IssueError> {
        if self.seen.contains_key(&position) {
            return Ok(());
        }
        let page = self.log.read(position.saturating_sub(1), 1)?;
        let stored = page.into_iter().next().filter(|stored| stored.position == position);
        let missing = || LogError::Damaged(format!("event {position} is missing"));
        let stored = stored.ok_or_else(missing)?;
        let recorded = shape::decode(position, &stored.bytes)?;
        let about = verify::lineage(&recorded.event.fact, position);
        let text = String::from_utf8_lossy(&stored.bytes).into_owned();
        self.seen.insert(position, (text, recorded));
        // What a correction is about must be seen for it to be understood.
        about.map_or(Ok(()), |about| self.fetch(about))
    }

    fn fact(&self, position: Position) -> Option<&Fact> {
        self.seen.get(&position).map(|(_, recorded)| &recorded.event.fact)
    }
}

impl Indexed {
    /// Files what the log has gained, up to a position that is durable.
    ///
    /// # Errors
    /// [`IssueError`] where the log cannot be read.
    pub fn catch_up(&mut self, log: &dyn EventLog, size: Position) -> Result<(), IssueError> {
        while self.size < size {
            for stored in log.read(self.size, PAGE)? {
                if stored.position > size {
                    break;
                }
                let recorded = shape::decode(stored.position, &stored.bytes)?;
                let mut earlier = Reader { log, seen: BTreeMap::new() };
                if let Some(about) = verify::lineage(&recorded.event.fact, stored.position) {
                    earlier.fetch(about)?;
                }
                for key in filing::keys_of(&recorded.event.fact, |at| earlier.fact(at)) {
                    self.index.file(&key, stored.position);
                }
                self.size = stored.position;
            }
        }
        Ok(())
    }

    /// The root of the index over the first `size` events, which is where it then stands.
    ///
    /// # Errors
    /// [`IssueError`] where the log cannot be read.
    pub fn root(&mut self, log: &dyn EventLog, size: Position) -> Result<Hash, IssueError> {
        self.catch_up(log, size)?;
        Ok(self.index.root())
    }

    /// A statement over all events up to where the index stands. The issuer has a name, and makes a
    /// text a note signed by all of its keys, or by the present one.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issue(
        &mut self,
        log: &dyn EventLog,
        asked: Asked,
        issuer: &Issuer<impl Fn(&str) -> String, impl Fn(&str) -> String>,
    ) -> Result<Statement, IssueError> {
        let size = self.size;
        if asked.until() == 0 || asked.until() > size {
            let why = format!("there was nothing recorded by then; the last event is {size}");
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
        let leaves: Vec<u64> = positions.iter().map(|position| position - 1).collect();
        let root = remit_ledger::Frontier::of(size, &Tree(log))?.root();
        let inclusion = tree::prove_several(size, &leaves, &Tree(log))?;
        let shown = self.index.prove(keys.iter().map(String::as_str))?;
        let index_root = self.index.root();
        let (texts, events): (Vec<String>, BTreeMap<Position, Recorded>) = reader
            .seen
            .into_iter()
            .map(|(position, (text, recorded))| (text, (position, recorded)))
            .unzip();
        let last_instant = events.values().map(|recorded| recorded.recorded_at).max();
        let last_instant = last_instant.unwrap_or(i64::MIN);
        let known = verify::span(&asked, &events);
        let known = known.ok_or_else(|| LogError::Damaged("an event is missing".to_owned()))?;
        let base64 = |hashes: Vec<Hash>| hashes.iter().map(|hash| STANDARD.encode(hash)).collect();
        let origin = issuer.origin.clone();
        let checkpoint = Checkpoint { origin, size, root, index: Some(index_root) };
        let mut statement = Statement {
            remit_statement: VERSION,
            // Not before what it tells of, whatever became of the clock.
            issued_at: shape::instant_text(log.now().max(last_instant)),
            known,
            answer: answered(&asked, &events)?,
            not_claimed: Statement::not_claimed(&asked),
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

    /// Reads all that is filed under what is needed, until nothing more is needed.
    fn closure(
        &self,
        asked: &Asked,
        reader: &mut Reader<'_>,
    ) -> Result<BTreeSet<String>, IssueError> {
        if let Asked::Nothing { key, after, until } = asked {
            let wrong = |why| Refused { field: "nothing.key", why };
            let subject = filing::subject(key).map_err(wrong)?;
            if self.index.filed(&subject).is_empty() {
                let why = format!(
                    "the register knows no {subject}: that nothing was recorded of it would say \
                     nothing; check the code"
                );
                return Err(wrong(why).into());
            }
            let filed = self.index.filed(key);
            if let Some(found) = filed.iter().find(|at| (after + 1..=*until).contains(at)) {
                return Err(IssueError::NotNothing(*found));
            }
        }
        let mut keys = BTreeSet::new();
        loop {
            let facts = reader.seen.iter().map(|(at, (_, recorded))| (*at, &recorded.event.fact));
            let needed = verify::needed(asked, &facts.collect())?;
            let new: Vec<String> = needed.difference(&keys).cloned().collect();
            if new.is_empty() {
                return Ok(needed);
            }
            for key in new {
                for position in self.index.filed(&key) {
                    reader.fetch(*position)?;
                }
                keys.insert(key);
            }
        }
    }
}

/// The answer that some events give, and the least of them that give it.
///
/// # Errors
/// [`IssueError::Asked`] where it is not a question that can be answered.
pub fn answered(
    asked: &Asked,
    events: &BTreeMap<Position, Recorded>,
) -> Result<Option<Stated>, IssueError> {
    let Asked::WhoHolds { function, place, effective_on, known_at } = asked else {
        return Ok(None);
    };
    let question = Question::read(function, place, effective_on, *known_at)?;
    let recorded_at = events.get(known_at).map_or(0, |recorded| recorded.recorded_at);
    let of = |positions: &[Position]| {
        let some = positions.iter();
        let some = some.filter_map(|at| Some((*at, &events.get(at)?.event)));
        question.answered(some, recorded_at)
    };
    let mut rests_on: Vec<Position> = events.keys().copied().filter(|at| at <= known_at).collect();
    let says = of(&rests_on);
    // By halves, then thirds, …: most of what bears on a question is not needed for its answer.
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
    // An event that was needed may not be when others are left out.
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
    let confidence = verify::least_sure(events, &rests_on);
    Ok(Some(Stated { says, rests_on, confidence, rules }))
}
