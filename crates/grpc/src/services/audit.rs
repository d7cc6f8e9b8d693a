//! `AuditService`: checkpoints, proofs, and the whole log to be taken away.

use remit_domain::Position;
use remit_ledger::Checkpoint;
use tonic::{Request, Response, Status};

use super::streams::{Messages, Outlet, Over, stream};
use super::{Api, patience};
use crate::parse::Fields;
use crate::pb::audit_service_server::AuditService;
use crate::pb::export_response::Content;
use crate::{pb, status};

/// Events of one message of an export, and bytes after which it is full.
const EXPORTED: usize = 1_024;
const EXPORTED_BYTES: usize = 512 << 10;

impl Api {
    /// The signed root over the first so many events; 0: all.
    async fn checkpoint(&self, size: Position) -> Result<(Checkpoint, String), Status> {
        // What is durable and folded in: nobody is shown a root over events that cannot be asked for.
        let head = *self.node.head().borrow();
        let size = if size == 0 { head } else { size };
        if size > head {
            return Err(status::beyond_head("size", size, head));
        }
        let root = self.node.root(size).await.map_err(|error| status::log(&error))?;
        let origin = self.signer.public().name().to_owned();
        let checkpoint = Checkpoint { origin, size, root };
        let note = checkpoint.sign(&[&self.signer]);
        Ok((checkpoint, note))
    }

    fn checkpoint_reply(&self, checkpoint: &Checkpoint, note: String) -> pb::GetCheckpointResponse {
        pb::GetCheckpointResponse {
            checkpoint: note,
            size: checkpoint.size,
            root: checkpoint.root.to_vec(),
            public_key: self.signer.public().to_string(),
        }
    }

    /// Sends the stored bytes of the first `size` events.
    async fn send_stored(
        &self,
        size: Position,
        outlet: &mut Outlet<pb::ExportResponse>,
    ) -> Result<(), Over> {
        let mut after = 0;
        while after < size {
            let most = usize::try_from(size - after).unwrap_or(EXPORTED).min(EXPORTED);
            let (mut cloud_events, mut bytes) = (Vec::new(), 0);
            for stored in self.stored(after, most).await? {
                bytes += stored.bytes.len();
                cloud_events.push(stored.bytes);
                if bytes > EXPORTED_BYTES {
                    break;
                }
            }
            let sent = cloud_events.len() as Position;
            if sent == 0 {
                let missing = format!("event {} is missing from the log", after + 1);
                return Err(status::unreadable(&missing).into());
            }
            let events = pb::ExportedEvents { first_position: after + 1, cloud_events };
            outlet.send(vec![exported(Content::Events(events))]).await?;
            after += sent;
        }
        Ok(())
    }
}

fn exported(content: Content) -> pb::ExportResponse {
    pb::ExportResponse { content: Some(content) }
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
        Ok(Response::new(self.checkpoint_reply(&checkpoint, note)))
    }

    type ExportStream = Messages<pb::ExportResponse>;

    async fn export(
        &self,
        request: Request<pb::ExportRequest>,
    ) -> Result<Response<Self::ExportStream>, Status> {
        let place = self.streams.enter(&request)?;
        let (checkpoint, note) = self.checkpoint(0).await?;
        let first = exported(Content::Checkpoint(self.checkpoint_reply(&checkpoint, note)));
        let api = self.clone();
        Ok(stream(place, &self.draining, move |mut outlet| async move {
            let sent = async {
                outlet.send(vec![first]).await?;
                api.send_stored(checkpoint.size, &mut outlet).await
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
