//! Named watches: how far each was acknowledged.

use remit_log::{Keep, LogError, Mark};
use remit_shape::DeskName;
use tokio::sync::watch;

use super::{Desk, DeskError, NAMES_MAX, NamedThing};

/// What the marks of named watches begin with.
const WATCH: &str = "watch/";

fn mark_name(consumer: &DeskName) -> String {
    format!("{WATCH}{consumer}")
}

impl Desk {
    pub(super) async fn read_watches(&self) -> Result<(), LogError> {
        let marks = self.log().marks(WATCH).await?;
        let names = marks.iter().filter_map(|mark| mark.name.strip_prefix(WATCH)?.parse().ok());
        self.state().watches = names.collect();
        Ok(())
    }

    /// The cursor that a named watch acknowledged last.
    ///
    /// # Errors
    /// [`LogError`] if it cannot be read.
    pub async fn watched_until(&self, consumer: &DeskName) -> Result<Option<String>, LogError> {
        self.log().mark(&mark_name(consumer)).await
    }

    /// Keeps how far a named watch is. `after` says whether its cursor is after another.
    ///
    /// # Errors
    /// [`DeskError`]. `Ok(false)`: it is not after the one acknowledged last, and nothing changes.
    pub async fn acknowledge(
        &self,
        consumer: DeskName,
        cursor: String,
        after: impl FnOnce(&str) -> bool + Send,
    ) -> Result<bool, DeskError> {
        let _marking = self.shared.marking.lock().await;
        match self.watched_until(&consumer).await? {
            Some(last) if !after(&last) => return Ok(false),
            Some(_) => {}
            None => return Err(DeskError::Unknown(NamedThing::Watch, consumer)),
        }
        self.mark_watch(&consumer, cursor).await?;
        Ok(true)
    }

    /// Knows a named watch from now on; one that is known stays where it is.
    ///
    /// # Errors
    /// [`DeskError`].
    pub async fn know_watch(&self, consumer: DeskName, cursor: String) -> Result<(), DeskError> {
        let _marking = self.shared.marking.lock().await;
        if self.watched_until(&consumer).await?.is_some() {
            return Ok(());
        }
        if self.state().watches.len() >= NAMES_MAX {
            return Err(DeskError::TooMany(NAMES_MAX));
        }
        self.mark_watch(&consumer, cursor).await
    }

    /// Forgets a named watch.
    ///
    /// # Errors
    /// [`DeskError`]; it is then still known.
    pub async fn forget_watch(&self, consumer: DeskName) -> Result<(), DeskError> {
        let _marking = self.shared.marking.lock().await;
        if self.watched_until(&consumer).await?.is_none() {
            return Err(DeskError::Unknown(NamedThing::Watch, consumer));
        }
        let remove = vec![mark_name(&consumer)];
        self.log().keep(Keep { remove, ..Keep::default() }).await?;
        self.state().watches.remove(&consumer);
        Ok(())
    }

    async fn mark_watch(&self, consumer: &DeskName, cursor: String) -> Result<(), DeskError> {
        let set = vec![Mark { name: mark_name(consumer), value: cursor }];
        self.log().keep(Keep { set, ..Keep::default() }).await?;
        self.state().watches.insert(consumer.clone());
        Ok(())
    }

    /// Takes over a named watch: the stream that had it sees the number change.
    #[must_use]
    pub fn take_over(&self, consumer: &DeskName) -> watch::Receiver<u64> {
        let mut state = self.state();
        state.streams.retain(|_, stream| stream.receiver_count() > 0);
        let stream = state.streams.entry(consumer.clone()).or_default();
        stream.send_modify(|number| *number += 1);
        stream.subscribe()
    }
}
