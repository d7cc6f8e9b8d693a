//! The newest checkpoint that witnesses cosigned, kept as a mark.

use remit_ledger::{Cosigned, WitnessKey};
use remit_log::{Keep, LogError, Mark};

use super::{Desk, DeskError, unreadable};

/// The name of the mark.
const MARK: &str = "cosigned";

/// Whether `kept` is later than `new` and of the same log. Under an earlier key file with another
/// name, it counts as another log.
fn is_later(kept: &Cosigned, new: &Cosigned) -> bool {
    let (kept, new) = (&kept.checkpoint, &new.checkpoint);
    kept.origin == new.origin && kept.size > new.size
}

impl Desk {
    /// The newest checkpoint that witnesses cosigned; `None` if there is none.
    ///
    /// # Errors
    /// [`LogError`] if it cannot be read.
    pub async fn cosigned(&self) -> Result<Option<Cosigned>, LogError> {
        let mark = self.log().mark(MARK).await?;
        let read = mark.map(|text| Cosigned::parse(&text)).transpose();
        read.map_err(|error| unreadable(MARK, error))
    }

    /// Keeps the cosignatures of a checkpoint of this log, together with those that other known
    /// witnesses gave to the same checkpoint. Returns what is kept, once that is durable. If a
    /// later checkpoint is kept already, nothing changes.
    ///
    /// If the caller goes away, the work is still finished.
    ///
    /// # Errors
    /// [`DeskError`]; what is kept is then unchanged.
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
