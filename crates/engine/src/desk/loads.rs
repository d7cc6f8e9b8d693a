//! Loads under way. Until a load ends, answers lack the facts of the load that are not recorded
//! yet.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use remit_domain::Text;
use remit_shape::{DeskAct, DeskName};

use super::{Desk, DeskError};

/// The maximum number of loads under way at once.
const LOADS_MAX: usize = 16;

/// The names of the loads that began and have not ended.
#[derive(Default)]
pub(super) struct Loads {
    names: RwLock<Vec<DeskName>>,
    /// Whether any load is under way. The flag is not behind a lock, because every call to a
    /// service reads it.
    some: AtomicBool,
}

impl Loads {
    /// Adds `load` to the loads under way.
    pub fn begun(&self, load: DeskName) {
        self.change(|names| {
            names.push(load);
            names.sort_unstable();
            names.dedup();
        });
    }

    /// Removes `load` from the loads under way.
    pub fn ended(&self, load: &DeskName) {
        self.change(|names| names.retain(|each| each != load));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<DeskName>)) {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut names);
        self.some.store(!names.is_empty(), Ordering::Release);
    }

    fn names(&self) -> Vec<DeskName> {
        match self.some.load(Ordering::Acquire) {
            true => self.names.read().unwrap_or_else(PoisonError::into_inner).clone(),
            false => Vec::new(),
        }
    }
}

impl Desk {
    /// The names of the loads that began and have not ended.
    #[must_use]
    pub fn loads_under_way(&self) -> Vec<DeskName> {
        self.shared.loads.names()
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
