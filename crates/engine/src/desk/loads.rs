//! Loads under way. Until they end, answers lack what is not recorded yet.

use std::sync::Arc;

use remit_domain::Text;
use remit_shape::{DeskAct, DeskName};
use tokio::sync::watch;

use super::{Desk, DeskError};

/// Loads that may be under way at once.
const LOADS_MAX: usize = 16;

type Loads = watch::Sender<Arc<[DeskName]>>;

/// Adds a load to those under way.
pub(super) fn begun(loads: &Loads, load: DeskName) {
    let mut now = loads.borrow().to_vec();
    now.push(load);
    now.sort_unstable();
    now.dedup();
    loads.send_replace(now.into());
}

/// Removes a load from those under way.
pub(super) fn ended(loads: &Loads, load: &DeskName) {
    let left = loads.borrow().iter().filter(|each| *each != load).cloned().collect();
    loads.send_replace(left);
}

impl Desk {
    /// The loads that began and have not ended, by name.
    #[must_use]
    pub fn loads_under_way(&self) -> Arc<[DeskName]> {
        Arc::clone(&self.shared.loads.borrow())
    }

    /// Marks a load as under way. If it already is, nothing changes.
    ///
    /// # Errors
    /// [`DeskError`]; the load is then not marked.
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

    /// Marks a load as ended. If it is not under way, nothing changes.
    ///
    /// # Errors
    /// [`DeskError`]; the load is then still under way.
    pub async fn end_load(&self, load: DeskName, actor: Text) -> Result<(), DeskError> {
        let decide = |_: &super::State| {
            let under_way = self.loads_under_way().contains(&load);
            Ok(under_way.then(|| DeskAct::LoadEnded { load: load.clone() }.into()))
        };
        self.act(&actor, decide).await.map(drop)
    }
}
