//! `AuditService`: checkpoints and proofs.

use std::sync::Arc;
use std::time::Duration;

use remit_domain::Position;
use remit_ledger::{Checkpoint, note};
use remit_statement::{Asked, IssueError};
use tonic::{Request, Response, Status};

use super::{Api, patience, resolve};
use crate::parse::Fields;
use crate::pb::audit_service_server::AuditService;
use crate::{pb, status};

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
        let checkpoint = Checkpoint { origin, size, root, index: None };
        let note = checkpoint.sign(&[&self.signer]);
        Ok((checkpoint, note))
    }
}

impl Api {
    /// What is asked, with instants turned into positions.
    async fn to_state(
        &self,
        request: pb::IssueStatementRequest,
        wait: Duration,
    ) -> Result<Asked, Status> {
        use pb::issue_statement_request::Asked as A;
        let mut fields = Fields::default();
        match request.asked {
            Some(A::WhoHolds(asked)) => {
                let question =
                    fields.within("who_holds", |fields| fields.question(&asked, &self.node));
                let question = fields.finish(question)?;
                self.reach(question.at_least, wait).await?;
                let known_at = self.view(question.known, |_, position| Ok(position))?;
                Ok(Asked::WhoHolds {
                    function: asked.function,
                    place: asked.place,
                    effective_on: question.effective_on.to_string(),
                    known_at,
                })
            }
            Some(A::Nothing(asked)) => {
                let (after, until) = fields.within("nothing", |fields| {
                    if asked.key.is_empty() {
                        fields.bad("key", "is required");
                    }
                    let begins = asked.after.is_some().then(|| {
                        fields.within("after", |fields| fields.known(asked.after.as_ref()))
                    });
                    (begins, fields.within("until", |fields| fields.known(asked.until.as_ref())))
                });
                let until = fields.finish(until)?;
                let at = |known, field| {
                    self.node.view(|register, head| resolve(register, known, head, field))
                };
                let after =
                    after.flatten().map_or(Ok(0), |after| at(after, "nothing.after.position"))?;
                let until = at(until, "nothing.until.position")?;
                Ok(Asked::Nothing { key: asked.key, after, until })
            }
            None => {
                fields.bad("asked", "holds neither who_holds nor nothing");
                fields.finish(None)
            }
        }
    }
}

impl Api {
    /// That the events from one position to another are in the log.
    pub(super) async fn recorded(
        &self,
        first: Position,
        last: Position,
    ) -> Result<pb::RecordProof, Status> {
        let (checkpoint, note) = self.checkpoint(0).await?;
        let hashes = self.node.prove_several(first, last, checkpoint.size).await;
        let hashes = hashes.map_err(|error| status::log(&error))?;
        let events = usize::try_from(last + 1 - first).unwrap_or(usize::MAX);
        let mut cloud_events = Vec::with_capacity(events);
        while cloud_events.len() < events {
            let after = first - 1 + cloud_events.len() as Position;
            let page = self.stored(after, events - cloud_events.len()).await?;
            if page.is_empty() {
                return Err(status::out_of_range("an event is missing"));
            }
            cloud_events.extend(page.into_iter().map(|stored| stored.bytes.to_vec()));
        }
        Ok(pb::RecordProof { checkpoint: note, cloud_events, hashes: bytes(&hashes) })
    }
}

fn not_issued(error: IssueError) -> Status {
    let mut fields = Fields::default();
    match error {
        IssueError::Asked(refused) => fields.bad(refused.field, refused.why),
        IssueError::NotNothing(position) => return status::not_nothing(position),
        IssueError::Log(error) => return status::log(&error),
        IssueError::Shape(error) => return status::unreadable(&error),
        IssueError::Proof(error) => return status::unreadable(&error),
    }
    fields.finish::<()>(None).err().unwrap_or_else(|| Status::internal("no statement"))
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
        Ok(Response::new(pb::GetCheckpointResponse {
            checkpoint: note,
            size: checkpoint.size,
            root: checkpoint.root.to_vec(),
            public_key: self.signer.public().to_string(),
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

    async fn issue_statement(
        &self,
        request: Request<pb::IssueStatementRequest>,
    ) -> Result<Response<pb::IssueStatementResponse>, Status> {
        let wait = patience(&request);
        let asked = self.to_state(request.into_inner(), wait).await?;
        let signer = Arc::clone(&self.signer);
        let origin = signer.public().name().to_owned();
        let sign = move |text: &str| note::sign(text, &[&signer]);
        let issued = self.node.statement(asked, origin, sign).await.map_err(not_issued)?;
        Ok(Response::new(pb::IssueStatementResponse { statement: issued.text() }))
    }
}
