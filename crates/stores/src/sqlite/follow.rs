//! Opens the file of a log that another process writes, either to read the log as it is at one
//! moment or to follow the changes of the log.

use super::*;

/// The time between two checks of a followed file for changes.
const LOOK: Duration = Duration::from_millis(5);

impl SqliteStore {
    /// Opens a log to read the events that it holds at this moment, even while another process
    /// writes to it. Later events are not seen. Appends are refused.
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be opened as a log.
    pub fn open_read_only(path: &Path) -> Result<Self, OpenError> {
        let db = read_only(path)?;
        checked_version(&db, path)?;
        let id = log_id(&db)?;
        let readers = Readers::at_one_moment(db)?;
        let durable = readers.with(Durable::read)?;
        let (head, last_act) =
            (watch::channel(durable.head.position).1, watch::channel(durable.last_act).1);
        Ok(Self {
            id,
            queue: None,
            recent: Arc::default(),
            head,
            last_act,
            tree: Arc::new(RwLock::new(durable.frontier)),
            readers: Arc::new(readers),
            threads: Vec::new(),
            _following: None,
            _lock: None,
        })
    }

    /// Opens a log to read it and to follow the events and acts that another process records in it.
    /// Appends are refused.
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be opened as a log.
    pub fn follow(path: &Path) -> Result<Self, OpenError> {
        let db = read_only(path)?;
        checked_version(&db, path)?;
        let id = log_id(&db)?;
        let durable = Durable::read(&db)?;
        let tree = Arc::new(RwLock::new(durable.frontier.clone()));
        let (head, head_seen) = watch::channel(durable.head.position);
        let (last_act, last_act_seen) = watch::channel(durable.last_act);
        let follower =
            Follower { db, frontier: durable.frontier, tree: Arc::clone(&tree), head, last_act };
        let (following, ended) = mpsc::sync_channel(0);
        let threads = vec![spawn("log-follower", move || follower.run(&ended))?];
        Ok(Self {
            id,
            queue: None,
            recent: Arc::default(),
            head: head_seen,
            last_act: last_act_seen,
            tree,
            readers: Arc::new(Readers::at_any_moment(path)?),
            threads,
            _following: Some(following),
            _lock: None,
        })
    }
}

fn log_id(db: &Connection) -> Result<String, LogError> {
    db.query_row("SELECT id FROM log", [], |row| row.get(0)).map_err(engine)
}

/// Tells the readers in this process about the events and acts that another process records.
struct Follower {
    db: Connection,
    frontier: Frontier,
    tree: Arc<RwLock<Frontier>>,
    head: watch::Sender<Position>,
    last_act: watch::Sender<u64>,
}

impl Follower {
    fn run(mut self, ended: &mpsc::Receiver<()>) {
        let mut seen = None;
        while ended.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
            // The value of `data_version` changes when another connection commits.
            let version =
                self.db.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0));
            if version.as_ref().ok() == seen.as_ref() {
                continue;
            }
            match version.and_then(|version| self.look().map(|()| version)) {
                Ok(version) => seen = Some(version),
                Err(error) => tracing::warn!(%error, "the log cannot be followed; trying again"),
            }
        }
    }

    fn look(&mut self) -> rusqlite::Result<()> {
        let (head, _) = last_event(&self.db)?;
        let mut select = self.db.prepare_cached(
            "SELECT leaf FROM events WHERE position > ?1 AND position <= ?2 ORDER BY position",
        )?;
        let mut rows = select.query([count(self.frontier.size()), number(head.position)])?;
        let mut frontier = self.frontier.clone();
        while let Some(row) = rows.next()? {
            frontier.push(tree_rows::hash(row, 0)?, |_, _, _| ());
        }
        self.frontier = frontier;
        *self.tree.write().unwrap_or_else(PoisonError::into_inner) = self.frontier.clone();
        let last_act = last_act(&self.db)?;
        self.head
            .send_if_modified(|known| std::mem::replace(known, head.position) != head.position);
        self.last_act.send_if_modified(|known| std::mem::replace(known, last_act) != last_act);
        Ok(())
    }
}
