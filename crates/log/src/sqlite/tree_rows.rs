//! The tree as the file keeps it, and the check of all bytes against all hashes.

use super::*;

/// The levels of the tree whose roots are kept.
pub(super) const KEPT_LEVELS: u8 = 8;

/// The complete subtrees of the tree as the file keeps them.
pub(super) struct TreeRows<'c>(pub(super) &'c Connection);

impl Subtrees for TreeRows<'_> {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        let failed = |error: rusqlite::Error| ProofError(error.to_string());
        // From the roots that are kept at the level below, at most 128 of them.
        let kept = level - level % KEPT_LEVELS;
        let nodes = 1_i64 << (level % KEPT_LEVELS);
        let first = i64::try_from(number).unwrap_or(i64::MAX / 256) * nodes;
        let mut select = match kept {
            0 => self.0.prepare_cached(
                "SELECT leaf FROM events
                 WHERE ?1 = 0 AND position > ?2 AND position <= ?2 + ?3 ORDER BY position",
            ),
            _ => self.0.prepare_cached(
                "SELECT root FROM subtrees
                 WHERE level = ?1 AND number >= ?2 AND number < ?2 + ?3 ORDER BY number",
            ),
        }
        .map_err(failed)?;
        let mut rows = select.query(params![kept, first, nodes]).map_err(failed)?;
        let mut frontier = Frontier::default();
        while let Some(row) = rows.next().map_err(failed)? {
            let root = row.get::<_, Hash>(0).map_err(failed)?;
            frontier.push(root, |_, _, _| ());
        }
        if frontier.size() != nodes.unsigned_abs() {
            let what = format!("the hash of subtree {number} at level {level} is missing");
            return Err(ProofError(what));
        }
        Ok(frontier.root())
    }
}

/// Compares all bytes with all hashes, and what lies beside them with what they committed to.
pub(super) fn check(
    db: &Connection,
    head: Position,
) -> rusqlite::Result<Result<(Position, Hash), LogError>> {
    let damaged = |what: String| Ok(Err(LogError::Damaged(what)));
    // One look at the file: what is appended meanwhile is not half of it.
    let _look = db.is_autocommit().then(|| db.unchecked_transaction()).transpose()?;
    let last: Option<i64> = db.query_row("SELECT max(position) FROM events", [], |r| r.get(0))?;
    let last = last.and_then(|last| Position::try_from(last).ok()).unwrap_or_default();
    let head = head.max(last);
    let mut beside = Beside::default();
    match beside::select(db, 0, Position::MAX)? {
        Ok(disclosures) => beside.lay(disclosures),
        Err(error) => return Ok(Err(error)),
    }
    let mut requests = requests::Compared::begin(db)?;
    let mut frontier = Frontier::default();
    let mut roots = Vec::new();
    let mut select = db.prepare(
        "SELECT position, event, leaf FROM events WHERE position <= ?1 ORDER BY position",
    )?;
    let mut rows = select.query([i64::try_from(head).unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        let position = row.get::<_, i64>(0)?;
        let expected = frontier.size() + 1;
        if u64::try_from(position) != Ok(expected) {
            return damaged(format!("event {expected} is missing"));
        }
        let computed = tree::leaf(row.get_ref(1)?.as_bytes()?);
        if row.get::<_, Hash>(2).ok() != Some(computed) {
            return damaged(format!(
                "the bytes of event {position} do not have the hash that is stored beside them"
            ));
        }
        let bytes = row.get_ref(1)?.as_bytes()?;
        let met = met(&mut beside, expected, bytes).and_then(|()| requests.meet(position, bytes));
        if let Err(error) = met {
            return Ok(Err(error));
        }
        frontier.push(computed, |level, number, root| {
            if level > 0 && level % KEPT_LEVELS == 0 {
                roots.push((level, number, *root));
            }
        });
    }
    if frontier.size() != head {
        return damaged(format!("event {} is missing", frontier.size() + 1));
    }
    let mut find = db.prepare("SELECT root FROM subtrees WHERE level = ?1 AND number = ?2")?;
    for (level, number, root) in &roots {
        let at = params![level, i64::try_from(*number).unwrap_or(i64::MAX)];
        let kept = find.query_row(at, |row| row.get::<_, Hash>(0)).optional()?;
        if kept != Some(*root) {
            let what =
                format!("the hash of subtree {number} at level {level} is not that of its events");
            return damaged(what);
        }
    }
    let kept: i64 = db.query_row("SELECT count(*) FROM subtrees", [], |row| row.get(0))?;
    if u64::try_from(kept) != Ok(roots.len() as u64) {
        return damaged("there are hashes of subtrees that have no events".to_owned());
    }
    let now = |position: Position| {
        beside::select(db, position.saturating_sub(1), position).map_err(engine).flatten()
    };
    let met = beside.finish(now).and_then(|()| requests.finish());
    Ok(met.map(|()| (head, frontier.root())))
}

/// Compares one event with what lies beside it. Few events commit or redact: the rest are not read.
pub(super) fn met(beside: &mut Beside, position: Position, bytes: &[u8]) -> Result<(), LogError> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains("\"committed\"") && !text.contains("field-redacted") {
        return Ok(());
    }
    let recorded = shape::decode(position, bytes);
    let mut recorded = recorded.map_err(|error| LogError::NotALog(error.to_string()))?;
    beside.meet(position, &mut recorded.event.fact)
}

/// Adds a leaf to the tree, and to the file the roots that it completes and that are kept.
pub(super) fn grow(db: &Connection, frontier: &mut Frontier, leaf: Hash) -> rusqlite::Result<()> {
    let mut complete = Vec::new();
    frontier.push(leaf, |level, number, root| {
        if level > 0 && level % KEPT_LEVELS == 0 {
            complete.push((level, number, *root));
        }
    });
    for (level, number, root) in complete {
        db.prepare_cached("INSERT INTO subtrees (level, number, root) VALUES (?1, ?2, ?3)")?
            .execute(params![level, i64::try_from(number).unwrap_or(i64::MAX), root])?;
    }
    Ok(())
}
