//! `AuditService`: checkpoints and proofs.

use remit_domain::Position;
use remit_ledger::Checkpoint;
use tonic::{Request, Response, Status};

use super::Api;
use crate::parse::Fields;
use crate::pb::audit_service_server::AuditService;
use crate::{pb, status};

impl Api {
    /// The signed root over the first so many events; 0: all.
    pub(crate) async fn checkpoint(&self, size: Position) -> Result<(Checkpoint, String), Status> {
        // What is durable and folded in: nobody is shown a root over events that cannot be asked for.
        let head = *self.node.head().borrow();
        let size = if size == 0 { head } else { size };
        if size > head {
            return Err(status::beyond_head("size", size, head));
        }
        let root = self.node.root(size).await.map_err(|error| status::log(&error))?;
        let origin = self.keys.name().to_owned();
        let checkpoint = Checkpoint { origin, size, root };
        let note = self.keys.sign(&checkpoint);
        Ok((checkpoint, note))
    }
}

fn bytes(hashes: &[remit_ledger::Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.to_vec()).collect()
}

#[tonic::async_trait]
impl AuditService for Api {
    async fn get_checkpoint(
        &self,
        request: Request<pb::GetCheckpointRequest>,
    ) -> Result<Response<pb::GetCheckpointResponse>, Status> {
        let (checkpoint, note) = self.checkpoint(request.get_ref().size).await?;
        let mut public_keys = self.keys.public().map(ToString::to_string);
        Ok(Response::new(pb::GetCheckpointResponse {
            checkpoint: note,
            size: checkpoint.size,
            root: checkpoint.root.to_vec(),
            public_key: public_keys.next().unwrap_or_default(),
            former_public_keys: public_keys.collect(),
        }))
    }

    async fn prove_inclusion(
        &self,
        request: Request<pb::ProveInclusionRequest>,
    ) -> Result<Response<pb::ProveInclusionResponse>, Status> {
        let pb::ProveInclusionRequest { position, size } = request.into_inner();
        let (checkpoint, note) = self.checkpoint(size).await?;
        if position == 0 {
            let mut fields = Fields::default();
            fields.bad("position", "is required");
            return fields.finish(None);
        }
        if position > checkpoint.size {
            return Err(status::beyond_head("position", position, checkpoint.size));
        }
        let proof = self.node.prove_inclusion(position, checkpoint.size).await;
        let proof = proof.map_err(|error| status::log(&error))?;
        let stored = self.stored(position - 1, 1).await?;
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
        let (checkpoint, note) = self.checkpoint(size).await?;
        if earlier_size == 0 {
            let mut fields = Fields::default();
            fields.bad("earlier_size", "must be at least 1: every tree begins with the empty one");
            return fields.finish(None);
        }
        if earlier_size > checkpoint.size {
            return Err(status::beyond_head("earlier_size", earlier_size, checkpoint.size));
        }
        let proof = self.node.prove_consistency(earlier_size, checkpoint.size).await;
        let proof = proof.map_err(|error| status::log(&error))?;
        Ok(Response::new(pb::ProveConsistencyResponse { checkpoint: note, proof: bytes(&proof) }))
    }
}
