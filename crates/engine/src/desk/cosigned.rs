//! The newest checkpoint that witnesses cosigned, kept as a mark.

use remit_ledger::{Cosigned, WitnessKey};
use remit_log::{Keep, LogError, Mark};

use super::{Desk, DeskError, unreadable};

/// The mark.
const MARK: &str = "cosigned";

/// Whether `kept` is of the same log as `new`, and later. A log that had another key file before is
/// another.
fn is_later(kept: &Cosigned, new: &Cosigned) -> bool {
    let (kept, new) = (&kept.checkpoint, &new.checkpoint);
    kept.origin == new.origin && kept.size > new.size
}

impl Desk {
    /// The newest checkpoint that witnesses cosigned.
    ///
    /// # Errors
    /// [`LogError`] if it cannot be read.
    pub async fn cosigned(&self) -> Result<Option<Cosigned>, LogError> {
        let mark = self.log().mark(MARK).await?;
        let read = mark.map(|text| Cosigned::parse(&text)).transpose();
        read.map_err(|error| unreadable(MARK, error))
    }

    /// Keeps cosignatures of a checkpoint of this log, beside those that other known witnesses gave
    /// to the same one; durable when it returns what is kept. An older checkpoint than the one that
    /// is kept changes nothing.
    ///
    /// A caller that goes away changes nothing: what was begun is finished.
    ///
    /// # Errors
    /// [`DeskError`]; what is kept is then as it was.
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
                Some(kept) => new.beside(&kept, &witnesses),
                None => new,
            };
            let set = vec![Mark { name: MARK.to_owned(), value: new.text() }];
            desk.log().keep(Keep { set, ..Keep::default() }).await?;
            Ok(new)
        });
        done.await.unwrap_or(Err(LogError::Closed.into()))
    }
}
