//! Loads under way. Until a load ends, answers lack the facts of the load that are not recorded
//! yet.

use std::sync::Arc;

use remit_domain::Text;
use remit_shape::{DeskAct, DeskName};
use tokio::sync::watch;

use super::{Desk, DeskError};

/// The maximum number of loads under way at once.
const LOADS_MAX: usize = 16;

type Loads = watch::Sender<Arc<[DeskName]>>;

/// Adds `load` to the loads under way.
pub(super) fn begun(loads: &Loads, load: DeskName) {
    let mut now = loads.borrow().to_vec();
    now.push(load);
    now.sort_unstable();
    now.dedup();
    loads.send_replace(now.into());
}

/// Removes `load` from the loads under way.
pub(super) fn ended(loads: &Loads, load: &DeskName) {
    let left = loads.borrow().iter().filter(|each| *each != load).cloned().collect();
    loads.send_replace(left);
}

impl Desk {
    /// The names of the loads that began and have not ended.
    #[must_use]
    pub fn loads_under_way(&self) -> Arc<[DeskName]> {
        Arc::clone(&self.shared.loads.borrow())
    }

    /// Marks a load as under way. If the load is already under way, nothing changes.
    ///
    /// # Errors
    /// [`DeskError`] if the load cannot be marked as under way.
    pub async fn begin_load(&self, load: DeskName, actor: Text) -> Result<(), DeskError> {
        let decide = |_: &super::State| {
            let loads = self.loads_under_way();
            match loads.contains(&load) {
                true => Ok(None),
                false if loads.len() >= LOADS_MAX => Err(DeskError::TooMany(LOADS_MAX)),
                false => Ok(Some(DeskAct::LoadBegun { load: load.clone() }.into())),
            }
        };
        self.act(&actor, decide).await.map(drop)
    }

    /// Marks a load as ended. If the load is not under way, nothing changes.
    ///
    /// # Errors
    /// [`DeskError`] if the load cannot be marked as ended; it is then still under way.
    pub async fn end_load(&self, load: DeskName, actor: Text) -> Result<(), DeskError> {
        let decide = |_: &super::State| {
            let under_way = self.loads_under_way().contains(&load);
            Ok(under_way.then(|| DeskAct::LoadEnded { load: load.clone() }.into()))
        };
        self.act(&actor, decide).await.map(drop)
    }
}
