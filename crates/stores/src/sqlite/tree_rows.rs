//! The Merkle tree as the file stores it, and the check of all stored bytes against all stored
//! hashes.

use super::*;

/// The roots of complete subtrees are stored for every level that is a multiple of this number.
pub(super) const KEPT_LEVELS: u8 = 8;

/// Reads a hash from a column.
pub(super) fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get(column).map(Hash)
}

/// Computes the roots of complete subtrees from the hashes that the file stores.
pub(super) struct TreeRows<'c>(pub(super) &'c Connection);

impl Subtrees for TreeRows<'_> {
    fn root_of(&self, level: u8, number: u64) -> Result<Hash, ProofError> {
        let failed = |error: rusqlite::Error| ProofError(error.to_string());
        // The root is computed from the nearest stored level at or below `level`, from at most 128
        // hashes.
        let kept = level - level % KEPT_LEVELS;
        let nodes = 1_i64 << (level % KEPT_LEVELS);
        let first = count(number).saturating_mul(nodes);
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
            let root = hash(row, 0).map_err(failed)?;
            frontier.push(root, |_, _, _| ());
        }
        if frontier.size() != nodes.unsigned_abs() {
            let what = format!("the hash of subtree {number} at level {level} is missing");
            return Err(ProofError(what));
        }
        Ok(frontier.root())
    }
}

/// Checks all stored bytes against all stored hashes, and the values beside the events against
/// their commitments.
pub(super) fn check(db: &Connection, head: Position) -> Result<TreeHead, LogError> {
    // Read everything in one transaction, so that the check sees no append that is only half done.
    let _look =
        db.is_autocommit().then(|| db.unchecked_transaction()).transpose().map_err(engine)?;
    let (last, _) = last_event(db).map_err(engine)?;
    let head = head.max(last.position);
    let mut beside = Beside::default();
    beside.lay(beside::select(db, Position::ZERO, Position::new(u64::MAX))?);
    let mut requests = requests::Compared::begin(db).map_err(engine)?;
    let mut checked = Checked::default();
    let mut select = db
        .prepare("SELECT position, event, leaf FROM events WHERE position <= ?1 ORDER BY position")
        .map_err(engine)?;
    let mut rows = select.query([number(head)]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        let position = checked.next(row)?;
        let bytes = row.get_ref(1).map_err(engine)?.as_bytes().unwrap_or_default();
        meet(&mut beside, position, bytes)?;
        requests.meet(position, bytes)?;
    }
    let Checked { frontier, roots } = checked;
    let size = Position::new(frontier.size());
    if size != head {
        return Err(Damage::Missing(size.next()).into());
    }
    check_subtrees(db, &roots)?;
    for (position, field) in beside.redacted() {
        let now = beside::select(db, position.prev(), *position)?;
        Beside::gone(*position, *field, &now)?;
    }
    beside.finish()?;
    requests.finish()?;
    Ok(TreeHead { size, root: frontier.root() })
}

/// The tree over the events checked so far.
#[derive(Default)]
struct Checked {
    frontier: Frontier,
    /// The roots that the file must store, each with the level and the number of its subtree.
    roots: Vec<(u8, u64, Hash)>,
}

impl Checked {
    /// Checks the bytes of the next event against its stored hash. Returns the position of the
    /// event.
    fn next(&mut self, row: &Row<'_>) -> Result<Position, LogError> {
        let expected = Position::new(self.frontier.size()).next();
        if position(row, 0).map_err(engine)? != expected {
            return Err(Damage::Missing(expected).into());
        }
        let bytes = row.get_ref(1).map_err(engine)?.as_bytes();
        let stored = hash(row, 2).ok();
        let Some(computed) = bytes.ok().map(tree::leaf).filter(|leaf| Some(*leaf) == stored) else {
            return Err(Damage::Bytes(expected).into());
        };
        self.frontier.push(computed, |level, number, root| {
            if level > 0 && level % KEPT_LEVELS == 0 {
                self.roots.push((level, number, *root));
            }
        });
        Ok(expected)
    }
}

fn check_subtrees(db: &Connection, roots: &[(u8, u64, Hash)]) -> Result<(), LogError> {
    let mut find =
        db.prepare("SELECT root FROM subtrees WHERE level = ?1 AND number = ?2").map_err(engine)?;
    for (level, number, root) in roots {
        let kept = find
            .query_row(params![level, count(*number)], |row| hash(row, 0))
            .optional()
            .map_err(engine)?;
        if kept != Some(*root) {
            return Err(Damage::Subtree { level: *level, number: *number }.into());
        }
    }
    let kept: i64 =
        db.query_row("SELECT count(*) FROM subtrees", [], |row| row.get(0)).map_err(engine)?;
    if u64::try_from(kept) != Ok(roots.len() as u64) {
        return Err(Damage::StraySubtrees.into());
    }
    Ok(())
}

/// Checks the values stored beside one event. Decodes the event only if it commits to a value or
/// redacts a value, because most events do neither.
fn meet(beside: &mut Beside, position: Position, bytes: &[u8]) -> Result<(), LogError> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains("\"committed\"") && !text.contains("field-redacted") {
        return Ok(());
    }
    let mut recorded = decode(position, bytes)?;
    Ok(beside.meet(position, &mut recorded.event.fact)?)
}

/// Adds a leaf to the tree. Stores the roots of the subtrees that the leaf completes at the stored
/// levels.
pub(super) fn grow(db: &Connection, frontier: &mut Frontier, leaf: Hash) -> rusqlite::Result<()> {
    let mut complete = Vec::new();
    frontier.push(leaf, |level, number, root| {
        if level > 0 && level % KEPT_LEVELS == 0 {
            complete.push((level, number, *root));
        }
    });
    for (level, number, root) in complete {
        db.prepare_cached("INSERT INTO subtrees (level, number, root) VALUES (?1, ?2, ?3)")?
            .execute(params![level, count(number), root.0])?;
    }
    Ok(())
}
