//! Named watches: the desk stores the cursor that each named watch acknowledged last.

use remit_domain::{Day, Position};
use remit_log::{Keep, LogError, Mark};
use remit_register::Point;
use remit_shape::DeskName;
use tokio::sync::watch;

use super::{Desk, DeskError, NAMES_MAX, NamedThing, unreadable};
use crate::watch::{Cursor, Targets, Watch};

/// The prefix of the name of every named watch's mark.
const WATCH: &str = "watch/";

/// Why a watch cannot continue from a cursor, or a cursor cannot be acknowledged.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WatchError {
    /// The cursor is at an event that this node does not have.
    #[error("position {known_at} is after the last event of the log, {head}")]
    BeyondHead {
        /// The position of the event that the cursor is at.
        known_at: Position,
        /// The position of the last event that the node has.
        head: Position,
    },
    /// The cursor is at a day that has not begun in England.
    #[error("the day {0} has not begun yet")]
    DayNotBegun(Day),
    /// The cursor comes from a watch whose targets differ from those of this watch.
    #[error("the cursor is from a watch with other questions; use a cursor that this watch sent")]
    OfOtherThings,
    /// The name belongs to a watch whose targets differ from those of this watch.
    #[error(
        "the watch of this name was begun with other questions; use another name, or forget that \
         watch first"
    )]
    NameOfOtherThings,
    /// The reader has already acknowledged the notice at this cursor, or a later notice.
    #[error("this notice, or a later one, is already acknowledged")]
    AcknowledgedAlready,
    /// The desk refuses the call.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<LogError> for WatchError {
    fn from(error: LogError) -> Self {
        Self::Desk(error.into())
    }
}

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

    /// Begins a watch. If `from` is given, the watch continues from that cursor. Otherwise the
    /// watch continues from the cursor that the named watch `consumer` acknowledged last. If there
    /// is neither cursor, the watch begins with the present answers. A new name `consumer` is
    /// remembered.
    ///
    /// # Errors
    /// [`WatchError`] if the watch cannot begin; a new name `consumer` is then not remembered.
    pub async fn watch(
        &self,
        targets: Targets,
        from: Option<Cursor>,
        consumer: Option<&DeskName>,
    ) -> Result<Watch, WatchError> {
        let acknowledged = match (from, consumer) {
            (None, Some(consumer)) => self.acknowledged(consumer).await?,
            (Some(_), _) | (None, None) => None,
        };
        let head = *self.node().head().borrow();
        let watch = match from.or(acknowledged) {
            Some(cursor) => {
                let known_at = cursor.point().known_at;
                if known_at > head {
                    return Err(WatchError::BeyondHead { known_at, head });
                }
                if !cursor.may_be_of(targets.number()) {
                    let named = acknowledged.is_some();
                    return Err(match named {
                        true => WatchError::NameOfOtherThings,
                        false => WatchError::OfOtherThings,
                    });
                }
                Watch::from_cursor(targets, cursor)
            }
            None => {
                let now = Point { effective_on: self.node().today(), known_at: head };
                Watch::from_now(targets, now)
            }
        };
        if let Some(consumer) = consumer {
            self.know_watch(consumer, watch.cursor()).await?;
        }
        Ok(watch)
    }

    /// The cursor from which a watch of any targets continues, for a reader who knows everything up
    /// to `known_at` and `effective_on`. If the day `effective_on` has not begun, today is used
    /// instead.
    #[must_use]
    pub fn cursor_at(&self, known_at: Position, effective_on: Day) -> Cursor {
        let effective_on = effective_on.min(self.node().today());
        Cursor::at(Point { effective_on, known_at }, None)
    }

    /// Records that the reader of the named watch `consumer` has dealt with all notices up to
    /// `cursor`.
    ///
    /// # Errors
    /// [`WatchError`] if `cursor` cannot be acknowledged; nothing then changes.
    pub async fn acknowledge(&self, consumer: DeskName, cursor: Cursor) -> Result<(), WatchError> {
        let Point { effective_on, known_at } = cursor.point();
        let recorded_on = |head| self.node().view(|register, _| register.recorded_on(head));
        let head = *self.node().head().borrow();
        if known_at > head {
            return Err(WatchError::BeyondHead { known_at, head });
        }
        // The clock may have been set back since the last event, so the day on which that event was
        // recorded is accepted too.
        if Some(effective_on) > recorded_on(head).max(Some(self.node().today())) {
            return Err(WatchError::DayNotBegun(effective_on));
        }
        let _marking = self.shared.marking.lock().await;
        let Some(last) = self.acknowledged(&consumer).await? else {
            return Err(DeskError::Unknown(NamedThing::Watch, consumer).into());
        };
        if !cursor.is_of_the_same(last) {
            return Err(WatchError::NameOfOtherThings);
        }
        if !cursor.is_after(last) {
            return Err(WatchError::AcknowledgedAlready);
        }
        Ok(self.mark_watch(&consumer, cursor).await?)
    }

    /// Removes the named watch `consumer` and its cursor.
    ///
    /// # Errors
    /// [`DeskError`] if the watch does not exist or cannot be removed.
    pub async fn forget_watch(&self, consumer: DeskName) -> Result<(), DeskError> {
        let _marking = self.shared.marking.lock().await;
        if self.acknowledged(&consumer).await?.is_none() {
            return Err(DeskError::Unknown(NamedThing::Watch, consumer));
        }
        let remove = vec![mark_name(&consumer)];
        self.log().keep(Keep { remove, ..Keep::default() }).await?;
        self.state().watches.remove(&consumer);
        Ok(())
    }

    /// Takes over the named watch `consumer` for a new stream, and returns a receiver for that
    /// stream. The number in the receiver of an earlier stream changes, which tells that stream to
    /// end.
    #[must_use]
    pub fn take_over(&self, consumer: &DeskName) -> watch::Receiver<u64> {
        let mut state = self.state();
        state.streams.retain(|_, stream| stream.receiver_count() > 0);
        let stream = state.streams.entry(consumer.clone()).or_default();
        stream.send_modify(|number| *number += 1);
        stream.subscribe()
    }

    /// The cursor that a named watch acknowledged last; `None` if there is no such watch.
    async fn acknowledged(&self, consumer: &DeskName) -> Result<Option<Cursor>, LogError> {
        let name = mark_name(consumer);
        let Some(text) = self.log().mark(&name).await? else { return Ok(None) };
        let cursor = Cursor::read(&text, self.log().id());
        cursor.map(Some).ok_or_else(|| unreadable(&name, "is no cursor of this register"))
    }

    /// Stores a new named watch with `cursor`. If a watch of that name already exists, nothing
    /// changes.
    async fn know_watch(&self, consumer: &DeskName, cursor: Cursor) -> Result<(), DeskError> {
        let _marking = self.shared.marking.lock().await;
        if self.acknowledged(consumer).await?.is_some() {
            return Ok(());
        }
        if self.state().watches.len() >= NAMES_MAX {
            return Err(DeskError::TooMany(NAMES_MAX));
        }
        self.mark_watch(consumer, cursor).await
    }

    async fn mark_watch(&self, consumer: &DeskName, cursor: Cursor) -> Result<(), DeskError> {
        let set = vec![Mark { name: mark_name(consumer), value: cursor.write(self.log().id()) }];
        self.log().keep(Keep { set, ..Keep::default() }).await?;
        self.state().watches.insert(consumer.clone());
        Ok(())
    }
}
