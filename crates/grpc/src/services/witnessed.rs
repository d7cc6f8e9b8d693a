//! Checks the cosigned checkpoints that callers submit, and returns the newest checkpoint that was
//! accepted.

use remit_domain::Position;
use remit_ledger::{Checkpoint, Cosigned};
use remit_log::{Damage, LogError};
use tonic::Status;

use super::Api;
use crate::status::Violation;
use crate::{pb, status};

/// The maximum length of a submitted note, in bytes.
const NOTE_BYTES_MAX: usize = 65_536;

impl Api {
    /// Reads and checks a note with cosignatures. The checkpoint in the note must match this
    /// register's log.
    pub(super) async fn cosigned(&self, note: &str) -> Result<Cosigned, Status> {
        if note.is_empty() {
            return Err(bad_checkpoint("is required"));
        }
        if note.len() > NOTE_BYTES_MAX {
            return Err(bad_checkpoint(format_args!("must be at most {NOTE_BYTES_MAX} bytes")));
        }
        if self.witnesses.is_empty() {
            return Err(bad_checkpoint(
                "this server knows no witnesses: start it with `remit serve --witnesses`",
            ));
        }
        let cosigned = Cosigned::verify(note, &self.witnesses).map_err(bad_checkpoint)?;
        let Checkpoint { origin, size, root, index } = &cosigned.checkpoint;
        if index.is_some() {
            return Err(bad_checkpoint(
                "is the checkpoint of a statement; cosign the checkpoints of GetCheckpoint",
            ));
        }
        if origin != self.keys.name() {
            let own = self.keys.name();
            return Err(bad_checkpoint(format_args!(
                "is a checkpoint of {origin}, and this register is {own}"
            )));
        }
        let head = *self.node.head().borrow();
        let size = Position::new(*size);
        if size > head {
            return Err(status::beyond_head("checkpoint", size, head));
        }
        let own = self.prover.root(size).await.map_err(|error| status::log(&error))?;
        if own != *root {
            let why = format_args!(
                "its root differs from the root of the first {size} events of this register"
            );
            return Err(bad_checkpoint(why));
        }
        Ok(cosigned)
    }

    /// Returns the newest cosigned checkpoint, and its note. The note is signed only if the root of
    /// the checkpoint matches the log. Otherwise, somebody who can write to the stored data could
    /// get any checkpoint signed.
    pub(super) async fn newest_cosigned(&self) -> Result<(Cosigned, String), Status> {
        let newest = self.desk.cosigned().await.map_err(|error| status::log(&error))?;
        let newest = newest.filter(|newest| newest.checkpoint.origin == self.keys.name());
        let newest = newest.ok_or_else(|| {
            status::not_found("no witness has cosigned a checkpoint of this register")
        })?;
        let Checkpoint { size, root, .. } = &newest.checkpoint;
        let own = self.prover.root(Position::new(*size)).await;
        if own.map_err(|error| status::log(&error))? != *root {
            // The stored cosigned checkpoint does not match the events of the log.
            return Err(status::log(&LogError::Damaged(Damage::Root)));
        }
        let note = newest.note(&self.keys);
        Ok((newest, note))
    }
}

fn bad_checkpoint(why: impl std::fmt::Display) -> Status {
    let (field, description) = ("checkpoint".to_owned(), why.to_string());
    status::invalid(vec![Violation { field, description }])
}

pub(super) fn cosignatures(cosigned: &Cosigned) -> Vec<pb::Cosignature> {
    let one = |cosignature: &remit_ledger::Cosignature| pb::Cosignature {
        witness: cosignature.witness.clone(),
        cosigned_at: Some(prost_types::Timestamp {
            seconds: i64::try_from(cosignature.time).unwrap_or(i64::MAX),
            nanos: 0,
        }),
    };
    cosigned.cosignatures.iter().map(one).collect()
}
