//! The newest checkpoint that witnesses cosigned, kept as a mark beside the events.

use remit_ledger::{Cosigned, WitnessKey};
use remit_log::{Keep, Kept, LogError};

use crate::node::Node;

/// The mark.
const MARK: &str = "cosigned";

/// What is kept, from the log.
pub(crate) fn kept(kept: &Kept) -> Result<Option<Cosigned>, LogError> {
    let mark = kept.marks.iter().find(|(name, _)| name == MARK);
    let read = mark.map(|(_, text)| Cosigned::parse(text)).transpose();
    read.map_err(|error| LogError::NotALog(format!("marks: {MARK}: {error}")))
}

/// Of the same log: one that had another key file before is another.
fn is_later(kept: &Cosigned, new: &Cosigned) -> bool {
    let (kept, new) = (&kept.checkpoint, &new.checkpoint);
    kept.origin == new.origin && kept.size > new.size
}

impl Node {
    /// The newest checkpoint that witnesses cosigned.
    pub async fn cosigned(&self) -> Option<Cosigned> {
        self.newest_cosigned().lock().await.clone()
    }

    /// Keeps cosignatures of a checkpoint of this log, beside those that other known witnesses gave
    /// to the same one; durable when it returns what is kept. An older checkpoint than the one that
    /// is kept changes nothing.
    ///
    /// A caller that goes away changes nothing: what was begun is finished.
    ///
    /// # Errors
    /// [`LogError`]; what is kept is then as it was.
    pub async fn keep_cosigned(
        &self,
        new: Cosigned,
        witnesses: &[WitnessKey],
    ) -> Result<Cosigned, LogError> {
        let (node, witnesses) = (self.clone(), witnesses.to_vec());
        let done = tokio::spawn(async move {
            let mut newest = node.newest_cosigned().lock().await;
            let new = match &*newest {
                Some(kept) if is_later(kept, &new) => return Ok(kept.clone()),
                Some(kept) => new.beside(kept, &witnesses),
                None => new,
            };
            let mark = (MARK.to_owned(), Some(new.text()));
            node.log().keep(Keep { act: None, marks: vec![mark] }).await?;
            *newest = Some(new.clone());
            Ok(new)
        });
        done.await.unwrap_or(Err(LogError::Closed))
    }
}
