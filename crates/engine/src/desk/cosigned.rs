//! The newest checkpoint that witnesses cosigned, stored as a mark.

use remit_ledger::{Cosigned, WitnessKey};
use remit_log::{Keep, LogError, Mark};

use super::{Desk, DeskError, unreadable};

/// The name of the mark that holds the newest cosigned checkpoint.
const MARK: &str = "cosigned";

/// Whether the checkpoint `kept` is later than `new` and of the same log. A checkpoint signed under
/// another log name, from an earlier key file, counts as a checkpoint of another log.
fn is_later(kept: &Cosigned, new: &Cosigned) -> bool {
    let (kept, new) = (&kept.checkpoint, &new.checkpoint);
    kept.origin == new.origin && kept.size > new.size
}

impl Desk {
    /// The newest checkpoint that witnesses cosigned; `None` if there is none.
    ///
    /// # Errors
    /// [`LogError`] if the stored checkpoint cannot be read.
    pub async fn cosigned(&self) -> Result<Option<Cosigned>, LogError> {
        let mark = self.log().mark(MARK).await?;
        let read = mark.map(|text| Cosigned::parse(&text)).transpose();
        read.map_err(|error| unreadable(MARK, error))
    }

    /// Stores `new`, a cosigned checkpoint of this log. Cosignatures of that checkpoint that were
    /// stored before are kept too, if their keys are in `witnesses`. Returns the stored checkpoint
    /// once it is durable. If a later checkpoint is already stored, nothing changes, and the later
    /// checkpoint is returned.
    ///
    /// If the caller drops the future, the work is still completed.
    ///
    /// # Errors
    /// [`DeskError`] if `new` cannot be stored; the stored checkpoint is then unchanged.
    pub async fn keep_cosigned(
        &self,
        new: Cosigned,
        witnesses: &[WitnessKey],
    ) -> Result<Cosigned, DeskError> {
        let (desk, witnesses) = (self.clone(), witnesses.to_vec());
        let done = tokio::spawn(async move {
            let _marking = desk.shared.marking.lock().await;
            let new = match desk.cosigned().await? {
                Some(kept) if is_later(&kept, &new) => return Ok(kept),
                Some(kept) => new.merged(&kept, &witnesses),
                None => new,
            };
            let set = vec![Mark { name: MARK.to_owned(), value: new.text() }];
            desk.log().keep(Keep { set, ..Keep::default() }).await?;
            Ok(new)
        });
        done.await.unwrap_or(Err(LogError::Closed.into()))
    }
}
