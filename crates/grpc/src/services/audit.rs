//! Implements `AuditService`: checkpoints, proofs, statements, stories and exports.

use std::sync::Arc;

use remit_domain::Position;
use remit_ledger::Checkpoint;
use remit_statement::Issuer;
use tonic::{Request, Response, Status};

use super::export::exported;
use super::statements::not_issued;
use super::streams::{Messages, Over, stream};
use super::witnessed::cosignatures;
use super::{Api, patience};
use crate::fields::Fields;
use crate::pb::audit_service_server::AuditService;
use crate::pb::export_response::Content;
use crate::{pb, status};

impl Api {
    /// Returns the checkpoint over the first `size` events, and its signed note. A `size` of 0
    /// means all events.
    pub(crate) async fn checkpoint(&self, size: Position) -> Result<(Checkpoint, String), Status> {
        // The head counts only events that are durable and folded in, so a checkpoint never covers
        // events that cannot be read yet.
        let head = *self.node.head().borrow();
        let size = if size == Position::ZERO { head } else { size };
        if size > head {
            return Err(status::beyond_head("size", size, head));
        }
        let root = self.prover.root(size).await.map_err(|error| status::log(&error))?;
        let origin = self.keys.name().to_owned();
        let checkpoint = Checkpoint { origin, size: size.get(), root, index: None };
        let note = self.keys.sign(&checkpoint);
        Ok((checkpoint, note))
    }

    /// Builds the reply of `GetCheckpoint`, without cosignatures.
    fn checkpoint_reply(&self, checkpoint: &Checkpoint, note: String) -> pb::GetCheckpointResponse {
        let mut public_keys = self.keys.public().map(ToString::to_string);
        pb::GetCheckpointResponse {
            checkpoint: note,
            size: checkpoint.size,
            root: checkpoint.root.0.to_vec(),
            public_key: public_keys.next().unwrap_or_default(),
            former_public_keys: public_keys.collect(),
            cosignatures: Vec::new(),
        }
    }
}

pub(super) fn bytes(hashes: &[remit_ledger::Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.0.to_vec()).collect()
}

#[tonic::async_trait]
impl AuditService for Api {
    async fn get_checkpoint(
        &self,
        request: Request<pb::GetCheckpointRequest>,
    ) -> Result<Response<pb::GetCheckpointResponse>, Status> {
        let pb::GetCheckpointRequest { size, cosigned } = request.into_inner();
        if cosigned && size != 0 {
            let mut fields = Fields::default();
            fields.bad(
                "size",
                "must be 0 with `cosigned`: only the newest cosigned checkpoint is kept",
            );
            return Err(fields.refused());
        }
        if cosigned {
            let (newest, note) = self.newest_cosigned().await?;
            let reply = self.checkpoint_reply(&newest.checkpoint, note);
            let cosignatures = cosignatures(&newest);
            return Ok(Response::new(pb::GetCheckpointResponse { cosignatures, ..reply }));
        }
        let (checkpoint, note) = self.checkpoint(Position::new(size)).await?;
        Ok(Response::new(self.checkpoint_reply(&checkpoint, note)))
    }

    type ExportStream = Messages<pb::ExportResponse>;

    async fn export(
        &self,
        request: Request<pb::ExportRequest>,
    ) -> Result<Response<Self::ExportStream>, Status> {
        let place = self.streams.enter(&request)?;
        let (checkpoint, note) = self.checkpoint(Position::ZERO).await?;
        let first = exported(Content::Checkpoint(self.checkpoint_reply(&checkpoint, note)));
        let api = self.clone();
        Ok(stream(place, &self.draining, move |mut outlet| async move {
            let sent = async {
                outlet.send(vec![first]).await?;
                api.send_stored(Position::new(checkpoint.size), &mut outlet).await
            };
            let ended = match sent.await {
                Ok(()) | Err(Over::Gone) => Ok(()),
                Err(Over::Draining) => Err(status::draining()),
                Err(Over::Failed(status)) => Err(status),
            };
            (None, ended)
        }))
    }

    async fn story(
        &self,
        request: Request<pb::StoryRequest>,
    ) -> Result<Response<pb::StoryResponse>, Status> {
        let wait = patience(&request);
        Ok(Response::new(self.story_of(request.into_inner(), wait).await?))
    }

    async fn prove_inclusion(
        &self,
        request: Request<pb::ProveInclusionRequest>,
    ) -> Result<Response<pb::ProveInclusionResponse>, Status> {
        let pb::ProveInclusionRequest { position, size } = request.into_inner();
        let (checkpoint, note) = self.checkpoint(Position::new(size)).await?;
        let (position, size) = (Position::new(position), Position::new(checkpoint.size));
        if position == Position::ZERO {
            let mut fields = Fields::default();
            fields.bad("position", "is required");
            return Err(fields.refused());
        }
        if position > size {
            return Err(status::beyond_head("position", position, size));
        }
        let proof = self.prover.prove_inclusion(position, size).await;
        let proof = proof.map_err(|error| status::log(&error))?;
        let stored = self.stored(position.prev(), 1).await?;
        Ok(Response::new(pb::ProveInclusionResponse {
            checkpoint: note,
            cloud_event: stored.into_iter().next().map(|s| s.bytes.to_vec()).unwrap_or_default(),
            proof: bytes(&proof),
        }))
    }

    async fn prove_consistency(
        &self,
        request: Request<pb::ProveConsistencyRequest>,
    ) -> Result<Response<pb::ProveConsistencyResponse>, Status> {
        let pb::ProveConsistencyRequest { earlier_size, size } = request.into_inner();
        let (checkpoint, note) = self.checkpoint(Position::new(size)).await?;
        let (earlier, size) = (Position::new(earlier_size), Position::new(checkpoint.size));
        if earlier == Position::ZERO {
            let mut fields = Fields::default();
            fields.bad(
                "earlier_size",
                "must be at least 1: from a tree without events there is \
                 nothing to prove",
            );
            return Err(fields.refused());
        }
        if earlier > size {
            return Err(status::beyond_head("earlier_size", earlier, size));
        }
        let proof = self.prover.prove_consistency(earlier, size).await;
        let proof = proof.map_err(|error| status::log(&error))?;
        Ok(Response::new(pb::ProveConsistencyResponse { checkpoint: note, proof: bytes(&proof) }))
    }

    async fn issue_statement(
        &self,
        request: Request<pb::IssueStatementRequest>,
    ) -> Result<Response<pb::IssueStatementResponse>, Status> {
        let wait = patience(&request);
        let asked = self.to_state(request.into_inner(), wait).await?;
        let keys = Arc::clone(&self.keys);
        let present = Arc::clone(&self.keys);
        let issuer = Issuer {
            origin: keys.name().to_owned(),
            sign: move |text: &str| keys.sign_text(text),
            seal: move |text: &str| present.seal(text),
        };
        let issued = self.prover.statement(asked, issuer).await.map_err(not_issued)?;
        Ok(Response::new(pb::IssueStatementResponse { statement: issued.text() }))
    }

    async fn add_cosignatures(
        &self,
        request: Request<pb::AddCosignaturesRequest>,
    ) -> Result<Response<pb::AddCosignaturesResponse>, Status> {
        let cosigned = self.cosigned(&request.get_ref().checkpoint).await?;
        let kept = self.desk.keep_cosigned(cosigned, &self.witnesses).await;
        let kept = kept.map_err(|error| status::desk(&error))?;
        Ok(Response::new(pb::AddCosignaturesResponse {
            size: kept.checkpoint.size,
            cosignatures: cosignatures(&kept),
        }))
    }
}
